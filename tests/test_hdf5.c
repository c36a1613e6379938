/* The result file against what is in memory; tests/check_hdf5.py reads one with other programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <hdf5.h>
#include <hdf5_hl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abscopal.h"
#include "results/variables.h"
#include "tests/results_fixture.h"
#include "trial/courses.h"

enum { PATIENTS = FIXTURE_PATIENTS };

static void read_variable(hid_t file, const char *name, hid_t type, void *values)
{
    const hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    assert_true(dataset >= 0);
    assert_true(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Dclose(dataset);
}

/* Equal bit for bit, NaN included. */
static void assert_reals(hid_t file, const char *name, const double *expected, size_t count)
{
    double *values = calloc(count, sizeof *values);
    assert_non_null(values);
    read_variable(file, name, H5T_NATIVE_DOUBLE, values);
    for (size_t i = 0; i < count; i++)
        assert_true(values[i] == expected[i] || (isnan(values[i]) && isnan(expected[i])));
    free(values);
}

static void assert_courses(hid_t file, const char *name, const struct abscopal_results *results,
                           enum course_quantity quantity)
{
    const size_t count = results->arm_count * results->patient_count * results->course_count;
    float *values = calloc(count, sizeof *values);
    assert_non_null(values);
    read_variable(file, name, H5T_NATIVE_FLOAT, values);
    assert_memory_equal(values, courses_of(results, quantity, 0), count * sizeof *values);
    free(values);
}

static void assert_scalar_text(hid_t file, const char *name, const char *expected)
{
    char *text = NULL;
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    read_variable(file, name, type, &text);
    assert_string_equal(text != NULL ? text : "", expected);
    H5free_memory(text);
    H5Tclose(type);
}

