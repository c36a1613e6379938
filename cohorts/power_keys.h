/* The keys of files of designs; docs/power.md says more of each. */
#ifndef ABSCOPAL_COHORTS_POWER_KEYS_H
#define ABSCOPAL_COHORTS_POWER_KEYS_H

#include "cohorts/power_file.h"

extern const struct input_mapping power_endpoint_keys, power_test_keys, power_allocation_keys, power_recruitment_keys,
    power_dropout_keys, power_imaging_keys, power_looks_keys, power_subgroup_keys, power_simulation_keys;

/* A quantity by its name: fills in kind, index, name and unit. */
void power_quantity_find(struct yaml_document *document, const struct yaml_node *node, struct power_subgroups *read);

#endif
