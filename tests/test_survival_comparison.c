/* Log-rank test and Cox's model against published numbers, closed forms, symmetries and degenerate data.
 * tests/check_survival.R compares both with R. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "trial/survival_comparison.h"

/* cmocka 1.1.5 compares floats only. */
static void assert_near(double value, double expected, double tolerance)
{
    assert_true(fabs(value - expected) <= tolerance);
}

enum { MAX_PATIENTS = 4000 };

/* Data sets, with group and covariate the same two values. */
struct two_groups {
    size_t n;
    double time[MAX_PATIENTS], covariate[MAX_PATIENTS];
    bool event[MAX_PATIENTS];
    size_t group[MAX_PATIENTS], stratum[MAX_PATIENTS];
};

static void add(struct two_groups *data, double time, bool event, size_t group)
{
    data->time[data->n] = time;
    data->event[data->n] = event;
    data->group[data->n] = group;
    data->covariate[data->n] = (double)group;
    data->stratum[data->n++] = 0;
}

static struct survival_data times_of(const struct two_groups *data)
{
    return (struct survival_data){.time = data->time, .event = data->event, .n = data->n};
}

struct log_rank {
    double observed[2], expected[2];
    struct survival_test test;
    enum survival_status status;
};

static struct log_rank log_rank_of(const struct two_groups *data)
{
    struct log_rank result;
    const struct survival_data times = times_of(data);
    assert_int_equal(survival_log_rank(&times, data->group, 2, data->stratum, result.observed, result.expected,
                                       &result.test, &result.status),
                     ABSCOPAL_OK);
    return result;
}

static struct survival_cox cox_of(const struct two_groups *data, enum survival_ties ties)
{
    struct survival_cox cox;
    const struct survival_data times = times_of(data);
    assert_int_equal(survival_cox_fit(&times, data->covariate, data->stratum, ties, &cox), ABSCOPAL_OK);
    return cox;
}

/* Freireich 1963, 6-mercaptopurine (group 0) and placebo (1) in acute leukaemia, weeks of remission. */
static void remissions(struct two_groups *data)
{
    static const double drug[] = {6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35};
    static const double placebo[] = {1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23};
    data->n = 0;
    for (size_t i = 0; i < 21; i++) {
        add(data, drug[i], i < 9, 0);
        add(data, placebo[i], true, 1);
    }
}

/* No two times the same, some censored, the second group with about half the hazard. */
static void untied(struct two_groups *data)
{
    data->n = 0;
    for (size_t i = 1; i <= 60; i++)
        add(data, (double)((i * 23) % 61) * (i % 2 == 0 ? 1 : 1.9) + 0.001 * (double)i, i % 5 != 0, i % 2);
}

/* Kleinbaum and Klein, Survival Analysis (2012): log-rank in chapter 2, Breslow's coefficient in chapter 3; Efron's as
 * in the manuals of several packages. */
static void test_remissions_as_published(void **state)
{
    (void)state;
    static struct two_groups data;
    remissions(&data);
    const struct log_rank test = log_rank_of(&data);
    assert_true(test.observed[0] == 9 && test.observed[1] == 21);
    assert_near(test.expected[0], 19.25, 0.005);
    assert_near(test.expected[1], 10.75, 0.005);
    assert_near(test.test.chi_square, 16.793, 0.0005);
    assert_int_equal(test.test.degrees_of_freedom, 1);
    assert_near(test.test.p, 4.169e-5, 5e-9);
    const struct survival_cox breslow = cox_of(&data, SURVIVAL_BRESLOW), efron = cox_of(&data, SURVIVAL_EFRON);
    assert_near(breslow.coefficient, 1.509, 0.0005);
    assert_near(breslow.standard_error, 0.410, 0.0005);
    assert_near(breslow.hazard_ratio, 4.523, 0.0005);
    assert_near(breslow.lower, 2.027, 0.0005);
    assert_near(breslow.upper, 10.094, 0.0005);
    assert_near(-2 * breslow.log_likelihood, 172.759, 0.0005);
    assert_near(efron.coefficient, 1.572, 0.0005);
    assert_near(efron.standard_error, 0.412, 0.0005);
    assert_near(efron.hazard_ratio, 4.817, 0.0005);
}

