#include "trial/endpoints.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>

#include "trial/proportions.h"
#include "trial/quantiles.h"
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

/* Sums over patients. */
struct weighing {
    size_t count; /* of those who have it */
    double having, all, squares;
};

static void weighing_add(struct weighing *sums, bool having, double weight)
{
    sums->count += having;
    sums->having += having ? weight : 0;
    sums->all += weight;
    sums->squares += weight * weight;
}

static double weighing_effective(const struct weighing *sums)
{
    return sums->squares > 0 ? sums->all * sums->all / sums->squares : 0;
}

/* `having` and `all` are whole numbers where all count the same. */
static struct abscopal_share weighing_share(const struct weighing *sums)
{
    const struct proportion share =
        proportion_wilson_of(sums->all > 0 ? sums->having / sums->all : (double)NAN, weighing_effective(sums));
    return (struct abscopal_share){
        .count = sums->count, .fraction = share.value, .lower = share.lower, .upper = share.upper};
}

double endpoints_effective(const double *weights, size_t n)
{
    struct weighing sums = {0};
    for (size_t i = 0; i < n; i++)
        weighing_add(&sums, false, weights != NULL ? weights[i] : 1);
    return weighing_effective(&sums);
}

struct abscopal_share endpoints_share_weighted(const bool *has, const double *weights, size_t n)
{
    struct weighing sums = {0};
    for (size_t i = 0; i < n; i++)
        weighing_add(&sums, has[i], weights != NULL ? weights[i] : 1);
    return weighing_share(&sums);
}

static double weight_of(const struct endpoint_group *group, size_t i)
{
    return group->weights != NULL ? group->weights[i] : 1;
}

struct abscopal_share endpoints_share_of(enum endpoint_share what, const struct endpoint_group *group)
{
    struct weighing sums = {0};
    for (size_t i = 0; i < group->n; i++)
        weighing_add(&sums, has(what, &group->outcomes[i]), weight_of(group, i));
    return weighing_share(&sums);
}

/* ---- Times ------------------------------------------------------------------------------------------ */

/* Times of those who have them; memory for one group or two. */
struct times {
    size_t n;
    double *time;
    bool *event;
    double *weight;
    bool weighted;
};

static void times_close(struct times *times)
{
    free(times->time);
    free(times->event);
    free(times->weight);
}

static bool times_open(struct times *times, size_t n)
{
    *times = (struct times){0};
    times->time = malloc((n + 1) * sizeof *times->time);
    times->event = malloc((n + 1) * sizeof *times->event);
    times->weight = malloc((n + 1) * sizeof *times->weight);
    return times->time != NULL && times->event != NULL && times->weight != NULL;
}

static void times_add(struct times *times, enum endpoint_time what, const struct endpoint_group *group, size_t row)
{
    const struct patient_outcome *outcome = &group->outcomes[row];
    const bool responded = endpoints_is_response(outcome->best_confirmed);
    if (what != ENDPOINT_PROGRESSION_FREE && !responded)
        return;
    const size_t i = times->n++;
    times->weight[i] = weight_of(group, row);
    times->weighted = group->weights != NULL;
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
    return (struct survival_data){
        .time = times->time, .event = times->event, .weight = times->weighted ? times->weight : NULL, .n = times->n};
}

