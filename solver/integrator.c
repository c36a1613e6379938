#include "solver/integrator.h"

#include <math.h>
#include <stdlib.h>

#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sunlinsol/sunlinsol_klu.h>
#include <sunmatrix/sunmatrix_sparse.h>

#include "solver/jacobian.h"

/* A patient needs some ten thousand steps; one who needs this many is stuck. */
enum { MAXIMUM_STEPS = 1000000 };

/* Rejections of one step before giving up. CVODE's own limit of 7 is too low here: free antigen is taken up within 1e-7
 * days and so sits at the noise of the Newton iteration once its source is gone. When the solver then falls back to
 * order 1, it takes that noise for a slope and has to shrink its step by that much before it sees that nothing happens.
 */
enum { MAXIMUM_REJECTIONS = 40 };

/* How far below the error test Newton's iteration goes. CVODE's own 0.1 leaves ten times the noise in the fastest
 * states and saves no time here. */
static const double newton_share = 0.01;

struct integrator {
    const struct model *model;
    int size;
    double relative_tolerance;
    double target_sum_of_diameters_mm;
    struct jacobian jacobian;
    SUNContext context;
    void *cvode;
    N_Vector state, interpolated, weights;
    SUNMatrix matrix;
    SUNLinearSolver linear_solver;
    bool started;
    struct integrator_work work;
    struct integrator_failure failure;
};

static int right_hand_side(realtype day, N_Vector state, N_Vector rate, void *user)
{
    (void)day;
    struct integrator *integrator = user;
    model_rates(integrator->model, N_VGetArrayPointer(state), N_VGetArrayPointer(rate));
    integrator->work.right_hand_sides++;
    return 0;
}

/* CVODE clears pattern and values before every call, so both are written. */
static int evaluate_jacobian(realtype day, N_Vector state, N_Vector rate, SUNMatrix matrix, void *user, N_Vector work1,
                             N_Vector work2, N_Vector work3)
{
    (void)day, (void)rate, (void)work1, (void)work2, (void)work3;
    struct integrator *integrator = user;
    struct jacobian *jacobian = &integrator->jacobian;
    sunindextype *column_start = SUNSparseMatrix_IndexPointers(matrix), *row = SUNSparseMatrix_IndexValues(matrix);
    for (int i = 0; i <= jacobian->size; i++)
        column_start[i] = jacobian->column_start[i];
    for (int i = 0; i < jacobian->entry_count; i++)
        row[i] = jacobian->row[i];
    jacobian_evaluate(jacobian, integrator->model, N_VGetArrayPointer(state), SUNSparseMatrix_Data(matrix));
    integrator->work.jacobians++;
    return 0;
}

/* One root for each lesion's last cell, and one for the target. A lesion without cells has none to lose. */
static int find_roots(realtype day, N_Vector state, realtype *roots, void *user)
{
    (void)day;
    const struct integrator *integrator = user;
    const double *values = N_VGetArrayPointer(state);
    const int lesions = integrator->model->lesion_count;
    for (int i = 0; i < lesions; i++) {
        const double cells = model_cancer_cells(integrator->model, values, i);
        roots[i] = cells == 0 ? 1 : cells - MODEL_LAST_CELL;
    }
    const double target = integrator->target_sum_of_diameters_mm;
    roots[lesions] = target > 0 ? model_sum_of_diameters_mm(integrator->model, values) - target : -1;
    return 0;
}

/* A library does not print: failures are returned. */
static void ignore_message(int code, const char *module, const char *function, char *message, void *user)
{
    (void)code, (void)module, (void)function, (void)message, (void)user;
}

static bool create_vectors(struct integrator *integrator)
{
    if (SUNContext_Create(NULL, &integrator->context) != 0)
        return false;
    integrator->state = N_VNew_Serial(integrator->size, integrator->context);
    integrator->interpolated = N_VNew_Serial(integrator->size, integrator->context);
    integrator->weights = N_VNew_Serial(integrator->size, integrator->context);
    integrator->matrix = SUNSparseMatrix(integrator->size, integrator->size, integrator->jacobian.entry_count, CSC_MAT,
                                         integrator->context);
    if (integrator->state == NULL || integrator->interpolated == NULL || integrator->weights == NULL ||
        integrator->matrix == NULL)
        return false;
    integrator->linear_solver = SUNLinSol_KLU(integrator->state, integrator->matrix, integrator->context);
    integrator->cvode = CVodeCreate(CV_BDF, integrator->context);
    return integrator->linear_solver != NULL && integrator->cvode != NULL;
}

