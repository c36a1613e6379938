#include "trial/endpoints.h"

#include <math.h>
#include <stdlib.h>

/* 97.5 % quantile of the standard normal distribution. */
static const double normal_quantile = 1.959963984540054;

struct abscopal_share endpoints_share(size_t count, size_t total)
{
    if (total == 0)
        return (struct abscopal_share){.count = 0, .fraction = NAN, .lower = NAN, .upper = NAN};
    const double n = (double)total, p = (double)count / n, z = normal_quantile;
    const double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
    const double half_width = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    struct abscopal_share share = {
        .count = count, .fraction = p, .lower = centre - half_width, .upper = centre + half_width};
    /* Exact where rounding would leave 1e-17 or so. */
    if (count == 0)
        share.lower = 0;
    if (count == total)
        share.upper = 1;
    return share;
}

struct survival_time {
    double time;
    bool event;
};

static int compare_times(const void *left, const void *right)
{
    const double a = ((const struct survival_time *)left)->time, b = ((const struct survival_time *)right)->time;
    return (a > b) - (a < b);
}

/* Median of n sorted times. */
static double median_of_sorted(const struct survival_time *times, size_t n)
{
    const double tolerance = 1.490116119384766e-08; /* 2^-26, as R's survival: the curve is a product of ratios */
    double survival = 1, half_reached_at = NAN;
    for (size_t first = 0, next; first < n; first = next) {
        size_t events = 0;
        for (next = first; next < n && times[next].time <= times[first].time; next++)
            events += times[next].event;
        if (events == 0)
            continue;
        if (!isnan(half_reached_at))
            return (half_reached_at + times[first].time) / 2;
        const double at_risk = (double)(n - first);
        survival *= (at_risk - (double)events) / at_risk;
        if (survival <= 0.5 - tolerance)
            return times[first].time;
        if (survival < 0.5 + tolerance)
            half_reached_at = times[first].time;
    }
    return isnan(half_reached_at) ? INFINITY : half_reached_at;
}

enum abscopal_status endpoints_kaplan_meier_median(const double *time, const bool *event, size_t n, double *median)
{
    *median = NAN;
    if (n == 0)
        return ABSCOPAL_OK;
    struct survival_time *times = malloc(n * sizeof *times);
    if (times == NULL)
        return ABSCOPAL_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        times[i] = (struct survival_time){.time = time[i], .event = event[i]};
    qsort(times, n, sizeof *times, compare_times);
    *median = median_of_sorted(times, n);
    free(times);
    return ABSCOPAL_OK;
}
