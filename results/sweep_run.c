/* abscopal_sweep_run: every point of a design, in chunks, each kept as soon as it is there. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "results/sweep.h"
#include "trial/clock.h"

/* The points of the design, [count][axis], and which of them limits allow. */
struct design {
    double *points;
    signed char *allowed;
    size_t count;
};

/* Courses of growth and of chunks as those of the whole. */
struct sweep_progress {
    const struct abscopal_sweep_options *options;
    double started;
    size_t points;             /* the reference included */
    size_t done, chunk, total; /* courses: finished before, of the chunk at hand, and all; total 0: not known yet */
};

static int progress_pass(size_t finished, size_t total, double seconds, void *context)
{
    struct sweep_progress *progress = context;
    (void)seconds;
    if (progress->total == 0) { /* growth, which tells how many patients there are */
        progress->chunk = total;
        progress->total = total * (1 + progress->points);
    }
    if (progress->options->progress == NULL)
        return 0;
    /* In a run from baselines growth is over at once, but is counted. */
    const double share = total > 0 ? (double)finished / (double)total : 1;
    return progress->options->progress(progress->done + (size_t)(share * (double)progress->chunk), progress->total,
                                       clock_seconds() - progress->started, progress->options->progress_context);
}

static struct abscopal_run_options run_options_of(const struct abscopal_sweep_options *options,
                                                  struct sweep_progress *progress)
{
    return (struct abscopal_run_options){.patients = options->patients,
                                         .seed = options->seed,
                                         .threads = options->threads,
                                         .engine = options->engine,
                                         .progress = progress_pass,
                                         .progress_context = progress};
}

/* Points in chunks: those that are neither left out nor there already. */
static enum abscopal_status points_run(struct abscopal_sweep *sweep, const struct sweep_runner *runner,
                                       const struct sweep_parts *parts, struct sweep_progress *progress,
                                       struct abscopal_error *error)
{
    const struct abscopal_run_options options = run_options_of(progress->options, progress);
    enum abscopal_status status = ABSCOPAL_OK;
    for (size_t point = 0; point < sweep->point_count && status == ABSCOPAL_OK;) {
        size_t chunk[SWEEP_CHUNK], count = 0;
        for (; point < sweep->point_count && count < SWEEP_CHUNK; point++) {
            double *values = sweep->values + point * sweep_value_count(sweep);
            if (sweep->allowed[point] && !sweep_parts_load(parts, point, values))
                chunk[count++] = point;
            else
                progress->done += sweep->patient_count;
        }
        if (count == 0)
            continue;
        progress->chunk = count * sweep->patient_count;
        status = sweep_points_run(sweep, runner, chunk, count, &options, error);
        for (size_t i = 0; i < count && status == ABSCOPAL_OK; i++)
            status = sweep_parts_store(parts, chunk[i], sweep_values(sweep, chunk[i]), error);
        progress->done += progress->chunk;
    }
    return status;
}

static void design_free(struct design *design)
{
    free(design->points);
    free(design->allowed);
}

/* Before anything is run: that every point can be. */
static enum abscopal_status design_make(const struct sweep_file *file, struct design *design,
                                        struct abscopal_error *error)
{
    *design = (struct design){.points = NULL};
    design->points = sweep_points(file, &design->count, error);
    if (design->points == NULL)
        return error->status;
    design->allowed = malloc(design->count);
    const enum abscopal_status status =
        design->allowed != NULL ? sweep_points_check(file, design->points, design->count, design->allowed, error)
                                : error_no_memory(error);
    if (status != ABSCOPAL_OK)
        design_free(design);
    return status;
}

/* Its points become the sweep's, without values. */
static enum abscopal_status design_take(struct abscopal_sweep *sweep, const struct design *design)
{
    if (sweep_reserve(sweep, design->count) != ABSCOPAL_OK)
        return ABSCOPAL_NO_MEMORY;
    memcpy(sweep->points, design->points, design->count * sweep->file.axis_count * sizeof *design->points);
    memcpy(sweep->allowed, design->allowed, design->count);
    sweep->point_count = design->count;
    for (size_t i = 0; i < design->count * sweep_value_count(sweep); i++)
        sweep->values[i] = (double)NAN;
    return ABSCOPAL_OK;
}

static enum abscopal_status sweep_run(struct abscopal_sweep *sweep, const struct sweep_runner *runner,
                                      struct sweep_progress *progress, struct abscopal_error *error)
{
    const struct abscopal_sweep_options *options = progress->options;
    const struct abscopal_run_options run = run_options_of(options, progress);
    const size_t reference = SIZE_MAX;
    struct sweep_parts parts;
    enum abscopal_status status = ABSCOPAL_OK;
    char *signature = sweep_signature(sweep);
    if (signature == NULL)
        return error_no_memory(error);
    status = sweep_parts_open(&parts, options->output, signature, sweep_value_count(sweep) * sizeof(double),
                              options->resume != 0, error);
    free(signature);
    if (status != ABSCOPAL_OK)
        return status;
    progress->done = progress->chunk = sweep->patient_count;
    status = sweep_points_run(sweep, runner, &reference, 1, &run, error);
    progress->done += sweep->patient_count;
    if (status == ABSCOPAL_OK)
        status = points_run(sweep, runner, &parts, progress, error);
    if (status == ABSCOPAL_OK && sweep_summarise(sweep) != ABSCOPAL_OK)
        status = error_no_memory(error);
    if (status == ABSCOPAL_OK && options->output != NULL)
        status = abscopal_sweep_write_hdf5(sweep, options->output, error);
    if (status == ABSCOPAL_OK)
        sweep_parts_remove(&parts);
    sweep_parts_close(&parts);
    return status;
}

/* With the design at hand: grows the patients and runs it. */
static abscopal_sweep *sweep_make(struct sweep_file *file, const struct design *design, struct sweep_progress *progress,
                                  struct abscopal_error *error)
{
    const struct abscopal_run_options growth = run_options_of(progress->options, progress);
    struct sweep_runner runner;
    if (sweep_runner_open(&runner, file, &growth, error) != ABSCOPAL_OK)
        return NULL;
    struct abscopal_sweep *sweep = sweep_begin(file, &runner);
    enum abscopal_status status = sweep != NULL ? design_take(sweep, design) : ABSCOPAL_NO_MEMORY;
    if (status == ABSCOPAL_OK) {
        runner.sweep = &sweep->file;
        status = sweep_run(sweep, &runner, progress, error);
    } else {
        error_no_memory(error);
    }
    sweep_runner_close(&runner);
    if (status == ABSCOPAL_OK)
        return sweep;
    abscopal_sweep_free(sweep);
    return NULL;
}

abscopal_sweep *abscopal_sweep_run(const char *path, const struct abscopal_sweep_options *options,
                                   struct abscopal_error *error)
{
    static const struct abscopal_sweep_options defaults = {.seed = -1};
    struct abscopal_error local = {.status = ABSCOPAL_OK};
    struct sweep_progress progress = {.options = options != NULL ? options : &defaults, .started = clock_seconds()};
    struct sweep_file file;
    struct design design;
    error = error != NULL ? error : &local;
    if (sweep_file_read(path, &file, error) != ABSCOPAL_OK)
        return NULL;
    abscopal_sweep *sweep = NULL;
    if (design_make(&file, &design, error) == ABSCOPAL_OK) {
        progress.points = design.count + 1;
        sweep = sweep_make(&file, &design, &progress, error);
        design_free(&design);
    }
    sweep_file_free(&file);
    return sweep;
}
