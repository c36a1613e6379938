/* What right trial files say of conditions, imaging and patients, in the model's units, and the days that follow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "input_files.h"
#include "protocols/trial_file.h"

#define UP_TO_UNTIL "name: t\nmodel: nsclc\ncohort: cohort.yaml\n"
#define UP_TO_ARMS UP_TO_UNTIL "until: 400 d\nimaging: {every: 50 d}\narms:\n"
#define UP_TO_TREATMENTS UP_TO_ARMS "- name: arm\n  treatments:\n"
#define ONE_ARM "arms: [{name: arm, treatments: [{radiotherapy: 8 Gy, start: 0 d}]}]\n"

static void read_text(const char *text, struct trial_file *trial)
{
    struct abscopal_error error;
    if (trial_file_read(input_file_write("right.yaml", text, strlen(text)), trial, &error) != ABSCOPAL_OK)
        fail_msg("%d:%d: %s", error.line, error.column, error.message);
}

static void test_beginnings_and_ends(void **state)
{
    (void)state;
    struct trial_file trial;
    read_text(
        UP_TO_TREATMENTS
        "  - {id: rt, radiotherapy: 8 Gy, fractions: 3, start: 0 d, every: 2 d}\n"
        "  - {id: d, drug: nivolumab, dose: 240 mg, after: {block: rt, lag: 36 h}, every: 14 d, doses: 2, "
        "over: 12 h}\n"
        "  - {radiotherapy: 8 Gy, after: d, unless: progression}\n"
        "  - {drug: nivolumab, dose: 240 mg, every: 14 d, when: {event: best response, lag: 1 week, remaining: 3}, "
        "until: [complete response, confirmed progression], doses: 9}\n"
        "  - {radiotherapy: 8 Gy, when: progression, lesions: progressed, missed: 5 %}\n"
        "  - {drug: nivolumab, dose: 240 mg, start: 3 d, every: 14 d, until: progression, for: 52 week}\n",
        &trial);
    const struct treatment *t = trial.arms[0].treatments;
    assert_string_equal(t[0].id, "rt");
    assert_true(t[0].begin == BEGIN_ON_DAY && t[0].known_end_days == 4 && !t[0].open_ended && t[0].end == 0);
    assert_true(t[1].begin == BEGIN_AFTER_BLOCK && t[1].after == 0 && t[1].start_days == 1.5);
    assert_true(t[1].known_end_days == 4 + 1.5 + 14 + 0.5); /* the last infusion included */
    assert_true(t[2].begin == BEGIN_AFTER_BLOCK && t[2].after == 1 && t[2].start_days == 0);
    assert_true(t[2].unless_progressed && isnan(t[2].known_end_days) && t[2].id == NULL);
    assert_true(t[3].begin == BEGIN_AT_BEST_RESPONSE && t[3].start_days == 7 && t[3].most_remaining == 3);
    assert_int_equal(t[3].end, END_AT_COMPLETE_RESPONSE | END_AT_CONFIRMED_PROGRESSION);
    assert_true(t[3].count == 9 && !t[3].open_ended && isnan(t[3].known_end_days));
    assert_true(t[4].begin == BEGIN_AT_PROGRESSION && t[4].start_days == 0 && t[4].most_remaining == 0);
    assert_true(t[4].lesion_choice == LESIONS_PROGRESSED && t[4].missed_probability == 0.05);
    assert_true(t[5].open_ended && t[5].end == END_AT_PROGRESSION && t[5].duration_days == 364);
    trial_file_free(&trial);
}

