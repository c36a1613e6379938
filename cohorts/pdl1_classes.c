#include "cohorts/pdl1_classes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct input_value text = {.kind = VALUE_TEXT};
static const struct input_value molecules = {VALUE_QUANTITY, .unit = "molecule", .upper = 1e9, .above = true};
static const struct input_key rows[] = {
    {"name", "no two alike", &text, KEY_NEEDED},
    {"below", "PD-L1 on a cancer cell that the class ends below; ascending, and not of the last class", &molecules,
     KEY_OPTIONAL},
};
const struct input_mapping pdl1_class_keys = {"a PD-L1 class", rows, sizeof rows / sizeof *rows};
static const struct input_value item = {VALUE_MAPPING, .mapping = &pdl1_class_keys};
const struct input_value pdl1_classes_value = {VALUE_LIST, .item = &item, .least = 1, .most = PDL1_MOST_CLASSES};

static void class_read(struct yaml_document *document, const struct yaml_node *node, struct cohort *cohort, bool last)
{
    const struct pdl1_class *before = &cohort->pdl1_classes[0];
    const size_t number = cohort->pdl1_class_count++;
    struct pdl1_class *class = &cohort->pdl1_classes[number];
    input_keys_check(document, node, &pdl1_class_keys);
    const struct yaml_node *name = yaml_require(document, node, "a PD-L1 class", "name", "name: high");
    class->name = yaml_copy(document, yaml_text(document, name, "name"));
    for (size_t i = 0; i < number && document->status == ABSCOPAL_OK; i++)
        if (strcmp(before[i].name, class->name) == 0)
            yaml_fail(document, name, "there is another class '%.64s'; give each a name of its own", class->name);
    const struct yaml_node *below = yaml_find(node, "below");
    class->below = INFINITY;
    if (!last)
        below = yaml_require(document, node, "a PD-L1 class that is not the last", "below", "below: 1e5 molecule");
    if (document->status != ABSCOPAL_OK || below == NULL)
        return;
    if (last) {
        yaml_fail(document, below, "the last class has no upper end; leave 'below' out, or add a class after it");
        return;
    }
    class->below = input_quantity_read(document, below, "below", input_value_of(&pdl1_class_keys, "below"));
    if (document->status == ABSCOPAL_OK && number > 0 && class->below <= before[number - 1].below)
        yaml_fail(document, below, "classes go upwards: write more than the %.6g molecule that '%.64s' ends below",
                  before[number - 1].below, before[number - 1].name);
}

void pdl1_classes_read(struct yaml_document *document, struct cohort *cohort)
{
    const struct yaml_node *list = yaml_find(document->root, "pdl1_classes");
    if (document->status != ABSCOPAL_OK || list == NULL)
        return;
    const size_t count = yaml_list(document, list, "pdl1_classes", PDL1_MOST_CLASSES);
    cohort->pdl1_classes = count > 0 ? yaml_allocate(document, count, sizeof *cohort->pdl1_classes) : NULL;
    for (size_t i = 0; i < count && document->status == ABSCOPAL_OK; i++)
        class_read(document, list->items[i], cohort, i + 1 == count);
}

void pdl1_classes_free(struct cohort *cohort)
{
    for (size_t i = 0; i < cohort->pdl1_class_count; i++)
        free(cohort->pdl1_classes[i].name);
    free(cohort->pdl1_classes);
}

int pdl1_class_of(const struct cohort *cohort, double pdl1_per_cancer_cell)
{
    for (size_t i = 0; i < cohort->pdl1_class_count; i++)
        if (pdl1_per_cancer_cell < cohort->pdl1_classes[i].below)
            return (int)i;
    return (int)cohort->pdl1_class_count - 1;
}
