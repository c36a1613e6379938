#include "protocols/vary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/nearest.h"
#include "protocols/units.h"

enum { LONGEST_STEP = 256 };

/* ---- Paths */

/* Copies the step at `path`, ~0 and ~1 undone, to step[LONGEST_STEP]; returns where the next one begins, NULL after the
 * last. */
static const char *step_read(const char *path, char *step)
{
    size_t used = 0;
    for (; *path != '\0' && *path != '/'; path++) {
        char c = *path;
        if (c == '~' && (path[1] == '0' || path[1] == '1'))
            c = *++path == '0' ? '~' : '/';
        if (used + 1 < LONGEST_STEP)
            step[used++] = c;
    }
    step[used] = '\0';
    return *path == '/' ? path + 1 : NULL;
}

/* What an item of a list may be called by besides its position, or NULL. */
static const char *item_name(const struct yaml_node *item)
{
    const struct yaml_node *name = yaml_find(item, "name");
    if (name == NULL)
        name = yaml_find(item, "id");
    return name != NULL && name->kind == YAML_SCALAR ? name->text : NULL;
}

/* " in 'arms/1'", or " in the file" for the root. */
static void place_write(char *text, size_t size, const char *path, const char *step)
{
    if (step == path)
        snprintf(text, size, "the file");
    else
        snprintf(text, size, "'%.*s'", (int)(step - path - 1), path);
}

/* "there is no 'x' in 'parameters'; did you mean 'y'?" */
static void missing_write(char *problem, const char *step, const char *place, const char *const *names, size_t count)
{
    const char *near = nearest_name(step, names, count);
    int used = snprintf(problem, VARY_PROBLEM_SIZE, "there is no '%.64s' in %.160s", step, place);
    if (near != NULL)
        snprintf(problem + used, VARY_PROBLEM_SIZE - (size_t)used, "; did you mean '%.64s'?", near);
}

static const struct yaml_node *key_find(const struct yaml_node *mapping, const char *step, const char *place,
                                        char *problem)
{
    const struct yaml_node *found = yaml_find(mapping, step);
    const size_t count = mapping->item_count / 2;
    const char **names = found == NULL ? calloc(count + 1, sizeof *names) : NULL;
    if (names != NULL) {
        for (size_t i = 0; i < count; i++)
            names[i] = mapping->items[2 * i]->text;
        missing_write(problem, step, place, names, count);
    }
    free(names);
    return found;
}

static const struct yaml_node *item_find(const struct yaml_node *list, const char *step, const char *place,
                                         char *problem)
{
    const size_t length = strlen(step);
    if (length > 0 && length < 8 && strspn(step, "0123456789") == length) {
        const size_t index = (size_t)strtoul(step, NULL, 10);
        if (index < list->item_count)
            return list->items[index];
        snprintf(problem, VARY_PROBLEM_SIZE, "there is no %zu in %.160s, a list whose items are numbered from 0 to %zu",
                 index, place, list->item_count - 1);
        return NULL;
    }
    const char **names = calloc(list->item_count + 1, sizeof *names);
    size_t count = 0;
    const struct yaml_node *found = NULL;
    for (size_t i = 0; names != NULL && i < list->item_count && found == NULL; i++) {
        const char *name = item_name(list->items[i]);
        if (name != NULL && strcmp(name, step) == 0)
            found = list->items[i];
        else if (name != NULL)
            names[count++] = name;
    }
    if (found == NULL && names != NULL && count > 0)
        missing_write(problem, step, place, names, count);
    else if (found == NULL)
        snprintf(problem, VARY_PROBLEM_SIZE, "'%.64s' is no position in %.160s, a list; they count from 0", step,
                 place);
    free(names);
    return found;
}

/* Whatever is at the path. */
static const struct yaml_node *node_find(const struct yaml_document *document, const char *path, char *problem)
{
    const struct yaml_node *node = document->root;
    snprintf(problem, VARY_PROBLEM_SIZE, "out of memory");
    for (const char *at = path, *next; at != NULL && node != NULL; at = next) {
        char step[LONGEST_STEP], place[VARY_PROBLEM_SIZE];
        next = step_read(at, step);
        place_write(place, sizeof place, path, at);
        if (node->kind == YAML_MAPPING) {
            node = key_find(node, step, place, problem);
        } else if (node->kind == YAML_SEQUENCE) {
            node = item_find(node, step, place, problem);
        } else {
            snprintf(problem, VARY_PROBLEM_SIZE, "there is no '%.64s' in %.160s, which is the single value '%.40s'",
                     step, place, node->text);
            node = NULL;
        }
    }
    return node;
}

const struct yaml_node *vary_find(const struct yaml_document *document, const char *path, char *problem)
{
    const struct yaml_node *node = node_find(document, path, problem);
    if (node == NULL || node->kind == YAML_SCALAR)
        return node;
    const struct yaml_node *first = node->item_count > 0 ? node->items[0] : NULL;
    if (node->kind == YAML_MAPPING && first != NULL)
        snprintf(problem, VARY_PROBLEM_SIZE,
                 "'%.160s' is a mapping, not a single value; go on with one of its keys: '%.160s/%.64s'", path, path,
                 first->text);
    else
        snprintf(problem, VARY_PROBLEM_SIZE, "'%.160s' is a %s, not a single value%s", path,
                 node->kind == YAML_MAPPING ? "mapping" : "list",
                 node->kind == YAML_MAPPING ? "" : "; go on with a position from 0");
    return NULL;
}

