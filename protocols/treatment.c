#include "protocols/treatment.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/units.h"

/* Larger than anything given to a patient; what lies beyond is a slip of the unit or a count of something else. */
enum { MOST_DOSES = 1000, MOST_DRUGS_NAMED = 64 };
static const double largest_dose_mg = 1e5;
static const double largest_dose_mg_per_kg = 1e3;
static const double largest_fraction_gray = 100;

/* That day, or the next Monday at the same hour when it falls on a weekend. Day 0 is a Monday. */
static double weekend_left_out(double day)
{
    double day_of_week = fmod(floor(day), 7);
    return day_of_week >= 5 ? day + (7 - day_of_week) : day;
}

void treatment_days(const struct treatment *treatment, double *days)
{
    int per_day = treatment->kind == TREATMENT_RADIOTHERAPY ? treatment->fractions_per_day : 1;
    bool weekdays = treatment->kind == TREATMENT_RADIOTHERAPY && treatment->weekdays;
    double day = treatment->start_days;
    for (int i = 0; i < treatment->count; i++) {
        int of_day = i % per_day;
        int days_before = i / per_day;
        if (i > 0 && of_day == 0 && weekdays)
            day += treatment->interval_days;
        else if (of_day == 0) /* from the start each time, so that no rounding adds up */
            day = treatment->start_days + days_before * treatment->interval_days;
        if (weekdays)
            day = weekend_left_out(day);
        days[i] = day + of_day * treatment->within_day_days;
    }
}

/* Every dose must start and end within the trial: what a protocol says is given is given. */
static void schedule_check(struct yaml_document *document, const struct yaml_node *node,
                           const struct treatment *treatment, double until_days)
{
    bool drug = treatment->kind == TREATMENT_DRUG;
    const char *counted = drug ? "doses" : "fractions";
    const struct yaml_node *start = yaml_find(node, "start");
    if (document->status != ABSCOPAL_OK)
        return;
    double *days = yaml_allocate(document, (size_t)treatment->count, sizeof *days);
    if (days == NULL)
        return;
    treatment_days(treatment, days);
    int given = 0;
    while (given < treatment->count && days[given] < until_days && days[given] + treatment->infusion_days <= until_days)
        given++;
    if (days[0] >= until_days)
        yaml_fail(document, start, "starts on day %.6g, but the trial ends on day %.6g ('until'); start it earlier",
                  days[0], until_days);
    else if (given == 0)
        yaml_fail(document, start, "the infusion ends on day %.6g, after the trial (day %.6g, 'until')",
                  days[0] + treatment->infusion_days, until_days);
    else if (given < treatment->count)
        yaml_fail(document, yaml_find(node, counted),
                  "only %d of %d %s are given before the trial ends on day %.6g; write '%s: %d' or a later 'until'",
                  given, treatment->count, counted, until_days, counted, given);
    free(days);
}

static void start_read(struct yaml_document *document, const struct yaml_node *node, const char *what,
                       struct treatment *treatment)
{
    const struct yaml_node *start = yaml_require(document, node, what, "start", "start: 0 d");
    treatment->start_days = yaml_quantity(document, start, "start", "d");
    if (document->status == ABSCOPAL_OK && treatment->start_days < 0)
        yaml_fail(document, start, "start must not be before day 0, the baseline; write '0 d' or later");
}

/* The count and the interval between, which must be given together. default_interval_days is 0 when there is none. */
static void count_read(struct yaml_document *document, const struct yaml_node *node, const char *counted,
                       double default_interval_days, struct treatment *treatment)
{
    const struct yaml_node *count = yaml_find(node, counted);
    const struct yaml_node *every = yaml_find(node, "every");
    treatment->count = count != NULL ? (int)yaml_integer_within(document, count, counted, 1, MOST_DOSES) : 1;
    double interval = yaml_quantity_positive(document, every, "every", "d", 36525);
    if (document->status != ABSCOPAL_OK)
        return;
    if (every != NULL && count == NULL)
        yaml_fail(document, every, "'every' needs '%s': how many? Write for instance '%s: 4'", counted, counted);
    else if (every == NULL && treatment->count > 1 && !(default_interval_days > 0))
        yaml_fail(document, count, "%d %s need 'every', the time between them; write for instance 'every: 14 d'",
                  treatment->count, counted);
    treatment->interval_days = treatment->count > 1 ? (every != NULL ? interval : default_interval_days) : 0;
}

/* ---- Drugs */

