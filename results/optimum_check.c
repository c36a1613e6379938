/* The best point of a search beside its neighbours, on patients whom the search has not seen. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "results/optimum.h"
#include "results/sweep_scores.h"

/* On an axis without levels a neighbour lies so far away, as a share of the range. */
static const double neighbour_share = 0.1;

/* ---- Neighbours ------------------------------------------------------------------------------------- */

static enum abscopal_status neighbour_add(struct abscopal_optimum *optimum, size_t axis, double position,
                                          struct abscopal_error *error)
{
    const struct abscopal_sweep *sweep = optimum->sweep;
    const size_t axes = sweep->file.axis_count;
    if (optimum->neighbour_count == OPTIMUM_MOST_NEIGHBOURS)
        return ABSCOPAL_OK;
    double *at = optimum->neighbours + optimum->neighbour_count * axes;
    bool allowed = false;
    memcpy(at, sweep->points + optimum->best * axes, axes * sizeof *at);
    at[axis] = position;
    const enum abscopal_status status = sweep_point_check(&sweep->file, at, &allowed, error);
    optimum->neighbour_count += status == ABSCOPAL_OK && allowed;
    return status;
}

static enum abscopal_status range_neighbours(struct abscopal_optimum *optimum, size_t index, double position,
                                             struct abscopal_error *error)
{
    const struct sweep_axis *axis = &optimum->sweep->file.axes[index];
    enum abscopal_status status = ABSCOPAL_OK;
    for (int side = -1; side <= 1 && status == ABSCOPAL_OK; side += 2) {
        const double beside = axis->logarithmic ? position * pow(axis->upper / axis->lower, side * neighbour_share)
                                                : position + side * neighbour_share * (axis->upper - axis->lower);
        const double within = fmin(fmax(beside, axis->lower), axis->upper);
        if (within != position)
            status = neighbour_add(optimum, index, within, error);
    }
    return status;
}

static enum abscopal_status neighbours_find(struct abscopal_optimum *optimum, struct abscopal_error *error)
{
    const struct sweep_file *file = &optimum->sweep->file;
    const double *best = optimum->sweep->points + optimum->best * file->axis_count;
    enum abscopal_status status = ABSCOPAL_OK;
    optimum->neighbours = calloc(OPTIMUM_MOST_NEIGHBOURS * file->axis_count, sizeof *optimum->neighbours);
    if (optimum->neighbours == NULL)
        return error_no_memory(error);
    for (size_t i = 0; i < file->axis_count && status == ABSCOPAL_OK; i++) {
        const struct sweep_axis *axis = &file->axes[i];
        if (axis->level_count == 0)
            status = range_neighbours(optimum, i, best[i], error);
        for (size_t level = 0; level < axis->level_count && status == ABSCOPAL_OK; level++) {
            const double position = sweep_level_position(axis, level);
            const bool below =
                axis->numeric && level + 1 < axis->level_count && axis->levels[level + 1].value == best[i];
            const bool above = axis->numeric && level > 0 && axis->levels[level - 1].value == best[i];
            if (position != best[i] && (!axis->numeric || below || above))
                status = neighbour_add(optimum, i, position, error);
        }
    }
    return status;
}

/* ---- Fresh patients --------------------------------------------------------------------------------- */

/* Values of the best point, its neighbours and the reference, in that order, of all seeds side by side. */
struct fresh {
    size_t points, n; /* n: patients of all seeds */
    double *values;   /* [point][column][n] */
    size_t at_baseline;
};

static const double *point_at(const struct abscopal_optimum *optimum, size_t point)
{
    const struct sweep_file *file = &optimum->sweep->file;
    if (point == 0)
        return optimum->sweep->points + optimum->best * file->axis_count;
    if (point <= optimum->neighbour_count)
        return optimum->neighbours + (point - 1) * file->axis_count;
    return file->reference_at; /* NULL: the arm as it stands */
}

static double *values_of(const struct fresh *fresh, const struct sweep_file *file, size_t point)
{
    return fresh->values + point * sweep_column_count(file) * fresh->n;
}

/* Runs a seed's patients at all points, and puts their values at their place among all patients. */
static enum abscopal_status seed_points(const struct abscopal_optimum *optimum, const struct sweep_runner *runner,
                                        const struct abscopal_run_options *options, size_t first_patient,
                                        struct fresh *fresh, struct abscopal_error *error)
{
    const struct sweep_file *file = &optimum->sweep->file;
    const size_t n = runner->baselines->patient_count, columns = sweep_column_count(file);
    double *values = malloc(columns * n * sizeof *values);
    enum abscopal_status status = values != NULL ? ABSCOPAL_OK : error_no_memory(error);
    for (size_t point = 0; point < fresh->points && status == ABSCOPAL_OK; point += SWEEP_CHUNK) {
        const double *at[SWEEP_CHUNK];
        const size_t count = fresh->points - point < SWEEP_CHUNK ? fresh->points - point : SWEEP_CHUNK;
        for (size_t i = 0; i < count; i++)
            at[i] = point_at(optimum, point + i);
        struct abscopal_results *results = sweep_runner_run(runner, at, count, options, error);
        if (results == NULL)
            status = error->status;
        for (size_t i = 0; i < count && results != NULL && values != NULL; i++) {
            sweep_scores_read(file, results, i, values);
            for (size_t column = 0; column < columns; column++)
                memcpy(values_of(fresh, file, point + i) + column * fresh->n + first_patient, values + column * n,
                       n * sizeof *values);
        }
        sweep_results_free(results);
    }
    free(values);
    return status;
}

