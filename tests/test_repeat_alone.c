/* A patient who was not integrated in a run fails alone in the same way: by `simulate` and by a run of that patient;
 * and those who were are what they are without limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "results/failures.h"
#include "sanitized.h"
#include "trial_runs.h"

enum { PATIENTS = SANITIZED ? 8 : 24 };

static char *failure_line(const abscopal_results *results, size_t row)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    assert_non_null(file);
    failures_write_one(file, results->trial, results->patients[row].patient.id, &results->patients[row].failure);
    fclose(file);
    return text;
}

/* By `simulate`, which leaves no file behind, and by a run of the patient alone. */
static void assert_same_alone(const abscopal_results *results, size_t row, const struct abscopal_run_options *options)
{
    static const char path[] = "/tmp/abscopal-test-repeat-alone.csv";
    const struct patient_result *patient = &results->patients[row];
    const int arm = patient->failure.arm;
    char *line = failure_line(results, row);
    struct abscopal_error error = {0};
    const struct abscopal_simulate_options simulated = {.arm = arm < 0 ? NULL : results->trial->file.arms[arm].name,
                                                        .patient = patient->patient.id,
                                                        .seed = options->seed,
                                                        .every_days = 3.5,
                                                        .engine = options->engine,
                                                        .max_steps = options->max_steps};
    unlink(path);
    assert_int_equal(abscopal_simulate(results->trial, &simulated, path, &error), ABSCOPAL_NOT_INTEGRATED);
    assert_int_equal(access(path, F_OK), -1);
    assert_non_null(strstr(error.message, line));
    struct abscopal_run_options alone = *options;
    alone.only_patient = (int64_t)patient->patient.id;
    abscopal_results *again = trial_runs_in_blocks(results->trial, &alone, 1);
    char *said = failure_line(again, 0);
    assert_string_equal(said, line);
    assert_memory_equal(&again->patients[0].failure.day, &patient->failure.day, sizeof patient->failure.day);
    trial_runs_assert_same_patient(again, 0, results, row);
    abscopal_results_free(again);
    free(said);
    free(line);
}

/* A limit that some courses keep and others do not: of growth, then in some arm; who keeps it everywhere shows what it
 * shows without. */
static void failures_are_repeated_alone(void **unused)
{
    (void)unused;
    static const struct {
        enum abscopal_engine engine;
        int64_t growth_steps, arm_steps; /* too few for some */
    } engines[] = {{ABSCOPAL_ENGINE_BATCH, 300, 1650}, {ABSCOPAL_ENGINE_CVODE, 900, 8600}};
    abscopal_trial *trial = trial_runs_read("protocols/nivolumab-rt-six-arms.yaml");
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
        struct abscopal_run_options options = {
            .patients = PATIENTS, .seed = 3, .threads = 2, .engine = engines[i].engine};
        abscopal_results *whole = trial_runs_in_blocks(trial, &options, PATIENTS);
        for (int of_growth = 0; of_growth < 2; of_growth++) {
            int failed = 0, kept = 0;
            options.max_steps = of_growth ? engines[i].growth_steps : engines[i].arm_steps;
            abscopal_results *limited = trial_runs_in_blocks(trial, &options, PATIENTS);
            for (size_t row = 0; row < PATIENTS; row++) {
                const struct patient_result *patient = &limited->patients[row];
                if (patient->status != ABSCOPAL_PATIENT_NOT_INTEGRATED) {
                    trial_runs_assert_same_patient(limited, row, whole, row);
                    kept += patient->status == ABSCOPAL_PATIENT_COMPLETED;
                    continue;
                }
                failed += (patient->failure.arm < 0) == of_growth;
                assert_string_equal(patient->failure.reason, "TOO_MANY_STEPS");
                assert_same_alone(limited, row, &options);
                for (size_t arm = 0; arm < limited->arm_count; arm++)
                    if (limited->arms[results_row(limited, arm, row)].status == ABSCOPAL_PATIENT_COMPLETED)
                        trial_runs_assert_same_course(limited, arm, row, whole, arm, row);
            }
            print_message("  %s, %lld steps: %d fail as meant, %d complete\n", abscopal_engine_name(options.engine),
                          (long long)options.max_steps, failed, kept);
            assert_true(failed > 0 && (of_growth || kept > 0));
            abscopal_results_free(limited);
        }
        abscopal_results_free(whole);
    }
    abscopal_trial_free(trial);
}

