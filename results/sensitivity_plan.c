/* What a sensitivity analysis is asked for: arms, endpoints, and the patients of both designs. */
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "protocols/nearest.h"
#include "results/sensitivity.h"
#include "trial/patient.h"

enum { USUAL_ROWS = 1024, LEAST_ROWS = 16, MOST_ROWS = 1 << 20, USUAL_SAMPLE = 2000, USUAL_RESAMPLES = 1000 };
enum { MOST_SAMPLE = 1000000, MOST_RESAMPLES = 100000, MOST_ENDPOINTS = 32 };

static const char usual_endpoints[] = "log_change,response_rate";

bool sensitivity_has_indices(const struct abscopal_sensitivity *sensitivity)
{
    return sensitivity->method != ABSCOPAL_SENSITIVITY_PRCC;
}

bool sensitivity_has_correlations(const struct abscopal_sensitivity *sensitivity)
{
    return sensitivity->method != ABSCOPAL_SENSITIVITY_SOBOL;
}

/* ---- Arms ------------------------------------------------------------------------------------------- */

static enum abscopal_status arm_find(const struct abscopal_trial *trial, const char *name, size_t *found,
                                     struct abscopal_error *error)
{
    char meant[128] = "";
    const char **names = calloc(trial->file.arm_count + 1, sizeof *names);
    if (names == NULL)
        return error_no_memory(error);
    *found = trial->file.arm_count;
    for (size_t i = 0; i < trial->file.arm_count; i++) {
        names[i] = trial->file.arms[i].name;
        *found = strcmp(names[i], name) == 0 ? i : *found;
    }
    const char *near = nearest_name(name, names, trial->file.arm_count);
    if (near != NULL)
        snprintf(meant, sizeof meant, "; did you mean '%.96s'?", near);
    free(names);
    return *found < trial->file.arm_count ? ABSCOPAL_OK
                                          : error_set(error, ABSCOPAL_BAD_INPUT, trial->file.path, 0, 0,
                                                      "the trial has no arm '%.96s'%s", name, meant);
}

static enum abscopal_status arms_plan(struct abscopal_sensitivity *sensitivity,
                                      const struct abscopal_sensitivity_options *options, struct abscopal_error *error)
{
    const struct trial_file *file = &sensitivity->trial->file;
    enum abscopal_status status = ABSCOPAL_OK;
    if (options->arm == NULL && file->arm_count > 2)
        return error_set(error, ABSCOPAL_BAD_INPUT, file->path, 0, 0,
                         "the trial has %zu arms; write which one is looked at, such as --arm '%.96s'", file->arm_count,
                         file->arms[1].name);
    sensitivity->arm = file->arm_count > 1 ? 1 : 0;
    sensitivity->reference = 0;
    if (options->arm != NULL)
        status = arm_find(sensitivity->trial, options->arm, &sensitivity->arm, error);
    if (status == ABSCOPAL_OK && options->reference != NULL)
        status = arm_find(sensitivity->trial, options->reference, &sensitivity->reference, error);
    if (status != ABSCOPAL_OK)
        return status;
    for (int i = 0; i < 2; i++) {
        const struct arm *arm = &file->arms[i == 0 ? sensitivity->arm : sensitivity->reference];
        if (arm->switches)
            return error_set(
                error, ABSCOPAL_BAD_INPUT, file->path, 0, 0,
                "arm '%.96s' switches to another one, and such an arm cannot be looked at here; remove its "
                "'at_progression'",
                arm->name);
    }
    return ABSCOPAL_OK;
}

/* ---- Endpoints -------------------------------------------------------------------------------------- */

