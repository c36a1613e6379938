#include "results/course_values.h"

#include <string.h>

void course_values_day(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    (void)arm, (void)patient;
    memcpy(values, results->course_days, results->course_count * sizeof *results->course_days);
}

static void fill(const struct abscopal_results *results, enum course_quantity quantity, size_t arm, size_t patient,
                 void *values)
{
    memcpy(values, courses_of(results, quantity, results_row(results, arm, patient)),
           results->course_count * sizeof(float));
}

void course_values_sum_of_diameters(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    fill(results, COURSE_SUM_OF_DIAMETERS, arm, patient, values);
}

void course_values_lymphocytes(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    fill(results, COURSE_LYMPHOCYTES, arm, patient, values);
}

void course_values_drug(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    fill(results, COURSE_DRUG, arm, patient, values);
}

void course_values_pd1_occupancy(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    fill(results, COURSE_PD1_OCCUPANCY, arm, patient, values);
}

void course_values_cd8_density(const struct abscopal_results *results, size_t arm, size_t patient, void *values)
{
    fill(results, COURSE_CD8_DENSITY, arm, patient, values);
}
