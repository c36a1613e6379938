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

void recist_classify(const double *visit_days, const double *diameters_mm, size_t visits, size_t lesions,
                     double detection_limit_mm, enum response *response, struct patient_outcome *outcome)
{
    const double baseline = sum_of_diameters(diameters_mm, lesions);
    double nadir = baseline;
    *outcome = (struct patient_outcome){
        .best = RESPONSE_NOT_EVALUABLE, .best_change = NAN, .progression_day = visit_days[0], .progressed = false};
    response[0] = isnan(baseline) ? RESPONSE_NOT_EVALUABLE : RESPONSE_STABLE;

    for (size_t visit = 1; visit < visits; visit++) {
        const double *row = diameters_mm + visit * lesions;
        const double sum = sum_of_diameters(row, lesions);
        response[visit] = RESPONSE_NOT_EVALUABLE;
        if (isnan(sum) || isnan(baseline))
            continue;
        response[visit] = visit_response(sum, baseline, nadir, all_below(row, lesions, detection_limit_mm));
        outcome_add(outcome, visit_days[visit], response[visit], (sum - baseline) / baseline);
        nadir = fmin(nadir, sum);
    }
    outcome->at_horizon = outcome->progressed ? RESPONSE_PROGRESSIVE : response[visits - 1];
}
