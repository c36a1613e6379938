/* Whole trials: bitwise the same whatever the threads and the company, and what an arm does to a patient. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "trial/conduct.h"
#include "trial/virtual_trial.h"
#include "trial_runs.h"

static const char *const trial_path = "protocols/nivolumab-rt-six-arms.yaml";

static abscopal_results *run(const abscopal_trial *trial, size_t patients, int threads)
{
    const struct abscopal_run_options options = {.patients = patients, .seed = 3, .threads = threads};
    return trial_runs_in_blocks(trial, &options, patients + 1);
}

static void does_not_depend_on_threads_or_company(enum abscopal_engine engine, size_t patients)
{
    abscopal_trial *trial = trial_runs_read(trial_path);
    abscopal_results_free(trial_runs_assert_one_result(trial, engine, patients));
    abscopal_trial_free(trial);
}

static void cvode_does_not_depend_on_threads_or_company(void **unused)
{
    (void)unused;
    does_not_depend_on_threads_or_company(ABSCOPAL_ENGINE_CVODE, 4);
}

static void batch_does_not_depend_on_threads_or_company(void **unused)
{
    (void)unused;
    does_not_depend_on_threads_or_company(ABSCOPAL_ENGINE_BATCH, 12);
}

/* Every completed patient starts every arm at the sampled baseline. */
static void every_arm_starts_at_baseline(void **unused)
{
    (void)unused;
    abscopal_trial *trial = trial_runs_read(trial_path);
    trial->file.imaging.error = 0;
    abscopal_results *results = run(trial, 6, 2);
    size_t completed = 0;
    for (size_t patient = 0; patient < results->patient_count; patient++) {
        const struct patient_result *p = &results->patients[patient];
        if (p->status != ABSCOPAL_PATIENT_COMPLETED)
            continue;
        completed++;
        for (size_t arm = 0; arm < results->arm_count; arm++) {
            const double *visit = results->diameters_mm +
                                  results_row(results, arm, patient) * results->visit_count * results->lesion_count;
            double sum = 0;
            for (int lesion = 0; lesion < p->patient.lesion_count; lesion++)
                sum += visit[lesion];
            assert_true(fabs(sum / p->patient.baseline_sum_of_diameters_mm - 1) < 1e-9);
        }
    }
    assert_true(completed > 0);
    abscopal_results_free(results);
    abscopal_trial_free(trial);
}

static void a_trial_without_cohort_has_the_published_patient(void **unused)
{
    (void)unused;
    abscopal_trial *trial = trial_runs_read("protocols/qspio-nsclc-2020.yaml");
    assert_int_equal(abscopal_trial_patient_count(trial), 1);
    abscopal_results *results = run(trial, 0, 1);
    assert_int_equal(results->patients[0].status, ABSCOPAL_PATIENT_COMPLETED);
    assert_true(fabs(results->patients[0].baseline_sum_of_diameters_mm - 30) < 1e-3);
    const struct abscopal_run_options two = {.patients = 2, .seed = -1};
    struct abscopal_error error = {0};
    assert_null(abscopal_run(trial, &two, &error));
    assert_int_equal(error.status, ABSCOPAL_BAD_INPUT);
    abscopal_results_free(results);
    abscopal_trial_free(trial);
}

static int stop_at_once(size_t finished, size_t total, double seconds, void *context)
{
    (void)finished, (void)total, (void)seconds;
    ++*(int *)context;
    return 1;
}

static void the_progress_callback_can_stop_a_run(void **unused)
{
    (void)unused;
    abscopal_trial *trial = trial_runs_read(trial_path);
    int calls = 0;
    const struct abscopal_run_options options = {
        .patients = 50, .seed = -1, .threads = 1, .progress = stop_at_once, .progress_context = &calls};
    struct abscopal_error error = {0};
    assert_null(abscopal_run(trial, &options, &error));
    assert_int_equal(error.status, ABSCOPAL_INTERRUPTED);
    assert_true(calls >= 1);
    abscopal_trial_free(trial);
}

