#include "trial/conduct.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trial/conduct_parts.h"
#include "trial/imaging.h"

/* ---- Room ------------------------------------------------------------------------------------------- */

static void raise_to(size_t *most, size_t count)
{
    if (count > *most)
        *most = count;
}

/* Infusions that may run at once across a stop, at most: one of each treatment of an arm and, where arms are switched,
 * of those before it that began within the longest infusion. */
static size_t most_running(const struct conduct *conduct, size_t blocks)
{
    const struct trial_file *trial = conduct->trial;
    double longest = 0, gap = INFINITY;
    bool switches = false;
    for (size_t arm = 0; arm < trial->arm_count; arm++) {
        switches = switches || trial->arms[arm].switches;
        for (size_t i = 0; i < trial->arms[arm].treatment_count; i++)
            longest = fmax(longest, trial->arms[arm].treatments[i].infusion_days);
    }
    for (size_t i = 1; i < conduct->visit_count; i++)
        gap = fmin(gap, conduct->visit_days[i] - conduct->visit_days[i - 1]);
    const double lines = switches ? fmin(2 + longest / gap, (double)conduct->visit_count) : 1;
    return blocks * (size_t)ceil(lines);
}

bool conduct_open(struct conduct *conduct, const struct trial_file *trial)
{
    size_t blocks = 1, events = 1, doses = 1; /* never nothing to allocate */
    for (size_t arm = 0; arm < trial->arm_count; arm++) {
        size_t count = 0;
        for (size_t i = 0; i < trial->arms[arm].treatment_count; i++) {
            const struct treatment *treatment = &trial->arms[arm].treatments[i];
            count += (size_t)treatment->count * (treatment->kind == TREATMENT_RADIOTHERAPY ? MODEL_MAX_LESIONS : 2);
            raise_to(&doses, (size_t)treatment->count);
        }
        raise_to(&blocks, trial->arms[arm].treatment_count);
        raise_to(&events, count);
    }
    *conduct = (struct conduct){.trial = trial, .visit_count = trial_file_visits(trial, NULL)};
    conduct->visit_days = malloc(conduct->visit_count * sizeof *conduct->visit_days);
    if (conduct->visit_days != NULL) {
        trial_file_visits(trial, conduct->visit_days);
        events += 2 * most_running(conduct, blocks);
    }
    conduct->blocks = malloc(blocks * sizeof *conduct->blocks);
    conduct->events = malloc(events * sizeof *conduct->events);
    conduct->days = malloc(doses * sizeof *conduct->days);
    if (conduct->visit_days != NULL && conduct->blocks != NULL && conduct->events != NULL && conduct->days != NULL)
        return true;
    conduct_close(conduct);
    return false;
}

void conduct_close(struct conduct *conduct)
{
    free(conduct->visit_days);
    free(conduct->blocks);
    free(conduct->events);
    free(conduct->days);
    *conduct = (struct conduct){.trial = NULL};
}

/* ---- Lines of treatment ----------------------------------------------------------------------------- */

/* The treatments of an arm, whose day 0 is that day; those that begin on a day are planned. */
static void begin_arm(struct conduct *conduct, size_t arm, double day, const struct model *model, const double *state,
                      const double *diameters_mm)
{
    conduct->arm = &conduct->trial->arms[arm];
    conduct->block_count = conduct->arm->treatment_count;
    conduct->progressed = false;
    for (size_t i = 0; i < conduct->block_count; i++) {
        struct block *block = &conduct->blocks[i];
        *block = (struct block){.treatment = &conduct->arm->treatments[i], .last_end_day = -INFINITY};
        if (block->treatment->begin == BEGIN_ON_DAY)
            conduct_plan_block(conduct, block, day + block->treatment->start_days, model, state, diameters_mm);
    }
    conduct_plan_followers(conduct, model, state, diameters_mm);
}

void conduct_begin(struct conduct *conduct, size_t arm, const struct virtual_patient *patient, uint64_t seed,
                   double new_lesions_per_day, const struct model *model, const double *state)
{
    double diameters_mm[MODEL_MAX_LESIONS];
    conduct->patient = patient;
    conduct->seed = seed;
    conduct->adaptive = arm_is_adaptive(&conduct->trial->arms[arm]);
    conduct->doses = conduct->fractions = 0;
    conduct->switches = 0;
    conduct->event_count = 0;
    memset(conduct->irradiated, 0, sizeof conduct->irradiated);
    imaging_measure(&conduct->trial->imaging, seed, patient->id, 0, model, state, diameters_mm);
    new_lesions_begin(&conduct->new_lesions, new_lesions_per_day, seed, patient->id, model, state);
    conduct->new_lesions_before = 0;
    memcpy(conduct->lesion_nadir_mm, diameters_mm, sizeof diameters_mm);
    conduct->visits_done = 1;
    begin_arm(conduct, arm, 0, model, state, diameters_mm);
    conduct->non_targets = conduct->trial->irradiated_are_non_target ? conduct_planned_lesions(conduct) : 0;
    criteria_begin(&conduct->line, conduct->trial, (size_t)model->lesion_count, conduct->non_targets, 0, diameters_mm);
    conduct->last_sum_mm = criteria_sum_mm(&conduct->line, diameters_mm);
    conduct_delay(conduct, model, state, 0);
}

/* ---- Visits ----------------------------------------------------------------------------------------- */

