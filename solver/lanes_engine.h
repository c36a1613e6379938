/* The batch engine's arithmetic for one width of vectors: see lanes.h. Included once by each lanes_*.c, which defines
 * ABSCOPAL_LANES and LANES_FUNCTIONS. */
#ifndef ABSCOPAL_SOLVER_LANES_ENGINE_H
#define ABSCOPAL_SOLVER_LANES_ENGINE_H

#include <stdlib.h>
#include <string.h>

#include "model/jacobian.h"
#include "solver/lanes.h"
#include "solver/rosenbrock.h"

/* A stage's right-hand side is its rate and what earlier stages push into it. */
static inline real sparse_lu_right_side(const real *rate, const real *pushed, int i)
{
    return rate[i] + pushed[i];
}

#include "solver/sparse_lu_execute.h"

/* Step control: the predictive controller of Gustafsson (1994, doi:10.1145/198429.198437), which looks at the last two
 * steps but never takes a larger one than the last alone would allow. Its memory does not reach across events. */
static const double safety = 0.95, largest_growth = 20, largest_shrinkage = 0.2, failed_shrinkage = 0.25;
static const double least_remembered_norm = 1e-2;

/* Accepted is an estimated error of this many tolerances, in the weighted norm that CVODE uses too. What is estimated
 * is the error of the embedded method of order 4, while the step goes on with the one of order 5, so that the error is
 * in fact far below: docs/performance.md has the figures. */
static const double accepted_norm = 4;

/* The first step after an event, in units in which the error of an Euler step would be the tolerance. */
static const double first_step_share = 0.1, least_first_step_days = 1e-9;

/* Below this a pivot is lost in cancellation; 1 is the shift by which the diagonal is raised. */
static const double smallest_pivot = 1e-8;

/* A lane whose step is rejected at this size is stuck: no day can be told from the next at steps this small, of a day
 * or of the time gone by. But just after a restart something may well happen faster than a day can tell, where all the
 * receptors of a synapse are filled at 1e14 /d; rates do not depend on the day, so that such steps are as good as any.
 */
static const double smallest_step = 1e-14, smallest_first_step = 1e-30;
static const double first_attempts = 200;

/* After so many attempts there is an empty report: some milliseconds. */
enum { ATTEMPTS_AT_A_TIME = 256 };

struct lanes {
    struct model model;
    struct lanes_layout layout;
    int size;
    unsigned active;  /* lanes with a patient */
    unsigned pending; /* lanes whose last step was taken but not yet put into `state` */
    bool starting_any, target_any;
    real day, step, last_step, stop_day, output_day, relative_tolerance;
    real_mask starting; /* wants a first step */
    real_mask rejected; /* has just been rejected */
    real taken_day;     /* the day of `taken` */
    real last_norm;     /* of the last step taken since an event; 0: none */
    real tried_step;
    real target;                                   /* sum of cube roots of volumes in litres; 0: none */
    real step_count, attempt_count, most_attempts; /* of the lane's patient */
    real first_until;                              /* up to so many attempts it has just restarted */
    long attempts;
    /* [size] each, but for matrix [plan->entry_count] */
    void *room;
    real *state, *rate;
    real *taken;  /* the arguments of the stages, then the state at the end of the step */
    real *slopes; /* [ROSENBROCK_STAGES][size] minus the u of the method: the matrix, too, has the other sign */
    real *inverse_pivot, *matrix;
};

/* ---- Bits and masks --------------------------------------------------------------------------------- */

static inline unsigned bits_of(real_mask mask)
{
    unsigned bits = 0;
    for (int lane = 0; lane < ABSCOPAL_LANES; lane++)
        bits |= (unsigned)(mask[lane] & 1) << lane;
    return bits;
}

static inline real_mask mask_of(unsigned bits)
{
    real_mask mask;
    for (int lane = 0; lane < ABSCOPAL_LANES; lane++)
        mask[lane] = -(int64_t)(bits >> lane & 1);
    return mask;
}

/* ---- One attempt ------------------------------------------------------------------------------------ */

/* What of a state's error is too much at the start of the step. */
static inline real allowed_error(const struct lanes *lanes, int i)
{
    return lanes->relative_tolerance * real_absolute(lanes->state[i]) + lanes->layout.absolute_tolerance[i];
}

