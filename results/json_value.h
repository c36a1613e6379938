/* Values that JSON cannot hold as they are. */
#ifndef ABSCOPAL_RESULTS_JSON_VALUE_H
#define ABSCOPAL_RESULTS_JSON_VALUE_H

#include <stdint.h>

#include <jansson.h>

#include "abscopal.h"

/* A number; null for NaN and infinity, which JSON does not have. */
json_t *json_number_or_null(double value);

/* "value", "lower" and "upper" as above, and a list of such numbers. */
json_t *json_estimate(const struct abscopal_estimate *estimate);
json_t *json_numbers(const double *values, size_t count);

/* Adds a value, whose reference it takes, to a list. Without memory, which a value of NULL stands for too, the list is
 * freed and becomes NULL, and stays so. */
void json_list_add(json_t **list, json_t *value);

/* A seed. Integers end at 2^63 - 1 here; a larger one is text. */
json_t *json_seed(uint64_t seed);

/* Writes the object, whose reference it takes and which may be NULL for lack of memory, to a file with a line feed at
 * its end. */
enum abscopal_status json_write_file(json_t *object, const char *path, struct abscopal_error *error);

#endif
