#include "solver/progress.h"

#include <math.h>

#include "solver/clock.h"

const char *course_failure_name(enum course_failure failure)
{
    switch (failure) {
    case COURSE_TOO_MANY_STEPS:
        return "TOO_MANY_STEPS";
    case COURSE_TOOK_TOO_LONG:
        return "TOOK_TOO_LONG";
    case COURSE_NOT_FINITE:
        return "NOT_FINITE";
    case COURSE_RAN_AWAY:
        return "RAN_AWAY";
    }
    return NULL;
}

void course_begin(struct course_progress *progress, struct course *course)
{
    *progress = (struct course_progress){.course = course, .day = course->start_day};
    if (course->limits.seconds > 0)
        progress->begun_seconds = clock_seconds();
    for (int i = 0; i < MODEL_MAX_LESIONS; i++)
        progress->fields[i] = course->fields != NULL ? course->fields[i] : (struct field_memory){.course = -1};
    while (progress->next_event < course->event_count &&
           course->events[progress->next_event].day < course->start_day - COURSE_SIMULTANEOUS_DAYS)
        progress->next_event++;
    course->last_event = NULL;
    course->failure = (struct integrator_failure){.code = 0};
    course->work = (struct integrator_work){.steps = 0};
}

static void apply_event(struct course_progress *progress, const struct course_event *event, double *state)
{
    progress->course->last_event = event;
    struct model *model = progress->course->model;
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

bool course_clear_last_cells(struct course_progress *progress, double *state)
{
    const struct course *course = progress->course;
    if (model_clear_last_cells(course->model, state) > 0 || !(course->target_sum_of_diameters_mm > 0))
        return true;
    course_end(progress, COURSE_NO_LIVING_CELLS);
    return false;
}

/* For a reason that is no engine's own. */
static void fail_for(struct course_progress *progress, enum course_failure reason,
                     const struct integrator_failure *found)
{
    struct integrator_failure *failure = &progress->course->failure;
    *failure = *found;
    failure->code = reason;
    failure->reason = course_failure_name(reason);
    failure->day = progress->day;
    course_end(progress, COURSE_FAILED);
}

/* Whether the state may be one. If not the course is over. */
static bool check_state(struct course_progress *progress, const double *state)
{
    const struct model *model = progress->course->model;
    const double share = fmax(COURSE_NEGATIVE_SHARE, COURSE_NEGATIVE_TOLERANCES * progress->course->relative_tolerance);
    for (int i = 0; i < model_state_count(model); i++) {
        if (state[i] >= 0 && state[i] <= COURSE_LARGEST_AMOUNT) {
            progress->largest[i] = fmax(progress->largest[i], state[i]);
            continue;
        }
        if (state[i] < 0 &&
            -state[i] <= share * progress->largest[i] + 1e6 * model_state_describe(model, i).absolute_tolerance)
            continue;
        const struct integrator_failure found = {.worst_state = i};
        fail_for(progress, isfinite(state[i]) ? COURSE_RAN_AWAY : COURSE_NOT_FINITE, &found);
        return false;
    }
    return true;
}

bool course_apply_events_of_today(struct course_progress *progress, double *state)
{
    struct course *course = progress->course;
    while (progress->next_event < course->event_count &&
           course->events[progress->next_event].day <= progress->day + COURSE_SIMULTANEOUS_DAYS)
        apply_event(progress, &course->events[progress->next_event++], state);
    if (!check_state(progress, state))
        return false;
    const bool goes_on = course_clear_last_cells(progress, state);
    while (progress->next_output < course->output_count &&
           course->output_days[progress->next_output] <= progress->day + COURSE_SIMULTANEOUS_DAYS)
        course_observe(progress, progress->day, state);
    if (!goes_on || progress->day < course->end_day)
        return goes_on;
    course_end(progress, COURSE_ENDED);
    return false;
}

long course_steps_left(const struct course *course)
{
    return (course->limits.steps > 0 ? course->limits.steps : COURSE_USUAL_LIMIT_STEPS) - course->spent.steps;
}

bool course_is_overdue(const struct course_progress *progress)
{
    const struct course *course = progress->course;
    return course->limits.seconds > 0 &&
           clock_seconds() - progress->begun_seconds + course->spent.seconds > course->limits.seconds;
}

void course_fail(struct course_progress *progress, const double *state, const struct integrator_failure *found)
{
    const struct model *model = progress->course->model;
    double rate[MODEL_MAX_STATES];
    model_rates(model, state, rate);
    for (int i = 0; i < model_state_count(model); i++) {
        if (isfinite(state[i]) && isfinite(rate[i]))
            continue;
        struct integrator_failure named = *found;
        named.worst_state = i;
        fail_for(progress, COURSE_NOT_FINITE, &named);
        return;
    }
    if (course_failure_name((enum course_failure)found->code) != NULL) {
        fail_for(progress, (enum course_failure)found->code, found);
        return;
    }
    progress->course->failure = *found;
    course_end(progress, COURSE_FAILED);
}

double course_next_stop(const struct course_progress *progress)
{
    const struct course *course = progress->course;
    if (progress->next_event < course->event_count && course->events[progress->next_event].day < course->end_day)
        return course->events[progress->next_event].day;
    return course->end_day;
}

bool course_passed_output(const struct course_progress *progress, double *output_day)
{
    const struct course *course = progress->course;
    if (progress->next_output >= course->output_count)
        return false;
    *output_day = course->output_days[progress->next_output];
    return *output_day <= progress->day && *output_day <= course_next_stop(progress) - COURSE_SIMULTANEOUS_DAYS;
}

void course_observe(struct course_progress *progress, double output_day, const double *state)
{
    const struct course *course = progress->course;
    course->observe(course->model, output_day, state, progress->next_output, course->context);
    progress->next_output++;
}

void course_end(struct course_progress *progress, enum course_result result)
{
    struct course *course = progress->course;
    course->result = result;
    course->spent.steps += course->work.attempts;
    if (course->limits.seconds > 0)
        course->spent.seconds += clock_seconds() - progress->begun_seconds;
    course->day = progress->day;
    for (int i = 0; course->fields != NULL && i < MODEL_MAX_LESIONS; i++)
        course->fields[i] = progress->fields[i];
    for (int i = 0; i < course->model->drug_count; i++)
        course->model->drugs[i].infusion_nmol_per_d = 0;
}
