/* Virtual twins: the patients of a virtual population whose courses are like what was measured of one, and what is
 * predicted of it; a part of abscopal.h, which includes it. Research use only. Not for treating patients. */
#ifndef ABSCOPAL_TWIN_H
#define ABSCOPAL_TWIN_H

#include "abscopal.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct abscopal_twin abscopal_twin;

struct abscopal_twin_options {
    const char *arm;     /* the treatment given; NULL: the first of the trial */
    const char *pdl1;    /* the patient's class of PD-L1, as the cohort names it; NULL: not known */
    int lesions;         /* target lesions at baseline; 0: not known */
    size_t first;        /* measurements to use, the later ones being predicted; 0: all */
    double error_log_sd; /* of a measurement's logarithm, up to 1; 0: 0.05 */
    double drift_log_sd; /* by which a course leaves the model's in 100 days, up to 1; negative: 0.1 */
    double degrees;      /* of freedom of these, from 1; 0: 2 */
    double continued;    /* share, from 0 to 1, of those progressed whom the next scan still sees, over that of the
                            others; 0: 0.66. 1 makes no difference */
    double every_days;   /* between days for which is predicted; 0: 42 */
    double enough;       /* effective number of patients below which the population is refined; 0: 50; negative:
                            never */
    size_t particles;    /* of the refinement, from 50 to 10000; 0: 200 */
    int threads;         /* 0: one for each processor; the results do not depend on it */
    abscopal_progress *progress; /* as in abscopal_run, of each of the refinement's runs; NULL: none */
    void *progress_context;
};

/* Reads a patient's measurements (docs/twin.md) and weighs the patients of a population, results (not those that
 * abscopal_run_to_file returns, which hold no diameters) of a trial in all of whose arms every patient is, by their
 * likelihood under the arm given; where fewer than `enough` patients are left, new ones are drawn between them by
 * sequential Monte Carlo, to the posterior of the same prior. Then predicts what will be measured under each arm: a
 * mixture of t distributions, one for each patient. The formulas and their sources are in docs/twin.md. `options` may
 * be NULL. The same for any number of threads. Returns NULL with ABSCOPAL_BAD_INPUT (the file, options, a measurement
 * outside the trial, or no patient that it fits), ABSCOPAL_NO_MEMORY or ABSCOPAL_INTERRUPTED. The population must
 * outlive the twin. */
ABSCOPAL_API abscopal_twin *abscopal_twin_fit(const abscopal_results *population, const char *path,
                                              const struct abscopal_twin_options *options,
                                              struct abscopal_error *error);
ABSCOPAL_API void abscopal_twin_free(abscopal_twin *twin);

/* Effective number of virtual patients behind the predictions (Kish 1965): of the population's by their weights or,
 * once refined, of the particles. */
ABSCOPAL_API double abscopal_twin_effective(const abscopal_twin *twin);

/* A prediction of what is measured, mm: with 50 % and 90 % between the bounds. */
struct abscopal_twin_band {
    double day;      /* since the first treatment of the arm given */
    double observed; /* measured then; NaN: nothing was */
    int below;       /* not 0: observed to be smaller than that */
    int used;        /* not 0: the measurement was used */
    double median, lower50, upper50, lower90, upper90;
    double share_below; /* predicted share of what is smaller than what was observed; NaN: nothing was */
};

/* Predictions under an arm (from 0) of the population's trial, of all days ascending; *count becomes how many. NULL
 * when there is no such arm. They last as long as the twin. */
ABSCOPAL_API const struct abscopal_twin_band *abscopal_twin_bands(const abscopal_twin *twin, size_t arm, size_t *count);

/* For people. */
ABSCOPAL_API enum abscopal_status abscopal_twin_write_table(const abscopal_twin *twin, FILE *file,
                                                            struct abscopal_error *error);

/* Bands of `count` twins as CSV, a row for each patient, arm and day (docs/twin.md names the columns). Written beside
 * and renamed into place. */
ABSCOPAL_API enum abscopal_status abscopal_twin_write_csv(const abscopal_twin *const *twins, size_t count,
                                                          const char *path, struct abscopal_error *error);

/* Whether results are of this trial and its cohort, as their files are now: ABSCOPAL_OK, or ABSCOPAL_BAD_INPUT with
 * what differs. */
ABSCOPAL_API enum abscopal_status abscopal_twin_serves(const abscopal_results *population, const char *population_path,
                                                       const abscopal_trial *trial, struct abscopal_error *error);

#ifdef __cplusplus
}
#endif

#endif
