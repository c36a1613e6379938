/* Fluxes: the rates are the sum of what the reactions move, written here a second time as a stoichiometry. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/model.h"
#include "random_state.h"

enum { STATES = 400, FLUXES = 600, LESIONS = 2, DRUGS = 3, MOST_TERMS = 12 };

static struct model model;
static double state[STATES], rate[STATES], flux[FLUXES];

/* Value of the flux "kind_name" of that lesion and drug. */
static double flux_of(const char *name, int lesion, int drug)
{
    for (int i = 0; i < model_flux_count(&model); i++) {
        const struct flux_description description = model_flux_describe(&model, i);
        char full[80];
        snprintf(full, sizeof full, "%s_%s", description.kind, description.name);
        if (strcmp(full, name) == 0 && description.lesion == lesion && description.drug == drug)
            return flux[i];
    }
    fail_msg("no flux %s", name);
    return NAN;
}

static double rate_of(const char *name, int lesion, int drug)
{
    for (int i = 0; i < model_state_count(&model); i++) {
        const struct state_description description = model_state_describe(&model, i);
        if (strcmp(description.name, name) == 0 && description.lesion == lesion && description.drug == drug)
            return rate[i];
    }
    fail_msg("no state %s", name);
    return NAN;
}

/* The rate of a state is the signed sum of fluxes; terms are "+name" or "-name". */
static void assert_sum(const char *name, int lesion, int drug, double scale, const char *const terms[MOST_TERMS])
{
    double sum = 0, size = 0;
    for (int i = 0; i < MOST_TERMS && terms[i] != NULL; i++) {
        const double value = flux_of(terms[i] + 1, lesion, drug) * scale;
        sum += terms[i][0] == '-' ? -value : value;
        size = fmax(size, fabs(value));
    }
    const double expected = rate_of(name, lesion, drug);
    if (!(fabs(sum - expected) <= 1e-12 * size))
        fail_msg("%s: %.15g is not the sum of its fluxes, %.15g", name, expected, sum);
}

static void start(int number)
{
    random_state_model(LESIONS, DRUGS, &model);
    assert_true(model_state_count(&model) <= STATES && model_flux_count(&model) <= FLUXES);
    random_state_fill(&model, number, state);
    model_fluxes(&model, state, rate, flux);
}

static void rates_are_those_of_the_right_hand_side(void **unused)
{
    (void)unused;
    for (int number = 0; number < 5; number++) {
        start(number);
        double usual[STATES];
        model_rates(&model, state, usual);
        assert_memory_equal(usual, rate, (size_t)model_state_count(&model) * sizeof *usual);
    }
}

static void lesion_rates_are_sums(void **unused)
{
    (void)unused;
    start(1);
    for (int lesion = 0; lesion < LESIONS; lesion++) {
        assert_sum("cancer_cells", lesion, -1, 1,
                   (const char *const[MOST_TERMS]){"+cancer_growth", "-cancer_spontaneous_death", "-cancer_killing"});
        assert_sum("doomed_cells", lesion, -1, 1, (const char *const[MOST_TERMS]){"-doomed_death", "-doomed_killing"});
        assert_sum("dead_cells", lesion, -1, 1,
                   (const char *const[MOST_TERMS]){"+cancer_spontaneous_death", "+cancer_killing", "+resistant_death",
                                                   "+doomed_death", "+doomed_killing", "-dead_clearance"});
        assert_sum("resistant_cells", lesion, -1, 1,
                   (const char *const[MOST_TERMS]){"+resistant_growth", "-resistant_death"});
        assert_sum("scar_cells", lesion, -1, 1, (const char *const[MOST_TERMS]){"+scar_formation", "-scar_resolution"});
        assert_sum(
            "cd8_cells", lesion, -1, 1,
            (const char *const[MOST_TERMS]){"+cd8_entry", "-cd8_death", "-cd8_treg_inhibition", "-cd8_exhaustion"});
        assert_sum("treg_cells", lesion, -1, 1,
                   (const char *const[MOST_TERMS]){"+treg_entry", "-treg_death", "-treg_depletion"});
        assert_sum("dead_tcells", lesion, -1, 1,
                   (const char *const[MOST_TERMS]){"+cd8_death", "+cd8_treg_inhibition", "+cd8_exhaustion",
                                                   "+treg_death", "+treg_depletion", "-dead_tcell_clearance"});
        assert_sum("apc_cells", lesion, -1, 1,
                   (const char *const[MOST_TERMS]){"+apc_renewal", "+apc_irradiated_influx", "-apc_maturation"});
        assert_sum("mature_apc_cells", lesion, -1, 1,
                   (const char *const[MOST_TERMS]){"+apc_maturation", "-apc_migration", "-apc_mature_death"});
        assert_sum("maturation_signal", lesion, -1, 1,
                   (const char *const[MOST_TERMS]){"+signal_renewal", "+signal_release", "-signal_dilution"});
        assert_sum("pd1_pdl1", lesion, -1, 1, (const char *const[MOST_TERMS]){"+pd1_binding_pdl1"});
        for (int drug = 0; drug < DRUGS; drug++)
            assert_sum("bound_once", lesion, drug, 1,
                       (const char *const[MOST_TERMS]){"+drug_first_arm", "-drug_second_arm"});
    }
}

