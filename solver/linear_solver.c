#include "solver/linear_solver.h"

#include <stdlib.h>

/* The smallest pivot of I - gamma J that is trusted. They are 1 where nothing happens, and more where states decay;
 * multiplying a state by its unit does not change them. */
static const double smallest_pivot = 1e-6;

struct content {
    const struct alone_functions *arithmetic;
    const struct matrix_plan *plan;
    double gamma;
    double *entries, *reciprocals;
};

static struct content *content_of(SUNMatrix matrix)
{
    return matrix->content;
}

static SUNMatrix_ID matrix_id(SUNMatrix matrix)
{
    (void)matrix;
    return SUNMATRIX_CUSTOM;
}

static void matrix_destroy(SUNMatrix matrix)
{
    free(matrix->content);
    SUNMatFreeEmpty(matrix);
}

SUNMatrix newton_matrix_create(const struct alone_functions *arithmetic, const struct matrix_plan *plan,
                               SUNContext context)
{
    SUNMatrix matrix = SUNMatNewEmpty(context);
    if (matrix == NULL)
        return NULL;
    const size_t numbers = (size_t)plan->lu.entry_count + (size_t)plan->lu.size;
    struct content *content = malloc(sizeof *content + numbers * sizeof(double));
    if (content == NULL) {
        SUNMatFreeEmpty(matrix);
        return NULL;
    }
    content->arithmetic = arithmetic;
    content->plan = plan;
    content->gamma = 0;
    content->entries = (double *)(content + 1);
    content->reciprocals = content->entries + plan->lu.entry_count;
    matrix->content = content;
    matrix->ops->getid = matrix_id;
    matrix->ops->destroy = matrix_destroy;
    return matrix;
}

void newton_matrix_linearise(SUNMatrix matrix, const struct model *model, const double *state, double gamma)
{
    struct content *content = content_of(matrix);
    content->arithmetic->linearise(model, content->plan, state, content->entries);
    content->gamma = gamma;
}

double newton_matrix_scale(SUNMatrix matrix, double gamma)
{
    return -2 / (content_of(matrix)->gamma + gamma);
}

void newton_matrix_solve(SUNMatrix matrix, double *x)
{
    const struct content *content = content_of(matrix);
    content->arithmetic->solve(content->plan, content->entries, content->reciprocals, x);
}

static SUNLinearSolver_Type solver_type(SUNLinearSolver solver)
{
    (void)solver;
    return SUNLINEARSOLVER_DIRECT;
}

static SUNLinearSolver_ID solver_id(SUNLinearSolver solver)
{
    (void)solver;
    return SUNLINEARSOLVER_CUSTOM;
}

static int solver_setup(SUNLinearSolver solver, SUNMatrix matrix)
{
    (void)solver;
    const struct content *content = content_of(matrix);
    const double shift = 1 / content->gamma;
    const double sum = content->arithmetic->factor(content->plan, shift, content->entries, content->reciprocals);
    const double largest_reciprocal = 1 / (smallest_pivot * shift);
    return sum <= largest_reciprocal * largest_reciprocal ? SUNLS_SUCCESS : SUNLS_LUFACT_FAIL;
}

static int solver_solve(SUNLinearSolver solver, SUNMatrix matrix, N_Vector x_vector, N_Vector b_vector,
                        double tolerance)
{
    (void)solver, (void)tolerance;
    const struct content *content = content_of(matrix);
    N_VScale(-1 / content->gamma, b_vector, x_vector);
    newton_matrix_solve(matrix, N_VGetArrayPointer(x_vector));
    return SUNLS_SUCCESS;
}

static int solver_free(SUNLinearSolver solver)
{
    SUNLinSolFreeEmpty(solver);
    return SUNLS_SUCCESS;
}

SUNLinearSolver newton_solver_create(SUNContext context)
{
    SUNLinearSolver solver = SUNLinSolNewEmpty(context);
    if (solver == NULL)
        return NULL;
    solver->ops->gettype = solver_type;
    solver->ops->getid = solver_id;
    solver->ops->setup = solver_setup;
    solver->ops->solve = solver_solve;
    solver->ops->free = solver_free;
    return solver;
}
