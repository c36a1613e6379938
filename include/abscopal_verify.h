/* Running patients of a result file again; a part of abscopal.h, which includes it. */
#ifndef ABSCOPAL_VERIFY_H
#define ABSCOPAL_VERIFY_H

#include "abscopal.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How what a file holds compares with what running its patients again gives. */
typedef struct abscopal_verification abscopal_verification;

struct abscopal_verify_options {
    size_t patients;             /* to run again, drawn from those of the file, all alike; 0: 20; at most all */
    uint64_t seed;               /* of that draw */
    size_t only_patient;         /* 0: those drawn; otherwise this one alone, by its number */
    int threads;                 /* 0: one for each processor; the results do not depend on it */
    abscopal_progress *progress; /* as in abscopal_run; NULL: none */
    void *progress_context;
};

/* Reads a result file and runs patients of it again, with its trial, cohort, seed, tolerance, engine and days of
 * courses, and compares every value that the file has of them, in every arm, as it is stored.
 *
 * When this is the program that made the file (version, commit, compiler, instructions, lanes and libraries are the
 * same) every value must be the same to the bit. Of another build texts and whole numbers must be the same; what is
 * drawn, such as parameters, to 1e-9; and what is integrated to ten or, with CVODE, a hundred times the relative
 * tolerance of the file (which counts as 1e-7 at least), of the value or of a thousandth of the largest that the
 * variable has in that place among these patients, whichever is more, and of a change of the baseline (docs/commands.md
 * says how far builds differ).
 *
 * A population's weights are taken as stored, since the file does not say where they come from. `options` may be NULL.
 * Returns NULL with ABSCOPAL_BAD_INPUT (the file is none of ours, or has no such patient; or who is in which arm
 * depends on weights of patients who are not in it), ABSCOPAL_NO_MEMORY or ABSCOPAL_INTERRUPTED. Differences are no
 * error. Not to be called from two threads at once, as abscopal_results_write_hdf5. */
ABSCOPAL_API abscopal_verification *abscopal_verify(const char *path, const struct abscopal_verify_options *options,
                                                    struct abscopal_error *error);
ABSCOPAL_API void abscopal_verification_free(abscopal_verification *verification);

/* Whether every value agrees, as above; and whether every value is the same to the bit. */
ABSCOPAL_API int abscopal_verification_agrees(const abscopal_verification *verification);
ABSCOPAL_API int abscopal_verification_same_bits(const abscopal_verification *verification);

/* One sentence that says what was found and, where something differs, a table of the variables that do, each with the
 * largest difference. Returns ABSCOPAL_OUTPUT_FAILED, ABSCOPAL_NO_MEMORY or ABSCOPAL_OK. */
ABSCOPAL_API enum abscopal_status abscopal_verification_write(const abscopal_verification *verification, FILE *file,
                                                              struct abscopal_error *error);

#ifdef __cplusplus
}
#endif

#endif
