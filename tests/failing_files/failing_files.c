/* A library to preload (ld.so(8)) that makes calls on files fail: the one whose number is in FAILING_CALL, from 1, or
 * with FAILING_ON=1 also all after it but for removals, with the error number in FAILING_ERROR. Each call that counts
 * adds a line with its number and name to the file FAILING_LOG, if that is given. What counts: making, writing,
 * synchronising, closing, renaming and removing files, but not writing to standard streams, nor anything that only
 * reads; nor what a child process does, which writes no files: the one that reads results first has a pipe alone. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long calls;
static pid_t counted;
static long failing;
static int failing_on, failing_error, log_descriptor = -1;
static int (*real_open)(const char *, int, ...);
static ssize_t (*real_write)(int, const void *, size_t);

static void *real(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

static long number_of(const char *name, long otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? strtol(text, NULL, 10) : otherwise;
}

__attribute__((constructor)) static void begin(void)
{
    void *found = real("open");
    memcpy(&real_open, &found, sizeof found);
    found = real("write");
    memcpy(&real_write, &found, sizeof found);
    counted = getpid();
    failing = number_of("FAILING_CALL", 0);
    failing_on = number_of("FAILING_ON", 0) != 0;
    failing_error = (int)number_of("FAILING_ERROR", ENOSPC);
    const char *log = getenv("FAILING_LOG");
    if (log != NULL)
        log_descriptor = real_open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
}

/* A full disk does not keep one from removing files. */
static int is_removal(const char *name)
{
    return strncmp(name, "unlink", 6) == 0 || strcmp(name, "rmdir") == 0;
}

/* Counts a call; true when it is to fail. */
static int fails(const char *name)
{
    const int kept = errno;
    if (getpid() != counted)
        return 0;
    const long number = atomic_fetch_add(&calls, 1) + 1;
    char line[64];
    const int length = snprintf(line, sizeof line, "%ld %s\n", number, name);
    if (log_descriptor >= 0)
        (void)!real_write(log_descriptor, line, (size_t)length);
    const int meant = failing > 0 && (number == failing || (failing_on && number > failing));
    const int fail = meant && !(failing_on && is_removal(name));
    errno = fail ? failing_error : kept;
    return fail;
}

static int is_file(int descriptor)
{
    return descriptor > STDERR_FILENO && descriptor != log_descriptor;
}

/* The function of the C library that NAME stands before. */
#define REAL(name, type)                              \
    static type real_function;                        \
    if (real_function == NULL) {                      \
        void *found = real(name);                     \
        memcpy(&real_function, &found, sizeof found); \
    }

/* The C library's own names of parameters are reserved.
 * NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */

typedef ssize_t write_at(int, const void *, size_t, off_t);
typedef int of_descriptor(int);
typedef int of_path(const char *);
typedef int of_paths(const char *, const char *);

ssize_t write(int descriptor, const void *bytes, size_t size)
{
    return is_file(descriptor) && fails("write") ? -1 : real_write(descriptor, bytes, size);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t place)
{
    REAL("pwrite", write_at *)
    return fails("pwrite") ? -1 : real_function(descriptor, bytes, size, place);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off_t place)
{
    REAL("pwrite64", write_at *)
    return fails("pwrite") ? -1 : real_function(descriptor, bytes, size, place);
}

int fsync(int descriptor)
{
    REAL("fsync", of_descriptor *)
    return fails("fsync") ? -1 : real_function(descriptor);
}

/* A failing close closes all the same, as Linux does. */
int close(int descriptor)
{
    REAL("close", of_descriptor *)
    const int writable = is_file(descriptor) && (fcntl(descriptor, F_GETFL) & O_ACCMODE) != O_RDONLY;
    const int result = real_function(descriptor);
    return writable && fails("close") ? -1 : result;
}

int ftruncate(int descriptor, off_t size)
{
    typedef int truncates(int, off_t);
    REAL("ftruncate", truncates *)
    return fails("ftruncate") ? -1 : real_function(descriptor, size);
}

int ftruncate64(int descriptor, off_t size)
{
    typedef int truncates(int, off_t);
    REAL("ftruncate64", truncates *)
    return fails("ftruncate") ? -1 : real_function(descriptor, size);
}

static int allocate(const char *name, int descriptor, off_t place, off_t size)
{
    typedef int allocates(int, off_t, off_t);
    REAL(name, allocates *)
    const int kept = errno;
    if (!fails("posix_fallocate"))
        return real_function(descriptor, place, size);
    errno = kept; /* it returns the error instead */
    return failing_error;
}

int posix_fallocate(int descriptor, off_t place, off_t size)
{
    return allocate("posix_fallocate", descriptor, place, size);
}

int posix_fallocate64(int descriptor, off_t place, off_t size)
{
    return allocate("posix_fallocate64", descriptor, place, size);
}

int fchmod(int descriptor, mode_t mode)
{
    typedef int changes(int, mode_t);
    REAL("fchmod", changes *)
    return fails("fchmod") ? -1 : real_function(descriptor, mode);
}

int rename(const char *from, const char *to)
{
    REAL("rename", of_paths *)
    return fails("rename") ? -1 : real_function(from, to);
}

int unlink(const char *path)
{
    REAL("unlink", of_path *)
    return fails("unlink") ? -1 : real_function(path);
}

int unlinkat(int folder, const char *path, int flags)
{
    typedef int unlinks(int, const char *, int);
    REAL("unlinkat", unlinks *)
    return fails("unlinkat") ? -1 : real_function(folder, path, flags);
}

int rmdir(const char *path)
{
    REAL("rmdir", of_path *)
    return fails("rmdir") ? -1 : real_function(path);
}

int mkdir(const char *path, mode_t mode)
{
    typedef int makes(const char *, mode_t);
    REAL("mkdir", makes *)
    return fails("mkdir") ? -1 : real_function(path, mode);
}

static int make_file(const char *name, char *path)
{
    typedef int makes(char *);
    REAL(name, makes *)
    return fails("mkstemp") ? -1 : real_function(path);
}

int mkstemp(char *path)
{
    return make_file("mkstemp", path);
}

int mkstemp64(char *path)
{
    return make_file("mkstemp64", path);
}

static int make_file_so(const char *name, char *path, int flags)
{
    typedef int makes(char *, int);
    REAL(name, makes *)
    return fails("mkstemp") ? -1 : real_function(path, flags);
}

int mkostemp(char *path, int flags)
{
    return make_file_so("mkostemp", path, flags);
}

int mkostemp64(char *path, int flags)
{
    return make_file_so("mkostemp64", path, flags);
}

static int open_file(const char *name, const char *path, int flags, mode_t mode)
{
    typedef int opens(const char *, int, ...);
    REAL(name, opens *)
    return (flags & O_ACCMODE) != O_RDONLY && fails("open") ? -1 : real_function(path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    return open_file("open", path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    return open_file("open64", path, flags, mode);
}

/* Of streams, what matters is that they cannot be opened; what they write goes by the C library's own write. */
static FILE *open_stream(const char *name, const char *path, const char *mode)
{
    typedef FILE *opens(const char *, const char *);
    REAL(name, opens *)
    return mode[0] != 'r' && fails("fopen") ? NULL : real_function(path, mode);
}

FILE *fopen(const char *path, const char *mode)
{
    return open_stream("fopen", path, mode);
}

FILE *fopen64(const char *path, const char *mode)
{
    return open_stream("fopen64", path, mode);
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
