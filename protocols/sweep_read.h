/* Parts of the reader of sweep files. */
#ifndef ABSCOPAL_PROTOCOLS_SWEEP_READ_H
#define ABSCOPAL_PROTOCOLS_SWEEP_READ_H

#include "protocols/sweep_file.h"

/* The axes, once the trial and its arms are known. Errors stick to the document. */
void sweep_read_axes(struct yaml_document *document, struct sweep_file *sweep);
void sweep_axis_free(struct sweep_axis *axis);

/* The path in the trial file of a path within an arm, to be freed; NULL without memory. */
char *sweep_arm_path(size_t arm, const char *path);

#endif
