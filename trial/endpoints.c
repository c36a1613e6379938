#include "trial/endpoints.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>

#include "trial/proportions.h"
#include "trial/survival.h"
#include "trial/survival_clusters.h"

static const struct abscopal_estimate nothing = {.value = NAN, .lower = NAN, .upper = NAN};

/* ---- Shares ----------------------------------------------------------------------------------------- */

struct abscopal_share endpoints_share(size_t count, size_t total)
{
    const struct proportion share = proportion_wilson(count, total);
    return (struct abscopal_share){
        .count = total == 0 ? 0 : count, .fraction = share.value, .lower = share.lower, .upper = share.upper};
}

bool endpoints_is_response(enum response response)
{
    return response == RESPONSE_COMPLETE || response == RESPONSE_PARTIAL;
}

bool endpoints_has(enum endpoint_share what, enum response response)
{
    switch (what) {
    case ENDPOINT_RESPONSE_AT_HORIZON:
    case ENDPOINT_BEST_RESPONSE:
        return endpoints_is_response(response);
    case ENDPOINT_COMPLETE_RESPONSE:
        return response == RESPONSE_COMPLETE;
    case ENDPOINT_DISEASE_CONTROL:
        return endpoints_is_response(response) || response == RESPONSE_STABLE || response == RESPONSE_NON_CR_NON_PD;
    case ENDPOINT_PROGRESSIVE_DISEASE:
        return response == RESPONSE_PROGRESSIVE;
    }
    return false;
}

static bool has(enum endpoint_share what, const struct patient_outcome *outcome)
{
    return endpoints_has(what, what == ENDPOINT_RESPONSE_AT_HORIZON ? outcome->at_horizon : outcome->best_confirmed);
}

struct abscopal_share endpoints_share_of(enum endpoint_share what, const struct patient_outcome *outcomes, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += has(what, &outcomes[i]);
    return endpoints_share(count, n);
}

/* ---- Times ------------------------------------------------------------------------------------------ */

/* Times of those who have them; memory for one group or two. */
struct times {
    size_t n;
    double *time;
    bool *event;
};

static void times_close(struct times *times)
{
    free(times->time);
    free(times->event);
}

static bool times_open(struct times *times, size_t n)
{
    *times = (struct times){0};
    times->time = malloc((n + 1) * sizeof *times->time);
    times->event = malloc((n + 1) * sizeof *times->event);
    return times->time != NULL && times->event != NULL;
}

static void times_add(struct times *times, enum endpoint_time what, const struct patient_outcome *outcome)
{
    const bool responded = endpoints_is_response(outcome->best_confirmed);
    if (what != ENDPOINT_PROGRESSION_FREE && !responded)
        return;
    const size_t i = times->n++;
    switch (what) {
    case ENDPOINT_PROGRESSION_FREE:
        times->time[i] = outcome->pfs_day;
        times->event[i] = outcome->pfs_event;
        break;
    case ENDPOINT_DURATION_OF_RESPONSE:
        times->time[i] = outcome->response_end_day - outcome->confirmed_response_day;
        times->event[i] = outcome->response_ended;
        break;
    case ENDPOINT_TIME_TO_RESPONSE:
        times->time[i] = outcome->confirmed_response_day;
        times->event[i] = true;
        break;
    }
}

static struct survival_data data_of(const struct times *times)
{
    return (struct survival_data){.time = times->time, .event = times->event, .n = times->n};
}

static enum abscopal_status curve_of(enum endpoint_time what, const struct patient_outcome *outcomes, size_t n,
                                     struct survival_curve *curve)
{
    struct times times;
    enum abscopal_status status = ABSCOPAL_NO_MEMORY;
    *curve = (struct survival_curve){0};
    if (times_open(&times, n)) {
        for (size_t i = 0; i < n; i++)
            times_add(&times, what, &outcomes[i]);
        const struct survival_data data = data_of(&times);
        status = survival_curve_fit(&data, SURVIVAL_LOG_LOG, curve);
    }
    times_close(&times);
    return status;
}

