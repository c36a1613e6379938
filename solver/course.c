#include "solver/course.h"

#include <stdlib.h>
#include <string.h>

#include "solver/progress.h"

static int compare_events(const void *left, const void *right)
{
    const struct course_event *a = left, *b = right;
    if (a->day < b->day - COURSE_SIMULTANEOUS_DAYS)
        return -1;
    if (a->day > b->day + COURSE_SIMULTANEOUS_DAYS)
        return 1;
    return (a->kind > b->kind) - (a->kind < b->kind);
}

const char *course_event_name(enum course_event_kind kind)
{
    switch (kind) {
    case EVENT_INFUSION_END:
        return "end of infusion";
    case EVENT_INFUSION_START:
        return "start of infusion";
    case EVENT_BOLUS:
        return "bolus";
    case EVENT_FRACTION:
        return "radiotherapy fraction";
    }
    return "unknown event";
}

/* Insertion sort: stable, and schedules come nearly sorted. */
void course_sort_events(struct course_event *events, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct course_event event = events[i];
        size_t place = i;
        while (place > 0 && compare_events(&events[place - 1], &event) > 0) {
            events[place] = events[place - 1];
            place--;
        }
        events[place] = event;
    }
}

/* ---- CVODE ------------------------------------------------------------------------------------------ */

static bool report_outputs_inside_step(struct course_progress *progress, struct integrator *integrator,
                                       double *interpolated)
{
    double day;
    while (course_passed_output(progress, &day)) {
        if (!integrator_interpolate(integrator, day, interpolated))
            return false;
        course_observe(progress, day, interpolated);
    }
    return true;
}

/* Ends a course that has had all the steps or the time that it may have. Returns whether it goes on. */
static bool check_limits(struct course_progress *progress, struct integrator *integrator)
{
    const struct course *course = progress->course;
    const bool endless = course->work.attempts >= course_steps_left(course);
    if (!endless && !course_is_overdue(progress))
        return true;
    struct integrator_failure found = integrator_standing(integrator);
    found.code = endless ? COURSE_TOO_MANY_STEPS : COURSE_TOOK_TOO_LONG;
    course_fail(progress, integrator_state(integrator), &found);
    return false;
}

/* From one stop to the next, beginning afresh where a lesion's last cell dies on the way. Returns false when the course
 * is over. */
static bool run_to(struct course_progress *progress, struct integrator *integrator, double stop_day,
                   double *interpolated)
{
    const double target = progress->course->target_sum_of_diameters_mm;
    bool good = integrator_restart(integrator, progress->day, target);
    while (good && progress->day < stop_day) {
        if (!check_limits(progress, integrator))
            return false;
        const enum integrator_result result = integrator_step(integrator, stop_day, &progress->day);
        progress->course->work = integrator_work(integrator);
        good = result != INTEGRATOR_FAILED && report_outputs_inside_step(progress, integrator, interpolated);
        if (!good || result == INTEGRATOR_STOPPED)
            break;
        if (result == INTEGRATOR_TARGET) {
            course_end(progress, COURSE_TARGET);
            return false;
        }
        if (result == INTEGRATOR_LAST_CELL) {
            if (!course_clear_last_cells(progress, integrator_state(integrator)))
                return false;
            if (progress->day < stop_day - COURSE_SIMULTANEOUS_DAYS)
                good = integrator_restart(integrator, progress->day, target);
        }
    }
    if (!good) {
        course_fail(progress, integrator_state(integrator), integrator_failure(integrator));
        return false;
    }
    progress->day = stop_day;
    return true;
}

void course_run(struct course *course)
{
    const size_t bytes = (size_t)model_state_count(course->model) * sizeof *course->state;
    struct course_progress progress;
    course_begin(&progress, course);
    double *interpolated = malloc(bytes);
    struct integrator *integrator = integrator_create(course->model, course->relative_tolerance);
    if (interpolated != NULL && integrator != NULL) {
        double *state = integrator_state(integrator);
        memcpy(state, course->state, bytes);
        while (course_apply_events_of_today(&progress, state) &&
               run_to(&progress, integrator, course_next_stop(&progress), interpolated)) {
        }
        memcpy(course->state, state, bytes);
        course->work = integrator_work(integrator);
    } else {
        course_end(&progress, COURSE_NO_MEMORY);
    }
    integrator_free(integrator);
    free(interpolated);
}
