/* What varies in a sweep. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/sweep_keys.h"
#include "protocols/sweep_read.h"
#include "protocols/units.h"
#include "protocols/vary.h"

void sweep_axis_free(struct sweep_axis *axis)
{
    for (size_t i = 0; i < axis->level_count; i++) {
        for (size_t j = 0; j < axis->levels[i].setting_count; j++) {
            free(axis->levels[i].settings[j].path);
            free(axis->levels[i].settings[j].text);
        }
        free(axis->levels[i].settings);
        free(axis->levels[i].name);
    }
    for (size_t i = 0; i < axis->path_count; i++)
        free(axis->paths[i]);
    free(axis->levels);
    free(axis->paths);
    free(axis->name);
    free(axis->unit);
    free(axis->lag_of);
    free(axis->lag_after);
}

/* ---- Paths ------------------------------------------------------------------------------------------ */

char *sweep_arm_path(size_t arm, const char *path)
{
    char *whole = NULL;
    return asprintf(&whole, "arms/%zu/%s", arm, path) >= 0 ? whole : NULL;
}

/* Whether the path leads to a value in every arm that can vary. */
static void path_check(struct yaml_document *document, const struct yaml_node *node, const struct sweep_file *sweep,
                       const char *path)
{
    const struct sweep_axis *arms = NULL;
    for (size_t i = 0; i < sweep->axis_count; i++)
        if (sweep->axes[i].level_count > 0 && sweep->axes[i].levels[0].arm != SWEEP_NO_ARM)
            arms = &sweep->axes[i];
    const size_t count = arms != NULL ? arms->level_count : 1;
    for (size_t i = 0; i < count && document->status == ABSCOPAL_OK; i++) {
        const size_t arm = arms != NULL ? arms->levels[i].arm : sweep->arm;
        char problem[VARY_PROBLEM_SIZE];
        char *whole = sweep_arm_path(arm, path);
        if (whole == NULL || vary_find(&sweep->trial, whole, problem) == NULL)
            yaml_fail(document, node, "arm '%.64s' of the trial: %s", sweep->arm_names[arm],
                      whole != NULL ? problem : "out of memory");
        free(whole);
    }
}

static void paths_read(struct yaml_document *document, const struct yaml_node *set, const struct sweep_file *sweep,
                       struct sweep_axis *axis)
{
    const bool single = set != NULL && set->kind == YAML_SCALAR;
    const size_t count = single ? 1 : yaml_list(document, set, "set", SWEEP_MOST_PATHS);
    axis->paths = yaml_allocate(document, count, sizeof *axis->paths);
    for (size_t i = 0; axis->paths != NULL && set != NULL && i < count && document->status == ABSCOPAL_OK; i++) {
        const struct yaml_node *node = single ? set : set->items[i];
        const char *path = yaml_text(document, node, "set");
        axis->paths[axis->path_count++] = path != NULL ? yaml_copy(document, path) : NULL;
        if (path != NULL)
            path_check(document, node, sweep, path);
    }
}

static void lag_read(struct yaml_document *document, const struct yaml_node *node, const struct sweep_file *sweep,
                     struct sweep_axis *axis)
{
    static const char *const keys[] = {"of", "after"};
    char *ids[2] = {NULL, NULL};
    input_keys_check(document, node, &sweep_lag_keys);
    for (int i = 0; i < 2 && document->status == ABSCOPAL_OK; i++) {
        const struct yaml_node *id =
            yaml_require(document, node, sweep_lag_keys.what, keys[i], "{of: rt, after: drug}");
        const char *text = yaml_text(document, id, keys[i]);
        char path[320];
        ids[i] = text != NULL ? yaml_copy(document, text) : NULL;
        snprintf(path, sizeof path, "treatments/%s/start", text != NULL ? text : "");
        if (text != NULL)
            path_check(document, id, sweep, path);
    }
    axis->lag_of = ids[0];
    axis->lag_after = ids[1];
    if (ids[0] != NULL && ids[1] != NULL && strcmp(ids[0], ids[1]) == 0)
        yaml_fail(document, node, "a lag is between two treatments; '%.64s' is one", ids[0]);
    axis->unit = yaml_copy(document, "d");
}

/* ---- Levels ----------------------------------------------------------------------------------------- */

static struct sweep_level *level_add(struct sweep_axis *axis)
{
    struct sweep_level *level = &axis->levels[axis->level_count++];
    *level = (struct sweep_level){.name = NULL, .value = (double)axis->level_count - 1, .arm = SWEEP_NO_ARM};
    return level;
}

