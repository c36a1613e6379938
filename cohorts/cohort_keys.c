/* The keys of cohort files. */
#include "cohorts/cohort_keys.h"

#include "cohorts/correlations.h"
#include "cohorts/pdl1_classes.h"
#include "cohorts/plausible_file.h"
#include "model/model.h"

enum { MOST_PATIENTS = 10000000 };

static const struct input_value text = {.kind = VALUE_TEXT};
static const struct input_value share = {VALUE_QUANTITY, .unit = "1", .upper = 1};

/* ---- Distributions ---------------------------------------------------------------------------------- */

/* In the unit, and within the range, of what is distributed. */
static const struct input_value any = {VALUE_QUANTITY, .unit = NULL};
static const struct input_value log_sd = {VALUE_QUANTITY, .unit = "1", .upper = 10, .above = true};
static const struct input_value bounds = {VALUE_LIST, .item = &any, .least = 2, .most = 2};

/* In the order of enum distribution_kind. */
static const char *const kind_names[DISTRIBUTION_KINDS] = {"fixed",   "normal",     "lognormal",
                                                           "uniform", "loguniform", "triangular"};
static const struct input_value fixed_kind = {VALUE_CHOICE, .choices = &kind_names[0], .choice_count = 1};
static const struct input_value normal_kind = {VALUE_CHOICE, .choices = &kind_names[1], .choice_count = 1};
static const struct input_value lognormal_kind = {VALUE_CHOICE, .choices = &kind_names[2], .choice_count = 1};
static const struct input_value uniform_kind = {VALUE_CHOICE, .choices = &kind_names[3], .choice_count = 1};
static const struct input_value loguniform_kind = {VALUE_CHOICE, .choices = &kind_names[4], .choice_count = 1};
static const struct input_value triangular_kind = {VALUE_CHOICE, .choices = &kind_names[5], .choice_count = 1};
static const struct input_key fixed_rows[] = {
    {"distribution", "its kind", &fixed_kind, KEY_NEEDED},
    {"value", "in all patients", &any, KEY_NEEDED},
    {"lesions_exponent", "the draw is multiplied by (number of lesions)^this", &share, KEY_OPTIONAL},
};
static const struct input_key normal_rows[] = {
    {"distribution", "its kind", &normal_kind, KEY_NEEDED},
    {"mean", "before truncation", &any, KEY_NEEDED},
    {"sd", "standard deviation", &any, KEY_NEEDED},
    {"bounds", "truncated to [lower, upper]", &bounds, KEY_OPTIONAL},
    {"lesions_exponent", "the draw is multiplied by (number of lesions)^this", &share, KEY_OPTIONAL},
};
static const struct input_key lognormal_rows[] = {
    {"distribution", "its kind", &lognormal_kind, KEY_NEEDED},
    {"median", "before truncation", &any, KEY_NEEDED},
    {"log_sd", "standard deviation of the natural logarithm", &log_sd, KEY_NEEDED},
    {"bounds", "truncated to [lower, upper]", &bounds, KEY_OPTIONAL},
    {"lesions_exponent", "the draw is multiplied by (number of lesions)^this", &share, KEY_OPTIONAL},
};
static const struct input_key uniform_rows[] = {
    {"distribution", "its kind", &uniform_kind, KEY_NEEDED},
    {"lower", "least value", &any, KEY_NEEDED},
    {"upper", "largest value", &any, KEY_NEEDED},
    {"lesions_exponent", "the draw is multiplied by (number of lesions)^this", &share, KEY_OPTIONAL},
};
static const struct input_key loguniform_rows[] = {
    {"distribution", "its kind", &loguniform_kind, KEY_NEEDED},
    {"lower", "least value", &any, KEY_NEEDED},
    {"upper", "largest value", &any, KEY_NEEDED},
    {"lesions_exponent", "the draw is multiplied by (number of lesions)^this", &share, KEY_OPTIONAL},
};

static const struct input_key triangular_rows[] = {
    {"distribution", "its kind", &triangular_kind, KEY_NEEDED},
    {"lower", "least value", &any, KEY_NEEDED},
    {"mode", "most likely value", &any, KEY_NEEDED},
    {"upper", "largest value", &any, KEY_NEEDED},
    {"lesions_exponent", "the draw is multiplied by (number of lesions)^this", &share, KEY_OPTIONAL},
};

