/* A sensitivity analysis as it was run: what patients have, and the indices that follow. */
#ifndef ABSCOPAL_RESULTS_SENSITIVITY_H
#define ABSCOPAL_RESULTS_SENSITIVITY_H

#include "abscopal.h"
#include "cohorts/saltelli.h"
#include "results/sensitivity_endpoints.h"
#include "trial/sensitivity.h"
#include "trial/virtual_trial.h"

/* Whose the number is: the reference's, the arm's, or that of the arm less that of the reference. */
enum sensitivity_of { SENSITIVITY_REFERENCE, SENSITIVITY_ARM, SENSITIVITY_DIFFERENCE };

/* One endpoint of one of these. */
struct sensitivity_target {
    const struct sensitivity_endpoint *endpoint;
    enum sensitivity_of of;
    /* Sobol indices; in the design, who has no number takes the mean of A and B. */
    double *design; /* [patient of the design], NaN where there is none */
    size_t missing; /* patients of the design */
    struct sobol_indices indices;
    /* Rank correlations, of the patients of the sample who have a number. */
    double *sample; /* [patient of the sample] */
    size_t ranked;
    struct rank_correlation *correlations; /* [factor] */
};

struct abscopal_sensitivity {
    const struct abscopal_trial *trial; /* the caller's */
    size_t arm, reference;              /* of the trial; the same: there is no difference */
    enum abscopal_sensitivity_method method;
    uint64_t seed;
    enum abscopal_engine engine;
    struct sensitivity_bootstrap bootstrap;
    bool rules_kept, correlations_ignored;
    struct sensitivity_endpoint *endpoints;
    size_t endpoint_count;
    struct sensitivity_target *targets; /* of each endpoint in the order of enum sensitivity_of, or the arm alone */
    size_t target_count;
    struct cohort design_cohort; /* as the design has it; what it points to is the trial's */
    struct saltelli_design design;
    size_t design_status[ABSCOPAL_PATIENT_STATUS_COUNT]; /* patients */
    struct cohort sample_cohort;
    size_t sample_count;    /* patients of the sample */
    double *sample_factors; /* [factor][patient of the sample], without chance */
    size_t sample_status[ABSCOPAL_PATIENT_STATUS_COUNT];
};

/* Whether there are Sobol indices, and rank correlations. */
bool sensitivity_has_indices(const struct abscopal_sensitivity *sensitivity);
bool sensitivity_has_correlations(const struct abscopal_sensitivity *sensitivity);

/* For people: "8 Gy x 3 with nivolumab less nivolumab". */
void sensitivity_of_text(const struct abscopal_sensitivity *sensitivity, enum sensitivity_of of, char *text,
                         size_t size);

/* Reads the options and lays both designs out. Errors as abscopal_sensitivity_run; what was made is to be freed. */
enum abscopal_status sensitivity_plan(struct abscopal_sensitivity *sensitivity,
                                      const struct abscopal_sensitivity_options *options, struct abscopal_error *error);

#endif
