/* Rules for plausible patients: outputs at baseline against other ways to find them, what a run does with those who
 * fail, and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cohorts/plausible.h"
#include "input_files.h"
#include "results/rejections.h"
#include "trial/single.h"
#include "trial_runs.h"

#define HEAD "name: c\npatients: 12\nseed: 7\nlesions: 1\nbaseline_sum_of_diameters: 60 mm\n"

/* A patient of the shipped cohort grown to baseline, the first from that number on who can be, with its outputs. */
struct grown {
    abscopal_trial *trial;
    struct single_patient single;
    double values[PLAUSIBLE_OUTPUT_COUNT];
};

static void grow(struct grown *grown, uint64_t id)
{
    struct integration_failure failure;
    grown->trial = trial_runs_read("protocols/nivolumab-rt-six-arms.yaml");
    assert_true(single_patient_open(&grown->single, grown->trial, ABSCOPAL_ENGINE_CVODE, 1e-9));
    while (single_patient_grow(&grown->single, 1, id, &failure) != ABSCOPAL_PATIENT_COMPLETED)
        id++;
    plausible_outputs(&grown->single.room.model, grown->single.baseline, grown->single.room.growth.days, grown->values);
}

static void let_go(struct grown *grown)
{
    single_patient_close(&grown->single);
    abscopal_trial_free(grown->trial);
}

static double volume_l(const struct model *model, const double *state)
{
    double volume = 0;
    for (int i = 0; i < model->lesion_count; i++) {
        struct lesion_output lesion;
        model_lesion_output(model, state, i, &lesion);
        volume += lesion.volume_l;
    }
    return volume;
}

/* The volume an hour after baseline over that at baseline, by integration. */
static void test_doubling_time(void **state)
{
    (void)state;
    for (uint64_t id = 1; id <= 21; id += 10) {
        struct grown grown;
        grow(&grown, id);
        struct model *model = &grown.single.room.model;
        const double hour = 1. / 24, before = volume_l(model, grown.single.baseline);
        struct course course = {
            .model = model, .relative_tolerance = 1e-12, .end_day = hour, .state = grown.single.baseline};
        course_run(&course);
        assert_int_equal(course.result, COURSE_ENDED);
        const double doubling = hour * log(2) / log(volume_l(model, grown.single.baseline) / before);
        assert_true(doubling > 0 && fabs(grown.values[PLAUSIBLE_DOUBLING_TIME] / doubling - 1) < 1e-3);
        let_go(&grown);
    }
}

/* Cells and volumes as the columns of a trajectory have them. */
static void test_outputs(void **state)
{
    (void)state;
    struct grown grown;
    grow(&grown, 2);
    const struct model *model = &grown.single.room.model;
    double cd8 = 0, tregs = 0, volume_ul = 0, inhibition[2] = {1, 0};
    for (int i = 0; i < model->lesion_count; i++) {
        struct lesion_output lesion;
        model_lesion_output(model, grown.single.baseline, i, &lesion);
        cd8 += lesion.cd8_per_ul * M_PI / 6 * pow(lesion.diameter_mm, 3); /* a microlitre is a cubic millimetre */
        tregs += lesion.treg_cells;
        volume_ul += M_PI / 6 * pow(lesion.diameter_mm, 3);
        inhibition[0] = fmin(inhibition[0], lesion.pd1_inhibition);
        inhibition[1] = fmax(inhibition[1], lesion.pd1_inhibition);
    }
    const double *values = grown.values;
    assert_true(fabs(values[PLAUSIBLE_CD8_DENSITY] / (cd8 / volume_ul) - 1) < 1e-12);
    assert_true(fabs(values[PLAUSIBLE_TREG_DENSITY] / (tregs / volume_ul) - 1) < 1e-12);
    assert_true(fabs(values[PLAUSIBLE_TREG_RATIO] / (tregs / cd8) - 1) < 1e-12);
    assert_true(values[PLAUSIBLE_PD1_OCCUPANCY] >= inhibition[0] * (1 - 1e-12));
    assert_true(values[PLAUSIBLE_PD1_OCCUPANCY] <= inhibition[1] * (1 + 1e-12));
    assert_true(values[PLAUSIBLE_LYMPHOCYTES] == model_lymphocytes_per_ul(model, grown.single.baseline));
    assert_true(values[PLAUSIBLE_GROWTH_TIME] > 0 && values[PLAUSIBLE_GROWTH_TIME] < GROWTH_LONGEST_DAYS);
    assert_true(values[PLAUSIBLE_LARGEST_DIAMETER] >= values[PLAUSIBLE_SMALLEST_DIAMETER]);
    assert_true(values[PLAUSIBLE_COSTIMULATION] > 0 && values[PLAUSIBLE_COSTIMULATION] < 1);
    let_go(&grown);
}

