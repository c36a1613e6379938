/* Growth to baseline. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "batch_course.h"
#include "cohorts/growth.h"
#include "model_asserts.h"
#include "random_state.h"

/* The engine under test: all that follows has to hold for either. */
static void (*run_course)(struct course *course);

enum { STATES = 200 };

static struct virtual_patient patient_of(int lesions, double baseline_mm)
{
    struct virtual_patient patient = {.id = 1,
                                      .lesion_count = lesions,
                                      .relative_lesion_size = {1, 0.5, 0.25, 0.9, 0.1},
                                      .body_weight_kg = 75,
                                      .baseline_sum_of_diameters_mm = baseline_mm};
    parameters_default(&patient.parameters);
    return patient;
}

static enum growth_result grow(const struct virtual_patient *patient, struct model *model, double *state, double *days)
{
    const struct model_settings settings = {
        .preset = PRESET_NSCLC, .parameters = &patient->parameters, .lesion_count = patient->lesion_count};
    model_prepare(model, &settings);
    struct growth growth;
    growth_begin(&growth, model, patient, 1e-6, state);
    do
        run_course(&growth.course);
    while (growth_goes_on(&growth));
    *days = growth.days;
    return growth.result;
}

static void reaches_the_sampled_sum(void **unused)
{
    (void)unused;
    for (int lesions = 1; lesions <= 5; lesions++) {
        const struct virtual_patient patient = patient_of(lesions, 20.0 + 25 * lesions);
        struct model model;
        double state[STATES], days;
        assert_int_equal(grow(&patient, &model, state, &days), GROWTH_REACHED);
        const double sum = model_sum_of_diameters_mm(&model, state);
        assert_true(fabs(sum / patient.baseline_sum_of_diameters_mm - 1) < 1e-9);
        assert_true(days > 0 && days < GROWTH_LONGEST_DAYS);
        for (int i = 0; i < model_state_count(&model); i++)
            assert_true(isfinite(state[i]));
    }
}

/* Equal rates of growth keep the ratios of lesions that are small beside their carrying capacity: each cell count is
 * its seed's share, to what the immune response adds. */
static void lesions_keep_their_ratio_without_immunity(void **unused)
{
    (void)unused;
    struct virtual_patient patient = patient_of(2, 30);
    patient.parameters.killing_rate = 0;
    patient.parameters.maximum_tumour_diameter = 1000;
    struct model model;
    double state[STATES], days;
    assert_int_equal(grow(&patient, &model, state, &days), GROWTH_REACHED);
    const double ratio = model_cancer_cells(&model, state, 1) / model_cancer_cells(&model, state, 0);
    assert_true(fabs(ratio - 0.5) < 1e-3);
}

/* The published state at 3 cm was grown from one cancer cell in a body with the published numbers of naive cells
 * (505000 CD8 cells per mL of blood; 2.5e8 Tregs), not from a steady state. Started there, every state must come out as
 * published. */
static void published_start_grows_to_the_published_state(void **unused)
{
    (void)unused;
    struct parameters parameters;
    parameters_default(&parameters);
    parameters.seed_cancer_cells = 1;
    struct model model;
    const struct model_settings settings = {
        .preset = PRESET_QSPIO_NSCLC_2020, .parameters = &parameters, .lesion_count = 1};
    model_prepare(&model, &settings);
    double state[STATES], published[STATES];
    const double one = 1, node_share = model.derived.node_volume_l / parameters.peripheral_volume;
    const double cd8 = 505000.0 * 5000 / parameters.cd8_diversity, treg = 2.5e8 / parameters.treg_diversity;
    const double treg_peripheral = treg * model.derived.peripheral_entry_per_d / (0.015 + 2);
    model_tumour_free_state(&model, state);
    model_seed_lesions(&model, &one, state);
    state[state_index(&model, "naive_cd8_blood")] = cd8;
    state[state_index(&model, "naive_cd8_peripheral")] = 50 * cd8;
    state[state_index(&model, "naive_cd8_node")] = cd8 * node_share;
    state[state_index(&model, "naive_treg_blood")] = treg;
    state[state_index(&model, "naive_treg_peripheral")] = treg_peripheral;
    state[state_index(&model, "naive_treg_node")] = treg_peripheral * node_share;
    struct course course = {.model = &model,
                            .relative_tolerance = 1e-8,
                            .end_day = 10000,
                            .target_sum_of_diameters_mm = 30,
                            .state = state};
    run_course(&course);
    assert_int_equal(course.result, COURSE_TARGET);
    model_published_state(&model, published);
    double worst = 0;
    for (int i = 0; i < model_state_count(&model); i++) {
        const struct state_description description = model_state_describe(&model, i);
        /* The synapse was unbound again at the start of treatment. */
        if (published[i] == 0 || strncmp(description.name, "pd", 2) == 0)
            continue;
        const double error = fabs(state[i] / published[i] - 1);
        if (error > 1e-3)
            print_message("  %s: %.6g against %.6g\n", description.name, state[i], published[i]);
        worst = fmax(worst, error);
    }
    print_message("  after %.1f days, largest difference %.2g\n", course.day, worst);
    assert_true(worst < 1e-3);
}

static void a_tumour_that_cannot_grow_is_no_patient(void **unused)
{
    (void)unused;
    struct virtual_patient patient = patient_of(2, 40);
    patient.parameters.cancer_growth_rate = 0.001;
    patient.parameters.cancer_death_rate = 0.01;
    struct model model;
    double state[STATES], days;
    assert_int_equal(grow(&patient, &model, state, &days), GROWTH_NEVER_REACHED);
    assert_true(isnan(days));

    patient = patient_of(1, 300); /* beyond the carrying capacity of 20 cm */
    assert_int_equal(grow(&patient, &model, state, &days), GROWTH_NEVER_REACHED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reaches_the_sampled_sum),
        cmocka_unit_test(lesions_keep_their_ratio_without_immunity),
        cmocka_unit_test(published_start_grows_to_the_published_state),
        cmocka_unit_test(a_tumour_that_cannot_grow_is_no_patient),
    };
    run_course = course_run;
    const int failed = cmocka_run_group_tests_name("cvode", tests, NULL, NULL);
    run_course = course_run_in_batch;
    return failed + cmocka_run_group_tests_name("batch", tests, NULL, NULL);
}
