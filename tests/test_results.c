/* The summary, the table, the list of failures and JSON: numbers, places and what is said of nobody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abscopal.h"
#include "tests/results_fixture.h"

enum { PATIENTS = FIXTURE_PATIENTS };

/* Four patients of the first arm set by hand: CR kept, PR lost at day 120, SD, PD at day 40; the rest not analysed. */
static void set_four_outcomes(struct abscopal_results *results)
{
    static const struct patient_outcome outcomes[] = {
        {.best = RESPONSE_COMPLETE,
         .at_horizon = RESPONSE_COMPLETE,
         .best_change = -1,
         .progression_day = 400,
         .progressed = false},
        {.best = RESPONSE_PARTIAL,
         .at_horizon = RESPONSE_PROGRESSIVE,
         .best_change = -0.4,
         .progression_day = 120,
         .progressed = true},
        {.best = RESPONSE_STABLE,
         .at_horizon = RESPONSE_STABLE,
         .best_change = -0.1,
         .progression_day = 400,
         .progressed = false},
        {.best = RESPONSE_PROGRESSIVE,
         .at_horizon = RESPONSE_PROGRESSIVE,
         .best_change = 0.3,
         .progression_day = 40,
         .progressed = true},
    };
    for (size_t patient = 0; patient < results->patient_count; patient++) {
        struct arm_result *row = &results->arms[results_row(results, 0, patient)];
        row->status = patient < 4 ? ABSCOPAL_PATIENT_COMPLETED : ABSCOPAL_PATIENT_NOT_RUN;
        if (patient < 4)
            row->outcome = outcomes[patient];
    }
}

/* What a function writes to a stream, to be freed. */
static char *text_of(enum abscopal_status (*write)(const abscopal_results *results, FILE *file,
                                                   struct abscopal_error *error),
                     const struct abscopal_results *results)
{
    enum { TEXT_BYTES = 10000 };
    char *text = calloc(TEXT_BYTES, 1);
    assert_non_null(text);
    FILE *file = fmemopen(text, TEXT_BYTES, "w");
    assert_non_null(file);
    assert_int_equal(write(results, file, NULL), ABSCOPAL_OK);
    fclose(file);
    return text;
}

static void test_summary_counts_completed_patients(void **state)
{
    struct fixture *fixture = *state;
    struct abscopal_arm_summary summary;
    set_four_outcomes(fixture->results);
    assert_int_equal(abscopal_results_summary(fixture->results, 0, &summary), ABSCOPAL_OK);
    assert_string_equal(summary.name, "nivolumab");
    assert_int_equal(summary.patients, 4);
    assert_int_equal(summary.response_at_horizon.count, 1);
    assert_int_equal(summary.best_response.count, 2);
    assert_int_equal(summary.disease_control.count, 3);
    assert_true(summary.best_response.fraction == 0.5);
    /* Events at 40 and 120, then two censored: one half from day 120 on. */
    assert_true(summary.median_progression_free_days == 120);
    /* Given up in growth, not plausible, not run; the patient given up in the other arm counts in the first only. */
    assert_int_equal(abscopal_results_summary(fixture->results, 1, &summary), ABSCOPAL_OK);
    assert_int_equal(summary.patients, PATIENTS - 4);
    assert_int_equal(abscopal_results_summary(fixture->results, 2, &summary), ABSCOPAL_BAD_INPUT);
}

/* Column at which text begins in a line, counting code points. */
static int column_of(const char *line, const char *text)
{
    const char *end = strstr(line, text);
    assert_non_null(end);
    int column = 0;
    for (const char *c = line; c < end; c++)
        column += ((unsigned char)*c & 0xC0) != 0x80;
    return column;
}

static void test_table(void **state)
{
    struct fixture *fixture = *state;
    set_four_outcomes(fixture->results);
    char *text = text_of(abscopal_results_write_table, fixture->results);
    assert_non_null(strstr(text,
                           "synthetic trial\n30 patients sampled, 1 not plausible, 2 not integrated, 1 not run, "
                           "26 analysed\nseed 20250701, relative tolerance 1e-06, engine batch (AVX-512, 8 lanes)\n"));
    assert_non_null(strstr(text, "horizon: day 400\n"));
    char *header = strstr(text, "\narm "), *first = strstr(text, "\nnivolumab "), *second = strstr(text, "\nαPD-1");
    assert_true(header != NULL && first != NULL && second != NULL);
    header++, first++, second++;
    /* Newcombe's method 3 for 1, 2 and 3 of 4. */
    assert_int_equal(column_of(first, "25.0 % (4.6-69.9)"), column_of(header, "ORR at horizon"));
    assert_int_equal(column_of(first, "50.0 % (15.0-85.0)"), column_of(header, "best ORR"));
    assert_int_equal(column_of(first, "75.0 % (30.1-95.4)"), column_of(header, "DCR"));
    assert_int_equal(column_of(first, "120 d\n"), column_of(header, "median PFS"));
    assert_int_equal(column_of(first, "4 "), column_of(header, "n "));
    assert_int_equal(column_of(second, "26 "), column_of(header, "n ") - 1);
    const char *last = "\n\nResearch use only, not for treating patients.\n";
    assert_string_equal(text + strlen(text) - strlen(last), last);
    free(text);
}