static void setting_add(struct yaml_document *document, struct sweep_level *level, const char *path, const char *text)
{
    struct sweep_setting *setting = &level->settings[level->setting_count++];
    setting->path = yaml_copy(document, path);
    setting->text = yaml_copy(document, text);
}

/* Numbers are held in the unit of the first; a lag's are days. */
static void number_add(struct yaml_document *document, const struct yaml_node *node, struct sweep_axis *axis)
{
    struct sweep_level *level = level_add(axis);
    level->value = yaml_quantity(document, node, "a value", axis->unit[0] != '\0' ? axis->unit : "1");
    char name[VARY_NUMBER_SIZE];
    vary_number_text(level->value, axis->unit, name);
    level->name = yaml_copy(document, name);
    const struct sweep_level *before = level - 1;
    if (document->status == ABSCOPAL_OK && axis->level_count > 1 && !(level->value > before->value))
        yaml_fail(document, node, "values go upwards: '%.40s' comes after '%.40s'", level->name, before->name);
}

static void word_add(struct yaml_document *document, const struct yaml_node *node, struct sweep_axis *axis)
{
    struct sweep_level *level = level_add(axis);
    const char *text = yaml_text(document, node, "a value");
    level->name = text != NULL ? yaml_copy(document, text) : NULL;
    level->settings = yaml_allocate(document, axis->path_count, sizeof *level->settings);
    for (size_t i = 0; text != NULL && level->settings != NULL && i < axis->path_count; i++)
        setting_add(document, level, axis->paths[i], text);
}

static void values_read(struct yaml_document *document, const struct yaml_node *list, struct sweep_axis *axis)
{
    const size_t count = yaml_list(document, list, "values", SWEEP_MOST_LEVELS);
    const char *first = count > 0 ? yaml_text(document, list->items[0], "values") : NULL;
    struct quantity quantity;
    char problem[UNIT_TEXT_SIZE];
    if (first == NULL)
        return;
    axis->numeric = axis->lag_of != NULL || quantity_parse(first, &quantity, problem);
    if (axis->unit == NULL)
        axis->unit = yaml_copy(document, axis->numeric ? quantity_unit_text(first) : "");
    axis->levels = yaml_allocate(document, count, sizeof *axis->levels);
    for (size_t i = 0; axis->levels != NULL && i < count && document->status == ABSCOPAL_OK; i++)
        (axis->numeric ? number_add : word_add)(document, list->items[i], axis);
}

static void choices_read(struct yaml_document *document, const struct yaml_node *list, const struct sweep_file *sweep,
                         struct sweep_axis *axis)
{
    const size_t count = yaml_list(document, list, "choices", SWEEP_MOST_LEVELS);
    axis->levels = yaml_allocate(document, count, sizeof *axis->levels);
    for (size_t i = 0; axis->levels != NULL && i < count && document->status == ABSCOPAL_OK; i++) {
        const struct yaml_node *node = list->items[i];
        struct sweep_level *level = level_add(axis);
        input_keys_check(document, node, &sweep_choice_keys);
        const struct yaml_node *name = yaml_require(document, node, sweep_choice_keys.what, "name", "name: 8 Gy x 3");
        const struct yaml_node *set =
            yaml_require(document, node, sweep_choice_keys.what, "set", "set: {treatments/rt/radiotherapy: 8 Gy}");
        const char *text = yaml_text(document, name, "name");
        level->name = text != NULL ? yaml_copy(document, text) : NULL;
        if (set != NULL &&
            (set->kind != YAML_MAPPING || set->item_count == 0 || set->item_count / 2 > SWEEP_MOST_PATHS))
            yaml_fail(document, set, "set is a mapping from 1 to %d paths in the arm to values", SWEEP_MOST_PATHS);
        if (document->status != ABSCOPAL_OK || set == NULL)
            return;
        level->settings = yaml_allocate(document, set->item_count / 2, sizeof *level->settings);
        for (size_t j = 0; level->settings != NULL && j < set->item_count; j += 2) {
            const char *path = yaml_text(document, set->items[j], "a path");
            const char *value = yaml_text(document, set->items[j + 1], "a value");
            if (path == NULL || value == NULL)
                return;
            path_check(document, set->items[j], sweep, path);
            setting_add(document, level, path, value);
        }
    }
}