static hid_t write_and_open(const struct fixture *fixture)
{
    assert_int_equal(abscopal_results_write_hdf5(fixture->results, fixture->path, NULL), ABSCOPAL_OK);
    const hid_t file = H5Fopen(fixture->path, H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_true(file >= 0);
    return file;
}

static void test_hdf5_holds_what_is_in_memory(void **state)
{
    struct fixture *fixture = *state;
    const struct abscopal_results *results = fixture->results;
    const size_t rows = results->arm_count * PATIENTS, visits = results->visit_count;
    const hid_t file = write_and_open(fixture);
    assert_reals(file, "visit", results->visit_days, visits);
    assert_reals(file, "diameter", results->diameters_mm, rows * visits * results->lesion_count);
    assert_reals(file, "course_day", results->course_days, results->course_count);
    assert_courses(file, "course_sum_of_diameters", results, COURSE_SUM_OF_DIAMETERS);
    assert_courses(file, "course_lymphocytes", results, COURSE_LYMPHOCYTES);
    assert_courses(file, "course_drug", results, COURSE_DRUG);
    assert_courses(file, "course_pd1_occupancy", results, COURSE_PD1_OCCUPANCY);
    assert_courses(file, "course_cd8_density", results, COURSE_CD8_DENSITY);
    signed char *flags = calloc(rows * visits, 1);
    assert_non_null(flags);
    read_variable(file, "response", H5T_NATIVE_SCHAR, flags);
    assert_memory_equal(flags, results->responses, rows * visits);
    read_variable(file, "status", H5T_NATIVE_SCHAR, flags);
    for (size_t row = 0; row < rows; row++)
        assert_int_equal(flags[row], results->arms[row].status);
    free(flags);
    double(*parameters)[PARAMETER_COUNT] = calloc(PATIENTS, sizeof *parameters);
    assert_non_null(parameters);
    read_variable(file, "parameter_value", H5T_NATIVE_DOUBLE, parameters);
    for (size_t patient = 0; patient < PATIENTS; patient++)
        for (int index = 0; index < PARAMETER_COUNT; index++)
            assert_true(parameters[patient][index] ==
                        parameter_get(&results->patients[patient].patient.parameters, index));
    free(parameters);
    assert_true(strlen(results->trial->file.text) > 65536); /* too long for an attribute */
    assert_scalar_text(file, "trial_text", results->trial->file.text);
    assert_scalar_text(file, "cohort_text", results->trial->cohort.text);
    assert_scalar_text(file, "drug_text", results->trial->file.drug_text);
    H5Fclose(file);
}

/* Each factor of each lesion under its own name, and none for lesions that a patient does not have. */
static void test_hdf5_holds_lesion_factors(void **state)
{
    static const char *const names[] = {"lesion_growth", "lesion_infiltration", "lesion_pdl1", "lesion_antigen",
                                        "lesion_radiosensitivity"};
    const struct fixture *fixture = *state;
    const hid_t file = write_and_open(fixture);
    for (size_t property = 0; property < sizeof names / sizeof *names; property++) {
        double expected[PATIENTS][MODEL_MAX_LESIONS];
        for (size_t patient = 0; patient < PATIENTS; patient++)
            for (int lesion = 0; lesion < MODEL_MAX_LESIONS; lesion++) {
                const struct virtual_patient *of = &fixture->results->patients[patient].patient;
                const struct lesion_factors *f = &of->lesion_factors[lesion];
                const double values[] = {f->growth, f->infiltration, f->pdl1, f->antigen, f->radiosensitivity};
                expected[patient][lesion] = lesion < of->lesion_count ? values[property] : (double)NAN;
            }
        assert_reals(file, names[property], &expected[0][0], (size_t)PATIENTS * MODEL_MAX_LESIONS);
    }
    H5Fclose(file);
}

/* Every variable that result_variables names has its dimensions' scales, a unit and a name, and no time stamp. */
static void test_hdf5_describes_every_variable(void **state)
{
    static const char *const names[DIMENSION_COUNT] = {"arm",       "patient", "visit",      "lesion",
                                                       "parameter", "output",  "course_day", "input_file"};
    const hid_t file = write_and_open(*state);
    size_t count;
    const struct result_variable *variables = result_variables(&count);
    H5G_info_t root;
    assert_true(H5Gget_info(file, &root) >= 0);
    assert_int_equal(root.nlinks, count);
    for (size_t index = 0; index < count; index++) {
        const hid_t dataset = H5Dopen2(file, variables[index].name, H5P_DEFAULT);
        assert_true(dataset >= 0);
        assert_true(H5Aexists(dataset, "units") > 0 && H5Aexists(dataset, "long_name") > 0);
        for (unsigned i = 0; index >= DIMENSION_COUNT && i < (unsigned)variables[index].shape->rank; i++) {
            const hid_t scale = H5Dopen2(file, names[variables[index].shape->dimensions[i]], H5P_DEFAULT);
            assert_true(H5DSis_attached(dataset, scale, i) > 0);
            H5Dclose(scale);
        }
        H5O_info_t information;
        assert_true(H5Oget_info2(dataset, &information, H5O_INFO_TIME) >= 0);
        assert_true(information.ctime == 0 && information.mtime == 0);
        H5Dclose(dataset);
    }
    H5Fclose(file);
}

static void test_hdf5_bytes_do_not_tell_time_or_threads(void **state)
{
    struct fixture *fixture = *state;
    size_t first_size, second_size;
    assert_int_equal(abscopal_results_write_hdf5(fixture->results, fixture->path, NULL), ABSCOPAL_OK);
    char *first = read_bytes(fixture->path, &first_size);
    fixture->results->threads = 1;
    fixture->results->wall_seconds = 99;
    sleep(1); /* so that a time stamp in seconds would differ */
    assert_int_equal(abscopal_results_write_hdf5(fixture->results, fixture->path, NULL), ABSCOPAL_OK);
    char *second = read_bytes(fixture->path, &second_size);
    assert_int_equal(first_size, second_size);
    assert_memory_equal(first, second, first_size);
    free(first);
    free(second);
}

/* More patients than a chunk holds, so that blocks and their remainder are written, and nobody at all. */
static void test_hdf5_of_many_and_of_no_patients(void **state)
{
    struct fixture *fixture = *state;
    static const size_t counts[] = {2500, 1, 0};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        synthetic_results_free(fixture->results);
        fixture->results = synthetic_results_new(counts[i], i != 1);
        assert_non_null(fixture->results);
        const hid_t file = write_and_open(fixture);
        const struct abscopal_results *results = fixture->results;
        if (counts[i] > 0)
            assert_reals(file, "diameter", results->diameters_mm,
                         results->arm_count * counts[i] * results->visit_count * results->lesion_count);
        if (i == 1)
            assert_scalar_text(file, "cohort_text", "");
        if (i == 1)
            assert_scalar_text(file, "drug_text", "");
        assert_int_equal(H5Lexists(file, "course_day", H5P_DEFAULT) > 0, i != 1); /* of the others with courses */
        assert_int_equal(H5Lexists(file, "course_drug", H5P_DEFAULT) > 0, i != 1);
        H5Fclose(file);
    }
}

static herr_t ignore_error(hid_t stack, void *data)
{
    (void)stack, (void)data;
    return 0;
}

/* HDF5's printing of errors is off while the file is made; a caller who uses HDF5 too finds it as it was. */
static void test_hdf5_settings_are_put_back(void **state)
{
    const struct fixture *fixture = *state;
    int mark;
    H5E_auto2_t usual = NULL, after = NULL;
    void *usual_data = NULL, *after_data = NULL;
    H5Eget_auto2(H5E_DEFAULT, &usual, &usual_data);
    H5Eset_auto2(H5E_DEFAULT, ignore_error, &mark);
    assert_int_equal(abscopal_results_write_hdf5(fixture->results, fixture->path, NULL), ABSCOPAL_OK);
    H5Eget_auto2(H5E_DEFAULT, &after, &after_data);
    H5Eset_auto2(H5E_DEFAULT, usual, usual_data);
    assert_true(after == ignore_error && after_data == &mark);
    assert_int_equal(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0); /* nothing left open */
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_hdf5_holds_what_is_in_memory),    TEST(test_hdf5_holds_lesion_factors),
        TEST(test_hdf5_describes_every_variable),   TEST(test_hdf5_bytes_do_not_tell_time_or_threads),
        TEST(test_hdf5_of_many_and_of_no_patients), TEST(test_hdf5_settings_are_put_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
