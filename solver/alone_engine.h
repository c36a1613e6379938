/* The arithmetic of one patient: see alone.h. Included once by each alone_*.c, which defines ALONE_FUNCTIONS and
 * ALONE_INSTRUCTIONS. */
#ifndef ABSCOPAL_SOLVER_ALONE_ENGINE_H
#define ABSCOPAL_SOLVER_ALONE_ENGINE_H

#include "model/jacobian.h"
#include "solver/alone.h"

/* A right-hand side has one part: what stands beside it is not read. */
static inline real sparse_lu_right_side(const real *beside, const real *x, int i)
{
    (void)beside;
    return x[i];
}

#include "solver/sparse_lu_execute.h"

__attribute__((flatten)) static void rates(const struct model *model, const double *state, double *rate)
{
    right_hand_side(model, state, rate, NULL);
}

__attribute__((flatten)) static void linearise(const struct model *model, const struct matrix_plan *plan,
                                               const double *state, double *entries)
{
    double rate[MODEL_MAX_STATES];
    struct body body;
    struct jacobian_sink sink = {.place = plan->place, .values = entries};
    for (int k = 0; k < plan->empty_count; k++)
        entries[plan->empty[k]] = 0;
    body_view(&body, model, state, rate, NULL);
    body_rates(&body);
    body_jacobian(&body, &sink);
}

static double factor(const struct matrix_plan *plan, double shift, double *entries, double *reciprocals)
{
    for (int i = 0; i < plan->lu.size; i++)
        entries[plan->lu.diagonal[i]] -= shift;
    return sparse_lu_factor(&plan->lu, entries, reciprocals);
}

static void solve(const struct matrix_plan *plan, const double *entries, const double *reciprocals, double *x)
{
    const double *const not_read = entries;
    sparse_lu_solve(&plan->lu, entries, reciprocals, not_read, x);
}

const struct alone_functions ALONE_FUNCTIONS = {
    .instructions = ALONE_INSTRUCTIONS, .rates = rates, .linearise = linearise, .factor = factor, .solve = solve};

#endif
