#include "trial/fate_job.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/view.h"

/* A state is kept just before what is given on a day: a tenth of a second, in which nothing happens. */
static const double before_doses_days = 1e-6;

/* Years of being left alone after which it is asked whether the fate is known. */
static const double stages_years[] = {0.5, 1, 2, 3, 4, 6, 8, 10, 15, 20, 30, 50, 100, 200, 500, 1000};
enum { STAGE_COUNT = sizeof stages_years / sizeof *stages_years };

/* ---- Rooms ------------------------------------------------------------------------------------------ */

bool fate_courses_open(struct fate_courses *courses, const struct fate_run *run)
{
    *courses = (struct fate_courses){.owner = NULL};
    const bool good = patient_room_open(&courses->room, run->fates->trial);
    courses->room.context = courses;
    courses->state = malloc(MODEL_MAX_STATES * sizeof *courses->state);
    return good && courses->state != NULL;
}

void fate_courses_close(struct fate_courses *courses)
{
    patient_room_close(&courses->room);
    free(courses->state);
    free(courses->events);
}

/* Courses of the arm belong to the room, and so do the others here. */
struct fate_courses *fate_courses_of(const struct course *course)
{
    const struct patient_room *room = course->context;
    return room->context;
}

static bool row_open(struct fate_row *row, size_t count)
{
    row->count = count;
    row->fates = calloc(count, sizeof *row->fates);
    row->known = calloc(count, sizeof *row->known);
    return row->fates != NULL && row->known != NULL;
}

/* When the plan is known. */
static bool make_room(struct fate_job *job)
{
    job->states = malloc(job->plan.day_count * job->state_count * sizeof *job->states);
    job->outputs = malloc(job->plan.day_count * sizeof *job->outputs);
    job->late = malloc(job->state_count * sizeof *job->late);
    return row_open(&job->left, job->plan.day_count) && row_open(&job->stopped, job->plan.cycle_count + 1) &&
           job->states != NULL && job->outputs != NULL && job->late != NULL;
}

static void treat(struct fate_job *job, struct fate_courses *courses)
{
    const struct abscopal_results *results = job->run->fates->results;
    trial_patient_treat(results->trial, job->patient, results->seed, job->baseline, (size_t)job->arm,
                        results->relative_tolerance, &courses->room);
    courses->course = &courses->room.treatment;
}

static bool finish_plan(struct fate_job *job)
{
    const struct abscopal_results *results = job->run->fates->results;
    return fate_plan_finish(&job->plan, &job->model, results->visit_days, job->arm >= 0 ? results->visit_count : 0,
                            job->arm >= 0 ? results->trial->file.until_days : 0) &&
           make_room(job);
}

bool fate_job_open(struct fate_job *job, struct fate_courses *courses)
{
    const struct abscopal_trial *trial = job->run->fates->trial;
    const struct arm *arm = job->arm >= 0 ? &trial->file.arms[job->arm] : NULL;
    trial_patient_prepare(trial, job->patient, NULL, &job->without);
    trial_patient_prepare(trial, job->patient, arm, &job->model);
    job->state_count = (size_t)model_state_count(&job->model);
    job->planning = arm != NULL && arm_is_adaptive(arm);
    if (job->planning)
        return true;
    if (arm != NULL) {
        courses->room.output_count = 0;
        treat(job, courses);
        if (!fate_plan_add(&job->plan, courses->course->events, courses->course->event_count, 0))
            return false;
    }
    return finish_plan(job);
}

void fate_job_close(struct fate_job *job)
{
    fate_plan_free(&job->plan);
    free(job->states);
    free(job->outputs);
    free(job->late);
    free(job->left.fates);
    free(job->left.known);
    free(job->stopped.fates);
    free(job->stopped.known);
}

/* ---- The arm ---------------------------------------------------------------------------------------- */

static double *state_of(const struct fate_job *job, size_t day)
{
    return job->states + day * job->state_count;
}

static void keep_state(const struct model *model, double day, const double *state, size_t output, void *context)
{
    (void)model, (void)day;
    const struct fate_courses *courses = context;
    memcpy(state_of(courses->job, 1 + output), state, courses->job->state_count * sizeof *state);
}

/* The arm once more or for the first time, keeping the states of all days but the first and the last. */
static void treat_and_keep(struct fate_job *job, struct fate_courses *courses)
{
    const struct fate_plan *plan = &job->plan;
    for (size_t i = 0; i < plan->day_count; i++)
        job->outputs[i] = plan->days[i] - before_doses_days;
    courses->room.output_days = job->outputs + 1;
    courses->room.output_count = plan->day_count - 2;
    courses->room.observe = keep_state;
    treat(job, courses);
    memcpy(job->states, courses->room.state, job->state_count * sizeof *job->states);
}

