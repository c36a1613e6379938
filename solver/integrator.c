#include "solver/integrator.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cvode/cvode.h>

#include "solver/alone.h"
#include "solver/linear_solver.h"
#include "solver/matrix_plan.h"
#include "solver/newton.h"
#include "solver/vector.h"

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
    const struct alone_functions *arithmetic;
    struct matrix_plan plan;
    SUNContext context;
    void *cvode;
    N_Vector state, interpolated, weights, absolute_tolerances;
    SUNMatrix matrix;
    SUNLinearSolver linear_solver;
    SUNNonlinearSolver newton;
    double day, reached_day;                 /* of the state; where the last step ended */
    double distances[MODEL_MAX_LESIONS + 1]; /* to the roots, at that day */
    struct integrator_work work;             /* but for attempts */
    long rejected_before;                    /* attempts, before the last restart */
    struct integrator_failure failure;
};

static void evaluate_rates(void *user, const double *state, double *rate)
{
    struct integrator *integrator = user;
    integrator->arithmetic->rates(integrator->model, state, rate);
    integrator->work.right_hand_sides++;
}

static int right_hand_side(realtype day, N_Vector state, N_Vector rate, void *user)
{
    (void)day;
    evaluate_rates(user, N_VGetArrayPointer(state), N_VGetArrayPointer(rate));
    return 0;
}

static int set_error_weights(N_Vector state, N_Vector weights, void *user)
{
    const struct integrator *integrator = user;
    vector_error_weights(integrator->relative_tolerance, state, integrator->absolute_tolerances, weights);
    return 0;
}

/* The matrix of Newton's iteration. The Jacobian costs no more than two right-hand sides, and with that of the present
 * state a tenth of the steps and iterations are saved, so CVODE's offer to keep the last one is declined. */
static int assemble_matrix(realtype day, N_Vector state, N_Vector rate, SUNMatrix matrix, booleantype may_keep_jacobian,
                           booleantype *jacobian_is_new, realtype gamma, void *user, N_Vector work1, N_Vector work2,
                           N_Vector work3)
{
    (void)day, (void)rate, (void)may_keep_jacobian, (void)work1, (void)work2, (void)work3;
    struct integrator *integrator = user;
    newton_matrix_linearise(matrix, integrator->model, N_VGetArrayPointer(state), gamma);
    integrator->work.jacobians++;
    *jacobian_is_new = SUNTRUE;
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
    integrator->state = vector_create(integrator->size, integrator->context);
    integrator->interpolated = vector_create(integrator->size, integrator->context);
    integrator->weights = vector_create(integrator->size, integrator->context);
    integrator->matrix = newton_matrix_create(integrator->arithmetic, &integrator->plan, integrator->context);
    integrator->linear_solver = newton_solver_create(integrator->context);
    integrator->absolute_tolerances = vector_create(integrator->size, integrator->context);
    if (integrator->state == NULL || integrator->interpolated == NULL || integrator->weights == NULL ||
        integrator->absolute_tolerances == NULL || integrator->matrix == NULL)
        return false;
    integrator->newton = newton_create(integrator->state, integrator->matrix, evaluate_rates, integrator->context);
    integrator->cvode = CVodeCreate(CV_BDF, integrator->context);
    return integrator->linear_solver != NULL && integrator->newton != NULL && integrator->cvode != NULL;
}

static bool set_tolerances(struct integrator *integrator)
{
    double *tolerance = N_VGetArrayPointer(integrator->absolute_tolerances);
    for (int i = 0; i < integrator->size; i++)
        tolerance[i] = model_state_describe(integrator->model, i).absolute_tolerance;
    return CVodeWFtolerances(integrator->cvode, set_error_weights) == CV_SUCCESS;
}

/* Everything that CVODE wants to be told once, before the first restart. */
static bool configure(struct integrator *integrator)
{
    void *cvode = integrator->cvode;
    return CVodeSetErrHandlerFn(cvode, ignore_message, NULL) == CV_SUCCESS &&
           CVodeSetUserData(cvode, integrator) == CV_SUCCESS &&
           CVodeInit(cvode, right_hand_side, 0, integrator->state) == CV_SUCCESS && set_tolerances(integrator) &&
           CVodeSetNonlinearSolver(cvode, integrator->newton) == CV_SUCCESS &&
           CVodeSetLinearSolver(cvode, integrator->linear_solver, integrator->matrix) == CV_SUCCESS &&
           CVodeSetLinSysFn(cvode, assemble_matrix) == CV_SUCCESS &&
           CVodeSetMaxErrTestFails(cvode, MAXIMUM_REJECTIONS) == CV_SUCCESS &&
           CVodeSetNonlinConvCoef(cvode, newton_share) == CV_SUCCESS;
}

