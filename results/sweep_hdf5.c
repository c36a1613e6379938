/* The file of a sweep: endpoints over the axes, or over points in a list, which are dimension scales, and what every
 * patient has at every point. docs/sweeps.md names every variable. */
#include <hdf5.h>
#include <hdf5_hl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "results/hdf5_writer.h"
#include "results/sweep.h"

enum { MOST_RANK = SWEEP_MOST_AXES + 1, NAME_SIZE = 160, CHUNK_VALUES = 1 << 17, DEFLATE_LEVEL = 4 };

/* Dimensions of what is written, the slowest first. */
struct extent {
    int rank;
    hsize_t sizes[MOST_RANK];
    hid_t scales[MOST_RANK];
};

struct sweep_writer {
    struct hdf5_writer hdf5;
    const struct abscopal_sweep *sweep;
    struct extent points; /* the axes of a grid, or the list of points */
    hid_t patient, patient_lesions;
};

static struct extent extent_with(const struct extent *points, hsize_t size, hid_t scale)
{
    struct extent extent = *points;
    extent.sizes[extent.rank] = size;
    extent.scales[extent.rank++] = scale;
    return extent;
}

/* ---- Variables -------------------------------------------------------------------------------------- */

/* What depends on the patient is compressed, in chunks of whole rows. */
static hid_t properties_of(struct hdf5_writer *writer, const struct extent *extent, hid_t type)
{
    const hid_t properties = writer_id(writer, H5Pcreate(H5P_DATASET_CREATE));
    const double none = NAN;
    writer_done(writer, H5Pset_attr_creation_order(properties, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED));
    writer_done(writer, H5Pset_obj_track_times(properties, false));
    if (H5Tequal(type, H5T_IEEE_F64LE) > 0)
        writer_done(writer, H5Pset_fill_value(properties, H5T_NATIVE_DOUBLE, &none));
    hsize_t values = 1;
    for (int i = 0; i < extent->rank; i++)
        values *= extent->sizes[i];
    if (values <= 1024)
        return properties;
    hsize_t chunk[MOST_RANK], left = CHUNK_VALUES;
    for (int i = extent->rank; i-- > 0;) {
        chunk[i] = extent->sizes[i] < left ? extent->sizes[i] : left;
        left = left / chunk[i] > 0 ? left / chunk[i] : 1;
    }
    writer_done(writer, H5Pset_chunk(properties, extent->rank, chunk));
    writer_done(writer, H5Pset_shuffle(properties));
    writer_done(writer, H5Pset_deflate(properties, DEFLATE_LEVEL));
    return properties;
}

/* Writes a variable and returns its dataset, open. */
static hid_t variable_write(struct hdf5_writer *writer, const struct extent *extent, const char *name,
                            const char *units, const char *meaning, hid_t stored, hid_t memory, const void *values)
{
    writer->place = "a variable of the sweep"; /* the name may not last as long as the writer */
    const hid_t space = writer_id(writer, extent->rank > 0 ? H5Screate_simple(extent->rank, extent->sizes, NULL)
                                                           : H5Screate(H5S_SCALAR));
    const hid_t properties = properties_of(writer, extent, stored);
    const hid_t dataset =
        writer_id(writer, H5Dcreate2(writer->file, name, stored, space, H5P_DEFAULT, properties, H5P_DEFAULT));
    H5Pclose(properties);
    H5Sclose(space);
    writer_done(writer, H5Dwrite(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values));
    writer_text_attribute(writer, dataset, "long_name", meaning);
    writer_text_attribute(writer, dataset, "units", units);
    for (int i = 0; i < extent->rank; i++)
        if (extent->scales[i] > 0)
            writer_done(writer, H5DSattach_scale(dataset, extent->scales[i], (unsigned)i));
    return dataset;
}

static void reals_write(struct sweep_writer *writer, const struct extent *extent, const char *name, const char *units,
                        const char *meaning, const double *values)
{
    const hid_t dataset =
        variable_write(&writer->hdf5, extent, name, units, meaning, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values);
    writer_real_attribute(&writer->hdf5, dataset, "_FillValue", NAN);
    writer_done(&writer->hdf5, H5Dclose(dataset));
}

