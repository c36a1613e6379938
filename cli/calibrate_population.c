#include "cli/calibrate_population.h"

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/progress.h"

enum exit_code calibrate_population(const char *path, const struct calibrate_population_settings *settings)
{
    struct abscopal_error error = {0};
    struct progress progress;
    if (settings->csv && !output_can_be_written("calibrate", settings->csv))
        return EXIT_OUTPUT_FAILED;
    progress_start(&progress, "courses", settings->quiet);
    const struct abscopal_run_options options = {
        .seed = -1,
        .threads = (int)settings->threads,
        .relative_tolerance = settings->relative_tolerance,
        .engine = settings->engine,
        .progress = progress_update,
        .progress_context = &progress,
    };
    abscopal_population *population = abscopal_population_weigh(path, &options, &error);
    progress_end(&progress);
    if (!population)
        return report_error(&error);
    enum exit_code code = abscopal_population_is_enough(population) ? EXIT_DONE : EXIT_NOT_MET;
    if ((settings->csv && abscopal_population_write_csv(population, settings->csv, &error) != ABSCOPAL_OK) ||
        abscopal_population_write_report(population, stdout, &error) != ABSCOPAL_OK)
        code = report_error(&error);
    if (code == EXIT_NOT_MET)
        fprintf(stderr, "abscopal calibrate: effective sample size %.1f, less than least_effective\n",
                abscopal_population_effective(population));
    abscopal_population_free(population);
    return code;
}

#define MEMBER(name) offsetof(struct calibrate_population_settings, name)

/* clang-format off */
static const struct option_row options[] = {
    {'o', "output", "OUT.csv", OPTION_TEXT, MEMBER(csv), 0, 0,
     "write the weights as CSV, for 'population' in a cohort file"},
    {'j', "threads", "THREADS", OPTION_INTEGER, MEMBER(threads), 1, 4096,
     "threads (default: one for each processor); weights do not depend on it"},
    {0, "rtol", "X", OPTION_REAL, MEMBER(relative_tolerance), 1e-12, 0.01,
     "relative tolerance of the integration (default: 1e-6)"},
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
    .summary = "Weighs the patients of a cohort so that they agree with what is published of others.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .examples = "  abscopal calibrate population.yaml -o population.csv",
};

enum exit_code command_calibrate(int argc, char **argv)
{
    struct calibrate_population_settings settings = {0};
    switch (options_read(&command, argc, argv, &settings)) {
    case OPTIONS_HELP_SHOWN:
        return EXIT_DONE;
    case OPTIONS_WRONG:
        return EXIT_BAD_INPUT;
    case OPTIONS_READ:
        break;
    }
    const char *path = options_single_operand(&command, argc, argv);
    return path ? calibrate_population(path, &settings) : EXIT_BAD_INPUT;
}
