/* The right-hand side again, this time with its fluxes noted. A compilation of its own, so that the usual one carries
 * none of it. */
#include "model/fluxes.h"

#include <string.h>

#include "model/model.h"
#include "model/rates.h"

void model_fluxes(const struct model *model, const double *state, double *rate, double *fluxes)
{
    memset(fluxes, 0, (size_t)model_flux_count(model) * sizeof *fluxes);
    right_hand_side(model, state, rate, fluxes);
}

int model_flux_count(const struct model *model)
{
    return SHARED_FLUX_COUNT + model->drug_count * DRUG_FLUX_COUNT +
           model->lesion_count * (LESION_FLUX_COUNT + model->drug_count * LESION_DRUG_FLUX_COUNT);
}

#define FLUX_ROW(kind, name, unit, meaning) {#kind, #name, unit, meaning, -1, -1},
static const struct flux_description shared_table[] = {SHARED_FLUX_TABLE(FLUX_ROW)};
static const struct flux_description lesion_table[] = {LESION_FLUX_TABLE(FLUX_ROW)};
static const struct flux_description drug_table[] = {DRUG_FLUX_TABLE(FLUX_ROW)};
static const struct flux_description lesion_drug_table[] = {LESION_DRUG_FLUX_TABLE(FLUX_ROW)};
#undef FLUX_ROW

struct flux_description model_flux_describe(const struct model *model, int index)
{
    if (index < SHARED_FLUX_COUNT)
        return shared_table[index];
    index -= SHARED_FLUX_COUNT;
    struct flux_description description;
    if (index < model->drug_count * DRUG_FLUX_COUNT) {
        description = drug_table[index % DRUG_FLUX_COUNT];
        description.drug = index / DRUG_FLUX_COUNT;
        return description;
    }
    index -= model->drug_count * DRUG_FLUX_COUNT;
    const int stride = LESION_FLUX_COUNT + model->drug_count * LESION_DRUG_FLUX_COUNT;
    const int lesion = index / stride;
    index %= stride;
    if (index < LESION_FLUX_COUNT) {
        description = lesion_table[index];
    } else {
        index -= LESION_FLUX_COUNT;
        description = lesion_drug_table[index % LESION_DRUG_FLUX_COUNT];
        description.drug = index / LESION_DRUG_FLUX_COUNT;
    }
    description.lesion = lesion;
    return description;
}
