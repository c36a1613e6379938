/* The vector reading of the biology's numbers: ABSCOPAL_LANES patients side by side (GCC's vector types, which clang
 * has too). Every operation acts on each lane alone, so that a patient's numbers do not depend on who stands beside. */
#ifndef ABSCOPAL_MODEL_REAL_LANES_H
#define ABSCOPAL_MODEL_REAL_LANES_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

typedef double real __attribute__((vector_size(8 * ABSCOPAL_LANES)));
typedef real constant;
/* All bits of a lane are set where the condition holds. */
typedef int64_t real_mask __attribute__((vector_size(8 * ABSCOPAL_LANES)));
/* The bits of a number, to calculate with: unsigned, as these may overflow. */
typedef uint64_t real_bits __attribute__((vector_size(8 * ABSCOPAL_LANES)));

static inline real real_of(double value)
{
    return (real){0} + value;
}

static inline constant constant_of(double value)
{
    return (constant){0} + value;
}

static inline real real_select(real_mask mask, real chosen, real otherwise)
{
    return (real)((mask & (real_mask)chosen) | (~mask & (real_mask)otherwise));
}

static inline real_mask real_mask_none(void)
{
    return (real_mask){0};
}

static inline real_mask real_mask_both(real_mask one, real_mask other)
{
    return one & other;
}

static inline bool real_mask_all(real_mask mask)
{
    int64_t all = -1;
    for (int lane = 0; lane < ABSCOPAL_LANES; lane++)
        all &= mask[lane];
    return all != 0;
}

static inline bool real_mask_any(real_mask mask)
{
    int64_t any = 0;
    for (int lane = 0; lane < ABSCOPAL_LANES; lane++)
        any |= mask[lane];
    return any != 0;
}

static inline real real_absolute(real x)
{
    return (real)((real_mask)x & INT64_MAX);
}

static inline real real_minimum(real x, real y)
{
    return real_select(x < y, x, y);
}

static inline real real_maximum(real x, real y)
{
    return real_select(x > y, x, y);
}

static inline real_mask real_is_small(real x, double size)
{
    return real_absolute(x) < size;
}

static inline real_mask real_is_positive(real x)
{
    return x > 0;
}

/* Whether it is not a NaN, which alone is neither below nor at nor above 0. */
static inline real_mask real_is_number(real x)
{
    return (x <= 0) | (x > 0);
}

static inline real real_limited(real x, double limit)
{
    /* A NaN is neither above nor below, and stays one. */
    return real_select(x > limit, real_of(limit), real_select(x < -limit, real_of(-limit), x));
}

/* The compiler makes one instruction of the loop. */
static inline real real_square_root(real x)
{
    real root;
    for (int lane = 0; lane < ABSCOPAL_LANES; lane++)
        root[lane] = sqrt(x[lane]);
    return root;
}

/* Adding 1.5 * 2^52 leaves the nearest integer in the lowest bits of a double. */
#define REAL_ROUNDER 6755399441055744.0

/* 2 to the power x, for results that are normal numbers; good to three units in the last place. The power of the
 * nearest integer goes into the exponent bits, that of the rest is its Taylor series: at most 0.5 ln 2, it needs 12
 * terms. */
static inline real real_power_of_two(real x)
{
    static const double coefficients[] = {
        2.5678435993488196e-11, 4.4455382718708100e-10, 7.0549116208011210e-09, 1.0178086009239696e-07,
        1.3215486790144305e-06, 1.5252733804059838e-05, 1.5403530393381606e-04, 1.3333558146428441e-03,
        9.6181291076284770e-03, 5.5504108664821576e-02, 2.4022650695910070e-01, 6.9314718055994530e-01,
    };
    const real bounded = real_limited(x, 1022);
    const real shifted = bounded + REAL_ROUNDER;
    const real rest = bounded - (shifted - REAL_ROUNDER);
    real power = real_of(coefficients[0]);
    for (int i = 1; i < (int)(sizeof coefficients / sizeof *coefficients); i++)
        power = power * rest + coefficients[i];
    power = power * rest + 1;
    return (real)((real_bits)power + ((real_bits)shifted << 52));
}

/* Natural logarithm of a positive normal number; good to two units in the last place. With x = 2^k m and m between
 * sqrt(1/2) and sqrt(2), ln m = 2 artanh((m - 1)/(m + 1)), whose series needs 11 terms. */
static inline real real_logarithm(real x)
{
    const real_bits bits = (real_bits)x;
    const real_bits exponent = (real_bits)((real_mask)(bits - 0x3fe6a09e667f3bcd) >> 52); /* shifted with its sign */
    const real mantissa = (real)(bits - (exponent << 52));
    const real count = (real)(exponent + (real_bits)real_of(REAL_ROUNDER)) - REAL_ROUNDER;
    const real s = (mantissa - 1) / (mantissa + 1);
    const real square = s * s;
    real series = real_of(1.0 / 23);
    for (int odd = 21; odd >= 3; odd -= 2)
        series = series * square + 1.0 / odd;
    /* ln 2 in two parts, of which the first has few enough bits to be exact times the exponent. */
    return (count * 1.9082149292705877e-10 + 2 * s * (square * series)) + 2 * s + count * 6.93147180369123816490e-01;
}

/* x to a constant exponent; a negative x, which only integration error makes, counts as 0. Exponents that are whole
 * numbers up to 7, as nearly all are, are products. Which way a lane takes depends on its own exponent alone. */
static inline real real_power(real x, constant exponent)
{
    const real_mask nothing = x <= 0; /* a NaN stays one */
    const real base = real_select(nothing, real_of(1), x);
    const real shifted = exponent + REAL_ROUNDER;
    const real_mask whole = (shifted - REAL_ROUNDER == exponent) & (exponent >= 0) & (exponent < 8);
    const real_mask bits = (real_mask)shifted;
    const real square = base * base, one = real_of(1);
    real power = real_select((bits & 1) != 0, base, one) * real_select((bits & 2) != 0, square, one) *
                 real_select((bits & 4) != 0, square * square, one);
    if (!real_mask_all(whole)) {
        const double log2_e = 1.44269504088896340736;
        power = real_select(whole, power, real_power_of_two(exponent * (real_logarithm(base) * log2_e)));
    }
    return real_select(real_is_number(base), real_select(nothing, real_of(0), power), base);
}

#endif
