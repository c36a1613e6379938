/* Values of the outcomes' variables beyond the first ones (results/variables.h): what fill functions do is said there.
 * Whoever did not complete an arm has NaN or -1. */
#ifndef ABSCOPAL_RESULTS_OUTCOME_VALUES_H
#define ABSCOPAL_RESULTS_OUTCOME_VALUES_H

#include <stddef.h>

#include "trial/virtual_trial.h"

typedef void outcome_values_fill(const struct abscopal_results *results, size_t arm, size_t patient, void *values);

outcome_values_fill outcome_values_best_confirmed, outcome_values_best_change_day, outcome_values_response_day,
    outcome_values_response_duration, outcome_values_response_ended, outcome_values_out_of_field, outcome_values_doses,
    outcome_values_fractions, outcome_values_switches, outcome_values_irradiated, outcome_values_target,
    outcome_values_new_lesions;

#endif
