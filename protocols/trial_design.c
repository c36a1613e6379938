#include "protocols/trial_design.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/trial_keys.h"

/* ---- Imaging ---------------------------------------------------------------------------------------- */

size_t trial_file_visits(const struct trial_file *trial, double *days)
{
    const struct imaging_period usual = {.every_days = trial->imaging_interval_days, .until_days = INFINITY};
    const struct imaging *imaging = &trial->imaging;
    const struct imaging_period *periods = imaging->period_count > 0 ? imaging->periods : &usual;
    const size_t period_count = imaging->period_count > 0 ? imaging->period_count : 1;
    const double rounding = 1 + 1e-12, same_visit_days = 1e-9;
    size_t count = 0, also = 0;
    double begin = 0;
    if (days != NULL)
        days[0] = 0;
    count++;
    for (size_t i = 0; i < period_count; i++) {
        const double end = fmin(periods[i].until_days, trial->until_days);
        for (int number = 1; begin + number * periods[i].every_days <= end * rounding; number++) {
            const double day = fmin(begin + number * periods[i].every_days, end);
            for (; also < imaging->also_count && imaging->also_days[also] <= day + same_visit_days; also++) {
                if (imaging->also_days[also] >= day - same_visit_days)
                    continue;
                if (days != NULL)
                    days[count] = imaging->also_days[also];
                count++;
            }
            if (days != NULL)
                days[count] = day;
            count++;
        }
        begin = end;
    }
    for (; also < imaging->also_count; also++, count++)
        if (days != NULL)
            days[count] = imaging->also_days[also];
    return count;
}

static void period_read(struct yaml_document *document, const struct yaml_node *node, const struct trial_file *trial,
                        bool last, double begin_days, struct imaging_period *period)
{
    input_keys_check(document, node, &imaging_period_keys);
    const struct yaml_node *every = yaml_require(document, node, "a period of imaging", "every", "every: 6 week");
    period->every_days =
        input_quantity_read(document, every, "imaging every", input_value_of(&imaging_period_keys, "every"));
    const struct yaml_node *until = yaml_find(node, "until");
    if (until == NULL && !last)
        yaml_require(document, node, "a period of imaging that is not the last", "until", "until: 24 week");
    period->until_days = input_quantity(document, node, &imaging_period_keys, "until", trial->until_days);
    if (document->status != ABSCOPAL_OK)
        return;
    if (begin_days >= trial->until_days)
        yaml_fail(document, node, "this period begins on day %.6g, but the trial ends on day %.6g; remove it",
                  begin_days, trial->until_days);
    else if (period->until_days <= begin_days)
        yaml_fail(document, until, "this period ends on day %.6g, where the one before has ended; write a later day",
                  period->until_days);
    else if (until != NULL && begin_days + period->every_days > period->until_days * (1 + 1e-12))
        yaml_fail(document, every, "the period ends on day %.6g, before its first visit on day %.6g; image more often",
                  period->until_days, begin_days + period->every_days);
}

static void periods_read(struct yaml_document *document, const struct yaml_node *node, struct trial_file *trial)
{
    struct imaging *imaging = &trial->imaging;
    const size_t count = yaml_list(document, node, "schedule", input_value_of(&imaging_keys, "schedule")->most);
    imaging->periods = yaml_allocate(document, count, sizeof *imaging->periods);
    double begin = 0;
    for (size_t i = 0; imaging->periods != NULL && i < count && document->status == ABSCOPAL_OK; i++) {
        period_read(document, node->items[i], trial, i + 1 == count, begin, &imaging->periods[i]);
        begin = imaging->periods[i].until_days;
        imaging->period_count = i + 1;
    }
    if (imaging->periods != NULL)
        trial->imaging_interval_days = imaging->periods[0].every_days;
}

static void also_read(struct yaml_document *document, const struct yaml_node *node, struct trial_file *trial)
{
    struct imaging *imaging = &trial->imaging;
    const struct input_value *value = input_value_of(&imaging_keys, "also");
    const size_t count = node != NULL ? yaml_list(document, node, "also", value->most) : 0;
    if (count == 0)
        return;
    imaging->also_days = yaml_allocate(document, count, sizeof *imaging->also_days);
    for (size_t i = 0; imaging->also_days != NULL && i < count && document->status == ABSCOPAL_OK; i++) {
        const double day = input_quantity_read(document, node->items[i], "a further visit", value->item);
        if (document->status == ABSCOPAL_OK && day > trial->until_days)
            yaml_fail(document, node->items[i], "this visit is after the trial ends on day %.6g", trial->until_days);
        if (document->status == ABSCOPAL_OK && i > 0 && day <= imaging->also_days[i - 1])
            yaml_fail(document, node->items[i], "further visits have to be in order, each once");
        imaging->also_days[i] = day;
        imaging->also_count = i + 1;
    }
}

