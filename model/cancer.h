/* Cancer cells of one lesion: logistic growth, spontaneous death, killing by CD8 cells, and death of the cells that
 * radiotherapy doomed (MODEL.md A, B5; Sove 2020). */
#ifndef ABSCOPAL_MODEL_CANCER_H
#define ABSCOPAL_MODEL_CANCER_H

#include "model/view.h"

static inline void cancer_rates(const struct model *model, struct lesion *lesion)
{
    const struct parameters *p = &model->parameters;
    const struct lesion_states *s = lesion->state;
    const double growth_rate = p->cancer_growth_rate * lesion->factors->growth + p->cancer_turnover_rate;
    const real growth =
        growth_rate * s->cancer_cells * (1 - lesion->tumour_cells / model->derived.maximum_cancer_cells);
    const real spontaneous_death = (p->cancer_death_rate + p->cancer_turnover_rate) * s->cancer_cells;
    const real doomed_death = p->doomed_death_rate * s->doomed_cells;
    const real killing = lesion->killing_per_d * s->cancer_cells;
    const real doomed_killing = lesion->killing_per_d * s->doomed_cells;
    const real clearance = p->dead_cell_clearance_rate * s->dead_cells;

    lesion->rate->cancer_cells = growth - spontaneous_death - killing;
    lesion->rate->doomed_cells = -doomed_death - doomed_killing;
    /* The immunogenic weight goes with the cells that carry it, however they die. */
    lesion->rate->immunogenic_cells = -(p->doomed_death_rate + lesion->killing_per_d) * s->immunogenic_cells;
    lesion->dying_cells = spontaneous_death + doomed_death + killing + doomed_killing;
    lesion->rate->dead_cells = lesion->dying_cells - clearance;
    lesion->immunogenic_deaths = killing + doomed_killing + p->doomed_death_rate * s->immunogenic_cells;

    flux_note(lesion->fluxes, LESION_FLUX_cancer_growth, growth);
    flux_note(lesion->fluxes, LESION_FLUX_cancer_spontaneous_death, spontaneous_death);
    flux_note(lesion->fluxes, LESION_FLUX_cancer_killing, killing);
    flux_note(lesion->fluxes, LESION_FLUX_doomed_death, doomed_death);
    flux_note(lesion->fluxes, LESION_FLUX_doomed_killing, doomed_killing);
    flux_note(lesion->fluxes, LESION_FLUX_dead_clearance, clearance);

    lesion->volume_rate = model->derived.cancer_cell_volume_l *
                          (lesion->rate->dead_cells + lesion->rate->cancer_cells + lesion->rate->doomed_cells);
}

#endif
