/* Vectors for SUNDIALS, with every operation that CVODE uses compiled in our own build: distributions build SUNDIALS
 * without optimisation, and a model of a hundred states spends most of its time in these loops. Sums run in one fixed
 * order, so that results are the same on every processor. */
#ifndef ABSCOPAL_SOLVER_VECTOR_H
#define ABSCOPAL_SOLVER_VECTOR_H

#include <sundials/sundials_nvector.h>

/* A vector of `length` numbers, not set; N_VDestroy frees it. NULL without memory. */
N_Vector vector_create(int length, SUNContext context);

/* What CVODE's own operations would take several passes for. Arguments are vectors of one length made by vector_create;
 * the result is the last one, and may be one of the others. */

/* x + y. */
void vector_add(N_Vector x, N_Vector y, N_Vector sum);

/* The right-hand side of Newton's linear system: factor (gamma rate - (rl1 zn1 + correction)). */
void vector_newton_residual(double factor, double gamma, N_Vector rate, double rl1, N_Vector zn1, N_Vector correction,
                            N_Vector result);

/* Weights of CVODE's norms: 1 / (relative_tolerance |state| + absolute_tolerances). */
void vector_error_weights(double relative_tolerance, N_Vector state, N_Vector absolute_tolerances, N_Vector weights);

#endif
