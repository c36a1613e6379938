#include "protocols/treatment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/trial_keys.h"

/* So much before the end of a duration is at its end. */
static const double rounding_days = 1e-9;

/* ---- Days ------------------------------------------------------------------------------------------- */

/* That day, or the next Monday at the same hour when it falls on a weekend. Day 0 is a Monday. */
static double weekend_left_out(double day)
{
    double day_of_week = fmod(floor(day), 7);
    return day_of_week >= 5 ? day + (7 - day_of_week) : day;
}

/* From the first dose, or day with radiotherapy, to number `index`. */
static double days_since_first(const struct treatment *treatment, int index)
{
    const struct dose_steps *first = &treatment->first_intervals;
    double days = 0;
    for (int i = 0; i < index && i < first->count; i++)
        days += first->value[i];
    /* A product each time, so that no rounding adds up. */
    return days + (index > first->count ? (index - first->count) * treatment->interval_days : 0);
}

void treatment_days(const struct treatment *treatment, double start_days, double *days)
{
    int per_day = treatment->kind == TREATMENT_RADIOTHERAPY ? treatment->fractions_per_day : 1;
    bool weekdays = treatment->kind == TREATMENT_RADIOTHERAPY && treatment->weekdays;
    double day = start_days;
    for (int i = 0; i < treatment->count; i++) {
        int of_day = i % per_day;
        int days_before = i / per_day;
        if (i > 0 && of_day == 0 && weekdays) /* days are counted from where the one before came to lie */
            day += days_since_first(treatment, days_before) - days_since_first(treatment, days_before - 1);
        else if (of_day == 0)
            day = start_days + days_since_first(treatment, days_before);
        if (weekdays)
            day = weekend_left_out(day);
        days[i] = day + of_day * treatment->within_day_days;
    }
}

double treatment_shortest_interval(const struct treatment *treatment)
{
    double shortest = treatment->interval_days;
    for (int i = 0; i < treatment->first_intervals.count; i++)
        shortest = fmin(shortest, treatment->first_intervals.value[i]);
    return shortest;
}

/* The day of the first dose, where the file alone tells; NaN otherwise. */
static double known_start(const struct arm *arm, const struct treatment *treatment)
{
    if (treatment->begin == BEGIN_ON_DAY)
        return treatment->start_days;
    return treatment->begin == BEGIN_AFTER_BLOCK
               ? arm->treatments[treatment->after].known_end_days + treatment->start_days
               : NAN;
}

/* Every dose must start and end within the trial: what a protocol says is given is given. Finds known_end_days. */
static void schedule_check(struct yaml_document *document, const struct yaml_node *node, const struct arm *arm,
                           double until_days, struct treatment *treatment)
{
    const char *counted = treatment->kind == TREATMENT_DRUG ? "doses" : "fractions";
    const struct yaml_node *begin = yaml_find(node, treatment->begin == BEGIN_ON_DAY ? "start" : "after");
    const double start_days = known_start(arm, treatment);
    treatment->known_end_days = NAN;
    if (document->status != ABSCOPAL_OK || isnan(start_days))
        return;
    double *days = yaml_allocate(document, (size_t)treatment->count, sizeof *days);
    if (days == NULL)
        return;
    treatment_days(treatment, start_days, days);
    const double duration_days = treatment->duration_days > 0 ? treatment->duration_days - rounding_days : INFINITY;
    const bool certain =
        treatment->end == 0 && !treatment->unless_progressed && treatment->least_lymphocytes_per_ul <= 0;
    int given = 0;
    while (given < treatment->count && days[given] < until_days && days[given] < start_days + duration_days &&
           days[given] + treatment->infusion_days <= until_days)
        given++;
    if (days[0] >= until_days)
        yaml_fail(document, begin, "starts on day %.6g, but the trial ends on day %.6g ('until'); start it earlier",
                  days[0], until_days);
    else if (given == 0 && days[0] >= start_days + duration_days)
        yaml_fail(document, yaml_find(node, "for"), "nothing is given in so short a time; the first is due on day %.6g",
                  days[0]);
    else if (given == 0)
        yaml_fail(document, begin, "the infusion ends on day %.6g, after the trial (day %.6g, 'until')",
                  days[0] + treatment->infusion_days, until_days);
    else if (given < treatment->count && certain && treatment->duration_days <= 0)
        yaml_fail(document, yaml_find(node, counted),
                  "only %d of %d %s are given before the trial ends on day %.6g; write '%s: %d' or a later 'until'",
                  given, treatment->count, counted, until_days, counted, given);
    else if (certain)
        treatment->known_end_days = days[given - 1] + treatment->infusion_days;
    free(days);
}

