#include "trial/twin_weights.h"

#include <math.h>

double twin_weigh(const double *prior, const double *logarithms, size_t count, double *weights)
{
    double largest = -INFINITY, sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++)
        if (prior == NULL || prior[i] > 0)
            largest = fmax(largest, logarithms[i]);
    for (size_t i = 0; i < count; i++) {
        const double before = prior != NULL ? prior[i] : 1;
        weights[i] = before > 0 && isfinite(largest) ? before * exp(logarithms[i] - largest) : 0;
        sum += weights[i];
        squares += weights[i] * weights[i];
    }
    for (size_t i = 0; i < count && sum > 0; i++)
        weights[i] /= sum;
    return squares > 0 ? sum * sum / squares : 0;
}

static double effective_at(const double *prior, const double *a, const double *c, size_t count, double b,
                           double *weights)
{
    for (size_t i = 0; i < count; i++)
        weights[i] = a[i] > -INFINITY ? b * a[i] + (c != NULL ? c[i] : 0) : -INFINITY;
    return twin_weigh(prior, weights, count, weights);
}

double twin_temper(const double *prior, const double *a, const double *c, size_t count, double effective, double lower,
                   double upper, double *weights)
{
    enum { HALVINGS = 40 };
    if (effective_at(prior, a, c, count, upper, weights) >= effective)
        return upper;
    for (int i = 0; i < HALVINGS; i++) {
        const double middle = (lower + upper) / 2;
        if (effective_at(prior, a, c, count, middle, weights) >= effective)
            lower = middle;
        else
            upper = middle;
    }
    return lower;
}

void twin_resample(const double *weights, size_t count, double u, size_t draws, size_t *chosen)
{
    double below = 0;
    size_t next = 0, last = 0;
    for (size_t i = 0; i < count && next < draws; i++) {
        below += weights[i];
        last = weights[i] > 0 ? i : last;
        while (next < draws && ((double)next + u) / (double)draws < below)
            chosen[next++] = i;
    }
    while (next < draws) /* the sum fell short of 1 by rounding */
        chosen[next++] = last;
}
