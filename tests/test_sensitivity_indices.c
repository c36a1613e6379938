/* Sobol indices of functions whose indices are known, and partial rank correlations with what is known of them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <omp.h>

#include "cohorts/sobol.h"
#include "sensitivity_functions.h"

enum { ROWS = 4096 };

static double values[ROWS * (2 + FUNCTION_MOST_FACTORS)];

/* With 4096 rows of a low-discrepancy design the estimates are near, and every interval holds the index. */
static void known_indices_lie_in_their_intervals(void **state)
{
    (void)state;
    for (int number = 0; number < FUNCTION_COUNT; number++) {
        const struct sensitivity_function function = function_number(number);
        struct sobol_index items[FUNCTION_MOST_FACTORS];
        struct sobol_indices indices = {.items = items};
        function_indices(&function, false, 1, ROWS, 1000, values, &indices);
        assert_true(fabs(indices.mean / function.mean - 1) < 0.005);
        assert_true(fabs(indices.variance / function.variance - 1) < 0.01);
        for (size_t i = 0; i < function.factors; i++) {
            const struct sobol_index *index = &items[i];
            if (!estimate_holds(&index->first, function.first[i]) || !estimate_holds(&index->total, function.total[i]))
                fail_msg("%s, factor %zu: first %g of %g (%g to %g), total %g of %g (%g to %g)", function.name, i,
                         index->first.value, function.first[i], index->first.lower, index->first.upper,
                         index->total.value, function.total[i], index->total.lower, index->total.upper);
            assert_true(fabs(index->first.value - function.first[i]) < 0.01);
            assert_true(fabs(index->total.value - function.total[i]) < 0.01);
        }
    }
}

/* ---- What must hold exactly ------------------------------------------------------------------------- */

static double sum_of_some(const struct sensitivity_function *function, const double *u)
{
    (void)function;
    return 3 * u[0] - 4 * u[2];
}

static void a_sum_has_no_interactions(void **state)
{
    (void)state;
    const struct sensitivity_function function = {.name = "sum", .factors = 3, .value = sum_of_some};
    struct sobol_index items[3];
    struct sobol_indices indices = {.items = items};
    function_indices(&function, false, 5, ROWS, 0, values, &indices);
    const double expected[] = {9. / 25, 0, 16. / 25};
    for (int i = 0; i < 3; i++) {
        assert_true(fabs(items[i].first.value - expected[i]) < 0.005);
        assert_true(fabs(items[i].total.value - expected[i]) < 0.005);
        assert_true(isnan(items[i].first.lower) && isnan(items[i].total.upper));
    }
    assert_true(items[1].first.value == 0 && items[1].total.value == 0);
}

static double nothing_varies(const struct sensitivity_function *function, const double *u)
{
    (void)function;
    (void)u;
    return 0.1;
}

static void without_variance_there_are_no_indices(void **state)
{
    (void)state;
    const struct sensitivity_function function = {.name = "constant", .factors = 2, .value = nothing_varies};
    struct sobol_index items[2];
    struct sobol_indices indices = {.items = items};
    function_indices(&function, false, 5, 64, 10, values, &indices);
    assert_true(isnan(items[0].first.value) && isnan(items[1].total.value) && isnan(items[0].total.lower));
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    const struct sensitivity_function function = function_number(1);
    struct sobol_index items[2][FUNCTION_MOST_FACTORS];
    for (int i = 0; i < 2; i++) {
        struct sobol_indices indices = {.items = items[i]};
        omp_set_num_threads(1 + 2 * i);
        function_indices(&function, false, 9, 128, 50, values, &indices);
    }
    omp_set_num_threads(1);
    assert_memory_equal(items[0], items[1], sizeof items[0]);
}

static void resamples_draw_every_row_alike(void **state)
{
    (void)state;
    enum { N = 37, RESAMPLES = 4000 };
    const struct sensitivity_bootstrap bootstrap = {RESAMPLES, 3, 1};
    double sum[N] = {0}, squares = 0;
    for (size_t i = 0; i < RESAMPLES; i++) {
        uint32_t counts[N], all = 0;
        sensitivity_resample(&bootstrap, i, N, counts);
        for (int row = 0; row < N; row++) {
            all += counts[row];
            sum[row] += counts[row];
            squares += (double)counts[row] * counts[row];
        }
        assert_int_equal(all, N);
    }
    /* Binomial: mean 1, variance 1 - 1/N. */
    for (int row = 0; row < N; row++)
        assert_true(fabs(sum[row] / RESAMPLES - 1) < 4 / sqrt(RESAMPLES));
    assert_true(fabs(squares / N / RESAMPLES - (2 - 1. / N)) < 0.03);
}

/* ---- Partial rank correlations ---------------------------------------------------------------------- */

static void correlate(const double *columns, size_t n, size_t factors, size_t resamples, struct rank_correlation *found)
{
    const struct rank_sample sample = {n, factors, columns, columns + factors * n};
    const struct sensitivity_bootstrap bootstrap = {resamples, 1, 1};
    assert_int_equal(rank_correlations_find(&sample, &bootstrap, found), ABSCOPAL_OK);
}

