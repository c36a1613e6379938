/* The result file. results/variables.c says what is in it; here is how it is laid out: flat in the root group, with
 * dimension scales, chunked by patients and compressed, without any time stamp, so that equal results are equal
 * bytes. */
#include <hdf5.h>
#include <hdf5_hl.h>
#include <math.h>
#include <stdlib.h>

#include "abscopal.h"
#include "model/model.h"
#include "protocols/error.h"
#include "results/hdf5_writer.h"
#include "results/maker.h"
#include "results/output.h"
#include "results/patient_values.h"
#include "results/variables.h"
#include "trial/virtual_trial.h"

enum { CHUNK_PATIENTS = 1024, CHUNK_BYTES = 4 << 20, DEFLATE_LEVEL = 4 };

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

/* Patients written together, which are also those of a chunk; 1 for a variable that does not depend on the patient. */
static size_t block_patients(const struct abscopal_results *results, const struct result_variable *variable)
{
    if (!shape_has(variable->shape, DIMENSION_PATIENT))
        return 1;
    const size_t bytes = row_bytes(results, variable);
    size_t patients = results->patient_count < CHUNK_PATIENTS ? results->patient_count : CHUNK_PATIENTS;
    if (patients * bytes > CHUNK_BYTES)
        patients = CHUNK_BYTES / bytes;
    return patients > 0 ? patients : 1;
}

/* Where a block of patients of one arm lies in the variable. */
static void block_place(const struct abscopal_results *results, const struct shape *shape, size_t arm, size_t patient,
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

static void write_block(struct hdf5_writer *writer, const struct abscopal_results *results,
                        const struct result_variable *variable, hid_t dataset, size_t arm, size_t patient,
                        size_t patients, char *buffer)
{
    const size_t bytes = row_bytes(results, variable);
    for (size_t i = 0; i < patients; i++)
        variable->fill(results, arm, patient + i, buffer + i * bytes);
    const hid_t type = memory_type(writer, variable->type);
    if (variable->shape->rank == 0) {
        writer_done(writer, H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, buffer));
        return;
    }
    hsize_t start[MAX_RANK], count[MAX_RANK];
    block_place(results, variable->shape, arm, patient, patients, start, count);
    const hid_t target = writer_id(writer, H5Dget_space(dataset));
    writer_done(writer, H5Sselect_hyperslab(target, H5S_SELECT_SET, start, NULL, count, NULL));
    const hid_t memory = writer_id(writer, H5Screate_simple(variable->shape->rank, count, NULL));
    writer_done(writer, H5Dwrite(dataset, type, memory, target, H5P_DEFAULT, buffer));
    H5Sclose(memory);
    H5Sclose(target);
}

static void write_values(struct hdf5_writer *writer, const struct abscopal_results *results,
                         const struct result_variable *variable, hid_t dataset)
{
    const size_t arms = shape_has(variable->shape, DIMENSION_ARM) ? results->arm_count : 1;
    const size_t patients = shape_has(variable->shape, DIMENSION_PATIENT) ? results->patient_count : 1;
    const size_t block = block_patients(results, variable);
    char *buffer = malloc(block * row_bytes(results, variable));
    if (buffer == NULL)
        writer_out_of_memory(writer);
    for (size_t arm = 0; arm < arms; arm++)
        for (size_t patient = 0; patient < patients && !writer->failed; patient += block)
            write_block(writer, results, variable, dataset, arm, patient,
                        patients - patient < block ? patients - patient : block, buffer);
    free(buffer);
}

