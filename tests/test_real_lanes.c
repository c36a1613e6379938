/* The vector reading of the biology's numbers (model/real_lanes.h) against the C library in extended precision, and
 * what a lane computes against what stands in the lanes beside it. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ABSCOPAL_LANES 2
#include "model/real.h"

enum { POINTS = 10000 };

static real both(double first, double second)
{
    return (real){first, second};
}

/* The share of the way, 0 to 1, of a sequence that fills the interval evenly but in no regular order. */
static double spread(int i)
{
    return fmod(i * 0.6180339887498949, 1);
}

/* A size between two powers of two, evenly spread over its logarithm. */
static double between_powers(int i, double from, double to)
{
    return exp2(from + (to - from) * spread(i)) * (1 + spread(7 * i + 1) / 16);
}

/* Whether the C library has a wider number to judge by. Valgrind computes it as a double; then the right values are the
 * library's doubles, which are within a unit of right. */
static bool has_wider_number(void)
{
    volatile long double one = 1;
    return one + LDBL_EPSILON > one && LDBL_MANT_DIG > DBL_MANT_DIG;
}

static double doubt(void)
{
    return has_wider_number() ? 0 : 1;
}

static long double right_power_of_two(double x)
{
    return has_wider_number() ? exp2l((long double)x) : (long double)exp2(x);
}

static long double right_logarithm(double x)
{
    return has_wider_number() ? logl((long double)x) : (long double)log(x);
}

static long double right_power(double x, double exponent)
{
    return has_wider_number() ? powl((long double)x, (long double)exponent) : (long double)pow(x, exponent);
}

/* Units in the last place of the right value by which a value is wrong. */
static double units_wrong(double value, long double right)
{
    const double size = fabs((double)right);
    const double unit = nextafter(size, INFINITY) - size;
    return (double)(fabsl((long double)value - right) / unit);
}

static void powers_of_two_are_good_to_three_units(void **unused)
{
    (void)unused;
    double worst = 0, worst_of_divisions = 0;
    for (int i = 0; i < POINTS; i++) {
        const double wide = 2044 * spread(i) - 1022, divisions = 30 * spread(3 * i + 1);
        const real power = real_power_of_two(both(wide, divisions));
        worst = fmax(worst, units_wrong(power[0], right_power_of_two(wide)));
        worst_of_divisions = fmax(worst_of_divisions, units_wrong(power[1], right_power_of_two(divisions)));
    }
    print_message("  %.3f units in the last place from -1022 to 1022, %.3f from 0 to 30\n", worst, worst_of_divisions);
    assert_true(worst <= 3 + doubt() && worst_of_divisions <= 3 + doubt());
    for (int i = -1022; i <= 1022; i++)
        assert_true(real_power_of_two(real_of(i))[0] == ldexp(1, i));
}

/* Beyond the range of normal numbers it stays at the ends of it. */
static void powers_of_two_are_bounded(void **unused)
{
    (void)unused;
    const real far = real_power_of_two(both(1e300, -1e300)), endless = real_power_of_two(both(INFINITY, -INFINITY));
    assert_true(far[0] == ldexp(1, 1022) && endless[0] == far[0]);
    assert_true(far[1] == ldexp(1, -1022) && endless[1] == far[1]);
}

static void logarithms_are_good_to_two_units(void **unused)
{
    (void)unused;
    double worst = 0, worst_near_one = 0;
    for (int i = 0; i < POINTS; i++) {
        const double wide = between_powers(i, -1022, 1023);
        const double distance = between_powers(i, -52, -1), near = i % 2 == 0 ? 1 + distance : 1 - distance;
        const real logarithm = real_logarithm(both(wide, near));
        worst = fmax(worst, units_wrong(logarithm[0], right_logarithm(wide)));
        worst_near_one = fmax(worst_near_one, units_wrong(logarithm[1], right_logarithm(near)));
    }
    print_message("  %.3f units in the last place over all normal numbers, %.3f near 1\n", worst, worst_near_one);
    assert_true(worst <= 2 + doubt() && worst_near_one <= 2 + doubt());
    const real ends = real_logarithm(both(DBL_MIN, DBL_MAX));
    assert_true(units_wrong(ends[0], right_logarithm(DBL_MIN)) <= 2 &&
                units_wrong(ends[1], right_logarithm(DBL_MAX)) <= 2);
    assert_true(real_logarithm(real_of(1))[0] == 0);
}

