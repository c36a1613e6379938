#include "protocols/sweep_file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocols/sweep_keys.h"
#include "protocols/sweep_read.h"
#include "protocols/trial_file.h"
#include "protocols/vary.h"

/* ---- The trial -------------------------------------------------------------------------------------- */

/* Once the trial can be read: that it suits a sweep. */
static void trial_take(struct yaml_document *document, const struct yaml_node *node, const struct trial_file *trial,
                       struct sweep_file *sweep)
{
    sweep->until_days = trial->until_days;
    sweep->arm_names = yaml_allocate(document, trial->arm_count, sizeof *sweep->arm_names);
    for (size_t i = 0; sweep->arm_names != NULL && i < trial->arm_count; i++)
        sweep->arm_names[sweep->arm_count++] = yaml_copy(document, trial->arms[i].name);
    if (trial->cohort_path == NULL)
        yaml_fail(document, node, "the model of this trial takes no cohort, so there are no patients to compare");
    if (trial->allocation.disjoint)
        yaml_fail(document, node,
                  "this trial is randomised, and a sweep has the same patients at every point; remove "
                  "its 'allocation'");
}

/* The trial's text where it does not come from its file, with those of the files that it names. */
struct stored_trial {
    const char *text;
    const struct named_texts *files;
};

static void trial_read(struct yaml_document *document, const struct stored_trial *stored, struct sweep_file *sweep)
{
    struct trial_file trial = {.path = NULL};
    const struct yaml_node *node =
        yaml_require(document, document->root, sweep_keys.what, "trial", "trial: my-trial.yaml");
    const char *path = yaml_text(document, node, "trial");
    sweep->trial_path = path != NULL ? yaml_path_beside(document, node, path) : NULL;
    if (sweep->trial_path == NULL)
        return;
    if (stored != NULL)
        document->status = yaml_read_text(sweep->trial_path, stored->text, &sweep->trial, document->error);
    else if (access(sweep->trial_path, R_OK) != 0)
        yaml_fail(document, node, "file '%.200s' cannot be read: %s; paths are relative to the sweep file",
                  sweep->trial_path, strerror(errno));
    else
        document->status = yaml_read(sweep->trial_path, &sweep->trial, document->error);
    if (document->status != ABSCOPAL_OK)
        return;
    sweep->trial_text = yaml_copy(document, sweep->trial.text);
    document->status = trial_file_read_stored(sweep->trial_path, sweep->trial_text,
                                              stored != NULL ? stored->files : NULL, &trial, document->error);
    if (document->status != ABSCOPAL_OK)
        return;
    trial_take(document, node, &trial, sweep);
    trial_file_free(&trial);
}

/* ---- Arms and the reference ------------------------------------------------------------------------- */

static size_t arm_read(struct yaml_document *document, const struct yaml_node *node, const struct sweep_file *sweep)
{
    return yaml_choice(document, node, "arm", (const char *const *)sweep->arm_names, sweep->arm_count);
}

/* The arm that varies: named, or listed by a variable. */
static void varied_read(struct yaml_document *document, struct sweep_file *sweep)
{
    const struct yaml_node *node = yaml_find(document->root, "arm"), *axes = yaml_find(document->root, "vary");
    size_t lists = 0;
    if (document->status != ABSCOPAL_OK)
        return;
    for (size_t i = 0; axes != NULL && axes->kind == YAML_SEQUENCE && i < axes->item_count; i++)
        lists += axes->items[i]->kind == YAML_MAPPING && yaml_find(axes->items[i], "arms") != NULL;
    if (lists > 1)
        yaml_fail(document, axes, "two variables list arms; a point has one arm");
    else if (node != NULL && lists > 0)
        yaml_fail(document, node, "a variable lists arms; remove 'arm'");
    else if (node != NULL)
        sweep->arm = arm_read(document, node, sweep);
    else if (lists == 0)
        yaml_require(document, document->root, sweep_keys.what, "arm", "arm: nivolumab and radiotherapy");
}

