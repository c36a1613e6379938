/* What trial files say beside plain schedules: conditions, imaging, who takes part, what was published. What is said of
 * wrong ones, to the letter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "input_files.h"
#include "protocols/trial_file.h"

static enum abscopal_status read_and_free(const char *path, struct abscopal_error *error)
{
    struct trial_file trial;
    enum abscopal_status status = trial_file_read(path, &trial, error);
    trial_file_free(&trial);
    return status;
}

/* Puts each text of the table between two others. */
static int differences_between(const char *before, const char *after, const struct malformed *table, size_t count)
{
    int differences = 0;
    for (size_t i = 0; i < count; i++) {
        char text[2048];
        snprintf(text, sizeof text, "%s%s%s", before, table[i].text, after);
        const struct malformed whole = {text, table[i].said};
        differences += input_file_difference(read_and_free, &whole);
    }
    return differences;
}

#define UP_TO_IMAGING "name: t\nmodel: nsclc\ncohort: cohort.yaml\nuntil: 400 d\n"
#define UP_TO_ARMS UP_TO_IMAGING "imaging: {every: 50 d}\narms:\n"
#define UP_TO_TREATMENTS UP_TO_ARMS "- name: arm\n  treatments:\n" /* which stand from line 9 on */
#define ONE_TREATMENT "  - {radiotherapy: 8 Gy, start: 0 d}\n"
#define PUBLISHED_MODEL "name: t\nmodel: qspio-nsclc-2020\nuntil: 400 d\nimaging: {every: 50 d}\n"

/* How many doses, and what ends them. */
static void test_endings_and_lists(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, for: 52 week}",
         "9:54: 'for' ends what is given more than once; write 'every', the time between doses, too"},
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, until: progression}",
         "9:56: 'until' ends what is given more than once; write 'every', the time between doses, too"},
        {"  - {radiotherapy: 8 Gy, start: 0 d, until: progression}",
         "9:45: 'until' ends what is given more than once; write 'fractions' or 'every', too"},
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, doses: 1, for: 4 week}",
         "9:77: 'for' ends what is given more than once; write 'every', the time between doses, too"},
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, until: 52 week}",
         "9:69: 'until' names what ends a treatment, such as progression; for a time write 'for: 52 week'"},
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, until: []}", "9:69: until must not be empty"},
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, until:}", "9:62: until has no value"},
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, until: [progresion]}",
         "9:70: unknown end of a treatment 'progresion'; did you mean 'progression'? Known: progression, confirmed "
         "progression, complete response"},
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, until: [progression, toxicity]}",
         "9:83: unknown end of a treatment 'toxicity'. Known: progression, confirmed progression, complete response"},
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, until: {a: 3}}",
         "9:69: until must be a single value, not a mapping"},
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 8 h, until: progression}",
         "9:56: more than 1000 doses are due by day 400; write a longer 'every' or a shorter 'for'"},
        {"  - {radiotherapy: 8 Gy, start: 0 d, every: 1 d, per_day: 3, apart: 4 h, until: progression}",
         "9:45: more than 1000 fractions are due by day 400; write a longer 'every' or a shorter 'for'"},
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, for: 0 d}",
         "9:67: for must be more than 0 d and at most 36525 d, not 0 d"},
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, doses: 3, missed: 120 %}",
         "9:80: missed must be from 0 to 1, not 120 %"},
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, doses: 3, missed: 5}",
         "9:80: missed must be from 0 to 1, not 5"},
        {"  - {drug: nivolumab, dose: [400 mg, 240 mg], start: 0 d}",
         "9:29: 2 doses are listed, but 1 given; write 'doses: 2' or fewer"},
        {"  - {drug: nivolumab, dose: [400 mg, 3 mg/kg], start: 0 d, every: 14 d, doses: 3}",
         "9:38: dose: '3 mg/kg' is a dose per body weight; write a mass of drug, in mg for instance"},
        {"  - {drug: nivolumab, dose: [], start: 0 d}", "9:29: dose must not be empty"},
        {"  - {drug: nivolumab, dose: [400 mg, [3 mg]], start: 0 d, every: 14 d, doses: 3}",
         "9:38: dose must be a single value, not a list"},
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: [2 week, 3 week], doses: 2}",
         "9:56: 2 intervals are listed, but 2 doses have 1; list fewer"},
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: [], doses: 2}", "9:56: every must not be empty"},
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, every: [1 h, 3 week], doses: 3, over: 90 min}",
         "9:87: the infusion (90 min) is longer than the interval between doses (the shortest of 'every')"},
        {"  - {radiotherapy: 8 Gy, start: 0 d, fractions: 4, every: [12 h, 1 d]}",
         "9:59: 'every' counts days with radiotherapy and must be at least 1 d; for several fractions a day write "
         "'per_day: 2' and 'apart: 6 h'"},
    };
    assert_int_equal(differences_between(UP_TO_TREATMENTS, "\n", table, sizeof table / sizeof *table), 0);
}

