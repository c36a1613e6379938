#include "results/sweep_scores.h"

#include <math.h>
#include <string.h>

#include "results/summary.h"
#include "trial/sweep_statistics.h"

size_t sweep_last_visit(const struct abscopal_results *results, double day)
{
    size_t visit = 0;
    while (visit + 1 < results->visit_count && results->visit_days[visit + 1] <= day)
        visit++;
    return visit;
}

/* Sum of the diameters of all lesions over that at baseline, at the last visit not later than that day. */
static double change_on(const struct abscopal_results *results, size_t arm, size_t patient, double day)
{
    const size_t row = results_row(results, arm, patient);
    const double *diameters_mm = results->diameters_mm + row * results->visit_count * results->lesion_count;
    const size_t visit = sweep_last_visit(results, day);
    double baseline_mm = 0, sum_mm = 0;
    for (int lesion = 0; lesion < results->patients[patient].patient.lesion_count; lesion++) {
        baseline_mm += diameters_mm[lesion];
        sum_mm += diameters_mm[visit * results->lesion_count + (size_t)lesion];
    }
    return sum_mm / baseline_mm - 1; /* NaN where a lesion was not measured */
}

/* Shares of best overall responses, whenever they come. */
static double best_of(const struct abscopal_results *results, size_t arm, size_t patient, const char *endpoint)
{
    const struct patient_outcome *outcome = &results->arms[results_row(results, arm, patient)].outcome;
    static const struct {
        const char *name;
        enum endpoint_share what;
    } known[] = {{"best_response_rate", ENDPOINT_BEST_RESPONSE},
                 {"disease_control_rate", ENDPOINT_DISEASE_CONTROL},
                 {"complete_response_rate", ENDPOINT_COMPLETE_RESPONSE},
                 {"progressive_disease_rate", ENDPOINT_PROGRESSIVE_DISEASE}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(endpoint, known[i].name) == 0)
            return endpoints_has(known[i].what, outcome->best_confirmed);
    return NAN;
}

/* Shares of a day. */
static double share_on(const struct abscopal_results *results, size_t arm, size_t patient, const char *endpoint,
                       double day)
{
    static const struct {
        const char *name;
        enum endpoint_share what;
    } known[] = {{"best_response_rate", ENDPOINT_BEST_RESPONSE},
                 {"response_rate", ENDPOINT_RESPONSE_AT_HORIZON},
                 {"disease_control_rate", ENDPOINT_DISEASE_CONTROL},
                 {"complete_response_rate", ENDPOINT_COMPLETE_RESPONSE},
                 {"progressive_disease_rate", ENDPOINT_PROGRESSIVE_DISEASE}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(endpoint, known[i].name) == 0)
            return results_has_on(results, arm, patient, known[i].what, day);
    return NAN;
}

/* By the lesions that were not irradiated, of those who have one. */
static double abscopal_response(const struct abscopal_results *results, size_t arm, size_t patient, double at_days)
{
    if (!results_has_lesion_outside(results, arm, patient))
        return NAN;
    if (isnan(at_days))
        return endpoints_is_response(results->arms[results_row(results, arm, patient)].out_of_field.best_confirmed);
    return results_responds_outside_on(results, arm, patient, at_days);
}

double sweep_score(const struct abscopal_results *results, size_t arm, size_t patient,
                   const struct sweep_endpoint *endpoint)
{
    const char *name = endpoint->row->name;
    const double last_day = results->trial->file.until_days;
    const double day = isnan(endpoint->at_days) ? last_day : endpoint->at_days;
    if (strcmp(name, "mean_best_change") == 0)
        return results->arms[results_row(results, arm, patient)].outcome.best_change;
    if (strcmp(name, "mean_change") == 0)
        return change_on(results, arm, patient, day);
    if (strcmp(name, "abscopal_response_rate") == 0)
        return abscopal_response(results, arm, patient, endpoint->at_days);
    if (endpoint->row->measure != SWEEP_SHARE)
        return NAN;
    return isnan(endpoint->at_days) && strcmp(name, "response_rate") != 0 ? best_of(results, arm, patient, name)
                                                                          : share_on(results, arm, patient, name, day);
}

void sweep_scores_read(const struct sweep_file *sweep, const struct abscopal_results *results, size_t arm,
                       double *values)
{
    const size_t patients = results->patient_count;
    for (size_t patient = 0; patient < patients; patient++) {
        const struct arm_result *row = &results->arms[results_row(results, arm, patient)];
        const bool completed = row->status == ABSCOPAL_PATIENT_COMPLETED;
        for (size_t i = 0; i < sweep->endpoint_count; i++)
            values[i * patients + patient] =
                completed ? sweep_score(results, arm, patient, &sweep->endpoints[i]) : (double)NAN;
        values[sweep_day_column(sweep) * patients + patient] = completed ? row->outcome.pfs_day : (double)NAN;
        values[sweep_event_column(sweep) * patients + patient] =
            completed ? (double)row->outcome.pfs_event : (double)NAN;
    }
}
