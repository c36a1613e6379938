/* Measures runs. Measurements take turns, so that what slows the machine down for a while slows all of them. */
#include "trial/benchmark.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <omp.h>

#include "protocols/error.h"
#include "trial/clock.h"
#include "trial/patient.h"

enum { DEFAULT_REPEATS = 5, PATIENTS_PER_LANE = 64, MOST_THREADS = 4096, MOST_REPEATS = 1000 };
static const double default_seconds = 0.5, most_seconds = 3600, reference_tolerance = 1e-11;

/* What is needed while measuring. */
struct measuring {
    struct abscopal_benchmark *benchmark;
    const struct abscopal_benchmark_options *options;
    double started;
    size_t finished, total;              /* measurements */
    double *ms, *processor_ms;           /* [measurement][repeat] */
    struct abscopal_results *reference;  /* of the published run */
    struct abscopal_results *counted[2]; /* [engine] a run in one thread */
    struct abscopal_error *error;
};

/* ---- The published run ------------------------------------------------------------------------------ */

static void describe_published_run(struct abscopal_benchmark *benchmark)
{
    const enum model_preset preset = PRESET_QSPIO_NSCLC_2020;
    benchmark->published_treatment = (struct treatment){.kind = TREATMENT_DRUG,
                                                        .antibody = model_preset_antibody(preset, 0),
                                                        .dose_mg = 240,
                                                        .interval_days = 14,
                                                        .count = 29};
    benchmark->published_arm = (struct arm){.name = (char *)"nivolumab 240 mg every 14 d",
                                            .treatments = &benchmark->published_treatment,
                                            .treatment_count = 1};
    struct trial_file *file = &benchmark->published_run.file;
    *file = (struct trial_file){.path = (char *)"",
                                .name = (char *)"published run",
                                .preset = preset,
                                .until_days = 400,
                                .imaging_interval_days = 1,
                                .detection_limit_mm = 2,
                                .arms = &benchmark->published_arm,
                                .arm_count = 1};
    model_preset_options(preset, &file->options);
}

/* Of the copies of the published patient, who has one lesion. Volumes are the cubes of diameters. */
static double largest_volume_error(const struct abscopal_results *results, const struct abscopal_results *reference)
{
    const size_t visits = results->visit_count;
    double largest = 0;
    for (size_t row = 0; row < results->arm_count * results->patient_count; row++)
        for (size_t visit = 0; visit < visits; visit++) {
            const size_t arm = row / results->patient_count;
            const double ratio =
                results->diameters_mm[row * visits + visit] / reference->diameters_mm[arm * visits + visit];
            largest = fmax(largest, fabs(ratio * ratio * ratio - 1));
        }
    return largest;
}

/* ---- Runs ------------------------------------------------------------------------------------------- */

static int tell_progress(struct measuring *measuring)
{
    const struct abscopal_benchmark_options *options = measuring->options;
    if (options->progress == NULL)
        return 0;
    return options->progress(measuring->finished, measuring->total, clock_seconds() - measuring->started,
                             options->progress_context);
}

/* Of a run, whose courses are not what is counted. */
static int pass_on_progress(size_t finished, size_t total, double seconds, void *context)
{
    (void)finished, (void)total, (void)seconds;
    return tell_progress(context);
}

static bool asks_to_stop(void *context)
{
    return tell_progress(context) != 0;
}

static struct abscopal_results *run_once(struct measuring *measuring, enum abscopal_engine engine, int threads,
                                         size_t patients, double relative_tolerance)
{
    const struct abscopal_run_options options = {.patients = patients,
                                                 .seed = -1,
                                                 .threads = threads,
                                                 .relative_tolerance = relative_tolerance,
                                                 .engine = engine,
                                                 .progress = pass_on_progress,
                                                 .progress_context = measuring};
    return virtual_trial_run(measuring->benchmark->trial, &options, USUAL_BLOCK_PATIENTS, measuring->error);
}

static struct benchmark_engine *engine_of(struct abscopal_benchmark *benchmark,
                                          const struct benchmark_measurement *measurement)
{
    struct benchmark_engine *engine = benchmark->engines;
    while (engine->engine != measurement->engine)
        engine++;
    return engine;
}

/* Keeps the first run of each engine in one thread, and frees the others. */
static void keep_or_free(struct measuring *measuring, const struct benchmark_measurement *measurement,
                         struct abscopal_results *results)
{
    struct abscopal_benchmark *benchmark = measuring->benchmark;
    struct abscopal_results **kept = &measuring->counted[engine_of(benchmark, measurement) - benchmark->engines];
    if (measurement->threads == 1 && *kept == NULL)
        *kept = results;
    else
        abscopal_results_free(results);
}

