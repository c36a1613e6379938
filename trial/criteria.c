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

enum response criteria_begin(struct criteria *criteria, const struct trial_file *trial, size_t lesions, double day,
                             const double *diameters_mm)
{
    const struct irecist_rules rules = criteria_rules(trial);
    const struct recist_visit visit = {.day = day, .diameters_mm = diameters_mm};
    *criteria = (struct criteria){.irecist = trial->irecist, .lesions = lesions};
    if (criteria->irecist)
        return in_terms_of_recist(irecist_begin(&criteria->state.immune, &rules, NULL, lesions, &visit));
    return recist_begin(&criteria->state.recist, &rules.recist, NULL, lesions, &visit);
}

static bool is_missed(const double *diameters_mm, size_t lesions)
{
    size_t measured = 0;
    for (size_t i = 0; i < lesions; i++)
        measured += isnan(diameters_mm[i]) ? 0 : 1;
    return measured == 0;
}

struct criteria_finding criteria_add(struct criteria *criteria, double day, const double *diameters_mm, int new_lesions)
{
    const struct recist_visit visit = {.day = day,
                                       .diameters_mm = diameters_mm,
                                       .new_lesions = is_missed(diameters_mm, criteria->lesions) ? 0 : new_lesions};
    struct criteria_finding finding = {.confirmed_progression = false};
    if (criteria->irecist) {
        const enum iresponse response = irecist_add(&criteria->state.immune, &visit);
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
                       const signed char *new_lesions, size_t visits, size_t lesions, enum response *response,
                       struct patient_outcome *outcome)
{
    struct criteria criteria;
    response[0] = criteria_begin(&criteria, trial, lesions, visit_days[0], diameters_mm);
    for (size_t i = 1; i < visits; i++)
        response[i] =
            criteria_add(&criteria, visit_days[i], diameters_mm + i * lesions, new_lesions != NULL ? new_lesions[i] : 0)
                .response;
    *outcome = criteria_outcome(&criteria);
}