static bool arm_varies(const struct sweep_file *sweep, size_t arm)
{
    for (size_t i = 0; i < sweep->axis_count; i++)
        for (size_t j = 0; j < sweep->axes[i].level_count; j++)
            if (sweep->axes[i].levels[j].arm == arm)
                return true;
    for (size_t i = 0; i < sweep->axis_count; i++)
        if (sweep->axes[i].level_count > 0 && sweep->axes[i].levels[0].arm != SWEEP_NO_ARM)
            return false;
    return sweep->arm == arm;
}

/* A value as it is written for an axis, as a position there. */
static double position_read(struct yaml_document *document, const struct yaml_node *node, const struct sweep_axis *axis)
{
    const char **names = NULL;
    if (axis->numeric) {
        const double value = yaml_quantity(document, node, axis->name, axis->unit[0] != '\0' ? axis->unit : "1");
        double nearest = axis->level_count == 0 ? value : axis->levels[0].value;
        for (size_t i = 0; i < axis->level_count; i++)
            if (fabs(axis->levels[i].value - value) < fabs(nearest - value))
                nearest = axis->levels[i].value;
        char name[VARY_NUMBER_SIZE];
        vary_number_text(fmin(fmax(nearest, axis->lower), axis->upper), axis->unit, name);
        if (document->status == ABSCOPAL_OK &&
            (value < axis->lower || value > axis->upper || fabs(nearest - value) > 1e-9 * fabs(value)))
            yaml_fail(document, node, "%.40s is none of the values of '%s'; the nearest is %.60s", node->text,
                      axis->name, name);
        return nearest;
    }
    names = yaml_allocate(document, axis->level_count, sizeof *names);
    for (size_t i = 0; names != NULL && i < axis->level_count; i++)
        names[i] = axis->levels[i].name;
    const size_t level = names != NULL ? yaml_choice(document, node, axis->name, names, axis->level_count) : 0;
    free(names);
    return (double)level;
}

static void reference_point_read(struct yaml_document *document, const struct yaml_node *node, struct sweep_file *sweep)
{
    input_keys_check(document, node, &sweep_reference_keys);
    const struct yaml_node *at =
        yaml_require(document, node, sweep_reference_keys.what, "at", "reference: {at: {lag: 0 d}}");
    const char *names[SWEEP_MOST_AXES];
    for (size_t i = 0; i < sweep->axis_count; i++)
        names[i] = sweep->axes[i].name;
    if (document->status == ABSCOPAL_OK)
        yaml_check_keys(document, at, "the reference", names, sweep->axis_count);
    sweep->reference_at = yaml_allocate(document, sweep->axis_count, sizeof *sweep->reference_at);
    for (size_t i = 0; sweep->reference_at != NULL && i < sweep->axis_count; i++) {
        char example[96 + VARY_NUMBER_SIZE], position[VARY_NUMBER_SIZE];
        sweep_position_text(&sweep->axes[i], sweep->axes[i].numeric ? sweep->axes[i].lower : 0, position,
                            sizeof position);
        snprintf(example, sizeof example, "%s: %s", names[i], position);
        const struct yaml_node *value = yaml_require(document, at, "the reference", names[i], example);
        sweep->reference_at[i] = value != NULL ? position_read(document, value, &sweep->axes[i]) : 0;
    }
}

static void reference_read(struct yaml_document *document, struct sweep_file *sweep)
{
    const struct yaml_node *node = yaml_find(document->root, "reference");
    if (document->status != ABSCOPAL_OK)
        return;
    if (node != NULL && node->kind == YAML_MAPPING) {
        reference_point_read(document, node, sweep);
        return;
    }
    if (node != NULL) {
        sweep->reference_arm = arm_read(document, node, sweep);
        return;
    }
    size_t arm = 0;
    while (arm < sweep->arm_count && arm_varies(sweep, arm))
        arm++;
    if (arm == sweep->arm_count)
        yaml_fail(document, NULL,
                  "every arm of the trial varies, so there is none to compare with; add an arm to it, "
                  "or 'reference: {at: ...}' with a value of every variable");
    sweep->reference_arm = arm;
}

/* ---- Limits ----------------------------------------------------------------------------------------- */

