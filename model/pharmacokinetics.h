/* Antibodies in blood, peripheral tissue, lesions and node (MODEL.md A, B4). The balance is one of amounts; each rate
 * is divided by its compartment's volume at the end. */
#ifndef ABSCOPAL_MODEL_PHARMACOKINETICS_H
#define ABSCOPAL_MODEL_PHARMACOKINETICS_H

#include "model/lymphatics.h"
#include "model/view.h"

/* Flow of drug into a lesion, L/d. The published flow is that of its one tumour, whatever its size. */
static inline real pharmacokinetics_lesion_flow(const struct model *model, const struct drug_constants *drug,
                                                const struct lesion *lesion)
{
    if (model->preset == PRESET_QSPIO_NSCLC_2020)
        return real_of(0) + drug->tumour_flow_l_per_d;
    return drug->tumour_flow_l_per_d * model->derived.per_reference_tumour_volume_l * lesion->volume_l;
}

static inline bool pharmacokinetics_saturates(const struct model *model, int drug)
{
    return model->antibodies[drug]->saturable_clearance_nmol_per_d > 0;
}

static inline void pharmacokinetics_rates(struct body *body, int index)
{
    const struct model *model = body->model;
    const struct derived_constants *d = &model->derived;
    const struct drug_constants *drug = &model->drugs[index];
    const struct drug_states *s = &body->drugs[index];
    const real blood = s->drug_blood * drug->per_gamma_blood, node = s->drug_node * drug->per_gamma_node;
    const real to_peripheral =
        drug->peripheral_flow_l_per_d * (blood - s->drug_peripheral * drug->per_gamma_peripheral);
    const real to_node = drug->node_flow_l_per_d * (blood - node);
    const real from_node = drug->lymphatic_drainage_per_d * node * d->node_volume_l;
    real cleared = drug->clearance_l_per_d * s->drug_blood;
    if (pharmacokinetics_saturates(model, index))
        cleared +=
            drug->saturable_clearance_nmol_per_d * real_saturation(s->drug_blood, drug->saturable_half_nanomolar);

    real into_lesions = real_of(0), drained = real_of(0);
    for (int i = 0; i < body->lesion_count; i++) {
        const struct lesion *lesion = &body->lesions[i];
        const real concentration = lesion->drugs[index].drug_tumour;
        const real tumour = concentration * drug->per_gamma_tumour;
        const real to_lesion = pharmacokinetics_lesion_flow(model, drug, lesion) * (blood - tumour);
        const real drainage = drug->lymphatic_drainage_per_d * tumour * lesion->volume_l;
        lesion->drug_rates[index].drug_tumour =
            (to_lesion - drainage - concentration * lesion->volume_rate) * lesion->per_volume_l;
        flux_note(lesion_drug_fluxes(lesion, index), LESION_DRUG_FLUX_to_lesion, to_lesion);
        flux_note(lesion_drug_fluxes(lesion, index), LESION_DRUG_FLUX_drainage, drainage);
        into_lesions += to_lesion;
        drained += drainage;
    }
    struct drug_states *rate = &body->drug_rates[index];
    const real into_node = lymphatics_pass(model, drained, s->drug_afferent, &rate->drug_afferent);
    const real into_blood = lymphatics_pass(model, from_node, s->drug_efferent, &rate->drug_efferent);
    rate->drug_blood = (drug->infusion_nmol_per_d - to_peripheral - to_node - into_lesions + into_blood - cleared) *
                       d->per_blood_volume_l;
    rate->drug_peripheral = to_peripheral * d->per_peripheral_volume_l;
    rate->drug_node = (to_node + into_node - from_node) * d->per_node_volume_l;

    real *const fluxes = body_drug_fluxes(body, index);
    flux_note(fluxes, DRUG_FLUX_infusion, drug->infusion_nmol_per_d);
    flux_note(fluxes, DRUG_FLUX_to_peripheral, to_peripheral);
    flux_note(fluxes, DRUG_FLUX_to_node, to_node);
    flux_note(fluxes, DRUG_FLUX_to_lesions, into_lesions);
    flux_note(fluxes, DRUG_FLUX_afferent_arrival, into_node);
    flux_note(fluxes, DRUG_FLUX_node_drainage, from_node);
    flux_note(fluxes, DRUG_FLUX_efferent_arrival, into_blood);
    flux_note(fluxes, DRUG_FLUX_clearance, cleared);
}

/* Row of the drug in one lesion, and what that lesion gives to the rows of lymph and of blood. Returns the derivative
 * of what enters it by the drug in blood, L/d. */
static inline real pharmacokinetics_lesion_jacobian(const struct body *body, int index, const struct lesion *lesion,
                                                    struct jacobian_sink *sink)
{
    const struct model *model = body->model;
    const struct drug_constants *drug = &model->drugs[index];
    const struct drug_states *s = &body->drugs[index];
    const bool grows = model->preset != PRESET_QSPIO_NSCLC_2020; /* the flow grows with the lesion */
    const constant cancer_cell_l = model->derived.cancer_cell_volume_l, tcell_l = model->derived.tcell_volume_l;
    const real *own = &lesion->drugs[index].drug_tumour;
    const real tumour = *own * drug->per_gamma_tumour;
    const real flow = pharmacokinetics_lesion_flow(model, drug, lesion), flow_per_l = flow * lesion->per_volume_l;
    const real difference = s->drug_blood * drug->per_gamma_blood - tumour;

