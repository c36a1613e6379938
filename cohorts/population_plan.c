#include "cohorts/population_plan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"

/* ---- Keys ------------------------------------------------------------------------------------------- */

static const struct input_value text_value = {.kind = VALUE_TEXT};
static const struct input_value any = {VALUE_QUANTITY, .unit = NULL, .instead = &text_value};
static const struct input_value share = {VALUE_QUANTITY, .unit = "1", .upper = 1};
static const struct input_value bin_list = {VALUE_LIST, .item = &any, .least = 1, .most = PLAN_MOST_BINS + 1};
static const struct input_value bin_lists = {VALUE_LIST, .item = &bin_list, .least = PLAN_QUANTITIES,
                                             .most = PLAN_QUANTITIES};
static const struct input_value bins = {VALUE_LIST, .item = &any, .least = 1, .most = PLAN_MOST_BINS + 1,
                                        .instead = &bin_lists};
static const struct input_value share_list = {VALUE_LIST, .item = &share, .least = 1, .most = PLAN_MOST_BINS};
static const struct input_value share_lists = {VALUE_LIST, .item = &share_list, .least = 1, .most = PLAN_MOST_BINS};
static const struct input_value shares = {VALUE_LIST, .item = &share, .least = 1, .most = PLAN_MOST_BINS,
                                          .instead = &share_lists};
static const struct input_value quantities = {VALUE_LIST, .item = &text_value, .least = PLAN_QUANTITIES,
                                              .most = PLAN_QUANTITIES};
static const struct input_value quantity_value = {.kind = VALUE_TEXT, .instead = &quantities};
static const struct input_key match_rows[] = {
    {"quantity", "what patients are told apart by, or a list of two", &quantity_value, KEY_NEEDED},
    {"trial", "one of `trials` that shows it; the first", &text_value, KEY_OPTIONAL},
    {"arm", "of the trial; the first", &text_value, KEY_OPTIONAL},
    {"bins", "edges of the bins, ascending, or responses; of two quantities a list of each", &bins, KEY_NEEDED},
    {"shares", "of patients in each bin, 100 % together; of two quantities a row for each bin of the first", &shares,
     KEY_NEEDED},
};
static const struct input_mapping match_keys = {"a match", match_rows, sizeof match_rows / sizeof *match_rows};
static const struct input_value match_value = {VALUE_MAPPING, .mapping = &match_keys};
static const struct input_value matches = {VALUE_LIST, .item = &match_value, .least = 1, .most = PLAN_MOST_MATCHES};
static const struct input_value trials = {VALUE_NAMED, .named = NULL, .item = &text_value, .least = 1,
                                          .most = PLAN_MOST_TRIALS};
static const char *const method_names[] = {"prevalence", "acceptance"};
static const struct input_value method = {VALUE_CHOICE, .choices = method_names, .choice_count = 2};
static const struct input_value patients = {VALUE_INTEGER, .lower = 1, .upper = 10000000};
static const struct input_value seed = {VALUE_INTEGER, .upper = (double)INT64_MAX};
static const struct input_value effective = {VALUE_QUANTITY, .unit = "1", .upper = 1e7};
static const struct input_key plan_rows[] = {
    {"name", "what the population is called", &text_value, KEY_NEEDED},
    {"cohort", "file of the plausible patients, relative to this one", &text_value, KEY_NEEDED},
    {"patients", "how many of them", &patients, KEY_NEEDED},
    {"seed", "of all that is drawn", &seed, KEY_NEEDED},
    {"trials", "names and files of trials, relative to this one, run with the cohort", &trials, KEY_NEEDED},
    {"match", "what the weighted population is to agree with", &matches, KEY_NEEDED},
    {"method", "weights of all patients (prevalence), or patients accepted by them", &method, KEY_OPTIONAL},
    {"least_effective", "effective sample size below which the population does not do", &effective, KEY_OPTIONAL},
};
const struct input_mapping population_plan_keys = {"the population", plan_rows, sizeof plan_rows / sizeof *plan_rows};

/* ---- Quantities ------------------------------------------------------------------------------------- */

