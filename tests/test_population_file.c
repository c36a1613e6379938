/* Files of weights: what a good one says, what is said of bad ones, to the letter, and what a run makes of weights. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts/cohort_file.h"
#include "input_files.h"
#include "trial_runs.h"

/* ---- The file --------------------------------------------------------------------------------------- */

static enum abscopal_status read_and_free(const char *path, struct abscopal_error *error)
{
    struct population population;
    const enum abscopal_status status = population_file_read(path, &population, error);
    population_free(&population);
    return status;
}

#define HEAD "# seed: 1\n# patients: 2\n# cohort: 0123456789abcdef\n"
#define COLUMNS HEAD "patient,weight\n"

static void test_errors(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {COLUMNS "1,0.5\n2,1e3\n", ""},
        {"# of\n" HEAD "# effective sample size: 1.3\npatient,weight\r\n1,0\r\n2,1\r\n", ""},
        {COLUMNS "1,0.5\n2,7", ""},
        {"", "1:1: no line '# seed: 1' before the names of the columns: make the file with 'abscopal calibrate FILE -o "
             "OUT.csv'"},
        {"# seed: -1\n", "1:1: the seed is a whole number: write '# seed: 1'"},
        {"# seed: 1.5\n", "1:1: the seed is a whole number: write '# seed: 1'"},
        {"# seed: 9223372036854775808\n", "1:1: the seed is a whole number: write '# seed: 1'"},
        {"# patients: 0\n", "1:1: the number of patients is a whole number from 1 to 10000000"},
        {"# patients: 10000001\n", "1:1: the number of patients is a whole number from 1 to 10000000"},
        {"# cohort: abc\n", "1:1: the cohort is told by 16 hexadecimal digits"},
        {"# seed: 1\n# patients: 2\npatient,weight\n",
         "3:1: no line '# cohort: (16 hexadecimal digits)' before the names of the columns: make the file with "
         "'abscopal calibrate FILE -o OUT.csv'"},
        {HEAD "patient;weight\n", "4:1: the columns are 'patient,weight': write this line below the comments"},
        {HEAD, "4:1: the columns are 'patient,weight': write this line below the comments"},
        {COLUMNS "1\n", "5:1: a row has two fields, patient and weight"},
        {COLUMNS "1,2,3\n", "5:1: a row has two fields, patient and weight"},
        {COLUMNS "2,1\n", "5:1: patient '2' where 1 comes next: one row for each patient, in order"},
        {COLUMNS "1,1\n1,1\n", "6:1: patient '1' where 2 comes next: one row for each patient, in order"},
        {COLUMNS "1,\n", "5:3: weight '' is no number"},
        {COLUMNS "1,nan\n", "5:3: weight 'nan' is no number"},
        {COLUMNS "1,50 %\n", "5:3: weight '50 %' is no number"},
        {COLUMNS "1,1e\n", "5:3: weight '1e' is no number"},
        {COLUMNS "1,-0.5\n", "5:3: weight -0.5: it must be 0, or from 1e-09 to 1e+09"},
        {COLUMNS "1,1e10\n", "5:3: weight 1e10: it must be 0, or from 1e-09 to 1e+09"},
        {COLUMNS "1,1e-10\n", "5:3: weight 1e-10: it must be 0, or from 1e-09 to 1e+09"},
        {COLUMNS "1,1\n", "6:1: the file ends after 1 of 2 patients: make the file with 'abscopal calibrate FILE -o "
                          "OUT.csv'"},
        {COLUMNS "1,1\n2,1\n3,1\n", "7:1: a row after the last of 2 patients: remove it"},
        {COLUMNS "1,0\n2,0\n", " all weights are 0: nobody is left to run"},
    };
    assert_int_equal(input_file_differences(read_and_free, table, sizeof table / sizeof *table), 0);
}