static void limit_describe(struct yaml_document *document, struct sweep_limit *limit)
{
    static const char *const kinds[] = {"total dose", "dose of a fraction", "biologically effective dose"};
    char text[512], tissue[64] = "";
    size_t used;
    if (limit->kind == SWEEP_BED)
        snprintf(tissue, sizeof tissue, " (alpha/beta %.6g Gy)", limit->alpha_beta_gray);
    used = (size_t)snprintf(text, sizeof text, "%s of %.64s%s", kinds[limit->kind], limit->treatment, tissue);
    if (limit->least_gray > 0)
        used += (size_t)snprintf(text + used, sizeof text - used, " at least %.6g Gy", limit->least_gray);
    if (isfinite(limit->most_gray))
        snprintf(text + used, sizeof text - used, "%s at most %.6g Gy", limit->least_gray > 0 ? " and" : "",
                 limit->most_gray);
    limit->text = yaml_copy(document, text);
}

static void limit_read(struct yaml_document *document, const struct yaml_node *node, struct sweep_limit *limit)
{
    static const char *const kinds[] = {"total_dose", "fraction_dose", "bed"};
    const struct input_mapping *keys = &sweep_limit_keys;
    int found = -1;
    input_keys_check(document, node, keys);
    for (int i = 0; i < 3 && document->status == ABSCOPAL_OK; i++) {
        if (yaml_find(node, kinds[i]) == NULL)
            continue;
        if (found >= 0)
            yaml_fail(document, node, "a limit is of '%s' or of '%s'; write two", kinds[found], kinds[i]);
        found = i;
    }
    if (document->status == ABSCOPAL_OK && found < 0)
        yaml_fail(document, node,
                  "limits what? Add 'total_dose', 'fraction_dose' or 'bed' with the id of a radiotherapy");
    if (document->status != ABSCOPAL_OK || found < 0)
        return;
    limit->kind = (enum sweep_limit_kind)found;
    const char *id = yaml_text(document, yaml_find(node, kinds[found]), kinds[found]);
    limit->treatment = id != NULL ? yaml_copy(document, id) : NULL;
    limit->alpha_beta_gray = input_quantity(document, node, keys, "alpha_beta", NAN);
    limit->least_gray = input_quantity(document, node, keys, "least", 0);
    limit->most_gray = input_quantity(document, node, keys, "most", HUGE_VAL);
    if (document->status != ABSCOPAL_OK)
        return;
    if ((limit->kind == SWEEP_BED) != !isnan(limit->alpha_beta_gray))
        yaml_fail(document, node, "'alpha_beta' goes with 'bed', and is needed there");
    else if (yaml_find(node, "least") == NULL && yaml_find(node, "most") == NULL)
        yaml_fail(document, node, "limits nothing; add 'most: 60 Gy' or 'least: 20 Gy'");
    else if (limit->least_gray > limit->most_gray)
        yaml_fail(document, node, "'least' is more than 'most'; exchange them");
    else
        limit_describe(document, limit);
}

static void limits_read(struct yaml_document *document, struct sweep_file *sweep)
{
    const struct yaml_node *list = yaml_find(document->root, "limits");
    const size_t count = yaml_list(document, list, "limits", SWEEP_MOST_LIMITS);
    if (document->status != ABSCOPAL_OK || count == 0)
        return;
    sweep->limits = yaml_allocate(document, count, sizeof *sweep->limits);
    for (size_t i = 0; sweep->limits != NULL && i < count && document->status == ABSCOPAL_OK; i++)
        limit_read(document, list->items[i], &sweep->limits[sweep->limit_count++]);
}

/* ---- Endpoints and the search ----------------------------------------------------------------------- */

