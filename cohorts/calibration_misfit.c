#include "cohorts/calibration_misfit.h"

#include <math.h>

static const double misfit_without_value = 100, penalty = 1e9;

/* Values and limits are decimal numbers: 1.47 + 0.15 is to be within 0.15 of 1.47. */
static const double rounding = 1e-9;

double calibration_misfit(const struct calibration_target *target, double simulated)
{
    return isfinite(simulated) ? (simulated - target->value) / target->within : misfit_without_value;
}

bool calibration_is_met(const struct calibration_target *target, double simulated)
{
    return isfinite(simulated) && fabs(simulated - target->value) <= target->within * (1 + rounding);
}

double calibration_objective(const struct calibration *calibration, const double *places, const double *simulated)
{
    double sum = 0;
    for (size_t i = 0; i < calibration->target_count; i++) {
        const double misfit = calibration_misfit(&calibration->targets[i], simulated[i]);
        sum += calibration->targets[i].weight * misfit * misfit;
    }
    for (size_t i = 0; i < calibration->variable_count; i++) {
        const struct calibration_variable *variable = &calibration->variables[i];
        const double away = (places[i] - calibration_place_of(variable, variable->start)) / variable->prior_sd;
        sum += isnan(variable->prior_sd) ? 0 : away * away;
    }
    return sum;
}

double calibration_penalty(void)
{
    return penalty;
}
