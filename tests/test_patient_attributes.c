/* Attributes beside parameters: body surface and doses by it, PD-L1 classes, in cohort and trial files. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cohorts/pdl1_classes.h"
#include "input_files.h"
#include "results/summary.h"
#include "trial/conduct.h"
#include "trial_runs.h"

#define HEAD "name: c\npatients: 20\nseed: 7\nlesions: 1\nbaseline_sum_of_diameters: 60 mm\n"
#define CLASSES                                   \
    "pdl1_classes:\n"                             \
    "- {name: negative, below: 2.7e4 molecule}\n" \
    "- {name: low, below: 1.0e5 molecule}\n"      \
    "- {name: high}\n"
#define TRIAL                                                                            \
    "name: t\nmodel: nsclc\ncohort: classes.yaml\nuntil: 20 d\nimaging: {every: 10 d}\n" \
    "arms:\n- {name: a, treatments: [{drug: nivolumab, dose: 240 mg, start: 0 d}]}\n"

static enum abscopal_status read_cohort(const char *path, struct abscopal_error *error)
{
    struct cohort cohort;
    enum abscopal_status status = cohort_file_read(path, &cohort, error);
    cohort_free(&cohort);
    return status;
}

static enum abscopal_status read_trial(const char *path, struct abscopal_error *error)
{
    abscopal_trial *trial = abscopal_trial_read(path, error);
    const enum abscopal_status status = trial != NULL ? ABSCOPAL_OK : error->status;
    abscopal_trial_free(trial);
    return status;
}

/* Mosteller's nomogram: 1.73 m^2 at 173 cm and 62 kg, 2 m^2 at 180 cm and 80 kg. */
static void test_body_surface(void **state)
{
    (void)state;
    const struct virtual_patient average = {.body_height_cm = 173, .body_weight_kg = 62},
                                 large = {.body_height_cm = 180, .body_weight_kg = 80};
    assert_true(fabs(virtual_patient_body_surface_m2(&average) - 1.73) < 0.005);
    assert_true(virtual_patient_body_surface_m2(&large) == 2);
}

/* 75 mg/m^2 are 150 mg at 2 m^2. */
static void test_dose_by_surface(void **state)
{
    (void)state;
    const char trial_text[] =
        "name: t\nmodel: nsclc\ncohort: classes.yaml\nuntil: 20 d\nimaging: {every: 10 d}\narms:\n"
        "- {name: a, treatments: [{drug: nivolumab, dose: [0.0075 mg/cm^2, 75 mg/m^2], start: 0 d, "
        "every: 7 d, doses: 2}]}\n";
    input_file_write("classes.yaml", HEAD, sizeof HEAD - 1);
    abscopal_trial *trial = trial_runs_read(input_file_write("surface.yaml", trial_text, sizeof trial_text - 1));
    const struct treatment *treatment = &trial->file.arms[0].treatments[0];
    assert_true(treatment->dose_per_body_surface && !treatment->dose_per_body_weight && treatment->dose_mg == 75);
    const struct virtual_patient patient = {.lesion_count = 1, .body_height_cm = 180, .body_weight_kg = 80};
    struct parameters parameters;
    parameters_default(&parameters);
    struct model model;
    const struct model_settings settings = {.preset = PRESET_NSCLC,
                                            .parameters = &parameters,
                                            .lesion_count = 1,
                                            .antibodies = &treatment->antibody,
                                            .drug_count = 1};
    model_prepare(&model, &settings);
    double *body = calloc((size_t)model_state_count(&model), sizeof *body);
    assert_non_null(body);
    model_tumour_free_state(&model, body);
    model_seed_lesions(&model, (const double[]){1}, body);
    struct conduct conduct;
    assert_true(conduct_open(&conduct, &trial->file));
    conduct_begin(&conduct, 0, &patient, 1, 0, &model, body);
    assert_int_equal(conduct_plan(&conduct, &model, 0, 20), 2);
    const double nmol_per_mg = 1e6 / treatment->antibody->molar_mass_g_per_mol;
    assert_true(fabs(conduct.events[0].amount_nmol / (2 * 75 * nmol_per_mg) - 1) < 1e-12);
    assert_true(fabs(conduct.events[1].amount_nmol / (150 * nmol_per_mg) - 1) < 1e-12);
    conduct_close(&conduct);
    free(body);
    abscopal_trial_free(trial);
}

