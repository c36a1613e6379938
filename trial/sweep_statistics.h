/* Endpoints of the points of a sweep from what each patient has there, and differences between points, whose patients
 * are the same. */
#ifndef ABSCOPAL_TRIAL_SWEEP_STATISTICS_H
#define ABSCOPAL_TRIAL_SWEEP_STATISTICS_H

#include "protocols/sweep_file.h"

/* What patients have at a point, in columns of one value a patient: a column for each endpoint (of shares 1 or 0, of
 * changes the change; not used for what is read from the Kaplan-Meier curve), then progression-free days, then whether
 * these end with progression (1) or are censored (0). NaN where a patient does not count. */
size_t sweep_column_count(const struct sweep_file *sweep);
size_t sweep_day_column(const struct sweep_file *sweep);
size_t sweep_event_column(const struct sweep_file *sweep);

struct sweep_sample {
    const struct sweep_file *sweep;
    size_t n;              /* patients */
    const double *weights; /* [n]; NULL: all count the same */
    const bool *counts;    /* [n] whether the patient is looked at; NULL: all are */
};

/* An endpoint (its index in the sweep) at a point, values[column][n], with its 95 % interval: shares as
 * endpoints_share_weighted, what is read from the curve as endpoints_progression_free, endpoints_mean_progression_free
 * and endpoints_median, means of changes with the plain interval of the weighted mean (Cochran 1977, 5A.2), hazard
 * ratios over `reference` as endpoints_compare. Returns ABSCOPAL_NO_MEMORY or ABSCOPAL_OK. */
enum abscopal_status sweep_estimate(const struct sweep_sample *sample, size_t endpoint, const double *values,
                                    const double *reference, struct abscopal_estimate *estimate);

/* The endpoint at `first` less that at `second`, of the patients who count in both: shares as
 * endpoints_difference_paired, means with the plain interval of the mean of differences, what is read from the curve
 * as endpoints_progression_difference. A median's difference has no interval, a hazard ratio's is NaN. Errors as
 * sweep_estimate. */
enum abscopal_status sweep_difference(const struct sweep_sample *sample, size_t endpoint, const double *first,
                                      const double *second, struct abscopal_estimate *difference);

#endif
