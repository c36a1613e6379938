/* Virtual populations: runs the trials of a plan with its cohort, puts patients into bins and weighs them. */
#ifndef ABSCOPAL_TRIAL_POPULATION_RUN_H
#define ABSCOPAL_TRIAL_POPULATION_RUN_H

#include "abscopal.h"
#include "cohorts/population_file.h"
#include "cohorts/population_plan.h"

/* A match as it came out. */
struct population_match {
    int *bins;               /* [candidate] the cell, or -1 */
    double *sample, *shares; /* [cell] of the candidates, and of the weight */
};

struct abscopal_population {
    struct population_plan plan;
    struct population weights; /* of all patients; who is no candidate has 0 */
    size_t candidates;         /* who completed every arm of every trial */
    uint64_t *ids;             /* [candidate] */
    struct population_match *matches;
    double largest_weight; /* with mean 1 over candidates */
};

/* The value of a quantity, of a patient who completed the arm: shapes and units as enum plan_quantity_kind says. NaN
 * where there is none. The largest lesion is that of trial/largest_lesion.h. */
struct abscopal_results;
double population_quantity(const struct abscopal_results *results, size_t arm, size_t patient,
                           const struct plan_quantity *quantity);

/* Largest distance between the distribution asked for and that of the shares, at the edges of the bins (Kolmogorov and
 * Smirnov); NaN for what is not continuous. */
double population_distance(const struct plan_match *match, const double *shares);

#endif
