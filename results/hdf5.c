/* The result file. results/variables.c says what is in it; here is how it is laid out: flat in the root group, with
 * dimension scales, chunked by blocks of patients and compressed, without any time stamp, so that equal results are
 * equal bytes. It is written block after block: what has no patients first, then every variable of each block. */
#include <hdf5.h>
#include <hdf5_hl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "abscopal.h"
#include "model/model.h"
#include "protocols/error.h"
#include "results/hdf5_file.h"
#include "results/maker.h"
#include "results/output.h"
#include "results/patient_values.h"
#include "results/variables.h"
#include "trial/virtual_trial.h"

enum { CHUNK_BYTES = 4 << 20, DEFLATE_LEVEL = 4 };

/* Stored little-endian on every machine. */
static hid_t stored_type(const struct hdf5_writer *writer, enum value_type type)
{
    switch (type) {
    case VALUE_REAL:
        return H5T_IEEE_F64LE;
    case VALUE_REAL32:
        return H5T_IEEE_F32LE;
    case VALUE_INTEGER:
        return H5T_STD_I64LE;
    case VALUE_FLAG:
        return H5T_STD_I8LE;
    case VALUE_TEXT:
        return writer->text_type;
    }
    return H5I_INVALID_HID;
}

static hid_t memory_type(const struct hdf5_writer *writer, enum value_type type)
{
    switch (type) {
    case VALUE_REAL:
        return H5T_NATIVE_DOUBLE;
    case VALUE_REAL32:
        return H5T_NATIVE_FLOAT;
    case VALUE_INTEGER:
        return H5T_NATIVE_INT64;
    case VALUE_FLAG:
        return H5T_NATIVE_SCHAR;
    case VALUE_TEXT:
        return writer->text_type;
    }
    return H5I_INVALID_HID;
}

/* Bytes that result_variable.fill writes at once. */
static size_t row_bytes(const struct abscopal_results *results, const struct result_variable *variable)
{
    return value_size(variable->type) * shape_row_values(results, variable->shape);
}

/* Patients of a chunk, of which a block has a whole number; 1 for a variable that does not depend on the patient. */
static size_t chunk_patients(const struct results_file *file, const struct result_variable *variable)
{
    if (!shape_has(variable->shape, DIMENSION_PATIENT))
        return 1;
    const size_t bytes = row_bytes(file->header, variable);
    size_t patients = file->block_patients;
    while (patients > 1 && patients * bytes > CHUNK_BYTES)
        patients /= 2;
    if (patients > file->header->patient_count)
        patients = file->header->patient_count;
    return patients > 0 ? patients : 1;
}

static size_t arms_of(const struct results_file *file, const struct result_variable *variable)
{
    return shape_has(variable->shape, DIMENSION_ARM) ? file->header->arm_count : 1;
}

/* Where patients of one arm lie in the variable. */
static void rows_place(const struct abscopal_results *results, const struct shape *shape, size_t arm, size_t patient,
                       size_t patients, hsize_t *start, hsize_t *count)
{
    for (int i = 0; i < shape->rank; i++) {
        const enum dimension dimension = shape->dimensions[i];
        start[i] = dimension == DIMENSION_ARM ? arm : dimension == DIMENSION_PATIENT ? patient : 0;
        count[i] = dimension == DIMENSION_ARM       ? 1
                   : dimension == DIMENSION_PATIENT ? patients
                                                    : dimension_size(results, dimension);
    }
}

/* Values of one arm and of patients from that one on, of the file's. */
static void rows_write(struct results_file *file, const struct result_variable *variable, hid_t dataset, size_t arm,
                       size_t patient, size_t patients, const void *values)
{
    struct hdf5_writer *writer = &file->writer;
    const hid_t type = memory_type(writer, variable->type);
    if (variable->shape->rank == 0) {
        writer_done(writer, H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values));
        return;
    }
    hsize_t start[MAX_RANK], count[MAX_RANK];
    rows_place(file->header, variable->shape, arm, patient, patients, start, count);
    const hid_t target = writer_id(writer, H5Dget_space(dataset));
    writer_done(writer, H5Sselect_hyperslab(target, H5S_SELECT_SET, start, NULL, count, NULL));
    const hid_t memory = writer_id(writer, H5Screate_simple(variable->shape->rank, count, NULL));
    writer_done(writer, H5Dwrite(dataset, type, memory, target, H5P_DEFAULT, values));
    H5Sclose(memory);
    H5Sclose(target);
}

