/* Antigen: released by dying cancer cells, taken up, cut to peptide, presented on MHC and seen by T-cell receptors
 * (MODEL.md A; Sove 2020). Self antigen drives Tregs, neo-antigen CD8 cells. */
#ifndef ABSCOPAL_MODEL_ANTIGEN_H
#define ABSCOPAL_MODEL_ANTIGEN_H

#include "model/view.h"

/* The states of one of the two antigens. */
struct antigen {
    const real *free, *endosome, *peptide, *mhc_endosome, *mhc_surface;
};

/* Where the rates of one antigen go. */
struct antigen_rates_of {
    real *free, *endosome, *peptide, *mhc_endosome, *mhc_surface;
};

static inline struct antigen antigen_self(const struct shared_states *s)
{
    return (struct antigen){&s->self_antigen, &s->self_antigen_endosome, &s->self_peptide, &s->self_mhc_endosome,
                            &s->self_mhc_surface};
}

static inline struct antigen antigen_neo(const struct shared_states *s)
{
    return (struct antigen){&s->neo_antigen, &s->neo_antigen_endosome, &s->neo_peptide, &s->neo_mhc_endosome,
                            &s->neo_mhc_surface};
}

/* Rates of one antigen; returns the net loading of peptide on endosomal MHC (molecule/um^2/d). Its fluxes are noted
 * from `first` on. */
static inline real antigen_one(const struct body *body, const struct antigen *a, const struct antigen_constants *c,
                               real dying_cells, real dilution, int first, const struct antigen_rates_of *rate)
{
    const struct parameters *p = &body->model->parameters;
    const struct derived_constants *d = &body->model->derived;
    const real release = c->released_nanomolar * dying_cells;
    const real lost = p->antigen_degradation_rate * *a->free;
    const real uptake = p->antigen_uptake_rate * *a->free; /* by one cell */
    const real uptake_by_all = uptake * body->state->mature_apc_node;
    const real diluted = *a->free * dilution;
    const real degraded = p->endosomal_degradation_rate * *a->endosome;
    const real peptide_lost = p->peptide_degradation_rate * *a->peptide;
    const real loading = p->mhc_on_rate * *a->peptide * body->state->mhc_endosome - c->off_per_d * *a->mhc_endosome;
    const real exported = p->mhc_export_rate * *a->mhc_endosome;
    const real released = c->off_per_d * *a->mhc_surface;

    *rate->free = release - lost - uptake_by_all - diluted;
    *rate->endosome = uptake - degraded;
    *rate->peptide = degraded - peptide_lost - loading * d->peptide_loading_nanomolar;
    *rate->mhc_endosome = loading - exported;
    *rate->mhc_surface = exported * d->endosome_to_surface - released;
    /* In the order of ANTIGEN_FLUX_TABLE. */
    const real fluxes[] = {release, lost, uptake_by_all, diluted, degraded, peptide_lost, loading, exported, released};
    for (int i = 0; i < ANTIGEN_FLUX_COUNT; i++)
        flux_note(body->fluxes, first + i, fluxes[i]);
    return loading;
}

/* What all lesions together make of antigen. */
struct antigen_sources {
    real dying_cells, neo_dying_cells; /* cell/d; for neo-antigen weighted by each lesion's factor */
    real volume_rate, per_volume_l;    /* of all lesions */
};

static inline struct antigen_sources antigen_sources_of(const struct body *body)
{
    const real none = real_of(0);
    struct antigen_sources sources = {none, none, none, none};
    real volume_l = none;
    for (int i = 0; i < body->lesion_count; i++) {
        const struct lesion *lesion = &body->lesions[i];
        sources.dying_cells += lesion->dying_cells;
        sources.neo_dying_cells += lesion->dying_cells * lesion->factors->antigen;
        volume_l += lesion->volume_l;
        sources.volume_rate += lesion->volume_rate;
    }
    sources.per_volume_l = body->lesion_count == 1 ? body->lesions[0].per_volume_l : 1 / volume_l;
    return sources;
}

