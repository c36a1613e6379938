/* Wilson intervals against published numbers, Kaplan-Meier medians against hand-made curves. tests/check_survival.R
 * compares both with R on random data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "trial/endpoints.h"

/* cmocka 1.1.5 compares floats only. */
static void assert_near(double value, double expected, double tolerance)
{
    assert_true(fabs(value - expected) <= tolerance);
}

/* Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I, method 3. */
static void test_wilson_as_published(void **state)
{
    (void)state;
    static const struct {
        size_t count, total;
        double lower, upper;
    } published[] = {{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}};
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        const struct abscopal_share share = endpoints_share(published[i].count, published[i].total);
        assert_int_equal(share.count, published[i].count);
        assert_near(share.fraction, (double)published[i].count / (double)published[i].total, 1e-15);
        assert_near(share.lower, published[i].lower, 0.00005);
        assert_near(share.upper, published[i].upper, 0.00005);
    }
}

static void test_wilson_at_the_ends(void **state)
{
    (void)state;
    for (size_t total = 1; total < 3000; total = total * 3 / 2 + 1) {
        const struct abscopal_share none = endpoints_share(0, total), all = endpoints_share(total, total);
        assert_true(none.lower == 0 && none.upper > 0 && none.upper < 1);
        assert_true(all.upper == 1 && all.lower > 0 && all.lower < 1);
        assert_near(none.upper, 1 - all.lower, 1e-15);
        /* Solved by hand: the upper end for none of n is z^2 / (n + z^2). */
        const double z = 1.959963984540054;
        assert_near(none.upper, z * z / ((double)total + z * z), 1e-14);
    }
    const struct abscopal_share nobody = endpoints_share(0, 0);
    assert_true(isnan(nobody.fraction) && isnan(nobody.lower) && isnan(nobody.upper));
}

static double median(const double *time, const bool *event, size_t n)
{
    double result = -1;
    assert_int_equal(endpoints_kaplan_meier_median(time, event, n, &result), ABSCOPAL_OK);
    return result;
}

static void test_median_without_censoring(void **state)
{
    (void)state;
    const double odd[] = {9, 1, 5}; /* 2/3, 1/3: below one half at the second */
    const bool all[] = {true, true, true, true};
    assert_true(median(odd, all, 3) == 5);
    const double even[] = {9, 1, 5, 3}; /* exactly one half from 3 to 5 */
    assert_true(median(even, all, 4) == 4);
    const double tied[] = {2, 2, 2, 7}; /* 1/4 at once */
    assert_true(median(tied, all, 4) == 2);
    assert_true(median(odd, all, 1) == 9);
}

static void test_median_with_censoring(void **state)
{
    (void)state;
    /* Six patients, censored at 3: 5/6, 4/6; at 5 four are not lost but three at risk: 4/6 * 2/3 = 4/9. */
    const double time[] = {1, 2, 3, 5, 8, 9};
    const bool event[] = {true, true, false, true, true, true};
    assert_true(median(time, event, 6) == 5);
    /* Censored at the time of an event is still at risk at it: 1 - 1/4 = 3/4, then 3/4 * 1/2 = 3/8. */
    const double together[] = {4, 4, 6, 8};
    const bool one_of_both[] = {false, true, true, true};
    assert_true(median(together, one_of_both, 4) == 6);
    /* Exactly one half at 2, and no event after it: as in R's survival, 2. */
    const double stays[] = {1, 2, 6, 7};
    const bool early[] = {true, true, false, false};
    assert_true(median(stays, early, 4) == 2);
}

/* Half of 12 or 24 leave one half, which the product of ratios misses by 1e-16, once below and once above. */
static void test_median_despite_rounding(void **state)
{
    (void)state;
    double time[24];
    bool event[24];
    for (size_t i = 0; i < 24; i++) {
        time[i] = (double)i + 1;
        event[i] = true;
    }
    assert_true(median(time, event, 12) == 6.5);
    assert_true(median(time, event, 24) == 12.5);
}

static void test_median_not_reached(void **state)
{
    (void)state;
    const double time[] = {40, 400, 400, 400, 400};
    const bool event[] = {true, false, false, false, true}; /* 4/5, then 4/5 * 3/4 */
    const double result = median(time, event, 5);
    assert_true(isinf(result) && result > 0);
    const bool none[] = {false, false, false, false, false};
    assert_true(isinf(median(time, none, 5)));
    assert_true(isnan(median(time, none, 0)));
}

/* Freireich 1963, 6-mercaptopurine in acute leukaemia, as in Cox and Oakes, Analysis of Survival Data (1984),
 * table 1.1: median remission 23 weeks with the drug, 8 with placebo. */
static void test_median_as_published(void **state)
{
    (void)state;
    const double drug[] = {6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35};
    bool event[21];
    for (size_t i = 0; i < 21; i++)
        event[i] = i < 9;
    assert_true(median(drug, event, 21) == 23);
    const double placebo[] = {1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23};
    for (size_t i = 0; i < 21; i++)
        event[i] = true;
    assert_true(median(placebo, event, 21) == 8);
}

/* Which order statistics bound a median with 95 %: 1 and 6 of 6, 2 and 9 of 10, 6 and 15 of 20, 18 and 33 of 50 (the
 * usual table of binomial limits); none of 5. Those without a best change do not count. */
static void test_depth_of_response(void **state)
{
    (void)state;
    static const struct {
        size_t n, lower, upper;
    } table[] = {{6, 1, 6}, {10, 2, 9}, {20, 6, 15}, {50, 18, 33}};
    struct patient_outcome outcomes[51];
    struct abscopal_estimate change;
    for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
        const size_t n = table[k].n;
        for (size_t i = 0; i < n; i++)
            outcomes[i] = (struct patient_outcome){.best_change = (double)((7 * i + 3) % n + 1)}; /* 1 to n, mixed */
        outcomes[n] = (struct patient_outcome){.best_change = NAN};
        assert_int_equal(
            endpoints_depth_of_response(&(struct endpoint_group){.n = n + 1, .outcomes = outcomes}, &change),
            ABSCOPAL_OK);
        assert_true(change.value == (double)(n + 1) / 2);
        assert_true(change.lower == (double)table[k].lower && change.upper == (double)table[k].upper);
    }
    for (size_t i = 0; i < 5; i++)
        outcomes[i].best_change = -0.1 * (double)i;
    assert_int_equal(endpoints_depth_of_response(&(struct endpoint_group){.n = 5, .outcomes = outcomes}, &change),
                     ABSCOPAL_OK);
    assert_true(change.value == -0.2 && isnan(change.lower) && isnan(change.upper));
    assert_int_equal(endpoints_depth_of_response(&(struct endpoint_group){.outcomes = outcomes}, &change), ABSCOPAL_OK);
    assert_true(isnan(change.value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wilson_as_published),      cmocka_unit_test(test_wilson_at_the_ends),
        cmocka_unit_test(test_median_without_censoring), cmocka_unit_test(test_median_with_censoring),
        cmocka_unit_test(test_median_despite_rounding),  cmocka_unit_test(test_median_not_reached),
        cmocka_unit_test(test_median_as_published),      cmocka_unit_test(test_depth_of_response),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
