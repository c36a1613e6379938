#include "trial/new_lesions.h"

#include <math.h>

#include "cohorts/sampling.h"

static double living_cells(const struct model *model, const double *state)
{
    double cells = 0;
    for (int lesion = 0; lesion < model->lesion_count; lesion++)
        cells += fmax(0, model_living_cells(model, state, lesion));
    return cells;
}

/* Cumulated hazard from one new lesion to the next: exponential with mean 1. */
static double draw_step(const struct new_lesions *lesions)
{
    return -log(sampling_uniform(lesions->seed, lesions->patient, "new lesion", (uint64_t)lesions->count));
}

void new_lesions_begin(struct new_lesions *lesions, double per_day, uint64_t seed, uint64_t patient,
                       const struct model *model, const double *state)
{
    *lesions = (struct new_lesions){
        .per_day = per_day, .seed = seed, .patient = patient, .visits = 1, .last_day = 0, .last_share = 1};
    lesions->baseline_cells = living_cells(model, state);
    lesions->next_hazard = draw_step(lesions);
}

int new_lesions_look(struct new_lesions *lesions, double day, bool missed, const struct model *model,
                     const double *state)
{
    lesions->visits++;
    if (!(lesions->per_day > 0 && lesions->baseline_cells > 0))
        return 0;
    const double share = living_cells(model, state) / lesions->baseline_cells;
    lesions->hazard += lesions->per_day * (day - lesions->last_day) * (lesions->last_share + share) / 2;
    lesions->last_day = day;
    lesions->last_share = share;
    while (!missed && lesions->count < NEW_LESIONS_AT_MOST && lesions->hazard >= lesions->next_hazard) {
        lesions->count++;
        lesions->next_hazard += draw_step(lesions);
    }
    return lesions->count;
}
