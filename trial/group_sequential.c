#include "trial/group_sequential.h"

#include <math.h>
#include <stdbool.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

/* ---- The recursion ---------------------------------------------------------------------------------- */

/* Grid fineness of Jennison and Turnbull 2000, 19.2.3: 6 r - 1 points, of which Simpson's rule makes 12 r - 3. */
enum { FINENESS = 24, POINTS = 12 * FINENESS - 3 };

/* Values of Z_k among which the test goes on, with what each counts: Simpson's weight times the density of the paths
 * that have come here. */
struct grid {
    size_t count;
    double z[POINTS], mass[POINTS];
};

/* Points around `mean` within [lower, upper]: dense within 3 standard deviations, up to about 3 + 4 ln r of them. */
static size_t points_within(double mean, double lower, double upper, double *z)
{
    size_t count = 0;
    const double r = FINENESS;
    for (int i = 1; i < 6 * FINENESS; i++) {
        double x = mean;
        if (i < FINENESS)
            x += -3 - 4 * log(r / i);
        else if (i <= 5 * FINENESS)
            x += -3 + 3 * (i - r) / (2 * r);
        else
            x += 3 + 4 * log(r / (6 * r - i));
        if (count == 0 && x > lower && isfinite(lower))
            z[count++] = lower;
        if (x > lower && x < upper)
            z[count++] = x;
    }
    if (count == 0)
        z[count++] = fmax(lower, fmin(mean, upper));
    if (isfinite(upper) && upper > z[count - 1])
        z[count++] = upper;
    return count;
}

/* Those points, the middles between them, and Simpson's weights as masses. */
static void grid_lay(struct grid *grid, double mean, double lower, double upper)
{
    double ends[6 * FINENESS + 1];
    const size_t count = points_within(mean, lower, upper, ends);
    grid->count = 2 * count - 1;
    for (size_t i = 0; i < grid->count; i++) {
        grid->z[i] = i % 2 == 0 ? ends[i / 2] : (ends[i / 2] + ends[i / 2 + 1]) / 2;
        grid->mass[i] = 0;
    }
    for (size_t i = 0; i + 1 < count; i++) {
        const double width = ends[i + 1] - ends[i];
        grid->mass[2 * i] += width / 6;
        grid->mass[2 * i + 1] += 4 * width / 6;
        grid->mass[2 * i + 2] += width / 6;
    }
}

/* Information runs from the share of the look before to that of this one. */
struct step {
    double before, share, drift;
};

/* Of Z_k given Z_k-1 = z. */
static double step_mean(const struct step *step, double z)
{
    return (z * sqrt(step->before) + step->drift * (step->share - step->before)) / sqrt(step->share);
}

static double step_deviation(const struct step *step)
{
    return sqrt((step->share - step->before) / step->share);
}

/* Probability that the path has come to this grid and now lies at bound or above, or at -bound or below. */
static double crosses(const struct grid *grid, const struct step *step, double bound, int sides)
{
    const double deviation = step_deviation(step);
    double sum = 0;
    for (size_t i = 0; i < grid->count; i++) {
        const double mean = step_mean(step, grid->z[i]);
        sum += grid->mass[i] * gsl_cdf_ugaussian_Q((bound - mean) / deviation);
        if (sides == 2)
            sum += grid->mass[i] * gsl_cdf_ugaussian_P((-bound - mean) / deviation);
    }
    return sum;
}

/* The paths go on to this look, between its bounds. Before the first look there is one path, at 0 with no share. */
static void grid_step(struct grid *grid, const struct step *step, double bound, int sides)
{
    struct grid next;
    const double deviation = step_deviation(step);
    grid_lay(&next, step->drift * sqrt(step->share), sides == 2 ? -bound : -INFINITY, bound);
    for (size_t j = 0; j < next.count; j++) {
        double density = 0;
        for (size_t i = 0; i < grid->count; i++)
            density += grid->mass[i] * gsl_ran_ugaussian_pdf((next.z[j] - step_mean(step, grid->z[i])) / deviation) /
                       deviation;
        next.mass[j] *= density;
    }
    *grid = next;
}

static struct grid grid_begin(void)
{
    return (struct grid){.count = 1, .z = {0}, .mass = {1}};
}

