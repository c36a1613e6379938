#include "solver/equilibrium.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>

#include "solver/jacobian.h"

static const double first_step_days = 100, longest_step_days = 1e8, step_growth = 10, settled = 1e-7;
enum { MOST_STEPS = 60 };

/* 1/d. No equilibrium of the model has an eigenvalue near it: what grows as fast is no tumour. */
static const double eigenvalue_shift = 1.37;

struct equilibrium_workspace {
    int size;
    double *matrix; /* [size][size] */
    double *rate, *scale, *change, *tried;
    size_t *order;
};

struct equilibrium_workspace *equilibrium_workspace_create(int size)
{
    struct equilibrium_workspace *workspace = calloc(1, sizeof *workspace);
    const size_t n = (size_t)size;
    if (workspace == NULL)
        return NULL;
    workspace->size = size;
    workspace->matrix = malloc(n * n * sizeof *workspace->matrix);
    workspace->rate = malloc(4 * n * sizeof *workspace->rate);
    workspace->order = malloc(n * sizeof *workspace->order);
    if (workspace->matrix == NULL || workspace->rate == NULL || workspace->order == NULL) {
        equilibrium_workspace_free(workspace);
        return NULL;
    }
    workspace->scale = workspace->rate + n;
    workspace->change = workspace->scale + n;
    workspace->tried = workspace->change + n;
    return workspace;
}

void equilibrium_workspace_free(struct equilibrium_workspace *workspace)
{
    if (workspace == NULL)
        return;
    free(workspace->matrix);
    free(workspace->rate);
    free(workspace->order);
    free(workspace);
}

/* The Jacobian in units of the states' magnitudes, in which its entries are comparable. */
static void scaled_jacobian(const struct equilibrium_system *system, struct equilibrium_workspace *workspace,
                            const double *state)
{
    const int n = system->size;
    for (int i = 0; i < n; i++)
        workspace->scale[i] = fabs(state[i]) + system->absolute_tolerance(system->context, i);
    system->jacobian(system->context, state, workspace->matrix);
    for (int row = 0; row < n; row++)
        for (int column = 0; column < n; column++)
            workspace->matrix[row * n + column] *= workspace->scale[column] / workspace->scale[row];
}

/* Factors with exchange of rows, in the matrix's place. False when it is singular. */
static bool factorise(double *matrix, size_t n, size_t *order)
{
    gsl_matrix_view view = gsl_matrix_view_array(matrix, n, n);
    gsl_permutation permutation = {.size = n, .data = order};
    int sign = 0;
    bool good = gsl_linalg_LU_decomp(&view.matrix, &permutation, &sign) == GSL_SUCCESS;
    for (size_t i = 0; i < n; i++)
        good = good && matrix[i * n + i] != 0;
    return good;
}

/* ---- Equilibria ------------------------------------------------------------------------------------- */

/* (I - h J) change = h rate, both in units of the scale. False when the matrix is singular. */
static bool implicit_step(const struct equilibrium_system *system, struct equilibrium_workspace *workspace,
                          const double *state, double step_days)
{
    const int n = system->size;
    const size_t size = (size_t)n;
    scaled_jacobian(system, workspace, state);
    system->rates(system->context, state, workspace->rate);
    for (int row = 0; row < n; row++) {
        for (int column = 0; column < n; column++)
            workspace->matrix[row * n + column] *= -1;
        workspace->matrix[row * n + row] += 1 / step_days;
        workspace->change[row] = workspace->rate[row] / workspace->scale[row];
    }
    if (!factorise(workspace->matrix, size, workspace->order))
        return false;
    const gsl_matrix_view matrix = gsl_matrix_view_array(workspace->matrix, size, size);
    const gsl_permutation order = {.size = size, .data = workspace->order};
    gsl_vector_view change = gsl_vector_view_array(workspace->change, size);
    return gsl_linalg_LU_svx(&matrix.matrix, &order, &change.vector) == GSL_SUCCESS;
}

/* Takes as much of the step as changes no state by more than its like; returns the largest change, in that unit. */
static double take_step(const struct equilibrium_system *system, const struct equilibrium_workspace *workspace,
                        double *state)
{
    double largest = 0;
    for (int i = 0; i < system->size; i++) {
        const double change = fabs(workspace->change[i]);
        if (!(change <= largest)) /* nor where it is no number */
            largest = change;
    }
    const double share = largest > 1 ? 1 / largest : 1;
    for (int i = 0; i < system->size; i++)
        state[i] += share * workspace->change[i] * workspace->scale[i];
    return largest;
}

static bool is_state(const struct equilibrium_system *system, const double *state)
{
    for (int i = 0; i < system->size; i++)
        if (!(state[i] >= -system->absolute_tolerance(system->context, i)))
            return false;
    return true;
}

enum equilibrium_result equilibrium_find(const struct equilibrium_system *system,
                                         struct equilibrium_workspace *workspace, double *state)
{
    double step_days = first_step_days;
    for (int step = 0; step < MOST_STEPS; step++) {
        if (!implicit_step(system, workspace, state, step_days))
            return EQUILIBRIUM_NOT_FOUND;
        const double change = take_step(system, workspace, state);
        if (!isfinite(change))
            return EQUILIBRIUM_NOT_FOUND;
        if (step_days >= longest_step_days && change <= settled)
            return is_state(system, state) ? EQUILIBRIUM_FOUND : EQUILIBRIUM_NOT_FOUND;
        if (change < 0.5)
            step_days = fmin(step_growth * step_days, longest_step_days);
        else if (change > 1)
            step_days = fmax(step_days / step_growth, first_step_days / step_growth);
    }
    return EQUILIBRIUM_NOT_FOUND;
}

