/* Sweep files read back. Only what patients have is read; the endpoints follow from that. */
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "results/hdf5_texts.h"
#include "results/sweep.h"

enum { NAME_SIZE = 160 };
static const hsize_t most_values = (hsize_t)1 << 40;

struct sweep_reader {
    struct hdf5_reader hdf5; /* whose error sticks */
    struct abscopal_sweep *sweep;
};

static void no_memory(struct sweep_reader *reader)
{
    if (reader->hdf5.status == ABSCOPAL_OK)
        reader->hdf5.status = error_no_memory(reader->hdf5.error);
}

static bool is_good(const struct sweep_reader *reader)
{
    return reader->hdf5.status == ABSCOPAL_OK;
}

/* ---- Variables -------------------------------------------------------------------------------------- */

/* Opens a variable of that class; -1, having failed, when there is none. Sets how many values it has. */
static hid_t variable_open(struct sweep_reader *reader, const char *name, H5T_class_t class, size_t *count)
{
    *count = 0;
    if (!is_good(reader))
        return -1;
    const hid_t dataset =
        H5Lexists(reader->hdf5.file, name, H5P_DEFAULT) > 0 ? H5Dopen2(reader->hdf5.file, name, H5P_DEFAULT) : -1;
    if (dataset < 0) {
        reader_fail(&reader->hdf5, "there is no variable %s: was the file written by another version?", name);
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
    reader_fail(&reader->hdf5, "variable %s is not as abscopal writes it", name);
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
        reader_fail(&reader->hdf5, "variable %s has %zu values rather than %zu", name, count, expected);
    else if (H5Dread(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0)
        reader_fail(&reader->hdf5, "cannot read variable %s: the file is damaged", name);
    H5Dclose(dataset);
}

/* Texts, to be freed with reader_texts_free; *count of them. */
static char **texts_read(struct sweep_reader *reader, const char *name, size_t *count)
{
    const hid_t dataset = variable_open(reader, name, H5T_STRING, count);
    if (dataset < 0)
        return NULL;
    char **texts = hdf5_texts_read(&reader->hdf5, dataset, name);
    H5Dclose(dataset);
    return texts;
}

/* A single text, to be freed. */
static char *text_read(struct sweep_reader *reader, const char *name)
{
    size_t count = 0;
    char **texts = texts_read(reader, name, &count), *text = NULL;
    if (is_good(reader) && count != 1) {
        reader_fail(&reader->hdf5, "variable %s has %zu values rather than 1", name, count);
    } else if (is_good(reader)) {
        text = texts[0]; /* and texts ends here */
        texts[0] = NULL;
    }
    reader_texts_free(texts);
    return text;
}

/* ---- Points ----------------------------------------------------------------------------------------- */

/* Positions on a nominal axis are stored as names. */
static void names_read(struct sweep_reader *reader, size_t index)
{
    struct abscopal_sweep *sweep = reader->sweep;
    const struct sweep_axis *axis = &sweep->file.axes[index];
    size_t count = 0;
    char **names = texts_read(reader, axis->name, &count);
    if (is_good(reader) && count != sweep->point_count)
        reader_fail(&reader->hdf5, "variable %s has %zu values rather than %zu", axis->name, count, sweep->point_count);
    for (size_t point = 0; is_good(reader) && point < count; point++) {
        size_t level = 0;
        while (level < axis->level_count && strcmp(axis->levels[level].name, names[point]) != 0)
            level++;
        if (level == axis->level_count)
            reader_fail(&reader->hdf5, "a value of %s is none that the sweep has", axis->name);
        sweep->points[point * sweep->file.axis_count + index] = (double)level;
    }
    reader_texts_free(names);
}

static void list_read(struct sweep_reader *reader)
{
    struct abscopal_sweep *sweep = reader->sweep;
    double *column = calloc(sweep->point_count + 1, sizeof *column);
    if (column == NULL)
        no_memory(reader);
    for (size_t i = 0; column != NULL && i < sweep->file.axis_count && is_good(reader); i++) {
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

/* Values of so many points and of the patients must be in the file before there is room made for them. */
static void values_check(struct sweep_reader *reader, size_t points)
{
    static const char *const names[] = {"patient_progression_free_days", "patient_progressed"};
    const size_t patients = reader->sweep->patient_count;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t count = 0, wanted = 0;
        const hid_t dataset = variable_open(reader, names[i], H5T_FLOAT, &count);
        if (dataset >= 0)
            H5Dclose(dataset);
        if (__builtin_mul_overflow(points, patients, &wanted) || count != wanted)
            reader_fail(&reader->hdf5, "variable %s has %zu values rather than %zu", names[i], count, wanted);
    }
    if (points > SWEEP_MOST_POINTS || patients == 0)
        reader_fail(&reader->hdf5, "has %zu points and %zu patients: the file is damaged", points, patients);
}

static void points_read(struct sweep_reader *reader)
{
    struct abscopal_sweep *sweep = reader->sweep;
    size_t count = 0;
    const hid_t dataset = variable_open(reader, "allowed", H5T_INTEGER, &count);
    if (dataset >= 0)
        H5Dclose(dataset);
    values_check(reader, count);
    if (is_good(reader) && sweep_reserve(sweep, count) != ABSCOPAL_OK)
        no_memory(reader);
    if (!is_good(reader))
        return;
    sweep->point_count = count;
    numbers_read(reader, "allowed", H5T_INTEGER, H5T_NATIVE_SCHAR, count, sweep->allowed);
    if (!sweep_is_grid(sweep)) {
        list_read(reader);
        return;
    }
    size_t designed = 0;
    double *points = sweep_points(&sweep->file, &designed, reader->hdf5.error);
    if (points == NULL)
        reader->hdf5.status = ABSCOPAL_BAD_INPUT;
    else if (designed != count)
        reader_fail(&reader->hdf5, "holds %zu points, but its sweep file has %zu", count, designed);
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
    if (!is_good(reader))
        return;
    double *values = malloc((sweep->point_count * n + 1) * sizeof *values);
    if (values == NULL)
        no_memory(reader);
    else
        numbers_read(reader, name, H5T_FLOAT, H5T_NATIVE_DOUBLE, sweep->point_count * n, values);
    for (size_t point = 0; values != NULL && is_good(reader) && point < sweep->point_count; point++)
        memcpy(sweep->values + point * sweep_value_count(sweep) + column * n, values + point * n, n * sizeof *values);
    free(values);
    snprintf(reference, sizeof reference, "%s_reference", name);
    numbers_read(reader, reference, H5T_FLOAT, H5T_NATIVE_DOUBLE, n, sweep->reference + column * n);
}

static void values_read(struct sweep_reader *reader)
{
    struct abscopal_sweep *sweep = reader->sweep;
    const struct sweep_file *file = &sweep->file;
    for (size_t i = 0; is_good(reader) && i < sweep->point_count * sweep_value_count(sweep); i++)
        sweep->values[i] = (double)NAN;
    for (size_t i = 0; i < file->endpoint_count && is_good(reader); i++) {
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
    const bool weighted = H5Lexists(reader->hdf5.file, "weight", H5P_DEFAULT) > 0;
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
    for (size_t i = 0; i < n && is_good(reader); i++)
        if (sweep->patient_status[i] < 0 || sweep->patient_status[i] >= ABSCOPAL_PATIENT_STATUS_COUNT ||
            sweep->lesion_counts[i] < 0 || sweep->lesion_counts[i] > MODEL_MAX_LESIONS ||
            (weighted && !(sweep->weights[i] >= 0 && isfinite(sweep->weights[i]))))
            reader_fail(&reader->hdf5, "has values of patient %zu that there are not: the file is damaged", i + 1);
}

/* ---- The file --------------------------------------------------------------------------------------- */

/* Files that the trial file names besides its cohort; there may be none. */
static void files_read(struct sweep_reader *reader)
{
    if (!is_good(reader) || H5Lexists(reader->hdf5.file, "input_file", H5P_DEFAULT) <= 0)
        return;
    size_t name_count = 0, text_count = 0;
    char **names = texts_read(reader, "input_file", &name_count),
         **texts = texts_read(reader, "input_text", &text_count);
    if (is_good(reader) && name_count != text_count)
        reader_fail(&reader->hdf5, "has %zu input files and texts of %zu: the file is damaged", name_count, text_count);
    for (size_t i = 0; is_good(reader) && i < name_count; i++)
        if (!named_texts_add(&reader->sweep->files, names[i], texts[i]))
            no_memory(reader);
    reader_texts_free(names);
    reader_texts_free(texts);
}

/* The sweep file and its trial, as they were. */
static void input_read(struct sweep_reader *reader)
{
    struct abscopal_sweep *sweep = reader->sweep;
    char *text = text_read(reader, "sweep_text"), *trial = text_read(reader, "trial_text");
    sweep->cohort_text = text_read(reader, "cohort_text");
    files_read(reader);
    struct abscopal_error said = {.status = ABSCOPAL_OK};
    if (is_good(reader) &&
        sweep_file_read_stored(reader->hdf5.path, text, trial, &sweep->files, &sweep->file, &said) != ABSCOPAL_OK)
        reader_fail(&reader->hdf5, "its sweep file cannot be read: line %d: %.700s", said.line, said.message);
    free(text);
    free(trial);
}

static void kind_check(struct sweep_reader *reader)
{
    char *kind = reader_text_attribute(&reader->hdf5, "kind", "");
    if (kind != NULL && strcmp(kind, "sweep") != 0 && strcmp(kind, "search") != 0)
        reader_fail(&reader->hdf5, "is no file of abscopal sweep or optimize");
    reader->sweep->is_search = kind != NULL && strcmp(kind, "search") == 0;
    free(kind);
}

static void sweep_read(struct sweep_reader *reader)
{
    struct abscopal_sweep *sweep = reader->sweep;
    kind_check(reader);
    sweep->trial_title = reader_text_attribute(&reader->hdf5, "trial_title", "");
    sweep->model = reader_text_attribute(&reader->hdf5, "model", "");
    sweep->engine = reader_text_attribute(&reader->hdf5, "engine", "");
    sweep->instructions = reader_text_attribute(&reader->hdf5, "instructions", "");
    sweep->program = reader_text_attribute(&reader->hdf5, "source", "");
    sweep->commit = reader_text_attribute(&reader->hdf5, "commit", "");
    sweep->compiler = reader_text_attribute(&reader->hdf5, "compiler", "");
    sweep->seed = reader_unsigned_attribute(&reader->hdf5, "seed");
    sweep->lanes = (size_t)reader_unsigned_attribute(&reader->hdf5, "lanes");
    input_read(reader);
    patients_read(reader);
    points_read(reader);
    values_read(reader);
    if (is_good(reader) && sweep_summarise(sweep) != ABSCOPAL_OK)
        no_memory(reader);
}

abscopal_sweep *abscopal_sweep_read_hdf5(const char *path, struct abscopal_error *error)
{
    struct abscopal_error local = {.status = ABSCOPAL_OK};
    struct sweep_reader reader = {.sweep = calloc(1, sizeof *reader.sweep)};
    reader_open_any(&reader.hdf5, path, error != NULL ? error : &local);
    if (reader.sweep == NULL)
        no_memory(&reader);
    if (reader.sweep != NULL && is_good(&reader))
        sweep_read(&reader);
    reader_close(&reader.hdf5);
    if (is_good(&reader))
        return reader.sweep;
    abscopal_sweep_free(reader.sweep);
    return NULL;
}

int abscopal_is_sweep_hdf5(const char *path)
{
    struct hdf5_reader reader;
    struct abscopal_error unasked;
    reader_open_unchecked(&reader, path, &unasked);
    const int is_sweep = reader_has_attribute(&reader, "kind");
    reader_close(&reader);
    return is_sweep;
}
