/* Every point of a sweep is the trial in which its values are written by hand, patient by patient and to the bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input_files.h"
#include "results/sweep.h"
#include "tests/trial_runs.h"

enum { PATIENTS = 10, SEED = 3, TEXT_SIZE = 4096 };

/* %s: folder of the source, then what else the trial says, then arms. */
static const char trial_format[] = "name: t\nmodel: nsclc\ncohort: %s/tests/data/set-c-cohort.yaml\nuntil: 160 d\n"
                                   "imaging: {every: 40 d, error: 5 %%}\n%sarms:\n%s";
static const char arms[] =
    "  - {name: alone, treatments: [{id: drug, drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, for: 160 d}]}\n"
    "  - name: both\n    treatments:\n"
    "      - {id: rt, radiotherapy: 8 Gy, fractions: 3, every: 2 d, start: 0 d, lesions: largest}\n"
    "      - {id: drug, drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, for: 160 d}\n"
    "  - name: effect\n    treatments:\n"
    "      - {id: rt, bed: 40 Gy, alpha_beta: 10 Gy, fractions: 3, every: 2 d, start: 0 d, lesions: largest}\n";

static void trial_write(const char *name, const char *more, const char *arms_text)
{
    char text[TEXT_SIZE];
    snprintf(text, sizeof text, trial_format, getenv("ABSCOPAL_SOURCE_DIR"), more, arms_text);
    input_file_write(name, text, strlen(text));
}

static int files_make(void **state)
{
    const int made = input_folder_make(state);
    trial_write("trial.yaml", "", arms);
    return made;
}

/* A sweep of the trial file of that name, read and with its patients grown. */
static void sweep_open(const char *trial, const char *rest, struct sweep_file *sweep, struct sweep_runner *runner)
{
    char text[TEXT_SIZE];
    struct abscopal_error error = {.status = ABSCOPAL_OK};
    const struct abscopal_run_options options = {.seed = -1, .threads = 2};
    snprintf(text, sizeof text, "name: s\ntrial: %s\npatients: %d\nseed: %d\nendpoints: [mean_change]\n%s", trial,
             PATIENTS, SEED, rest);
    if (sweep_file_read(input_file_write("sweep.yaml", text, strlen(text)), sweep, &error) != ABSCOPAL_OK ||
        sweep_runner_open(runner, sweep, &options, &error) != ABSCOPAL_OK)
        fail_msg("%s", error.message);
}

static struct abscopal_results *points_run(const struct sweep_runner *runner, const double *const *at, size_t count,
                                           int threads)
{
    struct abscopal_error error = {.status = ABSCOPAL_OK};
    const struct abscopal_run_options options = {.threads = threads};
    struct abscopal_results *results = sweep_runner_run(runner, at, count, &options, &error);
    if (results == NULL)
        fail_msg("%s", error.message);
    return results;
}

/* The run of a trial with one arm, written by hand. */
static abscopal_results *hand_run(const char *more, const char *arm, abscopal_trial **trial)
{
    char text[TEXT_SIZE];
    struct abscopal_error error = {.status = ABSCOPAL_OK};
    const struct abscopal_run_options options = {.patients = PATIENTS, .seed = SEED, .threads = 1};
    snprintf(text, sizeof text, trial_format, getenv("ABSCOPAL_SOURCE_DIR"), more, arm);
    *trial = trial_runs_read(input_file_write("hand.yaml", text, strlen(text)));
    abscopal_results *results = abscopal_run(*trial, &options, &error);
    if (results == NULL)
        fail_msg("%s", error.message);
    return results;
}

