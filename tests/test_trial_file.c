/* Trial files: what a good one says, and what is said of bad ones, to the letter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input_files.h"
#include "protocols/trial_file.h"

static enum abscopal_status read_and_free(const char *path, struct abscopal_error *error)
{
    struct trial_file trial;
    enum abscopal_status status = trial_file_read(path, &trial, error);
    trial_file_free(&trial);
    return status;
}

/* The treatment stands in line 9 from column 5 on. */
#define AROUND_TREATMENT       \
    "name: trial\n"            \
    "model: %s\n"              \
    "%s\n"                     \
    "until: 100 d\n"           \
    "imaging: {every: 10 d}\n" \
    "arms:\n"                  \
    "- name: arm\n"            \
    "  treatments:\n"          \
    "  - %s\n"

static int treatment_differences(const char *model, const char *cohort, const struct malformed *table, size_t count)
{
    int differences = 0;
    for (size_t i = 0; i < count; i++) {
        char text[2048];
        snprintf(text, sizeof text, AROUND_TREATMENT, model, cohort, table[i].text);
        const struct malformed whole = {text, table[i].said};
        differences += input_file_difference(read_and_free, &whole);
    }
    return differences;
}

#define DRUG_KEYS "drug, dose, start, every, doses, over, id, after, when, unless, until, for, missed, delay"

