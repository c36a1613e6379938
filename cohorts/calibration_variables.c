/* Free variables of a calibration file. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts/calibration_keys.h"
#include "cohorts/calibration_read.h"
#include "protocols/units.h"
#include "protocols/vary.h"

/* ---- Scales ----------------------------------------------------------------------------------------- */

double calibration_place_of(const struct calibration_variable *variable, double value)
{
    return variable->logarithmic ? log(value / variable->lower) / log(variable->upper / variable->lower)
                                 : (value - variable->lower) / (variable->upper - variable->lower);
}

double calibration_value_at(const struct calibration_variable *variable, double place)
{
    const double lower = variable->lower, upper = variable->upper;
    const double value =
        variable->logarithmic ? lower * exp(place * log(upper / lower)) : lower + place * (upper - lower);
    return fmin(fmax(value, lower), upper);
}

/* ---- Reading ---------------------------------------------------------------------------------------- */

static double bound_read(struct yaml_document *document, const struct yaml_node *node, const char *name,
                         const char *unit)
{
    return yaml_quantity(document, node, name, unit != NULL && unit[0] != '\0' ? unit : "1");
}

static void range_read(struct yaml_document *document, const struct yaml_node *node,
                       struct calibration_variable *variable)
{
    const struct input_mapping *keys = &calibration_free_keys;
    const struct yaml_node *lower = yaml_require(document, node, keys->what, "lower", "lower: 5 /d");
    const struct yaml_node *upper = yaml_require(document, node, keys->what, "upper", "upper: 50 /d");
    const char *text = yaml_text(document, lower, "lower");
    struct quantity quantity;
    char problem[UNIT_TEXT_SIZE];
    if (text != NULL && !quantity_parse(text, &quantity, problem))
        yaml_fail(document, lower, "lower: %s", problem);
    variable->unit = text != NULL ? yaml_copy(document, quantity_unit_text(text)) : NULL;
    if (document->status != ABSCOPAL_OK)
        return;
    variable->lower = bound_read(document, lower, "lower", variable->unit);
    variable->upper = bound_read(document, upper, "upper", variable->unit);
    variable->logarithmic =
        input_choice_read(document, yaml_find(node, "scale"), "scale", input_value_of(keys, "scale")) == 1;
    variable->prior_sd = input_quantity(document, node, keys, "prior_sd", NAN);
    if (document->status == ABSCOPAL_OK && !(variable->lower < variable->upper))
        yaml_fail(document, upper, "the range of '%.64s' is upside down: upper is %.40s and lower %.40s; exchange them",
                  variable->name, upper->text, lower->text);
    else if (document->status == ABSCOPAL_OK && variable->logarithmic && !(variable->lower > 0))
        yaml_fail(document, lower, "a logarithmic scale needs a lower value above 0, not %.40s", lower->text);
}

/* The number at one path; kept as the start, with which those of further paths must agree. */
static void path_read(struct calibration_reader *reader, const struct yaml_node *node, bool start_given,
                      struct calibration_variable *variable)
{
    struct yaml_document *document = reader->document;
    const char *path = yaml_text(document, node, "set");
    char problem[VARY_PROBLEM_SIZE];
    double value;
    if (path == NULL)
        return;
    if (!vary_find_number(&reader->contents[variable->input], path, variable->unit, &value, problem)) {
        yaml_fail(document, node, "%s", problem);
        return;
    }
    variable->paths[variable->path_count++] = yaml_copy(document, path);
    if (!start_given && variable->path_count > 1 && value != variable->start)
        yaml_fail(document, node, "the places of '%.64s' hold different values, %.10g and %.10g %s; give it a 'start'",
                  variable->name, variable->start, value, variable->unit);
    variable->start = value;
}

