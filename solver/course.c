#include "solver/course.h"

#include <stdlib.h>
#include <string.h>

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

/* Where a course stands. */
struct progress {
    struct course *course;
    struct integrator *integrator;
    double day;
    size_t next_event, next_output;
    struct field_memory fields[MODEL_MAX_LESIONS];
    double *interpolated; /* scratch, one state */
};

static void apply_event(struct progress *progress, const struct course_event *event)
{
    progress->course->last_event = event;
    struct model *model = progress->course->model;
    double *state = integrator_state(progress->integrator);
    switch (event->kind) {
    case EVENT_INFUSION_END:
        model->drugs[event->drug].infusion_nmol_per_d -= event->nmol_per_d;
        break;
    case EVENT_INFUSION_START:
        model->drugs[event->drug].infusion_nmol_per_d += event->nmol_per_d;
        break;
    case EVENT_BOLUS:
        model_give_bolus(model, event->drug, event->amount_nmol, state);
        break;
    case EVENT_FRACTION:
        model_irradiate(model, &event->fraction, event->day, &progress->fields[event->fraction.lesion], state);
        break;
    }
}

/* All events of this time, then the outputs of this time. */
static void apply_events_of_today(struct progress *progress)
{
    const struct course *course = progress->course;
    while (progress->next_event < course->event_count &&
           course->events[progress->next_event].day <= progress->day + COURSE_SIMULTANEOUS_DAYS)
        apply_event(progress, &course->events[progress->next_event++]);
    model_clear_last_cells(progress->course->model, integrator_state(progress->integrator));
    while (progress->next_output < course->output_count &&
           course->output_days[progress->next_output] <= progress->day + COURSE_SIMULTANEOUS_DAYS) {
        course->observe(course->model, progress->day, integrator_state(progress->integrator), progress->next_output,
                        course->context);
        progress->next_output++;
    }
}

/* Outputs inside the last step, but not at `stop_day`: those come after its events. */
static bool report_outputs_inside_step(struct progress *progress, double stop_day)
{
    const struct course *course = progress->course;
    while (progress->next_output < course->output_count) {
        const double output_day = course->output_days[progress->next_output];
        if (output_day > progress->day || output_day > stop_day - COURSE_SIMULTANEOUS_DAYS)
            break;
        if (!integrator_interpolate(progress->integrator, output_day, progress->interpolated))
            return false;
        course->observe(course->model, output_day, progress->interpolated, progress->next_output, course->context);
        progress->next_output++;
    }
    return true;
}

/* From one event to the next, restarting where a lesion's last cell dies on the way. */
static bool run_to(struct progress *progress, double stop_day)
{
    if (!integrator_restart(progress->integrator, progress->day, 0))
        return false;
    while (progress->day < stop_day) {
        const enum integrator_result result = integrator_step(progress->integrator, stop_day, &progress->day);
        if (result == INTEGRATOR_FAILED || !report_outputs_inside_step(progress, stop_day))
            return false;
        if (result == INTEGRATOR_STOPPED)
            break;
        if (result == INTEGRATOR_LAST_CELL) {
            model_clear_last_cells(progress->course->model, integrator_state(progress->integrator));
            if (progress->day < stop_day - COURSE_SIMULTANEOUS_DAYS &&
                !integrator_restart(progress->integrator, progress->day, 0))
                return false;
        }
    }
    progress->day = stop_day;
    return true;
}

/* The core loop. */
static bool run_course(struct progress *progress, double end_day)
{
    const struct course *course = progress->course;
    apply_events_of_today(progress);
    while (progress->day < end_day) {
        double stop_day = end_day;
        if (progress->next_event < course->event_count && course->events[progress->next_event].day < end_day)
            stop_day = course->events[progress->next_event].day;
        if (!run_to(progress, stop_day))
            return false;
        apply_events_of_today(progress);
    }
    return true;
}

int course_run(struct course *course, double start_day, double end_day, double *state,
               struct integrator_failure *failure)
{
    const size_t size = (size_t)model_state_count(course->model);
    struct progress progress = {.course = course, .day = start_day};
    for (int i = 0; i < MODEL_MAX_LESIONS; i++)
        progress.fields[i].course = -1;
    course->last_event = NULL;
    progress.interpolated = malloc(size * sizeof *progress.interpolated);
    progress.integrator = integrator_create(course->model, course->relative_tolerance);
    int result = -1;
    if (progress.interpolated != NULL && progress.integrator != NULL) {
        while (progress.next_event < course->event_count &&
               course->events[progress.next_event].day < start_day - COURSE_SIMULTANEOUS_DAYS)
            progress.next_event++;
        memcpy(integrator_state(progress.integrator), state, size * sizeof *state);
        result = run_course(&progress, end_day) ? 0 : 1;
        memcpy(state, integrator_state(progress.integrator), size * sizeof *state);
        *failure = *integrator_failure(progress.integrator);
        course->work = integrator_work(progress.integrator);
    }
    for (int i = 0; i < course->model->drug_count; i++)
        course->model->drugs[i].infusion_nmol_per_d = 0;
    integrator_free(progress.integrator);
    free(progress.interpolated);
    return result;
}
