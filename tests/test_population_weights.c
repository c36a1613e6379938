/* Weights of a virtual population against closed forms, raking by hand and the conditions of the optimum. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "cohorts/population_file.h"
#include "cohorts/population_weights.h"
#include "cohorts/sampling.h"

static void assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.17g is not %.17g", value, expected);
}

enum { N = 400 };

/* A bin for each patient, by a random number of its own. */
static void bins_draw(int *bins, const char *name, const double *below, int count)
{
    for (uint64_t i = 0; i < N; i++) {
        const double u = sampling_uniform(11, i + 1, name, 0);
        int bin = 0;
        while (bin + 1 < count && u > below[bin])
            bin++;
        bins[i] = bin;
    }
}

static enum weights_result solve(const struct weights_target *targets, size_t count, double *weights,
                                 struct weights_failure *failure)
{
    enum weights_result result = WEIGHTS_INFEASIBLE;
    assert_int_equal(weights_prevalence(targets, count, N, weights, &result, failure), ABSCOPAL_OK);
    return result;
}

/* One marginal: a patient's weight is the share asked for over the share of the sample, and 0 outside the bins. */
static void test_one_marginal(void **state)
{
    (void)state;
    static const double shares[] = {0.1, 0, 0.6, 0.3};
    int bins[N], counts[4] = {0};
    double weights[N], reached[4];
    struct weights_failure failure;
    bins_draw(bins, "a", (const double[]){0.4, 0.5, 0.7}, 4);
    for (int i = 0; i < 20; i++)
        bins[i] = -1;
    for (int i = 20; i < N; i++)
        counts[bins[i]]++;
    const struct weights_target target = {4, shares, bins};
    assert_int_equal(solve(&target, 1, weights, &failure), WEIGHTS_FOUND);
    for (int i = 0; i < N; i++)
        assert_near(weights[i], bins[i] >= 0 ? shares[bins[i]] * N / counts[bins[i]] : 0, 1e-6);
    weights_shares(&target, weights, N, reached);
    for (int bin = 0; bin < 4; bin++)
        assert_near(reached[bin], shares[bin], WEIGHTS_TOLERANCE);
}

/* Two marginals of a sample in which they are independent to the patient: the product of what each alone asks for. */
static void test_independent_marginals(void **state)
{
    (void)state;
    static const double first[] = {0.5, 0.2, 0.3, 0}, second[] = {0.1, 0.9};
    int a[N], b[N];
    double weights[N];
    struct weights_failure failure;
    for (int i = 0; i < N; i++) {
        a[i] = i % 4;
        b[i] = i / 4 % 5 > 1; /* 40 % and 60 % of each */
    }
    const struct weights_target targets[] = {{4, first, a}, {2, second, b}};
    assert_int_equal(solve(targets, 2, weights, &failure), WEIGHTS_FOUND);
    for (int i = 0; i < N; i++)
        assert_near(weights[i], first[a[i]] / 0.25 * (second[b[i]] / (b[i] == 1 ? 0.6 : 0.4)), 1e-7);
}

/* Iterative proportional fitting to the end: one target after the other is met by multiplying its bins. */
static void rake(const struct weights_target *targets, size_t count, double *weights)
{
    double shares[16];
    for (int i = 0; i < N; i++)
        weights[i] = 1;
    for (int round = 0; round < 5000; round++)
        for (size_t t = 0; t < count; t++) {
            weights_shares(&targets[t], weights, N, shares);
            for (int i = 0; i < N; i++)
                weights[i] *= targets[t].shares[targets[t].bins[i]] / shares[targets[t].bins[i]];
        }
    double sum = 0;
    for (int i = 0; i < N; i++)
        sum += weights[i];
    for (int i = 0; i < N; i++)
        weights[i] *= N / sum;
}

/* Dependent marginals and a joint distribution, against raking; and the conditions of the optimum (Karush, Kuhn and
 * Tucker): the shares are reached, and moving weight between patients in any way that keeps the shares raises the
 * divergence. */
