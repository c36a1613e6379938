#include "conducted.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "input_files.h"
#include "model/states.h"

/* ---- The patient ------------------------------------------------------------------------------------ */

/* Volumes rise with the cells in a straight line. */
static double relative_size(const struct model *model, double *state, double diameter_mm)
{
    const double pi = 3.14159265358979323846;
    const double many[CONDUCTED_LESIONS] = {1e9, 1e9, 1e9}, none[CONDUCTED_LESIONS] = {0, 0, 0};
    struct lesion_output with, without;
    model_seed_lesions(model, many, state);
    model_lesion_output(model, state, 0, &with);
    model_seed_lesions(model, none, state);
    model_lesion_output(model, state, 0, &without);
    const double volume_l = pi / 6 * diameter_mm * diameter_mm * diameter_mm * 1e-6;
    return fmax(0, (volume_l - without.volume_l) / (with.volume_l - without.volume_l) * 1e9);
}

static void set_condition(const struct model *model, const struct condition *conditions, double day, double *state)
{
    double sizes[CONDUCTED_LESIONS];
    const struct condition *now = conditions;
    while (now[1].day <= day + COURSE_SIMULTANEOUS_DAYS)
        now++;
    model_tumour_free_state(model, state);
    for (int i = 0; i < CONDUCTED_LESIONS; i++)
        sizes[i] = relative_size(model, state, now->diameters_mm[i]);
    model_seed_lesions(model, sizes, state);
    if (now->lymphocytes_per_ul <= 0)
        return;
    struct shared_states *shared = (struct shared_states *)(void *)state;
    const double factor = now->lymphocytes_per_ul / model_lymphocytes_per_ul(model, state);
    shared->naive_cd8_blood *= factor;
    shared->naive_treg_blood *= factor;
    shared->cd8_blood *= factor;
    shared->treg_blood *= factor;
}

/* ---- The course ------------------------------------------------------------------------------------- */

static double mg_of(const struct model *model, int drug, double nmol)
{
    return nmol * model->antibodies[drug]->molar_mass_g_per_mol / 1e6;
}

/* Notes the events of a segment. Infusions that run on from the one before count as given again. */
static void note(struct conducted *conducted, const struct model *model, const struct course_event *events,
                 size_t count, double from, double to)
{
    double rates[MODEL_MAX_DRUGS] = {0}, day = from;
    for (size_t i = 0; i < count; i++) {
        const struct course_event *event = &events[i];
        assert_true(event->day >= day - COURSE_SIMULTANEOUS_DAYS); /* nothing is planned for the past; sorted */
        const double until = fmin(event->day, to);
        for (int drug = 0; drug < model->drug_count; drug++)
            conducted->infused_mg[drug] += mg_of(model, drug, rates[drug] * fmax(0, until - day));
        day = fmax(day, until);
        if (event->kind == EVENT_INFUSION_START)
            rates[event->drug] += event->nmol_per_d;
        if (event->kind == EVENT_INFUSION_END)
            rates[event->drug] -= event->nmol_per_d;
        if (event->kind == EVENT_INFUSION_END)
            continue;
        assert_true(conducted->count < CONDUCTED_MOST_GIVEN);
        const bool fraction = event->kind == EVENT_FRACTION;
        conducted->given[conducted->count++] =
            (struct given){.day = event->day,
                           .drug = fraction ? -1 : event->drug,
                           .mg = fraction ? 0 : mg_of(model, event->drug, event->amount_nmol),
                           .fraction = event->fraction};
    }
    for (int drug = 0; drug < model->drug_count; drug++) {
        conducted->infused_mg[drug] += mg_of(model, drug, rates[drug] * (to - day));
        if (to > day)
            assert_true(rates[drug] >= -1e-9);
    }
}

