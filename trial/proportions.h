/* Shares of patients with their 95 % intervals, and differences of two such shares. Knows nothing of trials. */
#ifndef ABSCOPAL_TRIAL_PROPORTIONS_H
#define ABSCOPAL_TRIAL_PROPORTIONS_H

#include <stddef.h>

/* A share, or a difference of shares, from -1 to 1; all NaN when a total is 0. */
struct proportion {
    double value, lower, upper;
};

/* count of total, count at most total, with Wilson's score interval without continuity correction (Wilson 1927,
 * doi:10.1080/01621459.1927.10502953). */
struct proportion proportion_wilson(size_t count, size_t total);

/* A share, from 0 to 1, with Wilson's interval for that many patients, which need not be a whole number: the effective
 * number of patients who do not count the same (Kish 1965, Survey Sampling, 11.7). */
struct proportion proportion_wilson_of(double share, double patients);

/* The same with the exact interval (Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404), which is never too narrow
 * and usually too wide. */
struct proportion proportion_exact(size_t count, size_t total);

/* Share of the first group less that of the second, whose patients are others (disjoint arms): method 10 of Newcombe
 * 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I. */
struct proportion proportion_difference(size_t first_count, size_t first_total, size_t second_count,
                                        size_t second_total);

/* The same of two shares that have Wilson's intervals. */
struct proportion proportion_difference_of(const struct proportion *first, const struct proportion *second);

/* The same patients under two arms, by whether they respond under both, one or neither. Where they do not count the
 * same, the numbers are shares of the effective number of patients, and need not be whole. */
struct proportion_pairs {
    double both, first_only, second_only, neither;
};

/* Share that responds under the first less that under the second: method 10 of Newcombe 1998 for paired data,
 * doi:10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C, with his continuity correction of the
 * correlation. */
struct proportion proportion_difference_paired(const struct proportion_pairs *pairs);

#endif
