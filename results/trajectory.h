/* What those share who show one patient in one arm. */
#ifndef ABSCOPAL_RESULTS_TRAJECTORY_H
#define ABSCOPAL_RESULTS_TRAJECTORY_H

#include "trial/virtual_trial.h"

/* Finds the arm of that name, the first for NULL: ABSCOPAL_OK or ABSCOPAL_BAD_INPUT, which names the arms. */
enum abscopal_status trajectory_find_arm(const struct abscopal_trial *trial, const char *name, size_t *arm,
                                         struct abscopal_error *error);

/* Sets and returns the error of a patient who was not completed, from what single_patient_grow and _treat say. */
enum abscopal_status trajectory_patient_error(const struct abscopal_trial *trial, enum abscopal_patient_status status,
                                              uint64_t id, uint32_t rules_failed,
                                              const struct integration_failure *failure, struct abscopal_error *error);

#endif
