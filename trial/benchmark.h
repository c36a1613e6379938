/* How fast runs are, and where the time goes. */
#ifndef ABSCOPAL_TRIAL_BENCHMARK_H
#define ABSCOPAL_TRIAL_BENCHMARK_H

#include "solver/integrator.h"
#include "trial/virtual_trial.h"

struct benchmark_spread {
    double median, lowest, highest;
};

/* One engine with one number of threads. */
struct benchmark_measurement {
    enum abscopal_engine engine;
    int threads;
    size_t patients;                        /* of a run */
    struct benchmark_spread ms_per_patient; /* by the clock on the wall */
    struct benchmark_spread processor_ms;   /* the same of all processors together: what other programs took does not
                                               count, nor do waiting threads */
};

/* What time goes to. The first four can be counted and timed by themselves. */
enum benchmark_part {
    BENCHMARK_RIGHT_HAND_SIDES,
    BENCHMARK_JACOBIANS,
    BENCHMARK_FACTORISATIONS,
    BENCHMARK_SOLUTIONS,
    BENCHMARK_STEPPING, /* the rest of the steps: sums over stages or past steps, norms, choice of the next step */
    BENCHMARK_REST      /* outside the steps: events, outputs, sampling, lanes without a patient */
};
enum { BENCHMARK_COUNTED_PARTS = 4, BENCHMARK_PARTS = 6 };

/* One engine in one thread. */
struct benchmark_engine {
    enum abscopal_engine engine;
    size_t lanes;
    const char *instructions;            /* of its vectors; "" without */
    size_t patients, courses, completed; /* of the run that was counted; courses are growth and arms, and patients
                                            completed when all of theirs were */
    struct integrator_work work;         /* of its courses */
    double processor_ms;                 /* of a patient; the median */
    double ns[BENCHMARK_COUNTED_PARTS];  /* what one costs one patient; the mean over the courses */
    double attempt_ns;                   /* the same of a step; NaN for engines whose steps are not alike */
    double output_ns;
    double ms[BENCHMARK_PARTS]; /* of one patient; together processor_ms */
    double volume_error;        /* the largest relative one of tumour volume at any time; NaN unless `published` */
};

struct abscopal_benchmark {
    const struct abscopal_trial *trial;
    bool published; /* the built-in run, whose trial is made of: */
    struct abscopal_trial published_run;
    struct arm published_arm;
    struct treatment published_treatment;
    uint64_t seed;
    double relative_tolerance, reference_tolerance;
    int repeats;
    double seconds;
    double load; /* of the machine before the first measurement: how many processes wanted a processor */
    size_t visit_count;
    size_t measurement_count, engine_count;
    struct benchmark_measurement *measurements; /* engine by engine, threads ascending from 1 */
    struct benchmark_engine engines[2];
};

/* How many of a counted part an engine has done. */
long benchmark_count(enum abscopal_engine engine, const struct integrator_work *work, enum benchmark_part part);

/* Times the parts of an engine's steps for every kind of course in the tallies of a run, and attributes the engine's
 * processor_ms to them. `stop` is asked now and then whether to give up. Returns ABSCOPAL_INTERRUPTED then, otherwise
 * ABSCOPAL_OK or ABSCOPAL_NO_MEMORY. */
enum abscopal_status benchmark_time_parts(const struct abscopal_results *results, struct benchmark_engine *engine,
                                          bool (*stop)(void *context), void *context);

#endif
