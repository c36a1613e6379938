#include <string.h>

#include "protocols/treatment.h"
#include "protocols/trial_keys.h"
#include "protocols/units.h"

enum { MOST_DRUGS_NAMED = 64 };

/* Of the preset's library or of the trial's own drugs. */
static void antibody_read(struct yaml_document *document, const struct yaml_node *node, const struct trial_file *trial,
                          struct treatment *treatment)
{
    const struct antibody *known[MOST_DRUGS_NAMED];
    const char *names[MOST_DRUGS_NAMED];
    size_t count = 0;
    while (count < MOST_DRUGS_NAMED && (known[count] = model_preset_antibody(trial->preset, count)) != NULL)
        count++;
    for (size_t i = 0; i < trial->drug_count && count < MOST_DRUGS_NAMED; i++)
        known[count++] = &trial->drugs[i];
    for (size_t i = 0; i < count; i++)
        names[i] = known[i]->name;
    size_t chosen = yaml_choice(document, node, "drug", names, count);
    if (document->status == ABSCOPAL_OK)
        treatment->antibody = known[chosen];
}

/* Whether a dose is a mass, "mg", or a mass by body weight, "mg/kg", or surface, "mg/m^2"; fails for anything else. */
static const char *dose_unit(struct yaml_document *document, const struct yaml_node *node)
{
    static const char *const units[] = {"mg", "mg/kg", "mg/m^2"};
    char problem[UNIT_TEXT_SIZE];
    struct quantity dose;
    const char *text = yaml_text(document, node, "dose");
    if (text == NULL)
        return units[0];
    if (!quantity_parse(text, &dose, problem)) {
        yaml_fail(document, node, "dose: %s", problem);
        return units[0];
    }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        struct unit unit;
        unit_parse(units[i], &unit, problem);
        if (unit_same_dimension(&dose.unit, &unit))
            return units[i];
    }
    yaml_fail(document, node,
              "dose: '%.64s' is %s; write a mass such as '240 mg', or '3 mg/kg' by body weight or '175 mg/m^2' by "
              "body surface",
              text, unit_describe(&dose.unit, problem));
    return units[0];
}

static void dose_read(struct yaml_document *document, const struct yaml_node *node, const struct trial_file *trial,
                      struct treatment *treatment)
{
    if (document->status != ABSCOPAL_OK)
        return;
    if (node->kind == YAML_SEQUENCE && yaml_list(document, node, "dose", TREATMENT_MOST_STEPS + 1) == 0)
        return;
    const struct yaml_node *first = node->kind == YAML_SEQUENCE ? node->items[0] : node;
    const char *unit = dose_unit(document, first);
    treatment->dose_per_body_weight = strcmp(unit, "mg/kg") == 0;
    treatment->dose_per_body_surface = strcmp(unit, "mg/m^2") == 0;
    if (document->status != ABSCOPAL_OK)
        return;
    if (strcmp(unit, "mg") != 0 && trial->cohort_path == NULL)
        yaml_fail(document, first, "a dose per body %s needs a cohort; write the dose in mg",
                  treatment->dose_per_body_weight ? "weight" : "surface");
    const struct input_value *value =
        input_value_find(input_value_of(&drug_treatment_keys, "dose"), VALUE_QUANTITY, unit);
    treatment->dose_mg = treatment_read_steps(document, node, "dose", value, &treatment->first_doses);
}

/* {lymphocytes_below: 500 cell/uL, by: 7 d, at_most: 28 d} */
static void delay_read(struct yaml_document *document, const struct yaml_node *node, const struct trial_file *trial,
                       struct treatment *treatment)
{
    if (node == NULL || document->status != ABSCOPAL_OK)
        return;
    input_keys_check(document, node, &delay_keys);
    if (trial->preset == PRESET_QSPIO_NSCLC_2020)
        yaml_fail(document, node, "the model %s does not count lymphocytes; write 'model: %s'",
                  model_preset_name(trial->preset), model_preset_name(PRESET_NSCLC));
    yaml_require(document, node, "delay", "lymphocytes_below", "lymphocytes_below: 500 cell/uL");
    const struct yaml_node *by = yaml_require(document, node, "delay", "by", "by: 7 d");
    const struct yaml_node *at_most = yaml_require(document, node, "delay", "at_most", "at_most: 42 d");
    treatment->least_lymphocytes_per_ul = input_quantity(document, node, &delay_keys, "lymphocytes_below", 0);
    treatment->delay_days = input_quantity(document, node, &delay_keys, "by", 0);
    treatment->longest_delay_days = input_quantity(document, node, &delay_keys, "at_most", 0);
    if (document->status == ABSCOPAL_OK && treatment->longest_delay_days < treatment->delay_days)
        yaml_fail(document, at_most, "at_most (%.40s) is less than one delay (%.40s); write '%.40s' or more",
                  at_most->text, by->text, by->text);
}

void treatment_read_drug(struct yaml_document *document, const struct yaml_node *node, const struct trial_file *trial,
                         struct treatment *treatment)
{
    antibody_read(document, yaml_find(node, "drug"), trial, treatment);
    dose_read(document, yaml_require(document, node, "a drug treatment", "dose", "dose: 240 mg"), trial, treatment);
    treatment->infusion_days = input_quantity(document, node, &drug_treatment_keys, "over", 0);
    delay_read(document, yaml_find(node, "delay"), trial, treatment);
}

void treatment_check_infusion(struct yaml_document *document, const struct yaml_node *node,
                              const struct treatment *treatment)
{
    const struct yaml_node *over = yaml_find(node, "over"), *every = yaml_find(node, "every");
    if (document->status != ABSCOPAL_OK || over == NULL || every == NULL || treatment->count == 1 ||
        treatment->infusion_days <= treatment_shortest_interval(treatment))
        return;
    yaml_fail(document, over, "the infusion (%.40s) is longer than the interval between doses (%.40s)", over->text,
              every->kind == YAML_SCALAR ? every->text : "the shortest of 'every'");
}
