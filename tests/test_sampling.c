/* Drawing virtual patients. Oracles: Random123's published vectors for Threefry through an implementation of our own,
 * the C library's erfc for normal quantiles (the product uses GSL), closed forms, and the Kolmogorov-Smirnov test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cohorts/cohort_file.h"
#include "cohorts/sampling.h"

enum { DRAWS = 20000 };

/* Threefry 4x64, 20 rounds, as in Salmon 2011 (doi:10.1145/2063384.2063405), section 3.3 and table 2. */
static void threefry(const uint64_t counter[4], const uint64_t key[4], uint64_t x[4])
{
    static const unsigned rotations[8][2] = {{14, 16}, {52, 57}, {23, 40}, {5, 37},
                                             {25, 33}, {46, 12}, {58, 22}, {32, 32}};
    uint64_t schedule[5] = {key[0], key[1], key[2], key[3], 0x1bd11bdaa9fc1a22};
    for (int i = 0; i < 4; i++) {
        schedule[4] ^= key[i];
        x[i] = counter[i] + key[i];
    }
    for (unsigned round = 0; round < 20; round++) {
        for (unsigned half = 0; half < 2; half++) {
            unsigned a = 2 * half;
            unsigned b = round % 2 == 0 ? a + 1 : 3 - a;
            unsigned turn = rotations[round % 8][half];
            x[a] += x[b];
            x[b] = ((x[b] << turn) | (x[b] >> (64 - turn))) ^ x[a];
        }
        if (round % 4 == 3) {
            unsigned injection = (round + 1) / 4;
            for (unsigned i = 0; i < 4; i++)
                x[i] += schedule[(injection + i) % 5];
            x[3] += injection;
        }
    }
}

static void test_threefry_vectors(void **state)
{
    (void)state;
    static const struct {
        uint64_t counter[4], key[4], block[4];
    } vectors[] = {
        {{0, 0, 0, 0}, {0, 0, 0, 0}, {0x09218ebde6c85537, 0x55941f5266d86105, 0x4bd25e16282434dc, 0xee29ec846bd2e40b}},
        {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX},
         {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX},
         {0x29c24097942bba1b, 0x0371bbfb0f6f4e11, 0x3c231ffa33f83a1c, 0xcd29113fde32d168}},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        uint64_t block[4];
        threefry(vectors[i].counter, vectors[i].key, block);
        assert_memory_equal(block, vectors[i].block, sizeof block);
    }
}

/* The number drawn is the one the header promises. The hashes are the published ones of FNV-1a. */
static void test_uniform(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint64_t hash;
    } names[] = {{"", 0xcbf29ce484222325}, {"a", 0xaf63dc4c8601ec8c}, {"foobar", 0x85944171f73967e8}};
    static const uint64_t numbers[] = {0, 1, 7, 200, UINT64_MAX};
    for (size_t n = 0; n < sizeof names / sizeof *names; n++)
        for (size_t i = 0; i < 125; i++) {
            uint64_t seed = numbers[i % 5];
            uint64_t patient = numbers[i / 5 % 5];
            uint64_t draw = numbers[i / 25];
            uint64_t block[4];
            threefry((uint64_t[]){patient, names[n].hash, draw, 0}, (uint64_t[]){seed, 0, 0, 0}, block);
            double u = sampling_uniform(seed, patient, names[n].name, draw);
            assert_true(u == ldexp((double)(2 * (block[0] >> 12) + 1), -53));
            assert_true(u > 0 && u < 1);
        }
}

/* ---- Quantiles */

/* Share of the standard normal between a and b, from whichever tail keeps the figures. */
static double normal_share(double a, double b)
{
    if (a > 0)
        return 0.5 * (erfc(a * M_SQRT1_2) - erfc(b * M_SQRT1_2));
    if (b < 0)
        return 0.5 * (erfc(-b * M_SQRT1_2) - erfc(-a * M_SQRT1_2));
    return 0.5 * (erf(b * M_SQRT1_2) - erf(a * M_SQRT1_2));
}

