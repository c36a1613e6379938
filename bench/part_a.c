#include "bench/part_a_system.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

static_assert((int)PART_A_DRUG_BLOOD == (int)A_C, "the drug's state has moved");
static_assert((int)PD1_A_PD1 + 1 == (int)PART_A_STATES, "the number of states has changed");

struct part_a_constants part_a_constants;

#define PART_A_PUBLISHED(symbol, published) published,
static const char *const published_names[PART_A_STATES] = {PART_A_STATE_TABLE(PART_A_PUBLISHED)};
#undef PART_A_PUBLISHED

#define PART_A_TEXT(symbol, text) #symbol,
static const char *const state_symbols[PART_A_STATES] = {PART_A_STATE_TABLE(PART_A_TEXT)};
static const char *const constant_symbols[] = {PART_A_CONSTANT_TABLE(PART_A_TEXT)};
#undef PART_A_TEXT

static int library_index[PART_A_STATES];
static double start[PART_A_STATES], tolerance[PART_A_STATES], dose_nanomolar;

static const double pi = 3.14159265358979323846;
static const double avogadro_per_nmol = 6.02214076e14;
static const double um3_per_l = 1e15, l_per_mm3 = 1e-6;

static double sphere(double diameter)
{
    return pi / 6 * diameter * diameter * diameter;
}

static void derive_cells(const struct parameters *p, struct part_a_constants *k)
{
    k->V_C = p->blood_volume;
    k->V_P = p->peripheral_volume;
    k->V_LN = p->node_count * sphere(p->node_diameter) * l_per_mm3;
    k->V_Tmin = p->minimum_tumour_volume;
    k->vol_cell = sphere(p->cancer_cell_diameter) / um3_per_l;
    k->vol_Tcell = p->tcell_volume / um3_per_l;
    k->k_growth = p->cancer_growth_rate;
    k->C_max = sphere(p->maximum_tumour_diameter) * l_per_mm3 * p->cancer_cell_density;
    k->k_C1_death = p->cancer_death_rate;
    k->k_clear = p->dead_cell_clearance_rate;
    k->k_kill = p->killing_rate;
    k->k_T1_death = p->cd8_death_rate;
    k->k_T0_death = p->treg_death_rate;
    k->k_Treg = p->treg_inhibition_rate;
    k->k_exh = p->exhaustion_rate;
    const double adhesion = p->transmigration_rate * p->adhesion_site_density;
    k->q_T1_T_in = adhesion * p->tumour_vessel_fraction * p->cd8_infiltration;
    k->q_T0_T_in = adhesion * p->tumour_vessel_fraction * p->treg_infiltration;
    k->q_P_in = adhesion * p->peripheral_vessel_fraction * p->peripheral_volume;
    k->q_T1_P_out = p->cd8_peripheral_exit_rate;
    k->q_T0_P_out = p->treg_peripheral_exit_rate;
    k->q_LN_in = p->node_entry_rate * p->blood_volume;
    k->q_LN_out = p->node_exit_rate;
}

static void derive_tcells(const struct parameters *p, struct part_a_constants *k)
{
    k->thym1 = p->cd8_thymic_output / p->cd8_diversity;
    k->pro1 = p->naive_cd8_proliferation / p->cd8_diversity;
    k->half1 = p->naive_cd8_half_proliferation / p->cd8_diversity;
    k->nT1_death = p->naive_cd8_death_rate;
    k->thym0 = p->treg_thymic_output / p->treg_diversity;
    k->pro0 = p->naive_treg_proliferation / p->treg_diversity;
    k->half0 = p->naive_treg_half_proliferation / p->treg_diversity;
    k->nT0_death = p->naive_treg_death_rate;
    k->n_sites = p->apc_sites;
    k->k_T1_act = p->cd8_activation_rate;
    k->k_T0_act = p->treg_activation_rate;
    k->k_T1_pro = p->cd8_proliferation_rate;
    k->k_T0_pro = p->treg_proliferation_rate;
    k->clones1 = p->cd8_clones;
    k->clones0 = p->treg_clones;
    k->tcr = p->tcr_per_tcell / (pi * p->tcell_diameter * p->tcell_diameter);
    k->K_tcr = p->tcr_off_rate / p->tcr_on_rate;
    k->proofreading =
        p->tcr_off_rate / (p->tcr_off_rate + p->tcr_signal_loss_rate) *
        pow(p->tcr_phosphorylation_rate / (p->tcr_off_rate + p->tcr_phosphorylation_rate), p->tcr_proofreading_steps);
    k->half_priming = p->half_priming_receptors / p->synapse_area;
    k->N_0 = p->divisions_base;
    k->N_IL2 = p->divisions_il2;
    k->IL2_50 = p->il2_half_cd8;
    k->IL2_50_Treg = p->il2_half_treg;
    k->k_IL2_deg = p->il2_degradation_rate;
    k->k_IL2_cons = p->il2_consumption_rate;
    k->k_IL2_sec = p->il2_secretion_rate;
}