/* Products of x, its square and the square of that. The result rounds 0, 0, 1, 2, 3, 4, 5 and 6 times, a number used
 * twice counted twice, each time by half a unit of a number near 2 or a whole one of a number near 1. */
static void whole_powers_are_as_good_as_products(void **unused)
{
    (void)unused;
    static const double limits[] = {0, 0, 0.5, 2, 2, 3, 3, 4};
    for (int exponent = 0; exponent < 8; exponent++) {
        double worst = 0;
        for (int i = 0; i < POINTS / 8; i++) {
            const double x = between_powers(i, -140, 140);
            const real power = real_power(both(x, -x), constant_of(exponent));
            worst = fmax(worst, units_wrong(power[0], right_power(x, exponent)));
            assert_true(power[1] == 0);
        }
        print_message("  exponent %d: %.3f units in the last place\n", exponent, worst);
        assert_true(worst <= limits[exponent] + doubt());
    }
}

/* The power of two of exponent times logarithm: what the logarithm and the product round grows with the product. */
static void other_powers_are_good_to_what_the_exponent_allows(void **unused)
{
    (void)unused;
    double worst = 0, worst_usual = 0;
    for (int i = 0; i < POINTS; i++) {
        const double x = between_powers(i, -100, 100), exponent = 10 * spread(5 * i + 2) + 1e-9;
        const double usual = between_powers(i, -10, 10), hill = 0.5 + 3.5 * spread(5 * i + 2);
        const real power = real_power(both(x, usual), both(exponent, hill));
        const double doublings = exponent * fabs(log2(x));
        worst = fmax(worst, units_wrong(power[0], right_power(x, exponent)) / (2 + 2 * doublings));
        worst_usual = fmax(worst_usual, units_wrong(power[1], right_power(usual, hill)));
    }
    print_message("  %.3f of the bound; %.1f units in the last place for x from 1e-3 to 1e3, exponents from 0.5 to 4\n",
                  worst, worst_usual);
    assert_true(worst <= 1);
    assert_true(units_wrong(real_power(real_of(2), constant_of(10))[0], 1024) <= 2);
    assert_true(units_wrong(real_power(real_of(4), constant_of(-0.5))[0], 0.5L) <= 2);
    assert_true(units_wrong(real_power(real_of(27), constant_of(1.0 / 3))[0], 3) <= 2);
}

static void a_base_that_is_not_positive_counts_as_zero(void **unused)
{
    (void)unused;
    const double exponents[] = {0.5, 1, 2, 2.5, 7, 8.5};
    const double bases[] = {0, -0.0, -1e-300, -1, -1e300, -INFINITY};
    for (size_t i = 0; i < sizeof exponents / sizeof *exponents; i++)
        for (size_t j = 0; j < sizeof bases / sizeof *bases; j++)
            assert_true(real_power(both(bases[j], 3), constant_of(exponents[i]))[0] == 0);
}

static void square_roots_are_exactly_rounded(void **unused)
{
    (void)unused;
    for (int i = 0; i < POINTS; i++) {
        const double x = between_powers(i, -1022, 1023), y = between_powers(i, -2, 2);
        const real root = real_square_root(both(x, y));
        assert_true(root[0] == sqrt(x) && root[1] == sqrt(y));
    }
    const real ends = real_square_root(both(0, INFINITY));
    assert_true(ends[0] == 0 && ends[1] == INFINITY);
    assert_true(isnan(real_square_root(both(-1, 1))[0]));
}

