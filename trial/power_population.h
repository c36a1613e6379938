/* The population of simulated trials made of finished results, where each patient went through every arm. */
#ifndef ABSCOPAL_TRIAL_POWER_POPULATION_H
#define ABSCOPAL_TRIAL_POWER_POPULATION_H

#include "cohorts/power_file.h"
#include "trial/power.h"
#include "trial/virtual_trial.h"

/* What visits found of a member in an arm, close together: trials look at it millions of times. */
struct power_record {
    unsigned char lesions;    /* that the endpoint looks at */
    unsigned char non_target; /* a bit for each of those */
};

/* A population and what it was made of. `patients` are rows of the results of its members. */
struct power_source {
    const struct power_file *design;
    const struct abscopal_results *results;
    size_t arms[POWER_MOST_ARMS]; /* of the results, in the design's order */
    size_t *patients;             /* [member] */
    struct power_record *records; /* [arm][member] */
    double *diameters_mm;         /* [arm][member][visit][lesion of the record, at most MODEL_MAX_LESIONS] */
    signed char *new_lesions;     /* [arm][member][visit] */
    struct power_population population;
};

/* Those who completed all arms of the design, have a weight and, of the abscopal response, a lesion in each arm that
 * was not irradiated; `within` (NULL: everybody) says by row who belongs. What visits found is classified anew with the
 * criteria of the results' trial, up to the day on which patients are judged: in every simulated trial where the design
 * has errors of imaging, else once. The results and the design must outlive the source,
 * which stays where it is. Returns ABSCOPAL_BAD_INPUT (no
 * such arm, patients who were randomised, fewer than two members; the error says which) or ABSCOPAL_NO_MEMORY, both
 * with nothing to free, or ABSCOPAL_OK. */
enum abscopal_status power_source_open(const struct power_file *design, const struct abscopal_results *results,
                                       const bool *within, struct power_source *source, struct abscopal_error *error);
void power_source_close(struct power_source *source);

/* What the population itself shows of an arm and the first, without dropout and errors that the design adds. */
struct power_effect {
    double first, other;             /* shares, or shares with an event: NaN without members */
    struct abscopal_estimate effect; /* difference of shares (Newcombe 1998, paired), or hazard ratio (Cox, variance
                                        over patients) */
    double size_error;               /* relative standard error of a size that follows from the effect, for lack of
                                        patients: 2 SE(effect)/effect, of hazards of its logarithm */
};

/* Returns ABSCOPAL_NO_MEMORY or ABSCOPAL_OK. `arm` counts from 1. */
enum abscopal_status power_source_effect(const struct power_source *source, size_t arm, struct power_effect *effect);

/* ---- Subgroups -------------------------------------------------------------------------------------- */

enum { POWER_MOST_GROUPS = 32, POWER_GROUP_NAME_SIZE = 128 };

/* One of a quantity's subgroups: who has a value from `least` up to below `most`. */
struct power_group {
    char name[POWER_GROUP_NAME_SIZE]; /* "pdl1_class high", "baseline_sum_of_diameters 60 to 100 mm" */
    double least, most;
};

/* Those of a quantity among the members, at most POWER_MOST_GROUPS; returns how many. Parts are of equal weight.
 * Classes are none where the cohort has none. Without memory there are none. */
size_t power_groups_find(const struct power_source *source, const struct power_subgroups *subgroups,
                         struct power_group *groups);

/* The quantity of a patient (a row of the results), in its unit. */
double power_quantity(const struct abscopal_results *results, const struct power_subgroups *subgroups, size_t patient);

#endif
