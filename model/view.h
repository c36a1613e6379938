/* The state array seen as named states, and the quantities that several modules share. */
#ifndef ABSCOPAL_MODEL_VIEW_H
#define ABSCOPAL_MODEL_VIEW_H

#include <stdint.h>

#include "model/constants.h"
#include "model/fluxes.h"
#include "model/states.h"

/* Of any layout. */
enum {
    MODEL_MAX_STATES = SHARED_STATE_COUNT + MODEL_MAX_DRUGS * DRUG_STATE_COUNT +
                       MODEL_MAX_LESIONS * (LESION_STATE_COUNT + MODEL_MAX_DRUGS * LESION_DRUG_STATE_COUNT)
};

/* How a quantity of one lesion changes with the states: its derivative by each of those that several modules need. */
struct lesion_gradient {
    real cancer, resistant, doomed, immunogenic, dead, scar, dead_tcells, cd8, treg, irradiated_signal;
    real pd1_bound; /* by pd1_pdl1, and by pd1_pdl2 */
    real cd8_blood, treg_blood;
};

/* Everything a module may read and write of one lesion. */
struct lesion {
    const struct lesion_factors *factors;
    const struct model_options *options;
    const struct lesion_states *state;
    const struct lesion_drug_states *drugs;
    struct lesion_states *rate;
    struct lesion_drug_states *drug_rates;
    real *fluxes; /* [LESION_FLUX_COUNT], then those of each drug; NULL: not wanted */
    /* Set by lesion_survey before any module runs: */
    real volume_l, per_volume_l;
    real irradiated;          /* irradiated share of the microenvironment, 0 to 1 */
    real resistant_cells;     /* none where the model has no resistance */
    real tumour_cells;        /* living and doomed cancer cells */
    real killable_cells;      /* those without the resistant */
    real all_cells;           /* those, T cells, and 1: what T cells meet */
    real pd1_inhibition;      /* H of PD-1, 0 to 1 */
    real uninhibited_killing; /* of each cancer cell by CD8 cells where nothing inhibits, 1/d */
    real killing_gain;        /* by irradiation, a factor */
    real killing_per_d;       /* of each cancer cell, by CD8 cells */
    /* Set by the cancer and T-cell modules for those that follow: */
    real volume_rate;        /* L/d */
    real dying_cells;        /* cancer cells dying, cell/d */
    real immunogenic_deaths; /* those that release the maturation signal, cell/d */
    /* The same for the Jacobian, which goes through the modules in the same order: */
    real irradiated_slope, pd1_inhibition_slope; /* by the irradiated signal; by pd1_pdl1 and by pd1_pdl2 */
    struct lesion_gradient killing, volume_rate_by, dying_by, immunogenic_by;
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
    /* Set by costimulation_survey, and for the Jacobian; used where an antibody against CTLA-4 acts: */
    real free_ctla4; /* share of the node's CTLA-4 that no antibody holds */
    real divisions_by_ligand, divisions_by_free_ctla4;
    struct lesion lesions[MODEL_MAX_LESIONS];
};

/* Where the modules put derivatives: each calls jacobian_put once for every state that a rate depends on, in an order
 * that is the same for all patients of one layout. */
struct jacobian_sink {
    const uint16_t *place; /* where the next one goes */
    real *values;
    const real *state;      /* of the patient; listing only */
    uint16_t *row, *column; /* next of the list; NULL: not listing */
};

/* The derivative of the rate of one state by another. */
static inline void jacobian_put(struct jacobian_sink *sink, const real *rate_of, const real *by, real derivative)
{
    if (sink->row != NULL) {
        *sink->row++ = (uint16_t)(rate_of - sink->state);
        *sink->column++ = (uint16_t)(by - sink->state);
        return;
    }
    sink->values[*sink->place++] = derivative;
}

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
    real cells = lesion->dead_cells;
    if (model->options.scar)
        cells += lesion->scar_cells;
    cells += lesion->cancer_cells;
    if (model->options.resistance)
        cells += lesion->resistant_cells;
    cells += lesion->doomed_cells;
    return model->parameters.minimum_tumour_volume + d->cancer_cell_volume_l * cells +
           d->tcell_volume_l * (lesion->dead_tcells + lesion->cd8_cells + lesion->treg_cells);
}