static struct abscopal_estimate estimate_of(struct survival_estimate estimate)
{
    return (struct abscopal_estimate){.value = estimate.value, .lower = estimate.lower, .upper = estimate.upper};
}

/* What a function reads off the curve, at a share or a day. */
static enum abscopal_status read_curve(enum endpoint_time what, const struct patient_outcome *outcomes, size_t n,
                                       struct survival_estimate (*read)(const struct survival_curve *curve, double at),
                                       double at, struct abscopal_estimate *estimate)
{
    struct survival_curve curve;
    const enum abscopal_status status = curve_of(what, outcomes, n, &curve);
    *estimate = status == ABSCOPAL_OK ? estimate_of(read(&curve, at)) : nothing;
    survival_curve_free(&curve);
    return status;
}

enum abscopal_status endpoints_median(enum endpoint_time what, const struct patient_outcome *outcomes, size_t n,
                                      struct abscopal_estimate *median)
{
    return read_curve(what, outcomes, n, survival_quantile, 0.5, median);
}

enum abscopal_status endpoints_progression_free(const struct patient_outcome *outcomes, size_t n, double day,
                                                struct abscopal_estimate *share)
{
    return read_curve(ENDPOINT_PROGRESSION_FREE, outcomes, n, survival_at, day, share);
}

enum abscopal_status endpoints_mean_progression_free(const struct patient_outcome *outcomes, size_t n, double day,
                                                     struct abscopal_estimate *days)
{
    return read_curve(ENDPOINT_PROGRESSION_FREE, outcomes, n, survival_restricted_mean, day, days);
}

static int compare_numbers(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

enum abscopal_status endpoints_depth_of_response(const struct patient_outcome *outcomes, size_t n,
                                                 struct abscopal_estimate *change)
{
    double *const changes = malloc((n + 1) * sizeof *changes);
    *change = nothing;
    if (changes == NULL)
        return ABSCOPAL_NO_MEMORY;
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(outcomes[i].best_change))
            changes[count++] = outcomes[i].best_change;
    qsort(changes, count, sizeof *changes, compare_numbers);
    if (count > 0)
        change->value = (changes[(count - 1) / 2] + changes[count / 2]) / 2;
    /* The most that can be left off at either end: fewer than `out` of n lie below the median with at most 2.5 %. */
    size_t out = 0;
    while (count > 0 && gsl_cdf_binomial_P((unsigned)out, 0.5, (unsigned)count) <= 0.025)
        out++;
    if (out > 0) {
        change->lower = changes[out - 1];
        change->upper = changes[count - out];
    }
    free(changes);
    return ABSCOPAL_OK;
}

enum abscopal_status endpoints_kaplan_meier_median(const double *time, const bool *event, size_t n, double *median)
{
    *median = NAN;
    const struct survival_data data = {.time = time, .event = event, .n = n};
    struct survival_curve curve;
    const enum abscopal_status status = survival_curve_fit(&data, SURVIVAL_LOG_LOG, &curve);
    if (status == ABSCOPAL_OK)
        *median = survival_quantile(&curve, 0.5).value;
    survival_curve_free(&curve);
    return status;
}

/* ---- Comparisons ------------------------------------------------------------------------------------ */

static struct proportion difference_paired(const struct endpoint_group *arm, const struct endpoint_group *reference,
                                           size_t *pair_count)
{
    struct proportion_pairs pairs = {0};
    for (size_t i = 0, j = 0; i < arm->n && j < reference->n;) {
        if (arm->patients[i] != reference->patients[j]) {
            *(arm->patients[i] < reference->patients[j] ? &i : &j) += 1;
            continue;
        }
        const bool first = has(ENDPOINT_BEST_RESPONSE, &arm->outcomes[i++]);
        const bool second = has(ENDPOINT_BEST_RESPONSE, &reference->outcomes[j++]);
        *(first && second ? &pairs.both
          : first         ? &pairs.first_only
          : second        ? &pairs.second_only
                          : &pairs.neither) += 1;
    }
    *pair_count = pairs.both + pairs.first_only + pairs.second_only + pairs.neither;
    return proportion_difference_paired(&pairs);
}

