#include "trial/power.h"

#include <math.h>
#include <omp.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>

#include "trial/proportions.h"

/* ---- Conduct ---------------------------------------------------------------------------------------- */

enum abscopal_status power_conduct_make(const struct power_file *design, struct power_conduct *conduct)
{
    const size_t comparisons = design->arm_count - 1;
    *conduct = (struct power_conduct){
        .arm_count = design->arm_count,
        .survival = power_is_survival(design),
        .of_day = power_is_of_day(design),
        .dropouts_left_out = design->dropouts_left_out,
        .test = design->test,
        .recruits_per_day = design->recruits_per_day,
        .dropouts_per_day = design->dropouts_per_day,
        .judged_days = isnan(design->at_days) ? design->until_days : design->at_days,
        .follow_up_days = design->follow_up_days,
        .event_share = design->event_share,
        .bounds = {.looks = design->interim_count + 1, .sides = design->sides},
    };
    for (size_t arm = 0; arm < design->arm_count; arm++)
        conduct->ratio[arm] = design->ratio[arm];
    for (size_t i = 0; i < design->interim_count; i++)
        conduct->bounds.share[i] = design->interim_shares[i];
    conduct->bounds.share[design->interim_count] = 1;
    return group_sequential_solve((enum group_sequential_bounds)design->bounds,
                                  design->bonferroni ? design->alpha / (double)comparisons : design->alpha,
                                  &conduct->bounds);
}

size_t power_total(const struct power_conduct *conduct, size_t patients_per_arm)
{
    size_t parts = 0;
    for (size_t arm = 0; arm < conduct->arm_count; arm++)
        parts += (size_t)conduct->ratio[arm];
    const size_t first = (size_t)conduct->ratio[0];
    return (patients_per_arm * parts + first - 1) / first;
}

/* ---- Many trials ------------------------------------------------------------------------------------ */

static void estimate_sum(const struct power_conduct *conduct, const struct power_trial *trials,
                         struct power_estimate *estimate)
{
    double days = 0, enrolled = 0;
    size_t events[POWER_MOST_ARMS] = {0}, judged[POWER_MOST_ARMS] = {0};
    for (size_t t = 0; t < estimate->trials; t++) {
        const struct power_trial *trial = &trials[t];
        bool any = false;
        for (size_t i = 0; i + 1 < conduct->arm_count; i++) {
            any = any || trial->rejects[i];
            estimate->rejects[i] += trial->rejects[i];
            estimate->in_favour[i] += trial->in_favour[i];
            estimate->at_look[i][trial->look[i]] += trial->rejects[i];
        }
        for (size_t arm = 0; arm < conduct->arm_count; arm++) {
            events[arm] += trial->events[arm];
            judged[arm] += trial->judged[arm];
        }
        estimate->any += any;
        days += trial->day;
        enrolled += (double)trial->enrolled;
    }
    estimate->mean_day = days / (double)estimate->trials;
    estimate->mean_enrolled = enrolled / (double)estimate->trials;
    for (size_t arm = 0; arm < conduct->arm_count; arm++)
        estimate->share[arm] = (double)events[arm] / (double)judged[arm];
}

/* Trials first to last - 1. False without memory. */
static bool trials_run(const struct power_simulation *simulation, struct power_room **rooms, int threads,
                       size_t patients_per_arm, bool null, size_t first, size_t last, struct power_trial *trials)
{
    atomic_bool good = true;
#pragma omp parallel for num_threads(threads) schedule(dynamic, 8)
    for (size_t t = first; t < last; t++)
        if (!power_trial_run(rooms[omp_get_thread_num()], patients_per_arm, simulation->seed, t, null, &trials[t]))
            atomic_store(&good, false);
    return atomic_load(&good);
}

static enum abscopal_status simulate(const struct power_simulation *simulation, struct power_room **rooms, int threads,
                                     bool null, struct power_trial *trials, struct power_estimate *estimate)
{
    enum { TOGETHER = 500 };
    for (size_t first = 0; first < estimate->trials; first += TOGETHER) {
        const size_t last = first + TOGETHER < estimate->trials ? first + TOGETHER : estimate->trials;
        if (!trials_run(simulation, rooms, threads, estimate->patients_per_arm, null, first, last, trials))
            return ABSCOPAL_NO_MEMORY;
        if (simulation->progress != NULL && simulation->progress(last - first, simulation->context) != 0)
            return ABSCOPAL_INTERRUPTED;
    }
    estimate_sum(simulation->conduct, trials, estimate);
    return ABSCOPAL_OK;
}

