/* The Rosenbrock method of the batch engine, without the engine: its order conditions and its stability, in long
 * double, so that what is left over is the coefficients' own rounding. test_rosenbrock_problems.c has problems for it.
 */
#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "solver/rosenbrock.h"

enum { STAGES = ROSENBROCK_STAGES };

/* Published with 16 digits, of numbers up to 165. */
static const long double coefficient_rounding = 5e-14L;

/* ---- The method, untransformed ---------------------------------------------------------------------- */

/* Hairer and Wanner, Solving ODEs II, IV.7: stages k with alpha inside f and gamma beside the Jacobian; beta is the sum
 * of both. */
struct method {
    long double a[STAGES][STAGES], inverse_gamma[STAGES][STAGES];
    long double alpha[STAGES][STAGES], beta[STAGES][STAGES], gamma[STAGES][STAGES];
};

static long double stage_weight(int stage, int j)
{
    if (stage < ROSENBROCK_FULL_STAGES)
        return j < stage ? rosenbrock_a[stage][j] : 0;
    return j < ROSENBROCK_FULL_STAGES - 1 ? rosenbrock_a[ROSENBROCK_FULL_STAGES - 1][j] : j < stage;
}

/* Weights of u in the new state, and in the embedded one. */
static long double solution_weight(int j)
{
    return j == STAGES - 1 ? 1 : stage_weight(STAGES - 1, j);
}

static long double embedded_weight(int j)
{
    return stage_weight(STAGES - 1, j);
}

/* The inverse of a lower triangle. */
static void invert(long double matrix[STAGES][STAGES], long double inverse[STAGES][STAGES])
{
    memset(inverse, 0, sizeof(long double[STAGES][STAGES]));
    for (int column = 0; column < STAGES; column++)
        for (int row = column; row < STAGES; row++) {
            long double sum = row == column;
            for (int k = column; k < row; k++)
                sum -= matrix[row][k] * inverse[k][column];
            inverse[row][column] = sum / matrix[row][row];
        }
}

static struct method untransform(void)
{
    struct method method = {0};
    for (int i = 0; i < STAGES; i++) {
        method.inverse_gamma[i][i] = 1 / (long double)ROSENBROCK_GAMMA;
        for (int j = 0; j < i; j++) {
            method.a[i][j] = stage_weight(i, j);
            method.inverse_gamma[i][j] = -(long double)rosenbrock_c[i][j];
        }
    }
    invert(method.inverse_gamma, method.gamma);
    for (int i = 0; i < STAGES; i++)
        for (int j = 0; j < STAGES; j++) {
            for (int k = j; k < i; k++)
                method.alpha[i][j] += method.a[i][k] * method.gamma[k][j];
            method.beta[i][j] = method.alpha[i][j] + method.gamma[i][j];
        }
    return method;
}

/* Weights of the stages k from those of u. */
static void weights_of_k(const struct method *method, const long double *of_u, long double *of_k)
{
    for (int j = 0; j < STAGES; j++) {
        of_k[j] = 0;
        for (int i = j; i < STAGES; i++)
            of_k[j] += of_u[i] * method->gamma[i][j];
    }
}

/* ---- Order conditions ------------------------------------------------------------------------------- */

enum { LARGEST_ORDER = 6 };

/* A rooted tree as the parent of each node; parents come first, so that parent[i] < i. */
struct tree {
    int order, parent[LARGEST_ORDER];
};

/* What the weights make of a tree, less what the exact solution makes of it at a share theta of the step. Steps over a
 * node with one child go by beta, over one with several by alpha (Hairer and Wanner II, IV.7, theorem 7.4). */
static long double tree_residual(const struct method *method, const struct tree *tree, const long double *weights,
                                 long double theta)
{
    long double value[LARGEST_ORDER][STAGES], density = 1;
    int children[LARGEST_ORDER] = {0}, size[LARGEST_ORDER];
    for (int node = 0; node < tree->order; node++) {
        size[node] = 1;
        for (int i = 0; i < STAGES; i++)
            value[node][i] = 1;
    }
    for (int node = 1; node < tree->order; node++)
        children[tree->parent[node]]++;
    for (int node = tree->order - 1; node > 0; node--) {
        const int parent = tree->parent[node];
        for (int i = 0; i < STAGES; i++) {
            long double sum = 0;
            for (int j = 0; j <= i; j++)
                sum += (children[parent] == 1 ? method->beta[i][j] : method->alpha[i][j]) * value[node][j];
            value[parent][i] *= sum;
        }
        size[parent] += size[node];
    }
    long double total = 0;
    for (int i = 0; i < STAGES; i++)
        total += weights[i] * value[0][i];
    for (int node = 0; node < tree->order; node++)
        density *= size[node];
    return fabsl(total - powl(theta, tree->order) / density);
}

