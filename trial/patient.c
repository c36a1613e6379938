#include "trial/patient.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts/growth.h"
#include "trial/dosing.h"

static enum abscopal_patient_status fail(const struct model *model, int arm, const struct integrator_failure *cause,
                                         const struct course_event *last_event, struct integration_failure *failure)
{
    const struct state_description state = model_state_describe(model, cause->worst_state);
    *failure = (struct integration_failure){.arm = arm,
                                            .code = cause->code,
                                            .reason = cause->reason,
                                            .day = cause->day,
                                            .worst_state = state.name,
                                            .worst_lesion = state.lesion,
                                            .last_event = last_event != NULL ? course_event_name(last_event->kind) : "",
                                            .last_event_day = last_event != NULL ? last_event->day : 0};
    return ABSCOPAL_PATIENT_NOT_INTEGRATED;
}

uint64_t trial_seed(const struct abscopal_trial *trial, int64_t asked)
{
    if (asked >= 0)
        return (uint64_t)asked;
    return trial->has_cohort ? trial->cohort.seed : 0;
}

double trial_relative_tolerance(double asked)
{
    return asked > 0 ? asked : 1e-6;
}

struct integration_failure integration_failure_none(void)
{
    return (struct integration_failure){
        .arm = -1, .reason = "", .worst_state = "", .worst_lesion = -1, .last_event = ""};
}

struct integration_failure integration_failure_without_memory(int arm)
{
    struct integration_failure failure = integration_failure_none();
    failure.arm = arm;
    failure.code = -1;
    failure.reason = "out of memory";
    return failure;
}

static enum abscopal_patient_status fail_without_memory(int arm, struct integration_failure *failure)
{
    *failure = integration_failure_without_memory(arm);
    return ABSCOPAL_PATIENT_NOT_INTEGRATED;
}

/* The published state stands for the one patient of a trial without a cohort. */
static void describe_published_patient(uint64_t id, struct virtual_patient *patient)
{
    *patient = (struct virtual_patient){.id = id, .lesion_count = 1, .relative_lesion_size = {1}, .body_weight_kg = 75};
    patient->lesion_factors[0] = (struct lesion_factors){1, 1, 1, 1, 1};
    parameters_default(&patient->parameters);
}

static void prepare_model(const struct abscopal_trial *trial, const struct virtual_patient *patient,
                          const struct antibody *const *antibodies, int drug_count, struct model *model)
{
    const struct model_settings settings = {.preset = trial->file.preset,
                                            .options = &trial->file.options,
                                            .parameters = &patient->parameters,
                                            .lesion_count = patient->lesion_count,
                                            .factors = patient->lesion_factors,
                                            .antibodies = antibodies,
                                            .drug_count = drug_count};
    model_prepare(model, &settings);
}

enum abscopal_patient_status trial_patient_prepare(const struct abscopal_trial *trial, uint64_t seed, uint64_t id,
                                                   double relative_tolerance, struct trial_patient *patient,
                                                   struct integration_failure *failure)
{
    memset(patient, 0, sizeof *patient);
    *failure = integration_failure_none();
    patient->growth_days = NAN;
    if (trial->has_cohort)
        sample_patient(&trial->cohort, seed, id, &patient->patient);
    else
        describe_published_patient(id, &patient->patient);
    prepare_model(trial, &patient->patient, NULL, 0, &patient->model);
    patient->baseline = calloc((size_t)model_state_count(&patient->model), sizeof *patient->baseline);
    if (patient->baseline == NULL)
        return fail_without_memory(-1, failure);
    if (!trial->has_cohort) {
        model_published_state(&patient->model, patient->baseline);
        patient->patient.baseline_sum_of_diameters_mm = model_sum_of_diameters_mm(&patient->model, patient->baseline);
        return ABSCOPAL_PATIENT_COMPLETED;
    }
    struct integrator_failure cause = {0};
    switch (growth_to_baseline(&patient->model, &patient->patient, relative_tolerance, patient->baseline,
                               &patient->growth_days, &cause)) {
    case GROWTH_REACHED:
        return ABSCOPAL_PATIENT_COMPLETED;
    case GROWTH_NEVER_REACHED:
        return ABSCOPAL_PATIENT_NOT_PLAUSIBLE;
    case GROWTH_NO_MEMORY:
        return fail_without_memory(-1, failure);
    default:
        return fail(&patient->model, -1, &cause, NULL, failure);
    }
}

void trial_patient_free(struct trial_patient *patient)
{
    free(patient->baseline);
    patient->baseline = NULL;
}

enum abscopal_patient_status trial_patient_treat(const struct abscopal_trial *trial,
                                                 const struct trial_patient *patient, size_t arm,
                                                 double relative_tolerance, const double *output_days,
                                                 size_t output_count, course_observer *observe, void *context,
                                                 struct integration_failure *failure)
{
    const struct arm *protocol = &trial->file.arms[arm];
    const struct antibody *antibodies[MODEL_MAX_DRUGS];
    const int drug_count = dosing_drugs(protocol, antibodies);
    struct model model;
    prepare_model(trial, &patient->patient, antibodies, drug_count, &model);
    struct course_event *events = NULL;
    size_t event_count = 0;
    double *state = malloc((size_t)model_state_count(&model) * sizeof *state);
    int result = -1;
    const struct course_event *last_event = NULL;
    struct integrator_failure cause = {0};
    if (state != NULL)
        model_add_drugs(&patient->model, patient->baseline, &model, state);
    if (state != NULL &&
        dosing_events(protocol, &model, &patient->patient, state, &events, &event_count) == ABSCOPAL_OK) {
        struct course course = {.model = &model,
                                .events = events,
                                .event_count = event_count,
                                .output_days = output_days,
                                .output_count = output_count,
                                .observe = observe,
                                .context = context,
                                .relative_tolerance = relative_tolerance};
        result = course_run(&course, 0, trial->file.until_days, state, &cause);
        last_event = course.last_event;
    }
    enum abscopal_patient_status status = ABSCOPAL_PATIENT_COMPLETED;
    if (result < 0)
        status = fail_without_memory((int)arm, failure);
    else if (result > 0)
        status = fail(&model, (int)arm, &cause, last_event, failure);
    free(events);
    free(state);
    return status;
}
