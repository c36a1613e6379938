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
    free(patients->out_of_field_patients);
    free(patients->weights);
    free(patients->out_of_field_weights);
    *patients = (struct arm_patients){0};
}

struct endpoint_group arm_patients_group(const struct arm_patients *patients)
{
    return (struct endpoint_group){
        .n = patients->n, .outcomes = patients->outcomes, .patients = patients->patients, .weights = patients->weights};
}

struct endpoint_group arm_patients_out_of_field_group(const struct arm_patients *patients)
{
    return (struct endpoint_group){.n = patients->out_of_field_n,
                                   .outcomes = patients->out_of_field,
                                   .patients = patients->out_of_field_patients,
                                   .weights = patients->out_of_field_weights};
}

/* By what weights are multiplied so that the mean of those analysed is 1; 0 where these are all the same, so that they
 * are counted as without weights. */
static double weight_scale(const struct abscopal_results *results)
{
    double sum = 0, smallest = INFINITY, largest = 0;
    size_t n = 0;
    for (size_t patient = 0; patient < results->patient_count; patient++) {
        if (results_patient(results, patient)->status != ABSCOPAL_PATIENT_COMPLETED)
            continue;
        const double weight = results_weight(results, patient);
        n++;
        sum += weight;
        smallest = fmin(smallest, weight);
        largest = fmax(largest, weight);
    }
    return smallest < largest ? (double)n / sum : 0;
}

/* Memory for all patients; weights only where there are any, and those with a lesion out of field only if wanted. */
static bool arm_patients_open(struct arm_patients *read, size_t most, bool weighted, bool out_of_field)
{
    *read = (struct arm_patients){0};
    read->outcomes = malloc(most * sizeof *read->outcomes);
    read->patients = malloc(most * sizeof *read->patients);
    bool good = read->outcomes != NULL && read->patients != NULL;
    if (weighted) {
        read->weights = malloc(most * sizeof *read->weights);
        good = good && read->weights != NULL;
    }
    if (!out_of_field)
        return good;
    read->out_of_field = malloc(most * sizeof *read->out_of_field);
    read->out_of_field_patients = malloc(most * sizeof *read->out_of_field_patients);
    good = good && read->out_of_field != NULL && read->out_of_field_patients != NULL;
    if (weighted) {
        read->out_of_field_weights = malloc(most * sizeof *read->out_of_field_weights);
        good = good && read->out_of_field_weights != NULL;
    }
    return good;
}

static enum abscopal_status read_patients(const struct abscopal_results *results, size_t arm, bool out_of_field,
                                          struct arm_patients *read)
{
    *read = (struct arm_patients){0};
    if (arm >= results->arm_count)
        return ABSCOPAL_BAD_INPUT;
    const double scale = weight_scale(results);
    if (!arm_patients_open(read, results->patient_count + 1, scale > 0, out_of_field)) {
        arm_patients_free(read);
        return ABSCOPAL_NO_MEMORY;
    }
    for (size_t patient = 0; patient < results->patient_count; patient++) {
        const struct arm_result *row = &results->arms[results_row(results, arm, patient)];
        (void)results_patient(results, patient);
        if (row->status != ABSCOPAL_PATIENT_COMPLETED)
            continue;
        const double weight = scale * results_weight(results, patient);
        read->patients[read->n] = patient;
        if (read->weights != NULL)
            read->weights[read->n] = weight;
        read->outcomes[read->n++] = row->outcome;
        if (!out_of_field || !results_has_lesion_outside(results, arm, patient))
            continue;
        read->out_of_field_patients[read->out_of_field_n] = patient;
        if (read->out_of_field_weights != NULL)
            read->out_of_field_weights[read->out_of_field_n] = weight;
        read->out_of_field[read->out_of_field_n++] = row->out_of_field;
    }
    return ABSCOPAL_OK;
}

enum abscopal_status arm_patients_read(const struct abscopal_results *results, size_t arm, struct arm_patients *read)
{
    return read_patients(results, arm, true, read);
}