bool vary_find_number(const struct yaml_document *document, const char *path, const char *unit, double *value,
                      char *problem)
{
    const struct yaml_node *node = vary_find(document, path, problem);
    char wrong[UNIT_TEXT_SIZE];
    struct quantity quantity;
    if (node == NULL)
        return false;
    if (!quantity_parse(node->text, &quantity, wrong)) {
        snprintf(problem, VARY_PROBLEM_SIZE, "'%.160s' is '%.40s', not a number", path, node->text);
        return false;
    }
    struct unit wanted;
    char has[UNIT_TEXT_SIZE], should[UNIT_TEXT_SIZE];
    if (!unit_parse(unit, &wanted, wrong)) {
        snprintf(problem, VARY_PROBLEM_SIZE, "%.300s", wrong);
        return false;
    }
    if (unit_same_dimension(&quantity.unit, &wanted)) {
        *value = quantity_in(&quantity, &wanted);
        return true;
    }
    snprintf(problem, VARY_PROBLEM_SIZE, "'%.160s' is %.40s in line %d of its file: %.80s, not %.80s", path, node->text,
             node->line, unit_describe(&quantity.unit, has), unit_describe(&wanted, should));
    return false;
}

/* ---- Changes */

void vary_number_text(double value, const char *unit, char text[VARY_NUMBER_SIZE])
{
    char number[40];
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(number, sizeof number, "%.*g", digits, value);
        if (strtod(number, NULL) == value)
            break;
    }
    const bool pure = unit[0] == '\0' || strcmp(unit, "1") == 0;
    snprintf(text, VARY_NUMBER_SIZE, "%s%s%s", number, pure ? "" : " ", pure ? "" : unit);
}

struct splice {
    const struct yaml_node *node;
    const char *text;
};

static int splice_compare(const void *left, const void *right)
{
    const struct splice *a = left, *b = right;
    return a->node->start < b->node->start ? -1 : a->node->start > b->node->start;
}

/* The text with the splices, ascending, in it. */
static char *splice_all(const char *text, const struct splice *splices, size_t count)
{
    size_t size = strlen(text) + 1;
    for (size_t i = 0; i < count; i++)
        size += strlen(splices[i].text);
    char *changed = calloc(size, 1);
    size_t from = 0, used = 0;
    for (size_t i = 0; changed != NULL && i < count; i++) {
        const size_t before = splices[i].node->start - from, length = strlen(splices[i].text);
        memcpy(changed + used, text + from, before);
        memcpy(changed + used + before, splices[i].text, length);
        used += before + length;
        from = splices[i].node->end;
    }
    if (changed != NULL)
        memcpy(changed + used, text + from, strlen(text + from));
    return changed;
}

/* Whether the changed text reads as it was meant to. */
static bool changes_read(const char *path, const char *text, const struct vary_change *changes, size_t count,
                         char *problem)
{
    struct yaml_document document;
    struct abscopal_error error;
    if (yaml_read_text(path, text, &document, &error) != ABSCOPAL_OK) {
        snprintf(problem, VARY_PROBLEM_SIZE, "the file cannot be changed there: %.300s", error.message);
        return false;
    }
    bool good = true;
    for (size_t i = 0; good && i < count; i++) {
        const struct yaml_node *node = vary_find(&document, changes[i].path, problem);
        good = node != NULL && strcmp(node->text, changes[i].text) == 0;
        if (node != NULL && !good)
            snprintf(problem, VARY_PROBLEM_SIZE, "'%.160s' cannot become '%.64s': it would be read as '%.64s'",
                     changes[i].path, changes[i].text, node->text);
    }
    yaml_free(&document);
    return good;
}

char *vary_text(const struct yaml_document *document, const struct vary_change *changes, size_t count, char *problem)
{
    struct splice *splices = calloc(count + 1, sizeof *splices);
    bool good = splices != NULL;
    snprintf(problem, VARY_PROBLEM_SIZE, "out of memory");
    for (size_t i = 0; good && i < count; i++) {
        splices[i] = (struct splice){vary_find(document, changes[i].path, problem), changes[i].text};
        good = splices[i].node != NULL;
    }
    if (good)
        qsort(splices, count, sizeof *splices, splice_compare);
    for (size_t i = 1; good && i < count; i++)
        if (splices[i].node == splices[i - 1].node) {
            snprintf(problem, VARY_PROBLEM_SIZE, "the value in line %d is changed twice", splices[i].node->line);
            good = false;
        }
    char *text = good ? splice_all(document->text, splices, count) : NULL;
    free(splices);
    if (text != NULL && !changes_read(document->path, text, changes, count, problem)) {
        free(text);
        return NULL;
    }
    return text;
}
