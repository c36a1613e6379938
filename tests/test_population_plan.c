/* Files of virtual populations: what is said of bad ones, to the letter, and which bin a value is in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "cohorts/population_plan.h"
#include "input_files.h"
#include "trial/response.h"

static enum abscopal_status read_and_free(const char *path, struct abscopal_error *error)
{
    struct population_plan plan;
    const enum abscopal_status status = population_plan_read(path, &plan, error);
    population_plan_free(&plan);
    return status;
}

#define HEAD "name: p\ncohort: c.yaml\npatients: 10\nseed: 1\n"
#define TRIALS HEAD "trials: {a: a.yaml, b: b.yaml}\n"
#define MATCH TRIALS "match:\n- "

static void test_errors(void **state)
{
    (void)state;
    static const struct malformed table[] = {
        {MATCH "{quantity: lesions, bins: [1, 3, 5], shares: [50 %, 50 %]}\n", ""},
        {MATCH "{trial: b, arm: x, quantity: response, bins: [CR, PD], shares: [0.5, 0.5]}\nmethod: acceptance\n", ""},
        {"name: p\n", "1:1: the population lacks 'cohort'; write for instance 'cohort: advanced-nsclc.yaml'"},
        {HEAD "match: []\n", "1:1: the population lacks 'trials'; write for instance 'trials: {oak: oak.yaml}'"},
        {HEAD "trials: oak.yaml\n", "5:9: trials must be a mapping of 1 to 8 names to files"},
        {TRIALS, "1:1: the population lacks 'match'; write for instance 'match: [{quantity: lesions, bins: [1, 2, 6], "
                 "shares: [40 %, 60 %]}]'"},
        {TRIALS "match: []\n", "6:8: match must not be empty"},
        {MATCH "{quantity: lesions, bin: [1, 3]}\n", "7:23: unknown key 'bin' in a match; did you mean 'bins'? Known "
                                                     "keys: quantity, trial, arm, bins, shares"},
        {MATCH "{bins: [1, 3], shares: [1]}\n",
         "7:3: a match lacks 'quantity'; write for instance 'quantity: largest_lesion_change'"},
        {MATCH "{quantity: lesion, bins: [1, 3], shares: [1]}\n", "7:14: unknown quantity 'lesion'; did you mean "
                                                                  "'lesions'?"},
        {MATCH "{quantity: lesions, bins: [1], shares: [1]}\n",
         "7:29: bins of lesions must have two edges or more: a lower one, those between bins, and an upper one"},
        {MATCH "{quantity: lesions, bins: [1, 3, 3], shares: [50 %, 50 %]}\n",
         "7:36: bins of lesions must ascend: this one is not above the one before"},
        {MATCH "{quantity: largest_lesion_diameter, bins: [1, 3], shares: [100 %]}\n",
         "7:46: bins of largest_lesion_diameter: '1' has no unit; write a length, such as '1 mm'"},
        {MATCH "{quantity: lesions, bins: [1, 3, 5], shares: [100 %]}\n",
         "7:48: 1 shares for 2 bins of lesions: write one for each"},
        {MATCH "{quantity: lesions, bins: [1, 3, 5], shares: [50 %, 49 %]}\n",
         "7:48: the shares add up to 99 %; make them 100 %"},
        {MATCH "{quantity: lesions, bins: [1, 3, 5], shares: [150 %, -50 %]}\n",
         "7:49: a share of patients must be from 0 to 1, not 150 %"},
        {MATCH "{quantity: response, bins: [CR, PR, CR], shares: [50 %, 50 %, 0 %]}\n", "7:39: CR is a bin already"},
        {MATCH "{quantity: response, bins: [CR, XR], shares: [50 %, 50 %]}\n",
         "7:35: unknown response 'XR'; did you mean 'CR'? Known: CR, PR, SD, PD, NE, NON-CR/NON-PD"},
        {MATCH "{quantity: [lesions], bins: [[1, 3]], shares: [[1]]}\n",
         "7:14: quantity must be one name, or a list of two"},
        {MATCH "{quantity: [lesions, response], bins: [1, 3], shares: [[1]]}\n",
         "7:42: bins of lesions must be a list"},
        {MATCH "{quantity: [lesions, response], bins: [[1, 3]], shares: [[1]]}\n",
         "7:41: bins of two quantities must be a list of two lists"},
        {MATCH "{quantity: [lesions, response], bins: [[1, 3], [CR, PR]], shares: [50 %, 50 %]}\n",
         "7:69: 2 rows of shares for 1 bins of lesions: write one for each"},
        {MATCH "{quantity: [lesions, response], bins: [[1, 3], [CR, PR]], shares: [[100 %]]}\n",
         "7:70: 1 shares for 2 bins of response: write one for each"},
        {MATCH "{trial: c, quantity: lesions, bins: [1, 3], shares: [100 %]}\n",
         "7:11: unknown trial 'c'. Known: a, b"},
        {MATCH "{quantity: lesions, bins: [1, 3], shares: [100 %]}\nmethod: prevalance\n",
         "8:9: unknown method 'prevalance'; did you mean 'prevalence'? Known: prevalence, acceptance"},
        {MATCH "{quantity: lesions, bins: [1, 3], shares: [100 %]}\nleast_effective: -1\n",
         "8:18: least_effective must be from 0 to 10000000, not -1"},
    };
    assert_int_equal(input_file_differences(read_and_free, table, sizeof table / sizeof *table), 0);
}

/* Lower edges belong to their bins, and the last upper one to the last. */
static void test_bins(void **state)
{
    (void)state;
    const struct plan_quantity change = {
        .kind = PLAN_BEST_CHANGE, .unit = "1", .bin_count = 2, .edges = {-1, -0.3, 0.2}};
    assert_int_equal(plan_quantity_bin(&change, -1), 0);
    assert_int_equal(plan_quantity_bin(&change, -0.3000001), 0);
    assert_int_equal(plan_quantity_bin(&change, -0.3), 1);
    assert_int_equal(plan_quantity_bin(&change, 0.2), 1);
    assert_int_equal(plan_quantity_bin(&change, 0.2000001), -1);
    assert_int_equal(plan_quantity_bin(&change, -1.1), -1);
    assert_int_equal(plan_quantity_bin(&change, NAN), -1);
    const struct plan_quantity response = {.kind = PLAN_RESPONSE, .unit = "1", .bin_count = 2, .edges = {3, 0}};
    assert_int_equal(plan_quantity_bin(&response, 0), 1);
    assert_int_equal(plan_quantity_bin(&response, 3), 0);
    assert_int_equal(plan_quantity_bin(&response, 2), -1);
    const struct plan_quantity whatever = {
        .kind = PLAN_RESPONSE, .unit = "1", .bin_count = RESPONSE_COUNT, .edges = {0, 1, 2, 3, 4, 5}};
    char text[256];
    for (int i = 0; i < RESPONSE_COUNT; i++)
        assert_string_equal(plan_quantity_bin_text(&whatever, (size_t)i, text, sizeof text),
                            response_name((enum response)i));
    const struct plan_match both = {.quantity_count = 2, .quantities = {change, response}, .cell_count = 4};
    assert_string_equal(plan_match_cell_text(&both, 1, text, sizeof text), "-100 to -30 %; CR");
    assert_string_equal(plan_match_cell_text(&both, 2, text, sizeof text), "-30 to 20 %; PD");
}

