#include "trial/twin_likelihood.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

static const double drift_days = 100;

/* Of the residuals on two days; `same`: of one measurement with itself. */
static double covariance(const struct twin_likelihood *likelihood, double day, double other, bool same)
{
    const struct twin_error *error = &likelihood->error;
    const double since = fmax(fmin(day, other) - likelihood->days[0], 0) / drift_days;
    return error->drift_log_sd * error->drift_log_sd * since + (same ? error->log_sd * error->log_sd : 0);
}

/* Cholesky-Banachiewicz; the matrix is positive definite by its diagonal. */
static void factorise(struct twin_likelihood *likelihood)
{
    const size_t n = likelihood->seen_count;
    double *const factor = likelihood->factor;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = covariance(likelihood, likelihood->days[likelihood->seen[i]],
                                    likelihood->days[likelihood->seen[j]], i == j);
            for (size_t k = 0; k < j; k++)
                sum -= factor[i * n + k] * factor[j * n + k];
            factor[i * n + j] = i == j ? sqrt(sum) : sum / factor[j * n + j];
        }
}

/* Solves L x = b in place. */
static void solve_lower(const double *factor, size_t n, double *b)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            b[i] -= factor[i * n + k] * b[k];
        b[i] /= factor[i * n + i];
    }
}

/* Solves L' x = b in place. */
static void solve_upper(const double *factor, size_t n, double *b)
{
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++)
            b[i] -= factor[k * n + i] * b[k];
        b[i] /= factor[i * n + i];
    }
}

double twin_likelihood_day(const struct twin_likelihood *likelihood, double day, double *gains)
{
    const size_t n = likelihood->seen_count;
    double variance = covariance(likelihood, day, day, true);
    for (size_t i = 0; i < n; i++)
        gains[i] = covariance(likelihood, day, likelihood->days[likelihood->seen[i]], false);
    solve_lower(likelihood->factor, n, gains);
    for (size_t i = 0; i < n; i++)
        variance -= gains[i] * gains[i];
    solve_upper(likelihood->factor, n, gains);
    return variance;
}

bool twin_likelihood_open(struct twin_likelihood *likelihood, const struct twin_error *error,
                          const struct measured_diameter *rows, size_t count)
{
    *likelihood = (struct twin_likelihood){.error = *error, .count = count};
    likelihood->days = calloc(count, sizeof *likelihood->days);
    likelihood->log_mm = calloc(count, sizeof *likelihood->log_mm);
    likelihood->seen = calloc(count, sizeof *likelihood->seen);
    likelihood->below = calloc(count, sizeof *likelihood->below);
    likelihood->factor = calloc(count * count, sizeof *likelihood->factor);
    likelihood->below_gains = calloc(count * count, sizeof *likelihood->below_gains);
    likelihood->below_variances = calloc(count, sizeof *likelihood->below_variances);
    if (likelihood->days == NULL || likelihood->log_mm == NULL || likelihood->seen == NULL ||
        likelihood->below == NULL || likelihood->factor == NULL || likelihood->below_gains == NULL ||
        likelihood->below_variances == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        likelihood->days[i] = rows[i].day;
        likelihood->log_mm[i] = log(rows[i].mm);
        if (rows[i].below)
            likelihood->below[likelihood->below_count++] = i;
        else
            likelihood->seen[likelihood->seen_count++] = i;
    }
    factorise(likelihood);
    const double n = (double)likelihood->seen_count, degrees = error->degrees;
    likelihood->log_scale = lgamma((degrees + n) / 2) - lgamma(degrees / 2) - n / 2 * log(degrees * acos(-1));
    for (size_t i = 0; i < likelihood->seen_count; i++)
        likelihood->log_scale -= log(likelihood->factor[i * likelihood->seen_count + i]);
    for (size_t i = 0; i < likelihood->below_count; i++)
        likelihood->below_variances[i] = twin_likelihood_day(likelihood, likelihood->days[likelihood->below[i]],
                                                             likelihood->below_gains + i * likelihood->seen_count);
    return true;
}

void twin_likelihood_close(struct twin_likelihood *likelihood)
{
    free(likelihood->days);
    free(likelihood->log_mm);
    free(likelihood->seen);
    free(likelihood->below);
    free(likelihood->factor);
    free(likelihood->below_gains);
    free(likelihood->below_variances);
    *likelihood = (struct twin_likelihood){0};
}

/* Squared Mahalanobis length of the residuals seen. */
static double squared_length(const struct twin_likelihood *likelihood, const double *model_log_mm)
{
    double z[DIAMETERS_MOST], sum = 0;
    for (size_t i = 0; i < likelihood->seen_count; i++)
        z[i] = likelihood->log_mm[likelihood->seen[i]] - model_log_mm[likelihood->seen[i]];
    solve_lower(likelihood->factor, likelihood->seen_count, z);
    for (size_t i = 0; i < likelihood->seen_count; i++)
        sum += z[i] * z[i];
    return sum;
}

static struct twin_prediction predict(const struct twin_likelihood *likelihood, const double *model_log_mm,
                                      double squared, double model_log_at, const double *gains, double variance)
{
    const double n = (double)likelihood->seen_count, degrees = likelihood->error.degrees;
    double location = model_log_at;
    for (size_t i = 0; i < likelihood->seen_count; i++)
        location += gains[i] * (likelihood->log_mm[likelihood->seen[i]] - model_log_mm[likelihood->seen[i]]);
    return (struct twin_prediction){location, sqrt(variance * (degrees + squared) / (degrees + n)), degrees + n};
}

double twin_log_likelihood(const struct twin_likelihood *likelihood, const double *model_log_mm)
{
    const double n = (double)likelihood->seen_count, degrees = likelihood->error.degrees;
    const double squared = squared_length(likelihood, model_log_mm);
    double logarithm = likelihood->log_scale - (degrees + n) / 2 * log1p(squared / degrees);
    for (size_t i = 0; i < likelihood->below_count; i++) {
        const size_t at = likelihood->below[i];
        const struct twin_prediction prediction =
            predict(likelihood, model_log_mm, squared, model_log_mm[at],
                    likelihood->below_gains + i * likelihood->seen_count, likelihood->below_variances[i]);
        logarithm += log(fmax(twin_mixture_share(&prediction, &(const double){1}, 1, likelihood->log_mm[at]), 1e-300));
    }
    return logarithm;
}

struct twin_prediction twin_predict(const struct twin_likelihood *likelihood, const double *model_log_mm,
                                    double model_log_at, const double *gains, double variance)
{
    return predict(likelihood, model_log_mm, squared_length(likelihood, model_log_mm), model_log_at, gains, variance);
}

double twin_mixture_share(const struct twin_prediction *predictions, const double *weights, size_t count, double log_mm)
{
    double share = 0, sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += weights[i];
        share += weights[i] *
                 gsl_cdf_tdist_P((log_mm - predictions[i].location) / predictions[i].scale, predictions[i].degrees);
    }
    return share / sum;
}

double twin_mixture_quantile(const struct twin_prediction *predictions, const double *weights, size_t count,
                             double share)
{
    double lower = INFINITY, upper = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        const double own =
            predictions[i].location + predictions[i].scale * gsl_cdf_tdist_Pinv(share, predictions[i].degrees);
        lower = fmin(lower, own);
        upper = fmax(upper, own);
    }
    while (upper - lower > 1e-6) {
        const double middle = (lower + upper) / 2;
        if (twin_mixture_share(predictions, weights, count, middle) < share)
            lower = middle;
        else
            upper = middle;
    }
    return (lower + upper) / 2;
}
