#include "trial/recist_targets.h"

#include <math.h>

static const double rounding_mm = 1e-9; /* in a sum of decimal diameters, far below any measurement */
static const double normal_node_mm = 10;
static const double too_small_to_measure_mm = 5; /* section 4.3.2 */

bool sum_increased(double sum_mm, double before_mm)
{
    return sum_mm >= before_mm + 5 - rounding_mm;
}

bool sum_progressed(double sum_mm, double nadir_mm)
{
    return sum_mm >= 1.2 * nadir_mm - rounding_mm && sum_increased(sum_mm, nadir_mm);
}

/* What a diameter adds to the sum. */
static double counted_mm(const struct recist_rules *rules, double diameter_mm)
{
    if (!(diameter_mm < rules->smallest_measure_mm))
        return diameter_mm;
    return diameter_mm < rules->detection_limit_mm ? 0 : too_small_to_measure_mm;
}

/* All but the response. */
static struct targets_reading targets_sum(const struct recist_targets *targets, const struct recist_rules *rules,
                                          const double *diameters_mm)
{
    struct targets_reading reading = {.response = RESPONSE_NOT_EVALUABLE};
    bool whole = true;
    for (size_t target = 0; target < targets->count; target++) {
        const double diameter_mm = diameters_mm == NULL ? NAN : diameters_mm[target];
        if (isnan(diameter_mm)) {
            whole = false;
            continue;
        }
        const bool node = targets->nodes != NULL && targets->nodes[target];
        reading.measured_mm += counted_mm(rules, diameter_mm);
        reading.seen |= !(diameter_mm < (node ? normal_node_mm : rules->detection_limit_mm));
    }
    reading.sum_mm = whole ? reading.measured_mm : NAN;
    return reading;
}

struct targets_reading recist_targets_begin(struct recist_targets *targets, const struct recist_rules *rules,
                                            const bool *nodes, size_t count, const double *diameters_mm)
{
    *targets = (struct recist_targets){.nodes = nodes, .count = count};
    struct targets_reading reading = targets_sum(targets, rules, diameters_mm);
    targets->baseline_mm = targets->nadir_mm = reading.sum_mm;
    reading.response = isnan(reading.sum_mm) ? RESPONSE_NOT_EVALUABLE : RESPONSE_STABLE;
    return reading;
}

static enum response targets_response(const struct recist_targets *targets, const struct targets_reading *reading)
{
    const bool whole = !isnan(reading->sum_mm) && !isnan(targets->baseline_mm);
    if (whole && !reading->seen)
        return RESPONSE_COMPLETE;
    if (sum_progressed(reading->measured_mm, targets->nadir_mm)) /* what is missing could only add (section 4.4.2) */
        return RESPONSE_PROGRESSIVE;
    if (!whole)
        return RESPONSE_NOT_EVALUABLE;
    return reading->sum_mm <= 0.7 * targets->baseline_mm + rounding_mm ? RESPONSE_PARTIAL : RESPONSE_STABLE;
}

struct targets_reading recist_targets_read(struct recist_targets *targets, const struct recist_rules *rules,
                                           const double *diameters_mm)
{
    struct targets_reading reading = targets_sum(targets, rules, diameters_mm);
    reading.response = targets_response(targets, &reading);
    if (reading.sum_mm < targets->nadir_mm)
        targets->nadir_mm = reading.sum_mm;
    return reading;
}

enum non_target_response recist_non_targets_state(const struct recist_targets *lesions,
                                                  const struct targets_reading *reading)
{
    if (lesions->count == 0)
        return NON_TARGET_NONE;
    if (reading->response == RESPONSE_COMPLETE)
        return NON_TARGET_COMPLETE;
    if (reading->response == RESPONSE_PROGRESSIVE && reading->measured_mm > lesions->baseline_mm + rounding_mm)
        return NON_TARGET_PROGRESSIVE;
    return isnan(reading->sum_mm) || isnan(lesions->baseline_mm) ? NON_TARGET_NOT_EVALUABLE : NON_TARGET_PRESENT;
}

void recist_targets_deepen(const struct recist_targets *targets, double sum_mm, double day, double *change,
                           double *change_day)
{
    const double now = (sum_mm - targets->baseline_mm) / targets->baseline_mm;
    if (isnan(now) || now >= *change)
        return;
    *change = now;
    *change_day = day;
}
