#include <math.h>
#include <string.h>

#include <omp.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "cohorts/random_stream.h"
#include "trial/sensitivity.h"

static const double most_missing = 0.1;

int sensitivity_threads(const struct sensitivity_bootstrap *bootstrap)
{
    return bootstrap->threads > 0 ? bootstrap->threads : omp_get_num_procs();
}

void sensitivity_resample(const struct sensitivity_bootstrap *bootstrap, size_t resample, size_t n, uint32_t *counts)
{
    memset(counts, 0, n * sizeof *counts);
    for (size_t drawn = 0; drawn < n; drawn += 4) {
        const uint64_t place[4] = {resample, drawn / 4, 0, 0};
        uint64_t block[4];
        random_block(bootstrap->seed, RANDOM_BOOTSTRAP, place, block);
        for (size_t i = 0; i < 4 && drawn + i < n; i++)
            counts[(block[i] >> 32) * n >> 32]++;
    }
}

void sensitivity_percentiles(const struct sensitivity_bootstrap *bootstrap, const double *values, size_t width,
                             size_t index, double *room, struct abscopal_estimate *estimate)
{
    size_t count = 0;
    estimate->lower = estimate->upper = (double)NAN;
    for (size_t i = 0; i < bootstrap->resamples; i++)
        if (!isnan(values[i * width + index]))
            room[count++] = values[i * width + index];
    if (count == 0 || (double)(bootstrap->resamples - count) > most_missing * (double)bootstrap->resamples)
        return;
    gsl_sort(room, 1, count);
    estimate->lower = gsl_stats_quantile_from_sorted_data(room, 1, count, 0.025);
    estimate->upper = gsl_stats_quantile_from_sorted_data(room, 1, count, 0.975);
}
