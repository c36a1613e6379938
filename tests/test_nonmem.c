/* Dosing as NONMEM-style records: written by NONMEM's conventions (what one record says is written out here by hand),
 * and the same doses and fractions when read back. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conducted.h"
#include "input_files.h"
#include "protocols/nonmem_read.h"
#include "results/nonmem.h"

static const char *const head = "until: 200 d\nimaging: {every: 42 d}\narms:\n";

static void read_arms(const char *arms, struct trial_file *trial)
{
    char text[4000];
    snprintf(text, sizeof text, "%s%s", head, arms);
    conducted_read(text, trial);
}

/* The records as text, to be freed. */
static char *write_records(const struct trial_file *trial, size_t *left_out)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    assert_int_equal(nonmem_write(trial, stream, left_out), ABSCOPAL_OK);
    fclose(stream);
    return text;
}

/* 30 min are 1/48 d, so that 200 mg flow at 9600 mg/d; loading doses and other intervals begin records of their own; a
 * fraction has no AMT; what waits for progression is not planned. */
static void records_follow_the_conventions(void **unused)
{
    (void)unused;
    static const char expected[] =
        "ID,TIME,EVID,CMT,AMT,RATE,II,ADDL,GY,COURSE,COVERAGE,ABOVE,NODES,LESIONS,DRUG,UNIT,ARM\n"
        "1,0,1,1,200,9600,21,3,0,0,0,0,0,.,pembrolizumab,mg,\"first, \"\"A\"\"\"\n"
        "1,91,1,1,200,9600,0,0,0,0,0,0,0,.,pembrolizumab,mg,\"first, \"\"A\"\"\"\n"
        "2,0,2,0,0,0,0,0,8,1,0.6,0.065,1,1 3,.,.,\"second\"\n"
        "2,2,2,0,0,0,0,0,8,1,0.6,0.065,1,1 3,.,.,\"second\"\n"
        "2,9,1,2,6,0,0,0,0,0,0,0,0,.,nivolumab,mg/kg,\"second\"\n"
        "2,16,1,2,3,0,14,13,0,0,0,0,0,.,nivolumab,mg/kg,\"second\"\n";
    struct trial_file trial;
    read_arms("- name: 'first, \"A\"'\n  treatments:\n"
              "  - {id: d, drug: pembrolizumab, dose: 200 mg, start: 0 d, every: 3 week, doses: 4, over: 30 min}\n"
              "  - {id: s, radiotherapy: 8 Gy, when: progression}\n"
              "  - {drug: pembrolizumab, dose: 200 mg, start: 91 d, over: 30 min}\n"
              "  - {drug: pembrolizumab, dose: 200 mg, after: s}\n"
              "- name: second\n  treatments:\n"
              "  - {id: rt, radiotherapy: 8 Gy, fractions: 2, every: 2 d, start: 0 d, nodes: true, lesions: [1, 3],\n"
              "     coverage: {share: 60 %, above: 65 mL}}\n"
              "  - {drug: nivolumab, dose: [6 mg/kg, 3 mg/kg], after: {block: rt, lag: 7 d}, every: [1 week, 2 week],\n"
              "     until: progression}\n",
              &trial);
    size_t left_out = 0;
    char *text = write_records(&trial, &left_out);
    assert_string_equal(text, expected);
    assert_int_equal(left_out, 2);
    free(text);
    trial_file_free(&trial);
}

static const char *const arms_written =
    "- name: a\n  treatments:\n"
    "  - {id: d, drug: pembrolizumab, dose: [400 mg, 200 mg], start: 0.5 d, every: [2 week, 3 week], doses: 6, "
    "over: 45 min}\n"
    "  - {drug: nivolumab, dose: 3 mg/kg, after: {block: d, lag: 10 d}, every: 2 week, for: 8 week}\n"
    "- name: b\n  treatments:\n"
    "  - {radiotherapy: 2 Gy, fractions: 30, start: 3 d, weekdays: true, lesions: all, coverage: 60 %}\n"
    "  - {radiotherapy: 1.5 Gy, fractions: 20, per_day: 2, weekdays: true, start: 60 d, lesions: [2], nodes: true}\n"
    "  - {radiotherapy: 12 Gy, fractions: 4, every: 3 d, start: 100 d, lesions: smallest,\n"
    "     coverage: {share: 50 %, above: 65 mL}}\n"
    "  - {radiotherapy: 0.5 Gy, fractions: 7, per_day: 2, apart: 4 h, every: [2 d, 3 d, 1.5 d], start: 120 d}\n"
    "  - {radiotherapy: 8 Gy, start: 150 d}\n"
    "  - {bed: 151.2 Gy, alpha_beta: 10 Gy, fractions: 3, start: 160 d, lesions: {largest: 2}}\n";

