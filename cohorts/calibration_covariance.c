#include "cohorts/calibration_covariance.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include <gsl/gsl_linalg.h>

static const double least_singular_value = 1e-8, least_part = 1e-6;

/* Rows of residuals, of priors, and of zeros where there would be fewer rows than columns. */
static void rows_fill(gsl_matrix *rows, const double *jacobian, size_t m, size_t n, const double *prior_sd)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            gsl_matrix_set(rows, i, j, jacobian[i * n + j]);
    for (size_t j = 0; prior_sd != NULL && j < n; j++)
        if (!isnan(prior_sd[j]))
            gsl_matrix_set(rows, m + j, j, 1 / prior_sd[j]);
}

/* V diag(1/s^2) V' over the directions that the residuals see. NaN for an estimate that has a part in one that they do
 * not. */
static void inverse_write(const gsl_matrix *v, const gsl_vector *s, size_t n, double *covariance)
{
    const double least = least_singular_value * gsl_vector_get(s, 0);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = 0;
            for (size_t k = 0; k < n; k++) {
                const double of_i = gsl_matrix_get(v, i, k), of_j = gsl_matrix_get(v, j, k);
                const double singular = gsl_vector_get(s, k);
                if (singular > least)
                    sum += of_i * of_j / (singular * singular);
                else if (fabs(of_i) > least_part || fabs(of_j) > least_part)
                    sum = NAN;
            }
            covariance[i * n + j] = sum;
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
    /* Of our own, since GSL ends the program when it has no memory. */
    double *memory = calloc((m + n) * n + n * n + 2 * n, sizeof *memory);
    if (memory == NULL)
        return ABSCOPAL_NO_MEMORY;
    double *square = memory + (m + n) * n, *line = square + n * n;
    gsl_matrix_view rows = gsl_matrix_view_array(memory, m + n, n), v = gsl_matrix_view_array(square, n, n);
    gsl_vector_view s = gsl_vector_view_array(line, n), work = gsl_vector_view_array(line + n, n);
    rows_fill(&rows.matrix, jacobian, m, n, prior_sd);
    gsl_linalg_SV_decomp(&rows.matrix, &v.matrix, &s.vector, &work.vector);
    inverse_write(&v.matrix, &s.vector, n, covariance);
    free(memory);
    return ABSCOPAL_OK;
}
