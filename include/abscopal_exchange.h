/* Models for other programs; a part of abscopal.h, which includes it. */
#ifndef ABSCOPAL_EXCHANGE_H
#define ABSCOPAL_EXCHANGE_H

#include "abscopal.h"

#ifdef __cplusplus
extern "C" {
#endif

struct abscopal_sbml_options {
    const char *arm;             /* NULL: the first */
    size_t patient;              /* 0: the first */
    size_t patients;             /* of the run that the patient is one of; 0: as many as the cohort file says */
    int64_t seed;                /* negative: the cohort file's */
    double relative_tolerance;   /* of growth to baseline, 1e-12 to 1e-2; 0: 1e-6 */
    enum abscopal_engine engine; /* the same; 0: the default */
    const char *sedml_path;      /* SED-ML beside it; NULL: none */
};

/* What libSBML's check of a document's consistency, units included, found. */
struct abscopal_sbml_check {
    size_t errors, warnings;
    char first[512]; /* the first error, "" without one */
};

/* What was written. */
struct abscopal_sbml_written {
    struct abscopal_sbml_check check;
    int lesions;
    size_t events;  /* doses, starts and ends of infusions, fractions to single lesions */
    int as_decided; /* not 0: the arm decides at visits, and the file has what was decided for this patient */
};

/* Whether this library was built with libSBML. */
ABSCOPAL_API int abscopal_has_sbml(void);

/* Writes the model of one virtual patient in one arm as SBML (Level 3 Version 1 Core): parameters and the state at
 * baseline as values of day 0, and what is given as events, in days; and, if asked for, how to simulate it as SED-ML
 * (Level 1 Version 4). The course is simulated once, to know what the arm decides at visits. `options` and `written`
 * may be NULL. Both files are written beside and renamed into place.
 *
 * Returns ABSCOPAL_BAD_INPUT (no such arm or patient; or one for whom there is no document: what the message says),
 * ABSCOPAL_NOT_INTEGRATED, ABSCOPAL_OUTPUT_FAILED or ABSCOPAL_NO_MEMORY. */
ABSCOPAL_API enum abscopal_status abscopal_trial_write_sbml(const abscopal_trial *trial,
                                                            const struct abscopal_sbml_options *options,
                                                            const char *path, struct abscopal_sbml_written *written,
                                                            struct abscopal_error *error);

#ifdef __cplusplus
}
#endif

#endif
