#include "cohorts/power_file.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cohorts/power_keys.h"
#include "protocols/trial_design.h"

/* ---- The trial and its arms ------------------------------------------------------------------------- */

static const struct yaml_node *require(struct yaml_document *document, const char *key, const char *write)
{
    return yaml_require(document, document->root, power_keys.what, key, write);
}

static void arms_read(struct yaml_document *document, const struct trial_file *trial, struct power_file *design)
{
    const struct yaml_node *list = require(document, "arms", "arms: [drug alone, drug and radiotherapy]");
    const size_t count = yaml_list(document, list, "arms", POWER_MOST_ARMS);
    const char **names = yaml_allocate(document, trial->arm_count, sizeof *names);
    for (size_t i = 0; names != NULL && i < trial->arm_count; i++)
        names[i] = trial->arms[i].name;
    if (document->status == ABSCOPAL_OK && count < 2)
        yaml_fail(document, list, "a trial that compares needs two arms or three, not %zu", count);
    for (size_t i = 0; i < count && names != NULL && document->status == ABSCOPAL_OK; i++) {
        const size_t arm = yaml_choice(document, list->items[i], "arm", names, trial->arm_count);
        for (size_t j = 0; j < i && document->status == ABSCOPAL_OK; j++)
            if (strcmp(design->arms[j], names[arm]) == 0)
                yaml_fail(document, list->items[i], "arm '%.100s' is given twice", names[arm]);
        if (document->status == ABSCOPAL_OK)
            design->arms[design->arm_count++] = yaml_copy(document, names[arm]);
    }
    free(names);
}

static void trial_check(struct yaml_document *document, const struct yaml_node *node, const struct trial_file *trial,
                        const struct power_file *design)
{
    if (trial->cohort_path == NULL)
        yaml_fail(document, node, "the model of this trial takes no cohort, so there are no patients to draw");
    else if (trial->allocation.disjoint)
        yaml_fail(document, node,
                  "this trial is randomised, and patients are drawn with what they would do in every arm; remove its "
                  "'allocation' and write it here");
    else if (design->imaging.error > 0 && trial->imaging.error > 0)
        yaml_fail(document, node,
                  "the imaging of this trial has errors already; write 'error' in one of the two files");
    else if (design->imaging.missed_probability > 0 && trial->imaging.missed_probability > 0)
        yaml_fail(document, node, "of this trial visits are missed already; write 'missed' in one of the two files");
    else if (design->at_days > trial->until_days)
        yaml_fail(document, yaml_find(document->root, "endpoint"), "day %.10g is after the end of the trial, day %.10g",
                  design->at_days, trial->until_days);
}

/* Needs what the design says of imaging and its endpoint. */
static void trial_read(struct yaml_document *document, struct power_file *design)
{
    struct trial_file trial = {.path = NULL};
    const struct yaml_node *node = require(document, "trial", "trial: my-trial.yaml");
    const char *path = yaml_text(document, node, "trial");
    design->trial_path = path != NULL ? yaml_path_beside(document, node, path) : NULL;
    if (design->trial_path == NULL)
        return;
    if (access(design->trial_path, R_OK) != 0) {
        yaml_fail(document, node, "file '%.200s' cannot be read: %s; paths are relative to the file of the design",
                  design->trial_path, strerror(errno));
        return;
    }
    document->status = trial_file_read(design->trial_path, &trial, document->error);
    if (document->status != ABSCOPAL_OK)
        return;
    design->until_days = trial.until_days;
    trial_check(document, node, &trial, design);
    arms_read(document, &trial, design);
    trial_file_free(&trial);
}

/* ---- What is compared ------------------------------------------------------------------------------- */

static void endpoint_read(struct yaml_document *document, struct power_file *design)
{
    const struct yaml_node *node = require(document, "endpoint", "endpoint: best_response_rate"), *name = node;
    design->at_days = NAN;
    if (document->status != ABSCOPAL_OK)
        return;
    if (node->kind == YAML_MAPPING) {
        input_keys_check(document, node, &power_endpoint_keys);
        name = yaml_require(document, node, power_endpoint_keys.what, "endpoint", "endpoint: best_response_rate");
        design->at_days = input_quantity(document, node, &power_endpoint_keys, "at", NAN);
    }
    if (document->status != ABSCOPAL_OK)
        return;
    design->endpoint = (enum power_endpoint)input_choice_read(document, name, "endpoint",
                                                              input_value_of(&power_endpoint_keys, "endpoint"));
    if (document->status == ABSCOPAL_OK && power_is_survival(design) && !isnan(design->at_days))
        yaml_fail(document, node, "%s is not of a day; remove 'at'", power_endpoint_name(design->endpoint));
}

