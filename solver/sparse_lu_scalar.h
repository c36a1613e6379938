/* The sparse factorisation for one matrix at a time (solver/sparse_lu_execute.h), with a right-hand side of one part:
 * what stands beside it is not read. */
#ifndef ABSCOPAL_SOLVER_SPARSE_LU_SCALAR_H
#define ABSCOPAL_SOLVER_SPARSE_LU_SCALAR_H

typedef double real;

static inline real sparse_lu_right_side(const real *beside, const real *x, int i)
{
    (void)beside;
    return x[i];
}

#include "solver/sparse_lu_execute.h"

/* Solves for the right-hand side x[plan->size], in place. */
static inline void sparse_lu_solve_scalar(const struct sparse_lu_plan *plan, const double *entries,
                                          const double *reciprocals, double *x)
{
    const double *const not_read = entries;
    sparse_lu_solve(plan, entries, reciprocals, not_read, x);
}

#endif