static void test_drug_errors(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {"{drug: nivolumab, dose: 240 mg, start: 0 d}", ""},
        {"{drug: nivolumab, doze: 240 mg, start: 0 d}",
         "9:23: unknown key 'doze' in a drug treatment; did you mean 'dose'?"},
        {"{drug: nivolumab, xyzzy: 1, start: 0 d}",
         "9:23: unknown key 'xyzzy' in a drug treatment. Known keys: " DRUG_KEYS},
        {"{drug: nivolumab, dose: 240 mg, start: 0 d, fractions: 3}",
         "9:49: unknown key 'fractions' in a drug treatment. Known keys: " DRUG_KEYS},
        {"{drug: nivo, dose: 240 mg, start: 0 d}",
         "9:12: unknown drug 'nivo'; did you mean 'nivolumab'? Known: nivolumab, pembrolizumab, atezolizumab, "
         "durvalumab, ipilimumab, tremelimumab"},
        {"{drug: aspirin, dose: 240 mg, start: 0 d}",
         "9:12: unknown drug 'aspirin'. Known: nivolumab, pembrolizumab, atezolizumab, durvalumab, ipilimumab, "
         "tremelimumab"},
        {"{drug: nivolumab, start: 0 d}", "9:5: a drug treatment lacks 'dose'; write for instance 'dose: 240 mg'"},
        {"{drug: nivolumab, dose: 240 mg}", "9:5: a drug treatment lacks 'start'; write for instance 'start: 0 d'"},
        {"{drug: nivolumab, dose: 8 Gy, start: 0 d}",
         "9:29: dose: '8 Gy' is an absorbed dose; write a mass such as '240 mg', or '3 mg/kg' by body weight or '175 "
         "mg/m^2' by body surface"},
        {"{drug: nivolumab, dose: 240, start: 0 d}",
         "9:29: dose: '240' is a pure number; write a mass such as '240 mg', or '3 mg/kg' by body weight or '175 "
         "mg/m^2' by body surface"},
        {"{drug: nivolumab, dose: 240 mgg, start: 0 d}", "9:29: dose: unknown unit 'mgg'; did you mean 'mg'?"},
        {"{drug: nivolumab, dose: 0 mg, start: 0 d}",
         "9:29: dose must be more than 0 mg and at most 100000 mg, not 0 mg"},
        {"{drug: nivolumab, dose: -3 mg/kg, start: 0 d}",
         "9:29: dose must be more than 0 mg/kg and at most 1000 mg/kg, not -3 mg/kg"},
        {"{drug: nivolumab, dose: 240 g, start: 0 d}",
         "9:29: dose must be more than 0 mg and at most 100000 mg, not 240 g"},
        {"{drug: nivolumab, dose: .inf mg, start: 0 d}", "9:29: dose: '.inf mg' does not start with a number"},
        {"{drug: nivolumab, dose: 240 mg, start: 0}", "9:44: start: '0' has no unit; write a time, such as '0 d'"},
        {"{drug: nivolumab, dose: 240 mg, start: 5 mg}",
         "9:44: start: '5 mg' is a mass of drug; write a time, in d for instance"},
        {"{drug: nivolumab, dose: 240 mg, start: -7 d}",
         "9:44: start must not be before day 0, the baseline; write '0 d' or later"},
        {"{drug: nivolumab, dose: 240 mg, start: 100 d}",
         "9:44: starts on day 100, but the trial ends on day 100 ('until'); start it earlier"},
        {"{drug: nivolumab, dose: 240 mg, start: 0 d, doses: 4}",
         "9:56: 4 doses need 'every', the time between them; write for instance 'every: 14 d'"},
        {"{drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d}",
         "9:56: 'every' needs 'doses': how many? Write for instance 'doses: 4', 'until: progression' or 'for: 52 "
         "week'"},
        {"{drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, doses: 9}",
         "9:69: only 8 of 9 doses are given before the trial ends on day 100; write 'doses: 8' or a later 'until'"},
        {"{drug: nivolumab, dose: 240 mg, start: 0 d, every: 1 h, doses: 5000}",
         "9:68: doses must be from 1 to 1000, not 5000"},
        {"{drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, doses: 0}",
         "9:69: doses must be from 1 to 1000, not 0"},
        {"{drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, doses: 2.5}",
         "9:69: doses must be a whole number, not '2.5'"},
        {"{drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, doses: 99999999999999999999}",
         "9:69: doses must be from 1 to 1000, not 99999999999999999999"},
        {"{drug: nivolumab, dose: 240 mg, start: 0 d, every: 0 d, doses: 2}",
         "9:56: every must be more than 0 d and at most 36525 d, not 0 d"},
        {"{drug: nivolumab, dose: 240 mg, start: 0 d, every: 1 h, doses: 2, over: 90 min}",
         "9:77: the infusion (90 min) is longer than the interval between doses (1 h)"},
        {"{drug: nivolumab, dose: 240 mg, start: 99 d, over: 2 d}",
         "9:44: the infusion ends on day 101, after the trial (day 100, 'until')"},
        {"{drug: nivolumab, dose: 240 mg, start: 0 d, over: 0 min}",
         "9:55: over must be more than 0 d and at most 36525 d, not 0 min"},
        {"{drug: nivolumab, dose: [240 mg], start: 0 d}", ""},
        {"{drug: nivolumab, dose: {mg: 240}, start: 0 d}", "9:29: dose must be a single value, not a mapping"},
        {"{drug: nivolumab, dose: , start: 0 d}", "9:23: dose has no value"},
        {"{dose: 240 mg, start: 0 d}",
         "9:5: a treatment must have the key 'drug', 'radiotherapy' or 'bed', such as {drug: "
         "nivolumab, dose: 240 mg, start: 0 "
         "d} or {radiotherapy: 8 Gy, start: 0 d}"},
        {"{drug: nivolumab, radiotherapy: 8 Gy, start: 0 d}",
         "9:5: a treatment is a drug or radiotherapy; write two treatments"},
        {"nivolumab",
         "9:5: a treatment must have the key 'drug', 'radiotherapy' or 'bed', such as {drug: nivolumab, dose: 240 "
         "mg, start: 0 d} or {radiotherapy: 8 Gy, start: 0 d}"},
    };
    assert_int_equal(treatment_differences("nsclc", "cohort: cohort.yaml", table, sizeof table / sizeof *table), 0);
}

