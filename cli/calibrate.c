#include <math.h>
#include <string.h>

#include "cli/calibrate_population.h"
#include "cli/calibrate_progress.h"
#include "cli/commands.h"

struct settings {
    const char *output; /* of a fit a folder, of a virtual population a CSV file */
    int64_t threads;
    double relative_tolerance;
    enum abscopal_engine engine;
    bool resume, quiet;
};

/* Copies the report to standard output. */
static enum exit_code show_report(const char *directory)
{
    char path[4096], line[4096];
    const int length = snprintf(path, sizeof path, "%s/report.md", directory);
    FILE *report = length > 0 && (size_t)length < sizeof path ? fopen(path, "r") : NULL;
    if (!report) {
        fprintf(stderr, "abscopal calibrate: cannot read %s/report.md\n", directory);
        return EXIT_INTERNAL;
    }
    while (fgets(line, sizeof line, report))
        fputs(line, stdout);
    fclose(report);
    return EXIT_DONE;
}

static enum exit_code conclude(const struct abscopal_calibration_outcome *outcome, const struct settings *settings)
{
    const enum exit_code shown = show_report(settings->output);
    fflush(stdout);
    if (outcome->global_stalled || outcome->local_stalled)
        fprintf(stderr, "abscopal calibrate: the %s stage ended early, as the objective had ceased to fall\n",
                outcome->global_stalled && outcome->local_stalled ? "global and the local"
                : outcome->global_stalled                         ? "global"
                                                                  : "local");
    if (shown != EXIT_DONE || outcome->met == outcome->targets)
        return shown;
    fprintf(stderr, "abscopal calibrate: %zu of %zu targets are not met\n", outcome->targets - outcome->met,
            outcome->targets);
    return EXIT_NOT_MET;
}

static enum exit_code fit(const char *path, const struct settings *settings)
{
    struct abscopal_error error = {0};
    struct abscopal_calibration_outcome outcome;
    struct calibrate_progress progress;
    calibrate_progress_start(&progress, settings->quiet);
    const struct abscopal_calibrate_options options = {
        .directory = settings->output,
        .resume = settings->resume,
        .threads = (int)settings->threads,
        .engine = settings->engine,
        .progress = calibrate_progress_update,
        .progress_context = &progress,
    };
    const enum abscopal_status status = abscopal_calibrate(path, &options, &outcome, &error);
    calibrate_progress_end(&progress);
    if (status == ABSCOPAL_OK)
        return conclude(&outcome, settings);
    const enum exit_code code = report_error(&error);
    if (status == ABSCOPAL_INTERRUPTED)
        fprintf(stderr,
                "abscopal calibrate: what was evaluated is kept; to go on: abscopal calibrate %s -o %s --resume\n",
                path, settings->output);
    return code;
}

/* ---- Both kinds ------------------------------------------------------------------------------------- */

static enum exit_code refuse(const char *message)
{
    fprintf(stderr, "abscopal calibrate: %s\n", message);
    return EXIT_BAD_INPUT;
}

static enum exit_code calibrate(const char *path, const struct settings *settings)
{
    enum abscopal_file_kind kind;
    struct abscopal_error error = {0};
    /* What is neither is for the reader of calibration files to say. */
    if (abscopal_file_kind(path, &kind, &error) == ABSCOPAL_OK && kind == ABSCOPAL_FILE_POPULATION) {
        if (settings->resume)
            return refuse("--resume is for fits; a virtual population begins anew, so leave it out");
        return calibrate_population(
            path, &(struct calibrate_population_settings){.csv = settings->output,
                                                          .threads = settings->threads,
                                                          .relative_tolerance = settings->relative_tolerance,
                                                          .engine = settings->engine,
                                                          .quiet = settings->quiet});
    }
    if (settings->relative_tolerance > 0)
        return refuse("--rtol is for virtual populations; write the tolerance of a fit into its file, as 'tolerance'");
    if (!settings->output)
        return refuse("where to? Write --output DIR, a new folder");
    return fit(path, settings);
}

#define MEMBER(name) offsetof(struct settings, name)

/* clang-format off */
static const struct option_row options[] = {
    {'o', "output", "OUT", OPTION_TEXT, MEMBER(output), 0, 0,
     "of a fit the folder for its files, needed; of a virtual population the CSV file of weights"},
    {0, "resume", NULL, OPTION_FLAG, MEMBER(resume), 0, 0,
     "go on in that folder with a fit that was stopped"},
    {.name = "threads", .member = MEMBER(threads)},
    {0, "rtol", "X", OPTION_REAL, MEMBER(relative_tolerance), 1e-12, 0.01,
     "of a virtual population: relative tolerance of the integration (default: 1e-6)"},
    {.name = "engine", .member = MEMBER(engine)},
    {.name = "quiet", .member = MEMBER(quiet)},
    {.name = "help"},
};
/* clang-format on */

static const struct command command = {
    .name = "calibrate",
    .operands = "FILE",
    .summary = "Fits values of a cohort, and of trials, to published endpoints, as a calibration file says; or weighs\n"
               "the patients of a cohort to agree with published shares, as the file of a virtual population says.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .examples = "  abscopal calibrate nsclc.yaml -o nsclc-fit\n"
                "  abscopal calibrate nsclc.yaml -o nsclc-fit --resume\n"
                "  abscopal calibrate population.yaml -o population.csv",
};

enum exit_code command_calibrate(int argc, char **argv)
{
    struct settings settings = {0};
    enum exit_code code;
    if (!options_accept(&command, argc, argv, &settings, &code))
        return code;
    const char *path = options_single_operand(&command, argc, argv);
    return path ? calibrate(path, &settings) : EXIT_BAD_INPUT;
}
