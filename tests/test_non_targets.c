/* Irradiated lesions that are no target lesions, by hand: RECIST 1.1 and iRECIST on both. Which lesions these are is in
 * test_non_target_trials.c. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "trial/criteria.h"

enum { LESIONS = 2, MOST = 6, FIRST = 1, BOTH = 3 };

static const double days[MOST] = {0, 42, 84, 126, 168, 210};

/* Visits are those up to the first with the first lesion of 0 mm. */
struct by_hand {
    const char *name;
    bool irecist;
    unsigned non_targets;
    double diameters_mm[MOST][LESIONS];
    int new_lesions[MOST];
    const char *responses; /* at the visits after baseline */
    enum response best;
    double progression_day, best_change; /* NaN: none */
};

static const struct by_hand cases[] = {
    /* The sums are 80, 68, 62 and 55 mm; without the first lesion 30, 33, 37 and 40 mm. */
    {.name = "shrinkage in the field hides progression",
     .diameters_mm = {{50, 30}, {35, 33}, {25, 37}, {15, 40}},
     .responses = "SD SD PR",
     .best = RESPONSE_PARTIAL,
     .progression_day = NAN,
     .best_change = -25.0 / 80},
    {.name = "and shows where the irradiated lesion is no target",
     .non_targets = FIRST,
     .diameters_mm = {{50, 30}, {35, 33}, {25, 37}, {15, 40}},
     .responses = "SD PD PD",
     .best = RESPONSE_STABLE,
     .progression_day = 84,
     .best_change = 0.1},
    {.name = "growth in the field does not hide response",
     .non_targets = FIRST,
     .diameters_mm = {{50, 30}, {59, 20}, {59, 20}},
     .responses = "PR PR",
     .best = RESPONSE_PARTIAL,
     .progression_day = NAN,
     .best_change = -1.0 / 3},
    {.name = "targets gone, the irradiated lesion there: PR; gone too: CR (Table 1)",
     .non_targets = FIRST,
     .diameters_mm = {{50, 30}, {20, 1}, {1, 1}},
     .responses = "PR CR",
     .best = RESPONSE_COMPLETE,
     .progression_day = NAN,
     .best_change = -29.0 / 30},
    {.name = "the irradiated lesion gone, targets stable: SD (Table 1)",
     .non_targets = FIRST,
     .diameters_mm = {{50, 30}, {1, 29}, {1, 29}},
     .responses = "SD SD",
     .best = RESPONSE_STABLE,
     .progression_day = NAN,
     .best_change = -1.0 / 30},
    {.name = "unequivocal progression of the irradiated lesion at 20 % and 5 mm, though targets shrink (Table 1)",
     .non_targets = FIRST,
     .diameters_mm = {{50, 30}, {59.9, 20}, {60, 20}},
     .responses = "PR PD",
     .best = RESPONSE_PARTIAL,
     .progression_day = 84,
     .best_change = -1.0 / 3},
    {.name = "20 % without 5 mm is none",
     .non_targets = FIRST,
     .diameters_mm = {{20, 30}, {24.9, 30}, {25, 30}},
     .responses = "SD PD",
     .best = RESPONSE_STABLE,
     .progression_day = 84,
     .best_change = 0},
    {.name = "nor is growth from a nadir that stays within the baseline, here up to it",
     .non_targets = FIRST,
     .diameters_mm = {{50, 30}, {20, 30}, {40, 30}, {50, 30}, {50.1, 30}},
     .responses = "SD SD SD PD",
     .best = RESPONSE_STABLE,
     .progression_day = 168,
     .best_change = 0},
    {.name = "a new lesion is progression of all (Table 1)",
     .non_targets = FIRST,
     .diameters_mm = {{50, 30}, {20, 20}, {20, 20}},
     .new_lesions = {0, 0, 1},
     .responses = "PR PD",
     .best = RESPONSE_PARTIAL,
     .progression_day = 84,
     .best_change = -1.0 / 3},
    {.name = "a missed visit is not evaluable and moves no nadir",
     .non_targets = FIRST,
     .diameters_mm = {{50, 30}, {NAN, NAN}, {61, 31}},
     .responses = "NE PD",
     .best = RESPONSE_PROGRESSIVE,
     .progression_day = 84,
     .best_change = 1.0 / 30},
    {.name = "the irradiated lesion not measured: targets count (Table 1)",
     .non_targets = FIRST,
     .diameters_mm = {{50, 30}, {NAN, 20}, {NAN, 1}},
     .responses = "PR PR",
     .best = RESPONSE_PARTIAL,
     .progression_day = NAN,
     .best_change = -29.0 / 30},
    {.name = "all irradiated: neither complete nor progressive, then complete (Table 2)",
     .non_targets = BOTH,
     .diameters_mm = {{50, 30}, {10, 20}, {1, 20}, {1, 1}},
     .responses = "NON-CR/NON-PD NON-CR/NON-PD CR",
     .best = RESPONSE_COMPLETE,
     .progression_day = NAN,
     .best_change = NAN},
    {.name = "all irradiated: by the sum of both, 95.9 mm and 96 mm of 80 mm (Table 2)",
     .non_targets = BOTH,
     .diameters_mm = {{50, 30}, {55, 40.9}, {55, 41}},
     .responses = "NON-CR/NON-PD PD",
     .best = RESPONSE_NON_CR_NON_PD,
     .progression_day = 84,
     .best_change = NAN},
    {.name = "all irradiated and missed (Table 2)",
     .non_targets = BOTH,
     .diameters_mm = {{50, 30}, {NAN, NAN}, {55, 30}},
     .new_lesions = {0, 1, 0},
     .responses = "NE NON-CR/NON-PD",
     .best = RESPONSE_NON_CR_NON_PD,
     .progression_day = NAN,
     .best_change = NAN},
    {.name = "all irradiated, a new lesion (Table 2)",
     .non_targets = BOTH,
     .diameters_mm = {{50, 30}, {1, 1}, {1, 1}},
     .new_lesions = {0, 0, 1},
     .responses = "CR PD",
     .best = RESPONSE_COMPLETE,
     .progression_day = 84,
     .best_change = NAN},
    {.name = "iRECIST: targets shrink after progression of the targets: the bar is reset",
     .irecist = true,
     .non_targets = FIRST,
     .diameters_mm = {{50, 30}, {30, 40}, {20, 20}, {1, 20}},
     .responses = "PD PR PR",
     .best = RESPONSE_PARTIAL,
     .progression_day = NAN,
     .best_change = -1.0 / 3},
    {.name = "iRECIST: progression in the field that falls back",
     .irecist = true,
     .non_targets = FIRST,
     .diameters_mm = {{50, 30}, {65, 29}, {40, 29}},
     .responses = "PD SD",
     .best = RESPONSE_STABLE,
     .progression_day = NAN,
     .best_change = -1.0 / 30},
    {.name = "iRECIST: all irradiated",
     .irecist = true,
     .non_targets = BOTH,
     .diameters_mm = {{50, 30}, {65, 40}, {50, 30}, {1, 1}},
     .responses = "PD NON-CR/NON-PD CR",
     .best = RESPONSE_COMPLETE,
     .progression_day = NAN,
     .best_change = NAN},
};

