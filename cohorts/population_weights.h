/* Weights with which patients have given shares in given bins. Knows bins and numbers, neither trials nor files. */
#ifndef ABSCOPAL_COHORTS_POPULATION_WEIGHTS_H
#define ABSCOPAL_COHORTS_POPULATION_WEIGHTS_H

#include <stddef.h>
#include <stdint.h>

#include "abscopal.h"

/* The share of patients that each bin is to have. Joint distributions are targets whose bins are cells. */
struct weights_target {
    size_t bin_count;
    const double *shares; /* [bin_count], not negative, of sum 1 */
    const int *bins;      /* [patient] the patient's bin from 0, or -1 outside of all */
};

/* The shares are reached to this. */
#define WEIGHTS_TOLERANCE 1e-9

enum weights_result {
    WEIGHTS_FOUND = 0,
    WEIGHTS_EMPTY_BIN, /* a bin with a share has no patients, or none that other targets leave a weight */
    WEIGHTS_INFEASIBLE /* no weights reach all shares, or only such as are next to 0 */
};

/* Where it failed: the target and bin without patients, or whose share is the farthest from what was reached. */
struct weights_failure {
    size_t target, bin;
    double reached; /* share of the bin */
};

/* Prevalence weights (Schmidt 2013, MAPEL, doi:10.1186/1471-2105-14-221) of n patients with mean 1: of all weights that
 * give every bin its share, those that differ the least from equal ones, by the Kullback-Leibler divergence. They are
 * exponential tilts, products of a factor for each bin that a patient is in, as raking finds (Deming and Stephan 1940,
 * doi:10.1214/aoms/1177731829); found as the minimum of the convex dual in the factors' logarithms (Csiszar 1975,
 * doi:10.1214/aop/1176996454) by Newton's method with halved steps and a pseudo-inverse, since factors that multiply
 * all patients alike are not unique. Patients outside a target's bins, or in a bin of share 0, have weight 0. Shares
 * are reached to WEIGHTS_TOLERANCE. Fills weights[n]. Returns ABSCOPAL_NO_MEMORY or ABSCOPAL_OK with *result; weights
 * are undefined unless that is WEIGHTS_FOUND. */
enum abscopal_status weights_prevalence(const struct weights_target *targets, size_t target_count, size_t n,
                                        double *weights, enum weights_result *result, struct weights_failure *failure);

/* Acceptance-rejection (Allen 2016, doi:10.1002/psp4.12063): prevalence weights are the density asked for over that of
 * the sample; divided by the largest they are the probabilities of being accepted. Weights become 1 and 0, by a random
 * number of each patient, keyed by (seed, ids[i], "acceptance"). */
void weights_accept(double *weights, const uint64_t *ids, size_t n, uint64_t seed);

/* Share of the weight that lies in each bin, into shares[bin_count]; all 0 without any weight. */
void weights_shares(const struct weights_target *target, const double *weights, size_t n, double *shares);

#endif
