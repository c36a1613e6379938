/* Values put into the text of input files: found where they stand, comments kept, and what is said of wrong paths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/trial_file.h"
#include "protocols/vary.h"

/* Plain and quoted scalars, block and flow style, text beyond ASCII before them, an anchor. */
static const char *const text = "# größer: 1\n"
                                "name: 'β'\n"
                                "until: 400 d # ends\n"
                                "lag: \"30 d\"\n"
                                "a/b~c: 7\n"
                                "drugs: [x.yaml]\n"
                                "arms:\n"
                                "  - name: 8 Gy x 3\n"
                                "    treatments: [{id: é, dose: 240 mg, start: 0 d}, {dose: 3 mg/kg, start: 14 d}]\n"
                                "  - name: alone\n"
                                "    treatments:\n"
                                "      - {dose: &dose 2 mg} # µ\n"
                                "      - dose: *dose\n";

static void document_open(struct yaml_document *document)
{
    struct abscopal_error error;
    assert_int_equal(yaml_read_text("t.yaml", text, document, &error), ABSCOPAL_OK);
}

/* What the text becomes with one place changed: `from`, which stands in it once, is `to`. */
static void assert_change(const char *path, const char *value, const char *from, const char *to)
{
    struct yaml_document document;
    char problem[VARY_PROBLEM_SIZE], expected[1024] = "";
    document_open(&document);
    const char *at = strstr(text, from);
    assert_non_null(at);
    assert_null(strstr(at + 1, from));
    strncat(expected, text, (size_t)(at - text));
    strcat(expected, to);
    strcat(expected, at + strlen(from));
    char *changed = vary_text(&document, &(struct vary_change){path, value}, 1, problem);
    if (changed == NULL)
        fail_msg("%s", problem);
    assert_string_equal(changed, expected);
    free(changed);
    yaml_free(&document);
}

static void test_in_place(void **state)
{
    (void)state;
    assert_change("until", "12.5 week", "400 d # ends", "12.5 week # ends");
    assert_change("lag", "7 d", "\"30 d\"", "\"7 d\"");
    assert_change("a~1b~0c", "8", "c: 7", "c: 8");
    assert_change("arms/0/treatments/0/dose", "3 mg/kg", "240 mg", "3 mg/kg");
    assert_change("arms/0/treatments/1/start", "1e-3 d", "start: 14 d", "start: 1e-3 d");
    assert_change("arms/8 Gy x 3/treatments/é/start", "21 d", "start: 0 d", "start: 21 d");
    assert_change("arms/alone/treatments/0/dose", "1 mg", "&dose 2 mg} # µ", "&dose 1 mg} # µ");
    assert_change("arms/alone/treatments/1/dose", "1 mg", "&dose 2 mg", "&dose 1 mg");
}

static void test_several(void **state)
{
    (void)state;
    struct yaml_document document;
    char problem[VARY_PROBLEM_SIZE];
    const struct vary_change changes[] = {{"arms/1/treatments/0/dose", "4 mg"}, {"until", "1 d"}, {"lag", "2 d"}};
    document_open(&document);
    char *changed = vary_text(&document, changes, 3, problem);
    assert_non_null(changed);
    assert_non_null(strstr(changed, "until: 1 d # ends\nlag: \"2 d\"\n"));
    assert_non_null(strstr(changed, "{dose: &dose 4 mg} # µ"));
    assert_int_equal(strlen(changed), strlen(text) - strlen("400 d") - strlen("30 d") + strlen("1 d") + strlen("2 d"));
    free(changed);
    char *same = vary_text(&document, NULL, 0, problem);
    assert_string_equal(same, text);
    free(same);
    yaml_free(&document);
}

/* ---- Trials ---------------------------------------------------------------------------------------------------------
 */

/* As sweeps vary them, in block and flow style. */
static const char *const trial_text =
    "name: t\nmodel: nsclc\ncohort: cohorts/advanced-nsclc.yaml\nuntil: 400 d\nimaging: {every: 40 d}\narms:\n"
    "  - name: nivolumab and radiotherapy\n"
    "    treatments:\n"
    "      - {id: rt, bed: 60 Gy, alpha_beta: 10 Gy, fractions: 5, start: 0 d, every: 2 d, lesions: {largest: 1}}\n"
    "      - {id: later, radiotherapy: 8 Gy, when: {event: progression, lag: 7 d}, lesions: largest, nodes: false}\n"
    "      - id: drug\n"
    "        drug: nivolumab\n"
    "        dose: 240 mg\n"
    "        after: {block: rt, lag: 7 d}\n"
    "        every: [6 week, 2 week]\n"
    "        until: confirmed progression\n";

/* The trial with these changes, by paths within the arm's treatments. */
static void trial_vary(const struct vary_change *changes, size_t count, struct trial_file *trial)
{
    struct yaml_document document;
    struct abscopal_error error;
    char problem[VARY_PROBLEM_SIZE], paths[4][128];
    struct vary_change whole[4];
    assert_true(count <= 4);
    for (size_t i = 0; i < count; i++) {
        snprintf(paths[i], sizeof paths[i], "arms/nivolumab and radiotherapy/treatments/%s", changes[i].path);
        whole[i] = (struct vary_change){paths[i], changes[i].text};
    }
    assert_int_equal(yaml_read_text("t.yaml", trial_text, &document, &error), ABSCOPAL_OK);
    char *changed = vary_text(&document, whole, count, problem);
    if (changed == NULL)
        fail_msg("%s", problem);
    if (trial_file_read_text("t.yaml", changed, trial, &error) != ABSCOPAL_OK)
        fail_msg("%s in\n%s", error.message, changed);
    free(changed);
    yaml_free(&document);
}

