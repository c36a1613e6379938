#include "cohorts/plausible_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cohorts/plausible.h"

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
    const struct plausible_description *output = plausible_describe((size_t)rule->output);
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
        names[i] = plausible_describe(i)->name;
    input_keys_check(document, node, &plausible_keys);
    const struct yaml_node *name =
        yaml_require(document, node, "a rule of 'plausible'", "output", "output: cd8_density");
    rule->output = (int)yaml_choice(document, name, "output", names, PLAUSIBLE_OUTPUT_COUNT);
    if (document->status != ABSCOPAL_OK)
        return;
    const struct plausible_description *output = plausible_describe((size_t)rule->output);
    rule->least = bound_read(document, node, "least", output, -INFINITY);
    rule->most = bound_read(document, node, "most", output, INFINITY);
    if (document->status != ABSCOPAL_OK)
        return;
    if (isinf(rule->least) && isinf(rule->most))
        yaml_fail(document, node, "a rule needs 'least', 'most' or both");
    else if (rule->least > rule->most)
        yaml_fail(document, yaml_find(node, "least"), "%s: 'least' is above 'most', so that no patient is plausible",
                  output->name);
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
