/* Two runs beside each other. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abscopal.h"
#include "model/model.h"
#include "results/digest.h"
#include "results/json_value.h"
#include "results/maker.h"
#include "results/report.h"
#include "results/summary.h"

/* ---- What differs ----------------------------------------------------------------------------------- */

enum { VALUE_SIZE = 256 };

static void difference_add(json_t **list, const char *what, const char *a, const char *b)
{
    if (strcmp(a, b) != 0)
        json_list_add(list, json_pack("{s:s, s:s, s:s}", "what", what, "a", a, "b", b));
}

/* Texts are told apart by the beginning of their digests. */
static void text_difference_add(json_t **list, const char *what, const char *const texts[2])
{
    char values[2][VALUE_SIZE];
    for (int i = 0; i < 2; i++) {
        char digest[DIGEST_SIZE];
        if (texts[i] == NULL || texts[i][0] == '\0')
            snprintf(values[i], VALUE_SIZE, "none");
        else
            snprintf(values[i], VALUE_SIZE, "SHA-256 %.16s...", digest_text(texts[i], digest));
    }
    difference_add(list, what, values[0], values[1]);
}

static const char *cohort_text(const struct abscopal_results *results)
{
    return results->trial->has_cohort ? results->trial->cohort.text : "";
}

static void inputs_add(json_t **list, const struct report_run runs[2])
{
    const struct trial_file *const trials[] = {&runs[0].results->trial->file, &runs[1].results->trial->file};
    difference_add(list, "trial", trials[0]->name, trials[1]->name);
    text_difference_add(list, "trial file", (const char *const[]){trials[0]->text, trials[1]->text});
    text_difference_add(list, "cohort file",
                        (const char *const[]){cohort_text(runs[0].results), cohort_text(runs[1].results)});
    text_difference_add(list, "drug files", (const char *const[]){trials[0]->drug_text, trials[1]->drug_text});
    difference_add(list, "model", model_preset_name(trials[0]->preset), model_preset_name(trials[1]->preset));
}

static void settings_add(json_t **list, const struct report_run runs[2])
{
    char seed[2][VALUE_SIZE], patients[2][VALUE_SIZE], tolerance[2][VALUE_SIZE];
    for (int i = 0; i < 2; i++) {
        const struct abscopal_results *results = runs[i].results;
        snprintf(seed[i], VALUE_SIZE, "%llu", (unsigned long long)results->seed);
        snprintf(patients[i], VALUE_SIZE, "%zu", results->patient_count);
        snprintf(tolerance[i], VALUE_SIZE, "%g", results->relative_tolerance);
    }
    difference_add(list, "seed", seed[0], seed[1]);
    difference_add(list, "virtual patients", patients[0], patients[1]);
    difference_add(list, "relative tolerance", tolerance[0], tolerance[1]);
    difference_add(list, "engine", abscopal_engine_name(runs[0].results->engine),
                   abscopal_engine_name(runs[1].results->engine));
    difference_add(list, "instructions", runs[0].results->instructions, runs[1].results->instructions);
    const struct results_maker makers[] = {results_maker_of(runs[0].results), results_maker_of(runs[1].results)};
    difference_add(list, "version", makers[0].version, makers[1].version);
    difference_add(list, "commit", makers[0].commit, makers[1].commit);
    difference_add(list, "compiler", makers[0].compiler, makers[1].compiler);
}

static json_t *differs_json(const struct report_run runs[2])
{
    json_t *list = json_array();
    inputs_add(&list, runs);
    settings_add(&list, runs);
    return list;
}

/* ---- The same patients ------------------------------------------------------------------------------ */

static bool is_same_patient(const struct abscopal_results *a, const struct abscopal_results *b, size_t row_a,
                            size_t row_b)
{
    const struct virtual_patient *first = &a->patients[row_a].patient, *second = &b->patients[row_b].patient;
    if (first->lesion_count != second->lesion_count || results_weight(a, row_a) != results_weight(b, row_b))
        return false;
    for (int i = 0; i < PARAMETER_COUNT; i++)
        if (parameter_get(&first->parameters, i) != parameter_get(&second->parameters, i))
            return false;
    return true;
}

