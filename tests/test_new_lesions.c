/* New lesions: how often they are found when the cancer cells run as a test wants, and what they do in a trial. Limits
 * are those that a share of 1e-6 of honest draws would leave. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cohorts/sampling.h"
#include "results/summary.h"
#include "trial/criteria.h"
#include "trial/new_lesions.h"
#include "trial_runs.h"

/* ---- As cells run ----------------------------------------------------------------------------------- */

enum { VISITS = 20, STEP = 20, PATIENTS = 20000 };

static struct model model;
static double state[1000];

/* Two lesions with that share of their cells at baseline. */
static const double *with_share(double share)
{
    model_tumour_free_state(&model, state);
    model_seed_lesions(&model, (const double[]){3e8 * share, 1e8 * share}, state);
    return state;
}

static int prepare(void **unused)
{
    (void)unused;
    struct parameters parameters;
    parameters_default(&parameters);
    const struct model_settings settings = {.preset = PRESET_NSCLC, .parameters = &parameters, .lesion_count = 2};
    model_prepare(&model, &settings);
    return (size_t)model_state_count(&model) > sizeof state / sizeof *state;
}

/* Fills counts[visit] with those found so far when the cells run as that share of a day. */
static void follow(double per_day, uint64_t id, double (*share)(double day), const bool *missed, int *counts)
{
    struct new_lesions lesions;
    new_lesions_begin(&lesions, per_day, 11, id, &model, with_share(1));
    counts[0] = 0;
    for (int visit = 1; visit <= VISITS; visit++)
        counts[visit] = new_lesions_look(&lesions, STEP * visit, missed != NULL && missed[visit], &model,
                                         with_share(share(STEP * visit)));
}

static double steady(double day)
{
    (void)day;
    return 1;
}

static double falling(double day)
{
    return 1 - day / (VISITS * STEP);
}

static double rising(double day)
{
    return 1 + day / (VISITS * STEP);
}

/* Kolmogorov's distance of n values is above 2.69 / sqrt(n) once in a million times, less often for grouped ones. */
static void assert_times_to_first(double per_day, double (*share)(double day), double (*area)(double day))
{
    double by[VISITS + 1] = {0}, distance = 0;
    for (uint64_t id = 1; id <= PATIENTS; id++) {
        int counts[VISITS + 1];
        follow(per_day, id, share, NULL, counts);
        for (int visit = 0; visit <= VISITS; visit++)
            by[visit] += counts[visit] > 0;
    }
    for (int visit = 0; visit <= VISITS; visit++)
        distance = fmax(distance, fabs(by[visit] / PATIENTS + expm1(-per_day * area(STEP * visit))));
    assert_true(distance < 2.69 / sqrt(PATIENTS));
    assert_true(by[VISITS] > 0.5 * PATIENTS);
}

static double steady_area(double day)
{
    return day;
}

static double falling_area(double day)
{
    return day - day * day / (2 * VISITS * STEP);
}

static double rising_area(double day)
{
    return day + day * day / (2 * VISITS * STEP);
}

static void times_to_the_first_are_exponential(void **unused)
{
    (void)unused;
    assert_times_to_first(0.005, steady, steady_area);
}

/* Straight lines, of which the trapezoidal rule gives the exact area. */
static void hazard_follows_the_living_cells(void **unused)
{
    (void)unused;
    assert_times_to_first(0.006, falling, falling_area);
    assert_times_to_first(0.003, rising, rising_area);
}

/* With a constant hazard the numbers are Poisson's: mean and variance are the same. */
static void numbers_are_poisson(void **unused)
{
    (void)unused;
    const double mean = 0.01 * VISITS * STEP, n = PATIENTS;
    double sum = 0, squares = 0;
    for (uint64_t id = 1; id <= PATIENTS; id++) {
        int counts[VISITS + 1];
        follow(0.01, id, steady, NULL, counts);
        sum += counts[VISITS];
        squares += (counts[VISITS] - mean) * (counts[VISITS] - mean);
    }
    assert_true(fabs(sum / n - mean) < 4.9 * sqrt(mean / n));
    assert_true(fabs(squares / n - mean) < 4.9 * sqrt((mean + 2 * mean * mean) / n));
}

/* Thresholds are the patient's: with as many cells or more, as many are found or more. */
static void arms_are_paired(void **unused)
{
    (void)unused;
    int more = 0;
    for (uint64_t id = 1; id <= 500; id++) {
        int few[VISITS + 1], some[VISITS + 1], many[VISITS + 1], again[VISITS + 1];
        follow(0.005, id, falling, NULL, few);
        follow(0.005, id, steady, NULL, some);
        follow(0.005, id, steady, NULL, again);
        follow(0.005, id, rising, NULL, many);
        assert_memory_equal(some, again, sizeof some);
        for (int visit = 0; visit <= VISITS; visit++)
            assert_true(few[visit] <= some[visit] && some[visit] <= many[visit]);
        more += few[VISITS] < many[VISITS];
    }
    assert_true(more > 250);
}

