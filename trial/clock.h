/* Clocks in seconds: on the wall (solver/clock.h), and of processors. */
#ifndef ABSCOPAL_TRIAL_CLOCK_H
#define ABSCOPAL_TRIAL_CLOCK_H

#include "solver/clock.h"

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
