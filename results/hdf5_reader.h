/* Reading result files that results/hdf5.c has written. Nothing in a file is trusted: what is read must have the
 * dimensions, sizes and types that results/variables.h gives it.
 *
 * Errors stick: the first one is kept, and from then on every call returns NULL or 0 at once. */
#ifndef ABSCOPAL_RESULTS_HDF5_READER_H
#define ABSCOPAL_RESULTS_HDF5_READER_H

#include <hdf5.h>
#include <stdint.h>

#include "results/variables.h"

struct hdf5_reader {
    hid_t file;
    const char *path;
    size_t sizes[DIMENSION_COUNT];
    enum abscopal_status status;
    struct abscopal_error *error;
    H5E_auto2_t print; /* HDF5's own printing of errors, put back at the end, as the next */
    void *print_data;
    unsigned plugins; /* whether HDF5 may load libraries for filters */
};

/* Opens the file of a trial's results, checks its layout (results/hdf5_layout.h) and that of every variable that it
 * must have, and reads the sizes of its dimensions; or any file of abscopal, without these; or the same without any
 * check, to ask for attributes alone. Returns ABSCOPAL_OK or ABSCOPAL_BAD_INPUT; to be closed in any case. path and
 * error must outlive the reader; error may be NULL. */
enum abscopal_status reader_open(struct hdf5_reader *reader, const char *path, struct abscopal_error *error);
enum abscopal_status reader_open_any(struct hdf5_reader *reader, const char *path, struct abscopal_error *error);
enum abscopal_status reader_open_unchecked(struct hdf5_reader *reader, const char *path, struct abscopal_error *error);
void reader_close(struct hdf5_reader *reader);

/* Values of a variable, of one arm where it has that dimension, in the layout of the file, to be freed: of double,
 * float, int64_t or signed char, as its type says (results/variables.h; no texts). */
double *reader_reals(struct hdf5_reader *reader, const char *name, size_t arm);
float *reader_reals32(struct hdf5_reader *reader, const char *name, size_t arm);
int64_t *reader_integers(struct hdf5_reader *reader, const char *name, size_t arm);
signed char *reader_flags(struct hdf5_reader *reader, const char *name, size_t arm);

/* The same of a variable of the table: of the C type that its type has there. */
void *reader_numbers(struct hdf5_reader *reader, const struct result_variable *variable, size_t arm);

/* Texts of a variable with at most one dimension, in an array that ends with NULL. */
char **reader_texts(struct hdf5_reader *reader, const char *name);
void reader_texts_free(char **texts);

/* An attribute of the file, to be freed; a copy of `otherwise` when there is none. */
char *reader_text_attribute(struct hdf5_reader *reader, const char *name, const char *otherwise);
/* The same of any object in it. */
char *reader_text_attribute_of(struct hdf5_reader *reader, hid_t object, const char *name, const char *otherwise);
bool reader_has_attribute(const struct hdf5_reader *reader, const char *name);
uint64_t reader_unsigned_attribute(struct hdf5_reader *reader, const char *name);
double reader_real_attribute(struct hdf5_reader *reader, const char *name);

/* Records an error of the file unless there is one already. */
__attribute__((format(printf, 2, 3))) void reader_fail(struct hdf5_reader *reader, const char *format, ...);

#endif
