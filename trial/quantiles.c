#include "trial/quantiles.h"

#include <math.h>
#include <stdlib.h>

static int weighed_compare(const void *left, const void *right)
{
    const double a = ((const struct weighed *)left)->value, b = ((const struct weighed *)right)->value;
    return (a > b) - (a < b);
}

void weighed_sort(struct weighed *values, size_t count)
{
    if (count > 0)
        qsort(values, count, sizeof *values, weighed_compare);
}

size_t weighed_above(const struct weighed *values, size_t count, double part)
{
    double sum = 0;
    size_t i = 0;
    for (; i + 1 < count; i++) {
        sum += values[i].weight;
        if (sum > part)
            break;
    }
    return i;
}

double weighed_quantile(const struct weighed *values, size_t count, double p)
{
    double all = 0;
    if (count == 0)
        return NAN;
    for (size_t i = 0; i < count; i++)
        all += values[i].weight;
    /* Sums of weights that come to the part but for rounding are the part, as they are of numbers of patients. */
    const double part = p * all, rounding = 1e-12 * all;
    return (values[weighed_above(values, count, part - rounding)].value +
            values[weighed_above(values, count, part + rounding)].value) /
           2;
}
