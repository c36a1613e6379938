#include "results/parts.h"

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

/* ---- The signature ---------------------------------------------------------------------------------- */

static char *text_load(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat about;
    char *text = NULL;
    if (file == NULL)
        return NULL;
    if (fstat(fileno(file), &about) == 0 && S_ISREG(about.st_mode) && about.st_size <= MOST_SIGNATURE_BYTES)
        text = malloc((size_t)about.st_size + 1);
    if (text != NULL)
        text[fread(text, 1, (size_t)about.st_size, file)] = '\0';
    fclose(file);
    return text;
}

char *parts_signature(const struct parts *parts, struct abscopal_error *error)
{
    char *path = signature_path(parts);
    char *text = path != NULL ? text_load(path) : NULL;
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
    char *kept = parts_signature(parts, error);
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

static enum abscopal_status folder_begin(struct parts *parts, const char *signature, enum parts_use use,
                                         struct abscopal_error *error)
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
        status = signature_check(parts, signature, error);
    else
        status = output_write_file(path, signature, strlen(signature), error);
    if (made && status != ABSCOPAL_OK)
        rmdir(parts->folder);
    free(path);
    return status;
}

static enum abscopal_status folder_find(const struct parts *parts, struct abscopal_error *error)
{
    struct stat about;
    if (stat(parts->folder, &about) == 0 && S_ISDIR(about.st_mode))
        return ABSCOPAL_OK;
    return error_set(error, ABSCOPAL_BAD_INPUT, parts->folder, 0, 0, "there is no such folder with %ss of a %s",
                     parts->kind, parts->work);
}

enum abscopal_status parts_open(struct parts *parts, const char *output, const char *signature, enum parts_use use,
                                struct abscopal_error *error)
{
    parts->folder = NULL;
    if (output == NULL)
        return ABSCOPAL_OK;
    if (asprintf(&parts->folder, "%s.parts", output) < 0) {
        parts->folder = NULL;
        return error_no_memory(error);
    }
    const enum abscopal_status status =
        use == PARTS_EXISTING ? folder_find(parts, error) : folder_begin(parts, signature, use, error);
    if (status != ABSCOPAL_OK)
        parts_close(parts);
    return status;
}

void parts_close(struct parts *parts)
{
    free(parts->folder);
    parts->folder = NULL;
}

/* Files that a write left when it was killed are ours, too. */
void parts_remove(const struct parts *parts)
{
    DIR *folder = parts->folder != NULL ? opendir(parts->folder) : NULL;
    if (folder == NULL)
        return;
    const size_t length = strlen(parts->kind);
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder))
        if ((strncmp(entry->d_name, parts->kind, length) == 0 && entry->d_name[length] == '-') ||
            strncmp(entry->d_name, signature_name, strlen(signature_name)) == 0)
            unlinkat(dirfd(folder), entry->d_name, 0);
    closedir(folder);
    rmdir(parts->folder);
}
