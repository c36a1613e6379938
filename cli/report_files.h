/* The files of a report, which several commands write. */
#ifndef ABSCOPAL_CLI_REPORT_FILES_H
#define ABSCOPAL_CLI_REPORT_FILES_H

#include "cli/options.h"

/* What is asked for; NULL: not. */
struct report_files {
    const char *html, *json, *figures, *format;
};

/* Whether what is asked for makes sense and can be written; otherwise prints a message, and *code is what to exit
 * with. To be called before anything is computed. */
bool report_files_check(const char *command, const struct report_files *files, enum exit_code *code);

/* Writes them, and frees the report, which may be NULL with `error` saying why. */
enum exit_code report_files_write(const char *command, abscopal_report *report, const struct report_files *files,
                                  const struct abscopal_error *error);

/* The part of a path after its last slash. */
const char *file_name_of(const char *path);

#endif