static void endpoint_read(struct yaml_document *document, const struct yaml_node *node, const struct sweep_file *sweep,
                          struct sweep_endpoint *endpoint)
{
    const struct yaml_node *name = node;
    endpoint->at_days = NAN;
    if (node->kind == YAML_MAPPING) {
        input_keys_check(document, node, &sweep_endpoint_keys);
        name = yaml_require(document, node, sweep_endpoint_keys.what, "endpoint", "endpoint: best_response_rate");
        endpoint->at_days = input_quantity(document, node, &sweep_endpoint_keys, "at", NAN);
    }
    const char *names[SWEEP_MOST_ENDPOINTS];
    size_t count = 0;
    for (; sweep_endpoint_describe(count) != NULL; count++)
        names[count] = sweep_endpoint_describe(count)->name;
    const size_t index = yaml_choice(document, name, "endpoint", names, count);
    if (document->status != ABSCOPAL_OK)
        return;
    endpoint->row = sweep_endpoint_describe(index);
    if (!isnan(endpoint->at_days) && !endpoint->row->of_day)
        yaml_fail(document, node, "%s is not of a day; remove 'at'", endpoint->row->name);
    else if (endpoint->at_days > sweep->until_days)
        yaml_fail(document, node, "day %.10g is after the end of the trial, day %.10g", endpoint->at_days,
                  sweep->until_days);
    char label[96];
    snprintf(label, sizeof label, isnan(endpoint->at_days) ? "%s" : "%s_day_%.6g", endpoint->row->name,
             endpoint->at_days);
    for (char *c = label; *c != '\0'; c++)
        *c = *c == '.' || *c == '+' ? '_' : *c;
    endpoint->label = yaml_copy(document, label);
}

static void endpoints_read(struct yaml_document *document, struct sweep_file *sweep)
{
    const struct yaml_node *list =
        yaml_require(document, document->root, sweep_keys.what, "endpoints", "endpoints: [best_response_rate]");
    const size_t count = yaml_list(document, list, "endpoints", SWEEP_MOST_ENDPOINTS);
    sweep->endpoints = yaml_allocate(document, count, sizeof *sweep->endpoints);
    for (size_t i = 0; sweep->endpoints != NULL && i < count && document->status == ABSCOPAL_OK; i++) {
        struct sweep_endpoint *endpoint = &sweep->endpoints[sweep->endpoint_count++];
        endpoint_read(document, list->items[i], sweep, endpoint);
        for (size_t j = 0; j < i && document->status == ABSCOPAL_OK; j++)
            if (strcmp(sweep->endpoints[j].label, endpoint->label) == 0)
                yaml_fail(document, list->items[i], "%s is given twice", endpoint->label);
    }
}

