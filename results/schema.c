/* JSON Schemas of input files (https://json-schema.org/draft/2020-12), from the tables that their readers use. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts/calibration_keys.h"
#include "cohorts/cohort_keys.h"
#include "cohorts/population_plan.h"
#include "cohorts/power_file.h"
#include "protocols/error.h"
#include "protocols/sweep_keys.h"
#include "protocols/trial_keys.h"
#include "results/json_value.h"
#include "results/output.h"

/* Integers that every JSON reader holds exactly: up to 2^53. */
static const double largest_exact_integer = 9007199254740992.0;

/* A number, then nothing or a percent sign; or a unit, of which only the reader says whether it is the right one. */
static const char pure_pattern[] = "^[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)? *[%1]?$";
static const char unit_pattern[] =
    "^[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)? *(1?[*/]|\xc2\xb5|[A-Za-z(]).*$";

/* More than the tables have. */
enum { MOST_MAPPINGS = 64 };

struct schema {
    json_t *definitions;
    const struct input_mapping *mappings[MOST_MAPPINGS]; /* that are defined */
    size_t mapping_count;
    bool failed; /* no memory */
};

/* ---- JSON, remembering failure ---------------------------------------------------------------------- */

static void set(struct schema *schema, json_t *object, const char *key, json_t *value)
{
    schema->failed = json_object_set_new(object, key, value) != 0 || schema->failed;
}

static void append(struct schema *schema, json_t *array, json_t *value)
{
    schema->failed = json_array_append_new(array, value) != 0 || schema->failed;
}

static json_t *of_type(struct schema *schema, const char *type)
{
    json_t *object = json_object();
    set(schema, object, "type", json_string(type));
    return object;
}

/* ---- Values ----------------------------------------------------------------------------------------- */

static json_t *integer_schema(struct schema *schema, const struct input_value *value)
{
    json_t *object = of_type(schema, "integer");
    set(schema, object, "minimum", json_integer((json_int_t)value->lower));
    if (value->upper <= largest_exact_integer)
        set(schema, object, "maximum", json_integer((json_int_t)value->upper));
    return object;
}

static json_t *text_like(struct schema *schema, const char *pattern)
{
    json_t *object = of_type(schema, "string");
    set(schema, object, "pattern", json_string(pattern));
    return object;
}

/* A pure number may be a number, or text with a percent sign; any other quantity is text. A row without unit stands
 * for quantities of any. */
static void quantity_add(struct schema *schema, const struct input_value *value, json_t *choices)
{
    const bool any = value->unit == NULL, pure = any || strcmp(value->unit, "1") == 0;
    if (pure) {
        json_t *number = of_type(schema, "number");
        if (!any) {
            set(schema, number, value->above ? "exclusiveMinimum" : "minimum", json_real(value->lower));
            set(schema, number, "maximum", json_real(value->upper));
        }
        append(schema, choices, number);
    }
    if (pure)
        append(schema, choices, text_like(schema, pure_pattern));
    if (any || !pure)
        append(schema, choices, text_like(schema, unit_pattern));
}

static json_t *choice_schema(struct schema *schema, const struct input_value *value)
{
    json_t *object = json_object(), *names = json_array();
    for (size_t i = 0; i < value->choice_count; i++)
        append(schema, names, json_string(value->choices[i]));
    for (size_t i = 0; value->named != NULL && value->named(i).name != NULL; i++)
        append(schema, names, json_string(value->named(i).name));
    set(schema, object, "enum", names);
    return object;
}

/* Texts may look like numbers; and on and off are booleans to readers of YAML 1.1. */
static json_t *words_schema(struct schema *schema, const struct input_value *value)
{
    static const char *const types[] = {"string", "number", "boolean"};
    json_t *object = json_object(), *list = json_array();
    for (size_t i = 0; i < 3 && value->kind == VALUE_TEXT; i++)
        append(schema, list, json_string(types[i]));
    if (value->kind == VALUE_SWITCH) {
        append(schema, list, json_true());
        append(schema, list, json_false());
        append(schema, list, json_string("on"));
        append(schema, list, json_string("off"));
    }
    set(schema, object, value->kind == VALUE_TEXT ? "type" : "enum", list);
    if (value->kind == VALUE_TEXT)
        set(schema, object, "minLength", json_integer(1));
    return object;
}

static json_t *value_schema(struct schema *schema, const struct input_value *value);
static json_t *mapping_reference(struct schema *schema, const struct input_mapping *mapping);

static json_t *list_schema(struct schema *schema, const struct input_value *value)
{
    json_t *object = of_type(schema, "array");
    set(schema, object, "items", value_schema(schema, value->item));
    set(schema, object, "minItems", json_integer((json_int_t)value->least));
    set(schema, object, "maxItems", json_integer((json_int_t)value->most));
    return object;
}

static json_t *named_schema(struct schema *schema, const struct input_value *value)
{
    json_t *object = of_type(schema, "object"), *properties = json_object();
    for (size_t i = 0; value->named != NULL && value->named(i).name != NULL; i++) {
        json_t *item = value_schema(schema, value->item);
        set(schema, item, "description", json_string(value->named(i).meaning));
        set(schema, properties, value->named(i).name, item);
    }
    set(schema, object, "properties", properties);
    set(schema, object, "additionalProperties",
        value->named != NULL ? json_false() : value_schema(schema, value->item));
    set(schema, object, "minProperties", json_integer((json_int_t)value->least));
    return object;
}

