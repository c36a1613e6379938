#include "trial/sweep.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts/sobol.h"
#include "protocols/error.h"

/* ---- Designs ---------------------------------------------------------------------------------------- */

double sweep_level_position(const struct sweep_axis *axis, size_t level)
{
    return axis->numeric ? axis->levels[level].value : (double)level;
}

double sweep_position_at(const struct sweep_axis *axis, double share)
{
    if (axis->level_count > 0) {
        const size_t level = (size_t)(share * (double)axis->level_count);
        return sweep_level_position(axis, level < axis->level_count ? level : axis->level_count - 1);
    }
    return sweep_range_at(axis, share);
}

static void grid_fill(const struct sweep_file *sweep, size_t count, double *points)
{
    for (size_t point = 0; point < count; point++) {
        size_t rest = point;
        for (size_t axis = sweep->axis_count; axis-- > 0;) {
            const size_t levels = sweep->axes[axis].level_count;
            points[point * sweep->axis_count + axis] = sweep_level_position(&sweep->axes[axis], rest % levels);
            rest /= levels;
        }
    }
}

static void sobol_fill(const struct sweep_file *sweep, double *points)
{
    for (size_t point = 0; point < sweep->sobol_points; point++)
        for (size_t axis = 0; axis < sweep->axis_count; axis++)
            points[point * sweep->axis_count + axis] =
                sweep_position_at(&sweep->axes[axis], sobol_uniform(sweep->sobol_seed, (int)axis, (uint32_t)point));
}

double *sweep_points(const struct sweep_file *sweep, size_t *count, struct abscopal_error *error)
{
    *count = sweep->sobol_points > 0 ? sweep->sobol_points : 1;
    for (size_t i = 0; i < sweep->axis_count && sweep->sobol_points == 0; i++) {
        const struct sweep_axis *axis = &sweep->axes[i];
        if (axis->level_count == 0) {
            error_set(error, ABSCOPAL_BAD_INPUT, sweep->path, axis->line, axis->column,
                      "a grid needs the values of '%.64s': add 'step' or 'points', or a design, 'sobol: {points: 128}'",
                      axis->name);
            return NULL;
        }
        *count *= axis->level_count;
    }
    double *points = calloc(*count * sweep->axis_count + 1, sizeof *points);
    if (points == NULL)
        error_no_memory(error);
    else if (sweep->sobol_points > 0)
        sobol_fill(sweep, points);
    else
        grid_fill(sweep, *count, points);
    return points;
}

/* ---- Limits ----------------------------------------------------------------------------------------- */

static double limited_gray(const struct sweep_limit *limit, const struct treatment *treatment)
{
    const double total = treatment->fraction_gray * treatment->count;
    switch (limit->kind) {
    case SWEEP_TOTAL_DOSE:
        return total;
    case SWEEP_FRACTION_DOSE:
        return treatment->fraction_gray;
    case SWEEP_BED:
        return total * (1 + treatment->fraction_gray / limit->alpha_beta_gray);
    }
    return NAN;
}

static enum abscopal_status limit_check(const struct sweep_file *sweep, const struct sweep_limit *limit,
                                        const struct arm *arm, bool *allowed, struct abscopal_error *error)
{
    for (size_t i = 0; i < arm->treatment_count; i++) {
        const struct treatment *treatment = &arm->treatments[i];
        if (treatment->id == NULL || strcmp(treatment->id, limit->treatment) != 0)
            continue;
        if (treatment->kind != TREATMENT_RADIOTHERAPY)
            return error_set(error, ABSCOPAL_BAD_INPUT, sweep->path, 0, 0,
                             "limits: '%.64s' of arm '%.64s' is a drug; limits are on radiotherapy", limit->treatment,
                             arm->name);
        /* A dose that comes of a BED may miss a limit by its rounding. */
        const double gray = limited_gray(limit, treatment), rounding = 1e-9 * gray;
        *allowed = *allowed && gray >= limit->least_gray - rounding && gray <= limit->most_gray + rounding;
        return ABSCOPAL_OK;
    }
    return error_set(error, ABSCOPAL_BAD_INPUT, sweep->path, 0, 0,
                     "limits: arm '%.64s' of the trial has no treatment with the id '%.64s'", arm->name,
                     limit->treatment);
}

