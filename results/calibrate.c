/* abscopal_calibrate: from the calibration file to the files of its directory. */
#include <dirent.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocols/error.h"
#include "results/calibration_run.h"
#include "trial/engine.h"

/* ---- The directory ---------------------------------------------------------------------------------- */

static enum abscopal_status write_failed(const char *path, struct abscopal_error *error)
{
    return error_set(error, ABSCOPAL_OUTPUT_FAILED, path, 0, 0, "cannot write: %s", strerror(errno));
}

static bool folder_is_empty(DIR *listing)
{
    bool empty = true;
    for (const struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing))
        empty = empty && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0);
    return empty;
}

/* Makes the directory or finds it empty; to resume it has to be there. */
static enum abscopal_status directory_prepare(const struct abscopal_calibrate_options *options,
                                              struct abscopal_error *error)
{
    const char *directory = options->directory;
    if (options->resume == 0 && mkdir(directory, 0777) == 0)
        return ABSCOPAL_OK;
    if (options->resume == 0 && errno != EEXIST)
        return write_failed(directory, error);
    DIR *listing = opendir(directory);
    if (listing == NULL && errno == ENOTDIR)
        return error_set(error, ABSCOPAL_BAD_INPUT, directory, 0, 0, "not a folder: name another");
    if (listing == NULL && errno == ENOENT)
        return error_set(error, ABSCOPAL_BAD_INPUT, directory, 0, 0,
                         "is not there, so there is nothing to resume; leave out --resume to begin");
    if (listing == NULL)
        return write_failed(directory, error);
    const bool empty = folder_is_empty(listing);
    closedir(listing);
    if (options->resume == 0 && !empty)
        return error_set(error, ABSCOPAL_BAD_INPUT, directory, 0, 0,
                         "the folder is not empty: name another, or go on with the calibration that was begun there "
                         "with --resume");
    return access(directory, W_OK | X_OK) == 0 ? ABSCOPAL_OK : write_failed(directory, error);
}

/* ---- The fit ---------------------------------------------------------------------------------------- */

/* Memory for the fit: numbers in one block, from start_places on. */
static bool fit_open(struct calibration_fit *fit, const struct calibration *calibration, enum abscopal_engine engine)
{
    const size_t n = calibration->variable_count, m = calibration->target_count, seeds = calibration->fresh_count;
    *fit = (struct calibration_fit){.calibration = calibration, .engine = engine_chosen(engine)};
    fit->start_places = calloc(2 * n + 2 * m + seeds * m + n * n, sizeof *fit->start_places);
    fit->fresh_verdicts = calloc(seeds + 1, sizeof *fit->fresh_verdicts);
    if (fit->start_places == NULL || fit->fresh_verdicts == NULL)
        return false;
    fit->places = fit->start_places + n;
    fit->start_simulated = fit->places + n;
    fit->simulated = fit->start_simulated + m;
    fit->fresh = fit->simulated + m;
    fit->covariance = fit->fresh + seeds * m;
    for (size_t i = 0; i < n; i++)
        fit->start_places[i] =
            fmin(fmax(calibration_place_of(&calibration->variables[i], calibration->variables[i].start), 0), 1);
    return true;
}

static void fit_close(struct calibration_fit *fit)
{
    free(fit->start_places);
    free(fit->fresh_verdicts);
}

static enum abscopal_status reports_write(const struct calibration_fit *fit, const struct calibrator *calibrator,
                                          const char *directory, struct abscopal_error *error)
{
    char *markdown = NULL, *json = NULL;
    const bool named =
        asprintf(&markdown, "%s/report.md", directory) > 0 && asprintf(&json, "%s/report.json", directory) > 0;
    enum abscopal_status status =
        named ? calibration_files_write(fit, calibrator, directory, error) : error_no_memory(error);
    if (status == ABSCOPAL_OK)
        status = calibration_report_write_json(fit, json, error);
    if (status == ABSCOPAL_OK)
        status = calibration_report_write(fit, markdown, error);
    free(markdown);
    free(json);
    return status;
}

static enum abscopal_status run_all(struct calibration_run *run)
{
    enum abscopal_status status = calibration_run_search(run);
    if (status == ABSCOPAL_OK)
        status = calibration_run_sensitivities(run);
    if (status == ABSCOPAL_OK)
        status = calibration_run_fresh(run);
    if (status == ABSCOPAL_OK)
        status = reports_write(run->fit, &run->calibrator, run->options->directory, &run->error);
    return status;
}

static struct abscopal_calibration_outcome outcome_of(const struct calibration_fit *fit)
{
    return (struct abscopal_calibration_outcome){.targets = fit->calibration->target_count,
                                                 .met = calibration_fit_met(fit),
                                                 .evaluations = fit->evaluations,
                                                 .unusable = fit->unusable,
                                                 .objective = fit->objective,
                                                 .start = fit->start_objective,
                                                 .global_stalled = fit->global_end == END_STALLED,
                                                 .local_stalled = fit->local_end == END_STALLED};
}

static enum abscopal_status calibrate(const struct calibration *calibration,
                                      const struct abscopal_calibrate_options *options,
                                      struct abscopal_calibration_outcome *outcome, struct abscopal_error *error)
{
    struct calibration_fit fit;
    struct calibration_run run;
    enum abscopal_status status = engine_check(options->engine, error);
    if (status == ABSCOPAL_OK)
        status = calibration_files_check(calibration, error);
    if (status == ABSCOPAL_OK)
        status = calibration_check_ranges(calibration, error);
    if (status == ABSCOPAL_OK)
        status = directory_prepare(options, error);
    if (status != ABSCOPAL_OK)
        return status;
    if (!fit_open(&fit, calibration, options->engine)) {
        fit_close(&fit);
        return error_no_memory(error);
    }
    status = calibration_run_open(&run, calibration, options, &fit, error);
    if (status == ABSCOPAL_OK) {
        status = run_all(&run);
        if (status != ABSCOPAL_OK && error != NULL)
            *error = run.error;
        calibration_run_close(&run);
    }
    if (status == ABSCOPAL_OK && outcome != NULL)
        *outcome = outcome_of(&fit);
    fit_close(&fit);
    return status;
}

enum abscopal_status abscopal_calibrate(const char *path, const struct abscopal_calibrate_options *options,
                                        struct abscopal_calibration_outcome *outcome, struct abscopal_error *error)
{
    struct calibration calibration;
    /* Numbers in files have a point, whatever the program's language. */
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c_locale == (locale_t)0)
        return error_no_memory(error);
    const locale_t before = uselocale(c_locale);
    enum abscopal_status status = calibration_file_read(path, &calibration, error);
    if (status == ABSCOPAL_OK) {
        status = calibrate(&calibration, options, outcome, error);
        calibration_free(&calibration);
    }
    uselocale(before);
    freelocale(c_locale);
    return status;
}
