#include "cohorts/population_weights.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include <gsl/gsl_linalg.h>

#include "cohorts/sampling.h"

/* The dual: logarithm of the sum over patients of exp(sum of the multipliers of their bins), less the sum of
 * multipliers times shares. */
struct dual {
    const struct weights_target *targets;
    size_t target_count, n, size; /* multipliers: of all bins of all targets */
    const size_t *patients;       /* [n] those who may have a weight */
    double *multipliers, *trial;  /* [size] */
    double *reached;              /* [size] */
    double *tilts;                /* [n] weights of sum 1 */
    gsl_matrix *hessian, *v;      /* [size][size] */
    gsl_vector *gradient, *step, *singular, *work;
};

static void dual_close(struct dual *dual)
{
    free(dual->multipliers);
    free(dual->trial);
    free(dual->reached);
    free(dual->tilts);
    gsl_matrix_free(dual->hessian);
    gsl_matrix_free(dual->v);
    gsl_vector_free(dual->gradient);
    gsl_vector_free(dual->step);
    gsl_vector_free(dual->singular);
    gsl_vector_free(dual->work);
}

/* GSL ends the program when it has no memory unless told otherwise. */
static bool dual_open(struct dual *dual)
{
    gsl_error_handler_t *const before = gsl_set_error_handler_off();
    const size_t size = dual->size;
    dual->multipliers = calloc(size + 1, sizeof *dual->multipliers);
    dual->trial = calloc(size + 1, sizeof *dual->trial);
    dual->reached = calloc(size + 1, sizeof *dual->reached);
    dual->tilts = calloc(dual->n + 1, sizeof *dual->tilts);
    dual->hessian = gsl_matrix_alloc(size, size);
    dual->v = gsl_matrix_alloc(size, size);
    dual->gradient = gsl_vector_alloc(size);
    dual->step = gsl_vector_alloc(size);
    dual->singular = gsl_vector_alloc(size);
    dual->work = gsl_vector_alloc(size);
    gsl_set_error_handler(before);
    return dual->multipliers != NULL && dual->trial != NULL && dual->reached != NULL && dual->tilts != NULL &&
           dual->hessian != NULL && dual->v != NULL && dual->gradient != NULL && dual->step != NULL &&
           dual->singular != NULL && dual->work != NULL;
}

/* Index of the multiplier of that patient's bin. */
static size_t multiplier_of(const struct weights_target *target, size_t offset, size_t patient)
{
    return offset + (size_t)target->bins[patient];
}

/* Fills in tilts; returns the dual's value. */
static double dual_value(struct dual *dual, const double *multipliers)
{
    double largest = -INFINITY, sum = 0, linear = 0;
    for (size_t i = 0; i < dual->n; i++) {
        double logarithm = 0;
        size_t offset = 0;
        for (size_t t = 0; t < dual->target_count; offset += dual->targets[t++].bin_count)
            logarithm += multipliers[multiplier_of(&dual->targets[t], offset, dual->patients[i])];
        dual->tilts[i] = logarithm;
        largest = fmax(largest, logarithm);
    }
    for (size_t i = 0; i < dual->n; i++) {
        dual->tilts[i] = exp(dual->tilts[i] - largest);
        sum += dual->tilts[i];
    }
    for (size_t i = 0; i < dual->n; i++)
        dual->tilts[i] /= sum;
    size_t offset = 0;
    for (size_t t = 0; t < dual->target_count; offset += dual->targets[t++].bin_count)
        for (size_t bin = 0; bin < dual->targets[t].bin_count; bin++)
            linear += multipliers[offset + bin] * dual->targets[t].shares[bin];
    return largest + log(sum) - linear;
}

/* From the tilts: the gradient, which is what is reached less what is asked for, and the Hessian, the covariance of
 * being in two bins. Returns the largest gap and where it is. */
static double dual_derivatives(struct dual *dual, struct weights_failure *farthest)
{
    for (size_t k = 0; k < dual->size; k++)
        dual->reached[k] = 0;
    gsl_matrix_set_zero(dual->hessian);
    for (size_t i = 0; i < dual->n; i++) {
        size_t row = 0;
        for (size_t t = 0; t < dual->target_count; row += dual->targets[t++].bin_count) {
            const size_t own = multiplier_of(&dual->targets[t], row, dual->patients[i]);
            size_t column = 0;
            dual->reached[own] += dual->tilts[i];
            for (size_t u = 0; u < dual->target_count; column += dual->targets[u++].bin_count)
                *gsl_matrix_ptr(dual->hessian, own, multiplier_of(&dual->targets[u], column, dual->patients[i])) +=
                    dual->tilts[i];
        }
    }
    for (size_t k = 0; k < dual->size; k++)
        for (size_t l = 0; l < dual->size; l++)
            *gsl_matrix_ptr(dual->hessian, k, l) -= dual->reached[k] * dual->reached[l];
    double largest = 0;
    size_t offset = 0;
    for (size_t t = 0; t < dual->target_count; offset += dual->targets[t++].bin_count)
        for (size_t bin = 0; bin < dual->targets[t].bin_count; bin++) {
            const double gap = dual->reached[offset + bin] - dual->targets[t].shares[bin];
            gsl_vector_set(dual->gradient, offset + bin, gap);
            if (fabs(gap) <= largest)
                continue;
            largest = fabs(gap);
            *farthest = (struct weights_failure){.target = t, .bin = bin, .reached = dual->reached[offset + bin]};
        }
    return largest;
}