static const struct input_mapping *keys_of(const struct treatment *treatment)
{
    return treatment->kind == TREATMENT_DRUG ? &drug_treatment_keys : &radiotherapy_keys;
}

/* ---- When it begins --------------------------------------------------------------------------------- */

static double lag_read(struct yaml_document *document, const struct yaml_node *node,
                       const struct input_mapping *mapping, double until_days)
{
    const struct yaml_node *lag = yaml_find(node, "lag");
    const double days = input_quantity(document, node, mapping, "lag", 0);
    if (document->status == ABSCOPAL_OK && days >= until_days)
        yaml_fail(document, lag, "a lag of %.40s ends after the trial (day %.6g, 'until'); write a shorter one",
                  lag->text, until_days);
    return days;
}

/* Fails where the name is that of this treatment or of a later one in the list. */
static void later_check(struct yaml_document *document, const struct yaml_node *block,
                        const struct yaml_node *treatments, size_t index)
{
    for (size_t i = index; i < treatments->item_count && document->status == ABSCOPAL_OK; i++) {
        const struct yaml_node *id = yaml_find(treatments->items[i], "id");
        if (id == NULL || id->kind != YAML_SCALAR || block->kind != YAML_SCALAR || strcmp(id->text, block->text) != 0)
            continue;
        if (i == index)
            yaml_fail(document, block, "a treatment cannot come after itself; name another");
        else
            yaml_fail(document, block, "treatment '%.64s' stands further down (line %d); list it before this one",
                      id->text, id->line);
    }
}

/* A block's name, or {block: name, lag: 7 d}. */
static void after_read(struct yaml_document *document, const struct yaml_node *treatments, const struct yaml_node *node,
                       const struct trial_file *trial, const struct arm *arm, size_t index, struct treatment *treatment)
{
    const struct yaml_node *block = node;
    if (node->kind == YAML_SEQUENCE)
        yaml_fail(document, node,
                  "after must be the 'id' of one treatment, or a mapping such as {block: rt, lag: 7 d}");
    if (node->kind == YAML_MAPPING) {
        input_keys_check(document, node, &after_keys);
        block = yaml_require(document, node, "after", "block", "block: rt");
        treatment->start_days = lag_read(document, node, &after_keys, trial->until_days);
    }
    if (document->status == ABSCOPAL_OK)
        later_check(document, block, treatments, index);
    const char *names[TREATMENT_MOST_IN_ARM];
    size_t places[TREATMENT_MOST_IN_ARM], count = 0;
    for (size_t i = 0; i < index; i++) {
        if (arm->treatments[i].id == NULL)
            continue;
        names[count] = arm->treatments[i].id;
        places[count++] = i;
    }
    if (document->status == ABSCOPAL_OK && count == 0) {
        yaml_fail(document, block,
                  "no treatment before this one has an 'id' to come after; write for instance "
                  "{id: rt, radiotherapy: 8 Gy, ...} and then 'after: {block: rt, lag: 7 d}'");
        return;
    }
    size_t chosen = yaml_choice(document, block, "block", names, count);
    if (document->status == ABSCOPAL_OK)
        treatment->after = places[chosen];
    treatment->begin = BEGIN_AFTER_BLOCK;
}