/* Numbers, and words for words: events, ends, names of drugs and lesions. */
static void test_treatments(void **state)
{
    (void)state;
    struct trial_file trial;
    const struct treatment *t;
    trial_vary(
        (const struct vary_change[]){
            {"rt/bed", "105.6 Gy"}, {"rt/fractions", "4"}, {"rt/start", "30 d"}, {"rt/lesions/largest", "3"}},
        4, &trial);
    t = trial.arms[0].treatments;
    assert_true(t[0].fraction_gray > 11.999999 && t[0].fraction_gray < 12.000001 && t[0].count == 4);
    assert_true(t[0].start_days == 30 && t[0].lesion_choice == LESIONS_LARGEST && t[0].lesion_count == 3);
    trial_file_free(&trial);
    trial_vary((const struct vary_change[]){{"later/when/event", "best response"},
                                            {"later/when/lag", "21 d"},
                                            {"later/lesions", "all"},
                                            {"later/nodes", "true"}},
               4, &trial);
    t = trial.arms[0].treatments;
    assert_true(t[1].begin == BEGIN_AT_BEST_RESPONSE && t[1].start_days == 21);
    assert_true(t[1].lesion_choice == LESIONS_ALL && t[1].nodes);
    trial_file_free(&trial);
    trial_vary((const struct vary_change[]){{"drug/after/lag", "60 d"},
                                            {"drug/every/0", "3 week"},
                                            {"drug/until", "complete response"},
                                            {"drug/drug", "pembrolizumab"}},
               4, &trial);
    t = trial.arms[0].treatments;
    assert_true(t[2].begin == BEGIN_AFTER_BLOCK && t[2].start_days == 60 && t[2].first_intervals.value[0] == 21);
    assert_true(t[2].end == END_AT_COMPLETE_RESPONSE);
    assert_string_equal(t[2].antibody->name, "pembrolizumab");
    trial_file_free(&trial);
}

static void assert_problem(const char *path, const char *said)
{
    struct yaml_document document;
    char problem[VARY_PROBLEM_SIZE] = "";
    document_open(&document);
    assert_null(vary_text(&document, &(struct vary_change){path, "1 d"}, 1, problem));
    assert_string_equal(problem, said);
    yaml_free(&document);
}

static void test_problems(void **state)
{
    (void)state;
    assert_problem("untill", "there is no 'untill' in the file; did you mean 'until'?");
    assert_problem("xyzzy/0", "there is no 'xyzzy' in the file");
    assert_problem("until/0", "there is no '0' in 'until', which is the single value '400 d'");
    assert_problem("arms/2/name", "there is no 2 in 'arms', a list whose items are numbered from 0 to 1");
    assert_problem("arms/allone/name", "there is no 'allone' in 'arms'; did you mean 'alone'?");
    assert_problem("drugs/first", "'first' is no position in 'drugs', a list; they count from 0");
    assert_problem("arms/0", "'arms/0' is a mapping, not a single value; go on with one of its keys: 'arms/0/name'");
    assert_problem("arms", "'arms' is a list, not a single value; go on with a position from 0");
    struct yaml_document document;
    char problem[VARY_PROBLEM_SIZE];
    double value;
    document_open(&document);
    assert_false(vary_find_number(&document, "name", "d", &value, problem));
    assert_string_equal(problem, "'name' is 'β', not a number");
    assert_false(vary_find_number(&document, "until", "mg", &value, problem));
    assert_non_null(strstr(problem, "'until' is 400 d in line 3 of its file: "));
    assert_true(vary_find_number(&document, "until", "week", &value, problem));
    assert_true(value > 57.142857142857 && value < 57.142857142858);
    const struct vary_change twice[] = {{"arms/1/treatments/0/dose", "1 mg"}, {"arms/1/treatments/1/dose", "1 mg"}};
    assert_null(vary_text(&document, twice, 2, problem));
    assert_string_equal(problem, "the value in line 12 is changed twice");
    assert_null(vary_text(&document, &(struct vary_change){"until", "1 d # no"}, 1, problem));
    assert_string_equal(problem, "'until' cannot become '1 d # no': it would be read as '1 d'");
    /* What a word would do to the list around it. */
    assert_null(
        vary_text(&document, &(struct vary_change){"arms/0/treatments/0/dose", "1 mg, start: 3 d"}, 1, problem));
    assert_non_null(strstr(problem, "the file cannot be changed there: "));
    yaml_free(&document);
}

/* Every double comes back, with no more digits than it takes. */
static void test_numbers(void **state)
{
    (void)state;
    char number[VARY_NUMBER_SIZE];
    vary_number_text(18, "/d", number);
    assert_string_equal(number, "18 /d");
    vary_number_text(0.1, "", number);
    assert_string_equal(number, "0.1");
    vary_number_text(-2.5, "1", number);
    assert_string_equal(number, "-2.5");
    uint64_t bits = UINT64_C(0x3ff0000000000001);
    for (int i = 0; i < 10000; i++) {
        double value;
        bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        const uint64_t positive_normal = (bits & UINT64_C(0x3fffffffffffffff)) | UINT64_C(0x0010000000000000);
        memcpy(&value, &positive_normal, sizeof value);
        vary_number_text(value, "mg/kg", number);
        assert_true(strtod(number, NULL) == value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_place), cmocka_unit_test(test_several), cmocka_unit_test(test_treatments),
        cmocka_unit_test(test_problems), cmocka_unit_test(test_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
