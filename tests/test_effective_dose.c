/* Radiotherapy by its biologically effective dose: the schedules of published trials, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "conducted.h"
#include "input_files.h"

static void treatment_read_text(const char *keys, struct trial_file *trial)
{
    char text[500];
    snprintf(text, sizeof text,
             "until: 400 d\nimaging: {every: 40 d}\narms:\n- {name: a, treatments: [{%s, start: 0 d}]}\n", keys);
    conducted_read(text, trial);
}

/* But for rounding. */
static void assert_same(double value, double expected)
{
    assert_true(fabs(value - expected) <= 1e-13 * expected);
}

static double fraction_gray(double bed_gray, double alpha_beta_gray, int fractions)
{
    struct trial_file trial;
    char keys[200];
    snprintf(keys, sizeof keys, "bed: %.17g Gy, alpha_beta: %.17g Gy, fractions: %d", bed_gray, alpha_beta_gray,
             fractions);
    treatment_read_text(keys, &trial);
    const struct treatment *treatment = &trial.arms[0].treatments[0];
    assert_int_equal(treatment->kind, TREATMENT_RADIOTHERAPY);
    assert_int_equal(treatment->count, fractions);
    const double gray = treatment->fraction_gray;
    trial_file_free(&trial);
    return gray;
}

/* Conventional fractionation and stereotactic schedules with the BED that their trials and reviews give. */
static void published_schedules_have_their_doses(void **unused)
{
    (void)unused;
    static const struct {
        double bed_gray, alpha_beta_gray;
        int fractions;
        double fraction_gray;
    } schedules[] = {
        {72, 10, 30, 2},      /* 60 Gy in 30 */
        {84, 10, 35, 2},      /* 70 Gy in 35 */
        {151.2, 10, 3, 18},   /* RTOG 0236 (Timmerman 2010, doi:10.1001/jama.2010.261), as it is delivered */
        {100, 10, 5, 10},     /* RTOG 0813 (Bezjak 2019, doi:10.1200/JCO.18.00622), its first level */
        {105.6, 10, 4, 12},   /* JCOG 0403 */
        {120, 10, 1, 30},     /* one fraction of 30 Gy */
        {149.6, 10, 1, 34},   /* RTOG 0915, one fraction */
        {43.2, 10, 3, 8},     /* PEMBRO-RT: 24 Gy in 3 */
        {100, 3, 30, 2},      /* 60 Gy in 30, late effects */
        {378, 3, 3, 18},      /* 54 Gy in 3, late effects */
        {200.0 / 3, 3, 5, 5}, /* 25 Gy in 5, late effects */
    };
    for (size_t i = 0; i < sizeof schedules / sizeof *schedules; i++)
        assert_same(fraction_gray(schedules[i].bed_gray, schedules[i].alpha_beta_gray, schedules[i].fractions),
                    schedules[i].fraction_gray);
}

/* Whatever the number of fractions, the effective dose is the one asked for; physical dose rises with the number
 * towards it and never reaches it, the faster the larger alpha over beta. */
static void sweeps_over_fractions_keep_the_effective_dose(void **unused)
{
    (void)unused;
    static const double ratios_gray[] = {1, 3, 10, 100};
    for (size_t r = 0; r < sizeof ratios_gray / sizeof *ratios_gray; r++) {
        double before_gray = 0;
        for (int n = 1; n <= 300; n += n < 10 ? 1 : 29) {
            const double d = fraction_gray(60, ratios_gray[r], n), total_gray = n * d;
            assert_same(total_gray * (1 + d / ratios_gray[r]), 60);
            assert_true(total_gray > before_gray && total_gray < 60);
            before_gray = total_gray;
        }
        /* d << alpha/beta: total = BED (1 - (BED/n)/(alpha/beta) + ...) */
        const double small = 60.0 / 300 / ratios_gray[r];
        assert_true(fabs(before_gray / 60 - (1 - small)) < 2.5 * small * small);
    }
}

/* What is given is what the dose of a fraction would give. */
static void it_is_given_like_any_fractions(void **unused)
{
    (void)unused;
    static struct conducted by_fraction, by_bed;
    static const struct condition stable[] = {{0, {30, 20, 10}, 0}, {.day = INFINITY}};
    conducted_by("until: 400 d\nimaging: {every: 40 d}\narms:\n- name: a\n  treatments:\n"
                 "  - {radiotherapy: 12 Gy, fractions: 4, every: 2 d, start: 3 d, weekdays: true, lesions: all}\n",
                 stable, &by_fraction);
    conducted_by("until: 400 d\nimaging: {every: 40 d}\narms:\n- name: a\n  treatments:\n"
                 "  - {bed: 105.6 Gy, alpha_beta: 10 Gy, fractions: 4, every: 2 d, start: 3 d, weekdays: true, "
                 "lesions: all}\n",
                 stable, &by_bed);
    assert_int_equal(by_fraction.count, 12);
    assert_int_equal(by_bed.count, by_fraction.count);
    for (size_t i = 0; i < by_bed.count; i++) {
        assert_true(by_bed.given[i].day == by_fraction.given[i].day);
        assert_int_equal(by_bed.given[i].fraction.lesion, by_fraction.given[i].fraction.lesion);
        assert_same(by_bed.given[i].fraction.gray, 12);
    }
}

