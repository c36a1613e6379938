#include "solver/parts.h"

#include <stdlib.h>
#include <string.h>

#include "solver/alone.h"
#include "solver/batch.h"
#include "solver/integrator.h"
#include "solver/matrix_plan.h"

/* What the cvode engine has for its steps. */
struct alone {
    struct integrator *integrator; /* past day 0 */
    double day;                    /* within its last step */
    const struct alone_functions *arithmetic;
    struct matrix_plan plan;
    double *state, *rate, *unknown; /* [size] */
    double *entries, *reciprocals;
};

struct step_parts {
    const struct model *model;
    int size;
    struct batch *batch; /* NULL: alone */
    struct alone alone;
    double *output; /* [size]; the state to begin with */
};

/* ---- The cvode engine ------------------------------------------------------------------------------- */

static bool take_steps(struct alone *alone, const struct model *model, const double *state, double relative_tolerance)
{
    const double half_a_day = 0.5;
    const size_t bytes = (size_t)model_state_count(model) * sizeof *state;
    alone->integrator = integrator_create(model, relative_tolerance);
    if (alone->integrator == NULL)
        return false;
    memcpy(integrator_state(alone->integrator), state, bytes);
    if (!integrator_restart(alone->integrator, 0, 0))
        return false;
    enum integrator_result result = INTEGRATOR_STEPPED;
    while (result == INTEGRATOR_STEPPED && alone->day < half_a_day)
        result = integrator_step(alone->integrator, 2 * half_a_day, &alone->day);
    memcpy(alone->state, integrator_state(alone->integrator), bytes);
    return result == INTEGRATOR_STEPPED || result == INTEGRATOR_STOPPED;
}

static bool open_alone(struct alone *alone, const struct model *model, const double *state, double relative_tolerance)
{
    const size_t size = (size_t)model_state_count(model);
    alone->arithmetic = alone_best();
    if (matrix_plan_create(model, &alone->plan) != 0)
        return false;
    alone->state = calloc(size, sizeof *alone->state);
    alone->rate = calloc(size, sizeof *alone->rate);
    alone->unknown = calloc(size, sizeof *alone->unknown);
    alone->entries = calloc((size_t)alone->plan.lu.entry_count, sizeof *alone->entries);
    alone->reciprocals = calloc(size, sizeof *alone->reciprocals);
    return alone->state != NULL && alone->rate != NULL && alone->unknown != NULL && alone->entries != NULL &&
           alone->reciprocals != NULL && take_steps(alone, model, state, relative_tolerance);
}

static void close_alone(struct alone *alone)
{
    if (alone->integrator != NULL)
        integrator_free(alone->integrator);
    matrix_plan_free(&alone->plan);
    free(alone->state);
    free(alone->rate);
    free(alone->unknown);
    free(alone->entries);
    free(alone->reciprocals);
}

static void linearise(struct alone *alone, const struct model *model)
{
    alone->arithmetic->linearise(model, &alone->plan, alone->state, alone->entries);
}

/* For a step of a day, which is as long as they become between doses. */
static void linearise_and_factor(struct alone *alone, const struct model *model)
{
    const double shift = 1;
    linearise(alone, model);
    alone->arithmetic->factor(&alone->plan, shift, alone->entries, alone->reciprocals);
}

static void run_alone(struct alone *alone, const struct model *model, enum step_part part)
{
    switch (part) {
    case STEP_RATES:
        alone->arithmetic->rates(model, alone->state, alone->rate);
        break;
    case STEP_LINEARISATION:
        linearise(alone, model);
        break;
    case STEP_FACTORISATION:
        linearise_and_factor(alone, model);
        break;
    case STEP_COPY:
    case STEP_SOLUTION:
        memcpy(alone->unknown, alone->rate, (size_t)alone->plan.lu.size * sizeof *alone->rate);
        if (part == STEP_SOLUTION)
            alone->arithmetic->solve(&alone->plan, alone->entries, alone->reciprocals, alone->unknown);
        break;
    case STEP_OUTPUT:
    case STEP_ATTEMPT:
        break;
    }
}

/* ---- Either ----------------------------------------------------------------------------------------- */

struct step_parts *step_parts_create(bool lanes, const struct model *model, const double *state,
                                     double relative_tolerance)
{
    struct step_parts *parts = calloc(1, sizeof *parts);
    if (parts == NULL)
        return NULL;
    parts->model = model;
    parts->size = model_state_count(model);
    parts->output = malloc((size_t)parts->size * sizeof *parts->output);
    bool good = parts->output != NULL;
    if (good)
        memcpy(parts->output, state, (size_t)parts->size * sizeof *state);
    if (good && lanes) {
        parts->batch = batch_create(model);
        good = parts->batch != NULL && batch_hold(parts->batch, model, state, relative_tolerance);
    } else if (good) {
        good = open_alone(&parts->alone, model, state, relative_tolerance);
        if (good)
            linearise_and_factor(&parts->alone, model);
    }
    if (good)
        return parts;
    step_parts_free(parts);
    return NULL;
}

void step_parts_free(struct step_parts *parts)
{
    if (parts == NULL)
        return;
    if (parts->batch != NULL)
        batch_free(parts->batch);
    close_alone(&parts->alone);
    free(parts->output);
    free(parts);
}

int step_parts_patients(const struct step_parts *parts)
{
    return parts->batch != NULL ? batch_lane_count() : 1;
}

static void look_at_output(struct step_parts *parts)
{
    if (parts->batch != NULL)
        batch_run_part(parts->batch, STEP_OUTPUT, 1);
    else
        integrator_interpolate(parts->alone.integrator, parts->alone.day, parts->output);
    model_sum_of_diameters_mm(parts->model, parts->output);
}

void step_parts_run(struct step_parts *parts, enum step_part part, long count)
{
    if (part == STEP_OUTPUT) {
        for (long i = 0; i < count; i++)
            look_at_output(parts);
    } else if (parts->batch != NULL) {
        batch_run_part(parts->batch, part, count);
    } else {
        for (long i = 0; i < count; i++) {
            run_alone(&parts->alone, parts->model, part);
            __asm__ volatile("" : : : "memory"); /* the compiler must not see that rounds are alike */
        }
    }
}
