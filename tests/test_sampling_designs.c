/* Latin hypercube and Sobol sampling of patients: what a design promises of every quantity, and that each patient is
 * found without the others. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cohorts/drawn.h"
#include "cohorts/latin_hypercube.h"
#include "cohorts/sampling.h"
#include "cohorts/sobol.h"
#include "input_files.h"
#include "trial_runs.h"

static const char cohort_text[] =
    "name: design\n"
    "patients: %d\n"
    "seed: 9\n"
    "sampling: %s\n"
    "lesions: {2: 25 %%, 4: 75 %%}\n"
    "body_weight: {distribution: uniform, lower: 50 kg, upper: 100 kg}\n"
    "body_height: {distribution: triangular, lower: 150 cm, mode: 170 cm, upper: 200 cm}\n"
    "baseline_sum_of_diameters: {distribution: loguniform, lower: 40 mm, upper: 80 mm}\n"
    "relative_lesion_size: {distribution: uniform, lower: 0.2, upper: 1}\n"
    "lesion_spread: {growth: 0.3, bounds: [0.5, 2]}\n"
    "parameters:\n"
    "  killing_rate: {distribution: uniform, lower: 10 /d, upper: 20 /d}\n"
    "  cancer_growth_rate: {distribution: lognormal, median: 0.012 /d, log_sd: 0.2}\n";

static void read_cohort(const char *sampling, int patients, struct cohort *cohort)
{
    char text[2048];
    struct abscopal_error error;
    snprintf(text, sizeof text, cohort_text, patients, sampling);
    if (cohort_file_read(input_file_write("design.yaml", text, strlen(text)), cohort, &error) != ABSCOPAL_OK)
        fail_msg("%s", error.message);
}

/* Which of n strata of its distribution each quantity of a patient lies in, from the textbook distribution function. */
enum { QUANTITIES = 6 };
static void strata_of(const struct virtual_patient *patient, double n, int *strata)
{
    const double height = patient->body_height_cm, weight = patient->body_weight_kg;
    const double triangular =
        height < 170 ? (height - 150) * (height - 150) / (50. * 20) : 1 - (200 - height) * (200 - height) / (50. * 30);
    const double low = log(0.5) / 0.3, high = log(2) / 0.3, z = log(patient->lesion_factors[1].growth) / 0.3;
    const double factor = (erf(z * M_SQRT1_2) - erf(low * M_SQRT1_2)) / (erf(high * M_SQRT1_2) - erf(low * M_SQRT1_2));
    const double u[QUANTITIES] = {(weight - 50) / 50,
                                  triangular,
                                  log2(patient->baseline_sum_of_diameters_mm / 40),
                                  (patient->relative_lesion_size[1] - 0.2) / 0.8,
                                  factor,
                                  patient->parameters.killing_rate / 10 - 1};
    for (int i = 0; i < QUANTITIES; i++)
        strata[i] = (int)floor(u[i] * n * (1 + 1e-13));
}

/* Every quantity has one patient in each of N equally likely strata, and a quarter of all has two lesions. */
static void every_stratum_has_one_patient(const char *sampling, int patients)
{
    struct cohort cohort;
    int counts[QUANTITIES][1024] = {{0}}, with_two = 0;
    read_cohort(sampling, patients, &cohort);
    for (int id = 1; id <= patients; id++) {
        struct virtual_patient patient;
        int strata[QUANTITIES];
        sample_patient(&cohort, cohort.seed, (uint64_t)patients, (uint64_t)id, &patient);
        strata_of(&patient, patients, strata);
        for (int i = 0; i < QUANTITIES; i++) {
            assert_in_range(strata[i], 0, patients - 1);
            assert_int_equal(counts[i][strata[i]]++, 0);
        }
        with_two += patient.lesion_count == 2;
    }
    assert_int_equal(4 * with_two, patients);
    cohort_free(&cohort);
}

