/* The summary, the table, the list of failures and JSON: numbers, places and what is said of nobody. */
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

#include "abscopal.h"
#include "tests/results_fixture.h"

enum { PATIENTS = FIXTURE_PATIENTS };

/* Four patients of the first arm set by hand: CR kept, PR lost at day 120, SD, PD at day 40; the rest not analysed.
 * Outside the field the second progresses. */
static void set_four_outcomes(struct abscopal_results *results)
{
    const struct patient_outcome outcomes[] = {
        {.best = RESPONSE_COMPLETE,
         .best_confirmed = RESPONSE_COMPLETE,
         .at_horizon = RESPONSE_COMPLETE,
         .confirmed_response_day = 40,
         .response_end_day = 400,
         .progression_day = 400,
         .pfs_day = 400},
        {.best = RESPONSE_PARTIAL,
         .best_confirmed = RESPONSE_PARTIAL,
         .at_horizon = RESPONSE_PROGRESSIVE,
         .confirmed_response_day = 80,
         .response_end_day = 120,
         .response_ended = true,
         .progression_day = 120,
         .progressed = true,
         .pfs_day = 120,
         .pfs_event = true},
        {.best = RESPONSE_PARTIAL, /* not confirmed */
         .best_confirmed = RESPONSE_STABLE,
         .at_horizon = RESPONSE_STABLE,
         .confirmed_response_day = NAN,
         .response_end_day = 400,
         .progression_day = 400,
         .pfs_day = 400},
        {.best = RESPONSE_PROGRESSIVE,
         .best_confirmed = RESPONSE_PROGRESSIVE,
         .at_horizon = RESPONSE_PROGRESSIVE,
         .confirmed_response_day = NAN,
         .response_end_day = NAN,
         .progression_day = 40,
         .progressed = true,
         .pfs_day = 40,
         .pfs_event = true},
    };
    static const unsigned char irradiated[] = {0, 1, 0x1F, 0x1F}; /* the last two have no lesion outside the field */
    for (size_t patient = 0; patient < results->patient_count; patient++) {
        struct arm_result *row = &results->arms[results_row(results, 0, patient)];
        row->status = patient < 4 ? ABSCOPAL_PATIENT_COMPLETED : ABSCOPAL_PATIENT_NOT_RUN;
        if (patient < 4)
            *row = (struct arm_result){.status = row->status,
                                       .outcome = outcomes[patient],
                                       .irradiated = irradiated[patient],
                                       .out_of_field = outcomes[patient == 1 ? 3 : patient]};
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
    assert_int_equal(summary.complete_response.count, 1);
    assert_int_equal(summary.progressive_disease.count, 1);
    assert_int_equal(summary.out_of_field_patients, 2);
    assert_true(summary.out_of_field_response.count == 1 && summary.out_of_field_response.fraction == 0.5);
    /* Events at 40 and 120, then two censored: one half from day 120 on. */
    assert_true(summary.median_progression_free_days.value == 120);
    /* Responses on days 40 and 80: exactly one half between them. 40 days of response, then 360 and on. */
    assert_true(summary.median_time_to_response_days.value == 60);
    assert_true(summary.median_duration_of_response_days.value == 40);
    /* 1 until day 40, 3/4 until day 120, then 1/2 until the last visit. */
    const double last_day = fixture->results->visit_days[fixture->results->visit_count - 1];
    assert_true(fabs(summary.mean_progression_free_days.value - (40 + 60 + (last_day - 120) / 2)) < 1e-9);
    assert_true(summary.median_best_change.value == 0 && isnan(summary.median_best_change.lower));
    struct abscopal_share responding;
    assert_int_equal(abscopal_results_response_on(fixture->results, 0, last_day, &responding), ABSCOPAL_OK);
    assert_int_equal(abscopal_results_response_on(fixture->results, 99, 0, &responding), ABSCOPAL_BAD_INPUT);
    struct abscopal_estimate share;
    static const struct {
        double day, share;
    } free_on[] = {{0, 1}, {39.9, 1}, {40, 0.75}, {119, 0.75}, {120, 0.5}, {400, 0.5}};
    for (size_t i = 0; i < sizeof free_on / sizeof *free_on; i++) {
        assert_int_equal(abscopal_results_progression_free(fixture->results, 0, free_on[i].day, &share), ABSCOPAL_OK);
        assert_true(fabs(share.value - free_on[i].share) < 1e-15);
    }
    assert_int_equal(abscopal_results_progression_free(fixture->results, 0, 401, &share), ABSCOPAL_OK);
    assert_true(isnan(share.value)); /* after the end of the trial */
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
    assert_non_null(strstr(text, "RECIST 1.1, best responses confirmed after 28 d; in brackets 95 % intervals; NR: not "
                                 "reached; horizon: day 400\n"));
    char *header = strstr(text, "\narm "), *first = strstr(text, "\nnivolumab "), *second = strstr(text, "\nαPD-1");
    assert_true(header != NULL && first != NULL && second != NULL);
    header++, first++, second++;
    /* Newcombe's method 3 for 1, 2 and 3 of 4. */
    assert_int_equal(column_of(first, "25.0 % (4.6-69.9)"), column_of(header, "ORR at horizon"));
    assert_int_equal(column_of(first, "50.0 % (15.0-85.0)"), column_of(header, "best ORR"));
    assert_int_equal(column_of(first, "75.0 % (30.1-95.4)"), column_of(header, "DCR"));
    const char *further = strstr(header, "\n\narm ") + 2, *times = strstr(further, "\n\narm ") + 2;
    const char *survival = strstr(times, "\n\narm ") + 2, *of_further = strstr(further, "\nnivolumab ") + 1;
    const char *of_times = strstr(times, "\nnivolumab ") + 1, *of_survival = strstr(survival, "\nnivolumab ") + 1;
    assert_int_equal(column_of(of_further, "25.0 % (4.6-69.9)"), column_of(further, "CR"));
    assert_int_equal(column_of(of_further, "50.0 % (9.5-90.5)"), column_of(further, "out-of-field ORR"));
    assert_int_equal(column_of(of_times, "120 d ("), column_of(times, "median PFS"));
    assert_int_equal(column_of(of_times, " 60 d (") + 1, column_of(times, "time to response"));
    assert_int_equal(column_of(of_times, "40 d (40-"), column_of(times, "duration of response"));
    assert_int_equal(column_of(of_survival, "50.0 % (5.8-84.5)"), column_of(survival, "PFS at 6 months"));
    assert_non_null(strstr(survival, "\n\nAgainst nivolumab, of the same patients\narm "));
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
    results->arms[1].outcome.pfs_event = false;
    text = text_of(abscopal_results_write_table, results);
    assert_non_null(strstr(text, "     0  -                      -                      -\n"));
    assert_non_null(strstr(text, "  NR                    400 d (400-400)       -                     -\n")); /* PFS */
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
                              "patient 13, growth to baseline, day 77: CV_TOO_MUCH_WORK (-1), worst state blood_il2\n"
                              "to repeat the first of them alone: abscopal simulate TRIAL --patient 9 --arm 'αPD-1 + 8 "
                              "Gy × 3' --seed 20250701 --engine batch --csv course.csv\n");
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
    assert_true(member(json_object_get(arm, "median_time_to_response"), "value") == 60);
    assert_true(member(json_array_get(json_object_get(arm, "pfs_rates"), 1), "value") == 0.5);
    assert_true(json_is_null(json_object_get(arm, "comparison")) && json_is_null(json_object_get(root, "published")));
    const json_t *empty = json_array_get(json_object_get(root, "arms"), 1);
    assert_true(json_is_null(json_object_get(json_object_get(empty, "orr_best"), "lower")));
    assert_true(json_is_null(json_object_get(empty, "median_pfs_days")));
    assert_true(json_is_false(json_object_get(empty, "median_pfs_reached")));
    json_decref(root);
}

