#include "trial/order_statistics.h"

#include <string.h>

enum { DIGIT_BITS = ORDER_STATISTICS_DIGIT_BITS, DIGITS = 1 << DIGIT_BITS };

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

void order_statistics_begin(struct order_statistics *order, const size_t *ranks, size_t count)
{
    *order = (struct order_statistics){.count = count};
    for (size_t i = 0; i < count; i++)
        order->sought[i].rank = ranks[i];
}

void order_statistics_add(struct order_statistics *order, double value)
{
    const uint64_t bits = bits_of(value);
    const int below = 64 - DIGIT_BITS * (order->pass + 1);
    for (size_t i = 0; i < order->count; i++)
        if (order->pass == 0 || bits >> (below + DIGIT_BITS) == order->sought[i].bits)
            order->sought[i].counts[bits >> below & (DIGITS - 1)]++;
}

void order_statistics_end_pass(struct order_statistics *order)
{
    for (size_t i = 0; i < order->count; i++) {
        size_t *const counts = order->sought[i].counts;
        uint64_t digit = 0;
        while (digit + 1 < DIGITS && order->sought[i].rank >= counts[digit])
            order->sought[i].rank -= counts[digit++];
        order->sought[i].bits = order->sought[i].bits << DIGIT_BITS | digit;
        memset(counts, 0, DIGITS * sizeof *counts);
    }
    order->pass++;
}

double order_statistics_value(const struct order_statistics *order, size_t index)
{
    return value_of(order->sought[index].bits);
}
