/* HDF5 calls that need no checking one by one: a writer remembers the first failure and why, and later calls on what
 * could not be opened fail harmlessly. */
#ifndef ABSCOPAL_RESULTS_HDF5_WRITER_H
#define ABSCOPAL_RESULTS_HDF5_WRITER_H

#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abscopal.h"
#include "results/hdf5_disk.h"

struct hdf5_writer {
    hid_t file;
    struct hdf5_disk disk;
    hid_t driver;      /* of the disk; 0: the file is in memory */
    hid_t text_type;   /* variable-length UTF-8 */
    H5E_auto2_t print; /* HDF5's own printing of errors, which writer_close puts back, as the next */
    void *print_data;
    const char *place; /* what is being written */
    bool failed;
    const char *failed_place; /* what was being written at the first failure */
    char reason[256];         /* of that failure, in HDF5's words */
};

/* Begins an empty file in memory. No object in it will carry a time stamp. HDF5 prints nothing until writer_close. */
void writer_open(struct hdf5_writer *writer);

/* The same in an open file, new and empty. It is the caller's to close after writer_close. What cannot be written is
 * known for certain only then, from disk.failure. */
void writer_open_disk(struct hdf5_writer *writer, int descriptor);

/* The finished file, which is in memory, to be freed, and its size; NULL when anything has failed since writer_open. */
char *writer_image(struct hdf5_writer *writer, size_t *size);

/* Ends the writer, but for failed, failed_place, reason and disk.failure. */
void writer_close(struct hdf5_writer *writer);

/* Ends a writer in memory and writes its file, as output_write_file. Returns ABSCOPAL_OUTPUT_FAILED, with what could
 * not be made, ABSCOPAL_NO_MEMORY or ABSCOPAL_OK. */
enum abscopal_status writer_finish(struct hdf5_writer *writer, const char *path, struct abscopal_error *error);

/* Notes a failure, when there is one, and returns its argument. To be called right after the HDF5 call. */
hid_t writer_id(struct hdf5_writer *writer, hid_t id);
void writer_done(struct hdf5_writer *writer, herr_t result);
void writer_out_of_memory(struct hdf5_writer *writer);

/* Attributes of an object. An empty text is left out: HDF5 has no string of size 0. */
void writer_text_attribute(struct hdf5_writer *writer, hid_t object, const char *name, const char *text);
void writer_real_attribute(struct hdf5_writer *writer, hid_t object, const char *name, double value);
void writer_real32_attribute(struct hdf5_writer *writer, hid_t object, const char *name, float value);
void writer_unsigned_attribute(struct hdf5_writer *writer, hid_t object, const char *name, uint64_t value);
void writer_flags_attribute(struct hdf5_writer *writer, hid_t object, const char *name, const signed char *values,
                            size_t count);

#endif
