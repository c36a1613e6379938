/* The search of calibrations on functions whose least place is known, and the errors of a least-squares fit against
 * their closed form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "cohorts/calibration_covariance.h"
#include "cohorts/calibration_search.h"

enum { MOST = 5000 };

/* A function of the unit square, and every place that was asked for. */
struct function {
    double (*of)(const double *places);
    size_t count, stop_after; /* 0: never */
    double asked[MOST][2];
};

/* Equal within that, absolutely. */
static void assert_close(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.17g rather than %.17g", value, expected);
}

static bool evaluate(void *context, const double *places, double *objective)
{
    struct function *function = context;
    assert_in_range(places[0] * 1e6, 0, 1000000);
    assert_in_range(places[1] * 1e6, 0, 1000000);
    memcpy(function->asked[function->count++ % MOST], places, 2 * sizeof *places);
    *objective = function->of(places);
    return function->stop_after == 0 || function->count < function->stop_after;
}

/* Least, 1, at (0.3, 0.8). */
static double quadratic(const double *places)
{
    const double x = places[0] - 0.3, y = places[1] - 0.8;
    return 1 + 10 * x * x + 4 * x * y + 3 * y * y;
}

/* Rosenbrock 1960 (doi:10.1093/comjnl/3.3.175) on [-2, 2] x [-1, 3]: least, 0, at (1, 1), which is (0.75, 0.5). */
static double rosenbrock(const double *places)
{
    const double x = 4 * places[0] - 2, y = 4 * places[1] - 1;
    return 100 * (y - x * x) * (y - x * x) + (1 - x) * (1 - x);
}

/* Rastrigin's, with 25 valleys: least, 0, at (0.6, 0.6). */
static double rastrigin(const double *places)
{
    double sum = 20;
    for (int i = 0; i < 2; i++) {
        const double x = 5 * (places[i] - 0.6);
        sum += x * x - 10 * cos(2 * acos(-1) * x);
    }
    return sum;
}

static double flat(const double *places)
{
    (void)places;
    return 5;
}

/* Least at a corner. */
static double slope(const double *places)
{
    return 10 + places[0] - 2 * places[1];
}

static struct calibration_found search(struct function *function, double (*of)(const double *),
                                       enum calibration_global global, enum calibration_local local, int stalled_after,
                                       double *places)
{
    static const double start[] = {0.1, 0.2};
    const struct calibration_search search = {.n = 2,
                                              .start = start,
                                              .global = global,
                                              .local = local,
                                              .global_evaluations = 1000,
                                              .local_evaluations = 1000,
                                              .stalled_after = stalled_after,
                                              .seed = 7,
                                              .evaluate = evaluate,
                                              .context = function};
    struct calibration_found found = {.places = places};
    *function = (struct function){.of = of};
    assert_int_equal(calibration_search_run(&search, &found), ABSCOPAL_OK);
    assert_int_equal(found.evaluations, function->count);
    assert_memory_equal(function->asked[0], start, sizeof start);
    assert_true(found.objective == of(places));
    return found;
}

static struct function function, again;

static void assert_least(double (*of)(const double *), enum calibration_global global, enum calibration_local local,
                         double x, double y)
{
    double places[2];
    search(&function, of, global, local, 1000, places);
    assert_close(places[0], x, 1e-3);
    assert_close(places[1], y, 1e-3);
}

static void test_least(void **state)
{
    (void)state;
    static const enum calibration_global globals[] = {GLOBAL_CRS2, GLOBAL_ISRES, GLOBAL_DIRECT, GLOBAL_NONE};
    static const enum calibration_local locals[] = {LOCAL_SUBPLEX, LOCAL_BOBYQA, LOCAL_NELDER_MEAD};
    for (size_t i = 0; i < sizeof locals / sizeof *locals; i++) {
        assert_least(quadratic, GLOBAL_NONE, locals[i], 0.3, 0.8);
        assert_least(slope, GLOBAL_NONE, locals[i], 0, 1);
    }
    for (size_t i = 0; i < sizeof globals / sizeof *globals; i++) {
        assert_least(quadratic, globals[i], LOCAL_SUBPLEX, 0.3, 0.8);
        assert_least(rosenbrock, globals[i], LOCAL_SUBPLEX, 0.75, 0.5);
    }
    /* A local search alone ends in the valley that it begins in: the global one is needed. */
    double places[2];
    assert_least(rastrigin, GLOBAL_CRS2, LOCAL_SUBPLEX, 0.6, 0.6);
    assert_true(search(&function, rastrigin, GLOBAL_NONE, LOCAL_NELDER_MEAD, 1000, places).objective > 0.9);
}

static void test_none(void **state)
{
    (void)state;
    double places[2];
    const struct calibration_found found = search(&function, quadratic, GLOBAL_NONE, LOCAL_NONE, 10, places);
    assert_int_equal(found.evaluations, 1);
    assert_int_equal(found.global_end, END_NOT_RUN);
    assert_int_equal(found.local_end, END_NOT_RUN);
}