static inline real lesion_pd1_inhibition(const struct model *model, const struct lesion_states *lesion)
{
    const real bound = (lesion->pd1_pdl1 + lesion->pd1_pdl2) * model->derived.per_pd1_half;
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
    const real near_cancer = p->killing_half_tcells * lesion->tumour_cells + cd8 + 1;
    const real near_tregs = cd8 + p->killing_half_tregs * treg + 1;
    return p->killing_rate * cd8 * cd8 / (near_cancer * near_tregs);
}

/* What several modules need to know of a lesion before any of them runs. */
static inline void lesion_survey(const struct model *model, struct lesion *lesion)
{
    const struct parameters *p = &model->parameters;
    const struct lesion_states *s = lesion->state;
    lesion->volume_l = lesion_volume_l(model, s);
    lesion->per_volume_l = 1 / lesion->volume_l;
    lesion->irradiated = s->irradiated_signal / (1 + s->irradiated_signal);
    lesion->killable_cells = s->cancer_cells + s->doomed_cells;
    lesion->resistant_cells = lesion->options->resistance ? s->resistant_cells : real_of(0);
    lesion->tumour_cells = lesion->killable_cells + lesion->resistant_cells;
    lesion->all_cells = lesion->tumour_cells + s->cd8_cells + s->treg_cells + 1;
    lesion->pd1_inhibition = lesion_pd1_inhibition(model, s);
    lesion->uninhibited_killing = lesion_uninhibited_killing(model, lesion);
    lesion->killing_gain = 1 + p->irradiated_killing_gain * lesion->irradiated;
    lesion->killing_per_d = lesion->uninhibited_killing * (1 - lesion->pd1_inhibition) * lesion->killing_gain;
}

/* How uninhibited killing changes with the lesion's cells. */
static inline void lesion_uninhibited_killing_slopes(const struct model *model, const struct lesion *lesion,
                                                     struct lesion_gradient *slopes)
{
    const struct parameters *p = &model->parameters;
    const real cd8 = lesion->state->cd8_cells, treg = lesion->state->treg_cells;
    if (!model->options.cell_ratios) {
        const real per_cell = 1 / lesion->all_cells;
        slopes->cancer = slopes->resistant = slopes->doomed = slopes->treg = -lesion->uninhibited_killing * per_cell;
        slopes->cd8 = p->killing_rate * per_cell + slopes->cancer;
        return;
    }
    const real near_cancer = p->killing_half_tcells * lesion->tumour_cells + cd8 + 1;
    const real near_tregs = cd8 + p->killing_half_tregs * treg + 1;
    const real per_both = 1 / (near_cancer * near_tregs);
    const real per_cancer = per_both * near_tregs, per_tregs = per_both * near_cancer;
    slopes->cancer = slopes->resistant = slopes->doomed =
        -lesion->uninhibited_killing * p->killing_half_tcells * per_cancer;
    slopes->treg = -lesion->uninhibited_killing * p->killing_half_tregs * per_tregs;
    slopes->cd8 = 2 * p->killing_rate * cd8 * per_both - lesion->uninhibited_killing * (per_cancer + per_tregs);
}

/* The derivatives of what lesion_survey finds, which comes before. */
static inline void lesion_survey_slopes(const struct model *model, struct lesion *lesion)
{
    const struct parameters *p = &model->parameters;
    const struct lesion_states *s = lesion->state;
    const real per_signal = 1 / (1 + s->irradiated_signal);
    lesion->irradiated_slope = per_signal * per_signal;
    /* Of b^n/(1 + b^n) by b: n/b H (1 - H), and 0 where there is no b. */
    const real bound = s->pd1_pdl1 + s->pd1_pdl2, inhibition = lesion->pd1_inhibition;
    const real_mask some = real_is_positive(bound);
    lesion->pd1_inhibition_slope = real_select(
        some, p->pd1_hill * inhibition * (1 - inhibition) / real_select(some, bound, real_of(1)), real_of(0));
    struct lesion_gradient uninhibited;
    lesion_uninhibited_killing_slopes(model, lesion, &uninhibited);
    const real inhibited = (1 - inhibition) * lesion->killing_gain;
    struct lesion_gradient *killing = &lesion->killing;
    killing->cancer = killing->resistant = killing->doomed = uninhibited.cancer * inhibited;
    killing->cd8 = uninhibited.cd8 * inhibited;
    killing->treg = uninhibited.treg * inhibited;
    killing->pd1_bound = -lesion->uninhibited_killing * lesion->killing_gain * lesion->pd1_inhibition_slope;
    killing->irradiated_signal =
        lesion->uninhibited_killing * (1 - inhibition) * p->irradiated_killing_gain * lesion->irradiated_slope;
}

