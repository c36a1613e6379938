#include <math.h>
#include <string.h>

#include "cli/calibrate_progress.h"
#include "cli/commands.h"

struct settings {
    const char *directory;
    int64_t threads;
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
    const enum exit_code shown = show_report(settings->directory);
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

static enum exit_code calibrate(const char *path, const struct settings *settings)
{
    struct abscopal_error error = {0};
    struct abscopal_calibration_outcome outcome;
    struct calibrate_progress progress;
    calibrate_progress_start(&progress, settings->quiet);
    const struct abscopal_calibrate_options options = {
        .directory = settings->directory,
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
                path, settings->directory);
    return code;
}

#define MEMBER(name) offsetof(struct settings, name)

/* clang-format off */
static const struct option_row options[] = {
    {'o', "output", "DIR", OPTION_TEXT, MEMBER(directory), 0, 0,
     "folder for the calibrated files, the report and the log of evaluations; needed"},
    {0, "resume", NULL, OPTION_FLAG, MEMBER(resume), 0, 0,
     "go on in that folder with a calibration that was stopped"},
    {'j', "threads", "THREADS", OPTION_INTEGER, MEMBER(threads), 1, 4096,
     "threads (default: one for each processor); results do not depend on it"},
    {0, "engine", "ENGINE", OPTION_ENGINE, MEMBER(engine), 0, 0,
     "how to integrate: cvode or batch (default: batch)"},
    {'q', "quiet", NULL, OPTION_FLAG, MEMBER(quiet), 0, 0,
     "show no progress"},
    {'h', "help", NULL, OPTION_HELP, 0, 0, 0,
     "show this text"},
};
/* clang-format on */

static const struct command command = {
    .name = "calibrate",
    .operands = "FILE",
    .summary = "Fits values of a cohort, and of trials, to published endpoints, as a calibration file says.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .examples = "  abscopal calibrate nsclc.yaml -o nsclc-fit\n"
                "  abscopal calibrate nsclc.yaml -o nsclc-fit --resume",
};

enum exit_code command_calibrate(int argc, char **argv)
{
    struct settings settings = {0};
    switch (options_read(&command, argc, argv, &settings)) {
    case OPTIONS_HELP_SHOWN:
        return EXIT_DONE;
    case OPTIONS_WRONG:
        return EXIT_BAD_INPUT;
    case OPTIONS_READ:
        break;
    }
    const char *path = options_single_operand(&command, argc, argv);
    if (!path)
        return EXIT_BAD_INPUT;
    if (!settings.directory) {
        fprintf(stderr, "abscopal calibrate: where to? Write --output DIR, a new folder\n");
        return EXIT_BAD_INPUT;
    }
    return calibrate(path, &settings);
}
