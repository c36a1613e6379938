#include "results/calibration_report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts/calibration_misfit.h"
#include "protocols/error.h"
#include "protocols/vary.h"
#include "results/machine.h"
#include "results/output.h"
#include "trial/engine.h"

static const double near_bound = 0.01, strong_correlation = 0.7;

/* ---- What the fit says ------------------------------------------------------------------------------- */

size_t calibration_fit_met(const struct calibration_fit *fit)
{
    size_t met = 0;
    for (size_t i = 0; i < fit->calibration->target_count; i++)
        met += fit->verdict == VERDICT_GOOD && calibration_is_met(&fit->calibration->targets[i], fit->simulated[i]);
    return met;
}

double calibration_fit_standard_error(const struct calibration_fit *fit, size_t variable)
{
    return sqrt(fit->covariance[variable * fit->calibration->variable_count + variable]);
}

double calibration_fit_correlation(const struct calibration_fit *fit, size_t variable, size_t other)
{
    return fit->covariance[variable * fit->calibration->variable_count + other] /
           (calibration_fit_standard_error(fit, variable) * calibration_fit_standard_error(fit, other));
}

int calibration_fit_bound(const struct calibration_fit *fit, size_t variable)
{
    return fit->places[variable] <= near_bound ? -1 : fit->places[variable] >= 1 - near_bound ? 1 : 0;
}

/* ---- Words ------------------------------------------------------------------------------------------ */

void calibration_write_target(FILE *text, const struct calibration *calibration,
                              const struct calibration_target *target)
{
    fprintf(text, "%s, %s", calibration->trials[target->trial].name, target->arm_name);
    if (target->over_name != NULL)
        fprintf(text, " over %s", target->over_name);
    fprintf(text, ": %s", target->endpoint->name);
    if (!isnan(target->quantile))
        fprintf(text, ", %.6g %% quantile", 100 * target->quantile);
    if (!isnan(target->at_days))
        fprintf(text, ", day %.6g", target->at_days);
}

void calibration_write_value(FILE *text, const struct calibration_target *target, double value)
{
    const enum calibration_measure measure = target->endpoint->measure;
    if (isnan(value))
        fputs("-", text);
    else if (isinf(value))
        fputs("not reached", text);
    else if (measure == MEASURE_SHARE || measure == MEASURE_CHANGE)
        fprintf(text, "%.1f %%", 100 * value);
    else if (measure == MEASURE_RATIO)
        fprintf(text, "%.3f", value);
    else
        fprintf(text, "%.1f %s", value, calibration_measure_unit(measure));
}

/* A bar within a cell would divide it. */
static void cell_write(FILE *text, const char *name)
{
    for (; *name != '\0'; name++)
        fprintf(text, *name == '|' ? "\\%c" : "%c", *name);
}

/* ---- Sections --------------------------------------------------------------------------------------- */

static void simulated_write(FILE *text, const struct calibration_target *target, enum calibrate_verdict verdict,
                            double simulated)
{
    fputs(" | ", text);
    calibration_write_value(text, target, simulated);
    fprintf(text, " | %s", verdict == VERDICT_GOOD && calibration_is_met(target, simulated) ? "yes" : "**no**");
}

static void targets_write(FILE *text, const struct calibration_fit *fit)
{
    const struct calibration *calibration = fit->calibration;
    const size_t count = calibration->target_count;
    fprintf(text, "## Targets\n\n%zu of %zu are met on the %zu patients of the fit (seed %llu)",
            calibration_fit_met(fit), count, calibration->patients, (unsigned long long)calibration->seed);
    if (calibration->fresh_count > 0)
        fprintf(text, "; further columns are %zu patients each of seeds that the search has not seen",
                calibration->fresh_patients);
    fputs(".\n\n| target | value | within | at the start | fit | met |", text);
    for (size_t seed = 0; seed < calibration->fresh_count; seed++)
        fprintf(text, " seed %llu | met |", (unsigned long long)calibration->fresh_seeds[seed]);
    fputs("\n| --- | --- | --- | --- | --- | --- |", text);
    for (size_t seed = 0; seed < calibration->fresh_count; seed++)
        fputs(" --- | --- |", text);
    for (size_t i = 0; i < count; i++) {
        const struct calibration_target *target = &calibration->targets[i];
        fputs("\n| ", text);
        calibration_write_target(text, calibration, target);
        fputs(" | ", text);
        calibration_write_value(text, target, target->value);
        fputs(" | ", text);
        calibration_write_value(text, target, target->within);
        fputs(" | ", text);
        calibration_write_value(text, target, fit->start_simulated[i]);
        simulated_write(text, target, fit->verdict, fit->simulated[i]);
        for (size_t seed = 0; seed < calibration->fresh_count; seed++)
            simulated_write(text, target, fit->fresh_verdicts[seed], fit->fresh[seed * count + i]);
        fputs(" |", text);
    }
    fputs("\n\n", text);
}