/* Patients of results, from that row on, which stand in the file from `patient` on; of what does not depend on them,
 * all there is. */
static void values_write(struct results_file *file, const struct result_variable *variable, hid_t dataset,
                         const struct abscopal_results *results, size_t row, size_t patient, size_t patients)
{
    const size_t bytes = row_bytes(results, variable), most = chunk_patients(file, variable);
    char *buffer = malloc(most * bytes + 1);
    if (buffer == NULL)
        writer_out_of_memory(&file->writer);
    for (size_t arm = 0; buffer != NULL && arm < arms_of(file, variable); arm++)
        for (size_t done = 0; done < patients && !file->writer.failed; done += most) {
            const size_t count = patients - done < most ? patients - done : most;
            for (size_t i = 0; i < count; i++)
                variable->fill(results, arm, row + done + i, buffer + i * bytes);
            rows_write(file, variable, dataset, arm, patient + done, count, buffer);
        }
    free(buffer);
}

/* ---- Variables -------------------------------------------------------------------------------------- */

/* Creation properties: order of attributes kept, no times; per-patient variables chunked and compressed. */
static hid_t dataset_properties(struct results_file *file, const struct result_variable *variable)
{
    struct hdf5_writer *writer = &file->writer;
    const hid_t properties = writer_id(writer, H5Pcreate(H5P_DATASET_CREATE));
    writer_done(writer, H5Pset_attr_creation_order(properties, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED));
    writer_done(writer, H5Pset_obj_track_times(properties, false));
    const double none = NAN;
    if (variable->type == VALUE_REAL || variable->type == VALUE_REAL32)
        writer_done(writer, H5Pset_fill_value(properties, H5T_NATIVE_DOUBLE, &none));
    if (!shape_has(variable->shape, DIMENSION_PATIENT))
        return properties;
    hsize_t start[MAX_RANK], chunk[MAX_RANK];
    rows_place(file->header, variable->shape, 0, 0, chunk_patients(file, variable), start, chunk);
    writer_done(writer, H5Pset_chunk(properties, variable->shape->rank, chunk));
    writer_done(writer, H5Pset_shuffle(properties));
    writer_done(writer, H5Pset_deflate(properties, DEFLATE_LEVEL));
    return properties;
}

static hid_t variable_space(struct hdf5_writer *writer, const struct abscopal_results *results,
                            const struct shape *shape)
{
    if (shape->rank == 0)
        return writer_id(writer, H5Screate(H5S_SCALAR));
    hsize_t extent[MAX_RANK];
    for (int i = 0; i < shape->rank; i++)
        extent[i] = dimension_size(results, shape->dimensions[i]);
    return writer_id(writer, H5Screate_simple(shape->rank, extent, NULL));
}

static void write_flags(struct hdf5_writer *writer, const struct abscopal_results *results,
                        const struct flag_set *flags, hid_t dataset)
{
    char *classes = flags->meanings == NULL ? patient_values_pdl1_meanings(results) : NULL;
    const char *meanings = flags->meanings != NULL ? flags->meanings : classes;
    const size_t count = flags->meanings != NULL ? (size_t)flags->count : 1 + results->trial->cohort.pdl1_class_count;
    if (meanings == NULL) {
        writer_out_of_memory(writer);
        return;
    }
    writer_flags_attribute(writer, dataset, "flag_values", flags->values, count);
    writer_text_attribute(writer, dataset, "flag_meanings", meanings);
    free(classes);
}

