/* Virtual twins: likelihoods and posteriors with known answers, and calibration on simulated patients. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>

#include "abscopal.h"
#include "input_files.h"
#include "protocols/diameters_file.h"
#include "sanitized.h"
#include "trial/imaging.h"
#include "trial/twin.h"
#include "trial/twin_courses.h"
#include "trial/twin_weights.h"
#include "trial_runs.h"

static void assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.17g rather than %.17g to %g", value, expected, tolerance);
}

#define NAMES "day,longest_diameter_mm\n"

/* ---- Likelihood ------------------------------------------------------------------------------------- */

static const double nearly_normal = 1e6;

/* Of two measurements with correlated errors: the bivariate normal density, and Student's of one alone. */
static void test_densities(void **state)
{
    (void)state;
    const struct measured_diameter rows[] = {{.day = 0, .mm = 40}, {.day = 50, .mm = 30}, {.day = 150, .mm = 20}};
    const double model[] = {log(38), log(33), log(25)};
    struct twin_error error = {0.1, 0.2, nearly_normal};
    struct twin_likelihood likelihood;
    /* Covariance of the walk on days 50 and 150 is that on day 50: 0.04 x 0.5. */
    assert_true(twin_likelihood_open(&likelihood, &error, rows, 3));
    const double sd_b = sqrt(0.01 + 0.04 * 0.5), sd_c = sqrt(0.01 + 0.04 * 1.5), correlation = 0.02 / (sd_b * sd_c);
    const double expected =
        log(gsl_ran_gaussian_pdf(log(40) - model[0], 0.1)) +
        log(gsl_ran_bivariate_gaussian_pdf(log(30) - model[1], log(20) - model[2], sd_b, sd_c, correlation));
    assert_near(twin_log_likelihood(&likelihood, model), expected, 1e-4);
    twin_likelihood_close(&likelihood);
    error.degrees = 3;
    assert_true(twin_likelihood_open(&likelihood, &error, rows, 1));
    assert_near(twin_log_likelihood(&likelihood, model), log(gsl_ran_tdist_pdf((log(40) - model[0]) / 0.1, 3) / 0.1),
                1e-12);
    twin_likelihood_close(&likelihood);
}

/* What was too small counts by the probability of that, given what was seen before. */
static void test_bounds(void **state)
{
    (void)state;
    const struct measured_diameter rows[] = {{.day = 0, .mm = 12}, {.day = 100, .mm = 5, .below = true}};
    const double model[] = {log(10), log(6)};
    const struct twin_error error = {0.1, 0, nearly_normal};
    struct twin_likelihood likelihood;
    assert_true(twin_likelihood_open(&likelihood, &error, rows, 2));
    const double seen = log(gsl_ran_gaussian_pdf(log(12.0 / 10), 0.1));
    assert_near(twin_log_likelihood(&likelihood, model), seen + log(gsl_cdf_gaussian_P(log(5.0 / 6), 0.1)), 1e-4);
    twin_likelihood_close(&likelihood);
}

/* A Brownian walk seen with error: the next value is that of Kalman's filter, a band of the normal distribution. */
static void test_prediction_of_a_walk(void **state)
{
    (void)state;
    const struct measured_diameter rows[] = {{.day = 0, .mm = 40}, {.day = 100, .mm = 50}};
    const double model[] = {log(40), log(40)}, q = 0.09, r = 0.04, later = 0.09 * 1.5;
    const struct twin_error error = {0.2, 0.3, nearly_normal};
    struct twin_likelihood likelihood;
    double gains[2];
    assert_true(twin_likelihood_open(&likelihood, &error, rows, 2));
    const double variance = twin_likelihood_day(&likelihood, 250, gains);
    const struct twin_prediction prediction = twin_predict(&likelihood, model, log(60), gains, variance);
    assert_near(prediction.location, log(60) + q / (q + r) * log(50.0 / 40), 1e-12);
    assert_near(prediction.scale, sqrt(q * r / (q + r) + later + r), 1e-5);
    const double one = 1;
    assert_near(twin_mixture_quantile(&prediction, &one, 1, 0.95), prediction.location + 1.6448536 * prediction.scale,
                2e-6);
    twin_likelihood_close(&likelihood);
}

