/* A benchmark for people. Composed in memory, then written at once, so that one check sees every error of the stream.
 */
#include <math.h>
#include <stdlib.h>

#include "abscopal.h"
#include "model/model.h"
#include "protocols/error.h"
#include "results/machine.h"
#include "results/output.h"
#include "results/text.h"
#include "trial/benchmark.h"

enum { LABEL_WIDTH = 26, COLUMN_WIDTH = 34 };

/* More than this, and other programs have been at work. */
static const double idle_load = 0.3;

static const char *const part_labels[BENCHMARK_PARTS] = {
    "right-hand sides",         "Jacobians", "factorisations", "solutions", "sums, norms, step control",
    "events, outputs, the rest"};

static void write_title(FILE *text, const struct abscopal_benchmark *benchmark)
{
    const struct trial_file *file = &benchmark->trial->file;
    struct machine machine;
    machine_describe(&machine);
    text_write_name(text, file->name, 0);
    fprintf(text, ": %s, %zu %s, %g d, a visit every %g d; relative tolerance %g\n", model_preset_name(file->preset),
            file->arm_count, file->arm_count == 1 ? "arm" : "arms", file->until_days, file->imaging_interval_days,
            benchmark->relative_tolerance);
    fprintf(text, "%s, %d %s; %s, %s; abscopal %s", machine.processor, machine.processors,
            machine.processors == 1 ? "processor" : "processors", build_compiler(), build_type(), abscopal_version());
    if (build_commit() != NULL)
        fprintf(text, " (%s)", build_commit());
    fprintf(text, ", SUNDIALS %s\n", machine.sundials);
    if (benchmark->load > idle_load)
        fprintf(text, "The machine was not idle (load %.1f): other programs make these times longer.\n",
                benchmark->load);
}

static void write_measurements(FILE *text, const struct abscopal_benchmark *benchmark)
{
    double ms_in_one_thread = NAN;
    fprintf(text, "\nSpeed: median of %d (lowest and highest)\n", benchmark->repeats);
    fprintf(text, "%-7s  %7s  %8s  %10s  %-27s  %8s  %10s  %s\n", "engine", "threads", "patients", "patients/s",
            "ms/patient", "ms/arm", "processor", "times 1 thread");
    for (size_t i = 0; i < benchmark->measurement_count; i++) {
        const struct benchmark_measurement *measurement = &benchmark->measurements[i];
        const struct benchmark_spread *ms = &measurement->ms_per_patient;
        char cell[64];
        if (measurement->threads == 1)
            ms_in_one_thread = ms->median;
        snprintf(cell, sizeof cell, "%.4g (%.4g-%.4g)", ms->median, ms->lowest, ms->highest);
        fprintf(text, "%-7s  %7d  %8zu  %10.4g  %-27s  %8.4g  %10.4g  %.2f\n",
                abscopal_engine_name(measurement->engine), measurement->threads, measurement->patients,
                1e3 / ms->median, cell, ms->median / (double)benchmark->trial->file.arm_count,
                measurement->processor_ms.median, ms_in_one_thread / ms->median);
    }
}

/* A line with what `cell` writes for each engine. */
static void write_line(FILE *text, const struct abscopal_benchmark *benchmark, const char *label,
                       void (*cell)(char *text, size_t size, const struct benchmark_engine *engine, int index),
                       int index)
{
    fprintf(text, "%-*s", LABEL_WIDTH, label);
    for (size_t i = 0; i < benchmark->engine_count; i++) {
        char cell_text[64];
        cell(cell_text, sizeof cell_text, &benchmark->engines[i], index);
        fprintf(text, i + 1 < benchmark->engine_count ? "  %-*s" : "  %.*s", COLUMN_WIDTH, cell_text);
    }
    fputc('\n', text);
}

static void name_cell(char *text, size_t size, const struct benchmark_engine *engine, int index)
{
    (void)index;
    if (engine->lanes > 1)
        snprintf(text, size, "%s (%s, %zu lanes)", abscopal_engine_name(engine->engine), engine->instructions,
                 engine->lanes);
    else
        snprintf(text, size, "%s", abscopal_engine_name(engine->engine));
}

/* ---- Work ------------------------------------------------------------------------------------------- */

enum work_line { WORK_COURSES, WORK_STEPS, WORK_ATTEMPTS, WORK_REJECTED, WORK_RESTARTS, WORK_ERROR, WORK_LINES };
static const char *const work_labels[WORK_LINES] = {
    "courses of a patient", "steps", "attempts", "rejected", "restarts", "error in tumour volume"};