static enum abscopal_status summarise(const struct arm_patients *patients, double last_day,
                                      struct abscopal_arm_summary *summary)
{
    const struct endpoint_group group = arm_patients_group(patients),
                                outside = arm_patients_out_of_field_group(patients);
    summary->patients = group.n;
    summary->effective_patients = endpoints_effective(group.weights, group.n);
    summary->response_at_horizon = endpoints_share_of(ENDPOINT_RESPONSE_AT_HORIZON, &group);
    summary->best_response = endpoints_share_of(ENDPOINT_BEST_RESPONSE, &group);
    summary->complete_response = endpoints_share_of(ENDPOINT_COMPLETE_RESPONSE, &group);
    summary->disease_control = endpoints_share_of(ENDPOINT_DISEASE_CONTROL, &group);
    summary->progressive_disease = endpoints_share_of(ENDPOINT_PROGRESSIVE_DISEASE, &group);
    summary->out_of_field_patients = outside.n;
    summary->out_of_field_response = endpoints_share_of(ENDPOINT_BEST_RESPONSE, &outside);
    enum abscopal_status status =
        endpoints_median(ENDPOINT_PROGRESSION_FREE, &group, &summary->median_progression_free_days);
    if (status == ABSCOPAL_OK)
        status = endpoints_median(ENDPOINT_DURATION_OF_RESPONSE, &group, &summary->median_duration_of_response_days);
    if (status == ABSCOPAL_OK)
        status = endpoints_median(ENDPOINT_TIME_TO_RESPONSE, &group, &summary->median_time_to_response_days);
    if (status == ABSCOPAL_OK)
        status = endpoints_mean_progression_free(&group, last_day, &summary->mean_progression_free_days);
    if (status == ABSCOPAL_OK)
        status = endpoints_depth_of_response(&group, &summary->median_best_change);
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
    for (size_t i = 0; i < read.n; i++) {
        if (results_patient(results, read.patients[i])->patient.pdl1_class != (int)pdl1_class)
            continue;
        if (read.weights != NULL)
            read.weights[*patients] = read.weights[i];
        read.outcomes[(*patients)++] = read.outcomes[i];
    }
    const struct endpoint_group group = {.n = *patients, .outcomes = read.outcomes, .weights = read.weights};
    *share = endpoints_share_of(ENDPOINT_BEST_RESPONSE, &group);
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
    const struct endpoint_group group = arm_patients_group(&patients);
    if (day >= 0 && day <= results->trial->file.until_days)
        status = endpoints_progression_free(&group, fmin(day, results->visit_days[results->visit_count - 1]), share);
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

/* Whether anybody has been seen on that day: nobody has on a day outside the trial. */
static bool is_within(const struct abscopal_results *results, double day)
{
    return day >= 0 && day <= results->trial->file.until_days;
}

bool results_has_on(const struct abscopal_results *results, size_t arm, size_t patient, enum endpoint_share what,
                    double on_day)
{
    const size_t row = results_row(results, arm, patient), visit = visit_by(results, on_day);
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
    enum abscopal_status status = arm_patients_read(results, arm, &patients);
    if (status != ABSCOPAL_OK)
        return status;
    bool *const having = malloc((patients.n + 1) * sizeof *having);
    if (having != NULL) {
        for (size_t i = 0; i < patients.n; i++)
            having[i] = results_has_on(results, arm, patients.patients[i], what, day);
        *share = endpoints_share_weighted(having, patients.weights, is_within(results, day) ? patients.n : 0);
    } else {
        status = ABSCOPAL_NO_MEMORY;
    }
    free(having);
    arm_patients_free(&patients);
    return status;
}

bool results_responds_outside_on(const struct abscopal_results *results, size_t arm, size_t patient, double day)
{
    const size_t row = results_row(results, arm, patient), visit = visit_by(results, day);
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
    struct arm_patients patients;
    enum abscopal_status status = arm_patients_read(results, arm, &patients);
    if (status != ABSCOPAL_OK)
        return status;
    bool *const having = malloc((patients.n + 1) * sizeof *having);
    size_t n = 0;
    for (size_t i = 0; having != NULL && i < patients.n; i++)
        if (results_has_lesion_outside(results, arm, patients.patients[i]))
            having[n++] = results_responds_outside_on(results, arm, patients.patients[i], day);
    if (having != NULL)
        *share = endpoints_share_weighted(having, patients.out_of_field_weights, is_within(results, day) ? n : 0);
    else
        status = ABSCOPAL_NO_MEMORY;
    free(having);
    arm_patients_free(&patients);
    return status;
}

double abscopal_results_effective_patients(const abscopal_results *results)
{
    double sum = 0, squares = 0;
    for (size_t patient = 0; patient < results->patient_count; patient++) {
        if (results_patient(results, patient)->status != ABSCOPAL_PATIENT_COMPLETED)
            continue;
        const double weight = results_weight(results, patient);
        sum += weight;
        squares += weight * weight;
    }
    return squares > 0 ? sum * sum / squares : 0;
}

enum abscopal_status abscopal_results_comparison(const abscopal_results *results, size_t arm,
                                                 struct abscopal_arm_comparison *comparison)
{
    struct arm_patients first, other;
    if (arm == 0)
        return ABSCOPAL_BAD_INPUT;
    enum abscopal_status status = read_patients(results, arm, false, &other);
    if (status != ABSCOPAL_OK)
        return status;
    status = read_patients(results, 0, false, &first);
    const bool paired = !results->trial->file.allocation.disjoint;
    const struct endpoint_group groups[] = {arm_patients_group(&other), arm_patients_group(&first)};
    struct endpoint_comparison compared = {0};
    if (status == ABSCOPAL_OK)
        status = endpoints_compare(&groups[0], &groups[1], paired, results->patient_count, &compared);
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
