/* One virtual patient in one arm as SBML. */
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "results/output.h"
#include "results/sbml_document.h"
#include "results/sedml.h"
#include "results/trajectory.h"
#include "trial/single.h"

/* What a treatment began with, and all that was given. */
struct record {
    struct model model;
    double *state;
    struct course_event *events;
    size_t count;
    bool begun, no_memory;
};

static bool same_infusion(const struct course_event *a, const struct course_event *b)
{
    return a->drug == b->drug && a->day == b->day && a->nmol_per_d == b->nmol_per_d;
}

static void remove_event(struct record *record, size_t index)
{
    record->count--;
    memmove(&record->events[index], &record->events[index + 1], (record->count - index) * sizeof *record->events);
}

/* Infusions that run on from the segment before start and end in this one again: their end was noted before. */
static void note_event(struct record *record, const struct course_event *event, size_t before)
{
    for (size_t i = 0; i < before && event->kind == EVENT_INFUSION_END; i++) {
        const struct course_event *known = &record->events[i];
        if (known->kind != EVENT_INFUSION_END || !same_infusion(known, event))
            continue;
        for (size_t k = before; k < record->count; k++)
            if (record->events[k].kind == EVENT_INFUSION_START && record->events[k].drug == event->drug &&
                record->events[k].nmol_per_d == event->nmol_per_d) {
                remove_event(record, k);
                return;
            }
    }
    record->events[record->count++] = *event;
}

static void note_segment(const struct course *segment, void *context)
{
    struct record *record = context;
    const size_t before = record->count, most = before + segment->event_count;
    struct course_event *events = realloc(record->events, (most + 1) * sizeof *events);
    record->no_memory = record->no_memory || events == NULL;
    if (events == NULL)
        return;
    record->events = events;
    if (!record->begun) {
        const size_t bytes = (size_t)model_state_count(segment->model) * sizeof *segment->state;
        record->model = *segment->model;
        record->state = malloc(bytes);
        record->no_memory = record->state == NULL;
        if (record->state != NULL)
            memcpy(record->state, segment->state, bytes);
        record->begun = true;
    }
    for (size_t i = 0; i < segment->event_count; i++)
        note_event(record, &segment->events[i], before);
    course_sort_events(record->events, record->count);
}

static void observe_nothing(const struct model *model, double day, const double *state, size_t output, void *context)
{
    (void)model, (void)day, (void)state, (void)output, (void)context;
}

/* The patient in the arm, once. */
static enum abscopal_status simulate(const struct abscopal_trial *trial, const struct abscopal_sbml_options *options,
                                     size_t arm, struct record *record, struct abscopal_error *error)
{
    struct single_patient single;
    enum abscopal_status result = ABSCOPAL_NO_MEMORY;
    if (single_patient_open(&single, trial, engine_chosen(options->engine),
                            trial_relative_tolerance(options->relative_tolerance))) {
        const uint64_t id = options->patient > 0 ? options->patient : 1;
        struct integration_failure failure;
        single.patients = options->patients;
        single.room.limits = trial_limits(0, 0);
        single.planned = note_segment;
        single.planned_context = record;
        enum abscopal_patient_status status =
            single_patient_grow(&single, trial_seed(trial, options->seed), id, &failure);
        if (status == ABSCOPAL_PATIENT_COMPLETED)
            status = single_patient_treat(&single, arm, NULL, 0, observe_nothing, NULL, &failure);
        result = status == ABSCOPAL_PATIENT_COMPLETED
                     ? ABSCOPAL_OK
                     : trajectory_patient_error(trial, status, id, single.room.rules_failed, &failure, error);
        if (result == ABSCOPAL_OK && record->no_memory)
            result = ABSCOPAL_NO_MEMORY;
    }
    single_patient_close(&single);
    return result == ABSCOPAL_NO_MEMORY ? error_no_memory(error) : result;
}

