/* Radiobiology against its closed forms. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/model.h"
#include "model_asserts.h"
#include "random_state.h"

enum { STATES = 200 };

/* Survivors after `fractions` of `gray`, `days` apart, as the program counts them. */
static double survivors(const struct model *model, int fractions, double gray, double days)
{
    double state[STATES] = {0};
    const int cancer = state_index(model, "cancer_cells");
    state[cancer] = 1;
    struct field_memory memory = {.course = -1};
    for (int i = 0; i < fractions; i++)
        model_irradiate(model, &(struct fraction){.gray = gray, .coverage = 1}, i * days, &memory, state);
    return state[cancer];
}

/* Lea-Catcheside for acute fractions: exponent alpha D + beta (sum of d^2 + 2 sum over pairs of d^2 exp(-mu t)). */
static double lea_catcheside(const struct model *model, int fractions, double gray, double days)
{
    const struct parameters *p = &model->parameters;
    const double beta = p->radiosensitivity_alpha / p->alpha_beta_ratio, mu = log(2) / p->repair_half_time;
    double quadratic = 0;
    for (int i = 0; i < fractions; i++)
        for (int j = 0; j < fractions; j++)
            quadratic += gray * gray * exp(-mu * fabs((double)(i - j)) * days);
    return exp(-p->radiosensitivity_alpha * fractions * gray - beta * quadratic);
}

static void survivors_follow_lea_catcheside(void **unused)
{
    (void)unused;
    struct model model;
    random_state_model(1, 0, &model);
    assert_close(survivors(&model, 3, 8, 2), lea_catcheside(&model, 3, 8, 2), 1e-10);
    assert_close(survivors(&model, 30, 2, 1), lea_catcheside(&model, 30, 2, 1), 1e-10);
    assert_close(survivors(&model, 16, 0.5, 0.25), lea_catcheside(&model, 16, 0.5, 0.25), 1e-10);
    /* Fractions at once are one fraction of the sum; fractions far apart are independent. */
    assert_close(survivors(&model, 4, 3, 0), survivors(&model, 1, 12, 0), 1e-10);
    assert_close(survivors(&model, 2, 5, 1000), pow(survivors(&model, 1, 5, 0), 2), 1e-10);
}

/* Astrahan 2008: up to the transition dose linear-quadratic, beyond it the tangent there. */
static void large_fractions_are_linear_quadratic_linear(void **unused)
{
    (void)unused;
    struct model model;
    random_state_model(1, 0, &model);
    const struct parameters *p = &model.parameters;
    const double alpha = p->radiosensitivity_alpha, beta = alpha / p->alpha_beta_ratio, t = p->linear_transition_dose;
    const double expected = exp(-(alpha * t + beta * t * t + (alpha + 2 * beta * t) * (30 - t)));
    assert_close(survivors(&model, 1, 30, 0), expected, 1e-10);
    const double below = model_surviving_fraction(&model, 0, t * (1 - 1e-9), 0),
                 above = model_surviving_fraction(&model, 0, t * (1 + 1e-9), 0);
    assert_close(below, above, 1e-6);
}

/* The values printed for prototype set A in POPULATION.md. */
static void immunogenic_weight_matches_published_values(void **unused)
{
    (void)unused;
    struct parameters p;
    parameters_default(&p);
    p.immunogenic_hill = 3.13;
    p.immunogenic_half_dose = 5.08;
    assert_true(fabs(model_immunogenic_weight(&p, 2) - 0.051) < 5e-4);
    assert_true(fabs(model_immunogenic_weight(&p, 8) - 0.775) < 5e-4);
    assert_true(fabs(model_immunogenic_weight(&p, 30) - 0.114) < 5e-4);
}

/* Doomed cells keep the place of living ones and dead T cells that of living ones: no volume vanishes at a fraction, no
 * cancer cell either, and other lesions are untouched. */
static void a_fraction_moves_cells_without_losing_any(void **unused)
{
    (void)unused;
    struct model model;
    random_state_model(3, 1, &model);
    double before[STATES], after[STATES];
    random_state_fill(&model, 3, before);
    memcpy(after, before, sizeof after);
    struct field_memory memory = {.course = -1};
    model_irradiate(&model, &(struct fraction){.lesion = 1, .gray = 8, .coverage = 1}, 0, &memory, after);
    for (int lesion = 0; lesion < 3; lesion++) {
        struct lesion_output a, b;
        model_lesion_output(&model, before, lesion, &b);
        model_lesion_output(&model, after, lesion, &a);
        assert_close(a.volume_l, b.volume_l, 1e-14);
        assert_close(a.cancer_cells + a.resistant_cells + a.doomed_cells,
                     b.cancer_cells + b.resistant_cells + b.doomed_cells, 1e-14);
        assert_true(lesion == 1 ? a.cancer_cells < b.cancer_cells : a.cancer_cells == b.cancer_cells);
        assert_true(lesion == 1 ? a.resistant_cells < b.resistant_cells : a.resistant_cells == b.resistant_cells);
        assert_true(lesion == 1 ? a.cd8_cells < b.cd8_cells : a.cd8_cells == b.cd8_cells);
    }
}

