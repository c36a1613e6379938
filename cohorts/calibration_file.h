/* The calibration file: which published endpoints a cohort is to meet, and what may be changed for it.
 * docs/calibration.md is the language. */
#ifndef ABSCOPAL_COHORTS_CALIBRATION_FILE_H
#define ABSCOPAL_COHORTS_CALIBRATION_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abscopal.h"

/* What an endpoint is: fixes its unit and range. */
enum calibration_measure {
    MEASURE_SHARE,  /* of patients, 0 to 1 */
    MEASURE_TIME,   /* days */
    MEASURE_CHANGE, /* over baseline, from -1 */
    MEASURE_LENGTH, /* mm */
    MEASURE_RATIO   /* of one arm over another */
};

struct calibration_endpoint {
    const char *name, *meaning;
    enum calibration_measure measure;
    bool of_day;   /* may have `at` */
    bool quantile; /* needs `quantile` */
    bool over;     /* needs `over` */
};

/* The endpoints, from 0; NULL after the last. */
const struct calibration_endpoint *calibration_endpoint_describe(size_t index);

/* The unit that values of it are held in: "1", "d" or "mm". */
const char *calibration_measure_unit(enum calibration_measure measure);

/* An input file: the calibration's own, the cohort's or a trial's. */
struct calibration_input {
    char *name;       /* of a trial, in the calibration file; "cohort" for that */
    char *path;       /* relative to the working directory */
    char *text;       /* as read */
    size_t arm_count; /* of a trial */
};

struct calibration_target {
    size_t trial, arm, over; /* indices; over: only where the endpoint needs one */
    char *arm_name, *over_name;
    const struct calibration_endpoint *endpoint;
    double at_days;               /* NaN: none */
    double quantile;              /* NaN: none */
    double value, within, weight; /* in the endpoint's unit; within is positive */
};

/* A free variable. Its values are held in `unit`. */
struct calibration_variable {
    char *name;
    int line, column; /* in the calibration file */
    size_t input;     /* 0: the cohort; from 1: that trial less 1 */
    char **paths;     /* protocols/vary.h */
    size_t path_count;
    char *unit; /* as written with `lower`; "" for a pure number */
    double lower, upper, start;
    bool logarithmic;
    double prior_sd; /* as a share of the range, on the variable's scale; NaN: no prior */
};

enum calibration_global { GLOBAL_CRS2, GLOBAL_ISRES, GLOBAL_DIRECT, GLOBAL_NONE };
enum calibration_local { LOCAL_SUBPLEX, LOCAL_BOBYQA, LOCAL_NELDER_MEAD, LOCAL_NONE };

/* Limits of what a file can hold. */
enum {
    CALIBRATION_MOST_TRIALS = 32,
    CALIBRATION_MOST_TARGETS = 256,
    CALIBRATION_MOST_FREE = 64,
    CALIBRATION_MOST_PLACES = 64,
    CALIBRATION_MOST_SEEDS = 32
};

struct calibration {
    char *name;
    struct calibration_input file, cohort;
    struct calibration_input *trials;
    size_t trial_count;
    size_t patients;
    uint64_t seed;
    double tolerance;
    size_t fresh_patients; /* of each fresh seed */
    uint64_t *fresh_seeds;
    size_t fresh_count; /* 0: none */
    double fresh_tolerance;
    struct calibration_target *targets;
    size_t target_count;
    struct calibration_variable *variables;
    size_t variable_count;
    enum calibration_global global;
    enum calibration_local local;
    int global_evaluations, local_evaluations, stalled_after;
};

/* Reads and checks a calibration file and all that it names: trials and cohort can be read, targets name their arms,
 * paths lead to numbers of the right kind, starts lie within ranges. On error returns the status, fills `error` with
 * file, line, column and what to write instead, and leaves `calibration` empty, which is safe to free. */
enum abscopal_status calibration_file_read(const char *path, struct calibration *calibration,
                                           struct abscopal_error *error);
void calibration_free(struct calibration *calibration);

/* Between a value of the variable, in its unit, and its place in [0, 1] on its scale. */
double calibration_place_of(const struct calibration_variable *variable, double value);
double calibration_value_at(const struct calibration_variable *variable, double place);

#endif
