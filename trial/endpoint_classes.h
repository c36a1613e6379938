/* Patients who are alike in all that endpoints ask of them, kept once. Visits are on the same days for all, so that
 * outcomes are few, and memory grows with what differs between patients rather than with their number. */
#ifndef ABSCOPAL_TRIAL_ENDPOINT_CLASSES_H
#define ABSCOPAL_TRIAL_ENDPOINT_CLASSES_H

#include "trial/endpoints.h"

/* What patients have to be alike in. */
enum endpoint_likeness {
    ENDPOINT_LIKE_IN_ALL,     /* for every endpoint of an arm but the depth of response, which is continuous */
    ENDPOINT_LIKE_IN_COMPARED /* for endpoints_compare and for times to progression */
};

/* Patients of one arm, or of two who are alike in both; zeroed to begin with. */
struct endpoint_classes {
    enum endpoint_likeness likeness;
    size_t n, room;
    struct patient_outcome *outcomes[2]; /* [n] what the likeness is in; else 0 */
    size_t *copies[2];                   /* [n] patients in the arm: 0, or the same in both */
    size_t *numbers;                     /* [n] 0, 1, 2, ... */
    size_t *slots;                       /* [slot_count] class plus 1, by hash; 0: free */
    size_t slot_count;
};

/* A patient by the outcome in either arm; NULL where he or she is not in it. False without memory. */
bool endpoint_classes_add(struct endpoint_classes *classes, const struct patient_outcome *first,
                          const struct patient_outcome *second);

/* The patients of an arm, 0 or 1, those of the same class numbered as the same; until something is added or freed. */
struct endpoint_group endpoint_classes_group(const struct endpoint_classes *classes, int arm);

void endpoint_classes_free(struct endpoint_classes *classes);

#endif
