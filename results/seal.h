/* The end of a part's file: a SHA-256 of its bytes and of what it is a part of. A damaged part, or one of another work,
 * is told by it before anything else reads the file; HDF5 does not mind what follows its own end. */
#ifndef ABSCOPAL_RESULTS_SEAL_H
#define ABSCOPAL_RESULTS_SEAL_H

#include <stdbool.h>

#include "results/output.h"

/* Appends the seal to a file that is complete but for it. Returns ABSCOPAL_OK or ABSCOPAL_OUTPUT_FAILED. */
enum abscopal_status seal_write(struct output *output, const char *of, struct abscopal_error *error);

/* Whether a file can be read and is as it was sealed, as that part. */
bool seal_holds(const char *path, const char *of);

#endif
