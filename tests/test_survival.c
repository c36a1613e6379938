/* Kaplan-Meier curves against published numbers, closed forms and degenerate data. tests/check_survival.R compares them
 * with R. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "trial/survival.h"

/* cmocka 1.1.5 compares floats only. */
static void assert_near(double value, double expected, double tolerance)
{
    assert_true(fabs(value - expected) <= tolerance);
}

static struct survival_curve fit_weighted(const double *time, const bool *event, const double *weight, size_t n)
{
    const struct survival_data data = {.time = time, .event = event, .weight = weight, .n = n};
    struct survival_curve curve;
    assert_int_equal(survival_curve_fit(&data, SURVIVAL_LOG_LOG, &curve), ABSCOPAL_OK);
    return curve;
}

static struct survival_curve fit(const double *time, const bool *event, size_t n)
{
    return fit_weighted(time, event, NULL, n);
}

/* Freireich 1963, 6-mercaptopurine in acute leukaemia, weeks of remission: the events first. Curve and Greenwood's
 * standard errors as in Kleinbaum and Klein, Survival Analysis (2012), chapter 2. */
static const double weeks[] = {6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35};
enum { PATIENTS = 21, RELAPSES = 9 };

static void remission_events(bool *event)
{
    for (size_t i = 0; i < PATIENTS; i++)
        event[i] = i < RELAPSES;
}

static void test_curve_as_published(void **state)
{
    (void)state;
    static const struct {
        double time, at_risk, events, survival, standard_error;
    } published[] = {{6, 21, 3, 0.857, 0.0764},  {7, 17, 1, 0.807, 0.0869},  {10, 15, 1, 0.753, 0.0963},
                     {13, 12, 1, 0.690, 0.1068}, {16, 11, 1, 0.627, 0.1141}, {22, 7, 1, 0.538, 0.1282},
                     {23, 6, 1, 0.448, 0.1346}};
    bool event[PATIENTS];
    remission_events(event);
    struct survival_curve curve = fit(weeks, event, PATIENTS);
    assert_int_equal(curve.count, 16);
    assert_true(curve.events == RELAPSES);
    size_t row = 0;
    for (size_t i = 0; i < sizeof published / sizeof *published; i++, row++) {
        while (curve.rows[row].events == 0)
            row++;
        assert_true(curve.rows[row].time == published[i].time);
        assert_true(curve.rows[row].at_risk == published[i].at_risk);
        assert_true(curve.rows[row].events == published[i].events);
        const struct survival_estimate here = survival_at(&curve, published[i].time);
        assert_near(here.value, published[i].survival, 0.0005);
        assert_near(here.standard_error, published[i].standard_error, 0.00005);
        assert_true(here.lower < here.value && here.value < here.upper);
        /* Up to the next time nothing changes. */
        assert_true(survival_at(&curve, published[i].time + 0.5).value == here.value);
    }
    assert_true(survival_quantile(&curve, 0.5).value == 23);
    assert_true(isinf(survival_quantile(&curve, 0.5).upper));
    survival_curve_free(&curve);
}

/* Without censoring the curve is the share still alive, Greenwood's variance that of a binomial share, the restricted
 * mean up to the last time the mean, and its variance that of a mean. */
static void test_without_censoring(void **state)
{
    (void)state;
    enum { N = 50 };
    double time[N], mean = 0, squares = 0;
    bool event[N];
    for (size_t i = 0; i < N; i++) {
        time[i] = pow((double)((i * 37) % N) / 10, 2) + 1;
        event[i] = true;
        mean += time[i] / N;
    }
    for (size_t i = 0; i < N; i++)
        squares += (time[i] - mean) * (time[i] - mean);
    struct survival_curve curve = fit(time, event, N);
    assert_int_equal(curve.count, N);
    for (size_t k = 0; k + 1 < N; k++) {
        const struct survival_estimate here = survival_at(&curve, curve.rows[k].time);
        const double alive = (double)(N - 1 - k) / N;
        assert_near(here.value, alive, 1e-14);
        assert_near(here.standard_error, sqrt(alive * (1 - alive) / N), 1e-14);
        /* What the log-log interval is: symmetric on that scale, of this width. */
        const double centre = log(-log(alive)), half_width = log(-log(here.lower)) - centre;
        assert_near(log(-log(here.upper)), centre - half_width, 1e-11);
        assert_near(half_width, 1.959963984540054 * here.standard_error / alive / -log(alive), 1e-11);
    }
    const double last = curve.rows[N - 1].time;
    for (int beyond = 0; beyond < 2; beyond++) {
        const struct survival_estimate area = survival_restricted_mean(&curve, beyond ? 1000 * last : last);
        assert_near(area.value, mean, 1e-12);
        assert_near(area.standard_error, sqrt(squares) / N, 1e-12);
        assert_near(area.upper - area.value, 1.959963984540054 * area.standard_error, 1e-12);
    }
    assert_true(survival_at(&curve, last).value == 0 && survival_at(&curve, 2 * last).value == 0);
    assert_true(isnan(survival_at(&curve, last).lower) && isnan(survival_at(&curve, last).standard_error));
    survival_curve_free(&curve);
}