/* Root of the mean square of values over what is allowed. */
static inline real weighted_norm(const struct lanes *lanes, const real *values)
{
    real sum = real_of(0);
    for (int k = 0; k < lanes->layout.live_count; k++) {
        for (int i = lanes->layout.live[k].from; i < lanes->layout.live[k].to; i++) {
            const real error = values[i] / allowed_error(lanes, i);
            sum += error * error;
        }
    }
    return real_square_root(sum * (1.0 / lanes->size));
}

__attribute__((flatten)) static void rates(const struct lanes *lanes, const real *state, real *rate)
{
    struct body body;
    body_view(&body, &lanes->model, state, rate, NULL);
    body_rates(&body);
}

/* The rates at the start of a step, and the Jacobian into the matrix. */
__attribute__((flatten)) static void linearise(struct lanes *lanes)
{
    const struct matrix_plan *const plan = lanes->layout.plan;
    for (int k = 0; k < plan->empty_count; k++)
        lanes->matrix[plan->empty[k]] = real_of(0);
    struct body body;
    struct jacobian_sink sink = {.place = plan->place, .values = lanes->matrix};
    body_view(&body, &lanes->model, lanes->state, lanes->rate, NULL);
    body_rates(&body);
    body_jacobian(&body, &sink);
}

/* x to the power 1/ROSENBROCK_ORDER, for what the step does to the error. */
static inline real root_of_order(real x)
{
    const double log2_e = 1.44269504088896340736;
    return real_power_of_two(real_logarithm(x) * (log2_e / ROSENBROCK_ORDER));
}

/* The first step after an event, from how fast the states change relative to themselves. */
static void choose_first_steps(struct lanes *lanes)
{
    const real speed = weighted_norm(lanes, lanes->rate) * lanes->relative_tolerance;
    const real step = first_step_share * root_of_order(accepted_norm * lanes->relative_tolerance) /
                      real_maximum(speed, real_of(1e-15));
    lanes->step = real_select(lanes->starting, real_maximum(step, real_of(least_first_step_days)), lanes->step);
    lanes->last_norm = real_select(lanes->starting, real_of(0), lanes->last_norm);
    lanes->starting = real_mask_none();
    lanes->starting_any = false;
}

/* What a stage solves for, in place: at first what earlier stages push into its right-hand side, then minus its u. */
static inline real *slope_of(const struct lanes *lanes, int stage)
{
    return lanes->slopes + (ptrdiff_t)stage * lanes->size;
}

/* Puts together the argument of a stage and what earlier stages push into its right-hand side, for a run of states. The
 * method's last two stages start where the one before them ended. */
static inline __attribute__((always_inline)) void combine_run(struct lanes *lanes, const int stage, real per_step,
                                                              struct lanes_run run)
{
    const real *const state = lanes->state, *const latest = slope_of(lanes, stage - 1);
    real *const argument = lanes->taken, *const pushed = slope_of(lanes, stage);
    for (int i = run.from; i < run.to; i++) {
        real at = stage < ROSENBROCK_FULL_STAGES ? state[i] : argument[i] - latest[i];
        real sum = rosenbrock_c[stage][stage - 1] * latest[i];
        if (stage < ROSENBROCK_FULL_STAGES)
            at -= rosenbrock_a[stage][stage - 1] * latest[i];
        for (int j = 0; j < stage - 1; j++) {
            const real earlier = slope_of(lanes, j)[i];
            if (stage < ROSENBROCK_FULL_STAGES)
                at -= rosenbrock_a[stage][j] * earlier;
            sum += rosenbrock_c[stage][j] * earlier;
        }
        argument[i] = at;
        pushed[i] = -per_step * sum;
    }
}

static inline __attribute__((always_inline)) void combine(struct lanes *lanes, const int stage, real per_step)
{
    for (int k = 0; k < lanes->layout.live_count; k++)
        combine_run(lanes, stage, per_step, lanes->layout.live[k]);
}

static inline __attribute__((always_inline)) void run_stage(struct lanes *lanes, const int stage, real per_step)
{
    combine(lanes, stage, per_step);
    rates(lanes, lanes->taken, lanes->rate);
    sparse_lu_solve(&lanes->layout.plan->lu, lanes->matrix, lanes->inverse_pivot, lanes->rate, slope_of(lanes, stage));
}