struct integrator *integrator_create(const struct model *model, double relative_tolerance)
{
    struct integrator *integrator = calloc(1, sizeof *integrator);
    if (integrator == NULL)
        return NULL;
    integrator->model = model;
    integrator->size = model_state_count(model);
    integrator->relative_tolerance = relative_tolerance;
    integrator->arithmetic = alone_best();
    if (matrix_plan_create(model, &integrator->plan) == 0 && create_vectors(integrator)) {
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
    if (integrator->newton != NULL)
        SUNNonlinSolFree(integrator->newton);
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
    if (integrator->absolute_tolerances != NULL)
        N_VDestroy(integrator->absolute_tolerances);
    SUNContext_Free(&integrator->context);
    matrix_plan_free(&integrator->plan);
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

struct integrator_failure integrator_standing(struct integrator *integrator)
{
    struct integrator_failure standing = {.day = integrator->day};
    if (CVodeGetLastStep(integrator->cvode, &standing.step_days) != CV_SUCCESS)
        standing.step_days = NAN;
    standing.worst_state = find_worst_state(integrator);
    return standing;
}

static void note_failure(struct integrator *integrator, int code, double day)
{
    integrator->failure = integrator_standing(integrator);
    integrator->failure.code = code;
    integrator->failure.reason = failure_name(code);
    integrator->failure.day = day;
}

/* How far the state is from each root: from the last cell of each lesion, of which one without cells has none to lose,
 * and from the target. A root is where a distance that was positive ends. */
static void measure_distances(const struct integrator *integrator, const double *state, double *distances)
{
    const int lesions = integrator->model->lesion_count;
    for (int i = 0; i < lesions; i++) {
        const double cells = model_cancer_cells(integrator->model, state, i);
        distances[i] = cells == 0 ? 1 : cells - MODEL_LAST_CELL;
    }
    const double target = integrator->target_sum_of_diameters_mm;
    distances[lesions] = target > 0 ? target - model_sum_of_diameters_mm(integrator->model, state) : 1;
}

/* What happens between a state at which the distances are as noted and a later one. */
static enum integrator_result compare_distances(const struct integrator *integrator, const double *later)
{
    const int lesions = integrator->model->lesion_count;
    if (integrator->distances[lesions] > 0 && later[lesions] <= 0)
        return INTEGRATOR_TARGET;
    for (int i = 0; i < lesions; i++)
        if (integrator->distances[i] > 0 && later[i] <= 0)
            return INTEGRATOR_LAST_CELL;
    return INTEGRATOR_STEPPED;
}

/* Bisects the last step, which holds a root, by the solver's own polynomial. Day and state become those of the root. */
static int bisect(struct integrator *integrator, enum integrator_result *result)
{
    double before = integrator->day, after = integrator->reached_day;
    for (;;) {
        const double middle = before + (after - before) / 2;
        if (middle <= before || middle >= after)
            break;
        double distances[MODEL_MAX_LESIONS + 1];
        const int code = CVodeGetDky(integrator->cvode, middle, 0, integrator->interpolated);
        if (code != CV_SUCCESS)
            return code;
        measure_distances(integrator, N_VGetArrayPointer(integrator->interpolated), distances);
        const enum integrator_result there = compare_distances(integrator, distances);
        if (there == INTEGRATOR_STEPPED) {
            before = middle;
        } else {
            after = middle;
            *result = there;
        }
    }
    integrator->day = after;
    return CVodeGetDky(integrator->cvode, after, 0, integrator->state);
}

/* Looks for the first root inside the last step. CVODE can do this too, but not without copying the state and looking
 * twice at every step. */
static int find_root(struct integrator *integrator, enum integrator_result *result)
{
    double distances[MODEL_MAX_LESIONS + 1];
    int code = CV_SUCCESS;
    measure_distances(integrator, integrator_state(integrator), distances);
    *result = compare_distances(integrator, distances);
    if (*result == INTEGRATOR_STEPPED) {
        integrator->day = integrator->reached_day;
    } else {
        code = bisect(integrator, result);
        measure_distances(integrator, integrator_state(integrator), distances);
    }
    memcpy(integrator->distances, distances, sizeof distances);
    return code;
}

/* Since the last restart, at which CVODE forgets them. */
static long rejected_attempts(const struct integrator *integrator)
{
    long of_error = 0, of_iteration = 0;
    CVodeGetNumErrTestFails(integrator->cvode, &of_error);
    CVodeGetNumStepSolveFails(integrator->cvode, &of_iteration);
    return of_error + of_iteration;
}

bool integrator_restart(struct integrator *integrator, double day, double target_sum_of_diameters_mm)
{
    integrator->rejected_before += rejected_attempts(integrator);
    integrator->target_sum_of_diameters_mm = target_sum_of_diameters_mm;
    integrator->work.restarts++;
    integrator->failure.code = 0;
    integrator->day = integrator->reached_day = day;
    measure_distances(integrator, integrator_state(integrator), integrator->distances);
    const int code = CVodeReInit(integrator->cvode, day, integrator->state);
    if (code != CV_SUCCESS)
        note_failure(integrator, code, day);
    return code == CV_SUCCESS;
}

/* Takes a step, unless the last one went on beyond a root from which there was no restart. */
static int advance(struct integrator *integrator, double stop_day)
{
    if (integrator->day < integrator->reached_day)
        return CVodeGetDky(integrator->cvode, integrator->reached_day, 0, integrator->state);
    integrator->work.steps++;
    const int code = CVodeSetStopTime(integrator->cvode, stop_day);
    if (code != CV_SUCCESS)
        return code;
    return CVode(integrator->cvode, stop_day, integrator->state, &integrator->reached_day, CV_ONE_STEP);
}

enum integrator_result integrator_step(struct integrator *integrator, double stop_day, double *day)
{
    enum integrator_result result = INTEGRATOR_FAILED;
    int code = advance(integrator, stop_day);
    if (code == CV_SUCCESS || code == CV_TSTOP_RETURN)
        code = find_root(integrator, &result);
    if (code != CV_SUCCESS) {
        *day = integrator->reached_day;
        note_failure(integrator, code, *day);
        return INTEGRATOR_FAILED;
    }
    *day = integrator->day;
    if (result == INTEGRATOR_STEPPED && integrator->day >= stop_day) {
        *day = stop_day;
        result = INTEGRATOR_STOPPED;
    }
    return result;
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
    struct integrator_work work = integrator->work;
    work.attempts = work.steps + integrator->rejected_before + rejected_attempts(integrator);
    return work;
}

const struct integrator_failure *integrator_failure(const struct integrator *integrator)
{
    return &integrator->failure;
}
