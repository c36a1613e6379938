#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>

#include "trial/sensitivity.h"

/* A factor with more than so much of the inverse's diagonal follows from the others. */
static const double most_inflation = 1e10;

/* The sample with the order of each of its columns: the factors, then the values. */
struct ordered {
    const struct rank_sample *sample;
    size_t columns;
    size_t *order; /* [column][n] rows, ascending */
};

static const double *column_of(const struct rank_sample *sample, size_t column)
{
    return column < sample->factor_count ? sample->factors + column * sample->n : sample->values;
}

static int compare_rows(const void *a, const void *b, void *values)
{
    const double first = ((const double *)values)[*(const size_t *)a],
                 second = ((const double *)values)[*(const size_t *)b];
    return (first > second) - (first < second);
}

static bool ordered_open(struct ordered *ordered, const struct rank_sample *sample)
{
    *ordered = (struct ordered){.sample = sample, .columns = sample->factor_count + 1};
    ordered->order = malloc((ordered->columns * sample->n + 1) * sizeof *ordered->order);
    for (size_t column = 0; ordered->order != NULL && column < ordered->columns; column++) {
        size_t *order = ordered->order + column * sample->n;
        for (size_t row = 0; row < sample->n; row++)
            order[row] = row;
        qsort_r(order, sample->n, sizeof *order, compare_rows, (void *)column_of(sample, column));
    }
    return ordered->order != NULL;
}

/* Where one resample is worked out. */
struct room {
    uint32_t *counts;  /* [n] */
    double *ranks;     /* [column][n] less their mean, times the root of how often the row counts */
    gsl_matrix *among; /* correlations of the factors' ranks; then its inverse */
    double *with;      /* [factor] correlations with those of the values */
};

static void room_close(struct room *room)
{
    free(room->counts);
    free(room->ranks);
    if (room->among != NULL)
        gsl_matrix_free(room->among);
    free(room->with);
}

static bool room_open(struct room *room, const struct ordered *ordered)
{
    const size_t n = ordered->sample->n, factors = ordered->sample->factor_count;
    *room = (struct room){.counts = calloc(n + 1, sizeof(uint32_t)),
                          .ranks = calloc(ordered->columns * n + 1, sizeof(double)),
                          .among = gsl_matrix_alloc(factors, factors),
                          .with = calloc(factors + 1, sizeof(double))};
    return room->counts != NULL && room->ranks != NULL && room->among != NULL && room->with != NULL;
}

/* Midranks of rows that count so often. */
static void ranks_fill(const struct ordered *ordered, size_t column, struct room *room)
{
    const size_t n = ordered->sample->n, *order = ordered->order + column * n;
    const double *values = column_of(ordered->sample, column), middle = ((double)n + 1) / 2;
    double before = 0;
    for (size_t first = 0, end; first < n; first = end) {
        double tied = 0;
        for (end = first; end < n && values[order[end]] == values[order[first]]; end++)
            tied += room->counts[order[end]];
        for (size_t i = first; i < end; i++)
            room->ranks[column * n + order[i]] =
                (before + (tied + 1) / 2 - middle) * sqrt((double)room->counts[order[i]]);
        before += tied;
    }
}

