#include "results/sweep.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "results/machine.h"
#include "results/sweep_scores.h"

size_t sweep_value_count(const struct abscopal_sweep *sweep)
{
    return sweep_column_count(&sweep->file) * sweep->patient_count;
}

bool sweep_measure_tells(enum sweep_measure measure)
{
    return measure != SWEEP_HAZARD_RATIO && measure != SWEEP_MEDIAN_TIME;
}

const char *sweep_axis_unit(const struct sweep_axis *axis)
{
    return axis->unit[0] != '\0' ? axis->unit : "1";
}

struct sweep_sample sweep_sample_all(const struct abscopal_sweep *sweep)
{
    return (struct sweep_sample){.sweep = &sweep->file, .n = sweep->patient_count, .weights = sweep->weights};
}

/* ---- Making ----------------------------------------------------------------------------------------- */

void abscopal_sweep_free(abscopal_sweep *sweep)
{
    if (sweep == NULL)
        return;
    sweep_file_free(&sweep->file);
    free(sweep->cohort_text);
    named_texts_free(&sweep->files);
    free(sweep->trial_title);
    free(sweep->model);
    free(sweep->engine);
    free(sweep->instructions);
    free(sweep->program);
    free(sweep->commit);
    free(sweep->compiler);
    free(sweep->patient_status);
    free(sweep->lesion_counts);
    free(sweep->baseline_mm);
    free(sweep->weights);
    free(sweep->points);
    free(sweep->allowed);
    free(sweep->values);
    free(sweep->reference);
    free(sweep->estimates);
    free(sweep->differences);
    free(sweep->reference_estimates);
    free(sweep->best);
    free(sweep->by_lesions);
    free(sweep);
}

static bool texts_copy(struct abscopal_sweep *sweep, const struct abscopal_trial *trial)
{
    sweep->cohort_text = strdup(trial->cohort.text);
    bool files = true;
    for (size_t i = 0; i < trial->file.files.count; i++)
        files =
            files && named_texts_add(&sweep->files, trial->file.files.items[i].name, trial->file.files.items[i].text);
    sweep->trial_title = strdup(trial->file.name);
    sweep->model = strdup(model_preset_name(trial->file.preset));
    sweep->program = strdup("abscopal " ABSCOPAL_VERSION);
    sweep->commit = strdup(build_commit() != NULL ? build_commit() : "");
    sweep->compiler = strdup(build_compiler());
    return files && sweep->program != NULL && sweep->commit != NULL && sweep->compiler != NULL &&
           sweep->cohort_text != NULL && sweep->trial_title != NULL && sweep->model != NULL && sweep->engine != NULL &&
           sweep->instructions != NULL;
}

static bool patients_copy(struct abscopal_sweep *sweep, const struct sweep_runner *runner)
{
    const struct baselines *grown = runner->baselines;
    const struct population *population = &runner->trial->cohort.population;
    const size_t n = sweep->patient_count;
    sweep->patient_status = malloc(n);
    sweep->lesion_counts = malloc(n * sizeof *sweep->lesion_counts);
    sweep->baseline_mm = malloc(n * sizeof *sweep->baseline_mm);
    sweep->weights = population->weights != NULL ? malloc(n * sizeof *sweep->weights) : NULL;
    sweep->reference = calloc(sweep_value_count(sweep), sizeof *sweep->reference);
    if (sweep->patient_status == NULL || sweep->lesion_counts == NULL || sweep->baseline_mm == NULL ||
        sweep->reference == NULL || (population->weights != NULL && sweep->weights == NULL))
        return false;
    for (size_t i = 0; i < n; i++) {
        sweep->patient_status[i] = (signed char)grown->patients[i].status;
        sweep->lesion_counts[i] = grown->patients[i].patient.lesion_count;
        sweep->baseline_mm[i] = grown->patients[i].baseline_sum_of_diameters_mm;
        if (sweep->weights != NULL)
            sweep->weights[i] = population_weight(population, i + 1);
    }
    return true;
}

