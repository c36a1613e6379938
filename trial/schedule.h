/* Which course of a block of patients comes next, and in which layout: shared by threads without locks. Knows numbers
 * only, neither models nor results.
 *
 * A layout is a number of lesions with a list of drugs. First come the courses of growth, in the layout without drugs;
 * as soon as a patient is grown, its arms wait in the layouts of their drugs, the longest first: where the courses of a
 * layout come to an end, lanes stand idle for no longer than the last ones take. No thread waits for others to end what
 * is none of its business: growth of few lesions goes on beside treatment of many. */
#ifndef ABSCOPAL_TRIAL_SCHEDULE_H
#define ABSCOPAL_TRIAL_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>

struct schedule;

enum { SCHEDULE_GROWTH = -1 };

struct schedule_item {
    size_t patient; /* of the block, from 0 */
    int arm;        /* or SCHEDULE_GROWTH */
};

/* What it knows of an arm. */
struct schedule_arm {
    size_t drug_list; /* lists of drugs are numbered; 0 is the one without any */
    size_t cost;      /* above 0: a measure of the time that a course takes */
};

/* Room for blocks of at most so many patients with at most so many lesions. NULL without memory. */
struct schedule *schedule_create(size_t patients_at_most, int lesions_at_most, const struct schedule_arm *arms,
                                 size_t arm_count);
void schedule_free(struct schedule *schedule);

/* Number of layouts; they are counted from 0. */
size_t schedule_layout_count(const struct schedule *schedule);

/* Begins a block: lesion_counts[patients]. `grown` when its patients need no growth. No other thread may be at work on
 * the schedule meanwhile. */
void schedule_begin(struct schedule *schedule, const int *lesion_counts, size_t patients, bool grown);

/* The layout that a thread had best work on now: the one with most left to do for each thread that works on it, where
 * growth counts for the arms that wait for it. False when nothing can be begun at the moment. The thread then belongs
 * to that layout until schedule_leave. */
bool schedule_choose(struct schedule *schedule, size_t *layout);
void schedule_leave(struct schedule *schedule, size_t layout);

/* Takes the next course of the layout; false when there is none at the moment. */
bool schedule_next(struct schedule *schedule, size_t layout, struct schedule_item *item);

/* Growth of a patient is over; when `treatable`, all its arms may be taken, by threads that then see all that this one
 * has written. */
void schedule_grown(struct schedule *schedule, size_t patient, bool treatable);

/* Whether all courses of the block have been taken and none will come. */
bool schedule_done(const struct schedule *schedule);

#endif
