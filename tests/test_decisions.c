/* Trials that decide at visits, and randomised ones, as they are run: bitwise the same whatever the threads and the
 * company, and the same as without decisions where nothing is decided. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sanitized.h"
#include "trial/single.h"
#include "trial_runs.h"

/* ---- Threads and company ---------------------------------------------------------------------------- */

static void decisions_do_not_depend_on_threads_or_company(enum abscopal_engine engine, size_t patients)
{
    abscopal_trial *trial = trial_runs_read("tests/data/decisions.yaml");
    abscopal_results *results = trial_runs_assert_one_result(trial, engine, patients);
    int switches = 0, fractions = 0, least_doses = 100, most_doses = 0;
    for (size_t patient = 0; patient < patients; patient++) {
        for (size_t arm = 0; arm < results->arm_count; arm++) {
            const struct arm_result *result = &results->arms[results_row(results, arm, patient)];
            if (result->status != ABSCOPAL_PATIENT_COMPLETED)
                continue;
            switches += result->switches;
            fractions += arm == 0 ? result->fractions : 0;
            least_doses = arm == 0 && result->doses < least_doses ? result->doses : least_doses;
            most_doses = arm == 0 && result->doses > most_doses ? result->doses : most_doses;
        }
    }
    /* Something is decided, and not the same for all. */
    assert_true(switches > 0 && fractions > 0 && least_doses < most_doses);
    abscopal_results_free(results);
    abscopal_trial_free(trial);
}

static void cvode_decides_the_same_in_any_company(void **unused)
{
    (void)unused;
    decisions_do_not_depend_on_threads_or_company(ABSCOPAL_ENGINE_CVODE, 6);
}

static void batch_decides_the_same_in_any_company(void **unused)
{
    (void)unused;
    decisions_do_not_depend_on_threads_or_company(ABSCOPAL_ENGINE_BATCH, 12);
}

/* Each eligible patient is in one arm, nobody else in any. */
static void randomisation_does_not_depend_on_threads_or_company(void **unused)
{
    (void)unused;
    enum { PATIENTS = 16 };
    for (int engine = 0; engine < 2; engine++) {
        abscopal_trial *trial = trial_runs_read("tests/data/randomised.yaml");
        abscopal_results *results =
            trial_runs_assert_one_result(trial, engine == 0 ? ABSCOPAL_ENGINE_CVODE : ABSCOPAL_ENGINE_BATCH, PATIENTS);
        size_t in_arm[2] = {0, 0}, left_out = 0;
        for (size_t patient = 0; patient < PATIENTS; patient++) {
            const struct patient_result *p = &results->patients[patient];
            const int allocation = results->allocation[patient];
            if (p->patient.lesion_count < 2) {
                assert_int_equal(p->status, ABSCOPAL_PATIENT_NOT_ELIGIBLE);
                left_out++;
                continue;
            }
            assert_true(allocation == 0 || allocation == 1);
            in_arm[allocation]++;
            if (p->status != ABSCOPAL_PATIENT_COMPLETED)
                continue;
            for (size_t arm = 0; arm < 2; arm++) {
                const size_t row = results_row(results, arm, patient);
                const bool own = (int)arm == allocation;
                assert_int_equal(results->arms[row].status,
                                 own ? ABSCOPAL_PATIENT_COMPLETED : ABSCOPAL_PATIENT_NOT_ALLOCATED);
                assert_true(own == !isnan(results->diameters_mm[row * results->visit_count * results->lesion_count]));
            }
        }
        assert_true(in_arm[0] > 0 && in_arm[1] > 0 && left_out > 0);
        abscopal_results_free(results);
        abscopal_trial_free(trial);
    }
}

/* ---- Where nothing is decided ----------------------------------------------------------------------- */

/* The largest difference of a sum of diameters between two arms over visits, relative to the sum. */
static double difference(const abscopal_results *results, size_t patient, size_t arm, size_t other)
{
    const size_t width = results->visit_count * results->lesion_count;
    const double *a = results->diameters_mm + results_row(results, arm, patient) * width;
    const double *b = results->diameters_mm + results_row(results, other, patient) * width;
    double largest = 0;
    for (size_t visit = 0; visit < results->visit_count; visit++) {
        double sum = 0, other_sum = 0;
        for (int lesion = 0; lesion < results->patients[patient].patient.lesion_count; lesion++) {
            sum += a[visit * results->lesion_count + (size_t)lesion];
            other_sum += b[visit * results->lesion_count + (size_t)lesion];
        }
        largest = fmax(largest, fabs(other_sum / sum - 1));
    }
    return largest;
}

