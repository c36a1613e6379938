#include "results/hdf5_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "results/output.h"

/* Called for the entries of HDF5's error stack, the innermost first, which says most. */
static herr_t copy_reason(unsigned index, const H5E_error2_t *entry, void *context)
{
    struct hdf5_writer *writer = context;
    if (index == 0 && entry->desc != NULL)
        snprintf(writer->reason, sizeof writer->reason, "%s", entry->desc);
    return 0;
}

static void note_failure(struct hdf5_writer *writer)
{
    if (writer->failed)
        return;
    writer->failed = true;
    writer->failed_place = writer->place;
    snprintf(writer->reason, sizeof writer->reason, "HDF5 gives no reason");
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, copy_reason, writer);
}

hid_t writer_id(struct hdf5_writer *writer, hid_t id)
{
    if (id < 0)
        note_failure(writer);
    return id;
}

void writer_done(struct hdf5_writer *writer, herr_t result)
{
    if (result < 0)
        note_failure(writer);
}

void writer_out_of_memory(struct hdf5_writer *writer)
{
    if (writer->failed)
        return;
    writer->failed = true;
    writer->failed_place = writer->place;
    snprintf(writer->reason, sizeof writer->reason, "out of memory");
}

/* Takes the properties of access, which say where the file is. */
static void begin(struct hdf5_writer *writer, hid_t access)
{
    const hid_t creation = writer_id(writer, H5Pcreate(H5P_FILE_CREATE));
    const unsigned tracked = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED; /* as netCDF-4 demands */
    writer_done(writer, H5Pset_link_creation_order(creation, tracked));
    writer_done(writer, H5Pset_attr_creation_order(creation, tracked));
    writer_done(writer, H5Pset_obj_track_times(creation, false));
    /* Every HDF5 since 1.8 can read it. The earliest superblock has no checksum, which H5Fget_file_image of HDF5 1.10
     * leaves wrong. */
    writer_done(writer, H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18));
    writer_done(writer, H5Pset_fclose_degree(access, H5F_CLOSE_STRONG));
    /* Chunks are written whole: to keep any would cost memory for nothing. */
    writer_done(writer, H5Pset_cache(access, 0, 0, 0, 0));
    writer->file = writer_id(writer, H5Fcreate("results", H5F_ACC_TRUNC, creation, access));
    H5Pclose(access);
    H5Pclose(creation);
    writer->text_type = writer_id(writer, H5Tcopy(H5T_C_S1));
    writer_done(writer, H5Tset_size(writer->text_type, H5T_VARIABLE));
    writer_done(writer, H5Tset_cset(writer->text_type, H5T_CSET_UTF8));
}

/* HDF5 prints its errors unless told otherwise. */
static void silence(struct hdf5_writer *writer)
{
    H5Eget_auto2(H5E_DEFAULT, &writer->print, &writer->print_data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

void writer_open(struct hdf5_writer *writer)
{
    enum { GROWTH_BYTES = 1 << 20 };
    *writer = (struct hdf5_writer){.place = "the file"};
    silence(writer);
    const hid_t access = writer_id(writer, H5Pcreate(H5P_FILE_ACCESS));
    writer_done(writer, H5Pset_fapl_core(access, GROWTH_BYTES, false)); /* in memory only */
    begin(writer, access);
}

void writer_open_disk(struct hdf5_writer *writer, int descriptor)
{
    *writer = (struct hdf5_writer){.place = "the file", .disk = {.descriptor = descriptor}};
    silence(writer);
    const hid_t access = writer_id(writer, H5Pcreate(H5P_FILE_ACCESS));
    writer->driver = writer_id(writer, hdf5_disk_set(access, &writer->disk));
    begin(writer, access);
}

char *writer_image(struct hdf5_writer *writer, size_t *size)
{
    writer->place = "the file";
    writer_done(writer, H5Fflush(writer->file, H5F_SCOPE_LOCAL));
    const ssize_t needed = H5Fget_file_image(writer->file, NULL, 0);
    writer_done(writer, needed < 0 ? -1 : 0);
    if (writer->failed)
        return NULL;
    *size = (size_t)needed;
    char *image = malloc(*size);
    if (image == NULL) {
        writer_out_of_memory(writer);
        return NULL;
    }
    writer_done(writer, H5Fget_file_image(writer->file, image, *size) == needed ? 0 : -1);
    if (!writer->failed)
        return image;
    free(image);
    return NULL;
}

void writer_close(struct hdf5_writer *writer)
{
    H5Tclose(writer->text_type);
    writer_done(writer, H5Fclose(writer->file));
    if (writer->driver > 0)
        H5FDunregister(writer->driver);
    H5Eset_auto2(H5E_DEFAULT, writer->print, writer->print_data);
}

enum abscopal_status writer_finish(struct hdf5_writer *writer, const char *path, struct abscopal_error *error)
{
    size_t size = 0;
    char *image = writer_image(writer, &size);
    writer_close(writer);
    if (image == NULL)
        return error_set(error, ABSCOPAL_OUTPUT_FAILED, path, 0, 0, "cannot make %s: %s", writer->failed_place,
                         writer->reason);
    const enum abscopal_status status = output_write_file(path, image, size, error);
    free(image);
    return status;
}

static void write_attribute(struct hdf5_writer *writer, hid_t object, const char *name, hid_t stored, hid_t given,
                            hid_t space, const void *value)
{
    const hid_t attribute = writer_id(writer, H5Acreate2(object, name, stored, space, H5P_DEFAULT, H5P_DEFAULT));
    writer_done(writer, H5Awrite(attribute, given, value));
    H5Aclose(attribute);
    H5Sclose(space);
}

void writer_text_attribute(struct hdf5_writer *writer, hid_t object, const char *name, const char *text)
{
    if (text[0] == '\0')
        return;
    /* Of fixed length, as netCDF writes its text attributes: every reader knows those. */
    const hid_t type = writer_id(writer, H5Tcopy(H5T_C_S1));
    writer_done(writer, H5Tset_size(type, strlen(text)));
    writer_done(writer, H5Tset_strpad(type, H5T_STR_NULLPAD));
    writer_done(writer, H5Tset_cset(type, H5T_CSET_UTF8));
    write_attribute(writer, object, name, type, type, writer_id(writer, H5Screate(H5S_SCALAR)), text);
    H5Tclose(type);
}

void writer_real_attribute(struct hdf5_writer *writer, hid_t object, const char *name, double value)
{
    write_attribute(writer, object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, writer_id(writer, H5Screate(H5S_SCALAR)),
                    &value);
}

void writer_real32_attribute(struct hdf5_writer *writer, hid_t object, const char *name, float value)
{
    write_attribute(writer, object, name, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, writer_id(writer, H5Screate(H5S_SCALAR)),
                    &value);
}

void writer_unsigned_attribute(struct hdf5_writer *writer, hid_t object, const char *name, uint64_t value)
{
    write_attribute(writer, object, name, H5T_STD_U64LE, H5T_NATIVE_UINT64, writer_id(writer, H5Screate(H5S_SCALAR)),
                    &value);
}

void writer_flags_attribute(struct hdf5_writer *writer, hid_t object, const char *name, const signed char *values,
                            size_t count)
{
    const hsize_t extent = count;
    write_attribute(writer, object, name, H5T_STD_I8LE, H5T_NATIVE_SCHAR,
                    writer_id(writer, H5Screate_simple(1, &extent, NULL)), values);
}
