/* One patient in every arm. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "abscopal.h"
#include "results/json_value.h"
#include "results/rejections.h"
#include "results/report.h"
#include "results/summary.h"

enum { TEXT_SIZE = 256 };

static const char *status_name(enum abscopal_patient_status status)
{
    static const char *const names[ABSCOPAL_PATIENT_STATUS_COUNT] = {
        [ABSCOPAL_PATIENT_COMPLETED] = "completed",
        [ABSCOPAL_PATIENT_NOT_PLAUSIBLE] = "not plausible",
        [ABSCOPAL_PATIENT_NOT_INTEGRATED] = "not integrated",
        [ABSCOPAL_PATIENT_NOT_RUN] = "not run",
        [ABSCOPAL_PATIENT_NOT_ELIGIBLE] = "not eligible",
        [ABSCOPAL_PATIENT_NOT_ALLOCATED] = "allocated to another arm",
        [ABSCOPAL_PATIENT_NOT_SELECTED] = "not selected (weight 0 in the virtual population)"};
    return names[status];
}

/* "not plausible: treg_ratio up to 2". */
static json_t *status_json(const struct abscopal_results *results, size_t patient)
{
    const struct patient_result *result = &results->patients[patient];
    const int rule = rejections_first(results, patient);
    struct abscopal_rejection rejection;
    if (rule >= 0 && abscopal_results_rejection(results, (size_t)rule, &rejection) == ABSCOPAL_OK)
        return json_sprintf("%s: %s", status_name(result->status), rejection.rule);
    if (result->status == ABSCOPAL_PATIENT_NOT_INTEGRATED && result->failure.reason != NULL)
        return json_sprintf("%s: %s on day %.6g", status_name(result->status), result->failure.reason,
                            result->failure.day);
    return json_string(status_name(result->status));
}

/* ---- Attributes ------------------------------------------------------------------------------------- */

static void attribute_add(json_t **list, const char *what, double value, const char *unit)
{
    json_list_add(list, json_pack("{s:s, s:o, s:s}", "what", what, "value", json_number_or_null(value), "unit",
                                  strcmp(unit, "1") == 0 ? "" : unit));
}

/* What the cohort draws for each patient. */
static void drawn_add(json_t **list, const struct abscopal_trial *trial, const struct virtual_patient *patient)
{
    for (size_t i = 0; trial->has_cohort && i < trial->cohort.parameter_count; i++) {
        const int index = trial->cohort.parameters[i].parameter;
        const struct parameter_description *row = parameter_describe(index);
        char what[TEXT_SIZE];
        if (trial->cohort.parameters[i].distribution.kind == DISTRIBUTION_FIXED)
            continue;
        snprintf(what, sizeof what, "%s: %s", row->name, row->meaning);
        attribute_add(list, what, parameter_get(&patient->parameters, index), row->unit);
    }
}

static json_t *attributes_json(const struct abscopal_results *results, size_t patient)
{
    const struct patient_result *result = &results->patients[patient];
    const struct cohort *cohort = &results->trial->cohort;
    json_t *list = json_array();
    attribute_add(&list, "lesions", result->patient.lesion_count, "1");
    attribute_add(&list, "sum of diameters at treatment start", result->baseline_sum_of_diameters_mm, "mm");
    attribute_add(&list, "growth from seeding to treatment start", result->growth_days, "d");
    attribute_add(&list, "body weight", result->patient.body_weight_kg, "kg");
    attribute_add(&list, "body height", result->patient.body_height_cm, "cm");
    if (result->patient.pdl1_class >= 0 && (size_t)result->patient.pdl1_class < cohort->pdl1_class_count)
        json_list_add(&list, json_pack("{s:s, s:s, s:s}", "what", "PD-L1 class", "value",
                                       cohort->pdl1_classes[result->patient.pdl1_class].name, "unit", ""));
    if (results->weights != NULL)
        attribute_add(&list, "weight in the virtual population", results_weight(results, patient), "1");
    drawn_add(&list, results->trial, &result->patient);
    return list;
}

/* ---- Arms ------------------------------------------------------------------------------------------- */

struct visits {
    json_t *diameters, *sums, *responses, *new_lesions;
};

