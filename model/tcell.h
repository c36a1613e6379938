/* T cells: CD8 effectors and Tregs from the naive clone to the tumour (MODEL.md A; Sove 2020). Both kinds follow the
 * same path with their own constants, gathered in struct tcell_constants. */
#ifndef ABSCOPAL_MODEL_TCELL_H
#define ABSCOPAL_MODEL_TCELL_H

#include "model/costimulation.h"
#include "model/lymphatics.h"
#include "model/view.h"

/* Where one kind stands in the state, or in the rates. */
struct tcell_place {
    real naive_blood, naive_peripheral, naive_node, activated, node, lymph, blood, peripheral;
};

/* What drives that kind this moment. */
struct tcell_drive {
    real activation;   /* of one clone, cell/d */
    real recovery;     /* of naive cells that radiotherapy took, 1/d */
    real tumour_entry; /* into all lesions, per day of the cells in blood */
    real offspring;    /* of an activated cell: 2 to the number of its divisions */
    real recalled;     /* offspring of memory cells, cell/d */
    constant kept;     /* share of the offspring that does not become memory */
};

/* Naive cells of one clone circulate, proliferate towards their homeostatic number and are primed in the node. Fluxes
 * in the order of TCELL_FLUX_TABLE, from `fluxes` on. */
static inline void tcell_naive_rates(const struct model *model, const struct tcell_constants *kind,
                                     const struct tcell_place *cells, const struct tcell_drive *drive,
                                     struct tcell_place *rate, real *fluxes)
{
    const struct parameters *p = &model->parameters;
    const constant half = kind->naive_half_proliferation;
    const real born_blood = kind->naive_proliferation * real_saturation(cells->naive_blood, half);
    const real born_peripheral = kind->naive_proliferation * real_saturation(cells->naive_peripheral, half);
    const real death_blood = kind->naive_death_rate * cells->naive_blood;
    const real death_peripheral = kind->naive_death_rate * cells->naive_peripheral;
    const real to_peripheral = model->derived.peripheral_entry_per_d * cells->naive_blood;
    const real from_peripheral = kind->peripheral_exit_rate * cells->naive_peripheral;
    const real to_node = model->derived.node_entry_per_d * cells->naive_blood;
    const real from_node = p->node_exit_rate * cells->naive_node;
    const real recovered = drive->recovery * cells->naive_node;

    rate->naive_blood =
        kind->thymic_output + born_blood - death_blood - to_peripheral + from_peripheral - to_node + from_node;
    rate->naive_peripheral = born_peripheral - death_peripheral + to_peripheral - from_peripheral;
    rate->naive_node = to_node - from_node - drive->activation + recovered;
    const real noted[] = {kind->thymic_output, born_blood,    born_peripheral,  death_blood,
                          death_peripheral,    to_peripheral, from_peripheral,  to_node,
                          from_node,           recovered,     drive->activation};
    for (int i = 0; i < (int)(sizeof noted / sizeof *noted); i++)
        flux_note(fluxes, i, noted[i]);
}

/* Offspring of activated cells, cell/d. */
static inline real tcell_offspring(const struct tcell_constants *kind, const struct tcell_place *cells,
                                   const struct tcell_drive *drive)
{
    return drive->offspring * kind->proliferation_rate * cells->activated;
}

/* Activated cells divide and leave the node as effectors, which circulate and enter tumours. Fluxes as above. */
static inline void tcell_effector_rates(const struct model *model, const struct tcell_constants *kind,
                                        const struct tcell_place *cells, const struct tcell_drive *drive,
                                        struct tcell_place *rate, real *fluxes)
{
    const real dividing = kind->proliferation_rate * cells->activated;
    const real offspring = tcell_offspring(kind, cells, drive);
    const real node_death = kind->death_rate * cells->node;
    const real from_node = model->parameters.node_exit_rate * cells->node;
    const real into_blood = lymphatics_pass(model, from_node, cells->lymph, &rate->lymph);
    const real blood_death = kind->death_rate * cells->blood;
    const real to_peripheral = model->derived.peripheral_entry_per_d * cells->blood;
    const real from_peripheral = kind->peripheral_exit_rate * cells->peripheral;
    const real peripheral_death = kind->death_rate * cells->peripheral;
    const real into_lesions = drive->tumour_entry * cells->blood;