static void test_radiotherapy_errors(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {"{radiotherapy: 8 Gy, start: 0 d}", ""},
        {"{radiotherapy: 1.5 Gy, fractions: 30, per_day: 2, apart: 6 h, start: 0 d, weekdays: true, lesions: all}", ""},
        {"{radiotherapy: 8 mg, start: 0 d}",
         "9:20: radiotherapy: '8 mg' is a mass of drug; write an absorbed dose, in Gy for instance"},
        {"{radiotherapy: 8, start: 0 d}",
         "9:20: radiotherapy: '8' has no unit; write an absorbed dose, such as '8 Gy'"},
        {"{radiotherapy: 800 Gy, start: 0 d}",
         "9:20: radiotherapy must be more than 0 Gy and at most 100 Gy, not 800 Gy"},
        {"{radiotherapy: 0 Gy, start: 0 d}", "9:20: radiotherapy must be more than 0 Gy and at most 100 Gy, not 0 Gy"},
        {"{radiotherapy: 8 Gy, fraction: 3, start: 0 d}", "9:26: unknown key 'fraction' in a radiotherapy treatment; "
                                                          "did you mean 'fractions'?"},
        {"{radiotherapy: 8 Gy, fractions: -3, start: 0 d}", "9:37: fractions must be from 1 to 1000, not -3"},
        {"{radiotherapy: 8 Gy, start: 0 d, every: 2 d}",
         "9:45: 'every' needs 'fractions': how many? Write for instance 'fractions: 4', or 'for: 2 week'"},
        {"{radiotherapy: 8 Gy, fractions: 3, start: 0 d, every: 12 h}",
         "9:59: 'every' counts days with radiotherapy and must be at least 1 d; for several fractions a day write "
         "'per_day: 2' and 'apart: 6 h'"},
        {"{radiotherapy: 8 Gy, fractions: 3, start: 96 d, every: 2 d}",
         "9:37: only 2 of 3 fractions are given before the trial ends on day 100; write 'fractions: 2' or a later "
         "'until'"},
        {"{radiotherapy: 1.5 Gy, fractions: 30, start: 0 d, per_day: 5}",
         "9:64: 5 fractions 6 h apart do not fit into a day; lower 'per_day' or 'apart'"},
        {"{radiotherapy: 1.5 Gy, fractions: 30, start: 0 d, apart: 6 h}",
         "9:62: 'apart' is the time between fractions of one day; it needs 'per_day: 2' or more"},
        {"{radiotherapy: 8 Gy, fractions: 3, start: 0 d, per_day: 4, apart: 4 h}",
         "9:61: per_day is 4, but the course has only 3; 'fractions' counts all of them"},
        {"{radiotherapy: 8 Gy, start: 0 d, weekdays: yes}", "9:48: weekdays must be true or false, not 'yes'"},
        {"{radiotherapy: 8 Gy, start: 0 d, lesions: biggest}",
         "9:47: unknown choice of lesions 'biggest'; did you mean 'largest'? Known: largest, smallest, all, "
         "progressed, remaining"},
        {"{radiotherapy: 8 Gy, start: 0 d, lesions: larges}",
         "9:47: unknown choice of lesions 'larges'; did you mean 'largest'? Known: largest, smallest, all, progressed, "
         "remaining"},
        {"{radiotherapy: 8 Gy, start: 0 d, lesions: 1}", "9:47: lesion numbers must be a list; write [1]"},
        {"{radiotherapy: 8 Gy, start: 0 d, lesions: []}", "9:47: lesions must not be empty"},
        {"{radiotherapy: 8 Gy, start: 0 d, lesions: [0]}", "9:48: a lesion's number must be from 1 to 5, not 0"},
        {"{radiotherapy: 8 Gy, start: 0 d, lesions: [1, 6]}", "9:51: a lesion's number must be from 1 to 5, not 6"},
        {"{radiotherapy: 8 Gy, start: 0 d, lesions: [2, 1, 2]}", "9:54: lesion 2 is listed twice"},
        {"{radiotherapy: 8 Gy, start: 0 d, lesions: {1: 2}}",
         "9:48: unknown key '1' in lesions. Known keys: largest, smallest"},
        {"{radiotherapy: 8 Gy, start: 0 d, lesions: {largest: 2}}", ""},
        {"{radiotherapy: 8 Gy, start: 0 d, lesions: {largest: 0}}", "9:57: largest must be from 1 to 5, not 0"},
        {"{radiotherapy: 8 Gy, start: 0 d, lesions: {smallest: 6}}", "9:58: smallest must be from 1 to 5, not 6"},
        {"{radiotherapy: 8 Gy, start: 0 d, lesions: {largest: 2, smallest: 1}}",
         "9:47: lesions must be so many of the largest or of the smallest; write {largest: 2} or {smallest: 2}"},
        {"{radiotherapy: 8 Gy, start: 0 d, lesions: {}}",
         "9:47: lesions must be so many of the largest or of the smallest; write {largest: 2} or {smallest: 2}"},
        {"{radiotherapy: 8 Gy, start: 0 d, coverage: 60 %, nodes: true}", ""},
        {"{radiotherapy: 8 Gy, start: 0 d, coverage: 0 %}",
         "9:48: coverage must be more than 0 and at most 1, not 0 %"},
        {"{radiotherapy: 8 Gy, start: 0 d, coverage: 60}", "9:48: coverage must be more than 0 and at most 1, not 60"},
        {"{radiotherapy: 8 Gy, start: 0 d, coverage: 60 mm}",
         "9:48: coverage: '60 mm' is a length; write a pure number"},
        {"{radiotherapy: 8 Gy, start: 0 d, nodes: all}", "9:45: nodes must be true or false, not 'all'"},
        {"{radiotherapy: 8 Gy, start: 0 d, node: true}",
         "9:38: unknown key 'node' in a radiotherapy treatment; did you mean 'nodes'?"},
    };
    assert_int_equal(treatment_differences("nsclc", "cohort: cohort.yaml", table, sizeof table / sizeof *table), 0);
}

