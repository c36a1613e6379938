#include "cli/commands.h"
#include "cli/output.h"
#include "cli/progress.h"

struct settings {
    const char *output;
    int64_t patients, seed, threads;
    enum abscopal_engine engine;
    bool resume, force, quiet;
};

static enum exit_code sweep(const char *path, const struct settings *settings)
{
    struct abscopal_error error = {0};
    struct progress progress;
    if (settings->resume && !settings->output) {
        fputs("abscopal sweep: --resume needs --output, the file of the sweep that was stopped\n", stderr);
        return EXIT_BAD_INPUT;
    }
    if (settings->output && !output_is_free("sweep", settings->output, settings->force))
        return EXIT_BAD_INPUT;
    if (settings->output && !output_can_be_written("sweep", settings->output))
        return EXIT_OUTPUT_FAILED;
    progress_start(&progress, "courses", settings->quiet);
    const struct abscopal_sweep_options options = {.output = settings->output,
                                                   .resume = settings->resume,
                                                   .patients = (size_t)settings->patients,
                                                   .seed = settings->seed,
                                                   .threads = (int)settings->threads,
                                                   .engine = settings->engine,
                                                   .progress = progress_update,
                                                   .progress_context = &progress};
    abscopal_sweep *made = abscopal_sweep_run(path, &options, &error);
    progress_end(&progress);
    if (!made) {
        const enum exit_code code = report_error(&error);
        if (error.status == ABSCOPAL_INTERRUPTED && settings->output)
            fprintf(stderr, "abscopal sweep: finished points are kept; to go on: abscopal sweep %s -o %s --resume\n",
                    path, settings->output);
        return code;
    }
    const enum exit_code code =
        abscopal_sweep_write_table(made, stdout, &error) == ABSCOPAL_OK ? EXIT_DONE : report_error(&error);
    abscopal_sweep_free(made);
    return code;
}

#define MEMBER(name) offsetof(struct settings, name)

/* clang-format off */
static const struct option_row options[] = {
    {'o', "output", "OUT.h5", OPTION_TEXT, MEMBER(output), 0, 0,
     "write everything as HDF5; finished points are kept in OUT.h5.parts meanwhile"},
    {0, "resume", NULL, OPTION_FLAG, MEMBER(resume), 0, 0,
     "go on with a sweep of that output that was stopped"},
    {0, "force", NULL, OPTION_FLAG, MEMBER(force), 0, 0,
     "replace OUT.h5 if it is there"},
    {'n', "patients", "N", OPTION_INTEGER, MEMBER(patients), 1, 1000000,
     "patients (default: as many as the sweep file or else the cohort file says)"},
    {'s', "seed", "S", OPTION_INTEGER, MEMBER(seed), 0, 0x1p53,
     "seed of the cohort (default: that of the sweep file or else of the cohort file)"},
    {.name = "threads", .member = MEMBER(threads)},
    {.name = "engine", .member = MEMBER(engine)},
    {.name = "quiet", .member = MEMBER(quiet)},
    {.name = "help"},
};
/* clang-format on */

static const struct command command = {
    .name = "sweep",
    .operands = "FILE",
    .summary =
        "Runs a trial's arm at every point of a sweep file, with the same patients at each, and prints the best\n"
        "points with intervals and paired differences from the reference.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .examples = "  abscopal sweep protocols/sweeps/lag.yaml -o lag.h5\n"
                "  abscopal sweep protocols/sweeps/lag.yaml -o lag.h5 --resume\n"
                "  abscopal report lag.h5 -o lag.html",
};

enum exit_code command_sweep(int argc, char **argv)
{
    struct settings settings = {.seed = -1};
    enum exit_code code;
    if (!options_accept(&command, argc, argv, &settings, &code))
        return code;
    const char *path = options_single_operand(&command, argc, argv);
    return path ? sweep(path, &settings) : EXIT_BAD_INPUT;
}
