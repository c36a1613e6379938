/* The state array seen as named states, and the quantities that several modules share. */
#ifndef ABSCOPAL_MODEL_VIEW_H
#define ABSCOPAL_MODEL_VIEW_H

#include "model/fluxes.h"
#include "model/model.h"
#include "model/states.h"

/* Everything a module may read and write of one lesion. */
struct lesion {
    const struct lesion_factors *factors;
    const struct lesion_states *state;
    const struct lesion_drug_states *drugs;
    struct lesion_states *rate;
    struct lesion_drug_states *drug_rates;
    real *fluxes; /* [LESION_FLUX_COUNT], then those of each drug; NULL: not wanted */
    /* Set by lesion_survey before any module runs: */
    real volume_l;
    real irradiated;     /* irradiated share of the microenvironment, 0 to 1 */
    real tumour_cells;   /* living and doomed cancer cells */
    real all_cells;      /* those, T cells, and 1: what T cells meet */
    real pd1_inhibition; /* H of PD-1, 0 to 1 */
    real killing_per_d;  /* of each cancer cell, by CD8 cells */
    /* Set by the cancer and T-cell modules for those that follow: */
    real volume_rate;        /* L/d */
    real dying_cells;        /* cancer cells dying, cell/d */
    real immunogenic_deaths; /* those that release the maturation signal, cell/d */
};

/* Everything a module may read and write of the whole patient. */
struct body {
    const struct model *model;
    int lesion_count;
    const struct shared_states *state;
    const struct drug_states *drugs;
    struct shared_states *rate;
    struct drug_states *drug_rates;
    real *fluxes; /* [SHARED_FLUX_COUNT], then those of each drug; NULL: not wanted */
    struct lesion lesions[MODEL_MAX_LESIONS];
};

/* Shares, 0 to 1, of the naive cells of each kind that see enough of their antigen, and of memory CD8 cells, which need
 * fewer receptors. */
struct priming {
    real cd8, treg, recall;
};

/* Where the fluxes of one drug are noted. */
static inline real *body_drug_fluxes(const struct body *body, int drug)
{
    return body->fluxes != NULL ? body->fluxes + SHARED_FLUX_COUNT + drug * DRUG_FLUX_COUNT : NULL;
}

static inline real *lesion_drug_fluxes(const struct lesion *lesion, int drug)
{
    return lesion->fluxes != NULL ? lesion->fluxes + LESION_FLUX_COUNT + drug * LESION_DRUG_FLUX_COUNT : NULL;
}

static inline int lesion_stride(const struct model *model)
{
    return LESION_STATE_COUNT + model->drug_count * LESION_DRUG_STATE_COUNT;
}

static inline int lesion_offset(const struct model *model, int lesion)
{
    return SHARED_STATE_COUNT + model->drug_count * DRUG_STATE_COUNT + lesion * lesion_stride(model);
}

static inline const struct lesion_states *lesion_states_of(const struct model *model, const real *state, int lesion)
{
    return (const struct lesion_states *)(state + lesion_offset(model, lesion));
}

static inline const struct lesion_drug_states *lesion_drugs_of(const struct model *model, const real *state, int lesion)
{
    return (const struct lesion_drug_states *)(state + lesion_offset(model, lesion) + LESION_STATE_COUNT);
}

static inline real lesion_volume_l(const struct model *model, const struct lesion_states *lesion)
{
    const struct derived_constants *d = &model->derived;
    return model->parameters.minimum_tumour_volume +
           d->cancer_cell_volume_l * (lesion->dead_cells + lesion->cancer_cells + lesion->doomed_cells) +
           d->tcell_volume_l * (lesion->dead_tcells + lesion->cd8_cells + lesion->treg_cells);
}

static inline real lesion_pd1_inhibition(const struct model *model, const struct lesion_states *lesion)
{
    const real bound = (lesion->pd1_pdl1 + lesion->pd1_pdl2) / model->parameters.pd1_half;
    const real power = real_power(bound, model->parameters.pd1_hill);
    return power / (1 + power);
}

/* Killing of each cancer cell where nothing inhibits: shared by the cells that CD8 cells meet, or saturating in their
 * ratio to cancer cells and to Tregs (Robertson-Tessi 2012). */
static inline real lesion_uninhibited_killing(const struct model *model, const struct lesion *lesion)
{
    const struct parameters *p = &model->parameters;
    const real cd8 = lesion->state->cd8_cells, treg = lesion->state->treg_cells;
    if (!model->options.cell_ratios)
        return p->killing_rate * cd8 / lesion->all_cells;
    return p->killing_rate * cd8 / (p->killing_half_tcells * lesion->tumour_cells + cd8 + 1) * cd8 /
           (cd8 + p->killing_half_tregs * treg + 1);
}

/* What several modules need to know of a lesion before any of them runs. */
static inline void lesion_survey(const struct model *model, struct lesion *lesion)
{
    const struct parameters *p = &model->parameters;
    const struct lesion_states *s = lesion->state;
    lesion->volume_l = lesion_volume_l(model, s);
    lesion->irradiated = s->irradiated_signal / (1 + s->irradiated_signal);
    lesion->tumour_cells = s->cancer_cells + s->doomed_cells;
    lesion->all_cells = lesion->tumour_cells + s->cd8_cells + s->treg_cells + 1;
    lesion->pd1_inhibition = lesion_pd1_inhibition(model, s);
    lesion->killing_per_d = lesion_uninhibited_killing(model, lesion) * (1 - lesion->pd1_inhibition) *
                            (1 + p->irradiated_killing_gain * lesion->irradiated);
}

#endif
