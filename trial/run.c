/* Runs a trial: patients in parallel, arms one after another for each. */
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <omp.h>

#include "protocols/error.h"
#include "trial/patient.h"
#include "trial/virtual_trial.h"

static const double progress_interval_seconds = 0.1;

/* What the threads of a run share. */
struct run {
    struct abscopal_results *results;
    const struct abscopal_run_options *options;
    double started; /* seconds */
    double reported;
    atomic_size_t finished;
    atomic_bool stop;
};

static double now_seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* ---- Results ---------------------------------------------------------------------------------------- */

/* Visits at 0, the interval, twice the interval, ... up to and including the horizon. */
static size_t count_visits(const struct trial_file *file)
{
    return (size_t)floor(file->until_days / file->imaging_interval_days * (1 + 1e-12)) + 1;
}

static void start_empty(struct abscopal_results *results)
{
    for (size_t visit = 0; visit < results->visit_count; visit++)
        results->visit_days[visit] = (double)visit * results->trial->file.imaging_interval_days;
    const size_t arm_patients = results->arm_count * results->patient_count;
    const size_t visits = arm_patients * results->visit_count;
    for (size_t i = 0; i < visits * results->lesion_count; i++)
        results->diameters_mm[i] = NAN;
    memset(results->responses, -1, visits);
    for (size_t i = 0; i < arm_patients; i++)
        results->arms[i].status = ABSCOPAL_PATIENT_NOT_RUN;
    for (size_t i = 0; i < results->patient_count; i++) {
        results->patients[i].status = ABSCOPAL_PATIENT_NOT_RUN;
        results->patients[i].growth_days = NAN;
        results->patients[i].baseline_sum_of_diameters_mm = NAN;
        results->patients[i].failure = integration_failure_none();
    }
}

static struct abscopal_results *create_results(const struct abscopal_trial *trial,
                                               const struct abscopal_run_options *options)
{
    struct abscopal_results *results = calloc(1, sizeof *results);
    if (results == NULL)
        return NULL;
    results->trial = trial;
    results->seed = trial_seed(trial, options->seed);
    results->relative_tolerance = trial_relative_tolerance(options->relative_tolerance);
    results->threads = options->threads > 0 ? options->threads : omp_get_num_procs();
    results->arm_count = trial->file.arm_count;
    results->patient_count = options->only_patient > 0 ? 1
                             : options->patients > 0   ? options->patients
                                                       : abscopal_trial_patient_count(trial);
    results->visit_count = count_visits(&trial->file);
    results->lesion_count = trial->has_cohort ? MODEL_MAX_LESIONS : 1;
    const size_t arm_patients = results->arm_count * results->patient_count;
    const size_t visits = arm_patients * results->visit_count;
    results->visit_days = calloc(results->visit_count, sizeof *results->visit_days);
    results->patients = calloc(results->patient_count, sizeof *results->patients);
    results->arms = calloc(arm_patients, sizeof *results->arms);
    results->diameters_mm = calloc(visits * results->lesion_count, sizeof *results->diameters_mm);
    results->responses = calloc(visits, sizeof *results->responses);
    if (results->visit_days == NULL || results->patients == NULL || results->arms == NULL ||
        results->diameters_mm == NULL || results->responses == NULL) {
        abscopal_results_free(results);
        return NULL;
    }
    start_empty(results);
    return results;
}

void abscopal_results_free(abscopal_results *results)
{
    if (results == NULL)
        return;
    free(results->visit_days);
    free(results->patients);
    free(results->arms);
    free(results->diameters_mm);
    free(results->responses);
    free(results);
}

size_t abscopal_results_patient_count(const abscopal_results *results, enum abscopal_patient_status status)
{
    size_t count = 0;
    for (size_t i = 0; i < results->patient_count; i++)
        count += results->patients[i].status == status;
    return count;
}

/* ---- One patient ------------------------------------------------------------------------------------ */

/* Where the diameters of one patient in one arm go. */
struct visit_record {
    double *diameters_mm; /* [visit][lesion], lesion_count columns */
    size_t columns;
};

static void record_visit(const struct model *model, double day, const double *state, size_t visit, void *context)
{
    (void)day;
    const struct visit_record *record = context;
    for (int lesion = 0; lesion < model->lesion_count; lesion++)
        record->diameters_mm[visit * record->columns + (size_t)lesion] = model_diameter_mm(model, state, lesion);
}

/* Classifies the visits of the patient's own lesions. Returns false without memory. */
static bool classify(struct abscopal_results *results, size_t row, size_t lesions)
{
    const size_t visits = results->visit_count;
    const double *table = results->diameters_mm + row * visits * results->lesion_count;
    double *diameters = malloc(visits * lesions * sizeof *diameters);
    enum response *responses = malloc(visits * sizeof *responses);
    const bool room = diameters != NULL && responses != NULL;
    if (room) {
        for (size_t visit = 0; visit < visits; visit++)
            memcpy(diameters + visit * lesions, table + visit * results->lesion_count, lesions * sizeof *diameters);
        recist_classify(results->visit_days, diameters, visits, lesions, results->trial->file.detection_limit_mm,
                        responses, &results->arms[row].outcome);
        for (size_t visit = 0; visit < visits; visit++)
            results->responses[row * visits + visit] = (signed char)responses[visit];
    }
    free(diameters);
    free(responses);
    return room;
}

