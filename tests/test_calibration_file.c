/* Calibration files: what a good one says, and what is said of bad ones, to the letter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts/calibration_file.h"
#include "cohorts/calibration_misfit.h"
#include "input_files.h"

static const char cohort[] = "name: c\npatients: 9\nseed: 1\nlesions: 1\nbaseline_sum_of_diameters: 40 mm\n"
                             "parameters:\n"
                             "  killing_rate: {distribution: lognormal, median: 18 /d, log_sd: 0.3}\n";
static const char trial[] = "name: t\nmodel: nsclc\ncohort: cohort.yaml\nuntil: 400 d\nimaging: {every: 40 d}\narms:\n"
                            "  - name: alone\n"
                            "    treatments: [{drug: nivolumab, dose: 240 mg, start: 30 d}]\n"
                            "  - name: later\n"
                            "    treatments: [{drug: nivolumab, dose: 240 mg, start: 40 d}]\n";

/* Equal within that, absolutely. */
static void assert_close(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.17g rather than %.17g", value, expected);
}

static enum abscopal_status read_and_free(const char *path, struct abscopal_error *error)
{
    struct calibration calibration;
    const enum abscopal_status status = calibration_file_read(path, &calibration, error);
    calibration_free(&calibration);
    return status;
}

static int files_make(void **state)
{
    const int made = input_folder_make(state);
    input_file_write("cohort.yaml", cohort, strlen(cohort));
    input_file_write("trial.yaml", trial, strlen(trial));
    return made;
}

#define PATIENTS "patients: 9\n"
#define TRIALS "trials: {t: trial.yaml}\n"
#define TOP "name: n\ncohort: cohort.yaml\n"
#define TARGET(rest) "targets:\n- {trial: t, arm: alone, " rest "}\n"
#define RATE TARGET("endpoint: best_response_rate, value: 21 %, within: 3 %")
#define FREE(rest) "free:\n- {name: k, in: cohort, " rest "}\n"
#define KILLING FREE("set: parameters/killing_rate/median, lower: 5 /d, upper: 50 /d")
#define HEAD TOP PATIENTS "seed: 1\n" TRIALS
#define TARGETS(rest) HEAD KILLING TARGET(rest)
#define FREES(rest) HEAD RATE FREE(rest)

