/* Clocks in seconds. */
#ifndef ABSCOPAL_TRIAL_CLOCK_H
#define ABSCOPAL_TRIAL_CLOCK_H

#include <time.h>

static inline double clock_read(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* On the wall; it never goes back. */
static inline double clock_seconds(void)
{
    return clock_read(CLOCK_MONOTONIC);
}

/* Of processors, used by all threads of the program, or by the calling one. */
static inline double clock_processor_seconds(void)
{
    return clock_read(CLOCK_PROCESS_CPUTIME_ID);
}
static inline double clock_thread_seconds(void)
{
    return clock_read(CLOCK_THREAD_CPUTIME_ID);
}

#endif
