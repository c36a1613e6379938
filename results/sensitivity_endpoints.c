#include "results/sensitivity_endpoints.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/error.h"
#include "protocols/nearest.h"
#include "results/sweep_scores.h"

/* RECIST 1.1 gives a lesion that is too small to measure this diameter (Eisenhauer 2009, 3.2). */
static const double least_diameter_mm = 5;

static const struct sweep_endpoint_row own[] = {
    {"log_change",
     "natural logarithm of the sum of diameters over that at baseline, each lesion at least 5 mm, at the last visit "
     "until the day",
     SWEEP_MEAN_CHANGE, true, true},
    {"out_of_field_log_change", "the same of the lesions that neither arm irradiates", SWEEP_MEAN_CHANGE, true, true},
    {"sum_of_diameters", "sum of the diameters of all lesions at the last visit until the day, mm", SWEEP_MEAN_CHANGE,
     true, true},
};
enum { LOG_CHANGE, OUT_OF_FIELD_LOG_CHANGE, SUM_OF_DIAMETERS, OWN };

/* Medians and ratios are of a group, not of a patient. */
static bool is_of_patient(const struct sweep_endpoint_row *row)
{
    return row->measure != SWEEP_MEDIAN_TIME && row->measure != SWEEP_HAZARD_RATIO;
}

const struct sweep_endpoint_row *sensitivity_endpoint_describe(size_t index)
{
    for (size_t i = 0; sweep_endpoint_describe(i) != NULL; i++)
        if (is_of_patient(sweep_endpoint_describe(i)) && index-- == 0)
            return sweep_endpoint_describe(i);
    return index < OWN ? &own[index] : NULL;
}

const char *sensitivity_endpoint_unit(const struct sensitivity_endpoint *endpoint)
{
    return endpoint->as.row == &own[SUM_OF_DIAMETERS] ? "mm" : sweep_measure_unit(endpoint->as.row->measure);
}

/* ---- Names ------------------------------------------------------------------------------------------ */

static enum abscopal_status name_unknown(const char *name, struct abscopal_error *error)
{
    const char *names[64], *near;
    char list[1024] = "", meant[96] = "";
    size_t count = 0;
    for (size_t i = 0; sweep_endpoint_describe(i) != NULL; i++)
        if (!is_of_patient(sweep_endpoint_describe(i)) && strcmp(name, sweep_endpoint_describe(i)->name) == 0)
            return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0,
                             "%s is of a group of patients, and indices need a number that each patient has; take "
                             "mean_progression_free_survival or progression_free_rate",
                             name);
    for (; sensitivity_endpoint_describe(count) != NULL && count < sizeof names / sizeof *names; count++) {
        names[count] = sensitivity_endpoint_describe(count)->name;
        strncat(list, count > 0 ? ", " : "", sizeof list - strlen(list) - 1);
        strncat(list, names[count], sizeof list - strlen(list) - 1);
    }
    near = nearest_name(name, names, count);
    if (near != NULL)
        snprintf(meant, sizeof meant, "; did you mean '%.64s'?", near);
    return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0, "there is no endpoint '%.64s'%s (there are %s)", name,
                     meant, list);
}

static enum abscopal_status day_read(const char *text, double until_days, struct sensitivity_endpoint *endpoint,
                                     struct abscopal_error *error)
{
    char *end;
    const double day = strtod(text, &end);
    if (end == text || *end != '\0' || !(day > 0))
        return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0,
                         "'%.64s' is no day; write '%s@100', a number of days after 0", text, endpoint->as.row->name);
    if (!endpoint->as.row->of_day)
        return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0, "%s is not of a day; remove '@%.32s'",
                         endpoint->as.row->name, text);
    if (day > until_days)
        return error_set(error, ABSCOPAL_BAD_INPUT, NULL, 0, 0, "day %.10g is after the end of the trial, day %.10g",
                         day, until_days);
    endpoint->as.at_days = day;
    return ABSCOPAL_OK;
}

