/* Result files with bytes changed anywhere, on some of which HDF5 1.10.8 itself crashes: each is read by a child
 * process. A child that dies within HDF5 is that library's fault, and goes on (cli/guard.c is for it); one that dies
 * elsewhere is ours, and ends the run. Only a sanitizer can tell: without one no crash is looked at, and only what
 * never ends is found. Input: pieces of place (3 bytes), length (1) and bytes. */
#include "fuzz.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hdf5_files.h"

/* libFuzzer ends a process that asks for much memory, as HDF5 does for a text that a damaged file says is 4 GB long. */
enum { ENDED_IN_HDF5 = 76, ENDED_WITHOUT_MEMORY = 71, MOST_SECONDS = 60 };

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif

#ifdef HAS_SANITIZER
static const int crashes_are_told = 1;
void __asan_set_error_report_callback(
    void (*callback)(const char *report)); /* NOLINT(bugprone-reserved-identifier,cert-dcl51-cpp,cert-dcl37-c) */

/* The library that a report's first frames are in, below those of the sanitizer and the C library. */
static void report_judge(const char *report)
{
    const char *theirs = strstr(report, "libhdf5"), *ours = strstr(report, "LLVMFuzzerTestOneInput");
    const char *source = strstr(report, "/results/");
    const int is_theirs = theirs != NULL && (source == NULL || theirs < source) && (ours == NULL || theirs < ours);
    _exit(is_theirs ? ENDED_IN_HDF5 : EXIT_FAILURE);
}

static void judge(void)
{
    __asan_set_error_report_callback(report_judge);
}
#else
static const int crashes_are_told = 0;

static void judge(void)
{
}
#endif

static const char *file_with(const uint8_t *data, size_t size)
{
    size_t bytes_size;
    const enum hdf5_base base = size > 0 && data[0] % 2 == 0 ? HDF5_TRIAL : HDF5_SWEEP;
    const uint8_t *bytes = hdf5_base_bytes(base, &bytes_size);
    uint8_t *copy = malloc(bytes_size);
    if (copy == NULL)
        abort();
    memcpy(copy, bytes, bytes_size);
    for (size_t i = 1; i + 4 <= size;) {
        size_t place = (data[i] | (size_t)data[i + 1] << 8 | (size_t)data[i + 2] << 16) % bytes_size;
        size_t length = data[i + 3] % 16;
        for (i += 4; length > 0 && i < size && place < bytes_size; length--)
            copy[place++] = data[i++];
    }
    const char *path = fuzz_file("made/bytes.h5", copy, bytes_size);
    free(copy);
    return path;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned long crashes;
    const char *path = file_with(data, size);
    int status = 0;
    const pid_t child = fork();
    if (child == 0) {
        judge();
        signal(SIGALRM, SIG_DFL); /* libFuzzer's own would go on */
        alarm(MOST_SECONDS);
        hdf5_file_read_all(path);
        _exit(EXIT_SUCCESS);
    }
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ; /* by the clock of libFuzzer */
    if (child < 0)
        abort();
    const int never_ended = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
    const int in_hdf5 =
        WIFEXITED(status) && (WEXITSTATUS(status) == ENDED_IN_HDF5 || WEXITSTATUS(status) == ENDED_WITHOUT_MEMORY);
    crashes += in_hdf5 ? 1 : 0;
    if (in_hdf5 && (crashes & (crashes - 1)) == 0)
        fprintf(stderr, "HDF5 itself has crashed %lu times\n", crashes);
    if (never_ended || (crashes_are_told && status != 0 && !in_hdf5))
        abort();
    return 0;
}