static struct proportion difference(const struct endpoint_group *arm, const struct endpoint_group *reference)
{
    return proportion_difference(endpoints_share_of(ENDPOINT_BEST_RESPONSE, arm->outcomes, arm->n).count, arm->n,
                                 endpoints_share_of(ENDPOINT_BEST_RESPONSE, reference->outcomes, reference->n).count,
                                 reference->n);
}

/* The reference, then the arm. */
struct two_groups {
    struct times times;
    double *covariate; /* 1 in the arm */
    size_t *group;
    size_t *patient;
};

static bool two_groups_open(struct two_groups *two, const struct endpoint_group *arm,
                            const struct endpoint_group *reference)
{
    const size_t n = arm->n + reference->n;
    const bool has_times = times_open(&two->times, n);
    two->covariate = malloc((n + 1) * sizeof *two->covariate);
    two->group = malloc((n + 1) * sizeof *two->group);
    two->patient = malloc((n + 1) * sizeof *two->patient);
    if (!has_times || two->covariate == NULL || two->group == NULL || two->patient == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        const bool in_arm = i >= reference->n;
        const struct endpoint_group *group = in_arm ? arm : reference;
        const size_t row = in_arm ? i - reference->n : i;
        two->covariate[i] = in_arm;
        two->group[i] = in_arm;
        two->patient[i] = group->patients[row];
        times_add(&two->times, ENDPOINT_PROGRESSION_FREE, &group->outcomes[row]);
    }
    return true;
}

static void two_groups_close(struct two_groups *two)
{
    times_close(&two->times);
    free(two->covariate);
    free(two->group);
    free(two->patient);
}

/* Hazard ratio and p. */
static enum abscopal_status compare_times(const struct two_groups *two, bool paired, size_t patient_count,
                                          struct endpoint_comparison *comparison)
{
    const struct survival_data data = data_of(&two->times);
    struct survival_cox cox;
    enum abscopal_status status = survival_cox_fit(&data, two->covariate, NULL, SURVIVAL_EFRON, &cox);
    if (status != ABSCOPAL_OK)
        return status;
    comparison->hazard_ratio =
        (struct abscopal_estimate){.value = cox.hazard_ratio, .lower = cox.lower, .upper = cox.upper};
    if (!paired) {
        double observed[2], expected[2];
        struct survival_test test;
        enum survival_status found;
        status = survival_log_rank(&data, two->group, 2, NULL, observed, expected, &test, &found);
        comparison->log_rank_p = status == ABSCOPAL_OK ? test.p : (double)NAN;
        return status;
    }
    struct survival_clustered clustered;
    status = survival_cluster(&data, two->covariate, two->patient, patient_count, cox.coefficient, &clustered);
    if (status != ABSCOPAL_OK)
        return status;
    comparison->hazard_ratio.lower = clustered.lower;
    comparison->hazard_ratio.upper = clustered.upper;
    comparison->log_rank_p = clustered.score.p;
    return status;
}

enum abscopal_status endpoints_compare(const struct endpoint_group *arm, const struct endpoint_group *reference,
                                       bool paired, size_t patient_count, struct endpoint_comparison *comparison)
{
    *comparison = (struct endpoint_comparison){.hazard_ratio = nothing, .log_rank_p = NAN};
    const struct proportion share =
        paired ? difference_paired(arm, reference, &comparison->pairs) : difference(arm, reference);
    comparison->best_response_difference =
        (struct abscopal_estimate){.value = share.value, .lower = share.lower, .upper = share.upper};
    struct two_groups two;
    enum abscopal_status status = ABSCOPAL_NO_MEMORY;
    if (two_groups_open(&two, arm, reference))
        status = compare_times(&two, paired, patient_count, comparison);
    two_groups_close(&two);
    return status;
}
