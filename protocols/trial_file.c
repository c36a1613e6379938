#include "protocols/trial_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "protocols/drug_file.h"
#include "protocols/error.h"
#include "protocols/nonmem_read.h"
#include "protocols/treatment.h"
#include "protocols/trial_design.h"
#include "protocols/trial_keys.h"
#include "protocols/yaml.h"

static const double default_detection_limit_mm = 2;

static void model_read(struct yaml_document *document, struct trial_file *trial)
{
    const char *names[MODEL_PRESET_COUNT];
    for (int i = 0; i < MODEL_PRESET_COUNT; i++)
        names[i] = model_preset_name((enum model_preset)i);
    const struct yaml_node *node = yaml_require(document, document->root, "the trial", "model", "model: nsclc");
    trial->preset = (enum model_preset)yaml_choice(document, node, "model", names, MODEL_PRESET_COUNT);
}

/* Switches read better as on and off, which YAML 1.2 takes for words. */
static bool on_off_read(struct yaml_document *document, const struct yaml_node *node, const char *name)
{
    const char *text = yaml_text(document, node, name);
    bool on = text != NULL && (strcmp(text, "on") == 0 || strcmp(text, "true") == 0);
    if (text != NULL && !on && strcmp(text, "off") != 0 && strcmp(text, "false") != 0)
        yaml_fail(document, node, "%s must be on or off (or true or false), not '%.40s'", name, text);
    return on;
}

static void model_options_read(struct yaml_document *document, struct trial_file *trial)
{
    const struct yaml_node *node = yaml_find(document->root, "model_options");
    if (document->status != ABSCOPAL_OK)
        return;
    model_preset_options(trial->preset, &trial->options);
    if (node == NULL)
        return;
    const char *names[MODEL_OPTION_COUNT];
    for (int i = 0; i < MODEL_OPTION_COUNT; i++)
        names[i] = model_option_describe(i)->name;
    if (trial->preset == PRESET_QSPIO_NSCLC_2020)
        yaml_fail(document, node, "the model %s is as published and has no options; remove 'model_options'",
                  model_preset_name(trial->preset));
    else if (node->kind != YAML_MAPPING)
        yaml_fail(document, node, "model_options must be a mapping of options to on or off, such as {memory: off}");
    for (size_t i = 0; document->status == ABSCOPAL_OK && i + 1 < node->item_count; i += 2) {
        size_t option = yaml_choice(document, node->items[i], "model option", names, MODEL_OPTION_COUNT);
        bool on = on_off_read(document, node->items[i + 1], node->items[i]->text);
        if (document->status == ABSCOPAL_OK)
            model_option_set(&trial->options, (int)option, on);
    }
}

static void cohort_read(struct yaml_document *document, struct trial_file *trial)
{
    const struct yaml_node *node = yaml_find(document->root, "cohort");
    if (document->status != ABSCOPAL_OK)
        return;
    if (trial->preset == PRESET_QSPIO_NSCLC_2020) {
        if (node != NULL)
            yaml_fail(document, node,
                      "the model %s starts from its published state and takes no cohort; remove the line",
                      model_preset_name(trial->preset));
        return;
    }
    node = yaml_require(document, document->root, "the trial", "cohort", "cohort: ../cohorts/advanced-nsclc.yaml");
    const char *path = yaml_text(document, node, "cohort");
    trial->cohort_path = path != NULL ? yaml_path_beside(document, node, path) : NULL;
    if (trial->cohort_path != NULL && document->stored == NULL && access(trial->cohort_path, R_OK) != 0)
        yaml_fail(document, node, "cohort file '%.200s' cannot be read: %s; paths are relative to the trial file",
                  trial->cohort_path, strerror(errno));
}

/* ---- Files that the trial names besides */

/* A copy of the text that stands for the file. */
static char *stored_text(struct yaml_document *document, const struct yaml_node *node, const char *name)
{
    const char *text = named_texts_find(document->stored, name);
    if (text == NULL)
        yaml_fail(document, node, "the text of '%.200s' is not stored: was the file written by another version?", name);
    return text != NULL ? yaml_copy(document, text) : NULL;
}

static void file_keep(struct yaml_document *document, struct trial_file *trial, const char *name, const char *text)
{
    if (!named_texts_add(&trial->files, name, text))
        document->status = error_no_memory(document->error);
}

/* ---- Drugs of the trial's own */