/* A missed visit finds nothing; the next one finds what it would have. */
static void missed_visits_find_nothing(void **unused)
{
    (void)unused;
    const bool missed[VISITS + 1] = {[3] = true, [4] = true, [9] = true, [VISITS] = true};
    int late = 0;
    for (uint64_t id = 1; id <= 500; id++) {
        int all[VISITS + 1], some[VISITS + 1];
        follow(0.01, id, rising, NULL, all);
        follow(0.01, id, rising, missed, some);
        for (int visit = 1; visit <= VISITS; visit++)
            assert_int_equal(some[visit], missed[visit] ? some[visit - 1] : all[visit]);
        late += some[4] < all[4];
    }
    assert_true(late > 50);
}

static void nobody_has_any_at_a_rate_of_0(void **unused)
{
    (void)unused;
    const bool missed[VISITS + 1] = {false};
    for (uint64_t id = 1; id <= 100; id++) {
        int counts[VISITS + 1];
        follow(0, id, rising, missed, counts);
        assert_int_equal(counts[VISITS], 0);
    }
}

/* ---- In a trial ------------------------------------------------------------------------------------- */

static const signed char *found_by(const abscopal_results *results, size_t arm, size_t patient)
{
    return results->new_lesions + results_row(results, arm, patient) * results->visit_count;
}

static const double *diameters_of(const abscopal_results *results, size_t arm, size_t patient)
{
    return results->diameters_mm + results_row(results, arm, patient) * results->visit_count * results->lesion_count;
}

static bool has_completed(const abscopal_results *results, size_t patient)
{
    return results->patients[patient].status == ABSCOPAL_PATIENT_COMPLETED;
}

/* The outcome by diameters alone. */
static struct patient_outcome by_diameters(const abscopal_results *results, size_t arm, size_t patient)
{
    const size_t lesions = (size_t)results->patients[patient].patient.lesion_count;
    double measured[20 * MODEL_MAX_LESIONS];
    enum response response[20];
    struct patient_outcome outcome;
    assert_true(results->visit_count <= 20);
    for (size_t visit = 0; visit < results->visit_count; visit++)
        memcpy(measured + visit * lesions, diameters_of(results, arm, patient) + visit * results->lesion_count,
               lesions * sizeof *measured);
    criteria_classify(&results->trial->file, results->visit_days, measured, NULL, results->visit_count, lesions, 0,
                      response, &outcome);
    return outcome;
}

/* First visit, not missed, that knows of a new lesion; the number of visits when none does. */
static size_t first_found(const abscopal_results *results, size_t arm, size_t patient)
{
    size_t visit = 0;
    while (visit < results->visit_count && (found_by(results, arm, patient)[visit] == 0 ||
                                            isnan(diameters_of(results, arm, patient)[visit * results->lesion_count])))
        visit++;
    return visit;
}

/* Of the first two arms, which differ by when nivolumab ends. Returns whether a new lesion was what ended it. */
static bool check_progression(const abscopal_results *results, size_t patient)
{
    bool ended = false;
    for (size_t arm = 0; arm < 2; arm++) {
        const struct arm_result *result = &results->arms[results_row(results, arm, patient)];
        const struct patient_outcome alone = by_diameters(results, arm, patient);
        const size_t found = first_found(results, arm, patient);
        const double day = found < results->visit_count ? results->visit_days[found] : INFINITY;
        assert_true(result->outcome.progressed == (alone.progressed || isfinite(day)));
        if (!result->outcome.progressed)
            continue;
        assert_true(result->outcome.progression_day == fmin(alone.progressed ? alone.progression_day : INFINITY, day));
        assert_true(!isfinite(day) || (result->out_of_field.progressed && result->out_of_field.progression_day <= day));
        if (arm == 1) { /* doses on days 0, 14, ... before that of the visit */
            assert_int_equal(result->doses, fmin(20, ceil(result->outcome.progression_day / 14)));
            ended = result->doses < 20 && !alone.progressed;
        }
    }
    return ended;
}

/* Lines of treatment count from their own beginning: with diameters that never progress, every visit but the last that
 * finds a further new lesion switches once. Returns how many did. */
static int check_switches(const abscopal_results *results, size_t patient)
{
    const signed char *found = found_by(results, 2, patient);
    if (by_diameters(results, 2, patient).progressed)
        return 0;
    int expected = 0;
    for (size_t visit = 1; visit + 1 < results->visit_count; visit++)
        expected += found[visit] > found[visit - 1];
    assert_int_equal(results->arms[results_row(results, 2, patient)].switches, expected);
    return expected;
}

