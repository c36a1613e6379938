#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"

struct settings {
    const char *arm, *csv;
    int64_t patient, patients, seed, max_steps;
    double every_days, relative_tolerance, max_seconds;
    enum abscopal_engine engine;
    bool fluxes;
};

static enum exit_code simulate(const char *trial_path, const struct settings *settings, const char *csv_path)
{
    struct abscopal_error error = {0};
    abscopal_trial *trial = abscopal_trial_read(trial_path, &error);
    if (!trial)
        return report_error(&error);
    const struct abscopal_simulate_options options = {
        .arm = settings->arm,
        .patient = (size_t)settings->patient,
        .seed = settings->seed,
        .every_days = settings->every_days,
        .relative_tolerance = settings->relative_tolerance,
        .engine = settings->engine,
        .fluxes = settings->fluxes,
        .patients = (size_t)settings->patients,
        .max_steps = settings->max_steps,
        .max_seconds = settings->max_seconds,
    };
    enum abscopal_status status = abscopal_simulate(trial, &options, csv_path, &error);
    abscopal_trial_free(trial);
    return status == ABSCOPAL_OK ? EXIT_DONE : report_error(&error);
}

/* Appends the file to standard output. main notices when that fails. */
static enum exit_code copy_to_stdout(const char *path)
{
    char buffer[BUFSIZ];
    FILE *file = fopen(path, "r");
    if (!file) {
        fprintf(stderr, "abscopal simulate: cannot read back %s: %s\n", path, strerror(errno));
        return EXIT_OUTPUT_FAILED;
    }
    for (size_t size; (size = fread(buffer, 1, sizeof buffer, file)) > 0;)
        if (fwrite(buffer, 1, size, stdout) != size)
            break;
    bool unread = ferror(file) != 0;
    fclose(file);
    if (unread)
        fprintf(stderr, "abscopal simulate: cannot read back %s\n", path);
    return unread ? EXIT_OUTPUT_FAILED : EXIT_DONE;
}

/* By way of a temporary file, so that nothing is printed of a course that cannot be integrated to its end, and so
 * that pipes, files and appending to a file all work alike. */
static enum exit_code simulate_to_stdout(const char *trial_path, const struct settings *settings)
{
    char path[PATH_MAX];
    const char *folder = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/abscopal-XXXXXX", folder && folder[0] ? folder : "/tmp");
    int descriptor = mkstemp(path);
    if (descriptor < 0) {
        fprintf(stderr, "abscopal simulate: cannot make a temporary file %s: %s\n", path, strerror(errno));
        return EXIT_OUTPUT_FAILED;
    }
    close(descriptor);
    enum exit_code code = simulate(trial_path, settings, path);
    if (code == EXIT_DONE)
        code = copy_to_stdout(path);
    unlink(path);
    return code;
}

#define MEMBER(name) offsetof(struct settings, name)

/* clang-format off */
static const struct option_row options[] = {
    {'a', "arm", "NAME", OPTION_TEXT, MEMBER(arm), 0, 0,
     "arm of the trial (default: the first)"},
    {'p', "patient", "K", OPTION_INTEGER, MEMBER(patient), 1, 1e9,
     "patient of the cohort, from 1 (default: 1)"},
    {'n', "patients", "N", OPTION_INTEGER, MEMBER(patients), 1, 1e9,
     "patients of the run that it is one of, for a Latin hypercube (default: the cohort file's)"},
    {'e', "every", "T", OPTION_DURATION, MEMBER(every_days), 1e-4, 1e4,
     "time between rows in d, h or min, such as '12 h' (default: 1 d)"},
    {.name = "seed", .member = MEMBER(seed)},
    {.name = "rtol", .member = MEMBER(relative_tolerance)},
    {.name = "engine", .member = MEMBER(engine)},
    {.name = "max-steps", .member = MEMBER(max_steps)},
    {.name = "max-seconds", .member = MEMBER(max_seconds)},
    {0, "fluxes", NULL, OPTION_FLAG, MEMBER(fluxes), 0, 0,
     "write the flux of every reaction too"},
    {'c', "csv", "FILE", OPTION_TEXT, MEMBER(csv), 0, 0,
     "where to write; - is standard output (needed)"},
    {.name = "help"},
};
/* clang-format on */

static const struct command command = {
    .name = "simulate",
    .operands = "TRIAL",
    .summary = "Writes one patient's course under one arm as CSV, from day 0 to the trial's horizon.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .examples = "  abscopal simulate protocols/nivolumab-rt-six-arms.yaml --patient 7 --every '12 h' --csv course.csv",
};

enum exit_code command_simulate(int argc, char **argv)
{
    struct settings settings = {.seed = -1};
    enum exit_code code;
    if (!options_accept(&command, argc, argv, &settings, &code))
        return code;
    const char *path = options_single_operand(&command, argc, argv);
    if (!path)
        return EXIT_BAD_INPUT;
    if (!settings.csv) {
        fprintf(stderr, "abscopal simulate: where to? Write --csv FILE, or --csv - for standard output\n");
        return EXIT_BAD_INPUT;
    }
    if (strcmp(settings.csv, "-") == 0)
        return simulate_to_stdout(path, &settings);
    return simulate(path, &settings, settings.csv);
}
