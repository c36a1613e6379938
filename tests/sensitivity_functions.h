/* Functions whose Sobol indices are known, sampled as a sensitivity analysis does. */
#ifndef ABSCOPAL_TESTS_SENSITIVITY_FUNCTIONS_H
#define ABSCOPAL_TESTS_SENSITIVITY_FUNCTIONS_H

#include <stdbool.h>

#include "trial/sensitivity.h"

enum { FUNCTION_MOST_FACTORS = 8 };

/* A function of numbers in (0, 1). */
struct sensitivity_function {
    const char *name;
    size_t factors;
    double (*value)(const struct sensitivity_function *function, const double *u);
    double a[FUNCTION_MOST_FACTORS]; /* of the g-function; of Ishigami's a and b */
    double first[FUNCTION_MOST_FACTORS], total[FUNCTION_MOST_FACTORS], mean, variance;
};

/* sin x1 + a sin^2 x2 + b x3^4 sin x1 on (-pi, pi) with a = 7 and b = 0.1 (Ishigami and Homma 1990,
 * doi:10.1109/ISUMA.1990.151285), and three of the product of (|4 u_i - 2| + a_i)/(1 + a_i) (Saltelli and Sobol' 1995,
 * doi:10.1016/0951-8320(95)00099-2). */
enum { FUNCTION_COUNT = 4 };
struct sensitivity_function function_number(int number);

/* Samples the function to values[rows][2 + factors] of struct sobol_sample, with numbers of a scrambled Sobol sequence
 * or independent ones, and finds its indices. */
void function_indices(const struct sensitivity_function *function, bool independent, uint64_t seed, size_t rows,
                      size_t resamples, double *values, struct sobol_indices *indices);

bool estimate_holds(const struct abscopal_estimate *estimate, double truth);

#endif