/* Exponential times of which a third is censored independently: the curve stays the exponential. */
static void test_censoring_does_not_bend_the_curve(void **state)
{
    (void)state;
    enum { N = 20000 };
    static double time[N];
    static bool event[N];
    for (size_t i = 0; i < N; i++) {
        /* Two sequences without correlation: multiples of the golden ratio and of the root of 2. */
        const double dies = -log(1 - fmod(0.5 + 0.6180339887498949 * (double)i, 1));
        const double lost = 3 * fmod(0.25 + 1.4142135623730951 * (double)i, 1);
        time[i] = fmin(dies, lost);
        event[i] = dies <= lost;
    }
    struct survival_curve curve = fit(time, event, N);
    for (int k = 1; k < 25; k++) {
        const struct survival_estimate here = survival_at(&curve, 0.1 * k);
        assert_near(here.value, exp(-0.1 * k), 2 * here.standard_error);
        assert_near(here.value, exp(-0.1 * k), 0.01);
        assert_near(survival_restricted_mean(&curve, 0.1 * k).value, 1 - exp(-0.1 * k), 0.01);
    }
    for (int q = 1; q < 10; q++) {
        const struct survival_estimate quantile = survival_quantile(&curve, q / 10.0);
        assert_true(quantile.lower < quantile.value && quantile.value < quantile.upper);
        assert_near(quantile.value, -log(1 - q / 10.0), 0.05);
    }
    survival_curve_free(&curve);
}

static void test_scales(void **state)
{
    (void)state;
    const double time[] = {1, 2, 3, 4};
    const bool event[] = {false, true, true, true};
    const struct survival_data data = {.time = time, .event = event, .n = 4};
    struct survival_curve log_log, logarithm, plain;
    assert_int_equal(survival_curve_fit(&data, SURVIVAL_LOG_LOG, &log_log), ABSCOPAL_OK);
    assert_int_equal(survival_curve_fit(&data, SURVIVAL_LOG, &logarithm), ABSCOPAL_OK);
    assert_int_equal(survival_curve_fit(&data, SURVIVAL_PLAIN, &plain), ABSCOPAL_OK);
    /* Before the first event survival is 1: no log-log interval, the others have no width. */
    assert_true(isnan(log_log.rows[0].lower) && isnan(log_log.rows[0].upper));
    assert_true(logarithm.rows[0].lower == 1 && logarithm.rows[0].upper == 1);
    assert_true(plain.rows[0].lower == 1 && plain.rows[0].upper == 1);
    /* 2/3 with variance of the logarithm 1/6, then 1/3. */
    const double z = 1.959963984540054, width = z * sqrt(1.0 / 6);
    assert_near(log_log.rows[1].lower, exp(-exp(log(-log(2.0 / 3)) + width / -log(2.0 / 3))), 1e-14);
    assert_near(logarithm.rows[1].lower, 2.0 / 3 * exp(-width), 1e-14);
    assert_true(logarithm.rows[1].upper == 1);
    assert_near(plain.rows[1].lower, 2.0 / 3 * (1 - width), 1e-14);
    assert_true(plain.rows[2].lower == 0);
    assert_near(plain.rows[2].upper, 1.0 / 3 * (1 + z * sqrt(1.0 / 6 + 0.5)), 1e-14);
    /* Nobody left: no interval on any of them. */
    assert_true(isnan(log_log.rows[3].upper) && isnan(logarithm.rows[3].upper) && isnan(plain.rows[3].upper));
    survival_curve_free(&log_log);
    survival_curve_free(&logarithm);
    survival_curve_free(&plain);
}

