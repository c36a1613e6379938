/* Values that JSON cannot hold as they are. */
#ifndef ABSCOPAL_RESULTS_JSON_VALUE_H
#define ABSCOPAL_RESULTS_JSON_VALUE_H

#include <stdint.h>

#include <jansson.h>

#include "abscopal.h"

/* A number; null for NaN and infinity, which JSON does not have. */
json_t *json_number_or_null(double value);

/* A seed. Integers end at 2^63 - 1 here; a larger one is text. */
json_t *json_seed(uint64_t seed);

/* Writes the object, whose reference it takes and which may be NULL for lack of memory, to a file with a line feed at
 * its end. */
enum abscopal_status json_write_file(json_t *object, const char *path, struct abscopal_error *error);

#endif
