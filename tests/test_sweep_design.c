/* What sweep files say: axes, designs, limits, and the trial at a point. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts/calibration_search.h"
#include "input_files.h"
#include "protocols/trial_file.h"
#include "sweep_files.h"
#include "trial/sweep.h"

static void read_good(const char *text, struct sweep_file *sweep)
{
    struct abscopal_error error = {.status = ABSCOPAL_OK};
    if (sweep_file_read(input_file_write("input.yaml", text, strlen(text)), sweep, &error) != ABSCOPAL_OK)
        fail_msg("%s", error.message);
}

static void test_axes(void **state)
{
    (void)state;
    struct sweep_file sweep;
    read_good(HEAD "endpoints: [hazard_ratio, {endpoint: mean_change, at: 80.5 d}]\npatients: 12\nseed: 3\n"
                   "reference: {at: {gap: 1 week, dose: 2 Gy, course: b, where: all}}\n"
                   "vary:\n- {name: gap, lag: {of: drug, after: rt}, from: -1 week, to: 1 week, step: 3.5 d}\n"
                   "- {name: dose, " DOSES "from: 0.5 Gy, to: 8 Gy, points: 5, scale: logarithmic}\n"
                   "- {name: course, choices: [{name: a, set: {treatments/rt/fractions: 1}}, {name: b, set: "
                   "{treatments/rt/fractions: 2, treatments/rt/every: 1 d}}]}\n"
                   "- {name: where, set: treatments/rt/lesions, values: [largest, all]}\n",
              &sweep);
    static const double gaps[] = {-7, -3.5, 0, 3.5, 7}, doses[] = {0.5, 1, 2, 4, 8}, reference[] = {7, 2, 1, 1};
    assert_int_equal(sweep.axis_count, 4);
    assert_int_equal(sweep.patients, 12);
    assert_int_equal(sweep.seed, 3);
    assert_int_equal(sweep.arm, 1);
    assert_string_equal(sweep.axes[0].unit, "d");
    assert_string_equal(sweep.axes[1].unit, "Gy");
    for (size_t i = 0; i < 5; i++) {
        assert_true(sweep.axes[0].levels[i].value == gaps[i]);
        assert_true(sweep.axes[1].levels[i].value == doses[i]);
    }
    assert_false(sweep.axes[2].numeric || sweep.axes[3].numeric);
    assert_memory_equal(sweep.reference_at, reference, sizeof reference);
    assert_string_equal(sweep.endpoints[0].label, "hazard_ratio");
    assert_string_equal(sweep.endpoints[1].label, "mean_change_day_80_5");
    assert_true(sweep.endpoints[1].at_days == 80.5);
    size_t count = 0;
    double *points = sweep_points(&sweep, &count, NULL);
    const double second[] = {-7, 0.5, 0, 1}, last[] = {7, 8, 1, 1};
    assert_int_equal(count, 5 * 5 * 2 * 2);
    assert_memory_equal(points + 4, second, sizeof second); /* the last axis is the fastest */
    assert_memory_equal(points + 4 * (count - 1), last, sizeof last);
    free(points);
    sweep_file_free(&sweep);
}

static void test_defaults(void **state)
{
    (void)state;
    struct sweep_file sweep;
    read_good(GOOD "optimize: {evaluations: 9, fresh: {seeds: [2, 3]}}\n", &sweep);
    assert_int_equal(sweep.patients, 0);
    assert_int_equal(sweep.seed, -1);
    assert_true(sweep.tolerance == 1e-6);
    assert_int_equal(sweep.reference_arm, 0);
    assert_null(sweep.reference_at);
    assert_int_equal(sweep.search.global, GLOBAL_DIRECT);
    assert_int_equal(sweep.search.local, LOCAL_SUBPLEX);
    assert_int_equal(sweep.search.fresh_patients, 2000);
    assert_int_equal(sweep.search.fresh_count, 2);
    sweep_file_free(&sweep);
    /* The first arm that does not vary. */
    read_good(TOP ENDS VARY("arms: [alone, at once]"), &sweep);
    assert_int_equal(sweep.reference_arm, 1);
    sweep_file_free(&sweep);
}

/* The trial at a point is read as any other. */
static void trial_at(const struct sweep_file *sweep, const double *at, struct trial_file *trial, size_t *arm)
{
    struct abscopal_error error = {.status = ABSCOPAL_OK};
    char *text = sweep_trial_text(sweep, at, arm, &error);
    if (text == NULL || trial_file_read_text(sweep->trial_path, text, trial, &error) != ABSCOPAL_OK)
        fail_msg("%s", error.message);
    free(text);
}

static void test_lag_goes_both_ways(void **state)
{
    (void)state;
    struct sweep_file sweep;
    read_good(AXIS("lag: {of: drug, after: rt}, values: [-30 d, 0 d, 12.5 d]"), &sweep);
    static const double starts[3][2] = {{30, 0}, {0, 0}, {0, 12.5}}; /* of rt, of drug */
    for (size_t i = 0; i < 3; i++) {
        struct trial_file trial;
        size_t arm = 0;
        trial_at(&sweep, &sweep.axes[0].levels[i].value, &trial, &arm);
        assert_int_equal(arm, 1);
        assert_true(trial.arms[1].treatments[0].start_days == starts[i][0]);
        assert_true(trial.arms[1].treatments[1].start_days == starts[i][1]);
        assert_true(trial.arms[2].treatments[0].start_days == 0);
        trial_file_free(&trial);
    }
    sweep_file_free(&sweep);
}

