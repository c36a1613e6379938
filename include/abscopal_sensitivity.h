/* Which quantities of a cohort an outcome depends on; a part of abscopal.h, which includes it. */
#ifndef ABSCOPAL_SENSITIVITY_H
#define ABSCOPAL_SENSITIVITY_H

#include "abscopal.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Sobol indices and partial rank correlations of what patients have in one arm, in another, and of the difference
 * (docs/sensitivity.md). */
typedef struct abscopal_sensitivity abscopal_sensitivity;

enum abscopal_sensitivity_method {
    ABSCOPAL_SENSITIVITY_BOTH = 0,
    ABSCOPAL_SENSITIVITY_SOBOL, /* first and total indices */
    ABSCOPAL_SENSITIVITY_PRCC   /* partial rank correlations */
};

struct abscopal_sensitivity_options {
    const char *arm; /* NULL: the trial's second arm, or the first where it has one arm alone; an error when it has
                        more than two */
    const char *reference; /* NULL: the first arm; the same as `arm`: there is no difference */
    const char *endpoints; /* names separated by commas, each with @DAY or without; NULL: "log_change,response_rate" */
    enum abscopal_sensitivity_method method;
    size_t rows;      /* of the design of Sobol indices, a power of two from 16 to 1048576; 0: 1024 */
    size_t patients;  /* of the sample for rank correlations; 0: 2000 */
    size_t resamples; /* of the bootstrap; 0: 1000 */
    int64_t seed;     /* negative: the cohort file's */
    int threads;      /* 0: one for each processor; the results do not depend on it */
    int keep_rules;   /* not 0: rules of the cohort and limits of the trial hold in the design of Sobol indices, too */
    int ignore_correlations; /* not 0: Sobol indices as if the cohort had no correlations; else it must have none */
    enum abscopal_engine engine;
    abscopal_progress *progress; /* counts courses; NULL: none */
    void *progress_context;
};

/* Runs the two arms with the patients of both designs and finds the indices. The trial has a cohort without weights,
 * does not randomise, and must outlive what is returned. Returns NULL with ABSCOPAL_BAD_INPUT (an option, or the trial
 * is not of that kind), ABSCOPAL_NO_MEMORY or ABSCOPAL_INTERRUPTED. `options` may be NULL. */
ABSCOPAL_API abscopal_sensitivity *abscopal_sensitivity_run(const abscopal_trial *trial,
                                                            const struct abscopal_sensitivity_options *options,
                                                            struct abscopal_error *error);
ABSCOPAL_API void abscopal_sensitivity_free(abscopal_sensitivity *sensitivity);

/* A table of each endpoint for people; the same numbers for programs as CSV, a line for each factor of each endpoint,
 * and as JSON; and every patient's factors and values, as CSV. docs/sensitivity.md names the columns. Files appear
 * whole or not at all. Return ABSCOPAL_OUTPUT_FAILED or ABSCOPAL_NO_MEMORY. */
ABSCOPAL_API enum abscopal_status abscopal_sensitivity_write_table(const abscopal_sensitivity *sensitivity, FILE *file,
                                                                   struct abscopal_error *error);
ABSCOPAL_API enum abscopal_status abscopal_sensitivity_write_csv(const abscopal_sensitivity *sensitivity,
                                                                 const char *path, struct abscopal_error *error);
ABSCOPAL_API enum abscopal_status abscopal_sensitivity_write_json(const abscopal_sensitivity *sensitivity,
                                                                  const char *path, struct abscopal_error *error);
ABSCOPAL_API enum abscopal_status abscopal_sensitivity_write_values(const abscopal_sensitivity *sensitivity,
                                                                    const char *path, struct abscopal_error *error);

#ifdef __cplusplus
}
#endif
#endif
