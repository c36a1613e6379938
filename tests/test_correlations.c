/* Correlated quantities: rank correlations as a Gaussian copula has them, and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_statistics.h>

#include "cohorts/sampling.h"
#include "input_files.h"

#define HEAD                                                                                 \
    "name: c\npatients: 20\nseed: 7\nlesions: 1\n"                                           \
    "body_weight: {distribution: normal, mean: 75 kg, sd: 15 kg, bounds: [40 kg, 130 kg]}\n" \
    "body_height: 170 cm\n"                                                                  \
    "baseline_sum_of_diameters: {distribution: lognormal, median: 60 mm, log_sd: 0.4}\n"     \
    "parameters:\n"                                                                          \
    "  killing_rate: {distribution: uniform, lower: 10 /d, upper: 20 /d}\n"                  \
    "  cancer_growth_rate: {distribution: lognormal, median: 0.012 /d, log_sd: 0.2}\n"       \
    "  cancer_death_rate: {distribution: loguniform, lower: 1e-5 /d, upper: 1e-3 /d}\n"

static const char correlations[] = "correlations:\n"
                                   "- {between: [killing_rate, body_weight], value: 0.4}\n"
                                   "- {between: [baseline_sum_of_diameters, cancer_growth_rate], value: -70 %}\n"
                                   "- {between: [killing_rate, cancer_growth_rate], value: 0.5}\n";

enum { DRAWS = 20000, VARIABLES = 5, WEIGHT = 0, SUM, KILLING, GROWTH, DEATH };

static void read_text(const char *text, struct cohort *cohort)
{
    struct abscopal_error error;
    if (cohort_file_read(input_file_write("correlated.yaml", text, strlen(text)), cohort, &error) != ABSCOPAL_OK)
        fail_msg("%s", error.message);
}

static void values_of(const struct virtual_patient *patient, double *values)
{
    values[WEIGHT] = patient->body_weight_kg;
    values[SUM] = patient->baseline_sum_of_diameters_mm;
    values[KILLING] = patient->parameters.killing_rate;
    values[GROWTH] = patient->parameters.cancer_growth_rate;
    values[DEATH] = patient->parameters.cancer_death_rate;
}

/* Spearman's rank correlation is 6/pi asin(r/2) (Kruskal 1958, doi:10.1080/01621459.1958.10501481), whatever the
 * distributions; its standard error is less than 1/sqrt(DRAWS). Ten pairs: 4 of these. */
static void rank_correlations(const char *sampling)
{
    static double samples[VARIABLES][DRAWS], work[2 * DRAWS];
    double expected[VARIABLES][VARIABLES] = {{0}};
    expected[WEIGHT][KILLING] = 0.4;
    expected[SUM][GROWTH] = -0.7;
    expected[KILLING][GROWTH] = 0.5;
    char text[4096];
    struct cohort cohort;
    snprintf(text, sizeof text, "%s%ssampling: %s\n", HEAD, correlations, sampling);
    read_text(text, &cohort);
    for (uint64_t id = 1; id <= DRAWS; id++) {
        struct virtual_patient patient;
        double values[VARIABLES];
        sample_patient(&cohort, 3, DRAWS, id, &patient);
        values_of(&patient, values);
        for (int i = 0; i < VARIABLES; i++)
            samples[i][id - 1] = values[i];
    }
    for (int i = 0; i < VARIABLES; i++)
        for (int j = i + 1; j < VARIABLES; j++) {
            const double found = gsl_stats_spearman(samples[i], 1, samples[j], 1, DRAWS, work);
            const double theory = 6 / M_PI * asin(expected[i][j] / 2);
            if (!(fabs(found - theory) < 4 / sqrt(DRAWS)))
                fail_msg("%s, %d and %d: %g rather than %g", sampling, i, j, found, theory);
        }
    cohort_free(&cohort);
}

static void test_rank_correlations(void **state)
{
    (void)state;
    rank_correlations("monte carlo");
    rank_correlations("latin hypercube");
    rank_correlations("sobol");
}

/* The marginal distribution stays: Kolmogorov-Smirnov at a level of 0.1 %. */
static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void test_margins(void **state)
{
    (void)state;
    static double sample[DRAWS];
    struct cohort cohort;
    char text[4096];
    snprintf(text, sizeof text, "%s%s", HEAD, correlations);
    read_text(text, &cohort);
    for (uint64_t id = 1; id <= DRAWS; id++) {
        struct virtual_patient patient;
        sample_patient(&cohort, 4, DRAWS, id, &patient);
        sample[id - 1] = patient.parameters.killing_rate / 10 - 1;
    }
    qsort(sample, DRAWS, sizeof *sample, compare);
    double largest = 0;
    for (int i = 0; i < DRAWS; i++)
        largest = fmax(largest, fmax(sample[i] - i / (double)DRAWS, (i + 1) / (double)DRAWS - sample[i]));
    assert_true(largest * sqrt(DRAWS) < 1.95);
    cohort_free(&cohort);
}

/* What is not correlated keeps its bits, and so does the first that is, in the order of drawing; a correlation of 0
 * changes nothing but rounding. */
