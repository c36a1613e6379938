#include "results/verify_compare.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is known of patients before anything is integrated. */
static bool is_drawn(const char *name)
{
    static const char *const drawn[] = {
        "weight",         "body_weight",         "body_height", "body_surface",   "relative_lesion_size",
        "lesion_growth",  "lesion_infiltration", "lesion_pdl1", "lesion_antigen", "lesion_radiosensitivity",
        "parameter_value"};
    for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++)
        if (strcmp(name, drawn[i]) == 0)
            return true;
    return false;
}

double verify_builds_tolerance(enum abscopal_engine engine, double relative_tolerance)
{
    const double least = 1e-7; /* where the last digits of a day of an event weigh more than the tolerance */
    return (engine == ABSCOPAL_ENGINE_CVODE ? 100 : 10) * fmax(relative_tolerance, least);
}

double verify_tolerance(const struct result_variable *variable, double builds_tolerance)
{
    const double rounding = 1e-9, rounding32 = 2e-7; /* of functions such as exp; and of floats besides */
    if (variable->type == VALUE_REAL32)
        return fmax(builds_tolerance, rounding32);
    if (variable->type != VALUE_REAL)
        return 0;
    return is_drawn(variable->name) ? rounding : fmax(builds_tolerance, rounding);
}

/* ---- Single values ---------------------------------------------------------------------------------- */

/* A number; of texts 0. */
static double number_of(enum value_type type, const char *value)
{
    double wide = 0;
    float narrow = 0;
    int64_t integer = 0;
    switch (type) {
    case VALUE_REAL:
        memcpy(&wide, value, sizeof wide);
        return wide;
    case VALUE_REAL32:
        memcpy(&narrow, value, sizeof narrow);
        return (double)narrow;
    case VALUE_INTEGER:
        memcpy(&integer, value, sizeof integer);
        return (double)integer;
    case VALUE_FLAG:
        return *(const signed char *)value;
    case VALUE_TEXT:
        break;
    }
    return 0;
}

static const char *text_of(const char *value)
{
    const char *text;
    memcpy(&text, value, sizeof text);
    return text;
}

static void value_write(enum value_type type, const char *value, char *text, size_t size)
{
    if (type == VALUE_TEXT)
        snprintf(text, size, "'%.40s'", text_of(value));
    else if (type == VALUE_REAL)
        snprintf(text, size, "%.17g", number_of(type, value));
    else
        snprintf(text, size, "%.9g", number_of(type, value));
}

static bool is_same(enum value_type type, const char *stored, const char *again)
{
    return type == VALUE_TEXT ? strcmp(text_of(stored), text_of(again)) == 0
                              : memcmp(stored, again, value_size(type)) == 0;
}

/* How far apart two values are that are not the same: relatively, and infinitely where it is no number. */
static double difference_of(enum value_type type, const char *stored, const char *again, double least)
{
    const double one = number_of(type, stored), other = number_of(type, again);
    const double size = fmax(fmax(fabs(one), fabs(other)), least);
    if (type == VALUE_TEXT || !isfinite(one) || !isfinite(other))
        return isnan(one) && isnan(other) && type != VALUE_TEXT ? 0 : (double)INFINITY;
    return size > 0 ? fabs(one - other) / size : 0;
}

/* ---- Rows ------------------------------------------------------------------------------------------- */

/* [value]: a thousandth of the largest of the rows, and of a change, which is a fraction of the baseline, that
 * baseline; 0 without a tolerance, where there is no next to nothing. */
static double *least_sizes(const struct verified_variable *verified, const struct verified_rows *rows)
{
    const enum value_type type = verified->variable->type;
    const double share = 1e-3;
    const bool is_change = strcmp(verified->variable->name, "best_change") == 0;
    double *least = calloc(rows->values + 1, sizeof *least);
    for (size_t i = 0; least != NULL && verified->tolerance > 0 && i < rows->count; i++)
        for (size_t k = 0; k < rows->values; k++) {
            const double number = number_of(type, rows->again + (i * rows->values + k) * value_size(type));
            if (isfinite(number))
                least[k] = is_change ? 1 : fmax(least[k], share * fabs(number));
        }
    return least;
}

static void difference_keep(struct verified_variable *verified, const struct verified_rows *rows, size_t index,
                            double difference, bool is_beyond)
{
    const enum value_type type = verified->variable->type;
    const size_t place = index * value_size(type);
    const bool first = verified->changed == 0 || (is_beyond && verified->beyond == 0);
    verified->changed++;
    verified->beyond += is_beyond;
    if (!first && difference <= verified->difference)
        return;
    verified->difference = difference;
    verified->patient = rows->patients[index / rows->values];
    verified->arm = rows->arm;
    value_write(type, rows->stored + place, verified->stored, sizeof verified->stored);
    value_write(type, rows->again + place, verified->again, sizeof verified->again);
}

bool verify_rows(struct verified_variable *verified, const struct verified_rows *rows)
{
    const enum value_type type = verified->variable->type;
    double *least = least_sizes(verified, rows);
    for (size_t i = 0; least != NULL && i < rows->count * rows->values; i++) {
        const char *stored = rows->stored + i * value_size(type), *again = rows->again + i * value_size(type);
        verified->values++;
        if (is_same(type, stored, again))
            continue;
        const double difference = difference_of(type, stored, again, least[i % rows->values]);
        difference_keep(verified, rows, i, difference, verified->tolerance == 0 || difference > verified->tolerance);
    }
    free(least);
    return least != NULL;
}
