/* How well a least-squares fit determines its parameters. */
#ifndef ABSCOPAL_COHORTS_CALIBRATION_COVARIANCE_H
#define ABSCOPAL_COHORTS_CALIBRATION_COVARIANCE_H

#include <stddef.h>

#include "abscopal.h"

/* Covariance of the estimates, [n][n], where residuals[m] in units of their standard deviations have the derivatives
 * jacobian[m][n] at the optimum: the inverse of the Gauss-Newton matrix J'J (Nocedal and Wright, Numerical
 * Optimization, 10.2), by singular values. With priors of standard deviation prior_sd[n] (NaN: none), as residuals of
 * their own; `prior_sd` may be NULL. NaN in the row and column of an estimate that the residuals do not determine: one
 * with a part in a direction whose singular value is below 1e-8 of the largest. Returns ABSCOPAL_NO_MEMORY or
 * ABSCOPAL_OK. */
enum abscopal_status calibration_covariance(const double *jacobian, size_t m, size_t n, const double *prior_sd,
                                            double *covariance);

#endif
