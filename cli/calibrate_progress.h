/* Progress of a calibration on stderr: one line that changes on a terminal, a line at every tenth evaluation elsewhere.
 */
#ifndef ABSCOPAL_CLI_CALIBRATE_PROGRESS_H
#define ABSCOPAL_CLI_CALIBRATE_PROGRESS_H

#include "abscopal.h"
#include "cli/progress.h"

struct calibrate_progress {
    struct progress progress;
    size_t reported; /* evaluations, elsewhere */
    double lowest;   /* objective, as last reported */
};

/* As progress_start: catches Ctrl-C. */
void calibrate_progress_start(struct calibrate_progress *progress, bool quiet);

/* An abscopal_calibration_progress callback; context is the struct calibrate_progress. Returns 1 after Ctrl-C. */
int calibrate_progress_update(const struct abscopal_calibration_state *state, void *context);

void calibrate_progress_end(struct calibrate_progress *progress);

#endif
