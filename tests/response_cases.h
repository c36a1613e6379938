/* Cases of RECIST 1.1 and iRECIST as tables: what is seen at visits, and what the published rules make of it. */
#ifndef ABSCOPAL_TESTS_RESPONSE_CASES_H
#define ABSCOPAL_TESTS_RESPONSE_CASES_H

#include "trial/irecist.h"
#include "trial/recist.h"

enum { CASE_TARGETS = 3, CASE_VISITS = 8 };

/* Names that keep the tables short. */
enum { NT_NONE = NON_TARGET_NONE, NT_CR, NT_PRESENT, NT_PD, NT_NE };

/* What is seen at a visit; the first is the baseline, on day 0. */
struct seen {
    double day;
    double mm[CASE_TARGETS];
    int non_target;
    int new_lesions;
    double new_mm; /* sum of the new lesions that are measured */
    bool new_larger, non_target_larger, suspected;
};

/* Expected texts that are NULL are not checked. */
struct response_case {
    const char *name;
    const char *rule; /* where it is published, and what it says */
    struct recist_rules rules;
    size_t targets; /* 0: one, unless without_targets */
    bool without_targets;
    bool nodes[CASE_TARGETS];
    double censor_day, death_day; /* 0: none */
    double confirm_within_days;   /* iRECIST; 0: as published; negative: no limit */
    struct seen visits[CASE_VISITS];
    const char *responses;   /* of the visits after baseline, "PR PD" */
    const char *best;        /* "PR" */
    const char *confirmed;   /* best when confirmation is needed */
    const char *at_horizon;  /* "PD" */
    const char *progression; /* "84 progressed", "84 censored" */
    const char *pfs;         /* "84 event", "84 censored" */
    const char *response;    /* duration: "42 to 84 ended", "42 to 84 censored", "none" */
    const char *depth;       /* "-0.50 on 84", "none" */
    const char *days;        /* of first confirmed response, first CR, last assessment, iCPD: "42 84 168", "- - 168" */
};

/* Runs every case and prints what differs; the number of cases that failed. */
int recist_cases_fail(const struct response_case *cases, size_t count);
int irecist_cases_fail(const struct response_case *cases, size_t count);

#endif