static void test_others_keep_their_bits(void **state)
{
    (void)state;
    struct cohort plain, correlated, zero;
    char text[4096];
    read_text(HEAD, &plain);
    snprintf(text, sizeof text, "%s%s", HEAD, correlations);
    read_text(text, &correlated);
    read_text(HEAD "correlations: [{between: [killing_rate, body_weight], value: 0}]\n", &zero);
    for (uint64_t id = 1; id <= 200; id++) {
        struct virtual_patient patients[3];
        double values[3][VARIABLES];
        sample_patient(&plain, 3, DRAWS, id, &patients[0]);
        sample_patient(&correlated, 3, DRAWS, id, &patients[1]);
        sample_patient(&zero, 3, DRAWS, id, &patients[2]);
        for (int i = 0; i < 3; i++)
            values_of(&patients[i], values[i]);
        assert_true(values[0][DEATH] == values[1][DEATH] && values[0][SUM] == values[1][SUM]);
        assert_true(values[0][KILLING] != values[1][KILLING] && values[0][GROWTH] != values[1][GROWTH]);
        for (int i = 0; i < VARIABLES; i++)
            assert_true(fabs(values[0][i] / values[2][i] - 1) < 1e-12);
    }
    cohort_free(&plain);
    cohort_free(&correlated);
    cohort_free(&zero);
}

static enum abscopal_status read_and_free(const char *path, struct abscopal_error *error)
{
    struct cohort cohort;
    enum abscopal_status status = cohort_file_read(path, &cohort, error);
    cohort_free(&cohort);
    return status;
}

static void test_errors(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {HEAD "correlations: {}\n", "12:15: correlations must be a list"},
        {HEAD "correlations:\n- {value: 0.4}\n",
         "13:3: a correlation lacks 'between'; write for instance 'between: [body_weight, baseline_sum_of_diameters]'"},
        {HEAD "correlations:\n- {between: [killing_rate, body_weight]}\n",
         "13:3: a correlation lacks 'value'; write for instance 'value: 0.4'"},
        {HEAD "correlations:\n- {between: [killing_rate, body_weight], valeu: 0.4}\n",
         "13:42: unknown key 'valeu' in a correlation; did you mean 'value'? Known keys: between, value"},
        {HEAD "correlations:\n- {between: killing_rate, value: 0.4}\n",
         "13:13: between must be two names, [one, another]"},
        {HEAD "correlations:\n- {between: [killing_rate], value: 0.4}\n",
         "13:13: between must be two names, [one, another]"},
        {HEAD "correlations:\n- {between: [kiling_rate, body_weight], value: 0.4}\n",
         "13:14: unknown quantity of a patient 'kiling_rate'; did you mean 'killing_rate'?"},
        {HEAD "correlations:\n- {between: [killing_rate, body_hight], value: 0.4}\n",
         "13:28: unknown quantity of a patient 'body_hight'; did you mean 'body_height'?"},
        {HEAD "correlations:\n- {between: [killing_rate, body_height], value: 0.4}\n",
         "13:28: body_height is the same in all patients; give it a distribution or leave this out"},
        {HEAD "correlations:\n- {between: [killing_rate, treg_clones], value: 0.4}\n",
         "13:28: treg_clones is the same in all patients; give it a distribution or leave this out"},
        {HEAD "correlations:\n- {between: [killing_rate, body_weight], value: 1.4}\n",
         "13:49: value must be from -1 to 1, not 1.4"},
        {HEAD "correlations:\n- {between: [killing_rate, body_weight], value: 0.4 kg}\n",
         "13:49: value: '0.4 kg' is a body weight; write a pure number"},
        {HEAD "correlations:\n- {between: [killing_rate, killing_rate], value: 0.4}\n",
         "13:13: a correlation is between two different quantities"},
        {HEAD "correlations:\n- {between: [killing_rate, body_weight], value: 0.4}\n"
              "- {between: [body_weight, killing_rate], value: 0.3}\n",
         "14:13: the correlation between body_weight and killing_rate is given in line 13 already; keep one"},
        {HEAD "correlations:\n- {between: [killing_rate, body_weight], value: 0.9}\n"
              "- {between: [killing_rate, cancer_growth_rate], value: 0.9}\n"
              "- {between: [body_weight, cancer_growth_rate], value: -0.9}\n",
         "14:56: no patients can have the correlations of killing_rate together with the others (their matrix is not "
         "positive definite); bring this value nearer to 0, or give the correlations that are left out"},
        {HEAD "correlations:\n- {between: [killing_rate, body_weight], value: 1}\n",
         "13:49: no patients can have the correlations of killing_rate together with the others (their matrix is not "
         "positive definite); bring this value nearer to 0, or give the correlations that are left out"},
    };
    assert_int_equal(input_file_differences(read_and_free, table, sizeof table / sizeof *table), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rank_correlations),
        cmocka_unit_test(test_margins),
        cmocka_unit_test(test_others_keep_their_bits),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, input_folder_make, input_folder_remove);
}
