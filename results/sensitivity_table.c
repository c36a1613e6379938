/* A sensitivity analysis for people. */
#include <math.h>
#include <string.h>

#include "results/composed.h"
#include "results/sensitivity.h"
#include "results/text.h"

enum { LINE_WIDTH = 110, CELL_SIZE = 64, NAME_WIDTH = 32, CELL_WIDTH = 26 };

/* ---- Head ------------------------------------------------------------------------------------------- */

static void lost_write(const size_t *status, size_t patients, FILE *text)
{
    static const struct {
        enum abscopal_patient_status status;
        const char *what;
    } known[] = {{ABSCOPAL_PATIENT_NOT_PLAUSIBLE, "not plausible"},
                 {ABSCOPAL_PATIENT_NOT_ELIGIBLE, "not eligible"},
                 {ABSCOPAL_PATIENT_NOT_INTEGRATED, "not integrated"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (status[known[i].status] > 0)
            fprintf(text, "; %zu (%.2f %%) %s", status[known[i].status],
                    100 * (double)status[known[i].status] / (double)patients, known[i].what);
    fputc('\n', text);
}

static void head_write(const struct abscopal_sensitivity *sensitivity, FILE *text)
{
    const struct trial_file *file = &sensitivity->trial->file;
    const size_t patients = saltelli_patients(&sensitivity->design);
    text_write_paragraph(text, "trial", file->name, LINE_WIDTH);
    text_write_paragraph(text, "arm", file->arms[sensitivity->arm].name, LINE_WIDTH);
    if (sensitivity->arm != sensitivity->reference)
        text_write_paragraph(text, "reference", file->arms[sensitivity->reference].name, LINE_WIDTH);
    fprintf(text, "seed %llu; intervals (95 %%) are of %zu resamples\n", (unsigned long long)sensitivity->seed,
            sensitivity->bootstrap.resamples);
    if (sensitivity_has_indices(sensitivity)) {
        fprintf(text, "Sobol indices: %zu patients, %llu rows of %d factors", patients,
                (unsigned long long)sensitivity->design.rows, saltelli_factor_count(&sensitivity->design));
        lost_write(sensitivity->design_status, patients, text);
        fputs(sensitivity->rules_kept ? "  the cohort's rules and the trial's limits hold\n"
                                      : "  without the cohort's rules and the trial's limits\n",
              text);
        if (sensitivity->correlations_ignored)
            fputs("  WITHOUT THE CORRELATIONS of the cohort: Sobol indices are of independent quantities\n", text);
    }
    if (sensitivity_has_correlations(sensitivity)) {
        fprintf(text, "rank correlations: %zu patients of the cohort as it is", sensitivity->sample_count);
        lost_write(sensitivity->sample_status, sensitivity->sample_count, text);
    }
    fputs("Research use only. Not for treating patients.\n", text);
}

/* ---- Targets ---------------------------------------------------------------------------------------- */

static void estimate_text(const struct abscopal_estimate *estimate, const char *format, char text[CELL_SIZE])
{
    snprintf(text, CELL_SIZE, "-");
    if (!isnan(estimate->value))
        snprintf(text, CELL_SIZE, format, estimate->value, estimate->lower, estimate->upper);
}

/* What factors are sorted by. */
static double importance(const struct abscopal_sensitivity *sensitivity, const struct sensitivity_target *target,
                         size_t factor)
{
    const double value = sensitivity_has_indices(sensitivity) ? target->indices.items[factor].total.value
                                                              : fabs(target->correlations[factor].partial.value);
    return isnan(value) ? -1 : value;
}

/* Fills order[] with factors, the most important first; returns how many there are. */
static size_t factors_sort(const struct abscopal_sensitivity *sensitivity, const struct sensitivity_target *target,
                           size_t *order)
{
    const struct saltelli_design *design = &sensitivity->design;
    const size_t count =
        (size_t)(sensitivity_has_indices(sensitivity) ? saltelli_factor_count(design) : design->factors.count);
    for (size_t factor = 0; factor < count; factor++) {
        size_t place = factor;
        const double value = importance(sensitivity, target, factor);
        for (; place > 0 && importance(sensitivity, target, order[place - 1]) < value; place--)
            order[place] = order[place - 1];
        order[place] = factor;
    }
    return count;
}

static void factor_write(const struct abscopal_sensitivity *sensitivity, const struct sensitivity_target *target,
                         size_t factor, FILE *text)
{
    char cell[CELL_SIZE];
    fprintf(text, "  %-*s", NAME_WIDTH, saltelli_factor_name(&sensitivity->design, (int)factor));
    if (sensitivity_has_indices(sensitivity)) {
        estimate_text(&target->indices.items[factor].total, "%.3f (%.3f to %.3f)", cell);
        fprintf(text, "%-*s", CELL_WIDTH, cell);
        estimate_text(&target->indices.items[factor].first, "%.3f (%.3f to %.3f)", cell);
        fprintf(text, "%-*s", CELL_WIDTH, cell);
    }
    if (sensitivity_has_correlations(sensitivity) && (int)factor < sensitivity->design.factors.count) {
        const struct rank_correlation *correlation = &target->correlations[factor];
        estimate_text(&correlation->partial, "%+.2f (%+.2f to %+.2f)", cell);
        fprintf(text, "%-*s", CELL_WIDTH, cell);
        if (correlation->p < 1e-4)
            fputs("<0.0001", text);
        else if (!isnan(correlation->p))
            fprintf(text, "%.4f", correlation->p);
    }
    fputc('\n', text);
}

static void moments_write(const struct abscopal_sensitivity *sensitivity, const struct sensitivity_target *target,
                          FILE *text)
{
    const struct sobol_indices *indices = &target->indices;
    double sum = 0;
    if (sensitivity_has_indices(sensitivity)) {
        for (int i = 0; i < saltelli_factor_count(&sensitivity->design); i++)
            sum += indices->items[i].first.value;
        fprintf(text, "  mean %.4g, standard deviation %.4g", indices->mean, sqrt(indices->variance));
        if (!isnan(sum))
            fprintf(text, "; first indices add up to %.2f", sum);
        if (target->missing > 0)
            fprintf(text, "; %.2f %% without a number take the mean",
                    100 * (double)target->missing / (double)saltelli_patients(&sensitivity->design));
        fputc('\n', text);
    }
    if (sensitivity_has_correlations(sensitivity))
        fprintf(text, "  PRCC of %zu patients\n", target->ranked);
}

static void target_write(const struct abscopal_sensitivity *sensitivity, const struct sensitivity_target *target,
                         FILE *text)
{
    char of[512];
    size_t order[FACTOR_PLACES + 1];
    sensitivity_of_text(sensitivity, target->of, of, sizeof of);
    fprintf(text, "\n%s (%s): ", target->endpoint->label, sensitivity_endpoint_unit(target->endpoint));
    text_write_name(text, of, 0);
    fputc('\n', text);
    moments_write(sensitivity, target, text);
    fprintf(text, "  %-*s", NAME_WIDTH, "factor");
    if (sensitivity_has_indices(sensitivity))
        fprintf(text, "%-*s%-*s", CELL_WIDTH, "total (95 %)", CELL_WIDTH, "first (95 %)");
    if (sensitivity_has_correlations(sensitivity))
        fprintf(text, "%-*s%s", CELL_WIDTH, "PRCC (95 %)", "p");
    fputc('\n', text);
    const size_t count = factors_sort(sensitivity, target, order);
    for (size_t i = 0; i < count; i++)
        factor_write(sensitivity, target, order[i], text);
}

static void table_write(FILE *text, const void *context)
{
    const struct abscopal_sensitivity *sensitivity = context;
    head_write(sensitivity, text);
    for (size_t i = 0; i < sensitivity->target_count; i++)
        target_write(sensitivity, &sensitivity->targets[i], text);
}

enum abscopal_status abscopal_sensitivity_write_table(const abscopal_sensitivity *sensitivity, FILE *file,
                                                      struct abscopal_error *error)
{
    return composed_write_stream(file, table_write, sensitivity, error);
}
