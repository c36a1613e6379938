/* The calibrated cohort and trial files. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts/calibration_misfit.h"
#include "protocols/error.h"
#include "protocols/trial_references.h"
#include "protocols/vary.h"
#include "results/calibration_report.h"
#include "results/machine.h"
#include "results/output.h"

enum { MOST_REFERENCES = 1100 };

const char *calibration_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static bool is_changed(const struct calibration *calibration, size_t input)
{
    for (size_t i = 0; i < calibration->variable_count; i++)
        if (calibration->variables[i].input == input)
            return true;
    return input == 0;
}

static const struct calibration_input *input_of(const struct calibration *calibration, size_t input)
{
    return input == 0 ? &calibration->cohort : &calibration->trials[input - 1];
}

enum abscopal_status calibration_files_check(const struct calibration *calibration, struct abscopal_error *error)
{
    static const char *const taken[] = {"evaluations.csv", "report.md", "report.json"};
    for (size_t i = 0; i < 1 + calibration->trial_count; i++) {
        const struct calibration_input *input = input_of(calibration, i);
        const char *name = calibration_base_name(input->path), *other = NULL;
        for (size_t j = 0; j < i && is_changed(calibration, i); j++)
            if (is_changed(calibration, j) && strcmp(name, calibration_base_name(input_of(calibration, j)->path)) == 0)
                other = input_of(calibration, j)->path;
        for (size_t j = 0; j < sizeof taken / sizeof *taken; j++)
            if (strcmp(name, taken[j]) == 0)
                other = "that of the calibration itself";
        if (other != NULL)
            return error_set(error, ABSCOPAL_BAD_INPUT, input->path, 0, 0,
                             "would be written under the same name as %.300s; rename one", other);
    }
    return ABSCOPAL_OK;
}

/* ---- Paths ------------------------------------------------------------------------------------------ */

/* The way from a folder to a file, both there: "../drugs/mine.yaml". False when one is not there or there is no room.
 */
static bool path_between(const char *folder, const char *file, char *between, size_t size)
{
    char from[PATH_MAX], to[PATH_MAX];
    if (realpath(folder, from) == NULL || realpath(file, to) == NULL)
        return false;
    size_t common = 0; /* up to the last slash that both have */
    for (size_t i = 0; from[i] != '\0' && from[i] == to[i]; i++)
        if (from[i] == '/')
            common = i;
    const size_t length = strlen(from);
    if (strncmp(from, to, length) == 0 && to[length] == '/')
        common = length;
    size_t used = 0;
    between[0] = '\0';
    for (const char *at = from + common; *at != '\0' && used < size; at++)
        if (*at == '/' && at[1] != '\0')
            used += (size_t)snprintf(between + used, size - used, "../");
    if (used < size)
        used += (size_t)snprintf(between + used, size - used, "%s", to + common + 1);
    return used < size;
}

/* A trial's text with its cohort, drugs and records found from the directory. Takes over the text. */
static char *paths_change(char *text, const struct calibration *calibration, const char *path, const char *directory,
                          struct abscopal_error *error)
{
    struct yaml_document document;
    char problem[VARY_PROBLEM_SIZE] = "out of memory", *changed = NULL;
    struct trial_reference *references = calloc(MOST_REFERENCES, sizeof *references);
    struct vary_change *changes = calloc(1 + MOST_REFERENCES, sizeof *changes);
    char(*paths)[PATH_MAX] = calloc(MOST_REFERENCES, sizeof *paths);
    const bool room = references != NULL && changes != NULL && paths != NULL;
    if (room && yaml_read_text(path, text, &document, error) == ABSCOPAL_OK) {
        size_t count = trial_references(&document, references, MOST_REFERENCES);
        count = count < MOST_REFERENCES ? count : MOST_REFERENCES;
        changes[0] = (struct vary_change){"cohort", calibration_base_name(calibration->cohort.path)};
        bool found = true;
        for (size_t i = 0; i < count && found; i++) {
            char *file = yaml_path_beside(&document, NULL, references[i].path);
            found = file != NULL && path_between(directory, file, paths[i], sizeof paths[i]);
            changes[1 + i] = (struct vary_change){references[i].place, paths[i]};
            free(file);
        }
        changed = found ? vary_text(&document, changes, 1 + count, problem) : NULL;
        yaml_free(&document);
    }
    free(references);
    free(changes);
    free(paths);
    free(text);
    if (changed == NULL)
        error_set(error, ABSCOPAL_OUTPUT_FAILED, path, 0, 0, "cannot be written with other paths: %s", problem);
    return changed;
}

/* ---- Files ------------------------------------------------------------------------------------------ */

static void head_write(FILE *text, const struct calibration_fit *fit, const char *of)
{
    const struct calibration *calibration = fit->calibration;
    const char *commit = build_commit();
    fprintf(text,
            "# Made from %s by\n#   abscopal calibrate %s\n# (abscopal %s, commit %s): %s, seed %llu, %zu patients.\n",
            calibration_base_name(of), calibration_base_name(calibration->file.path), abscopal_version(),
            commit != NULL ? commit : "unknown", calibration->name, (unsigned long long)calibration->seed,
            calibration->patients);
    fprintf(text, "# %zu of %zu targets are met; report.md shows them on fresh seeds:\n", calibration_fit_met(fit),
            calibration->target_count);
    for (size_t i = 0; i < calibration->target_count; i++) {
        const struct calibration_target *target = &calibration->targets[i];
        fputs("# - ", text);
        calibration_write_target(text, calibration, target);
        fputs(": ", text);
        calibration_write_value(text, target, target->value);
        fputs(" within ", text);
        calibration_write_value(text, target, target->within);
        fputs(", simulated ", text);
        calibration_write_value(text, target, fit->simulated[i]);
        fputs(calibration_is_met(target, fit->simulated[i]) ? "\n" : ", not met\n", text);
    }
    fputs("#\n", text);
}

static enum abscopal_status input_write(const struct calibration_fit *fit, const struct calibrator *calibrator,
                                        size_t index, const char *directory, struct abscopal_error *error)
{
    const struct calibration_input *input = input_of(fit->calibration, index);
    struct abscopal_error local = {.status = ABSCOPAL_NO_MEMORY};
    char *text = calibrator_text(calibrator, index, fit->places, error != NULL ? error : &local);
    if (text != NULL && index > 0)
        text = paths_change(text, fit->calibration, input->path, directory, error != NULL ? error : &local);
    if (text == NULL)
        return error != NULL ? error->status : local.status;
    char *path = NULL, *bytes = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&bytes, &size);
    const bool named = asprintf(&path, "%s/%s", directory, calibration_base_name(input->path)) > 0;
    if (file != NULL) {
        head_write(file, fit, input->path);
        fputs(text, file);
    }
    const bool whole = file != NULL && fclose(file) == 0 && named;
    const enum abscopal_status status = whole ? output_write_file(path, bytes, size, error) : error_no_memory(error);
    if (named)
        free(path);
    free(bytes);
    free(text);
    return status;
}

enum abscopal_status calibration_files_write(const struct calibration_fit *fit, const struct calibrator *calibrator,
                                             const char *directory, struct abscopal_error *error)
{
    enum abscopal_status status = ABSCOPAL_OK;
    for (size_t i = 0; i < 1 + fit->calibration->trial_count && status == ABSCOPAL_OK; i++)
        if (is_changed(fit->calibration, i))
            status = input_write(fit, calibrator, i, directory, error);
    return status;
}
