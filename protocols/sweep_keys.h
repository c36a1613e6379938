/* The keys of sweep files; docs/sweeps.md says more of each. */
#ifndef ABSCOPAL_PROTOCOLS_SWEEP_KEYS_H
#define ABSCOPAL_PROTOCOLS_SWEEP_KEYS_H

#include "protocols/input_keys.h"

extern const struct input_mapping sweep_keys, sweep_axis_keys, sweep_choice_keys, sweep_lag_keys, sweep_sobol_keys,
    sweep_limit_keys, sweep_endpoint_keys, sweep_reference_keys, sweep_search_keys, sweep_fresh_keys;

#endif
