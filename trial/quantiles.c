#include "trial/quantiles.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *left, const void *right)
{
    const double a = ((const struct weighed *)left)->value, b = ((const struct weighed *)right)->value;
    return (a > b) - (a < b);
}

void weighed_sort(struct weighed *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
}

double weighed_quantile(const struct weighed *values, size_t count, double part)
{
    double all = 0, squares = 0, below = 0, sum = 0;
    for (size_t i = 0; i < count; i++) {
        all += values[i].weight;
        squares += values[i].weight * values[i].weight;
    }
    if (count == 0)
        return NAN;
    /* In units of the weights: all are `each` when they are the same. */
    const double each = squares / all, from = part * (all - each), to = from + each;
    for (size_t i = 0; i < count && below < to; i++) {
        const double above = below + values[i].weight;
        sum += values[i].value * fmax(0, fmin(above, to) - fmax(below, from));
        below = above;
    }
    return sum / each;
}
