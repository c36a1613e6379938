/* Equilibria and eigenvalues: of systems that can be solved by hand, and of the model. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "batch_course.h"
#include "model_asserts.h"
#include "solver/equilibrium.h"

/* ---- By hand ---------------------------------------------------------------------------------------- */

/* A tumour x that must be above a threshold b to grow to a, and dies out below it: x' = x (a - x)(x - b), with
 * equilibria 0 and a, stable, and b, unstable. Two states y and z that turn into one another, y' = -k y + l z = -z',
 * whose sum is kept; and a spiral, u' = -u - w v, v' = w u - v. */
enum { A = 3, B = 1, K = 2, L = 5, W = 7 };

static void rates(void *context, const double *state, double *rate)
{
    (void)context;
    const double x = state[0], y = state[1], z = state[2], u = state[3], v = state[4];
    rate[0] = x * (A - x) * (x - B);
    rate[1] = -K * y + L * z;
    rate[2] = -rate[1];
    rate[3] = -u - W * v;
    rate[4] = W * u - v;
}

static void jacobian(void *context, const double *state, double *matrix)
{
    (void)context;
    const double x = state[0];
    memset(matrix, 0, 25 * sizeof *matrix);
    matrix[0] = -3 * x * x + 2 * (A + B) * x - A * B;
    matrix[6] = -K, matrix[7] = L, matrix[11] = K, matrix[12] = -L;
    matrix[18] = -1, matrix[19] = -W, matrix[23] = W, matrix[24] = -1;
}

static double tolerance(void *context, int index)
{
    (void)context, (void)index;
    return 1e-9;
}

static const struct equilibrium_system by_hand = {
    .size = 5, .rates = rates, .jacobian = jacobian, .absolute_tolerance = tolerance};

/* Which one is found depends on where it starts; the sum that the rates keep is kept. */
static void equilibria_are_found(void **unused)
{
    (void)unused;
    static const struct {
        double from, to, slope;
    } cases[] = {{0.2, 0, -A * B}, {2.5, A, -A * (A - B)}, {4, A, -A * (A - B)}, {1 + 1e-9, B, B * (A - B)}};
    struct equilibrium_workspace *workspace = equilibrium_workspace_create(5);
    assert_non_null(workspace);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double state[] = {cases[i].from, 10, 4, 0.5, 0.5}, real_parts[5], imaginary[5];
        assert_int_equal(equilibrium_find(&by_hand, workspace, state), EQUILIBRIUM_FOUND);
        assert_true(fabs(state[0] - cases[i].to) < 1e-6);
        assert_close(state[1], 14.0 * L / (K + L), 1e-9);
        assert_close(state[2], 14.0 * K / (K + L), 1e-9);
        assert_true(fabs(state[3]) < 1e-8 && fabs(state[4]) < 1e-8);
        assert_int_equal(equilibrium_eigenvalues(&by_hand, workspace, state, NULL, real_parts, imaginary), 5);
        const double expected[] = {fmax(cases[i].slope, 0), fmin(cases[i].slope, 0)};
        assert_true(fabs(real_parts[0] - expected[0]) < 1e-5);
        assert_true(cases[i].slope > 0 || fabs(real_parts[0]) <= EQUILIBRIUM_NEUTRAL);
        double sum = 0;
        for (int j = 0; j < 5; j++)
            sum += real_parts[j];
        assert_true(fabs(sum - (cases[i].slope - K - L - 2)) < 1e-5);
    }
    equilibrium_workspace_free(workspace);
}

static void eigenvalues_may_be_complex_or_left_out(void **unused)
{
    (void)unused;
    struct equilibrium_workspace *workspace = equilibrium_workspace_create(5);
    const double state[] = {B, L, K, 0, 0};
    const bool held[] = {true, false, false, false, false};
    double real_parts[5], imaginary[5];
    assert_int_equal(equilibrium_eigenvalues(&by_hand, workspace, state, held, real_parts, imaginary), 4);
    assert_true(fabs(real_parts[0]) < 1e-12 && imaginary[0] == 0);
    assert_close(real_parts[1], -1, 1e-12);
    assert_close(real_parts[2], -1, 1e-12);
    assert_close(imaginary[1], W, 1e-12);
    assert_close(imaginary[2], -W, 1e-12);
    assert_close(real_parts[3], -(K + L), 1e-12);
    equilibrium_workspace_free(workspace);
}

/* x' = 1 has no equilibrium, and x' = -1 - x one where no state can be. */
static void rates_without_rest(void *context, const double *state, double *rate)
{
    const double *slope = context;
    rate[0] = *slope == 0 ? 1 : -1 + *slope * state[0];
}

static void jacobian_without_rest(void *context, const double *state, double *matrix)
{
    (void)state;
    matrix[0] = *(const double *)context;
}

