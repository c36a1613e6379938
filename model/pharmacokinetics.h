/* Antibodies in blood, peripheral tissue, lesions and node (MODEL.md A, B4). The balance is one of amounts; each rate
 * is divided by its compartment's volume at the end. */
#ifndef ABSCOPAL_MODEL_PHARMACOKINETICS_H
#define ABSCOPAL_MODEL_PHARMACOKINETICS_H

#include "model/lymphatics.h"
#include "model/view.h"

static inline void pharmacokinetics_rates(struct body *body, int index)
{
    const struct model *model = body->model;
    const struct drug_constants *drug = &model->drugs[index];
    const struct antibody *a = drug->antibody;
    const struct drug_states *s = &body->drugs[index];
    const double blood_l = model->parameters.blood_volume, peripheral_l = model->parameters.peripheral_volume;
    const double node_l = model->derived.node_volume_l;
    const real blood = s->drug_blood / a->gamma_blood;
    const real to_peripheral = a->peripheral_flow_l_per_d * (blood - s->drug_peripheral / a->gamma_peripheral);
    const real to_node = a->node_flow_l_per_d * (blood - s->drug_node / a->gamma_node);
    const real from_node = a->lymphatic_drainage_per_d * s->drug_node / a->gamma_node * node_l;
    real cleared = a->clearance_l_per_d * s->drug_blood;
    if (a->saturable_clearance_nmol_per_d > 0)
        cleared += a->saturable_clearance_nmol_per_d * real_saturation(s->drug_blood, a->saturable_half_nanomolar);

    real into_lesions = 0, drained = 0;
    for (int i = 0; i < body->lesion_count; i++) {
        const struct lesion *lesion = &body->lesions[i];
        const real concentration = lesion->drugs[index].drug_tumour;
        const real tumour = concentration / a->gamma_tumour;
        /* The published flow is that of its one tumour, whatever its size. */
        const real flow = model->preset == PRESET_QSPIO_NSCLC_2020
                              ? a->tumour_flow_l_per_d
                              : a->tumour_flow_l_per_d * lesion->volume_l / model->derived.reference_tumour_volume_l;
        const real to_lesion = flow * (blood - tumour);
        const real drainage = a->lymphatic_drainage_per_d * tumour * lesion->volume_l;
        lesion->drug_rates[index].drug_tumour =
            (to_lesion - drainage - concentration * lesion->volume_rate) / lesion->volume_l;
        flux_note(lesion_drug_fluxes(lesion, index), LESION_DRUG_FLUX_to_lesion, to_lesion);
        flux_note(lesion_drug_fluxes(lesion, index), LESION_DRUG_FLUX_drainage, drainage);
        into_lesions += to_lesion;
        drained += drainage;
    }
    struct drug_states *rate = &body->drug_rates[index];
    const real into_node = lymphatics_pass(model, drained, s->drug_afferent, &rate->drug_afferent);
    const real into_blood = lymphatics_pass(model, from_node, s->drug_efferent, &rate->drug_efferent);
    rate->drug_blood =
        (drug->infusion_nmol_per_d - to_peripheral - to_node - into_lesions + into_blood - cleared) / blood_l;
    rate->drug_peripheral = to_peripheral / peripheral_l;
    rate->drug_node = (to_node + into_node - from_node) / node_l;

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

#endif
