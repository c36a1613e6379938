/* By how much each patient moves the Kaplan-Meier curve: what the variance of the difference of two curves is made of
 * when the patients are the same in both. Knows nothing of trials. */
#ifndef ABSCOPAL_TRIAL_SURVIVAL_INFLUENCE_H
#define ABSCOPAL_TRIAL_SURVIVAL_INFLUENCE_H

#include "trial/survival.h"

/* What of the curve. */
enum survival_feature {
    SURVIVAL_SHARE, /* at the time */
    SURVIVAL_MEAN   /* the area below the curve up to the time */
};

/* influence[n]: a patient's weight times the derivative of the feature by it, the infinitesimal jackknife (Jaeckel
 * 1972; Efron and Tibshirani 1993, An Introduction to the Bootstrap, 11.6). The sum of squares is the variance of the
 * feature as survival_curve_fit and survival_restricted_mean have it: without weights Greenwood's. Of two curves of the
 * same patients, the sum of squared differences is the variance of the difference. Returns ABSCOPAL_BAD_INPUT (a time
 * or weight out of range) or ABSCOPAL_NO_MEMORY, both with nothing written, or ABSCOPAL_OK. */
enum abscopal_status survival_influence(const struct survival_data *data, enum survival_feature feature, double time,
                                        double *influence);

#endif