static void test_stalled(void **state)
{
    (void)state;
    double places[2];
    struct calibration_found found = search(&function, flat, GLOBAL_NONE, LOCAL_SUBPLEX, 12, places);
    assert_int_equal(found.local_end, END_STALLED);
    assert_int_equal(found.evaluations, 1 + 12);
    /* What the method draws before it searches does not count: 10 places for each variable and one more. */
    found = search(&function, flat, GLOBAL_CRS2, LOCAL_NONE, 12, places);
    assert_int_equal(found.global_end, END_STALLED);
    assert_in_range(found.evaluations, 30 + 12 - 1, 30 + 12 + 1);
    found = search(&function, quadratic, GLOBAL_CRS2, LOCAL_SUBPLEX, 1000, places);
    assert_int_equal(found.local_end, END_CONVERGED);
}

static void test_repeats(void **state)
{
    (void)state;
    double places[2], other[2];
    search(&function, rosenbrock, GLOBAL_ISRES, LOCAL_SUBPLEX, 1000, places);
    search(&again, rosenbrock, GLOBAL_ISRES, LOCAL_SUBPLEX, 1000, other);
    assert_int_equal(function.count, again.count);
    assert_memory_equal(function.asked, again.asked, sizeof function.asked);
    assert_memory_equal(places, other, sizeof places);
}

static void test_interrupted(void **state)
{
    (void)state;
    static const double start[] = {0.5, 0.5};
    double places[2];
    for (size_t stop = 1; stop < 40; stop += 6) {
        again = (struct function){.of = quadratic, .stop_after = stop};
        const struct calibration_search one = {.n = 2,
                                               .start = start,
                                               .global_evaluations = 25,
                                               .local_evaluations = 100,
                                               .stalled_after = 1000,
                                               .evaluate = evaluate,
                                               .context = &again};
        struct calibration_found found = {.places = places};
        assert_int_equal(calibration_search_run(&one, &found), ABSCOPAL_INTERRUPTED);
        assert_int_equal(again.count, stop);
    }
}

/* A straight line a + b x through points with errors of 1 has variances and covariance in closed form (Numerical
 * Recipes, 15.2): S = m, Sx, Sxx; D = S Sxx - Sx^2; var a = Sxx/D, var b = S/D, cov = -Sx/D. */
static void test_covariance_of_line(void **state)
{
    (void)state;
    enum { POINTS = 7 };
    double jacobian[POINTS * 2], covariance[4], sum = 0, squares = 0;
    for (int i = 0; i < POINTS; i++) {
        const double x = 3 + 0.7 * i * i;
        jacobian[2 * i] = 1;
        jacobian[2 * i + 1] = x;
        sum += x;
        squares += x * x;
    }
    const double determinant = POINTS * squares - sum * sum;
    assert_int_equal(calibration_covariance(jacobian, POINTS, 2, NULL, covariance), ABSCOPAL_OK);
    assert_close(covariance[0], squares / determinant, 1e-12);
    assert_close(covariance[3], POINTS / determinant, 1e-12);
    assert_close(covariance[1], -sum / determinant, 1e-12);
    assert_close(covariance[2], covariance[1], 1e-15);
    assert_close(covariance[1] / sqrt(covariance[0] * covariance[3]), -sum / sqrt(POINTS * squares), 1e-12);
}

/* A prior adds its precision; alone it is the whole of it. */
static void test_covariance_with_priors(void **state)
{
    (void)state;
    const double jacobian[] = {2, 0}, prior_sd[] = {0.5, 0.25}, none[] = {NAN, NAN};
    double covariance[4];
    calibration_covariance(jacobian, 1, 2, prior_sd, covariance);
    assert_close(covariance[0], 1 / (4 + 1 / 0.25), 1e-14);
    assert_close(covariance[3], 0.0625, 1e-14);
    assert_close(covariance[1], 0, 1e-14);
    calibration_covariance(jacobian, 1, 2, none, covariance);
    assert_close(covariance[0], 0.25, 1e-15);
    for (int i = 1; i < 4; i++)
        assert_true(isnan(covariance[i]));
    /* Of three, the first alone is determined: of the others only the sum is seen. */
    const double sum[] = {4, 0, 0, 1, 1, 1};
    double three[9];
    calibration_covariance(sum, 2, 3, NULL, three);
    assert_close(three[0], 1.0 / 16, 1e-14);
    assert_true(isnan(three[4]) && isnan(three[8]) && isnan(three[5]) && isnan(three[1]));
    const double unknown[] = {2, NAN};
    calibration_covariance(unknown, 1, 2, prior_sd, covariance);
    assert_true(isnan(covariance[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_least),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_stalled),
        cmocka_unit_test(test_repeats),
        cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_covariance_of_line),
        cmocka_unit_test(test_covariance_with_priors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
