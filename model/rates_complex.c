#define ABSCOPAL_COMPLEX_STEP
#include "model/rates.h"

void model_rates_complex_step(const struct model *model, const double *state_pairs, double *rate_pairs)
{
    /* A complex number is stored as its two parts (C17 6.2.5). */
    right_hand_side(model, (const real *)state_pairs, (real *)rate_pairs, NULL);
}
