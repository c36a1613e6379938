/* The patients of Sobol indices: A and B have nothing in common, and the others are A with one factor of B. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cohorts/saltelli.h"
#include "input_files.h"

static const char cohort_text[] =
    "name: design\n"
    "patients: 10\n"
    "seed: 9\n"
    "lesions: {2: 25 %, 4: 75 %}\n"
    "body_weight: {distribution: uniform, lower: 50 kg, upper: 100 kg}\n"
    "baseline_sum_of_diameters: {distribution: loguniform, lower: 40 mm, upper: 80 mm, lesions_exponent: 0.5}\n"
    "relative_lesion_size: {distribution: uniform, lower: 0.2, upper: 1}\n"
    "lesion_spread: {growth: 0.3, pdl1: 0.2}\n"
    "new_lesions: {distribution: lognormal, median: 0.002 /d, log_sd: 1}\n"
    "parameters:\n"
    "  killing_rate: {distribution: uniform, lower: 10 /d, upper: 20 /d}\n"
    "  cd8_death_rate: 1.76 /d\n";
static const char *const names[] = {
    "lesions",     "baseline_sum_of_diameters", "body_weight", "killing_rate", "lesion_growth",
    "lesion_pdl1", "relative_lesion_size",      "new_lesions"};
enum { GROWTH = 4, PDL1, RELATIVE_SIZE };
enum { FACTORS = sizeof names / sizeof *names, ROWS = 64 };

static struct cohort cohort;
static struct saltelli_design design;

static int open_design(void **state)
{
    struct abscopal_error error;
    if (input_folder_make(state) != 0 ||
        cohort_file_read(input_file_write("design.yaml", cohort_text, strlen(cohort_text)), &cohort, &error) !=
            ABSCOPAL_OK)
        return 1;
    cohort.sampling = SAMPLING_SALTELLI;
    cohort.saltelli = &design;
    return saltelli_begin(&design, &cohort, 3, ROWS) ? 0 : 1;
}

static int close_design(void **state)
{
    cohort_free(&cohort);
    return input_folder_remove(state);
}

static struct virtual_patient draw(uint64_t row, uint64_t member)
{
    struct virtual_patient patient;
    sample_patient(&cohort, 1, 1, 1 + row * saltelli_row_patients(&design) + member, &patient);
    return patient;
}

static void factors_are_what_the_cohort_varies(void **state)
{
    (void)state;
    assert_int_equal(saltelli_factor_count(&design), FACTORS + 1);
    for (int i = 0; i < FACTORS; i++)
        assert_string_equal(saltelli_factor_name(&design, i), names[i]);
    assert_string_equal(saltelli_factor_name(&design, FACTORS), "chance");
    /* Lesions 2 to 4 have a size of their own, and all four two factors. */
    assert_int_equal(design.factors.dimension_count, 4 + 3 + 2 * 4 + 1);
    assert_int_equal(saltelli_patients(&design), ROWS * (FACTORS + 3));
}

/* The properties of all lesions that there can be, whether the patient has them or not. */
static void assert_same_but(const struct virtual_patient *patient, const struct virtual_patient *a,
                            const struct virtual_patient *b, int factor)
{
    for (int i = 0; i < FACTORS; i++) {
        const struct factor *of = &design.factors.items[i];
        if (i < GROWTH || i == FACTORS - 1)
            assert_true(fabs(factor_value(&cohort, of, patient) / factor_value(&cohort, of, i == factor ? b : a) - 1) <
                        1e-14);
    }
    for (int lesion = 0; lesion < patient->lesion_count; lesion++) {
        const struct virtual_patient *const whose[] = {factor == RELATIVE_SIZE ? b : a, factor == GROWTH ? b : a,
                                                       factor == PDL1 ? b : a};
        if (lesion < whose[0]->lesion_count)
            assert_true(patient->relative_lesion_size[lesion] == whose[0]->relative_lesion_size[lesion]);
        if (lesion < whose[1]->lesion_count)
            assert_true(patient->lesion_factors[lesion].growth == whose[1]->lesion_factors[lesion].growth);
        if (lesion < whose[2]->lesion_count)
            assert_true(patient->lesion_factors[lesion].pdl1 == whose[2]->lesion_factors[lesion].pdl1);
    }
    assert_true(patient->parameters.cd8_death_rate == a->parameters.cd8_death_rate);
    assert_true(patient->id == (factor == FACTORS ? b : a)->id);
}

static void a_factor_of_b_comes_alone(void **state)
{
    (void)state;
    for (uint64_t row = 0; row < ROWS; row++) {
        const struct virtual_patient a = draw(row, SALTELLI_A), b = draw(row, SALTELLI_B);
        assert_true(a.parameters.killing_rate != b.parameters.killing_rate && a.id != b.id);
        assert_true(a.new_lesions_per_day != b.new_lesions_per_day);
        for (int factor = 0; factor <= FACTORS; factor++) {
            const struct virtual_patient patient = draw(row, SALTELLI_FIRST_FACTOR + (uint64_t)factor);
            assert_same_but(&patient, &a, &b, factor);
        }
    }
}

/* Each of A and B is a low-discrepancy sample of the cohort's distributions; chance takes all for different patients.
 */
static void a_and_b_fill_every_stratum(void **state)
{
    (void)state;
    for (uint64_t member = SALTELLI_A; member <= SALTELLI_B; member++) {
        int weights[ROWS] = {0}, rates[ROWS] = {0}, ids[2 * ROWS + 1] = {0}, with_two = 0;
        for (uint64_t row = 0; row < ROWS; row++) {
            const struct virtual_patient patient = draw(row, member);
            const double u = erfc(-log(patient.new_lesions_per_day / 0.002) * M_SQRT1_2) / 2;
            assert_int_equal(weights[(int)((patient.body_weight_kg - 50) / 50 * ROWS)]++, 0);
            assert_int_equal(rates[(int)(u * ROWS)]++, 0);
            assert_in_range(patient.id, 1, 2 * ROWS);
            assert_int_equal(ids[patient.id]++, 0);
            with_two += patient.lesion_count == 2;
        }
        assert_int_equal(with_two, ROWS / 4);
    }
}

static void values_are_those_drawn(void **state)
{
    (void)state;
    const struct virtual_patient patient = draw(5, SALTELLI_A);
    const struct factor *items = design.factors.items;
    double growth = 1;
    for (int lesion = 0; lesion < patient.lesion_count; lesion++)
        growth *= patient.lesion_factors[lesion].growth;
    assert_true(fabs(factor_value(&cohort, &items[GROWTH], &patient) - pow(growth, 1. / patient.lesion_count)) < 1e-14);
    assert_true(fabs(factor_value(&cohort, &items[1], &patient) * sqrt(patient.lesion_count) -
                     patient.baseline_sum_of_diameters_mm) < 1e-12);
    assert_true(factor_value(&cohort, &items[0], &patient) == patient.lesion_count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(factors_are_what_the_cohort_varies),
        cmocka_unit_test(a_factor_of_b_comes_alone),
        cmocka_unit_test(a_and_b_fill_every_stratum),
        cmocka_unit_test(values_are_those_drawn),
    };
    return cmocka_run_group_tests(tests, open_design, close_design);
}
