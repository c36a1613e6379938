/* A finished sweep, or the points that a search has run: what every patient has at every point, and the endpoints. */
#ifndef ABSCOPAL_RESULTS_SWEEP_H
#define ABSCOPAL_RESULTS_SWEEP_H

#include "protocols/named_texts.h"
#include "protocols/sweep_file.h"
#include "results/sweep_parts.h"
#include "trial/engine.h"
#include "trial/sweep.h"
#include "trial/sweep_statistics.h"

/* The best allowed point of an endpoint. */
struct sweep_best {
    size_t point; /* SIZE_MAX: none has a value */
    size_t alike; /* other allowed points whose paired difference from it has an interval with 0 or, where no patient
                     makes a difference, none; 0 where sweep_measure_tells is false */
};

struct abscopal_sweep {
    struct sweep_file file;
    bool is_search; /* the points are those that a search has asked for, in that order */
    char *cohort_text, *trial_title, *model;
    struct named_texts files; /* that the trial file names besides its cohort */
    uint64_t seed;
    char *engine, *instructions;
    size_t lanes;
    char *program, *commit, *compiler; /* that made it; "" where it is not known */
    /* Patients, [patient]. */
    size_t patient_count;
    signed char *patient_status; /* enum abscopal_patient_status at baseline */
    int64_t *lesion_counts;
    double *baseline_mm; /* sum of diameters; NaN where it was not reached */
    double *weights;     /* NULL: all count the same */
    /* Points. */
    size_t point_count, point_capacity;
    double *points;       /* [point][axis] */
    signed char *allowed; /* [point]: 0 where a limit leaves it out */
    double *values;       /* [point][column][patient]: trial/sweep_statistics.h; NaN where a limit leaves it out */
    double *reference;    /* [column][patient] */
    /* Endpoints, [point][endpoint] and of the reference [endpoint]. */
    struct abscopal_estimate *estimates, *differences, *reference_estimates;
    struct sweep_best *best; /* [endpoint] */
    /* By the number of lesions of patients, [lesions less 1][point][endpoint]; NULL unless the file asks for it. */
    struct abscopal_estimate *by_lesions;
};

size_t sweep_value_count(const struct abscopal_sweep *sweep); /* of a point: columns times patients */

static inline const double *sweep_values(const struct abscopal_sweep *sweep, size_t point)
{
    return sweep->values + point * sweep_value_count(sweep);
}

/* Whether the points are all levels of all axes, rather than a list. */
static inline bool sweep_is_grid(const struct abscopal_sweep *sweep)
{
    return sweep->file.sobol_points == 0 && !sweep->is_search;
}

/* All patients. */
struct sweep_sample sweep_sample_all(const struct abscopal_sweep *sweep);

/* Fills in the endpoints from the values. Returns ABSCOPAL_NO_MEMORY or ABSCOPAL_OK. */
enum abscopal_status sweep_summarise(struct abscopal_sweep *sweep);

/* A sweep without points, about to be run by the runner; takes over the file. NULL without memory, the file then freed.
 */
struct abscopal_sweep *sweep_begin(struct sweep_file *file, const struct sweep_runner *runner);

/* Room for so many points in all. Returns ABSCOPAL_NO_MEMORY or ABSCOPAL_OK. */
enum abscopal_status sweep_reserve(struct abscopal_sweep *sweep, size_t points);

/* The values of up to SWEEP_CHUNK points, or of the reference for SIZE_MAX, are run and put in their places. Errors as
 * sweep_runner_run. */
enum abscopal_status sweep_points_run(struct abscopal_sweep *sweep, const struct sweep_runner *runner,
                                      const size_t *points, size_t count, const struct abscopal_run_options *options,
                                      struct abscopal_error *error);

/* Everything that the values of a point depend on, to be freed; NULL without memory. */
char *sweep_signature(const struct abscopal_sweep *sweep);

/* Whether differences of such an endpoint have intervals that tell points apart. */
bool sweep_measure_tells(enum sweep_measure measure);

/* Unit of an axis for files and pages: as written, "1" for numbers without one. */
const char *sweep_axis_unit(const struct sweep_axis *axis);

#endif
