/* The Jacobian that the modules state, against a complex step of the right-hand side, state by state: exact to
 * rounding, and complete, for every combination of presets, options, lesions and drugs that changes it. */
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
#include "tests/rates_complex.h"

/* The Jacobian in full, row + size * column. Also holds the sizes of what adds up to each rate, by which rounding is
 * judged. */
static void expand(const struct jacobian *jacobian, const double *values, double *dense)
{
    for (int column = 0; column < jacobian->size; column++)
        for (int entry = jacobian->column_start[column]; entry < jacobian->column_start[column + 1]; entry++)
            dense[jacobian->row[entry] + jacobian->size * column] += values[entry];
}

/* Derivatives of a row are sums of terms that may cancel: rounding is relative to the largest of the row, each taken
 * times its state. */
static void compare(const struct model *model, const double *state, const double *dense, int size, double *worst)
{
    double *pairs = calloc(4 * (size_t)size, sizeof *pairs), *rates = pairs + 2 * size;
    double *exact = calloc((size_t)size * (size_t)size, sizeof *exact);
    assert_true(pairs != NULL && exact != NULL);
    for (int column = 0; column < size; column++) {
        for (int i = 0; i < size; i++) {
            pairs[2 * i] = state[i];
            pairs[2 * i + 1] = i == column ? 1e-40 : 0;
        }
        rates_complex_step(model, pairs, rates);
        for (int row = 0; row < size; row++)
            exact[row + size * column] = rates[2 * row + 1] / 1e-40;
    }
    for (int row = 0; row < size; row++) {
        double largest = 0;
        for (int column = 0; column < size; column++)
            largest = fmax(largest, fabs(exact[row + size * column] * state[column]));
        for (int column = 0; column < size; column++) {
            const double found = dense[row + size * column], right = exact[row + size * column];
            const double error = fabs(found - right);
            const double allowed = 1e-12 * fmax(fabs(right), largest / fabs(state[column]));
            if (error > allowed)
                print_message("d(%s)/d(%s): %.17g, by complex step %.17g\n", model_state_describe(model, row).name,
                              model_state_describe(model, column).name, found, right);
            assert_true(error <= allowed);
            if (right != 0)
                *worst = fmax(*worst, error / fmax(fabs(right), largest / fabs(state[column])));
        }
    }
    free(pairs);
    free(exact);
}

static void check(const struct model *model)
{
    struct jacobian jacobian;
    assert_int_equal(jacobian_create(model, &jacobian), 0);
    const size_t size = (size_t)jacobian.size;
    double *state = calloc(size, sizeof *state), *values = calloc((size_t)jacobian.entry_count, sizeof *values);
    double *dense = calloc(size * size, sizeof *dense);
    assert_true(state != NULL && values != NULL && dense != NULL);
    double worst = 0;
    for (int number = 0; number < 3; number++) {
        random_state_fill(model, number, state);
        jacobian_evaluate(&jacobian, model, state, values);
        for (size_t i = 0; i < size * size; i++)
            dense[i] = 0;
        expand(&jacobian, values, dense);
        compare(model, state, dense, jacobian.size, &worst);
    }
    print_message("  %d lesions, %d drugs: %d states, %d entries, largest error %.1e\n", model->lesion_count,
                  model->drug_count, jacobian.size, jacobian.entry_count, worst);
    free(state);
    free(values);
    free(dense);
    jacobian_free(&jacobian);
}

static void is_exact_and_complete(void **unused)
{
    (void)unused;
    for (int lesions = 1; lesions <= MODEL_MAX_LESIONS; lesions += 2)
        for (int drugs = 0; drugs <= MODEL_MAX_DRUGS; drugs++) {
            struct model model;
            random_state_model(lesions, drugs, &model);
            check(&model);
        }
}

/* Each option alone off, and alone on. */
static void holds_for_every_option(void **unused)
{
    (void)unused;
    for (int option = 0; option < MODEL_OPTION_COUNT; option++)
        for (int on = 0; on < 2; on++) {
            struct model model;
            random_state_model(2, MODEL_MAX_DRUGS, &model);
            for (int other = 0; other < MODEL_OPTION_COUNT; other++)
                model_option_set(&model.options, other, (other == option) == (on == 1));
            check(&model);
        }
}

static void holds_for_the_published_preset(void **unused)
{
    (void)unused;
    struct parameters parameters;
    parameters_default(&parameters);
    const struct antibody *nivolumab = model_preset_antibody(PRESET_QSPIO_NSCLC_2020, 0);
    const struct model_settings settings = {.preset = PRESET_QSPIO_NSCLC_2020,
                                            .parameters = &parameters,
                                            .lesion_count = 1,
                                            .antibodies = &nivolumab,
                                            .drug_count = 1};
    struct model model;
    model_prepare(&model, &settings);
    check(&model);
}

/* No derivative is stated twice, and the tables that hold them are large enough. */
static void states_each_derivative_once(void **unused)
{
    (void)unused;
    struct model model;
    random_state_model(MODEL_MAX_LESIONS, MODEL_MAX_DRUGS, &model);
    static uint16_t row[MODEL_MAX_JACOBIAN_ENTRIES], column[MODEL_MAX_JACOBIAN_ENTRIES];
    const int count = model_jacobian_pattern(&model, row, column), size = model_state_count(&model);
    assert_in_range(count + size, 1, MODEL_MAX_JACOBIAN_ENTRIES);
    for (int one = 0; one < count; one++)
        for (int other = 0; other < one; other++)
            assert_false(row[one] == row[other] && column[one] == column[other]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_exact_and_complete), cmocka_unit_test(holds_for_every_option),
        cmocka_unit_test(holds_for_the_published_preset), cmocka_unit_test(states_each_derivative_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
