/* Sweep files read back. Only what patients have is read; the endpoints follow from that. */
#include <hdf5.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "results/sweep.h"

enum { NAME_SIZE = 160 };
static const hsize_t most_values = (hsize_t)1 << 40;

/* The first error sticks. */
struct sweep_reader {
    hid_t file;
    const char *path;
    struct abscopal_sweep *sweep;
    enum abscopal_status status;
    struct abscopal_error *error;
};

__attribute__((format(printf, 2, 3))) static void fail(struct sweep_reader *reader, const char *format, ...)
{
    char message[ABSCOPAL_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments); /* NOLINT(clang-analyzer-valist.Uninitialized) */
    va_end(arguments);
    if (reader->status == ABSCOPAL_OK)
        reader->status = error_set(reader->error, ABSCOPAL_BAD_INPUT, reader->path, 0, 0, "%s", message);
}

static void no_memory(struct sweep_reader *reader)
{
    if (reader->status == ABSCOPAL_OK)
        reader->status = error_no_memory(reader->error);
}

/* ---- Variables -------------------------------------------------------------------------------------- */

/* Opens a variable of that class; -1, having failed, when there is none. Sets how many values it has. */
static hid_t variable_open(struct sweep_reader *reader, const char *name, H5T_class_t class, size_t *count)
{
    *count = 0;
    if (reader->status != ABSCOPAL_OK)
        return -1;
    const hid_t dataset =
        H5Lexists(reader->file, name, H5P_DEFAULT) > 0 ? H5Dopen2(reader->file, name, H5P_DEFAULT) : -1;
    if (dataset < 0) {
        fail(reader, "there is no variable %s: was the file written by another version?", name);
        return -1;
    }
    const hid_t space = H5Dget_space(dataset), type = H5Dget_type(dataset);
    const hssize_t values = H5Sget_simple_extent_npoints(space);
    const bool good = H5Tget_class(type) == class && values >= 0 && (hsize_t)values < most_values &&
                      (class != H5T_STRING || H5Tis_variable_str(type) > 0);
    H5Tclose(type);
    H5Sclose(space);
    *count = good ? (size_t)values : 0;
    if (good)
        return dataset;
    H5Dclose(dataset);
    fail(reader, "variable %s is not as abscopal writes it", name);
    return -1;
}

/* Reads `expected` numbers into memory of the caller. */
static void numbers_read(struct sweep_reader *reader, const char *name, H5T_class_t class, hid_t memory_type,
                         size_t expected, void *values)
{
    size_t count;
    const hid_t dataset = variable_open(reader, name, class, &count);
    if (dataset < 0)
        return;
    if (count != expected)
        fail(reader, "variable %s has %zu values rather than %zu", name, count, expected);
    else if (H5Dread(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0)
        fail(reader, "cannot read variable %s: the file is damaged", name);
    H5Dclose(dataset);
}

/* A text, to be freed. */
static char *text_read(struct sweep_reader *reader, const char *name)
{
    size_t count;
    char *stored = NULL, *text = NULL;
    const hid_t dataset = variable_open(reader, name, H5T_STRING, &count);
    if (dataset < 0)
        return NULL;
    const hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset);
    if (count != 1 || H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, &stored) < 0)
        fail(reader, "cannot read variable %s: the file is damaged", name);
    else
        text = strdup(stored != NULL ? stored : "");
    if (text == NULL)
        no_memory(reader);
    if (stored != NULL)
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, &stored);
    H5Sclose(space);
    H5Tclose(type);
    H5Dclose(dataset);
    return text;
}

/* ---- Attributes ------------------------------------------------------------------------------------- */