/* ---- Points ----------------------------------------------------------------------------------------- */

/* The trial as it is at the point; its arm there is *arm. */
static enum abscopal_status point_read(const struct sweep_file *sweep, const double *at, struct trial_file *file,
                                       size_t *arm, struct abscopal_error *error)
{
    *file = (struct trial_file){.path = NULL};
    *arm = sweep->reference_arm;
    char *text = at != NULL ? sweep_trial_text(sweep, at, arm, error) : strdup(sweep->trial_text);
    if (text == NULL)
        return at != NULL && error != NULL ? error->status : error_no_memory(error);
    struct abscopal_error said = {.status = ABSCOPAL_OK};
    const enum abscopal_status status = trial_file_read_text(sweep->trial_path, text, file, &said);
    free(text);
    if (status == ABSCOPAL_NO_MEMORY)
        return error_no_memory(error);
    if (status != ABSCOPAL_OK && at == NULL)
        return error_set(error, status, said.file, said.line, said.column, "%s", said.message);
    if (status != ABSCOPAL_OK) {
        char where[512], reason[sizeof said.file + ABSCOPAL_MESSAGE_SIZE + 32];
        sweep_point_text(sweep, at, where, sizeof where);
        return error_set(error, ABSCOPAL_BAD_INPUT, sweep->path, 0, 0, "at %s the trial says something wrong: %.700s",
                         where, abscopal_error_text(&said, reason, sizeof reason));
    }
    /* Another arm may be what it switches to, which the results have no room for. */
    if (file->arms[*arm].switches) {
        error_set(error, ABSCOPAL_BAD_INPUT, sweep->path, 0, 0,
                  "arm '%.64s' switches to another one, and such an arm cannot be part of a sweep; remove its "
                  "'at_progression'",
                  file->arms[*arm].name);
        trial_file_free(file);
        return ABSCOPAL_BAD_INPUT;
    }
    return ABSCOPAL_OK;
}

enum abscopal_status sweep_point_check(const struct sweep_file *sweep, const double *at, bool *allowed,
                                       struct abscopal_error *error)
{
    struct trial_file file;
    size_t arm;
    enum abscopal_status status = point_read(sweep, at, &file, &arm, error);
    *allowed = true;
    for (size_t i = 0; i < sweep->limit_count && status == ABSCOPAL_OK; i++)
        status = limit_check(sweep, &sweep->limits[i], &file.arms[arm], allowed, error);
    trial_file_free(&file);
    return status;
}

enum abscopal_status sweep_points_check(const struct sweep_file *sweep, const double *points, size_t count,
                                        signed char *allowed, struct abscopal_error *error)
{
    struct trial_file file;
    size_t arm, allowed_count = 0;
    enum abscopal_status status = point_read(sweep, sweep->reference_at, &file, &arm, error);
    trial_file_free(&file);
    for (size_t point = 0; point < count && status == ABSCOPAL_OK; point++) {
        bool is_allowed = false;
        status = sweep_point_check(sweep, points + point * sweep->axis_count, &is_allowed, error);
        allowed_count += is_allowed;
        if (allowed != NULL)
            allowed[point] = is_allowed;
    }
    if (status == ABSCOPAL_OK && count > 0 && allowed_count == 0)
        status =
            error_set(error, ABSCOPAL_BAD_INPUT, sweep->path, 0, 0, "the limits leave none of the %zu points", count);
    return status;
}

enum abscopal_status sweep_check(const char *path, struct abscopal_error *error)
{
    struct sweep_file sweep;
    struct abscopal_error local = {.status = ABSCOPAL_OK};
    error = error != NULL ? error : &local;
    enum abscopal_status status = sweep_file_read(path, &sweep, error);
    if (status != ABSCOPAL_OK)
        return status;
    abscopal_trial *trial = trial_read_with_cohort(sweep.trial_path, sweep.cohort_path, error);
    status = trial != NULL ? ABSCOPAL_OK : error->status;
    abscopal_trial_free(trial);
    size_t count = 0;
    /* Axes without levels are for searches. */
    bool levels = true;
    for (size_t i = 0; i < sweep.axis_count; i++)
        levels = levels && (sweep.axes[i].level_count > 0 || sweep.sobol_points > 0);
    double *points =
        status == ABSCOPAL_OK && (levels || !sweep.search.wanted) ? sweep_points(&sweep, &count, error) : NULL;
    if (status == ABSCOPAL_OK && points == NULL && (levels || !sweep.search.wanted))
        status = error->status;
    if (status == ABSCOPAL_OK)
        status = sweep_points_check(&sweep, points, count, NULL, error);
    free(points);
    sweep_file_free(&sweep);
    return status;
}

