#include "results/variables.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "model/model.h"
#include "results/course_values.h"
#include "results/input_values.h"
#include "results/outcome_values.h"
#include "results/patient_values.h"

/* ---- Values: one function for each variable ---------------------------------------------------------- */

static const struct patient_result *patient_of(const struct abscopal_results *results, size_t patient)
{
    return &results->patients[patient];
}

static const struct arm_result *row_of(const struct abscopal_results *results, size_t arm, size_t patient)
{
    return &results->arms[results_row(results, arm, patient)];
}

static const char *text_or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static void fill_arm(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)patient;
    *(const char **)values = results->trial->file.arms[arm].name;
}

static void fill_patient(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    *(int64_t *)values = (int64_t)patient_of(results, patient)->patient.id;
}

static void fill_visit(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm, (void)patient;
    for (size_t visit = 0; visit < results->visit_count; visit++)
        ((double *)values)[visit] = results->visit_days[visit];
}

static void fill_lesion(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm, (void)patient;
    for (size_t lesion = 0; lesion < results->lesion_count; lesion++)
        ((int64_t *)values)[lesion] = (int64_t)lesion + 1;
}

static void fill_parameter(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)results, (void)arm, (void)patient;
    for (int index = 0; index < PARAMETER_COUNT; index++)
        ((const char **)values)[index] = parameter_describe(index)->name;
}

static void fill_parameter_unit(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)results, (void)arm, (void)patient;
    for (int index = 0; index < PARAMETER_COUNT; index++)
        ((const char **)values)[index] = parameter_describe(index)->unit;
}

/* First of the visits x lesions diameters of a row. */
static const double *diameters_of(const struct abscopal_results *results, size_t arm, size_t patient)
{
    return results->diameters_mm + results_row(results, arm, patient) * results->visit_count * results->lesion_count;
}

static void fill_diameter(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    const double *diameters = diameters_of(results, arm, patient);
    for (size_t i = 0; i < results->visit_count * results->lesion_count; i++)
        ((double *)values)[i] = diameters[i];
}

/* Over the lesions the patient has; NaN when one of them was not measured. */
static void fill_sum_of_diameters(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    const double *diameters = diameters_of(results, arm, patient);
    const size_t lesions = (size_t)patient_of(results, patient)->patient.lesion_count;
    for (size_t visit = 0; visit < results->visit_count; visit++) {
        double sum = lesions > 0 ? 0 : NAN;
        for (size_t lesion = 0; lesion < lesions && lesion < results->lesion_count; lesion++)
            sum += diameters[visit * results->lesion_count + lesion];
        ((double *)values)[visit] = sum;
    }
}

static void fill_response(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    const signed char *responses = results->responses + results_row(results, arm, patient) * results->visit_count;
    for (size_t visit = 0; visit < results->visit_count; visit++)
        ((signed char *)values)[visit] = responses[visit];
}

/* Outcomes of patients who did not complete the arm are absent (-1) or NaN. */
static bool is_completed(const struct abscopal_results *results, size_t arm, size_t patient)
{
    return row_of(results, arm, patient)->status == ABSCOPAL_PATIENT_COMPLETED;
}

static void fill_best_response(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    const enum response best = row_of(results, arm, patient)->outcome.best;
    *(signed char *)values = is_completed(results, arm, patient) ? (signed char)best : -1;
}

static void fill_response_at_horizon(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    const enum response response = row_of(results, arm, patient)->outcome.at_horizon;
    *(signed char *)values = is_completed(results, arm, patient) ? (signed char)response : -1;
}

static void fill_best_change(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    *(double *)values = is_completed(results, arm, patient) ? row_of(results, arm, patient)->outcome.best_change : NAN;
}

static void fill_progression_day(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    *(double *)values =
        is_completed(results, arm, patient) ? row_of(results, arm, patient)->outcome.progression_day : NAN;
}

static void fill_progressed(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    const bool progressed = row_of(results, arm, patient)->outcome.progressed;
    *(signed char *)values = is_completed(results, arm, patient) ? (signed char)progressed : -1;
}

static void fill_status(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    *(signed char *)values = (signed char)row_of(results, arm, patient)->status;
}

static void fill_patient_status(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    *(signed char *)values = (signed char)patient_of(results, patient)->status;
}

static void fill_weight(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    *(double *)values = results_weight(results, patient);
}

