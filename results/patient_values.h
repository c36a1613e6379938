/* Values of variables of patients beside their outcomes: a function for each, as result_variable.fill. */
#ifndef ABSCOPAL_RESULTS_PATIENT_VALUES_H
#define ABSCOPAL_RESULTS_PATIENT_VALUES_H

#include "trial/virtual_trial.h"

void patient_values_allocated_arm(const struct abscopal_results *results, size_t arm, size_t patient, void *values);
void patient_values_body_height(const struct abscopal_results *results, size_t arm, size_t patient, void *values);
void patient_values_body_surface(const struct abscopal_results *results, size_t arm, size_t patient, void *values);
void patient_values_pdl1_class(const struct abscopal_results *results, size_t arm, size_t patient, void *values);
void patient_values_rejected_by(const struct abscopal_results *results, size_t arm, size_t patient, void *values);
void patient_values_rules_failed(const struct abscopal_results *results, size_t arm, size_t patient, void *values);
void patient_values_output(const struct abscopal_results *results, size_t arm, size_t patient, void *values);
void patient_values_output_unit(const struct abscopal_results *results, size_t arm, size_t patient, void *values);
void patient_values_baseline_output(const struct abscopal_results *results, size_t arm, size_t patient, void *values);

/* The flag meanings of PD-L1 classes: "absent", then the cohort's names, blanks in them as underscores. To be freed;
 * NULL without memory. */
char *patient_values_pdl1_meanings(const struct abscopal_results *results);

#endif