/* Two drugs of one name, letter case aside, would be taken for each other. */
static void drug_name_check(struct yaml_document *document, const struct yaml_node *node,
                            const struct trial_file *trial, const struct antibody *drug)
{
    const struct antibody *known;
    for (size_t i = 0; (known = model_preset_antibody(trial->preset, i)) != NULL; i++)
        if (strcasecmp(drug->name, known->name) == 0)
            yaml_fail(document, node, "the model %s has a drug '%s' already; give the one of this file another name",
                      model_preset_name(trial->preset), known->name);
    for (known = trial->drugs; known < drug; known++)
        if (strcasecmp(drug->name, known->name) == 0)
            yaml_fail(document, node, "two drug files define '%s'; give one of them another name", known->name);
}

/* Appends a file's text, after a line "---", to those read before. */
static void drug_text_add(struct yaml_document *document, struct trial_file *trial, const char *text)
{
    const char *before = trial->drug_text != NULL ? trial->drug_text : "";
    size_t size = strlen(before) + strlen(text) + sizeof "\n---\n";
    char *joined = yaml_allocate(document, size, 1);
    if (joined == NULL)
        return;
    size_t length = strlen(before);
    snprintf(joined, size, "%s%s---\n%s", before, length > 0 && before[length - 1] != '\n' ? "\n" : "", text);
    free(trial->drug_text);
    trial->drug_text = joined;
}

static void drug_read(struct yaml_document *document, const struct yaml_node *node, struct trial_file *trial)
{
    const char *name = yaml_text(document, node, "a drug file");
    char *path = name != NULL ? yaml_path_beside(document, node, name) : NULL;
    char *text = NULL;
    if (path == NULL)
        return;
    struct antibody *drug = &trial->drugs[trial->drug_count];
    if (document->stored != NULL) {
        text = stored_text(document, node, name);
        if (text != NULL)
            document->status = drug_file_read_text(path, text, drug, document->error);
    } else if (access(path, R_OK) != 0) {
        yaml_fail(document, node, "drug file '%.200s' cannot be read: %s; paths are relative to the trial file", path,
                  strerror(errno));
    } else {
        document->status = drug_file_read(path, drug, &text, document->error);
    }
    if (text != NULL && document->status == ABSCOPAL_OK) {
        trial->drug_count++;
        drug_name_check(document, node, trial, drug);
        drug_text_add(document, trial, text);
        file_keep(document, trial, name, text);
    }
    free(text);
    free(path);
}

static void drugs_read(struct yaml_document *document, struct trial_file *trial)
{
    const struct yaml_node *drugs = yaml_find(document->root, "drugs");
    if (document->status != ABSCOPAL_OK || drugs == NULL)
        return;
    if (trial->preset == PRESET_QSPIO_NSCLC_2020) {
        yaml_fail(document, drugs, "the model %s is as published and takes no drugs of your own; write 'model: %s'",
                  model_preset_name(trial->preset), model_preset_name(PRESET_NSCLC));
        return;
    }
    size_t count = yaml_list(document, drugs, "drugs", TRIAL_MOST_DRUG_FILES);
    trial->drugs = yaml_allocate(document, count, sizeof *trial->drugs);
    for (size_t i = 0; trial->drugs != NULL && i < count && document->status == ABSCOPAL_OK; i++)
        drug_read(document, drugs->items[i], trial);
}

/* ---- Arms */

int arm_drugs(const struct trial_file *trial, const struct arm *arm, const struct antibody **drugs)
{
    int count = 0;
    /* An arm can be switched to from another, which again switches: each is looked at once. */
    for (size_t step = 0; step < trial->arm_count; step++) {
        for (size_t i = 0; i < arm->treatment_count; i++) {
            const struct antibody *drug = arm->treatments[i].antibody;
            bool known = drug == NULL;
            for (int j = 0; j < count; j++)
                known = known || drugs[j] == drug;
            if (!known && count == MODEL_MAX_DRUGS)
                return MODEL_MAX_DRUGS + 1;
            if (!known)
                drugs[count++] = drug;
        }
        if (!arm->switches)
            break;
        arm = &trial->arms[arm->switch_to];
    }
    return count;
}

bool arm_is_adaptive(const struct arm *arm)
{
    if (arm->switches)
        return true;
    for (size_t i = 0; i < arm->treatment_count; i++) {
        const struct treatment *treatment = &arm->treatments[i];
        if (treatment->begin > BEGIN_AFTER_BLOCK || treatment->end != 0 || treatment->unless_progressed ||
            treatment->least_lymphocytes_per_ul > 0)
            return true;
    }
    return false;
}