static void shared_rates_are_sums(void **unused)
{
    (void)unused;
    start(2);
    static const char *const kinds[] = {"cd8", "treg"};
    for (int i = 0; i < 2; i++) {
        char names[9][64];
        static const char *const parts[] = {"thymic_output",       "naive_proliferation_blood", "naive_death_blood",
                                            "naive_to_peripheral", "naive_from_peripheral",     "naive_to_node",
                                            "naive_from_node"};
        static const char signs[] = "++--+-+";
        for (int j = 0; j < 7; j++)
            snprintf(names[j], sizeof names[j], "%c%s_%s", signs[j], kinds[i], parts[j]);
        char blood[32];
        snprintf(blood, sizeof blood, "naive_%s_blood", kinds[i]);
        assert_sum(
            blood, -1, -1, 1,
            (const char *const[MOST_TERMS]){names[0], names[1], names[2], names[3], names[4], names[5], names[6]});
    }
    assert_sum("cd8_node", -1, -1, 1,
               (const char *const[MOST_TERMS]){"+cd8_offspring", "-memory_formation", "+memory_recall",
                                               "-cd8_node_death", "-cd8_node_exit"});
    assert_sum("cd8_lymph", -1, -1, 1, (const char *const[MOST_TERMS]){"+cd8_node_exit", "-cd8_blood_arrival"});
    assert_sum("cd8_blood", -1, -1, 1,
               (const char *const[MOST_TERMS]){"+cd8_blood_arrival", "-cd8_blood_death", "-cd8_to_peripheral",
                                               "+cd8_from_peripheral", "-cd8_lesion_entry"});
    assert_sum("treg_node", -1, -1, 1,
               (const char *const[MOST_TERMS]){"+treg_offspring", "-treg_node_death", "-treg_node_exit"});
    assert_sum("memory_cd8", -1, -1, 1,
               (const char *const[MOST_TERMS]){"+memory_formation", "+memory_recovery", "-memory_death"});
    assert_sum("il2", -1, -1, 1,
               (const char *const[MOST_TERMS]){"+il2_secretion", "-il2_consumption", "-il2_degradation"});
    assert_sum("neo_antigen", -1, -1, 1,
               (const char *const[MOST_TERMS]){"+neo_antigen_release", "-neo_antigen_degradation",
                                               "-neo_antigen_uptake", "-neo_antigen_dilution"});
    assert_sum("mature_apc_node", -1, -1, 1,
               (const char *const[MOST_TERMS]){"+apc_mature_arrival", "-apc_mature_death"});
    assert_sum("costimulation_ligand", -1, -1, 1,
               (const char *const[MOST_TERMS]){"+costimulation_ligand_renewal", "-costimulation_ligand_removal"});
    for (int drug = 0; drug < DRUGS; drug++) {
        assert_sum("drug_blood", -1, drug, 1 / model.parameters.blood_volume,
                   (const char *const[MOST_TERMS]){"+drug_infusion", "-drug_to_peripheral", "-drug_to_node",
                                                   "-drug_to_lesions", "+drug_efferent_arrival", "-drug_clearance"});
        assert_sum("drug_efferent", -1, drug, 1,
                   (const char *const[MOST_TERMS]){"+drug_node_drainage", "-drug_efferent_arrival"});
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_are_those_of_the_right_hand_side),
        cmocka_unit_test(lesion_rates_are_sums),
        cmocka_unit_test(shared_rates_are_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
