/* Runs a trial: block after block of patients, the courses of each block in parallel. */
#include <stdlib.h>
#include <string.h>

#include <omp.h>

#include "protocols/error.h"
#include "trial/clock.h"
#include "trial/worker.h"

static const double progress_interval_seconds = 0.1;

/* Only the calling thread reports, so that the callback need not be thread-safe. */
void run_report(struct run *run, bool last)
{
    if (run->options->progress == NULL || omp_get_thread_num() != 0)
        return;
    const double now = clock_seconds();
    if (!last && now - run->reported < progress_interval_seconds)
        return;
    run->reported = now;
    if (run->options->progress(atomic_load(&run->finished_courses), run->course_count, now - run->started,
                               run->options->progress_context) != 0)
        atomic_store(&run->stop, true);
}

/* ---- A block of patients ---------------------------------------------------------------------------- */

static size_t block_size(const struct run *run)
{
    const size_t left = run->results->patient_count - run->first_row;
    return left < run->block_patients ? left : run->block_patients;
}

/* Draws a patient of the block. Without a cohort it is in its published state, and not grown. */
static void draw(struct run *run, size_t index)
{
    struct abscopal_results *results = run->results;
    const struct abscopal_trial *trial = results->trial;
    const size_t row = run->first_row + index;
    struct patient_result *result = &results->patients[row];
    results_start_patient(results, row);
    if (run->given != NULL) {
        result->patient = run->given[row];
        results->allocation[row] =
            allocation_is_eligible(&trial->file, &result->patient) ? ALLOCATION_ALL_ARMS : ALLOCATION_NOT_ELIGIBLE;
    } else {
        trial_patient_draw(trial, results->seed, results->sampled_count, run->first_id + row, &result->patient);
    }
    run->lesion_counts[index] = result->patient.lesion_count;
    if (trial->has_cohort)
        return;
    trial_patient_publish(trial, &result->patient, run->baselines + index * run->baseline_states);
    result->baseline_sum_of_diameters_mm = result->patient.baseline_sum_of_diameters_mm;
    result->status = ABSCOPAL_PATIENT_COMPLETED;
    atomic_fetch_add(&run->finished_courses, 1);
}

/* What became of a patient follows from its growth and its arms; of several failures the first arm's is kept. */
static void conclude(struct run *run, size_t index)
{
    struct abscopal_results *results = run->results;
    const size_t row = run->first_row + index;
    struct patient_result *result = &results->patients[row];
    if (result->status != ABSCOPAL_PATIENT_COMPLETED) {
        for (size_t arm = 0; arm < results->arm_count; arm++)
            results->arms[results_row(results, arm, row)].status = result->status;
        return;
    }
    for (size_t arm = results->arm_count; arm-- > 0;) {
        const enum abscopal_patient_status status = results->arms[results_row(results, arm, row)].status;
        if (status == ABSCOPAL_PATIENT_COMPLETED || status == ABSCOPAL_PATIENT_NOT_ALLOCATED)
            continue;
        result->status = status;
        if (status == ABSCOPAL_PATIENT_NOT_INTEGRATED)
            result->failure = run->failures[index * results->arm_count + arm];
    }
}

/* Every thread comes here. Barriers stand at the end of each worksharing construct. */
static void run_block(struct run *run, struct worker *worker)
{
    const size_t patients = block_size(run);
#pragma omp for schedule(static)
    for (size_t i = 0; i < patients; i++)
        draw(run, i);
#pragma omp single
    schedule_begin(run->schedule, run->lesion_counts, patients, !run->results->trial->has_cohort);
    worker_work(worker);
#pragma omp barrier
#pragma omp for schedule(static)
    for (size_t i = 0; i < patients; i++)
        conclude(run, i);
#pragma omp single
    {
        run->first_row += patients;
        run->goes_on = !atomic_load(&run->stop) && run->first_row < run->results->patient_count;
    }
}

static void run_all(struct run *run)
{
    run_report(run, true);
    run->goes_on = !atomic_load(&run->stop);
#pragma omp parallel num_threads(run->results->threads)
    {
        struct worker *worker = worker_create(run);
        if (worker == NULL) {
            atomic_store(&run->no_memory, true);
            atomic_store(&run->stop, true);
        }
#pragma omp barrier
        while (run->goes_on && !atomic_load(&run->no_memory))
            run_block(run, worker);
        if (worker != NULL) {
#pragma omp critical
            worker_tell_work(worker);
        }
        worker_free(worker);
    }
    run_report(run, true);
}

