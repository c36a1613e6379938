/* What a result file holds: one row for each variable, with its dimensions, unit and meaning, and where its values
 * come from. docs/results.md says the same for users; tests/check_hdf5.py compares the two. */
#ifndef ABSCOPAL_RESULTS_VARIABLES_H
#define ABSCOPAL_RESULTS_VARIABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "results/dimensions.h"

enum value_type {
    VALUE_REAL,    /* double; NaN stands for "none" */
    VALUE_REAL32,  /* float; NaN stands for "none" */
    VALUE_INTEGER, /* int64_t */
    VALUE_FLAG,    /* int8_t, one of the values of a flag_set */
    VALUE_TEXT     /* const char *, borrowed, never NULL */
};

/* CF flag_values and flag_meanings (words separated by blanks, in the same order). */
struct flag_set {
    int count;
    signed char values[8];
    const char *meanings; /* NULL: "absent" and the cohort's PD-L1 classes, of which the values beyond are not used */
};

struct result_variable {
    const char *name;
    const char *units; /* UDUNITS; "1" for what has none. Days are "d": xarray turns "days" into nanoseconds */
    const char *long_name;
    enum value_type type;
    const struct shape *shape;
    /* Writes the values of one arm and patient (both 0 where the variable has no such dimension): as many as its
     * further dimensions hold, of the C type of `type`. */
    void (*fill)(const struct abscopal_results *results, size_t arm, size_t patient, void *values);
    const struct flag_set *flags; /* of VALUE_FLAG, otherwise NULL */
};

/* Every variable; those of the dimensions' own names first, in the order of enum dimension. Sets *count. */
const struct result_variable *result_variables(size_t *count);

/* Bytes of one value in memory. */
size_t value_size(enum value_type type);

#endif