/* 30 fractions on weekdays from a Monday end on the Friday of the sixth week. */
static void weekdays_leave_out_weekends(void **unused)
{
    (void)unused;
    struct treatment treatment = {.kind = TREATMENT_RADIOTHERAPY,
                                  .interval_days = 1,
                                  .count = 30,
                                  .fractions_per_day = 1,
                                  .weekdays = true,
                                  .fraction_gray = 2};
    double days[30];
    treatment_days(&treatment, treatment.start_days, days);
    for (int week = 0; week < 6; week++)
        for (int day = 0; day < 5; day++)
            assert_true(days[5 * week + day] == 7 * week + day);
    treatment.start_days = 5.5; /* a Saturday at noon moves to Monday at noon */
    treatment_days(&treatment, treatment.start_days, days);
    assert_true(days[0] == 7.5);
    treatment.start_days = 0;
    treatment.interval_days = 2; /* Monday, Wednesday, Friday, then Sunday moves to Monday */
    treatment_days(&treatment, treatment.start_days, days);
    assert_true(days[3] == 7);
    treatment.weekdays = false;
    treatment.fractions_per_day = 2;
    treatment.within_day_days = 0.25;
    treatment_days(&treatment, treatment.start_days, days);
    assert_true(days[3] == 2.25);
}

/* 3 mg/kg is 225 mg at 75 kg; an infusion delivers its dose; the largest lesion is looked for at baseline; a lesion
 * that the patient does not have is left out. */
static void treatments_become_events(void **unused)
{
    (void)unused;
    const struct antibody *antibody = model_preset_antibody(PRESET_NSCLC, 0);
    struct treatment treatments[] = {
        {.kind = TREATMENT_DRUG,
         .count = 2,
         .interval_days = 14,
         .antibody = antibody,
         .dose_mg = 3,
         .dose_per_body_weight = true,
         .infusion_days = 1.0 / 48},
        {.kind = TREATMENT_RADIOTHERAPY,
         .count = 1,
         .fractions_per_day = 1,
         .fraction_gray = 8,
         .coverage = 1,
         .start_days = 1,
         .lesion_choice = LESIONS_LARGEST,
         .lesion_count = 1},
        {.kind = TREATMENT_RADIOTHERAPY,
         .count = 1,
         .fractions_per_day = 1,
         .fraction_gray = 4,
         .coverage = 1,
         .start_days = 2,
         .lesion_choice = LESIONS_LISTED,
         .lesions = {0, 4},
         .lesion_count = 2},
        {.kind = TREATMENT_RADIOTHERAPY,
         .count = 1,
         .fractions_per_day = 1,
         .fraction_gray = 2,
         .coverage = 1,
         .start_days = 3,
         .lesion_choice = LESIONS_ALL},
    };
    char name[] = "arm";
    const struct arm arm = {.name = name, .treatments = treatments, .treatment_count = 4};
    const struct virtual_patient patient = {.lesion_count = 3, .body_weight_kg = 75};
    struct parameters parameters;
    parameters_default(&parameters);
    struct model model;
    const struct model_settings settings = {
        .preset = PRESET_NSCLC, .parameters = &parameters, .lesion_count = 3, .antibodies = &antibody, .drug_count = 1};
    model_prepare(&model, &settings);
    double *state = calloc((size_t)model_state_count(&model), sizeof *state);
    assert_non_null(state);
    model_tumour_free_state(&model, state);
    model_seed_lesions(&model, (const double[]){1, 2, 0.5}, state);
    struct arm arms[] = {arm};
    const struct trial_file trial = {
        .arms = arms, .arm_count = 1, .until_days = 100, .imaging_interval_days = 50, .detection_limit_mm = 2};
    struct conduct conduct;
    assert_true(conduct_open(&conduct, &trial));
    conduct_begin(&conduct, 0, &patient, 1, 0, &model, state);
    assert_true(conduct_next_stop(&conduct, 0) == 100); /* nothing to decide on the way */
    const size_t count = conduct_plan(&conduct, &model, 0, 100);
    const struct course_event *events = conduct.events;
    assert_int_equal(count, 4 + 1 + 1 + 3);
    double nmol = 0;
    for (size_t i = 0; i < count; i++) {
        if (events[i].kind == EVENT_INFUSION_START)
            nmol += events[i].nmol_per_d / 48;
        if (events[i].kind == EVENT_FRACTION && events[i].fraction.gray == 8)
            assert_int_equal(events[i].fraction.lesion, 1);
        if (events[i].kind == EVENT_FRACTION && events[i].fraction.gray == 4)
            assert_int_equal(events[i].fraction.lesion, 0);
    }
    assert_true(fabs(nmol / (2 * 225.0 / 143600 * 1e6) - 1) < 1e-12);
    conduct_close(&conduct);
    free(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cvode_does_not_depend_on_threads_or_company),
        cmocka_unit_test(batch_does_not_depend_on_threads_or_company),
        cmocka_unit_test(every_arm_starts_at_baseline),
        cmocka_unit_test(a_trial_without_cohort_has_the_published_patient),
        cmocka_unit_test(the_progress_callback_can_stop_a_run),
        cmocka_unit_test(weekdays_leave_out_weekends),
        cmocka_unit_test(treatments_become_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
