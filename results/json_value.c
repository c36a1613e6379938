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

json_t *json_estimate(const struct abscopal_estimate *estimate)
{
    return json_pack("{s:o, s:o, s:o}", "value", json_number_or_null(estimate->value), "lower",
                     json_number_or_null(estimate->lower), "upper", json_number_or_null(estimate->upper));
}

void json_list_add(json_t **list, json_t *value)
{
    if (*list == NULL) {
        json_decref(value);
    } else if (json_array_append_new(*list, value) != 0) {
        json_decref(*list);
        *list = NULL;
    }
}

json_t *json_numbers(const double *values, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; list != NULL && i < count; i++)
        json_list_add(&list, json_number_or_null(values[i]));
    return list;
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
