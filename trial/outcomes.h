/* From what visits have found to outcomes. */
#ifndef ABSCOPAL_TRIAL_OUTCOMES_H
#define ABSCOPAL_TRIAL_OUTCOMES_H

#include "trial/virtual_trial.h"

/* Room for the visits of one patient. */
struct outcomes_room {
    double *diameters_mm;     /* [visit][lesion] */
    enum response *responses; /* [visit] */
};

/* Memory for patients of these results; false without. To be closed in either case. */
bool outcomes_room_open(struct outcomes_room *room, const struct abscopal_results *results);
void outcomes_room_close(struct outcomes_room *room);

/* Fills in responses and outcomes of a patient (its row) in an arm, by the trial's criteria, from diameters, new
 * lesions, and which lesions are irradiated and no targets. */
void outcomes_classify(struct abscopal_results *results, size_t arm, size_t patient, const struct outcomes_room *room);

#endif
