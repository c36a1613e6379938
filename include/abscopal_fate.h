/* Fates of patients who are left to themselves, and the earliest stop of treatment that keeps them; a part of
 * abscopal.h, which includes it. */
#ifndef ABSCOPAL_FATE_H
#define ABSCOPAL_FATE_H

#include "abscopal.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where a patient goes who is left to himself: drugs wash out, nothing more is given. The numbers stand in files. */
enum abscopal_fate {
    ABSCOPAL_FATE_TUMOUR_FREE = 0, /* no lesion has a living cancer cell */
    ABSCOPAL_FATE_CONTROLLED, /* to an equilibrium where every lesion is below half of its largest number of cells */
    ABSCOPAL_FATE_MAXIMAL,    /* a lesion goes to half of its largest number of cells or more */
    ABSCOPAL_FATE_UNDECIDED   /* neither was shown within 1000 years, or the course was not integrated */
};
enum { ABSCOPAL_FATE_COUNT = 4 };

/* Its name, such as "tumour-free"; NULL when there is no such fate. */
ABSCOPAL_API const char *abscopal_fate_name(enum abscopal_fate fate);

/* The fates of every patient under every arm (docs/fate.md). */
typedef struct abscopal_fates abscopal_fates;

struct abscopal_fate_options {
    size_t patients;             /* 0: as many as the cohort file says */
    int64_t seed;                /* negative: the cohort file's */
    int threads;                 /* 0: one for each processor; the results do not depend on it */
    enum abscopal_engine engine; /* 0: the default */
    double relative_tolerance;   /* 1e-12 to 1e-2; 0: 1e-6 */
    int every_day;               /* not 0: looks at every day and every cycle, rather than by bisection */
    abscopal_progress *progress; /* counts courses of growth and arms, and then as many of fates; NULL: none */
    void *progress_context;
};

/* Runs the trial as abscopal_run does, and then, for every patient and arm: the fate after the whole arm; the first
 * day, of visits and days of doses, from which on the patient left alone would have it; and the first number of cycles
 * of drugs after which drugs can stop without changing it, while radiotherapy is given as in the whole arm. Both are
 * found by bisection, which takes for granted that what was decided stays decided; with every_day they are looked for
 * on every day. `options` may be NULL. Returns NULL with ABSCOPAL_BAD_INPUT (options), ABSCOPAL_NO_MEMORY or
 * ABSCOPAL_INTERRUPTED. The trial must outlive the fates. */
ABSCOPAL_API abscopal_fates *abscopal_fates_run(const abscopal_trial *trial,
                                                const struct abscopal_fate_options *options,
                                                struct abscopal_error *error);
ABSCOPAL_API void abscopal_fates_free(abscopal_fates *fates);

/* For people: fates of every arm beside its responses at the horizon, when they are decided, and what drug is saved.
 * Returns ABSCOPAL_OUTPUT_FAILED, ABSCOPAL_NO_MEMORY or ABSCOPAL_OK. */
ABSCOPAL_API enum abscopal_status abscopal_fates_write_table(const abscopal_fates *fates, FILE *file,
                                                             struct abscopal_error *error);

/* A row for every patient and arm, as CSV or as HDF5 that netCDF-4 readers open too (docs/fate.md names the columns).
 * Errors as above. HDF5 is not to be written from two threads at once. */
ABSCOPAL_API enum abscopal_status abscopal_fates_write_csv(const abscopal_fates *fates, const char *path,
                                                           struct abscopal_error *error);
ABSCOPAL_API enum abscopal_status abscopal_fates_write_hdf5(const abscopal_fates *fates, const char *path,
                                                            struct abscopal_error *error);

#ifdef __cplusplus
}
#endif

#endif
