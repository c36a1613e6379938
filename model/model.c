#include "model/model.h"

#include <string.h>

#include "model/costimulation.h"
#include "model/states.h"
#include "model/view.h"

static const double pi = 3.14159265358979323846;
static const double avogadro_per_mol = 6.02214076e23;
static const double um3_per_l = 1e15;
/* Molecules on a square micrometre for a concentration in nM across a gap of 1 nm. */
static const double molecule_per_um2_of_nanomolar_nm = 6.02214076e-4;

static double sphere_of_diameter(double diameter)
{
    return pi / 6 * diameter * diameter * diameter;
}

static double surface_of_diameter(double diameter)
{
    return pi * diameter * diameter;
}

static void derive_geometry(const struct parameters *p, struct derived_constants *d)
{
    d->cancer_cell_volume_l = sphere_of_diameter(p->cancer_cell_diameter) / um3_per_l;
    d->tcell_volume_l = p->tcell_volume / um3_per_l;
    d->maximum_cancer_cells = sphere_of_diameter(p->maximum_tumour_diameter) * 1e-6 * p->cancer_cell_density;
    d->per_maximum_cancer_cells = 1 / d->maximum_cancer_cells;
    d->node_volume_l = p->node_count * sphere_of_diameter(p->node_diameter) * 1e-6;
    d->per_node_volume_l = 1 / d->node_volume_l;
    d->per_blood_volume_l = 1 / p->blood_volume;
    d->per_peripheral_volume_l = 1 / p->peripheral_volume;
    d->tcell_area_um2 = surface_of_diameter(p->tcell_diameter);
    d->cancer_cell_area_um2 = surface_of_diameter(p->cancer_cell_diameter);
    d->endosome_area_um2 = p->endosome_area * p->endosome_count;
    d->endosome_volume_l = p->endosome_volume * p->endosome_count;
    d->endosome_to_surface = d->endosome_area_um2 / p->apc_surface_area;
    d->surface_to_endosome = p->apc_surface_area / d->endosome_area_um2;
    d->reference_tumour_volume_l = sphere_of_diameter(30) * 1e-6;
    d->per_reference_tumour_volume_l = 1 / d->reference_tumour_volume_l;
}

static void derive_surfaces(const struct parameters *p, struct derived_constants *d)
{
    const double gap = p->synapse_width * molecule_per_um2_of_nanomolar_nm;
    d->peptide_loading_nanomolar = d->endosome_area_um2 / (d->endosome_volume_l * avogadro_per_mol) * 1e9;
    /* As published: spread over endosomes and surface, but started in the endosomes alone. */
    d->mhc_total_per_endosome_um2 = p->mhc_per_apc / (d->endosome_area_um2 + p->apc_surface_area);
    d->tcr_per_um2 = p->tcr_per_tcell / d->tcell_area_um2;
    d->tcr_dissociation_per_um2 = p->tcr_off_rate / p->tcr_on_rate;
    d->half_priming_receptors_per_um2 = p->half_priming_receptors / p->synapse_area;
    d->half_recall_receptors_per_um2 = d->half_priming_receptors_per_um2 / p->recall_sensitivity;
    d->pd1_per_um2 = p->pd1_per_tcell / d->tcell_area_um2;
    d->pdl1_per_um2 = p->pdl1_per_cancer_cell / d->cancer_cell_area_um2;
    d->pdl2_per_um2 = d->pdl1_per_um2 * p->pdl2_to_pdl1_ratio;
    d->per_pd1_half = 1 / p->pd1_half;
    d->pd1_pdl1_on = p->pd1_pdl1_on_rate / gap;
    d->pd1_pdl1_off = p->pd1_pdl1_on_rate * p->pd1_pdl1_dissociation;
    d->pd1_pdl2_on = p->pd1_pdl2_on_rate / gap;
    d->pd1_pdl2_off = p->pd1_pdl2_on_rate * p->pd1_pdl2_dissociation;
}

