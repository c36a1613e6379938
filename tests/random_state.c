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
    for (int i = 0; i < drugs; i++)
        antibodies[i] = model_preset_antibody(PRESET_NSCLC, (size_t)i);
    model_prepare(model, PRESET_NSCLC, &parameters, lesions, antibodies, drugs);
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