static void paths_read(struct calibration_reader *reader, const struct yaml_node *node,
                       struct calibration_variable *variable)
{
    struct yaml_document *document = reader->document;
    const struct yaml_node *set =
        yaml_require(document, node, calibration_free_keys.what, "set", "set: parameters/killing_rate/median");
    const struct yaml_node *start = yaml_find(node, "start");
    const bool single = set != NULL && set->kind == YAML_SCALAR;
    const size_t count = single ? 1 : yaml_list(document, set, "set", CALIBRATION_MOST_PLACES);
    variable->paths = yaml_allocate(document, count, sizeof *variable->paths);
    for (size_t i = 0; variable->paths != NULL && set != NULL && i < count && document->status == ABSCOPAL_OK; i++)
        path_read(reader, single ? set : set->items[i], start != NULL, variable);
    if (start != NULL)
        variable->start = bound_read(document, start, "start", variable->unit);
    if (document->status == ABSCOPAL_OK && !(variable->start >= variable->lower && variable->start <= variable->upper))
        yaml_fail(document, start != NULL ? start : set,
                  "the start of '%.64s', %.10g %s%s, lies outside its range from %.10g to %.10g", variable->name,
                  variable->start, variable->unit, start != NULL ? "" : " in the file", variable->lower,
                  variable->upper);
}

static void variable_read(struct calibration_reader *reader, const struct yaml_node *node,
                          const struct calibration *calibration, struct calibration_variable *variable)
{
    struct yaml_document *document = reader->document;
    const struct input_mapping *keys = &calibration_free_keys;
    const char *names[1 + CALIBRATION_MOST_TRIALS] = {"cohort"};
    for (size_t i = 0; i < calibration->trial_count; i++)
        names[1 + i] = calibration->trials[i].name;
    input_keys_check(document, node, keys);
    const struct yaml_node *name = yaml_require(document, node, keys->what, "name", "name: killing");
    const struct yaml_node *in = yaml_require(document, node, keys->what, "in", "in: cohort");
    variable->line = node->line;
    variable->column = node->column;
    variable->name = yaml_copy(document, yaml_text(document, name, "name"));
    variable->input = yaml_choice(document, in, "file", names, 1 + calibration->trial_count);
    range_read(document, node, variable);
    if (document->status == ABSCOPAL_OK)
        paths_read(reader, node, variable);
    for (const struct calibration_variable *other = calibration->variables; other < variable; other++)
        if (document->status == ABSCOPAL_OK && strcmp(other->name, variable->name) == 0)
            yaml_fail(document, name, "two free variables are named '%.64s'; rename one", variable->name);
}

/* Two variables of one place would overwrite each other. */
static void places_check(struct calibration_reader *reader, const struct yaml_node *list,
                         const struct calibration *calibration)
{
    const struct yaml_node *seen[CALIBRATION_MOST_FREE * CALIBRATION_MOST_PLACES];
    char problem[VARY_PROBLEM_SIZE];
    size_t count = 0;
    for (size_t i = 0; i < calibration->variable_count && reader->document->status == ABSCOPAL_OK; i++) {
        const struct calibration_variable *variable = &calibration->variables[i];
        for (size_t j = 0; j < variable->path_count; j++) {
            seen[count] = vary_find(&reader->contents[variable->input], variable->paths[j], problem);
            for (size_t k = 0; k < count; k++)
                if (seen[k] == seen[count])
                    yaml_fail(reader->document, list->items[i], "'%.160s' is set twice; let one variable set it",
                              variable->paths[j]);
            count++;
        }
    }
}

void calibration_read_variables(struct calibration_reader *reader, struct calibration *calibration)
{
    struct yaml_document *document = reader->document;
    const struct yaml_node *list = yaml_require(
        document, document->root, calibration_keys.what, "free",
        "free: [{name: killing, in: cohort, set: parameters/killing_rate/median, lower: 5 /d, upper: 50 /d}]");
    const size_t count = yaml_list(document, list, "free", CALIBRATION_MOST_FREE);
    calibration->variables = yaml_allocate(document, count, sizeof *calibration->variables);
    for (size_t i = 0; calibration->variables != NULL && i < count && document->status == ABSCOPAL_OK; i++) {
        calibration->variable_count = i + 1;
        variable_read(reader, list->items[i], calibration, &calibration->variables[i]);
    }
    if (document->status == ABSCOPAL_OK && calibration->variables != NULL)
        places_check(reader, list, calibration);
}