    rate->activated = kind->clones * drive->activation - dividing;
    rate->node = drive->kept * offspring + drive->recalled - node_death - from_node;
    rate->blood = into_blood - blood_death - to_peripheral + from_peripheral - into_lesions;
    rate->peripheral = to_peripheral - from_peripheral - peripheral_death;
    const real noted[] = {dividing,    offspring,     node_death,      from_node,        into_blood,
                          blood_death, to_peripheral, from_peripheral, peripheral_death, into_lesions};
    for (int i = 0; i < (int)(sizeof noted / sizeof *noted); i++)
        flux_note(fluxes, FLUX_cd8_dividing - FLUX_cd8_thymic_output + i, noted[i]);
}

/* What CD8 cells of a lesion lose to Tregs and to exhaustion, cell/d: by the share of all cells that they meet, or by
 * the ratio of the two kinds that meet (Robertson-Tessi 2012). */
static inline void tcell_inhibition(const struct model *model, const struct lesion *lesion, real *inhibited,
                                    real *exhausted)
{
    const struct parameters *p = &model->parameters;
    const struct lesion_states *s = lesion->state;
    const bool ratios = model->options.cell_ratios;
    const real near_tregs = ratios ? s->cd8_cells + s->treg_cells + 1 : lesion->all_cells;
    const real near_cancer = ratios ? s->cd8_cells + lesion->tumour_cells + 1 : lesion->all_cells;
    *inhibited = p->treg_inhibition_rate * s->cd8_cells * s->treg_cells / near_tregs;
    *exhausted = p->exhaustion_rate * s->cd8_cells * lesion->tumour_cells / near_cancer * lesion->pd1_inhibition;
}

/* What one lesion draws from blood, per day of the cells in blood. */
struct tcell_entry {
    real cd8, treg;
};

static inline struct tcell_entry tcell_lesion_entry(const struct model *model, const struct lesion *lesion)
{
    const struct parameters *p = &model->parameters;
    const real reached = lesion->factors->infiltration * lesion->volume_l;
    const real cd8 = model->derived.cd8_tumour_entry_per_l_d * reached;
    const real treg = model->derived.treg_tumour_entry_per_l_d * reached;
    return (struct tcell_entry){cd8 * (1 + p->irradiated_cd8_infiltration_gain * lesion->irradiated),
                                treg * (1 + p->irradiated_treg_infiltration_gain * lesion->irradiated)};
}

/* T cells of one lesion; every loss leaves a dead cell that takes up room until it is cleared. */
static inline void tcell_lesion_rates(const struct body *body, struct lesion *lesion, real cd8_entry_per_d,
                                      real treg_entry_per_d)
{
    const struct parameters *p = &body->model->parameters;
    const struct lesion_states *s = lesion->state;
    const real cd8_death = p->cd8_death_rate * s->cd8_cells;
    const real treg_death = p->treg_death_rate * s->treg_cells;
    const real treg_depletion = costimulation_treg_depletion(body->model, lesion->drugs) * s->treg_cells;
    const real cd8_entry = cd8_entry_per_d * body->state->cd8_blood;
    const real treg_entry = treg_entry_per_d * body->state->treg_blood;
    const real clearance = p->dead_cell_clearance_rate * s->dead_tcells;
    real inhibited, exhausted;
    tcell_inhibition(body->model, lesion, &inhibited, &exhausted);

    lesion->rate->cd8_cells = cd8_entry - cd8_death - inhibited - exhausted;
    lesion->rate->treg_cells = treg_entry - treg_death - treg_depletion;
    lesion->rate->dead_tcells = cd8_death + treg_death + treg_depletion + inhibited + exhausted - clearance;
    flux_note(lesion->fluxes, LESION_FLUX_cd8_entry, cd8_entry);
    flux_note(lesion->fluxes, LESION_FLUX_cd8_death, cd8_death);
    flux_note(lesion->fluxes, LESION_FLUX_cd8_treg_inhibition, inhibited);
    flux_note(lesion->fluxes, LESION_FLUX_cd8_exhaustion, exhausted);
    flux_note(lesion->fluxes, LESION_FLUX_treg_entry, treg_entry);
    flux_note(lesion->fluxes, LESION_FLUX_treg_death, treg_death);
    flux_note(lesion->fluxes, LESION_FLUX_treg_depletion, treg_depletion);
    flux_note(lesion->fluxes, LESION_FLUX_dead_tcell_clearance, clearance);
    /* Dead T cells, too, keep their room until they are cleared. */
    lesion->volume_rate += body->model->derived.tcell_volume_l * (cd8_entry + treg_entry - clearance);
}

