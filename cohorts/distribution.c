#include "cohorts/distribution.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "cohorts/cohort_keys.h"
#include "cohorts/sampling.h"

/* Bounds that leave less than this of the distribution are a mistake, not a truncation. */
static const double smallest_share = 1e-6;

/* ---- Quantiles */

/* Below (or above) what standard normal deviates the bounds lie. */
static void standard_bounds(const struct distribution *distribution, double *lower, double *upper)
{
    bool logarithmic = distribution->kind == DISTRIBUTION_LOGNORMAL;
    double centre = logarithmic ? log(distribution->location) : distribution->location;
    double low = logarithmic ? log(fmax(distribution->lower, 0)) : distribution->lower;
    double high = logarithmic ? log(distribution->upper) : distribution->upper;
    *lower = (low - centre) / distribution->spread;
    *upper = (high - centre) / distribution->spread;
}

double distribution_share_within(const struct distribution *distribution)
{
    if (distribution->kind != DISTRIBUTION_NORMAL && distribution->kind != DISTRIBUTION_LOGNORMAL)
        return 1;
    double lower;
    double upper;
    standard_bounds(distribution, &lower, &upper);
    return lower > 0 ? gsl_cdf_ugaussian_Q(lower) - gsl_cdf_ugaussian_Q(upper)
                     : gsl_cdf_ugaussian_P(upper) - gsl_cdf_ugaussian_P(lower);
}

/* Quantile of the standard normal truncated to [lower, upper]. Each tail is computed with the tail probability that is
 * small there, since 1 - p has no figures left in the upper one. */
static double truncated_normal_quantile(double lower, double upper, double u)
{
    double from_below = gsl_cdf_ugaussian_P(lower) * (1 - u) + gsl_cdf_ugaussian_P(upper) * u;
    double z = from_below <= 0.5
                   ? gsl_cdf_ugaussian_Pinv(from_below)
                   : gsl_cdf_ugaussian_Qinv(gsl_cdf_ugaussian_Q(lower) * (1 - u) + gsl_cdf_ugaussian_Q(upper) * u);
    return fmin(fmax(z, lower), upper);
}

/* From the nearer end, where its square root is exact to rounding. */
static double triangular_quantile(double lower, double mode, double upper, double u)
{
    const double width = upper - lower;
    return u * width < mode - lower ? lower + sqrt(u * width * (mode - lower))
                                    : upper - sqrt((1 - u) * width * (upper - mode));
}

double distribution_quantile(const struct distribution *distribution, double u)
{
    double lower = distribution->lower;
    double upper = distribution->upper;
    double value = distribution->location;
    switch (distribution->kind) {
    case DISTRIBUTION_FIXED:
        return value;
    case DISTRIBUTION_UNIFORM:
        value = lower * (1 - u) + upper * u;
        break;
    case DISTRIBUTION_LOGUNIFORM:
        value = exp(log(lower) * (1 - u) + log(upper) * u);
        break;
    case DISTRIBUTION_TRIANGULAR:
        value = triangular_quantile(lower, distribution->location, upper, u);
        break;
    case DISTRIBUTION_NORMAL:
    case DISTRIBUTION_LOGNORMAL: {
        double z_lower;
        double z_upper;
        standard_bounds(distribution, &z_lower, &z_upper);
        double z = truncated_normal_quantile(z_lower, z_upper, u);
        value = distribution->kind == DISTRIBUTION_NORMAL ? distribution->location + distribution->spread * z
                                                          : distribution->location * exp(distribution->spread * z);
        break;
    }
    }
    return fmin(fmax(value, lower), upper); /* rounding must not leave the bounds */
}

/* ---- Reading */

static double read_value(struct yaml_document *document, const struct yaml_node *node, const char *name,
                         const char *key, const struct distribution_range *range)
{
    char what[128];
    snprintf(what, sizeof what, "%.80s (%s)", name, key);
    return yaml_quantity_within(document, node, what, range->unit, range->lower, range->upper);
}

/* What to write for a missing key: "sd: 1 kg". */
enum { EXAMPLE_SIZE = 96 };
static const char *example_write(const char *key, const char *figure, const char *unit, char text[EXAMPLE_SIZE])
{
    bool pure = strcmp(unit, "1") == 0;
    snprintf(text, EXAMPLE_SIZE, "%s: %s%s%s", key, figure, pure ? "" : " ", pure ? "" : unit);
    return text;
}

static double require_value(struct yaml_document *document, const struct yaml_node *node, const char *name,
                            const char *key, const struct distribution_range *range)
{
    char example[EXAMPLE_SIZE];
    example_write(key, "1", range->unit, example);
    return read_value(document, yaml_require(document, node, name, key, example), name, key, range);
}

static void bounds_read(struct yaml_document *document, const struct yaml_node *node, const char *name,
                        const struct distribution_range *range, struct distribution *distribution)
{
    distribution->lower = range->lower;
    distribution->upper = range->upper;
    const struct yaml_node *bounds = yaml_find(node, "bounds");
    if (bounds == NULL || document->status != ABSCOPAL_OK)
        return;
    if (bounds->kind != YAML_SEQUENCE || bounds->item_count != 2) {
        yaml_fail(document, bounds, "bounds must be two values, [lower, upper]");
        return;
    }
    distribution->lower = read_value(document, bounds->items[0], name, "lower bound", range);
    distribution->upper = read_value(document, bounds->items[1], name, "upper bound", range);
    if (document->status == ABSCOPAL_OK && !(distribution->lower < distribution->upper))
        yaml_fail(document, bounds, "the lower bound must be below the upper one; write [lower, upper]");
}

