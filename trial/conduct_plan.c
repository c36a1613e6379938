/* From treatments to the days of their doses and the events of a course. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "trial/conduct_parts.h"

/* ---- Days ------------------------------------------------------------------------------------------- */

/* Those that begin before the treatment's duration is over and before the trial ends, infusions included. */
static int count_within(const struct trial_file *trial, const struct treatment *treatment, double start_day,
                        const double *days)
{
    int count = 0;
    for (; count < treatment->count; count++) {
        const bool within = treatment->duration_days <= 0 ||
                            days[count] < start_day + treatment->duration_days - COURSE_SIMULTANEOUS_DAYS;
        if (!within || days[count] >= trial->until_days || days[count] + treatment->infusion_days > trial->until_days)
            break;
    }
    return count;
}

int conduct_planned_days(const struct trial_file *trial, const struct treatment *treatment, double start_day,
                         double *days)
{
    treatment_days(treatment, start_day, days);
    return count_within(trial, treatment, start_day, days);
}

double conduct_planned_start(const struct trial_file *trial, const struct arm *arm, size_t treatment, double *days)
{
    const struct treatment *planned = &arm->treatments[treatment];
    if (planned->begin == BEGIN_ON_DAY)
        return planned->start_days;
    if (planned->begin != BEGIN_AFTER_BLOCK)
        return NAN;
    const struct treatment *before = &arm->treatments[planned->after]; /* which stands earlier in the arm */
    const double start = conduct_planned_start(trial, arm, planned->after, days);
    if (isnan(start))
        return NAN;
    const int count = conduct_planned_days(trial, before, start, days);
    return planned->start_days + (count > 0 ? days[count - 1] + before->infusion_days : start);
}

size_t conduct_most_days(const struct trial_file *trial)
{
    size_t most = 1;
    for (size_t arm = 0; arm < trial->arm_count; arm++)
        for (size_t i = 0; i < trial->arms[arm].treatment_count; i++) {
            const size_t count = (size_t)trial->arms[arm].treatments[i].count;
            most = count > most ? count : most;
        }
    return most;
}

/* Fills conduct->days; returns how many of the treatment's doses there are when nothing ends it early. Those from
 * `next` on are put off by the offset. */
static int list_days(const struct conduct *conduct, const struct block *block)
{
    treatment_days(block->treatment, block->start_day, conduct->days);
    for (int i = block->next; i < block->treatment->count; i++)
        conduct->days[i] += block->offset_days;
    return count_within(conduct->trial, block->treatment, block->start_day, conduct->days);
}

/* When the last dose or fraction of a treatment is over, if nothing else ends it. */
static double end_of(const struct conduct *conduct, const struct block *block)
{
    const int count = block->state == BLOCK_OVER ? 0 : list_days(conduct, block);
    if (count > block->next)
        return conduct->days[count - 1] + block->treatment->infusion_days;
    return block->next > 0 ? block->last_end_day : block->start_day;
}

/* When one that comes after another begins: so long after the last dose, but not before it was decided that this was
 * the last. */
static double day_after(const struct conduct *conduct, const struct treatment *treatment)
{
    const struct block *before = &conduct->blocks[treatment->after];
    const double day = end_of(conduct, before) + treatment->start_days;
    return before->state == BLOCK_OVER ? fmax(day, before->over_day) : day;
}

/* ---- Lesions ---------------------------------------------------------------------------------------- */

static int largest_of(const double *values, int count)
{
    int found = 0;
    for (int i = 1; i < count; i++)
        if (values[i] > values[found])
            found = i;
    return found;
}

/* So many of the largest or the smallest that can be seen, all when these are fewer; where none can, the largest. Of
 * equal ones the first. */
static void choose_by_size(const struct treatment *treatment, const double *diameters_mm, int lesions, double limit_mm,
                           bool *chosen)
{
    const double sign = treatment->lesion_choice == LESIONS_LARGEST ? 1 : -1;
    for (int n = 0; n < treatment->lesion_count; n++) {
        int found = -1;
        for (int i = 0; i < lesions; i++)
            if (!chosen[i] && diameters_mm[i] >= limit_mm &&
                (found < 0 || sign * diameters_mm[i] > sign * diameters_mm[found]))
                found = i;
        if (found >= 0)
            chosen[found] = true;
        else if (n == 0)
            chosen[largest_of(diameters_mm, lesions)] = true;
    }
}

