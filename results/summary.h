/* The patients of an arm that its endpoints are computed from. */
#ifndef ABSCOPAL_RESULTS_SUMMARY_H
#define ABSCOPAL_RESULTS_SUMMARY_H

#include <stdbool.h>

#include "trial/endpoints.h"
#include "trial/virtual_trial.h"

/* Those who completed the arm, in ascending order. */
struct arm_patients {
    size_t n;
    struct patient_outcome *outcomes; /* [n] */
    size_t *patients;                 /* [n] row of the patient in the results, from 0 */
    double *weights;                  /* [n], of mean 1 over those analysed; NULL: all count the same */
    size_t out_of_field_n;
    struct patient_outcome *out_of_field; /* [out_of_field_n], of those with a lesion that was not irradiated */
    size_t *out_of_field_patients;        /* [out_of_field_n], as above */
    double *out_of_field_weights;         /* [out_of_field_n], as above */
};

/* The same for endpoints: all, and those with a lesion that was not irradiated. */
struct endpoint_group arm_patients_group(const struct arm_patients *patients);
struct endpoint_group arm_patients_out_of_field_group(const struct arm_patients *patients);

/* Returns ABSCOPAL_BAD_INPUT when there is no such arm, or ABSCOPAL_NO_MEMORY, both with nothing to free. */
enum abscopal_status arm_patients_read(const struct abscopal_results *results, size_t arm, struct arm_patients *read);
void arm_patients_free(struct arm_patients *patients);

/* Whether a lesion of the patient was not irradiated in the arm. */
bool results_has_lesion_outside(const struct abscopal_results *results, size_t arm, size_t patient);

/* Whether a response has to be confirmed to count. */
bool results_confirm(const struct abscopal_results *results);

/* Whether a patient who completed the arm is so at the last visit not later than that day, progressive once progression
 * has been seen; of ENDPOINT_BEST_RESPONSE, whether a response has begun by then. The day lies within the trial. */
bool results_has_on(const struct abscopal_results *results, size_t arm, size_t patient, enum endpoint_share what,
                    double day);

/* The same: whether the lesions that were not irradiated, of which there is one, respond then. */
bool results_responds_outside_on(const struct abscopal_results *results, size_t arm, size_t patient, double day);

/* Share that is so at the last visit not later than that day, progressive once progression has been seen; of
 * ENDPOINT_BEST_RESPONSE, that has begun to respond by then. NaN before day 0 and after the trial's end. Errors as
 * arm_patients_read. */
enum abscopal_status results_share_on(const struct abscopal_results *results, size_t arm, enum endpoint_share what,
                                      double day, struct abscopal_share *share);

/* Share that responds then by the lesions that were not irradiated, of the patients who have one. */
enum abscopal_status results_out_of_field_response_on(const struct abscopal_results *results, size_t arm, double day,
                                                      struct abscopal_share *share);

/* Share of an arm's patients of a PD-L1 class of the cohort, from 0, with a complete or partial response as best
 * overall response, and how many of the class are in the arm. Errors as arm_patients_read. */
enum abscopal_status results_best_response_of_class(const struct abscopal_results *results, size_t arm,
                                                    size_t pdl1_class, size_t *patients, struct abscopal_share *share);

/* Days of a month on average: a twelfth of the Julian year. */
double days_in_month(void);

#endif
