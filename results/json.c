/* The table's numbers for programs. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "abscopal.h"
#include "model/model.h"
#include "protocols/error.h"
#include "results/output.h"
#include "trial/virtual_trial.h"

/* JSON has neither NaN nor infinity. */
static json_t *number_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* JSON integers end at 2^63 - 1 here; a larger seed is text. */
static json_t *seed_json(uint64_t seed)
{
    return seed <= INT64_MAX ? json_integer((json_int_t)seed) : json_sprintf("%llu", (unsigned long long)seed);
}

static json_t *share_json(const struct abscopal_share *share)
{
    return json_pack("{s:I, s:o, s:o, s:o}", "count", (json_int_t)share->count, "fraction",
                     number_or_null(share->fraction), "lower", number_or_null(share->lower), "upper",
                     number_or_null(share->upper));
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
                     "median_pfs_days", number_or_null(median), "median_pfs_reached", isfinite(median));
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

/* The whole object as text ending in a line feed, to be freed; NULL when memory runs out. */
static char *results_json_text(const struct abscopal_results *results)
{
    json_t *root = json_pack("{s:s, s:s, s:o, s:o, s:s, s:o, s:o, s:s}", "trial", results->trial->file.name, "model",
                             model_preset_name(results->trial->file.preset), "seed", seed_json(results->seed),
                             "relative_tolerance", number_or_null(results->relative_tolerance), "version",
                             abscopal_version(), "patients", patients_json(results), "arms", arms_json(results),
                             "research_use", "Research use only, not for treating patients.");
    char *object = root != NULL ? json_dumps(root, JSON_INDENT(2)) : NULL;
    json_decref(root);
    char *text = NULL;
    if (object != NULL && asprintf(&text, "%s\n", object) < 0)
        text = NULL;
    free(object);
    return text;
}

enum abscopal_status abscopal_results_write_json(const abscopal_results *results, const char *path,
                                                 struct abscopal_error *error)
{
    char *text = results_json_text(results);
    if (text == NULL)
        return error_no_memory(error);
    const enum abscopal_status status = output_write_file(path, text, strlen(text), error);
    free(text);
    return status;
}
