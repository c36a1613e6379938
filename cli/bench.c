#include "cli/commands.h"
#include "cli/output.h"
#include "cli/progress.h"

struct settings {
    int64_t patients, threads, repeats;
    double seconds, relative_tolerance;
    enum abscopal_engine engine;
    const char *json;
    bool quiet;
};

static enum exit_code bench(const abscopal_trial *trial, const struct settings *settings)
{
    struct abscopal_error error = {0};
    struct progress progress;
    progress_start(&progress, "measurements", settings->quiet);
    const struct abscopal_benchmark_options options = {
        .patients = (size_t)settings->patients,
        .threads = (int)settings->threads,
        .repeats = (int)settings->repeats,
        .seconds = settings->seconds,
        .relative_tolerance = settings->relative_tolerance,
        .engine = settings->engine,
        .progress = progress_update,
        .progress_context = &progress,
    };
    abscopal_benchmark *benchmark = abscopal_benchmark_run(trial, &options, &error);
    progress_end(&progress);
    const bool good =
        benchmark &&
        (!settings->json || abscopal_benchmark_write_json(benchmark, settings->json, &error) == ABSCOPAL_OK) &&
        abscopal_benchmark_write_table(benchmark, stdout, &error) == ABSCOPAL_OK;
    abscopal_benchmark_free(benchmark);
    return good ? EXIT_DONE : report_error(&error);
}

#define MEMBER(name) offsetof(struct settings, name)

/* clang-format off */
static const struct option_row options[] = {
    {'n', "patients", "N", OPTION_INTEGER, MEMBER(patients), 1, 1e9,
     "patients of every run (default: 64 for each lane and thread)"},
    {'j', "threads", "THREADS", OPTION_INTEGER, MEMBER(threads), 1, 4096,
     "with 1, 2, 4, ... up to so many threads (default: one for each processor)"},
    {0, "engine", "ENGINE", OPTION_ENGINE, MEMBER(engine), 0, 0,
     "the engine to measure: cvode or batch (default: both)"},
    {0, "repeats", "R", OPTION_INTEGER, MEMBER(repeats), 1, 1000,
     "measure so often; the median counts (default: 5)"},
    {0, "seconds", "S", OPTION_REAL, MEMBER(seconds), 1e-3, 3600,
     "that a measurement lasts at least (default: 0.5)"},
    {0, "tolerance", "X", OPTION_REAL, MEMBER(relative_tolerance), 1e-12, 0.01,
     "relative tolerance of the integration (default: 1e-6)"},
    {0, "json", "FILE", OPTION_TEXT, MEMBER(json), 0, 0,
     "write what was measured as JSON, too"},
    {.name = "quiet", .member = MEMBER(quiet)},
    {.name = "help"},
};
/* clang-format on */

static const struct command command = {
    .name = "bench",
    .operands = "[TRIAL]",
    .summary = "Measures how fast this machine integrates patients, and what the time goes to: those of a trial or,\n"
               "without one, the published patient over and over, for 400 days with nivolumab every 14 days.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .examples = "  abscopal bench\n"
                "  abscopal bench protocols/nivolumab-rt-six-arms.yaml --engine batch --json speed.json",
};

enum exit_code command_bench(int argc, char **argv)
{
    struct settings settings = {0};
    enum exit_code code;
    if (!options_accept(&command, argc, argv, &settings, &code))
        return code;
    const char *path;
    if (!options_optional_operand(&command, argc, argv, &path))
        return EXIT_BAD_INPUT;
    if (settings.json && !output_can_be_written("bench", settings.json))
        return EXIT_OUTPUT_FAILED;
    struct abscopal_error error = {0};
    abscopal_trial *trial = path ? abscopal_trial_read(path, &error) : NULL;
    if (path && !trial)
        return report_error(&error);
    code = bench(trial, &settings);
    abscopal_trial_free(trial);
    return code;
}