/* Every weight comes back to the bit. */
static void test_round_trip(void **state)
{
    (void)state;
    double weights[] = {0, 1, 1.0 / 3, 1e-9, 123456.789, 0x1.fffffffffffffp-1};
    const struct population written = {.seed = INT64_MAX, .cohort = UINT64_MAX, .patients = 6, .weights = weights};
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    population_file_write(file, &written);
    assert_int_equal(fclose(file), 0);
    struct population read;
    struct abscopal_error error = {0};
    assert_int_equal(population_file_read(input_file_write("population.csv", text, size), &read, &error), ABSCOPAL_OK);
    assert_true(read.seed == written.seed && read.cohort == written.cohort && read.patients == 6);
    assert_memory_equal(read.weights, weights, sizeof weights);
    assert_true(population_weight(&read, 3) == weights[2] && population_weight(&read, 7) == 1);
    population_free(&read);
    assert_true(population_weight(&read, 1) == 1);
    free(text);
}

static void test_cohort_hash(void **state)
{
    (void)state;
    const uint64_t plain = population_cohort_hash("name: a\nseed: 1\nlesions: 1\nparameters:\n  x: 1\n");
    assert_true(plain == population_cohort_hash("# of\nname: b # c\npatients: 5\nlesions: 1 # one\r\n\nparameters:\n"
                                                "  x: 1\npopulation: w.csv"));
    assert_true(plain != population_cohort_hash("lesions: 1\nparameters:\n  x: 2\n"));
    assert_true(plain != population_cohort_hash("lesions: 1\nparameters:\nx: 1\n"));
    assert_true(plain != population_cohort_hash("lesions: 1parameters:\n  x: 1\n"));
    /* FNV-1a of "a\n", as published: the offset basis, then two steps. */
    uint64_t expected = 0xcbf29ce484222325;
    expected = (expected ^ 'a') * 0x100000001b3;
    assert_true(expected == 0xaf63dc4c8601ec8c); /* draft-eastlake-fnv: the test value of "a" */
    assert_true(population_cohort_hash("a\n") == (expected ^ '\n') * 0x100000001b3);
}

/* Kish: of weights 1 and 3, 16/10. */
static void test_effective_number(void **state)
{
    (void)state;
    assert_true(population_effective((const double[]){1, 3}, 2) == 1.6);
    assert_true(population_effective((const double[]){0, 2, 2, 2}, 4) == 3);
    assert_true(population_effective(NULL, 0) == 0);
}

/* ---- Runs ------------------------------------------------------------------------------------------- */

enum { PATIENTS = 12 };

#define COHORT                                                                           \
    "lesions: 2\nrelative_lesion_size: 0.5\n"                                            \
    "baseline_sum_of_diameters: {distribution: lognormal, median: 50 mm, log_sd: 0.4}\n" \
    "parameters: {cancer_growth_rate: {distribution: lognormal, median: 0.011 /d, log_sd: 0.2}}\n"

/* The trial with such weights, NULL for none, made for a cohort of that text, to be freed; what is said of the cohort
 * otherwise. */
static abscopal_trial *trial_with_cohort(const double *weights, const char *made_for, const char *head,
                                         struct abscopal_error *error)
{
    char text[2048], csv[2048];
    FILE *stream = fmemopen(csv, sizeof csv, "w");
    const struct population population = {
        .seed = 5, .patients = PATIENTS, .weights = (double *)weights, .cohort = population_cohort_hash(made_for)};
    if (weights != NULL)
        population_file_write(stream, &population);
    fclose(stream);
    if (weights != NULL)
        input_file_write("weights.csv", csv, strlen(csv));
    snprintf(text, sizeof text, "%s" COHORT "%s", head, weights != NULL ? "population: weights.csv\n" : "");
    input_file_write("cohort.yaml", text, strlen(text));
    static const char trial[] = "name: t\nmodel: nsclc\ncohort: cohort.yaml\nuntil: 160 d\nimaging: {every: 40 d}\n"
                                "arms:\n- {name: a, treatments: [{drug: nivolumab, dose: 240 mg, start: 0 d}]}\n"
                                "- {name: b, treatments: [{radiotherapy: 8 Gy, fractions: 3, every: 2 d, start: 0 d, "
                                "lesions: largest}]}\n";
    return abscopal_trial_read(input_file_write("trial.yaml", trial, sizeof trial - 1), error);
}

static abscopal_trial *trial_with(const double *weights, const char *head, struct abscopal_error *error)
{
    return trial_with_cohort(weights, COHORT, head, error);
}