/* Limits of 3 x 8 Gy: total, BED with alpha/beta 3 Gy, n d (1 + d/3) (Fowler 1989). */
static void test_limits_are_inclusive(void **state)
{
    (void)state;
    static const struct {
        const char *limits;
        bool allowed;
    } table[] = {
        {"{total_dose: rt, most: 24 Gy, least: 24 Gy}", true},
        {"{total_dose: rt, most: 23.9 Gy}", false},
        {"{total_dose: rt, least: 24.1 Gy}", false},
        {"{fraction_dose: rt, most: 8 Gy}", true},
        {"{fraction_dose: rt, most: 7.9 Gy}", false},
        {"{bed: rt, alpha_beta: 3 Gy, most: 88 Gy}", true},
        {"{bed: rt, alpha_beta: 3 Gy, most: 87.9 Gy}", false},
        {"{bed: rt, alpha_beta: 10 Gy, most: 43.2 Gy, least: 43.2 Gy}", true},
        {"{total_dose: rt, most: 30 Gy}, {bed: rt, alpha_beta: 3 Gy, most: 60 Gy}", false},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct sweep_file sweep;
        char text[1024];
        bool allowed = !table[i].allowed;
        const double at = 3;
        snprintf(text, sizeof text, "%slimits: [%s]\n", GOOD, table[i].limits);
        read_good(text, &sweep);
        assert_int_equal(sweep_point_check(&sweep, &at, &allowed, NULL), ABSCOPAL_OK);
        assert_int_equal(allowed, table[i].allowed);
        sweep_file_free(&sweep);
    }
}

/* The shipped sweep over courses of equal effect: the dose of a fraction is the positive root of
 * n d (1 + d/10) = BED, and limits are on that. */
static void test_equal_effect(void **state)
{
    (void)state;
    struct sweep_file sweep;
    size_t count = 0, left_out = 0;
    assert_int_equal(sweep_file_read("protocols/sweeps/equal-bed.yaml", &sweep, NULL), ABSCOPAL_OK);
    double *points = sweep_points(&sweep, &count, NULL);
    assert_int_equal(count, 11 * 14);
    for (size_t i = 0; i < count; i++) {
        const double bed_gray = points[2 * i], fractions = points[2 * i + 1];
        const double fraction_gray = 5 * (sqrt(1 + 4 * bed_gray / (10 * fractions)) - 1);
        const bool expected = fraction_gray >= 1 && fraction_gray <= 34 && fractions * fraction_gray <= 70;
        bool allowed = !expected;
        struct trial_file trial;
        size_t arm = 0;
        assert_int_equal(sweep_point_check(&sweep, points + 2 * i, &allowed, NULL), ABSCOPAL_OK);
        assert_int_equal(allowed, expected);
        left_out += !allowed;
        trial_at(&sweep, points + 2 * i, &trial, &arm);
        const struct treatment *course = &trial.arms[arm].treatments[0];
        assert_true(course->count == (int)fractions);
        assert_true(fabs(course->fraction_gray - fraction_gray) < 1e-12 * fraction_gray);
        trial_file_free(&trial);
    }
    assert_true(left_out > 10 && left_out < count / 2);
    free(points);
    sweep_file_free(&sweep);
}

/* A Sobol design of 2^k points puts one into each of 2^k equal parts of every axis (Sobol 1967), so levels come equally
 * often; it stays within the ranges, and depends on its seed. */
static void test_sobol_design(void **state)
{
    (void)state;
    enum { POINTS = 64 };
    static const char format[] = HEAD ENDS "sobol: {points: 64, seed: %d}\nvary:\n- {name: dose, " DOSES
                                           "from: 0.5 Gy, to: 8 Gy, scale: logarithmic}\n"
                                           "- {name: n, set: treatments/rt/fractions, values: [1, 2, 3, 5]}\n";
    double *designs[2];
    for (int seed = 0; seed < 2; seed++) {
        struct sweep_file sweep;
        char text[1024];
        size_t count = 0;
        int parts[POINTS] = {0}, levels[6] = {0};
        snprintf(text, sizeof text, format, seed);
        read_good(text, &sweep);
        designs[seed] = sweep_points(&sweep, &count, NULL);
        assert_int_equal(count, POINTS);
        for (size_t i = 0; i < count; i++) {
            const double share = log(designs[seed][2 * i] / 0.5) / log(16);
            assert_true(share >= 0 && share < 1);
            parts[(int)(share * POINTS)]++;
            levels[(int)designs[seed][2 * i + 1]]++;
        }
        for (int i = 0; i < POINTS; i++)
            assert_int_equal(parts[i], 1);
        assert_true(levels[1] == 16 && levels[2] == 16 && levels[3] == 16 && levels[5] == 16);
        sweep_file_free(&sweep);
    }
    assert_memory_not_equal(designs[0], designs[1], POINTS * 2 * sizeof(double));
    free(designs[0]);
    free(designs[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_axes),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_lag_goes_both_ways),
        cmocka_unit_test(test_limits_are_inclusive),
        cmocka_unit_test(test_equal_effect),
        cmocka_unit_test(test_sobol_design),
    };
    return cmocka_run_group_tests(tests, sweep_files_make, input_folder_remove);
}
