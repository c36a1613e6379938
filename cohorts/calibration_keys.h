/* The keys of calibration files; docs/calibration.md says more of each. */
#ifndef ABSCOPAL_COHORTS_CALIBRATION_KEYS_H
#define ABSCOPAL_COHORTS_CALIBRATION_KEYS_H

#include "protocols/input_keys.h"

extern const struct input_mapping calibration_keys, calibration_fresh_keys, calibration_target_keys,
    calibration_free_keys, calibration_search_keys;

#endif