/* The same patients in both arms: each is a cluster of its own for R (tests/check_survival_clusters.R); here that
 * numbers reach the caller, and what is said when patients are others. */
static void test_comparison(void **state)
{
    struct fixture *fixture = *state;
    struct abscopal_results *results = fixture->results;
    struct abscopal_arm_comparison comparison;
    assert_int_equal(abscopal_results_comparison(results, 0, &comparison), ABSCOPAL_BAD_INPUT);
    assert_int_equal(abscopal_results_comparison(results, 2, &comparison), ABSCOPAL_BAD_INPUT);
    assert_int_equal(abscopal_results_comparison(results, 1, &comparison), ABSCOPAL_OK);
    assert_string_equal(comparison.reference, "nivolumab");
    /* One patient did not complete the second arm. */
    assert_true(comparison.paired && comparison.pairs == PATIENTS - 4);
    struct abscopal_arm_summary first, second;
    assert_int_equal(abscopal_results_summary(results, 0, &first), ABSCOPAL_OK);
    assert_int_equal(abscopal_results_summary(results, 1, &second), ABSCOPAL_OK);
    assert_int_equal(first.patients, PATIENTS - 3);
    ((struct abscopal_trial *)results->trial)->file.allocation.disjoint = true;
    struct abscopal_arm_comparison others;
    assert_int_equal(abscopal_results_comparison(results, 1, &others), ABSCOPAL_OK);
    assert_true(!others.paired && others.pairs == 0);
    assert_true(others.hazard_ratio.value == comparison.hazard_ratio.value);
    assert_true(others.hazard_ratio.lower != comparison.hazard_ratio.lower);
    assert_true(fabs(others.best_response_difference.value -
                     (second.best_response.fraction - first.best_response.fraction)) < 1e-15);
    /* The same outcomes in both arms differ by nothing. */
    for (size_t patient = 0; patient < PATIENTS; patient++)
        results->arms[results_row(results, 1, patient)] = results->arms[results_row(results, 0, patient)];
    assert_int_equal(abscopal_results_comparison(results, 1, &others), ABSCOPAL_OK);
    assert_true(others.best_response_difference.value == 0 && fabs(others.hazard_ratio.value - 1) < 1e-12);
    assert_true(others.log_rank_p > 0.999);
    /* Nor by chance, when patients are the same: nothing varies, and there is no test. */
    ((struct abscopal_trial *)results->trial)->file.allocation.disjoint = false;
    assert_int_equal(abscopal_results_comparison(results, 1, &comparison), ABSCOPAL_OK);
    assert_true(comparison.best_response_difference.value == 0 && fabs(comparison.hazard_ratio.value - 1) < 1e-12);
    assert_true(comparison.hazard_ratio.upper - comparison.hazard_ratio.lower < 1e-12 && isnan(comparison.log_rank_p));
}

