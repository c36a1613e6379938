/* A patient whose lesions a test sets, conducted through an arm of a trial file without integrating anything: what the
 * patient is given, and when. */
#ifndef ABSCOPAL_TESTS_CONDUCTED_H
#define ABSCOPAL_TESTS_CONDUCTED_H

#include <stdint.h>

#include "trial/conduct.h"

enum { CONDUCTED_LESIONS = 3, CONDUCTED_MOST_GIVEN = 2000 };

/* How the patient is from that day on. A table of these ends with one of day infinity. */
struct condition {
    double day;
    double diameters_mm[CONDUCTED_LESIONS];
    double lymphocytes_per_ul; /* 0: as they are in health, about 2000 */
};

/* A dose (or the start of an infusion) or a fraction to one lesion. */
struct given {
    double day;
    int drug; /* of the model; -1: a fraction */
    double mg;
    struct fraction fraction;
};

struct conducted {
    struct given given[CONDUCTED_MOST_GIVEN]; /* in order */
    size_t count;
    double infused_mg[MODEL_MAX_DRUGS]; /* rates over time, added up */
    int doses, fractions, switches;     /* as conduct counts them */
    int stops;                          /* for decisions */
    unsigned non_targets;               /* a bit for each lesion that is no target */
};

/* Reads a trial of the preset nsclc from its text, without its first lines (name, model and cohort). */
void conducted_read(const char *text, struct trial_file *trial);

/* Conducts patient `id`, who weighs 80 kg, through an arm under that seed. */
void conducted_through(const struct trial_file *trial, size_t arm, const struct condition *conditions, uint64_t seed,
                       uint64_t id, struct conducted *conducted);

/* The same of a trial's text, patient 1, first arm. */
void conducted_by(const char *text, const struct condition *conditions, struct conducted *conducted);

/* Fails unless the drug (fractions: -1, each day once however many lesions) was given on these days, such as "0 21 42",
 * and on no other. */
void conducted_assert_days(const struct conducted *conducted, int drug, const char *days);

/* Fails unless these lesions, a digit each, and no others had fractions. */
void conducted_assert_lesions(const struct conducted *conducted, const char *lesions);

#endif
