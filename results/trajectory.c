/* One patient's course as CSV. The columns for the conformance preset are those of the published model's trajectories.
 */
#include "results/trajectory.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "results/failures.h"
#include "results/output.h"
#include "trial/courses.h"
#include "trial/single.h"

static const double default_every_days = 1;

/* A growing text; without memory it is NULL and stays so. */
struct table {
    FILE *stream;
    char *text;
    size_t size;
    enum model_preset preset;
    bool fluxes;  /* wanted too */
    double *work; /* rates and fluxes of one state */
    int drug_count;
};

/* One column a flux: what it belongs to, then its name. */
static void write_flux_header(struct table *table, const struct model *model)
{
    for (int i = 0; i < model_flux_count(model); i++) {
        const struct flux_description flux = model_flux_describe(model, i);
        fputc(',', table->stream);
        if (flux.lesion >= 0)
            fprintf(table->stream, "lesion%d_", flux.lesion + 1);
        fprintf(table->stream, "flux_%s_%s", flux.drug >= 0 ? model->antibodies[flux.drug]->name : flux.kind,
                flux.name);
    }
}

static void write_columns(struct table *table, const struct model *model)
{
    if (table->preset == PRESET_QSPIO_NSCLC_2020) {
        fputs("time_days,cancer_cells,dead_cells,t_cells,tumour_volume_l,tumour_diameter_cm,pd1_occupancy,"
              "tcell_density_per_ul,drug_plasma_molar,drug_tumor_molar,cd8_tumor_cells,treg_tumor_cells",
              table->stream);
        return;
    }
    fputs("time_days,sum_of_diameters_mm,lymphocytes_per_ul", table->stream);
    for (int drug = 0; drug < model->drug_count; drug++)
        fprintf(table->stream, ",%s_plasma_nanomolar", model->antibodies[drug]->name);
    for (int lesion = 1; lesion <= model->lesion_count; lesion++) {
        static const char *const columns[] = {"diameter_mm",      "cancer_cells", "resistant_cells",
                                              "doomed_cells",     "dead_cells",   "cd8_tumor_cells",
                                              "treg_tumor_cells", "cd8_per_ul",   "pd1_occupancy"};
        for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
            fprintf(table->stream, ",lesion%d_%s", lesion, columns[i]);
        for (int drug = 0; drug < model->drug_count; drug++)
            fprintf(table->stream, ",lesion%d_%s_nanomolar", lesion, model->antibodies[drug]->name);
    }
}

static void write_header(struct table *table, const struct model *model)
{
    write_columns(table, model);
    if (table->fluxes)
        write_flux_header(table, model);
    fputc('\n', table->stream);
}

/* Fifteen digits, as the reference trajectories have. */
static void write_number(struct table *table, double value)
{
    fprintf(table->stream, ",%.15g", value);
}

static void write_published_row(struct table *table, const struct model *model, const double *state)
{
    struct lesion_output lesion;
    model_lesion_output(model, state, 0, &lesion);
    const bool has_drug = model->drug_count > 0;
    write_number(table, lesion.cancer_cells);
    write_number(table, lesion.dead_cells);
    write_number(table, lesion.cd8_cells + lesion.treg_cells);
    write_number(table, lesion.volume_l);
    write_number(table, lesion.diameter_mm / 10);
    write_number(table, lesion.pd1_inhibition);
    write_number(table, lesion.cd8_per_ul); /* of CD8 cells: the published column counts no Tregs */
    write_number(table, has_drug ? model_drug_blood_nanomolar(state, 0) * 1e-9 : 0);
    write_number(table, has_drug ? lesion.drug_nanomolar[0] * 1e-9 : 0);
    write_number(table, lesion.cd8_cells);
    write_number(table, lesion.treg_cells);
}

static void write_lesion(struct table *table, const struct model *model, const double *state, int index)
{
    struct lesion_output lesion;
    model_lesion_output(model, state, index, &lesion);
    const double values[] = {lesion.diameter_mm,  lesion.cancer_cells, lesion.resistant_cells,
                             lesion.doomed_cells, lesion.dead_cells,   lesion.cd8_cells,
                             lesion.treg_cells,   lesion.cd8_per_ul,   lesion.pd1_inhibition};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        write_number(table, values[i]);
    for (int drug = 0; drug < model->drug_count; drug++)
        write_number(table, lesion.drug_nanomolar[drug]);
}

