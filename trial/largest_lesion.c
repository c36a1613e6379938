#include "trial/largest_lesion.h"

#include <math.h>

static const double smallest_diameter_mm = 2;

static const double *diameters_of(const struct abscopal_results *results, size_t arm, size_t patient, size_t visit)
{
    return results->diameters_mm +
           (results_row(results, arm, patient) * results->visit_count + visit) * results->lesion_count;
}

/* Of a patient at baseline; lesion_count when none was measured. */
static size_t largest_lesion(const struct abscopal_results *results, size_t arm, size_t patient)
{
    const double *diameters = diameters_of(results, arm, patient, 0);
    size_t largest = results->lesion_count;
    for (size_t lesion = 0; lesion < results->lesion_count; lesion++)
        if (!isnan(diameters[lesion]) && (largest == results->lesion_count || diameters[lesion] > diameters[largest]))
            largest = lesion;
    return largest;
}

double largest_lesion_diameter_mm(const struct abscopal_results *results, size_t arm, size_t patient)
{
    const size_t lesion = largest_lesion(results, arm, patient);
    return lesion < results->lesion_count ? diameters_of(results, arm, patient, 0)[lesion] : (double)NAN;
}

double largest_lesion_change(const struct abscopal_results *results, size_t arm, size_t patient)
{
    const struct patient_outcome *outcome = &results->arms[results_row(results, arm, patient)].outcome;
    const size_t lesion = largest_lesion(results, arm, patient);
    double smallest = NAN;
    if (lesion == results->lesion_count)
        return NAN;
    for (size_t visit = 1; visit < results->visit_count; visit++) {
        const double diameter = diameters_of(results, arm, patient, visit)[lesion];
        if (outcome->progressed && results->visit_days[visit] > outcome->progression_day)
            break;
        if (!isnan(diameter))
            smallest = fmin(smallest, fmax(diameter, smallest_diameter_mm));
    }
    const double before = fmax(diameters_of(results, arm, patient, 0)[lesion], smallest_diameter_mm);
    return smallest / before - 1;
}
