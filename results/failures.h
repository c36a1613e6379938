/* Why patients were not integrated: one by one, and how many for each reason. */
#ifndef ABSCOPAL_RESULTS_FAILURES_H
#define ABSCOPAL_RESULTS_FAILURES_H

#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#include "trial/virtual_trial.h"

/* One failure in a line, without its end: patient, arm or growth, day, reason, state at fault, what happened before.
 * The same of a patient in a run and alone. */
void failures_write_one(FILE *text, const struct abscopal_trial *trial, uint64_t patient,
                        const struct integration_failure *failure);

/* All of them, a line each, then the command that repeats the first one alone; nothing without failures. */
void failures_write_all(FILE *text, const struct abscopal_results *results);

/* A table of patients by reason and by where they failed first, after an empty line; nothing without failures. False
 * without memory. */
bool failures_write_counts(FILE *text, const struct abscopal_results *results);

/* The same as a list, empty without failures; the arm is null for growth. NULL without memory. */
json_t *failures_json(const struct abscopal_results *results);

#endif