/* In the variable's unit, or as a factor on a logarithmic scale. */
static void standard_error_write(FILE *text, const struct calibration_fit *fit, size_t index)
{
    const struct calibration_variable *variable = &fit->calibration->variables[index];
    const double of_place = calibration_fit_standard_error(fit, index);
    if (isnan(of_place))
        fputs("not determined", text);
    else if (variable->logarithmic)
        fprintf(text, "factor %.4g", exp(of_place * log(variable->upper / variable->lower)));
    else
        fprintf(text, "%.3g %s", of_place * (variable->upper - variable->lower), variable->unit);
}

static void variables_write(FILE *text, const struct calibration_fit *fit)
{
    static const char *const bounds[] = {"at its lower bound", "", "at its upper bound"};
    const struct calibration *calibration = fit->calibration;
    fputs("## Free variables\n\n| variable | start | estimate | range | standard error | |\n"
          "| --- | --- | --- | --- | --- | --- |\n",
          text);
    for (size_t i = 0; i < calibration->variable_count; i++) {
        const struct calibration_variable *variable = &calibration->variables[i];
        fputs("| ", text);
        cell_write(text, variable->name);
        fprintf(text, " | %.6g %s | %.6g %s | %.6g to %.6g %s%s | ", variable->start, variable->unit,
                calibration_value_at(variable, fit->places[i]), variable->unit, variable->lower, variable->upper,
                variable->unit, variable->logarithmic ? ", logarithmic" : "");
        standard_error_write(text, fit, i);
        fprintf(text, " | %s |\n", bounds[calibration_fit_bound(fit, i) + 1]);
    }
    fputs("\nStandard errors take `within` for a standard error of each target, and the fit for linear near its end "
          "(Gauss-Newton). Not determined are those that can change, alone or with others, without any target "
          "changing.\n\n",
          text);
}

static void correlations_write(FILE *text, const struct calibration_fit *fit)
{
    const struct calibration *calibration = fit->calibration;
    size_t count = 0;
    fprintf(text, "## Correlations between estimates above %.1f\n\n", strong_correlation);
    for (size_t i = 0; i < calibration->variable_count; i++)
        for (size_t j = i + 1; j < calibration->variable_count; j++) {
            const double correlation = calibration_fit_correlation(fit, i, j);
            if (!(fabs(correlation) > strong_correlation))
                continue;
            fprintf(text, "- %s and %s: %.3f\n", calibration->variables[i].name, calibration->variables[j].name,
                    correlation);
            count++;
        }
    if (count == 0)
        fputs("None.\n", text);
    fputc('\n', text);
}

static void search_write(FILE *text, const struct calibration_fit *fit)
{
    const struct calibration *calibration = fit->calibration;
    const char *commit = build_commit();
    fprintf(text, "## Search\n\n- Objective: %.6g, at the start %.6g.\n", fit->objective, fit->start_objective);
    fprintf(text, "- Evaluations: %zu in the search, %zu in all; %zu of the search could not be used.\n",
            fit->search_evaluations, fit->evaluations, fit->unusable);
    fprintf(text, "- Global stage: %s. Local stage: %s.\n", calibration_end_name(fit->global_end),
            calibration_end_name(fit->local_end));
    if (fit->verdict != VERDICT_GOOD)
        fprintf(text, "- No evaluation could be used: that at the start was '%s'.\n",
                calibrate_verdict_name(fit->verdict));
    fprintf(text, "- Seed %llu, %zu patients, relative tolerance %.3g, engine %s %s.\n",
            (unsigned long long)calibration->seed, calibration->patients, calibration->tolerance,
            abscopal_engine_name(fit->engine), engine_instructions(fit->engine));
    fprintf(text, "- Made by abscopal %s, commit %s.\n", abscopal_version(), commit != NULL ? commit : "unknown");
}

enum abscopal_status calibration_report_write(const struct calibration_fit *fit, const char *path,
                                              struct abscopal_error *error)
{
    char *bytes = NULL;
    size_t size = 0;
    FILE *text = open_memstream(&bytes, &size);
    if (text == NULL)
        return error_no_memory(error);
    fprintf(text, "# Calibration: %s\n\n", fit->calibration->name);
    targets_write(text, fit);
    variables_write(text, fit);
    correlations_write(text, fit);
    search_write(text, fit);
    const bool failed = ferror(text) != 0;
    const enum abscopal_status status =
        fclose(text) != 0 || failed ? error_no_memory(error) : output_write_file(path, bytes, size, error);
    free(bytes);
    return status;
}
