/* Analysis data sets of a result file: written into a new folder beside their place, which is then given its name. */
#include <dirent.h>
#include <errno.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "abscopal.h"
#include "protocols/error.h"
#include "results/adam_tables.h"

enum { PATH_SIZE = 4096 };

static enum abscopal_status write_failed(const char *path, int cause, struct abscopal_error *error)
{
    if (cause == ENOMEM)
        return error_no_memory(error);
    return error_set(error, ABSCOPAL_OUTPUT_FAILED, path, 0, 0, "cannot write: %s", strerror(cause));
}

/* ---- Folders ---------------------------------------------------------------------------------------- */

static bool join(char *path, const char *folder, const char *file)
{
    return snprintf(path, PATH_SIZE, "%s/%s", folder, file) < PATH_SIZE;
}

/* Whether there is anything in the folder; errno is set when it is none. */
static bool folder_is_empty(const char *folder)
{
    DIR *listing = opendir(folder);
    if (listing == NULL)
        return false;
    bool empty = true;
    for (const struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing))
        empty = empty && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0);
    closedir(listing);
    return empty;
}

static enum abscopal_status check_folder(const char *folder, bool replace, struct abscopal_error *error)
{
    struct stat there;
    if (stat(folder, &there) != 0)
        return errno == ENOENT ? ABSCOPAL_OK : write_failed(folder, errno, error);
    if (!S_ISDIR(there.st_mode))
        return error_set(error, ABSCOPAL_BAD_INPUT, folder, 0, 0, "not a folder: name another");
    if (!replace && !folder_is_empty(folder))
        return error_set(error, ABSCOPAL_BAD_INPUT, folder, 0, 0,
                         "the folder is not empty: name another, or replace what is there with --force");
    return ABSCOPAL_OK;
}

/* The new folder beside its place, to be freed; NULL with errno set. mkdtemp makes it for the owner alone. */
static char *partial_create(const char *folder)
{
    char *partial = NULL;
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        length--;
    if (asprintf(&partial, "%.*s.partial-XXXXXX", (int)length, folder) < 0) {
        errno = ENOMEM;
        return NULL;
    }
    if (mkdtemp(partial) == NULL) {
        const int cause = errno;
        free(partial);
        errno = cause;
        return NULL;
    }
    const mode_t mask = umask(S_IWGRP | S_IWOTH);
    umask(mask);
    chmod(partial, 0777 & ~mask);
    return partial;
}

static void partial_remove(const char *partial)
{
    char path[PATH_SIZE];
    for (enum adam_table table = 0; table < ADAM_TABLE_COUNT; table++)
        if (join(path, partial, adam_table_file(table)))
            unlink(path);
    rmdir(partial);
}

/* A folder can take the place of an empty one; into others, and through links, the files are moved one by one. Returns
 * 0 or an errno. */
static int partial_commit(const char *partial, const char *folder)
{
    char from[PATH_SIZE], to[PATH_SIZE];
    if (rename(partial, folder) == 0)
        return 0;
    if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR && errno != EBUSY)
        return errno;
    for (enum adam_table table = 0; table < ADAM_TABLE_COUNT; table++) {
        if (!join(from, partial, adam_table_file(table)) || !join(to, folder, adam_table_file(table)))
            return ENAMETOOLONG;
        if (rename(from, to) != 0)
            return errno;
    }
    return rmdir(partial) == 0 ? 0 : errno;
}

/* ---- Files ------------------------------------------------------------------------------------------ */

static enum abscopal_status files_open(FILE **files, const struct adam_source *source, const char *partial,
                                       struct abscopal_error *error)
{
    for (enum adam_table table = 0; table < ADAM_TABLE_COUNT; table++) {
        char path[PATH_SIZE];
        if (!join(path, partial, adam_table_file(table)))
            return write_failed(partial, ENAMETOOLONG, error);
        files[table] = fopen(path, "w");
        if (files[table] == NULL)
            return write_failed(path, errno, error);
        adam_table_begin(table, files[table], source);
    }
    return ABSCOPAL_OK;
}

/* Whether everything has reached the disk. */
static enum abscopal_status files_close(FILE **files, const char *partial, struct abscopal_error *error)
{
    int cause = 0;
    for (enum adam_table table = 0; table < ADAM_TABLE_COUNT; table++) {
        if (files[table] == NULL)
            continue;
        errno = 0;
        const bool whole = fflush(files[table]) == 0 && !ferror(files[table]) && fsync(fileno(files[table])) == 0;
        if (!whole && cause == 0)
            cause = errno != 0 ? errno : EIO;
        if (fclose(files[table]) != 0 && cause == 0)
            cause = errno;
    }
    return cause == 0 ? ABSCOPAL_OK : write_failed(partial, cause, error);
}

static enum abscopal_status arms_write(struct adam_source *source, FILE **files)
{
    for (size_t number = 0; number < source->arms; number++) {
        struct adam_arm arm;
        const enum abscopal_status status = adam_arm_read(source, number, &arm);
        for (enum adam_table table = 0; status == ABSCOPAL_OK && table < ADAM_TABLE_COUNT; table++)
            adam_table_write(table, files[table], source, &arm);
        adam_arm_free(&arm);
        if (status != ABSCOPAL_OK)
            return status;
    }
    return ABSCOPAL_OK;
}

static enum abscopal_status write_partial(struct adam_source *source, const char *partial, struct abscopal_error *error)
{
    FILE *files[ADAM_TABLE_COUNT] = {NULL};
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c_locale == (locale_t)0)
        return error_no_memory(error);
    const locale_t before = uselocale(c_locale);
    enum abscopal_status status = files_open(files, source, partial, error);
    if (status == ABSCOPAL_OK)
        status = arms_write(source, files);
    const enum abscopal_status closed = files_close(files, partial, status == ABSCOPAL_OK ? error : NULL);
    uselocale(before);
    freelocale(c_locale);
    return status == ABSCOPAL_OK ? closed : status;
}

enum abscopal_status abscopal_export_adam(const char *hdf5_path, const char *directory, int replace,
                                          struct abscopal_error *error)
{
    struct adam_source source;
    enum abscopal_status status = check_folder(directory, replace != 0, error);
    if (status != ABSCOPAL_OK)
        return status;
    status = adam_source_open(&source, hdf5_path, error);
    char *partial = status == ABSCOPAL_OK ? partial_create(directory) : NULL;
    if (status == ABSCOPAL_OK && partial == NULL)
        status = write_failed(directory, errno, error);
    if (status == ABSCOPAL_OK)
        status = write_partial(&source, partial, error);
    if (status == ABSCOPAL_OK) {
        const int cause = partial_commit(partial, directory);
        if (cause != 0)
            status = write_failed(directory, cause, error);
    }
    if (status != ABSCOPAL_OK && partial != NULL)
        partial_remove(partial);
    free(partial);
    adam_source_close(&source);
    return status;
}
