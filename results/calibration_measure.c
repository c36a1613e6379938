#include "results/calibration_measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "results/published.h"
#include "results/summary.h"
#include "trial/largest_lesion.h"

/* ---- Endpoints -------------------------------------------------------------------------------------- */

/* The quantity of each patient, from those who have one. */
static enum abscopal_status quantile_of(const struct abscopal_results *results, const struct calibration_target *target,
                                        const struct arm_patients *patients, double *value)
{
    const char *name = target->endpoint->name;
    double *values = malloc((patients->n + 1) * sizeof *values);
    size_t count = 0;
    if (values == NULL)
        return ABSCOPAL_NO_MEMORY;
    for (size_t i = 0; i < patients->n; i++) {
        double one = patients->outcomes[i].best_change;
        if (strcmp(name, "largest_lesion_change_quantile") == 0)
            one = largest_lesion_change(results, target->arm, patients->patients[i]);
        else if (strcmp(name, "largest_lesion_diameter_quantile") == 0)
            one = largest_lesion_diameter_mm(results, target->arm, patients->patients[i]);
        if (!isnan(one))
            values[count++] = one;
    }
    gsl_sort(values, 1, count);
    *value = count > 0 ? gsl_stats_quantile_from_sorted_data(values, 1, count, target->quantile) : (double)NAN;
    free(values);
    return ABSCOPAL_OK;
}

static enum abscopal_status ongoing_share(const struct abscopal_results *results, size_t arm, double *share)
{
    struct arm_patients patients;
    const enum abscopal_status status = arm_patients_read(results, arm, &patients);
    size_t ongoing = 0;
    if (status != ABSCOPAL_OK)
        return status;
    for (size_t i = 0; i < patients.n; i++) {
        const struct patient_outcome *outcome = &patients.outcomes[i];
        const enum response best = results_confirm(results) ? outcome->best_confirmed : outcome->best;
        ongoing += endpoints_is_response(best) && !outcome->progressed;
    }
    *share = patients.n > 0 ? (double)ongoing / (double)patients.n : (double)NAN;
    arm_patients_free(&patients);
    return ABSCOPAL_OK;
}

static enum abscopal_status ongoing_ratio(const struct abscopal_results *results,
                                          const struct calibration_target *target, double *value)
{
    double arm = NAN, over = NAN;
    enum abscopal_status status = ongoing_share(results, target->arm, &arm);
    if (status == ABSCOPAL_OK)
        status = ongoing_share(results, target->over, &over);
    *value = over > 0 ? arm / over : (double)NAN;
    return status;
}

enum abscopal_status calibration_measure(const struct abscopal_results *results,
                                         const struct calibration_target *target, double *value)
{
    const struct calibration_endpoint *endpoint = target->endpoint;
    *value = NAN;
    if (endpoint->over)
        return ongoing_ratio(results, target, value);
    if (endpoint->quantile) {
        struct arm_patients patients;
        enum abscopal_status status = arm_patients_read(results, target->arm, &patients);
        if (status != ABSCOPAL_OK)
            return status;
        status = quantile_of(results, target, &patients, value);
        arm_patients_free(&patients);
        return status;
    }
    struct abscopal_estimate predicted;
    const enum abscopal_status status =
        published_predict(results, target->arm, endpoint->name, target->at_days, &predicted);
    *value = status == ABSCOPAL_OK ? predicted.value : (double)NAN;
    return status;
}
