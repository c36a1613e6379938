/* Best overall response, durations and censoring by RECIST 1.1. Expected values are worked out by hand from Eisenhauer
 * 2009 (doi:10.1016/j.ejca.2008.10.026), whose sections and tables are named. One target of 100 mm; 0 mm is CR, 60 mm
 * PR, 80 mm SD and 130 mm PD (from baseline), NaN a missed visit. docs/response.md lists the cases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "tests/response_cases.h"

/* As the paper has them: SD of at least 6 weeks, confirmation after 4. */
enum { MINIMUM_SD = 42, FOUR_WEEKS = 28 };

static const struct response_case best_cases[] = {
    {.name = "best_of_all_time_points",
     .rule = "4.4.3, the paper's example: SD, then PR, then PD is PR",
     .visits = {{.day = 0, {100}}, {.day = 42, {80}}, {.day = 84, {60}}, {.day = 126, {130}}},
     .responses = "SD PR PD",
     .best = "PR"},
    {.name = "best_is_before_progression",
     .rule = "4.4.3: up to progression",
     .visits = {{.day = 0, {100}}, {.day = 42, {80}}, {.day = 84, {130}}, {.day = 126, {0}}},
     .responses = "SD PD CR",
     .best = "SD",
     .at_horizon = "PD"},
    {.name = "best_sd_too_short_then_pd",
     .rule = "4.4.3, the paper's example: SD that misses the minimum, then PD, is PD",
     .rules = {.minimum_stable_days = MINIMUM_SD},
     .visits = {{.day = 0, {100}}, {.day = 28, {80}}, {.day = 56, {130}}},
     .responses = "SD PD",
     .best = "PD"},
    {.name = "best_sd_too_short_then_lost",
     .rule = "4.4.3, the paper's example: the same patient lost to follow-up is not evaluable",
     .rules = {.minimum_stable_days = MINIMUM_SD},
     .visits = {{.day = 0, {100}}, {.day = 28, {80}}},
     .responses = "SD",
     .best = "NE"},
    {.name = "best_sd_at_the_minimum",
     .rule = "4.4.3: SD at least once at the minimum interval from baseline",
     .rules = {.minimum_stable_days = MINIMUM_SD},
     .visits = {{.day = 0, {100}}, {.day = 28, {80}}, {.day = 42, {80}}, {.day = 84, {130}}},
     .responses = "SD SD PD",
     .best = "SD"},
    {.name = "best_sd_without_minimum",
     .rule = "4.4.3: the minimum is the protocol's",
     .visits = {{.day = 0, {100}}, {.day = 7, {80}}, {.day = 14, {130}}},
     .responses = "SD PD",
     .best = "SD"},
    {.name = "best_pr_before_the_minimum",
     .rule = "4.4.3: the minimum is for SD; PR at 4 weeks is PR",
     .rules = {.minimum_stable_days = MINIMUM_SD},
     .visits = {{.day = 0, {100}}, {.day = 28, {60}}, {.day = 56, {130}}},
     .responses = "PR PD",
     .best = "PR"},
    {.name = "best_non_cr_non_pd_too_short",
     .rule = "4.4.3 with Table 2: the minimum is also for non-CR/non-PD",
     .rules = {.minimum_stable_days = MINIMUM_SD},
     .without_targets = true,
     .visits = {{.day = 0, {0}, NT_PRESENT}, {.day = 28, {0}, NT_PRESENT}},
     .responses = "NON-CR/NON-PD",
     .best = "NE"},
    {.name = "best_without_any_visit",
     .rule = "4.4.2: nothing to evaluate",
     .visits = {{.day = 0, {100}}},
     .responses = "",
     .best = "NE",
     .at_horizon = "SD",
     .progression = "0 censored"},
    {.name = "best_pd_after_missed_visits",
     .rule = "4.4.3: NE, then PD",
     .visits = {{.day = 0, {100}}, {.day = 42, {NAN}}, {.day = 84, {130}}},
     .responses = "NE PD",
     .best = "PD"},
};

