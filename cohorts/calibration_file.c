#include "cohorts/calibration_file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cohorts/calibration_keys.h"
#include "cohorts/calibration_read.h"
#include "cohorts/cohort_file.h"
#include "protocols/trial_file.h"

/* ---- What it names ---------------------------------------------------------------------------------- */

/* Reads an input into room for it, once it is known to be what it should be. */
static void input_read(struct calibration_reader *reader, const struct yaml_node *node, const char *name,
                       struct calibration_input *input, struct yaml_document *content)
{
    struct yaml_document *document = reader->document;
    const char *path = yaml_text(document, node, name);
    input->path = path != NULL ? yaml_path_beside(document, node, path) : NULL;
    input->name = yaml_copy(document, name);
    if (input->path != NULL && access(input->path, R_OK) != 0)
        yaml_fail(document, node, "file '%.200s' cannot be read: %s; paths are relative to the calibration file",
                  input->path, strerror(errno));
    if (document->status == ABSCOPAL_OK)
        document->status = yaml_read(input->path, content, document->error);
    if (document->status == ABSCOPAL_OK)
        input->text = yaml_copy(document, content->text);
}

static void cohort_read(struct calibration_reader *reader, struct calibration *calibration)
{
    struct yaml_document *document = reader->document;
    struct cohort cohort = {.path = NULL};
    const struct yaml_node *node =
        yaml_require(document, document->root, calibration_keys.what, "cohort", "cohort: start.yaml");
    input_read(reader, node, "cohort", &calibration->cohort, &reader->contents[0]);
    if (document->status == ABSCOPAL_OK)
        document->status =
            cohort_file_read_text(calibration->cohort.path, calibration->cohort.text, &cohort, document->error);
    cohort_free(&cohort);
}

static void arms_keep(struct calibration_reader *reader, size_t index, const struct trial_file *trial)
{
    const char **names = yaml_allocate(reader->document, trial->arm_count, sizeof *names);
    for (size_t i = 0; names != NULL && i < trial->arm_count; i++)
        names[i] = yaml_copy(reader->document, trial->arms[i].name);
    reader->arms[index] = names;
    reader->arm_counts[index] = names != NULL ? trial->arm_count : 0;
    reader->until_days[index] = trial->until_days;
}

static void trial_read(struct calibration_reader *reader, const struct yaml_node *key, const struct yaml_node *node,
                       struct calibration *calibration)
{
    struct yaml_document *document = reader->document;
    const size_t index = calibration->trial_count++;
    struct calibration_input *input = &calibration->trials[index];
    struct trial_file trial = {.path = NULL};
    const char *name = yaml_text(document, key, "the name of a trial");
    if (name == NULL)
        return;
    if (strcmp(name, "cohort") == 0)
        yaml_fail(document, key, "a trial cannot be called 'cohort', which stands for the cohort file; rename it");
    input_read(reader, node, name, input, &reader->contents[1 + index]);
    if (document->status == ABSCOPAL_OK)
        document->status = trial_file_read_text(input->path, input->text, &trial, document->error);
    if (document->status != ABSCOPAL_OK)
        return;
    input->arm_count = trial.arm_count;
    arms_keep(reader, index, &trial);
    if (trial.cohort_path == NULL)
        yaml_fail(document, node, "the model of '%.64s' takes no cohort, so there is nothing to calibrate in it", name);
    trial_file_free(&trial);
}

static void trials_read(struct calibration_reader *reader, struct calibration *calibration)
{
    struct yaml_document *document = reader->document;
    const struct yaml_node *node =
        yaml_require(document, document->root, calibration_keys.what, "trials", "trials: {mine: my-trial.yaml}");
    if (document->status != ABSCOPAL_OK)
        return;
    if (node->kind != YAML_MAPPING || node->item_count == 0) {
        yaml_fail(document, node,
                  "trials must be a mapping of names of your own to trial files, such as "
                  "{mine: my-trial.yaml}");
        return;
    }
    const size_t count = node->item_count / 2;
    if (count > CALIBRATION_MOST_TRIALS)
        yaml_fail(document, node, "trials must be at most %d, not %zu", CALIBRATION_MOST_TRIALS, count);
    calibration->trials = yaml_allocate(document, count, sizeof *calibration->trials);
    for (size_t i = 0; calibration->trials != NULL && i < count && document->status == ABSCOPAL_OK; i++)
        trial_read(reader, node->items[2 * i], node->items[2 * i + 1], calibration);
}

/* ---- Patients and search ---------------------------------------------------------------------------- */

static void fresh_read(struct yaml_document *document, struct calibration *calibration)
{
    enum { USUAL_PATIENTS = 2000 };
    static const double usual_tolerance = 1e-6;
    const struct yaml_node *node = yaml_find(document->root, "fresh");
    if (document->status != ABSCOPAL_OK || node == NULL)
        return;
    input_keys_check(document, node, &calibration_fresh_keys);
    const struct yaml_node *seeds =
        yaml_require(document, node, calibration_fresh_keys.what, "seeds", "seeds: [101, 102, 103]");
    calibration->fresh_patients =
        (size_t)input_integer(document, node, &calibration_fresh_keys, "patients", USUAL_PATIENTS);
    calibration->fresh_tolerance =
        input_quantity(document, node, &calibration_fresh_keys, "tolerance", usual_tolerance);
    const size_t count = yaml_list(document, seeds, "seeds", CALIBRATION_MOST_SEEDS);
    calibration->fresh_seeds = yaml_allocate(document, count, sizeof *calibration->fresh_seeds);
    for (size_t i = 0; calibration->fresh_seeds != NULL && i < count; i++) {
        const uint64_t seed = (uint64_t)yaml_integer_within(document, seeds->items[i], "a seed", 0, INT64_MAX);
        calibration->fresh_seeds[i] = seed;
        if (document->status == ABSCOPAL_OK && seed == calibration->seed)
            yaml_fail(document, seeds->items[i], "seed %llu is that of the fit; a fresh one is another",
                      (unsigned long long)seed);
        for (size_t j = 0; j < i && document->status == ABSCOPAL_OK; j++)
            if (calibration->fresh_seeds[j] == seed)
                yaml_fail(document, seeds->items[i], "seed %llu is given twice", (unsigned long long)seed);
    }
    calibration->fresh_count = count;
}

