/* What was found, for people. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "abscopal.h"
#include "results/composed.h"
#include "results/text.h"
#include "results/verify.h"

static size_t variables_beyond(const struct abscopal_verification *verification)
{
    size_t count = 0;
    for (size_t i = 0; i < verification->variable_count; i++)
        count += verification->variables[i].beyond > 0;
    return count;
}

static size_t values_changed(const struct abscopal_verification *verification)
{
    size_t count = 0;
    for (size_t i = 0; i < verification->variable_count; i++)
        count += verification->variables[i].changed;
    return count;
}

int abscopal_verification_agrees(const abscopal_verification *verification)
{
    return variables_beyond(verification) == 0;
}

int abscopal_verification_same_bits(const abscopal_verification *verification)
{
    return values_changed(verification) == 0;
}

/* ---- Text ------------------------------------------------------------------------------------------- */

/* The largest difference of those within their tolerance. */
static const struct verified_variable *largest_within(const struct abscopal_verification *verification)
{
    const struct verified_variable *largest = NULL;
    for (size_t i = 0; i < verification->variable_count; i++) {
        const struct verified_variable *variable = &verification->variables[i];
        if (variable->changed > 0 && (largest == NULL || variable->difference > largest->difference))
            largest = variable;
    }
    return largest;
}

static void write_sentence(FILE *text, const struct abscopal_verification *verification)
{
    size_t values = 0;
    for (size_t i = 0; i < verification->variable_count; i++)
        values += verification->variables[i].values;
    text_write_name(text, verification->path, 0);
    fprintf(text, ": %zu of %zu patient%s run again, %zu arm%s: ", verification->patient_count,
            verification->stored_count, verification->stored_count == 1 ? "" : "s", verification->arm_count,
            verification->arm_count == 1 ? "" : "s");
    if (values_changed(verification) == 0) {
        fprintf(text, "every value the same to the bit (%zu values of %zu variables)\n", values,
                verification->variable_count);
    } else if (variables_beyond(verification) == 0) {
        const struct verified_variable *largest = largest_within(verification);
        fprintf(text, "every value agrees (%zu values of %zu variables; the largest difference is %.2g, of %s)\n",
                values, verification->variable_count, largest->difference, largest->variable->name);
    } else {
        fprintf(text, "%zu of %zu variables DIFFER\n", variables_beyond(verification), verification->variable_count);
    }
}

static void write_change(FILE *text, const char *what, const char *stored, const char *own)
{
    if (strcmp(stored, own) == 0)
        return;
    fprintf(text, "  %s: ", what);
    text_write_name(text, stored[0] != '\0' ? stored : "none", 0);
    fprintf(text, " then, %s now\n", own[0] != '\0' ? own : "none");
}

static void write_programs(FILE *text, const struct abscopal_verification *verification)
{
    const struct results_maker *stored = &verification->stored, *own = &verification->own;
    char lanes[2][32];
    if (verification->same_program) {
        fputs("by the build that made the file\n", text);
        return;
    }
    for (int i = 0; i < 2; i++)
        snprintf(lanes[i], sizeof lanes[i], "%zu", verification->lanes[i]);
    fprintf(text, "by another build than that of the file; then what is integrated is to agree to %g:\n",
            verification->tolerance);
    write_change(text, "version", stored->version, own->version);
    write_change(text, "commit", stored->commit, own->commit);
    write_change(text, "compiler", stored->compiler, own->compiler);
    write_change(text, "SUNDIALS", stored->sundials, own->sundials);
    write_change(text, "HDF5", stored->hdf5, own->hdf5);
    write_change(text, "instructions", verification->instructions[0], verification->instructions[1]);
    write_change(text, "lanes", lanes[0], lanes[1]);
}

/* ---- Differences ------------------------------------------------------------------------------------ */

enum { COLUMNS = 7 };

static void row_make(const struct abscopal_verification *verification, const struct verified_variable *variable,
                     char cells[COLUMNS][64])
{
    snprintf(cells[0], sizeof cells[0], "%s", variable->variable->name);
    snprintf(cells[1], sizeof cells[1], "%zu of %zu", variable->beyond, variable->values);
    if (isfinite(variable->difference))
        snprintf(cells[2], sizeof cells[2], "%.2g", variable->difference);
    else
        snprintf(cells[2], sizeof cells[2], "-");
    snprintf(cells[3], sizeof cells[3], "%s", variable->stored);
    snprintf(cells[4], sizeof cells[4], "%s", variable->again);
    snprintf(cells[5], sizeof cells[5], "%" PRIu64, variable->patient);
    snprintf(cells[6], sizeof cells[6], "%.60s", variable->arm != SIZE_MAX ? verification->arms[variable->arm] : "-");
}

static void write_row(FILE *text, char cells[COLUMNS][64], const int *widths)
{
    for (int i = 0; i < COLUMNS; i++)
        text_write_name(text, cells[i], i + 1 < COLUMNS ? widths[i] + 2 : 0);
    fputc('\n', text);
}

static void write_differences(FILE *text, const struct abscopal_verification *verification)
{
    char cells[COLUMNS][64] = {"variable", "values", "at most", "in the file", "again", "patient", "arm"};
    int widths[COLUMNS];
    if (variables_beyond(verification) == 0)
        return;
    for (int i = 0; i < COLUMNS; i++)
        widths[i] = text_width(cells[i]);
    for (size_t i = 0; i < verification->variable_count; i++) {
        char row[COLUMNS][64];
        row_make(verification, &verification->variables[i], row);
        for (int k = 0; verification->variables[i].beyond > 0 && k < COLUMNS; k++)
            widths[k] = text_width(row[k]) > widths[k] ? text_width(row[k]) : widths[k];
    }
    fputc('\n', text);
    write_row(text, cells, widths);
    for (size_t i = 0; i < verification->variable_count; i++)
        if (verification->variables[i].beyond > 0) {
            row_make(verification, &verification->variables[i], cells);
            write_row(text, cells, widths);
        }
    fputs(
        "\nvalues: how many differ; at most: the largest difference, relative to the value, which that patient has in "
        "that arm\n",
        text);
}

static void write_all(FILE *text, const void *context)
{
    const abscopal_verification *verification = context;
    write_sentence(text, verification);
    write_programs(text, verification);
    if (verification->weighted)
        fputs("weights of patients are taken as they are stored\n", text);
    write_differences(text, verification);
    fputs("\nResearch use only. Not for treating patients.\n", text);
}

enum abscopal_status abscopal_verification_write(const abscopal_verification *verification, FILE *file,
                                                 struct abscopal_error *error)
{
    return composed_write_stream(file, write_all, verification, error);
}
