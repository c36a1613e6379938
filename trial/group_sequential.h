/* Group-sequential tests: bounds for interim looks, and how often they are crossed. Knows nothing of trials.
 *
 * At look k of K, with a share t_k of the final information (ascending, the last is 1), the standardised statistic Z_k
 * is normal with mean drift * sqrt(t_k) and variance 1, and the correlation of Z_j and Z_k, j < k, is sqrt(t_j/t_k):
 * the canonical distribution of Jennison and Turnbull 2000 (Group Sequential Methods with Applications to Clinical
 * Trials, 3.1), to which score and log-rank statistics keep in large trials. Crossing probabilities are found by the
 * recursion of Armitage, McPherson and Rowe 1969 (doi:10.2307/2343787) on the grid of Jennison and Turnbull, 19.2. */
#ifndef ABSCOPAL_TRIAL_GROUP_SEQUENTIAL_H
#define ABSCOPAL_TRIAL_GROUP_SEQUENTIAL_H

#include <stddef.h>

#include "abscopal.h"

enum { GROUP_SEQUENTIAL_MOST_LOOKS = 20 };

/* Where bounds come from. The first two are constants times a power of the share, z_k = C t_k^-1/2 and z_k = C, so that
 * the whole test has its level; the last two spend a given part of the level up to each look (Lan and DeMets 1983,
 * doi:10.1093/biomet/70.3.659). */
enum group_sequential_bounds {
    BOUNDS_OBRIEN_FLEMING, /* doi:10.2307/2530245 */
    BOUNDS_POCOCK,         /* doi:10.1093/biomet/64.2.191 */
    BOUNDS_SPENDING_OBRIEN_FLEMING,
    BOUNDS_SPENDING_POCOCK
};

/* A two-sided test rejects when |Z_k| >= z_k, a one-sided one when Z_k >= z_k. */
struct group_sequential {
    size_t looks;
    int sides; /* 1 or 2 */
    double share[GROUP_SEQUENTIAL_MOST_LOOKS];
    double bound[GROUP_SEQUENTIAL_MOST_LOOKS]; /* z_k, infinite where nothing is spent */
};

/* Level that is spent up to a share of the information, of `alpha` in all: 4 - 4 Phi(Phi^-1(1 - alpha/4)/sqrt(t))
 * two-sided, 2 - 2 Phi(Phi^-1(1 - alpha/2)/sqrt(t)) one-sided, after O'Brien and Fleming; alpha ln(1 + (e - 1) t) after
 * Pocock. `alpha` itself at once when the bounds are not of spending. */
double group_sequential_spent(enum group_sequential_bounds bounds, double alpha, int sides, double share);

/* Fills in the bounds for the shares, looks and sides that are there. Returns ABSCOPAL_BAD_INPUT (alpha, sides, looks,
 * or shares that do not ascend to 1), or ABSCOPAL_OK. A single look has the bound of a test without looks. */
enum abscopal_status group_sequential_solve(enum group_sequential_bounds bounds, double alpha,
                                            struct group_sequential *design);

/* Probability that the test rejects first at each look, rejects[looks], under that drift; of a two-sided one both
 * directions together. */
void group_sequential_cross(const struct group_sequential *design, double drift, double *rejects);

#endif
