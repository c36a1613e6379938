/* Times of a group's patients, for the curve and for comparisons: trial/endpoints.h. */
#ifndef ABSCOPAL_TRIAL_ENDPOINT_TIMES_H
#define ABSCOPAL_TRIAL_ENDPOINT_TIMES_H

#include "trial/endpoints.h"
#include "trial/survival.h"

/* Of those who have them; memory for one group or two. */
struct endpoint_times {
    size_t n;
    double *time;
    bool *event;
    double *weight;
    bool weighted;
    size_t *copies;
};

/* Empty, with room for n rows; false without memory. To be closed in either case. */
bool endpoint_times_open(struct endpoint_times *times, size_t n);
void endpoint_times_close(struct endpoint_times *times);

/* Adds a row of the group, unless its patients have no such time. */
void endpoint_times_add(struct endpoint_times *times, enum endpoint_time what, const struct endpoint_group *group,
                        size_t row);

struct survival_data endpoint_times_data(const struct endpoint_times *times);

#endif