/* The step that Newton's method would take, of those the shortest. */
static void dual_solve(struct dual *dual)
{
    const double least = 1e-13; /* singular values below it, over the largest, are 0 but for rounding */
    gsl_error_handler_t *const before = gsl_set_error_handler_off();
    gsl_linalg_SV_decomp(dual->hessian, dual->v, dual->singular, dual->work);
    const double cut = least * gsl_vector_get(dual->singular, 0);
    for (size_t k = 0; k < dual->size; k++)
        if (gsl_vector_get(dual->singular, k) <= cut)
            gsl_vector_set(dual->singular, k, 0); /* SV_solve leaves these out */
    gsl_linalg_SV_solve(dual->hessian, dual->v, dual->singular, dual->gradient, dual->step);
    gsl_set_error_handler(before);
}

/* Whether a minimum with all shares reached was found. */
static bool dual_minimise(struct dual *dual, struct weights_failure *farthest)
{
    enum { MOST_STEPS = 60, MOST_HALVINGS = 40 };
    double value = dual_value(dual, dual->multipliers);
    for (int taken = 0; taken < MOST_STEPS; taken++) {
        if (dual_derivatives(dual, farthest) <= WEIGHTS_TOLERANCE)
            return true;
        dual_solve(dual);
        double scale = 2, next = INFINITY;
        for (int k = 0; k < MOST_HALVINGS; k++) {
            scale /= 2;
            for (size_t i = 0; i < dual->size; i++)
                dual->trial[i] = dual->multipliers[i] - scale * gsl_vector_get(dual->step, i);
            next = dual_value(dual, dual->trial);
            if (next <= value + 1e-14 * fabs(value)) /* at the minimum it changes by rounding alone */
                break;
        }
        if (!isfinite(next))
            return false;
        value = next;
        for (size_t i = 0; i < dual->size; i++)
            dual->multipliers[i] = dual->trial[i];
    }
    return dual_derivatives(dual, farthest) <= WEIGHTS_TOLERANCE;
}

/* Those in bins with a share, of all targets. */
static size_t patients_find(const struct weights_target *targets, size_t target_count, size_t n, size_t *patients)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        bool in = true;
        for (size_t t = 0; t < target_count && in; t++)
            in = targets[t].bins[i] >= 0 && targets[t].shares[targets[t].bins[i]] > 0;
        if (in)
            patients[count++] = i;
    }
    return count;
}

/* The first bin with a share but none of the patients. */
static bool bin_is_empty(const struct weights_target *targets, size_t target_count, const size_t *patients,
                         size_t count, struct weights_failure *failure)
{
    for (size_t t = 0; t < target_count; t++)
        for (size_t bin = 0; bin < targets[t].bin_count; bin++) {
            bool empty = targets[t].shares[bin] > 0;
            for (size_t i = 0; i < count && empty; i++)
                empty = targets[t].bins[patients[i]] != (int)bin;
            *failure = (struct weights_failure){.target = t, .bin = bin};
            if (empty)
                return true;
        }
    return false;
}

enum abscopal_status weights_prevalence(const struct weights_target *targets, size_t target_count, size_t n,
                                        double *weights, enum weights_result *result, struct weights_failure *failure)
{
    size_t *const patients = malloc((n + 1) * sizeof *patients);
    if (patients == NULL)
        return ABSCOPAL_NO_MEMORY;
    struct dual dual = {.targets = targets, .target_count = target_count, .patients = patients};
    dual.n = patients_find(targets, target_count, n, patients);
    for (size_t t = 0; t < target_count; t++)
        dual.size += targets[t].bin_count;
    enum abscopal_status status = ABSCOPAL_OK;
    *failure = (struct weights_failure){0};
    if (bin_is_empty(targets, target_count, patients, dual.n, failure)) {
        *result = WEIGHTS_EMPTY_BIN;
    } else if (dual_open(&dual)) {
        *result = dual_minimise(&dual, failure) ? WEIGHTS_FOUND : WEIGHTS_INFEASIBLE;
        for (size_t i = 0; i < n; i++)
            weights[i] = 0;
        for (size_t i = 0; i < dual.n; i++)
            weights[patients[i]] = dual.tilts[i] * (double)n;
    } else {
        status = ABSCOPAL_NO_MEMORY;
    }
    dual_close(&dual);
    free(patients);
    return status;
}

void weights_accept(double *weights, const uint64_t *ids, size_t n, uint64_t seed)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, weights[i]);
    for (size_t i = 0; i < n; i++)
        weights[i] = sampling_uniform(seed, ids[i], "acceptance", 0) * largest < weights[i] ? 1 : 0;
}

void weights_shares(const struct weights_target *target, const double *weights, size_t n, double *shares)
{
    double sum = 0;
    for (size_t bin = 0; bin < target->bin_count; bin++)
        shares[bin] = 0;
    for (size_t i = 0; i < n; i++) {
        sum += weights[i];
        if (target->bins[i] >= 0)
            shares[target->bins[i]] += weights[i];
    }
    for (size_t bin = 0; bin < target->bin_count && sum > 0; bin++)
        shares[bin] /= sum;
}