/* Half of two equal normals, far apart, lies between them, a quarter below the middle of the first. */
static void test_mixture(void **state)
{
    (void)state;
    const struct twin_prediction two[] = {{0, 0.1, nearly_normal}, {10, 0.1, nearly_normal}};
    const double weights[] = {2, 2};
    assert_near(twin_mixture_share(two, weights, 2, 5), 0.5, 1e-12);
    assert_near(twin_mixture_quantile(two, weights, 2, 0.25), 0, 2e-6);
    assert_near(twin_mixture_quantile(two, weights, 2, 0.75), 10, 2e-6);
}

/* ---- Weights ---------------------------------------------------------------------------------------- */

static void test_weights(void **state)
{
    (void)state;
    const double logs[] = {0, -INFINITY, log(2), -1000}, prior[] = {0.4, 0.4, 0.1, 0.1};
    double weights[4];
    assert_near(twin_weigh(prior, logs, 4, weights), 0.6 * 0.6 / (0.4 * 0.4 + 0.2 * 0.2), 1e-12);
    assert_near(weights[0], 2.0 / 3, 1e-12);
    assert_true(weights[1] == 0);
    const double none[] = {-INFINITY, -INFINITY};
    assert_true(twin_weigh(NULL, none, 2, weights) == 0);
    /* Of weights 1 and exp(-b), the effective number is (1 + e)^2/(1 + e^2), which is 1.6 for e = 1/3. */
    const double two[] = {0, -1};
    assert_near(twin_temper(NULL, two, NULL, 2, 1.6, 0, 10, weights), log(3), 1e-9);
    assert_true(twin_temper(NULL, two, NULL, 2, 1.0001, 0, 2, weights) == 2);
}

static void test_resampling(void **state)
{
    (void)state;
    const double weights[] = {0.1, 0, 0.55, 0.35};
    size_t chosen[20], counts[4] = {0};
    twin_resample(weights, 4, 0.3, 20, chosen);
    for (size_t i = 0; i < 20; i++)
        counts[chosen[i]]++;
    assert_int_equal(counts[0], 2);
    assert_int_equal(counts[1], 0);
    assert_int_equal(counts[2], 11);
    assert_int_equal(counts[3], 7);
}

/* ---- A posterior that is known ---------------------------------------------------------------------- */

/* Virtual patients whose logarithms of diameters are straight lines: level and slope on a fine grid, weighted as
 * independent normals. */
enum { LINES = 61, LINE_COUNT = LINES * LINES, LINE_VISITS = 11 };
static const double line_level = 3.5, line_level_sd = 0.3, line_slope_sd = 0.002;

struct lines {
    struct abscopal_trial trial;
    struct abscopal_results results;
    struct arm arm;
    struct patient_result patients[LINE_COUNT];
    struct arm_result arms[LINE_COUNT];
    double weights[LINE_COUNT], days[LINE_VISITS], diameters_mm[LINE_COUNT * LINE_VISITS];
};

/* `order` is a step through the patients, coprime to their number: the same ones in another order. */
static void lines_make(struct lines *lines, double error, size_t order)
{
    lines->arm.name = (char *)"line";
    lines->trial = (struct abscopal_trial){.has_cohort = true};
    lines->trial.file =
        (struct trial_file){.name = (char *)"lines", .path = (char *)"lines.yaml", .arms = &lines->arm, .arm_count = 1};
    lines->trial.file.imaging.error = error;
    lines->results = (struct abscopal_results){.trial = &lines->trial,
                                               .seed = 3,
                                               .arm_count = 1,
                                               .patient_count = LINE_COUNT,
                                               .visit_count = LINE_VISITS,
                                               .lesion_count = 1,
                                               .visit_days = lines->days,
                                               .patients = lines->patients,
                                               .arms = lines->arms,
                                               .weights = lines->weights,
                                               .diameters_mm = lines->diameters_mm};
    for (size_t visit = 0; visit < LINE_VISITS; visit++)
        lines->days[visit] = 40.0 * (double)visit;
    for (size_t i = 0; i < LINE_COUNT; i++) {
        const size_t at = i * order % LINE_COUNT;
        const size_t level = at / LINES, slope = at % LINES;
        const double a = ((double)level - 30) / 7.5, b = ((double)slope - 30) / 7.5;
        lines->patients[i].patient = (struct virtual_patient){.id = at + 1, .lesion_count = 1, .pdl1_class = -1};
        lines->weights[i] = exp(-(a * a + b * b) / 2);
        for (size_t visit = 0; visit < LINE_VISITS; visit++)
            lines->diameters_mm[i * LINE_VISITS + visit] =
                exp(line_level + line_level_sd * a + line_slope_sd * b * lines->days[visit]) *
                imaging_error_factor(&lines->trial.file.imaging, 3, at + 1, visit, 0);
    }
}

