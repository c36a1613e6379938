/* Kaplan-Meier curves of progression-free survival, and who is at risk. */
#include <math.h>
#include <stdlib.h>

#include "results/json_value.h"
#include "results/report.h"
#include "results/summary.h"
#include "trial/survival.h"

enum { MOST_RISK_COLUMNS = 9 };

/* ---- Curves ----------------------------------------------------------------------------------------- */

struct lists {
    json_t *days, *survival, *lower, *upper, *censored_days, *censored_survival;
};

static void step_add(struct lists *lists, double day, double survival, double lower, double upper)
{
    json_list_add(&lists->days, json_number_or_null(day));
    json_list_add(&lists->survival, json_number_or_null(survival));
    json_list_add(&lists->lower, json_number_or_null(lower));
    json_list_add(&lists->upper, json_number_or_null(upper));
}

/* A point where the curve falls, and one where it ends. */
static json_t *curve_json(const char *arm, const struct survival_curve *curve)
{
    struct lists lists = {json_array(), json_array(), json_array(), json_array(), json_array(), json_array()};
    if (curve->count > 0)
        step_add(&lists, 0, 1, NAN, NAN);
    for (size_t i = 0; i < curve->count; i++) {
        const struct survival_row *row = &curve->rows[i];
        if (row->events > 0 || (i + 1 == curve->count && row->time > 0))
            step_add(&lists, row->time, row->survival, row->lower, row->upper);
        if (row->censored > 0) {
            json_list_add(&lists.censored_days, json_number_or_null(row->time));
            json_list_add(&lists.censored_survival, json_number_or_null(row->survival));
        }
    }
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "arm", arm, "days", lists.days, "survival", lists.survival,
                     "lower", lists.lower, "upper", lists.upper, "censored_days", lists.censored_days,
                     "censored_survival", lists.censored_survival);
}

/* ---- Numbers at risk -------------------------------------------------------------------------------- */

/* Visits that stand in the table: every so many, from the first. */
static size_t risk_stride(const struct abscopal_results *results)
{
    return (results->visit_count + MOST_RISK_COLUMNS - 2) / (MOST_RISK_COLUMNS - 1);
}

/* Patients, whatever they count. At risk on a day are those who have neither progressed nor been censored before it. */
static json_t *risk_json(const struct abscopal_results *results, const char *arm, const struct survival_data *data)
{
    json_t *at_risk = json_array(), *censored = json_array(), *events = json_array();
    for (size_t visit = 0; visit < results->visit_count; visit += risk_stride(results)) {
        size_t counts[3] = {0};
        for (size_t i = 0; i < data->n; i++)
            counts[data->time[i] >= results->visit_days[visit] ? 0 : data->event[i] ? 2 : 1]++;
        json_list_add(&at_risk, json_integer((json_int_t)counts[0]));
        json_list_add(&censored, json_integer((json_int_t)counts[1]));
        json_list_add(&events, json_integer((json_int_t)counts[2]));
    }
    return json_pack("{s:s, s:o, s:o, s:o}", "arm", arm, "at_risk", at_risk, "censored", censored, "events", events);
}

static json_t *risk_days(const struct abscopal_results *results)
{
    json_t *days = json_array();
    for (size_t visit = 0; visit < results->visit_count; visit += risk_stride(results))
        json_list_add(&days, json_number_or_null(results->visit_days[visit]));
    return days;
}

/* ---- Both ------------------------------------------------------------------------------------------- */

static void arm_add(json_t **curves, json_t **risks, const struct abscopal_results *results, size_t arm)
{
    struct arm_patients patients = {0};
    struct survival_curve curve = {0};
    const char *name = results->trial->file.arms[arm].name;
    enum abscopal_status status = arm_patients_read(results, arm, &patients);
    double *const time = malloc((patients.n + 1) * sizeof *time);
    bool *const event = malloc((patients.n + 1) * sizeof *event);
    if (time == NULL || event == NULL)
        status = ABSCOPAL_NO_MEMORY;
    const struct survival_data data = {.time = time, .event = event, .weight = patients.weights, .n = patients.n};
    for (size_t i = 0; status == ABSCOPAL_OK && i < patients.n; i++) {
        time[i] = patients.outcomes[i].progression_day;
        event[i] = patients.outcomes[i].progressed;
    }
    if (status == ABSCOPAL_OK)
        status = survival_curve_fit(&data, SURVIVAL_LOG_LOG, &curve);
    json_list_add(curves, status == ABSCOPAL_OK ? curve_json(name, &curve) : NULL);
    json_list_add(risks, status == ABSCOPAL_OK ? risk_json(results, name, &data) : NULL);
    survival_curve_free(&curve);
    free(time);
    free(event);
    arm_patients_free(&patients);
}

json_t *report_survival(const struct abscopal_results *results)
{
    json_t *curves = json_array(), *risks = json_array();
    for (size_t arm = 0; arm < results->arm_count; arm++)
        arm_add(&curves, &risks, results, arm);
    return json_pack("{s:o, s:{s:o, s:o}}", "curves", curves, "risk", "days", risk_days(results), "arms", risks);
}