int conduct_new_lesions(struct conduct *conduct, size_t visit, const struct model *model, const double *state)
{
    struct new_lesions *const lesions = &conduct->new_lesions;
    if (visit < lesions->visits)
        return lesions->count;
    return new_lesions_look(lesions, conduct->visit_days[visit],
                            imaging_is_missed(&conduct->trial->imaging, conduct->seed, conduct->patient->id, visit),
                            model, state);
}

/* What a visit has found. */
struct finding {
    const double *diameters_mm;
    enum response response;
    bool progression; /* the first of this line */
    bool confirmed;   /* by a second one */
    bool best;        /* the tumour no longer shrinks */
    int remaining;    /* lesions that can be seen */
};

static void end_block(struct block *block, double day)
{
    if (block->state != BLOCK_OVER)
        block->over_day = day;
    block->state = BLOCK_OVER;
}

static bool begins(const struct treatment *treatment, const struct finding *finding, bool progressed)
{
    if (treatment->most_remaining > 0 && finding->remaining > treatment->most_remaining)
        return false;
    switch (treatment->begin) {
    case BEGIN_AT_PROGRESSION:
        return finding->progression;
    case BEGIN_AT_RESPONSE:
        return finding->response <= RESPONSE_PARTIAL;
    case BEGIN_AT_COMPLETE_RESPONSE:
        return finding->response == RESPONSE_COMPLETE;
    case BEGIN_AT_BEST_RESPONSE:
        return finding->best && !progressed;
    case BEGIN_ON_DAY:
    case BEGIN_AFTER_BLOCK:
        break;
    }
    return false;
}

/* Whether it ends now. One that waits for a visit to find something ends, too, unless that is found now; one that comes
 * after it does not. */
static bool ends(const struct block *block, const struct finding *finding)
{
    const struct treatment *treatment = block->treatment;
    const unsigned end = treatment->end;
    if (block->state == BLOCK_WAITING && (treatment->begin == BEGIN_AFTER_BLOCK || begins(treatment, finding, false)))
        return false;
    return ((end & END_AT_PROGRESSION) != 0 && finding->progression) ||
           ((end & END_AT_CONFIRMED_PROGRESSION) != 0 && finding->confirmed) ||
           ((end & END_AT_COMPLETE_RESPONSE) != 0 && finding->response == RESPONSE_COMPLETE);
}

static void apply(struct conduct *conduct, const struct finding *finding, const struct model *model,
                  const double *state, double day)
{
    const struct arm *arm = conduct->arm;
    if (finding->progression && arm->switches) {
        conduct->switches++;
        conduct->new_lesions_before = conduct->new_lesions.count;
        criteria_begin(&conduct->line, conduct->trial, (size_t)model->lesion_count, conduct->non_targets, day,
                       finding->diameters_mm);
        memcpy(conduct->lesion_nadir_mm, finding->diameters_mm, sizeof conduct->lesion_nadir_mm);
        begin_arm(conduct, arm->switch_to, day + arm->switch_lag_days, model, state, finding->diameters_mm);
        return;
    }
    for (size_t i = 0; i < conduct->block_count; i++) {
        struct block *block = &conduct->blocks[i];
        const bool begun = block->state == BLOCK_PLANNED && block->next > 0;
        if (ends(block, finding))
            end_block(block, day);
        if (conduct->progressed && block->treatment->unless_progressed && !begun)
            end_block(block, day);
    }
    for (size_t i = 0; i < conduct->block_count; i++) {
        struct block *block = &conduct->blocks[i];
        if (block->state == BLOCK_WAITING && begins(block->treatment, finding, conduct->progressed))
            conduct_plan_block(conduct, block, day + block->treatment->start_days, model, state, finding->diameters_mm);
    }
    conduct_plan_followers(conduct, model, state, finding->diameters_mm);
}

static void visit(struct conduct *conduct, const struct model *model, const double *state, double day)
{
    const double still_shrinks = 0.95; /* of the sum at the visit before */
    double diameters_mm[MODEL_MAX_LESIONS];
    imaging_measure(&conduct->trial->imaging, conduct->seed, conduct->patient->id, conduct->visits_done, model, state,
                    diameters_mm);
    const int new_lesions = conduct_new_lesions(conduct, conduct->visits_done, model, state);
    conduct->visits_done++;
    struct finding finding = {.diameters_mm = diameters_mm};
    const struct criteria_finding found =
        criteria_add(&conduct->line, day, diameters_mm, new_lesions - conduct->new_lesions_before);
    finding.response = found.response;
    finding.confirmed = found.confirmed_progression;
    if (finding.response == RESPONSE_NOT_EVALUABLE)
        return;
    const double sum = criteria_sum_mm(&conduct->line, diameters_mm);
    const bool progressive = finding.response == RESPONSE_PROGRESSIVE;
    finding.progression = progressive && !conduct->progressed;
    finding.best = !progressive && sum >= still_shrinks * conduct->last_sum_mm;
    for (int i = 0; i < model->lesion_count; i++)
        finding.remaining += diameters_mm[i] >= conduct->trial->detection_limit_mm;
    conduct->progressed = conduct->progressed || progressive;
    conduct->last_sum_mm = sum;
    apply(conduct, &finding, model, state, day);
    for (int i = 0; i < model->lesion_count; i++)
        conduct->lesion_nadir_mm[i] = fmin(conduct->lesion_nadir_mm[i], diameters_mm[i]);
}

void conduct_decide(struct conduct *conduct, const struct model *model, const double *state, double day)
{
    while (conduct->visits_done < conduct->visit_count &&
           conduct->visit_days[conduct->visits_done] <= day + COURSE_SIMULTANEOUS_DAYS)
        visit(conduct, model, state, day);
    conduct_delay(conduct, model, state, day);
}