static void share_check(struct yaml_document *document, const struct yaml_node *node, const char *name,
                        const char *unit, const struct distribution *distribution)
{
    if (document->status == ABSCOPAL_OK && distribution_share_within(distribution) < smallest_share)
        yaml_fail(document, node, "%s: less than a millionth of the distribution lies from %.6g to %.6g %s", name,
                  distribution->lower, distribution->upper, unit);
}

static void normal_read(struct yaml_document *document, const struct yaml_node *node, const char *name,
                        const struct distribution_range *range, struct distribution *distribution)
{
    bool logarithmic = distribution->kind == DISTRIBUTION_LOGNORMAL;
    distribution->location = require_value(document, node, name, logarithmic ? "median" : "mean", range);
    if (document->status == ABSCOPAL_OK && logarithmic && !(distribution->location > 0))
        yaml_fail(document, yaml_find(node, "median"), "the median of a lognormal distribution must be above 0");
    const char *key = logarithmic ? "log_sd" : "sd";
    const char *unit = logarithmic ? "1" : range->unit;
    char example[EXAMPLE_SIZE];
    example_write(key, logarithmic ? "0.3" : "1", unit, example);
    const struct yaml_node *spread = yaml_require(document, node, name, key, example);
    distribution->spread =
        yaml_quantity_positive(document, spread, key, unit,
                               logarithmic ? input_value_of(&distribution_keys[DISTRIBUTION_LOGNORMAL], key)->upper
                                           : range->upper - range->lower);
    bounds_read(document, node, name, range, distribution);
    share_check(document, node, name, strcmp(range->unit, "1") == 0 ? "" : range->unit, distribution);
}

static void uniform_read(struct yaml_document *document, const struct yaml_node *node, const char *name,
                         const struct distribution_range *range, struct distribution *distribution)
{
    distribution->lower = require_value(document, node, name, "lower", range);
    distribution->upper = require_value(document, node, name, "upper", range);
    if (document->status != ABSCOPAL_OK)
        return;
    if (!(distribution->lower < distribution->upper))
        yaml_fail(document, yaml_find(node, "upper"), "%s: 'upper' must be above 'lower'", name);
    else if (distribution->kind == DISTRIBUTION_LOGUNIFORM && !(distribution->lower > 0))
        yaml_fail(document, yaml_find(node, "lower"), "the lower end of a loguniform distribution must be above 0");
}

static void triangular_read(struct yaml_document *document, const struct yaml_node *node, const char *name,
                            const struct distribution_range *range, struct distribution *distribution)
{
    uniform_read(document, node, name, range, distribution);
    distribution->location = require_value(document, node, name, "mode", range);
    if (document->status == ABSCOPAL_OK &&
        !(distribution->location >= distribution->lower && distribution->location <= distribution->upper))
        yaml_fail(document, yaml_find(node, "mode"), "%s: 'mode' must be from 'lower' to 'upper'", name);
}

static void keys_check(struct yaml_document *document, const struct yaml_node *node, enum distribution_kind kind,
                       bool lesions_exponent)
{
    input_keys_check(document, node, lesions_exponent ? &distribution_by_lesions_keys[kind] : &distribution_keys[kind]);
}

void distribution_read(struct yaml_document *document, const struct yaml_node *node, const char *name,
                       const struct distribution_range *range, struct distribution *distribution,
                       double *lesions_exponent)
{
    *distribution = (struct distribution){.kind = DISTRIBUTION_FIXED, .lower = range->lower, .upper = range->upper};
    if (lesions_exponent != NULL)
        *lesions_exponent = 0;
    if (document->status != ABSCOPAL_OK || node == NULL)
        return;
    if (node->kind == YAML_SCALAR) {
        distribution->location = yaml_quantity_within(document, node, name, range->unit, range->lower, range->upper);
        return;
    }
    if (node->kind == YAML_SEQUENCE) {
        yaml_fail(document, node, "%s must be a quantity or a distribution, not a list", name);
        return;
    }
    const struct yaml_node *kind = yaml_require(document, node, name, "distribution", "distribution: lognormal");
    const char *names[DISTRIBUTION_KINDS];
    for (int i = 0; i < DISTRIBUTION_KINDS; i++)
        names[i] = input_value_of(&distribution_keys[i], "distribution")->choices[0];
    distribution->kind = (enum distribution_kind)yaml_choice(document, kind, "distribution", names, DISTRIBUTION_KINDS);
    if (document->status != ABSCOPAL_OK)
        return;
    keys_check(document, node, distribution->kind, lesions_exponent != NULL);
    if (distribution->kind == DISTRIBUTION_FIXED)
        distribution->location = require_value(document, node, name, "value", range);
    else if (distribution->kind == DISTRIBUTION_UNIFORM || distribution->kind == DISTRIBUTION_LOGUNIFORM)
        uniform_read(document, node, name, range, distribution);
    else if (distribution->kind == DISTRIBUTION_TRIANGULAR)
        triangular_read(document, node, name, range, distribution);
    else
        normal_read(document, node, name, range, distribution);
    const struct yaml_node *exponent = yaml_find(node, "lesions_exponent");
    if (lesions_exponent != NULL && exponent != NULL)
        *lesions_exponent = yaml_quantity_within(document, exponent, "lesions_exponent", "1", 0, 1);
}
