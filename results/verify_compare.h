/* Values of a file beside those of the same patients run again. */
#ifndef ABSCOPAL_RESULTS_VERIFY_COMPARE_H
#define ABSCOPAL_RESULTS_VERIFY_COMPARE_H

#include "results/verify.h"

/* How far two builds may be apart, relatively, in what is integrated by that engine to that relative tolerance: ten or,
 * with CVODE, a hundred tolerances, where one below 1e-7 counts as that. Of 200 patients in six arms, AVX-512 beside
 * vectors without fused multiply-adds, batch was at most 1.2 tolerances apart at 1e-3 to 1e-5, 0.6 at 1e-6 and 6.8e-7
 * at 1e-8, CVODE at most 21, 36 and 82 at 1e-3, 1e-5 and 1e-6 (docs/commands.md). */
double verify_builds_tolerance(enum abscopal_engine engine, double relative_tolerance);

/* The same of a variable; 0: not at all. */
double verify_tolerance(const struct result_variable *variable, double builds_tolerance);

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
