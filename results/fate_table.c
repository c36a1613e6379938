/* Fates for people. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "results/fate_values.h"
#include "results/output.h"
#include "results/text.h"
#include "trial/endpoints.h"
#include "trial/quantiles.h"

/* The patients of one arm whose fate is known, with what they count. */
struct group {
    const struct abscopal_fates *fates;
    size_t arm, n;
    const struct fate_course **courses; /* [n] */
    const struct fate_patient **patients;
    const struct patient_outcome **outcomes;
    double *weights; /* [n] */
    bool *has;       /* [n], scratch */
    struct weighed *values;
};

static bool group_open(struct group *group, const struct abscopal_fates *fates)
{
    const size_t most = fates->results->patient_count + 1;
    *group = (struct group){.fates = fates};
    group->courses = malloc(most * sizeof(void *));
    group->patients = malloc(most * sizeof(void *));
    group->outcomes = malloc(most * sizeof(void *));
    group->weights = malloc(most * sizeof *group->weights);
    group->has = malloc(most * sizeof *group->has);
    group->values = malloc(most * sizeof *group->values);
    return group->courses != NULL && group->patients != NULL && group->outcomes != NULL && group->weights != NULL &&
           group->has != NULL && group->values != NULL;
}

static void group_close(struct group *group)
{
    free(group->courses);
    free(group->patients);
    free(group->outcomes);
    free(group->weights);
    free(group->has);
    free(group->values);
}

static void group_take(struct group *group, size_t arm)
{
    const struct abscopal_results *results = group->fates->results;
    group->arm = arm;
    group->n = 0;
    for (size_t patient = 0; patient < results->patient_count; patient++) {
        if (!fate_is_known(group->fates, arm, patient))
            continue;
        group->courses[group->n] = &group->fates->courses[results_row(results, arm, patient)];
        group->patients[group->n] = &group->fates->patients[patient];
        group->outcomes[group->n] = &results->arms[results_row(results, arm, patient)].outcome;
        group->weights[group->n++] = results_weight(results, patient);
    }
}

/* ---- Cells ------------------------------------------------------------------------------------------ */

enum { CELL_SIZE = 64 };

/* Of those for whom has[] was set. */
static void share_cell(const struct group *group, char cell[CELL_SIZE])
{
    const double *weights = group->fates->results->weights != NULL ? group->weights : NULL;
    const struct abscopal_share share = endpoints_share_weighted(group->has, weights, group->n);
    if (isnan(share.fraction))
        snprintf(cell, CELL_SIZE, "-");
    else
        snprintf(cell, CELL_SIZE, "%.1f %% (%.1f-%.1f)", 100 * share.fraction, 100 * share.lower, 100 * share.upper);
}

static void fate_cell(const struct group *group, enum abscopal_fate fate, char cell[CELL_SIZE])
{
    for (size_t i = 0; i < group->n; i++)
        group->has[i] = group->courses[i]->fate.fate == fate;
    share_cell(group, cell);
}

static void quantile_cell(const struct group *group, size_t count, double part, char cell[CELL_SIZE])
{
    const double value = weighed_quantile(group->values, count, part);
    if (isnan(value))
        snprintf(cell, CELL_SIZE, "-");
    else
        snprintf(cell, CELL_SIZE, "%.4g", value);
}

static void row_write(FILE *file, const struct group *group, int name_width, char (*cells)[CELL_SIZE], size_t count,
                      int width)
{
    text_write_name(file, fate_arm_name(group->fates, group->arm), name_width);
    for (size_t i = 0; i < count; i++)
        fprintf(file, "  %*s", width, cells[i]);
    fputc('\n', file);
}

static void heading_write(FILE *file, const char *title, int name_width, const char *const *names, size_t count,
                          int width)
{
    fprintf(file, "\n%s\n%-*s", title, name_width, "arm");
    for (size_t i = 0; i < count; i++)
        fprintf(file, "  %*s", width, names[i]);
    fputc('\n', file);
}

/* ---- Sections --------------------------------------------------------------------------------------- */

static void fates_row(FILE *file, struct group *group, int width)
{
    char cells[6][CELL_SIZE];
    snprintf(cells[0], CELL_SIZE, "%zu", group->n);
    for (size_t i = 0; i < group->n; i++)
        group->has[i] = endpoints_is_response(group->outcomes[i]->at_horizon);
    share_cell(group, cells[1]);
    for (int fate = 0; fate < ABSCOPAL_FATE_COUNT; fate++)
        fate_cell(group, (enum abscopal_fate)fate, cells[2 + fate]);
    row_write(file, group, width, cells, 6, 20);
}

static void responses_row(FILE *file, struct group *group, int width)
{
    char cells[6][CELL_SIZE];
    size_t counts[2][3] = {{0}};
    for (size_t i = 0; i < group->n; i++)
        if (group->courses[i]->fate.fate != ABSCOPAL_FATE_UNDECIDED)
            counts[!endpoints_is_response(group->outcomes[i]->at_horizon)][group->courses[i]->fate.fate]++;
    for (int i = 0; i < 6; i++)
        snprintf(cells[i], CELL_SIZE, "%zu", counts[i / 3][i % 3]);
    row_write(file, group, width, cells, 6, 20);
}

