#include "cohorts/sampling.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "cohorts/correlations.h"
#include "cohorts/drawn.h"
#include "cohorts/latin_hypercube.h"
#include "cohorts/pdl1_classes.h"
#include "cohorts/random_stream.h"
#include "cohorts/saltelli.h"
#include "cohorts/sobol.h"

static_assert((int)DRAWN_COUNT <= (int)SOBOL_DIMENSIONS, "every quantity that can vary needs a dimension");

double sampling_uniform(uint64_t seed, uint64_t patient, const char *name, uint64_t draw)
{
    const uint64_t place[4] = {patient, random_name_hash(name), draw, 0};
    uint64_t block[4];
    random_block(seed, RANDOM_DRAW, place, block);
    return random_fraction(block[0]);
}

/* ---- One patient's numbers in (0, 1) ---------------------------------------------------------------- */

struct sampler {
    const struct cohort *cohort;
    uint64_t seed, patients, id;
    const double *given;                     /* [DRAWN_COUNT]: the numbers instead; NULL: they are drawn */
    int dimension[DRAWN_COUNT];              /* Sobol: how many before it are varied; otherwise 0 */
    double correlated[CORRELATIONS_LARGEST]; /* the numbers of the cohort's correlated quantities */
};

/* As if nothing were correlated. */
static double independent_uniform(const struct sampler *sampler, int place)
{
    if (sampler->given != NULL)
        return sampler->given[place];
    const char *name = drawn_name(place);
    const unsigned number = drawn_number(place);
    switch (sampler->cohort->sampling) {
    case SAMPLING_SOBOL:
        return sobol_uniform(sampler->seed, sampler->dimension[place], (uint32_t)(sampler->id - 1));
    case SAMPLING_LATIN_HYPERCUBE:
        return latin_hypercube_uniform(
            latin_hypercube_stratum(sampler->seed, sampler->patients, sampler->id, name, number), sampler->patients,
            sampling_uniform(sampler->seed, sampler->id, name, number));
    case SAMPLING_SALTELLI:
        return saltelli_uniform(sampler->cohort->saltelli, sampler->id, place);
    case SAMPLING_MONTE_CARLO:
        break;
    }
    return sampling_uniform(sampler->seed, sampler->id, name, number);
}

static void sampler_begin(struct sampler *sampler)
{
    const struct correlated *correlated = &sampler->cohort->correlated;
    if (sampler->cohort->sampling == SAMPLING_SOBOL && sampler->given == NULL) {
        bool varied[DRAWN_COUNT];
        drawn_varied(sampler->cohort, varied);
        for (int place = 1; place < DRAWN_COUNT; place++)
            sampler->dimension[place] = sampler->dimension[place - 1] + varied[place - 1];
    }
    for (size_t i = 0; i < correlated->count; i++)
        sampler->correlated[i] = independent_uniform(sampler, correlated->places[i]);
    correlations_apply(correlated, sampler->correlated);
}

static double uniform_at(const struct sampler *sampler, int place)
{
    const struct correlated *correlated = &sampler->cohort->correlated;
    for (size_t i = 0; i < correlated->count; i++)
        if (correlated->places[i] == place)
            return sampler->correlated[i];
    return independent_uniform(sampler, place);
}

static double draw(const struct sampler *sampler, const struct distribution *distribution, int place)
{
    return distribution->kind == DISTRIBUTION_FIXED ? distribution->location
                                                    : distribution_quantile(distribution, uniform_at(sampler, place));
}

/* ---- The patient ------------------------------------------------------------------------------------ */

