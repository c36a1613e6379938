#include <math.h>
#include <stdlib.h>

#include <omp.h>

#include "cohorts/saltelli.h"
#include "trial/sensitivity.h"

/* What is left of the variance of a constant is less than this times its square: rounding. */
static const double rounding = 1e-24;

static void moments(const struct sobol_sample *sample, const uint32_t *counts, double *mean, double *variance)
{
    const size_t width = SALTELLI_FIRST_FACTOR + sample->factors;
    double sum = 0, squares = 0;
    for (size_t row = 0; row < sample->rows; row++) {
        const double *f = sample->values + row * width;
        sum += (counts != NULL ? counts[row] : 1) * (f[SALTELLI_A] + f[SALTELLI_B]);
    }
    *mean = sum / (2 * (double)sample->rows);
    for (size_t row = 0; row < sample->rows; row++) {
        const double *f = sample->values + row * width, a = f[SALTELLI_A] - *mean, b = f[SALTELLI_B] - *mean;
        squares += (counts != NULL ? counts[row] : 1) * (a * a + b * b);
    }
    *variance = squares / (2 * (double)sample->rows);
    if (!(*variance > rounding * *mean * *mean))
        *variance = 0;
}

/* Of rows that count so often (NULL: once): first and total index of each factor, found[factors][2]. */
static void estimate(const struct sobol_sample *sample, const uint32_t *counts, double mean, double variance,
                     double *found)
{
    const size_t width = SALTELLI_FIRST_FACTOR + sample->factors;
    for (size_t i = 0; i < sample->factors; i++)
        found[2 * i] = found[2 * i + 1] = 0;
    for (size_t row = 0; row < sample->rows; row++) {
        const double *f = sample->values + row * width, times = counts != NULL ? counts[row] : 1;
        const double a = f[SALTELLI_A], b = f[SALTELLI_B] - mean;
        for (size_t i = 0; i < sample->factors; i++) {
            const double change = f[SALTELLI_FIRST_FACTOR + i] - a;
            found[2 * i] += times * b * change;
            found[2 * i + 1] += times * change * change;
        }
    }
    for (size_t i = 0; i < sample->factors; i++) {
        found[2 * i] = variance > 0 ? found[2 * i] / (double)sample->rows / variance : (double)NAN;
        found[2 * i + 1] = variance > 0 ? found[2 * i + 1] / (2 * (double)sample->rows) / variance : (double)NAN;
    }
}

/* values[resample][factors][2]; `counts` has room for a resample for each thread. */
static void resample_all(const struct sobol_sample *sample, const struct sensitivity_bootstrap *bootstrap,
                         uint32_t *counts, double *values)
{
#pragma omp parallel for schedule(static) num_threads(sensitivity_threads(bootstrap))
    for (size_t i = 0; i < bootstrap->resamples; i++) {
        uint32_t *own = counts + (size_t)omp_get_thread_num() * sample->rows;
        double mean, variance;
        sensitivity_resample(bootstrap, i, sample->rows, own);
        moments(sample, own, &mean, &variance);
        estimate(sample, own, mean, variance, values + i * 2 * sample->factors);
    }
}

enum abscopal_status sobol_indices_find(const struct sobol_sample *sample,
                                        const struct sensitivity_bootstrap *bootstrap, struct sobol_indices *indices)
{
    const size_t width = 2 * sample->factors, resamples = bootstrap->resamples;
    double *found = calloc(width + 1, sizeof *found);
    double *values = calloc(resamples * width + 1, sizeof *values);
    double *room = malloc((resamples + 1) * sizeof *room);
    uint32_t *counts = calloc((size_t)sensitivity_threads(bootstrap) * sample->rows + 1, sizeof *counts);
    const bool memory = found != NULL && values != NULL && room != NULL && counts != NULL;
    if (memory) {
        moments(sample, NULL, &indices->mean, &indices->variance);
        estimate(sample, NULL, indices->mean, indices->variance, found);
        resample_all(sample, bootstrap, counts, values);
        for (size_t i = 0; i < sample->factors; i++) {
            struct sobol_index *index = &indices->items[i];
            index->first.value = found[2 * i];
            index->total.value = found[2 * i + 1];
            sensitivity_percentiles(bootstrap, values, width, 2 * i, room, &index->first);
            sensitivity_percentiles(bootstrap, values, width, 2 * i + 1, room, &index->total);
        }
    }
    free(found);
    free(values);
    free(room);
    free(counts);
    return memory ? ABSCOPAL_OK : ABSCOPAL_NO_MEMORY;
}