/* All that the value can be. */
static json_t *value_schema(struct schema *schema, const struct input_value *value)
{
    json_t *choices = json_array(), *object;
    for (; value != NULL; value = value->instead)
        switch (value->kind) {
        case VALUE_TEXT:
        case VALUE_SWITCH:
            append(schema, choices, words_schema(schema, value));
            break;
        case VALUE_QUANTITY:
            quantity_add(schema, value, choices);
            break;
        case VALUE_INTEGER:
            append(schema, choices, integer_schema(schema, value));
            break;
        case VALUE_BOOLEAN:
            append(schema, choices, of_type(schema, "boolean"));
            break;
        case VALUE_CHOICE:
            append(schema, choices, choice_schema(schema, value));
            break;
        case VALUE_LIST:
            append(schema, choices, list_schema(schema, value));
            break;
        case VALUE_MAPPING:
            append(schema, choices, mapping_reference(schema, value->mapping));
            break;
        case VALUE_NAMED:
            append(schema, choices, named_schema(schema, value));
            break;
        }
    if (json_array_size(choices) == 1) {
        object = json_incref(json_array_get(choices, 0));
        json_decref(choices);
        return object;
    }
    object = json_object();
    set(schema, object, "anyOf", choices);
    return object;
}

/* ---- Mappings --------------------------------------------------------------------------------------- */

/* What the key means, with the range of a quantity: "length of the infusion; above 0 to 36525 d". */
static json_t *description(const struct input_key *key)
{
    char text[256];
    const struct input_value *value = key->value;
    const bool shown = value->kind == VALUE_QUANTITY && value->unit != NULL;
    if (shown)
        snprintf(text, sizeof text, "%s; %s %.10g to %.10g%s%s", key->meaning, value->above ? "above" : "from",
                 value->lower, value->upper, strcmp(value->unit, "1") == 0 ? "" : " ",
                 strcmp(value->unit, "1") == 0 ? "" : value->unit);
    return json_string(shown ? text : key->meaning);
}

static json_t *mapping_schema(struct schema *schema, const struct input_mapping *mapping)
{
    json_t *object = of_type(schema, "object"), *properties = json_object(), *required = json_array();
    set(schema, object, "title", json_string(mapping->what));
    for (size_t i = 0; i < mapping->key_count; i++) {
        const struct input_key *key = &mapping->keys[i];
        json_t *property = value_schema(schema, key->value);
        set(schema, property, "description", description(key));
        set(schema, properties, key->name, property);
        if (key->presence == KEY_NEEDED)
            append(schema, required, json_string(key->name));
    }
    set(schema, object, "properties", properties);
    set(schema, object, "required", required);
    set(schema, object, "additionalProperties", json_false());
    return object;
}

/* Its definition is named by what it is, "a-drug-treatment", and numbered where another is named the same. */
static json_t *mapping_reference(struct schema *schema, const struct input_mapping *mapping)
{
    char reference[128];
    size_t place = 0, same = 0;
    for (; place < schema->mapping_count && schema->mappings[place] != mapping; place++)
        same += strcmp(schema->mappings[place]->what, mapping->what) == 0;
    int used = snprintf(reference, sizeof reference, "#/$defs/%s", mapping->what);
    if (same > 0)
        snprintf(reference + used, sizeof reference - (size_t)used, " %zu", same + 1);
    for (char *at = reference; *at != '\0'; at++)
        *at = *at == ' ' ? '-' : *at;
    if (place == MOST_MAPPINGS) {
        schema->failed = true;
    } else if (place == schema->mapping_count) {
        schema->mappings[schema->mapping_count++] = mapping;
        set(schema, schema->definitions, reference + strlen("#/$defs/"), mapping_schema(schema, mapping));
    }
    json_t *object = json_object();
    set(schema, object, "$ref", json_string(reference));
    return object;
}

enum abscopal_status abscopal_list_schema(enum abscopal_schema_kind kind, FILE *file, struct abscopal_error *error)
{
    static const struct {
        const struct input_mapping *keys;
        const char *title;
    } files[] = {[ABSCOPAL_SCHEMA_TRIAL] = {&trial_keys, "abscopal trial file"},
                 [ABSCOPAL_SCHEMA_COHORT] = {&cohort_keys, "abscopal cohort file"},
                 [ABSCOPAL_SCHEMA_CALIBRATION] = {&calibration_keys, "abscopal calibration file"},
                 [ABSCOPAL_SCHEMA_POPULATION] = {&population_plan_keys, "abscopal population file"},
                 [ABSCOPAL_SCHEMA_SWEEP] = {&sweep_keys, "abscopal sweep file"},
                 [ABSCOPAL_SCHEMA_POWER] = {&power_keys, "abscopal design of a trial"}};
    if ((size_t)kind >= sizeof files / sizeof *files)
        return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0, "there is no such schema");
    struct schema schema = {.definitions = json_object()};
    json_t *root = json_object(), *whole = mapping_schema(&schema, files[kind].keys);
    set(&schema, root, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
    schema.failed = json_object_update(root, whole) != 0 || schema.failed;
    json_decref(whole);
    set(&schema, root, "title", json_string(files[kind].title));
    set(&schema, root, "$defs", schema.definitions);
    char *text =
        schema.failed ? NULL : json_dumps(root, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15));
    json_decref(root);
    if (text == NULL)
        return error_no_memory(error);
    const size_t size = strlen(text) + 2;
    char *line = malloc(size);
    if (line != NULL)
        snprintf(line, size, "%s\n", text);
    const enum abscopal_status status =
        line != NULL ? output_write_stream(file, line, size - 1, error) : error_no_memory(error);
    free(line);
    free(text);
    return status;
}