/* The largest residual over all trees of an order: every choice of parents, though some give the same tree. */
static long double order_residual(const struct method *method, int order, const long double *weights, long double theta)
{
    struct tree tree = {.order = order, .parent = {0}};
    long double largest = 0;
    for (;;) {
        largest = fmaxl(largest, tree_residual(method, &tree, weights, theta));
        int node = order - 1;
        while (node > 0 && tree.parent[node] == node - 1)
            tree.parent[node--] = 0;
        if (node <= 0)
            return largest;
        tree.parent[node]++;
    }
}

static void dense_weights(long double theta, long double *weights)
{
    for (int j = 0; j < STAGES; j++) {
        const long double d =
            rosenbrock_dense[0][j] + theta * (rosenbrock_dense[1][j] + theta * rosenbrock_dense[2][j]);
        weights[j] = theta * (solution_weight(j) + (1 - theta) * d);
    }
}

/* All conditions up to the order hold, and those of the next do not: else the estimate would be no estimate. */
static void assert_order(const struct method *method, int order, const long double *of_u, long double theta)
{
    long double weights[STAGES];
    weights_of_k(method, of_u, weights);
    for (int p = 1; p <= order; p++)
        assert_true(order_residual(method, p, weights, theta) < coefficient_rounding);
    assert_true(order_residual(method, order + 1, weights, theta) > 1e-4L);
}

static void test_order_conditions(void **state)
{
    (void)state;
    const struct method method = untransform();
    long double solution[STAGES], embedded[STAGES], dense[STAGES];
    for (int j = 0; j < STAGES; j++) {
        solution[j] = solution_weight(j);
        embedded[j] = embedded_weight(j);
    }
    assert_order(&method, ROSENBROCK_ORDER, solution, 1);
    assert_order(&method, ROSENBROCK_ORDER - 1, embedded, 1);
    for (int i = 1; i < 10; i++) {
        const long double theta = i / 10.0L;
        dense_weights(theta, dense);
        assert_order(&method, 4, dense, theta);
    }
}

/* ---- Stability -------------------------------------------------------------------------------------- */

/* One step of y' = z y from 1 with step 1. */
static void linear_step(long double complex z, long double complex *solution, long double complex *embedded)
{
    long double complex u[STAGES];
    *solution = *embedded = 1;
    for (int i = 0; i < STAGES; i++) {
        long double complex argument = 1, pushed = 0;
        for (int j = 0; j < i; j++) {
            argument += stage_weight(i, j) * u[j];
            pushed += rosenbrock_c[i][j] * u[j];
        }
        u[i] = (z * argument + pushed) / (1 / (long double)ROSENBROCK_GAMMA - z);
        *solution += solution_weight(i) * u[i];
        *embedded += embedded_weight(i) * u[i];
    }
}

/* A function without poles in the left half-plane (they lie at 1/gamma) is largest on the imaginary axis. */
static void test_both_formulas_are_a_stable(void **state)
{
    (void)state;
    long double complex solution, embedded;
    for (int i = -300; i <= 300; i++) {
        linear_step(I * powl(10, i / 100.0L), &solution, &embedded);
        assert_true(cabsl(solution) <= 1 + coefficient_rounding);
        assert_true(cabsl(embedded) <= 1 + coefficient_rounding);
    }
}

/* Of what decays at a rate z, a step leaves some 13/z: nothing of the infinitely fast. */
static const long double left_over = 13;

static void test_infinitely_fast_is_damped_at_once(void **state)
{
    (void)state;
    long double complex solution, embedded;
    for (int i = 2; i <= 12; i++) {
        const long double fast = powl(10, i);
        linear_step(-fast, &solution, &embedded);
        assert_true(cabsl(solution) < left_over / fast);
        assert_true(cabsl(embedded) < left_over / fast);
    }
}

/* The last row of beta holds the weights: the method is stiffly accurate. */
static void test_last_stage_is_the_solution(void **state)
{
    (void)state;
    const struct method method = untransform();
    long double solution[STAGES], weights[STAGES];
    for (int j = 0; j < STAGES; j++)
        solution[j] = solution_weight(j);
    weights_of_k(&method, solution, weights);
    for (int j = 0; j < STAGES; j++)
        assert_true(fabsl(method.beta[STAGES - 1][j] - weights[j]) < coefficient_rounding);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_conditions),
        cmocka_unit_test(test_both_formulas_are_a_stable),
        cmocka_unit_test(test_infinitely_fast_is_damped_at_once),
        cmocka_unit_test(test_last_stage_is_the_solution),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