static enum abscopal_status seed_run(const struct abscopal_optimum *optimum, size_t seed,
                                     const struct abscopal_run_options *given, struct fresh *fresh,
                                     struct abscopal_error *error)
{
    const struct sweep_search *search = &optimum->sweep->file.search;
    const struct abscopal_run_options options = {.patients = search->fresh_patients,
                                                 .seed = (int64_t)search->fresh_seeds[seed],
                                                 .threads = given->threads,
                                                 .engine = given->engine,
                                                 .progress = given->progress,
                                                 .progress_context = given->progress_context};
    struct sweep_runner runner;
    enum abscopal_status status = sweep_runner_open(&runner, &optimum->sweep->file, &options, error);
    if (status != ABSCOPAL_OK)
        return status;
    for (size_t i = 0; i < search->fresh_patients; i++)
        fresh->at_baseline += runner.baselines->patients[i].status == ABSCOPAL_PATIENT_COMPLETED;
    status = seed_points(optimum, &runner, &options, seed * search->fresh_patients, fresh, error);
    sweep_runner_close(&runner);
    return status;
}

/* ---- What becomes of it ----------------------------------------------------------------------------- */

static enum abscopal_status fresh_summarise(struct abscopal_optimum *optimum, const struct fresh *fresh)
{
    const struct sweep_file *file = &optimum->sweep->file;
    const size_t endpoint = optimum->endpoint, reference = fresh->points - 1;
    const double *best = values_of(fresh, file, 0), *other = values_of(fresh, file, reference);
    struct sweep_sample sample = {.sweep = file, .n = fresh->n};
    struct optimum_fresh *found = &optimum->fresh;
    bool *const counts = malloc(fresh->n + 1);
    enum abscopal_status status = counts != NULL ? ABSCOPAL_OK : ABSCOPAL_NO_MEMORY;
    if (status == ABSCOPAL_OK)
        status = sweep_estimate(&sample, endpoint, best, other, &found->best);
    if (status == ABSCOPAL_OK)
        status = sweep_estimate(&sample, endpoint, other, other, &found->reference);
    if (status == ABSCOPAL_OK)
        status = sweep_difference(&sample, endpoint, best, other, &found->difference);
    for (size_t i = 0; i < optimum->neighbour_count && status == ABSCOPAL_OK; i++) {
        struct abscopal_estimate *difference = &found->neighbours[i];
        status = sweep_difference(&sample, endpoint, best, values_of(fresh, file, 1 + i), difference);
        /* Without an interval nothing can be told. */
        found->alike += !(difference->lower > 0 || difference->upper < 0);
        found->better += file->endpoints[endpoint].row->low_is_better ? difference->lower > 0 : difference->upper < 0;
    }
    sample.counts = counts;
    for (size_t seed = 0; seed < file->search.fresh_count && status == ABSCOPAL_OK; seed++) {
        for (size_t i = 0; i < fresh->n; i++)
            counts[i] = i / file->search.fresh_patients == seed;
        status = sweep_estimate(&sample, endpoint, best, other, &found->of_seeds[seed]);
    }
    free(counts);
    return status;
}

enum abscopal_status optimum_check(struct abscopal_optimum *optimum, const struct abscopal_run_options *options,
                                   struct abscopal_error *error)
{
    const struct sweep_file *file = &optimum->sweep->file;
    const struct sweep_search *search = &file->search;
    enum abscopal_status status = neighbours_find(optimum, error);
    if (status != ABSCOPAL_OK)
        return status;
    struct fresh fresh = {.points = optimum->neighbour_count + 2, .n = search->fresh_count * search->fresh_patients};
    fresh.values = calloc(fresh.points * sweep_column_count(file) * fresh.n, sizeof *fresh.values);
    optimum->fresh.of_seeds = calloc(search->fresh_count, sizeof *optimum->fresh.of_seeds);
    optimum->fresh.neighbours = calloc(optimum->neighbour_count + 1, sizeof *optimum->fresh.neighbours);
    if (fresh.values == NULL || optimum->fresh.of_seeds == NULL || optimum->fresh.neighbours == NULL)
        status = error_no_memory(error);
    for (size_t seed = 0; seed < search->fresh_count && status == ABSCOPAL_OK; seed++)
        status = seed_run(optimum, seed, options, &fresh, error);
    optimum->fresh.patients = fresh.at_baseline;
    if (status == ABSCOPAL_OK && fresh_summarise(optimum, &fresh) != ABSCOPAL_OK)
        status = error_no_memory(error);
    free(fresh.values);
    return status;
}
