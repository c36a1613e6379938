/* What each patient has at a point of a sweep, from the results of its run. */
#ifndef ABSCOPAL_RESULTS_SWEEP_SCORES_H
#define ABSCOPAL_RESULTS_SWEEP_SCORES_H

#include "protocols/sweep_file.h"
#include "trial/virtual_trial.h"

/* Fills values[sweep_column_count][patient_count] (trial/sweep_statistics.h) from one arm of the results. */
void sweep_scores_read(const struct sweep_file *sweep, const struct abscopal_results *results, size_t arm,
                       double *values);

/* One of them, of a patient who completed the arm: NaN of what is read from the curve of progression. */
double sweep_score(const struct abscopal_results *results, size_t arm, size_t patient,
                   const struct sweep_endpoint *endpoint);

/* The last visit not later than that day. */
size_t sweep_last_visit(const struct abscopal_results *results, double day);

#endif
