#include "solver/batch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/lanes.h"
#include "solver/matrix_plan.h"
#include "solver/progress.h"
#include "solver/rosenbrock.h"

struct batch {
    const struct lanes_functions *functions;
    struct lanes *lanes;
    struct matrix_plan plan;
    struct lanes_run *live;
    double *absolute_tolerance, *state; /* [size] */
    int size;
    unsigned busy; /* lanes with a course */
    struct course_progress progress[LANES_MAXIMUM];
};

int batch_lane_count(void)
{
    return lanes_best()->count;
}

const char *batch_instructions(void)
{
    return lanes_best()->instructions;
}

/* ---- Room ------------------------------------------------------------------------------------------- */

/* States whose rate depends on no state, not even on themselves, stay what they are: those of parts of the biology that
 * the model's options leave out. Lists the others; returns how many runs of them there are. */
static int list_live_states(struct batch *batch)
{
    const struct jacobian *jacobian = &batch->plan.jacobian;
    int count = 0;
    for (int i = 0; i < batch->size; i++) {
        int entries = 0;
        for (int k = 0; k < jacobian->entry_count; k++)
            entries += jacobian->row[k] == i;
        for (int k = 0; k < jacobian->idle_count; k++)
            entries -= jacobian->row[jacobian->idle[k]] == i;
        if (entries == 0)
            continue;
        if (count == 0 || batch->live[count - 1].to < i)
            batch->live[count++] = (struct lanes_run){.from = i};
        batch->live[count - 1].to = i + 1;
    }
    return count;
}

static bool fill_batch(struct batch *batch, const struct model *model)
{
    struct lanes_layout layout = {.preset = model->preset,
                                  .lesion_count = model->lesion_count,
                                  .drug_count = model->drug_count,
                                  .has_ctla4_antibody = model->has_ctla4_antibody,
                                  .options = model->options,
                                  .antibodies = model->antibodies,
                                  .size = batch->size,
                                  .plan = &batch->plan};
    batch->absolute_tolerance = malloc((size_t)batch->size * sizeof *batch->absolute_tolerance);
    batch->state = malloc((size_t)batch->size * sizeof *batch->state);
    batch->live = malloc((size_t)batch->size * sizeof *batch->live);
    if (batch->absolute_tolerance == NULL || batch->state == NULL || batch->live == NULL ||
        matrix_plan_create(model, &batch->plan) != 0)
        return false;
    for (int i = 0; i < batch->size; i++)
        batch->absolute_tolerance[i] = model_state_describe(model, i).absolute_tolerance;
    layout.absolute_tolerance = batch->absolute_tolerance;
    layout.live = batch->live;
    layout.live_count = list_live_states(batch);
    batch->lanes = batch->functions->create(&layout);
    return batch->lanes != NULL;
}

struct batch *batch_create_with(const struct lanes_functions *functions, const struct model *model)
{
    struct batch *batch = calloc(1, sizeof *batch);
    if (batch == NULL)
        return NULL;
    batch->functions = functions;
    batch->size = model_state_count(model);
    if (fill_batch(batch, model))
        return batch;
    batch_free(batch);
    return NULL;
}

struct batch *batch_create(const struct model *model)
{
    return batch_create_with(lanes_best(), model);
}

void batch_free(struct batch *batch)
{
    if (batch == NULL)
        return;
    if (batch->lanes != NULL)
        batch->functions->free(batch->lanes);
    matrix_plan_free(&batch->plan);
    free(batch->live);
    free(batch->absolute_tolerance);
    free(batch->state);
    free(batch);
}

/* ---- One lane's course ------------------------------------------------------------------------------ */

/* Where the lane has to stop, and which day it reports having passed. */
static void set_stop(struct batch *batch, int lane)
{
    const struct course_progress *progress = &batch->progress[lane];
    const struct course *course = progress->course;
    const double output_day =
        progress->next_output < course->output_count ? course->output_days[progress->next_output] : INFINITY;
    batch->functions->set_stop(batch->lanes, lane, course_next_stop(progress), output_day);
}

/* Goes on afresh from batch->state. */
static void restart(struct batch *batch, int lane)
{
    struct course_progress *progress = &batch->progress[lane];
    progress->course->work.restarts++;
    batch->functions->restart(batch->lanes, lane, batch->state, progress->day,
                              progress->course->target_sum_of_diameters_mm);
    set_stop(batch, lane);
}

