#include "cohorts/sampling.h"

#include <math.h>

#include <Random123/threefry.h>

/* FNV-1a, 64 bits (draft-eastlake-fnv): a well-known hash with published test values, so that anyone can recompute
 * a stream. */
static uint64_t name_hash(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3;
    return hash;
}

double sampling_uniform(uint64_t seed, uint64_t patient, const char *name, uint64_t draw)
{
    threefry4x64_ctr_t counter = {{patient, name_hash(name), draw, 0}};
    threefry4x64_key_t key = {{seed, 0, 0, 0}};
    threefry4x64_ctr_t block = threefry4x64_R(20, counter, key);
    /* The middle of one of 2^52 equal intervals: never 0 or 1, and every step is exact. */
    return ((double)(block.v[0] >> 12) + 0.5) * 0x1p-52;
}

static double draw(const struct distribution *distribution, uint64_t seed, uint64_t id, const char *name,
                   uint64_t number)
{
    return distribution_quantile(distribution, sampling_uniform(seed, id, name, number));
}

static int draw_lesion_count(const struct cohort *cohort, uint64_t seed, uint64_t id)
{
    double u = sampling_uniform(seed, id, "lesions", 0);
    int last = 0; /* the largest number that occurs, should the sum of shares fall short of 1 by rounding */
    double sum = 0;
    for (int i = 0; i < MODEL_MAX_LESIONS; i++) {
        if (!(cohort->lesion_probability[i] > 0))
            continue;
        sum += cohort->lesion_probability[i];
        last = i + 1;
        if (u < sum)
            break;
    }
    return last;
}

/* exp(log_sd z) with z of the standard normal distribution; exactly 1 for a log_sd of 0. */
static double draw_lesion_factor(double log_sd, uint64_t seed, uint64_t id, const char *name, int lesion)
{
    if (!(log_sd > 0))
        return 1;
    const struct distribution factor = {DISTRIBUTION_LOGNORMAL, 1, log_sd, 0, INFINITY};
    return draw(&factor, seed, id, name, (uint64_t)lesion);
}

static struct lesion_factors draw_lesion_factors(const struct lesion_factors *log_sd, uint64_t seed, uint64_t id,
                                                 int lesion)
{
    return (struct lesion_factors){
        .growth = draw_lesion_factor(log_sd->growth, seed, id, "lesion_growth", lesion),
        .infiltration = draw_lesion_factor(log_sd->infiltration, seed, id, "lesion_infiltration", lesion),
        .pdl1 = draw_lesion_factor(log_sd->pdl1, seed, id, "lesion_pdl1", lesion),
        .antigen = draw_lesion_factor(log_sd->antigen, seed, id, "lesion_antigen", lesion),
        .radiosensitivity = draw_lesion_factor(log_sd->radiosensitivity, seed, id, "lesion_radiosensitivity", lesion),
    };
}

void sample_patient(const struct cohort *cohort, uint64_t seed, uint64_t id, struct virtual_patient *patient)
{
    *patient = (struct virtual_patient){.id = id};
    parameters_default(&patient->parameters);
    for (size_t i = 0; i < cohort->parameter_count; i++) {
        const struct sampled_parameter *sampled = &cohort->parameters[i];
        const char *name = parameter_describe(sampled->parameter)->name;
        parameter_set(&patient->parameters, sampled->parameter, draw(&sampled->distribution, seed, id, name, 0));
    }
    patient->lesion_count = draw_lesion_count(cohort, seed, id);
    patient->relative_lesion_size[0] = 1;
    for (int i = 1; i < patient->lesion_count; i++)
        patient->relative_lesion_size[i] =
            draw(&cohort->relative_lesion_size, seed, id, "relative_lesion_size", (uint64_t)i);
    for (int i = 0; i < patient->lesion_count; i++)
        patient->lesion_factors[i] = draw_lesion_factors(&cohort->lesion_log_sd, seed, id, i);
    patient->body_weight_kg = draw(&cohort->body_weight_kg, seed, id, "body_weight", 0);
    patient->baseline_sum_of_diameters_mm =
        draw(&cohort->baseline_sum_of_diameters_mm, seed, id, "baseline_sum_of_diameters", 0) *
        pow(patient->lesion_count, cohort->baseline_lesions_exponent);
}