#define FIRST "name: c\npatients: 12\nseed: 5\n"

static abscopal_results *run_with(const double *weights, abscopal_trial **trial)
{
    struct abscopal_error error = {0};
    *trial = trial_with(weights, FIRST, &error);
    if (*trial == NULL)
        fail_msg("%s", error.message);
    abscopal_results *results = abscopal_run(*trial, NULL, &error);
    if (results == NULL)
        fail_msg("%s", error.message);
    return results;
}

/* Equal to the bit, NaN to NaN: the members are doubles, numbers and one name. */
static void assert_same_summary(struct abscopal_arm_summary a, struct abscopal_arm_summary b)
{
    assert_string_equal(a.name, b.name);
    a.name = b.name = NULL;
    assert_memory_equal(&a, &b, sizeof a);
}

/* With the same weight for all, whatever it is, nothing changes. */
static void test_equal_weights(void **state)
{
    (void)state;
    abscopal_trial *trials[2];
    double weights[PATIENTS];
    for (int i = 0; i < PATIENTS; i++)
        weights[i] = 0.7;
    abscopal_results *const plain = run_with(NULL, &trials[0]), *const weighted = run_with(weights, &trials[1]);
    for (size_t arm = 0; arm < 2; arm++) {
        struct abscopal_arm_summary a, b;
        assert_int_equal(abscopal_results_summary(plain, arm, &a), ABSCOPAL_OK);
        assert_int_equal(abscopal_results_summary(weighted, arm, &b), ABSCOPAL_OK);
        assert_same_summary(a, b);
    }
    struct abscopal_arm_comparison a, b;
    assert_int_equal(abscopal_results_comparison(plain, 1, &a), ABSCOPAL_OK);
    assert_int_equal(abscopal_results_comparison(weighted, 1, &b), ABSCOPAL_OK);
    assert_int_equal(a.pairs, b.pairs);
    assert_memory_equal(&a.best_response_difference, &b.best_response_difference, sizeof a.best_response_difference);
    assert_memory_equal(&a.hazard_ratio, &b.hazard_ratio, sizeof a.hazard_ratio);
    assert_memory_equal(&a.log_rank_p, &b.log_rank_p, sizeof a.log_rank_p);
    abscopal_results_free(plain);
    abscopal_results_free(weighted);
    abscopal_trial_free(trials[0]);
    abscopal_trial_free(trials[1]);
}

/* Those of weight 0 are not run, the others are who they were, and the weights are stored as they were given. */
static void test_selection(void **state)
{
    (void)state;
    abscopal_trial *trials[2];
    double weights[PATIENTS];
    for (int i = 0; i < PATIENTS; i++)
        weights[i] = i % 3 == 0 ? 0 : i % 3 * 0.4;
    abscopal_results *const plain = run_with(NULL, &trials[0]), *const weighted = run_with(weights, &trials[1]);
    assert_int_equal(abscopal_results_patient_count(weighted, ABSCOPAL_PATIENT_NOT_SELECTED), 4);
    size_t courses = 0;
    for (size_t i = 0; i < results_tally_count(weighted); i++)
        courses += weighted->tallies[i].courses;
    size_t analysed = 0;
    double sum = 0, squares = 0;
    for (size_t i = 0; i < PATIENTS; i++) {
        assert_true(weighted->weights[i] == weights[i]);
        if (weights[i] > 0) {
            trial_runs_assert_same_patient(plain, i, weighted, i);
            analysed += weighted->patients[i].status == ABSCOPAL_PATIENT_COMPLETED;
            sum += weighted->patients[i].status == ABSCOPAL_PATIENT_COMPLETED ? weights[i] : 0;
            squares += weighted->patients[i].status == ABSCOPAL_PATIENT_COMPLETED ? weights[i] * weights[i] : 0;
            continue;
        }
        assert_int_equal(weighted->patients[i].status, ABSCOPAL_PATIENT_NOT_SELECTED);
        assert_int_equal(weighted->arms[i].status, ABSCOPAL_PATIENT_NOT_SELECTED);
    }
    assert_true(courses <= 3 * 8 && analysed > 3);
    struct abscopal_arm_summary summary;
    assert_int_equal(abscopal_results_summary(weighted, 0, &summary), ABSCOPAL_OK);
    assert_int_equal(summary.patients, analysed);
    assert_true(fabs(summary.effective_patients - sum * sum / squares) < 1e-12 * (double)analysed);
    assert_true(abscopal_results_effective_patients(weighted) == sum * sum / squares);
    abscopal_results_free(plain);
    abscopal_results_free(weighted);
    abscopal_trial_free(trials[0]);
    abscopal_trial_free(trials[1]);
}

