/* Endpoints of an arm from the outcomes of its patients. Knows nothing of the model. */
#ifndef ABSCOPAL_TRIAL_ENDPOINTS_H
#define ABSCOPAL_TRIAL_ENDPOINTS_H

#include <stdbool.h>
#include <stddef.h>

#include "abscopal.h"

/* count of total with the 95 % Wilson score interval (Wilson 1927, doi:10.1080/01621459.1927.10502953), without
 * continuity correction; NaN when total is 0. count is at most total. */
struct abscopal_share endpoints_share(size_t count, size_t total);

/* Median of the Kaplan-Meier curve (Kaplan 1958, doi:10.1080/01621459.1958.10501452): the first time at which it is
 * at or below one half (as R's survival: the midpoint when it stays exactly at one half until the next event, but the
 * time itself when no event follows). time[n] in any unit, finite and not negative; event[n] is false for a censored
 * time. A time censored at that of an event is still at risk at it. Infinity when the curve never falls that far, NaN
 * when n is 0. Returns ABSCOPAL_BAD_INPUT (a time out of range), ABSCOPAL_NO_MEMORY or ABSCOPAL_OK. */
enum abscopal_status endpoints_kaplan_meier_median(const double *time, const bool *event, size_t n, double *median);

#endif