static void write_variable_attributes(struct hdf5_writer *writer, const struct abscopal_results *results,
                                      const struct result_variable *variable, bool is_coordinate, hid_t dataset)
{
    writer_text_attribute(writer, dataset, "long_name", variable->long_name);
    writer_text_attribute(writer, dataset, "units", variable->units);
    if (variable->type == VALUE_REAL && !is_coordinate) /* CF: a coordinate has no missing values */
        writer_real_attribute(writer, dataset, "_FillValue", NAN);
    if (variable->type == VALUE_REAL32)
        writer_real32_attribute(writer, dataset, "_FillValue", NAN);
    if (variable->flags != NULL)
        write_flags(writer, results, variable->flags, dataset);
}

/* Makes a variable, with its values where they do not depend on the patient. Returns its dataset, open. */
static hid_t variable_make(struct results_file *file, const struct result_variable *variable, bool is_coordinate)
{
    struct hdf5_writer *writer = &file->writer;
    const hid_t space = variable_space(writer, file->header, variable->shape);
    const hid_t properties = dataset_properties(file, variable);
    const hid_t dataset =
        writer_id(writer, H5Dcreate2(writer->file, variable->name, stored_type(writer, variable->type), space,
                                     H5P_DEFAULT, properties, H5P_DEFAULT));
    H5Pclose(properties);
    H5Sclose(space);
    if (!shape_has(variable->shape, DIMENSION_PATIENT))
        values_write(file, variable, dataset, file->header, 0, 0, 1);
    write_variable_attributes(writer, file->header, variable, is_coordinate, dataset);
    return dataset;
}

/* The first variables are the dimensions' own, which are the scales of the others. */
static void variables_make(struct results_file *file)
{
    struct hdf5_writer *writer = &file->writer;
    size_t count;
    const struct result_variable *variables = result_variables(&count);
    for (size_t index = 0; index < count && !writer->failed; index++) {
        const struct shape *shape = variables[index].shape;
        const bool is_scale = index < DIMENSION_COUNT;
        if (!shape_is_there(file->header, shape))
            continue;
        writer->place = variables[index].name;
        file->datasets[index] = variable_make(file, &variables[index], is_scale);
        if (is_scale)
            writer_done(writer, H5DSset_scale(file->datasets[index], variables[index].name));
        for (int i = 0; !is_scale && i < shape->rank; i++)
            writer_done(writer,
                        H5DSattach_scale(file->datasets[index], file->datasets[shape->dimensions[i]], (unsigned)i));
    }
}

static void datasets_close(struct results_file *file)
{
    size_t count;
    const struct result_variable *variables = result_variables(&count);
    for (size_t index = 0; file->datasets != NULL && index < count; index++) {
        if (file->datasets[index] <= 0)
            continue;
        if (shape_has(variables[index].shape, DIMENSION_PATIENT))
            file->patient_bytes += (double)H5Dget_storage_size(file->datasets[index]);
        writer_done(&file->writer, H5Dclose(file->datasets[index]));
    }
    free(file->datasets);
    file->datasets = NULL;
}

/* ---- Attributes ------------------------------------------------------------------------------------- */

/* What the outcomes depend on besides the diameters, for those who derive them anew. */
static void write_trial_attributes(struct hdf5_writer *writer, const struct trial_file *trial)
{
    if (trial->registry != NULL)
        writer_text_attribute(writer, writer->file, "registry", trial->registry);
    writer_text_attribute(writer, writer->file, "allocation",
                          trial->allocation.disjoint ? "randomised" : "in all arms");
    writer_text_attribute(writer, writer->file, "criteria", trial->irecist ? "iRECIST" : "RECIST 1.1");
    writer_text_attribute(writer, writer->file, "irradiated_lesions",
                          trial->irradiated_are_non_target ? "non-target" : "target");
    writer_real_attribute(writer, writer->file, "detection_limit_mm", trial->detection_limit_mm);
    writer_real_attribute(writer, writer->file, "minimum_stable_days", trial->minimum_stable_days);
    writer_real_attribute(writer, writer->file, "confirmation_days", trial->confirmation_days);
}

