/* Randomisation in permuted blocks within strata, and eligibility. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "trial/allocation.h"

enum { ARMS = 3 };

/* Two cuts: by lesions and by body weight. */
static struct patient_limit cuts[] = {{QUANTITY_LESIONS, -1, 3, INFINITY}, {QUANTITY_BODY_WEIGHT, -1, 75, INFINITY}};
static struct arm arms[ARMS];

static struct trial_file randomised(int *ratio, size_t arm_count, size_t strata)
{
    return (struct trial_file){
        .arms = arms,
        .arm_count = arm_count,
        .allocation = {.disjoint = true, .ratio = ratio, .strata = cuts, .stratum_count = strata}};
}

/* Patients of all strata, in no order. */
static struct virtual_patient patient_of(uint64_t id)
{
    struct virtual_patient patient = {.id = id,
                                      .lesion_count = 1 + (int)(5 * sampling_uniform(99, id, "lesions", 0)),
                                      .body_weight_kg = 60 + 40 * sampling_uniform(99, id, "weight", 0),
                                      .baseline_sum_of_diameters_mm = 20 + 5 * (double)(id % 10)};
    parameters_default(&patient.parameters);
    return patient;
}

static size_t stratum_of(const struct virtual_patient *patient)
{
    return (size_t)(patient->lesion_count >= 3) + 2 * (size_t)(patient->body_weight_kg >= 75);
}

/* Every block of twice the ratio, of every stratum, holds each arm exactly so often. */
static void blocks_hold_the_ratio_within_strata(void **unused)
{
    (void)unused;
    static const int ratios[][ARMS] = {{1, 1, 0}, {2, 1, 0}, {3, 2, 1}, {1, 1, 1}};
    for (size_t r = 0; r < sizeof ratios / sizeof *ratios; r++) {
        int ratio[ARMS];
        memcpy(ratio, ratios[r], sizeof ratio);
        const size_t arm_count = ratio[2] > 0 ? 3 : 2;
        const struct trial_file trial = randomised(ratio, arm_count, 2);
        const int block = 2 * (ratio[0] + ratio[1] + ratio[2]);
        struct allocation_state state = {.in_stratum = {0}};
        int in_block[4][ARMS] = {{0}}, patients[4] = {0}, blocks = 0;
        for (uint64_t id = 1; id <= 1000; id++) {
            const struct virtual_patient patient = patient_of(id);
            const size_t stratum = stratum_of(&patient);
            const int arm = allocation_next(&state, &trial, 4, &patient);
            assert_true(arm >= 0 && (size_t)arm < arm_count);
            in_block[stratum][arm]++;
            if (++patients[stratum] % block != 0)
                continue;
            for (size_t i = 0; i < arm_count; i++)
                assert_int_equal(in_block[stratum][i], 2 * ratio[i]);
            memset(in_block[stratum], 0, sizeof in_block[stratum]);
            blocks++;
        }
        assert_true(blocks > 60);
        for (int stratum = 0; stratum < 4; stratum++)
            assert_true(patients[stratum] > 100); /* or this would say nothing */
    }
}

/* Chi-square over seeds: each of the 6 orders of a block of 2 : 2 equally often. The statistic exceeds 20.515, 5
 * degrees of freedom, at a level of 0.1 %; the seeds are fixed, so that it does so always or never. */
static void all_orders_of_a_block_are_equally_likely(void **unused)
{
    (void)unused;
    enum { SEEDS = 6000 };
    int ratio[ARMS] = {1, 1, 0};
    const struct trial_file trial = randomised(ratio, 2, 0);
    for (int block = 0; block < 2; block++) { /* the first and the second one */
        double counts[16] = {0}, chi_square = 0;
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            struct allocation_state state = {.in_stratum = {0}};
            unsigned order = 0;
            for (uint64_t id = 1; id <= 4 * (uint64_t)(1 + block); id++) {
                const struct virtual_patient patient = patient_of(id);
                order = (order << 1 | (unsigned)allocation_next(&state, &trial, seed, &patient)) & 15;
            }
            counts[order]++;
        }
        double orders = 0;
        for (unsigned order = 0; order < 16; order++) {
            if (counts[order] == 0)
                continue;
            orders++;
            chi_square += (counts[order] - SEEDS / 6.0) * (counts[order] - SEEDS / 6.0) / (SEEDS / 6.0);
        }
        assert_true(orders == 6);
        assert_true(chi_square < 20.515);
    }
}

/* Each patient's arm over seeds, at 2 : 1, on its own and together with the next stratum's: 2/3 within 3.29 standard
 * deviations (a level of 0.1 %), and strata independent (chi-square of one degree, 10.83). */
