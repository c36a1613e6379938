/* The Rosenbrock method of the batch engine, without the engine: on problems whose solutions are known, mild and stiff.
 * In long double, so that it is the method's errors that show. test_rosenbrock.c has the conditions behind the orders.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "solver/rosenbrock.h"

enum { STAGES = ROSENBROCK_STAGES, LARGEST = 8 /* states of a test problem */ };

/* ---- Problems with known solutions ------------------------------------------------------------------ */

struct problem {
    int size;
    long double stiffness;
    void (*rate)(const struct problem *problem, const long double *y, long double *rate);
    void (*jacobian)(const struct problem *problem, const long double *y, long double jacobian[LARGEST][LARGEST]);
    void (*solution)(long double t, long double *y); /* or NULL */
};

/* Logistic growth from 1/5: 1/(1 + 4 exp(-t)). */
static void logistic_rate(const struct problem *problem, const long double *y, long double *rate)
{
    (void)problem;
    rate[0] = y[0] * (1 - y[0]);
}

static void logistic_jacobian(const struct problem *problem, const long double *y,
                              long double jacobian[LARGEST][LARGEST])
{
    (void)problem;
    jacobian[0][0] = 1 - 2 * y[0];
}

static void logistic_solution(long double t, long double *y)
{
    y[0] = 1 / (1 + 4 * expl(-t));
}

static const struct problem logistic = {
    .size = 1, .rate = logistic_rate, .jacobian = logistic_jacobian, .solution = logistic_solution};

/* Kaps's problem, as stiff as one likes, with the solution exp(-2t), exp(-t) (Dekker and Verwer, Stability of
 * Runge-Kutta Methods for Stiff Nonlinear Differential Equations, 1984). */
static void kaps_rate(const struct problem *problem, const long double *y, long double *rate)
{
    rate[0] = -(problem->stiffness + 2) * y[0] + problem->stiffness * y[1] * y[1];
    rate[1] = y[0] - y[1] * (1 + y[1]);
}

static void kaps_jacobian(const struct problem *problem, const long double *y, long double jacobian[LARGEST][LARGEST])
{
    jacobian[0][0] = -(problem->stiffness + 2);
    jacobian[0][1] = 2 * problem->stiffness * y[1];
    jacobian[1][0] = 1;
    jacobian[1][1] = -1 - 2 * y[1];
}

static void kaps_solution(long double t, long double *y)
{
    y[0] = expl(-2 * t);
    y[1] = expl(-t);
}

static struct problem kaps(long double stiffness)
{
    return (struct problem){
        .size = 2, .stiffness = stiffness, .rate = kaps_rate, .jacobian = kaps_jacobian, .solution = kaps_solution};
}

/* HIRES: how light steers the growth of a plant (Schaefer 1975); eight states. */
static void hires_rate(const struct problem *problem, const long double *y, long double *rate)
{
    (void)problem;
    const long double bound = 280 * y[5] * y[7], released = 1.81L * y[6];
    rate[0] = -1.71L * y[0] + 0.43L * y[1] + 8.32L * y[2] + 0.0007L;
    rate[1] = 1.71L * y[0] - 8.75L * y[1];
    rate[2] = -10.03L * y[2] + 0.43L * y[3] + 0.035L * y[4];
    rate[3] = 8.32L * y[1] + 1.71L * y[2] - 1.12L * y[3];
    rate[4] = -1.745L * y[4] + 0.43L * y[5] + 0.43L * y[6];
    rate[5] = -bound + 0.69L * y[3] + 1.71L * y[4] - 0.43L * y[5] + 0.69L * y[6];
    rate[6] = bound - released;
    rate[7] = -bound + released;
}

static void hires_jacobian(const struct problem *problem, const long double *y, long double jacobian[LARGEST][LARGEST])
{
    (void)problem;
    static const long double linear[LARGEST][LARGEST] = {
        {-1.71L, 0.43L, 8.32L},
        {1.71L, -8.75L},
        {0, 0, -10.03L, 0.43L, 0.035L},
        {0, 8.32L, 1.71L, -1.12L},
        {0, 0, 0, 0, -1.745L, 0.43L, 0.43L},
        {0, 0, 0, 0.69L, 1.71L, -0.43L, 0.69L},
        {0, 0, 0, 0, 0, 0, -1.81L},
        {0, 0, 0, 0, 0, 0, 1.81L},
    };
    memcpy(jacobian, linear, sizeof linear);
    static const int sign[] = {-1, 1, -1};
    for (int i = 0; i < 3; i++) {
        jacobian[5 + i][5] += sign[i] * 280 * y[7];
        jacobian[5 + i][7] += sign[i] * 280 * y[5];
    }
}

static const struct problem hires = {.size = 8, .rate = hires_rate, .jacobian = hires_jacobian};

/* ---- Steps ------------------------------------------------------------------------------------------ */

struct step {
    long double start[LARGEST], end[LARGEST], error[LARGEST], u[STAGES][LARGEST];
};