enum abscopal_status power_simulate(const struct power_simulation *simulation, size_t patients_per_arm, size_t trials,
                                    bool null, struct power_estimate *estimate)
{
    const int threads = simulation->threads > 0 ? simulation->threads : omp_get_max_threads();
    enum abscopal_status status = ABSCOPAL_NO_MEMORY;
    *estimate = (struct power_estimate){.patients_per_arm = patients_per_arm,
                                        .total = power_total(simulation->conduct, patients_per_arm),
                                        .trials = trials};
    struct power_trial *outcomes = malloc((trials + 1) * sizeof *outcomes);
    struct power_room **rooms = calloc((size_t)threads, sizeof(struct power_room *));
    bool good = outcomes != NULL && rooms != NULL;
    for (int i = 0; good && i < threads; i++) {
        rooms[i] = power_room_create(simulation->population, simulation->conduct, estimate->total);
        good = rooms[i] != NULL;
    }
    if (good)
        status = simulate(simulation, rooms, threads, null, outcomes, estimate);
    for (int i = 0; rooms != NULL && i < threads; i++)
        power_room_free(rooms[i]);
    free(rooms);
    free(outcomes);
    return status;
}

/* ---- Sizes ------------------------------------------------------------------------------------------ */

/* The size that has the wanted power when `size` has this one. */
static double size_for(double size, double has, double wanted, double bound)
{
    const double deviate = gsl_cdf_ugaussian_Pinv(has) + bound;
    const double ratio = (gsl_cdf_ugaussian_Pinv(wanted) + bound) / deviate;
    return deviate > 0 ? size * ratio * ratio : (double)INFINITY;
}

/* What a simulated size says of the one that is wanted. */
static void need_read(const struct power_simulation *simulation, size_t comparison,
                      const struct power_estimate *estimate, struct power_need *need)
{
    const struct group_sequential *bounds = &simulation->conduct->bounds;
    const double bound = bounds->bound[bounds->looks - 1], size = (double)estimate->patients_per_arm;
    const size_t successes = estimate->in_favour[comparison];
    const struct proportion power = proportion_wilson(successes, estimate->trials);
    /* Neither none nor all of them, whose deviates are infinite. */
    const double middle = ((double)successes + 0.5) / ((double)estimate->trials + 1);
    need->simulated = estimate->patients_per_arm;
    need->successes = successes;
    need->trials = estimate->trials;
    need->patients = size_for(size, middle, need->power, bound);
    need->lower = size_for(size, fmin(power.upper, 1 - 1e-12), need->power, bound);
    need->upper = size_for(size, fmax(power.lower, 1e-12), need->power, bound);
    need->reached = power.lower <= need->power && need->power <= power.upper;
}

/* Sizes one after the other until what was simulated holds the power wanted, or nothing is gained. */
static enum abscopal_status size_find(const struct power_simulation *simulation, size_t comparison, size_t most,
                                      size_t trials, size_t *size, struct power_need *need)
{
    enum { TRIES = 10, LEAST = 2 };
    const double largest_step = 4;
    for (int i = 0; i < TRIES; i++) {
        struct power_estimate estimate;
        const enum abscopal_status status = power_simulate(simulation, *size, trials, false, &estimate);
        if (status != ABSCOPAL_OK)
            return status;
        need_read(simulation, comparison, &estimate, need);
        const double now = (double)*size,
                     wanted = fmin(fmax(ceil(need->patients), now / largest_step), largest_step * now);
        const size_t next = (size_t)fmin(fmax(wanted, LEAST), (double)most);
        need->reached = need->reached || (next == LEAST && *size == LEAST);
        if (need->reached || next == *size)
            break;
        *size = next;
    }
    return ABSCOPAL_OK;
}

enum abscopal_status power_find(const struct power_simulation *simulation, size_t comparison, size_t first, size_t most,
                                size_t trials, struct power_need *need)
{
    enum { ROUGHLY = 4, FEWEST = 200 };
    size_t size = first < most ? first : most;
    const size_t few = trials / ROUGHLY > FEWEST ? trials / ROUGHLY : trials;
    enum abscopal_status status = size_find(simulation, comparison, most, few, &size, need);
    if (status == ABSCOPAL_OK && isfinite(need->patients))
        size = (size_t)fmin(fmax(ceil(need->patients), 2), (double)most);
    if (status == ABSCOPAL_OK)
        status = size_find(simulation, comparison, most, trials, &size, need);
    if (status != ABSCOPAL_OK)
        return status;
    need->patients = fmax(ceil(need->patients), 2);
    need->lower = fmax(ceil(need->lower), 2);
    need->upper = ceil(need->upper);
    need->reached = need->patients <= (double)most; /* of a jagged curve, too, that skips the power wanted */
    if (!need->reached)
        need->patients = need->lower = need->upper = INFINITY;
    return ABSCOPAL_OK;
}

size_t power_size_after(const struct power_simulation *simulation, const struct power_need *need, double power)
{
    const struct group_sequential *bounds = &simulation->conduct->bounds;
    const double has = ((double)need->successes + 0.5) / ((double)need->trials + 1);
    const double size = size_for((double)need->simulated, has, power, bounds->bound[bounds->looks - 1]);
    return (size_t)fmin(fmax(size, 2), POWER_MOST_PATIENTS);
}