/* A class begins where the one before ends. */
static void test_classes(void **state)
{
    (void)state;
    struct cohort cohort;
    static const char text[] =
        HEAD CLASSES "body_height: {distribution: normal, mean: 1.7 m, sd: 10 cm, bounds: [150 cm, 190 cm]}\n";
    assert_int_equal(cohort_file_read(input_file_write("classes.yaml", text, sizeof text - 1), &cohort, NULL),
                     ABSCOPAL_OK);
    assert_int_equal(cohort.pdl1_class_count, 3);
    assert_string_equal(cohort.pdl1_classes[1].name, "low");
    assert_int_equal(pdl1_class_of(&cohort, 0), 0);
    assert_int_equal(pdl1_class_of(&cohort, nextafter(2.7e4, 0)), 0);
    assert_int_equal(pdl1_class_of(&cohort, 2.7e4), 1);
    assert_int_equal(pdl1_class_of(&cohort, 1e5), 2);
    assert_int_equal(pdl1_class_of(&cohort, 1e9), 2);
    assert_true(cohort.body_height_cm.location == 170 && cohort.body_height_cm.lower == 150);
    cohort_free(&cohort);
    assert_int_equal(pdl1_class_of(&cohort, 1e5), -1); /* an empty cohort */
}

/* Eligible are the classes named, and response is told apart by class: the classes' patients add up to the arm's. */
static void test_trial_by_class(void **state)
{
    (void)state;
    static const char cohort_text[] =
        HEAD CLASSES "parameters:\n"
                     "  cancer_death_rate: 0.0087 /d\n"
                     "  pdl1_per_cancer_cell: {distribution: lognormal, median: 4.8e4 molecule, log_sd: 1.7}\n";
    static const char trial_text[] = TRIAL "eligibility: {pdl1_class: [high, low]}\n";
    input_file_write("classes.yaml", cohort_text, sizeof cohort_text - 1);
    abscopal_trial *trial = trial_runs_read(input_file_write("by-class.yaml", trial_text, sizeof trial_text - 1));
    const struct abscopal_run_options options = {.patients = 20, .seed = 2, .threads = 2};
    abscopal_results *results = trial_runs_in_blocks(trial, &options, 100);
    size_t of_class[3] = {0}, completed[3] = {0};
    for (size_t i = 0; i < 20; i++) {
        const double pdl1 = results->patients[i].patient.parameters.pdl1_per_cancer_cell;
        const size_t class = pdl1 < 2.7e4 ? 0 : pdl1 < 1e5 ? 1 : 2;
        assert_int_equal(results->patients[i].patient.pdl1_class, class);
        assert_true((results->patients[i].status == ABSCOPAL_PATIENT_NOT_ELIGIBLE) == (class == 0));
        of_class[class]++;
        completed[class] += results->patients[i].status == ABSCOPAL_PATIENT_COMPLETED;
    }
    assert_true(of_class[0] > 0 && completed[1] > 0 && completed[2] > 0);
    for (size_t class = 0; class < 3; class ++) {
        size_t patients;
        struct abscopal_share share;
        assert_int_equal(results_best_response_of_class(results, 0, class, &patients, &share), ABSCOPAL_OK);
        assert_int_equal(patients, completed[class]);
        assert_true(class == 0 ? isnan(share.fraction) : share.fraction >= 0);
    }
    abscopal_results_free(results);
    abscopal_trial_free(trial);
}