/* The published model has one patient, one drug and no radiotherapy. */
static void test_published_model_errors(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {"{drug: nivolumab, dose: 240 mg, start: 0 d}", ""},
        {"{radiotherapy: 8 Gy, start: 0 d}",
         "9:20: the model qspio-nsclc-2020 has no radiotherapy; write 'model: nsclc'"},
        {"{drug: nivolumab, dose: 3 mg/kg, start: 0 d}",
         "9:29: a dose per body weight needs a cohort; write the dose in mg"},
        {"{drug: durvalumab, dose: 240 mg, start: 0 d}", "9:12: unknown drug 'durvalumab'. Known: nivolumab"},
    };
    static const struct malformed with_cohort[] = {
        {"{drug: nivolumab, dose: 240 mg, start: 0 d}",
         "3:9: the model qspio-nsclc-2020 starts from its published state and takes no cohort; remove the line"},
    };
    assert_int_equal(treatment_differences("qspio-nsclc-2020", "", table, sizeof table / sizeof *table), 0);
    assert_int_equal(treatment_differences("qspio-nsclc-2020", "cohort: cohort.yaml", with_cohort, 1), 0);
}

#define ARM "{name: arm, treatments: [{drug: nivolumab, dose: 240 mg, start: 0 d}]}"
#define UP_TO_ARMS "name: t\nmodel: qspio-nsclc-2020\nuntil: 100 d\nimaging: {every: 10 d}\n"