/* A variable that is a dimension of its own name. */
static hid_t scale_write(struct hdf5_writer *writer, const char *name, const char *units, const char *meaning,
                         hsize_t size, hid_t stored, hid_t memory, const void *values)
{
    const struct extent extent = {.rank = 1, .sizes = {size}};
    const hid_t dataset = variable_write(writer, &extent, name, units, meaning, stored, memory, values);
    writer_done(writer, H5DSset_scale(dataset, name));
    return dataset;
}

static void text_write(struct sweep_writer *writer, const char *name, const char *meaning, const char *text)
{
    const struct extent scalar = {.rank = 0};
    const hid_t dataset = variable_write(&writer->hdf5, &scalar, name, "1", meaning, writer->hdf5.text_type,
                                         writer->hdf5.text_type, &text);
    writer_done(&writer->hdf5, H5Dclose(dataset));
}

/* ---- Dimensions ------------------------------------------------------------------------------------- */

static hid_t axis_scale(struct sweep_writer *writer, const struct sweep_axis *axis)
{
    double *values = malloc(axis->level_count * sizeof *values);
    const char **names = malloc(axis->level_count * sizeof *names);
    hid_t scale = H5I_INVALID_HID;
    if (values == NULL || names == NULL)
        writer_out_of_memory(&writer->hdf5);
    for (size_t i = 0; values != NULL && names != NULL && i < axis->level_count; i++) {
        values[i] = axis->levels[i].value;
        names[i] = axis->levels[i].name;
    }
    if (values != NULL && names != NULL)
        scale = axis->numeric ? scale_write(&writer->hdf5, axis->name, sweep_axis_unit(axis), "axis of the sweep",
                                            axis->level_count, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values)
                              : scale_write(&writer->hdf5, axis->name, "1", "axis of the sweep", axis->level_count,
                                            writer->hdf5.text_type, writer->hdf5.text_type, names);
    free(values);
    free(names);
    return scale;
}

static hid_t count_scale(struct sweep_writer *writer, const char *name, const char *meaning, size_t count)
{
    int64_t *numbers = malloc((count + 1) * sizeof *numbers);
    if (numbers == NULL) {
        writer_out_of_memory(&writer->hdf5);
        return H5I_INVALID_HID;
    }
    for (size_t i = 0; i < count; i++)
        numbers[i] = (int64_t)i + 1;
    const hid_t scale = scale_write(&writer->hdf5, name, "1", meaning, count, H5T_STD_I64LE, H5T_NATIVE_INT64, numbers);
    free(numbers);
    return scale;
}

/* Where the points of a list lie on an axis. */
static void positions_write(struct sweep_writer *writer, size_t index)
{
    const struct abscopal_sweep *sweep = writer->sweep;
    const struct sweep_axis *axis = &sweep->file.axes[index];
    double *values = malloc((sweep->point_count + 1) * sizeof *values);
    const char **names = malloc((sweep->point_count + 1) * sizeof *names);
    if (values == NULL || names == NULL)
        writer_out_of_memory(&writer->hdf5);
    for (size_t i = 0; values != NULL && names != NULL && i < sweep->point_count; i++) {
        values[i] = sweep->points[i * sweep->file.axis_count + index];
        names[i] = axis->numeric ? NULL : axis->levels[(size_t)values[i]].name;
    }
    if (values != NULL && names != NULL && axis->numeric) {
        reals_write(writer, &writer->points, axis->name, sweep_axis_unit(axis), "axis of the sweep", values);
    } else if (values != NULL && names != NULL) {
        const hid_t dataset = variable_write(&writer->hdf5, &writer->points, axis->name, "1", "axis of the sweep",
                                             writer->hdf5.text_type, writer->hdf5.text_type, names);
        writer_done(&writer->hdf5, H5Dclose(dataset));
    }
    free(values);
    free(names);
}