/* Without memory the row is short; abscopal_simulate sees that there was none. */
static void write_fluxes(struct table *table, const struct model *model, const double *state)
{
    const int states = model_state_count(model), fluxes = model_flux_count(model);
    if (table->work == NULL)
        table->work = malloc((size_t)(states + fluxes) * sizeof *table->work);
    if (table->work == NULL)
        return;
    model_fluxes(model, state, table->work, table->work + states);
    for (int i = 0; i < fluxes; i++)
        write_number(table, table->work[states + i]);
}

static void write_row(const struct model *model, double day, const double *state, size_t output, void *context)
{
    struct table *table = context;
    if (output == 0)
        write_header(table, model);
    fprintf(table->stream, "%.15g", day);
    if (table->preset == PRESET_QSPIO_NSCLC_2020) {
        write_published_row(table, model, state);
    } else {
        write_number(table, model_sum_of_diameters_mm(model, state));
        write_number(table, model_lymphocytes_per_ul(model, state));
        for (int drug = 0; drug < model->drug_count; drug++)
            write_number(table, model_drug_plasma_nanomolar(model, state, drug));
        for (int lesion = 0; lesion < model->lesion_count; lesion++)
            write_lesion(table, model, state, lesion);
    }
    if (table->fluxes)
        write_fluxes(table, model, state);
    fputc('\n', table->stream);
}

enum abscopal_status trajectory_find_arm(const struct abscopal_trial *trial, const char *name, size_t *arm,
                                         struct abscopal_error *error)
{
    *arm = 0;
    if (name == NULL)
        return ABSCOPAL_OK;
    for (; *arm < trial->file.arm_count; ++*arm)
        if (strcmp(trial->file.arms[*arm].name, name) == 0)
            return ABSCOPAL_OK;
    char known[512] = "";
    for (size_t i = 0; i < trial->file.arm_count && strlen(known) + 4 < sizeof known; i++)
        snprintf(known + strlen(known), sizeof known - strlen(known), "%s'%s'", i > 0 ? ", " : "",
                 trial->file.arms[i].name);
    return error_set(error, ABSCOPAL_BAD_INPUT, trial->file.path, 0, 0, "there is no arm '%s'; the arms are %s", name,
                     known);
}

/* The words of a run. */
static enum abscopal_status failure_error(const struct abscopal_trial *trial, uint64_t id,
                                          const struct integration_failure *failure, struct abscopal_error *error)
{
    char words[ABSCOPAL_MESSAGE_SIZE / 2] = "";
    FILE *text = fmemopen(words, sizeof words, "w");
    if (text == NULL)
        return ABSCOPAL_NO_MEMORY;
    failures_write_one(text, trial, id, failure);
    fclose(text);
    words[sizeof words - 1] = '\0';
    return error_set(error, ABSCOPAL_NOT_INTEGRATED, trial->file.path, 0, 0, "not integrated: %s", words);
}

enum abscopal_status trajectory_patient_error(const struct abscopal_trial *trial, enum abscopal_patient_status status,
                                              uint64_t id, uint32_t rules_failed,
                                              const struct integration_failure *failure, struct abscopal_error *error)
{
    if (status == ABSCOPAL_PATIENT_NOT_PLAUSIBLE && rules_failed != 0) {
        size_t rule = 0;
        while ((rules_failed >> rule & 1) == 0)
            rule++;
        return error_set(error, ABSCOPAL_BAD_INPUT, trial->file.path, 0, 0,
                         "patient %llu is not plausible: the cohort wants %s; choose another with --patient",
                         (unsigned long long)id, trial->cohort.rules[rule].text);
    }
    if (status == ABSCOPAL_PATIENT_NOT_PLAUSIBLE)
        return error_set(error, ABSCOPAL_BAD_INPUT, trial->file.path, 0, 0,
                         "patient %llu is not plausible: the tumour never grows to the sampled baseline; "
                         "choose another with --patient",
                         (unsigned long long)id);
    return failure_error(trial, id, failure, error);
}

