/* What each patient has at a point of a sweep, from the results of its run. */
#ifndef ABSCOPAL_RESULTS_SWEEP_SCORES_H
#define ABSCOPAL_RESULTS_SWEEP_SCORES_H

#include "protocols/sweep_file.h"
#include "trial/virtual_trial.h"

/* Fills values[sweep_column_count][patient_count] (trial/sweep_statistics.h) from one arm of the results. */
void sweep_scores_read(const struct sweep_file *sweep, const struct abscopal_results *results, size_t arm,
                       double *values);

#endif
