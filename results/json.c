/* The table's numbers for programs. */
#include <math.h>

#include "abscopal.h"
#include "model/model.h"
#include "results/failures.h"
#include "results/json_value.h"
#include "results/maker.h"
#include "results/rejections.h"
#include "results/summary.h"
#include "results/table_arms.h"
#include "trial/virtual_trial.h"

static json_t *share_json(const struct abscopal_share *share)
{
    return json_pack("{s:I, s:o, s:o, s:o}", "count", (json_int_t)share->count, "fraction",
                     json_number_or_null(share->fraction), "lower", json_number_or_null(share->lower), "upper",
                     json_number_or_null(share->upper));
}

/* Progression-free shares after the months that the table shows. */
static json_t *progression_free_json(const struct abscopal_results *results, size_t arm)
{
    int months[TABLE_MOST_MONTHS];
    const size_t count = table_months(results, months);
    json_t *list = json_array();
    for (size_t i = 0; list != NULL && i < count; i++) {
        struct abscopal_estimate share;
        const double day = months[i] * days_in_month();
        if (abscopal_results_progression_free(results, arm, day, &share) != ABSCOPAL_OK ||
            json_array_append_new(list,
                                  json_pack("{s:f, s:i, s:o, s:o, s:o}", "day", day, "months", months[i], "value",
                                            json_number_or_null(share.value), "lower", json_number_or_null(share.lower),
                                            "upper", json_number_or_null(share.upper))) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* Against the first arm; null for that itself. */
static json_t *comparison_json(const struct abscopal_results *results, size_t arm)
{
    struct abscopal_arm_comparison comparison;
    if (arm == 0)
        return json_null();
    if (abscopal_results_comparison(results, arm, &comparison) != ABSCOPAL_OK)
        return NULL;
    return json_pack("{s:s, s:b, s:I, s:o, s:o, s:o}", "reference", comparison.reference, "paired", comparison.paired,
                     "pairs", (json_int_t)comparison.pairs, "orr_best_difference",
                     json_estimate(&comparison.best_response_difference), "hazard_ratio",
                     json_estimate(&comparison.hazard_ratio), "log_rank_p", json_number_or_null(comparison.log_rank_p));
}

/* Response by the cohort's PD-L1 classes; null without. */
static json_t *classes_json(const struct abscopal_results *results, size_t arm)
{
    const struct cohort *cohort = &results->trial->cohort;
    json_t *list = cohort->pdl1_class_count > 0 ? json_array() : json_null();
    for (size_t i = 0; list != NULL && i < cohort->pdl1_class_count; i++) {
        size_t patients;
        struct abscopal_share share;
        if (results_best_response_of_class(results, arm, i, &patients, &share) != ABSCOPAL_OK ||
            json_array_append_new(list, json_pack("{s:s, s:I, s:o}", "class", cohort->pdl1_classes[i].name, "n",
                                                  (json_int_t)patients, "orr_best", share_json(&share))) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *arm_json(const struct abscopal_results *results, size_t arm)
{
    struct abscopal_arm_summary summary;
    if (abscopal_results_summary(results, arm, &summary) != ABSCOPAL_OK)
        return NULL;
    const struct abscopal_estimate *median = &summary.median_progression_free_days;
    return json_pack(
        "{s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name",
        summary.name, "n", (json_int_t)summary.patients, "effective_n",
        results->weights != NULL ? json_number_or_null(summary.effective_patients) : json_null(), "orr_horizon",
        share_json(&summary.response_at_horizon), "orr_best", share_json(&summary.best_response), "disease_control",
        share_json(&summary.disease_control), "complete_response", share_json(&summary.complete_response),
        "progressive_disease", share_json(&summary.progressive_disease), "out_of_field_n",
        (json_int_t)summary.out_of_field_patients, "orr_out_of_field", share_json(&summary.out_of_field_response),
        "median_pfs_days", json_number_or_null(median->value), "median_pfs_reached", isfinite(median->value),
        "median_pfs", json_estimate(median), "pfs_rates", progression_free_json(results, arm),
        "median_duration_of_response", json_estimate(&summary.median_duration_of_response_days),
        "median_time_to_response", json_estimate(&summary.median_time_to_response_days), "mean_pfs",
        json_estimate(&summary.mean_progression_free_days), "median_best_change",
        json_estimate(&summary.median_best_change), "by_pdl1_class", classes_json(results, arm), "comparison",
        comparison_json(results, arm));
}

static json_t *arms_json(const struct abscopal_results *results)
{
    json_t *arms = json_array();
    for (size_t arm = 0; arms != NULL && arm < results->arm_count; arm++)
        if (json_array_append_new(arms, arm_json(results, arm)) != 0) {
            json_decref(arms);
            return NULL;
        }
    return arms;
}

static json_t *patients_json(const struct abscopal_results *results)
{
    return json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "sampled", (json_int_t)results->patient_count, "completed",
        (json_int_t)abscopal_results_patient_count(results, ABSCOPAL_PATIENT_COMPLETED), "not_plausible",
        (json_int_t)abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_PLAUSIBLE), "not_integrated",
        (json_int_t)abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_INTEGRATED), "not_run",
        (json_int_t)abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_RUN), "not_eligible",
        (json_int_t)abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_ELIGIBLE), "not_selected",
        (json_int_t)abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_SELECTED), "effective_sample_size",
        results->weights != NULL ? json_number_or_null(abscopal_results_effective_patients(results)) : json_null());
}