/* All lesions; adds up what blood loses to them. */
static inline void tcell_all_lesions(struct body *body, struct tcell_drive *cd8, struct tcell_drive *treg)
{
    for (int i = 0; i < body->lesion_count; i++) {
        struct lesion *lesion = &body->lesions[i];
        const struct tcell_entry entry = tcell_lesion_entry(body->model, lesion);
        tcell_lesion_rates(body, lesion, entry.cd8, entry.treg);
        cd8->tumour_entry += entry.cd8;
        treg->tumour_entry += entry.treg;
    }
}

/* Interleukin-2 of the node: secreted by dividing CD8 cells, consumed by effectors. Divided by the node's volume here,
 * since the balance is one of amounts. */
static inline void tcell_il2_rates(const struct body *body)
{
    const struct parameters *p = &body->model->parameters;
    const struct shared_states *s = body->state;
    const constant per_node_l = body->model->derived.per_node_volume_l;
    const real secretion = p->il2_secretion_rate * s->activated_cd8 * per_node_l;
    const real consumption = p->il2_consumption_rate *
                             (s->cd8_node * real_saturation(s->il2, p->il2_half_cd8) +
                              s->treg_node * real_saturation(s->il2, p->il2_half_treg)) *
                             per_node_l;
    const real degradation = p->il2_degradation_rate * s->il2;
    body->rate->il2 = secretion - consumption - degradation;
    flux_note(body->fluxes, FLUX_il2_secretion, secretion);
    flux_note(body->fluxes, FLUX_il2_consumption, consumption);
    flux_note(body->fluxes, FLUX_il2_degradation, degradation);
}

/* Finding a place on an APC: the share of the cells that seek one which find one, CD8 cells on mature, Tregs on
 * immature APCs, and how that share changes with the number of APCs and of seekers. */
struct tcell_place_found {
    real share, by_apc, by_seekers;
};

static inline struct tcell_place_found tcell_find_place(const struct model *model, real apc, real seekers)
{
    const real sites = model->parameters.apc_sites * apc;
    const real inverse = 1 / (sites + seekers + 1), share = sites * inverse;
    return (struct tcell_place_found){share, model->parameters.apc_sites * (1 - share) * inverse, -share * inverse};
}

/* As published, all CD8 effectors of the node crowd both kinds of APC. They have no business there: what seeks priming
 * are naive cells of the responding clones, cells still dividing, and memory. */
static inline struct tcell_place_found tcell_cd8_place(const struct model *model, const struct shared_states *s)
{
    const real seekers = model->options.priming_competition
                             ? model->parameters.cd8_clones * s->naive_cd8_node + s->activated_cd8 + s->memory_cd8
                             : s->cd8_node;
    return tcell_find_place(model, s->mature_apc_node, seekers);
}

static inline struct tcell_place_found tcell_treg_place(const struct model *model, const struct shared_states *s)
{
    const real seekers = model->options.priming_competition
                             ? model->parameters.treg_clones * s->naive_treg_node + s->activated_treg
                             : s->cd8_node;
    return tcell_find_place(model, s->apc_node, seekers);
}

/* Offspring of one activated cell. As published, the divisions of both kinds follow the interleukin-2 constant of CD8
 * cells. */
static inline real tcell_offspring_of_one(const struct body *body)
{
    const struct parameters *p = &body->model->parameters;
    return real_power_of_two(p->divisions_base + p->divisions_il2 * real_saturation(body->state->il2, p->il2_half_cd8) +
                             costimulation_divisions_gained(body));
}

/* Memory CD8 cells: a share of the offspring of primed cells; recalled by antigen without being used up. */
static inline void tcell_memory_rates(struct body *body, const struct tcell_constants *kind,
                                      const struct tcell_place *cells, real place, real recall,
                                      struct tcell_drive *drive)
{
    const struct parameters *p = &body->model->parameters;
    const real memory = body->state->memory_cd8;
    body->rate->memory_cd8 = real_of(0);
    drive->kept = constant_of(1);
    drive->recalled = real_of(0);
    if (!body->model->options.memory)
        return;
    drive->kept = 1 - p->memory_fraction;
    drive->recalled = body->model->derived.recall_offspring_per_d * place * recall * memory;
    const real formation = p->memory_fraction * tcell_offspring(kind, cells, drive);
    const real death = p->memory_death_rate * memory, recovered = drive->recovery * memory;
    body->rate->memory_cd8 = formation + recovered - death;
    flux_note(body->fluxes, FLUX_memory_formation, formation);
    flux_note(body->fluxes, FLUX_memory_recall, drive->recalled);
    flux_note(body->fluxes, FLUX_memory_death, death);
    flux_note(body->fluxes, FLUX_memory_recovery, recovered);
}