static double product(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Correlations of ranks; false when a column does not vary. */
static bool correlate(const struct ordered *ordered, struct room *room)
{
    const size_t n = ordered->sample->n, factors = ordered->sample->factor_count;
    for (size_t column = 0; column < ordered->columns; column++) {
        double *ranks = room->ranks + column * n;
        ranks_fill(ordered, column, room);
        const double length = sqrt(product(ranks, ranks, n));
        if (!(length > 0))
            return false;
        for (size_t i = 0; i < n; i++)
            ranks[i] /= length;
    }
    for (size_t i = 0; i < factors; i++) {
        for (size_t j = 0; j <= i; j++) {
            const double value = i == j ? 1 : product(room->ranks + i * n, room->ranks + j * n, n);
            gsl_matrix_set(room->among, i, j, value);
            gsl_matrix_set(room->among, j, i, value);
        }
        room->with[i] = product(room->ranks + i * n, room->ranks + factors * n, n);
    }
    return true;
}

/* Of the rows counted: with C the inverse of the factors' correlations, b = C r their coefficients and s = 1 - r'b what
 * is left of the values' variance, the partial correlations are b_i / sqrt(b_i^2 + C_ii s), as t tests of regression
 * coefficients have it. */
static void correlations_of(const struct ordered *ordered, struct room *room, double *found)
{
    const size_t factors = ordered->sample->factor_count;
    for (size_t i = 0; i < factors; i++)
        found[i] = (double)NAN;
    if (!correlate(ordered, room) || gsl_linalg_cholesky_decomp1(room->among) != GSL_SUCCESS ||
        gsl_linalg_cholesky_invert(room->among) != GSL_SUCCESS)
        return;
    double left = 1;
    for (size_t i = 0; i < factors; i++)
        if (!(gsl_matrix_get(room->among, i, i) < most_inflation))
            return;
    for (size_t i = 0; i < factors; i++) {
        const double *row = gsl_matrix_const_ptr(room->among, i, 0);
        found[i] = product(row, room->with, factors);
        left -= found[i] * room->with[i];
    }
    for (size_t i = 0; i < factors; i++)
        found[i] /= sqrt(found[i] * found[i] + gsl_matrix_get(room->among, i, i) * fmax(left, 0));
}

static double p_value(double correlation, size_t n, size_t factors)
{
    const double freedom = (double)(n - factors - 1), square = correlation * correlation;
    if (isnan(correlation))
        return (double)NAN;
    return square < 1 ? 2 * gsl_cdf_tdist_Q(sqrt(square * freedom / (1 - square)), freedom) : 0;
}

/* values[resample][factor]; false without memory. */
static bool resample_all(const struct ordered *ordered, const struct sensitivity_bootstrap *bootstrap, double *values)
{
    bool memory = true;
#pragma omp parallel reduction(&& : memory) num_threads(sensitivity_threads(bootstrap))
    {
        struct room room;
        memory = room_open(&room, ordered);
#pragma omp for schedule(static)
        for (size_t i = 0; i < bootstrap->resamples; i++) {
            if (!memory)
                continue;
            sensitivity_resample(bootstrap, i, ordered->sample->n, room.counts);
            correlations_of(ordered, &room, values + i * ordered->sample->factor_count);
        }
        room_close(&room);
    }
    return memory;
}

static void correlations_all(const struct ordered *ordered, struct room *room, double *found)
{
    for (size_t row = 0; row < ordered->sample->n; row++)
        room->counts[row] = 1;
    correlations_of(ordered, room, found);
}

enum abscopal_status rank_correlations_find(const struct rank_sample *sample,
                                            const struct sensitivity_bootstrap *bootstrap,
                                            struct rank_correlation *found)
{
    const size_t factors = sample->factor_count, resamples = bootstrap->resamples;
    const struct abscopal_estimate nothing = {(double)NAN, (double)NAN, (double)NAN};
    for (size_t i = 0; i < factors; i++)
        found[i] = (struct rank_correlation){nothing, (double)NAN};
    if (factors == 0 || sample->n <= factors + 2)
        return ABSCOPAL_OK;
    gsl_error_handler_t *const before = gsl_set_error_handler_off();
    struct ordered ordered = {.order = NULL};
    struct room room = {.counts = NULL};
    double *values = malloc((resamples * factors + factors) * sizeof *values);
    double *sorted = malloc((resamples + 1) * sizeof *sorted);
    bool memory = ordered_open(&ordered, sample) && room_open(&room, &ordered) && values != NULL && sorted != NULL;
    memory = memory && resample_all(&ordered, bootstrap, values);
    if (memory)
        correlations_all(&ordered, &room, values + resamples * factors);
    for (size_t i = 0; memory && i < factors; i++) {
        found[i].partial.value = values[resamples * factors + i];
        found[i].p = p_value(found[i].partial.value, sample->n, factors);
        if (!isnan(found[i].partial.value))
            sensitivity_percentiles(bootstrap, values, factors, i, sorted, &found[i].partial);
    }
    free(ordered.order);
    room_close(&room);
    free(values);
    free(sorted);
    gsl_set_error_handler(before);
    return memory ? ABSCOPAL_OK : ABSCOPAL_NO_MEMORY;
}
