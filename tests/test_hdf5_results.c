/* Results read back from their file: tables, JSON and a file made of them are those of the run, byte for byte, and
 * nothing but the file is needed for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <hdf5.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cohorts/population_file.h"
#include "tests/results_fixture.h"
#include "trial/courses.h"
#include "trial_runs.h"

/* ---- Texts and files of results --------------------------------------------------------------------- */

static char *table_of(const abscopal_results *results)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    assert_int_equal(abscopal_results_write_table(results, stream, NULL), ABSCOPAL_OK);
    assert_int_equal(fclose(stream), 0);
    return text;
}

static const char *path_in(const struct fixture *fixture, const char *name)
{
    static char path[160];
    snprintf(path, sizeof path, "%s/%s", fixture->directory, name);
    return path;
}

static void assert_same_bytes(const char *path, const char *other_path)
{
    size_t size, other_size;
    char *bytes = read_bytes(path, &size), *other = read_bytes(other_path, &other_size);
    assert_int_equal(size, other_size);
    assert_memory_equal(bytes, other, size);
    free(bytes);
    free(other);
}

static void assert_same_results(const abscopal_results *a, const abscopal_results *b)
{
    assert_true(a->arm_count == b->arm_count && a->patient_count == b->patient_count && a->seed == b->seed);
    assert_memory_equal(a->allocation, b->allocation, a->patient_count * sizeof *a->allocation);
    assert_int_equal(a->weights != NULL, b->weights != NULL);
    assert_true(a->weights == NULL || memcmp(a->weights, b->weights, a->patient_count * sizeof *a->weights) == 0);
    for (size_t i = 0; i < a->patient_count; i++)
        trial_runs_assert_same_patient(a, i, b, i);
    assert_int_equal(a->course_count, b->course_count);
    assert_memory_equal(a->courses, b->courses,
                        COURSE_QUANTITY_COUNT * a->arm_count * a->patient_count * a->course_count * sizeof(float));
    for (size_t arm = 0; arm < a->arm_count; arm++) {
        struct abscopal_arm_summary one, other;
        assert_int_equal(abscopal_results_summary(a, arm, &one), ABSCOPAL_OK);
        assert_int_equal(abscopal_results_summary(b, arm, &other), ABSCOPAL_OK);
        assert_string_equal(one.name, other.name);
        one.name = other.name;
        assert_memory_equal(&one, &other, sizeof one);
    }
}

/* Fails the test where the file cannot be read. */
static abscopal_results *read_back(const char *path)
{
    struct abscopal_error error = {0};
    abscopal_results *results = abscopal_results_read_hdf5(path, &error);
    if (results == NULL)
        fail_msg("%s", error.message);
    return results;
}

/* Writes everything of the results, frees them, their trial and what `forget` removes, and compares what is read. */
static void assert_survives(const struct fixture *fixture, abscopal_results *results, abscopal_trial *trial,
                            void (*forget)(const struct fixture *fixture))
{
    char path[160], json[160], again[160];
    snprintf(path, sizeof path, "%s", path_in(fixture, "results.h5"));
    snprintf(json, sizeof json, "%s", path_in(fixture, "results.json"));
    snprintf(again, sizeof again, "%s", path_in(fixture, "again"));
    assert_int_equal(abscopal_results_write_hdf5(results, path, NULL), ABSCOPAL_OK);
    assert_int_equal(abscopal_results_write_json(results, json, NULL), ABSCOPAL_OK);
    char *table = table_of(results);
    abscopal_results *read = read_back(path);
    assert_same_results(results, read);
    abscopal_results_free(read);
    abscopal_results_free(results);
    abscopal_trial_free(trial);
    if (forget != NULL)
        forget(fixture);
    read = read_back(path);
    assert_int_equal(abscopal_results_write_hdf5(read, again, NULL), ABSCOPAL_OK);
    assert_same_bytes(path, again);
    assert_int_equal(abscopal_results_write_json(read, again, NULL), ABSCOPAL_OK);
    assert_same_bytes(json, again);
    char *table_again = table_of(read);
    assert_string_equal(table, table_again);
    free(table);
    free(table_again);
    abscopal_results_free(read);
    assert_int_equal(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0); /* nothing left open */
}

static abscopal_results *run(const abscopal_trial *trial, size_t patients, double course_every_days)
{
    const struct abscopal_run_options options = {
        .patients = patients, .seed = -1, .threads = 2, .course_every_days = course_every_days};
    struct abscopal_error error = {0};
    abscopal_results *results = abscopal_run(trial, &options, &error);
    if (results == NULL)
        fail_msg("%s", error.message);
    return results;
}

