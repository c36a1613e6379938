/* The data of a report on a sweep or a search. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/vary.h"
#include "results/json_value.h"
#include "results/report.h"
#include "results/sweep_text.h"

/* ---- Axes ------------------------------------------------------------------------------------------- */

static json_t *position_json(const struct sweep_axis *axis, double position)
{
    return axis->numeric ? json_number_or_null(position) : json_string(axis->levels[(size_t)position].name);
}

static int number_compare(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* An axis without levels has the values that points have on it. */
static json_t *values_of_points(const struct abscopal_sweep *sweep, size_t axis)
{
    double *values = malloc((sweep->point_count + 1) * sizeof *values);
    size_t count = 0;
    if (values == NULL)
        return NULL;
    for (size_t point = 0; point < sweep->point_count; point++)
        values[point] = sweep->points[point * sweep->file.axis_count + axis];
    qsort(values, sweep->point_count, sizeof *values, number_compare);
    for (size_t i = 0; i < sweep->point_count; i++)
        if (i == 0 || values[i] != values[i - 1])
            values[count++] = values[i];
    json_t *json = json_numbers(values, count);
    free(values);
    return json;
}

static json_t *axes_json(const struct abscopal_sweep *sweep)
{
    json_t *axes = json_array();
    for (size_t i = 0; i < sweep->file.axis_count && axes != NULL; i++) {
        const struct sweep_axis *axis = &sweep->file.axes[i];
        json_t *values = axis->level_count > 0 ? json_array() : values_of_points(sweep, i);
        for (size_t level = 0; level < axis->level_count && values != NULL; level++)
            json_list_add(&values, position_json(axis, axis->numeric ? axis->levels[level].value : (double)level));
        json_list_add(&axes, json_pack("{s:s, s:s, s:s, s:o}", "name", axis->name, "unit", axis->unit, "type",
                                       axis->numeric ? "number" : "name", "values", values));
    }
    return axes;
}

static json_t *at_json(const struct abscopal_sweep *sweep, const double *at)
{
    json_t *list = json_array();
    for (size_t i = 0; i < sweep->file.axis_count; i++)
        json_list_add(&list, position_json(&sweep->file.axes[i], at[i]));
    return list;
}

static json_t *points_json(const struct abscopal_sweep *sweep)
{
    if (sweep_is_grid(sweep))
        return json_null();
    json_t *points = json_array();
    for (size_t point = 0; point < sweep->point_count; point++)
        json_list_add(&points, at_json(sweep, sweep->points + point * sweep->file.axis_count));
    return points;
}

static json_t *reference_json(const struct abscopal_sweep *sweep)
{
    char label[512];
    json_t *at = json_null();
    sweep_reference_text(sweep, label, sizeof label);
    if (sweep->file.reference_at != NULL) {
        at = json_object();
        for (size_t i = 0; i < sweep->file.axis_count; i++)
            json_object_set_new(at, sweep->file.axes[i].name,
                                position_json(&sweep->file.axes[i], sweep->file.reference_at[i]));
    }
    return json_pack("{s:s, s:o}", "label", label, "at", at);
}

/* ---- Endpoints -------------------------------------------------------------------------------------- */

enum part { PART_VALUE, PART_LOWER, PART_UPPER };

static json_t *part_json(const struct abscopal_estimate *estimates, size_t count, size_t stride, enum part part)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct abscopal_estimate *estimate = &estimates[i * stride];
        json_list_add(&list, json_number_or_null(part == PART_VALUE   ? estimate->value
                                                 : part == PART_LOWER ? estimate->lower
                                                                      : estimate->upper));
    }
    return list;
}

static const char *unit_of(const struct sweep_endpoint *endpoint)
{
    const enum sweep_measure measure = endpoint->row->measure;
    return measure == SWEEP_HAZARD_RATIO                                ? ""
           : measure == SWEEP_MEAN_TIME || measure == SWEEP_MEDIAN_TIME ? "d"
                                                                        : "fraction";
}