/* Both antigens and the free MHC. All lesions release into one pool, diluted as their total volume grows. */
static inline void antigen_rates(struct body *body)
{
    const struct parameters *p = &body->model->parameters;
    const struct derived_constants *d = &body->model->derived;
    const struct shared_states *s = body->state;
    struct shared_states *rate = body->rate;
    const struct antigen_sources sources = antigen_sources_of(body);
    const real dilution = sources.volume_rate * sources.per_volume_l;
    const struct antigen self = antigen_self(s), neo = antigen_neo(s);
    const struct antigen_rates_of self_rate = {&rate->self_antigen, &rate->self_antigen_endosome, &rate->self_peptide,
                                               &rate->self_mhc_endosome, &rate->self_mhc_surface};
    const struct antigen_rates_of neo_rate = {&rate->neo_antigen, &rate->neo_antigen_endosome, &rate->neo_peptide,
                                              &rate->neo_mhc_endosome, &rate->neo_mhc_surface};
    const real loading =
        antigen_one(body, &self, &d->self, sources.dying_cells, dilution, FLUX_self_antigen_release, &self_rate) +
        antigen_one(body, &neo, &d->neo, sources.neo_dying_cells, dilution, FLUX_neo_antigen_release, &neo_rate);

    const real released = d->self.off_per_d * s->self_mhc_surface + d->neo.off_per_d * s->neo_mhc_surface;
    const real exported = p->mhc_export_rate * s->mhc_endosome;
    const real internalised = p->mhc_internalisation_rate * s->mhc_surface;
    flux_note(body->fluxes, FLUX_mhc_free_export, exported);
    flux_note(body->fluxes, FLUX_mhc_free_internalisation, internalised);
    rate->mhc_endosome = internalised * d->surface_to_endosome - exported - loading;
    rate->mhc_surface = exported * d->endosome_to_surface - internalised + released;
}

/* Receptors of a clone that bind the peptide-MHC it sees (molecule/um^2) at equilibrium, and their derivative by it. */
struct antigen_receptors {
    real bound, by_presented;
};

/* The cancellation-free root of the quadratic, and the derivative that follows from the quadratic. */
static inline struct antigen_receptors antigen_bind_receptors(const struct derived_constants *d, real presented)
{
    const real sum = presented + d->tcr_per_um2 + d->tcr_dissociation_per_um2;
    const real root = real_square_root(sum * sum - 4 * presented * d->tcr_per_um2);
    const real bound = 2 * presented * d->tcr_per_um2 / (sum + root);
    return (struct antigen_receptors){bound, (d->tcr_per_um2 - bound) / root};
}

/* How strongly antigen calls on each kind of cell: of the receptors bound a share signals, and saturates. */
static inline struct priming antigen_priming(const struct body *body)
{
    const struct derived_constants *d = &body->model->derived;
    const real cd8 = antigen_bind_receptors(d, body->state->neo_mhc_surface / d->neo.clones).bound;
    const real treg = antigen_bind_receptors(d, body->state->self_mhc_surface / d->self.clones).bound;
    return (struct priming){real_saturation(cd8 * d->neo.signalling_share, d->half_priming_receptors_per_um2),
                            real_saturation(treg * d->self.signalling_share, d->half_priming_receptors_per_um2),
                            real_saturation(cd8 * d->neo.signalling_share, d->half_recall_receptors_per_um2)};
}

/* The derivatives of antigen_priming by the surface MHC of the antigen. */
static inline struct priming antigen_priming_by_mhc(const struct body *body)
{
    const struct derived_constants *d = &body->model->derived;
    const struct antigen_receptors cd8 = antigen_bind_receptors(d, body->state->neo_mhc_surface / d->neo.clones);
    const struct antigen_receptors treg = antigen_bind_receptors(d, body->state->self_mhc_surface / d->self.clones);
    const real cd8_by_mhc = cd8.by_presented * d->neo.signalling_share / d->neo.clones;
    const real treg_by_mhc = treg.by_presented * d->self.signalling_share / d->self.clones;
    const real cd8_signal = cd8.bound * d->neo.signalling_share, treg_signal = treg.bound * d->self.signalling_share;
    return (struct priming){cd8_by_mhc * real_saturation_slope(cd8_signal, d->half_priming_receptors_per_um2),
                            treg_by_mhc * real_saturation_slope(treg_signal, d->half_priming_receptors_per_um2),
                            cd8_by_mhc * real_saturation_slope(cd8_signal, d->half_recall_receptors_per_um2)};
}

/* Row of one free antigen by the states of one lesion; adds its derivatives by the T cells in blood. */
static inline void antigen_lesion_jacobian(const struct body *body, const struct lesion *lesion, const real *free,
                                           constant released_nanomolar, const struct antigen_sources *sources,
                                           struct lesion_gradient *by_blood, struct jacobian_sink *sink)
{
    const struct lesion_gradient *dying = &lesion->dying_by;
    struct lesion_gradient gradient = lesion_gradient_none();
    gradient.cancer = released_nanomolar * dying->cancer;
    gradient.resistant = released_nanomolar * dying->resistant;
    gradient.doomed = released_nanomolar * dying->doomed;
    gradient.cd8 = released_nanomolar * dying->cd8;
    gradient.treg = released_nanomolar * dying->treg;
    gradient.irradiated_signal = released_nanomolar * dying->irradiated_signal;
    lesion_add_dilution(body->model, lesion, *free, sources->volume_rate, sources->per_volume_l, &gradient);
    jacobian_put_volume(sink, lesion, free, &gradient);
    jacobian_put(sink, free, &lesion->state->irradiated_signal, gradient.irradiated_signal);
    jacobian_put(sink, free, &lesion->state->pd1_pdl1, released_nanomolar * dying->pd1_bound);
    jacobian_put(sink, free, &lesion->state->pd1_pdl2, released_nanomolar * dying->pd1_bound);
    by_blood->cd8_blood += gradient.cd8_blood;
    by_blood->treg_blood += gradient.treg_blood;
}

