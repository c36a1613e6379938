/* The parts of a step in lanes, for benchmarks: see solver/parts.h. Included by lanes_engine.h. */
#ifndef ABSCOPAL_SOLVER_LANES_PARTS_H
#define ABSCOPAL_SOLVER_LANES_PARTS_H

/* The compiler must believe that the next round finds everything changed and that someone looks at what this one left.
 */
static inline void forget(struct lanes *lanes)
{
    __asm__ volatile("" : : "r"(lanes) : "memory");
}

/* From the state to the factors of the method's matrix, for a step of this size. */
static void linearise_and_factor(struct lanes *lanes, real step)
{
    linearise(lanes);
    const real shift = 1 / (ROSENBROCK_GAMMA * step);
    for (int i = 0; i < lanes->size; i++)
        lanes->matrix[lanes->layout.plan->lu.diagonal[i]] -= shift;
    sparse_lu_factor(&lanes->layout.plan->lu, lanes->matrix, lanes->inverse_pivot);
}

static void clear_slopes(struct lanes *lanes)
{
    memset(lanes->slopes, 0, (size_t)lanes->size * sizeof(real));
}

/* The same step from the same state, whatever comes of it. */
static void repeat_attempt(struct lanes *lanes, long count)
{
    const real step = lanes->step, last_step = lanes->last_step, last_norm = lanes->last_norm;
    struct lanes_report report;
    for (long i = 0; i < count; i++) {
        lanes->step = step;
        lanes->last_step = last_step;
        lanes->last_norm = last_norm;
        lanes->rejected = real_mask_none();
        attempt(lanes, &report);
        lanes->pending = 0;
    }
}

static void repeat_part(struct lanes *lanes, enum step_part part, long count)
{
    commit(lanes);
    linearise_and_factor(lanes, lanes->step);
    for (long i = 0; i < count && part != STEP_ATTEMPT; i++, forget(lanes)) {
        if (part == STEP_RATES)
            rates(lanes, lanes->state, lanes->rate);
        if (part == STEP_LINEARISATION)
            linearise(lanes);
        if (part == STEP_FACTORISATION)
            linearise_and_factor(lanes, lanes->step);
        if (part == STEP_COPY || part == STEP_SOLUTION)
            clear_slopes(lanes);
        if (part == STEP_SOLUTION)
            sparse_lu_solve(&lanes->layout.plan->lu, lanes->matrix, lanes->inverse_pivot, lanes->rate, lanes->slopes);
    }
    if (part == STEP_ATTEMPT)
        repeat_attempt(lanes, count);
}

#endif
