/* Irradiated lesions that are no target lesions: which lesions these are, and whether what is decided and what comes
 * out agree. The criteria themselves are in test_non_targets.c. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "conducted.h"
#include "input_files.h"
#include "trial/criteria.h"
#include "trial_runs.h"

/* ---- Which lesions ---------------------------------------------------------------------------------- */

static struct conducted conducted;

static void treat(const char *response, const char *treatments, const struct condition *conditions)
{
    char text[3000];
    snprintf(text, sizeof text, "until: 252 d\nimaging: {every: 42 d}\n%sarms:\n- name: a\n  treatments:\n%s", response,
             treatments);
    conducted_by(text, conditions, &conducted);
}

static const char *const non_target = "response: {irradiated: non-target}\n";

static void non_targets_are_those_planned_at_baseline(void **unused)
{
    (void)unused;
    static const struct condition steady[] = {{0, {20, 30, 10}, 0}, {.day = INFINITY}};
    static const struct condition grows[] = {{0, {20, 30, 10}, 0}, {80, {20, 60, 10}, 0}, {.day = INFINITY}};
    static const struct {
        const char *treatments;
        const struct condition *conditions;
        unsigned non_targets;
    } arms[] = {
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d}\n", steady, 0},
        {"  - {radiotherapy: 8 Gy, start: 0 d, lesions: largest}\n", steady, 2},
        {"  - {radiotherapy: 8 Gy, start: 0 d, lesions: [1, 3, 5]}\n", steady, 5},
        {"  - {radiotherapy: 8 Gy, start: 0 d, lesions: all}\n", steady, 7},
        /* Several, later on and after one another. */
        {"  - {radiotherapy: 8 Gy, start: 0 d, lesions: largest}\n"
         "  - {id: later, radiotherapy: 8 Gy, start: 100 d, lesions: smallest}\n"
         "  - {radiotherapy: 8 Gy, after: {block: later, lag: 7 d}, lesions: [1]}\n",
         steady, 7},
        /* Salvage, and what comes after it, is not known at baseline, though it is given. */
        {"  - {radiotherapy: 8 Gy, start: 0 d, lesions: smallest}\n"
         "  - {id: salvage, radiotherapy: 8 Gy, when: progression, lesions: progressed}\n"
         "  - {radiotherapy: 8 Gy, after: {block: salvage, lag: 7 d}, lesions: [1]}\n",
         grows, 4},
    };
    for (size_t i = 0; i < sizeof arms / sizeof *arms; i++) {
        treat(non_target, arms[i].treatments, arms[i].conditions);
        assert_int_equal(conducted.non_targets, arms[i].non_targets);
        treat("", arms[i].treatments, arms[i].conditions);
        assert_int_equal(conducted.non_targets, 0);
        treat("response: {irradiated: target}\n", arms[i].treatments, arms[i].conditions);
        assert_int_equal(conducted.non_targets, 0);
    }
    conducted_assert_lesions(&conducted, "012"); /* the salvage was given */
}

/* The first case of test_non_targets.c, beside a lesion that is gone: the drug ends on day 84, or goes on. */
static void decisions_are_by_the_targets(void **unused)
{
    (void)unused;
    static const char *const until =
        "  - {drug: nivolumab, dose: 240 mg, start: 1 d, every: 21 d, until: progression}\n"
        "  - {radiotherapy: 8 Gy, start: 0 d, lesions: largest}\n";
    static const struct condition field_shrinks[] = {
        {0, {50, 30, 0}, 0}, {40, {35, 33, 0}, 0}, {80, {25, 37, 0}, 0}, {120, {15, 40, 0}, 0}, {.day = INFINITY}};
    treat("", until, field_shrinks);
    conducted_assert_days(&conducted, 0, "1 22 43 64 85 106 127 148 169 190 211 232");
    treat(non_target, until, field_shrinks);
    conducted_assert_days(&conducted, 0, "1 22 43 64");
    /* The best response is that of the targets, too: 30, 25, 20, 20 mm while the field still shrinks by a third. */
    static const char *const best = "  - {drug: nivolumab, dose: 240 mg, when: best response}\n"
                                    "  - {radiotherapy: 8 Gy, start: 0 d, lesions: largest}\n";
    static const struct condition both_shrink[] = {{0, {90, 30, 0}, 0},   {40, {60, 25, 0}, 0},  {80, {40, 20, 0}, 0},
                                                   {120, {27, 20, 0}, 0}, {160, {27, 20, 0}, 0}, {.day = INFINITY}};
    treat("", best, both_shrink);
    conducted_assert_days(&conducted, 0, "168");
    treat(non_target, best, both_shrink);
    conducted_assert_days(&conducted, 0, "126");
}

