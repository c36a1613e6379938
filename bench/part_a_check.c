/* Holds part A as the other solvers get it equal to the library's model: the rates at random states, the states that it
 * leaves out, and the Jacobian. Prints what it finds; exit code 1 when anything is beyond rounding. */
#include "bench/part_a.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_STATES = 256, POINTS = 200, ENTRIES = PART_A_STATES * PART_A_STATES };

static struct model model;
static int library_states;

/* Any generator does; the same states in every run. */
static double uniform(void)
{
    static unsigned long long word = 20200807;
    word = word * 6364136223846793005ULL + 1442695040888963407ULL;
    return (double)(word >> 11) / 9007199254740992.0;
}

static int find_state(const char *published)
{
    int state = 0;
    while (strcmp(part_a_published_name(state), published) != 0)
        state++;
    return state;
}

/* Every state within a factor of 3 of its published value; where that is 0, of its size under treatment. PD-L1, free
 * and bound, is the published total: the library replaces what is missing from it (docs/model.md), which never happens
 * in part A. */
static void draw_state(double *state)
{
    const int free_pdl1 = find_state("PDL1"), bound_pdl1 = find_state("PD1_PDL1");
    part_a_start(state);
    const double total = state[free_pdl1];
    for (int i = 0; i < PART_A_STATES; i++)
        state[i] = (state[i] > 0 ? state[i] : 50) * exp(log(9) * (uniform() - 0.5));
    state[bound_pdl1] = total * uniform();
    state[free_pdl1] = total - state[bound_pdl1];
}

static void library_rates(const double *state, double *rate, double *library_rate)
{
    double library_state[MOST_STATES] = {0};
    model_published_state(&model, library_state);
    for (int i = 0; i < PART_A_STATES; i++)
        library_state[part_a_library_index(i)] = state[i];
    model_rates(&model, library_state, library_rate);
    for (int i = 0; i < PART_A_STATES; i++)
        rate[i] = library_rate[part_a_library_index(i)];
}

/* Rates of both, relative to what the state turns over: sums of opposing flows leave no more digits than that. */
static double compare_rates(void)
{
    double worst = 0;
    for (int point = 0; point < POINTS; point++) {
        double state[PART_A_STATES], rate[PART_A_STATES], expected[PART_A_STATES], library_rate[MOST_STATES];
        double jacobian[ENTRIES] = {0};
        draw_state(state);
        part_a_rates(state, rate);
        part_a_jacobian(state, jacobian);
        library_rates(state, expected, library_rate);
        for (int i = 0; i < PART_A_STATES; i++) {
            double turnover = fabs(expected[i]);
            for (int column = 0; column < PART_A_STATES; column++)
                turnover += fabs(jacobian[i + PART_A_STATES * column] * state[column]);
            worst = fmax(worst, fabs(rate[i] - expected[i]) / turnover);
        }
    }
    return worst;
}

/* The states left out stay what they are at the start, whatever the others do. Returns how many do not. */
static int count_states_missed(void)
{
    bool moves[MOST_STATES] = {false};
    for (int point = 0; point < POINTS; point++) {
        double state[PART_A_STATES], rate[PART_A_STATES], library_rate[MOST_STATES];
        draw_state(state);
        library_rates(state, rate, library_rate);
        for (int i = 0; i < library_states; i++)
            moves[i] = moves[i] || library_rate[i] != 0;
    }
    for (int i = 0; i < PART_A_STATES; i++)
        moves[part_a_library_index(i)] = false;
    int missed = 0;
    for (int i = 0; i < library_states; i++)
        if (moves[i])
            printf("  left out, but not idle: %s\n", model_state_describe(&model, i).name), missed++;
    return missed;
}

/* Derivative of every rate in one state by central differences, extrapolated twice: error of the sixth order. */
static void differentiate(const double *state, int column, double *slope)
{
    double estimate[3][PART_A_STATES];
    for (int level = 0; level < 3; level++) {
        double moved[PART_A_STATES], above[PART_A_STATES], below[PART_A_STATES];
        const double step = state[column] * 4e-3 / (1 << level);
        memcpy(moved, state, sizeof moved);
        moved[column] = state[column] + step;
        part_a_rates(moved, above);
        moved[column] = state[column] - step;
        part_a_rates(moved, below);
        for (int row = 0; row < PART_A_STATES; row++)
            estimate[level][row] = (above[row] - below[row]) / (2 * step);
    }
    for (int row = 0; row < PART_A_STATES; row++) {
        const double first = (4 * estimate[1][row] - estimate[0][row]) / 3;
        const double second = (4 * estimate[2][row] - estimate[1][row]) / 3;
        slope[row] = (16 * second - first) / 15;
    }
}

/* The Jacobian against the differences, relative to the largest term of its row. */
static double compare_jacobians(void)
{
    double worst = 0;
    for (int point = 0; point < POINTS; point++) {
        double state[PART_A_STATES], jacobian[ENTRIES] = {0}, largest[PART_A_STATES] = {0};
        draw_state(state);
        part_a_jacobian(state, jacobian);
        for (int entry = 0; entry < ENTRIES; entry++)
            largest[entry % PART_A_STATES] =
                fmax(largest[entry % PART_A_STATES], fabs(jacobian[entry] * state[entry / PART_A_STATES]));
        for (int column = 0; column < PART_A_STATES; column++) {
            double slope[PART_A_STATES];
            differentiate(state, column, slope);
            for (int row = 0; row < PART_A_STATES; row++) {
                const double error = fabs(slope[row] - jacobian[row + PART_A_STATES * column]) * state[column];
                if (error > worst * largest[row])
                    worst = error / largest[row];
            }
        }
    }
    return worst;
}

int main(void)
{
    if (part_a_prepare() != 0) {
        printf("part A is not what bench/part_a.c expects\n");
        return EXIT_FAILURE;
    }
    part_a_library_model(&model);
    library_states = model_state_count(&model);
    int column_start[PART_A_STATES + 1], row[ENTRIES];
    printf("%d states of the library's %d, %d entries in the Jacobian\n", PART_A_STATES, library_states,
           part_a_pattern(column_start, row));
    const int missed = count_states_missed();
    const double rates = compare_rates(), jacobians = compare_jacobians();
    printf("rates: %.1e of the turnover (limit 1e-13)\n", rates);
    printf("Jacobian: %.1e of the row's largest term, by differences (limit 1e-9)\n", jacobians);
    return missed == 0 && rates < 1e-13 && jacobians < 1e-9 ? EXIT_SUCCESS : EXIT_FAILURE;
}