/* Three patients with events, covariates 1, 0 and 1 in that order: with r the hazard ratio the likelihood is
 * r / (2 r + 1) / (1 + r), largest at r = 1 / root 2. */
static void test_solved_by_hand(void **state)
{
    (void)state;
    static struct two_groups data;
    data.n = 0;
    add(&data, 1, true, 1);
    add(&data, 2, true, 0);
    add(&data, 3, true, 1);
    const struct survival_cox cox = cox_of(&data, SURVIVAL_EFRON);
    const double r = sqrt(0.5), information = 2 * r / pow(2 * r + 1, 2) + r / pow(r + 1, 2);
    assert_int_equal(cox.status, SURVIVAL_ESTIMATED);
    assert_near(cox.hazard_ratio, r, 1e-14);
    assert_near(cox.standard_error, 1 / sqrt(information), 1e-13);
    assert_near(cox.log_likelihood, log(r / (2 * r + 1) / (r + 1)), 1e-14);
    assert_near(cox.log_likelihood_null, -log(6), 1e-14);
    assert_near(cox.wald.chi_square, log(r) * log(r) * information, 1e-14);
    assert_near(cox.likelihood_ratio.chi_square, 2 * (cox.log_likelihood + log(6)), 1e-14);
    /* Score at 0: 1 - 2/3 - 1/2, information 2/9 + 1/4. */
    assert_near(cox.score.chi_square, pow(1.0 / 6, 2) / (2.0 / 9 + 0.25), 1e-14);
}

/* An outlier among the covariates: from 0 Newton's step goes far too far, and without shorter ones it does not come
 * back. At the maximum, events' covariates add up to their expectations. */
static void test_far_from_the_maximum(void **state)
{
    (void)state;
    static const double covariate[] = {3, 20, 2, 3, 3, 2, 1, 2, 0, 2};
    static const bool event[] = {true, true, true, true, true, true, false, false, true, false};
    enum { N = 10 };
    double time[N];
    for (size_t i = 0; i < N; i++)
        time[i] = (double)i + 1;
    const struct survival_data data = {.time = time, .event = event, .n = N};
    struct survival_cox cox;
    assert_int_equal(survival_cox_fit(&data, covariate, NULL, SURVIVAL_EFRON, &cox), ABSCOPAL_OK);
    assert_int_equal(cox.status, SURVIVAL_ESTIMATED);
    double score = 0;
    for (size_t i = 0; i < N; i++) {
        double risks = 0, sum = 0;
        for (size_t j = i; j < N; j++) {
            risks += exp(cox.coefficient * covariate[j]);
            sum += exp(cox.coefficient * covariate[j]) * covariate[j];
        }
        score += event[i] ? covariate[i] - sum / risks : 0;
    }
    assert_near(score * cox.standard_error, 0, 1e-12);
}

/* Quantiles of two exponential distributions, the second with twice the hazard. */
static void test_proportional_hazards_are_found(void **state)
{
    (void)state;
    static struct two_groups data;
    data.n = 0;
    enum { EACH = MAX_PATIENTS / 2 };
    for (size_t i = 0; i < EACH; i++) {
        const double time = -log(1 - ((double)i + 0.5) / EACH);
        add(&data, fmin(time, 1.5), time < 1.5, 0);
        add(&data, fmin(time / 2, 1.5), time / 2 < 1.5, 1);
    }
    const struct survival_cox cox = cox_of(&data, SURVIVAL_EFRON);
    assert_near(cox.hazard_ratio, 2, 0.01);
    /* About the root of 1/d0 + 1/d1, of the numbers of events (Schoenfeld 1981). */
    const struct log_rank test = log_rank_of(&data);
    assert_near(cox.standard_error, sqrt(1 / test.observed[0] + 1 / test.observed[1]), 0.003);
    assert_true(test.test.p < 1e-50 && test.test.p > 0);
}