static void fill_baseline(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    *(double *)values = patient_of(results, patient)->baseline_sum_of_diameters_mm;
}

static void fill_growth_days(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    *(double *)values = patient_of(results, patient)->growth_days;
}

static void fill_body_weight(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    *(double *)values = patient_of(results, patient)->patient.body_weight_kg;
}

static void fill_lesion_count(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    *(int64_t *)values = patient_of(results, patient)->patient.lesion_count;
}

static void fill_relative_lesion_size(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    const struct virtual_patient *virtual_patient = &patient_of(results, patient)->patient;
    for (size_t lesion = 0; lesion < results->lesion_count; lesion++)
        ((double *)values)[lesion] = lesion < (size_t)virtual_patient->lesion_count && lesion < MODEL_MAX_LESIONS
                                         ? virtual_patient->relative_lesion_size[lesion]
                                         : NAN;
}

/* The factors of every lesion that the patient has, by member of struct lesion_factors. */
static void fill_lesion_factor(const struct abscopal_results *results, size_t patient, size_t member, double *values)
{
    const struct virtual_patient *virtual_patient = &patient_of(results, patient)->patient;
    for (size_t lesion = 0; lesion < results->lesion_count; lesion++) {
        values[lesion] = NAN;
        if (lesion < (size_t)virtual_patient->lesion_count && lesion < MODEL_MAX_LESIONS)
            memcpy(&values[lesion], (const char *)&virtual_patient->lesion_factors[lesion] + member, sizeof *values);
    }
}

static void fill_lesion_growth(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    fill_lesion_factor(results, patient, offsetof(struct lesion_factors, growth), values);
}

static void fill_lesion_infiltration(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    fill_lesion_factor(results, patient, offsetof(struct lesion_factors, infiltration), values);
}

static void fill_lesion_pdl1(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    fill_lesion_factor(results, patient, offsetof(struct lesion_factors, pdl1), values);
}

static void fill_lesion_antigen(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    fill_lesion_factor(results, patient, offsetof(struct lesion_factors, antigen), values);
}

static void fill_lesion_radiosensitivity(const struct abscopal_results *results, size_t arm, size_t patient,
                                         void *values)
{
    (void)arm;
    fill_lesion_factor(results, patient, offsetof(struct lesion_factors, radiosensitivity), values);
}

static void fill_parameter_value(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    for (int index = 0; index < PARAMETER_COUNT; index++)
        ((double *)values)[index] = parameter_get(&patient_of(results, patient)->patient.parameters, index);
}

static void fill_failure_code(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    *(int64_t *)values = patient_of(results, patient)->failure.code;
}

static void fill_failure_reason(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    const struct integration_failure *failure = &patient_of(results, patient)->failure;
    *(const char **)values = failure->code != 0 ? text_or_empty(failure->reason) : "";
}

static void fill_failure_day(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    const struct integration_failure *failure = &patient_of(results, patient)->failure;
    *(double *)values = failure->code != 0 ? failure->day : NAN;
}

static void fill_failure_arm(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    const struct integration_failure *failure = &patient_of(results, patient)->failure;
    const bool in_arm = failure->code != 0 && failure->arm >= 0;
    *(const char **)values = in_arm ? results->trial->file.arms[failure->arm].name : "";
}

static void fill_failure_state(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    const struct integration_failure *failure = &patient_of(results, patient)->failure;
    *(const char **)values = failure->code != 0 ? text_or_empty(failure->worst_state) : "";
}

static void fill_failure_lesion(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm;
    const struct integration_failure *failure = &patient_of(results, patient)->failure;
    *(int64_t *)values = failure->code != 0 && failure->worst_lesion >= 0 ? failure->worst_lesion + 1 : 0;
}

/* ---- The table ------------------------------------------------------------------------------------------ */

static const struct flag_set response_flags = {
    7, {-1, 0, 1, 2, 3, 4, 5}, "absent complete partial stable progressive not_evaluable non_complete_non_progressive"};
static const struct flag_set progressed_flags = {3, {-1, 0, 1}, "absent censored progressed"};
static const struct flag_set ended_flags = {3, {-1, 0, 1}, "absent censored ended"};
static const struct flag_set irradiated_flags = {3, {-1, 0, 1}, "absent not_irradiated irradiated"};
/* As many as the cohort has classes, and named by it. */
static const struct flag_set pdl1_flags = {1 + PDL1_MOST_CLASSES, {-1, 0, 1, 2, 3, 4, 5}, NULL};
static const struct flag_set target_flags = {3, {-1, 0, 1}, "absent non_target target"};
static const struct flag_set status_flags = {
    7, {0, 1, 2, 3, 4, 5, 6}, "completed not_plausible not_integrated not_run not_eligible not_allocated not_selected"};

