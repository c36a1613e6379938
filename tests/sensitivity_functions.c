#include "sensitivity_functions.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <omp.h>

#include "cohorts/random_stream.h"
#include "cohorts/saltelli.h"
#include "cohorts/sobol.h"

static double ishigami(const struct sensitivity_function *function, const double *u)
{
    const double x[3] = {M_PI * (2 * u[0] - 1), M_PI * (2 * u[1] - 1), M_PI * (2 * u[2] - 1)};
    return sin(x[0]) + function->a[0] * sin(x[1]) * sin(x[1]) + function->a[1] * pow(x[2], 4) * sin(x[0]);
}

static struct sensitivity_function function_ishigami(double a, double b)
{
    struct sensitivity_function function = {.name = "Ishigami", .factors = 3, .value = ishigami, .a = {a, b}};
    const double alone = pow(1 + b * pow(M_PI, 4) / 5, 2) / 2, second = a * a / 8;
    const double together = 8 * b * b * pow(M_PI, 8) / 225;
    function.mean = a / 2;
    function.variance = alone + second + together;
    function.first[0] = alone / function.variance;
    function.first[1] = function.total[1] = second / function.variance;
    function.total[0] = (alone + together) / function.variance;
    function.total[2] = together / function.variance;
    return function;
}

static double g(const struct sensitivity_function *function, const double *u)
{
    double product = 1;
    for (size_t i = 0; i < function->factors; i++)
        product *= (fabs(4 * u[i] - 2) + function->a[i]) / (1 + function->a[i]);
    return product;
}

static struct sensitivity_function function_g(const double *a, size_t factors)
{
    struct sensitivity_function function = {.name = "g", .factors = factors, .value = g, .mean = 1};
    double all = 1;
    for (size_t i = 0; i < factors; i++) {
        function.a[i] = a[i];
        all *= 1 + 1 / (3 * (1 + a[i]) * (1 + a[i]));
    }
    function.variance = all - 1;
    for (size_t i = 0; i < factors; i++) {
        const double alone = 1 / (3 * (1 + a[i]) * (1 + a[i]));
        function.first[i] = alone / function.variance;
        function.total[i] = alone * all / (1 + alone) / function.variance;
    }
    return function;
}

static double independent_uniform(uint64_t seed, uint64_t row, uint64_t dimension)
{
    const uint64_t place[4] = {row, dimension, 0, 0};
    uint64_t block[4];
    random_block(seed, RANDOM_DRAW, place, block);
    return random_fraction(block[0]);
}

static void sample(const struct sensitivity_function *function, bool independent, uint64_t seed, size_t rows,
                   double *values)
{
    const size_t k = function->factors, width = SALTELLI_FIRST_FACTOR + k;
    for (size_t row = 0; row < rows; row++) {
        double u[2 * FUNCTION_MOST_FACTORS], mixed[FUNCTION_MOST_FACTORS];
        for (size_t i = 0; i < 2 * k; i++)
            u[i] = independent ? independent_uniform(seed, row, i) : sobol_uniform(seed, (int)i, (uint32_t)row);
        values[row * width + SALTELLI_A] = function->value(function, u);
        values[row * width + SALTELLI_B] = function->value(function, u + k);
        for (size_t i = 0; i < k; i++) {
            for (size_t j = 0; j < k; j++)
                mixed[j] = u[i == j ? k + j : j];
            values[row * width + SALTELLI_FIRST_FACTOR + i] = function->value(function, mixed);
        }
    }
}

struct sensitivity_function function_number(int number)
{
    const double steep[] = {0, 1, 4.5, 9, 99, 99, 99, 99}, few[] = {0, 0.5, 3, 9, 99, 99}, even[] = {1, 1, 1, 1};
    const struct sensitivity_function functions[FUNCTION_COUNT] = {function_ishigami(7, 0.1), function_g(steep, 8),
                                                                   function_g(few, 6), function_g(even, 4)};
    return functions[number];
}

void function_indices(const struct sensitivity_function *function, bool independent, uint64_t seed, size_t rows,
                      size_t resamples, double *values, struct sobol_indices *indices)
{
    const struct sobol_sample taken = {rows, function->factors, values};
    const struct sensitivity_bootstrap bootstrap = {resamples, seed, omp_get_max_threads()};
    sample(function, independent, seed, rows, values);
    assert_int_equal(sobol_indices_find(&taken, &bootstrap, indices), ABSCOPAL_OK);
}

bool estimate_holds(const struct abscopal_estimate *estimate, double truth)
{
    return estimate->lower <= truth && truth <= estimate->upper;
}
