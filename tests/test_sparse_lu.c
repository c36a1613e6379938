/* The factorisation of the Jacobian's matrix: it solves, and the code written at build time and the lists of the plan
 * give the same bits, for any number of lesions. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/model.h"
#include "random_state.h"
#include "solver/jacobian.h"

typedef double real;

/* In two parts, as the batch engine has it. */
static inline real sparse_lu_right_side(const real *beside, const real *x, int i)
{
    return beside[i] + x[i];
}

#include "solver/sparse_lu_execute.h"

enum { ENTRIES = 4096, STATES = 200 };

/* shift I - J at a random state, where the plan wants it. */
static void assemble(const struct jacobian *jacobian, const struct sparse_lu_plan *plan, const double *values,
                     double shift, double *entries)
{
    memset(entries, 0, ENTRIES * sizeof *entries);
    for (int k = 0; k < jacobian->entry_count; k++)
        entries[plan->place[k]] = -values[k];
    for (int i = 0; i < plan->size; i++)
        entries[plan->diagonal[i]] += shift;
}

/* The largest error of (shift I - J) x = 1, over the largest term of its row. */
static double residual(const struct jacobian *jacobian, const double *values, double shift, const double *x)
{
    double sum[STATES] = {0}, size[STATES] = {0}, worst = 0;
    for (int column = 0; column < jacobian->size; column++) {
        for (int k = jacobian->column_start[column]; k < jacobian->column_start[column + 1]; k++) {
            const double term = -values[k] * x[column];
            sum[jacobian->row[k]] += term;
            size[jacobian->row[k]] = fmax(size[jacobian->row[k]], fabs(term));
        }
        sum[column] += shift * x[column];
        size[column] = fmax(size[column], fabs(shift * x[column]));
    }
    for (int i = 0; i < jacobian->size; i++)
        worst = fmax(worst, fabs(sum[i] - 1) / fmax(size[i], 1));
    return worst;
}

static void check(int lesions, int drugs, double shift)
{
    struct model model;
    random_state_model(lesions, drugs, &model);
    struct jacobian jacobian;
    struct sparse_lu_plan plan;
    assert_int_equal(jacobian_create(&model, &jacobian), 0);
    const struct sparse_lu_blocks blocks = jacobian_blocks(&model);
    assert_int_equal(sparse_lu_plan_create(jacobian.size, jacobian.column_start, jacobian.row, &blocks, &plan), 0);
    static double values[ENTRIES], entries[2][ENTRIES];
    double state[STATES], reciprocals[2][STATES], beside[STATES], x[2][STATES];
    assert_true(plan.size <= STATES && plan.entry_count <= ENTRIES);
    random_state_fill(&model, 1, state);
    jacobian_evaluate(&jacobian, &model, state, values);
    const int code = plan.code;
    for (int lists = 0; lists < 2; lists++) {
        plan.code = lists ? -1 : code;
        assemble(&jacobian, &plan, values, shift, entries[lists]);
        const double sum = sparse_lu_factor(&plan, entries[lists], reciprocals[lists]);
        assert_true(isfinite(sum));
        for (int i = 0; i < plan.size; i++)
            x[lists][i] = 1 - (beside[i] = (i % 8) / 8.0);
        sparse_lu_solve(&plan, entries[lists], reciprocals[lists], beside, x[lists]);
    }
    const double error = residual(&jacobian, values, shift, x[0]);
    print_message("  %d lesions, %d drugs, shift %g: code %d, residual %.1e\n", lesions, drugs, shift, code, error);
    assert_true(error < 1e-9);
    assert_memory_equal(x[0], x[1], (size_t)plan.size * sizeof(double));
    sparse_lu_plan_free(&plan);
    jacobian_free(&jacobian);
}

static void solves_the_same_with_code_and_lists(void **unused)
{
    (void)unused;
    for (int lesions = 1; lesions <= MODEL_MAX_LESIONS; lesions++)
        for (int drugs = 0; drugs <= 2; drugs++) {
            check(lesions, drugs, 1e6);
            check(lesions, drugs, 10);
        }
}

/* A pivot that vanishes shows in the sum of the reciprocals' squares. */
static void a_lost_pivot_shows(void **unused)
{
    (void)unused;
    const int column_start[] = {0, 2, 4}, row[] = {0, 1, 0, 1};
    struct sparse_lu_plan plan;
    assert_int_equal(sparse_lu_plan_create(2, column_start, row, NULL, &plan), 0);
    /* 1 1 | 1 1 has a second pivot of 0; the same with 1 + 1e-12 one of 1e-12. */
    const double corner[] = {1, 1 + 1e-12};
    for (int i = 0; i < 2; i++) {
        double entries[4], reciprocals[2];
        for (int k = 0; k < 4; k++)
            entries[plan.place[k]] = 1;
        entries[plan.diagonal[1]] = corner[i];
        const double sum = sparse_lu_factor(&plan, entries, reciprocals);
        assert_true(!(sum < 1e20));
    }
    sparse_lu_plan_free(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(solves_the_same_with_code_and_lists),
                                       cmocka_unit_test(a_lost_pivot_shows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
