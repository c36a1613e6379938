/* What is known of the matrix of an implicit step before any number is: which entries the Jacobian has, how J - shift I
 * is factored, and where among the factors' entries the model's derivatives go. The same for all patients of one layout
 * (lesions, drugs, options). */
#ifndef ABSCOPAL_SOLVER_MATRIX_PLAN_H
#define ABSCOPAL_SOLVER_MATRIX_PLAN_H

#include <stdint.h>

#include "model/model.h"
#include "solver/jacobian.h"
#include "solver/sparse_lu.h"

struct matrix_plan {
    struct jacobian jacobian;
    struct sparse_lu_plan lu;
    uint16_t *place; /* [jacobian.model_count] where model_jacobian's derivatives stand among lu's entries */
    uint16_t *empty; /* [empty_count] entries that the model does not fill: fill-in and idle diagonals */
    int empty_count;
};

/* Returns 0; or -1 without memory (then nothing is held). */
int matrix_plan_create(const struct model *model, struct matrix_plan *plan);
void matrix_plan_free(struct matrix_plan *plan);

#endif
