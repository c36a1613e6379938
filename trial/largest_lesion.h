/* The lesion of a patient that is largest at baseline, and how it changes. */
#ifndef ABSCOPAL_TRIAL_LARGEST_LESION_H
#define ABSCOPAL_TRIAL_LARGEST_LESION_H

#include "trial/virtual_trial.h"

/* Its diameter at baseline, mm; NaN when none was measured. */
double largest_lesion_diameter_mm(const struct abscopal_results *results, size_t arm, size_t patient);

/* Its smallest diameter over the visits after baseline, up to and including that of the first progression, over that at
 * baseline, less 1. A diameter below 2 mm counts as 2 mm; visits that were missed do not count. NaN where there is
 * none. */
double largest_lesion_change(const struct abscopal_results *results, size_t arm, size_t patient);

#endif
