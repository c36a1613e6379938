#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/guard.h"
#include "cli/output.h"
#include "cli/progress.h"

struct settings {
    const char *trial, *population, *output, *arm, *pdl1;
    int64_t patients, seed, lesions, first, particles, threads;
    double error, drift, degrees, continued, every_days, enough;
    bool no_refinement, force, quiet;
};

/* ---- The population --------------------------------------------------------------------------------- */

/* Of a file that is there. */
static abscopal_results *population_read(const abscopal_trial *trial, const struct settings *settings,
                                         enum exit_code *code)
{
    struct abscopal_error error = {0};
    if (settings->patients > 0 || settings->seed >= 0) {
        fprintf(stderr, "abscopal twin: %s is there already: leave --patients and --seed out, or name another file\n",
                settings->population);
        *code = EXIT_BAD_INPUT;
        return NULL;
    }
    if (!guard_passes(settings->population, guard_read_results, code))
        return NULL;
    abscopal_results *population = abscopal_results_read_hdf5(settings->population, &error);
    if (population && abscopal_twin_serves(population, settings->population, trial, &error) == ABSCOPAL_OK)
        return population;
    *code = report_error(&error);
    abscopal_results_free(population);
    return NULL;
}

/* Run now and, where a file is named, kept there. */
static abscopal_results *population_run(const abscopal_trial *trial, const struct settings *settings,
                                        enum exit_code *code)
{
    struct abscopal_error error = {0};
    struct progress progress;
    if (settings->population && !output_can_be_written("twin", settings->population)) {
        *code = EXIT_OUTPUT_FAILED;
        return NULL;
    }
    progress_start(&progress, "courses", settings->quiet);
    const struct abscopal_run_options options = {.patients = (size_t)settings->patients,
                                                 .seed = settings->seed,
                                                 .threads = (int)settings->threads,
                                                 .progress = progress_update,
                                                 .progress_context = &progress};
    const struct abscopal_file_options file = {.output = settings->population};
    abscopal_results *population = settings->population ? abscopal_run_to_file(trial, &options, &file, &error)
                                                        : abscopal_run(trial, &options, &error);
    if (population && settings->population) { /* what a run to a file returns has no courses */
        abscopal_results_free(population);
        population = abscopal_results_read_hdf5(settings->population, &error);
    }
    progress_end(&progress);
    if (!population)
        *code = report_error(&error);
    return population;
}

/* ---- The twins -------------------------------------------------------------------------------------- */

static abscopal_twin *fit(const abscopal_results *population, const char *path, const struct settings *settings,
                          enum exit_code *code)
{
    struct abscopal_error error = {0};
    struct progress progress;
    progress_start(&progress, "courses of a refinement", settings->quiet);
    const struct abscopal_twin_options options = {.arm = settings->arm,
                                                  .pdl1 = settings->pdl1,
                                                  .lesions = (int)settings->lesions,
                                                  .first = (size_t)settings->first,
                                                  .error_log_sd = settings->error,
                                                  .drift_log_sd = settings->drift,
                                                  .degrees = settings->degrees,
                                                  .continued = settings->continued,
                                                  .every_days = settings->every_days,
                                                  .enough = settings->no_refinement ? -1 : settings->enough,
                                                  .particles = (size_t)settings->particles,
                                                  .threads = (int)settings->threads,
                                                  .progress = progress_update,
                                                  .progress_context = &progress};
    abscopal_twin *twin = abscopal_twin_fit(population, path, &options, &error);
    progress_end(&progress);
    if (!twin)
        *code = report_error(&error);
    return twin;
}

static enum exit_code fit_all(const abscopal_results *population, char **paths, size_t count,
                              const struct settings *settings)
{
    struct abscopal_error error = {0};
    enum exit_code code = EXIT_DONE;
    abscopal_twin **twins = calloc(count, sizeof(abscopal_twin *));
    if (!twins) {
        fputs("abscopal twin: out of memory\n", stderr);
        return EXIT_INTERNAL;
    }
    for (size_t i = 0; i < count && code == EXIT_DONE; i++) {
        twins[i] = fit(population, paths[i], settings, &code);
        if (!twins[i])
            break;
        if (i > 0)
            putchar('\n');
        if (abscopal_twin_write_table(twins[i], stdout, &error) != ABSCOPAL_OK)
            code = report_error(&error);
    }
    if (code == EXIT_DONE && settings->output &&
        abscopal_twin_write_csv((const abscopal_twin *const *)twins, count, settings->output, &error) != ABSCOPAL_OK)
        code = report_error(&error);
    for (size_t i = 0; i < count; i++)
        abscopal_twin_free(twins[i]);
    free(twins);
    return code;
}

