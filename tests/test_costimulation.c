/* CTLA-4: co-stimulation of an untreated patient and under ipilimumab, binding equilibria, Treg depletion. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/costimulation.h"
#include "model/model.h"
#include "solver/course.h"

enum { STATES = 200 };

static void prepare(struct model *model)
{
    static const struct antibody *ipilimumab;
    ipilimumab = model_preset_antibody(PRESET_NSCLC, 4);
    assert_string_equal(ipilimumab->name, "ipilimumab");
    struct parameters parameters;
    parameters_default(&parameters);
    const struct model_settings settings = {.preset = PRESET_NSCLC,
                                            .parameters = &parameters,
                                            .lesion_count = 1,
                                            .antibodies = &ipilimumab,
                                            .drug_count = 1};
    model_prepare(model, &settings);
}

static double signal(const struct model *model, double ligand, double free_ctla4)
{
    return costimulation_signal(model, ligand, free_ctla4);
}

/* MODEL.md B3: competition alone leaves 0.956 untreated against 0.961 under saturating antibody (measured there with a
 * synapse in motion; at equilibrium 0.953 and 0.956): no effect to speak of. */
static void competition_alone_does_nothing(void **unused)
{
    (void)unused;
    struct model model;
    prepare(&model);
    assert_true(fabs(signal(&model, 1, 1) - 0.956) < 0.005);
    assert_true(fabs(signal(&model, 1, 0) - 0.961) < 0.006);
}

/* Parry 2005: about 70 % inhibited in an untreated patient. */
static void untreated_costimulation_is_inhibited_by_seventy_percent(void **unused)
{
    (void)unused;
    struct model model;
    prepare(&model);
    const double inhibition = 1 - model.derived.resting_costimulation / signal(&model, 1, 1);
    print_message("  untreated: co-stimulation %.3f, inhibition %.3f\n", model.derived.resting_costimulation,
                  inhibition);
    assert_true(fabs(inhibition - 0.7) < 0.01);
}

/* The equilibrium satisfies the four laws of mass action and the four totals. */
static void binding_is_at_equilibrium(void **unused)
{
    (void)unused;
    struct model model;
    prepare(&model);
    const struct derived_constants *d = &model.derived;
    for (int i = 0; i <= 10; i++) {
        for (int j = 0; j <= 10; j++) {
            const double ligand = 0.01 + 0.099 * i, share = 0.1 * j;
            const double cd28 = costimulation_solve(d, ligand, share).cd28, bound28 = d->cd28_per_um2 - cd28;
            const double total4 = d->ctla4_per_um2 * share, total80 = ligand * d->cd80_per_um2;
            const double total86 = ligand * d->cd86_per_um2;
            /* Free CTLA-4 by bisection of its own balance, with free CD28 as given. */
            double low = 0, high = total4;
            for (int round = 0; round < 200; round++) {
                const double ctla4 = (low + high) / 2;
                const double cd80 = total80 / (1 + cd28 / d->cd28_cd80_um2 + ctla4 / d->ctla4_cd80_um2);
                const double cd86 = total86 / (1 + cd28 / d->cd28_cd86_um2 + ctla4 / d->ctla4_cd86_um2);
                *(ctla4 * (1 + cd80 / d->ctla4_cd80_um2 + cd86 / d->ctla4_cd86_um2) > total4 ? &high : &low) = ctla4;
            }
            const double ctla4 = (low + high) / 2;
            const double cd80 = total80 / (1 + cd28 / d->cd28_cd80_um2 + ctla4 / d->ctla4_cd80_um2);
            const double cd86 = total86 / (1 + cd28 / d->cd28_cd86_um2 + ctla4 / d->ctla4_cd86_um2);
            const double expected = cd28 * (cd80 / d->cd28_cd80_um2 + cd86 / d->cd28_cd86_um2);
            assert_true(fabs(bound28 - expected) < 1e-9 * d->cd28_per_um2);
        }
    }
}