/* What made the numbers. Neither times nor the number of threads: they would make equal results differ. */
static void write_global_attributes(struct hdf5_writer *writer, const struct abscopal_results *results)
{
    char text[128];
    const hid_t file = writer->file;
    const struct results_maker maker = results_maker_of(results);
    writer->place = "the attributes of the file";
    writer_text_attribute(writer, file, "Conventions", "CF-1.8");
    writer_text_attribute(writer, file, "title", results->trial->file.name);
    snprintf(text, sizeof text, "abscopal %s", maker.version);
    writer_text_attribute(writer, file, "source", text);
    writer_text_attribute(writer, file, "research_use", "Research use only, not for treating patients.");
    writer_text_attribute(writer, file, "model", model_preset_name(results->trial->file.preset));
    write_trial_attributes(writer, &results->trial->file);
    writer_unsigned_attribute(writer, file, "seed", results->seed);
    writer_unsigned_attribute(writer, file, "sampled_patients", results->sampled_count);
    writer_real_attribute(writer, file, "relative_tolerance", results->relative_tolerance);
    writer_text_attribute(writer, file, "engine", abscopal_engine_name(results->engine));
    writer_text_attribute(writer, file, "instructions", results->instructions);
    writer_unsigned_attribute(writer, file, "lanes", results->lanes);
    writer_text_attribute(writer, file, "sundials_version", maker.sundials);
    writer_text_attribute(writer, file, "hdf5_version", maker.hdf5);
    writer_text_attribute(writer, file, "compiler", maker.compiler);
    writer_text_attribute(writer, file, "commit", maker.commit);
}

/* ---- The file --------------------------------------------------------------------------------------- */

void results_file_open(struct results_file *file, const struct abscopal_results *header, size_t block_patients,
                       int descriptor)
{
    size_t count;
    result_variables(&count);
    *file = (struct results_file){.header = header, .block_patients = block_patients};
    if (descriptor >= 0)
        writer_open_disk(&file->writer, descriptor);
    else
        writer_open(&file->writer);
    file->datasets = calloc(count, sizeof *file->datasets);
    if (file->datasets == NULL)
        writer_out_of_memory(&file->writer);
    if (!file->writer.failed)
        write_global_attributes(&file->writer, header);
    if (!file->writer.failed)
        variables_make(file);
}

/* What was made by variables_make and depends on the patient. */
static bool is_of_patients(const struct results_file *file, const struct result_variable *variable)
{
    return shape_has(variable->shape, DIMENSION_PATIENT) && shape_is_there(file->header, variable->shape);
}

void results_file_append(struct results_file *file, const struct abscopal_results *results, size_t row, size_t patients)
{
    size_t count;
    const struct result_variable *variables = result_variables(&count);
    for (size_t index = 0; index < count && !file->writer.failed; index++) {
        file->writer.place = variables[index].name;
        if (is_of_patients(file, &variables[index]))
            values_write(file, &variables[index], file->datasets[index], results, row, file->patients, patients);
    }
    file->patients += patients;
}

/* ---- Blocks from other files ------------------------------------------------------------------------ */

/* A chunk as it is, compressed. False when it is no chunk like those of this file. */
static bool chunk_copy(struct results_file *file, const struct result_variable *variable, hid_t from, hid_t to,
                       size_t arm, size_t from_patient, size_t patients)
{
    struct hdf5_writer *writer = &file->writer;
    hsize_t start[MAX_RANK], chunk[MAX_RANK], theirs[MAX_RANK], bytes = 0;
    uint32_t filters = 0;
    if (variable->type == VALUE_TEXT || patients != chunk_patients(file, variable))
        return false;
    const hid_t properties = writer_id(writer, H5Dget_create_plist(from));
    const int rank = H5Pget_chunk(properties, MAX_RANK, theirs);
    H5Pclose(properties);
    rows_place(file->header, variable->shape, arm, from_patient, patients, start, chunk);
    if (rank != variable->shape->rank || memcmp(theirs, chunk, (size_t)rank * sizeof *chunk) != 0 ||
        H5Dget_chunk_storage_size(from, start, &bytes) < 0 || bytes == 0 || bytes > 2 * CHUNK_BYTES)
        return false;
    void *buffer = malloc(bytes);
    if (buffer == NULL)
        writer_out_of_memory(writer);
    else
        writer_done(writer, H5Dread_chunk(from, H5P_DEFAULT, start, &filters, buffer));
    rows_place(file->header, variable->shape, arm, file->patients + from_patient, patients, start, chunk);
    if (buffer != NULL && !writer->failed)
        writer_done(writer, H5Dwrite_chunk(to, H5P_DEFAULT, filters, start, bytes, buffer));
    free(buffer);
    return true;
}

