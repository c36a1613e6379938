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

/* What there must be room for: events of the arm at most, whoever the patient is, and doses of its longest treatment.
 */
void dosing_count_at_most(const struct arm *arm, size_t *events, size_t *doses);

/* How often the arm interrupts a course, which is a measure of the time that it takes. */
size_t dosing_interruptions(const struct arm *arm);

/* Fills in all events of the arm for the patient whose state at baseline is given, sorted, and returns how many.
 * `model`, to which the state belongs, has the drugs of dosing_drugs. Doses by weight use the patient's weight;
 * radiotherapy of the largest lesion hits the one that is largest at baseline, and a listed lesion that the patient
 * does not have is left out. `days` is scratch for one treatment. */
size_t dosing_events(const struct arm *arm, const struct model *model, const struct virtual_patient *patient,
                     const double *baseline, double *days, struct course_event *events);

#endif