/* When treatments begin, and by what name others call them. */
static void test_beginnings(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, after: rt}",
         "9:56: a treatment begins on a day ('start'), after another ('after') or at an event ('when'); keep one"},
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, when: progression}",
         "9:55: a treatment begins on a day ('start'), after another ('after') or at an event ('when'); keep one"},
        {"  - {drug: nivolumab, dose: 240 mg, after: rt, when: progression}",
         "9:44: a treatment begins on a day ('start'), after another ('after') or at an event ('when'); keep one"},
        {"  - {drug: nivolumab, dose: 240 mg, after: rt}",
         "9:44: no treatment before this one has an 'id' to come after; write for instance {id: rt, radiotherapy: 8 "
         "Gy, ...} and then 'after: {block: rt, lag: 7 d}'"},
        {"  - {drug: nivolumab, dose: 240 mg, id: d, after: d}",
         "9:51: a treatment cannot come after itself; name another"},
        {"  - {drug: nivolumab, dose: 240 mg, after: [rt]}",
         "9:44: after must be the 'id' of one treatment, or a mapping such as {block: rt, lag: 7 d}"},
        {"  - {drug: nivolumab, dose: 240 mg, when: progresion}",
         "9:43: unknown event 'progresion'; did you mean 'progression'? Known: progression, response, complete "
         "response, best response"},
        {"  - {drug: nivolumab, dose: 240 mg, when: toxicity}",
         "9:43: unknown event 'toxicity'. Known: progression, response, complete response, best response"},
        {"  - {drug: nivolumab, dose: 240 mg, when: {lag: 7 d}}",
         "9:43: when lacks 'event'; write for instance 'event: progression'"},
        {"  - {drug: nivolumab, dose: 240 mg, when: {event: progression, lag: -7 d}}",
         "9:69: lag must be from 0 d to 36525 d, not -7 d"},
        {"  - {drug: nivolumab, dose: 240 mg, when: {event: progression, lag: 400 d}}",
         "9:69: a lag of 400 d ends after the trial (day 400, 'until'); write a shorter one"},
        {"  - {drug: nivolumab, dose: 240 mg, when: {event: best response, remaining: 0}}",
         "9:77: remaining must be from 1 to 5, not 0"},
        {"  - {drug: nivolumab, dose: 240 mg, when: progression, unless: progression}",
         "9:64: begins at progression and unless there is progression; remove one"},
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, unless: progression}",
         "9:57: begins before the first visit (day 50), when nobody has progressed; to end it then, write 'until: "
         "progression'"},
        {"  - {drug: nivolumab, dose: 240 mg, start: 50 d, unless: progression}", ""},
        {"  - {drug: nivolumab, dose: 240 mg, start: 60 d, unless: response}",
         "9:58: unknown condition 'response'. Known: progression"},
        {"  - {drug: nivolumab, dose: 240 mg, when: progression, every: 14 d, until: progression}",
         "9:76: progression begins this treatment and cannot end it; write 'for', a count or another 'until'"},
        {"  - {drug: nivolumab, dose: 240 mg, when: progression, every: 14 d, until: [confirmed progression, "
         "progression]}",
         "9:100: progression begins this treatment and cannot end it; write 'for', a count or another 'until'"},
        {"  - {radiotherapy: 8 Gy, when: best response, lesions: progressed}",
         "9:56: which lesions have progressed is known at progression alone; begin with 'when: progression'"},
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, id: ''}", "9:53: id has no value"},
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, id: [a]}", "9:53: id must be a single value, not a list"},
        {"  - {radiotherapy: 8 Gy, after: d}\n  - {drug: nivolumab, dose: 240 mg, id: d, start: 0 d}",
         "9:33: treatment 'd' stands further down (line 10); list it before this one"},
        {"  - {radiotherapy: 8 Gy, id: rt, start: 0 d}\n  - {drug: nivolumab, dose: 240 mg, after: tr}",
         "10:44: unknown block 'tr'; did you mean 'rt'? Known: rt"},
        {"  - {radiotherapy: 8 Gy, id: rt, start: 0 d}\n  - {drug: nivolumab, dose: 240 mg, after: {block: rt, lags: 7 "
         "d}}",
         "10:56: unknown key 'lags' in after; did you mean 'lag'? Known keys: block, lag"},
        {"  - {radiotherapy: 8 Gy, id: rt, start: 0 d}\n  - {drug: nivolumab, dose: 240 mg, after: {lag: 7 d}}",
         "10:44: after lacks 'block'; write for instance 'block: rt'"},
        {"  - {radiotherapy: 8 Gy, id: rt, start: 0 d}\n  - {radiotherapy: 8 Gy, id: rt, start: 9 d}",
         "10:30: two treatments of the arm have the id 'rt'; rename one"},
        {"  - {radiotherapy: 8 Gy, id: rt, start: 390 d}\n  - {drug: nivolumab, dose: 240 mg, after: {block: rt, lag: "
         "10 d}}",
         "10:44: starts on day 400, but the trial ends on day 400 ('until'); start it earlier"},
        {"  - {radiotherapy: 8 Gy, id: rt, start: 390 d}\n  - {drug: nivolumab, dose: 240 mg, after: {block: rt, lag: "
         "5 d}, every: 1 d, doses: 9}",
         "10:86: only 5 of 9 doses are given before the trial ends on day 400; write 'doses: 5' or a later 'until'"},
        {"  - {drug: nivolumab, dose: 240 mg, id: d, start: 0 d, every: 14 d, doses: 20, over: 30 min}\n  - "
         "{radiotherapy: 8 Gy, id: rt, after: {block: d, lag: 100 d}, fractions: 30, weekdays: true}\n  - {drug: "
         "nivolumab, dose: 240 mg, after: rt, every: 1 d, doses: 9}",
         "10:76: only 24 of 30 fractions are given before the trial ends on day 400; write 'fractions: 24' or a later "
         "'until'"},
    };
    assert_int_equal(differences_between(UP_TO_TREATMENTS, "\n", table, sizeof table / sizeof *table), 0);
}

