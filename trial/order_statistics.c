#include "trial/order_statistics.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { DIGIT_BITS = 64 / ORDER_STATISTICS_PASSES, DIGITS = 1 << DIGIT_BITS };

struct order_statistics {
    size_t count;
    int pass;
    struct {
        size_t rank;    /* among the numbers that begin with these digits */
        uint64_t bits;  /* the digits of the passes before */
        size_t *counts; /* [DIGITS] of the next digit */
    } each[ORDER_STATISTICS_MOST];
};

static const uint64_t sign = (uint64_t)1 << 63;

/* Whole numbers in the order of the numbers: IEEE 754 has magnitudes in the order of their bits. */
static uint64_t bits_of(double value)
{
    uint64_t bits;
    value += 0.0; /* -0 becomes 0 */
    memcpy(&bits, &value, sizeof bits);
    return (bits & sign) != 0 ? ~bits : bits | sign;
}

static double value_of(uint64_t bits)
{
    double value;
    bits = (bits & sign) != 0 ? bits & ~sign : ~bits;
    memcpy(&value, &bits, sizeof value);
    return value;
}

struct order_statistics *order_statistics_open(const size_t *ranks, size_t count)
{
    struct order_statistics *sought = calloc(1, sizeof *sought);
    size_t *const counts = calloc(ORDER_STATISTICS_MOST * DIGITS, sizeof *counts);
    if (sought == NULL || counts == NULL) {
        free(sought);
        free(counts);
        return NULL;
    }
    sought->count = count;
    for (size_t i = 0; i < ORDER_STATISTICS_MOST; i++) {
        sought->each[i].rank = i < count ? ranks[i] : 0;
        sought->each[i].counts = counts + i * DIGITS;
    }
    return sought;
}

void order_statistics_add(struct order_statistics *sought, double value)
{
    const uint64_t bits = bits_of(value);
    const int below = 64 - DIGIT_BITS * (sought->pass + 1);
    for (size_t i = 0; i < sought->count; i++)
        if (sought->pass == 0 || bits >> (below + DIGIT_BITS) == sought->each[i].bits)
            sought->each[i].counts[bits >> below & (DIGITS - 1)]++;
}

void order_statistics_end_pass(struct order_statistics *sought)
{
    for (size_t i = 0; i < sought->count; i++) {
        size_t *const counts = sought->each[i].counts;
        uint64_t digit = 0;
        while (digit + 1 < DIGITS && sought->each[i].rank >= counts[digit])
            sought->each[i].rank -= counts[digit++];
        sought->each[i].bits = sought->each[i].bits << DIGIT_BITS | digit;
        memset(counts, 0, DIGITS * sizeof *counts);
    }
    sought->pass++;
}

void order_statistics_close(struct order_statistics *sought, double *values)
{
    for (size_t i = 0; i < sought->count; i++)
        values[i] = value_of(sought->each[i].bits);
    free(sought->each[0].counts);
    free(sought);
}
