#include <string.h>

#include "cli/commands.h"
#include "cli/guard.h"
#include "cli/output.h"
#include "cli/progress.h"

struct settings {
    const char *results, *csv, *json;
    int64_t threads;
    enum abscopal_engine engine;
    bool force, quiet;
};

/* First the courses of a run, then simulated trials. */
struct stages {
    struct progress courses, trials;
    bool trials_begun;
};

static int courses_update(size_t finished, size_t total, double seconds, void *context)
{
    struct stages *stages = context;
    return progress_update(finished, total, seconds, &stages->courses);
}

static int trials_update(size_t finished, size_t total, double seconds, void *context)
{
    struct stages *stages = context;
    if (!stages->trials_begun)
        progress_end(&stages->courses);
    stages->trials_begun = true;
    return progress_update(finished, total, seconds, &stages->trials);
}

/* Otherwise prints a message; *code is what to end with. */
static bool outputs_are_good(const struct settings *settings, enum exit_code *code)
{
    const char *const paths[] = {settings->csv, settings->json};
    *code = EXIT_BAD_INPUT;
    if (settings->csv && settings->json && strcmp(settings->csv, settings->json) == 0) {
        fputs("abscopal power: --csv and --json name the same file: give them two\n", stderr);
        return false;
    }
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        if (paths[i] && !output_is_free("power", paths[i], settings->force))
            return false;
        if (paths[i] && !output_can_be_written("power", paths[i])) {
            *code = EXIT_OUTPUT_FAILED;
            return false;
        }
    }
    return true;
}

static enum exit_code power_tell(const abscopal_power *power, const struct settings *settings)
{
    struct abscopal_error error = {0};
    enum abscopal_status status = ABSCOPAL_OK;
    if (settings->csv)
        status = abscopal_power_write_csv(power, settings->csv, &error);
    if (status == ABSCOPAL_OK && settings->json)
        status = abscopal_power_write_json(power, settings->json, &error);
    if (status == ABSCOPAL_OK)
        status = abscopal_power_write_table(power, stdout, &error);
    return status == ABSCOPAL_OK ? EXIT_DONE : report_error(&error);
}

static enum exit_code power(const char *path, const struct settings *settings)
{
    struct abscopal_error error = {0};
    struct stages stages = {.trials_begun = false};
    enum exit_code code;
    if (!outputs_are_good(settings, &code))
        return code;
    if (settings->results && !guard_passes(settings->results, guard_read_results, &code))
        return code;
    progress_start(&stages.courses, "courses", settings->quiet);
    progress_start(&stages.trials, "trials", settings->quiet);
    const struct abscopal_power_options options = {.results = settings->results,
                                                   .threads = (int)settings->threads,
                                                   .engine = settings->engine,
                                                   .progress = courses_update,
                                                   .trials = trials_update,
                                                   .progress_context = &stages};
    abscopal_power *found = abscopal_power_run(path, &options, &error);
    progress_end(stages.trials_begun ? &stages.trials : &stages.courses);
    if (!found)
        return report_error(&error);
    code = power_tell(found, settings);
    abscopal_power_free(found);
    return code;
}

#define MEMBER(name) offsetof(struct settings, name)

/* clang-format off */
static const struct option_row options[] = {
    {'r', "results", "OUT.h5", OPTION_TEXT, MEMBER(results), 0, 0,
     "draw from the patients of this file of results (default: the design's trial is run first)"},
    {0, "csv", "FILE", OPTION_TEXT, MEMBER(csv), 0, 0,
     "write the power curve as CSV"},
    {0, "json", "FILE", OPTION_TEXT, MEMBER(json), 0, 0,
     "write everything as JSON"},
    {0, "force", NULL, OPTION_FLAG, MEMBER(force), 0, 0,
     "replace these files if they are there"},
    {.name = "threads", .member = MEMBER(threads)},
    {.name = "engine", .member = MEMBER(engine)},
    {.name = "quiet", .member = MEMBER(quiet)},
    {.name = "help"},
};
/* clang-format on */

static const struct command command = {
    .name = "power",
    .operands = "DESIGN",
    .summary =
        "Draws trials from finished virtual patients and prints how often a design shows the effect, and with how\n"
        "many patients it does in 80 and 90 % of trials.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .examples = "  abscopal power protocols/designs/pembro-rt.yaml\n"
                "  abscopal run protocols/trials/pembro-rt.yaml -n 4000 -o pembro-rt.h5\n"
                "  abscopal power protocols/designs/pembro-rt.yaml --results pembro-rt.h5 --csv power.csv",
};

enum exit_code command_power(int argc, char **argv)
{
    struct settings settings = {0};
    enum exit_code code;
    if (!options_accept(&command, argc, argv, &settings, &code))
        return code;
    const char *path = options_single_operand(&command, argc, argv);
    return path ? power(path, &settings) : EXIT_BAD_INPUT;
}