static void dimensions_write(struct sweep_writer *writer)
{
    const struct abscopal_sweep *sweep = writer->sweep;
    struct extent *points = &writer->points;
    if (sweep_is_grid(sweep)) {
        points->rank = (int)sweep->file.axis_count;
        for (int i = 0; i < points->rank; i++) {
            points->sizes[i] = sweep->file.axes[i].level_count;
            points->scales[i] = axis_scale(writer, &sweep->file.axes[i]);
        }
    } else {
        *points = (struct extent){.rank = 1,
                                  .sizes = {sweep->point_count},
                                  .scales = {count_scale(writer, "point", "point of the design", sweep->point_count)}};
        for (size_t i = 0; i < sweep->file.axis_count; i++)
            positions_write(writer, i);
    }
    writer->patient = count_scale(writer, "patient", "number of the virtual patient", sweep->patient_count);
    if (sweep->by_lesions != NULL)
        writer->patient_lesions =
            count_scale(writer, "patient_lesions", "number of lesions of the patient", MODEL_MAX_LESIONS);
}

static void scales_close(struct sweep_writer *writer)
{
    for (int i = 0; i < writer->points.rank; i++)
        writer_done(&writer->hdf5, H5Dclose(writer->points.scales[i]));
    writer_done(&writer->hdf5, H5Dclose(writer->patient));
    if (writer->sweep->by_lesions != NULL)
        writer_done(&writer->hdf5, H5Dclose(writer->patient_lesions));
}

/* ---- Endpoints -------------------------------------------------------------------------------------- */

/* Value and limits of an estimate, from [count] places `stride` apart: NAME, NAME_lower, NAME_upper. */
static void estimates_write(struct sweep_writer *writer, const struct extent *extent, const char *name,
                            const char *units, const char *meaning, const struct abscopal_estimate *estimates,
                            size_t count, size_t stride)
{
    static const char *const parts[] = {"", "_lower", "_upper"};
    static const char *const meanings[] = {"", ", lower limit (95 %)", ", upper limit (95 %)"};
    double *values = malloc((count + 1) * sizeof *values);
    if (values == NULL) {
        writer_out_of_memory(&writer->hdf5);
        return;
    }
    for (int part = 0; part < 3; part++) {
        char whole[NAME_SIZE], about[NAME_SIZE];
        for (size_t i = 0; i < count; i++) {
            const struct abscopal_estimate *estimate = &estimates[i * stride];
            values[i] = part == 0 ? estimate->value : part == 1 ? estimate->lower : estimate->upper;
        }
        snprintf(whole, sizeof whole, "%s%s", name, parts[part]);
        snprintf(about, sizeof about, "%s%s", meaning, meanings[part]);
        reals_write(writer, extent, whole, units, about, values);
    }
    free(values);
}

static void endpoint_write(struct sweep_writer *writer, size_t index)
{
    const struct abscopal_sweep *sweep = writer->sweep;
    const struct sweep_endpoint *endpoint = &sweep->file.endpoints[index];
    const char *units = sweep_measure_unit(endpoint->row->measure);
    const size_t stride = sweep->file.endpoint_count, count = sweep->point_count;
    const struct extent scalar = {.rank = 0};
    char name[NAME_SIZE];
    estimates_write(writer, &writer->points, endpoint->label, units, endpoint->row->meaning, sweep->estimates + index,
                    count, stride);
    if (endpoint->row->measure != SWEEP_HAZARD_RATIO) {
        snprintf(name, sizeof name, "%s_difference", endpoint->label);
        estimates_write(writer, &writer->points, name, units, "the same less that of the reference, paired",
                        sweep->differences + index, count, stride);
        snprintf(name, sizeof name, "%s_reference", endpoint->label);
        estimates_write(writer, &scalar, name, units, "the same of the reference", sweep->reference_estimates + index,
                        1, 1);
    }
    if (sweep->by_lesions != NULL) {
        struct extent extent = {.rank = 1, .sizes = {MODEL_MAX_LESIONS}, .scales = {writer->patient_lesions}};
        for (int i = 0; i < writer->points.rank; i++)
            extent = extent_with(&extent, writer->points.sizes[i], writer->points.scales[i]);
        snprintf(name, sizeof name, "%s_by_lesions", endpoint->label);
        estimates_write(writer, &extent, name, units, "the same of patients with that number of lesions",
                        sweep->by_lesions + index, MODEL_MAX_LESIONS * count, stride);
    }
}