/* Creation properties: order of attributes kept, no times; per-patient variables chunked and compressed. */
static hid_t dataset_properties(struct hdf5_writer *writer, const struct abscopal_results *results,
                                const struct result_variable *variable)
{
    const hid_t properties = writer_id(writer, H5Pcreate(H5P_DATASET_CREATE));
    writer_done(writer, H5Pset_attr_creation_order(properties, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED));
    writer_done(writer, H5Pset_obj_track_times(properties, false));
    const double none = NAN;
    if (variable->type == VALUE_REAL || variable->type == VALUE_REAL32)
        writer_done(writer, H5Pset_fill_value(properties, H5T_NATIVE_DOUBLE, &none));
    if (!shape_has(variable->shape, DIMENSION_PATIENT))
        return properties;
    hsize_t start[MAX_RANK], chunk[MAX_RANK];
    block_place(results, variable->shape, 0, 0, block_patients(results, variable), start, chunk);
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

/* Writes a variable and returns its dataset, open. */
static hid_t write_variable(struct hdf5_writer *writer, const struct abscopal_results *results,
                            const struct result_variable *variable, bool is_coordinate)
{
    const hid_t space = variable_space(writer, results, variable->shape);
    const hid_t properties = dataset_properties(writer, results, variable);
    const hid_t dataset =
        writer_id(writer, H5Dcreate2(writer->file, variable->name, stored_type(writer, variable->type), space,
                                     H5P_DEFAULT, properties, H5P_DEFAULT));
    H5Pclose(properties);
    H5Sclose(space);
    write_values(writer, results, variable, dataset);
    write_variable_attributes(writer, results, variable, is_coordinate, dataset);
    return dataset;
}

/* The first variables are the dimensions' own, which stay open as the scales of the others. */
static void write_variables(struct hdf5_writer *writer, const struct abscopal_results *results)
{
    hid_t scales[DIMENSION_COUNT] = {0};
    size_t count;
    const struct result_variable *variables = result_variables(&count);
    for (size_t index = 0; index < DIMENSION_COUNT; index++) {
        if (!shape_is_there(results, variables[index].shape))
            continue;
        writer->place = variables[index].name;
        scales[index] = write_variable(writer, results, &variables[index], true);
        writer_done(writer, H5DSset_scale(scales[index], variables[index].name));
    }
    for (size_t index = DIMENSION_COUNT; index < count && !writer->failed; index++) {
        const struct shape *shape = variables[index].shape;
        if (!shape_is_there(results, shape))
            continue;
        writer->place = variables[index].name;
        const hid_t dataset = write_variable(writer, results, &variables[index], false);
        for (int i = 0; i < shape->rank; i++)
            writer_done(writer, H5DSattach_scale(dataset, scales[shape->dimensions[i]], (unsigned)i));
        writer_done(writer, H5Dclose(dataset));
    }
    for (size_t index = 0; index < DIMENSION_COUNT; index++)
        if (shape_is_there(results, variables[index].shape))
            writer_done(writer, H5Dclose(scales[index]));
}

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
    if (results->weights != NULL)
        writer_real_attribute(writer, file, "effective_sample_size", abscopal_results_effective_patients(results));
    writer_real_attribute(writer, file, "relative_tolerance", results->relative_tolerance);
    writer_text_attribute(writer, file, "engine", abscopal_engine_name(results->engine));
    writer_text_attribute(writer, file, "instructions", results->instructions);
    writer_unsigned_attribute(writer, file, "lanes", results->lanes);
    writer_text_attribute(writer, file, "sundials_version", maker.sundials);
    writer_text_attribute(writer, file, "hdf5_version", maker.hdf5);
    writer_text_attribute(writer, file, "compiler", maker.compiler);
    writer_text_attribute(writer, file, "commit", maker.commit);
}

/* The whole file, to be freed, and its size; NULL on error. */
static char *results_image(const struct abscopal_results *results, const char *path, size_t *size,
                           struct abscopal_error *error)
{
    /* HDF5 prints its errors unless told otherwise. The setting is put back afterwards. */
    H5E_auto2_t print = NULL;
    void *print_data = NULL;
    H5Eget_auto2(H5E_DEFAULT, &print, &print_data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    struct hdf5_writer writer;
    writer_open(&writer);
    if (!writer.failed)
        write_global_attributes(&writer, results);
    if (!writer.failed)
        write_variables(&writer, results);
    char *image = writer_image(&writer, size);
    writer_close(&writer);
    H5Eset_auto2(H5E_DEFAULT, print, print_data);
    if (image == NULL)
        error_set(error, ABSCOPAL_OUTPUT_FAILED, path, 0, 0, "cannot make %s: %s", writer.failed_place, writer.reason);
    return image;
}

enum abscopal_status abscopal_results_write_hdf5(const abscopal_results *results, const char *path,
                                                 struct abscopal_error *error)
{
    size_t size = 0;
    char *image = results_image(results, path, &size, error);
    if (image == NULL)
        return ABSCOPAL_OUTPUT_FAILED;
    const enum abscopal_status status = output_write_file(path, image, size, error);
    free(image);
    return status;
}
