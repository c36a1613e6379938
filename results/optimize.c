/* abscopal_optimize: NLopt asks for points, which are run one after another with the same patients. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "results/optimum.h"
#include "trial/clock.h"

/* A variable without levels is searched in so many steps. */
enum { STEPS = 100 };
/* Of the points that may be run, the first method has so many parts of three; methods may ask for the same point over
 * and over, which costs nothing, but is not to go on for ever. */
enum { GLOBAL_PARTS = 2, ASKED_PER_POINT = 200 };

struct search {
    struct abscopal_optimum *optimum;
    const struct sweep_runner *runner;
    struct abscopal_run_options options;
    const struct abscopal_optimize_options *asked_for;
    double started;
    size_t at_most; /* points that may be run by the stage at hand */
    size_t done;    /* courses before the point at hand */
    double worst;   /* objective so far: points that are left out are worse */
    double best;    /* objective */
    enum abscopal_status status;
    struct abscopal_error *error;
};

/* ---- Points ----------------------------------------------------------------------------------------- */

static double position_of(const struct sweep_axis *axis, double place)
{
    return sweep_position_at(axis, axis->level_count > 0 ? place : round(place * STEPS) / STEPS);
}

/* The point if it was run before, or SIZE_MAX. */
static size_t point_find(const struct abscopal_sweep *sweep, const double *at)
{
    const size_t axes = sweep->file.axis_count;
    for (size_t point = 0; point < sweep->point_count; point++)
        if (memcmp(sweep->points + point * axes, at, axes * sizeof *at) == 0)
            return point;
    return SIZE_MAX;
}

static int progress_pass(size_t finished, size_t total, double seconds, void *context)
{
    const struct search *search = context;
    (void)seconds;
    if (search->asked_for->progress == NULL)
        return 0;
    const struct abscopal_sweep *sweep = search->optimum->sweep;
    const size_t patients = sweep != NULL ? sweep->patient_count : total;
    const struct sweep_search *wanted = &search->runner->sweep->search;
    const size_t all = patients * (2 + (size_t)wanted->evaluations);
    const double share = total > 0 ? (double)finished / (double)total : 1;
    /* The check on fresh patients, which comes last, is not counted, but can be stopped. */
    const size_t done = search->done + (size_t)(share * (double)patients);
    return search->asked_for->progress(done < all ? done : all, all, clock_seconds() - search->started,
                                       search->asked_for->progress_context);
}

/* Runs a point that was not run before; *point becomes its number. */
static bool point_run(struct search *search, const double *at, size_t *point)
{
    struct abscopal_sweep *sweep = search->optimum->sweep;
    const size_t axes = sweep->file.axis_count;
    *point = sweep->point_count;
    if (sweep_reserve(sweep, sweep->point_count + 1) != ABSCOPAL_OK) {
        search->status = error_no_memory(search->error);
        return false;
    }
    memcpy(sweep->points + *point * axes, at, axes * sizeof *at);
    sweep->allowed[*point] = 1;
    search->status = sweep_points_run(sweep, search->runner, point, 1, &search->options, search->error);
    sweep->point_count += search->status == ABSCOPAL_OK;
    search->done += sweep->patient_count;
    return search->status == ABSCOPAL_OK;
}

static bool evaluate(void *context, const double *places, double *objective)
{
    struct search *search = context;
    struct abscopal_optimum *optimum = search->optimum;
    struct abscopal_sweep *sweep = optimum->sweep;
    double at[SWEEP_MOST_AXES];
    bool allowed = false;
    for (size_t i = 0; i < sweep->file.axis_count; i++)
        at[i] = position_of(&sweep->file.axes[i], places[i]);
    size_t point = point_find(sweep, at);
    if (point == SIZE_MAX) {
        search->status = sweep_point_check(&sweep->file, at, &allowed, search->error);
        if (search->status != ABSCOPAL_OK)
            return false;
        if (!allowed) {
            optimum->left_out++;
            *objective = search->worst + 1;
            return true;
        }
        if (sweep->point_count >= search->at_most) {
            optimum->spent = true;
            return false;
        }
        if (!point_run(search, at, &point))
            return false;
    }
    const struct sweep_sample sample = sweep_sample_all(sweep);
    struct abscopal_estimate estimate;
    if (sweep_estimate(&sample, optimum->endpoint, sweep_values(sweep, point), sweep->reference, &estimate) !=
        ABSCOPAL_OK) {
        search->status = error_no_memory(search->error);
        return false;
    }
    const double sign = sweep->file.endpoints[optimum->endpoint].row->low_is_better ? 1 : -1;
    *objective = isfinite(estimate.value) ? sign * estimate.value : search->worst + 1;
    search->worst = fmax(search->worst, *objective);
    if (*objective < search->best) {
        search->best = *objective;
        optimum->best = point;
    }
    return true;
}

