#include "solver/jacobian.h"

#include <stdlib.h>
#include <string.h>

/* What the model says of its entries. */
struct pattern {
    uint16_t row[MODEL_MAX_JACOBIAN_ENTRIES], column[MODEL_MAX_JACOBIAN_ENTRIES];
    int count;
};

static bool has_diagonal(const struct pattern *pattern, int index)
{
    for (int k = 0; k < pattern->count; k++)
        if (pattern->row[k] == index && pattern->column[k] == index)
            return true;
    return false;
}

/* Adds what the model lacks of the diagonal at the end of the pattern; returns how many. */
static int complete_diagonal(struct pattern *pattern, int size)
{
    int missing = 0;
    for (int i = 0; i < size; i++) {
        if (has_diagonal(pattern, i))
            continue;
        pattern->row[pattern->count + missing] = pattern->column[pattern->count + missing] = (uint16_t)i;
        missing++;
    }
    return missing;
}

static bool allocate(struct jacobian *jacobian)
{
    jacobian->column_start = calloc((size_t)jacobian->size + 1, sizeof *jacobian->column_start);
    jacobian->row = malloc((size_t)jacobian->entry_count * sizeof *jacobian->row);
    jacobian->place = malloc((size_t)jacobian->entry_count * sizeof *jacobian->place);
    return jacobian->column_start != NULL && jacobian->row != NULL && jacobian->place != NULL;
}

/* Sorts the entries by column, then row, by counting. */
static void compress_columns(struct jacobian *jacobian, const struct pattern *pattern)
{
    for (int k = 0; k < jacobian->entry_count; k++)
        jacobian->column_start[pattern->column[k] + 1]++;
    for (int column = 0; column < jacobian->size; column++)
        jacobian->column_start[column + 1] += jacobian->column_start[column];
    for (int k = 0; k < jacobian->entry_count; k++) {
        int place = jacobian->column_start[pattern->column[k]];
        for (int other = 0; other < jacobian->entry_count; other++)
            place += pattern->column[other] == pattern->column[k] && pattern->row[other] < pattern->row[k];
        jacobian->place[k] = (uint16_t)place;
        jacobian->row[place] = pattern->row[k];
    }
}

int jacobian_create(const struct model *model, struct jacobian *jacobian)
{
    memset(jacobian, 0, sizeof *jacobian);
    struct pattern *pattern = malloc(sizeof *pattern);
    if (pattern == NULL)
        return -1;
    jacobian->size = model_state_count(model);
    pattern->count = model_jacobian_pattern(model, pattern->row, pattern->column);
    jacobian->model_count = pattern->count;
    jacobian->idle_count = complete_diagonal(pattern, jacobian->size);
    jacobian->entry_count = jacobian->model_count + jacobian->idle_count;
    const bool allocated = allocate(jacobian);
    if (allocated) {
        compress_columns(jacobian, pattern);
        jacobian->idle = jacobian->place + jacobian->model_count;
    } else {
        jacobian_free(jacobian);
    }
    free(pattern);
    return allocated ? 0 : -1;
}

void jacobian_free(struct jacobian *jacobian)
{
    free(jacobian->column_start);
    free(jacobian->row);
    free(jacobian->place);
    memset(jacobian, 0, sizeof *jacobian);
}

void jacobian_evaluate(const struct jacobian *jacobian, const struct model *model, const double *state, double *values)
{
    for (int k = 0; k < jacobian->idle_count; k++)
        values[jacobian->idle[k]] = 0;
    model_jacobian(model, state, jacobian->place, values);
}

struct sparse_lu_blocks jacobian_blocks(const struct model *model)
{
    const int first = model_lesion_offset(model, 0);
    return (struct sparse_lu_blocks){
        .count = model->lesion_count, .first = first, .stride = model_lesion_offset(model, 1) - first};
}
