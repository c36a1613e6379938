/* The response criteria that a trial file asks for, RECIST 1.1 or iRECIST, for visits one by one or all at once. What
 * iRECIST finds is told in the terms of RECIST: unconfirmed and confirmed progression are both progressive. */
#ifndef ABSCOPAL_TRIAL_CRITERIA_H
#define ABSCOPAL_TRIAL_CRITERIA_H

#include <stdbool.h>
#include <stddef.h>

#include "protocols/trial_file.h"
#include "trial/irecist.h"
#include "trial/recist.h"

struct criteria {
    bool irecist;
    bool last_progressive;             /* at the last evaluable visit */
    size_t lesions;                    /* that are measured */
    unsigned non_target_set;           /* those of them that are no targets: a bit for each */
    struct recist_targets non_targets; /* measured as targets are */
    double non_target_progression_mm;  /* their sum at the iUPD that later visits are compared with */
    union {
        struct recist recist;
        struct irecist immune;
    } state;
};

/* What a visit has found. */
struct criteria_finding {
    enum response response;
    bool confirmed_progression; /* iCPD; by RECIST, progressive at two evaluable visits in a row */
};

/* The rules that the file asks for. */
struct irecist_rules criteria_rules(const struct trial_file *trial);

/* Begins with a baseline of so many lesions, at most MODEL_MAX_LESIONS, on a day; returns its response. non_targets has
 * a bit for each lesion that is no target: 0 when all are. diameters_mm is of all lesions, in their order, here and
 * below. */
enum response criteria_begin(struct criteria *criteria, const struct trial_file *trial, size_t lesions,
                             unsigned non_targets, double day, const double *diameters_mm);

/* Takes the next visit. new_lesions have been found since the baseline and are still there, though not seen at a visit
 * at which nothing is measured: that one was missed. */
struct criteria_finding criteria_add(struct criteria *criteria, double day, const double *diameters_mm,
                                     int new_lesions);

/* Sum of the diameters of the targets, or of all lesions when none is a target. */
double criteria_sum_mm(const struct criteria *criteria, const double *diameters_mm);

/* What became of the patient up to the last visit. */
struct patient_outcome criteria_outcome(const struct criteria *criteria);

/* As recist_classify, by the criteria of the trial, with new_lesions[visits] found so far (NULL: none). A response that
 * needs to be confirmed is in best_confirmed. non_targets is as that of criteria_begin. */
void criteria_classify(const struct trial_file *trial, const double *visit_days, const double *diameters_mm,
                       const signed char *new_lesions, size_t visits, size_t lesions, unsigned non_targets,
                       enum response *response, struct patient_outcome *outcome);

#endif