static void test_doses_and_fields(void **state)
{
    (void)state;
    struct trial_file trial;
    read_text(UP_TO_TREATMENTS
              "  - {drug: nivolumab, dose: [0.4 g, 300 mg, 240 mg], start: 0 d, every: [6 week, 3 week], doses: 5, "
              "delay: {lymphocytes_below: 5e8 cell/L, by: 1 week, at_most: 28 d}}\n"
              "  - {drug: ipilimumab, dose: [3 mg/kg, 1 mg/kg], start: 0 d, every: [3 week], doses: 4}\n"
              "  - {drug: durvalumab, dose: [1500 mg], start: 0 d}\n"
              "  - {radiotherapy: 8 Gy, start: 0 d, lesions: remaining, coverage: {share: 60 %, above: 65 cm^3}}\n"
              "  - {radiotherapy: 8 Gy, start: 0 d, lesions: smallest, coverage: 60 %}\n",
              &trial);
    const struct treatment *t = trial.arms[0].treatments;
    assert_true(t[0].first_doses.count == 2 && t[0].first_doses.value[0] == 400 && t[0].first_doses.value[1] == 300);
    assert_true(t[0].dose_mg == 240 && !t[0].dose_per_body_weight && t[0].interval_days == 21);
    assert_true(t[0].first_intervals.count == 1 && t[0].first_intervals.value[0] == 42);
    assert_true(t[0].least_lymphocytes_per_ul == 500 && t[0].delay_days == 7 && t[0].longest_delay_days == 28);
    assert_true(t[1].dose_per_body_weight && t[1].first_doses.value[0] == 3 && t[1].dose_mg == 1);
    assert_true(t[1].first_intervals.count == 0 && t[1].interval_days == 21); /* a list of one is that one */
    assert_true(t[2].first_doses.count == 0 && t[2].dose_mg == 1500);
    assert_true(t[3].lesion_choice == LESIONS_REMAINING && t[3].coverage == 0.6 && t[3].coverage_above_l == 0.065);
    assert_true(t[4].lesion_choice == LESIONS_SMALLEST && t[4].coverage == 0.6 && t[4].coverage_above_l == 0);
    trial_file_free(&trial);
}

static void test_patients_criteria_and_published(void **state)
{
    (void)state;
    struct trial_file trial;
    read_text(UP_TO_ARMS
              "- {name: a, treatments: [{radiotherapy: 8 Gy, start: 0 d}], at_progression: {switch_to: b, lag: 7 d}}\n"
              "- {name: b, treatments: [{drug: nivolumab, dose: 240 mg, start: 0 d}]}\n"
              "response: {criteria: irecist, minimum_stable: 6 week, confirmation: 4 week}\n"
              "eligibility: {lesions: {least: 2}, body_weight: {least: 40 kg, most: 120 kg}}\n"
              "allocation:\n  patients: randomised\n  ratio: [2, 1]\n"
              "  strata: [{by: lesions, from: 3}, {by: pdl1_per_cancer_cell, from: 1e6 molecule}]\n"
              "registry: NCT00000000\nsetting: second line\nleft_out: surgery\n"
              "observed:\n"
              "- {arm: b, endpoint: response_rate, at: 12 week, value: 18 %, interval: [9 %, 32 %], level: 90 %, "
              "patients: 50, source: table 2}\n"
              "- {arm: a, endpoint: median_progression_free_survival, value: 8 week, source: text}\n",
              &trial);
    assert_true(trial.arms[0].switches && trial.arms[0].switch_to == 1 && trial.arms[0].switch_lag_days == 7);
    assert_true(!trial.arms[1].switches);
    assert_true(arm_is_adaptive(&trial.arms[0]) && !arm_is_adaptive(&trial.arms[1]));
    const struct antibody *drugs[MODEL_MAX_DRUGS];
    assert_int_equal(arm_drugs(&trial, &trial.arms[0], drugs), 1); /* that of the arm switched to */
    assert_true(trial.irecist && trial.minimum_stable_days == 42 && trial.confirmation_days == 28);
    assert_int_equal(trial.eligibility_count, 2);
    assert_true(trial.eligibility[0].quantity == QUANTITY_LESIONS && trial.eligibility[0].least == 2);
    assert_true(isinf(trial.eligibility[0].most));
    assert_true(trial.eligibility[1].quantity == QUANTITY_BODY_WEIGHT && trial.eligibility[1].most == 120);
    assert_true(trial.allocation.disjoint && trial.allocation.ratio[0] == 2 && trial.allocation.ratio[1] == 1);
    assert_true(trial.allocation.stratum_count == 2 && trial.allocation.strata[0].least == 3);
    assert_int_equal(trial.allocation.strata[1].quantity, QUANTITY_PARAMETER);
    assert_string_equal(parameter_describe(trial.allocation.strata[1].parameter)->name, "pdl1_per_cancer_cell");
    assert_string_equal(trial.registry, "NCT00000000");
    assert_string_equal(trial.setting, "second line");
    assert_string_equal(trial.left_out, "surgery");
    const struct observed *rate = &trial.observed[0], *median = &trial.observed[1];
    assert_int_equal(trial.observed_count, 2);
    assert_string_equal(rate->arm, "b");
    assert_string_equal(rate->endpoint, "response_rate");
    assert_string_equal(rate->source, "table 2");
    assert_true(rate->value == 0.18 && rate->lower == 0.09 && rate->upper == 0.32 && rate->level == 0.9);
    assert_true(rate->at_days == 84 && rate->patients == 50);
    assert_true(median->value == 56 && isnan(median->lower) && isnan(median->upper) && isnan(median->level));
    assert_true(isnan(median->at_days) && median->patients == 0);
    trial_file_free(&trial);
}

