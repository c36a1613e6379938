/* Two arms compared: trial/endpoints.h. */
#include <math.h>
#include <stdlib.h>

#include "trial/endpoint_tally.h"
#include "trial/endpoint_times.h"
#include "trial/endpoints.h"
#include "trial/proportions.h"
#include "trial/survival_clusters.h"

static const struct abscopal_estimate nothing = {.value = NAN, .lower = NAN, .upper = NAN};

/* ---- Shares ----------------------------------------------------------------------------------------- */

/* The same patients under two arms. */
struct paired {
    struct proportion_pairs pairs;
    struct endpoint_tally sums;
};

static void paired_add(struct paired *paired, bool first, bool second, double weight, size_t copies)
{
    *(first && second ? &paired->pairs.both
      : first         ? &paired->pairs.first_only
      : second        ? &paired->pairs.second_only
                      : &paired->pairs.neither) += weight * (double)copies;
    endpoint_tally_add(&paired->sums, true, weight, copies);
}

static struct abscopal_estimate paired_difference(const struct paired *paired)
{
    const struct endpoint_tally *sums = &paired->sums;
    const double scale = sums->all > 0 ? endpoint_tally_effective(sums) / sums->all : 0; /* 1 without weights */
    const struct proportion_pairs effective = {scale * paired->pairs.both, scale * paired->pairs.first_only,
                                               scale * paired->pairs.second_only, scale * paired->pairs.neither};
    const struct proportion difference = proportion_difference_paired(&effective);
    return (struct abscopal_estimate){difference.value, difference.lower, difference.upper};
}

struct abscopal_estimate endpoints_difference_paired(const bool *first, const bool *second, const double *weights,
                                                     size_t n)
{
    struct paired paired = {.sums = {0}};
    for (size_t i = 0; i < n; i++)
        paired_add(&paired, first[i], second[i], weights != NULL ? weights[i] : 1, 1);
    return paired_difference(&paired);
}

static struct abscopal_estimate difference_paired(enum endpoint_share what, const struct endpoint_group *arm,
                                                  const struct endpoint_group *reference, size_t *pair_count)
{
    struct paired paired = {.sums = {0}};
    for (size_t i = 0, j = 0; i < arm->n && j < reference->n;) {
        if (arm->patients[i] != reference->patients[j]) {
            *(arm->patients[i] < reference->patients[j] ? &i : &j) += 1;
            continue;
        }
        const double weight = endpoint_group_weight(arm, i);
        const size_t copies = endpoint_group_copies(reference, j) > 0 ? endpoint_group_copies(arm, i) : 0;
        const bool first = endpoints_outcome_has(what, &arm->outcomes[i++]);
        const bool second = endpoints_outcome_has(what, &reference->outcomes[j++]);
        paired_add(&paired, first, second, weight, copies);
    }
    *pair_count = paired.sums.patients;
    return paired_difference(&paired);
}

static struct proportion share_of(enum endpoint_share what, const struct endpoint_group *group)
{
    const struct abscopal_share share = endpoints_share_of(what, group);
    return (struct proportion){share.fraction, share.lower, share.upper};
}

struct abscopal_estimate endpoints_share_difference(enum endpoint_share what, const struct endpoint_group *arm,
                                                    const struct endpoint_group *reference, bool paired, size_t *pairs)
{
    *pairs = 0;
    if (paired)
        return difference_paired(what, arm, reference, pairs);
    const struct proportion first = share_of(what, arm), second = share_of(what, reference);
    const struct proportion difference = proportion_difference_of(&first, &second);
    return (struct abscopal_estimate){.value = difference.value, .lower = difference.lower, .upper = difference.upper};
}

/* ---- Times ------------------------------------------------------------------------------------------ */

/* The reference, then the arm. */
struct two_groups {
    struct endpoint_times times;
    double *covariate; /* 1 in the arm */
    size_t *group;
    size_t *patient; /* the same number, the same patient: below patient_count */
    size_t patient_count;
};

static bool two_groups_open(struct two_groups *two, const struct endpoint_group *arm,
                            const struct endpoint_group *reference, bool paired, size_t patient_count)
{
    const size_t n = arm->n + reference->n;
    two->patient_count = paired ? patient_count : n;
    const bool has_times = endpoint_times_open(&two->times, n);
    two->covariate = malloc((n + 1) * sizeof *two->covariate);
    two->group = malloc((n + 1) * sizeof *two->group);
    two->patient = malloc((n + 1) * sizeof *two->patient);
    if (!has_times || two->covariate == NULL || two->group == NULL || two->patient == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        const bool in_arm = i >= reference->n;
        const struct endpoint_group *group = in_arm ? arm : reference;
        const size_t row = in_arm ? i - reference->n : i;
        two->covariate[i] = in_arm;
        two->group[i] = in_arm;
        two->patient[i] = paired ? group->patients[row] : i;
        endpoint_times_add(&two->times, ENDPOINT_PROGRESSION_FREE, group, row);
    }
    return true;
}

