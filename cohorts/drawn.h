/* What is drawn for a patient, in one order: attributes, parameters in the order of their table, then what each lesion
 * has of its own, lesion by lesion. */
#ifndef ABSCOPAL_COHORTS_DRAWN_H
#define ABSCOPAL_COHORTS_DRAWN_H

#include <stdbool.h>

#include "cohorts/cohort_file.h"

/* Places in that order; parameter p is at DRAWN_PARAMETERS + p, and of lesion l (from 0) its relative size at
 * DRAWN_LESIONS_OWN + l * DRAWN_OF_LESION, the factors of struct lesion_factors after it. */
enum {
    DRAWN_LESION_COUNT,
    DRAWN_BASELINE,
    DRAWN_BODY_WEIGHT,
    DRAWN_BODY_HEIGHT,
    DRAWN_PARAMETERS,
    DRAWN_LESIONS_OWN = DRAWN_PARAMETERS + PARAMETER_COUNT,
    DRAWN_FACTORS = sizeof(struct lesion_factors) / sizeof(constant),
    DRAWN_OF_LESION = 1 + DRAWN_FACTORS,
    DRAWN_COUNT = DRAWN_LESIONS_OWN + MODEL_MAX_LESIONS * DRAWN_OF_LESION
};

/* Whether the cohort varies what is at that place. */
void drawn_varied(const struct cohort *cohort, bool varied[DRAWN_COUNT]);

/* Its stream: names as docs/cohorts.md has them. */
const char *drawn_name(int place);

/* Which of equal names it is: the lesion, from 0, of what lesions have of their own, otherwise 0. */
unsigned drawn_number(int place);

#endif
