#include "trial/recist.h"

#include <math.h>

/* Brings what is derived up to date. */
static void outcome_derive(struct recist *recist)
{
    struct patient_outcome *outcome = &recist->outcome;
    const struct recist_best *best = &recist->best;
    const enum response worst = outcome->progressed ? RESPONSE_PROGRESSIVE : RESPONSE_NOT_EVALUABLE;
    outcome->best = recist_best_response(best, worst);
    outcome->best_confirmed = recist_best_confirmed(best, &recist->rules, worst);
    outcome->response_day = best->response_day;
    outcome->confirmed_response_day = best->response.day;
    outcome->complete_day = best->complete_day;
    const bool died = !outcome->progressed && !isnan(recist->death_day);
    const bool responded = !isnan(outcome->response_day);
    outcome->pfs_day = died ? recist->death_day : outcome->progression_day;
    outcome->pfs_event = died || outcome->progressed;
    outcome->response_end_day = responded ? outcome->pfs_day : NAN;
    outcome->response_ended = responded && outcome->pfs_event;
}

/* Progression; of the day when it was first suspected, if it was. */
static void outcome_progress(struct recist *recist, double day)
{
    struct patient_outcome *outcome = &recist->outcome;
    const bool suspected = !isnan(recist->suspected_day);
    if (suspected)
        recist->best = recist->best_before_suspicion;
    outcome->progression_day = suspected ? recist->suspected_day : day;
    outcome->progressed = true;
}

/* A visit before progression that is not progressive. */
static void outcome_go_on(struct recist *recist, const struct recist_visit *visit, enum response response)
{
    const bool evaluable = response != RESPONSE_NOT_EVALUABLE;
    if (visit->progression_suspected && isnan(recist->suspected_day)) {
        recist->suspected_day = visit->day;
        recist->best_before_suspicion = recist->best;
    } else if (!visit->progression_suspected && evaluable) {
        recist->suspected_day = NAN;
    }
    recist_best_add(&recist->best, &recist->rules, visit->day, visit->day - recist->baseline_day, response);
    if (evaluable)
        recist->outcome.progression_day = visit->day;
}

static void outcome_add(struct recist *recist, const struct recist_visit *visit, double sum_mm, enum response response)
{
    struct patient_outcome *outcome = &recist->outcome;
    if (response != RESPONSE_NOT_EVALUABLE)
        outcome->last_assessment_day = visit->day;
    recist_targets_deepen(&recist->targets, sum_mm, visit->day, &outcome->best_change, &outcome->best_change_day);
    if (!outcome->progressed && response == RESPONSE_PROGRESSIVE)
        outcome_progress(recist, visit->day);
    else if (!outcome->progressed)
        outcome_go_on(recist, visit, response);
    outcome->at_horizon = outcome->progressed ? RESPONSE_PROGRESSIVE : response;
    outcome_derive(recist);
}

enum response recist_begin(struct recist *recist, const struct recist_rules *rules, const bool *nodes, size_t targets,
                           const struct recist_visit *baseline)
{
    *recist = (struct recist){.rules = *rules,
                              .suspected_day = NAN,
                              .baseline_day = baseline->day,
                              .censor_day = INFINITY,
                              .death_day = NAN,
                              .outcome = {.best_change = NAN,
                                          .best_change_day = NAN,
                                          .progression_day = baseline->day,
                                          .last_assessment_day = baseline->day}};
    const struct targets_reading reading =
        recist_targets_begin(&recist->targets, rules, nodes, targets, baseline->diameters_mm);
    recist_best_begin(&recist->best, targets > 0);
    const enum response response =
        targets > 0 ? reading.response : response_overall(false, reading.response, baseline->non_target, false);
    recist->outcome.at_horizon = response;
    outcome_derive(recist);
    return response;
}

enum response recist_add(struct recist *recist, const struct recist_visit *visit)
{
    const struct targets_reading reading = recist_targets_read(&recist->targets, &recist->rules, visit->diameters_mm);
    enum response response =
        response_overall(recist->targets.count > 0, reading.response, visit->non_target, visit->new_lesions > 0);
    if (response_is_lost(&recist->rules, recist->complete, reading.seen, visit->non_target))
        response = RESPONSE_PROGRESSIVE;
    if (response == RESPONSE_STABLE && !recist->outcome.progressed &&
        recist_best_continues(&recist->best, &recist->rules))
        response = RESPONSE_PARTIAL;
    if (response != RESPONSE_NOT_EVALUABLE)
        recist->complete = response == RESPONSE_COMPLETE;
    if (visit->day <= recist->censor_day)
        outcome_add(recist, visit, reading.sum_mm, response);
    return response;
}

void recist_censor(struct recist *recist, double day)
{
    recist->censor_day = day;
}

void recist_die(struct recist *recist, double day)
{
    if (day > recist->censor_day)
        return;
    recist->death_day = day;
    outcome_derive(recist);
}

void recist_classify(const double *visit_days, const double *diameters_mm, size_t visits, size_t lesions,
                     const struct recist_rules *rules, enum response *response, struct patient_outcome *outcome)
{
    struct recist recist;
    for (size_t i = 0; i < visits; i++) {
        const struct recist_visit visit = {.day = visit_days[i], .diameters_mm = diameters_mm + i * lesions};
        response[i] = i == 0 ? recist_begin(&recist, rules, NULL, lesions, &visit) : recist_add(&recist, &visit);
    }
    *outcome = recist.outcome;
}
