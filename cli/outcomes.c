#include "cli/outcomes.h"

/* Files first: they outlive a terminal that has gone. */
static enum exit_code write_results(const abscopal_results *results, const char *json)
{
    struct abscopal_error error = {0};
    if (json && abscopal_results_write_json(results, json, &error) != ABSCOPAL_OK)
        return report_error(&error);
    if (abscopal_results_write_table(results, stdout, &error) != ABSCOPAL_OK)
        return report_error(&error);
    return EXIT_DONE;
}

/* Lists the patients not integrated; too many of them make the run a failure. */
static enum exit_code judge_failures(const char *command, const abscopal_results *results, double maximum_fraction)
{
    size_t failed = abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_INTEGRATED);
    if (failed == 0)
        return EXIT_DONE;
    size_t run = failed + abscopal_results_patient_count(results, ABSCOPAL_PATIENT_COMPLETED) +
                 abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_PLAUSIBLE);
    struct abscopal_error error = {0};
    fflush(stdout);
    if (abscopal_results_write_failures(results, stderr, &error) != ABSCOPAL_OK)
        return report_error(&error);
    double fraction = (double)failed / (double)run;
    if (fraction <= maximum_fraction)
        return EXIT_DONE;
    fprintf(stderr, "abscopal %s: %zu of %zu patients not integrated (%.3g%%; --max-failures is %.3g%%)\n", command,
            failed, run, 100 * fraction, 100 * maximum_fraction);
    return EXIT_NOT_INTEGRATED;
}

/* A cohort of which nobody is left is a mistake in its file; one patient alone may well be implausible. */
static enum exit_code judge_plausibility(const char *command, const abscopal_results *results)
{
    size_t rejected = abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_PLAUSIBLE);
    if (rejected == 0 || abscopal_results_patient_count(results, ABSCOPAL_PATIENT_COMPLETED) > 0 ||
        abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_INTEGRATED) > 0)
        return EXIT_DONE;
    fflush(stdout);
    fprintf(stderr, "abscopal %s: no patient is plausible. Of %zu", command, rejected);
    for (size_t i = 0; i < abscopal_results_rejection_count(results); i++) {
        struct abscopal_rejection rejection;
        if (abscopal_results_rejection(results, i, &rejection) != ABSCOPAL_OK || rejection.all == 0)
            continue;
        fprintf(stderr, i == 0 ? ", %zu %s" : ", %zu fail '%s'", rejection.all, rejection.rule);
    }
    fputs("; mend the cohort file\n", stderr);
    return EXIT_BAD_INPUT;
}

enum exit_code outcomes_tell(const char *command, const abscopal_results *results, const char *json,
                             double maximum_failures, bool one_patient)
{
    enum exit_code code = write_results(results, json);
    if (code == EXIT_DONE)
        code = judge_failures(command, results, maximum_failures);
    if (code == EXIT_DONE && !one_patient)
        code = judge_plausibility(command, results);
    return code;
}