/* Limits count as kept; no number and infinity as failed, unless nothing bounds them there. */
static void test_judgement(void **state)
{
    (void)state;
    struct plausible_rule rules[] = {{.output = PLAUSIBLE_TREG_RATIO, .least = 0.1, .most = 2},
                                     {.output = PLAUSIBLE_DOUBLING_TIME, .least = 30, .most = INFINITY}};
    const struct cohort cohort = {.rules = rules, .rule_count = 2};
    double values[PLAUSIBLE_OUTPUT_COUNT] = {0};
    const struct {
        double ratio, doubling;
        unsigned failures;
    } cases[] = {{0.1, 30, 0}, {2, 1e9, 0},        {2.1, 29, 3},       {0.05, 31, 1},
                 {1, 29.9, 2}, {NAN, INFINITY, 1}, {INFINITY, 100, 1}, {1, INFINITY, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        values[PLAUSIBLE_TREG_RATIO] = cases[i].ratio;
        values[PLAUSIBLE_DOUBLING_TIME] = cases[i].doubling;
        assert_int_equal(plausible_failures(&cohort, values), cases[i].failures);
    }
}

static const char trial_text[] = "name: t\nmodel: nsclc\ncohort: rules.yaml\nuntil: 20 d\nimaging: {every: 10 d}\n"
                                 "arms:\n- {name: a, treatments: [{drug: nivolumab, dose: 240 mg, start: 0 d}]}\n";
static const char cohort_text[] =
    HEAD "parameters:\n"
         "  cancer_growth_rate: {distribution: lognormal, median: 0.012 /d, log_sd: 0.5}\n"
         "  cancer_death_rate: {distribution: lognormal, median: 0.0087 /d, log_sd: 0.3}\n"
         "  killing_rate: {distribution: lognormal, median: 18 /d, log_sd: 0.5}\n";

static abscopal_trial *read_with_rules(const char *rules)
{
    char text[2048];
    snprintf(text, sizeof text, "%s%s", cohort_text, rules);
    input_file_write("rules.yaml", text, strlen(text));
    return trial_runs_read(input_file_write("ruled.yaml", trial_text, sizeof trial_text - 1));
}

enum { PATIENTS = 24 };
static const struct abscopal_run_options all = {.patients = PATIENTS, .seed = 3, .threads = 2};

/* A bound at what the patients have: the growth times of a run without rules tell who fails, and why. */
static void test_run(void **state)
{
    (void)state;
    abscopal_trial *trial = read_with_rules(""), *ruled;
    abscopal_results *free_run = trial_runs_in_blocks(trial, &all, 100), *run;
    double days[PATIENTS];
    size_t reached = 0, never = 0, fast = 0, slow = 0;
    for (size_t i = 0; i < PATIENTS; i++) {
        days[i] = free_run->patients[i].growth_days;
        reached += isnan(days[i]) ? 0 : 1;
    }
    never = PATIENTS - reached;
    assert_true(never > 0 && reached > 8); /* so that both happen */
    ruled = read_with_rules("plausible:\n- {output: growth_time, least: 1000 d}\n"
                            "- {output: growth_time, least: 1500 d, most: 3000 d}\n");
    run = trial_runs_in_blocks(ruled, &all, 100);
    for (size_t i = 0; i < PATIENTS; i++) {
        const struct patient_result *patient = &run->patients[i];
        const unsigned one = days[i] < 1000, other = days[i] < 1500 || days[i] > 3000;
        assert_int_equal(rejections_first(run, i), isnan(days[i]) ? 0 : one ? 1 : other ? 2 : -1);
        assert_int_equal(patient->rules_failed, one + 2 * other);
        fast += one;
        slow += other;
        if (rejections_first(run, i) < 0)
            trial_runs_assert_same_patient(run, i, free_run, i);
        else
            assert_int_equal(run->arms[i].status, ABSCOPAL_PATIENT_NOT_PLAUSIBLE);
    }
    struct abscopal_rejection rejection;
    assert_int_equal(abscopal_results_rejection_count(run), 3);
    abscopal_results_rejection(run, 0, &rejection);
    assert_string_equal(rejection.rule, "never reached baseline");
    assert_true(rejection.first == never && rejection.all == never);
    abscopal_results_rejection(run, 1, &rejection);
    assert_string_equal(rejection.rule, "growth_time from 1000 d");
    assert_true(rejection.first == fast && rejection.all == fast);
    abscopal_results_rejection(run, 2, &rejection);
    assert_string_equal(rejection.rule, "growth_time from 1500 to 3000 d");
    assert_true(rejection.first == slow - fast && rejection.all == slow);
    assert_true(fast > 0 && slow > fast);
    assert_int_equal(abscopal_results_rejection(run, 3, &rejection), ABSCOPAL_BAD_INPUT);
    abscopal_results_free(run);
    abscopal_trial_free(ruled);
    abscopal_results_free(free_run);
    abscopal_trial_free(trial);
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
        {HEAD "plausible: [{output: treg_ratio, most: 2}]\n", ""},
        {HEAD "plausible: {output: treg_ratio}\n", "6:12: plausible must be a list"},
        {HEAD "plausible: [{most: 2}]\n",
         "6:13: a rule of 'plausible' lacks 'output'; write for instance 'output: cd8_density'"},
        {HEAD "plausible: [{output: cd8_densty, most: 2}]\n",
         "6:22: unknown output 'cd8_densty'; did you mean 'cd8_density'?"},
        {HEAD "plausible: [{output: treg_ratio, mots: 2}]\n",
         "6:34: unknown key 'mots' in a rule of 'plausible'; did you mean 'most'? Known keys: output, least, most"},
        {HEAD "plausible: [{output: treg_ratio}]\n", "6:13: a rule needs 'least', 'most' or both"},
        {HEAD "plausible: [{output: lymphocytes, least: 2000 cell/uL, most: 500 cell/uL}]\n",
         "6:42: lymphocytes: 'least' is above 'most', so that no patient is plausible"},
        {HEAD "plausible: [{output: cd8_density, least: 10}]\n",
         "6:42: cd8_density (least): '10' has no unit; write a density of cells, such as '10 cell/uL'"},
        {HEAD "plausible: [{output: cd8_density, least: 10 cell}]\n",
         "6:42: cd8_density (least): '10 cell' is a number of cells; write a density of cells, in cell/uL for "
         "instance"},
        {HEAD "plausible: [{output: doubling_time, least: -1 d}]\n",
         "6:44: doubling_time (least) must be from 0 d to 1000000 d, not -1 d"},
        {HEAD "plausible: [{output: pd1_occupancy, most: 40}]\n",
         "6:43: pd1_occupancy (most) must be from 0 to 1, not 40"},
    };
    assert_int_equal(input_file_differences(read_and_free, table, sizeof table / sizeof *table), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_doubling_time), cmocka_unit_test(test_outputs), cmocka_unit_test(test_judgement),
        cmocka_unit_test(test_run),           cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, input_folder_make, input_folder_remove);
}