static const struct shape by_arm = {1, {DIMENSION_ARM}};
static const struct shape by_patient = {1, {DIMENSION_PATIENT}};
static const struct shape by_visit = {1, {DIMENSION_VISIT}};
static const struct shape by_lesion = {1, {DIMENSION_LESION}};
static const struct shape by_parameter = {1, {DIMENSION_PARAMETER}};
static const struct shape by_output = {1, {DIMENSION_OUTPUT}};
static const struct shape by_arm_patient_visit_lesion = {
    4, {DIMENSION_ARM, DIMENSION_PATIENT, DIMENSION_VISIT, DIMENSION_LESION}};
static const struct shape by_arm_patient_visit = {3, {DIMENSION_ARM, DIMENSION_PATIENT, DIMENSION_VISIT}};
static const struct shape by_arm_patient_lesion = {3, {DIMENSION_ARM, DIMENSION_PATIENT, DIMENSION_LESION}};
static const struct shape by_arm_patient = {2, {DIMENSION_ARM, DIMENSION_PATIENT}};
static const struct shape by_patient_lesion = {2, {DIMENSION_PATIENT, DIMENSION_LESION}};
static const struct shape by_patient_parameter = {2, {DIMENSION_PATIENT, DIMENSION_PARAMETER}};
static const struct shape by_patient_output = {2, {DIMENSION_PATIENT, DIMENSION_OUTPUT}};
static const struct shape by_course_day = {1, {DIMENSION_COURSE_DAY}};
static const struct shape by_arm_patient_course_day = {3, {DIMENSION_ARM, DIMENSION_PATIENT, DIMENSION_COURSE_DAY}};
static const struct shape by_input_file = {1, {DIMENSION_INPUT_FILE}};
static const struct shape scalar = {0, {0}};

