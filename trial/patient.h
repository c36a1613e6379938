/* One virtual patient in one trial: drawn from the cohort, grown to baseline once, then treated in one arm after
 * another. What is to be integrated comes as courses, for any engine to run. */
#ifndef ABSCOPAL_TRIAL_PATIENT_H
#define ABSCOPAL_TRIAL_PATIENT_H

#include "cohorts/growth.h"
#include "solver/course.h"
#include "trial/conduct.h"
#include "trial/engine.h"
#include "trial/virtual_trial.h"

/* The seed and the relative tolerance that a run or a simulation uses when `asked` for these: a negative seed is the
 * cohort file's (0 without a cohort), a tolerance of 0 is 1e-6. */
uint64_t trial_seed(const struct abscopal_trial *trial, int64_t asked);
double trial_relative_tolerance(double asked);

/* ABSCOPAL_OK, or ABSCOPAL_BAD_INPUT for a tolerance that no engine can keep or that says nothing. */
enum abscopal_status trial_check_tolerance(double asked, struct abscopal_error *error);

/* What growth and each arm of a patient may take when `asked` for: see struct abscopal_run_options. And ABSCOPAL_OK, or
 * ABSCOPAL_BAD_INPUT for what is no limit. */
struct course_limits trial_limits(int64_t asked_steps, double asked_seconds);
enum abscopal_status trial_check_limits(int64_t asked_steps, double asked_seconds, struct abscopal_error *error);

/* No failure. */
struct integration_failure integration_failure_none(void);

/* Lesions that a patient of the trial has at most. */
int trial_most_lesions(const struct abscopal_trial *trial);

/* States at the baseline of a patient of the trial at most. */
size_t trial_most_baseline_states(const struct abscopal_trial *trial);

/* Patient `id` (from 1): drawn from the cohort with `patients` patients (0: as many as its file says; see
 * sample_patient), or the one of the published state when the trial has no cohort. */
void trial_patient_draw(const struct abscopal_trial *trial, uint64_t seed, size_t patients, uint64_t id,
                        struct virtual_patient *patient);

/* Whether the way of sampling has a patient of that number among so many (0: as many as the file says): ABSCOPAL_OK or
 * ABSCOPAL_BAD_INPUT. */
enum abscopal_status trial_check_patient(const struct abscopal_trial *trial, size_t patients, uint64_t id,
                                         struct abscopal_error *error);

/* The patient as a model with the drugs of an arm, or without for NULL. */
void trial_patient_prepare(const struct abscopal_trial *trial, const struct virtual_patient *patient,
                           const struct arm *arm, struct model *model);

/* Where one course of one patient takes place, one after another. */
struct patient_room {
    const struct abscopal_trial *trial;
    struct course_limits limits; /* the caller's: of growth, and of each treatment; none unless set after opening */
    struct model model;
    double *state;
    struct growth growth;
    double baseline_outputs[PLAUSIBLE_OUTPUT_COUNT]; /* of the last growth; NaN without a baseline */
    uint32_t rules_failed;                           /* then, of the cohort's 'plausible': a bit for each */
    struct conduct conduct;
    struct field_memory fields[MODEL_MAX_LESIONS]; /* of radiotherapy in earlier segments */
    struct course treatment;                       /* one segment of it, where visits decide what comes next */
    /* What a treatment is to report, over all its segments. */
    const double *output_days;
    size_t output_count, first_output; /* of the segment at hand */
    course_observer *observe;
    void *context; /* the caller's: of growth and treatment alike; a course's own context is the room */
};

/* Memory for any patient in any arm of the trial; false without. A room that was not opened may be closed. */
bool patient_room_open(struct patient_room *room, const struct abscopal_trial *trial);
void patient_room_close(struct patient_room *room);

/* The published state of a trial without a cohort, whose patient is not grown, as a baseline; fills in its sum of
 * diameters. */
void trial_patient_publish(const struct abscopal_trial *trial, struct virtual_patient *patient, double *baseline);

/* Begins growth in the room, whose context has been set. room->growth.course is to be run while growth_goes_on. Then
 * `grown` says what became of the patient, and on ABSCOPAL_PATIENT_COMPLETED copies its baseline (model_state_count of
 * the layout without drugs).
 */
void trial_patient_grow(const struct abscopal_trial *trial, const struct virtual_patient *patient,
                        double relative_tolerance, struct patient_room *room);
enum abscopal_patient_status trial_patient_grown(struct patient_room *room, double *baseline,
                                                 struct integration_failure *failure);

/* Begins one arm in the room, from day 0 to the horizon, with outputs (ascending), observer and context as the caller
 * has set them there. room->treatment is to be run while treatment_goes_on. Then `treated` says what became of the
 * patient. The patient must stay where it is until then. */
void trial_patient_treat(const struct abscopal_trial *trial, const struct virtual_patient *patient, uint64_t seed,
                         const double *baseline, size_t arm, double relative_tolerance, struct patient_room *room);

/* After room->treatment was run: whether there is more of it, which then stands there to be run. */
bool trial_patient_goes_on(struct patient_room *room);
enum abscopal_patient_status trial_patient_treated(const struct patient_room *room, size_t arm,
                                                   struct integration_failure *failure);

#endif