/* Joint shares are read row by row of the first quantity. */
static void test_joint(void **state)
{
    (void)state;
    static const char text[] = MATCH "{trial: b, quantity: [lesions, body_weight], bins: [[1, 3, 5], [40 kg, 70 kg, "
                                     "80 kg, 150 kg]], shares: [[10 %, 20 %, 5 %], [15 %, 20 %, 30 %]]}\n"
                                     "least_effective: 50\n";
    struct population_plan plan;
    struct abscopal_error error;
    assert_int_equal(population_plan_read(input_file_write("plan.yaml", text, sizeof text - 1), &plan, &error),
                     ABSCOPAL_OK);
    static const double shares[] = {0.1, 0.2, 0.05, 0.15, 0.2, 0.3};
    assert_true(plan.match_count == 1 && plan.matches[0].trial == 1 && plan.matches[0].cell_count == 6);
    for (int i = 0; i < 6; i++)
        assert_true(fabs(plan.matches[0].shares[i] - shares[i]) < 1e-15);
    assert_true(plan.matches[0].quantities[1].edges[3] == 150 && plan.least_effective == 50);
    assert_int_equal(plan.method, PLAN_PREVALENCE);
    const char *path = plan.cohort_path;
    assert_string_equal(path + strlen(path) - 7, "/c.yaml");
    population_plan_free(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_bins),
        cmocka_unit_test(test_joint),
    };
    return cmocka_run_group_tests(tests, input_folder_make, input_folder_remove);
}