static inline struct tcell_place tcell_cd8_of(const struct shared_states *s)
{
    return (struct tcell_place){
        s->naive_cd8_blood, s->naive_cd8_peripheral, s->naive_cd8_node, s->activated_cd8, s->cd8_node, s->cd8_lymph,
        s->cd8_blood,       s->cd8_peripheral};
}

static inline struct tcell_place tcell_treg_of(const struct shared_states *s)
{
    return (struct tcell_place){s->naive_treg_blood, s->naive_treg_peripheral,
                                s->naive_treg_node,  s->activated_treg,
                                s->treg_node,        s->treg_lymph,
                                s->treg_blood,       s->treg_peripheral};
}

static inline void tcell_store(const struct tcell_place *cd8, const struct tcell_place *treg,
                               struct shared_states *rate)
{
    rate->naive_cd8_blood = cd8->naive_blood;
    rate->naive_cd8_peripheral = cd8->naive_peripheral;
    rate->naive_cd8_node = cd8->naive_node;
    rate->activated_cd8 = cd8->activated;
    rate->cd8_node = cd8->node;
    rate->cd8_lymph = cd8->lymph;
    rate->cd8_blood = cd8->blood;
    rate->cd8_peripheral = cd8->peripheral;
    rate->naive_treg_blood = treg->naive_blood;
    rate->naive_treg_peripheral = treg->naive_peripheral;
    rate->naive_treg_node = treg->naive_node;
    rate->activated_treg = treg->activated;
    rate->treg_node = treg->node;
    rate->treg_lymph = treg->lymph;
    rate->treg_blood = treg->blood;
    rate->treg_peripheral = treg->peripheral;
}

/* All T cells, lesions included. */
static inline void tcell_rates(struct body *body, struct priming priming)
{
    const struct model *model = body->model;
    const struct parameters *p = &model->parameters;
    const struct shared_states *s = body->state;
    const struct tcell_constants *cd8 = &model->derived.cd8, *treg = &model->derived.treg;
    const struct tcell_place cd8_cells = tcell_cd8_of(s), treg_cells = tcell_treg_of(s);
    const real cd8_place = tcell_cd8_place(model, s).share, treg_place = tcell_treg_place(model, s).share;
    const real offspring = tcell_offspring_of_one(body);
    const real recovery = p->lymphocyte_recovery_rate * s->depleted_share / (1 - s->depleted_share);
    struct tcell_drive cd8_drive = {.activation = p->cd8_activation_rate * cd8_place * priming.cd8 * s->naive_cd8_node,
                                    .recovery = recovery,
                                    .offspring = offspring,
                                    .tumour_entry = real_of(0)};
    struct tcell_drive treg_drive = {.activation =
                                         p->treg_activation_rate * treg_place * priming.treg * s->naive_treg_node,
                                     .recovery = recovery,
                                     .offspring = offspring,
                                     .tumour_entry = real_of(0),
                                     .recalled = real_of(0),
                                     .kept = constant_of(1)};

    tcell_all_lesions(body, &cd8_drive, &treg_drive);
    tcell_memory_rates(body, cd8, &cd8_cells, cd8_place, priming.recall, &cd8_drive);
    struct tcell_place cd8_rate, treg_rate;
    real *const cd8_fluxes = body->fluxes != NULL ? body->fluxes + FLUX_cd8_thymic_output : NULL;
    real *const treg_fluxes = body->fluxes != NULL ? body->fluxes + FLUX_treg_thymic_output : NULL;
    tcell_naive_rates(model, cd8, &cd8_cells, &cd8_drive, &cd8_rate, cd8_fluxes);
    tcell_naive_rates(model, treg, &treg_cells, &treg_drive, &treg_rate, treg_fluxes);
    tcell_effector_rates(model, cd8, &cd8_cells, &cd8_drive, &cd8_rate, cd8_fluxes);
    tcell_effector_rates(model, treg, &treg_cells, &treg_drive, &treg_rate, treg_fluxes);
    tcell_store(&cd8_rate, &treg_rate, body->rate);
    tcell_il2_rates(body);
    const real regained = p->lymphocyte_recovery_rate * s->depleted_share;
    body->rate->depleted_share = -regained;
    flux_note(body->fluxes, FLUX_lymphocyte_recovery, regained);
}

#endif
