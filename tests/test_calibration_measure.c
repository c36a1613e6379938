/* Endpoints of calibration targets, of a few patients whose outcomes can be counted by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "results/calibration_measure.h"
#include "trial/recist.h"

enum { PATIENTS = 5, ARMS = 2, VISITS = 4, LESIONS = 2 };

static double visit_days[VISITS] = {0, 40, 80, 120};

/* Diameters of two lesions at each visit in the first arm; a NaN is a lesion that there is not, or a missed visit. */
#define NONE (double)NAN
static const double first_arm[PATIENTS][VISITS][LESIONS] = {
    /* The second lesion is the largest: 50 to 20 mm, -60 %. */
    {{10, 50}, {10, 30}, {10, 20}, {10, 25}},
    /* Gone: 1 mm counts as 2, of 40 mm: -95 %. */
    {{40, NONE}, {20, NONE}, {1, NONE}, {1, NONE}},
    /* Progression at day 40, after which the largest falls: 30 to 45 mm counts, not 15: +50 %. */
    {{30, 20}, {45, 40}, {15, 40}, {15, 40}},
    /* A missed visit; 20 to 15 mm: -25 %. */
    {{20, 20}, {NONE, NONE}, {15, 19}, {16, 19}},
    /* Not integrated in this arm. */
    {{60, 60}, {NONE, NONE}, {NONE, NONE}, {NONE, NONE}},
};

struct made {
    struct abscopal_trial trial;
    struct arm trial_arms[ARMS];
    struct abscopal_results results;
    struct patient_result patients[PATIENTS];
    struct arm_result arms[ARMS * PATIENTS];
    double diameters[ARMS][PATIENTS][VISITS][LESIONS];
};

/* In the second arm nothing changes but in the last patient, who responds and goes on responding. */
static void make(struct made *made)
{
    *made = (struct made){.results = {.arm_count = ARMS, .patient_count = PATIENTS, .visit_count = VISITS}};
    made->trial.file.until_days = 120;
    made->trial.file.arms = made->trial_arms;
    made->trial.file.arm_count = ARMS;
    made->results.trial = &made->trial;
    made->results.lesion_count = LESIONS;
    made->results.visit_days = visit_days;
    made->results.patients = made->patients;
    made->results.arms = made->arms;
    made->results.diameters_mm = &made->diameters[0][0][0][0];
    const struct recist_rules rules = {.detection_limit_mm = 2};
    for (size_t patient = 0; patient < PATIENTS; patient++) {
        made->patients[patient].patient.lesion_count = patient == 1 ? 1 : 2;
        memcpy(made->diameters[0][patient], first_arm[patient], sizeof first_arm[patient]);
        for (size_t visit = 0; visit < VISITS; visit++)
            for (size_t lesion = 0; lesion < LESIONS; lesion++)
                made->diameters[1][patient][visit][lesion] =
                    first_arm[patient][0][lesion] * (patient + 1 == PATIENTS && visit > 0 ? 0.5 : 1);
    }
    for (size_t arm = 0; arm < ARMS; arm++)
        for (size_t patient = 0; patient < PATIENTS; patient++) {
            enum response responses[VISITS];
            double rows[VISITS * LESIONS];
            const size_t lesions = patient == 1 ? 1 : LESIONS;
            for (size_t visit = 0; visit < VISITS; visit++)
                memcpy(rows + visit * lesions, made->diameters[arm][patient][visit], lesions * sizeof *rows);
            struct arm_result *row = &made->arms[arm * PATIENTS + patient];
            recist_classify(visit_days, rows, VISITS, lesions, &rules, responses, &row->outcome);
            row->status = ABSCOPAL_PATIENT_COMPLETED;
        }
    made->arms[PATIENTS - 1].status = ABSCOPAL_PATIENT_NOT_INTEGRATED;
}

static void assert_measured(const char *name, size_t arm, double quantile, double at_days, double expected)
{
    struct made *made = malloc(sizeof *made);
    struct calibration_target target = {.arm = arm, .over = 1 - arm, .quantile = quantile, .at_days = at_days};
    double value = 0;
    assert_non_null(made);
    make(made);
    for (size_t i = 0; (target.endpoint = calibration_endpoint_describe(i)) != NULL; i++)
        if (strcmp(target.endpoint->name, name) == 0)
            break;
    assert_non_null(target.endpoint);
    assert_int_equal(calibration_measure(&made->results, &target, &value), ABSCOPAL_OK);
    if (!(fabs(value - expected) < 1e-12) && value != expected)
        fail_msg("%s is %.17g rather than %.17g", name, value, expected);
    free(made);
}

/* Ascending: -95, -60, -25 and 50 %. */
static void test_largest_lesion_change(void **state)
{
    (void)state;
    const char *const name = "largest_lesion_change_quantile";
    assert_measured(name, 0, 0, NAN, -0.95);
    assert_measured(name, 0, 1.0 / 3, NAN, -0.6);
    assert_measured(name, 0, 2.0 / 3, NAN, -0.25);
    assert_measured(name, 0, 0.5, NAN, -0.425);
    assert_measured(name, 0, 1, NAN, 0.5);
    assert_measured(name, 1, 0, NAN, -0.5);
    assert_measured(name, 1, 0.5, NAN, 0);
}

/* Of the four who completed the first arm: 20, 30, 40 and 50 mm. */
static void test_largest_lesion_diameter(void **state)
{
    (void)state;
    assert_measured("largest_lesion_diameter_quantile", 0, 0, NAN, 20);
    assert_measured("largest_lesion_diameter_quantile", 0, 0.5, NAN, 35);
    assert_measured("largest_lesion_diameter_quantile", 0, 1, NAN, 50);
    assert_measured("largest_lesion_diameter_quantile", 1, 1, NAN, 60);
}

/* Of the sum: 60 to 30 mm, 40 to 1, 50 to 55 (depth of response counts visits after progression), 40 to 34. */
static void test_best_change(void **state)
{
    (void)state;
    assert_measured("best_change_quantile", 0, 0, NAN, 1.0 / 40 - 1);
    assert_measured("best_change_quantile", 0, 1.0 / 3, NAN, -0.5);
    assert_measured("best_change_quantile", 0, 2.0 / 3, NAN, -0.15);
    assert_measured("best_change_quantile", 0, 1, NAN, 0.1);
}

/* Two of four respond and go on: a rise from 30 to 35 mm is less than 20 %, and 1 mm is no disease to be seen. One of
 * five does in the other arm. */
static void test_ratio_and_shares(void **state)
{
    (void)state;
    assert_measured("ongoing_responders_ratio", 0, NAN, NAN, (2.0 / 4) / (1.0 / 5));
    assert_measured("ongoing_responders_ratio", 1, NAN, NAN, (1.0 / 5) / (2.0 / 4));
    assert_measured("best_response_rate", 0, NAN, NAN, 0.5);
    assert_measured("best_response_rate", 1, NAN, NAN, 0.2);
    assert_measured("complete_response_rate", 0, NAN, NAN, 0.25);
    assert_measured("progressive_disease_rate", 0, NAN, NAN, 0.25);
    assert_measured("disease_control_rate", 0, NAN, NAN, 0.75);
    assert_measured("progression_free_rate", 0, NAN, 39, 1);
    assert_measured("progression_free_rate", 0, NAN, 40, 0.75);
    assert_measured("median_progression_free_survival", 1, NAN, NAN, INFINITY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_largest_lesion_change),
        cmocka_unit_test(test_largest_lesion_diameter),
        cmocka_unit_test(test_best_change),
        cmocka_unit_test(test_ratio_and_shares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
