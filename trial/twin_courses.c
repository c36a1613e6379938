#include "trial/twin_courses.h"

#include <math.h>
#include <stdlib.h>

#include "trial/conduct.h"
#include "trial/imaging.h"

/* Exact diameter of a lesion at a visit; NaN when it was missed or there is no such lesion. */
static double diameter_at(const struct abscopal_results *results, size_t row, size_t patient, size_t visit,
                          size_t lesion)
{
    const double measured =
        results->diameters_mm[(row * results->visit_count + visit) * results->lesion_count + lesion];
    return measured / imaging_error_factor(&results->trial->file.imaging, results->seed,
                                           results->patients[patient].patient.id, visit, (int)lesion);
}

static size_t largest_at_baseline(const struct abscopal_results *results, size_t row, size_t patient)
{
    size_t largest = 0;
    double most = -INFINITY;
    for (size_t lesion = 0; lesion < results->lesion_count; lesion++) {
        const double mm = diameter_at(results, row, patient, 0, lesion);
        if (mm > most) {
            most = mm;
            largest = lesion;
        }
    }
    return largest;
}

/* Logarithm of what is measured at a visit; NaN when it was missed. */
static double visit_log_mm(const struct abscopal_results *results, size_t row, size_t patient, bool sums,
                           size_t largest, size_t visit)
{
    double sum = sums ? NAN : diameter_at(results, row, patient, visit, largest);
    for (size_t lesion = 0; sums && lesion < results->lesion_count; lesion++) {
        const double mm = diameter_at(results, row, patient, visit, lesion);
        if (!isnan(mm) && (results->arms[row].non_target >> lesion & 1) == 0)
            sum = isnan(sum) ? mm : sum + mm;
    }
    return isnan(sum) ? sum : log(fmax(sum, TWIN_SMALLEST_MM));
}

bool twin_course(const struct abscopal_results *results, size_t arm, size_t patient, bool sums, const double *days,
                 size_t count, double *log_mm)
{
    const size_t row = results_row(results, arm, patient), visits = results->visit_count;
    if (results->arms[row].status != ABSCOPAL_PATIENT_COMPLETED)
        return false;
    const size_t largest = largest_at_baseline(results, row, patient);
    for (size_t i = 0; i < count; i++) {
        size_t before = visits - 1;
        while (before > 0 && results->visit_days[before] > days[i])
            before--;
        size_t after = before + 1 < visits ? before + 1 : before;
        double left = visit_log_mm(results, row, patient, sums, largest, before);
        while (isnan(left) && before > 0)
            left = visit_log_mm(results, row, patient, sums, largest, --before);
        double right = visit_log_mm(results, row, patient, sums, largest, after);
        while (isnan(right) && after + 1 < visits)
            right = visit_log_mm(results, row, patient, sums, largest, ++after);
        const double length = results->visit_days[after] - results->visit_days[before];
        const double part = length > 0 && !isnan(right) ? (days[i] - results->visit_days[before]) / length : 0;
        log_mm[i] = part > 0 ? left * (1 - part) + right * part : left;
        if (isnan(log_mm[i]))
            return false;
    }
    return true;
}

enum abscopal_status twin_first_treatment(const struct trial_file *trial, size_t arm, double *day)
{
    double *const days = calloc(conduct_most_days(trial), sizeof *days);
    if (days == NULL)
        return ABSCOPAL_NO_MEMORY;
    *day = NAN;
    for (size_t i = 0; i < trial->arms[arm].treatment_count; i++)
        *day = fmin(*day, conduct_planned_start(trial, &trial->arms[arm], i, days)); /* fmin passes over NaN */
    free(days);
    return ABSCOPAL_OK;
}
