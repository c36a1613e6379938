/* Prints what trial/survival.c and trial/survival_comparison.c make of the data sets on standard input, for
 * tests/check_survival.R. Input: a line of names, then set,time,event,group,covariate,stratum,weight, a row for each
 * patient, the rows of a set together, sets and groups numbered from 0. Output: CSV, set,what,index,value; the names of
 * `what` are below, the index is the row of the curve, the group or 0. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "trial/survival_clusters.h"

enum { MAX_PATIENTS = 4096, MAX_GROUPS = 16 };

static struct {
    size_t set, n, group_count;
    double time[MAX_PATIENTS], covariate[MAX_PATIENTS], weight[MAX_PATIENTS];
    bool event[MAX_PATIENTS];
    size_t group[MAX_PATIENTS], stratum[MAX_PATIENTS];
} patients;

static void print_value(const char *what, size_t index, double value)
{
    printf("%zu,%s,%zu,%.17g\n", patients.set, what, index, value);
}

static void print_estimate(const char *what, size_t index, const struct survival_estimate *estimate)
{
    char name[64];
    static const char *const parts[] = {"value", "se", "lower", "upper"};
    const double values[] = {estimate->value, estimate->standard_error, estimate->lower, estimate->upper};
    for (size_t i = 0; i < 4; i++) {
        (void)snprintf(name, sizeof name, "%s.%s", what, parts[i]);
        print_value(name, index, values[i]);
    }
}

static void print_curve(const struct survival_curve *curve)
{
    for (size_t k = 0; k < curve->count; k++) {
        const struct survival_row *row = &curve->rows[k];
        print_value("time", k, row->time);
        print_value("n.risk", k, row->at_risk);
        print_value("n.event", k, row->events);
        print_value("n.censor", k, row->censored);
        print_value("surv", k, row->survival);
        print_value("std.err", k, row->log_standard_error);
    }
    const double last = curve->rows[curve->count - 1].time;
    for (size_t q = 1; q < 10; q++) {
        const struct survival_estimate quantile = survival_quantile(curve, (double)q / 10);
        print_estimate("quantile", q, &quantile);
        const struct survival_estimate at = survival_at(curve, last * (double)q / 10);
        print_estimate("at", q, &at);
        const struct survival_estimate mean = survival_restricted_mean(curve, last * (double)q / 9);
        print_estimate("rmean", q, &mean);
    }
}

/* The curve, the three kinds of limits, and the weighted curve. */
static enum abscopal_status print_curves(struct survival_data data)
{
    static const char *const limits[][2] = {
        {"log-log.lower", "log-log.upper"}, {"log.lower", "log.upper"}, {"plain.lower", "plain.upper"}};
    enum abscopal_status status = ABSCOPAL_OK;
    struct survival_curve curve;
    for (int scale = 0; scale < 3 && status == ABSCOPAL_OK; scale++) {
        status = survival_curve_fit(&data, (enum survival_scale)scale, &curve);
        if (status == ABSCOPAL_OK && scale == 0)
            print_curve(&curve);
        for (size_t k = 0; k < curve.count; k++) {
            print_value(limits[scale][0], k, curve.rows[k].lower);
            print_value(limits[scale][1], k, curve.rows[k].upper);
        }
        survival_curve_free(&curve);
    }
    data.weight = patients.weight;
    if (status == ABSCOPAL_OK)
        status = survival_curve_fit(&data, SURVIVAL_LOG_LOG, &curve);
    if (status != ABSCOPAL_OK)
        return status;
    for (size_t k = 0; k < curve.count; k++) {
        print_value("weighted.n.risk", k, curve.rows[k].at_risk);
        print_value("weighted.surv", k, curve.rows[k].survival);
        print_value("weighted.std.err", k, curve.rows[k].log_standard_error);
        print_value("weighted.lower", k, curve.rows[k].lower);
        print_value("weighted.upper", k, curve.rows[k].upper);
    }
    for (size_t q = 1; q < 10; q++) {
        const double last = curve.rows[curve.count - 1].time;
        const struct survival_estimate mean = survival_restricted_mean(&curve, last * (double)q / 9);
        print_estimate("weighted.rmean", q, &mean);
    }
    survival_curve_free(&curve);
    return ABSCOPAL_OK;
}

static void print_test(const char *prefix, const char *what, const struct survival_test *test)
{
    char name[64];
    (void)snprintf(name, sizeof name, "%s.%s", prefix, what);
    print_value(name, 0, test->chi_square);
    (void)snprintf(name, sizeof name, "%s.%s.p", prefix, what);
    print_value(name, 0, test->p);
}

static enum abscopal_status print_log_rank(const struct survival_data *data, const size_t *stratum, const char *prefix)
{
    char name[64];
    double observed[MAX_GROUPS], expected[MAX_GROUPS];
    struct survival_test test;
    enum survival_status estimated;
    const enum abscopal_status status =
        survival_log_rank(data, patients.group, patients.group_count, stratum, observed, expected, &test, &estimated);
    if (status != ABSCOPAL_OK)
        return status;
    (void)snprintf(name, sizeof name, "%s.status", prefix);
    print_value(name, 0, estimated);
    print_test(prefix, "chisq", &test);
    for (size_t g = 0; g < patients.group_count; g++) {
        (void)snprintf(name, sizeof name, "%s.observed", prefix);
        print_value(name, g, observed[g]);
        (void)snprintf(name, sizeof name, "%s.expected", prefix);
        print_value(name, g, expected[g]);
    }
    return ABSCOPAL_OK;
}

