/* Cancer cells of one lesion: logistic growth, spontaneous death, killing by CD8 cells, and death of the cells that
 * radiotherapy doomed (MODEL.md A, B5; Sove 2020). */
#ifndef ABSCOPAL_MODEL_CANCER_H
#define ABSCOPAL_MODEL_CANCER_H

#include "model/view.h"

static inline constant cancer_growth_rate(const struct model *model, const struct lesion *lesion)
{
    return model->parameters.cancer_growth_rate * lesion->factors->growth + model->parameters.cancer_turnover_rate;
}

static inline void cancer_rates(const struct model *model, struct lesion *lesion)
{
    const struct parameters *p = &model->parameters;
    const struct lesion_states *s = lesion->state;
    const real growth_per_d =
        cancer_growth_rate(model, lesion) * (1 - lesion->tumour_cells * model->derived.per_maximum_cancer_cells);
    const constant death_per_d = p->cancer_death_rate + p->cancer_turnover_rate;
    const real growth = growth_per_d * s->cancer_cells, spontaneous_death = death_per_d * s->cancer_cells;
    const real resistant_growth = growth_per_d * lesion->resistant_cells;
    const real resistant_death = death_per_d * lesion->resistant_cells;
    const real doomed_death = p->doomed_death_rate * s->doomed_cells;
    const real killing = lesion->killing_per_d * s->cancer_cells;
    const real doomed_killing = lesion->killing_per_d * s->doomed_cells;
    const real clearance = p->dead_cell_clearance_rate * s->dead_cells;
    const bool scars = model->options.scar;
    const real scarring = (scars ? p->scar_fraction : constant_of(0)) * clearance;
    const real resolution = p->scar_resolution_rate * (scars ? s->scar_cells : real_of(0));

    lesion->rate->cancer_cells = growth - spontaneous_death - killing;
    lesion->rate->resistant_cells = resistant_growth - resistant_death;
    lesion->rate->doomed_cells = -doomed_death - doomed_killing;
    /* The immunogenic weight goes with the cells that carry it, however they die. */
    lesion->rate->immunogenic_cells = -(p->doomed_death_rate + lesion->killing_per_d) * s->immunogenic_cells;
    lesion->dying_cells = spontaneous_death + resistant_death + doomed_death + killing + doomed_killing;
    lesion->rate->dead_cells = lesion->dying_cells - clearance;
    lesion->rate->scar_cells = scarring - resolution;
    lesion->immunogenic_deaths = killing + doomed_killing + p->doomed_death_rate * s->immunogenic_cells;

    flux_note(lesion->fluxes, LESION_FLUX_cancer_growth, growth);
    flux_note(lesion->fluxes, LESION_FLUX_cancer_spontaneous_death, spontaneous_death);
    flux_note(lesion->fluxes, LESION_FLUX_cancer_killing, killing);
    flux_note(lesion->fluxes, LESION_FLUX_resistant_growth, resistant_growth);
    flux_note(lesion->fluxes, LESION_FLUX_resistant_death, resistant_death);
    flux_note(lesion->fluxes, LESION_FLUX_doomed_death, doomed_death);
    flux_note(lesion->fluxes, LESION_FLUX_doomed_killing, doomed_killing);
    flux_note(lesion->fluxes, LESION_FLUX_dead_clearance, clearance);
    flux_note(lesion->fluxes, LESION_FLUX_scar_formation, scarring);
    flux_note(lesion->fluxes, LESION_FLUX_scar_resolution, resolution);

    /* A cell that dies keeps its room until it is cleared, and some of it as scar. */
    lesion->volume_rate =
        model->derived.cancer_cell_volume_l * (growth + resistant_growth - clearance + scarring - resolution);
}

/* The derivatives of a number of cells times killing, by the cells that killing depends on. */
static inline struct lesion_gradient cancer_killing_of(const struct lesion *lesion, real cells)
{
    const struct lesion_gradient *k = &lesion->killing;
    struct lesion_gradient gradient = lesion_gradient_none();
    gradient.cancer = cells * k->cancer;
    gradient.resistant = cells * k->resistant;
    gradient.doomed = cells * k->doomed;
    gradient.cd8 = cells * k->cd8;
    gradient.treg = cells * k->treg;
    gradient.irradiated_signal = cells * k->irradiated_signal;
    gradient.pd1_bound = cells * k->pd1_bound;
    return gradient;
}

