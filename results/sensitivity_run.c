/* abscopal_sensitivity_run: both arms with the patients of both designs, then the indices. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "results/sensitivity.h"
#include "trial/clock.h"

/* Patients at once: they are looked at and let go. */
enum { BLOCK = 4096 };

/* Courses of both designs as those of one run. */
struct sensitivity_progress {
    const struct abscopal_sensitivity_options *options;
    double started;
    size_t done, told, total; /* finished before the block at hand, as last told, and all */
};

static int progress_pass(size_t finished, size_t total, double seconds, void *context)
{
    struct sensitivity_progress *progress = context;
    (void)total;
    (void)seconds;
    progress->told = progress->done + finished;
    if (progress->options->progress == NULL)
        return 0;
    return progress->options->progress(progress->told, progress->total, clock_seconds() - progress->started,
                                       progress->options->progress_context);
}

/* ---- Patients --------------------------------------------------------------------------------------- */

/* One of both designs. */
struct part {
    struct abscopal_sensitivity *sensitivity;
    struct abscopal_trial trial; /* with the two arms alone */
    struct arm arms[2];          /* the reference and the arm, or the arm */
    bool is_design;
    size_t patients;
};

static void part_begin(struct part *part, struct abscopal_sensitivity *sensitivity, bool is_design)
{
    const struct abscopal_trial *trial = sensitivity->trial;
    *part = (struct part){.sensitivity = sensitivity, .trial = *trial, .is_design = is_design};
    part->trial.cohort = is_design ? sensitivity->design_cohort : sensitivity->sample_cohort;
    part->trial.file.arms = part->arms;
    part->trial.file.arm_count = 0;
    part->trial.file.observed_count = 0;
    if (is_design && !sensitivity->rules_kept)
        part->trial.file.eligibility_count = 0;
    if (sensitivity->arm != sensitivity->reference)
        part->arms[part->trial.file.arm_count++] = trial->file.arms[sensitivity->reference];
    part->arms[part->trial.file.arm_count++] = trial->file.arms[sensitivity->arm];
    part->patients = is_design ? saltelli_patients(&sensitivity->design) : sensitivity->sample_count;
}

static double target_value(const struct sensitivity_target *target, const struct abscopal_results *results,
                           size_t patient)
{
    const size_t arm = results->arm_count - 1;
    unsigned irradiated = 0;
    for (size_t i = 0; i <= arm; i++)
        irradiated |= results->arms[results_row(results, i, patient)].irradiated;
    if (results->patients[patient].status != ABSCOPAL_PATIENT_COMPLETED)
        return (double)NAN;
    const double of_arm = target->of == SENSITIVITY_REFERENCE
                              ? 0
                              : sensitivity_endpoint_value(results, arm, patient, target->endpoint, irradiated);
    const double of_reference = target->of == SENSITIVITY_ARM
                                    ? 0
                                    : sensitivity_endpoint_value(results, 0, patient, target->endpoint, irradiated);
    return target->of == SENSITIVITY_REFERENCE ? of_reference : of_arm - of_reference;
}

/* Takes what patients from number `first` on have. */
static void collect(const struct part *part, const struct abscopal_results *results, size_t first)
{
    struct abscopal_sensitivity *sensitivity = part->sensitivity;
    const struct factors *factors = &sensitivity->design.factors;
    for (size_t patient = 0; patient < results->patient_count; patient++) {
        const size_t row = first - 1 + patient;
        const enum abscopal_patient_status status = results->patients[patient].status;
        (part->is_design ? sensitivity->design_status : sensitivity->sample_status)[status]++;
        for (size_t i = 0; i < sensitivity->target_count; i++) {
            struct sensitivity_target *target = &sensitivity->targets[i];
            (part->is_design ? target->design : target->sample)[row] = target_value(target, results, patient);
        }
        for (int i = 0; !part->is_design && i < factors->count; i++)
            sensitivity->sample_factors[(size_t)i * sensitivity->sample_count + row] =
                factor_value(&sensitivity->sample_cohort, &factors->items[i], &results->patients[patient].patient);
    }
}

