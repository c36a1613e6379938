/* Sobol's sequence, scrambled: low discrepancy in all dimensions at once, and one point in each of 2^m equal intervals
 * of every dimension among the first 2^m points. */
#ifndef ABSCOPAL_COHORTS_SOBOL_H
#define ABSCOPAL_COHORTS_SOBOL_H

#include <stdint.h>

/* Points have this many binary digits before they are scrambled, and there are 2 to that power of them. */
enum { SOBOL_DIMENSIONS = 256, SOBOL_DIGITS = 32, SOBOL_HIGHEST_DEGREE = 11 };

/* A primitive polynomial over GF(2), the coefficient of the highest power in the highest bit, and as many initial
 * direction numbers as its degree. */
struct sobol_direction {
    uint16_t polynomial;
    uint16_t initial[SOBOL_HIGHEST_DEGREE];
};

/* Those of Joe and Kuo (2008, doi:10.1137/070709359); see sobol_directions.c. */
extern const struct sobol_direction sobol_directions[SOBOL_DIMENSIONS];

/* Digits of a point, the first in the highest bit: points from 0, dimensions from 0, in the order of Antonov and Saleev
 * (1979, doi:10.1016/0041-5553(79)90085-5), which differs from Sobol's within blocks of 2^m points alone. */
uint32_t sobol_point(int dimension, uint32_t index);

/* The same in (0, 1), scrambled: every digit is flipped or not by a random bit that depends on the seed, the dimension
 * and all the digits before it (Owen 1995, doi:10.1007/978-1-4612-2552-2_19). */
double sobol_uniform(uint64_t seed, int dimension, uint32_t index);

#endif
