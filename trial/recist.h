/* RECIST 1.1 (Eisenhauer 2009, doi:10.1016/j.ejca.2008.10.026) on what is seen at visits. Knows nothing of the model.
 * docs/response.md lists every rule, where the paper has it and what is left out.
 *
 * One patient is followed visit by visit, so that a trial can decide at each: recist_begin at baseline, recist_add at
 * every visit after it. recist_classify does so for visits that are all there. */
#ifndef ABSCOPAL_TRIAL_RECIST_H
#define ABSCOPAL_TRIAL_RECIST_H

#include <stdbool.h>
#include <stddef.h>

#include "trial/recist_best.h"
#include "trial/recist_targets.h"
#include "trial/response.h"

/* Outcome of one patient in one arm. Days count as those of the visits; what is not there is NaN. Visits after that of
 * censoring count for nothing. */
struct patient_outcome {
    enum response best;       /* best after baseline, before the first progression and with the minimum duration of
                                 stable disease; not evaluable without an evaluable visit after baseline: being stable
                                 at baseline is no response */
    enum response at_horizon; /* at the last visit; progressive once progression has been seen */
    double best_change;       /* smallest (sum - baseline)/baseline over the visits after baseline, those after
                                 progression included: depth of response */
    double progression_day;   /* of the first progressive visit; when censored, of the last evaluable visit, or of the
                                 first visit when none is. Time to progression counts to here */
    bool progressed;          /* false: censored */

    enum response best_confirmed;  /* as best, but CR and PR need confirmation; `best` when the rules ask for none */
    double best_change_day;        /* of the first visit with that change */
    double response_day;           /* of the first CR or PR, before progression */
    double confirmed_response_day; /* the same of the first that was confirmed later */
    double complete_day;           /* of the first CR, before progression */
    double response_end_day;       /* of progression or death after a response, or of the last evaluable visit before:
                                      the duration of response counts from response_day to here */
    bool response_ended;           /* false: no response, or censored */
    double last_assessment_day;    /* of the last evaluable visit, those after progression included; or of the first */
    double pfs_day;                /* of progression or death, whichever is first; else as progression_day */
    bool pfs_event;                /* false: censored */
};

/* State of one patient. Callers read `outcome`, which is complete after every visit. Memory is the caller's alone, and
 * a copy goes on by itself. */
struct recist {
    struct recist_rules rules;
    struct recist_targets targets;
    struct recist_best best, best_before_suspicion;
    double suspected_day; /* of the first of the visits in a row that suspect progression; NaN: none does */
    double baseline_day, censor_day, death_day;
    bool complete; /* at the last evaluable visit */
    struct patient_outcome outcome;
};

/* Begins with the baseline, which is stable (or non-CR/non-PD without targets) by definition. nodes[targets] tells
 * which targets are lymph nodes, NULL that none is; it is kept, not copied. Returns the response. */
enum response recist_begin(struct recist *recist, const struct recist_rules *rules, const bool *nodes, size_t targets,
                           const struct recist_visit *baseline);

/* Takes the next visit, which has to be later than all before, and returns its response, which is that of this visit
 * alone: outcome remembers progression.
 *
 * - The order of precedence is CR of the targets, PD, PR, SD: lesions too small to see cannot progress, and a sum far
 *   below baseline still progresses when it rises from its nadir.
 * - The nadir of a visit is the smallest sum before it, baseline included. It goes on after progression.
 * - A visit with an unmeasured target is not evaluable and does not move the nadir; but what is measured, non-target
 *   or new lesions may be progression all the same. Without a whole baseline, targets are never evaluable.
 * - Limits count as reached within 1e-9 mm, so that 10.1 mm to 7.07 mm is a fall of 30 %. */
enum response recist_add(struct recist *recist, const struct recist_visit *visit);

/* A new therapy begins, or follow-up ends, on this day: later visits are still classified, but the outcome is that of
 * the visits until then. A visit on the day itself counts, since a therapy that begins at progression begins after the
 * scan. To be called before later visits are added. */
void recist_censor(struct recist *recist, double day);

/* The patient dies: an event of progression-free survival and the end of a response, unless progressed or censored
 * before. */
void recist_die(struct recist *recist, double day);

/* Classifies visits and patient. visit_days holds `visits` days, ascending; diameters_mm is visits x lesions, row by
 * row, none of a node; the first visit is the baseline. Fills response[visits] and outcome. Needs at least one visit
 * and one lesion. */
void recist_classify(const double *visit_days, const double *diameters_mm, size_t visits, size_t lesions,
                     const struct recist_rules *rules, enum response *response, struct patient_outcome *outcome);

#endif
