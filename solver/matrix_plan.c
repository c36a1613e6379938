#include "solver/matrix_plan.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Which of the entries the model fills, and which have to be cleared before. */
static bool list_places(struct matrix_plan *plan)
{
    bool *const filled = calloc((size_t)plan->lu.entry_count, sizeof *filled);
    plan->place = calloc((size_t)plan->jacobian.model_count, sizeof *plan->place);
    plan->empty = calloc((size_t)plan->lu.entry_count, sizeof *plan->empty);
    const bool enough = filled != NULL && plan->place != NULL && plan->empty != NULL;
    for (int k = 0; enough && k < plan->jacobian.model_count; k++) {
        plan->place[k] = plan->lu.place[plan->jacobian.place[k]];
        filled[plan->place[k]] = true;
    }
    for (int i = 0; enough && i < plan->lu.entry_count; i++)
        if (!filled[i])
            plan->empty[plan->empty_count++] = (uint16_t)i;
    free(filled);
    return enough;
}

int matrix_plan_create(const struct model *model, struct matrix_plan *plan)
{
    memset(plan, 0, sizeof *plan);
    if (jacobian_create(model, &plan->jacobian) != 0)
        return -1;
    const struct sparse_lu_blocks blocks = jacobian_blocks(model);
    const struct jacobian *jacobian = &plan->jacobian;
    if (sparse_lu_plan_create(jacobian->size, jacobian->column_start, jacobian->row, &blocks, &plan->lu) == 0 &&
        list_places(plan))
        return 0;
    matrix_plan_free(plan);
    return -1;
}

void matrix_plan_free(struct matrix_plan *plan)
{
    sparse_lu_plan_free(&plan->lu);
    jacobian_free(&plan->jacobian);
    free(plan->place);
    free(plan->empty);
    memset(plan, 0, sizeof *plan);
}