static bool set_tolerances(struct integrator *integrator)
{
    double *tolerance = N_VGetArrayPointer(integrator->weights);
    for (int i = 0; i < integrator->size; i++)
        tolerance[i] = model_state_describe(integrator->model, i).absolute_tolerance;
    return CVodeSVtolerances(integrator->cvode, integrator->relative_tolerance, integrator->weights) == CV_SUCCESS;
}

/* Everything that CVODE wants to be told once, before the first restart. */
static bool configure(struct integrator *integrator)
{
    void *cvode = integrator->cvode;
    int directions[MODEL_MAX_LESIONS + 1];
    for (int i = 0; i < integrator->model->lesion_count; i++)
        directions[i] = -1;
    directions[integrator->model->lesion_count] = 1;
    return CVodeSetErrHandlerFn(cvode, ignore_message, NULL) == CV_SUCCESS &&
           CVodeSetUserData(cvode, integrator) == CV_SUCCESS &&
           CVodeInit(cvode, right_hand_side, 0, integrator->state) == CV_SUCCESS && set_tolerances(integrator) &&
           CVodeSetLinearSolver(cvode, integrator->linear_solver, integrator->matrix) == CV_SUCCESS &&
           CVodeSetJacFn(cvode, evaluate_jacobian) == CV_SUCCESS &&
           CVodeSetMaxErrTestFails(cvode, MAXIMUM_REJECTIONS) == CV_SUCCESS &&
           CVodeSetNonlinConvCoef(cvode, newton_share) == CV_SUCCESS &&
           CVodeRootInit(cvode, integrator->model->lesion_count + 1, find_roots) == CV_SUCCESS &&
           CVodeSetRootDirection(cvode, directions) == CV_SUCCESS && CVodeSetNoInactiveRootWarn(cvode) == CV_SUCCESS;
}

struct integrator *integrator_create(const struct model *model, double relative_tolerance)
{
    struct integrator *integrator = calloc(1, sizeof *integrator);
    if (integrator == NULL)
        return NULL;
    integrator->model = model;
    integrator->size = model_state_count(model);
    integrator->relative_tolerance = relative_tolerance;
    if (jacobian_create(model, &integrator->jacobian) != 0) {
        free(integrator);
        return NULL;
    }
    if (create_vectors(integrator)) {
        N_VConst(0, integrator->state);
        if (configure(integrator))
            return integrator;
    }
    integrator_free(integrator);
    return NULL;
}

void integrator_free(struct integrator *integrator)
{
    if (integrator == NULL)
        return;
    CVodeFree(&integrator->cvode);
    if (integrator->linear_solver != NULL)
        SUNLinSolFree(integrator->linear_solver);
    if (integrator->matrix != NULL)
        SUNMatDestroy(integrator->matrix);
    if (integrator->state != NULL)
        N_VDestroy(integrator->state);
    if (integrator->interpolated != NULL)
        N_VDestroy(integrator->interpolated);
    if (integrator->weights != NULL)
        N_VDestroy(integrator->weights);
    SUNContext_Free(&integrator->context);
    jacobian_free(&integrator->jacobian);
    free(integrator);
}

double *integrator_state(struct integrator *integrator)
{
    return N_VGetArrayPointer(integrator->state);
}

/* The state that kept the step small: the largest estimated error in units of its tolerance, a NaN before all. */
static int find_worst_state(struct integrator *integrator)
{
    double *const weights = N_VGetArrayPointer(integrator->weights);
    const double *state = N_VGetArrayPointer(integrator->state);
    if (CVodeGetErrWeights(integrator->cvode, integrator->weights) != CV_SUCCESS ||
        CVodeGetEstLocalErrors(integrator->cvode, integrator->interpolated) != CV_SUCCESS)
        return 0;
    const double *errors = N_VGetArrayPointer(integrator->interpolated);
    int worst = 0;
    double largest = -1;
    for (int i = 0; i < integrator->size; i++) {
        if (isnan(state[i]))
            return i;
        const double error = fabs(errors[i]) * weights[i];
        if (isnan(error) || error > largest) {
            largest = isnan(error) ? INFINITY : error;
            worst = i;
        }
    }
    return worst;
}

