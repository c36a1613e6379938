/* Two engines, one answer: what a patient's course comes to, how it fails and how a run is stopped. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sanitized.h"
#include "trial/virtual_trial.h"

enum { PATIENTS = SANITIZED ? 12 : 24, THREADS = 2, BLOCK = 4096 };

static const char *const trial_path = "protocols/nivolumab-rt-six-arms.yaml";
static const enum abscopal_engine engines[] = {ABSCOPAL_ENGINE_CVODE, ABSCOPAL_ENGINE_BATCH};
enum { ENGINES = sizeof engines / sizeof *engines };

static abscopal_trial *read_trial(void)
{
    struct abscopal_error error = {0};
    abscopal_trial *trial = abscopal_trial_read(trial_path, &error);
    if (trial == NULL)
        fail_msg("%s", error.message);
    return trial;
}

static abscopal_results *run_to_tolerance(const abscopal_trial *trial, enum abscopal_engine engine, size_t patients,
                                          double relative_tolerance)
{
    const struct abscopal_run_options options = {.patients = patients,
                                                 .seed = 3,
                                                 .threads = THREADS,
                                                 .relative_tolerance = relative_tolerance,
                                                 .engine = engine};
    struct abscopal_error error = {0};
    abscopal_results *results = virtual_trial_run(trial, &options, BLOCK, &error);
    if (results == NULL)
        fail_msg("%s", error.message);
    assert_int_equal(results->engine, engine);
    return results;
}

static abscopal_results *run(const abscopal_trial *trial, enum abscopal_engine engine, size_t patients)
{
    return run_to_tolerance(trial, engine, patients, 0);
}

/* Of diameters, relative to them or to the 2 mm at which a lesion is seen. */
static double largest_difference(const abscopal_results *a, const abscopal_results *b, size_t row)
{
    const size_t width = a->visit_count * a->lesion_count;
    double largest = 0;
    for (size_t i = row * width; i < (row + 1) * width; i++) {
        assert_int_equal(isnan(a->diameters_mm[i]), isnan(b->diameters_mm[i]));
        if (!isnan(a->diameters_mm[i]))
            largest = fmax(largest, fabs(a->diameters_mm[i] - b->diameters_mm[i]) / fmax(a->diameters_mm[i], 2));
    }
    return largest;
}

/* The batch engine at its default tolerance against CVODE at a tighter one, as CVODE's own errors add up to more than
 * those of the other. No response of these patients lies so near a limit that 1e-4 of a diameter would move it. */
static void engines_agree(void **unused)
{
    (void)unused;
    abscopal_trial *trial = read_trial();
    abscopal_results *results[ENGINES];
    for (int i = 0; i < ENGINES; i++)
        results[i] = run_to_tolerance(trial, engines[i], PATIENTS, engines[i] == ABSCOPAL_ENGINE_CVODE ? 1e-7 : 1e-6);
    double largest = 0, growth = 0;
    size_t completed = 0;
    for (size_t patient = 0; patient < PATIENTS; patient++) {
        const struct patient_result *a = &results[0]->patients[patient], *b = &results[1]->patients[patient];
        assert_int_equal(a->status, b->status);
        if (a->status != ABSCOPAL_PATIENT_COMPLETED)
            continue;
        completed++;
        growth = fmax(growth, fabs(a->growth_days / b->growth_days - 1));
        for (size_t arm = 0; arm < results[0]->arm_count; arm++) {
            const size_t row = results_row(results[0], arm, patient);
            assert_int_equal(results[0]->arms[row].outcome.best, results[1]->arms[row].outcome.best);
            largest = fmax(largest, largest_difference(results[0], results[1], row));
        }
    }
    print_message("  %zu patients in %zu arms: diameters within %.1e, days of growth within %.1e\n", completed,
                  results[0]->arm_count, largest, growth);
    assert_true(completed > PATIENTS / 2);
    assert_true(largest < 1e-4);
    assert_true(growth < 1e-4);
    for (int i = 0; i < ENGINES; i++)
        abscopal_results_free(results[i]);
    abscopal_trial_free(trial);
}

/* An endless dose in the second arm cannot be integrated. The patient's failure says so, the other arms are as without
 * it, and so are other patients. */
static void one_arm_fails_alone(void **unused)
{
    (void)unused;
    enum { FEW = 4, ARM = 1 };
    abscopal_trial *trial = read_trial();
    for (int i = 0; i < ENGINES; i++) {
        abscopal_results *good = run(trial, engines[i], FEW);
        struct treatment *treatment = &trial->file.arms[ARM].treatments[1];
        const double dose_mg = treatment->dose_mg;
        treatment->dose_mg = INFINITY;
        abscopal_results *bad = run(trial, engines[i], FEW);
        treatment->dose_mg = dose_mg;
        size_t failures = 0;
        for (size_t patient = 0; patient < FEW; patient++) {
            const struct patient_result *result = &bad->patients[patient];
            if (good->patients[patient].status != ABSCOPAL_PATIENT_COMPLETED)
                continue;
            failures++;
            assert_int_equal(result->status, ABSCOPAL_PATIENT_NOT_INTEGRATED);
            assert_int_equal(result->failure.arm, ARM);
            assert_true(result->failure.code < 0);
            assert_true(strlen(result->failure.reason) > 0);
            assert_true(result->failure.day >= treatment->start_days && result->failure.day < trial->file.until_days);
            assert_string_equal(result->failure.last_event, "start of infusion");
            for (size_t arm = 0; arm < bad->arm_count; arm++) {
                const size_t row = results_row(bad, arm, patient), width = bad->visit_count * bad->lesion_count;
                assert_int_equal(bad->arms[row].status,
                                 arm == ARM ? ABSCOPAL_PATIENT_NOT_INTEGRATED : ABSCOPAL_PATIENT_COMPLETED);
                if (arm != ARM)
                    assert_memory_equal(bad->diameters_mm + row * width, good->diameters_mm + row * width,
                                        width * sizeof(double));
                else
                    assert_true(isnan(bad->diameters_mm[row * width]));
            }
        }
        assert_true(failures > 0);
        print_message("  %s: %s (%d)\n", abscopal_engine_name(engines[i]), bad->patients[0].failure.reason,
                      bad->patients[0].failure.code);
        abscopal_results_free(good);
        abscopal_results_free(bad);
    }
    abscopal_trial_free(trial);
}

