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

/* Points the named views at the arrays (layout: model/model.h). */
static inline struct body body_of(const struct model *model, const real *state, real *rate, real *fluxes)
{
    struct body body = {.model = model,
                        .lesion_count = model->lesion_count,
                        .state = (const struct shared_states *)state,
                        .drugs = (const struct drug_states *)(state + SHARED_STATE_COUNT),
                        .rate = (struct shared_states *)rate,
                        .fluxes = fluxes,
                        .drug_rates = (struct drug_states *)(rate + SHARED_STATE_COUNT)};
    for (int i = 0; i < body.lesion_count; i++) {
        const int offset = lesion_offset(model, i);
        if (fluxes != NULL)
            body.lesions[i].fluxes = fluxes + SHARED_FLUX_COUNT + model->drug_count * DRUG_FLUX_COUNT +
                                     i * (LESION_FLUX_COUNT + model->drug_count * LESION_DRUG_FLUX_COUNT);
        body.lesions[i].factors = &model->factors[i];
        body.lesions[i].state = lesion_states_of(model, state, i);
        body.lesions[i].drugs = lesion_drugs_of(model, state, i);
        body.lesions[i].rate = (struct lesion_states *)(rate + offset);
        body.lesions[i].drug_rates = (struct lesion_drug_states *)(rate + offset + LESION_STATE_COUNT);
    }
    return body;
}

/* Fluxes are noted when `fluxes` is not NULL: shared | D x drug | L x (lesion | D x drug in that lesion). */
static inline void right_hand_side(const struct model *model, const real *state, real *rate, real *fluxes)
{
    struct body body = body_of(model, state, rate, fluxes);
    for (int i = 0; i < body.lesion_count; i++) {
        lesion_survey(model, &body.lesions[i]);
        cancer_rates(model, &body.lesions[i]);
    }
    tcell_rates(&body, antigen_priming(&body));
    costimulation_rates(&body);
    /* From here on the rates of volume, which dilute, are complete. */
    apc_rates(&body);
    antigen_rates(&body);
    for (int i = 0; i < body.lesion_count; i++) {
        checkpoint_rates(model, &body.lesions[i]);
        radiotherapy_rates(model, &body.lesions[i]);
    }
    for (int i = 0; i < model->drug_count; i++)
        pharmacokinetics_rates(&body, i);
}

#endif
