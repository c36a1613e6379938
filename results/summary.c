/* What an arm comes to: gathers its patients for trial/endpoints.h. */
#include "results/summary.h"

#include <math.h>
#include <stdlib.h>

#include "abscopal.h"
#include "trial/criteria.h"
#include "trial/endpoint_classes.h"
#include "trial/endpoint_tally.h"
#include "trial/order_statistics.h"

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
    if (results->weights == NULL)
        return 0;
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
        const struct arm_result *row = results_arm_patient(results, arm, patient);
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

/* ---- Patients for endpoints ------------------------------------------------------------------------- */

/* Of one arm or two. Where all count the same, those who are alike are kept once, so that memory does not grow with
 * their number. With weights each is by himself: two are hardly ever alike then, and the weights come from a file with
 * a line for each patient, which is in memory as well. */
struct arm_groups {
    struct endpoint_group groups[2];
    size_t patient_count; /* above the numbers of patients */
    struct endpoint_classes classes;
    struct arm_patients patients[2];
};

static void arm_groups_free(struct arm_groups *read)
{
    endpoint_classes_free(&read->classes);
    for (int i = 0; i < 2; i++)
        arm_patients_free(&read->patients[i]);
}

static bool classes_read(const struct abscopal_results *results, const size_t *arms, size_t count,
                         struct endpoint_classes *classes)
{
    for (size_t patient = 0; patient < results->patient_count; patient++) {
        const struct patient_outcome *outcomes[2] = {NULL, NULL};
        for (size_t i = 0; i < count; i++) {
            const struct arm_result *row = results_arm_patient(results, arms[i], patient);
            if (row->status == ABSCOPAL_PATIENT_COMPLETED)
                outcomes[i] = &row->outcome;
        }
        if ((outcomes[0] != NULL || outcomes[1] != NULL) && !endpoint_classes_add(classes, outcomes[0], outcomes[1]))
            return false;
    }
    return true;
}

/* Errors as arm_patients_read. */
static enum abscopal_status arm_groups_read(const struct abscopal_results *results, const size_t *arms, size_t count,
                                            enum endpoint_likeness likeness, struct arm_groups *read)
{
    enum abscopal_status status = ABSCOPAL_OK;
    *read = (struct arm_groups){.patient_count = results->patient_count, .classes = {.likeness = likeness}};
    for (size_t i = 0; i < count; i++)
        if (arms[i] >= results->arm_count)
            return ABSCOPAL_BAD_INPUT;
    if (weight_scale(results) > 0) {
        for (size_t i = 0; i < count && status == ABSCOPAL_OK; i++) {
            status = read_patients(results, arms[i], false, &read->patients[i]);
            read->groups[i] = arm_patients_group(&read->patients[i]);
        }
    } else if (classes_read(results, arms, count, &read->classes)) {
        for (size_t i = 0; i < count; i++)
            read->groups[i] = endpoint_classes_group(&read->classes, (int)i);
        read->patient_count = read->classes.n;
    } else {
        status = ABSCOPAL_NO_MEMORY;
    }
    if (status != ABSCOPAL_OK)
        arm_groups_free(read);
    return status;
}

/* ---- Patients one by one ---------------------------------------------------------------------------- */

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_NOT_ASKED };

/* What is asked of patients who completed the arm. */
struct question {
    enum answer (*ask)(const struct abscopal_results *results, size_t arm, size_t patient,
                       const struct question *question);
    enum endpoint_share what;
    double day;
    size_t pdl1_class;
};

/* Counts the answers of those who are asked. Errors as arm_patients_read. */
static enum abscopal_status answers_count(const struct abscopal_results *results, size_t arm,
                                          const struct question *question, struct endpoint_tally *tally)
{
    *tally = (struct endpoint_tally){0};
    if (arm >= results->arm_count)
        return ABSCOPAL_BAD_INPUT;
    const double scale = weight_scale(results);
    for (size_t patient = 0; patient < results->patient_count; patient++) {
        if (results_arm_patient(results, arm, patient)->status != ABSCOPAL_PATIENT_COMPLETED)
            continue;
        const enum answer answer = question->ask(results, arm, patient, question);
        if (answer != ANSWER_NOT_ASKED)
            endpoint_tally_add(tally, answer == ANSWER_YES, scale > 0 ? scale * results_weight(results, patient) : 1,
                               1);
    }
    return ABSCOPAL_OK;
}