static enum abscopal_status write_files(const char *path, const struct abscopal_sbml_options *options,
                                        const struct record *record, double until_days, const char *sbml,
                                        struct abscopal_error *error)
{
    char *sedml = NULL;
    if (options->sedml_path != NULL) {
        sedml = sedml_text(path, options->sedml_path, &record->model, until_days);
        if (sedml == NULL)
            return error_no_memory(error);
    }
    enum abscopal_status status = output_write_file(path, sbml, strlen(sbml), error);
    if (status == ABSCOPAL_OK && sedml != NULL)
        status = output_write_file(options->sedml_path, sedml, strlen(sedml), error);
    free(sedml);
    return status;
}

/* The document of what was simulated. */
static enum abscopal_status write_document(const struct abscopal_trial *trial,
                                           const struct abscopal_sbml_options *options, size_t arm, const char *path,
                                           const struct record *record, struct abscopal_sbml_written *written,
                                           struct abscopal_error *error)
{
    const struct trial_file *file = &trial->file;
    char name[256], who[512], made[128];
    const size_t id = options->patient > 0 ? options->patient : 1;
    snprintf(name, sizeof name, "%s, arm '%s', patient %zu", file->name, file->arms[arm].name, id);
    snprintf(who, sizeof who,
             "Virtual patient %zu (seed %llu) of the trial '%s' in the arm '%s', preset %s. Time is in days since "
             "baseline; what was given stands as events.",
             id, (unsigned long long)trial_seed(trial, options->seed), file->name, file->arms[arm].name,
             model_preset_name(file->preset));
    snprintf(made, sizeof made, "Written by abscopal %s.", abscopal_version());
    const char *const notes[] = {
        who,
        arm_is_adaptive(&file->arms[arm]) ? "The arm decides at visits: events are what was decided for this patient."
                                          : made,
        arm_is_adaptive(&file->arms[arm]) ? made : "Research use only. Not for treating patients.",
        arm_is_adaptive(&file->arms[arm]) ? "Research use only. Not for treating patients." : NULL, NULL};
    const struct sbml_request request = {.model = &record->model,
                                         .state = record->state,
                                         .events = record->events,
                                         .event_count = record->count,
                                         .name = name,
                                         .notes = notes};
    char *sbml = sbml_document_text(&request, &written->check, error);
    if (sbml == NULL)
        return error->status;
    written->lesions = record->model.lesion_count;
    written->events = record->count;
    written->as_decided = arm_is_adaptive(&file->arms[arm]);
    enum abscopal_status status = ABSCOPAL_OK;
    if (written->check.errors > 0)
        status = error_set(error, ABSCOPAL_BAD_INPUT, file->path, 0, 0,
                           "libSBML finds %zu errors in the document, which is not written; please report this: %s",
                           written->check.errors, written->check.first);
    else
        status = write_files(path, options, record, file->until_days, sbml, error);
    free(sbml);
    return status;
}

int abscopal_has_sbml(void)
{
    return 1;
}

enum abscopal_status abscopal_trial_write_sbml(const abscopal_trial *trial, const struct abscopal_sbml_options *options,
                                               const char *path, struct abscopal_sbml_written *written,
                                               struct abscopal_error *error)
{
    static const struct abscopal_sbml_options defaults = {.seed = -1};
    struct abscopal_sbml_written ignored = {.lesions = 0};
    struct abscopal_error unseen;
    options = options != NULL ? options : &defaults;
    error = error != NULL ? error : &unseen;
    size_t arm = 0;
    enum abscopal_status status = trajectory_find_arm(trial, options->arm, &arm, error);
    if (status == ABSCOPAL_OK)
        status = trial_check_patient(trial, options->patients, options->patient, error);
    if (status == ABSCOPAL_OK)
        status = trial_check_tolerance(options->relative_tolerance, error);
    if (status == ABSCOPAL_OK)
        status = engine_check(options->engine, error);
    if (status == ABSCOPAL_OK && !trial->has_cohort && options->patient > 1)
        status = error_set(error, ABSCOPAL_BAD_INPUT, trial->file.path, 0, 0,
                           "this trial has no cohort and so one patient only, the published one");
    if (status != ABSCOPAL_OK)
        return status;
    struct record record = {.begun = false};
    status = simulate(trial, options, arm, &record, error);
    if (status == ABSCOPAL_OK)
        status = write_document(trial, options, arm, path, &record, written != NULL ? written : &ignored, error);
    free(record.state);
    free(record.events);
    return status;
}