static struct abscopal_run_options part_options(const struct part *part, struct sensitivity_progress *progress)
{
    const struct abscopal_sensitivity_options *options = progress->options;
    return (struct abscopal_run_options){.patients = part->patients,
                                         .seed = options->seed,
                                         .threads = options->threads,
                                         .engine = options->engine,
                                         .progress = progress_pass,
                                         .progress_context = progress};
}

static enum abscopal_status part_run(const struct part *part, struct sensitivity_progress *progress,
                                     struct abscopal_error *error)
{
    const struct abscopal_run_options options = part_options(part, progress);
    struct allocation_cursor cursor = {.done = 0};
    enum abscopal_status status = virtual_trial_check(&part->trial, &options, error);
    for (size_t first = 1; first <= part->patients && status == ABSCOPAL_OK; first += BLOCK) {
        const size_t left = part->patients - first + 1, count = left < BLOCK ? left : BLOCK;
        struct abscopal_results *results = virtual_trial_run_some(&part->trial, &options, first, count, &cursor, error);
        if (results == NULL && error->status == ABSCOPAL_INTERRUPTED)
            return error_set(error, ABSCOPAL_INTERRUPTED, NULL, 0, 0,
                             "stopped after %zu of %zu courses; nothing is kept", progress->told, progress->total);
        if (results == NULL)
            return error->status;
        collect(part, results, first);
        progress->done += count * (1 + part->trial.file.arm_count);
        abscopal_results_free(results);
    }
    return status;
}

/* ---- Indices ---------------------------------------------------------------------------------------- */

/* In place of numbers that are not there, the mean of those of A and B that are: that changes neither the mean nor who
 * is responsible for the rest of the variance. */
static void missing_fill(const struct saltelli_design *design, struct sensitivity_target *target, double *values)
{
    const size_t row_patients = saltelli_row_patients(design), patients = saltelli_patients(design);
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < patients; i++)
        if (i % row_patients < SALTELLI_FIRST_FACTOR && !isnan(target->design[i])) {
            sum += target->design[i];
            count++;
        }
    target->missing = 0;
    for (size_t i = 0; i < patients; i++) {
        target->missing += isnan(target->design[i]) ? 1 : 0;
        values[i] = !isnan(target->design[i]) ? target->design[i] : count > 0 ? sum / (double)count : 0;
    }
}

static enum abscopal_status indices_find(const struct abscopal_sensitivity *sensitivity,
                                         struct sensitivity_target *target)
{
    const struct saltelli_design *design = &sensitivity->design;
    double *values = malloc(saltelli_patients(design) * sizeof *values);
    if (values == NULL)
        return ABSCOPAL_NO_MEMORY;
    missing_fill(design, target, values);
    const struct sobol_sample sample = {design->rows, (size_t)saltelli_factor_count(design), values};
    const enum abscopal_status status = sobol_indices_find(&sample, &sensitivity->bootstrap, &target->indices);
    free(values);
    return status;
}

static enum abscopal_status correlations_find(const struct abscopal_sensitivity *sensitivity,
                                              struct sensitivity_target *target)
{
    const size_t n = sensitivity->sample_count, factors = (size_t)sensitivity->design.factors.count;
    double *columns = malloc((factors + 1) * n * sizeof *columns);
    if (columns == NULL)
        return ABSCOPAL_NO_MEMORY;
    for (size_t patient = 0; patient < n; patient++)
        target->ranked += isnan(target->sample[patient]) ? 0 : 1;
    for (size_t i = 0, column = 0; i <= factors; i++) {
        const double *of = i < factors ? sensitivity->sample_factors + i * n : target->sample;
        for (size_t patient = 0; patient < n; patient++)
            if (!isnan(target->sample[patient]))
                columns[column++] = of[patient];
    }
    const struct rank_sample sample = {target->ranked, factors, columns, columns + factors * target->ranked};
    const enum abscopal_status status = rank_correlations_find(&sample, &sensitivity->bootstrap, target->correlations);
    free(columns);
    return status;
}

