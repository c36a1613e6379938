/* How a run is divided into blocks of patients, and what all of them depend on. */
#ifndef ABSCOPAL_RESULTS_BLOCKS_H
#define ABSCOPAL_RESULTS_BLOCKS_H

#include "results/parts.h"
#include "trial/allocation.h"
#include "trial/virtual_trial.h"

struct blocks {
    const struct abscopal_trial *trial;
    struct abscopal_run_options options; /* with only_patient 0 */
    uint64_t first_id;                   /* of the run's first patient */
    size_t patients, size, count;        /* patients in all and of a block, and blocks */
    struct allocation_cursor cursor;
};

/* Returns ABSCOPAL_BAD_INPUT (the options of the run, or a size that is no power of two) or ABSCOPAL_OK. */
enum abscopal_status blocks_plan(struct blocks *blocks, const struct abscopal_trial *trial,
                                 const struct abscopal_run_options *options, size_t size, struct abscopal_error *error);

/* Patients of a block, from 0: all but the last have blocks->size. */
size_t blocks_patients(const struct blocks *blocks, size_t block);

/* Runs a block. Errors as abscopal_run. */
struct abscopal_results *blocks_run(struct blocks *blocks, size_t block, struct abscopal_error *error);

/* Lines of text that are the same for two runs only if their blocks are: of the program, the model, the input and the
 * options. To be freed; NULL without memory. */
char *blocks_signature(const struct blocks *blocks);

/* What the signature says of the number of patients and the size of blocks: false when it says nothing of them. */
bool blocks_read_signature(const char *signature, size_t *patients, size_t *size);

/* The folder of the parts of a run. */
struct parts blocks_parts(void);

#endif