/* Runs all points of a grid and compares each with its arm by hand, in the grid's order. */
static void assert_points(const char *trial, const char *more, const char *rest, const char *const *hands,
                          size_t expected_count)
{
    struct sweep_file sweep;
    struct sweep_runner runner;
    size_t count = 0, different = 0, completed = 0;
    const double *at[SWEEP_CHUNK];
    sweep_open(trial, rest, &sweep, &runner);
    double *points = sweep_points(&sweep, &count, NULL);
    assert_int_equal(count, expected_count);
    assert_true(count <= SWEEP_CHUNK);
    for (size_t i = 0; i < count; i++)
        at[i] = points + i * sweep.axis_count;
    struct abscopal_results *results = points_run(&runner, at, count, 2);
    const size_t width = results->visit_count * results->lesion_count * sizeof(double);
    for (size_t i = 0; i < count; i++) {
        abscopal_trial *by_hand = NULL;
        abscopal_results *hand = hand_run(more, hands[i], &by_hand);
        for (size_t patient = 0; patient < PATIENTS; patient++) {
            const size_t row = results_row(results, i, patient), first = results_row(results, 0, patient);
            trial_runs_assert_same_course(results, i, patient, hand, 0, patient);
            completed += results->arms[row].status == ABSCOPAL_PATIENT_COMPLETED;
            different += memcmp(results->diameters_mm + row * width / sizeof(double),
                                results->diameters_mm + first * width / sizeof(double), width) != 0;
        }
        abscopal_results_free(hand);
        abscopal_trial_free(by_hand);
    }
    /* Neither nothing nor the same everywhere. */
    assert_true(completed >= count * PATIENTS / 2);
    assert_true(different >= (count - 1) * PATIENTS / 2);
    sweep_results_free(results);
    free(points);
    sweep_runner_close(&runner);
    sweep_file_free(&sweep);
}

#define ARM(treatments) "  - {name: both, treatments: [" treatments "]}\n"
#define RT(rest) "{radiotherapy: " rest ", lesions: largest}"
#define DRUG(start) "{drug: nivolumab, dose: 240 mg, start: " start ", every: 14 d, for: 160 d}"

static void test_grid(void **state)
{
    (void)state;
    static const char *const hands[] = {
        ARM(RT("2 Gy, fractions: 1, every: 2 d, start: 0 d") ", " DRUG("0 d")),
        ARM(RT("2 Gy, fractions: 4, every: 2 d, start: 0 d") ", " DRUG("0 d")),
        ARM(RT("6.5 Gy, fractions: 1, every: 2 d, start: 0 d") ", " DRUG("0 d")),
        ARM(RT("6.5 Gy, fractions: 4, every: 2 d, start: 0 d") ", " DRUG("0 d")),
        ARM(RT("11 Gy, fractions: 1, every: 2 d, start: 0 d") ", " DRUG("0 d")),
        ARM(RT("11 Gy, fractions: 4, every: 2 d, start: 0 d") ", " DRUG("0 d")),
    };
    assert_points("trial.yaml", "",
                  "arm: both\nvary:\n- {name: dose, set: treatments/rt/radiotherapy, from: 2 Gy, to: 11 Gy, step: 4.5 "
                  "Gy}\n- {name: n, set: treatments/rt/fractions, values: [1, 4]}\n",
                  hands, 6);
}

static void test_lag(void **state)
{
    (void)state;
    static const char *const hands[] = {
        ARM(RT("8 Gy, fractions: 3, every: 2 d, start: 30 d") ", " DRUG("0 d")),
        ARM(RT("8 Gy, fractions: 3, every: 2 d, start: 0 d") ", " DRUG("0 d")),
        ARM(RT("8 Gy, fractions: 3, every: 2 d, start: 0 d") ", " DRUG("20 d")),
    };
    assert_points("trial.yaml", "",
                  "arm: both\nvary:\n- {name: lag, lag: {of: drug, after: rt}, values: [-30 d, 0 d, 20 d]}\n", hands,
                  3);
}

static void test_choices(void **state)
{
    (void)state;
    static const char *const hands[] = {
        ARM("{radiotherapy: 10 Gy, fractions: 5, every: 1 d, start: 0 d, lesions: largest}, " DRUG("0 d")),
        ARM("{radiotherapy: 10 Gy, fractions: 5, every: 1 d, start: 0 d, lesions: all}, " DRUG("0 d")),
        ARM("{radiotherapy: 20 Gy, fractions: 1, every: 2 d, start: 0 d, lesions: largest}, " DRUG("0 d")),
        ARM("{radiotherapy: 20 Gy, fractions: 1, every: 2 d, start: 0 d, lesions: all}, " DRUG("0 d")),
    };
    assert_points("trial.yaml", "",
                  "arm: both\nvary:\n- name: course\n  choices:\n  - {name: many, set: {treatments/rt/radiotherapy: 10 "
                  "Gy, treatments/rt/fractions: 5, treatments/rt/every: 1 d}}\n  - {name: one, set: "
                  "{treatments/rt/radiotherapy: 20 Gy, treatments/rt/fractions: 1}}\n- {name: where, set: "
                  "treatments/rt/lesions, values: [largest, all]}\n",
                  hands, 4);
}

