/* The right-hand side of the model: d(state)/dt, in units per day. Read this first, then the modules in the order
 * in which they are called. Included by rates.c (numbers) and rates_complex.c (complex step), never elsewhere. */
#ifndef ABSCOPAL_MODEL_RATES_H
#define ABSCOPAL_MODEL_RATES_H

#include "model/antigen.h"
#include "model/apc.h"
#include "model/cancer.h"
#include "model/checkpoint.h"
#include "model/costimulation.h"
#include "model/lymphatics.h"
#include "model/pharmacokinetics.h"
#include "model/radiotherapy.h"
#include "model/tcell.h"
#include "model/view.h"

/* Points the named views at the arrays (layout: model/model.h). What the modules set later is left as it is. */
static inline void body_view(struct body *body, const struct model *model, const real *state, real *rate, real *fluxes)
{
    body->model = model;
    body->lesion_count = model->lesion_count;
    body->state = (const struct shared_states *)state;
    body->drugs = (const struct drug_states *)(state + SHARED_STATE_COUNT);
    body->rate = (struct shared_states *)rate;
    body->drug_rates = (struct drug_states *)(rate + SHARED_STATE_COUNT);
    body->fluxes = fluxes;
    for (int i = 0; i < body->lesion_count; i++) {
        struct lesion *lesion = &body->lesions[i];
        const int offset = lesion_offset(model, i);
        lesion->factors = &model->factors[i];
        lesion->options = &model->options;
        lesion->state = lesion_states_of(model, state, i);
        lesion->drugs = lesion_drugs_of(model, state, i);
        lesion->rate = (struct lesion_states *)(rate + offset);
        lesion->drug_rates = (struct lesion_drug_states *)(rate + offset + LESION_STATE_COUNT);
        lesion->fluxes = NULL;
        if (fluxes != NULL)
            lesion->fluxes = fluxes + SHARED_FLUX_COUNT + model->drug_count * DRUG_FLUX_COUNT +
                             i * (LESION_FLUX_COUNT + model->drug_count * LESION_DRUG_FLUX_COUNT);
    }
}

/* Every module in turn. */
static inline void body_rates(struct body *body)
{
    const struct model *model = body->model;
    for (int i = 0; i < body->lesion_count; i++) {
        lesion_survey(model, &body->lesions[i]);
        cancer_rates(model, &body->lesions[i]);
    }
    costimulation_survey(body);
    tcell_rates(body, antigen_priming(body));
    costimulation_rates(body);
    /* From here on the rates of volume, which dilute, are complete. */
    apc_rates(body);
    antigen_rates(body);
    for (int i = 0; i < body->lesion_count; i++) {
        checkpoint_rates(model, &body->lesions[i]);
        radiotherapy_rates(model, &body->lesions[i]);
    }
    for (int i = 0; i < model->drug_count; i++)
        pharmacokinetics_rates(body, i);
}

/* Fluxes are noted when `fluxes` is not NULL: shared | D x drug | L x (lesion | D x drug in that lesion). */
static inline void right_hand_side(const struct model *model, const real *state, real *rate, real *fluxes)
{
    struct body body;
    body_view(&body, model, state, rate, fluxes);
    body_rates(&body);
}

#endif
