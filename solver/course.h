/* One patient's course: from event to event, reporting the state on the days asked for. */
#ifndef ABSCOPAL_SOLVER_COURSE_H
#define ABSCOPAL_SOLVER_COURSE_H

#include <stddef.h>

#include "model/model.h"
#include "solver/integrator.h"

/* What happens at once, in the order in which events of one day and time happen: infusions end before others start,
 * drugs come before radiotherapy, and outputs of that time show the state after all of them. Within a kind: in the
 * order in which they were put in. A lesion's last cell is found by the integrator and cleared where it dies. */
enum course_event_kind { EVENT_INFUSION_END, EVENT_INFUSION_START, EVENT_BOLUS, EVENT_FRACTION };

struct course_event {
    double day;
    enum course_event_kind kind;
    int drug;           /* drugs: index into the model's */
    double amount_nmol; /* bolus */
    double nmol_per_d;  /* infusion: its rate, the same at start and end */
    struct fraction fraction;
};

/* Sorts events into the order above; stable. */
void course_sort_events(struct course_event *events, size_t count);

/* What an event is called, such as "radiotherapy fraction". */
const char *course_event_name(enum course_event_kind kind);

/* Called for every output day, in order, with the state of that day. */
typedef void course_observer(const struct model *model, double day, const double *state, size_t output, void *context);

/* How a course ended. */
enum course_result {
    COURSE_ENDED,           /* on end_day */
    COURSE_TARGET,          /* where the sum of diameters reached the target */
    COURSE_NO_LIVING_CELLS, /* wanted a target, but no lesion has living cells that could grow to it */
    COURSE_FAILED,          /* the solver gave up, or the course took more than it may; `failure` says where and why */
    COURSE_NO_MEMORY
};

/* Why a course failed, whichever the engine; what an engine alone knows has codes of its own above these. The state
 * named is the first at fault, or the one that kept the steps small. */
enum course_failure {
    COURSE_TOO_MANY_STEPS = -101, /* more than limits.steps */
    COURSE_TOOK_TOO_LONG = -102,  /* more than limits.seconds */
    COURSE_NOT_FINITE = -103,     /* a state, or its rate, is infinite or no number */
    COURSE_RAN_AWAY = -104        /* an amount beyond COURSE_LARGEST_AMOUNT, or far below 0 */
};

/* Its name, such as "TOO_MANY_STEPS". */
const char *course_failure_name(enum course_failure failure);

/* No state has any meaning beyond this, in whatever unit: a body has 4e13 cells. Far below 0 is more than this share,
 * or so many relative tolerances if that is more, of the largest amount of that state at any stop before, and a million
 * absolute ones. Both are looked at where the course stops, at events and at its end, so that it is the same whatever
 * outputs are asked for. */
#define COURSE_LARGEST_AMOUNT 1e30
#define COURSE_NEGATIVE_SHARE 0.01
#define COURSE_NEGATIVE_TOLERANCES 100

/* A patient needs some two thousand steps in one course with the batch engine, some ten thousand with CVODE. */
#define COURSE_USUAL_LIMIT_STEPS 1000000L

/* What a course may take. */
struct course_limits {
    long steps;     /* those tried in vain included; 0: COURSE_USUAL_LIMIT_STEPS */
    double seconds; /* by the clock since the engine took it up; 0: any */
};

struct course {
    struct model *model;               /* its infusion rates change during the course and are 0 after it */
    const struct course_event *events; /* sorted; those before the start or after the end are ignored */
    size_t event_count;
    const double *output_days; /* ascending, from start to end */
    size_t output_count;
    course_observer *observe;
    void *context;
    double relative_tolerance;
    struct course_limits limits;
    struct course_limits
        spent; /* of the limits, by courses before that this one goes on with; becomes that at the end */
    double start_day, end_day;
    double target_sum_of_diameters_mm; /* end where it is reached from below; 0: none */
    double *state;                     /* model_state_count long: at the start; becomes that at the end */
    struct field_memory *fields;       /* [MODEL_MAX_LESIONS] of radiotherapy before the start; becomes that at the end;
                                          NULL: there was none */
    enum course_result result;         /* out, and all that follows */
    double day;                        /* where it ended */
    struct integrator_failure failure;
    struct integrator_work work;
    const struct course_event *last_event; /* the last one that happened, or NULL */
};

/* Events closer together than this are simultaneous: a tenth of a millisecond. */
#define COURSE_SIMULTANEOUS_DAYS 1e-9

/* Runs one course with CVODE. Outputs do not influence the steps: the course is the same whatever is asked for. */
void course_run(struct course *course);

#endif
