/* What is in a file, for people and for programs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abscopal.h"
#include "protocols/error.h"
#include "results/inspect_read.h"
#include "results/output.h"
#include "results/text.h"

/* ---- Text ------------------------------------------------------------------------------------------- */

enum { CELL_SIZE = 320, COLUMN_COUNT = 5 };

static const char *string_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? json_string_value(value) : "";
}

static double number_of(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

/* "830 B", "12.3 kB". */
static void bytes_write(char *text, size_t size, double bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    size_t unit = 0;
    for (; bytes >= 999.5 && unit + 1 < sizeof units / sizeof *units; unit++)
        bytes /= 1000;
    snprintf(text, size, unit == 0 || bytes >= 99.95 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
}

static void kind_write(FILE *text, const json_t *root)
{
    static const struct {
        const char *kind, *what;
    } known[] = {{"trial", "results of a trial"}, {"sweep", "a sweep"}, {"search", "a search"}};
    const char *kind = string_of(root, "kind"), *what = "";
    char size[32];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(kind, known[i].kind) == 0)
            what = known[i].what;
    bytes_write(size, sizeof size, number_of(root, "bytes"));
    text_write_name(text, string_of(root, "file"), 0);
    fprintf(text, ": %s, %s\n", what[0] != '\0' ? what : "a kind that this version does not know", size);
}

/* What is said at the end, and what every file has, is left out. */
static void attributes_write(FILE *text, const json_t *attributes)
{
    static const char *const left_out[] = {"Conventions", "research_use", "kind"};
    const char *name;
    const json_t *value;
    int width = 0;
    json_object_foreach((json_t *)attributes, name, value) width = text_width(name) > width ? text_width(name) : width;
    json_object_foreach((json_t *)attributes, name, value)
    {
        bool shown = true;
        for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
            shown = shown && strcmp(name, left_out[i]) != 0;
        if (!shown)
            continue;
        text_write_name(text, name, width + 2);
        if (json_is_integer(value))
            fprintf(text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        else if (json_is_real(value))
            fprintf(text, "%.6g", json_real_value(value));
        else
            text_write_name(text, json_is_string(value) ? json_string_value(value) : "-", 0);
        fputc('\n', text);
    }
}

/* "arm 6, patient 200" of an object of numbers; zeros are left out unless `all`. */
static void counts_write(FILE *text, const char *label, const json_t *counts, bool all, bool name_first)
{
    const char *name;
    const json_t *value;
    const char *separator = ": ";
    text_write_name(text, label, 0);
    json_object_foreach((json_t *)counts, name, value)
    {
        const json_int_t number = json_integer_value(value);
        if (number == 0 && !all)
            continue;
        fputs(separator, text);
        if (!name_first)
            fprintf(text, "%" JSON_INTEGER_FORMAT " ", number);
        for (const char *c = name; *c != '\0'; c++) /* words of flags are joined by underscores */
            fputc((unsigned char)*c < 0x20 ? '?' : *c == '_' && !name_first ? ' ' : *c, text);
        if (name_first)
            fprintf(text, " %" JSON_INTEGER_FORMAT, number);
        separator = ", ";
    }
    fputc('\n', text);
}

static void patients_write(FILE *text, const json_t *root)
{
    const json_t *patients = json_object_get(root, "patients"), *arms = json_object_get(root, "arms"), *arm;
    size_t number;
    if (patients != NULL)
        counts_write(text, "patients", patients, false, false);
    json_array_foreach(arms, number, arm)
    {
        fputs("  ", text);
        counts_write(text, string_of(arm, "name"), json_object_get(arm, "patients"), false, false);
    }
}

/* A variable's cells; the last column, its meaning, is of any width. */
static void cells_make(const json_t *variable, char cells[COLUMN_COUNT][CELL_SIZE])
{
    const json_t *dimensions = json_object_get(variable, "dimensions"), *dimension;
    char bytes[32], stored[32];
    size_t index, length = 0;
    const char *const compression = string_of(variable, "compression");
    snprintf(cells[0], CELL_SIZE, "%s", string_of(variable, "name"));
    cells[1][0] = '\0';
    json_array_foreach(dimensions, index, dimension)
    {
        if (length < CELL_SIZE)
            length += (size_t)snprintf(cells[1] + length, CELL_SIZE - length, "%s%s", index > 0 ? ", " : "",
                                       json_is_string(dimension) ? json_string_value(dimension) : "?");
    }
    snprintf(cells[2], CELL_SIZE, "%s", string_of(variable, "type"));
    snprintf(cells[3], CELL_SIZE, "%s", string_of(variable, "units"));
    bytes_write(bytes, sizeof bytes, number_of(variable, "bytes"));
    bytes_write(stored, sizeof stored, number_of(variable, "stored_bytes"));
    if (compression[0] != '\0' && strcmp(cells[2], "text") != 0)
        snprintf(cells[4], CELL_SIZE, "%s of %s (%s)", stored, bytes, compression);
    else
        snprintf(cells[4], CELL_SIZE, "%s", stored);
}

static void variables_write(FILE *text, const json_t *variables)
{
    char cells[COLUMN_COUNT][CELL_SIZE] = {"variable", "dimensions", "type", "unit", "in the file"};
    int widths[COLUMN_COUNT];
    size_t index;
    const json_t *variable;
    for (int i = 0; i < COLUMN_COUNT; i++)
        widths[i] = text_width(cells[i]);
    json_array_foreach(variables, index, variable)
    {
        cells_make(variable, cells);
        for (int i = 0; i < COLUMN_COUNT; i++)
            widths[i] = text_width(cells[i]) > widths[i] ? text_width(cells[i]) : widths[i];
    }
    static const char *const titles[COLUMN_COUNT] = {"variable", "dimensions", "type", "unit", "in the file"};
    fputc('\n', text);
    for (int i = 0; i < COLUMN_COUNT; i++)
        text_write_name(text, titles[i], widths[i] + 2);
    fputs("meaning\n", text);
    json_array_foreach(variables, index, variable)
    {
        cells_make(variable, cells);
        for (int i = 0; i < COLUMN_COUNT; i++)
            text_write_name(text, cells[i], widths[i] + 2);
        text_write_name(text, string_of(variable, "meaning"), 0);
        fputc('\n', text);
    }
}

static void text_write(FILE *text, const json_t *root)
{
    kind_write(text, root);
    attributes_write(text, json_object_get(root, "attributes"));
    fputc('\n', text);
    counts_write(text, "dimensions", json_object_get(root, "dimensions"), true, true);
    patients_write(text, root);
    variables_write(text, json_object_get(root, "variables"));
    fputs("\nResearch use only. Not for treating patients.\n", text);
}

/* ---- The file --------------------------------------------------------------------------------------- */

static enum abscopal_status write_form(const json_t *root, int json, FILE *file, struct abscopal_error *error)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    bool good = stream != NULL;
    if (good && json != 0)
        good = json_dumpf(root, stream, JSON_INDENT(2)) == 0 && fputc('\n', stream) != EOF;
    else if (good)
        text_write(stream, root);
    if (stream != NULL)
        good = fclose(stream) == 0 && good;
    const enum abscopal_status status = good ? output_write_stream(file, text, size, error) : error_no_memory(error);
    free(text);
    return status;
}

enum abscopal_status abscopal_inspect_hdf5(const char *path, int json, FILE *file, struct abscopal_error *error)
{
    struct hdf5_reader reader;
    json_t *root = NULL;
    if (reader_open_any(&reader, path, error) == ABSCOPAL_OK)
        root = inspect_read(&reader);
    enum abscopal_status status = reader.status;
    reader_close(&reader);
    if (status == ABSCOPAL_OK)
        status = root != NULL ? write_form(root, json, file, error) : error_no_memory(error);
    json_decref(root);
    return status;
}
