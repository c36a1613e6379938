#include "trial/survival_influence.h"

#include <math.h>
#include <stdlib.h>

/* What a patient's weight does to the logarithm of the curve beyond each row: the sum of rises while at risk without an
 * event, and the fall at the patient's own event.
 *
 * log S = sum over times of log(Y - d) - log Y, with d events of Y at risk. A patient at risk without an event there
 * adds d/(Y (Y - d)), one with the event -1/Y. */
struct effects {
    double *rise; /* [row], summed up to it; 0 where everybody at risk has the event, as S stays 0 then */
    double *step; /* [row] days from the row to the next, or to the time */
};

static size_t row_of(const struct survival_curve *curve, double time)
{
    size_t low = 0, high = curve->count;
    while (high - low > 1) {
        const size_t middle = (low + high) / 2;
        *(curve->rows[middle].time <= time ? &low : &high) = middle;
    }
    return low;
}

static void effects_fill(const struct survival_curve *curve, double time, struct effects *effects)
{
    double sum = 0;
    for (size_t i = 0; i < curve->count; i++) {
        const struct survival_row *row = &curve->rows[i];
        const double left = row->at_risk - row->events;
        /* Of sums of weights that come to nothing but for rounding, nothing is left. */
        sum += row->events > 0 && row->survival > 0 ? row->events / (row->at_risk * left) : 0;
        effects->rise[i] = sum;
        const double next = i + 1 < curve->count ? fmin(curve->rows[i + 1].time, time) : time;
        effects->step[i] = fmax(next - row->time, 0);
    }
}

/* The derivative of the feature by the weight of a patient who leaves at a row, with an event or without. */
static double derivative(const struct survival_curve *curve, const struct effects *effects, size_t own, bool event,
                         enum survival_feature feature, double time)
{
    double sum = 0, last = 0;
    for (size_t i = 0; i < curve->count && curve->rows[i].time <= time; i++) {
        double log_effect = effects->rise[i < own ? i : own];
        if (event && i >= own)
            log_effect = (own > 0 ? effects->rise[own - 1] : 0) - 1 / curve->rows[own].at_risk;
        last = curve->rows[i].survival * log_effect;
        sum += last * effects->step[i];
    }
    return feature == SURVIVAL_SHARE ? last : sum;
}

enum abscopal_status survival_influence(const struct survival_data *data, enum survival_feature feature, double time,
                                        double *influence)
{
    struct survival_curve curve;
    const enum abscopal_status status = survival_curve_fit(data, SURVIVAL_LOG_LOG, &curve);
    if (status != ABSCOPAL_OK)
        return status;
    struct effects effects = {malloc((curve.count + 1) * sizeof(double)), malloc((curve.count + 1) * sizeof(double))};
    const bool room = effects.rise != NULL && effects.step != NULL;
    if (room)
        effects_fill(&curve, time, &effects);
    for (size_t i = 0; room && i < data->n; i++) {
        const double weight = data->weight != NULL ? data->weight[i] : 1;
        influence[i] = weight > 0 ? weight * derivative(&curve, &effects, row_of(&curve, data->time[i]), data->event[i],
                                                        feature, time)
                                  : 0;
    }
    free(effects.rise);
    free(effects.step);
    survival_curve_free(&curve);
    return room ? ABSCOPAL_OK : ABSCOPAL_NO_MEMORY;
}
