/* Prints patients who are in two arms, with ties and censoring, and what trial/survival_clusters.c and
 * trial/endpoints.c make of them, as CSV for tests/check_survival_clusters.R: set,kind,a,b,c,d with the rows patient
 * number, arm, day, whether progressed
 *     cox         coefficient, standard error over patients, score chi-square, p
 *     compare     hazard ratio, its lower and upper limit, p
 *     weighted    the same as compare, where patients have the weights of weight_of
 *     apart       the same again, as if no patient were in both arms */
#include <math.h>
#include <stdint.h>
#include <stdio.h>

#include "trial/endpoints.h"
#include "trial/survival_clusters.h"

enum { SETS = 200, MAX_PATIENTS = 80 };

/* xorshift64 (Marsaglia 2003, doi:10.18637/jss.v008.i14). */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

struct set {
    size_t n, patient_count;
    double day[2 * MAX_PATIENTS], covariate[2 * MAX_PATIENTS];
    bool progressed[2 * MAX_PATIENTS];
    size_t patient[2 * MAX_PATIENTS];
    /* The same by arm. */
    size_t counts[2], patients[2][MAX_PATIENTS];
    struct patient_outcome outcomes[2][MAX_PATIENTS];
    double weights[2][MAX_PATIENTS];
};

static double weight_of(size_t patient)
{
    return 0.25 + (double)(patient * 5 % 7) / 3;
}

static void set_add(struct set *set, size_t patient, int arm, double day, bool progressed)
{
    const size_t i = set->n++, of_arm = set->counts[arm]++;
    set->day[i] = day;
    set->progressed[i] = progressed;
    set->covariate[i] = arm;
    set->patient[i] = patient;
    set->patients[arm][of_arm] = patient;
    set->weights[arm][of_arm] = weight_of(patient);
    set->outcomes[arm][of_arm] =
        (struct patient_outcome){.best_confirmed = RESPONSE_STABLE, .pfs_day = day, .pfs_event = progressed};
}

/* Some patients are in one arm alone; times in both arms of a patient go together. */
static void set_fill(struct set *set, uint64_t *random)
{
    *set = (struct set){.patient_count = 6 + next_random(random) % (MAX_PATIENTS - 6)};
    const uint64_t visits = 2 + next_random(random) % 30, censored_in_eight = next_random(random) % 6;
    for (size_t patient = 0; patient < set->patient_count; patient++) {
        const uint64_t own = next_random(random) % visits;
        for (int arm = 0; arm < 2; arm++) {
            const double day = 40 * (double)(1 + (own + next_random(random) % (visits / 2 + (arm ? 2 : 1))));
            const bool progressed = next_random(random) % 8 >= censored_in_eight;
            if (next_random(random) % 16 > 0)
                set_add(set, patient, arm, day, progressed);
        }
    }
}

static int set_print(const struct set *set, int number)
{
    for (size_t i = 0; i < set->n; i++)
        printf("%d,patient,%zu,%g,%.17g,%d\n", number, set->patient[i], set->covariate[i], set->day[i],
               set->progressed[i]);
    const struct survival_data data = {.time = set->day, .event = set->progressed, .n = set->n};
    struct survival_cox cox;
    struct survival_clustered clustered;
    struct endpoint_comparison comparison;
    if (survival_cox_fit(&data, set->covariate, NULL, SURVIVAL_EFRON, &cox) != ABSCOPAL_OK ||
        survival_cluster(&data, set->covariate, set->patient, set->patient_count, cox.coefficient, &clustered) !=
            ABSCOPAL_OK)
        return 1;
    printf("%d,cox,%.17g,%.17g,%.17g,%.17g\n", number, cox.coefficient, clustered.standard_error,
           clustered.score.chi_square, clustered.score.p);
    const struct endpoint_group reference = {set->counts[0], set->outcomes[0], set->patients[0], NULL, NULL};
    const struct endpoint_group arm = {set->counts[1], set->outcomes[1], set->patients[1], NULL, NULL};
    if (endpoints_compare(&arm, &reference, true, set->patient_count, &comparison) != ABSCOPAL_OK)
        return 1;
    printf("%d,compare,%.17g,%.17g,%.17g,%.17g\n", number, comparison.hazard_ratio.value, comparison.hazard_ratio.lower,
           comparison.hazard_ratio.upper, comparison.log_rank_p);
    for (int paired = 1; paired >= 0; paired--) {
        const struct endpoint_group first = {set->counts[0], set->outcomes[0], set->patients[0], set->weights[0], NULL};
        const struct endpoint_group second = {set->counts[1], set->outcomes[1], set->patients[1], set->weights[1],
                                              NULL};
        if (endpoints_compare(&second, &first, paired == 1, set->patient_count, &comparison) != ABSCOPAL_OK)
            return 1;
        printf("%d,%s,%.17g,%.17g,%.17g,%.17g\n", number, paired == 1 ? "weighted" : "apart",
               comparison.hazard_ratio.value, comparison.hazard_ratio.lower, comparison.hazard_ratio.upper,
               comparison.log_rank_p);
    }
    return 0;
}

int main(void)
{
    static struct set set;
    uint64_t random = 20251121;
    printf("set,kind,a,b,c,d\n");
    for (int number = 0; number < SETS; number++) {
        set_fill(&set, &random);
        if (set_print(&set, number) != 0)
            return 1;
    }
    return 0;
}
