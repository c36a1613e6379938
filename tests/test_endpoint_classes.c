/* Patients who are alike, kept once, must give what they give with a row each: every endpoint, every comparison, and
 * what these are made of. Rows of a patient each are what R's survival is compared with in tests/check_survival.R and
 * tests/check_survival_clusters.R. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trial/endpoint_classes.h"
#include "trial/endpoint_tally.h"
#include "trial/order_statistics.h"
#include "trial/survival_clusters.h"

enum { PATIENTS = 400, SETS = 60 };

/* xorshift64 (Marsaglia 2003, doi:10.18637/jss.v008.i14). */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* To the last bits: sums may be in another order. */
static void assert_near(double value, double expected)
{
    if (isnan(expected) || isinf(expected))
        assert_true((isnan(value) && isnan(expected)) || value == expected);
    else
        assert_true(fabs(value - expected) <= 1e-12 * fmax(1, fabs(expected)));
}

static void assert_same(double value, double expected)
{
    assert_true((isnan(value) && isnan(expected)) || value == expected);
}

static void assert_estimate_near(const struct abscopal_estimate *a, const struct abscopal_estimate *b)
{
    assert_near(a->value, b->value);
    assert_near(a->lower, b->lower);
    assert_near(a->upper, b->upper);
}

static void assert_estimate_same(const struct abscopal_estimate *a, const struct abscopal_estimate *b)
{
    assert_same(a->value, b->value);
    assert_same(a->lower, b->lower);
    assert_same(a->upper, b->upper);
}

/* ---- Endpoints -------------------------------------------------------------------------------------- */

/* Two arms, some of whose patients are in one of them alone, by rows of a patient each and by classes. */
struct arms {
    size_t n[2], patients[2][PATIENTS];
    struct patient_outcome outcomes[2][PATIENTS];
    struct endpoint_group rows[2], alike[2];
    struct endpoint_classes classes;
};

static struct patient_outcome random_outcome(uint64_t *random, uint64_t visits)
{
    static const enum response responses[] = {RESPONSE_COMPLETE, RESPONSE_PARTIAL, RESPONSE_STABLE,
                                              RESPONSE_PROGRESSIVE, RESPONSE_NOT_EVALUABLE};
    const enum response best = responses[next_random(random) % 5];
    const bool responded = endpoints_is_response(best);
    const double end = 40 * (double)(next_random(random) % visits), response = 40 * (double)(next_random(random) % 3);
    const bool event = next_random(random) % 4 > 0;
    return (struct patient_outcome){
        .best = best,
        .best_confirmed = best,
        .at_horizon = responses[next_random(random) % 5],
        .best_change = next_random(random) % 9 == 0 ? NAN : (double)(next_random(random) % 1000) / 700 - 1,
        .best_change_day = (double)(next_random(random) % 100),
        .confirmed_response_day = responded ? response : (double)NAN,
        .response_end_day = responded ? response + end : (double)NAN,
        .response_ended = responded && event,
        .pfs_day = responded ? response + end : end,
        .pfs_event = event};
}

static void arms_fill(struct arms *arms, uint64_t *random, enum endpoint_likeness likeness)
{
    const size_t patients = next_random(random) % PATIENTS;
    const uint64_t visits = 1 + next_random(random) % 12, absent = 2 + next_random(random) % 12;
    *arms = (struct arms){.classes = {.likeness = likeness}};
    for (size_t patient = 0; patient < patients; patient++) {
        const struct patient_outcome *outcomes[2] = {NULL, NULL};
        for (int arm = 0; arm < 2; arm++) {
            if (next_random(random) % absent == 0)
                continue;
            const size_t i = arms->n[arm]++;
            arms->patients[arm][i] = patient;
            arms->outcomes[arm][i] = random_outcome(random, visits);
            outcomes[arm] = &arms->outcomes[arm][i];
        }
        if (outcomes[0] != NULL || outcomes[1] != NULL)
            assert_true(endpoint_classes_add(&arms->classes, outcomes[0], outcomes[1]));
    }
    for (int arm = 0; arm < 2; arm++) {
        arms->rows[arm] = (struct endpoint_group){
            .n = arms->n[arm], .outcomes = arms->outcomes[arm], .patients = arms->patients[arm]};
        arms->alike[arm] = endpoint_classes_group(&arms->classes, arm);
    }
}