/* Gaussian elimination with row pivots; destroys the matrix. */
static void solve(int size, long double matrix[LARGEST][LARGEST], long double *right)
{
    for (int k = 0; k < size; k++) {
        int pivot = k;
        for (int i = k + 1; i < size; i++)
            if (fabsl(matrix[i][k]) > fabsl(matrix[pivot][k]))
                pivot = i;
        for (int j = 0; j < size; j++) {
            const long double swapped = matrix[k][j];
            matrix[k][j] = matrix[pivot][j];
            matrix[pivot][j] = swapped;
        }
        const long double swapped = right[k];
        right[k] = right[pivot];
        right[pivot] = swapped;
        for (int i = k + 1; i < size; i++) {
            const long double factor = matrix[i][k] / matrix[k][k];
            for (int j = k; j < size; j++)
                matrix[i][j] -= factor * matrix[k][j];
            right[i] -= factor * right[k];
        }
    }
    for (int i = size - 1; i >= 0; i--) {
        for (int j = i + 1; j < size; j++)
            right[i] -= matrix[i][j] * right[j];
        right[i] /= matrix[i][i];
    }
}

/* One step, as the comment of solver/rosenbrock.h says. */
static void take_step(const struct problem *problem, const long double *start, long double h, struct step *step)
{
    long double jacobian[LARGEST][LARGEST] = {{0}}, matrix[LARGEST][LARGEST], argument[LARGEST];
    problem->jacobian(problem, start, jacobian);
    memcpy(step->start, start, sizeof step->start);
    for (int stage = 0; stage < STAGES; stage++) {
        for (int i = 0; i < problem->size; i++) {
            argument[i] = stage < ROSENBROCK_FULL_STAGES ? start[i] : argument[i] + step->u[stage - 1][i];
            for (int j = 0; stage < ROSENBROCK_FULL_STAGES && j < stage; j++)
                argument[i] += rosenbrock_a[stage][j] * step->u[j][i];
        }
        problem->rate(problem, argument, step->u[stage]);
        for (int i = 0; i < problem->size; i++) {
            for (int j = 0; j < stage; j++)
                step->u[stage][i] += rosenbrock_c[stage][j] / h * step->u[j][i];
            for (int j = 0; j < problem->size; j++)
                matrix[i][j] = (i == j) / (ROSENBROCK_GAMMA * h) - jacobian[i][j];
        }
        solve(problem->size, matrix, step->u[stage]);
    }
    for (int i = 0; i < problem->size; i++) {
        step->error[i] = step->u[STAGES - 1][i];
        step->end[i] = argument[i] + step->error[i];
    }
}

static void interpolate(const struct problem *problem, const struct step *step, long double theta, long double *y)
{
    for (int i = 0; i < problem->size; i++) {
        long double d[ROSENBROCK_DENSE_TERMS] = {0};
        for (int k = 0; k < ROSENBROCK_DENSE_TERMS; k++)
            for (int j = 0; j < STAGES; j++)
                d[k] += rosenbrock_dense[k][j] * step->u[j][i];
        y[i] = (1 - theta) * step->start[i] +
               theta * (step->end[i] + (1 - theta) * (d[0] + theta * (d[1] + theta * d[2])));
    }
}

static long double distance(const struct problem *problem, const long double *y, long double t)
{
    long double exact[LARGEST], largest = 0;
    problem->solution(t, exact);
    for (int i = 0; i < problem->size; i++)
        largest = fmaxl(largest, fabsl(y[i] - exact[i]));
    return largest;
}

/* Largest errors over a course of equal steps to t = 1: at its end, of one embedded step from the exact solution, and
 * in between by dense output. */
struct errors {
    long double solution, embedded, dense;
};

static struct errors errors_of_course(const struct problem *problem, int steps)
{
    const long double h = 1.0L / steps;
    long double y[LARGEST] = {0}, exact[LARGEST] = {0}, between[LARGEST];
    struct errors errors = {0};
    struct step step;
    problem->solution(0, y);
    for (int n = 0; n < steps; n++) {
        problem->solution(n * h, exact);
        take_step(problem, exact, h, &step);
        for (int i = 0; i < problem->size; i++)
            between[i] = step.end[i] - step.error[i];
        errors.embedded = fmaxl(errors.embedded, distance(problem, between, (n + 1) * h));
        take_step(problem, y, h, &step);
        for (int i = 1; i < 8; i++) {
            interpolate(problem, &step, i / 8.0L, between);
            errors.dense = fmaxl(errors.dense, distance(problem, between, (n + i / 8.0L) * h));
        }
        memcpy(y, step.end, sizeof y);
        errors.solution = fmaxl(errors.solution, distance(problem, y, (n + 1) * h));
    }
    return errors;
}

/* Halving the step divides the errors by 2 to the power of the order: 5 at the end; 5 as well for the error that the
 * embedded formula of order 4 makes in one step, and for what dense output of order 4 adds to that of the step. A sixth
 * is for the terms that come after. */