/* A text of the file, to be freed. */
static char *attribute_text(struct sweep_reader *reader, const char *name)
{
    enum { LONGEST = 1 << 16 };
    if (reader->status != ABSCOPAL_OK)
        return NULL;
    char *text = NULL;
    if (H5Aexists(reader->file, name) > 0) {
        const hid_t attribute = H5Aopen(reader->file, name, H5P_DEFAULT), type = H5Aget_type(attribute);
        const size_t size = H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) <= 0 ? H5Tget_size(type) : 0;
        if (size > 0 && size < LONGEST && H5Aget_storage_size(attribute) == size)
            text = calloc(size + 1, 1);
        if (text != NULL && H5Aread(attribute, type, text) < 0)
            text[0] = '\0';
        H5Tclose(type);
        H5Aclose(attribute);
    } else {
        text = strdup("");
    }
    if (text == NULL)
        fail(reader, "attribute %s is not a text as abscopal writes it", name);
    return text;
}

static uint64_t attribute_number(struct sweep_reader *reader, const char *name)
{
    uint64_t value = 0;
    const hid_t attribute = reader->status == ABSCOPAL_OK && H5Aexists(reader->file, name) > 0
                                ? H5Aopen(reader->file, name, H5P_DEFAULT)
                                : -1;
    if (attribute < 0 || H5Aread(attribute, H5T_NATIVE_UINT64, &value) < 0)
        fail(reader, "attribute %s is missing or no number: was the file written by another version?", name);
    if (attribute >= 0)
        H5Aclose(attribute);
    return value;
}

/* ---- Points ----------------------------------------------------------------------------------------- */

/* Positions on a nominal axis are stored as names. */
static void names_read(struct sweep_reader *reader, size_t index)
{
    struct abscopal_sweep *sweep = reader->sweep;
    const struct sweep_axis *axis = &sweep->file.axes[index];
    size_t count;
    const hid_t dataset = variable_open(reader, axis->name, H5T_STRING, &count);
    if (dataset < 0)
        return;
    const hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset);
    char **names = calloc(count + 1, sizeof *names);
    if (names == NULL)
        no_memory(reader);
    else if (count != sweep->point_count || H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, names) < 0)
        fail(reader, "cannot read variable %s: the file is damaged", axis->name);
    for (size_t point = 0; reader->status == ABSCOPAL_OK && point < count; point++) {
        size_t level = 0;
        while (level < axis->level_count &&
               (names[point] == NULL || strcmp(axis->levels[level].name, names[point]) != 0))
            level++;
        if (level == axis->level_count)
            fail(reader, "a value of %s is none that the sweep has", axis->name);
        sweep->points[point * sweep->file.axis_count + index] = (double)level;
    }
    if (names != NULL)
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, names);
    free(names);
    H5Sclose(space);
    H5Tclose(type);
    H5Dclose(dataset);
}

static void list_read(struct sweep_reader *reader)
{
    struct abscopal_sweep *sweep = reader->sweep;
    double *column = malloc((sweep->point_count + 1) * sizeof *column);
    if (column == NULL)
        no_memory(reader);
    for (size_t i = 0; column != NULL && i < sweep->file.axis_count && reader->status == ABSCOPAL_OK; i++) {
        if (!sweep->file.axes[i].numeric) {
            names_read(reader, i);
            continue;
        }
        numbers_read(reader, sweep->file.axes[i].name, H5T_FLOAT, H5T_NATIVE_DOUBLE, sweep->point_count, column);
        for (size_t point = 0; point < sweep->point_count; point++)
            sweep->points[point * sweep->file.axis_count + i] = column[point];
    }
    free(column);
}