/* A switch of arms begins a new baseline; what is no target stays so, and the other arm's field adds nothing. */
static void targets_stay_targets_after_a_switch(void **unused)
{
    (void)unused;
    struct trial_file trial;
    conducted_read("until: 400 d\nimaging: {every: 42 d}\nresponse: {irradiated: non-target}\narms:\n"
                   "- name: a\n  treatments:\n  - {radiotherapy: 8 Gy, start: 0 d, lesions: largest}\n"
                   "  at_progression: {switch_to: b}\n"
                   "- name: b\n  treatments:\n"
                   "  - {drug: nivolumab, dose: 240 mg, start: 1 d, every: 21 d, until: progression}\n"
                   "  - {radiotherapy: 8 Gy, start: 0 d, lesions: [2]}\n",
                   &trial);
    /* The second lesion progresses on day 42 and again on day 126, while the sum of both falls. */
    conducted_through(
        &trial, 0,
        (const struct condition[]){
            {0, {90, 30, 0}, 0}, {40, {70, 40, 0}, 0}, {80, {60, 44, 0}, 0}, {120, {40, 50, 0}, 0}, {.day = INFINITY}},
        1, 1, &conducted);
    assert_int_equal(conducted.switches, 1);
    assert_int_equal(conducted.non_targets, 1);
    conducted_assert_days(&conducted, 0, "43 64 85 106");
    trial_file_free(&trial);
}

/* ---- In a trial ------------------------------------------------------------------------------------- */

enum { PATIENTS = 120, ARMS = 5 };

/* Day of the first visit that the results call progressive, or of the second such in a row; infinite: none. */
static double first_progressive(const abscopal_results *results, size_t row, int in_a_row)
{
    int found = 0;
    for (size_t visit = 1; visit < results->visit_count; visit++) {
        const signed char response = results->responses[row * results->visit_count + visit];
        if (response == RESPONSE_NOT_EVALUABLE)
            continue;
        found = response == RESPONSE_PROGRESSIVE ? found + 1 : 0;
        if (found == in_a_row)
            return results->visit_days[visit];
    }
    return INFINITY;
}

/* The same diameters, were all lesions targets. */
static double progression_by_all(const abscopal_results *results, size_t row, size_t lesions)
{
    double measured[20 * MODEL_MAX_LESIONS];
    enum response response[20];
    struct patient_outcome outcome;
    assert_true(results->visit_count <= 20);
    for (size_t visit = 0; visit < results->visit_count; visit++)
        memcpy(measured + visit * lesions,
               results->diameters_mm + (row * results->visit_count + visit) * results->lesion_count,
               lesions * sizeof *measured);
    criteria_classify(&results->trial->file, results->visit_days, measured,
                      results->new_lesions + row * results->visit_count, results->visit_count, lesions, 0, response,
                      &outcome);
    return outcome.progressed ? outcome.progression_day : INFINITY;
}

/* Nivolumab is on days 0, 14, ... before the visit that ends it. */
static void assert_doses_until(const struct arm_result *result, double day)
{
    assert_int_equal(result->doses, fmin(20, ceil(day / 14)));
}

/* Returns whether it matters in that patient which lesions are targets. */
static bool check_patient(const abscopal_results *results, size_t patient)
{
    const size_t lesions = (size_t)results->patients[patient].patient.lesion_count;
    bool matters = false;
    for (size_t arm = 0; arm < ARMS; arm++) {
        const size_t row = results_row(results, arm, patient);
        const struct arm_result *result = &results->arms[row];
        const double day = first_progressive(results, row, 1);
        assert_int_equal(result->non_target, arm < 4 ? result->irradiated : 0);
        assert_true(result->outcome.progressed == isfinite(day));
        assert_true(!result->outcome.progressed || result->outcome.progression_day == day);
        if (arm == 1 || arm >= 3)
            assert_doses_until(result, day);
        if (arm == 2)
            assert_doses_until(result, first_progressive(results, row, 2));
        if (arm == 3) { /* no target is left */
            assert_int_equal(result->non_target, (1U << lesions) - 1);
            assert_true(isnan(result->outcome.best_change) && result->outcome.best != RESPONSE_STABLE &&
                        result->outcome.best != RESPONSE_PARTIAL);
        }
        matters = matters || progression_by_all(results, row, lesions) != day;
    }
    return matters;
}

