#include "trial/survival_comparison.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

const char *survival_status_name(enum survival_status status)
{
    static const char *const names[] = {"estimated", "no events", "no variation", "monotone likelihood",
                                        "not converged"};
    return (size_t)status < sizeof names / sizeof *names ? names[status] : NULL;
}

static struct survival_test chi_square_test(double chi_square, size_t degrees_of_freedom)
{
    return (struct survival_test){.chi_square = chi_square,
                                  .degrees_of_freedom = degrees_of_freedom,
                                  .p = gsl_cdf_chisq_Q(chi_square, (double)degrees_of_freedom)};
}

static const struct survival_test no_test = {.chi_square = NAN, .degrees_of_freedom = 0, .p = NAN};

/* ---- Patients in the order in which they come to be at risk, going back in time -----------------------------------
 */

struct patient {
    double time, covariate, weight;
    size_t group, stratum;
    size_t copies; /* who are alike */
    bool event;
};

static int patient_compare(const void *left, const void *right)
{
    const struct patient *a = left, *b = right;
    if (a->stratum != b->stratum)
        return a->stratum < b->stratum ? -1 : 1;
    return (a->time < b->time) - (a->time > b->time);
}

/* Sorted by stratum and time, the last time first; NULL without memory. `covariate`, `group` and `stratum` may be
 * NULL. */
static struct patient *patients_sort(const struct survival_data *data, const double *covariate, const size_t *group,
                                     const size_t *stratum)
{
    struct patient *patients = malloc((data->n + 1) * sizeof *patients);
    if (patients == NULL)
        return NULL;
    for (size_t i = 0; i < data->n; i++)
        patients[i] = (struct patient){.time = data->time[i],
                                       .covariate = covariate == NULL ? 0 : covariate[i],
                                       .weight = data->weight == NULL ? 1 : data->weight[i],
                                       .group = group == NULL ? 0 : group[i],
                                       .stratum = stratum == NULL ? 0 : stratum[i],
                                       .copies = survival_data_copies(data, i),
                                       .event = data->event[i]};
    if (data->n > 0)
        qsort(patients, data->n, sizeof *patients, patient_compare);
    return patients;
}

/* Whoever has no weight is not there. Returns how many rows are left. */
static size_t patients_drop_weightless(struct patient *patients, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (patients[i].weight > 0 && patients[i].copies > 0)
            patients[kept++] = patients[i];
    return kept;
}

static size_t patients_count(const struct patient *patients, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += patients[i].copies;
    return count;
}

/* Behind the last patient of `first`'s stratum and time. */
static size_t tied_end(const struct patient *patients, size_t n, size_t first)
{
    size_t end = first + 1;
    while (end < n && patient_compare(&patients[first], &patients[end]) == 0)
        end++;
    return end;
}

static bool stratum_begins(const struct patient *patients, size_t i)
{
    return i == 0 || patients[i].stratum != patients[i - 1].stratum;
}

/* ---- Log-rank test
 * --------------------------------------------------------------------------------------------------- */

/* Working memory for k groups. */
struct groups {
    size_t count;
    double *at_risk, *events, *observed, *expected; /* k each; events: at one time */
    double *difference;                             /* k */
    double *variance;                               /* k by k */
};

/* Adds the events of one time, given who is at risk. */
static void groups_add_time(struct groups *groups)
{
    const size_t k = groups->count;
    double at_risk = 0, events = 0;
    for (size_t g = 0; g < k; g++) {
        at_risk += groups->at_risk[g];
        events += groups->events[g];
    }
    if (events == 0)
        return;
    /* Of the hypergeometric distribution: 0 when all at risk have the event. */
    const double spread = at_risk > 1 ? events * (at_risk - events) / (at_risk - 1) : 0;
    for (size_t g = 0; g < k; g++) {
        const double share = groups->at_risk[g] / at_risk;
        groups->observed[g] += groups->events[g];
        groups->expected[g] += events * share;
        for (size_t h = 0; h < k; h++)
            groups->variance[g * k + h] += spread * share * ((g == h) - groups->at_risk[h] / at_risk);
    }
}

static void groups_add_patients(struct groups *groups, const struct patient *patients, size_t n)
{
    for (size_t first = 0, end; first < n; first = end) {
        end = tied_end(patients, n, first);
        for (size_t g = 0; g < groups->count; g++) {
            groups->events[g] = 0;
            if (stratum_begins(patients, first))
                groups->at_risk[g] = 0;
        }
        for (size_t i = first; i < end; i++) {
            groups->at_risk[patients[i].group] += (double)patients[i].copies;
            groups->events[patients[i].group] += patients[i].event ? (double)patients[i].copies : 0;
        }
        groups_add_time(groups);
    }
}