static void drug_count_check(struct yaml_document *document, const struct yaml_node *node,
                             const struct trial_file *trial, const struct arm *arm)
{
    const struct antibody *drugs[MODEL_MAX_DRUGS];
    struct arm part = {.treatments = arm->treatments};
    if (document->status != ABSCOPAL_OK || arm_drugs(trial, arm, drugs) <= MODEL_MAX_DRUGS)
        return;
    while (part.treatment_count < arm->treatment_count && arm_drugs(trial, &part, drugs) <= MODEL_MAX_DRUGS)
        part.treatment_count++;
    if (arm_drugs(trial, &part, drugs) > MODEL_MAX_DRUGS)
        yaml_fail(document, yaml_find(node, "treatments")->items[part.treatment_count - 1],
                  "more than %d different drugs in one arm", MODEL_MAX_DRUGS);
    else
        yaml_fail(document, yaml_find(node, "at_progression"),
                  "more than %d different drugs in this arm and those that it switches to", MODEL_MAX_DRUGS);
}

/* {records: dosing.csv, arm: its name there}, which is the arm's own unless given. */
static void records_read(struct yaml_document *document, const struct yaml_node *node, struct trial_file *trial,
                         struct arm *arm)
{
    input_keys_check(document, node, &records_keys);
    const struct yaml_node *records = yaml_require(document, node, records_keys.what, "records", "records: dosing.csv");
    const char *file = yaml_text(document, records, "records");
    const char *name = yaml_text(document, yaml_find(node, "arm"), "arm");
    char *path = file != NULL ? yaml_path_beside(document, records, file) : NULL;
    char *text = NULL;
    if (path != NULL)
        text = document->stored != NULL ? stored_text(document, records, file) : nonmem_text(document, records, path);
    if (text != NULL) {
        nonmem_read(document, records, path, text, name != NULL ? name : arm->name, trial, arm);
        file_keep(document, trial, file, text);
    }
    free(text);
    free(path);
}

static void arm_read(struct yaml_document *document, const struct yaml_node *node, struct trial_file *trial,
                     struct arm *arm)
{
    input_keys_check(document, node, &arm_keys);
    const struct yaml_node *name = yaml_require(document, node, "an arm", "name", "name: nivolumab");
    arm->name = yaml_copy(document, yaml_text(document, name, "the arm's name"));
    const struct yaml_node *treatments =
        yaml_require(document, node, "an arm", "treatments", "treatments: [{drug: ...}]");
    if (document->status != ABSCOPAL_OK)
        return;
    if (treatments->kind == YAML_MAPPING && yaml_find(treatments, "records") != NULL) {
        records_read(document, treatments, trial, arm);
        return;
    }
    size_t count = yaml_list(document, treatments, "treatments", TREATMENT_MOST_IN_ARM);
    arm->treatments = yaml_allocate(document, count, sizeof *arm->treatments);
    if (arm->treatments == NULL)
        return;
    arm->treatment_count = count;
    for (size_t i = 0; i < count; i++)
        treatment_read(document, treatments, trial, arm, i, &arm->treatments[i]);
}

/* {switch_to: name, lag: 7 d}, once all arms have names. */
static void switch_read(struct yaml_document *document, const struct yaml_node *node, struct trial_file *trial,
                        size_t index)
{
    const struct yaml_node *at = yaml_find(node, "at_progression");
    if (document->status != ABSCOPAL_OK || at == NULL)
        return;
    struct arm *arm = &trial->arms[index];
    input_keys_check(document, at, &switch_keys);
    const struct yaml_node *to =
        yaml_require(document, at, "at_progression", "switch_to", "switch_to: the name of another arm");
    const char **names = yaml_allocate(document, trial->arm_count, sizeof *names);
    for (size_t i = 0; names != NULL && i < trial->arm_count; i++)
        names[i] = trial->arms[i].name;
    arm->switch_to = names != NULL ? yaml_choice(document, to, "arm", names, trial->arm_count) : 0;
    free(names);
    const struct yaml_node *lag = yaml_find(at, "lag");
    arm->switch_lag_days = input_quantity(document, at, &switch_keys, "lag", 0);
    if (document->status == ABSCOPAL_OK && arm->switch_lag_days >= trial->until_days)
        yaml_fail(document, lag, "a lag of %.40s ends after the trial (day %.6g, 'until'); write a shorter one",
                  lag->text, trial->until_days);
    arm->switches = document->status == ABSCOPAL_OK;
    if (document->status == ABSCOPAL_OK && arm->switch_to == index)
        yaml_fail(document, to, "an arm cannot switch to itself; name another");
    for (size_t i = 0; i < arm->treatment_count && document->status == ABSCOPAL_OK; i++)
        if (arm->treatments[i].begin == BEGIN_AT_PROGRESSION)
            yaml_fail(document, at,
                      "at progression the treatments of '%.64s' replace these, and what begins 'when: progression' "
                      "never does; give it there",
                      trial->arms[arm->switch_to].name);
}

