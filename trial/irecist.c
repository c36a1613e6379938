#include "trial/irecist.h"

#include <math.h>

const char *iresponse_name(enum iresponse response)
{
    static const char *const names[IRESPONSE_COUNT] = {"iCR", "iPR", "iSD", "iCPD", "iUPD", "NE", "NON-iCR/NON-iUPD"};
    return names[response];
}

static enum iresponse iresponse_of(enum response response)
{
    static const enum iresponse iresponses[RESPONSE_COUNT] = {
        [RESPONSE_COMPLETE] = IRESPONSE_COMPLETE,
        [RESPONSE_PARTIAL] = IRESPONSE_PARTIAL,
        [RESPONSE_STABLE] = IRESPONSE_STABLE,
        [RESPONSE_PROGRESSIVE] = IRESPONSE_UNCONFIRMED,
        [RESPONSE_NOT_EVALUABLE] = IRESPONSE_NOT_EVALUABLE,
        [RESPONSE_NON_CR_NON_PD] = IRESPONSE_NON_CR_NON_UPD,
    };
    return iresponses[response];
}

/* ---- Progression ------------------------------------------------------------------------------------ */

/* Which categories are progressive at a visit. */
struct progressive {
    bool targets, non_target, new_lesions;
};

/* New lesions have grown by 20 % and 5 mm from their smallest sum. */
static bool new_lesions_grew(const struct irecist *irecist, const struct recist_visit *visit)
{
    return irecist->new_lesions > 0 && sum_progressed(visit->new_lesion_sum_mm, irecist->new_nadir_mm);
}

/* While progression is open, new lesions that stay are still progressive, unless the targets have improved since. */
static bool new_lesions_stay(const struct irecist *irecist, const struct recist_visit *visit, enum response target)
{
    const struct unconfirmed_progression *progression = &irecist->progression;
    const bool improved =
        progression->target_response != RESPONSE_NOT_EVALUABLE && target < progression->target_response;
    return progression->by_new && visit->new_lesions > 0 && !improved;
}

static struct progressive progressive_now(const struct irecist *irecist, const struct recist_visit *visit,
                                          const struct targets_reading *reading)
{
    return (struct progressive){
        .targets = reading->response == RESPONSE_PROGRESSIVE ||
                   response_is_lost(&irecist->rules.recist, irecist->complete, reading->seen, visit->non_target),
        .non_target = visit->non_target == NON_TARGET_PROGRESSIVE,
        .new_lesions = irecist->progression.open
                           ? new_lesions_stay(irecist, visit, reading->response)
                           : visit->new_lesions > irecist->new_lesions || new_lesions_grew(irecist, visit)};
}

/* Growth since the iUPD, or progression in another category; whether in time or not. */
static bool has_worsened(const struct irecist *irecist, const struct recist_visit *visit,
                         const struct targets_reading *reading, const struct progressive *now)
{
    const struct unconfirmed_progression *before = &irecist->progression;
    if (visit->new_lesions > before->new_lesions)
        return true;
    if (before->by_targets ? sum_increased(reading->measured_mm, before->target_sum_mm) : now->targets)
        return true;
    if (before->by_non_target ? visit->non_target_increase : now->non_target)
        return true;
    if (!before->by_new)
        return new_lesions_grew(irecist, visit);
    return visit->new_lesions > 0 &&
           (visit->new_lesion_increase || sum_increased(visit->new_lesion_sum_mm, before->new_sum_mm));
}

/* Later scans are compared with this one. */
static void progression_count_from(struct unconfirmed_progression *progression, const struct recist_visit *visit,
                                   const struct targets_reading *reading, const struct progressive *now)
{
    progression->counted_day = visit->day;
    progression->by_targets = now->targets;
    progression->by_non_target = now->non_target;
    progression->by_new = now->new_lesions;
    progression->target_sum_mm = reading->sum_mm;
    progression->new_sum_mm = visit->new_lesion_sum_mm;
    progression->new_lesions = visit->new_lesions;
    progression->target_response = reading->response;
}

