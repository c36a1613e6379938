#include "solver/vector.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Storage is padded to whole blocks, so that loops have no remainder. What stands in the padding is of no account:
 * loops that yield one number stop at the length. */
enum { BLOCK = 8 };

/* Loops over vectors are compiled for several sets of instructions, of which the processor's is taken at run time. Each
 * does the same operations in the same order. */
#if defined(__x86_64__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("default", "avx2", "avx512f")))
#else
#define FOR_EACH_PROCESSOR
#endif

struct content {
    int length, padded_length;
    double *values; /* behind this, 64 bytes aligned */
};

static struct content *content_of(N_Vector vector)
{
    return vector->content;
}

static double *values_of(N_Vector vector)
{
    return content_of(vector)->values;
}

static int padded_length_of(N_Vector vector)
{
    return content_of(vector)->padded_length;
}

/* ---- Memory ---- */

static struct content *content_create(int length)
{
    const size_t padded = ((size_t)length + BLOCK - 1) / BLOCK * BLOCK, alignment = BLOCK * sizeof(double);
    struct content *content = aligned_alloc(alignment, alignment + padded * sizeof(double));
    if (content == NULL)
        return NULL;
    memset(content, 0, alignment + padded * sizeof(double));
    content->length = length;
    content->padded_length = (int)padded;
    content->values = (double *)content + BLOCK;
    return content;
}

_Static_assert(sizeof(struct content) <= BLOCK * sizeof(double), "the values stand one block behind the content");

static N_Vector clone_empty(N_Vector vector)
{
    N_Vector clone = N_VNewEmpty(vector->sunctx);
    if (clone != NULL && N_VCopyOps(vector, clone) != 0) {
        N_VFreeEmpty(clone);
        clone = NULL;
    }
    return clone;
}

static N_Vector clone(N_Vector vector)
{
    N_Vector result = clone_empty(vector);
    if (result == NULL)
        return NULL;
    result->content = content_create(content_of(vector)->length);
    if (result->content == NULL) {
        N_VFreeEmpty(result);
        return NULL;
    }
    return result;
}

static void destroy(N_Vector vector)
{
    if (vector == NULL)
        return;
    free(vector->content);
    N_VFreeEmpty(vector);
}

static void report_space(N_Vector vector, sunindextype *real_words, sunindextype *integer_words)
{
    *real_words = padded_length_of(vector);
    *integer_words = 2;
}

static N_Vector_ID get_id(N_Vector vector)
{
    (void)vector;
    return SUNDIALS_NVEC_CUSTOM;
}

static sunindextype get_length(N_Vector vector)
{
    return content_of(vector)->length;
}

/* ---- Element by element; the result may be one of the arguments ---- */

FOR_EACH_PROCESSOR static void linear_sum(double a, N_Vector x_vector, double b, N_Vector y_vector, N_Vector z_vector)
{
    const double *x = values_of(x_vector), *y = values_of(y_vector);
    double *z = values_of(z_vector);
    const int length = padded_length_of(z_vector);
#pragma omp simd
    for (int i = 0; i < length; i++)
        z[i] = a * x[i] + b * y[i];
}

FOR_EACH_PROCESSOR static void set_constant(double value, N_Vector z_vector)
{
    double *z = values_of(z_vector);
    const int length = padded_length_of(z_vector);
    for (int i = 0; i < length; i++)
        z[i] = value;
}

FOR_EACH_PROCESSOR static void multiply(N_Vector x_vector, N_Vector y_vector, N_Vector z_vector)
{
    const double *x = values_of(x_vector), *y = values_of(y_vector);
    double *z = values_of(z_vector);
    const int length = padded_length_of(z_vector);
#pragma omp simd
    for (int i = 0; i < length; i++)
        z[i] = x[i] * y[i];
}

FOR_EACH_PROCESSOR static void divide(N_Vector x_vector, N_Vector y_vector, N_Vector z_vector)
{
    const double *x = values_of(x_vector), *y = values_of(y_vector);
    double *z = values_of(z_vector);
    const int length = padded_length_of(z_vector);
#pragma omp simd
    for (int i = 0; i < length; i++)
        z[i] = x[i] / y[i];
}