/* Normal posterior predictive of a line on a day after measurements y on two days: mean and standard deviation. */
static void line_predict(const double days[2], const double y[2], double error, double day, double *mean, double *sd)
{
    const double va = line_level_sd * line_level_sd, vb = line_slope_sd * line_slope_sd, e = error * error;
    const double k00 = va + vb * days[0] * days[0] + e, k11 = va + vb * days[1] * days[1] + e,
                 k01 = va + vb * days[0] * days[1], determinant = k00 * k11 - k01 * k01;
    const double c0 = va + vb * days[0] * day, c1 = va + vb * days[1] * day;
    const double g0 = (c0 * k11 - c1 * k01) / determinant, g1 = (c1 * k00 - c0 * k01) / determinant;
    *mean = line_level + g0 * (y[0] - line_level) + g1 * (y[1] - line_level);
    *sd = sqrt(va + vb * day * day + e - g0 * c0 - g1 * c1);
}

static const struct abscopal_twin_options line_options = {
    .error_log_sd = 0.1, .degrees = 1e6, .continued = 1, .every_days = 100, .enough = -1};

/* The bands are those of the conjugate normal posterior, whatever error the population's imaging had, which is taken
 * out of it: exact weights on the grid, to the error of drawing 500 members in systematic order. */
static void test_known_posterior(void **state)
{
    (void)state;
    static struct lines lines;
    const double days[] = {0, 80}, y[] = {log(40), log(30)};
    const char *path = input_file_write("line.csv", NAMES "0,40\n80,30\n", strlen(NAMES "0,40\n80,30\n"));
    for (int noisy = 0; noisy < 2; noisy++) {
        lines_make(&lines, noisy ? 0.2 : 0, 1);
        abscopal_twin *twin = abscopal_twin_fit(&lines.results, path, &line_options, NULL);
        assert_non_null(twin);
        size_t count;
        const struct abscopal_twin_band *bands = abscopal_twin_bands(twin, 0, &count);
        assert_null(abscopal_twin_bands(twin, 1, &count));
        assert_int_equal(count, 6);
        for (size_t i = 0; i < count; i++) {
            double mean, sd;
            line_predict(days, y, 0.1, bands[i].day, &mean, &sd);
            /* Repeats of a measurement share the patient, not the error: the formula holds for them, too. */
            assert_near(log(bands[i].median), mean, 0.05 * sd);
            assert_near(log(bands[i].upper50), mean + 0.67449 * sd, 0.05 * sd);
            assert_near(log(bands[i].lower50), mean - 0.67449 * sd, 0.05 * sd);
            assert_near(log(bands[i].upper90), mean + 1.64485 * sd, 0.08 * sd);
            assert_near(log(bands[i].lower90), mean - 1.64485 * sd, 0.08 * sd);
        }
        abscopal_twin_free(twin);
    }
}

/* The weights do not depend on the order of patients. */
static void test_order(void **state)
{
    (void)state;
    static struct lines lines;
    const char *path = input_file_write("line.csv", NAMES "0,40\n80,30\n", strlen(NAMES "0,40\n80,30\n"));
    double effective[2];
    for (size_t i = 0; i < 2; i++) {
        lines_make(&lines, 0.1, i == 0 ? 1 : 1009);
        abscopal_twin *twin = abscopal_twin_fit(&lines.results, path, &line_options, NULL);
        assert_non_null(twin);
        effective[i] = abscopal_twin_effective(twin);
        abscopal_twin_free(twin);
    }
    assert_near(effective[1], effective[0], 1e-8 * effective[0]);
}