static json_t *endpoint_json(const struct abscopal_sweep *sweep, size_t index)
{
    const struct sweep_endpoint *endpoint = &sweep->file.endpoints[index];
    const size_t n = sweep->point_count, stride = sweep->file.endpoint_count;
    const struct abscopal_estimate *values = sweep->estimates + index, *differences = sweep->differences + index;
    char label[SWEEP_TEXT_SIZE];
    sweep_endpoint_text(endpoint, label);
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "key", endpoint->label, "label", label, "unit",
        unit_of(endpoint), "best", endpoint->row->low_is_better ? "lowest" : "highest", "value",
        part_json(values, n, stride, PART_VALUE), "lower", part_json(values, n, stride, PART_LOWER), "upper",
        part_json(values, n, stride, PART_UPPER), "difference", part_json(differences, n, stride, PART_VALUE),
        "difference_lower", part_json(differences, n, stride, PART_LOWER), "difference_upper",
        part_json(differences, n, stride, PART_UPPER), "reference", json_estimate(&sweep->reference_estimates[index]));
}

static json_t *best_json(const struct abscopal_sweep *sweep)
{
    json_t *list = json_array();
    for (size_t i = 0; i < sweep->file.endpoint_count; i++) {
        const struct sweep_best *best = &sweep->best[i];
        if (best->point == SIZE_MAX)
            continue;
        const size_t place = best->point * sweep->file.endpoint_count + i;
        const struct abscopal_estimate *value = &sweep->estimates[place], *difference = &sweep->differences[place];
        const bool told = sweep_measure_tells(sweep->file.endpoints[i].row->measure);
        json_list_add(&list,
                      json_pack("{s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "key",
                                sweep->file.endpoints[i].label, "index", (json_int_t)best->point, "at",
                                at_json(sweep, sweep->points + best->point * sweep->file.axis_count), "value",
                                json_number_or_null(value->value), "lower", json_number_or_null(value->lower), "upper",
                                json_number_or_null(value->upper), "difference", json_number_or_null(difference->value),
                                "difference_lower", json_number_or_null(difference->lower), "difference_upper",
                                json_number_or_null(difference->upper), "not_distinguishable",
                                told ? json_integer((json_int_t)best->alike) : json_null()));
    }
    return list;
}

/* An endpoint for each number of lesions. */
static json_t *subgroup_json(const struct abscopal_sweep *sweep, size_t index)
{
    static const char *const names[] = {"value", "lower", "upper"};
    const size_t endpoints = sweep->file.endpoint_count;
    json_t *object = json_pack("{s:s}", "key", sweep->file.endpoints[index].label);
    for (int part = 0; part < 3 && object != NULL; part++) {
        json_t *groups = json_array();
        for (size_t lesions = 0; lesions < MODEL_MAX_LESIONS; lesions++)
            json_list_add(&groups, part_json(sweep->by_lesions + lesions * sweep->point_count * endpoints + index,
                                             sweep->point_count, endpoints, (enum part)part));
        if (groups == NULL || json_object_set_new(object, names[part], groups) != 0) {
            json_decref(object);
            object = NULL;
        }
    }
    return object;
}

static json_t *subgroups_json(const struct abscopal_sweep *sweep)
{
    if (sweep->by_lesions == NULL)
        return json_null();
    json_t *names = json_array(), *patients = json_array(), *endpoints = json_array();
    for (int64_t lesions = 1; lesions <= MODEL_MAX_LESIONS; lesions++) {
        json_int_t count = 0;
        for (size_t i = 0; i < sweep->patient_count; i++)
            count += sweep->lesion_counts[i] == lesions && sweep->patient_status[i] == ABSCOPAL_PATIENT_COMPLETED;
        json_list_add(&names, json_sprintf("%lld", (long long)lesions));
        json_list_add(&patients, json_integer(count));
    }
    for (size_t i = 0; i < sweep->file.endpoint_count; i++)
        json_list_add(&endpoints, subgroup_json(sweep, i));
    return json_pack("{s:s, s:o, s:o, s:o}", "label", "lesions", "names", names, "patients", patients, "endpoints",
                     endpoints);
}

