/* What was published of a real trial, to stand beside what is predicted. */
#include <math.h>
#include <stdlib.h>

#include "protocols/trial_design.h"

enum { MOST_OBSERVED = 500, MOST_PATIENTS = 100000 };
static const double longest_trial_days = 36525; /* a century */

/* The endpoints that can be compared, with the unit of their value: a share, or days. */
static const struct {
    const char *name, *unit;
} endpoints[] = {
    {"best_response_rate", "1"},          {"response_rate", "1"},
    {"disease_control_rate", "1"},        {"abscopal_response_rate", "1"},
    {"complete_response_rate", "1"},      {"progressive_disease_rate", "1"},
    {"progression_free_rate", "1"},       {"median_progression_free_survival", "d"},
    {"median_duration_of_response", "d"}, {"median_time_to_response", "d"},
};
enum { ENDPOINTS = sizeof endpoints / sizeof *endpoints };

static char *optional_text(struct yaml_document *document, const struct yaml_node *mapping, const char *key)
{
    const char *text = yaml_text(document, yaml_find(mapping, key), key);
    return text != NULL ? yaml_copy(document, text) : NULL;
}

/* A share from 0 to 1, or days. */
static double value_read(struct yaml_document *document, const struct yaml_node *node, const char *name,
                         const char *unit)
{
    return yaml_quantity_within(document, node, name, unit, 0, unit[0] == '1' ? 1 : longest_trial_days);
}

static void interval_read(struct yaml_document *document, const struct yaml_node *node, const char *unit,
                          struct observed *observed)
{
    observed->lower = observed->upper = NAN;
    if (node == NULL || document->status != ABSCOPAL_OK)
        return;
    if (yaml_list(document, node, "interval", 2) != 2) {
        yaml_fail(document, node, "an interval has two ends, such as [24 %%, 40 %%]");
        return;
    }
    observed->lower = value_read(document, node->items[0], "interval", unit);
    observed->upper = value_read(document, node->items[1], "interval", unit);
    if (document->status == ABSCOPAL_OK && observed->lower > observed->upper)
        yaml_fail(document, node, "the lower end of the interval comes first; exchange the two");
    else if (document->status == ABSCOPAL_OK &&
             (observed->value < observed->lower || observed->value > observed->upper))
        yaml_fail(document, node, "the value lies outside its interval; look both up again");
}

static void one_read(struct yaml_document *document, const struct yaml_node *node, const struct trial_file *trial,
                     struct observed *observed)
{
    static const char *const keys[] = {"arm", "endpoint", "value", "interval", "level", "at", "patients", "source"};
    static const char *const what = "an observed outcome";
    yaml_check_keys(document, node, what, keys, sizeof keys / sizeof *keys);
    const struct yaml_node *arm = yaml_require(document, node, what, "arm", "arm: pembrolizumab");
    const struct yaml_node *endpoint = yaml_require(document, node, what, "endpoint", "endpoint: best_response_rate");
    const struct yaml_node *value = yaml_require(document, node, what, "value", "value: 36 %");
    const struct yaml_node *source = yaml_require(document, node, what, "source", "source: Theelen 2019, table 2");
    const char **arms = yaml_allocate(document, trial->arm_count, sizeof *arms);
    const char *names[ENDPOINTS];
    for (int i = 0; i < ENDPOINTS; i++)
        names[i] = endpoints[i].name;
    for (size_t i = 0; arms != NULL && i < trial->arm_count; i++)
        arms[i] = trial->arms[i].name;
    const size_t of_arm = arms != NULL ? yaml_choice(document, arm, "arm", arms, trial->arm_count) : 0;
    const size_t of_endpoint = yaml_choice(document, endpoint, "endpoint", names, ENDPOINTS);
    free(arms);
    if (document->status != ABSCOPAL_OK)
        return;
    const char *unit = endpoints[of_endpoint].unit;
    observed->arm = yaml_copy(document, trial->arms[of_arm].name);
    observed->endpoint = yaml_copy(document, endpoints[of_endpoint].name);
    observed->value = value_read(document, value, "value", unit);
    interval_read(document, yaml_find(node, "interval"), unit, observed);
    const struct yaml_node *level = yaml_find(node, "level"), *at = yaml_find(node, "at");
    observed->level = level != NULL ? yaml_quantity_within(document, level, "level", "1", 0.5, 0.999) : 0.95;
    observed->at_days = at != NULL ? yaml_quantity_positive(document, at, "at", "d", longest_trial_days) : NAN;
    const struct yaml_node *patients = yaml_find(node, "patients");
    if (patients != NULL)
        observed->patients = (int)yaml_integer_within(document, patients, "patients", 1, MOST_PATIENTS);
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
    const size_t count = yaml_list(document, observed, "observed", MOST_OBSERVED);
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
    free(trial->eligibility);
    free(trial->allocation.ratio);
    free(trial->allocation.strata);
}
