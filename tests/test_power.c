/* Simulated trials of synthetic populations, whose rates and hazards are known, against closed forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>

#include "trial/power.h"
#include "trial/proportions.h"

enum { MEMBERS = 2000, VISITS = 41 };

/* ---- Populations ------------------------------------------------------------------------------------ */

/* Arms whose members respond in exactly these shares, independently of each other; strata alternate. */
static struct power_population responders(size_t arms, const double *shares)
{
    struct power_population population = {.count = MEMBERS, .arm_count = arms, .visit_count = 2};
    population.visit_days = calloc(2, sizeof(double));
    population.visit_days[1] = 84;
    population.strata = calloc(MEMBERS, 1);
    population.fixed = calloc(arms * MEMBERS * 2, sizeof *population.fixed);
    for (size_t arm = 0; arm < arms; arm++)
        for (size_t member = 0; member < MEMBERS; member++) {
            const size_t place = (member * 7919 * (arm + 1)) % MEMBERS; /* another order in each arm */
            population.fixed[power_fixed_row(&population, arm, member) + 1].responds =
                (double)place < shares[arm] * MEMBERS;
            population.strata[member] = member % 2 == 0;
        }
    return population;
}

/* Exponential times of these rates per day, seen at visits a day apart, at quantiles of the distribution. */
static struct power_population survivors(double first_rate, double other_rate)
{
    struct power_population population = {.count = MEMBERS, .arm_count = 2, .visit_count = VISITS};
    population.visit_days = calloc(VISITS, sizeof(double));
    population.strata = calloc(MEMBERS, 1);
    population.fixed = calloc((size_t)2 * MEMBERS * VISITS, sizeof *population.fixed);
    for (size_t visit = 0; visit < VISITS; visit++)
        population.visit_days[visit] = (double)visit;
    for (size_t arm = 0; arm < 2; arm++)
        for (size_t member = 0; member < MEMBERS; member++) {
            const double place = ((double)((member * 7919 * (arm + 1)) % MEMBERS) + 0.5) / MEMBERS;
            const double time = -log(place) / (arm == 0 ? first_rate : other_rate);
            for (size_t visit = 0; visit < VISITS; visit++) {
                const double day = population.visit_days[visit];
                population.fixed[power_fixed_row(&population, arm, member) + visit] =
                    (struct power_status){.event = time <= day, .day = fmin(ceil(time), day)};
            }
        }
    return population;
}

static void population_close(struct power_population *population)
{
    free(population->visit_days);
    free(population->strata);
    free(population->fixed);
    free(population->cumulative);
}

static struct power_conduct conduct_of(size_t arms, bool survival, double alpha, int sides)
{
    struct power_conduct conduct = {.arm_count = arms,
                                    .ratio = {1, 1, 1},
                                    .survival = survival,
                                    .of_day = true,
                                    .test = survival ? POWER_LOG_RANK : POWER_CHI_SQUARE,
                                    .judged_days = 84,
                                    .follow_up_days = VISITS - 1,
                                    .event_share = (double)NAN,
                                    .bounds = {.looks = 1, .sides = sides, .share = {1}}};
    assert_int_equal(group_sequential_solve(BOUNDS_SPENDING_OBRIEN_FLEMING, alpha, &conduct.bounds), ABSCOPAL_OK);
    return conduct;
}

static struct power_estimate simulate(const struct power_population *population, const struct power_conduct *conduct,
                                      size_t size, size_t trials, bool null)
{
    struct power_estimate estimate;
    const struct power_simulation simulation = {.population = population, .conduct = conduct, .seed = 3};
    assert_int_equal(power_simulate(&simulation, size, trials, null, &estimate), ABSCOPAL_OK);
    return estimate;
}

/* Within 3.9 standard errors, which chance alone leaves once in ten thousand: seeds are fixed, and were not chosen. */
static void assert_share(size_t count, size_t trials, double expected)
{
    const double found = (double)count / (double)trials, error = sqrt(expected * (1 - expected) / (double)trials);
    if (!(fabs(found - expected) <= 3.9 * error))
        print_error("%zu of %zu, %.4f, rather than %.4f\n", count, trials, found, expected);
    assert_true(fabs(found - expected) <= 3.9 * error);
}

/* ---- Shares ----------------------------------------------------------------------------------------- */