/* vector' matrix^-1 vector for a symmetric matrix of n rows, `stride` apart, by Cholesky's factors; both are
 * overwritten. NaN when the matrix is not positive definite but for rounding. GSL's own would end the program then. */
static double inverse_form(double *matrix, size_t stride, double *vector, size_t n)
{
    double sum = 0;
    for (size_t j = 0; j < n; j++) {
        double pivot = matrix[j * stride + j];
        const double uncut = pivot;
        for (size_t l = 0; l < j; l++)
            pivot -= matrix[j * stride + l] * matrix[j * stride + l];
        if (!(pivot > 1e-10 * uncut))
            return NAN;
        const double root = sqrt(pivot);
        for (size_t i = j + 1; i < n; i++) {
            for (size_t l = 0; l < j; l++)
                matrix[i * stride + j] -= matrix[i * stride + l] * matrix[j * stride + l];
            matrix[i * stride + j] /= root;
        }
        for (size_t l = 0; l < j; l++)
            vector[j] -= matrix[j * stride + l] * vector[l];
        vector[j] /= root;
        sum += vector[j] * vector[j];
    }
    return sum;
}

/* The groups in which events are expected, all but the first of them: the others follow from these. */
static void groups_test(struct groups *groups, struct survival_test *test, enum survival_status *status)
{
    const size_t k = groups->count;
    size_t counted = 0;
    bool first = true;
    double events = 0;
    for (size_t g = 0; g < k; g++) {
        events += groups->observed[g];
        if (!(groups->expected[g] > 0))
            continue;
        if (!first) {
            groups->difference[counted] = groups->observed[g] - groups->expected[g];
            size_t column = 0;
            for (size_t h = 0, skipped = 0; h < k; h++) {
                if (!(groups->expected[h] > 0))
                    continue;
                if (skipped++ > 0)
                    groups->variance[counted * k + column++] = groups->variance[g * k + h];
            }
            counted++;
        }
        first = false;
    }
    *test = no_test;
    *status = events > 0 ? SURVIVAL_NO_VARIATION : SURVIVAL_NO_EVENTS;
    if (counted == 0)
        return;
    const double chi_square = inverse_form(groups->variance, k, groups->difference, counted);
    if (isnan(chi_square))
        return;
    *test = chi_square_test(chi_square, counted);
    *status = SURVIVAL_ESTIMATED;
}

enum abscopal_status survival_log_rank(const struct survival_data *data, const size_t *group, size_t group_count,
                                       const size_t *stratum, double *observed, double *expected,
                                       struct survival_test *test, enum survival_status *status)
{
    if (data->weight != NULL || !survival_data_valid(data))
        return ABSCOPAL_BAD_INPUT;
    for (size_t i = 0; i < data->n; i++)
        if (group[i] >= group_count)
            return ABSCOPAL_BAD_INPUT;
    struct patient *patients = patients_sort(data, NULL, group, stratum);
    double *memory = calloc(group_count * (group_count + 3) + 1, sizeof *memory);
    if (patients == NULL || memory == NULL) {
        free(patients);
        free(memory);
        return ABSCOPAL_NO_MEMORY;
    }
    for (size_t g = 0; g < group_count; g++)
        observed[g] = expected[g] = 0;
    struct groups groups = {.count = group_count,
                            .at_risk = memory,
                            .events = memory + group_count,
                            .observed = observed,
                            .expected = expected,
                            .difference = memory + 2 * group_count,
                            .variance = memory + 3 * group_count};
    groups_add_patients(&groups, patients, patients_drop_weightless(patients, data->n));
    groups_test(&groups, test, status);
    free(patients);
    free(memory);
    return ABSCOPAL_OK;
}

/* ---- Proportional hazards
 * --------------------------------------------------------------------------------------------- */

/* Logarithm of the partial likelihood and its derivatives by the coefficient. */
struct likelihood {
    double logarithm, score, information;
};

/* Sums of risk, risk times covariate and risk times its square. */
struct risk_sums {
    double zeroth, first, second;
};

/* Copies one by one, so that sums are rounded as of patients who have a row each. */
static void risk_sums_add(struct risk_sums *sums, double risk, double covariate, size_t copies)
{
    for (size_t copy = 0; copy < copies; copy++) {
        sums->zeroth += risk;
        sums->first += risk * covariate;
        sums->second += risk * covariate * covariate;
    }
}