/* What happens on the lane's day, to batch->state; running infusions may change. Returns whether the course goes on. */
static bool live_today(struct batch *batch, int lane)
{
    struct course_progress *progress = &batch->progress[lane];
    const struct model *model = progress->course->model;
    const bool goes_on = course_apply_events_of_today(progress, batch->state);
    for (int i = 0; i < model->drug_count; i++) {
        const constant *infusion = &model->drugs[i].infusion_nmol_per_d;
        batch->functions->set_number(batch->lanes, lane, (int)(infusion - model_numbers_of(model)), *infusion);
    }
    return goes_on;
}

/* The course is over: its state is batch->state. */
static void hand_back(struct batch *batch, int lane, const struct batch_queue *queue)
{
    struct course *course = batch->progress[lane].course;
    memcpy(course->state, batch->state, (size_t)batch->size * sizeof *batch->state);
    batch->busy &= ~(1U << lane);
    batch->functions->rest(batch->lanes, lane);
    queue->finished(course, queue->context);
}

/* Puts down what the lane has done for its course. */
static void note_work(struct batch *batch, int lane)
{
    struct integrator_work *work = &batch->progress[lane].course->work;
    const struct lane_work done = batch->functions->work(batch->lanes, lane);
    work->steps = done.steps;
    work->attempts = work->jacobians = done.attempts;
    work->right_hand_sides = ROSENBROCK_STAGES * done.attempts;
}

enum { BATCH_STEP_TOO_SMALL = -1 };

/* On progress->day; the lane's state becomes batch->state. */
static void fail(struct batch *batch, int lane, int code)
{
    struct course_progress *progress = &batch->progress[lane];
    batch->functions->get_state(batch->lanes, lane, batch->state);
    const struct integrator_failure found = {.code = code,
                                             .reason = "BATCH_STEP_TOO_SMALL",
                                             .day = progress->day,
                                             .step_days = batch->functions->work(batch->lanes, lane).last_step_days,
                                             .worst_state = batch->functions->worst_state(batch->lanes, lane)};
    course_fail(progress, batch->state, &found);
}

/* Gives the lane the next course that is not over at its start. */
static void take_next(struct batch *batch, int lane, const struct batch_queue *queue)
{
    struct course *course;
    while ((batch->busy >> lane & 1) == 0 && (course = queue->next(queue->context)) != NULL) {
        course_begin(&batch->progress[lane], course);
        batch->busy |= 1U << lane;
        batch->functions->begin(batch->lanes, lane, model_numbers_of(course->model), course->relative_tolerance,
                                course_steps_left(course));
        memcpy(batch->state, course->state, (size_t)batch->size * sizeof *batch->state);
        if (live_today(batch, lane))
            restart(batch, lane);
        else
            hand_back(batch, lane, queue);
    }
}

/* ---- What lanes report ------------------------------------------------------------------------------ */

static void report_outputs(struct batch *batch, int lane)
{
    struct course_progress *progress = &batch->progress[lane];
    double output_day;
    while (course_passed_output(progress, &output_day)) {
        batch->functions->interpolate(batch->lanes, lane, output_day, batch->state);
        course_observe(progress, output_day, batch->state);
    }
}

/* How far the lane is past what it looks for, on a day within its last step: positive beyond. */
static double beyond(struct batch *batch, int lane, bool target, double day)
{
    const struct course *course = batch->progress[lane].course;
    batch->functions->interpolate(batch->lanes, lane, day, batch->state);
    if (target)
        return model_sum_of_diameters_mm(course->model, batch->state) - course->target_sum_of_diameters_mm;
    double fewest = INFINITY;
    for (int i = 0; i < course->model->lesion_count; i++) {
        const double cells = model_cancer_cells(course->model, batch->state, i);
        if (cells != 0)
            fewest = fmin(fewest, cells);
    }
    return MODEL_LAST_CELL - fewest;
}

/* The day within the step at which it is reached, from just beyond: bisection, down to what a day can tell. */
static double find_day(struct batch *batch, int lane, bool target, double from, double to)
{
    while (to - from > 1e-13 * fmax(1, fabs(to))) {
        const double middle = 0.5 * (from + to);
        if (middle <= from || middle >= to)
            break;
        if (beyond(batch, lane, target, middle) >= 0)
            to = middle;
        else
            from = middle;
    }
    return to;
}

