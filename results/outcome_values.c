#include "results/outcome_values.h"

#include <math.h>
#include <stdint.h>

#include "results/summary.h"

static const struct arm_result *row_of(const struct abscopal_results *results, size_t arm, size_t patient)
{
    return &results->arms[results_row(results, arm, patient)];
}

static bool is_completed(const struct abscopal_results *results, size_t arm, size_t patient)
{
    return row_of(results, arm, patient)->status == ABSCOPAL_PATIENT_COMPLETED;
}

/* Whether there is a response that counts. */
static bool has_responded(const struct abscopal_results *results, size_t arm, size_t patient)
{
    return is_completed(results, arm, patient) &&
           endpoints_is_response(row_of(results, arm, patient)->outcome.best_confirmed);
}

void outcome_values_best_confirmed(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    const enum response best = row_of(results, arm, patient)->outcome.best_confirmed;
    *(signed char *)values = is_completed(results, arm, patient) ? (signed char)best : -1;
}

void outcome_values_best_change_day(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    const double day = row_of(results, arm, patient)->outcome.best_change_day;
    *(double *)values = is_completed(results, arm, patient) ? day : NAN;
}

void outcome_values_response_day(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    const double day = row_of(results, arm, patient)->outcome.confirmed_response_day;
    *(double *)values = has_responded(results, arm, patient) ? day : NAN;
}

void outcome_values_response_duration(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    const struct patient_outcome *outcome = &row_of(results, arm, patient)->outcome;
    *(double *)values = has_responded(results, arm, patient)
                            ? outcome->response_end_day - outcome->confirmed_response_day
                            : (double)NAN;
}

void outcome_values_response_ended(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    const bool ended = row_of(results, arm, patient)->outcome.response_ended;
    *(signed char *)values = has_responded(results, arm, patient) ? (signed char)ended : -1;
}

void outcome_values_out_of_field(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    const bool there = is_completed(results, arm, patient) && results_has_lesion_outside(results, arm, patient);
    const enum response best = row_of(results, arm, patient)->out_of_field.best_confirmed;
    *(signed char *)values = there ? (signed char)best : -1;
}

void outcome_values_doses(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    *(int64_t *)values = is_completed(results, arm, patient) ? row_of(results, arm, patient)->doses : -1;
}

void outcome_values_fractions(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    *(int64_t *)values = is_completed(results, arm, patient) ? row_of(results, arm, patient)->fractions : -1;
}

void outcome_values_switches(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    *(int64_t *)values = is_completed(results, arm, patient) ? row_of(results, arm, patient)->switches : -1;
}

void outcome_values_new_lesions(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    const signed char *found = results->new_lesions + results_row(results, arm, patient) * results->visit_count;
    for (size_t visit = 0; visit < results->visit_count; visit++)
        ((int64_t *)values)[visit] = is_completed(results, arm, patient) ? found[visit] : -1;
}

/* Of the lesions that the patient has: whether they are in the set, which has a bit for each. */
static void fill_lesions(const struct abscopal_results *results, size_t arm, size_t patient, unsigned set, void *values)
{
    const size_t lesions =
        is_completed(results, arm, patient) ? (size_t)results->patients[patient].patient.lesion_count : 0;
    signed char *const flags = values;
    for (size_t lesion = 0; lesion < results->lesion_count; lesion++) {
        flags[lesion] = -1;
        if (lesion < lesions)
            flags[lesion] = (set >> lesion & 1) != 0;
    }
}

void outcome_values_irradiated(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    fill_lesions(results, arm, patient, row_of(results, arm, patient)->irradiated, values);
}

void outcome_values_target(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    fill_lesions(results, arm, patient, ~(unsigned)row_of(results, arm, patient)->non_target, values);
}
