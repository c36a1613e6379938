/* Results of a run whose patients come block by block, for summaries: of every patient and arm the outcome, the
 * response at every visit and what became of the patient, without parameters and courses. */
#ifndef ABSCOPAL_RESULTS_ROWS_H
#define ABSCOPAL_RESULTS_ROWS_H

#include "trial/virtual_trial.h"

/* Empty results of so many patients, in all else like those of a block. With a folder they are kept in a file there
 * that has no name, so that memory need not hold them. Returns NULL with ABSCOPAL_OUTPUT_FAILED (no room there) or
 * ABSCOPAL_NO_MEMORY. The trial is that of the block, and not owned. */
struct abscopal_results *rows_create(const struct abscopal_results *block, size_t patients, const char *folder,
                                     struct abscopal_error *error);

/* The error of whatever needs more than that: sets and returns it. */
enum abscopal_status rows_refuse(const char *path, struct abscopal_error *error);

/* Whether a block, which may come from a file, has patients of these results' run. */
bool rows_fit(const struct abscopal_results *rows, const struct abscopal_results *block);

/* Takes the patients of a block that fits, who stand from that row on. False without memory. */
bool rows_take(struct abscopal_results *rows, const struct abscopal_results *block, size_t row);

#endif
