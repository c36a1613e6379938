/* Endpoints of an arm from the outcomes of its patients, and two arms compared. Knows nothing of the model.
 *
 * A response counts when the response criteria say so: once confirmed, where they ask for confirmation. */
#ifndef ABSCOPAL_TRIAL_ENDPOINTS_H
#define ABSCOPAL_TRIAL_ENDPOINTS_H

#include <stdbool.h>
#include <stddef.h>

#include "abscopal.h"
#include "trial/recist.h"
#include "trial/survival_difference.h"

/* count of total with the 95 % Wilson score interval (Wilson 1927, doi:10.1080/01621459.1927.10502953), without
 * continuity correction; NaN when total is 0. count is at most total. */
struct abscopal_share endpoints_share(size_t count, size_t total);

/* Complete or partial. */
bool endpoints_is_response(enum response response);

/* What a patient can have, to be counted. */
enum endpoint_share {
    ENDPOINT_RESPONSE_AT_HORIZON, /* at the last visit, complete or partial */
    ENDPOINT_BEST_RESPONSE,       /* best overall response complete or partial */
    ENDPOINT_COMPLETE_RESPONSE,
    ENDPOINT_DISEASE_CONTROL,    /* best overall response complete, partial or stable (or non-CR/non-PD) */
    ENDPOINT_PROGRESSIVE_DISEASE /* best overall response */
};
/* Whether such a response counts for it. */
bool endpoints_has(enum endpoint_share what, enum response response);

/* The same of an outcome. */
bool endpoints_outcome_has(enum endpoint_share what, const struct patient_outcome *outcome);

/* Patients of one arm. `patients` numbers them, ascending, where they are to be paired; else NULL. `weights` says how
 * much each counts, finite and not negative, in any unit; NULL: all the same. With weights, numbers of patients below
 * are effective ones in all that follows: (sum of weights)^2 / (sum of their squares), Kish 1965.
 * `copies` says for how many patients a row stands, who are alike in all that is asked of them, and weigh as much each:
 * everything is then as if each had a row (trial/endpoint_classes.h makes such groups); NULL: 1. Paired rows of the
 * same number have as many; a row without copies is not there. */
struct endpoint_group {
    size_t n;
    const struct patient_outcome *outcomes; /* [n] */
    const size_t *patients;                 /* [n] */
    const double *weights;                  /* [n] */
    const size_t *copies;                   /* [n] */
};

/* Of a row. */
static inline double endpoint_group_weight(const struct endpoint_group *group, size_t row)
{
    return group->weights != NULL ? group->weights[row] : 1;
}

static inline size_t endpoint_group_copies(const struct endpoint_group *group, size_t row)
{
    return group->copies != NULL ? group->copies[row] : 1;
}

/* n without weights. */
double endpoints_effective(const double *weights, size_t n);

/* Of n patients, of whom has[i] tells whether they count for the share: the weighted fraction with Wilson's interval of
 * the effective number; `count` is of patients. */
struct abscopal_share endpoints_share_weighted(const bool *has, const double *weights, size_t n);

struct abscopal_share endpoints_share_of(enum endpoint_share what, const struct endpoint_group *group);

/* Times in days from day 0, but the duration from the response. */
enum endpoint_time {
    ENDPOINT_PROGRESSION_FREE,
    ENDPOINT_DURATION_OF_RESPONSE, /* of those who respond, to progression; else censored at the last visit */
    ENDPOINT_TIME_TO_RESPONSE      /* of those who respond */
};

/* Median of the Kaplan-Meier curve with its log-log interval (trial/survival.h). Returns ABSCOPAL_NO_MEMORY or
 * ABSCOPAL_OK. */
enum abscopal_status endpoints_median(enum endpoint_time what, const struct endpoint_group *group,
                                      struct abscopal_estimate *median);

/* Share that is progression-free after so many days: the Kaplan-Meier curve with its log-log interval. NaN beyond the
 * last day of any patient, unless all have progressed by then. Errors as endpoints_median. */
enum abscopal_status endpoints_progression_free(const struct endpoint_group *group, double day,
                                                struct abscopal_estimate *share);

