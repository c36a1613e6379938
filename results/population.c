/* Virtual populations as files and for people. */
#include <inttypes.h>
#include <math.h>

#include "results/composed.h"
#include "results/text.h"
#include "trial/population_run.h"

/* ---- Report ----------------------------------------------------------------------------------------- */

static void write_match_title(FILE *text, const struct population_plan *plan, const struct plan_match *match)
{
    fputc('\n', text);
    for (size_t i = 0; i < match->quantity_count; i++)
        fprintf(text, "%s%s", i > 0 ? " and " : "", match->quantities[i].name);
    fputs(", ", text);
    text_write_name(text, plan->trials[match->trial].name, 0);
    if (match->arm != NULL) {
        fputs(", ", text);
        text_write_name(text, match->arm, 0);
    }
    fputc('\n', text);
}

static void write_match(FILE *text, const abscopal_population *population, size_t index)
{
    const struct plan_match *match = &population->plan.matches[index];
    const struct population_match *found = &population->matches[index];
    char cell[256];
    int width = text_width("bin");
    for (size_t i = 0; i < match->cell_count; i++) {
        const int own = text_width(plan_match_cell_text(match, i, cell, sizeof cell));
        width = own > width ? own : width;
    }
    write_match_title(text, &population->plan, match);
    fprintf(text, "%-*s  %9s  %9s  %9s\n", width, "bin", "asked for", "sample", "weighted");
    for (size_t i = 0; i < match->cell_count; i++)
        fprintf(text, "%-*s  %7.2f %%  %7.2f %%  %7.2f %%\n", width, plan_match_cell_text(match, i, cell, sizeof cell),
                100 * match->shares[i], 100 * found->sample[i], 100 * found->shares[i]);
    const double before = population_distance(match, found->sample), after = population_distance(match, found->shares);
    if (!isnan(after))
        fprintf(text, "Kolmogorov-Smirnov distance at the edges: sample %.4f, weighted %.4f\n", before, after);
}

static void write_report(FILE *text, const void *context)
{
    const abscopal_population *population = context;
    const struct population_plan *plan = &population->plan;
    const double effective = abscopal_population_effective(population);
    size_t weighed = 0;
    for (size_t i = 0; i < plan->patients; i++)
        weighed += population->weights.weights[i] > 0;
    text_write_name(text, plan->name, 0);
    fprintf(text, "\n%zu patients of seed %" PRIu64 ", %zu completed every arm, %zu %s\n", plan->patients, plan->seed,
            population->candidates, weighed, plan->method == PLAN_ACCEPTANCE ? "accepted" : "have a weight");
    for (size_t m = 0; m < plan->match_count; m++)
        write_match(text, population, m);
    fprintf(text, "\neffective sample size %.1f, %.1f %% of those who completed", effective,
            100 * effective / (double)population->candidates);
    if (plan->method == PLAN_PREVALENCE)
        fprintf(text, "; largest weight %.4g times the mean", population->largest_weight);
    fputc('\n', text);
    if (!abscopal_population_is_enough(population))
        fprintf(text, "That is less than least_effective, %.6g: take more patients, or a cohort that is nearer.\n",
                plan->least_effective);
    fputs("\nResearch use only, not for treating patients.\n", text);
}

/* ---- Files ------------------------------------------------------------------------------------------ */

static void write_csv(FILE *text, const void *context)
{
    const abscopal_population *population = context;
    population_file_write(text, &population->weights);
}

enum abscopal_status abscopal_population_write_csv(const abscopal_population *population, const char *path,
                                                   struct abscopal_error *error)
{
    return composed_write_file(path, write_csv, population, error);
}

enum abscopal_status abscopal_population_write_report(const abscopal_population *population, FILE *file,
                                                      struct abscopal_error *error)
{
    return composed_write_stream(file, write_report, population, error);
}
