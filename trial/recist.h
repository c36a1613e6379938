/* RECIST 1.1 (Eisenhauer 2009, doi:10.1016/j.ejca.2008.10.026) on measured diameters. Knows nothing of the model.
 *
 * One patient is followed visit by visit, so that a trial can decide at each: recist_begin at baseline, recist_add at
 * every visit after it. recist_classify does so for visits that are all there. */
#ifndef ABSCOPAL_TRIAL_RECIST_H
#define ABSCOPAL_TRIAL_RECIST_H

#include <stdbool.h>
#include <stddef.h>

/* Ordered from best to worst, so that the best overall response is the smallest. */
enum response {
    RESPONSE_COMPLETE = 0, /* every lesion below the detection limit */
    RESPONSE_PARTIAL,      /* sum of diameters at least 30 % below baseline */
    RESPONSE_STABLE,
    RESPONSE_PROGRESSIVE, /* at least 20 % and at least 5 mm above the nadir, the smallest sum so far */
    RESPONSE_NOT_EVALUABLE
};
enum { RESPONSE_COUNT = 5 };

/* "CR", "PR", "SD", "PD", "NE". */
const char *response_name(enum response response);

struct recist_rules {
    double detection_limit_mm; /* a lesion below it is gone */
};

/* What is seen at a visit. */
struct recist_visit {
    double day;
    const double *diameters_mm; /* [target]; NaN: not measured. Read during the call alone */
};

/* Outcome of one patient in one arm. */
struct patient_outcome {
    enum response best;       /* best after baseline, up to and including the first progression; not evaluable without
                                 an evaluable visit after baseline: being stable at baseline is no response */
    enum response at_horizon; /* at the last visit; progressive once progression has been seen */
    double best_change;       /* smallest (sum - baseline)/baseline over the visits after baseline, those after
                                 progression included; NaN without any */
    double progression_day;   /* of the first progressive visit; when censored, of the last evaluable visit, or of the
                                 first visit when none is */
    bool progressed;          /* false: censored */
};

/* State of one patient. Callers read `outcome`, which is complete after every visit. */
struct recist {
    struct recist_rules rules;
    const bool *nodes; /* [target]: lymph node, measured by its short axis; NULL: none is. The caller's, kept */
    size_t targets;
    double baseline_mm, nadir_mm; /* sums of diameters; NaN when the baseline is not evaluable */
    struct patient_outcome outcome;
};

/* Begins with the baseline, which is stable by definition. Needs at least one target. Returns the response. */
enum response recist_begin(struct recist *recist, const struct recist_rules *rules, const bool *nodes, size_t targets,
                           const struct recist_visit *baseline);

/* Takes the next visit, which has to be later than all before, and returns its response, which is that of this visit
 * alone: outcome remembers progression. */
enum response recist_add(struct recist *recist, const struct recist_visit *visit);

/* Classifies visits and patient. visit_days holds `visits` days, ascending; diameters_mm is visits x lesions, row by
 * row; the first visit is the baseline, which is stable by definition. Fills response[visits] and outcome. Needs at
 * least one visit and one lesion.
 *
 * - The order of precedence is CR, PD, PR, SD: lesions too small to see cannot progress, and a sum far below baseline
 *   still progresses when it rises from its nadir.
 * - The nadir of a visit is the smallest sum before it, baseline included. It goes on after progression, so that
 *   response[] describes each visit; only the outcome remembers progression.
 * - The sum counts diameters below the detection limit as they are. A lesion that reappears after CR progresses
 *   only with the 20 % and 5 mm.
 * - A visit with any NaN is not evaluable and does not move the nadir. When that is the baseline, no visit is.
 * - Limits count as reached within 1e-9 mm, so that 10.1 mm to 7.07 mm is a fall of 30 %. */
void recist_classify(const double *visit_days, const double *diameters_mm, size_t visits, size_t lesions,
                     const struct recist_rules *rules, enum response *response, struct patient_outcome *outcome);

#endif