static const struct {
    const char *name, *unit;
} kinds[PLAN_PARAMETER] = {
    [PLAN_BASELINE_SUM_OF_DIAMETERS] = {"baseline_sum_of_diameters", "mm"},
    [PLAN_LARGEST_LESION_DIAMETER] = {"largest_lesion_diameter", "mm"},
    [PLAN_LESIONS] = {"lesions", "1"},
    [PLAN_BODY_WEIGHT] = {"body_weight", "kg"},
    [PLAN_BEST_CHANGE] = {"best_change", "1"},
    [PLAN_LARGEST_LESION_CHANGE] = {"largest_lesion_change", "1"},
    [PLAN_RESPONSE] = {"response", "1"},
};
static const char *const response_names[PLAN_RESPONSES] = {"CR", "PR", "SD", "PD", "NE", "NON-CR/NON-PD"};

static void quantity_read(struct yaml_document *document, const struct yaml_node *node, struct plan_quantity *read)
{
    const char *names[PLAN_PARAMETER + PARAMETER_COUNT];
    for (int i = 0; i < PLAN_PARAMETER; i++)
        names[i] = kinds[i].name;
    for (int i = 0; i < PARAMETER_COUNT; i++)
        names[PLAN_PARAMETER + i] = parameter_describe(i)->name;
    const int chosen = (int)yaml_choice(document, node, "quantity", names, PLAN_PARAMETER + PARAMETER_COUNT);
    const bool is_parameter = chosen >= PLAN_PARAMETER;
    read->kind = is_parameter ? PLAN_PARAMETER : (enum plan_quantity_kind)chosen;
    read->parameter = is_parameter ? chosen - PLAN_PARAMETER : 0;
    read->name = names[chosen];
    read->unit = is_parameter ? parameter_describe(read->parameter)->unit : kinds[chosen].unit;
}

static void responses_read(struct yaml_document *document, const struct yaml_node *node, struct plan_quantity *read)
{
    read->bin_count = yaml_list(document, node, "bins of response", PLAN_RESPONSES);
    for (size_t i = 0; i < read->bin_count; i++) {
        read->edges[i] = (double)yaml_choice(document, node->items[i], "response", response_names, PLAN_RESPONSES);
        for (size_t j = 0; j < i && document->status == ABSCOPAL_OK; j++)
            if (!(read->edges[j] < read->edges[i]) && !(read->edges[j] > read->edges[i]))
                yaml_fail(document, node->items[i], "%s is a bin already", response_names[(size_t)read->edges[i]]);
    }
}

static void bins_read(struct yaml_document *document, const struct yaml_node *node, struct plan_quantity *read)
{
    char name[128];
    if (read->kind == PLAN_RESPONSE) {
        responses_read(document, node, read);
        return;
    }
    snprintf(name, sizeof name, "bins of %s", read->name);
    const size_t edges = yaml_list(document, node, name, PLAN_MOST_BINS + 1);
    if (edges == 1)
        yaml_fail(document, node, "%s must have two edges or more: a lower one, those between bins, and an upper one",
                  name);
    for (size_t i = 0; i < edges; i++) {
        read->edges[i] = yaml_quantity(document, node->items[i], name, read->unit);
        if (document->status == ABSCOPAL_OK && i > 0 && !(read->edges[i] > read->edges[i - 1]))
            yaml_fail(document, node->items[i], "%s must ascend: this one is not above the one before", name);
    }
    read->bin_count = edges > 0 ? edges - 1 : 0;
}

int plan_quantity_bin(const struct plan_quantity *quantity, double value)
{
    const size_t count = quantity->bin_count;
    for (size_t bin = 0; bin < count; bin++) {
        const double lower = quantity->edges[bin], upper = quantity->edges[bin + 1];
        if (quantity->kind == PLAN_RESPONSE ? fabs(value - lower) < 0.5
                                            : value >= lower && (value < upper || (bin + 1 == count && value <= upper)))
            return (int)bin;
    }
    return -1;
}

char *plan_quantity_bin_text(const struct plan_quantity *quantity, size_t bin, char *text, size_t size)
{
    const double lower = quantity->edges[bin];
    const bool fraction = quantity->kind == PLAN_BEST_CHANGE || quantity->kind == PLAN_LARGEST_LESION_CHANGE;
    if (quantity->kind == PLAN_RESPONSE)
        snprintf(text, size, "%s", response_names[(size_t)lower]);
    else
        snprintf(text, size, "%.6g to %.6g%s%s", fraction ? 100 * lower : lower,
                 fraction ? 100 * quantity->edges[bin + 1] : quantity->edges[bin + 1],
                 fraction || strcmp(quantity->unit, "1") != 0 ? " " : "",
                 fraction                           ? "%"
                 : strcmp(quantity->unit, "1") != 0 ? quantity->unit
                                                    : "");
    return text;
}