static enum abscopal_status endpoints_plan(struct abscopal_sensitivity *sensitivity, const char *list,
                                           struct abscopal_error *error)
{
    const double until_days = sensitivity->trial->file.until_days;
    sensitivity->endpoints = calloc(MOST_ENDPOINTS, sizeof *sensitivity->endpoints);
    if (sensitivity->endpoints == NULL)
        return error_no_memory(error);
    for (const char *text = list; text != NULL; text = strchr(text, ',') != NULL ? strchr(text, ',') + 1 : NULL) {
        struct sensitivity_endpoint *endpoint = &sensitivity->endpoints[sensitivity->endpoint_count];
        if (sensitivity->endpoint_count == MOST_ENDPOINTS)
            return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0, "give at most %d endpoints", MOST_ENDPOINTS);
        if (sensitivity_endpoint_read(text, strcspn(text, ","), until_days, endpoint, error) != ABSCOPAL_OK)
            return ABSCOPAL_BAD_INPUT;
        for (size_t i = 0; i < sensitivity->endpoint_count; i++)
            if (strcmp(sensitivity->endpoints[i].label, endpoint->label) == 0)
                return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0, "%s is given twice", endpoint->label);
        sensitivity->endpoint_count++;
    }
    return ABSCOPAL_OK;
}

static enum abscopal_status targets_plan(struct abscopal_sensitivity *sensitivity, struct abscopal_error *error)
{
    const bool alone = sensitivity->arm == sensitivity->reference;
    const size_t factors = (size_t)sensitivity->design.factors.count;
    sensitivity->targets = calloc(3 * sensitivity->endpoint_count, sizeof *sensitivity->targets);
    if (sensitivity->targets == NULL)
        return error_no_memory(error);
    for (size_t i = 0; i < 3 * sensitivity->endpoint_count; i++) {
        if (alone && i % 3 != SENSITIVITY_ARM)
            continue;
        struct sensitivity_target *target = &sensitivity->targets[sensitivity->target_count++];
        target->endpoint = &sensitivity->endpoints[i / 3];
        target->of = (enum sensitivity_of)(i % 3);
        target->indices.items = calloc(factors + 1, sizeof *target->indices.items);
        target->correlations = calloc(factors + 1, sizeof *target->correlations);
        if (sensitivity_has_indices(sensitivity))
            target->design = malloc(saltelli_patients(&sensitivity->design) * sizeof *target->design);
        if (sensitivity_has_correlations(sensitivity))
            target->sample = malloc(sensitivity->sample_count * sizeof *target->sample);
        if (target->indices.items == NULL || target->correlations == NULL ||
            (target->design == NULL) == sensitivity_has_indices(sensitivity) ||
            (target->sample == NULL) == sensitivity_has_correlations(sensitivity))
            return error_no_memory(error);
    }
    return ABSCOPAL_OK;
}

/* ---- Designs ---------------------------------------------------------------------------------------- */

static enum abscopal_status design_plan(struct abscopal_sensitivity *sensitivity,
                                        const struct abscopal_sensitivity_options *options,
                                        struct abscopal_error *error)
{
    const struct cohort *cohort = &sensitivity->trial->cohort;
    const size_t rows = options->rows > 0 ? options->rows : USUAL_ROWS;
    if (rows < LEAST_ROWS || rows > MOST_ROWS || (rows & (rows - 1)) != 0)
        return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0,
                         "a design has a power of two of rows, from %d to %d, and not %zu; give 1024 or 2048",
                         LEAST_ROWS, MOST_ROWS, rows);
    if (!saltelli_begin(&sensitivity->design, cohort, sensitivity->seed, rows) && sensitivity_has_indices(sensitivity))
        return error_set(error, ABSCOPAL_BAD_INPUT, cohort->path, 0, 0,
                         "the cohort varies %d numbers of a patient, more than the design can hold; take --method prcc",
                         sensitivity->design.factors.dimension_count);
    if (sensitivity->design.factors.count == 0)
        return error_set(error, ABSCOPAL_BAD_INPUT, cohort->path, 0, 0,
                         "nothing differs between the patients of this cohort; give a quantity a distribution");
    if (cohort->correlated.count > 0 && sensitivity_has_indices(sensitivity) && !options->ignore_correlations)
        return error_set(error, ABSCOPAL_BAD_INPUT, cohort->path, 0, 0,
                         "Sobol indices are of quantities that do not depend on each other, and this cohort has "
                         "'correlations'; write --independent to leave them out, or --method prcc");
    sensitivity->correlations_ignored = cohort->correlated.count > 0 && sensitivity_has_indices(sensitivity);
    sensitivity->sample_cohort = sensitivity->design_cohort = *cohort;
    sensitivity->design_cohort.sampling = SAMPLING_SALTELLI;
    sensitivity->design_cohort.saltelli = &sensitivity->design;
    sensitivity->design_cohort.correlated.count = 0;
    if (!sensitivity->rules_kept)
        sensitivity->design_cohort.rule_count = 0;
    return ABSCOPAL_OK;
}

