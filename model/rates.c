#include "model/rates.h"
#include "model/model.h"

void model_rates(const struct model *model, const double *state, double *rate)
{
    right_hand_side(model, state, rate, NULL);
}
