/* Responses at a time point by RECIST 1.1. Expected values are worked out by hand from Eisenhauer 2009
 * (doi:10.1016/j.ejca.2008.10.026), whose sections and tables are named, and from the answers of the RECIST working
 * group (recist.eortc.org). Diameters are in mm; lesions below 2 mm are gone. docs/response.md lists the cases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "tests/response_cases.h"

static const struct response_case target_cases[] = {
    {.name = "cr_all_targets_gone",
     .rule = "4.3.1 CR: disappearance of all target lesions",
     .targets = 2,
     .visits = {{.day = 0, {30, 20}}, {.day = 42, {0, 0}}},
     .responses = "CR"},
    {.name = "cr_not_with_one_target_left",
     .rule = "4.3.1 CR: all target lesions",
     .targets = 2,
     .visits = {{.day = 0, {30, 20}}, {.day = 42, {0, 5}}},
     .responses = "PR"},
    {.name = "cr_node_below_10_mm",
     .rule = "4.3.1 and 4.3.2: nodes below 10 mm short axis are normal, so the sum of a CR need not be 0",
     .targets = 2,
     .nodes = {false, true},
     .visits = {{.day = 0, {20, 18}}, {.day = 42, {0, 9.9}}},
     .responses = "CR"},
    {.name = "cr_not_with_node_of_10_mm",
     .rule = "4.3.1 CR: nodes must have a short axis below 10 mm",
     .targets = 2,
     .nodes = {false, true},
     .visits = {{.day = 0, {20, 18}}, {.day = 42, {0, 10}}},
     .responses = "PR"},
    {.name = "cr_of_nodes_alone",
     .rule = "4.3.2: CR with nodes of 9 mm each, a fall of 47 % only",
     .targets = 2,
     .nodes = {true, true},
     .visits = {{.day = 0, {16, 18}}, {.day = 42, {9, 9}}},
     .responses = "CR"},
    {.name = "cr_not_by_organ_lesion_below_10_mm",
     .rule = "4.3.1 CR: the 10 mm are for nodes alone",
     .targets = 2,
     .nodes = {false, true},
     .visits = {{.day = 0, {20, 30}}, {.day = 42, {9, 9}}},
     .responses = "PR"},
    {.name = "cr_nodes_stay_normal",
     .rule = "4.3.2: nodes below 10 mm are not disease, even when their sum has grown by 18 mm",
     .targets = 3,
     .nodes = {true, true, true},
     .visits = {{.day = 0, {15, 15, 15}}, {.day = 42, {3, 3, 3}}, {.day = 84, {9, 9, 9}}},
     .responses = "CR CR"},
    {.name = "node_counts_when_normal",
     .rule = "4.4.4: nodes are recorded when normal in order not to overstate progression: 20 to 25 mm of the organ "
             "lesion alone would be PD",
     .targets = 2,
     .nodes = {false, true},
     .visits = {{.day = 0, {40, 20}}, {.day = 42, {20, 8}}, {.day = 84, {25, 8}}},
     .responses = "PR PR"},
    {.name = "pr_at_30_percent",
     .rule = "4.3.1 PR: at least a 30 % decrease of the sum",
     .targets = 2,
     .visits = {{.day = 0, {60, 40}}, {.day = 42, {42, 28}}},
     .responses = "PR"},
    {.name = "sd_short_of_30_percent",
     .rule = "4.3.1 SD: not enough shrinkage to qualify for PR",
     .targets = 2,
     .visits = {{.day = 0, {60, 40}}, {.day = 42, {42, 28.1}}},
     .responses = "SD"},
    {.name = "pr_of_the_sum_not_of_each",
     .rule = "4.3.1 PR: the sum counts, though one lesion has grown",
     .targets = 2,
     .visits = {{.day = 0, {60, 20}}, {.day = 42, {20, 30}}},
     .responses = "PR"},
    {.name = "pr_from_baseline_not_from_nadir",
     .rule = "4.3.1 PR: reference is the baseline sum, here also after a nadir of 60",
     .visits = {{.day = 0, {100}}, {.day = 42, {60}}, {.day = 84, {69}}},
     .responses = "PR PR"},
    {.name = "sd_after_pr",
     .rule = "4.3.1 SD (as corrected by the working group): neither PR from baseline nor PD from nadir",
     .visits = {{.day = 0, {100}}, {.day = 42, {68}}, {.day = 84, {75}}},
     .responses = "PR SD"},
    {.name = "pd_at_20_percent_and_5_mm",
     .rule = "4.3.1 PD: at least 20 % and 5 mm",
     .visits = {{.day = 0, {25}}, {.day = 42, {30}}},
     .responses = "PD"},
    {.name = "pd_not_below_5_mm",
     .rule = "4.3.1 PD: an absolute increase of at least 5 mm too (+23 %, +4.6 mm)",
     .visits = {{.day = 0, {20}}, {.day = 42, {24.6}}},
     .responses = "SD"},
    {.name = "pd_not_below_20_percent",
     .rule = "4.3.1 PD: a relative increase of at least 20 % (+19 %, +19 mm)",
     .visits = {{.day = 0, {100}}, {.day = 42, {119}}},
     .responses = "SD"},
    {.name = "pd_from_nadir",
     .rule = "4.3.1 PD: reference is the smallest sum on study; PD at 40 % below baseline",
     .visits = {{.day = 0, {100}}, {.day = 42, {50}}, {.day = 84, {60}}},
     .responses = "PR PD"},
    {.name = "pd_from_baseline_when_that_is_smallest",
     .rule = "4.3.1 PD: the smallest sum includes the baseline",
     .visits = {{.day = 0, {50}}, {.day = 42, {55}}, {.day = 84, {60}}},
     .responses = "SD PD"},
    {.name = "pd_by_small_steps",
     .rule = "4.3.1 PD: from the nadir, not from the last visit",
     .visits = {{.day = 0, {100}}, {.day = 42, {60}}, {.day = 84, {66}}, {.day = 126, {72}}},
     .responses = "PR PR PD"},
    {.name = "pd_is_described_at_later_visits_too",
     .rule = "4.4.1: each time point has its own response; the outcome stays progressive",
     .visits = {{.day = 0, {50}}, {.day = 42, {65}}, {.day = 84, {20}}, {.day = 126, {0}}},
     .responses = "PD PR CR",
     .best = "PD",
     .at_horizon = "PD",
     .progression = "42 progressed"},
};

static const struct response_case small_lesion_cases[] = {
    {.name = "too_small_counts_5_mm",
     .rule = "4.3.2: seen but too small to measure, 5 mm: from there to 9 mm is +4 mm, no PD",
     .rules = {.smallest_measure_mm = 5},
     .visits = {{.day = 0, {40}}, {.day = 42, {2.5}}, {.day = 84, {9}}},
     .responses = "PR PR"},
    {.name = "small_but_measured_counts_as_measured",
     .rule = "4.3.2: a lesion that can be measured is recorded as such, even below 5 mm: +6.5 mm is PD",
     .visits = {{.day = 0, {40}}, {.day = 42, {2.5}}, {.day = 84, {9}}},
     .responses = "PR PD"},
    {.name = "disappeared_counts_0_mm",
     .rule = "4.3.2: a lesion believed to have disappeared is 0 mm, here from 20 to 24.9 mm in all",
     .rules = {.smallest_measure_mm = 5},
     .targets = 2,
     .visits = {{.day = 0, {40, 20}}, {.day = 42, {1, 20}}, {.day = 84, {1.9, 24.9}}},
     .responses = "PR PR"},
    {.name = "too_small_begins_below_the_limit",
     .rule = "4.3.2: 3 mm can be measured here, and from there to 8 mm is PD",
     .rules = {.smallest_measure_mm = 3},
     .visits = {{.day = 0, {40}}, {.day = 42, {3}}, {.day = 84, {8}}},
     .responses = "PR PD"},
    {.name = "too_small_begins_where_lesions_are_seen",
     .rule = "4.3.2: 2 mm is seen here, so 5 mm, and from there to 9 mm is no PD",
     .rules = {.smallest_measure_mm = 3},
     .visits = {{.day = 0, {40}}, {.day = 42, {2}}, {.day = 84, {9}}},
     .responses = "PR PR"},
    {.name = "too_small_is_not_gone",
     .rule = "4.3.2: a lesion that is faintly seen is no CR",
     .rules = {.smallest_measure_mm = 5},
     .visits = {{.day = 0, {40}}, {.day = 42, {2}}},
     .responses = "PR"},
};

/* Targets of 60 + 40 mm: CR 0 + 0, PR 30 + 20, SD 60 + 38, PD 80 + 60. */
static const struct response_case table_1_cases[] = {
    {.name = "table_1_cr_cr",
     .rule = "Table 1: CR, CR, no",
     .targets = 2,
     .visits = {{.day = 0, {60, 40}, NT_PRESENT}, {.day = 42, {0, 0}, NT_CR}},
     .responses = "CR"},
    {.name = "table_1_cr_none",
     .rule = "Table 1, 'with or without non-target lesions': CR without any non-target lesion at baseline",
     .targets = 2,
     .visits = {{.day = 0, {60, 40}}, {.day = 42, {0, 0}}},
     .responses = "CR"},
    {.name = "table_1_cr_present",
     .rule = "Table 1: CR, non-CR/non-PD, no",
     .targets = 2,
     .visits = {{.day = 0, {60, 40}, NT_PRESENT}, {.day = 42, {0, 0}, NT_PRESENT}},
     .responses = "PR"},
    {.name = "table_1_cr_not_evaluated",
     .rule = "Table 1: CR, not evaluated, no",
     .targets = 2,
     .visits = {{.day = 0, {60, 40}, NT_PRESENT}, {.day = 42, {0, 0}, NT_NE}},
     .responses = "PR"},
    {.name = "table_1_pr_not_progressive",
     .rule = "Table 1: PR, non-PD, no",
     .targets = 2,
     .visits = {{.day = 0, {60, 40}, NT_PRESENT}, {.day = 42, {30, 20}, NT_PRESENT}, {.day = 84, {30, 20}, NT_CR}},
     .responses = "PR PR"},
    {.name = "table_1_pr_not_evaluated",
     .rule = "Table 1: PR, not all evaluated, no",
     .targets = 2,
     .visits = {{.day = 0, {60, 40}, NT_PRESENT}, {.day = 42, {30, 20}, NT_NE}},
     .responses = "PR"},
    {.name = "table_1_sd_not_progressive",
     .rule = "Table 1: SD, non-PD, no",
     .targets = 2,
     .visits = {{.day = 0, {60, 40}, NT_PRESENT}, {.day = 42, {60, 38}, NT_PRESENT}, {.day = 84, {60, 38}, NT_CR}},
     .responses = "SD SD"},
    {.name = "table_1_sd_not_evaluated",
     .rule = "Table 1: SD, not all evaluated, no",
     .targets = 2,
     .visits = {{.day = 0, {60, 40}, NT_PRESENT}, {.day = 42, {60, 38}, NT_NE}},
     .responses = "SD"},
    {.name = "table_1_not_evaluated",
     .rule = "Table 1: not all evaluated, non-PD, no",
     .targets = 2,
     .visits = {{.day = 0, {60, 40}, NT_PRESENT}, {.day = 42, {30, NAN}, NT_PRESENT}, {.day = 84, {NAN, NAN}, NT_CR}},
     .responses = "NE NE"},
    {.name = "table_1_pd_any",
     .rule = "Table 1: PD, any, yes or no",
     .targets = 2,
     .visits = {{.day = 0, {60, 40}, NT_PRESENT}, {.day = 42, {80, 60}, NT_CR}, {.day = 84, {90, 70}, NT_NE, 1}},
     .responses = "PD PD"},
    {.name = "table_1_non_target_pd",
     .rule = "Table 1: any, PD, yes or no",
     .targets = 2,
     .visits = {{.day = 0, {60, 40}, NT_PRESENT}, {.day = 42, {0, 0}, NT_PD}, {.day = 84, {NAN, NAN}, NT_PD, 1}},
     .responses = "PD PD",
     .progression = "42 progressed"},
    {.name = "table_1_new_lesion",
     .rule = "Table 1: any, any, yes",
     .targets = 2,
     .visits = {{.day = 0, {60, 40}, NT_PRESENT}, {.day = 42, {0, 0}, NT_CR, 1}, {.day = 84, {NAN, NAN}, NT_NE, 2}},
     .responses = "PD PD",
     .progression = "42 progressed"},
};

