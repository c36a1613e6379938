#include "results/sweep_parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "protocols/error.h"
#include "results/output.h"

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

enum abscopal_status sweep_parts_open(struct sweep_parts *parts, const char *output, const char *signature,
                                      size_t bytes, bool resume, struct abscopal_error *error)
{
    *parts = (struct sweep_parts){.parts = {.kind = "point", .work = "sweep", .ending = ""}, .bytes = bytes};
    return parts_open(&parts->parts, output, signature, resume ? PARTS_GO_ON : PARTS_BEGIN, error);
}

void sweep_parts_close(struct sweep_parts *parts)
{
    parts_close(&parts->parts);
}

bool sweep_parts_load(const struct sweep_parts *parts, size_t point, void *bytes)
{
    if (parts->parts.folder == NULL)
        return false;
    char *path = parts_path(&parts->parts, point);
    const bool there = file_load(path, bytes, parts->bytes);
    free(path);
    return there;
}

enum abscopal_status sweep_parts_store(const struct sweep_parts *parts, size_t point, const void *bytes,
                                       struct abscopal_error *error)
{
    if (parts->parts.folder == NULL)
        return ABSCOPAL_OK;
    char *path = parts_path(&parts->parts, point);
    const enum abscopal_status status =
        path != NULL ? output_write_file(path, bytes, parts->bytes, error) : error_no_memory(error);
    free(path);
    return status;
}

void sweep_parts_remove(const struct sweep_parts *parts)
{
    parts_remove(&parts->parts);
}
