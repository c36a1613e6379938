/* What a run has come to, told by the commands that end with one. */
#ifndef ABSCOPAL_CLI_OUTCOMES_H
#define ABSCOPAL_CLI_OUTCOMES_H

#include "cli/options.h"

/* Writes the outcomes as JSON to a file, unless that is NULL, and as a table to stdout, and lists the patients not
 * integrated on stderr. More of them than that fraction, or a cohort of which nobody is plausible unless it is asked
 * for one patient, make the exit code one of failure. */
enum exit_code outcomes_tell(const char *command, const abscopal_results *results, const char *json,
                             double maximum_failures, bool one_patient);

#endif
