/* What the model consists of: states, parameters, drugs, presets, options and fluxes, each from the one table that the
 * program itself uses. */
#include <stdlib.h>
#include <string.h>

#include "abscopal.h"
#include "model/model.h"
#include "protocols/drug_file.h"
#include "protocols/error.h"
#include "protocols/nearest.h"
#include "results/list_format.h"
#include "results/output.h"

enum { NAMES_SIZE = 512 };

/* A table and what its texts need to live on. */
struct list {
    struct list_table table;
    char drug_names[MODEL_PRESET_COUNT][NAMES_SIZE];
    char option_names[MODEL_PRESET_COUNT][NAMES_SIZE];
};

static void columns_set(struct list_table *table, const struct list_column *columns, size_t count)
{
    table->columns = columns;
    table->column_count = count;
}

/* ---- States: those of one lesion and one drug, since all lesions and all drugs have the same */

static bool list_states(struct list_table *table, enum model_preset preset)
{
    static const struct list_column columns[] = {
        {"name", COLUMN_ALIGNED},      {"of", COLUMN_ALIGNED},     {"unit", COLUMN_ALIGNED},
        {"default", COLUMN_ALIGNED},   {"lower", COLUMN_LEFT_OUT}, {"absolute_tolerance", COLUMN_ALIGNED},
        {"published", COLUMN_ALIGNED}, {"meaning", COLUMN_BELOW},
    };
    struct parameters parameters;
    parameters_default(&parameters);
    const struct antibody *drug = model_preset_antibody(preset, 0);
    const struct model_settings settings = {
        .preset = preset, .parameters = &parameters, .lesion_count = 1, .antibodies = &drug, .drug_count = 1};
    struct model model;
    model_prepare(&model, &settings);
    const int count = model_state_count(&model);
    double *state = calloc((size_t)count, sizeof *state);
    if (state == NULL)
        return false;
    if (preset == PRESET_QSPIO_NSCLC_2020)
        model_published_state(&model, state);
    else
        model_tumour_free_state(&model, state);
    columns_set(table, columns, sizeof columns / sizeof *columns);
    for (int i = 0; i < count; i++) {
        const struct state_description row = model_state_describe(&model, i);
        const char *of = row.lesion < 0 ? (row.drug < 0 ? "patient" : "drug")
                         : row.drug < 0 ? "lesion"
                                        : "lesion, drug";
        const struct list_cell cells[] = {list_text(row.name),      list_text(of),
                                          list_text(row.unit),      list_number(state[i]),
                                          list_number(0),           list_number(row.absolute_tolerance),
                                          list_text(row.published), list_text(row.meaning)};
        list_row_add(table, cells);
    }
    free(state);
    return true;
}

static void list_parameters(struct list_table *table)
{
    static const struct list_column columns[] = {
        {"name", COLUMN_ALIGNED},  {"default", COLUMN_ALIGNED},  {"unit", COLUMN_ALIGNED},
        {"lower", COLUMN_ALIGNED}, {"upper", COLUMN_ALIGNED},    {"published", COLUMN_ALIGNED},
        {"meaning", COLUMN_BELOW}, {"source", COLUMN_BRACKETED},
    };
    const struct parameter_description *row;
    columns_set(table, columns, sizeof columns / sizeof *columns);
    for (int i = 0; (row = parameter_describe(i)) != NULL; i++) {
        const struct list_cell cells[] = {list_text(row->name),    list_number(row->value), list_text(row->unit),
                                          list_number(row->lower), list_number(row->upper), list_text(row->symbol),
                                          list_text(row->meaning), list_text(row->source)};
        list_row_add(table, cells);
    }
}

