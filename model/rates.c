#include "model/rates.h"
#include "model/model.h"

/* In one piece: called some ten thousand times for each patient. */
__attribute__((flatten)) void model_rates(const struct model *model, const double *state, double *rate)
{
    right_hand_side(model, state, rate, NULL);
}
