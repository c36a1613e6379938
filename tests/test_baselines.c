/* Runs from baselines that were grown before are those that grow their patients, to the bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/trial_runs.h"
#include "trial/baselines.h"

enum { PATIENTS = 24, SEED = 5 };

static const struct abscopal_run_options options = {.patients = PATIENTS, .seed = SEED, .threads = 2};

static void assert_same_runs(const abscopal_trial *grown_with, const abscopal_trial *trial)
{
    struct baselines *baselines = baselines_grow(grown_with, &options, NULL);
    assert_non_null(baselines);
    assert_true(baselines_serve(baselines, trial));
    const struct abscopal_run_options others = {.threads = 1};
    abscopal_results *from_baselines = baselines_run(baselines, trial, &others, NULL);
    abscopal_results *whole = abscopal_run(trial, &options, NULL);
    assert_non_null(from_baselines);
    assert_non_null(whole);
    assert_int_equal(from_baselines->seed, SEED);
    assert_true(abscopal_results_patient_count(whole, ABSCOPAL_PATIENT_COMPLETED) > PATIENTS / 4);
    for (size_t patient = 0; patient < PATIENTS; patient++)
        trial_runs_assert_same_patient(from_baselines, patient, whole, patient);
    abscopal_results_free(from_baselines);
    abscopal_results_free(whole);
    baselines_free(baselines);
}

static void test_same_results(void **state)
{
    (void)state;
    abscopal_trial *trial = trial_runs_read("protocols/nivolumab-rt-six-arms.yaml");
    assert_same_runs(trial, trial);
    abscopal_trial_free(trial);
}

/* Who is eligible and who is in which arm is for the trial that uses the baselines, not for the one that made them. */
static void test_trial_decides_who_takes_part(void **state)
{
    (void)state;
    struct abscopal_error error = {0};
    abscopal_trial *six_arms =
        trial_read_with_cohort("protocols/nivolumab-rt-six-arms.yaml", "tests/data/set-c-cohort.yaml", &error);
    if (six_arms == NULL)
        fail_msg("%s", error.message);
    abscopal_trial *randomised = trial_runs_read("tests/data/randomised.yaml");
    assert_same_runs(six_arms, randomised);
    abscopal_trial_free(randomised);
    abscopal_trial_free(six_arms);
}

/* A model that grows otherwise is not served. */
static void test_other_models(void **state)
{
    (void)state;
    abscopal_trial *trial = trial_runs_read("protocols/nivolumab-rt-six-arms.yaml");
    struct baselines *baselines = baselines_grow(trial, &options, NULL);
    assert_non_null(baselines);
    model_option_set(&trial->file.options, 0, !model_option_get(&trial->file.options, 0));
    assert_false(baselines_serve(baselines, trial));
    baselines_free(baselines);
    abscopal_trial_free(trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_results),
        cmocka_unit_test(test_trial_decides_who_takes_part),
        cmocka_unit_test(test_other_models),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
