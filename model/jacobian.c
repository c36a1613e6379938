#include "model/jacobian.h"

#include "model/model.h"

__attribute__((flatten)) static void fill(const struct model *model, const double *state, struct jacobian_sink *sink)
{
    double rate[MODEL_MAX_STATES];
    struct body body;
    body_view(&body, model, state, rate, NULL);
    body_rates(&body);
    body_jacobian(&body, sink);
}

void model_jacobian(const struct model *model, const double *state, const uint16_t *place, double *values)
{
    struct jacobian_sink sink = {.place = place, .values = values};
    fill(model, state, &sink);
}

int model_jacobian_pattern(const struct model *model, uint16_t *row, uint16_t *column)
{
    /* Which derivatives there are does not depend on the state. */
    double state[MODEL_MAX_STATES];
    for (int i = 0; i < MODEL_MAX_STATES; i++)
        state[i] = 0.5;
    struct jacobian_sink sink = {.state = state, .row = row, .column = column};
    fill(model, state, &sink);
    return (int)(sink.row - row);
}