static const struct response_case table_3_cases[] = {
    {.name = "table_3_cr_cr",
     .rule = "Table 3: CR, CR is CR",
     .rules = {.minimum_stable_days = MINIMUM_SD, .confirmation_days = FOUR_WEEKS},
     .visits = {{.day = 0, {100}}, {.day = 42, {0}}, {.day = 84, {0}}},
     .responses = "CR CR",
     .confirmed = "CR",
     .days = "42 42 84"},
    {.name = "table_3_cr_pr_is_pr",
     .rule = "Table 3, note a: the first was PR in truth, so PR, PR is PR",
     .rules = {.minimum_stable_days = MINIMUM_SD, .confirmation_days = FOUR_WEEKS},
     .visits = {{.day = 0, {100}}, {.day = 42, {0}}, {.day = 84, {4}}},
     .responses = "CR PR",
     .best = "CR",
     .confirmed = "PR"},
    {.name = "table_3_cr_pr_is_sd",
     .rule = "Table 3, note a: a true CR makes the second PD; SD when the minimum for it was met",
     .rules = {.minimum_stable_days = MINIMUM_SD, .confirmation_days = FOUR_WEEKS, .reappearance_is_pd = true},
     .visits = {{.day = 0, {100}}, {.day = 42, {0}}, {.day = 84, {4}}},
     .responses = "CR PD",
     .confirmed = "SD"},
    {.name = "table_3_cr_pr_is_pd",
     .rule = "Table 3, note a: as above, PD when it was not",
     .rules = {.minimum_stable_days = MINIMUM_SD, .confirmation_days = FOUR_WEEKS, .reappearance_is_pd = true},
     .visits = {{.day = 0, {100}}, {.day = 28, {0}}, {.day = 84, {4}}},
     .responses = "CR PD",
     .confirmed = "PD"},
    {.name = "table_3_cr_sd",
     .rule = "Table 3: CR, SD is SD provided the minimum is met",
     .rules = {.minimum_stable_days = MINIMUM_SD, .confirmation_days = FOUR_WEEKS},
     .targets = 2,
     .nodes = {true, true},
     .visits = {{.day = 0, {15, 15}}, {.day = 42, {9.9, 9.9}}, {.day = 84, {12, 12}}},
     .responses = "CR SD",
     .confirmed = "SD"},
    {.name = "table_3_cr_pd_late",
     .rule = "Table 3: CR, PD is SD provided the minimum is met",
     .rules = {.minimum_stable_days = MINIMUM_SD, .confirmation_days = FOUR_WEEKS},
     .visits = {{.day = 0, {100}}, {.day = 42, {0}}, {.day = 84, {130}}},
     .responses = "CR PD",
     .best = "CR",
     .confirmed = "SD"},
    {.name = "table_3_cr_pd_early",
     .rule = "Table 3: CR, PD is otherwise PD",
     .rules = {.minimum_stable_days = MINIMUM_SD, .confirmation_days = FOUR_WEEKS},
     .visits = {{.day = 0, {100}}, {.day = 28, {0}}, {.day = 84, {130}}},
     .responses = "CR PD",
     .confirmed = "PD"},
    {.name = "table_3_cr_ne_late",
     .rule = "Table 3: CR, NE is SD provided the minimum is met",
     .rules = {.minimum_stable_days = MINIMUM_SD, .confirmation_days = FOUR_WEEKS},
     .visits = {{.day = 0, {100}}, {.day = 42, {0}}, {.day = 84, {NAN}}},
     .responses = "CR NE",
     .confirmed = "SD"},
    {.name = "table_3_cr_ne_early",
     .rule = "Table 3: CR, NE is otherwise NE",
     .rules = {.minimum_stable_days = MINIMUM_SD, .confirmation_days = FOUR_WEEKS},
     .visits = {{.day = 0, {100}}, {.day = 28, {0}}, {.day = 84, {NAN}}},
     .responses = "CR NE",
     .confirmed = "NE"},
    {.name = "table_3_pr_cr",
     .rule = "Table 3: PR, CR is PR",
     .rules = {.minimum_stable_days = MINIMUM_SD, .confirmation_days = FOUR_WEEKS},
     .visits = {{.day = 0, {100}}, {.day = 42, {60}}, {.day = 84, {0}}},
     .responses = "PR CR",
     .best = "CR",
     .confirmed = "PR"},
    {.name = "table_3_pr_pr",
     .rule = "Table 3: PR, PR is PR",
     .rules = {.minimum_stable_days = MINIMUM_SD, .confirmation_days = FOUR_WEEKS},
     .visits = {{.day = 0, {100}}, {.day = 42, {60}}, {.day = 84, {60}}},
     .responses = "PR PR",
     .confirmed = "PR"},
    {.name = "table_3_pr_sd",
     .rule = "Table 3: PR, SD is SD",
     .rules = {.minimum_stable_days = MINIMUM_SD, .confirmation_days = FOUR_WEEKS},
     .visits = {{.day = 0, {100}}, {.day = 42, {68}}, {.day = 84, {80}}},
     .responses = "PR SD",
     .best = "PR",
     .confirmed = "SD"},
    {.name = "table_3_pr_pd_late",
     .rule = "Table 3: PR, PD is SD provided the minimum is met",
     .rules = {.minimum_stable_days = MINIMUM_SD, .confirmation_days = FOUR_WEEKS},
     .visits = {{.day = 0, {100}}, {.day = 42, {60}}, {.day = 84, {130}}},
     .responses = "PR PD",
     .confirmed = "SD"},
    {.name = "table_3_pr_pd_early",
     .rule = "Table 3: PR, PD is otherwise PD",
     .rules = {.minimum_stable_days = MINIMUM_SD, .confirmation_days = FOUR_WEEKS},
     .visits = {{.day = 0, {100}}, {.day = 28, {60}}, {.day = 84, {130}}},
     .responses = "PR PD",
     .confirmed = "PD"},
    {.name = "table_3_pr_ne_late",
     .rule = "Table 3: PR, NE is SD provided the minimum is met",
     .rules = {.minimum_stable_days = MINIMUM_SD, .confirmation_days = FOUR_WEEKS},
     .visits = {{.day = 0, {100}}, {.day = 42, {60}}, {.day = 84, {NAN}}},
     .responses = "PR NE",
     .confirmed = "SD"},
    {.name = "table_3_pr_ne_early",
     .rule = "Table 3: PR, NE is otherwise NE",
     .rules = {.minimum_stable_days = MINIMUM_SD, .confirmation_days = FOUR_WEEKS},
     .visits = {{.day = 0, {100}}, {.day = 28, {60}}, {.day = 84, {NAN}}},
     .responses = "PR NE",
     .confirmed = "NE"},
    {.name = "table_3_ne_ne",
     .rule = "Table 3: NE, NE is NE",
     .rules = {.minimum_stable_days = MINIMUM_SD, .confirmation_days = FOUR_WEEKS},
     .visits = {{.day = 0, {100}}, {.day = 42, {NAN}}, {.day = 84, {NAN}}},
     .responses = "NE NE",
     .confirmed = "NE"},
};

