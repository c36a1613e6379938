#include "solver/linear_solver.h"

#include <stdlib.h>

#include "solver/sparse_lu_scalar.h"

/* The smallest pivot of I - gamma J that is trusted. They are 1 where nothing happens, and more where states decay;
 * multiplying a state by its unit does not change them. */
static const double smallest_pivot = 1e-6;

struct content {
    const struct sparse_lu_plan *plan;
    double gamma;
    double *jacobian, *entries, *reciprocals;
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

SUNMatrix newton_matrix_create(const struct sparse_lu_plan *plan, SUNContext context)
{
    SUNMatrix matrix = SUNMatNewEmpty(context);
    if (matrix == NULL)
        return NULL;
    const size_t numbers = (size_t)plan->pattern_count + (size_t)plan->entry_count + (size_t)plan->size;
    struct content *content = malloc(sizeof *content + numbers * sizeof(double));
    if (content == NULL) {
        SUNMatFreeEmpty(matrix);
        return NULL;
    }
    content->plan = plan;
    content->gamma = 0;
    content->jacobian = (double *)(content + 1);
    content->entries = content->jacobian + plan->pattern_count;
    content->reciprocals = content->entries + plan->entry_count;
    matrix->content = content;
    matrix->ops->getid = matrix_id;
    matrix->ops->destroy = matrix_destroy;
    return matrix;
}

bool newton_matrix_is_compiled(SUNMatrix matrix)
{
    return content_of(matrix)->plan->code >= 0;
}

double *newton_matrix_jacobian(SUNMatrix matrix)
{
    return content_of(matrix)->jacobian;
}

void newton_matrix_set_gamma(SUNMatrix matrix, double gamma)
{
    content_of(matrix)->gamma = gamma;
}

double newton_matrix_scale(SUNMatrix matrix, double gamma)
{
    return 2 / (content_of(matrix)->gamma + gamma);
}

void newton_matrix_solve(SUNMatrix matrix, double *x)
{
    const struct content *content = content_of(matrix);
    sparse_lu_solve_scalar(content->plan, content->entries, content->reciprocals, x);
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

/* shift I - J. */
static void assemble(const struct content *content, double shift)
{
    const struct sparse_lu_plan *plan = content->plan;
    for (int i = 0; i < plan->fill_count; i++)
        content->entries[plan->fill[i]] = 0;
    for (int i = 0; i < plan->pattern_count; i++)
        content->entries[plan->place[i]] = -content->jacobian[i];
    for (int i = 0; i < plan->size; i++)
        content->entries[plan->diagonal[i]] += shift;
}

static int solver_setup(SUNLinearSolver solver, SUNMatrix matrix)
{
    (void)solver;
    struct content *content = content_of(matrix);
    const double shift = 1 / content->gamma;
    assemble(content, shift);
    const double sum = sparse_lu_factor(content->plan, content->entries, content->reciprocals);
    const double largest_reciprocal = 1 / (smallest_pivot * shift);
    return sum <= largest_reciprocal * largest_reciprocal ? SUNLS_SUCCESS : SUNLS_LUFACT_FAIL;
}

static int solver_solve(SUNLinearSolver solver, SUNMatrix matrix, N_Vector x_vector, N_Vector b_vector,
                        double tolerance)
{
    (void)solver, (void)tolerance;
    const struct content *content = content_of(matrix);
    N_VScale(1 / content->gamma, b_vector, x_vector);
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
