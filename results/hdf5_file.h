/* A result file in the making: first everything that does not depend on patients, then patients in order, block by
 * block. Errors stick in `writer`: once something has failed, all that follows is without effect. HDF5 prints nothing
 * between open and close. */
#ifndef ABSCOPAL_RESULTS_HDF5_FILE_H
#define ABSCOPAL_RESULTS_HDF5_FILE_H

#include <stdbool.h>

#include "results/hdf5_writer.h"
#include "trial/virtual_trial.h"

struct results_file {
    struct hdf5_writer writer;
    const struct abscopal_results *header; /* whose patient_count is that of the file */
    size_t block_patients;
    hid_t *datasets;      /* [variable], open; 0: the file does not have it */
    size_t patients;      /* appended */
    double patient_bytes; /* that these take in the file; known at its end */
};

/* Begins a file in an open one, new and empty, or in memory for a negative descriptor. Of the header all is used that
 * does not depend on patients, and at the end their weights; it must outlive the file. Patients come in blocks of
 * `block_patients`, a power of two; only the last may have fewer. The same patients in the same blocks make the same
 * bytes, whichever of the two ways below they take. */
void results_file_open(struct results_file *file, const struct abscopal_results *header, size_t block_patients,
                       int descriptor);

/* Appends patients of results, from that row on. */
void results_file_append(struct results_file *file, const struct abscopal_results *results, size_t row,
                         size_t patients);

/* Appends a block from a file that holds so many patients and nothing else. It has been read before, or just written.
 */
void results_file_append_file(struct results_file *file, const char *path, size_t patients);

/* Whether something has failed. */
bool results_file_failed(const struct results_file *file);

/* The finished file, which is in memory, and its size; NULL on failure. To be called before results_file_close. */
char *results_file_image(struct results_file *file, size_t *size);

/* Ends the file. Returns ABSCOPAL_OK, or, with the error of `path`, ABSCOPAL_OUTPUT_FAILED or ABSCOPAL_NO_MEMORY when
 * it is not good. */
enum abscopal_status results_file_close(struct results_file *file, const char *path, struct abscopal_error *error);

/* Patients of a block of a run of so many: enough that ends of blocks cost little, few enough that little is lost with
 * one. A power of two. */
size_t results_block_patients(size_t patients);

/* Writes such a file of all patients of results. As a part it ends with its seal, of `seal` (results/seal.h; NULL: it
 * is none). Returns ABSCOPAL_OK, ABSCOPAL_OUTPUT_FAILED or ABSCOPAL_NO_MEMORY, and leaves nothing half-written. */
enum abscopal_status results_file_write(const struct abscopal_results *results, size_t block_patients, const char *path,
                                        const char *seal, struct abscopal_error *error);

#endif
