/* Patients side by side in vector lanes, each with its own day and step: the arithmetic of the batch engine. What a
 * course is, what happens on which day and who takes which lane is not its business: see batch.h.
 *
 * The method is Rodas5P (solver/rosenbrock.h): L-stable, stiffly accurate, of order 5, with dense output. A step takes
 * one exact Jacobian, one sparse factorisation and eight solves, and all lanes take theirs at once; the step sizes
 * differ, and a lane whose step is rejected tries again beside others that go on. Lanes never look at each other, so
 * what a lane computes does not depend on its neighbours.
 *
 * The same source is compiled for each set of vector instructions (lanes_*.c); lanes_best picks one for the processor.
 */
#ifndef ABSCOPAL_SOLVER_LANES_H
#define ABSCOPAL_SOLVER_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/constants.h"
#include "solver/matrix_plan.h"
#include "solver/parts.h"

enum { LANES_MAXIMUM = 8 };

struct lanes;

/* States that follow one another: from, ..., to - 1. */
struct lanes_run {
    int from, to;
};

/* What the patients of all lanes have in common. Pointers must outlive the lanes. */
struct lanes_layout {
    enum model_preset preset;
    int lesion_count, drug_count;
    bool has_ctla4_antibody;
    struct model_options options;
    const struct antibody *const *antibodies; /* [drug_count] */
    int size;                                 /* states */
    const double *absolute_tolerance;         /* [size] */
    const struct lanes_run *live;             /* [live_count] the states whose rates are not always 0 */
    int live_count;
    const struct matrix_plan *plan;
};

/* Why lanes stopped: one bit for each lane. */
struct lanes_report {
    unsigned stopped;          /* has reached its stop */
    unsigned passed;           /* has passed the day of its next output */
    unsigned last_cell;        /* living cells of a lesion have fallen below MODEL_LAST_CELL during the step */
    unsigned target;           /* the sum of diameters has reached the target during the step */
    unsigned failed;           /* the step size became too small, or the lane has taken as many steps as it may */
    double day[LANES_MAXIMUM]; /* at the end of the last step */
};

/* What a lane's patient has taken so far. */
struct lane_work {
    long steps, attempts; /* an attempt that is not a step was rejected */
    double last_step_days;
};

struct lanes_functions {
    const char *instructions; /* such as "AVX-512" */
    int count;                /* lanes */

    /* NULL without memory. */
    struct lanes *(*create)(const struct lanes_layout *layout);
    void (*free)(struct lanes *lanes);

    /* A new patient for a lane: the numbers of the model (model_numbers_of). With more than `most_attempts` it fails.
     */
    void (*begin)(struct lanes *lanes, int lane, const double *numbers, double relative_tolerance, long most_attempts);
    /* One of those numbers changes. */
    void (*set_number)(struct lanes *lanes, int lane, int index, double value);
    /* Begins afresh from a state [size] on a day. The target is a sum of diameters in mm, 0 for none. */
    void (*restart)(struct lanes *lanes, int lane, const double *state, double day, double target_mm);
    /* Where the lane must stop, and the day after which it is to report that it has passed an output. */
    void (*set_stop)(struct lanes *lanes, int lane, double stop_day, double output_day);
    /* The lane has no patient. */
    void (*rest)(struct lanes *lanes, int lane);

    /* Steps all lanes until one has something to report, or for a while: then the report is empty, and whoever wants
     * may look at a clock. That lane is as it was at the end of its last step. */
    void (*advance)(struct lanes *lanes, struct lanes_report *report);

    /* After lanes_advance: the state at a day within the lane's last step, or at its end, into state[size]. */
    void (*interpolate)(struct lanes *lanes, int lane, double day, double *state);
    void (*get_state)(const struct lanes *lanes, int lane, double *state);
    /* The state with the largest error, in units of what is allowed, of the lane's last attempt. */
    int (*worst_state)(const struct lanes *lanes, int lane);
    struct lane_work (*work)(const struct lanes *lanes, int lane);

    /* For benchmarks: runs a part of a step `count` times over, all but STEP_OUTPUT. The lanes have to be at the end of
     * a step, and are not fit to go on afterwards. */
    void (*repeat_part)(struct lanes *lanes, enum step_part part, long count);
};

/* The widest that this processor has. */
const struct lanes_functions *lanes_best(void);

/* Every one that this processor has, `index` from 0; NULL past the last. For tests. */
const struct lanes_functions *lanes_choice(int index);

extern const struct lanes_functions lanes_portable;
#if defined(__x86_64__)
extern const struct lanes_functions lanes_avx2, lanes_avx512;
#endif

#endif