static json_t *sweep_json(const struct abscopal_sweep *sweep)
{
    json_t *endpoints = json_array(), *limits = json_array();
    json_int_t left_out = 0;
    for (size_t i = 0; i < sweep->file.endpoint_count; i++)
        json_list_add(&endpoints, endpoint_json(sweep, i));
    for (size_t i = 0; i < sweep->file.limit_count; i++)
        json_list_add(&limits, json_string(sweep->file.limits[i].text));
    for (size_t i = 0; i < sweep->point_count; i++)
        left_out += sweep->allowed[i] == 0;
    return json_pack("{s:o, s:s, s:o, s:I, s:s, s:o, s:o, s:o, s:o, s:I, s:o}", "axes", axes_json(sweep), "design",
                     sweep_is_grid(sweep) ? "grid"
                     : sweep->is_search   ? "search"
                                          : "sobol",
                     "points", points_json(sweep), "patients", (json_int_t)sweep->patient_count, "trial",
                     sweep->trial_title, "reference", reference_json(sweep), "endpoints", endpoints, "best",
                     best_json(sweep), "limits", limits, "left_out", left_out, "subgroups", subgroups_json(sweep));
}

/* ---- The page --------------------------------------------------------------------------------------- */

static json_t *provenance_json(const struct abscopal_sweep *sweep, const char *file)
{
    char text[64];
    json_t *rows = json_array();
    report_row_add(&rows, "", "file", file);
    report_row_add(&rows, "", "model", sweep->model);
    snprintf(text, sizeof text, "%llu", (unsigned long long)sweep->seed);
    report_row_add(&rows, "", "seed", text);
    snprintf(text, sizeof text, "%zu", sweep->patient_count);
    report_row_add(&rows, "", "virtual patients", text);
    snprintf(text, sizeof text, "%g", sweep->file.tolerance);
    report_row_add(&rows, "", "relative tolerance", text);
    report_row_add(&rows, "", "engine", sweep->engine);
    report_row_add(&rows, "", "instructions", sweep->instructions);
    report_row_add(&rows, "", "program", sweep->program);
    report_row_add(&rows, "", "commit", sweep->commit);
    report_row_add(&rows, "", "compiler", sweep->compiler);
    report_digest_add(&rows, "", "SHA-256 of the sweep file", sweep->file.text);
    report_digest_add(&rows, "", "SHA-256 of the trial file", sweep->file.trial_text);
    report_digest_add(&rows, "", "SHA-256 of the cohort file", sweep->cohort_text);
    for (size_t i = 0; i < sweep->files.count; i++) {
        char what[256];
        snprintf(what, sizeof what, "SHA-256 of %.200s", sweep->files.items[i].name);
        report_digest_add(&rows, "", what, sweep->files.items[i].text);
    }
    return rows;
}

json_t *report_sweep_data(const struct abscopal_sweep *sweep, const char *file)
{
    char subtitle[256];
    json_t *texts = json_array();
    snprintf(subtitle, sizeof subtitle, "%zu virtual patients, the same at each of %zu points", sweep->patient_count,
             sweep->point_count);
    report_text_add(&texts, "", "sweep file", sweep->file.text);
    report_text_add(&texts, "", "trial file", sweep->file.trial_text);
    report_text_add(&texts, "", "cohort file", sweep->cohort_text);
    for (size_t i = 0; i < sweep->files.count; i++)
        report_text_add(&texts, "", sweep->files.items[i].name, sweep->files.items[i].text);
    return report_join(report_frame("sweep", sweep->file.name, subtitle),
                       json_pack("{s:[], s:o, s:o, s:o}", "runs", "sweep", sweep_json(sweep), "provenance",
                                 provenance_json(sweep, file), "texts", texts));
}