static const struct response_case confirmation_cases[] = {
    {.name = "confirmation_not_before_4_weeks",
     .rule = "4.6.1: no less than 4 weeks after the criteria were first met",
     .rules = {.confirmation_days = FOUR_WEEKS},
     .visits = {{.day = 0, {100}}, {.day = 42, {60}}, {.day = 69, {60}}},
     .responses = "PR PR",
     .best = "PR",
     .confirmed = "SD",
     .days = "- - 69"},
    {.name = "confirmation_at_4_weeks_of_the_first",
     .rule = "4.6.1: from when the criteria were first met, over a visit in between",
     .rules = {.confirmation_days = FOUR_WEEKS},
     .visits = {{.day = 0, {100}}, {.day = 42, {60}}, {.day = 56, {60}}, {.day = 70, {60}}},
     .responses = "PR PR PR",
     .confirmed = "PR",
     .days = "42 - 70"},
    {.name = "confirmation_over_one_missed_visit",
     .rule = "4.4.4: PR, NE, PR is reasonably a confirmed response",
     .rules = {.confirmation_days = FOUR_WEEKS, .missed_in_confirmation = 1},
     .visits = {{.day = 0, {100}}, {.day = 42, {60}}, {.day = 84, {NAN}}, {.day = 126, {60}}},
     .responses = "PR NE PR",
     .confirmed = "PR",
     .days = "42 - 126"},
    {.name = "confirmation_not_over_missed_visit_unless_allowed",
     .rule = "4.4.4: the protocol decides; Table 3: PR, NE is SD",
     .rules = {.confirmation_days = FOUR_WEEKS},
     .visits = {{.day = 0, {100}}, {.day = 42, {60}}, {.day = 84, {NAN}}, {.day = 126, {60}}},
     .responses = "PR NE PR",
     .confirmed = "SD"},
    {.name = "confirmation_not_over_two_missed_visits",
     .rule = "4.4.4: repeated NE, of which one is allowed here",
     .rules = {.confirmation_days = FOUR_WEEKS, .missed_in_confirmation = 1},
     .visits = {{.day = 0, {100}}, {.day = 42, {60}}, {.day = 84, {NAN}}, {.day = 126, {NAN}}, {.day = 168, {60}}},
     .responses = "PR NE NE PR",
     .confirmed = "SD"},
    {.name = "confirmation_not_over_sd",
     .rule = "Table 3: PR, SD is SD; the PR after it needs one of its own",
     .rules = {.confirmation_days = FOUR_WEEKS},
     .visits = {{.day = 0, {100}}, {.day = 42, {68}}, {.day = 84, {75}}, {.day = 126, {68}}},
     .responses = "PR SD PR",
     .confirmed = "SD"},
    {.name = "confirmation_of_a_second_pr",
     .rule = "4.6.1: after PR, SD, a PR that is confirmed; it counts from its own day",
     .rules = {.confirmation_days = FOUR_WEEKS},
     .visits = {{.day = 0, {100}}, {.day = 42, {68}}, {.day = 84, {75}}, {.day = 126, {68}}, {.day = 168, {65}}},
     .responses = "PR SD PR PR",
     .confirmed = "PR",
     .days = "126 - 168"},
    {.name = "confirmation_of_cr_after_pr",
     .rule = "Table 3: PR, CR is PR, and with another CR it is CR",
     .rules = {.confirmation_days = FOUR_WEEKS},
     .visits = {{.day = 0, {100}}, {.day = 42, {60}}, {.day = 84, {0}}, {.day = 126, {0}}},
     .responses = "PR CR CR",
     .confirmed = "CR",
     .days = "42 84 126"},
    {.name = "confirmation_not_after_progression",
     .rule = "4.4.3: what comes after progression confirms nothing",
     .rules = {.confirmation_days = FOUR_WEEKS},
     .visits = {{.day = 0, {100}}, {.day = 42, {60}}, {.day = 84, {75}}, {.day = 126, {60}}},
     .responses = "PR PD PR",
     .best = "PR",
     .confirmed = "SD"},
};

