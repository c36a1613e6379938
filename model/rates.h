/* The right-hand side of the model: d(state)/dt, in units per day. Read this first, then the modules in the order
 * in which they are called. Included by rates.c (numbers) and rates_complex.c (complex step), never elsewhere. */
#ifndef ABSCOPAL_MODEL_RATES_H
#define ABSCOPAL_MODEL_RATES_H

#include "model/antigen.h"
#include "model/apc.h"
#include "model/cancer.h"
#include "model/checkpoint.h"
#include "model/pharmacokinetics.h"
#include "model/radiotherapy.h"
#include "model/tcell.h"
#include "model/view.h"

/* Points the named views at the arrays (layout: model/model.h). */
static inline struct body body_of(const struct model *model, const real *state, real *rate)
{
    struct body body = {.model = model,
                        .state = (const struct shared_states *)state,
                        .drugs = (const struct drug_states *)(state + SHARED_STATE_COUNT),
                        .rate = (struct shared_states *)rate,
                        .drug_rates = (struct drug_states *)(rate + SHARED_STATE_COUNT)};
    for (int i = 0; i < model->lesion_count; i++) {
        const int offset = lesion_offset(model, i);
        body.lesions[i].state = lesion_states_of(model, state, i);
        body.lesions[i].drugs = lesion_drugs_of(model, state, i);
        body.lesions[i].rate = (struct lesion_states *)(rate + offset);
        body.lesions[i].drug_rates = (struct lesion_drug_states *)(rate + offset + LESION_STATE_COUNT);
    }
    return body;
}

static inline void right_hand_side(const struct model *model, const real *state, real *rate)
{
    struct body body = body_of(model, state, rate);
    for (int i = 0; i < model->lesion_count; i++) {
        lesion_survey(model, &body.lesions[i]);
        cancer_rates(model, &body.lesions[i]);
    }
    tcell_rates(&body, antigen_cd8_priming(&body), antigen_treg_priming(&body));
    /* From here on the rates of volume, which dilute, are complete. */
    apc_rates(&body);
    antigen_rates(&body);
    for (int i = 0; i < model->lesion_count; i++) {
        checkpoint_rates(model, &body.lesions[i]);
        radiotherapy_rates(model, &body.lesions[i]);
    }
    for (int i = 0; i < model->drug_count; i++)
        pharmacokinetics_rates(&body, i);
}

#endif
