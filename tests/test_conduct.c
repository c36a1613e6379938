/* When drugs are given: treatments that begin and end with what visits find, one after another, or are put off. What is
 * expected follows from the protocols' words. Visits are every six weeks unless a trial says otherwise. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "conducted.h"
#include "input_files.h"

/* From baseline 60 mm. */
static const struct condition stable[] = {{0, {30, 20, 10}, 0}, {.day = INFINITY}};
/* 72 mm, a fifth more, is there from day 50 on and so is seen on day 84. */
static const struct condition progresses[] = {{0, {30, 20, 10}, 0}, {50, {36, 24, 12}, 0}, {.day = INFINITY}};

static const char *const head = "until: 252 d\nimaging: {every: 42 d}\narms:\n- name: a\n  treatments:\n";

static struct conducted conducted;

/* Conducts an arm of these treatments. */
static void treat(const char *treatments, const struct condition *conditions)
{
    char text[3000];
    snprintf(text, sizeof text, "%s%s", head, treatments);
    conducted_by(text, conditions, &conducted);
}

static void until_progression_ends_at_the_visit_that_finds_it(void **unused)
{
    (void)unused;
    static const char drug[] =
        "  - {drug: pembrolizumab, dose: 200 mg, start: 0 d, every: 3 week, until: progression}\n";
    treat(drug, progresses);
    /* The dose due on the day of the visit waits for what it finds. */
    conducted_assert_days(&conducted, 0, "0 21 42 63");
    assert_int_equal(conducted.doses, 4);
    treat(drug, stable); /* without progression, to the end of the trial: the last before day 252 */
    conducted_assert_days(&conducted, 0, "0 21 42 63 84 105 126 147 168 189 210 231");
    /* 19.9 % above the nadir is no progression, nor are 4.9 mm. */
    treat(drug, (const struct condition[]){{0, {30, 20, 10}, 0}, {50, {30, 20, 21.9}, 0}, {.day = INFINITY}});
    assert_int_equal(conducted.doses, 12);
    treat(drug, (const struct condition[]){{0, {10, 5, 5}, 0}, {50, {10, 5, 9.9}, 0}, {.day = INFINITY}});
    assert_int_equal(conducted.doses, 12);
    /* The nadir counts, not the baseline: 40 mm on day 42, 48 mm on day 84. */
    treat(drug, (const struct condition[]){
                    {0, {30, 20, 10}, 0}, {30, {20, 15, 5}, 0}, {50, {24, 18, 6.01}, 0}, {.day = INFINITY}});
    assert_int_equal(conducted.doses, 4);
}

static void treatment_goes_on_beyond_progression_where_it_is_not_told_to_end(void **unused)
{
    (void)unused;
    treat("  - {drug: pembrolizumab, dose: 200 mg, start: 0 d, every: 3 week, doses: 12}\n", progresses);
    assert_int_equal(conducted.doses, 12);
}

/* A second visit in a row with progression confirms it. */
static void confirmed_progression_takes_a_second_visit(void **unused)
{
    (void)unused;
    static const char drug[] =
        "  - {drug: pembrolizumab, dose: 200 mg, start: 0 d, every: 3 week, until: confirmed progression}\n";
    treat(drug, progresses);
    conducted_assert_days(&conducted, 0, "0 21 42 63 84 105");
    treat(drug, (const struct condition[]){
                    {0, {30, 20, 10}, 0}, {50, {36, 24, 12}, 0}, {90, {25, 15, 5}, 0}, {.day = INFINITY}});
    assert_int_equal(conducted.doses, 12);
}

static void complete_response_ends_what_it_is_said_to(void **unused)
{
    (void)unused;
    treat("  - {drug: pembrolizumab, dose: 200 mg, start: 0 d, every: 3 week, "
          "until: [progression, complete response]}\n",
          (const struct condition[]){{0, {30, 20, 10}, 0}, {50, {1, 1, 1}, 0}, {.day = INFINITY}});
    conducted_assert_days(&conducted, 0, "0 21 42 63");
}