static void derive_antigen(const struct parameters *p, struct part_a_constants *k)
{
    k->k_APC_mat = p->apc_maturation_rate;
    k->k_APC_mig = p->apc_migration_rate;
    k->k_APC_death = p->apc_death_rate;
    k->k_mAPC_death = p->mature_apc_death_rate;
    k->APC0_T = p->apc_density_tumour;
    k->APC0_LN = p->apc_density_node;
    k->k_c = p->maturation_signal_turnover;
    k->c_0 = p->maturation_signal_baseline;
    k->c_50 = p->maturation_signal_half;
    k->damps = p->damps_per_cell;
    k->release0 = p->treg_clones * p->self_antigen_per_cell;
    k->release1 = p->cd8_clones * p->neo_antigen_per_cell;
    k->k_xP_deg = p->antigen_degradation_rate;
    k->k_up = p->antigen_uptake_rate;
    k->k_P_deg = p->endosomal_degradation_rate;
    k->k_p_deg = p->peptide_degradation_rate;
    k->on_M = p->mhc_on_rate;
    k->off_M0 = p->mhc_on_rate * p->self_peptide_dissociation;
    k->off_M1 = p->mhc_on_rate * p->neo_peptide_dissociation;
    k->loading = p->endosome_area / (p->endosome_volume * avogadro_per_nmol);
    k->k_in = p->mhc_internalisation_rate;
    k->k_out = p->mhc_export_rate;
    k->area_ratio = p->endosome_count * p->endosome_area / p->apc_surface_area;
}

static void derive_drug(const struct parameters *p, const struct antibody *a, struct part_a_constants *k)
{
    const double gap = p->synapse_width * 1e-3 / um3_per_l * avogadro_per_nmol; /* molecule/um^2 for a nM in it */
    k->PD1_50 = p->pd1_half;
    k->on_PDL1 = p->pd1_pdl1_on_rate / gap;
    k->off_PDL1 = p->pd1_pdl1_on_rate * p->pd1_pdl1_dissociation;
    k->on_PDL2 = p->pd1_pdl2_on_rate / gap;
    k->off_PDL2 = p->pd1_pdl2_on_rate * p->pd1_pdl2_dissociation;
    k->on_A = a->on_rate_per_nanomolar_d;
    k->off_A = a->on_rate_per_nanomolar_d * a->dissociation_nanomolar;
    k->cross_A = a->cross_arm_3d * a->on_rate_per_nanomolar_d / gap;
    k->gamma_syn = a->gamma_blood; /* as published */
    k->q_P = a->peripheral_flow_l_per_d;
    k->q_T = a->tumour_flow_l_per_d;
    k->q_LN = a->node_flow_l_per_d;
    k->q_LD = a->lymphatic_drainage_per_d;
    k->k_cl = a->clearance_l_per_d;
    k->gamma_C = a->gamma_blood;
    k->gamma_P = a->gamma_peripheral;
    k->gamma_T = a->gamma_tumour;
    k->gamma_LN = a->gamma_node;
    dose_nanomolar = PART_A_DOSE_MG / a->molar_mass_g_per_mol * 1e6 / p->blood_volume;
}