static const struct response_case table_2_cases[] = {
    {.name = "table_2_cr",
     .rule = "Table 2: CR, no",
     .without_targets = true,
     .visits = {{.day = 0, {0}, NT_PRESENT}, {.day = 42, {0}, NT_CR}},
     .responses = "CR",
     .best = "CR"},
    {.name = "table_2_present",
     .rule = "Table 2: non-CR/non-PD, no, and its note: preferred over SD",
     .without_targets = true,
     .visits = {{.day = 0, {0}, NT_PRESENT}, {.day = 42, {0}, NT_PRESENT}},
     .responses = "NON-CR/NON-PD",
     .best = "NON-CR/NON-PD",
     .at_horizon = "NON-CR/NON-PD"},
    {.name = "table_2_not_evaluated",
     .rule = "Table 2: not all evaluated, no",
     .without_targets = true,
     .visits = {{.day = 0, {0}, NT_PRESENT}, {.day = 42, {0}, NT_NE}},
     .responses = "NE",
     .best = "NE"},
    {.name = "table_2_pd",
     .rule = "Table 2: unequivocal PD, yes or no",
     .without_targets = true,
     .visits = {{.day = 0, {0}, NT_PRESENT}, {.day = 42, {0}, NT_PD}, {.day = 84, {0}, NT_PD, 1}},
     .responses = "PD PD",
     .best = "PD"},
    {.name = "table_2_new_lesion",
     .rule = "Table 2: any, yes",
     .without_targets = true,
     .visits = {{.day = 0, {0}, NT_PRESENT}, {.day = 42, {0}, NT_CR, 1}},
     .responses = "PD"},
};

