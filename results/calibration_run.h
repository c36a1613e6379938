/* Evaluations of a calibration one after another: taken from the log of an earlier run, or run and logged. */
#ifndef ABSCOPAL_RESULTS_CALIBRATION_RUN_H
#define ABSCOPAL_RESULTS_CALIBRATION_RUN_H

#include "results/calibration_log.h"
#include "results/calibration_report.h"

struct calibration_run {
    const struct abscopal_calibrate_options *options;
    struct calibrator calibrator;
    struct calibration_log log;
    struct calibration_fit *fit;             /* filled in as the search goes on */
    struct abscopal_calibration_state state; /* what is told of it */
    double *simulated;                       /* [target_count] of the evaluation at hand */
    struct abscopal_error start_error;       /* why the readers refuse the start */
    enum calibrate_verdict start_verdict;
    enum abscopal_status status; /* of what ended the search */
    struct abscopal_error error;
    double started;
};

/* Opens log and calibrator; options as abscopal_calibrate's. On error there is nothing to close. */
enum abscopal_status calibration_run_open(struct calibration_run *run, const struct calibration *calibration,
                                          const struct abscopal_calibrate_options *options, struct calibration_fit *fit,
                                          struct abscopal_error *error);
void calibration_run_close(struct calibration_run *run);

/* The evaluation at places[variable_count] of that stage and population: fills in the record's simulated[], which the
 * caller provides, verdict and objective. Errors as abscopal_calibrate, in run->error. */
enum abscopal_status calibration_run_evaluate(struct calibration_run *run, const char *stage,
                                              const struct calibrate_population *population, const double *places,
                                              struct calibration_record *record);

/* Search, sensitivities and fresh seeds: fill in run->fit. */
enum abscopal_status calibration_run_search(struct calibration_run *run);
enum abscopal_status calibration_run_sensitivities(struct calibration_run *run);
enum abscopal_status calibration_run_fresh(struct calibration_run *run);

#endif