/* ---- The run ---------------------------------------------------------------------------------------- */

static bool same_drugs(const struct trial_file *file, const struct arm *a, const struct arm *b)
{
    const struct antibody *drugs[MODEL_MAX_DRUGS], *others[MODEL_MAX_DRUGS];
    const int count = arm_drugs(file, a, drugs);
    bool same = count == arm_drugs(file, b, others);
    for (int i = 0; same && i < count; i++)
        same = drugs[i] == others[i];
    return same;
}

/* Numbers the lists of drugs that arms have, from 1; 0 is no drug. Without interruptions a course takes about as long
 * as ten of them do. */
static void describe_arms(const struct trial_file *file, struct schedule_arm *arms)
{
    size_t lists = 0;
    for (size_t arm = 0; arm < file->arm_count; arm++) {
        const struct antibody *drugs[MODEL_MAX_DRUGS];
        size_t same = 0;
        while (same < arm && !same_drugs(file, &file->arms[arm], &file->arms[same]))
            same++;
        if (arm_drugs(file, &file->arms[arm], drugs) == 0)
            arms[arm].drug_list = 0;
        else
            arms[arm].drug_list = same < arm ? arms[same].drug_list : ++lists;
        arms[arm].cost = 10 + conduct_interruptions(file, &file->arms[arm]);
    }
}

static bool run_open(struct run *run, size_t block_patients)
{
    const struct abscopal_trial *trial = run->results->trial;
    const size_t patients = run->results->patient_count, arm_count = run->results->arm_count;
    run->block_patients = patients < block_patients ? patients : block_patients;
    run->course_count = patients * (1 + arm_count);
    run->baseline_states = trial_most_baseline_states(trial);
    const bool looks = look_plan_open(&run->looks, run->results);
    /* Growth alone has no arms, but wants memory. */
    struct schedule_arm *arms = calloc(arm_count + 1, sizeof *arms);
    if (arms != NULL) {
        describe_arms(&trial->file, arms);
        run->schedule = schedule_create(run->block_patients, trial_most_lesions(trial), arms, arm_count);
    }
    free(arms);
    run->lesion_counts = malloc(run->block_patients * sizeof *run->lesion_counts);
    run->baselines = malloc(run->block_patients * run->baseline_states * sizeof *run->baselines);
    run->failures = malloc((run->block_patients * arm_count + 1) * sizeof *run->failures);
    return looks && run->schedule != NULL && run->lesion_counts != NULL && run->baselines != NULL &&
           run->failures != NULL;
}

static void run_close(struct run *run)
{
    schedule_free(run->schedule);
    look_plan_close(&run->looks);
    free(run->lesion_counts);
    free(run->baselines);
    free(run->lymphocytes_per_ul);
    free(run->failures);
}

static enum abscopal_status check_options(const struct abscopal_trial *trial,
                                          const struct abscopal_run_options *options, struct abscopal_error *error)
{
    if (options->threads < 0 || options->threads > 4096)
        return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0,
                         "cannot run with %d threads; give a number from 1 to 4096, or 0 for one a processor",
                         options->threads);
    const enum abscopal_status status = trial_check_tolerance(options->relative_tolerance, error);
    if (status != ABSCOPAL_OK)
        return status;
    const enum abscopal_status limits = trial_check_limits(options->max_steps, options->max_seconds, error);
    if (limits != ABSCOPAL_OK)
        return limits;
    const double every = options->course_every_days, until = trial->file.until_days;
    if (every != 0 && !(every > 0 && until / every <= COURSE_MOST_DAYS))
        return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0,
                         "cannot keep courses every %g d until day %g; give a positive time that makes at most %d days",
                         every, until, COURSE_MOST_DAYS);
    if (options->only_patient > 0) {
        const enum abscopal_status sampled =
            trial_check_patient(trial, options->patients, (uint64_t)options->only_patient, error);
        if (sampled != ABSCOPAL_OK)
            return sampled;
    }
    return engine_check(options->engine, error);
}