static enum exit_code twin(char **paths, size_t count, const struct settings *settings)
{
    struct abscopal_error error = {0};
    enum exit_code code = EXIT_DONE;
    if (settings->output && !output_is_free("twin", settings->output, settings->force))
        return EXIT_BAD_INPUT;
    if (settings->output && !output_can_be_written("twin", settings->output))
        return EXIT_OUTPUT_FAILED;
    const bool there = settings->population && access(settings->population, F_OK) == 0;
    abscopal_trial *trial = abscopal_trial_read(settings->trial, &error);
    if (!trial)
        return report_error(&error);
    abscopal_results *population =
        there ? population_read(trial, settings, &code) : population_run(trial, settings, &code);
    if (population)
        code = fit_all(population, paths, count, settings);
    abscopal_results_free(population);
    abscopal_trial_free(trial);
    return code;
}

#define MEMBER(name) offsetof(struct settings, name)

/* clang-format off */
static const struct option_row options[] = {
    {0, "trial", "TRIAL", OPTION_TEXT, MEMBER(trial), 0, 0,
     "the trial whose arms are predicted and whose cohort the twin is of (needed)"},
    {0, "population", "FILE", OPTION_TEXT, MEMBER(population), 0, 0,
     "results of TRIAL (HDF5) to find the twin in; when FILE is not there, it is made"},
    {'n', "patients", "N", OPTION_INTEGER, MEMBER(patients), 1, 1e7,
     "virtual patients to run where there are no results yet (default: as many as the cohort file says)"},
    {.name = "seed", .member = MEMBER(seed)},
    {0, "arm", "NAME", OPTION_TEXT, MEMBER(arm), 0, 0,
     "the treatment that was given (default: the first arm)"},
    {0, "pdl1", "CLASS", OPTION_TEXT, MEMBER(pdl1), 0, 0,
     "the patient's class of PD-L1, as the cohort file names it"},
    {0, "lesions", "N", OPTION_INTEGER, MEMBER(lesions), 1, 5,
     "target lesions that the patient had at baseline"},
    {0, "first", "N", OPTION_INTEGER, MEMBER(first), 1, 1000,
     "use the first N measurements, and predict the others (default: use all)"},
    {0, "error", "P%", OPTION_PERCENT, MEMBER(error), 0.01, 100,
     "error of a measurement (default: 5%)"},
    {0, "drift", "P%", OPTION_PERCENT, MEMBER(drift), 0, 100,
     "by how much a course leaves the model's in 100 days (default: 10%)"},
    {0, "degrees", "N", OPTION_REAL, MEMBER(degrees), 1, 1e6,
     "degrees of freedom of the t distribution of both (default: 2)"},
    {0, "continued", "P%", OPTION_PERCENT, MEMBER(continued), 1, 100,
     "share of those progressed whom the next scan still sees, over that of the others (default: 66%)"},
    {0, "every", "T", OPTION_DURATION, MEMBER(every_days), 1, 1000,
     "time between scans that are predicted (default: 42 d)"},
    {0, "enough", "N", OPTION_REAL, MEMBER(enough), 1, 1e6,
     "effective number of virtual patients below which the population is refined (default: 50)"},
    {0, "particles", "N", OPTION_INTEGER, MEMBER(particles), 50, 10000,
     "virtual patients of a refinement (default: 200)"},
    {0, "no-refinement", NULL, OPTION_FLAG, MEMBER(no_refinement), 0, 0,
     "weigh the population's patients alone, however few are left"},
    {'o', "output", "OUT.csv", OPTION_TEXT, MEMBER(output), 0, 0,
     "write the predictions of all patients as CSV"},
    {0, "force", NULL, OPTION_FLAG, MEMBER(force), 0, 0,
     "replace OUT.csv if it is there"},
    {.name = "threads", .member = MEMBER(threads)},
    {.name = "quiet", .member = MEMBER(quiet)},
    {.name = "help"},
};
/* clang-format on */

static const struct command command = {
    .name = "twin",
    .operands = "PATIENT.csv...",
    .summary =
        "Finds the virtual patients whose courses are like a patient's measured diameters, and predicts what will be\n"
        "measured under the treatment given and under each alternative. Research use only. Not for treating patients.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .examples =
        "  abscopal twin patient.csv --trial protocols/oak-twin.yaml -n 2000 --population twins.h5\n"
        "  abscopal twin patient.csv --trial protocols/oak-twin.yaml --population twins.h5 --first 3 -o bands.csv",
};

enum exit_code command_twin(int argc, char **argv)
{
    struct settings settings = {.seed = -1, .drift = -1};
    enum exit_code code;
    if (!options_accept(&command, argc, argv, &settings, &code))
        return code;
    if (!settings.trial || optind >= argc) {
        fputs("abscopal twin: write the file of a patient and the trial: abscopal twin PATIENT.csv --trial TRIAL\n",
              stderr);
        return EXIT_BAD_INPUT;
    }
    return twin(argv + optind, (size_t)(argc - optind), &settings);
}