/* What happens, or {event: ..., lag: 7 d, remaining: 3}. */
static void when_read(struct yaml_document *document, const struct yaml_node *node, double until_days,
                      struct treatment *treatment)
{
    static const enum treatment_begin begins[] = {BEGIN_AT_PROGRESSION, BEGIN_AT_RESPONSE, BEGIN_AT_COMPLETE_RESPONSE,
                                                  BEGIN_AT_BEST_RESPONSE};
    const struct yaml_node *event = node;
    if (node->kind == YAML_SEQUENCE)
        yaml_fail(document, node, "when must be one event, or a mapping such as {event: progression, lag: 7 d}");
    if (node->kind == YAML_MAPPING) {
        input_keys_check(document, node, &when_keys);
        event = yaml_require(document, node, "when", "event", "event: progression");
        treatment->start_days = lag_read(document, node, &when_keys, until_days);
        treatment->most_remaining = input_integer(document, node, &when_keys, "remaining", 0);
    }
    treatment->begin = begins[input_choice_read(document, event, "event", input_value_of(&when_keys, "event"))];
}

/* What does not begin in those who have progressed. */
static void unless_read(struct yaml_document *document, const struct yaml_node *node, const struct trial_file *trial,
                        struct treatment *treatment)
{
    const struct yaml_node *unless = yaml_find(node, "unless");
    if (document->status != ABSCOPAL_OK || unless == NULL)
        return;
    input_choice_read(document, unless, "condition", input_value_of(&drug_treatment_keys, "unless"));
    treatment->unless_progressed = true;
    const double first_visit = trial->imaging.also_count > 0
                                   ? fmin(trial->imaging_interval_days, trial->imaging.also_days[0])
                                   : trial->imaging_interval_days;
    if (document->status == ABSCOPAL_OK && treatment->begin == BEGIN_AT_PROGRESSION)
        yaml_fail(document, unless, "begins at progression and unless there is progression; remove one");
    else if (document->status == ABSCOPAL_OK && treatment->begin == BEGIN_ON_DAY && treatment->start_days < first_visit)
        yaml_fail(document, unless,
                  "begins before the first visit (day %.6g), when nobody has progressed; to end it then, write "
                  "'until: progression'",
                  first_visit);
}

static void begin_read(struct yaml_document *document, const struct yaml_node *treatments, const char *what,
                       const struct trial_file *trial, const struct arm *arm, size_t index, struct treatment *treatment)
{
    const struct yaml_node *node = treatments->items[index];
    const struct yaml_node *start = yaml_find(node, "start"), *after = yaml_find(node, "after"),
                           *when = yaml_find(node, "when");
    if (document->status != ABSCOPAL_OK)
        return;
    if ((start != NULL) + (after != NULL) + (when != NULL) > 1) {
        yaml_fail(document, after != NULL ? after : when,
                  "a treatment begins on a day ('start'), after another ('after') or at an event ('when'); keep one");
    } else if (after != NULL) {
        after_read(document, treatments, after, trial, arm, index, treatment);
    } else if (when != NULL) {
        when_read(document, when, trial->until_days, treatment);
    } else {
        start = yaml_require(document, node, what, "start", "start: 0 d");
        treatment->start_days = yaml_quantity(document, start, "start", "d");
        if (document->status == ABSCOPAL_OK && treatment->start_days < 0)
            yaml_fail(document, start, "start must not be before day 0, the baseline; write '0 d' or later");
    }
    unless_read(document, node, trial, treatment);
}

/* ---- When it ends ----------------------------------------------------------------------------------- */

/* The trial's `until` is a time, a treatment's is not. */
static unsigned one_end_read(struct yaml_document *document, const struct yaml_node *node,
                             const struct treatment *treatment)
{
    static const unsigned ends[] = {END_AT_PROGRESSION, END_AT_CONFIRMED_PROGRESSION, END_AT_COMPLETE_RESPONSE};
    const char *text = yaml_text(document, node, "until");
    if (text != NULL && text[0] >= '0' && text[0] <= '9')
        yaml_fail(document, node,
                  "'until' names what ends a treatment, such as progression; for a time write 'for: %.40s'", text);
    const unsigned end =
        ends[input_choice_read(document, node, "end of a treatment", input_value_of(&drug_treatment_keys, "until"))];
    if (document->status == ABSCOPAL_OK && end == END_AT_PROGRESSION && treatment->begin == BEGIN_AT_PROGRESSION)
        yaml_fail(document, node,
                  "progression begins this treatment and cannot end it; write 'for', a count or another 'until'");
    return end;
}