static const struct result_variable table[] = {
    {"arm", "1", "arm of the trial", VALUE_TEXT, &by_arm, fill_arm, NULL},
    {"patient", "1", "number of the virtual patient, from 1", VALUE_INTEGER, &by_patient, fill_patient, NULL},
    {"visit", "d", "imaging visit, days from treatment start", VALUE_REAL, &by_visit, fill_visit, NULL},
    {"lesion", "1", "target lesion, from 1", VALUE_INTEGER, &by_lesion, fill_lesion, NULL},
    {"parameter", "1", "model parameter", VALUE_TEXT, &by_parameter, fill_parameter, NULL},
    {"output", "1", "output of the model at baseline", VALUE_TEXT, &by_output, patient_values_output, NULL},
    {"course_day", "d", "day of a course, from treatment start", VALUE_REAL, &by_course_day, course_values_day, NULL},
    {"input_file", "1", "file that the trial file names besides its cohort, as named there", VALUE_TEXT, &by_input_file,
     input_values_file, NULL},
    {"diameter", "mm", "diameter of a lesion", VALUE_REAL, &by_arm_patient_visit_lesion, fill_diameter, NULL},
    {"sum_of_diameters", "mm", "sum of diameters over the lesions of the patient", VALUE_REAL, &by_arm_patient_visit,
     fill_sum_of_diameters, NULL},
    {"response", "1", "response at the visit, by the criteria of the trial", VALUE_FLAG, &by_arm_patient_visit,
     fill_response, &response_flags},
    {"new_lesions", "1", "new lesions found so far, -1 absent", VALUE_INTEGER, &by_arm_patient_visit,
     outcome_values_new_lesions, NULL},
    {"best_response", "1", "best overall response up to the first progression", VALUE_FLAG, &by_arm_patient,
     fill_best_response, &response_flags},
    {"response_at_horizon", "1", "response at the last visit, progressive once progression has been seen", VALUE_FLAG,
     &by_arm_patient, fill_response_at_horizon, &response_flags},
    {"best_change", "1", "smallest change of the sum of the targets' diameters over its baseline, as a fraction",
     VALUE_REAL, &by_arm_patient, fill_best_change, NULL},
    {"progression_day", "d", "day of the first progressive visit, or of censoring", VALUE_REAL, &by_arm_patient,
     fill_progression_day, NULL},
    {"progressed", "1", "whether progression_day is a progression or a censoring", VALUE_FLAG, &by_arm_patient,
     fill_progressed, &progressed_flags},
    {"best_confirmed_response", "1", "best overall response with responses confirmed as the trial asks for", VALUE_FLAG,
     &by_arm_patient, outcome_values_best_confirmed, &response_flags},
    {"best_change_day", "d", "day of the first visit with best_change", VALUE_REAL, &by_arm_patient,
     outcome_values_best_change_day, NULL},
    {"response_day", "d", "day of the first response of best_confirmed_response", VALUE_REAL, &by_arm_patient,
     outcome_values_response_day, NULL},
    {"response_duration", "d", "days from response_day to progression or censoring", VALUE_REAL, &by_arm_patient,
     outcome_values_response_duration, NULL},
    {"response_ended", "1", "whether response_duration ends with progression or censoring", VALUE_FLAG, &by_arm_patient,
     outcome_values_response_ended, &ended_flags},
    {"out_of_field_response", "1", "best_confirmed_response by the lesions that were not irradiated", VALUE_FLAG,
     &by_arm_patient, outcome_values_out_of_field, &response_flags},
    {"irradiated", "1", "whether the lesion was irradiated", VALUE_FLAG, &by_arm_patient_lesion,
     outcome_values_irradiated, &irradiated_flags},
    {"target", "1", "whether the lesion is a target lesion", VALUE_FLAG, &by_arm_patient_lesion, outcome_values_target,
     &target_flags},
    {"doses_given", "1", "doses of drugs given, -1 absent", VALUE_INTEGER, &by_arm_patient, outcome_values_doses, NULL},
    {"fractions_given", "1", "fractions of radiotherapy given, -1 absent", VALUE_INTEGER, &by_arm_patient,
     outcome_values_fractions, NULL},
    {"switches", "1", "switches to another arm, -1 absent", VALUE_INTEGER, &by_arm_patient, outcome_values_switches,
     NULL},
    {"status", "1", "what became of the patient in the arm", VALUE_FLAG, &by_arm_patient, fill_status, &status_flags},
    {"course_sum_of_diameters", "mm", "sum of diameters over the lesions of the patient, without the error of imaging",
     VALUE_REAL32, &by_arm_patient_course_day, course_values_sum_of_diameters, NULL},
    {"course_lymphocytes", "1/uL", "lymphocytes in blood", VALUE_REAL32, &by_arm_patient_course_day,
     course_values_lymphocytes, NULL},
    {"course_drug", "ug/mL", "antibodies against PD-1 and PD-L1 in plasma", VALUE_REAL32, &by_arm_patient_course_day,
     course_values_drug, NULL},
    {"course_pd1_occupancy", "1", "inhibition of T cells by bound PD-1 in the lesions, mean weighted by volume",
     VALUE_REAL32, &by_arm_patient_course_day, course_values_pd1_occupancy, NULL},
    {"course_cd8_density", "1/uL", "CD8 cells of the lesions over their volume", VALUE_REAL32,
     &by_arm_patient_course_day, course_values_cd8_density, NULL},
    {"patient_status", "1", "what became of the patient", VALUE_FLAG, &by_patient, fill_patient_status, &status_flags},
    {"allocated_arm", "1", "arm that the patient is in, from 1, 0 in all, -1 in none", VALUE_INTEGER, &by_patient,
     patient_values_allocated_arm, NULL},
    {"weight", "1", "how much the patient counts, 1 without a virtual population", VALUE_REAL, &by_patient, fill_weight,
     NULL},
    {"baseline_sum_of_diameters", "mm", "sum of diameters at baseline, as reached", VALUE_REAL, &by_patient,
     fill_baseline, NULL},
    {"growth_days", "d", "days from seeding of the lesions to baseline", VALUE_REAL, &by_patient, fill_growth_days,
     NULL},
    {"body_weight", "kg", "body weight", VALUE_REAL, &by_patient, fill_body_weight, NULL},
    {"body_height", "cm", "body height", VALUE_REAL, &by_patient, patient_values_body_height, NULL},
    {"body_surface", "m2", "body surface", VALUE_REAL, &by_patient, patient_values_body_surface, NULL},
    {"pdl1_class", "1", "class by PD-L1 on cancer cells", VALUE_FLAG, &by_patient, patient_values_pdl1_class,
     &pdl1_flags},
    {"rejected_by", "1", "first rule that the patient fails, 0 growth to baseline, -1 none", VALUE_INTEGER, &by_patient,
     patient_values_rejected_by, NULL},
    {"rules_failed", "1", "sum of 2^(number of the rule less 1) over the rules that the patient fails", VALUE_INTEGER,
     &by_patient, patient_values_rules_failed, NULL},
    {"baseline_output", "1", "value of an output of the model at baseline, in output_unit", VALUE_REAL,
     &by_patient_output, patient_values_baseline_output, NULL},
    {"output_unit", "1", "unit of an output of the model", VALUE_TEXT, &by_output, patient_values_output_unit, NULL},
    {"lesion_count", "1", "number of target lesions", VALUE_INTEGER, &by_patient, fill_lesion_count, NULL},
    {"relative_lesion_size", "1", "cells of a lesion over those of the first when seeded", VALUE_REAL,
     &by_patient_lesion, fill_relative_lesion_size, NULL},
    {"lesion_growth", "1", "growth of a lesion over that of the patient", VALUE_REAL, &by_patient_lesion,
     fill_lesion_growth, NULL},
    {"lesion_infiltration", "1", "T-cell infiltration of a lesion over that of the patient", VALUE_REAL,
     &by_patient_lesion, fill_lesion_infiltration, NULL},
    {"lesion_pdl1", "1", "PD-L1 in a lesion over that of the patient", VALUE_REAL, &by_patient_lesion, fill_lesion_pdl1,
     NULL},
    {"lesion_antigen", "1", "antigen released in a lesion over that of the patient", VALUE_REAL, &by_patient_lesion,
     fill_lesion_antigen, NULL},
    {"lesion_radiosensitivity", "1", "radiosensitivity of a lesion over that of the patient", VALUE_REAL,
     &by_patient_lesion, fill_lesion_radiosensitivity, NULL},
    {"parameter_value", "1", "value of a model parameter, in parameter_unit", VALUE_REAL, &by_patient_parameter,
     fill_parameter_value, NULL},
    {"parameter_unit", "1", "unit of a model parameter", VALUE_TEXT, &by_parameter, fill_parameter_unit, NULL},
    {"failure_code", "1", "code of the engine, 0 without failure", VALUE_INTEGER, &by_patient, fill_failure_code, NULL},
    {"failure_reason", "1", "name of failure_code, empty without failure", VALUE_TEXT, &by_patient, fill_failure_reason,
     NULL},
    {"failure_day", "d", "day of the failure, from treatment start or, in growth, from seeding", VALUE_REAL,
     &by_patient, fill_failure_day, NULL},
    {"failure_arm", "1", "arm of the failure, empty in growth and without failure", VALUE_TEXT, &by_patient,
     fill_failure_arm, NULL},
    {"failure_state", "1", "state with the largest weighted error, empty without failure", VALUE_TEXT, &by_patient,
     fill_failure_state, NULL},
    {"failure_lesion", "1", "lesion of failure_state, from 1; 0 for a shared state and without failure", VALUE_INTEGER,
     &by_patient, fill_failure_lesion, NULL},
    {"trial_text", "1", "trial file as given", VALUE_TEXT, &scalar, input_values_trial_text, NULL},
    {"cohort_text", "1", "cohort file as given, empty without a cohort", VALUE_TEXT, &scalar, input_values_cohort_text,
     NULL},
    {"drug_text", "1", "drug files of the trial as given, each after a line ---; empty without any", VALUE_TEXT,
     &scalar, input_values_drug_text, NULL},
    {"input_text", "1", "that file as given", VALUE_TEXT, &by_input_file, input_values_text_of_file, NULL},
};

const struct result_variable *result_variables(size_t *count)
{
    *count = sizeof table / sizeof table[0];
    return table;
}

size_t value_size(enum value_type type)
{
    switch (type) {
    case VALUE_REAL:
        return sizeof(double);
    case VALUE_REAL32:
        return sizeof(float);
    case VALUE_INTEGER:
        return sizeof(int64_t);
    case VALUE_FLAG:
        return sizeof(signed char);
    case VALUE_TEXT:
        return sizeof(const char *);
    }
    return 0;
}