static int draw_lesion_count(const struct sampler *sampler)
{
    const struct cohort *cohort = sampler->cohort;
    double u = uniform_at(sampler, DRAWN_LESION_COUNT);
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

/* Relative size and factors of a lesion. */
static void draw_lesion(const struct sampler *sampler, int lesion, struct virtual_patient *patient)
{
    const struct cohort *cohort = sampler->cohort;
    const int own = DRAWN_LESIONS_OWN + lesion * DRAWN_OF_LESION;
    double log_sd[DRAWN_FACTORS], factors[DRAWN_FACTORS];
    memcpy(log_sd, &cohort->lesion_log_sd, sizeof log_sd);
    patient->relative_lesion_size[lesion] = lesion > 0 ? draw(sampler, &cohort->relative_lesion_size, own) : 1;
    for (int i = 0; i < DRAWN_FACTORS; i++) {
        const struct distribution factor = {DISTRIBUTION_LOGNORMAL, 1, log_sd[i], cohort->lesion_factor_lower,
                                            cohort->lesion_factor_upper};
        factors[i] = log_sd[i] > 0 ? draw(sampler, &factor, own + 1 + i) : 1;
    }
    memcpy(&patient->lesion_factors[lesion], factors, sizeof factors);
}

/* By Monte Carlo whatever the rest is drawn by, but for a sensitivity analysis. */
static double draw_new_lesions(const struct sampler *sampler)
{
    const struct cohort *cohort = sampler->cohort;
    if (cohort->new_lesions_per_day.kind == DISTRIBUTION_FIXED)
        return cohort->new_lesions_per_day.location;
    return distribution_quantile(&cohort->new_lesions_per_day,
                                 cohort->sampling == SAMPLING_SALTELLI
                                     ? saltelli_uniform(cohort->saltelli, sampler->id, FACTOR_NEW_LESIONS)
                                     : sampling_uniform(sampler->seed, sampler->id, "new_lesions", 0));
}

static void draw_patient(const struct sampler *sampler, struct virtual_patient *patient)
{
    const struct cohort *cohort = sampler->cohort;
    *patient = (struct virtual_patient){
        .id = cohort->sampling == SAMPLING_SALTELLI ? saltelli_chance(cohort->saltelli, sampler->id) : sampler->id};
    parameters_default(&patient->parameters);
    for (size_t i = 0; i < cohort->parameter_count; i++) {
        const struct sampled_parameter *sampled = &cohort->parameters[i];
        parameter_set(&patient->parameters, sampled->parameter,
                      draw(sampler, &sampled->distribution, DRAWN_PARAMETERS + sampled->parameter));
    }
    patient->lesion_count = draw_lesion_count(sampler);
    for (int i = 0; i < patient->lesion_count; i++)
        draw_lesion(sampler, i, patient);
    patient->pdl1_class = pdl1_class_of(cohort, patient->parameters.pdl1_per_cancer_cell);
    patient->body_weight_kg = draw(sampler, &cohort->body_weight_kg, DRAWN_BODY_WEIGHT);
    patient->body_height_cm = draw(sampler, &cohort->body_height_cm, DRAWN_BODY_HEIGHT);
    patient->baseline_sum_of_diameters_mm = draw(sampler, &cohort->baseline_sum_of_diameters_mm, DRAWN_BASELINE) *
                                            pow(patient->lesion_count, cohort->baseline_lesions_exponent);
    patient->new_lesions_per_day = draw_new_lesions(sampler);
}

void sample_patient(const struct cohort *cohort, uint64_t seed, uint64_t patients, uint64_t id,
                    struct virtual_patient *patient)
{
    struct sampler sampler = {.cohort = cohort, .seed = seed, .patients = patients, .id = id};
    sampler_begin(&sampler);
    draw_patient(&sampler, patient);
}

void sample_numbers(const struct cohort *cohort, uint64_t seed, uint64_t patients, uint64_t id, double *numbers)
{
    struct sampler sampler = {.cohort = cohort, .seed = seed, .patients = patients, .id = id};
    sampler_begin(&sampler);
    for (int place = 0; place < DRAWN_COUNT; place++)
        numbers[place] = independent_uniform(&sampler, place);
}

void sample_patient_of(const struct cohort *cohort, const double *numbers, uint64_t seed, uint64_t id,
                       struct virtual_patient *patient)
{
    struct sampler sampler = {.cohort = cohort, .seed = seed, .id = id, .given = numbers};
    sampler_begin(&sampler);
    draw_patient(&sampler, patient);
}

double virtual_patient_body_surface_m2(const struct virtual_patient *patient)
{
    return sqrt(patient->body_height_cm * patient->body_weight_kg / 3600);
}
