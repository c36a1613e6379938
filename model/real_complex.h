/* The complex reading of the biology's numbers: see model/real.h. Decisions look at the real part alone. */
#ifndef ABSCOPAL_MODEL_REAL_COMPLEX_H
#define ABSCOPAL_MODEL_REAL_COMPLEX_H

#include <complex.h>
#include <math.h>
#include <stdbool.h>

typedef double _Complex real;
typedef double constant;
typedef bool real_mask;

static inline real real_of(double value)
{
    return value;
}

static inline constant constant_of(double value)
{
    return value;
}

/* value + slope * (imaginary part of x): the first-order Taylor step, all a complex step needs. */
static inline real real_from_slope(real x, double value, double slope)
{
    return value + slope * cimag(x) * I;
}

static inline real real_square_root(real x)
{
    const double root = sqrt(creal(x));
    return real_from_slope(x, root, 0.5 / root);
}

static inline real real_logarithm(real x)
{
    return real_from_slope(x, log(creal(x)), 1 / creal(x));
}

static inline real real_power_of_two(real x)
{
    const double power = exp2(creal(x));
    return real_from_slope(x, power, power * 0.693147180559945309417);
}

static inline real real_power(real x, constant exponent)
{
    if (creal(x) <= 0)
        return 0;
    const double power = pow(creal(x), exponent);
    return real_from_slope(x, power, exponent * power / creal(x));
}

static inline real real_limited(real x, double limit)
{
    const double size = fabs(creal(x));
    return size > limit ? x * (limit / size) : x;
}

static inline real_mask real_is_small(real x, double size)
{
    return fabs(creal(x)) < size;
}

static inline real_mask real_is_positive(real x)
{
    return creal(x) > 0;
}

static inline real real_select(real_mask mask, real chosen, real otherwise)
{
    return mask ? chosen : otherwise;
}

static inline real_mask real_mask_both(real_mask one, real_mask other)
{
    return one && other;
}

static inline bool real_mask_all(real_mask mask)
{
    return mask;
}

static inline real_mask real_mask_none(void)
{
    return false;
}

#endif
