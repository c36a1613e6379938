#include "trial/survival.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

double survival_normal_quantile(void)
{
    return gsl_cdf_ugaussian_Pinv(0.975);
}

/* ---- The curve -----------------------------------------------------------------------------------------------------
 */

struct observation {
    double time, weight;
    bool event;
    size_t copies;
};

static int observation_compare(const void *left, const void *right)
{
    const double a = ((const struct observation *)left)->time, b = ((const struct observation *)right)->time;
    return (a > b) - (a < b);
}

size_t survival_data_copies(const struct survival_data *data, size_t row)
{
    return data->copies == NULL ? 1 : data->copies[row];
}

bool survival_data_valid(const struct survival_data *data)
{
    for (size_t i = 0; i < data->n; i++) {
        if (!isfinite(data->time[i]) || data->time[i] < 0)
            return false;
        if (data->weight != NULL && (!isfinite(data->weight[i]) || data->weight[i] < 0))
            return false;
    }
    return true;
}

/* Sorted observations of positive weight; their number. */
static size_t observations_sort(const struct survival_data *data, struct observation *observations)
{
    size_t count = 0;
    for (size_t i = 0; i < data->n; i++) {
        const double weight = data->weight == NULL ? 1 : data->weight[i];
        const size_t copies = survival_data_copies(data, i);
        if (weight > 0 && copies > 0)
            observations[count++] = (struct observation){
                .time = data->time[i], .weight = weight, .event = data->event[i], .copies = copies};
    }
    if (count > 0)
        qsort(observations, count, sizeof *observations, observation_compare);
    return count;
}

/* One row for each distinct time. Those at risk are added up from the last, which leaves exactly nobody at the end. */
static void rows_count(const struct observation *observations, size_t n, struct survival_curve *curve)
{
    struct survival_row *rows = curve->rows;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || observations[i].time > observations[i - 1].time)
            rows[curve->count++] = (struct survival_row){.time = observations[i].time};
        struct survival_row *row = &rows[curve->count - 1];
        const double weight = observations[i].weight, all = weight * (double)observations[i].copies;
        *(observations[i].event ? &row->events : &row->censored) += all;
        *(observations[i].event ? &row->squared_events : &row->squared_censored) += weight * all;
    }
    double at_risk = 0;
    for (size_t k = curve->count; k-- > 0;) {
        at_risk += rows[k].events + rows[k].censored;
        rows[k].at_risk = at_risk;
        curve->events += rows[k].events;
    }
}

static void row_limits(struct survival_row *row, enum survival_scale scale)
{
    const double s = row->survival, half_width = survival_normal_quantile() * row->log_standard_error;
    row->lower = row->upper = NAN;
    if (isnan(row->log_standard_error) || s <= 0)
        return;
    switch (scale) {
    case SURVIVAL_LOG_LOG:
        if (s < 1) {
            const double half_width_of_log = half_width / -log(s);
            row->lower = exp(log(s) * exp(half_width_of_log));
            row->upper = exp(log(s) * exp(-half_width_of_log));
        }
        break;
    case SURVIVAL_LOG:
        row->lower = exp(log(s) - half_width);
        row->upper = fmin(exp(log(s) + half_width), 1);
        break;
    case SURVIVAL_PLAIN:
        row->lower = fmax(s - half_width * s, 0);
        row->upper = fmin(s + half_width * s, 1);
        break;
    }
}

/* Weight of those who are still there after the row; exactly 0 when it is the last event of all. */
static double weight_left(const struct survival_curve *curve, size_t k)
{
    const struct survival_row *row = &curve->rows[k];
    return row->censored > 0 || k + 1 < curve->count ? row->at_risk - row->events : 0;
}

static double squared_weights(const struct survival_curve *curve)
{
    double sum = 0;
    for (size_t k = 0; k < curve->count; k++)
        sum += curve->rows[k].squared_events + curve->rows[k].squared_censored;
    return sum;
}

/* What one patient of weight 1 adds to log(survival), with the opposite sign: `staying`, that of those who are still
 * there, is the sum of events / (at risk * left) so far, as of Greenwood's formula; an event takes 1 / left off it.
 * Those who left keep what they had: `gone` sums the squares. */
