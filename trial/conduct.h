/* What is given to one patient in one arm as the trial goes on: treatments that begin on a day, after one another or at
 * what a visit finds, and that end, are put off or are replaced by those of another arm. Decisions are made at visits,
 * by what imaging has measured, and where a treatment says so at its doses. */
#ifndef ABSCOPAL_TRIAL_CONDUCT_H
#define ABSCOPAL_TRIAL_CONDUCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cohorts/sampling.h"
#include "model/model.h"
#include "protocols/trial_file.h"
#include "solver/course.h"
#include "trial/criteria.h"
#include "trial/new_lesions.h"

enum block_state {
    BLOCK_WAITING, /* for what it begins with */
    BLOCK_PLANNED, /* begins on start_day, or has begun */
    BLOCK_OVER     /* ended, or will not begin */
};

/* One treatment of the arm. */
struct block {
    const struct treatment *treatment;
    enum block_state state;
    double start_day;                   /* of the first dose or fraction */
    double offset_days;                 /* by which doses not yet given have been put off */
    double over_day;                    /* over: since when */
    int next;                           /* index of the first dose not yet given or missed */
    int looked_at;                      /* doses before this index have been looked at for a delay */
    double last_end_day;                /* of the last dose or fraction given or missed, its infusion included */
    bool irradiated[MODEL_MAX_LESIONS]; /* lesions of radiotherapy, chosen when it is planned */
    double coverage[MODEL_MAX_LESIONS];
};

struct conduct {
    const struct trial_file *trial;
    const struct arm *arm;
    const struct virtual_patient *patient;
    uint64_t seed;
    bool adaptive;
    struct block *blocks;
    size_t block_count;
    unsigned non_targets;                      /* a bit for each lesion that is no target */
    struct criteria line;                      /* since treatment began or was switched */
    struct new_lesions new_lesions;            /* since day 0 */
    int new_lesions_before;                    /* this line: those belong to its baseline */
    double last_sum_mm;                        /* of the targets, at the last evaluable visit; NaN: none */
    bool progressed;                           /* in this line */
    double lesion_nadir_mm[MODEL_MAX_LESIONS]; /* in this line, up to the visit before */
    size_t visits_done;                        /* the baseline included */
    double *visit_days;                        /* [visit_count] */
    size_t visit_count;
    /* What has been given, over all lines. */
    int doses, fractions;
    bool irradiated[MODEL_MAX_LESIONS];
    int switches;
    struct course_event *events; /* of the segment at hand */
    size_t event_count;
    double *days; /* scratch of one treatment */
};

/* Memory for any patient in any arm of the trial; false without. One that was not opened may be closed. visit_days is
 * made here, from the trial file. */
bool conduct_open(struct conduct *conduct, const struct trial_file *trial);
void conduct_close(struct conduct *conduct);

/* Begins on day 0 with a state of the model, which has the drugs of arm_drugs, and with the patient's rate of new
 * lesions. */
void conduct_begin(struct conduct *conduct, size_t arm, const struct virtual_patient *patient, uint64_t seed,
                   double new_lesions_per_day, const struct model *model, const double *state);

/* The day, later than this one, on which the course has to stop for a decision: the next visit or a dose that may be
 * put off; or the end of the trial, where there is nothing to decide. */
double conduct_next_stop(const struct conduct *conduct, double day);

/* The events from this day on, before `to` or, when that is the end of the trial, until then, into conduct->events,
 * sorted; returns how many. They count as given. Infusions that the segment before, which ended on this day, has begun
 * run on at their rates until their ends, whatever was decided meanwhile. */
size_t conduct_plan(struct conduct *conduct, const struct model *model, double from, double to);

/* Decides on the day of a stop, before the doses of that day. */
void conduct_decide(struct conduct *conduct, const struct model *model, const double *state, double day);

/* New lesions that have been found up to a visit (from 0), which is looked at now unless a decision was made there: to
 * be called for one visit after the other. A decision sees the state before that day's fractions, this one after them;
 * they differ by the cells that those fractions have doomed. */
int conduct_new_lesions(struct conduct *conduct, size_t visit, const struct model *model, const double *state);

/* When a treatment that begins on that day is given as long as nothing that visits find changes it: fills
 * days[treatment->count] and returns how many there are, within its duration and the trial. */
int conduct_planned_days(const struct trial_file *trial, const struct treatment *treatment, double start_day,
                         double *days);

/* When a treatment of the arm begins as long as nothing that visits find changes it; NaN for one that waits for what a
 * visit finds, itself or in what it comes after. days is scratch as above, for the most doses of the arm. */
double conduct_planned_start(const struct trial_file *trial, const struct arm *arm, size_t treatment, double *days);

/* Doses or fractions of a treatment of any arm at most: room for the days above. */
size_t conduct_most_days(const struct trial_file *trial);

/* Days on which the arm interrupts a course, at most: a measure of the time that it takes. */
size_t conduct_interruptions(const struct trial_file *trial, const struct arm *arm);

#endif