static void patients_read(struct yaml_document *document, struct calibration *calibration)
{
    static const double usual_tolerance = 1e-4;
    const struct yaml_node *root = document->root;
    yaml_require(document, root, calibration_keys.what, "patients", "patients: 600");
    calibration->patients = (size_t)input_integer(document, root, &calibration_keys, "patients", 0);
    const struct yaml_node *seed = yaml_require(document, root, calibration_keys.what, "seed", "seed: 1");
    calibration->seed = (uint64_t)yaml_integer_within(document, seed, "seed", 0, INT64_MAX);
    calibration->tolerance = input_quantity(document, root, &calibration_keys, "tolerance", usual_tolerance);
    fresh_read(document, calibration);
}

static void search_read(struct yaml_document *document, struct calibration *calibration)
{
    enum { USUAL_GLOBAL = 300, USUAL_LOCAL = 200, USUAL_STALL = 100 };
    const struct input_mapping *keys = &calibration_search_keys;
    const struct yaml_node *node = yaml_find(document->root, "search");
    if (node != NULL)
        input_keys_check(document, node, keys);
    calibration->global = (enum calibration_global)input_choice_read(document, yaml_find(node, "global"),
                                                                     "global method", input_value_of(keys, "global"));
    calibration->local = (enum calibration_local)input_choice_read(document, yaml_find(node, "local"), "local method",
                                                                   input_value_of(keys, "local"));
    calibration->global_evaluations = input_integer(document, node, keys, "global_evaluations", USUAL_GLOBAL);
    calibration->local_evaluations = input_integer(document, node, keys, "local_evaluations", USUAL_LOCAL);
    calibration->stalled_after = input_integer(document, node, keys, "stalled_after", USUAL_STALL);
}

/* ---- The calibration -------------------------------------------------------------------------------- */

static void calibration_read(struct calibration_reader *reader, struct calibration *calibration)
{
    struct yaml_document *document = reader->document;
    input_keys_check(document, document->root, &calibration_keys);
    const struct yaml_node *name =
        yaml_require(document, document->root, calibration_keys.what, "name", "name: my calibration");
    calibration->name = yaml_copy(document, yaml_text(document, name, "name"));
    calibration->file.path = yaml_copy(document, document->path);
    calibration->file.text = yaml_copy(document, document->text);
    patients_read(document, calibration);
    search_read(document, calibration);
    cohort_read(reader, calibration);
    trials_read(reader, calibration);
    calibration_read_targets(reader, calibration);
    calibration_read_variables(reader, calibration);
}

static void reader_close(struct calibration_reader *reader)
{
    for (size_t i = 0; i < CALIBRATION_MOST_TRIALS; i++) {
        for (size_t arm = 0; arm < reader->arm_counts[i]; arm++)
            free((char *)reader->arms[i][arm]);
        free(reader->arms[i]);
    }
    for (size_t i = 0; i < 1 + CALIBRATION_MOST_TRIALS; i++)
        yaml_free(&reader->contents[i]);
}

enum abscopal_status calibration_file_read(const char *path, struct calibration *calibration,
                                           struct abscopal_error *error)
{
    struct yaml_document document;
    *calibration = (struct calibration){.name = NULL};
    enum abscopal_status status = yaml_read(path, &document, error);
    if (status != ABSCOPAL_OK)
        return status;
    struct calibration_reader *reader = yaml_allocate(&document, 1, sizeof *reader);
    if (reader != NULL) {
        reader->document = &document;
        calibration_read(reader, calibration);
        reader_close(reader);
        free(reader);
    }
    status = document.status;
    yaml_free(&document);
    if (status != ABSCOPAL_OK)
        calibration_free(calibration);
    return status;
}

static void input_free(struct calibration_input *input)
{
    free(input->name);
    free(input->path);
    free(input->text);
}

void calibration_free(struct calibration *calibration)
{
    input_free(&calibration->file);
    input_free(&calibration->cohort);
    for (size_t i = 0; i < calibration->trial_count; i++)
        input_free(&calibration->trials[i]);
    for (size_t i = 0; i < calibration->target_count; i++) {
        free(calibration->targets[i].arm_name);
        free(calibration->targets[i].over_name);
    }
    for (size_t i = 0; i < calibration->variable_count; i++) {
        struct calibration_variable *variable = &calibration->variables[i];
        for (size_t j = 0; j < variable->path_count; j++)
            free(variable->paths[j]);
        free(variable->paths);
        free(variable->name);
        free(variable->unit);
    }
    free(calibration->name);
    free(calibration->trials);
    free(calibration->targets);
    free(calibration->variables);
    free(calibration->fresh_seeds);
    *calibration = (struct calibration){.name = NULL};
}