static void test_lesions_and_coverage(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {"  - {radiotherapy: 8 Gy, start: 5 d, every: 1 d, for: 2 d, weekdays: true}",
         "9:55: nothing is given in so short a time; the first is due on day 7"},
        {"  - {radiotherapy: 8 Gy, start: 0 d, lesions: progressed}",
         "9:47: which lesions have progressed is known at progression alone; begin with 'when: progression'"},
        {"  - {radiotherapy: 8 Gy, start: 0 d, coverage: {share: 60 %}}",
         "9:48: coverage lacks 'above'; write for instance 'above: 65 mL'"},
        {"  - {radiotherapy: 8 Gy, start: 0 d, coverage: {above: 65 mL}}",
         "9:48: coverage lacks 'share'; write for instance 'share: 60 %'"},
        {"  - {radiotherapy: 8 Gy, start: 0 d, coverage: {share: 60, above: 65 mL}}",
         "9:56: share must be more than 0 and at most 1, not 60"},
        {"  - {radiotherapy: 8 Gy, start: 0 d, coverage: {share: 60 %, above: 65 mm}}",
         "9:69: above: '65 mm' is a length; write a volume, in mL for instance"},
        {"  - {radiotherapy: 8 Gy, start: 0 d, coverage: {share: 60 %, above: 65 L}}",
         "9:69: above must be more than 0 mL and at most 10000 mL, not 65 L"},
        {"  - {radiotherapy: 8 Gy, start: 0 d, coverage: [60 %]}", "9:48: coverage must be a single value, not a list"},
    };
    assert_int_equal(differences_between(UP_TO_TREATMENTS, "\n", table, sizeof table / sizeof *table), 0);
}

