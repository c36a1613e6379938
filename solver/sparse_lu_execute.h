/* Carries out a plan of sparse_lu.h for any number type. Whoever includes this file defines, before it,
 *     real                   a typedef of double or of a vector of doubles, one lane for each matrix
 *     sparse_lu_right_side   how the right-hand side is read: from x alone, or as a sum of x and what is given beside
 * it (a right-hand side of two parts is added up where it is read, not in memory) Nothing depends on the numbers.
 * Generated code and lists do the same operations in the same order. */
#ifndef ABSCOPAL_SOLVER_SPARSE_LU_EXECUTE_H
#define ABSCOPAL_SOLVER_SPARSE_LU_EXECUTE_H

#include <stddef.h>

#include "solver/sparse_lu.h"

/* One piece of generated code: for a block, with what is shared, or for what is shared. Entries, reciprocal pivots and
 * states of the block, then those of what is shared. */
struct lu_code {
    void (*factor_block)(real *restrict entries, real *restrict reciprocals, real *restrict shared_entries);
    void (*factor_shared)(real *restrict entries, real *restrict reciprocals);
    void (*forward_block)(const real *restrict entries, const real *restrict beside, real *restrict x,
                          real *restrict shared_x);
    void (*solve_shared)(const real *restrict entries, const real *restrict reciprocals, const real *restrict beside,
                         real *restrict x);
    void (*backward_block)(const real *restrict entries, const real *restrict reciprocals, const real *restrict beside,
                           real *restrict x, const real *restrict shared_x);
};

#include <lu_code_generated.h> /* made at build time: static const struct lu_code lu_codes[] */

static inline void sparse_lu_factor_by_lists(const struct sparse_lu_plan *plan, real *restrict entries,
                                             real *restrict reciprocals)
{
    const uint16_t *target = plan->target;
    for (int k = 0; k < plan->size; k++) {
        const real reciprocal = 1 / entries[plan->start[k]];
        reciprocals[k] = reciprocal;
        for (int l = plan->start[k] + 1; l < plan->upper_start[k]; l++) {
            const real multiplier = entries[l] * reciprocal;
            entries[l] = multiplier;
            for (int u = plan->start[k + 1] - 1; u >= plan->upper_start[k]; u--, target++)
                entries[*target] -= multiplier * entries[u];
        }
    }
}

/* Forward elimination of pivots from, ..., to - 1, whose right-hand side is complete but for what stands beside it. */
static inline void sparse_lu_forward_by_lists(const struct sparse_lu_plan *plan, int from, int to,
                                              const real *restrict entries, const real *restrict beside,
                                              real *restrict x)
{
    for (int k = from; k < to; k++)
        x[plan->pivot[k]] = sparse_lu_right_side(beside, x, plan->pivot[k]);
    for (int k = from; k < to; k++) {
        const real value = x[plan->pivot[k]];
        for (int l = plan->start[k] + 1; l < plan->upper_start[k]; l++)
            x[plan->index[l]] -= entries[l] * value;
    }
}

static inline void sparse_lu_solve_by_lists(const struct sparse_lu_plan *plan, const real *restrict entries,
                                            const real *restrict reciprocals, const real *restrict beside,
                                            real *restrict x)
{
    const int block_pivots = plan->blocks.count * plan->block_pivots;
    sparse_lu_forward_by_lists(plan, 0, block_pivots, entries, beside, x);
    sparse_lu_forward_by_lists(plan, block_pivots, plan->size, entries, beside, x);
    for (int k = plan->size - 1; k >= 0; k--) {
        real value = x[plan->pivot[k]];
        for (int u = plan->upper_start[k]; u < plan->start[k + 1]; u++)
            value -= entries[u] * x[plan->index[u]];
        x[plan->pivot[k]] = value * reciprocals[k];
    }
}

/* Factors the entries in place and fills in reciprocals[plan->size], one for each pivot. Returns the sum of their
 * squares, from which the caller sees whether a pivot is too small or not a number: none is smaller than one over its
 * root. */
static inline real sparse_lu_factor(const struct sparse_lu_plan *plan, real *restrict entries,
                                    real *restrict reciprocals)
{
    if (plan->code >= 0) {
        const struct lu_code *code = &lu_codes[plan->code];
        const int blocks = plan->blocks.count;
        real *const shared = entries + (ptrdiff_t)blocks * plan->block_entries;
        for (int i = 0; i < blocks; i++)
            code->factor_block(entries + (ptrdiff_t)i * plan->block_entries,
                               reciprocals + (ptrdiff_t)i * plan->block_pivots, shared);
        code->factor_shared(shared, reciprocals + (ptrdiff_t)blocks * plan->block_pivots);
    } else {
        sparse_lu_factor_by_lists(plan, entries, reciprocals);
    }
    real sum = reciprocals[0] * reciprocals[0];
    for (int k = 1; k < plan->size; k++)
        sum += reciprocals[k] * reciprocals[k];
    return sum;
}

/* Solves in place; x[plan->size] is, with `beside` of the same size, the right-hand side. States in their own order. */
static inline void sparse_lu_solve(const struct sparse_lu_plan *plan, const real *restrict entries,
                                   const real *restrict reciprocals, const real *restrict beside, real *restrict x)
{
    if (plan->code < 0) {
        sparse_lu_solve_by_lists(plan, entries, reciprocals, beside, x);
        return;
    }
    const struct lu_code *code = &lu_codes[plan->code];
    const ptrdiff_t blocks = plan->blocks.count, stride = plan->blocks.stride, first = plan->blocks.first;
    for (ptrdiff_t i = 0; i < blocks; i++)
        code->forward_block(entries + i * plan->block_entries, beside + first + i * stride, x + first + i * stride, x);
    code->solve_shared(entries + blocks * plan->block_entries, reciprocals + blocks * plan->block_pivots, beside, x);
    for (ptrdiff_t i = 0; i < blocks; i++)
        code->backward_block(entries + i * plan->block_entries, reciprocals + i * plan->block_pivots,
                             beside + first + i * stride, x + first + i * stride, x);
}

#endif