static enum answer has_outside(const struct abscopal_results *results, size_t arm, size_t patient,
                               const struct question *question)
{
    if (!results_has_lesion_outside(results, arm, patient))
        return ANSWER_NOT_ASKED;
    const struct patient_outcome *outcome = &results->arms[results_row(results, arm, patient)].out_of_field;
    return endpoints_outcome_has(question->what, outcome) ? ANSWER_YES : ANSWER_NO;
}

static enum answer has_in_class(const struct abscopal_results *results, size_t arm, size_t patient,
                                const struct question *question)
{
    if (results->patients[patient].patient.pdl1_class != (int)question->pdl1_class)
        return ANSWER_NOT_ASKED;
    const struct patient_outcome *outcome = &results->arms[results_row(results, arm, patient)].outcome;
    return endpoints_outcome_has(question->what, outcome) ? ANSWER_YES : ANSWER_NO;
}

/* ---- Summaries -------------------------------------------------------------------------------------- */

/* Without weights: the change is continuous, so that patients are gone through again and again. */
static struct abscopal_estimate depth_read(const struct abscopal_results *results, size_t arm)
{
    size_t n = 0, ranks[ORDER_STATISTICS_MOST];
    double changes[ORDER_STATISTICS_MOST];
    for (size_t patient = 0; patient < results->patient_count; patient++) {
        const struct arm_result *row = results_arm_patient(results, arm, patient);
        n += row->status == ABSCOPAL_PATIENT_COMPLETED && !isnan(row->outcome.best_change);
    }
    struct order_statistics order;
    const size_t count = endpoints_depth_ranks(n, ranks);
    order_statistics_begin(&order, ranks, count);
    for (int pass = 0; pass < ORDER_STATISTICS_PASSES && count > 0; pass++) {
        for (size_t patient = 0; patient < results->patient_count; patient++) {
            const struct arm_result *row = results_arm_patient(results, arm, patient);
            if (row->status == ABSCOPAL_PATIENT_COMPLETED && !isnan(row->outcome.best_change))
                order_statistics_add(&order, row->outcome.best_change);
        }
        order_statistics_end_pass(&order);
    }
    for (size_t i = 0; i < count; i++)
        changes[i] = order_statistics_value(&order, i);
    return endpoints_depth_at_ranks(changes, count);
}

static enum abscopal_status summarise(const struct endpoint_group *group, double last_day,
                                      struct abscopal_arm_summary *summary)
{
    struct endpoint_tally all = {0};
    for (size_t i = 0; i < group->n; i++)
        endpoint_tally_add(&all, false, endpoint_group_weight(group, i), endpoint_group_copies(group, i));
    summary->patients = all.patients;
    summary->effective_patients = endpoint_tally_effective(&all);
    summary->response_at_horizon = endpoints_share_of(ENDPOINT_RESPONSE_AT_HORIZON, group);
    summary->best_response = endpoints_share_of(ENDPOINT_BEST_RESPONSE, group);
    summary->complete_response = endpoints_share_of(ENDPOINT_COMPLETE_RESPONSE, group);
    summary->disease_control = endpoints_share_of(ENDPOINT_DISEASE_CONTROL, group);
    summary->progressive_disease = endpoints_share_of(ENDPOINT_PROGRESSIVE_DISEASE, group);
    enum abscopal_status status =
        endpoints_median(ENDPOINT_PROGRESSION_FREE, group, &summary->median_progression_free_days);
    if (status == ABSCOPAL_OK)
        status = endpoints_median(ENDPOINT_DURATION_OF_RESPONSE, group, &summary->median_duration_of_response_days);
    if (status == ABSCOPAL_OK)
        status = endpoints_median(ENDPOINT_TIME_TO_RESPONSE, group, &summary->median_time_to_response_days);
    if (status == ABSCOPAL_OK)
        status = endpoints_mean_progression_free(group, last_day, &summary->mean_progression_free_days);
    return status;
}

