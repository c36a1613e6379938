#include "results/sweep_parts.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocols/error.h"
#include "results/output.h"

static const char signature_name[] = "signature";

/* "FOLDER/point-000017", or the signature for SIZE_MAX; NULL without memory. */
static char *part_path(const struct sweep_parts *parts, size_t point)
{
    char *path = NULL;
    const int length = point == SIZE_MAX ? asprintf(&path, "%s/%s", parts->folder, signature_name)
                                         : asprintf(&path, "%s/point-%06zu", parts->folder, point);
    return length >= 0 ? path : NULL;
}

/* Whether the file has just these bytes in number; then they are read. */
static bool file_load(const char *path, void *bytes, size_t size)
{
    FILE *file = path != NULL ? fopen(path, "rb") : NULL;
    if (file == NULL)
        return false;
    const bool whole = fread(bytes, 1, size, file) == size && fgetc(file) == EOF;
    fclose(file);
    return whole;
}

static enum abscopal_status signature_check(const struct sweep_parts *parts, const char *path, const char *signature,
                                            struct abscopal_error *error)
{
    const size_t size = strlen(signature);
    char *kept = malloc(size + 1);
    if (kept == NULL)
        return error_no_memory(error);
    const bool same = file_load(path, kept, size) && memcmp(kept, signature, size) == 0;
    free(kept);
    if (same)
        return ABSCOPAL_OK;
    return error_set(error, ABSCOPAL_BAD_INPUT, parts->folder, 0, 0,
                     "these points are of another sweep: the file, its trial, the cohort, patients, seed, engine or "
                     "version differ; remove the folder, or run what began it");
}

static enum abscopal_status folder_begin(struct sweep_parts *parts, const char *signature, bool resume,
                                         struct abscopal_error *error)
{
    char *path = part_path(parts, SIZE_MAX);
    if (path == NULL)
        return error_no_memory(error);
    enum abscopal_status status = ABSCOPAL_OK;
    const bool made = mkdir(parts->folder, 0777) == 0;
    if (!made && errno != EEXIST)
        status = error_set(error, ABSCOPAL_OUTPUT_FAILED, parts->folder, 0, 0, "cannot be made: %s", strerror(errno));
    else if (!made && !resume)
        status = error_set(error, ABSCOPAL_BAD_INPUT, parts->folder, 0, 0,
                           "holds points of a sweep that was stopped; add --resume to go on with it, or remove it");
    else if (!made && access(path, F_OK) == 0)
        status = signature_check(parts, path, signature, error);
    else
        status = output_write_file(path, signature, strlen(signature), error);
    free(path);
    return status;
}

enum abscopal_status sweep_parts_open(struct sweep_parts *parts, const char *output, const char *signature,
                                      size_t bytes, bool resume, struct abscopal_error *error)
{
    *parts = (struct sweep_parts){.folder = NULL, .bytes = bytes};
    if (output == NULL)
        return ABSCOPAL_OK;
    if (asprintf(&parts->folder, "%s.parts", output) < 0) {
        parts->folder = NULL;
        return error_no_memory(error);
    }
    const enum abscopal_status status = folder_begin(parts, signature, resume, error);
    if (status != ABSCOPAL_OK)
        sweep_parts_close(parts);
    return status;
}

void sweep_parts_close(struct sweep_parts *parts)
{
    free(parts->folder);
    parts->folder = NULL;
}

bool sweep_parts_load(const struct sweep_parts *parts, size_t point, void *bytes)
{
    if (parts->folder == NULL)
        return false;
    char *path = part_path(parts, point);
    const bool there = file_load(path, bytes, parts->bytes);
    free(path);
    return there;
}

enum abscopal_status sweep_parts_store(const struct sweep_parts *parts, size_t point, const void *bytes,
                                       struct abscopal_error *error)
{
    if (parts->folder == NULL)
        return ABSCOPAL_OK;
    char *path = part_path(parts, point);
    const enum abscopal_status status =
        path != NULL ? output_write_file(path, bytes, parts->bytes, error) : error_no_memory(error);
    free(path);
    return status;
}

/* Files that a write left when it was killed are ours, too. */
void sweep_parts_remove(const struct sweep_parts *parts)
{
    DIR *folder = parts->folder != NULL ? opendir(parts->folder) : NULL;
    if (folder == NULL)
        return;
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder))
        if (strncmp(entry->d_name, "point-", 6) == 0 ||
            strncmp(entry->d_name, signature_name, strlen(signature_name)) == 0)
            unlinkat(dirfd(folder), entry->d_name, 0);
    closedir(folder);
    rmdir(parts->folder);
}
