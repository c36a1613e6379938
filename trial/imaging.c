#include "trial/imaging.h"

#include <math.h>

#include <gsl/gsl_cdf.h>

#include "cohorts/sampling.h"

bool imaging_is_missed(const struct imaging *imaging, uint64_t seed, uint64_t patient, size_t visit)
{
    return imaging->missed_probability > 0 && visit > 0 &&
           sampling_uniform(seed, patient, "missed visit", visit) < imaging->missed_probability;
}

double imaging_error_factor(const struct imaging *imaging, uint64_t seed, uint64_t patient, size_t visit, int lesion)
{
    if (!(imaging->error > 0))
        return 1;
    const double u = sampling_uniform(seed, patient, "measurement error", visit * MODEL_MAX_LESIONS + (uint64_t)lesion);
    /* From the nearer tail, as distribution_quantile has it. */
    return exp(imaging->error * (u <= 0.5 ? gsl_cdf_ugaussian_Pinv(u) : gsl_cdf_ugaussian_Qinv(1 - u)));
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