/* The distribution function, and one minus it, in the forms of a textbook. */
static void cumulative(const struct distribution *d, double x, double *below, double *above)
{
    switch (d->kind) {
    case DISTRIBUTION_UNIFORM:
        *below = (x - d->lower) / (d->upper - d->lower);
        *above = (d->upper - x) / (d->upper - d->lower);
        return;
    case DISTRIBUTION_LOGUNIFORM:
        *below = log(x / d->lower) / log(d->upper / d->lower);
        *above = log(d->upper / x) / log(d->upper / d->lower);
        return;
    case DISTRIBUTION_TRIANGULAR: {
        const double width = d->upper - d->lower;
        *below = pow(x - d->lower, 2) / width / (d->location - d->lower);
        *above = pow(d->upper - x, 2) / width / (d->upper - d->location);
        if (x < d->location)
            *above = 1 - *below;
        else
            *below = 1 - *above;
        return;
    }
    case DISTRIBUTION_FIXED:
        *below = *above = 0.5;
        return;
    case DISTRIBUTION_NORMAL:
    case DISTRIBUTION_LOGNORMAL:
        break;
    }
    bool logarithmic = d->kind == DISTRIBUTION_LOGNORMAL;
    double a = (logarithmic ? log(d->lower / d->location) : d->lower - d->location) / d->spread;
    double b = (logarithmic ? log(d->upper / d->location) : d->upper - d->location) / d->spread;
    double z = (logarithmic ? log(x / d->location) : x - d->location) / d->spread;
    *below = normal_share(a, z) / normal_share(a, b);
    *above = normal_share(z, b) / normal_share(a, b);
}

static const struct distribution distributions[] = {
    {DISTRIBUTION_NORMAL, 75, 15, -INFINITY, INFINITY},
    {DISTRIBUTION_NORMAL, 75, 15, 40, 130},
    {DISTRIBUTION_NORMAL, 0, 1, 4.5, 6},
    {DISTRIBUTION_NORMAL, 0, 1, -6, -4.5},
    {DISTRIBUTION_NORMAL, 0, 1, -0.001, 7},
    {DISTRIBUTION_NORMAL, 0, 1, 0, INFINITY},
    {DISTRIBUTION_LOGNORMAL, 37, 0.4, 0, INFINITY},
    {DISTRIBUTION_LOGNORMAL, 4.81e4, 1.73, 0, 1e5},
    {DISTRIBUTION_LOGNORMAL, 2.56, 0.35, 5, 20},
    {DISTRIBUTION_UNIFORM, 0, 0, 0.1, 1},
    {DISTRIBUTION_TRIANGULAR, 3, 0, 1, 10},
    {DISTRIBUTION_TRIANGULAR, 1, 0, 1, 2},
    {DISTRIBUTION_UNIFORM, 0, 0, -5, 3},
    {DISTRIBUTION_LOGUNIFORM, 0, 0, 1.2e4, 6.2e4},
    {DISTRIBUTION_LOGUNIFORM, 0, 0, 1e-9, 1e9},
};

static void test_quantiles(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof distributions / sizeof *distributions; i++) {
        const struct distribution *d = &distributions[i];
        double last = -INFINITY;
        for (int k = -40; k <= 40; k++) {
            /* From 1e-10 to 1 - 1e-10, dense at both ends. */
            double u = k <= 0 ? 0.5 * pow(10, k / 4.0) : 1 - 0.5 * pow(10, -k / 4.0);
            double x = distribution_quantile(d, u);
            double below;
            double above;
            cumulative(d, x, &below, &above);
            assert_true(x > last && x >= d->lower && x <= d->upper);
            assert_true(fabs(below - u) <= 1e-12);
            /* A tail that is not cut off is exact in its own figures (next to a bound x itself has too few). */
            if ((d->kind == DISTRIBUTION_NORMAL && isinf(d->lower)) ||
                (d->kind == DISTRIBUTION_LOGNORMAL && !(d->lower > 0)))
                assert_true(fabs(below / u - 1) <= 1e-12);
            assert_true(fabs(above - (1 - u)) <= 1e-12);
            last = x;
        }
    }
}

