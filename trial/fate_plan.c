#include "trial/fate_plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double cycle_days = 0.5;

static bool same_infusion(const struct course_event *a, const struct course_event *b)
{
    return a->drug == b->drug && a->nmol_per_d == b->nmol_per_d;
}

/* An infusion that was already running on that day and whose end is known. */
static bool runs_already(const struct fate_plan *plan, const struct course_event *event, double from)
{
    for (size_t i = 0; i < plan->event_count; i++) {
        const struct course_event *known = &plan->events[i];
        if (known->kind != EVENT_INFUSION_END || !same_infusion(known, event))
            continue;
        if (event->kind == EVENT_INFUSION_END && known->day == event->day)
            return true;
        if (event->kind == EVENT_INFUSION_START && event->day <= from + COURSE_SIMULTANEOUS_DAYS &&
            known->day > from + COURSE_SIMULTANEOUS_DAYS)
            return true;
    }
    return false;
}

bool fate_plan_add(struct fate_plan *plan, const struct course_event *events, size_t count, double from)
{
    if (plan->event_count + count > plan->event_room) {
        const size_t room = 2 * (plan->event_count + count);
        struct course_event *more = realloc(plan->events, room * sizeof *more);
        if (more == NULL)
            return false;
        plan->events = more;
        plan->event_room = room;
    }
    for (size_t i = 0; i < count; i++) {
        /* A segment's events reach to its end, but for the ends of infusions. */
        if (!runs_already(plan, &events[i], from))
            plan->events[plan->event_count++] = events[i];
    }
    return true;
}

static bool is_dose(const struct course_event *event)
{
    return event->kind == EVENT_BOLUS || event->kind == EVENT_INFUSION_START;
}

static double dose_mg(const struct fate_plan *plan, const struct model *model, size_t dose)
{
    const struct course_event *event = &plan->events[dose];
    double nmol = event->amount_nmol;
    for (size_t i = dose + 1; event->kind == EVENT_INFUSION_START && i < plan->event_count; i++)
        if (plan->events[i].kind == EVENT_INFUSION_END && same_infusion(&plan->events[i], event)) {
            nmol = event->nmol_per_d * (plan->events[i].day - event->day);
            break;
        }
    return nmol * model->antibodies[event->drug]->molar_mass_g_per_mol * 1e-6;
}

static void find_cycles(struct fate_plan *plan, const struct model *model)
{
    for (size_t i = 0; i < plan->event_count; i++) {
        const struct course_event *event = &plan->events[i];
        if (event->kind == EVENT_FRACTION)
            plan->last_fraction_day = fmax(plan->last_fraction_day, event->day);
        if (!is_dose(event))
            continue;
        if (plan->cycle_count == 0 || event->day >= plan->cycles[plan->cycle_count - 1].day + cycle_days)
            plan->cycles[plan->cycle_count++] = (struct fate_cycle){.day = event->day};
        plan->cycles[plan->cycle_count - 1].dose_mg += dose_mg(plan, model, i);
    }
}

static int compare_days(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

bool fate_plan_finish(struct fate_plan *plan, const struct model *model, const double *visit_days, size_t visit_count,
                      double until_days)
{
    plan->last_fraction_day = -1;
    plan->cycle_count = 0;
    plan->cycles = calloc(plan->event_count + 1, sizeof *plan->cycles);
    plan->days = calloc(plan->event_count + visit_count + 2, sizeof *plan->days);
    if (plan->cycles == NULL || plan->days == NULL)
        return false;
    course_sort_events(plan->events, plan->event_count);
    find_cycles(plan, model);
    size_t count = 0;
    plan->days[count++] = 0;
    for (size_t i = 0; i < plan->cycle_count; i++)
        plan->days[count++] = plan->cycles[i].day;
    for (size_t i = 0; i < visit_count; i++)
        plan->days[count++] = visit_days[i];
    qsort(plan->days, count, sizeof *plan->days, compare_days);
    plan->day_count = 0;
    for (size_t i = 0; i < count; i++)
        if (plan->day_count == 0 || plan->days[i] > plan->days[plan->day_count - 1])
            plan->days[plan->day_count++] = plan->days[i];
    while (plan->day_count > 1 && plan->days[plan->day_count - 1] >= until_days)
        plan->day_count--;
    if (until_days > 0)
        plan->days[plan->day_count++] = until_days;
    for (size_t i = 0, place = 0; i < plan->cycle_count; i++) {
        while (plan->days[place] < plan->cycles[i].day)
            place++;
        plan->cycles[i].place = place;
    }
    return true;
}

void fate_plan_free(struct fate_plan *plan)
{
    free(plan->events);
    free(plan->cycles);
    free(plan->days);
    *plan = (struct fate_plan){.events = NULL};
}

/* Whether of the infusions like this one more have begun than ended. */
static bool is_running(const struct course_event *events, size_t count, const struct course_event *infusion)
{
    int running = 0;
    for (size_t i = 0; i < count; i++)
        if ((events[i].kind == EVENT_INFUSION_START || events[i].kind == EVENT_INFUSION_END) &&
            same_infusion(&events[i], infusion))
            running += events[i].kind == EVENT_INFUSION_START ? 1 : -1;
    return running > 0;
}

size_t fate_plan_stopped(const struct fate_plan *plan, size_t cycles, struct course_event *events, double *last_day)
{
    const double stop = cycles < plan->cycle_count ? plan->cycles[cycles].day : INFINITY;
    size_t count = 0;
    *last_day = 0;
    for (size_t i = 0; i < plan->event_count; i++) {
        const struct course_event event = plan->events[i];
        if (is_dose(&event) && event.day >= stop)
            continue;
        if (event.kind == EVENT_INFUSION_END && !is_running(events, count, &event))
            continue;
        events[count++] = event;
        *last_day = fmax(*last_day, event.day);
    }
    return count;
}
