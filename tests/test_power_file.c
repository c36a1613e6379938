/* Files of designs: what is said of bad ones, to the letter, and what is read from good ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "cohorts/power_file.h"
#include "input_files.h"

#define TRIAL_TOP "name: t\nmodel: nsclc\ncohort: cohort.yaml\nuntil: 400 d\n"
#define ARMS                                                                      \
    "arms:\n"                                                                     \
    "- {name: drug, treatments: [{drug: nivolumab, dose: 240 mg, start: 0 d}]}\n" \
    "- {name: both, treatments: [{radiotherapy: 8 Gy, start: 0 d}, {drug: nivolumab, dose: 240 mg, start: 0 d}]}\n"
#define HEAD "name: n\ntrial: trial.yaml\n"
#define TWO "arms: [drug, both]\n"
#define SHARE "endpoint: response_rate\n"
#define SIZES "patients_per_arm: [20, 40]\n"
#define GOOD HEAD TWO SHARE SIZES
#define TIME HEAD TWO "endpoint: progression_free_survival\n" SIZES

static void trials_write(void)
{
    static const struct {
        const char *name, *text;
    } files[] = {{"cohort.yaml", "name: c\n"},
                 {"trial.yaml", TRIAL_TOP "imaging: {every: 40 d}\n" ARMS},
                 {"randomised.yaml", TRIAL_TOP "imaging: {every: 40 d}\nallocation: {patients: randomised}\n" ARMS},
                 {"measured.yaml", TRIAL_TOP "imaging: {every: 40 d, error: 5 %, missed: 5 %}\n" ARMS}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        input_file_write(files[i].name, files[i].text, strlen(files[i].text));
}

static enum abscopal_status check(const char *path, struct abscopal_error *error)
{
    struct power_file design;
    const enum abscopal_status status = power_file_read(path, &design, error);
    power_file_free(&design);
    return status;
}

static void test_errors(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {GOOD, ""},
        {GOOD "patient: 3\n", "6:1: unknown key 'patient' in the design; did you mean 'patients'?"},
        {HEAD "arms: [drug]\n" SHARE SIZES, "3:7: a trial that compares needs two arms or three, not 1"},
        {HEAD "arms: [drug, bot]\n" SHARE SIZES, "3:14: unknown arm 'bot'; did you mean 'both'? Known: drug, both"},
        {HEAD "arms: [drug, drug]\n" SHARE SIZES, "3:14: arm 'drug' is given twice"},
        {"name: n\ntrial: randomised.yaml\n" TWO SHARE SIZES,
         "2:8: this trial is randomised, and patients are drawn with what they would do in every arm; remove its "
         "'allocation' and write it here"},
        {"name: n\ntrial: measured.yaml\n" TWO SHARE SIZES "imaging: {error: 5 %}\n",
         "2:8: the imaging of this trial has errors already; write 'error' in one of the two files"},
        {"name: n\ntrial: measured.yaml\n" TWO SHARE SIZES "imaging: {missed: 5 %}\n",
         "2:8: of this trial visits are missed already; write 'missed' in one of the two files"},
        {HEAD TWO "endpoint: {endpoint: response_rate, at: 500 d}\n" SIZES,
         "4:11: day 500 is after the end of the trial, day 400"},
        {HEAD TWO "endpoint: {endpoint: progression_free_survival, at: 50 d}\n" SIZES,
         "4:11: progression_free_survival is not of a day; remove 'at'"},
        {GOOD "test: {method: log-rank}\n",
         "6:16: log-rank is a test of times; response_rate asks for chi-square, fisher or cochran-mantel-haenszel"},
        {TIME "test: {method: fisher}\n", "6:16: fisher is a test of shares; progression_free_survival asks for "
                                          "log-rank or stratified-log-rank"},
        {TIME "test: {method: stratified-log-rank}\n",
         "6:16: stratified-log-rank needs strata; write for instance 'allocation: {strata: [{by: lesions, from: 3}]}'"},
        {HEAD TWO SHARE "patients_per_arm: [40, 40]\n",
         "5:24: numbers of patients have to ascend; this one is not above the one before"},
        {GOOD "allocation: {ratio: [1, 1, 1]}\n",
         "6:21: the ratio needs 2 numbers, one for each arm in their order, not 3"},
        {GOOD "dropout: {share: 100 %, by: 3 d}\n",
         "6:10: when all patients leave there is nothing to compare; write a smaller share"},
        {GOOD "looks: {at: [50 %, 100 %]}\n",
         "6:20: the look at 100 % is the last, which there is in any case; remove it"},
        {GOOD "looks: {at: [50 %, 40 %]}\n", "6:20: looks have to be in order, each once"},
        {GOOD "events: 70 %\n", "6:9: shares are judged on a day of the patients; remove it, and write 'at' in the "
                                "endpoint"},
        {TIME "looks: {at: [50 %]}\n", "6:8: looks at times come at shares of the events; write for instance 'events: "
                                       "70 %', the share of patients with an event at the last look"},
        {TIME "events: 70 %\nlooks: {at: [50 %]}\n", ""},
        {GOOD "subgroups: [{by: pdl1_class, parts: 3}]\n", "6:37: each class is a subgroup; remove it"},
        {GOOD "subgroups: [{by: body_weight}]\n",
         "6:13: where do subgroups of body_weight begin? Add 'parts: 3', or 'from' with values"},
        {GOOD "subgroups: [{by: body_weight, parts: 2, from: [70 kg]}]\n",
         "6:38: 'from' and 'parts' both say where subgroups begin; keep one"},
        {GOOD "subgroups: [{by: cd8_density, from: [100 cell/uL, 50 cell/uL]}]\n",
         "6:51: cuts have to ascend; this one is not above the one before"},
    };
    trials_write();
    assert_int_equal(input_file_differences(check, table, sizeof table / sizeof *table), 0);
}

static void test_values(void **state)
{
    (void)state;
    static const char text[] = HEAD TWO "endpoint: {endpoint: abscopal_response_rate, at: 12 week}\n" SIZES
                                        "test: {alpha: 10 %, sides: 1, multiplicity: none}\n"
                                        "allocation: {ratio: [1, 2], strata: [{by: lesions, from: 3}]}\n"
                                        "recruitment: {patients: 50, in: 100 d}\n"
                                        "dropout: {share: 50 %, by: 10 d, count: left out}\n"
                                        "subgroups: [{by: killing_rate, parts: 4}]\n"
                                        "simulations: {trials: 300, null_trials: 0, seed: 7}\n";
    struct power_file design;
    struct abscopal_error error;
    trials_write();
    assert_int_equal(power_file_read(input_file_write("design.yaml", text, sizeof text - 1), &design, &error),
                     ABSCOPAL_OK);
    assert_true(design.endpoint == POWER_ABSCOPAL_RESPONSE && fabs(design.at_days - 84) < 1e-12);
    assert_true(design.test == POWER_CHI_SQUARE && fabs(design.alpha - 0.1) < 1e-15 && design.sides == 1);
    assert_false(design.bonferroni);
    assert_int_equal(design.ratio[1], 2);
    assert_int_equal(design.allocation.stratum_count, 1);
    assert_true(fabs(design.recruits_per_day - 0.5) < 1e-15);
    assert_true(fabs(exp(-10 * design.dropouts_per_day) - 0.5) < 1e-12 && design.dropouts_left_out);
    assert_true(design.subgroups[0].kind == POWER_PARAMETER && design.subgroups[0].parts == 4);
    assert_string_equal(design.subgroups[0].unit, "1/d");
    assert_int_equal(design.trials, 300);
    assert_int_equal(design.null_trials, 0);
    assert_true(design.trial_seed == 7 && fabs(design.until_days - 400) < 1e-12 && design.most_patients == 2000);
    power_file_free(&design);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_values),
    };
    return cmocka_run_group_tests(tests, input_folder_make, input_folder_remove);
}
