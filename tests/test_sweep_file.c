/* Sweep files: what is said of bad ones, to the letter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "input_files.h"
#include "sweep_files.h"
#include "trial/sweep.h"

/* sweep_check, whose messages name files without their folder, which is another in every run. */
static enum abscopal_status check(const char *path, struct abscopal_error *error)
{
    const enum abscopal_status status = sweep_check(path, error);
    const size_t length = (size_t)(strrchr(path, '/') + 1 - path);
    char *const texts[] = {error->message, strcmp(error->file, path) != 0 ? error->file : error->message};
    char folder[64];
    snprintf(folder, sizeof folder, "%.*s", (int)length, path);
    for (size_t i = 0; i < 2; i++)
        for (char *at = strstr(texts[i], folder); at != NULL; at = strstr(at, folder))
            memmove(at, at + length, strlen(at + length) + 1);
    return status;
}

static void test_trial_errors(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {GOOD, ""},
        {GOOD "axes: 1\n", "7:1: unknown key 'axes' in the sweep. Known keys: name, trial, cohort, patients, seed, "
                           "tolerance, arm, reference, vary, sobol, limits, endpoints, by, optimize"},
        {GOOD "limit: 1\n", "7:1: unknown key 'limit' in the sweep; did you mean 'limits'?"},
        {"trial: trial.yaml\narm: both\n" ENDS FRACTIONS,
         "1:1: the sweep lacks 'name'; write for instance 'name: my sweep'"},
        {"name: n\narm: both\n" ENDS FRACTIONS,
         "1:1: the sweep lacks 'trial'; write for instance 'trial: my-trial.yaml'"},
        {OF("absent.yaml") ENDS FRACTIONS,
         "2:8: file 'absent.yaml' cannot be read: No such file or directory; paths are relative to the sweep file"},
        {OF("randomised.yaml") ENDS FRACTIONS,
         "2:8: this trial is randomised, and a sweep has the same patients at every point; remove its 'allocation'"},
        {OF("published.yaml") ENDS VARY("set: treatments/drug/dose, values: [1 mg, 2 mg]"),
         "2:8: the model of this trial takes no cohort, so there are no patients to compare"},
        {OF("switches.yaml") ENDS VARY("set: treatments/drug/dose, values: [1 mg, 2 mg]"),
         " arm 'both' switches to another one, and such an arm cannot be part of a sweep; remove its 'at_progression'"},
        {"name: n\ntrial: switches.yaml\narm: alone\n" ENDS VARY("set: treatments/drug/dose, values: [1 mg, 2 mg]"),
         " arm 'both' switches to another one, and such an arm cannot be part of a sweep; remove its 'at_progression'"},
        {OF("single.yaml") ENDS FRACTIONS, " every arm of the trial varies, so there is none to compare with; add an "
                                           "arm to it, or 'reference: {at: ...}' with a value of every variable"},
        {TOP ENDS FRACTIONS, "1:1: the sweep lacks 'arm'; write for instance 'arm: nivolumab and radiotherapy'"},
        {TOP "arm: bot\n" ENDS FRACTIONS, "3:6: unknown arm 'bot'; did you mean 'both'? Known: alone, both, at once"},
        {HEAD ENDS FRACTIONS "patients: 0\n", "7:11: patients must be from 1 to 1000000, not 0"},
        {HEAD ENDS FRACTIONS "cohort: absent.yaml\n", "absent.yaml: cannot be opened: No such file or directory"},
        {HEAD ENDS FRACTIONS "by: lesion\n", "7:5: unknown by 'lesion'; did you mean 'lesions'? Known: lesions"},
    };
    assert_int_equal(input_file_differences(check, table, sizeof table / sizeof *table), 0);
}