static const struct response_case baseline_cases[] = {
    {.name = "baseline_with_targets",
     .rule = "4.2: nothing to compare with yet",
     .visits = {{.day = 0, {100}}},
     .responses = "",
     .best = "NE",
     .at_horizon = "SD",
     .depth = "none"},
    {.name = "baseline_without_targets",
     .rule = "4.2 with Table 2: non-target disease is there",
     .without_targets = true,
     .visits = {{.day = 0, {0}, NT_PRESENT}},
     .responses = "",
     .best = "NE",
     .at_horizon = "NON-CR/NON-PD",
     .depth = "none"},
};

static const struct response_case new_lesion_cases[] = {
    {.name = "new_lesion_though_the_sum_falls",
     .rule = "4.3.5: a new lesion is progression, whatever the targets do",
     .visits = {{.day = 0, {100}}, {.day = 42, {50}}, {.day = 84, {30}, NT_NONE, 1}},
     .responses = "PR PD",
     .best = "PR",
     .progression = "84 progressed"},
    {.name = "equivocal_lesion_confirmed_dates_back",
     .rule = "4.3.5: if repeat scans confirm a new lesion, progression is of the date of the initial scan",
     .visits = {{.day = 0, {100}}, {.day = 42, {95}, .suspected = true}, {.day = 84, {95}, NT_NONE, 1}},
     .responses = "SD PD",
     .best = "PD",
     .progression = "42 progressed"},
    {.name = "equivocal_lesion_not_confirmed",
     .rule = "4.3.5: follow-up clarifies that it is no new disease",
     .visits =
         {{.day = 0, {100}}, {.day = 42, {95}, .suspected = true}, {.day = 84, {95}}, {.day = 126, {95}, NT_NONE, 1}},
     .responses = "SD SD PD",
     .best = "SD",
     .progression = "126 progressed"},
    {.name = "equivocal_lesion_twice_then_confirmed",
     .rule = "4.3.5: the date is that of the scan that showed it first",
     .visits = {{.day = 0, {100}},
                {.day = 42, {95}},
                {.day = 84, {95}, .suspected = true},
                {.day = 126, {95}, .suspected = true},
                {.day = 168, {95}, NT_NONE, 1}},
     .responses = "SD SD SD PD",
     .progression = "84 progressed"},
    {.name = "response_after_suspicion_does_not_count",
     .rule = "4.4.3 with 4.3.5: the best response is one before progression, and that was on day 42",
     .visits = {{.day = 0, {100}}, {.day = 42, {65}, .suspected = true}, {.day = 84, {60}, NT_NONE, 1}},
     .responses = "PR PD",
     .best = "PD",
     .response = "none"},
    {.name = "non_target_suspicion_confirmed",
     .rule = "4.4.4: equivocal findings confirmed at the next assessment date back",
     .visits = {{.day = 0, {100}, NT_PRESENT},
                {.day = 42, {60}, NT_PRESENT},
                {.day = 84, {60}, NT_PRESENT, .suspected = true},
                {.day = 126, {60}, NT_PD}},
     .responses = "PR PR PD",
     .best = "PR",
     .progression = "84 progressed",
     .response = "42 to 84 ended"},
};