/* ---- Eigenvalues ------------------------------------------------------------------------------------ */

static int compare_real_parts(const void *left, const void *right)
{
    const double *a = left, *b = right;
    if (a[0] != b[0])
        return a[0] < b[0] ? 1 : -1;
    return (a[1] < b[1]) - (a[1] > b[1]);
}

/* From an eigenvalue m of (J - s)^-1, as a pair of its parts, to that of J: s + 1/m. */
static void undo_inversion(double *value)
{
    const double square = value[0] * value[0] + value[1] * value[1];
    value[0] = eigenvalue_shift + value[0] / square;
    value[1] = -value[1] / square;
}

/* Moves the rows and columns that are not held to the front, in their order; returns how many there are. */
static size_t leave_out(double *matrix, size_t n, const bool *held)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += held == NULL || !held[i];
    double *next = matrix;
    for (size_t row = 0; row < n; row++)
        for (size_t column = 0; column < n; column++)
            if (held == NULL || (!held[row] && !held[column]))
                *next++ = matrix[row * n + column];
    return count;
}

/* (matrix - eigenvalue_shift)^-1, in its place. False when that is singular. */
static bool invert_shifted(double *matrix, size_t n, size_t *order)
{
    for (size_t i = 0; i < n; i++)
        matrix[i * n + i] -= eigenvalue_shift;
    if (!factorise(matrix, n, order))
        return false;
    gsl_matrix_view view = gsl_matrix_view_array(matrix, n, n);
    const gsl_permutation permutation = {.size = n, .data = order};
    return gsl_linalg_LU_invx(&view.matrix, &permutation) == GSL_SUCCESS;
}

int equilibrium_eigenvalues(const struct equilibrium_system *system, struct equilibrium_workspace *workspace,
                            const double *state, const bool *held, double *real_parts, double *imaginary)
{
    scaled_jacobian(system, workspace, state);
    const size_t n = leave_out(workspace->matrix, (size_t)system->size, held);
    if (n == 0)
        return 0;
    if (!invert_shifted(workspace->matrix, n, workspace->order))
        return -1;
    gsl_matrix_view matrix = gsl_matrix_view_array(workspace->matrix, n, n);
    gsl_eigen_nonsymm_workspace *room = gsl_eigen_nonsymm_alloc(n);
    gsl_vector_complex *values = gsl_vector_complex_alloc(n);
    bool good = room != NULL && values != NULL;
    if (good) {
        gsl_eigen_nonsymm_params(0, 1, room);
        good = gsl_eigen_nonsymm(&matrix.matrix, values, room) == GSL_SUCCESS;
    }
    if (good) {
        for (size_t i = 0; i < n; i++)
            undo_inversion(values->data + 2 * i);
        qsort(values->data, n, 2 * sizeof *values->data, compare_real_parts);
        for (size_t i = 0; i < n; i++) {
            real_parts[i] = values->data[2 * i];
            imaginary[i] = values->data[2 * i + 1];
        }
    }
    if (room != NULL)
        gsl_eigen_nonsymm_free(room);
    if (values != NULL)
        gsl_vector_complex_free(values);
    return good ? (int)n : -1;
}

/* ---- The model -------------------------------------------------------------------------------------- */

struct equilibrium_model {
    const struct model *model;
    struct jacobian jacobian;
    double *values; /* [jacobian.entry_count] */
};

struct equilibrium_model *equilibrium_model_create(const struct model *model)
{
    struct equilibrium_model *system = calloc(1, sizeof *system);
    if (system == NULL)
        return NULL;
    system->model = model;
    if (jacobian_create(model, &system->jacobian) == 0)
        system->values = malloc((size_t)system->jacobian.entry_count * sizeof *system->values);
    if (system->values != NULL)
        return system;
    equilibrium_model_free(system);
    return NULL;
}

void equilibrium_model_free(struct equilibrium_model *model)
{
    if (model == NULL)
        return;
    jacobian_free(&model->jacobian);
    free(model->values);
    free(model);
}

static void evaluate_rates(void *context, const double *state, double *rate)
{
    const struct equilibrium_model *system = context;
    model_rates(system->model, state, rate);
}

static void evaluate_jacobian(void *context, const double *state, double *matrix)
{
    struct equilibrium_model *system = context;
    const struct jacobian *jacobian = &system->jacobian;
    const int n = jacobian->size;
    jacobian_evaluate(jacobian, system->model, state, system->values);
    memset(matrix, 0, (size_t)n * (size_t)n * sizeof *matrix);
    for (int column = 0; column < n; column++)
        for (int entry = jacobian->column_start[column]; entry < jacobian->column_start[column + 1]; entry++)
            matrix[jacobian->row[entry] * n + column] = system->values[entry];
}

static double absolute_tolerance(void *context, int index)
{
    const struct equilibrium_model *system = context;
    return model_state_describe(system->model, index).absolute_tolerance;
}

struct equilibrium_system equilibrium_model_system(struct equilibrium_model *model)
{
    return (struct equilibrium_system){.size = model->jacobian.size,
                                       .rates = evaluate_rates,
                                       .jacobian = evaluate_jacobian,
                                       .absolute_tolerance = absolute_tolerance,
                                       .context = model};
}