static void test_trial_errors(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {UP_TO_ARMS "arms: [" ARM "]\n", ""},
        {UP_TO_ARMS "arms: [" ARM "]\ndetection_limit: 3 mm\n", ""},
        {UP_TO_ARMS, "1:1: the trial lacks 'arms'; write for instance 'arms: [{name: ..., treatments: [...]}]'"},
        {UP_TO_ARMS "arms: []\n", "5:7: arms must not be empty"},
        {UP_TO_ARMS "arms:\n", "5:1: arms must be a list"},
        {UP_TO_ARMS "arms: " ARM "\n", "5:7: arms must be a list"},
        {UP_TO_ARMS "arms: [arm]\n", "5:8: an arm must be a mapping with keys of: name, treatments, at_progression"},
        {UP_TO_ARMS "arms:\n- {name: arm}\n",
         "6:3: an arm lacks 'treatments'; write for instance 'treatments: [{drug: ...}]'"},
        {UP_TO_ARMS "arms:\n- {treatments: []}\n", "6:3: an arm lacks 'name'; write for instance 'name: nivolumab'"},
        {UP_TO_ARMS "arms:\n- {name: arm, treatments: []}\n", "6:27: treatments must not be empty"},
        {UP_TO_ARMS "arms:\n- name: arm\n  treatment: []\n",
         "7:3: unknown key 'treatment' in an arm; did you mean 'treatments'? Known keys: name, treatments, "
         "at_progression"},
        {UP_TO_ARMS "arms:\n- " ARM "\n- " ARM "\n", "7:10: two arms are named 'arm'; rename one"},
        {UP_TO_ARMS "arms: [" ARM "]\ndetection_limit: 2 d\n",
         "6:18: detection_limit: '2 d' is a time; write a length, in mm for instance"},
        {UP_TO_ARMS "arms: [" ARM "]\ndetection_limit: 6 cm\n",
         "6:18: detection_limit must be from 0 mm to 50 mm, not 6 cm"},
        {UP_TO_ARMS "untill: 3 d\narms: [" ARM "]\n", "5:1: unknown key 'untill' in the trial; did you mean 'until'?"},
        {UP_TO_ARMS "xyzzy: 3 d\narms: [" ARM "]\n",
         "5:1: unknown key 'xyzzy' in the trial. Known keys: name, model, model_options, cohort, drugs, until, "
         "imaging, "
         "detection_limit, response, arms, eligibility, allocation, registry, setting, left_out, observed"},
        {UP_TO_ARMS "until: 3 d\narms: [" ARM "]\n", "5:1: key 'until' is given twice, first in line 3; keep one"},
        {"model: nsclc\n", "1:1: the trial lacks 'name'; write for instance 'name: my trial'"},
        {"name: \"a\\nb\"\nmodel: nsclc\n", "1:7: name must be one line without control characters"},
        {"name: ''\n", "1:7: name has no value"},
        {"name: t\n", "1:1: the trial lacks 'model'; write for instance 'model: nsclc'"},
        {"name: t\nmodel: nsclk\n", "2:8: unknown model 'nsclk'; did you mean 'nsclc'? Known: qspio-nsclc-2020, nsclc"},
        {"name: t\nmodel: nsclc\n",
         "1:1: the trial lacks 'cohort'; write for instance 'cohort: ../cohorts/advanced-nsclc.yaml'"},
        {"name: t\nmodel: nsclc\ncohort: /nowhere/c.yaml\n", "3:9: cohort file '/nowhere/c.yaml' cannot be read: No "
                                                             "such file or directory; paths are relative to the trial "
                                                             "file"},
        {"name: t\nmodel: qspio-nsclc-2020\nuntil: 0 d\n",
         "3:8: until must be more than 0 d and at most 36525 d, not 0 d"},
        {"name: t\nmodel: qspio-nsclc-2020\nuntil: 400\n",
         "3:8: until: '400' has no unit; write a time, such as '400 d'"},
        {"name: t\nmodel: qspio-nsclc-2020\nuntil: 84 d\nimaging: 12 d\n",
         "4:10: imaging must be a mapping with keys of: every, schedule, also, error, missed"},
        {"name: t\nmodel: qspio-nsclc-2020\nuntil: 84 d\nimaging: {}\n",
         "4:10: imaging lacks 'every'; write for instance 'every: 40 d'"},
        {"name: t\nmodel: qspio-nsclc-2020\nuntil: 84 d\nimaging: {every: 85 d}\n",
         "4:18: the first visit would be after the trial ends on day 84; image more often"},
        {"name: t\nmodel: qspio-nsclc-2020\nuntil: 84 d\nimaging: {every: 1 s}\n",
         "4:18: more than 10000 visits; image less often"},
    };
    assert_int_equal(input_file_differences(read_and_free, table, sizeof table / sizeof *table), 0);
}