/* Cohort and seed are the same, and so is every patient whose number is in both: those of a Latin hypercube differ when
 * it is laid out for another number. Both lists ascend by number. */
static bool are_same_patients(const struct abscopal_results *a, const struct abscopal_results *b)
{
    bool any = false;
    if (strcmp(cohort_text(a), cohort_text(b)) != 0 || a->seed != b->seed ||
        a->trial->has_cohort != b->trial->has_cohort || (a->weights == NULL) != (b->weights == NULL))
        return false;
    for (size_t i = 0, j = 0; i < a->patient_count && j < b->patient_count;) {
        const uint64_t first = a->patients[i].patient.id, second = b->patients[j].patient.id;
        if (first != second) {
            *(first < second ? &i : &j) += 1;
            continue;
        }
        if (!is_same_patient(a, b, i++, j++))
            return false;
        any = true;
    }
    return any;
}

/* ---- Differences ------------------------------------------------------------------------------------ */

/* An arm in both runs. */
struct two_arms {
    struct arm_patients read[2];
    double last_day[2]; /* of the visits */
    bool paired;
    size_t patient_count; /* numbers are below */
};

/* Rows of results become numbers of patients, which both runs share. */
static void renumber(const struct abscopal_results *results, size_t *patients, size_t n)
{
    for (size_t i = 0; i < n; i++)
        patients[i] = (size_t)results->patients[patients[i]].patient.id;
}

/* Where one run has weights, everybody counts the same in the other. */
static bool weights_make(double **weights, size_t n)
{
    *weights = malloc((n + 1) * sizeof **weights);
    for (size_t i = 0; *weights != NULL && i < n; i++)
        (*weights)[i] = 1;
    return *weights != NULL;
}

static bool weights_match(struct arm_patients *read, const struct arm_patients *other)
{
    if (read->weights != NULL || other->weights == NULL)
        return true;
    return weights_make(&read->weights, read->n) && weights_make(&read->out_of_field_weights, read->out_of_field_n);
}

static enum abscopal_status two_arms_read(const struct report_run runs[2], const size_t arms[2], bool paired,
                                          struct two_arms *two)
{
    enum abscopal_status status = ABSCOPAL_OK;
    *two = (struct two_arms){.paired = paired};
    for (int i = 0; i < 2 && status == ABSCOPAL_OK; i++) {
        const struct abscopal_results *results = runs[i].results;
        status = arm_patients_read(results, arms[i], &two->read[i]);
        if (status != ABSCOPAL_OK)
            break;
        renumber(results, two->read[i].patients, two->read[i].n);
        renumber(results, two->read[i].out_of_field_patients, two->read[i].out_of_field_n);
        two->last_day[i] = results->visit_days[results->visit_count - 1];
        const size_t above = (size_t)results->patients[results->patient_count - 1].patient.id + 1;
        two->patient_count = above > two->patient_count ? above : two->patient_count;
    }
    if (status == ABSCOPAL_OK &&
        (!weights_match(&two->read[0], &two->read[1]) || !weights_match(&two->read[1], &two->read[0])))
        status = ABSCOPAL_NO_MEMORY;
    return status;
}

static void two_arms_free(struct two_arms *two)
{
    arm_patients_free(&two->read[0]);
    arm_patients_free(&two->read[1]);
}