/* Power of a test of two binomial numbers, of all outcomes with their probabilities. */
static double exact_power(enum power_test test, size_t n, double first, double other, double bound, bool both)
{
    double sum = 0;
    for (size_t i = 0; i <= n; i++)
        for (size_t j = 0; j <= n; j++) {
            const struct power_table table = {.responses = {{i, j}}, .judged = {{n, n}}};
            const double z = power_shares_statistic(test, 2, &table);
            if (z >= bound || (both && z <= -bound))
                sum += gsl_ran_binomial_pdf((unsigned)i, first, (unsigned)n) *
                       gsl_ran_binomial_pdf((unsigned)j, other, (unsigned)n);
        }
    return sum;
}

/* As many patients in each arm as are asked for need whole blocks: 40 are ten blocks of four. */
static void test_shares_exact(void **state)
{
    (void)state;
    const double shares[] = {0.2, 0.45};
    struct power_population population = responders(2, shares);
    for (int test = POWER_CHI_SQUARE; test <= POWER_FISHER; test++) {
        struct power_conduct conduct = conduct_of(2, false, 0.05, 2);
        conduct.test = (enum power_test)test;
        memset(population.strata, 0, MEMBERS);
        const struct power_estimate found = simulate(&population, &conduct, 40, 8000, false),
                                    null = simulate(&population, &conduct, 40, 8000, true);
        const double bound = conduct.bounds.bound[0];
        assert_int_equal(found.total, 80);
        assert_share(found.in_favour[0], found.trials, exact_power(conduct.test, 40, 0.2, 0.45, bound, false));
        assert_share(null.rejects[0], null.trials, exact_power(conduct.test, 40, 0.2, 0.2, bound, true));
        assert_true(fabs(found.share[0] - 0.2) < 0.003 && fabs(found.share[1] - 0.45) < 0.003);
    }
    population_close(&population);
}

/* Fisher's tea: 3 of 4 and 1 of 4 have p = 0.486 two-sided, 0.243 one-sided. Cochran, Mantel and Haenszel's statistic
 * of one stratum is Pearson's times (N - 1)/N. */
static void test_statistics(void **state)
{
    (void)state;
    const struct power_table tea = {.responses = {{1, 3}}, .judged = {{4, 4}}};
    assert_true(fabs(2 * gsl_cdf_ugaussian_Q(power_shares_statistic(POWER_FISHER, 2, &tea)) - 34.0 / 70) < 1e-9);
    assert_true(fabs(gsl_cdf_ugaussian_Q(power_shares_statistic(POWER_FISHER, 1, &tea)) - 17.0 / 70) < 1e-9);
    const struct power_table one = {.responses = {{12, 21}}, .judged = {{40, 35}}};
    const double pearson = power_shares_statistic(POWER_CHI_SQUARE, 2, &one),
                 within = power_shares_statistic(POWER_COCHRAN_MANTEL_HAENSZEL, 2, &one);
    assert_true(fabs(within * within / (pearson * pearson) - 74.0 / 75) < 1e-12);
    /* PEMBRO-RT: 13 of 36 and 7 of 40, P = 0.07 as published. */
    const struct power_table trial = {.responses = {{7, 13}}, .judged = {{40, 36}}};
    const double p = 2 * gsl_cdf_ugaussian_Q(power_shares_statistic(POWER_CHI_SQUARE, 2, &trial));
    assert_true(p > 0.065 && p < 0.075);
    const struct power_table nothing = {.judged = {{40, 36}}};
    for (int test = POWER_CHI_SQUARE; test <= POWER_COCHRAN_MANTEL_HAENSZEL; test++)
        assert_true(fabs(power_shares_statistic((enum power_test)test, 2, &nothing)) < 1e-9);
}

/* Where strata make a difference, the test within them is the more powerful, and keeps its level. */
static void test_strata(void **state)
{
    (void)state;
    enum { HALF = MEMBERS / 2 };
    const double shares[] = {0.5, 0.5};
    struct power_population population = responders(2, shares);
    struct power_conduct conduct = conduct_of(2, false, 0.05, 2);
    for (size_t member = 0; member < MEMBERS; member++) {
        const bool good = member % 2 == 0;
        const double place = (double)((member / 2 * 389) % HALF) / HALF;
        population.fixed[power_fixed_row(&population, 0, member) + 1].responds = place < (good ? 0.8 : 0.05);
        population.fixed[power_fixed_row(&population, 1, member) + 1].responds = place < (good ? 0.95 : 0.2);
    }
    const struct power_estimate plain = simulate(&population, &conduct, 100, 4000, false);
    conduct.test = POWER_COCHRAN_MANTEL_HAENSZEL;
    const struct power_estimate within = simulate(&population, &conduct, 100, 4000, false),
                                null = simulate(&population, &conduct, 100, 8000, true);
    assert_true((double)within.in_favour[0] > 1.2 * (double)plain.in_favour[0]);
    assert_true(proportion_wilson(null.rejects[0], null.trials).lower < 0.05);
    assert_true((double)null.rejects[0] < 0.055 * (double)null.trials);
    population_close(&population);
}

