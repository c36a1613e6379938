/* Bounds of group-sequential tests against published tables, and their level and power. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include <gsl/gsl_cdf.h>

#include "trial/group_sequential.h"

static struct group_sequential equally_spaced(size_t looks, int sides)
{
    struct group_sequential design = {.looks = looks, .sides = sides};
    for (size_t look = 0; look < looks; look++)
        design.share[look] = (double)(look + 1) / (double)looks;
    return design;
}

static void assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        print_error("%.6f rather than %.6f\n", value, expected);
    assert_true(fabs(value - expected) <= tolerance);
}

/* Jennison and Turnbull 2000, Tables 2.1 (Pocock) and 2.3 (O'Brien and Fleming): two-sided, equally spaced looks. */
static void test_classical_constants(void **state)
{
    (void)state;
    static const struct {
        size_t looks;
        double alpha, pocock, obrien_fleming;
    } table[] = {{1, 0.05, 1.960, 1.960}, {2, 0.10, 1.875, 1.678}, {2, 0.05, 2.178, 1.977}, {2, 0.01, 2.772, 2.580},
                 {3, 0.10, 1.992, 1.710}, {3, 0.05, 2.289, 2.004}, {3, 0.01, 2.873, 2.595}, {4, 0.05, 2.361, 2.024},
                 {5, 0.10, 2.122, 1.751}, {5, 0.05, 2.413, 2.040}, {5, 0.01, 2.986, 2.621}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct group_sequential design = equally_spaced(table[i].looks, 2);
        assert_int_equal(group_sequential_solve(BOUNDS_POCOCK, table[i].alpha, &design), ABSCOPAL_OK);
        for (size_t look = 0; look < design.looks; look++)
            assert_near(design.bound[look], table[i].pocock, 0.0006);
        assert_int_equal(group_sequential_solve(BOUNDS_OBRIEN_FLEMING, table[i].alpha, &design), ABSCOPAL_OK);
        for (size_t look = 0; look < design.looks; look++)
            assert_near(design.bound[look] * sqrt(design.share[look]), table[i].obrien_fleming, 0.0006);
    }
}

/* Spending functions, two-sided 5 %, equally spaced: the bounds that Lan and DeMets' program prints (Reboussin 2000,
 * doi:10.1016/s0197-2456(00)00057-x). */
static void test_spending_bounds(void **state)
{
    (void)state;
    static const double two[] = {2.963, 1.969}, three[] = {3.710, 2.511, 1.993}, four[] = {4.333, 2.963, 2.359, 2.014},
                        five[] = {4.877, 3.357, 2.680, 2.290, 2.031}, pocock[] = {2.438, 2.427, 2.410, 2.397, 2.386};
    static const double *const tables[] = {two, three, four, five};
    for (size_t looks = 2; looks <= 5; looks++) {
        struct group_sequential design = equally_spaced(looks, 2);
        assert_int_equal(group_sequential_solve(BOUNDS_SPENDING_OBRIEN_FLEMING, 0.05, &design), ABSCOPAL_OK);
        for (size_t look = 0; look < looks; look++)
            assert_near(design.bound[look], tables[looks - 2][look], 0.0006);
    }
    struct group_sequential design = equally_spaced(5, 2);
    assert_int_equal(group_sequential_solve(BOUNDS_SPENDING_POCOCK, 0.05, &design), ABSCOPAL_OK);
    for (size_t look = 0; look < 5; look++)
        assert_near(design.bound[look], pocock[look], 0.0006);
}

/* What is spent up to each look is what the function says, at uneven looks and one-sided, too; and nothing else is. */
static void test_spent_at_looks(void **state)
{
    (void)state;
    const double shares[] = {0.2, 0.55, 0.7, 1};
    for (int sides = 1; sides <= 2; sides++)
        for (int bounds = BOUNDS_SPENDING_OBRIEN_FLEMING; bounds <= BOUNDS_SPENDING_POCOCK; bounds++) {
            struct group_sequential design = {.looks = 4, .sides = sides};
            double rejects[4], sum = 0;
            for (size_t look = 0; look < 4; look++)
                design.share[look] = shares[look];
            assert_int_equal(group_sequential_solve((enum group_sequential_bounds)bounds, 0.05, &design), ABSCOPAL_OK);
            group_sequential_cross(&design, 0, rejects);
            for (size_t look = 0; look < 4; look++) {
                sum += rejects[look];
                assert_near(
                    sum, group_sequential_spent((enum group_sequential_bounds)bounds, 0.05, sides, shares[look]), 1e-7);
            }
        }
    /* Two-sided halves are one-sided of half the level: the other side is hardly crossed as well. */
    struct group_sequential one = equally_spaced(4, 1), two = equally_spaced(4, 2);
    assert_int_equal(group_sequential_solve(BOUNDS_SPENDING_OBRIEN_FLEMING, 0.025, &one), ABSCOPAL_OK);
    assert_int_equal(group_sequential_solve(BOUNDS_SPENDING_OBRIEN_FLEMING, 0.05, &two), ABSCOPAL_OK);
    for (size_t look = 0; look < 4; look++)
        assert_near(one.bound[look], two.bound[look], 1e-4);
}

