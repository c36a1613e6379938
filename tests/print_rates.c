/* Prints, as JSON, what an independent implementation of docs/model.md needs to compare itself with the model:
 *     print_rates rates       50 random patients and states with their rates
 *     print_rates trajectory  one treated patient over 100 days
 * Every patient comes with all parameters, options, lesion factors and antibodies. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "model/model.h"
#include "random_state.h"
#include "solver/course.h"

enum { STATES = 400, CASES = 50, DAYS = 101 };

static json_t *describe_states(const struct model *model, const double *values)
{
    json_t *states = json_array();
    for (int i = 0; i < model_state_count(model); i++) {
        const struct state_description state = model_state_describe(model, i);
        json_array_append_new(states, json_pack("{s:s, s:i, s:i, s:f}", "name", state.name, "lesion", state.lesion,
                                                "drug", state.drug, "value", values[i]));
    }
    return states;
}

static json_t *describe_drug(const struct antibody *a, double infusion_nmol_per_d)
{
    static const char *const targets[ANTIBODY_TARGET_COUNT] = {"PD-1", "PD-L1", "CTLA-4"};
    return json_pack(
        "{s:s, s:s, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "name", a->name,
        "target", targets[a->target], "molar_mass_g_per_mol", a->molar_mass_g_per_mol, "peripheral_flow_l_per_d",
        a->peripheral_flow_l_per_d, "tumour_flow_l_per_d", a->tumour_flow_l_per_d, "node_flow_l_per_d",
        a->node_flow_l_per_d, "lymphatic_drainage_per_d", a->lymphatic_drainage_per_d, "clearance_l_per_d",
        a->clearance_l_per_d, "saturable_clearance_nmol_per_d", a->saturable_clearance_nmol_per_d,
        "saturable_half_nanomolar", a->saturable_half_nanomolar, "gamma_blood", a->gamma_blood, "gamma_peripheral",
        a->gamma_peripheral, "gamma_tumour", a->gamma_tumour, "gamma_node", a->gamma_node, "on_rate_per_nanomolar_d",
        a->on_rate_per_nanomolar_d, "dissociation_nanomolar", a->dissociation_nanomolar, "cross_arm_3d",
        a->cross_arm_3d, "infusion_nmol_per_d", infusion_nmol_per_d);
}

static json_t *describe_model(const struct model *model)
{
    json_t *parameters = json_object(), *options = json_object(), *factors = json_array(), *drugs = json_array();
    for (int i = 0; i < PARAMETER_COUNT; i++)
        json_object_set_new(parameters, parameter_describe(i)->name, json_real(parameter_get(&model->parameters, i)));
    for (int i = 0; i < MODEL_OPTION_COUNT; i++)
        json_object_set_new(options, model_option_describe(i)->name,
                            json_boolean(model_option_get(&model->options, i)));
    for (int i = 0; i < model->lesion_count; i++)
        json_array_append_new(factors, json_pack("{s:f, s:f, s:f, s:f, s:f}", "growth", model->factors[i].growth,
                                                 "infiltration", model->factors[i].infiltration, "pdl1",
                                                 model->factors[i].pdl1, "antigen", model->factors[i].antigen,
                                                 "radiosensitivity", model->factors[i].radiosensitivity));
    for (int i = 0; i < model->drug_count; i++)
        json_array_append_new(drugs, describe_drug(model->antibodies[i], model->drugs[i].infusion_nmol_per_d));
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "preset", model_preset_name(model->preset), "parameters", parameters,
                     "options", options, "lesion_factors", factors, "drugs", drugs);
}

static json_t *random_rates(void)
{
    json_t *cases = json_array();
    for (int number = 0; number < CASES; number++) {
        struct model model;
        double state[STATES], rate[STATES];
        random_state_case(number, &model, state);
        model_rates(&model, state, rate);
        json_t *one = describe_model(&model);
        json_object_set_new(one, "state", describe_states(&model, state));
        json_object_set_new(one, "rate", describe_states(&model, rate));
        json_array_append_new(cases, one);
    }
    return cases;
}

struct record {
    const struct model *model;
    json_t *days;
};

static void observe(const struct model *model, double day, const double *state, size_t output, void *context)
{
    (void)output;
    json_array_append_new(((struct record *)context)->days,
                          json_pack("{s:f, s:o}", "day", day, "state", describe_states(model, state)));
}

/* Nivolumab and ipilimumab, an infusion, and radiotherapy of part of one lesion with the nodes. */
static json_t *treated_patient(void)
{
    struct model model;
    random_state_varied_model(8, 2, 2, PRESET_NSCLC, &model);
    for (int i = 0; i < 2; i++)
        model.drugs[i].infusion_nmol_per_d = 0;
    struct course_event events[] = {
        {.day = 0, .kind = EVENT_BOLUS, .drug = 0, .amount_nmol = 1600},
        {.day = 7, .kind = EVENT_INFUSION_START, .drug = 1, .nmol_per_d = 3000},
        {.day = 7.5, .kind = EVENT_INFUSION_END, .drug = 1, .nmol_per_d = 3000},
        {.day = 20, .kind = EVENT_FRACTION, .fraction = {.lesion = 0, .gray = 3, .coverage = 0.6, .nodes = true}},
        {.day = 20.25, .kind = EVENT_FRACTION, .fraction = {.lesion = 0, .gray = 3, .coverage = 0.6, .nodes = true}},
        {.day = 50, .kind = EVENT_FRACTION, .fraction = {.lesion = 1, .gray = 24, .coverage = 1, .course = 1}},
    };
    const size_t count = sizeof events / sizeof *events;
    double state[STATES], days[DAYS];
    for (int i = 0; i < DAYS; i++)
        days[i] = i;
    const double sizes[] = {2000, 500};
    model_tumour_free_state(&model, state);
    model_seed_lesions(&model, sizes, state);
    json_t *patient = describe_model(&model), *schedule = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(schedule,
                              json_pack("{s:f, s:s, s:i, s:f, s:f, s:i, s:f, s:f, s:b, s:i}", "day", events[i].day,
                                        "kind", course_event_name(events[i].kind), "drug", events[i].drug,
                                        "amount_nmol", events[i].amount_nmol, "nmol_per_d", events[i].nmol_per_d,
                                        "lesion", events[i].fraction.lesion, "gray", events[i].fraction.gray,
                                        "coverage", events[i].fraction.coverage, "nodes", events[i].fraction.nodes,
                                        "course", events[i].fraction.course));
    json_object_set_new(patient, "events", schedule);
    json_object_set_new(patient, "initial_state", describe_states(&model, state));
    struct record record = {&model, json_array()};
    struct course course = {.model = &model,
                            .events = events,
                            .event_count = count,
                            .output_days = days,
                            .output_count = DAYS,
                            .observe = observe,
                            .context = &record,
                            .relative_tolerance = 1e-10,
                            .end_day = DAYS - 1,
                            .state = state};
    course_run(&course);
    if (course.result != COURSE_ENDED)
        exit(EXIT_FAILURE);
    json_object_set_new(patient, "trajectory", record.days);
    return patient;
}

int main(int argc, char **argv)
{
    if (argc != 2 || (strcmp(argv[1], "rates") != 0 && strcmp(argv[1], "trajectory") != 0)) {
        fprintf(stderr, "usage: print_rates rates|trajectory\n");
        return 2;
    }
    json_t *output = strcmp(argv[1], "rates") == 0 ? random_rates() : treated_patient();
    const int failed = json_dumpf(output, stdout, JSON_REAL_PRECISION(17));
    json_decref(output);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
