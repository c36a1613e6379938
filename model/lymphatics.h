/* Lymphatics, the fourth compartment of the immune cycle (MODEL.md B2): what leaves a lesion passes afferent lymph
 * before the node, what leaves the node passes efferent lymph before the blood, each with first-order transit. When the
 * option is off, or the published preset runs, everything arrives at once. */
#ifndef ABSCOPAL_MODEL_LYMPHATICS_H
#define ABSCOPAL_MODEL_LYMPHATICS_H

#include "model/view.h"

/* Takes what enters a vessel, sets the vessel's rate and returns what leaves it. */
static inline real lymphatics_pass(const struct model *model, real entering, real in_transit, real *rate)
{
    if (!model->options.lymphatics) {
        *rate = real_of(0);
        return entering;
    }
    const real leaving = model->parameters.lymphatic_transit_rate * in_transit;
    *rate = entering - leaving;
    return leaving;
}

/* Which state's rate gains what enters the vessel: the vessel's, or with the option off the place it leads to. */
static inline const real *lymphatics_gate(const struct model *model, const real *vessel, const real *beyond)
{
    return model->options.lymphatics ? vessel : beyond;
}

/* The vessel's own rate and what it gives to the place beyond, in amounts per `per_volume` of that place. */
static inline void lymphatics_jacobian(const struct model *model, const real *vessel, const real *beyond,
                                       constant per_volume, struct jacobian_sink *sink)
{
    if (!model->options.lymphatics)
        return;
    const constant transit_rate = model->parameters.lymphatic_transit_rate;
    jacobian_put(sink, vessel, vessel, -transit_rate);
    jacobian_put(sink, beyond, vessel, transit_rate * per_volume);
}

#endif