/* ---- Days ------------------------------------------------------------------------------------------- */

/* Of treatment number `index` of the one arm: how many, and on which days. */
static void assert_days(const char *treatments, size_t index, const double *expected, int count)
{
    struct trial_file trial;
    char text[1024];
    double days[TREATMENT_MOST_DOSES];
    snprintf(text, sizeof text, UP_TO_TREATMENTS "%s", treatments);
    read_text(text, &trial);
    const struct treatment *treatment = &trial.arms[0].treatments[index];
    assert_int_equal(treatment->count, count);
    treatment_days(treatment, treatment->start_days, days);
    for (int i = 0; i < count && expected != NULL; i++)
        assert_true(fabs(days[i] - expected[i]) < 1e-12);
    trial_file_free(&trial);
}

static void test_days_with_lists(void **state)
{
    (void)state;
    assert_days("  - {drug: nivolumab, dose: 240 mg, start: 1 d, every: [6 week, 2 week, 3 week], doses: 5}\n", 0,
                (const double[]){1, 43, 57, 78, 99}, 5);
    /* Thursday, Friday, the Saturday that becomes a Monday, and the interval counts from there. */
    assert_days("  - {radiotherapy: 8 Gy, fractions: 5, start: 3 d, every: [1 d, 1 d, 2 d], weekdays: true}\n", 0,
                (const double[]){3, 4, 7, 9, 11}, 5);
    assert_days("  - {radiotherapy: 8 Gy, fractions: 5, start: 0 d, every: [3 d, 1 d], weekdays: true}\n", 0,
                (const double[]){0, 3, 4, 7, 8}, 5);
    /* Intervals are those between days, however many fractions these have. */
    assert_days("  - {radiotherapy: 2 Gy, fractions: 5, per_day: 2, start: 0 d, every: [7 d, 1 d]}\n", 0,
                (const double[]){0, 0.25, 7, 7.25, 8}, 5);
}

/* Without a count there are as many as the trial, or 'for', has time for. */
static void test_counts(void **state)
{
    (void)state;
    assert_days("  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 3 week, until: progression}\n", 0, NULL, 20);
    assert_days("  - {drug: nivolumab, dose: 240 mg, start: 40 d, every: 3 week, until: progression}\n", 0, NULL, 18);
    assert_days("  - {drug: nivolumab, dose: 240 mg, start: 5 d, every: 2 week, for: 8 week}\n", 0,
                (const double[]){5, 19, 33, 47}, 4);
    /* A year of a dose every two weeks is 26 doses; two days and a half have three of them. */
    assert_days("  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 2 week, for: 52 week}\n", 0, NULL, 26);
    assert_days("  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 1 d, for: 60 h}\n", 0, NULL, 3);
    /* Both fractions of each day count. */
    assert_days("  - {radiotherapy: 2 Gy, start: 0 d, every: 1 d, per_day: 2, for: 4 d}\n", 0,
                (const double[]){0, 0.25, 1, 1.25, 2, 2.25, 3, 3.25}, 8);
    /* After a treatment whose end is known. */
    assert_days(
        "  - {id: rt, radiotherapy: 8 Gy, fractions: 3, start: 0 d}\n"
        "  - {drug: nivolumab, dose: 240 mg, after: {block: rt, lag: 337 d}, every: 3 week, until: progression}\n",
        1, NULL, 3);
}