/* B less A of a share of patients; false for other endpoints. */
static bool share_difference(const struct two_arms *two, const char *key, struct abscopal_estimate *difference)
{
    static const struct {
        const char *key;
        enum endpoint_share what;
    } shares[] = {{"best_response_rate", ENDPOINT_BEST_RESPONSE},
                  {"response_rate", ENDPOINT_RESPONSE_AT_HORIZON},
                  {"complete_response_rate", ENDPOINT_COMPLETE_RESPONSE},
                  {"disease_control_rate", ENDPOINT_DISEASE_CONTROL},
                  {"progressive_disease_rate", ENDPOINT_PROGRESSIVE_DISEASE}};
    size_t pairs;
    struct endpoint_group groups[] = {arm_patients_group(&two->read[0]), arm_patients_group(&two->read[1])};
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
        if (strcmp(key, shares[i].key) == 0) {
            *difference = endpoints_share_difference(shares[i].what, &groups[1], &groups[0], two->paired, &pairs);
            return true;
        }
    if (strcmp(key, "abscopal_response_rate") != 0)
        return false;
    for (int i = 0; i < 2; i++)
        groups[i] = arm_patients_out_of_field_group(&two->read[i]);
    *difference = endpoints_share_difference(ENDPOINT_BEST_RESPONSE, &groups[1], &groups[0], two->paired, &pairs);
    return true;
}

/* B less A. Medians have no interval: none of theirs is that of a difference. */
static enum abscopal_status difference_of(const struct two_arms *two, const char *key, double at_days, double a,
                                          double b, struct abscopal_estimate *difference)
{
    const struct endpoint_group first = arm_patients_group(&two->read[0]), second = arm_patients_group(&two->read[1]);
    const double last_day = fmin(two->last_day[0], two->last_day[1]);
    *difference = (struct abscopal_estimate){NAN, NAN, NAN};
    if (share_difference(two, key, difference))
        return ABSCOPAL_OK;
    if (strcmp(key, "mean_progression_free_survival") == 0 && two->last_day[0] < two->last_day[1] + 1e-9 &&
        two->last_day[1] < two->last_day[0] + 1e-9)
        return endpoints_progression_difference(&second, &first, two->paired, two->patient_count, SURVIVAL_MEAN,
                                                last_day, difference);
    if (!isnan(at_days))
        return endpoints_progression_difference(&second, &first, two->paired, two->patient_count, SURVIVAL_AT,
                                                fmin(at_days, last_day), difference);
    difference->value = b - a;
    return ABSCOPAL_OK;
}

/* ---- Endpoints -------------------------------------------------------------------------------------- */

static double number_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

/* value, lower, upper, n and not_reached of a line of the endpoint table. */
static json_t *side_json(json_t *line)
{
    static const char *const names[] = {"value", "lower", "upper", "n", "not_reached"};
    json_t *side = json_object();
    for (size_t i = 0; side != NULL && i < sizeof names / sizeof *names; i++)
        if (json_object_set(side, names[i], json_object_get(line, names[i])) != 0) {
            json_decref(side);
            return NULL;
        }
    return side;
}

/* The line of the same arm and endpoint; NULL when there is none. */
static json_t *line_find(json_t *lines, const char *arm, const char *key)
{
    size_t index;
    json_t *line;
    json_array_foreach(lines, index,
                       line) if (strcmp(json_string_value(json_object_get(line, "arm")), arm) == 0 &&
                                 strcmp(json_string_value(json_object_get(line, "key")), key) == 0) return line;
    return NULL;
}

static void lines_add(json_t **list, const struct two_arms *two, const char *arm, json_t *const tables[2])
{
    size_t index;
    json_t *line;
    json_array_foreach(tables[0], index, line)
    {
        const char *const key = json_string_value(json_object_get(line, "key"));
        json_t *const other = line_find(tables[1], arm, key);
        struct abscopal_estimate difference;
        if (strcmp(json_string_value(json_object_get(line, "arm")), arm) != 0 || other == NULL)
            continue;
        if (difference_of(two, key, number_of(line, "at_days"), number_of(line, "value"), number_of(other, "value"),
                          &difference) != ABSCOPAL_OK) {
            json_list_add(list, NULL);
            return;
        }
        json_list_add(list,
                      json_pack("{s:s, s:s, s:O, s:O, s:o, s:o, s:o}", "arm", arm, "key", key, "label",
                                json_object_get(line, "label"), "unit", json_object_get(line, "unit"), "a",
                                side_json(line), "b", side_json(other), "difference", json_estimate(&difference)));
    }
}

