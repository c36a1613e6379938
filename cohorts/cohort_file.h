/* The cohort file: how many virtual patients, from which distributions. docs/cohorts.md is the language. */
#ifndef ABSCOPAL_COHORTS_COHORT_FILE_H
#define ABSCOPAL_COHORTS_COHORT_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "abscopal.h"
#include "cohorts/population_file.h"
#include "model/model.h"

enum distribution_kind {
    DISTRIBUTION_FIXED,
    DISTRIBUTION_NORMAL,
    DISTRIBUTION_LOGNORMAL,
    DISTRIBUTION_UNIFORM,
    DISTRIBUTION_LOGUNIFORM,
    DISTRIBUTION_TRIANGULAR
};

/* Fixed: location is the value. Normal: location is the mean, spread the standard deviation. Lognormal: location is
 * the median, spread the standard deviation of the natural logarithm. Normal and lognormal are truncated to
 * [lower, upper], as read from a file the bounds given or else the whole range allowed; without a file they may be
 * infinite. Uniform and loguniform: between lower and upper. Triangular: the same, location is the mode. */
struct distribution {
    enum distribution_kind kind;
    double location, spread;
    double lower, upper;
};

/* A model parameter (index into the parameter table) and how it varies, in the table's unit. */
struct sampled_parameter {
    int parameter;
    struct distribution distribution;
};

/* How the numbers of different patients are laid out. */
enum sampling_method {
    SAMPLING_MONTE_CARLO,     /* independent of each other */
    SAMPLING_LATIN_HYPERCUBE, /* one in each stratum of every quantity */
    SAMPLING_SOBOL,           /* a scrambled sequence of low discrepancy */
    SAMPLING_SALTELLI         /* by cohort->saltelli, for sensitivity analyses; not of a file */
};

/* Quantities that are correlated, by their places in drawn.h, ascending, and the Cholesky factor of their matrix: its
 * lower triangle, row after row. */
enum { CORRELATIONS_LARGEST = PARAMETER_COUNT + 3 };
struct correlated {
    size_t count;
    int places[CORRELATIONS_LARGEST];
    double *factor;
};

/* A class of patients, from the end of the one before to below so many molecules of PD-L1 on a cancer cell. */
enum { PDL1_MOST_CLASSES = 6 };
struct pdl1_class {
    char *name;
    double below; /* infinity: the last one */
};

/* What an output (enum plausible_output) has to lie between at baseline; infinite where there is no bound. */
enum { PLAUSIBLE_MOST_RULES = 20, PLAUSIBLE_TEXT_SIZE = 96 };
struct plausible_rule {
    int output;
    double least, most;
    char text[PLAUSIBLE_TEXT_SIZE]; /* for people: "treg_ratio up to 2" */
};

struct cohort {
    char *path;
    char *text; /* the file as given */
    char *name;
    size_t patient_count;
    uint64_t seed;
    double lesion_probability[MODEL_MAX_LESIONS]; /* of having 1, 2, ... lesions; sums to 1 */
    enum sampling_method sampling;
    const struct saltelli_design *saltelli; /* cohorts/saltelli.h, borrowed */
    struct distribution body_weight_kg, body_height_cm;
    /* Baseline sum of diameters is a draw times (number of lesions) to the power lesions_exponent. */
    struct distribution baseline_sum_of_diameters_mm;
    double baseline_lesions_exponent;
    /* Cells of lesion 2, 3, ... over those of lesion 1 when they are seeded; at most 1. */
    struct distribution relative_lesion_size;
    /* By how much the lesions of one patient differ: standard deviations of the natural logarithms of their factors. */
    struct lesion_factors lesion_log_sd;
    double lesion_factor_lower, lesion_factor_upper; /* those factors are truncated to; 0 and infinity without */
    /* Rate of finding a new lesion with the cancer cells of baseline, 1/d; 0: none is ever found. */
    struct distribution new_lesions_per_day;
    struct sampled_parameter *parameters;
    size_t parameter_count;
    struct correlated correlated;
    struct pdl1_class *pdl1_classes;
    size_t pdl1_class_count;
    struct plausible_rule *rules;
    size_t rule_count;
    struct population population; /* how much each patient counts; empty: all the same */
};

/* Reads and checks a cohort file. On error returns the status, fills `error` with file, line, column and what to
 * write instead, and leaves `cohort` empty, which is safe to free. */
enum abscopal_status cohort_file_read(const char *path, struct cohort *cohort, struct abscopal_error *error);
/* The same of a text that stands for that of the file. */
enum abscopal_status cohort_file_read_text(const char *path, const char *text, struct cohort *cohort,
                                           struct abscopal_error *error);
/* The same without any other file: what weights there are is not read. */
enum abscopal_status cohort_file_read_stored(const char *path, const char *text, struct cohort *cohort,
                                             struct abscopal_error *error);
void cohort_free(struct cohort *cohort);

#endif