static enum abscopal_status print_cox(const struct survival_data *data, const double *covariate, const size_t *stratum,
                                      enum survival_ties ties, const char *prefix)
{
    struct survival_cox cox;
    const enum abscopal_status status = survival_cox_fit(data, covariate, stratum, ties, &cox);
    if (status != ABSCOPAL_OK)
        return status;
    const struct {
        const char *what;
        double value;
    } values[] = {{"status", cox.status},
                  {"coef", cox.coefficient},
                  {"se", cox.standard_error},
                  {"hr", cox.hazard_ratio},
                  {"lower", cox.lower},
                  {"upper", cox.upper},
                  {"null", cox.log_likelihood_null},
                  {"loglik", cox.log_likelihood}};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%s.%s", prefix, values[i].what);
        print_value(name, 0, values[i].value);
    }
    print_test(prefix, "wald", &cox.wald);
    print_test(prefix, "score", &cox.score);
    print_test(prefix, "lrt", &cox.likelihood_ratio);
    return ABSCOPAL_OK;
}

/* With weights, each patient a cluster. */
static enum abscopal_status print_weighted_cox(struct survival_data data, const double *covariate, const char *prefix)
{
    size_t own[MAX_PATIENTS];
    struct survival_cox cox;
    struct survival_clustered clustered;
    for (size_t i = 0; i < data.n; i++)
        own[i] = i;
    data.weight = patients.weight;
    enum abscopal_status status = survival_cox_fit(&data, covariate, NULL, SURVIVAL_EFRON, &cox);
    if (status == ABSCOPAL_OK)
        status = survival_cluster(&data, covariate, own, data.n, cox.coefficient, &clustered);
    if (status != ABSCOPAL_OK)
        return status;
    const struct {
        const char *what;
        double value;
    } values[] = {{"status", cox.status},
                  {"coef", cox.coefficient},
                  {"naive", cox.standard_error},
                  {"robust", clustered.standard_error},
                  {"lower", clustered.lower},
                  {"upper", clustered.upper},
                  {"null", cox.log_likelihood_null},
                  {"loglik", cox.log_likelihood},
                  {"robscore", clustered.score.chi_square},
                  {"robscore.p", clustered.score.p}};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%s.%s", prefix, values[i].what);
        print_value(name, 0, values[i].value);
    }
    return ABSCOPAL_OK;
}

static enum abscopal_status print_set(void)
{
    const struct survival_data data = {.time = patients.time, .event = patients.event, .n = patients.n};
    double second_group[MAX_PATIENTS];
    for (size_t i = 0; i < patients.n; i++)
        second_group[i] = patients.group[i] == 1;
    enum abscopal_status status = print_curves(data);
    for (int k = 0; k < 2 && status == ABSCOPAL_OK; k++)
        status = print_log_rank(&data, k == 0 ? NULL : patients.stratum, k == 0 ? "logrank" : "logrank.strata");
    static const char *const names[] = {"cox.efron",          "cox.breslow",     "cox.efron.strata",
                                        "cox.breslow.strata", "cox.group.efron", "cox.group.breslow"};
    for (size_t k = 0; k < 6 && status == ABSCOPAL_OK; k++)
        status = print_cox(&data, k < 4 ? patients.covariate : second_group, k / 2 == 1 ? patients.stratum : NULL,
                           k % 2 == 0 ? SURVIVAL_EFRON : SURVIVAL_BRESLOW, names[k]);
    if (status == ABSCOPAL_OK)
        status = print_weighted_cox(data, patients.covariate, "weighted.cox");
    if (status == ABSCOPAL_OK)
        status = print_weighted_cox(data, second_group, "weighted.cox.group");
    return status;
}

int main(void)
{
    char line[512];
    enum abscopal_status status = ABSCOPAL_OK;
    printf("set,what,index,value\n");
    bool more = fgets(line, sizeof line, stdin) != NULL;
    while (more && status == ABSCOPAL_OK) {
        more = fgets(line, sizeof line, stdin) != NULL;
        double value[7] = {0};
        char *next = line;
        for (size_t k = 0; more && k < 7; k++, next++)
            value[k] = strtod(next, &next);
        const size_t set = (size_t)value[0];
        if (patients.n > 0 && (!more || set != patients.set)) {
            status = print_set();
            patients.n = patients.group_count = 0;
        }
        if (!more)
            break;
        const size_t i = patients.n++;
        if (i == MAX_PATIENTS || value[3] >= MAX_GROUPS)
            return 1;
        patients.set = set;
        patients.time[i] = value[1];
        patients.event[i] = value[2] > 0;
        patients.group[i] = (size_t)value[3];
        patients.covariate[i] = value[4];
        patients.stratum[i] = (size_t)value[5];
        patients.weight[i] = value[6];
        if (patients.group[i] >= patients.group_count)
            patients.group_count = patients.group[i] + 1;
    }
    return status == ABSCOPAL_OK && fflush(stdout) == 0 ? 0 : 1;
}
