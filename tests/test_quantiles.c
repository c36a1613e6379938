/* Weighted quantiles: type 7 of other libraries when all count the same, and what weights must do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

#include "trial/quantiles.h"

enum { COUNT = 37 };

static const double parts[] = {0, 0.05, 0.1, 0.25, 1.0 / 3, 0.5, 0.75, 0.95, 1};
enum { PART_COUNT = sizeof parts / sizeof *parts };

/* 0.37, 1.37, 4.37, ... in no order, once sorted with these weights. */
static void make(struct weighed *values, double first_weight, double step)
{
    for (size_t i = 0; i < COUNT; i++) {
        const double place = (double)(i * 5 % COUNT);
        values[i] = (struct weighed){0.37 + place * place, first_weight + step * place};
    }
    weighed_sort(values, COUNT);
}

static void equal_weights_give_type_7(void **state)
{
    (void)state;
    struct weighed values[COUNT];
    double sorted[COUNT];
    static const double weights[] = {0.001, 0.3, 1, 7, 12345};
    for (size_t k = 0; k < sizeof weights / sizeof *weights; k++) {
        make(values, weights[k], 0);
        for (size_t i = 0; i < COUNT; i++)
            sorted[i] = values[i].value;
        for (size_t i = 0; i < PART_COUNT; i++) {
            const double expected = gsl_stats_quantile_from_sorted_data(sorted, 1, COUNT, parts[i]);
            assert_true(fabs(weighed_quantile(values, COUNT, parts[i]) / expected - 1) < 1e-12);
        }
    }
}

/* Only ratios of weights count, and turning the order round turns the quantiles round. */
static void weights_have_no_unit_and_no_direction(void **state)
{
    (void)state;
    struct weighed values[COUNT], scaled[COUNT], turned[COUNT];
    make(values, 1, 0.25);
    for (size_t i = 0; i < COUNT; i++) {
        scaled[i] = (struct weighed){values[i].value, 1e-3 * values[i].weight};
        turned[COUNT - 1 - i] = (struct weighed){-values[i].value, values[i].weight};
    }
    for (size_t i = 0; i < PART_COUNT; i++) {
        const double value = weighed_quantile(values, COUNT, parts[i]);
        assert_true(fabs(weighed_quantile(scaled, COUNT, parts[i]) / value - 1) < 1e-12);
        assert_true(fabs(weighed_quantile(turned, COUNT, 1 - parts[i]) / -value - 1) < 1e-12);
    }
}

/* Who counts a million times as much as the others together is every quantile; a value of next to no weight changes
 * nothing. */
static void weight_decides(void **state)
{
    (void)state;
    struct weighed values[3] = {{1, 1e-7}, {2, 1}, {3, 1e-7}}, few[4] = {{5, 1}, {6, 1}, {7, 1}, {1e3, 1e-13}};
    for (size_t i = 0; i < PART_COUNT; i++) {
        assert_true(fabs(weighed_quantile(values, 3, parts[i]) - 2) < 1e-6);
        assert_true(fabs(weighed_quantile(few, 4, parts[i]) - weighed_quantile(few, 3, parts[i])) < 1e-9);
    }
    assert_true(isnan(weighed_quantile(values, 0, 0.5)));
    assert_true(weighed_quantile(few, 1, 0.3) == 5);
}

/* Values 1 and 2 of weights 3 and 1: effective 16/10, so that the median is the mean over the cumulative weight from
 * 3/16 to 13/16, of which 9/16 has value 1 and 1/16 value 2. */
static void two_by_hand(void **state)
{
    (void)state;
    const struct weighed values[2] = {{1, 3}, {2, 1}};
    assert_true(fabs(weighed_quantile(values, 2, 0.5) - 1.1) < 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_weights_give_type_7),
        cmocka_unit_test(weights_have_no_unit_and_no_direction),
        cmocka_unit_test(weight_decides),
        cmocka_unit_test(two_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
