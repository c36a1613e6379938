/* Quantiles of numbers that count differently. */
#ifndef ABSCOPAL_TRIAL_QUANTILES_H
#define ABSCOPAL_TRIAL_QUANTILES_H

#include <stddef.h>

/* A number and how much it counts: finite, above 0. */
struct weighed {
    double value, weight;
};

/* Ascending by value. */
void weighed_sort(struct weighed *values, size_t count);

/* The first of the ascending values by which more than that part of the weight is reached. At least one value. */
size_t weighed_above(const struct weighed *values, size_t count, double part);

/* The p-quantile, p from 0 to 1, of ascending values: the smallest value with which at least the share p of the weight
 * is reached and, where that is p exactly, the mean of it and the next (definition 2 of Hyndman and Fan 1996,
 * doi:10.1080/00031305.1996.10473566, with weights for numbers; "averaged_inverted_cdf" in NumPy). The median as
 * usual. NaN without values. */
double weighed_quantile(const struct weighed *values, size_t count, double p);

#endif
