/* One virtual patient in one trial: sampled, grown to baseline once, then treated in one arm after another. */
#ifndef ABSCOPAL_TRIAL_PATIENT_H
#define ABSCOPAL_TRIAL_PATIENT_H

#include "solver/course.h"
#include "trial/virtual_trial.h"

/* The seed and the relative tolerance that a run or a simulation uses when `asked` for these: a negative seed is the
 * cohort file's (0 without a cohort), a tolerance of 0 is 1e-6. */
uint64_t trial_seed(const struct abscopal_trial *trial, int64_t asked);
double trial_relative_tolerance(double asked);

/* No failure, and the failure to find memory in an arm (-1: before any). */
struct integration_failure integration_failure_none(void);
struct integration_failure integration_failure_without_memory(int arm);

/* A patient ready for treatment. */
struct trial_patient {
    struct virtual_patient patient;
    struct model model; /* without drugs */
    double *baseline;   /* its state; owned */
    double growth_days; /* NaN when not grown */
};

/* Patient `id` (from 1): drawn from the cohort and grown to baseline, or in the published state when the trial has no
 * cohort. Returns what became of the patient; on anything but ABSCOPAL_PATIENT_COMPLETED there is no baseline. Without
 * memory: ABSCOPAL_PATIENT_NOT_INTEGRATED with the reason "out of memory". */
enum abscopal_patient_status trial_patient_prepare(const struct abscopal_trial *trial, uint64_t seed, uint64_t id,
                                                   double relative_tolerance, struct trial_patient *patient,
                                                   struct integration_failure *failure);
void trial_patient_free(struct trial_patient *patient);

/* The patient under one arm from day 0 to the horizon, observed on the given days (ascending, within the trial). */
enum abscopal_patient_status trial_patient_treat(const struct abscopal_trial *trial,
                                                 const struct trial_patient *patient, size_t arm,
                                                 double relative_tolerance, const double *output_days,
                                                 size_t output_count, course_observer *observe, void *context,
                                                 struct integration_failure *failure);

#endif
