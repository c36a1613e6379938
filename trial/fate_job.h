/* One patient in one arm, or without any: what is to be run to know the fate, and from when on it is decided. */
#ifndef ABSCOPAL_TRIAL_FATE_JOB_H
#define ABSCOPAL_TRIAL_FATE_JOB_H

#include "trial/fate.h"
#include "trial/fate_plan.h"
#include "trial/patient.h"

enum { FATE_UNTREATED = -1 };

/* What a block does with all its jobs, one after another. */
enum fate_pass {
    FATE_PASS_ARM,   /* the arm itself */
    FATE_PASS_WHOLE, /* what comes after it, for FATE_SETTLING_DAYS */
    FATE_PASS_LATE,  /* and for longer, where no equilibrium was found then */
    FATE_PASS_SEARCH /* what comes after earlier days */
};
#define FATE_SETTLING_DAYS (30 * FATE_YEAR_DAYS)

/* Where a course of a job takes place; `course` is the next to be run. */
struct fate_courses {
    void *owner;
    struct patient_room room; /* of the arm */
    struct fate_job *job;
    struct course *course;
    struct course tail; /* from a day on */
    struct model model;
    double *state;
    struct course_event *events;
    size_t event_room;
    double left_day; /* when the patient is left alone */
    size_t stage;    /* until when the tail at hand goes */
    bool treating;   /* the tail is of what is given before that day */
};

bool fate_courses_open(struct fate_courses *courses, const struct fate_run *run);
void fate_courses_close(struct fate_courses *courses);
struct fate_courses *fate_courses_of(const struct course *course);

/* Fates of a row of days or of cycles, as far as they are known. */
struct fate_row {
    struct fate *fates;
    bool *known;
    size_t count;
};

struct fate_job {
    const struct fate_run *run;
    size_t row; /* of the patient */
    int arm;    /* or FATE_UNTREATED */
    const struct virtual_patient *patient;
    struct fate_patient *fates; /* of the patient */
    const double *baseline;
    struct model model, without; /* drugs */
    size_t layout;
    struct fate_plan plan;
    bool planning, failed, no_memory;
    size_t state_count;
    double *states;          /* [plan day][state]: before that day's doses; the last: after the arm */
    double *outputs;         /* [plan day] when states are kept */
    double *late;            /* after FATE_SETTLING_DAYS alone */
    struct fate_row left;    /* alone from that day on */
    struct fate_row stopped; /* after so many cycles, radiotherapy apart */
    bool of_cycles;          /* what is asked at the moment: stopped rather than left */
    size_t asked;
};

/* Prepares the job, whose first members are set. False without memory. `courses` is used meanwhile. */
bool fate_job_open(struct fate_job *job, struct fate_courses *courses);
void fate_job_close(struct fate_job *job);

/* Whether there is a course to run in this pass, which then stands in `courses`; and, after it was run, whether there
 * is another one. */
bool fate_job_begin(struct fate_job *job, enum fate_pass pass, struct fate_courses *courses);
bool fate_job_goes_on(struct fate_job *job, enum fate_pass pass, struct fate_courses *courses);

/* Between passes: finds the equilibrium that the patient was near at FATE_SETTLING_DAYS. In the order of the jobs. */
void fate_job_settle(struct fate_job *job);

/* Puts down what was found. */
void fate_job_record(const struct fate_job *job);

#endif
