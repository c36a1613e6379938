/* Fates of a block of patients, by one thread. Every patient in every arm, and without any, is a job: first the whole
 * arm is run and its states kept, then courses begin from those. Jobs whose models have one layout share the engine's
 * lanes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trial/engine.h"
#include "trial/fate_job.h"

struct fate_slot {
    struct fate_slot *next; /* of the list it is in */
    struct fate_job *job;
    struct fate_courses courses;
};

struct fate_worker {
    const struct fate_run *run;
    struct engine *engine;
    struct model *layouts; /* [layout_count]: a model of each that was met */
    size_t layout_count, most_layouts;
    struct fate_job *jobs;
    size_t job_count, next_job;
    struct fate_slot *slots;
    size_t slot_count;
    struct fate_slot *empty, *waiting;
    /* The pass at hand. */
    enum fate_pass pass;
    size_t layout;
    bool no_memory;
};

struct fate_worker *fate_worker_create(const struct fate_run *run)
{
    const struct abscopal_results *results = run->fates->results;
    struct fate_worker *worker = calloc(1, sizeof *worker);
    if (worker == NULL)
        return NULL;
    worker->run = run;
    worker->slot_count = engine_lane_count(results->engine);
    worker->most_layouts = MODEL_MAX_LESIONS * (1 + results->arm_count);
    worker->engine = engine_create(results->engine, worker->most_layouts);
    worker->layouts = malloc(worker->most_layouts * sizeof *worker->layouts);
    worker->jobs = calloc(FATE_BLOCK_PATIENTS * (1 + results->arm_count), sizeof *worker->jobs);
    worker->slots = calloc(worker->slot_count, sizeof *worker->slots);
    bool good = worker->engine != NULL && worker->layouts != NULL && worker->jobs != NULL && worker->slots != NULL;
    for (size_t i = 0; good && i < worker->slot_count; i++) {
        struct fate_slot *slot = &worker->slots[i];
        good = fate_courses_open(&slot->courses, run);
        slot->courses.owner = slot;
        slot->next = worker->empty;
        worker->empty = slot;
    }
    if (good)
        return worker;
    fate_worker_free(worker);
    return NULL;
}

void fate_worker_free(struct fate_worker *worker)
{
    if (worker == NULL)
        return;
    for (size_t i = 0; worker->slots != NULL && i < worker->slot_count; i++)
        fate_courses_close(&worker->slots[i].courses);
    engine_free(worker->engine);
    free(worker->layouts);
    free(worker->jobs);
    free(worker->slots);
    free(worker);
}

/* ---- The block -------------------------------------------------------------------------------------- */

static size_t layout_of(struct fate_worker *worker, const struct model *model)
{
    size_t layout = 0;
    while (layout < worker->layout_count && !model_same_layout(&worker->layouts[layout], model))
        layout++;
    if (layout == worker->layout_count)
        worker->layouts[worker->layout_count++] = *model;
    return layout;
}

/* One job for every patient who was grown, without treatment, and one for each arm that was completed. */
static bool make_jobs(struct fate_worker *worker, size_t first, size_t count)
{
    const struct fate_run *run = worker->run;
    const struct abscopal_results *results = run->fates->results;
    worker->job_count = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t row = first + i;
        bool treated = false;
        for (size_t arm = 0; arm < results->arm_count; arm++)
            treated = treated || results->arms[results_row(results, arm, row)].status == ABSCOPAL_PATIENT_COMPLETED;
        for (int arm = FATE_UNTREATED; treated && arm < (int)results->arm_count; arm++) {
            if (arm >= 0 && results->arms[results_row(results, (size_t)arm, row)].status != ABSCOPAL_PATIENT_COMPLETED)
                continue;
            struct fate_job *job = &worker->jobs[worker->job_count++];
            *job = (struct fate_job){.run = run,
                                     .row = row,
                                     .arm = arm,
                                     .patient = &results->patients[row].patient,
                                     .fates = &run->fates->patients[row],
                                     .baseline = run->baselines + row * run->baseline_states};
            if (!fate_job_open(job, &worker->slots[0].courses))
                return false;
            job->layout = layout_of(worker, &job->model);
        }
    }
    return true;
}

static void free_jobs(struct fate_worker *worker)
{
    for (size_t i = 0; i < worker->job_count; i++)
        fate_job_close(&worker->jobs[i]);
    worker->job_count = 0;
}

/* ---- Passes ----------------------------------------------------------------------------------------- */

static struct course *next_course(void *context)
{
    struct fate_worker *worker = context;
    struct fate_slot *slot = worker->waiting;
    if (slot != NULL) {
        worker->waiting = slot->next;
        return slot->courses.course;
    }
    slot = worker->empty;
    while (slot != NULL && worker->next_job < worker->job_count) {
        struct fate_job *job = &worker->jobs[worker->next_job++];
        if (job->layout != worker->layout || !fate_job_begin(job, worker->pass, &slot->courses))
            continue;
        worker->empty = slot->next;
        slot->job = job;
        return slot->courses.course;
    }
    return NULL;
}

static void course_finished(struct course *course, void *context)
{
    struct fate_worker *worker = context;
    struct fate_courses *courses = fate_courses_of(course);
    struct fate_slot *slot = courses->owner;
    worker->no_memory = worker->no_memory || course->result == COURSE_NO_MEMORY;
    if (fate_job_goes_on(slot->job, worker->pass, courses)) {
        slot->next = worker->waiting;
        worker->waiting = slot;
        return;
    }
    slot->next = worker->empty;
    worker->empty = slot;
}

static void run_pass(struct fate_worker *worker, enum fate_pass pass)
{
    const struct batch_queue queue = {next_course, course_finished, worker};
    worker->pass = pass;
    for (worker->layout = 0; worker->layout < worker->layout_count; worker->layout++) {
        worker->next_job = 0;
        engine_run(worker->engine, worker->layout, &queue);
    }
}

bool fate_worker_run(struct fate_worker *worker, size_t first, size_t count)
{
    bool good = make_jobs(worker, first, count);
    worker->no_memory = false;
    if (good) {
        run_pass(worker, FATE_PASS_ARM);
        run_pass(worker, FATE_PASS_WHOLE);
        /* The equilibria of a patient are found in the order of jobs, whichever ended first. */
        for (size_t i = 0; i < worker->job_count; i++)
            fate_job_settle(&worker->jobs[i]);
        run_pass(worker, FATE_PASS_LATE);
        run_pass(worker, FATE_PASS_SEARCH);
        for (size_t i = 0; i < worker->job_count; i++)
            fate_job_record(&worker->jobs[i]);
    }
    free_jobs(worker);
    return good && !worker->no_memory;
}