/* The same value by value. */
static void rows_copy(struct results_file *file, const struct result_variable *variable, hid_t from, hid_t to,
                      size_t arm, size_t from_patient, size_t patients, void *buffer)
{
    struct hdf5_writer *writer = &file->writer;
    hsize_t start[MAX_RANK], count[MAX_RANK];
    rows_place(file->header, variable->shape, arm, from_patient, patients, start, count);
    const hid_t source = writer_id(writer, H5Dget_space(from));
    writer_done(writer, H5Sselect_hyperslab(source, H5S_SELECT_SET, start, NULL, count, NULL));
    const hid_t memory = writer_id(writer, H5Screate_simple(variable->shape->rank, count, NULL));
    const hid_t type = memory_type(writer, variable->type);
    writer_done(writer, H5Dread(from, type, memory, source, H5P_DEFAULT, buffer));
    if (!writer->failed) {
        rows_write(file, variable, to, arm, file->patients + from_patient, patients, buffer);
        if (variable->type == VALUE_TEXT)
            H5Dvlen_reclaim(type, memory, H5P_DEFAULT, buffer);
    }
    H5Sclose(memory);
    H5Sclose(source);
}

static void variable_copy(struct results_file *file, const struct result_variable *variable, hid_t from, hid_t to,
                          size_t patients)
{
    const size_t most = chunk_patients(file, variable);
    void *buffer = malloc(most * row_bytes(file->header, variable) + 1);
    if (buffer == NULL)
        writer_out_of_memory(&file->writer);
    for (size_t arm = 0; arm < arms_of(file, variable); arm++)
        for (size_t done = 0; done < patients && !file->writer.failed; done += most) {
            const size_t count = patients - done < most ? patients - done : most;
            if (!chunk_copy(file, variable, from, to, arm, done, count))
                rows_copy(file, variable, from, to, arm, done, count, buffer);
        }
    free(buffer);
}

void results_file_append_file(struct results_file *file, const char *path, size_t patients)
{
    size_t count;
    const struct result_variable *variables = result_variables(&count);
    const hid_t source = writer_id(&file->writer, H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT));
    for (size_t index = 0; index < count && !file->writer.failed; index++) {
        const struct result_variable *variable = &variables[index];
        file->writer.place = variable->name;
        if (!is_of_patients(file, variable))
            continue;
        const hid_t from = writer_id(&file->writer, H5Dopen2(source, variable->name, H5P_DEFAULT));
        if (!file->writer.failed)
            variable_copy(file, variable, from, file->datasets[index], patients);
        H5Dclose(from);
    }
    H5Fclose(source);
    file->patients += patients;
}

bool results_file_failed(const struct results_file *file)
{
    return file->writer.failed || file->writer.disk.failure != 0;
}

/* ---- Its end ---------------------------------------------------------------------------------------- */

static void finish(struct results_file *file)
{
    if (file->header->weights != NULL && !file->writer.failed)
        writer_real_attribute(&file->writer, file->writer.file, "effective_sample_size",
                              abscopal_results_effective_patients(file->header));
    datasets_close(file);
}

char *results_file_image(struct results_file *file, size_t *size)
{
    finish(file);
    return writer_image(&file->writer, size);
}

enum abscopal_status results_file_close(struct results_file *file, const char *path, struct abscopal_error *error)
{
    finish(file);
    writer_close(&file->writer);
    if (file->writer.disk.failure != 0)
        return output_failed(path, file->writer.disk.failure, error);
    if (file->writer.failed)
        return error_set(error, ABSCOPAL_OUTPUT_FAILED, path, 0, 0, "cannot make %s: %s", file->writer.failed_place,
                         file->writer.reason);
    return ABSCOPAL_OK;
}