static void test_table_without_cohort_or_patients(void **state)
{
    (void)state;
    struct abscopal_results *results = synthetic_results_new(1, false);
    assert_non_null(results);
    char *text = text_of(abscopal_results_write_table, results);
    assert_non_null(
        strstr(text, "1 patient from the published state, 0 not plausible, 0 not integrated, 1 analysed\n"));
    assert_null(strstr(text, "seed"));
    free(text);
    results->arms[0].status = ABSCOPAL_PATIENT_NOT_INTEGRATED;
    results->arms[1].outcome.progressed = false;
    text = text_of(abscopal_results_write_table, results);
    assert_non_null(strstr(text, "     0  -                      -                      -                      -\n"));
    assert_non_null(strstr(text, "  not reached\n"));
    free(text);
    synthetic_results_free(results);
}

static void test_table_disarms_control_characters(void **state)
{
    struct fixture *fixture = *state;
    struct arm *arm = &fixture->results->trial->file.arms[0];
    char *name = arm->name;
    arm->name = (char *)"a\033[2Jb\nc";
    char *text = text_of(abscopal_results_write_table, fixture->results);
    arm->name = name;
    assert_non_null(strstr(text, "\na?[2Jb?c "));
    free(text);
}

static void test_failures(void **state)
{
    struct fixture *fixture = *state;
    char *text = text_of(abscopal_results_write_failures, fixture->results);
    assert_string_equal(text, "patient 9, arm \"αPD-1 + 8 Gy × 3\", day 123.5: CV_CONV_FAILURE (-4), worst state "
                              "cancer_cells of lesion 2, last event bolus on day 112\n"
                              "patient 13, growth to baseline, day 77: CV_TOO_MUCH_WORK (-1), worst state blood_il2\n");
    free(text);
}

static double member(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    assert_true(json_is_number(value));
    return json_number_value(value);
}

static void test_json(void **state)
{
    struct fixture *fixture = *state;
    set_four_outcomes(fixture->results);
    for (size_t patient = 0; patient < PATIENTS; patient++) /* nobody in the second arm */
        fixture->results->arms[results_row(fixture->results, 1, patient)].status = ABSCOPAL_PATIENT_NOT_RUN;
    assert_int_equal(abscopal_results_write_json(fixture->results, fixture->path, NULL), ABSCOPAL_OK);
    json_t *root = json_load_file(fixture->path, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    assert_string_equal(json_string_value(json_object_get(root, "trial")), "synthetic trial");
    assert_string_equal(json_string_value(json_object_get(root, "model")), "nsclc");
    assert_string_equal(json_string_value(json_object_get(root, "version")), abscopal_version());
    assert_true(member(root, "seed") == 20250701 && member(root, "relative_tolerance") == 1e-6);
    assert_string_equal(json_string_value(json_object_get(root, "engine")), "batch");
    assert_string_equal(json_string_value(json_object_get(root, "instructions")), "AVX-512");
    assert_true(member(root, "lanes") == 8);
    const json_t *patients = json_object_get(root, "patients");
    assert_true(member(patients, "sampled") == 30 && member(patients, "completed") == 26 &&
                member(patients, "not_plausible") == 1 && member(patients, "not_integrated") == 2 &&
                member(patients, "not_run") == 1);
    const json_t *arm = json_array_get(json_object_get(root, "arms"), 0);
    struct abscopal_arm_summary summary;
    assert_int_equal(abscopal_results_summary(fixture->results, 0, &summary), ABSCOPAL_OK);
    const json_t *best = json_object_get(arm, "orr_best");
    assert_true(member(arm, "n") == 4 && member(best, "count") == 2 && member(best, "fraction") == 0.5);
    assert_true(member(best, "lower") == summary.best_response.lower); /* every bit */
    assert_true(member(best, "upper") == summary.best_response.upper);
    assert_true(member(json_object_get(arm, "orr_horizon"), "count") == 1);
    assert_true(member(json_object_get(arm, "disease_control"), "count") == 3);
    assert_true(member(arm, "median_pfs_days") == 120 && json_is_true(json_object_get(arm, "median_pfs_reached")));
    const json_t *empty = json_array_get(json_object_get(root, "arms"), 1);
    assert_true(json_is_null(json_object_get(json_object_get(empty, "orr_best"), "lower")));
    assert_true(json_is_null(json_object_get(empty, "median_pfs_days")));
    assert_true(json_is_false(json_object_get(empty, "median_pfs_reached")));
    json_decref(root);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_summary_counts_completed_patients), TEST(test_table),    TEST(test_table_without_cohort_or_patients),
        TEST(test_table_disarms_control_characters),  TEST(test_failures), TEST(test_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