static void assert_arm_same(const struct endpoint_group *a, const struct endpoint_group *b)
{
    struct abscopal_estimate one, other;
    for (int what = 0; what <= ENDPOINT_PROGRESSIVE_DISEASE; what++) {
        const struct abscopal_share first = endpoints_share_of((enum endpoint_share)what, a);
        const struct abscopal_share second = endpoints_share_of((enum endpoint_share)what, b);
        assert_int_equal(first.count, second.count);
        assert_same(first.fraction, second.fraction);
        assert_same(first.lower, second.lower);
        assert_same(first.upper, second.upper);
    }
    for (int what = 0; what <= ENDPOINT_TIME_TO_RESPONSE; what++) {
        assert_int_equal(endpoints_median((enum endpoint_time)what, a, &one), ABSCOPAL_OK);
        assert_int_equal(endpoints_median((enum endpoint_time)what, b, &other), ABSCOPAL_OK);
        assert_estimate_same(&one, &other);
    }
    for (int i = 0; i < 14; i++) {
        const double day = 45 * i;
        assert_int_equal(endpoints_progression_free(a, day, &one), ABSCOPAL_OK);
        assert_int_equal(endpoints_progression_free(b, day, &other), ABSCOPAL_OK);
        assert_estimate_same(&one, &other);
        assert_int_equal(endpoints_mean_progression_free(a, day, &one), ABSCOPAL_OK);
        assert_int_equal(endpoints_mean_progression_free(b, day, &other), ABSCOPAL_OK);
        assert_estimate_same(&one, &other);
    }
}

/* Numbers of patients are whole, so that an arm's endpoints are the same to the last bit. */
static void test_endpoints_of_an_arm(void **state)
{
    (void)state;
    static struct arms arms;
    uint64_t random = 88172645463325252U;
    for (int set = 0; set < SETS; set++) {
        arms_fill(&arms, &random, ENDPOINT_LIKE_IN_ALL);
        for (int arm = 0; arm < 2; arm++)
            assert_arm_same(&arms.alike[arm], &arms.rows[arm]);
        endpoint_classes_free(&arms.classes);
    }
}

/* So is the hazard ratio, and the log-rank test of other patients. */
static void test_comparisons(void **state)
{
    (void)state;
    static struct arms arms;
    uint64_t random = 1234567891011U;
    for (int set = 0; set < 2 * SETS; set++) {
        const bool paired = set % 2 == 0;
        struct endpoint_comparison a, b;
        struct abscopal_estimate one, other;
        arms_fill(&arms, &random, ENDPOINT_LIKE_IN_COMPARED);
        const struct endpoint_group *rows = arms.rows, *alike = arms.alike;
        const size_t classes = arms.classes.n;
        assert_int_equal(endpoints_compare(&rows[1], &rows[0], paired, PATIENTS, &a), ABSCOPAL_OK);
        assert_int_equal(endpoints_compare(&alike[1], &alike[0], paired, classes, &b), ABSCOPAL_OK);
        assert_int_equal(a.pairs, b.pairs);
        assert_estimate_same(&b.best_response_difference, &a.best_response_difference);
        assert_same(b.hazard_ratio.value, a.hazard_ratio.value);
        assert_estimate_near(&b.hazard_ratio, &a.hazard_ratio);
        assert_near(b.log_rank_p, a.log_rank_p);
        if (!paired)
            assert_same(b.log_rank_p, a.log_rank_p);
        for (int reading = 0; reading < 2; reading++)
            for (int i = 0; i < 3; i++) {
                const double day = 30 + 100 * i;
                assert_int_equal(endpoints_progression_difference(&rows[1], &rows[0], paired, PATIENTS,
                                                                  (enum survival_reading)reading, day, &one),
                                 ABSCOPAL_OK);
                assert_int_equal(endpoints_progression_difference(&alike[1], &alike[0], paired, classes,
                                                                  (enum survival_reading)reading, day, &other),
                                 ABSCOPAL_OK);
                assert_estimate_near(&other, &one);
            }
        endpoint_classes_free(&arms.classes);
    }
}

/* Twelve days, with an event or not, and with a response or not: more patients take no more memory, and every one of
 * them counts. */
static void test_classes_do_not_grow(void **state)
{
    (void)state;
    enum { MANY = 20000, DAYS = 12 };
    struct endpoint_classes classes = {.likeness = ENDPOINT_LIKE_IN_COMPARED};
    struct endpoint_tally tally = {0};
    uint64_t random = 42;
    for (int i = 0; i < MANY; i++) {
        const struct patient_outcome outcome = random_outcome(&random, DAYS - 2);
        assert_true(endpoint_classes_add(&classes, NULL, &outcome));
    }
    assert_true(classes.n <= DAYS * 2 * 2 && classes.n > DAYS * 3 && classes.room < 2 * (size_t)DAYS * 2 * 2);
    const struct endpoint_group group = endpoint_classes_group(&classes, 1);
    for (size_t i = 0; i < group.n; i++)
        endpoint_tally_add(&tally, false, 1, endpoint_group_copies(&group, i));
    assert_int_equal(tally.patients, MANY);
    endpoint_classes_free(&classes);
}

