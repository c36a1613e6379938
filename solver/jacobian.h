/* The Jacobian of the right-hand side as a sparse matrix: which entries there are, and their values. */
#ifndef ABSCOPAL_SOLVER_JACOBIAN_H
#define ABSCOPAL_SOLVER_JACOBIAN_H

#include <stdint.h>

#include "model/model.h"
#include "solver/sparse_lu.h"

/* Compressed sparse columns: column j holds entries column_start[j] to column_start[j + 1] - 1, rows ascending. The
 * diagonal is always among them, since implicit methods add to it. */
struct jacobian {
    int size;
    int entry_count;
    int *column_start; /* [size + 1] */
    int *row;          /* [entry_count] */
    int model_count;   /* entries that the model fills */
    uint16_t *place;   /* [model_count]: where among the entries the model's entry k stands */
    int idle_count;    /* diagonal entries that the model does not fill: they are 0 */
    uint16_t *idle;    /* [idle_count]: where they stand */
};

/* Finds the pattern for the model's layout. Returns 0, or -1 without memory (then nothing is held). */
int jacobian_create(const struct model *model, struct jacobian *jacobian);
void jacobian_free(struct jacobian *jacobian);

/* Fills values[entry_count], in the order of row[], with the derivatives at the state. */
void jacobian_evaluate(const struct jacobian *jacobian, const struct model *model, const double *state, double *values);

/* The lesions as blocks of a matrix over the model's states: each couples to what is shared, but not to others. */
struct sparse_lu_blocks jacobian_blocks(const struct model *model);

#endif
