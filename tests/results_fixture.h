/* Made-up results and a directory of its own for each test of what is written. */
#ifndef ABSCOPAL_TESTS_RESULTS_FIXTURE_H
#define ABSCOPAL_TESTS_RESULTS_FIXTURE_H

#include "tests/synthetic_results.h"

enum { FIXTURE_PATIENTS = 30 };

struct fixture {
    struct abscopal_results *results; /* of FIXTURE_PATIENTS */
    char directory[64];
    char path[128]; /* of a file in it, not there yet */
};

/* For cmocka_unit_test_setup_teardown: *state is a struct fixture *. The directory and its files are removed. */
int fixture_set_up(void **state);
int fixture_tear_down(void **state);

int count_files(const char *directory);

/* The file's bytes and a final zero, to be freed. */
char *read_bytes(const char *path, size_t *size);
void write_text(const char *path, const char *text);
void assert_text(const char *path, const char *text);

#endif