static const struct condition stable[] = {{0, {60, 20, 10}, 0}, {.day = INFINITY}};
static struct conducted written, read;

static void what_is_read_back_is_given_alike(void **unused)
{
    (void)unused;
    struct trial_file trial, other;
    size_t left_out;
    read_arms(arms_written, &trial);
    char *text = write_records(&trial, &left_out);
    assert_int_equal(left_out, 0);
    input_file_write("dosing.csv", text, strlen(text));
    free(text);
    read_arms("- name: a\n  treatments: {records: dosing.csv}\n"
              "- name: other name\n  treatments: {records: dosing.csv, arm: b}\n",
              &other);
    for (size_t arm = 0; arm < 2; arm++) {
        conducted_through(&trial, arm, stable, 1, 1, &written);
        conducted_through(&other, arm, stable, 1, 1, &read);
        assert_int_equal(written.count, read.count);
        assert_true(written.count >= 10);
        for (size_t i = 0; i < written.count; i++) {
            const struct given *a = &written.given[i], *b = &read.given[i];
            assert_true(fabs(a->day - b->day) < 1e-9 && fabs(a->mg - b->mg) < 1e-9);
            assert_int_equal(a->drug, b->drug);
            assert_int_equal(a->fraction.lesion, b->fraction.lesion);
            assert_true(a->fraction.gray == b->fraction.gray && a->fraction.coverage == b->fraction.coverage);
            assert_int_equal(a->fraction.nodes, b->fraction.nodes);
            if (i > 0) /* the same fields */
                assert_int_equal(a->fraction.course == written.given[i - 1].fraction.course,
                                 b->fraction.course == read.given[i - 1].fraction.course);
        }
        for (int drug = 0; drug < MODEL_MAX_DRUGS; drug++)
            assert_true(fabs(written.infused_mg[drug] - read.infused_mg[drug]) < 1e-9);
        assert_int_equal(written.doses, read.doses);
        assert_int_equal(written.fractions, read.fractions);
    }
    trial_file_free(&trial);
    trial_file_free(&other);
}

/* Fractions after ever longer times, more than a list of intervals holds and not of weekdays. */
static void irregular_fractions_are_refused(void **unused)
{
    (void)unused;
    char text[3000] = "ARM,TIME,EVID,GY\n", trial_text[500];
    size_t length = strlen(text);
    for (int i = 0; i < 30; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "a,%g,2,2\n", i * (1.1 + 0.1 * i));
    input_file_write("irregular.csv", text, length);
    char *cohort = realpath("tests/data/set-c-cohort.yaml", NULL);
    assert_non_null(cohort);
    const int size = snprintf(
        trial_text, sizeof trial_text,
        "name: t\nmodel: nsclc\ncohort: %s\n%s- name: a\n  treatments: {records: irregular.csv}\n", cohort, head);
    free(cohort);
    struct trial_file trial;
    struct abscopal_error error = {0};
    const char *path = input_file_write("conducted.yaml", trial_text, (size_t)size);
    assert_int_equal(trial_file_read(path, &trial, &error), ABSCOPAL_BAD_INPUT);
    assert_non_null(strstr(error.message, "course 0 come at more different intervals than can be kept"));
}

/* As other programs write them: columns in another order, an observation, a missing value, carriage returns. */
static void records_of_other_programs_are_read(void **unused)
{
    (void)unused;
    static const char text[] = "id,evid,time,amt,rate,ii,addl,cmt,DV,drug\r\n"
                               "7,1,0,240,.,14,2,1,.,nivolumab\r\n"
                               "7,0,5,,,,,1,12.5,\r\n"
                               "8,1,0,999,0,0,0,1,.,nivolumab\r\n"
                               "\r\n"
                               "7,1,1.5e1,50,100,0,0,2,.,ipilimumab\r\n";
    struct trial_file trial;
    input_file_write("other.csv", text, sizeof text - 1);
    read_arms("- name: a\n  treatments: {records: other.csv, arm: '7'}\n", &trial);
    conducted_through(&trial, 0, stable, 1, 1, &read);
    conducted_assert_days(&read, 0, "0 14 28");
    conducted_assert_days(&read, 1, "15");
    assert_true(fabs(read.given[0].mg - 240) < 1e-9 && fabs(read.infused_mg[1] - 50) < 1e-9);
    assert_true(trial.arms[0].treatments[1].infusion_days == 0.5);
    trial_file_free(&trial);
}