static void end_read(struct yaml_document *document, const struct yaml_node *node, struct treatment *treatment)
{
    const struct yaml_node *until = yaml_find(node, "until");
    const bool list = until != NULL && until->kind == YAML_SEQUENCE;
    const size_t count = list ? yaml_list(document, until, "until", 3) : until != NULL ? 1 : 0;
    for (size_t i = 0; i < count && document->status == ABSCOPAL_OK; i++)
        treatment->end |= one_end_read(document, list ? until->items[i] : until, treatment);
    const struct input_mapping *keys = keys_of(treatment);
    treatment->duration_days = input_quantity(document, node, keys, "for", 0);
    treatment->missed_probability = input_quantity(document, node, keys, "missed", 0);
}

double treatment_read_steps(struct yaml_document *document, const struct yaml_node *node, const char *name,
                            const struct input_value *value, struct dose_steps *first)
{
    if (node == NULL || document->status != ABSCOPAL_OK || node->kind != YAML_SEQUENCE)
        return input_quantity_read(document, node, name, value);
    const size_t count = yaml_list(document, node, name, TREATMENT_MOST_STEPS + 1);
    first->count = count > 0 ? (int)count - 1 : 0;
    for (int i = 0; i < first->count; i++)
        first->value[i] = input_quantity_read(document, node->items[i], name, value);
    return count > 0 ? input_quantity_read(document, node->items[count - 1], name, value) : 0;
}

/* As many as there is time for at most from the start to the end of the trial or of the duration. */
static int count_to_end(struct yaml_document *document, const struct yaml_node *every, const struct arm *arm,
                        const struct treatment *treatment, double until_days)
{
    const double known = known_start(arm, treatment), start = isnan(known) ? 0 : known;
    const double end =
        treatment->duration_days > 0 ? fmin(until_days, start + treatment->duration_days - rounding_days) : until_days;
    int days = 1;
    while (days * treatment->fractions_per_day <= TREATMENT_MOST_DOSES &&
           start + days_since_first(treatment, days) < end)
        days++;
    const int count = days * treatment->fractions_per_day;
    if (count > TREATMENT_MOST_DOSES)
        yaml_fail(document, every, "more than %d %s are due by day %.6g; write a longer 'every' or a shorter 'for'",
                  TREATMENT_MOST_DOSES, treatment->kind == TREATMENT_DRUG ? "doses" : "fractions", end);
    return count;
}

/* What is listed for doses that are not given is a slip. */
static void steps_check(struct yaml_document *document, const struct yaml_node *node, const char *counted,
                        const struct treatment *treatment)
{
    const int days = (treatment->count + treatment->fractions_per_day - 1) / treatment->fractions_per_day;
    if (document->status != ABSCOPAL_OK || treatment->open_ended)
        return;
    if (treatment->first_doses.count >= treatment->count)
        yaml_fail(document, yaml_find(node, "dose"), "%d doses are listed, but %d given; write 'doses: %d' or fewer",
                  treatment->first_doses.count + 1, treatment->count, treatment->first_doses.count + 1);
    else if (treatment->first_intervals.count > 0 && treatment->first_intervals.count + 1 >= days)
        yaml_fail(document, yaml_find(node, "every"), "%d intervals are listed, but %d %s have %d; list fewer",
                  treatment->first_intervals.count + 1, treatment->count, counted, days - 1);
}