FOR_EACH_PROCESSOR static void scale(double factor, N_Vector x_vector, N_Vector z_vector)
{
    const double *x = values_of(x_vector);
    double *z = values_of(z_vector);
    const int length = padded_length_of(z_vector);
#pragma omp simd
    for (int i = 0; i < length; i++)
        z[i] = factor * x[i];
}

static void take_absolute(N_Vector x_vector, N_Vector z_vector)
{
    const double *x = values_of(x_vector);
    double *z = values_of(z_vector);
    const int length = padded_length_of(z_vector);
#pragma omp simd
    for (int i = 0; i < length; i++)
        z[i] = fabs(x[i]);
}

static void invert(N_Vector x_vector, N_Vector z_vector)
{
    const double *x = values_of(x_vector);
    double *z = values_of(z_vector);
    const int length = padded_length_of(z_vector);
#pragma omp simd
    for (int i = 0; i < length; i++)
        z[i] = 1 / x[i];
}

static void add_constant(N_Vector x_vector, double value, N_Vector z_vector)
{
    const double *x = values_of(x_vector);
    double *z = values_of(z_vector);
    const int length = padded_length_of(z_vector);
#pragma omp simd
    for (int i = 0; i < length; i++)
        z[i] = x[i] + value;
}

/* The clones stay inside this file: those of a function that others call would be seen outside the library. */
FOR_EACH_PROCESSOR static void add(int length, const double *x, const double *y, double *z)
{
#pragma omp simd
    for (int i = 0; i < length; i++)
        z[i] = x[i] + y[i];
}

void vector_add(N_Vector x, N_Vector y, N_Vector sum)
{
    add(padded_length_of(sum), values_of(x), values_of(y), values_of(sum));
}

/* What the residual is made of. */
struct residual {
    double factor, gamma, rl1;
    const double *rate, *zn1, *correction;
};

FOR_EACH_PROCESSOR static void newton_residual(int length, const struct residual *of, double *result)
{
    const double factor = of->factor, gamma = of->gamma, rl1 = of->rl1;
    const double *rate = of->rate, *zn1 = of->zn1, *correction = of->correction;
#pragma omp simd
    for (int i = 0; i < length; i++)
        result[i] = factor * (gamma * rate[i] - (rl1 * zn1[i] + correction[i]));
}

void vector_newton_residual(double factor, double gamma, N_Vector rate, double rl1, N_Vector zn1, N_Vector correction,
                            N_Vector result)
{
    const struct residual of = {factor, gamma, rl1, values_of(rate), values_of(zn1), values_of(correction)};
    newton_residual(padded_length_of(result), &of, values_of(result));
}

FOR_EACH_PROCESSOR static void error_weights(int length, double relative_tolerance, const double *state,
                                             const double *absolute_tolerances, double *weights)
{
#pragma omp simd
    for (int i = 0; i < length; i++)
        weights[i] = 1 / (relative_tolerance * fabs(state[i]) + absolute_tolerances[i]);
}

void vector_error_weights(double relative_tolerance, N_Vector state, N_Vector absolute_tolerances, N_Vector weights)
{
    error_weights(padded_length_of(weights), relative_tolerance, values_of(state), values_of(absolute_tolerances),
                  values_of(weights));
}

/* ---- Several vectors in one pass ---- */

/* z = sum of factors[k] x[k]; z may be one of x. */
FOR_EACH_PROCESSOR static int linear_combination(int count, double *factors, N_Vector *x_vectors, N_Vector z_vector)
{
    double *z = values_of(z_vector);
    const int length = padded_length_of(z_vector);
    for (int begin = 0; begin < length; begin += BLOCK) {
        double sum[BLOCK];
        const double *first = values_of(x_vectors[0]) + begin;
        for (int i = 0; i < BLOCK; i++)
            sum[i] = factors[0] * first[i];
        for (int k = 1; k < count; k++) {
            const double *x = values_of(x_vectors[k]) + begin;
            for (int i = 0; i < BLOCK; i++)
                sum[i] += factors[k] * x[i];
        }
        memcpy(z + begin, sum, sizeof sum);
    }
    return 0;
}

/* z[k] = factors[k] x + y[k]. */
FOR_EACH_PROCESSOR static int scale_add_multi(int count, double *factors, N_Vector x_vector, N_Vector *y_vectors,
                                              N_Vector *z_vectors)
{
    const double *x = values_of(x_vector);
    const int length = padded_length_of(x_vector);
    for (int k = 0; k < count; k++) {
        const double factor = factors[k], *y = values_of(y_vectors[k]);
        double *z = values_of(z_vectors[k]);
#pragma omp simd
        for (int i = 0; i < length; i++)
            z[i] = factor * x[i] + y[i];
    }
    return 0;
}

