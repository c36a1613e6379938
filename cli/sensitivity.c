#include <string.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/progress.h"

struct settings {
    const char *arm, *reference, *endpoints, *method, *json, *csv, *values;
    int64_t rows, patients, resamples, seed, threads;
    enum abscopal_engine engine;
    bool with_rules, independent, force, quiet;
};

#define MEMBER(name) offsetof(struct settings, name)

/* clang-format off */
static const struct option_row options[] = {
    {'a', "arm", "NAME", OPTION_TEXT, MEMBER(arm), 0, 0,
     "arm that is looked at (needed where the trial has more than two)"},
    {'r', "reference", "NAME", OPTION_TEXT, MEMBER(reference), 0, 0,
     "arm that it is compared with, patient by patient (default: the first)"},
    {'e', "endpoints", "LIST", OPTION_TEXT, MEMBER(endpoints), 0, 0,
     "endpoints with commas between, each of a day as NAME@DAY (default: log_change,response_rate)"},
    {'m', "method", "METHOD", OPTION_TEXT, MEMBER(method), 0, 0,
     "sobol, prcc or both (default: both)"},
    {0, "rows", "N", OPTION_INTEGER, MEMBER(rows), 16, 1048576,
     "rows of the design of Sobol indices, a power of two (default: 1024)"},
    {'n', "patients", "N", OPTION_INTEGER, MEMBER(patients), 1, 1000000,
     "patients for rank correlations (default: 2000)"},
    {0, "resamples", "N", OPTION_INTEGER, MEMBER(resamples), 1, 100000,
     "resamples that intervals come from (default: 1000)"},
    {'s', "seed", "S", OPTION_INTEGER, MEMBER(seed), 0, 0x1p53,
     "seed of the cohort, the design and the resamples (default: the cohort file's)"},
    {0, "with-rules", NULL, OPTION_FLAG, MEMBER(with_rules), 0, 0,
     "hold to the cohort's rules and the trial's limits in the design of Sobol indices, too"},
    {0, "independent", NULL, OPTION_FLAG, MEMBER(independent), 0, 0,
     "leave the cohort's correlations out of the design of Sobol indices"},
    {0, "json", "FILE", OPTION_TEXT, MEMBER(json), 0, 0,
     "write the indices as JSON"},
    {'c', "csv", "FILE", OPTION_TEXT, MEMBER(csv), 0, 0,
     "write the indices as CSV"},
    {0, "values", "FILE", OPTION_TEXT, MEMBER(values), 0, 0,
     "write what every patient has as CSV"},
    {0, "force", NULL, OPTION_FLAG, MEMBER(force), 0, 0,
     "replace files that are there"},
    {.name = "threads", .member = MEMBER(threads)},
    {.name = "engine", .member = MEMBER(engine)},
    {.name = "quiet", .member = MEMBER(quiet)},
    {.name = "help"},
};
/* clang-format on */

static const struct command command = {
    .name = "sensitivity",
    .operands = "TRIAL",
    .summary = "Finds which quantities of a trial's cohort an outcome depends on: Sobol indices and partial rank "
               "correlations\n"
               "of what patients have in an arm, in a reference, and of the difference.",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .examples =
        "  abscopal sensitivity protocols/nivolumab-rt-six-arms.yaml --arm '8 Gy x 3 with nivolumab'\n"
        "  abscopal sensitivity protocols/nivolumab-rt-six-arms.yaml --arm nivolumab -m prcc -e response_rate@200",
};

typedef enum abscopal_status writer(const abscopal_sensitivity *sensitivity, const char *path,
                                    struct abscopal_error *error);

struct wanted_file {
    const char *path;
    writer *write;
};

static bool method_read(const char *name, enum abscopal_sensitivity_method *method)
{
    static const char *const names[] = {"both", "sobol", "prcc"};
    *method = ABSCOPAL_SENSITIVITY_BOTH;
    for (int i = 0; i < 3; i++)
        if (!name || strcmp(name, names[i]) == 0) {
            *method = (enum abscopal_sensitivity_method)i;
            return true;
        }
    fprintf(stderr, "abscopal sensitivity: there is no method '%s'; write sobol, prcc or both\n", name);
    return false;
}

static enum exit_code write_all(const abscopal_sensitivity *sensitivity, const struct wanted_file *files, int count)
{
    struct abscopal_error error = {0};
    for (int i = 0; i < count; i++)
        if (files[i].path && files[i].write(sensitivity, files[i].path, &error) != ABSCOPAL_OK)
            return report_error(&error);
    return abscopal_sensitivity_write_table(sensitivity, stdout, &error) == ABSCOPAL_OK ? EXIT_DONE
                                                                                        : report_error(&error);
}

static enum exit_code find(const abscopal_trial *trial, const struct settings *settings,
                           enum abscopal_sensitivity_method method, const struct wanted_file *files, int count)
{
    struct abscopal_error error = {0};
    struct progress progress;
    progress_start(&progress, "courses", settings->quiet);
    const struct abscopal_sensitivity_options wanted = {.arm = settings->arm,
                                                        .reference = settings->reference,
                                                        .endpoints = settings->endpoints,
                                                        .method = method,
                                                        .rows = (size_t)settings->rows,
                                                        .patients = (size_t)settings->patients,
                                                        .resamples = (size_t)settings->resamples,
                                                        .seed = settings->seed,
                                                        .threads = (int)settings->threads,
                                                        .keep_rules = settings->with_rules,
                                                        .ignore_correlations = settings->independent,
                                                        .engine = settings->engine,
                                                        .progress = progress_update,
                                                        .progress_context = &progress};
    abscopal_sensitivity *sensitivity = abscopal_sensitivity_run(trial, &wanted, &error);
    progress_end(&progress);
    if (!sensitivity)
        return report_error(&error);
    const enum exit_code code = write_all(sensitivity, files, count);
    abscopal_sensitivity_free(sensitivity);
    return code;
}

enum exit_code command_sensitivity(int argc, char **argv)
{
    enum { FILES = 3 };
    struct settings settings = {.seed = -1};
    struct abscopal_error error = {0};
    enum abscopal_sensitivity_method method;
    enum exit_code code;
    if (!options_accept(&command, argc, argv, &settings, &code))
        return code;
    const char *path = options_single_operand(&command, argc, argv);
    if (!path || !method_read(settings.method, &method))
        return EXIT_BAD_INPUT;
    const struct wanted_file files[FILES] = {{settings.json, abscopal_sensitivity_write_json},
                                             {settings.csv, abscopal_sensitivity_write_csv},
                                             {settings.values, abscopal_sensitivity_write_values}};
    for (int i = 0; i < FILES; i++) {
        if (files[i].path && !output_is_free("sensitivity", files[i].path, settings.force))
            return EXIT_BAD_INPUT;
        if (files[i].path && !output_can_be_written("sensitivity", files[i].path))
            return EXIT_OUTPUT_FAILED;
    }
    abscopal_trial *trial = abscopal_trial_read(path, &error);
    if (!trial)
        return report_error(&error);
    code = find(trial, &settings, method, files, FILES);
    abscopal_trial_free(trial);
    return code;
}