/* Of files that runs have written, all patients come out the same when they are run again. */
static void assert_verified(const struct fixture *fixture)
{
    const struct abscopal_verify_options options = {.patients = SIZE_MAX, .threads = 2};
    struct abscopal_error error = {0};
    abscopal_verification *verification = abscopal_verify(path_in(fixture, "results.h5"), &options, &error);
    if (verification == NULL)
        fail_msg("%s", error.message);
    assert_true(abscopal_verification_same_bits(verification));
    abscopal_verification_free(verification);
}

/* ---- Trials ----------------------------------------------------------------------------------------- */

/* Six arms with courses; randomised with irradiated lesions that are no targets; published outcomes; switches to other
 * arms; a drug of its own; PD-L1 classes; the published patient without a cohort. */
static void shipped_trials_survive(void **state)
{
    static const struct {
        const char *path;
        size_t patients;
        double course_every_days;
    } trials[] = {
        {"protocols/nivolumab-rt-six-arms.yaml", 12, 35}, {"protocols/trials/mdacc.yaml", 16, 0},
        {"protocols/trials/comit-1.yaml", 10, 50},        {"protocols/trials/nct03812549.yaml", 10, 0},
        {"protocols/oak-atezolizumab.yaml", 10, 0},       {"protocols/qspio-nsclc-2020.yaml", 0, 10},
        {"tests/data/adam-randomised.yaml", 24, 30},      {"tests/data/decisions.yaml", 12, 0},
        {"tests/data/new-lesions.yaml", 12, 0},           {"tests/data/non-targets.yaml", 12, 0},
    };
    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
        abscopal_trial *trial = trial_runs_read(trials[i].path);
        assert_survives(*state, run(trial, trials[i].patients, trials[i].course_every_days), trial, NULL);
        assert_verified(*state);
    }
}

enum { PATIENTS = 20 };

static const char cohort_text[] =
    "name: c\npatients: 20\nseed: 5\nlesions: {1: 30 %, 3: 70 %}\n"
    "relative_lesion_size: {distribution: uniform, lower: 0.2, upper: 1}\n"
    "baseline_sum_of_diameters: {distribution: lognormal, median: 50 mm, log_sd: 0.4}\n"
    "parameters:\n  cancer_growth_rate: {distribution: lognormal, median: 0.011 /d, log_sd: 0.2}\n"
    "  pdl1_per_cancer_cell: {distribution: lognormal, median: 1e5 molecule, log_sd: 1}\n"
    "pdl1_classes: [{name: low, below: 1e5 molecule}, {name: high one}]\n"
    "plausible: [{output: cd8_density, most: 900 cell/uL}, {output: largest_diameter, most: 45 mm}]\n"
    "population: weights.csv\n";

static const char trial_text[] =
    "name: everything\nmodel: nsclc\ncohort: cohort.yaml\ndrugs: [own.yaml]\nuntil: 240 d\n"
    "imaging: {every: 40 d, error: 5 %, missed: 10 %}\n"
    "eligibility: {pdl1_class: [high one], lymphocytes: {least: 100 cell/uL}}\n"
    "allocation: {patients: randomised, ratio: [1, 1]}\n"
    "response: {criteria: irecist, irradiated: non-target, minimum_stable: 6 week, confirmation: 28 d}\n"
    "arms:\n- {name: of records, treatments: {records: dosing.csv, arm: a}}\n"
    "- {name: own, treatments: [{drug: abc-1, dose: 200 mg, start: 0 d, every: 21 d, doses: 5, over: 30 min}]}\n";

static const char drug_text[] = "--- # a document of its own\nname: abc-1\ntarget: PD-1\nmolar_mass: 146 kDa\n"
                                "gamma_blood: 0.67\ngamma_peripheral: 0.042\nperipheral_flow: 0.652 L/d\n"
                                "clearance: 0.38 L/d\ndissociation: 1.5 nM\ntumour_flow: 0.007 L/d\n"
                                "node_flow: 0.00028 L/d\nlymphatic_drainage: 2.16 /d\ngamma_tumour: 0.522\n"
                                "gamma_node: 0.2\non_rate: 6.7e5 /M/s\ncross_arm: 100\nsource: made up";

static const char records_text[] = "ARM,TIME,EVID,AMT,RATE,II,ADDL,GY,LESIONS,DRUG,UNIT\n"
                                   "a,0,1,200,9600,21,4,.,.,abc-1,mg\na,0,2,.,.,.,.,8,1,.,.\na,2,2,.,.,.,.,8,1,.,.\n";

