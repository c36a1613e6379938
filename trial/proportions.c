#include "trial/proportions.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

static const struct proportion nothing = {NAN, NAN, NAN};

struct proportion proportion_wilson_of(double share, double patients)
{
    if (!(patients > 0))
        return nothing;
    const double n = patients, p = share, z = gsl_cdf_ugaussian_Pinv(0.975);
    const double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
    const double half_width = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    /* Exact where rounding would leave 1e-17 or so. */
    return (struct proportion){
        .value = p, .lower = p <= 0 ? 0 : centre - half_width, .upper = p >= 1 ? 1 : centre + half_width};
}

struct proportion proportion_wilson(size_t count, size_t total)
{
    return proportion_wilson_of((double)count / (double)total, (double)total);
}

/* The share x for which the beta distribution with a and b is at or below x with probability 0.025 or, if `above`,
 * above it. By bisection until no number is between: GSL's own inverse ends the program when it does not converge, as
 * for the lower end of 342 of 350. */
static double beta_quantile(double a, double b, int above)
{
    double lower = 0, upper = 1;
    for (;;) {
        const double middle = (lower + upper) / 2;
        if (!(middle > lower && middle < upper))
            return middle;
        const int too_large = above ? gsl_cdf_beta_Q(middle, a, b) < 0.025 : gsl_cdf_beta_P(middle, a, b) > 0.025;
        if (too_large)
            upper = middle;
        else
            lower = middle;
    }
}

struct proportion proportion_exact(size_t count, size_t total)
{
    if (total == 0)
        return nothing;
    const double k = (double)count, n = (double)total;
    return (struct proportion){.value = k / n,
                               .lower = count == 0 ? 0 : beta_quantile(k, n - k + 1, 0),
                               .upper = count == total ? 1 : beta_quantile(k + 1, n - k, 1)};
}

/* The difference of two shares whose estimates have this correlation. */
static struct proportion difference_of(const struct proportion *first, const struct proportion *second,
                                       double correlation)
{
    const double below = first->value - first->lower, above = first->upper - first->value;
    const double second_below = second->value - second->lower, second_above = second->upper - second->value;
    const double down = below * below - 2 * correlation * below * second_above + second_above * second_above;
    const double up = above * above - 2 * correlation * above * second_below + second_below * second_below;
    const double value = first->value - second->value;
    return (struct proportion){
        .value = value, .lower = value - sqrt(fmax(down, 0)), .upper = value + sqrt(fmax(up, 0))};
}

struct proportion proportion_difference(size_t first_count, size_t first_total, size_t second_count,
                                        size_t second_total)
{
    const struct proportion first = proportion_wilson(first_count, first_total);
    const struct proportion second = proportion_wilson(second_count, second_total);
    return proportion_difference_of(&first, &second);
}

struct proportion proportion_difference_of(const struct proportion *first, const struct proportion *second)
{
    if (isnan(first->value) || isnan(second->value))
        return nothing;
    return difference_of(first, second, 0);
}

struct proportion proportion_difference_paired(const struct proportion_pairs *pairs)
{
    const double a = pairs->both, b = pairs->first_only, c = pairs->second_only, d = pairs->neither;
    const double total = a + b + c + d;
    if (!(total > 0))
        return nothing;
    const double margins = (a + b) * (c + d) * (a + c) * (b + d);
    double product = a * d - b * c;
    if (product > 0)
        product = fmax(product - total / 2, 0);
    const struct proportion first = proportion_wilson_of((a + b) / total, total);
    const struct proportion second = proportion_wilson_of((a + c) / total, total);
    return difference_of(&first, &second, margins > 0 ? product / sqrt(margins) : 0);
}
