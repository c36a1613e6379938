/* T cells: CD8 effectors and Tregs from the naive clone to the tumour (MODEL.md A; Sove 2020). Both kinds follow the
 * same path with their own constants, gathered in struct tcell_kind. */
#ifndef ABSCOPAL_MODEL_TCELL_H
#define ABSCOPAL_MODEL_TCELL_H

#include "model/view.h"

/* The constants of one kind. */
struct tcell_kind {
    double diversity, clones;
    double thymic_output, naive_proliferation, naive_half_proliferation, naive_death_rate;
    double proliferation_rate, death_rate, peripheral_exit_rate;
};

/* Where one kind stands in the state, or in the rates. */
struct tcell_place {
    real naive_blood, naive_peripheral, naive_node, activated, node, blood, peripheral;
};

/* What drives that kind this moment. */
struct tcell_drive {
    real activation;   /* of one clone, cell/d */
    real tumour_entry; /* into all lesions, per day of the cells in blood */
};

static inline struct tcell_kind tcell_cd8(const struct parameters *p)
{
    return (struct tcell_kind){p->cd8_diversity,
                               p->cd8_clones,
                               p->cd8_thymic_output,
                               p->naive_cd8_proliferation,
                               p->naive_cd8_half_proliferation,
                               p->naive_cd8_death_rate,
                               p->cd8_proliferation_rate,
                               p->cd8_death_rate,
                               p->cd8_peripheral_exit_rate};
}

static inline struct tcell_kind tcell_treg(const struct parameters *p)
{
    return (struct tcell_kind){p->treg_diversity,
                               p->treg_clones,
                               p->treg_thymic_output,
                               p->naive_treg_proliferation,
                               p->naive_treg_half_proliferation,
                               p->naive_treg_death_rate,
                               p->treg_proliferation_rate,
                               p->treg_death_rate,
                               p->treg_peripheral_exit_rate};
}

/* Naive cells of one clone circulate, proliferate towards their homeostatic number and are primed in the node. */
static inline void tcell_naive_rates(const struct model *model, const struct tcell_kind *kind,
                                     const struct tcell_place *cells, const struct tcell_drive *drive, real recovery,
                                     struct tcell_place *rate)
{
    const struct parameters *p = &model->parameters;
    const double proliferation = kind->naive_proliferation / kind->diversity;
    const double half = kind->naive_half_proliferation / kind->diversity;
    const real to_peripheral = model->derived.peripheral_entry_per_d * cells->naive_blood;
    const real from_peripheral = kind->peripheral_exit_rate * cells->naive_peripheral;
    const real to_node = p->node_entry_rate * p->blood_volume * cells->naive_blood;
    const real from_node = p->node_exit_rate * cells->naive_node;

    rate->naive_blood =
        kind->thymic_output / kind->diversity + proliferation * real_saturation(cells->naive_blood, half) -
        kind->naive_death_rate * cells->naive_blood - to_peripheral + from_peripheral - to_node + from_node;
    rate->naive_peripheral = proliferation * real_saturation(cells->naive_peripheral, half) -
                             kind->naive_death_rate * cells->naive_peripheral + to_peripheral - from_peripheral;
    rate->naive_node = to_node - from_node - drive->activation + recovery * cells->naive_node;
}

/* Activated cells divide and leave the node as effectors, which circulate and enter tumours. As published, the
 * divisions of both kinds follow the half-saturation of CD8 cells. */
static inline void tcell_effector_rates(const struct model *model, const struct tcell_kind *kind,
                                        const struct tcell_place *cells, const struct tcell_drive *drive, real il2,
                                        struct tcell_place *rate)
{
    const struct parameters *p = &model->parameters;
    const real divisions = p->divisions_base + p->divisions_il2 * real_saturation(il2, p->il2_half_cd8);
    const real dividing = kind->proliferation_rate * cells->activated;
    const real from_node = p->node_exit_rate * cells->node;
    const real to_peripheral = model->derived.peripheral_entry_per_d * cells->blood;
    const real from_peripheral = kind->peripheral_exit_rate * cells->peripheral;

    rate->activated = kind->clones * drive->activation - dividing;
    rate->node = real_power_of_two(divisions) * dividing - kind->death_rate * cells->node - from_node;
    rate->blood = from_node - kind->death_rate * cells->blood - to_peripheral + from_peripheral -
                  drive->tumour_entry * cells->blood;
    rate->peripheral = to_peripheral - from_peripheral - kind->death_rate * cells->peripheral;
}

/* T cells of one lesion; every loss leaves a dead cell that takes up room until it is cleared. */
static inline void tcell_lesion_rates(const struct body *body, struct lesion *lesion, real cd8_entry_per_d,
                                      real treg_entry_per_d)
{
    const struct parameters *p = &body->model->parameters;
    const struct lesion_states *s = lesion->state;
    const real cd8_death = p->cd8_death_rate * s->cd8_cells;
    const real treg_death = p->treg_death_rate * s->treg_cells;
    const real inhibited = p->treg_inhibition_rate * s->cd8_cells * s->treg_cells / lesion->all_cells;
    const real exhausted =
        p->exhaustion_rate * s->cd8_cells * lesion->tumour_cells / lesion->all_cells * lesion->pd1_inhibition;

    lesion->rate->cd8_cells = cd8_entry_per_d * body->state->cd8_blood - cd8_death - inhibited - exhausted;
    lesion->rate->treg_cells = treg_entry_per_d * body->state->treg_blood - treg_death;
    lesion->rate->dead_tcells =
        cd8_death + treg_death + inhibited + exhausted - p->dead_cell_clearance_rate * s->dead_tcells;
    lesion->volume_rate += body->model->derived.tcell_volume_l *
                           (lesion->rate->dead_tcells + lesion->rate->cd8_cells + lesion->rate->treg_cells);
}

