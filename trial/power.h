/* Power by simulated trials: patients are drawn, with replacement, from a population whose outcomes in every arm are
 * known, randomised, recruited, lost and compared as the design says, over and over. Knows neither files nor models:
 * what visits find is given (trial/power_population.h makes it of results).
 *
 * Everything random of a simulated trial is keyed by (seed, trial, patient), and the first patients of a trial are the
 * same whatever its size, so that results depend neither on threads nor on which sizes are asked for. */
#ifndef ABSCOPAL_TRIAL_POWER_H
#define ABSCOPAL_TRIAL_POWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abscopal.h"
#include "cohorts/power_file.h"
#include "trial/group_sequential.h"

/* What is known of a patient after a visit, had it been the last. */
struct power_status {
    double day;    /* of the event, or of censoring: of times */
    bool event;    /* of times */
    bool responds; /* of shares */
};

struct power_population;

/* Fills status[visit] of a patient in an arm as a simulated trial measures it, anew for every seed and patient. */
typedef void power_look(const struct power_population *population, size_t arm, size_t member, uint64_t seed,
                        uint64_t patient, struct power_status *status);

/* Those who can be drawn. Arms are those of the design. */
struct power_population {
    size_t count, arm_count, visit_count;
    double *visit_days;         /* [visit], ascending from 0, up to the day on which patients are judged */
    double *cumulative;         /* [member] sums of weights, the last is 1; NULL: all count the same */
    unsigned char *strata;      /* [member] */
    struct power_status *fixed; /* [arm][member][visit] where nothing is measured anew */
    power_look *look;           /* measures anew; NULL: fixed holds */
    const void *context;        /* of look */
};

static inline size_t power_fixed_row(const struct power_population *population, size_t arm, size_t member)
{
    return (arm * population->count + member) * population->visit_count;
}

/* How trials are conducted and analysed. */
struct power_conduct {
    size_t arm_count;
    int ratio[POWER_MOST_ARMS];
    bool survival; /* times are compared; else shares */
    bool of_day;   /* a share of those who respond at the last visit; else of those who have by then */
    bool dropouts_left_out;
    enum power_test test;
    double recruits_per_day; /* 0: all come at once */
    double dropouts_per_day;
    double judged_days;             /* of shares: after a patient has come */
    double follow_up_days;          /* of times: after the last patient has come, unless the events are there before */
    double event_share;             /* NaN: they do not end the trial */
    struct group_sequential bounds; /* of each comparison */
};

/* From the design. Returns ABSCOPAL_BAD_INPUT (bounds that cannot be), or ABSCOPAL_OK. */
enum abscopal_status power_conduct_make(const struct power_file *design, struct power_conduct *conduct);

/* All patients of a trial with so many in the first arm. */
size_t power_total(const struct power_conduct *conduct, size_t patients_per_arm);

/* What became of a simulated trial. Comparisons are of the arms after the first with it, from 0. */
struct power_trial {
    bool rejects[POWER_MOST_ARMS - 1];       /* at any look */
    bool in_favour[POWER_MOST_ARMS - 1];     /* and the arm does better than the first */
    unsigned char look[POWER_MOST_ARMS - 1]; /* from 0, of the rejection or the last */
    double day;                              /* of the last look */
    size_t enrolled;                         /* by then */
    size_t events[POWER_MOST_ARMS],
        judged[POWER_MOST_ARMS]; /* events or responses, and of how many, at the last look */
};

/* Working memory for trials of up to so many patients; one for each thread. */
struct power_room;
struct power_room *power_room_create(const struct power_population *population, const struct power_conduct *conduct,
                                     size_t most_total);
void power_room_free(struct power_room *room);

/* Simulates trial number `trial` from 0; `null`: with the outcomes of the first arm in all arms, otherwise conducted in
 * the same way. False without memory. */
bool power_trial_run(struct power_room *room, size_t patients_per_arm, uint64_t seed, uint64_t trial, bool null,
                     struct power_trial *outcome);

/* The statistic of a comparison, standard normal without an effect and above 0 where the arm does better than the
 * first. Of shares, in strata: responses[stratum][2] of judged[stratum][2], the first arm first. Fisher's is the normal
 * deviate of its p value, for so many sides. 0 where there is nothing to compare. */
enum { POWER_MOST_STRATA = 16 };
struct power_table {
    size_t responses[POWER_MOST_STRATA][2], judged[POWER_MOST_STRATA][2];
};
double power_shares_statistic(enum power_test test, int sides, const struct power_table *table);

/* ---- Many trials ------------------------------------------------------------------------------------ */

/* Of so many simulated trials. Means are over trials. */
struct power_estimate {
    size_t patients_per_arm, total, trials;
    size_t rejects[POWER_MOST_ARMS - 1], in_favour[POWER_MOST_ARMS - 1]; /* trials, by comparison */
    size_t any;                                                          /* any comparison rejects */
    size_t at_look[POWER_MOST_ARMS - 1][GROUP_SEQUENTIAL_MOST_LOOKS];    /* of the rejections */
    double mean_day, mean_enrolled;
    double share[POWER_MOST_ARMS]; /* events or responses of those judged, all trials together */
};

/* Says how many trials are done; not 0 asks to stop. Called between trials by the caller's thread. */
typedef int power_progress(size_t trials, void *context);

struct power_simulation {
    const struct power_population *population;
    const struct power_conduct *conduct;
    uint64_t seed;
    int threads; /* 0: one for each processor */
    power_progress *progress;
    void *context;
};

/* Returns ABSCOPAL_NO_MEMORY, ABSCOPAL_INTERRUPTED or ABSCOPAL_OK. The same bits with any number of threads. */
enum abscopal_status power_simulate(const struct power_simulation *simulation, size_t patients_per_arm, size_t trials,
                                    bool null, struct power_estimate *estimate);

/* Patients per arm for a power. */
struct power_need {
    double power;
    bool reached;             /* with no more than `most` per arm */
    double patients;          /* rounded up; infinite when not reached */
    double lower, upper;      /* where the limits of the simulated power's 95 % interval reach it */
    size_t simulated;         /* the size simulated last */
    size_t successes, trials; /* there */
};

/* Finds the size at which the comparison rejects in favour of its arm with the need's power. On the scale of normal
 * deviates power is a straight line in the root of the size: deviate = b sqrt(n) - z, z the last bound. So each
 * simulated size says which one has the power; that one is simulated in turn, until the power lies in the interval
 * (Wilson) of what was simulated, and the limits of that interval are carried over to sizes in the same way. Begins at
 * `first`, with a quarter of the trials. Errors as power_simulate. */
enum abscopal_status power_find(const struct power_simulation *simulation, size_t comparison, size_t first, size_t most,
                                size_t trials, struct power_need *need);

/* Where to begin to look for another power, after what was simulated for one. */
size_t power_size_after(const struct power_simulation *simulation, const struct power_need *need, double power);

/* The size that closed forms give, without interim looks: for shares p0 and p1 the test with pooled variance (Fleiss,
 * Levin and Paik 2003, Statistical Methods for Rates and Proportions, 4.3), for hazards the events of Schoenfeld 1981
 * (doi:10.1093/biomet/68.1.316) over the share of patients who have one. `ratio` is patients of the other arm over
 * those of the first; the size is that of the first arm. Infinite where the arm does no better. */
double power_size_of_shares(double first, double other, double ratio, double alpha, int sides, double power);
double power_size_of_hazards(double hazard_ratio, double event_share, double ratio, double alpha, int sides,
                             double power);

#endif
