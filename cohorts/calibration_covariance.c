#include "cohorts/calibration_covariance.h"

#include <math.h>
#include <stdbool.h>

#include <gsl/gsl_linalg.h>

static const double least_singular_value = 1e-8;

/* Rows of residuals, of priors, and of zeros where there would be fewer rows than columns. */
static gsl_matrix *rows_make(const double *jacobian, size_t m, size_t n, const double *prior_sd)
{
    gsl_matrix *rows = gsl_matrix_calloc(m + n, n);
    if (rows == NULL)
        return NULL;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            gsl_matrix_set(rows, i, j, jacobian[i * n + j]);
    for (size_t j = 0; prior_sd != NULL && j < n; j++)
        if (!isnan(prior_sd[j]))
            gsl_matrix_set(rows, m + j, j, 1 / prior_sd[j]);
    return rows;
}

/* V diag(1/s^2) V'. */
static void inverse_write(const gsl_matrix *v, const gsl_vector *s, size_t n, double *covariance)
{
    const double largest = gsl_vector_get(s, 0);
    const bool determined = gsl_vector_get(s, n - 1) > least_singular_value * largest;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = 0;
            for (size_t k = 0; k < n; k++)
                sum +=
                    gsl_matrix_get(v, i, k) * gsl_matrix_get(v, j, k) / (gsl_vector_get(s, k) * gsl_vector_get(s, k));
            covariance[i * n + j] = determined ? sum : (double)NAN;
        }
}

enum abscopal_status calibration_covariance(const double *jacobian, size_t m, size_t n, const double *prior_sd,
                                            double *covariance)
{
    bool finite = true;
    for (size_t i = 0; i < m * n; i++)
        finite = finite && isfinite(jacobian[i]);
    for (size_t i = 0; i < n * n; i++)
        covariance[i] = NAN;
    if (!finite)
        return ABSCOPAL_OK;
    gsl_matrix *rows = rows_make(jacobian, m, n, prior_sd), *v = gsl_matrix_alloc(n, n);
    gsl_vector *s = gsl_vector_alloc(n), *work = gsl_vector_alloc(n);
    const bool room = rows != NULL && v != NULL && s != NULL && work != NULL;
    if (room) {
        gsl_linalg_SV_decomp(rows, v, s, work);
        inverse_write(v, s, n, covariance);
    }
    if (rows != NULL)
        gsl_matrix_free(rows);
    if (v != NULL)
        gsl_matrix_free(v);
    if (s != NULL)
        gsl_vector_free(s);
    if (work != NULL)
        gsl_vector_free(work);
    return room ? ABSCOPAL_OK : ABSCOPAL_NO_MEMORY;
}