/* 12 weeks of a dose every three weeks are four doses; a year of one every two weeks is 26 (PACIFIC). */
static void a_duration_counts_from_the_first_dose(void **unused)
{
    (void)unused;
    treat("  - {drug: pembrolizumab, dose: 200 mg, start: 10 d, every: 3 week, for: 12 week}\n", stable);
    conducted_assert_days(&conducted, 0, "10 31 52 73");
    conducted_by("until: 500 d\nimaging: {every: 42 d}\narms:\n- name: a\n  treatments:\n"
                 "  - {drug: durvalumab, dose: 10 mg/kg, start: 0 d, every: 2 week, for: 52 week}\n",
                 stable, &conducted);
    assert_int_equal(conducted.doses, 26);
    assert_int_equal(conducted.stops, 0); /* nothing to decide */
}

static void loading_doses_come_first(void **unused)
{
    (void)unused;
    treat("  - {drug: nivolumab, dose: [480 mg, 360 mg, 240 mg], start: 1 d, every: [1 week, 2 week, 3 week], "
          "doses: 6}\n",
          stable);
    conducted_assert_days(&conducted, 0, "1 8 22 43 64 85");
    const double mg[] = {480, 360, 240, 240, 240, 240};
    for (size_t i = 0; i < 6; i++)
        assert_true(fabs(conducted.given[i].mg - mg[i]) < 1e-9);
    treat("  - {drug: nivolumab, dose: [6 mg/kg, 3 mg/kg], start: 0 d, every: 2 week, doses: 3}\n", stable);
    assert_true(fabs(conducted.given[0].mg - 480) < 1e-9 && fabs(conducted.given[2].mg - 240) < 1e-9);
}

/* ---- One after another ------------------------------------------------------------------------------ */

static void what_comes_after_counts_from_the_end_of_the_last_dose(void **unused)
{
    (void)unused;
    treat("  - {id: first, drug: nivolumab, dose: 240 mg, start: 0 d, every: 2 week, doses: 3, over: 1 d}\n"
          "  - {drug: pembrolizumab, dose: 200 mg, after: {block: first, lag: 7 d}, every: 3 week, doses: 2}\n",
          stable);
    conducted_assert_days(&conducted, 1, "36 57");
    treat("  - {id: rt, radiotherapy: 8 Gy, fractions: 3, start: 4 d, every: 2 d}\n"
          "  - {drug: pembrolizumab, dose: 200 mg, after: rt, every: 3 week, doses: 2}\n",
          stable);
    conducted_assert_days(&conducted, 0, "8 29");
}

/* The first is ended on day 84, its last dose was on day 63: a lag of 30 d is over on day 93, one of 7 d was over
 * before the decision, which is then waited for. */
static void what_comes_after_comes_sooner_when_the_first_is_ended(void **unused)
{
    (void)unused;
    static const char *const text =
        "  - {id: first, drug: nivolumab, dose: 240 mg, start: 0 d, every: 3 week, doses: 10, until: progression}\n"
        "  - {drug: pembrolizumab, dose: 200 mg, after: {block: first, lag: %s}, every: 3 week, doses: 2}\n";
    char treatments[500];
    snprintf(treatments, sizeof treatments, text, "30 d");
    treat(treatments, progresses);
    conducted_assert_days(&conducted, 0, "0 21 42 63");
    conducted_assert_days(&conducted, 1, "93 114");
    treat(treatments, stable);
    conducted_assert_days(&conducted, 1, "219 240");
    snprintf(treatments, sizeof treatments, text, "7 d");
    treat(treatments, progresses);
    conducted_assert_days(&conducted, 1, "84 105");
}

/* Progression after the last dose does not put off what was to come after it. */
static void what_is_over_cannot_be_ended(void **unused)
{
    (void)unused;
    treat("  - {id: first, drug: nivolumab, dose: 240 mg, start: 0 d, every: 3 week, doses: 3, until: progression}\n"
          "  - {drug: pembrolizumab, dose: 200 mg, after: {block: first, lag: 60 d}}\n",
          progresses);
    conducted_assert_days(&conducted, 1, "102");
}