/* Stops restart the integration and so change its error, by about a tolerance; nothing else.
 * That the radiotherapy is one course, with damage not yet repaired when a visit comes between, and one field, shows in
 * a trial that has it as three. */
static void stops_alone_change_nothing(enum abscopal_engine engine, size_t patients)
{
    const double relative_tolerance = 1e-8, allowed = 10 * relative_tolerance;
    abscopal_trial *trial = trial_runs_read("tests/data/nothing-decided.yaml");
    const struct abscopal_run_options options = {
        .patients = patients, .seed = 3, .threads = 2, .engine = engine, .relative_tolerance = relative_tolerance};
    abscopal_results *results = trial_runs_in_blocks(trial, &options, patients);
    size_t compared = 0, never_progressed = 0;
    double stopped = 0, until_progression = 0, in_courses = INFINITY;
    for (size_t patient = 0; patient < patients; patient++) {
        if (results->patients[patient].status != ABSCOPAL_PATIENT_COMPLETED)
            continue;
        compared++;
        stopped = fmax(stopped, difference(results, patient, 0, 1));
        in_courses = fmin(in_courses, difference(results, patient, 0, 3));
        if (results->arms[results_row(results, 0, patient)].outcome.progressed)
            continue;
        never_progressed++;
        until_progression = fmax(until_progression, difference(results, patient, 0, 2));
        assert_int_equal(results->arms[results_row(results, 0, patient)].doses,
                         results->arms[results_row(results, 2, patient)].doses);
    }
    printf("largest relative difference of a sum of diameters: %.2g with stops, %.2g until progression (%zu and %zu "
           "patients); at least %.2g as three courses\n",
           stopped, until_progression, compared, never_progressed, in_courses);
    assert_true(compared > 4 && never_progressed > 0);
    assert_true(stopped < allowed && until_progression < allowed);
    assert_true(in_courses > 100 * allowed);
    abscopal_results_free(results);
    abscopal_trial_free(trial);
}

static void stops_of_cvode_change_nothing(void **unused)
{
    (void)unused;
    stops_alone_change_nothing(ABSCOPAL_ENGINE_CVODE, SANITIZED ? 6 : 10);
}

static void stops_of_batch_change_nothing(void **unused)
{
    (void)unused;
    stops_alone_change_nothing(ABSCOPAL_ENGINE_BATCH, 10);
}

/* ---- Outputs ---------------------------------------------------------------------------------------- */

static void observe_doomed(const struct model *model, double day, const double *state, size_t output, void *context)
{
    (void)day;
    double *doomed = context;
    for (int lesion = 0; lesion < model->lesion_count; lesion++) {
        struct lesion_output seen;
        model_lesion_output(model, state, lesion, &seen);
        doomed[output] += seen.doomed_cells;
    }
}

/* Outputs on the day of a visit show the state after the fraction of that day, whether or not the course stops there to
 * decide. Day 19 is one; just before it the fraction of day 18.25 has been given. */
static void outputs_of_visits_show_what_is_given_that_day(void **unused)
{
    (void)unused;
    static const double days[] = {18.99, 19, 19.01};
    abscopal_trial *trial = trial_runs_read("tests/data/nothing-decided.yaml");
    struct single_patient single;
    struct integration_failure failure;
    assert_true(single_patient_open(&single, trial, ABSCOPAL_ENGINE_CVODE, 1e-8));
    uint64_t id = 1;
    while (single_patient_grow(&single, 3, id, &failure) != ABSCOPAL_PATIENT_COMPLETED)
        id++;
    for (size_t arm = 0; arm < 2; arm++) {
        double doomed[3] = {0};
        assert_int_equal(single_patient_treat(&single, arm, days, 3, observe_doomed, doomed, &failure),
                         ABSCOPAL_PATIENT_COMPLETED);
        assert_true(doomed[1] > 1.2 * doomed[0]);
        assert_true(fabs(doomed[2] / doomed[1] - 1) < 0.05);
    }
    single_patient_close(&single);
    abscopal_trial_free(trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cvode_decides_the_same_in_any_company),
        cmocka_unit_test(batch_decides_the_same_in_any_company),
        cmocka_unit_test(randomisation_does_not_depend_on_threads_or_company),
        cmocka_unit_test(stops_of_cvode_change_nothing),
        cmocka_unit_test(stops_of_batch_change_nothing),
        cmocka_unit_test(outputs_of_visits_show_what_is_given_that_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