static void test_axis_errors(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {HEAD ENDS "vary: []\n", "5:7: vary must not be empty"},
        {HEAD ENDS, "1:1: the sweep lacks 'vary'; write for instance 'vary: [{name: fractions, set: "
                    "treatments/rt/fractions, values: [1, 3, 5]}]'"},
        {AXIS("set: treatments/rt/fraction, values: [1]"),
         "6:18: arm 'both' of the trial: there is no 'fraction' in 'arms/1/treatments/rt'; did you mean 'fractions'?"},
        {AXIS("set: treatments/radiation/fractions, values: [1]"),
         "6:18: arm 'both' of the trial: there is no 'radiation' in 'arms/1/treatments'"},
        {AXIS("set: treatments/rt/fractions, value: [1]"),
         "6:43: unknown key 'value' in a variable; did you mean 'values'?"},
        {AXIS("set: treatments/rt/fractions"),
         "6:3: says not what it varies over; add 'values', 'from' and 'to', 'choices' or 'arms'"},
        {AXIS("values: [1, 2]"), "6:3: where do the values go? Add 'set', a path in the arm, or 'lag'"},
        {AXIS("set: treatments/rt/fractions, lag: {of: drug, after: rt}, values: [1, 2]"),
         "6:48: give 'set' or 'lag', not both"},
        {AXIS("set: treatments/rt/fractions, values: [1, 2], from: 1"), "6:65: give 'values' or 'from', not both"},
        {AXIS("set: treatments/rt/fractions, choices: [{name: a, set: {treatments/rt/fractions: 1}}]"),
         "6:18: 'set' goes with 'values' or 'from', not with 'choices'"},
        {AXIS(DOSES "values: [8 Gy, 6 Gy]"), "6:61: values go upwards: '6 Gy' comes after '8 Gy'"},
        {AXIS(DOSES "values: [8 Gy, 8 Gy]"), "6:61: values go upwards: '8 Gy' comes after '8 Gy'"},
        {AXIS(DOSES "values: [8 Gy, 3 d]"),
         "6:61: a value: '3 d' is a time; write an absorbed dose, in Gy for instance"},
        {AXIS(DOSES "values: [8 Gy, many]"), "6:61: a value: 'many' does not start with a number"},
        {AXIS(DOSES "values: []"), "6:54: values must not be empty"},
        {AXIS("set: treatments/rt/lesions, values: [largest, largest]"),
         "6:3: two values are 'largest'; remove or rename one"},
        {AXIS("set: treatments/rt/lesions, values: [largest, smalest]"),
         " at x smalest the trial says something wrong: trial.yaml:8:107: unknown choice of lesions 'smalest'; did you "
         "mean 'smallest'? Known: largest, smallest, all, progressed, remaining"},
        {AXIS("set: treatments/rt/fractions, values: [1, 2.5]"),
         " at x 2.5 the trial says something wrong: trial.yaml:8:71: fractions must be a whole number, not '2.5'"},
        {AXIS(DOSES "from: 8 Gy, step: 1 Gy"), "6:3: a variable lacks 'to'; write for instance 'to: 120 d'"},
        {AXIS(DOSES "from: 8 Gy, to: 2 Gy, step: 1 Gy"), "6:62: 'to' must be more than 'from'; exchange them"},
        {AXIS(DOSES "from: 2 Gy, to: 8 Gy, step: 4 Gy"), "6:74: from 2 to 8 Gy are no whole number of steps of 4"},
        {AXIS(DOSES "from: 2 Gy, to: 8 Gy, step: 0 Gy"), "6:74: from 2 to 8 Gy are no whole number of steps of 0"},
        {AXIS(DOSES "from: 2 Gy, to: 8 Gy, step: 1 Gy, points: 7"),
         "6:74: 'step' goes neither with 'points' nor with a logarithmic scale; remove it"},
        {AXIS(DOSES "from: 2 Gy, to: 8 Gy, points: 1"), "6:76: points must be from 2 to 1000, not 1"},
        {AXIS(DOSES "from: 0 Gy, to: 8 Gy, points: 3, scale: logarithmic"),
         "6:52: a logarithmic scale needs a 'from' above 0"},
        {AXIS(DOSES "from: 0 Gy, to: 8 Gy, step: 0.001 Gy"),
         "6:74: that makes 8001 values, more than 1000; take larger steps"},
        {AXIS(DOSES "from: 2 Gy, to: 8 Gy"),
         "6:3: a grid needs the values of 'x': add 'step' or 'points', or a design, 'sobol: {points: 128}'"},
        {AXIS("lag: {of: drug, after: drug}, values: [0 d]"), "6:18: a lag is between two treatments; 'drug' is one"},
        {AXIS("lag: {of: drug, after: rtx}, values: [0 d]"),
         "6:36: arm 'both' of the trial: there is no 'rtx' in 'arms/1/treatments'; did you mean 'rt'?"},
        {AXIS("lag: {of: drug}, values: [0 d]"), "6:18: lag lacks 'after'; write for instance '{of: rt, after: drug}'"},
        {AXIS("lag: {of: drug, after: rt}, values: [0 Gy]"),
         "6:50: a value: '0 Gy' is an absorbed dose; write a time, in d for instance"},
        {AXIS("lag: {of: drug, after: rt}, values: [500 d]"),
         " at x 500 d the trial says something wrong: trial.yaml:8:166: starts on day 500, but the trial ends on day "
         "400 ('until'); start it earlier"},
        {AXIS("choices: [{name: a, set: {treatments/rt/fractions: 1}}, {name: a, set: {treatments/rt/fractions: 2}}]"),
         "6:3: two values are 'a'; remove or rename one"},
        {AXIS("choices: [{name: a, set: {}}]"), "6:38: set is a mapping from 1 to 32 paths in the arm to values"},
        {AXIS("choices: [{set: {treatments/rt/fractions: 1}}]"),
         "6:23: a choice lacks 'name'; write for instance 'name: 8 Gy x 3'"},
        {AXIS("arms: [both, alone]"), "3:6: a variable lists arms; remove 'arm'"},
        {TOP ENDS VARY("arms: [both, alon]"),
         "5:26: unknown arm 'alon'; did you mean 'alone'? Known: alone, both, at once"},
        {TOP ENDS VARY("arms: [both, both]"), "5:3: two values are 'both'; remove or rename one"},
        {TOP ENDS VARY("arms: [both, alone]") "- {name: y, arms: [both]}\n",
         "5:1: two variables list arms; a point has one arm"},
        {TOP ENDS VARY("arms: [both, alone]") "- {name: y, set: treatments/rt/fractions, values: [1, 2]}\n",
         "6:18: arm 'alone' of the trial: there is no 'rt' in 'arms/0/treatments'"},
        {TOP ENDS VARY("arms: [both, alone, at once]"),
         " every arm of the trial varies, so there is none to compare with; add an arm to it, or 'reference: {at: "
         "...}' with a value of every variable"},
        {GOOD "- {name: x, set: treatments/drug/dose, values: [1 mg]}\n",
         "7:10: two variables are named 'x'; rename one"},
        {GOOD "- {name: y, set: treatments/rt/fractions, values: [1]}\n",
         " at x 1, y 1 the trial cannot be changed: the value in line 8 is changed twice"},
    };
    assert_int_equal(input_file_differences(check, table, sizeof table / sizeof *table), 0);
}