static void arms_read(struct yaml_document *document, const struct yaml_node *list, const struct sweep_file *sweep,
                      struct sweep_axis *axis)
{
    const size_t count = yaml_list(document, list, "arms", SWEEP_MOST_LEVELS);
    axis->levels = yaml_allocate(document, count, sizeof *axis->levels);
    for (size_t i = 0; axis->levels != NULL && i < count && document->status == ABSCOPAL_OK; i++) {
        struct sweep_level *level = level_add(axis);
        const size_t arm =
            yaml_choice(document, list->items[i], "arm", (const char *const *)sweep->arm_names, sweep->arm_count);
        if (document->status != ABSCOPAL_OK)
            return;
        level->arm = arm;
        level->name = yaml_copy(document, sweep->arm_names[arm]);
    }
}

/* ---- Ranges ----------------------------------------------------------------------------------------- */

static void range_levels(struct yaml_document *document, const struct yaml_node *node, size_t count,
                         struct sweep_axis *axis)
{
    if (count > SWEEP_MOST_LEVELS)
        yaml_fail(document, node, "that makes %zu values, more than %d; take larger steps", count, SWEEP_MOST_LEVELS);
    axis->levels = yaml_allocate(document, count, sizeof *axis->levels);
    for (size_t i = 0; axis->levels != NULL && i < count; i++) {
        struct sweep_level *level = level_add(axis);
        const double share = (double)i / (double)(count - 1);
        char name[VARY_NUMBER_SIZE];
        /* Rounded to what is written of it, so that a step of 0.1 does not leave 0.30000000000000004. */
        snprintf(name, sizeof name, "%.12g", sweep_range_at(axis, share));
        level->value = strtod(name, NULL);
        vary_number_text(level->value, axis->unit, name);
        level->name = yaml_copy(document, name);
    }
}

static void range_read(struct yaml_document *document, const struct yaml_node *node, struct sweep_axis *axis)
{
    const struct input_mapping *keys = &sweep_axis_keys;
    const struct yaml_node *from = yaml_find(node, "from"), *step = yaml_find(node, "step");
    const struct yaml_node *to = yaml_require(document, node, keys->what, "to", "to: 120 d");
    const char *text = yaml_text(document, from, "from");
    if (document->status != ABSCOPAL_OK || text == NULL)
        return;
    axis->numeric = true;
    if (axis->unit == NULL)
        axis->unit = yaml_copy(document, quantity_unit_text(text));
    if (document->status != ABSCOPAL_OK)
        return;
    const char *unit = axis->unit[0] != '\0' ? axis->unit : "1";
    axis->lower = yaml_quantity(document, from, "from", unit);
    axis->upper = yaml_quantity(document, to, "to", unit);
    const size_t scale = input_choice_read(document, yaml_find(node, "scale"), "scale", input_value_of(keys, "scale"));
    axis->logarithmic = scale == 1;
    const int points = input_integer(document, node, keys, "points", 0);
    const double by = yaml_quantity(document, step, "step", unit);
    if (document->status != ABSCOPAL_OK)
        return;
    if (!(axis->lower < axis->upper))
        yaml_fail(document, to, "'to' must be more than 'from'; exchange them");
    else if (axis->logarithmic && !(axis->lower > 0))
        yaml_fail(document, from, "a logarithmic scale needs a 'from' above 0");
    else if (step != NULL && (points > 0 || axis->logarithmic))
        yaml_fail(document, step, "'step' goes neither with 'points' nor with a logarithmic scale; remove it");
    else if (points > 0)
        range_levels(document, node, (size_t)points, axis);
    if (document->status != ABSCOPAL_OK || step == NULL)
        return;
    const double steps = (axis->upper - axis->lower) / by;
    if (!(by > 0) || !(fabs(steps - round(steps)) < 1e-9 * steps))
        yaml_fail(document, step, "from %.10g to %.10g %s are no whole number of steps of %.10g", axis->lower,
                  axis->upper, axis->unit, by);
    else
        range_levels(document, step, (size_t)fmin(round(steps), 2e9) + 1, axis);
}

/* ---- Axes ------------------------------------------------------------------------------------------- */

static void name_read(struct yaml_document *document, const struct yaml_node *node, const struct sweep_file *sweep,
                      struct sweep_axis *axis)
{
    const struct yaml_node *name = yaml_require(document, node, sweep_axis_keys.what, "name", "name: lag");
    const char *text = yaml_text(document, name, "name");
    if (text == NULL)
        return;
    bool good = isalpha((unsigned char)text[0]) && strlen(text) <= 32;
    for (const char *c = text; *c != '\0'; c++)
        good = good && (isalnum((unsigned char)*c) || *c == '_');
    if (!good)
        yaml_fail(document, name, "'%.64s' cannot name an axis: take a letter and up to 31 letters, digits and _",
                  text);
    axis->name = yaml_copy(document, text);
    for (const struct sweep_axis *other = sweep->axes; other < axis; other++)
        if (document->status == ABSCOPAL_OK && strcmp(other->name, text) == 0)
            yaml_fail(document, name, "two variables are named '%.64s'; rename one", text);
}

