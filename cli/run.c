#include <math.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/progress.h"

struct settings {
    int64_t patients, seed, threads, only_patient;
    double relative_tolerance, maximum_failures, course_every_days;
    enum abscopal_engine engine;
    const char *hdf5, *json;
    bool quiet;
};

/* Files first: they outlive a terminal that has gone. */
static enum exit_code write_results(const abscopal_results *results, const struct settings *settings)
{
    struct abscopal_error error = {0};
    if (settings->hdf5 && abscopal_results_write_hdf5(results, settings->hdf5, &error) != ABSCOPAL_OK)
        return report_error(&error);
    if (settings->json && abscopal_results_write_json(results, settings->json, &error) != ABSCOPAL_OK)
        return report_error(&error);
    if (abscopal_results_write_table(results, stdout, &error) != ABSCOPAL_OK)
        return report_error(&error);
    return EXIT_DONE;
}

/* Lists the patients not integrated; too many of them make the run a failure. */
static enum exit_code judge_failures(const abscopal_results *results, double maximum_fraction)
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
    fprintf(stderr, "abscopal run: %zu of %zu patients not integrated (%.3g%%; --max-failures is %.3g%%)\n", failed,
            run, 100 * fraction, 100 * maximum_fraction);
    return EXIT_NOT_INTEGRATED;
}

/* A cohort of which nobody is left is a mistake in its file; one patient alone may well be implausible. */
static enum exit_code judge_plausibility(const abscopal_results *results)
{
    size_t rejected = abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_PLAUSIBLE);
    if (rejected == 0 || abscopal_results_patient_count(results, ABSCOPAL_PATIENT_COMPLETED) > 0 ||
        abscopal_results_patient_count(results, ABSCOPAL_PATIENT_NOT_INTEGRATED) > 0)
        return EXIT_DONE;
    fflush(stdout);
    fprintf(stderr, "abscopal run: no patient is plausible. Of %zu", rejected);
    for (size_t i = 0; i < abscopal_results_rejection_count(results); i++) {
        struct abscopal_rejection rejection;
        if (abscopal_results_rejection(results, i, &rejection) != ABSCOPAL_OK || rejection.all == 0)
            continue;
        fprintf(stderr, i == 0 ? ", %zu %s" : ", %zu fail '%s'", rejection.all, rejection.rule);
    }
    fputs("; mend the cohort file\n", stderr);
    return EXIT_BAD_INPUT;
}

/* Whole weeks that make about 60 days of courses, unless the command line says otherwise; 0, none, without a file
 * that could hold them. */
static double course_every_days(const abscopal_trial *trial, const struct settings *settings)
{
    const double week = 7, usual_count = 60;
    if (!settings->hdf5)
        return 0;
    if (settings->course_every_days >= 0)
        return settings->course_every_days;
    return week * ceil(abscopal_trial_until_days(trial) / usual_count / week);
}

static enum exit_code run(const char *path, const struct settings *settings)
{
    struct abscopal_error error = {0};
    struct progress progress;
    abscopal_trial *trial = abscopal_trial_read(path, &error);
    if (!trial)
        return report_error(&error);
    progress_start(&progress, "courses", settings->quiet);
    const struct abscopal_run_options options = {
        .patients = (size_t)settings->patients,
        .seed = settings->seed,
        .threads = (int)settings->threads,
        .only_patient = settings->only_patient,
        .relative_tolerance = settings->relative_tolerance,
        .engine = settings->engine,
        .course_every_days = course_every_days(trial, settings),
        .progress = progress_update,
        .progress_context = &progress,
    };
    abscopal_results *results = abscopal_run(trial, &options, &error);
    progress_end(&progress);
    enum exit_code code;
    if (results) {
        code = write_results(results, settings);
        if (code == EXIT_DONE)
            code = judge_failures(results, settings->maximum_failures);
        if (code == EXIT_DONE && settings->only_patient == 0)
            code = judge_plausibility(results);
    } else {
        code = report_error(&error);
    }
    abscopal_results_free(results);
    abscopal_trial_free(trial);
    return code;
}

#define MEMBER(name) offsetof(struct settings, name)

/* clang-format off */
static const struct option_row options[] = {
    {'n', "patients", "N", OPTION_INTEGER, MEMBER(patients), 1, 1e9,
     "patients to run (default: as many as the cohort file says)"},
    {.name = "seed", .member = MEMBER(seed)},
    {.name = "threads", .member = MEMBER(threads)},
    {'o', "output", "OUT.h5", OPTION_TEXT, MEMBER(hdf5), 0, 0,
     "write everything as HDF5, for netCDF-4 readers too"},
    {0, "json", "FILE", OPTION_TEXT, MEMBER(json), 0, 0,
     "write the outcome table as JSON"},
    {'p', "patient", "K", OPTION_INTEGER, MEMBER(only_patient), 1, 1e9,
     "run only this patient, from 1, as it is in the whole cohort"},
    {.name = "rtol", .member = MEMBER(relative_tolerance)},
    {.name = "engine", .member = MEMBER(engine)},
    {0, "courses", "T", OPTION_DURATION_OR_OFF, MEMBER(course_every_days), 1e-4, 1e4,
     "time between days of the courses in OUT.h5, or off (default: a 60th of the trial, in whole weeks)"},
    {0, "max-failures", "P%", OPTION_PERCENT, MEMBER(maximum_failures), 0, 100,
     "patients not integrated beyond which the exit code is 3 (default: 1%)"},
    {.name = "quiet", .member = MEMBER(quiet)},
    {.name = "help"},
};
/* clang-format on */

static const struct command command = {
    .name = "run",
    .operands = "TRIAL",
    .summary = "Runs every arm of a trial with every patient of its cohort and prints the outcomes.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .examples = "  abscopal run protocols/nivolumab-rt-six-arms.yaml -n 50 -o outcomes.h5",
};

enum exit_code command_run(int argc, char **argv)
{
    struct settings settings = {.seed = -1, .maximum_failures = 0.01, .course_every_days = -1};
    enum exit_code code;
    if (!options_accept(&command, argc, argv, &settings, &code))
        return code;
    const char *path = options_single_operand(&command, argc, argv);
    if (!path)
        return EXIT_BAD_INPUT;
    if (settings.hdf5 && settings.json && strcmp(settings.hdf5, settings.json) == 0) {
        fprintf(stderr, "abscopal run: --output and --json name the same file, %s: give them two\n", settings.json);
        return EXIT_BAD_INPUT;
    }
    if ((settings.hdf5 && !output_can_be_written("run", settings.hdf5)) ||
        (settings.json && !output_can_be_written("run", settings.json)))
        return EXIT_OUTPUT_FAILED;
    return run(path, &settings);
}