static void what_never_begins_is_not_followed(void **unused)
{
    (void)unused;
    static const char treatments[] = "  - {id: rescue, drug: nivolumab, dose: 240 mg, when: progression}\n"
                                     "  - {id: second, drug: pembrolizumab, dose: 200 mg, after: rescue}\n"
                                     "  - {drug: ipilimumab, dose: 50 mg, after: second}\n";
    treat(treatments, stable);
    assert_int_equal(conducted.count, 0);
    treat(treatments, progresses);
    conducted_assert_days(&conducted, 2, "84");
    /* A first dose put off for ever. */
    static const struct condition depleted[] = {{0, {30, 20, 10}, 300}, {.day = INFINITY}};
    treat("  - {id: first, drug: nivolumab, dose: 240 mg, start: 0 d, every: 3 week, doses: 3, "
          "delay: {lymphocytes_below: 500 cell/uL, by: 7 d, at_most: 14 d}}\n"
          "  - {drug: pembrolizumab, dose: 200 mg, after: first}\n",
          depleted);
    assert_int_equal(conducted.count, 0);
}

/* As in trials of consolidation: those who progress under induction get no maintenance. */
static void maintenance_is_for_those_who_have_not_progressed(void **unused)
{
    (void)unused;
    static const char treatments[] =
        "  - {id: induction, drug: nivolumab, dose: 240 mg, start: 0 d, every: 3 week, doses: 5}\n"
        "  - {drug: pembrolizumab, dose: 200 mg, after: {block: induction, lag: 3 week}, every: 3 week, "
        "unless: progression, until: progression}\n";
    treat(treatments, stable);
    conducted_assert_days(&conducted, 0, "0 21 42 63 84");
    conducted_assert_days(&conducted, 1, "105 126 147 168 189 210 231");
    treat(treatments, progresses);
    conducted_assert_days(&conducted, 0, "0 21 42 63 84");
    conducted_assert_days(&conducted, 1, "");
    /* Progression once maintenance has begun ends it. */
    treat(treatments, (const struct condition[]){{0, {30, 20, 10}, 0}, {127, {36, 24, 12}, 0}, {.day = INFINITY}});
    conducted_assert_days(&conducted, 1, "105 126 147");
}

/* What waits for a response until progression does not begin with one after it; what comes after such a one is not
 * ended on its own: it follows when that begins. */
static void progression_ends_waiting_for_an_event(void **unused)
{
    (void)unused;
    static const struct condition late[] = {
        {0, {30, 20, 10}, 0}, {50, {36, 24, 12}, 0}, {100, {10, 10, 10}, 0}, {.day = INFINITY}};
    treat("  - {drug: nivolumab, dose: 240 mg, when: response, every: 3 week, until: progression}\n", late);
    assert_int_equal(conducted.count, 0);
    treat("  - {drug: nivolumab, dose: 240 mg, when: response, every: 3 week, doses: 2}\n", late);
    conducted_assert_days(&conducted, 0, "126 147");
    treat("  - {id: n, drug: nivolumab, dose: 240 mg, when: progression, every: 3 week, doses: 2}\n"
          "  - {drug: pembrolizumab, dose: 200 mg, after: n, every: 3 week, doses: 2, until: progression}\n",
          late);
    conducted_assert_days(&conducted, 0, "84 105");
    conducted_assert_days(&conducted, 1, "105 126");
}

/* ---- Delays ----------------------------------------------------------------------------------------- */

