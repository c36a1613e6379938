/* Telling files of trials, cohorts, drugs and virtual populations apart. */
#ifndef ABSCOPAL_PROTOCOLS_INPUT_FILE_H
#define ABSCOPAL_PROTOCOLS_INPUT_FILE_H

#include "abscopal.h"

enum input_file_kind { INPUT_FILE_TRIAL, INPUT_FILE_COHORT, INPUT_FILE_DRUG, INPUT_FILE_POPULATION };

/* A trial file has the key 'arms', a cohort file 'patients', a drug file 'target', and whatever has 'match' is the file
 * of a virtual population. Fails, as the readers do, when the
 * file is no YAML mapping or has none of these keys or several. */
enum abscopal_status input_file_kind(const char *path, enum input_file_kind *kind, struct abscopal_error *error);

#endif