/* One measurement: as many runs as fill the time. */
static bool measure(struct measuring *measuring, size_t index, int repeat)
{
    const struct abscopal_benchmark *benchmark = measuring->benchmark;
    const struct benchmark_measurement *measurement = &benchmark->measurements[index];
    const size_t place = index * (size_t)benchmark->repeats + (size_t)repeat;
    double seconds = 0, processor_seconds = 0;
    size_t patients = 0;
    while (patients == 0 || seconds < benchmark->seconds) {
        const double start = clock_processor_seconds();
        struct abscopal_results *results = run_once(measuring, measurement->engine, measurement->threads,
                                                    measurement->patients, benchmark->relative_tolerance);
        if (results == NULL)
            return false;
        processor_seconds += clock_processor_seconds() - start;
        seconds += results->wall_seconds;
        patients += results->patient_count;
        keep_or_free(measuring, measurement, results);
    }
    measuring->ms[place] = 1e3 * seconds / (double)patients;
    measuring->processor_ms[place] = 1e3 * processor_seconds / (double)patients;
    measuring->finished++;
    return true;
}

/* Not measured: brings the programs' code and the threads to life, and finds the reference. */
static bool warm_up(struct measuring *measuring)
{
    struct abscopal_benchmark *benchmark = measuring->benchmark;
    for (size_t i = 0; i < benchmark->measurement_count; i++) {
        const struct benchmark_measurement *measurement = &benchmark->measurements[i];
        const size_t few = engine_of(benchmark, measurement)->lanes * (size_t)measurement->threads;
        struct abscopal_results *results =
            run_once(measuring, measurement->engine, measurement->threads,
                     few < measurement->patients ? few : measurement->patients, benchmark->relative_tolerance);
        if (results == NULL)
            return false;
        abscopal_results_free(results);
    }
    if (benchmark->trial->has_cohort)
        return true;
    measuring->reference = run_once(measuring, ABSCOPAL_ENGINE_CVODE, 1, 1, benchmark->reference_tolerance);
    return measuring->reference != NULL;
}

static bool measure_all(struct measuring *measuring)
{
    const struct abscopal_benchmark *benchmark = measuring->benchmark;
    for (int repeat = 0; repeat < benchmark->repeats; repeat++)
        for (size_t i = 0; i < benchmark->measurement_count; i++)
            if (!measure(measuring, i, repeat))
                return false;
    return true;
}

/* ---- What comes out --------------------------------------------------------------------------------- */

static int compare_numbers(const void *a, const void *b)
{
    const double one = *(const double *)a, other = *(const double *)b;
    return (one > other) - (one < other);
}

/* Sorts the values. */
static struct benchmark_spread spread_of(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare_numbers);
    return (struct benchmark_spread){.median = 0.5 * (values[(count - 1) / 2] + values[count / 2]),
                                     .lowest = values[0],
                                     .highest = values[count - 1]};
}

static void count_work(struct benchmark_engine *engine, const struct abscopal_results *results)
{
    engine->patients = results->patient_count;
    engine->completed = abscopal_results_patient_count(results, ABSCOPAL_PATIENT_COMPLETED);
    for (size_t i = 0; i < results_tally_count(results); i++) {
        engine->courses += results->tallies[i].courses;
        integrator_work_add(&engine->work, &results->tallies[i].work);
    }
}

static enum abscopal_status conclude(struct measuring *measuring)
{
    struct abscopal_benchmark *benchmark = measuring->benchmark;
    for (size_t i = 0; i < benchmark->measurement_count; i++) {
        struct benchmark_measurement *measurement = &benchmark->measurements[i];
        const size_t place = i * (size_t)benchmark->repeats;
        measurement->ms_per_patient = spread_of(measuring->ms + place, benchmark->repeats);
        measurement->processor_ms = spread_of(measuring->processor_ms + place, benchmark->repeats);
        if (measurement->threads == 1)
            engine_of(benchmark, measurement)->processor_ms = measurement->processor_ms.median;
    }
    for (size_t i = 0; i < benchmark->engine_count; i++) {
        struct benchmark_engine *engine = &benchmark->engines[i];
        const struct abscopal_results *results = measuring->counted[i];
        count_work(engine, results);
        if (engine->completed == 0)
            return error_set(measuring->error, ABSCOPAL_NOT_INTEGRATED, benchmark->trial->file.path, 0, 0,
                             "none of %zu patients completed all arms with the engine %s; run more", engine->patients,
                             abscopal_engine_name(engine->engine));
        engine->volume_error = measuring->reference != NULL ? largest_volume_error(results, measuring->reference) : NAN;
        const enum abscopal_status status = benchmark_time_parts(results, engine, asks_to_stop, measuring);
        if (status == ABSCOPAL_INTERRUPTED)
            return error_set(measuring->error, status, NULL, 0, 0, "stopped while timing the parts of a step");
        if (status != ABSCOPAL_OK)
            return error_no_memory(measuring->error);
    }
    return ABSCOPAL_OK;
}

/* ---- The benchmark ---------------------------------------------------------------------------------- */