/* Of the preset's library or of the trial's own drugs. */
static void antibody_read(struct yaml_document *document, const struct yaml_node *node, const struct trial_file *trial,
                          struct treatment *treatment)
{
    const struct antibody *known[MOST_DRUGS_NAMED];
    const char *names[MOST_DRUGS_NAMED];
    size_t count = 0;
    while (count < MOST_DRUGS_NAMED && (known[count] = model_preset_antibody(trial->preset, count)) != NULL)
        count++;
    for (size_t i = 0; i < trial->drug_count && count < MOST_DRUGS_NAMED; i++)
        known[count++] = &trial->drugs[i];
    for (size_t i = 0; i < count; i++)
        names[i] = known[i]->name;
    size_t chosen = yaml_choice(document, node, "drug", names, count);
    if (document->status == ABSCOPAL_OK)
        treatment->antibody = known[chosen];
}

static void dose_read(struct yaml_document *document, const struct yaml_node *node, const struct trial_file *trial,
                      struct treatment *treatment)
{
    char problem[UNIT_TEXT_SIZE];
    struct quantity dose;
    struct unit per_body_weight;
    const char *text = yaml_text(document, node, "dose");
    if (text == NULL)
        return;
    if (!quantity_parse(text, &dose, problem)) {
        yaml_fail(document, node, "dose: %s", problem);
        return;
    }
    unit_parse("mg/kg", &per_body_weight, problem);
    treatment->dose_per_body_weight = unit_same_dimension(&dose.unit, &per_body_weight);
    if (treatment->dose_per_body_weight) {
        treatment->dose_mg = yaml_quantity_positive(document, node, "dose", "mg/kg", largest_dose_mg_per_kg);
        if (trial->cohort_path == NULL)
            yaml_fail(document, node, "a dose per body weight needs a cohort; write the dose in mg");
        return;
    }
    struct unit mass;
    unit_parse("mg", &mass, problem);
    if (unit_same_dimension(&dose.unit, &mass))
        treatment->dose_mg = yaml_quantity_positive(document, node, "dose", "mg", largest_dose_mg);
    else
        yaml_fail(document, node, "dose: '%.64s' is %s; write a mass such as '240 mg', or '3 mg/kg' by body weight",
                  text, unit_describe(&dose.unit, problem));
}

static void drug_read(struct yaml_document *document, const struct yaml_node *node, const struct trial_file *trial,
                      struct treatment *treatment)
{
    static const char *const keys[] = {"drug", "dose", "start", "every", "doses", "over"};
    static const char *const what = "a drug treatment";
    yaml_check_keys(document, node, what, keys, sizeof keys / sizeof *keys);
    treatment->kind = TREATMENT_DRUG;
    antibody_read(document, yaml_find(node, "drug"), trial, treatment);
    dose_read(document, yaml_require(document, node, what, "dose", "dose: 240 mg"), trial, treatment);
    start_read(document, node, what, treatment);
    count_read(document, node, "doses", 0, treatment);
    const struct yaml_node *over = yaml_find(node, "over");
    treatment->infusion_days = yaml_quantity_positive(document, over, "over", "d", 36525);
    if (document->status == ABSCOPAL_OK && treatment->count > 1 && treatment->infusion_days > treatment->interval_days)
        yaml_fail(document, over, "the infusion (%.40s) is longer than the interval between doses (%.40s)", over->text,
                  yaml_find(node, "every")->text);
}

/* ---- Radiotherapy */

static void lesions_list(struct yaml_document *document, const struct yaml_node *node, struct treatment *treatment)
{
    size_t count = yaml_list(document, node, "lesions", MODEL_MAX_LESIONS);
    for (size_t i = 0; i < count && document->status == ABSCOPAL_OK; i++) {
        const struct yaml_node *item = node->items[i];
        int lesion = (int)yaml_integer_within(document, item, "a lesion's number", 1, MODEL_MAX_LESIONS) - 1;
        for (size_t j = 0; j < i; j++)
            if (treatment->lesions[j] == lesion)
                yaml_fail(document, item, "lesion %d is listed twice", lesion + 1);
        treatment->lesions[i] = lesion;
    }
    treatment->lesion_choice = LESIONS_LISTED;
    treatment->lesion_count = (int)count;
}

static void lesions_read(struct yaml_document *document, const struct yaml_node *node, struct treatment *treatment)
{
    static const char *const names[] = {"largest", "all"};
    treatment->lesion_choice = LESIONS_LARGEST;
    if (node == NULL || document->status != ABSCOPAL_OK)
        return;
    if (node->kind == YAML_SEQUENCE) {
        lesions_list(document, node, treatment);
    } else if (node->kind == YAML_SCALAR && node->text[0] >= '0' && node->text[0] <= '9') {
        yaml_fail(document, node, "lesion numbers must be a list; write [%.40s]", node->text);
    } else {
        size_t choice = yaml_choice(document, node, "choice of lesions", names, sizeof names / sizeof *names);
        treatment->lesion_choice = choice == 1 ? LESIONS_ALL : LESIONS_LARGEST;
    }
}

