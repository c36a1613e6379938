/* The criteria that a trial file asks for, visit by visit and all at once, for RECIST 1.1 and iRECIST alike. What the
 * criteria themselves say is tested in test_recist*.c and test_irecist*.c. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "trial/criteria.h"

enum { VISITS = 6 };

static const double days[VISITS] = {0, 42, 84, 126, 168, 210};
/* Of one lesion: larger at first, then gone far below baseline, then at its smallest. */
static const double pseudo_progression_mm[VISITS] = {50, 65, 60, 30, 20, 20};
/* Larger and larger. */
static const double progression_mm[VISITS] = {50, 65, 72, 80, 90, 100};

static struct trial_file trial_by(bool irecist)
{
    return (struct trial_file){
        .detection_limit_mm = 2, .imaging_interval_days = 42, .irecist = irecist, .confirmation_days = 28};
}

static struct patient_outcome classify(const struct trial_file *trial, const double *diameters_mm,
                                       enum response *response)
{
    struct patient_outcome outcome, followed;
    struct criteria criteria;
    criteria_classify(trial, days, diameters_mm, NULL, VISITS, 1, 0, response, &outcome);
    criteria_begin(&criteria, trial, 1, 0, days[0], diameters_mm);
    for (size_t i = 1; i < VISITS; i++)
        assert_int_equal(criteria_add(&criteria, days[i], diameters_mm + i, 0).response, response[i]);
    followed = criteria_outcome(&criteria);
    assert_int_equal(followed.best, outcome.best);
    assert_int_equal(followed.best_confirmed, outcome.best_confirmed);
    assert_int_equal(followed.at_horizon, outcome.at_horizon);
    assert_true(followed.progressed == outcome.progressed && followed.progression_day == outcome.progression_day);
    return outcome;
}

/* By RECIST 1.1 a tumour that grows before it shrinks has progressed for good; by iRECIST it responds. */
static void pseudo_progression_is_forgiven_by_irecist(void **unused)
{
    (void)unused;
    enum response response[VISITS];
    const struct trial_file recist = trial_by(false), irecist = trial_by(true);
    struct patient_outcome outcome = classify(&recist, pseudo_progression_mm, response);
    assert_true(outcome.progressed && outcome.progression_day == 42);
    assert_int_equal(outcome.best, RESPONSE_PROGRESSIVE);
    assert_int_equal(outcome.at_horizon, RESPONSE_PROGRESSIVE);
    outcome = classify(&irecist, pseudo_progression_mm, response);
    assert_int_equal(response[1], RESPONSE_PROGRESSIVE);
    assert_int_equal(response[3], RESPONSE_PARTIAL);
    assert_true(!outcome.progressed && outcome.progression_day == 210);
    assert_int_equal(outcome.best_confirmed, RESPONSE_PARTIAL);
    assert_int_equal(outcome.at_horizon, RESPONSE_PARTIAL);
    assert_true(outcome.response_day == 126);
}

/* iUPD at 65 mm, iCPD at the next visit, as 72 mm is 5 mm more; the date is that of the first. By RECIST 1.1
 * progression is confirmed by the second visit in a row that has it. */
static void progression_is_confirmed(void **unused)
{
    (void)unused;
    enum response response[VISITS];
    for (int irecist = 0; irecist < 2; irecist++) {
        const struct trial_file trial = trial_by(irecist == 1);
        const struct patient_outcome outcome = classify(&trial, progression_mm, response);
        assert_true(outcome.progressed && outcome.progression_day == 42);
        struct criteria criteria;
        criteria_begin(&criteria, &trial, 1, 0, 0, progression_mm);
        assert_false(criteria_add(&criteria, 42, &progression_mm[1], 0).confirmed_progression);
        assert_true(criteria_add(&criteria, 84, &progression_mm[2], 0).confirmed_progression);
    }
    /* A visit that is missed neither confirms nor forgets. */
    const double missed = NAN;
    const struct trial_file trial = trial_by(false);
    struct criteria criteria;
    criteria_begin(&criteria, &trial, 1, 0, 0, progression_mm);
    criteria_add(&criteria, 42, &progression_mm[1], 0);
    assert_false(criteria_add(&criteria, 84, &missed, 0).confirmed_progression);
    assert_true(criteria_add(&criteria, 126, &progression_mm[3], 0).confirmed_progression);
}

/* With visits every twelve weeks none lies within eight weeks of another: they confirm all the same. */
static void rare_visits_can_confirm(void **unused)
{
    (void)unused;
    struct trial_file trial = trial_by(true);
    assert_true(criteria_rules(&trial).confirm_within_days == 56);
    trial.imaging_interval_days = 84;
    struct criteria criteria;
    criteria_begin(&criteria, &trial, 1, 0, 0, progression_mm);
    assert_false(criteria_add(&criteria, 84, &progression_mm[1], 0).confirmed_progression);
    assert_true(criteria_add(&criteria, 168, &progression_mm[2], 0).confirmed_progression);
}

/* A lesion that shrinks, and new ones: the first seen at the third visit, which is then progressive, and again at every
 * one that is not missed. iRECIST asks for a further one to confirm it, and goes by the date of the first. */
static void new_lesions_are_progressive(void **unused)
{
    (void)unused;
    static const double shrinking_mm[VISITS] = {50, 40, 30, NAN, 20, 20};
    static const signed char new_lesions[VISITS] = {0, 0, 1, 1, 1, 2};
    enum response response[VISITS];
    for (int irecist = 0; irecist < 2; irecist++) {
        struct trial_file trial = trial_by(irecist == 1);
        struct patient_outcome outcome;
        trial.confirmation_days = 0;
        criteria_classify(&trial, days, shrinking_mm, new_lesions, VISITS, 1, 0, response, &outcome);
        assert_int_equal(response[1], RESPONSE_STABLE);
        assert_int_equal(response[2], RESPONSE_PROGRESSIVE);
        assert_int_equal(response[3], RESPONSE_NOT_EVALUABLE);
        assert_int_equal(response[4], RESPONSE_PROGRESSIVE);
        assert_int_equal(response[5], RESPONSE_PROGRESSIVE);
        assert_int_equal(outcome.best, RESPONSE_STABLE);
        assert_true(outcome.progressed && outcome.progression_day == 84);
    }
    const struct trial_file trial = trial_by(true);
    struct criteria criteria;
    criteria_begin(&criteria, &trial, 1, 0, 0, shrinking_mm);
    assert_false(criteria_add(&criteria, 42, &shrinking_mm[1], 1).confirmed_progression);
    assert_false(criteria_add(&criteria, 84, &shrinking_mm[1], 1).confirmed_progression);
    assert_true(criteria_add(&criteria, 126, &shrinking_mm[1], 2).confirmed_progression);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pseudo_progression_is_forgiven_by_irecist),
        cmocka_unit_test(progression_is_confirmed),
        cmocka_unit_test(rare_visits_can_confirm),
        cmocka_unit_test(new_lesions_are_progressive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
