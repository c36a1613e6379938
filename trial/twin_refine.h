/* Virtual patients between those of a population, nearer to what was measured of one. */
#ifndef ABSCOPAL_TRIAL_TWIN_REFINE_H
#define ABSCOPAL_TRIAL_TWIN_REFINE_H

#include "trial/twin_likelihood.h"
#include "trial/virtual_trial.h"

/* What a virtual patient is judged by. */
struct twin_evidence {
    const struct abscopal_results *population;
    size_t arm;         /* the treatment given */
    bool sums;          /* see twin_course */
    const double *days; /* of the trial: of the likelihood's measurements */
    struct twin_likelihood likelihood;
    int pdl1_class; /* of the cohort, from 0; -1: any */
    int lesions;    /* 0: any number */
};

/* Logarithm of the likelihood of the patient in that row of results that have the arm numbered `arm`; -infinity for one
 * of another class or number of lesions, or who did not complete the arm. `room` is for as many numbers as there are
 * measurements. */
double twin_evidence_log_likelihood(const struct twin_evidence *evidence, const struct abscopal_results *results,
                                    size_t arm, size_t patient, double *room);

struct twin_refine_options {
    size_t particles;
    int threads;
    abscopal_progress *progress;
    void *progress_context;
};

/* What came of it. */
struct twin_refined {
    struct abscopal_results *results; /* of the particles in every arm */
    double *weights;                  /* [particle], of sum 1 */
    size_t stages;                    /* of tempering */
    size_t runs;                      /* of virtual patients in the arm given */
    size_t ancestors;                 /* patients of the population that particles began at */
    double acceptance;                /* share of moves accepted in the last stage */
};

/* Sequential Monte Carlo with tempered likelihood (Del Moral 2006, doi:10.1111/j.1467-9868.2006.00553.x; for unknowns
 * of many dimensions Kantas 2014, doi:10.1137/130930364) from weights of the population's patients, `prior`, of sum 1,
 * and their logarithms of likelihood.
 *
 * A particle is a vector of normal scores, from which the cohort's distributions make a virtual patient. Particles
 * start at patients of the population drawn by prior and tempered likelihood; the temper rises as long as half of them
 * count; and in between they move by preconditioned Crank-Nicolson steps (Cotter 2013, doi:10.1214/13-STS421), which
 * keep the posterior. Where patients of the population do not all count the same, nobody knows how much one between
 * them would: then a particle is such a patient j and a vector x of standard normals, and its scores are 0.9 z_j +
 * sqrt(1 - 0.81) x, where z_j are those of patient j: the prior is the weighted population smoothed in this way, the
 * start is weighted for it, and x moves. Every random number is keyed by the seed, particle and step. Returns
 * ABSCOPAL_OK, ABSCOPAL_NO_MEMORY, ABSCOPAL_INTERRUPTED or what a run fails with; `refined` is then empty. */
enum abscopal_status twin_refine(const struct twin_evidence *evidence, const double *prior,
                                 const double *log_likelihoods, const struct twin_refine_options *options,
                                 struct twin_refined *refined, struct abscopal_error *error);
void twin_refined_free(struct twin_refined *refined);

#endif
