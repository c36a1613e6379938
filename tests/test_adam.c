/* Export of files that are not as we write them: refused with a reason, and nothing stays. tests/check_adam_best.py and
 * tests/check_adam.R look at what is exported. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abscopal.h"
#include "tests/results_fixture.h"

/* Puts another variable in the place of one of the file. */
static void replace_variable(const char *path, const char *name, hid_t type, int rank, const hsize_t *extent)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    assert_true(file >= 0);
    assert_true(H5Ldelete(file, name, H5P_DEFAULT) >= 0);
    if (rank > 0) {
        const hid_t space = H5Screate_simple(rank, extent, NULL);
        const hid_t dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        assert_true(dataset >= 0);
        H5Dclose(dataset);
        H5Sclose(space);
    }
    H5Fclose(file);
}

static void write_value(const char *path, const char *name, hid_t type, const void *values)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), dataset = H5Dopen2(file, name, H5P_DEFAULT);
    assert_true(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Dclose(dataset);
    H5Fclose(file);
}

static void assert_refused(const struct fixture *fixture, const char *reason)
{
    struct abscopal_error error = {0};
    char folder[256];
    snprintf(folder, sizeof folder, "%s/adam", fixture->directory);
    assert_int_equal(abscopal_export_adam(fixture->path, folder, 0, &error), ABSCOPAL_BAD_INPUT);
    if (strstr(error.message, reason) == NULL)
        fail_msg("'%s' does not say '%s'", error.message, reason);
    assert_string_equal(error.file, fixture->path);
    assert_int_equal(count_files(fixture->directory), 1); /* the results alone */
    assert_int_equal(abscopal_export_adam(fixture->path, folder, 0, NULL), ABSCOPAL_BAD_INPUT);
}

static void write_results(const struct fixture *fixture)
{
    assert_int_equal(abscopal_results_write_hdf5(fixture->results, fixture->path, NULL), ABSCOPAL_OK);
}

/* Of every variable that the export reads, one with another size, one of another type and none. */
static void test_layout_is_checked(void **state)
{
    static const char *const names[] = {"arm",
                                        "patient",
                                        "visit",
                                        "lesion_count",
                                        "baseline_sum_of_diameters",
                                        "body_weight",
                                        "diameter",
                                        "status",
                                        "response",
                                        "best_response",
                                        "response_day",
                                        "best_confirmed_response",
                                        "progressed",
                                        "response_ended",
                                        "out_of_field_response",
                                        "irradiated",
                                        "target",
                                        "progression_day",
                                        "response_duration",
                                        "doses_given",
                                        "fractions_given",
                                        "switches",
                                        "new_lesions"};
    const struct fixture *fixture = *state;
    static const hsize_t tiny[] = {1, 1}, large[] = {40000, 40000, 40000, 40000};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        write_results(fixture);
        replace_variable(fixture->path, names[i], 0, 0, NULL);
        assert_refused(fixture, "there is no variable");
        write_results(fixture);
        replace_variable(fixture->path, names[i], H5T_NATIVE_DOUBLE, 2, tiny);
        assert_refused(fixture, "variable");
        write_results(fixture);
        replace_variable(fixture->path, names[i], H5T_NATIVE_FLOAT, 4, large);
        assert_refused(fixture, "variable");
    }
}

static void test_values_are_checked(void **state)
{
    const struct fixture *fixture = *state;
    double *days = calloc(fixture->results->visit_count, sizeof *days);
    int64_t *lesions = calloc(FIXTURE_PATIENTS, sizeof *lesions);
    assert_true(days != NULL && lesions != NULL);
    write_results(fixture);
    write_value(fixture->path, "visit", H5T_NATIVE_DOUBLE, days);
    assert_refused(fixture, "visit 2 is not later than the one before");
    write_results(fixture);
    lesions[7] = MODEL_MAX_LESIONS + 1;
    write_value(fixture->path, "lesion_count", H5T_NATIVE_INT64, lesions);
    assert_refused(fixture, "patient in row 8 has more lesions than the file has");
    free(days);
    free(lesions);
}

static void test_other_files_are_refused(void **state)
{
    const struct fixture *fixture = *state;
    write_text(fixture->path, "visit,day\n");
    assert_refused(fixture, "not an HDF5 file");
    const hid_t file = H5Fcreate(fixture->path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(file);
    assert_refused(fixture, "not a result file of abscopal");
    write_results(fixture);
    assert_int_equal(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0); /* nothing left open */
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_layout_is_checked),
        TEST(test_values_are_checked),
        TEST(test_other_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