/* ---- The search ------------------------------------------------------------------------------------- */

static double place_of(const struct sweep_axis *axis, double position)
{
    if (axis->level_count == 0)
        return axis->logarithmic ? log(position / axis->lower) / log(axis->upper / axis->lower)
                                 : (position - axis->lower) / (axis->upper - axis->lower);
    size_t level = 0;
    while (axis->numeric && level + 1 < axis->level_count && axis->levels[level].value < position)
        level++;
    return ((axis->numeric ? (double)level : position) + 0.5) / (double)axis->level_count;
}

/* One method, from a place, until it ends or its points are used up. */
static enum abscopal_status stage_run(struct search *search, const double *start, bool global)
{
    struct abscopal_optimum *optimum = search->optimum;
    const struct sweep_file *file = &optimum->sweep->file;
    double places[SWEEP_MOST_AXES];
    struct calibration_found found = {.places = places};
    const int most = ASKED_PER_POINT * file->search.evaluations;
    const struct calibration_search wanted = {
        .n = file->axis_count,
        .start = start,
        .global = global ? (enum calibration_global)file->search.global : GLOBAL_NONE,
        .local = global ? LOCAL_NONE : (enum calibration_local)file->search.local,
        .global_evaluations = most,
        .local_evaluations = most,
        .stalled_after = most,
        .seed = optimum->sweep->seed,
        .evaluate = evaluate,
        .context = search,
    };
    const enum abscopal_status status = calibration_search_run(&wanted, &found);
    if (search->status != ABSCOPAL_OK)
        return search->status;
    if (status == ABSCOPAL_NO_MEMORY)
        return error_no_memory(search->error);
    if (global)
        optimum->global_end = found.global_end;
    else
        optimum->local_end = found.local_end;
    return ABSCOPAL_OK;
}

static enum abscopal_status search_run(struct search *search)
{
    struct abscopal_optimum *optimum = search->optimum;
    struct abscopal_sweep *sweep = optimum->sweep;
    const struct sweep_search *wanted = &sweep->file.search;
    const size_t budget = (size_t)wanted->evaluations, reference = SIZE_MAX;
    const bool has_global = wanted->global != GLOBAL_NONE, has_local = wanted->local != LOCAL_NONE;
    double start[SWEEP_MOST_AXES];
    search->done = sweep->patient_count;
    search->status = sweep_points_run(sweep, search->runner, &reference, 1, &search->options, search->error);
    search->done += sweep->patient_count;
    for (size_t i = 0; i < sweep->file.axis_count; i++)
        start[i] = 0.5;
    search->at_most = has_global && has_local ? (budget * GLOBAL_PARTS + 2) / 3 : budget;
    if (search->status == ABSCOPAL_OK && has_global)
        search->status = stage_run(search, start, true);
    if (search->status != ABSCOPAL_OK || !has_local)
        return search->status;
    for (size_t i = 0; optimum->best != SIZE_MAX && i < sweep->file.axis_count; i++)
        start[i] = place_of(&sweep->file.axes[i], sweep->points[optimum->best * sweep->file.axis_count + i]);
    search->at_most = budget;
    optimum->spent = false;
    return stage_run(search, start, false);
}

/* ---- All of it -------------------------------------------------------------------------------------- */

void abscopal_optimum_free(abscopal_optimum *optimum)
{
    if (optimum == NULL)
        return;
    abscopal_sweep_free(optimum->sweep);
    free(optimum->neighbours);
    free(optimum->fresh.of_seeds);
    free(optimum->fresh.neighbours);
    free(optimum);
}

