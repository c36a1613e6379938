/* Growth to baseline: from a body without tumour, at its immune steady state, to the sum of diameters at which a
 * virtual patient enters the trial (MODEL.md B6). */
#ifndef ABSCOPAL_COHORTS_GROWTH_H
#define ABSCOPAL_COHORTS_GROWTH_H

#include "cohorts/sampling.h"
#include "model/model.h"
#include "solver/integrator.h"

/* A tumour-free body is left to itself for this long before the first cancer cells are put in: fifty times the life of
 * a naive cell, its slowest part. */
#define GROWTH_SETTLING_DAYS 36500.0

/* A tumour that has not reached its baseline after 30 years never does. */
#define GROWTH_LONGEST_DAYS 10957.0

enum growth_result { GROWTH_REACHED, GROWTH_NEVER_REACHED, GROWTH_FAILED, GROWTH_NO_MEMORY };

/* Grows the patient of `model` (prepared without drugs) until the sum of diameters is the sampled one. On
 * GROWTH_REACHED, `state` (model_state_count long) is the baseline and *growth_days the time since the first cancer
 * cells. On GROWTH_FAILED, `failure` says where. */
enum growth_result growth_to_baseline(const struct model *model, const struct virtual_patient *patient,
                                      double relative_tolerance, double *state, double *growth_days,
                                      struct integrator_failure *failure);

#endif