/* Dropout: at a rate that 30 % have left by day 84 they have no response, or are left out. */
static void test_dropout(void **state)
{
    (void)state;
    const double shares[] = {0.4, 0.4};
    struct power_population population = responders(2, shares);
    struct power_conduct conduct = conduct_of(2, false, 0.05, 2);
    conduct.dropouts_per_day = -log(0.7) / 84;
    const struct power_estimate counted = simulate(&population, &conduct, 50, 2000, false);
    assert_true(fabs(counted.share[0] - 0.28) < 0.004);
    conduct.dropouts_left_out = true;
    const struct power_estimate left_out = simulate(&population, &conduct, 50, 2000, false);
    assert_true(fabs(left_out.share[1] - 0.4) < 0.005);
    /* All are enrolled, after on average so long: the last of 100 comes after 100 waits. */
    conduct.recruits_per_day = 0.5;
    const struct power_estimate recruited = simulate(&population, &conduct, 50, 2000, false);
    assert_true(fabs(recruited.mean_day - (200 + 84)) < 2);
    population_close(&population);
}

/* Weights: whoever has none is never drawn. */
static void test_weights(void **state)
{
    (void)state;
    const double shares[] = {0.4, 0.4};
    struct power_population population = responders(2, shares);
    struct power_conduct conduct = conduct_of(2, false, 0.05, 2);
    population.cumulative = calloc(MEMBERS, sizeof(double));
    size_t having = 0;
    for (size_t member = 0; member < MEMBERS; member++)
        having += population.fixed[power_fixed_row(&population, 0, member) + 1].responds;
    double sum = 0;
    for (size_t member = 0; member < MEMBERS; member++) {
        const bool responds = population.fixed[power_fixed_row(&population, 0, member) + 1].responds;
        sum += responds ? 0.9 / (double)having : 0.1 / (double)(MEMBERS - having);
        population.cumulative[member] = sum;
    }
    const struct power_estimate found = simulate(&population, &conduct, 50, 2000, false);
    assert_true(fabs(found.share[0] - 0.9) < 0.004);
    population_close(&population);
}

/* ---- Times ------------------------------------------------------------------------------------------ */

/* Schoenfeld: with d events and equal arms, the statistic has the mean sqrt(d)/2 |ln HR|. */
static void test_log_rank(void **state)
{
    (void)state;
    const double ratio = 0.65;
    struct power_population population = survivors(0.04, 0.04 * ratio);
    struct power_conduct conduct = conduct_of(2, true, 0.05, 2);
    const struct power_estimate found = simulate(&population, &conduct, 120, 5000, false),
                                null = simulate(&population, &conduct, 120, 8000, true);
    const double events = 240 * (found.share[0] + found.share[1]) / 2;
    const double power = gsl_cdf_ugaussian_P(sqrt(events) / 2 * -log(ratio) - conduct.bounds.bound[0]);
    /* The closed form is of equal numbers at risk throughout; published comparisons have it within 2 points. */
    assert_true(fabs((double)found.in_favour[0] / 5000 - power) < 0.02);
    assert_true(fabs(found.share[0] - (1 - exp(-0.04 * (VISITS - 1)))) < 0.01);
    assert_share(null.rejects[0], null.trials, 0.05);
    const double size = power_size_of_hazards(ratio, events / 240, 1, 0.05, 2, 0.8);
    struct power_need need = {.power = 0.8};
    const struct power_simulation simulation = {.population = &population, .conduct = &conduct, .seed = 3};
    assert_int_equal(power_find(&simulation, 0, 30, 1000, 4000, &need), ABSCOPAL_OK);
    assert_true(need.reached && fabs(need.patients / size - 1) < 0.06);
    assert_true(need.lower <= need.patients && need.patients <= need.upper);
    population_close(&population);
}

/* ---- Sizes ------------------------------------------------------------------------------------------ */

