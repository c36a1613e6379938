/* The report of a calibration as JSON. */
#include <math.h>
#include <stdlib.h>

#include "cohorts/calibration_misfit.h"
#include "results/calibration_report.h"
#include "results/json_value.h"
#include "results/machine.h"
#include "trial/engine.h"

static json_t *simulated_object(const struct calibration_target *target, enum calibrate_verdict verdict,
                                double simulated)
{
    return json_pack("{s:o, s:b}", "simulated", json_number_or_null(simulated), "met",
                     verdict == VERDICT_GOOD && calibration_is_met(target, simulated));
}

static json_t *target_object(const struct calibration_fit *fit, size_t index)
{
    const struct calibration *calibration = fit->calibration;
    const struct calibration_target *target = &calibration->targets[index];
    json_t *fresh = json_array();
    for (size_t i = 0; i < calibration->fresh_count; i++) {
        json_t *one =
            simulated_object(target, fit->fresh_verdicts[i], fit->fresh[i * calibration->target_count + index]);
        json_object_set_new(one, "seed", json_seed(calibration->fresh_seeds[i]));
        json_array_append_new(fresh, one);
    }
    return json_pack("{s:s, s:s, s:s?, s:s, s:o, s:o, s:s, s:f, s:f, s:f, s:o, s:o, s:o}", "trial",
                     calibration->trials[target->trial].name, "arm", target->arm_name, "over", target->over_name,
                     "endpoint", target->endpoint->name, "at_days", json_number_or_null(target->at_days), "quantile",
                     json_number_or_null(target->quantile), "unit", calibration_measure_unit(target->endpoint->measure),
                     "value", target->value, "within", target->within, "weight", target->weight, "start",
                     json_number_or_null(fit->start_simulated[index]), "fit",
                     simulated_object(target, fit->verdict, fit->simulated[index]), "fresh", fresh);
}

/* Of the logarithm on a logarithmic scale. */
static json_t *variable_object(const struct calibration_fit *fit, size_t index)
{
    static const char *const bounds[] = {"lower", NULL, "upper"};
    const struct calibration_variable *variable = &fit->calibration->variables[index];
    const double range =
        variable->logarithmic ? log(variable->upper / variable->lower) : variable->upper - variable->lower;
    json_t *paths = json_array();
    for (size_t i = 0; i < variable->path_count; i++)
        json_array_append_new(paths, json_string(variable->paths[i]));
    return json_pack("{s:s, s:s, s:o, s:s, s:b, s:f, s:f, s:f, s:f, s:o, s:s?}", "name", variable->name, "in",
                     variable->input == 0 ? "cohort" : fit->calibration->trials[variable->input - 1].name, "set", paths,
                     "unit", variable->unit, "logarithmic", variable->logarithmic, "start", variable->start, "estimate",
                     calibration_value_at(variable, fit->places[index]), "lower", variable->lower, "upper",
                     variable->upper, "standard_error",
                     json_number_or_null(range * calibration_fit_standard_error(fit, index)), "at_bound",
                     bounds[calibration_fit_bound(fit, index) + 1]);
}

static json_t *correlations_array(const struct calibration_fit *fit)
{
    const size_t n = fit->calibration->variable_count;
    json_t *rows = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *row = json_array();
        for (size_t j = 0; j < n; j++)
            json_array_append_new(row, json_number_or_null(i == j ? 1 : calibration_fit_correlation(fit, i, j)));
        json_array_append_new(rows, row);
    }
    return rows;
}

enum abscopal_status calibration_report_write_json(const struct calibration_fit *fit, const char *path,
                                                   struct abscopal_error *error)
{
    const struct calibration *calibration = fit->calibration;
    json_t *targets = json_array(), *variables = json_array();
    for (size_t i = 0; i < calibration->target_count; i++)
        json_array_append_new(targets, target_object(fit, i));
    for (size_t i = 0; i < calibration->variable_count; i++)
        json_array_append_new(variables, variable_object(fit, i));
    json_t *report = json_pack(
        "{s:s, s:s, s:s?, s:s, s:s, s:o, s:I, s:f, s:I, s:f, s:f, s:f, s:I, s:I, s:I, s:s, s:s, s:I, s:o, s:o, s:o}",
        "name", calibration->name, "version", abscopal_version(), "commit", build_commit(), "engine",
        abscopal_engine_name(fit->engine), "instructions", engine_instructions(fit->engine), "seed",
        json_seed(calibration->seed), "patients", (json_int_t)calibration->patients, "relative_tolerance",
        calibration->tolerance, "fresh_patients", (json_int_t)calibration->fresh_patients, "fresh_relative_tolerance",
        calibration->fresh_tolerance, "objective", fit->objective, "start_objective", fit->start_objective,
        "search_evaluations", (json_int_t)fit->search_evaluations, "evaluations", (json_int_t)fit->evaluations,
        "unusable_evaluations", (json_int_t)fit->unusable, "global_stage", calibration_end_name(fit->global_end),
        "local_stage", calibration_end_name(fit->local_end), "targets_met", (json_int_t)calibration_fit_met(fit),
        "targets", targets, "variables", variables, "correlations", correlations_array(fit));
    return json_write_file(report, path, error);
}
