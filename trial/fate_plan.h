/* What an arm gives to a patient, and the days on which it could have been left off. */
#ifndef ABSCOPAL_TRIAL_FATE_PLAN_H
#define ABSCOPAL_TRIAL_FATE_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "solver/course.h"

/* A cycle is all drugs that are given within half a day of the first. */
struct fate_cycle {
    double day;
    double dose_mg; /* of all its drugs */
    size_t place;   /* of its day among the plan's days */
};

struct fate_plan {
    struct course_event *events; /* in order, all that are given */
    size_t event_count, event_room;
    struct fate_cycle *cycles;
    size_t cycle_count;
    double *days; /* ascending: day 0, cycles, visits and the trial's end */
    size_t day_count;
    double last_fraction_day; /* -1: no radiotherapy */
};

/* Adds the events of a course, or of one segment of it that begins on a day: infusions that the segment before has
 * begun and that go on are not given twice. False without memory. */
bool fate_plan_add(struct fate_plan *plan, const struct course_event *events, size_t count, double from);

/* When all events are there: finds cycles and days; without an end (0) day 0 alone. False without memory. */
bool fate_plan_finish(struct fate_plan *plan, const struct model *model, const double *visit_days, size_t visit_count,
                      double until_days);
void fate_plan_free(struct fate_plan *plan);

/* Of the plan's events those of the first cycles and all radiotherapy, sorted, into events[event_count]; returns how
 * many, and the day of the last one. */
size_t fate_plan_stopped(const struct fate_plan *plan, size_t cycles, struct course_event *events, double *last_day);

#endif
