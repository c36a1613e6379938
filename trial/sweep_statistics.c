#include "trial/sweep_statistics.h"

#include <math.h>
#include <stdlib.h>

#include "trial/endpoints.h"

static const struct abscopal_estimate nothing = {.value = NAN, .lower = NAN, .upper = NAN};

size_t sweep_column_count(const struct sweep_file *sweep)
{
    return sweep->endpoint_count + 2;
}

size_t sweep_day_column(const struct sweep_file *sweep)
{
    return sweep->endpoint_count;
}

size_t sweep_event_column(const struct sweep_file *sweep)
{
    return sweep->endpoint_count + 1;
}

/* ---- Patients --------------------------------------------------------------------------------------- */

/* Those who count, with what they have at one point or at two. */
struct members {
    size_t n;
    double *first, *second; /* of the column asked for; second only of two points */
    bool *first_has, *second_has;
    double *weights;
    size_t *patients;
    struct patient_outcome *outcomes, *others; /* progression alone */
};

static void members_close(struct members *members)
{
    free(members->first);
    free(members->second);
    free(members->first_has);
    free(members->second_has);
    free(members->weights);
    free(members->patients);
    free(members->outcomes);
    free(members->others);
}

static bool members_open(struct members *members, size_t n)
{
    *members = (struct members){.first = malloc((n + 1) * sizeof(double)),
                                .second = malloc((n + 1) * sizeof(double)),
                                .first_has = malloc(n + 1),
                                .second_has = malloc(n + 1),
                                .weights = malloc((n + 1) * sizeof(double)),
                                .patients = malloc((n + 1) * sizeof(size_t)),
                                .outcomes = calloc(n + 1, sizeof(struct patient_outcome)),
                                .others = calloc(n + 1, sizeof(struct patient_outcome))};
    return members->first != NULL && members->second != NULL && members->first_has != NULL &&
           members->second_has != NULL && members->weights != NULL && members->patients != NULL &&
           members->outcomes != NULL && members->others != NULL;
}

static void progression_read(const struct sweep_sample *sample, const double *values, size_t patient,
                             struct patient_outcome *outcome)
{
    outcome->pfs_day = values[sweep_day_column(sample->sweep) * sample->n + patient];
    outcome->pfs_event = values[sweep_event_column(sample->sweep) * sample->n + patient] > 0;
}

/* Patients who have the column at the point, or at both. */
static void members_fill(struct members *members, const struct sweep_sample *sample, size_t column, const double *first,
                         const double *second)
{
    const double *one = first + column * sample->n, *other = second != NULL ? second + column * sample->n : one;
    for (size_t i = 0; i < sample->n; i++) {
        if ((sample->counts != NULL && !sample->counts[i]) || isnan(one[i]) || isnan(other[i]))
            continue;
        const size_t n = members->n++;
        members->first[n] = one[i];
        members->second[n] = other[i];
        members->first_has[n] = one[i] > 0;
        members->second_has[n] = other[i] > 0;
        members->weights[n] = sample->weights != NULL ? sample->weights[i] : 1;
        members->patients[n] = i;
        progression_read(sample, first, i, &members->outcomes[n]);
        progression_read(sample, second != NULL ? second : first, i, &members->others[n]);
    }
}

static bool is_of_curve(enum sweep_measure measure)
{
    return measure == SWEEP_SURVIVAL || measure == SWEEP_MEAN_TIME || measure == SWEEP_MEDIAN_TIME ||
           measure == SWEEP_HAZARD_RATIO;
}

static enum abscopal_status members_read(struct members *members, const struct sweep_sample *sample, size_t endpoint,
                                         const double *first, const double *second)
{
    const struct sweep_file *sweep = sample->sweep;
    const size_t column = is_of_curve(sweep->endpoints[endpoint].row->measure) ? sweep_day_column(sweep) : endpoint;
    if (!members_open(members, sample->n))
        return ABSCOPAL_NO_MEMORY;
    members_fill(members, sample, column, first, second);
    return ABSCOPAL_OK;
}

/* ---- Means ------------------------------------------------------------------------------------------ */

static struct abscopal_estimate mean_of(const double *values, const double *weights, size_t n)
{
    double sum = 0, all = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        const double weight = weights != NULL ? weights[i] : 1;
        sum += weight * values[i];
        all += weight;
    }
    if (!(all > 0))
        return nothing;
    const double mean = sum / all;
    for (size_t i = 0; i < n; i++) {
        const double part = (weights != NULL ? weights[i] : 1) * (values[i] - mean);
        squares += part * part;
    }
    const double half = n > 1 ? survival_normal_quantile() * sqrt(squares * (double)n / (double)(n - 1)) / all : NAN;
    return (struct abscopal_estimate){mean, mean - half, mean + half};
}

/* ---- The curve -------------------------------------------------------------------------------------- */

static struct endpoint_group group_of(const struct members *members, const struct patient_outcome *outcomes,
                                      const double *weights)
{
    return (struct endpoint_group){
        .n = members->n, .outcomes = outcomes, .patients = members->patients, .weights = weights};
}

static double day_of(const struct sweep_file *sweep, const struct sweep_endpoint *endpoint)
{
    return isnan(endpoint->at_days) ? sweep->until_days : endpoint->at_days;
}