static void test_closed_forms(void **state)
{
    (void)state;
    const struct distribution fixed = {DISTRIBUTION_FIXED, 121, 0, 0, 1e5};
    const struct distribution normal = {DISTRIBUTION_NORMAL, 0, 1, -INFINITY, INFINITY};
    const struct distribution lognormal = {DISTRIBUTION_LOGNORMAL, 37, 0.4, 0, INFINITY};
    const struct distribution uniform = {DISTRIBUTION_UNIFORM, 0, 0, 2, 6};
    const struct distribution loguniform = {DISTRIBUTION_LOGUNIFORM, 0, 0, 0.001, 0.1};
    assert_true(distribution_quantile(&fixed, 0.9) == 121);
    assert_true(distribution_quantile(&normal, 0.5) == 0);
    assert_true(fabs(distribution_quantile(&normal, 0.975) - 1.959963984540054) < 1e-14);
    assert_true(fabs(distribution_quantile(&normal, 1e-10) + 6.361340902404056) < 1e-13);
    assert_true(distribution_quantile(&lognormal, 0.5) == 37);
    assert_true(fabs(distribution_quantile(&lognormal, 0.975) / (37 * exp(0.4 * 1.959963984540054)) - 1) < 1e-14);
    assert_true(distribution_quantile(&uniform, 0.25) == 3);
    assert_true(fabs(distribution_quantile(&loguniform, 0.5) / 0.01 - 1) < 1e-14);
}

/* ---- Samples */

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* sqrt(n) times the largest distance between the sample and the distribution; exceeds 1.95 once in a thousand. */
static double kolmogorov_smirnov(double *sample, size_t n, const struct distribution *d)
{
    qsort(sample, n, sizeof *sample, compare_doubles);
    double largest = 0;
    for (size_t i = 0; i < n; i++) {
        double below;
        double above;
        cumulative(d, sample[i], &below, &above);
        largest = fmax(largest, fmax(below - (double)i / (double)n, (double)(i + 1) / (double)n - below));
    }
    return largest * sqrt((double)n);
}

static void test_kolmogorov_smirnov(void **state)
{
    (void)state;
    static double sample[DRAWS];
    for (size_t i = 0; i < sizeof distributions / sizeof *distributions; i++) {
        for (uint64_t id = 1; id <= DRAWS; id++)
            sample[id - 1] = distribution_quantile(&distributions[i], sampling_uniform(1, id, "killing_rate", i));
        assert_true(kolmogorov_smirnov(sample, DRAWS, &distributions[i]) < 1.95);
    }
}

/* Neighbouring seeds, patients, names and draws are uncorrelated: 4 standard errors. */
static void test_streams(void **state)
{
    (void)state;
    double sums[4] = {0, 0, 0, 0};
    for (uint64_t id = 1; id <= DRAWS; id++) {
        double u = sampling_uniform(1, id, "body_weight", 0) - 0.5;
        sums[0] += u * (sampling_uniform(2, id, "body_weight", 0) - 0.5);
        sums[1] += u * (sampling_uniform(1, id + 1, "body_weight", 0) - 0.5);
        sums[2] += u * (sampling_uniform(1, id, "body_weighu", 0) - 0.5);
        sums[3] += u * (sampling_uniform(1, id, "body_weight", 1) - 0.5);
    }
    for (int i = 0; i < 4; i++)
        assert_true(fabs(12 * sums[i] / DRAWS) < 4 / sqrt(DRAWS));
}

/* ---- Patients */

static void read_set_c(struct cohort *cohort)
{
    struct abscopal_error error;
    if (cohort_file_read("tests/data/set-c-cohort.yaml", cohort, &error) != ABSCOPAL_OK) {
        char text[2048];
        fail_msg("%s", abscopal_error_text(&error, text, sizeof text));
    }
}

