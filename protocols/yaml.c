/* The getters; yaml_read.c makes the tree. */
#include "protocols/yaml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/characters.h"
#include "protocols/error.h"
#include "protocols/file_read.h"
#include "protocols/nearest.h"
#include "protocols/units.h"

/* With more names than LONGEST_BESIDE, the one that was probably meant stands alone. */
enum { LONGEST_TEXT = 200, LONGEST_LIST = 16, LONGEST_BESIDE = 8, LIST_TEXT_SIZE = 512 };

static const char *const kind_names[] = {
    [YAML_SCALAR] = "a single value",
    [YAML_SEQUENCE] = "a list",
    [YAML_MAPPING] = "a mapping",
};

enum abscopal_status yaml_fail(struct yaml_document *document, const struct yaml_node *node, const char *format, ...)
{
    if (document->status != ABSCOPAL_OK)
        return document->status;
    va_list arguments;
    va_start(arguments, format);
    document->status =
        error_set_list(document->error, ABSCOPAL_BAD_INPUT, document->path, node != NULL ? node->line : 0,
                       node != NULL ? node->column : 0, format, arguments);
    va_end(arguments);
    return document->status;
}

void *yaml_allocate(struct yaml_document *document, size_t count, size_t size)
{
    if (document->status != ABSCOPAL_OK || count == 0)
        return NULL;
    void *memory = calloc(count, size);
    if (memory == NULL)
        document->status = error_no_memory(document->error);
    return memory;
}

char *yaml_copy(struct yaml_document *document, const char *text)
{
    size_t size = text != NULL ? strlen(text) + 1 : 0;
    char *copy = yaml_allocate(document, size, 1);
    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

char *yaml_path_beside(struct yaml_document *document, const struct yaml_node *node, const char *path)
{
    char problem[FILE_PROBLEM_SIZE];
    const char *slash = strrchr(document->path, '/');
    const size_t folder = path[0] == '/' || slash == NULL ? 0 : (size_t)(slash - document->path) + 1;
    const size_t size = folder + strlen(path) + 1;
    char *whole = yaml_allocate(document, size, 1);
    if (whole == NULL)
        return NULL;
    memcpy(whole, document->path, folder);
    memcpy(whole + folder, path, size - folder);
    if (document->stored != NULL || file_allowed(document->path, whole, problem))
        return whole;
    yaml_fail(document, node, "%s", problem);
    free(whole);
    return NULL;
}

/* "a, b, c", cut at LIST_TEXT_SIZE. */
static char *names_list(const char *const *names, size_t count, char *text)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count && used < LIST_TEXT_SIZE; i++)
        used += (size_t)snprintf(text + used, LIST_TEXT_SIZE - used, "%s%s", i > 0 ? ", " : "", names[i]);
    return text;
}

static bool name_is_known(const char *name, const char *const *known, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, known[i]) == 0)
            return true;
    return false;
}

/* ---- Mappings */

void yaml_check_keys(struct yaml_document *document, const struct yaml_node *mapping, const char *what,
                     const char *const *known, size_t known_count)
{
    if (document->status != ABSCOPAL_OK || mapping == NULL)
        return;
    char list[LIST_TEXT_SIZE];
    names_list(known, known_count, list);
    if (mapping->kind != YAML_MAPPING) {
        yaml_fail(document, mapping, "%s must be a mapping with keys of: %s", what, list);
        return;
    }
    for (size_t i = 0; i + 1 < mapping->item_count; i += 2) {
        const struct yaml_node *key = mapping->items[i];
        if (name_is_known(key->text, known, known_count))
            continue;
        const char *near = nearest_name(key->text, known, known_count);
        if (near != NULL && known_count > LONGEST_BESIDE)
            yaml_fail(document, key, "unknown key '%.64s' in %s; did you mean '%s'?", key->text, what, near);
        else if (near != NULL)
            yaml_fail(document, key, "unknown key '%.64s' in %s; did you mean '%s'? Known keys: %s", key->text, what,
                      near, list);
        else
            yaml_fail(document, key, "unknown key '%.64s' in %s. Known keys: %s", key->text, what, list);
        return;
    }
}

const struct yaml_node *yaml_find(const struct yaml_node *mapping, const char *key)
{
    if (mapping == NULL || mapping->kind != YAML_MAPPING)
        return NULL;
    for (size_t i = 0; i + 1 < mapping->item_count; i += 2)
        if (strcmp(mapping->items[i]->text, key) == 0)
            return mapping->items[i + 1];
    return NULL;
}

const struct yaml_node *yaml_require(struct yaml_document *document, const struct yaml_node *mapping, const char *what,
                                     const char *key, const char *write)
{
    if (document->status != ABSCOPAL_OK || mapping == NULL)
        return NULL;
    const struct yaml_node *value = yaml_find(mapping, key);
    if (value == NULL)
        yaml_fail(document, mapping, "%s lacks '%s'; write for instance '%s'", what, key, write);
    return value;
}

/* ---- Values */

/* The text of a scalar that is not empty, or NULL and failing. */
static const char *scalar_text(struct yaml_document *document, const struct yaml_node *node, const char *name)
{
    if (document->status != ABSCOPAL_OK || node == NULL)
        return NULL;
    if (node->kind != YAML_SCALAR)
        yaml_fail(document, node, "%s must be a single value, not %s", name, kind_names[node->kind]);
    else if (node->text[0] == '\0')
        yaml_fail(document, node, "%s has no value", name);
    return document->status == ABSCOPAL_OK ? node->text : NULL;
}