/* The gradients that other modules need, then this one's rows. */
static inline void cancer_jacobian(const struct model *model, struct lesion *lesion, struct jacobian_sink *sink)
{
    const struct parameters *p = &model->parameters;
    const struct lesion_states *s = lesion->state;
    const real killing_per_d = lesion->killing_per_d;
    const constant growth_rate = cancer_growth_rate(model, lesion);
    const constant death_rate = p->cancer_death_rate + p->cancer_turnover_rate;
    const real growth_per_d = growth_rate * (1 - lesion->tumour_cells * model->derived.per_maximum_cancer_cells);
    const real crowding = growth_rate * s->cancer_cells * model->derived.per_maximum_cancer_cells;
    const real resistant_crowding = growth_rate * lesion->resistant_cells * model->derived.per_maximum_cancer_cells;

    struct lesion_gradient cancer = cancer_killing_of(lesion, -s->cancer_cells);
    cancer.cancer += growth_per_d - crowding - death_rate - killing_per_d;
    cancer.resistant -= crowding;
    cancer.doomed -= crowding;
    jacobian_put_killing(sink, lesion, &s->cancer_cells, &cancer);

    if (model->options.resistance) {
        jacobian_put(sink, &s->resistant_cells, &s->cancer_cells, -resistant_crowding);
        jacobian_put(sink, &s->resistant_cells, &s->resistant_cells, growth_per_d - resistant_crowding - death_rate);
        jacobian_put(sink, &s->resistant_cells, &s->doomed_cells, -resistant_crowding);
    }

    struct lesion_gradient doomed = cancer_killing_of(lesion, -s->doomed_cells);
    doomed.doomed -= p->doomed_death_rate + killing_per_d;
    jacobian_put_killing(sink, lesion, &s->doomed_cells, &doomed);

    const struct lesion_gradient immunogenic = cancer_killing_of(lesion, -s->immunogenic_cells);
    jacobian_put_killing(sink, lesion, &s->immunogenic_cells, &immunogenic);
    jacobian_put(sink, &s->immunogenic_cells, &s->immunogenic_cells, -(p->doomed_death_rate + killing_per_d));

    lesion->immunogenic_by = cancer_killing_of(lesion, lesion->killable_cells);
    lesion->immunogenic_by.cancer += killing_per_d;
    lesion->immunogenic_by.doomed += killing_per_d;
    lesion->dying_by = lesion->immunogenic_by;
    lesion->dying_by.cancer += death_rate;
    lesion->dying_by.resistant += death_rate;
    lesion->dying_by.doomed += p->doomed_death_rate;
    lesion->immunogenic_by.immunogenic = p->doomed_death_rate;
    jacobian_put_killing(sink, lesion, &s->dead_cells, &lesion->dying_by);
    jacobian_put(sink, &s->dead_cells, &s->dead_cells, -p->dead_cell_clearance_rate);
    constant scarring_rate = constant_of(0);
    if (model->options.scar) {
        scarring_rate = p->scar_fraction * p->dead_cell_clearance_rate;
        jacobian_put(sink, &s->scar_cells, &s->dead_cells, scarring_rate);
        jacobian_put(sink, &s->scar_cells, &s->scar_cells, -p->scar_resolution_rate);
    }

    const constant cell_volume_l = model->derived.cancer_cell_volume_l;
    lesion->volume_rate_by = lesion_gradient_none();
    const real all_crowding = crowding + resistant_crowding;
    lesion->volume_rate_by.cancer = lesion->volume_rate_by.resistant = cell_volume_l * (growth_per_d - all_crowding);
    lesion->volume_rate_by.doomed = -cell_volume_l * all_crowding;
    lesion->volume_rate_by.dead = cell_volume_l * (scarring_rate - p->dead_cell_clearance_rate);
    lesion->volume_rate_by.scar = -cell_volume_l * p->scar_resolution_rate;
}

#endif
