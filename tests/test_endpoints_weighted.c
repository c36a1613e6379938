/* Endpoints of patients who do not count the same. Weights that are whole numbers must give the estimates of as many
 * patients each; intervals must be those of the effective number of patients, which copies do not raise. Variances of
 * times are compared with R in tests/check_survival.R and tests/check_survival_clusters.R. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "trial/endpoints.h"
#include "trial/proportions.h"

static void assert_near(double value, double expected, double tolerance)
{
    if (isnan(value) && isnan(expected))
        return;
    assert_true((isinf(value) && isinf(expected)) || fabs(value - expected) <= tolerance);
}

enum { PATIENTS = 60, COPIES = 4 * PATIENTS };

/* Patients of both arms, as they are with weights and as copies without. */
struct twice {
    size_t copied_n;
    struct patient_outcome outcomes[2][PATIENTS], copied[2][COPIES];
    double weights[PATIENTS];
    size_t patients[PATIENTS], copied_patients[COPIES];
};

static struct patient_outcome outcome_of(unsigned i, unsigned arm)
{
    static const enum response responses[] = {RESPONSE_COMPLETE, RESPONSE_PARTIAL, RESPONSE_STABLE,
                                              RESPONSE_PROGRESSIVE};
    const unsigned mixed = (i * 37 + arm * 11 + i * i % 7) % 29;
    const enum response best = responses[(mixed + arm) % 7 % 4];
    const double day = 40 * (1 + mixed % 8);
    return (struct patient_outcome){.best = best,
                                    .best_confirmed = best,
                                    .at_horizon = mixed % 3 > 0 ? best : RESPONSE_PROGRESSIVE,
                                    .best_change = (double)((mixed * 13) % 31) / 20 - 0.9,
                                    .confirmed_response_day = 40,
                                    .response_end_day = day + 40,
                                    .response_ended = mixed % 4 > 0,
                                    .pfs_day = day,
                                    .pfs_event = mixed % 5 > 0};
}

static void twice_fill(struct twice *twice)
{
    *twice = (struct twice){0};
    for (unsigned i = 0; i < PATIENTS; i++) {
        const unsigned times = (i * 5) % 4; /* 0 to 3 */
        twice->weights[i] = times;
        twice->patients[i] = i;
        for (unsigned arm = 0; arm < 2; arm++)
            twice->outcomes[arm][i] = outcome_of(i, arm);
        for (unsigned copy = 0; copy < times; copy++) {
            twice->copied[0][twice->copied_n] = twice->outcomes[0][i];
            twice->copied[1][twice->copied_n] = twice->outcomes[1][i];
            twice->copied_patients[twice->copied_n] = twice->copied_n;
            twice->copied_n++;
        }
    }
}

static struct endpoint_group weighted_group(const struct twice *twice, int arm)
{
    return (struct endpoint_group){PATIENTS, twice->outcomes[arm], twice->patients, twice->weights, NULL};
}

static struct endpoint_group copied_group(const struct twice *twice, int arm)
{
    return (struct endpoint_group){twice->copied_n, twice->copied[arm], twice->copied_patients, NULL, NULL};
}

static void test_shares(void **state)
{
    (void)state;
    static struct twice twice;
    twice_fill(&twice);
    double sum = 0, squares = 0;
    for (int i = 0; i < PATIENTS; i++) {
        sum += twice.weights[i];
        squares += twice.weights[i] * twice.weights[i];
    }
    const double effective = sum * sum / squares;
    for (int arm = 0; arm < 2; arm++)
        for (int what = 0; what <= ENDPOINT_PROGRESSIVE_DISEASE; what++) {
            const struct endpoint_group weighted = weighted_group(&twice, arm), copied = copied_group(&twice, arm);
            const struct abscopal_share share = endpoints_share_of((enum endpoint_share)what, &weighted);
            const struct abscopal_share of_copies = endpoints_share_of((enum endpoint_share)what, &copied);
            const struct proportion wilson = proportion_wilson_of(of_copies.fraction, effective);
            assert_near(share.fraction, of_copies.fraction, 1e-15);
            assert_near(share.lower, wilson.lower, 1e-14);
            assert_near(share.upper, wilson.upper, 1e-14);
            assert_true(share.lower < of_copies.lower && share.upper > of_copies.upper);
            assert_near(endpoints_effective(weighted.weights, PATIENTS), effective, 1e-12);
        }
}