const char *yaml_text(struct yaml_document *document, const struct yaml_node *node, const char *name)
{
    const char *text = scalar_text(document, node, name);
    if (text == NULL)
        return NULL;
    if (strlen(text) > LONGEST_TEXT) {
        yaml_fail(document, node, "%s must be at most %d bytes long", name, LONGEST_TEXT);
        return NULL;
    }
    for (const char *at = text; *at != '\0'; at++)
        if (character_is_control(at, (unsigned char)*at < 0x80 ? 1 : 2)) {
            yaml_fail(document, node, "%s must be one line without control characters", name);
            return NULL;
        }
    return text;
}

double yaml_quantity(struct yaml_document *document, const struct yaml_node *node, const char *name, const char *unit)
{
    const char *text = scalar_text(document, node, name);
    double value = 0;
    char problem[UNIT_TEXT_SIZE];
    if (text == NULL)
        return 0;
    if (!quantity_convert(text, unit, &value, problem)) {
        yaml_fail(document, node, "%s: %s", name, problem);
        return 0;
    }
    return value;
}

/* " mg" for "mg", nothing for a pure number. */
static const char *unit_shown(const char *unit, char *text, size_t size)
{
    snprintf(text, size, "%s%s", strcmp(unit, "1") == 0 || unit[0] == '\0' ? "" : " ",
             strcmp(unit, "1") == 0 ? "" : unit);
    return text;
}

double yaml_quantity_within(struct yaml_document *document, const struct yaml_node *node, const char *name,
                            const char *unit, double lower, double upper)
{
    double value = yaml_quantity(document, node, name, unit);
    if (document->status != ABSCOPAL_OK || node == NULL || (value >= lower && value <= upper))
        return value;
    char shown[UNIT_TEXT_SIZE];
    unit_shown(unit, shown, sizeof shown);
    yaml_fail(document, node, "%s must be from %.10g%s to %.10g%s, not %.40s", name, lower, shown, upper, shown,
              node->text);
    return 0;
}

double yaml_quantity_positive(struct yaml_document *document, const struct yaml_node *node, const char *name,
                              const char *unit, double upper)
{
    double value = yaml_quantity(document, node, name, unit);
    if (document->status != ABSCOPAL_OK || node == NULL || (value > 0 && value <= upper))
        return value;
    char shown[UNIT_TEXT_SIZE];
    unit_shown(unit, shown, sizeof shown);
    yaml_fail(document, node, "%s must be more than 0%s and at most %.10g%s, not %.40s", name, shown, upper, shown,
              node->text);
    return 0;
}

long long yaml_integer_within(struct yaml_document *document, const struct yaml_node *node, const char *name,
                              long long lower, long long upper)
{
    const char *text = scalar_text(document, node, name);
    if (text == NULL)
        return 0;
    const char *digits = text + (text[0] == '-' || text[0] == '+' ? 1 : 0);
    size_t length = strlen(digits);
    if (length == 0 || strspn(digits, "0123456789") != length) {
        yaml_fail(document, node, "%s must be a whole number, not '%.40s'", name, text);
        return 0;
    }
    errno = 0;
    long long value = strtoll(text, NULL, 10);
    if (errno == ERANGE || value < lower || value > upper) {
        yaml_fail(document, node, "%s must be from %lld to %lld, not %.40s", name, lower, upper, text);
        return 0;
    }
    return value;
}

bool yaml_boolean(struct yaml_document *document, const struct yaml_node *node, const char *name)
{
    const char *text = scalar_text(document, node, name);
    if (text != NULL && strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
        yaml_fail(document, node, "%s must be true or false, not '%.40s'", name, text);
    return document->status == ABSCOPAL_OK && text != NULL && strcmp(text, "true") == 0;
}

size_t yaml_choice(struct yaml_document *document, const struct yaml_node *node, const char *name,
                   const char *const *choices, size_t choice_count)
{
    const char *text = scalar_text(document, node, name);
    if (text == NULL)
        return 0;
    for (size_t i = 0; i < choice_count; i++)
        if (strcmp(text, choices[i]) == 0)
            return i;
    char list[LIST_TEXT_SIZE] = "";
    char known[LIST_TEXT_SIZE + 16] = "";
    char meant[128] = "";
    const char *near = nearest_name(text, choices, choice_count);
    if (near != NULL)
        snprintf(meant, sizeof meant, "; did you mean '%.64s'?", near);
    if (choice_count <= (near != NULL ? LONGEST_BESIDE : LONGEST_LIST))
        snprintf(known, sizeof known, "%s Known: %s", near != NULL ? "" : ".", names_list(choices, choice_count, list));
    yaml_fail(document, node, "unknown %s '%.64s'%s%s", name, text, meant, known);
    return 0;
}

size_t yaml_list(struct yaml_document *document, const struct yaml_node *node, const char *name, size_t most)
{
    if (document->status != ABSCOPAL_OK || node == NULL)
        return 0;
    if (node->kind == YAML_SEQUENCE && node->item_count >= 1 && node->item_count <= most)
        return node->item_count;
    if (node->kind != YAML_SEQUENCE)
        yaml_fail(document, node, "%s must be a list", name);
    else if (node->item_count == 0)
        yaml_fail(document, node, "%s must not be empty", name);
    else
        yaml_fail(document, node, "%s must have at most %zu items, not %zu", name, most, node->item_count);
    return 0;
}
