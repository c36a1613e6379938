#include "cohorts/calibration_search.h"

#include <math.h>
#include <string.h>

#include <nlopt.h>

/* What the methods draw before they search: so many evaluations for each variable and one more (NLopt's manual). */
enum { CRS2_POPULATION = 10, ISRES_POPULATION = 20 };

/* A stage ends when it goes on by steps of less than this share of the range; a local one begins with steps of that. */
static const double place_tolerance = 1e-4, first_step = 0.1, improvement = 1e-3;

struct stage {
    const struct calibration_search *search;
    struct calibration_found *found;
    nlopt_opt method;
    int evaluations, idle; /* idle: since the last improvement */
    int free_of_stall;     /* evaluations at first that do not count as idle */
    double best;           /* of the stage, as of the last improvement that counted */
    bool interrupted, stalled;
};

static void take(struct calibration_found *found, const double *places, size_t n, double objective)
{
    if (!(objective < found->objective))
        return;
    found->objective = objective;
    memcpy(found->places, places, n * sizeof *places);
}

static double objective_of(unsigned n, const double *places, double *gradient, void *context)
{
    struct stage *stage = context;
    double objective = HUGE_VAL;
    (void)gradient; /* no method here asks for it */
    if (stage->interrupted || stage->stalled)
        return HUGE_VAL;
    /* A stage begins with the best place so far, which is known. */
    if (stage->evaluations == 0 && isinf(stage->best) && memcmp(places, stage->found->places, n * sizeof *places) == 0)
        return stage->best = stage->found->objective;
    if (!stage->search->evaluate(stage->search->context, places, &objective)) {
        stage->interrupted = true;
        nlopt_force_stop(stage->method);
        return HUGE_VAL;
    }
    stage->found->evaluations++;
    stage->evaluations++;
    take(stage->found, places, n, objective);
    if (objective < stage->best - improvement * fabs(stage->best) || isinf(stage->best)) {
        stage->best = objective;
        stage->idle = 0;
    } else if (stage->evaluations > stage->free_of_stall) {
        stage->idle++;
    }
    if (stage->idle >= stage->search->stalled_after) {
        stage->stalled = true;
        nlopt_force_stop(stage->method);
    }
    return objective;
}

static bool options_set(struct stage *stage, int evaluations, double *steps)
{
    const size_t n = stage->search->n;
    for (size_t i = 0; i < n; i++)
        steps[i] = first_step;
    return nlopt_set_min_objective(stage->method, objective_of, stage) >= 0 &&
           nlopt_set_lower_bounds1(stage->method, 0) >= 0 && nlopt_set_upper_bounds1(stage->method, 1) >= 0 &&
           nlopt_set_maxeval(stage->method, evaluations) >= 0 &&
           nlopt_set_xtol_abs1(stage->method, place_tolerance) >= 0 &&
           nlopt_set_initial_step(stage->method, steps) >= 0;
}

/* Runs one stage from the best place so far. */
static enum abscopal_status stage_run(const struct calibration_search *search, nlopt_algorithm algorithm,
                                      int evaluations, int free_of_stall, struct calibration_found *found,
                                      enum calibration_end *end)
{
    double places[CALIBRATION_MOST_FREE], steps[CALIBRATION_MOST_FREE], least;
    struct stage stage = {.search = search, .found = found, .best = HUGE_VAL, .free_of_stall = free_of_stall};
    memcpy(places, found->places, search->n * sizeof *places);
    stage.method = nlopt_create(algorithm, (unsigned)search->n);
    if (stage.method == NULL || !options_set(&stage, evaluations, steps)) {
        nlopt_destroy(stage.method);
        return ABSCOPAL_NO_MEMORY;
    }
    const nlopt_result result = nlopt_optimize(stage.method, places, &least);
    nlopt_destroy(stage.method);
    if (stage.interrupted)
        return ABSCOPAL_INTERRUPTED;
    if (result == NLOPT_OUT_OF_MEMORY || result == NLOPT_INVALID_ARGS)
        return ABSCOPAL_NO_MEMORY;
    *end = stage.stalled ? END_STALLED : result == NLOPT_MAXEVAL_REACHED ? END_BUDGET : END_CONVERGED;
    return ABSCOPAL_OK;
}

static enum abscopal_status global_run(const struct calibration_search *search, struct calibration_found *found)
{
    static const struct {
        nlopt_algorithm algorithm;
        int population;
    } methods[] = {[GLOBAL_CRS2] = {NLOPT_GN_CRS2_LM, CRS2_POPULATION},
                   [GLOBAL_ISRES] = {NLOPT_GN_ISRES, ISRES_POPULATION},
                   [GLOBAL_DIRECT] = {NLOPT_GN_DIRECT_L, 0}};
    if (search->global == GLOBAL_NONE)
        return ABSCOPAL_OK;
    nlopt_srand((unsigned long)search->seed);
    return stage_run(search, methods[search->global].algorithm, search->global_evaluations,
                     methods[search->global].population * ((int)search->n + 1), found, &found->global_end);
}

static enum abscopal_status local_run(const struct calibration_search *search, struct calibration_found *found)
{
    static const nlopt_algorithm methods[] = {
        [LOCAL_SUBPLEX] = NLOPT_LN_SBPLX, [LOCAL_BOBYQA] = NLOPT_LN_BOBYQA, [LOCAL_NELDER_MEAD] = NLOPT_LN_NELDERMEAD};
    if (search->local == LOCAL_NONE)
        return ABSCOPAL_OK;
    /* BOBYQA interpolates a quadratic, which takes two variables or more. */
    const nlopt_algorithm method =
        search->local == LOCAL_BOBYQA && search->n == 1 ? NLOPT_LN_SBPLX : methods[search->local];
    return stage_run(search, method, search->local_evaluations, 0, found, &found->local_end);
}

enum abscopal_status calibration_search_run(const struct calibration_search *search, struct calibration_found *found)
{
    double objective;
    found->global_end = found->local_end = END_NOT_RUN;
    found->evaluations = 0;
    found->objective = HUGE_VAL;
    memcpy(found->places, search->start, search->n * sizeof *found->places);
    if (!search->evaluate(search->context, search->start, &objective))
        return ABSCOPAL_INTERRUPTED;
    found->evaluations = 1;
    take(found, search->start, search->n, objective);
    const enum abscopal_status status = global_run(search, found);
    return status == ABSCOPAL_OK ? local_run(search, found) : status;
}

const char *calibration_end_name(enum calibration_end end)
{
    static const char *const names[] = {[END_NOT_RUN] = "not run",
                                        [END_CONVERGED] = "converged",
                                        [END_BUDGET] = "evaluations used up",
                                        [END_STALLED] = "stalled"};
    return names[end];
}
