/* What an arm comes to: gathers its patients for trial/endpoints.h. */
#include "results/summary.h"

#include <math.h>
#include <stdlib.h>

#include "abscopal.h"
#include "trial/criteria.h"

double days_in_month(void)
{
    return 365.25 / 12;
}

bool results_confirm(const struct abscopal_results *results)
{
    return results->trial->file.confirmation_days > 0;
}

bool results_has_lesion_outside(const struct abscopal_results *results, size_t arm, size_t patient)
{
    const unsigned irradiated = results->arms[results_row(results, arm, patient)].irradiated;
    for (int lesion = 0; lesion < results->patients[patient].patient.lesion_count; lesion++)
        if ((irradiated >> lesion & 1) == 0)
            return true;
    return false;
}

void arm_patients_free(struct arm_patients *patients)
{
    free(patients->outcomes);
    free(patients->patients);
    free(patients->out_of_field);
    *patients = (struct arm_patients){0};
}

enum abscopal_status arm_patients_read(const struct abscopal_results *results, size_t arm, struct arm_patients *read)
{
    *read = (struct arm_patients){0};
    if (arm >= results->arm_count)
        return ABSCOPAL_BAD_INPUT;
    const size_t most = results->patient_count + 1;
    read->outcomes = malloc(most * sizeof *read->outcomes);
    read->out_of_field = malloc(most * sizeof *read->out_of_field);
    read->patients = malloc(most * sizeof *read->patients);
    if (read->outcomes == NULL || read->out_of_field == NULL || read->patients == NULL) {
        arm_patients_free(read);
        return ABSCOPAL_NO_MEMORY;
    }
    for (size_t patient = 0; patient < results->patient_count; patient++) {
        const struct arm_result *row = &results->arms[results_row(results, arm, patient)];
        if (row->status != ABSCOPAL_PATIENT_COMPLETED)
            continue;
        read->patients[read->n] = patient;
        read->outcomes[read->n++] = row->outcome;
        if (results_has_lesion_outside(results, arm, patient))
            read->out_of_field[read->out_of_field_n++] = row->out_of_field;
    }
    return ABSCOPAL_OK;
}

static enum abscopal_status summarise(const struct arm_patients *patients, double last_day,
                                      struct abscopal_arm_summary *summary)
{
    const struct patient_outcome *outcomes = patients->outcomes;
    const size_t n = patients->n, outside = patients->out_of_field_n;
    summary->patients = n;
    summary->response_at_horizon = endpoints_share_of(ENDPOINT_RESPONSE_AT_HORIZON, outcomes, n);
    summary->best_response = endpoints_share_of(ENDPOINT_BEST_RESPONSE, outcomes, n);
    summary->complete_response = endpoints_share_of(ENDPOINT_COMPLETE_RESPONSE, outcomes, n);
    summary->disease_control = endpoints_share_of(ENDPOINT_DISEASE_CONTROL, outcomes, n);
    summary->progressive_disease = endpoints_share_of(ENDPOINT_PROGRESSIVE_DISEASE, outcomes, n);
    summary->out_of_field_patients = outside;
    summary->out_of_field_response = endpoints_share_of(ENDPOINT_BEST_RESPONSE, patients->out_of_field, outside);
    enum abscopal_status status =
        endpoints_median(ENDPOINT_PROGRESSION_FREE, outcomes, n, &summary->median_progression_free_days);
    if (status == ABSCOPAL_OK)
        status =
            endpoints_median(ENDPOINT_DURATION_OF_RESPONSE, outcomes, n, &summary->median_duration_of_response_days);
    if (status == ABSCOPAL_OK)
        status = endpoints_median(ENDPOINT_TIME_TO_RESPONSE, outcomes, n, &summary->median_time_to_response_days);
    if (status == ABSCOPAL_OK)
        status = endpoints_mean_progression_free(outcomes, n, last_day, &summary->mean_progression_free_days);
    if (status == ABSCOPAL_OK)
        status = endpoints_depth_of_response(outcomes, n, &summary->median_best_change);
    return status;
}

enum abscopal_status abscopal_results_summary(const abscopal_results *results, size_t arm,
                                              struct abscopal_arm_summary *summary)
{
    struct arm_patients patients;
    enum abscopal_status status = arm_patients_read(results, arm, &patients);
    if (status != ABSCOPAL_OK)
        return status;
    *summary = (struct abscopal_arm_summary){.name = results->trial->file.arms[arm].name};
    status = summarise(&patients, results->visit_days[results->visit_count - 1], summary);
    arm_patients_free(&patients);
    return status;
}

enum abscopal_status results_best_response_of_class(const struct abscopal_results *results, size_t arm,
                                                    size_t pdl1_class, size_t *patients, struct abscopal_share *share)
{
    struct arm_patients read;
    const enum abscopal_status status = arm_patients_read(results, arm, &read);
    if (status != ABSCOPAL_OK)
        return status;
    *patients = 0;
    for (size_t i = 0; i < read.n; i++)
        if (results->patients[read.patients[i]].patient.pdl1_class == (int)pdl1_class)
            read.outcomes[(*patients)++] = read.outcomes[i];
    *share = endpoints_share_of(ENDPOINT_BEST_RESPONSE, read.outcomes, *patients);
    arm_patients_free(&read);
    return ABSCOPAL_OK;
}

enum abscopal_status abscopal_results_progression_free(const abscopal_results *results, size_t arm, double day,
                                                       struct abscopal_estimate *share)
{
    struct arm_patients patients;
    enum abscopal_status status = arm_patients_read(results, arm, &patients);
    if (status != ABSCOPAL_OK)
        return status;
    *share = (struct abscopal_estimate){.value = NAN, .lower = NAN, .upper = NAN};
    if (day >= 0 && day <= results->trial->file.until_days)
        status = endpoints_progression_free(patients.outcomes, patients.n,
                                            fmin(day, results->visit_days[results->visit_count - 1]), share);
    arm_patients_free(&patients);
    return status;
}

