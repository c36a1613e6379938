/* One thread of a run: takes courses from the schedule, has its engine run them, and puts down what came out. */
#ifndef ABSCOPAL_TRIAL_WORKER_H
#define ABSCOPAL_TRIAL_WORKER_H

#include <stdatomic.h>

#include "trial/baselines.h"
#include "trial/courses.h"
#include "trial/patient.h"
#include "trial/schedule.h"
#include "trial/virtual_trial.h"

/* What the threads of a run share. */
struct run {
    struct abscopal_results *results;
    const struct abscopal_run_options *options;
    uint64_t first_id;                   /* of the results' first patient */
    const struct virtual_patient *given; /* [patient] of the results; NULL: they are drawn */
    double started;                      /* seconds */
    double reported;
    atomic_size_t finished_courses; /* of every patient: growth and each arm */
    size_t course_count;
    struct look_plan looks; /* at every patient in every arm */
    atomic_bool stop;
    atomic_bool no_memory;
    /* The block of patients at hand. */
    struct schedule *schedule;
    size_t block_patients; /* at most */
    size_t first_row;      /* of its first patient in the results */
    bool goes_on;          /* there is another block; written by one thread between barriers */
    int *lesion_counts;    /* [patient of the block] */
    size_t baseline_states;
    double *baselines;                    /* [patient of the block][baseline_states] */
    const struct baselines *grown;        /* whose baselines stand for growth; NULL: patients are grown */
    double *lymphocytes_per_ul;           /* [patient of the block], to be kept of growth; NULL: they are not */
    struct integration_failure *failures; /* [patient of the block][arm], where one was not integrated */
};

/* Tells the caller of the run how far it is, from the caller's own thread and not too often unless it is the `last`
 * time. */
void run_report(struct run *run, bool last);

struct worker;

/* NULL without memory. Made and used by one thread. */
struct worker *worker_create(struct run *run);
void worker_free(struct worker *worker);

/* Works until the block has no course left to begin, or until the run is to stop. */
void worker_work(struct worker *worker);

/* Adds what its engine has done to the results' tallies. One thread at a time. */
void worker_tell_work(const struct worker *worker);

#endif
