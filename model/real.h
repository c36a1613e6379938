/* The number types of the biology. `real` is what depends on the state, `constant` what is fixed for a patient. The
 * modules are compiled from the same source for three readings of them:
 * - one patient: both are double (this file);
 * - a vector of patients, one in each lane: both are vectors (model/real_lanes.h, when ABSCOPAL_LANES is defined);
 * - tests: `real` is complex, and its imaginary part carries an exact derivative (complex step, Squire 1998,
 *   doi:10.1137/S003614459631241X; when ABSCOPAL_COMPLEX_STEP is defined).
 * Functions beyond + - * / come from here, so that all readings exist. */
#ifndef ABSCOPAL_MODEL_REAL_H
#define ABSCOPAL_MODEL_REAL_H

#if defined(ABSCOPAL_LANES)

#include "model/real_lanes.h"

#elif defined(ABSCOPAL_COMPLEX_STEP)

#include "model/real_complex.h"

#else

#include <math.h>
#include <stdbool.h>

typedef double real;
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

static inline real real_square_root(real x)
{
    return sqrt(x);
}

static inline real real_logarithm(real x)
{
    return log(x);
}

static inline real real_power_of_two(real x)
{
    return exp2(x);
}

/* x to a constant exponent; a negative x, which only integration error makes, counts as 0. A NaN stays one, so that
 * dependencies can be traced with it. */
static inline real real_power(real x, constant exponent)
{
    if (x <= 0)
        return 0;
    return exponent == 2 ? x * x : pow(x, exponent);
}

/* x, held to sizes up to a limit. */
static inline real real_limited(real x, double limit)
{
    return x > limit ? limit : x < -limit ? -limit : x;
}

static inline real_mask real_is_small(real x, double size)
{
    return fabs(x) < size;
}

static inline real_mask real_is_positive(real x)
{
    return x > 0;
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

/* x/(x + half): the share of a saturating process at work. */
static inline real real_saturation(real x, constant half)
{
    return x / (x + half);
}

/* Its derivative by x. */
static inline real real_saturation_slope(real x, constant half)
{
    const real inverse = 1 / (x + half);
    return half * inverse * inverse;
}

#endif
