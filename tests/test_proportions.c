/* Intervals of shares and of their differences against published tables and closed forms. tests/check_survival.R
 * compares Wilson's and the exact intervals with R. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

#include "trial/proportions.h"

/* cmocka 1.1.5 compares floats only. */
static void assert_near(double value, double expected, double tolerance)
{
    assert_true(fabs(value - expected) <= tolerance);
}

/* Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I, methods 3 and 5. */
static void test_one_share_as_published(void **state)
{
    (void)state;
    static const struct {
        size_t count, total;
        double wilson[2], exact[2];
    } published[] = {{81, 263, {0.2553, 0.3662}, {0.2527, 0.3676}},
                     {15, 148, {0.0624, 0.1605}, {0.0578, 0.1617}},
                     {0, 20, {0, 0.1611}, {0, 0.1684}},
                     {1, 29, {0.0061, 0.1718}, {0.0009, 0.1776}}};
    for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
        const struct proportion wilson = proportion_wilson(published[i].count, published[i].total);
        const struct proportion exact = proportion_exact(published[i].count, published[i].total);
        assert_near(wilson.lower, published[i].wilson[0], 0.00005);
        assert_near(wilson.upper, published[i].wilson[1], 0.00005);
        assert_near(exact.lower, published[i].exact[0], 0.00005);
        assert_near(exact.upper, published[i].exact[1], 0.00005);
        assert_true(wilson.value == exact.value);
    }
}

/* What defines the exact limits: a tail of the binomial distribution of 2.5 %. */
static void test_exact_by_its_definition(void **state)
{
    (void)state;
    static const unsigned totals[] = {1, 2, 10, 67, 350, 2000, 100000};
    for (size_t i = 0; i < sizeof totals / sizeof *totals; i++) {
        const unsigned total = totals[i];
        for (unsigned count = 0; count <= total; count += 1 + total / 40) {
            const struct proportion share = proportion_exact(count, total);
            if (count > 0)
                assert_near(gsl_cdf_binomial_Q(count - 1, share.lower, total), 0.025, 1e-9);
            else
                assert_true(share.lower == 0);
            if (count < total)
                assert_near(gsl_cdf_binomial_P(count, share.upper, total), 0.025, 1e-9);
            else
                assert_true(share.upper == 1);
            const struct proportion others = proportion_exact(total - count, total);
            assert_near(others.lower, 1 - share.upper, 1e-13);
        }
        /* Solved by hand: none of n. */
        assert_near(proportion_exact(0, total).upper, 1 - pow(0.025, 1.0 / total), 1e-13);
    }
}

/* Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, table II, method 10. */
static void test_difference_as_published(void **state)
{
    (void)state;
    static const struct {
        size_t a, m, b, n;
        double lower, upper;
    } published[] = {{56, 70, 48, 80, 0.0524, 0.3339}, {9, 10, 3, 10, 0.1705, 0.8090},  {6, 7, 2, 7, 0.0582, 0.8062},
                     {5, 56, 0, 29, -0.0381, 0.1926},  {0, 10, 0, 20, -0.1611, 0.2775}, {0, 10, 0, 10, -0.2775, 0.2775},
                     {10, 10, 0, 20, 0.6791, 1.0000},  {10, 10, 0, 10, 0.6075, 1.0000}};
    for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
        const size_t a = published[i].a, m = published[i].m, b = published[i].b, n = published[i].n;
        const struct proportion difference = proportion_difference(a, m, b, n);
        assert_near(difference.value, (double)a / (double)m - (double)b / (double)n, 1e-15);
        assert_near(difference.lower, published[i].lower, 0.00005);
        assert_near(difference.upper, published[i].upper, 0.00005);
        const struct proportion reverse = proportion_difference(b, n, a, m);
        assert_near(reverse.lower, -difference.upper, 1e-15);
        assert_near(reverse.upper, -difference.lower, 1e-15);
    }
}

/* Newcombe 1998, doi:10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C, table III, method 10, and a
 * trial of consolidation therapy (Cavo 2012) in Fagerland, Lydersen and Laake, Statistical Analysis of Contingency
 * Tables (2017), chapter 8. One limit is 0.87367, and 0.8736 in print. */