static void test_raking(void **state)
{
    (void)state;
    static const double first[] = {0.3, 0.3, 0.4}, second[] = {0.15, 0.25, 0.35, 0.25};
    static const double joint[] = {0.05, 0.25, 0.1, 0.2, 0.15, 0.25};
    int a[N], b[N], c[N], cells[N];
    double weights[N], raked[N];
    struct weights_failure failure;
    bins_draw(a, "a", (const double[]){0.5, 0.8}, 3);
    bins_draw(b, "b", (const double[]){0.2, 0.4, 0.8}, 4);
    bins_draw(c, "c", (const double[]){0.4}, 2);
    for (int i = 0; i < N; i++) {
        if (i % 3 == 0)
            b[i] = a[i]; /* dependent */
        cells[i] = a[i] * 2 + c[i];
    }
    const struct weights_target targets[] = {{3, first, a}, {4, second, b}, {6, joint, cells}};
    assert_int_equal(solve(targets, 3, weights, &failure), WEIGHTS_FOUND);
    rake(targets, 3, raked);
    for (int i = 0; i < N; i++)
        assert_near(weights[i], raked[i], 1e-6);
    /* Four patients at the corners of two bins by two of b and c, a the same: swapping keeps all shares, so at the
     * optimum the product of weights along one diagonal is that along the other. */
    int swaps = 0;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < i; j++)
            if (a[i] == a[j] && b[i] != b[j] && c[i] != c[j])
                for (int k = 0; k < N && swaps < 1000; k++)
                    if (a[k] == a[i] && b[k] == b[i] && c[k] == c[j]) {
                        for (int l = 0; l < N; l++)
                            if (a[l] == a[i] && b[l] == b[j] && c[l] == c[i]) {
                                assert_near(log(weights[i]) + log(weights[j]), log(weights[k]) + log(weights[l]), 1e-9);
                                swaps++;
                                break;
                            }
                        break;
                    }
    assert_true(swaps > 100);
}

/* A bin that nobody is in; one whose patients another target leaves out; shares that contradict each other. */
static void test_impossible(void **state)
{
    (void)state;
    static const double thirds[] = {0.25, 0.25, 0.5}, first[] = {0.7, 0.3}, other[] = {0.2, 0.8}, all[] = {1, 0};
    int a[N], b[N], three[N];
    double weights[N];
    struct weights_failure failure;
    for (int i = 0; i < N; i++) {
        three[i] = i % 2;
        a[i] = i % 2;
        b[i] = i % 2;
    }
    const struct weights_target empty[] = {{2, first, a}, {3, thirds, three}};
    assert_int_equal(solve(empty, 2, weights, &failure), WEIGHTS_EMPTY_BIN);
    assert_true(failure.target == 1 && failure.bin == 2);
    const struct weights_target left_out[] = {{2, all, a}, {2, first, b}};
    assert_int_equal(solve(left_out, 2, weights, &failure), WEIGHTS_EMPTY_BIN);
    assert_true(failure.target == 1 && failure.bin == 1);
    const struct weights_target contradiction[] = {{2, first, a}, {2, other, b}};
    assert_int_equal(solve(contradiction, 2, weights, &failure), WEIGHTS_INFEASIBLE);
    assert_true(fabs(failure.reached - (failure.target == 0 ? first : other)[failure.bin]) > 0.1);
    /* Bins that can only have their shares when others have none: 60 % in the first of a and 60 % in the second of b,
     * where hardly anybody is in both. */
    for (int i = 0; i < N; i++) {
        a[i] = i < N / 2;
        b[i] = i < N / 2;
    }
    const struct weights_target too_much[] = {{2, (const double[]){0.5, 0.5}, a},
                                              {2, (const double[]){0.501, 0.499}, b}};
    assert_int_equal(solve(too_much, 2, weights, &failure), WEIGHTS_INFEASIBLE);
}

/* Accepted with the weight over the largest: all of the heaviest, of the others their part within four standard
 * deviations; the same for the same seed whoever else there is, and others for another. */
static void test_acceptance(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    static const double quarter = 0.25 * MANY;
    static double weights[MANY], again[MANY];
    static uint64_t ids[MANY];
    size_t accepted[4] = {0}, same = 0;
    static const double parts[4] = {0, 0.2, 0.7, 1};
    for (uint64_t i = 0; i < MANY; i++) {
        weights[i] = again[i] = 3 * parts[i % 4];
        ids[i] = i + 1;
    }
    weights_accept(weights, ids, MANY, 5);
    for (size_t i = 0; i < MANY; i++) {
        assert_true(weights[i] == 0 || weights[i] == 1);
        accepted[i % 4] += weights[i] == 1;
    }
    assert_true(accepted[0] == 0 && accepted[3] == MANY / 4);
    for (int k = 1; k < 3; k++)
        assert_near((double)accepted[k], quarter * parts[k], 4 * sqrt(quarter * parts[k] * (1 - parts[k])));
    assert_true(population_effective(weights, MANY) == (double)(accepted[1] + accepted[2] + accepted[3]));
    weights_accept(again + 8, ids + 8, 40, 5);
    for (int i = 8; i < 48; i++)
        assert_true(again[i] == weights[i]);
    for (size_t i = 0; i < MANY; i++)
        again[i] = 3 * parts[i % 4];
    weights_accept(again, ids, MANY, 6);
    for (size_t i = 2; i < MANY; i += 4)
        same += again[i] == weights[i];
    assert_near((double)same, quarter * (0.49 + 0.09), 4 * sqrt(quarter * 0.58 * 0.42));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_marginal), cmocka_unit_test(test_independent_marginals),
        cmocka_unit_test(test_raking),       cmocka_unit_test(test_impossible),
        cmocka_unit_test(test_acceptance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
