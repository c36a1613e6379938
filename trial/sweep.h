/* Runs points of a sweep: the same patients, grown to baseline once, in an arm as it is at each point. */
#ifndef ABSCOPAL_TRIAL_SWEEP_H
#define ABSCOPAL_TRIAL_SWEEP_H

#include "protocols/sweep_file.h"
#include "trial/baselines.h"

/* The position of a level; and that to which a share, 0 to 1, of the way along the axis leads: on one with levels that
 * of the level into whose equal part it falls. */
double sweep_level_position(const struct sweep_axis *axis, size_t level);
double sweep_position_at(const struct sweep_axis *axis, double share);

/* The points of the sweep's design: position [point][axis], to be freed, and how many. Of a grid the last axis changes
 * fastest; of a Sobol design an axis with levels takes the level that a share of the range falls into. NULL with an
 * error: no memory, or a grid with an axis that has no levels. */
double *sweep_points(const struct sweep_file *sweep, size_t *count, struct abscopal_error *error);

/* Whether the trial can be read at a point, and whether the point keeps to the sweep's limits, which *allowed becomes.
 * Returns ABSCOPAL_OK, ABSCOPAL_BAD_INPUT with what the readers say, or ABSCOPAL_NO_MEMORY. */
enum abscopal_status sweep_point_check(const struct sweep_file *sweep, const double *at, bool *allowed,
                                       struct abscopal_error *error);

/* The same of points[count][axis] and of the reference; allowed[count] may be NULL. That limits leave no point at all
 * is an error, too, where there are any. */
enum abscopal_status sweep_points_check(const struct sweep_file *sweep, const double *points, size_t count,
                                        signed char *allowed, struct abscopal_error *error);

/* A sweep file with all that it names, and every point of its grid or design: what sweep_file_read and
 * sweep_points_check say. */
enum abscopal_status sweep_check(const char *path, struct abscopal_error *error);

struct sweep_runner {
    const struct sweep_file *sweep;
    struct abscopal_trial *trial; /* as it stands, with its cohort */
    struct baselines *baselines;
    int threads;
};

/* Reads the trial and grows the sweep's patients; of `options` patients and seed, where they are not 0 and negative,
 * take the place of the file's; threads, engine and progress count. On error there is nothing to close. */
enum abscopal_status sweep_runner_open(struct sweep_runner *runner, const struct sweep_file *sweep,
                                       const struct abscopal_run_options *options, struct abscopal_error *error);
void sweep_runner_close(struct sweep_runner *runner);

/* Points that are run at once. */
enum { SWEEP_CHUNK = 8 };

/* Runs up to SWEEP_CHUNK points, at[count]: positions, or NULL for the reference arm as it stands. The results have an
 * arm for each, in that order, and are to be freed before the runner is closed; the same for a point whatever is run
 * beside it. NULL with the error: as sweep_point_check and abscopal_run. `options` as baselines_run's. */
struct abscopal_results *sweep_runner_run(const struct sweep_runner *runner, const double *const *at, size_t count,
                                          const struct abscopal_run_options *options, struct abscopal_error *error);

/* Frees such results. */
void sweep_results_free(struct abscopal_results *results);

#endif
