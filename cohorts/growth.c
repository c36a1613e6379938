#include "cohorts/growth.h"

#include <math.h>
#include <string.h>

static enum integrator_result run_to(struct integrator *integrator, double stop_day, double target, double *day)
{
    enum integrator_result result = INTEGRATOR_FAILED;
    if (integrator_restart(integrator, *day, target))
        do
            result = integrator_step(integrator, stop_day, day);
        while (result == INTEGRATOR_STEPPED);
    return result;
}

static enum growth_result grow(struct integrator *integrator, const struct model *model,
                               const struct virtual_patient *patient, double *growth_days)
{
    double *state = integrator_state(integrator);
    model_tumour_free_state(model, state);
    double day = 0;
    if (run_to(integrator, GROWTH_SETTLING_DAYS, 0, &day) != INTEGRATOR_STOPPED)
        return GROWTH_FAILED;
    model_seed_lesions(model, patient->relative_lesion_size, state);
    if (model_sum_of_diameters_mm(model, state) >= patient->baseline_sum_of_diameters_mm)
        return GROWTH_NEVER_REACHED; /* smaller than its own seeds: there is no such baseline to grow to */
    day = 0;
    for (;;) {
        if (model_clear_last_cells(model, state) == 0)
            return GROWTH_NEVER_REACHED;
        switch (run_to(integrator, GROWTH_LONGEST_DAYS, patient->baseline_sum_of_diameters_mm, &day)) {
        case INTEGRATOR_TARGET:
            *growth_days = day;
            return GROWTH_REACHED;
        case INTEGRATOR_STOPPED:
            return GROWTH_NEVER_REACHED;
        case INTEGRATOR_LAST_CELL:
            break; /* of one lesion; the others go on */
        default:
            return GROWTH_FAILED;
        }
    }
}

enum growth_result growth_to_baseline(const struct model *model, const struct virtual_patient *patient,
                                      double relative_tolerance, double *state, double *growth_days,
                                      struct integrator_failure *failure)
{
    struct integrator *integrator = integrator_create(model, relative_tolerance);
    if (integrator == NULL)
        return GROWTH_NO_MEMORY;
    *growth_days = NAN;
    const enum growth_result result = grow(integrator, model, patient, growth_days);
    memcpy(state, integrator_state(integrator), (size_t)model_state_count(model) * sizeof *state);
    *failure = *integrator_failure(integrator);
    integrator_free(integrator);
    return result;
}
