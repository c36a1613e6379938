/* What a trial file switches off in the model, and arms of several treatments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
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

#define ARM "{name: arm, treatments: [{drug: nivolumab, dose: 240 mg, start: 0 d}]}"
#define UP_TO_ARMS "name: t\nmodel: qspio-nsclc-2020\nuntil: 100 d\nimaging: {every: 10 d}\n"
#define UP_TO_OPTIONS "name: t\nmodel: nsclc\ncohort: cohort.yaml\nuntil: 100 d\nimaging: {every: 10 d}\n"
#define OPTIONS                                                                                                \
    "pd1_spread, cell_ratios, memory, maturation, naive_recirculation, priming_competition, mature_apc_life, " \
    "lymphatics, costimulation, resistance, scar, treg_depletion"

static void test_option_errors(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {UP_TO_OPTIONS "arms: [" ARM "]\nmodel_options: {}\n", ""},
        {UP_TO_OPTIONS "arms: [" ARM "]\nmodel_options: {memory: false, lymphatics: off}\n", ""},
        {UP_TO_OPTIONS "arms: [" ARM "]\nmodel_options: {memori: false}\n",
         "7:17: unknown model option 'memori'; did you mean 'memory'?"},
        {UP_TO_OPTIONS "arms: [" ARM "]\nmodel_options: {xyzzy: false}\n",
         "7:17: unknown model option 'xyzzy'. Known: " OPTIONS},
        {UP_TO_OPTIONS "arms: [" ARM "]\nmodel_options: {memory: 0}\n",
         "7:25: memory must be on or off (or true or false), not '0'"},
        {UP_TO_OPTIONS "arms: [" ARM "]\nmodel_options: {memory: [off]}\n",
         "7:25: memory must be a single value, not a list"},
        {UP_TO_OPTIONS "arms: [" ARM "]\nmodel_options: {memory:}\n", "7:17: memory has no value"},
        {UP_TO_OPTIONS "arms: [" ARM "]\nmodel_options: [memory]\n",
         "7:16: model_options must be a mapping of options to on or off, such as {memory: off}"},
        {UP_TO_OPTIONS "arms: [" ARM "]\nmodel_options: {memory: on, memory: off}\n",
         "7:29: key 'memory' is given twice, first in line 7; keep one"},
        {UP_TO_ARMS "model_options: {memory: off}\narms: [" ARM "]\n",
         "5:16: the model qspio-nsclc-2020 is as published and has no options; remove 'model_options'"},
    };
    assert_int_equal(input_file_differences(read_and_free, table, sizeof table / sizeof *table), 0);
}

/* Without the key the preset decides; with it, only what is named changes. */
static void test_options(void **state)
{
    (void)state;
    static const char *const lines[] = {"", "model_options: {memory: false, lymphatics: off, costimulation: on}\n"};
    for (size_t i = 0; i < 2; i++) {
        char text[1024];
        int length = snprintf(text, sizeof text, UP_TO_OPTIONS "%sarms: [" ARM "]\n", lines[i]);
        struct trial_file trial;
        assert_int_equal(trial_file_read(input_file_write("options.yaml", text, (size_t)length), &trial, NULL),
                         ABSCOPAL_OK);
        for (int option = 0; option < MODEL_OPTION_COUNT; option++) {
            const char *name = model_option_describe(option)->name;
            bool off = i == 1 && (strcmp(name, "memory") == 0 || strcmp(name, "lymphatics") == 0);
            assert_int_equal(model_option_get(&trial.options, option), !off);
        }
        trial_file_free(&trial);
    }
}

/* 30 Gy in 3 to one lesion while 4 Gy in 2 goes to all others (as in NCT03812549), both with two drugs, one of them
 * given in two ways, and the first lesion irradiated again later. */
static void test_several_treatments(void **state)
{
    (void)state;
    static const char text[] = UP_TO_OPTIONS
        "arms:\n"
        "- name: high and low dose\n"
        "  treatments:\n"
        "  - {drug: ipilimumab, dose: 1 mg/kg, start: 0 d, every: 21 d, doses: 4}\n"
        "  - {drug: nivolumab, dose: 3 mg/kg, start: 0 d, every: 21 d, doses: 2}\n"
        "  - {drug: nivolumab, dose: 240 mg, start: 42 d, every: 14 d, doses: 4}\n"
        "  - {radiotherapy: 10 Gy, fractions: 3, start: 7 d, every: 2 d, lesions: [1], nodes: true}\n"
        "  - {radiotherapy: 2 Gy, fractions: 2, start: 7 d, every: 2 d, lesions: [2, 3, 4, 5], coverage: 60 %}\n"
        "  - {radiotherapy: 8 Gy, start: 70 d, lesions: [1]}\n";
    struct trial_file trial;
    assert_int_equal(trial_file_read(input_file_write("several.yaml", text, sizeof text - 1), &trial, NULL),
                     ABSCOPAL_OK);
    const struct treatment *treatments = trial.arms[0].treatments;
    assert_int_equal(trial.arms[0].treatment_count, 6);
    assert_string_equal(treatments[0].antibody->name, "ipilimumab");
    assert_int_equal(treatments[0].antibody->target, TARGET_CTLA4);
    assert_ptr_equal(treatments[1].antibody, treatments[2].antibody);
    assert_true(treatments[3].nodes && treatments[3].coverage == 1 && treatments[3].lesion_count == 1);
    assert_true(!treatments[4].nodes && treatments[4].coverage == 0.6 && treatments[4].lesion_count == 4);
    assert_true(treatments[5].lesions[0] == 0 && treatments[5].start_days == 70);
    trial_file_free(&trial);
}

#define DRUGS_4                                                                                    \
    "{drug: nivolumab, dose: 240 mg, start: 0 d}, {drug: ipilimumab, dose: 1 mg/kg, start: 0 d}, " \
    "{drug: durvalumab, dose: 1.5 g, start: 0 d}, {drug: tremelimumab, dose: 75 mg, start: 0 d}"

static void test_drug_count(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {UP_TO_OPTIONS "arms: [{name: a, treatments: [" DRUGS_4 "]}]\n", ""},
        {UP_TO_OPTIONS "arms: [{name: a, treatments: [" DRUGS_4 ", {drug: nivolumab, dose: 240 mg, start: 14 d}]}]\n",
         ""},
        {UP_TO_OPTIONS "arms: [{name: a, treatments: [" DRUGS_4
                       ",\n  {drug: atezolizumab, dose: 1200 mg, start: 14 d}]}]\n",
         "7:3: more than 4 different drugs in one arm"},
        {UP_TO_OPTIONS "arms: [{name: a, treatments: [" DRUGS_4 "]},\n"
                       "  {name: b, treatments: [{drug: atezolizumab, dose: 1200 mg, start: 14 d}]}]\n",
         ""},
    };
    assert_int_equal(input_file_differences(read_and_free, table, sizeof table / sizeof *table), 0);
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
        cmocka_unit_test(test_option_errors),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_several_treatments),
        cmocka_unit_test(test_drug_count),
    };
    return cmocka_run_group_tests(tests, folder_with_cohort, input_folder_remove);
}
