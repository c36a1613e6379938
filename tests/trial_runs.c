#include "trial_runs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

abscopal_trial *trial_runs_read(const char *path)
{
    struct abscopal_error error = {0};
    abscopal_trial *trial = abscopal_trial_read(path, &error);
    if (trial == NULL)
        fail_msg("%s", error.message);
    return trial;
}

abscopal_results *trial_runs_in_blocks(const abscopal_trial *trial, const struct abscopal_run_options *options,
                                       size_t block_patients)
{
    struct abscopal_error error = {0};
    abscopal_results *results = virtual_trial_run(trial, options, block_patients, &error);
    if (results == NULL)
        fail_msg("%s", error.message);
    return results;
}

void trial_runs_assert_same_course(const abscopal_results *a, size_t arm, size_t patient, const abscopal_results *b,
                                   size_t other_arm, size_t other)
{
    const size_t row = results_row(a, arm, patient), other_row = results_row(b, other_arm, other);
    const size_t width = a->visit_count * a->lesion_count;
    const struct arm_result *of_a = &a->arms[row], *of_b = &b->arms[other_row];
    assert_int_equal(of_a->status, of_b->status);
    assert_int_equal(of_a->doses, of_b->doses);
    assert_int_equal(of_a->fractions, of_b->fractions);
    assert_int_equal(of_a->switches, of_b->switches);
    assert_int_equal(of_a->irradiated, of_b->irradiated);
    assert_memory_equal(a->diameters_mm + row * width, b->diameters_mm + other_row * width, width * sizeof(double));
    assert_memory_equal(a->responses + row * a->visit_count, b->responses + other_row * b->visit_count, a->visit_count);
    assert_memory_equal(a->new_lesions + row * a->visit_count, b->new_lesions + other_row * b->visit_count,
                        a->visit_count);
    if (of_a->status != ABSCOPAL_PATIENT_COMPLETED)
        return;
    assert_int_equal(of_a->outcome.best_confirmed, of_b->outcome.best_confirmed);
    assert_int_equal(of_a->outcome.pfs_event, of_b->outcome.pfs_event);
    assert_memory_equal(&of_a->outcome.pfs_day, &of_b->outcome.pfs_day, sizeof(double));
    assert_memory_equal(&of_a->outcome.best_change, &of_b->outcome.best_change, sizeof(double));
}

void trial_runs_assert_same_patient(const abscopal_results *a, size_t patient, const abscopal_results *b, size_t other)
{
    assert_int_equal(a->patients[patient].patient.id, b->patients[other].patient.id);
    assert_int_equal(a->patients[patient].status, b->patients[other].status);
    assert_int_equal(a->allocation[patient], b->allocation[other]);
    assert_memory_equal(&a->patients[patient].growth_days, &b->patients[other].growth_days, sizeof(double));
    for (size_t arm = 0; arm < a->arm_count; arm++)
        trial_runs_assert_same_course(a, arm, patient, b, arm, other);
}

abscopal_results *trial_runs_assert_one_result(const abscopal_trial *trial, enum abscopal_engine engine,
                                               size_t patients)
{
    static const struct {
        int threads;
        size_t block_patients;
    } ways[] = {{2, 4096}, {2, 3}, {1, 1}};
    struct abscopal_run_options options = {.patients = patients, .seed = 3, .threads = 1, .engine = engine};
    abscopal_results *one = trial_runs_in_blocks(trial, &options, patients);
    for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
        options.threads = ways[way].threads;
        abscopal_results *other = trial_runs_in_blocks(trial, &options, ways[way].block_patients);
        for (size_t patient = 0; patient < patients; patient++)
            trial_runs_assert_same_patient(one, patient, other, patient);
        abscopal_results_free(other);
    }
    for (size_t patient = patients - 2; patient < patients; patient++) {
        options.only_patient = (int64_t)patient + 1;
        abscopal_results *alone = trial_runs_in_blocks(trial, &options, patients);
        trial_runs_assert_same_patient(one, patient, alone, 0);
        abscopal_results_free(alone);
    }
    return one;
}
