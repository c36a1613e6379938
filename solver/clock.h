/* The clock on the wall, in seconds. */
#ifndef ABSCOPAL_SOLVER_CLOCK_H
#define ABSCOPAL_SOLVER_CLOCK_H

#include <time.h>

static inline double clock_read(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* It never goes back. */
static inline double clock_seconds(void)
{
    return clock_read(CLOCK_MONOTONIC);
}

#endif
