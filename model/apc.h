/* Antigen-presenting cells: in a lesion they mature on the signal of dying cells and migrate to the node (MODEL.md A;
 * Sove 2020); an irradiated lesion draws more of them (B5). */
#ifndef ABSCOPAL_MODEL_APC_H
#define ABSCOPAL_MODEL_APC_H

#include "model/view.h"

static inline void apc_rates(struct body *body)
{
    const struct parameters *p = &body->model->parameters;
    const struct shared_states *s = body->state;
    real arriving = 0;
    for (int i = 0; i < body->model->lesion_count; i++) {
        struct lesion *lesion = &body->lesions[i];
        const struct lesion_states *l = lesion->state;
        const real resting = p->apc_density_tumour * lesion->volume_l;
        const real influx = p->irradiated_apc_influx_rate * lesion->irradiated * resting;
        const real maturing =
            p->apc_maturation_rate * real_saturation(l->maturation_signal, p->maturation_signal_half) * l->apc_cells;
        const real migrating = p->apc_migration_rate * l->mature_apc_cells;
        const real released = lesion->immunogenic_deaths * p->damps_per_cell / lesion->volume_l;

        lesion->rate->apc_cells = p->apc_death_rate * (resting - l->apc_cells) + influx - maturing;
        lesion->rate->mature_apc_cells = maturing - migrating - p->mature_apc_death_rate * l->mature_apc_cells;
        lesion->rate->maturation_signal =
            p->maturation_signal_turnover * (p->maturation_signal_baseline - l->maturation_signal) + released -
            l->maturation_signal * lesion->volume_rate / lesion->volume_l;
        arriving += migrating;
    }
    const double resting_node = p->apc_density_node * body->model->derived.node_volume_l;
    body->rate->apc_node = p->apc_death_rate * (resting_node - s->apc_node);
    body->rate->mature_apc_node = arriving - p->mature_apc_death_rate * s->mature_apc_node;
}

#endif
