#include "trial/worker.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "trial/allocation.h"
#include "trial/imaging.h"
#include "trial/outcomes.h"

/* A course on its way. */
struct slot {
    struct patient_room room;
    struct worker *worker;
    struct schedule_item item;
    struct slot *next; /* of the list it is in */
};

struct worker {
    struct run *run;
    struct engine *engine;
    size_t layout; /* worked on */
    size_t slot_count;
    struct slot *slots;
    struct slot *empty;
    struct slot *waiting; /* whose growth or treatment goes on with another course */
    struct outcomes_room outcomes;
    struct course_tally *tallies; /* as those of the results */
};

struct worker *worker_create(struct run *run)
{
    const struct abscopal_results *results = run->results;
    struct worker *worker = calloc(1, sizeof *worker);
    if (worker == NULL)
        return NULL;
    worker->run = run;
    worker->slot_count = engine_lane_count(results->engine);
    worker->engine = engine_create(results->engine, schedule_layout_count(run->schedule));
    worker->slots = calloc(worker->slot_count, sizeof *worker->slots);
    worker->tallies = calloc(results_tally_count(results), sizeof *worker->tallies);
    bool good = outcomes_room_open(&worker->outcomes, results) && worker->engine != NULL && worker->slots != NULL &&
                worker->tallies != NULL;
    for (size_t i = 0; good && i < worker->slot_count; i++) {
        struct slot *slot = &worker->slots[i];
        good = patient_room_open(&slot->room, results->trial);
        slot->worker = worker;
        slot->room.context = slot;
        slot->room.limits = trial_limits(run->options->max_steps, run->options->max_seconds);
        slot->next = worker->empty;
        worker->empty = slot;
    }
    if (good)
        return worker;
    worker_free(worker);
    return NULL;
}

void worker_free(struct worker *worker)
{
    if (worker == NULL)
        return;
    for (size_t i = 0; worker->slots != NULL && i < worker->slot_count; i++)
        patient_room_close(&worker->slots[i].room);
    engine_free(worker->engine);
    free(worker->slots);
    outcomes_room_close(&worker->outcomes);
    free(worker->tallies);
    free(worker);
}

/* ---- Results ---------------------------------------------------------------------------------------- */

static struct patient_result *patient_of(const struct slot *slot)
{
    const struct run *run = slot->worker->run;
    return &run->results->patients[run->first_row + slot->item.patient];
}

static double *baseline_of(const struct slot *slot)
{
    const struct run *run = slot->worker->run;
    return run->baselines + slot->item.patient * run->baseline_states;
}

/* Row of the slot's patient and arm in the results. */
static size_t row_of(const struct slot *slot)
{
    const struct run *run = slot->worker->run;
    return results_row(run->results, (size_t)slot->item.arm, run->first_row + slot->item.patient);
}

static void record_visit(struct slot *slot, const struct model *model, const double *state, size_t visit)
{
    const struct abscopal_results *results = slot->worker->run->results;
    const size_t row = row_of(slot) * results->visit_count + visit;
    double *diameters_mm = results->diameters_mm + row * results->lesion_count;
    results->new_lesions[row] = (signed char)conduct_new_lesions(&slot->room.conduct, visit, model, state);
    imaging_measure(&results->trial->file.imaging, results->seed, patient_of(slot)->patient.id, visit, model, state,
                    diameters_mm);
}

static void record_look(const struct model *model, double day, const double *state, size_t output, void *context)
{
    (void)day;
    struct slot *slot = context;
    const struct run *run = slot->worker->run;
    const struct look look = run->looks.looks[output];
    if (look.visit >= 0)
        record_visit(slot, model, state, (size_t)look.visit);
    if (look.course >= 0)
        courses_record(run->results, row_of(slot), (size_t)look.course, model, state);
}