/* How many visits there would be, without counting them one by one. */
static double count_roughly(const struct trial_file *trial)
{
    double count = 1 + (double)trial->imaging.also_count, begin = 0;
    for (size_t i = 0; i < trial->imaging.period_count; i++) {
        const struct imaging_period *period = &trial->imaging.periods[i];
        count += (fmin(period->until_days, trial->until_days) - begin) / period->every_days;
        begin = period->until_days;
    }
    return trial->imaging.period_count > 0 ? count : count + trial->until_days / trial->imaging_interval_days;
}

void trial_design_read_imaging(struct yaml_document *document, struct trial_file *trial)
{
    const struct yaml_node *imaging =
        yaml_require(document, document->root, "the trial", "imaging", "imaging: {every: 40 d}");
    input_keys_check(document, imaging, &imaging_keys);
    const struct yaml_node *every = yaml_find(imaging, "every"), *schedule = yaml_find(imaging, "schedule");
    if (schedule == NULL) {
        every = yaml_require(document, imaging, "imaging", "every", "every: 40 d");
        trial->imaging_interval_days =
            input_quantity_read(document, every, "imaging every", input_value_of(&imaging_keys, "every"));
    } else if (every != NULL) {
        yaml_fail(document, schedule, "'every' and 'schedule' both say when visits are; keep one");
    } else {
        periods_read(document, schedule, trial);
    }
    also_read(document, yaml_find(imaging, "also"), trial);
    trial->imaging.error = input_quantity(document, imaging, &imaging_keys, "error", 0);
    trial->imaging.missed_probability = input_quantity(document, imaging, &imaging_keys, "missed", 0);
    if (document->status != ABSCOPAL_OK)
        return;
    const struct yaml_node *place = schedule != NULL ? schedule : every;
    if (trial->imaging_interval_days > trial->until_days && trial->imaging.also_count == 0)
        yaml_fail(document, place, "the first visit would be after the trial ends on day %.6g; image more often",
                  trial->until_days);
    else if (count_roughly(trial) > TRIAL_MOST_VISITS + 1)
        yaml_fail(document, place, "more than %d visits; image less often", TRIAL_MOST_VISITS);
}

/* ---- Response criteria ------------------------------------------------------------------------------ */

void trial_design_read_response(struct yaml_document *document, struct trial_file *trial)
{
    const struct yaml_node *response = yaml_find(document->root, "response");
    if (document->status != ABSCOPAL_OK || response == NULL)
        return;
    input_keys_check(document, response, &response_keys);
    const struct yaml_node *criteria = yaml_find(response, "criteria");
    if (criteria != NULL)
        trial->irecist =
            input_choice_read(document, criteria, "response criteria", input_value_of(&response_keys, "criteria")) == 1;
    const struct yaml_node *irradiated = yaml_find(response, "irradiated");
    if (irradiated != NULL)
        trial->irradiated_are_non_target = input_choice_read(document, irradiated, "irradiated lesions",
                                                             input_value_of(&response_keys, "irradiated")) == 1;
    trial->minimum_stable_days = input_quantity(document, response, &response_keys, "minimum_stable", 0);
    trial->confirmation_days = input_quantity(document, response, &response_keys, "confirmation", 0);
}

/* ---- Patients --------------------------------------------------------------------------------------- */

/* What is known of each patient besides parameters: the ranges are those of cohort files. */
struct range {
    const char *name, *unit;
    double lower, upper;
};
/* In the order of patient_quantity_name. */
static const struct range attributes[] = {
    {"lesions", "1", 1, MODEL_MAX_LESIONS},
    {"baseline_sum_of_diameters", "mm", 1, 1000},
    {"body_weight", "kg", 1, 500},
    {"lymphocytes", "cell/uL", 0, 1e5},
    {"pdl1_class", "1", 0, 0},
};
enum { FIXED = sizeof attributes / sizeof *attributes };