static void every_patient_has_the_chances_of_the_ratio(void **unused)
{
    (void)unused;
    enum { SEEDS = 3000, PATIENTS = 12 };
    int ratio[ARMS] = {2, 1, 0};
    const struct trial_file trial = randomised(ratio, 2, 1);
    double first[PATIENTS] = {0}, table[2][2] = {{0}};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct allocation_state state = {.in_stratum = {0}};
        int first_of[2] = {-1, -1};
        for (uint64_t id = 1; id <= PATIENTS; id++) {
            const struct virtual_patient patient = patient_of(id);
            const int arm = allocation_next(&state, &trial, seed, &patient);
            int *const of = &first_of[patient.lesion_count >= 3];
            first[id - 1] += arm == 0;
            *of = *of < 0 ? arm : *of;
        }
        table[first_of[0]][first_of[1]]++;
    }
    for (int i = 0; i < PATIENTS; i++)
        assert_true(fabs(first[i] - SEEDS * 2 / 3.0) < 3.29 * sqrt(SEEDS * 2 / 9.0));
    const double row = table[0][0] + table[0][1], column = table[0][0] + table[1][0];
    const double odds = table[0][0] * table[1][1] - table[0][1] * table[1][0];
    assert_true(SEEDS * odds * odds / (row * (SEEDS - row) * column * (SEEDS - column)) < 10.83);
}

static void only_the_eligible_are_allocated(void **unused)
{
    (void)unused;
    int ratio[ARMS] = {1, 1, 0};
    struct trial_file trial = randomised(ratio, 2, 0);
    struct virtual_patient patient = patient_of(1);
    const int parameter = 0;
    const double value = parameter_get(&patient.parameters, parameter);
    struct patient_limit limits[] = {{QUANTITY_LESIONS, -1, 2, 4},
                                     {QUANTITY_BASELINE_MM, -1, -INFINITY, 45},
                                     {QUANTITY_BODY_WEIGHT, -1, 50, INFINITY},
                                     {QUANTITY_PARAMETER, parameter, value, value}};
    trial.eligibility = limits;
    trial.eligibility_count = 4;
    struct allocation_state state = {.in_stratum = {0}};
    size_t eligible = 0;
    for (uint64_t id = 1; id <= 500; id++) {
        patient = patient_of(id);
        const bool wanted =
            patient.lesion_count >= 2 && patient.lesion_count <= 4 && patient.baseline_sum_of_diameters_mm <= 45;
        assert_true(allocation_is_eligible(&trial, &patient) == wanted);
        assert_true((allocation_next(&state, &trial, 1, &patient) == ALLOCATION_NOT_ELIGIBLE) == !wanted);
        eligible += wanted;
    }
    assert_true(eligible > 100 && eligible < 400);
    assert_int_equal(state.in_stratum[0], eligible); /* those screened out take no place in a block */
    limits[3].most = limits[3].least = value * 1.01 + 1;
    assert_false(allocation_is_eligible(&trial, &patient));
    trial.allocation.disjoint = false;
    trial.eligibility_count = 0;
    assert_int_equal(allocation_next(&state, &trial, 1, &patient), ALLOCATION_ALL_ARMS);
}

/* What is counted at baseline decides then, and only for trials that limit it. */
static void lymphocytes_are_looked_at_at_baseline(void **unused)
{
    (void)unused;
    int ratio[ARMS] = {1, 1, 0};
    struct trial_file trial = randomised(ratio, 2, 0);
    struct patient_limit limits[] = {{QUANTITY_LYMPHOCYTES, -1, 500, 2000}, {QUANTITY_LESIONS, -1, 1, 5}};
    const struct virtual_patient patient = patient_of(1);
    assert_true(allocation_stays_eligible(&trial, 1));
    trial.eligibility = limits;
    trial.eligibility_count = 2;
    assert_true(allocation_is_eligible(&trial, &patient)); /* before they are known */
    assert_true(allocation_stays_eligible(&trial, 500) && allocation_stays_eligible(&trial, 2000));
    assert_false(allocation_stays_eligible(&trial, 499.9) || allocation_stays_eligible(&trial, 2000.1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_hold_the_ratio_within_strata),
        cmocka_unit_test(all_orders_of_a_block_are_equally_likely),
        cmocka_unit_test(every_patient_has_the_chances_of_the_ratio),
        cmocka_unit_test(only_the_eligible_are_allocated),
        cmocka_unit_test(lymphocytes_are_looked_at_at_baseline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