/* Before anything is run: that there can be fresh patients. The file's reader does not know the seed where the cohort
 * or the command line says it. */
static enum abscopal_status fresh_check(const struct abscopal_sweep *sweep, struct abscopal_error *error)
{
    const struct sweep_search *wanted = &sweep->file.search;
    if (sweep->weights != NULL)
        return error_set(error, ABSCOPAL_BAD_INPUT, sweep->file.path, 0, 0,
                         "the cohort has weights of its own patients, and fresh patients have none; remove "
                         "'population' from the cohort file");
    for (size_t i = 0; i < wanted->fresh_count; i++)
        if (wanted->fresh_seeds[i] == sweep->seed)
            return error_set(error, ABSCOPAL_BAD_INPUT, sweep->file.path, 0, 0,
                             "seed %llu is that of the search; fresh patients are of another",
                             (unsigned long long)sweep->seed);
    return ABSCOPAL_OK;
}

static enum abscopal_status optimize(struct sweep_file *file, struct search *search)
{
    struct abscopal_optimum *optimum = search->optimum;
    struct sweep_runner runner = {.sweep = file};
    search->runner = &runner;
    enum abscopal_status status = sweep_runner_open(&runner, file, &search->options, search->error);
    if (status != ABSCOPAL_OK)
        return status;
    optimum->sweep = sweep_begin(file, &runner);
    if (optimum->sweep == NULL) {
        sweep_runner_close(&runner);
        return error_no_memory(search->error);
    }
    runner.sweep = &optimum->sweep->file;
    optimum->sweep->is_search = true;
    optimum->endpoint = optimum->sweep->file.search.endpoint;
    status = fresh_check(optimum->sweep, search->error);
    if (status == ABSCOPAL_OK)
        status = search_run(search);
    sweep_runner_close(&runner);
    if (status == ABSCOPAL_OK && optimum->best == SIZE_MAX)
        status =
            error_set(search->error, ABSCOPAL_BAD_INPUT, optimum->sweep->file.path, 0, 0,
                      "no point has a value: the limits leave out what was asked for (%zu points)", optimum->left_out);
    if (status == ABSCOPAL_OK && sweep_summarise(optimum->sweep) != ABSCOPAL_OK)
        status = error_no_memory(search->error);
    if (status == ABSCOPAL_OK)
        status = optimum_check(optimum, &search->options, search->error);
    return status;
}

abscopal_optimum *abscopal_optimize(const char *path, const struct abscopal_optimize_options *options,
                                    struct abscopal_error *error)
{
    static const struct abscopal_optimize_options defaults = {.seed = -1};
    struct abscopal_error local = {.status = ABSCOPAL_OK};
    struct sweep_file file;
    struct search search = {.asked_for = options != NULL ? options : &defaults,
                            .started = clock_seconds(),
                            .best = HUGE_VAL,
                            .error = error != NULL ? error : &local};
    if (sweep_file_read(path, &file, search.error) != ABSCOPAL_OK)
        return NULL;
    enum abscopal_status status = ABSCOPAL_OK;
    search.optimum = calloc(1, sizeof *search.optimum);
    if (search.optimum == NULL) {
        status = error_no_memory(search.error);
    } else if (!file.search.wanted) {
        status = error_set(search.error, ABSCOPAL_BAD_INPUT, file.path, 0, 0,
                           "says not how to search; add 'optimize: {evaluations: 20, fresh: {seeds: [101]}}'");
    } else {
        search.optimum->best = SIZE_MAX;
        search.options = (struct abscopal_run_options){.patients = search.asked_for->patients,
                                                       .seed = search.asked_for->seed,
                                                       .threads = search.asked_for->threads,
                                                       .engine = search.asked_for->engine,
                                                       .progress = progress_pass,
                                                       .progress_context = &search};
        status = optimize(&file, &search);
    }
    sweep_file_free(&file);
    if (status == ABSCOPAL_OK)
        return search.optimum;
    abscopal_optimum_free(search.optimum);
    return NULL;
}

const abscopal_sweep *abscopal_optimum_points(const abscopal_optimum *optimum)
{
    return optimum->sweep;
}
