#include "trial/recist.h"

#include <math.h>

/* Rounding in a sum of decimal diameters, far below any measurement. */
static const double rounding_mm = 1e-9;

const char *response_name(enum response response)
{
    static const char *const names[RESPONSE_COUNT] = {"CR", "PR", "SD", "PD", "NE"};
    return names[response];
}

/* NaN when any diameter is. */
static double sum_of_diameters(const double *diameters_mm, size_t lesions)
{
    double sum = 0;
    for (size_t lesion = 0; lesion < lesions; lesion++)
        sum += diameters_mm[lesion];
    return sum;
}

static bool all_below(const double *diameters_mm, size_t lesions, double limit_mm)
{
    for (size_t lesion = 0; lesion < lesions; lesion++)
        if (!(diameters_mm[lesion] < limit_mm))
            return false;
    return true;
}

/* A visit after baseline. Baseline, nadir and sum are not NaN. */
static enum response visit_response(double sum, double baseline, double nadir, bool all_undetected)
{
    if (all_undetected)
        return RESPONSE_COMPLETE;
    if (sum >= 1.2 * nadir - rounding_mm && sum >= nadir + 5 - rounding_mm)
        return RESPONSE_PROGRESSIVE;
    if (sum <= 0.7 * baseline + rounding_mm)
        return RESPONSE_PARTIAL;
    return RESPONSE_STABLE;
}

/* Takes an evaluable visit after baseline into the outcome. */
static void outcome_add(struct patient_outcome *outcome, double day, enum response response, double change)
{
    if (isnan(outcome->best_change) || change < outcome->best_change)
        outcome->best_change = change;
    if (outcome->progressed)
        return;
    if (response < outcome->best)
        outcome->best = response;
    outcome->progression_day = day;
    outcome->progressed = response == RESPONSE_PROGRESSIVE;
}

enum response recist_begin(struct recist *recist, const struct recist_rules *rules, const bool *nodes, size_t targets,
                           const struct recist_visit *baseline)
{
    const double sum = sum_of_diameters(baseline->diameters_mm, targets);
    const enum response response = isnan(sum) ? RESPONSE_NOT_EVALUABLE : RESPONSE_STABLE;
    *recist = (struct recist){.rules = *rules, .nodes = nodes, .targets = targets, .baseline_mm = sum, .nadir_mm = sum};
    recist->outcome = (struct patient_outcome){.best = RESPONSE_NOT_EVALUABLE,
                                               .at_horizon = response,
                                               .best_change = NAN,
                                               .progression_day = baseline->day,
                                               .progressed = false};
    return response;
}

enum response recist_add(struct recist *recist, const struct recist_visit *visit)
{
    const double sum = sum_of_diameters(visit->diameters_mm, recist->targets), baseline = recist->baseline_mm;
    enum response response = RESPONSE_NOT_EVALUABLE;
    if (!isnan(sum) && !isnan(baseline)) {
        const bool undetected = all_below(visit->diameters_mm, recist->targets, recist->rules.detection_limit_mm);
        response = visit_response(sum, baseline, recist->nadir_mm, undetected);
        outcome_add(&recist->outcome, visit->day, response, (sum - baseline) / baseline);
        recist->nadir_mm = fmin(recist->nadir_mm, sum);
    }
    recist->outcome.at_horizon = recist->outcome.progressed ? RESPONSE_PROGRESSIVE : response;
    return response;
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
