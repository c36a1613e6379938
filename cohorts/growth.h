/* Growth to baseline: from a body without tumour, at its immune steady state, to the sum of diameters at which a
 * virtual patient enters the trial (MODEL.md B6). */
#ifndef ABSCOPAL_COHORTS_GROWTH_H
#define ABSCOPAL_COHORTS_GROWTH_H

#include <stdbool.h>

#include "cohorts/sampling.h"
#include "model/model.h"
#include "solver/course.h"

/* A tumour-free body is left to itself for this long before the first cancer cells are put in: fifty times the life of
 * a naive cell, its slowest part. */
#define GROWTH_SETTLING_DAYS 36500.0

/* A tumour that has not reached its baseline after 30 years never does. */
#define GROWTH_LONGEST_DAYS 10957.0

enum growth_result { GROWTH_REACHED, GROWTH_NEVER_REACHED, GROWTH_FAILED, GROWTH_NO_MEMORY };

/* One patient's growth: a course to settle in and one to grow in, for any engine to run. */
struct growth {
    struct course course; /* the next to be run; after GROWTH_FAILED its `failure` says where */
    const struct virtual_patient *patient;
    bool seeded;
    enum growth_result result;
    double days; /* from the first cancer cells to the baseline; NaN unless it was reached */
};

/* Begins with the patient of `model` (prepared without drugs) without a tumour. On GROWTH_REACHED `state`
 * (model_state_count long) will be the baseline. Model, patient and state must last until the end. */
void growth_begin(struct growth *growth, struct model *model, const struct virtual_patient *patient,
                  double relative_tolerance, double *state);

/* After growth->course was run: true when it has to be run once more, false when growth is over with its result. */
bool growth_goes_on(struct growth *growth);

#endif