static bool begins_with(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* Axes are variables of the file of results beside its own: those of an endpoint are its label, or begin with that and
 * "_". */
static bool axis_name_taken(const struct sweep_file *sweep, const char *name)
{
    static const char *const taken[] = {
        "point",      "patient",    "allowed",     "weight",    "lesion_count",
        "sweep_text", "trial_text", "cohort_text", "drug_text", "baseline_sum_of_diameters"};
    bool found = begins_with(name, "patient_");
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        found = found || strcmp(name, taken[i]) == 0;
    for (size_t i = 0; i < sweep->endpoint_count; i++) {
        const char *label = sweep->endpoints[i].label, end = begins_with(name, label) ? name[strlen(label)] : 'x';
        found = found || end == '\0' || end == '_';
    }
    return found;
}

static void axis_names_check(struct yaml_document *document, const struct sweep_file *sweep)
{
    const struct yaml_node *axes = yaml_find(document->root, "vary");
    for (size_t i = 0; i < sweep->axis_count && document->status == ABSCOPAL_OK; i++)
        if (axis_name_taken(sweep, sweep->axes[i].name))
            yaml_fail(document, yaml_find(axes->items[i], "name"),
                      "the file of results has a variable '%.64s' of its own; choose another name",
                      sweep->axes[i].name);
}

/* They are others than those of the search, where its seed is known here, and all different. */
static void fresh_seed_check(struct yaml_document *document, const struct yaml_node *node,
                             const struct sweep_file *sweep)
{
    const struct sweep_search *search = &sweep->search;
    const uint64_t seed = search->fresh_seeds[search->fresh_count - 1];
    if (document->status == ABSCOPAL_OK && sweep->seed >= 0 && (uint64_t)sweep->seed == seed)
        yaml_fail(document, node, "seed %llu is that of the search; a fresh one is another", (unsigned long long)seed);
    for (size_t i = 0; i + 1 < search->fresh_count && document->status == ABSCOPAL_OK; i++)
        if (search->fresh_seeds[i] == seed)
            yaml_fail(document, node, "seed %llu is given twice", (unsigned long long)seed);
}

static void fresh_read(struct yaml_document *document, const struct yaml_node *search, struct sweep_file *sweep)
{
    enum { USUAL_PATIENTS = 2000 };
    struct sweep_search *read = &sweep->search;
    const struct yaml_node *node =
        yaml_require(document, search, sweep_search_keys.what, "fresh", "fresh: {seeds: [101]}");
    if (document->status != ABSCOPAL_OK)
        return;
    input_keys_check(document, node, &sweep_fresh_keys);
    read->fresh_patients = (size_t)input_integer(document, node, &sweep_fresh_keys, "patients", USUAL_PATIENTS);
    const struct yaml_node *seeds = yaml_require(document, node, sweep_fresh_keys.what, "seeds", "seeds: [101]");
    const size_t count = yaml_list(document, seeds, "seeds", SWEEP_MOST_SEEDS);
    read->fresh_seeds = yaml_allocate(document, count, sizeof *read->fresh_seeds);
    for (size_t i = 0; read->fresh_seeds != NULL && i < count; i++) {
        read->fresh_seeds[read->fresh_count++] =
            (uint64_t)yaml_integer_within(document, seeds->items[i], "a seed", 0, INT64_MAX);
        fresh_seed_check(document, seeds->items[i], sweep);
    }
}

static void search_read(struct yaml_document *document, struct sweep_file *sweep)
{
    const struct input_mapping *keys = &sweep_search_keys;
    const struct yaml_node *node = yaml_find(document->root, "optimize");
    struct sweep_search *search = &sweep->search;
    if (document->status != ABSCOPAL_OK || node == NULL)
        return;
    input_keys_check(document, node, keys);
    search->wanted = true;
    yaml_require(document, node, keys->what, "evaluations", "evaluations: 20");
    search->evaluations = input_integer(document, node, keys, "evaluations", 0);
    const struct yaml_node *global = yaml_find(node, "global"), *local = yaml_find(node, "local");
    search->global = global != NULL
                         ? input_choice_read(document, global, "global method", input_value_of(keys, "global"))
                         : 2; /* direct */
    search->local = input_choice_read(document, local, "local method", input_value_of(keys, "local"));
    fresh_read(document, node, sweep);
    const struct yaml_node *endpoint = yaml_find(node, "endpoint");
    struct sweep_endpoint wanted = {.label = NULL};
    if (endpoint == NULL || document->status != ABSCOPAL_OK)
        return;
    endpoint_read(document, endpoint, sweep, &wanted);
    while (document->status == ABSCOPAL_OK && search->endpoint < sweep->endpoint_count &&
           strcmp(sweep->endpoints[search->endpoint].label, wanted.label) != 0)
        search->endpoint++;
    free(wanted.label);
    if (document->status == ABSCOPAL_OK && search->endpoint == sweep->endpoint_count)
        yaml_fail(document, endpoint, "what is to be best must be one of 'endpoints'; add it there");
}

/* ---- The sweep -------------------------------------------------------------------------------------- */

static void design_read(struct yaml_document *document, struct sweep_file *sweep)
{
    const struct yaml_node *node = yaml_find(document->root, "sobol");
    if (document->status != ABSCOPAL_OK)
        return;
    if (node != NULL) {
        input_keys_check(document, node, &sweep_sobol_keys);
        yaml_require(document, node, sweep_sobol_keys.what, "points", "points: 128");
        sweep->sobol_points = (size_t)input_integer(document, node, &sweep_sobol_keys, "points", 0);
        const struct yaml_node *seed = yaml_find(node, "seed");
        sweep->sobol_seed = seed != NULL ? (uint64_t)yaml_integer_within(document, seed, "seed", 0, INT64_MAX) : 0;
        return;
    }
    double points = 1;
    for (size_t i = 0; i < sweep->axis_count; i++)
        points *= sweep->axes[i].level_count > 0 ? (double)sweep->axes[i].level_count : 1;
    if (points > SWEEP_MOST_POINTS)
        yaml_fail(document, yaml_find(document->root, "vary"),
                  "the grid has %.0f points, more than %d; take larger "
                  "steps, or 'sobol: {points: 1000}'",
                  points, SWEEP_MOST_POINTS);
}

static void sweep_read(struct yaml_document *document, const struct stored_trial *stored, struct sweep_file *sweep)
{
    static const double usual_tolerance = 1e-6;
    const struct yaml_node *root = document->root;
    input_keys_check(document, root, &sweep_keys);
    const struct yaml_node *name = yaml_require(document, root, sweep_keys.what, "name", "name: my sweep");
    const char *text = yaml_text(document, name, "name");
    sweep->name = text != NULL ? yaml_copy(document, text) : NULL;
    sweep->path = yaml_copy(document, document->path);
    sweep->text = yaml_copy(document, document->text);
    sweep->patients = (size_t)input_integer(document, root, &sweep_keys, "patients", 0);
    const struct yaml_node *seed = yaml_find(root, "seed");
    sweep->seed = seed != NULL ? yaml_integer_within(document, seed, "seed", 0, INT64_MAX) : -1;
    sweep->tolerance = input_quantity(document, root, &sweep_keys, "tolerance", usual_tolerance);
    const struct yaml_node *cohort = yaml_find(root, "cohort");
    const char *cohort_name = yaml_text(document, cohort, "cohort");
    sweep->cohort_path = cohort_name != NULL ? yaml_path_beside(document, cohort, cohort_name) : NULL;
    const struct yaml_node *by = yaml_find(root, "by");
    input_choice_read(document, by, "by", input_value_of(&sweep_keys, "by"));
    sweep->by_lesions = by != NULL;
    trial_read(document, stored, sweep);
    varied_read(document, sweep);
    if (document->status == ABSCOPAL_OK)
        sweep_read_axes(document, sweep);
    reference_read(document, sweep);
    design_read(document, sweep);
    limits_read(document, sweep);
    if (document->status == ABSCOPAL_OK)
        endpoints_read(document, sweep);
    if (document->status == ABSCOPAL_OK)
        axis_names_check(document, sweep);
    search_read(document, sweep);
}

/* Of a document that was read with that status. */
static enum abscopal_status document_read(struct yaml_document *document, enum abscopal_status status,
                                          const struct stored_trial *stored, struct sweep_file *sweep)
{
    *sweep = (struct sweep_file){.name = NULL};
    static const struct named_texts nothing = {0};
    if (status != ABSCOPAL_OK)
        return status;
    if (stored != NULL)
        document->stored = stored->files != NULL ? stored->files : &nothing;
    sweep_read(document, stored, sweep);
    status = document->status;
    yaml_free(document);
    if (status != ABSCOPAL_OK)
        sweep_file_free(sweep);
    return status;
}

enum abscopal_status sweep_file_read_stored(const char *path, const char *text, const char *trial_text,
                                            const struct named_texts *files, struct sweep_file *sweep,
                                            struct abscopal_error *error)
{
    struct yaml_document document;
    const struct stored_trial stored = {trial_text, files};
    return document_read(&document, yaml_read_text(path, text, &document, error), &stored, sweep);
}

enum abscopal_status sweep_file_read(const char *path, struct sweep_file *sweep, struct abscopal_error *error)
{
    struct yaml_document document;
    return document_read(&document, yaml_read(path, &document, error), NULL, sweep);
}

void sweep_file_free(struct sweep_file *sweep)
{
    for (size_t i = 0; i < sweep->axis_count; i++)
        sweep_axis_free(&sweep->axes[i]);
    for (size_t i = 0; i < sweep->limit_count; i++) {
        free(sweep->limits[i].treatment);
        free(sweep->limits[i].text);
    }
    for (size_t i = 0; i < sweep->endpoint_count; i++)
        free(sweep->endpoints[i].label);
    for (size_t i = 0; i < sweep->arm_count; i++)
        free(sweep->arm_names[i]);
    free(sweep->arm_names);
    free(sweep->axes);
    free(sweep->limits);
    free(sweep->endpoints);
    free(sweep->reference_at);
    free(sweep->search.fresh_seeds);
    free(sweep->path);
    free(sweep->text);
    free(sweep->name);
    free(sweep->trial_path);
    free(sweep->trial_text);
    free(sweep->cohort_path);
    yaml_free(&sweep->trial);
    *sweep = (struct sweep_file){.name = NULL};
}