/* What stands in a trial, in the model's units. */
static void test_values(void **state)
{
    (void)state;
    static const char text[] =
        "name: &name values\n"
        "model: nsclc\n"
        "cohort: cohort.yaml\n"
        "until: 20 weeks\n"
        "imaging: {every: 960 h}\n"
        "arms:\n"
        "  - name: first\n"
        "    treatments:\n"
        "      - &drug {drug: nivolumab, dose: 3 mg/kg, start: 1 d, every: 2 weeks, doses: 6, over: 1 h}\n"
        "      - {drug: durvalumab, dose: 1.5 g, start: 12 h}\n"
        "  - name: *name\n"
        "    treatments:\n"
        "      - {radiotherapy: 150 cGy, fractions: 30, per_day: 2, apart: 360 min, start: 0 d, lesions: [3, 1]}\n"
        "      - *drug\n";
    struct abscopal_error error;
    struct trial_file trial;
    const char *path = input_file_write("values.yaml", text, sizeof text - 1);
    assert_int_equal(trial_file_read(path, &trial, &error), ABSCOPAL_OK);
    assert_string_equal(trial.name, "values");
    assert_string_equal(trial.path, path);
    assert_string_equal(trial.text, text);
    assert_int_equal(trial.preset, PRESET_NSCLC);
    assert_memory_equal(trial.cohort_path, path, strlen(path) - strlen("values.yaml"));
    assert_string_equal(strrchr(trial.cohort_path, '/'), "/cohort.yaml");
    assert_true(trial.until_days == 140 && trial.imaging_interval_days == 40 && trial.detection_limit_mm == 2);
    assert_int_equal(trial.arm_count, 2);
    assert_string_equal(trial.arms[0].name, "first");
    assert_string_equal(trial.arms[1].name, "values");
    assert_int_equal(trial.arms[0].treatment_count, 2);

    const struct treatment *by_weight = &trial.arms[0].treatments[0];
    assert_int_equal(by_weight->kind, TREATMENT_DRUG);
    assert_string_equal(by_weight->antibody->name, "nivolumab");
    assert_true(by_weight->dose_per_body_weight && by_weight->dose_mg == 3 && by_weight->start_days == 1);
    assert_true(by_weight->interval_days == 14 && by_weight->count == 6 && by_weight->infusion_days == 1.0 / 24);
    const struct treatment *flat = &trial.arms[0].treatments[1];
    assert_string_equal(flat->antibody->name, "durvalumab");
    assert_true(!flat->dose_per_body_weight && flat->dose_mg == 1500 && flat->start_days == 0.5);
    assert_true(flat->count == 1 && flat->interval_days == 0 && flat->infusion_days == 0);

    const struct treatment *radiotherapy = &trial.arms[1].treatments[0];
    assert_int_equal(radiotherapy->kind, TREATMENT_RADIOTHERAPY);
    assert_null(radiotherapy->antibody);
    assert_true(radiotherapy->fraction_gray == 1.5 && radiotherapy->count == 30 && radiotherapy->interval_days == 1);
    assert_true(radiotherapy->fractions_per_day == 2 && radiotherapy->within_day_days == 0.25);
    assert_true(!radiotherapy->weekdays && radiotherapy->lesion_choice == LESIONS_LISTED);
    assert_true(radiotherapy->coverage == 1 && !radiotherapy->nodes);
    assert_int_equal(radiotherapy->lesion_count, 2);
    assert_true(radiotherapy->lesions[0] == 2 && radiotherapy->lesions[1] == 0);
    assert_memory_equal(&trial.arms[1].treatments[1], by_weight, sizeof *by_weight);
    trial_file_free(&trial);
}

static void assert_days(const struct treatment *treatment, const double *expected)
{
    double days[64];
    treatment_days(treatment, treatment->start_days, days);
    for (int i = 0; i < treatment->count; i++)
        assert_true(fabs(days[i] - expected[i]) < 1e-12);
}

static void test_days(void **state)
{
    (void)state;
    const struct treatment drug = {
        .kind = TREATMENT_DRUG, .start_days = 78, .interval_days = 14, .count = 3, .infusion_days = 0.02};
    assert_days(&drug, (const double[]){78, 92, 106});

    /* Monday to Friday; a fraction due at the weekend is given on Monday and the next ones follow from there. */
    struct treatment radiotherapy = {.kind = TREATMENT_RADIOTHERAPY,
                                     .start_days = 3,
                                     .interval_days = 1,
                                     .count = 8,
                                     .fractions_per_day = 1,
                                     .within_day_days = 0.25,
                                     .weekdays = true};
    assert_days(&radiotherapy, (const double[]){3, 4, 7, 8, 9, 10, 11, 14});
    radiotherapy.weekdays = false;
    assert_days(&radiotherapy, (const double[]){3, 4, 5, 6, 7, 8, 9, 10});

    /* Starting on a Saturday at noon: from Monday noon on. */
    radiotherapy.weekdays = true;
    radiotherapy.start_days = 5.5;
    radiotherapy.interval_days = 2;
    radiotherapy.count = 4;
    assert_days(&radiotherapy, (const double[]){7.5, 9.5, 11.5, 14.5});

    /* Twice a day, an odd number in all. */
    radiotherapy = (struct treatment){.kind = TREATMENT_RADIOTHERAPY,
                                      .start_days = 4,
                                      .interval_days = 1,
                                      .count = 5,
                                      .fractions_per_day = 2,
                                      .within_day_days = 0.25,
                                      .weekdays = true};
    assert_days(&radiotherapy, (const double[]){4, 4.25, 7, 7.25, 8});

    /* 60 Gy in 30 over six weeks: the last fraction is on a Friday, day 39. */
    radiotherapy = (struct treatment){
        .kind = TREATMENT_RADIOTHERAPY, .interval_days = 1, .count = 30, .fractions_per_day = 1, .weekdays = true};
    double days[30];
    treatment_days(&radiotherapy, radiotherapy.start_days, days);
    assert_true(days[29] == 39);
}

