/* The page of a report, and the script that draws its figures outside a page, from the data of the report. */
#ifndef ABSCOPAL_RESULTS_REPORT_PAGE_H
#define ABSCOPAL_RESULTS_REPORT_PAGE_H

#include <stddef.h>
#include <stdio.h>

#include "abscopal.h"

/* Writes one HTML file that needs no other and no network. `json` is an object, `size` its bytes of UTF-8. The same
 * data give the same bytes. Returns ABSCOPAL_OUTPUT_FAILED with the system's reason. */
enum abscopal_status report_page_write(FILE *file, const char *json, size_t size, struct abscopal_error *error);

/* Writes the script that `node SCRIPT FOLDER` runs (Node.js 16 or later) to draw every figure of the data as
 * FOLDER/NAME.svg; it makes the folder and prints the names of the files. With `json` NULL the script reads the data
 * from a file, `node SCRIPT FOLDER FILE`, or from standard input. Errors as above. */
enum abscopal_status report_figures_script_write(FILE *file, const char *json, size_t size,
                                                 struct abscopal_error *error);

#endif
