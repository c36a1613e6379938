/* The planned dosing of a trial's arms as NONMEM-style records, and where each of its columns stands. */
#ifndef ABSCOPAL_RESULTS_NONMEM_H
#define ABSCOPAL_RESULTS_NONMEM_H

#include <stddef.h>
#include <stdio.h>

#include "protocols/trial_file.h"

/* Writes a line of names and one record a line, ascending in TIME within each ID (protocols/nonmem_read.h says what
 * stands in each column), to a stream that does not fail, such as one in memory. Planned is what is given to those in
 * whom no visit finds anything and no dose is put off or missed. Treatments that wait for what a visit finds, and those
 * after them, are left out; *left_out becomes how many. Returns ABSCOPAL_OK or ABSCOPAL_NO_MEMORY. */
enum abscopal_status nonmem_write(const struct trial_file *trial, FILE *stream, size_t *left_out);

#endif
