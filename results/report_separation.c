/* What separates those who respond from the rest: the model's parameters and what patients have at baseline. */
#include <math.h>
#include <stdlib.h>

#include "model/parameters.h"
#include "results/json_value.h"
#include "results/report.h"
#include "results/summary.h"
#include "trial/mann_whitney.h"

/* Beside the parameters. */
enum attribute { ATTRIBUTE_BASELINE_MM, ATTRIBUTE_LESIONS, ATTRIBUTE_BODY_WEIGHT };
enum { ATTRIBUTE_COUNT = 3, QUANTITY_COUNT = PARAMETER_COUNT + ATTRIBUTE_COUNT };

struct quantity {
    const char *name, *meaning, *unit;
};

static struct quantity quantity_of(int index)
{
    static const struct quantity attributes[ATTRIBUTE_COUNT] = {
        {"baseline_sum_of_diameters", "sum of diameters at treatment start", "mm"},
        {"lesion_count", "number of lesions", "1"},
        {"body_weight", "body weight", "kg"}};
    if (index >= PARAMETER_COUNT)
        return attributes[index - PARAMETER_COUNT];
    const struct parameter_description *row = parameter_describe(index);
    return (struct quantity){row->name, row->meaning, row->unit};
}

static double value_of(const struct patient_result *patient, int index)
{
    if (index < PARAMETER_COUNT)
        return parameter_get(&patient->patient.parameters, index);
    switch ((enum attribute)(index - PARAMETER_COUNT)) {
    case ATTRIBUTE_BASELINE_MM:
        return patient->baseline_sum_of_diameters_mm;
    case ATTRIBUTE_LESIONS:
        return patient->patient.lesion_count;
    case ATTRIBUTE_BODY_WEIGHT:
        return patient->patient.body_weight_kg;
    }
    return NAN;
}

struct found {
    int index;
    struct separation separation;
};

/* Furthest from one half first; then in the order of the table. */
static int found_compare(const void *left, const void *right)
{
    const struct found *a = left, *b = right;
    const double x = fabs(a->separation.area.value - 0.5), y = fabs(b->separation.area.value - 0.5);
    if (x > y || x < y)
        return x < y ? 1 : -1;
    return a->index - b->index;
}

/* Fills values[n]; whether they differ and are all there. */
static bool values_fill(const struct abscopal_results *results, const struct arm_patients *read, int index,
                        double *values)
{
    bool differ = false, known = true;
    for (size_t i = 0; i < read->n; i++) {
        values[i] = value_of(&results->patients[read->patients[i]], index);
        differ = differ || values[i] < values[0] || values[i] > values[0];
        known = known && isfinite(values[i]);
    }
    return differ && known;
}

/* Those that differ between patients, sorted; returns how many, or -1 without memory. */
static int measure(const struct abscopal_results *results, const struct arm_patients *read, const bool *responds,
                   struct found found[QUANTITY_COUNT])
{
    double *const values = malloc((read->n + 1) * sizeof *values);
    int count = values != NULL ? 0 : -1;
    const struct two_samples samples = {.value = values, .first = responds, .weight = read->weights, .n = read->n};
    for (int index = 0; count >= 0 && index < QUANTITY_COUNT; index++) {
        struct found next = {.index = index};
        if (!values_fill(results, read, index, values))
            continue;
        if (separation_measure(&samples, &next.separation) != ABSCOPAL_OK)
            count = -1;
        else if (!isnan(next.separation.area.value))
            found[count++] = next;
    }
    free(values);
    if (count > 0)
        qsort(found, (size_t)count, sizeof *found, found_compare);
    return count;
}

static json_t *parameters_json(const struct found *found, int count)
{
    json_t *list = json_array();
    for (int i = 0; list != NULL && i < count && i < REPORT_MOST_PARAMETERS; i++) {
        const struct quantity quantity = quantity_of(found[i].index);
        const struct separation *separation = &found[i].separation;
        json_list_add(&list, json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "name", quantity.name, "meaning",
                                       quantity.meaning, "unit", quantity.unit, "auc",
                                       json_number_or_null(separation->area.value), "lower",
                                       json_number_or_null(separation->area.lower), "upper",
                                       json_number_or_null(separation->area.upper), "responders_median",
                                       json_number_or_null(separation->first_median), "others_median",
                                       json_number_or_null(separation->second_median)));
    }
    return list;
}

static json_t *separation_arm(const struct abscopal_results *results, size_t arm)
{
    struct arm_patients read;
    if (arm_patients_read(results, arm, &read) != ABSCOPAL_OK)
        return NULL;
    struct found *const found = malloc(QUANTITY_COUNT * sizeof *found);
    bool *const responds = malloc((read.n + 1) * sizeof *responds);
    size_t responders = 0;
    int count = -1;
    for (size_t i = 0; responds != NULL && i < read.n; i++) {
        responds[i] = endpoints_is_response(read.outcomes[i].best_confirmed);
        responders += responds[i];
    }
    if (found != NULL && responds != NULL)
        count = measure(results, &read, responds, found);
    json_t *json = count >= 0
                       ? json_pack("{s:s, s:I, s:I, s:I, s:o}", "arm", results->trial->file.arms[arm].name,
                                   "responders", (json_int_t)responders, "others", (json_int_t)(read.n - responders),
                                   "compared", (json_int_t)count, "parameters", parameters_json(found, count))
                       : NULL;
    free(found);
    free(responds);
    arm_patients_free(&read);
    return json;
}

json_t *report_separation(const struct abscopal_results *results)
{
    json_t *arms = json_array();
    for (size_t arm = 0; arms != NULL && arm < results->arm_count; arm++)
        json_list_add(&arms, separation_arm(results, arm));
    return arms;
}
