/* The patients of a sensitivity analysis by Sobol's indices (Saltelli 2010, doi:10.1016/j.cpc.2009.09.018): two samples
 * A and B that have nothing in common, and for each factor that of A with the factor of B.
 *
 * Their numbers in (0, 1) are points of one scrambled Sobol sequence, of which A has the first half of the dimensions
 * and B the second. A factor is a quantity of cohorts/factors.h with all its places; the last one is chance: what is
 * drawn when a patient is treated (errors of measurement, new lesions, missed visits and doses). */
#ifndef ABSCOPAL_COHORTS_SALTELLI_H
#define ABSCOPAL_COHORTS_SALTELLI_H

#include "cohorts/factors.h"

/* Of one row: A, B, then A with the factors of B, one by one. */
enum { SALTELLI_A, SALTELLI_B, SALTELLI_FIRST_FACTOR };

struct saltelli_design {
    uint64_t seed; /* of the scrambling */
    uint64_t rows;
    struct factors factors;
};

/* Whether the sequence has the dimensions that the cohort needs; if not, `design` is of no use. */
bool saltelli_begin(struct saltelli_design *design, const struct cohort *cohort, uint64_t seed, uint64_t rows);

/* Factors with chance, and patients of a row and of all; patients are numbered from 1, row after row. */
int saltelli_factor_count(const struct saltelli_design *design);
uint64_t saltelli_row_patients(const struct saltelli_design *design);
uint64_t saltelli_patients(const struct saltelli_design *design);

/* The name of a factor. */
const char *saltelli_factor_name(const struct saltelli_design *design, int factor);

/* The number in (0, 1) of a patient for a place of cohorts/factors.h that varies. */
double saltelli_uniform(const struct saltelli_design *design, uint64_t id, int place);

/* The number, from 1, that chance takes the patient for. */
uint64_t saltelli_chance(const struct saltelli_design *design, uint64_t id);

#endif