static void assert_ends(const char *text, const char *end)
{
    if (strlen(text) < strlen(end) || strcmp(text + strlen(text) - strlen(end), end) != 0)
        fail_msg("'%s' does not end with '%s'", text, end);
}

/* Weights are of one cohort, one seed and so many patients. */
static void test_other_patients(void **state)
{
    (void)state;
    double weights[PATIENTS] = {1, 2};
    static const struct {
        const char *head, *said;
    } wrong[] = {
        {"name: c\npatients: 13\nseed: 5\n",
         "weights.csv': write patients: 12, or make more with 'abscopal calibrate'"},
        {"name: c\npatients: 12\nseed: 6\n",
         "weights.csv' are of seed 5: write seed: 5, or make them again with 'abscopal calibrate'"},
        {"name: c\npatients: 12\nseed: 5\nbody_weight: 80 kg\n",
         "were made for another cohort: make them again with 'abscopal calibrate', or write population: on a line of "
         "its own and put back what else was changed"},
    };
    struct abscopal_error error;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_null(trial_with(weights, wrong[i].head, &error));
        assert_int_equal(error.status, ABSCOPAL_BAD_INPUT);
        assert_ends(error.message, wrong[i].said);
    }
    abscopal_trial *const trial = trial_with(weights, FIRST, &error);
    assert_non_null(trial);
    assert_null(abscopal_run(trial, &(struct abscopal_run_options){.seed = 6}, &error));
    assert_string_equal(error.message,
                        "these weights are of the patients of seed 5, not 6: run with seed 5, remove population: from "
                        "the cohort file, or make weights of the other seed with 'abscopal calibrate'");
    assert_null(abscopal_run(trial, &(struct abscopal_run_options){.seed = -1, .patients = 13}, &error));
    assert_string_equal(error.message,
                        "there are weights of 12 patients, not 13: run at most as many, remove population: from the "
                        "cohort file, or make more with 'abscopal calibrate'");
    abscopal_results *const fewer =
        abscopal_run(trial, &(struct abscopal_run_options){.seed = 5, .patients = 2}, &error);
    assert_non_null(fewer);
    abscopal_results_free(fewer);
    abscopal_trial_free(trial);
}

#define DESIGN "sampling: latin hypercube\n"

/* The patients of a Latin hypercube are others when there is another number of them. */
static void test_latin_hypercube(void **state)
{
    (void)state;
    double weights[PATIENTS] = {1, 2};
    struct abscopal_error error;
    abscopal_trial *const trial = trial_with_cohort(weights, DESIGN COHORT, FIRST DESIGN, &error);
    assert_non_null(trial);
    const struct abscopal_run_options wrong[] = {{.seed = 5, .patients = 2},
                                                 {.seed = 5, .patients = 2, .only_patient = 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_null(abscopal_run(trial, &wrong[i], &error));
        assert_int_equal(error.status, ABSCOPAL_BAD_INPUT);
        assert_string_equal(error.message,
                            "these weights are of a Latin hypercube of 12 patients, and one of 2 has others: run with "
                            "12, remove population: from the cohort file, or make weights of 2 with 'abscopal "
                            "calibrate'");
    }
    abscopal_results *const all = abscopal_run(trial, &(struct abscopal_run_options){.seed = 5}, &error);
    assert_non_null(all);
    abscopal_results_free(all);
    abscopal_trial_free(trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors),         cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_cohort_hash),    cmocka_unit_test(test_effective_number),
        cmocka_unit_test(test_equal_weights),  cmocka_unit_test(test_selection),
        cmocka_unit_test(test_other_patients), cmocka_unit_test(test_latin_hypercube),
    };
    return cmocka_run_group_tests(tests, input_folder_make, input_folder_remove);
}