static void what_cannot_be_kept_is_refused(void **unused)
{
    (void)unused;
    static const struct {
        const char *line, *said;
    } cases[] = {
        {"a,0,1,240,0,0,0,0,0,1,nivolumb,mg", "line 2: the trial has no drug 'nivolumb'"},
        {"a,0,1,240,-2,0,0,0,0,1,nivolumab,mg", "line 2: rates and durations that a model fits"},
        {"a,0,1,240,0,0,3,0,0,1,nivolumab,mg", "line 2: additional doses (ADDL) need the interval"},
        {"a,0,1,240,10,14,3,0,0,1,nivolumab,mg", "line 2: the infusion (AMT over RATE) is longer"},
        {"a,0,1,240,0,14,99,0,0,1,nivolumab,mg", "line 2: its last dose is not over before the trial ends"},
        {"a,0,1,240,0,14,1.5,0,0,1,nivolumab,mg", "line 2: ADDL has to be a whole number"},
        {"a,0,1,240,0,14,1,1,0,1,nivolumab,mg", "line 2: patients come untreated"},
        {"a,0,4,240,0,14,1,0,0,1,nivolumab,mg", "line 2: EVID has to be 0"},
        {"a,0,1,0,0,14,1,0,0,1,nivolumab,mg", "line 2: the AMT of a dose has to be above 0"},
        {"a,0,1,2x,0,14,1,0,0,1,nivolumab,mg", "line 2: AMT '2x' is no number"},
        {"a,0,1,240,0,14,1,0,0,1,nivolumab,g", "line 2: UNIT has to be mg, mg/kg or mg/m^2"},
        {"a,-1,1,240,0,14,1,0,0,1,nivolumab,mg", "line 2: TIME must not be before day 0"},
        {"a,0,2,0,0,0,0,0,0,1,.,.", "line 2: an event (EVID 2) is a fraction"},
        {"a,300,2,0,0,0,0,0,8,1,.,.", "line 2: this fraction comes after the trial ends"},
        {"a,5,2,0,0,0,0,0,8,1,.,.\na,5,2,0,0,0,0,0,8,1,.,.", "line 3: fractions of one course"},
        {"b,0,1,240,0,0,0,0,0,1,nivolumab,mg", "has no doses of an arm 'a'"},
    };
    char *cohort = realpath("tests/data/set-c-cohort.yaml", NULL);
    assert_non_null(cohort);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char records[500], text[1000];
        int size = snprintf(records, sizeof records, "ARM,TIME,EVID,AMT,RATE,II,ADDL,SS,GY,COURSE,DRUG,UNIT\n%s\n",
                            cases[i].line);
        input_file_write("wrong.csv", records, (size_t)size);
        size = snprintf(text, sizeof text,
                        "name: t\nmodel: nsclc\ncohort: %s\n%s- name: a\n  treatments: {records: wrong.csv}\n", cohort,
                        head);
        struct trial_file trial;
        struct abscopal_error error = {0};
        const char *path = input_file_write("conducted.yaml", text, (size_t)size);
        assert_int_equal(trial_file_read(path, &trial, &error), ABSCOPAL_BAD_INPUT);
        if (strstr(error.message, cases[i].said) == NULL || error.line != 8)
            fail_msg("%s: line %d: %s", cases[i].said, error.line, error.message);
    }
    free(cohort);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_follow_the_conventions),     cmocka_unit_test(what_is_read_back_is_given_alike),
        cmocka_unit_test(records_of_other_programs_are_read), cmocka_unit_test(what_cannot_be_kept_is_refused),
        cmocka_unit_test(irregular_fractions_are_refused),
    };
    return cmocka_run_group_tests(tests, input_folder_make, input_folder_remove);
}
