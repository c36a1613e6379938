/* Files that appear whole or not at all: written beside their place, synchronised, then renamed into it. */
#ifndef ABSCOPAL_RESULTS_OUTPUT_H
#define ABSCOPAL_RESULTS_OUTPUT_H

#include <stddef.h>
#include <stdio.h>

#include "abscopal.h"

struct output {
    char *target;  /* where the file will be; a link is followed */
    char *partial; /* the file written meanwhile, TARGET.partial-XXXXXX; NULL for a pipe or device, written directly */
    int descriptor;
};

/* Sets and returns the error of a file that cannot be written, for the system's reason `cause`, an errno. */
enum abscopal_status output_failed(const char *path, int cause, struct abscopal_error *error);

/* Opens a new file beside `path`, or `path` itself when it is a pipe or a device. On error returns
 * ABSCOPAL_OUTPUT_FAILED (with the system's reason) or ABSCOPAL_NO_MEMORY and leaves nothing to commit or discard. */
enum abscopal_status output_open(struct output *output, const char *path, struct abscopal_error *error);

/* The same with the new file in a folder on the same disk, as FOLDER/whole.partial-XXXXXX, unless `path` is a link,
 * which may lead to another one. */
enum abscopal_status output_open_in(struct output *output, const char *path, const char *folder,
                                    struct abscopal_error *error);

/* Appends bytes. On error the caller discards the output. */
enum abscopal_status output_write(struct output *output, const char *bytes, size_t size, struct abscopal_error *error);

/* Moves the file into place, replacing what was there, and ends the output. On error the file written is removed and
 * what was there before is as it was. */
enum abscopal_status output_commit(struct output *output, struct abscopal_error *error);

/* Removes the file written and ends the output. */
void output_discard(struct output *output);

/* All of it at once: the file `path` with these bytes. */
enum abscopal_status output_write_file(const char *path, const char *bytes, size_t size, struct abscopal_error *error);

/* Writes text to an open stream and flushes it, so that a full disk or a closed pipe is noticed here. */
enum abscopal_status output_write_stream(FILE *stream, const char *text, size_t size, struct abscopal_error *error);

#endif