/* A weight of w is w patients, whatever the unit of weight; no weight, no patient. */
static void test_weights(void **state)
{
    (void)state;
    const double time[] = {5, 3, 3, 8, 1, 9}, weight[] = {2, 1, 3, 1, 0, 2};
    double scaled[6];
    const bool event[] = {true, true, false, true, true, false};
    const double copied_time[] = {5, 5, 3, 3, 3, 3, 8, 9, 9};
    const bool copied_event[] = {true, true, true, false, false, false, true, false, false};
    for (size_t i = 0; i < 6; i++)
        scaled[i] = weight[i] / 7;
    struct survival_curve copied = fit(copied_time, copied_event, 9);
    struct survival_curve weighted = fit_weighted(time, event, weight, 6);
    struct survival_curve in_sevenths = fit_weighted(time, event, scaled, 6);
    assert_int_equal(weighted.count, copied.count);
    assert_int_equal(in_sevenths.count, copied.count);
    for (size_t k = 0; k < copied.count; k++) {
        assert_true(weighted.rows[k].time == copied.rows[k].time);
        assert_true(weighted.rows[k].at_risk == copied.rows[k].at_risk);
        assert_true(weighted.rows[k].survival == copied.rows[k].survival);
        assert_near(in_sevenths.rows[k].survival, copied.rows[k].survival, 1e-15);
        /* Standard errors are those of patients, not of weights: fewer patients know less than the copies would. */
        if (copied.rows[k].survival < 1)
            assert_true(weighted.rows[k].log_standard_error > copied.rows[k].log_standard_error);
        assert_near(in_sevenths.rows[k].log_standard_error, weighted.rows[k].log_standard_error, 1e-14);
    }
    const struct survival_estimate mean = survival_restricted_mean(&weighted, 9);
    assert_near(mean.value, survival_restricted_mean(&copied, 9).value, 1e-14);
    assert_true(mean.standard_error > survival_restricted_mean(&copied, 9).standard_error);
    assert_near(survival_restricted_mean(&in_sevenths, 9).standard_error, mean.standard_error, 1e-13);
    survival_curve_free(&copied);
    survival_curve_free(&weighted);
    survival_curve_free(&in_sevenths);
}

/* The infinitesimal jackknife of equal weights is Greenwood's variance, of the curve and of the area below it. */
static void test_equal_weights(void **state)
{
    (void)state;
    const double time[] = {6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35};
    const bool event[] = {1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0};
    double weight[21];
    for (size_t i = 0; i < 21; i++)
        weight[i] = 0.3;
    struct survival_curve plain = fit(time, event, 21), weighted = fit_weighted(time, event, weight, 21);
    for (size_t k = 0; k < plain.count; k++) {
        assert_near(weighted.rows[k].log_standard_error, plain.rows[k].log_standard_error, 1e-14);
        assert_near(weighted.rows[k].survival, plain.rows[k].survival, 1e-14);
        if (plain.rows[k].survival < 1)
            assert_near(weighted.rows[k].lower, plain.rows[k].lower, 1e-13);
    }
    for (int until = 6; until <= 35; until += 3)
        assert_near(survival_restricted_mean(&weighted, until).standard_error,
                    survival_restricted_mean(&plain, until).standard_error, 1e-12);
    survival_curve_free(&plain);
    survival_curve_free(&weighted);
}

/* Exactly one half from 3 to 5, but not reached at 5 if nothing happens there. */
static void test_quantile_on_a_step(void **state)
{
    (void)state;
    const double time[] = {1, 3, 5, 9};
    const bool all[] = {true, true, true, true}, two[] = {true, true, false, false};
    struct survival_curve curve = fit(time, all, 4);
    assert_true(survival_quantile(&curve, 0.5).value == 4);
    assert_true(survival_quantile(&curve, 0.25).value == 2);
    assert_true(survival_quantile(&curve, 0.6).value == 5);
    survival_curve_free(&curve);
    curve = fit(time, two, 4);
    assert_true(survival_quantile(&curve, 0.5).value == 3);
    assert_true(isinf(survival_quantile(&curve, 0.6).value));
    survival_curve_free(&curve);
}

