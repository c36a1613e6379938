/* Results as arrays: the variables of a file, from the same table and by the same functions, in memory. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abscopal.h"
#include "model/model.h"
#include "protocols/error.h"
#include "protocols/nearest.h"
#include "results/maker.h"
#include "results/patient_values.h"
#include "results/rows.h"
#include "results/variables.h"

const abscopal_trial *abscopal_results_trial(const abscopal_results *results)
{
    return results->trial;
}

void abscopal_results_describe(const abscopal_results *results, struct abscopal_results_description *description)
{
    const struct results_maker maker = results_maker_of(results);
    *description = (struct abscopal_results_description){
        .model = model_preset_name(results->trial->file.preset),
        .engine = abscopal_engine_name(results->engine),
        .instructions = results->instructions,
        .seed = results->seed,
        .lanes = results->lanes,
        .sampled_patients = results->sampled_count,
        .relative_tolerance = results->relative_tolerance,
        .weighted = results->weights != NULL,
    };
    static_assert(sizeof description->version == sizeof maker.version, "the version is copied whole");
    memcpy(description->version, maker.version, sizeof maker.version);
}

/* ---- Variables -------------------------------------------------------------------------------------- */

/* NULL when there is none of that name, in these results or at all. */
static const struct result_variable *variable_find(const struct abscopal_results *results, const char *name)
{
    size_t count;
    const struct result_variable *variables = result_variables(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(variables[i].name, name) == 0)
            return shape_is_there(results, variables[i].shape) ? &variables[i] : NULL;
    return NULL;
}

/* Arms, or patients, that have values of their own. */
static size_t rows_along(const struct abscopal_results *results, const struct shape *shape, enum dimension dimension)
{
    return shape_has(shape, dimension) ? dimension_size(results, dimension) : 1;
}

static size_t bytes_of(const struct abscopal_results *results, const struct result_variable *variable)
{
    const struct shape *shape = variable->shape;
    return rows_along(results, shape, DIMENSION_ARM) * rows_along(results, shape, DIMENSION_PATIENT) *
           shape_row_values(results, shape) * value_size(variable->type);
}

/* As many flags as the cohort has classes where it names them. */
static size_t flag_count(const struct abscopal_results *results, const struct flag_set *flags)
{
    return flags->meanings != NULL ? (size_t)flags->count : 1 + results->trial->cohort.pdl1_class_count;
}

static enum abscopal_value_type public_type(enum value_type type)
{
    switch (type) {
    case VALUE_REAL:
        return ABSCOPAL_VALUE_REAL;
    case VALUE_REAL32:
        return ABSCOPAL_VALUE_REAL32;
    case VALUE_INTEGER:
        return ABSCOPAL_VALUE_INTEGER;
    case VALUE_FLAG:
        return ABSCOPAL_VALUE_FLAG;
    case VALUE_TEXT:
        break;
    }
    return ABSCOPAL_VALUE_TEXT;
}

/* The variables of the dimensions' own names stand first in the table, in their order. */
static void describe(const struct abscopal_results *results, const struct result_variable *table,
                     const struct result_variable *row, struct abscopal_variable *variable)
{
    static_assert((int)MAX_RANK == (int)ABSCOPAL_MOST_DIMENSIONS, "every shape fits");
    *variable = (struct abscopal_variable){
        .name = row->name,
        .units = row->units,
        .meaning = row->long_name,
        .type = public_type(row->type),
        .bytes = bytes_of(results, row),
        .rank = (size_t)row->shape->rank,
        .flag_count = row->flags != NULL ? flag_count(results, row->flags) : 0,
    };
    for (int i = 0; i < row->shape->rank; i++) {
        variable->dimensions[i] = table[row->shape->dimensions[i]].name;
        variable->shape[i] = dimension_size(results, row->shape->dimensions[i]);
    }
}

