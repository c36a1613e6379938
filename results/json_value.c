#include "results/json_value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "results/output.h"

json_t *json_number_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *json_seed(uint64_t seed)
{
    return seed <= INT64_MAX ? json_integer((json_int_t)seed) : json_sprintf("%llu", (unsigned long long)seed);
}

enum abscopal_status json_write_file(json_t *object, const char *path, struct abscopal_error *error)
{
    char *dumped = object != NULL ? json_dumps(object, JSON_INDENT(2)) : NULL;
    json_decref(object);
    char *text = NULL;
    if (dumped != NULL && asprintf(&text, "%s\n", dumped) < 0)
        text = NULL;
    free(dumped);
    if (text == NULL)
        return error_no_memory(error);
    const enum abscopal_status status = output_write_file(path, text, strlen(text), error);
    free(text);
    return status;
}
