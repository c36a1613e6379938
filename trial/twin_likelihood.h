/* How likely measured diameters are of a virtual patient's course, and what is to be measured of it later.
 *
 * The logarithm of a measured diameter is that of the model and a residual. Residuals of one patient are jointly a
 * multivariate t distribution (Lange 1989, doi:10.1080/01621459.1989.10478852; patients differ in how far they scatter)
 * with the covariance s^2 + d^2 min(t, u)/(100 d) for days t and u since the first measurement, s^2 on the diagonal
 * alone: an error of each measurement, and a random walk by which a real course leaves the model's. Those of later
 * days are conditional on those seen (Ding 2016, doi:10.48550/arXiv.1604.00561). */
#ifndef ABSCOPAL_TRIAL_TWIN_LIKELIHOOD_H
#define ABSCOPAL_TRIAL_TWIN_LIKELIHOOD_H

#include <stdbool.h>
#include <stddef.h>

#include "protocols/diameters_file.h"

struct twin_error {
    double log_sd;       /* s */
    double drift_log_sd; /* d, after 100 days */
    double degrees;      /* of freedom of the t distribution; many: a normal one */
};

struct twin_likelihood {
    struct twin_error error;
    size_t count;   /* measurements */
    double *days;   /* [count] */
    double *log_mm; /* [count] of the diameter, or of what it was below */
    size_t seen_count, below_count;
    size_t *seen, *below; /* which of them are diameters, and which are bounds */
    double *factor;       /* [seen][seen]: lower Cholesky factor of the residuals' covariance */
    double log_scale;     /* of the density at 0 */
    double *below_gains;  /* [below][seen] */
    double *below_variances;
};

/* False without memory; to be closed in any case. */
bool twin_likelihood_open(struct twin_likelihood *likelihood, const struct twin_error *error,
                          const struct measured_diameter *rows, size_t count);
void twin_likelihood_close(struct twin_likelihood *likelihood);

/* Natural logarithm of the likelihood of a course with these logarithms of diameters on the days measured,
 * model_log_mm[count]. Bounds are taken one by one, each given what was seen. */
double twin_log_likelihood(const struct twin_likelihood *likelihood, const double *model_log_mm);

/* What is needed of a day, for all courses: gains[seen_count] of the residuals seen; returns the variance. */
double twin_likelihood_day(const struct twin_likelihood *likelihood, double day, double *gains);

/* Distribution of the logarithm of a diameter measured on a day: location + scale t, with `degrees` of freedom. */
struct twin_prediction {
    double location, scale, degrees;
};

/* Of a course with model_log_mm[count] on the days measured and model_log_at on that day, whose gains and variance
 * these are. */
struct twin_prediction twin_predict(const struct twin_likelihood *likelihood, const double *model_log_mm,
                                    double model_log_at, const double *gains, double variance);

/* Share of a mixture of such distributions below a logarithm of a diameter, and the logarithm that a share lies below,
 * to 1e-6. Weights are positive. */
double twin_mixture_share(const struct twin_prediction *predictions, const double *weights, size_t count,
                          double log_mm);
double twin_mixture_quantile(const struct twin_prediction *predictions, const double *weights, size_t count,
                             double share);

#endif