static const struct response_case missing_cases[] = {
    {.name = "pd_by_the_lesions_measured",
     .rule = "4.4.2, the paper's example: 50 mm in three lesions at baseline, 80 mm in two of them",
     .targets = 3,
     .visits = {{.day = 0, {20, 15, 15}}, {.day = 42, {40, 40, NAN}}},
     .responses = "PD",
     .progression = "42 progressed"},
    {.name = "ne_when_a_subset_is_measured",
     .rule = "4.4.2: a subset of measurements is usually not evaluable",
     .targets = 3,
     .visits = {{.day = 0, {20, 15, 15}}, {.day = 42, {10, 5, NAN}}},
     .responses = "NE",
     .best = "NE",
     .progression = "0 censored"},
    {.name = "ne_when_all_measured_are_gone",
     .rule = "4.4.2: the missing lesion might be there",
     .targets = 2,
     .visits = {{.day = 0, {20, 15}}, {.day = 42, {0, NAN}}},
     .responses = "NE"},
    {.name = "ne_when_nothing_is_measured",
     .rule = "4.4.2: no imaging at all",
     .targets = 2,
     .visits = {{.day = 0, {20, 15}}, {.day = 42, {NAN, NAN}}, {.day = 84, {20, 16}}},
     .responses = "NE SD",
     .progression = "84 censored"},
    {.name = "ne_is_no_nadir",
     .rule = "4.3.1 with 4.4.2: a sum with lesions missing is none: from 20 mm, 105 mm would be PD",
     .targets = 2,
     .visits = {{.day = 0, {50, 50}}, {.day = 42, {20, NAN}}, {.day = 84, {50, 55}}},
     .responses = "NE SD"},
    {.name = "pd_by_the_lesions_measured_from_nadir",
     .rule = "4.4.2 with 4.3.1: the measured sum is compared with the nadir",
     .targets = 2,
     .visits = {{.day = 0, {50, 50}}, {.day = 42, {20, 20}}, {.day = 84, {48, NAN}}, {.day = 126, {44, NAN}}},
     .responses = "PR PD NE"},
    {.name = "ne_without_baseline",
     .rule = "4.2: without a baseline sum there is no reference; new lesions are PD all the same (Table 1)",
     .targets = 2,
     .visits = {{.day = 0, {NAN, 50}}, {.day = 42, {20, 20}}, {.day = 84, {20, 90}}, {.day = 126, {0, 0}, NT_NONE, 1}},
     .responses = "NE NE PD",
     .best = "PD",
     .progression = "126 progressed"},
};

