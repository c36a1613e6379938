/* The PD-1 checkpoint in the synapse of a T cell and a cancer cell: PD-1 binds PD-L1 and PD-L2; an antibody holds its
 * target with one arm, then with both (MODEL.md A; Sove 2020). Irradiation raises PD-L1 (B5). */
#ifndef ABSCOPAL_MODEL_CHECKPOINT_H
#define ABSCOPAL_MODEL_CHECKPOINT_H

#include "model/view.h"

/* One antibody on its target: adds what binds to the target's rate and returns how many targets it holds. */
static inline real checkpoint_antibody(const struct drug_constants *drug, const struct lesion_drug_states *state,
                                       real target, struct lesion_drug_states *rate, real *target_rate, real *fluxes)
{
    /* As published, the binding concentration is the tumour's over the accessible share of blood. */
    const real free_drug = state->drug_tumour * drug->per_gamma_blood;
    const real first_arm = 2 * drug->on_per_nanomolar_d * target * free_drug - drug->off_per_d * state->bound_once;
    const real second_arm =
        drug->cross_on_um2_per_molecule_d * target * state->bound_once - 2 * drug->off_per_d * state->bound_twice;
    rate->bound_once = first_arm - second_arm;
    rate->bound_twice = second_arm;
    flux_note(fluxes, LESION_DRUG_FLUX_first_arm, first_arm);
    flux_note(fluxes, LESION_DRUG_FLUX_second_arm, second_arm);
    *target_rate -= first_arm + second_arm;
    return state->bound_once + 2 * state->bound_twice;
}

static inline void checkpoint_rates(const struct model *model, struct lesion *lesion)
{
    const struct parameters *p = &model->parameters;
    const struct derived_constants *d = &model->derived;
    const struct lesion_states *s = lesion->state;
    const real to_pdl1 = d->pd1_pdl1_on * s->pd1 * s->pdl1 - d->pd1_pdl1_off * s->pd1_pdl1;
    const real to_pdl2 = d->pd1_pdl2_on * s->pd1 * s->pdl2 - d->pd1_pdl2_off * s->pd1_pdl2;
    real pd1_rate = -to_pdl1 - to_pdl2, pdl1_rate = -to_pdl1, pdl1_held = real_of(0);
    for (int i = 0; i < model->drug_count; i++) {
        const struct drug_constants *drug = &model->drugs[i];
        real *const fluxes = lesion_drug_fluxes(lesion, i);
        const enum antibody_target antibody_target = model->antibodies[i]->target;
        flux_note(fluxes, LESION_DRUG_FLUX_first_arm, real_of(0));
        flux_note(fluxes, LESION_DRUG_FLUX_second_arm, real_of(0));
        lesion->drug_rates[i].bound_once = lesion->drug_rates[i].bound_twice = real_of(0);
        if (antibody_target == TARGET_PD1)
            checkpoint_antibody(drug, &lesion->drugs[i], s->pd1, &lesion->drug_rates[i], &pd1_rate, fluxes);
        else if (antibody_target == TARGET_PDL1)
            pdl1_held +=
                checkpoint_antibody(drug, &lesion->drugs[i], s->pdl1, &lesion->drug_rates[i], &pdl1_rate, fluxes);
    }
    /* Without irradiation the total is the resting one and this is 0: Part A has no turnover. */
    const real pdl1_aim = d->pdl1_per_um2 * lesion->factors->pdl1 * (1 + p->irradiated_pdl1_gain * lesion->irradiated);
    const real induction = p->pdl1_turnover_rate * (pdl1_aim - s->pdl1 - s->pd1_pdl1 - pdl1_held);
    flux_note(lesion->fluxes, LESION_FLUX_pd1_binding_pdl1, to_pdl1);
    flux_note(lesion->fluxes, LESION_FLUX_pd1_binding_pdl2, to_pdl2);
    flux_note(lesion->fluxes, LESION_FLUX_pdl1_induction, induction);

    lesion->rate->pd1 = pd1_rate;
    lesion->rate->pdl1 = pdl1_rate + induction;
    lesion->rate->pdl2 = -to_pdl2;
    lesion->rate->pd1_pdl1 = to_pdl1;
    lesion->rate->pd1_pdl2 = to_pdl2;
}

/* Rows of one antibody on its target, and the target's row but for its own diagonal, to which it adds. PD-L1 is made
 * anew towards a total that counts what is held: `turnover` is that rate, 0 for PD-1. */
