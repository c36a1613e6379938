/* Runs into files, in blocks that are kept as they are finished; a part of abscopal.h, which includes it. */
#ifndef ABSCOPAL_FILES_H
#define ABSCOPAL_FILES_H

#include "abscopal.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A run into a file goes through its patients in blocks. Every finished block becomes a file of its own in the folder
 * OUTPUT.parts; when all are there, they are put together as OUTPUT and the folder is removed. Whatever ends the run
 * before, finished blocks are not lost. docs/running.md says more. */

/* The next block to run, from 0; `blocks` or more: there is none left. For blocks that are shared out among processes:
 * each must be given to one only. Called from the thread that called. */
typedef size_t abscopal_claim(size_t blocks, void *context);

/* What a run will need, judged by a part of its patients. */
struct abscopal_run_estimate {
    size_t patients, blocks;
    size_t measured; /* patients that were run for it */
    double seconds;  /* of all that is to be run, on this machine with these threads */
    double bytes;    /* of the file; with its parts it takes twice that while it is put together; NaN: there is none */
    double free;     /* bytes free where it is to be; NaN: not known */
};
typedef void abscopal_estimated(const struct abscopal_run_estimate *estimate, void *context);

struct abscopal_file_options {
    const char *output;    /* the file */
    int resume;            /* not 0: go on with finished blocks that are there */
    int replace;           /* not 0: a file of that name is replaced */
    size_t block_patients; /* a power of two up to 65536; 0: by the number of patients, from 32 to 256 */
    size_t shard, shards;  /* of so many shards, the one from 1 to run; 0 of 0: all */
    abscopal_claim *claim; /* NULL: blocks in their order */
    void *claim_context;
    abscopal_estimated *estimated; /* called once, before the first of several blocks; NULL: never */
    void *estimated_context;
};

/* abscopal_run into a file. Memory holds one block at a time; what the results have of all patients is kept on disk
 * beside the parts until they are freed. The file is the same, bit for bit, as abscopal_results_write_hdf5 makes of
 * abscopal_run's results, however often it was stopped and resumed. A return of the progress callback other than 0
 * asks to stop after the block at hand. The results are for summaries, tables and JSON; for anything else read the
 * file. Without an output nothing is kept and nothing written. Returns NULL with ABSCOPAL_BAD_INPUT (options; the file
 * exists; there are parts without `resume`, or of another run), ABSCOPAL_OUTPUT_FAILED, ABSCOPAL_NO_MEMORY or
 * ABSCOPAL_INTERRUPTED; after all but the first it can be resumed. The trial must outlive the results. */
ABSCOPAL_API abscopal_results *abscopal_run_to_file(const abscopal_trial *trial,
                                                    const struct abscopal_run_options *options,
                                                    const struct abscopal_file_options *file,
                                                    struct abscopal_error *error);

/* The same for one of several processes, which have the same trial and options: runs its shard, or the blocks that it
 * claims, unless they are there; parts are left for abscopal_merge. Parts of the same run are no error. */
ABSCOPAL_API enum abscopal_status abscopal_run_blocks(const abscopal_trial *trial,
                                                      const struct abscopal_run_options *options,
                                                      const struct abscopal_file_options *file,
                                                      struct abscopal_error *error);

/* Puts OUTPUT together from all blocks in OUTPUT.parts, after each was read and checked. The results are as those of
 * abscopal_run_to_file, and own their trial. Returns NULL with ABSCOPAL_BAD_INPUT (no such folder, blocks are missing
 * or damaged, the file exists and `replace` is 0), ABSCOPAL_OUTPUT_FAILED or ABSCOPAL_NO_MEMORY; the parts are then
 * kept. */
ABSCOPAL_API abscopal_results *abscopal_merge(const char *output, int replace, struct abscopal_error *error);

/* What such a run would need: runs a 64th of the patients, but from 16 to 64, and writes nothing. Errors as
 * abscopal_run. */
ABSCOPAL_API enum abscopal_status abscopal_run_estimated(const abscopal_trial *trial,
                                                         const struct abscopal_run_options *options,
                                                         const struct abscopal_file_options *file,
                                                         struct abscopal_run_estimate *estimate,
                                                         struct abscopal_error *error);

#ifdef __cplusplus
}
#endif
#endif
