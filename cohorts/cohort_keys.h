/* The keys of cohort files; docs/cohorts.md says more of each. */
#ifndef ABSCOPAL_COHORTS_COHORT_KEYS_H
#define ABSCOPAL_COHORTS_COHORT_KEYS_H

#include "cohorts/sampling.h"
#include "protocols/input_keys.h"

extern const struct input_mapping cohort_keys, lesion_spread_keys;

enum { DISTRIBUTION_KINDS = 6 };

/* A distribution of each kind, by enum distribution_kind, and the same with `lesions_exponent`. */
extern const struct input_mapping distribution_keys[DISTRIBUTION_KINDS],
    distribution_by_lesions_keys[DISTRIBUTION_KINDS];

#endif
