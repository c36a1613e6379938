/* The search of a calibration: the place in the unit cube at which an objective is least, by NLopt (Johnson,
 * doi:10.5281/zenodo.6037471), a global method and then a local one from the best place so far. Knows of what is
 * calibrated only a function to evaluate. With the same seed and the same values of that function it asks for the same
 * places in the same order, bit for bit. */
#ifndef ABSCOPAL_COHORTS_CALIBRATION_SEARCH_H
#define ABSCOPAL_COHORTS_CALIBRATION_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cohorts/calibration_file.h"

/* The objective at places[n], each in [0, 1]; it must be finite. False ends the search. */
typedef bool calibration_evaluate(void *context, const double *places, double *objective);

struct calibration_search {
    size_t n;
    const double *start; /* [n], in [0, 1]: the first place to be evaluated */
    enum calibration_global global;
    enum calibration_local local;
    int global_evaluations, local_evaluations; /* of each stage at most */
    int stalled_after; /* evaluations without a fall by more than 0.1 % of the objective that end a stage */
    uint64_t seed;     /* of the global methods */
    calibration_evaluate *evaluate;
    void *context;
};

/* How a stage ended. */
enum calibration_end { END_NOT_RUN, END_CONVERGED, END_BUDGET, END_STALLED };

struct calibration_found {
    double *places; /* [n], the caller's: where the objective was least */
    double objective;
    size_t evaluations;
    enum calibration_end global_end, local_end;
};

/* Returns ABSCOPAL_OK, ABSCOPAL_NO_MEMORY, or ABSCOPAL_INTERRUPTED when `evaluate` ended the search. */
enum abscopal_status calibration_search_run(const struct calibration_search *search, struct calibration_found *found);

/* "converged", "evaluations used up", "stalled" or "not run". */
const char *calibration_end_name(enum calibration_end end);

#endif