static void test_delays(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, delay: {lymphocytes_below: 500, by: 7 d, at_most: 28 d}}",
         "9:76: lymphocytes_below: '500' has no unit; write a density of cells, such as '500 cell/uL'"},
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, delay: {lymphocytes_below: 500 cell/uL, by: 7 d}}",
         "9:56: delay lacks 'at_most'; write for instance 'at_most: 42 d'"},
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, delay: {lymphocytes_below: 500 cell/uL, by: 7 d, at_most: 1 "
         "d}}",
         "9:107: at_most (1 d) is less than one delay (7 d); write '7 d' or more"},
        {"  - {drug: nivolumab, dose: 240 mg, start: 0 d, delay: 7 d}",
         "9:56: delay must be a mapping with keys of: lymphocytes_below, by, at_most"},
    };
    assert_int_equal(differences_between(UP_TO_TREATMENTS, "\n", table, sizeof table / sizeof *table), 0);
}

static void test_arms(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {"- name: a\n  treatments: [{radiotherapy: 8 Gy, start: 0 d}]\n  at_progression: b",
         "9:19: at_progression must be a mapping with keys of: switch_to, lag"},
        {"- name: a\n  treatments: [{radiotherapy: 8 Gy, start: 0 d}]\n  at_progression: {switch_to: b}\n- name: c\n  "
         "treatments: [{radiotherapy: 8 Gy, start: 0 d}]",
         "9:31: unknown arm 'b'. Known: a, c"},
        {"- name: a\n  treatments: [{radiotherapy: 8 Gy, start: 0 d}]\n  at_progression: {switch_to: a}",
         "9:31: an arm cannot switch to itself; name another"},
        {"- name: a\n  treatments: [{radiotherapy: 8 Gy, start: 0 d}]\n  at_progression: {switch_to: b, lag: 401 d}\n- "
         "name: b\n  treatments: [{radiotherapy: 8 Gy, start: 0 d}]",
         "9:39: a lag of 401 d ends after the trial (day 400, 'until'); write a shorter one"},
        {"- name: a\n  treatments: [{radiotherapy: 8 Gy, start: 0 d}]\n  at_progression: {lag: 3 d}",
         "9:19: at_progression lacks 'switch_to'; write for instance 'switch_to: the name of another arm'"},
        {"- name: a\n  treatments: [{radiotherapy: 8 Gy, when: progression}]\n  at_progression: {switch_to: b}\n- "
         "name: b\n  treatments: [{radiotherapy: 8 Gy, start: 0 d}]",
         "9:19: at progression the treatments of 'b' replace these, and what begins 'when: progression' never does; "
         "give it there"},
        {"- name: a\n  treatments: [{drug: nivolumab, dose: 1 mg, start: 0 d}, {drug: ipilimumab, dose: 1 mg, start: 0 "
         "d}, {drug: durvalumab, dose: 1 mg, start: 0 d}, {drug: tremelimumab, dose: 1 mg, start: 0 d}]\n  "
         "at_progression: {switch_to: b}\n- name: b\n  treatments: [{drug: atezolizumab, dose: 1 mg, start: 0 d}]",
         "9:19: more than 4 different drugs in this arm and those that it switches to"},
    };
    assert_int_equal(differences_between(UP_TO_ARMS, "\n", table, sizeof table / sizeof *table), 0);
}