static void number_cell(char *text, size_t size, const char *format, double value)
{
    if (isfinite(value))
        snprintf(text, size, format, value);
    else
        snprintf(text, size, "-");
}

static void work_cell(char *text, size_t size, const struct benchmark_engine *engine, int index)
{
    const struct integrator_work *work = &engine->work;
    const double courses = (double)engine->courses, steps = (double)work->steps;
    const double attempts = (double)work->attempts;
    switch ((enum work_line)index) {
    case WORK_COURSES:
        number_cell(text, size, "%.4g", courses / (double)engine->patients);
        return;
    case WORK_STEPS:
        number_cell(text, size, "%.5g", steps / courses);
        return;
    case WORK_ATTEMPTS:
        number_cell(text, size, "%.5g", attempts / courses);
        return;
    case WORK_REJECTED:
        number_cell(text, size, "%.1f %%", 100 * (1 - steps / attempts));
        return;
    case WORK_RESTARTS:
        number_cell(text, size, "%.4g", (double)work->restarts / courses);
        return;
    case WORK_ERROR:
        number_cell(text, size, "%.1e", engine->volume_error);
        return;
    case WORK_LINES:
        break;
    }
}

static void count_cell(char *text, size_t size, const struct benchmark_engine *engine, int part)
{
    number_cell(text, size, "%.5g",
                (double)benchmark_count(engine->engine, &engine->work, (enum benchmark_part)part) /
                    (double)engine->courses);
}

static void write_work(FILE *text, const struct abscopal_benchmark *benchmark)
{
    fputc('\n', text);
    write_line(text, benchmark, "Work, mean of a course", name_cell, 0);
    for (int line = 0; line < WORK_RESTARTS; line++)
        write_line(text, benchmark, work_labels[line], work_cell, line);
    for (int part = 0; part < BENCHMARK_COUNTED_PARTS; part++)
        write_line(text, benchmark, part_labels[part], count_cell, part);
    write_line(text, benchmark, work_labels[WORK_RESTARTS], work_cell, WORK_RESTARTS);
    write_line(text, benchmark, work_labels[WORK_ERROR], work_cell, WORK_ERROR);
}

/* ---- Parts ------------------------------------------------------------------------------------------ */

static void part_cell(char *text, size_t size, const struct benchmark_engine *engine, int part)
{
    char each[32] = "";
    if (part < BENCHMARK_COUNTED_PARTS)
        number_cell(each, sizeof each, "%.4g", engine->ns[part]);
    snprintf(text, size, "%9s  %10.4g  %7.1f %%", each, engine->ms[part],
             100 * engine->ms[part] / engine->processor_ms);
}

static void part_heading(char *text, size_t size, const struct benchmark_engine *engine, int index)
{
    (void)engine, (void)index;
    snprintf(text, size, "%9s  %10s  %9s", "ns each", "ms/patient", "share");
}

static void attempt_cell(char *text, size_t size, const struct benchmark_engine *engine, int index)
{
    (void)index;
    char each[32];
    number_cell(each, sizeof each, "%.4g", engine->attempt_ns);
    snprintf(text, size, "%9s", each);
}

static void output_cell(char *text, size_t size, const struct benchmark_engine *engine, int index)
{
    (void)index;
    char each[32];
    number_cell(each, sizeof each, "%.4g", engine->output_ns);
    snprintf(text, size, "%9s", each);
}

static void write_parts(FILE *text, const struct abscopal_benchmark *benchmark)
{
    fputc('\n', text);
    write_line(text, benchmark, "Processor, in one thread", name_cell, 0);
    write_line(text, benchmark, "", part_heading, 0);
    for (int part = 0; part < BENCHMARK_PARTS; part++)
        write_line(text, benchmark, part_labels[part], part_cell, part);
    write_line(text, benchmark, "a whole step", attempt_cell, 0);
    write_line(text, benchmark, "an output", output_cell, 0);
}

enum abscopal_status abscopal_benchmark_write_table(const abscopal_benchmark *benchmark, FILE *file,
                                                    struct abscopal_error *error)
{
    char *bytes = NULL;
    size_t size = 0;
    FILE *text = open_memstream(&bytes, &size);
    if (text == NULL)
        return error_no_memory(error);
    write_title(text, benchmark);
    write_measurements(text, benchmark);
    write_work(text, benchmark);
    write_parts(text, benchmark);
    fputs("\nResearch use only, not for treating patients.\n", text);
    const bool complete = !ferror(text);
    const bool closed = fclose(text) == 0;
    const enum abscopal_status status =
        closed && complete ? output_write_stream(file, bytes, size, error) : error_no_memory(error);
    free(bytes);
    return status;
}
