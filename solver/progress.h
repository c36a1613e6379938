/* What a course asks of an engine, whichever it is: when to stop, what happens then, what to report on the way and when
 * it is over. An engine steps from course_apply_events_of_today to the next stop and again, until one of these returns
 * false. Its state is an array of doubles as the model lays it out; nothing here integrates. */
#ifndef ABSCOPAL_SOLVER_PROGRESS_H
#define ABSCOPAL_SOLVER_PROGRESS_H

#include <stdbool.h>

#include "model/view.h"
#include "solver/course.h"

/* Where a course stands. Plain data. */
struct course_progress {
    struct course *course;
    double day;           /* how far it has come; the engine moves it on after every step */
    double begun_seconds; /* when the engine took it up; only with a limit of time */
    size_t next_event, next_output;
    double largest[MODEL_MAX_STATES]; /* of each state where the course stopped */
    struct field_memory fields[MODEL_MAX_LESIONS];
};

/* Puts the course at its start: nothing has happened, no event or output is behind it. */
void course_begin(struct course_progress *progress, struct course *course);

/* All events of progress->day in their order, which change `state` and the running infusions of the model, then the
 * lesions whose last cell died, then the outputs of that day. To be called at the start and at every stop; afterwards
 * the engine begins afresh from the state. Returns false when the course is over: at its end, without living cells
 * that could reach a target, or with a state that is none: then there are no outputs of that day. */
bool course_apply_events_of_today(struct course_progress *progress, double *state);

/* The day of the next event, or the end of the course: no step may pass it. */
double course_next_stop(const struct course_progress *progress);

/* Whether a step that led to progress->day has passed an output day, which is to be reported by course_observe and
 * asked for again. Outputs of the next stop's own day are not: they come after its events. */
bool course_passed_output(const struct course_progress *progress, double *output_day);
void course_observe(struct course_progress *progress, double output_day, const double *state);

/* Where a lesion's last cell has died, on progress->day: clears it from the state, from which the engine begins
 * afresh. Returns false when the course is over, as no cell that could reach a target is left. */
bool course_clear_last_cells(struct course_progress *progress, double *state);

/* Ends the course with this result on progress->day. The functions that return false have done it. */
void course_end(struct course_progress *progress, enum course_result result);

/* How many steps more the course may try, 0 or less when it must not. */
long course_steps_left(const struct course *course);

/* Whether the course has taken longer than it may. Looks at the clock only with such a limit. */
bool course_is_overdue(const struct course_progress *progress);

/* Ends the course as failed on progress->day, in `state`, for what the engine has found: its `reason` is filled in
 * where the code is one of enum course_failure, and both are replaced where the state or its rates are no numbers. */
void course_fail(struct course_progress *progress, const double *state, const struct integrator_failure *found);

#endif
