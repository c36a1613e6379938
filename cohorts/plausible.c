#include "cohorts/plausible.h"

#include <math.h>

#include "cohorts/growth.h"

static const struct plausible_description outputs[PLAUSIBLE_OUTPUT_COUNT] = {
    [PLAUSIBLE_DOUBLING_TIME] = {"doubling_time", "d", 1e6, "in which the volume of the tumour doubles as it grows"},
    [PLAUSIBLE_GROWTH_TIME] = {"growth_time", "d", GROWTH_LONGEST_DAYS, "from the first cancer cells to baseline"},
    [PLAUSIBLE_CD8_DENSITY] = {"cd8_density", "cell/uL", 1e7, "CD8 cells in the tumour over its volume"},
    [PLAUSIBLE_TREG_DENSITY] = {"treg_density", "cell/uL", 1e7, "Tregs in the tumour over its volume"},
    [PLAUSIBLE_TREG_RATIO] = {"treg_ratio", "1", 1e6, "Tregs over CD8 cells in the tumour"},
    [PLAUSIBLE_LYMPHOCYTES] = {"lymphocytes", "cell/uL", 1e6, "T cells in blood over its volume"},
    [PLAUSIBLE_PD1_OCCUPANCY] = {"pd1_occupancy", "1", 1, "inhibition of CD8 cells by PD-1, mean over the tumour"},
    [PLAUSIBLE_COSTIMULATION] = {"costimulation", "1", 1, "of T cells in the node, 0 to 1"},
    [PLAUSIBLE_LARGEST_DIAMETER] = {"largest_diameter", "mm", 1000, "of the largest lesion"},
    [PLAUSIBLE_SMALLEST_DIAMETER] = {"smallest_diameter", "mm", 1000, "of the smallest lesion"},
};

const struct plausible_description *plausible_describe(size_t output)
{
    return output < PLAUSIBLE_OUTPUT_COUNT ? &outputs[output] : NULL;
}

void plausible_outputs(const struct model *model, const double *state, double growth_days, double *values)
{
    const double ul_per_l = 1e6;
    double volume_l = 0, cd8 = 0, tregs = 0, inhibited_l = 0, largest = 0, smallest = INFINITY;
    for (int i = 0; i < model->lesion_count; i++) {
        struct lesion_output lesion;
        model_lesion_output(model, state, i, &lesion);
        volume_l += lesion.volume_l;
        cd8 += lesion.cd8_cells;
        tregs += lesion.treg_cells;
        inhibited_l += lesion.pd1_inhibition * lesion.volume_l;
        largest = fmax(largest, lesion.diameter_mm);
        smallest = fmin(smallest, lesion.diameter_mm);
    }
    const double growth_l_per_d = model_tumour_growth_l_per_d(model, state);
    values[PLAUSIBLE_DOUBLING_TIME] = growth_l_per_d > 0 ? log(2) * volume_l / growth_l_per_d : INFINITY;
    values[PLAUSIBLE_GROWTH_TIME] = growth_days;
    values[PLAUSIBLE_CD8_DENSITY] = cd8 / (volume_l * ul_per_l);
    values[PLAUSIBLE_TREG_DENSITY] = tregs / (volume_l * ul_per_l);
    values[PLAUSIBLE_TREG_RATIO] = tregs / cd8;
    values[PLAUSIBLE_LYMPHOCYTES] = model_lymphocytes_per_ul(model, state);
    values[PLAUSIBLE_PD1_OCCUPANCY] = inhibited_l / volume_l;
    values[PLAUSIBLE_COSTIMULATION] = model_costimulation(model, state);
    values[PLAUSIBLE_LARGEST_DIAMETER] = largest;
    values[PLAUSIBLE_SMALLEST_DIAMETER] = smallest;
}

uint32_t plausible_failures(const struct cohort *cohort, const double *values)
{
    uint32_t failures = 0;
    for (size_t i = 0; i < cohort->rule_count; i++) {
        const struct plausible_rule *rule = &cohort->rules[i];
        const double value = values[rule->output];
        if (!(value >= rule->least && value <= rule->most))
            failures |= (uint32_t)1 << i;
    }
    return failures;
}
