/* What a file looks like before anything of it is read: a result file of abscopal is a flat list of variables, stored
 * in the file itself, of few types, whole or in chunks that were shuffled and deflated. Whatever else HDF5 has is
 * refused, and so is what claims more than the file can hold: a reader that passes here can neither be led to another
 * file nor made to take more memory than a thousand times the file's size. */
#ifndef ABSCOPAL_RESULTS_HDF5_LAYOUT_H
#define ABSCOPAL_RESULTS_HDF5_LAYOUT_H

#include "results/hdf5_reader.h"

/* Deflate makes at most 1032 bytes of one (258 bytes of two bits, and less with its tables). */
enum { MOST_INFLATED = 1032 };

/* Fails the reader where the file is otherwise. */
void hdf5_layout_check(struct hdf5_reader *reader);

/* Whether a type is one that abscopal writes: double, float, integers of 1 to 8 bytes, all little-endian, or UTF-8
 * texts of any length. */
bool hdf5_type_is_ours(hid_t type);

#endif