static void points_read(struct sweep_reader *reader)
{
    struct abscopal_sweep *sweep = reader->sweep;
    size_t count = 0;
    const hid_t dataset = variable_open(reader, "allowed", H5T_INTEGER, &count);
    if (dataset >= 0)
        H5Dclose(dataset);
    if (reader->status == ABSCOPAL_OK && sweep_reserve(sweep, count) != ABSCOPAL_OK)
        no_memory(reader);
    if (reader->status != ABSCOPAL_OK)
        return;
    sweep->point_count = count;
    numbers_read(reader, "allowed", H5T_INTEGER, H5T_NATIVE_SCHAR, count, sweep->allowed);
    if (sweep->is_search || sweep->file.sobol_points > 0) {
        list_read(reader);
        return;
    }
    size_t designed = 0;
    double *points = sweep_points(&sweep->file, &designed, reader->error);
    if (points == NULL)
        reader->status = ABSCOPAL_BAD_INPUT;
    else if (designed != count)
        fail(reader, "holds %zu points, but its sweep file has %zu", count, designed);
    else
        memcpy(sweep->points, points, count * sweep->file.axis_count * sizeof *points);
    free(points);
}

/* ---- Patients --------------------------------------------------------------------------------------- */

static void column_read(struct sweep_reader *reader, size_t column, const char *name)
{
    struct abscopal_sweep *sweep = reader->sweep;
    const size_t n = sweep->patient_count;
    char reference[NAME_SIZE + 16];
    double *values = malloc((sweep->point_count * n + 1) * sizeof *values);
    if (values == NULL)
        no_memory(reader);
    else
        numbers_read(reader, name, H5T_FLOAT, H5T_NATIVE_DOUBLE, sweep->point_count * n, values);
    for (size_t point = 0; reader->status == ABSCOPAL_OK && point < sweep->point_count; point++)
        memcpy(sweep->values + point * sweep_value_count(sweep) + column * n, values + point * n, n * sizeof *values);
    free(values);
    snprintf(reference, sizeof reference, "%s_reference", name);
    numbers_read(reader, reference, H5T_FLOAT, H5T_NATIVE_DOUBLE, n, sweep->reference + column * n);
}

static void values_read(struct sweep_reader *reader)
{
    struct abscopal_sweep *sweep = reader->sweep;
    const struct sweep_file *file = &sweep->file;
    for (size_t i = 0; reader->status == ABSCOPAL_OK && i < sweep->point_count * sweep_value_count(sweep); i++)
        sweep->values[i] = (double)NAN;
    for (size_t i = 0; i < file->endpoint_count && reader->status == ABSCOPAL_OK; i++) {
        const enum sweep_measure measure = file->endpoints[i].row->measure;
        char name[NAME_SIZE];
        snprintf(name, sizeof name, "patient_%s", file->endpoints[i].label);
        if (measure == SWEEP_SHARE || measure == SWEEP_MEAN_CHANGE)
            column_read(reader, i, name);
    }
    column_read(reader, sweep_day_column(file), "patient_progression_free_days");
    column_read(reader, sweep_event_column(file), "patient_progressed");
}

static void patients_read(struct sweep_reader *reader)
{
    struct abscopal_sweep *sweep = reader->sweep;
    size_t n = 0;
    const hid_t dataset = variable_open(reader, "patient", H5T_INTEGER, &n);
    if (dataset < 0)
        return;
    H5Dclose(dataset);
    const bool weighted = H5Lexists(reader->file, "weight", H5P_DEFAULT) > 0;
    sweep->patient_count = n;
    sweep->patient_status = malloc(n + 1);
    sweep->lesion_counts = malloc((n + 1) * sizeof *sweep->lesion_counts);
    sweep->baseline_mm = malloc((n + 1) * sizeof *sweep->baseline_mm);
    sweep->weights = weighted ? malloc((n + 1) * sizeof *sweep->weights) : NULL;
    sweep->reference = calloc(sweep_value_count(sweep) + 1, sizeof *sweep->reference);
    if (sweep->patient_status == NULL || sweep->lesion_counts == NULL || sweep->baseline_mm == NULL ||
        sweep->reference == NULL || (weighted && sweep->weights == NULL)) {
        no_memory(reader);
        return;
    }
    numbers_read(reader, "patient_status", H5T_INTEGER, H5T_NATIVE_SCHAR, n, sweep->patient_status);
    numbers_read(reader, "lesion_count", H5T_INTEGER, H5T_NATIVE_INT64, n, sweep->lesion_counts);
    numbers_read(reader, "baseline_sum_of_diameters", H5T_FLOAT, H5T_NATIVE_DOUBLE, n, sweep->baseline_mm);
    if (weighted)
        numbers_read(reader, "weight", H5T_FLOAT, H5T_NATIVE_DOUBLE, n, sweep->weights);
}