/* All stages from a factorised matrix; the new state is in `taken`, and the last stage's slope is the error. */
static void run_stages(struct lanes *lanes)
{
    const real per_step = 1 / lanes->step;
    memset(lanes->slopes, 0, (size_t)lanes->size * sizeof(real));
    sparse_lu_solve(&lanes->layout.plan->lu, lanes->matrix, lanes->inverse_pivot, lanes->rate, lanes->slopes);
    run_stage(lanes, 1, per_step);
    run_stage(lanes, 2, per_step);
    run_stage(lanes, 3, per_step);
    run_stage(lanes, 4, per_step);
    run_stage(lanes, 5, per_step);
    run_stage(lanes, 6, per_step);
    run_stage(lanes, 7, per_step);
    const real *const last = slope_of(lanes, ROSENBROCK_STAGES - 1);
    for (int i = 0; i < lanes->size; i++)
        lanes->taken[i] -= last[i];
}

#include "solver/lanes_found.h"

/* ---- Steps ------------------------------------------------------------------------------------------ */

/* Puts what the last attempt has achieved into the state. */
static void commit(struct lanes *lanes)
{
    if (lanes->pending == 0)
        return;
    if (lanes->pending == (1U << ABSCOPAL_LANES) - 1) {
        real *const taken = lanes->taken;
        lanes->taken = lanes->state;
        lanes->state = taken;
        lanes->day = lanes->taken_day;
    } else {
        const real_mask mask = mask_of(lanes->pending);
        for (int i = 0; i < lanes->size; i++)
            lanes->state[i] = real_select(mask, lanes->taken[i], lanes->state[i]);
        lanes->day = real_select(mask, lanes->taken_day, lanes->day);
    }
    lanes->pending = 0;
}

/* The step to try: not beyond the stop; what is left is taken in one or two, so that no crumb remains. Returns the
 * lanes that go to their stop. */
static real_mask limit_steps(struct lanes *lanes)
{
    const real rest = lanes->stop_day - lanes->day;
    const real_mask last = lanes->step >= rest;
    const real halved = real_select(2 * lanes->step > rest, 0.5 * rest, lanes->step);
    lanes->step = real_select(last, rest, halved);
    return last;
}

/* Chooses the step after this one; returns which lanes' step was good enough. */
static real_mask control(struct lanes *lanes, real_mask sound_pivots)
{
    const real found = weighted_norm(lanes, slope_of(lanes, ROSENBROCK_STAGES - 1)) * (1 / accepted_norm);
    const real_mask sound = (found < 1e30) & sound_pivots & ~find_negative(lanes), accepted = sound & (found <= 1);
    const real norm = real_maximum(real_select(sound, found, real_of(1)), real_of(1e-10));
    const real_mask remembers = lanes->last_norm > 0;
    const real ratio = real_select(remembers, lanes->last_norm / norm, real_of(1));
    const real growth = real_select(remembers, lanes->step / lanes->last_step, real_of(1));
    const real now = safety / root_of_order(norm);
    const real predicted = real_select(remembers, now * growth * root_of_order(ratio), now);
    real factor = real_select(accepted, real_minimum(now, predicted), now);
    factor = real_minimum(real_maximum(factor, real_of(largest_shrinkage)), real_of(largest_growth));
    factor = real_select(accepted & lanes->rejected, real_minimum(factor, real_of(1)), factor);
    factor = real_select(sound, factor, real_of(failed_shrinkage));
    lanes->last_norm = real_select(accepted, real_maximum(norm, real_of(least_remembered_norm)), lanes->last_norm);
    lanes->last_step = real_select(accepted, lanes->step, lanes->last_step);
    lanes->tried_step = lanes->step;
    lanes->step = lanes->step * factor;
    lanes->rejected = ~accepted;
    return accepted;
}

