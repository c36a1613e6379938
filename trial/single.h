/* One patient by itself, as `simulate` shows it: grown once, then treated in any arms, with any outputs. */
#ifndef ABSCOPAL_TRIAL_SINGLE_H
#define ABSCOPAL_TRIAL_SINGLE_H

#include "trial/patient.h"

/* What is to be integrated next of a treatment: its model, state and events, before it is run. A treatment that visits
 * decide on comes in several. */
typedef void single_segment(const struct course *segment, void *context);

struct single_patient {
    const struct abscopal_trial *trial;
    double relative_tolerance;
    struct engine *engine;
    struct virtual_patient patient;
    uint64_t seed;
    size_t patients; /* of the cohort that the patient is of; 0, unless set after opening: as many as its file says */
    struct patient_room room;
    double *baseline;
    single_segment *planned; /* called with every segment of a treatment; NULL, unless set after opening: never */
    void *planned_context;
};

/* Memory for patients of the trial, one after another; false without. To be closed in either case. */
bool single_patient_open(struct single_patient *single, const struct abscopal_trial *trial, enum abscopal_engine engine,
                         double relative_tolerance);
void single_patient_close(struct single_patient *single);

/* Draws patient `id` (from 1) and grows it to baseline, or has it in the published state when the trial has no cohort.
 * Returns what became of it, on ABSCOPAL_PATIENT_NOT_INTEGRATED with the failure. */
enum abscopal_patient_status single_patient_grow(struct single_patient *single, uint64_t seed, uint64_t id,
                                                 struct integration_failure *failure);

/* The grown patient under one arm from day 0 to the horizon, observed on the given days (ascending, within the trial).
 * It is the same whatever arms came before. */
enum abscopal_patient_status single_patient_treat(struct single_patient *single, size_t arm, const double *output_days,
                                                  size_t output_count, course_observer *observe, void *context,
                                                  struct integration_failure *failure);

#endif