/* ---- The file --------------------------------------------------------------------------------------- */

/* The sweep file and its trial, as they were. */
static void texts_read(struct sweep_reader *reader)
{
    struct abscopal_sweep *sweep = reader->sweep;
    char *text = text_read(reader, "sweep_text"), *trial = text_read(reader, "trial_text");
    sweep->cohort_text = text_read(reader, "cohort_text");
    sweep->drug_text = text_read(reader, "drug_text");
    struct abscopal_error said = {.status = ABSCOPAL_OK};
    if (reader->status == ABSCOPAL_OK &&
        sweep_file_read_texts(reader->path, text, trial, &sweep->file, &said) != ABSCOPAL_OK)
        fail(reader, "its sweep file cannot be read: line %d: %.700s", said.line, said.message);
    free(text);
    free(trial);
}

static void kind_check(struct sweep_reader *reader)
{
    char *kind = attribute_text(reader, "kind");
    if (kind != NULL && strcmp(kind, "sweep") != 0 && strcmp(kind, "search") != 0)
        fail(reader, "is no file of abscopal sweep or optimize");
    reader->sweep->is_search = kind != NULL && strcmp(kind, "search") == 0;
    free(kind);
}

static void sweep_read(struct sweep_reader *reader)
{
    struct abscopal_sweep *sweep = reader->sweep;
    kind_check(reader);
    sweep->trial_title = attribute_text(reader, "trial_title");
    sweep->model = attribute_text(reader, "model");
    sweep->engine = attribute_text(reader, "engine");
    sweep->instructions = attribute_text(reader, "instructions");
    sweep->program = attribute_text(reader, "source");
    sweep->commit = attribute_text(reader, "commit");
    sweep->compiler = attribute_text(reader, "compiler");
    sweep->seed = attribute_number(reader, "seed");
    sweep->lanes = (size_t)attribute_number(reader, "lanes");
    texts_read(reader);
    patients_read(reader);
    points_read(reader);
    values_read(reader);
    if (reader->status == ABSCOPAL_OK && sweep_summarise(sweep) != ABSCOPAL_OK)
        no_memory(reader);
}

abscopal_sweep *abscopal_sweep_read_hdf5(const char *path, struct abscopal_error *error)
{
    struct abscopal_error local = {.status = ABSCOPAL_OK};
    struct sweep_reader reader = {.path = path, .error = error != NULL ? error : &local};
    H5E_auto2_t print = NULL;
    void *print_data = NULL;
    H5Eget_auto2(H5E_DEFAULT, &print, &print_data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    reader.file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    reader.sweep = calloc(1, sizeof *reader.sweep);
    if (reader.file < 0)
        fail(&reader, "cannot be read as HDF5");
    if (reader.sweep == NULL)
        no_memory(&reader);
    if (reader.status == ABSCOPAL_OK)
        sweep_read(&reader);
    if (reader.file >= 0)
        H5Fclose(reader.file);
    H5Eset_auto2(H5E_DEFAULT, print, print_data);
    if (reader.status == ABSCOPAL_OK)
        return reader.sweep;
    abscopal_sweep_free(reader.sweep);
    return NULL;
}

int abscopal_is_sweep_hdf5(const char *path)
{
    H5E_auto2_t print = NULL;
    void *print_data = NULL;
    H5Eget_auto2(H5E_DEFAULT, &print, &print_data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    const int is_sweep = file >= 0 && H5Aexists(file, "kind") > 0;
    if (file >= 0)
        H5Fclose(file);
    H5Eset_auto2(H5E_DEFAULT, print, print_data);
    return is_sweep;
}
