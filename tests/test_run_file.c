/* A run into a file: the same bytes as from memory, and told beforehand what it will need. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "abscopal.h"
#include "tests/results_fixture.h"
#include "trial_runs.h"

static const char trial_path[] = "tests/data/cli-trial.yaml";
enum { PATIENTS = 150 };

/* What was said of the run, and how many blocks were there when it was said. */
struct told {
    const struct fixture *fixture;
    int times, blocks_there;
    struct abscopal_run_estimate estimate;
};

static void parts_path(const struct fixture *fixture, char *path, size_t size)
{
    snprintf(path, size, "%s.parts", fixture->path);
}

/* Of blocks that are finished. */
static int blocks_there(const struct fixture *fixture)
{
    char path[160];
    parts_path(fixture, path, sizeof path);
    DIR *folder = opendir(path);
    int count = 0;
    for (const struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;)
        count += strncmp(entry->d_name, "block-", 6) == 0 && strstr(entry->d_name, ".h5") != NULL;
    if (folder != NULL)
        closedir(folder);
    return count;
}

static void tell(const struct abscopal_run_estimate *estimate, void *context)
{
    struct told *told = context;
    told->times++;
    told->blocks_there = blocks_there(told->fixture);
    told->estimate = *estimate;
}

static size_t size_of(const char *path)
{
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    return (size_t)about.st_size;
}

static char *bytes_of(const char *path, size_t size)
{
    char *const bytes = malloc(size);
    FILE *file = fopen(path, "rb");
    assert_non_null(bytes);
    assert_non_null(file);
    assert_int_equal(fread(bytes, 1, size, file), size);
    fclose(file);
    return bytes;
}

static const struct abscopal_run_options run_options = {.patients = PATIENTS, .seed = 3, .course_every_days = 28};

static void file_is_that_of_results_in_memory(void **state)
{
    const struct fixture *fixture = *state;
    abscopal_trial *trial = trial_runs_read(trial_path);
    const struct abscopal_file_options file = {.output = fixture->path};
    abscopal_results *in_file = abscopal_run_to_file(trial, &run_options, &file, NULL);
    assert_non_null(in_file);
    const size_t size = size_of(fixture->path);
    char *first = bytes_of(fixture->path, size);
    abscopal_results *in_memory = abscopal_run(trial, &run_options, NULL);
    assert_non_null(in_memory);
    assert_int_equal(remove(fixture->path), 0);
    assert_int_equal(abscopal_results_write_hdf5(in_memory, fixture->path, NULL), ABSCOPAL_OK);
    assert_int_equal(size_of(fixture->path), size);
    char *second = bytes_of(fixture->path, size);
    assert_memory_equal(first, second, size);
    free(first);
    free(second);
    abscopal_results_free(in_file);
    abscopal_results_free(in_memory);
    abscopal_trial_free(trial);
}

/* Before the first block, once; the size within a quarter of what the file then has. */
static void estimate_comes_before_the_run(void **state)
{
    struct told told = {.fixture = *state, .blocks_there = -1};
    abscopal_trial *trial = trial_runs_read(trial_path);
    const struct abscopal_file_options file = {
        .output = told.fixture->path, .estimated = tell, .estimated_context = &told};
    abscopal_results *results = abscopal_run_to_file(trial, &run_options, &file, NULL);
    assert_non_null(results);
    assert_int_equal(told.times, 1);
    assert_int_equal(told.blocks_there, 0);
    assert_int_equal(told.estimate.patients, PATIENTS);
    assert_true(told.estimate.blocks > 1 && told.estimate.measured < PATIENTS);
    assert_true(told.estimate.seconds > 0 && told.estimate.free > 0);
    assert_true(fabs(told.estimate.bytes / (double)size_of(told.fixture->path) - 1) < 0.25);
    abscopal_results_free(results);
    abscopal_trial_free(trial);
}

/* Without a file there is no size; a run of one block says nothing. */
static void estimate_is_of_what_is_asked_for(void **state)
{
    struct told told = {.fixture = *state};
    abscopal_trial *trial = trial_runs_read(trial_path);
    const struct abscopal_file_options file = {.estimated = tell, .estimated_context = &told};
    struct abscopal_run_options options = run_options;
    abscopal_results_free(abscopal_run_to_file(trial, &options, &file, NULL));
    assert_int_equal(told.times, 1);
    assert_true(isnan(told.estimate.bytes) && told.estimate.seconds > 0);
    options.patients = 20;
    abscopal_results_free(abscopal_run_to_file(trial, &options, &file, NULL));
    assert_int_equal(told.times, 1);
    abscopal_trial_free(trial);
}

static int stop_after_two_blocks(size_t finished, size_t total, double seconds, void *context)
{
    (void)finished, (void)total, (void)seconds;
    return blocks_there(context) >= 2;
}

/* A run that goes on is told of what is left of it: the size is that of the whole. */
static void resumed_run_is_told_of_the_whole_file(void **state)
{
    struct told told = {.fixture = *state, .blocks_there = -1};
    abscopal_trial *trial = trial_runs_read(trial_path);
    struct abscopal_run_options options = run_options;
    struct abscopal_file_options file = {.output = told.fixture->path};
    struct abscopal_error error = {0};
    options.progress = stop_after_two_blocks;
    options.progress_context = *state;
    assert_null(abscopal_run_to_file(trial, &options, &file, &error));
    assert_int_equal(error.status, ABSCOPAL_INTERRUPTED);
    const int kept = blocks_there(told.fixture);
    assert_true(kept >= 2);
    options.progress = NULL;
    file.resume = 1;
    file.estimated = tell;
    file.estimated_context = &told;
    abscopal_results *results = abscopal_run_to_file(trial, &options, &file, &error);
    assert_non_null(results);
    assert_int_equal(told.times, 1);
    assert_int_equal(told.blocks_there, kept);
    assert_true(fabs(told.estimate.bytes / (double)size_of(told.fixture->path) - 1) < 0.25);
    abscopal_results_free(results);
    abscopal_trial_free(trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(file_is_that_of_results_in_memory, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(estimate_comes_before_the_run, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(estimate_is_of_what_is_asked_for, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(resumed_run_is_told_of_the_whole_file, fixture_set_up, fixture_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
