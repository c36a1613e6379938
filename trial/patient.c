#include "trial/patient.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"

/* ---- What a run is asked for ------------------------------------------------------------------------ */

static const double default_relative_tolerance = 1e-6, least_relative_tolerance = 1e-12,
                    largest_relative_tolerance = 1e-2, most_seconds = 1e9;
static const int64_t most_steps = 1000000000;

uint64_t trial_seed(const struct abscopal_trial *trial, int64_t asked)
{
    if (asked >= 0)
        return (uint64_t)asked;
    return trial->has_cohort ? trial->cohort.seed : 0;
}

double trial_relative_tolerance(double asked)
{
    return asked > 0 ? asked : default_relative_tolerance;
}

enum abscopal_status trial_check_tolerance(double asked, struct abscopal_error *error)
{
    if (asked == 0 || (asked >= least_relative_tolerance && asked <= largest_relative_tolerance))
        return ABSCOPAL_OK;
    return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0,
                     "cannot integrate to a relative tolerance of %g; give one from %g to %g", asked,
                     least_relative_tolerance, largest_relative_tolerance);
}

struct course_limits trial_limits(int64_t asked_steps, double asked_seconds)
{
    return (struct course_limits){.steps = (long)asked_steps, .seconds = asked_seconds};
}

enum abscopal_status trial_check_limits(int64_t asked_steps, double asked_seconds, struct abscopal_error *error)
{
    if (asked_steps < 0 || asked_steps > most_steps)
        return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0,
                         "cannot limit a course to %lld steps; give a number from 1 to %lld, or 0 for 1000000",
                         (long long)asked_steps, (long long)most_steps);
    if (!(asked_seconds >= 0 && asked_seconds <= most_seconds))
        return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0,
                         "cannot limit a course to %g s; give a number from 0.001 to %g, or 0 for no limit",
                         asked_seconds, most_seconds);
    return ABSCOPAL_OK;
}

/* ---- Failures --------------------------------------------------------------------------------------- */

struct integration_failure integration_failure_none(void)
{
    return (struct integration_failure){
        .arm = -1, .reason = "", .worst_state = "", .worst_lesion = -1, .last_event = ""};
}

/* Of a course that failed, or that there was no memory for. */
static enum abscopal_patient_status fail(const struct course *course, int arm, struct integration_failure *failure)
{
    *failure = integration_failure_none();
    failure->arm = arm;
    if (course->result == COURSE_NO_MEMORY) {
        failure->code = -1;
        failure->reason = "out of memory";
        return ABSCOPAL_PATIENT_NOT_INTEGRATED;
    }
    const struct state_description state = model_state_describe(course->model, course->failure.worst_state);
    failure->code = course->failure.code;
    failure->reason = course->failure.reason;
    failure->day = course->failure.day;
    failure->worst_state = state.name;
    failure->worst_lesion = state.lesion;
    if (course->last_event != NULL) {
        failure->last_event = course_event_name(course->last_event->kind);
        failure->last_event_day = course->last_event->day;
    }
    return ABSCOPAL_PATIENT_NOT_INTEGRATED;
}

/* ---- Patients --------------------------------------------------------------------------------------- */

/* The published state stands for the one patient of a trial without a cohort. */
static void describe_published_patient(uint64_t id, int lesions, struct virtual_patient *patient)
{
    *patient = (struct virtual_patient){
        .id = id, .lesion_count = lesions, .pdl1_class = -1, .body_weight_kg = 75, .body_height_cm = 170};
    for (int i = 0; i < lesions; i++) {
        patient->relative_lesion_size[i] = 1;
        patient->lesion_factors[i] = (struct lesion_factors){1, 1, 1, 1, 1};
    }
    parameters_default(&patient->parameters);
}

void trial_patient_draw(const struct abscopal_trial *trial, uint64_t seed, size_t patients, uint64_t id,
                        struct virtual_patient *patient)
{
    if (trial->has_cohort)
        sample_patient(&trial->cohort, seed, patients > 0 ? patients : trial->cohort.patient_count, id, patient);
    else
        describe_published_patient(id, 1, patient);
}

