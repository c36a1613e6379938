/* Times to an event, some of them censored: the Kaplan-Meier curve and what is read from it. Knows nothing of trials.
 * Equal to survfit of R's survival 3.5 (Therneau 2023), which tests/check_survival.R holds it to, unless said
 * otherwise. Times are the same when they are equal to the last bit: R's survival also takes those for one that differ
 * by 1e-8. */
#ifndef ABSCOPAL_TRIAL_SURVIVAL_H
#define ABSCOPAL_TRIAL_SURVIVAL_H

#include <stdbool.h>
#include <stddef.h>

#include "abscopal.h"

/* The 97.5 % quantile of the standard normal distribution: every interval here is a 95 % interval. */
double survival_normal_quantile(void);

/* n rows, each of a patient. time[n] in any unit, finite and not negative; event[n] is false for a censored time. A
 * time censored at that of an event is still at risk at it. weight[n] is how much a patient counts, finite and not
 * negative; NULL: 1. copies[n] says how many patients a row stands for, who are alike in all: everything is then,
 * variances included, as if each had a row; NULL: 1. A row without copies is not there. */
struct survival_data {
    const double *time;
    const bool *event;
    const double *weight;
    const size_t *copies;
    size_t n;
};

/* What a row stands for. */
size_t survival_data_copies(const struct survival_data *data, size_t row);

/* Whether times and weights are in range. */
bool survival_data_valid(const struct survival_data *data);

/* On which scale survival's interval is symmetric. Plain and log are cut at 0 and 1. */
enum survival_scale {
    SURVIVAL_LOG_LOG = 0, /* log(-log(survival)): Kalbfleisch and Prentice 1980, the default here */
    SURVIVAL_LOG,         /* the default of R's survival */
    SURVIVAL_PLAIN
};

/* A distinct time. With weights, numbers of patients are sums of weights. */
struct survival_row {
    double time;
    double at_risk, events, censored; /* at_risk: just before the time */
    double survival;                  /* beyond the time */
    double log_standard_error;        /* of log(survival): the root of Greenwood's sum; infinite when survival is 0 */
    double lower, upper;              /* of survival; NaN where the scale has none: 0, and for log-log 1 */
    double squared_events, squared_censored; /* sums of squared weights of those */
};

struct survival_curve {
    size_t count; /* of rows, in ascending order of time; 0 without patients */
    struct survival_row *rows;
    double events;
    bool weighted; /* there were weights: variances are robust ones */
};

/* A number with its standard error and 95 % interval. */
struct survival_estimate {
    double value, standard_error, lower, upper;
};

/* The curve (Kaplan and Meier 1958, doi:10.1080/01621459.1958.10501452) with Greenwood's variance (1926). Patients of
 * weight 0 are left out. Weights of a virtual population are not numbers of patients, as Greenwood's formula takes them
 * to be: with weights the variance is the infinitesimal jackknife, a sum over patients of (weight times what the
 * patient moves the curve by)^2, as of R's survfit(weights, robust = TRUE). It does not depend on the unit of weights,
 * and with equal ones it is Greenwood's. Returns ABSCOPAL_BAD_INPUT (a time or weight out of range) or
 * ABSCOPAL_NO_MEMORY, both with an empty curve, or ABSCOPAL_OK. */
enum abscopal_status survival_curve_fit(const struct survival_data *data, enum survival_scale scale,
                                        struct survival_curve *curve);
void survival_curve_free(struct survival_curve *curve);

/* Survival at a time, with Greenwood's standard error (NaN where survival is 0, as in R). 1 before the first row. NaN
 * beyond the last row, where nobody is observed, unless survival is 0 there (R continues the curve with extend). */
struct survival_estimate survival_at(const struct survival_curve *curve, double time);

/* The first time at which the curve is at or below 1 - p, for p between 0 and 1, both exclusive; when it is exactly
 * 1 - p until the next event, the midpoint, or the time itself when no event follows. lower and upper are where the
 * limits of the interval of survival do so (Brookmeyer and Crowley 1982, doi:10.2307/2530286); no standard error.
 * Infinity where the curve or limit never falls that far; NaN without patients, and for a limit when the curve has
 * none, or when only the value is reached, where survival falls to 0.
 * For p = 0.5 these are the median and limits that R prints. R's quantile differs in two cases: it takes the midpoint
 * to the last time when the curve stays at 1 - p to its end, and of a limit that rises again it takes the time of the
 * value nearest to 1 - p. */
struct survival_estimate survival_quantile(const struct survival_curve *curve, double p);

/* The area below the curve from 0 to `until` (Irwin 1949), as R's survival prints it for rmean = until, with a plain
 * interval. NaN when `until` is not above 0, or beyond the last row unless survival is 0 there (R continues the
 * curve). */
struct survival_estimate survival_restricted_mean(const struct survival_curve *curve, double until);

#endif
