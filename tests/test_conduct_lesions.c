/* Radiotherapy that waits for what visits find: when it is given, how often, and to which lesions. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "conducted.h"
#include "input_files.h"

static struct conducted conducted;

/* Conducts an arm of these treatments, with visits every six weeks. */
static void treat(const char *treatments, const struct condition *conditions)
{
    char text[3000];
    snprintf(text, sizeof text, "until: 252 d\nimaging: {every: 42 d}\narms:\n- name: a\n  treatments:\n%s",
             treatments);
    conducted_by(text, conditions, &conducted);
}

static const char *const salvage = "  - {radiotherapy: 12.5 Gy, fractions: 3, every: 2 d, when: {event: progression, "
                                   "lag: 7 d}, lesions: progressed}\n";

static void salvage_begins_once_a_lag_after_progression(void **unused)
{
    (void)unused;
    treat(salvage, (const struct condition[]){{0, {30, 20, 10}, 0}, {.day = INFINITY}});
    assert_int_equal(conducted.count, 0);
    /* 60, 52 (day 42), 65 (day 84: progression), 80 (day 126: a second one, which is not the first). */
    treat(salvage, (const struct condition[]){{0, {30, 20, 10}, 0},
                                              {40, {24, 18, 10}, 0},
                                              {50, {24, 29, 12}, 0},
                                              {90, {30, 36, 14}, 0},
                                              {.day = INFINITY}});
    conducted_assert_days(&conducted, -1, "91 93 95");
    conducted_assert_lesions(&conducted, "1");
    assert_int_equal(conducted.fractions, 3);
}

/* Each from its own nadir: lesion 0 by 24 % and 6 mm (its nadir is not its baseline), lesion 1 by 30 % but 3 mm, lesion
 * 2 by 6 mm but 15 %. */
static void progressed_lesions_are_measured_from_their_own_nadirs(void **unused)
{
    (void)unused;
    treat(salvage, (const struct condition[]){
                       {0, {35, 10, 40}, 0}, {40, {25, 10, 40}, 0}, {80, {31, 13, 46}, 0}, {.day = INFINITY}});
    /* 75 mm at the nadir, 90 mm now */
    conducted_assert_lesions(&conducted, "0");
    /* Two that did. */
    treat(salvage, (const struct condition[]){{0, {20, 20, 20}, 0}, {80, {26, 10, 40}, 0}, {.day = INFINITY}});
    conducted_assert_lesions(&conducted, "02");
}

/* The sum grows by 9.5 mm, a third; no lesion by 5 mm. */
static void without_any_that_progressed_that_which_grew_most_is_treated(void **unused)
{
    (void)unused;
    treat(salvage, (const struct condition[]){{0, {8, 9, 10}, 0}, {80, {11, 13.5, 12}, 0}, {.day = INFINITY}});
    conducted_assert_lesions(&conducted, "1");
    assert_int_equal(conducted.fractions, 3);
}

/* Oligo-progression: only in those with few lesions left. */
static void salvage_may_ask_for_few_lesions(void **unused)
{
    (void)unused;
    static const char few[] =
        "  - {radiotherapy: 8 Gy, when: {event: progression, remaining: 2}, lesions: progressed}\n";
    treat(few, (const struct condition[]){{0, {30, 20, 10}, 0}, {80, {40, 20, 14}, 0}, {.day = INFINITY}});
    assert_int_equal(conducted.count, 0);
    treat(few, (const struct condition[]){
                   {0, {30, 20, 10}, 0}, {40, {30, 20, 1}, 0}, {80, {45, 20, 1}, 0}, {.day = INFINITY}});
    conducted_assert_days(&conducted, -1, "84");
    conducted_assert_lesions(&conducted, "0");
}

static const char *const consolidation =
    "  - {drug: nivolumab, dose: 240 mg, start: 0 d}\n"
    "  - {radiotherapy: 8 Gy, fractions: 3, when: {event: best response, remaining: 2}, lesions: remaining}\n";

