/* Patients grown to their baselines once, for any number of runs of trials that have the same patients: growth takes
 * about as long as an arm, and a sweep or a fit runs the same patients over and over. */
#ifndef ABSCOPAL_TRIAL_BASELINES_H
#define ABSCOPAL_TRIAL_BASELINES_H

#include "trial/virtual_trial.h"

struct baselines {
    enum model_preset preset;
    struct model_options model_options;
    uint64_t seed;
    double relative_tolerance;
    enum abscopal_engine engine;
    size_t patient_count;
    struct patient_result *patients; /* [patient] as grown, whomever a trial then takes */
    double *lymphocytes_per_ul;      /* [patient] at baseline; NaN where it was not reached */
    size_t state_count;
    double *states; /* [patient][state_count] at baseline, of those who completed growth */
};

/* Grows the patients that abscopal_run would have with this trial and these options, of which only_patient must be 0.
 * The trial has a cohort. What comes out is the same, bit for bit, with any number of threads. Errors as abscopal_run.
 */
struct baselines *baselines_grow(const struct abscopal_trial *trial, const struct abscopal_run_options *options,
                                 struct abscopal_error *error);
void baselines_free(struct baselines *baselines);

/* Whether a trial's patients grow as these do, provided that its cohort is the same. */
bool baselines_serve(const struct baselines *baselines, const struct abscopal_trial *trial);

/* abscopal_run from these baselines, with their patients, seed, tolerance and engine; of `options` threads and progress
 * count, where growth counts as done. The results are those of abscopal_run, bit for bit. The trial's cohort must be
 * the one that was grown, and baselines_serve it. */
struct abscopal_results *baselines_run(const struct baselines *baselines, const struct abscopal_trial *trial,
                                       const struct abscopal_run_options *options, struct abscopal_error *error);

#endif
