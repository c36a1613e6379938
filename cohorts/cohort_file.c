#include "cohorts/cohort_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts/cohort_keys.h"
#include "cohorts/correlations.h"
#include "cohorts/distribution.h"
#include "cohorts/pdl1_classes.h"
#include "cohorts/plausible_file.h"
#include "protocols/named_texts.h"
#include "protocols/yaml.h"

static const double default_body_weight_kg = 75, default_body_height_cm = 170;

static const struct distribution_range body_weight_range = {"kg", 1, 500};
static const struct distribution_range body_height_range = {"cm", 30, 300};
static const struct distribution_range sum_of_diameters_range = {"mm", 1, 1000};
static const struct distribution_range relative_size_range = {"1", 1e-6, 1};
static const struct distribution_range new_lesions_range = {"1/d", 0, 1};

/* ---- Number of lesions */

static void lesion_shares_read(struct yaml_document *document, const struct yaml_node *node, struct cohort *cohort)
{
    static const char *const keys[MODEL_MAX_LESIONS] = {"1", "2", "3", "4", "5"};
    yaml_check_keys(document, node, "lesions (number: share of patients)", keys, sizeof keys / sizeof *keys);
    double sum = 0;
    for (int i = 0; i < MODEL_MAX_LESIONS; i++) {
        double share = yaml_quantity_within(document, yaml_find(node, keys[i]), "a share of patients", "1", 0, 1);
        cohort->lesion_probability[i] = share;
        sum += share;
    }
    if (document->status != ABSCOPAL_OK)
        return;
    if (fabs(sum - 1) > 1e-6) {
        yaml_fail(document, node, "the shares of patients add up to %.6g %%; make them 100 %%", 100 * sum);
        return;
    }
    for (int i = 0; i < MODEL_MAX_LESIONS; i++)
        cohort->lesion_probability[i] /= sum;
}

static void lesions_read(struct yaml_document *document, struct cohort *cohort)
{
    const struct yaml_node *node =
        yaml_require(document, document->root, "the cohort", "lesions", "lesions: {1: 60 %, 2: 40 %}");
    if (node == NULL)
        return;
    if (node->kind == YAML_SCALAR) {
        long long count = yaml_integer_within(document, node, "lesions", 1, MODEL_MAX_LESIONS);
        if (document->status == ABSCOPAL_OK)
            cohort->lesion_probability[count - 1] = 1;
    } else {
        lesion_shares_read(document, node, cohort);
    }
}

/* ---- What each patient has besides parameters */

static void attributes_read(struct yaml_document *document, struct cohort *cohort)
{
    lesions_read(document, cohort);
    const struct yaml_node *weight = yaml_find(document->root, "body_weight");
    distribution_read(document, weight, "body_weight", &body_weight_range, &cohort->body_weight_kg, NULL);
    if (weight == NULL)
        cohort->body_weight_kg.location = default_body_weight_kg;
    const struct yaml_node *height = yaml_find(document->root, "body_height");
    distribution_read(document, height, "body_height", &body_height_range, &cohort->body_height_cm, NULL);
    if (height == NULL)
        cohort->body_height_cm.location = default_body_height_cm;
    const struct yaml_node *sum = yaml_require(document, document->root, "the cohort", "baseline_sum_of_diameters",
                                               "baseline_sum_of_diameters: 60 mm");
    distribution_read(document, sum, "baseline_sum_of_diameters", &sum_of_diameters_range,
                      &cohort->baseline_sum_of_diameters_mm, &cohort->baseline_lesions_exponent);
    const struct yaml_node *size = yaml_find(document->root, "relative_lesion_size");
    if (size == NULL && cohort->lesion_probability[0] < 1)
        size = yaml_require(document, document->root, "a cohort with several lesions", "relative_lesion_size",
                            "relative_lesion_size: {distribution: uniform, lower: 0.1, upper: 1}");
    distribution_read(document, size, "relative_lesion_size", &relative_size_range, &cohort->relative_lesion_size,
                      NULL);
    if (size == NULL)
        cohort->relative_lesion_size.location = 1;
}

/* A fixed rate of 0 without the key. */
static void new_lesions_read(struct yaml_document *document, struct cohort *cohort)
{
    distribution_read(document, yaml_find(document->root, "new_lesions"), "new_lesions", &new_lesions_range,
                      &cohort->new_lesions_per_day, NULL);
}

/* ---- Differences between the lesions of one patient */

static double log_sd_read(struct yaml_document *document, const struct yaml_node *spread, const char *key)
{
    char name[64];
    snprintf(name, sizeof name, "lesion_spread (%s)", key);
    return input_quantity_read(document, yaml_find(spread, key), name, input_value_of(&lesion_spread_keys, key));
}

static void factor_bounds_read(struct yaml_document *document, const struct yaml_node *spread, struct cohort *cohort)
{
    cohort->lesion_factor_lower = 0;
    cohort->lesion_factor_upper = INFINITY;
    const struct yaml_node *bounds = yaml_find(spread, "bounds");
    if (bounds == NULL || document->status != ABSCOPAL_OK)
        return;
    if (bounds->kind != YAML_SEQUENCE || bounds->item_count != 2) {
        yaml_fail(document, bounds, "bounds must be two factors, [lower, upper]");
        return;
    }
    const struct input_value *bound = input_value_of(&lesion_spread_keys, "bounds")->item;
    const double lower = input_quantity_read(document, bounds->items[0], "lesion_spread (lower bound)", bound);
    const double upper = input_quantity_read(document, bounds->items[1], "lesion_spread (upper bound)", bound);
    if (document->status == ABSCOPAL_OK && !(lower < 1 && upper > 1))
        yaml_fail(document, bounds, "the median lesion has a factor of 1, which must lie between the bounds");
    cohort->lesion_factor_lower = lower;
    cohort->lesion_factor_upper = upper;
}