static const struct response_case reappearance_cases[] = {
    {.name = "reappearance_after_cr",
     .rule = "Table 3, note a: after a true CR any disease is PD",
     .rules = {.reappearance_is_pd = true},
     .targets = 2,
     .visits = {{.day = 0, {30, 20}}, {.day = 42, {0, 0}}, {.day = 84, {3, 0}}},
     .responses = "CR PD"},
    {.name = "reappearance_when_cr_is_taken_for_pr",
     .rule = "Table 3, note a: small lesions were likely still there and the patient had PR",
     .targets = 2,
     .visits = {{.day = 0, {30, 20}}, {.day = 42, {0, 0}}, {.day = 84, {3, 0}}},
     .responses = "CR PR"},
    {.name = "reappearance_of_one_lesion_before_cr",
     .rule = "Working group: lesions that reappear are PD only after CR or with the sum",
     .rules = {.reappearance_is_pd = true},
     .targets = 2,
     .visits = {{.day = 0, {30, 30}}, {.day = 42, {0, 30}}, {.day = 84, {4, 30}}},
     .responses = "PR PR"},
    {.name = "reappearance_of_a_node",
     .rule = "Working group: a node has reappeared when it is at least 10 mm",
     .rules = {.reappearance_is_pd = true},
     .targets = 2,
     .nodes = {false, true},
     .visits = {{.day = 0, {30, 20}}, {.day = 42, {0, 8}}, {.day = 84, {0, 9.5}}, {.day = 126, {0, 10}}},
     .responses = "CR CR PD"},
    {.name = "reappearance_of_non_target_disease",
     .rule = "Table 3, note a: any disease",
     .rules = {.reappearance_is_pd = true},
     .visits = {{.day = 0, {30}, NT_PRESENT}, {.day = 42, {0}, NT_CR}, {.day = 84, {0}, NT_PRESENT}},
     .responses = "CR PD"},
    {.name = "reappearance_seen_over_a_missed_visit",
     .rule = "Table 3, note a, with 4.4.2: a missed visit does not undo CR",
     .rules = {.reappearance_is_pd = true},
     .visits = {{.day = 0, {30}}, {.day = 42, {0}}, {.day = 84, {NAN}}, {.day = 126, {4}}},
     .responses = "CR NE PD"},
    {.name = "response_continues_until_pd",
     .rule = "Working group: 100, 70, 70, 80, 80 mm is PR throughout",
     .rules = {.response_continues = true},
     .visits = {{.day = 0, {100}},
                {.day = 42, {70}},
                {.day = 84, {70}},
                {.day = 126, {80}},
                {.day = 168, {80}},
                {.day = 210, {84}}},
     .responses = "PR PR PR PR PD",
     .progression = "210 progressed"},
    {.name = "response_continues_once_confirmed",
     .rule = "Working group: once PR has been assigned, and confirmed if required; Table 3: PR then SD is SD",
     .rules = {.response_continues = true, .confirmation_days = 28},
     .visits = {{.day = 0, {100}},
                {.day = 42, {70}},
                {.day = 84, {75}},
                {.day = 126, {70}},
                {.day = 168, {70}},
                {.day = 210, {75}}},
     .responses = "PR SD PR PR PR"},
};

