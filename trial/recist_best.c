#include "trial/recist_best.h"

#include <math.h>

static void confirmation_interrupt(struct confirmation *confirmation)
{
    for (int missed = 0; missed <= RECIST_MAXIMUM_MISSED; missed++)
        confirmation->starts[missed] = NAN;
}

static void confirmation_miss(struct confirmation *confirmation)
{
    for (int missed = RECIST_MAXIMUM_MISSED; missed > 0; missed--)
        confirmation->starts[missed] = confirmation->starts[missed - 1];
    confirmation->starts[0] = NAN;
}

static void confirmation_add(struct confirmation *confirmation, const struct recist_rules *rules, double day)
{
    for (int missed = 0; missed <= RECIST_MAXIMUM_MISSED; missed++)
        if (isnan(confirmation->starts[missed]))
            confirmation->starts[missed] = day;
    const double start = confirmation->starts[rules->missed_in_confirmation];
    if (isnan(confirmation->day) && day - start >= rules->confirmation_days)
        confirmation->day = start;
}

void recist_best_begin(struct recist_best *best, bool has_targets)
{
    *best = (struct recist_best){.response_day = NAN, .complete_day = NAN, .without_targets = !has_targets};
    best->response.day = best->complete.day = NAN;
    recist_best_interrupt(best);
}

void recist_best_interrupt(struct recist_best *best)
{
    confirmation_interrupt(&best->response);
    confirmation_interrupt(&best->complete);
}

void recist_best_add(struct recist_best *best, const struct recist_rules *rules, double day, double days_since_baseline,
                     enum response response)
{
    if (response == RESPONSE_NOT_EVALUABLE) {
        confirmation_miss(&best->response);
        confirmation_miss(&best->complete);
        return;
    }
    best->stable |= days_since_baseline >= rules->minimum_stable_days;
    if (response != RESPONSE_COMPLETE && response != RESPONSE_PARTIAL) {
        recist_best_interrupt(best);
        return;
    }
    if (isnan(best->response_day))
        best->response_day = day;
    confirmation_add(&best->response, rules, day);
    if (response == RESPONSE_PARTIAL) {
        confirmation_interrupt(&best->complete);
        return;
    }
    if (isnan(best->complete_day))
        best->complete_day = day;
    confirmation_add(&best->complete, rules, day);
}

bool recist_best_continues(const struct recist_best *best, const struct recist_rules *rules)
{
    return rules->response_continues && !isnan(rules->confirmation_days > 0 ? best->response.day : best->response_day);
}

static enum response best_of(bool complete, bool response, const struct recist_best *best, enum response worst)
{
    if (complete)
        return RESPONSE_COMPLETE;
    if (response)
        return RESPONSE_PARTIAL;
    if (!best->stable)
        return worst;
    return best->without_targets ? RESPONSE_NON_CR_NON_PD : RESPONSE_STABLE;
}

enum response recist_best_response(const struct recist_best *best, enum response worst)
{
    return best_of(!isnan(best->complete_day), !isnan(best->response_day), best, worst);
}

enum response recist_best_confirmed(const struct recist_best *best, const struct recist_rules *rules,
                                    enum response worst)
{
    if (!(rules->confirmation_days > 0))
        return recist_best_response(best, worst);
    return best_of(!isnan(best->complete.day), !isnan(best->response.day), best, worst);
}