enum abscopal_status trial_check_patient(const struct abscopal_trial *trial, size_t patients, uint64_t id,
                                         struct abscopal_error *error)
{
    const size_t sampled = patients > 0 ? patients : abscopal_trial_patient_count(trial);
    if (!trial->has_cohort || trial->cohort.sampling != SAMPLING_LATIN_HYPERCUBE || id <= sampled)
        return ABSCOPAL_OK;
    return error_set(error, ABSCOPAL_BAD_INPUT, trial->cohort.path, 0, 0,
                     "a Latin hypercube of %zu patients has no patient %llu; give one from 1 to %zu, or more patients",
                     sampled, (unsigned long long)id, sampled);
}

/* The patient as a model with the drugs of an arm, or without for NULL. */
static void prepare_model(const struct abscopal_trial *trial, const struct virtual_patient *patient,
                          const struct arm *arm, struct model *model)
{
    const struct antibody *antibodies[MODEL_MAX_DRUGS];
    const struct model_settings settings = {.preset = trial->file.preset,
                                            .options = &trial->file.options,
                                            .parameters = &patient->parameters,
                                            .lesion_count = patient->lesion_count,
                                            .factors = patient->lesion_factors,
                                            .antibodies = antibodies,
                                            .drug_count = arm != NULL ? arm_drugs(&trial->file, arm, antibodies) : 0};
    model_prepare(model, &settings);
}

/* ---- Rooms ------------------------------------------------------------------------------------------ */

int trial_most_lesions(const struct abscopal_trial *trial)
{
    return trial->has_cohort ? MODEL_MAX_LESIONS : 1;
}

/* States of a patient with as many lesions as the trial has at most, in an arm or, for NULL, before it. */
static size_t most_states(const struct abscopal_trial *trial, const struct arm *arm)
{
    struct virtual_patient patient;
    struct model model;
    describe_published_patient(1, trial_most_lesions(trial), &patient);
    prepare_model(trial, &patient, arm, &model);
    return (size_t)model_state_count(&model);
}

size_t trial_most_baseline_states(const struct abscopal_trial *trial)
{
    return most_states(trial, NULL);
}

bool patient_room_open(struct patient_room *room, const struct abscopal_trial *trial)
{
    size_t states = most_states(trial, NULL);
    for (size_t arm = 0; arm < trial->file.arm_count; arm++) {
        const size_t count = most_states(trial, &trial->file.arms[arm]);
        states = count > states ? count : states;
    }
    memset(room, 0, sizeof *room);
    room->trial = trial;
    room->state = malloc(states * sizeof *room->state);
    if (conduct_open(&room->conduct, &trial->file) && room->state != NULL)
        return true;
    patient_room_close(room);
    return false;
}

void patient_room_close(struct patient_room *room)
{
    free(room->state);
    conduct_close(&room->conduct);
    room->state = NULL;
}

/* ---- Courses ---------------------------------------------------------------------------------------- */

void trial_patient_publish(const struct abscopal_trial *trial, struct virtual_patient *patient, double *baseline)
{
    struct model model;
    prepare_model(trial, patient, NULL, &model);
    model_published_state(&model, baseline);
    patient->baseline_sum_of_diameters_mm = model_sum_of_diameters_mm(&model, baseline);
}

void trial_patient_grow(const struct abscopal_trial *trial, const struct virtual_patient *patient,
                        double relative_tolerance, struct patient_room *room)
{
    prepare_model(trial, patient, NULL, &room->model);
    growth_begin(&room->growth, &room->model, patient, relative_tolerance, room->state);
    room->growth.course.context = room;
    room->growth.course.limits = room->limits;
}