/* Doses every three weeks from day 0; too few lymphocytes on day 21, and on day 28. */
static void delays_add_up_and_move_all_that_follows(void **unused)
{
    (void)unused;
    static const struct condition low[] = {
        {0, {30, 20, 10}, 0}, {20, {30, 20, 10}, 400}, {30, {30, 20, 10}, 501}, {.day = INFINITY}};
    treat("  - {id: first, drug: nivolumab, dose: 240 mg, start: 0 d, every: 3 week, doses: 3, "
          "delay: {lymphocytes_below: 500 cell/uL, by: 7 d, at_most: 14 d}}\n"
          "  - {drug: pembrolizumab, dose: 200 mg, after: {block: first, lag: 10 d}}\n",
          low);
    conducted_assert_days(&conducted, 0, "0 35 56");
    conducted_assert_days(&conducted, 1, "66"); /* 10 d after the last one, wherever that came to lie */
    /* Beyond at_most in all, the treatment ends; what comes after it does so. */
    treat("  - {id: first, drug: nivolumab, dose: 240 mg, start: 0 d, every: 3 week, doses: 3, "
          "delay: {lymphocytes_below: 500 cell/uL, by: 7 d, at_most: 7 d}}\n"
          "  - {drug: pembrolizumab, dose: 200 mg, after: {block: first, lag: 10 d}}\n",
          low);
    conducted_assert_days(&conducted, 0, "0");
    conducted_assert_days(&conducted, 1, "28"); /* when that was decided */
}

/* Treatment for a time ends then, delayed or not; that to a number of doses is given in full. */
static void delays_do_not_lengthen_a_duration(void **unused)
{
    (void)unused;
    static const struct condition low[] = {
        {0, {30, 20, 10}, 0}, {20, {30, 20, 10}, 400}, {27, {30, 20, 10}, 0}, {.day = INFINITY}};
    treat("  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 3 week, for: 9 week, "
          "delay: {lymphocytes_below: 500 cell/uL, by: 7 d, at_most: 28 d}}\n",
          low);
    conducted_assert_days(&conducted, 0, "0 28 49");
    treat("  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 3 week, for: 7 week, "
          "delay: {lymphocytes_below: 500 cell/uL, by: 7 d, at_most: 28 d}}\n",
          low);
    conducted_assert_days(&conducted, 0, "0 28");
}

/* ---- Infusions -------------------------------------------------------------------------------------- */

/* Infusions of four days begin two days before visits and run across them, also when the visit ends the treatment. */
static void infusions_across_visits_deliver_all(void **unused)
{
    (void)unused;
    treat("  - {drug: nivolumab, dose: 240 mg, start: 40 d, every: 3 week, until: progression, over: 4 d}\n"
          "  - {drug: pembrolizumab, dose: 200 mg, start: 41 d, over: 90 d}\n",
          progresses);
    assert_int_equal(conducted.doses, 3 + 1); /* days 40, 61 and 82 */
    assert_true(fabs(conducted.infused_mg[0] / (3 * 240) - 1) < 1e-12);
    assert_true(fabs(conducted.infused_mg[1] / 200 - 1) < 1e-12); /* across three visits */
}

/* ---- Switching -------------------------------------------------------------------------------------- */

static const char *const two_arms =
    "until: 252 d\nimaging: {every: 42 d}\narms:\n"
    "- name: a\n  treatments:\n"
    "  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 3 week, doses: 12}\n"
    "  - {drug: nivolumab, dose: 100 mg, start: 83 d, over: 4 d}\n"
    "  - {radiotherapy: 2 Gy, fractions: 2, start: 2 d}\n"
    "  at_progression: {switch_to: b, lag: 7 d}\n"
    "- name: b\n  treatments:\n"
    "  - {drug: pembrolizumab, dose: 200 mg, start: 3 d, every: 3 week, until: progression}\n"
    "  - {radiotherapy: 3 Gy, fractions: 2, start: 1 d}\n"
    "  - {radiotherapy: 8 Gy, when: progression, lesions: progressed}\n";