static void visit_add(struct visits *visits, const struct abscopal_results *results, size_t arm, size_t patient,
                      size_t visit)
{
    const size_t at = results_row(results, arm, patient) * results->visit_count + visit;
    const size_t lesions = (size_t)results->patients[patient].patient.lesion_count;
    const double *diameters_mm = results->diameters_mm + at * results->lesion_count;
    double sum = lesions > 0 ? 0 : NAN;
    for (size_t lesion = 0; lesion < lesions; lesion++)
        sum += diameters_mm[lesion];
    json_list_add(&visits->diameters, json_numbers(diameters_mm, lesions));
    json_list_add(&visits->sums, json_number_or_null(sum));
    const signed char response = results->responses[at];
    json_list_add(&visits->responses,
                  response >= 0 ? json_string(report_response_name((enum response)response)) : json_null());
    json_list_add(&visits->new_lesions,
                  results->new_lesions[at] >= 0 ? json_integer(results->new_lesions[at]) : json_null());
}

/* By lesion: a member of arm_result with a bit for each. */
static json_t *lesion_flags(const struct abscopal_results *results, size_t patient, unsigned bits)
{
    json_t *flags = json_array();
    for (int lesion = 0; lesion < results->patients[patient].patient.lesion_count; lesion++)
        json_list_add(&flags, json_boolean((bits >> lesion & 1) != 0));
    return flags;
}

/* What visits and treatment came to; only of an arm that was completed. */
static json_t *outcome_json(const struct abscopal_results *results, size_t arm, size_t patient)
{
    const struct arm_result *row = &results->arms[results_row(results, arm, patient)];
    struct visits visits = {json_array(), json_array(), json_array(), json_array()};
    for (size_t visit = 0; visit < results->visit_count; visit++)
        visit_add(&visits, results, arm, patient, visit);
    return json_pack("{s:s, s:o, s:o, s:b, s:i, s:i, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "best",
                     report_response_name(row->outcome.best_confirmed), "best_change",
                     json_number_or_null(row->outcome.best_change), "end_day",
                     json_number_or_null(row->outcome.progression_day), "progressed", row->outcome.progressed, "doses",
                     row->doses, "fractions", row->fractions, "switches", row->switches, "irradiated",
                     lesion_flags(results, patient, row->irradiated), "target",
                     lesion_flags(results, patient, ~(unsigned)row->non_target), "diameters", visits.diameters, "sum",
                     visits.sums, "responses", visits.responses, "new_lesions", visits.new_lesions, "courses",
                     report_courses_of_patient(results, arm, patient));
}

static json_t *arm_json(const struct abscopal_results *results, size_t arm, size_t patient)
{
    const struct arm_result *row = &results->arms[results_row(results, arm, patient)];
    const bool completed = row->status == ABSCOPAL_PATIENT_COMPLETED;
    json_t *head =
        json_pack("{s:s, s:s, s:o}", "arm", results->trial->file.arms[arm].name, "status", status_name(row->status),
                  "visit_days", json_numbers(results->visit_days, completed ? results->visit_count : 0));
    if (completed)
        return report_join(head, outcome_json(results, arm, patient));
    return report_join(head, json_pack("{s:n, s:[], s:[], s:[], s:[], s:n}", "best", "diameters", "sum", "responses",
                                       "new_lesions", "courses"));
}

json_t *report_patient_data(const struct report_run *run, size_t patient)
{
    const struct abscopal_results *results = run->results;
    char subtitle[TEXT_SIZE];
    const unsigned long long number = results->patients[patient].patient.id;
    snprintf(subtitle, sizeof subtitle, "virtual patient %llu of %zu", number, results->sampled_count);
    json_t *arms = json_array();
    for (size_t arm = 0; arms != NULL && arm < results->arm_count; arm++)
        json_list_add(&arms, arm_json(results, arm, patient));
    json_t *one =
        json_pack("{s:I, s:o, s:o, s:o}", "number", (json_int_t)number, "status", status_json(results, patient),
                  "attributes", attributes_json(results, patient), "arms", arms);
    json_t *parts = json_pack("{s:o, s:o}", "design", report_design(results), "patient", one);
    return report_join(report_frame("patient", results->trial->file.name, subtitle),
                       json_pack("{s:[o], s:o, s:o}", "runs", report_join(report_trial_json(run), parts), "provenance",
                                 report_provenance(run), "texts", report_texts(run)));
}
