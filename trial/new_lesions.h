/* New lesions: what imaging finds beside the lesions that are followed. They are no states of the model.
 *
 * A lesion seeds others in proportion to its cells (Iwata 2000, doi:10.1006/jtbi.2000.1075), and a colony is found some
 * time after it was seeded. Here the hazard of finding one is the patient's rate times the living cancer cells of all
 * lesions over those at baseline. That a colony answers to treatment as the lesions that are measured do, at once, is
 * an assumption. Between visits the hazard runs in a straight line (trapezoidal rule). */
#ifndef ABSCOPAL_TRIAL_NEW_LESIONS_H
#define ABSCOPAL_TRIAL_NEW_LESIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"

/* Nobody counts further. */
enum { NEW_LESIONS_AT_MOST = 100 };

/* Those of one patient in one arm. */
struct new_lesions {
    double per_day; /* rate with the cells of baseline; 0: there are none */
    uint64_t seed, patient;
    double baseline_cells;       /* living, of all lesions */
    size_t visits;               /* looked at so far, the baseline and those that were missed included */
    double last_day, last_share; /* of the last of these; its living cells over those at baseline */
    double hazard;               /* cumulated since baseline */
    double next_hazard;          /* at which the next one is there to be found */
    int count;                   /* found so far */
};

/* Begins at the baseline visit, on day 0. Seed and patient make the thresholds, the same in every arm, so that arms
 * differ by what was done alone: lesion k is there once the hazard has reached the sum of the first k draws -ln(u). */
void new_lesions_begin(struct new_lesions *lesions, double per_day, uint64_t seed, uint64_t patient,
                       const struct model *model, const double *state);

/* Takes the next visit and returns how many have been found so far. What a missed visit would have found is found at
 * the next one. */
int new_lesions_look(struct new_lesions *lesions, double day, bool missed, const struct model *model,
                     const double *state);

#endif
