/* Order statistics of numbers that are too many to hold: radix selection. All numbers are gone through in
 * ORDER_STATISTICS_PASSES passes, each of which counts the next 16 bits of those whose bits so far are those of the
 * number that is sought. Exact, and memory does not depend on how many they are. */
#ifndef ABSCOPAL_TRIAL_ORDER_STATISTICS_H
#define ABSCOPAL_TRIAL_ORDER_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>

enum { ORDER_STATISTICS_PASSES = 4, ORDER_STATISTICS_MOST = 4 };

struct order_statistics;

/* Seeks the numbers of these ranks in ascending order, from 0: at most ORDER_STATISTICS_MOST, each below the count of
 * all numbers. NULL without memory: 2 MiB. */
struct order_statistics *order_statistics_open(const size_t *ranks, size_t count);

/* A number, not NaN; all of them once in each pass, in whatever order. 0 and -0 are the same. */
void order_statistics_add(struct order_statistics *sought, double value);

/* After all numbers of a pass. */
void order_statistics_end_pass(struct order_statistics *sought);

/* After the last pass: the numbers in the order in which their ranks were given. Frees. */
void order_statistics_close(struct order_statistics *sought, double *values);

#endif