/* With the constants of prototype set A, the loss at once by 45 Gy in 15 is 42.1 % (POPULATION.md); naive cells of the
 * node and the share to be recovered go with it. How far blood falls in the whole model is in test_lymphocytes. */
static void lymphocytes_are_lost_as_published(void **unused)
{
    (void)unused;
    struct model model;
    random_state_model(1, 0, &model);
    model.parameters.lymphocyte_field_fraction = 0.055;
    model.parameters.lymphocyte_alpha = 0.35;
    double state[STATES];
    random_state_fill(&model, 1, state);
    const int node = state_index(&model, "naive_cd8_node"), share = state_index(&model, "depleted_share");
    state[share] = 0;
    const double blood = model_lymphocytes_per_ul(&model, state), nodes = state[node];
    struct field_memory memory = {.course = -1};
    for (int i = 0; i < 15; i++)
        model_irradiate(&model, &(struct fraction){.gray = 3, .coverage = 1}, i, &memory, state);
    const double fall = 1 - model_lymphocytes_per_ul(&model, state) / blood;
    assert_true(fabs(fall - 0.421) < 5e-4);
    assert_close(1 - state[node] / nodes, fall, 1e-12);
    assert_close(state[share], fall, 1e-12);
}

/* Half a lesion in the field: the other half survives a whole course of fractions, each of which sterilises its field.
 */
static void what_lies_outside_the_field_survives(void **unused)
{
    (void)unused;
    struct model model;
    random_state_model(1, 0, &model);
    double state[STATES] = {0};
    const int cancer = state_index(&model, "cancer_cells");
    state[cancer] = 1;
    struct field_memory memory = {.course = -1};
    const double inside = model_surviving_fraction(&model, 0, 8, 0);
    for (int i = 0; i < 3; i++)
        model_irradiate(&model, &(struct fraction){.gray = 8, .coverage = 0.6, .course = 0}, 10.0 * i, &memory, state);
    assert_close(state[cancer], 0.4 + 0.6 * inside * inside * inside, 1e-10);
    /* Another course has a field of its own, which covers its share of whoever is left. */
    model_irradiate(&model, &(struct fraction){.gray = 8, .coverage = 0.5, .course = 1}, 100, &memory, state);
    assert_close(state[cancer], (0.4 + 0.6 * inside * inside * inside) * (0.5 + 0.5 * inside), 1e-10);
}

static void irradiated_nodes_lose_their_cells(void **unused)
{
    (void)unused;
    struct model model;
    random_state_model(1, 0, &model);
    model.parameters.lymphocyte_field_fraction = 0;
    double state[STATES], before[STATES];
    random_state_fill(&model, 2, before);
    memcpy(state, before, sizeof state);
    struct field_memory memory = {.course = -1};
    model_irradiate(&model, &(struct fraction){.gray = 2, .coverage = 1}, 0, &memory, state);
    assert_true(state[state_index(&model, "cd8_node")] == before[state_index(&model, "cd8_node")]);
    model_irradiate(&model, &(struct fraction){.gray = 2, .coverage = 1, .nodes = true}, 1, &memory, state);
    static const char *const tcells[] = {"naive_cd8_node", "activated_cd8", "cd8_node", "memory_cd8", "treg_node"};
    for (size_t i = 0; i < sizeof tcells / sizeof *tcells; i++) {
        const int index = state_index(&model, tcells[i]);
        assert_close(state[index], before[index] * exp(-model.parameters.tumour_tcell_alpha * 2), 1e-12);
    }
}

/* Two lesions of one patient on different schedules: 30 Gy in 3 to one, 4 Gy in 2 to the other (NCT03812549). */
static void lesions_keep_their_own_schedules(void **unused)
{
    (void)unused;
    struct model model;
    random_state_model(2, 0, &model);
    double state[STATES], before[STATES];
    random_state_fill(&model, 5, before);
    memcpy(state, before, sizeof state);
    struct field_memory memory[2] = {{.course = -1}, {.course = -1}};
    for (int i = 0; i < 3; i++)
        model_irradiate(&model, &(struct fraction){.lesion = 0, .gray = 10, .coverage = 1}, 5.0 * i, &memory[0], state);
    for (int i = 0; i < 2; i++)
        model_irradiate(&model, &(struct fraction){.lesion = 1, .gray = 2, .coverage = 1, .course = 1}, 5.0 * i,
                        &memory[1], state);
    for (int lesion = 0; lesion < 2; lesion++) {
        const int fractions = lesion == 0 ? 3 : 2;
        const double one = model_surviving_fraction(&model, lesion, lesion == 0 ? 10 : 2, 0);
        assert_close(model_cancer_cells(&model, state, lesion),
                     model_cancer_cells(&model, before, lesion) * pow(one, fractions), 1e-9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survivors_follow_lea_catcheside),
        cmocka_unit_test(large_fractions_are_linear_quadratic_linear),
        cmocka_unit_test(immunogenic_weight_matches_published_values),
        cmocka_unit_test(a_fraction_moves_cells_without_losing_any),
        cmocka_unit_test(lymphocytes_are_lost_as_published),
        cmocka_unit_test(what_lies_outside_the_field_survives),
        cmocka_unit_test(irradiated_nodes_lose_their_cells),
        cmocka_unit_test(lesions_keep_their_own_schedules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
