/* A sensitivity analysis for programs. */
#include <math.h>
#include <string.h>

#include "model/model.h"
#include "results/composed.h"
#include "results/json_value.h"
#include "results/sensitivity.h"
#include "results/text.h"

/* ---- CSV -------------------------------------------------------------------------------------------- */

static const char *const of_names[] = {"reference", "arm", "difference"};

/* A field: nothing where there is no number. */
static void number_write(double value, FILE *text)
{
    if (isnan(value))
        fputc(',', text);
    else
        fprintf(text, ",%.17g", value);
}

static void estimate_write(const struct abscopal_estimate *estimate, FILE *text)
{
    number_write(estimate->value, text);
    number_write(estimate->lower, text);
    number_write(estimate->upper, text);
}

static void indices_write(FILE *text, const void *context)
{
    const struct abscopal_sensitivity *sensitivity = context;
    const struct abscopal_estimate nothing = {(double)NAN, (double)NAN, (double)NAN};
    fputs("endpoint,of,factor,total,total_lower,total_upper,first,first_lower,first_upper,prcc,prcc_lower,prcc_upper,"
          "prcc_p\n",
          text);
    for (size_t i = 0; i < sensitivity->target_count; i++)
        for (int factor = 0; factor < saltelli_factor_count(&sensitivity->design); factor++) {
            const struct sensitivity_target *target = &sensitivity->targets[i];
            const bool ranked = sensitivity_has_correlations(sensitivity) && factor < sensitivity->design.factors.count;
            const struct sobol_index *index = &target->indices.items[factor];
            const bool indexed = sensitivity_has_indices(sensitivity);
            fprintf(text, "%s,%s,%s", target->endpoint->label, of_names[target->of],
                    saltelli_factor_name(&sensitivity->design, factor));
            estimate_write(indexed ? &index->total : &nothing, text);
            estimate_write(indexed ? &index->first : &nothing, text);
            estimate_write(ranked ? &target->correlations[factor].partial : &nothing, text);
            number_write(ranked ? target->correlations[factor].p : (double)NAN, text);
            fputc('\n', text);
        }
}

static void member_write(const struct abscopal_sensitivity *sensitivity, bool is_design, size_t patient, FILE *text)
{
    const size_t together = saltelli_row_patients(&sensitivity->design), member = patient % together;
    if (!is_design)
        fprintf(text, "sample,%zu,", patient + 1);
    else if (member < SALTELLI_FIRST_FACTOR)
        fprintf(text, "design,%zu,%s", patient / together + 1, member == SALTELLI_A ? "A" : "B");
    else
        fprintf(text, "design,%zu,%s", patient / together + 1,
                saltelli_factor_name(&sensitivity->design, (int)(member - SALTELLI_FIRST_FACTOR)));
}

static void patients_write(const struct abscopal_sensitivity *sensitivity, bool is_design, FILE *text)
{
    const struct cohort *cohort = is_design ? &sensitivity->design_cohort : &sensitivity->sample_cohort;
    const size_t count = is_design ? saltelli_patients(&sensitivity->design) : sensitivity->sample_count;
    for (size_t i = 0; i < count; i++) {
        struct virtual_patient patient;
        sample_patient(cohort, sensitivity->seed, count, i + 1, &patient);
        member_write(sensitivity, is_design, i, text);
        for (int k = 0; k < sensitivity->design.factors.count; k++)
            number_write(factor_value(cohort, &sensitivity->design.factors.items[k], &patient), text);
        for (size_t k = 0; k < sensitivity->target_count; k++) {
            const struct sensitivity_target *target = &sensitivity->targets[k];
            number_write((is_design ? target->design : target->sample)[i], text);
        }
        fputc('\n', text);
    }
}

static void values_write(FILE *text, const void *context)
{
    const struct abscopal_sensitivity *sensitivity = context;
    fputs("set,row,member", text);
    for (int i = 0; i < sensitivity->design.factors.count; i++)
        fprintf(text, ",%s", saltelli_factor_name(&sensitivity->design, i));
    for (size_t i = 0; i < sensitivity->target_count; i++)
        fprintf(text, ",%s of %s", sensitivity->targets[i].endpoint->label, of_names[sensitivity->targets[i].of]);
    fputc('\n', text);
    if (sensitivity_has_indices(sensitivity))
        patients_write(sensitivity, true, text);
    if (sensitivity_has_correlations(sensitivity))
        patients_write(sensitivity, false, text);
}

