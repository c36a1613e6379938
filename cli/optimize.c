#include "cli/commands.h"
#include "cli/output.h"
#include "cli/progress.h"

struct settings {
    const char *output;
    int64_t patients, seed, threads;
    enum abscopal_engine engine;
    bool force, quiet;
};

static enum exit_code optimize(const char *path, const struct settings *settings)
{
    struct abscopal_error error = {0};
    struct progress progress;
    if (settings->output && !output_is_free("optimize", settings->output, settings->force))
        return EXIT_BAD_INPUT;
    if (settings->output && !output_can_be_written("optimize", settings->output))
        return EXIT_OUTPUT_FAILED;
    progress_start(&progress, "courses", settings->quiet);
    const struct abscopal_optimize_options options = {.patients = (size_t)settings->patients,
                                                      .seed = settings->seed,
                                                      .threads = (int)settings->threads,
                                                      .engine = settings->engine,
                                                      .progress = progress_update,
                                                      .progress_context = &progress};
    abscopal_optimum *optimum = abscopal_optimize(path, &options, &error);
    progress_end(&progress);
    if (!optimum)
        return report_error(&error);
    enum exit_code code = EXIT_DONE;
    if ((settings->output &&
         abscopal_sweep_write_hdf5(abscopal_optimum_points(optimum), settings->output, &error) != ABSCOPAL_OK) ||
        abscopal_optimum_write_table(optimum, stdout, &error) != ABSCOPAL_OK)
        code = report_error(&error);
    abscopal_optimum_free(optimum);
    return code;
}

#define MEMBER(name) offsetof(struct settings, name)

/* clang-format off */
static const struct option_row options[] = {
    {'o', "output", "OUT.h5", OPTION_TEXT, MEMBER(output), 0, 0,
     "write the points that were run as HDF5, as abscopal sweep does"},
    {'n', "patients", "N", OPTION_INTEGER, MEMBER(patients), 1, 1000000,
     "patients of the search (default: as many as the sweep file or else the cohort file says)"},
    {'s', "seed", "S", OPTION_INTEGER, MEMBER(seed), 0, 0x1p53,
     "seed of the cohort (default: that of the sweep file or else of the cohort file)"},
    {0, "force", NULL, OPTION_FLAG, MEMBER(force), 0, 0,
     "replace OUT.h5 if it is there"},
    {.name = "threads", .member = MEMBER(threads)},
    {.name = "engine", .member = MEMBER(engine)},
    {.name = "quiet", .member = MEMBER(quiet)},
    {.name = "help"},
};
/* clang-format on */

static const struct command command = {
    .name = "optimize",
    .operands = "FILE",
    .summary =
        "Searches for the best point of a sweep file's variables, as its 'optimize' says, and checks it and its\n"
        "neighbours on fresh patients.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .examples = "  abscopal optimize protocols/sweeps/lag.yaml\n"
                "  abscopal optimize protocols/sweeps/lag.yaml -n 500 -o search.h5",
};

enum exit_code command_optimize(int argc, char **argv)
{
    struct settings settings = {.seed = -1};
    enum exit_code code;
    if (!options_accept(&command, argc, argv, &settings, &code))
        return code;
    const char *path = options_single_operand(&command, argc, argv);
    return path ? optimize(path, &settings) : EXIT_BAD_INPUT;
}
