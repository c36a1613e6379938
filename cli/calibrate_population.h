/* Weights of a virtual population: `abscopal calibrate` of a file that has the key `match`. */
#ifndef ABSCOPAL_CLI_CALIBRATE_POPULATION_H
#define ABSCOPAL_CLI_CALIBRATE_POPULATION_H

#include "cli/options.h"

struct calibrate_population_settings {
    const char *csv; /* where the weights are written; NULL: nowhere */
    int64_t threads; /* 0: one for each processor */
    double relative_tolerance;
    enum abscopal_engine engine;
    bool quiet;
};

/* Weighs the patients, writes the weights and prints the report. EXIT_NOT_MET when the effective sample size is less
 * than the file asks for; the weights are written all the same. */
enum exit_code calibrate_population(const char *path, const struct calibrate_population_settings *settings);

#endif