static void test_strata(void **state)
{
    (void)state;
    every_stratum_has_one_patient("latin hypercube", 4);
    every_stratum_has_one_patient("latin hypercube", 100);
    every_stratum_has_one_patient("latin hypercube", 1000);
    every_stratum_has_one_patient("sobol", 64);
    every_stratum_has_one_patient("sobol", 1024);
}

/* Strata are a permutation for every number of patients; which one depends on name, draw and seed, and its places do
 * not follow each other: the rank correlation of two of 2000 has a standard deviation of 1/sqrt(1999). */
static void test_permutations(void **state)
{
    (void)state;
    enum { MOST = 2000 };
    static bool taken[MOST];
    for (uint64_t n = 1; n <= MOST; n = n < 20 ? n + 1 : n + 97) {
        memset(taken, 0, sizeof taken);
        for (uint64_t id = 1; id <= n; id++) {
            const uint64_t stratum = latin_hypercube_stratum(3, n, id, "killing_rate", 0);
            assert_true(stratum < n && !taken[stratum]);
            taken[stratum] = true;
        }
    }
    double sums[4] = {0};
    for (uint64_t id = 1; id <= MOST; id++) {
        const double centre = (MOST - 1) / 2.;
        const double own = (double)latin_hypercube_stratum(3, MOST, id, "killing_rate", 0) - centre;
        sums[0] += own * ((double)id - 1 - centre);
        sums[1] += own * ((double)latin_hypercube_stratum(4, MOST, id, "killing_rate", 0) - centre);
        sums[2] += own * ((double)latin_hypercube_stratum(3, MOST, id, "killing_rate", 1) - centre);
        sums[3] += own * ((double)latin_hypercube_stratum(3, MOST, id, "killing_half_tcells", 0) - centre);
    }
    for (int i = 0; i < 4; i++)
        assert_true(fabs(sums[i] / (MOST * ((double)MOST * MOST - 1) / 12)) < 4 / sqrt(MOST - 1));
    /* Small ones come in all orders: 6 of 3 patients, over 6000 seeds; 5 degrees of freedom, level 0.1 %. */
    int orders[9] = {0};
    for (uint64_t seed = 1; seed <= 6000; seed++)
        orders[3 * latin_hypercube_stratum(seed, 3, 1, "a", 0) + latin_hypercube_stratum(seed, 3, 2, "a", 0)]++;
    double chi_square = 0;
    for (int i = 0; i < 9; i++)
        chi_square += i % 4 == 0 ? 0 : pow(orders[i] - 1000., 2) / 1000;
    assert_true(orders[0] + orders[4] + orders[8] == 0 && chi_square < 20.515);
}

/* Numbers are inside (0, 1) in the first and the last stratum too. */
static void test_ends(void **state)
{
    (void)state;
    const uint64_t most = 1000000000;
    assert_true(latin_hypercube_uniform(most - 1, most, 1 - 0x1p-53) < 1);
    assert_true(latin_hypercube_uniform(0, 1, 1 - 0x1p-53) < 1 && latin_hypercube_uniform(0, most, 0x1p-53) > 0);
    for (uint64_t id = most - 5; id <= most; id++)
        assert_true(latin_hypercube_stratum(1, most, id, "x", 0) < most);
}

/* The points of the first dimension are van der Corput's: 0, 1/2, 3/4, 1/4, ... in the order of a Gray code. */
static void test_sobol(void **state)
{
    (void)state;
    static const double first[8] = {0, 0.5, 0.75, 0.25, 0.375, 0.875, 0.625, 0.125};
    for (uint32_t i = 0; i < 8; i++)
        assert_true(sobol_point(0, i) * 0x1p-32 == first[i]);
    /* Scrambling keeps nets: of 256 points in two dimensions, one lies in every box 2^-j by 2^-(8 - j). */
    for (int j = 0; j <= 8; j++) {
        int counts[256] = {0};
        for (uint32_t i = 0; i < 256; i++) {
            const int x = (int)(sobol_uniform(5, 0, i) * (1 << j));
            const int y = (int)(sobol_uniform(5, 1, i) * (1 << (8 - j)));
            assert_int_equal(counts[(x << (8 - j)) + y]++, 0);
        }
    }
    assert_true(sobol_uniform(5, 0, 0) != sobol_uniform(6, 0, 0) && sobol_uniform(5, 0, 0) != sobol_uniform(5, 1, 0));
}