/* The count and the interval between, which for radiotherapy is a day unless the file says otherwise. */
static void count_read(struct yaml_document *document, const struct yaml_node *node, const char *counted,
                       const struct arm *arm, double until_days, struct treatment *treatment)
{
    const bool drug = treatment->kind == TREATMENT_DRUG;
    const double default_interval_days = drug ? 0 : 1;
    const struct yaml_node *count = yaml_find(node, counted);
    const struct yaml_node *every = yaml_find(node, "every");
    double interval = treatment_read_steps(document, every, "every", input_value_of(keys_of(treatment), "every"),
                                           &treatment->first_intervals);
    treatment->count = input_integer(document, node, keys_of(treatment), counted, 1);
    if (document->status != ABSCOPAL_OK)
        return;
    const bool ends = treatment->end != 0 || treatment->duration_days > 0;
    if (every != NULL && count == NULL && !ends)
        yaml_fail(document, every, "'every' needs '%s': how many? Write for instance '%s: 4', %s", counted, counted,
                  drug ? "'until: progression' or 'for: 52 week'" : "or 'for: 2 week'");
    else if (every == NULL && treatment->count > 1 && drug)
        yaml_fail(document, count, "%d %s need 'every', the time between them; write for instance 'every: 14 d'",
                  treatment->count, counted);
    else if (ends && treatment->count == 1 && (every == NULL || count != NULL))
        yaml_fail(document, yaml_find(node, treatment->end != 0 ? "until" : "for"),
                  "'%s' ends what is given more than once; write %s, too", treatment->end != 0 ? "until" : "for",
                  drug ? "'every', the time between doses" : "'fractions' or 'every'");
    treatment->open_ended = every != NULL && count == NULL;
    treatment->interval_days =
        treatment->count > 1 || treatment->open_ended ? (every != NULL ? interval : default_interval_days) : 0;
    if (document->status == ABSCOPAL_OK && treatment->open_ended)
        treatment->count = count_to_end(document, every, arm, treatment, until_days);
    steps_check(document, node, counted, treatment);
}

/* ---- Either kind ------------------------------------------------------------------------------------ */

static void id_read(struct yaml_document *document, const struct yaml_node *node, const struct arm *arm, size_t index,
                    struct treatment *treatment)
{
    const struct yaml_node *id = yaml_find(node, "id");
    const char *text = yaml_text(document, id, "id");
    for (size_t i = 0; i < index && text != NULL; i++)
        if (arm->treatments[i].id != NULL && strcmp(arm->treatments[i].id, text) == 0)
            yaml_fail(document, id, "two treatments of the arm have the id '%.64s'; rename one", text);
    if (text != NULL)
        treatment->id = yaml_copy(document, text);
}

void treatment_read(struct yaml_document *document, const struct yaml_node *treatments, const struct trial_file *trial,
                    const struct arm *arm, size_t index, struct treatment *treatment)
{
    if (document->status != ABSCOPAL_OK)
        return;
    const struct yaml_node *node = treatments->items[index];
    bool drug = yaml_find(node, "drug") != NULL;
    bool radiotherapy = yaml_find(node, "radiotherapy") != NULL || yaml_find(node, "bed") != NULL;
    if (node->kind != YAML_MAPPING || (!drug && !radiotherapy)) {
        yaml_fail(document, node,
                  "a treatment must have the key 'drug', 'radiotherapy' or 'bed', such as "
                  "{drug: nivolumab, dose: 240 mg, start: 0 d} or {radiotherapy: 8 Gy, start: 0 d}");
        return;
    }
    if (drug && radiotherapy) {
        yaml_fail(document, node, "a treatment is a drug or radiotherapy; write two treatments");
        return;
    }
    treatment->kind = drug ? TREATMENT_DRUG : TREATMENT_RADIOTHERAPY;
    input_keys_check(document, node, keys_of(treatment));
    id_read(document, node, arm, index, treatment);
    treatment->fractions_per_day = 1;
    if (drug)
        treatment_read_drug(document, node, trial, treatment);
    else
        treatment_read_per_day(document, node, treatment);
    begin_read(document, treatments, keys_of(treatment)->what, trial, arm, index, treatment);
    end_read(document, node, treatment);
    count_read(document, node, drug ? "doses" : "fractions", arm, trial->until_days, treatment);
    if (drug)
        treatment_check_infusion(document, node, treatment);
    else
        treatment_read_radiotherapy(document, node, trial, treatment);
    schedule_check(document, node, arm, trial->until_days, treatment);
}