/* ---- Runs ------------------------------------------------------------------------------------------- */

enum abscopal_status sweep_runner_open(struct sweep_runner *runner, const struct sweep_file *sweep,
                                       const struct abscopal_run_options *options, struct abscopal_error *error)
{
    struct abscopal_error local = {.status = ABSCOPAL_OK};
    error = error != NULL ? error : &local;
    *runner = (struct sweep_runner){.sweep = sweep, .threads = options->threads};
    runner->trial = trial_read_with_cohort(sweep->trial_path, sweep->cohort_path, error);
    if (runner->trial == NULL)
        return error->status;
    struct abscopal_run_options growth = *options;
    growth.patients = options->patients > 0 ? options->patients : sweep->patients;
    growth.seed = options->seed >= 0 ? options->seed : sweep->seed;
    growth.relative_tolerance = sweep->tolerance;
    runner->baselines = baselines_grow(runner->trial, &growth, error);
    if (runner->baselines != NULL)
        return ABSCOPAL_OK;
    abscopal_trial_free(runner->trial);
    return error->status;
}

void sweep_runner_close(struct sweep_runner *runner)
{
    baselines_free(runner->baselines);
    abscopal_trial_free(runner->trial);
}

/* A trial whose arms are the points', each from a trial file of its own. */
struct composite {
    struct abscopal_trial trial; /* first: the results know it by this */
    struct trial_file files[SWEEP_CHUNK];
    size_t file_count;
    struct arm arms[SWEEP_CHUNK];
};

static void composite_free(struct composite *composite)
{
    for (size_t i = 0; composite != NULL && i < composite->file_count; i++)
        trial_file_free(&composite->files[i]);
    free(composite);
}

/* Drugs of the trial's own are those of the trial as it stands, so that arms with the same drug know it. */
static void drugs_share(const struct trial_file *file, const struct trial_file *shared, struct arm *arm)
{
    for (size_t i = 0; i < arm->treatment_count; i++) {
        const struct antibody *drug = arm->treatments[i].antibody;
        for (size_t j = 0; j < file->drug_count; j++)
            if (drug == &file->drugs[j])
                arm->treatments[i].antibody = &shared->drugs[j];
    }
}

static struct composite *composite_make(const struct sweep_runner *runner, const double *const *at, size_t count,
                                        struct abscopal_error *error)
{
    struct composite *composite = calloc(1, sizeof *composite);
    if (composite == NULL) {
        error_no_memory(error);
        return NULL;
    }
    composite->trial = *runner->trial;
    for (size_t i = 0; i < count; i++) {
        size_t arm;
        if (point_read(runner->sweep, at[i], &composite->files[i], &arm, error) != ABSCOPAL_OK) {
            composite_free(composite);
            return NULL;
        }
        composite->file_count++;
        struct arm *varied = composite->files[i].arms != NULL ? &composite->files[i].arms[arm] : NULL;
        if (varied == NULL) /* which no trial that was read is */
            continue;
        drugs_share(&composite->files[i], &runner->trial->file, varied);
        composite->arms[i] = *varied;
    }
    composite->trial.file.arms = composite->arms;
    composite->trial.file.arm_count = count;
    composite->trial.file.observed_count = 0;
    return composite;
}

struct abscopal_results *sweep_runner_run(const struct sweep_runner *runner, const double *const *at, size_t count,
                                          const struct abscopal_run_options *options, struct abscopal_error *error)
{
    struct composite *composite = composite_make(runner, at, count, error);
    if (composite == NULL)
        return NULL;
    struct abscopal_results *results = baselines_run(runner->baselines, &composite->trial, options, error);
    if (results == NULL)
        composite_free(composite);
    return results;
}

void sweep_results_free(struct abscopal_results *results)
{
    if (results == NULL)
        return;
    struct composite *composite = (struct composite *)results->trial;
    abscopal_results_free(results);
    composite_free(composite);
}