static const struct response_case duration_cases[] = {
    {.name = "duration_of_response_to_progression",
     .rule = "4.6.2: from when CR or PR, whichever is first, is met, to progression",
     .visits = {{.day = 0, {100}}, {.day = 42, {60}}, {.day = 84, {0}}, {.day = 126, {20}}},
     .responses = "PR CR PD",
     .response = "42 to 126 ended",
     .progression = "126 progressed",
     .days = "42 84 126"},
    {.name = "duration_of_response_censored",
     .rule = "4.6.2: no progression; censored at the last assessment",
     .visits = {{.day = 0, {100}}, {.day = 42, {60}}, {.day = 84, {60}}, {.day = 126, {NAN}}},
     .responses = "PR PR NE",
     .response = "42 to 84 censored",
     .progression = "84 censored",
     .pfs = "84 censored"},
    {.name = "duration_of_response_none",
     .rule = "4.6.2: of responders alone",
     .visits = {{.day = 0, {100}}, {.day = 42, {80}}, {.day = 84, {130}}, {.day = 126, {60}}},
     .responses = "SD PD PR",
     .response = "none",
     .days = "- - 126"},
    {.name = "duration_of_stable_disease",
     .rule = "4.6.3: from the start of treatment to progression",
     .visits = {{.day = 0, {100}}, {.day = 42, {90}}, {.day = 84, {90}}, {.day = 126, {110}}},
     .responses = "SD SD PD",
     .best = "SD",
     .progression = "126 progressed",
     .pfs = "126 event"},
    {.name = "progression_does_not_un_happen",
     .rule = "4.4.3 and 4.7: progression is of the first PD, whatever follows",
     .visits = {{.day = 0, {100}}, {.day = 42, {130}}, {.day = 84, {60}}, {.day = 126, {80}}},
     .responses = "PD PR PD",
     .best = "PD",
     .at_horizon = "PD",
     .progression = "42 progressed",
     .pfs = "42 event",
     .response = "none"},
    {.name = "death_without_progression",
     .rule = "4.7: PFS ends with progression or death; so does the response; time to progression is censored",
     .death_day = 100,
     .visits = {{.day = 0, {100}}, {.day = 42, {60}}, {.day = 84, {60}}},
     .responses = "PR PR",
     .progression = "84 censored",
     .pfs = "100 event",
     .response = "42 to 100 ended"},
    {.name = "death_after_progression",
     .rule = "4.7: the first of both counts",
     .death_day = 100,
     .visits = {{.day = 0, {100}}, {.day = 42, {80}}, {.day = 84, {130}}},
     .responses = "SD PD",
     .pfs = "84 event"},
    {.name = "depth_of_response",
     .rule = "4.3.1 and 4.9: change of the sum from baseline; the smallest of all visits and its first day",
     .visits = {{.day = 0, {100}}, {.day = 42, {60}}, {.day = 84, {50}}, {.day = 126, {50}}, {.day = 168, {70}}},
     .responses = "PR PR PR PD",
     .depth = "-0.50 on 84"},
    {.name = "depth_after_progression",
     .rule = "Waterfall plots: the smallest of all visits, here after pseudo-progression",
     .visits = {{.day = 0, {100}}, {.day = 42, {130}}, {.day = 84, {25}}},
     .responses = "PD PR",
     .depth = "-0.75 on 84"},
    {.name = "depth_when_all_grow",
     .rule = "Waterfall plots: a bar upwards; a visit with lesions missing has no sum",
     .targets = 2,
     .visits = {{.day = 0, {50, 50}}, {.day = 42, {60, 55}}, {.day = 84, {10, NAN}}},
     .responses = "SD NE",
     .depth = "0.15 on 42"},
};