static void assert_visits(const char *until_and_imaging, const double *expected, size_t count)
{
    struct trial_file trial;
    char text[1024];
    double days[64];
    snprintf(text, sizeof text, UP_TO_UNTIL "%s\n" ONE_ARM, until_and_imaging);
    read_text(text, &trial);
    assert_int_equal(trial_file_visits(&trial, NULL), count);
    assert_int_equal(trial_file_visits(&trial, days), count);
    for (size_t i = 0; i < count; i++) {
        assert_true(fabs(days[i] - expected[i]) < 1e-12);
        assert_true(days[i] <= trial.until_days);
        assert_true(i == 0 || days[i] > days[i - 1] + 1e-9);
    }
    trial_file_free(&trial);
}

static void test_visits(void **state)
{
    (void)state;
    assert_visits("until: 130 d\nimaging: {every: 40 d}", (const double[]){0, 40, 80, 120}, 4);
    assert_visits("until: 120 d\nimaging: {every: 40 d}", (const double[]){0, 40, 80, 120}, 4);
    /* 3 x 0.1 d is more than 0.3 d by a rounding. */
    assert_visits("until: 0.3 d\nimaging: {every: 0.1 d}", (const double[]){0, 0.1, 0.2, 0.3}, 4);
    assert_visits("until: 0.5 d\nimaging: {every: 0.1 d, also: [0.3 d]}", (const double[]){0, 0.1, 0.2, 0.3, 0.4, 0.5},
                  6);
    assert_visits("until: 400 d\nimaging: {schedule: [{every: 6 week, until: 24 week}, {every: 9 week}], also: [20 d]}",
                  (const double[]){0, 20, 42, 84, 126, 168, 231, 294, 357}, 9);
    /* A period that does not end with a visit: the next one counts from its end all the same. */
    assert_visits("until: 300 d\nimaging: {schedule: [{every: 6 week, until: 20 week}, {every: 9 week}]}",
                  (const double[]){0, 42, 84, 126, 203, 266}, 6);
    /* The last period may end before the trial, and end with it when it is longer. */
    assert_visits("until: 400 d\nimaging: {schedule: [{every: 50 d, until: 100 d}]}", (const double[]){0, 50, 100}, 3);
    assert_visits("until: 120 d\nimaging: {schedule: [{every: 50 d, until: 300 d}]}", (const double[]){0, 50, 100}, 3);
    /* Further visits: before the first, on a visit, between, and on the last day. */
    assert_visits("until: 130 d\nimaging: {every: 40 d, also: [1 d, 80 d, 99 d, 130 d]}",
                  (const double[]){0, 1, 40, 80, 99, 120, 130}, 7);
    /* None but those. */
    assert_visits("until: 30 d\nimaging: {every: 40 d, also: [7 d]}", (const double[]){0, 7}, 2);
}

static int folder_with_cohort(void **state)
{
    if (input_folder_make(state) != 0)
        return -1;
    input_file_write("cohort.yaml", "", 0);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_beginnings_and_ends),
        cmocka_unit_test(test_doses_and_fields),
        cmocka_unit_test(test_patients_criteria_and_published),
        cmocka_unit_test(test_days_with_lists),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_visits),
    };
    return cmocka_run_group_tests(tests, folder_with_cohort, input_folder_remove);
}
