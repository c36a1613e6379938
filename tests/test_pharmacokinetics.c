/* Half-lives and steady-state troughs of the library's antibodies beside published ones, in a patient of 75 kg without
 * a tumour to speak of. Published: terminal half-lives of the United States labels (for tremelimumab of Wang 2014), and
 * troughs of plasma; ipilimumab's 19.4 ug/mL at 3 mg/kg is of its label, pembrolizumab's and nivolumab's follow from
 * the cited clearances. The model's constants are the typical patient's of the cited analyses, without the fall of
 * clearance over time that the labels include, so agreement within 35 % is what may be asked. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "batch_course.h"
#include "model/model.h"
#include "solver/course.h"

/* The engine under test: all that follows has to hold for either. */
static void (*run_course)(struct course *course);

enum { STATES = 200, DOSES = 20 };

static const struct {
    const char *drug;
    double half_life_days;
    double dose_mg, interval_days;
    double trough_ug_per_ml;  /* 0: none at hand */
    double clearance_l_per_d; /* of plasma, as the cited analysis gives it */
} published[] = {
    {"nivolumab", 25, 225, 14, 0, 0.226},      {"pembrolizumab", 22, 200, 21, 0, 0.22},
    {"atezolizumab", 27, 1200, 21, 0, 0.20},   {"durvalumab", 18, 750, 14, 0, 0.232},
    {"ipilimumab", 15.4, 225, 21, 19.4, 0.36}, {"tremelimumab", 22, 750, 28, 0, 0.26},
};

static void observe(const struct model *model, double day, const double *state, size_t output, void *context)
{
    (void)day;
    ((double *)context)[output] =
        model_drug_plasma_nanomolar(model, state, 0) * model->antibodies[0]->molar_mass_g_per_mol * 1e-6;
}

/* Plasma concentrations, ug/mL. */
static void dose(const struct antibody *antibody, double dose_mg, double interval, int doses, const double *days,
                 size_t count, double *concentrations)
{
    struct parameters parameters;
    parameters_default(&parameters);
    struct model model;
    const struct model_settings settings = {
        .preset = PRESET_NSCLC, .parameters = &parameters, .lesion_count = 1, .antibodies = &antibody, .drug_count = 1};
    model_prepare(&model, &settings);
    struct course_event events[DOSES];
    for (int i = 0; i < doses; i++)
        events[i] = (struct course_event){
            .day = i * interval, .kind = EVENT_BOLUS, .amount_nmol = dose_mg / antibody->molar_mass_g_per_mol * 1e6};
    double state[STATES];
    model_tumour_free_state(&model, state);
    struct course course = {.model = &model,
                            .events = events,
                            .event_count = (size_t)doses,
                            .output_days = days,
                            .output_count = count,
                            .observe = observe,
                            .context = concentrations,
                            .relative_tolerance = 1e-8,
                            .end_day = days[count - 1],
                            .state = state};
    run_course(&course);
    assert_int_equal(course.result, COURSE_ENDED);
}

static const struct antibody *find(const char *name)
{
    for (size_t i = 0; model_preset_antibody(PRESET_NSCLC, i) != NULL; i++)
        if (strcmp(model_preset_antibody(PRESET_NSCLC, i)->name, name) == 0)
            return model_preset_antibody(PRESET_NSCLC, i);
    fail_msg("no %s", name);
    return NULL;
}

static void half_lives_and_troughs_are_near_the_published(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
        const struct antibody *antibody = find(published[i].drug);
        const double late[] = {40, 70};
        double days[201], course[201], decay[2];
        const double start = (DOSES - 1) * published[i].interval_days;
        for (int j = 0; j <= 200; j++)
            days[j] = start + published[i].interval_days * j / 200.0 * (1 - 1e-9);
        dose(antibody, published[i].dose_mg, 0, 1, late, 2, decay);
        dose(antibody, published[i].dose_mg, published[i].interval_days, DOSES, days, 201, course);
        const double half_life = 30 * log(2) / log(decay[0] / decay[1]), trough = course[200];
        double exposure = 0; /* over one interval, ug d/mL, trapezoidal */
        for (int j = 0; j < 200; j++)
            exposure += (course[j] + course[j + 1]) / 2 * (days[j + 1] - days[j]);
        print_message("  %-14s half-life %5.1f d (published %4.1f), trough %6.1f ug/mL, clearance %.3f L/d (%.3f)\n",
                      published[i].drug, half_life, published[i].half_life_days, trough,
                      published[i].dose_mg / exposure, published[i].clearance_l_per_d);
        assert_true(fabs(half_life / published[i].half_life_days - 1) < 0.35);
        if (published[i].trough_ug_per_ml > 0)
            assert_true(fabs(trough / published[i].trough_ug_per_ml - 1) < 0.35);
        /* Dose over exposure is clearance, whatever the compartments; the table's is that over gamma_blood. */
        assert_true(fabs(published[i].dose_mg / exposure / published[i].clearance_l_per_d - 1) < 0.05);
    }
}

/* A closed system: the total falls only by what is cleared. */
static void the_total_falls_only_by_clearance(void **unused)
{
    (void)unused;
    struct antibody antibody = *find("nivolumab");
    antibody.clearance_l_per_d = 0;
    const struct antibody *list[] = {&antibody};
    struct parameters parameters;
    parameters_default(&parameters);
    struct model model;
    const struct model_settings settings = {
        .preset = PRESET_NSCLC, .parameters = &parameters, .lesion_count = 2, .antibodies = list, .drug_count = 1};
    model_prepare(&model, &settings);
    double state[STATES];
    model_tumour_free_state(&model, state);
    const double sizes[] = {1000, 300};
    model_seed_lesions(&model, sizes, state);
    const struct course_event event = {.day = 0, .kind = EVENT_BOLUS, .amount_nmol = 1600};
    struct course course = {.model = &model,
                            .events = &event,
                            .event_count = 1,
                            .observe = observe,
                            .relative_tolerance = 1e-10,
                            .end_day = 100,
                            .state = state};
    run_course(&course);
    assert_int_equal(course.result, COURSE_ENDED);
    double total = 0;
    for (int i = 0; i < model_state_count(&model); i++) {
        const struct state_description description = model_state_describe(&model, i);
        struct lesion_output lesion = {.volume_l = 0};
        if (description.lesion >= 0)
            model_lesion_output(&model, state, description.lesion, &lesion);
        if (strcmp(description.name, "drug_blood") == 0)
            total += state[i] * parameters.blood_volume;
        else if (strcmp(description.name, "drug_peripheral") == 0)
            total += state[i] * parameters.peripheral_volume;
        else if (strcmp(description.name, "drug_node") == 0)
            total += state[i] * model.derived.node_volume_l;
        else if (strcmp(description.name, "drug_afferent") == 0 || strcmp(description.name, "drug_efferent") == 0)
            total += state[i];
        else if (strcmp(description.name, "drug_tumour") == 0)
            total += state[i] * lesion.volume_l;
    }
    print_message("  %.3e lost of the dose\n", 1 - total / 1600);
    assert_true(fabs(total / 1600 - 1) < 1e-8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_lives_and_troughs_are_near_the_published),
        cmocka_unit_test(the_total_falls_only_by_clearance),
    };
    run_course = course_run;
    const int failed = cmocka_run_group_tests_name("cvode", tests, NULL, NULL);
    run_course = course_run_in_batch;
    return failed + cmocka_run_group_tests_name("batch", tests, NULL, NULL);
}
