#include "cli/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- What is read ----------------------------------------------------------------------------------- */

enum abscopal_status guard_read_results(const char *path, struct abscopal_error *error)
{
    abscopal_results *results = abscopal_results_read_hdf5(path, error);
    abscopal_results_free(results);
    return results ? ABSCOPAL_OK : error->status;
}

enum abscopal_status guard_read_any(const char *path, struct abscopal_error *error)
{
    if (!abscopal_is_sweep_hdf5(path))
        return guard_read_results(path, error);
    abscopal_sweep *sweep = abscopal_sweep_read_hdf5(path, error);
    abscopal_sweep_free(sweep);
    return sweep ? ABSCOPAL_OK : error->status;
}

enum abscopal_status guard_read_inspected(const char *path, struct abscopal_error *error)
{
    return abscopal_inspect_hdf5(path, 1, stdout, error); /* which is nowhere, in the child */
}

/* ---- Bounds ----------------------------------------------------------------------------------------- */

/* A sanitizer reserves more address space than any limit. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static const bool memory_can_be_bounded = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
static const bool memory_can_be_bounded = false;
#else
static const bool memory_can_be_bounded = true;
#endif
#else
static const bool memory_can_be_bounded = true;
#endif

static rlim_t smaller(rlim_t a, rlim_t b)
{
    return a < b ? a : b;
}

static void bound(__rlimit_resource_t resource, rlim_t most)
{
    struct rlimit limit;
    if (getrlimit(resource, &limit) == 0) {
        limit.rlim_cur = smaller(limit.rlim_cur, most);
        setrlimit(resource, &limit);
    }
}

/* Address space that is in use already, bytes; 0 where the system does not say. */
static rlim_t memory_in_use(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file && fscanf(file, "%lu", &pages) != 1) /* NOLINT(cert-err34-c): the kernel's own number */
        pages = 0;
    if (file)
        fclose(file);
    return pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

/* Processor time that no good file comes near: one takes less than 0.1 s for each megabyte. */
static rlim_t most_seconds(rlim_t bytes)
{
    return 30 + bytes / (1 << 18);
}

/* No core file. Memory for what a file of that size can inflate to (results/hdf5_layout.h) in every form that results
 * have in memory, but not more than the machine has. */
static void bound_all(rlim_t bytes)
{
    const rlim_t inflated = 4096 * bytes + ((rlim_t)256 << 20);
    const rlim_t machine = (rlim_t)sysconf(_SC_PHYS_PAGES) * (rlim_t)sysconf(_SC_PAGESIZE);
    bound(RLIMIT_CORE, 0);
    bound(RLIMIT_CPU, most_seconds(bytes));
    if (memory_can_be_bounded)
        bound(RLIMIT_AS, memory_in_use() + smaller(inflated, machine));
}

/* ---- The child -------------------------------------------------------------------------------------- */

/* What came of it goes through the pipe as a whole, or not at all. */
static _Noreturn void child_read(const char *path, guarded_reader *read_file, rlim_t bytes, int pipe_end)
{
    struct abscopal_error error;
    memset(&error, 0, sizeof error);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0 || dup2(nowhere, STDERR_FILENO) < 0)
        _exit(EXIT_INTERNAL);
    bound_all(bytes);
    error.status = read_file(path, &error);
    const bool sent = write(pipe_end, &error, sizeof error) == (ssize_t)sizeof error;
    _exit(sent ? EXIT_DONE : EXIT_INTERNAL);
}

static bool receive(int pipe_end, struct abscopal_error *error)
{
    size_t size = 0;
    while (size < sizeof *error) {
        const ssize_t got = read(pipe_end, (char *)error + size, sizeof *error - size);
        if (got == 0 || (got < 0 && errno != EINTR))
            return false;
        size += got > 0 ? (size_t)got : 0;
    }
    error->file[sizeof error->file - 1] = '\0';
    error->message[sizeof error->message - 1] = '\0';
    return true;
}

static enum exit_code explain_end(const char *path, int status, rlim_t bytes)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_INTERNAL) {
        fprintf(stderr, "%s: the process that was to read it first could not tell what came of that\n", path);
        return EXIT_INTERNAL;
    }
    fprintf(stderr, "%s: damaged: ", path);
    if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL))
        fprintf(stderr, "HDF5 cannot read it (it was not done after %llu s, or took too much memory)\n",
                (unsigned long long)most_seconds(bytes));
    else
        fprintf(stderr, "HDF5 cannot read it (it crashed on it)\n");
    return EXIT_BAD_INPUT;
}

static enum exit_code child_await(const char *path, pid_t child, rlim_t bytes, int pipe_end)
{
    struct abscopal_error error;
    int status = 0;
    const bool received = receive(pipe_end, &error);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (received && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_DONE) {
        if (error.status == ABSCOPAL_OK)
            return EXIT_DONE;
        if (error.status == ABSCOPAL_NO_MEMORY)
            fprintf(stderr, "%s: takes more memory than there is, or than a good file of its size does\n", path);
        else
            report_error(&error);
        return EXIT_BAD_INPUT;
    }
    return explain_end(path, status, bytes);
}

bool guard_passes(const char *path, guarded_reader *read_file, enum exit_code *code)
{
    struct stat about = {0};
    int ends[2];
    *code = EXIT_DONE;
    /* What is no file is refused by the readers, with the reason. */
    const rlim_t bytes = stat(path, &about) == 0 && S_ISREG(about.st_mode) ? (rlim_t)about.st_size : 0;
    fflush(NULL);
    if (pipe2(ends, O_CLOEXEC) != 0) {
        perror("abscopal: cannot make a pipe");
        *code = EXIT_INTERNAL;
        return false;
    }
    const pid_t child = fork();
    if (child == 0)
        child_read(path, read_file, bytes, ends[1]);
    close(ends[1]);
    if (child < 0) {
        perror("abscopal: cannot make a process");
        *code = EXIT_INTERNAL;
    } else {
        *code = child_await(path, child, bytes, ends[0]);
    }
    close(ends[0]);
    return *code == EXIT_DONE;
}