/* Interleukin-2 of the node: secreted by dividing CD8 cells, consumed by effectors. Divided by the node's volume here,
 * since the balance is one of amounts. */
static inline void tcell_il2_rates(const struct body *body)
{
    const struct parameters *p = &body->model->parameters;
    const struct shared_states *s = body->state;
    const real amount_rate = p->il2_secretion_rate * s->activated_cd8 -
                             p->il2_consumption_rate * (s->cd8_node * real_saturation(s->il2, p->il2_half_cd8) +
                                                        s->treg_node * real_saturation(s->il2, p->il2_half_treg));
    body->rate->il2 = amount_rate / body->model->derived.node_volume_l - p->il2_degradation_rate * s->il2;
}

/* All T cells, lesions included. The primings come from the antigen module (share of naive cells that see their
 * antigen, 0 to 1). */
static inline void tcell_rates(struct body *body, real cd8_priming, real treg_priming)
{
    const struct model *model = body->model;
    const struct parameters *p = &model->parameters;
    const struct shared_states *s = body->state;
    const struct tcell_kind cd8 = tcell_cd8(p), treg = tcell_treg(p);
    /* Effectors crowd the APCs: the share of naive cells that finds a place on one. As published, CD8 effectors crowd
     * the immature APCs too, at which Tregs are primed. */
    const real mature_sites = p->apc_sites * s->mature_apc_node, sites = p->apc_sites * s->apc_node;
    struct tcell_drive cd8_drive = {
        p->cd8_activation_rate * mature_sites / (mature_sites + s->cd8_node + 1) * cd8_priming * s->naive_cd8_node, 0};
    struct tcell_drive treg_drive = {
        p->treg_activation_rate * sites / (sites + s->cd8_node + 1) * treg_priming * s->naive_treg_node, 0};

    for (int i = 0; i < model->lesion_count; i++) {
        struct lesion *lesion = &body->lesions[i];
        const real cd8_entry = model->derived.cd8_tumour_entry_per_l_d * lesion->volume_l *
                               (1 + p->irradiated_cd8_infiltration_gain * lesion->irradiated);
        const real treg_entry = model->derived.treg_tumour_entry_per_l_d * lesion->volume_l *
                                (1 + p->irradiated_treg_infiltration_gain * lesion->irradiated);
        tcell_lesion_rates(body, lesion, cd8_entry, treg_entry);
        cd8_drive.tumour_entry += cd8_entry;
        treg_drive.tumour_entry += treg_entry;
    }

    const struct tcell_place cd8_cells = {
        s->naive_cd8_blood, s->naive_cd8_peripheral, s->naive_cd8_node, s->activated_cd8, s->cd8_node,
        s->cd8_blood,       s->cd8_peripheral};
    const struct tcell_place treg_cells = {
        s->naive_treg_blood, s->naive_treg_peripheral, s->naive_treg_node, s->activated_treg, s->treg_node,
        s->treg_blood,       s->treg_peripheral};
    /* The node's naive cells regain what radiotherapy took (B5). */
    const real recovery = p->lymphocyte_recovery_rate * s->depleted_share / (1 - s->depleted_share);
    struct tcell_place cd8_rate, treg_rate;
    tcell_naive_rates(model, &cd8, &cd8_cells, &cd8_drive, recovery, &cd8_rate);
    tcell_naive_rates(model, &treg, &treg_cells, &treg_drive, recovery, &treg_rate);
    tcell_effector_rates(model, &cd8, &cd8_cells, &cd8_drive, s->il2, &cd8_rate);
    tcell_effector_rates(model, &treg, &treg_cells, &treg_drive, s->il2, &treg_rate);
    tcell_il2_rates(body);

    struct shared_states *rate = body->rate;
    rate->naive_cd8_blood = cd8_rate.naive_blood;
    rate->naive_cd8_peripheral = cd8_rate.naive_peripheral;
    rate->naive_cd8_node = cd8_rate.naive_node;
    rate->activated_cd8 = cd8_rate.activated;
    rate->cd8_node = cd8_rate.node;
    rate->cd8_blood = cd8_rate.blood;
    rate->cd8_peripheral = cd8_rate.peripheral;
    rate->naive_treg_blood = treg_rate.naive_blood;
    rate->naive_treg_peripheral = treg_rate.naive_peripheral;
    rate->naive_treg_node = treg_rate.naive_node;
    rate->activated_treg = treg_rate.activated;
    rate->treg_node = treg_rate.node;
    rate->treg_blood = treg_rate.blood;
    rate->treg_peripheral = treg_rate.peripheral;
    rate->depleted_share = -p->lymphocyte_recovery_rate * s->depleted_share;
}

#endif