/* Those that have grown by 20 % and 5 mm from their nadir, or else that which has grown most. */
static void choose_progressed(const struct conduct *conduct, const double *diameters_mm, int lesions, bool *chosen)
{
    const double rounding_mm = 1e-9; /* as response criteria have it */
    double growth[MODEL_MAX_LESIONS];
    bool any = false;
    for (int i = 0; i < lesions; i++) {
        const double nadir = conduct->lesion_nadir_mm[i];
        growth[i] = diameters_mm[i] - nadir;
        chosen[i] = growth[i] >= 0.2 * nadir - rounding_mm && growth[i] >= 5 - rounding_mm;
        any = any || chosen[i];
    }
    if (!any)
        chosen[largest_of(growth, lesions)] = true;
}

static void choose_lesions(const struct conduct *conduct, struct block *block, const double *diameters_mm, int lesions)
{
    const struct treatment *treatment = block->treatment;
    bool *const chosen = block->irradiated;
    memset(chosen, 0, sizeof block->irradiated);
    switch (treatment->lesion_choice) {
    case LESIONS_LISTED:
        for (int i = 0; i < treatment->lesion_count; i++)
            if (treatment->lesions[i] < lesions)
                chosen[treatment->lesions[i]] = true;
        break;
    case LESIONS_LARGEST:
    case LESIONS_SMALLEST:
        choose_by_size(treatment, diameters_mm, lesions, conduct->trial->detection_limit_mm, chosen);
        break;
    case LESIONS_PROGRESSED:
        choose_progressed(conduct, diameters_mm, lesions, chosen);
        break;
    case LESIONS_ALL:
    case LESIONS_REMAINING:
        for (int i = 0; i < lesions; i++)
            chosen[i] =
                treatment->lesion_choice == LESIONS_ALL || diameters_mm[i] >= conduct->trial->detection_limit_mm;
        break;
    }
}

/* Litres of a sphere of that diameter. */
static double volume_l(double diameter_mm)
{
    const double pi = 3.14159265358979323846;
    return pi / 6 * diameter_mm * diameter_mm * diameter_mm * 1e-6;
}

void conduct_plan_block(struct conduct *conduct, struct block *block, double start_day, const struct model *model,
                        const double *state, const double *diameters_mm)
{
    const struct treatment *treatment = block->treatment;
    block->state = BLOCK_PLANNED;
    block->start_day = start_day;
    if (treatment->kind != TREATMENT_RADIOTHERAPY)
        return;
    double seen_mm[MODEL_MAX_LESIONS]; /* planning has images of its own where the visit has none */
    for (int i = 0; i < model->lesion_count; i++)
        seen_mm[i] = isnan(diameters_mm[i]) ? model_diameter_mm(model, state, i) : diameters_mm[i];
    choose_lesions(conduct, block, seen_mm, model->lesion_count);
    for (int i = 0; i < model->lesion_count; i++)
        block->coverage[i] = volume_l(seen_mm[i]) > treatment->coverage_above_l ? treatment->coverage : 1;
}

/* Those planned and not begun, in their order: each comes after one before it. */
static void move_followers(struct conduct *conduct)
{
    for (size_t i = 0; i < conduct->block_count; i++) {
        struct block *block = &conduct->blocks[i];
        if (block->treatment->begin != BEGIN_AFTER_BLOCK || block->state != BLOCK_PLANNED || block->next > 0)
            continue;
        const struct block *before = &conduct->blocks[block->treatment->after];
        block->start_day = day_after(conduct, block->treatment);
        if (before->state == BLOCK_OVER && before->next == 0) { /* what never began is not followed */
            block->state = BLOCK_OVER;
            block->over_day = before->over_day;
        }
    }
}

void conduct_plan_followers(struct conduct *conduct, const struct model *model, const double *state,
                            const double *diameters_mm)
{
    for (size_t i = 0; i < conduct->block_count; i++) {
        struct block *block = &conduct->blocks[i];
        if (block->treatment->begin != BEGIN_AFTER_BLOCK || block->state == BLOCK_OVER || block->next > 0)
            continue;
        const struct block *before = &conduct->blocks[block->treatment->after];
        if (block->state == BLOCK_WAITING && before->state != BLOCK_WAITING)
            conduct_plan_block(conduct, block, day_after(conduct, block->treatment), model, state, diameters_mm);
    }
    move_followers(conduct);
}

