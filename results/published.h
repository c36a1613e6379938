/* What was published of a real trial, beside what is predicted. */
#ifndef ABSCOPAL_RESULTS_PUBLISHED_H
#define ABSCOPAL_RESULTS_PUBLISHED_H

#include <stdbool.h>
#include <stdio.h>

#include "trial/virtual_trial.h"

/* Whether the endpoint of that name is a time, in days, or else a share. */
bool published_is_time(const char *endpoint);

/* "best response rate", "progression free rate, day 365": what an observed outcome is called. Returns `label`. */
enum { PUBLISHED_LABEL_SIZE = 96 };
char *published_label(char label[PUBLISHED_LABEL_SIZE], const struct abscopal_observed *observed);

/* What is predicted of an arm's endpoint of that name. Without a day (NaN), shares of a day are those at the end of the
 * trial, and others best ones. NaN when there is no such endpoint. Errors as abscopal_results_summary. */
enum abscopal_status published_predict(const struct abscopal_results *results, size_t arm, const char *endpoint,
                                       double at_days, struct abscopal_estimate *predicted);

/* Registry, setting, what is left out, and a line for each observed outcome; nothing for a trial without any of these.
 * Returns ABSCOPAL_NO_MEMORY or ABSCOPAL_OK. */
enum abscopal_status published_write(FILE *text, const struct abscopal_results *results);

#endif
