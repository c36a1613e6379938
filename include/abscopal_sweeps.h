/* Sweeps of doses and times, and searches for the best; a part of abscopal.h, which includes it. */
#ifndef ABSCOPAL_SWEEPS_H
#define ABSCOPAL_SWEEPS_H

#include "abscopal.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the endpoints of a trial's arm are as its doses and times vary (docs/sweeps.md). */
typedef struct abscopal_sweep abscopal_sweep;

struct abscopal_sweep_options {
    const char *output;          /* the HDF5 file to write; NULL: none, and nothing to resume from */
    int resume;                  /* not 0: go on where a sweep with that output was stopped */
    size_t patients;             /* 0: as many as the sweep file or else the cohort says */
    int64_t seed;                /* negative: that of the sweep file or else of the cohort */
    int threads;                 /* 0: one for each processor; the results do not depend on it */
    enum abscopal_engine engine; /* 0: the default */
    abscopal_progress *progress; /* counts courses: of growth once, of the reference, and of every point; NULL: none */
    void *progress_context;
};

/* Reads a sweep file and runs every point with the same patients, who are grown to baseline once. Every point is kept
 * in the folder OUTPUT.parts as soon as it is there; when all are, the file takes the folder's place. The results do
 * not depend on what was resumed. `options` may be NULL. Returns NULL with ABSCOPAL_BAD_INPUT (a file, a point that
 * makes no trial, or there are parts of a sweep: of this one without `resume`, or of another), ABSCOPAL_OUTPUT_FAILED,
 * ABSCOPAL_NO_MEMORY or ABSCOPAL_INTERRUPTED, after which it can be resumed. */
ABSCOPAL_API abscopal_sweep *abscopal_sweep_run(const char *path, const struct abscopal_sweep_options *options,
                                                struct abscopal_error *error);
ABSCOPAL_API void abscopal_sweep_free(abscopal_sweep *sweep);

/* Everything, as one HDF5 file that netCDF-4 readers open too (docs/sweeps.md names every variable), and back. Reading
 * returns NULL with ABSCOPAL_BAD_INPUT, when the file is none of ours, or ABSCOPAL_NO_MEMORY. Not to be called from two
 * threads at once, as abscopal_results_write_hdf5. */
ABSCOPAL_API enum abscopal_status abscopal_sweep_write_hdf5(const abscopal_sweep *sweep, const char *path,
                                                            struct abscopal_error *error);
ABSCOPAL_API abscopal_sweep *abscopal_sweep_read_hdf5(const char *path, struct abscopal_error *error);

/* Whether a file says of itself that it is one of a sweep or of a search: 1, or 0. */
ABSCOPAL_API int abscopal_is_sweep_hdf5(const char *path);

/* The best points of each endpoint, with intervals and paired differences from the reference, for people. */
ABSCOPAL_API enum abscopal_status abscopal_sweep_write_table(const abscopal_sweep *sweep, FILE *file,
                                                             struct abscopal_error *error);

/* The best point of a sweep's variables, found by search instead of on a grid. */
typedef struct abscopal_optimum abscopal_optimum;

struct abscopal_optimize_options {
    size_t patients;             /* of the search; 0: as many as the sweep file or else the cohort says */
    int64_t seed;                /* negative: that of the sweep file or else of the cohort */
    int threads;                 /* 0: one for each processor; the results do not depend on it */
    enum abscopal_engine engine; /* 0: the default */
    abscopal_progress *progress; /* counts courses: of growth, of the reference and of the points that may be run; NULL:
                                    none. The check on fresh patients comes after them */
    void *progress_context;
};

/* Searches over the variables of a sweep file, as its `optimize` says, with NLopt (docs/sweeps.md), and checks the best
 * point, its neighbours and the reference on fresh patients. `options` may be NULL. Returns NULL with
 * ABSCOPAL_BAD_INPUT (the file, or no point has a value), ABSCOPAL_NO_MEMORY or ABSCOPAL_INTERRUPTED. */
ABSCOPAL_API abscopal_optimum *abscopal_optimize(const char *path, const struct abscopal_optimize_options *options,
                                                 struct abscopal_error *error);
ABSCOPAL_API void abscopal_optimum_free(abscopal_optimum *optimum);

/* What was found, for people; and the points that were run, in that order, for abscopal_sweep_write_hdf5. */
ABSCOPAL_API enum abscopal_status abscopal_optimum_write_table(const abscopal_optimum *optimum, FILE *file,
                                                               struct abscopal_error *error);
ABSCOPAL_API const abscopal_sweep *abscopal_optimum_points(const abscopal_optimum *optimum);

#ifdef __cplusplus
}
#endif
#endif