/* With one factor it is Spearman's correlation, here with ties: 1 - 6 sum d^2 / (n (n^2 - 1)) does not hold then, and
 * Pearson's of the midranks 1, 2.5, 2.5, 4, 5 and 2, 1, 3, 5, 4 is 7/sqrt(9.5 10). */
static void one_factor_gives_spearman(void **state)
{
    (void)state;
    const double columns[] = {-3, 0, 0, 2, 100, 1e-3, 1e-4, 1e-2, 9, 8};
    struct rank_correlation found;
    const double r = 7 / sqrt(9.5 * 10), t = r * sqrt(3 / (1 - r * r));
    correlate(columns, 5, 1, 0, &found);
    assert_true(fabs(found.partial.value - r) < 1e-14);
    /* Student's distribution with 3 degrees of freedom. */
    const double angle = atan(t / sqrt(3)), expected = 1 - 2 / M_PI * (angle + t / sqrt(3) / (1 + t * t / 3));
    assert_true(fabs(found.p - expected) < 1e-12);
}

/* r_1y.2 = (r_1y - r_12 r_2y) / sqrt((1 - r_12^2) (1 - r_2y^2)), of ranks 1 to 6. */
static void two_factors_follow_the_formula(void **state)
{
    (void)state;
    const double columns[] = {1, 2, 3, 4, 5, 6, 2, 1, 6, 3, 5, 4, 1, 3, 2, 6, 4, 5};
    struct rank_correlation found[2];
    const double r12 = 1 - 6 * (1. + 1 + 9 + 1 + 0 + 4) / 210, r1y = 1 - 6 * (0. + 1 + 1 + 4 + 1 + 1) / 210,
                 r2y = 1 - 6 * (1. + 4 + 16 + 9 + 1 + 1) / 210;
    correlate(columns, 6, 2, 0, found);
    assert_true(fabs(found[0].partial.value - (r1y - r12 * r2y) / sqrt((1 - r12 * r12) * (1 - r2y * r2y))) < 1e-14);
    assert_true(fabs(found[1].partial.value - (r2y - r12 * r1y) / sqrt((1 - r12 * r12) * (1 - r1y * r1y))) < 1e-14);
}

enum { MANY = 400, FACTORS = 3 };
static void fill(double *columns)
{
    for (uint32_t i = 0; i < MANY; i++) {
        for (int k = 0; k < FACTORS; k++)
            columns[(uint32_t)k * MANY + i] = sobol_uniform(7, k, i);
        columns[FACTORS * MANY + i] = columns[i] - 0.5 * columns[MANY + i] + 0.3 * sobol_uniform(7, FACTORS, i);
    }
}

static void only_ranks_count_and_intervals_hold_the_estimate(void **state)
{
    (void)state;
    static double columns[(FACTORS + 1) * MANY];
    struct rank_correlation before[FACTORS], after[FACTORS];
    fill(columns);
    correlate(columns, MANY, FACTORS, 200, before);
    for (int i = 0; i < MANY; i++) {
        columns[i] = exp(9 * columns[i]);
        columns[FACTORS * MANY + i] = atan(columns[FACTORS * MANY + i]);
    }
    correlate(columns, MANY, FACTORS, 200, after);
    assert_memory_equal(before, after, sizeof before);
    for (int k = 0; k < FACTORS; k++)
        assert_true(estimate_holds(&before[k].partial, before[k].partial.value));
    assert_true(before[0].partial.lower > 0.8 && before[1].partial.upper < -0.6 && before[1].p < 1e-10);
    assert_true(estimate_holds(&before[2].partial, 0) && before[2].p > 0.01);
}

static void what_cannot_be_told_is_left_open(void **state)
{
    (void)state;
    static double columns[(FACTORS + 1) * MANY];
    struct rank_correlation found[FACTORS];
    fill(columns);
    memcpy(columns + MANY, columns, MANY * sizeof *columns); /* one follows from another */
    correlate(columns, MANY, FACTORS, 20, found);
    assert_true(isnan(found[0].partial.value) && isnan(found[2].partial.lower) && isnan(found[0].p));
    fill(columns);
    for (int i = 0; i < MANY; i++)
        columns[FACTORS * MANY + i] = 1;
    correlate(columns, MANY, FACTORS, 20, found);
    assert_true(isnan(found[1].partial.value));
    correlate(columns, FACTORS + 2, FACTORS, 20, found); /* too few */
    assert_true(isnan(found[1].partial.value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_indices_lie_in_their_intervals),
        cmocka_unit_test(a_sum_has_no_interactions),
        cmocka_unit_test(without_variance_there_are_no_indices),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(resamples_draw_every_row_alike),
        cmocka_unit_test(one_factor_gives_spearman),
        cmocka_unit_test(two_factors_follow_the_formula),
        cmocka_unit_test(only_ranks_count_and_intervals_hold_the_estimate),
        cmocka_unit_test(what_cannot_be_told_is_left_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
