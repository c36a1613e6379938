/* RECIST 1.1 case by case. The expected values follow from Eisenhauer 2009 (doi:10.1016/j.ejca.2008.10.026), section
 * 4.3.1, by hand; visits are every 40 days, diameters in mm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "trial/recist.h"

enum { MAX_VISITS = 8 };
static const double days[MAX_VISITS] = {0, 40, 80, 120, 160, 200, 240, 280};
static const struct recist_rules rules = {.detection_limit_mm = 2};

/* cmocka 1.1.5 compares floats only. */
static void assert_near(double value, double expected)
{
    assert_true(fabs(value - expected) <= 1e-12);
}

struct classified {
    char responses[3 * MAX_VISITS + 1]; /* "SD PR PD" */
    struct patient_outcome outcome;
};

static struct classified classify(const double *diameters, size_t visits, size_t lesions)
{
    struct classified result = {.responses = ""};
    enum response response[MAX_VISITS];
    recist_classify(days, diameters, visits, lesions, &rules, response, &result.outcome);
    for (size_t visit = 0; visit < visits; visit++) {
        strcat(result.responses, visit == 0 ? "" : " ");
        strcat(result.responses, response_name(response[visit]));
    }
    return result;
}

static void check(const double *diameters, size_t visits, size_t lesions, const char *responses, enum response best,
                  enum response at_horizon, bool progressed, double day)
{
    const struct classified result = classify(diameters, visits, lesions);
    assert_string_equal(result.responses, responses);
    assert_string_equal(response_name(result.outcome.best), response_name(best));
    assert_string_equal(response_name(result.outcome.at_horizon), response_name(at_horizon));
    assert_int_equal(result.outcome.progressed, progressed);
    assert_true(result.outcome.progression_day == day);
}

static void test_complete_response_needs_every_lesion(void **state)
{
    (void)state;
    const double one_left[] = {30, 20, 1.9, 2.0};
    check(one_left, 2, 2, "SD PR", RESPONSE_PARTIAL, RESPONSE_PARTIAL, false, 40);
    const double all_gone[] = {30, 20, 1.9, 1.99};
    check(all_gone, 2, 2, "SD CR", RESPONSE_COMPLETE, RESPONSE_COMPLETE, false, 40);
}

static void test_partial_response_begins_at_thirty_percent(void **state)
{
    (void)state;
    const double exactly[] = {100, 70};
    check(exactly, 2, 1, "SD PR", RESPONSE_PARTIAL, RESPONSE_PARTIAL, false, 40);
    const double less[] = {100, 70.001};
    check(less, 2, 1, "SD SD", RESPONSE_STABLE, RESPONSE_STABLE, false, 40);
    /* Decimals that binary numbers do not hold: as doubles, 7.07 is more than 0.7 times 10.1. */
    const double decimal[] = {10.1, 7.07};
    check(decimal, 2, 1, "SD PR", RESPONSE_PARTIAL, RESPONSE_PARTIAL, false, 40);
    const double summed[] = {10, 10.1, 10.2, 7, 7.07, 7.14};
    check(summed, 2, 3, "SD PR", RESPONSE_PARTIAL, RESPONSE_PARTIAL, false, 40);
    /* The sum counts, not the lesion: one halves, one grows by a tenth. */
    const double mixed[] = {50, 50, 25, 55};
    check(mixed, 2, 2, "SD SD", RESPONSE_STABLE, RESPONSE_STABLE, false, 40);
}

static void test_progression_needs_both_limits(void **state)
{
    (void)state;
    const double relative_only[] = {20, 24.9}; /* +24.5 %, +4.9 mm */
    check(relative_only, 2, 1, "SD SD", RESPONSE_STABLE, RESPONSE_STABLE, false, 40);
    const double absolute_only[] = {100, 119}; /* +19 %, +19 mm */
    check(absolute_only, 2, 1, "SD SD", RESPONSE_STABLE, RESPONSE_STABLE, false, 40);
    const double both_exactly[] = {25, 30}; /* +20 %, +5 mm */
    check(both_exactly, 2, 1, "SD PD", RESPONSE_PROGRESSIVE, RESPONSE_PROGRESSIVE, true, 40);
    const double decimals[] = {33.7, 40.44}; /* as doubles, less than +20 % */
    check(decimals, 2, 1, "SD PD", RESPONSE_PROGRESSIVE, RESPONSE_PROGRESSIVE, true, 40);
}

static void test_nadir_is_the_smallest_sum_so_far(void **state)
{
    (void)state;
    /* +20 % over the nadir of 60, though still 28 % below baseline: progression takes precedence. */
    const double from_nadir[] = {100, 60, 72};
    check(from_nadir, 3, 1, "SD PR PD", RESPONSE_PARTIAL, RESPONSE_PROGRESSIVE, true, 80);
    const double still_partial_size[] = {100, 40, 50};
    check(still_partial_size, 3, 1, "SD PR PD", RESPONSE_PARTIAL, RESPONSE_PROGRESSIVE, true, 80);
    /* A later, deeper fall is no nadir yet: 110 is +10 % over baseline, +83 % over the global minimum. */
    const double falls_later[] = {100, 110, 60, 65};
    check(falls_later, 4, 1, "SD SD PR PR", RESPONSE_PARTIAL, RESPONSE_PARTIAL, false, 120);
    /* The baseline is a nadir too: from 110 to 121 is +10 %, from the baseline of 100 it is +21 %. */
    const double slowly[] = {100, 110, 121};
    check(slowly, 3, 1, "SD SD PD", RESPONSE_STABLE, RESPONSE_PROGRESSIVE, true, 80);
}