/* A quantity of a patient by its name, with what it can be. Classes are no quantity that strata could cut. */
static struct range quantity_find(struct yaml_document *document, const struct yaml_node *node, bool stratum,
                                  struct patient_limit *limit)
{
    const char *names[FIXED + PARAMETER_COUNT];
    for (size_t i = 0; i < FIXED + PARAMETER_COUNT; i++)
        names[i] = stratum && i == QUANTITY_PDL1_CLASS ? "" : patient_quantity_name(i).name;
    if (document->status == ABSCOPAL_OK && stratum && node->kind == YAML_SCALAR &&
        strcmp(node->text, patient_quantity_name(QUANTITY_PDL1_CLASS).name) == 0)
        yaml_fail(document, node, "classes are no strata; write 'by: pdl1_per_cancer_cell' and where a class begins");
    const size_t chosen = yaml_choice(document, node, "quantity of a patient", names, FIXED + PARAMETER_COUNT);
    limit->quantity = chosen < FIXED ? (enum patient_quantity)chosen : QUANTITY_PARAMETER;
    limit->parameter = chosen < FIXED ? -1 : (int)(chosen - FIXED);
    if (chosen < FIXED)
        return attributes[chosen];
    const struct parameter_description *row = parameter_describe(limit->parameter);
    return (struct range){row->name, row->unit, row->lower, row->upper};
}

/* A limit that no patient can be beyond does nothing, or leaves nobody: a slip of the unit. */
static double bound_read(struct yaml_document *document, const struct yaml_node *mapping, const char *key,
                         const struct range *range, double otherwise)
{
    const struct yaml_node *node = yaml_find(mapping, key);
    char name[96];
    snprintf(name, sizeof name, "%.64s (%s)", range->name, key);
    return node != NULL ? yaml_quantity_within(document, node, name, range->unit, range->lower, range->upper)
                        : otherwise;
}

/* pdl1_class: [low, high] */
static void classes_read(struct yaml_document *document, const struct yaml_node *node, struct trial_file *trial)
{
    const size_t most = input_value_find(input_value_of(&trial_keys, "eligibility")->item, VALUE_LIST, NULL)->most;
    const size_t count = document->status == ABSCOPAL_OK ? yaml_list(document, node, "pdl1_class", most) : 0;
    trial->classes = count > 0 ? yaml_allocate(document, count, sizeof *trial->classes) : NULL;
    for (size_t i = 0; i < count && document->status == ABSCOPAL_OK; i++) {
        struct pdl1_choice *choice = &trial->classes[trial->class_count++];
        choice->line = node->items[i]->line;
        choice->column = node->items[i]->column;
        choice->name = yaml_copy(document, yaml_text(document, node->items[i], "a PD-L1 class"));
    }
}

/* {lesions: {least: 2, most: 4}, ...} */
static void eligibility_read(struct yaml_document *document, struct trial_file *trial)
{
    const size_t most_limits = input_value_of(&trial_keys, "eligibility")->most;
    const struct yaml_node *node = yaml_find(document->root, "eligibility");
    if (document->status != ABSCOPAL_OK || node == NULL)
        return;
    if (node->kind != YAML_MAPPING || node->item_count == 0 || node->item_count > 2 * most_limits) {
        yaml_fail(document, node,
                  "eligibility must be a mapping of 1 to %zu quantities to their limits, such as "
                  "{lesions: {least: 2}}",
                  most_limits);
        return;
    }
    if (trial->cohort_path == NULL)
        yaml_fail(document, node, "without a cohort there is one patient, who takes part; remove 'eligibility'");
    trial->eligibility = yaml_allocate(document, node->item_count / 2, sizeof *trial->eligibility);
    for (size_t i = 0; i + 1 < node->item_count && document->status == ABSCOPAL_OK; i += 2) {
        struct patient_limit *limit = &trial->eligibility[trial->eligibility_count++];
        const struct range range = quantity_find(document, node->items[i], false, limit);
        const struct yaml_node *bounds = node->items[i + 1];
        if (limit->quantity == QUANTITY_PDL1_CLASS) {
            classes_read(document, bounds, trial);
            continue;
        }
        input_keys_check(document, bounds, &limit_keys);
        limit->least = bound_read(document, bounds, "least", &range, -INFINITY);
        limit->most = bound_read(document, bounds, "most", &range, INFINITY);
        if (document->status == ABSCOPAL_OK && limit->least > limit->most)
            yaml_fail(document, bounds, "no patient has at least %g and at most %g; mend one of the two", limit->least,
                      limit->most);
        else if (document->status == ABSCOPAL_OK && bounds->item_count == 0)
            yaml_fail(document, bounds, "a limit needs 'least', 'most' or both, such as {least: 2}");
    }
}

