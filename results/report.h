/* The parts of a report's data, each from results alone; docs/report.md says what they mean, results/report_data.c puts
 * them together. Each returns a new JSON value, or NULL without memory. */
#ifndef ABSCOPAL_RESULTS_REPORT_H
#define ABSCOPAL_RESULTS_REPORT_H

#include <jansson.h>

#include "trial/virtual_trial.h"

/* One run. Borrows its texts. */
struct report_run {
    const struct abscopal_results *results;
    const char *label; /* of one among several, such as "A"; "" of the only one */
    const char *file;  /* its name without folders; "" for results that are not of a file */
};

/* Figures do not show everybody: at most so many patients of an arm. */
enum { REPORT_MOST_BARS = 400, REPORT_MOST_LINES = 60, REPORT_MOST_LANES = 40, REPORT_MOST_PARAMETERS = 15 };

/* Of `count` things in some order, the `index`-th of `shown` that lie evenly in it, the first and the last among them.
 */
size_t report_pick(size_t count, size_t shown, size_t index);

/* "complete", "partial", "stable", "progressive", "not evaluable", "neither". */
const char *report_response_name(enum response response);

json_t *report_design(const struct abscopal_results *results);
json_t *report_flow(const struct abscopal_results *results);
json_t *report_endpoints(const struct abscopal_results *results);
json_t *report_observed(const struct abscopal_results *results);
json_t *report_comparisons(const struct abscopal_results *results);
json_t *report_survival(const struct abscopal_results *results);
json_t *report_waterfall(const struct abscopal_results *results);
json_t *report_spider(const struct abscopal_results *results);
json_t *report_swimmer(const struct abscopal_results *results);
json_t *report_courses(const struct abscopal_results *results);
json_t *report_separation(const struct abscopal_results *results);

/* Of one patient in one arm; null for results without courses. */
json_t *report_courses_of_patient(const struct abscopal_results *results, size_t arm, size_t patient);

/* What the trial is, and that with all of the parts above but the last. */
json_t *report_trial_json(const struct report_run *run);
json_t *report_run_json(const struct report_run *run);

/* Rows of {what, value} and {name, text}, of one run; a label before `what` and `name` where there are several. */
json_t *report_provenance(const struct report_run *run);
json_t *report_texts(const struct report_run *run);

/* Adds such a row, with the SHA-256 of a text where that is its value, or such a text; nothing for an empty one. */
void report_row_add(json_t **rows, const char *label, const char *what, const char *value);
void report_digest_add(json_t **rows, const char *label, const char *what, const char *text);
void report_text_add(json_t **list, const char *label, const char *what, const char *text);

/* The page's data. Of two runs, what differs and endpoints beside each other. */
json_t *report_trial_data(const struct report_run *run);
json_t *report_compare_data(const struct report_run runs[2]);
/* Of the patient in that row of the results, from 0. */
json_t *report_patient_data(const struct report_run *run, size_t patient);

/* Of a sweep or a search. */
struct abscopal_sweep;
json_t *report_sweep_data(const struct abscopal_sweep *sweep, const char *file);

/* What every page's data begins with; and one object with the members of both, whose references it takes, NULL when one
 * is. */
json_t *report_frame(const char *kind, const char *title, const char *subtitle);
json_t *report_join(json_t *first, json_t *second);

#endif