#define NAMED(name)                                                                             \
    HEAD "endpoints: [mean_change, {endpoint: response_rate, at: 40 d}]\nvary:\n- {name: " name \
         ", set: treatments/rt/fractions, values: [1, 3]}\n"

static void test_names(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {NAMED("fractions"), ""},
        {NAMED("mean"), ""},
        {NAMED("mean_changes"), ""},
        {NAMED("response_rate"), ""}, /* the variable is that of day 40 */
        {NAMED("patients"), ""},
        {NAMED("1st"), "6:10: '1st' cannot name an axis: take a letter and up to 31 letters, digits and _"},
        {NAMED("dose (Gy)"), "6:10: 'dose (Gy)' cannot name an axis: take a letter and up to 31 letters, digits and _"},
        {NAMED("a2345678901234567890123456789012x"), "6:10: 'a2345678901234567890123456789012x' cannot name an axis: "
                                                     "take a letter and up to 31 letters, digits and _"},
        {NAMED("patient"), "6:10: the file of results has a variable 'patient' of its own; choose another name"},
        {NAMED("patient_lesions"),
         "6:10: the file of results has a variable 'patient_lesions' of its own; choose another name"},
        {NAMED("point"), "6:10: the file of results has a variable 'point' of its own; choose another name"},
        {NAMED("weight"), "6:10: the file of results has a variable 'weight' of its own; choose another name"},
        {NAMED("allowed"), "6:10: the file of results has a variable 'allowed' of its own; choose another name"},
        {NAMED("trial_text"), "6:10: the file of results has a variable 'trial_text' of its own; choose another name"},
        {NAMED("mean_change"),
         "6:10: the file of results has a variable 'mean_change' of its own; choose another name"},
        {NAMED("mean_change_lower"),
         "6:10: the file of results has a variable 'mean_change_lower' of its own; choose another name"},
        {NAMED("response_rate_day_40_difference"),
         "6:10: the file of results has a variable 'response_rate_day_40_difference' of its own; choose another name"},
    };
    assert_int_equal(input_file_differences(check, table, sizeof table / sizeof *table), 0);
}