/* What patients have, of the points and of the reference. */
static void column_write(struct sweep_writer *writer, size_t column, const char *name, const char *units,
                         const char *meaning)
{
    const struct abscopal_sweep *sweep = writer->sweep;
    const size_t n = sweep->patient_count;
    const struct extent points = extent_with(&writer->points, n, writer->patient);
    const struct extent reference = {.rank = 1, .sizes = {n}, .scales = {writer->patient}};
    double *values = malloc((sweep->point_count * n + 1) * sizeof *values);
    char whole[NAME_SIZE];
    if (values == NULL) {
        writer_out_of_memory(&writer->hdf5);
        return;
    }
    for (size_t point = 0; point < sweep->point_count; point++)
        for (size_t i = 0; i < n; i++)
            values[point * n + i] = sweep_values(sweep, point)[column * n + i];
    reals_write(writer, &points, name, units, meaning, values);
    free(values);
    snprintf(whole, sizeof whole, "%s_reference", name);
    reals_write(writer, &reference, whole, units, "the same of the reference", sweep->reference + column * n);
}

static void columns_write(struct sweep_writer *writer)
{
    const struct sweep_file *file = &writer->sweep->file;
    for (size_t i = 0; i < file->endpoint_count && !writer->hdf5.failed; i++) {
        const enum sweep_measure measure = file->endpoints[i].row->measure;
        char name[NAME_SIZE];
        snprintf(name, sizeof name, "patient_%s", file->endpoints[i].label);
        if (measure == SWEEP_SHARE)
            column_write(writer, i, name, "1", "whether the patient counts for the share: 1, 0");
        else if (measure == SWEEP_MEAN_CHANGE)
            column_write(writer, i, name, "1", "the patient's change");
    }
    column_write(writer, sweep_day_column(file), "patient_progression_free_days", "d",
                 "until progression, or until the last visit of a patient without");
    column_write(writer, sweep_event_column(file), "patient_progressed", "1",
                 "1 those days end with progression, 0 they are censored");
}

/* ---- The file --------------------------------------------------------------------------------------- */

static void patients_write(struct sweep_writer *writer)
{
    const struct abscopal_sweep *sweep = writer->sweep;
    static const signed char statuses[] = {0, 1, 2, 3, 4, 5, 6};
    const struct extent extent = {.rank = 1, .sizes = {sweep->patient_count}, .scales = {writer->patient}};
    hid_t dataset =
        variable_write(&writer->hdf5, &extent, "patient_status", "1", "what became of the patient at baseline",
                       H5T_STD_I8LE, H5T_NATIVE_SCHAR, sweep->patient_status);
    writer_flags_attribute(&writer->hdf5, dataset, "flag_values", statuses, sizeof statuses);
    writer_text_attribute(&writer->hdf5, dataset, "flag_meanings",
                          "completed not_plausible not_integrated not_run not_eligible not_allocated not_selected");
    writer_done(&writer->hdf5, H5Dclose(dataset));
    dataset = variable_write(&writer->hdf5, &extent, "lesion_count", "1", "number of lesions", H5T_STD_I64LE,
                             H5T_NATIVE_INT64, sweep->lesion_counts);
    writer_done(&writer->hdf5, H5Dclose(dataset));
    reals_write(writer, &extent, "baseline_sum_of_diameters", "mm", "sum of diameters at treatment start",
                sweep->baseline_mm);
    if (sweep->weights != NULL)
        reals_write(writer, &extent, "weight", "1", "how much the patient counts", sweep->weights);
}