/* Free CTLA-4 without a second arm is the textbook 1/(1 + concentration/Kd), with two sites to each antibody. */
static void antibody_binding_has_its_limits(void **unused)
{
    (void)unused;
    struct model model;
    prepare(&model);
    struct drug_constants drug = model.drugs[0];
    drug.ctla4_held_twice_um2 = 0;
    struct ctla4_binding binding = {0, 0};
    ctla4_add_antibody(&binding, &drug, model.antibodies[0]->dissociation_nanomolar / 2);
    assert_true(fabs(ctla4_free_share(&binding, 53) - 0.5) < 1e-12);
    binding = (struct ctla4_binding){0, 0};
    assert_true(ctla4_free_share(&binding, 53) == 1);
    ctla4_add_antibody(&binding, &model.drugs[0], 1e9);
    assert_true(ctla4_free_share(&binding, 53) < 1e-6);
    /* The second arm only adds. */
    struct ctla4_binding one = {0, 0}, both = {0, 0};
    ctla4_add_antibody(&one, &drug, 1);
    ctla4_add_antibody(&both, &model.drugs[0], 1);
    assert_true(ctla4_free_share(&both, 53) < ctla4_free_share(&one, 53));
}

/* What ipilimumab leaves of the inhibition, and what it gains, on average over the second to fourth cycle. */
struct effect {
    double inhibition, divisions, treg_depletion;
    int count;
};

static void observe(const struct model *model, double day, const double *state, size_t output, void *context)
{
    (void)day, (void)output;
    struct effect *effect = context;
    struct lesion_output lesion;
    model_lesion_output(model, state, 0, &lesion);
    effect->inhibition += 1 - model_costimulation(model, state) / signal(model, 1, 1);
    effect->divisions += model_divisions_gained(model, state);
    effect->treg_depletion += lesion.treg_depletion;
    effect->count++;
}

static struct effect ipilimumab(double mg_per_kg)
{
    struct model model;
    prepare(&model);
    struct course_event events[4];
    for (int i = 0; i < 4; i++)
        events[i] =
            (struct course_event){.day = 21.0 * i, .kind = EVENT_BOLUS, .amount_nmol = mg_per_kg * 75 / 148000 * 1e6};
    double days[64], state[STATES];
    for (int i = 0; i < 64; i++)
        days[i] = 21 + i;
    model_tumour_free_state(&model, state);
    const double size = 1000;
    model_seed_lesions(&model, &size, state);
    struct effect effect = {0, 0, 0, 0};
    struct course course = {.model = &model,
                            .events = events,
                            .event_count = 4,
                            .output_days = days,
                            .output_count = 63,
                            .observe = observe,
                            .context = &effect,
                            .relative_tolerance = 1e-6,
                            .end_day = 84,
                            .state = state};
    course_run(&course);
    assert_int_equal(course.result, COURSE_ENDED);
    effect.inhibition /= effect.count;
    effect.divisions /= effect.count;
    effect.treg_depletion /= effect.count;
    print_message("  %g mg/kg: inhibition left %.3f, divisions gained %.2f, Treg depletion %.3f /d\n", mg_per_kg,
                  effect.inhibition, effect.divisions, effect.treg_depletion);
    return effect;
}

static void ipilimumab_releases_the_brake_with_its_dose(void **unused)
{
    (void)unused;
    const struct effect none = ipilimumab(0), low = ipilimumab(1), high = ipilimumab(3);
    assert_true(fabs(none.divisions) < 1e-9 && fabs(none.inhibition - 0.7) < 0.01 && none.treg_depletion < 1e-12);
    assert_true(low.divisions > 0.1 && high.divisions > low.divisions && high.divisions < 3);
    assert_true(low.inhibition < none.inhibition && high.inhibition < low.inhibition);
    assert_true(high.treg_depletion > 0 && high.treg_depletion <= 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(competition_alone_does_nothing),
        cmocka_unit_test(untreated_costimulation_is_inhibited_by_seventy_percent),
        cmocka_unit_test(binding_is_at_equilibrium),
        cmocka_unit_test(antibody_binding_has_its_limits),
        cmocka_unit_test(ipilimumab_releases_the_brake_with_its_dose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
