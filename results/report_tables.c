/* Who took part, and what came of each arm. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "abscopal.h"
#include "results/json_value.h"
#include "results/published.h"
#include "results/rejections.h"
#include "results/report.h"
#include "results/summary.h"
#include "results/table_arms.h"

/* ---- Flow ------------------------------------------------------------------------------------------- */

/* Allocated are those who reached baseline and began the arm. */
static json_t *flow_arm(const struct abscopal_results *results, size_t arm)
{
    size_t failed = 0;
    struct abscopal_arm_summary summary;
    if (abscopal_results_summary(results, arm, &summary) != ABSCOPAL_OK)
        return NULL;
    for (size_t patient = 0; patient < results->patient_count; patient++)
        failed += results->arms[results_row(results, arm, patient)].status == ABSCOPAL_PATIENT_NOT_INTEGRATED &&
                  !isnan(results->patients[patient].baseline_sum_of_diameters_mm);
    const size_t allocated = summary.patients + failed;
    return json_pack("{s:s, s:I, s:I, s:I, s:o}", "arm", summary.name, "allocated", (json_int_t)allocated,
                     "not_integrated", (json_int_t)failed, "analysed", (json_int_t)summary.patients, "effective",
                     json_number_or_null(summary.effective_patients));
}

json_t *report_flow(const struct abscopal_results *results)
{
    static const struct {
        const char *name;
        enum abscopal_patient_status status;
    } statuses[] = {{"not_selected", ABSCOPAL_PATIENT_NOT_SELECTED},
                    {"not_eligible", ABSCOPAL_PATIENT_NOT_ELIGIBLE},
                    {"not_plausible", ABSCOPAL_PATIENT_NOT_PLAUSIBLE},
                    {"not_integrated", ABSCOPAL_PATIENT_NOT_INTEGRATED},
                    {"completed", ABSCOPAL_PATIENT_COMPLETED}};
    json_t *arms = json_array();
    for (size_t arm = 0; arms != NULL && arm < results->arm_count; arm++)
        json_list_add(&arms, flow_arm(results, arm));
    json_t *flow = json_pack("{s:I, s:o, s:o}", "sampled", (json_int_t)results->patient_count, "rejections",
                             rejections_json(results), "arms", arms);
    for (size_t i = 0; flow != NULL && i < sizeof statuses / sizeof *statuses; i++)
        if (json_object_set_new(
                flow, statuses[i].name,
                json_integer((json_int_t)abscopal_results_patient_count(results, statuses[i].status))) != 0) {
            json_decref(flow);
            return NULL;
        }
    return flow;
}

/* ---- Endpoints -------------------------------------------------------------------------------------- */

/* One line of the table. */
struct endpoint {
    const char *key; /* the published endpoint's where there is one; of shares of a day, with the day */
    const char *label;
    bool is_time;
    double at_days; /* of a share of a day; NaN: none */
    size_t n;
    struct abscopal_estimate estimate;
};

static json_t *observed_json(const struct abscopal_observed *observed)
{
    return report_join(json_estimate(&observed->observed),
                       json_pack("{s:o, s:o, s:o, s:s?, s:o, s:b}", "level", json_number_or_null(observed->level),
                                 "patients",
                                 observed->patients > 0 ? json_integer((json_int_t)observed->patients) : json_null(),
                                 "at_days", json_number_or_null(observed->at_days), "source", observed->source,
                                 "within", observed->within < 0 ? json_null() : json_boolean(observed->within),
                                 "interval_added", observed->interval_added));
}

/* The same endpoint on the same day, to a minute: months in files have been rounded. */
static bool is_observed(const struct abscopal_observed *observed, const char *arm, const struct endpoint *endpoint)
{
    const char *const name = isnan(endpoint->at_days) ? endpoint->key : "progression_free_rate";
    if (strcmp(observed->arm, arm) != 0 || strcmp(observed->endpoint, name) != 0)
        return false;
    return isnan(endpoint->at_days) ? isnan(observed->at_days) : fabs(observed->at_days - endpoint->at_days) < 1e-3;
}

static json_t *observed_of(const struct abscopal_results *results, const char *arm, const struct endpoint *endpoint)
{
    json_t *list = json_array();
    for (size_t i = 0; list != NULL && i < abscopal_trial_observed_count(results->trial); i++) {
        struct abscopal_observed observed;
        if (abscopal_results_observed(results, i, &observed) != ABSCOPAL_OK)
            json_list_add(&list, NULL);
        else if (is_observed(&observed, arm, endpoint))
            json_list_add(&list, observed_json(&observed));
    }
    return list;
}

static void endpoint_add(json_t **list, const struct abscopal_results *results, size_t arm,
                         const struct endpoint *endpoint)
{
    const char *name = results->trial->file.arms[arm].name;
    json_t *more = json_pack("{s:s, s:s, s:s, s:s, s:I, s:b, s:o, s:o}", "arm", name, "key", endpoint->key, "label",
                             endpoint->label, "unit", endpoint->is_time ? "d" : "fraction", "n",
                             (json_int_t)endpoint->n, "not_reached", isinf(endpoint->estimate.value), "at_days",
                             json_number_or_null(endpoint->at_days), "observed", observed_of(results, name, endpoint));
    json_list_add(list, report_join(json_estimate(&endpoint->estimate), more));
}

static struct abscopal_estimate of_share(const struct abscopal_share *share)
{
    return (struct abscopal_estimate){share->fraction, share->lower, share->upper};
}

/* Patients of an arm with a best change. */
static size_t changes_count(const struct abscopal_results *results, size_t arm)
{
    size_t count = 0;
    for (size_t patient = 0; patient < results->patient_count; patient++) {
        const struct arm_result *row = &results->arms[results_row(results, arm, patient)];
        count += row->status == ABSCOPAL_PATIENT_COMPLETED && !isnan(row->outcome.best_change);
    }
    return count;
}

