#define ABSCOPAL_LANES 2
#include "tests/rates_lanes.h"

#include <stdlib.h>
#include <string.h>

#include "model/jacobian.h"
#include "solver/lanes.h"

static void spread(const double *const from[RATES_LANES], int count, real *to)
{
    for (int i = 0; i < count; i++)
        for (int lane = 0; lane < RATES_LANES; lane++)
            to[i][lane] = from[lane][i];
}

static void gather(const real *from, int count, double *const to[RATES_LANES])
{
    for (int i = 0; i < count; i++)
        for (int lane = 0; lane < RATES_LANES; lane++)
            to[lane][i] = from[i][lane];
}

/* A vector of patients whose models have that layout. */
static void make_model(const struct lanes_layout *layout, const double *const numbers[RATES_LANES], struct model *model)
{
    memset(model, 0, sizeof *model);
    model->preset = layout->preset;
    model->lesion_count = layout->lesion_count;
    model->drug_count = layout->drug_count;
    model->has_ctla4_antibody = layout->has_ctla4_antibody;
    model->options = layout->options;
    for (int i = 0; i < layout->drug_count; i++)
        model->antibodies[i] = layout->antibodies[i];
    spread(numbers, MODEL_NUMBER_COUNT, model_numbers(model));
}

void rates_lanes_evaluate(const struct lanes_layout *layout, const double *const numbers[RATES_LANES],
                          const double *const state[RATES_LANES], const uint16_t *place, int entry_count,
                          double *const rate[RATES_LANES], double *const jacobian[RATES_LANES])
{
    const int size = layout->size;
    real *const room = aligned_alloc(sizeof(real), (size_t)(2 * size + entry_count) * sizeof(real));
    if (room == NULL)
        abort();
    real *const states = room, *const rates = room + size, *const entries = room + 2 * (ptrdiff_t)size;
    struct model model;
    make_model(layout, numbers, &model);
    spread(state, size, states);
    memset(entries, 0, (size_t)entry_count * sizeof(real));
    struct body body;
    struct jacobian_sink sink = {.place = place, .values = entries};
    body_view(&body, &model, states, rates, NULL);
    body_rates(&body);
    body_jacobian(&body, &sink);
    gather(rates, size, rate);
    gather(entries, entry_count, jacobian);
    free(room);
}
