/* Figures of single patients: waterfall, spider and swimmer. */
#include <math.h>
#include <stdlib.h>

#include "results/json_value.h"
#include "results/report.h"
#include "results/summary.h"
#include "trial/conduct.h"

const char *report_response_name(enum response response)
{
    static const char *const names[RESPONSE_COUNT] = {[RESPONSE_COMPLETE] = "complete",
                                                      [RESPONSE_PARTIAL] = "partial",
                                                      [RESPONSE_STABLE] = "stable",
                                                      [RESPONSE_PROGRESSIVE] = "progressive",
                                                      [RESPONSE_NOT_EVALUABLE] = "not evaluable",
                                                      [RESPONSE_NON_CR_NON_PD] = "neither"};
    return names[response];
}

size_t report_pick(size_t count, size_t shown, size_t index)
{
    return shown > 1 ? index * (count - 1) / (shown - 1) : 0;
}

/* A patient of an arm, and the number by which the figure sorts. */
struct sorted {
    size_t patient; /* row in the results */
    double key;
};

/* Largest first; then by number. */
static int sorted_compare(const void *left, const void *right)
{
    const struct sorted *a = left, *b = right;
    if (a->key > b->key || a->key < b->key)
        return a->key < b->key ? 1 : -1;
    return (a->patient > b->patient) - (a->patient < b->patient);
}

typedef double sorting_key(const struct arm_result *row);

static double key_change(const struct arm_result *row)
{
    return row->outcome.best_change;
}

static double key_end(const struct arm_result *row)
{
    return row->outcome.progression_day;
}

