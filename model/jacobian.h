/* The Jacobian of the right-hand side: every module states the derivatives of its rates where it states the rates, and
 * they are gathered here in the order of model/rates.h. */
#ifndef ABSCOPAL_MODEL_JACOBIAN_H
#define ABSCOPAL_MODEL_JACOBIAN_H

#include "model/costimulation_jacobian.h"
#include "model/rates.h"
#include "model/tcell_jacobian.h"

/* The rates must have been computed before (body_rates), since derivatives use what the modules found on the way. */
static inline void body_jacobian(struct body *body, struct jacobian_sink *sink)
{
    const struct model *model = body->model;
    for (int i = 0; i < body->lesion_count; i++) {
        lesion_survey_slopes(model, &body->lesions[i]);
        cancer_jacobian(model, &body->lesions[i], sink);
    }
    const struct priming priming = antigen_priming(body), by_mhc = antigen_priming_by_mhc(body);
    costimulation_divisions_slopes(body);
    tcell_jacobian(body, &priming, &by_mhc, sink);
    costimulation_jacobian(body, sink);
    /* From here on the gradients of the rates of volume are complete. */
    apc_jacobian(body, sink);
    antigen_jacobian(body, sink);
    for (int i = 0; i < body->lesion_count; i++) {
        checkpoint_jacobian(model, &body->lesions[i], sink);
        radiotherapy_jacobian(model, &body->lesions[i], sink);
    }
    for (int i = 0; i < model->drug_count; i++)
        pharmacokinetics_jacobian(body, i, sink);
}

#endif
