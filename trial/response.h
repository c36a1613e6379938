/* Responses, the rules that give them and what they are given from: common to RECIST 1.1 and iRECIST. */
#ifndef ABSCOPAL_TRIAL_RESPONSE_H
#define ABSCOPAL_TRIAL_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>

/* The numbers stand in result files. The first five are ordered from best to worst. */
enum response {
    RESPONSE_COMPLETE = 0, /* every lesion gone, every node below 10 mm */
    RESPONSE_PARTIAL,      /* sum of diameters at least 30 % below baseline */
    RESPONSE_STABLE,
    RESPONSE_PROGRESSIVE, /* at least 20 % and at least 5 mm above the nadir, the smallest sum so far; or otherwise */
    RESPONSE_NOT_EVALUABLE,
    RESPONSE_NON_CR_NON_PD /* what stable disease is called without target lesions */
};
enum { RESPONSE_COUNT = 6 };

/* "CR", "PR", "SD", "PD", "NE", "NON-CR/NON-PD" (the terms of CDISC). */
const char *response_name(enum response response);

/* Visits not evaluable that confirmation may span at most. */
enum { RECIST_MAXIMUM_MISSED = 3 };

/* What the paper leaves to the protocol. All zero but the first: every response counts at once. */
struct recist_rules {
    double detection_limit_mm;  /* a lesion below it is gone; a node is when below 10 mm */
    double smallest_measure_mm; /* a lesion that is seen but below it is too small to measure and counts 5 mm, and one
                                   below the detection limit 0; 0: each counts as it is */
    double minimum_stable_days; /* from baseline, for stable disease to be a best response; 0: none */
    double confirmation_days;   /* after which CR and PR are to be seen again, usually 28; 0: not needed */
    int missed_in_confirmation; /* visits not evaluable that may lie between, at most RECIST_MAXIMUM_MISSED */
    bool reappearance_is_pd;    /* after CR, any disease is progression; else it needs the 20 % and 5 mm */
    bool response_continues;    /* after PR or CR (confirmed, if so required), what would be SD stays PR */
};

enum non_target_response {
    NON_TARGET_NONE = 0,    /* no non-target lesion at baseline */
    NON_TARGET_COMPLETE,    /* all gone, nodes below 10 mm, markers normal */
    NON_TARGET_PRESENT,     /* non-CR/non-PD */
    NON_TARGET_PROGRESSIVE, /* unequivocally */
    NON_TARGET_NOT_EVALUABLE
};

/* What is seen at a visit. All zero but the first two: no disease beside the targets. */
struct recist_visit {
    double day;
    const double *diameters_mm; /* [target], short axis of nodes; NaN: not measured; NULL: none is. Read during the
                                   call alone */
    enum non_target_response non_target;
    int new_lesions;            /* seen at this visit and not at baseline, unequivocally */
    bool progression_suspected; /* an equivocal finding, such as a very small new lesion; dates progression when that
                                   is seen at the next evaluable visit */
    /* Of iRECIST alone: */
    double new_lesion_sum_mm; /* of the new lesions that are measured; 0: none is */
    bool new_lesion_increase; /* those that are not measured are larger than when progression was first seen */
    bool non_target_increase; /* the same of the non-target lesions; it need not be unequivocal */
};

/* Overall response at a time point (Eisenhauer 2009, Tables 1 and 2). target is that of the target lesions alone and
 * does not matter when the patient has none at baseline. */
enum response response_overall(bool has_targets, enum response target, enum non_target_response non_target,
                               bool new_lesion);

/* After complete response any disease is progression, if the rules say so (Eisenhauer 2009, Table 3, note a). */
bool response_is_lost(const struct recist_rules *rules, bool was_complete, bool target_seen,
                      enum non_target_response non_target);

#endif