static inline real checkpoint_antibody_jacobian(const struct drug_constants *drug,
                                                const struct lesion_drug_states *state, const real *target,
                                                constant turnover, struct jacobian_sink *sink)
{
    const real free_drug = state->drug_tumour * drug->per_gamma_blood;
    const real once_by_target = 2 * drug->on_per_nanomolar_d * free_drug;
    const real once_by_drug = 2 * drug->on_per_nanomolar_d * drug->per_gamma_blood * *target;
    const real twice_by_target = drug->cross_on_um2_per_molecule_d * state->bound_once;
    const real twice_by_once = drug->cross_on_um2_per_molecule_d * *target;
    const real *once = &state->bound_once, *twice = &state->bound_twice;
    jacobian_put(sink, once, target, once_by_target - twice_by_target);
    jacobian_put(sink, once, &state->drug_tumour, once_by_drug);
    jacobian_put(sink, once, once, -drug->off_per_d - twice_by_once);
    jacobian_put(sink, once, twice, 2 * drug->off_per_d);
    jacobian_put(sink, twice, target, twice_by_target);
    jacobian_put(sink, twice, once, twice_by_once);
    jacobian_put(sink, twice, twice, -2 * drug->off_per_d);
    jacobian_put(sink, target, &state->drug_tumour, -once_by_drug);
    jacobian_put(sink, target, once, drug->off_per_d - twice_by_once - turnover);
    jacobian_put(sink, target, twice, 2 * drug->off_per_d - 2 * turnover);
    return -once_by_target - twice_by_target;
}

static inline void checkpoint_jacobian(const struct model *model, const struct lesion *lesion,
                                       struct jacobian_sink *sink)
{
    const struct parameters *p = &model->parameters;
    const struct derived_constants *d = &model->derived;
    const struct lesion_states *s = lesion->state;
    const real pdl1_by_pd1 = -d->pd1_pdl1_on * s->pdl1, pdl2_by_pd1 = -d->pd1_pdl2_on * s->pdl2;
    const real pdl1_by_pdl1 = -d->pd1_pdl1_on * s->pd1, pdl2_by_pdl2 = -d->pd1_pdl2_on * s->pd1;
    real pd1_by_pd1 = pdl1_by_pd1 + pdl2_by_pd1, own_pdl1 = pdl1_by_pdl1 - p->pdl1_turnover_rate;
    for (int i = 0; i < model->drug_count; i++) {
        const struct lesion_drug_states *drug = &lesion->drugs[i];
        if (model->antibodies[i]->target == TARGET_PD1) {
            pd1_by_pd1 += checkpoint_antibody_jacobian(&model->drugs[i], drug, &s->pd1, constant_of(0), sink);
        } else if (model->antibodies[i]->target == TARGET_PDL1) {
            own_pdl1 += checkpoint_antibody_jacobian(&model->drugs[i], drug, &s->pdl1, p->pdl1_turnover_rate, sink);
        }
    }
    jacobian_put(sink, &s->pd1, &s->pd1, pd1_by_pd1);
    jacobian_put(sink, &s->pd1, &s->pdl1, pdl1_by_pdl1);
    jacobian_put(sink, &s->pd1, &s->pdl2, pdl2_by_pdl2);
    jacobian_put(sink, &s->pd1, &s->pd1_pdl1, d->pd1_pdl1_off);
    jacobian_put(sink, &s->pd1, &s->pd1_pdl2, d->pd1_pdl2_off);
    jacobian_put(sink, &s->pdl1, &s->pd1, pdl1_by_pd1);
    jacobian_put(sink, &s->pdl1, &s->pdl1, own_pdl1);
    jacobian_put(sink, &s->pdl1, &s->pd1_pdl1, d->pd1_pdl1_off - p->pdl1_turnover_rate);
    jacobian_put(sink, &s->pdl1, &s->irradiated_signal,
                 p->pdl1_turnover_rate * d->pdl1_per_um2 * lesion->factors->pdl1 * p->irradiated_pdl1_gain *
                     lesion->irradiated_slope);
    jacobian_put(sink, &s->pdl2, &s->pd1, pdl2_by_pd1);
    jacobian_put(sink, &s->pdl2, &s->pdl2, pdl2_by_pdl2);
    jacobian_put(sink, &s->pdl2, &s->pd1_pdl2, d->pd1_pdl2_off);
    jacobian_put(sink, &s->pd1_pdl1, &s->pd1, -pdl1_by_pd1);
    jacobian_put(sink, &s->pd1_pdl1, &s->pdl1, -pdl1_by_pdl1);
    jacobian_put(sink, &s->pd1_pdl1, &s->pd1_pdl1, -d->pd1_pdl1_off);
    jacobian_put(sink, &s->pd1_pdl2, &s->pd1, -pdl2_by_pd1);
    jacobian_put(sink, &s->pd1_pdl2, &s->pdl2, -pdl2_by_pdl2);
    jacobian_put(sink, &s->pd1_pdl2, &s->pd1_pdl2, -d->pd1_pdl2_off);
}

#endif
