/* The arithmetic of one patient, for every set of instructions that this processor has: rates and Jacobian are those of
 * the model to rounding, and what it factors it solves. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model/model.h"
#include "random_state.h"
#include "solver/alone.h"

enum { STATES = 400, ENTRIES = 8192 };

struct one {
    const struct model *model;
    const struct matrix_plan *plan;
    double state[STATES], rate[STATES], values[ENTRIES]; /* as the model gives them */
    double term[STATES];                                 /* the largest of each row, since terms may cancel */
};

static void fill(struct one *one, const struct model *model, const struct matrix_plan *plan, int number)
{
    const struct jacobian *jacobian = &plan->jacobian;
    one->model = model;
    one->plan = plan;
    random_state_fill(model, number, one->state);
    model_rates(model, one->state, one->rate);
    jacobian_evaluate(jacobian, model, one->state, one->values);
    for (int i = 0; i < jacobian->size; i++)
        one->term[i] = fabs(one->rate[i]);
    for (int column = 0; column < jacobian->size; column++)
        for (int k = jacobian->column_start[column]; k < jacobian->column_start[column + 1]; k++)
            one->term[jacobian->row[k]] = fmax(one->term[jacobian->row[k]], fabs(one->values[k] * one->state[column]));
}

static double error_of_rates(const struct one *one, const struct alone_functions *arithmetic)
{
    double rate[STATES], worst = 0;
    arithmetic->rates(one->model, one->state, rate);
    for (int i = 0; i < one->plan->jacobian.size; i++)
        if (rate[i] != one->rate[i])
            worst = fmax(worst, fabs(rate[i] - one->rate[i]) / one->term[i]);
    return worst;
}

static double error_of_jacobian(const struct one *one, const double *entries)
{
    const struct jacobian *jacobian = &one->plan->jacobian;
    double worst = 0;
    for (int column = 0; column < jacobian->size; column++)
        for (int k = jacobian->column_start[column]; k < jacobian->column_start[column + 1]; k++) {
            const double error = fabs(entries[one->plan->lu.place[k]] - one->values[k]);
            if (error != 0)
                worst = fmax(worst, error * fabs(one->state[column]) / one->term[jacobian->row[k]]);
        }
    return worst;
}

/* The largest error of (J - shift I) x = 1, over the largest term of its row. */
static double residual(const struct one *one, double shift, const double *x)
{
    const struct jacobian *jacobian = &one->plan->jacobian;
    double sum[STATES] = {0}, size[STATES] = {0}, worst = 0;
    for (int column = 0; column < jacobian->size; column++) {
        for (int k = jacobian->column_start[column]; k < jacobian->column_start[column + 1]; k++) {
            const double term = one->values[k] * x[column];
            sum[jacobian->row[k]] += term;
            size[jacobian->row[k]] = fmax(size[jacobian->row[k]], fabs(term));
        }
        sum[column] -= shift * x[column];
        size[column] = fmax(size[column], fabs(shift * x[column]));
    }
    for (int i = 0; i < jacobian->size; i++)
        worst = fmax(worst, fabs(sum[i] - 1) / fmax(size[i], 1));
    return worst;
}

static void check(const struct one *one, const struct alone_functions *arithmetic)
{
    static double entries[ENTRIES];
    double reciprocals[STATES], x[STATES];
    const double shift = 10;
    for (int i = 0; i < ENTRIES; i++)
        entries[i] = NAN; /* all that is used has to be filled in */
    arithmetic->linearise(one->model, one->plan, one->state, entries);
    const double rates = error_of_rates(one, arithmetic), slopes = error_of_jacobian(one, entries);
    assert_true(isfinite(arithmetic->factor(one->plan, shift, entries, reciprocals)));
    for (int i = 0; i < one->plan->lu.size; i++)
        x[i] = 1;
    arithmetic->solve(one->plan, entries, reciprocals, x);
    const double left = residual(one, shift, x);
    if (one->model->drug_count == 1)
        print_message("  %s, %d lesions: rates %.1e, Jacobian %.1e, solution %.1e\n", arithmetic->instructions,
                      one->model->lesion_count, rates, slopes, left);
    assert_true(rates < 1e-13);
    assert_true(slopes < 1e-13);
    assert_true(left < 1e-9);
}

static void is_that_of_the_model(void **unused)
{
    (void)unused;
    static struct one one;
    for (int lesions = 1; lesions <= MODEL_MAX_LESIONS; lesions++)
        for (int drugs = 0; drugs <= MODEL_MAX_DRUGS; drugs++) {
            struct model model;
            struct matrix_plan plan;
            random_state_model(lesions, drugs, &model);
            assert_int_equal(matrix_plan_create(&model, &plan), 0);
            assert_true(plan.lu.size <= STATES && plan.lu.entry_count <= ENTRIES);
            fill(&one, &model, &plan, lesions);
            const struct alone_functions *arithmetic;
            for (int index = 0; (arithmetic = alone_choice(index)) != NULL; index++)
                check(&one, arithmetic);
            matrix_plan_free(&plan);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(is_that_of_the_model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