/* Fleiss, Levin and Paik's size, and those of other ratios; and the number found has the power that was asked for. */
static void test_sizes(void **state)
{
    (void)state;
    const double shares[] = {0.2, 0.35};
    struct power_population population = responders(2, shares);
    struct power_conduct conduct = conduct_of(2, false, 0.05, 2);
    const double expected = power_size_of_shares(0.2, 0.35, 1, 0.05, 2, 0.8);
    assert_true(fabs(expected - 137.6) < 0.5); /* 138 per arm: R's power.prop.test(p1 = .2, p2 = .35, power = .8) */
    const struct power_simulation simulation = {.population = &population, .conduct = &conduct, .seed = 5};
    const double wanted[] = {0.8, 0.9};
    for (size_t i = 0; i < 2; i++) {
        struct power_need need = {.power = wanted[i]};
        const double closed = power_size_of_shares(0.2, 0.35, 1, 0.05, 2, wanted[i]);
        assert_int_equal(power_find(&simulation, 0, 10, 2000, 4000, &need), ABSCOPAL_OK);
        assert_true(need.reached && fabs(need.patients / closed - 1) < 0.05);
        assert_true(need.lower < closed * 1.02 && need.upper > closed * 0.98);
    }
    conduct.ratio[1] = 2;
    struct power_need uneven = {.power = 0.8};
    assert_int_equal(power_find(&simulation, 0, 10, 2000, 4000, &uneven), ABSCOPAL_OK);
    assert_true(fabs(uneven.patients / power_size_of_shares(0.2, 0.35, 2, 0.05, 2, 0.8) - 1) < 0.05);
    assert_true(isinf(power_size_of_shares(0.3, 0.3, 1, 0.05, 2, 0.8)));
    population_close(&population);
}

/* Without an effect, or with too small a one, no number is found, which is said. */
static void test_no_size(void **state)
{
    (void)state;
    const double shares[] = {0.3, 0.3};
    struct power_population population = responders(2, shares);
    const struct power_conduct conduct = conduct_of(2, false, 0.05, 2);
    const struct power_simulation simulation = {.population = &population, .conduct = &conduct, .seed = 5};
    struct power_need need = {.power = 0.8};
    assert_int_equal(power_find(&simulation, 0, 10, 200, 1000, &need), ABSCOPAL_OK);
    assert_false(need.reached);
    assert_true(isinf(need.patients) && need.simulated == 200 && need.successes < 60);
    population_close(&population);
}

/* ---- Looks ------------------------------------------------------------------------------------------ */

/* Under the null the trials that reject at each look are as many as the spending function says; with an effect the
 * power is that of the canonical distribution. */
static void test_looks_spend(void **state)
{
    (void)state;
    const double shares[] = {0.4, 0.55};
    struct power_population population = responders(2, shares);
    struct power_conduct conduct = conduct_of(2, false, 0.05, 2);
    const size_t size = 300;
    conduct.bounds = (struct group_sequential){.looks = 3, .sides = 2, .share = {1.0 / 3, 2.0 / 3, 1}};
    assert_int_equal(group_sequential_solve(BOUNDS_SPENDING_POCOCK, 0.05, &conduct.bounds), ABSCOPAL_OK);
    const struct power_estimate null = simulate(&population, &conduct, size, 8000, true);
    double spent = 0;
    for (size_t look = 0; look < 3; look++) {
        const double until = group_sequential_spent(BOUNDS_SPENDING_POCOCK, 0.05, 2, conduct.bounds.share[look]);
        assert_share(null.at_look[0][look], null.trials, until - spent);
        spent = until;
    }
    assert_share(null.rejects[0], null.trials, 0.05);
    const struct power_estimate found = simulate(&population, &conduct, size / 2, 10000, false);
    double rejects[GROUP_SEQUENTIAL_MOST_LOOKS], power = 0;
    const double pooled = (shares[0] + shares[1]) / 2;
    group_sequential_cross(&conduct.bounds, (shares[1] - shares[0]) / sqrt(pooled * (1 - pooled) * 4 / (double)size),
                           rejects);
    for (size_t look = 0; look < 3; look++) {
        power += rejects[look];
        assert_true(fabs((double)found.at_look[0][look] / (double)found.trials - rejects[look]) < 0.02);
    }
    assert_true(fabs((double)found.in_favour[0] / (double)found.trials - power) < 0.02);
    population_close(&population);
}

/* The same of events, with recruitment and dropout: looks come when the events have been seen, and trials that reject
 * early end early, with fewer patients. */
