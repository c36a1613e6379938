/* Where a patient starts. */
#include <string.h>

#include "model/model.h"
#include "model/states.h"
#include "model/view.h"

static struct lesion_states *lesion_at(const struct model *model, double *state, int lesion)
{
    return (struct lesion_states *)(state + lesion_offset(model, lesion));
}

/* PD-1 and its ligands, unbound. */
static void start_synapse(const struct model *model, int index, struct lesion_states *lesion)
{
    lesion->pd1 = model->derived.pd1_per_um2;
    lesion->pdl1 = model->derived.pdl1_per_um2 * model->factors[index].pdl1;
    lesion->pdl2 = model->derived.pdl2_per_um2 * model->factors[index].pdl1;
}

/* Naive pools of the published tumour-bearing state (Sove 2020). */
static void start_naive_pools(struct shared_states *shared)
{
    shared->naive_cd8_blood = 10917.8462489435;
    shared->naive_cd8_peripheral = 631601.565123608;
    shared->naive_cd8_node = 3379220.95151892;
    shared->naive_treg_blood = 21.3582731635232;
    shared->naive_treg_peripheral = 76379.7171865414;
    shared->naive_treg_node = 6308.40363525054;
}

void model_published_state(const struct model *model, double *state)
{
    memset(state, 0, (size_t)model_state_count(model) * sizeof *state);
    struct shared_states *s = (struct shared_states *)state;
    start_naive_pools(s);
    s->activated_cd8 = 575268.368343126;
    s->activated_treg = 325443.86318484;
    s->cd8_node = 6010186141.54383;
    s->cd8_blood = 167058759.748195;
    s->cd8_peripheral = 3216660467.68575;
    s->treg_node = 3410087972.79383;
    s->treg_blood = 64798527.7982662;
    s->treg_peripheral = 1864091701.56689;
    s->il2 = 2.65503534928018e-6;
    s->apc_node = 1649336.13090789;
    s->costimulation_ligand = model->derived.resting_ligand;
    s->mature_apc_node = 1728292.87477684;
    s->self_antigen = 42.5764025169051;
    s->self_antigen_endosome = 35.4741079275386;
    s->self_peptide = 4.07462000546834;
    s->neo_antigen = 4.25764025187613;
    s->neo_antigen_endosome = 3.5474107932618;
    s->neo_peptide = 0.407456770679601;
    s->mhc_endosome = 718.402099216756;
    s->self_mhc_endosome = 0.0146272285131758;
    s->neo_mhc_endosome = 0.00146314275472396;
    s->mhc_surface = 23.9472455056725;
    s->self_mhc_surface = 0.417157219675605;
    s->neo_mhc_surface = 0.0918363102977283;

    struct lesion_states *lesion = lesion_at(model, state, 0);
    lesion->cancer_cells = 5586480665.74453;
    lesion->dead_cells = 2366275.41763324;
    lesion->dead_tcells = 68995257.8643238;
    lesion->cd8_cells = 1076400.93051691;
    lesion->treg_cells = 439766.695919215;
    lesion->apc_cells = 38653.3906539875;
    lesion->mature_apc_cells = 13816.7441825088;
    lesion->maturation_signal = 24.5197775639616;
    /* Published as 396.54, 1783.2 and 44.58: the rounded totals. */
    start_synapse(model, 0, lesion);
}

void model_tumour_free_state(const struct model *model, double *state)
{
    const struct parameters *p = &model->parameters;
    memset(state, 0, (size_t)model_state_count(model) * sizeof *state);
    struct shared_states *s = (struct shared_states *)state;
    start_naive_pools(s);
    s->apc_node = p->apc_density_node * model->derived.node_volume_l;
    s->costimulation_ligand = model->derived.resting_ligand;
    /* Free MHC at the exchange equilibrium of endosomes and surface. */
    const double ratio = p->mhc_export_rate / p->mhc_internalisation_rate;
    s->mhc_endosome = model->derived.mhc_total_per_endosome_um2 / (1 + ratio);
    s->mhc_surface = ratio * s->mhc_endosome * model->derived.endosome_area_um2 / p->apc_surface_area;
    for (int i = 0; i < model->lesion_count; i++) {
        struct lesion_states *lesion = lesion_at(model, state, i);
        lesion->apc_cells = p->apc_density_tumour * p->minimum_tumour_volume;
        lesion->maturation_signal = p->maturation_signal_baseline;
        start_synapse(model, i, lesion);
    }
}

void model_seed_lesions(const struct model *model, const double *relative_size, double *state)
{
    for (int i = 0; i < model->lesion_count; i++) {
        struct lesion_states *lesion = lesion_at(model, state, i);
        const double cells = model->parameters.seed_cancer_cells * relative_size[i];
        lesion->resistant_cells = model->parameters.resistant_fraction * cells;
        lesion->cancer_cells = cells - lesion->resistant_cells;
    }
}

void model_add_drugs(const struct model *without, const double *state_without, const struct model *with, double *state)
{
    memset(state, 0, (size_t)model_state_count(with) * sizeof *state);
    memcpy(state, state_without, sizeof(struct shared_states));
    for (int i = 0; i < with->lesion_count; i++)
        memcpy(state + lesion_offset(with, i), state_without + lesion_offset(without, i), sizeof(struct lesion_states));
}