static void test_times_and_changes(void **state)
{
    (void)state;
    static struct twice twice;
    twice_fill(&twice);
    for (int arm = 0; arm < 2; arm++) {
        const struct endpoint_group weighted = weighted_group(&twice, arm), copied = copied_group(&twice, arm);
        struct abscopal_estimate a, b;
        for (int what = 0; what <= ENDPOINT_TIME_TO_RESPONSE; what++) {
            assert_int_equal(endpoints_median((enum endpoint_time)what, &weighted, &a), ABSCOPAL_OK);
            assert_int_equal(endpoints_median((enum endpoint_time)what, &copied, &b), ABSCOPAL_OK);
            assert_near(a.value, b.value, 0);
        }
        for (int step = 0; step < 6; step++) {
            const double day = 20 + 60 * step;
            assert_int_equal(endpoints_progression_free(&weighted, day, &a), ABSCOPAL_OK);
            assert_int_equal(endpoints_progression_free(&copied, day, &b), ABSCOPAL_OK);
            assert_near(a.value, b.value, 1e-14);
            assert_true(day < 40 || (a.lower < b.lower && a.upper > b.upper));
        }
        assert_int_equal(endpoints_mean_progression_free(&weighted, 300, &a), ABSCOPAL_OK);
        assert_int_equal(endpoints_mean_progression_free(&copied, 300, &b), ABSCOPAL_OK);
        assert_near(a.value, b.value, 1e-11);
        assert_true(a.lower < b.lower && a.upper > b.upper);
        assert_int_equal(endpoints_depth_of_response(&weighted, &a), ABSCOPAL_OK);
        assert_int_equal(endpoints_depth_of_response(&copied, &b), ABSCOPAL_OK);
        assert_near(a.value, b.value, 0);
        assert_true(a.lower <= b.lower && a.upper >= b.upper && a.upper - a.lower > b.upper - b.lower);
    }
}

/* In whatever unit weights are, whether patients are the same in both arms or not. */
static void test_comparisons(void **state)
{
    (void)state;
    static struct twice twice;
    twice_fill(&twice);
    double thirds[PATIENTS];
    for (int i = 0; i < PATIENTS; i++)
        thirds[i] = twice.weights[i] / 3;
    for (int paired = 0; paired < 2; paired++) {
        struct endpoint_group arm = weighted_group(&twice, 1), reference = weighted_group(&twice, 0);
        const struct endpoint_group copied_arm = copied_group(&twice, 1), copied_reference = copied_group(&twice, 0);
        struct endpoint_comparison a, b, c;
        assert_int_equal(endpoints_compare(&arm, &reference, paired == 1, PATIENTS, &a), ABSCOPAL_OK);
        assert_int_equal(endpoints_compare(&copied_arm, &copied_reference, paired == 1, COPIES, &b), ABSCOPAL_OK);
        arm.weights = reference.weights = thirds;
        assert_int_equal(endpoints_compare(&arm, &reference, paired == 1, PATIENTS, &c), ABSCOPAL_OK);
        assert_near(a.best_response_difference.value, b.best_response_difference.value, 1e-15);
        assert_true(a.best_response_difference.lower < b.best_response_difference.lower);
        assert_true(a.best_response_difference.upper > b.best_response_difference.upper);
        assert_near(c.best_response_difference.lower, a.best_response_difference.lower, 1e-13);
        assert_near(c.hazard_ratio.value, a.hazard_ratio.value, 1e-12);
        assert_near(c.hazard_ratio.lower, a.hazard_ratio.lower, 1e-12);
        assert_near(c.log_rank_p, a.log_rank_p, 1e-12);
        /* Tied events of copies are more ties, which Efron's approximation spreads otherwise. */
        assert_near(log(a.hazard_ratio.value / b.hazard_ratio.value), 0, 0.02);
        assert_true(a.pairs == (paired == 1 ? PATIENTS : 0));
    }
}

/* A subgroup that counts twice is a subgroup that is there twice; without ties the hazard ratio is the same, too. */
static void test_doubled_subgroup(void **state)
{
    (void)state;
    enum { N = 20 };
    struct patient_outcome outcomes[2][N], copied[2][2 * N];
    double weights[N];
    size_t n = 0;
    for (unsigned i = 0; i < N; i++) {
        weights[i] = i % 3 == 0 ? 2 : 1;
        for (unsigned arm = 0; arm < 2; arm++) {
            outcomes[arm][i] = outcome_of(i, arm);
            outcomes[arm][i].pfs_day = 10 + (double)((i * 7 + arm * 3) % N) + 0.4 * arm;
            outcomes[arm][i].pfs_event = true;
            copied[arm][n] = outcomes[arm][i];
        }
        n++;
        for (unsigned arm = 0; i % 3 == 0 && arm < 2; arm++) {
            copied[arm][n] = outcomes[arm][i];
            copied[arm][n].pfs_day += 1e-9; /* not tied */
        }
        n += i % 3 == 0;
    }
    const struct endpoint_group arm = {N, outcomes[1], NULL, weights, NULL},
                                reference = {N, outcomes[0], NULL, weights, NULL};
    const struct endpoint_group copied_arm = {n, copied[1], NULL, NULL, NULL},
                                copied_reference = {n, copied[0], NULL, NULL, NULL};
    struct endpoint_comparison a, b;
    assert_int_equal(endpoints_compare(&arm, &reference, false, 0, &a), ABSCOPAL_OK);
    assert_int_equal(endpoints_compare(&copied_arm, &copied_reference, false, 0, &b), ABSCOPAL_OK);
    assert_near(log(a.hazard_ratio.value / b.hazard_ratio.value), 0, 0.05);
    assert_near(a.best_response_difference.value, b.best_response_difference.value, 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_times_and_changes),
        cmocka_unit_test(test_comparisons),
        cmocka_unit_test(test_doubled_subgroup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
