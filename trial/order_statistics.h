/* Order statistics of numbers that are too many to hold: radix selection. All numbers are gone through in
 * ORDER_STATISTICS_PASSES passes, each of which counts the next 8 bits of those that begin as the number does that is
 * sought. Exact, and memory does not depend on how many they are. */
#ifndef ABSCOPAL_TRIAL_ORDER_STATISTICS_H
#define ABSCOPAL_TRIAL_ORDER_STATISTICS_H

#include <stddef.h>
#include <stdint.h>

enum {
    ORDER_STATISTICS_MOST = 4,
    ORDER_STATISTICS_DIGIT_BITS = 8,
    ORDER_STATISTICS_PASSES = 64 / ORDER_STATISTICS_DIGIT_BITS
};

struct order_statistics {
    size_t count;
    int pass;
    struct {
        size_t rank;                                     /* among the numbers that begin with these digits */
        uint64_t bits;                                   /* the digits of the passes before */
        size_t counts[1 << ORDER_STATISTICS_DIGIT_BITS]; /* of the next digit */
    } sought[ORDER_STATISTICS_MOST];
};

/* Seeks the numbers of these ranks in ascending order, from 0: at most ORDER_STATISTICS_MOST, each below the count of
 * all numbers. */
void order_statistics_begin(struct order_statistics *order, const size_t *ranks, size_t count);

/* A number, not NaN; all of them once in each pass, in whatever order. 0 and -0 are the same. */
void order_statistics_add(struct order_statistics *order, double value);

/* After all numbers of a pass. */
void order_statistics_end_pass(struct order_statistics *order);

/* After the last pass: the number of the rank that was given as the index-th. */
double order_statistics_value(const struct order_statistics *order, size_t index);

#endif