/* Response outside the field on a day is that of the outcome, which new lesions end. */
static void check_out_of_field_on_last_day(const abscopal_results *results, size_t arm)
{
    size_t responding = 0, ended = 0;
    for (size_t patient = 0; patient < results->patient_count; patient++) {
        const struct arm_result *result = &results->arms[results_row(results, arm, patient)];
        if (!has_completed(results, patient))
            continue;
        responding += result->out_of_field.at_horizon <= RESPONSE_PARTIAL;
        ended += result->out_of_field.at_horizon == RESPONSE_PROGRESSIVE &&
                 first_found(results, arm, patient) < results->visit_count;
    }
    struct abscopal_share share;
    assert_int_equal(results_out_of_field_response_on(results, arm, 300, &share), ABSCOPAL_OK);
    assert_int_equal(share.count, responding);
    assert_true(responding > 5 && ended > 5);
}

static void new_lesions_are_progression(void **unused)
{
    (void)unused;
    abscopal_trial *trial = trial_runs_read("tests/data/new-lesions.yaml");
    const struct abscopal_run_options options = {.patients = 100, .seed = 5, .threads = 2};
    abscopal_results *results = trial_runs_in_blocks(trial, &options, 100);
    int ended = 0, switches = 0, most = 0, completed = 0;
    for (size_t patient = 0; patient < results->patient_count; patient++) {
        if (!has_completed(results, patient))
            continue;
        completed++;
        ended += check_progression(results, patient);
        const int switched = check_switches(results, patient);
        switches += switched;
        most = switched > most ? switched : most;
    }
    for (size_t arm = 0; arm < 2; arm++)
        check_out_of_field_on_last_day(results, arm);
    assert_true(completed > 50 && ended > 3 && switches > 5 && most > 1); /* something is there to be checked */
    abscopal_results_free(results);
    abscopal_trial_free(trial);
}

static void nothing_depends_on_threads_or_company(void **unused)
{
    (void)unused;
    abscopal_trial *trial = trial_runs_read("tests/data/new-lesions.yaml");
    abscopal_results *batch = trial_runs_assert_one_result(trial, ABSCOPAL_ENGINE_BATCH, 12);
    abscopal_results_free(batch);
    abscopal_trial_free(trial);
}

/* Without the key and with a rate of 0 patients have what the same patients have with one until a visit finds
 * something, bit for bit. */
static void a_rate_of_0_changes_nothing(void **unused)
{
    (void)unused;
    enum { FEW = 12 };
    abscopal_trial *trial = trial_runs_read("tests/data/new-lesions.yaml");
    const struct abscopal_run_options options = {.patients = FEW, .seed = 5, .threads = 2};
    abscopal_results *with = trial_runs_in_blocks(trial, &options, FEW);
    trial->cohort.new_lesions_per_day = (struct distribution){.kind = DISTRIBUTION_FIXED, .location = 0};
    abscopal_results *without = trial_runs_in_blocks(trial, &options, FEW);
    int differ = 0;
    for (size_t patient = 0; patient < FEW; patient++)
        for (size_t arm = 0; has_completed(with, patient) && arm < with->arm_count; arm++) {
            const size_t found = first_found(with, arm, patient), row = results_row(with, arm, patient);
            const size_t same = arm == 0 ? with->visit_count : found; /* nothing is decided in the first arm */
            assert_memory_equal(diameters_of(with, arm, patient), diameters_of(without, arm, patient),
                                same * with->lesion_count * sizeof(double));
            assert_memory_equal(with->responses + row * with->visit_count, without->responses + row * with->visit_count,
                                found);
            for (size_t visit = 0; visit < with->visit_count; visit++)
                assert_int_equal(found_by(without, arm, patient)[visit], 0);
            differ += found < with->visit_count;
        }
    assert_true(differ > 0);
    abscopal_results_free(with);
    abscopal_results_free(without);
    abscopal_trial_free(trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_to_the_first_are_exponential),
        cmocka_unit_test(hazard_follows_the_living_cells),
        cmocka_unit_test(numbers_are_poisson),
        cmocka_unit_test(arms_are_paired),
        cmocka_unit_test(missed_visits_find_nothing),
        cmocka_unit_test(nobody_has_any_at_a_rate_of_0),
        cmocka_unit_test(new_lesions_are_progression),
        cmocka_unit_test(nothing_depends_on_threads_or_company),
        cmocka_unit_test(a_rate_of_0_changes_nothing),
    };
    return cmocka_run_group_tests(tests, prepare, NULL);
}