char *plan_match_cell_text(const struct plan_match *match, size_t cell, char *text, size_t size)
{
    char first[96], second[96];
    if (match->quantity_count == 1)
        return plan_quantity_bin_text(&match->quantities[0], cell, text, size);
    const size_t columns = match->quantities[1].bin_count;
    snprintf(text, size, "%s; %s", plan_quantity_bin_text(&match->quantities[0], cell / columns, first, sizeof first),
             plan_quantity_bin_text(&match->quantities[1], cell % columns, second, sizeof second));
    return text;
}

/* ---- Matches ---------------------------------------------------------------------------------------- */

/* As many as there are bins; returns their sum. */
static double share_row_read(struct yaml_document *document, const struct yaml_node *node,
                             const struct plan_quantity *of, double *row)
{
    const size_t count = yaml_list(document, node, "shares", PLAN_MOST_BINS);
    double sum = 0;
    if (document->status == ABSCOPAL_OK && count != of->bin_count)
        yaml_fail(document, node, "%zu shares for %zu bins of %s: write one for each", count, of->bin_count, of->name);
    for (size_t i = 0; i < count && document->status == ABSCOPAL_OK; i++) {
        row[i] = yaml_quantity_within(document, node->items[i], "a share of patients", "1", 0, 1);
        sum += row[i];
    }
    return sum;
}

static void shares_read(struct yaml_document *document, const struct yaml_node *node, struct plan_match *read)
{
    const struct plan_quantity *first = &read->quantities[0], *last = &read->quantities[read->quantity_count - 1];
    read->cell_count = first->bin_count * (read->quantity_count == 1 ? 1 : last->bin_count);
    if (document->status != ABSCOPAL_OK)
        return;
    read->shares = yaml_allocate(document, read->cell_count, sizeof *read->shares);
    if (read->shares == NULL)
        return;
    double sum = 0;
    if (read->quantity_count == 1)
        sum = share_row_read(document, node, first, read->shares);
    const size_t rows = read->quantity_count == 2 ? yaml_list(document, node, "shares", PLAN_MOST_BINS) : 0;
    if (document->status == ABSCOPAL_OK && read->quantity_count == 2 && rows != first->bin_count)
        yaml_fail(document, node, "%zu rows of shares for %zu bins of %s: write one for each", rows, first->bin_count,
                  first->name);
    for (size_t row = 0; row < rows && document->status == ABSCOPAL_OK; row++)
        sum += share_row_read(document, node->items[row], last, read->shares + row * last->bin_count);
    if (document->status == ABSCOPAL_OK && fabs(sum - 1) > 1e-6)
        yaml_fail(document, node, "the shares add up to %.6g %%; make them 100 %%", 100 * sum);
    for (size_t i = 0; i < read->cell_count && document->status == ABSCOPAL_OK; i++)
        read->shares[i] /= sum;
}

static void match_read(struct yaml_document *document, const struct yaml_node *node, const struct population_plan *plan,
                       struct plan_match *read)
{
    input_keys_check(document, node, &match_keys);
    read->line = node->line;
    read->column = node->column;
    const struct yaml_node *quantity_node =
        yaml_require(document, node, "a match", "quantity", "quantity: largest_lesion_change");
    const bool two = quantity_node != NULL && quantity_node->kind == YAML_SEQUENCE;
    if (two && quantity_node->item_count != PLAN_QUANTITIES)
        yaml_fail(document, quantity_node, "quantity must be one name, or a list of two");
    read->quantity_count = two ? PLAN_QUANTITIES : 1;
    const struct yaml_node *bins_node =
        yaml_require(document, node, "a match", "bins", "bins: [-100 %, -30 %, 20 %, 1000 %]");
    if (document->status == ABSCOPAL_OK && two &&
        (bins_node->kind != YAML_SEQUENCE || bins_node->item_count != PLAN_QUANTITIES))
        yaml_fail(document, bins_node, "bins of two quantities must be a list of two lists");
    for (size_t i = 0; i < read->quantity_count && document->status == ABSCOPAL_OK; i++) {
        quantity_read(document, two ? quantity_node->items[i] : quantity_node, &read->quantities[i]);
        bins_read(document, two ? bins_node->items[i] : bins_node, &read->quantities[i]);
    }
    shares_read(document, yaml_require(document, node, "a match", "shares", "shares: [20 %, 50 %, 30 %]"), read);
    const struct yaml_node *arm = yaml_find(node, "arm"), *trial = yaml_find(node, "trial");
    const char *names[PLAN_MOST_TRIALS];
    for (size_t i = 0; i < plan->trial_count; i++)
        names[i] = plan->trials[i].name;
    if (trial != NULL)
        read->trial = yaml_choice(document, trial, "trial", names, plan->trial_count);
    if (arm != NULL)
        read->arm = yaml_copy(document, yaml_text(document, arm, "arm"));
}

