/* Plausible patients: what has to hold of a patient at baseline, before treatment (Allen 2016,
 * doi:10.1002/psp4.12063). */
#ifndef ABSCOPAL_COHORTS_PLAUSIBLE_H
#define ABSCOPAL_COHORTS_PLAUSIBLE_H

#include <stdint.h>

#include "cohorts/cohort_file.h"

/* What rules can be about. */
enum plausible_output {
    PLAUSIBLE_DOUBLING_TIME,
    PLAUSIBLE_GROWTH_TIME,
    PLAUSIBLE_CD8_DENSITY,
    PLAUSIBLE_TREG_DENSITY,
    PLAUSIBLE_TREG_RATIO,
    PLAUSIBLE_LYMPHOCYTES,
    PLAUSIBLE_PD1_OCCUPANCY,
    PLAUSIBLE_COSTIMULATION,
    PLAUSIBLE_LARGEST_DIAMETER,
    PLAUSIBLE_SMALLEST_DIAMETER
};
enum { PLAUSIBLE_OUTPUT_COUNT = 10 };

struct plausible_description {
    const char *name, *unit;
    double upper; /* the largest bound that a rule may have; the least is 0 */
    const char *meaning;
};

/* NULL past the last one. */
const struct plausible_description *plausible_describe(size_t output);

/* Every output of a patient at baseline, before drugs: values[PLAUSIBLE_OUTPUT_COUNT], in the units of
 * plausible_describe. `growth_days` is the time from the first cancer cells to this state. The doubling time of a
 * tumour that does not grow is infinite; a ratio to nothing is infinite or NaN, which fails every rule. */
void plausible_outputs(const struct model *model, const double *state, double growth_days, double *values);

/* Which rules fail with these outputs: a bit for each, the first the lowest. */
uint32_t plausible_failures(const struct cohort *cohort, const double *values);

#endif