/* CVODE's names for the ways it gives up, of which CVodeGetReturnFlagName would make us free a copy. */
static const char *failure_name(int code)
{
    static const struct {
        int code;
        const char *name;
    } names[] = {
        {CV_TOO_MUCH_WORK, "CV_TOO_MUCH_WORK"},
        {CV_TOO_MUCH_ACC, "CV_TOO_MUCH_ACC"},
        {CV_ERR_FAILURE, "CV_ERR_FAILURE"},
        {CV_CONV_FAILURE, "CV_CONV_FAILURE"},
        {CV_LINIT_FAIL, "CV_LINIT_FAIL"},
        {CV_LSETUP_FAIL, "CV_LSETUP_FAIL"},
        {CV_LSOLVE_FAIL, "CV_LSOLVE_FAIL"},
        {CV_RHSFUNC_FAIL, "CV_RHSFUNC_FAIL"},
        {CV_FIRST_RHSFUNC_ERR, "CV_FIRST_RHSFUNC_ERR"},
        {CV_RTFUNC_FAIL, "CV_RTFUNC_FAIL"},
        {CV_MEM_FAIL, "CV_MEM_FAIL"},
        {CV_ILL_INPUT, "CV_ILL_INPUT"},
        {CV_BAD_T, "CV_BAD_T"},
        {CV_TOO_CLOSE, "CV_TOO_CLOSE"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].code == code)
            return names[i].name;
    return "CV_UNRECOGNIZED_ERR";
}

static void note_failure(struct integrator *integrator, int code, double day)
{
    integrator->failure = (struct integrator_failure){.code = code, .reason = failure_name(code), .day = day};
    if (CVodeGetLastStep(integrator->cvode, &integrator->failure.step_days) != CV_SUCCESS)
        integrator->failure.step_days = NAN;
    integrator->failure.worst_state = find_worst_state(integrator);
}

bool integrator_restart(struct integrator *integrator, double day, double target_sum_of_diameters_mm)
{
    integrator->target_sum_of_diameters_mm = target_sum_of_diameters_mm;
    integrator->work.restarts++;
    integrator->failure.code = 0;
    const int code = CVodeReInit(integrator->cvode, day, integrator->state);
    if (code != CV_SUCCESS)
        note_failure(integrator, code, day);
    return code == CV_SUCCESS;
}

static enum integrator_result which_root(const struct integrator *integrator)
{
    int found[MODEL_MAX_LESIONS + 1] = {0};
    if (CVodeGetRootInfo(integrator->cvode, found) == CV_SUCCESS && found[integrator->model->lesion_count] != 0)
        return INTEGRATOR_TARGET;
    return INTEGRATOR_LAST_CELL;
}

enum integrator_result integrator_step(struct integrator *integrator, double stop_day, double *day)
{
    double reached = *day;
    int code = CVodeSetStopTime(integrator->cvode, stop_day);
    if (code == CV_SUCCESS && integrator->work.steps >= MAXIMUM_STEPS)
        code = CV_TOO_MUCH_WORK;
    if (code == CV_SUCCESS)
        code = CVode(integrator->cvode, stop_day, integrator->state, &reached, CV_ONE_STEP);
    integrator->work.steps++;
    *day = reached;
    switch (code) {
    case CV_SUCCESS:
        return INTEGRATOR_STEPPED;
    case CV_TSTOP_RETURN:
        *day = stop_day;
        return INTEGRATOR_STOPPED;
    case CV_ROOT_RETURN:
        return which_root(integrator);
    default:
        note_failure(integrator, code, reached);
        return INTEGRATOR_FAILED;
    }
}

bool integrator_interpolate(struct integrator *integrator, double day, double *state)
{
    const int code = CVodeGetDky(integrator->cvode, day, 0, integrator->interpolated);
    if (code != CV_SUCCESS) {
        note_failure(integrator, code, day);
        return false;
    }
    const double *values = N_VGetArrayPointer(integrator->interpolated);
    for (int i = 0; i < integrator->size; i++)
        state[i] = values[i];
    return true;
}

struct integrator_work integrator_work(const struct integrator *integrator)
{
    return integrator->work;
}

const struct integrator_failure *integrator_failure(const struct integrator *integrator)
{
    return &integrator->failure;
}