/* Hazard ratio of progression, B over A. */
static void hazard_add(json_t **list, const struct two_arms *two, const char *arm)
{
    const struct endpoint_group first = arm_patients_group(&two->read[0]), second = arm_patients_group(&two->read[1]);
    struct endpoint_comparison comparison;
    if (endpoints_compare(&second, &first, two->paired, two->patient_count, &comparison) != ABSCOPAL_OK) {
        json_list_add(list, NULL);
        return;
    }
    json_list_add(list, json_pack("{s:s, s:b, s:I, s:o, s:o}", "arm", arm, "paired", two->paired, "pairs",
                                  (json_int_t)comparison.pairs, "hazard_ratio", json_estimate(&comparison.hazard_ratio),
                                  "log_rank_p", json_number_or_null(comparison.log_rank_p)));
}

static void arms_add(json_t **endpoints, json_t **hazards, const struct report_run runs[2], bool paired,
                     json_t *const tables[2])
{
    const struct trial_file *const trials[] = {&runs[0].results->trial->file, &runs[1].results->trial->file};
    for (size_t a = 0; a < trials[0]->arm_count; a++)
        for (size_t b = 0; b < trials[1]->arm_count; b++) {
            struct two_arms two;
            const char *const name = trials[0]->arms[a].name;
            if (strcmp(name, trials[1]->arms[b].name) != 0)
                continue;
            if (two_arms_read(runs, (const size_t[]){a, b}, paired, &two) == ABSCOPAL_OK) {
                lines_add(endpoints, &two, name, tables);
                hazard_add(hazards, &two, name);
            } else {
                json_list_add(endpoints, NULL);
            }
            two_arms_free(&two);
        }
}

static json_t *compare_json(const struct report_run runs[2], json_t *const tables[2])
{
    const bool paired = are_same_patients(runs[0].results, runs[1].results);
    json_t *endpoints = json_array(), *hazards = json_array();
    if (tables[0] == NULL || tables[1] == NULL)
        json_list_add(&endpoints, NULL);
    else
        arms_add(&endpoints, &hazards, runs, paired, tables);
    return json_pack("{s:o, s:b, s:s, s:o, s:o}", "differs", differs_json(runs), "paired", paired, "pairing",
                     paired ? "The same virtual patients are in both runs (same cohort file, seed and numbers): "
                              "differences are of pairs."
                            : "The virtual patients of the two runs are not the same: differences are between "
                              "independent groups.",
                     "endpoints", endpoints, "hazards", hazards);
}

/* Two lists as one; takes the references. */
static json_t *lists_join(json_t *first, json_t *second)
{
    const bool good = first != NULL && second != NULL && json_array_extend(first, second) == 0;
    json_decref(second);
    if (good)
        return first;
    json_decref(first);
    return NULL;
}

json_t *report_compare_data(const struct report_run runs[2])
{
    char title[2 * VALUE_SIZE], subtitle[2 * VALUE_SIZE];
    const char *const names[] = {runs[0].results->trial->file.name, runs[1].results->trial->file.name};
    if (strcmp(names[0], names[1]) == 0)
        snprintf(title, sizeof title, "%s: two runs", names[0]);
    else
        snprintf(title, sizeof title, "%s and %s", names[0], names[1]);
    snprintf(subtitle, sizeof subtitle, "A: %s, B: %s; differences are B less A", runs[0].file, runs[1].file);
    json_t *const whole[] = {report_run_json(&runs[0]), report_run_json(&runs[1])};
    json_t *const tables[] = {json_object_get(whole[0], "endpoints"), json_object_get(whole[1], "endpoints")};
    json_t *compare = compare_json(runs, tables);
    return report_join(report_frame("compare", title, subtitle),
                       json_pack("{s:[o, o], s:o, s:o, s:o}", "runs", whole[0], whole[1], "compare", compare,
                                 "provenance", lists_join(report_provenance(&runs[0]), report_provenance(&runs[1])),
                                 "texts", lists_join(report_texts(&runs[0]), report_texts(&runs[1]))));
}