static void test_arms(void **state)
{
    (void)state;
    static const char *const hands[] = {
        ARM("{bed: 40 Gy, alpha_beta: 10 Gy, fractions: 2, every: 2 d, start: 0 d, lesions: largest}"),
        ARM("{bed: 40 Gy, alpha_beta: 10 Gy, fractions: 5, every: 2 d, start: 0 d, lesions: largest}"),
        ARM(RT("8 Gy, fractions: 2, every: 2 d, start: 0 d") ", " DRUG("0 d")),
        ARM(RT("8 Gy, fractions: 5, every: 2 d, start: 0 d") ", " DRUG("0 d")),
    };
    assert_points("trial.yaml", "",
                  "vary:\n- {name: arm, arms: [effect, both]}\n- {name: n, set: treatments/rt/fractions, values: [2, "
                  "5]}\n",
                  hands, 4);
}

static void test_effective_dose(void **state)
{
    (void)state;
    static const char *const hands[] = {
        ARM("{bed: 20 Gy, alpha_beta: 10 Gy, fractions: 3, every: 2 d, start: 0 d, lesions: largest}"),
        ARM("{bed: 60 Gy, alpha_beta: 10 Gy, fractions: 3, every: 2 d, start: 0 d, lesions: largest}"),
    };
    assert_points("trial.yaml", "", "arm: effect\nvary:\n- {name: e, set: treatments/rt/bed, values: [20 Gy, 60 Gy]}\n",
                  hands, 2);
}

static void test_drugs_of_the_trial(void **state)
{
    (void)state;
    char more[512];
    static const char *const hands[] = {
        ARM("{drug: nivolumab, dose: 350 mg, start: 0 d, every: 21 d, for: 160 d}"),
        ARM("{drug: sintilimab, dose: 350 mg, start: 0 d, every: 21 d, for: 160 d}"),
        ARM("{drug: cemiplimab, dose: 350 mg, start: 0 d, every: 21 d, for: 160 d}"),
    };
    snprintf(more, sizeof more, "drugs: [%s/drugs/cemiplimab.yaml, %s/drugs/sintilimab.yaml]\n",
             getenv("ABSCOPAL_SOURCE_DIR"), getenv("ABSCOPAL_SOURCE_DIR"));
    trial_write("own.yaml", more,
                "  - {name: alone, treatments: [{radiotherapy: 8 Gy, start: 0 d}]}\n  - {name: both, treatments: [{id: "
                "d, drug: cemiplimab, dose: 350 "
                "mg, start: 0 d, every: 21 d, for: 160 d}]}\n");
    assert_points("own.yaml", more,
                  "arm: both\nvary:\n- {name: drug, set: treatments/d/drug, values: [nivolumab, sintilimab, "
                  "cemiplimab]}\n",
                  hands, 3);
}

/* A point is the same whatever is run beside it, the reference arm included, in any number of threads. */
static void test_chunks(void **state)
{
    (void)state;
    struct sweep_file sweep;
    struct sweep_runner runner;
    size_t count = 0;
    const double *at[SWEEP_CHUNK] = {NULL}, *backwards[SWEEP_CHUNK];
    sweep_open("trial.yaml", "arm: both\nvary:\n- {name: n, set: treatments/rt/fractions, values: [1, 2, 3, 4, 5]}\n",
               &sweep, &runner);
    double *points = sweep_points(&sweep, &count, NULL);
    for (size_t i = 0; i < count; i++)
        at[i + 1] = points + i;
    count++;
    for (size_t i = 0; i < count; i++)
        backwards[i] = at[count - 1 - i];
    struct abscopal_results *together = points_run(&runner, at, count, 2);
    struct abscopal_results *turned = points_run(&runner, backwards, count, 1);
    for (size_t i = 0; i < count; i++) {
        struct abscopal_results *alone = points_run(&runner, &at[i], 1, 1);
        for (size_t patient = 0; patient < PATIENTS; patient++) {
            trial_runs_assert_same_course(together, i, patient, alone, 0, patient);
            trial_runs_assert_same_course(together, i, patient, turned, count - 1 - i, patient);
        }
        sweep_results_free(alone);
    }
    abscopal_trial *by_hand = NULL;
    abscopal_results *hand = hand_run("", ARM(DRUG("0 d")), &by_hand);
    for (size_t patient = 0; patient < PATIENTS; patient++)
        trial_runs_assert_same_course(together, 0, patient, hand, 0, patient);
    abscopal_results_free(hand);
    abscopal_trial_free(by_hand);
    sweep_results_free(together);
    sweep_results_free(turned);
    free(points);
    sweep_runner_close(&runner);
    sweep_file_free(&sweep);
}