/* The value of a key, checked against its row; NULL node: otherwise. */
static size_t choice(struct yaml_document *document, const struct yaml_node *of, const struct input_mapping *keys,
                     const char *key, size_t otherwise)
{
    const struct yaml_node *node = of != NULL ? yaml_find(of, key) : NULL;
    return node != NULL ? input_choice_read(document, node, key, input_value_of(keys, key)) : otherwise;
}

/* The mapping of a key that may be missing, with its keys checked; NULL without. */
static const struct yaml_node *mapping_find(struct yaml_document *document, const char *key,
                                            const struct input_mapping *keys)
{
    const struct yaml_node *node = document->status == ABSCOPAL_OK ? yaml_find(document->root, key) : NULL;
    if (node != NULL)
        input_keys_check(document, node, keys);
    return document->status == ABSCOPAL_OK ? node : NULL;
}

/* Needs endpoint and strata. */
static void test_read(struct yaml_document *document, struct power_file *design)
{
    const struct input_mapping *keys = &power_test_keys;
    const struct yaml_node *node = mapping_find(document, "test", keys);
    const bool survival = power_is_survival(design);
    const size_t usual = survival ? POWER_LOG_RANK : POWER_CHI_SQUARE;
    design->alpha = node != NULL ? input_quantity(document, node, keys, "alpha", 0.05) : 0.05;
    design->sides = node != NULL ? input_integer(document, node, keys, "sides", 2) : 2;
    design->test = (enum power_test)choice(document, node, keys, "method", usual);
    design->bonferroni = choice(document, node, keys, "multiplicity", 0) == 0;
    if (document->status != ABSCOPAL_OK)
        return;
    const bool of_times = design->test == POWER_LOG_RANK || design->test == POWER_STRATIFIED_LOG_RANK;
    const bool of_strata = design->test == POWER_STRATIFIED_LOG_RANK || design->test == POWER_COCHRAN_MANTEL_HAENSZEL;
    if (of_times != survival)
        yaml_fail(document, yaml_find(node, "method"), "%s is a test of %s; %s asks for %s",
                  power_test_name(design->test), of_times ? "times" : "shares", power_endpoint_name(design->endpoint),
                  survival ? "log-rank or stratified-log-rank" : "chi-square, fisher or cochran-mantel-haenszel");
    else if (of_strata && design->allocation.stratum_count == 0)
        yaml_fail(document, yaml_find(node, "method"),
                  "%s needs strata; write for instance 'allocation: {strata: [{by: lesions, from: 3}]}'",
                  power_test_name(design->test));
}

static void sizes_read(struct yaml_document *document, struct power_file *design)
{
    const struct yaml_node *list = require(document, "patients_per_arm", "patients_per_arm: [50, 100, 200]");
    const size_t count = yaml_list(document, list, "patients_per_arm", POWER_MOST_SIZES);
    for (size_t i = 0; i < count && document->status == ABSCOPAL_OK; i++) {
        design->sizes[i] =
            (size_t)yaml_integer_within(document, list->items[i], "patients per arm", 2, POWER_MOST_PATIENTS);
        design->size_count = i + 1;
        if (document->status == ABSCOPAL_OK && i > 0 && design->sizes[i] <= design->sizes[i - 1])
            yaml_fail(document, list->items[i],
                      "numbers of patients have to ascend; this one is not above the one "
                      "before");
    }
    design->most_patients = (size_t)input_integer(document, document->root, &power_keys, "most_patients", 2000);
}

/* ---- Conduct ---------------------------------------------------------------------------------------- */

static void allocation_read(struct yaml_document *document, struct power_file *design)
{
    const struct yaml_node *node = mapping_find(document, "allocation", &power_allocation_keys);
    const struct yaml_node *ratio = node != NULL ? yaml_find(node, "ratio") : NULL;
    const size_t count = ratio != NULL ? yaml_list(document, ratio, "ratio", POWER_MOST_ARMS) : 0;
    for (size_t arm = 0; arm < POWER_MOST_ARMS; arm++)
        design->ratio[arm] = 1;
    if (document->status == ABSCOPAL_OK && ratio != NULL && count != design->arm_count)
        yaml_fail(document, ratio, "the ratio needs %zu numbers, one for each arm in their order, not %zu",
                  design->arm_count, count);
    for (size_t arm = 0; arm < count && document->status == ABSCOPAL_OK; arm++)
        design->ratio[arm] = (int)yaml_integer_within(document, ratio->items[arm], "a part of the ratio", 1, 100);
    if (node != NULL)
        trial_design_read_strata(document, yaml_find(node, "strata"), &design->allocation);
}