static void test_patients_of_set_c(void **state)
{
    (void)state;
    struct cohort cohort;
    read_set_c(&cohort);
    static double sums[DRAWS];
    static const double shares[MODEL_MAX_LESIONS] = {0.09, 0.23, 0.29, 0.24, 0.15}; /* set C */
    double counts[MODEL_MAX_LESIONS] = {0};
    for (uint64_t id = 1; id <= DRAWS; id++) {
        struct virtual_patient patient;
        sample_patient(&cohort, cohort.seed, DRAWS, id, &patient);
        assert_true(patient.id == id && patient.lesion_count >= 1 && patient.lesion_count <= MODEL_MAX_LESIONS);
        counts[patient.lesion_count - 1]++;
        sums[id - 1] = patient.baseline_sum_of_diameters_mm / pow(patient.lesion_count, 0.8);
        assert_true(patient.body_weight_kg >= 40 && patient.body_weight_kg <= 130);
        assert_true(patient.relative_lesion_size[0] == 1);
        for (int i = 1; i < MODEL_MAX_LESIONS; i++) {
            double size = patient.relative_lesion_size[i];
            assert_true(i < patient.lesion_count ? size >= 0.1 && size <= 1 : size == 0);
        }
        for (int i = 0; i < PARAMETER_COUNT; i++) {
            const struct parameter_description *row = parameter_describe(i);
            double value = parameter_get(&patient.parameters, i);
            assert_true(value >= row->lower && value <= row->upper);
        }
    }
    double chi_square = 0;
    for (int i = 0; i < MODEL_MAX_LESIONS; i++)
        chi_square += pow(counts[i] - DRAWS * shares[i], 2) / (DRAWS * shares[i]);
    assert_true(chi_square < 18.47); /* 4 degrees of freedom: exceeded once in a thousand */
    const struct distribution sum = {DISTRIBUTION_LOGNORMAL, 37, 0.4, 0,
                                     INFINITY}; /* set C; 1 to 1000 mm cuts nothing */
    assert_true(kolmogorov_smirnov(sums, DRAWS, &sum) < 1.95);
    cohort_free(&cohort);
}

/* Lesions differ by factors exp(log_sd z), each its own z: uncorrelated between lesions, properties and patients' other
 * numbers, and 1 to the bit where they do not differ. */
static void test_lesion_factors(void **state)
{
    (void)state;
    struct cohort cohort;
    read_set_c(&cohort);
    cohort.lesion_log_sd = (struct lesion_factors){0.33, 0.235, 0.25, 0, 1.5};
    for (int i = 0; i < MODEL_MAX_LESIONS; i++)
        cohort.lesion_probability[i] = i == MODEL_MAX_LESIONS - 1;
    enum { PROPERTIES = 5, FACTORS = PROPERTIES * MODEL_MAX_LESIONS };
    const double log_sds[PROPERTIES] = {0.33, 0.235, 0.25, 0, 1.5};
    static double factors[FACTORS][DRAWS];
    for (uint64_t id = 1; id <= DRAWS; id++) {
        struct virtual_patient patient;
        sample_patient(&cohort, 5, DRAWS, id, &patient);
        for (int i = 0; i < FACTORS; i++)
            factors[i][id - 1] = ((const double *)patient.lesion_factors)[i];
    }
    /* The order of struct lesion_factors is that of the log-SDs. */
    assert_true(sizeof(struct lesion_factors) == PROPERTIES * sizeof(double));
    for (int i = 0; i < FACTORS; i++) {
        const double log_sd = log_sds[i % PROPERTIES];
        for (int j = 0; j < i; j++) {
            double sum = 0;
            const double other = log_sds[j % PROPERTIES];
            for (size_t k = 0; log_sd > 0 && other > 0 && k < DRAWS; k++)
                sum += log(factors[i][k]) / log_sd * log(factors[j][k]) / other;
            assert_true(fabs(sum / DRAWS) < 5 / sqrt(DRAWS)); /* 190 pairs: 5 standard errors */
        }
    }
    for (int i = 0; i < FACTORS; i++) {
        const struct distribution expected = {DISTRIBUTION_LOGNORMAL, 1, log_sds[i % PROPERTIES], 0, INFINITY};
        if (expected.spread > 0)
            assert_true(kolmogorov_smirnov(factors[i], DRAWS, &expected) < 2.2); /* 20 samples: once in a thousand */
        for (size_t k = 0; !(expected.spread > 0) && k < DRAWS; k++)
            assert_true(factors[i][k] == 1);
    }
    cohort_free(&cohort);
}