/* Shrinks by more than a twentieth from visit to visit until day 84, and no more by day 126. Lesion 2 is gone then. */
static void consolidation_comes_at_best_response_to_what_is_left(void **unused)
{
    (void)unused;
    treat(consolidation, (const struct condition[]){{0, {30, 20, 10}, 0},
                                                    {40, {22, 15, 5}, 0},
                                                    {80, {18, 12, 1}, 0},
                                                    {120, {18, 11.5, 1}, 0},
                                                    {.day = INFINITY}});
    conducted_assert_days(&conducted, -1, "126 127 128");
    conducted_assert_lesions(&conducted, "01");
    /* Three are left at best response, two later, when another visit finds no further shrinking. */
    treat(consolidation, (const struct condition[]){{0, {30, 20, 10}, 0},
                                                    {40, {22, 15, 5}, 0},
                                                    {150, {22, 15, 1.9}, 0},
                                                    {190, {22, 15, 1.9}, 0},
                                                    {.day = INFINITY}});
    conducted_assert_days(&conducted, -1, "210 211 212");
    conducted_assert_lesions(&conducted, "01");
}

static void consolidation_is_not_for_those_who_progress(void **unused)
{
    (void)unused;
    treat(consolidation, (const struct condition[]){
                             {0, {30, 20, 1}, 0}, {40, {22, 15, 1}, 0}, {80, {30, 20, 1}, 0}, {.day = INFINITY}});
    conducted_assert_days(&conducted, -1, "");
    /* Nor is anything given, or counted, where nothing can be seen. */
    treat(consolidation, (const struct condition[]){{0, {30, 20, 1}, 0}, {40, {1, 1, 1}, 0}, {.day = INFINITY}});
    assert_int_equal(conducted.fractions, 0);
}

static void responses_begin_what_waits_for_them(void **unused)
{
    (void)unused;
    static const struct condition responds[] = {
        {0, {30, 20, 10}, 0}, {40, {22, 15, 6}, 0}, {80, {20, 15, 6}, 0}, {120, {1, 1, 1}, 0}, {.day = INFINITY}};
    treat("  - {radiotherapy: 8 Gy, when: response}\n", responds); /* 41 mm of 60 on day 84 */
    conducted_assert_days(&conducted, -1, "84");
    conducted_assert_lesions(&conducted, "0"); /* the largest, unless the file says otherwise */
    treat("  - {drug: nivolumab, dose: 240 mg, when: {event: complete response, lag: 3 d}}\n", responds);
    conducted_assert_days(&conducted, 0, "129");
}

/* ---- Which lesions ---------------------------------------------------------------------------------- */