static enum abscopal_status curve_of(enum endpoint_time what, const struct endpoint_group *group,
                                     struct survival_curve *curve)
{
    struct times times;
    enum abscopal_status status = ABSCOPAL_NO_MEMORY;
    *curve = (struct survival_curve){0};
    if (times_open(&times, group->n)) {
        for (size_t i = 0; i < group->n; i++)
            times_add(&times, what, group, i);
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
static enum abscopal_status read_curve(enum endpoint_time what, const struct endpoint_group *group,
                                       struct survival_estimate (*read)(const struct survival_curve *curve, double at),
                                       double at, struct abscopal_estimate *estimate)
{
    struct survival_curve curve;
    const enum abscopal_status status = curve_of(what, group, &curve);
    *estimate = status == ABSCOPAL_OK ? estimate_of(read(&curve, at)) : nothing;
    survival_curve_free(&curve);
    return status;
}

enum abscopal_status endpoints_median(enum endpoint_time what, const struct endpoint_group *group,
                                      struct abscopal_estimate *median)
{
    return read_curve(what, group, survival_quantile, 0.5, median);
}

enum abscopal_status endpoints_progression_free(const struct endpoint_group *group, double day,
                                                struct abscopal_estimate *share)
{
    return read_curve(ENDPOINT_PROGRESSION_FREE, group, survival_at, day, share);
}

enum abscopal_status endpoints_mean_progression_free(const struct endpoint_group *group, double day,
                                                     struct abscopal_estimate *days)
{
    return read_curve(ENDPOINT_PROGRESSION_FREE, group, survival_restricted_mean, day, days);
}

/* The first of the ascending values by which more than that part of the weight is reached. */
static size_t weighed_above(const struct weighed *values, size_t count, double part)
{
    double sum = 0;
    size_t i = 0;
    for (; i + 1 < count; i++) {
        sum += values[i].weight;
        if (sum > part)
            break;
    }
    return i;
}

/* Ascending values of positive weight, at least one. */
static struct abscopal_estimate weighed_median(const struct weighed *values, size_t count, bool weighted)
{
    struct weighing sums = {0};
    for (size_t i = 0; i < count; i++)
        weighing_add(&sums, false, values[i].weight);
    /* Sums of weights that come to one half but for rounding are one half, as they are of numbers of patients. */
    const double all = sums.all, half = all / 2, rounding = weighted ? 1e-12 * all : 0.25;
    struct abscopal_estimate median = nothing;
    median.value = (values[weighed_above(values, count, half - rounding)].value +
                    values[weighed_above(values, count, half + rounding)].value) /
                   2;
    /* The most that can be left off at either end: fewer than `out` of n lie below the median with at most 2.5 %. */
    const double effective = floor(weighing_effective(&sums) * (1 + 1e-12));
    size_t out = 0;
    while (gsl_cdf_binomial_P((unsigned)out, 0.5, (unsigned)effective) <= 0.025)
        out++;
    if (out > 0) {
        const double left_off = ((double)out - 0.5) / effective * all;
        median.lower = values[weighed_above(values, count, left_off)].value;
        median.upper = values[weighed_above(values, count, all - left_off)].value;
    }
    return median;
}

enum abscopal_status endpoints_depth_of_response(const struct endpoint_group *group, struct abscopal_estimate *change)
{
    struct weighed *const changes = malloc((group->n + 1) * sizeof *changes);
    *change = nothing;
    if (changes == NULL)
        return ABSCOPAL_NO_MEMORY;
    size_t count = 0;
    for (size_t i = 0; i < group->n; i++)
        if (!isnan(group->outcomes[i].best_change) && weight_of(group, i) > 0)
            changes[count++] = (struct weighed){group->outcomes[i].best_change, weight_of(group, i)};
    weighed_sort(changes, count);
    if (count > 0)
        *change = weighed_median(changes, count, group->weights != NULL);
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

/* The same patients under two arms. */
struct paired {
    struct proportion_pairs pairs;
    struct weighing sums;
};

static void paired_add(struct paired *paired, bool first, bool second, double weight)
{
    *(first && second ? &paired->pairs.both
      : first         ? &paired->pairs.first_only
      : second        ? &paired->pairs.second_only
                      : &paired->pairs.neither) += weight;
    weighing_add(&paired->sums, true, weight);
}

static struct abscopal_estimate paired_difference(const struct paired *paired)
{
    const struct weighing *sums = &paired->sums;
    const double scale = sums->all > 0 ? weighing_effective(sums) / sums->all : 0; /* 1 without weights */
    const struct proportion_pairs effective = {scale * paired->pairs.both, scale * paired->pairs.first_only,
                                               scale * paired->pairs.second_only, scale * paired->pairs.neither};
    const struct proportion difference = proportion_difference_paired(&effective);
    return (struct abscopal_estimate){difference.value, difference.lower, difference.upper};
}

struct abscopal_estimate endpoints_difference_paired(const bool *first, const bool *second, const double *weights,
                                                     size_t n)
{
    struct paired paired = {.sums = {0}};
    for (size_t i = 0; i < n; i++)
        paired_add(&paired, first[i], second[i], weights != NULL ? weights[i] : 1);
    return paired_difference(&paired);
}

static struct abscopal_estimate difference_paired(enum endpoint_share what, const struct endpoint_group *arm,
                                                  const struct endpoint_group *reference, size_t *pair_count)
{
    struct paired paired = {.sums = {0}};
    for (size_t i = 0, j = 0; i < arm->n && j < reference->n;) {
        if (arm->patients[i] != reference->patients[j]) {
            *(arm->patients[i] < reference->patients[j] ? &i : &j) += 1;
            continue;
        }
        const double weight = weight_of(arm, i);
        const bool first = has(what, &arm->outcomes[i++]);
        const bool second = has(what, &reference->outcomes[j++]);
        paired_add(&paired, first, second, weight);
    }
    *pair_count = paired.sums.count;
    return paired_difference(&paired);
}

static struct proportion share_of(enum endpoint_share what, const struct endpoint_group *group)
{
    const struct abscopal_share share = endpoints_share_of(what, group);
    return (struct proportion){share.fraction, share.lower, share.upper};
}

struct abscopal_estimate endpoints_share_difference(enum endpoint_share what, const struct endpoint_group *arm,
                                                    const struct endpoint_group *reference, bool paired, size_t *pairs)
{
    *pairs = 0;
    if (paired)
        return difference_paired(what, arm, reference, pairs);
    const struct proportion first = share_of(what, arm), second = share_of(what, reference);
    const struct proportion difference = proportion_difference_of(&first, &second);
    return (struct abscopal_estimate){.value = difference.value, .lower = difference.lower, .upper = difference.upper};
}

/* The reference, then the arm. */
struct two_groups {
    struct times times;
    double *covariate; /* 1 in the arm */
    size_t *group;
    size_t *patient; /* the same number, the same patient: below patient_count */
    size_t patient_count;
};

static bool two_groups_open(struct two_groups *two, const struct endpoint_group *arm,
                            const struct endpoint_group *reference, bool paired, size_t patient_count)
{
    const size_t n = arm->n + reference->n;
    two->patient_count = paired ? patient_count : n;
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
        two->patient[i] = paired ? group->patients[row] : i;
        times_add(&two->times, ENDPOINT_PROGRESSION_FREE, group, row);
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
static enum abscopal_status compare_times(const struct two_groups *two, bool paired,
                                          struct endpoint_comparison *comparison)
{
    const struct survival_data data = data_of(&two->times);
    struct survival_cox cox;
    enum abscopal_status status = survival_cox_fit(&data, two->covariate, NULL, SURVIVAL_EFRON, &cox);
    if (status != ABSCOPAL_OK)
        return status;
    comparison->hazard_ratio =
        (struct abscopal_estimate){.value = cox.hazard_ratio, .lower = cox.lower, .upper = cox.upper};
    if (!paired && data.weight == NULL) {
        double observed[2], expected[2];
        struct survival_test test;
        enum survival_status found;
        status = survival_log_rank(&data, two->group, 2, NULL, observed, expected, &test, &found);
        comparison->log_rank_p = status == ABSCOPAL_OK ? test.p : (double)NAN;
        return status;
    }
    struct survival_clustered clustered;
    status = survival_cluster(&data, two->covariate, two->patient, two->patient_count, cox.coefficient, &clustered);
    if (status != ABSCOPAL_OK)
        return status;
    comparison->hazard_ratio.lower = clustered.lower;
    comparison->hazard_ratio.upper = clustered.upper;
    comparison->log_rank_p = clustered.score.p;
    return status;
}

/* Times of a group, with its patients' numbers where these are to be paired, or numbers of their own from `first` on.
 */
static bool sample_open(struct times *times, size_t **numbers, const struct endpoint_group *group, bool paired,
                        size_t first)
{
    const bool has_times = times_open(times, group->n);
    *numbers = malloc((group->n + 1) * sizeof **numbers);
    if (!has_times || *numbers == NULL)
        return false;
    for (size_t i = 0; i < group->n; i++) {
        times_add(times, ENDPOINT_PROGRESSION_FREE, group, i);
        (*numbers)[i] = paired ? group->patients[i] : first + i;
    }
    return true;
}

enum abscopal_status endpoints_progression_difference(const struct endpoint_group *arm,
                                                      const struct endpoint_group *reference, bool paired,
                                                      size_t patient_count, enum survival_reading reading, double day,
                                                      struct abscopal_estimate *difference)
{
    struct times times[2] = {0};
    size_t *numbers[2] = {NULL, NULL};
    struct survival_estimate found;
    enum abscopal_status status = ABSCOPAL_NO_MEMORY;
    *difference = nothing;
    if (sample_open(&times[0], &numbers[0], arm, paired, 0) &&
        sample_open(&times[1], &numbers[1], reference, paired, arm->n)) {
        const struct survival_sample samples[] = {{data_of(&times[0]), numbers[0]}, {data_of(&times[1]), numbers[1]}};
        status = survival_difference(&samples[0], &samples[1], paired ? patient_count : arm->n + reference->n, reading,
                                     day, &found);
    }
    if (status == ABSCOPAL_OK)
        *difference = (struct abscopal_estimate){found.value, found.lower, found.upper};
    for (size_t i = 0; i < 2; i++) {
        times_close(&times[i]);
        free(numbers[i]);
    }
    return status;
}

enum abscopal_status endpoints_compare(const struct endpoint_group *arm, const struct endpoint_group *reference,
                                       bool paired, size_t patient_count, struct endpoint_comparison *comparison)
{
    *comparison = (struct endpoint_comparison){.hazard_ratio = nothing, .log_rank_p = NAN};
    comparison->best_response_difference =
        endpoints_share_difference(ENDPOINT_BEST_RESPONSE, arm, reference, paired, &comparison->pairs);
    struct two_groups two;
    enum abscopal_status status = ABSCOPAL_NO_MEMORY;
    if (two_groups_open(&two, arm, reference, paired, patient_count))
        status = compare_times(&two, paired, comparison);
    two_groups_close(&two);
    return status;
}
