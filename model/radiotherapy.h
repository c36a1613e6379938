/* Between fractions, radiotherapy is one signal for each lesion: the irradiated state of the microenvironment fades
 * (MODEL.md B5). What it does stands where it acts, as a gain times lesion->irradiated: killing (view.h), infiltration
 * (tcell.h), APC influx (apc.h), PD-L1 (checkpoint.h). What a fraction does at once is in radiotherapy.c. */
#ifndef ABSCOPAL_MODEL_RADIOTHERAPY_H
#define ABSCOPAL_MODEL_RADIOTHERAPY_H

#include "model/view.h"

static inline void radiotherapy_rates(const struct model *model, struct lesion *lesion)
{
    const real fading = model->parameters.microenvironment_decay_rate * lesion->state->irradiated_signal;
    lesion->rate->irradiated_signal = -fading;
    flux_note(lesion->fluxes, LESION_FLUX_irradiated_fading, fading);
}

static inline void radiotherapy_jacobian(const struct model *model, const struct lesion *lesion,
                                         struct jacobian_sink *sink)
{
    const real *signal = &lesion->state->irradiated_signal;
    jacobian_put(sink, signal, signal, -model->parameters.microenvironment_decay_rate);
}

#endif
