/* Texts of any length in a file. */
#ifndef ABSCOPAL_RESULTS_HDF5_TEXTS_H
#define ABSCOPAL_RESULTS_HDF5_TEXTS_H

#include "results/hdf5_reader.h"

/* All texts of a variable whose layout has been checked, in an array that ends with NULL, to be freed with
 * reader_texts_free; NULL when the reader has failed. `name` is the variable's. */
char **hdf5_texts_read(struct hdf5_reader *reader, hid_t dataset, const char *name);

#endif