/* ---- What they are made of -------------------------------------------------------------------------- */

/* Rows with copies, and the same written out. */
struct survival_set {
    size_t n, all, clusters;
    double time[PATIENTS], other_time[PATIENTS], covariate[PATIENTS], weight[PATIENTS];
    bool event[PATIENTS];
    size_t copies[PATIENTS], group[PATIENTS], stratum[PATIENTS], cluster[PATIENTS];
    double all_time[4 * PATIENTS], all_other_time[4 * PATIENTS], all_covariate[4 * PATIENTS], all_weight[4 * PATIENTS];
    bool all_event[4 * PATIENTS];
    size_t all_group[4 * PATIENTS], all_stratum[4 * PATIENTS], all_cluster[4 * PATIENTS];
};

/* Clusters of one to three rows that have as many copies, 0 to 3; those of a copy are a cluster of its own. */
static void survival_set_fill(struct survival_set *set, uint64_t *random)
{
    *set = (struct survival_set){.n = 3 * (2 + next_random(random) % (PATIENTS / 3 - 2))};
    const size_t most = set->n;
    for (size_t i = 0; i < set->n; i++) {
        set->cluster[i] = i / 3;
        set->copies[i] = (i / 3 * 7 + 1) % 4;
        set->time[i] = (double)(next_random(random) % 12);
        set->other_time[i] = (double)(next_random(random) % 12);
        set->event[i] = next_random(random) % 3 > 0;
        set->covariate[i] = (double)(next_random(random) % 5);
        set->weight[i] = (double)(next_random(random) % 4) / 3;
        set->group[i] = next_random(random) % 3;
        set->stratum[i] = next_random(random) % 2;
        for (size_t copy = 0; copy < set->copies[i]; copy++) {
            const size_t k = set->all++;
            set->all_time[k] = set->time[i];
            set->all_other_time[k] = set->other_time[i];
            set->all_event[k] = set->event[i];
            set->all_covariate[k] = set->covariate[i];
            set->all_weight[k] = set->weight[i];
            set->all_group[k] = set->group[i];
            set->all_stratum[k] = set->stratum[i];
            set->all_cluster[k] = set->cluster[i] + copy * most;
        }
    }
    set->clusters = 4 * most;
}

static struct survival_data with_copies(const struct survival_set *set, bool weighted)
{
    return (struct survival_data){.time = set->time,
                                  .event = set->event,
                                  .weight = weighted ? set->weight : NULL,
                                  .copies = set->copies,
                                  .n = set->n};
}

static struct survival_data written_out(const struct survival_set *set, bool weighted)
{
    return (struct survival_data){
        .time = set->all_time, .event = set->all_event, .weight = weighted ? set->all_weight : NULL, .n = set->all};
}

static void assert_curves_near(const struct survival_data *first, const struct survival_data *second)
{
    struct survival_curve a, b;
    assert_int_equal(survival_curve_fit(first, SURVIVAL_LOG_LOG, &a), ABSCOPAL_OK);
    assert_int_equal(survival_curve_fit(second, SURVIVAL_LOG_LOG, &b), ABSCOPAL_OK);
    assert_int_equal(a.count, b.count);
    assert_near(a.events, b.events);
    for (size_t k = 0; k < a.count; k++) {
        assert_same(a.rows[k].time, b.rows[k].time);
        assert_near(a.rows[k].at_risk, b.rows[k].at_risk);
        assert_near(a.rows[k].events, b.rows[k].events);
        assert_near(a.rows[k].survival, b.rows[k].survival);
        assert_near(a.rows[k].log_standard_error, b.rows[k].log_standard_error);
        assert_near(a.rows[k].lower, b.rows[k].lower);
        assert_near(a.rows[k].upper, b.rows[k].upper);
    }
    const struct survival_estimate mean = survival_restricted_mean(&a, 7), other = survival_restricted_mean(&b, 7);
    assert_near(mean.value, other.value);
    assert_near(mean.standard_error, other.standard_error);
    survival_curve_free(&a);
    survival_curve_free(&b);
}

static void assert_tests_near(const struct survival_test *a, const struct survival_test *b)
{
    assert_near(a->chi_square, b->chi_square);
    assert_near(a->p, b->p);
    assert_int_equal(a->degrees_of_freedom, b->degrees_of_freedom);
}

