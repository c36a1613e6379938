/* What chance decides in the conduct of a trial: missed doses and visits, and errors of measurement. Frequencies are
 * within the limits that a share of 1e-6 of honest coins would leave (4.9 standard deviations). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conducted.h"
#include "input_files.h"
#include "trial/imaging.h"

static const struct condition stable[] = {{0, {30, 20, 10}, 0}, {.day = INFINITY}};
static const double limit_sd = 4.9;

static void assert_share(double found, double trials, double probability)
{
    const double sd = sqrt(trials * probability * (1 - probability));
    if (fabs(found - trials * probability) > limit_sd * sd)
        fail_msg("%g of %g at a probability of %g", found, trials, probability);
}

static const char *const missing =
    "until: 400 d\nimaging: {every: 100 d}\narms:\n"
    "- name: alone\n  treatments:\n"
    "  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 2 week, doses: 10, missed: 20 %}\n"
    "- name: with others\n  treatments:\n"
    "  - {drug: pembrolizumab, dose: 200 mg, start: 0 d, every: 2 week, doses: 10, missed: 20 %}\n"
    "  - {radiotherapy: 2 Gy, fractions: 10, start: 0 d, missed: 20 %, lesions: all}\n"
    "  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 2 week, doses: 10, missed: 20 %}\n"
    "  - {drug: nivolumab, dose: 240 mg, start: 200 d, every: 2 week, doses: 10, until: progression, missed: 20 %}\n";

enum { PATIENTS = 300, DOSES = 10 };

/* Whether each of ten doses, from that day on every so often, was given. */
static void doses_given(const struct conducted *conducted, int drug, double start, double every, bool *given)
{
    memset(given, 0, DOSES * sizeof *given);
    for (size_t i = 0; i < conducted->count; i++) {
        const double number = (conducted->given[i].day - start) / every;
        if (conducted->given[i].drug == drug && number > -0.5 && number < DOSES - 0.5)
            given[lround(number)] = true;
    }
}

static struct conducted conducted, other;

static void doses_are_missed_as_often_as_said(void **unused)
{
    (void)unused;
    struct trial_file trial;
    conducted_read(missing, &trial);
    bool alone[DOSES], nivolumab[DOSES], pembrolizumab[DOSES], later[DOSES], fractions[DOSES];
    double missed = 0, missed_fractions = 0, both[3] = {0}, of_each[DOSES] = {0};
    for (uint64_t id = 1; id <= PATIENTS; id++) {
        conducted_through(&trial, 0, stable, 7, id, &conducted);
        conducted_through(&trial, 1, stable, 7, id, &other);
        doses_given(&conducted, 0, 0, 14, alone);
        doses_given(&other, 0, 0, 14, pembrolizumab);
        doses_given(&other, 1, 0, 14, nivolumab);
        doses_given(&other, 1, 200, 14, later);
        doses_given(&other, -1, 0, 1, fractions);
        assert_memory_equal(alone, nivolumab, sizeof alone); /* whatever else the arm gives */
        int given = 0;
        for (int k = 0; k < DOSES; k++) {
            given += alone[k];
            missed += !alone[k];
            missed_fractions += !fractions[k];
            of_each[k] += !alone[k];
            both[0] += !alone[k] && !pembrolizumab[k];
            both[1] += !alone[k] && !fractions[k];
            both[2] += !alone[k] && !later[k];
        }
        assert_int_equal(conducted.doses, given); /* those missed do not count */
    }
    assert_share(missed, PATIENTS * DOSES, 0.2);
    assert_share(missed_fractions, PATIENTS * DOSES, 0.2);
    for (int k = 0; k < DOSES; k++)
        assert_share(of_each[k], PATIENTS, 0.2); /* the first as well as the last */
    for (int i = 0; i < 3; i++)
        assert_share(both[i], PATIENTS * DOSES, 0.04); /* independently of one another */
    trial_file_free(&trial);
}

/* An arm that is switched to misses independently of what the first has missed. */
static void lines_of_treatment_miss_independently(void **unused)
{
    (void)unused;
    static const char *const text =
        "until: 300 d\nimaging: {every: 100 d}\narms:\n"
        "- name: first\n  treatments:\n"
        "  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 1 week, doses: 10, missed: 30 %}\n"
        "  at_progression: {switch_to: second}\n"
        "- name: second\n  treatments:\n"
        "  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 1 week, doses: 10, missed: 30 %}\n";
    static const struct condition progresses[] = {{0, {30, 20, 10}, 0}, {80, {40, 30, 20}, 0}, {.day = INFINITY}};
    struct trial_file trial;
    conducted_read(text, &trial);
    double both = 0;
    for (uint64_t id = 1; id <= PATIENTS; id++) {
        bool before[DOSES], after[DOSES];
        conducted_through(&trial, 0, progresses, 7, id, &conducted);
        assert_int_equal(conducted.switches, 1);
        doses_given(&conducted, 0, 0, 7, before);
        doses_given(&conducted, 0, 100, 7, after);
        for (int k = 0; k < DOSES; k++)
            both += !before[k] && !after[k];
    }
    assert_share(both, PATIENTS * DOSES, 0.09);
    trial_file_free(&trial);
}