static void write_inputs(const struct fixture *fixture)
{
    char csv[2048];
    double weights[PATIENTS];
    for (int i = 0; i < PATIENTS; i++)
        weights[i] = i % 5 == 0 ? 0 : 0.3 + 0.1 * (i % 7);
    const struct population population = {
        .seed = 5, .patients = PATIENTS, .weights = weights, .cohort = population_cohort_hash(cohort_text)};
    FILE *stream = fmemopen(csv, sizeof csv, "w");
    assert_non_null(stream);
    population_file_write(stream, &population);
    assert_int_equal(fclose(stream), 0);
    write_text(path_in(fixture, "weights.csv"), csv);
    write_text(path_in(fixture, "cohort.yaml"), cohort_text);
    write_text(path_in(fixture, "own.yaml"), drug_text);
    write_text(path_in(fixture, "dosing.csv"), records_text);
    write_text(path_in(fixture, "trial.yaml"), trial_text);
}

static void remove_inputs(const struct fixture *fixture)
{
    static const char *const names[] = {"weights.csv", "cohort.yaml", "own.yaml", "dosing.csv", "trial.yaml"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(unlink(path_in(fixture, names[i])), 0);
}

/* Weights, iRECIST, randomisation, eligibility, rules, an own drug and records, of files that are gone when the results
 * are read. */
static void no_other_file_is_needed(void **state)
{
    const struct fixture *fixture = *state;
    write_inputs(fixture);
    abscopal_trial *trial = trial_runs_read(path_in(fixture, "trial.yaml"));
    abscopal_results *results = run(trial, 0, 20);
    assert_int_equal(trial->file.files.count, 2);
    assert_true(abscopal_results_patient_count(results, ABSCOPAL_PATIENT_COMPLETED) >= 4);
    assert_int_equal(abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_SELECTED), 4);
    assert_true(abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_ELIGIBLE) > 0);
    assert_true(abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_PLAUSIBLE) > 0);
    assert_survives(fixture, results, trial, remove_inputs);
    assert_verified(fixture);
}

/* As a worker leaves an arm in which the solver gave up. */
static void fail_arm(abscopal_results *results, size_t arm, size_t patient)
{
    const size_t row = results_row(results, arm, patient), visits = results->visit_count;
    for (size_t i = 0; i < visits * results->lesion_count; i++)
        results->diameters_mm[row * visits * results->lesion_count + i] = NAN;
    memset(results->responses + row * visits, -1, visits);
    memset(results->new_lesions + row * visits, -1, visits);
    courses_clear(results, row);
    results->arms[row] = (struct arm_result){.status = ABSCOPAL_PATIENT_NOT_INTEGRATED};
    results->patients[patient].status = ABSCOPAL_PATIENT_NOT_INTEGRATED;
    results->patients[patient].failure =
        (struct integration_failure){(int)arm, -4, "CV_CONV_FAILURE", 33.25, "blood_il2", -1, "", 0};
}

/* And one that another version, with another engine's vectors, has run. */
static void failures_and_makers_survive(void **state)
{
    abscopal_trial *trial = trial_runs_read("protocols/nivolumab-rt-six-arms.yaml");
    abscopal_results *results = run(trial, 6, 100);
    size_t completed = 0;
    while (results->patients[completed].status != ABSCOPAL_PATIENT_COMPLETED)
        completed++;
    fail_arm(results, 2, completed);
    const struct results_origin other = {
        .maker = {.version = "0.0.9", .sundials = "5.1.0", .hdf5 = "1.8.0", .compiler = "GCC 9", .commit = "abc"}};
    results->origin = malloc(sizeof other);
    assert_non_null(results->origin);
    memcpy(results->origin, &other, sizeof other);
    results->instructions = "SVE";
    results->lanes = 4;
    assert_survives(*state, results, trial, NULL);
}

/* ---- Files that are not to be trusted ---------------------------------------------------------------- */

/* Writes a number or a text, NULL for none, over the first value of a variable. */
static void overwrite(const char *path, const char *name, double number, const char *text)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), dataset = H5Dopen2(file, name, H5P_DEFAULT);
    const hid_t space = H5Dget_space(dataset), type = H5Dget_type(dataset);
    const hsize_t start[4] = {0}, count[4] = {1, 1, 1, 1}, one = 1;
    const hid_t memory = H5Screate_simple(1, &one, NULL);
    if (H5Sget_simple_extent_ndims(space) > 0)
        assert_true(H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0);
    assert_true(H5Dwrite(dataset, text != NULL ? type : H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT,
                         text != NULL ? (const void *)&text : (const void *)&number) >= 0);
    H5Sclose(memory);
    H5Tclose(type);
    H5Sclose(space);
    H5Dclose(dataset);
    H5Fclose(file);
}

