/* The linear systems of CVODE's Newton iteration, (I - gamma J) x = b, by sparse LU of fixed pattern, behind the
 * interfaces of SUNDIALS: a matrix that holds the Jacobian and the factors, and a solver that knows both. */
#ifndef ABSCOPAL_SOLVER_LINEAR_SOLVER_H
#define ABSCOPAL_SOLVER_LINEAR_SOLVER_H

#include <sundials/sundials_linearsolver.h>

#include "solver/alone.h"
#include "solver/matrix_plan.h"

/* A matrix for a plan, which must outlive it. NULL without memory. SUNMatDestroy frees it. */
SUNMatrix newton_matrix_create(const struct alone_functions *arithmetic, const struct matrix_plan *plan,
                               SUNContext context);

/* The matrix is to be I - gamma J at this state from the next setup on, which has to come before the next solution. */
void newton_matrix_linearise(SUNMatrix matrix, const struct model *model, const double *state, double gamma);

/* What is factored is J - I / gamma. This factor makes up for that in the right-hand side, and for a step's gamma that
 * is no longer the matrix's as CVODE does, by 2 / (1 + gamma / matrix gamma). */
double newton_matrix_scale(SUNMatrix matrix, double gamma);

/* Solves with J - I / gamma as it was set up, in the place of the right-hand side x. */
void newton_matrix_solve(SUNMatrix matrix, double *x);

/* The solver. Its setup factors the matrix. Where a pivot is nearly zero, which without exchange of rows would spoil
 * the solution, the setup fails in a way from which CVODE recovers by a shorter step: I - gamma J comes ever closer to
 * I. NULL without memory. SUNLinSolFree frees it. */
SUNLinearSolver newton_solver_create(SUNContext context);

#endif