static void rows_estimate_robust(struct survival_curve *curve, enum survival_scale scale)
{
    double survival = 1, staying = 0, gone = 0, squares = squared_weights(curve);
    for (size_t k = 0; k < curve->count; k++) {
        struct survival_row *row = &curve->rows[k];
        const double left = weight_left(curve, k);
        if (row->events > 0) {
            survival *= left / row->at_risk;
            staying += row->events / (row->at_risk * left);
            gone += row->squared_events * (staying - 1 / left) * (staying - 1 / left);
        }
        gone += row->squared_censored * staying * staying;
        squares -= row->squared_events + row->squared_censored;
        row->survival = survival;
        row->log_standard_error = left > 0 ? sqrt(gone + fmax(squares, 0) * staying * staying) : INFINITY;
        row_limits(row, scale);
    }
}

static void rows_estimate(struct survival_curve *curve, enum survival_scale scale)
{
    double survival = 1, greenwood = 0;
    for (size_t k = 0; k < curve->count; k++) {
        struct survival_row *row = &curve->rows[k];
        const double left = weight_left(curve, k);
        if (row->events > 0) {
            survival *= left / row->at_risk;
            greenwood += row->events / (row->at_risk * left);
        }
        row->survival = survival;
        row->log_standard_error = sqrt(greenwood);
        row_limits(row, scale);
    }
}

enum abscopal_status survival_curve_fit(const struct survival_data *data, enum survival_scale scale,
                                        struct survival_curve *curve)
{
    *curve = (struct survival_curve){0};
    if (!survival_data_valid(data))
        return ABSCOPAL_BAD_INPUT;
    struct observation *observations = calloc(data->n + 1, sizeof *observations);
    curve->rows = calloc(data->n + 1, sizeof *curve->rows);
    if (observations == NULL || curve->rows == NULL) {
        free(observations);
        survival_curve_free(curve);
        return ABSCOPAL_NO_MEMORY;
    }
    rows_count(observations, observations_sort(data, observations), curve);
    curve->weighted = data->weight != NULL;
    if (curve->weighted)
        rows_estimate_robust(curve, scale);
    else
        rows_estimate(curve, scale);
    free(observations);
    return ABSCOPAL_OK;
}

void survival_curve_free(struct survival_curve *curve)
{
    free(curve->rows);
    *curve = (struct survival_curve){0};
}

/* ---- Read from the curve --------------------------------------------------------------------------------------------
 */

static const struct survival_estimate nothing = {NAN, NAN, NAN, NAN};

/* Whether the curve says something of that time. */
static bool curve_reaches(const struct survival_curve *curve, double time)
{
    const struct survival_row *last = &curve->rows[curve->count - 1];
    return time <= last->time || last->survival <= 0;
}

struct survival_estimate survival_at(const struct survival_curve *curve, double time)
{
    if (curve->count == 0 || isnan(time) || !curve_reaches(curve, time))
        return nothing;
    size_t rows = 0; /* up to that time */
    while (rows < curve->count && curve->rows[rows].time <= time)
        rows++;
    if (rows == 0)
        return (struct survival_estimate){.value = 1, .standard_error = 0, .lower = 1, .upper = 1};
    const struct survival_row *row = &curve->rows[rows - 1];
    return (struct survival_estimate){.value = row->survival,
                                      .standard_error = row->survival * row->log_standard_error,
                                      .lower = row->lower,
                                      .upper = row->upper};
}

static double row_survival(const struct survival_row *row)
{
    return row->survival;
}

static double row_lower(const struct survival_row *row)
{
    return row->lower;
}

static double row_upper(const struct survival_row *row)
{
    return row->upper;
}

/* The first time at which `height` is at or below `level`; infinity if it never is. Rows without it (NaN) are passed
 * over. */
