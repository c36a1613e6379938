/* Best overall response and progression-free survival by iRECIST, and iRECIST beside RECIST 1.1. Expected values are
 * worked out by hand from Seymour 2017 (doi:10.1016/S1470-2045(17)30074-8), whose tables are named. One target of 100
 * mm; visits six weeks apart, so that each may confirm the one before. docs/response.md lists the cases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "tests/response_cases.h"

static const struct response_case best_cases[] = {
    {.name = "irecist_best_example_1",
     .rule = "Table 3, example 1: iCR, NE, iCR, iUPD, iCPD",
     .visits = {{.day = 0, {100}},
                {.day = 42, {0}},
                {.day = 84, {NAN}},
                {.day = 126, {0}},
                {.day = 168, {20}},
                {.day = 210, {25}}},
     .responses = "iCR NE iCR iUPD iCPD",
     .best = "iCR",
     .response = "42 to 168 ended"},
    {.name = "irecist_best_example_1_other",
     .rule = "Table 3, example 1: iCR, iPR, iUPD, iUPD, iCPD",
     .visits = {{.day = 0, {100}},
                {.day = 42, {0}},
                {.day = 84, {4}},
                {.day = 126, {9}},
                {.day = 168, {9}},
                {.day = 210, {14}}},
     .responses = "iCR iPR iUPD iUPD iCPD",
     .best = "iCR",
     .progression = "126 confirmed progressed"},
    {.name = "irecist_best_example_2",
     .rule = "Table 3, example 2: iUPD, iPR, iCR, iUPD, iCPD",
     .visits = {{.day = 0, {100}},
                {.day = 42, {125}},
                {.day = 84, {60}},
                {.day = 126, {0}},
                {.day = 168, {20}},
                {.day = 210, {25}}},
     .responses = "iUPD iPR iCR iUPD iCPD",
     .best = "iCR"},
    {.name = "irecist_best_example_2_missed",
     .rule = "Table 3, example 2: iUPD, NE, iCR, NE, iCR",
     .visits = {{.day = 0, {100}},
                {.day = 42, {125}},
                {.day = 84, {NAN}},
                {.day = 126, {0}},
                {.day = 168, {NAN}},
                {.day = 210, {0}}},
     .responses = "iUPD NE iCR NE iCR",
     .best = "iCR",
     .progression = "210 censored"},
    {.name = "irecist_best_example_3",
     .rule = "Table 3, example 3: iUPD, iPR, iUPD, iCPD",
     .visits = {{.day = 0, {100}}, {.day = 42, {125}}, {.day = 84, {60}}, {.day = 126, {75}}, {.day = 168, {80}}},
     .responses = "iUPD iPR iUPD iCPD",
     .best = "iPR"},
    {.name = "irecist_best_example_4",
     .rule = "Table 3, example 4: iUPD, iSD, iPR, NE, iPR",
     .visits = {{.day = 0, {100}},
                {.day = 42, {125}},
                {.day = 84, {110}},
                {.day = 126, {65}},
                {.day = 168, {NAN}},
                {.day = 210, {65}}},
     .responses = "iUPD iSD iPR NE iPR",
     .best = "iPR",
     .response = "126 to 210 censored"},
    {.name = "irecist_best_example_4_missed",
     .rule = "Table 3, example 4: iUPD, NE, iPR, iUPD, iCPD",
     .visits = {{.day = 0, {100}},
                {.day = 42, {125}},
                {.day = 84, {NAN}},
                {.day = 126, {65}},
                {.day = 168, {80}},
                {.day = 210, {85}}},
     .responses = "iUPD NE iPR iUPD iCPD",
     .best = "iPR"},
    {.name = "irecist_best_example_5",
     .rule = "Table 3, example 5: iUPD, iSD, NE, iUPD, iCPD",
     .visits = {{.day = 0, {100}},
                {.day = 42, {125}},
                {.day = 84, {110}},
                {.day = 126, {NAN}},
                {.day = 168, {125}},
                {.day = 210, {130}}},
     .responses = "iUPD iSD NE iUPD iCPD",
     .best = "iSD",
     .progression = "168 confirmed progressed"},
    {.name = "irecist_best_example_6",
     .rule = "Table 3, example 6: iUPD, iCPD, anything",
     .visits = {{.day = 0, {100}}, {.day = 42, {125}}, {.day = 84, {130}}, {.day = 126, {60}}, {.day = 168, {0}}},
     .responses = "iUPD iCPD iCPD iCPD",
     .best = "iCPD",
     .response = "none"},
    {.name = "irecist_best_example_7",
     .rule = "Table 3, example 7: iUPD, iUPD, iCPD, anything",
     .visits = {{.day = 0, {100}}, {.day = 42, {125}}, {.day = 84, {127}}, {.day = 126, {132}}, {.day = 168, {0}}},
     .responses = "iUPD iUPD iCPD iCPD",
     .best = "iCPD",
     .progression = "42 confirmed progressed"},
    {.name = "irecist_best_example_8",
     .rule = "Table 3, example 8: iUPD, NE, NE, NE, NE",
     .visits = {{.day = 0, {100}},
                {.day = 42, {125}},
                {.day = 84, {NAN}},
                {.day = 126, {NAN}},
                {.day = 168, {NAN}},
                {.day = 210, {NAN}}},
     .responses = "iUPD NE NE NE NE",
     .best = "iUPD",
     .progression = "42 progressed"},
    {.name = "irecist_best_with_confirmed_response",
     .rule = "Table 3, note: where confirmation of iCR and iPR is required; an iUPD in between does not confirm",
     .rules = {.confirmation_days = 28},
     .visits = {{.day = 0, {100}}, {.day = 42, {60}}, {.day = 84, {75}}, {.day = 126, {60}}, {.day = 168, {60}}},
     .responses = "iPR iUPD iPR iPR",
     .best = "iPR",
     .confirmed = "iPR",
     .days = "126 - 168 -"},
    {.name = "irecist_best_sd_too_short",
     .rule = "As RECIST 1.1: iSD has to last its minimum",
     .rules = {.minimum_stable_days = 42},
     .visits = {{.day = 0, {100}}, {.day = 28, {90}}, {.day = 56, {130}}, {.day = 84, {135}}},
     .responses = "iSD iUPD iCPD",
     .best = "iCPD"},
};

static const struct response_case survival_cases[] = {
    {.name = "irecist_date_is_of_the_first_upd",
     .rule = "Date of progression: the first iUPD, when it is confirmed",
     .visits = {{.day = 0, {100}}, {.day = 42, {90}}, {.day = 84, {125}}, {.day = 126, {125}}, {.day = 168, {130}}},
     .responses = "iSD iUPD iUPD iCPD",
     .progression = "84 confirmed progressed",
     .pfs = "84 event",
     .days = "- - 168 168"},
    {.name = "irecist_date_when_never_confirmed",
     .rule = "Date of progression: the iUPD, when all that follow are iUPD or there is no other",
     .visits = {{.day = 0, {100}}, {.day = 42, {90}}, {.day = 84, {125}}, {.day = 126, {126}}},
     .responses = "iSD iUPD iUPD",
     .best = "iSD",
     .pfs = "84 event"},
    {.name = "irecist_date_of_a_disregarded_upd",
     .rule = "Date of progression: an iUPD followed by iSD, iPR or iCR is not used",
     .visits = {{.day = 0, {100}}, {.day = 42, {125}}, {.day = 84, {110}}, {.day = 126, {110}}},
     .responses = "iUPD iSD iSD",
     .pfs = "126 censored"},
    {.name = "irecist_death_after_upd",
     .rule = "Date of progression: the iUPD, when the patient dies before the next scan",
     .death_day = 60,
     .visits = {{.day = 0, {100}}, {.day = 42, {125}}},
     .responses = "iUPD",
     .pfs = "42 event"},
    {.name = "irecist_death_after_a_disregarded_upd",
     .rule = "iPFS: death is an event",
     .death_day = 100,
     .visits = {{.day = 0, {100}}, {.day = 42, {125}}, {.day = 84, {60}}},
     .responses = "iUPD iPR",
     .progression = "84 censored",
     .pfs = "100 event",
     .response = "84 to 100 ended"},
    {.name = "irecist_new_therapy_at_confirmation",
     .rule = "A scan on the day a therapy begins comes before it; so does death",
     .censor_day = 84,
     .death_day = 84,
     .visits = {{.day = 0, {100}}, {.day = 42, {125}}, {.day = 84, {130}}},
     .responses = "iUPD iCPD",
     .progression = "42 confirmed progressed",
     .days = "- - 84 84"},
    {.name = "irecist_death_on_the_day_of_new_therapy",
     .rule = "As a scan on that day: it counts",
     .censor_day = 84,
     .death_day = 84,
     .visits = {{.day = 0, {100}}, {.day = 42, {90}}},
     .responses = "iSD",
     .pfs = "84 event"},
    {.name = "irecist_new_therapy_before_confirmation",
     .rule = "New therapy after iUPD: what follows neither confirms nor undoes it",
     .censor_day = 50,
     .visits = {{.day = 0, {100}}, {.day = 42, {125}}, {.day = 84, {60}}},
     .responses = "iUPD iPR",
     .best = "iUPD",
     .at_horizon = "iUPD",
     .progression = "42 progressed",
     .depth = "0.25 on 42"},
};

static void test_best_overall_response(void **state)
{
    (void)state;
    assert_int_equal(irecist_cases_fail(best_cases, sizeof best_cases / sizeof *best_cases), 0);
}

static void test_progression_free_survival(void **state)
{
    (void)state;
    assert_int_equal(irecist_cases_fail(survival_cases, sizeof survival_cases / sizeof *survival_cases), 0);
}

/* ---- Against RECIST 1.1 on any course --------------------------------------------------------------- */

