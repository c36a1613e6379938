/* Fates of a trial: its run, and then its patients in blocks, in parallel. */
#include "trial/fate.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <omp.h>

#include "protocols/error.h"
#include "trial/baselines.h"
#include "trial/clock.h"
#include "trial/patient.h"

static const double progress_interval_seconds = 0.1;

/* Growth and arms count once, and fates as often again. */
struct fate_progress {
    const struct abscopal_fate_options *options;
    size_t before, total; /* courses of the parts that are over, and of all */
    double started, reported;
};

static int tell(struct fate_progress *progress, size_t finished, bool always)
{
    const double now = clock_seconds();
    if (progress->options->progress == NULL || (!always && now - progress->reported < progress_interval_seconds))
        return 0;
    progress->reported = now;
    return progress->options->progress(progress->before + finished, progress->total, now - progress->started,
                                       progress->options->progress_context);
}

static int forward(size_t finished, size_t total, double seconds, void *context)
{
    (void)total, (void)seconds;
    return tell(context, finished, true);
}

/* ---- The run ---------------------------------------------------------------------------------------- */

static struct abscopal_run_options run_options(const struct abscopal_fate_options *options,
                                               struct fate_progress *progress)
{
    return (struct abscopal_run_options){.patients = options->patients,
                                         .seed = options->seed,
                                         .threads = options->threads,
                                         .relative_tolerance = options->relative_tolerance,
                                         .engine = options->engine,
                                         .progress = forward,
                                         .progress_context = progress};
}

/* Baselines and results. Without a cohort the one patient stands in the published state. NULL with the error. */
static struct abscopal_results *run_arms(const struct abscopal_trial *trial, const struct abscopal_run_options *options,
                                         struct baselines **grown, double **published, struct abscopal_error *error)
{
    if (trial->has_cohort) {
        *grown = baselines_grow(trial, options, error);
        return *grown != NULL ? baselines_run(*grown, trial, options, error) : NULL;
    }
    *published = malloc(trial_most_baseline_states(trial) * sizeof **published);
    if (*published == NULL) {
        error_no_memory(error);
        return NULL;
    }
    struct abscopal_results *results = abscopal_run(trial, options, error);
    if (results != NULL) {
        struct virtual_patient patient = results->patients[0].patient;
        trial_patient_publish(trial, &patient, *published);
    }
    return results;
}

/* ---- Fates ------------------------------------------------------------------------------------------ */

static bool make_fates(struct abscopal_fates *fates)
{
    const struct abscopal_results *results = fates->results;
    const size_t rows = results->patient_count * results->arm_count;
    fates->patients = calloc(results->patient_count + 1, sizeof *fates->patients);
    fates->courses = calloc(rows + 1, sizeof *fates->courses);
    if (fates->patients == NULL || fates->courses == NULL)
        return false;
    const struct fate none = {.fate = ABSCOPAL_FATE_UNDECIDED, .basis = FATE_BY_NOTHING, .after_days = NAN};
    for (size_t i = 0; i < results->patient_count; i++)
        fates->patients[i].untreated = none;
    for (size_t i = 0; i < rows; i++)
        fates->courses[i] = (struct fate_course){.status = results->arms[i].status,
                                                 .fate = none,
                                                 .decided_day = NAN,
                                                 .cycles_needed = -1,
                                                 .stop_day = NAN,
                                                 .dose_needed_mg = NAN};
    return true;
}

/* Every block by whichever thread is free. What comes out does not depend on it. */
static enum abscopal_status run_blocks(const struct fate_run *run, struct fate_progress *progress,
                                       struct abscopal_error *error)
{
    const struct abscopal_results *results = run->fates->results;
    const size_t patients = results->patient_count;
    atomic_size_t next = 0, done = 0;
    atomic_bool stop = false, no_memory = false;
#pragma omp parallel num_threads(results->threads)
    {
        struct fate_worker *worker = fate_worker_create(run);
        if (worker == NULL)
            atomic_store(&no_memory, true);
        while (!atomic_load(&no_memory) && !atomic_load(&stop)) {
            const size_t first = atomic_fetch_add(&next, FATE_BLOCK_PATIENTS);
            if (first >= patients)
                break;
            const size_t left = patients - first, count = left < FATE_BLOCK_PATIENTS ? left : FATE_BLOCK_PATIENTS;
            if (!fate_worker_run(worker, first, count))
                atomic_store(&no_memory, true);
            const size_t finished = (1 + results->arm_count) * (atomic_fetch_add(&done, count) + count);
            if (omp_get_thread_num() == 0 && tell(progress, finished, false) != 0)
                atomic_store(&stop, true);
        }
        fate_worker_free(worker);
    }
    if (atomic_load(&no_memory))
        return error_no_memory(error);
    tell(progress, (1 + results->arm_count) * patients, true);
    if (atomic_load(&stop))
        return error_set(error, ABSCOPAL_INTERRUPTED, NULL, 0, 0, "stopped after the fates of %zu of %zu patients",
                         atomic_load(&done), patients);
    return ABSCOPAL_OK;
}

static abscopal_fates *find_fates(const abscopal_trial *trial, const struct abscopal_fate_options *options,
                                  struct abscopal_error *error)
{
    struct fate_progress progress = {.options = options, .started = clock_seconds()};
    const struct abscopal_run_options run = run_options(options, &progress);
    if (virtual_trial_check(trial, &run, error) != ABSCOPAL_OK)
        return NULL;
    const size_t patients = options->patients > 0 ? options->patients : abscopal_trial_patient_count(trial);
    const size_t courses = patients * (1 + trial->file.arm_count);
    progress.total = 2 * courses;
    struct abscopal_fates *fates = calloc(1, sizeof *fates);
    if (fates == NULL) {
        error_no_memory(error);
        return NULL;
    }
    *fates = (struct abscopal_fates){.trial = trial, .every_day = options->every_day != 0};
    struct baselines *grown = NULL;
    double *published = NULL;
    fates->results = run_arms(trial, &run, &grown, &published, error);
    bool good = fates->results != NULL;
    if (good && !make_fates(fates)) {
        error_no_memory(error);
        good = false;
    }
    progress.before = courses;
    if (good) {
        const struct fate_run blocks = {.fates = fates,
                                        .baselines = grown != NULL ? grown->states : published,
                                        .baseline_states = trial_most_baseline_states(trial)};
        good = run_blocks(&blocks, &progress, error) == ABSCOPAL_OK;
    }
    baselines_free(grown);
    free(published);
    if (good)
        return fates;
    abscopal_fates_free(fates);
    return NULL;
}

abscopal_fates *abscopal_fates_run(const abscopal_trial *trial, const struct abscopal_fate_options *options,
                                   struct abscopal_error *error)
{
    static const struct abscopal_fate_options defaults = {.seed = -1};
    /* GSL would end the program where an eigenvalue is not found. */
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    abscopal_fates *fates = find_fates(trial, options != NULL ? options : &defaults, error);
    gsl_set_error_handler(handler);
    return fates;
}

void abscopal_fates_free(abscopal_fates *fates)
{
    if (fates == NULL)
        return;
    abscopal_results_free(fates->results);
    free(fates->patients);
    free(fates->courses);
    free(fates);
}
