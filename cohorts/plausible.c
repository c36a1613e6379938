#include "cohorts/plausible.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cohorts/growth.h"

static const struct plausible_description outputs[PLAUSIBLE_OUTPUT_COUNT] = {
    [PLAUSIBLE_DOUBLING_TIME] = {"doubling_time", "d", 1e6, "in which the volume of the tumour doubles as it grows"},
    [PLAUSIBLE_GROWTH_TIME] = {"growth_time", "d", GROWTH_LONGEST_DAYS, "from the first cancer cells to baseline"},
    [PLAUSIBLE_CD8_DENSITY] = {"cd8_density", "cell/uL", 1e7, "CD8 cells in the tumour over its volume"},
    [PLAUSIBLE_TREG_DENSITY] = {"treg_density", "cell/uL", 1e7, "Tregs in the tumour over its volume"},
    [PLAUSIBLE_TREG_RATIO] = {"treg_ratio", "1", 1e6, "Tregs over CD8 cells in the tumour"},
    [PLAUSIBLE_LYMPHOCYTES] = {"lymphocytes", "cell/uL", 1e6, "T cells in blood over its volume"},
    [PLAUSIBLE_PD1_OCCUPANCY] = {"pd1_occupancy", "1", 1, "inhibition of CD8 cells by PD-1, mean over the tumour"},
    [PLAUSIBLE_COSTIMULATION] = {"costimulation", "1", 1, "of T cells in the node, 0 to 1"},
    [PLAUSIBLE_LARGEST_DIAMETER] = {"largest_diameter", "mm", 1000, "of the largest target lesion"},
    [PLAUSIBLE_SMALLEST_DIAMETER] = {"smallest_diameter", "mm", 1000, "of the smallest target lesion"},
};

const struct plausible_description *plausible_describe(size_t output)
{
    return output < PLAUSIBLE_OUTPUT_COUNT ? &outputs[output] : NULL;
}

/* ---- Reading ---------------------------------------------------------------------------------------- */

static struct input_name output_name(size_t index)
{
    const struct plausible_description *row = plausible_describe(index);
    return row != NULL ? (struct input_name){row->name, row->meaning} : (struct input_name){NULL, NULL};
}

static const struct input_value output_value = {VALUE_CHOICE, .named = output_name};
static const struct input_value bound = {VALUE_QUANTITY, .unit = NULL};
static const struct input_key rows[] = {
    {"output", "what is looked at, at baseline", &output_value, KEY_NEEDED},
    {"least", "not less than this", &bound, KEY_OPTIONAL},
    {"most", "not more than this", &bound, KEY_OPTIONAL},
};
const struct input_mapping plausible_keys = {"a rule of 'plausible'", rows, sizeof rows / sizeof *rows};
static const struct input_value rule_value = {VALUE_MAPPING, .mapping = &plausible_keys};
const struct input_value plausible_value = {VALUE_LIST, .item = &rule_value, .least = 1, .most = PLAUSIBLE_MOST_RULES};

static double bound_read(struct yaml_document *document, const struct yaml_node *rule, const char *key,
                         const struct plausible_description *output, double otherwise)
{
    const struct yaml_node *node = yaml_find(rule, key);
    char name[64];
    snprintf(name, sizeof name, "%s (%s)", output->name, key);
    return node != NULL ? yaml_quantity_within(document, node, name, output->unit, 0, output->upper) : otherwise;
}

/* "cd8_density from 1 to 300 cell/uL", "treg_ratio up to 2". */
static void describe(struct plausible_rule *rule)
{
    const struct plausible_description *output = &outputs[rule->output];
    const char *unit = strcmp(output->unit, "1") == 0 ? "" : output->unit, *blank = unit[0] != '\0' ? " " : "";
    if (isinf(rule->most))
        snprintf(rule->text, sizeof rule->text, "%s from %.6g%s%s", output->name, rule->least, blank, unit);
    else if (isinf(rule->least))
        snprintf(rule->text, sizeof rule->text, "%s up to %.6g%s%s", output->name, rule->most, blank, unit);
    else
        snprintf(rule->text, sizeof rule->text, "%s from %.6g to %.6g%s%s", output->name, rule->least, rule->most,
                 blank, unit);
}