static enum abscopal_status sample_plan(struct abscopal_sensitivity *sensitivity,
                                        const struct abscopal_sensitivity_options *options,
                                        struct abscopal_error *error)
{
    const size_t factors = (size_t)sensitivity->design.factors.count;
    sensitivity->sample_count = options->patients > 0 ? options->patients : USUAL_SAMPLE;
    if (sensitivity->sample_count > MOST_SAMPLE || options->resamples > MOST_RESAMPLES)
        return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0, "give at most %d patients and %d resamples",
                         MOST_SAMPLE, MOST_RESAMPLES);
    if (sensitivity_has_correlations(sensitivity) && sensitivity->sample_count <= factors + 2)
        return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0,
                         "%zu patients are too few for %zu factors; give a multiple of them, such as %zu",
                         sensitivity->sample_count, factors, 20 * factors);
    sensitivity->bootstrap.resamples = options->resamples > 0 ? options->resamples : USUAL_RESAMPLES;
    sensitivity->bootstrap.seed = sensitivity->seed;
    sensitivity->bootstrap.threads = options->threads;
    if (!sensitivity_has_correlations(sensitivity))
        return ABSCOPAL_OK;
    sensitivity->sample_factors = malloc(factors * sensitivity->sample_count * sizeof *sensitivity->sample_factors);
    return sensitivity->sample_factors != NULL ? ABSCOPAL_OK : error_no_memory(error);
}

static enum abscopal_status trial_suits(const struct abscopal_trial *trial, struct abscopal_error *error)
{
    if (!trial->has_cohort)
        return error_set(error, ABSCOPAL_BAD_INPUT, trial->file.path, 0, 0,
                         "this trial has no cohort and so one patient only; name a cohort in the trial file");
    if (trial->file.allocation.disjoint)
        return error_set(error, ABSCOPAL_BAD_INPUT, trial->file.path, 0, 0,
                         "this trial is randomised, and the same patients are needed in both arms; remove its "
                         "'allocation'");
    if (trial->cohort.population.name != NULL)
        return error_set(error, ABSCOPAL_BAD_INPUT, trial->cohort.path, 0, 0,
                         "patients of this cohort have weights, and the indices are of its distributions; remove "
                         "'population' from the cohort file");
    return ABSCOPAL_OK;
}

enum abscopal_status sensitivity_plan(struct abscopal_sensitivity *sensitivity,
                                      const struct abscopal_sensitivity_options *options, struct abscopal_error *error)
{
    enum abscopal_status status = trial_suits(sensitivity->trial, error);
    sensitivity->method = options->method;
    sensitivity->rules_kept = options->keep_rules != 0;
    sensitivity->seed = trial_seed(sensitivity->trial, options->seed);
    sensitivity->engine = engine_chosen(options->engine);
    if (status == ABSCOPAL_OK)
        status = arms_plan(sensitivity, options, error);
    if (status == ABSCOPAL_OK)
        status = endpoints_plan(sensitivity, options->endpoints != NULL ? options->endpoints : usual_endpoints, error);
    if (status == ABSCOPAL_OK)
        status = design_plan(sensitivity, options, error);
    if (status == ABSCOPAL_OK)
        status = sample_plan(sensitivity, options, error);
    return status == ABSCOPAL_OK ? targets_plan(sensitivity, error) : status;
}