/* Those who completed the arm and have a key, sorted by it; to be freed. NULL without memory. */
static struct sorted *sort_patients(const struct abscopal_results *results, size_t arm, sorting_key *key, size_t *count)
{
    struct sorted *const list = malloc((results->patient_count + 1) * sizeof *list);
    *count = 0;
    for (size_t patient = 0; list != NULL && patient < results->patient_count; patient++) {
        const struct arm_result *row = &results->arms[results_row(results, arm, patient)];
        if (row->status == ABSCOPAL_PATIENT_COMPLETED && !isnan(key(row)))
            list[(*count)++] = (struct sorted){patient, key(row)};
    }
    if (list != NULL)
        qsort(list, *count, sizeof *list, sorted_compare);
    return list;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static json_t *patient_number(const struct abscopal_results *results, size_t patient)
{
    return json_integer((json_int_t)results->patients[patient].patient.id);
}

static const struct patient_outcome *outcome_of(const struct abscopal_results *results, size_t arm, size_t patient)
{
    return &results->arms[results_row(results, arm, patient)].outcome;
}

static json_t *best_of(const struct abscopal_results *results, size_t arm, size_t patient)
{
    return json_string(report_response_name(outcome_of(results, arm, patient)->best_confirmed));
}

typedef json_t *arm_figure(const struct abscopal_results *results, size_t arm);

static json_t *all_arms(const struct abscopal_results *results, arm_figure *figure)
{
    json_t *arms = json_array();
    for (size_t arm = 0; arms != NULL && arm < results->arm_count; arm++)
        json_list_add(&arms, figure(results, arm));
    return arms;
}

/* ---- Waterfall -------------------------------------------------------------------------------------- */

static json_t *waterfall_arm(const struct abscopal_results *results, size_t arm)
{
    size_t count;
    struct sorted *const list = sort_patients(results, arm, key_change, &count);
    if (list == NULL)
        return NULL;
    const size_t shown = least(count, REPORT_MOST_BARS);
    json_t *patients = json_array(), *change = json_array(), *best = json_array();
    for (size_t i = 0; i < shown; i++) {
        const struct sorted *item = &list[report_pick(count, shown, i)];
        json_list_add(&patients, patient_number(results, item->patient));
        json_list_add(&change, json_number_or_null(item->key));
        json_list_add(&best, best_of(results, arm, item->patient));
    }
    free(list);
    return json_pack("{s:s, s:I, s:I, s:o, s:o, s:o}", "arm", results->trial->file.arms[arm].name, "total",
                     (json_int_t)count, "shown", (json_int_t)shown, "patients", patients, "change", change, "best",
                     best);
}

json_t *report_waterfall(const struct abscopal_results *results)
{
    return all_arms(results, waterfall_arm);
}

/* ---- Spider ----------------------------------------------------------------------------------------- */

/* Sum of the target lesions' diameters; NaN where one was not measured, or without any. */
static double target_sum_mm(const struct abscopal_results *results, size_t arm, size_t patient, size_t visit)
{
    const size_t row = results_row(results, arm, patient);
    const double *diameters_mm = results->diameters_mm + (row * results->visit_count + visit) * results->lesion_count;
    double sum = 0;
    bool any = false;
    for (int lesion = 0; lesion < results->patients[patient].patient.lesion_count; lesion++)
        if ((results->arms[row].non_target >> lesion & 1) == 0) {
            sum += diameters_mm[lesion];
            any = true;
        }
    return any ? sum : (double)NAN;
}

static json_t *changes_json(const struct abscopal_results *results, size_t arm, size_t patient)
{
    const double baseline_mm = target_sum_mm(results, arm, patient, 0);
    json_t *changes = json_array();
    for (size_t visit = 0; visit < results->visit_count; visit++)
        json_list_add(&changes,
                      json_number_or_null(visit == 0 ? (isnan(baseline_mm) ? (double)NAN : 0)
                                                     : (target_sum_mm(results, arm, patient, visit) - baseline_mm) /
                                                           baseline_mm));
    return changes;
}

static json_t *spider_arm(const struct abscopal_results *results, size_t arm)
{
    struct arm_patients read;
    if (arm_patients_read(results, arm, &read) != ABSCOPAL_OK)
        return NULL;
    const size_t shown = least(read.n, REPORT_MOST_LINES);
    json_t *patients = json_array(), *change = json_array(), *best = json_array(), *stops = json_array();
    for (size_t i = 0; i < shown; i++) {
        const size_t patient = read.patients[report_pick(read.n, shown, i)];
        const struct patient_outcome *outcome = outcome_of(results, arm, patient);
        json_list_add(&patients, patient_number(results, patient));
        json_list_add(&change, changes_json(results, arm, patient));
        json_list_add(&best, best_of(results, arm, patient));
        json_list_add(&stops, outcome->progressed ? json_number_or_null(outcome->progression_day) : json_null());
    }
    json_t *figure = json_pack("{s:s, s:I, s:I, s:o, s:o, s:o, s:o}", "arm", results->trial->file.arms[arm].name,
                               "total", (json_int_t)read.n, "shown", (json_int_t)shown, "patients", patients, "change",
                               change, "best", best, "stops", stops);
    arm_patients_free(&read);
    return figure;
}

json_t *report_spider(const struct abscopal_results *results)
{
    return all_arms(results, spider_arm);
}

/* ---- Swimmer ---------------------------------------------------------------------------------------- */

/* The last planned dose of a drug, the same for everybody; NaN where visits or chance decide on doses, or without any.
 */
static double last_dose_day(const struct abscopal_results *results, size_t arm)
{
    const struct trial_file *trial = &results->trial->file;
    const struct arm *planned = &trial->arms[arm];
    double *const days = malloc(conduct_most_days(trial) * sizeof *days);
    double last = NAN;
    for (size_t i = 0; days != NULL && !arm_is_adaptive(planned) && i < planned->treatment_count; i++) {
        const struct treatment *treatment = &planned->treatments[i];
        const double start_day = conduct_planned_start(trial, planned, i, days);
        const int count = isnan(start_day) ? 0 : conduct_planned_days(trial, treatment, start_day, days);
        if (treatment->kind == TREATMENT_DRUG && count > 0)
            last = fmax(last, days[count - 1]);
    }
    free(days);
    return last;
}

struct swimmer {
    json_t *patients, *end_days, *progressed, *response_days, *response_end_days, *best, *doses_end_days;
};

static void swimmer_add(struct swimmer *swimmer, const struct abscopal_results *results, size_t arm, size_t patient,
                        double dose_day)
{
    const struct patient_outcome *outcome = outcome_of(results, arm, patient);
    const bool responds = endpoints_is_response(outcome->best_confirmed);
    json_list_add(&swimmer->patients, patient_number(results, patient));
    json_list_add(&swimmer->end_days, json_number_or_null(outcome->progression_day));
    json_list_add(&swimmer->progressed, json_boolean(outcome->progressed));
    json_list_add(&swimmer->response_days,
                  responds ? json_number_or_null(outcome->confirmed_response_day) : json_null());
    json_list_add(&swimmer->response_end_days, responds ? json_number_or_null(outcome->response_end_day) : json_null());
    json_list_add(&swimmer->best, best_of(results, arm, patient));
    json_list_add(&swimmer->doses_end_days, json_number_or_null(dose_day));
}

static json_t *swimmer_arm(const struct abscopal_results *results, size_t arm)
{
    size_t count;
    struct sorted *const list = sort_patients(results, arm, key_end, &count);
    if (list == NULL)
        return NULL;
    const size_t shown = least(count, REPORT_MOST_LANES);
    const double dose_day = last_dose_day(results, arm);
    struct swimmer swimmer = {json_array(), json_array(), json_array(), json_array(),
                              json_array(), json_array(), json_array()};
    for (size_t i = 0; i < shown; i++)
        swimmer_add(&swimmer, results, arm, list[report_pick(count, shown, i)].patient, dose_day);
    free(list);
    return json_pack("{s:s, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "arm", results->trial->file.arms[arm].name,
                     "total", (json_int_t)count, "shown", (json_int_t)shown, "patients", swimmer.patients, "end_days",
                     swimmer.end_days, "progressed", swimmer.progressed, "response_days", swimmer.response_days,
                     "response_end_days", swimmer.response_end_days, "best", swimmer.best, "doses_end_days",
                     swimmer.doses_end_days);
}

json_t *report_swimmer(const struct abscopal_results *results)
{
    return all_arms(results, swimmer_arm);
}
