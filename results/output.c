#include "results/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocols/error.h"

enum abscopal_status output_failed(const char *path, int cause, struct abscopal_error *error)
{
    if (cause == ENOMEM)
        return error_no_memory(error);
    return error_set(error, ABSCOPAL_OUTPUT_FAILED, path, 0, 0, "cannot write: %s", strerror(cause));
}

static void output_free(struct output *output)
{
    if (output->descriptor >= 0)
        close(output->descriptor);
    free(output->partial);
    free(output->target);
    *output = (struct output){.descriptor = -1};
}

/* mkstemp creates files for the owner alone; gives them the permissions any other new file would have. */
static void set_usual_permissions(int descriptor)
{
    const mode_t mask = umask(S_IWGRP | S_IWOTH);
    umask(mask);
    fchmod(descriptor, 0666 & ~mask);
}

/* Sets partial and descriptor, which stays negative on error. Without a folder it is beside the target. */
static void open_partial(struct output *output, const char *folder)
{
    char *partial = NULL;
    if ((folder != NULL ? asprintf(&partial, "%s/whole.partial-XXXXXX", folder)
                        : asprintf(&partial, "%s.partial-XXXXXX", output->target)) < 0)
        return;
    output->partial = partial;
    output->descriptor = mkstemp(partial);
    if (output->descriptor >= 0)
        set_usual_permissions(output->descriptor);
}

enum abscopal_status output_open(struct output *output, const char *path, struct abscopal_error *error)
{
    return output_open_in(output, path, NULL, error);
}

enum abscopal_status output_open_in(struct output *output, const char *path, const char *folder,
                                    struct abscopal_error *error)
{
    struct stat existing, link;
    const bool exists = stat(path, &existing) == 0, special = exists && !S_ISREG(existing.st_mode);
    *output = (struct output){.descriptor = -1};
    /* A link is followed to its file; a pipe behind /dev/stdout has no path to follow it to. */
    output->target = exists && !special ? realpath(path, NULL) : strdup(path);
    if (output->target != NULL && special)
        output->descriptor = open(output->target, O_WRONLY | O_CLOEXEC);
    else if (output->target != NULL)
        open_partial(output, lstat(path, &link) == 0 && S_ISLNK(link.st_mode) ? NULL : folder);
    if (output->descriptor >= 0)
        return ABSCOPAL_OK;
    const int cause = errno;
    output_free(output);
    return output_failed(path, cause, error);
}

enum abscopal_status output_write(struct output *output, const char *bytes, size_t size, struct abscopal_error *error)
{
    while (size > 0) {
        const ssize_t written = write(output->descriptor, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return output_failed(output->target, errno, error);
        bytes += written;
        size -= (size_t)written;
    }
    return ABSCOPAL_OK;
}

/* So that the new name survives a power failure. Not every file system can do it; the file itself is safe by then. */
static void synchronise_directory(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *directory = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
    const int descriptor = directory == NULL ? -1 : open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        fsync(descriptor);
        close(descriptor);
    }
    free(directory);
}

/* Closes the file and gives it its name; returns 0 or an errno. */
static int move_into_place(struct output *output)
{
    /* A pipe or a device has nothing to synchronise. */
    if (output->partial != NULL && fsync(output->descriptor) != 0)
        return errno;
    const int descriptor = output->descriptor;
    output->descriptor = -1;
    if (close(descriptor) != 0)
        return errno;
    if (output->partial != NULL && rename(output->partial, output->target) != 0)
        return errno;
    return 0;
}

enum abscopal_status output_commit(struct output *output, struct abscopal_error *error)
{
    const int cause = move_into_place(output);
    if (cause != 0) {
        const enum abscopal_status status = output_failed(output->target, cause, error);
        output_discard(output);
        return status;
    }
    if (output->partial != NULL)
        synchronise_directory(output->target);
    output_free(output);
    return ABSCOPAL_OK;
}

void output_discard(struct output *output)
{
    if (output->partial != NULL)
        unlink(output->partial);
    output_free(output);
}

enum abscopal_status output_write_file(const char *path, const char *bytes, size_t size, struct abscopal_error *error)
{
    struct output output;
    enum abscopal_status status = output_open(&output, path, error);
    if (status != ABSCOPAL_OK)
        return status;
    status = output_write(&output, bytes, size, error);
    if (status == ABSCOPAL_OK)
        return output_commit(&output, error);
    output_discard(&output);
    return status;
}

enum abscopal_status output_write_stream(FILE *stream, const char *text, size_t size, struct abscopal_error *error)
{
    errno = 0;
    if (fwrite(text, 1, size, stream) == size && fflush(stream) == 0)
        return ABSCOPAL_OK;
    return output_failed(NULL, errno != 0 ? errno : EIO, error);
}
