/* Values of a file beside those of the same patients run again. */
#ifndef ABSCOPAL_RESULTS_VERIFY_COMPARE_H
#define ABSCOPAL_RESULTS_VERIFY_COMPARE_H

#include "results/verify.h"

/* How far two builds may be apart, relatively, in a variable of results of that relative tolerance; 0: not at all. */
double verify_tolerance(const struct result_variable *variable, double relative_tolerance);

/* Values of a variable in one arm, [row][value] of the C type of its type. */
struct verified_rows {
    const char *stored, *again;
    const uint64_t *patients; /* [row] */
    size_t count, values;     /* rows, and values of each */
    size_t arm;               /* SIZE_MAX: none */
};

/* Counts what differs, and keeps the largest difference. With a tolerance real numbers are taken relative to the value
 * or to a thousandth of the largest that these rows have in that place, whichever is more. False without memory. */
bool verify_rows(struct verified_variable *verified, const struct verified_rows *rows);

#endif