/* A visit while progression is open and `worse` than then, or still progressive. */
static void progression_go_on(struct irecist *irecist, const struct recist_visit *visit,
                              const struct targets_reading *reading, const struct progressive *now, bool worse)
{
    struct unconfirmed_progression *progression = &irecist->progression;
    const double within = irecist->rules.confirm_within_days;
    const bool early = visit->day - progression->counted_day < irecist->rules.confirm_after_days;
    const bool late = within > 0 && visit->day - progression->last_day > within;
    irecist->confirmed = worse && !early && !late;
    if (late) {
        struct progressive counted = *now;
        counted.non_target |= progression->by_non_target && visit->non_target_increase;
        counted.new_lesions = visit->new_lesions > (progression->by_new ? 0 : progression->new_lesions) ||
                              new_lesions_grew(irecist, visit);
        progression_count_from(progression, visit, reading, &counted);
    }
    progression->last_day = visit->day;
}

/* What progressed was not looked at: nothing is known of it. */
static bool is_missed(const struct irecist *irecist, const struct recist_visit *visit, enum iresponse otherwise)
{
    return otherwise == IRESPONSE_NOT_EVALUABLE ||
           (irecist->progression.by_non_target && visit->non_target == NON_TARGET_NOT_EVALUABLE);
}

/* ---- Response --------------------------------------------------------------------------------------- */

/* By Tables 1 and 2 of RECIST 1.1, but never complete with a new lesion. */
static enum iresponse response_without_progression(const struct irecist *irecist, const struct recist_visit *visit,
                                                   enum response target)
{
    const bool has_targets = irecist->targets.count > 0;
    enum response response = response_overall(has_targets, target, visit->non_target, false);
    if (response == RESPONSE_COMPLETE && visit->new_lesions > 0)
        response = has_targets ? RESPONSE_PARTIAL : RESPONSE_NON_CR_NON_PD;
    if (response == RESPONSE_STABLE && recist_best_continues(&irecist->best, &irecist->rules.recist))
        response = RESPONSE_PARTIAL;
    return iresponse_of(response);
}

static enum iresponse irecist_respond(struct irecist *irecist, const struct recist_visit *visit,
                                      const struct targets_reading *reading)
{
    struct unconfirmed_progression *progression = &irecist->progression;
    const struct progressive now = progressive_now(irecist, visit, reading);
    const bool progressive = now.targets || now.non_target || now.new_lesions;
    if (irecist->confirmed)
        return IRESPONSE_CONFIRMED;
    if (!progression->open && progressive) {
        *progression = (struct unconfirmed_progression){.open = true, .first_day = visit->day, .last_day = visit->day};
        progression_count_from(progression, visit, reading, &now);
        return IRESPONSE_UNCONFIRMED;
    }
    const bool worse = progression->open && has_worsened(irecist, visit, reading, &now);
    if (progressive || worse) {
        progression_go_on(irecist, visit, reading, &now, worse);
        return irecist->confirmed ? IRESPONSE_CONFIRMED : IRESPONSE_UNCONFIRMED;
    }
    const enum iresponse response = response_without_progression(irecist, visit, reading->response);
    if (progression->open && is_missed(irecist, visit, response))
        return IRESPONSE_NOT_EVALUABLE;
    if (response != IRESPONSE_NOT_EVALUABLE)
        progression->open = false; /* the bar is reset */
    return response;
}

/* What the next visit is compared with. */
static void remember(struct irecist *irecist, const struct recist_visit *visit, enum iresponse response)
{
    if (response == IRESPONSE_NOT_EVALUABLE)
        return;
    irecist->complete = response == IRESPONSE_COMPLETE;
    const bool measured = visit->new_lesion_sum_mm > 0;
    if (visit->new_lesions > irecist->new_lesions)
        irecist->new_nadir_mm = NAN;
    if (measured && !(visit->new_lesion_sum_mm >= irecist->new_nadir_mm))
        irecist->new_nadir_mm = visit->new_lesion_sum_mm;
    irecist->new_lesions = visit->new_lesions;
}

/* ---- Outcome ---------------------------------------------------------------------------------------- */

/* The best of RECIST's names in those of iRECIST. */
static enum iresponse best_named(const struct irecist_outcome *outcome, enum response best)
{
    if (best != RESPONSE_PROGRESSIVE)
        return iresponse_of(best);
    if (outcome->confirmed)
        return IRESPONSE_CONFIRMED;
    return outcome->was_unconfirmed ? IRESPONSE_UNCONFIRMED : IRESPONSE_NOT_EVALUABLE;
}