enum abscopal_status abscopal_sensitivity_write_csv(const abscopal_sensitivity *sensitivity, const char *path,
                                                    struct abscopal_error *error)
{
    return composed_write_file(path, indices_write, sensitivity, error);
}

enum abscopal_status abscopal_sensitivity_write_values(const abscopal_sensitivity *sensitivity, const char *path,
                                                       struct abscopal_error *error)
{
    return composed_write_file(path, values_write, sensitivity, error);
}

/* ---- JSON ------------------------------------------------------------------------------------------- */

static json_t *factor_json(const struct abscopal_sensitivity *sensitivity, const struct sensitivity_target *target,
                           int factor)
{
    const bool ranked = sensitivity_has_correlations(sensitivity) && factor < sensitivity->design.factors.count;
    const bool indexed = sensitivity_has_indices(sensitivity);
    const struct sobol_index *index = &target->indices.items[factor];
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "factor", saltelli_factor_name(&sensitivity->design, factor), "total",
                     indexed ? json_estimate(&index->total) : json_null(), "first",
                     indexed ? json_estimate(&index->first) : json_null(), "prcc",
                     ranked ? json_estimate(&target->correlations[factor].partial) : json_null(), "prcc_p",
                     ranked ? json_number_or_null(target->correlations[factor].p) : json_null());
}

static json_t *target_json(const struct abscopal_sensitivity *sensitivity, const struct sensitivity_target *target)
{
    const bool indexed = sensitivity_has_indices(sensitivity), ranked = sensitivity_has_correlations(sensitivity);
    json_t *list = json_array();
    for (int i = 0; i < saltelli_factor_count(&sensitivity->design); i++)
        json_list_add(&list, factor_json(sensitivity, target, i));
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "endpoint", target->endpoint->label, "of",
                     of_names[target->of], "unit", sensitivity_endpoint_unit(target->endpoint), "mean",
                     indexed ? json_number_or_null(target->indices.mean) : json_null(), "variance",
                     indexed ? json_number_or_null(target->indices.variance) : json_null(), "without_a_number",
                     indexed ? json_integer((json_int_t)target->missing) : json_null(), "patients_ranked",
                     ranked ? json_integer((json_int_t)target->ranked) : json_null(), "factors", list);
}

static json_t *patients_json(size_t patients, const size_t *status)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I}", "sampled", (json_int_t)patients, "completed",
                     (json_int_t)status[ABSCOPAL_PATIENT_COMPLETED], "not_plausible",
                     (json_int_t)status[ABSCOPAL_PATIENT_NOT_PLAUSIBLE], "not_eligible",
                     (json_int_t)status[ABSCOPAL_PATIENT_NOT_ELIGIBLE], "not_integrated",
                     (json_int_t)status[ABSCOPAL_PATIENT_NOT_INTEGRATED]);
}

enum abscopal_status abscopal_sensitivity_write_json(const abscopal_sensitivity *sensitivity, const char *path,
                                                     struct abscopal_error *error)
{
    const struct trial_file *file = &sensitivity->trial->file;
    const bool indexed = sensitivity_has_indices(sensitivity), ranked = sensitivity_has_correlations(sensitivity);
    json_t *list = json_array();
    for (size_t i = 0; i < sensitivity->target_count; i++)
        json_list_add(&list, target_json(sensitivity, &sensitivity->targets[i]));
    json_t *root = json_pack(
        "{s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:I, s:o, s:o, s:o, s:b, s:b, s:o, s:s}", "trial", file->name, "model",
        model_preset_name(file->preset), "arm", file->arms[sensitivity->arm].name, "reference",
        file->arms[sensitivity->reference].name, "seed", json_seed(sensitivity->seed), "engine",
        abscopal_engine_name(sensitivity->engine), "version", abscopal_version(), "resamples",
        (json_int_t)sensitivity->bootstrap.resamples, "rows",
        indexed ? json_integer((json_int_t)sensitivity->design.rows) : json_null(), "design",
        indexed ? patients_json(saltelli_patients(&sensitivity->design), sensitivity->design_status) : json_null(),
        "sample", ranked ? patients_json(sensitivity->sample_count, sensitivity->sample_status) : json_null(),
        "rules_kept", sensitivity->rules_kept, "correlations_ignored", sensitivity->correlations_ignored, "targets",
        list, "research_use", "Research use only, not for treating patients.");
    return json_write_file(root, path, error);
}
