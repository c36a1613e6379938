/* A virtual twin as abscopal_twin.h describes it. */
#ifndef ABSCOPAL_TRIAL_TWIN_H
#define ABSCOPAL_TRIAL_TWIN_H

#include "protocols/diameters_file.h"
#include "trial/twin_refine.h"
#include "trial/virtual_trial.h"

struct abscopal_twin {
    const struct abscopal_results *population;
    struct diameters measured;
    size_t used;                          /* of them, the first ones */
    struct abscopal_twin_options options; /* with the defaults filled in; its texts are not kept */
    size_t arm;
    double start_day;       /* of the trial: the first treatment of that arm, the patient's day 0 */
    size_t candidates;      /* patients who completed the arm and are of the class and number of lesions */
    double prior_effective; /* of these, by the population's own weights */
    double weighed;         /* effective number of the population's patients by their posterior weights */
    bool refined;
    size_t stages, runs, ancestors; /* of the refinement */
    double acceptance;
    double effective; /* behind the predictions */
    size_t band_count;
    struct abscopal_twin_band *bands; /* [arm][band_count] */
};

/* Patients behind predictions at most: of more, so many are drawn by their weights (systematic resampling). */
enum { TWIN_MOST_MEMBERS = 500 };

/* A patient of results, and how much it counts. */
struct twin_member {
    const struct abscopal_results *results;
    size_t patient;
    double weight;
};

/* Fills the bands of an arm, whose days and observations are there already, from these members' courses: those who did
 * not complete the arm are left out. ABSCOPAL_OK, ABSCOPAL_NO_MEMORY, or ABSCOPAL_BAD_INPUT when nobody has. */
enum abscopal_status twin_bands_fill(struct abscopal_twin *twin, const struct twin_evidence *evidence, size_t arm,
                                     const struct twin_member *members, size_t count, struct abscopal_error *error);

#endif