static void treated(struct slot *slot)
{
    struct run *run = slot->worker->run;
    struct abscopal_results *results = run->results;
    const size_t row = row_of(slot), arm = (size_t)slot->item.arm, width = results->visit_count * results->lesion_count;
    const enum abscopal_patient_status status =
        trial_patient_treated(&slot->room, arm, &run->failures[slot->item.patient * results->arm_count + arm]);
    const struct conduct *conduct = &slot->room.conduct;
    struct arm_result *result = &results->arms[row];
    result->doses = conduct->doses;
    result->fractions = conduct->fractions;
    result->switches = conduct->switches;
    result->irradiated = 0;
    result->non_target = (unsigned char)conduct->non_targets;
    for (int lesion = 0; lesion < MODEL_MAX_LESIONS; lesion++)
        result->irradiated |= (unsigned char)(conduct->irradiated[lesion] << lesion);
    if (status == ABSCOPAL_PATIENT_COMPLETED) {
        outcomes_classify(results, arm, run->first_row + slot->item.patient, &slot->worker->outcomes);
    } else { /* what was seen before the failure is not an outcome */
        for (size_t i = 0; i < width; i++)
            results->diameters_mm[row * width + i] = NAN;
        memset(results->new_lesions + row * results->visit_count, -1, results->visit_count);
        courses_clear(results, row);
    }
    results->arms[row].status = status;
    atomic_fetch_add(&run->finished_courses, 1);
}

/* The patient at baseline, or without one, enters the trial. */
static void enter(struct slot *slot, double lymphocytes_per_ul)
{
    struct run *run = slot->worker->run;
    struct patient_result *patient = patient_of(slot);
    if (patient->status == ABSCOPAL_PATIENT_COMPLETED &&
        !allocation_stays_eligible(&run->results->trial->file, lymphocytes_per_ul))
        patient->status = ABSCOPAL_PATIENT_NOT_ELIGIBLE;
    const bool treatable = patient->status == ABSCOPAL_PATIENT_COMPLETED;
    if (!treatable)
        patient->baseline_sum_of_diameters_mm = NAN;
    atomic_fetch_add(&run->finished_courses, treatable ? 1 : 1 + run->results->arm_count);
    schedule_grown(run->schedule, slot->item.patient, treatable);
}

static void grown(struct slot *slot)
{
    const struct run *run = slot->worker->run;
    struct patient_result *patient = patient_of(slot);
    double *baseline = baseline_of(slot), lymphocytes_per_ul = NAN;
    patient->status = trial_patient_grown(&slot->room, baseline, &patient->failure);
    patient->growth_days = slot->room.growth.days;
    patient->rules_failed = slot->room.rules_failed;
    memcpy(patient->baseline_outputs, slot->room.baseline_outputs, sizeof patient->baseline_outputs);
    if (patient->status == ABSCOPAL_PATIENT_COMPLETED) {
        lymphocytes_per_ul = model_lymphocytes_per_ul(&slot->room.model, slot->room.state);
        patient->baseline_sum_of_diameters_mm = model_sum_of_diameters_mm(&slot->room.model, baseline);
    }
    if (run->lymphocytes_per_ul != NULL)
        run->lymphocytes_per_ul[slot->item.patient] = lymphocytes_per_ul;
    enter(slot, lymphocytes_per_ul);
}

/* The patient as it was grown before. */
static void take_baseline(struct slot *slot)
{
    const struct run *run = slot->worker->run;
    const struct baselines *grown = run->grown;
    const size_t row = run->first_row + slot->item.patient;
    *patient_of(slot) = grown->patients[row];
    if (grown->patients[row].status == ABSCOPAL_PATIENT_COMPLETED)
        memcpy(baseline_of(slot), grown->states + row * grown->state_count, grown->state_count * sizeof(double));
    enter(slot, grown->lymphocytes_per_ul[row]);
}

/* ---- Courses ---------------------------------------------------------------------------------------- */

static struct slot *slot_take(struct slot **list)
{
    struct slot *slot = *list;
    if (slot != NULL)
        *list = slot->next;
    return slot;
}

static void slot_put(struct slot **list, struct slot *slot)
{
    slot->next = *list;
    *list = slot;
}

