/* Draws virtual patients. Every number of a patient comes from a stream of its own, keyed by (seed, patient, name of
 * what is drawn), so that it depends neither on the other patients, nor on threads, nor on which other parameters
 * the cohort varies. */
#ifndef ABSCOPAL_COHORTS_SAMPLING_H
#define ABSCOPAL_COHORTS_SAMPLING_H

#include <stdint.h>

#include "cohorts/cohort_file.h"
#include "model/model.h"

struct virtual_patient {
    uint64_t id; /* from 1 */
    struct parameters parameters;
    int lesion_count;
    double relative_lesion_size[MODEL_MAX_LESIONS];          /* in cells, of lesion 1; the first is 1 */
    struct lesion_factors lesion_factors[MODEL_MAX_LESIONS]; /* of the lesions there are; 1 where they do not differ */
    double body_weight_kg;
    double baseline_sum_of_diameters_mm;
};

/* A number in (0, 1), the same for ever for the same three keys: Threefry 4x64 with 20 rounds (Salmon 2011,
 * doi:10.1145/2063384.2063405) on (patient, hash of the name, draw) under the key seed. `draw` counts draws of the same
 * name in one patient, from 0. */
double sampling_uniform(uint64_t seed, uint64_t patient, const char *name, uint64_t draw);

/* The value below which a share u in (0, 1) of the distribution lies (inverse distribution function). */
double distribution_quantile(const struct distribution *distribution, double u);

/* Patient `id` (from 1) of the cohort under that seed. Parameters the cohort does not name keep their defaults. */
void sample_patient(const struct cohort *cohort, uint64_t seed, uint64_t id, struct virtual_patient *patient);

#endif