size_t abscopal_results_variable_count(const abscopal_results *results)
{
    size_t count, there = 0;
    const struct result_variable *variables = result_variables(&count);
    for (size_t i = 0; i < count; i++)
        there += shape_is_there(results, variables[i].shape);
    return there;
}

enum abscopal_status abscopal_results_variable(const abscopal_results *results, size_t index,
                                               struct abscopal_variable *variable)
{
    size_t count, there = 0;
    const struct result_variable *variables = result_variables(&count);
    for (size_t i = 0; i < count; i++) {
        if (!shape_is_there(results, variables[i].shape))
            continue;
        if (there++ == index) {
            describe(results, variables, &variables[i], variable);
            return ABSCOPAL_OK;
        }
    }
    return ABSCOPAL_BAD_INPUT;
}

enum abscopal_status abscopal_results_flag(const abscopal_results *results, const char *variable, size_t index,
                                           signed char *value, char *name, size_t size)
{
    const struct result_variable *row = variable_find(results, variable);
    const struct flag_set *flags = row != NULL ? row->flags : NULL;
    if (flags == NULL || index >= flag_count(results, flags))
        return ABSCOPAL_BAD_INPUT;
    char *classes = flags->meanings == NULL ? patient_values_pdl1_meanings(results) : NULL;
    const char *meaning = flags->meanings != NULL ? flags->meanings : classes;
    if (meaning == NULL)
        return ABSCOPAL_NO_MEMORY;
    for (size_t i = 0; i < index; i++)
        meaning += strcspn(meaning, " ") + 1;
    if (size > 0)
        snprintf(name, size, "%.*s", (int)strcspn(meaning, " "), meaning);
    *value = flags->values[index];
    free(classes);
    return ABSCOPAL_OK;
}

/* ---- Values ----------------------------------------------------------------------------------------- */

/* What is said of a variable that is not there. */
static enum abscopal_status variable_unknown(const char *name, struct abscopal_error *error)
{
    size_t count;
    const struct result_variable *variables = result_variables(&count);
    const char **names = calloc(count, sizeof *names);
    if (names == NULL)
        return error_no_memory(error);
    enum abscopal_status status = ABSCOPAL_OK;
    for (size_t i = 0; i < count; i++) {
        names[i] = variables[i].name;
        if (strcmp(names[i], name) != 0)
            continue;
        const bool of_courses = shape_has(variables[i].shape, DIMENSION_COURSE_DAY);
        status = error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0,
                           of_courses ? "these results keep no courses, and so no '%s': run the trial with "
                                        "course_every_days, such as 7"
                                      : "there is no '%s' in these results: the trial names no such files",
                           name);
    }
    if (status == ABSCOPAL_OK) {
        const char *near = nearest_name(name, names, count);
        status = error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0, "results have no variable '%.64s'%s%s%s", name,
                           near != NULL ? "; did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
    }
    free(names);
    return status;
}

enum abscopal_status abscopal_results_array(const abscopal_results *results, const char *name, void *values,
                                            size_t bytes, struct abscopal_error *error)
{
    const struct result_variable *variable = variable_find(results, name);
    if (variable == NULL)
        return variable_unknown(name, error);
    if (results->pages != NULL)
        return rows_refuse(NULL, error);
    if (bytes != bytes_of(results, variable))
        return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0, "'%s' takes %zu bytes, not %zu", name,
                         bytes_of(results, variable), bytes);
    const struct shape *shape = variable->shape;
    const size_t row_bytes = shape_row_values(results, shape) * value_size(variable->type);
    const size_t arms = rows_along(results, shape, DIMENSION_ARM);
    const size_t patients = rows_along(results, shape, DIMENSION_PATIENT);
    for (size_t arm = 0; arm < arms; arm++)
        for (size_t patient = 0; patient < patients; patient++)
            variable->fill(results, arm, patient, (char *)values + (arm * patients + patient) * row_bytes);
    return ABSCOPAL_OK;
}