enum abscopal_status abscopal_results_summary(const abscopal_results *results, size_t arm,
                                              struct abscopal_arm_summary *summary)
{
    const struct question question = {.ask = has_outside, .what = ENDPOINT_BEST_RESPONSE};
    struct arm_groups read;
    struct endpoint_tally outside;
    enum abscopal_status status = arm_groups_read(results, &arm, 1, ENDPOINT_LIKE_IN_ALL, &read);
    if (status != ABSCOPAL_OK)
        return status;
    *summary = (struct abscopal_arm_summary){.name = results->trial->file.arms[arm].name};
    const struct endpoint_group *group = &read.groups[0];
    status = summarise(group, results->visit_days[results->visit_count - 1], summary);
    if (status == ABSCOPAL_OK && group->weights != NULL)
        status = endpoints_depth_of_response(group, &summary->median_best_change);
    else
        summary->median_best_change = depth_read(results, arm);
    arm_groups_free(&read);
    if (status == ABSCOPAL_OK)
        status = answers_count(results, arm, &question, &outside);
    if (status != ABSCOPAL_OK)
        return status;
    summary->out_of_field_patients = outside.patients;
    summary->out_of_field_response = endpoint_tally_share(&outside);
    return ABSCOPAL_OK;
}

enum abscopal_status results_best_response_of_class(const struct abscopal_results *results, size_t arm,
                                                    size_t pdl1_class, size_t *patients, struct abscopal_share *share)
{
    const struct question question = {.ask = has_in_class, .what = ENDPOINT_BEST_RESPONSE, .pdl1_class = pdl1_class};
    struct endpoint_tally tally;
    const enum abscopal_status status = answers_count(results, arm, &question, &tally);
    if (status != ABSCOPAL_OK)
        return status;
    *patients = tally.patients;
    *share = endpoint_tally_share(&tally);
    return ABSCOPAL_OK;
}

enum abscopal_status abscopal_results_progression_free(const abscopal_results *results, size_t arm, double day,
                                                       struct abscopal_estimate *share)
{
    struct arm_groups read;
    enum abscopal_status status = arm_groups_read(results, &arm, 1, ENDPOINT_LIKE_IN_COMPARED, &read);
    if (status != ABSCOPAL_OK)
        return status;
    *share = (struct abscopal_estimate){.value = NAN, .lower = NAN, .upper = NAN};
    if (day >= 0 && day <= results->trial->file.until_days)
        status = endpoints_progression_free(&read.groups[0], fmin(day, results->visit_days[results->visit_count - 1]),
                                            share);
    arm_groups_free(&read);
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

static enum answer has_on(const struct abscopal_results *results, size_t arm, size_t patient,
                          const struct question *question)
{
    return results_has_on(results, arm, patient, question->what, question->day) ? ANSWER_YES : ANSWER_NO;
}

/* Of a day: nobody is asked outside the trial. */
static enum abscopal_status share_on(const struct abscopal_results *results, size_t arm,
                                     const struct question *question, struct abscopal_share *share)
{
    struct endpoint_tally tally;
    const enum abscopal_status status = answers_count(results, arm, question, &tally);
    if (!is_within(results, question->day))
        tally = (struct endpoint_tally){0};
    if (status == ABSCOPAL_OK)
        *share = endpoint_tally_share(&tally);
    return status;
}

enum abscopal_status results_share_on(const struct abscopal_results *results, size_t arm, enum endpoint_share what,
                                      double day, struct abscopal_share *share)
{
    const struct question question = {.ask = has_on, .what = what, .day = day};
    return share_on(results, arm, &question, share);
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

static enum answer responds_outside_on(const struct abscopal_results *results, size_t arm, size_t patient,
                                       const struct question *question)
{
    if (!results_has_lesion_outside(results, arm, patient))
        return ANSWER_NOT_ASKED;
    return results_responds_outside_on(results, arm, patient, question->day) ? ANSWER_YES : ANSWER_NO;
}

enum abscopal_status results_out_of_field_response_on(const struct abscopal_results *results, size_t arm, double day,
                                                      struct abscopal_share *share)
{
    const struct question question = {.ask = responds_outside_on, .day = day};
    return share_on(results, arm, &question, share);
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
    const size_t arms[] = {arm, 0};
    struct arm_groups read;
    struct endpoint_comparison compared = {0};
    if (arm == 0)
        return ABSCOPAL_BAD_INPUT;
    enum abscopal_status status = arm_groups_read(results, arms, 2, ENDPOINT_LIKE_IN_COMPARED, &read);
    if (status != ABSCOPAL_OK)
        return status;
    const bool paired = !results->trial->file.allocation.disjoint;
    status = endpoints_compare(&read.groups[0], &read.groups[1], paired, read.patient_count, &compared);
    arm_groups_free(&read);
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