/* A day outside the trial, an arm and a class that are not there, options that say nothing. */
static void test_refused(void **state)
{
    (void)state;
    static struct lines lines;
    lines_make(&lines, 0, 1);
    static const struct {
        const char *text;
        struct abscopal_twin_options options;
        const char *said;
    } table[] = {
        {NAMES "-1,40\n", {.enough = -1}, "day -1 is 1 days before the trial begins"},
        {NAMES "401,40\n", {.enough = -1}, "day 401 comes after the last visit"},
        {NAMES "0,40\n", {.arm = "lien"}, "has no arm 'lien'; did you mean 'line'?"},
        {NAMES "0,40\n", {.pdl1 = "high"}, "has no class 'high' of PD-L1"},
        {NAMES "0,40\n", {.lesions = 3, .enough = -1}, "nobody of that class and number of lesions"},
        {NAMES "0,40\n", {.error_log_sd = 2}, "the error of a measurement is"},
        {NAMES "0,40\n", {.degrees = 0.5}, "degrees of freedom"},
        {NAMES "0,40\n", {.particles = 10}, "particles are"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct abscopal_error error = {0};
        const char *path = input_file_write("refused.csv", table[i].text, strlen(table[i].text));
        assert_null(abscopal_twin_fit(&lines.results, path, &table[i].options, &error));
        assert_int_equal(error.status, ABSCOPAL_BAD_INPUT);
        if (strstr(error.message, table[i].said) == NULL)
            fail_msg("'%s' rather than '%s'", error.message, table[i].said);
    }
}

/* ---- The model -------------------------------------------------------------------------------------- */

enum { SIMULATED = SANITIZED ? 20 : 100, POPULATION = SANITIZED ? 200 : 1200 };
static const double simulated_error = 0.1;

/* A patient of results, measured with error at three visits, and on the last one, which is to be predicted. */
static const char *patient_write(const abscopal_results *results, size_t patient)
{
    static const double days[] = {14, 70, 98, 196};
    double logs[4];
    char text[256] = NAMES;
    assert_true(twin_course(results, 0, patient, false, days, 4, logs));
    for (size_t i = 0; i < 4; i++) {
        const double error =
            simulated_error * gsl_cdf_ugaussian_Pinv(sampling_uniform(17, patient + 1, "test of twins", i));
        const size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, "%g,%.6f\n", days[i] - 28, exp(logs[i] + error));
    }
    return input_file_write("simulated.csv", text, strlen(text));
}

static abscopal_results *run_some(const abscopal_trial *trial, size_t first, size_t count)
{
    const struct abscopal_run_options options = {
        .patients = SIMULATED + POPULATION, .seed = 1, .relative_tolerance = 1e-4};
    struct allocation_cursor cursor = {.done = 0};
    abscopal_results *results = virtual_trial_run_some(trial, &options, first, count, &cursor, NULL);
    assert_non_null(results);
    return results;
}

/* Simulation-based calibration (Talts 2018, doi:10.48550/arXiv.1804.06788): of patients drawn as those of the
 * population are, so many of the bands hold the measurement as they say, within the limits that a binomial number
 * passes one time in a thousand on either side. */
static void test_calibrated(void **state)
{
    (void)state;
    abscopal_trial *trial = trial_runs_read("tests/data/twin.yaml");
    abscopal_results *population = run_some(trial, SIMULATED + 1, POPULATION),
                     *simulated = run_some(trial, 1, SIMULATED);
    const struct abscopal_twin_options options = {
        .error_log_sd = simulated_error, .degrees = 1e6, .continued = 1, .every_days = 500, .first = 3, .enough = -1};
    unsigned patients = 0, in50 = 0, in90 = 0;
    for (size_t i = 0; i < SIMULATED; i++) {
        if (simulated->patients[i].status != ABSCOPAL_PATIENT_COMPLETED)
            continue;
        abscopal_twin *twin = abscopal_twin_fit(population, patient_write(simulated, i), &options, NULL);
        assert_non_null(twin);
        size_t count;
        const struct abscopal_twin_band *last = abscopal_twin_bands(twin, 0, &count);
        last += count - 1;
        assert_true(!last->used && last->observed > 0);
        patients++;
        in50 += last->lower50 <= last->observed && last->observed <= last->upper50;
        in90 += last->lower90 <= last->observed && last->observed <= last->upper90;
        assert_int_equal(last->lower90 <= last->observed && last->observed <= last->upper90,
                         last->share_below >= 0.05 && last->share_below <= 0.95);
        abscopal_twin_free(twin);
    }
    print_message("%u patients: %u in their 50 %% band, %u in their 90 %% band\n", patients, in50, in90);
    assert_true(patients >= SIMULATED / 2);
    assert_true(gsl_cdf_binomial_P(in50, 0.5, patients) > 0.001 && gsl_cdf_binomial_Q(in50 - 1, 0.5, patients) > 0.001);
    assert_true(gsl_cdf_binomial_P(in90, 0.9, patients) > 0.001 && gsl_cdf_binomial_Q(in90 - 1, 0.9, patients) > 0.001);
    abscopal_results_free(population);
    abscopal_results_free(simulated);
    abscopal_trial_free(trial);
}

