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

/* Rates of one antigen; returns the net loading of peptide on endosomal MHC (molecule/um^2/d). */
static inline real antigen_one(const struct body *body, const struct antigen *a, real dying_cells, real dilution,
                               struct antigen *rate)
{
    const struct parameters *p = &body->model->parameters;
    const struct derived_constants *d = &body->model->derived;
    const real uptake = p->antigen_uptake_rate * a->free;
    const real degraded = p->endosomal_degradation_rate * a->endosome;
    const double off_rate = a->dissociation_nanomolar * p->mhc_on_rate;
    const real loading = p->mhc_on_rate * a->peptide * body->state->mhc_endosome - off_rate * a->mhc_endosome;
    const real exported = p->mhc_export_rate * a->mhc_endosome;

    rate->free = a->clones * a->per_dying_cell_nanomolar * dying_cells - p->antigen_degradation_rate * a->free -
                 uptake * body->state->mature_apc_node - a->free * dilution;
    rate->endosome = uptake - degraded;
    rate->peptide = degraded - p->peptide_degradation_rate * a->peptide - loading * d->peptide_loading_nanomolar;
    rate->mhc_endosome = loading - exported;
    rate->mhc_surface = exported * d->endosome_area_um2 / p->apc_surface_area - off_rate * a->mhc_surface;
    return loading;
}

/* Both antigens and the free MHC. All lesions release into one pool, diluted as their total volume grows. */
static inline void antigen_rates(struct body *body)
{
    const struct parameters *p = &body->model->parameters;
    const struct shared_states *s = body->state;
    real dying_cells = 0, volume_l = 0, volume_rate = 0;
    for (int i = 0; i < body->model->lesion_count; i++) {
        dying_cells += body->lesions[i].dying_cells;
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
    const real loading = antigen_one(body, &self, dying_cells, dilution, &self_rate) +
                         antigen_one(body, &neo, dying_cells, dilution, &neo_rate);

    const double area_ratio = body->model->derived.endosome_area_um2 / p->apc_surface_area;
    const real released = p->mhc_on_rate * (p->self_peptide_dissociation * s->self_mhc_surface +
                                            p->neo_peptide_dissociation * s->neo_mhc_surface);
    const real exported = p->mhc_export_rate * s->mhc_endosome;
    const real internalised = p->mhc_internalisation_rate * s->mhc_surface;
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
static inline real antigen_priming(const struct model *model, real mhc_surface, double clones, double signalling_share)
{
    const struct parameters *p = &model->parameters;
    const double receptors = model->derived.tcr_per_um2, dissociation = p->tcr_off_rate / p->tcr_on_rate;
    const real presented = mhc_surface / clones;
    const real sum = presented + receptors + dissociation;
    const real bound = 2 * presented * receptors / (sum + real_square_root(sum * sum - 4 * presented * receptors));
    return real_saturation(bound * signalling_share, model->derived.half_priming_receptors_per_um2);
}

static inline real antigen_cd8_priming(const struct body *body)
{
    return antigen_priming(body->model, body->state->neo_mhc_surface, body->model->parameters.cd8_clones,
                           body->model->derived.proofreading);
}

static inline real antigen_treg_priming(const struct body *body)
{
    return antigen_priming(body->model, body->state->self_mhc_surface, body->model->parameters.treg_clones, 1);
}

#endif