enum abscopal_status sensitivity_endpoint_read(const char *text, size_t size, double until_days,
                                               struct sensitivity_endpoint *endpoint, struct abscopal_error *error)
{
    char name[96];
    snprintf(name, sizeof name, "%.*s", (int)(size < sizeof name ? size : sizeof name - 1), text);
    char *at = strchr(name, '@');
    if (at != NULL)
        *at = '\0';
    *endpoint = (struct sensitivity_endpoint){.as = {.at_days = (double)NAN}};
    for (size_t i = 0; sensitivity_endpoint_describe(i) != NULL; i++)
        if (strcmp(sensitivity_endpoint_describe(i)->name, name) == 0)
            endpoint->as.row = sensitivity_endpoint_describe(i);
    if (endpoint->as.row == NULL)
        return name_unknown(name, error);
    if (at != NULL && day_read(at + 1, until_days, endpoint, error) != ABSCOPAL_OK)
        return ABSCOPAL_BAD_INPUT;
    snprintf(endpoint->label, sizeof endpoint->label, isnan(endpoint->as.at_days) ? "%.64s" : "%.64s@%.10g",
             endpoint->as.row->name, endpoint->as.at_days);
    return ABSCOPAL_OK;
}

/* ---- Values ----------------------------------------------------------------------------------------- */

/* Sums at baseline and at the last visit until the day, over lesions that are not in `left_out`; NaN where one was not
 * measured. */
static void sums_read(const struct abscopal_results *results, size_t arm, size_t patient, double day, double least_mm,
                      unsigned left_out, double sums_mm[2])
{
    const size_t row = results_row(results, arm, patient), visit = sweep_last_visit(results, day);
    const double *diameters_mm = results->diameters_mm + row * results->visit_count * results->lesion_count;
    sums_mm[0] = sums_mm[1] = 0;
    for (int lesion = 0; lesion < results->patients[patient].patient.lesion_count; lesion++) {
        const double then_mm = diameters_mm[lesion],
                     now_mm = diameters_mm[visit * results->lesion_count + (size_t)lesion];
        if ((left_out >> lesion & 1) != 0)
            continue;
        sums_mm[0] += then_mm < least_mm ? least_mm : then_mm; /* NaN stays */
        sums_mm[1] += now_mm < least_mm ? least_mm : now_mm;
    }
}

/* Days without progression, up to the day. */
static double days_free(const struct patient_outcome *outcome, double day)
{
    return fmin(outcome->pfs_day, day);
}

/* Whether there was no progression by the day. */
static double is_free(const struct patient_outcome *outcome, double day)
{
    return !(outcome->pfs_event && outcome->pfs_day <= day);
}

double sensitivity_endpoint_value(const struct abscopal_results *results, size_t arm, size_t patient,
                                  const struct sensitivity_endpoint *endpoint, unsigned irradiated)
{
    const struct sweep_endpoint_row *row = endpoint->as.row;
    const struct patient_outcome *outcome = &results->arms[results_row(results, arm, patient)].outcome;
    const double day = isnan(endpoint->as.at_days) ? results->trial->file.until_days : endpoint->as.at_days;
    const bool log_change = row == &own[LOG_CHANGE] || row == &own[OUT_OF_FIELD_LOG_CHANGE];
    double sums_mm[2];
    if (row->measure == SWEEP_SURVIVAL)
        return is_free(outcome, day);
    if (row->measure == SWEEP_MEAN_TIME)
        return days_free(outcome, day);
    if (!log_change && row != &own[SUM_OF_DIAMETERS])
        return sweep_score(results, arm, patient, &endpoint->as);
    sums_read(results, arm, patient, day, log_change ? least_diameter_mm : 0,
              row == &own[OUT_OF_FIELD_LOG_CHANGE] ? irradiated : 0, sums_mm);
    if (!log_change)
        return sums_mm[1];
    return sums_mm[0] > 0 ? log(sums_mm[1] / sums_mm[0]) : (double)NAN;
}