static void test_other_errors(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        /* Designs */
        {AXIS(DOSES "from: 2 Gy, to: 8 Gy") "sobol: {points: 8}\n", ""},
        {GOOD "sobol: {point: 8}\n",
         "7:9: unknown key 'point' in sobol; did you mean 'points'? Known keys: points, seed"},
        {GOOD "sobol: {points: 1}\n", "7:17: points must be from 2 to 100000, not 1"},
        {GOOD "sobol: {seed: 1}\n", "7:8: sobol lacks 'points'; write for instance 'points: 128'"},
        {HEAD ENDS "vary:\n- {name: x, " DOSES "from: 1 Gy, to: 2 Gy, points: 400}\n"
                   "- {name: y, set: treatments/drug/dose, from: 1 mg, to: 9 mg, points: 400}\n",
         "6:1: the grid has 160000 points, more than 100000; take larger steps, or 'sobol: {points: 1000}'"},
        /* The reference */
        {GOOD "reference: {at: {x: 3}}\n", ""},
        {GOOD "reference: alon\n", "7:12: unknown arm 'alon'; did you mean 'alone'? Known: alone, both, at once"},
        {GOOD "reference: {at: {x: 2}}\n", "7:21: 2 is none of the values of 'x'; the nearest is 1"},
        {GOOD "reference: {at: {x: 9}}\n", "7:21: 9 is none of the values of 'x'; the nearest is 3"},
        {GOOD "reference: {at: {y: 3}}\n", "7:18: unknown key 'y' in the reference. Known keys: x"},
        {GOOD "reference: {at: {}}\n", "7:17: the reference lacks 'x'; write for instance 'x: 1'"},
        {GOOD "reference: {x: 3}\n", "7:13: unknown key 'x' in reference. Known keys: at"},
        {AXIS("set: treatments/rt/lesions, values: [largest, all]") "reference: {at: {x: al}}\n",
         "7:21: unknown x 'al'; did you mean 'all'? Known: largest, all"},
        /* Limits */
        {GOOD "limits: [{bed: rt, alpha_beta: 3 Gy, most: 100 Gy}]\n", ""},
        {GOOD "limits: [{most: 60 Gy}]\n",
         "7:10: limits what? Add 'total_dose', 'fraction_dose' or 'bed' with the id of a radiotherapy"},
        {GOOD "limits: [{total_dose: rt, bed: rt, most: 60 Gy}]\n",
         "7:10: a limit is of 'total_dose' or of 'bed'; write two"},
        {GOOD "limits: [{bed: rt, most: 60 Gy}]\n", "7:10: 'alpha_beta' goes with 'bed', and is needed there"},
        {GOOD "limits: [{total_dose: rt, alpha_beta: 3 Gy, most: 60 Gy}]\n",
         "7:10: 'alpha_beta' goes with 'bed', and is needed there"},
        {GOOD "limits: [{total_dose: rt}]\n", "7:10: limits nothing; add 'most: 60 Gy' or 'least: 20 Gy'"},
        {GOOD "limits: [{total_dose: rt, least: 9 Gy, most: 6 Gy}]\n",
         "7:10: 'least' is more than 'most'; exchange them"},
        {GOOD "limits: [{total_dose: rt, most: 60 d}]\n",
         "7:33: most: '60 d' is a time; write an absorbed dose, in Gy for instance"},
        {GOOD "limits: [{total_dose: radiation, most: 60 Gy}]\n",
         " limits: arm 'both' of the trial has no treatment with the id 'radiation'"},
        {GOOD "limits: [{total_dose: drug, most: 60 Gy}]\n",
         " limits: 'drug' of arm 'both' is a drug; limits are on radiotherapy"},
        {GOOD "limits: [{total_dose: rt, most: 5 Gy}]\n", " the limits leave none of the 2 points"},
        /* Endpoints */
        {HEAD FRACTIONS, "1:1: the sweep lacks 'endpoints'; write for instance 'endpoints: [best_response_rate]'"},
        {HEAD FRACTIONS "endpoints: []\n", "6:12: endpoints must not be empty"},
        {HEAD FRACTIONS "endpoints: [best_response]\n",
         "6:13: unknown endpoint 'best_response'; did you mean 'best_response_rate'?"},
        {HEAD FRACTIONS "endpoints: [best_response_rate, best_response_rate]\n",
         "6:33: best_response_rate is given twice"},
        {HEAD FRACTIONS "endpoints: [{endpoint: response_rate, at: 500 d}]\n",
         "6:13: day 500 is after the end of the trial, day 400"},
        {HEAD FRACTIONS "endpoints: [{endpoint: response_rate, at: 0 d}]\n",
         "6:43: at must be more than 0 d and at most 36525 d, not 0 d"},
        {HEAD FRACTIONS "endpoints: [{endpoint: hazard_ratio, at: 40 d}]\n",
         "6:13: hazard_ratio is not of a day; remove 'at'"},
        {HEAD FRACTIONS "endpoints: [{at: 40 d}]\n",
         "6:13: an endpoint lacks 'endpoint'; write for instance 'endpoint: best_response_rate'"},
        /* The search */
        {SEARCH("fresh: {seeds: [2, 3]}"), ""},
        {SEARCH("fresh: {seeds: [1]}"), "8:44: seed 1 is that of the search; a fresh one is another"},
        {SEARCH("fresh: {seeds: [2, 2]}"), "8:47: seed 2 is given twice"},
        {SEARCH("fresh: {patients: 9}"), "8:35: fresh lacks 'seeds'; write for instance 'seeds: [101]'"},
        {SEARCH("local: none"), "8:11: optimize lacks 'fresh'; write for instance 'fresh: {seeds: [101]}'"},
        {SEARCH("endpoint: response_rate, fresh: {seeds: [2]}"),
         "8:38: what is to be best must be one of 'endpoints'; add it there"},
        {SEARCH("global: crs, fresh: {seeds: [2]}"),
         "8:36: unknown global method 'crs'; did you mean 'crs2'? Known: crs2, isres, direct, none"},
        {GOOD "optimize: {evaluations: 2, fresh: {seeds: [2]}}\n", "7:25: evaluations must be from 3 to 100000, not 2"},
        {GOOD "optimize: {fresh: {seeds: [2]}}\n",
         "7:11: optimize lacks 'evaluations'; write for instance 'evaluations: 20'"},
        {AXIS(DOSES "from: 2 Gy, to: 8 Gy") "optimize: {evaluations: 9, fresh: {seeds: [2]}}\n", ""},
    };
    assert_int_equal(input_file_differences(check, table, sizeof table / sizeof *table), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trial_errors),
        cmocka_unit_test(test_axis_errors),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_other_errors),
    };
    return cmocka_run_group_tests(tests, sweep_files_make, input_folder_remove);
}