/* Median of what is predicted for the last day under one dose. */
static double refined_median(const abscopal_results *population, const char *path, int threads, double enough,
                             double *effective)
{
    const struct abscopal_twin_options options = {.error_log_sd = 0.15,
                                                  .degrees = 1e6,
                                                  .continued = 1,
                                                  .every_days = 196,
                                                  .particles = 100,
                                                  .threads = threads,
                                                  .enough = enough};
    abscopal_twin *twin = abscopal_twin_fit(population, path, &options, NULL);
    assert_non_null(twin);
    size_t count;
    const struct abscopal_twin_band *bands = abscopal_twin_bands(twin, 1, &count);
    const double median = bands[count - 1].median;
    *effective = fmin(abscopal_twin_effective(twin), twin->refined ? (double)twin->ancestors : INFINITY);
    abscopal_twin_free(twin);
    return median;
}

/* A refinement of few patients finds what weights of many say, within 4 standard errors of both medians, and does not
 * depend on the number of threads, to the bit; also where weights of the population, here next to equal, have it
 * smoothed. No more particles count than patients that they began at. */
static void test_refinement(void **state)
{
    (void)state;
    abscopal_trial *trial = trial_runs_read("tests/data/twin.yaml");
    enum { FEW = SIMULATED };
    abscopal_results *few = run_some(trial, 1, FEW), *many = run_some(trial, FEW + 1, POPULATION);
    const char *path = input_file_write("one.csv", NAMES "-14,30\n42,33\n", strlen(NAMES "-14,30\n42,33\n"));
    double effective_few, effective_many, effective;
    const double from_many = refined_median(many, path, 1, -1, &effective_many);
    double weights[FEW];
    for (size_t i = 0; i < FEW; i++)
        weights[i] = i % 2 == 0 ? 1 : 1.0001;
    for (int weighted = 0; weighted < 2; weighted++) {
        few->weights = weighted ? weights : NULL;
        const double from_few = refined_median(few, path, 1, 1e6, &effective_few);
        assert_true(refined_median(few, path, 2, 1e6, &effective) == from_few);
        /* A prediction's logarithm has a standard deviation of some 0.3 here; a median's error is 1.25 of a mean's. */
        const double error = 1.25 * 0.3 * sqrt(1 / effective_many + 1 / effective_few);
        print_message("median of many %.2f mm (effective number %.1f), of few refined %.2f mm, error %.3f\n", from_many,
                      effective_many, from_few, error);
        assert_near(log(from_few / from_many), 0, 4 * error);
    }
    few->weights = NULL;
    abscopal_results_free(few);
    abscopal_results_free(many);
    abscopal_trial_free(trial);
}

/* ---- Patients of given numbers ---------------------------------------------------------------------- */

/* A patient made of the numbers that it was drawn by is the same one, and is run to the same bits. */
static void test_given_patients(void **state)
{
    (void)state;
    enum { COUNT = 12 };
    abscopal_trial *trial = trial_runs_read("tests/data/twin.yaml");
    abscopal_results *drawn = run_some(trial, 1, COUNT);
    struct virtual_patient patients[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        double numbers[1024];
        sample_numbers(&trial->cohort, 1, SIMULATED + POPULATION, i + 1, numbers);
        sample_patient_of(&trial->cohort, numbers, 1, i + 1, &patients[i]);
    }
    const struct abscopal_run_options options = {.seed = 1, .relative_tolerance = 1e-4};
    abscopal_results *given = virtual_trial_run_given(trial, &options, patients, COUNT, NULL);
    assert_non_null(given);
    for (size_t i = 0; i < COUNT; i++)
        trial_runs_assert_same_patient(drawn, i, given, i);
    abscopal_results_free(drawn);
    abscopal_results_free(given);
    abscopal_trial_free(trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_densities),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_prediction_of_a_walk),
        cmocka_unit_test(test_mixture),
        cmocka_unit_test(test_weights),
        cmocka_unit_test(test_resampling),
        cmocka_unit_test(test_known_posterior),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_calibrated),
        cmocka_unit_test(test_refinement),
        cmocka_unit_test(test_given_patients),
    };
    return cmocka_run_group_tests(tests, input_folder_make, input_folder_remove);
}