void part_a_library_model(struct model *model)
{
    struct parameters parameters;
    parameters_default(&parameters);
    const struct antibody *const nivolumab = model_preset_antibody(PRESET_QSPIO_NSCLC_2020, 0);
    const struct model_settings settings = {.preset = PRESET_QSPIO_NSCLC_2020,
                                            .parameters = &parameters,
                                            .lesion_count = 1,
                                            .antibodies = &nivolumab,
                                            .drug_count = 1};
    model_prepare(model, &settings);
}

/* Finds every state in the library's by its published name, and takes its tolerance and initial value from there. */
static int map_states(void)
{
    enum { MOST_STATES = 256 };
    struct model model;
    double published[MOST_STATES];
    part_a_library_model(&model);
    const int count = model_state_count(&model);
    if (count > MOST_STATES)
        return -1;
    model_published_state(&model, published);
    for (int state = 0; state < PART_A_STATES; state++) {
        int index = 0;
        while (index < count && strcmp(model_state_describe(&model, index).published, published_names[state]) != 0)
            index++;
        if (index == count)
            return -1;
        library_index[state] = index;
        start[state] = published[index];
        tolerance[state] = model_state_describe(&model, index).absolute_tolerance;
    }
    return 0;
}

int part_a_prepare(void)
{
    struct parameters parameters;
    parameters_default(&parameters);
    const struct antibody *nivolumab = model_preset_antibody(PRESET_QSPIO_NSCLC_2020, 0);
    /* The equations are written for these. */
    if (parameters.pd1_hill != 2 || parameters.cancer_turnover_rate != 0 ||
        nivolumab->saturable_clearance_nmol_per_d != 0)
        return -1;
    derive_cells(&parameters, &part_a_constants);
    derive_tcells(&parameters, &part_a_constants);
    derive_antigen(&parameters, &part_a_constants);
    derive_drug(&parameters, nivolumab, &part_a_constants);
    return map_states();
}

const char *part_a_symbol(int state)
{
    return state >= 0 && state < PART_A_STATES ? state_symbols[state] : NULL;
}

const char *part_a_constant(int index, double *value)
{
    if (index < 0 || index >= (int)(sizeof constant_symbols / sizeof *constant_symbols))
        return NULL;
    /* The struct holds doubles only, in the order of the table. */
    memcpy(value, (const char *)&part_a_constants + (size_t)index * sizeof *value, sizeof *value);
    return constant_symbols[index];
}

const char *part_a_published_name(int state)
{
    return state >= 0 && state < PART_A_STATES ? published_names[state] : NULL;
}

int part_a_library_index(int state)
{
    return state >= 0 && state < PART_A_STATES ? library_index[state] : -1;
}

void part_a_start(double *state)
{
    memcpy(state, start, sizeof start);
}

void part_a_absolute_tolerances(double *tolerances)
{
    memcpy(tolerances, tolerance, sizeof tolerance);
}

double part_a_dose_nanomolar(void)
{
    return dose_nanomolar;
}

int part_a_pattern(int *column_start, int *row)
{
    double jacobian[PART_A_STATES * PART_A_STATES];
    for (int entry = 0; entry < PART_A_STATES * PART_A_STATES; entry++)
        jacobian[entry] = NAN;
    part_a_jacobian(start, jacobian);
    int count = 0;
    for (int column = 0; column < PART_A_STATES; column++) {
        column_start[column] = count;
        for (int i = 0; i < PART_A_STATES; i++)
            if (i == column || !isnan(jacobian[i + PART_A_STATES * column]))
                row[count++] = i;
    }
    column_start[PART_A_STATES] = count;
    return count;
}

double part_a_tumour_volume_l(const double *state)
{
    const struct part_a_constants *k = &part_a_constants;
    const double *const y = state;
    return k->V_Tmin + k->vol_cell * (y[C1] + y[C_x]) + k->vol_Tcell * (y[T_exh] + y[T1_T] + y[T0_T]);
}
