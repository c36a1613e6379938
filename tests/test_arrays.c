/* Results as arrays are what a file of them holds, variable by variable and bit for bit; and trials from texts. */
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
#include "results/rows.h"
#include "tests/results_fixture.h"

/* ---- Against the file ------------------------------------------------------------------------------- */

static hid_t memory_type(enum abscopal_value_type type)
{
    switch (type) {
    case ABSCOPAL_VALUE_REAL:
        return H5Tcopy(H5T_NATIVE_DOUBLE);
    case ABSCOPAL_VALUE_REAL32:
        return H5Tcopy(H5T_NATIVE_FLOAT);
    case ABSCOPAL_VALUE_INTEGER:
        return H5Tcopy(H5T_NATIVE_INT64);
    case ABSCOPAL_VALUE_FLAG:
        return H5Tcopy(H5T_NATIVE_SCHAR);
    case ABSCOPAL_VALUE_TEXT:
        break;
    }
    const hid_t text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, H5T_VARIABLE);
    H5Tset_cset(text, H5T_CSET_UTF8);
    return text;
}

static void assert_attribute(hid_t dataset, const char *name, const char *expected)
{
    char text[4096] = "";
    const hid_t attribute = H5Aopen(dataset, name, H5P_DEFAULT), type = H5Aget_type(attribute);
    assert_true(H5Tget_size(type) < sizeof text);
    assert_true(H5Aread(attribute, type, text) >= 0);
    assert_string_equal(text, expected);
    H5Tclose(type);
    H5Aclose(attribute);
}

/* The file's flag_values and flag_meanings are what abscopal_results_flag says one after the other. */
static void assert_flags(const abscopal_results *results, const struct abscopal_variable *variable, hid_t dataset)
{
    char meanings[512] = "", name[64];
    signed char values[16], value;
    assert_in_range(variable->flag_count, 1, 16);
    const hid_t attribute = H5Aopen(dataset, "flag_values", H5P_DEFAULT), space = H5Aget_space(attribute);
    assert_int_equal(H5Sget_simple_extent_npoints(space), variable->flag_count);
    assert_true(H5Aread(attribute, H5T_NATIVE_SCHAR, values) >= 0);
    H5Sclose(space);
    H5Aclose(attribute);
    for (size_t i = 0; i < variable->flag_count; i++) {
        assert_int_equal(abscopal_results_flag(results, variable->name, i, &value, name, sizeof name), ABSCOPAL_OK);
        assert_int_equal(value, values[i]);
        snprintf(meanings + strlen(meanings), sizeof meanings - strlen(meanings), "%s%s", i > 0 ? " " : "", name);
    }
    assert_attribute(dataset, "flag_meanings", meanings);
    assert_int_equal(abscopal_results_flag(results, variable->name, variable->flag_count, &value, name, sizeof name),
                     ABSCOPAL_BAD_INPUT);
}

static void assert_shape(const struct abscopal_variable *variable, hid_t dataset)
{
    hsize_t extent[ABSCOPAL_MOST_DIMENSIONS];
    const hid_t space = H5Dget_space(dataset);
    assert_int_equal(H5Sget_simple_extent_ndims(space), variable->rank);
    H5Sget_simple_extent_dims(space, extent, NULL);
    for (size_t i = 0; i < variable->rank; i++)
        assert_int_equal(extent[i], variable->shape[i]);
    H5Sclose(space);
}

static void assert_values(const abscopal_results *results, const struct abscopal_variable *variable, hid_t dataset)
{
    struct abscopal_error error = {0};
    char *ours = malloc(variable->bytes + 1), *theirs = malloc(variable->bytes + 1);
    assert_non_null(ours);
    assert_non_null(theirs);
    ours[variable->bytes] = 'x';
    assert_int_equal(abscopal_results_array(results, variable->name, ours, variable->bytes, &error), ABSCOPAL_OK);
    assert_int_equal(ours[variable->bytes], 'x');
    const hid_t type = memory_type(variable->type), space = H5Dget_space(dataset);
    assert_true(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, theirs) >= 0);
    if (variable->type != ABSCOPAL_VALUE_TEXT) {
        assert_memory_equal(ours, theirs, variable->bytes);
    } else {
        for (size_t i = 0; i < variable->bytes / sizeof(char *); i++)
            assert_string_equal(((const char **)(void *)ours)[i], ((const char **)(void *)theirs)[i]);
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, theirs);
    }
    H5Sclose(space);
    H5Tclose(type);
    free(theirs);
    free(ours);
}

/* Every dataset of the file is a variable, and the other way round. */
static void arrays_are_those_of_the_file(const abscopal_results *results, const char *path)
{
    struct abscopal_variable variable;
    H5G_info_t root;
    assert_int_equal(abscopal_results_write_hdf5(results, path, NULL), ABSCOPAL_OK);
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    const size_t count = abscopal_results_variable_count(results);
    assert_true(H5Gget_info(file, &root) >= 0);
    assert_int_equal(count, root.nlinks);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(abscopal_results_variable(results, i, &variable), ABSCOPAL_OK);
        const hid_t dataset = H5Dopen2(file, variable.name, H5P_DEFAULT);
        assert_shape(&variable, dataset);
        assert_attribute(dataset, "units", variable.units);
        assert_attribute(dataset, "long_name", variable.meaning);
        assert_int_equal(variable.flag_count > 0, variable.type == ABSCOPAL_VALUE_FLAG);
        if (variable.flag_count > 0)
            assert_flags(results, &variable, dataset);
        assert_values(results, &variable, dataset);
        H5Dclose(dataset);
    }
    assert_int_equal(abscopal_results_variable(results, count, &variable), ABSCOPAL_BAD_INPUT);
    H5Fclose(file);
}