static void limits_hold(void **unused)
{
    (void)unused;
    const double values[] = {0, -0.0, 1e-310, 1.9999, 2, 2.0001, 1e300, INFINITY};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const real limited = real_limited(both(values[i], -values[i]), 2);
        assert_true(limited[0] == fmin(values[i], 2) && limited[1] == -fmin(values[i], 2));
    }
}

static void selection_takes_all_bits_of_one(void **unused)
{
    (void)unused;
    const real x = both(1.5, NAN), y = both(-0.0, INFINITY);
    const real_mask first = {-1, 0}, none = real_mask_none();
    const real mixed = real_select(first, x, y), all = real_select(~none, x, y), other = real_select(none, x, y);
    assert_true(mixed[0] == 1.5 && mixed[1] == INFINITY);
    assert_memory_equal(&all, &x, sizeof x);
    assert_memory_equal(&other, &y, sizeof y);
    assert_true(real_mask_any(first) && !real_mask_all(first) && real_mask_all(~none) && !real_mask_any(none));
}

/* A NaN comes out as one, as in the reading for one patient: a patient whose numbers are broken has to fail. */
static void a_nan_stays_one(void **unused)
{
    (void)unused;
    const double exponents[] = {1, 2, 2.5};
    for (size_t i = 0; i < sizeof exponents / sizeof *exponents; i++)
        assert_true(isnan(real_power(both(NAN, 1), constant_of(exponents[i]))[0]));
    assert_true(isnan(real_power(real_of(2), both(NAN, 2))[0]));
    assert_true(isnan(real_power_of_two(both(NAN, 1))[0]));
    assert_true(isnan(real_limited(both(NAN, 1), 2)[0]));
    assert_true(isnan(real_square_root(both(NAN, 1))[0]));
}

static real apply(int function, real x, constant exponent)
{
    switch (function) {
    case 0:
        return real_power_of_two(x);
    case 1:
        return real_logarithm(x);
    case 2:
        return real_square_root(x);
    case 3:
        return real_limited(x, 3);
    default:
        return real_power(x, exponent);
    }
}

/* The same bits, in either lane, whatever the other one holds. */
static void lanes_do_not_see_each_other(void **unused)
{
    (void)unused;
    const double others[] = {0, -0.0, 1, -1, 1e-310, 0.3, 7.25, 1e300, -1e300, INFINITY, -INFINITY, NAN};
    const double exponents[] = {0, 1, 2, 3, 0.5, 2.7, -1, 20, NAN, INFINITY};
    enum { OTHERS = sizeof others / sizeof *others, EXPONENTS = sizeof exponents / sizeof *exponents };
    for (int function = 0; function < 4 + EXPONENTS; function++) {
        const double exponent = exponents[function < 4 ? 0 : function - 4];
        for (int i = 0; i < 200; i++) {
            const double x = i < OTHERS ? others[i] : between_powers(i, -9, 9);
            const double alone = apply(function, both(x, x), both(exponent, exponent))[0];
            for (int j = 0; j < OTHERS * EXPONENTS; j++) {
                const double other = others[j % OTHERS], other_exponent = exponents[j / OTHERS];
                const double first = apply(function, both(x, other), both(exponent, other_exponent))[0];
                const double second = apply(function, both(other, x), both(other_exponent, exponent))[1];
                assert_memory_equal(&first, &alone, sizeof alone);
                assert_memory_equal(&second, &alone, sizeof alone);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(powers_of_two_are_good_to_three_units),
        cmocka_unit_test(powers_of_two_are_bounded),
        cmocka_unit_test(logarithms_are_good_to_two_units),
        cmocka_unit_test(whole_powers_are_as_good_as_products),
        cmocka_unit_test(other_powers_are_good_to_what_the_exponent_allows),
        cmocka_unit_test(a_base_that_is_not_positive_counts_as_zero),
        cmocka_unit_test(square_roots_are_exactly_rounded),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(selection_takes_all_bits_of_one),
        cmocka_unit_test(a_nan_stays_one),
        cmocka_unit_test(lanes_do_not_see_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
