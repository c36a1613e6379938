/* The file of a trial's design, for its power: which arms of which trial, how patients are recruited, randomised, seen
 * and compared, and for how many patients. docs/power.md is the language. It stands here and not with other files since
 * it names what is known of patients at baseline. */
#ifndef ABSCOPAL_COHORTS_POWER_FILE_H
#define ABSCOPAL_COHORTS_POWER_FILE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abscopal.h"
#include "cohorts/plausible.h"
#include "protocols/input_keys.h"
#include "protocols/trial_file.h"

enum {
    POWER_MOST_ARMS = 3,
    POWER_MOST_SIZES = 50,
    POWER_MOST_INTERIM_LOOKS = 9,
    POWER_MOST_SUBGROUPS = 16,
    POWER_MOST_CUTS = 10,
    POWER_MOST_PATIENTS = 20000, /* per arm */
    POWER_MOST_TRIALS = 1000000
};

enum power_endpoint {
    POWER_BEST_RESPONSE,
    POWER_RESPONSE, /* on a day */
    POWER_ABSCOPAL_RESPONSE,
    POWER_DISEASE_CONTROL,
    POWER_COMPLETE_RESPONSE,
    POWER_PROGRESSION_FREE_SURVIVAL
};

/* The endpoint's name in files; NULL when there is no such endpoint. */
const char *power_endpoint_name(size_t endpoint);

enum power_test {
    POWER_CHI_SQUARE,              /* Pearson's, without continuity correction */
    POWER_FISHER,                  /* exact */
    POWER_COCHRAN_MANTEL_HAENSZEL, /* within strata, without continuity correction */
    POWER_LOG_RANK,                /* of times */
    POWER_STRATIFIED_LOG_RANK
};

/* The test's name in files; NULL when there is no such test. */
const char *power_test_name(size_t test);

/* What subgroups are told apart by. */
enum power_quantity_kind {
    POWER_LESIONS,
    POWER_BASELINE_SUM, /* of diameters, as reached, mm */
    POWER_BODY_WEIGHT,  /* kg */
    POWER_PDL1_CLASS,   /* of the cohort */
    POWER_OUTPUT,       /* at baseline: enum plausible_output */
    POWER_PARAMETER
};

/* A quantity and where it is cut: at values, or into parts of as many patients each. Neither: a subgroup for each value
 * that there is. */
struct power_subgroups {
    enum power_quantity_kind kind;
    int index;               /* of the output or parameter */
    const char *name, *unit; /* static */
    size_t cut_count, parts;
    double cuts[POWER_MOST_CUTS]; /* ascending; what is at a cut is above it */
};

struct power_file {
    char *path, *text, *name;
    char *trial_path; /* relative to the working directory */
    size_t patients;  /* virtual ones, to be run where there are no results; 0: as many as the cohort says */
    int64_t seed;     /* of these; negative: the cohort's */
    size_t arm_count;
    char *arms[POWER_MOST_ARMS]; /* the first is what others are compared with */
    double until_days;           /* of the trial */
    int ratio[POWER_MOST_ARMS];
    struct allocation allocation; /* strata alone */

    enum power_endpoint endpoint;
    double at_days; /* NaN: none was said */
    enum power_test test;
    double alpha;
    int sides;
    bool bonferroni; /* three arms: both comparisons share alpha */
    size_t size_count;
    size_t sizes[POWER_MOST_SIZES]; /* patients per arm (of the first arm), ascending */
    size_t most_patients;           /* per arm, that are looked for */

    double recruits_per_day; /* 0: all at once */
    double dropouts_per_day; /* hazard */
    bool dropouts_left_out;  /* of shares; else they have no response */
    struct imaging imaging;  /* error and missed visits alone */
    double follow_up_days;   /* after the last patient; that of the trial unless the file says otherwise */
    double event_share;      /* of patients, at which times are analysed; NaN: at the end of follow-up */
    size_t interim_count;
    double interim_shares[POWER_MOST_INTERIM_LOOKS]; /* of the information */
    size_t bounds;                                   /* enum group_sequential_bounds */

    size_t subgroup_count;
    struct power_subgroups subgroups[POWER_MOST_SUBGROUPS];
    size_t trials, null_trials; /* simulated for each number of patients */
    uint64_t trial_seed;
};

extern const struct input_mapping power_keys;

/* Reads and checks the file, and that the trial has such arms and days. Errors as of cohort_file_read; the design may
 * be freed in any case. */
enum abscopal_status power_file_read(const char *path, struct power_file *design, struct abscopal_error *error);
void power_file_free(struct power_file *design);

/* Whether the design's endpoint is a time. */
static inline bool power_is_survival(const struct power_file *design)
{
    return design->endpoint == POWER_PROGRESSION_FREE_SURVIVAL;
}

/* Whether a share is of those who respond at the last visit, and not of those who have responded by then. */
static inline bool power_is_of_day(const struct power_file *design)
{
    return design->endpoint == POWER_RESPONSE || (design->endpoint != POWER_BEST_RESPONSE && !isnan(design->at_days));
}

#endif
