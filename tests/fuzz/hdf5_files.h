/* HDF5 files for the targets of their readers: made when a target starts, so that the corpora, which are lists of
 * changes, do not depend on how a version of HDF5 or abscopal writes them. */
#ifndef ABSCOPAL_TESTS_FUZZ_HDF5_FILES_H
#define ABSCOPAL_TESTS_FUZZ_HDF5_FILES_H

#include <stddef.h>
#include <stdint.h>

/* A short trial with three patients, two arms and courses; the published patient, without a cohort; a sweep of two
 * doses. */
enum hdf5_base { HDF5_TRIAL, HDF5_PUBLISHED, HDF5_SWEEP, HDF5_BASE_COUNT };

/* A good file, to be borrowed, and its size. */
const uint8_t *hdf5_base_bytes(enum hdf5_base base, size_t *size);

/* Writes a copy of it, changes variables, attributes and links of it as the bytes say, through HDF5, and returns its
 * path, as fuzz_file. The file is one that HDF5 can read. */
const char *hdf5_file_changed(enum hdf5_base base, const uint8_t *data, size_t size);

/* Reads a file in every way that abscopal has, and shows what was in it. */
void hdf5_file_read_all(const char *path);

#endif