/* Dimensions are those of what varies, in the order that docs/cohorts.md gives. */
static void test_dimensions(void **state)
{
    (void)state;
    struct cohort cohort;
    struct virtual_patient patient;
    read_cohort("sobol", 16, &cohort);
    for (uint64_t id = 1; id <= 16; id++) {
        const uint32_t index = (uint32_t)id - 1;
        sample_patient(&cohort, 9, 16, id, &patient);
        /* 0 lesions, 1 sum of diameters, 2 weight, 3 height, then parameters as in their table: growth, killing. */
        assert_true(patient.lesion_count == (sobol_uniform(9, 0, index) < 0.25 ? 2 : 4));
        assert_true(fabs(patient.body_weight_kg - 50 - 50 * sobol_uniform(9, 2, index)) < 1e-12);
        assert_true(fabs(patient.parameters.killing_rate - 10 - 10 * sobol_uniform(9, 5, index)) < 1e-13);
        /* 6 growth of lesion 1, 7 size of lesion 2. */
        assert_true(fabs(patient.relative_lesion_size[1] - 0.2 - 0.8 * sobol_uniform(9, 7, index)) < 1e-14);
    }
    cohort_free(&cohort);
}

/* Threads, blocks and company do not matter: each patient alone is who he is in the run, by every way of sampling; and
 * a Latin hypercube has no further patients. */
static void test_runs(void **state)
{
    (void)state;
    static const char *const ways[] = {"latin hypercube", "sobol"};
    static const char trial_text[] =
        "name: t\nmodel: nsclc\ncohort: design.yaml\nuntil: 30 d\nimaging: {every: 15 d}\narms:\n"
        "- {name: a, treatments: [{drug: nivolumab, dose: 240 mg, start: 0 d}]}\n";
    for (int way = 0; way < 2; way++) {
        struct cohort cohort;
        read_cohort(ways[way], 40, &cohort);
        cohort_free(&cohort);
        abscopal_trial *trial = trial_runs_read(input_file_write("designed.yaml", trial_text, sizeof trial_text - 1));
        abscopal_results *results = trial_runs_assert_one_result(trial, ABSCOPAL_ENGINE_BATCH, 6);
        const struct virtual_patient *drawn = &results->patients[5].patient;
        struct virtual_patient patient;
        sample_patient(&trial->cohort, 3, 6, 6, &patient);
        assert_memory_equal(drawn, &patient, sizeof patient);
        struct abscopal_error error = {0};
        const struct abscopal_run_options beyond = {.patients = 6, .seed = 3, .threads = 1, .only_patient = 7};
        abscopal_results *other = abscopal_run(trial, &beyond, &error);
        if (way == 0) {
            assert_null(other);
            assert_int_equal(error.status, ABSCOPAL_BAD_INPUT);
            assert_string_equal(error.message,
                                "a Latin hypercube of 6 patients has no patient 7; give one from 1 to 6, "
                                "or more patients");
        } else {
            assert_non_null(other);
        }
        abscopal_results_free(other);
        abscopal_results_free(results);
        abscopal_trial_free(trial);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strata), cmocka_unit_test(test_permutations), cmocka_unit_test(test_ends),
        cmocka_unit_test(test_sobol),  cmocka_unit_test(test_dimensions),   cmocka_unit_test(test_runs),
    };
    return cmocka_run_group_tests(tests, input_folder_make, input_folder_remove);
}