/* Without ties Cox's score test is the log-rank test, and both ways to treat ties are one. */
static void test_without_ties(void **state)
{
    (void)state;
    static struct two_groups data;
    untied(&data);
    const struct survival_cox efron = cox_of(&data, SURVIVAL_EFRON), breslow = cox_of(&data, SURVIVAL_BRESLOW);
    const struct log_rank test = log_rank_of(&data);
    assert_near(efron.score.chi_square, test.test.chi_square, 1e-12);
    assert_near(efron.score.p, test.test.p, 1e-13);
    assert_true(efron.coefficient == breslow.coefficient && efron.log_likelihood == breslow.log_likelihood);
}

/* Names of groups, order of patients, unit and origin of the covariate and of time do not matter. */
static void test_what_does_not_matter(void **state)
{
    (void)state;
    static struct two_groups data, other;
    remissions(&data);
    const struct log_rank test = log_rank_of(&data);
    const struct survival_cox cox = cox_of(&data, SURVIVAL_EFRON);
    other.n = 0;
    for (size_t i = data.n; i-- > 0;) {
        add(&other, exp(data.time[i] / 7), data.event[i], 1 - data.group[i]);
        other.covariate[other.n - 1] = 1e6 - 1000 * data.covariate[i];
    }
    const struct log_rank swapped = log_rank_of(&other);
    const struct survival_cox scaled = cox_of(&other, SURVIVAL_EFRON);
    assert_near(swapped.test.chi_square, test.test.chi_square, 1e-12);
    assert_near(swapped.expected[1], test.expected[0], 1e-12);
    assert_near(scaled.coefficient * -1000, cox.coefficient, 1e-12);
    assert_near(scaled.standard_error * 1000, cox.standard_error, 1e-12);
    assert_near(scaled.log_likelihood, cox.log_likelihood, 1e-11);
    assert_near(scaled.wald.chi_square, cox.wald.chi_square, 1e-11);
}

/* A second stratum with the same patients doubles what is known and changes no estimate. */
static void test_strata(void **state)
{
    (void)state;
    static struct two_groups data;
    remissions(&data);
    const struct log_rank test = log_rank_of(&data);
    const struct survival_cox cox = cox_of(&data, SURVIVAL_EFRON);
    const size_t n = data.n;
    for (size_t i = 0; i < n; i++) {
        add(&data, data.time[i], data.event[i], data.group[i]);
        data.stratum[data.n - 1] = 17;
    }
    const struct log_rank twice_test = log_rank_of(&data);
    const struct survival_cox twice = cox_of(&data, SURVIVAL_EFRON);
    assert_near(twice_test.test.chi_square, 2 * test.test.chi_square, 1e-12);
    assert_near(twice_test.expected[0], 2 * test.expected[0], 1e-12);
    assert_near(twice.coefficient, cox.coefficient, 1e-13);
    assert_near(twice.standard_error, cox.standard_error / sqrt(2), 1e-13);
    assert_near(twice.log_likelihood, 2 * cox.log_likelihood, 1e-11);
}

