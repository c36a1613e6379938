/* The benchmark counts what was done, compares with a reference, and adds up; how long things take is not tested. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "solver/rosenbrock.h"
#include "trial/benchmark.h"

static const struct abscopal_benchmark_options brief = {.patients = 3, .threads = 1, .repeats = 1, .seconds = 1e-6};

static abscopal_benchmark *benchmark(const abscopal_trial *trial, const struct abscopal_benchmark_options *options)
{
    struct abscopal_error error = {0};
    abscopal_benchmark *found = abscopal_benchmark_run(trial, options, &error);
    if (found == NULL)
        fail_msg("%s", error.message);
    return found;
}

static abscopal_trial *read_trial(void)
{
    struct abscopal_error error = {0};
    abscopal_trial *trial = abscopal_trial_read("tests/data/cli-trial.yaml", &error);
    if (trial == NULL)
        fail_msg("%s", error.message);
    return trial;
}

/* ---- The published run ------------------------------------------------------------------------------ */

static void counts_the_work_of_the_published_run(void **unused)
{
    (void)unused;
    /* 29 doses, the first at the start; and once more where the last cancer cell dies. */
    enum { RESTARTS = 30, FEWEST_STEPS = 400, MOST_STEPS = 20000 };
    abscopal_benchmark *found = benchmark(NULL, &brief);
    assert_int_equal(found->engine_count, 2);
    for (size_t i = 0; i < found->engine_count; i++) {
        const struct benchmark_engine *engine = &found->engines[i];
        const struct integrator_work *work = &engine->work;
        const long courses = (long)engine->courses;
        assert_int_equal(courses, 3); /* no growth, one arm */
        assert_int_equal(engine->completed, 3);
        assert_int_equal(work->restarts, RESTARTS * courses);
        assert_in_range(work->steps, FEWEST_STEPS * courses, MOST_STEPS * courses);
        assert_true(work->attempts >= work->steps);
        assert_true(work->right_hand_sides >= work->steps);
        assert_true(benchmark_count(engine->engine, work, BENCHMARK_SOLUTIONS) <= work->right_hand_sides);
        if (engine->engine == ABSCOPAL_ENGINE_BATCH) {
            assert_int_equal(work->right_hand_sides, ROSENBROCK_STAGES * work->attempts);
            assert_int_equal(work->jacobians, work->attempts);
        }
    }
    abscopal_benchmark_free(found);
}

/* What docs/performance.md says of the default tolerance; and a smaller one is nearer to the reference, which CVODE has
 * computed with its own method. */
static void errors_shrink_with_the_tolerance(void **unused)
{
    (void)unused;
    struct abscopal_benchmark_options options = brief;
    abscopal_benchmark *usual = benchmark(NULL, &options);
    options.relative_tolerance = 1e-8;
    abscopal_benchmark *tight = benchmark(NULL, &options);
    for (size_t i = 0; i < usual->engine_count; i++) {
        const double error = usual->engines[i].volume_error, smaller = tight->engines[i].volume_error;
        print_message("  %s: error %.1e at 1e-6, %.1e at 1e-8\n", abscopal_engine_name(usual->engines[i].engine), error,
                      smaller);
        assert_true(error < 5e-6);
        assert_true(smaller > 0 && smaller < 0.2 * error);
    }
    abscopal_benchmark_free(usual);
    abscopal_benchmark_free(tight);
}

static void parts_add_up(void **unused)
{
    (void)unused;
    abscopal_benchmark *found = benchmark(NULL, &brief);
    for (size_t i = 0; i < found->engine_count; i++) {
        const struct benchmark_engine *engine = &found->engines[i];
        double sum = 0;
        for (int part = 0; part < BENCHMARK_PARTS; part++)
            sum += engine->ms[part];
        assert_true(engine->processor_ms > 0);
        assert_true(fabs(sum / engine->processor_ms - 1) < 1e-12);
        assert_true(engine->output_ns > 0);
        assert_int_equal(isnan(engine->attempt_ns), engine->engine != ABSCOPAL_ENGINE_BATCH);
    }
    abscopal_benchmark_free(found);
}

/* ---- Measurements ----------------------------------------------------------------------------------- */