static void test_errors(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {HEAD RATE KILLING, ""},
        /* The calibration */
        {HEAD RATE, "1:1: the calibration lacks 'free'; write for instance 'free: [{name: killing, in: cohort, set: "
                    "parameters/killing_rate/median, lower: 5 /d, upper: 50 /d}]'"},
        {HEAD RATE "free: []\n", "8:7: free must not be empty"},
        {HEAD KILLING, "1:1: the calibration lacks 'targets'; write for instance 'targets: [{trial: mine, arm: "
                       "nivolumab, endpoint: best_response_rate, value: 21 %, within: 3 %}]'"},
        {HEAD "targets: []\n" KILLING, "6:10: targets must not be empty"},
        {TOP "patients: 0\nseed: 1\n" TRIALS RATE KILLING, "3:11: patients must be from 1 to 1000000, not 0"},
        {HEAD RATE KILLING "target: 1\n", "10:1: unknown key 'target' in the calibration; did you mean 'targets'?"},
        {HEAD RATE KILLING "search: {global: crs}\n",
         "10:18: unknown global method 'crs'; did you mean 'crs2'? Known: crs2, isres, direct, none"},
        {HEAD RATE KILLING "search: {local_evaluations: 0}\n",
         "10:29: local_evaluations must be from 1 to 1000000, not 0"},
        {HEAD RATE KILLING "fresh: {seeds: [2, 1]}\n", "10:20: seed 1 is that of the fit; a fresh one is another"},
        {HEAD RATE KILLING "fresh: {seeds: [2, 2]}\n", "10:20: seed 2 is given twice"},
        {TOP PATIENTS "seed: 1\ntrials: {}\n" RATE KILLING,
         "5:9: trials must be a mapping of names of your own to trial files, such as {mine: my-trial.yaml}"},
        {TOP PATIENTS "seed: 1\ntrials: {cohort: trial.yaml}\n" RATE KILLING,
         "5:10: a trial cannot be called 'cohort', which stands for the cohort file; rename it"},
        /* Targets */
        {HEAD KILLING "targets:\n- {trial: tt, arm: alone}\n",
         "9:3: a target lacks 'endpoint'; write for instance 'endpoint: best_response_rate'"},
        {HEAD KILLING "targets:\n- {trial: six, arm: alone, endpoint: response_rate, value: 1, within: 1}\n",
         "9:11: unknown trial 'six'. Known: t"},
        {HEAD KILLING "targets:\n- {trial: t, arm: aloen, endpoint: response_rate, value: 1, within: 1}\n",
         "9:19: unknown arm 'aloen'; did you mean 'alone'? Known: alone, later"},
        {TARGETS("endpoint: best_respons_rate, value: 1, within: 1"),
         "9:36: unknown endpoint 'best_respons_rate'; did you mean 'best_response_rate'?"},
        {TARGETS("endpoint: response_rate, value: 120 %, within: 1"),
         "9:58: a share of patients lies from 0 % to 100 %, not 120 %"},
        {TARGETS("endpoint: response_rate, value: 20 %, within: 0 %"),
         "9:72: within must be more than 0 and at most 100, not 0 %"},
        {TARGETS("endpoint: response_rate, value: 20 d, within: 1 d"),
         "9:58: value: '20 d' is a time; write a pure number"},
        {TARGETS("endpoint: response_rate, at: 401 d, value: 20 %, within: 1 %"),
         "9:55: the trial ends on day 400, before 401 d"},
        {TARGETS("endpoint: median_progression_free_survival, at: 40 d, value: 20 d, within: 1 d"),
         "9:74: 'at' has no meaning for median_progression_free_survival; remove it"},
        {TARGETS("endpoint: best_change_quantile, value: -20 %, within: 1 %"),
         "9:3: best_change_quantile needs 'quantile'; write for instance 'quantile: 50 %'"},
        {TARGETS("endpoint: ongoing_responders_ratio, value: 1.5, within: 0.1"),
         "9:3: ongoing_responders_ratio needs 'over'; write for instance 'over: the name of another arm'"},
        {TARGETS("endpoint: ongoing_responders_ratio, over: latter, value: 1.5, within: 0.1"),
         "9:68: unknown arm 'latter'; did you mean 'later'? Known: alone, later"},
        /* Free variables */
        {FREES("set: parameters/killing_rte/median, lower: 5 /d, upper: 50 /d"),
         "9:30: there is no 'killing_rte' in 'parameters'; did you mean 'killing_rate'?"},
        {FREES("set: parameters/killing_rate, lower: 5 /d, upper: 50 /d"),
         "9:30: 'parameters/killing_rate' is a mapping, not a single value; go on with one of its keys: "
         "'parameters/killing_rate/distribution'"},
        {FREES("set: parameters/killing_rate/distribution, lower: 5 /d, upper: 50 /d"),
         "9:30: 'parameters/killing_rate/distribution' is 'lognormal', not a number"},
        {FREES("set: parameters/killing_rate/median, lower: 50 /d, upper: 5 /d"),
         "9:83: the range of 'k' is upside down: upper is 5 /d and lower 50 /d; exchange them"},
        {FREES("set: parameters/killing_rate/median, lower: 0 /d, upper: 50 /d, scale: logarithmic"),
         "9:69: a logarithmic scale needs a lower value above 0, not 0 /d"},
        {FREES("set: parameters/killing_rate/median, lower: 20 /d, upper: 50 /d"),
         "9:30: the start of 'k', 18 /d in the file, lies outside its range from 20 to 50"},
        {FREES("set: parameters/killing_rate/median, lower: 5 /d, upper: 50 /d, start: 60 /d"),
         "9:96: the start of 'k', 60 /d, lies outside its range from 5 to 50"},
        {FREES("set: parameters/killing_rate/median, lower: 5 d, upper: 50 d"),
         "9:30: 'parameters/killing_rate/median' is 18 /d in line 7 of its file: a rate, not a time"},
        {FREES("set: [parameters/killing_rate/median, parameters/killing_rate/median], lower: 5 /d, upper: 50 /d"),
         "9:3: 'parameters/killing_rate/median' is set twice; let one variable set it"},
        {HEAD RATE "free:\n- {name: lag, in: six, set: until, lower: 1 d, upper: 9 d}\n",
         "9:19: unknown file 'six'. Known: cohort, t"},
        {HEAD RATE
         "free:\n- {name: lag, in: t, set: [arms/alone/treatments/0/start, arms/1/treatments/0/start], lower: "
         "1 d, upper: 90 d}\n",
         "9:59: the places of 'lag' hold different values, 30 and 40 d; give it a 'start'"},
    };
    assert_int_equal(input_file_differences(read_and_free, table, sizeof table / sizeof *table), 0);
}