static void test_published_beside_predicted(void **state)
{
    struct fixture *fixture = *state;
    struct trial_file *file = &((struct abscopal_trial *)fixture->results->trial)->file;
    static char *const arm = (char *)"nivolumab", *const source = (char *)"table 2";
    struct observed observed[] = {
        {arm, (char *)"best_response_rate", 0.2, 0.1, 0.4, 0.8, NAN, 40, source},     /* 0.5: outside */
        {arm, (char *)"response_rate", 0.2, 0.1, 0.4, 0.95, 200, 0, source},          /* see below */
        {arm, (char *)"progression_free_rate", 0.7, 0.7, 0.8, 0.95, 119, 0, source},  /* 0.75 */
        {arm, (char *)"progression_free_rate", 0.7, 0.7, 0.8, 0.95, 500, 0, source},  /* after the end */
        {arm, (char *)"abscopal_response_rate", 0.4, NAN, NAN, 0.95, NAN, 0, source}, /* no interval */
        {arm, (char *)"best_response_rate", 0.06, NAN, NAN, 0.95, NAN, 50, source},   /* of 3 of 50: 0.021-0.162 */
        {arm, (char *)"abscopal_response_rate", 0.5, 0.4, 0.6, 0.95, 200, 0, source}, /* see below */
        {arm, (char *)"median_progression_free_survival", 100, 50, 150, 0.95, NAN, 0, source},
        {arm, (char *)"median_time_to_response", 61, 61, 80, 0.95, NAN, 0, source},
        {arm, (char *)"complete_response_rate", 0.2, 0.1, 0.4, 0.95, 200, 0, source},   /* one */
        {arm, (char *)"disease_control_rate", 0.2, 0.1, 0.4, 0.95, 200, 0, source},     /* and one stable */
        {arm, (char *)"progressive_disease_rate", 0.2, 0.1, 0.4, 0.95, 119, 0, source}, /* the other at 120 */
        {arm, (char *)"best_response_rate", 0.2, 0.1, 0.4, 0.95, 79.9, 0, source},      /* the other at 80 */
    };
    enum { COUNT = sizeof observed / sizeof *observed };
    static const double predicted[COUNT] = {0.5, 0.25, 0.75, NAN, 0.5, 0.5, 1, 120, 60, 0.25, 0.5, 0.25, 0.25};
    static const int within[COUNT] = {0, 1, 1, -1, -1, 0, 0, 1, 0, 1, 0, 1, 1};
    set_four_outcomes(fixture->results);
    /* On day 160, the last visit by day 200: a response, one after progression, and two without. */
    static const enum response responses[] = {RESPONSE_COMPLETE, RESPONSE_PARTIAL, RESPONSE_STABLE, RESPONSE_STABLE};
    for (size_t patient = 0; patient < 4; patient++) {
        signed char *of = fixture->results->responses + patient * fixture->results->visit_count;
        of[5] = (signed char)responses[patient];
        of[4] = of[6] = RESPONSE_COMPLETE;
    }
    /* Of the first two patients, what is not irradiated shrinks to half until day 200, and grows after it. */
    for (size_t patient = 0; patient < 2; patient++) {
        const struct abscopal_results *results = fixture->results;
        double *diameters = results->diameters_mm + patient * results->visit_count * results->lesion_count;
        for (size_t visit = 0; visit < results->visit_count; visit++)
            for (size_t lesion = 0; lesion < results->lesion_count; lesion++)
                diameters[visit * results->lesion_count + lesion] = lesion < patient          ? 90
                                                                    : visit == 0 || visit > 5 ? 40
                                                                                              : 20;
    }
    file->observed = observed;
    file->observed_count = COUNT;
    file->registry = (char *)"NCT02444741";
    assert_int_equal(abscopal_trial_observed_count(fixture->results->trial), COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        struct abscopal_observed row;
        assert_int_equal(abscopal_results_observed(fixture->results, i, &row), ABSCOPAL_OK);
        assert_true(row.predicted.value == predicted[i] || (isnan(row.predicted.value) && isnan(predicted[i])));
        assert_int_equal(row.within, within[i]);
    }
    struct abscopal_observed beyond;
    assert_int_equal(abscopal_results_observed(fixture->results, COUNT, &beyond), ABSCOPAL_BAD_INPUT);
    char *text = text_of(abscopal_results_write_table, fixture->results);
    const char *rows = strstr(text, "\nregistry: NCT02444741\n");
    assert_non_null(rows);
    assert_non_null(strstr(rows, "  best response rate                 20.0 % (80 %: 10.0-40.0)"));
    assert_non_null(strstr(rows, "  response rate, day 200             20.0 % (10.0-40.0)"));
    assert_non_null(
        strstr(rows, "  median progression free survival   100.0 d (50.0-150.0), 3.3 months      -  120.0 d "));
    free(text);
    assert_int_equal(abscopal_results_write_json(fixture->results, fixture->path, NULL), ABSCOPAL_OK);
    json_t *root = json_load_file(fixture->path, JSON_REJECT_DUPLICATES, NULL);
    const json_t *list = json_object_get(json_object_get(root, "published"), "observed");
    assert_int_equal(json_array_size(list), COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        const json_t *answer = json_object_get(json_array_get(list, i), "within");
        assert_true(within[i] < 0 ? json_is_null(answer)
                                  : json_is_boolean(answer) && json_is_true(answer) == within[i]);
    }
    assert_true(member(json_object_get(json_array_get(list, 7), "predicted"), "value") == 120);
    json_decref(root);
    file->observed = NULL;
    file->observed_count = 0;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_summary_counts_completed_patients),
        TEST(test_table),
        TEST(test_table_without_cohort_or_patients),
        TEST(test_table_disarms_control_characters),
        TEST(test_failures),
        TEST(test_json),
        TEST(test_comparison),
        TEST(test_published_beside_predicted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