static struct course *begin(struct slot *slot)
{
    const struct run *run = slot->worker->run;
    const struct abscopal_results *results = run->results;
    const struct virtual_patient *patient = &patient_of(slot)->patient;
    if (slot->item.arm == SCHEDULE_GROWTH) {
        trial_patient_grow(results->trial, patient, results->relative_tolerance, &slot->room);
        return &slot->room.growth.course;
    }
    slot->room.output_days = run->looks.days;
    slot->room.output_count = run->looks.count;
    slot->room.observe = record_look;
    trial_patient_treat(results->trial, patient, results->seed, baseline_of(slot), (size_t)slot->item.arm,
                        results->relative_tolerance, &slot->room);
    return &slot->room.treatment;
}

/* Whether the course at hand is none: of a patient who does not take part or has been grown before, or of an arm that
 * is another's. */
static bool is_left_out(struct slot *slot)
{
    struct run *run = slot->worker->run;
    const int allocation = run->results->allocation[run->first_row + slot->item.patient];
    if (slot->item.arm == SCHEDULE_GROWTH &&
        (allocation == ALLOCATION_NOT_ELIGIBLE || allocation == ALLOCATION_NOT_SELECTED)) {
        patient_of(slot)->status =
            allocation == ALLOCATION_NOT_SELECTED ? ABSCOPAL_PATIENT_NOT_SELECTED : ABSCOPAL_PATIENT_NOT_ELIGIBLE;
        atomic_fetch_add(&run->finished_courses, 1 + run->results->arm_count);
        schedule_grown(run->schedule, slot->item.patient, false);
        return true;
    }
    if (slot->item.arm == SCHEDULE_GROWTH && run->grown != NULL) {
        take_baseline(slot);
        return true;
    }
    if (slot->item.arm == SCHEDULE_GROWTH || allocation < 0 || allocation == slot->item.arm)
        return false;
    run->results->arms[row_of(slot)].status = ABSCOPAL_PATIENT_NOT_ALLOCATED;
    atomic_fetch_add(&run->finished_courses, 1);
    return true;
}

static struct course *next_course(void *context)
{
    struct worker *worker = context;
    struct run *run = worker->run;
    run_report(run, false);
    if (atomic_load(&run->stop))
        return NULL;
    struct slot *slot = slot_take(&worker->waiting);
    if (slot != NULL)
        return slot->item.arm == SCHEDULE_GROWTH ? &slot->room.growth.course : &slot->room.treatment;
    do
        if (worker->empty == NULL || !schedule_next(run->schedule, worker->layout, &worker->empty->item))
            return NULL;
    while (is_left_out(worker->empty));
    return begin(slot_take(&worker->empty));
}

static void course_finished(struct course *course, void *context)
{
    struct worker *worker = context;
    const struct patient_room *room = course->context;
    struct slot *slot = room->context;
    struct course_tally *tally =
        &worker->tallies[results_tally(worker->run->results, course->model->lesion_count, slot->item.arm)];
    integrator_work_add(&tally->work, &course->work);
    const bool growth = slot->item.arm == SCHEDULE_GROWTH;
    if (growth ? growth_goes_on(&slot->room.growth) : trial_patient_goes_on(&slot->room)) {
        slot_put(&worker->waiting, slot);
        return;
    }
    tally->courses++;
    if (growth)
        grown(slot);
    else
        treated(slot);
    slot_put(&worker->empty, slot);
}

/* Until another thread has grown a patient whose arms this one can take. */
static void wait_a_little(void)
{
    const struct timespec time = {.tv_nsec = 50000};
    nanosleep(&time, NULL);
}

void worker_work(struct worker *worker)
{
    struct run *run = worker->run;
    const struct batch_queue queue = {next_course, course_finished, worker};
    while (!atomic_load(&run->stop)) {
        if (schedule_choose(run->schedule, &worker->layout)) {
            engine_run(worker->engine, worker->layout, &queue);
            schedule_leave(run->schedule, worker->layout);
        } else if (schedule_done(run->schedule)) {
            break;
        } else {
            wait_a_little();
            run_report(run, false);
        }
    }
}

void worker_tell_work(const struct worker *worker)
{
    struct abscopal_results *results = worker->run->results;
    for (size_t i = 0; i < results_tally_count(results); i++) {
        results->tallies[i].courses += worker->tallies[i].courses;
        integrator_work_add(&results->tallies[i].work, &worker->tallies[i].work);
    }
}