/* A quantity that depends on the cells which killing depends on. */
static inline void jacobian_put_killing(struct jacobian_sink *sink, const struct lesion *lesion, const real *rate_of,
                                        const struct lesion_gradient *gradient)
{
    const struct lesion_states *s = lesion->state;
    jacobian_put(sink, rate_of, &s->cancer_cells, gradient->cancer);
    if (lesion->options->resistance)
        jacobian_put(sink, rate_of, &s->resistant_cells, gradient->resistant);
    jacobian_put(sink, rate_of, &s->doomed_cells, gradient->doomed);
    jacobian_put(sink, rate_of, &s->cd8_cells, gradient->cd8);
    jacobian_put(sink, rate_of, &s->treg_cells, gradient->treg);
    jacobian_put(sink, rate_of, &s->irradiated_signal, gradient->irradiated_signal);
    jacobian_put(sink, rate_of, &s->pd1_pdl1, gradient->pd1_bound);
    jacobian_put(sink, rate_of, &s->pd1_pdl2, gradient->pd1_bound);
}

/* One that depends on the cells which make up the volume. */
static inline void jacobian_put_volume(struct jacobian_sink *sink, const struct lesion *lesion, const real *rate_of,
                                       const struct lesion_gradient *gradient)
{
    const struct lesion_states *s = lesion->state;
    jacobian_put(sink, rate_of, &s->cancer_cells, gradient->cancer);
    if (lesion->options->resistance)
        jacobian_put(sink, rate_of, &s->resistant_cells, gradient->resistant);
    jacobian_put(sink, rate_of, &s->doomed_cells, gradient->doomed);
    jacobian_put(sink, rate_of, &s->dead_cells, gradient->dead);
    if (lesion->options->scar)
        jacobian_put(sink, rate_of, &s->scar_cells, gradient->scar);
    jacobian_put(sink, rate_of, &s->dead_tcells, gradient->dead_tcells);
    jacobian_put(sink, rate_of, &s->cd8_cells, gradient->cd8);
    jacobian_put(sink, rate_of, &s->treg_cells, gradient->treg);
}

/* A concentration in the lesion is diluted as the lesion grows: adds the derivatives of - concentration x volume rate /
 * volume, where volume may be that of all lesions. */
static inline void lesion_add_dilution(const struct model *model, const struct lesion *lesion, real concentration,
                                       real volume_rate, real per_volume, struct lesion_gradient *gradient)
{
    const struct lesion_gradient *by = &lesion->volume_rate_by;
    const real share = concentration * per_volume, back = share * volume_rate * per_volume;
    const real of_cancer_cells = back * model->derived.cancer_cell_volume_l;
    const real of_tcells = back * model->derived.tcell_volume_l;
    gradient->cancer += of_cancer_cells - share * by->cancer;
    gradient->resistant += of_cancer_cells - share * by->resistant;
    gradient->doomed += of_cancer_cells - share * by->doomed;
    gradient->dead += of_cancer_cells - share * by->dead;
    gradient->scar += of_cancer_cells - share * by->scar;
    gradient->dead_tcells += of_tcells - share * by->dead_tcells;
    gradient->cd8 += of_tcells - share * by->cd8;
    gradient->treg += of_tcells - share * by->treg;
    gradient->irradiated_signal -= share * by->irradiated_signal;
    gradient->cd8_blood -= share * by->cd8_blood;
    gradient->treg_blood -= share * by->treg_blood;
}

/* No derivative by anything. */
static inline struct lesion_gradient lesion_gradient_none(void)
{
    const real none = real_of(0);
    return (struct lesion_gradient){none, none, none, none, none, none, none, none, none, none, none, none, none};
}

#endif
