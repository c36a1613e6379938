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
        *rate = 0;
        return entering;
    }
    const real leaving = model->parameters.lymphatic_transit_rate * in_transit;
    *rate = entering - leaving;
    return leaving;
}

#endif