static bool begin_arm(struct fate_job *job, struct fate_courses *courses)
{
    if (job->arm == FATE_UNTREATED) {
        memcpy(job->states, job->baseline, job->state_count * sizeof *job->states);
        return false;
    }
    courses->room.output_count = 0;
    if (job->planning)
        treat(job, courses);
    else
        treat_and_keep(job, courses);
    job->no_memory =
        job->planning && !fate_plan_add(&job->plan, courses->course->events, courses->course->event_count, 0);
    return !job->no_memory;
}

/* After a segment of the arm: where visits decide what comes next, the arm is run twice, first to know its days. */
static bool arm_goes_on(struct fate_job *job, struct fate_courses *courses)
{
    struct course *course = courses->course;
    if (trial_patient_goes_on(&courses->room)) {
        job->no_memory =
            job->planning && !fate_plan_add(&job->plan, course->events, course->event_count, course->start_day);
        return !job->no_memory;
    }
    job->failed = course->result != COURSE_ENDED;
    if (job->failed)
        return false;
    if (job->planning) {
        job->planning = false;
        job->no_memory = !finish_plan(job);
        if (!job->no_memory)
            treat_and_keep(job, courses);
        return !job->no_memory;
    }
    memcpy(state_of(job, job->plan.day_count - 1), courses->room.state, job->state_count * sizeof *job->states);
    return false;
}

/* ---- Left alone ------------------------------------------------------------------------------------- */

static void set_tail(struct fate_job *job, struct fate_courses *courses, double start_day, double end_day)
{
    courses->tail = (struct course){.model = &courses->model,
                                    .relative_tolerance = job->run->fates->results->relative_tolerance,
                                    .start_day = start_day,
                                    .end_day = end_day,
                                    .state = courses->state,
                                    .context = &courses->room};
    courses->course = &courses->tail;
}

static void set_stage(struct fate_job *job, struct fate_courses *courses, double from_years)
{
    set_tail(job, courses, courses->left_day + from_years * FATE_YEAR_DAYS,
             courses->left_day + stages_years[courses->stage] * FATE_YEAR_DAYS);
}

static struct fate *asked_fate(const struct fate_job *job)
{
    return (job->of_cycles ? job->stopped.fates : job->left.fates) + job->asked;
}

static void answer(struct fate_job *job, const struct fate *fate)
{
    *asked_fate(job) = *fate;
    (job->of_cycles ? job->stopped.known : job->left.known)[job->asked] = true;
}

static void answer_undecided(struct fate_job *job)
{
    answer(job, &(struct fate){.fate = ABSCOPAL_FATE_UNDECIDED, .basis = FATE_BY_NOTHING, .after_days = NAN});
}

/* Whether there is radiotherapy after the state from which a stop after so many cycles goes on. */
static bool fractions_follow(const struct fate_job *job, size_t cycles)
{
    return cycles < job->plan.cycle_count &&
           job->plan.last_fraction_day >= job->plan.cycles[cycles].day - before_doses_days;
}

/* From baseline with all radiotherapy, but without the later cycles. */
static bool begin_stopped(struct fate_job *job, struct fate_courses *courses)
{
    if (courses->event_room < job->plan.event_count) {
        free(courses->events);
        courses->events = malloc(job->plan.event_count * sizeof *courses->events);
        courses->event_room = courses->events != NULL ? job->plan.event_count : 0;
        job->no_memory = courses->events == NULL;
        if (job->no_memory)
            return false;
    }
    const size_t count = fate_plan_stopped(&job->plan, job->asked, courses->events, &courses->left_day);
    memcpy(courses->state, state_of(job, 0), job->state_count * sizeof *courses->state);
    courses->stage = 0;
    set_tail(job, courses, 0, courses->left_day);
    courses->tail.events = courses->events;
    courses->tail.event_count = count;
    courses->treating = true;
    return true;
}

/* Begins what shows the fate that is asked for; false when it is known already, and then answered. */
static bool begin_asked(struct fate_job *job, struct fate_courses *courses)
{
    struct fate fate;
    courses->model = job->model;
    courses->treating = false;
    if (job->of_cycles && fractions_follow(job, job->asked))
        return begin_stopped(job, courses);
    const size_t day = job->of_cycles ? job->plan.cycles[job->asked].place : job->asked;
    memcpy(courses->state, state_of(job, day), job->state_count * sizeof *courses->state);
    courses->left_day = job->plan.days[day];
    courses->stage = 0;
    if (fate_decide(&job->model, courses->state, 0, job->fates, &fate)) {
        answer(job, &fate);
        return false;
    }
    set_stage(job, courses, 0);
    return true;
}

