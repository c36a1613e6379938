/* Dimensions of the variables of a result file. */
#ifndef ABSCOPAL_RESULTS_DIMENSIONS_H
#define ABSCOPAL_RESULTS_DIMENSIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "trial/virtual_trial.h"

enum dimension {
    DIMENSION_ARM,
    DIMENSION_PATIENT,
    DIMENSION_VISIT,
    DIMENSION_LESION,
    DIMENSION_PARAMETER,
    DIMENSION_OUTPUT,
    DIMENSION_COURSE_DAY, /* optional, as the next */
    DIMENSION_INPUT_FILE
};
enum { DIMENSION_COUNT = 8, MAX_RANK = 4 };

/* Dimensions of a variable, the slowest first, in the order of enum dimension. */
struct shape {
    int rank;
    enum dimension dimensions[MAX_RANK];
};

/* Whether a file need not have the dimension, and the variables that it has: it does when these have a size. */
bool dimension_is_optional(enum dimension dimension);
bool shape_is_optional(const struct shape *shape);

/* Size of a dimension in these results. */
size_t dimension_size(const struct abscopal_results *results, enum dimension dimension);

/* Whether these results have what the variable is about: every optional dimension of its shape. */
bool shape_is_there(const struct abscopal_results *results, const struct shape *shape);

/* Values of one arm and patient, or of all where there is no such dimension. */
size_t shape_row_values(const struct abscopal_results *results, const struct shape *shape);

bool shape_has(const struct shape *shape, enum dimension dimension);

#endif
