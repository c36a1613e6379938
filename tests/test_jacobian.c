/* The Jacobian by complex step, compressed by columns: against central differences, and complete, which an uncompressed
 * complex step of every single state shows. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model/model.h"
#include "random_state.h"
#include "solver/jacobian.h"

static void expand(const struct jacobian *jacobian, const double *values, double *dense)
{
    for (int column = 0; column < jacobian->size; column++)
        for (int entry = jacobian->column_start[column]; entry < jacobian->column_start[column + 1]; entry++)
            dense[jacobian->row[entry] + jacobian->size * column] = values[entry];
}

static void compare_with_single_columns(const struct model *model, const double *state, const double *dense, int size)
{
    double *pairs = calloc(4 * (size_t)size, sizeof *pairs), *rates = pairs + 2 * size;
    assert_non_null(pairs);
    for (int column = 0; column < size; column++) {
        for (int i = 0; i < size; i++) {
            pairs[2 * i] = state[i];
            pairs[2 * i + 1] = i == column ? 1e-40 : 0;
        }
        model_rates_complex_step(model, pairs, rates);
        for (int row = 0; row < size; row++)
            assert_true(dense[row + size * column] == rates[2 * row + 1] / 1e-40);
    }
    free(pairs);
}

/* Central differences are good to about 1e-6 of the larger of the entry and what cancels in the rate. */
static void compare_with_differences(const struct model *model, double *state, const double *dense, int size)
{
    double *rates = calloc(3 * (size_t)size, sizeof *rates), *up = rates + size, *down = rates + 2 * size;
    assert_non_null(rates);
    model_rates(model, state, rates);
    for (int column = 0; column < size; column++) {
        const double value = state[column], step = 1e-5 * value;
        state[column] = value + step;
        model_rates(model, state, up);
        state[column] = value - step;
        model_rates(model, state, down);
        state[column] = value;
        for (int row = 0; row < size; row++) {
            const double difference = (up[row] - down[row]) / (2 * step);
            const double largest = fmax(fabs(up[row]), fabs(down[row]));
            const double allowed = 1e-6 * fabs(dense[row + size * column]) + 1e-9 * largest / step;
            assert_true(fabs(difference - dense[row + size * column]) <= allowed + 1e-300);
        }
    }
    free(rates);
}

static void check(int lesions, int drugs)
{
    struct model model;
    random_state_model(lesions, drugs, &model);
    struct jacobian jacobian;
    assert_int_equal(jacobian_create(&model, &jacobian), 0);
    const size_t size = (size_t)jacobian.size;
    print_message("  %d lesions, %d drugs: %d states, %d entries, %d groups of columns\n", lesions, drugs,
                  jacobian.size, jacobian.entry_count, jacobian.group_count);
    assert_true(jacobian.group_count < jacobian.size);
    double *state = calloc(size, sizeof *state), *values = calloc((size_t)jacobian.entry_count, sizeof *values);
    double *dense = calloc(size * size, sizeof *dense);
    assert_true(state != NULL && values != NULL && dense != NULL);
    for (int number = 0; number < 5; number++) {
        random_state_fill(&model, number, state);
        jacobian_evaluate(&jacobian, &model, state, values);
        expand(&jacobian, values, dense);
        compare_with_single_columns(&model, state, dense, jacobian.size);
        compare_with_differences(&model, state, dense, jacobian.size);
    }
    free(state);
    free(values);
    free(dense);
    jacobian_free(&jacobian);
}

static void is_exact_and_complete(void **unused)
{
    (void)unused;
    check(1, 0);
    check(1, 1);
    check(3, 4);
    check(5, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(is_exact_and_complete)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
