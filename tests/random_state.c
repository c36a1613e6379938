#include "random_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts/sampling.h"

void random_state_model(int lesions, int drugs, struct model *model)
{
    struct parameters parameters;
    parameters_default(&parameters);
    const struct antibody *antibodies[MODEL_MAX_DRUGS];
    /* Nivolumab, ipilimumab, durvalumab with its saturable clearance, atezolizumab: all three targets. */
    static const size_t rows[MODEL_MAX_DRUGS] = {0, 4, 3, 2};
    for (int i = 0; i < drugs; i++)
        antibodies[i] = model_preset_antibody(PRESET_NSCLC, rows[i]);
    const struct lesion_factors factors[MODEL_MAX_LESIONS] = {
        {1, 1, 1, 1, 1}, {1.2, 0.8, 2, 0.5, 0.9}, {0.9, 1.1, 0.3, 1, 1.2}, {1, 2, 1, 3, 1}, {1.1, 1, 0.5, 1, 0.8}};
    const struct model_settings settings = {.preset = PRESET_NSCLC,
                                            .parameters = &parameters,
                                            .lesion_count = lesions,
                                            .factors = factors,
                                            .antibodies = antibodies,
                                            .drug_count = drugs};
    model_prepare(model, &settings);
}

/* The published value of a state; where there is none, a usual size. */
static double usual_size(const struct model *model, const double *published, const struct model *one, int index)
{
    const struct state_description wanted = model_state_describe(model, index);
    for (int i = 0; i < model_state_count(one); i++) {
        const struct state_description known = model_state_describe(one, i);
        if (strcmp(known.name, wanted.name) == 0 && published[i] > 0)
            return published[i];
    }
    if (strcmp(wanted.name, "depleted_share") == 0)
        return 0.03;
    if (strcmp(wanted.name, "costimulation_ligand") == 0)
        return 0.09;
    return strcmp(wanted.unit, "cell") == 0 ? 1e8 : 10;
}

void random_state_fill(const struct model *model, int number, double *state)
{
    struct model one;
    random_state_model(1, 0, &one);
    double *published = calloc((size_t)model_state_count(&one), sizeof *published);
    if (published == NULL)
        abort();
    model_published_state(&one, published);
    for (int i = 0; i < model_state_count(model); i++) {
        const double factor = pow(10, 2 * sampling_uniform(7, (uint64_t)number, "state", (uint64_t)i) - 1);
        state[i] = usual_size(model, published, &one, i) * factor;
    }
    free(published);
}

static double uniform(int number, const char *name, int draw)
{
    return sampling_uniform(2026, (uint64_t)number, name, (uint64_t)draw);
}

void random_state_varied_model(int number, int lesions, int drugs, enum model_preset preset, struct model *model)
{
    static const size_t rows[MODEL_MAX_DRUGS] = {0, 4, 3, 2};
    struct parameters parameters;
    parameters_default(&parameters);
    for (int i = 0; i < PARAMETER_COUNT; i++)
        parameter_set(&parameters, i, parameter_get(&parameters, i) * exp2(uniform(number, "parameter", i) - 0.5));
    parameters.cancer_turnover_rate = 0.01 * uniform(number, "turnover", 0); /* its default is 0 */
    struct lesion_factors factors[MODEL_MAX_LESIONS];
    for (int i = 0; i < lesions; i++)
        factors[i] = (struct lesion_factors){
            exp2(uniform(number, "growth", i) - 0.5), exp2(uniform(number, "infiltration", i) - 0.5),
            exp2(uniform(number, "pdl1", i) - 0.5), exp2(uniform(number, "antigen", i) - 0.5),
            exp2(uniform(number, "radiosensitivity", i) - 0.5)};
    struct model_options options;
    model_preset_options(preset, &options);
    for (int i = 0; i < MODEL_OPTION_COUNT && preset == PRESET_NSCLC && number % 2 == 1; i++)
        model_option_set(&options, i, uniform(number, "option", i) < 0.5);
    const struct antibody *antibodies[MODEL_MAX_DRUGS];
    for (int i = 0; i < drugs; i++)
        antibodies[i] = model_preset_antibody(preset, preset == PRESET_NSCLC ? rows[i] : 0);
    const struct model_settings settings = {.preset = preset,
                                            .options = &options,
                                            .parameters = &parameters,
                                            .lesion_count = lesions,
                                            .factors = factors,
                                            .antibodies = antibodies,
                                            .drug_count = drugs};
    model_prepare(model, &settings);
    for (int i = 0; i < drugs; i++)
        model->drugs[i].infusion_nmol_per_d = number % 3 == 0 ? 0 : 1000 * uniform(number, "infusion", i);
}

void random_state_case(int number, struct model *model, double *state)
{
    const bool published = number < 5;
    const int lesions = published ? 1 : 1 + number % 5, drugs = published ? 1 : number % 4 + number % 2;
    random_state_varied_model(number, lesions, drugs, published ? PRESET_QSPIO_NSCLC_2020 : PRESET_NSCLC, model);
    random_state_fill(model, number, state);
}
