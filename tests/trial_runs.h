/* Runs of trial files for tests, and whether what came of them is the same to the bit. */
#ifndef ABSCOPAL_TESTS_TRIAL_RUNS_H
#define ABSCOPAL_TESTS_TRIAL_RUNS_H

#include "trial/virtual_trial.h"

/* Fail the test where the trial cannot be read or run. */
abscopal_trial *trial_runs_read(const char *path);
abscopal_results *trial_runs_in_blocks(const abscopal_trial *trial, const struct abscopal_run_options *options,
                                       size_t block_patients);

/* What an arm's patient was given and showed, in one run and in another, bit for bit. */
void trial_runs_assert_same_course(const abscopal_results *a, size_t arm, size_t patient, const abscopal_results *b,
                                   size_t other_arm, size_t other);

/* Row `patient` of one run against row `other` of another, bit for bit: what was allocated, given and seen. */
void trial_runs_assert_same_patient(const abscopal_results *a, size_t patient, const abscopal_results *b, size_t other);

/* Runs the first patients of a trial with 1 and 2 threads, in blocks of different sizes, and some patients alone, and
 * fails unless each is the same in all. Returns the results of one thread; the trial is to be freed after them. */
abscopal_results *trial_runs_assert_one_result(const abscopal_trial *trial, enum abscopal_engine engine,
                                               size_t patients);

#endif