static void test_imaging(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {"{also: [3 d]}", "5:10: imaging lacks 'every'; write for instance 'every: 40 d'"},
        {"{every: 50 d, schedule: [{every: 3 d}]}", "5:34: 'every' and 'schedule' both say when visits are; keep one"},
        {"{schedule: []}", "5:21: schedule must not be empty"},
        {"{schedule: [{every: 6 week}, {every: 9 week}]}",
         "5:22: a period of imaging that is not the last lacks 'until'; write for instance 'until: 24 week'"},
        {"{schedule: [{every: 6 week, until: 24 week}, {every: 9 week, until: 20 week}]}",
         "5:78: this period ends on day 140, where the one before has ended; write a later day"},
        {"{schedule: [{every: 6 week, until: 400 d}, {every: 9 week}]}",
         "5:53: this period begins on day 400, but the trial ends on day 400; remove it"},
        {"{schedule: [{every: 12 week, until: 6 week}, {every: 9 week}]}",
         "5:30: the period ends on day 42, before its first visit on day 84; image more often"},
        {"{schedule: [{every: 6 week, until: 24 week}, {until: 48 week}]}",
         "5:55: a period of imaging lacks 'every'; write for instance 'every: 6 week'"},
        {"{schedule: [{every: 1 h, until: 365 d}, {every: 1 min}]}", "5:21: more than 10000 visits; image less often"},
        {"{every: 50 d, also: [20 d, 10 d]}", "5:37: further visits have to be in order, each once"},
        {"{every: 50 d, also: [401 d]}", "5:31: this visit is after the trial ends on day 400"},
        {"{every: 50 d, also: [0 d]}", "5:31: a further visit must be more than 0 d and at most 36525 d, not 0 d"},
        {"{every: 500 d, also: [401 d]}", "5:32: this visit is after the trial ends on day 400"},
        {"{every: 50 d, error: 200 %}", "5:31: error must be from 0 to 1, not 200 %"},
        {"{every: 50 d, missed: -1 %}", "5:32: missed must be from 0 to 1, not -1 %"},
        {"{every: 50 d, also: 20 d}", "5:30: also must be a list"},
    };
    assert_int_equal(
        differences_between(UP_TO_IMAGING "imaging: ", "\narms:\n- name: arm\n  treatments:\n" ONE_TREATMENT, table,
                            sizeof table / sizeof *table),
        0);
}