/* Each of the tied events in turn, with their mean weight: Efron leaves a growing part of them out of those at risk,
 * Breslow none. */
static void likelihood_add_time(struct likelihood *sum, const struct risk_sums *at_risk, const struct risk_sums *tied,
                                size_t events, double tied_weight, enum survival_ties ties)
{
    const double weight = tied_weight / (double)events;
    for (size_t k = 0; k < events; k++) {
        const double part = ties == SURVIVAL_EFRON ? (double)k / (double)events : 0;
        const double zeroth = at_risk->zeroth - part * tied->zeroth;
        const double mean = (at_risk->first - part * tied->first) / zeroth;
        sum->logarithm -= weight * log(zeroth);
        sum->score -= weight * mean;
        sum->information += weight * ((at_risk->second - part * tied->second) / zeroth - mean * mean);
    }
}

static struct likelihood likelihood_at(const struct patient *patients, size_t n, enum survival_ties ties,
                                       double coefficient)
{
    /* Risks relative to the largest one: no exponential overflows. */
    double largest = -INFINITY;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, coefficient * patients[i].covariate);
    struct likelihood sum = {0};
    struct risk_sums at_risk = {0};
    for (size_t first = 0, end; first < n; first = end) {
        if (stratum_begins(patients, first))
            at_risk = (struct risk_sums){0};
        struct risk_sums tied = {0};
        size_t events = 0;
        double tied_weight = 0;
        end = tied_end(patients, n, first);
        for (size_t i = first; i < end; i++) {
            const double log_risk = coefficient * patients[i].covariate - largest, weight = patients[i].weight;
            const size_t copies = patients[i].copies;
            risk_sums_add(&at_risk, weight * exp(log_risk), patients[i].covariate, copies);
            if (!patients[i].event)
                continue;
            events += copies;
            tied_weight += weight * (double)copies;
            risk_sums_add(&tied, weight * exp(log_risk), patients[i].covariate, copies);
            for (size_t copy = 0; copy < copies; copy++) {
                sum.logarithm += weight * log_risk;
                sum.score += weight * patients[i].covariate;
            }
        }
        likelihood_add_time(&sum, &at_risk, &tied, events, tied_weight, ties);
    }
    return sum;
}

/* What the logarithm of the likelihood tends to as the coefficient goes to sign times infinity, which is minus infinity
 * unless every event is that of a patient whose covariate, times sign, is the largest of those at risk. */
static double likelihood_limit(const struct patient *patients, size_t n, enum survival_ties ties, double sign)
{
    double logarithm = 0, largest = 0, having_it = 0;
    for (size_t first = 0, end; first < n; first = end) {
        if (stratum_begins(patients, first))
            having_it = 0;
        end = tied_end(patients, n, first);
        for (size_t i = first; i < end; i++) {
            const double covariate = sign * patients[i].covariate;
            if (having_it == 0 || covariate > largest) {
                largest = covariate;
                having_it = 0;
            }
            having_it += covariate >= largest ? patients[i].weight * (double)patients[i].copies : 0;
        }
        size_t events = 0;
        double tied_weight = 0;
        for (size_t i = first; i < end; i++) {
            if (!patients[i].event)
                continue;
            if (sign * patients[i].covariate < largest)
                return -INFINITY;
            events += patients[i].copies;
            tied_weight += patients[i].weight * (double)patients[i].copies;
        }
        const double weight = tied_weight / (double)events;
        for (size_t k = 0; k < events; k++)
            logarithm -= weight * log(having_it - (ties == SURVIVAL_EFRON ? (double)k * weight : 0));
    }
    return logarithm;
}

/* Mean 0 and standard deviation 1, so that steps and tolerances have a scale; returns the standard deviation, or 1 when
 * it is 0. */
static double covariates_standardise(struct patient *patients, size_t n)
{
    double mean = 0, squares = 0;
    const size_t all = patients_count(patients, n);
    for (size_t i = 0, passed = 0; i < n; i++)
        for (size_t copy = 0; copy < patients[i].copies; copy++)
            mean += (patients[i].covariate - mean) / (double)++passed;
    for (size_t i = 0; i < n; i++)
        for (size_t copy = 0; copy < patients[i].copies; copy++)
            squares += (patients[i].covariate - mean) * (patients[i].covariate - mean) / (double)all;
    const double deviation = squares > 0 ? sqrt(squares) : 1;
    for (size_t i = 0; i < n; i++)
        patients[i].covariate = (patients[i].covariate - mean) / deviation;
    return deviation;
}