static void test_targets(void **state)
{
    (void)state;
    assert_int_equal(recist_cases_fail(target_cases, sizeof target_cases / sizeof *target_cases), 0);
}

static void test_small_lesions(void **state)
{
    (void)state;
    assert_int_equal(recist_cases_fail(small_lesion_cases, sizeof small_lesion_cases / sizeof *small_lesion_cases), 0);
}

static void test_table_1(void **state)
{
    (void)state;
    assert_int_equal(recist_cases_fail(table_1_cases, sizeof table_1_cases / sizeof *table_1_cases), 0);
}

static void test_table_2(void **state)
{
    (void)state;
    assert_int_equal(recist_cases_fail(table_2_cases, sizeof table_2_cases / sizeof *table_2_cases), 0);
}

static void test_baseline(void **state)
{
    (void)state;
    assert_int_equal(recist_cases_fail(baseline_cases, sizeof baseline_cases / sizeof *baseline_cases), 0);
}

/* 4.4.2: a visit without imaging. */
static void test_no_measurement_at_all(void **state)
{
    (void)state;
    const struct recist_rules rules = {.detection_limit_mm = 2};
    const double baseline_mm[] = {30, 20};
    struct recist recist;
    recist_begin(&recist, &rules, NULL, 2, &(struct recist_visit){.day = 0, .diameters_mm = baseline_mm});
    assert_int_equal(recist_add(&recist, &(struct recist_visit){.day = 42}), RESPONSE_NOT_EVALUABLE);
    assert_int_equal(recist_add(&recist, &(struct recist_visit){.day = 84, .new_lesions = 1}), RESPONSE_PROGRESSIVE);
}

static void test_new_lesions(void **state)
{
    (void)state;
    assert_int_equal(recist_cases_fail(new_lesion_cases, sizeof new_lesion_cases / sizeof *new_lesion_cases), 0);
}

static void test_missing_measurements(void **state)
{
    (void)state;
    assert_int_equal(recist_cases_fail(missing_cases, sizeof missing_cases / sizeof *missing_cases), 0);
}

static void test_reappearance(void **state)
{
    (void)state;
    assert_int_equal(recist_cases_fail(reappearance_cases, sizeof reappearance_cases / sizeof *reappearance_cases), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_targets),
        cmocka_unit_test(test_small_lesions),
        cmocka_unit_test(test_table_1),
        cmocka_unit_test(test_table_2),
        cmocka_unit_test(test_new_lesions),
        cmocka_unit_test(test_missing_measurements),
        cmocka_unit_test(test_reappearance),
        cmocka_unit_test(test_baseline),
        cmocka_unit_test(test_no_measurement_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