/* One step of every lane; what there is to report. */
static void attempt(struct lanes *lanes, struct lanes_report *report)
{
    commit(lanes);
    linearise(lanes);
    if (lanes->starting_any)
        choose_first_steps(lanes);
    const real_mask last = limit_steps(lanes);
    const real shift = 1 / (ROSENBROCK_GAMMA * lanes->step);
    const uint16_t *const diagonal = lanes->layout.plan->lu.diagonal;
    for (int i = 0; i < lanes->size; i++)
        lanes->matrix[diagonal[i]] -= shift;
    const real reciprocals = sparse_lu_factor(&lanes->layout.plan->lu, lanes->matrix, lanes->inverse_pivot);
    run_stages(lanes);
    const real step = lanes->step;
    const real_mask sound_pivots = shift * shift * reciprocals < 1 / (smallest_pivot * smallest_pivot);
    const unsigned accepted = bits_of(control(lanes, sound_pivots)) & lanes->active;
    const real_mask mask = mask_of(accepted);
    lanes->taken_day = real_select(last, lanes->stop_day, lanes->day + step);
    lanes->pending = accepted;
    lanes->step_count += real_select(mask, real_of(1), real_of(0));
    lanes->attempt_count += 1;
    lanes->attempts++;
    report->stopped = bits_of(last) & accepted;
    report->passed = bits_of(lanes->taken_day >= lanes->output_day) & accepted;
    report->last_cell = bits_of(find_last_cells(lanes)) & accepted;
    report->target = bits_of(find_targets(lanes)) & accepted;
    const real shortest = real_select(lanes->attempt_count <= lanes->first_until, real_of(smallest_first_step),
                                      smallest_step * real_maximum(real_absolute(lanes->day), real_of(1)));
    const unsigned stuck = bits_of(step <= shortest) & ~accepted;
    report->failed = (stuck | bits_of(lanes->attempt_count > lanes->most_attempts)) & lanes->active;
}

static void advance(struct lanes *lanes, struct lanes_report *report)
{
    if (lanes->active == 0) {
        memset(report, 0, sizeof *report);
        return;
    }
    const long end = lanes->attempts + ATTEMPTS_AT_A_TIME;
    do
        attempt(lanes, report);
    while ((report->stopped | report->passed | report->last_cell | report->target | report->failed) == 0 &&
           lanes->attempts < end);
    for (int lane = 0; lane < ABSCOPAL_LANES; lane++)
        report->day[lane] = (lanes->pending >> lane & 1) != 0 ? lanes->taken_day[lane] : lanes->day[lane];
}

/* ---- One lane --------------------------------------------------------------------------------------- */

/* Of all lanes at the given share of their last step; theirs is the polynomial of the method. */
static void interpolate(struct lanes *lanes, int lane, double day, double *state)
{
    const double start = lanes->day[lane], length = lanes->taken_day[lane] - start;
    const double theta = length > 0 ? (day - start) / length : 1, left = 1 - theta;
    double weight[ROSENBROCK_STAGES];
    for (int j = 0; j < ROSENBROCK_STAGES; j++)
        weight[j] =
            theta * left * (rosenbrock_dense[0][j] + theta * (rosenbrock_dense[1][j] + theta * rosenbrock_dense[2][j]));
    for (int i = 0; i < lanes->size; i++) {
        real value = left * lanes->state[i] + theta * lanes->taken[i];
        for (int j = 0; j < ROSENBROCK_STAGES; j++)
            value -= weight[j] * slope_of(lanes, j)[i];
        state[i] = value[lane];
    }
}

static void get_state(const struct lanes *lanes, int lane, double *state)
{
    const real *const values = (lanes->pending >> lane & 1) != 0 ? lanes->taken : lanes->state;
    for (int i = 0; i < lanes->size; i++)
        state[i] = values[i][lane];
}

static void restart(struct lanes *lanes, int lane, const double *state, double day, double target_mm)
{
    /* States that never change are put where a step would carry them. */
    for (int i = 0; i < lanes->size; i++)
        lanes->state[i][lane] = lanes->taken[i][lane] = state[i];
    lanes->pending &= ~(1U << lane);
    lanes->day[lane] = day;
    lanes->starting[lane] = -1;
    lanes->first_until[lane] = lanes->attempt_count[lane] + first_attempts;
    lanes->rejected[lane] = 0;
    lanes->starting_any = true;
    /* Diameters are proportional to cube roots: of a sphere of a litre 100 (6/pi)^(1/3) mm. */
    lanes->target[lane] = target_mm / (100 * cbrt(6 / 3.14159265358979323846));
    if (target_mm > 0)
        lanes->target_any = true;
}