/* The likelihood is concave, so a step that lowers it was too long. False when it does not converge. */
static bool likelihood_maximise(const struct patient *patients, size_t n, enum survival_ties ties, double *coefficient,
                                struct likelihood *likelihood)
{
    enum { MAX_STEPS = 100, MAX_HALVINGS = 60 };
    const double tolerance = 1e-9; /* the error after a step of that size is of the order of its square */
    const size_t all = patients_count(patients, n);
    *coefficient = 0;
    *likelihood = likelihood_at(patients, n, ties, 0);
    for (int taken = 0; taken < MAX_STEPS; taken++) {
        if (!(likelihood->information > 0))
            return false;
        double step = likelihood->score / likelihood->information;
        struct likelihood next = likelihood_at(patients, n, ties, *coefficient + step);
        /* The last step may lower it by rounding. */
        const double rounding = 1e-13 * (double)all * (1 + fabs(likelihood->logarithm));
        for (int k = 0; k < MAX_HALVINGS && !(next.logarithm >= likelihood->logarithm - rounding); k++) {
            step /= 2;
            next = likelihood_at(patients, n, ties, *coefficient + step);
        }
        *coefficient += step;
        *likelihood = next;
        if (fabs(step) <= tolerance * fmax(fabs(*coefficient), 1))
            return next.information > 0;
    }
    return false;
}

static struct survival_cox cox_fit_sorted(struct patient *patients, size_t n, enum survival_ties ties)
{
    struct survival_cox cox = {.coefficient = NAN,
                               .hazard_ratio = NAN,
                               .standard_error = NAN,
                               .lower = NAN,
                               .upper = NAN,
                               .log_likelihood = NAN,
                               .wald = no_test,
                               .score = no_test,
                               .likelihood_ratio = no_test};
    size_t events = 0;
    for (size_t i = 0; i < n; i++)
        events += patients[i].event;
    const double limit_above = likelihood_limit(patients, n, ties, 1);
    const double limit_below = likelihood_limit(patients, n, ties, -1);
    const double deviation = covariates_standardise(patients, n);
    const struct likelihood null = likelihood_at(patients, n, ties, 0);
    cox.log_likelihood_null = null.logarithm;
    if (events == 0 || (isfinite(limit_above) && isfinite(limit_below))) {
        cox.status = events == 0 ? SURVIVAL_NO_EVENTS : SURVIVAL_NO_VARIATION;
        return cox;
    }
    cox.score = chi_square_test(null.score * null.score / null.information, 1);
    if (isfinite(limit_above) || isfinite(limit_below)) {
        cox.status = SURVIVAL_MONOTONE;
        cox.coefficient = isfinite(limit_above) ? INFINITY : -INFINITY;
        cox.hazard_ratio = exp(cox.coefficient);
        cox.log_likelihood = fmax(limit_above, limit_below);
    } else {
        double coefficient;
        struct likelihood likelihood;
        if (!likelihood_maximise(patients, n, ties, &coefficient, &likelihood)) {
            cox.status = SURVIVAL_NOT_CONVERGED;
            return cox;
        }
        cox.coefficient = coefficient / deviation;
        cox.hazard_ratio = exp(cox.coefficient);
        cox.standard_error = 1 / sqrt(likelihood.information) / deviation;
        cox.lower = exp(cox.coefficient - survival_normal_quantile() * cox.standard_error);
        cox.upper = exp(cox.coefficient + survival_normal_quantile() * cox.standard_error);
        cox.log_likelihood = likelihood.logarithm;
        cox.wald = chi_square_test(coefficient * coefficient * likelihood.information, 1);
    }
    cox.likelihood_ratio = chi_square_test(fmax(2 * (cox.log_likelihood - cox.log_likelihood_null), 0), 1);
    return cox;
}

enum abscopal_status survival_cox_fit(const struct survival_data *data, const double *covariate, const size_t *stratum,
                                      enum survival_ties ties, struct survival_cox *cox)
{
    if (!survival_data_valid(data))
        return ABSCOPAL_BAD_INPUT;
    for (size_t i = 0; i < data->n; i++)
        if (!isfinite(covariate[i]))
            return ABSCOPAL_BAD_INPUT;
    struct patient *patients = patients_sort(data, covariate, NULL, stratum);
    if (patients == NULL)
        return ABSCOPAL_NO_MEMORY;
    *cox = cox_fit_sorted(patients, patients_drop_weightless(patients, data->n), ties);
    free(patients);
    return ABSCOPAL_OK;
}