static void assert_cox_near(const struct survival_set *set, bool weighted, enum survival_ties ties)
{
    const struct survival_data first = with_copies(set, weighted), second = written_out(set, weighted);
    struct survival_cox a, b;
    assert_int_equal(survival_cox_fit(&first, set->covariate, set->stratum, ties, &a), ABSCOPAL_OK);
    assert_int_equal(survival_cox_fit(&second, set->all_covariate, set->all_stratum, ties, &b), ABSCOPAL_OK);
    assert_int_equal(a.status, b.status);
    assert_near(a.coefficient, b.coefficient);
    assert_near(a.standard_error, b.standard_error);
    assert_near(a.log_likelihood_null, b.log_likelihood_null);
    assert_near(a.log_likelihood, b.log_likelihood);
    assert_tests_near(&a.score, &b.score);
    assert_tests_near(&a.wald, &b.wald);
}

static void assert_clusters_near(const struct survival_set *set, bool weighted)
{
    const struct survival_data first = with_copies(set, weighted), second = written_out(set, weighted);
    struct survival_clustered a, b;
    struct survival_estimate one, other;
    assert_int_equal(survival_cluster(&first, set->covariate, set->cluster, set->clusters, 0.25, &a), ABSCOPAL_OK);
    assert_int_equal(survival_cluster(&second, set->all_covariate, set->all_cluster, set->clusters, 0.25, &b),
                     ABSCOPAL_OK);
    assert_near(a.standard_error, b.standard_error);
    assert_near(a.lower, b.lower);
    assert_near(a.upper, b.upper);
    assert_tests_near(&a.score, &b.score);
    struct survival_sample samples[] = {{first, set->cluster}, {first, set->cluster}};
    struct survival_sample all[] = {{second, set->all_cluster}, {second, set->all_cluster}};
    samples[1].data.time = set->other_time;
    all[1].data.time = set->all_other_time;
    assert_int_equal(survival_difference(&samples[0], &samples[1], set->clusters, SURVIVAL_AT, 5, &one), ABSCOPAL_OK);
    assert_int_equal(survival_difference(&all[0], &all[1], set->clusters, SURVIVAL_AT, 5, &other), ABSCOPAL_OK);
    assert_near(one.value, other.value);
    assert_near(one.standard_error, other.standard_error);
}

static void test_survival_with_copies(void **state)
{
    (void)state;
    static struct survival_set set;
    uint64_t random = 987654321;
    for (int repeat = 0; repeat < SETS; repeat++) {
        survival_set_fill(&set, &random);
        for (int weighted = 0; weighted < 2; weighted++) {
            const struct survival_data first = with_copies(&set, weighted == 1),
                                       second = written_out(&set, weighted == 1);
            assert_curves_near(&first, &second);
            assert_cox_near(&set, weighted == 1, SURVIVAL_EFRON);
            assert_cox_near(&set, weighted == 1, SURVIVAL_BRESLOW);
            assert_clusters_near(&set, weighted == 1);
        }
        const struct survival_data first = with_copies(&set, false), second = written_out(&set, false);
        double observed[2][3], expected[2][3];
        struct survival_test tests[2];
        enum survival_status found[2];
        assert_int_equal(
            survival_log_rank(&first, set.group, 3, set.stratum, observed[0], expected[0], &tests[0], &found[0]),
            ABSCOPAL_OK);
        assert_int_equal(survival_log_rank(&second, set.all_group, 3, set.all_stratum, observed[1], expected[1],
                                           &tests[1], &found[1]),
                         ABSCOPAL_OK);
        assert_int_equal(found[0], found[1]);
        assert_tests_near(&tests[0], &tests[1]);
        for (int group = 0; group < 3; group++)
            assert_same(observed[0][group], observed[1][group]);
    }
}

/* Members of a cluster are as many. */
static void test_copies_that_do_not_match(void **state)
{
    (void)state;
    const double time[] = {1, 2, 3}, covariate[] = {0, 1, 0};
    const bool event[] = {true, true, false};
    const size_t copies[] = {2, 3, 0}, cluster[] = {0, 0, 0}, apart[] = {0, 1, 1};
    const struct survival_data data = {.time = time, .event = event, .copies = copies, .n = 3};
    const struct survival_sample sample = {data, cluster};
    struct survival_clustered clustered;
    struct survival_estimate difference;
    assert_int_equal(survival_cluster(&data, covariate, cluster, 1, 0, &clustered), ABSCOPAL_BAD_INPUT);
    assert_int_equal(survival_difference(&sample, &sample, 1, SURVIVAL_AT, 1, &difference), ABSCOPAL_BAD_INPUT);
    assert_int_equal(survival_cluster(&data, covariate, apart, 2, 0, &clustered), ABSCOPAL_OK);
}