static enum abscopal_status read_and_free(const char *path, struct abscopal_error *error)
{
    struct trial_file trial;
    enum abscopal_status status = trial_file_read(path, &trial, error);
    trial_file_free(&trial);
    return status;
}

/* The treatment stands in line 6 from column 32 on. */
#define AROUND                                                                           \
    "name: t\nmodel: nsclc\ncohort: cohort.yaml\nuntil: 400 d\nimaging: {every: 40 d}\n" \
    "arms: [{name: a, treatments: [{"
#define END ", start: 0 d}]}]\n"

static void what_is_refused(void **unused)
{
    (void)unused;
    static const struct malformed table[] = {
        {AROUND "bed: 60 Gy, alpha_beta: 10 Gy, fractions: 3" END, ""},
        {AROUND "bed: 60 Gy, alpha_beta: 10 Gy" END, ""},                          /* one fraction */
        {AROUND "bed: 60 Gy, alpha_beta: 10 Gy, fractions: 10, for: 4 d" END, ""}, /* the plan may be cut short */
        {AROUND "bed: 60 Gy, fractions: 3" END,
         "6:31: a biologically effective dose lacks 'alpha_beta'; write for instance 'alpha_beta: 10 Gy'"},
        {AROUND "radiotherapy: 8 Gy, bed: 60 Gy, alpha_beta: 10 Gy" END,
         "6:57: the dose of a fraction is given ('radiotherapy') or follows from the biologically effective dose "
         "('bed'); keep one"},
        {AROUND "radiotherapy: 8 Gy, alpha_beta: 10 Gy" END,
         "6:64: 'alpha_beta' is that of a biologically effective dose and needs 'bed'; that of cancer cells is the "
         "cohort's parameter 'alpha_beta_ratio'"},
        {AROUND "alpha_beta: 10 Gy" END, "6:31: a treatment must have the key 'drug', 'radiotherapy' or 'bed', such "
                                         "as {drug: nivolumab, dose: 240 mg, start: 0 d} or {radiotherapy: 8 Gy, "
                                         "start: 0 d}"},
        {AROUND "drug: nivolumab, bed: 60 Gy, alpha_beta: 10 Gy" END,
         "6:31: a treatment is a drug or radiotherapy; write two treatments"},
        {AROUND "bed: 60 Gy, alpha_beta: 10 Gy, every: 1 d, for: 5 d" END,
         "6:37: 'bed' is shared out among the fractions; write how many, for instance 'fractions: 5'"},
        {AROUND "bed: 1000 Gy, alpha_beta: 20 Gy, fractions: 1" END,
         "6:37: a fraction would be of 131.8 Gy, more than 100 Gy; lower 'bed' or write more 'fractions' than 1"},
        {AROUND "bed: 6000 Gy, alpha_beta: 10 Gy, fractions: 30" END,
         "6:37: bed must be more than 0 Gy and at most 1000 Gy, not 6000 Gy"},
        {AROUND "bed: 0 Gy, alpha_beta: 10 Gy" END, "6:37: bed must be more than 0 Gy and at most 1000 Gy, not 0 Gy"},
        {AROUND "bed: 60 mg, alpha_beta: 10 Gy" END,
         "6:37: bed: '60 mg' is a mass of drug; write an absorbed dose, in Gy for instance"},
        {AROUND "bed: 60 Gy, alpha_beta: 0 Gy" END,
         "6:56: alpha_beta must be more than 0 Gy and at most 100 Gy, not 0 Gy"},
        {AROUND "bed: 60 Gy, alpha_beta: 10" END,
         "6:56: alpha_beta: '10' has no unit; write an absorbed dose, such as '10 Gy'"},
    };
    input_file_write("cohort.yaml", "", 0);
    assert_int_equal(input_file_differences(read_and_free, table, sizeof table / sizeof *table), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_schedules_have_their_doses),
        cmocka_unit_test(sweeps_over_fractions_keep_the_effective_dose),
        cmocka_unit_test(it_is_given_like_any_fractions),
        cmocka_unit_test(what_is_refused),
    };
    return cmocka_run_group_tests(tests, input_folder_make, input_folder_remove);
}
