#include "protocols/input_keys.h"

#include <string.h>

void input_keys_check(struct yaml_document *document, const struct yaml_node *node, const struct input_mapping *mapping)
{
    const char *names[INPUT_MOST_KEYS];
    for (size_t i = 0; i < mapping->key_count; i++)
        names[i] = mapping->keys[i].name;
    yaml_check_keys(document, node, mapping->what, names, mapping->key_count);
}

const struct input_value *input_value_of(const struct input_mapping *mapping, const char *key)
{
    for (size_t i = 0; i < mapping->key_count; i++)
        if (strcmp(mapping->keys[i].name, key) == 0)
            return mapping->keys[i].value;
    return NULL;
}

const struct input_value *input_value_find(const struct input_value *value, enum value_kind kind, const char *unit)
{
    while (value != NULL && (value->kind != kind || (kind == VALUE_QUANTITY && strcmp(value->unit, unit) != 0)))
        value = value->instead;
    return value;
}

double input_quantity_read(struct yaml_document *document, const struct yaml_node *node, const char *name,
                           const struct input_value *value)
{
    return value->above ? yaml_quantity_positive(document, node, name, value->unit, value->upper)
                        : yaml_quantity_within(document, node, name, value->unit, value->lower, value->upper);
}

size_t input_choice_read(struct yaml_document *document, const struct yaml_node *node, const char *name,
                         const struct input_value *value)
{
    return yaml_choice(document, node, name, value->choices, value->choice_count);
}

double input_quantity(struct yaml_document *document, const struct yaml_node *node, const struct input_mapping *mapping,
                      const char *key, double otherwise)
{
    const struct yaml_node *found = yaml_find(node, key);
    return found != NULL ? input_quantity_read(document, found, key, input_value_of(mapping, key)) : otherwise;
}

int input_integer(struct yaml_document *document, const struct yaml_node *node, const struct input_mapping *mapping,
                  const char *key, int otherwise)
{
    const struct yaml_node *found = yaml_find(node, key);
    const struct input_value *value = input_value_of(mapping, key);
    return found != NULL
               ? (int)yaml_integer_within(document, found, key, (long long)value->lower, (long long)value->upper)
               : otherwise;
}