static double power_of(const struct group_sequential *design, double drift)
{
    double rejects[GROUP_SEQUENTIAL_MOST_LOOKS], sum = 0;
    group_sequential_cross(design, drift, rejects);
    for (size_t look = 0; look < design->looks; look++)
        sum += rejects[look];
    return sum;
}

/* Jennison and Turnbull 2000, Tables 2.2 and 2.4: how much larger the last sample is than without looks, for a power of
 * 80 %, two-sided 5 %. */
static void test_inflation_factors(void **state)
{
    (void)state;
    static const struct {
        enum group_sequential_bounds bounds;
        size_t looks;
        double factor;
    } table[] = {{BOUNDS_POCOCK, 2, 1.110},         {BOUNDS_POCOCK, 3, 1.166},
                 {BOUNDS_POCOCK, 4, 1.202},         {BOUNDS_OBRIEN_FLEMING, 2, 1.008},
                 {BOUNDS_OBRIEN_FLEMING, 3, 1.017}, {BOUNDS_OBRIEN_FLEMING, 5, 1.028}};
    const double fixed = gsl_cdf_ugaussian_Qinv(0.025) + gsl_cdf_ugaussian_Pinv(0.8);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct group_sequential design = equally_spaced(table[i].looks, 2);
        assert_int_equal(group_sequential_solve(table[i].bounds, 0.05, &design), ABSCOPAL_OK);
        assert_near(power_of(&design, fixed * sqrt(table[i].factor)), 0.8, 0.0005);
    }
}

/* One look is the test that everybody knows, whatever the bounds are called, under an effect as well. */
static void test_single_look(void **state)
{
    (void)state;
    for (int bounds = BOUNDS_OBRIEN_FLEMING; bounds <= BOUNDS_SPENDING_POCOCK; bounds++) {
        struct group_sequential design = equally_spaced(1, 2);
        assert_int_equal(group_sequential_solve((enum group_sequential_bounds)bounds, 0.1, &design), ABSCOPAL_OK);
        assert_near(design.bound[0], gsl_cdf_ugaussian_Qinv(0.05), 1e-9);
        assert_near(power_of(&design, 2.5),
                    gsl_cdf_ugaussian_Q(design.bound[0] - 2.5) + gsl_cdf_ugaussian_P(-design.bound[0] - 2.5), 1e-9);
    }
}

static void test_refused(void **state)
{
    (void)state;
    struct group_sequential wrong[] = {{.looks = 0, .sides = 2},
                                       {.looks = 2, .sides = 3, .share = {0.5, 1}},
                                       {.looks = 2, .sides = 2, .share = {1, 1}},
                                       {.looks = 2, .sides = 2, .share = {0.5, 0.9}},
                                       {.looks = GROUP_SEQUENTIAL_MOST_LOOKS + 1, .sides = 2}};
    struct group_sequential right = equally_spaced(2, 2);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(group_sequential_solve(BOUNDS_POCOCK, 0.05, &wrong[i]), ABSCOPAL_BAD_INPUT);
    assert_int_equal(group_sequential_solve(BOUNDS_POCOCK, 0, &right), ABSCOPAL_BAD_INPUT);
    assert_int_equal(group_sequential_solve(BOUNDS_POCOCK, 1, &right), ABSCOPAL_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_classical_constants), cmocka_unit_test(test_spending_bounds),
        cmocka_unit_test(test_spent_at_looks),      cmocka_unit_test(test_inflation_factors),
        cmocka_unit_test(test_single_look),         cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