static void test_patients_and_criteria(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {"response: recist",
         "10:11: response must be a mapping with keys of: criteria, minimum_stable, confirmation, irradiated"},
        {"response: {irradiated: no}", "10:24: unknown irradiated lesions 'no'. Known: target, non-target"},
        {"response: {criteria: recist2}",
         "10:22: unknown response criteria 'recist2'; did you mean 'recist'? Known: recist, irecist"},
        {"response: {confirmation: 0 d}", "10:26: confirmation must be more than 0 d and at most 365 d, not 0 d"},
        {"response: {minimum_stable: 6}", "10:28: minimum_stable: '6' has no unit; write a time, such as '6 d'"},
        {"response: {minimum: 6 week}", "10:12: unknown key 'minimum' in response; did you mean 'minimum_stable'? "
                                        "Known keys: criteria, minimum_stable, confirmation, irradiated"},
        {"eligibility: {}",
         "10:14: eligibility must be a mapping of 1 to 20 quantities to their limits, such as {lesions: {least: 2}}"},
        {"eligibility: [lesions]",
         "10:14: eligibility must be a mapping of 1 to 20 quantities to their limits, such as {lesions: {least: 2}}"},
        {"eligibility: {lesion: {least: 2}}", "10:15: unknown quantity of a patient 'lesion'; did you mean 'lesions'?"},
        {"eligibility: {lesions: 2}", "10:24: a limit must be a mapping with keys of: least, most"},
        {"eligibility: {lesions: {}}", "10:24: a limit needs 'least', 'most' or both, such as {least: 2}"},
        {"eligibility: {lesions: {least: 3, most: 2}}",
         "10:24: no patient has at least 3 and at most 2; mend one of the two"},
        {"eligibility: {lesions: {least: 6}}", "10:32: lesions (least) must be from 1 to 5, not 6"},
        {"eligibility: {body_weight: {least: 40 mg}}",
         "10:36: body_weight (least): '40 mg' is a mass of drug; write a body weight, in kg for instance"},
        {"eligibility: {pdl1_per_cancer_cell: {least: 1e12 molecule}}",
         "10:45: pdl1_per_cancer_cell (least) must be from 0 molecule to 1000000000 molecule, not 1e12 molecule"},
        {"eligibility: {lesions:}", "10:15: a limit must be a mapping with keys of: least, most"},
        {"allocation: randomised", "10:13: allocation must be a mapping with keys of: patients, ratio, strata"},
        {"allocation: {ratio: [1]}", "10:13: allocation lacks 'patients'; write for instance 'patients: randomised'"},
        {"allocation: {patients: random}",
         "10:24: unknown allocation of patients 'random'; did you mean 'randomised'? Known: in all arms, randomised"},
        {"allocation: {patients: in all arms, ratio: [1]}",
         "10:44: there is nothing to randomise when every patient is in all arms; write 'patients: randomised'"},
        {"allocation: {patients: randomised, ratio: [2, 1]}",
         "10:43: the ratio needs 1 numbers, one for each arm in their order, not 2"},
        {"allocation: {patients: randomised, ratio: 2}", "10:43: ratio must be a list"},
        {"allocation: {patients: randomised, ratio: [0]}", "10:44: a part of the ratio must be from 1 to 100, not 0"},
        {"allocation: {patients: randomised, strata: [{by: lymphocytes, from: 500 cell/uL}]}",
         "10:50: lymphocytes are known at baseline, when patients have been randomised; write another quantity, or "
         "limit "
         "them in 'eligibility'"},
        {"allocation: {patients: randomised, strata: [{by: lesions}]}",
         "10:45: a stratum lacks 'from'; write for instance 'from: 3'"},
        {"allocation: {patients: randomised, strata: [{by: lesions, from: 3}, {by: lesions, from: 3}]}",
         "10:69: lesions from 3 is a stratum already; remove one of the two"},
        {"allocation: {patients: randomised, strata: [{by: pdl1, from: 3}]}",
         "10:50: unknown quantity of a patient 'pdl1'; did you mean 'pdl1_per_cancer_cell'?"},
        {"allocation: {patients: randomised, strata: [lesions]}",
         "10:45: a stratum must be a mapping with keys of: by, from"},
    };
    assert_int_equal(differences_between(UP_TO_TREATMENTS ONE_TREATMENT, "\n", table, sizeof table / sizeof *table), 0);
}

