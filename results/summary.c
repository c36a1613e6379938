/* What an arm comes to. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "abscopal.h"
#include "trial/endpoints.h"
#include "trial/virtual_trial.h"

static bool is_responder(enum response response)
{
    return response == RESPONSE_COMPLETE || response == RESPONSE_PARTIAL;
}

/* Progression-free times of the arm's completed patients, `count` of them. */
static enum abscopal_status median_progression_free(const struct abscopal_results *results, size_t arm, size_t count,
                                                    double *median)
{
    double *days = malloc((count + 1) * sizeof *days);
    bool *progressed = malloc((count + 1) * sizeof *progressed);
    enum abscopal_status status = ABSCOPAL_NO_MEMORY;
    if (days != NULL && progressed != NULL) {
        size_t n = 0;
        for (size_t patient = 0; patient < results->patient_count; patient++) {
            const struct arm_result *row = &results->arms[results_row(results, arm, patient)];
            if (row->status != ABSCOPAL_PATIENT_COMPLETED)
                continue;
            days[n] = row->outcome.progression_day;
            progressed[n++] = row->outcome.progressed;
        }
        status = endpoints_kaplan_meier_median(days, progressed, n, median);
    }
    free(days);
    free(progressed);
    return status;
}

enum abscopal_status abscopal_results_summary(const abscopal_results *results, size_t arm,
                                              struct abscopal_arm_summary *summary)
{
    if (arm >= results->arm_count)
        return ABSCOPAL_BAD_INPUT;
    size_t completed = 0, at_horizon = 0, best = 0, controlled = 0;
    for (size_t patient = 0; patient < results->patient_count; patient++) {
        const struct arm_result *row = &results->arms[results_row(results, arm, patient)];
        if (row->status != ABSCOPAL_PATIENT_COMPLETED)
            continue;
        completed++;
        at_horizon += is_responder(row->outcome.at_horizon);
        best += is_responder(row->outcome.best);
        controlled += is_responder(row->outcome.best) || row->outcome.best == RESPONSE_STABLE;
    }
    *summary = (struct abscopal_arm_summary){.name = results->trial->file.arms[arm].name,
                                             .patients = completed,
                                             .response_at_horizon = endpoints_share(at_horizon, completed),
                                             .best_response = endpoints_share(best, completed),
                                             .disease_control = endpoints_share(controlled, completed),
                                             .median_progression_free_days = NAN};
    return median_progression_free(results, arm, completed, &summary->median_progression_free_days);
}