static void test_errors(void **state)
{
    (void)state;
    static const struct malformed cohorts[] = {
        {HEAD CLASSES, ""},
        {HEAD "sampling: latin hypercub\n",
         "6:11: unknown way of sampling 'latin hypercub'; did you mean 'latin hypercube'? Known: monte carlo, latin "
         "hypercube, sobol"},
        {HEAD "body_height: 1.7\n", "6:14: body_height: '1.7' has no unit; write a length, such as '1.7 cm'"},
        {HEAD "body_height: 170 m\n", "6:14: body_height must be from 30 cm to 300 cm, not 170 m"},
        {HEAD "body_height: {distribution: triangular, lower: 150 cm, upper: 200 cm}\n",
         "6:14: body_height lacks 'mode'; write for instance 'mode: 1 cm'"},
        {HEAD "body_height: {distribution: triangular, lower: 150 cm, mode: 210 cm, upper: 200 cm}\n",
         "6:62: body_height: 'mode' must be from 'lower' to 'upper'"},
        {HEAD "lesion_spread: {growth: 0.3, bounds: 2}\n", "6:38: bounds must be two factors, [lower, upper]"},
        {HEAD "lesion_spread: {growth: 0.3, bounds: [2, 3]}\n",
         "6:38: the median lesion has a factor of 1, which must lie between the bounds"},
        {HEAD "lesion_spread: {growth: 0.3, bounds: [-1, 3]}\n",
         "6:39: lesion_spread (lower bound) must be from 0 to 1000000, not -1"},
        {HEAD "pdl1_classes: high\n", "6:15: pdl1_classes must be a list"},
        {HEAD "pdl1_classes:\n- {below: 1e4 molecule}\n",
         "7:3: a PD-L1 class lacks 'name'; write for instance 'name: high'"},
        {HEAD "pdl1_classes:\n- {name: low}\n- {name: high}\n",
         "7:3: a PD-L1 class that is not the last lacks 'below'; write for instance 'below: 1e5 molecule'"},
        {HEAD "pdl1_classes:\n- {name: low, below: 1e4}\n- {name: high}\n",
         "7:22: below: '1e4' has no unit; write a number of molecules, such as '1e4 molecule'"},
        {HEAD "pdl1_classes:\n- {name: low, below: 1e4 molecule}\n- {name: high, below: 2e4 molecule}\n",
         "8:23: the last class has no upper end; leave 'below' out, or add a class after it"},
        {HEAD "pdl1_classes:\n- {name: a, below: 1e4 molecule}\n- {name: b, below: 1e4 molecule}\n- {name: c}\n",
         "8:20: classes go upwards: write more than the 10000 molecule that 'a' ends below"},
        {HEAD "pdl1_classes:\n- {name: a, below: 1e4 molecule}\n- {name: a}\n",
         "8:10: there is another class 'a'; give each a name of its own"},
    };
    assert_int_equal(input_file_differences(read_cohort, cohorts, sizeof cohorts / sizeof *cohorts), 0);
    static const struct malformed trials[] = {
        {TRIAL "eligibility: {pdl1_class: [high]}\n", ""},
        {TRIAL "eligibility: {pdl1_class: [hihg]}\n",
         "8:28: the cohort has no PD-L1 class 'hihg'; did you mean 'high'?"},
        {TRIAL "eligibility: {pdl1_class: high}\n", "8:27: pdl1_class must be a list"},
        {TRIAL "allocation: {patients: randomised, strata: [{by: pdl1_class, from: 1}]}\n",
         "8:50: classes are no strata; write 'by: pdl1_per_cancer_cell' and where a class begins"},
        {"name: t\nmodel: qspio-nsclc-2020\nuntil: 20 d\nimaging: {every: 10 d}\narms:\n"
         "- {name: a, treatments: [{drug: nivolumab, dose: 75 mg/m^2, start: 0 d}]}\n",
         "6:50: a dose per body surface needs a cohort; write the dose in mg"},
    };
    input_file_write("classes.yaml", HEAD CLASSES, sizeof(HEAD CLASSES) - 1);
    assert_int_equal(input_file_differences(read_trial, trials, sizeof trials / sizeof *trials), 0);
    input_file_write("classes.yaml", HEAD, sizeof HEAD - 1);
    struct abscopal_error error;
    static const char without[] = TRIAL "eligibility: {pdl1_class: [high]}\n";
    assert_int_equal(read_trial(input_file_write("without.yaml", without, sizeof without - 1), &error),
                     ABSCOPAL_BAD_INPUT);
    assert_non_null(strstr(error.message, "the cohort has no PD-L1 classes; add 'pdl1_classes' to "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_body_surface),   cmocka_unit_test(test_dose_by_surface), cmocka_unit_test(test_classes),
        cmocka_unit_test(test_trial_by_class), cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, input_folder_make, input_folder_remove);
}
