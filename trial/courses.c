#include "trial/courses.h"

#include <math.h>
#include <stdlib.h>

size_t courses_grid(double every_days, double until_days, double *days)
{
    const size_t count = (size_t)floor(until_days / every_days * (1 + 1e-12)) + 1;
    for (size_t i = 0; days != NULL && i < count; i++)
        days[i] = fmin((double)i * every_days, until_days);
    return count;
}

float *courses_of(const struct abscopal_results *results, enum course_quantity quantity, size_t row)
{
    const size_t rows = results->arm_count * results->patient_count;
    return results->courses + ((size_t)quantity * rows + row) * results->course_count;
}

static bool is_against_pd1(enum antibody_target target)
{
    return target == TARGET_PD1 || target == TARGET_PDL1;
}

static double drug_ug_per_ml(const struct model *model, const double *state)
{
    const double ug_per_ml = 1e-6; /* of a nanomole of 1 g/mol in a litre */
    double sum = 0;
    for (int i = 0; i < model->drug_count; i++)
        if (is_against_pd1(model->antibodies[i]->target))
            sum += model_drug_plasma_nanomolar(model, state, i) * model->antibodies[i]->molar_mass_g_per_mol;
    return sum * ug_per_ml;
}

void courses_record(struct abscopal_results *results, size_t row, size_t index, const struct model *model,
                    const double *state)
{
    double diameters_mm = 0, volume_l = 0, inhibition_l = 0, cd8_cells = 0;
    for (int i = 0; i < model->lesion_count; i++) {
        struct lesion_output lesion;
        model_lesion_output(model, state, i, &lesion);
        diameters_mm += lesion.diameter_mm;
        volume_l += lesion.volume_l;
        inhibition_l += lesion.pd1_inhibition * lesion.volume_l;
        cd8_cells += lesion.cd8_cells;
    }
    courses_of(results, COURSE_SUM_OF_DIAMETERS, row)[index] = (float)diameters_mm;
    courses_of(results, COURSE_LYMPHOCYTES, row)[index] = (float)model_lymphocytes_per_ul(model, state);
    courses_of(results, COURSE_DRUG, row)[index] = (float)drug_ug_per_ml(model, state);
    courses_of(results, COURSE_PD1_OCCUPANCY, row)[index] = (float)(inhibition_l / volume_l);
    courses_of(results, COURSE_CD8_DENSITY, row)[index] = (float)(cd8_cells / (volume_l * 1e6)); /* uL in a litre */
}

void courses_clear(struct abscopal_results *results, size_t row)
{
    for (int quantity = 0; quantity < COURSE_QUANTITY_COUNT; quantity++)
        for (size_t i = 0; i < results->course_count; i++)
            courses_of(results, (enum course_quantity)quantity, row)[i] = NAN;
}

bool look_plan_open(struct look_plan *plan, const struct abscopal_results *results)
{
    const size_t most = results->visit_count + results->course_count;
    *plan = (struct look_plan){.days = malloc(most * sizeof *plan->days), .looks = malloc(most * sizeof *plan->looks)};
    if (plan->days == NULL || plan->looks == NULL)
        return false;
    size_t visit = 0, course = 0;
    while (visit < results->visit_count || course < results->course_count) {
        const double visit_day = visit < results->visit_count ? results->visit_days[visit] : INFINITY;
        const double course_day = course < results->course_count ? results->course_days[course] : INFINITY;
        const size_t next = plan->count++;
        plan->days[next] = fmin(visit_day, course_day);
        plan->looks[next] = (struct look){.visit = visit_day <= course_day ? (int)visit++ : -1,
                                          .course = course_day <= visit_day ? (int)course++ : -1};
    }
    return true;
}

void look_plan_close(struct look_plan *plan)
{
    free(plan->days);
    free(plan->looks);
    *plan = (struct look_plan){0};
}