static enum abscopal_status simulate(const struct abscopal_trial *trial,
                                     const struct abscopal_simulate_options *options, const double *days, size_t count,
                                     struct table *table, struct abscopal_error *error)
{
    size_t arm;
    const enum abscopal_status arm_status = trajectory_find_arm(trial, options->arm, &arm, error);
    if (arm_status != ABSCOPAL_OK)
        return arm_status;
    struct single_patient single;
    enum abscopal_status result = ABSCOPAL_NO_MEMORY;
    if (single_patient_open(&single, trial, engine_chosen(options->engine),
                            trial_relative_tolerance(options->relative_tolerance))) {
        const uint64_t id = options->patient > 0 ? options->patient : 1;
        struct integration_failure failure;
        single.patients = options->patients;
        single.room.limits = trial_limits(options->max_steps, options->max_seconds);
        enum abscopal_patient_status status =
            single_patient_grow(&single, trial_seed(trial, options->seed), id, &failure);
        if (status == ABSCOPAL_PATIENT_COMPLETED)
            status = single_patient_treat(&single, arm, days, count, write_row, table, &failure);
        result = status == ABSCOPAL_PATIENT_COMPLETED
                     ? ABSCOPAL_OK
                     : trajectory_patient_error(trial, status, id, single.room.rules_failed, &failure, error);
    }
    single_patient_close(&single);
    return result;
}

/* Rows on day 0, `every`, twice `every`, ... and on the horizon; NULL without memory. */
static double *make_days(double every, double until, size_t *count)
{
    *count = courses_grid(every, until, NULL);
    double *days = malloc((*count + 1) * sizeof *days);
    if (days == NULL)
        return NULL;
    courses_grid(every, until, days);
    if (days[*count - 1] < until - 1e-9)
        days[(*count)++] = until;
    return days;
}

static enum abscopal_status check_options(const struct abscopal_trial *trial,
                                          const struct abscopal_simulate_options *options, double every,
                                          struct abscopal_error *error)
{
    const double until = trial->file.until_days;
    enum abscopal_status status = trial_check_tolerance(options->relative_tolerance, error);
    if (status == ABSCOPAL_OK)
        status = trial_check_patient(trial, options->patients, options->patient, error);
    if (status == ABSCOPAL_OK)
        status = trial_check_limits(options->max_steps, options->max_seconds, error);
    if (status == ABSCOPAL_OK)
        status = engine_check(options->engine, error);
    if (status != ABSCOPAL_OK)
        return status;
    if (!(every > 0) || until / every > 1e6)
        return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0,
                         "cannot write a row every %g d until day %g; give a positive spacing with at most 1e6 rows",
                         every, until);
    if (!trial->has_cohort && options->patient > 1)
        return error_set(error, ABSCOPAL_BAD_INPUT, trial->file.path, 0, 0,
                         "this trial has no cohort and so one patient only, the published one");
    return ABSCOPAL_OK;
}

enum abscopal_status abscopal_simulate(const abscopal_trial *trial, const struct abscopal_simulate_options *options,
                                       const char *csv_path, struct abscopal_error *error)
{
    static const struct abscopal_simulate_options defaults = {.seed = -1};
    if (options == NULL)
        options = &defaults;
    const double every = options->every_days != 0 ? options->every_days : default_every_days;
    const enum abscopal_status checked = check_options(trial, options, every, error);
    if (checked != ABSCOPAL_OK)
        return checked;
    size_t count = 0;
    double *days = make_days(every, trial->file.until_days, &count);
    struct table table = {.preset = trial->file.preset, .fluxes = options->fluxes != 0};
    table.stream = open_memstream(&table.text, &table.size);
    enum abscopal_status status = ABSCOPAL_NO_MEMORY;
    if (days != NULL && table.stream != NULL)
        status = simulate(trial, options, days, count, &table, error);
    if (table.stream != NULL && fclose(table.stream) != 0 && status == ABSCOPAL_OK)
        status = ABSCOPAL_NO_MEMORY;
    if (status == ABSCOPAL_OK && table.fluxes && table.work == NULL)
        status = error_no_memory(error);
    if (status == ABSCOPAL_OK)
        status = output_write_file(csv_path, table.text, table.size, error);
    else if (status == ABSCOPAL_NO_MEMORY)
        error_no_memory(error);
    free(table.text);
    free(table.work);
    free(days);
    return status;
}