/* Growth that cannot be integrated: no arm is, and all is told of growth. */
static void growth_fails(void **unused)
{
    (void)unused;
    enum { FEW = 3 };
    abscopal_trial *trial = read_trial();
    trial->cohort.parameters[0].distribution = (struct distribution){.kind = DISTRIBUTION_FIXED, .location = NAN};
    for (int i = 0; i < ENGINES; i++) {
        abscopal_results *results = run(trial, engines[i], FEW);
        assert_int_equal(abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_INTEGRATED), FEW);
        for (size_t patient = 0; patient < FEW; patient++) {
            assert_int_equal(results->patients[patient].failure.arm, -1);
            assert_true(results->patients[patient].failure.code < 0);
            assert_true(isnan(results->patients[patient].growth_days));
            for (size_t arm = 0; arm < results->arm_count; arm++)
                assert_int_equal(results->arms[results_row(results, arm, patient)].status,
                                 ABSCOPAL_PATIENT_NOT_INTEGRATED);
        }
        abscopal_results_free(results);
    }
    abscopal_trial_free(trial);
}

/* Progress as the caller sees it. */
struct watch {
    size_t stop_at; /* courses; 0: never */
    size_t calls, finished, total;
    bool backwards;
};

static int watch_progress(size_t finished, size_t total, double seconds, void *context)
{
    struct watch *watch = context;
    watch->backwards = watch->backwards || finished < watch->finished || seconds < 0;
    watch->calls++;
    watch->finished = finished;
    watch->total = total;
    return watch->stop_at > 0 && finished >= watch->stop_at;
}

static void progress_counts_courses_and_can_stop(void **unused)
{
    (void)unused;
    abscopal_trial *trial = read_trial();
    for (int i = 0; i < ENGINES; i++) {
        struct watch watch = {.stop_at = 0};
        struct abscopal_run_options options = {.patients = 3,
                                               .seed = 3,
                                               .threads = THREADS,
                                               .engine = engines[i],
                                               .progress = watch_progress,
                                               .progress_context = &watch};
        struct abscopal_error error = {0};
        abscopal_results *results = abscopal_run(trial, &options, &error);
        assert_non_null(results);
        assert_true(watch.calls >= 2 && !watch.backwards);
        assert_int_equal(watch.total, 3 * (1 + results->arm_count));
        assert_int_equal(watch.finished, watch.total);
        abscopal_results_free(results);

        watch = (struct watch){.stop_at = 5};
        options.patients = 100000;
        assert_null(abscopal_run(trial, &options, &error));
        assert_int_equal(error.status, ABSCOPAL_INTERRUPTED);
        assert_true(watch.finished >= 5 && watch.finished < watch.total / 100);
    }
    abscopal_trial_free(trial);
}

static void unknown_engines_and_tolerances_are_refused(void **unused)
{
    (void)unused;
    abscopal_trial *trial = read_trial();
    struct abscopal_error error = {0};
    const struct abscopal_run_options unknown = {.seed = -1, .engine = (enum abscopal_engine)(ENGINES + 1)};
    assert_null(abscopal_run(trial, &unknown, &error));
    assert_int_equal(error.status, ABSCOPAL_BAD_INPUT);
    assert_null(abscopal_engine_name(unknown.engine));
    const struct abscopal_simulate_options also_unknown = {.seed = -1, .engine = unknown.engine};
    assert_int_equal(abscopal_simulate(trial, &also_unknown, "/dev/null", &error), ABSCOPAL_BAD_INPUT);
    static const double tolerances[] = {-1, 1e-13, 0.1, NAN, INFINITY};
    for (size_t i = 0; i < sizeof tolerances / sizeof *tolerances; i++) {
        const struct abscopal_run_options options = {.seed = -1, .relative_tolerance = tolerances[i]};
        const struct abscopal_simulate_options simulate_options = {.seed = -1, .relative_tolerance = tolerances[i]};
        error = (struct abscopal_error){.status = ABSCOPAL_OK};
        assert_null(abscopal_run(trial, &options, &error));
        assert_int_equal(error.status, ABSCOPAL_BAD_INPUT);
        assert_int_equal(abscopal_simulate(trial, &simulate_options, "/dev/null", &error), ABSCOPAL_BAD_INPUT);
    }
    abscopal_trial_free(trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engines_agree),
        cmocka_unit_test(one_arm_fails_alone),
        cmocka_unit_test(growth_fails),
        cmocka_unit_test(progress_counts_courses_and_can_stop),
        cmocka_unit_test(unknown_engines_and_tolerances_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
