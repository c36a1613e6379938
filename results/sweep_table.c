/* A sweep for people: the best points of each endpoint. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "protocols/vary.h"
#include "results/sweep_text.h"
#include "results/text.h"

enum { SHOWN = 5, POSITION_SIZE = VARY_NUMBER_SIZE };

/* ---- Text ------------------------------------------------------------------------------------------- */

static void number_text(double value, double scale, int digits, bool sign, char text[32])
{
    if (isinf(value))
        snprintf(text, 32, "NR");
    else
        snprintf(text, 32, sign ? "%+.*f" : "%.*f", digits, value * scale);
}

void sweep_estimate_text(const struct sweep_endpoint *endpoint, const struct abscopal_estimate *estimate,
                         bool difference, char text[SWEEP_TEXT_SIZE])
{
    const enum sweep_measure measure = endpoint->row->measure;
    const bool days = measure == SWEEP_MEAN_TIME || measure == SWEEP_MEDIAN_TIME, ratio = measure == SWEEP_HAZARD_RATIO;
    const double scale = days || ratio ? 1 : 100;
    const int digits = ratio ? 2 : 1;
    const char *unit = ratio ? "" : days ? " d" : difference ? " points" : " %";
    char value[32], lower[32], upper[32];
    snprintf(text, SWEEP_TEXT_SIZE, "-");
    if (isnan(estimate->value))
        return;
    number_text(estimate->value, scale, digits, difference, value);
    number_text(estimate->lower, scale, digits, difference, lower);
    number_text(estimate->upper, scale, digits, difference, upper);
    if (isnan(estimate->lower) && isnan(estimate->upper))
        snprintf(text, SWEEP_TEXT_SIZE, "%s%s", value, isinf(estimate->value) ? "" : unit);
    else
        snprintf(text, SWEEP_TEXT_SIZE, "%s%s (%s to %s)", value, isinf(estimate->value) ? "" : unit,
                 isnan(estimate->lower) ? "?" : lower, isnan(estimate->upper) ? "?" : upper);
}

void sweep_endpoint_text(const struct sweep_endpoint *endpoint, char text[SWEEP_TEXT_SIZE])
{
    snprintf(text, SWEEP_TEXT_SIZE, isnan(endpoint->at_days) ? "%s" : "%s, day %.6g", endpoint->row->name,
             endpoint->at_days);
    for (char *c = text; *c != '\0'; c++)
        *c = (char)(*c == '_' ? ' ' : *c);
}

void sweep_reference_text(const struct abscopal_sweep *sweep, char *text, size_t size)
{
    if (sweep->file.reference_at != NULL)
        sweep_point_text(&sweep->file, sweep->file.reference_at, text, size);
    else
        snprintf(text, size, "%s", sweep->file.arm_names[sweep->file.reference_arm]);
}

/* ---- Points ----------------------------------------------------------------------------------------- */

static int column_width(const struct abscopal_sweep *sweep, size_t axis, const size_t *points, size_t count)
{
    int width = text_width(sweep->file.axes[axis].name);
    for (size_t i = 0; i < count; i++) {
        char position[POSITION_SIZE];
        sweep_position_text(&sweep->file.axes[axis], sweep->points[points[i] * sweep->file.axis_count + axis], position,
                            sizeof position);
        width = text_width(position) > width ? text_width(position) : width;
    }
    return width;
}

void sweep_points_write(const struct abscopal_sweep *sweep, size_t endpoint, const size_t *points, size_t count,
                        FILE *file)
{
    enum { VALUE_WIDTH = 28 };
    const size_t axes = sweep->file.axis_count, endpoints = sweep->file.endpoint_count;
    const struct sweep_endpoint *of = &sweep->file.endpoints[endpoint];
    int widths[SWEEP_MOST_AXES];
    fputs(" ", file);
    for (size_t axis = 0; axis < axes; axis++) {
        widths[axis] = column_width(sweep, axis, points, count);
        fprintf(file, " %-*s ", widths[axis], sweep->file.axes[axis].name);
    }
    fprintf(file, " %-*s %s\n", VALUE_WIDTH, "value (95 %)",
            of->row->measure == SWEEP_HAZARD_RATIO ? "" : "less the reference, paired");
    for (size_t i = 0; i < count; i++) {
        char text[SWEEP_TEXT_SIZE], position[POSITION_SIZE];
        fputs(" ", file);
        for (size_t axis = 0; axis < axes; axis++) {
            sweep_position_text(&sweep->file.axes[axis], sweep->points[points[i] * axes + axis], position,
                                sizeof position);
            fputc(' ', file);
            text_write_name(file, position, widths[axis]);
            fputc(' ', file);
        }
        sweep_estimate_text(of, &sweep->estimates[points[i] * endpoints + endpoint], false, text);
        fprintf(file, " %-*s", VALUE_WIDTH, text);
        sweep_estimate_text(of, &sweep->differences[points[i] * endpoints + endpoint], true, text);
        fprintf(file, " %s\n", of->row->measure == SWEEP_HAZARD_RATIO ? "" : text);
    }
}

