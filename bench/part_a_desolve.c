/* Part A as deSolve's solvers call compiled models (deSolve's vignette "compiledCode"), and what bench/peer_desolve.R
 * needs beside it through .C(). The interfaces and their names are deSolve's. */
#include "bench/part_a.h"

#include <stdbool.h>
#include <string.h>

/* R calls with integers as int. */
void initmod(void (*parameters)(int *, double *));
void derivs(int *neq, double *t, double *y, double *ydot, double *yout, int *ip);
void jac(int *neq, double *t, double *y, int *ml, int *mu, double *pd, int *nrowpd, double *yout, int *ip);
void jacvec(int *neq, double *t, double *y, int *j, int *ian, int *jan, double *pdj, double *yout, int *ip);
void part_a_desolve_setup(int *status, double *state, double *tolerance, double *dose_nanomolar, int *drug_blood);
void part_a_desolve_pattern(int *count, int *row, int *column);
void part_a_desolve_volumes(const int *rows, const double *states, double *volume_l);

/* Constants are set by part_a_desolve_setup. */
void initmod(void (*parameters)(int *, double *))
{
    (void)parameters;
}

void derivs(int *neq, double *t, double *y, double *ydot, double *yout, int *ip)
{
    (void)neq, (void)t, (void)yout, (void)ip;
    part_a_rates(y, ydot);
}

/* deSolve hands over a matrix of zeros. */
void jac(int *neq, double *t, double *y, int *ml, int *mu, double *pd, int *nrowpd, double *yout, int *ip)
{
    (void)neq, (void)t, (void)ml, (void)mu, (void)nrowpd, (void)yout, (void)ip;
    part_a_jacobian(y, pd);
}

static bool same_state(const double *one, const double *other)
{
    for (int i = 0; i < PART_A_STATES; i++)
        if (one[i] != other[i])
            return false;
    return true;
}

/* Column *j of the Jacobian, counted from 1, as lsodes asks for them one after another at the same state. */
void jacvec(int *neq, double *t, double *y, int *j, int *ian, int *jan, double *pdj, double *yout, int *ip)
{
    (void)neq, (void)t, (void)ian, (void)jan, (void)yout, (void)ip;
    static double jacobian[PART_A_STATES * PART_A_STATES], evaluated_at[PART_A_STATES];
    if (!same_state(evaluated_at, y)) {
        part_a_jacobian(y, jacobian);
        memcpy(evaluated_at, y, sizeof evaluated_at);
    }
    memcpy(pdj, jacobian + (size_t)(*j - 1) * PART_A_STATES, PART_A_STATES * sizeof *pdj);
}

/* Everything the script has to know; *drug_blood counts from 1. *status becomes 0, or -1. */
void part_a_desolve_setup(int *status, double *state, double *tolerance, double *dose_nanomolar, int *drug_blood)
{
    *status = part_a_prepare();
    if (*status != 0)
        return;
    part_a_start(state);
    part_a_absolute_tolerances(tolerance);
    *dose_nanomolar = part_a_dose_nanomolar();
    *drug_blood = PART_A_DRUG_BLOOD + 1;
}

/* The entries of the Jacobian, counted from 1, column by column; row and column have room for *count. */
void part_a_desolve_pattern(int *count, int *row, int *column)
{
    int column_start[PART_A_STATES + 1], rows[PART_A_STATES * PART_A_STATES];
    const int found = part_a_pattern(column_start, rows);
    if (found > *count)
        return;
    *count = found;
    for (int i = 0; i < PART_A_STATES; i++)
        for (int entry = column_start[i]; entry < column_start[i + 1]; entry++) {
            row[entry] = rows[entry] + 1;
            column[entry] = i + 1;
        }
}

/* Tumour volumes of a matrix of states, one row for each output, stored by columns as R does. */
void part_a_desolve_volumes(const int *rows, const double *states, double *volume_l)
{
    for (int row = 0; row < *rows; row++) {
        double state[PART_A_STATES];
        for (int i = 0; i < PART_A_STATES; i++)
            state[i] = states[row + i * *rows];
        volume_l[row] = part_a_tumour_volume_l(state);
    }
}
