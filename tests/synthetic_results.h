/* Results made up in memory, for tests of what is written: no model, no solver, the same numbers every time. */
#ifndef ABSCOPAL_TESTS_SYNTHETIC_RESULTS_H
#define ABSCOPAL_TESTS_SYNTHETIC_RESULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "trial/virtual_trial.h"

/* Two arms, one with a name beyond ASCII, and visits every 40 days to day 400. Lesions shrink and grow back at rates
 * that differ from patient to patient; among the first thirty patients are some who miss a visit, who were not
 * plausible, whom the solver gave up in growth (before either arm) and in the second arm only, and who were not run.
 * Their courses have a day every 100 d. Without a cohort: one lesion, every patient completed, and no courses. The
 * trial text is longer than an HDF5 attribute may be. Free with synthetic_results_free; NULL when memory runs out. */
struct abscopal_results *synthetic_results_new(size_t patients, bool has_cohort);
void synthetic_results_free(struct abscopal_results *results);

#endif
