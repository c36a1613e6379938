/* Part A with CVODE as a competent user of Debian's SUNDIALS writes it: `dense` with the Jacobian by differences, what
 * one gets without writing one; `klu` with the exact sparse Jacobian and KLU. Set up once; each patient and each dose
 * is a CVodeReInit. Outputs are interpolated (CV_NORMAL), doses are stop times. */
#include "bench/measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sundials/sundials_version.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunlinsol/sunlinsol_klu.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunmatrix/sunmatrix_sparse.h>

struct peer {
    SUNContext context;
    void *cvode;
    N_Vector state, tolerance;
    SUNMatrix matrix;
    SUNLinearSolver solver;
    int column_start[PART_A_STATES + 1], row[PART_A_STATES * PART_A_STATES], entries;
    double jacobian[PART_A_STATES * PART_A_STATES];
    long steps, right_hand_sides, jacobians;
};

static int right_hand_side(realtype day, N_Vector state, N_Vector rate, void *user)
{
    (void)day, (void)user;
    part_a_rates(N_VGetArrayPointer(state), N_VGetArrayPointer(rate));
    return 0;
}

static int sparse_jacobian(realtype day, N_Vector state, N_Vector rate, SUNMatrix matrix, void *user, N_Vector work1,
                           N_Vector work2, N_Vector work3)
{
    (void)day, (void)rate, (void)work1, (void)work2, (void)work3;
    struct peer *peer = user;
    part_a_jacobian(N_VGetArrayPointer(state), peer->jacobian);
    sunindextype *column_start = SUNSparseMatrix_IndexPointers(matrix), *row = SUNSparseMatrix_IndexValues(matrix);
    double *value = SUNSparseMatrix_Data(matrix);
    for (int column = 0; column < PART_A_STATES; column++) {
        column_start[column] = peer->column_start[column];
        for (int entry = peer->column_start[column]; entry < peer->column_start[column + 1]; entry++) {
            row[entry] = peer->row[entry];
            value[entry] = peer->jacobian[peer->row[entry] + PART_A_STATES * column];
        }
    }
    column_start[PART_A_STATES] = peer->entries;
    return 0;
}

static bool choose_linear_solver(struct peer *peer, bool sparse)
{
    if (sparse) {
        peer->entries = part_a_pattern(peer->column_start, peer->row);
        peer->matrix = SUNSparseMatrix(PART_A_STATES, PART_A_STATES, peer->entries, CSC_MAT, peer->context);
        peer->solver = SUNLinSol_KLU(peer->state, peer->matrix, peer->context);
    } else {
        peer->matrix = SUNDenseMatrix(PART_A_STATES, PART_A_STATES, peer->context);
        peer->solver = SUNLinSol_Dense(peer->state, peer->matrix, peer->context);
    }
    return peer->matrix != NULL && peer->solver != NULL &&
           CVodeSetLinearSolver(peer->cvode, peer->solver, peer->matrix) == CV_SUCCESS &&
           (!sparse || CVodeSetJacFn(peer->cvode, sparse_jacobian) == CV_SUCCESS);
}

static bool set_up(struct peer *peer, const struct measure_options *options, bool sparse)
{
    if (SUNContext_Create(NULL, &peer->context) != 0)
        return false;
    peer->state = N_VNew_Serial(PART_A_STATES, peer->context);
    peer->tolerance = N_VNew_Serial(PART_A_STATES, peer->context);
    peer->cvode = CVodeCreate(CV_BDF, peer->context);
    if (peer->state == NULL || peer->tolerance == NULL || peer->cvode == NULL)
        return false;
    part_a_absolute_tolerances(N_VGetArrayPointer(peer->tolerance));
    N_VScale(options->absolute_factor, peer->tolerance, peer->tolerance);
    part_a_start(N_VGetArrayPointer(peer->state));
    return CVodeInit(peer->cvode, right_hand_side, 0, peer->state) == CV_SUCCESS &&
           CVodeSVtolerances(peer->cvode, options->relative_tolerance, peer->tolerance) == CV_SUCCESS &&
           CVodeSetUserData(peer->cvode, peer) == CV_SUCCESS && choose_linear_solver(peer, sparse) &&
           CVodeSetMaxNumSteps(peer->cvode, 1000000) == CV_SUCCESS;
}

