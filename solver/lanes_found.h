/* What happened to the lanes during the step just tried: part of lanes_engine.h, which includes it. */
#ifndef ABSCOPAL_SOLVER_LANES_FOUND_H
#define ABSCOPAL_SOLVER_LANES_FOUND_H

/* Lanes in which a lesion's last cell died during the step. */
static real_mask find_last_cells(const struct lanes *lanes)
{
    real_mask found = real_mask_none();
    for (int i = 0; i < lanes->layout.lesion_count; i++) {
        const real before = lesion_states_of(&lanes->model, lanes->state, i)->cancer_cells;
        const real after = lesion_states_of(&lanes->model, lanes->taken, i)->cancer_cells;
        found |= (before >= MODEL_LAST_CELL) & (after < MODEL_LAST_CELL);
    }
    return found;
}

/* The sum of the lesions' cube roots of volume, in units in which the targets are stored too. */
static real sum_of_sizes(const struct lanes *lanes, const real *state)
{
    real sum = real_of(0);
    for (int i = 0; i < lanes->layout.lesion_count; i++) {
        const real volume_l = lesion_volume_l(&lanes->model, lesion_states_of(&lanes->model, state, i));
        sum += real_power(volume_l, constant_of(1.0 / 3));
    }
    return sum;
}

static real_mask find_targets(const struct lanes *lanes)
{
    if (!lanes->target_any)
        return real_mask_none();
    return (lanes->target > 0) & (sum_of_sizes(lanes, lanes->state) < lanes->target) &
           (sum_of_sizes(lanes, lanes->taken) >= lanes->target);
}

/* Lanes in which an amount has jumped below 0 by more than a share of itself and so many absolute tolerances, or has
 * gone on below 0 by that. No error that the tolerances allow does so, and a step that does has jumped over a pole,
 * such as that of x/(x + K) at -K, beyond which another solution waits that the estimated error does not tell from the
 * right one. */
static const double negative_share = 0.01, negative_relative_tolerances = 100, negative_absolute_tolerances = 1e6;

static real_mask find_negative(const struct lanes *lanes)
{
    const real share = real_maximum(negative_relative_tolerances * lanes->relative_tolerance, real_of(negative_share));
    real_mask found = real_mask_none();
    for (int k = 0; k < lanes->layout.live_count; k++)
        for (int i = lanes->layout.live[k].from; i < lanes->layout.live[k].to; i++) {
            const real before = lanes->state[i];
            const double tolerated = negative_absolute_tolerances * lanes->layout.absolute_tolerance[i];
            found |= lanes->taken[i] < real_minimum(before, real_of(0)) - share * real_absolute(before) - tolerated;
        }
    return found;
}

#endif
