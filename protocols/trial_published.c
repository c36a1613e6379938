/* What was published of a real trial, to stand beside what is predicted. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/trial_design.h"
#include "protocols/trial_keys.h"

/* Of the endpoints that can be compared, those that are a time rather than a share of patients. */
static bool is_time(const char *endpoint)
{
    return strncmp(endpoint, "median_", strlen("median_")) == 0;
}

static char *optional_text(struct yaml_document *document, const struct yaml_node *mapping, const char *key)
{
    const char *text = yaml_text(document, yaml_find(mapping, key), key);
    return text != NULL ? yaml_copy(document, text) : NULL;
}

static void interval_read(struct yaml_document *document, const struct yaml_node *node, const struct input_value *value,
                          struct observed *observed)
{
    observed->lower = observed->upper = NAN;
    if (node == NULL || document->status != ABSCOPAL_OK)
        return;
    if (yaml_list(document, node, "interval", 2) != 2) {
        yaml_fail(document, node, "an interval has two ends, such as [24 %%, 40 %%]");
        return;
    }
    observed->lower = input_quantity_read(document, node->items[0], "interval", value);
    observed->upper = input_quantity_read(document, node->items[1], "interval", value);
    if (document->status == ABSCOPAL_OK && observed->lower > observed->upper)
        yaml_fail(document, node, "the lower end of the interval comes first; exchange the two");
    else if (document->status == ABSCOPAL_OK &&
             (observed->value < observed->lower || observed->value > observed->upper))
        yaml_fail(document, node, "the value lies outside its interval; look both up again");
}

static void one_read(struct yaml_document *document, const struct yaml_node *node, const struct trial_file *trial,
                     struct observed *observed)
{
    const char *const what = observed_keys.what;
    input_keys_check(document, node, &observed_keys);
    const struct yaml_node *arm = yaml_require(document, node, what, "arm", "arm: pembrolizumab");
    const struct yaml_node *endpoint = yaml_require(document, node, what, "endpoint", "endpoint: best_response_rate");
    const struct yaml_node *value = yaml_require(document, node, what, "value", "value: 36 %");
    const struct yaml_node *source = yaml_require(document, node, what, "source", "source: Theelen 2019, table 2");
    const char **arms = yaml_allocate(document, trial->arm_count, sizeof *arms);
    for (size_t i = 0; arms != NULL && i < trial->arm_count; i++)
        arms[i] = trial->arms[i].name;
    const size_t of_arm = arms != NULL ? yaml_choice(document, arm, "arm", arms, trial->arm_count) : 0;
    const struct input_value *endpoints = input_value_of(&observed_keys, "endpoint");
    const size_t of_endpoint = input_choice_read(document, endpoint, "endpoint", endpoints);
    free(arms);
    if (document->status != ABSCOPAL_OK)
        return;
    const char *name = endpoints->choices[of_endpoint];
    const struct input_value *range =
        input_value_find(input_value_of(&observed_keys, "value"), VALUE_QUANTITY, is_time(name) ? "d" : "1");
    observed->arm = yaml_copy(document, trial->arms[of_arm].name);
    observed->endpoint = yaml_copy(document, name);
    observed->value = input_quantity_read(document, value, "value", range);
    interval_read(document, yaml_find(node, "interval"), range, observed);
    observed->level = input_quantity(document, node, &observed_keys, "level", NAN);
    observed->at_days = input_quantity(document, node, &observed_keys, "at", NAN);
    observed->patients = input_integer(document, node, &observed_keys, "patients", 0);
    const char *text = yaml_text(document, source, "source");
    observed->source = text != NULL ? yaml_copy(document, text) : NULL;
}

void trial_design_read_published(struct yaml_document *document, struct trial_file *trial)
{
    if (document->status != ABSCOPAL_OK)
        return;
    trial->registry = optional_text(document, document->root, "registry");
    trial->setting = optional_text(document, document->root, "setting");
    trial->left_out = optional_text(document, document->root, "left_out");
    const struct yaml_node *observed = yaml_find(document->root, "observed");
    if (document->status != ABSCOPAL_OK || observed == NULL)
        return;
    const size_t count = yaml_list(document, observed, "observed", input_value_of(&trial_keys, "observed")->most);
    trial->observed = yaml_allocate(document, count, sizeof *trial->observed);
    for (size_t i = 0; trial->observed != NULL && i < count && document->status == ABSCOPAL_OK; i++) {
        trial->observed_count = i + 1;
        one_read(document, observed->items[i], trial, &trial->observed[i]);
    }
}

void trial_design_free(struct trial_file *trial)
{
    for (size_t i = 0; i < trial->observed_count; i++) {
        free(trial->observed[i].arm);
        free(trial->observed[i].endpoint);
        free(trial->observed[i].source);
    }
    free(trial->observed);
    free(trial->registry);
    free(trial->setting);
    free(trial->left_out);
    free(trial->imaging.periods);
    free(trial->imaging.also_days);
    for (size_t i = 0; i < trial->class_count; i++)
        free(trial->classes[i].name);
    free(trial->classes);
    free(trial->eligibility);
    free(trial->allocation.ratio);
    free(trial->allocation.strata);
}