/* The last visit not later than that day. */
static size_t visit_by(const struct abscopal_results *results, double day)
{
    size_t visit = 0;
    while (visit + 1 < results->visit_count && results->visit_days[visit + 1] <= day)
        visit++;
    return visit;
}

/* Of n patients, of whom so many respond at the visit of that day: nobody has been seen on a day outside the trial. */
static struct abscopal_share share_on(const struct abscopal_results *results, double day, size_t count, size_t n)
{
    const bool there = day >= 0 && day <= results->trial->file.until_days;
    return endpoints_share(there ? count : 0, there ? n : 0);
}

/* Whether the patient has it at that visit, or by then where it is a best response. */
static bool has_on(const struct abscopal_results *results, size_t arm, size_t patient, enum endpoint_share what,
                   size_t visit)
{
    const size_t row = results_row(results, arm, patient);
    const struct patient_outcome *outcome = &results->arms[row].outcome;
    const double day = results->visit_days[visit];
    if (what == ENDPOINT_BEST_RESPONSE)
        return endpoints_is_response(outcome->best_confirmed) && outcome->confirmed_response_day <= day;
    if (outcome->progressed && outcome->progression_day <= day)
        return endpoints_has(what, RESPONSE_PROGRESSIVE);
    return endpoints_has(what, (enum response)results->responses[row * results->visit_count + visit]);
}

enum abscopal_status results_share_on(const struct abscopal_results *results, size_t arm, enum endpoint_share what,
                                      double day, struct abscopal_share *share)
{
    struct arm_patients patients;
    const enum abscopal_status status = arm_patients_read(results, arm, &patients);
    if (status != ABSCOPAL_OK)
        return status;
    size_t count = 0;
    for (size_t i = 0; i < patients.n; i++)
        count += has_on(results, arm, patients.patients[i], what, visit_by(results, day));
    *share = share_on(results, day, count, patients.n);
    arm_patients_free(&patients);
    return status;
}

/* Whether the lesions of the patient that were not irradiated respond at that visit. */
static bool responds_outside(const struct abscopal_results *results, size_t arm, size_t patient, size_t visit)
{
    const size_t row = results_row(results, arm, patient);
    const double *diameters_mm = results->diameters_mm + row * results->visit_count * results->lesion_count;
    struct criteria criteria;
    for (size_t i = 0; i <= visit; i++) {
        double outside_mm[MODEL_MAX_LESIONS];
        size_t n = 0;
        for (int lesion = 0; lesion < results->patients[patient].patient.lesion_count; lesion++)
            if ((results->arms[row].irradiated >> lesion & 1) == 0)
                outside_mm[n++] = diameters_mm[i * results->lesion_count + (size_t)lesion];
        if (i == 0)
            criteria_begin(&criteria, &results->trial->file, n, 0, results->visit_days[i], outside_mm);
        else
            criteria_add(&criteria, results->visit_days[i], outside_mm,
                         results->new_lesions[row * results->visit_count + i]);
    }
    return endpoints_is_response(criteria_outcome(&criteria).at_horizon);
}

enum abscopal_status results_out_of_field_response_on(const struct abscopal_results *results, size_t arm, double day,
                                                      struct abscopal_share *share)
{
    if (arm >= results->arm_count)
        return ABSCOPAL_BAD_INPUT;
    size_t count = 0, n = 0;
    for (size_t patient = 0; patient < results->patient_count; patient++) {
        const bool completed = results->arms[results_row(results, arm, patient)].status == ABSCOPAL_PATIENT_COMPLETED;
        if (!completed || !results_has_lesion_outside(results, arm, patient))
            continue;
        n++;
        count += responds_outside(results, arm, patient, visit_by(results, day));
    }
    *share = share_on(results, day, count, n);
    return ABSCOPAL_OK;
}

enum abscopal_status abscopal_results_comparison(const abscopal_results *results, size_t arm,
                                                 struct abscopal_arm_comparison *comparison)
{
    struct arm_patients first, other;
    if (arm == 0)
        return ABSCOPAL_BAD_INPUT;
    enum abscopal_status status = arm_patients_read(results, arm, &other);
    if (status != ABSCOPAL_OK)
        return status;
    status = arm_patients_read(results, 0, &first);
    const bool paired = !results->trial->file.allocation.disjoint;
    struct endpoint_comparison compared = {0};
    if (status == ABSCOPAL_OK)
        status = endpoints_compare(&(struct endpoint_group){other.n, other.outcomes, other.patients},
                                   &(struct endpoint_group){first.n, first.outcomes, first.patients}, paired,
                                   results->patient_count, &compared);
    arm_patients_free(&first);
    arm_patients_free(&other);
    if (status != ABSCOPAL_OK)
        return status;
    *comparison = (struct abscopal_arm_comparison){.name = results->trial->file.arms[arm].name,
                                                   .reference = results->trial->file.arms[0].name,
                                                   .paired = paired,
                                                   .pairs = compared.pairs,
                                                   .best_response_difference = compared.best_response_difference,
                                                   .hazard_ratio = compared.hazard_ratio,
                                                   .log_rank_p = compared.log_rank_p};
    return ABSCOPAL_OK;
}

enum abscopal_status abscopal_results_response_on(const abscopal_results *results, size_t arm, double day,
                                                  struct abscopal_share *share)
{
    return results_share_on(results, arm, ENDPOINT_RESPONSE_AT_HORIZON, day, share);
}
