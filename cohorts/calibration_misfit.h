/* How far simulated endpoints are from their targets. */
#ifndef ABSCOPAL_COHORTS_CALIBRATION_MISFIT_H
#define ABSCOPAL_COHORTS_CALIBRATION_MISFIT_H

#include "cohorts/calibration_file.h"

/* (simulated - value)/within. An endpoint that has no value (NaN) or none in the trial's time (infinity) counts as 100
 * times `within` too large. */
double calibration_misfit(const struct calibration_target *target, double simulated);

/* Whether the simulated endpoint is no further off than `within`, rounding aside. */
bool calibration_is_met(const struct calibration_target *target, double simulated);

/* Sum of weight x misfit^2 over the targets and of (place - start)^2/prior_sd^2 over the variables with a prior.
 * simulated[target_count]; places[variable_count] and that of the start in [0, 1] on the variable's scale. */
double calibration_objective(const struct calibration *calibration, const double *places, const double *simulated);

/* The objective of an evaluation that cannot be used. Far above those that can. */
double calibration_penalty(void);

#endif