/* The curve goes on beyond the last visit, where nobody has been seen, as it was there. */
static double last_seen(const struct endpoint_group *group, double day)
{
    double last = 0;
    for (size_t i = 0; i < group->n; i++)
        last = fmax(last, group->outcomes[i].pfs_day);
    return fmin(day, last);
}

static enum abscopal_status curve_estimate(const struct endpoint_group *group, enum sweep_measure measure, double day,
                                           struct abscopal_estimate *estimate)
{
    if (measure == SWEEP_SURVIVAL)
        return endpoints_progression_free(group, last_seen(group, day), estimate);
    if (measure == SWEEP_MEAN_TIME)
        return endpoints_mean_progression_free(group, last_seen(group, day), estimate);
    return endpoints_median(ENDPOINT_PROGRESSION_FREE, group, estimate);
}

static enum abscopal_status curve_difference(const struct members *members, const double *weights, size_t patients,
                                             enum sweep_measure measure, double day,
                                             struct abscopal_estimate *difference)
{
    const struct endpoint_group first = group_of(members, members->outcomes, weights);
    const struct endpoint_group second = group_of(members, members->others, weights);
    if (measure != SWEEP_MEDIAN_TIME) {
        const double seen = fmin(last_seen(&first, day), last_seen(&second, day));
        return endpoints_progression_difference(
            &first, &second, true, patients, measure == SWEEP_SURVIVAL ? SURVIVAL_AT : SURVIVAL_MEAN, seen, difference);
    }
    struct abscopal_estimate one = nothing, other = nothing;
    enum abscopal_status status = curve_estimate(&first, measure, day, &one);
    if (status == ABSCOPAL_OK)
        status = curve_estimate(&second, measure, day, &other);
    difference->value = one.value - other.value;
    return status;
}

/* ---- Endpoints -------------------------------------------------------------------------------------- */

static enum abscopal_status hazard_ratio(const struct sweep_sample *sample, size_t endpoint, const double *values,
                                         const double *reference, struct abscopal_estimate *estimate)
{
    struct members members;
    struct endpoint_comparison comparison = {.hazard_ratio = nothing};
    enum abscopal_status status = members_read(&members, sample, endpoint, values, reference);
    const double *weights = sample->weights != NULL ? members.weights : NULL;
    if (status == ABSCOPAL_OK && members.n > 0) {
        const struct endpoint_group arm = group_of(&members, members.outcomes, weights);
        const struct endpoint_group other = group_of(&members, members.others, weights);
        status = endpoints_compare(&arm, &other, true, sample->n, &comparison);
    }
    *estimate = comparison.hazard_ratio;
    members_close(&members);
    return status;
}

enum abscopal_status sweep_estimate(const struct sweep_sample *sample, size_t endpoint, const double *values,
                                    const double *reference, struct abscopal_estimate *estimate)
{
    const struct sweep_endpoint *of = &sample->sweep->endpoints[endpoint];
    *estimate = nothing;
    if (of->row->measure == SWEEP_HAZARD_RATIO)
        return hazard_ratio(sample, endpoint, values, reference, estimate);
    struct members members;
    enum abscopal_status status = members_read(&members, sample, endpoint, values, NULL);
    const double *weights = sample->weights != NULL ? members.weights : NULL;
    if (status == ABSCOPAL_OK && members.n > 0 && of->row->measure == SWEEP_SHARE) {
        const struct abscopal_share share = endpoints_share_weighted(members.first_has, weights, members.n);
        *estimate = (struct abscopal_estimate){share.fraction, share.lower, share.upper};
    } else if (status == ABSCOPAL_OK && members.n > 0 && of->row->measure == SWEEP_MEAN_CHANGE) {
        *estimate = mean_of(members.first, weights, members.n);
    } else if (status == ABSCOPAL_OK && members.n > 0) {
        const struct endpoint_group group = group_of(&members, members.outcomes, weights);
        status = curve_estimate(&group, of->row->measure, day_of(sample->sweep, of), estimate);
    }
    members_close(&members);
    return status;
}

enum abscopal_status sweep_difference(const struct sweep_sample *sample, size_t endpoint, const double *first,
                                      const double *second, struct abscopal_estimate *difference)
{
    const struct sweep_endpoint *of = &sample->sweep->endpoints[endpoint];
    struct members members;
    *difference = nothing;
    if (of->row->measure == SWEEP_HAZARD_RATIO)
        return ABSCOPAL_OK;
    enum abscopal_status status = members_read(&members, sample, endpoint, first, second);
    const double *weights = sample->weights != NULL ? members.weights : NULL;
    if (status == ABSCOPAL_OK && members.n > 0 && of->row->measure == SWEEP_SHARE) {
        *difference = endpoints_difference_paired(members.first_has, members.second_has, weights, members.n);
    } else if (status == ABSCOPAL_OK && members.n > 0 && of->row->measure == SWEEP_MEAN_CHANGE) {
        for (size_t i = 0; i < members.n; i++)
            members.first[i] -= members.second[i];
        *difference = mean_of(members.first, weights, members.n);
    } else if (status == ABSCOPAL_OK && members.n > 0) {
        status =
            curve_difference(&members, weights, sample->n, of->row->measure, day_of(sample->sweep, of), difference);
    }
    members_close(&members);
    return status;
}
