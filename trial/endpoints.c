#include "trial/endpoints.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>

#include "trial/endpoint_tally.h"
#include "trial/endpoint_times.h"
#include "trial/proportions.h"
#include "trial/quantiles.h"
#include "trial/survival.h"

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

bool endpoints_outcome_has(enum endpoint_share what, const struct patient_outcome *outcome)
{
    return endpoints_has(what, what == ENDPOINT_RESPONSE_AT_HORIZON ? outcome->at_horizon : outcome->best_confirmed);
}

double endpoints_effective(const double *weights, size_t n)
{
    struct endpoint_tally tally = {0};
    for (size_t i = 0; i < n; i++)
        endpoint_tally_add(&tally, false, weights != NULL ? weights[i] : 1, 1);
    return endpoint_tally_effective(&tally);
}

struct abscopal_share endpoints_share_weighted(const bool *has, const double *weights, size_t n)
{
    struct endpoint_tally tally = {0};
    for (size_t i = 0; i < n; i++)
        endpoint_tally_add(&tally, has[i], weights != NULL ? weights[i] : 1, 1);
    return endpoint_tally_share(&tally);
}

struct abscopal_share endpoints_share_of(enum endpoint_share what, const struct endpoint_group *group)
{
    struct endpoint_tally tally = {0};
    for (size_t i = 0; i < group->n; i++)
        endpoint_tally_add(&tally, endpoints_outcome_has(what, &group->outcomes[i]), endpoint_group_weight(group, i),
                           endpoint_group_copies(group, i));
    return endpoint_tally_share(&tally);
}

/* ---- Times ------------------------------------------------------------------------------------------ */

void endpoint_times_close(struct endpoint_times *times)
{
    free(times->time);
    free(times->event);
    free(times->weight);
    free(times->copies);
}

bool endpoint_times_open(struct endpoint_times *times, size_t n)
{
    *times = (struct endpoint_times){0};
    times->time = malloc((n + 1) * sizeof *times->time);
    times->event = malloc((n + 1) * sizeof *times->event);
    times->weight = malloc((n + 1) * sizeof *times->weight);
    times->copies = malloc((n + 1) * sizeof *times->copies);
    return times->time != NULL && times->event != NULL && times->weight != NULL && times->copies != NULL;
}

void endpoint_times_add(struct endpoint_times *times, enum endpoint_time what, const struct endpoint_group *group,
                        size_t row)
{
    const struct patient_outcome *outcome = &group->outcomes[row];
    const bool responded = endpoints_is_response(outcome->best_confirmed);
    if (what != ENDPOINT_PROGRESSION_FREE && !responded)
        return;
    const size_t i = times->n++;
    times->weight[i] = endpoint_group_weight(group, row);
    times->weighted = group->weights != NULL;
    times->copies[i] = endpoint_group_copies(group, row);
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

struct survival_data endpoint_times_data(const struct endpoint_times *times)
{
    return (struct survival_data){.time = times->time,
                                  .event = times->event,
                                  .weight = times->weighted ? times->weight : NULL,
                                  .copies = times->copies,
                                  .n = times->n};
}

static enum abscopal_status curve_of(enum endpoint_time what, const struct endpoint_group *group,
                                     struct survival_curve *curve)
{
    struct endpoint_times times;
    enum abscopal_status status = ABSCOPAL_NO_MEMORY;
    *curve = (struct survival_curve){0};
    if (endpoint_times_open(&times, group->n)) {
        for (size_t i = 0; i < group->n; i++)
            endpoint_times_add(&times, what, group, i);
        const struct survival_data data = endpoint_times_data(&times);
        status = survival_curve_fit(&data, SURVIVAL_LOG_LOG, curve);
    }
    endpoint_times_close(&times);
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

/* ---- Depth of response ------------------------------------------------------------------------------ */

/* The most of so many that can be left off at either end of the order: fewer than that lie below the median with at
 * most 2.5 %. By halving, as the probability rises with the number. */
static size_t left_off_of(double patients)
{
    size_t out = 0, above = (size_t)patients + 1;
    while (out < above) {
        const size_t middle = (out + above) / 2;
        if (gsl_cdf_binomial_P((unsigned)middle, 0.5, (unsigned)patients) <= 0.025)
            out = middle + 1;
        else
            above = middle;
    }
    return out;
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

/* Ascending values of positive weight, at least one, and the tally of their patients. */
static struct abscopal_estimate weighed_median(const struct weighed *values, size_t count, bool weighted,
                                               const struct endpoint_tally *tally)
{
    /* Sums of weights that come to one half but for rounding are one half, as they are of numbers of patients. */
    const double all = tally->all, half = all / 2, rounding = weighted ? 1e-12 * all : 0.25;
    struct abscopal_estimate median = nothing;
    median.value = (values[weighed_above(values, count, half - rounding)].value +
                    values[weighed_above(values, count, half + rounding)].value) /
                   2;
    const double effective = floor(endpoint_tally_effective(tally) * (1 + 1e-12));
    const size_t out = left_off_of(effective);
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
    struct endpoint_tally tally = {0};
    *change = nothing;
    if (changes == NULL)
        return ABSCOPAL_NO_MEMORY;
    size_t count = 0;
    for (size_t i = 0; i < group->n; i++) {
        const double weight = endpoint_group_weight(group, i);
        const size_t copies = endpoint_group_copies(group, i);
        if (isnan(group->outcomes[i].best_change) || !(weight > 0) || copies == 0)
            continue;
        changes[count++] = (struct weighed){group->outcomes[i].best_change, weight * (double)copies};
        endpoint_tally_add(&tally, false, weight, copies);
    }
    weighed_sort(changes, count);
    if (count > 0)
        *change = weighed_median(changes, count, group->weights != NULL, &tally);
    free(changes);
    return ABSCOPAL_OK;
}

size_t endpoints_depth_ranks(size_t patients, size_t ranks[4])
{
    const size_t out = left_off_of((double)patients);
    if (patients == 0)
        return 0;
    ranks[0] = (patients - 1) / 2;
    ranks[1] = patients / 2;
    if (out == 0)
        return 2;
    ranks[2] = out - 1;
    ranks[3] = patients - out;
    return 4;
}

struct abscopal_estimate endpoints_depth_at_ranks(const double *changes, size_t count)
{
    struct abscopal_estimate depth = nothing;
    if (count >= 2)
        depth.value = (changes[0] + changes[1]) / 2;
    if (count == 4) {
        depth.lower = changes[2];
        depth.upper = changes[3];
    }
    return depth;
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