/* [{by: lesions, from: 3}, ...]: each divides in two, those with less and those with at least so much. */
void trial_design_read_strata(struct yaml_document *document, const struct yaml_node *node,
                              struct allocation *allocation)
{
    const size_t count =
        node != NULL ? yaml_list(document, node, "strata", input_value_of(&allocation_keys, "strata")->most) : 0;
    if (count == 0)
        return;
    allocation->strata = yaml_allocate(document, count, sizeof *allocation->strata);
    for (size_t i = 0; allocation->strata != NULL && i < count && document->status == ABSCOPAL_OK; i++) {
        struct patient_limit *cut = &allocation->strata[i];
        input_keys_check(document, node->items[i], &stratum_keys);
        const struct yaml_node *by = yaml_require(document, node->items[i], "a stratum", "by", "by: lesions");
        yaml_require(document, node->items[i], "a stratum", "from", "from: 3");
        if (document->status != ABSCOPAL_OK)
            return;
        const struct range range = quantity_find(document, by, true, cut);
        if (document->status == ABSCOPAL_OK && cut->quantity == QUANTITY_LYMPHOCYTES)
            yaml_fail(
                document, by,
                "lymphocytes are known at baseline, when patients have been randomised; write another quantity, or "
                "limit them in 'eligibility'");
        cut->least = bound_read(document, node->items[i], "from", &range, 0);
        cut->most = INFINITY;
        allocation->stratum_count = i + 1;
        for (size_t j = 0; j < i && document->status == ABSCOPAL_OK; j++)
            if (allocation->strata[j].quantity == cut->quantity && allocation->strata[j].parameter == cut->parameter &&
                allocation->strata[j].least == cut->least)
                yaml_fail(document, node->items[i], "%s from %g is a stratum already; remove one of the two",
                          range.name, cut->least);
    }
}

static void ratio_read(struct yaml_document *document, const struct yaml_node *node, struct trial_file *trial)
{
    struct allocation *allocation = &trial->allocation;
    const struct input_value *part = input_value_of(&allocation_keys, "ratio")->item;
    allocation->ratio = yaml_allocate(document, trial->arm_count, sizeof *allocation->ratio);
    if (allocation->ratio == NULL)
        return;
    if (trial->arm_count > TRIAL_MOST_RANDOMISED_ARMS) {
        yaml_fail(document, node, "patients can be randomised to %d arms, not to %zu", TRIAL_MOST_RANDOMISED_ARMS,
                  trial->arm_count);
        return;
    }
    const size_t count = node != NULL ? yaml_list(document, node, "ratio", TRIAL_MOST_RANDOMISED_ARMS) : 0;
    if (document->status == ABSCOPAL_OK && node != NULL && count != trial->arm_count)
        yaml_fail(document, node, "the ratio needs %zu numbers, one for each arm in their order, not %zu",
                  trial->arm_count, count);
    for (size_t arm = 0; arm < trial->arm_count && document->status == ABSCOPAL_OK; arm++)
        allocation->ratio[arm] = node != NULL
                                     ? (int)yaml_integer_within(document, node->items[arm], "a part of the ratio",
                                                                (long long)part->lower, (long long)part->upper)
                                     : 1;
}

static void allocation_read(struct yaml_document *document, struct trial_file *trial)
{
    const struct yaml_node *node = yaml_find(document->root, "allocation");
    if (document->status != ABSCOPAL_OK || node == NULL)
        return;
    input_keys_check(document, node, &allocation_keys);
    const struct yaml_node *patients = yaml_require(document, node, "allocation", "patients", "patients: randomised");
    trial->allocation.disjoint = input_choice_read(document, patients, "allocation of patients",
                                                   input_value_of(&allocation_keys, "patients")) == 1;
    const struct yaml_node *ratio = yaml_find(node, "ratio"), *strata = yaml_find(node, "strata");
    if (document->status != ABSCOPAL_OK)
        return;
    if (!trial->allocation.disjoint && (ratio != NULL || strata != NULL))
        yaml_fail(document, ratio != NULL ? ratio : strata,
                  "there is nothing to randomise when every patient is in all arms; write 'patients: randomised'");
    else if (trial->allocation.disjoint && trial->cohort_path == NULL)
        yaml_fail(document, patients, "without a cohort there is one patient, who cannot be randomised");
    else if (trial->allocation.disjoint) {
        ratio_read(document, ratio, trial);
        trial_design_read_strata(document, strata, &trial->allocation);
    }
}

void trial_design_read_patients(struct yaml_document *document, struct trial_file *trial)
{
    eligibility_read(document, trial);
    allocation_read(document, trial);
}
