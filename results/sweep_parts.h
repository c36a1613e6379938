/* Finished points of a sweep that is not: parts of a fixed number of bytes. */
#ifndef ABSCOPAL_RESULTS_SWEEP_PARTS_H
#define ABSCOPAL_RESULTS_SWEEP_PARTS_H

#include "results/parts.h"

struct sweep_parts {
    struct parts parts;
    size_t bytes; /* of a point */
};

/* Opens OUTPUT.parts for points of so many bytes; `signature` says all that the points depend on. Without `resume`
 * there must be no such folder; with it, one of another signature is refused, and none is none. output NULL: nothing is
 * kept. Errors as parts_open. */
enum abscopal_status sweep_parts_open(struct sweep_parts *parts, const char *output, const char *signature,
                                      size_t bytes, bool resume, struct abscopal_error *error);
void sweep_parts_close(struct sweep_parts *parts);

/* Whether the point is there; then its bytes. */
bool sweep_parts_load(const struct sweep_parts *parts, size_t point, void *bytes);

/* Keeps a point. Returns ABSCOPAL_OUTPUT_FAILED, ABSCOPAL_NO_MEMORY or ABSCOPAL_OK. */
enum abscopal_status sweep_parts_store(const struct sweep_parts *parts, size_t point, const void *bytes,
                                       struct abscopal_error *error);

/* Removes the folder with its points, once the sweep's file is in place. */
void sweep_parts_remove(const struct sweep_parts *parts);

#endif
