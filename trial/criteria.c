#include "trial/criteria.h"

#include <math.h>

struct irecist_rules criteria_rules(const struct trial_file *trial)
{
    return (struct irecist_rules){.recist = {.detection_limit_mm = trial->detection_limit_mm,
                                             .minimum_stable_days = trial->minimum_stable_days,
                                             .confirmation_days = trial->confirmation_days},
                                  .confirm_after_days = IRECIST_CONFIRM_AFTER_DAYS,
                                  /* With visits farther apart than that nothing could ever be confirmed. */
                                  .confirm_within_days = trial->imaging_interval_days <= IRECIST_CONFIRM_WITHIN_DAYS
                                                             ? IRECIST_CONFIRM_WITHIN_DAYS
                                                             : 0};
}

static enum response in_terms_of_recist(enum iresponse response)
{
    switch (response) {
    case IRESPONSE_COMPLETE:
        return RESPONSE_COMPLETE;
    case IRESPONSE_PARTIAL:
        return RESPONSE_PARTIAL;
    case IRESPONSE_STABLE:
        return RESPONSE_STABLE;
    case IRESPONSE_CONFIRMED:
    case IRESPONSE_UNCONFIRMED:
        return RESPONSE_PROGRESSIVE;
    case IRESPONSE_NON_CR_NON_UPD:
        return RESPONSE_NON_CR_NON_PD;
    case IRESPONSE_NOT_EVALUABLE:
        break;
    }
    return RESPONSE_NOT_EVALUABLE;
}

/* ---- Lesions ---------------------------------------------------------------------------------------- */

/* The diameters of the lesions that are targets, or of those that are not, in their order; returns how many. */
static size_t pick(const struct criteria *criteria, bool targets, const double *diameters_mm,
                   double picked_mm[MODEL_MAX_LESIONS])
{
    size_t count = 0;
    for (size_t i = 0; i < criteria->lesions; i++)
        if (targets == ((criteria->non_target_set >> i & 1) == 0))
            picked_mm[count++] = diameters_mm[i];
    return count;
}

double criteria_sum_mm(const struct criteria *criteria, const double *diameters_mm)
{
    double measured_mm[MODEL_MAX_LESIONS], sum = 0;
    size_t count = pick(criteria, true, diameters_mm, measured_mm);
    if (count == 0)
        count = pick(criteria, false, diameters_mm, measured_mm);
    for (size_t i = 0; i < count; i++)
        sum += measured_mm[i];
    return sum;
}

/* ---- Visits ----------------------------------------------------------------------------------------- */

enum response criteria_begin(struct criteria *criteria, const struct trial_file *trial, size_t lesions,
                             unsigned non_targets, double day, const double *diameters_mm)
{
    const struct irecist_rules rules = criteria_rules(trial);
    double targets_mm[MODEL_MAX_LESIONS], others_mm[MODEL_MAX_LESIONS];
    *criteria = (struct criteria){
        .irecist = trial->irecist, .lesions = lesions, .non_target_set = non_targets, .non_target_progression_mm = NAN};
    const size_t targets = pick(criteria, true, diameters_mm, targets_mm);
    const size_t others = pick(criteria, false, diameters_mm, others_mm);
    const struct targets_reading reading =
        recist_targets_begin(&criteria->non_targets, &rules.recist, NULL, others, others_mm);
    const struct recist_visit visit = {.day = day,
                                       .diameters_mm = targets_mm,
                                       .non_target = recist_non_targets_state(&criteria->non_targets, &reading)};
    if (criteria->irecist)
        return in_terms_of_recist(irecist_begin(&criteria->state.immune, &rules, NULL, targets, &visit));
    return recist_begin(&criteria->state.recist, &rules.recist, NULL, targets, &visit);
}

static bool is_missed(const double *diameters_mm, size_t lesions)
{
    size_t measured = 0;
    for (size_t i = 0; i < lesions; i++)
        measured += isnan(diameters_mm[i]) ? 0 : 1;
    return measured == 0;
}