/* Treatments that a missed visit would have ended go on until the next. */
static void nothing_is_decided_at_missed_visits(void **unused)
{
    (void)unused;
    static const char *const text =
        "until: 300 d\nimaging: {every: 50 d, missed: 25 %}\narms:\n- name: a\n  treatments:\n"
        "  - {drug: nivolumab, dose: 240 mg, start: 1 d, every: 50 d, until: progression}\n"
        "  - {radiotherapy: 8 Gy, when: progression}\n";
    static const struct condition progresses[] = {{0, {30, 20, 10}, 0}, {80, {40, 30, 20}, 0}, {.day = INFINITY}};
    struct trial_file trial;
    conducted_read(text, &trial);
    double found_on[7] = {0};
    for (uint64_t id = 1; id <= 1000; id++) {
        conducted_through(&trial, 0, progresses, 3, id, &conducted);
        int visit = 6; /* that of day 300 decides nothing any more */
        for (size_t i = 0; i < conducted.count; i++)
            if (conducted.given[i].drug < 0)
                visit = (int)lround(conducted.given[i].day / 50);
        assert_int_equal(conducted.doses, visit);
        found_on[visit]++;
    }
    assert_share(found_on[2], 1000, 0.75); /* on day 100 */
    assert_share(found_on[3], 1000, 0.25 * 0.75);
    assert_share(found_on[6], 1000, pow(0.25, 4));
    assert_true(found_on[0] == 0 && found_on[1] == 0);
    trial_file_free(&trial);
}

/* ---- Imaging ---------------------------------------------------------------------------------------- */

static void stand_at(double *state, struct model *model)
{
    struct parameters parameters;
    parameters_default(&parameters);
    const struct model_settings settings = {.preset = PRESET_NSCLC, .parameters = &parameters, .lesion_count = 3};
    model_prepare(model, &settings);
    model_tumour_free_state(model, state);
    model_seed_lesions(model, (const double[]){1e9, 1e8, 1e7}, state);
}

/* Lognormal with median 1: logarithms of the error average 0 with the standard deviation said, and are not correlated
 * between lesions or visits. */
static void diameters_are_measured_with_the_error_said(void **unused)
{
    (void)unused;
    enum { MANY = 4000 };
    const double error = 0.1;
    const struct imaging imaging = {.error = error};
    double state[1000], sum = 0, squares = 0, between_lesions = 0, between_visits = 0;
    struct model model;
    stand_at(state, &model);
    for (uint64_t id = 1; id <= MANY; id++) {
        double first[3], second[3], again[3];
        imaging_measure(&imaging, 5, id, 0, &model, state, first);
        imaging_measure(&imaging, 5, id, 1, &model, state, second);
        imaging_measure(&imaging, 5, id, 1, &model, state, again);
        assert_memory_equal(second, again, sizeof second);
        for (int i = 0; i < 3; i++) {
            const double log_error = log(first[i] / model_diameter_mm(&model, state, i)) / error;
            sum += log_error;
            squares += log_error * log_error;
            between_visits += log_error * log(second[i] / model_diameter_mm(&model, state, i)) / error;
            between_lesions +=
                log_error * log(first[(i + 1) % 3] / model_diameter_mm(&model, state, (i + 1) % 3)) / error;
        }
    }
    /* Standard errors of standard normals: of the mean 1, of the square sqrt 2, of products 1 (in a ring of three, the
     * three products of one patient are uncorrelated), each over the root of how many. */
    const double many = 3.0 * MANY, root = sqrt(many);
    assert_true(fabs(sum / root) < limit_sd);
    assert_true(fabs((squares - many) / (sqrt(2) * root)) < limit_sd);
    assert_true(fabs(between_visits / root) < limit_sd);
    assert_true(fabs(between_lesions / root) < limit_sd);
}

static void visits_are_missed_whole_and_as_often_as_said(void **unused)
{
    (void)unused;
    enum { MANY = 2000, VISITS = 5 };
    const struct imaging imaging = {.error = 0.05, .missed_probability = 0.1};
    const struct imaging certain = {.error = 0.05};
    double state[1000], missed = 0, in_a_row = 0;
    struct model model;
    stand_at(state, &model);
    for (uint64_t id = 1; id <= MANY; id++) {
        bool before = false;
        for (size_t visit = 0; visit < VISITS; visit++) {
            double diameters_mm[3], all_mm[3];
            imaging_measure(&imaging, 5, id, visit, &model, state, diameters_mm);
            imaging_measure(&certain, 5, id, visit, &model, state, all_mm);
            const bool now = isnan(diameters_mm[0]);
            for (int i = 0; i < 3; i++) /* whole; what is measured is so whether or not visits can be missed */
                assert_true(now ? isnan(diameters_mm[i]) : diameters_mm[i] == all_mm[i]);
            assert_false(visit == 0 && now); /* without a baseline there is no patient */
            missed += now;
            in_a_row += before && now;
            before = now;
        }
    }
    assert_share(missed, MANY * (VISITS - 1), 0.1);
    assert_share(in_a_row, MANY * (VISITS - 2), 0.01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doses_are_missed_as_often_as_said),
        cmocka_unit_test(lines_of_treatment_miss_independently),
        cmocka_unit_test(nothing_is_decided_at_missed_visits),
        cmocka_unit_test(diameters_are_measured_with_the_error_said),
        cmocka_unit_test(visits_are_missed_whole_and_as_often_as_said),
    };
    return cmocka_run_group_tests(tests, input_folder_make, input_folder_remove);
}