/* Both kinds of T cell, with naive cells per clone. */
static void derive_tcells(const struct parameters *p, struct derived_constants *d)
{
    d->cd8 = (struct tcell_constants){.clones = p->cd8_clones,
                                      .thymic_output = p->cd8_thymic_output / p->cd8_diversity,
                                      .naive_proliferation = p->naive_cd8_proliferation / p->cd8_diversity,
                                      .naive_half_proliferation = p->naive_cd8_half_proliferation / p->cd8_diversity,
                                      .naive_death_rate = p->naive_cd8_death_rate,
                                      .proliferation_rate = p->cd8_proliferation_rate,
                                      .death_rate = p->cd8_death_rate,
                                      .peripheral_exit_rate = p->cd8_peripheral_exit_rate};
    d->treg = (struct tcell_constants){.clones = p->treg_clones,
                                       .thymic_output = p->treg_thymic_output / p->treg_diversity,
                                       .naive_proliferation = p->naive_treg_proliferation / p->treg_diversity,
                                       .naive_half_proliferation = p->naive_treg_half_proliferation / p->treg_diversity,
                                       .naive_death_rate = p->naive_treg_death_rate,
                                       .proliferation_rate = p->treg_proliferation_rate,
                                       .death_rate = p->treg_death_rate,
                                       .peripheral_exit_rate = p->treg_peripheral_exit_rate};
    d->node_entry_per_d = p->node_entry_rate * p->blood_volume;
    d->peripheral_entry_per_d =
        p->transmigration_rate * p->adhesion_site_density * p->peripheral_vessel_fraction * p->peripheral_volume;
    const double tumour_entry_per_l_d = p->transmigration_rate * p->adhesion_site_density * p->tumour_vessel_fraction;
    d->cd8_tumour_entry_per_l_d = tumour_entry_per_l_d * p->cd8_infiltration;
    d->treg_tumour_entry_per_l_d = tumour_entry_per_l_d * p->treg_infiltration;
    d->recall_offspring_per_d = exp2(p->recall_divisions) * p->recall_rate;
}

/* Self antigen drives Tregs, neo-antigen CD8 cells, whose receptors proofread. */
static void derive_antigens(const struct parameters *p, struct derived_constants *d)
{
    const double proofreading =
        p->tcr_off_rate / (p->tcr_off_rate + p->tcr_signal_loss_rate) *
        pow(p->tcr_phosphorylation_rate / (p->tcr_off_rate + p->tcr_phosphorylation_rate), p->tcr_proofreading_steps);
    d->self = (struct antigen_constants){.released_nanomolar = p->treg_clones * p->self_antigen_per_cell,
                                         .clones = p->treg_clones,
                                         .dissociation_nanomolar = p->self_peptide_dissociation,
                                         .off_per_d = p->self_peptide_dissociation * p->mhc_on_rate,
                                         .signalling_share = 1};
    d->neo = (struct antigen_constants){.released_nanomolar = p->cd8_clones * p->neo_antigen_per_cell,
                                        .clones = p->cd8_clones,
                                        .dissociation_nanomolar = p->neo_peptide_dissociation,
                                        .off_per_d = p->neo_peptide_dissociation * p->mhc_on_rate,
                                        .signalling_share = proofreading};
}

/* CTLA-4 and its ligands, with the state of a node in which no antibody blocks it. */
static void derive_costimulation(const struct parameters *p, struct derived_constants *d)
{
    const double gap = p->synapse_width * molecule_per_um2_of_nanomolar_nm;
    d->cd28_per_um2 = p->cd28_per_tcell / d->tcell_area_um2;
    d->ctla4_per_um2 = p->ctla4_per_tcell / d->tcell_area_um2;
    d->cd80_per_um2 = p->cd80_per_apc / p->apc_surface_area;
    d->cd86_per_um2 = p->cd86_per_apc / p->apc_surface_area;
    d->cd28_cd80_um2 = p->cd28_cd80_dissociation * gap;
    d->cd28_cd86_um2 = p->cd28_cd86_dissociation * gap;
    d->ctla4_cd80_um2 = p->ctla4_cd80_dissociation * gap;
    d->ctla4_cd86_um2 = p->ctla4_cd86_dissociation * gap;
    d->treg_ctla4_per_um2 = p->ctla4_per_tumour_treg / d->tcell_area_um2;
    d->resting_ligand =
        p->costimulation_ligand_turnover / (p->costimulation_ligand_turnover + p->transendocytosis_rate);
}

/* Where an option is off, the parameters by which it works are the published ones. */
static void restore_published(const struct model_options *options, struct parameters *p)
{
    struct parameters published;
    parameters_default(&published);
    if (!options->pd1_spread) {
        p->pd1_per_tcell = published.pd1_per_tcell;
        p->pdl1_per_cancer_cell = published.pdl1_per_cancer_cell;
        p->pdl2_to_pdl1_ratio = published.pdl2_to_pdl1_ratio;
        p->pd1_half = published.pd1_half;
    }
    if (!options->maturation) {
        p->damps_per_cell = published.damps_per_cell;
        p->maturation_signal_baseline = published.maturation_signal_baseline;
        p->maturation_signal_half = published.maturation_signal_half;
    }
    if (!options->mature_apc_life)
        p->mature_apc_death_rate = published.mature_apc_death_rate;
    if (!options->resistance)
        p->resistant_fraction = published.resistant_fraction;
    if (!options->scar)
        p->scar_fraction = published.scar_fraction;
}

static void derive_lesions(const struct model_settings *settings, struct model *model)
{
    for (int i = 0; i < model->lesion_count; i++) {
        model->factors[i] = (struct lesion_factors){1, 1, 1, 1, 1};
        if (settings->factors != NULL)
            model->factors[i] = settings->factors[i];
        if (!model->options.pd1_spread)
            model->factors[i].pdl1 = 1;
    }
}

