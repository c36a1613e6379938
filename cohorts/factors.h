/* What a cohort varies, as the factors of a sensitivity analysis: each quantity that is drawn for patients, those that
 * are drawn for every lesion together. */
#ifndef ABSCOPAL_COHORTS_FACTORS_H
#define ABSCOPAL_COHORTS_FACTORS_H

#include "cohorts/cohort_file.h"
#include "cohorts/drawn.h"
#include "cohorts/sampling.h"

/* Places of drawn.h, and after them the rate of new lesions, which has a stream of its own. */
enum { FACTOR_NEW_LESIONS = DRAWN_COUNT, FACTOR_PLACES };

struct factor {
    const char *name; /* as docs/cohorts.md has it */
    int place;        /* the first of those it has */
};

struct factors {
    int count;
    struct factor items[FACTOR_PLACES];
    int of[FACTOR_PLACES];        /* the factor of a place; -1: the same in all patients */
    int dimension[FACTOR_PLACES]; /* how many places before it vary */
    int dimension_count;          /* places that vary */
};

/* In the order of drawn.h. */
void factors_find(const struct cohort *cohort, struct factors *factors);

/* A patient's number of a factor, in the unit of its table: of the sum of diameters the draw before it is multiplied
 * for the number of lesions, of what lesions have of their own the geometric mean over the patient's lesions (1 where
 * only further lesions have it, and there is none). */
double factor_value(const struct cohort *cohort, const struct factor *factor, const struct virtual_patient *patient);

#endif
