/* Groups of patients compared by their times to an event: log-rank test and Cox's proportional hazards. Knows nothing
 * of trials. Equal to survdiff and coxph of R's survival 3.5 (Therneau 2023), which tests/check_survival.R holds it to.
 *
 * Both compare independent patients. Arms of a virtual trial that have the same patients are not independent, which
 * leaves the coefficient as it is and makes standard error and p too large or too small. */
#ifndef ABSCOPAL_TRIAL_SURVIVAL_COMPARISON_H
#define ABSCOPAL_TRIAL_SURVIVAL_COMPARISON_H

#include "trial/survival.h"

/* Whether the data say what was asked of them. */
enum survival_status {
    SURVIVAL_ESTIMATED = 0,
    SURVIVAL_NO_EVENTS,    /* nobody has an event */
    SURVIVAL_NO_VARIATION, /* at no event does it matter who has it: all at risk are in one group, or covariates equal
                            */
    SURVIVAL_MONOTONE, /* the likelihood rises for ever: every event is that of the largest covariate, or smallest */
    SURVIVAL_NOT_CONVERGED
};

/* "estimated", "no events", ...; NULL when there is no such status. */
const char *survival_status_name(enum survival_status status);

/* NaN and 0 degrees of freedom when there is no test. */
struct survival_test {
    double chi_square;
    size_t degrees_of_freedom;
    double p; /* of a chi-square so large or larger */
};

/* Log-rank test (Mantel 1966; Peto and Peto 1972, doi:10.2307/2344317) of group_count groups with the hypergeometric
 * variance. group[n] is from 0 to group_count - 1; stratum[n] is any number, NULL for one stratum: patients are
 * compared within strata. observed[group_count] and expected[group_count] receive events, summed over strata. Groups in
 * which no event is expected do not count for the test. `status` is never monotone or not converged. Returns
 * ABSCOPAL_BAD_INPUT (times as survival_curve_fit, a group out of range, or weights, with which the hypergeometric
 * variance says nothing: the test with them is the score of survival_cluster) or ABSCOPAL_NO_MEMORY, both with nothing
 * written, or ABSCOPAL_OK. */
enum abscopal_status survival_log_rank(const struct survival_data *data, const size_t *group, size_t group_count,
                                       const size_t *stratum, double *observed, double *expected,
                                       struct survival_test *test, enum survival_status *status);

/* What to do with events at the same time. */
enum survival_ties {
    SURVIVAL_EFRON = 0, /* doi:10.1080/01621459.1977.10480613 */
    SURVIVAL_BRESLOW    /* doi:10.2307/2529620 */
};

struct survival_cox {
    enum survival_status status;
    /* Of the covariate's unit. With SURVIVAL_MONOTONE the coefficient is plus or minus infinity, the ratio infinity or
     * 0; NaN with other states. */
    double coefficient, hazard_ratio;
    double standard_error;      /* of the coefficient, from the information; NaN unless estimated */
    double lower, upper;        /* Wald's interval of the hazard ratio; NaN unless estimated */
    double log_likelihood_null; /* of the coefficient 0 */
    double log_likelihood;      /* of the estimate, or its limit with SURVIVAL_MONOTONE; NaN otherwise */
    struct survival_test wald;  /* only when estimated */
    struct survival_test score, likelihood_ratio; /* also with SURVIVAL_MONOTONE */
};

/* Proportional hazards (Cox 1972, doi:10.1111/j.2517-6161.1972.tb00899.x) with one covariate, covariate[n], finite:
 * 0 and 1 for two groups, or a continuous one. stratum as above. Newton's method with halved steps, to all digits that
 * rounding leaves. With weights (patients of weight 0 left out) each counts so many times, and tied events each with
 * their mean weight, as in R; what comes from the information or the likelihood then takes weights for numbers of
 * patients, and survival_cluster says what the variance is. Returns ABSCOPAL_BAD_INPUT (times and weights as
 * survival_curve_fit, or a covariate that is not finite) or ABSCOPAL_NO_MEMORY, both with nothing written, or
 * ABSCOPAL_OK. */
enum abscopal_status survival_cox_fit(const struct survival_data *data, const double *covariate, const size_t *stratum,
                                      enum survival_ties ties, struct survival_cox *cox);

#endif