static const struct response_case censoring_cases[] = {
    {.name = "new_therapy_after_progression",
     .rule = "4.7: progression before it counts",
     .censor_day = 100,
     .visits = {{.day = 0, {100}}, {.day = 42, {60}}, {.day = 84, {80}}, {.day = 126, {130}}},
     .responses = "PR PD PD",
     .best = "PR",
     .progression = "84 progressed"},
    {.name = "new_therapy_hides_later_progression",
     .rule = "4.7 and usual practice: censored at the last assessment before",
     .censor_day = 100,
     .visits = {{.day = 0, {100}}, {.day = 42, {60}}, {.day = 84, {NAN}}, {.day = 126, {130}}},
     .responses = "PR NE PD",
     .progression = "42 censored",
     .pfs = "42 censored",
     .response = "42 to 42 censored",
     .at_horizon = "NE",
     .days = "42 - 42"},
    {.name = "new_therapy_hides_later_response",
     .rule = "4.4.3: what a new therapy did is no best response, nor depth",
     .censor_day = 100,
     .visits = {{.day = 0, {100}}, {.day = 42, {90}}, {.day = 84, {80}}, {.day = 126, {0}}},
     .responses = "SD SD CR",
     .best = "SD",
     .depth = "-0.20 on 84",
     .at_horizon = "SD"},
    {.name = "new_therapy_at_progression",
     .rule = "A scan on the day a therapy begins comes before it: the progression counts",
     .censor_day = 84,
     .visits = {{.day = 0, {100}}, {.day = 42, {80}}, {.day = 84, {130}}, {.day = 126, {60}}},
     .responses = "SD PD PR",
     .best = "SD",
     .progression = "84 progressed",
     .depth = "-0.20 on 42"},
    {.name = "new_therapy_before_any_assessment",
     .rule = "4.7 and usual practice: censored at baseline",
     .censor_day = 20,
     .visits = {{.day = 0, {100}}, {.day = 42, {130}}},
     .responses = "PD",
     .best = "NE",
     .progression = "0 censored"},
    {.name = "death_on_the_day_of_new_therapy",
     .rule = "As a visit on that day: it counts",
     .censor_day = 100,
     .death_day = 100,
     .visits = {{.day = 0, {100}}, {.day = 42, {80}}},
     .responses = "SD",
     .pfs = "100 event"},
    {.name = "death_after_new_therapy",
     .rule = "4.7 and usual practice: censored before",
     .censor_day = 100,
     .death_day = 110,
     .visits = {{.day = 0, {100}}, {.day = 42, {80}}, {.day = 84, {80}}},
     .responses = "SD SD",
     .pfs = "84 censored"},
};

static void test_best_overall_response(void **state)
{
    (void)state;
    assert_int_equal(recist_cases_fail(best_cases, sizeof best_cases / sizeof *best_cases), 0);
}

