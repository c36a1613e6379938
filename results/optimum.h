/* The best point of a sweep's variables by search, and what becomes of it on patients whom the search has not seen. */
#ifndef ABSCOPAL_RESULTS_OPTIMUM_H
#define ABSCOPAL_RESULTS_OPTIMUM_H

#include "cohorts/calibration_search.h"
#include "results/sweep.h"

/* Points beside the best: on an axis of numbers one step to either side, or a tenth of its range; on an axis of names
 * every other one. */
enum { OPTIMUM_MOST_NEIGHBOURS = 64 };

/* The best point and its neighbours on fresh patients. */
struct optimum_fresh {
    size_t patients;                                      /* of all seeds together, who are at baseline */
    struct abscopal_estimate best, reference, difference; /* difference: best less reference */
    struct abscopal_estimate *of_seeds;                   /* [seed] the best point's */
    struct abscopal_estimate *neighbours;                 /* [neighbour] the best point's less the neighbour's */
    size_t alike;                                         /* neighbours whose interval has 0, or who have none */
    size_t better; /* neighbours that are better than the best point, by their interval */
};

struct abscopal_optimum {
    struct abscopal_sweep *sweep; /* the points that were run, in that order */
    size_t endpoint, best;        /* best: a point of the sweep */
    size_t left_out;              /* points asked for that limits leave out */
    enum calibration_end global_end, local_end;
    bool spent;         /* the search would have gone on */
    double *neighbours; /* [neighbour][axis], of those that limits allow */
    size_t neighbour_count;
    struct optimum_fresh fresh;
};

/* Runs the best point, its neighbours and the reference on fresh patients, and fills in optimum->neighbours and
 * optimum->fresh. Errors as abscopal_optimize. */
enum abscopal_status optimum_check(struct abscopal_optimum *optimum, const struct abscopal_run_options *options,
                                   struct abscopal_error *error);

#endif
