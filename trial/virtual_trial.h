/* A virtual trial: every arm with every patient, and what comes out. */
#ifndef ABSCOPAL_TRIAL_VIRTUAL_TRIAL_H
#define ABSCOPAL_TRIAL_VIRTUAL_TRIAL_H

#include <stddef.h>
#include <stdint.h>

#include "abscopal.h"
#include "cohorts/cohort_file.h"
#include "cohorts/sampling.h"
#include "protocols/trial_file.h"
#include "trial/recist.h"

/* A trial as read: its file, and its cohort unless the trial starts from the published state. */
struct abscopal_trial {
    struct trial_file file;
    bool has_cohort;
    struct cohort cohort;
};

/* Where and why the solver gave up; arm is -1 during growth to baseline, code 0 when there was no failure. */
struct integration_failure {
    int arm;
    int code;                /* of CVODE, negative */
    const char *reason;      /* its name, such as "CV_CONV_FAILURE" */
    double day;              /* since treatment start; negative days do not occur: growth counts from its own start */
    const char *worst_state; /* name of the state with the largest weighted error */
    int worst_lesion;        /* lesion of that state from 0, or -1 for a shared state */
    const char *last_event;  /* what happened last before it, such as "bolus"; "" for nothing */
    double last_event_day;
};

struct patient_result {
    struct virtual_patient patient;
    enum abscopal_patient_status status;
    struct integration_failure failure;
    double growth_days;                  /* from seeding to baseline; NaN when not reached */
    double baseline_sum_of_diameters_mm; /* as reached; NaN when not reached */
};

/* One patient in one arm. */
struct arm_result {
    enum abscopal_patient_status status;
    struct patient_outcome outcome; /* meaningful when status is completed */
};

struct abscopal_results {
    const struct abscopal_trial *trial;
    uint64_t seed;
    double relative_tolerance;
    double wall_seconds;
    int threads;
    size_t arm_count, patient_count, visit_count;
    size_t lesion_count;             /* columns of diameters: MODEL_MAX_LESIONS, or 1 without a cohort */
    double *visit_days;              /* [visit]; the first is 0, baseline */
    struct patient_result *patients; /* [patient] */
    struct arm_result *arms;         /* [arm][patient] */
    double *diameters_mm;            /* [arm][patient][visit][lesion]; NaN where there is none */
    signed char *responses;          /* [arm][patient][visit]: enum response, or -1 where there is none */
};

/* Index into arms[], for patient row `patient` (from 0). */
static inline size_t results_row(const struct abscopal_results *results, size_t arm, size_t patient)
{
    return arm * results->patient_count + patient;
}

#endif