static void lesions_are_chosen_by_size(void **unused)
{
    (void)unused;
    static const struct condition sizes[] = {{0, {20, 30, 10}, 0}, {.day = INFINITY}};
    static const struct condition one_gone[] = {{0, {20, 30, 0}, 0}, {.day = INFINITY}};
    static const struct condition all_gone[] = {{0, {1, 1.5, 0}, 0}, {.day = INFINITY}};
    static const struct {
        const char *choice;
        const struct condition *conditions;
        const char *lesions;
    } cases[] = {
        {"largest", sizes, "1"},
        {"smallest", sizes, "2"},
        {"all", sizes, "012"},
        {"remaining", sizes, "012"},
        {"[1, 3]", sizes, "02"},
        {"[2, 5]", sizes, "1"},      /* the patient has no fifth one */
        {"smallest", one_gone, "0"}, /* of those that there are */
        {"remaining", one_gone, "01"},
        {"largest", one_gone, "1"},
        {"{largest: 1}", sizes, "1"},
        {"{largest: 2}", sizes, "01"},
        {"{largest: 3}", sizes, "012"},
        {"{largest: 5}", sizes, "012"}, /* all, when there are fewer */
        {"{smallest: 1}", sizes, "2"},
        {"{smallest: 2}", sizes, "02"},
        {"{smallest: 5}", sizes, "012"},
        {"{largest: 3}", one_gone, "01"},
        {"{smallest: 3}", one_gone, "01"}, /* what can be seen */
        {"{smallest: 1}", one_gone, "0"},
        {"{largest: 3}", all_gone, "1"},
        {"{smallest: 2}", all_gone, "1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char treatments[200];
        snprintf(treatments, sizeof treatments, "  - {radiotherapy: 8 Gy, start: 0 d, lesions: %s}\n", cases[i].choice);
        treat(treatments, cases[i].conditions);
        conducted_assert_lesions(&conducted, cases[i].lesions);
        assert_int_equal(conducted.fractions, 1); /* of the patient, however many lesions */
    }
}

/* 30, 20 and 25 mm at baseline, 24, 46 and 23 mm at the visit that finds progression. */
static void the_largest_are_those_at_planning(void **unused)
{
    (void)unused;
    static const struct condition conditions[] = {{0, {30, 20, 25}, 0}, {80, {24, 46, 23}, 0}, {.day = INFINITY}};
    treat("  - {radiotherapy: 8 Gy, start: 90 d, lesions: {largest: 2}}\n", conditions);
    conducted_assert_lesions(&conducted, "02");
    treat("  - {radiotherapy: 8 Gy, when: {event: progression, lag: 6 d}, lesions: {largest: 2}}\n", conditions);
    conducted_assert_days(&conducted, -1, "90");
    conducted_assert_lesions(&conducted, "01");
    treat("  - {radiotherapy: 8 Gy, when: progression, lesions: {smallest: 2}}\n", conditions);
    conducted_assert_lesions(&conducted, "02");
    /* Of equal ones the first. */
    treat("  - {radiotherapy: 8 Gy, start: 0 d, lesions: {smallest: 2}}\n",
          (const struct condition[]){{0, {20, 20, 20}, 0}, {.day = INFINITY}});
    conducted_assert_lesions(&conducted, "01");
}

/* COSINR: tumours above 65 cm3, spheres of 49.9 mm, are irradiated in part. */
static void large_lesions_may_be_covered_in_part(void **unused)
{
    (void)unused;
    static const struct condition sizes[] = {{0, {49, 51, 10}, 0}, {.day = INFINITY}};
    treat("  - {radiotherapy: 8 Gy, start: 0 d, lesions: all, coverage: {share: 60 %, above: 65 mL}}\n", sizes);
    assert_int_equal(conducted.count, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct fraction *fraction = &conducted.given[i].fraction;
        assert_true(fraction->coverage == (fraction->lesion == 1 ? 0.6 : 1));
    }
    treat("  - {radiotherapy: 8 Gy, start: 0 d, lesions: all, coverage: 60 %}\n", sizes);
    for (size_t i = 0; i < 3; i++)
        assert_true(conducted.given[i].fraction.coverage == 0.6);
}

/* Nodes are irradiated once a fraction, with however many lesions. */
static void nodes_lie_in_one_field(void **unused)
{
    (void)unused;
    treat("  - {radiotherapy: 2 Gy, fractions: 5, start: 0 d, lesions: all, nodes: true}\n",
          (const struct condition[]){{0, {30, 20, 10}, 0}, {.day = INFINITY}});
    int nodes = 0;
    for (size_t i = 0; i < conducted.count; i++)
        nodes += conducted.given[i].fraction.nodes;
    assert_int_equal(conducted.count, 15);
    assert_int_equal(nodes, 5);
}

/* Day 0 is a Monday. Progression is found on Monday, day 84; five days later is a Saturday. */
static void weekdays_hold_for_salvage_too(void **unused)
{
    (void)unused;
    treat("  - {radiotherapy: 4 Gy, fractions: 6, weekdays: true, when: {event: progression, lag: 5 d}}\n",
          (const struct condition[]){{0, {30, 20, 10}, 0}, {50, {36, 24, 12}, 0}, {.day = INFINITY}});
    conducted_assert_days(&conducted, -1, "91 92 93 94 95 98");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(salvage_begins_once_a_lag_after_progression),
        cmocka_unit_test(progressed_lesions_are_measured_from_their_own_nadirs),
        cmocka_unit_test(without_any_that_progressed_that_which_grew_most_is_treated),
        cmocka_unit_test(salvage_may_ask_for_few_lesions),
        cmocka_unit_test(consolidation_comes_at_best_response_to_what_is_left),
        cmocka_unit_test(consolidation_is_not_for_those_who_progress),
        cmocka_unit_test(responses_begin_what_waits_for_them),
        cmocka_unit_test(lesions_are_chosen_by_size),
        cmocka_unit_test(the_largest_are_those_at_planning),
        cmocka_unit_test(large_lesions_may_be_covered_in_part),
        cmocka_unit_test(nodes_lie_in_one_field),
        cmocka_unit_test(weekdays_hold_for_salvage_too),
    };
    return cmocka_run_group_tests(tests, input_folder_make, input_folder_remove);
}