static void test_nobody_and_one(void **state)
{
    (void)state;
    struct survival_curve nobody = fit(NULL, NULL, 0);
    assert_int_equal(nobody.count, 0);
    assert_true(isnan(survival_at(&nobody, 0).value) && isnan(survival_quantile(&nobody, 0.5).value));
    assert_true(isnan(survival_restricted_mean(&nobody, 1).value));
    survival_curve_free(&nobody);

    const double time = 7;
    const bool dies = true, lives = false;
    struct survival_curve died = fit(&time, &dies, 1), lived = fit(&time, &lives, 1);
    assert_true(survival_at(&died, 6.99).value == 1 && survival_at(&died, 7).value == 0);
    const struct survival_estimate median = survival_quantile(&died, 0.5);
    assert_true(median.value == 7 && isnan(median.lower) && isnan(median.upper));
    assert_true(survival_restricted_mean(&died, 100).value == 7 && survival_restricted_mean(&died, 3).value == 3);
    assert_true(survival_restricted_mean(&died, INFINITY).value == 7);
    assert_true(isinf(survival_quantile(&lived, 0.5).value));
    assert_true(survival_restricted_mean(&lived, 7).value == 7);
    /* Nobody was observed for longer. */
    assert_true(survival_at(&lived, 7).value == 1 && isnan(survival_at(&lived, 7.01).value));
    assert_true(isnan(survival_restricted_mean(&lived, 7.01).value));
    assert_true(isnan(survival_restricted_mean(&lived, 0).value));
    assert_true(isnan(survival_quantile(&lived, 0).value) && isnan(survival_quantile(&lived, 1).value));
    survival_curve_free(&died);
    survival_curve_free(&lived);
}

static void test_all_tied_and_no_events(void **state)
{
    (void)state;
    const double time[] = {4, 4, 4, 4};
    const bool all[] = {true, true, true, true}, half[] = {true, false, true, false},
               none[] = {false, false, false, false};
    struct survival_curve curve = fit(time, all, 4);
    assert_int_equal(curve.count, 1);
    assert_true(curve.rows[0].survival == 0 && isinf(curve.rows[0].log_standard_error));
    assert_true(survival_restricted_mean(&curve, 9).value == 4);
    survival_curve_free(&curve);
    curve = fit(time, half, 4);
    assert_near(survival_at(&curve, 4).standard_error, 0.25, 1e-15);
    assert_true(survival_quantile(&curve, 0.5).value == 4);
    survival_curve_free(&curve);
    curve = fit(time, none, 4);
    const struct survival_estimate median = survival_quantile(&curve, 0.5);
    assert_true(isinf(median.value) && isnan(median.lower) && isnan(median.upper));
    assert_true(curve.rows[0].survival == 1 && curve.rows[0].log_standard_error == 0 && curve.events == 0);
    const struct survival_estimate mean = survival_restricted_mean(&curve, 4);
    assert_true(mean.value == 4 && mean.standard_error == 0);
    survival_curve_free(&curve);
}

static void test_bad_input(void **state)
{
    (void)state;
    static const double bad[] = {NAN, INFINITY, -INFINITY, -1};
    const bool event[] = {true, false};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const double wrong[] = {1, bad[i]}, right[] = {1, 2};
        const struct survival_data times = {.time = wrong, .event = event, .n = 2};
        const struct survival_data weights = {.time = right, .event = event, .weight = wrong, .n = 2};
        struct survival_curve curve = {.count = 99};
        assert_int_equal(survival_curve_fit(&times, SURVIVAL_LOG_LOG, &curve), ABSCOPAL_BAD_INPUT);
        assert_true(curve.count == 0 && curve.rows == NULL);
        assert_int_equal(survival_curve_fit(&weights, SURVIVAL_LOG_LOG, &curve), ABSCOPAL_BAD_INPUT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_curve_as_published),
        cmocka_unit_test(test_without_censoring),
        cmocka_unit_test(test_censoring_does_not_bend_the_curve),
        cmocka_unit_test(test_scales),
        cmocka_unit_test(test_weights),
        cmocka_unit_test(test_equal_weights),
        cmocka_unit_test(test_quantile_on_a_step),
        cmocka_unit_test(test_nobody_and_one),
        cmocka_unit_test(test_all_tied_and_no_events),
        cmocka_unit_test(test_bad_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
