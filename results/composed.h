/* Text that a writer composes in memory and that then appears whole or not at all. Numbers have points for decimal
 * signs, whatever the locale of the program is. */
#ifndef ABSCOPAL_RESULTS_COMPOSED_H
#define ABSCOPAL_RESULTS_COMPOSED_H

#include <stdio.h>

#include "abscopal.h"

typedef void composed_writer(FILE *text, const void *context);

/* A file, as output_write_file. Returns ABSCOPAL_OUTPUT_FAILED, ABSCOPAL_NO_MEMORY or ABSCOPAL_OK. */
enum abscopal_status composed_write_file(const char *path, composed_writer *write, const void *context,
                                         struct abscopal_error *error);

/* To an open stream, as output_write_stream. Errors as composed_write_file. */
enum abscopal_status composed_write_stream(FILE *stream, composed_writer *write, const void *context,
                                           struct abscopal_error *error);

#endif
