/* Prints patients in two groups and what trial/mann_whitney.c and trial/survival_difference.c make of them, as CSV for
 * tests/check_separation.R: set,kind,a,b,c,d with the rows
 *     patient     value, whether in the first group, weight, 0
 *     area        area, its limits, 0: all count the same
 *     weighted    the same with the weights
 *     medians     of the first and of the second group, without weights
 * and of patients in two arms
 *     first       number, day, whether progressed, weight
 *     second      the same in the other arm
 *     at          difference on day 100, its limits, standard error
 *     mean        of the mean up to day 100
 *     weighted_at, weighted_mean, apart_mean: with weights; as if no patient were in both */
#include <math.h>
#include <stdint.h>
#include <stdio.h>

#include "trial/mann_whitney.h"
#include "trial/survival_difference.h"

enum { SETS = 100, MAX_PATIENTS = 60 };

/* xorshift64 (Marsaglia 2003, doi:10.18637/jss.v008.i14). */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static double uniform(uint64_t *state)
{
    return ((double)(next_random(state) >> 11) + 0.5) / 9007199254740992.0;
}

static void print_row(int set, const char *kind, double a, double b, double c, double d)
{
    printf("%d,%s,%.17g,%.17g,%.17g,%.17g\n", set, kind, a, b, c, d);
}

/* Values with ties in every second set; groups that overlap more or less. */
static int print_groups(int set, uint64_t *state)
{
    double value[MAX_PATIENTS], weight[MAX_PATIENTS];
    bool first[MAX_PATIENTS];
    const size_t n = 6 + next_random(state) % (MAX_PATIENTS - 6);
    for (size_t i = 0; i < n; i++) {
        first[i] = i < 2 || (i > 3 && uniform(state) < 0.4);
        value[i] = uniform(state) * 4 + (first[i] ? uniform(state) * (set % 5) : 0);
        if (set % 2 == 1)
            value[i] = floor(value[i]);
        weight[i] = 0.25 + (double)(i * 5 % 7) / 3;
        print_row(set, "patient", value[i], first[i], weight[i], 0);
    }
    struct two_samples samples = {.value = value, .first = first, .n = n};
    struct separation separation;
    if (separation_measure(&samples, &separation) != ABSCOPAL_OK)
        return 1;
    print_row(set, "area", separation.area.value, separation.area.lower, separation.area.upper, 0);
    print_row(set, "medians", separation.first_median, separation.second_median, 0, 0);
    samples.weight = weight;
    if (separation_measure(&samples, &separation) != ABSCOPAL_OK)
        return 1;
    print_row(set, "weighted", separation.area.value, separation.area.lower, separation.area.upper, 0);
    return 0;
}

struct arm {
    size_t n, patient[MAX_PATIENTS];
    double day[MAX_PATIENTS], weight[MAX_PATIENTS];
    bool progressed[MAX_PATIENTS];
};

static struct survival_sample sample_of(const struct arm *arm, bool weighted)
{
    return (struct survival_sample){
        .data = {.time = arm->day, .event = arm->progressed, .weight = weighted ? arm->weight : NULL, .n = arm->n},
        .patient = arm->patient};
}

static int print_difference(int set, const char *kind, const struct arm arms[2], bool weighted,
                            enum survival_reading reading)
{
    const struct survival_sample first = sample_of(&arms[0], weighted), second = sample_of(&arms[1], weighted);
    struct survival_estimate found;
    if (survival_difference(&first, &second, 2 * MAX_PATIENTS, reading, 100, &found) != ABSCOPAL_OK)
        return 1;
    print_row(set, kind, found.value, found.lower, found.upper, found.standard_error);
    return 0;
}

/* Some patients are in one arm alone. Visits every 20 days, so that times tie; somebody is followed beyond day 100. */
static int print_arms(int set, uint64_t *state)
{
    static const char *const names[] = {"first", "second"};
    struct arm arms[2] = {{0}, {0}};
    const size_t n = 8 + next_random(state) % (MAX_PATIENTS - 8);
    for (size_t patient = 0; patient < n; patient++) {
        const double frailty = uniform(state);
        for (int i = 0; i < 2; i++) {
            struct arm *arm = &arms[i];
            if (patient > 1 && uniform(state) < 0.1)
                continue;
            const double day = 20 * ceil(frailty * 6 + uniform(state) * (i == 0 ? 3 : 5) + 0.01);
            arm->patient[arm->n] = patient;
            arm->day[arm->n] = patient == 0 ? 160 : day;
            arm->progressed[arm->n] = patient > 0 && uniform(state) < 0.8;
            arm->weight[arm->n] = 0.25 + (double)(patient * 5 % 7) / 3;
            print_row(set, names[i], (double)patient, arm->day[arm->n], arm->progressed[arm->n], arm->weight[arm->n]);
            arm->n++;
        }
    }
    int failed = print_difference(set, "at", arms, false, SURVIVAL_AT) +
                 print_difference(set, "mean", arms, false, SURVIVAL_MEAN) +
                 print_difference(set, "weighted_at", arms, true, SURVIVAL_AT) +
                 print_difference(set, "weighted_mean", arms, true, SURVIVAL_MEAN);
    for (size_t i = 0; i < arms[1].n; i++)
        arms[1].patient[i] += MAX_PATIENTS;
    return failed + print_difference(set, "apart_mean", arms, false, SURVIVAL_MEAN);
}

int main(void)
{
    uint64_t state = 88172645463325252U;
    puts("set,kind,a,b,c,d");
    for (int set = 0; set < SETS; set++)
        if (print_groups(set, &state) != 0 || print_arms(set, &state) != 0)
            return 1;
    return 0;
}