static void treat(struct abscopal_results *results, const struct trial_patient *patient, size_t index, size_t arm)
{
    const size_t row = results_row(results, arm, index), width = results->visit_count * results->lesion_count;
    struct patient_result *result = &results->patients[index];
    struct visit_record record = {results->diameters_mm + row * width, results->lesion_count};
    struct integration_failure failure = {0};
    enum abscopal_patient_status status =
        trial_patient_treat(results->trial, patient, arm, results->relative_tolerance, results->visit_days,
                            results->visit_count, record_visit, &record, &failure);
    if (status == ABSCOPAL_PATIENT_COMPLETED && !classify(results, row, (size_t)patient->patient.lesion_count)) {
        failure = integration_failure_without_memory((int)arm);
        status = ABSCOPAL_PATIENT_NOT_INTEGRATED;
    }
    if (status != ABSCOPAL_PATIENT_COMPLETED) {
        /* What was seen before the failure is not an outcome. */
        for (size_t i = 0; i < width; i++)
            record.diameters_mm[i] = NAN;
        if (result->status == ABSCOPAL_PATIENT_COMPLETED)
            result->failure = failure; /* the first of several */
        result->status = status;
    }
    results->arms[row].status = status;
}

static void run_patient(struct abscopal_results *results, size_t index, uint64_t id)
{
    struct patient_result *result = &results->patients[index];
    struct trial_patient patient;
    result->status = trial_patient_prepare(results->trial, results->seed, id, results->relative_tolerance, &patient,
                                           &result->failure);
    result->patient = patient.patient;
    result->growth_days = patient.growth_days;
    if (result->status == ABSCOPAL_PATIENT_COMPLETED) {
        result->baseline_sum_of_diameters_mm = model_sum_of_diameters_mm(&patient.model, patient.baseline);
        for (size_t arm = 0; arm < results->arm_count; arm++)
            treat(results, &patient, index, arm);
    } else {
        for (size_t arm = 0; arm < results->arm_count; arm++)
            results->arms[results_row(results, arm, index)].status = result->status;
    }
    trial_patient_free(&patient);
}

/* ---- All patients ----------------------------------------------------------------------------------- */

/* Only the calling thread reports, so that the callback need not be thread-safe. */
static void report_progress(struct run *run, bool last)
{
    const double now = now_seconds();
    if (run->options->progress == NULL || omp_get_thread_num() != 0 ||
        (!last && now - run->reported < progress_interval_seconds))
        return;
    run->reported = now;
    if (run->options->progress(atomic_load(&run->finished), run->results->patient_count, now - run->started,
                               run->options->progress_context) != 0)
        atomic_store(&run->stop, true);
}

static void run_patients(struct run *run)
{
    struct abscopal_results *results = run->results;
    const size_t first = run->options->only_patient > 0 ? (size_t)run->options->only_patient : 1;
    report_progress(run, true);
#pragma omp parallel for schedule(dynamic, 1) num_threads(results->threads)
    for (size_t index = 0; index < results->patient_count; index++) {
        if (atomic_load(&run->stop))
            continue;
        run_patient(results, index, first + index);
        atomic_fetch_add(&run->finished, 1);
        report_progress(run, false);
    }
    report_progress(run, true);
}

static enum abscopal_status check_options(const struct abscopal_trial *trial,
                                          const struct abscopal_run_options *options, struct abscopal_error *error)
{
    if (!trial->has_cohort && (options->patients > 1 || options->only_patient > 1))
        return error_set(error, ABSCOPAL_BAD_INPUT, trial->file.path, 0, 0,
                         "this trial has no cohort and so one patient only, the published one; "
                         "name a cohort in the trial file to run more");
    if (options->threads < 0 || options->threads > 4096)
        return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0,
                         "cannot run with %d threads; give a number from 1 to 4096, or 0 for one a processor",
                         options->threads);
    const double tolerance = options->relative_tolerance;
    if (tolerance != 0 && !(tolerance >= 1e-12 && tolerance <= 1e-2))
        return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0,
                         "cannot integrate to a relative tolerance of %g; give one from 1e-12 to 1e-2", tolerance);
    return ABSCOPAL_OK;
}

abscopal_results *abscopal_run(const abscopal_trial *trial, const struct abscopal_run_options *options,
                               struct abscopal_error *error)
{
    static const struct abscopal_run_options defaults = {.seed = -1};
    if (options == NULL)
        options = &defaults;
    if (check_options(trial, options, error) != ABSCOPAL_OK)
        return NULL;
    struct run run = {.options = options, .started = now_seconds()};
    run.results = create_results(trial, options);
    if (run.results == NULL) {
        error_no_memory(error);
        return NULL;
    }
    run_patients(&run);
    run.results->wall_seconds = now_seconds() - run.started;
    if (atomic_load(&run.finished) < run.results->patient_count) {
        error_set(error, ABSCOPAL_INTERRUPTED, NULL, 0, 0, "stopped after %zu of %zu patients",
                  atomic_load(&run.finished), run.results->patient_count);
        abscopal_results_free(run.results);
        return NULL;
    }
    return run.results;
}