/* Several fractions on one day. */
static void per_day_read(struct yaml_document *document, const struct yaml_node *node, struct treatment *treatment)
{
    const struct yaml_node *per_day = yaml_find(node, "per_day");
    const struct yaml_node *apart = yaml_find(node, "apart");
    treatment->fractions_per_day =
        per_day != NULL ? (int)yaml_integer_within(document, per_day, "per_day", 1, MOST_DOSES) : 1;
    treatment->within_day_days = apart != NULL ? yaml_quantity_positive(document, apart, "apart", "d", 1) : 6.0 / 24.0;
    if (document->status != ABSCOPAL_OK)
        return;
    if (apart != NULL && treatment->fractions_per_day == 1)
        yaml_fail(document, apart, "'apart' is the time between fractions of one day; it needs 'per_day: 2' or more");
    else if (treatment->fractions_per_day > treatment->count)
        yaml_fail(document, per_day, "per_day is %d, but the course has only %d; 'fractions' counts all of them",
                  treatment->fractions_per_day, treatment->count);
    else if ((treatment->fractions_per_day - 1) * treatment->within_day_days >= 1)
        yaml_fail(document, per_day, "%d fractions %.6g h apart do not fit into a day; lower 'per_day' or 'apart'",
                  treatment->fractions_per_day, 24 * treatment->within_day_days);
}

static void radiotherapy_read(struct yaml_document *document, const struct yaml_node *node,
                              const struct trial_file *trial, struct treatment *treatment)
{
    static const char *const keys[] = {"radiotherapy", "fractions", "start",   "every",    "per_day",
                                       "apart",        "weekdays",  "lesions", "coverage", "nodes"};
    static const char *const what = "a radiotherapy treatment";
    yaml_check_keys(document, node, what, keys, sizeof keys / sizeof *keys);
    const struct yaml_node *dose = yaml_find(node, "radiotherapy");
    if (trial->preset == PRESET_QSPIO_NSCLC_2020)
        yaml_fail(document, dose, "the model %s has no radiotherapy; write 'model: %s'",
                  model_preset_name(trial->preset), model_preset_name(PRESET_NSCLC));
    treatment->kind = TREATMENT_RADIOTHERAPY;
    treatment->fraction_gray = yaml_quantity_positive(document, dose, "radiotherapy", "Gy", largest_fraction_gray);
    start_read(document, node, what, treatment);
    count_read(document, node, "fractions", 1, treatment);
    per_day_read(document, node, treatment);
    if (document->status == ABSCOPAL_OK && treatment->count > 1 && treatment->interval_days < 1)
        yaml_fail(document, yaml_find(node, "every"),
                  "'every' counts days with radiotherapy and must be at least 1 d; for several fractions a day write "
                  "'per_day: 2' and 'apart: 6 h'");
    const struct yaml_node *weekdays = yaml_find(node, "weekdays");
    treatment->weekdays = weekdays != NULL && yaml_boolean(document, weekdays, "weekdays");
    lesions_read(document, yaml_find(node, "lesions"), treatment);
    const struct yaml_node *coverage = yaml_find(node, "coverage");
    treatment->coverage = coverage != NULL ? yaml_quantity_positive(document, coverage, "coverage", "1", 1) : 1;
    const struct yaml_node *nodes = yaml_find(node, "nodes");
    treatment->nodes = nodes != NULL && yaml_boolean(document, nodes, "nodes");
}

void treatment_read(struct yaml_document *document, const struct yaml_node *node, const struct trial_file *trial,
                    struct treatment *treatment)
{
    if (document->status != ABSCOPAL_OK)
        return;
    bool drug = yaml_find(node, "drug") != NULL;
    bool radiotherapy = yaml_find(node, "radiotherapy") != NULL;
    if (node->kind != YAML_MAPPING || (!drug && !radiotherapy))
        yaml_fail(document, node,
                  "a treatment must have the key 'drug' or 'radiotherapy', such as "
                  "{drug: nivolumab, dose: 240 mg, start: 0 d} or {radiotherapy: 8 Gy, start: 0 d}");
    else if (drug && radiotherapy)
        yaml_fail(document, node, "a treatment is a drug or radiotherapy; write two treatments");
    else if (drug)
        drug_read(document, node, trial, treatment);
    else
        radiotherapy_read(document, node, trial, treatment);
    schedule_check(document, node, treatment, trial->until_days);
}