static void what_does_not_settle_is_not_found(void **unused)
{
    (void)unused;
    double slopes[] = {0, -1};
    struct equilibrium_workspace *workspace = equilibrium_workspace_create(1);
    for (int i = 0; i < 2; i++) {
        const struct equilibrium_system system = {.size = 1,
                                                  .rates = rates_without_rest,
                                                  .jacobian = jacobian_without_rest,
                                                  .absolute_tolerance = tolerance,
                                                  .context = &slopes[i]};
        double state = 1;
        assert_int_equal(equilibrium_find(&system, workspace, &state), EQUILIBRIUM_NOT_FOUND);
    }
    equilibrium_workspace_free(workspace);
}

/* ---- The model -------------------------------------------------------------------------------------- */

static struct kept_course kept;

/* How far the rates are from 0: by how much of itself a state would have to change for its rate to vanish. */
static double largest_distance(const struct equilibrium_system *system, const double *state)
{
    static double matrix[KEPT_STATES * KEPT_STATES];
    double rate[KEPT_STATES], largest = 0;
    system->rates(system->context, state, rate);
    system->jacobian(system->context, state, matrix);
    for (int i = 0; i < system->size; i++) {
        const double slope = fabs(matrix[i * system->size + i]);
        const double size = fabs(state[i]) + system->absolute_tolerance(system->context, i);
        assert_true(slope > 0 || rate[i] == 0);
        if (slope > 0)
            largest = fmax(largest, fabs(rate[i]) / slope / size);
    }
    return largest;
}

/* Left alone for some decades, then by the iteration: rates vanish, and the lesions stay where the integration goes. */
static void a_tumour_comes_to_rest(void **unused)
{
    (void)unused;
    for (int lesions = 1; lesions <= 3; lesions += 2) {
        kept_patient(&kept, lesions, KEPT_NO_DRUG, 0, 20000);
        kept.model.options.resistance = false;
        kept_run(&kept, 1e-6);
        assert_int_equal(kept.course.result, COURSE_ENDED);
        const int size = model_state_count(&kept.model);
        double state[KEPT_STATES], real_parts[KEPT_STATES], imaginary[KEPT_STATES];
        memcpy(state, kept.state, sizeof state);
        struct equilibrium_model *of = equilibrium_model_create(&kept.model);
        struct equilibrium_workspace *workspace = equilibrium_workspace_create(size);
        const struct equilibrium_system system = equilibrium_model_system(of);
        assert_int_equal(equilibrium_find(&system, workspace, state), EQUILIBRIUM_FOUND);
        assert_int_equal(equilibrium_eigenvalues(&system, workspace, state, NULL, real_parts, imaginary), size);
        const double after = largest_distance(&system, state);
        print_message("  %d lesions: states at most %.1e of themselves away, largest eigenvalue %.1e/d\n", lesions,
                      after, real_parts[0]);
        assert_true(after < 1e-7);
        assert_true(real_parts[0] <= EQUILIBRIUM_NEUTRAL);
        for (int i = 0; i < lesions; i++)
            assert_close(model_living_cells(&kept.model, state, i), model_living_cells(&kept.model, kept.state, i),
                         1e-3);
        equilibrium_workspace_free(workspace);
        equilibrium_model_free(of);
    }
}

/* A body without tumour is unstable: the first cell grows, as nothing kills it, at the rate of growth less death. It is
 * the rule of the last cell that keeps a lesion empty. */
static void without_tumour_the_first_cell_grows(void **unused)
{
    (void)unused;
    kept_patient(&kept, 3, KEPT_NO_DRUG, 0, 36500);
    model_tumour_free_state(&kept.model, kept.start);
    kept_run(&kept, 1e-6);
    const int size = model_state_count(&kept.model);
    double real_parts[KEPT_STATES], imaginary[KEPT_STATES];
    bool held[KEPT_STATES] = {false};
    struct equilibrium_model *of = equilibrium_model_create(&kept.model);
    struct equilibrium_workspace *workspace = equilibrium_workspace_create(size);
    const struct equilibrium_system system = equilibrium_model_system(of);
    assert_int_equal(equilibrium_eigenvalues(&system, workspace, kept.state, NULL, real_parts, imaginary), size);
    double fastest = 0;
    const struct parameters *p = &kept.model.parameters;
    for (int i = 0; i < 3; i++)
        fastest = fmax(fastest, p->cancer_growth_rate * kept.model.factors[i].growth - p->cancer_death_rate);
    print_message("  largest eigenvalue %.9f/d, growth less death %.9f/d\n", real_parts[0], fastest);
    assert_close(real_parts[0], fastest, 1e-6);
    for (int i = 0; i < 3; i++)
        held[state_index_of(&kept.model, "cancer_cells", i, -1)] =
            held[state_index_of(&kept.model, "resistant_cells", i, -1)] = true;
    assert_int_equal(equilibrium_eigenvalues(&system, workspace, kept.state, held, real_parts, imaginary), size - 6);
    assert_true(real_parts[0] <= EQUILIBRIUM_NEUTRAL);
    equilibrium_workspace_free(workspace);
    equilibrium_model_free(of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equilibria_are_found),
        cmocka_unit_test(eigenvalues_may_be_complex_or_left_out),
        cmocka_unit_test(what_does_not_settle_is_not_found),
        cmocka_unit_test(a_tumour_comes_to_rest),
        cmocka_unit_test(without_tumour_the_first_cell_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
