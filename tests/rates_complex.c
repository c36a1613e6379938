#define ABSCOPAL_COMPLEX_STEP
#include "tests/rates_complex.h"

#include "model/model.h"
#include "model/rates.h"

void rates_complex_step(const struct model *model, const double *state_pairs, double *rate_pairs)
{
    /* A complex number is stored as its two parts (C17 6.2.5). */
    right_hand_side(model, (const real *)state_pairs, (real *)rate_pairs, NULL);
}
