/* What was published of a real trial, beside what is predicted. */
#ifndef ABSCOPAL_RESULTS_PUBLISHED_H
#define ABSCOPAL_RESULTS_PUBLISHED_H

#include <stdbool.h>
#include <stdio.h>

#include "trial/virtual_trial.h"

/* Whether the endpoint of that name is a time, in days, or else a share. */
bool published_is_time(const char *endpoint);

/* Registry, setting, what is left out, and a line for each observed outcome; nothing for a trial without any of these.
 * Returns ABSCOPAL_NO_MEMORY or ABSCOPAL_OK. */
enum abscopal_status published_write(FILE *text, const struct abscopal_results *results);

#endif
