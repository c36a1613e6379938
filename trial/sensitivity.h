/* Sensitivity indices of a number that a patient has, from samples of patients. Knows nothing of trials or models.
 *
 * Intervals are those of the bootstrap (Efron 1979, doi:10.1214/aos/1176344552) between its 2.5 and 97.5 percentiles.
 * Every resample draws rows with replacement by random numbers of its own (cohorts/random_stream.h), so that nothing
 * depends on threads. */
#ifndef ABSCOPAL_TRIAL_SENSITIVITY_H
#define ABSCOPAL_TRIAL_SENSITIVITY_H

#include <stddef.h>
#include <stdint.h>

#include "abscopal.h"

/* What resamples are drawn by. */
struct sensitivity_bootstrap {
    size_t resamples; /* 0: no intervals, which are NaN */
    uint64_t seed;
    int threads; /* 0: one for each processor */
};

/* Threads that work on the resamples. */
int sensitivity_threads(const struct sensitivity_bootstrap *bootstrap);

/* How often each of n rows (at most 2^32) is drawn in a resample: counts[n], which sum to n. */
void sensitivity_resample(const struct sensitivity_bootstrap *bootstrap, size_t resample, size_t n, uint32_t *counts);

/* The interval of `index` of `width` values, values[resample][width]; those that are NaN are left out, and there is no
 * interval when they are more than a tenth. `room` holds as many doubles as there are resamples. */
void sensitivity_percentiles(const struct sensitivity_bootstrap *bootstrap, const double *values, size_t width,
                             size_t index, double *room, struct abscopal_estimate *estimate);

/* ---- Sobol's indices -------------------------------------------------------------------------------- */

/* What the number is in the patients of cohorts/saltelli.h: values[row][2 + factors], of A, B, and A with one factor
 * after another of B; finite. */
struct sobol_sample {
    size_t rows, factors;
    const double *values;
};

struct sobol_index {
    struct abscopal_estimate first; /* share of the variance that the factor explains by itself */
    struct abscopal_estimate total; /* and with all its interactions */
};

struct sobol_indices {
    double mean, variance;     /* of A and B together; the variance with the number of patients as divisor */
    struct sobol_index *items; /* [factors], the caller's; NaN when the variance is 0 */
};

/* With f the number less its mean, N rows, and AB_i for A with factor i of B: the first index is
 * sum f(B) (f(AB_i) - f(A)) / N over the variance (Saltelli 2010, doi:10.1016/j.cpc.2009.09.018, table 2, b), the
 * total one sum (f(A) - f(AB_i))^2 / (2 N) over it (Jansen 1999, doi:10.1016/S0010-4655(98)00154-4). Returns
 * ABSCOPAL_NO_MEMORY or ABSCOPAL_OK. */
enum abscopal_status sobol_indices_find(const struct sobol_sample *sample,
                                        const struct sensitivity_bootstrap *bootstrap, struct sobol_indices *indices);

/* ---- Partial rank correlations ---------------------------------------------------------------------- */

/* factors[factor][n] and the number values[n] in n patients, all finite. */
struct rank_sample {
    size_t n, factor_count;
    const double *factors, *values;
};

struct rank_correlation {
    struct abscopal_estimate partial; /* -1 to 1 */
    double p;                         /* that there is none: t test with n - factors - 1 degrees of freedom */
};

/* The correlation of the ranks (midranks of ties) of each factor and of the values that is left when both are freed of
 * what is linear in the ranks of all other factors (PRCC, with the t test of Marino 2008,
 * doi:10.1016/j.jtbi.2008.04.011), to found[factor_count]. NaN for all when there are no more patients than factors + 2
 * or the values or a factor do not vary, or one follows from the others. Returns ABSCOPAL_NO_MEMORY or ABSCOPAL_OK. */
enum abscopal_status rank_correlations_find(const struct rank_sample *sample,
                                            const struct sensitivity_bootstrap *bootstrap,
                                            struct rank_correlation *found);

#endif