static void switching_replaces_all_treatments(void **unused)
{
    (void)unused;
    conducted_by(two_arms, stable, &conducted);
    assert_int_equal(conducted.switches, 0);
    assert_int_equal(conducted.doses, 13);
    /* Progression on day 84 is switched at; 75 mm on day 126 are within a fifth of that day's 72, and 90 on day 168 are
     * not. Lesion 1 alone has grown by a fifth of what it was at the switch. */
    static const struct condition twice[] = {
        {0, {30, 20, 10}, 0}, {50, {36, 24, 12}, 0}, {90, {39, 24, 12}, 0}, {130, {36, 42, 12}, 0}, {.day = INFINITY}};
    conducted_by(two_arms, twice, &conducted);
    assert_int_equal(conducted.switches, 1);
    conducted_assert_days(&conducted, 1, "94 115 136 157");
    conducted_assert_days(&conducted, -1, "2 3 92 93 168");
    assert_true(fabs(conducted.infused_mg[0] / 100 - 1) < 1e-12); /* what was running is given in full */
    int last = -1;
    for (size_t i = 0; i < conducted.count; i++) {
        const struct given *given = &conducted.given[i];
        if (given->drug < 0 && given->day == 168)
            assert_int_equal(given->fraction.lesion, 1);
        if (given->drug == 0)
            assert_true(given->day <= 84); /* 84: the infusion that runs on */
        if (given->drug < 0 && given->fraction.gray == 2)
            last = given->fraction.course;
        if (given->drug < 0 && given->fraction.gray == 3)
            assert_true(given->fraction.course != last && last >= 0); /* fields of different courses differ */
    }
}

/* Arms may switch back and forth. At every visit from day 10 to day 80 the sum has grown by a quarter; each line begins
 * two infusions of 95 d, all of which run on. */
static void infusions_of_many_lines_run_on(void **unused)
{
    (void)unused;
    static const char *const text = "until: 200 d\nimaging: {every: 10 d}\narms:\n"
                                    "- name: a\n  treatments:\n"
                                    "  - {drug: nivolumab, dose: 240 mg, start: 0 d, over: 95 d}\n"
                                    "  - {drug: pembrolizumab, dose: 200 mg, start: 1 d, over: 95 d}\n"
                                    "  at_progression: {switch_to: b}\n"
                                    "- name: b\n  treatments:\n"
                                    "  - {drug: nivolumab, dose: 100 mg, start: 0 d, over: 95 d}\n"
                                    "  - {drug: pembrolizumab, dose: 50 mg, start: 1 d, over: 95 d}\n"
                                    "  at_progression: {switch_to: a}\n";
    struct condition grows[10];
    for (int i = 0; i < 9; i++) {
        const double factor = pow(1.25, i);
        grows[i] = (struct condition){10 * i, {20 * factor, 15 * factor, 10 * factor}, 0};
    }
    grows[9] = (struct condition){.day = INFINITY};
    conducted_by(text, grows, &conducted);
    assert_int_equal(conducted.switches, 8);
    assert_int_equal(conducted.doses, 2 * 9);
    assert_true(fabs(conducted.infused_mg[0] / (5 * 240 + 4 * 100) - 1) < 1e-12);
    assert_true(fabs(conducted.infused_mg[1] / (5 * 200 + 4 * 50) - 1) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(until_progression_ends_at_the_visit_that_finds_it),
        cmocka_unit_test(treatment_goes_on_beyond_progression_where_it_is_not_told_to_end),
        cmocka_unit_test(confirmed_progression_takes_a_second_visit),
        cmocka_unit_test(complete_response_ends_what_it_is_said_to),
        cmocka_unit_test(a_duration_counts_from_the_first_dose),
        cmocka_unit_test(loading_doses_come_first),
        cmocka_unit_test(what_comes_after_counts_from_the_end_of_the_last_dose),
        cmocka_unit_test(what_comes_after_comes_sooner_when_the_first_is_ended),
        cmocka_unit_test(what_is_over_cannot_be_ended),
        cmocka_unit_test(what_never_begins_is_not_followed),
        cmocka_unit_test(maintenance_is_for_those_who_have_not_progressed),
        cmocka_unit_test(progression_ends_waiting_for_an_event),
        cmocka_unit_test(delays_add_up_and_move_all_that_follows),
        cmocka_unit_test(delays_do_not_lengthen_a_duration),
        cmocka_unit_test(infusions_across_visits_deliver_all),
        cmocka_unit_test(switching_replaces_all_treatments),
        cmocka_unit_test(infusions_of_many_lines_run_on),
    };
    return cmocka_run_group_tests(tests, input_folder_make, input_folder_remove);
}
