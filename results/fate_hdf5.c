/* Fates as HDF5: variables over arm and patient. docs/fate.md names them. */
#include <hdf5.h>
#include <hdf5_hl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "results/fate_values.h"
#include "results/hdf5_writer.h"

struct fate_writer {
    struct hdf5_writer hdf5;
    const struct abscopal_fates *fates;
    hid_t arm, patient; /* dimensions */
};

/* A dataset of one or two dimensions, open; in chunks and compressed once it is large. */
static hid_t write_dataset(struct fate_writer *writer, const char *name, const char *units, const char *meaning,
                           int rank, const hsize_t *sizes, hid_t stored, hid_t memory, const void *data)
{
    struct hdf5_writer *hdf5 = &writer->hdf5;
    const hid_t space = writer_id(hdf5, H5Screate_simple(rank, sizes, NULL));
    const hid_t properties = writer_id(hdf5, H5Pcreate(H5P_DATASET_CREATE));
    hdf5->place = "a variable of the fates";
    writer_done(hdf5, H5Pset_attr_creation_order(properties, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED));
    writer_done(hdf5, H5Pset_obj_track_times(properties, false));
    if (rank == 2 && sizes[1] > 1024) {
        const hsize_t chunk[] = {1, sizes[1]};
        writer_done(hdf5, H5Pset_chunk(properties, rank, chunk));
        writer_done(hdf5, H5Pset_deflate(properties, 4));
    }
    const hid_t dataset =
        writer_id(hdf5, H5Dcreate2(hdf5->file, name, stored, space, H5P_DEFAULT, properties, H5P_DEFAULT));
    H5Pclose(properties);
    H5Sclose(space);
    writer_done(hdf5, H5Dwrite(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data));
    writer_text_attribute(hdf5, dataset, "long_name", meaning);
    writer_text_attribute(hdf5, dataset, "units", units);
    return dataset;
}

static void write_dimensions(struct fate_writer *writer)
{
    const struct abscopal_results *results = writer->fates->results;
    const hsize_t arms = results->arm_count, patients = results->patient_count;
    const char **names = malloc((results->arm_count + 1) * sizeof *names);
    int64_t *ids = malloc((results->patient_count + 1) * sizeof *ids);
    if (names != NULL && ids != NULL) {
        for (size_t arm = 0; arm < results->arm_count; arm++)
            names[arm] = fate_arm_name(writer->fates, arm);
        for (size_t patient = 0; patient < results->patient_count; patient++)
            ids[patient] = (int64_t)results_patient(results, patient)->patient.id;
        writer->arm = write_dataset(writer, "arm", "1", "arm of the trial", 1, &arms, writer->hdf5.text_type,
                                    writer->hdf5.text_type, names);
        writer->patient = write_dataset(writer, "patient", "1", "number of the patient", 1, &patients, H5T_STD_I64LE,
                                        H5T_NATIVE_INT64, ids);
        writer_done(&writer->hdf5, H5DSset_scale(writer->arm, "arm"));
        writer_done(&writer->hdf5, H5DSset_scale(writer->patient, "patient"));
    } else {
        writer_out_of_memory(&writer->hdf5);
    }
    free(names);
    free(ids);
}

static void write_flags(struct fate_writer *writer, hid_t dataset, const char *meanings)
{
    signed char flags[16] = {0};
    size_t count = 1;
    for (const char *c = meanings; *c != '\0'; c++)
        if (*c == ' ' && count < sizeof flags) {
            flags[count] = (signed char)count;
            count++;
        }
    writer_flags_attribute(&writer->hdf5, dataset, "flag_values", flags, count);
    writer_text_attribute(&writer->hdf5, dataset, "flag_meanings", meanings);
}

/* Names as bytes, -1 where there is none; numbers as they are. */
static void write_value(struct fate_writer *writer, const struct fate_value *value, double *numbers, signed char *bytes)
{
    const struct abscopal_results *results = writer->fates->results;
    const hsize_t sizes[] = {results->arm_count, results->patient_count};
    for (size_t arm = 0; arm < results->arm_count; arm++)
        for (size_t patient = 0; patient < results->patient_count; patient++) {
            const double number = value->of(writer->fates, arm, patient);
            numbers[results_row(results, arm, patient)] = number;
            bytes[results_row(results, arm, patient)] = (signed char)(isnan(number) ? -1 : number);
        }
    const bool named = value->flag_meanings != NULL;
    const hid_t dataset =
        write_dataset(writer, value->name, value->unit, value->meaning, 2, sizes, named ? H5T_STD_I8LE : H5T_IEEE_F64LE,
                      named ? H5T_NATIVE_SCHAR : H5T_NATIVE_DOUBLE, named ? (void *)bytes : numbers);
    if (named)
        write_flags(writer, dataset, value->flag_meanings);
    else
        writer_real_attribute(&writer->hdf5, dataset, "_FillValue", NAN);
    writer_done(&writer->hdf5, H5DSattach_scale(dataset, writer->arm, 0));
    writer_done(&writer->hdf5, H5DSattach_scale(dataset, writer->patient, 1));
    writer_done(&writer->hdf5, H5Dclose(dataset));
}

static void write_attributes(struct fate_writer *writer)
{
    const struct abscopal_results *results = writer->fates->results;
    struct hdf5_writer *hdf5 = &writer->hdf5;
    hdf5->place = "the attributes of the file";
    writer_text_attribute(hdf5, hdf5->file, "Conventions", "CF-1.8");
    writer_text_attribute(hdf5, hdf5->file, "title", writer->fates->trial->file.name);
    writer_text_attribute(hdf5, hdf5->file, "research_use", "Research use only, not for treating patients.");
    writer_text_attribute(hdf5, hdf5->file, "kind", "fates");
    writer_unsigned_attribute(hdf5, hdf5->file, "seed", results->seed);
    writer_real_attribute(hdf5, hdf5->file, "relative_tolerance", results->relative_tolerance);
    writer_text_attribute(hdf5, hdf5->file, "engine", abscopal_engine_name(results->engine));
    writer_text_attribute(hdf5, hdf5->file, "source", "abscopal");
    writer_text_attribute(hdf5, hdf5->file, "version", abscopal_version());
}

static void write_file(struct fate_writer *writer)
{
    const struct abscopal_results *results = writer->fates->results;
    const size_t rows = results->arm_count * results->patient_count;
    size_t count = 0;
    const struct fate_value *values = fate_values(&count);
    double *numbers = malloc((rows + 1) * sizeof *numbers);
    signed char *bytes = malloc(rows + 1);
    if (numbers == NULL || bytes == NULL)
        writer_out_of_memory(&writer->hdf5);
    else if (!writer->hdf5.failed) {
        write_attributes(writer);
        write_dimensions(writer);
        for (size_t i = 0; i < count && !writer->hdf5.failed; i++)
            write_value(writer, &values[i], numbers, bytes);
        if (writer->arm > 0)
            H5Dclose(writer->arm);
        if (writer->patient > 0)
            H5Dclose(writer->patient);
    }
    free(numbers);
    free(bytes);
}

enum abscopal_status abscopal_fates_write_hdf5(const abscopal_fates *fates, const char *path,
                                               struct abscopal_error *error)
{
    struct fate_writer writer = {.fates = fates};
    writer_open(&writer.hdf5);
    write_file(&writer);
    return writer_finish(&writer.hdf5, path, error);
}