/* ---- Whole sweeps ----------------------------------------------------------------------------------- */

static abscopal_sweep *sweep_run_text(const char *trial, const char *rest, int threads)
{
    char text[TEXT_SIZE];
    struct abscopal_error error = {.status = ABSCOPAL_OK};
    const struct abscopal_sweep_options options = {.seed = -1, .threads = threads};
    snprintf(text, sizeof text,
             "name: s\ntrial: %s\npatients: %d\nseed: %d\narm: both\n"
             "endpoints: [mean_change, {endpoint: best_response_rate, at: 80 d}, progression_free_rate]\n%s",
             trial, PATIENTS, SEED, rest);
    abscopal_sweep *sweep = abscopal_sweep_run(input_file_write("sweep.yaml", text, strlen(text)), &options, &error);
    if (sweep == NULL)
        fail_msg("%s", error.message);
    return sweep;
}

#define VARY_TEN                                                                  \
    "vary:\n- {name: n, set: treatments/rt/fractions, values: [1, 2, 3, 4, 5]}\n" \
    "- {name: where, set: treatments/rt/lesions, values: [largest, all]}\n"

/* The points of a Sobol design have the numbers that the same points of a grid have. */
static void test_sobol_is_as_the_grid(void **state)
{
    (void)state;
    abscopal_sweep *grid = sweep_run_text("trial.yaml", VARY_TEN, 2);
    abscopal_sweep *sobol = sweep_run_text("trial.yaml", VARY_TEN "sobol: {points: 9, seed: 2}\n", 1);
    size_t found = 0;
    assert_int_equal(grid->point_count, 10);
    assert_int_equal(sobol->point_count, 9);
    const size_t bytes = sweep_value_count(grid) * sizeof(double);
    for (size_t i = 0; i < sobol->point_count; i++)
        for (size_t j = 0; j < grid->point_count; j++) {
            if (sobol->points[2 * i] != grid->points[2 * j] || sobol->points[2 * i + 1] != grid->points[2 * j + 1])
                continue;
            found++;
            assert_memory_equal(sweep_values(sobol, i), sweep_values(grid, j), bytes);
            assert_memory_equal(&sobol->estimates[3 * i], &grid->estimates[3 * j], 3 * sizeof *grid->estimates);
        }
    assert_int_equal(found, 9);
    assert_memory_equal(sobol->reference, grid->reference, bytes);
    abscopal_sweep_free(sobol);
    abscopal_sweep_free(grid);
}

/* A reference among the points differs from itself by nothing; others differ by their values, patients being the same.
 * Points that limits leave out have no values. */
static void test_reference_point_and_limits(void **state)
{
    (void)state;
    abscopal_sweep *sweep = sweep_run_text(
        "trial.yaml", VARY_TEN "reference: {at: {n: 2, where: all}}\nlimits: [{total_dose: rt, most: 32 Gy}]\n", 2);
    const size_t reference = 3;
    assert_memory_equal(sweep_values(sweep, reference), sweep->reference, sweep_value_count(sweep) * sizeof(double));
    for (size_t point = 0; point < 10; point++) {
        assert_int_equal(sweep->allowed[point], point < 8);
        for (size_t endpoint = 0; endpoint < 3; endpoint++) {
            const struct abscopal_estimate *difference = &sweep->differences[3 * point + endpoint];
            const double expected =
                sweep->estimates[3 * point + endpoint].value - sweep->estimates[3 * reference + endpoint].value;
            assert_int_equal(isnan(difference->value), point >= 8);
            if (point < 8)
                assert_true(fabs(difference->value - expected) < 1e-12);
            if (point == reference && endpoint == 0)
                assert_true(difference->lower == 0 && difference->upper == 0);
        }
    }
    for (size_t i = 8 * sweep_value_count(sweep); i < 10 * sweep_value_count(sweep); i++)
        assert_true(isnan(sweep->values[i]));
    abscopal_sweep_free(sweep);
}