/* Random patients, with errors, missed visits and new lesions. */
static void decisions_and_results_agree(void **unused)
{
    (void)unused;
    abscopal_trial *trial = trial_runs_read("tests/data/non-targets.yaml");
    const struct abscopal_run_options options = {.patients = PATIENTS, .seed = 5, .threads = 2};
    abscopal_results *results = trial_runs_in_blocks(trial, &options, PATIENTS);
    int completed = 0, matters = 0;
    for (size_t patient = 0; patient < PATIENTS; patient++)
        if (results->patients[patient].status == ABSCOPAL_PATIENT_COMPLETED) {
            completed++;
            matters += check_patient(results, patient);
        }
    printf("%d patients in %d arms; in %d of them another day of progression than were all lesions targets\n",
           completed, ARMS, matters);
    assert_true(completed > 60 && matters > 10);
    abscopal_results_free(results);
    abscopal_trial_free(trial);
}

static bool has_completed(const abscopal_results *results, size_t patient)
{
    return results->patients[patient].status == ABSCOPAL_PATIENT_COMPLETED;
}

/* By iRECIST: what ends at the first unconfirmed progression. */
static void decisions_and_results_agree_by_irecist(void **unused)
{
    (void)unused;
    abscopal_trial *trial = trial_runs_read("tests/data/non-targets.yaml");
    trial->file.irecist = true;
    const struct abscopal_run_options options = {.patients = PATIENTS, .seed = 6, .threads = 2};
    abscopal_results *results = trial_runs_in_blocks(trial, &options, PATIENTS);
    int ended = 0;
    for (size_t patient = 0; patient < PATIENTS; patient++)
        for (size_t arm = 1; has_completed(results, patient) && arm < ARMS; arm += arm == 1 ? 2 : 1) {
            const size_t row = results_row(results, arm, patient);
            assert_doses_until(&results->arms[row], first_progressive(results, row, 1));
            ended += results->arms[row].doses < 20;
        }
    assert_true(ended > 50);
    abscopal_results_free(results);
    abscopal_trial_free(trial);
}

/* Where nothing is irradiated as planned, it does not matter what irradiated lesions are, to the bit; elsewhere what is
 * found outside of the field, and without decisions what is measured, does not depend on it either. */
static void the_rest_does_not_depend_on_it(void **unused)
{
    (void)unused;
    enum { FEW = 40 };
    abscopal_trial *trial = trial_runs_read("tests/data/non-targets.yaml");
    const struct abscopal_run_options options = {.patients = FEW, .seed = 5, .threads = 2};
    abscopal_results *with = trial_runs_in_blocks(trial, &options, FEW);
    trial->file.irradiated_are_non_target = false;
    abscopal_results *without = trial_runs_in_blocks(trial, &options, FEW);
    const size_t width = with->visit_count * with->lesion_count;
    int compared = 0;
    for (size_t patient = 0; patient < FEW; patient++) {
        if (!has_completed(with, patient))
            continue;
        const size_t first = results_row(with, 0, patient), last = results_row(with, 4, patient);
        assert_memory_equal(with->diameters_mm + first * width, without->diameters_mm + first * width,
                            width * sizeof(double));
        assert_int_equal(with->arms[first].out_of_field.best, without->arms[first].out_of_field.best);
        assert_true(with->arms[first].out_of_field.progression_day ==
                    without->arms[first].out_of_field.progression_day);
        assert_memory_equal(with->diameters_mm + last * width, without->diameters_mm + last * width,
                            width * sizeof(double));
        assert_memory_equal(with->responses + last * with->visit_count, without->responses + last * with->visit_count,
                            with->visit_count);
        assert_int_equal(without->arms[first].non_target, 0);
        compared++;
    }
    assert_true(compared > 20);
    abscopal_results_free(with);
    abscopal_results_free(without);
    abscopal_trial_free(trial);
}

static void nothing_depends_on_threads_or_company(void **unused)
{
    (void)unused;
    abscopal_trial *trial = trial_runs_read("tests/data/non-targets.yaml");
    abscopal_results *batch = trial_runs_assert_one_result(trial, ABSCOPAL_ENGINE_BATCH, 12);
    abscopal_results_free(batch);
    abscopal_trial_free(trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(non_targets_are_those_planned_at_baseline), cmocka_unit_test(decisions_are_by_the_targets),
        cmocka_unit_test(targets_stay_targets_after_a_switch),       cmocka_unit_test(decisions_and_results_agree),
        cmocka_unit_test(decisions_and_results_agree_by_irecist),    cmocka_unit_test(the_rest_does_not_depend_on_it),
        cmocka_unit_test(nothing_depends_on_threads_or_company),
    };
    return cmocka_run_group_tests(tests, input_folder_make, input_folder_remove);
}