static void measures_every_engine_with_every_number_of_threads(void **unused)
{
    (void)unused;
    static const int threads[] = {1, 2, 3};
    const struct abscopal_benchmark_options options = {.threads = 3, .patients = 2, .repeats = 3, .seconds = 1e-6};
    abscopal_trial *trial = read_trial();
    abscopal_benchmark *found = benchmark(trial, &options);
    assert_int_equal(found->measurement_count, 2 * 3);
    for (size_t i = 0; i < found->measurement_count; i++) {
        const struct benchmark_measurement *measurement = &found->measurements[i];
        const struct benchmark_spread *ms = &measurement->ms_per_patient;
        assert_int_equal(measurement->threads, threads[i % 3]);
        assert_int_equal(measurement->engine, found->engines[i / 3].engine);
        assert_int_equal(measurement->patients, 2);
        assert_true(0 < ms->lowest && ms->lowest <= ms->median && ms->median <= ms->highest);
    }
    abscopal_benchmark_free(found);
    abscopal_trial_free(trial);
}

/* Of a trial with a cohort every patient has a course to grow in and one in each arm; there is no reference. */
static void counts_growth_and_arms(void **unused)
{
    (void)unused;
    struct abscopal_benchmark_options options = brief;
    options.engine = ABSCOPAL_ENGINE_BATCH;
    abscopal_trial *trial = read_trial();
    abscopal_benchmark *found = benchmark(trial, &options);
    assert_int_equal(found->engine_count, 1);
    const struct benchmark_engine *engine = &found->engines[0];
    assert_int_equal(engine->engine, ABSCOPAL_ENGINE_BATCH);
    assert_int_equal(engine->completed, 3);
    assert_int_equal(engine->courses, 3 * 2);
    assert_true(isnan(engine->volume_error));
    abscopal_benchmark_free(found);
    abscopal_trial_free(trial);
}

/* What a run tells of its work does not depend on threads. */
static void work_does_not_depend_on_threads(void **unused)
{
    (void)unused;
    static const enum abscopal_engine engines[] = {ABSCOPAL_ENGINE_CVODE, ABSCOPAL_ENGINE_BATCH};
    abscopal_trial *trial = read_trial();
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
        struct abscopal_run_options options = {.patients = 6, .seed = -1, .threads = 1, .engine = engines[i]};
        abscopal_results *one = abscopal_run(trial, &options, NULL);
        options.threads = 2;
        abscopal_results *two = abscopal_run(trial, &options, NULL);
        assert_non_null(one);
        assert_non_null(two);
        assert_memory_equal(one->tallies, two->tallies, results_tally_count(one) * sizeof *one->tallies);
        /* One lesion, growth and the only arm. */
        assert_int_equal(one->tallies[results_tally(one, 1, -1)].courses, 6);
        assert_int_equal(one->tallies[results_tally(one, 1, 0)].courses, 6);
        assert_true(one->tallies[results_tally(one, 1, 0)].work.steps > 0);
        abscopal_results_free(one);
        abscopal_results_free(two);
    }
    abscopal_trial_free(trial);
}

/* ---- Refusals --------------------------------------------------------------------------------------- */

static void refuses_what_makes_no_sense(void **unused)
{
    (void)unused;
    static const struct abscopal_benchmark_options wrong[] = {
        {.threads = -1}, {.threads = 5000}, {.repeats = -1},           {.repeats = 1001},
        {.seconds = -1}, {.seconds = NAN},  {.relative_tolerance = 1}, {.engine = (enum abscopal_engine)99}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct abscopal_error error = {0};
        assert_null(abscopal_benchmark_run(NULL, &wrong[i], &error));
        assert_int_equal(error.status, ABSCOPAL_BAD_INPUT);
        assert_true(strlen(error.message) > 0);
        assert_null(abscopal_benchmark_run(NULL, &wrong[i], NULL));
    }
}

static int stop_after(size_t finished, size_t total, double seconds, void *context)
{
    (void)total, (void)seconds;
    return finished >= *(const size_t *)context;
}

/* While measuring, and while timing parts afterwards. */
static void stops_when_told_to(void **unused)
{
    (void)unused;
    static size_t after[] = {0, 1, 2};
    for (size_t i = 0; i < sizeof after / sizeof *after; i++) {
        struct abscopal_error error = {0};
        struct abscopal_benchmark_options options = brief;
        options.progress = stop_after;
        options.progress_context = &after[i];
        assert_null(abscopal_benchmark_run(NULL, &options, &error));
        assert_int_equal(error.status, ABSCOPAL_INTERRUPTED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_the_work_of_the_published_run),
        cmocka_unit_test(errors_shrink_with_the_tolerance),
        cmocka_unit_test(parts_add_up),
        cmocka_unit_test(measures_every_engine_with_every_number_of_threads),
        cmocka_unit_test(counts_growth_and_arms),
        cmocka_unit_test(work_does_not_depend_on_threads),
        cmocka_unit_test(refuses_what_makes_no_sense),
        cmocka_unit_test(stops_when_told_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
