/* What simulated trials of a design have found. */
#ifndef ABSCOPAL_RESULTS_POWER_H
#define ABSCOPAL_RESULTS_POWER_H

#include "abscopal.h"
#include "trial/power_population.h"

enum { POWER_TARGETS = 2, POWER_COMPARISONS = POWER_MOST_ARMS - 1 };

/* 0.8 and 0.9. */
extern const double power_targets[POWER_TARGETS];

/* A subgroup, and the sizes of trials of its patients alone. */
struct power_group_found {
    struct power_group group;
    size_t members;
    struct power_effect effects[POWER_COMPARISONS];
    struct power_need needs[POWER_COMPARISONS][POWER_TARGETS];
};

struct abscopal_power {
    struct power_file design;
    struct power_conduct conduct;
    char *trial_name;
    size_t members, patients; /* who can be drawn, and of how many */
    double effective;         /* members who all count the same would say as much (Kish 1965) */
    uint64_t cohort_seed;
    bool other_text; /* the results are of another text than that of the design's trial */
    struct power_effect effects[POWER_COMPARISONS];
    size_t point_count;
    struct power_estimate points[POWER_MOST_SIZES], nulls[POWER_MOST_SIZES];
    struct power_need needs[POWER_COMPARISONS][POWER_TARGETS];
    size_t group_count;
    struct power_group_found *groups;
};

/* The size that closed forms give for an effect, with the conduct's level, sides and ratio. `events` is the share of
 * patients with an event in simulated trials, of times. */
double power_closed_form(const struct abscopal_power *power, size_t comparison, const struct power_effect *effect,
                         double power_wanted);

/* Whether trials of a size that the design lists, or smaller ones, have a power of 80 % in a subgroup. */
bool power_group_is_enough(const struct abscopal_power *power, const struct power_group_found *found,
                           size_t comparison);

/* "trials of power", successes of trials with Wilson's interval. */
struct abscopal_share power_share(size_t count, size_t trials);

#endif