unsigned conduct_planned_lesions(const struct conduct *conduct)
{
    unsigned planned = 0;
    for (size_t i = 0; i < conduct->block_count; i++) {
        const struct block *block = &conduct->blocks[i];
        if (block->treatment->kind != TREATMENT_RADIOTHERAPY || block->state != BLOCK_PLANNED ||
            list_days(conduct, block) == 0)
            continue;
        for (unsigned lesion = 0; lesion < MODEL_MAX_LESIONS; lesion++)
            planned |= block->irradiated[lesion] ? 1U << lesion : 0;
    }
    return planned;
}

/* ---- Delays ----------------------------------------------------------------------------------------- */

void conduct_delay(struct conduct *conduct, const struct model *model, const double *state, double day)
{
    for (size_t i = 0; i < conduct->block_count; i++) {
        struct block *block = &conduct->blocks[i];
        const struct treatment *treatment = block->treatment;
        if (block->state != BLOCK_PLANNED || treatment->least_lymphocytes_per_ul <= 0 ||
            list_days(conduct, block) <= block->next || conduct->days[block->next] > day + COURSE_SIMULTANEOUS_DAYS)
            continue;
        block->looked_at = block->next + 1;
        if (model_lymphocytes_per_ul(model, state) >= treatment->least_lymphocytes_per_ul)
            continue;
        block->looked_at = block->next;
        block->offset_days += treatment->delay_days;
        if (block->offset_days > treatment->longest_delay_days * (1 + 1e-12)) {
            block->state = BLOCK_OVER;
            block->over_day = day;
        }
    }
    move_followers(conduct);
}

double conduct_next_stop(const struct conduct *conduct, double day)
{
    double stop = conduct->trial->until_days;
    if (!conduct->adaptive)
        return stop;
    if (conduct->visits_done < conduct->visit_count)
        stop = fmin(stop, conduct->visit_days[conduct->visits_done]);
    for (size_t i = 0; i < conduct->block_count; i++) {
        const struct block *block = &conduct->blocks[i];
        if (block->state != BLOCK_PLANNED || block->treatment->least_lymphocytes_per_ul <= 0)
            continue;
        const int count = list_days(conduct, block);
        for (int k = block->next; k < count; k++) {
            if (k < block->looked_at || conduct->days[k] <= day + COURSE_SIMULTANEOUS_DAYS)
                continue;
            stop = fmin(stop, conduct->days[k]);
            break;
        }
    }
    return stop;
}

/* ---- Events ----------------------------------------------------------------------------------------- */

static int drug_index(const struct model *model, const struct antibody *antibody)
{
    for (int i = 0; i < model->drug_count; i++)
        if (model->antibodies[i] == antibody)
            return i;
    return -1;
}

static double dose_mg(const struct treatment *treatment, int index)
{
    return index < treatment->first_doses.count ? treatment->first_doses.value[index] : treatment->dose_mg;
}

static size_t add_dose(const struct conduct *conduct, const struct block *block, const struct model *model, int index,
                       double day, struct course_event *event)
{
    const struct treatment *treatment = block->treatment;
    const int drug = drug_index(model, treatment->antibody);
    const double mg = dose_mg(treatment, index) * (treatment->dose_per_body_weight ? conduct->patient->body_weight_kg
                                                   : treatment->dose_per_body_surface
                                                       ? virtual_patient_body_surface_m2(conduct->patient)
                                                       : 1);
    const double amount_nmol = mg / treatment->antibody->molar_mass_g_per_mol * 1e6;
    if (treatment->infusion_days <= 0) {
        *event = (struct course_event){.day = day, .kind = EVENT_BOLUS, .drug = drug, .amount_nmol = amount_nmol};
        return 1;
    }
    event[0] = (struct course_event){
        .day = day, .kind = EVENT_INFUSION_START, .drug = drug, .nmol_per_d = amount_nmol / treatment->infusion_days};
    event[1] = event[0];
    event[1].day = day + treatment->infusion_days;
    event[1].kind = EVENT_INFUSION_END;
    return 2;
}