static void derive_drugs(const struct model_settings *settings, struct model *model)
{
    const double gap = model->parameters.synapse_width * molecule_per_um2_of_nanomolar_nm;
    for (int i = 0; i < model->drug_count; i++) {
        const struct antibody *a = settings->antibodies[i];
        struct drug_constants *drug = &model->drugs[i];
        model->antibodies[i] = a;
        model->has_ctla4_antibody = model->has_ctla4_antibody || a->target == TARGET_CTLA4;
        drug->peripheral_flow_l_per_d = a->peripheral_flow_l_per_d;
        drug->tumour_flow_l_per_d = a->tumour_flow_l_per_d;
        drug->node_flow_l_per_d = a->node_flow_l_per_d;
        drug->lymphatic_drainage_per_d = a->lymphatic_drainage_per_d;
        drug->clearance_l_per_d = a->clearance_l_per_d;
        drug->saturable_clearance_nmol_per_d = a->saturable_clearance_nmol_per_d;
        drug->saturable_half_nanomolar = a->saturable_half_nanomolar;
        drug->per_gamma_blood = 1 / a->gamma_blood;
        drug->per_gamma_peripheral = 1 / a->gamma_peripheral;
        drug->per_gamma_tumour = 1 / a->gamma_tumour;
        drug->per_gamma_node = 1 / a->gamma_node;
        drug->on_per_nanomolar_d = a->on_rate_per_nanomolar_d;
        drug->off_per_d = a->on_rate_per_nanomolar_d * a->dissociation_nanomolar;
        drug->cross_on_um2_per_molecule_d = a->cross_arm_3d * a->on_rate_per_nanomolar_d / gap;
        drug->ctla4_held_per_nanomolar = 2 / a->dissociation_nanomolar;
        drug->ctla4_held_twice_um2 = a->cross_arm_3d / (gap * a->dissociation_nanomolar);
    }
}

void model_prepare(struct model *model, const struct model_settings *settings)
{
    memset(model, 0, sizeof *model);
    model->preset = settings->preset;
    model->lesion_count = settings->lesion_count;
    model->drug_count = settings->drug_count;
    model->parameters = *settings->parameters;
    model_preset_options(settings->preset, &model->options);
    if (settings->options != NULL)
        model->options = *settings->options;
    if (settings->preset == PRESET_NSCLC)
        restore_published(&model->options, &model->parameters);
    const struct parameters *p = &model->parameters;
    struct derived_constants *d = &model->derived;
    derive_geometry(p, d);
    derive_surfaces(p, d);
    derive_costimulation(p, d);
    derive_lesions(settings, model);
    derive_drugs(settings, model);
    derive_tcells(p, d);
    derive_antigens(p, d);
    d->resting_costimulation = costimulation_signal(model, d->resting_ligand, 1);
}

bool model_same_layout(const struct model *one, const struct model *other)
{
    return one->preset == other->preset && one->lesion_count == other->lesion_count &&
           one->drug_count == other->drug_count && memcmp(&one->options, &other->options, sizeof one->options) == 0 &&
           memcmp(one->antibodies, other->antibodies, sizeof one->antibodies) == 0;
}

int model_state_count(const struct model *model)
{
    return lesion_offset(model, model->lesion_count);
}

int model_lesion_offset(const struct model *model, int lesion)
{
    return lesion_offset(model, lesion);
}

#define STATE_ROW(name, unit, tolerance, published, meaning) {#name, unit, tolerance, published, meaning, -1, -1},
static const struct state_description shared_table[] = {SHARED_STATE_TABLE(STATE_ROW)};
static const struct state_description lesion_table[] = {LESION_STATE_TABLE(STATE_ROW)};
static const struct state_description drug_table[] = {DRUG_STATE_TABLE(STATE_ROW)};
static const struct state_description lesion_drug_table[] = {LESION_DRUG_STATE_TABLE(STATE_ROW)};
#undef STATE_ROW

struct state_description model_state_describe(const struct model *model, int index)
{
    if (index < SHARED_STATE_COUNT)
        return shared_table[index];
    index -= SHARED_STATE_COUNT;
    struct state_description description;
    if (index < model->drug_count * DRUG_STATE_COUNT) {
        description = drug_table[index % DRUG_STATE_COUNT];
        description.drug = index / DRUG_STATE_COUNT;
        return description;
    }
    index -= model->drug_count * DRUG_STATE_COUNT;
    const int lesion = index / lesion_stride(model);
    index %= lesion_stride(model);
    if (index < LESION_STATE_COUNT) {
        description = lesion_table[index];
    } else {
        index -= LESION_STATE_COUNT;
        description = lesion_drug_table[index % LESION_DRUG_STATE_COUNT];
        description.drug = index / LESION_DRUG_STATE_COUNT;
    }
    description.lesion = lesion;
    return description;
}
