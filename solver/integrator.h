/* CVODE (SUNDIALS; BDF, Newton, sparse LU) around one patient's right-hand side: restarts at events, single steps
 * between them, dense output. What the events are is not its business: see course.h. */
#ifndef ABSCOPAL_SOLVER_INTEGRATOR_H
#define ABSCOPAL_SOLVER_INTEGRATOR_H

#include <stdbool.h>

#include "model/model.h"

struct integrator;

/* Where and why the solver gave up. */
struct integrator_failure {
    int code;           /* of CVODE, negative; 0: no failure */
    const char *reason; /* its name, such as "CV_CONV_FAILURE" */
    double day;
    double step_days; /* last step size */
    int worst_state;  /* index of the state with the largest weighted error */
};

enum integrator_result {
    INTEGRATOR_STEPPED,   /* somewhere before the stop */
    INTEGRATOR_STOPPED,   /* exactly at the stop */
    INTEGRATOR_LAST_CELL, /* where a lesion's living cells fall below MODEL_LAST_CELL; not yet cleared */
    INTEGRATOR_TARGET,    /* where the sum of diameters reaches the target from below */
    INTEGRATOR_FAILED
};

/* Room for one patient. `model` is read whenever the integrator runs, so that running infusions may change at events;
 * it must outlive the integrator. Absolute tolerances are those of the state tables. NULL without memory. */
struct integrator *integrator_create(const struct model *model, double relative_tolerance);
void integrator_free(struct integrator *integrator);

/* The state, model_state_count long; may be changed before integrator_restart. */
double *integrator_state(struct integrator *integrator);

/* Begins afresh from the state as it is. Needed after every change of the state or of the model. The target is a sum of
 * diameters (mm) at which to end; 0: none. Returns false with the failure filled in. */
bool integrator_restart(struct integrator *integrator, double day, double target_sum_of_diameters_mm);

/* One step of the solver's own choosing, at most to `stop_day`; *day becomes where it ended. */
enum integrator_result integrator_step(struct integrator *integrator, double stop_day, double *day);

/* The state at a day inside the last step, by the solver's own polynomial, so that asking never changes the steps. */
bool integrator_interpolate(struct integrator *integrator, double day, double *state);

/* What was done since integrator_create, for benchmarks. Attempts are the steps and what was tried in vain. */
struct integrator_work {
    long steps, attempts, right_hand_sides, jacobians, restarts;
};
struct integrator_work integrator_work(const struct integrator *integrator);
static inline void integrator_work_add(struct integrator_work *sum, const struct integrator_work *more)
{
    sum->steps += more->steps;
    sum->attempts += more->attempts;
    sum->right_hand_sides += more->right_hand_sides;
    sum->jacobians += more->jacobians;
    sum->restarts += more->restarts;
}

const struct integrator_failure *integrator_failure(const struct integrator *integrator);

/* Where it stands, for those who will not let it go on: without a reason, and with the state that kept its steps small.
 */
struct integrator_failure integrator_standing(struct integrator *integrator);

#endif
