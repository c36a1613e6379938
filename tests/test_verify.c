/* Patients of a file run again: every kind of trial comes out the same to the bit, and whatever is changed in a file is
 * found in the patient that it was changed of, and nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/verify.h"
#include "sanitized.h"
#include "tests/results_fixture.h"
#include "trial_runs.h"

static void write_run(const struct fixture *fixture, const char *trial_path, struct abscopal_run_options options)
{
    abscopal_trial *trial = trial_runs_read(trial_path);
    struct abscopal_error error = {0};
    abscopal_results *results = abscopal_run(trial, &options, &error);
    if (results == NULL)
        fail_msg("%s", error.message);
    assert_int_equal(abscopal_results_write_hdf5(results, fixture->path, NULL), ABSCOPAL_OK);
    abscopal_results_free(results);
    abscopal_trial_free(trial);
}

/* All patients of the file; with `patient` that one alone. */
static abscopal_verification *verified(const struct fixture *fixture, size_t patient)
{
    const struct abscopal_verify_options options = {.patients = SIZE_MAX, .only_patient = patient, .threads = 2};
    struct abscopal_error error = {0};
    abscopal_verification *verification = abscopal_verify(fixture->path, &options, &error);
    if (verification == NULL)
        fail_msg("%s", error.message);
    return verification;
}

static void assert_all_bits(const struct fixture *fixture, size_t patient)
{
    abscopal_verification *verification = verified(fixture, patient);
    assert_true(verification->same_program);
    assert_true(abscopal_verification_agrees(verification));
    assert_true(abscopal_verification_same_bits(verification));
    for (size_t i = 0; i < verification->variable_count; i++)
        assert_true(verification->variables[i].values > 0);
    abscopal_verification_free(verification);
}

/* ---- The same --------------------------------------------------------------------------------------- */

/* Six arms with courses; randomised; switches between arms; new lesions; the published patient; both engines. */
static void trials_come_out_the_same(void **state)
{
    static const struct {
        const char *path;
        struct abscopal_run_options options;
    } runs[] = {
        {"protocols/nivolumab-rt-six-arms.yaml", {.patients = 5, .seed = -1, .course_every_days = 35}},
        {"protocols/nivolumab-rt-six-arms.yaml", {.patients = 3, .seed = 4, .relative_tolerance = 1e-5}},
        {"protocols/nivolumab-rt-six-arms.yaml", {.patients = 2, .seed = -1, .engine = ABSCOPAL_ENGINE_CVODE}},
        {"protocols/nivolumab-rt-six-arms.yaml", {.seed = -1, .only_patient = 7, .course_every_days = 1000}},
        {"protocols/qspio-nsclc-2020.yaml", {.seed = -1, .course_every_days = 10}},
        {"tests/data/adam-randomised.yaml", {.patients = 24, .seed = -1, .course_every_days = 30}},
        {"tests/data/decisions.yaml", {.patients = 6, .seed = -1}},
        {"tests/data/new-lesions.yaml", {.patients = 6, .seed = -1}},
    };
    const struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        write_run(fixture, runs[i].path, runs[i].options);
        assert_all_bits(fixture, 0);
    }
}

/* One patient of many is run alone, whoever is randomised before. */
static void patients_come_out_the_same_alone(void **state)
{
    const struct fixture *fixture = *state;
    write_run(fixture, "tests/data/adam-randomised.yaml",
              (struct abscopal_run_options){.patients = 24, .seed = -1, .course_every_days = 30});
    for (size_t patient = 20; patient <= 24; patient++)
        assert_all_bits(fixture, patient);
}

/* Twenty of thirty unless otherwise said. */
static void samples_have_their_size(void **state)
{
    const struct fixture *fixture = *state;
    write_run(fixture, "tests/data/cli-trial.yaml", (struct abscopal_run_options){.patients = 30, .seed = -1});
    for (size_t asked = 0; asked < 3; asked++) {
        const struct abscopal_verify_options options = {.patients = asked, .seed = 1};
        abscopal_verification *verification = abscopal_verify(fixture->path, &options, NULL);
        assert_non_null(verification);
        assert_int_equal(verification->patient_count, asked > 0 ? asked : 20);
        assert_int_equal(verification->variables[0].values, asked > 0 ? asked : 20);
        assert_int_equal(verification->stored_count, 30);
        assert_true(abscopal_verification_same_bits(verification));
        abscopal_verification_free(verification);
    }
}

/* ---- Changed files ---------------------------------------------------------------------------------- */

static void put_text_attribute(const char *path, const char *name, const char *text)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    const hid_t space = H5Screate(H5S_SCALAR), type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, strlen(text) + 1);
    if (H5Aexists(file, name) > 0)
        H5Adelete(file, name);
    const hid_t attribute = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Awrite(attribute, type, text) >= 0);
    H5Aclose(attribute);
    H5Tclose(type);
    H5Sclose(space);
    H5Fclose(file);
}

