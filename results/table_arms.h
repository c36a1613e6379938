/* The blocks of the outcome table: a row for each arm. */
#ifndef ABSCOPAL_RESULTS_TABLE_ARMS_H
#define ABSCOPAL_RESULTS_TABLE_ARMS_H

#include <stdio.h>

#include "trial/virtual_trial.h"

/* Responses, medians of times, shares that are progression-free, and arms compared with the first where there is more
 * than one. Returns ABSCOPAL_NO_MEMORY or ABSCOPAL_OK. */
enum abscopal_status table_write_arms(FILE *text, const struct abscopal_results *results);

/* Months, ascending, after which it is said who is progression-free: those of 6, 12 and 24 that the trial lasts. Fills
 * months[TABLE_MOST_MONTHS] and returns how many. */
enum { TABLE_MOST_MONTHS = 3 };
size_t table_months(const struct abscopal_results *results, int *months);

#endif