struct abscopal_sweep *sweep_begin(struct sweep_file *file, const struct sweep_runner *runner)
{
    struct abscopal_sweep *sweep = calloc(1, sizeof *sweep);
    if (sweep == NULL) {
        sweep_file_free(file);
        return NULL;
    }
    const struct baselines *grown = runner->baselines;
    sweep->file = *file;
    *file = (struct sweep_file){.name = NULL};
    sweep->seed = grown->seed;
    sweep->engine = strdup(abscopal_engine_name(grown->engine));
    sweep->instructions = strdup(engine_instructions(grown->engine));
    sweep->lanes = engine_lane_count(grown->engine);
    sweep->patient_count = grown->patient_count;
    if (texts_copy(sweep, runner->trial) && patients_copy(sweep, runner))
        return sweep;
    abscopal_sweep_free(sweep);
    return NULL;
}

enum abscopal_status sweep_reserve(struct abscopal_sweep *sweep, size_t points)
{
    if (points <= sweep->point_capacity)
        return ABSCOPAL_OK;
    const size_t bytes = sweep_value_count(sweep) * sizeof *sweep->values;
    double *values = points <= SIZE_MAX / bytes ? realloc(sweep->values, points * bytes) : NULL;
    sweep->values = values != NULL ? values : sweep->values;
    double *at = realloc(sweep->points, points * sweep->file.axis_count * sizeof *at);
    sweep->points = at != NULL ? at : sweep->points;
    signed char *allowed = realloc(sweep->allowed, points);
    sweep->allowed = allowed != NULL ? allowed : sweep->allowed;
    if (values == NULL || at == NULL || allowed == NULL)
        return ABSCOPAL_NO_MEMORY;
    sweep->point_capacity = points;
    return ABSCOPAL_OK;
}

char *sweep_signature(const struct abscopal_sweep *sweep)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return NULL;
    fprintf(stream, "%s %s\nengine %s %s %zu\nseed %llu\npatients %zu\n", sweep->program, sweep->commit, sweep->engine,
            sweep->instructions, sweep->lanes, (unsigned long long)sweep->seed, sweep->patient_count);
    fprintf(stream, "---\n%s\n---\n%s\n---\n%s\n", sweep->file.text, sweep->file.trial_text, sweep->cohort_text);
    for (size_t i = 0; i < sweep->files.count; i++)
        fprintf(stream, "--- %s\n%s\n", sweep->files.items[i].name, sweep->files.items[i].text);
    /* Who has no weight is not run. */
    for (size_t i = 0; sweep->weights != NULL && i < sweep->patient_count; i++)
        fprintf(stream, "%a\n", sweep->weights[i]);
    const bool failed = ferror(stream) != 0;
    if (fclose(stream) == 0 && !failed)
        return text;
    free(text);
    return NULL;
}

enum abscopal_status sweep_points_run(struct abscopal_sweep *sweep, const struct sweep_runner *runner,
                                      const size_t *points, size_t count, const struct abscopal_run_options *options,
                                      struct abscopal_error *error)
{
    const double *at[SWEEP_CHUNK];
    for (size_t i = 0; i < count; i++)
        at[i] = points[i] != SIZE_MAX ? sweep->points + points[i] * sweep->file.axis_count : sweep->file.reference_at;
    struct abscopal_error local = {.status = ABSCOPAL_OK};
    struct abscopal_results *results = sweep_runner_run(runner, at, count, options, error != NULL ? error : &local);
    if (results == NULL)
        return error != NULL ? error->status : local.status;
    for (size_t i = 0; i < count; i++)
        sweep_scores_read(&sweep->file, results, i,
                          points[i] != SIZE_MAX ? sweep->values + points[i] * sweep_value_count(sweep)
                                                : sweep->reference);
    sweep_results_free(results);
    return ABSCOPAL_OK;
}

/* ---- Endpoints -------------------------------------------------------------------------------------- */

static const struct abscopal_estimate nothing = {.value = NAN, .lower = NAN, .upper = NAN};

static enum abscopal_status point_summarise(struct abscopal_sweep *sweep, size_t point)
{
    const struct sweep_sample sample = sweep_sample_all(sweep);
    enum abscopal_status status = ABSCOPAL_OK;
    for (size_t i = 0; i < sweep->file.endpoint_count && status == ABSCOPAL_OK; i++) {
        const size_t place = point * sweep->file.endpoint_count + i;
        sweep->estimates[place] = sweep->differences[place] = nothing;
        if (!sweep->allowed[point])
            continue;
        status = sweep_estimate(&sample, i, sweep_values(sweep, point), sweep->reference, &sweep->estimates[place]);
        if (status == ABSCOPAL_OK)
            status =
                sweep_difference(&sample, i, sweep_values(sweep, point), sweep->reference, &sweep->differences[place]);
    }
    return status;
}

