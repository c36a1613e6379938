/* iRECIST (Seymour 2017, doi:10.1016/S1470-2045(17)30074-8): RECIST 1.1 in which progression has to be confirmed, since
 * tumours under immunotherapy may look larger before they shrink. Where the paper leaves a question open, the answers
 * of the RECIST working group count (recist.eortc.org/irecist). Knows nothing of the model; docs/response.md lists
 * every rule. */
#ifndef ABSCOPAL_TRIAL_IRECIST_H
#define ABSCOPAL_TRIAL_IRECIST_H

#include "trial/recist_best.h"
#include "trial/recist_targets.h"
#include "trial/response.h"

/* Ordered from best to worst, but for the last. */
enum iresponse {
    IRESPONSE_COMPLETE = 0,
    IRESPONSE_PARTIAL,
    IRESPONSE_STABLE,
    IRESPONSE_CONFIRMED,   /* iCPD: confirmed progression, for good */
    IRESPONSE_UNCONFIRMED, /* iUPD: progression by RECIST 1.1, still to be confirmed */
    IRESPONSE_NOT_EVALUABLE,
    IRESPONSE_NON_CR_NON_UPD /* what stable disease is called without target lesions */
};
enum { IRESPONSE_COUNT = 7 };

/* "iCR", "iPR", "iSD", "iCPD", "iUPD", "NE", "NON-iCR/NON-iUPD". */
const char *iresponse_name(enum iresponse response);

/* Days between unconfirmed progression and the scan that confirms it, as published: 4 to 8 weeks. */
enum { IRECIST_CONFIRM_AFTER_DAYS = 28, IRECIST_CONFIRM_WITHIN_DAYS = 56 };

struct irecist_rules {
    struct recist_rules recist; /* reappearance_is_pd means unconfirmed progression */
    double confirm_after_days;  /* from the first iUPD that counts: earlier scans confirm nothing; 0: none is early */
    double confirm_within_days; /* from the last iUPD: a later scan confirms nothing, but is an iUPD that may be
                                   confirmed itself; 0: none is late */
};

/* Outcome of one patient. Days are those of the visits, NaN where there is none; visits after that of censoring count
 * for nothing. */
struct irecist_outcome {
    enum iresponse best;           /* iBOR, with the minimum duration of stable disease. What comes after an iUPD that
                                      was not confirmed counts, what comes after iCPD does not */
    enum iresponse best_confirmed; /* the same with iCR and iPR confirmed, if the rules ask for it */
    enum iresponse at_horizon;     /* at the last visit; iCPD once that has been seen */
    double best_change;            /* smallest (sum - baseline)/baseline over the visits after baseline */
    double best_change_day;
    double progression_day;        /* of the first iUPD of those in a row that were confirmed or that nothing better
                                      followed; when censored, of the last evaluable visit, or of the first visit */
    bool progressed;               /* false: censored */
    bool was_unconfirmed;          /* an iUPD has been seen, whatever became of it */
    bool confirmed;                /* by iCPD */
    double confirmation_day;       /* of the iCPD */
    double response_day;           /* of the first iCR or iPR */
    double confirmed_response_day; /* the same of the first that was confirmed */
    double complete_day;           /* of the first iCR */
    double response_end_day;       /* of progression or death after a response, or of censoring */
    bool response_ended;
    double last_assessment_day; /* of the last evaluable visit, or of the first */
    double pfs_day;             /* iPFS: of progression or death, whichever is first; else as progression_day */
    bool pfs_event;
};

/* Unconfirmed progression that may still be confirmed: what it was when it was seen. */
struct unconfirmed_progression {
    bool open;
    double first_day;                       /* of the first iUPD in a row: the day of progression */
    double counted_day;                     /* of the iUPD that later scans are compared with */
    double last_day;                        /* of the last iUPD */
    bool by_targets, by_non_target, by_new; /* categories that progressed on counted_day */
    double target_sum_mm, new_sum_mm;       /* on counted_day */
    int new_lesions;                        /* on counted_day */
    enum response target_response;          /* on counted_day */
};

/* State of one patient. Callers read `outcome`, which is complete after every visit. Memory is the caller's alone. */
struct irecist {
    struct irecist_rules rules;
    struct recist_targets targets;
    struct recist_best best;
    struct unconfirmed_progression progression;
    int new_lesions;     /* at the last evaluable visit */
    double new_nadir_mm; /* smallest sum of measured new lesions since they were seen; NaN: none was */
    double baseline_day, censor_day, death_day;
    bool complete;  /* iCR at the last evaluable visit */
    bool confirmed; /* iCPD has been seen, censored or not */
    struct irecist_outcome outcome;
};

/* As recist_begin. */
enum iresponse irecist_begin(struct irecist *irecist, const struct irecist_rules *rules, const bool *nodes,
                             size_t targets, const struct recist_visit *baseline);

/* Takes the next visit, which has to be later than all before, and returns its response.
 *
 * - iUPD is progression by RECIST 1.1, of the targets, of other lesions or by new ones. It stays so while any of them
 *   is still progressive, and becomes iCPD when, in a category that had progressed, targets grow by another 5 mm,
 *   measured new lesions by 5 mm, non-target or unmeasured new lesions at all, or new lesions are more; or when another
 *   category progresses. Growth is counted from the first iUPD, so that two small steps add up.
 * - Otherwise it is iCR, iPR or iSD, and the bar is reset: the next iUPD is one of its own. New lesions that are still
 *   there and no larger keep an iUPD up unless the response of the targets is better than it was then; with them iCR
 *   is iPR.
 * - A visit not evaluable neither confirms nor resets. */
enum iresponse irecist_add(struct irecist *irecist, const struct recist_visit *visit);

/* As recist_censor and recist_die. */
void irecist_censor(struct irecist *irecist, double day);
void irecist_die(struct irecist *irecist, double day);

#endif