/* A row for each constant of each drug, named as in drug files. */
static void list_drugs(struct list_table *table, enum model_preset preset)
{
    static const struct list_column columns[] = {
        {"drug", COLUMN_HEADING},  {"target", COLUMN_HEADING},  {"source", COLUMN_HEADING},
        {"name", COLUMN_ALIGNED},  {"default", COLUMN_ALIGNED}, {"unit", COLUMN_ALIGNED},
        {"lower", COLUMN_ALIGNED}, {"upper", COLUMN_ALIGNED},   {"meaning", COLUMN_LEFT_OUT},
    };
    const struct antibody *drug;
    columns_set(table, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; (drug = model_preset_antibody(preset, i)) != NULL; i++) {
        const struct drug_constant *row;
        for (size_t j = 0; (row = drug_constant_describe(j)) != NULL; j++) {
            const double value = drug_constant_get(drug, row);
            const bool absent = row->optional && !(value > 0);
            const struct list_cell cells[] = {list_text(drug->name),
                                              list_text(drug_target_name(drug->target)),
                                              list_text(drug->source),
                                              list_text(row->name),
                                              absent ? list_text(NULL) : list_number(value),
                                              list_text(row->unit),
                                              list_number(row->lower),
                                              list_number(row->upper),
                                              list_text(row->meaning)};
            list_row_add(table, cells);
        }
    }
}

static void list_options(struct list_table *table, enum model_preset preset)
{
    static const struct list_column columns[] = {
        {"name", COLUMN_ALIGNED},
        {"default", COLUMN_ALIGNED},
        {"meaning", COLUMN_BELOW},
        {"source", COLUMN_BRACKETED},
    };
    struct model_options options;
    const struct option_description *row;
    model_preset_options(preset, &options);
    columns_set(table, columns, sizeof columns / sizeof *columns);
    for (int i = 0; (row = model_option_describe(i)) != NULL; i++) {
        const struct list_cell cells[] = {list_text(row->name), list_switch(model_option_get(&options, i)),
                                          list_text(row->meaning), list_text(row->source)};
        list_row_add(table, cells);
    }
}

/* The reactions of one lesion and one drug, as `simulate --fluxes` names its columns. */
static void list_fluxes(struct list_table *table, enum model_preset preset)
{
    static const struct list_column columns[] = {{"kind", COLUMN_ALIGNED},
                                                 {"name", COLUMN_ALIGNED},
                                                 {"of", COLUMN_ALIGNED},
                                                 {"unit", COLUMN_ALIGNED},
                                                 {"meaning", COLUMN_BELOW}};
    struct parameters parameters;
    parameters_default(&parameters);
    const struct antibody *drug = model_preset_antibody(preset, 0);
    const struct model_settings settings = {
        .preset = preset, .parameters = &parameters, .lesion_count = 1, .antibodies = &drug, .drug_count = 1};
    struct model model;
    model_prepare(&model, &settings);
    columns_set(table, columns, sizeof columns / sizeof *columns);
    for (int i = 0; i < model_flux_count(&model); i++) {
        const struct flux_description row = model_flux_describe(&model, i);
        const char *of = row.lesion < 0 ? (row.drug < 0 ? "patient" : "drug")
                         : row.drug < 0 ? "lesion"
                                        : "lesion, drug";
        const struct list_cell cells[] = {list_text(row.kind), list_text(row.name), list_text(of), list_text(row.unit),
                                          list_text(row.meaning)};
        list_row_add(table, cells);
    }
}

/* ---- Presets */

static const struct {
    const char *meaning, *source;
    int most_lesions;
} preset_texts[MODEL_PRESET_COUNT] = {
    [PRESET_QSPIO_NSCLC_2020] =
        {"the QSP-IO model of NSCLC as published: one patient, from its published state, without "
         "radiotherapy",
         "Sove 2020 doi:10.1002/psp4.12546", 1},
    [PRESET_NSCLC] = {"virtual patients with several lesions, grown from a tumour-free body; radiotherapy, lymphatics, "
                      "memory, PD-1, PD-L1 and CTLA-4",
                      "docs/model.md", MODEL_MAX_LESIONS},
};

static void name_append(char *names, const char *name)
{
    const size_t used = strlen(names);
    snprintf(names + used, NAMES_SIZE - used, "%s%s", used > 0 ? ", " : "", name);
}

