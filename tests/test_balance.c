/* Mass balance: what leaves one place arrives at another. Checked on the right-hand side at random states, to rounding:
 * relative to the largest of the rates added up. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/model.h"
#include "model_asserts.h"
#include "random_state.h"

enum { STATES = 400, DRAWS = 20 };

struct setting {
    struct model model;
    double state[STATES], rate[STATES];
};

static double rate_of(const struct setting *setting, const char *name, int lesion, int drug)
{
    return setting->rate[state_index_of(&setting->model, name, lesion, drug)];
}

static double state_of(const struct setting *setting, const char *name, int lesion, int drug)
{
    return setting->state[state_index_of(&setting->model, name, lesion, drug)];
}

static void draw(struct setting *setting, int number)
{
    assert_true(model_state_count(&setting->model) <= STATES);
    random_state_fill(&setting->model, number, setting->state);
    model_rates(&setting->model, setting->state, setting->rate);
}

/* Constants that follow from parameters are made anew after these have been changed. */
static void prepare_again(struct model *model)
{
    const struct model old = *model;
    const struct model_settings settings = {.preset = old.preset,
                                            .options = &old.options,
                                            .parameters = &old.parameters,
                                            .lesion_count = old.lesion_count,
                                            .factors = old.factors,
                                            .antibodies = old.antibodies,
                                            .drug_count = old.drug_count};
    model_prepare(model, &settings);
}

/* A sum of terms and the size against which its rounding is judged. */
struct sum {
    double value, size;
};

static void add(struct sum *sum, double term)
{
    sum->value += term;
    sum->size = fmax(sum->size, fabs(term));
}

static void assert_balanced(const struct sum *sum)
{
    assert_true(sum->size > 0);
    assert_true(fabs(sum->value) <= 1e-12 * sum->size);
}

/* Volume of a lesion and its rate, by difference along the rates. */
static double lesion_volume(const struct setting *setting, int lesion, double *rate)
{
    static const char *const cancer[] = {"cancer_cells", "resistant_cells", "doomed_cells", "dead_cells", "scar_cells"};
    static const char *const tcells[] = {"cd8_cells", "treg_cells", "dead_tcells"};
    struct lesion_output output;
    model_lesion_output(&setting->model, setting->state, lesion, &output);
    *rate = 0;
    for (int i = 0; i < 5; i++)
        *rate += setting->model.derived.cancer_cell_volume_l * rate_of(setting, cancer[i], lesion, -1);
    for (int i = 0; i < 3; i++)
        *rate += setting->model.derived.tcell_volume_l * rate_of(setting, tcells[i], lesion, -1);
    return output.volume_l;
}

/* Drug enters by infusion and leaves by clearance; everything else moves it. */
static void drug_is_conserved(void **unused)
{
    (void)unused;
    struct setting setting;
    random_state_model(3, 4, &setting.model);
    setting.model.drugs[2].infusion_nmol_per_d = 1e5;
    for (int number = 0; number < DRAWS; number++) {
        draw(&setting, number);
        for (int drug = 0; drug < setting.model.drug_count; drug++) {
            const struct antibody *a = setting.model.antibodies[drug];
            const double blood = state_of(&setting, "drug_blood", -1, drug);
            struct sum sum = {0, 0};
            add(&sum, setting.model.parameters.blood_volume * rate_of(&setting, "drug_blood", -1, drug));
            add(&sum, setting.model.parameters.peripheral_volume * rate_of(&setting, "drug_peripheral", -1, drug));
            add(&sum, setting.model.derived.node_volume_l * rate_of(&setting, "drug_node", -1, drug));
            add(&sum, rate_of(&setting, "drug_afferent", -1, drug));
            add(&sum, rate_of(&setting, "drug_efferent", -1, drug));
            for (int lesion = 0; lesion < 3; lesion++) {
                double volume_rate;
                const double volume = lesion_volume(&setting, lesion, &volume_rate);
                add(&sum, volume * rate_of(&setting, "drug_tumour", lesion, drug));
                add(&sum, volume_rate * state_of(&setting, "drug_tumour", lesion, drug));
            }
            add(&sum, a->clearance_l_per_d * blood);
            if (a->saturable_clearance_nmol_per_d > 0)
                add(&sum, a->saturable_clearance_nmol_per_d * blood / (blood + a->saturable_half_nanomolar));
            add(&sum, -setting.model.drugs[drug].infusion_nmol_per_d);
            assert_balanced(&sum);
        }
    }
}

/* Without growth, cancer cells only change from living to doomed to dead and, when all of their room becomes scar that
 * stays, from dead to scar. */
static void cancer_cells_are_conserved(void **unused)
{
    (void)unused;
    struct setting setting;
    random_state_model(5, 1, &setting.model);
    setting.model.parameters.cancer_growth_rate = 0;
    setting.model.parameters.scar_fraction = 1;
    setting.model.parameters.scar_resolution_rate = 0;
    prepare_again(&setting.model);
    for (int number = 0; number < DRAWS; number++) {
        draw(&setting, number);
        for (int lesion = 0; lesion < 5; lesion++) {
            struct sum sum = {0, 0};
            add(&sum, rate_of(&setting, "cancer_cells", lesion, -1));
            add(&sum, rate_of(&setting, "resistant_cells", lesion, -1));
            add(&sum, rate_of(&setting, "doomed_cells", lesion, -1));
            add(&sum, rate_of(&setting, "dead_cells", lesion, -1));
            add(&sum, rate_of(&setting, "scar_cells", lesion, -1));
            assert_balanced(&sum);
        }
    }
}

/* Without division, death outside tumours and clearance, effectors go round between node, blood, tissue and lesions,
 * where they die without disappearing. */
