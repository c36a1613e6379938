/* Reports of results; a part of abscopal.h, which includes it. */
#ifndef ABSCOPAL_REPORTS_H
#define ABSCOPAL_REPORTS_H

#include "abscopal.h"
#include "abscopal_sweeps.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a report shows, computed. docs/report.md explains every figure and number. */
typedef struct abscopal_report abscopal_report;

/* Of the results of a trial; of two of them, beside each other and with the differences of arms of the same name; and
 * of one patient, by number. The names are what the report calls the results, such as those of their files; NULL: none.
 * What is returned holds everything that it needs of the results. Return NULL with ABSCOPAL_BAD_INPUT (there is no such
 * patient) or ABSCOPAL_NO_MEMORY. */
ABSCOPAL_API abscopal_report *abscopal_report_of_trial(const abscopal_results *results, const char *name,
                                                       struct abscopal_error *error);
ABSCOPAL_API abscopal_report *abscopal_report_of_two(const abscopal_results *first, const char *first_name,
                                                     const abscopal_results *second, const char *second_name,
                                                     struct abscopal_error *error);
ABSCOPAL_API abscopal_report *abscopal_report_of_patient(const abscopal_results *results, const char *name,
                                                         size_t patient, struct abscopal_error *error);

/* Of a sweep or a search; errors as above. */
ABSCOPAL_API abscopal_report *abscopal_report_of_sweep(const abscopal_sweep *sweep, const char *name,
                                                       struct abscopal_error *error);
ABSCOPAL_API void abscopal_report_free(abscopal_report *report);

/* One HTML page that needs no other file and no network; what it shows, as one JSON object; and a script with which
 * `node SCRIPT FOLDER` (Node.js) draws every figure as FOLDER/NAME.svg. Written beside and renamed into place; the same
 * results give the same bytes. Return ABSCOPAL_OUTPUT_FAILED or ABSCOPAL_NO_MEMORY. */
ABSCOPAL_API enum abscopal_status abscopal_report_write_html(const abscopal_report *report, const char *path,
                                                             struct abscopal_error *error);
ABSCOPAL_API enum abscopal_status abscopal_report_write_json(const abscopal_report *report, const char *path,
                                                             struct abscopal_error *error);
ABSCOPAL_API enum abscopal_status abscopal_report_write_script(const abscopal_report *report, const char *path,
                                                               struct abscopal_error *error);

#ifdef __cplusplus
}
#endif
#endif
