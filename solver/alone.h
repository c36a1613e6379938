/* The arithmetic of one patient, for the cvode engine: the same operations as in lanes (solver/lanes.h), one number at
 * a time. Compiled for each set of instructions (alone_*.c); alone_best picks one for the processor. Those with fused
 * multiplications and additions round once where the portable ones round twice. */
#ifndef ABSCOPAL_SOLVER_ALONE_H
#define ABSCOPAL_SOLVER_ALONE_H

#include <stdint.h>

#include "model/model.h"
#include "solver/matrix_plan.h"

struct alone_functions {
    const char *instructions; /* such as "FMA" */

    /* As model_rates. */
    void (*rates)(const struct model *model, const double *state, double *rate);

    /* The Jacobian at a state, into entries[plan->lu.entry_count]. */
    void (*linearise)(const struct model *model, const struct matrix_plan *plan, const double *state, double *entries);

    /* Factors what is in the entries less `shift` on the diagonal, in place; reciprocals[size] of the pivots. Returns
     * the sum of the reciprocals' squares (sparse_lu_factor). */
    double (*factor)(const struct matrix_plan *plan, double shift, double *entries, double *reciprocals);

    /* Solves for the right-hand side x[size], in place. */
    void (*solve)(const struct matrix_plan *plan, const double *entries, const double *reciprocals, double *x);
};

/* The fastest that this processor has. */
const struct alone_functions *alone_best(void);

/* Every one that this processor has, `index` from 0; NULL past the last. For tests. */
const struct alone_functions *alone_choice(int index);

extern const struct alone_functions alone_portable;
#if defined(__x86_64__)
extern const struct alone_functions alone_fma;
#endif

#endif
