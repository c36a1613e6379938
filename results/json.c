/* The table's numbers for programs. */
#include <math.h>

#include "abscopal.h"
#include "model/model.h"
#include "results/json_value.h"
#include "trial/virtual_trial.h"

static json_t *share_json(const struct abscopal_share *share)
{
    return json_pack("{s:I, s:o, s:o, s:o}", "count", (json_int_t)share->count, "fraction",
                     json_number_or_null(share->fraction), "lower", json_number_or_null(share->lower), "upper",
                     json_number_or_null(share->upper));
}

static json_t *arm_json(const struct abscopal_results *results, size_t arm)
{
    struct abscopal_arm_summary summary;
    if (abscopal_results_summary(results, arm, &summary) != ABSCOPAL_OK)
        return NULL;
    const double median = summary.median_progression_free_days;
    return json_pack("{s:s, s:I, s:o, s:o, s:o, s:o, s:b}", "name", summary.name, "n", (json_int_t)summary.patients,
                     "orr_horizon", share_json(&summary.response_at_horizon), "orr_best",
                     share_json(&summary.best_response), "disease_control", share_json(&summary.disease_control),
                     "median_pfs_days", json_number_or_null(median), "median_pfs_reached", isfinite(median));
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
    return json_pack("{s:I, s:I, s:I, s:I, s:I}", "sampled", (json_int_t)results->patient_count, "completed",
                     (json_int_t)abscopal_results_patient_count(results, ABSCOPAL_PATIENT_COMPLETED), "not_plausible",
                     (json_int_t)abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_PLAUSIBLE),
                     "not_integrated",
                     (json_int_t)abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_INTEGRATED), "not_run",
                     (json_int_t)abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_RUN));
}

enum abscopal_status abscopal_results_write_json(const abscopal_results *results, const char *path,
                                                 struct abscopal_error *error)
{
    const char *instructions = results->instructions[0] != '\0' ? results->instructions : NULL;
    json_t *root =
        json_pack("{s:s, s:s, s:o, s:o, s:s, s:s?, s:I, s:s, s:o, s:o, s:s}", "trial", results->trial->file.name,
                  "model", model_preset_name(results->trial->file.preset), "seed", json_seed(results->seed),
                  "relative_tolerance", json_number_or_null(results->relative_tolerance), "engine",
                  abscopal_engine_name(results->engine), "instructions", instructions, "lanes",
                  (json_int_t)results->lanes, "version", abscopal_version(), "patients", patients_json(results), "arms",
                  arms_json(results), "research_use", "Research use only, not for treating patients.");
    return json_write_file(root, path, error);
}