void conducted_through(const struct trial_file *trial, size_t arm, const struct condition *conditions, uint64_t seed,
                       uint64_t id, struct conducted *conducted)
{
    const struct antibody *antibodies[MODEL_MAX_DRUGS];
    struct virtual_patient patient = {.id = id, .lesion_count = CONDUCTED_LESIONS, .body_weight_kg = 80};
    parameters_default(&patient.parameters);
    const struct model_settings settings = {.preset = PRESET_NSCLC,
                                            .parameters = &patient.parameters,
                                            .lesion_count = CONDUCTED_LESIONS,
                                            .antibodies = antibodies,
                                            .drug_count = arm_drugs(trial, &trial->arms[arm], antibodies)};
    struct model model;
    model_prepare(&model, &settings);
    double *state = calloc((size_t)model_state_count(&model), sizeof *state);
    assert_non_null(state);
    struct conduct conduct;
    assert_true(conduct_open(&conduct, trial));
    *conducted = (struct conducted){.count = 0};
    double day = 0;
    set_condition(&model, conditions, day, state);
    conduct_begin(&conduct, arm, &patient, seed, 0, &model, state);
    for (;;) {
        const double stop = conduct_next_stop(&conduct, day);
        assert_true(stop > day);
        const size_t count = conduct_plan(&conduct, &model, day, stop);
        note(conducted, &model, conduct.events, count, day, stop);
        day = stop;
        if (day >= trial->until_days)
            break;
        conducted->stops++;
        set_condition(&model, conditions, day, state);
        conduct_decide(&conduct, &model, state, day);
    }
    conducted->doses = conduct.doses;
    conducted->fractions = conduct.fractions;
    conducted->switches = conduct.switches;
    conducted->non_targets = conduct.non_targets;
    conduct_close(&conduct);
    free(state);
}

/* ---- Trials ----------------------------------------------------------------------------------------- */

void conducted_read(const char *text, struct trial_file *trial)
{
    char whole[5000];
    char *cohort = realpath("tests/data/set-c-cohort.yaml", NULL);
    assert_non_null(cohort);
    const int size = snprintf(whole, sizeof whole, "name: test\nmodel: nsclc\ncohort: %s\n%s", cohort, text);
    free(cohort);
    assert_true(size > 0 && (size_t)size < sizeof whole);
    struct abscopal_error error = {0};
    if (trial_file_read(input_file_write("conducted.yaml", whole, (size_t)size), trial, &error) != ABSCOPAL_OK)
        fail_msg("%d: %s", error.line, error.message);
}

void conducted_by(const char *text, const struct condition *conditions, struct conducted *conducted)
{
    struct trial_file trial;
    conducted_read(text, &trial);
    conducted_through(&trial, 0, conditions, 1, 1, conducted);
    trial_file_free(&trial);
}

void conducted_assert_days(const struct conducted *conducted, int drug, const char *days)
{
    double last = -1;
    for (size_t i = 0; i < conducted->count; i++) {
        const struct given *given = &conducted->given[i];
        if (given->drug != drug || (drug < 0 && given->day == last))
            continue;
        last = given->day;
        char *rest;
        const double day = strtod(days, &rest);
        if (rest == days || fabs(given->day - day) > 1e-9)
            fail_msg("given on day %g, with '%s' to come", given->day, days);
        days = rest;
    }
    if (*days != '\0')
        fail_msg("not given on '%s'", days);
}

void conducted_assert_lesions(const struct conducted *conducted, const char *lesions)
{
    for (int lesion = 0; lesion < CONDUCTED_LESIONS; lesion++) {
        bool irradiated = false;
        for (size_t i = 0; i < conducted->count; i++)
            irradiated = irradiated || (conducted->given[i].drug < 0 && conducted->given[i].fraction.lesion == lesion);
        const bool wanted = strchr(lesions, '0' + lesion) != NULL;
        if (irradiated != wanted)
            fail_msg("lesion %d is %sirradiated", lesion, irradiated ? "" : "not ");
    }
}
