#include "results/parts.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocols/error.h"
#include "protocols/file_read.h"
#include "results/output.h"
#include "results/seal.h"

static const char signature_name[] = "signature";
enum { MOST_SIGNATURE_BYTES = 256 << 20, SHOWN = 100 };

char *parts_path(const struct parts *parts, size_t part)
{
    char *path = NULL;
    return asprintf(&path, "%s/%s-%06zu%s", parts->folder, parts->kind, part, parts->ending) >= 0 ? path : NULL;
}

static char *signature_path(const struct parts *parts)
{
    char *path = NULL;
    return asprintf(&path, "%s/%s", parts->folder, signature_name) >= 0 ? path : NULL;
}

bool parts_have(const struct parts *parts, size_t part)
{
    char *path = parts->folder != NULL ? parts_path(parts, part) : NULL;
    const bool have = path != NULL && access(path, F_OK) == 0;
    free(path);
    return have;
}

char *parts_seal(const struct parts *parts, size_t part)
{
    char *seal = NULL;
    return asprintf(&seal, "%s%s %zu\n", parts->signature, parts->kind, part) >= 0 ? seal : NULL;
}

bool parts_hold(const struct parts *parts, size_t part)
{
    char *path = parts->folder != NULL ? parts_path(parts, part) : NULL;
    char *seal = path != NULL ? parts_seal(parts, part) : NULL;
    const bool holds = seal != NULL && seal_holds(path, seal);
    free(seal);
    free(path);
    return holds;
}

/* ---- The signature ---------------------------------------------------------------------------------- */

/* The text of the signature, to be freed; NULL with the error. */
static char *signature_read(const struct parts *parts, struct abscopal_error *error)
{
    char problem[FILE_PROBLEM_SIZE];
    enum abscopal_status unused;
    size_t size;
    char *path = signature_path(parts);
    char *text = path != NULL ? file_read(path, MOST_SIGNATURE_BYTES, &size, &unused, problem) : NULL;
    if (path == NULL)
        error_no_memory(error);
    else if (text == NULL)
        error_set(error, ABSCOPAL_BAD_INPUT, path, 0, 0, "cannot be read: it should say what the %ss are of",
                  parts->kind);
    free(path);
    return text;
}

/* Bytes of a line that a message has. */
static int line_shown(const char *line)
{
    const size_t length = strcspn(line, "\n");
    return (int)(length < SHOWN ? length : SHOWN);
}

static enum abscopal_status signature_check(const struct parts *parts, const char *signature,
                                            struct abscopal_error *error)
{
    char *kept = signature_read(parts, error);
    if (kept == NULL)
        return error != NULL ? error->status : ABSCOPAL_BAD_INPUT;
    const char *here = signature, *there = kept;
    for (size_t i = 0; signature[i] != '\0' && signature[i] == kept[i]; i++)
        if (signature[i] == '\n')
            here = signature + i + 1, there = kept + i + 1;
    enum abscopal_status status = ABSCOPAL_OK;
    if (strcmp(signature, kept) != 0)
        status = error_set(error, ABSCOPAL_BAD_INPUT, parts->folder, 0, 0,
                           "these %ss are of another %s: '%.*s' there, '%.*s' here; remove the folder, or run what "
                           "began it",
                           parts->kind, parts->work, line_shown(there), there, line_shown(here), here);
    free(kept);
    return status;
}

/* ---- The folder ------------------------------------------------------------------------------------- */

static bool starts(const char *name, const char *with)
{
    return strncmp(name, with, strlen(with)) == 0;
}

/* Whether a name in the folder is that of a part, or of what a write of one left when it was killed. */
static bool is_of_part(const struct parts *parts, const char *name)
{
    return starts(name, parts->kind) && name[strlen(parts->kind)] == '-';
}

static bool folder_has_parts(const struct parts *parts)
{
    DIR *folder = opendir(parts->folder);
    bool found = false;
    if (folder == NULL)
        return false;
    for (const struct dirent *entry = readdir(folder); entry != NULL && !found; entry = readdir(folder))
        found = is_of_part(parts, entry->d_name);
    closedir(folder);
    return found;
}

