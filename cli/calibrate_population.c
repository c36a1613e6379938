#include "cli/calibrate_population.h"

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
