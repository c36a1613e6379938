/* Between fractions, radiotherapy is one signal for each lesion: the irradiated state of the microenvironment fades
 * (MODEL.md B5). What it does stands where it acts, as a gain times lesion->irradiated: killing (view.h), infiltration
 * (tcell.h), APC influx (apc.h), PD-L1 (checkpoint.h). What a fraction does at once is in radiotherapy.c. */
#ifndef ABSCOPAL_MODEL_RADIOTHERAPY_H
#define ABSCOPAL_MODEL_RADIOTHERAPY_H

#include "model/view.h"

static inline void radiotherapy_rates(const struct model *model, struct lesion *lesion)
{
    lesion->rate->irradiated_signal = -model->parameters.microenvironment_decay_rate * lesion->state->irradiated_signal;
}

#endif