static json_t *observed_json(const struct abscopal_results *results, size_t index)
{
    struct abscopal_observed observed;
    if (abscopal_results_observed(results, index, &observed) != ABSCOPAL_OK)
        return NULL;
    const struct abscopal_estimate *published = &observed.observed;
    json_t *number = json_pack("{s:o, s:o, s:o, s:o, s:b}", "value", json_number_or_null(published->value), "lower",
                               json_number_or_null(published->lower), "upper", json_number_or_null(published->upper),
                               "level", json_number_or_null(observed.level), "interval_added", observed.interval_added);
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:s}", "arm", observed.arm, "endpoint", observed.endpoint,
                     "at_days", json_number_or_null(observed.at_days), "n",
                     observed.patients > 0 ? json_integer((json_int_t)observed.patients) : json_null(), "observed",
                     number, "predicted", json_estimate(&observed.predicted), "within",
                     observed.within < 0 ? json_null() : json_boolean(observed.within), "source", observed.source);
}

/* What was published of a real trial; null for one of our own. */
static json_t *published_json(const struct abscopal_results *results)
{
    const struct trial_file *file = &results->trial->file;
    if (file->registry == NULL && file->setting == NULL && file->left_out == NULL && file->observed_count == 0)
        return json_null();
    json_t *list = json_array();
    for (size_t i = 0; list != NULL && i < file->observed_count; i++)
        if (json_array_append_new(list, observed_json(results, i)) != 0) {
            json_decref(list);
            return NULL;
        }
    return json_pack("{s:s?, s:s?, s:s?, s:o}", "registry", file->registry, "setting", file->setting, "left_out",
                     file->left_out, "observed", list);
}

enum abscopal_status abscopal_results_write_json(const abscopal_results *results, const char *path,
                                                 struct abscopal_error *error)
{
    const char *instructions = results->instructions[0] != '\0' ? results->instructions : NULL;
    const struct results_maker maker = results_maker_of(results);
    json_t *root = json_pack(
        "{s:s, s:s, s:o, s:o, s:s, s:s?, s:I, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:s}", "trial",
        results->trial->file.name, "model", model_preset_name(results->trial->file.preset), "seed",
        json_seed(results->seed), "relative_tolerance", json_number_or_null(results->relative_tolerance), "engine",
        abscopal_engine_name(results->engine), "instructions", instructions, "lanes", (json_int_t)results->lanes,
        "version", maker.version, "irradiated_lesions",
        results->trial->file.irradiated_are_non_target ? "non-target" : "target", "patients", patients_json(results),
        "not_plausible", rejections_json(results), "failures", failures_json(results), "arms", arms_json(results),
        "published", published_json(results), "research_use", "Research use only, not for treating patients.");
    return json_write_file(root, path, error);
}