/* Ends the lane's step where a last cell died or the target was reached. Returns whether the course goes on. */
static bool stop_at_root(struct batch *batch, int lane, const struct lanes_report *report)
{
    struct course_progress *progress = &batch->progress[lane];
    /* Where the step began, to rounding. The days that were reported before may lie several steps back. */
    const double to = report->day[lane], from = to - batch->functions->work(batch->lanes, lane).last_step_days;
    double day = INFINITY;
    bool target = false;
    if ((report->last_cell >> lane & 1) != 0)
        day = find_day(batch, lane, false, from, to);
    if ((report->target >> lane & 1) != 0) {
        const double target_day = find_day(batch, lane, true, from, to);
        target = target_day < day;
        day = fmin(day, target_day);
    }
    progress->day = day;
    report_outputs(batch, lane);
    batch->functions->interpolate(batch->lanes, lane, day, batch->state);
    if (target) {
        course_end(progress, COURSE_TARGET);
        return false;
    }
    return course_clear_last_cells(progress, batch->state);
}

static bool go_on_from_today(struct batch *batch, int lane)
{
    if (!live_today(batch, lane))
        return false;
    restart(batch, lane);
    return true;
}

/* Returns whether the course goes on; if not, its state is batch->state. */
static bool attend(struct batch *batch, int lane, const struct lanes_report *report)
{
    struct course_progress *progress = &batch->progress[lane];
    const unsigned bit = 1U << lane;
    note_work(batch, lane);
    if ((report->failed & bit) != 0) {
        progress->day = report->day[lane];
        const bool endless = progress->course->work.attempts > course_steps_left(progress->course);
        fail(batch, lane, endless ? COURSE_TOO_MANY_STEPS : BATCH_STEP_TOO_SMALL);
        return false;
    }
    if (((report->last_cell | report->target) & bit) != 0) {
        if (!stop_at_root(batch, lane, report))
            return false;
        if (course_next_stop(progress) - progress->day > COURSE_SIMULTANEOUS_DAYS) {
            restart(batch, lane);
            return true;
        }
        progress->day = course_next_stop(progress);
        return go_on_from_today(batch, lane);
    }
    progress->day = report->day[lane];
    report_outputs(batch, lane);
    if ((report->stopped & bit) == 0) {
        set_stop(batch, lane);
        return true;
    }
    batch->functions->get_state(batch->lanes, lane, batch->state);
    return go_on_from_today(batch, lane);
}

/* Ends a course that has taken longer than it may, where it stands. */
static bool is_overdue(struct batch *batch, int lane)
{
    if (!course_is_overdue(&batch->progress[lane]))
        return false;
    note_work(batch, lane);
    fail(batch, lane, COURSE_TOOK_TOO_LONG);
    return true;
}

void batch_run(struct batch *batch, const struct batch_queue *queue)
{
    const int count = batch->functions->count;
    struct lanes_report report = {0};
    for (int lane = 0; lane < count; lane++)
        take_next(batch, lane, queue);
    while (batch->busy != 0) {
        batch->functions->advance(batch->lanes, &report);
        const unsigned any = report.stopped | report.passed | report.last_cell | report.target | report.failed;
        for (int lane = 0; lane < count; lane++) {
            if ((batch->busy >> lane & 1) == 0)
                continue;
            const bool reported = (any >> lane & 1) != 0;
            if (!reported)
                batch->progress[lane].day = report.day[lane];
            if ((reported && !attend(batch, lane, &report)) || is_overdue(batch, lane)) {
                hand_back(batch, lane, queue);
                take_next(batch, lane, queue);
            }
        }
    }
}

/* ---- For benchmarks --------------------------------------------------------------------------------- */

bool batch_hold(struct batch *batch, const struct model *model, const double *state, double relative_tolerance)
{
    const double half_a_day = 0.5;
    struct lanes_report report = {0};
    for (int lane = 0; lane < batch->functions->count; lane++) {
        batch->functions->begin(batch->lanes, lane, model_numbers_of(model), relative_tolerance,
                                COURSE_USUAL_LIMIT_STEPS);
        batch->functions->restart(batch->lanes, lane, state, 0, 0);
        batch->functions->set_stop(batch->lanes, lane, INFINITY, half_a_day);
    }
    /* All lanes do the same, so that all have passed it or none. */
    do
        batch->functions->advance(batch->lanes, &report);
    while ((report.passed | report.failed) == 0);
    return report.passed != 0;
}

void batch_run_part(struct batch *batch, enum step_part part, long count)
{
    if (part != STEP_OUTPUT) {
        batch->functions->repeat_part(batch->lanes, part, count);
        return;
    }
    for (long i = 0; i < count; i++)
        batch->functions->interpolate(batch->lanes, 0, 0.5, batch->state);
}
