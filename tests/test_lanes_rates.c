/* The biology read for a vector of patients is the biology read for one: rates and Jacobian agree to rounding, for
 * every combination of presets, options, lesions and drugs that changes them. */
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
#include "solver/lanes.h"
#include "tests/rates_lanes.h"

enum { STATES = 400, ROUNDS = 3 };

/* What each reading gives for the two patients. */
struct reading {
    double rate[RATES_LANES][STATES], jacobian[RATES_LANES][MODEL_MAX_JACOBIAN_ENTRIES];
};

static void read_one_by_one(const struct model *models, double (*states)[STATES], const struct jacobian *jacobian,
                            struct reading *reading)
{
    for (int lane = 0; lane < RATES_LANES; lane++) {
        model_rates(&models[lane], states[lane], reading->rate[lane]);
        model_jacobian(&models[lane], states[lane], jacobian->place, reading->jacobian[lane]);
    }
}

static void read_side_by_side(const struct model *models, double (*states)[STATES], const struct jacobian *jacobian,
                              struct reading *reading)
{
    const struct lanes_layout layout = {.preset = models->preset,
                                        .lesion_count = models->lesion_count,
                                        .drug_count = models->drug_count,
                                        .has_ctla4_antibody = models->has_ctla4_antibody,
                                        .options = models->options,
                                        .antibodies = models->antibodies,
                                        .size = model_state_count(models)};
    const double *const numbers[] = {model_numbers_of(&models[0]), model_numbers_of(&models[1])};
    const double *const state[] = {states[0], states[1]};
    double *const rate[] = {reading->rate[0], reading->rate[1]};
    double *const entries[] = {reading->jacobian[0], reading->jacobian[1]};
    rates_lanes_evaluate(&layout, numbers, state, jacobian->place, jacobian->entry_count, rate, entries);
}

/* A rate is a sum of terms that may cancel, and so is a derivative: both are judged by the largest term of their row,
 * which is an entry of the Jacobian times its state, or the rate itself where a source is constant. */
static double largest_error(const struct jacobian *jacobian, const double *state, const struct reading *one,
                            const struct reading *other, int lane)
{
    double term[STATES], worst = 0;
    for (int i = 0; i < jacobian->size; i++)
        term[i] = fabs(one->rate[lane][i]);
    for (int column = 0; column < jacobian->size; column++)
        for (int k = jacobian->column_start[column]; k < jacobian->column_start[column + 1]; k++)
            term[jacobian->row[k]] = fmax(term[jacobian->row[k]], fabs(one->jacobian[lane][k] * state[column]));
    for (int i = 0; i < jacobian->size; i++) {
        assert_true(isfinite(one->rate[lane][i]) && isfinite(other->rate[lane][i]));
        if (one->rate[lane][i] != other->rate[lane][i])
            worst = fmax(worst, fabs(one->rate[lane][i] - other->rate[lane][i]) / term[i]);
    }
    for (int column = 0; column < jacobian->size; column++)
        for (int k = jacobian->column_start[column]; k < jacobian->column_start[column + 1]; k++) {
            const double error = fabs(one->jacobian[lane][k] - other->jacobian[lane][k]);
            assert_true(isfinite(error));
            if (error != 0)
                worst = fmax(worst, error * fabs(state[column]) / term[jacobian->row[k]]);
        }
    return worst;
}

/* A lesion that is no more, and drugs that have not been given. */
static void clear_some(const struct model *model, double *state)
{
    for (int i = 0; i < model_state_count(model); i++) {
        const struct state_description description = model_state_describe(model, i);
        if (description.lesion == 0 || description.drug >= 0)
            state[i] = 0;
    }
}

/* Two patients of one layout who differ in parameters, infusions and states. */
static double check(struct model *models)
{
    static struct reading one, other;
    static double states[RATES_LANES][STATES];
    struct jacobian jacobian;
    assert_int_equal(jacobian_create(models, &jacobian), 0);
    assert_true(jacobian.size <= STATES && jacobian.entry_count <= MODEL_MAX_JACOBIAN_ENTRIES);
    memset(&one, 0, sizeof one); /* entries that the model does not fill are 0 in both */
    double worst = 0;
    for (int round = 0; round < ROUNDS; round++) {
        for (int lane = 0; lane < RATES_LANES; lane++)
            random_state_fill(&models[lane], 2 * round + lane, states[lane]);
        if (round == ROUNDS - 1)
            clear_some(&models[1], states[1]);
        read_one_by_one(models, states, &jacobian, &one);
        read_side_by_side(models, states, &jacobian, &other);
        for (int lane = 0; lane < RATES_LANES; lane++)
            worst = fmax(worst, largest_error(&jacobian, states[lane], &one, &other, lane));
    }
    jacobian_free(&jacobian);
    assert_true(worst < 1e-13);
    return worst;
}

static void make_second(struct model *models)
{
    models[1] = models[0];
    double *const numbers = model_numbers(&models[1]);
    for (int i = 0; i < MODEL_NUMBER_COUNT; i++)
        numbers[i] *= 1 + 0.1 * sin(i + 1.0);
    models[1].parameters.pd1_hill = 2.3; /* where the other one's is a whole number */
    for (int i = 0; i < models[1].drug_count; i++)
        models[1].drugs[i].infusion_nmol_per_d = 1e4;
}

static void holds_for_lesions_and_drugs(void **unused)
{
    (void)unused;
    for (int lesions = 1; lesions <= MODEL_MAX_LESIONS; lesions++) {
        double worst = 0;
        for (int drugs = 0; drugs <= MODEL_MAX_DRUGS; drugs++) {
            struct model models[RATES_LANES];
            random_state_model(lesions, drugs, &models[0]);
            make_second(models);
            worst = fmax(worst, check(models));
        }
        print_message("  %d lesions: largest error %.1e\n", lesions, worst);
    }
}

/* Each option alone off, and alone on. */
static void holds_for_every_option(void **unused)
{
    (void)unused;
    double worst = 0;
    for (int option = 0; option < MODEL_OPTION_COUNT; option++)
        for (int on = 0; on < 2; on++) {
            struct model models[RATES_LANES];
            random_state_model(2, MODEL_MAX_DRUGS, &models[0]);
            for (int other = 0; other < MODEL_OPTION_COUNT; other++)
                model_option_set(&models[0].options, other, (other == option) == (on == 1));
            make_second(models);
            worst = fmax(worst, check(models));
        }
    print_message("  largest error %.1e\n", worst);
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
    struct model models[RATES_LANES];
    model_prepare(&models[0], &settings);
    make_second(models);
    print_message("  largest error %.1e\n", check(models));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_for_lesions_and_drugs),
        cmocka_unit_test(holds_for_every_option),
        cmocka_unit_test(holds_for_the_published_preset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
