/* From an arm of a protocol to the events of one patient. */
#ifndef ABSCOPAL_TRIAL_DOSING_H
#define ABSCOPAL_TRIAL_DOSING_H

#include <stddef.h>

#include "cohorts/sampling.h"
#include "model/model.h"
#include "protocols/trial_file.h"
#include "solver/course.h"

/* The different drugs of an arm, in order of appearance; returns how many (at most MODEL_MAX_DRUGS, which the reader
 * of the trial file checks). */
int dosing_drugs(const struct arm *arm, const struct antibody *antibodies[MODEL_MAX_DRUGS]);

/* All events of the arm for the patient whose state at baseline is given, sorted. `model`, to which the state
 * belongs, has the drugs of dosing_drugs. Doses by weight use the patient's weight; radiotherapy of the largest lesion
 * hits the one that is largest at baseline, and a listed lesion that the patient does not have is left out. Returns
 * ABSCOPAL_OK with *events to be freed, or ABSCOPAL_NO_MEMORY. */
enum abscopal_status dosing_events(const struct arm *arm, const struct model *model,
                                   const struct virtual_patient *patient, const double *baseline,
                                   struct course_event **events, size_t *event_count);

#endif