static void assert_refused(const char *path, const char *said)
{
    struct abscopal_error error = {0};
    char text[2 * ABSCOPAL_MESSAGE_SIZE];
    assert_null(abscopal_results_read_hdf5(path, &error));
    assert_int_equal(error.status, ABSCOPAL_BAD_INPUT);
    abscopal_error_text(&error, text, sizeof text);
    if (strncmp(text, path, strlen(path)) != 0 || strstr(text, said) == NULL)
        fail_msg("'%s' does not say '%s' of %s", text, said, path);
    assert_null(abscopal_results_read_hdf5(path, NULL));
}

#define CHANGED " is not what follows from the rest of the file: was this changed, or written by another version?"

/* One value of a good file changed. */
static void changed_files_are_refused(void **state)
{
    static const struct {
        const char *variable;
        double number;
        const char *text, *said;
    } changes[] = {
        {"arm", 0, "someone else", "variable arm" CHANGED},
        {"diameter", 100, NULL, CHANGED},
        {"best_change", -0.01, NULL, "variable best_change" CHANGED},
        {"response", 4, NULL, "variable response" CHANGED},
        {"visit", 1, NULL, "variable visit" CHANGED},
        {"parameter", 0, "something", "variable parameter" CHANGED},
        {"parameter_unit", 0, "furlong", "variable parameter_unit" CHANGED},
        {"course_day", 500, NULL, "day 2 of courses is not later than the one before"},
        {"lesion_count", 0, NULL, "variable lesion_count has a value of 0"},
        {"lesion_count", 6, NULL, "variable lesion_count has a value of 6"},
        {"patient_status", 7, NULL, "variable patient_status has a value of 7"},
        {"status", -1, NULL, "variable status has a value of -1"},
        {"doses_given", -2, NULL, "variable doses_given has a value of -2"},
        {"new_lesions", 1000, NULL, "variable new_lesions has a value of 1000"},
        {"rules_failed", 1e9, NULL, "variable rules_failed has a value of 1000000000"},
        {"allocated_arm", 9, NULL, "variable allocated_arm has a value of 9"},
        {"pdl1_class", 5, NULL, "variable pdl1_class has a value of 5"},
        {"trial_text", 0, "name: x\n", "/trial_text:1:1: the trial lacks 'model'"},
        {"trial_text", 0, "]", "/trial_text:1:1: not YAML"},
        {"cohort_text", 0, "name: x\n", "/cohort_text:1:1: the cohort lacks 'patients'"},
    };
    const struct fixture *fixture = *state;
    abscopal_trial *trial = trial_runs_read("protocols/nivolumab-rt-six-arms.yaml");
    abscopal_results *results = run(trial, 3, 100);
    assert_int_equal(results->patients[0].status, ABSCOPAL_PATIENT_COMPLETED);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        assert_int_equal(abscopal_results_write_hdf5(results, fixture->path, NULL), ABSCOPAL_OK);
        overwrite(fixture->path, changes[i].variable, changes[i].number, changes[i].text);
        assert_refused(fixture->path, changes[i].said);
    }
    abscopal_results_free(results);
    abscopal_trial_free(trial);
}

/* Results made up, whose trial is no trial; a file that is none; and what is damaged somewhere. */
static void other_files_are_refused(void **state)
{
    struct fixture *fixture = *state;
    assert_refused("/nowhere/results.h5", "cannot read: No such file or directory");
    write_text(fixture->path, "not HDF5");
    assert_refused(fixture->path, "not an HDF5 file, or a damaged one");
    assert_int_equal(abscopal_results_write_hdf5(fixture->results, fixture->path, NULL), ABSCOPAL_OK);
    assert_refused(fixture->path, "/trial_text: is empty");
    const hid_t file = H5Fcreate(fixture->path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(file);
    assert_refused(fixture->path, "not a result file of abscopal");
}

/* Cut anywhere. (What flipped bits do to the HDF5 library is not for us to say.) */
static void cut_files_are_refused(void **state)
{
    const struct fixture *fixture = *state;
    size_t size;
    abscopal_trial *trial = trial_runs_read("tests/data/adam-randomised.yaml");
    abscopal_results *results = run(trial, 3, 100);
    assert_int_equal(abscopal_results_write_hdf5(results, fixture->path, NULL), ABSCOPAL_OK);
    free(read_bytes(fixture->path, &size));
    for (size_t part = 19; part > 0; part--) {
        assert_int_equal(truncate(fixture->path, (off_t)(size * part / 20)), 0);
        assert_refused(fixture->path, "not an HDF5 file, or a damaged one");
    }
    abscopal_results_free(results);
    abscopal_trial_free(trial);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(shipped_trials_survive),    TEST(no_other_file_is_needed), TEST(failures_and_makers_survive),
        TEST(changed_files_are_refused), TEST(other_files_are_refused), TEST(cut_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
