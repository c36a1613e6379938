/* The parts of a step, each by itself and over and over, for benchmarks to time: a clock inside the steps would slow
 * them down. Clocks are the caller's. */
#ifndef ABSCOPAL_SOLVER_PARTS_H
#define ABSCOPAL_SOLVER_PARTS_H

#include <stdbool.h>

#include "model/model.h"

/* Some come with what has to happen before, so that they find what a step would leave them. */
enum step_part {
    STEP_RATES,         /* the right-hand side */
    STEP_LINEARISATION, /* right-hand side and Jacobian */
    STEP_FACTORISATION, /* right-hand side, Jacobian, and the factors of the matrix that they make */
    STEP_COPY,          /* a vector of states is copied */
    STEP_SOLUTION,      /* a vector of states is copied, then solved for with those factors */
    STEP_OUTPUT,        /* of one patient: the state at a time within a step, and its sum of diameters */
    STEP_ATTEMPT        /* a whole step, always the same one; with the batch engine only */
};

struct step_parts;

/* One patient, who after half a day from this state stands in every lane of the batch engine or, without `lanes`, in
 * the cvode engine. The model must outlive the parts. NULL without memory, or when the half day cannot be integrated.
 */
struct step_parts *step_parts_create(bool lanes, const struct model *model, const double *state,
                                     double relative_tolerance);
void step_parts_free(struct step_parts *parts);

/* How many patients a part is run for at once; an output is always that of one. */
int step_parts_patients(const struct step_parts *parts);

/* Runs a part `count` times over. */
void step_parts_run(struct step_parts *parts, enum step_part part, long count);

#endif
