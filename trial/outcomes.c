#include "trial/outcomes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trial/criteria.h"

bool outcomes_room_open(struct outcomes_room *room, const struct abscopal_results *results)
{
    const size_t visits = results->visit_count;
    room->diameters_mm = malloc(visits * results->lesion_count * sizeof *room->diameters_mm);
    room->responses = malloc(visits * sizeof *room->responses);
    return room->diameters_mm != NULL && room->responses != NULL;
}

void outcomes_room_close(struct outcomes_room *room)
{
    free(room->diameters_mm);
    free(room->responses);
}

/* The response by the lesions that were not irradiated; new ones are outside of every field. */
static void classify_out_of_field(struct abscopal_results *results, size_t row, size_t lesions,
                                  const struct outcomes_room *room)
{
    struct arm_result *arm = &results->arms[row];
    const size_t visits = results->visit_count;
    const double *table = results->diameters_mm + row * visits * results->lesion_count;
    size_t outside = 0;
    for (size_t lesion = 0; lesion < lesions; lesion++)
        outside += (arm->irradiated >> lesion & 1) == 0;
    arm->out_of_field = (struct patient_outcome){.best = RESPONSE_NOT_EVALUABLE,
                                                 .best_confirmed = RESPONSE_NOT_EVALUABLE,
                                                 .at_horizon = RESPONSE_NOT_EVALUABLE,
                                                 .best_change = NAN,
                                                 .progression_day = results->visit_days[0]};
    const bool same = outside == lesions && arm->non_target == 0;
    if (same)
        arm->out_of_field = arm->outcome;
    if (outside == 0 || same)
        return;
    double *next = room->diameters_mm;
    for (size_t visit = 0; visit < visits; visit++)
        for (size_t lesion = 0; lesion < lesions; lesion++)
            if ((arm->irradiated >> lesion & 1) == 0)
                *next++ = table[visit * results->lesion_count + lesion];
    criteria_classify(&results->trial->file, results->visit_days, room->diameters_mm,
                      results->new_lesions + row * visits, visits, outside, 0, room->responses, &arm->out_of_field);
}

void outcomes_classify(struct abscopal_results *results, size_t arm, size_t patient, const struct outcomes_room *room)
{
    const size_t row = results_row(results, arm, patient), visits = results->visit_count;
    const size_t lesions = (size_t)results->patients[patient].patient.lesion_count;
    const double *table = results->diameters_mm + row * visits * results->lesion_count;
    for (size_t visit = 0; visit < visits; visit++)
        memcpy(room->diameters_mm + visit * lesions, table + visit * results->lesion_count,
               lesions * sizeof *room->diameters_mm);
    criteria_classify(&results->trial->file, results->visit_days, room->diameters_mm,
                      results->new_lesions + row * visits, visits, lesions, results->arms[row].non_target,
                      room->responses, &results->arms[row].outcome);
    for (size_t visit = 0; visit < visits; visit++)
        results->responses[row * visits + visit] = (signed char)room->responses[visit];
    classify_out_of_field(results, row, lesions, room);
}
