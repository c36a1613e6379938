/* Cohort files: what a good one says, and what is said of bad ones, to the letter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts/cohort_file.h"
#include "input_files.h"

static enum abscopal_status read_and_free(const char *path, struct abscopal_error *error)
{
    struct cohort cohort;
    enum abscopal_status status = cohort_file_read(path, &cohort, error);
    cohort_free(&cohort);
    return status;
}

#define HEAD "name: c\npatients: 20\nseed: 7\n"
#define PARAMETERS HEAD "lesions: 1\nbaseline_sum_of_diameters: 60 mm\nparameters:\n  "

static void test_errors(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {HEAD "lesions: 1\nbaseline_sum_of_diameters: 60 mm\n", ""},
        {"patients: 20\n", "1:1: the cohort lacks 'name'; write for instance 'name: my cohort'"},
        {"name: c\n", "1:1: the cohort lacks 'patients'; write for instance 'patients: 200'"},
        {"name: c\npatients: 0\n", "2:11: patients must be from 1 to 10000000, not 0"},
        {"name: c\npatients: 1e3\n", "2:11: patients must be a whole number, not '1e3'"},
        {"name: c\npatients: 10000001\n", "2:11: patients must be from 1 to 10000000, not 10000001"},
        {"name: c\npatients: 20\n", "1:1: the cohort lacks 'seed'; write for instance 'seed: 1'"},
        {"name: c\npatients: 20\nseed: -1\n", "3:7: seed must be from 0 to 9223372036854775807, not -1"},
        {"name: c\npatients: 20\nseed: 9223372036854775808\n",
         "3:7: seed must be from 0 to 9223372036854775807, not 9223372036854775808"},
        {HEAD "parameter: {}\n", "4:1: unknown key 'parameter' in the cohort; did you mean 'parameters'?"},
        {HEAD "xyzzy: {}\n",
         "4:1: unknown key 'xyzzy' in the cohort. Known keys: name, patients, seed, sampling, lesions, "
         "body_weight, body_height, baseline_sum_of_diameters, relative_lesion_size, lesion_spread, new_lesions, "
         "population, parameters, correlations, pdl1_classes, plausible"},
        {HEAD, "1:1: the cohort lacks 'lesions'; write for instance 'lesions: {1: 60 %, 2: 40 %}'"},
        {HEAD "lesions: 6\n", "4:10: lesions must be from 1 to 5, not 6"},
        {HEAD "lesions: [1, 2]\n",
         "4:10: lesions (number: share of patients) must be a mapping with keys of: 1, 2, 3, 4, 5"},
        {HEAD "lesions: {1: 50 %, 6: 50 %}\n",
         "4:20: unknown key '6' in lesions (number: share of patients). Known keys: 1, 2, 3, 4, 5"},
        {HEAD "lesions: {1: 50 %, 2: 49 %}\n", "4:10: the shares of patients add up to 99 %; make them 100 %"},
        {HEAD "lesions: {1: 150 %, 2: -50 %}\n", "4:14: a share of patients must be from 0 to 1, not 150 %"},
        {HEAD "lesions: 2\nbaseline_sum_of_diameters: 60 mm\n",
         "1:1: a cohort with several lesions lacks 'relative_lesion_size'; write for instance 'relative_lesion_size: "
         "{distribution: uniform, lower: 0.1, upper: 1}'"},
        {HEAD "lesions: 1\n",
         "1:1: the cohort lacks 'baseline_sum_of_diameters'; write for instance 'baseline_sum_of_diameters: 60 mm'"},
        {HEAD "lesions: 1\nbaseline_sum_of_diameters: 60\n",
         "5:28: baseline_sum_of_diameters: '60' has no unit; write a length, such as '60 mm'"},
        {HEAD "lesions: 1\nbaseline_sum_of_diameters: 6 m\n",
         "5:28: baseline_sum_of_diameters must be from 1 mm to 1000 mm, not 6 m"},
        {HEAD "lesions: 1\nbaseline_sum_of_diameters: {distribution: fixed, value: 6 cm, lesions_exponent: 2}\n",
         "5:81: lesions_exponent must be from 0 to 1, not 2"},
        {HEAD "lesions: 1\nbaseline_sum_of_diameters: 60 mm\nrelative_lesion_size: 0\n",
         "6:23: relative_lesion_size must be from 1e-06 to 1, not 0"},
        {HEAD "lesions: 1\nbaseline_sum_of_diameters: 60 mm\n"
              "relative_lesion_size: {distribution: uniform, lower: 0.5, upper: 1.5}\n",
         "6:66: relative_lesion_size (upper) must be from 1e-06 to 1, not 1.5"},
        {HEAD "lesions: 1\nbaseline_sum_of_diameters: 60 mm\nbody_weight: 75000 g\n",
         "6:14: body_weight: '75000 g' is a mass of drug; write a body weight, in kg for instance"},
        {HEAD "lesions: 1\nbaseline_sum_of_diameters: 60 mm\nbody_weight: {mean: 75 kg}\n",
         "6:14: body_weight lacks 'distribution'; write for instance 'distribution: lognormal'"},
        {HEAD "lesions: 1\nbaseline_sum_of_diameters: 60 mm\nbody_weight: [75 kg]\n",
         "6:14: body_weight must be a quantity or a distribution, not a list"},
        {HEAD "lesions: 1\nbaseline_sum_of_diameters: 60 mm\n"
              "body_weight: {distribution: fixed, value: 75 kg, lesions_exponent: 1}\n",
         "6:50: unknown key 'lesions_exponent' in a fixed distribution. Known keys: distribution, value"},
        {HEAD "lesions: 1\nbaseline_sum_of_diameters: 60 mm\nlesion_spread: {growht: 0.3}\n",
         "6:17: unknown key 'growht' in lesion_spread; did you mean 'growth'? Known keys: growth, infiltration, pdl1, "
         "antigen, radiosensitivity, bounds"},
        {HEAD "lesions: 1\nbaseline_sum_of_diameters: 60 mm\nlesion_spread: {pdl1: -0.1}\n",
         "6:23: lesion_spread (pdl1) must be from 0 to 3, not -0.1"},
        {HEAD "lesions: 1\nbaseline_sum_of_diameters: 60 mm\nlesion_spread: {antigen: 3.1}\n",
         "6:26: lesion_spread (antigen) must be from 0 to 3, not 3.1"},
        {HEAD "lesions: 1\nbaseline_sum_of_diameters: 60 mm\nlesion_spread: {growth: 0.3 /d}\n",
         "6:25: lesion_spread (growth): '0.3 /d' is a rate; write a pure number"},
        {HEAD "lesions: 1\nbaseline_sum_of_diameters: 60 mm\nlesion_spread: 0.3\n",
         "6:16: lesion_spread must be a mapping with keys of: growth, infiltration, pdl1, antigen, "
         "radiosensitivity, bounds"},
        {HEAD "lesions: 1\nbaseline_sum_of_diameters: 60 mm\nparameters: [a]\n",
         "6:13: parameters must be a mapping of names to quantities or distributions"},
    };
    assert_int_equal(input_file_differences(read_and_free, table, sizeof table / sizeof *table), 0);
}

static void test_parameter_errors(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {PARAMETERS "killing_rate: 18 /d\n", ""},
        {PARAMETERS "kiling_rate: 18 /d\n", "7:3: unknown parameter 'kiling_rate'; did you mean 'killing_rate'?"},
        {PARAMETERS "xyzzy: 18 /d\n", "7:3: unknown parameter 'xyzzy'"},
        {PARAMETERS "killing_rate: 18 d\n", "7:17: killing_rate: '18 d' is a time; write a rate, in 1/d for instance"},
        {PARAMETERS "killing_rate: -1 /d\n", "7:17: killing_rate must be from 0 1/d to 10000 1/d, not -1 /d"},
        {PARAMETERS "killing_rate:\n", "7:3: killing_rate has no value"},
        {PARAMETERS "killing_rate: {distribution: gamma, shape: 2}\n",
         "7:32: unknown distribution 'gamma'. Known: fixed, normal, lognormal, uniform, loguniform, "
         "triangular"},
        {PARAMETERS "killing_rate: {distribution: log-normal}\n",
         "7:32: unknown distribution 'log-normal'; did you mean 'lognormal'? Known: fixed, normal, lognormal, uniform, "
         "loguniform, triangular"},
        {PARAMETERS "killing_rate: {distribution: lognormal, median: 18 /d, sd: 0.3}\n",
         "7:58: unknown key 'sd' in a lognormal distribution. Known keys: distribution, median, log_sd, bounds"},
        {PARAMETERS "killing_rate: {distribution: lognormal, median: 18 /d}\n",
         "7:17: killing_rate lacks 'log_sd'; write for instance 'log_sd: 0.3'"},
        {PARAMETERS "killing_rate: {distribution: lognormal, median: 18 /d, log_sd: 0}\n",
         "7:66: log_sd must be more than 0 and at most 10, not 0"},
        {PARAMETERS "killing_rate: {distribution: lognormal, median: 18 /d, log_sd: 0.3 /d}\n",
         "7:66: log_sd: '0.3 /d' is a rate; write a pure number"},
        {PARAMETERS "killing_rate: {distribution: lognormal, median: 0 /d, log_sd: 0.3}\n",
         "7:51: the median of a lognormal distribution must be above 0"},
        {PARAMETERS "killing_rate: {distribution: normal, mean: 18 /d}\n",
         "7:17: killing_rate lacks 'sd'; write for instance 'sd: 1 1/d'"},
        {PARAMETERS "killing_rate: {distribution: normal, mean: 18 /d, sd: -1 /d}\n",
         "7:57: sd must be more than 0 1/d and at most 10000 1/d, not -1 /d"},
        {PARAMETERS "killing_rate: {distribution: normal, mean: 18 /d, sd: 1}\n",
         "7:57: sd: '1' has no unit; write a rate, such as '1 1/d'"},
        {PARAMETERS "killing_rate: {distribution: normal, mean: 18 /d, sd: 1 /d, bounds: 3 /d}\n",
         "7:71: bounds must be two values, [lower, upper]"},
        {PARAMETERS "killing_rate: {distribution: normal, mean: 18 /d, sd: 1 /d, bounds: [20 /d, 10 /d]}\n",
         "7:71: the lower bound must be below the upper one; write [lower, upper]"},
        {PARAMETERS "killing_rate: {distribution: normal, mean: 18 /d, sd: 1 /d, bounds: [-20 /d, 10 /d]}\n",
         "7:72: killing_rate (lower bound) must be from 0 1/d to 10000 1/d, not -20 /d"},
        {PARAMETERS "killing_rate: {distribution: normal, mean: 18 /d, sd: 1 /d, bounds: [30 /d, 40 /d]}\n",
         "7:17: killing_rate: less than a millionth of the distribution lies from 30 to 40 1/d"},
        {PARAMETERS "killing_rate: {distribution: uniform, lower: 3 /d, upper: 2 /d}\n",
         "7:61: killing_rate: 'upper' must be above 'lower'"},
        {PARAMETERS "killing_rate: {distribution: uniform, lower: 3 /d, upper: 20000 /d}\n",
         "7:61: killing_rate (upper) must be from 0 1/d to 10000 1/d, not 20000 /d"},
        {PARAMETERS "killing_rate: {distribution: uniform, lower: 3 /d, upper: 4 /d, bounds: [1 /d, 2 /d]}\n",
         "7:67: unknown key 'bounds' in a uniform distribution. Known keys: distribution, lower, upper"},
        {PARAMETERS "killing_rate: {distribution: loguniform, lower: 0 /d, upper: 2 /d}\n",
         "7:51: the lower end of a loguniform distribution must be above 0"},
        {PARAMETERS "killing_rate: {distribution: fixed}\n",
         "7:17: killing_rate lacks 'value'; write for instance 'value: 1 1/d'"},
        {PARAMETERS "killing_rate: 1 /d\n  killing_rate: 2 /d\n",
         "8:3: key 'killing_rate' is given twice, first in line 7; keep one"},
    };
    assert_int_equal(input_file_differences(read_and_free, table, sizeof table / sizeof *table), 0);
}

static const struct distribution *find_parameter(const struct cohort *cohort, const char *name)
{
    for (size_t i = 0; i < cohort->parameter_count; i++)
        if (cohort->parameters[i].parameter == parameter_find(name))
            return &cohort->parameters[i].distribution;
    return NULL;
}

static void test_values(void **state)
{
    (void)state;
    static const char text[] =
        "name: values\n"
        "patients: 12\n"
        "seed: 9223372036854775807\n"
        "lesions: {1: 0.25, 3: 75 %}\n"
        "body_weight: {distribution: normal, mean: 75 kg, sd: 15 kg, bounds: [40 kg, 130 kg]}\n"
        "baseline_sum_of_diameters: {distribution: lognormal, median: 3.7 cm, log_sd: 40 %, lesions_exponent: 0.8}\n"
        "relative_lesion_size: {distribution: uniform, lower: 10 %, upper: 1}\n"
        "lesion_spread: {growth: 33 %, infiltration: 0.235, radiosensitivity: 3}\n"
        "parameters:\n"
        "  killing_rate: 18 /d\n"
        "  damps_per_cell: {distribution: fixed, value: 1.66e-18 mol/cell}\n"
        "  pd1_per_tcell: {distribution: loguniform, lower: 1.2e4 molecules, upper: 6.2e4 molecules}\n"
        "  maturation_signal_half: {distribution: lognormal, median: 2560 pM, log_sd: 0.35}\n";
    struct abscopal_error error;
    struct cohort cohort;
    const char *path = input_file_write("values.yaml", text, sizeof text - 1);
    assert_int_equal(cohort_file_read(path, &cohort, &error), ABSCOPAL_OK);
    assert_string_equal(cohort.name, "values");
    assert_string_equal(cohort.text, text);
    assert_true(cohort.patient_count == 12 && cohort.seed == INT64_MAX);
    static const double shares[MODEL_MAX_LESIONS] = {0.25, 0, 0.75, 0, 0};
    assert_memory_equal(cohort.lesion_probability, shares, sizeof shares);
    assert_true(cohort.body_weight_kg.location == 75 && cohort.body_weight_kg.spread == 15);
    assert_true(cohort.body_weight_kg.lower == 40 && cohort.body_weight_kg.upper == 130);
    const struct distribution *sum = &cohort.baseline_sum_of_diameters_mm;
    assert_true(sum->kind == DISTRIBUTION_LOGNORMAL && sum->location == 37 && sum->spread == 0.4);
    assert_true(cohort.baseline_lesions_exponent == 0.8);
    assert_true(cohort.relative_lesion_size.kind == DISTRIBUTION_UNIFORM && cohort.relative_lesion_size.lower == 0.1);
    assert_true(cohort.lesion_log_sd.growth == 0.33 && cohort.lesion_log_sd.infiltration == 0.235);
    assert_true(cohort.lesion_log_sd.pdl1 == 0 && cohort.lesion_log_sd.antigen == 0);
    assert_true(cohort.lesion_log_sd.radiosensitivity == 3);
    assert_int_equal(cohort.parameter_count, 4);
    assert_true(find_parameter(&cohort, "killing_rate")->location == 18);
    assert_true(fabs(find_parameter(&cohort, "damps_per_cell")->location / 1.66e-9 - 1) < 1e-15);
    assert_true(find_parameter(&cohort, "pd1_per_tcell")->upper == 6.2e4);
    /* Without bounds: the range of the parameter table. */
    const struct distribution *half = find_parameter(&cohort, "maturation_signal_half");
    const struct parameter_description *row = parameter_describe(parameter_find("maturation_signal_half"));
    assert_true(half->location == 2.56 && half->lower == row->lower && half->upper == row->upper);
    cohort_free(&cohort);
}

static void test_defaults(void **state)
{
    (void)state;
    struct cohort cohort;
    static const char text[] = HEAD "lesions: 1\nbaseline_sum_of_diameters: 60 mm\n";
    const char *path = input_file_write("defaults.yaml", text, sizeof text - 1);
    assert_int_equal(cohort_file_read(path, &cohort, NULL), ABSCOPAL_OK);
    assert_true(cohort.body_weight_kg.kind == DISTRIBUTION_FIXED && cohort.body_weight_kg.location == 75);
    assert_true(cohort.relative_lesion_size.location == 1 && cohort.baseline_lesions_exponent == 0);
    assert_true(cohort.lesion_log_sd.growth == 0 && cohort.lesion_log_sd.radiosensitivity == 0);
    assert_int_equal(cohort.parameter_count, 0);
    cohort_free(&cohort);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_parameter_errors),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_defaults),
    };
    return cmocka_run_group_tests(tests, input_folder_make, input_folder_remove);
}