static int linear_sum_array(int count, double a, N_Vector *x, double b, N_Vector *y, N_Vector *z)
{
    for (int k = 0; k < count; k++)
        linear_sum(a, x[k], b, y[k], z[k]);
    return 0;
}

FOR_EACH_PROCESSOR static int scale_array(int count, double *factors, N_Vector *x, N_Vector *z)
{
    for (int k = 0; k < count; k++) {
        const double factor = factors[k], *from = values_of(x[k]);
        double *to = values_of(z[k]);
        const int length = padded_length_of(z[k]);
#pragma omp simd
        for (int i = 0; i < length; i++)
            to[i] = factor * from[i];
    }
    return 0;
}

static int set_constant_array(int count, double value, N_Vector *z)
{
    for (int k = 0; k < count; k++)
        set_constant(value, z[k]);
    return 0;
}

/* ---- One number of a vector ---- */

static double dot_product(N_Vector x_vector, N_Vector y_vector)
{
    const double *x = values_of(x_vector), *y = values_of(y_vector);
    const int length = content_of(x_vector)->length;
    double sum = 0;
    for (int i = 0; i < length; i++)
        sum += x[i] * y[i];
    return sum;
}

FOR_EACH_PROCESSOR static double maximum_norm(N_Vector x_vector)
{
    const double *x = values_of(x_vector);
    const int length = content_of(x_vector)->length;
    double largest = 0;
    for (int i = 0; i < length; i++)
        largest = fabs(x[i]) > largest ? fabs(x[i]) : largest;
    return largest;
}

static double minimum(N_Vector x_vector)
{
    const double *x = values_of(x_vector);
    const int length = content_of(x_vector)->length;
    double smallest = x[0];
    for (int i = 1; i < length; i++)
        smallest = x[i] < smallest ? x[i] : smallest;
    return smallest;
}

/* Root mean square of x times its weights, by eight partial sums. */
FOR_EACH_PROCESSOR static double weighted_rms_norm(N_Vector x_vector, N_Vector weight_vector)
{
    const double *x = values_of(x_vector), *weight = values_of(weight_vector);
    const int length = content_of(x_vector)->length;
    double sum[BLOCK] = {0};
    int i = 0;
    for (; i + BLOCK <= length; i += BLOCK) {
        for (int k = 0; k < BLOCK; k++) {
            const double product = x[i + k] * weight[i + k];
            sum[k] += product * product;
        }
    }
    for (int k = 0; i < length && k < BLOCK; k++) {
        const double product = x[i + k] * weight[i + k];
        sum[k] += i + k < length ? product * product : 0;
    }
    const double total = ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
    return sqrt(total / length);
}

N_Vector vector_create(int length, SUNContext context)
{
    N_Vector vector = N_VNewEmpty(context);
    if (vector == NULL)
        return NULL;
    N_Vector_Ops ops = vector->ops;
    ops->nvgetvectorid = get_id;
    ops->nvclone = clone;
    ops->nvcloneempty = clone_empty;
    ops->nvdestroy = destroy;
    ops->nvspace = report_space;
    ops->nvgetarraypointer = values_of;
    ops->nvgetlength = get_length;
    ops->nvlinearsum = linear_sum;
    ops->nvconst = set_constant;
    ops->nvprod = multiply;
    ops->nvdiv = divide;
    ops->nvscale = scale;
    ops->nvabs = take_absolute;
    ops->nvinv = invert;
    ops->nvaddconst = add_constant;
    ops->nvdotprod = dot_product;
    ops->nvmaxnorm = maximum_norm;
    ops->nvmin = minimum;
    ops->nvwrmsnorm = weighted_rms_norm;
    ops->nvlinearcombination = linear_combination;
    ops->nvscaleaddmulti = scale_add_multi;
    ops->nvlinearsumvectorarray = linear_sum_array;
    ops->nvscalevectorarray = scale_array;
    ops->nvconstvectorarray = set_constant_array;
    vector->content = content_create(length);
    if (vector->content == NULL) {
        N_VFreeEmpty(vector);
        return NULL;
    }
    return vector;
}