static void begin(struct lanes *lanes, int lane, const double *numbers, double relative_tolerance, long most_attempts)
{
    constant *const all = model_numbers(&lanes->model);
    for (int i = 0; i < MODEL_NUMBER_COUNT; i++)
        all[i][lane] = numbers[i];
    /* A lane that has had no patient computes with constants of 0, and what comes out is no number. Of states that
     * never change no stage is put together anew, so that it would stay so. */
    for (int i = 0; i < ROSENBROCK_STAGES * lanes->size; i++)
        lanes->slopes[i][lane] = 0;
    lanes->relative_tolerance[lane] = relative_tolerance;
    lanes->step_count[lane] = lanes->attempt_count[lane] = 0;
    lanes->most_attempts[lane] = (double)most_attempts;
    lanes->active |= 1U << lane;
}

static void set_number(struct lanes *lanes, int lane, int index, double value)
{
    model_numbers(&lanes->model)[index][lane] = value;
}

static void set_stop(struct lanes *lanes, int lane, double stop_day, double output_day)
{
    lanes->stop_day[lane] = stop_day;
    lanes->output_day[lane] = output_day;
}

static void rest(struct lanes *lanes, int lane)
{
    lanes->active &= ~(1U << lane);
    lanes->pending &= ~(1U << lane);
}

static int worst_state(const struct lanes *lanes, int lane)
{
    int worst = 0;
    double largest = -1;
    for (int i = 0; i < lanes->size; i++) {
        const double error = fabs(slope_of(lanes, ROSENBROCK_STAGES - 1)[i][lane] / allowed_error(lanes, i)[lane]);
        if (isnan(error))
            return i;
        if (error > largest) {
            largest = error;
            worst = i;
        }
    }
    return worst;
}

static struct lane_work work_of(const struct lanes *lanes, int lane)
{
    return (struct lane_work){.steps = (long)lanes->step_count[lane],
                              .attempts = (long)lanes->attempt_count[lane],
                              .last_step_days = lanes->tried_step[lane]};
}

/* ---- Room ------------------------------------------------------------------------------------------- */

static void release(struct lanes *lanes)
{
    if (lanes != NULL)
        free(lanes->room);
    free(lanes);
}

/* All arrays in one piece, in the order in which a step goes through them. */
static bool allocate(struct lanes *lanes)
{
    const size_t size = (size_t)lanes->size, entries = (size_t)lanes->layout.plan->lu.entry_count;
    const size_t count = (4 + ROSENBROCK_STAGES) * size + entries;
    lanes->room = aligned_alloc(sizeof(real), count * sizeof(real));
    if (lanes->room == NULL)
        return false;
    memset(lanes->room, 0, count * sizeof(real));
    real *next = lanes->room;
    real **const arrays[] = {&lanes->state, &lanes->taken, &lanes->rate, &lanes->inverse_pivot, NULL};
    for (int i = 0; arrays[i] != NULL; i++, next += size)
        *arrays[i] = next;
    lanes->slopes = next;
    lanes->matrix = next + ROSENBROCK_STAGES * size;
    return true;
}

static struct lanes *create(const struct lanes_layout *layout)
{
    struct lanes *lanes = aligned_alloc(sizeof(real), (sizeof *lanes + sizeof(real) - 1) / sizeof(real) * sizeof(real));
    if (lanes == NULL)
        return NULL;
    memset(lanes, 0, sizeof *lanes);
    lanes->layout = *layout;
    lanes->size = layout->size;
    lanes->model.preset = layout->preset;
    lanes->model.lesion_count = layout->lesion_count;
    lanes->model.drug_count = layout->drug_count;
    lanes->model.has_ctla4_antibody = layout->has_ctla4_antibody;
    lanes->model.options = layout->options;
    for (int i = 0; i < layout->drug_count; i++)
        lanes->model.antibodies[i] = layout->antibodies[i];
    lanes->step = lanes->stop_day = real_of(1); /* lanes at rest compute, too */
    if (allocate(lanes))
        return lanes;
    release(lanes);
    return NULL;
}

#include "solver/lanes_parts.h"

const struct lanes_functions LANES_FUNCTIONS = {.instructions = LANES_INSTRUCTIONS,
                                                .count = ABSCOPAL_LANES,
                                                .create = create,
                                                .free = release,
                                                .begin = begin,
                                                .set_number = set_number,
                                                .restart = restart,
                                                .set_stop = set_stop,
                                                .rest = rest,
                                                .advance = advance,
                                                .interpolate = interpolate,
                                                .get_state = get_state,
                                                .worst_state = worst_state,
                                                .work = work_of,
                                                .repeat_part = repeat_part};

#endif
