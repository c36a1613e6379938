/* Antigen-presenting cells: in a lesion they mature on the signal of dying cells and migrate to the node (MODEL.md A;
 * Sove 2020); an irradiated lesion draws more of them (B5). */
#ifndef ABSCOPAL_MODEL_APC_H
#define ABSCOPAL_MODEL_APC_H

#include "model/lymphatics.h"
#include "model/view.h"

static inline void apc_rates(struct body *body)
{
    const struct parameters *p = &body->model->parameters;
    const struct shared_states *s = body->state;
    real leaving = 0; /* the lesions, for the node */
    for (int i = 0; i < body->lesion_count; i++) {
        struct lesion *lesion = &body->lesions[i];
        const struct lesion_states *l = lesion->state;
        const real resting = p->apc_density_tumour * lesion->volume_l;
        const real influx = p->irradiated_apc_influx_rate * lesion->irradiated * resting;
        const real maturing =
            p->apc_maturation_rate * real_saturation(l->maturation_signal, p->maturation_signal_half) * l->apc_cells;
        const real migrating = p->apc_migration_rate * l->mature_apc_cells;
        const real renewal = p->apc_death_rate * (resting - l->apc_cells);
        const real mature_death = p->mature_apc_death_rate * l->mature_apc_cells;
        const real signal_renewal =
            p->maturation_signal_turnover * (p->maturation_signal_baseline - l->maturation_signal);
        const real released = lesion->immunogenic_deaths * p->damps_per_cell / lesion->volume_l;
        const real diluted = l->maturation_signal * lesion->volume_rate / lesion->volume_l;

        lesion->rate->apc_cells = renewal + influx - maturing;
        lesion->rate->mature_apc_cells = maturing - migrating - mature_death;
        lesion->rate->maturation_signal = signal_renewal + released - diluted;
        flux_note(lesion->fluxes, LESION_FLUX_apc_renewal, renewal);
        flux_note(lesion->fluxes, LESION_FLUX_apc_irradiated_influx, influx);
        flux_note(lesion->fluxes, LESION_FLUX_apc_maturation, maturing);
        flux_note(lesion->fluxes, LESION_FLUX_apc_migration, migrating);
        flux_note(lesion->fluxes, LESION_FLUX_apc_mature_death, mature_death);
        flux_note(lesion->fluxes, LESION_FLUX_signal_renewal, signal_renewal);
        flux_note(lesion->fluxes, LESION_FLUX_signal_release, released);
        flux_note(lesion->fluxes, LESION_FLUX_signal_dilution, diluted);
        leaving += migrating;
    }
    const double resting_node = p->apc_density_node * body->model->derived.node_volume_l;
    const real renewal = p->apc_death_rate * (resting_node - s->apc_node);
    const real arriving = lymphatics_pass(body->model, leaving, s->mature_apc_lymph, &body->rate->mature_apc_lymph);
    const real mature_death = p->mature_apc_death_rate * s->mature_apc_node;
    body->rate->apc_node = renewal;
    body->rate->mature_apc_node = arriving - mature_death;
    flux_note(body->fluxes, FLUX_apc_node_renewal, renewal);
    flux_note(body->fluxes, FLUX_apc_mature_arrival, arriving);
    flux_note(body->fluxes, FLUX_apc_mature_death, mature_death);
}

#endif
