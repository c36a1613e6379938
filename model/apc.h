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
    real leaving = real_of(0); /* the lesions, for the node */
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
        const real released = lesion->immunogenic_deaths * p->damps_per_cell * lesion->per_volume_l;
        const real diluted = l->maturation_signal * lesion->volume_rate * lesion->per_volume_l;

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
    const constant resting_node = p->apc_density_node * body->model->derived.node_volume_l;
    const real renewal = p->apc_death_rate * (resting_node - s->apc_node);
    const real arriving = lymphatics_pass(body->model, leaving, s->mature_apc_lymph, &body->rate->mature_apc_lymph);
    const real mature_death = p->mature_apc_death_rate * s->mature_apc_node;
    body->rate->apc_node = renewal;
    body->rate->mature_apc_node = arriving - mature_death;
    flux_note(body->fluxes, FLUX_apc_node_renewal, renewal);
    flux_note(body->fluxes, FLUX_apc_mature_arrival, arriving);
    flux_note(body->fluxes, FLUX_apc_mature_death, mature_death);
}

/* Rows of one lesion's APCs and of their signal. */
static inline void apc_lesion_jacobian(const struct model *model, const struct lesion *lesion,
                                       const struct shared_states *shared, struct jacobian_sink *sink)
{
    const struct parameters *p = &model->parameters;
    const struct lesion_states *l = lesion->state;
    /* Of resting cells, which renewal and influx aim at. */
    const real by_resting = p->apc_death_rate + p->irradiated_apc_influx_rate * lesion->irradiated;
    struct lesion_gradient apc = lesion_gradient_none();
    apc.cancer = apc.resistant = apc.doomed = apc.dead = apc.scar =
        by_resting * p->apc_density_tumour * model->derived.cancer_cell_volume_l;
    apc.dead_tcells = apc.cd8 = apc.treg = by_resting * p->apc_density_tumour * model->derived.tcell_volume_l;
    jacobian_put_volume(sink, lesion, &l->apc_cells, &apc);
    jacobian_put(sink, &l->apc_cells, &l->irradiated_signal,
                 p->irradiated_apc_influx_rate * p->apc_density_tumour * lesion->volume_l * lesion->irradiated_slope);
    const real maturing_by_cells =
        p->apc_maturation_rate * real_saturation(l->maturation_signal, p->maturation_signal_half);
    const real maturing_by_signal =
        p->apc_maturation_rate * real_saturation_slope(l->maturation_signal, p->maturation_signal_half) * l->apc_cells;
    jacobian_put(sink, &l->apc_cells, &l->apc_cells, -p->apc_death_rate - maturing_by_cells);
    jacobian_put(sink, &l->apc_cells, &l->maturation_signal, -maturing_by_signal);
    jacobian_put(sink, &l->mature_apc_cells, &l->apc_cells, maturing_by_cells);
    jacobian_put(sink, &l->mature_apc_cells, &l->maturation_signal, maturing_by_signal);
    jacobian_put(sink, &l->mature_apc_cells, &l->mature_apc_cells, -p->apc_migration_rate - p->mature_apc_death_rate);

    const struct lesion_gradient *deaths = &lesion->immunogenic_by;
    const real per_death = p->damps_per_cell * lesion->per_volume_l;
    const real by_volume = -per_death * lesion->immunogenic_deaths * lesion->per_volume_l;
    struct lesion_gradient signal = lesion_gradient_none();
    signal.dead = signal.scar = by_volume * model->derived.cancer_cell_volume_l;
    signal.dead_tcells = by_volume * model->derived.tcell_volume_l;
    signal.cancer = per_death * deaths->cancer + signal.dead;
    signal.resistant = per_death * deaths->resistant + signal.dead;
    signal.doomed = per_death * deaths->doomed + signal.dead;
    signal.cd8 = per_death * deaths->cd8 + signal.dead_tcells;
    signal.treg = per_death * deaths->treg + signal.dead_tcells;
    signal.irradiated_signal = per_death * deaths->irradiated_signal;
    lesion_add_dilution(model, lesion, l->maturation_signal, lesion->volume_rate, lesion->per_volume_l, &signal);
    jacobian_put_volume(sink, lesion, &l->maturation_signal, &signal);
    jacobian_put(sink, &l->maturation_signal, &l->irradiated_signal, signal.irradiated_signal);
    jacobian_put(sink, &l->maturation_signal, &l->immunogenic_cells, per_death * deaths->immunogenic);
    jacobian_put(sink, &l->maturation_signal, &l->pd1_pdl1, per_death * deaths->pd1_bound);
    jacobian_put(sink, &l->maturation_signal, &l->pd1_pdl2, per_death * deaths->pd1_bound);
    jacobian_put(sink, &l->maturation_signal, &shared->cd8_blood, signal.cd8_blood);
    jacobian_put(sink, &l->maturation_signal, &shared->treg_blood, signal.treg_blood);
    jacobian_put(sink, &l->maturation_signal, &l->maturation_signal,
                 -p->maturation_signal_turnover - lesion->volume_rate * lesion->per_volume_l);
}

static inline void apc_jacobian(const struct body *body, struct jacobian_sink *sink)
{
    const struct model *model = body->model;
    const struct parameters *p = &model->parameters;
    const struct shared_states *s = body->state;
    const real *gate = lymphatics_gate(model, &s->mature_apc_lymph, &s->mature_apc_node);
    for (int i = 0; i < body->lesion_count; i++) {
        apc_lesion_jacobian(model, &body->lesions[i], s, sink);
        jacobian_put(sink, gate, &body->lesions[i].state->mature_apc_cells, p->apc_migration_rate);
    }
    lymphatics_jacobian(model, &s->mature_apc_lymph, &s->mature_apc_node, constant_of(1), sink);
    jacobian_put(sink, &s->apc_node, &s->apc_node, -p->apc_death_rate);
    jacobian_put(sink, &s->mature_apc_node, &s->mature_apc_node, -p->mature_apc_death_rate);
}

#endif