/* Points at which every patient has the same times cannot be told apart, though their difference has no interval. */
static void test_points_without_difference(void **state)
{
    (void)state;
    abscopal_sweep *sweep = sweep_run_text(
        "trial.yaml", "vary:\n- {name: dose, set: treatments/rt/radiotherapy, values: [8 Gy, 8.0000001 Gy]}\n", 2);
    const size_t days = sweep_day_column(&sweep->file) * PATIENTS;
    assert_memory_equal(sweep_values(sweep, 0) + days, sweep_values(sweep, 1) + days, 2 * PATIENTS * sizeof(double));
    assert_memory_not_equal(sweep_values(sweep, 0), sweep_values(sweep, 1), PATIENTS * sizeof(double));
    assert_int_equal(sweep->best[2].alike, 1);
    abscopal_sweep_free(sweep);
}

/* A cohort with weights: shares and means are weighed, and their intervals are those of Kish's effective number. */
static void test_weights(void **state)
{
    (void)state;
    char text[16384], line[512];
    snprintf(line, sizeof line, "%s/tests/data/set-c-cohort.yaml", getenv("ABSCOPAL_SOURCE_DIR"));
    FILE *file = fopen(line, "r");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text - 64, file);
    fclose(file);
    text[size] = '\0';
    char *seed = strstr(text, "seed: 1\n");
    assert_non_null(seed);
    seed[6] = '0' + SEED;
    double weights[PATIENTS], all = 0, squares = 0;
    for (size_t i = 0; i < PATIENTS; i++)
        weights[i] = (double)(1 + i % 4);
    const struct population written = {
        .seed = SEED, .cohort = population_cohort_hash(text), .patients = PATIENTS, .weights = weights};
    char *csv = NULL;
    size_t csv_size = 0;
    FILE *memory = open_memstream(&csv, &csv_size);
    population_file_write(memory, &written);
    fclose(memory);
    input_file_write("weights.csv", csv, csv_size);
    free(csv);
    char *patients = strstr(text, "patients: 200\n");
    assert_non_null(patients);
    memcpy(patients, "patients: 10 \n", 14);
    strcat(text, "population: weights.csv\n");
    input_file_write("weighted.yaml", text, strlen(text));

    abscopal_sweep *sweep = sweep_run_text("trial.yaml", "cohort: weighted.yaml\n" VARY_TEN, 2);
    abscopal_sweep *plain = sweep_run_text("trial.yaml", VARY_TEN, 2);
    assert_memory_equal(sweep->values, plain->values, 10 * sweep_value_count(sweep) * sizeof(double));
    double sum = 0, share = 0;
    const double *changes = sweep_values(sweep, 5), *responses = changes + PATIENTS;
    for (size_t i = 0; i < PATIENTS; i++) {
        if (isnan(changes[i]))
            continue;
        sum += weights[i] * changes[i];
        share += weights[i] * responses[i];
        all += weights[i];
        squares += weights[i] * weights[i];
    }
    const double n = all * all / squares, z = 1.959963984540054, p = share / all;
    const double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
    const double half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    const struct abscopal_estimate *mean = &sweep->estimates[3 * 5], *rate = &sweep->estimates[3 * 5 + 1];
    assert_true(fabs(mean->value - sum / all) < 1e-12);
    assert_true(fabs(mean->value - plain->estimates[3 * 5].value) > 1e-4);
    assert_true(fabs(rate->value - p) < 1e-12);
    assert_true(fabs(rate->lower - (middle - half)) < 1e-12 && fabs(rate->upper - (middle + half)) < 1e-12);
    abscopal_sweep_free(sweep);
    abscopal_sweep_free(plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grid),
        cmocka_unit_test(test_lag),
        cmocka_unit_test(test_choices),
        cmocka_unit_test(test_arms),
        cmocka_unit_test(test_effective_dose),
        cmocka_unit_test(test_drugs_of_the_trial),
        cmocka_unit_test(test_chunks),
        cmocka_unit_test(test_sobol_is_as_the_grid),
        cmocka_unit_test(test_reference_point_and_limits),
        cmocka_unit_test(test_points_without_difference),
        cmocka_unit_test(test_weights),
    };
    return cmocka_run_group_tests(tests, files_make, input_folder_remove);
}
