#include "trial/single.h"

#include <stdlib.h>

/* A number of lesions with the drugs of an arm, or without drugs for growth (arm -1). */
static size_t layout_of(const struct single_patient *single, int arm)
{
    const size_t lists = 1 + single->trial->file.arm_count;
    return (size_t)(single->patient.lesion_count - 1) * lists + (size_t)(1 + arm);
}

bool single_patient_open(struct single_patient *single, const struct abscopal_trial *trial, enum abscopal_engine engine,
                         double relative_tolerance)
{
    *single = (struct single_patient){.trial = trial, .relative_tolerance = relative_tolerance};
    single->engine = engine_create(engine, (size_t)trial_most_lesions(trial) * (1 + trial->file.arm_count));
    single->baseline = malloc(trial_most_baseline_states(trial) * sizeof *single->baseline);
    return patient_room_open(&single->room, trial) && single->engine != NULL && single->baseline != NULL;
}

void single_patient_close(struct single_patient *single)
{
    patient_room_close(&single->room);
    engine_free(single->engine);
    free(single->baseline);
}

enum abscopal_patient_status single_patient_grow(struct single_patient *single, uint64_t seed, uint64_t id,
                                                 struct integration_failure *failure)
{
    struct patient_room *room = &single->room;
    single->seed = seed;
    trial_patient_draw(single->trial, seed, single->patients, id, &single->patient);
    if (!single->trial->has_cohort) {
        trial_patient_publish(single->trial, &single->patient, single->baseline);
        return ABSCOPAL_PATIENT_COMPLETED;
    }
    trial_patient_grow(single->trial, &single->patient, single->relative_tolerance, room);
    do
        engine_run_one(single->engine, layout_of(single, -1), &room->growth.course);
    while (growth_goes_on(&room->growth));
    return trial_patient_grown(room, single->baseline, failure);
}

enum abscopal_patient_status single_patient_treat(struct single_patient *single, size_t arm, const double *output_days,
                                                  size_t output_count, course_observer *observe, void *context,
                                                  struct integration_failure *failure)
{
    struct patient_room *room = &single->room;
    room->output_days = output_days;
    room->output_count = output_count;
    room->observe = observe;
    room->context = context;
    trial_patient_treat(single->trial, &single->patient, single->seed, single->baseline, arm,
                        single->relative_tolerance, room);
    do {
        if (single->planned != NULL)
            single->planned(&room->treatment, single->planned_context);
        engine_run_one(single->engine, layout_of(single, (int)arm), &room->treatment);
    } while (trial_patient_goes_on(room));
    return trial_patient_treated(room, arm, failure);
}