static void put_number_attribute(const char *path, const char *name, hid_t stored, hid_t memory, const void *number)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), space = H5Screate(H5S_SCALAR);
    if (H5Aexists(file, name) > 0)
        H5Adelete(file, name);
    const hid_t attribute = H5Acreate2(file, name, stored, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Awrite(attribute, memory, number) >= 0);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Fclose(file);
}

/* Multiplies one value, at these indices. */
static void scale_value(const char *path, const char *name, const hsize_t *start, double factor)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), dataset = H5Dopen2(file, name, H5P_DEFAULT);
    const hid_t space = H5Dget_space(dataset), memory = H5Screate(H5S_SCALAR);
    const hsize_t count[4] = {1, 1, 1, 1};
    double value;
    assert_true(H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0);
    assert_true(H5Dread(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, &value) >= 0);
    assert_true(isfinite(value) && value != 0);
    value *= factor;
    assert_true(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, &value) >= 0);
    H5Sclose(memory);
    H5Sclose(space);
    H5Dclose(dataset);
    H5Fclose(file);
}

/* Exactly one value of exactly that variable, of that patient. */
static void assert_one_found(const struct fixture *fixture, const char *name, uint64_t patient, bool agrees)
{
    abscopal_verification *verification = verified(fixture, 0);
    size_t changed = 0;
    for (size_t i = 0; i < verification->variable_count; i++) {
        const struct verified_variable *variable = &verification->variables[i];
        changed += variable->changed;
        if (variable->changed == 0)
            continue;
        assert_string_equal(variable->variable->name, name);
        assert_int_equal(variable->patient, patient);
    }
    assert_int_equal(changed, 1);
    assert_false(abscopal_verification_same_bits(verification));
    assert_int_equal(abscopal_verification_agrees(verification), agrees);
    abscopal_verification_free(verification);
}

static const double next_bit = 1 + 0x1p-52, slightly = 1 + 1e-6;

/* What the reader must let pass, since outcomes still follow from it: a parameter, a diameter's last digit, a course.
 */
static void changed_values_are_found(void **state)
{
    static const struct {
        const char *variable;
        hsize_t at[4];
        uint64_t patient;
        double factor;
    } changes[] = {
        {"parameter_value", {3, 5}, 4, next_bit}, {"diameter", {2, 1, 3, 0}, 2, next_bit},
        {"growth_days", {0}, 1, next_bit},        {"course_lymphocytes", {5, 4, 7}, 5, slightly},
        {"baseline_output", {2, 1}, 3, next_bit},
    };
    const struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        write_run(fixture, "protocols/nivolumab-rt-six-arms.yaml",
                  (struct abscopal_run_options){.patients = 5, .seed = -1, .course_every_days = 35});
        scale_value(fixture->path, changes[i].variable, changes[i].at, changes[i].factor);
        assert_one_found(fixture, changes[i].variable, changes[i].patient, false);
        assert_all_bits(fixture, changes[i].patient == 1 ? 2 : 1); /* whom it is not about */
    }
}

/* A patient is among 3 of 6 with half of the seeds, give or take three standard deviations. */
static void samples_are_fair(void **state)
{
    enum { SEEDS = SANITIZED ? 10 : 40 };
    const struct fixture *fixture = *state;
    for (hsize_t row = 0; row < 6; row += 5) {
        size_t found = 0;
        write_run(fixture, "tests/data/cli-trial.yaml", (struct abscopal_run_options){.patients = 6, .seed = -1});
        scale_value(fixture->path, "parameter_value", (hsize_t[4]){row, 5}, next_bit);
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            const struct abscopal_verify_options options = {.patients = 3, .seed = seed};
            abscopal_verification *verification = abscopal_verify(fixture->path, &options, NULL);
            assert_non_null(verification);
            found += abscopal_verification_agrees(verification) == 0;
            abscopal_verification_free(verification);
        }
        assert_true(fabs((double)found - SEEDS / 2.0) < 3 * sqrt(SEEDS) / 2);
    }
}

/* Another build's last digits are no difference; but what it draws is to agree closer than what it integrates. */
static void other_builds_are_given_their_tolerance(void **state)
{
    const hsize_t at[4] = {1, 5}, visit[4] = {2, 1, 3, 0};
    const struct fixture *fixture = *state;
    const struct abscopal_run_options options = {.patients = 4, .seed = -1};
    write_run(fixture, "protocols/nivolumab-rt-six-arms.yaml", options);
    put_text_attribute(fixture->path, "commit", "another one");
    abscopal_verification *verification = verified(fixture, 0);
    assert_false(verification->same_program);
    assert_true(abscopal_verification_same_bits(verification));
    abscopal_verification_free(verification);
    scale_value(fixture->path, "diameter", visit, next_bit);
    assert_one_found(fixture, "diameter", 2, true);
    scale_value(fixture->path, "diameter", visit, 1 / next_bit);
    scale_value(fixture->path, "parameter_value", at, slightly);
    assert_one_found(fixture, "parameter_value", 2, false);
}