static size_t add_fraction(struct conduct *conduct, const struct block *block, double day, struct course_event *event)
{
    const struct treatment *treatment = block->treatment;
    size_t count = 0;
    bool nodes = treatment->nodes; /* in the field once, however many lesions are */
    for (int lesion = 0; lesion < MODEL_MAX_LESIONS; lesion++) {
        if (!block->irradiated[lesion])
            continue;
        conduct->irradiated[lesion] = true;
        event[count++] = (struct course_event){
            .day = day,
            .kind = EVENT_FRACTION,
            .fraction = {.lesion = lesion,
                         .gray = treatment->fraction_gray,
                         .coverage = block->coverage[lesion],
                         .nodes = nodes,
                         .course = conduct->switches * TREATMENT_MOST_IN_ARM + (int)(block - conduct->blocks)}};
        nodes = false;
    }
    return count;
}

/* Chance is keyed by what is given (the drug or radiotherapy, its how many-th treatment in this line, and the dose), so
 * that arms that give the same miss the same, whatever else they give. */
static bool is_missed(const struct conduct *conduct, const struct block *block, int index)
{
    const struct treatment *treatment = block->treatment;
    if (!(treatment->missed_probability > 0))
        return false;
    char name[100];
    snprintf(name, sizeof name, "missed %s", treatment->antibody != NULL ? treatment->antibody->name : "fraction");
    uint64_t same = 0;
    for (const struct block *other = conduct->blocks; other < block; other++)
        same += other->treatment->antibody == treatment->antibody;
    const uint64_t number =
        ((uint64_t)conduct->switches * TREATMENT_MOST_IN_ARM + same) * TREATMENT_MOST_DOSES + (uint64_t)index;
    return sampling_uniform(conduct->seed, conduct->patient->id, name, number) < treatment->missed_probability;
}

/* Infusions that the segment before, whose events still stand there, has begun and not ended: they start again where
 * it ended. */
static size_t keep_running(struct conduct *conduct, double from)
{
    struct course_event *const events = conduct->events;
    size_t running = 0;
    for (size_t i = 0; i < conduct->event_count; i++)
        if (events[i].kind == EVENT_INFUSION_END && events[i].day > from + COURSE_SIMULTANEOUS_DAYS)
            events[running++] = events[i];
    for (size_t i = running; i-- > 0;) {
        events[2 * i + 1] = events[i];
        events[2 * i] = events[2 * i + 1];
        events[2 * i].day = from;
        events[2 * i].kind = EVENT_INFUSION_START;
    }
    return 2 * running;
}

static size_t add_block(struct conduct *conduct, struct block *block, const struct model *model, double before,
                        struct course_event *events)
{
    const int days = list_days(conduct, block);
    size_t count = 0;
    while (block->next < days && conduct->days[block->next] < before) {
        const int index = block->next++;
        block->last_end_day = conduct->days[index] + block->treatment->infusion_days;
        if (is_missed(conduct, block, index))
            continue;
        if (block->treatment->kind == TREATMENT_DRUG) {
            conduct->doses++;
            count += add_dose(conduct, block, model, index, conduct->days[index], events + count);
        } else {
            const size_t lesions = add_fraction(conduct, block, conduct->days[index], events + count);
            conduct->fractions += lesions > 0; /* of the lesions chosen there may be none */
            count += lesions;
        }
    }
    return count;
}

size_t conduct_plan(struct conduct *conduct, const struct model *model, double from, double to)
{
    const bool last = to >= conduct->trial->until_days;
    size_t count = keep_running(conduct, from);
    for (size_t i = 0; i < conduct->block_count; i++) {
        struct block *block = &conduct->blocks[i];
        if (block->state == BLOCK_PLANNED)
            count += add_block(conduct, block, model, last ? INFINITY : to - COURSE_SIMULTANEOUS_DAYS,
                               conduct->events + count);
    }
    course_sort_events(conduct->events, count);
    conduct->event_count = count;
    return count;
}

size_t conduct_interruptions(const struct trial_file *trial, const struct arm *arm)
{
    size_t count = arm_is_adaptive(arm) ? trial_file_visits(trial, NULL) : 0;
    for (size_t i = 0; i < arm->treatment_count; i++)
        count += (size_t)arm->treatments[i].count * (arm->treatments[i].infusion_days > 0 ? 2 : 1);
    return count;
}