static void decided_row(FILE *file, struct group *group, int width)
{
    char cells[5][CELL_SIZE];
    size_t count = 0;
    for (size_t i = 0; i < group->n; i++)
        group->has[i] = group->courses[i]->fate.fate != group->patients[i]->untreated.fate;
    share_cell(group, cells[0]);
    for (size_t i = 0; i < group->n; i++)
        group->has[i] = group->courses[i]->decided_day == 0;
    share_cell(group, cells[1]);
    for (size_t i = 0; i < group->n; i++)
        if (group->courses[i]->decided_day > 0)
            group->values[count++] = (struct weighed){group->courses[i]->decided_day, group->weights[i]};
    weighed_sort(group->values, count);
    quantile_cell(group, count, 0.1, cells[2]);
    quantile_cell(group, count, 0.5, cells[3]);
    quantile_cell(group, count, 0.9, cells[4]);
    row_write(file, group, width, cells, 5, 20);
}

static void stop_row(FILE *file, struct group *group, int width)
{
    char cells[6][CELL_SIZE];
    size_t count = 0;
    int cycles = 0;
    double saved = 0, given = 0, weight = 0;
    for (size_t i = 0; i < group->n; i++) {
        const struct fate_course *course = group->courses[i];
        cycles = course->cycles > cycles ? course->cycles : cycles;
        group->has[i] = course->cycles_needed == 0;
        if (course->cycles_needed < 0)
            continue;
        if (course->cycles_needed > 0)
            group->values[count++] = (struct weighed){course->cycles_needed, group->weights[i]};
        saved += group->weights[i] * (course->dose_mg - course->dose_needed_mg);
        given += group->weights[i] * course->dose_mg;
        weight += group->weights[i];
    }
    if (cycles == 0)
        return; /* an arm without drugs */
    snprintf(cells[0], CELL_SIZE, "%d", cycles);
    share_cell(group, cells[1]);
    for (size_t i = 0; i < group->n; i++)
        group->has[i] = group->courses[i]->cycles_needed == group->courses[i]->cycles;
    share_cell(group, cells[2]);
    weighed_sort(group->values, count);
    quantile_cell(group, count, 0.5, cells[3]);
    quantile_cell(group, count, 0.9, cells[4]);
    snprintf(cells[5], CELL_SIZE, "%.0f mg (%.1f %%)", saved / weight, given > 0 ? 100 * saved / given : 0.0);
    row_write(file, group, width, cells, 6, 20);
}

static const struct {
    const char *title;
    const char *columns[6];
    size_t count;
    void (*row)(FILE *file, struct group *group, int width);
} sections[] = {
    {"Left alone after the arm (95 %)",
     {"patients", "response at horizon", "tumour-free", "controlled", "maximal", "undecided"},
     6,
     fates_row},
    {"Fates of responders at the horizon and of others, patients",
     {"responders: free", "controlled", "maximal", "others: free", "controlled", "maximal"},
     6,
     responses_row},
    {"When the fate is decided: quantiles are of those in whom it is not on day 0, days",
     {"other than untreated", "decided on day 0", "10 %", "50 %", "90 %"},
     5,
     decided_row},
    {"Earliest stop of drugs: quantiles are of the cycles of those who need any",
     {"cycles at most", "need none", "need all", "50 %", "90 %", "saved a patient"},
     6,
     stop_row},
};

static void exceptions_write(FILE *file, const struct abscopal_fates *fates)
{
    const size_t rows = fates->results->patient_count * fates->results->arm_count;
    size_t known = 0, with = 0;
    for (size_t i = 0; i < rows; i++) {
        known += fates->courses[i].status == ABSCOPAL_PATIENT_COMPLETED;
        with += fates->courses[i].status == ABSCOPAL_PATIENT_COMPLETED && fates->courses[i].exceptions > 0;
    }
    fprintf(file, "\nEvery day and every cycle was looked at: of %zu courses, the fate changes back in %zu.\n", known,
            with);
}

static void table_write(FILE *file, const struct abscopal_fates *fates, struct group *group)
{
    int width = text_width("arm");
    for (size_t arm = 0; arm < fates->results->arm_count; arm++) {
        const int own = text_width(fate_arm_name(fates, arm));
        width = own > width ? own : width;
    }
    text_write_name(file, fates->trial->file.name, 0);
    fprintf(file, ": fates of %zu patients (seed %llu)\n", fates->results->patient_count,
            (unsigned long long)fates->results->seed);
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        heading_write(file, sections[i].title, width, sections[i].columns, sections[i].count, 20);
        for (size_t arm = 0; arm < fates->results->arm_count; arm++) {
            group_take(group, arm);
            sections[i].row(file, group, width);
        }
    }
    if (fates->every_day)
        exceptions_write(file, fates);
    fputs("\nResearch use only. Not for treating patients.\n", file);
}

enum abscopal_status abscopal_fates_write_table(const abscopal_fates *fates, FILE *file, struct abscopal_error *error)
{
    struct group group;
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    bool good = group_open(&group, fates) && memory != NULL;
    if (good)
        table_write(memory, fates, &group);
    group_close(&group);
    good = memory != NULL && fclose(memory) == 0 && good;
    const enum abscopal_status status = good ? output_write_stream(file, text, size, error) : error_no_memory(error);
    free(text);
    return status;
}
