/* Antigen: released by dying cancer cells, taken up, cut to peptide, presented on MHC and seen by T-cell receptors
 * (MODEL.md A; Sove 2020). Self antigen drives Tregs, neo-antigen CD8 cells. */
#ifndef ABSCOPAL_MODEL_ANTIGEN_H
#define ABSCOPAL_MODEL_ANTIGEN_H

#include "model/view.h"

/* One of the two antigens: its states and constants. */
struct antigen {
    real free, endosome, peptide, mhc_endosome, mhc_surface;
    double per_dying_cell_nanomolar, dissociation_nanomolar, clones;
};

/* Rates of one antigen; returns the net loading of peptide on endosomal MHC (molecule/um^2/d). Its fluxes are noted
 * from `first` on. */
static inline real antigen_one(const struct body *body, const struct antigen *a, real dying_cells, real dilution,
                               int first, struct antigen *rate)
{
    const struct parameters *p = &body->model->parameters;
    const struct derived_constants *d = &body->model->derived;
    const double off_rate = a->dissociation_nanomolar * p->mhc_on_rate;
    const real release = a->clones * a->per_dying_cell_nanomolar * dying_cells;
    const real lost = p->antigen_degradation_rate * a->free;
    const real uptake = p->antigen_uptake_rate * a->free; /* by one cell */
    const real uptake_by_all = uptake * body->state->mature_apc_node;
    const real diluted = a->free * dilution;
    const real degraded = p->endosomal_degradation_rate * a->endosome;
    const real peptide_lost = p->peptide_degradation_rate * a->peptide;
    const real loading = p->mhc_on_rate * a->peptide * body->state->mhc_endosome - off_rate * a->mhc_endosome;
    const real exported = p->mhc_export_rate * a->mhc_endosome;
    const real released = off_rate * a->mhc_surface;

    rate->free = release - lost - uptake_by_all - diluted;
    rate->endosome = uptake - degraded;
    rate->peptide = degraded - peptide_lost - loading * d->peptide_loading_nanomolar;
    rate->mhc_endosome = loading - exported;
    rate->mhc_surface = exported * d->endosome_area_um2 / p->apc_surface_area - released;
    /* In the order of ANTIGEN_FLUX_TABLE. */
    const real fluxes[] = {release, lost, uptake_by_all, diluted, degraded, peptide_lost, loading, exported, released};
    for (int i = 0; i < ANTIGEN_FLUX_COUNT; i++)
        flux_note(body->fluxes, first + i, fluxes[i]);
    return loading;
}

/* Both antigens and the free MHC. All lesions release into one pool, diluted as their total volume grows. */
static inline void antigen_rates(struct body *body)
{
    const struct parameters *p = &body->model->parameters;
    const struct shared_states *s = body->state;
    real dying_cells = 0, neo_dying_cells = 0, volume_l = 0, volume_rate = 0;
    for (int i = 0; i < body->lesion_count; i++) {
        dying_cells += body->lesions[i].dying_cells;
        neo_dying_cells += body->lesions[i].dying_cells * body->lesions[i].factors->antigen;
        volume_l += body->lesions[i].volume_l;
        volume_rate += body->lesions[i].volume_rate;
    }
    const real dilution = volume_rate / volume_l;
    const struct antigen self = {s->self_antigen,
                                 s->self_antigen_endosome,
                                 s->self_peptide,
                                 s->self_mhc_endosome,
                                 s->self_mhc_surface,
                                 p->self_antigen_per_cell,
                                 p->self_peptide_dissociation,
                                 p->treg_clones};
    const struct antigen neo = {
        s->neo_antigen,          s->neo_antigen_endosome,     s->neo_peptide, s->neo_mhc_endosome, s->neo_mhc_surface,
        p->neo_antigen_per_cell, p->neo_peptide_dissociation, p->cd8_clones};
    struct antigen self_rate, neo_rate;
    const real loading = antigen_one(body, &self, dying_cells, dilution, FLUX_self_antigen_release, &self_rate) +
                         antigen_one(body, &neo, neo_dying_cells, dilution, FLUX_neo_antigen_release, &neo_rate);

    const double area_ratio = body->model->derived.endosome_area_um2 / p->apc_surface_area;
    const real released = p->mhc_on_rate * (p->self_peptide_dissociation * s->self_mhc_surface +
                                            p->neo_peptide_dissociation * s->neo_mhc_surface);
    const real exported = p->mhc_export_rate * s->mhc_endosome;
    const real internalised = p->mhc_internalisation_rate * s->mhc_surface;
    flux_note(body->fluxes, FLUX_mhc_free_export, exported);
    flux_note(body->fluxes, FLUX_mhc_free_internalisation, internalised);
    struct shared_states *rate = body->rate;
    rate->mhc_endosome = internalised / area_ratio - exported - loading;
    rate->mhc_surface = exported * area_ratio - internalised + released;
    rate->self_antigen = self_rate.free;
    rate->self_antigen_endosome = self_rate.endosome;
    rate->self_peptide = self_rate.peptide;
    rate->self_mhc_endosome = self_rate.mhc_endosome;
    rate->self_mhc_surface = self_rate.mhc_surface;
    rate->neo_antigen = neo_rate.free;
    rate->neo_antigen_endosome = neo_rate.endosome;
    rate->neo_peptide = neo_rate.peptide;
    rate->neo_mhc_endosome = neo_rate.mhc_endosome;
    rate->neo_mhc_surface = neo_rate.mhc_surface;
}

/* Priming of a clone by the peptide-MHC it sees (molecule/um^2, all clones together): receptors bound at equilibrium,
 * the share of them that signals, and saturation. The cancellation-free root of the quadratic. */
static inline real antigen_signalling_receptors(const struct model *model, real mhc_surface, double clones,
                                                double signalling_share)
{
    const struct parameters *p = &model->parameters;
    const double receptors = model->derived.tcr_per_um2, dissociation = p->tcr_off_rate / p->tcr_on_rate;
    const real presented = mhc_surface / clones;
    const real sum = presented + receptors + dissociation;
    const real bound = 2 * presented * receptors / (sum + real_square_root(sum * sum - 4 * presented * receptors));
    return bound * signalling_share;
}

/* How strongly antigen calls on each kind of cell. */
static inline struct priming antigen_priming(const struct body *body)
{
    const struct model *model = body->model;
    const struct parameters *p = &model->parameters;
    const double half = model->derived.half_priming_receptors_per_um2;
    const real cd8 =
        antigen_signalling_receptors(model, body->state->neo_mhc_surface, p->cd8_clones, model->derived.proofreading);
    const real treg = antigen_signalling_receptors(model, body->state->self_mhc_surface, p->treg_clones, 1);
    return (struct priming){real_saturation(cd8, half), real_saturation(treg, half),
                            real_saturation(cd8, half / p->recall_sensitivity)};
}

#endif
