#include "trial/imaging.h"

#include <math.h>

#include "cohorts/sampling.h"

bool imaging_is_missed(const struct imaging *imaging, uint64_t seed, uint64_t patient, size_t visit)
{
    return imaging->missed_probability > 0 && visit > 0 &&
           sampling_uniform(seed, patient, "missed visit", visit) < imaging->missed_probability;
}

double imaging_error_factor(const struct imaging *imaging, uint64_t seed, uint64_t patient, size_t visit, int lesion)
{
    const struct distribution error = {DISTRIBUTION_LOGNORMAL, 1, imaging->error, 0, INFINITY};
    return imaging->error > 0
               ? distribution_quantile(&error, sampling_uniform(seed, patient, "measurement error",
                                                                visit * MODEL_MAX_LESIONS + (uint64_t)lesion))
               : 1;
}

void imaging_measure(const struct imaging *imaging, uint64_t seed, uint64_t patient, size_t visit,
                     const struct model *model, const double *state, double *diameters_mm)
{
    const bool missed = imaging_is_missed(imaging, seed, patient, visit);
    for (int lesion = 0; lesion < model->lesion_count; lesion++)
        diameters_mm[lesion] = missed ? (double)NAN
                                      : model_diameter_mm(model, state, lesion) *
                                            imaging_error_factor(imaging, seed, patient, visit, lesion);
}