static enum abscopal_status check_weights(const struct abscopal_trial *trial,
                                          const struct abscopal_run_options *options, struct abscopal_error *error)
{
    const uint64_t sampled = options->patients > 0 ? options->patients : abscopal_trial_patient_count(trial);
    const uint64_t largest_id = options->only_patient > 0 ? (uint64_t)options->only_patient : sampled;
    return population_check_run(&trial->cohort.population, trial_seed(trial, options->seed), largest_id,
                                trial->cohort.sampling == SAMPLING_LATIN_HYPERCUBE ? sampled : 0, error);
}

/* Runs what has been opened. False, with the error and without results, unless every course was finished. */
static bool run_through(struct run *run, bool room, struct allocation_cursor *cursor, struct abscopal_error *error)
{
    if (room) {
        results_allocate(run->results, run->first_id, cursor);
        run_all(run);
        run->results->wall_seconds = clock_seconds() - run->started;
    }
    const size_t finished = atomic_load(&run->finished_courses);
    if (room && !atomic_load(&run->no_memory) && finished == run->course_count)
        return true;
    if (!room || atomic_load(&run->no_memory))
        error_no_memory(error);
    else
        error_set(error, ABSCOPAL_INTERRUPTED, NULL, 0, 0, "stopped after %zu of %zu courses of %zu patients", finished,
                  run->course_count, run->results->patient_count);
    abscopal_results_free(run->results);
    run->results = NULL;
    return false;
}

static struct abscopal_results *run_trial(const struct abscopal_trial *trial,
                                          const struct abscopal_run_options *options, size_t block_patients,
                                          const struct baselines *grown, struct abscopal_error *error)
{
    if (check_options(trial, options, error) != ABSCOPAL_OK)
        return NULL;
    struct allocation_cursor cursor = {.done = 0};
    struct run run = {.options = options,
                      .first_id = options->only_patient > 0 ? (uint64_t)options->only_patient : 1,
                      .started = clock_seconds(),
                      .grown = grown};
    run.results = results_create(trial, options);
    const bool room = run.results != NULL && run_open(&run, block_patients);
    run_through(&run, room, &cursor, error);
    run_close(&run);
    return run.results;
}

struct abscopal_results *virtual_trial_run(const struct abscopal_trial *trial,
                                           const struct abscopal_run_options *options, size_t block_patients,
                                           struct abscopal_error *error)
{
    return run_trial(trial, options, block_patients, NULL, error);
}

struct abscopal_results *virtual_trial_run_some(const struct abscopal_trial *trial,
                                                const struct abscopal_run_options *options, uint64_t first,
                                                size_t count, struct allocation_cursor *cursor,
                                                struct abscopal_error *error)
{
    struct run run = {.options = options, .first_id = first, .started = clock_seconds()};
    run.results = results_create_some(trial, options, count);
    run_through(&run, run.results != NULL && run_open(&run, count), cursor, error);
    run_close(&run);
    return run.results;
}

struct abscopal_results *virtual_trial_run_given(const struct abscopal_trial *trial,
                                                 const struct abscopal_run_options *options,
                                                 const struct virtual_patient *patients, size_t count,
                                                 struct abscopal_error *error)
{
    if (check_options(trial, options, error) != ABSCOPAL_OK)
        return NULL;
    struct abscopal_trial all_arms = *trial;
    all_arms.file.allocation = (struct allocation){.disjoint = false};
    all_arms.cohort.population = (struct population){0};
    struct allocation_cursor cursor = {.done = 0};
    struct run run = {.options = options, .first_id = 1, .given = patients, .started = clock_seconds()};
    run.results = results_create_some(&all_arms, options, count);
    run_through(&run, run.results != NULL && run_open(&run, USUAL_BLOCK_PATIENTS), &cursor, error);
    if (run.results != NULL)
        run.results->trial = trial;
    run_close(&run);
    return run.results;
}

/* ---- Baselines -------------------------------------------------------------------------------------- */