/* A folder without a signature, new or one that was killed before it had one. */
static enum abscopal_status folder_sign(const struct parts *parts, const char *path, struct abscopal_error *error)
{
    if (folder_has_parts(parts))
        return error_set(error, ABSCOPAL_BAD_INPUT, parts->folder, 0, 0,
                         "has %ss, but no file 'signature' that says what they are of; remove the folder", parts->kind);
    return output_write_file(path, parts->signature, strlen(parts->signature), error);
}

static enum abscopal_status folder_begin(struct parts *parts, enum parts_use use, struct abscopal_error *error)
{
    char *path = signature_path(parts);
    if (path == NULL)
        return error_no_memory(error);
    enum abscopal_status status = ABSCOPAL_OK;
    const bool made = mkdir(parts->folder, 0777) == 0;
    if (!made && errno != EEXIST)
        status = error_set(error, ABSCOPAL_OUTPUT_FAILED, parts->folder, 0, 0, "cannot be made: %s", strerror(errno));
    else if (!made && use == PARTS_BEGIN)
        status = error_set(error, ABSCOPAL_BAD_INPUT, parts->folder, 0, 0,
                           "holds %ss of a %s that was stopped; add --resume to go on with it, or remove the folder",
                           parts->kind, parts->work);
    else if (!made && access(path, F_OK) == 0)
        status = signature_check(parts, parts->signature, error);
    else
        status = folder_sign(parts, path, error);
    if (made && status != ABSCOPAL_OK)
        rmdir(parts->folder);
    free(path);
    return status;
}

static enum abscopal_status folder_find(struct parts *parts, struct abscopal_error *error)
{
    struct stat about;
    if (stat(parts->folder, &about) == 0 && S_ISDIR(about.st_mode)) {
        parts->signature = signature_read(parts, error);
        return parts->signature != NULL ? ABSCOPAL_OK : ABSCOPAL_BAD_INPUT;
    }
    return error_set(error, ABSCOPAL_BAD_INPUT, parts->folder, 0, 0, "there is no such folder with %ss of a %s",
                     parts->kind, parts->work);
}

enum abscopal_status parts_open(struct parts *parts, const char *output, const char *signature, enum parts_use use,
                                struct abscopal_error *error)
{
    parts->folder = parts->signature = NULL;
    if (output == NULL)
        return ABSCOPAL_OK;
    if (asprintf(&parts->folder, "%s.parts", output) < 0)
        parts->folder = NULL;
    if (use != PARTS_EXISTING)
        parts->signature = strdup(signature);
    enum abscopal_status status = ABSCOPAL_OK;
    if (parts->folder == NULL || (use != PARTS_EXISTING && parts->signature == NULL))
        status = error_no_memory(error);
    else
        status = use == PARTS_EXISTING ? folder_find(parts, error) : folder_begin(parts, use, error);
    if (status != ABSCOPAL_OK)
        parts_close(parts);
    return status;
}

void parts_close(struct parts *parts)
{
    free(parts->folder);
    free(parts->signature);
    parts->folder = parts->signature = NULL;
}

/* Files that a write left when it was killed are ours, too. The signature goes last: while there are parts, it says
 * what they are of. */
void parts_remove(const struct parts *parts)
{
    DIR *folder = parts->folder != NULL ? opendir(parts->folder) : NULL;
    if (folder == NULL)
        return;
    for (int last = 0; last <= 1; last++, rewinddir(folder))
        for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder))
            if (last == 0 ? is_of_part(parts, entry->d_name) || starts(entry->d_name, "rows-") ||
                                starts(entry->d_name, "whole.partial-")
                          : starts(entry->d_name, signature_name))
                unlinkat(dirfd(folder), entry->d_name, 0);
    closedir(folder);
    rmdir(parts->folder);
}
