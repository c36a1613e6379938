#include "protocols/trial_references.h"

#include <stdio.h>

static size_t count_of(const struct yaml_node *list)
{
    return list != NULL && list->kind == YAML_SEQUENCE ? list->item_count : 0;
}

size_t trial_references(const struct yaml_document *document, struct trial_reference *references, size_t most)
{
    const struct yaml_node *drugs = yaml_find(document->root, "drugs"), *arms = yaml_find(document->root, "arms");
    size_t count = 0;
    for (size_t i = 0; i < count_of(drugs); i++, count++)
        if (count < most) {
            references[count].path = drugs->items[i]->text;
            snprintf(references[count].place, sizeof references[count].place, "drugs/%zu", i);
        }
    for (size_t i = 0; i < count_of(arms); i++) {
        const struct yaml_node *records = yaml_find(yaml_find(arms->items[i], "treatments"), "records");
        if (records == NULL)
            continue;
        if (count < most) {
            references[count].path = records->text;
            snprintf(references[count].place, sizeof references[count].place, "arms/%zu/treatments/records", i);
        }
        count++;
    }
    return count;
}