/* Three groups of which two are alike by construction, and one that is empty. */
static void test_several_groups(void **state)
{
    (void)state;
    static struct two_groups data;
    remissions(&data);
    double observed[4], expected[4];
    struct survival_test test;
    enum survival_status status;
    const struct survival_data times = times_of(&data);
    for (size_t i = 0; i < data.n; i++)
        data.group[i] = data.group[i] == 0 ? 0 : 3;
    assert_int_equal(survival_log_rank(&times, data.group, 4, NULL, observed, expected, &test, &status), ABSCOPAL_OK);
    assert_int_equal(status, SURVIVAL_ESTIMATED);
    assert_int_equal(test.degrees_of_freedom, 1);
    assert_near(test.chi_square, 16.793, 0.0005);
    assert_true(observed[1] == 0 && expected[1] == 0);
    const size_t n = data.n;
    for (size_t i = 0; i < n; i++)
        if (data.group[i] == 3)
            add(&data, data.time[i], data.event[i], 2);
    const struct survival_data three = times_of(&data);
    assert_int_equal(survival_log_rank(&three, data.group, 4, NULL, observed, expected, &test, &status), ABSCOPAL_OK);
    assert_int_equal(test.degrees_of_freedom, 2);
    assert_near(expected[2], expected[3], 1e-12);
    assert_near(expected[0] + expected[2] + expected[3], 51, 1e-12);
    /* The two that are alike add a degree of freedom and nothing to chi-square. */
    struct survival_test two;
    for (size_t i = 0; i < data.n; i++)
        data.group[i] = data.group[i] == 0 ? 0 : 1;
    assert_int_equal(survival_log_rank(&three, data.group, 2, NULL, observed, expected, &two, &status), ABSCOPAL_OK);
    assert_near(test.chi_square, two.chi_square, 1e-10);
    /* With two degrees of freedom the distribution is exponential. */
    assert_near(log(test.p), -test.chi_square / 2, 1e-10);
}

static void assert_not_estimated(const struct survival_cox *cox, enum survival_status status)
{
    assert_int_equal(cox->status, status);
    assert_true(isnan(cox->coefficient) && isnan(cox->hazard_ratio) && isnan(cox->standard_error));
    assert_true(isnan(cox->lower) && isnan(cox->upper) && isnan(cox->log_likelihood));
    assert_true(isnan(cox->score.p) && isnan(cox->wald.p) && isnan(cox->likelihood_ratio.p));
}

static void test_nothing_to_compare(void **state)
{
    (void)state;
    static struct two_groups data;
    data.n = 0;
    struct survival_cox cox = cox_of(&data, SURVIVAL_EFRON);
    assert_not_estimated(&cox, SURVIVAL_NO_EVENTS);
    struct log_rank test = log_rank_of(&data);
    assert_int_equal(test.status, SURVIVAL_NO_EVENTS);
    assert_true(test.observed[0] == 0 && isnan(test.test.chi_square) && test.test.degrees_of_freedom == 0);

    add(&data, 3, true, 1); /* one patient */
    cox = cox_of(&data, SURVIVAL_EFRON);
    assert_not_estimated(&cox, SURVIVAL_NO_VARIATION);
    test = log_rank_of(&data);
    assert_int_equal(test.status, SURVIVAL_NO_VARIATION);
    assert_true(test.observed[1] == 1 && test.expected[1] == 1);

    add(&data, 2, false, 0); /* the other group is no longer at risk at the only event */
    cox = cox_of(&data, SURVIVAL_BRESLOW);
    assert_not_estimated(&cox, SURVIVAL_NO_VARIATION);
    assert_int_equal(log_rank_of(&data).status, SURVIVAL_NO_VARIATION);

    data.event[0] = false;
    cox = cox_of(&data, SURVIVAL_EFRON);
    assert_not_estimated(&cox, SURVIVAL_NO_EVENTS);
    assert_int_equal(log_rank_of(&data).status, SURVIVAL_NO_EVENTS);
}