/* Near an equilibrium that the patient's list does not have. */
static bool decide_by_own_equilibrium(const struct fate_job *job, const double *state, double alone_days,
                                      struct fate *fate)
{
    struct fate_equilibrium equilibrium;
    if (!fate_find_equilibrium(&job->model, state, &job->without, &equilibrium))
        return false;
    *fate = (struct fate){equilibrium.fate, FATE_BY_EQUILIBRIUM, alone_days, equilibrium.living};
    return true;
}

/* After a course of a patient left alone: true when another has to be run, false when the question is answered, or put
 * off to another pass. */
static bool alone_goes_on(struct fate_job *job, enum fate_pass pass, struct fate_courses *courses)
{
    const double *state = courses->state;
    struct fate fate;
    if (courses->tail.result != COURSE_ENDED) {
        answer_undecided(job);
        return false;
    }
    const double alone_days = courses->treating ? 0 : stages_years[courses->stage] * FATE_YEAR_DAYS;
    bool known = fate_decide(&job->model, state, alone_days, job->fates, &fate);
    const bool settling = alone_days == FATE_SETTLING_DAYS, last = alone_days == FATE_LONGEST_DAYS;
    if (!known && settling && pass == FATE_PASS_WHOLE) {
        memcpy(job->late, state, job->state_count * sizeof *state);
        return false;
    }
    if (!known && (settling || last))
        known = decide_by_own_equilibrium(job, state, alone_days, &fate);
    if (known) {
        answer(job, &fate);
        return false;
    }
    if (last) {
        answer_undecided(job);
        return false;
    }
    const double from_years = courses->treating ? 0 : stages_years[courses->stage];
    courses->stage += !courses->treating;
    courses->treating = false;
    set_stage(job, courses, from_years);
    return true;
}

/* ---- The whole arm ---------------------------------------------------------------------------------- */

static const struct fate *whole_fate(const struct fate_job *job)
{
    return &job->left.fates[job->left.count - 1];
}

static bool is_settled(const struct fate_job *job)
{
    return job->failed || job->no_memory || job->left.known[job->left.count - 1];
}

static bool begin_whole(struct fate_job *job, struct fate_courses *courses)
{
    if (is_settled(job))
        return false;
    job->of_cycles = false;
    job->asked = job->left.count - 1;
    return begin_asked(job, courses);
}

void fate_job_settle(struct fate_job *job)
{
    struct fate_patient *fates = job->fates;
    struct fate fate;
    if (is_settled(job))
        return;
    if (!fate_decide(&job->model, job->late, FATE_SETTLING_DAYS, fates, &fate)) {
        struct fate_equilibrium *next = &fates->equilibria[fates->equilibrium_count];
        if (fates->equilibrium_count >= FATE_MOST_EQUILIBRIA ||
            !fate_find_equilibrium(&job->model, job->late, &job->without, next))
            return;
        fates->equilibrium_count++;
        fate = (struct fate){next->fate, FATE_BY_EQUILIBRIUM, FATE_SETTLING_DAYS, next->living};
    }
    answer(job, &fate);
}

static bool begin_late(struct fate_job *job, struct fate_courses *courses)
{
    if (is_settled(job))
        return false;
    courses->model = job->model;
    courses->treating = false;
    courses->left_day = job->plan.days[job->asked];
    memcpy(courses->state, job->late, job->state_count * sizeof *courses->state);
    courses->stage = 0;
    while (stages_years[courses->stage] * FATE_YEAR_DAYS <= FATE_SETTLING_DAYS)
        courses->stage++;
    set_stage(job, courses, FATE_SETTLING_DAYS / FATE_YEAR_DAYS);
    return true;
}

/* ---- The search ------------------------------------------------------------------------------------- */

/* The next of a row to be looked at, or its count: all of them, or by bisection between the first and the last. */
static size_t next_asked(const struct fate_job *job, const struct fate_row *row)
{
    const enum abscopal_fate whole = whole_fate(job)->fate;
    if (job->run->fates->every_day) {
        size_t next = 0;
        while (next < row->count && row->known[next])
            next++;
        return next;
    }
    if (!row->known[0])
        return 0;
    size_t differs = 0, same = row->count - 1;
    if (row->fates[0].fate == whole)
        return row->count;
    while (same - differs > 1) {
        const size_t middle = differs + (same - differs) / 2;
        if (!row->known[middle])
            return middle;
        *(row->fates[middle].fate == whole ? &same : &differs) = middle;
    }
    return row->count;
}