static void test_table_3(void **state)
{
    (void)state;
    assert_int_equal(recist_cases_fail(table_3_cases, sizeof table_3_cases / sizeof *table_3_cases), 0);
}

static void test_confirmation(void **state)
{
    (void)state;
    assert_int_equal(recist_cases_fail(confirmation_cases, sizeof confirmation_cases / sizeof *confirmation_cases), 0);
}

static void test_durations(void **state)
{
    (void)state;
    assert_int_equal(recist_cases_fail(duration_cases, sizeof duration_cases / sizeof *duration_cases), 0);
}

static void test_censoring(void **state)
{
    (void)state;
    assert_int_equal(recist_cases_fail(censoring_cases, sizeof censoring_cases / sizeof *censoring_cases), 0);
}

/* ---- Every sequence of six visits ------------------------------------------------------------------- */

enum { SIX = 6 };

/* Whether some response no worse than `worst` is seen again after four weeks, with nothing but such responses and at
 * most so many missed visits between: word by word, over all pairs. */
static bool confirmed_by_pairs(const enum response *responses, int count, int interval, int missed_allowed,
                               enum response worst)
{
    for (int first = 0; first < count; first++)
        for (int second = first + 1; second < count; second++) {
            int missed = 0;
            bool confirms = (second - first) * interval >= FOUR_WEEKS;
            for (int visit = first; visit <= second; visit++) {
                const bool inside = visit > first && visit < second;
                if (inside && responses[visit] == RESPONSE_NOT_EVALUABLE)
                    missed++;
                else
                    confirms &= responses[visit] <= worst;
            }
            if (confirms && missed <= missed_allowed)
                return true;
        }
    return false;
}

static enum response best_by_pairs(const enum response *responses, int interval, int missed_allowed)
{
    int count = 0;
    bool stable = false;
    while (count < SIX && responses[count] != RESPONSE_PROGRESSIVE) {
        stable |= responses[count] <= RESPONSE_STABLE && (count + 1) * interval >= MINIMUM_SD;
        count++;
    }
    if (confirmed_by_pairs(responses, count, interval, missed_allowed, RESPONSE_COMPLETE))
        return RESPONSE_COMPLETE;
    if (confirmed_by_pairs(responses, count, interval, missed_allowed, RESPONSE_PARTIAL))
        return RESPONSE_PARTIAL;
    if (stable)
        return RESPONSE_STABLE;
    return count < SIX ? RESPONSE_PROGRESSIVE : RESPONSE_NOT_EVALUABLE;
}

static enum response best_by_visits(const enum response *responses, int interval, const struct recist_rules *rules)
{
    struct recist_best best;
    recist_best_begin(&best, true);
    for (int visit = 0; visit < SIX; visit++) {
        const int day = (visit + 1) * interval;
        if (responses[visit] == RESPONSE_PROGRESSIVE)
            return recist_best_confirmed(&best, rules, RESPONSE_PROGRESSIVE);
        recist_best_add(&best, rules, day, day, responses[visit]);
    }
    return recist_best_confirmed(&best, rules, RESPONSE_NOT_EVALUABLE);
}

static void test_every_sequence(void **state)
{
    (void)state;
    static const int intervals[] = {14, 27, 28};
    int differ = 0, sequences = 0;
    for (size_t i = 0; i < sizeof intervals / sizeof *intervals; i++)
        for (int missed = 0; missed <= RECIST_MAXIMUM_MISSED; missed++)
            for (int number = 0; number < 15625; number++) { /* five to the six */
                const struct recist_rules rules = {.minimum_stable_days = MINIMUM_SD,
                                                   .confirmation_days = FOUR_WEEKS,
                                                   .missed_in_confirmation = missed};
                enum response responses[SIX];
                for (int visit = 0, rest = number; visit < SIX; visit++, rest /= 5)
                    responses[visit] = (enum response)(rest % 5);
                differ +=
                    best_by_visits(responses, intervals[i], &rules) != best_by_pairs(responses, intervals[i], missed);
                sequences++;
            }
    assert_int_equal(sequences, 3 * 4 * 15625);
    assert_int_equal(differ, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_best_overall_response),
        cmocka_unit_test(test_table_3),
        cmocka_unit_test(test_confirmation),
        cmocka_unit_test(test_durations),
        cmocka_unit_test(test_censoring),
        cmocka_unit_test(test_every_sequence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