/* Of time: nobody can be so fast, and each says so; with time enough everything is as without a limit. */
static void a_run_out_of_time_says_so(void **unused)
{
    (void)unused;
    enum { FEW = 5 };
    abscopal_trial *trial = trial_runs_read("protocols/nivolumab-rt-six-arms.yaml");
    for (int engine = ABSCOPAL_ENGINE_CVODE; engine <= ABSCOPAL_ENGINE_BATCH; engine++) {
        struct abscopal_run_options options = {.patients = FEW, .seed = 3, .engine = (enum abscopal_engine)engine};
        abscopal_results *whole = trial_runs_in_blocks(trial, &options, FEW);
        options.max_seconds = 1e9;
        abscopal_results *enough = trial_runs_in_blocks(trial, &options, FEW);
        options.max_seconds = 1e-9;
        abscopal_results *none = trial_runs_in_blocks(trial, &options, FEW);
        for (size_t row = 0; row < FEW; row++) {
            trial_runs_assert_same_patient(enough, row, whole, row);
            assert_int_equal(none->patients[row].status, ABSCOPAL_PATIENT_NOT_INTEGRATED);
            assert_string_equal(none->patients[row].failure.reason, "TOOK_TOO_LONG");
            char *line = failure_line(none, row);
            assert_non_null(strstr(line, "took longer than --max-seconds allows"));
            free(line);
        }
        abscopal_results_free(none);
        abscopal_results_free(enough);
        abscopal_results_free(whole);
    }
    abscopal_trial_free(trial);
}

static void what_is_no_limit_is_refused(void **unused)
{
    (void)unused;
    abscopal_trial *trial = trial_runs_read("protocols/nivolumab-rt-six-arms.yaml");
    static const struct abscopal_run_options wrong[] = {{.max_steps = -1, .patients = 1},
                                                        {.max_steps = INT64_MAX, .patients = 1},
                                                        {.max_seconds = -1, .patients = 1},
                                                        {.max_seconds = 1e300, .patients = 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct abscopal_error error = {0};
        assert_null(abscopal_run(trial, &wrong[i], &error));
        assert_int_equal(error.status, ABSCOPAL_BAD_INPUT);
        assert_non_null(strstr(error.message, "cannot limit a course to"));
        const struct abscopal_simulate_options same = {.max_steps = wrong[i].max_steps,
                                                       .max_seconds = wrong[i].max_seconds};
        assert_int_equal(abscopal_simulate(trial, &same, "/tmp/never.csv", &error), ABSCOPAL_BAD_INPUT);
    }
    abscopal_trial_free(trial);
}

/* Text of the failures by reason, and the same as JSON. */
static void failures_are_counted_by_reason(void **unused)
{
    (void)unused;
    enum { MANY = 24 };
    abscopal_trial *trial = trial_runs_read("protocols/nivolumab-rt-six-arms.yaml");
    const struct abscopal_run_options options = {.patients = MANY, .seed = 3, .max_steps = 900};
    abscopal_results *results = trial_runs_in_blocks(trial, &options, MANY);
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    assert_true(failures_write_counts(file, results));
    fclose(file);
    json_t *list = failures_json(results);
    json_int_t all = 0;
    size_t index;
    json_t *group;
    json_array_foreach(list, index, group)
    {
        const char *reason = json_string_value(json_object_get(group, "reason"));
        const char *arm = json_string_value(json_object_get(group, "arm"));
        const json_int_t patients = json_integer_value(json_object_get(group, "patients"));
        json_int_t found = 0;
        char row[256];
        for (size_t i = 0; i < MANY; i++) {
            const struct patient_result *patient = &results->patients[i];
            const int in_arm = patient->failure.arm;
            found += patient->status == ABSCOPAL_PATIENT_NOT_INTEGRATED &&
                     strcmp(patient->failure.reason, reason) == 0 &&
                     (in_arm < 0 ? arm == NULL : arm != NULL && strcmp(trial->file.arms[in_arm].name, arm) == 0);
        }
        assert_int_equal(found, patients);
        snprintf(row, sizeof row, "\n%s  %s", reason, arm != NULL ? arm : "growth to baseline");
        assert_non_null(strstr(text, row));
        all += patients;
    }
    assert_true(all > 1 && index > 1);
    assert_int_equal(all, abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_INTEGRATED));
    json_decref(list);
    free(text);
    abscopal_results_free(results);
    abscopal_trial_free(trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failures_are_repeated_alone),
        cmocka_unit_test(a_run_out_of_time_says_so),
        cmocka_unit_test(what_is_no_limit_is_refused),
        cmocka_unit_test(failures_are_counted_by_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