static size_t visits_of(const double (*diameters_mm)[LESIONS])
{
    size_t visits = 0;
    while (visits < MOST && !(diameters_mm[visits][0] == 0)) /* NaN is a visit */
        visits++;
    return visits;
}

static struct trial_file trial_by(bool irecist)
{
    return (struct trial_file){.detection_limit_mm = 2, .imaging_interval_days = 42, .irecist = irecist};
}

static void check_case(const struct by_hand *expected)
{
    const struct trial_file trial = trial_by(expected->irecist);
    const size_t visits = visits_of(expected->diameters_mm);
    signed char new_lesions[MOST];
    enum response response[MOST];
    struct patient_outcome outcome;
    char text[200] = "";
    for (size_t i = 0; i < MOST; i++)
        new_lesions[i] = (signed char)expected->new_lesions[i];
    criteria_classify(&trial, days, expected->diameters_mm[0], new_lesions, visits, LESIONS, expected->non_targets,
                      response, &outcome);
    for (size_t i = 1; i < visits; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i > 1 ? " " : "", response_name(response[i]));
    if (strcmp(text, expected->responses) != 0)
        fail_msg("%s: %s", expected->name, text);
    assert_int_equal(response[0], expected->non_targets == BOTH ? RESPONSE_NON_CR_NON_PD : RESPONSE_STABLE);
    if (outcome.best != expected->best)
        fail_msg("%s: best response %s", expected->name, response_name(outcome.best));
    const bool progressed = !isnan(expected->progression_day);
    if (outcome.progressed != progressed || (progressed && outcome.progression_day != expected->progression_day))
        fail_msg("%s: progressed %d on day %g", expected->name, outcome.progressed, outcome.progression_day);
    if (isnan(outcome.best_change) != isnan(expected->best_change) ||
        fabs(outcome.best_change - expected->best_change) > 1e-12)
        fail_msg("%s: best change %g", expected->name, outcome.best_change);
}

static void cases_are_as_by_hand(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_case(&cases[i]);
}

/* Table 2 of iRECIST: what confirms progression of the targets, and of the irradiated lesion. */
static void irecist_confirms_by_the_right_lesions(void **unused)
{
    (void)unused;
    static const struct {
        double diameters_mm[MOST][LESIONS];
        double day; /* of confirmation; 0: none */
    } courses[] = {
        {{{50, 30}, {65, 30}, {65, 30}, {65, 30}}, 0},           /* unchanged in the field */
        {{{50, 30}, {65, 30}, {65, 30}, {65.1, 30}}, 126},       /* any further growth, from the first */
        {{{50, 30}, {65, 30}, {66, 30}, {65, 30}}, 84},          /* at once */
        {{{50, 30}, {65, 30}, {64, 35.9}, {64, 36}}, 126},       /* or progression of the targets */
        {{{50, 30}, {40, 40}, {45, 44.9}, {50, 45}}, 126},       /* targets by 5 mm, whatever the field does below it */
        {{{50, 30}, {40, 40}, {50, 40}, {50.1, 40}}, 126},       /* or progression in the field */
        {{{50, 30}, {65, 30}, {NAN, NAN}, {66, 30}}, 0},         /* more than 8 weeks after the last: not confirmed */
        {{{50, 30}, {65, 30}, {40, 30}, {65, 30}, {64, 30}}, 0}, /* the second counts from itself */
        {{{50, 30}, {65, 30}, {40, 30}, {65, 30}, {66, 30}}, 168},
    };
    for (size_t i = 0; i < sizeof courses / sizeof *courses; i++) {
        const struct trial_file trial = trial_by(true);
        struct criteria criteria;
        double day = 0;
        criteria_begin(&criteria, &trial, LESIONS, FIRST, 0, courses[i].diameters_mm[0]);
        for (size_t visit = 1; visit < visits_of(courses[i].diameters_mm); visit++)
            if (criteria_add(&criteria, days[visit], courses[i].diameters_mm[visit], 0).confirmed_progression &&
                day == 0)
                day = days[visit];
        if (day != courses[i].day)
            fail_msg("course %zu: confirmed on day %g", i, day);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_are_as_by_hand),
        cmocka_unit_test(irecist_confirms_by_the_right_lesions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
