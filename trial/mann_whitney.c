#include "trial/mann_whitney.h"

#include <math.h>
#include <stdlib.h>

#include "trial/quantiles.h"
#include "trial/survival.h"

/* A patient of positive weight. */
struct observation {
    double value, weight;
    double component; /* weighted share of the other group that lies on the side that counts, ties half */
    bool first;
};

static int observation_compare(const void *left, const void *right)
{
    const double a = ((const struct observation *)left)->value, b = ((const struct observation *)right)->value;
    return (a > b) - (a < b);
}

/* Sorted; *valid becomes false when a number is out of range. Returns how many. */
static size_t observations_sort(const struct two_samples *samples, struct observation *observations, bool *valid)
{
    size_t count = 0;
    *valid = true;
    for (size_t i = 0; i < samples->n; i++) {
        const double weight = samples->weight != NULL ? samples->weight[i] : 1;
        if (!isfinite(samples->value[i]) || !isfinite(weight) || weight < 0)
            *valid = false;
        else if (weight > 0)
            observations[count++] =
                (struct observation){.value = samples->value[i], .weight = weight, .first = samples->first[i]};
    }
    if (count > 0)
        qsort(observations, count, sizeof *observations, observation_compare);
    return count;
}

/* Sums over a group. */
struct group {
    double weights, squares;
};

static struct group group_sum(const struct observation *observations, size_t count, bool first)
{
    struct group group = {0};
    for (size_t i = 0; i < count; i++)
        if (observations[i].first == first) {
            group.weights += observations[i].weight;
            group.squares += observations[i].weight * observations[i].weight;
        }
    return group;
}

/* Of one of the first group the share of the second that lies below, of one of the second that of the first above. */
static void components_fill(struct observation *observations, size_t count, const struct group *first,
                            const struct group *second)
{
    double first_below = 0, second_below = 0;
    for (size_t begin = 0, end; begin < count; begin = end) {
        double first_tied = 0, second_tied = 0;
        for (end = begin; end < count && observations[end].value <= observations[begin].value; end++)
            *(observations[end].first ? &first_tied : &second_tied) += observations[end].weight;
        for (size_t i = begin; i < end; i++)
            observations[i].component = observations[i].first
                                            ? (second_below + second_tied / 2) / second->weights
                                            : (first->weights - first_below - first_tied / 2) / first->weights;
        first_below += first_tied;
        second_below += second_tied;
    }
}

/* Variance of the weighted mean of a group's components; NaN with fewer than two patients. */
static double variance_of(const struct observation *observations, size_t count, bool first, const struct group *group,
                          double area)
{
    const double effective = group->weights * group->weights / group->squares;
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        const double moved = observations[i].weight / group->weights * (observations[i].component - area);
        if (observations[i].first == first)
            sum += moved * moved;
    }
    return effective > 1 + 1e-9 ? sum * effective / (effective - 1) : NAN;
}

/* `scratch` has room for the group. */
static double median_of(const struct observation *observations, size_t count, bool first, struct weighed *scratch)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) /* which are sorted */
        if (observations[i].first == first)
            scratch[n++] = (struct weighed){observations[i].value, observations[i].weight};
    return n > 0 ? weighed_quantile(scratch, n, 0.5) : (double)NAN;
}

static void separation_fill(struct observation *observations, size_t count, struct weighed *scratch,
                            struct separation *separation)
{
    const struct group first = group_sum(observations, count, true), second = group_sum(observations, count, false);
    struct abscopal_estimate *area = &separation->area;
    *area = (struct abscopal_estimate){NAN, NAN, NAN};
    separation->first_median = median_of(observations, count, true, scratch);
    separation->second_median = median_of(observations, count, false, scratch);
    if (!(first.weights > 0) || !(second.weights > 0))
        return;
    components_fill(observations, count, &first, &second);
    area->value = 0;
    for (size_t i = 0; i < count; i++)
        if (observations[i].first)
            area->value += observations[i].weight / first.weights * observations[i].component;
    const double variance = variance_of(observations, count, true, &first, area->value) +
                            variance_of(observations, count, false, &second, area->value);
    const double rounding = 1e-26; /* what is left of 0 with weights */
    if (!(variance > rounding))
        return;
    const double half_width = survival_normal_quantile() * sqrt(variance);
    area->lower = fmax(area->value - half_width, 0);
    area->upper = fmin(area->value + half_width, 1);
}

enum abscopal_status separation_measure(const struct two_samples *samples, struct separation *separation)
{
    struct observation *const observations = malloc((samples->n + 1) * sizeof *observations);
    struct weighed *const scratch = malloc((samples->n + 1) * sizeof *scratch);
    enum abscopal_status status = observations != NULL && scratch != NULL ? ABSCOPAL_OK : ABSCOPAL_NO_MEMORY;
    bool valid = true;
    const size_t count = status == ABSCOPAL_OK ? observations_sort(samples, observations, &valid) : 0;
    if (!valid)
        status = ABSCOPAL_BAD_INPUT;
    if (status == ABSCOPAL_OK)
        separation_fill(observations, count, scratch, separation);
    free(observations);
    free(scratch);
    return status;
}