static void test_looks_at_events(void **state)
{
    (void)state;
    struct power_population population = survivors(0.06, 0.03);
    struct power_conduct conduct = conduct_of(2, true, 0.05, 2);
    conduct.recruits_per_day = 4;
    conduct.dropouts_per_day = 0.002;
    conduct.event_share = 0.6;
    const struct power_estimate whole = simulate(&population, &conduct, 100, 2000, false);
    conduct.bounds = (struct group_sequential){.looks = 2, .sides = 2, .share = {0.5, 1}};
    assert_int_equal(group_sequential_solve(BOUNDS_OBRIEN_FLEMING, 0.05, &conduct.bounds), ABSCOPAL_OK);
    const struct power_estimate found = simulate(&population, &conduct, 100, 2000, false),
                                null = simulate(&population, &conduct, 100, 8000, true);
    assert_share(null.rejects[0], null.trials, 0.05);
    double rejects[GROUP_SEQUENTIAL_MOST_LOOKS];
    group_sequential_cross(&conduct.bounds, 0, rejects);
    assert_share(null.at_look[0][0], null.trials, rejects[0]);
    assert_true(found.at_look[0][0] > 400);
    assert_true(found.mean_day < whole.mean_day - 2 && found.mean_enrolled < whole.mean_enrolled);
    assert_true(fabs((double)found.in_favour[0] - (double)whole.in_favour[0]) < 100);
    population_close(&population);
}

/* ---- Three arms, threads ---------------------------------------------------------------------------- */

/* Both comparisons at half the level: at least one rejects in at most 5 %, and not far below, as they have an arm in
 * common. */
static void test_three_arms(void **state)
{
    (void)state;
    const double shares[] = {0.3, 0.3, 0.45};
    struct power_population population = responders(3, shares);
    const struct power_conduct conduct = conduct_of(3, false, 0.025, 2);
    const struct power_estimate null = simulate(&population, &conduct, 150, 8000, true),
                                found = simulate(&population, &conduct, 150, 4000, false);
    assert_share(null.rejects[0], null.trials, 0.025);
    assert_share(null.rejects[1], null.trials, 0.025);
    assert_true(null.any <= null.rejects[0] + null.rejects[1]);
    assert_true(null.any > 300 && (double)null.any < 0.05 * 8000 + 3.9 * 20);
    assert_true(found.in_favour[1] > 2500 && found.rejects[0] < 200);
    population_close(&population);
}

static void test_threads(void **state)
{
    (void)state;
    struct power_population population = survivors(0.05, 0.03);
    struct power_conduct conduct = conduct_of(2, true, 0.05, 2);
    struct power_estimate one, four;
    conduct.recruits_per_day = 3;
    conduct.dropouts_per_day = 0.003;
    struct power_simulation simulation = {.population = &population, .conduct = &conduct, .seed = 9, .threads = 1};
    assert_int_equal(power_simulate(&simulation, 40, 600, false, &one), ABSCOPAL_OK);
    simulation.threads = 4;
    assert_int_equal(power_simulate(&simulation, 40, 600, false, &four), ABSCOPAL_OK);
    assert_memory_equal(&one, &four, sizeof one);
    simulation.seed = 10;
    assert_int_equal(power_simulate(&simulation, 40, 600, false, &four), ABSCOPAL_OK);
    assert_memory_not_equal(&one.mean_day, &four.mean_day, sizeof one.mean_day);
    population_close(&population);
}

static int stop_at_once(size_t trials, void *context)
{
    *(size_t *)context += trials;
    return 1;
}

static void test_interrupted(void **state)
{
    (void)state;
    const double shares[] = {0.3, 0.4};
    struct power_population population = responders(2, shares);
    const struct power_conduct conduct = conduct_of(2, false, 0.05, 2);
    struct power_estimate estimate;
    size_t done = 0;
    const struct power_simulation simulation = {
        .population = &population, .conduct = &conduct, .progress = stop_at_once, .context = &done};
    assert_int_equal(power_simulate(&simulation, 40, 100000, false, &estimate), ABSCOPAL_INTERRUPTED);
    assert_true(done > 0 && done < 100000);
    population_close(&population);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares_exact),    cmocka_unit_test(test_statistics), cmocka_unit_test(test_strata),
        cmocka_unit_test(test_dropout),         cmocka_unit_test(test_weights),    cmocka_unit_test(test_log_rank),
        cmocka_unit_test(test_sizes),           cmocka_unit_test(test_no_size),    cmocka_unit_test(test_looks_spend),
        cmocka_unit_test(test_looks_at_events), cmocka_unit_test(test_three_arms), cmocka_unit_test(test_threads),
        cmocka_unit_test(test_interrupted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