/* Rows of one antigen. */
static inline void antigen_one_jacobian(const struct body *body, const struct antigen *a,
                                        const struct antigen_constants *c, bool neo,
                                        const struct antigen_sources *sources, struct jacobian_sink *sink)
{
    const struct parameters *p = &body->model->parameters;
    const struct derived_constants *d = &body->model->derived;
    const struct shared_states *s = body->state;
    struct lesion_gradient by_blood = lesion_gradient_none();
    for (int i = 0; i < body->lesion_count; i++) {
        const struct lesion *lesion = &body->lesions[i];
        const constant released = neo ? c->released_nanomolar * lesion->factors->antigen : c->released_nanomolar;
        antigen_lesion_jacobian(body, lesion, a->free, released, sources, &by_blood, sink);
    }
    jacobian_put(sink, a->free, &s->cd8_blood, by_blood.cd8_blood);
    jacobian_put(sink, a->free, &s->treg_blood, by_blood.treg_blood);
    jacobian_put(sink, a->free, a->free,
                 -p->antigen_degradation_rate - p->antigen_uptake_rate * s->mature_apc_node -
                     sources->volume_rate * sources->per_volume_l);
    jacobian_put(sink, a->free, &s->mature_apc_node, -p->antigen_uptake_rate * *a->free);

    const real by_peptide = p->mhc_on_rate * s->mhc_endosome, by_mhc = p->mhc_on_rate * *a->peptide;
    const constant loaded_nanomolar = d->peptide_loading_nanomolar;
    jacobian_put(sink, a->endosome, a->free, p->antigen_uptake_rate);
    jacobian_put(sink, a->endosome, a->endosome, -p->endosomal_degradation_rate);
    jacobian_put(sink, a->peptide, a->endosome, p->endosomal_degradation_rate);
    jacobian_put(sink, a->peptide, a->peptide, -p->peptide_degradation_rate - by_peptide * loaded_nanomolar);
    jacobian_put(sink, a->peptide, &s->mhc_endosome, -by_mhc * loaded_nanomolar);
    jacobian_put(sink, a->peptide, a->mhc_endosome, c->off_per_d * loaded_nanomolar);
    jacobian_put(sink, a->mhc_endosome, a->peptide, by_peptide);
    jacobian_put(sink, a->mhc_endosome, &s->mhc_endosome, by_mhc);
    jacobian_put(sink, a->mhc_endosome, a->mhc_endosome, -c->off_per_d - p->mhc_export_rate);
    jacobian_put(sink, a->mhc_surface, a->mhc_endosome, p->mhc_export_rate * d->endosome_to_surface);
    jacobian_put(sink, a->mhc_surface, a->mhc_surface, -c->off_per_d);
    jacobian_put(sink, &s->mhc_endosome, a->peptide, -by_peptide);
    jacobian_put(sink, &s->mhc_endosome, a->mhc_endosome, c->off_per_d);
    jacobian_put(sink, &s->mhc_surface, a->mhc_surface, c->off_per_d);
}

static inline void antigen_jacobian(const struct body *body, struct jacobian_sink *sink)
{
    const struct parameters *p = &body->model->parameters;
    const struct derived_constants *d = &body->model->derived;
    const struct shared_states *s = body->state;
    const struct antigen_sources sources = antigen_sources_of(body);
    const struct antigen self = antigen_self(s), neo = antigen_neo(s);
    antigen_one_jacobian(body, &self, &d->self, false, &sources, sink);
    antigen_one_jacobian(body, &neo, &d->neo, true, &sources, sink);
    jacobian_put(sink, &s->mhc_endosome, &s->mhc_endosome,
                 -p->mhc_export_rate - p->mhc_on_rate * (s->self_peptide + s->neo_peptide));
    jacobian_put(sink, &s->mhc_endosome, &s->mhc_surface, p->mhc_internalisation_rate * d->surface_to_endosome);
    jacobian_put(sink, &s->mhc_surface, &s->mhc_endosome, p->mhc_export_rate * d->endosome_to_surface);
    jacobian_put(sink, &s->mhc_surface, &s->mhc_surface, -p->mhc_internalisation_rate);
}

#endif
