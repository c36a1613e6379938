/* What a calibration came to, for people and for programs. */
#ifndef ABSCOPAL_RESULTS_CALIBRATION_REPORT_H
#define ABSCOPAL_RESULTS_CALIBRATION_REPORT_H

#include <stdio.h>

#include "cohorts/calibration_search.h"
#include "trial/calibrate.h"

struct calibration_fit {
    const struct calibration *calibration;
    enum abscopal_engine engine;
    double *start_places, *places;                   /* [variable_count] */
    double *start_simulated, *simulated;             /* [target_count], on the patients of the fit */
    double *fresh;                                   /* [fresh_count][target_count] */
    enum calibrate_verdict verdict, *fresh_verdicts; /* of the fit; [fresh_count] */
    double *covariance; /* [variable_count][variable_count] of places; NaN: not determined */
    double start_objective, objective;
    enum calibration_end global_end, local_end;
    size_t search_evaluations, evaluations, unusable;
};

/* Targets met on the patients of the fit. */
size_t calibration_fit_met(const struct calibration_fit *fit);

/* Standard error of a variable's place in [0, 1], and the correlation of two. NaN where they are not determined. */
double calibration_fit_standard_error(const struct calibration_fit *fit, size_t variable);
double calibration_fit_correlation(const struct calibration_fit *fit, size_t variable, size_t other);

/* Whether the estimate lies within 1 % of the range of a bound: -1 the lower, 1 the upper, 0 neither. */
int calibration_fit_bound(const struct calibration_fit *fit, size_t variable);

/* "six, 8 Gy x 3 over 2 Gy x 30: ongoing_responders_ratio", "..., 10 % quantile", "..., day 365". */
void calibration_write_target(FILE *text, const struct calibration *calibration,
                              const struct calibration_target *target);

/* A value of the target's endpoint with its unit: "21.0 %", "121.8 d", "1.470"; "-" for NaN. */
void calibration_write_value(FILE *text, const struct calibration_target *target, double value);

/* Writes the report as Markdown and as JSON (docs/calibration.md). As output_write_file on failure. */
enum abscopal_status calibration_report_write(const struct calibration_fit *fit, const char *path,
                                              struct abscopal_error *error);
enum abscopal_status calibration_report_write_json(const struct calibration_fit *fit, const char *path,
                                                   struct abscopal_error *error);

/* Writes the cohort, and the trials that have free values, with the estimates to the directory, headed by comments that
 * say how they were made. Trials name the calibrated cohort there, and other files relative to the directory. */
enum abscopal_status calibration_files_write(const struct calibration_fit *fit, const struct calibrator *calibrator,
                                             const char *directory, struct abscopal_error *error);

/* Those files must have names of their own: ABSCOPAL_BAD_INPUT, with the file at fault, unless they do. */
enum abscopal_status calibration_files_check(const struct calibration *calibration, struct abscopal_error *error);

/* The name of a file without its folder. */
const char *calibration_base_name(const char *path);

#endif