static void effectors_are_conserved(void **unused)
{
    (void)unused;
    struct setting setting;
    random_state_model(4, 1, &setting.model);
    struct parameters *p = &setting.model.parameters;
    p->dead_cell_clearance_rate = 0;
    p->cd8_death_rate = p->treg_death_rate = 0;
    p->cd8_proliferation_rate = p->treg_proliferation_rate = p->recall_rate = 0;
    prepare_again(&setting.model);
    for (int number = 0; number < DRAWS; number++) {
        draw(&setting, number);
        struct sum sum = {0, 0};
        static const char *const shared[] = {"cd8_node",  "cd8_lymph",  "cd8_blood",  "cd8_peripheral",
                                             "treg_node", "treg_lymph", "treg_blood", "treg_peripheral"};
        for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
            add(&sum, rate_of(&setting, shared[i], -1, -1));
        for (int lesion = 0; lesion < 4; lesion++) {
            add(&sum, rate_of(&setting, "cd8_cells", lesion, -1));
            add(&sum, rate_of(&setting, "treg_cells", lesion, -1));
            add(&sum, rate_of(&setting, "dead_tcells", lesion, -1));
        }
        assert_balanced(&sum);
    }
}

/* Naive cells that are primed come back as activated cells of all clones. */
static void naive_cells_are_conserved(void **unused)
{
    (void)unused;
    struct setting setting;
    random_state_model(2, 0, &setting.model);
    struct parameters *p = &setting.model.parameters;
    p->cd8_thymic_output = p->naive_cd8_proliferation = p->naive_cd8_death_rate = 0;
    p->lymphocyte_recovery_rate = p->cd8_proliferation_rate = 0;
    prepare_again(&setting.model);
    for (int number = 0; number < DRAWS; number++) {
        draw(&setting, number);
        struct sum sum = {0, 0};
        add(&sum, rate_of(&setting, "naive_cd8_blood", -1, -1));
        add(&sum, rate_of(&setting, "naive_cd8_peripheral", -1, -1));
        add(&sum, rate_of(&setting, "naive_cd8_node", -1, -1));
        add(&sum, rate_of(&setting, "activated_cd8", -1, -1) / p->cd8_clones);
        assert_balanced(&sum);
    }
}

/* PD-1 of a T cell: free, on PD-L1, on PD-L2, or held by one or both arms of an antibody. */
static void pd1_is_conserved(void **unused)
{
    (void)unused;
    struct setting setting;
    random_state_model(2, 4, &setting.model);
    setting.model.parameters.pdl1_turnover_rate = 0;
    for (int number = 0; number < DRAWS; number++) {
        draw(&setting, number);
        struct sum pd1 = {0, 0}, pdl1 = {0, 0};
        add(&pd1, rate_of(&setting, "pd1", 1, -1));
        add(&pd1, rate_of(&setting, "pd1_pdl1", 1, -1));
        add(&pd1, rate_of(&setting, "pd1_pdl2", 1, -1));
        add(&pdl1, rate_of(&setting, "pdl1", 1, -1));
        add(&pdl1, rate_of(&setting, "pd1_pdl1", 1, -1));
        for (int drug = 0; drug < 4; drug++) {
            struct sum *target = setting.model.antibodies[drug]->target == TARGET_PD1 ? &pd1 : &pdl1;
            add(target, rate_of(&setting, "bound_once", 1, drug));
            add(target, 2 * rate_of(&setting, "bound_twice", 1, drug));
        }
        assert_balanced(&pd1);
        assert_balanced(&pdl1);
    }
}

/* MHC molecules of an APC: free or loaded, in endosomes or on the surface. */
static void mhc_is_conserved(void **unused)
{
    (void)unused;
    struct setting setting;
    random_state_model(1, 0, &setting.model);
    static const char *const endosome[] = {"mhc_endosome", "self_mhc_endosome", "neo_mhc_endosome"};
    static const char *const surface[] = {"mhc_surface", "self_mhc_surface", "neo_mhc_surface"};
    for (int number = 0; number < DRAWS; number++) {
        draw(&setting, number);
        struct sum sum = {0, 0};
        for (int i = 0; i < 3; i++) {
            add(&sum, setting.model.derived.endosome_area_um2 * rate_of(&setting, endosome[i], -1, -1));
            add(&sum, setting.model.parameters.apc_surface_area * rate_of(&setting, surface[i], -1, -1));
        }
        assert_balanced(&sum);
    }
}

/* Mature APCs leave all lesions for the one node. */
static void mature_apcs_are_conserved(void **unused)
{
    (void)unused;
    struct setting setting;
    random_state_model(3, 0, &setting.model);
    struct parameters *p = &setting.model.parameters;
    p->apc_death_rate = p->mature_apc_death_rate = p->irradiated_apc_influx_rate = 0;
    for (int number = 0; number < DRAWS; number++) {
        draw(&setting, number);
        struct sum sum = {0, 0};
        add(&sum, rate_of(&setting, "mature_apc_node", -1, -1));
        add(&sum, rate_of(&setting, "mature_apc_lymph", -1, -1));
        for (int lesion = 0; lesion < 3; lesion++) {
            add(&sum, rate_of(&setting, "apc_cells", lesion, -1));
            add(&sum, rate_of(&setting, "mature_apc_cells", lesion, -1));
        }
        assert_balanced(&sum);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drug_is_conserved),         cmocka_unit_test(cancer_cells_are_conserved),
        cmocka_unit_test(effectors_are_conserved),   cmocka_unit_test(naive_cells_are_conserved),
        cmocka_unit_test(pd1_is_conserved),          cmocka_unit_test(mhc_is_conserved),
        cmocka_unit_test(mature_apcs_are_conserved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