static void test_every_variable(void **state)
{
    const struct fixture *fixture = *state;
    arrays_are_those_of_the_file(fixture->results, fixture->path);
    abscopal_results *without_cohort = synthetic_results_new(1, false);
    arrays_are_those_of_the_file(without_cohort, fixture->path);
    synthetic_results_free(without_cohort);
}

/* Names along every dimension are themselves a variable of that name and size. */
static void test_dimensions(void **state)
{
    const abscopal_results *results = ((const struct fixture *)*state)->results;
    struct abscopal_variable variable, along;
    for (size_t i = 0; abscopal_results_variable(results, i, &variable) == ABSCOPAL_OK; i++)
        for (size_t k = 0; k < variable.rank; k++) {
            size_t j = 0;
            while (abscopal_results_variable(results, j, &along) == ABSCOPAL_OK &&
                   strcmp(along.name, variable.dimensions[k]) != 0)
                j++;
            assert_string_equal(along.name, variable.dimensions[k]);
            assert_int_equal(along.rank, 1);
            assert_int_equal(along.shape[0], variable.shape[k]);
        }
}

/* ---- What is refused -------------------------------------------------------------------------------- */

static void assert_refused(const abscopal_results *results, const char *name, size_t bytes, const char *words)
{
    struct abscopal_error error = {0};
    double values[4] = {1, 2, 3, 4};
    assert_int_equal(abscopal_results_array(results, name, values, bytes, &error), ABSCOPAL_BAD_INPUT);
    assert_string_equal(error.message, words);
    assert_true(values[0] == 1 && values[3] == 4);
}

static void test_refused(void **state)
{
    const abscopal_results *results = ((const struct fixture *)*state)->results;
    assert_refused(results, "diametre", 8, "results have no variable 'diametre'; did you mean 'diameter'?");
    assert_refused(results, "survival", 8, "results have no variable 'survival'");
    assert_refused(results, "weight", 32, "'weight' takes 240 bytes, not 32");
    signed char value;
    char name[8];
    assert_int_equal(abscopal_results_flag(results, "weight", 0, &value, name, sizeof name), ABSCOPAL_BAD_INPUT);
    abscopal_results *without_courses = synthetic_results_new(1, false);
    assert_refused(without_courses, "course_drug", 8,
                   "these results keep no courses, and so no 'course_drug': run the trial with course_every_days, such "
                   "as 7");
    assert_refused(without_courses, "input_text", 8,
                   "there is no 'input_text' in these results: the trial names no such files");
    synthetic_results_free(without_courses);
    abscopal_results *rows = rows_create(results, FIXTURE_PATIENTS, NULL, NULL);
    assert_non_null(rows);
    assert_refused(rows, "weight", 32,
                   "these results are for summaries only, as of a run into a file: read that file instead");
    abscopal_results_free(rows);
}

/* ---- Trials from texts ------------------------------------------------------------------------------ */

static void test_trial_text(void **state)
{
    (void)state;
    static const char *const path = "protocols/nivolumab-rt-six-arms.yaml";
    struct abscopal_error error = {0};
    abscopal_trial *whole = abscopal_trial_read(path, &error);
    assert_non_null(whole);
    abscopal_trial *same = abscopal_trial_read_text("protocols/there-is-none.yaml", abscopal_trial_text(whole), &error);
    assert_non_null(same);
    assert_string_equal(abscopal_trial_text(same), abscopal_trial_text(whole));
    assert_int_equal(abscopal_trial_arm_count(same), 6);
    assert_int_equal(abscopal_trial_patient_count(same), abscopal_trial_patient_count(whole));
    abscopal_trial_free(same);
    abscopal_trial_free(whole);
    assert_null(abscopal_trial_read_text("mine.yaml", "name: t\nmodle: nsclc\n", &error));
    assert_int_equal(error.status, ABSCOPAL_BAD_INPUT);
    assert_string_equal(error.file, "mine.yaml");
    assert_int_equal(error.line, 2);
    enum { TOO_LONG = (1 << 20) + 1 };
    char *text = malloc(TOO_LONG + 1);
    assert_non_null(text);
    memset(text, '#', TOO_LONG);
    text[TOO_LONG] = '\0';
    assert_null(abscopal_trial_read_text("mine.yaml", text, &error));
    assert_string_equal(error.message, "a text of 1048577 bytes; a trial has at most 1048576");
    free(text);
}

static void test_description(void **state)
{
    const struct fixture *fixture = *state;
    struct abscopal_results_description description;
    abscopal_results_describe(fixture->results, &description);
    assert_string_equal(description.version, abscopal_version());
    assert_string_equal(description.model, "nsclc");
    assert_int_equal(description.seed, fixture->results->seed);
    assert_int_equal(description.sampled_patients, fixture->results->sampled_count);
    assert_true(description.relative_tolerance == fixture->results->relative_tolerance);
    assert_int_equal(description.weighted, 0);
    assert_ptr_equal(abscopal_results_trial(fixture->results), fixture->results->trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_variable, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_dimensions, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_refused, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_description, fixture_set_up, fixture_tear_down),
        cmocka_unit_test(test_trial_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
