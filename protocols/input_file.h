/* Telling trial, cohort, drug and calibration files apart. */
#ifndef ABSCOPAL_PROTOCOLS_INPUT_FILE_H
#define ABSCOPAL_PROTOCOLS_INPUT_FILE_H

#include "abscopal.h"

enum input_file_kind { INPUT_FILE_TRIAL, INPUT_FILE_COHORT, INPUT_FILE_DRUG, INPUT_FILE_CALIBRATION };

/* A trial file has the key 'arms', a cohort file 'patients', a drug file 'target', a calibration
 * file 'free', whatever else it has. Fails, as the readers do, when the
 * file is no YAML mapping or has none of these keys or several. */
enum abscopal_status input_file_kind(const char *path, enum input_file_kind *kind, struct abscopal_error *error);

#endif