/* The last row is that of lesions_exponent. */
const struct input_mapping distribution_keys[DISTRIBUTION_KINDS] = {
    {"a fixed distribution", fixed_rows, sizeof fixed_rows / sizeof *fixed_rows - 1},
    {"a normal distribution", normal_rows, sizeof normal_rows / sizeof *normal_rows - 1},
    {"a lognormal distribution", lognormal_rows, sizeof lognormal_rows / sizeof *lognormal_rows - 1},
    {"a uniform distribution", uniform_rows, sizeof uniform_rows / sizeof *uniform_rows - 1},
    {"a loguniform distribution", loguniform_rows, sizeof loguniform_rows / sizeof *loguniform_rows - 1},
    {"a triangular distribution", triangular_rows, sizeof triangular_rows / sizeof *triangular_rows - 1},
};
const struct input_mapping distribution_by_lesions_keys[DISTRIBUTION_KINDS] = {
    {"a fixed distribution", fixed_rows, sizeof fixed_rows / sizeof *fixed_rows},
    {"a normal distribution", normal_rows, sizeof normal_rows / sizeof *normal_rows},
    {"a lognormal distribution", lognormal_rows, sizeof lognormal_rows / sizeof *lognormal_rows},
    {"a uniform distribution", uniform_rows, sizeof uniform_rows / sizeof *uniform_rows},
    {"a loguniform distribution", loguniform_rows, sizeof loguniform_rows / sizeof *loguniform_rows},
    {"a triangular distribution", triangular_rows, sizeof triangular_rows / sizeof *triangular_rows},
};
static const struct input_value triangular = {VALUE_MAPPING, .mapping = &distribution_keys[5]};
static const struct input_value loguniform = {VALUE_MAPPING, .mapping = &distribution_keys[4], .instead = &triangular};
static const struct input_value uniform = {VALUE_MAPPING, .mapping = &distribution_keys[3], .instead = &loguniform};
static const struct input_value lognormal = {VALUE_MAPPING, .mapping = &distribution_keys[2], .instead = &uniform};
static const struct input_value normal = {VALUE_MAPPING, .mapping = &distribution_keys[1], .instead = &lognormal};
static const struct input_value fixed = {VALUE_MAPPING, .mapping = &distribution_keys[0], .instead = &normal};
static const struct input_value distribution = {VALUE_QUANTITY, .unit = NULL, .instead = &fixed};
static const struct input_value triangular_by_lesions = {VALUE_MAPPING, .mapping = &distribution_by_lesions_keys[5]};
static const struct input_value loguniform_by_lesions = {VALUE_MAPPING, .mapping = &distribution_by_lesions_keys[4],
                                                         .instead = &triangular_by_lesions};
static const struct input_value uniform_by_lesions = {VALUE_MAPPING, .mapping = &distribution_by_lesions_keys[3],
                                                      .instead = &loguniform_by_lesions};
static const struct input_value lognormal_by_lesions = {VALUE_MAPPING, .mapping = &distribution_by_lesions_keys[2],
                                                        .instead = &uniform_by_lesions};
static const struct input_value normal_by_lesions = {VALUE_MAPPING, .mapping = &distribution_by_lesions_keys[1],
                                                     .instead = &lognormal_by_lesions};
static const struct input_value fixed_by_lesions = {VALUE_MAPPING, .mapping = &distribution_by_lesions_keys[0],
                                                    .instead = &normal_by_lesions};
static const struct input_value distribution_by_lesions = {VALUE_QUANTITY, .unit = NULL, .instead = &fixed_by_lesions};

/* ---- The cohort ------------------------------------------------------------------------------------- */