/* All at the same time: nothing speaks for either group. */
static void test_all_tied(void **state)
{
    (void)state;
    static struct two_groups data;
    data.n = 0;
    for (size_t i = 0; i < 7; i++)
        add(&data, 40, true, i % 2);
    for (int ties = 0; ties < 2; ties++) {
        const struct survival_cox cox = cox_of(&data, (enum survival_ties)ties);
        assert_int_equal(cox.status, SURVIVAL_ESTIMATED);
        assert_near(cox.coefficient, 0, 1e-15);
        assert_near(cox.likelihood_ratio.p, 1, 1e-7);
        /* Efron: as if they came one after another, which has 7! orders; Breslow: each among all seven. */
        assert_near(cox.log_likelihood, ties == SURVIVAL_EFRON ? -lgamma(8) : -7 * log(7), 1e-13);
    }
    /* All at risk have the event whatever their group: the hypergeometric distribution has no spread. */
    const struct log_rank test = log_rank_of(&data);
    assert_int_equal(test.status, SURVIVAL_NO_VARIATION);
    assert_near(test.observed[0] - test.expected[0], 0, 1e-15);
    /* One censored at that time remains: all tests are possible again, and equal shares of events mean no difference.
     */
    add(&data, 40, false, 1);
    assert_int_equal(log_rank_of(&data).status, SURVIVAL_ESTIMATED);
}

/* The second group has its events first, or no events: the likelihood rises to a limit that is never reached. */
static void test_monotone_likelihood(void **state)
{
    (void)state;
    static struct two_groups data;
    data.n = 0;
    add(&data, 1, true, 1);
    add(&data, 2, true, 1);
    add(&data, 3, true, 0);
    add(&data, 4, false, 0);
    const struct survival_cox above = cox_of(&data, SURVIVAL_EFRON);
    assert_int_equal(above.status, SURVIVAL_MONOTONE);
    assert_true(isinf(above.coefficient) && above.coefficient > 0 && isinf(above.hazard_ratio));
    assert_true(isnan(above.standard_error) && isnan(above.lower) && isnan(above.upper) && isnan(above.wald.p));
    /* One of two, one of one, one of two. */
    assert_near(above.log_likelihood, -log(4), 1e-15);
    assert_near(above.log_likelihood_null, -log(4 * 3 * 2), 1e-14);
    assert_near(above.likelihood_ratio.chi_square, 2 * log(6), 1e-14);
    assert_near(above.score.chi_square, log_rank_of(&data).test.chi_square, 1e-13);

    /* The first two at once: Efron's factors are one of two and one of one still, Breslow's one of two twice. */
    data.time[0] = 2;
    assert_near(cox_of(&data, SURVIVAL_EFRON).log_likelihood, -log(4), 1e-15);
    assert_near(cox_of(&data, SURVIVAL_BRESLOW).log_likelihood, -log(8), 1e-15);

    remissions(&data);
    for (size_t i = 0; i < data.n; i++)
        data.event[i] = data.event[i] && data.group[i] == 0;
    const struct survival_cox below = cox_of(&data, SURVIVAL_BRESLOW);
    assert_int_equal(below.status, SURVIVAL_MONOTONE);
    assert_true(isinf(below.coefficient) && below.coefficient < 0 && below.hazard_ratio == 0);
    assert_true(below.log_likelihood > below.log_likelihood_null && isfinite(below.log_likelihood));
    /* One event is enough to end it. */
    data.event[1] = true;
    assert_int_equal(cox_of(&data, SURVIVAL_BRESLOW).status, SURVIVAL_ESTIMATED);
}

/* A weight of w is w patients: with Breslow's ties, where copies are no more tied than they are apart, to all digits;
 * and whoever has no weight is not there. */