/* ---- Depth of response ------------------------------------------------------------------------------ */

static int compare(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Numbers of every magnitude and sign, with ties. */
static double random_number(uint64_t *random)
{
    static const double special[] = {0, -0.0, INFINITY, -INFINITY, 5e-324, -5e-324, 1, -1, 0x1p-1022, -0x1.fp1023};
    const uint64_t bits = next_random(random), kind = next_random(random) % 4;
    double value;
    memcpy(&value, &bits, sizeof value);
    if (kind == 0)
        return special[bits % (sizeof special / sizeof *special)];
    return kind == 1 || isnan(value) ? (double)(bits % 100) / 64 - 0.75 : value;
}

static void test_order_statistics(void **state)
{
    (void)state;
    uint64_t random = 20261122;
    for (size_t n = 1; n < 300; n++) {
        double values[300];
        for (size_t i = 0; i < n; i++)
            values[i] = random_number(&random);
        const size_t ranks[] = {0, n - 1, n / 2, next_random(&random) % n};
        struct order_statistics order;
        order_statistics_begin(&order, ranks, 4);
        for (int pass = 0; pass < ORDER_STATISTICS_PASSES; pass++) {
            for (size_t i = 0; i < n; i++)
                order_statistics_add(&order, values[i]);
            order_statistics_end_pass(&order);
        }
        qsort(values, n, sizeof *values, compare);
        for (size_t i = 0; i < 4; i++)
            assert_true(order_statistics_value(&order, i) == values[ranks[i]]);
    }
}

/* The ranks are those of the changes that are taken from patients who are all held. */
static void test_depth_at_ranks(void **state)
{
    (void)state;
    static struct patient_outcome outcomes[3000];
    static double changes[3000];
    uint64_t random = 5;
    for (size_t n = 0; n < 3000; n += n < 100 ? 1 : 483) {
        size_t ranks[ORDER_STATISTICS_MOST];
        double found[ORDER_STATISTICS_MOST];
        for (size_t i = 0; i < n; i++)
            outcomes[i].best_change = changes[i] = (double)(next_random(&random) % 5000) / 3000 - 1;
        qsort(changes, n, sizeof *changes, compare);
        const size_t count = endpoints_depth_ranks(n, ranks);
        for (size_t i = 0; i < count; i++)
            found[i] = changes[ranks[i]];
        const struct abscopal_estimate depth = endpoints_depth_at_ranks(found, count);
        struct abscopal_estimate held;
        assert_int_equal(endpoints_depth_of_response(&(struct endpoint_group){.n = n, .outcomes = outcomes}, &held),
                         ABSCOPAL_OK);
        assert_estimate_same(&depth, &held);
    }
}

/* Copies of patients who are alike in their change as well, with weights and without. */
static void test_depth_of_copies(void **state)
{
    (void)state;
    struct patient_outcome outcomes[50], all[200];
    double weights[50], all_weights[200];
    size_t copies[50];
    uint64_t random = 77;
    for (int repeat = 0; repeat < 100; repeat++) {
        struct abscopal_estimate a, b;
        size_t n = 0;
        for (size_t i = 0; i < 50; i++) {
            outcomes[i] = random_outcome(&random, 5);
            copies[i] = next_random(&random) % 4;
            weights[i] = repeat % 2 == 0 ? 1 : (double)(next_random(&random) % 3);
            for (size_t copy = 0; copy < copies[i]; copy++) {
                all[n] = outcomes[i];
                all_weights[n++] = weights[i];
            }
        }
        const bool weighted = repeat % 2 == 1;
        const struct endpoint_group group = {
            .n = 50, .outcomes = outcomes, .copies = copies, .weights = weighted ? weights : NULL};
        const struct endpoint_group whole = {.n = n, .outcomes = all, .weights = weighted ? all_weights : NULL};
        assert_int_equal(endpoints_depth_of_response(&group, &a), ABSCOPAL_OK);
        assert_int_equal(endpoints_depth_of_response(&whole, &b), ABSCOPAL_OK);
        assert_estimate_same(&a, &b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_endpoints_of_an_arm),      cmocka_unit_test(test_comparisons),
        cmocka_unit_test(test_classes_do_not_grow),      cmocka_unit_test(test_survival_with_copies),
        cmocka_unit_test(test_copies_that_do_not_match), cmocka_unit_test(test_order_statistics),
        cmocka_unit_test(test_depth_at_ranks),           cmocka_unit_test(test_depth_of_copies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
