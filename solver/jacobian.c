#include "solver/jacobian.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The imaginary step: so small that its square vanishes beside 1 in any state. */
static const double step = 1e-40;

/* Marks depends[row + size * column]. A NaN put into one state comes out of every rate that reads it, whatever the
 * values of states and parameters: NaN times 0 is NaN. */
static int trace_dependencies(const struct model *model, int size, bool *depends)
{
    double *state = malloc(2 * (size_t)size * sizeof *state);
    if (state == NULL)
        return -1;
    double *rate = state + size;
    for (int i = 0; i < size; i++)
        state[i] = 0.5;
    for (int column = 0; column < size; column++) {
        state[column] = NAN;
        model_rates(model, state, rate);
        state[column] = 0.5;
        for (int row = 0; row < size; row++)
            depends[row + size * column] = row == column || isnan(rate[row]);
    }
    free(state);
    return 0;
}

static void compress_columns(struct jacobian *jacobian, const bool *depends)
{
    int entry = 0;
    for (int column = 0; column < jacobian->size; column++) {
        jacobian->column_start[column] = entry;
        for (int row = 0; row < jacobian->size; row++)
            if (depends[row + jacobian->size * column])
                jacobian->row[entry++] = row;
    }
    jacobian->column_start[jacobian->size] = entry;
}

static bool columns_share_row(const bool *depends, int size, int first, int second)
{
    for (int row = 0; row < size; row++)
        if (depends[row + size * first] && depends[row + size * second])
            return true;
    return false;
}

/* Each column joins the first group in which it shares no row. */
static void group_columns(struct jacobian *jacobian, const bool *depends)
{
    jacobian->group_count = 0;
    for (int column = 0; column < jacobian->size; column++) {
        int group = 0;
        for (int other = 0; other < column; other++) {
            if (jacobian->group[other] == group && columns_share_row(depends, jacobian->size, other, column)) {
                group++;
                other = -1; /* look at all earlier columns again, for the next group */
            }
        }
        jacobian->group[column] = group;
        if (group >= jacobian->group_count)
            jacobian->group_count = group + 1;
    }
}

int jacobian_create(const struct model *model, struct jacobian *jacobian)
{
    memset(jacobian, 0, sizeof *jacobian);
    const int size = model_state_count(model);
    jacobian->size = size;
    bool *depends = calloc((size_t)size * (size_t)size, sizeof *depends);
    if (depends == NULL || trace_dependencies(model, size, depends) != 0) {
        free(depends);
        return -1;
    }
    for (int i = 0; i < size * size; i++)
        jacobian->entry_count += depends[i];
    jacobian->column_start = malloc((size_t)(size + 1) * sizeof *jacobian->column_start);
    jacobian->row = malloc((size_t)jacobian->entry_count * sizeof *jacobian->row);
    jacobian->group = malloc((size_t)size * sizeof *jacobian->group);
    jacobian->work = malloc(4 * (size_t)size * sizeof *jacobian->work);
    const bool complete =
        jacobian->column_start != NULL && jacobian->row != NULL && jacobian->group != NULL && jacobian->work != NULL;
    if (complete) {
        compress_columns(jacobian, depends);
        group_columns(jacobian, depends);
    }
    free(depends);
    if (!complete)
        jacobian_free(jacobian);
    return complete ? 0 : -1;
}

void jacobian_free(struct jacobian *jacobian)
{
    free(jacobian->column_start);
    free(jacobian->row);
    free(jacobian->group);
    free(jacobian->work);
    memset(jacobian, 0, sizeof *jacobian);
}

void jacobian_evaluate(struct jacobian *jacobian, const struct model *model, const double *state, double *values)
{
    const int size = jacobian->size;
    double *state_pairs = jacobian->work, *rate_pairs = jacobian->work + 2 * (size_t)size;
    for (int group = 0; group < jacobian->group_count; group++) {
        for (int i = 0; i < size; i++) {
            state_pairs[2 * i] = state[i];
            state_pairs[2 * i + 1] = jacobian->group[i] == group ? step : 0;
        }
        model_rates_complex_step(model, state_pairs, rate_pairs);
        for (int column = 0; column < size; column++) {
            if (jacobian->group[column] != group)
                continue;
            for (int entry = jacobian->column_start[column]; entry < jacobian->column_start[column + 1]; entry++)
                values[entry] = rate_pairs[2 * jacobian->row[entry] + 1] / step;
        }
    }
}
