/* What happens when a file cannot be written: one message, nothing half-written, what was there stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <hdf5.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "abscopal.h"
#include "tests/results_fixture.h"

typedef enum abscopal_status writer_function(const abscopal_results *results, const char *path,
                                             struct abscopal_error *error);
static writer_function *const writers[] = {abscopal_results_write_hdf5, abscopal_results_write_json};
enum { WRITERS = 2 };

static void assert_fails(writer_function *write, const struct fixture *fixture, const char *path, const char *reason)
{
    struct abscopal_error error = {.status = ABSCOPAL_OK};
    assert_int_equal(write(fixture->results, path, &error), ABSCOPAL_OUTPUT_FAILED);
    assert_int_equal(error.status, ABSCOPAL_OUTPUT_FAILED);
    assert_string_equal(error.file, path);
    assert_non_null(strstr(error.message, reason));
    assert_int_equal(write(fixture->results, path, NULL), ABSCOPAL_OUTPUT_FAILED);
}

static void test_place_does_not_exist(void **state)
{
    const struct fixture *fixture = *state;
    char path[160];
    for (int i = 0; i < WRITERS; i++) {
        snprintf(path, sizeof path, "%s/missing/result", fixture->directory);
        assert_fails(writers[i], fixture, path, strerror(ENOENT));
        assert_fails(writers[i], fixture, fixture->directory, strerror(EISDIR));
        assert_fails(writers[i], fixture, "", strerror(ENOENT));
        assert_int_equal(count_files(fixture->directory), 0);
    }
}

static void test_directory_is_read_only(void **state)
{
    const struct fixture *fixture = *state;
    assert_int_equal(chmod(fixture->directory, 0555), 0);
    /* Root may write anywhere: be somebody else for a moment. */
    const bool root = geteuid() == 0;
    if (root && seteuid(65534) != 0)
        skip();
    for (int i = 0; i < WRITERS; i++)
        assert_fails(writers[i], fixture, fixture->path, strerror(EACCES));
    if (root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod(fixture->directory, 0755), 0);
    assert_int_equal(count_files(fixture->directory), 0);
}

/* The disk fills up after some kilobytes; a limit on file sizes stands for it. What was there stays, nothing is
 * printed, and the next file can be written. */
static void test_disk_full(void **state)
{
    const struct fixture *fixture = *state;
    struct rlimit usual;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &usual), 0);
    signal(SIGXFSZ, SIG_IGN);
    static const rlim_t limits[] = {0, 1000, 50000, 100000, 150000};
    write_text(fixture->path, "earlier results");
    for (size_t limit = 0; limit < sizeof limits / sizeof limits[0]; limit++)
        for (int i = 0; i < WRITERS; i++) {
            const struct rlimit small = {.rlim_cur = limits[limit], .rlim_max = usual.rlim_max};
            if (i == 1 && limits[limit] > 1000) /* the JSON is small */
                continue;
            assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
            assert_fails(writers[i], fixture, fixture->path, strerror(EFBIG));
            assert_int_equal(setrlimit(RLIMIT_FSIZE, &usual), 0);
            assert_int_equal(count_files(fixture->directory), 1);
            assert_text(fixture->path, "earlier results");
        }
    signal(SIGXFSZ, SIG_DFL);
    size_t size;
    assert_int_equal(abscopal_results_write_hdf5(fixture->results, fixture->path, NULL), ABSCOPAL_OK);
    char *bytes = read_bytes(fixture->path, &size);
    assert_memory_equal(bytes, "\x89HDF\r\n\x1a\n", 8);
    assert_true(size > limits[4]); /* so each limit did strike */
    free(bytes);
}

static void test_existing_file_is_replaced_at_once(void **state)
{
    const struct fixture *fixture = *state;
    char link_path[160], text[16] = "";
    snprintf(link_path, sizeof link_path, "%s/link", fixture->directory);
    assert_int_equal(symlink("result", link_path), 0);
    for (int i = 0; i < WRITERS; i++) {
        unlink(fixture->path);
        write_text(fixture->path, "earlier");
        const int reader = open(fixture->path, O_RDONLY);
        /* Through the link: the file behind it is replaced, the link stays. */
        assert_int_equal(writers[i](fixture->results, link_path, NULL), ABSCOPAL_OK);
        assert_int_equal(read(reader, text, sizeof text - 1), 7); /* a reader keeps the old one, whole */
        assert_string_equal(text, "earlier");
        close(reader);
        struct stat link_status, status;
        assert_int_equal(lstat(link_path, &link_status), 0);
        assert_true(S_ISLNK(link_status.st_mode));
        assert_int_equal(stat(fixture->path, &status), 0);
        assert_true(status.st_size > 1000);
        const mode_t mask = umask(0);
        umask(mask);
        assert_int_equal(status.st_mode & 0777, 0666 & ~mask);
        assert_int_equal(count_files(fixture->directory), 2);
    }
}

static void test_devices(void **state)
{
    const struct fixture *fixture = *state;
    struct stat status;
    for (int i = 0; i < WRITERS; i++) {
        assert_fails(writers[i], fixture, "/dev/full", strerror(ENOSPC));
        assert_int_equal(writers[i](fixture->results, "/dev/null", NULL), ABSCOPAL_OK);
    }
    assert_int_equal(stat("/dev/null", &status), 0);
    assert_true(S_ISCHR(status.st_mode)); /* written to, not replaced */
}

static void test_stream_is_full_or_closed(void **state)
{
    const struct fixture *fixture = *state;
    struct abscopal_error error;
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    assert_int_equal(abscopal_results_write_table(fixture->results, full, &error), ABSCOPAL_OUTPUT_FAILED);
    assert_non_null(strstr(error.message, strerror(ENOSPC)));
    assert_int_equal(abscopal_results_write_failures(fixture->results, full, NULL), ABSCOPAL_OUTPUT_FAILED);
    fclose(full);
    FILE *closed = fopen("/dev/null", "w"); /* as after a shell's >&- */
    assert_non_null(closed);
    close(fileno(closed));
    assert_int_equal(abscopal_results_write_table(fixture->results, closed, &error), ABSCOPAL_OUTPUT_FAILED);
    assert_non_null(strstr(error.message, strerror(EBADF)));
    fclose(closed);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_place_does_not_exist),
        TEST(test_directory_is_read_only),
        TEST(test_disk_full),
        TEST(test_existing_file_is_replaced_at_once),
        TEST(test_devices),
        TEST(test_stream_is_full_or_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