static enum abscopal_status targets_find(struct abscopal_sensitivity *sensitivity, struct abscopal_error *error)
{
    enum abscopal_status status = ABSCOPAL_OK;
    for (size_t i = 0; i < sensitivity->target_count && status == ABSCOPAL_OK; i++) {
        struct sensitivity_target *target = &sensitivity->targets[i];
        if (sensitivity_has_indices(sensitivity))
            status = indices_find(sensitivity, target);
        if (sensitivity_has_correlations(sensitivity) && status == ABSCOPAL_OK)
            status = correlations_find(sensitivity, target);
    }
    return status == ABSCOPAL_OK ? status : error_no_memory(error);
}

/* ---- The analysis ----------------------------------------------------------------------------------- */

static enum abscopal_status parts_run(struct abscopal_sensitivity *sensitivity,
                                      const struct abscopal_sensitivity_options *options, struct abscopal_error *error)
{
    struct part parts[2];
    struct sensitivity_progress progress = {.options = options, .started = clock_seconds()};
    const bool wanted[2] = {sensitivity_has_indices(sensitivity), sensitivity_has_correlations(sensitivity)};
    enum abscopal_status status = ABSCOPAL_OK;
    for (int i = 0; i < 2; i++) {
        part_begin(&parts[i], sensitivity, i == 0);
        progress.total += wanted[i] ? parts[i].patients * (1 + parts[i].trial.file.arm_count) : 0;
    }
    for (int i = 0; i < 2 && status == ABSCOPAL_OK; i++)
        if (wanted[i])
            status = part_run(&parts[i], &progress, error);
    const size_t *counts[2] = {sensitivity->design_status, sensitivity->sample_status};
    for (int i = 0; i < 2 && status == ABSCOPAL_OK; i++)
        if (wanted[i] && counts[i][ABSCOPAL_PATIENT_COMPLETED] == 0)
            status =
                error_set(error, ABSCOPAL_BAD_INPUT, sensitivity->trial->cohort.path, 0, 0,
                          "none of %zu patients takes part in the trial; 'abscopal run' says why", parts[i].patients);
    return status;
}

abscopal_sensitivity *abscopal_sensitivity_run(const abscopal_trial *trial,
                                               const struct abscopal_sensitivity_options *options,
                                               struct abscopal_error *error)
{
    static const struct abscopal_sensitivity_options defaults = {.seed = -1};
    struct abscopal_error local = {.status = ABSCOPAL_OK};
    struct abscopal_sensitivity *sensitivity = calloc(1, sizeof *sensitivity);
    error = error != NULL ? error : &local;
    options = options != NULL ? options : &defaults;
    if (sensitivity == NULL) {
        error_no_memory(error);
        return NULL;
    }
    sensitivity->trial = trial;
    enum abscopal_status status = sensitivity_plan(sensitivity, options, error);
    if (status == ABSCOPAL_OK)
        status = parts_run(sensitivity, options, error);
    if (status == ABSCOPAL_OK)
        status = targets_find(sensitivity, error);
    if (status == ABSCOPAL_OK)
        return sensitivity;
    abscopal_sensitivity_free(sensitivity);
    return NULL;
}

void abscopal_sensitivity_free(abscopal_sensitivity *sensitivity)
{
    if (sensitivity == NULL)
        return;
    for (size_t i = 0; i < sensitivity->target_count; i++) {
        free(sensitivity->targets[i].design);
        free(sensitivity->targets[i].indices.items);
        free(sensitivity->targets[i].sample);
        free(sensitivity->targets[i].correlations);
    }
    free(sensitivity->targets);
    free(sensitivity->endpoints);
    free(sensitivity->sample_factors);
    free(sensitivity);
}

void sensitivity_of_text(const struct abscopal_sensitivity *sensitivity, enum sensitivity_of of, char *text,
                         size_t size)
{
    const char *arm = sensitivity->trial->file.arms[sensitivity->arm].name,
               *reference = sensitivity->trial->file.arms[sensitivity->reference].name;
    if (of == SENSITIVITY_DIFFERENCE)
        snprintf(text, size, "%s less %s", arm, reference);
    else
        snprintf(text, size, "%s", of == SENSITIVITY_ARM ? arm : reference);
}
