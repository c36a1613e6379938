/* The power of trials; a part of abscopal.h, which includes it. */
#ifndef ABSCOPAL_POWER_H
#define ABSCOPAL_POWER_H

#include "abscopal.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What simulated trials of a design have found. */
typedef struct abscopal_power abscopal_power;

struct abscopal_power_options {
    const char *results;         /* HDF5 file of a run of the design's trial; NULL: the trial is run first */
    int threads;                 /* 0: one for each processor; the results do not depend on it */
    enum abscopal_engine engine; /* of the run; 0: the default */
    abscopal_progress *progress; /* of the run, as in abscopal_run; NULL: none */
    abscopal_progress *trials;   /* the same of simulated trials, whose total grows while sizes are looked for */
    void *progress_context;
};

/* Reads a design (docs/power.md), draws trials from virtual patients who went through all of its arms, and counts how
 * often the design's test rejects: at each of its numbers of patients, with the outcomes of the arms and, for the type
 * I error, with those of the first arm in all; and finds the numbers for a power of 80 and 90 %, of all patients and of
 * the design's subgroups. Results depend neither on threads nor on the machine, but for what a run itself does.
 * `options` may be NULL. Returns NULL with ABSCOPAL_BAD_INPUT (the design, or results that do not suit it),
 * ABSCOPAL_NO_MEMORY or ABSCOPAL_INTERRUPTED. Not to be called from two threads at once with results, as
 * abscopal_results_read_hdf5. */
ABSCOPAL_API abscopal_power *abscopal_power_run(const char *path, const struct abscopal_power_options *options,
                                                struct abscopal_error *error);
ABSCOPAL_API void abscopal_power_free(abscopal_power *power);

/* What was found at one number of patients. Comparisons are of the arms after the first with it, from 0. Shares are of
 * simulated trials, with Wilson's 95 % interval. */
struct abscopal_power_point {
    size_t patients_per_arm, patients;  /* of the first arm, and of all */
    struct abscopal_share power;        /* rejected in favour of the arm */
    struct abscopal_share rejected;     /* in either direction */
    struct abscopal_share type_1_error; /* rejected, when the outcomes are those of the first arm; NaN: not simulated */
    double mean_days, mean_enrolled;    /* until the last look, and by then */
};

ABSCOPAL_API size_t abscopal_power_point_count(const abscopal_power *power);
ABSCOPAL_API size_t abscopal_power_comparison_count(const abscopal_power *power);
/* Returns ABSCOPAL_BAD_INPUT when there is no such comparison or point. */
ABSCOPAL_API enum abscopal_status abscopal_power_point(const abscopal_power *power, size_t comparison, size_t point,
                                                       struct abscopal_power_point *found);

/* Patients per arm with which the power of a comparison is 80 (target 0) or 90 % (target 1): infinite beyond the
 * design's most_patients. Errors as abscopal_power_point. */
ABSCOPAL_API enum abscopal_status abscopal_power_patients(const abscopal_power *power, size_t comparison, size_t target,
                                                          struct abscopal_estimate *patients);

/* The tables for people; the curve alone as CSV (RFC 4180), a row for each comparison and number of patients; and
 * everything as one JSON object. docs/power.md explains them. Files are written beside and renamed into place. */
ABSCOPAL_API enum abscopal_status abscopal_power_write_table(const abscopal_power *power, FILE *file,
                                                             struct abscopal_error *error);
ABSCOPAL_API enum abscopal_status abscopal_power_write_csv(const abscopal_power *power, const char *path,
                                                           struct abscopal_error *error);
ABSCOPAL_API enum abscopal_status abscopal_power_write_json(const abscopal_power *power, const char *path,
                                                            struct abscopal_error *error);

#ifdef __cplusplus
}
#endif

#endif