/* ---- The plan --------------------------------------------------------------------------------------- */

static void trials_read(struct yaml_document *document, struct population_plan *plan)
{
    const struct yaml_node *node =
        yaml_require(document, document->root, "the population", "trials", "trials: {oak: oak.yaml}");
    if (node == NULL)
        return;
    if (node->kind != YAML_MAPPING || node->item_count == 0 || node->item_count / 2 > PLAN_MOST_TRIALS) {
        yaml_fail(document, node, "trials must be a mapping of 1 to %d names to files", PLAN_MOST_TRIALS);
        return;
    }
    for (size_t i = 0; i + 1 < node->item_count && document->status == ABSCOPAL_OK; i += 2) {
        struct plan_trial *trial = &plan->trials[plan->trial_count++];
        const char *file = yaml_text(document, node->items[i + 1], "trials");
        trial->name = yaml_copy(document, yaml_text(document, node->items[i], "trials"));
        trial->path = file != NULL ? yaml_path_beside(document, node->items[i + 1], file) : NULL;
        trial->line = node->items[i + 1]->line;
        trial->column = node->items[i + 1]->column;
    }
}

static void matches_read(struct yaml_document *document, struct population_plan *plan)
{
    const struct yaml_node *node = yaml_require(document, document->root, "the population", "match",
                                                "match: [{quantity: lesions, bins: [1, 2, 6], shares: [40 %, 60 %]}]");
    const size_t count = yaml_list(document, node, "match", PLAN_MOST_MATCHES);
    plan->matches = count > 0 ? yaml_allocate(document, count, sizeof *plan->matches) : NULL;
    for (size_t i = 0; i < count && plan->matches != NULL && document->status == ABSCOPAL_OK; i++)
        match_read(document, node->items[i], plan, &plan->matches[plan->match_count++]);
}

static void plan_read(struct yaml_document *document, struct population_plan *plan)
{
    static const char *const what = "the population";
    input_keys_check(document, document->root, &population_plan_keys);
    const struct yaml_node *name = yaml_require(document, document->root, what, "name", "name: my population");
    plan->name = yaml_copy(document, yaml_text(document, name, "name"));
    const struct yaml_node *cohort =
        yaml_require(document, document->root, what, "cohort", "cohort: advanced-nsclc.yaml");
    const char *path = yaml_text(document, cohort, "cohort");
    plan->cohort_path = path != NULL ? yaml_path_beside(document, cohort, path) : NULL;
    yaml_require(document, document->root, what, "patients", "patients: 5000");
    plan->patients = (size_t)input_integer(document, document->root, &population_plan_keys, "patients", 0);
    const struct yaml_node *seed_node = yaml_require(document, document->root, what, "seed", "seed: 1");
    plan->seed = (uint64_t)yaml_integer_within(document, seed_node, "seed", 0, INT64_MAX);
    trials_read(document, plan);
    matches_read(document, plan);
    const struct yaml_node *method_node = yaml_find(document->root, "method");
    plan->method = (enum plan_method)input_choice_read(document, method_node, "method", &method);
    plan->least_effective = input_quantity(document, document->root, &population_plan_keys, "least_effective", 0);
    plan->path = yaml_copy(document, document->path);
}

enum abscopal_status population_plan_read(const char *path, struct population_plan *plan, struct abscopal_error *error)
{
    struct yaml_document document;
    *plan = (struct population_plan){0};
    enum abscopal_status status = yaml_read(path, &document, error);
    if (status != ABSCOPAL_OK)
        return status;
    plan_read(&document, plan);
    status = document.status;
    yaml_free(&document);
    if (status != ABSCOPAL_OK)
        population_plan_free(plan);
    return status;
}

void population_plan_free(struct population_plan *plan)
{
    free(plan->path);
    free(plan->name);
    free(plan->cohort_path);
    for (size_t i = 0; i < plan->trial_count; i++) {
        free(plan->trials[i].name);
        free(plan->trials[i].path);
    }
    for (size_t i = 0; plan->matches != NULL && i < plan->match_count; i++) {
        free(plan->matches[i].arm);
        free(plan->matches[i].shares);
    }
    free(plan->matches);
    *plan = (struct population_plan){0};
}