static void attributes_write(struct sweep_writer *writer)
{
    const struct abscopal_sweep *sweep = writer->sweep;
    struct hdf5_writer *hdf5 = &writer->hdf5;
    const hid_t file = hdf5->file;
    hdf5->place = "the attributes of the file";
    writer_text_attribute(hdf5, file, "Conventions", "CF-1.8");
    writer_text_attribute(hdf5, file, "title", sweep->file.name);
    writer_text_attribute(hdf5, file, "source", sweep->program);
    writer_text_attribute(hdf5, file, "research_use", "Research use only, not for treating patients.");
    writer_text_attribute(hdf5, file, "kind", sweep->is_search ? "search" : "sweep");
    writer_text_attribute(hdf5, file, "trial_title", sweep->trial_title);
    writer_text_attribute(hdf5, file, "model", sweep->model);
    writer_text_attribute(hdf5, file, "reference",
                          sweep->file.reference_at != NULL ? "" : sweep->file.arm_names[sweep->file.reference_arm]);
    writer_unsigned_attribute(hdf5, file, "seed", sweep->seed);
    writer_real_attribute(hdf5, file, "relative_tolerance", sweep->file.tolerance);
    writer_text_attribute(hdf5, file, "engine", sweep->engine);
    writer_text_attribute(hdf5, file, "instructions", sweep->instructions);
    writer_unsigned_attribute(hdf5, file, "lanes", sweep->lanes);
    writer_text_attribute(hdf5, file, "compiler", sweep->compiler);
    writer_text_attribute(hdf5, file, "commit", sweep->commit);
}

/* Files that the trial file names besides its cohort. */
static void files_write(struct sweep_writer *writer)
{
    const struct named_texts *files = &writer->sweep->files;
    const char **names = malloc((files->count + 1) * sizeof *names),
               **texts = malloc((files->count + 1) * sizeof *texts);
    const hid_t type = writer->hdf5.text_type;
    if (names == NULL || texts == NULL)
        writer_out_of_memory(&writer->hdf5);
    for (size_t i = 0; names != NULL && texts != NULL && i < files->count; i++) {
        names[i] = files->items[i].name;
        texts[i] = files->items[i].text;
    }
    if (names != NULL && texts != NULL && files->count > 0) {
        struct extent extent = {.rank = 1, .sizes = {files->count}};
        extent.scales[0] =
            scale_write(&writer->hdf5, "input_file", "1", "file that the trial file names, as named there",
                        files->count, type, type, names);
        writer_done(&writer->hdf5, H5Dclose(variable_write(&writer->hdf5, &extent, "input_text", "1",
                                                           "that file as given", type, type, texts)));
        writer_done(&writer->hdf5, H5Dclose(extent.scales[0]));
    }
    free(names);
    free(texts);
}

static void texts_write(struct sweep_writer *writer)
{
    const struct abscopal_sweep *sweep = writer->sweep;
    text_write(writer, "sweep_text", "the sweep file", sweep->file.text);
    text_write(writer, "trial_text", "the trial file", sweep->file.trial_text);
    text_write(writer, "cohort_text", "the cohort file", sweep->cohort_text);
    files_write(writer);
    const struct extent points = writer->points;
    const hid_t dataset = variable_write(&writer->hdf5, &points, "allowed", "1", "0 a limit leaves the point out",
                                         H5T_STD_I8LE, H5T_NATIVE_SCHAR, sweep->allowed);
    writer_done(&writer->hdf5, H5Dclose(dataset));
}

enum abscopal_status abscopal_sweep_write_hdf5(const abscopal_sweep *sweep, const char *path,
                                               struct abscopal_error *error)
{
    struct sweep_writer writer = {.sweep = sweep};
    writer_open(&writer.hdf5);
    if (!writer.hdf5.failed) {
        attributes_write(&writer);
        dimensions_write(&writer);
        patients_write(&writer);
        for (size_t i = 0; i < sweep->file.endpoint_count && !writer.hdf5.failed; i++)
            endpoint_write(&writer, i);
        columns_write(&writer);
        texts_write(&writer);
        scales_close(&writer);
    }
    return writer_finish(&writer.hdf5, path, error);
}
