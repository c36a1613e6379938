/* The Jacobian of the right-hand side: which entries there are, and their values, exact to rounding. */
#ifndef ABSCOPAL_SOLVER_JACOBIAN_H
#define ABSCOPAL_SOLVER_JACOBIAN_H

#include "model/model.h"

/* Compressed sparse columns: column j holds entries column_start[j] to column_start[j + 1] - 1, rows ascending. The
 * diagonal is always among them, since CVODE adds to it. Columns of one group share no row, so that one complex step
 * gives them all (Curtis, Powell and Reid 1974, doi:10.1093/imamat/13.1.117). */
struct jacobian {
    int size;
    int entry_count;
    int *column_start; /* [size + 1] */
    int *row;          /* [entry_count] */
    int *group;        /* [size] */
    int group_count;
    double *work; /* pairs (real, imaginary): state and rate */
};

/* Finds the pattern for the model's layout and drugs. Returns 0, or -1 without memory (then nothing is held). */
int jacobian_create(const struct model *model, struct jacobian *jacobian);
void jacobian_free(struct jacobian *jacobian);

/* Fills values[entry_count], in the order of row[], with the derivatives at the state. */
void jacobian_evaluate(struct jacobian *jacobian, const struct model *model, const double *state, double *values);

#endif