static void test_first_progression_ends_the_best_response(void **state)
{
    (void)state;
    /* Pseudo-progression: RECIST 1.1 does not wait for what follows. Each visit is still classified. */
    const double pseudo[] = {50, 65, 30, 1};
    check(pseudo, 4, 1, "SD PD PR CR", RESPONSE_PROGRESSIVE, RESPONSE_PROGRESSIVE, true, 40);
    const struct classified result = classify(pseudo, 4, 1);
    assert_near(result.outcome.best_change, -0.98);
    /* Stable, then progressive twice: the first counts. */
    const double grows[] = {50, 52, 65, 80};
    check(grows, 4, 1, "SD SD PD PD", RESPONSE_STABLE, RESPONSE_PROGRESSIVE, true, 80);
}

static void test_progression_from_complete_response(void **state)
{
    (void)state;
    /* From a nadir near 0 any regrowth is +20 %; it has to be 5 mm as well. */
    const double regrows[] = {40, 0.01, 4.9, 5.02};
    check(regrows, 4, 1, "SD CR PR PD", RESPONSE_COMPLETE, RESPONSE_PROGRESSIVE, true, 120);
    const double from_nothing[] = {40, 0, 4.99, 5};
    check(from_nothing, 4, 1, "SD CR PR PD", RESPONSE_COMPLETE, RESPONSE_PROGRESSIVE, true, 120);
    /* Five lesions that cannot be seen, 0.5 to 1.9 mm each: +7 mm and yet nothing to see. */
    const double unseen[] = {20, 20, 20, 20, 20, 0.5, 0.5, 0.5, 0.5, 0.5, 1.9, 1.9, 1.9, 1.9, 1.9};
    check(unseen, 3, 5, "SD CR CR", RESPONSE_COMPLETE, RESPONSE_COMPLETE, false, 80);
}

static void test_missed_visits(void **state)
{
    (void)state;
    /* One lesion not measured: the visit is not evaluable, and its small sum is no nadir. */
    const double missed[] = {30, 30, 10, NAN, 30, 31};
    check(missed, 3, 2, "SD NE SD", RESPONSE_STABLE, RESPONSE_STABLE, false, 80);
    /* Censored at the last assessment, not at the missed one after it. */
    const double missed_last[] = {60, 40, NAN};
    check(missed_last, 3, 1, "SD PR NE", RESPONSE_PARTIAL, RESPONSE_NOT_EVALUABLE, false, 40);
    /* Progression is not forgotten over a missed last visit. */
    const double progressed[] = {60, 75, NAN};
    check(progressed, 3, 1, "SD PD NE", RESPONSE_PROGRESSIVE, RESPONSE_PROGRESSIVE, true, 40);
    const double all_missed[] = {60, NAN, NAN};
    check(all_missed, 3, 1, "SD NE NE", RESPONSE_NOT_EVALUABLE, RESPONSE_NOT_EVALUABLE, false, 0);
    assert_true(isnan(classify(all_missed, 3, 1).outcome.best_change));
    /* Without a baseline there is nothing to compare with. */
    const double no_baseline[] = {NAN, 60, 30};
    check(no_baseline, 3, 1, "NE NE NE", RESPONSE_NOT_EVALUABLE, RESPONSE_NOT_EVALUABLE, false, 0);
    assert_true(isnan(classify(no_baseline, 3, 1).outcome.best_change));
}

static void test_baseline_alone(void **state)
{
    (void)state;
    const double only[] = {30, 20};
    check(only, 1, 2, "SD", RESPONSE_NOT_EVALUABLE, RESPONSE_STABLE, false, 0);
    assert_true(isnan(classify(only, 1, 2).outcome.best_change));
}

static void test_best_change(void **state)
{
    (void)state;
    const double falls[] = {60, 40, 50, 25, 30, 20};
    assert_near(classify(falls, 3, 2).outcome.best_change, -0.5);
    /* Baseline is no change: a patient who only grows has a positive best change. */
    const double grows[] = {100, 112, 105};
    assert_near(classify(grows, 3, 1).outcome.best_change, 0.05);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_complete_response_needs_every_lesion),
        cmocka_unit_test(test_partial_response_begins_at_thirty_percent),
        cmocka_unit_test(test_progression_needs_both_limits),
        cmocka_unit_test(test_nadir_is_the_smallest_sum_so_far),
        cmocka_unit_test(test_first_progression_ends_the_best_response),
        cmocka_unit_test(test_progression_from_complete_response),
        cmocka_unit_test(test_missed_visits),
        cmocka_unit_test(test_baseline_alone),
        cmocka_unit_test(test_best_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