static void list_preset(struct list *list, enum model_preset preset)
{
    const struct antibody *drug;
    struct model_options options;
    model_preset_options(preset, &options);
    for (size_t i = 0; (drug = model_preset_antibody(preset, i)) != NULL; i++)
        name_append(list->drug_names[preset], drug->name);
    for (int i = 0; i < MODEL_OPTION_COUNT; i++)
        if (model_option_get(&options, i))
            name_append(list->option_names[preset], model_option_describe(i)->name);
    const struct list_cell cells[] = {
        list_text(model_preset_name(preset)),    list_number(preset_texts[preset].most_lesions),
        list_text(preset_texts[preset].meaning), list_text(preset_texts[preset].source),
        list_text(list->drug_names[preset]),     list_text(list->option_names[preset])};
    list_row_add(&list->table, cells);
}

/* All of them, or the one that was asked for. */
static void list_presets(struct list *list, bool only, enum model_preset preset)
{
    static const struct list_column columns[] = {
        {"name", COLUMN_ALIGNED},     {"most_lesions", COLUMN_ALIGNED}, {"meaning", COLUMN_BELOW},
        {"source", COLUMN_BRACKETED}, {"drugs", COLUMN_LABELLED},       {"options", COLUMN_LABELLED},
    };
    columns_set(&list->table, columns, sizeof columns / sizeof *columns);
    for (int i = 0; i < MODEL_PRESET_COUNT; i++)
        if (!only || i == (int)preset)
            list_preset(list, (enum model_preset)i);
}

/* ---- */

static enum abscopal_status preset_find(const char *name, enum model_preset *preset, struct abscopal_error *error)
{
    const char *names[MODEL_PRESET_COUNT];
    *preset = PRESET_NSCLC;
    for (int i = 0; i < MODEL_PRESET_COUNT; i++) {
        names[i] = model_preset_name((enum model_preset)i);
        *preset = name != NULL && strcmp(name, names[i]) == 0 ? (enum model_preset)i : *preset;
    }
    if (name == NULL || strcmp(name, names[*preset]) == 0)
        return ABSCOPAL_OK;
    char known[NAMES_SIZE] = "";
    for (int i = 0; i < MODEL_PRESET_COUNT; i++)
        name_append(known, names[i]);
    const char *near = nearest_name(name, names, MODEL_PRESET_COUNT);
    return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0, "unknown preset '%.64s'%s%s%s Known: %s", name,
                     near != NULL ? "; did you mean '" : ".", near != NULL ? near : "", near != NULL ? "'?" : "",
                     known);
}

static bool list_fill(struct list *list, enum abscopal_list_kind kind, bool only, enum model_preset preset)
{
    switch (kind) {
    case ABSCOPAL_LIST_STATES:
        return list_states(&list->table, preset);
    case ABSCOPAL_LIST_PARAMETERS:
        list_parameters(&list->table);
        return true;
    case ABSCOPAL_LIST_DRUGS:
        list_drugs(&list->table, preset);
        return true;
    case ABSCOPAL_LIST_PRESETS:
        list_presets(list, only, preset);
        return true;
    case ABSCOPAL_LIST_OPTIONS:
        list_options(&list->table, preset);
        return true;
    case ABSCOPAL_LIST_FLUXES:
        list_fluxes(&list->table, preset);
        return true;
    }
    return false;
}

enum abscopal_status abscopal_list(enum abscopal_list_kind kind, enum abscopal_list_format format, const char *preset,
                                   FILE *file, struct abscopal_error *error)
{
    enum model_preset chosen;
    const enum abscopal_status status = preset_find(preset, &chosen, error);
    if (status != ABSCOPAL_OK)
        return status;
    if ((unsigned)kind > ABSCOPAL_LIST_FLUXES || (unsigned)format > ABSCOPAL_LIST_JSON)
        return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0, "there is no such list or format");
    struct list *list = calloc(1, sizeof *list);
    char *text = NULL;
    size_t size = 0;
    FILE *stream = list != NULL ? open_memstream(&text, &size) : NULL;
    bool done =
        stream != NULL && list_fill(list, kind, preset != NULL, chosen) && list_write(&list->table, format, stream);
    if (stream != NULL)
        done = fclose(stream) == 0 && done;
    const enum abscopal_status written = done ? output_write_stream(file, text, size, error) : error_no_memory(error);
    if (list != NULL)
        free(list->table.cells);
    free(list);
    free(text);
    return written;
}
