/* Quantiles of weighted numbers. */
#ifndef ABSCOPAL_TRIAL_QUANTILES_H
#define ABSCOPAL_TRIAL_QUANTILES_H

#include <stddef.h>

/* A number and how much it counts: finite and positive. */
struct weighed {
    double value, weight;
};

/* Sorts by value. */
void weighed_sort(struct weighed *values, size_t count);

/* The quantile of ascending values, 0 <= part <= 1: type 7 of Hyndman and Fan 1996
 * (doi:10.1080/00031305.1996.10473566), that of R and numpy, with weights as Akinshin 2023
 * (doi:10.48550/arXiv.2304.07265) gives it: the mean of the values over the stretch of the cumulative weight from part
 * (n - 1)/n to part (n - 1)/n + 1/n, where n is the effective number of values (Kish 1965). NaN without any. */
double weighed_quantile(const struct weighed *values, size_t count, double part);

#endif