static void course_read(struct yaml_document *document, struct power_file *design)
{
    const struct yaml_node *recruitment = mapping_find(document, "recruitment", &power_recruitment_keys);
    if (recruitment != NULL) {
        yaml_require(document, recruitment, "recruitment", "patients", "patients: 76");
        yaml_require(document, recruitment, "recruitment", "in", "in: 1004 d");
        const int patients = input_integer(document, recruitment, &power_recruitment_keys, "patients", 1);
        const double days = input_quantity(document, recruitment, &power_recruitment_keys, "in", 1);
        design->recruits_per_day = document->status == ABSCOPAL_OK ? patients / days : 0;
    }
    const struct yaml_node *dropout = mapping_find(document, "dropout", &power_dropout_keys);
    if (dropout != NULL) {
        yaml_require(document, dropout, "dropout", "share", "share: 5 %");
        yaml_require(document, dropout, "dropout", "by", "by: 12 week");
        const double share = input_quantity(document, dropout, &power_dropout_keys, "share", 0);
        const double days = input_quantity(document, dropout, &power_dropout_keys, "by", 1);
        if (document->status == ABSCOPAL_OK && share >= 1)
            yaml_fail(document, dropout, "when all patients leave there is nothing to compare; write a smaller share");
        design->dropouts_per_day = document->status == ABSCOPAL_OK ? -log1p(-share) / days : 0;
        design->dropouts_left_out = choice(document, dropout, &power_dropout_keys, "count", 0) == 1;
    }
    const struct yaml_node *imaging = mapping_find(document, "imaging", &power_imaging_keys);
    if (imaging != NULL) {
        design->imaging.error = input_quantity(document, imaging, &power_imaging_keys, "error", 0);
        design->imaging.missed_probability = input_quantity(document, imaging, &power_imaging_keys, "missed", 0);
    }
}

static void looks_read(struct yaml_document *document, struct power_file *design)
{
    const struct yaml_node *node = mapping_find(document, "looks", &power_looks_keys);
    enum { USUAL_BOUNDS = 2 }; /* spending-obrien-fleming */
    if (node == NULL)
        return;
    const struct yaml_node *list = yaml_require(document, node, "looks", "at", "at: [50 %]");
    const size_t count = yaml_list(document, list, "looks at", POWER_MOST_INTERIM_LOOKS);
    for (size_t i = 0; i < count && document->status == ABSCOPAL_OK; i++) {
        design->interim_shares[i] = yaml_quantity_positive(document, list->items[i], "a look", "1", 1);
        design->interim_count = i + 1;
        if (document->status == ABSCOPAL_OK && design->interim_shares[i] >= 1)
            yaml_fail(document, list->items[i],
                      "the look at 100 %% is the last, which there is in any case; remove it");
        if (document->status == ABSCOPAL_OK && i > 0 && design->interim_shares[i] <= design->interim_shares[i - 1])
            yaml_fail(document, list->items[i], "looks have to be in order, each once");
    }
    design->bounds = choice(document, node, &power_looks_keys, "bounds", USUAL_BOUNDS);
}

/* What times alone have. */
static void follow_up_read(struct yaml_document *document, struct power_file *design)
{
    const struct yaml_node *follow_up = yaml_find(document->root, "follow_up"),
                           *events = yaml_find(document->root, "events");
    if (document->status != ABSCOPAL_OK)
        return;
    design->follow_up_days = input_quantity(document, document->root, &power_keys, "follow_up", design->until_days);
    design->event_share = input_quantity(document, document->root, &power_keys, "events", NAN);
    if (document->status != ABSCOPAL_OK)
        return;
    if (!power_is_survival(design) && (follow_up != NULL || events != NULL))
        yaml_fail(document, follow_up != NULL ? follow_up : events,
                  "shares are judged on a day of the patients; remove it, and write 'at' in the endpoint");
    else if (power_is_survival(design) && design->interim_count > 0 && events == NULL)
        yaml_fail(document, yaml_find(document->root, "looks"),
                  "looks at times come at shares of the events; write for instance 'events: 70 %%', the share of "
                  "patients with an event at the last look");
}

/* ---- Subgroups and simulations ---------------------------------------------------------------------- */

