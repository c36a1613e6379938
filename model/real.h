/* The number type of the right-hand side. The modules are compiled twice from the same source: for double, and for
 * complex numbers, whose imaginary part carries an exact derivative (complex step, Squire 1998,
 * doi:10.1137/S003614459631241X). Functions beyond + - * / come from here, so that both readings exist. */
#ifndef ABSCOPAL_MODEL_REAL_H
#define ABSCOPAL_MODEL_REAL_H

#include <math.h>

#ifdef ABSCOPAL_COMPLEX_STEP

#include <complex.h>

typedef double _Complex real;

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

static inline double real_value(real x)
{
    return creal(x);
}

static inline real real_power_of_two(real x)
{
    const double power = exp2(creal(x));
    return real_from_slope(x, power, power * 0.693147180559945309417);
}

/* x to a constant exponent; a negative x, which only integration error makes, counts as 0. */
static inline real real_power(real x, double exponent)
{
    if (creal(x) <= 0)
        return 0;
    const double power = pow(creal(x), exponent);
    return real_from_slope(x, power, exponent * power / creal(x));
}

#else

typedef double real;

static inline real real_square_root(real x)
{
    return sqrt(x);
}

static inline real real_logarithm(real x)
{
    return log(x);
}

/* The number itself, for decisions that must not depend on its derivative. */
static inline double real_value(real x)
{
    return x;
}

static inline real real_power_of_two(real x)
{
    return exp2(x);
}

/* x to a constant exponent; a negative x, which only integration error makes, counts as 0. A NaN stays one, so that
 * dependencies can be traced with it. */
static inline real real_power(real x, double exponent)
{
    return x <= 0 ? 0 : pow(x, exponent);
}

#endif

/* x/(x + half): the share of a saturating process at work. */
static inline real real_saturation(real x, double half)
{
    return x / (x + half);
}

#endif
