/* The rules for plausible patients in cohort files. */
#ifndef ABSCOPAL_COHORTS_PLAUSIBLE_FILE_H
#define ABSCOPAL_COHORTS_PLAUSIBLE_FILE_H

#include "cohorts/cohort_file.h"
#include "protocols/input_keys.h"

extern const struct input_mapping plausible_keys;
extern const struct input_value plausible_value;

/* Reads 'plausible' of a cohort file. On failure the document's status says so. */
void plausible_read(struct yaml_document *document, struct cohort *cohort);

#endif
