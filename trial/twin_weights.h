/* Weights by likelihood. */
#ifndef ABSCOPAL_TRIAL_TWIN_WEIGHTS_H
#define ABSCOPAL_TRIAL_TWIN_WEIGHTS_H

#include <stddef.h>

/* weights[i] becomes prior[i] exp(logarithms[i]), scaled to sum 1; `prior` may be NULL (all the same),
 * and `logarithms` may be `weights`.
 * Returns the effective number (sum of weights)^2 / (sum of squares) (Kish 1965), or 0, with weights of 0, when nothing
 * has any weight. */
double twin_weigh(const double *prior, const double *logarithms, size_t count, double *weights);

/* The largest b from lower to upper for which weights prior[i] exp(b a[i] + c[i]) have at least that effective number,
 * to a part in 2^40 of the range; `lower` when none has. a[i] of -infinity are left out. c may be NULL. `weights` is
 * room for `count`. */
double twin_temper(const double *prior, const double *a, const double *c, size_t count, double effective, double lower,
                   double upper, double *weights);

/* Draws `draws` of `count` by weights of sum 1, in order: systematic resampling (Kitagawa 1996,
 * doi:10.1080/10618600.1996.10474692) from a start u in (0, 1). */
void twin_resample(const double *weights, size_t count, double u, size_t draws, size_t *chosen);

#endif
