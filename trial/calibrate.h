/* One evaluation of a calibration: its trials run with other values in cohort and trial files, in memory. */
#ifndef ABSCOPAL_TRIAL_CALIBRATE_H
#define ABSCOPAL_TRIAL_CALIBRATE_H

#include "cohorts/calibration_file.h"
#include "protocols/yaml.h"
#include "trial/virtual_trial.h"

/* What a target's endpoint is in these results, in the endpoint's unit; NaN where it has no value. Returns
 * ABSCOPAL_NO_MEMORY or ABSCOPAL_OK. */
typedef enum abscopal_status calibrate_measure(const struct abscopal_results *results,
                                               const struct calibration_target *target, double *value);

/* Who is simulated, and how exactly. */
struct calibrate_population {
    size_t patients;
    uint64_t seed;
    double relative_tolerance;
};

/* Whether an evaluation can be used. */
enum calibrate_verdict {
    VERDICT_GOOD,
    VERDICT_REFUSED,        /* the readers refuse the values */
    VERDICT_NOT_INTEGRATED, /* more than 1 % of the patients of a trial */
    VERDICT_NOT_PLAUSIBLE   /* more than half of the patients of a trial */
};

/* "good", "refused", "not integrated", "not plausible", as the log of evaluations has them. */
const char *calibrate_verdict_name(enum calibrate_verdict verdict);
enum { CALIBRATE_VERDICTS = 4 };

struct calibrate_outcome {
    enum calibrate_verdict verdict;
    size_t plausible;            /* patients, in the trial with the fewest */
    double *simulated;           /* [target_count], the caller's; NaN where nothing was simulated */
    struct abscopal_error error; /* of a refusal */
};

struct calibrator {
    const struct calibration *calibration;
    struct yaml_document *inputs; /* [1 + trial_count] as read: the cohort, then the trials */
    calibrate_measure *measure;
    int threads;
    enum abscopal_engine engine;
    /* Called during runs with the courses of all trials of the evaluation; not 0 asks to stop. NULL: none. */
    abscopal_progress *progress;
    void *progress_context;
};

/* The calibration must outlive it. On error there is nothing to close. */
enum abscopal_status calibrator_open(struct calibrator *calibrator, const struct calibration *calibration,
                                     struct abscopal_error *error);
void calibrator_close(struct calibrator *calibrator);

/* The text of an input (0: the cohort; from 1: that trial less 1) with the values of the variables at these places, to
 * be freed; NULL with an error. */
char *calibrator_text(const struct calibrator *calibrator, size_t input, const double *places,
                      struct abscopal_error *error);

/* Reads all inputs with each variable at its bounds, and at a place between them, and the others at their start: a
 * range that the readers refuse part of is a mistake rather than something to search. Returns ABSCOPAL_BAD_INPUT, at
 * the variable and with the reader's message, or where the cohort has weights (`population`), ABSCOPAL_NO_MEMORY or
 * ABSCOPAL_OK. */
enum abscopal_status calibration_check_ranges(const struct calibration *calibration, struct abscopal_error *error);

/* Runs the trials that targets name with these values and measures the targets. The same arguments give the same bits
 * with any number of threads. Returns ABSCOPAL_OK, also where the evaluation cannot be used; ABSCOPAL_INTERRUPTED; or
 * ABSCOPAL_NO_MEMORY. */
enum abscopal_status calibrator_evaluate(const struct calibrator *calibrator, const double *places,
                                         const struct calibrate_population *population,
                                         struct calibrate_outcome *outcome, struct abscopal_error *error);

#endif