enum { COURSES = 20000, LONG = 12 };

static double next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005U + 1442695040888963407U;
    return (double)(*seed >> 11) / 9007199254740992.0;
}

/* The note of Table 2: until progression by RECIST 1.1 both say the same, iUPD begins with it, and iRECIST never has
 * progression earlier, nor a worse best response. iCPD is for good. */
static void check_course(const double *diameters, int *progressed, int *later)
{
    const struct irecist_rules rules = {{.detection_limit_mm = 2}, 28, 56};
    struct recist recist;
    struct irecist irecist;
    bool confirmed = false;
    const struct recist_visit baseline = {.diameters_mm = diameters};
    recist_begin(&recist, &rules.recist, NULL, 1, &baseline);
    irecist_begin(&irecist, &rules, NULL, 1, &baseline);
    for (int index = 1; index < LONG; index++) {
        const struct recist_visit visit = {.day = 42 * index, .diameters_mm = diameters + index};
        const bool before = !recist.outcome.progressed;
        const char *name = response_name(recist_add(&recist, &visit));
        const enum iresponse iresponse = irecist_add(&irecist, &visit);
        const char *iname = iresponse_name(iresponse);
        if (before && strcmp(name, "PD") == 0)
            assert_string_equal(iname, "iUPD");
        else if (before)
            assert_string_equal(iname[0] == 'i' ? iname + 1 : iname, name);
        assert_true(!confirmed || iresponse == IRESPONSE_CONFIRMED);
        confirmed = iresponse == IRESPONSE_CONFIRMED;
    }
    assert_true(!irecist.outcome.progressed || recist.outcome.progressed);
    assert_true(irecist.outcome.progression_day >= recist.outcome.progression_day);
    if (recist.outcome.best <= RESPONSE_STABLE)
        assert_true((int)irecist.outcome.best <= (int)recist.outcome.best);
    *progressed += recist.outcome.progressed;
    *later += irecist.outcome.progression_day > recist.outcome.progression_day;
}

static void test_against_recist(void **state)
{
    (void)state;
    uint64_t seed = 20170302;
    int progressed = 0, later = 0;
    for (int course = 0; course < COURSES; course++) {
        double diameters[LONG] = {20 + 80 * next_random(&seed)};
        double size = diameters[0];
        for (int index = 1; index < LONG; index++) {
            size *= 0.7 + 0.65 * next_random(&seed);
            diameters[index] = next_random(&seed) < 0.05 ? (double)NAN : size;
        }
        check_course(diameters, &progressed, &later);
    }
    assert_in_range(progressed, COURSES / 4, COURSES - 1);
    assert_in_range(later, COURSES / 10, COURSES - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_best_overall_response),
        cmocka_unit_test(test_progression_free_survival),
        cmocka_unit_test(test_against_recist),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
