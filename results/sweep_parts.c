#include "results/sweep_parts.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "protocols/file_read.h"
#include "results/output.h"

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
    char problem[FILE_PROBLEM_SIZE];
    enum abscopal_status unused;
    size_t size = 0;
    char *path = parts_path(&parts->parts, point);
    char *kept = path != NULL ? file_read(path, parts->bytes, &size, &unused, problem) : NULL;
    const bool there = kept != NULL && size == parts->bytes;
    if (there)
        memcpy(bytes, kept, size);
    free(kept);
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