static enum abscopal_status best_find(struct abscopal_sweep *sweep, size_t endpoint)
{
    const size_t count = sweep->file.endpoint_count;
    const double sign = sweep->file.endpoints[endpoint].row->low_is_better ? -1 : 1;
    const struct sweep_sample sample = sweep_sample_all(sweep);
    struct sweep_best *best = &sweep->best[endpoint];
    *best = (struct sweep_best){.point = SIZE_MAX};
    for (size_t point = 0; point < sweep->point_count; point++) {
        const double value = sweep->estimates[point * count + endpoint].value;
        if (!isnan(value) &&
            (best->point == SIZE_MAX || sign * value > sign * sweep->estimates[best->point * count + endpoint].value))
            best->point = point;
    }
    if (!sweep_measure_tells(sweep->file.endpoints[endpoint].row->measure))
        return ABSCOPAL_OK;
    for (size_t point = 0; point < sweep->point_count && best->point != SIZE_MAX; point++) {
        struct abscopal_estimate difference;
        if (point == best->point || isnan(sweep->estimates[point * count + endpoint].value))
            continue;
        if (sweep_difference(&sample, endpoint, sweep_values(sweep, best->point), sweep_values(sweep, point),
                             &difference) != ABSCOPAL_OK)
            return ABSCOPAL_NO_MEMORY;
        best->alike += !(difference.lower > 0 || difference.upper < 0);
    }
    return ABSCOPAL_OK;
}

static enum abscopal_status lesions_summarise(struct abscopal_sweep *sweep, size_t lesions, bool *counts)
{
    const size_t endpoints = sweep->file.endpoint_count;
    struct sweep_sample sample = sweep_sample_all(sweep);
    sample.counts = counts;
    for (size_t i = 0; i < sweep->patient_count; i++)
        counts[i] = sweep->lesion_counts[i] == (int64_t)lesions;
    for (size_t point = 0; point < sweep->point_count; point++)
        for (size_t i = 0; i < endpoints; i++) {
            struct abscopal_estimate *estimate =
                &sweep->by_lesions[((lesions - 1) * sweep->point_count + point) * endpoints + i];
            *estimate = nothing;
            if (sweep->allowed[point] &&
                sweep_estimate(&sample, i, sweep_values(sweep, point), sweep->reference, estimate) != ABSCOPAL_OK)
                return ABSCOPAL_NO_MEMORY;
        }
    return ABSCOPAL_OK;
}

enum abscopal_status sweep_summarise(struct abscopal_sweep *sweep)
{
    const size_t endpoints = sweep->file.endpoint_count, places = sweep->point_count * endpoints + 1;
    const struct sweep_sample sample = sweep_sample_all(sweep);
    sweep->estimates = calloc(places, sizeof *sweep->estimates);
    sweep->differences = calloc(places, sizeof *sweep->differences);
    sweep->reference_estimates = calloc(endpoints, sizeof *sweep->reference_estimates);
    sweep->best = calloc(endpoints, sizeof *sweep->best);
    sweep->by_lesions = sweep->file.by_lesions ? calloc(MODEL_MAX_LESIONS * places, sizeof *sweep->by_lesions) : NULL;
    bool *const counts = malloc(sweep->patient_count + 1);
    const bool room = sweep->estimates != NULL && sweep->differences != NULL && sweep->reference_estimates != NULL &&
                      sweep->best != NULL && counts != NULL && (!sweep->file.by_lesions || sweep->by_lesions != NULL);
    enum abscopal_status status = room ? ABSCOPAL_OK : ABSCOPAL_NO_MEMORY;
    for (size_t point = 0; point < sweep->point_count && status == ABSCOPAL_OK; point++)
        status = point_summarise(sweep, point);
    for (size_t i = 0; i < endpoints && status == ABSCOPAL_OK; i++) {
        status = sweep_estimate(&sample, i, sweep->reference, sweep->reference, &sweep->reference_estimates[i]);
        if (status == ABSCOPAL_OK)
            status = best_find(sweep, i);
    }
    for (size_t lesions = 1; lesions <= MODEL_MAX_LESIONS && sweep->file.by_lesions && status == ABSCOPAL_OK; lesions++)
        status = lesions_summarise(sweep, lesions, counts);
    free(counts);
    return status;
}