/* Differences between lesions change no other number, nor does the number of lesions change a lesion's factors. */
static void test_lesion_factors_apart(void **state)
{
    (void)state;
    struct cohort cohort;
    read_set_c(&cohort);
    cohort.lesion_log_sd = (struct lesion_factors){0.33, 0.235, 0.25, 0.1, 0.2};
    struct cohort equal = cohort;
    equal.lesion_log_sd = (struct lesion_factors){0, 0, 0, 0, 0};
    struct cohort five = cohort;
    for (int i = 0; i < MODEL_MAX_LESIONS; i++)
        five.lesion_probability[i] = i == MODEL_MAX_LESIONS - 1;
    for (uint64_t id = 1; id <= 50; id++) {
        struct virtual_patient patient;
        struct virtual_patient other;
        sample_patient(&cohort, 11, DRAWS, id, &patient);
        sample_patient(&five, 11, DRAWS, id, &other);
        for (int i = 0; i < patient.lesion_count; i++) {
            const struct lesion_factors *f = &patient.lesion_factors[i];
            assert_memory_equal(f, &other.lesion_factors[i], sizeof *f);
            /* As docs/cohorts.md has it, for anyone to recompute. */
            const struct distribution normal = {DISTRIBUTION_NORMAL, 0, 1, -INFINITY, INFINITY};
            double z = distribution_quantile(&normal, sampling_uniform(11, id, "lesion_radiosensitivity", (uint64_t)i));
            assert_true(fabs(f->radiosensitivity / exp(0.2 * z) - 1) < 1e-14);
        }
        sample_patient(&equal, 11, DRAWS, id, &other);
        memcpy(other.lesion_factors, patient.lesion_factors, sizeof other.lesion_factors);
        assert_memory_equal(&patient, &other, sizeof patient);
    }
    cohort_free(&cohort);
}

/* A patient does not change when the cohort varies less, or other things. */
static void test_patients_keep_their_numbers(void **state)
{
    (void)state;
    struct cohort cohort;
    read_set_c(&cohort);
    struct cohort fewer = cohort;
    fewer.parameters = cohort.parameters + 3;
    fewer.parameter_count = cohort.parameter_count - 3;
    fewer.body_weight_kg = (struct distribution){DISTRIBUTION_FIXED, 75, 0, 1, 500};
    for (uint64_t id = 1; id <= 50; id++) {
        struct virtual_patient patient;
        struct virtual_patient other;
        sample_patient(&cohort, 11, DRAWS, id, &patient);
        sample_patient(&fewer, 11, DRAWS, id, &other);
        for (size_t i = 0; i < 3; i++) {
            int index = cohort.parameters[i].parameter;
            assert_true(parameter_get(&other.parameters, index) == parameter_describe(index)->value);
            parameter_set(&other.parameters, index, parameter_get(&patient.parameters, index));
        }
        other.body_weight_kg = patient.body_weight_kg;
        assert_memory_equal(&patient, &other, sizeof patient);
        sample_patient(&cohort, 12, DRAWS, id, &other);
        assert_true(other.body_weight_kg != patient.body_weight_kg);
    }
    cohort_free(&cohort);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threefry_vectors),   cmocka_unit_test(test_uniform),
        cmocka_unit_test(test_quantiles),          cmocka_unit_test(test_closed_forms),
        cmocka_unit_test(test_kolmogorov_smirnov), cmocka_unit_test(test_streams),
        cmocka_unit_test(test_patients_of_set_c),  cmocka_unit_test(test_patients_keep_their_numbers),
        cmocka_unit_test(test_lesion_factors),     cmocka_unit_test(test_lesion_factors_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
