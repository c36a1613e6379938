/* A benchmark for programs; docs/performance.md explains the members. */
#include <math.h>

#include "abscopal.h"
#include "model/model.h"
#include "results/json_value.h"
#include "results/machine.h"
#include "trial/benchmark.h"

static const char *const part_keys[BENCHMARK_PARTS] = {"right_hand_sides", "jacobians", "factorisations",
                                                       "solutions",        "stepping",  "rest"};

static json_t *workload_json(const struct abscopal_benchmark *benchmark)
{
    const struct trial_file *file = &benchmark->trial->file;
    return json_pack("{s:s, s:s, s:b, s:I, s:f, s:f, s:o, s:f}", "trial", file->name, "model",
                     model_preset_name(file->preset), "built_in", benchmark->published, "arms",
                     (json_int_t)file->arm_count, "days", file->until_days, "days_between_visits",
                     file->imaging_interval_days, "seed", json_seed(benchmark->seed), "relative_tolerance",
                     benchmark->relative_tolerance);
}

static json_t *machine_json(const struct abscopal_benchmark *benchmark)
{
    struct machine machine;
    machine_describe(&machine);
    return json_pack("{s:s, s:i, s:o, s:s, s:s, s:s, s:s?, s:s}", "processor", machine.processor, "processors",
                     machine.processors, "load", json_number_or_null(benchmark->load), "compiler", build_compiler(),
                     "build_type", build_type(), "version", abscopal_version(), "commit", build_commit(), "sundials",
                     machine.sundials);
}

static json_t *spread_json(const struct benchmark_spread *spread)
{
    return json_pack("{s:f, s:f, s:f}", "median", spread->median, "lowest", spread->lowest, "highest", spread->highest);
}

static json_t *measurement_json(const struct abscopal_benchmark *benchmark,
                                const struct benchmark_measurement *measurement, double ms_in_one_thread)
{
    const struct benchmark_spread *ms = &measurement->ms_per_patient;
    const double arms = (double)benchmark->trial->file.arm_count;
    return json_pack("{s:s, s:i, s:I, s:f, s:o, s:o, s:f, s:f}", "engine", abscopal_engine_name(measurement->engine),
                     "threads", measurement->threads, "patients", (json_int_t)measurement->patients,
                     "patients_per_second", 1e3 / ms->median, "ms_per_patient", spread_json(ms),
                     "processor_ms_per_patient", spread_json(&measurement->processor_ms), "ms_per_patient_and_arm",
                     ms->median / arms, "times_one_thread", ms_in_one_thread / ms->median);
}

static json_t *measurements_json(const struct abscopal_benchmark *benchmark)
{
    json_t *list = json_array();
    double ms_in_one_thread = NAN;
    for (size_t i = 0; list != NULL && i < benchmark->measurement_count; i++) {
        const struct benchmark_measurement *measurement = &benchmark->measurements[i];
        if (measurement->threads == 1)
            ms_in_one_thread = measurement->ms_per_patient.median;
        if (json_array_append_new(list, measurement_json(benchmark, measurement, ms_in_one_thread)) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* Of a course on average. */
static json_t *work_json(const struct benchmark_engine *engine)
{
    const struct integrator_work *work = &engine->work;
    const double courses = (double)engine->courses, steps = (double)work->steps, attempts = (double)work->attempts;
    json_t *object = json_pack("{s:f, s:f, s:f, s:f}", "steps", steps / courses, "attempts", attempts / courses,
                               "rejected_share", 1 - steps / attempts, "restarts", (double)work->restarts / courses);
    for (int part = 0; object != NULL && part < BENCHMARK_COUNTED_PARTS; part++)
        json_object_set_new(
            object, part_keys[part],
            json_real((double)benchmark_count(engine->engine, work, (enum benchmark_part)part) / courses));
    return object;
}

static json_t *parts_json(const struct benchmark_engine *engine)
{
    json_t *parts = json_object();
    for (int part = 0; parts != NULL && part < BENCHMARK_PARTS; part++)
        json_object_set_new(parts, part_keys[part],
                            json_pack("{s:o, s:f, s:f}", "ns_each",
                                      json_number_or_null(part < BENCHMARK_COUNTED_PARTS ? engine->ns[part] : NAN),
                                      "ms_per_patient", engine->ms[part], "share",
                                      engine->ms[part] / engine->processor_ms));
    return parts;
}

static json_t *engine_json(const struct abscopal_benchmark *benchmark, const struct benchmark_engine *engine)
{
    const bool compared = isfinite(engine->volume_error);
    return json_pack("{s:s, s:s?, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "engine",
                     abscopal_engine_name(engine->engine), "instructions",
                     engine->instructions[0] != '\0' ? engine->instructions : NULL, "lanes", (json_int_t)engine->lanes,
                     "patients", (json_int_t)engine->patients, "completed", (json_int_t)engine->completed, "courses",
                     (json_int_t)engine->courses, "work_per_course", work_json(engine), "parts", parts_json(engine),
                     "ns_per_attempt", json_number_or_null(engine->attempt_ns), "ns_per_output",
                     json_number_or_null(engine->output_ns), "volume_error", json_number_or_null(engine->volume_error),
                     "reference_tolerance", json_number_or_null(compared ? benchmark->reference_tolerance : NAN));
}

static json_t *engines_json(const struct abscopal_benchmark *benchmark)
{
    json_t *list = json_array();
    for (size_t i = 0; list != NULL && i < benchmark->engine_count; i++)
        if (json_array_append_new(list, engine_json(benchmark, &benchmark->engines[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

enum abscopal_status abscopal_benchmark_write_json(const abscopal_benchmark *benchmark, const char *path,
                                                   struct abscopal_error *error)
{
    json_t *root = json_pack("{s:o, s:o, s:i, s:f, s:o, s:o, s:s}", "workload", workload_json(benchmark), "machine",
                             machine_json(benchmark), "repeats", benchmark->repeats, "seconds", benchmark->seconds,
                             "measurements", measurements_json(benchmark), "engines", engines_json(benchmark),
                             "research_use", "Research use only, not for treating patients.");
    return json_write_file(root, path, error);
}