enum abscopal_patient_status trial_patient_grown(struct patient_room *room, double *baseline,
                                                 struct integration_failure *failure)
{
    room->rules_failed = 0;
    for (int i = 0; i < PLAUSIBLE_OUTPUT_COUNT; i++)
        room->baseline_outputs[i] = NAN;
    switch (room->growth.result) {
    case GROWTH_REACHED:
        plausible_outputs(&room->model, room->state, room->growth.days, room->baseline_outputs);
        room->rules_failed = plausible_failures(&room->trial->cohort, room->baseline_outputs);
        if (room->rules_failed != 0)
            return ABSCOPAL_PATIENT_NOT_PLAUSIBLE;
        memcpy(baseline, room->state, (size_t)model_state_count(&room->model) * sizeof *baseline);
        return ABSCOPAL_PATIENT_COMPLETED;
    case GROWTH_NEVER_REACHED:
        return ABSCOPAL_PATIENT_NOT_PLAUSIBLE;
    case GROWTH_FAILED:
    case GROWTH_NO_MEMORY:
        break;
    }
    return fail(&room->growth.course, -1, failure);
}

/* Outputs are counted over all segments. */
static void observe(const struct model *model, double day, const double *state, size_t output, void *context)
{
    struct patient_room *room = context;
    room->observe(model, day, state, room->first_output + output, room->context);
}

/* Those that are due before that day, where another segment begins with what happens then, and have not been reported;
 * all of them in the last segment. */
static size_t outputs_before(const struct patient_room *room, double day)
{
    const bool last = day >= room->conduct.trial->until_days;
    size_t end = room->first_output;
    while (end < room->output_count && (last || room->output_days[end] < day - COURSE_SIMULTANEOUS_DAYS))
        end++;
    return end - room->first_output;
}

/* The segment that begins on a day with the room's state. */
static void begin_segment(struct patient_room *room, double day)
{
    const double relative_tolerance = room->treatment.relative_tolerance;
    const struct course_limits spent = room->treatment.spent;
    const double stop = conduct_next_stop(&room->conduct, day);
    const size_t events = conduct_plan(&room->conduct, &room->model, day, stop);
    room->treatment = (struct course){.model = &room->model,
                                      .events = room->conduct.events,
                                      .event_count = events,
                                      .relative_tolerance = relative_tolerance,
                                      .limits = room->limits,
                                      .spent = spent,
                                      .start_day = day,
                                      .end_day = stop,
                                      .output_days = room->output_days + room->first_output,
                                      .output_count = outputs_before(room, stop),
                                      .observe = observe,
                                      .context = room,
                                      .state = room->state,
                                      .fields = room->fields};
}

void trial_patient_treat(const struct abscopal_trial *trial, const struct virtual_patient *patient, uint64_t seed,
                         const double *baseline, size_t arm, double relative_tolerance, struct patient_room *room)
{
    struct model untreated;
    prepare_model(trial, patient, NULL, &untreated);
    prepare_model(trial, patient, &trial->file.arms[arm], &room->model);
    model_add_drugs(&untreated, baseline, &room->model, room->state);
    conduct_begin(&room->conduct, arm, patient, seed, patient->new_lesions_per_day, &room->model, room->state);
    for (int i = 0; i < MODEL_MAX_LESIONS; i++)
        room->fields[i] = (struct field_memory){.course = -1};
    room->first_output = 0;
    room->treatment = (struct course){.relative_tolerance = relative_tolerance};
    begin_segment(room, 0);
}

bool trial_patient_goes_on(struct patient_room *room)
{
    const struct course *course = &room->treatment;
    if (course->result != COURSE_ENDED || course->end_day >= room->conduct.trial->until_days)
        return false;
    const double day = course->end_day;
    room->first_output += course->output_count;
    conduct_decide(&room->conduct, &room->model, room->state, day);
    begin_segment(room, day);
    return true;
}

enum abscopal_patient_status trial_patient_treated(const struct patient_room *room, size_t arm,
                                                   struct integration_failure *failure)
{
    if (room->treatment.result == COURSE_ENDED)
        return ABSCOPAL_PATIENT_COMPLETED;
    return fail(&room->treatment, (int)arm, failure);
}
