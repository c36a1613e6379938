/* The sweep file: a trial, what of one of its arms varies, and which endpoints are wanted of it. docs/sweeps.md is the
 * language. */
#ifndef ABSCOPAL_PROTOCOLS_SWEEP_FILE_H
#define ABSCOPAL_PROTOCOLS_SWEEP_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abscopal.h"
#include "protocols/yaml.h"

/* ---- Endpoints -------------------------------------------------------------------------------------- */

/* How an endpoint follows from what each patient has. */
enum sweep_measure {
    SWEEP_SHARE,        /* of patients, 0 to 1 */
    SWEEP_SURVIVAL,     /* share that is progression-free, of the Kaplan-Meier curve */
    SWEEP_MEAN_TIME,    /* area below that curve up to a day, d */
    SWEEP_MEDIAN_TIME,  /* median of that curve, d */
    SWEEP_MEAN_CHANGE,  /* mean of a change over baseline */
    SWEEP_HAZARD_RATIO, /* of progression, over the reference */
};

struct sweep_endpoint_row {
    const char *name, *meaning;
    enum sweep_measure measure;
    bool of_day;        /* may have `at` */
    bool low_is_better; /* otherwise high is */
};

/* The endpoints, from 0; NULL after the last. */
const struct sweep_endpoint_row *sweep_endpoint_describe(size_t index);

/* The unit of its values: "1" or "d". */
const char *sweep_measure_unit(enum sweep_measure measure);

struct sweep_endpoint {
    const struct sweep_endpoint_row *row;
    double at_days; /* NaN: none was said */
    char *label;    /* "best_response_rate", "progression_free_rate_day_365": a name for variables */
};

/* ---- What varies ------------------------------------------------------------------------------------ */

/* A value and where it goes: a path (protocols/vary.h) within the arm. */
struct sweep_setting {
    char *path, *text;
};

struct sweep_level {
    char *name; /* "10 d", "8 Gy x 3" */
    double value;
    size_t arm; /* of the trial; SWEEP_NO_ARM: that of the sweep */
    struct sweep_setting *settings;
    size_t setting_count;
};

#define SWEEP_NO_ARM SIZE_MAX

/* One variable. A point of the sweep has a position on each: a value in `unit` on a numeric axis, the index of a level
 * on another. */
struct sweep_axis {
    char *name;
    int line, column; /* in the sweep file */
    bool numeric;
    char *unit; /* of a numeric axis, as written; "" for a pure number */
    struct sweep_level *levels;
    size_t level_count;  /* 0: any number from lower to upper */
    double lower, upper; /* of a numeric axis, of its levels or of its range */
    bool logarithmic;
    char **paths; /* where the values of a numeric axis go, or of one of words */
    size_t path_count;
    char *lag_of, *lag_after; /* ids of treatments: the first starts so long after the second; NULL otherwise */
};

/* ---- Limits ----------------------------------------------------------------------------------------- */

enum sweep_limit_kind { SWEEP_TOTAL_DOSE, SWEEP_FRACTION_DOSE, SWEEP_BED };

/* Points outside of it are left out. */
struct sweep_limit {
    enum sweep_limit_kind kind;
    char *treatment;        /* its id */
    double alpha_beta_gray; /* SWEEP_BED */
    double least_gray, most_gray;
    char *text; /* for people: "total dose of rt at most 60 Gy" */
};

/* ---- The search ------------------------------------------------------------------------------------- */

/* Methods by the names of docs/sweeps.md; which they are is for the search to know (cohorts/calibration_search.h). */
struct sweep_search {
    bool wanted;
    size_t endpoint; /* of the sweep's */
    int evaluations; /* points that are run at most */
    size_t global, local;
    size_t fresh_patients;
    uint64_t *fresh_seeds;
    size_t fresh_count;
};

/* ---- The file --------------------------------------------------------------------------------------- */

enum {
    SWEEP_MOST_AXES = 8,
    SWEEP_MOST_LEVELS = 1000,
    SWEEP_MOST_POINTS = 100000,
    SWEEP_MOST_PATHS = 32,
    SWEEP_MOST_ENDPOINTS = 32,
    SWEEP_MOST_LIMITS = 16,
    SWEEP_MOST_SEEDS = 32
};

struct sweep_file {
    char *path, *text; /* as given */
    char *name;
    char *trial_path, *trial_text, *cohort_path; /* relative to the working directory; a cohort of its own, or NULL */
    struct yaml_document trial;                  /* the trial file, for protocols/vary.h */
    char **arm_names;                            /* [arm_count] of the trial */
    size_t arm_count;
    double until_days;
    size_t patients; /* 0: as many as the cohort says */
    int64_t seed;    /* negative: the cohort's */
    double tolerance;
    size_t arm; /* that varies */
    /* What every point is compared with: another arm of the trial as it stands or, where reference_at is set, a point
     * of the sweep. */
    size_t reference_arm;
    double *reference_at; /* [axis_count] position; NULL: the arm */
    struct sweep_axis *axes;
    size_t axis_count;
    size_t sobol_points; /* 0: the grid of all levels */
    uint64_t sobol_seed;
    struct sweep_limit *limits;
    size_t limit_count;
    struct sweep_endpoint *endpoints;
    size_t endpoint_count;
    bool by_lesions; /* endpoints by the patients' number of lesions, too */
    struct sweep_search search;
};

/* Reads and checks a sweep file and the trial that it names, with positions of mistakes and what to write instead. That
 * every point makes a trial is for trial/sweep.h. On error returns the status and leaves `sweep` empty, which is safe
 * to free. */
enum abscopal_status sweep_file_read(const char *path, struct sweep_file *sweep, struct abscopal_error *error);
/* The same of texts alone, without any file: `files` has those that the trial file names besides its cohort. */
struct named_texts;
enum abscopal_status sweep_file_read_stored(const char *path, const char *text, const char *trial_text,
                                            const struct named_texts *files, struct sweep_file *sweep,
                                            struct abscopal_error *error);
void sweep_file_free(struct sweep_file *sweep);

/* Where a share of the way from a numeric axis' lower end to its upper one leads, on its scale. */
double sweep_range_at(const struct sweep_axis *axis, double share);

/* A position on an axis for people: "10 d", "8 Gy x 3". */
void sweep_position_text(const struct sweep_axis *axis, double position, char *text, size_t size);

/* All of a point's, at[axis_count]: "lag 10 d, scheme 8 Gy x 3". */
void sweep_point_text(const struct sweep_file *sweep, const double *at, char *text, size_t size);

/* The trial's text with the arm `*arm` as it is at a point, at[axis_count]; to be freed. NULL with the error, which
 * names the axes and the point where the trial cannot be changed that way. */
char *sweep_trial_text(const struct sweep_file *sweep, const double *at, size_t *arm, struct abscopal_error *error);

#endif
