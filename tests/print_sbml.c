/* Prints, as JSON, SBML documents of random patients and states beside the rates and fluxes that the model has there,
 * by the documents' identifiers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "model/view.h"
#include "random_state.h"
#include "results/sbml_document.h"

enum { CASES = 50 };

static json_t *describe_rates(const struct sbml_patient *patient, const double *rate)
{
    json_t *rates = json_object();
    for (int i = 0; i < model_state_count(patient->model); i++) {
        char id[SBML_NAME_SIZE];
        sbml_state_id(patient, i, id);
        json_object_set_new(rates, id, json_real(rate[i]));
    }
    return rates;
}

static json_t *describe_fluxes(const struct model *model, const double *values)
{
    json_t *fluxes = json_object();
    for (int i = 0; i < model_flux_count(model); i++) {
        const struct flux_description flux = model_flux_describe(model, i);
        char lesion[24] = "", id[SBML_NAME_SIZE];
        if (flux.lesion >= 0)
            snprintf(lesion, sizeof lesion, "lesion%d_", flux.lesion + 1);
        snprintf(id, sizeof id, "%sflux_%s_%s", lesion, flux.drug >= 0 ? model->antibodies[flux.drug]->name : flux.kind,
                 flux.name);
        json_object_set_new(fluxes, id, json_real(values[i]));
    }
    return fluxes;
}

static json_t *describe_case(int number)
{
    struct model model;
    double state[MODEL_MAX_STATES], rate[MODEL_MAX_STATES];
    random_state_case(number, &model, state);
    double *fluxes = calloc((size_t)model_flux_count(&model), sizeof *fluxes);
    struct abscopal_error error;
    const struct sbml_request request = {.model = &model, .state = state, .name = "random"};
    char *text = sbml_document_text(&request, NULL, &error);
    if (fluxes == NULL || text == NULL)
        exit(EXIT_FAILURE);
    model_fluxes(&model, state, rate, fluxes);
    struct sbml_patient patient = {.model = &model};
    sbml_patient_name_drugs(&patient);
    json_t *options = json_array();
    for (int i = 0; i < MODEL_OPTION_COUNT; i++)
        if (model_option_get(&model.options, i))
            json_array_append_new(options, json_string(model_option_describe(i)->name));
    json_t *one = json_pack("{s:s, s:s, s:i, s:i, s:o, s:o, s:o}", "preset", model_preset_name(model.preset), "sbml",
                            text, "lesions", model.lesion_count, "drugs", model.drug_count, "options", options, "rates",
                            describe_rates(&patient, rate), "fluxes", describe_fluxes(&model, fluxes));
    free(fluxes);
    free(text);
    return one;
}

int main(void)
{
    json_t *cases = json_array();
    for (int number = 0; number < CASES; number++)
        json_array_append_new(cases, describe_case(number));
    const int failed = json_dumpf(cases, stdout, JSON_REAL_PRECISION(17));
    json_decref(cases);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