static double time_at(const struct survival_curve *curve, double (*height)(const struct survival_row *), double level)
{
    const double tolerance = 1.490116119384766e-08; /* 2^-26, as R's survival: the curve is a product of ratios */
    for (size_t k = 0; k < curve->count; k++) {
        const double here = height(&curve->rows[k]), time = curve->rows[k].time;
        if (!(here < level + tolerance))
            continue;
        if (here <= level - tolerance)
            return time;
        for (size_t next = k + 1; next < curve->count; next++)
            if (height(&curve->rows[next]) < here)
                return (time + curve->rows[next].time) / 2;
        return time;
    }
    return INFINITY;
}

struct survival_estimate survival_quantile(const struct survival_curve *curve, double p)
{
    struct survival_estimate quantile = nothing;
    if (curve->count == 0 || !(p > 0 && p < 1))
        return quantile;
    quantile.value = time_at(curve, row_survival, 1 - p);
    bool limits = false;
    for (size_t k = 0; k < curve->count; k++)
        limits = limits || !isnan(curve->rows[k].lower);
    if (!limits)
        return quantile;
    quantile.lower = time_at(curve, row_lower, 1 - p);
    quantile.upper = time_at(curve, row_upper, 1 - p);
    /* The curve jumped past where its lower limit would have been: to 0, which has no limits. */
    if (isinf(quantile.lower) && isfinite(quantile.value))
        quantile.lower = NAN;
    return quantile;
}

static struct survival_estimate mean_of(double area, double variance)
{
    const double standard_error = sqrt(variance), half_width = survival_normal_quantile() * standard_error;
    return (struct survival_estimate){
        .value = area, .standard_error = standard_error, .lower = area - half_width, .upper = area + half_width};
}

/* With weights: the influence of a patient on the area is the area below the influence on the curve (see
 * rows_estimate_robust), that is `passed` while the patient was there, and after that the influence the patient left
 * with, times the area that is to come. */
static struct survival_estimate restricted_mean_robust(const struct survival_curve *curve, double until, size_t rows)
{
    double area = 0, left_of = 0, survival = 1;
    for (size_t k = 0; k <= rows; k++) {
        const double right = k < rows ? curve->rows[k].time : until;
        area += survival > 0 ? survival * (right - left_of) : 0;
        survival = k < rows ? curve->rows[k].survival : 0;
        left_of = right;
    }
    double before = 0, passed = 0, staying = 0, variance = 0, squares = squared_weights(curve);
    left_of = 0;
    survival = 1;
    for (size_t k = 0; k < rows; k++) {
        const struct survival_row *row = &curve->rows[k];
        before += survival * (row->time - left_of);
        passed += survival > 0 ? staying * survival * (row->time - left_of) : 0;
        left_of = row->time;
        survival = row->survival;
        const double left = weight_left(curve, k), to_come = left > 0 ? fmax(area - before, 0) : 0;
        double event = passed, other = passed;
        if (left > 0) {
            staying += row->events / (row->at_risk * left);
            event += (staying - 1 / left) * to_come;
            other += staying * to_come;
        }
        variance += row->squared_events * event * event + row->squared_censored * other * other;
        squares -= row->squared_events + row->squared_censored;
    }
    passed += survival > 0 ? staying * survival * (until - left_of) : 0;
    return mean_of(area, variance + fmax(squares, 0) * passed * passed);
}

struct survival_estimate survival_restricted_mean(const struct survival_curve *curve, double until)
{
    if (curve->count == 0 || !(until > 0) || !curve_reaches(curve, until))
        return nothing;
    size_t rows = 0;
    while (rows < curve->count && curve->rows[rows].time <= until)
        rows++;
    if (curve->weighted)
        return restricted_mean_robust(curve, until, rows);
    /* From the last row to the first: what an event costs is the area beyond it. */
    double area = 0, variance = 0, right = until;
    for (size_t k = rows; k-- > 0;) {
        const struct survival_row *row = &curve->rows[k];
        if (row->survival > 0) { /* otherwise no area, to infinity if asked for */
            area += row->survival * (right - row->time);
            variance += area * area * row->events / (row->at_risk * (row->at_risk - row->events));
        }
        right = row->time;
    }
    return mean_of(area + right, variance);
}
