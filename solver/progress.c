#include "solver/progress.h"

void course_begin(struct course_progress *progress, struct course *course)
{
    *progress = (struct course_progress){.course = course, .day = course->start_day};
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

bool course_apply_events_of_today(struct course_progress *progress, double *state)
{
    struct course *course = progress->course;
    while (progress->next_event < course->event_count &&
           course->events[progress->next_event].day <= progress->day + COURSE_SIMULTANEOUS_DAYS)
        apply_event(progress, &course->events[progress->next_event++], state);
    const bool goes_on = course_clear_last_cells(progress, state);
    while (progress->next_output < course->output_count &&
           course->output_days[progress->next_output] <= progress->day + COURSE_SIMULTANEOUS_DAYS)
        course_observe(progress, progress->day, state);
    if (!goes_on || progress->day < course->end_day)
        return goes_on;
    course_end(progress, COURSE_ENDED);
    return false;
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
    course->day = progress->day;
    for (int i = 0; course->fields != NULL && i < MODEL_MAX_LESIONS; i++)
        course->fields[i] = progress->fields[i];
    for (int i = 0; i < course->model->drug_count; i++)
        course->model->drugs[i].infusion_nmol_per_d = 0;
}
