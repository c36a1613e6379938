/* Tests of shares, and closed forms. */
#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>

#include "trial/power.h"

/* ---- Tests ------------------------------------------------------------------------------------------ */

static double deviate_of_difference(size_t first, size_t first_judged, size_t other, size_t other_judged)
{
    const double n0 = (double)first_judged, n1 = (double)other_judged;
    if (first_judged == 0 || other_judged == 0)
        return 0;
    const double pooled = (double)(first + other) / (n0 + n1);
    const double variance = pooled * (1 - pooled) * (1 / n0 + 1 / n1);
    return variance > 0 ? ((double)other / n1 - (double)first / n0) / sqrt(variance) : 0;
}

/* Two-sided: of all tables that are no more probable (Fisher 1935), as R's fisher.test has it. */
static double fisher_two_sided(unsigned first, unsigned first_judged, unsigned other, unsigned other_judged)
{
    const double rounding = 1 + 1e-7;
    const unsigned responses = first + other;
    const double limit = gsl_ran_hypergeometric_pdf(other, other_judged, first_judged, responses) * rounding;
    const unsigned least = responses > first_judged ? responses - first_judged : 0;
    const unsigned most = responses < other_judged ? responses : other_judged;
    double sum = 0;
    for (unsigned k = least; k <= most; k++) {
        const double probability = gsl_ran_hypergeometric_pdf(k, other_judged, first_judged, responses);
        sum += probability <= limit ? probability : 0;
    }
    return fmin(sum, 1);
}

static double deviate_of_fisher(unsigned first, unsigned first_judged, unsigned other, unsigned other_judged, int sides)
{
    const unsigned responses = first + other;
    if (first_judged == 0 || other_judged == 0)
        return 0;
    if (sides == 1) {
        /* So many responses of the other arm or more. */
        const double p = other == 0 ? 1 : gsl_cdf_hypergeometric_Q(other - 1, other_judged, first_judged, responses);
        return p < 1 ? gsl_cdf_ugaussian_Qinv(p) : -INFINITY;
    }
    const double p = fisher_two_sided(first, first_judged, other, other_judged);
    const double sign = (double)other * first_judged < (double)first * other_judged ? -1 : 1;
    return sign * gsl_cdf_ugaussian_Qinv(p / 2);
}

/* Cochran 1954 (doi:10.2307/3001616), Mantel and Haenszel 1959 (doi:10.1093/jnci/22.4.719). */
static double deviate_of_strata(const struct power_table *table)
{
    double difference = 0, variance = 0;
    for (size_t i = 0; i < POWER_MOST_STRATA; i++) {
        const double n0 = (double)table->judged[i][0], n1 = (double)table->judged[i][1], n = n0 + n1;
        const double responses = (double)(table->responses[i][0] + table->responses[i][1]);
        if (n < 2)
            continue;
        difference += (double)table->responses[i][1] - responses * n1 / n;
        variance += n0 * n1 * responses * (n - responses) / (n * n * (n - 1));
    }
    return variance > 0 ? difference / sqrt(variance) : 0;
}

double power_shares_statistic(enum power_test test, int sides, const struct power_table *table)
{
    size_t responses[2] = {0}, judged[2] = {0};
    for (size_t i = 0; i < POWER_MOST_STRATA; i++)
        for (size_t side = 0; side < 2; side++) {
            responses[side] += table->responses[i][side];
            judged[side] += table->judged[i][side];
        }
    if (test == POWER_COCHRAN_MANTEL_HAENSZEL)
        return deviate_of_strata(table);
    if (test == POWER_FISHER)
        return deviate_of_fisher((unsigned)responses[0], (unsigned)judged[0], (unsigned)responses[1],
                                 (unsigned)judged[1], sides);
    return deviate_of_difference(responses[0], judged[0], responses[1], judged[1]);
}

/* ---- Closed forms ----------------------------------------------------------------------------------- */

double power_size_of_shares(double first, double other, double ratio, double alpha, int sides, double power)
{
    const double z_alpha = gsl_cdf_ugaussian_Qinv(alpha / sides), z_power = gsl_cdf_ugaussian_Pinv(power);
    const double pooled = (first + ratio * other) / (1 + ratio);
    const double without = sqrt(pooled * (1 - pooled) * (1 + 1 / ratio));
    const double with = sqrt(first * (1 - first) + other * (1 - other) / ratio);
    const double root = (z_alpha * without + z_power * with) / (other - first);
    return other > first ? root * root : (double)INFINITY;
}

double power_size_of_hazards(double hazard_ratio, double event_share, double ratio, double alpha, int sides,
                             double power)
{
    const double z = gsl_cdf_ugaussian_Qinv(alpha / sides) + gsl_cdf_ugaussian_Pinv(power);
    const double effect = log(hazard_ratio), shares = ratio / ((1 + ratio) * (1 + ratio));
    if (!(hazard_ratio < 1) || !(event_share > 0))
        return INFINITY;
    const double events = z * z / (shares * effect * effect);
    return events / event_share / (1 + ratio);
}