    struct lesion_gradient gradient = lesion_gradient_none();
    lesion_add_dilution(model, lesion, *own, lesion->volume_rate, lesion->per_volume_l, &gradient);
    if (!grows) {
        const real thinned = flow_per_l * difference * lesion->per_volume_l;
        gradient.cancer -= thinned * cancer_cell_l;
        gradient.resistant -= thinned * cancer_cell_l;
        gradient.doomed -= thinned * cancer_cell_l;
        gradient.dead -= thinned * cancer_cell_l;
        gradient.scar -= thinned * cancer_cell_l;
        gradient.dead_tcells -= thinned * tcell_l;
        gradient.cd8 -= thinned * tcell_l;
        gradient.treg -= thinned * tcell_l;
    }
    jacobian_put_volume(sink, lesion, own, &gradient);
    jacobian_put(sink, own, &lesion->state->irradiated_signal, gradient.irradiated_signal);
    jacobian_put(sink, own, &body->state->cd8_blood, gradient.cd8_blood);
    jacobian_put(sink, own, &body->state->treg_blood, gradient.treg_blood);
    jacobian_put(sink, own, &s->drug_blood, flow_per_l * drug->per_gamma_blood);
    jacobian_put(sink, own, own,
                 -(flow_per_l + drug->lymphatic_drainage_per_d) * drug->per_gamma_tumour -
                     lesion->volume_rate * lesion->per_volume_l);

    const bool lymphatics = model->options.lymphatics;
    const real *gate = lymphatics_gate(model, &s->drug_afferent, &s->drug_node);
    const constant per_gate_l = lymphatics ? constant_of(1) : model->derived.per_node_volume_l;
    const real drained_per_l = drug->lymphatic_drainage_per_d * tumour * per_gate_l;
    struct lesion_gradient drained = lesion_gradient_none();
    drained.cancer = drained.resistant = drained.doomed = drained.dead = drained.scar = drained_per_l * cancer_cell_l;
    drained.dead_tcells = drained.cd8 = drained.treg = drained_per_l * tcell_l;
    jacobian_put_volume(sink, lesion, gate, &drained);
    jacobian_put(sink, gate, own,
                 drug->lymphatic_drainage_per_d * drug->per_gamma_tumour * lesion->volume_l * per_gate_l);

    const constant per_blood_l = model->derived.per_blood_volume_l;
    jacobian_put(sink, &s->drug_blood, own, flow * drug->per_gamma_tumour * per_blood_l);
    if (grows) {
        const real drawn_per_l = flow_per_l * difference * per_blood_l;
        struct lesion_gradient drawn = lesion_gradient_none();
        drawn.cancer = drawn.resistant = drawn.doomed = drawn.dead = drawn.scar = -drawn_per_l * cancer_cell_l;
        drawn.dead_tcells = drawn.cd8 = drawn.treg = -drawn_per_l * tcell_l;
        jacobian_put_volume(sink, lesion, &s->drug_blood, &drawn);
    }
    return flow * drug->per_gamma_blood;
}

static inline void pharmacokinetics_jacobian(const struct body *body, int index, struct jacobian_sink *sink)
{
    const struct model *model = body->model;
    const struct derived_constants *d = &model->derived;
    const struct drug_constants *drug = &model->drugs[index];
    const struct drug_states *s = &body->drugs[index];
    real from_blood =
        (drug->peripheral_flow_l_per_d + drug->node_flow_l_per_d) * drug->per_gamma_blood + drug->clearance_l_per_d;
    if (pharmacokinetics_saturates(model, index))
        from_blood +=
            drug->saturable_clearance_nmol_per_d * real_saturation_slope(s->drug_blood, drug->saturable_half_nanomolar);
    for (int i = 0; i < body->lesion_count; i++)
        from_blood += pharmacokinetics_lesion_jacobian(body, index, &body->lesions[i], sink);

    const real *blood = &s->drug_blood, *peripheral = &s->drug_peripheral, *node = &s->drug_node;
    const real to_peripheral = drug->peripheral_flow_l_per_d * drug->per_gamma_blood;
    const real from_peripheral = drug->peripheral_flow_l_per_d * drug->per_gamma_peripheral;
    const real to_node = drug->node_flow_l_per_d * drug->per_gamma_blood;
    const real back_from_node = drug->node_flow_l_per_d * drug->per_gamma_node;
    const real drained_from_node = drug->lymphatic_drainage_per_d * drug->per_gamma_node * d->node_volume_l;
    const bool lymphatics = model->options.lymphatics;
    jacobian_put(sink, blood, blood, -from_blood * d->per_blood_volume_l);
    jacobian_put(sink, blood, peripheral, from_peripheral * d->per_blood_volume_l);
    jacobian_put(sink, blood, node,
                 (lymphatics ? back_from_node : back_from_node + drained_from_node) * d->per_blood_volume_l);
    jacobian_put(sink, peripheral, blood, to_peripheral * d->per_peripheral_volume_l);
    jacobian_put(sink, peripheral, peripheral, -from_peripheral * d->per_peripheral_volume_l);
    jacobian_put(sink, node, blood, to_node * d->per_node_volume_l);
    jacobian_put(sink, node, node, -(back_from_node + drained_from_node) * d->per_node_volume_l);
    if (lymphatics)
        jacobian_put(sink, &s->drug_efferent, node, drained_from_node);
    lymphatics_jacobian(model, &s->drug_afferent, node, d->per_node_volume_l, sink);
    lymphatics_jacobian(model, &s->drug_efferent, blood, d->per_blood_volume_l, sink);
}

#endif