static void test_weights(void **state)
{
    (void)state;
    enum { N = 24 };
    double time[N], covariate[N], weight[N], copied_time[4 * N], copied_covariate[4 * N];
    bool event[N], copied_event[4 * N];
    size_t n = 0;
    for (size_t i = 0; i < N; i++) {
        time[i] = (double)(1 + (i * 7) % 10);
        covariate[i] = (double)((i * 5) % 3) - 0.5 * (double)(i % 2);
        event[i] = i % 4 > 0;
        weight[i] = (double)(i % 4);
        for (size_t copy = 0; copy < i % 4; copy++, n++) {
            copied_time[n] = time[i];
            copied_covariate[n] = covariate[i];
            copied_event[n] = event[i];
        }
    }
    const struct survival_data weighted = {.time = time, .event = event, .weight = weight, .n = N};
    const struct survival_data copied = {.time = copied_time, .event = copied_event, .n = n};
    struct survival_cox a, b;
    assert_int_equal(survival_cox_fit(&weighted, covariate, NULL, SURVIVAL_BRESLOW, &a), ABSCOPAL_OK);
    assert_int_equal(survival_cox_fit(&copied, copied_covariate, NULL, SURVIVAL_BRESLOW, &b), ABSCOPAL_OK);
    assert_int_equal(a.status, SURVIVAL_ESTIMATED);
    assert_true(fabs(a.coefficient - b.coefficient) < 1e-12);
    assert_true(fabs(a.standard_error - b.standard_error) < 1e-12);
    assert_true(fabs(a.log_likelihood - b.log_likelihood) < 1e-11);
}

static void test_bad_input(void **state)
{
    (void)state;
    static const double bad[] = {NAN, INFINITY, -1}, right[] = {1, 2};
    const bool event[] = {true, true};
    const size_t group[] = {0, 1}, too_large[] = {0, 2};
    double observed[2] = {5, 5}, expected[2] = {5, 5};
    struct survival_test test;
    enum survival_status status;
    struct survival_cox cox = {.coefficient = 5};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const double time[] = {1, bad[i]};
        const struct survival_data wrong = {.time = time, .event = event, .n = 2};
        assert_int_equal(survival_log_rank(&wrong, group, 2, NULL, observed, expected, &test, &status),
                         ABSCOPAL_BAD_INPUT);
        assert_int_equal(survival_cox_fit(&wrong, right, NULL, SURVIVAL_EFRON, &cox), ABSCOPAL_BAD_INPUT);
    }
    const struct survival_data data = {.time = right, .event = event, .n = 2};
    const double below[] = {1, -1};
    const struct survival_data weighted = {.time = right, .event = event, .weight = right, .n = 2};
    const struct survival_data negative = {.time = right, .event = event, .weight = below, .n = 2};
    assert_int_equal(survival_log_rank(&data, too_large, 2, NULL, observed, expected, &test, &status),
                     ABSCOPAL_BAD_INPUT);
    assert_int_equal(survival_log_rank(&weighted, group, 2, NULL, observed, expected, &test, &status),
                     ABSCOPAL_BAD_INPUT);
    assert_int_equal(survival_cox_fit(&negative, right, NULL, SURVIVAL_EFRON, &cox), ABSCOPAL_BAD_INPUT);
    assert_int_equal(survival_cox_fit(&data, (const double[]){1, NAN}, NULL, SURVIVAL_EFRON, &cox), ABSCOPAL_BAD_INPUT);
    assert_true(observed[0] == 5 && expected[1] == 5 && cox.coefficient == 5);
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(survival_status_name(SURVIVAL_ESTIMATED), "estimated");
    assert_string_equal(survival_status_name(SURVIVAL_MONOTONE), "monotone likelihood");
    assert_string_equal(survival_status_name(SURVIVAL_NOT_CONVERGED), "not converged");
    assert_null(survival_status_name((enum survival_status)5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_remissions_as_published),
        cmocka_unit_test(test_solved_by_hand),
        cmocka_unit_test(test_far_from_the_maximum),
        cmocka_unit_test(test_proportional_hazards_are_found),
        cmocka_unit_test(test_without_ties),
        cmocka_unit_test(test_what_does_not_matter),
        cmocka_unit_test(test_strata),
        cmocka_unit_test(test_several_groups),
        cmocka_unit_test(test_nothing_to_compare),
        cmocka_unit_test(test_all_tied),
        cmocka_unit_test(test_monotone_likelihood),
        cmocka_unit_test(test_weights),
        cmocka_unit_test(test_bad_input),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