static void rule_read(struct yaml_document *document, const struct yaml_node *node, struct plausible_rule *rule)
{
    const char *names[PLAUSIBLE_OUTPUT_COUNT];
    for (size_t i = 0; i < PLAUSIBLE_OUTPUT_COUNT; i++)
        names[i] = outputs[i].name;
    input_keys_check(document, node, &plausible_keys);
    const struct yaml_node *name =
        yaml_require(document, node, "a rule of 'plausible'", "output", "output: cd8_density");
    rule->output = (int)yaml_choice(document, name, "output", names, PLAUSIBLE_OUTPUT_COUNT);
    if (document->status != ABSCOPAL_OK)
        return;
    rule->least = bound_read(document, node, "least", &outputs[rule->output], -INFINITY);
    rule->most = bound_read(document, node, "most", &outputs[rule->output], INFINITY);
    if (document->status != ABSCOPAL_OK)
        return;
    if (isinf(rule->least) && isinf(rule->most))
        yaml_fail(document, node, "a rule needs 'least', 'most' or both");
    else if (rule->least > rule->most)
        yaml_fail(document, yaml_find(node, "least"), "%s: 'least' is above 'most', so that no patient is plausible",
                  names[rule->output]);
    describe(rule);
}

void plausible_read(struct yaml_document *document, struct cohort *cohort)
{
    const struct yaml_node *list = yaml_find(document->root, "plausible");
    if (document->status != ABSCOPAL_OK || list == NULL)
        return;
    const size_t count = yaml_list(document, list, "plausible", PLAUSIBLE_MOST_RULES);
    cohort->rules = count > 0 ? yaml_allocate(document, count, sizeof *cohort->rules) : NULL;
    for (size_t i = 0; i < count && document->status == ABSCOPAL_OK; i++)
        rule_read(document, list->items[i], &cohort->rules[cohort->rule_count++]);
}

/* ---- Judging ---------------------------------------------------------------------------------------- */

void plausible_outputs(const struct model *model, const double *state, double growth_days, double *values)
{
    const double ul_per_l = 1e6;
    double volume_l = 0, cd8 = 0, tregs = 0, inhibited_l = 0, largest = 0, smallest = INFINITY;
    for (int i = 0; i < model->lesion_count; i++) {
        struct lesion_output lesion;
        model_lesion_output(model, state, i, &lesion);
        volume_l += lesion.volume_l;
        cd8 += lesion.cd8_cells;
        tregs += lesion.treg_cells;
        inhibited_l += lesion.pd1_inhibition * lesion.volume_l;
        largest = fmax(largest, lesion.diameter_mm);
        smallest = fmin(smallest, lesion.diameter_mm);
    }
    const double growth_l_per_d = model_tumour_growth_l_per_d(model, state);
    values[PLAUSIBLE_DOUBLING_TIME] = growth_l_per_d > 0 ? log(2) * volume_l / growth_l_per_d : INFINITY;
    values[PLAUSIBLE_GROWTH_TIME] = growth_days;
    values[PLAUSIBLE_CD8_DENSITY] = cd8 / (volume_l * ul_per_l);
    values[PLAUSIBLE_TREG_DENSITY] = tregs / (volume_l * ul_per_l);
    values[PLAUSIBLE_TREG_RATIO] = tregs / cd8;
    values[PLAUSIBLE_LYMPHOCYTES] = model_lymphocytes_per_ul(model, state);
    values[PLAUSIBLE_PD1_OCCUPANCY] = inhibited_l / volume_l;
    values[PLAUSIBLE_COSTIMULATION] = model_costimulation(model, state);
    values[PLAUSIBLE_LARGEST_DIAMETER] = largest;
    values[PLAUSIBLE_SMALLEST_DIAMETER] = smallest;
}

uint32_t plausible_failures(const struct cohort *cohort, const double *values)
{
    uint32_t failures = 0;
    for (size_t i = 0; i < cohort->rule_count; i++) {
        const struct plausible_rule *rule = &cohort->rules[i];
        const double value = values[rule->output];
        if (!(value >= rule->least && value <= rule->most))
            failures |= (uint32_t)1 << i;
    }
    return failures;
}
