/* What the measuring programs of this folder share: their options, the clock, and the one form of their answer. */
#ifndef ABSCOPAL_BENCH_MEASURE_H
#define ABSCOPAL_BENCH_MEASURE_H

#include <stdbool.h>

#include "bench/part_a.h"

struct measure_options {
    const char *method; /* the first argument */
    double relative_tolerance;
    double absolute_factor; /* of the library's absolute tolerances; below 1 for the reference run */
    double seconds;         /* measure for at least this long */
    int patients;           /* this many in one go, for engines that take many at once */
    int threads;
    double interval_days; /* between doses */
    double spread;        /* how far patients differ, see engines.c; 0: all are one */
};

/* Reads METHOD [--tolerance X] [--absolute X] [--seconds X] [--patients N] [--threads N] [--interval DAYS] [--spread
 * X]. Returns false when that is not what was given. */
bool measure_options_read(int count, char **arguments, struct measure_options *options);

/* Milliseconds on a clock that never goes back, and of processor time of all threads. When other programs want the
 * processor, the first goes faster than the second. */
struct measure_time {
    double wall, processor;
};
struct measure_time measure_now(void);
struct measure_time measure_since(struct measure_time start);

/* What one run of the program found. Counts below 0 are not known. */
struct measurement {
    long patients;            /* how many were timed */
    struct measure_time time; /* of all of them together */
    double steps_per_patient, right_hand_sides_per_patient, jacobians_per_patient;
    const double *volume_l; /* of one patient, [PART_A_OUTPUTS] */
    const char *detail;     /* of the method: version, instructions; "" */
};

/* Prints it as one JSON object. Returns false when writing failed. */
bool measure_print(const struct measurement *measurement);

#endif