/* Brings what is derived up to date. */
static void outcome_derive(struct irecist *irecist)
{
    struct irecist_outcome *outcome = &irecist->outcome;
    const struct recist_best *best = &irecist->best;
    outcome->best = best_named(outcome, recist_best_response(best, RESPONSE_PROGRESSIVE));
    outcome->best_confirmed =
        best_named(outcome, recist_best_confirmed(best, &irecist->rules.recist, RESPONSE_PROGRESSIVE));
    outcome->response_day = best->response_day;
    outcome->confirmed_response_day = best->response.day;
    outcome->complete_day = best->complete_day;
    const bool died = !outcome->progressed && !isnan(irecist->death_day);
    const bool responded = !isnan(outcome->response_day);
    outcome->pfs_day = died ? irecist->death_day : outcome->progression_day;
    outcome->pfs_event = died || outcome->progressed;
    outcome->response_end_day = responded ? outcome->pfs_day : NAN;
    outcome->response_ended = responded && outcome->pfs_event;
}

/* A visit before iCPD, or that of the iCPD. */
static void outcome_go_on(struct irecist *irecist, const struct recist_visit *visit, enum iresponse response)
{
    static const enum response names[IRESPONSE_COUNT] = {
        [IRESPONSE_COMPLETE] = RESPONSE_COMPLETE,
        [IRESPONSE_PARTIAL] = RESPONSE_PARTIAL,
        [IRESPONSE_STABLE] = RESPONSE_STABLE,
        [IRESPONSE_NOT_EVALUABLE] = RESPONSE_NOT_EVALUABLE,
        [IRESPONSE_NON_CR_NON_UPD] = RESPONSE_NON_CR_NON_PD,
    };
    struct irecist_outcome *outcome = &irecist->outcome;
    if (response == IRESPONSE_CONFIRMED || response == IRESPONSE_UNCONFIRMED) {
        recist_best_interrupt(&irecist->best);
        outcome->was_unconfirmed = true;
        outcome->progressed = true;
        outcome->progression_day = irecist->progression.first_day;
        outcome->confirmed = response == IRESPONSE_CONFIRMED;
        outcome->confirmation_day = outcome->confirmed ? visit->day : NAN;
        return;
    }
    recist_best_add(&irecist->best, &irecist->rules.recist, visit->day, visit->day - irecist->baseline_day,
                    names[response]);
    if (response == IRESPONSE_NOT_EVALUABLE)
        return;
    outcome->progressed = false;
    outcome->progression_day = visit->day;
}

enum iresponse irecist_begin(struct irecist *irecist, const struct irecist_rules *rules, const bool *nodes,
                             size_t targets, const struct recist_visit *baseline)
{
    *irecist = (struct irecist){.rules = *rules,
                                .new_nadir_mm = NAN,
                                .baseline_day = baseline->day,
                                .censor_day = INFINITY,
                                .death_day = NAN,
                                .outcome = {.best_change = NAN,
                                            .best_change_day = NAN,
                                            .progression_day = baseline->day,
                                            .confirmation_day = NAN,
                                            .last_assessment_day = baseline->day}};
    const struct targets_reading reading =
        recist_targets_begin(&irecist->targets, &rules->recist, nodes, targets, baseline->diameters_mm);
    recist_best_begin(&irecist->best, targets > 0);
    irecist->outcome.at_horizon = iresponse_of(
        targets > 0 ? reading.response : response_overall(false, reading.response, baseline->non_target, false));
    outcome_derive(irecist);
    return irecist->outcome.at_horizon;
}

enum iresponse irecist_add(struct irecist *irecist, const struct recist_visit *visit)
{
    struct irecist_outcome *outcome = &irecist->outcome;
    const struct targets_reading reading =
        recist_targets_read(&irecist->targets, &irecist->rules.recist, visit->diameters_mm);
    const enum iresponse response = irecist_respond(irecist, visit, &reading);
    remember(irecist, visit, response);
    if (visit->day > irecist->censor_day)
        return response;
    if (response != IRESPONSE_NOT_EVALUABLE)
        outcome->last_assessment_day = visit->day;
    recist_targets_deepen(&irecist->targets, reading.sum_mm, visit->day, &outcome->best_change,
                          &outcome->best_change_day);
    if (!outcome->confirmed)
        outcome_go_on(irecist, visit, response);
    outcome->at_horizon = response;
    outcome_derive(irecist);
    return response;
}

void irecist_censor(struct irecist *irecist, double day)
{
    irecist->censor_day = day;
}

void irecist_die(struct irecist *irecist, double day)
{
    if (day > irecist->censor_day)
        return;
    irecist->death_day = day;
    outcome_derive(irecist);
}