static void test_published_outcomes(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {"registry: [NCT1]", "10:11: registry must be a single value, not a list"},
        {"left_out: ''", "10:11: left_out has no value"},
        {"observed: {}", "10:11: observed must be a list"},
        {"observed: [{arm: b, endpoint: response_rate, value: 3 %, source: s}]", "10:18: unknown arm 'b'. Known: arm"},
        {"observed: [{arm: arm, endpoint: orr, value: 3 %, source: s}]",
         "10:33: unknown endpoint 'orr'. Known: best_response_rate, response_rate, disease_control_rate, "
         "abscopal_response_rate, complete_response_rate, progressive_disease_rate, progression_free_rate, "
         "median_progression_free_survival, median_duration_of_response, median_time_to_response"},
        {"observed: [{arm: arm, endpoint: response_rate, value: 30, source: s}]",
         "10:55: value must be from 0 to 1, not 30"},
        {"observed: [{arm: arm, endpoint: response_rate, value: 30 %}]",
         "10:12: an observed outcome lacks 'source'; write for instance 'source: Theelen 2019, table 2'"},
        {"observed: [{arm: arm, endpoint: median_time_to_response, value: 30 %, source: s}]",
         "10:65: value: '30 %' is a pure number; write a time, in d for instance"},
        {"observed: [{arm: arm, endpoint: response_rate, value: 30 %, interval: [40 %, 20 %], source: s}]",
         "10:71: the lower end of the interval comes first; exchange the two"},
        {"observed: [{arm: arm, endpoint: response_rate, value: 30 %, interval: [40 %, 50 %], source: s}]",
         "10:71: the value lies outside its interval; look both up again"},
        {"observed: [{arm: arm, endpoint: response_rate, value: 30 %, interval: [40 %], source: s}]",
         "10:71: an interval has two ends, such as [24 %, 40 %]"},
        {"observed: [{arm: arm, endpoint: response_rate, value: 30 %, level: 95, source: s}]",
         "10:68: level must be from 0.5 to 0.999, not 95"},
        {"observed: [{arm: arm, endpoint: response_rate, value: 30 %, patients: 0, source: s}]",
         "10:71: patients must be from 1 to 100000, not 0"},
        {"observed: [{arm: arm, endpoint: response_rate, value: 30 %, at: 0 d, source: s}]",
         "10:65: at must be more than 0 d and at most 36525 d, not 0 d"},
    };
    assert_int_equal(differences_between(UP_TO_TREATMENTS ONE_TREATMENT, "\n", table, sizeof table / sizeof *table), 0);
}

/* One patient, whose lymphocytes are not counted. */
static void test_published_model(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {"arms:\n- name: arm\n  treatments:\n  - {drug: nivolumab, dose: 240 mg, start: 0 d}\neligibility: {lesions: "
         "{least: 2}}\n",
         "9:14: without a cohort there is one patient, who takes part; remove 'eligibility'"},
        {"arms:\n- name: arm\n  treatments:\n  - {drug: nivolumab, dose: 240 mg, start: 0 d}\nallocation: {patients: "
         "randomised}\n",
         "9:24: without a cohort there is one patient, who cannot be randomised"},
        {"arms:\n- name: arm\n  treatments:\n  - {drug: nivolumab, dose: 240 mg, start: 0 d, delay: "
         "{lymphocytes_below: 500 cell/uL, by: 7 d, at_most: 28 d}}\n",
         "8:56: the model qspio-nsclc-2020 does not count lymphocytes; write 'model: nsclc'"},
    };
    assert_int_equal(differences_between(PUBLISHED_MODEL, "", table, sizeof table / sizeof *table), 0);
}

static int folder_with_cohort(void **state)
{
    if (input_folder_make(state) != 0)
        return -1;
    input_file_write("cohort.yaml", "", 0);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_endings_and_lists),
        cmocka_unit_test(test_beginnings),
        cmocka_unit_test(test_lesions_and_coverage),
        cmocka_unit_test(test_delays),
        cmocka_unit_test(test_arms),
        cmocka_unit_test(test_imaging),
        cmocka_unit_test(test_patients_and_criteria),
        cmocka_unit_test(test_published_outcomes),
        cmocka_unit_test(test_published_model),
    };
    return cmocka_run_group_tests(tests, folder_with_cohort, input_folder_remove);
}
