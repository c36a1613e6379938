/* Filling in a struct abscopal_error. */
#ifndef ABSCOPAL_PROTOCOLS_ERROR_H
#define ABSCOPAL_PROTOCOLS_ERROR_H

#include <stdarg.h>

#include "abscopal.h"

/* Sets status, place and message (printf format) and returns the status, so that a function can end with
 * `return error_set(...)`. file may be NULL, line and column 0; error may be NULL. */
__attribute__((format(printf, 6, 7))) enum abscopal_status error_set(struct abscopal_error *error,
                                                                     enum abscopal_status status, const char *file,
                                                                     int line, int column, const char *format, ...);

/* The same of a list of arguments, for functions that take a format themselves. */
__attribute__((format(printf, 6, 0))) enum abscopal_status error_set_list(struct abscopal_error *error,
                                                                          enum abscopal_status status, const char *file,
                                                                          int line, int column, const char *format,
                                                                          va_list arguments);

/* "out of memory", as ABSCOPAL_NO_MEMORY. */
enum abscopal_status error_no_memory(struct abscopal_error *error);

#endif