/* Where the same is asked of a day as of a number of cycles, or all of them, the answer stands there. */
static void share_answers(struct fate_job *job)
{
    for (size_t cycles = 0; cycles < job->stopped.count; cycles++) {
        if (job->stopped.known[cycles] || (cycles < job->plan.cycle_count && fractions_follow(job, cycles)))
            continue;
        const size_t day = cycles < job->plan.cycle_count ? job->plan.cycles[cycles].place : job->left.count - 1;
        job->stopped.known[cycles] = job->left.known[day];
        job->stopped.fates[cycles] = job->left.fates[day];
    }
}

static bool begin_search(struct fate_job *job, struct fate_courses *courses)
{
    if (!is_settled(job) || job->failed || job->no_memory || job->arm == FATE_UNTREATED ||
        whole_fate(job)->fate == ABSCOPAL_FATE_UNDECIDED)
        return false;
    for (;;) {
        share_answers(job);
        job->of_cycles = false;
        job->asked = next_asked(job, &job->left);
        if (job->asked == job->left.count) {
            job->of_cycles = true;
            job->asked = next_asked(job, &job->stopped);
            if (job->asked == job->stopped.count)
                return false;
        }
        if (begin_asked(job, courses))
            return true;
        if (job->no_memory)
            return false;
    }
}

bool fate_job_begin(struct fate_job *job, enum fate_pass pass, struct fate_courses *courses)
{
    courses->job = job;
    switch (pass) {
    case FATE_PASS_ARM:
        return begin_arm(job, courses);
    case FATE_PASS_WHOLE:
        return begin_whole(job, courses);
    case FATE_PASS_LATE:
        return begin_late(job, courses);
    case FATE_PASS_SEARCH:
        break;
    }
    return begin_search(job, courses);
}

bool fate_job_goes_on(struct fate_job *job, enum fate_pass pass, struct fate_courses *courses)
{
    if (pass == FATE_PASS_ARM)
        return arm_goes_on(job, courses);
    return alone_goes_on(job, pass, courses) || (pass == FATE_PASS_SEARCH && begin_search(job, courses));
}

/* ---- What was found --------------------------------------------------------------------------------- */

/* The first of a row from which on all that is known is the fate of the whole; and, where all is known, how many before
 * it have that fate as well. */
static size_t first_of(const struct fate_job *job, const struct fate_row *row, int *exceptions)
{
    const enum abscopal_fate whole = whole_fate(job)->fate;
    size_t first = row->count - 1;
    for (size_t i = row->count; i-- > 0;) {
        if (row->known[i] && row->fates[i].fate != whole)
            break;
        if (row->known[i])
            first = i;
    }
    for (size_t i = 0; i < first; i++)
        *exceptions += row->known[i] && row->fates[i].fate == whole;
    return first;
}

void fate_job_record(const struct fate_job *job)
{
    struct abscopal_fates *fates = job->run->fates;
    if (job->arm == FATE_UNTREATED) {
        job->fates->untreated = *whole_fate(job);
        return;
    }
    struct fate_course *course = &fates->courses[results_row(fates->results, (size_t)job->arm, job->row)];
    course->status = job->failed ? ABSCOPAL_PATIENT_NOT_INTEGRATED : ABSCOPAL_PATIENT_COMPLETED;
    if (job->failed || job->no_memory)
        return;
    course->fate = *whole_fate(job);
    course->cycles = (int)job->plan.cycle_count;
    for (size_t i = 0; i < job->plan.cycle_count; i++)
        course->dose_mg += job->plan.cycles[i].dose_mg;
    if (course->fate.fate == ABSCOPAL_FATE_UNDECIDED)
        return;
    course->decided_day = job->plan.days[first_of(job, &job->left, &course->exceptions)];
    course->cycles_needed = (int)first_of(job, &job->stopped, &course->exceptions);
    course->dose_needed_mg = 0;
    for (int i = 0; i < course->cycles_needed; i++)
        course->dose_needed_mg += job->plan.cycles[i].dose_mg;
    course->stop_day = course->cycles_needed > 0 ? job->plan.cycles[course->cycles_needed - 1].day : NAN;
}
