/* A search for people. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "protocols/error.h"
#include "protocols/vary.h"
#include "results/optimum.h"
#include "results/sweep_text.h"
#include "results/text.h"

static void neighbour_write(const struct abscopal_optimum *optimum, size_t index, FILE *file)
{
    const struct abscopal_sweep *sweep = optimum->sweep;
    const size_t axes = sweep->file.axis_count;
    const double *best = sweep->points + optimum->best * axes, *at = optimum->neighbours + index * axes;
    const struct abscopal_estimate *difference = &optimum->fresh.neighbours[index];
    char position[VARY_NUMBER_SIZE], text[SWEEP_TEXT_SIZE], name[VARY_NUMBER_SIZE + 64];
    size_t axis = 0;
    while (axis + 1 < axes && at[axis] == best[axis])
        axis++;
    sweep_position_text(&sweep->file.axes[axis], at[axis], position, sizeof position);
    snprintf(name, sizeof name, "%s %s", sweep->file.axes[axis].name, position);
    sweep_estimate_text(&sweep->file.endpoints[optimum->endpoint], difference, true, text);
    fputs("  than ", file);
    text_write_name(file, name, 24);
    fprintf(file, "  %s%s\n", text, difference->lower > 0 || difference->upper < 0 ? "" : "  not to be told apart");
}

static void verdict_write(const struct abscopal_optimum *optimum, FILE *file)
{
    const struct optimum_fresh *fresh = &optimum->fresh;
    const enum sweep_measure measure = optimum->sweep->file.endpoints[optimum->endpoint].row->measure;
    if (!sweep_measure_tells(measure)) {
        fputs("Whether it can be told from its neighbours is not known: these differences have no interval.\n", file);
        return;
    }
    if (optimum->neighbour_count == 0)
        fputs("It has no neighbours that limits allow.\n", file);
    else if (fresh->better > 0)
        fprintf(file, "%zu of its neighbours %s BETTER on fresh patients: search again, with more patients.\n",
                fresh->better, fresh->better == 1 ? "is" : "are");
    if (fresh->alike > 0)
        fprintf(file,
                "The best point is NOT distinguishable from %zu of its %zu neighbours: their paired difference has an\n"
                "interval with 0. Take it for one point of a plateau.\n",
                fresh->alike, optimum->neighbour_count);
    else if (fresh->better == 0 && optimum->neighbour_count > 0)
        fputs("The best point is distinguishable from all of its neighbours.\n", file);
}

static void fresh_write(const struct abscopal_optimum *optimum, FILE *file)
{
    const struct sweep_file *sweep = &optimum->sweep->file;
    const struct sweep_endpoint *endpoint = &sweep->endpoints[optimum->endpoint];
    const struct optimum_fresh *fresh = &optimum->fresh;
    char text[SWEEP_TEXT_SIZE];
    fprintf(file, "\nOn fresh patients (%zu of %zu seeds)\n", fresh->patients, sweep->search.fresh_count);
    sweep_estimate_text(endpoint, &fresh->best, false, text);
    fprintf(file, "  best: %s\n", text);
    for (size_t seed = 0; seed < sweep->search.fresh_count && sweep->search.fresh_count > 1; seed++) {
        sweep_estimate_text(endpoint, &fresh->of_seeds[seed], false, text);
        fprintf(file, "    seed %llu: %s\n", (unsigned long long)sweep->search.fresh_seeds[seed], text);
    }
    if (endpoint->row->measure == SWEEP_HAZARD_RATIO) {
        verdict_write(optimum, file);
        return;
    }
    sweep_estimate_text(endpoint, &fresh->reference, false, text);
    fprintf(file, "  reference: %s\n", text);
    sweep_estimate_text(endpoint, &fresh->difference, true, text);
    fprintf(file, "  best less reference: %s\n", text);
    fputs("\nThe best point, on fresh patients, by how much higher or lower\n", file);
    for (size_t i = 0; i < optimum->neighbour_count; i++)
        neighbour_write(optimum, i, file);
    verdict_write(optimum, file);
}

enum abscopal_status abscopal_optimum_write_table(const abscopal_optimum *optimum, FILE *file,
                                                  struct abscopal_error *error)
{
    enum { LINE_WIDTH = 110 };
    const struct abscopal_sweep *sweep = optimum->sweep;
    const struct sweep_endpoint *endpoint = &sweep->file.endpoints[optimum->endpoint];
    char text[512], name[SWEEP_TEXT_SIZE];
    sweep_endpoint_text(endpoint, name);
    text_write_paragraph(file, "search", sweep->file.name, LINE_WIDTH);
    text_write_paragraph(file, "trial", sweep->trial_title, LINE_WIDTH);
    sweep_reference_text(sweep, text, sizeof text);
    text_write_paragraph(file, "reference", text, LINE_WIDTH);
    fprintf(file, "wanted: %s, %s\n%zu patients, seed %llu; %zu points run of %d at most", name,
            endpoint->row->low_is_better ? "lowest" : "highest", sweep->patient_count, (unsigned long long)sweep->seed,
            sweep->point_count, sweep->file.search.evaluations);
    if (optimum->left_out > 0)
        fprintf(file, "; %zu times one was asked for that limits leave out", optimum->left_out);
    fprintf(file, "\n%s\nResearch use only. Not for treating patients.\n\nBest on the patients of the search\n",
            optimum->spent ? "the budget was used up" : "the search ended by itself");
    sweep_points_write(sweep, optimum->endpoint, &optimum->best, 1, file);
    if (sweep->best[optimum->endpoint].alike > 0)
        fprintf(file, "  not to be told from it: %zu other points run\n", sweep->best[optimum->endpoint].alike);
    fresh_write(optimum, file);
    if (fflush(file) != 0)
        return error_set(error, ABSCOPAL_OUTPUT_FAILED, NULL, 0, 0, "cannot write: %s", strerror(errno));
    return ABSCOPAL_OK;
}
