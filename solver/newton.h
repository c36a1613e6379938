/* Newton's iteration for one step of CVODE, behind the interface of SUNDIALS: that of SUNNonlinSol_Newton, step by
 * step, with what stands between two evaluations of the right-hand side done in one pass over the state. */
#ifndef ABSCOPAL_SOLVER_NEWTON_H
#define ABSCOPAL_SOLVER_NEWTON_H

#include <sundials/sundials_matrix.h>
#include <sundials/sundials_nonlinearsolver.h>

/* The right-hand side: rate, in units per day, at a state. */
typedef void newton_rates(void *user, const double *state, double *rate);

/* An iteration on vectors like `model_vector`. `matrix` is the newton_matrix that CVODE sets up; CVODE's user data
 * becomes `user` of the right-hand side. NULL without memory. SUNNonlinSolFree frees it, but not the matrix. */
SUNNonlinearSolver newton_create(N_Vector like, SUNMatrix matrix, newton_rates *rates, SUNContext context);

#endif