static void two_groups_close(struct two_groups *two)
{
    endpoint_times_close(&two->times);
    free(two->covariate);
    free(two->group);
    free(two->patient);
}

/* Hazard ratio and p. */
static enum abscopal_status compare_times(const struct two_groups *two, bool paired,
                                          struct endpoint_comparison *comparison)
{
    const struct survival_data data = endpoint_times_data(&two->times);
    struct survival_cox cox;
    enum abscopal_status status = survival_cox_fit(&data, two->covariate, NULL, SURVIVAL_EFRON, &cox);
    if (status != ABSCOPAL_OK)
        return status;
    comparison->hazard_ratio =
        (struct abscopal_estimate){.value = cox.hazard_ratio, .lower = cox.lower, .upper = cox.upper};
    if (!paired && data.weight == NULL) {
        double observed[2], expected[2];
        struct survival_test test;
        enum survival_status found;
        status = survival_log_rank(&data, two->group, 2, NULL, observed, expected, &test, &found);
        comparison->log_rank_p = status == ABSCOPAL_OK ? test.p : (double)NAN;
        return status;
    }
    struct survival_clustered clustered;
    status = survival_cluster(&data, two->covariate, two->patient, two->patient_count, cox.coefficient, &clustered);
    if (status != ABSCOPAL_OK)
        return status;
    comparison->hazard_ratio.lower = clustered.lower;
    comparison->hazard_ratio.upper = clustered.upper;
    comparison->log_rank_p = clustered.score.p;
    return status;
}

/* Times of a group, with its patients' numbers where these are to be paired, or numbers of their own from `first` on.
 */
static bool sample_open(struct endpoint_times *times, size_t **numbers, const struct endpoint_group *group, bool paired,
                        size_t first)
{
    const bool has_times = endpoint_times_open(times, group->n);
    *numbers = malloc((group->n + 1) * sizeof **numbers);
    if (!has_times || *numbers == NULL)
        return false;
    for (size_t i = 0; i < group->n; i++) {
        endpoint_times_add(times, ENDPOINT_PROGRESSION_FREE, group, i);
        (*numbers)[i] = paired ? group->patients[i] : first + i;
    }
    return true;
}

enum abscopal_status endpoints_progression_difference(const struct endpoint_group *arm,
                                                      const struct endpoint_group *reference, bool paired,
                                                      size_t patient_count, enum survival_reading reading, double day,
                                                      struct abscopal_estimate *difference)
{
    struct endpoint_times times[2] = {0};
    size_t *numbers[2] = {NULL, NULL};
    struct survival_estimate found;
    enum abscopal_status status = ABSCOPAL_NO_MEMORY;
    *difference = nothing;
    if (sample_open(&times[0], &numbers[0], arm, paired, 0) &&
        sample_open(&times[1], &numbers[1], reference, paired, arm->n)) {
        const struct survival_sample samples[] = {{endpoint_times_data(&times[0]), numbers[0]},
                                                  {endpoint_times_data(&times[1]), numbers[1]}};
        status = survival_difference(&samples[0], &samples[1], paired ? patient_count : arm->n + reference->n, reading,
                                     day, &found);
    }
    if (status == ABSCOPAL_OK)
        *difference = (struct abscopal_estimate){found.value, found.lower, found.upper};
    for (size_t i = 0; i < 2; i++) {
        endpoint_times_close(&times[i]);
        free(numbers[i]);
    }
    return status;
}

enum abscopal_status endpoints_compare(const struct endpoint_group *arm, const struct endpoint_group *reference,
                                       bool paired, size_t patient_count, struct endpoint_comparison *comparison)
{
    *comparison = (struct endpoint_comparison){.hazard_ratio = nothing, .log_rank_p = NAN};
    comparison->best_response_difference =
        endpoints_share_difference(ENDPOINT_BEST_RESPONSE, arm, reference, paired, &comparison->pairs);
    struct two_groups two;
    enum abscopal_status status = ABSCOPAL_NO_MEMORY;
    if (two_groups_open(&two, arm, reference, paired, patient_count))
        status = compare_times(&two, paired, comparison);
    two_groups_close(&two);
    return status;
}
