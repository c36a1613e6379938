/* Trials and beginnings of sweep files for tests of their readers. */
#ifndef ABSCOPAL_TESTS_SWEEP_FILES_H
#define ABSCOPAL_TESTS_SWEEP_FILES_H

/* Makes a folder with trial.yaml, whose arms are "alone", "both" and "at once", and trials that do not suit a sweep; as
 * input_folder_make, which it calls. */
int sweep_files_make(void **state);

/* Pieces of sweep files, in the order in which they stand there. */
#define TOP "name: n\ntrial: trial.yaml\n"
#define OF(trial) "name: n\ntrial: " trial "\narm: both\n"
#define HEAD TOP "arm: both\n"
#define ENDS "endpoints: [best_response_rate]\n"
#define VARY(rest) "vary:\n- {name: x, " rest "}\n"
#define FRACTIONS VARY("set: treatments/rt/fractions, values: [1, 3]")
#define DOSES "set: treatments/rt/radiotherapy, "
#define AXIS(rest) HEAD ENDS VARY(rest)
#define GOOD HEAD ENDS FRACTIONS
#define SEARCH(rest) GOOD "seed: 1\noptimize: {evaluations: 9, " rest "}\n"

#endif
