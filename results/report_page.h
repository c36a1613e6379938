/* The page of a report, and the script that draws its figures outside a page, from the data of the report. */
#ifndef ABSCOPAL_RESULTS_REPORT_PAGE_H
#define ABSCOPAL_RESULTS_REPORT_PAGE_H

#include <stddef.h>
#include <stdio.h>

#include "abscopal.h"

enum abscopal_status report_page_write(FILE *file, const char *json, size_t size, struct abscopal_error *error);
enum abscopal_status report_figures_script_write(FILE *file, const char *json, size_t size,
                                                 struct abscopal_error *error);

#endif