/* By iRECIST, where any further growth of non-target lesions confirms that they progress (Seymour 2017, Table 2). */
static enum iresponse add_immune(struct criteria *criteria, struct recist_visit *visit, double non_target_mm)
{
    const double rounding_mm = 1e-9;
    const struct unconfirmed_progression *progression = &criteria->state.immune.progression;
    visit->non_target_increase = progression->open && non_target_mm > criteria->non_target_progression_mm + rounding_mm;
    const enum iresponse response = irecist_add(&criteria->state.immune, visit);
    if (progression->open && progression->counted_day >= visit->day)
        criteria->non_target_progression_mm = non_target_mm;
    return response;
}

struct criteria_finding criteria_add(struct criteria *criteria, double day, const double *diameters_mm, int new_lesions)
{
    const struct recist_rules *rules =
        criteria->irecist ? &criteria->state.immune.rules.recist : &criteria->state.recist.rules;
    double targets_mm[MODEL_MAX_LESIONS], others_mm[MODEL_MAX_LESIONS];
    pick(criteria, true, diameters_mm, targets_mm);
    pick(criteria, false, diameters_mm, others_mm);
    const struct targets_reading reading = recist_targets_read(&criteria->non_targets, rules, others_mm);
    struct recist_visit visit = {.day = day,
                                 .diameters_mm = targets_mm,
                                 .non_target = recist_non_targets_state(&criteria->non_targets, &reading),
                                 .new_lesions = is_missed(diameters_mm, criteria->lesions) ? 0 : new_lesions};
    struct criteria_finding finding = {.confirmed_progression = false};
    if (criteria->irecist) {
        const enum iresponse response = add_immune(criteria, &visit, reading.sum_mm);
        finding.response = in_terms_of_recist(response);
        finding.confirmed_progression = response == IRESPONSE_CONFIRMED;
    } else {
        finding.response = recist_add(&criteria->state.recist, &visit);
        finding.confirmed_progression = finding.response == RESPONSE_PROGRESSIVE && criteria->last_progressive;
    }
    if (finding.response != RESPONSE_NOT_EVALUABLE)
        criteria->last_progressive = finding.response == RESPONSE_PROGRESSIVE;
    return finding;
}

static struct patient_outcome outcome_of(const struct irecist_outcome *immune)
{
    return (struct patient_outcome){.best = in_terms_of_recist(immune->best),
                                    .at_horizon = in_terms_of_recist(immune->at_horizon),
                                    .best_change = immune->best_change,
                                    .progression_day = immune->progression_day,
                                    .progressed = immune->progressed,
                                    .best_confirmed = in_terms_of_recist(immune->best_confirmed),
                                    .best_change_day = immune->best_change_day,
                                    .response_day = immune->response_day,
                                    .confirmed_response_day = immune->confirmed_response_day,
                                    .complete_day = immune->complete_day,
                                    .response_end_day = immune->response_end_day,
                                    .response_ended = immune->response_ended,
                                    .last_assessment_day = immune->last_assessment_day,
                                    .pfs_day = immune->pfs_day,
                                    .pfs_event = immune->pfs_event};
}

struct patient_outcome criteria_outcome(const struct criteria *criteria)
{
    return criteria->irecist ? outcome_of(&criteria->state.immune.outcome) : criteria->state.recist.outcome;
}

void criteria_classify(const struct trial_file *trial, const double *visit_days, const double *diameters_mm,
                       const signed char *new_lesions, size_t visits, size_t lesions, unsigned non_targets,
                       enum response *response, struct patient_outcome *outcome)
{
    struct criteria criteria;
    response[0] = criteria_begin(&criteria, trial, lesions, non_targets, visit_days[0], diameters_mm);
    for (size_t i = 1; i < visits; i++)
        response[i] =
            criteria_add(&criteria, visit_days[i], diameters_mm + i * lesions, new_lesions != NULL ? new_lesions[i] : 0)
                .response;
    *outcome = criteria_outcome(&criteria);
}
