/* What is in a file, as JSON. */
#ifndef ABSCOPAL_RESULTS_INSPECT_READ_H
#define ABSCOPAL_RESULTS_INSPECT_READ_H

#include <jansson.h>

#include "results/hdf5_reader.h"

/* Of a file that was opened with reader_open_any; docs/commands.md names the members. NULL without memory, or when the
 * reader has failed. */
json_t *inspect_read(struct hdf5_reader *reader);

#endif