static void assert_convergence(const struct problem *problem)
{
    const struct errors coarse = errors_of_course(problem, 32), fine = errors_of_course(problem, 64);
    assert_true(fine.solution < fine.embedded && fine.embedded < 1e-9L);
    assert_true(fabsl(log2l(coarse.solution / fine.solution) - 5) < 0.17L);
    assert_true(fabsl(log2l(coarse.embedded / fine.embedded) - 5) < 0.17L);
    assert_true(fabsl(log2l(coarse.dense / fine.dense) - 5) < 0.17L);
}

static void test_convergence(void **state)
{
    (void)state;
    const struct problem mild = kaps(1);
    assert_convergence(&logistic);
    assert_convergence(&mild);
}

/* Where the fast part is infinitely fast, y[0] is y[1]^2 at any time, and all orders stay; only dense output has one
 * less, as the fast part follows the polynomial itself. */
static void test_orders_in_the_stiff_limit(void **state)
{
    (void)state;
    const struct problem stiff = kaps(1e12L);
    const struct errors coarse = errors_of_course(&stiff, 8), fine = errors_of_course(&stiff, 16);
    assert_true(fine.solution < 1e-9L && fine.dense < 1e-6L);
    assert_true(log2l(coarse.solution / fine.solution) > 4.83L);
    assert_true(log2l(coarse.embedded / fine.embedded) > 4.83L);
    assert_true(log2l(coarse.dense / fine.dense) > 3.83L);
}

/* On the way there, a stiffness of s adds no more than errors proportional to h^2/s (Hairer and Wanner II, VI.4). */
static void test_stiffness_costs_little_accuracy(void **state)
{
    (void)state;
    const int steps = 32;
    const struct problem limit = kaps(1e12L);
    const struct errors in_limit = errors_of_course(&limit, steps);
    for (int i = 2; i < 12; i++) {
        const long double stiffness = powl(10, i);
        const struct problem stiff = kaps(stiffness);
        const struct errors errors = errors_of_course(&stiff, steps);
        const long double added = 1 / (stiffness * steps * steps);
        assert_true(errors.solution < in_limit.solution + added);
        assert_true(errors.embedded < in_limit.embedded + added);
        assert_true(errors.dense < in_limit.dense + added);
    }
}

/* From off the slow solution one step leads onto it: what was between y[0] and y[1]^2 is gone. */
static void test_one_step_ends_a_fast_transient(void **state)
{
    (void)state;
    const struct problem stiff = kaps(1e10L);
    const long double start[LARGEST] = {1.5L, 1}, h = 1e-3L;
    struct step step;
    take_step(&stiff, start, h, &step);
    const long double left = step.end[0] - step.end[1] * step.end[1];
    assert_true(fabsl(left) < 0.5L * 13 / (stiff.stiffness * h)); /* a step leaves 13/z: test_rosenbrock.c */
}

/* HIRES with the estimate in charge of the steps. Returns the largest relative error at the end, against the solution
 * of the test set for initial value problems (Mazzia and Magherini 2008, release 2.4, II-1). */
static long double hires_error(long double tolerance)
{
    static const long double published[LARGEST] = {
        0.7371312573325668e-3L, 0.1442485726316185e-3L, 0.5888729740967575e-4L, 0.1175651343283149e-2L,
        0.2386356198831331e-2L, 0.6238968252742796e-2L, 0.2849998395185769e-2L, 0.2850001604814231e-2L};
    const long double end = 321.8122L;
    long double y[LARGEST] = {1, 0, 0, 0, 0, 0, 0, 0.0057L}, t = 0, h = 1e-6L, largest = 0;
    struct step step;
    for (int attempt = 0; t < end; attempt++) {
        assert_true(attempt < 10000);
        const bool last = h >= end - t;
        h = last ? end - t : h;
        take_step(&hires, y, h, &step);
        long double sum = 0;
        for (int i = 0; i < hires.size; i++)
            sum += powl(step.error[i] / (tolerance * (fabsl(y[i]) + 1e-4L)), 2);
        const long double norm = sqrtl(sum / hires.size);
        if (norm <= 1) {
            t = last ? end : t + h;
            memcpy(y, step.end, sizeof y);
        }
        h *= fminl(5, fmaxl(0.2L, 0.9L * powl(norm, -1.0L / ROSENBROCK_ORDER)));
    }
    for (int i = 0; i < hires.size; i++)
        largest = fmaxl(largest, fabsl(y[i] / published[i] - 1));
    return largest;
}

/* As exact as asked for, and not a hundred times more, which would be an estimate far too large. */
static void test_hires_as_published(void **state)
{
    (void)state;
    for (int i = 4; i <= 9; i++) {
        const long double tolerance = powl(10, -i), error = hires_error(tolerance);
        assert_true(error < tolerance && error > tolerance / 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_convergence),
        cmocka_unit_test(test_orders_in_the_stiff_limit),
        cmocka_unit_test(test_stiffness_costs_little_accuracy),
        cmocka_unit_test(test_one_step_ends_a_fast_transient),
        cmocka_unit_test(test_hires_as_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