static void tear_down(struct peer *peer)
{
    CVodeFree(&peer->cvode);
    SUNLinSolFree(peer->solver);
    SUNMatDestroy(peer->matrix);
    N_VDestroy(peer->state);
    N_VDestroy(peer->tolerance);
    SUNContext_Free(&peer->context);
}

/* CVODE counts from each CVodeReInit. */
static void count_work(struct peer *peer)
{
    long steps = 0, right_hand_sides = 0, for_jacobians = 0, jacobians = 0;
    CVodeGetNumSteps(peer->cvode, &steps);
    CVodeGetNumRhsEvals(peer->cvode, &right_hand_sides);
    CVodeGetNumLinRhsEvals(peer->cvode, &for_jacobians);
    CVodeGetNumJacEvals(peer->cvode, &jacobians);
    peer->steps += steps;
    peer->right_hand_sides += right_hand_sides + for_jacobians;
    peer->jacobians += jacobians;
}

static bool run_patient(struct peer *peer, double *volume_l)
{
    double *state = N_VGetArrayPointer(peer->state);
    part_a_start(state);
    for (int day = 0; day < PART_A_LAST_DAY; day += PART_A_DOSE_INTERVAL_DAYS) {
        const int stop =
            day + PART_A_DOSE_INTERVAL_DAYS < PART_A_LAST_DAY ? day + PART_A_DOSE_INTERVAL_DAYS : PART_A_LAST_DAY;
        state[PART_A_DRUG_BLOOD] += part_a_dose_nanomolar();
        volume_l[day] = part_a_tumour_volume_l(state);
        if (CVodeReInit(peer->cvode, day, peer->state) != CV_SUCCESS ||
            CVodeSetStopTime(peer->cvode, stop) != CV_SUCCESS)
            return false;
        for (int output = day + 1; output <= stop; output++) {
            double reached;
            if (CVode(peer->cvode, output, peer->state, &reached, CV_NORMAL) < 0)
                return false;
            volume_l[output] = part_a_tumour_volume_l(state);
        }
        count_work(peer);
    }
    return true;
}

static bool measure(struct peer *peer, const struct measure_options *options)
{
    double volume_l[PART_A_OUTPUTS];
    if (!run_patient(peer, volume_l)) /* not timed: the first one warms up */
        return false;
    peer->steps = peer->right_hand_sides = peer->jacobians = 0;
    struct measurement measurement = {.volume_l = volume_l, .detail = "SUNDIALS " SUNDIALS_VERSION};
    const struct measure_time start = measure_now();
    while (measurement.patients == 0 || measurement.time.wall < 1e3 * options->seconds) {
        if (!run_patient(peer, volume_l))
            return false;
        measurement.patients++;
        measurement.time = measure_since(start);
    }
    const double patients = (double)measurement.patients;
    measurement.steps_per_patient = (double)peer->steps / patients;
    measurement.right_hand_sides_per_patient = (double)peer->right_hand_sides / patients;
    measurement.jacobians_per_patient = (double)peer->jacobians / patients;
    return measure_print(&measurement);
}

int main(int argc, char **argv)
{
    struct measure_options options;
    const bool usable = measure_options_read(argc, argv, &options) &&
                        (strcmp(options.method, "dense") == 0 || strcmp(options.method, "klu") == 0);
    if (!usable) {
        fprintf(stderr, "usage: peer_cvode dense|klu [--tolerance X] [--absolute X] [--seconds X]\n");
        return 2;
    }
    static struct peer peer;
    const bool done = part_a_prepare() == 0 && set_up(&peer, &options, strcmp(options.method, "klu") == 0) &&
                      measure(&peer, &options);
    tear_down(&peer);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