/* The six arms, as MODEL.md part C names them: doses and fractions, and Gy in all. */
static void test_shipped_trials(void **state)
{
    (void)state;
    struct abscopal_error error;
    struct trial_file trial;
    char text[2048];
    if (trial_file_read("protocols/nivolumab-rt-six-arms.yaml", &trial, &error) != ABSCOPAL_OK)
        fail_msg("%s", abscopal_error_text(&error, text, sizeof text));
    static const struct {
        int doses;
        double gray;
    } arms[6] = {{29, 0}, {23, 30}, {23, 24}, {29, 60}, {29, 24}, {0, 24}};
    assert_int_equal(trial.arm_count, 6);
    assert_true(trial.until_days == 400);
    for (size_t a = 0; a < trial.arm_count; a++) {
        int doses = 0;
        double gray = 0;
        for (size_t t = 0; t < trial.arms[a].treatment_count; t++) {
            const struct treatment *treatment = &trial.arms[a].treatments[t];
            doses += treatment->kind == TREATMENT_DRUG ? treatment->count : 0;
            gray += treatment->kind == TREATMENT_RADIOTHERAPY ? treatment->count * treatment->fraction_gray : 0;
        }
        assert_int_equal(doses, arms[a].doses);
        assert_true(gray == arms[a].gray);
    }
    trial_file_free(&trial);

    assert_int_equal(trial_file_read("protocols/qspio-nsclc-2020.yaml", &trial, &error), ABSCOPAL_OK);
    static const double doses_mg[3] = {200, 240, 50};
    assert_int_equal(trial.arm_count, 3);
    assert_null(trial.cohort_path);
    for (size_t a = 0; a < trial.arm_count; a++)
        assert_true(trial.arms[a].treatments[0].dose_mg == doses_mg[a]);
    trial_file_free(&trial);
}

static enum abscopal_status tell(const char *path, struct abscopal_error *error)
{
    enum abscopal_file_kind kind;
    return abscopal_file_kind(path, &kind, error);
}

static void test_kinds(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {"arms: 3\n", ""},
        {"patients: 3\n", ""},
        {"target: 3\n", ""},
        {"name: t\n",
         "1:1: neither a trial file (key 'arms') nor a cohort file (key 'patients') nor a drug file (key 'target') "
         "nor a calibration file (key 'free') nor that of a virtual population (key 'match') nor a sweep file (key "
         "'vary') nor a design (key 'patients_per_arm')"},
        {"target: 3\npatients: 3\n",
         "1:1: has both 'patients', of a cohort file, and 'target', of a drug file; write two files"},
        {"arms: 3\npatients: 3\n",
         "1:1: has both 'arms', of a trial file, and 'patients', of a cohort file; write two files"},
    };
    assert_int_equal(input_file_differences(tell, table, sizeof table / sizeof *table), 0);
    enum abscopal_file_kind kind;
    assert_int_equal(abscopal_file_kind("protocols/qspio-nsclc-2020.yaml", &kind, NULL), ABSCOPAL_OK);
    assert_int_equal(kind, ABSCOPAL_FILE_TRIAL);
    assert_int_equal(abscopal_file_kind("cohorts/advanced-nsclc.yaml", &kind, NULL), ABSCOPAL_OK);
    assert_int_equal(kind, ABSCOPAL_FILE_COHORT);
}

static int folder_with_cohort(void **state)
{
    if (input_folder_make(state) != 0)
        return -1;
    input_file_write("cohort.yaml", "", 0);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_drug_errors),
        cmocka_unit_test(test_radiotherapy_errors),
        cmocka_unit_test(test_published_model_errors),
        cmocka_unit_test(test_trial_errors),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_shipped_trials),
        cmocka_unit_test(test_kinds),
    };
    return cmocka_run_group_tests(tests, folder_with_cohort, input_folder_remove);
}
