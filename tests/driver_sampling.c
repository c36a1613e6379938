/* Prints points for tests/check_sampling.py, one a line: `sobol` as integers of 32 bits, unscrambled, and `scrambled`,
 * `latin` and `monte-carlo` as numbers in (0, 1).
 *
 *     driver_sampling sobol|scrambled|latin|monte-carlo POINTS DIMENSIONS SEED */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts/latin_hypercube.h"
#include "cohorts/sampling.h"
#include "cohorts/sobol.h"

static void print_number(const char *kind, uint64_t points, uint64_t point, int dimension, uint64_t seed)
{
    const char *name = "dimension";
    const uint64_t draw = (uint64_t)dimension;
    if (strcmp(kind, "sobol") == 0)
        printf("%" PRIu32, sobol_point(dimension, (uint32_t)point));
    else if (strcmp(kind, "scrambled") == 0)
        printf("%.17g", sobol_uniform(seed, dimension, (uint32_t)point));
    else if (strcmp(kind, "latin") == 0)
        printf("%.17g", latin_hypercube_uniform(latin_hypercube_stratum(seed, points, point + 1, name, draw), points,
                                                sampling_uniform(seed, point + 1, name, draw)));
    else
        printf("%.17g", sampling_uniform(seed, point + 1, name, draw));
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    const uint64_t points = strtoull(argv[2], NULL, 10), seed = strtoull(argv[4], NULL, 10);
    const int dimensions = (int)strtol(argv[3], NULL, 10);
    for (uint64_t point = 0; point < points; point++)
        for (int dimension = 0; dimension < dimensions; dimension++) {
            print_number(argv[1], points, point, dimension, seed);
            putchar(dimension + 1 < dimensions ? ' ' : '\n');
        }
    return fflush(stdout) == 0 ? 0 : 1;
}
