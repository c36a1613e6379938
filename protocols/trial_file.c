#include "protocols/trial_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "protocols/drug_file.h"
#include "protocols/treatment.h"
#include "protocols/yaml.h"

enum { MOST_ARMS = 1000, MOST_TREATMENTS = 100, MOST_VISITS = 10000, MOST_DRUGS = 32 };
static const double longest_trial_days = 36525; /* a century */
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
static bool switch_read(struct yaml_document *document, const struct yaml_node *node, const char *name)
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
        bool on = switch_read(document, node->items[i + 1], node->items[i]->text);
        if (document->status == ABSCOPAL_OK)
            model_option_set(&trial->options, (int)option, on);
    }
}

/* A path relative to the folder of the trial file. */
static char *path_beside(struct yaml_document *document, const char *path)
{
    const char *slash = strrchr(document->path, '/');
    if (path[0] == '/' || slash == NULL)
        return yaml_copy(document, path);
    size_t folder = (size_t)(slash - document->path) + 1;
    size_t size = folder + strlen(path) + 1;
    char *whole = yaml_allocate(document, size, 1);
    if (whole != NULL)
        snprintf(whole, size, "%.*s%s", (int)folder, document->path, path);
    return whole;
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
    trial->cohort_path = path != NULL ? path_beside(document, path) : NULL;
    if (trial->cohort_path != NULL && access(trial->cohort_path, R_OK) != 0)
        yaml_fail(document, node, "cohort file '%.200s' cannot be read: %s; paths are relative to the trial file",
                  trial->cohort_path, strerror(errno));
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
    char *path = name != NULL ? path_beside(document, name) : NULL;
    char *text = NULL;
    if (path == NULL)
        return;
    if (access(path, R_OK) != 0) {
        yaml_fail(document, node, "drug file '%.200s' cannot be read: %s; paths are relative to the trial file", path,
                  strerror(errno));
    } else {
        struct antibody *drug = &trial->drugs[trial->drug_count];
        document->status = drug_file_read(path, drug, &text, document->error);
        if (document->status == ABSCOPAL_OK) {
            trial->drug_count++;
            drug_name_check(document, node, trial, drug);
            drug_text_add(document, trial, text);
        }
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
    size_t count = yaml_list(document, drugs, "drugs", MOST_DRUGS);
    trial->drugs = yaml_allocate(document, count, sizeof *trial->drugs);
    for (size_t i = 0; trial->drugs != NULL && i < count && document->status == ABSCOPAL_OK; i++)
        drug_read(document, drugs->items[i], trial);
}

/* ---- Imaging */

static void imaging_read(struct yaml_document *document, struct trial_file *trial)
{
    static const char *const keys[] = {"every"};
    const struct yaml_node *imaging =
        yaml_require(document, document->root, "the trial", "imaging", "imaging: {every: 40 d}");
    yaml_check_keys(document, imaging, "imaging", keys, sizeof keys / sizeof *keys);
    const struct yaml_node *every = yaml_require(document, imaging, "imaging", "every", "every: 40 d");
    trial->imaging_interval_days = yaml_quantity_positive(document, every, "imaging every", "d", longest_trial_days);
    if (document->status != ABSCOPAL_OK)
        return;
    if (trial->imaging_interval_days > trial->until_days)
        yaml_fail(document, every, "the first visit would be after the trial ends on day %.6g; image more often",
                  trial->until_days);
    else if (trial->until_days / trial->imaging_interval_days > MOST_VISITS)
        yaml_fail(document, every, "more than %d visits; image less often", MOST_VISITS);
}

/* ---- Arms */

static void drug_count_check(struct yaml_document *document, const struct yaml_node *node, const struct arm *arm)
{
    const struct antibody *drugs[MODEL_MAX_DRUGS];
    int count = 0;
    for (size_t i = 0; i < arm->treatment_count && document->status == ABSCOPAL_OK; i++) {
        const struct antibody *drug = arm->treatments[i].antibody;
        int known = 0;
        while (known < count && drugs[known] != drug)
            known++;
        if (drug == NULL || known < count)
            continue;
        if (count == MODEL_MAX_DRUGS)
            yaml_fail(document, node->items[i], "more than %d different drugs in one arm", MODEL_MAX_DRUGS);
        else
            drugs[count++] = drug;
    }
}

static void arm_read(struct yaml_document *document, const struct yaml_node *node, const struct trial_file *trial,
                     struct arm *arm)
{
    static const char *const keys[] = {"name", "treatments"};
    yaml_check_keys(document, node, "an arm", keys, sizeof keys / sizeof *keys);
    const struct yaml_node *name = yaml_require(document, node, "an arm", "name", "name: nivolumab");
    arm->name = yaml_copy(document, yaml_text(document, name, "the arm's name"));
    const struct yaml_node *treatments =
        yaml_require(document, node, "an arm", "treatments", "treatments: [{drug: ...}]");
    size_t count = yaml_list(document, treatments, "treatments", MOST_TREATMENTS);
    arm->treatments = yaml_allocate(document, count, sizeof *arm->treatments);
    if (arm->treatments == NULL)
        return;
    arm->treatment_count = count;
    for (size_t i = 0; i < count; i++)
        treatment_read(document, treatments->items[i], trial, &arm->treatments[i]);
    drug_count_check(document, treatments, arm);
}

static void arms_read(struct yaml_document *document, struct trial_file *trial)
{
    const struct yaml_node *arms =
        yaml_require(document, document->root, "the trial", "arms", "arms: [{name: ..., treatments: [...]}]");
    size_t count = yaml_list(document, arms, "arms", MOST_ARMS);
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
}

/* ---- The trial */

static void trial_read(struct yaml_document *document, struct trial_file *trial)
{
    static const char *const keys[] = {"name",  "model",   "model_options",   "cohort", "drugs",
                                       "until", "imaging", "detection_limit", "arms"};
    yaml_check_keys(document, document->root, "the trial", keys, sizeof keys / sizeof *keys);
    const struct yaml_node *name = yaml_require(document, document->root, "the trial", "name", "name: my trial");
    trial->name = yaml_copy(document, yaml_text(document, name, "name"));
    model_read(document, trial);
    model_options_read(document, trial);
    cohort_read(document, trial);
    drugs_read(document, trial);
    const struct yaml_node *until = yaml_require(document, document->root, "the trial", "until", "until: 400 d");
    trial->until_days = yaml_quantity_positive(document, until, "until", "d", longest_trial_days);
    imaging_read(document, trial);
    const struct yaml_node *limit = yaml_find(document->root, "detection_limit");
    trial->detection_limit_mm = limit != NULL ? yaml_quantity_within(document, limit, "detection_limit", "mm", 0, 50)
                                              : default_detection_limit_mm;
    arms_read(document, trial);
    trial->path = yaml_copy(document, document->path);
    trial->text = yaml_copy(document, document->text);
}

enum abscopal_status trial_file_read(const char *path, struct trial_file *trial, struct abscopal_error *error)
{
    struct yaml_document document;
    *trial = (struct trial_file){.path = NULL};
    enum abscopal_status status = yaml_read(path, &document, error);
    if (status != ABSCOPAL_OK)
        return status;
    trial_read(&document, trial);
    status = document.status;
    yaml_free(&document);
    if (status != ABSCOPAL_OK)
        trial_file_free(trial);
    return status;
}

void trial_file_free(struct trial_file *trial)
{
    for (size_t i = 0; i < trial->arm_count; i++) {
        free(trial->arms[i].name);
        free(trial->arms[i].treatments);
    }
    free(trial->arms);
    for (size_t i = 0; i < trial->drug_count; i++)
        drug_file_free(&trial->drugs[i]);
    free(trial->drugs);
    free(trial->drug_text);
    free(trial->path);
    free(trial->text);
    free(trial->name);
    free(trial->cohort_path);
    *trial = (struct trial_file){.path = NULL};
}