static void arms_read(struct yaml_document *document, struct trial_file *trial)
{
    const struct yaml_node *arms =
        yaml_require(document, document->root, "the trial", "arms", "arms: [{name: ..., treatments: [...]}]");
    size_t count = yaml_list(document, arms, "arms", TRIAL_MOST_ARMS);
    trial->arms = yaml_allocate(document, count, sizeof *trial->arms);
    if (trial->arms == NULL)
        return;
    trial->arm_count = count;
    for (size_t i = 0; i < count && document->status == ABSCOPAL_OK; i++) {
        arm_read(document, arms->items[i], trial, &trial->arms[i]);
        for (size_t j = 0; j < i && document->status == ABSCOPAL_OK; j++)
            if (strcmp(trial->arms[i].name, trial->arms[j].name) == 0)
                yaml_fail(document, yaml_find(arms->items[i], "name"), "two arms are named '%.64s'; rename one",
                          trial->arms[i].name);
    }
    for (size_t i = 0; i < count; i++)
        switch_read(document, arms->items[i], trial, i);
    for (size_t i = 0; i < count && document->status == ABSCOPAL_OK; i++)
        drug_count_check(document, arms->items[i], trial, &trial->arms[i]);
}

/* ---- The trial */

static void trial_read(struct yaml_document *document, struct trial_file *trial)
{
    input_keys_check(document, document->root, &trial_keys);
    const struct yaml_node *name = yaml_require(document, document->root, "the trial", "name", "name: my trial");
    trial->name = yaml_copy(document, yaml_text(document, name, "name"));
    model_read(document, trial);
    model_options_read(document, trial);
    cohort_read(document, trial);
    drugs_read(document, trial);
    const struct yaml_node *until = yaml_require(document, document->root, "the trial", "until", "until: 400 d");
    trial->until_days = input_quantity_read(document, until, "until", input_value_of(&trial_keys, "until"));
    trial_design_read_imaging(document, trial);
    trial->detection_limit_mm =
        input_quantity(document, document->root, &trial_keys, "detection_limit", default_detection_limit_mm);
    trial_design_read_response(document, trial);
    arms_read(document, trial);
    trial_design_read_patients(document, trial);
    trial_design_read_published(document, trial);
    trial->path = yaml_copy(document, document->path);
    trial->text = yaml_copy(document, document->text);
}

/* Of a document as read, which it frees. */
static enum abscopal_status document_read(struct yaml_document *document, struct trial_file *trial)
{
    trial_read(document, trial);
    const enum abscopal_status status = document->status;
    yaml_free(document);
    if (status != ABSCOPAL_OK)
        trial_file_free(trial);
    return status;
}

enum abscopal_status trial_file_read(const char *path, struct trial_file *trial, struct abscopal_error *error)
{
    struct yaml_document document;
    *trial = (struct trial_file){.path = NULL};
    const enum abscopal_status status = yaml_read(path, &document, error);
    return status == ABSCOPAL_OK ? document_read(&document, trial) : status;
}

enum abscopal_status trial_file_read_text(const char *path, const char *text, struct trial_file *trial,
                                          struct abscopal_error *error)
{
    return trial_file_read_stored(path, text, NULL, trial, error);
}

enum abscopal_status trial_file_read_stored(const char *path, const char *text, const struct named_texts *stored,
                                            struct trial_file *trial, struct abscopal_error *error)
{
    struct yaml_document document;
    *trial = (struct trial_file){.path = NULL};
    const enum abscopal_status status = yaml_read_text(path, text, &document, error);
    document.stored = stored;
    return status == ABSCOPAL_OK ? document_read(&document, trial) : status;
}

void trial_file_free(struct trial_file *trial)
{
    for (size_t i = 0; i < trial->arm_count; i++) {
        free(trial->arms[i].name);
        for (size_t j = 0; j < trial->arms[i].treatment_count; j++)
            free(trial->arms[i].treatments[j].id);
        free(trial->arms[i].treatments);
    }
    free(trial->arms);
    for (size_t i = 0; i < trial->drug_count; i++)
        drug_file_free(&trial->drugs[i]);
    free(trial->drugs);
    trial_design_free(trial);
    free(trial->drug_text);
    named_texts_free(&trial->files);
    free(trial->path);
    free(trial->text);
    free(trial->name);
    free(trial->cohort_path);
    *trial = (struct trial_file){.path = NULL};
}
