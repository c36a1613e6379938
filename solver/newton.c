#include "solver/newton.h"

#include <stdbool.h>
#include <stdlib.h>

#include <cvode/cvode.h>

#include "solver/linear_solver.h"
#include "solver/vector.h"

struct content {
    SUNMatrix matrix;
    newton_rates *rates;
    N_Vector correction; /* of the last iteration */
    SUNNonlinSolLSetupFn set_up;
    SUNNonlinSolConvTestFn test;
    void *test_data;
    bool jacobian_is_new;
    int maximum_iterations, iteration;
    long iterations, failures;
};

/* What CVODE hands over: the predicted state, the places of the state and its rate, and the coefficients of
 * state - predicted + rl1 zn1 - gamma rate = 0. */
struct step {
    double day, gamma, rl1;
    N_Vector predicted, state, rate, zn1;
    void *user;
};

static struct content *content_of(SUNNonlinearSolver solver)
{
    return solver->content;
}

static SUNNonlinearSolver_Type solver_type(SUNNonlinearSolver solver)
{
    (void)solver;
    return SUNNONLINEARSOLVER_ROOTFIND;
}

static int initialize(SUNNonlinearSolver solver)
{
    struct content *content = content_of(solver);
    content->jacobian_is_new = false;
    content->iterations = content->failures = 0;
    return SUN_NLS_SUCCESS;
}

/* The residual is computed here. */
static int set_system(SUNNonlinearSolver solver, SUNNonlinSolSysFn system)
{
    (void)solver, (void)system;
    return SUN_NLS_SUCCESS;
}

static int set_linear_setup(SUNNonlinearSolver solver, SUNNonlinSolLSetupFn set_up)
{
    content_of(solver)->set_up = set_up;
    return SUN_NLS_SUCCESS;
}

static int set_test(SUNNonlinearSolver solver, SUNNonlinSolConvTestFn test, void *data)
{
    content_of(solver)->test = test;
    content_of(solver)->test_data = data;
    return SUN_NLS_SUCCESS;
}

static int set_maximum_iterations(SUNNonlinearSolver solver, int count)
{
    content_of(solver)->maximum_iterations = count;
    return SUN_NLS_SUCCESS;
}

static int get_iterations(SUNNonlinearSolver solver, long *count)
{
    *count = content_of(solver)->iterations;
    return SUN_NLS_SUCCESS;
}

static int get_iteration(SUNNonlinearSolver solver, int *iteration)
{
    *iteration = content_of(solver)->iteration;
    return SUN_NLS_SUCCESS;
}

static int get_failures(SUNNonlinearSolver solver, long *count)
{
    *count = content_of(solver)->failures;
    return SUN_NLS_SUCCESS;
}

static int solver_free(SUNNonlinearSolver solver)
{
    if (solver->content != NULL && content_of(solver)->correction != NULL)
        N_VDestroy(content_of(solver)->correction);
    free(solver->content);
    SUNNonlinSolFreeEmpty(solver);
    return SUN_NLS_SUCCESS;
}

/* From the sum of corrections so far to the state and its rate. */
static void evaluate(struct content *content, const struct step *step, N_Vector sum)
{
    vector_add(step->predicted, sum, step->state);
    content->rates(step->user, N_VGetArrayPointer(step->state), N_VGetArrayPointer(step->rate));
}

/* From there to the next correction, which is added to the sum. */
static void correct(struct content *content, const struct step *step, double scale, N_Vector sum)
{
    vector_newton_residual(scale, step->gamma, step->rate, step->rl1, step->zn1, sum, content->correction);
    newton_matrix_solve(content->matrix, N_VGetArrayPointer(content->correction));
    vector_add(sum, content->correction, sum);
}

/* One attempt with the matrix as it is, or set up anew if told to. */
static int iterate(SUNNonlinearSolver solver, const struct step *step, N_Vector sum, N_Vector weights, double tolerance,
                   bool set_up, bool jacobian_is_bad, void *cvode)
{
    struct content *content = content_of(solver);
    content->iteration = 0;
    evaluate(content, step, sum);
    if (set_up) {
        int is_new = SUNFALSE;
        const int code = content->set_up(jacobian_is_bad, &is_new, cvode);
        content->jacobian_is_new = is_new;
        if (code != SUN_NLS_SUCCESS)
            return code;
    }
    const double scale = newton_matrix_scale(content->matrix, step->gamma);
    for (;;) {
        content->iterations++;
        correct(content, step, scale, sum);
        const int code = content->test(solver, sum, content->correction, tolerance, weights, content->test_data);
        if (code != SUN_NLS_CONTINUE)
            return code;
        if (++content->iteration >= content->maximum_iterations)
            return SUN_NLS_CONV_RECVR;
        evaluate(content, step, sum);
    }
}

static int solve(SUNNonlinearSolver solver, N_Vector predicted, N_Vector sum, N_Vector weights, double tolerance,
                 int set_up, void *cvode)
{
    (void)predicted;
    struct content *content = content_of(solver);
    struct step step;
    int code = CVodeGetNonlinearSystemData(cvode, &step.day, &step.predicted, &step.state, &step.rate, &step.gamma,
                                           &step.rl1, &step.zn1, &step.user);
    if (code != CV_SUCCESS)
        return code;
    content->iterations = content->failures = 0;
    code = iterate(solver, &step, sum, weights, tolerance, set_up, false, cvode);
    /* Not converged with an old Jacobian: again with a new one. */
    if (code > 0 && !content->jacobian_is_new) {
        content->failures++;
        N_VConst(0, sum);
        code = iterate(solver, &step, sum, weights, tolerance, true, true, cvode);
    }
    if (code == SUN_NLS_SUCCESS)
        content->jacobian_is_new = false;
    else
        content->failures++;
    return code;
}

SUNNonlinearSolver newton_create(N_Vector like, SUNMatrix matrix, newton_rates *rates, SUNContext context)
{
    SUNNonlinearSolver solver = SUNNonlinSolNewEmpty(context);
    if (solver == NULL)
        return NULL;
    struct content *content = calloc(1, sizeof *content);
    solver->content = content;
    if (content == NULL || (content->correction = N_VClone(like)) == NULL) {
        solver_free(solver);
        return NULL;
    }
    content->matrix = matrix;
    content->rates = rates;
    content->maximum_iterations = 3; /* CVODE sets its own */
    SUNNonlinearSolver_Ops ops = solver->ops;
    ops->gettype = solver_type;
    ops->initialize = initialize;
    ops->solve = solve;
    ops->free = solver_free;
    ops->setsysfn = set_system;
    ops->setlsetupfn = set_linear_setup;
    ops->setctestfn = set_test;
    ops->setmaxiters = set_maximum_iterations;
    ops->getnumiters = get_iterations;
    ops->getcuriter = get_iteration;
    ops->getnumconvfails = get_failures;
    return solver;
}