static void test_paired_difference_as_published(void **state)
{
    (void)state;
    static const struct {
        struct proportion_pairs pairs;
        double lower, upper, tolerance;
    } published[] = {{{36, 12, 2, 0}, 0.0569, 0.3404, 0.00005},   {{20, 12, 2, 16}, 0.0562, 0.3292, 0.00005},
                     {{18, 12, 2, 18}, 0.0562, 0.3290, 0.00005},  {{36, 14, 0, 0}, 0.1528, 0.4167, 0.00005},
                     {{35, 14, 0, 1}, 0.1461, 0.4175, 0.00005},   {{18, 14, 0, 18}, 0.1441, 0.3963, 0.00005},
                     {{2, 97, 1, 0}, 0.8721, 0.9854, 0.00005},    {{1, 97, 1, 1}, 0.8736, 0.9850, 0.00008},
                     {{0, 29, 1, 0}, 0.6666, 0.9882, 0.00005},    {{2, 98, 0, 0}, 0.9178, 0.9945, 0.00005},
                     {{1, 98, 0, 1}, 0.9171, 0.9916, 0.00005},    {{0, 30, 0, 0}, 0.8395, 1.0000, 0.00005},
                     {{54, 0, 0, 0}, -0.0664, 0.0664, 0.00005},   {{53, 0, 0, 1}, -0.0729, 0.0729, 0.00005},
                     {{30, 0, 0, 24}, -0.0358, 0.0358, 0.00005},  {{27, 0, 0, 27}, -0.0351, 0.0351, 0.00005},
                     {{59, 6, 16, 80}, -0.1186, -0.0046, 0.00005}};
    for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
        const struct proportion_pairs pairs = published[i].pairs;
        const struct proportion difference = proportion_difference_paired(&pairs);
        const double n = pairs.both + pairs.first_only + pairs.second_only + pairs.neither;
        assert_near(difference.value, (pairs.first_only - pairs.second_only) / n, 1e-15);
        assert_near(difference.lower, published[i].lower, published[i].tolerance);
        assert_near(difference.upper, published[i].upper, published[i].tolerance);
        const struct proportion_pairs swapped = {pairs.both, pairs.second_only, pairs.first_only, pairs.neither};
        const struct proportion reverse = proportion_difference_paired(&swapped);
        assert_near(reverse.lower, -difference.upper, 1e-15);
        assert_near(reverse.upper, -difference.lower, 1e-15);
    }
}

/* Pairs help as far as they agree: with no correlation they are as good as two groups, with agreement better, with
 * disagreement worse. */
static void test_pairs_beside_groups(void **state)
{
    (void)state;
    const struct proportion groups = proportion_difference(40, 100, 50, 100);
    const struct proportion_pairs independent = {20, 20, 30, 30}, agree = {38, 2, 12, 48}, disagree = {2, 38, 48, 12};
    const struct proportion none = proportion_difference_paired(&independent);
    assert_near(none.lower, groups.lower, 1e-15);
    assert_near(none.upper, groups.upper, 1e-15);
    const struct proportion better = proportion_difference_paired(&agree);
    const struct proportion worse = proportion_difference_paired(&disagree);
    assert_true(better.lower > groups.lower && better.upper < groups.upper);
    assert_true(worse.lower < groups.lower && worse.upper > groups.upper);
}

static void assert_nothing(struct proportion share)
{
    assert_true(isnan(share.value) && isnan(share.lower) && isnan(share.upper));
}

static void test_nobody(void **state)
{
    (void)state;
    assert_nothing(proportion_wilson(0, 0));
    assert_nothing(proportion_exact(0, 0));
    assert_nothing(proportion_difference(0, 0, 1, 2));
    assert_nothing(proportion_difference(1, 2, 0, 0));
    const struct proportion_pairs none = {0};
    assert_nothing(proportion_difference_paired(&none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_share_as_published),  cmocka_unit_test(test_exact_by_its_definition),
        cmocka_unit_test(test_difference_as_published), cmocka_unit_test(test_paired_difference_as_published),
        cmocka_unit_test(test_pairs_beside_groups),     cmocka_unit_test(test_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
