/* Two Kaplan-Meier curves whose patients may be the same: the difference of what is read from them. Knows nothing of
 * trials. */
#ifndef ABSCOPAL_TRIAL_SURVIVAL_DIFFERENCE_H
#define ABSCOPAL_TRIAL_SURVIVAL_DIFFERENCE_H

#include "trial/survival.h"

/* What is read: survival at the time (survival_at), or the area below the curve up to it (survival_restricted_mean). */
enum survival_reading { SURVIVAL_AT, SURVIVAL_MEAN };

/* Patients of a curve. patient[n] numbers them, below the patient_count of survival_difference: the same number, the
 * same patient, or as many who are alike in both curves where data has copies. */
struct survival_sample {
    struct survival_data data;
    const size_t *patient;
};

/* That of `first` less that of `second`, with a plain interval. The variance is the infinitesimal jackknife over
 * patients (as survival_curve_fit with weights): a sum of (what the patient moves the first reading by, less what the
 * same patient moves the second by)^2. It is that of two samples of other patients when no number is in both, and then
 * differs from Greenwood's by nothing without weights. All NaN where a reading is; no limits where the variance is 0.
 * Returns ABSCOPAL_BAD_INPUT (as survival_curve_fit, a number out of range, or one whose rows differ in copies) or
 * ABSCOPAL_NO_MEMORY, or ABSCOPAL_OK. Takes a time proportional to patients times distinct times. */
enum abscopal_status survival_difference(const struct survival_sample *first, const struct survival_sample *second,
                                         size_t patient_count, enum survival_reading reading, double time,
                                         struct survival_estimate *difference);

#endif
