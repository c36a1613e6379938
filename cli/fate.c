#include <string.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/progress.h"

struct settings {
    const char *output;
    int64_t patients, seed, threads;
    double relative_tolerance;
    enum abscopal_engine engine;
    bool every_day, force, quiet;
};

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text), tail = strlen(end);
    return length > tail && strcmp(text + length - tail, end) == 0;
}

static enum abscopal_status write_output(const abscopal_fates *fates, const char *path, struct abscopal_error *error)
{
    return ends_with(path, ".csv") ? abscopal_fates_write_csv(fates, path, error)
                                   : abscopal_fates_write_hdf5(fates, path, error);
}

static enum exit_code run_fates(const abscopal_trial *trial, const struct settings *settings)
{
    struct abscopal_error error = {0};
    struct progress progress;
    progress_start(&progress, "courses", settings->quiet);
    const struct abscopal_fate_options options = {.patients = (size_t)settings->patients,
                                                  .seed = settings->seed,
                                                  .threads = (int)settings->threads,
                                                  .engine = settings->engine,
                                                  .relative_tolerance = settings->relative_tolerance,
                                                  .every_day = settings->every_day,
                                                  .progress = progress_update,
                                                  .progress_context = &progress};
    abscopal_fates *fates = abscopal_fates_run(trial, &options, &error);
    progress_end(&progress);
    if (!fates)
        return report_error(&error);
    enum abscopal_status status = ABSCOPAL_OK;
    if (settings->output)
        status = write_output(fates, settings->output, &error);
    if (status == ABSCOPAL_OK)
        status = abscopal_fates_write_table(fates, stdout, &error);
    abscopal_fates_free(fates);
    return status == ABSCOPAL_OK ? EXIT_DONE : report_error(&error);
}

static enum exit_code fate(const char *path, const struct settings *settings)
{
    struct abscopal_error error = {0};
    const char *output = settings->output;
    if (output && !ends_with(output, ".csv") && !ends_with(output, ".h5")) {
        fprintf(stderr, "abscopal fate: cannot tell the format of '%s'; write a name that ends with .csv or .h5\n",
                output);
        return EXIT_BAD_INPUT;
    }
    if (output && !output_is_free("fate", output, settings->force))
        return EXIT_BAD_INPUT;
    if (output && !output_can_be_written("fate", output))
        return EXIT_OUTPUT_FAILED;
    abscopal_trial *trial = abscopal_trial_read(path, &error);
    if (!trial)
        return report_error(&error);
    const enum exit_code code = run_fates(trial, settings);
    abscopal_trial_free(trial);
    return code;
}

#define MEMBER(name) offsetof(struct settings, name)

/* clang-format off */
static const struct option_row options[] = {
    {'o', "output", "OUT.csv", OPTION_TEXT, MEMBER(output), 0, 0,
     "write a row for every patient and arm: CSV, or HDF5 under a name that ends with .h5"},
    {0, "force", NULL, OPTION_FLAG, MEMBER(force), 0, 0,
     "replace the output if it is there"},
    {0, "every-day", NULL, OPTION_FLAG, MEMBER(every_day), 0, 0,
     "look at every day and every cycle rather than by bisection, and count where the fate changes back"},
    {'n', "patients", "N", OPTION_INTEGER, MEMBER(patients), 1, 1000000,
     "patients (default: as many as the cohort file says)"},
    {.name = "seed", .member = MEMBER(seed)},
    {.name = "threads", .member = MEMBER(threads)},
    {.name = "rtol", .member = MEMBER(relative_tolerance)},
    {.name = "engine", .member = MEMBER(engine)},
    {.name = "quiet", .member = MEMBER(quiet)},
    {.name = "help"},
};
/* clang-format on */

static const struct command command = {
    .name = "fate",
    .operands = "TRIAL",
    .summary =
        "Finds where every patient goes who is left alone after every arm, from when on that is decided, and the\n"
        "earliest stop of drugs that does not change it.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .examples = "  abscopal fate protocols/nivolumab-rt-six-arms.yaml --patients 1000 -o fates.csv\n",
};

enum exit_code command_fate(int argc, char **argv)
{
    struct settings settings = {.seed = -1};
    enum exit_code code;
    if (!options_accept(&command, argc, argv, &settings, &code))
        return code;
    const char *path = options_single_operand(&command, argc, argv);
    return path ? fate(path, &settings) : EXIT_BAD_INPUT;
}