/* Mean progression-free time up to that day: the area below the curve, with its plain interval
 * (survival_restricted_mean). NaN beyond the last day of any patient, unless all have progressed by then. Errors as
 * endpoints_median. */
enum abscopal_status endpoints_mean_progression_free(const struct endpoint_group *group, double day,
                                                     struct abscopal_estimate *days);

/* Depth of response: the median of the best changes of those who have one, with the interval between order statistics
 * that holds it with at least 95 % (Conover, Practical Nonparametric Statistics, 3.2); with weights, between the
 * weighted quantiles that are those order statistics of the effective number of patients (Woodruff 1952,
 * doi:10.1080/01621459.1952.10483443). No limits below 6 patients, NaN without any. Errors as endpoints_median. */
enum abscopal_status endpoints_depth_of_response(const struct endpoint_group *group, struct abscopal_estimate *change);

/* The same without weights, of patients too many to hold: writes the ranks, from 0, that the changes which it takes
 * have among so many in ascending order, and returns how many they are (trial/order_statistics.h finds the changes);
 * endpoints_depth_at_ranks makes the estimate of the changes, in the order of the ranks. */
size_t endpoints_depth_ranks(size_t patients, size_t ranks[4]);
struct abscopal_estimate endpoints_depth_at_ranks(const double *changes, size_t count);

/* Share of the n patients who have it in the first of two arms less that in the second: Newcombe 1998, paired
 * (trial/proportions.h). Weights as endpoints_share_weighted. */
struct abscopal_estimate endpoints_difference_paired(const bool *first, const bool *second, const double *weights,
                                                     size_t n);

/* Share of the arm less that of the reference, Newcombe 1998, paired or not (trial/proportions.h): patients of the same
 * number are the same, and the difference is of those in both, of whom there are so many `pairs` (0 when not paired).
 */
struct abscopal_estimate endpoints_share_difference(enum endpoint_share what, const struct endpoint_group *arm,
                                                    const struct endpoint_group *reference, bool paired, size_t *pairs);

/* What is read from the curve of progression-free survival, of the arm less of the reference, with the variance over
 * patients (trial/survival_difference.h), whose numbers are below patient_count. Errors as endpoints_median. */
enum abscopal_status endpoints_progression_difference(const struct endpoint_group *arm,
                                                      const struct endpoint_group *reference, bool paired,
                                                      size_t patient_count, enum survival_reading reading, double day,
                                                      struct abscopal_estimate *difference);

struct endpoint_comparison {
    size_t pairs;                                      /* patients in both, counted; 0 when not paired */
    struct abscopal_estimate best_response_difference; /* Newcombe 1998, paired or not (trial/proportions.h) */
    struct abscopal_estimate hazard_ratio;             /* of progression: Cox, Efron's ties; 0 or infinity, without an
                                                          interval, when one arm alone progresses */
    double log_rank_p;
};

/* The arm against the reference: difference and ratio are arm less, and over, reference. Paired, patients of the same
 * number are the same: the difference is of those in both, and the hazard ratio's interval and p have the variance
 * over patients (trial/survival_clusters.h), numbers below patient_count. So they have with weights, paired or not.
 * Either both groups have weights or neither; paired patients have the same in both. Errors as endpoints_median. */
enum abscopal_status endpoints_compare(const struct endpoint_group *arm, const struct endpoint_group *reference,
                                       bool paired, size_t patient_count, struct endpoint_comparison *comparison);

/* Median of the Kaplan-Meier curve (Kaplan 1958, doi:10.1080/01621459.1958.10501452): the first time at which it is
 * at or below one half (as R's survival: the midpoint when it stays exactly at one half until the next event, but the
 * time itself when no event follows). time[n] in any unit, finite and not negative; event[n] is false for a censored
 * time. A time censored at that of an event is still at risk at it. Infinity when the curve never falls that far, NaN
 * when n is 0. Returns ABSCOPAL_BAD_INPUT (a time out of range), ABSCOPAL_NO_MEMORY or ABSCOPAL_OK. */
enum abscopal_status endpoints_kaplan_meier_median(const double *time, const bool *event, size_t n, double *median);

#endif