static void lesion_spread_read(struct yaml_document *document, struct cohort *cohort)
{
    const struct yaml_node *node = yaml_find(document->root, "lesion_spread");
    input_keys_check(document, node, &lesion_spread_keys);
    cohort->lesion_log_sd = (struct lesion_factors){
        .growth = log_sd_read(document, node, "growth"),
        .infiltration = log_sd_read(document, node, "infiltration"),
        .pdl1 = log_sd_read(document, node, "pdl1"),
        .antigen = log_sd_read(document, node, "antigen"),
        .radiosensitivity = log_sd_read(document, node, "radiosensitivity"),
    };
    factor_bounds_read(document, node, cohort);
}

/* ---- Parameters */

static void parameters_read(struct yaml_document *document, struct cohort *cohort)
{
    const struct yaml_node *node = yaml_find(document->root, "parameters");
    if (node == NULL)
        return;
    const char *names[PARAMETER_COUNT];
    for (int i = 0; i < PARAMETER_COUNT; i++)
        names[i] = parameter_describe(i)->name;
    if (node->kind != YAML_MAPPING) {
        yaml_fail(document, node, "parameters must be a mapping of names to quantities or distributions");
        return;
    }
    cohort->parameters = yaml_allocate(document, node->item_count / 2, sizeof *cohort->parameters);
    if (cohort->parameters == NULL)
        return;
    for (size_t i = 0; i + 1 < node->item_count; i += 2) {
        size_t chosen = yaml_choice(document, node->items[i], "parameter", names, PARAMETER_COUNT);
        const struct parameter_description *row = parameter_describe((int)chosen);
        const struct distribution_range range = {row->unit, row->lower, row->upper};
        struct sampled_parameter *parameter = &cohort->parameters[cohort->parameter_count++];
        parameter->parameter = (int)chosen;
        distribution_read(document, node->items[i + 1], row->name, &range, &parameter->distribution, NULL);
    }
}

/* ---- The cohort */

static void cohort_read(struct yaml_document *document, struct cohort *cohort)
{
    input_keys_check(document, document->root, &cohort_keys);
    const struct yaml_node *name = yaml_require(document, document->root, "the cohort", "name", "name: my cohort");
    cohort->name = yaml_copy(document, yaml_text(document, name, "name"));
    yaml_require(document, document->root, "the cohort", "patients", "patients: 200");
    cohort->patient_count = (size_t)input_integer(document, document->root, &cohort_keys, "patients", 0);
    const struct yaml_node *seed = yaml_require(document, document->root, "the cohort", "seed", "seed: 1");
    cohort->seed = (uint64_t)yaml_integer_within(document, seed, "seed", 0, INT64_MAX);
    const struct yaml_node *sampling = yaml_find(document->root, "sampling");
    if (sampling != NULL)
        cohort->sampling = (enum sampling_method)input_choice_read(document, sampling, "way of sampling",
                                                                   input_value_of(&cohort_keys, "sampling"));
    attributes_read(document, cohort);
    lesion_spread_read(document, cohort);
    new_lesions_read(document, cohort);
    parameters_read(document, cohort);
    correlations_read(document, cohort);
    pdl1_classes_read(document, cohort);
    plausible_read(document, cohort);
    population_key_read(document, cohort->patient_count, cohort->seed, &cohort->population);
    cohort->path = yaml_copy(document, document->path);
    cohort->text = yaml_copy(document, document->text);
}

/* Of a document as read, which it frees. */
static enum abscopal_status document_read(struct yaml_document *document, struct cohort *cohort)
{
    cohort_read(document, cohort);
    const enum abscopal_status status = document->status;
    yaml_free(document);
    if (status != ABSCOPAL_OK)
        cohort_free(cohort);
    return status;
}

enum abscopal_status cohort_file_read(const char *path, struct cohort *cohort, struct abscopal_error *error)
{
    struct yaml_document document;
    *cohort = (struct cohort){.path = NULL};
    const enum abscopal_status status = yaml_read(path, &document, error);
    return status == ABSCOPAL_OK ? document_read(&document, cohort) : status;
}

static enum abscopal_status text_read(const char *path, const char *text, const struct named_texts *stored,
                                      struct cohort *cohort, struct abscopal_error *error)
{
    struct yaml_document document;
    *cohort = (struct cohort){.path = NULL};
    const enum abscopal_status status = yaml_read_text(path, text, &document, error);
    document.stored = stored;
    return status == ABSCOPAL_OK ? document_read(&document, cohort) : status;
}

enum abscopal_status cohort_file_read_text(const char *path, const char *text, struct cohort *cohort,
                                           struct abscopal_error *error)
{
    return text_read(path, text, NULL, cohort, error);
}

enum abscopal_status cohort_file_read_stored(const char *path, const char *text, struct cohort *cohort,
                                             struct abscopal_error *error)
{
    const struct named_texts nothing = {0};
    return text_read(path, text, &nothing, cohort, error);
}

void cohort_free(struct cohort *cohort)
{
    free(cohort->path);
    free(cohort->text);
    free(cohort->name);
    free(cohort->parameters);
    free(cohort->correlated.factor);
    pdl1_classes_free(cohort);
    free(cohort->rules);
    population_free(&cohort->population);
    *cohort = (struct cohort){.path = NULL};
}