static void shares_add(json_t **list, const struct abscopal_results *results, size_t arm,
                       const struct abscopal_arm_summary *summary)
{
    const struct endpoint endpoints[] = {
        {"best_response_rate", "objective response, best overall", false, NAN, summary->patients,
         of_share(&summary->best_response)},
        {"response_rate", "objective response, at the last visit", false, NAN, summary->patients,
         of_share(&summary->response_at_horizon)},
        {"complete_response_rate", "complete response, best overall", false, NAN, summary->patients,
         of_share(&summary->complete_response)},
        {"disease_control_rate", "disease control, best overall", false, NAN, summary->patients,
         of_share(&summary->disease_control)},
        {"progressive_disease_rate", "progressive disease, best overall", false, NAN, summary->patients,
         of_share(&summary->progressive_disease)},
        {"abscopal_response_rate", "response of lesions outside the field", false, NAN, summary->out_of_field_patients,
         of_share(&summary->out_of_field_response)},
        {"median_best_change", "best change of the sum of diameters, median", false, NAN, changes_count(results, arm),
         summary->median_best_change},
    };
    for (size_t i = 0; i < sizeof endpoints / sizeof *endpoints; i++)
        endpoint_add(list, results, arm, &endpoints[i]);
}

static void times_add(json_t **list, const struct abscopal_results *results, size_t arm,
                      const struct abscopal_arm_summary *summary)
{
    const size_t responders = summary->best_response.count;
    const struct endpoint endpoints[] = {
        {"median_progression_free_survival", "progression-free survival, median", true, NAN, summary->patients,
         summary->median_progression_free_days},
        {"mean_progression_free_survival", "progression-free survival, mean up to the last visit", true, NAN,
         summary->patients, summary->mean_progression_free_days},
        {"median_time_to_response", "time to response, median of who respond", true, NAN, responders,
         summary->median_time_to_response_days},
        {"median_duration_of_response", "duration of response, median of who respond", true, NAN, responders,
         summary->median_duration_of_response_days},
    };
    for (size_t i = 0; i < sizeof endpoints / sizeof *endpoints; i++)
        endpoint_add(list, results, arm, &endpoints[i]);
    int months[TABLE_MOST_MONTHS];
    const size_t count = table_months(results, months);
    for (size_t i = 0; i < count; i++) {
        char key[64], label[64];
        snprintf(key, sizeof key, "progression_free_rate_%d_months", months[i]);
        snprintf(label, sizeof label, "progression-free at %d months", months[i]);
        struct endpoint endpoint = {key, label, false, months[i] * days_in_month(), summary->patients, {NAN, NAN, NAN}};
        if (abscopal_results_progression_free(results, arm, endpoint.at_days, &endpoint.estimate) != ABSCOPAL_OK)
            json_list_add(list, NULL);
        endpoint_add(list, results, arm, &endpoint);
    }
}

json_t *report_endpoints(const struct abscopal_results *results)
{
    json_t *list = json_array();
    for (size_t arm = 0; list != NULL && arm < results->arm_count; arm++) {
        struct abscopal_arm_summary summary;
        if (abscopal_results_summary(results, arm, &summary) != ABSCOPAL_OK) {
            json_list_add(&list, NULL);
            break;
        }
        shares_add(&list, results, arm, &summary);
        times_add(&list, results, arm, &summary);
    }
    return list;
}

/* ---- Published -------------------------------------------------------------------------------------- */

json_t *report_observed(const struct abscopal_results *results)
{
    json_t *list = json_array();
    for (size_t i = 0; list != NULL && i < abscopal_trial_observed_count(results->trial); i++) {
        struct abscopal_observed observed;
        char label[PUBLISHED_LABEL_SIZE];
        if (abscopal_results_observed(results, i, &observed) != ABSCOPAL_OK) {
            json_list_add(&list, NULL);
            break;
        }
        json_list_add(&list,
                      json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:s?, s:o, s:o, s:b, s:o}", "arm", observed.arm,
                                "endpoint", observed.endpoint, "label", published_label(label, &observed), "unit",
                                published_is_time(observed.endpoint) ? "d" : "fraction", "at_days",
                                json_number_or_null(observed.at_days), "patients",
                                observed.patients > 0 ? json_integer((json_int_t)observed.patients) : json_null(),
                                "source", observed.source, "observed", observed_json(&observed), "predicted",
                                json_estimate(&observed.predicted), "not_reached", isinf(observed.predicted.value),
                                "within", observed.within < 0 ? json_null() : json_boolean(observed.within)));
    }
    return list;
}

/* ---- Arms against the first ------------------------------------------------------------------------- */

json_t *report_comparisons(const struct abscopal_results *results)
{
    json_t *list = json_array();
    for (size_t arm = 1; list != NULL && arm < results->arm_count; arm++) {
        struct abscopal_arm_comparison comparison;
        if (abscopal_results_comparison(results, arm, &comparison) != ABSCOPAL_OK) {
            json_list_add(&list, NULL);
            break;
        }
        json_list_add(&list, json_pack("{s:s, s:s, s:b, s:I, s:o, s:o, s:o}", "arm", comparison.name, "reference",
                                       comparison.reference, "paired", comparison.paired, "pairs",
                                       (json_int_t)comparison.pairs, "difference",
                                       json_estimate(&comparison.best_response_difference), "hazard_ratio",
                                       json_estimate(&comparison.hazard_ratio), "log_rank_p",
                                       json_number_or_null(comparison.log_rank_p)));
    }
    return list;
}