static struct step step_to(const struct group_sequential *design, size_t look, double drift)
{
    return (struct step){look > 0 ? design->share[look - 1] : 0, design->share[look], drift};
}

void group_sequential_cross(const struct group_sequential *design, double drift, double *rejects)
{
    struct grid grid = grid_begin();
    for (size_t look = 0; look < design->looks; look++) {
        const struct step step = step_to(design, look, drift);
        rejects[look] = isfinite(design->bound[look]) ? crosses(&grid, &step, design->bound[look], design->sides) : 0;
        if (look + 1 < design->looks)
            grid_step(&grid, &step, design->bound[look], design->sides);
    }
}

/* ---- Bounds ----------------------------------------------------------------------------------------- */

double group_sequential_spent(enum group_sequential_bounds bounds, double alpha, int sides, double share)
{
    if (share >= 1)
        return alpha;
    if (bounds == BOUNDS_SPENDING_POCOCK)
        return alpha * log(1 + (M_E - 1) * share);
    if (bounds == BOUNDS_SPENDING_OBRIEN_FLEMING)
        return 2 * sides * gsl_cdf_ugaussian_Q(gsl_cdf_ugaussian_Qinv(alpha / (2 * sides)) / sqrt(share));
    return alpha;
}

static double rejects_in_all(const struct group_sequential *design)
{
    double rejects[GROUP_SEQUENTIAL_MOST_LOOKS], sum = 0;
    group_sequential_cross(design, 0, rejects);
    for (size_t look = 0; look < design->looks; look++)
        sum += rejects[look];
    return sum;
}

/* Largest bound that is told apart from none: a level of 1e-15. */
static const double largest_bound = 7.9;

/* By halving, since the level falls as the constant rises. */
static void solve_constant(double power, double alpha, struct group_sequential *design)
{
    double lower = 0, upper = largest_bound;
    for (int i = 0; i < 60; i++) {
        const double constant = (lower + upper) / 2;
        for (size_t look = 0; look < design->looks; look++)
            design->bound[look] = constant * pow(design->share[look], power);
        if (rejects_in_all(design) > alpha)
            lower = constant;
        else
            upper = constant;
    }
}

static void solve_spending(enum group_sequential_bounds bounds, double alpha, struct group_sequential *design)
{
    struct grid grid = grid_begin();
    double spent_before = 0;
    for (size_t look = 0; look < design->looks; look++) {
        const struct step step = step_to(design, look, 0);
        const double spent = group_sequential_spent(bounds, alpha, design->sides, design->share[look]);
        double lower = 0, upper = largest_bound;
        for (int i = 0; i < 60; i++) {
            const double bound = (lower + upper) / 2;
            if (crosses(&grid, &step, bound, design->sides) > spent - spent_before)
                lower = bound;
            else
                upper = bound;
        }
        design->bound[look] = upper < largest_bound ? upper : INFINITY;
        grid_step(&grid, &step, design->bound[look], design->sides);
        spent_before = spent;
    }
}

static bool is_possible(double alpha, const struct group_sequential *design)
{
    bool good = alpha > 0 && alpha < 1 && (design->sides == 1 || design->sides == 2) && design->looks >= 1 &&
                design->looks <= GROUP_SEQUENTIAL_MOST_LOOKS;
    for (size_t look = 0; good && look < design->looks; look++)
        good = design->share[look] > (look > 0 ? design->share[look - 1] : 0);
    return good && fabs(design->share[design->looks - 1] - 1) < 1e-12;
}

enum abscopal_status group_sequential_solve(enum group_sequential_bounds bounds, double alpha,
                                            struct group_sequential *design)
{
    if (!is_possible(alpha, design))
        return ABSCOPAL_BAD_INPUT;
    if (design->looks == 1)
        design->bound[0] = gsl_cdf_ugaussian_Qinv(alpha / design->sides);
    else if (bounds == BOUNDS_OBRIEN_FLEMING || bounds == BOUNDS_POCOCK)
        solve_constant(bounds == BOUNDS_OBRIEN_FLEMING ? -0.5 : 0, alpha, design);
    else
        solve_spending(bounds, alpha, design);
    return ABSCOPAL_OK;
}