static const struct input_value spread = {VALUE_QUANTITY, .unit = "1", .upper = 3};
static const struct input_value factor = {VALUE_QUANTITY, .unit = "1", .upper = 1e6};
static const struct input_value factor_bounds = {VALUE_LIST, .item = &factor, .least = 2, .most = 2};
static const struct input_key lesion_spread_rows[] = {
    {"growth", "growth of the cancer cells", &spread, KEY_OPTIONAL},
    {"infiltration", "entry of T cells from blood", &spread, KEY_OPTIONAL},
    {"pdl1", "PD-L1 and PD-L2 on the cancer cells", &spread, KEY_OPTIONAL},
    {"antigen", "neo-antigen released by a dying cancer cell", &spread, KEY_OPTIONAL},
    {"radiosensitivity", "alpha of the cancer cells", &spread, KEY_OPTIONAL},
    {"bounds", "every factor is truncated to [lower, upper]", &factor_bounds, KEY_OPTIONAL},
};
const struct input_mapping lesion_spread_keys = {"lesion_spread", lesion_spread_rows,
                                                 sizeof lesion_spread_rows / sizeof *lesion_spread_rows};
static const struct input_value lesion_spread = {VALUE_MAPPING, .mapping = &lesion_spread_keys};

static struct input_name lesion_count_name(size_t index)
{
    static const char *const names[MODEL_MAX_LESIONS] = {"1", "2", "3", "4", "5"};
    return (struct input_name){index < MODEL_MAX_LESIONS ? names[index] : NULL, "share of patients with so many"};
}

static struct input_name parameter_name(size_t index)
{
    const struct parameter_description *row = parameter_describe((int)index);
    return row != NULL ? (struct input_name){row->name, row->meaning} : (struct input_name){NULL, NULL};
}

static const struct input_value lesion_shares = {VALUE_NAMED, .named = lesion_count_name, .item = &share, .least = 1,
                                                 .most = MODEL_MAX_LESIONS};
static const struct input_value lesions = {VALUE_INTEGER, .lower = 1, .upper = MODEL_MAX_LESIONS,
                                           .instead = &lesion_shares};
static const struct input_value parameters = {VALUE_NAMED, .named = parameter_name, .item = &distribution,
                                              .most = PARAMETER_COUNT};
static const struct input_value patients = {VALUE_INTEGER, .lower = 1, .upper = MOST_PATIENTS};
static const struct input_value seed = {VALUE_INTEGER, .upper = (double)INT64_MAX};
static const char *const sampling_names[] = {"monte carlo", "latin hypercube", "sobol"}; /* enum sampling_method */
static const struct input_value sampling = {VALUE_CHOICE, .choices = sampling_names, .choice_count = 3};
static const struct input_key cohort_rows[] = {
    {"name", "what the cohort is called", &text, KEY_NEEDED},
    {"patients", "how many", &patients, KEY_NEEDED},
    {"seed", "of all that is drawn", &seed, KEY_NEEDED},
    {"sampling", "how the numbers of different patients are laid out", &sampling, KEY_OPTIONAL},
    {"lesions", "number of target lesions, or the share of patients with each", &lesions, KEY_NEEDED},
    {"body_weight", "from 1 to 500 kg", &distribution, KEY_OPTIONAL},
    {"body_height", "from 30 to 300 cm", &distribution, KEY_OPTIONAL},
    {"baseline_sum_of_diameters", "at which a patient enters the trial, from 1 to 1000 mm", &distribution_by_lesions,
     KEY_NEEDED},
    {"relative_lesion_size", "cells of further lesions over those of the first, when they are seeded", &distribution,
     KEY_OPTIONAL},
    {"lesion_spread", "by how much the lesions of one patient differ: standard deviations of logarithms",
     &lesion_spread, KEY_OPTIONAL},
    {"new_lesions", "rate of finding one, with the cancer cells of baseline, from 0 to 1 /d", &distribution,
     KEY_OPTIONAL},
    {"population", "a file of weights of the patients, CSV, relative to the cohort file (docs/population.md)", &text,
     KEY_OPTIONAL},
    {"parameters", "of the model, which vary between patients", &parameters, KEY_OPTIONAL},
    {"correlations", "between normal scores of what is drawn", &correlations_value, KEY_OPTIONAL},
    {"pdl1_classes", "by which response is told apart", &pdl1_classes_value, KEY_OPTIONAL},
    {"plausible", "what has to hold of patients at baseline", &plausible_value, KEY_OPTIONAL},
};
const struct input_mapping cohort_keys = {"the cohort", cohort_rows, sizeof cohort_rows / sizeof *cohort_rows};
