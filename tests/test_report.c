/* Reports as a program makes them: of results in memory the same as of those from their file, of nobody, and of a
 * patient who is not there. What the numbers are tests/check_report.py sees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "results/digest.h"
#include "results/report.h"
#include "trial_runs.h"

/* FIPS 180-4: the digests that NIST publishes of nothing and of "abc". */
static void test_digests_are_those_of_the_standard(void **state)
{
    char digest[DIGEST_SIZE];
    (void)state;
    assert_string_equal(digest_text("", digest), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_string_equal(digest_text("abc", digest), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* The first and the last are shown, none twice, and those between lie evenly. */
static void test_patients_are_picked_evenly(void **state)
{
    (void)state;
    for (size_t count = 2; count < 200; count++)
        for (size_t shown = 2; shown <= count; shown++) {
            assert_int_equal(report_pick(count, shown, 0), 0);
            assert_int_equal(report_pick(count, shown, shown - 1), count - 1);
            for (size_t i = 1; i < shown; i++) {
                const size_t step = report_pick(count, shown, i) - report_pick(count, shown, i - 1);
                assert_true(step >= 1 && fabs((double)step - (double)(count - 1) / (double)(shown - 1)) < 1);
            }
        }
    assert_int_equal(report_pick(1, 1, 0), 0);
}

static char *data_text(json_t *data)
{
    char *text = json_dumps(data, JSON_COMPACT);
    json_decref(data);
    assert_non_null(text);
    return text;
}

/* In which nobody, patient 0, is plausible where `none`. */
static abscopal_results *run_few(abscopal_trial **trial, size_t patients, bool none)
{
    struct abscopal_error error;
    const struct abscopal_run_options options = {.patients = patients, .seed = 3, .course_every_days = 28};
    *trial = trial_runs_read("protocols/nivolumab-rt-six-arms.yaml");
    if (none)
        for (size_t i = 0; i < (*trial)->cohort.rule_count; i++)
            (*trial)->cohort.rules[i].least = INFINITY;
    abscopal_results *results = abscopal_run(*trial, &options, &error);
    assert_non_null(results);
    return results;
}

static void test_report_of_file_is_that_of_run(void **state)
{
    abscopal_trial *trial;
    abscopal_results *ran = run_few(&trial, 12, false);
    char path[] = "/tmp/abscopal-test-XXXXXX";
    struct abscopal_error error;
    (void)state;
    const int file = mkstemp(path);
    assert_true(file >= 0 && close(file) == 0);
    assert_int_equal(abscopal_results_write_hdf5(ran, path, &error), ABSCOPAL_OK);
    abscopal_results *read = abscopal_results_read_hdf5(path, &error);
    unlink(path);
    assert_non_null(read);
    const struct report_run runs[] = {{ran, "A", "a.h5"}, {read, "A", "a.h5"}};
    char *of_run[] = {data_text(report_trial_data(&runs[0])), data_text(report_patient_data(&runs[0], 6))};
    char *of_file[] = {data_text(report_trial_data(&runs[1])), data_text(report_patient_data(&runs[1], 6))};
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(of_run[i], of_file[i]);
        free(of_run[i]);
        free(of_file[i]);
    }
    json_t *two = report_compare_data(runs), *compare = json_object_get(two, "compare");
    assert_true(json_is_true(json_object_get(compare, "paired")));
    assert_int_equal(json_array_size(json_object_get(compare, "differs")), 0);
    size_t index;
    json_t *line;
    json_array_foreach(json_object_get(compare, "endpoints"), index, line)
    {
        const json_t *value = json_object_get(json_object_get(line, "difference"), "value");
        assert_true(json_is_null(value) || json_real_value(value) == 0); /* a run less itself */
    }
    assert_true(index > 6 * 11);
    json_decref(two);
    abscopal_results_free(read);
    abscopal_results_free(ran);
    abscopal_trial_free(trial);
}

static void test_report_of_nobody_has_no_numbers(void **state)
{
    abscopal_trial *trial;
    abscopal_results *results = run_few(&trial, 3, true);
    struct abscopal_error error;
    (void)state;
    assert_int_equal(abscopal_results_patient_count(results, ABSCOPAL_PATIENT_COMPLETED), 0);
    json_t *data = report_trial_data(&(struct report_run){results, "", "none.h5"});
    json_t *run = json_array_get(json_object_get(data, "runs"), 0), *line;
    size_t index;
    json_array_foreach(json_object_get(run, "endpoints"), index, line)
    {
        assert_true(json_is_null(json_object_get(line, "value")));
        assert_int_equal(json_integer_value(json_object_get(line, "n")), 0);
    }
    json_decref(data);
    abscopal_report *report = abscopal_report_of_patient(results, "none.h5", 4, &error);
    assert_null(report);
    assert_int_equal(error.status, ABSCOPAL_BAD_INPUT);
    assert_string_equal(error.message, "there is no patient 4: write a number from 1 to 3");
    report = abscopal_report_of_patient(results, NULL, 2, &error); /* not plausible, and there */
    assert_non_null(report);
    abscopal_report_free(report);
    abscopal_report_free(NULL);
    abscopal_results_free(results);
    abscopal_trial_free(trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digests_are_those_of_the_standard),
        cmocka_unit_test(test_patients_are_picked_evenly),
        cmocka_unit_test(test_report_of_file_is_that_of_run),
        cmocka_unit_test(test_report_of_nobody_has_no_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
