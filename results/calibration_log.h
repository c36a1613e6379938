/* The log of a calibration: every evaluation as a line of CSV, written when it is done, from which a calibration that
 * was stopped goes on. Its first lines, comments, say of which files, version and engine it is. */
#ifndef ABSCOPAL_RESULTS_CALIBRATION_LOG_H
#define ABSCOPAL_RESULTS_CALIBRATION_LOG_H

#include <stdio.h>

#include "trial/calibrate.h"

/* One evaluation. */
struct calibration_record {
    const char *stage; /* one word, such as "search" */
    uint64_t seed;
    size_t patients;
    enum calibrate_verdict verdict;
    size_t plausible;
    double objective;
    double *places;    /* [variable_count] */
    double *simulated; /* [target_count] */
};

struct calibration_log {
    const struct calibration *calibration;
    char *path, *head;
    FILE *file;
    struct calibration_record *records; /* of an earlier run */
    size_t record_count, next;          /* next: the first that was not replayed */
};

/* What the first lines say, to be freed; NULL without memory. `inputs` are the cohort's and the trials' documents. */
char *calibration_log_head(const struct calibration *calibration, const struct yaml_document *inputs,
                           enum abscopal_engine engine);

/* Begins a log with that head, which it takes over, or reads one of an earlier run and goes on behind its last whole
 * line. Returns ABSCOPAL_BAD_INPUT (an earlier log is not there, of other files or damaged), ABSCOPAL_OUTPUT_FAILED or
 * ABSCOPAL_NO_MEMORY, all with nothing to close. */
enum abscopal_status calibration_log_begin(struct calibration_log *log, const struct calibration *calibration,
                                           const char *path, char *head, struct abscopal_error *error);
enum abscopal_status calibration_log_resume(struct calibration_log *log, const struct calibration *calibration,
                                            const char *path, char *head, struct abscopal_error *error);
void calibration_log_close(struct calibration_log *log);

/* The record of the next evaluation, which must be this one: fills in what came of it and sets *replayed. Not replayed
 * when the log has no more. Returns ABSCOPAL_BAD_INPUT when the next is another evaluation. */
enum abscopal_status calibration_log_replay(struct calibration_log *log, struct calibration_record *record,
                                            bool *replayed, struct abscopal_error *error);

/* Adds an evaluation and flushes the file. */
enum abscopal_status calibration_log_add(struct calibration_log *log, const struct calibration_record *record,
                                         struct abscopal_error *error);

#endif
