/* Targets of a calibration file. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts/calibration_keys.h"
#include "cohorts/calibration_read.h"

enum { MOST_ENDPOINTS = 32 };

/* The arm that a key names. */
static size_t arm_read(struct calibration_reader *reader, const struct yaml_node *node, size_t trial, char **name)
{
    struct yaml_document *document = reader->document;
    const size_t arm = yaml_choice(document, node, "arm", reader->arms[trial], reader->arm_counts[trial]);
    *name = document->status == ABSCOPAL_OK ? yaml_copy(document, reader->arms[trial][arm]) : NULL;
    return arm;
}

static const struct calibration_endpoint *endpoint_read(struct yaml_document *document, const struct yaml_node *node)
{
    const char *names[MOST_ENDPOINTS];
    size_t count = 0;
    for (const struct calibration_endpoint *row; (row = calibration_endpoint_describe(count)) != NULL; count++)
        names[count] = row->name;
    return calibration_endpoint_describe(yaml_choice(document, node, "endpoint", names, count));
}

/* Whether a key goes with the endpoint: failing where it is missing or has no meaning. */
static bool key_goes(struct yaml_document *document, const struct yaml_node *target, const char *key, bool needed,
                     bool known, const char *endpoint, const char *write)
{
    const struct yaml_node *node = yaml_find(target, key);
    if (node == NULL && needed)
        yaml_fail(document, target, "%s needs '%s'; write for instance '%s'", endpoint, key, write);
    else if (node != NULL && !known)
        yaml_fail(document, node, "'%s' has no meaning for %s; remove it", key, endpoint);
    return node != NULL && document->status == ABSCOPAL_OK;
}

/* The row of the table for quantities of that kind. */
static const struct input_value *range_of(const char *key, enum calibration_measure measure)
{
    return input_value_find(input_value_of(&calibration_target_keys, key), VALUE_QUANTITY,
                            calibration_measure_unit(measure));
}

static void value_read(struct yaml_document *document, const struct yaml_node *node, struct calibration_target *target)
{
    const enum calibration_measure measure = target->endpoint->measure;
    const struct yaml_node *value = yaml_require(document, node, calibration_target_keys.what, "value", "value: 21 %");
    const struct yaml_node *within =
        yaml_require(document, node, calibration_target_keys.what, "within", "within: 3 %");
    target->value = input_quantity_read(document, value, "value", range_of("value", measure));
    target->within = input_quantity_read(document, within, "within", range_of("within", measure));
    target->weight = input_quantity(document, node, &calibration_target_keys, "weight", 1);
    if (document->status == ABSCOPAL_OK && measure == MEASURE_SHARE && (target->value < 0 || target->value > 1))
        yaml_fail(document, value, "a share of patients lies from 0 %% to 100 %%, not %.40s", value->text);
    else if (document->status == ABSCOPAL_OK && measure == MEASURE_RATIO && target->value < 0)
        yaml_fail(document, value, "a ratio of patients is not negative, as %.40s is", value->text);
}

static void target_read(struct calibration_reader *reader, const struct yaml_node *node,
                        const struct calibration *calibration, struct calibration_target *target)
{
    struct yaml_document *document = reader->document;
    const struct input_mapping *keys = &calibration_target_keys;
    const char *names[CALIBRATION_MOST_TRIALS];
    for (size_t i = 0; i < calibration->trial_count; i++)
        names[i] = calibration->trials[i].name;
    input_keys_check(document, node, keys);
    const struct yaml_node *trial = yaml_require(document, node, keys->what, "trial", "trial: mine");
    const struct yaml_node *arm = yaml_require(document, node, keys->what, "arm", "arm: nivolumab");
    const struct yaml_node *endpoint =
        yaml_require(document, node, keys->what, "endpoint", "endpoint: best_response_rate");
    target->trial = yaml_choice(document, trial, "trial", names, calibration->trial_count);
    if (document->status != ABSCOPAL_OK)
        return;
    target->arm = arm_read(reader, arm, target->trial, &target->arm_name);
    target->endpoint = endpoint_read(document, endpoint);
    if (document->status != ABSCOPAL_OK)
        return;
    const struct calibration_endpoint *what = target->endpoint;
    if (key_goes(document, node, "over", what->over, what->over, what->name, "over: the name of another arm"))
        target->over = arm_read(reader, yaml_find(node, "over"), target->trial, &target->over_name);
    key_goes(document, node, "quantile", what->quantile, what->quantile, what->name, "quantile: 50 %");
    target->quantile = input_quantity(document, node, keys, "quantile", NAN);
    key_goes(document, node, "at", false, what->of_day, what->name, "");
    target->at_days = input_quantity(document, node, keys, "at", NAN);
    if (document->status == ABSCOPAL_OK && target->at_days > reader->until_days[target->trial])
        yaml_fail(document, yaml_find(node, "at"), "the trial ends on day %.6g, before %.40s",
                  reader->until_days[target->trial], yaml_find(node, "at")->text);
    value_read(document, node, target);
}

void calibration_read_targets(struct calibration_reader *reader, struct calibration *calibration)
{
    struct yaml_document *document = reader->document;
    const struct yaml_node *targets = yaml_require(
        document, document->root, calibration_keys.what, "targets",
        "targets: [{trial: mine, arm: nivolumab, endpoint: best_response_rate, value: 21 %, within: 3 %}]");
    const size_t count = yaml_list(document, targets, "targets", CALIBRATION_MOST_TARGETS);
    calibration->targets = yaml_allocate(document, count, sizeof *calibration->targets);
    for (size_t i = 0; calibration->targets != NULL && i < count && document->status == ABSCOPAL_OK; i++) {
        calibration->target_count = i + 1;
        target_read(reader, targets->items[i], calibration, &calibration->targets[i]);
    }
}
