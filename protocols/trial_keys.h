/* The keys of trial files; docs/protocols.md says more of each. */
#ifndef ABSCOPAL_PROTOCOLS_TRIAL_KEYS_H
#define ABSCOPAL_PROTOCOLS_TRIAL_KEYS_H

#include "protocols/input_keys.h"

extern const struct input_mapping trial_keys;
extern const struct input_mapping arm_keys, switch_keys, records_keys;
extern const struct input_mapping imaging_keys, imaging_period_keys, response_keys;
extern const struct input_mapping limit_keys, allocation_keys, stratum_keys, observed_keys;
/* Of one item of `treatments`: either of these. */
extern const struct input_mapping drug_treatment_keys, radiotherapy_keys;
extern const struct input_mapping after_keys, when_keys, delay_keys, coverage_keys, ranked_lesions_keys;

/* A treatment, of either kind. */
extern const struct input_value treatment_value;

/* What can divide patients: first those that are no parameters, in the order of enum patient_quantity, then those. */
struct input_name patient_quantity_name(size_t index);

#endif
