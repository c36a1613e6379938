/* Prints quantiles as CSV for tests/check_distributions.py: kind,location,spread,lower,upper,u,value. */
#include <math.h>
#include <stdio.h>

#include "cohorts/sampling.h"

static const char *const names[] = {"fixed", "normal", "lognormal", "uniform", "loguniform", "triangular"};

static const struct distribution distributions[] = {
    {DISTRIBUTION_NORMAL, 75, 15, -INFINITY, INFINITY},
    {DISTRIBUTION_NORMAL, 75, 15, 40, 130},
    {DISTRIBUTION_NORMAL, 0, 1, 4, 5},
    {DISTRIBUTION_LOGNORMAL, 37, 0.4, 1, 1000},
    {DISTRIBUTION_LOGNORMAL, 4.81e4, 1.73, 0, 1e9},
    {DISTRIBUTION_LOGNORMAL, 4.81e4, 1.73, 2.7e4, 1e5},
    {DISTRIBUTION_UNIFORM, 0, 0, 0.1, 1},
    {DISTRIBUTION_LOGUNIFORM, 0, 0, 1.2e4, 6.2e4},
    {DISTRIBUTION_TRIANGULAR, 3, 0, 1, 10},
};

int main(void)
{
    printf("kind,location,spread,lower,upper,u,value\n");
    for (size_t i = 0; i < sizeof distributions / sizeof *distributions; i++) {
        const struct distribution *d = &distributions[i];
        for (int k = 1; k < 1000; k++) {
            double u = k / 1000.0;
            printf("%s,%.17g,%.17g,%.17g,%.17g,%.17g,%.17g\n", names[d->kind], d->location, d->spread, d->lower,
                   d->upper, u, distribution_quantile(d, u));
        }
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
