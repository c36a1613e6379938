/* Best overall response over the visits before progression (Eisenhauer 2009, sections 4.4.3 and 4.6, Table 3). */
#ifndef ABSCOPAL_TRIAL_RECIST_BEST_H
#define ABSCOPAL_TRIAL_RECIST_BEST_H

#include "trial/response.h"

/* Where a confirmation may count from: starts[n] is the first day of a response since which at most n visits were not
 * evaluable and none was worse; NaN when there is none. */
struct confirmation {
    double starts[RECIST_MAXIMUM_MISSED + 1];
    double day; /* from which the first confirmed one counts; NaN when none is */
};

/* Days are NaN when there is none. */
struct recist_best {
    double response_day; /* first CR or PR */
    double complete_day; /* first CR */
    bool stable;         /* CR, PR or SD at least the minimum time after baseline */
    bool without_targets;
    struct confirmation response, complete;
};

void recist_best_begin(struct recist_best *best, bool has_targets);

/* Takes the response of a visit so many days after baseline; not that of progression. */
void recist_best_add(struct recist_best *best, const struct recist_rules *rules, double day, double days_since_baseline,
                     enum response response);

/* Something worse than a response that is not progression by itself: nothing confirms across it. */
void recist_best_interrupt(struct recist_best *best);

/* Whether what would be stable is still partial response, if the rules say so: there has been a response, confirmed
 * where that is needed. */
bool recist_best_continues(const struct recist_best *best, const struct recist_rules *rules);

/* Best overall response; `worst` (PD or NE) when there is none better. */
enum response recist_best_response(const struct recist_best *best, enum response worst);
enum response recist_best_confirmed(const struct recist_best *best, const struct recist_rules *rules,
                                    enum response worst);

#endif