static void test_values(void **state)
{
    (void)state;
    static const char text[] = HEAD TARGET(
        "endpoint: largest_lesion_change_quantile, quantile: 10 %, value: -61 %, within: 5 %, weight: 2")
        FREE("set: parameters/killing_rate/median, lower: 2e0 /d, upper: 50 /d, scale: logarithmic, prior_sd: 0.35") //
        "- {name: lag, in: t, set: [arms/0/treatments/0/start, arms/later/treatments/0/start], lower: 2 week, upper: "
        "90 d, start: 4 week}\n";
    struct calibration calibration;
    struct abscopal_error error;
    const char *path = input_file_write("input.yaml", text, strlen(text));
    if (calibration_file_read(path, &calibration, &error) != ABSCOPAL_OK)
        fail_msg("%d:%d: %s", error.line, error.column, error.message);
    const struct calibration_target *target = &calibration.targets[0];
    assert_close(target->value, -0.61, 1e-15);
    assert_close(target->within, 0.05, 1e-15);
    assert_close(target->quantile, 0.1, 1e-15);
    const struct calibration_variable *killing = &calibration.variables[0], *lag = &calibration.variables[1];
    assert_string_equal(killing->unit, "/d");
    assert_close(killing->start, 18, 0);
    /* 10 /d is half-way between 2 and 50 on a logarithmic scale. */
    assert_close(calibration_place_of(killing, 10), 0.5, 1e-15);
    assert_close(calibration_value_at(killing, 0.5), 10, 1e-14);
    assert_string_equal(lag->unit, "week");
    assert_int_equal(lag->path_count, 2);
    assert_close(lag->upper, 90.0 / 7, 1e-14);
    assert_close(calibration_value_at(lag, 0.5), (2 + 90.0 / 7) / 2, 1e-14);
    assert_close(calibration_value_at(lag, 1), lag->upper, 0);
    /* One interval off, with weight 2, and a third of the range off with a prior of 0.35. */
    const double places[] = {calibration_place_of(killing, 18) + 1.0 / 3, 0.2}, simulated = -0.56;
    assert_close(calibration_objective(&calibration, places, &simulated), 2 + 1 / (9 * 0.35 * 0.35), 1e-12);
    assert_true(calibration_is_met(target, simulated));
    assert_false(calibration_is_met(target, -0.5599));
    assert_false(calibration_is_met(target, NAN));
    assert_true(calibration_misfit(target, INFINITY) > 50);
    calibration_free(&calibration);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_values),
    };
    return cmocka_run_group_tests(tests, files_make, input_folder_remove);
}