static enum abscopal_status check_options(const struct abscopal_benchmark_options *options,
                                          struct abscopal_error *error)
{
    if (options->threads < 0 || options->threads > MOST_THREADS)
        return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0,
                         "cannot run with %d threads; give a number from 1 to %d, or 0 for one a processor",
                         options->threads, MOST_THREADS);
    if (options->repeats < 0 || options->repeats > MOST_REPEATS)
        return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0,
                         "cannot measure %d times; give a number from 1 to %d, or 0 for %d", options->repeats,
                         MOST_REPEATS, DEFAULT_REPEATS);
    if (!(options->seconds >= 0 && options->seconds <= most_seconds))
        return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0,
                         "cannot measure for %g seconds; give up to %g, or 0 for %g", options->seconds, most_seconds,
                         default_seconds);
    const enum abscopal_status status = trial_check_tolerance(options->relative_tolerance, error);
    return status == ABSCOPAL_OK ? engine_check(options->engine, error) : status;
}

/* 1, 2, 4, ... and the number asked for. */
static size_t list_threads(int most, int *threads)
{
    size_t count = 0;
    for (int number = 1; number < most; number *= 2)
        threads[count++] = number;
    threads[count++] = most;
    return count;
}

static bool plan_measurements(struct abscopal_benchmark *benchmark, const struct abscopal_benchmark_options *options)
{
    int threads[32];
    const size_t count = list_threads(options->threads > 0 ? options->threads : omp_get_num_procs(), threads);
    benchmark->measurements = calloc(benchmark->engine_count * count, sizeof *benchmark->measurements);
    if (benchmark->measurements == NULL)
        return false;
    for (size_t i = 0; i < benchmark->engine_count; i++) {
        const struct benchmark_engine *engine = &benchmark->engines[i];
        for (size_t j = 0; j < count; j++)
            benchmark->measurements[benchmark->measurement_count++] = (struct benchmark_measurement){
                .engine = engine->engine,
                .threads = threads[j],
                .patients =
                    options->patients > 0 ? options->patients : PATIENTS_PER_LANE * engine->lanes * (size_t)threads[j]};
    }
    return true;
}

static void plan_engines(struct abscopal_benchmark *benchmark, enum abscopal_engine asked)
{
    static const enum abscopal_engine all[] = {ABSCOPAL_ENGINE_BATCH, ABSCOPAL_ENGINE_CVODE};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (asked == ABSCOPAL_ENGINE_DEFAULT || asked == all[i])
            benchmark->engines[benchmark->engine_count++] =
                (struct benchmark_engine){.engine = all[i],
                                          .lanes = engine_lane_count(all[i]),
                                          .instructions = engine_instructions(all[i]),
                                          .attempt_ns = NAN,
                                          .volume_error = NAN};
}

static struct abscopal_benchmark *plan(const struct abscopal_trial *trial,
                                       const struct abscopal_benchmark_options *options)
{
    struct abscopal_benchmark *benchmark = calloc(1, sizeof *benchmark);
    if (benchmark == NULL)
        return NULL;
    benchmark->published = trial == NULL;
    if (benchmark->published)
        describe_published_run(benchmark);
    benchmark->trial = trial != NULL ? trial : &benchmark->published_run;
    benchmark->seed = trial_seed(benchmark->trial, -1);
    benchmark->relative_tolerance = trial_relative_tolerance(options->relative_tolerance);
    benchmark->reference_tolerance = reference_tolerance;
    benchmark->repeats = options->repeats > 0 ? options->repeats : DEFAULT_REPEATS;
    benchmark->seconds = options->seconds > 0 ? options->seconds : default_seconds;
    if (getloadavg(&benchmark->load, 1) != 1)
        benchmark->load = NAN;
    plan_engines(benchmark, options->engine);
    if (plan_measurements(benchmark, options))
        return benchmark;
    abscopal_benchmark_free(benchmark);
    return NULL;
}

abscopal_benchmark *abscopal_benchmark_run(const abscopal_trial *trial,
                                           const struct abscopal_benchmark_options *options,
                                           struct abscopal_error *error)
{
    static const struct abscopal_benchmark_options defaults = {0};
    struct abscopal_error ignored;
    if (error == NULL)
        error = &ignored;
    if (options == NULL)
        options = &defaults;
    if (check_options(options, error) != ABSCOPAL_OK)
        return NULL;
    struct abscopal_benchmark *benchmark = plan(trial, options);
    if (benchmark == NULL) {
        error_no_memory(error);
        return NULL;
    }
    struct measuring measuring = {.benchmark = benchmark,
                                  .options = options,
                                  .started = clock_seconds(),
                                  .total = benchmark->measurement_count * (size_t)benchmark->repeats,
                                  .error = error};
    measuring.ms = calloc(2 * measuring.total, sizeof *measuring.ms);
    measuring.processor_ms = measuring.ms + measuring.total;
    if (measuring.ms == NULL)
        error_no_memory(error);
    const bool measured =
        measuring.ms != NULL && warm_up(&measuring) && measure_all(&measuring) && conclude(&measuring) == ABSCOPAL_OK;
    free(measuring.ms);
    abscopal_results_free(measuring.reference);
    for (size_t i = 0; i < benchmark->engine_count; i++)
        abscopal_results_free(measuring.counted[i]);
    if (measured)
        return benchmark;
    abscopal_benchmark_free(benchmark);
    return NULL;
}

void abscopal_benchmark_free(abscopal_benchmark *benchmark)
{
    if (benchmark == NULL)
        return;
    free(benchmark->measurements);
    free(benchmark);
}
