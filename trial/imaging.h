/* What imaging makes of the lesions there are: measurement error and missed visits. */
#ifndef ABSCOPAL_TRIAL_IMAGING_H
#define ABSCOPAL_TRIAL_IMAGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"
#include "protocols/trial_file.h"

/* Whether a visit (from 0, the baseline, which nobody misses) is missed; the same in every arm. */
bool imaging_is_missed(const struct imaging *imaging, uint64_t seed, uint64_t patient, size_t visit);

/* By which the error of measurement multiplies a lesion's diameter at a visit; 1 where imaging has none. */
double imaging_error_factor(const struct imaging *imaging, uint64_t seed, uint64_t patient, size_t visit,
                            size_t lesion);

/* Measures the lesions at a visit (from 0, the baseline): fills diameters_mm[model->lesion_count], all NaN when the
 * visit is missed. Errors are lognormal, of each diameter and visit its own, the same in every arm (so that arms differ
 * by what was done alone) and whatever else is asked for: keyed by (seed, patient, visit, lesion). */
void imaging_measure(const struct imaging *imaging, uint64_t seed, uint64_t patient, size_t visit,
                     const struct model *model, const double *state, double *diameters_mm);

#endif