static void subgroup_read(struct yaml_document *document, const struct yaml_node *node, struct power_subgroups *read)
{
    input_keys_check(document, node, &power_subgroup_keys);
    const struct yaml_node *by = yaml_require(document, node, "subgroups", "by", "by: pdl1_class");
    if (document->status != ABSCOPAL_OK)
        return;
    power_quantity_find(document, by, read);
    const struct yaml_node *from = yaml_find(node, "from"), *parts = yaml_find(node, "parts");
    const size_t count = from != NULL ? yaml_list(document, from, "from", POWER_MOST_CUTS) : 0;
    for (size_t i = 0; i < count && document->status == ABSCOPAL_OK; i++) {
        read->cuts[read->cut_count++] = yaml_quantity(document, from->items[i], read->name, read->unit);
        if (document->status == ABSCOPAL_OK && i > 0 && read->cuts[i] <= read->cuts[i - 1])
            yaml_fail(document, from->items[i], "cuts have to ascend; this one is not above the one before");
    }
    read->parts = (size_t)input_integer(document, node, &power_subgroup_keys, "parts", 0);
    const bool by_value = read->kind == POWER_PDL1_CLASS || read->kind == POWER_LESIONS;
    if (document->status != ABSCOPAL_OK)
        return;
    if (from != NULL && parts != NULL)
        yaml_fail(document, parts, "'from' and 'parts' both say where subgroups begin; keep one");
    else if (read->kind == POWER_PDL1_CLASS && (from != NULL || parts != NULL))
        yaml_fail(document, from != NULL ? from : parts, "each class is a subgroup; remove it");
    else if (!by_value && from == NULL && parts == NULL)
        yaml_fail(document, node, "where do subgroups of %s begin? Add 'parts: 3', or 'from' with values", read->name);
}

static void subgroups_read(struct yaml_document *document, struct power_file *design)
{
    const struct yaml_node *list = yaml_find(document->root, "subgroups");
    const size_t count = list != NULL ? yaml_list(document, list, "subgroups", POWER_MOST_SUBGROUPS) : 0;
    for (size_t i = 0; i < count && document->status == ABSCOPAL_OK; i++)
        subgroup_read(document, list->items[i], &design->subgroups[design->subgroup_count++]);
}

static void simulations_read(struct yaml_document *document, struct power_file *design)
{
    enum { USUAL_TRIALS = 2000 };
    const struct yaml_node *node = mapping_find(document, "simulations", &power_simulation_keys);
    const struct yaml_node *seed = node != NULL ? yaml_find(node, "seed") : NULL;
    design->trials = design->null_trials = USUAL_TRIALS;
    design->trial_seed = 1;
    if (node == NULL)
        return;
    design->trials = (size_t)input_integer(document, node, &power_simulation_keys, "trials", USUAL_TRIALS);
    design->null_trials = (size_t)input_integer(document, node, &power_simulation_keys, "null_trials", USUAL_TRIALS);
    if (seed != NULL)
        design->trial_seed = (uint64_t)yaml_integer_within(document, seed, "seed", 0, INT64_MAX);
}

/* ---- The design ------------------------------------------------------------------------------------- */

static void design_read(struct yaml_document *document, struct power_file *design)
{
    input_keys_check(document, document->root, &power_keys);
    const char *name = yaml_text(document, require(document, "name", "name: my design"), "name");
    design->name = name != NULL ? yaml_copy(document, name) : NULL;
    design->path = yaml_copy(document, document->path);
    design->text = yaml_copy(document, document->text);
    const struct yaml_node *seed = yaml_find(document->root, "seed");
    design->patients = (size_t)input_integer(document, document->root, &power_keys, "patients", 0);
    design->seed = seed != NULL ? yaml_integer_within(document, seed, "seed", 0, INT64_MAX) : -1;
    endpoint_read(document, design);
    course_read(document, design);
    trial_read(document, design);
    allocation_read(document, design);
    test_read(document, design);
    sizes_read(document, design);
    looks_read(document, design);
    follow_up_read(document, design);
    subgroups_read(document, design);
    simulations_read(document, design);
}

enum abscopal_status power_file_read(const char *path, struct power_file *design, struct abscopal_error *error)
{
    struct yaml_document document;
    *design = (struct power_file){.name = NULL};
    enum abscopal_status status = yaml_read(path, &document, error);
    if (status != ABSCOPAL_OK)
        return status;
    design_read(&document, design);
    status = document.status;
    yaml_free(&document);
    if (status != ABSCOPAL_OK)
        power_file_free(design);
    return status;
}

void power_file_free(struct power_file *design)
{
    for (size_t i = 0; i < design->arm_count; i++)
        free(design->arms[i]);
    free(design->allocation.strata);
    free(design->path);
    free(design->text);
    free(design->name);
    free(design->trial_path);
    *design = (struct power_file){.name = NULL};
}