/* Exactly one of the ways to say what varies. */
static const char *way_find(struct yaml_document *document, const struct yaml_node *node)
{
    static const char *const ways[] = {"values", "from", "choices", "arms"};
    const char *found = NULL;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (yaml_find(node, ways[i]) == NULL)
            continue;
        if (found != NULL)
            yaml_fail(document, yaml_find(node, ways[i]), "give '%s' or '%s', not both", found, ways[i]);
        found = ways[i];
    }
    if (found == NULL)
        yaml_fail(document, node, "says not what it varies over; add 'values', 'from' and 'to', 'choices' or 'arms'");
    return document->status == ABSCOPAL_OK ? found : NULL;
}

static void axis_read(struct yaml_document *document, const struct yaml_node *node, const struct sweep_file *sweep,
                      struct sweep_axis *axis)
{
    const struct yaml_node *set = yaml_find(node, "set"), *lag = yaml_find(node, "lag");
    const char *way = way_find(document, node);
    if (way == NULL)
        return;
    const struct yaml_node *list = yaml_find(node, way);
    const bool placed = way[0] == 'v' || way[0] == 'f'; /* values, from */
    if (placed && set != NULL && lag != NULL)
        yaml_fail(document, lag, "give 'set' or 'lag', not both");
    else if (placed && set == NULL && lag == NULL)
        yaml_fail(document, node, "where do the values go? Add 'set', a path in the arm, or 'lag'");
    else if (!placed && (set != NULL || lag != NULL))
        yaml_fail(document, set != NULL ? set : lag, "'%s' goes with 'values' or 'from', not with '%s'",
                  set != NULL ? "set" : "lag", way);
    if (set != NULL)
        paths_read(document, set, sweep, axis);
    if (lag != NULL && document->status == ABSCOPAL_OK)
        lag_read(document, lag, sweep, axis);
    if (document->status != ABSCOPAL_OK)
        return;
    if (strcmp(way, "values") == 0)
        values_read(document, list, axis);
    else if (strcmp(way, "from") == 0)
        range_read(document, node, axis);
    else if (strcmp(way, "choices") == 0)
        choices_read(document, list, sweep, axis);
    if (axis->unit == NULL)
        axis->unit = yaml_copy(document, "");
    if (document->status == ABSCOPAL_OK && axis->numeric && axis->level_count > 0) {
        axis->lower = axis->levels[0].value;
        axis->upper = axis->levels[axis->level_count - 1].value;
    }
}

/* Two levels of one name could not be told apart. */
static void names_check(struct yaml_document *document, const struct yaml_node *node, const struct sweep_axis *axis)
{
    for (size_t i = 0; i < axis->level_count && document->status == ABSCOPAL_OK && !axis->numeric; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(axis->levels[i].name, axis->levels[j].name) == 0)
                yaml_fail(document, node, "two values are '%.64s'; remove or rename one", axis->levels[i].name);
}

void sweep_read_axes(struct yaml_document *document, struct sweep_file *sweep)
{
    const struct yaml_node *list =
        yaml_require(document, document->root, sweep_keys.what, "vary",
                     "vary: [{name: fractions, set: treatments/rt/fractions, values: [1, 3, 5]}]");
    const size_t count = yaml_list(document, list, "vary", SWEEP_MOST_AXES);
    sweep->axes = yaml_allocate(document, count, sizeof *sweep->axes);
    for (size_t i = 0; sweep->axes != NULL && i < count && document->status == ABSCOPAL_OK; i++) {
        const struct yaml_node *node = list->items[i];
        struct sweep_axis *axis = &sweep->axes[sweep->axis_count++];
        axis->line = node->line;
        axis->column = node->column;
        input_keys_check(document, node, &sweep_axis_keys);
        name_read(document, node, sweep, axis);
        if (document->status == ABSCOPAL_OK && yaml_find(node, "arms") != NULL)
            arms_read(document, yaml_find(node, "arms"), sweep, axis);
    }
    /* Arms first: the paths of all others lie in them. */
    for (size_t i = 0; sweep->axes != NULL && i < sweep->axis_count && document->status == ABSCOPAL_OK; i++) {
        axis_read(document, list->items[i], sweep, &sweep->axes[i]);
        names_check(document, list->items[i], &sweep->axes[i]);
    }
}