/* What was grown, out of a run without arms. */
static struct baselines *baselines_take(struct run *run)
{
    struct abscopal_results *results = run->results;
    struct baselines *baselines = malloc(sizeof *baselines);
    if (baselines == NULL)
        return NULL;
    *baselines = (struct baselines){.preset = results->trial->file.preset,
                                    .model_options = results->trial->file.options,
                                    .seed = results->seed,
                                    .relative_tolerance = results->relative_tolerance,
                                    .engine = results->engine,
                                    .patient_count = results->patient_count,
                                    .patients = results->patients,
                                    .lymphocytes_per_ul = run->lymphocytes_per_ul,
                                    .state_count = run->baseline_states,
                                    .states = run->baselines};
    results->patients = NULL;
    run->lymphocytes_per_ul = NULL;
    run->baselines = NULL;
    return baselines;
}

struct baselines *baselines_grow(const struct abscopal_trial *trial, const struct abscopal_run_options *options,
                                 struct abscopal_error *error)
{
    if (check_options(trial, options, error) != ABSCOPAL_OK || check_weights(trial, options, error) != ABSCOPAL_OK)
        return NULL;
    /* Who takes part is for each trial to say. */
    struct abscopal_trial nothing_done = *trial;
    nothing_done.file.arm_count = 0;
    nothing_done.file.eligibility_count = 0;
    nothing_done.file.allocation = (struct allocation){.disjoint = false};
    struct baselines *baselines = NULL;
    struct allocation_cursor cursor = {.done = 0};
    struct run run = {.options = options, .first_id = 1, .started = clock_seconds()};
    run.results = results_create(&nothing_done, options);
    bool room = run.results != NULL && run_open(&run, run.results->patient_count);
    if (room)
        run.lymphocytes_per_ul = calloc(run.results->patient_count, sizeof *run.lymphocytes_per_ul);
    room = room && run.lymphocytes_per_ul != NULL;
    if (run_through(&run, room, &cursor, error)) {
        baselines = baselines_take(&run);
        if (baselines == NULL)
            error_no_memory(error);
    }
    abscopal_results_free(run.results);
    run_close(&run);
    return baselines;
}

void baselines_free(struct baselines *baselines)
{
    if (baselines == NULL)
        return;
    free(baselines->patients);
    free(baselines->lymphocytes_per_ul);
    free(baselines->states);
    free(baselines);
}

bool baselines_serve(const struct baselines *baselines, const struct abscopal_trial *trial)
{
    return trial->has_cohort && trial->file.preset == baselines->preset &&
           memcmp(&trial->file.options, &baselines->model_options, sizeof baselines->model_options) == 0;
}

struct abscopal_results *baselines_run(const struct baselines *baselines, const struct abscopal_trial *trial,
                                       const struct abscopal_run_options *options, struct abscopal_error *error)
{
    const struct abscopal_run_options same = {.patients = baselines->patient_count,
                                              .seed = (int64_t)baselines->seed,
                                              .threads = options->threads,
                                              .relative_tolerance = baselines->relative_tolerance,
                                              .engine = baselines->engine,
                                              .max_steps = options->max_steps,
                                              .max_seconds = options->max_seconds,
                                              .progress = options->progress,
                                              .progress_context = options->progress_context};
    return run_trial(trial, &same, USUAL_BLOCK_PATIENTS, baselines, error);
}

/* ---- The run, for all ------------------------------------------------------------------------------- */

enum abscopal_status virtual_trial_check(const struct abscopal_trial *trial, const struct abscopal_run_options *options,
                                         struct abscopal_error *error)
{
    const enum abscopal_status status = check_options(trial, options, error);
    if (status != ABSCOPAL_OK)
        return status;
    if (!trial->has_cohort && (options->patients > 1 || options->only_patient > 1))
        return error_set(error, ABSCOPAL_BAD_INPUT, trial->file.path, 0, 0,
                         "this trial has no cohort and so one patient only, the published one; "
                         "name a cohort in the trial file to run more");
    return trial->has_cohort ? check_weights(trial, options, error) : ABSCOPAL_OK;
}

abscopal_results *abscopal_run(const abscopal_trial *trial, const struct abscopal_run_options *options,
                               struct abscopal_error *error)
{
    static const struct abscopal_run_options defaults = {.seed = -1};
    if (options == NULL)
        options = &defaults;
    if (virtual_trial_check(trial, options, error) != ABSCOPAL_OK)
        return NULL;
    return virtual_trial_run(trial, options, USUAL_BLOCK_PATIENTS, error);
}
