/* Patients counted one by one for the share of them that has something: no need to hold them. */
#ifndef ABSCOPAL_TRIAL_ENDPOINT_TALLY_H
#define ABSCOPAL_TRIAL_ENDPOINT_TALLY_H

#include <stdbool.h>
#include <stddef.h>

#include "abscopal.h"

/* Sums over patients, zeroed to begin with; whole numbers where all weigh 1. */
struct endpoint_tally {
    size_t patients, count; /* count: of those who have it */
    double having, all, squares;
};

/* So many patients, each of that weight. */
void endpoint_tally_add(struct endpoint_tally *tally, bool having, double weight, size_t copies);

/* The effective number of patients (Kish 1965): (sum of weights)^2 / (sum of their squares); 0 without any. */
double endpoint_tally_effective(const struct endpoint_tally *tally);

/* The weighted fraction with Wilson's interval of the effective number; `count` is of patients. */
struct abscopal_share endpoint_tally_share(const struct endpoint_tally *tally);

#endif
