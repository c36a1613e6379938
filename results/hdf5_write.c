/* Results in memory as one file. */
#include <stdlib.h>

#include "abscopal.h"
#include "results/hdf5_file.h"
#include "results/output.h"
#include "results/rows.h"
#include "results/seal.h"

size_t results_block_patients(size_t patients)
{
    enum { LEAST = 32, MOST = 256, BLOCKS = 8 };
    size_t block = LEAST;
    while (block < MOST && 2 * block * BLOCKS <= patients)
        block *= 2;
    return block;
}

static void append_all(struct results_file *file, const struct abscopal_results *results)
{
    for (size_t row = 0; row < results->patient_count; row += file->block_patients) {
        const size_t left = results->patient_count - row;
        results_file_append(file, results, row, left < file->block_patients ? left : file->block_patients);
    }
}

/* A pipe or a device is written from the first byte to the last. */
static enum abscopal_status write_through(const struct abscopal_results *results, size_t block_patients,
                                          struct output *output, struct abscopal_error *error)
{
    struct results_file file;
    size_t size = 0;
    results_file_open(&file, results, block_patients, -1);
    append_all(&file, results);
    char *image = results_file_image(&file, &size);
    enum abscopal_status status = results_file_close(&file, output->target, error);
    if (status == ABSCOPAL_OK)
        status = output_write(output, image, size, error);
    free(image);
    return status;
}

static enum abscopal_status write_in_place(const struct abscopal_results *results, size_t block_patients,
                                           struct output *output, struct abscopal_error *error)
{
    struct results_file file;
    results_file_open(&file, results, block_patients, output->descriptor);
    append_all(&file, results);
    return results_file_close(&file, output->target, error);
}

enum abscopal_status results_file_write(const struct abscopal_results *results, size_t block_patients, const char *path,
                                        const char *seal, struct abscopal_error *error)
{
    struct output output;
    enum abscopal_status status = output_open(&output, path, error);
    if (status != ABSCOPAL_OK)
        return status;
    status = output.partial != NULL ? write_in_place(results, block_patients, &output, error)
                                    : write_through(results, block_patients, &output, error);
    if (status == ABSCOPAL_OK && seal != NULL)
        status = seal_write(&output, seal, error);
    if (status == ABSCOPAL_OK)
        return output_commit(&output, error);
    output_discard(&output);
    return status;
}

enum abscopal_status abscopal_results_write_hdf5(const abscopal_results *results, const char *path,
                                                 struct abscopal_error *error)
{
    if (results->pages != NULL)
        return rows_refuse(path, error);
    return results_file_write(results, results_block_patients(results->patient_count), path, NULL, error);
}