/* The solution to a tolerance of 1e-8 passes for one of another build to 1e-6; one of 1e-3 does not. */
static void tolerances_tell_solutions_apart(void **state)
{
    const struct fixture *fixture = *state;
    for (int is_fine = 0; is_fine < 2; is_fine++) {
        const double usual = 1e-6;
        write_run(
            fixture, "protocols/nivolumab-rt-six-arms.yaml",
            (struct abscopal_run_options){.patients = 6, .seed = -1, .relative_tolerance = is_fine ? 1e-8 : 1e-3});
        put_number_attribute(fixture->path, "relative_tolerance", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &usual);
        put_text_attribute(fixture->path, "commit", "another one");
        abscopal_verification *verification = verified(fixture, 0);
        assert_false(abscopal_verification_same_bits(verification));
        assert_int_equal(abscopal_verification_agrees(verification), is_fine);
        abscopal_verification_free(verification);
    }
}

/* ---- Cohorts that are laid out for so many patients --------------------------------------------------- */

static const char cohort_text[] =
    "name: c\npatients: 16\nseed: 5\nsampling: latin hypercube\nlesions: {1: 50 %, 2: 50 %}\n"
    "relative_lesion_size: {distribution: uniform, lower: 0.2, upper: 1}\n"
    "baseline_sum_of_diameters: {distribution: lognormal, median: 50 mm, log_sd: 0.4}\n"
    "parameters:\n  cancer_growth_rate: {distribution: lognormal, median: 0.011 /d, log_sd: 0.2}\n";

static const char trial_text[] =
    "name: t\nmodel: nsclc\ncohort: cohort.yaml\nuntil: 84 d\nimaging: {every: 42 d}\n"
    "arms:\n- {name: a, treatments: [{drug: nivolumab, dose: 3 mg/kg, start: 0 d, every: 14 d, doses: 6}]}\n";

/* Patient 3 of 16 alone: the same when the file says of how many, and another one when it does not. */
static void latin_hypercubes_need_their_size(void **state)
{
    const struct fixture *fixture = *state;
    char trial[160], cohort[160];
    snprintf(trial, sizeof trial, "%s/trial.yaml", fixture->directory);
    snprintf(cohort, sizeof cohort, "%s/cohort.yaml", fixture->directory);
    write_text(trial, trial_text);
    write_text(cohort, cohort_text);
    for (uint64_t sampled = 16; sampled <= 17; sampled++) {
        write_run(fixture, trial, (struct abscopal_run_options){.seed = -1, .only_patient = 3});
        put_number_attribute(fixture->path, "sampled_patients", H5T_STD_U64LE, H5T_NATIVE_UINT64, &sampled);
        abscopal_verification *verification = verified(fixture, 0);
        assert_int_equal(abscopal_verification_agrees(verification), sampled == 16);
        abscopal_verification_free(verification);
    }
    struct abscopal_error error = {0};
    const uint64_t too_few = 2;
    put_number_attribute(fixture->path, "sampled_patients", H5T_STD_U64LE, H5T_NATIVE_UINT64, &too_few);
    assert_null(abscopal_verify(fixture->path, NULL, &error));
    assert_int_equal(error.status, ABSCOPAL_BAD_INPUT);
    assert_non_null(strstr(error.message, "holds patient 3 of 2"));
}

/* ---- What cannot be ---------------------------------------------------------------------------------- */

static int stop(size_t finished, size_t total, double seconds, void *context)
{
    (void)finished, (void)total, (void)seconds, (void)context;
    return 1;
}

static void refusals(void **state)
{
    const struct fixture *fixture = *state;
    struct abscopal_error error = {0};
    const struct abscopal_verify_options absent = {.only_patient = 4}, stopped = {.patients = 2, .progress = stop};
    write_run(fixture, "tests/data/cli-trial.yaml", (struct abscopal_run_options){.patients = 3, .seed = -1});
    assert_null(abscopal_verify(fixture->path, &absent, &error));
    assert_int_equal(error.status, ABSCOPAL_BAD_INPUT);
    assert_non_null(strstr(error.message, "has no patient 4; it holds 1 to 3"));
    assert_null(abscopal_verify(fixture->path, &stopped, &error));
    assert_int_equal(error.status, ABSCOPAL_INTERRUPTED);
    assert_null(abscopal_verify("/nowhere/results.h5", NULL, &error));
    assert_int_equal(error.status, ABSCOPAL_BAD_INPUT);
    assert_null(abscopal_verify("/nowhere/results.h5", NULL, NULL));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(trials_come_out_the_same),
        TEST(patients_come_out_the_same_alone),
        TEST(samples_have_their_size),
        TEST(samples_are_fair),
        TEST(changed_values_are_found),
        TEST(other_builds_are_given_their_tolerance),
        TEST(tolerances_tell_solutions_apart),
        TEST(latin_hypercubes_need_their_size),
        TEST(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
