/* How the courses of an arm spread: quantiles over patients, day by day. */
#ifndef ABSCOPAL_RESULTS_COURSE_BANDS_H
#define ABSCOPAL_RESULTS_COURSE_BANDS_H

#include "trial/courses.h"

/* Those of 5, 25, 50, 75 and 95 %; NaN without patients. */
struct course_band {
    double lowest, lower, median, upper, highest;
};

/* Of a quantity in an arm, over the patients who completed it, each with its weight where patients have weights:
 * fills bands[course_count]; *patients becomes how many there are. Quantiles are those of trial/quantiles.h. Returns
 * ABSCOPAL_BAD_INPUT when there is no such arm, ABSCOPAL_NO_MEMORY or ABSCOPAL_OK. */
enum abscopal_status course_bands(const struct abscopal_results *results, size_t arm, enum course_quantity quantity,
                                  struct course_band *bands, size_t *patients);

#endif
