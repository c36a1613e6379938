/* What is read off the state, and the small events that are not radiotherapy. */
#include <math.h>

#include "model/costimulation.h"
#include "model/model.h"
#include "model/states.h"
#include "model/view.h"

static double diameter_of_volume_mm(double volume_l)
{
    return 200 * cbrt(3 * volume_l / (4 * 3.14159265358979323846)); /* 100 mm to a decimetre */
}

double model_diameter_mm(const struct model *model, const double *state, int lesion)
{
    return diameter_of_volume_mm(lesion_volume_l(model, lesion_states_of(model, state, lesion)));
}

double model_sum_of_diameters_mm(const struct model *model, const double *state)
{
    double sum = 0;
    for (int i = 0; i < model->lesion_count; i++)
        sum += model_diameter_mm(model, state, i);
    return sum;
}

double model_tumour_growth_l_per_d(const struct model *model, const double *state)
{
    double rate[MODEL_MAX_STATES];
    double growth = 0;
    model_rates(model, state, rate);
    /* The volume is linear in the states, beside that of a lesion without cells. */
    for (int i = 0; i < model->lesion_count; i++)
        growth += lesion_volume_l(model, lesion_states_of(model, rate, i)) - model->parameters.minimum_tumour_volume;
    return growth;
}

void model_lesion_output(const struct model *model, const double *state, int lesion, struct lesion_output *output)
{
    const struct lesion_states *s = lesion_states_of(model, state, lesion);
    const struct lesion_drug_states *drugs = lesion_drugs_of(model, state, lesion);
    *output = (struct lesion_output){.volume_l = lesion_volume_l(model, s),
                                     .cancer_cells = s->cancer_cells,
                                     .resistant_cells = s->resistant_cells,
                                     .doomed_cells = s->doomed_cells,
                                     .dead_cells = s->dead_cells,
                                     .cd8_cells = s->cd8_cells,
                                     .treg_cells = s->treg_cells,
                                     .pd1_inhibition = lesion_pd1_inhibition(model, s)};
    output->diameter_mm = diameter_of_volume_mm(output->volume_l);
    output->cd8_per_ul = s->cd8_cells / (output->volume_l * 1e6);
    output->treg_depletion = costimulation_treg_depletion(model, drugs);
    for (int i = 0; i < model->drug_count; i++)
        output->drug_nanomolar[i] = drugs[i].drug_tumour;
}

double model_lymphocytes_per_ul(const struct model *model, const double *state)
{
    const struct parameters *p = &model->parameters;
    const struct shared_states *s = (const struct shared_states *)state;
    const double cells =
        s->naive_cd8_blood * p->cd8_diversity + s->naive_treg_blood * p->treg_diversity + s->cd8_blood + s->treg_blood;
    return cells / (p->blood_volume * 1e6);
}

static const struct drug_states *drugs_of(const double *state)
{
    return (const struct drug_states *)(state + SHARED_STATE_COUNT);
}

double model_costimulation(const struct model *model, const double *state)
{
    const struct shared_states *s = (const struct shared_states *)state;
    return costimulation_signal(model, s->costimulation_ligand, costimulation_node_free_ctla4(model, drugs_of(state)));
}

double model_divisions_gained(const struct model *model, const double *state)
{
    struct body body = {.model = model, .state = (const struct shared_states *)state, .drugs = drugs_of(state)};
    costimulation_survey(&body);
    return costimulation_divisions_gained(&body);
}

double model_drug_blood_nanomolar(const double *state, int drug)
{
    return drugs_of(state)[drug].drug_blood;
}

double model_drug_plasma_nanomolar(const struct model *model, const double *state, int drug)
{
    return model_drug_blood_nanomolar(state, drug) * model->drugs[drug].per_gamma_blood;
}

void model_give_bolus(const struct model *model, int drug, double amount_nmol, double *state)
{
    ((struct drug_states *)(state + SHARED_STATE_COUNT))[drug].drug_blood +=
        amount_nmol / model->parameters.blood_volume;
}

double model_living_cells(const struct model *model, const double *state, int lesion)
{
    const struct lesion_states *s = lesion_states_of(model, state, lesion);
    return s->cancer_cells + s->resistant_cells;
}

double model_cancer_cells(const struct model *model, const double *state, int lesion)
{
    return lesion_states_of(model, state, lesion)->cancer_cells;
}

int model_clear_last_cells(const struct model *model, double *state)
{
    int left = 0;
    for (int i = 0; i < model->lesion_count; i++) {
        struct lesion_states *lesion = (struct lesion_states *)(state + lesion_offset(model, i));
        if (lesion->cancer_cells < MODEL_LAST_CELL * (1 + 1e-9))
            lesion->cancer_cells = 0;
        /* Less than a cell among none: it would grow from the noise of the integration, below 0 as well as above. */
        if (lesion->cancer_cells == 0 && lesion->resistant_cells < MODEL_LAST_CELL)
            lesion->resistant_cells = 0;
        left += model_living_cells(model, state, i) > 0;
    }
    return left;
}
