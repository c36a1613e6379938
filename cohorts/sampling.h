/* Draws virtual patients. Every number of a patient is a function of its own of (seed, patient, name of what is drawn),
 * so that it depends neither on the other patients, nor on threads, nor, by Monte Carlo sampling, on what else the
 * cohort varies. */
#ifndef ABSCOPAL_COHORTS_SAMPLING_H
#define ABSCOPAL_COHORTS_SAMPLING_H

#include <stdint.h>

#include "cohorts/cohort_file.h"
#include "model/model.h"

struct virtual_patient {
    uint64_t id; /* from 1; what is drawn during treatment depends on it */
    struct parameters parameters;
    int lesion_count;
    int pdl1_class;                                          /* of the cohort's, from 0; -1 without */
    double relative_lesion_size[MODEL_MAX_LESIONS];          /* in cells, of lesion 1; the first is 1 */
    struct lesion_factors lesion_factors[MODEL_MAX_LESIONS]; /* of the lesions there are; 1 where they do not differ */
    double body_weight_kg, body_height_cm;
    double new_lesions_per_day; /* rate of finding them with the cells of baseline */
    double baseline_sum_of_diameters_mm;
};

/* A number in (0, 1), the same for ever for the same three keys (random_stream.h). `draw` counts draws of the same name
 * in one patient, from 0. */
double sampling_uniform(uint64_t seed, uint64_t patient, const char *name, uint64_t draw);

/* The value below which a share u in (0, 1) of the distribution lies (inverse distribution function). */
double distribution_quantile(const struct distribution *distribution, double u);

/* Patient `id` (from 1) of the cohort under that seed, by the cohort's way of sampling. `patients` is the number that
 * the design is for, which a Latin hypercube depends on and the others do not; its ids end there. Parameters that the
 * cohort does not name keep their defaults. */
void sample_patient(const struct cohort *cohort, uint64_t seed, uint64_t patients, uint64_t id,
                    struct virtual_patient *patient);

/* The numbers in (0, 1) that this patient is made of, before correlations: numbers[DRAWN_COUNT], at the places of
 * drawn.h. And the patient of such numbers, which need not be one that is drawn; seed and id are those of its rate of
 * new lesions, which is not among the numbers. */
void sample_numbers(const struct cohort *cohort, uint64_t seed, uint64_t patients, uint64_t id, double *numbers);
void sample_patient_of(const struct cohort *cohort, const double *numbers, uint64_t seed, uint64_t id,
                       struct virtual_patient *patient);

/* Body surface, m^2: the root of height times weight over 3600 cm kg (Mosteller 1987,
 * doi:10.1056/NEJM198710223171717). */
double virtual_patient_body_surface_m2(const struct virtual_patient *patient);

#endif
