/* Values of the variables that hold the input as given (results/variables.h): what fill functions do is said there. */
#ifndef ABSCOPAL_RESULTS_INPUT_VALUES_H
#define ABSCOPAL_RESULTS_INPUT_VALUES_H

#include "trial/virtual_trial.h"

typedef void input_values_fill(const struct abscopal_results *results, size_t arm, size_t patient, void *values);

input_values_fill input_values_trial_text, input_values_cohort_text, input_values_drug_text, input_values_file,
    input_values_text_of_file;

#endif