/* ---- The table -------------------------------------------------------------------------------------- */

/* The first points in order of the endpoint, of those that have a value; returns how many. */
static size_t best_points(const struct abscopal_sweep *sweep, size_t endpoint, size_t best[SHOWN])
{
    const size_t endpoints = sweep->file.endpoint_count;
    const double sign = sweep->file.endpoints[endpoint].row->low_is_better ? -1 : 1;
    size_t count = 0;
    for (size_t point = 0; point < sweep->point_count; point++) {
        const double value = sign * sweep->estimates[point * endpoints + endpoint].value;
        if (isnan(value))
            continue;
        size_t place = count < SHOWN ? count++ : SHOWN;
        for (; place > 0 && sign * sweep->estimates[best[place - 1] * endpoints + endpoint].value < value; place--)
            if (place < SHOWN)
                best[place] = best[place - 1];
        if (place < SHOWN)
            best[place] = point;
    }
    return count;
}

static void endpoint_write(const struct abscopal_sweep *sweep, size_t endpoint, FILE *file)
{
    const struct sweep_endpoint *of = &sweep->file.endpoints[endpoint];
    char text[SWEEP_TEXT_SIZE], name[SWEEP_TEXT_SIZE];
    size_t best[SHOWN];
    const size_t count = best_points(sweep, endpoint, best);
    sweep_endpoint_text(of, name);
    fprintf(file, "\n%s (%s is better)\n", name, of->row->low_is_better ? "low" : "high");
    if (of->row->measure != SWEEP_HAZARD_RATIO) {
        sweep_estimate_text(of, &sweep->reference_estimates[endpoint], false, text);
        fprintf(file, "  reference: %s\n", text);
    }
    if (count == 0) {
        fputs("  no point has a value\n", file);
        return;
    }
    sweep_points_write(sweep, endpoint, best, count, file);
    if (sweep_measure_tells(of->row->measure))
        fprintf(file, "  not to be told from the best: %zu other points (interval of the paired difference holds 0)\n",
                sweep->best[endpoint].alike);
}

static void heading_write(const struct abscopal_sweep *sweep, FILE *file)
{
    enum { LINE_WIDTH = 110 };
    size_t left_out = 0, completed = 0;
    char reference[512];
    for (size_t i = 0; i < sweep->point_count; i++)
        left_out += sweep->allowed[i] == 0;
    for (size_t i = 0; i < sweep->patient_count; i++)
        completed += sweep->patient_status[i] == ABSCOPAL_PATIENT_COMPLETED;
    text_write_paragraph(file, sweep->is_search ? "search" : "sweep", sweep->file.name, LINE_WIDTH);
    text_write_paragraph(file, "trial", sweep->trial_title, LINE_WIDTH);
    sweep_reference_text(sweep, reference, sizeof reference);
    text_write_paragraph(file, "reference", reference, LINE_WIDTH);
    fprintf(file, "%zu patients (%zu at baseline), seed %llu; %zu points", sweep->patient_count, completed,
            (unsigned long long)sweep->seed, sweep->point_count);
    if (sweep->file.limit_count > 0)
        fprintf(file, ", of which limits leave out %zu", left_out);
    fputs("\nResearch use only. Not for treating patients.\n", file);
}

enum abscopal_status abscopal_sweep_write_table(const abscopal_sweep *sweep, FILE *file, struct abscopal_error *error)
{
    heading_write(sweep, file);
    for (size_t i = 0; i < sweep->file.endpoint_count; i++)
        endpoint_write(sweep, i, file);
    fputs("\nThe best of many points looks better than it is: check it on fresh patients (abscopal optimize does).\n",
          file);
    if (fflush(file) != 0)
        return error_set(error, ABSCOPAL_OUTPUT_FAILED, NULL, 0, 0, "cannot write: %s", strerror(errno));
    return ABSCOPAL_OK;
}
