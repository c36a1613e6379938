/* Why patients are not plausible. */
#ifndef ABSCOPAL_RESULTS_REJECTIONS_H
#define ABSCOPAL_RESULTS_REJECTIONS_H

#include <stdio.h>

#include <jansson.h>

#include "trial/virtual_trial.h"

/* The first rule of abscopal_results_rejection that a patient fails, 0 for growth to baseline; -1 for a patient who is
 * plausible or was not looked at. */
int rejections_first(const struct abscopal_results *results, size_t patient);

/* A table of what each rule rejected, for a cohort that has rules, after an empty line; nothing for others. */
void rejections_write(FILE *text, const struct abscopal_results *results);

/* The same as a list, growth to baseline first; null without a cohort. */
json_t *rejections_json(const struct abscopal_results *results);

#endif
