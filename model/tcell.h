/* T cells: CD8 effectors and Tregs from the naive clone to the tumour (MODEL.md A; Sove 2020). Both kinds follow the
 * same path with their own constants, gathered in struct tcell_kind. */
#ifndef ABSCOPAL_MODEL_TCELL_H
#define ABSCOPAL_MODEL_TCELL_H

#include "model/costimulation.h"
#include "model/lymphatics.h"
#include "model/view.h"

/* The constants of one kind. */
struct tcell_kind {
    double diversity, clones;
    double thymic_output, naive_proliferation, naive_half_proliferation, naive_death_rate;
    double proliferation_rate, death_rate, peripheral_exit_rate;
};

/* Where one kind stands in the state, or in the rates. */
struct tcell_place {
    real naive_blood, naive_peripheral, naive_node, activated, node, lymph, blood, peripheral;
};

/* What drives that kind this moment. */
struct tcell_drive {
    real activation;   /* of one clone, cell/d */
    real recovery;     /* of naive cells that radiotherapy took, 1/d */
    real tumour_entry; /* into all lesions, per day of the cells in blood */
    real divisions;    /* of an activated cell */
    real recalled;     /* offspring of memory cells, cell/d */
    double kept;       /* share of the offspring that does not become memory */
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

/* Naive cells of one clone circulate, proliferate towards their homeostatic number and are primed in the node. Fluxes
 * in the order of TCELL_FLUX_TABLE, from `fluxes` on. */
static inline void tcell_naive_rates(const struct model *model, const struct tcell_kind *kind,
                                     const struct tcell_place *cells, const struct tcell_drive *drive,
                                     struct tcell_place *rate, real *fluxes)
{
    const struct parameters *p = &model->parameters;
    const double proliferation = kind->naive_proliferation / kind->diversity;
    const double half = kind->naive_half_proliferation / kind->diversity;
    const double thymic_output = kind->thymic_output / kind->diversity;
    const real born_blood = proliferation * real_saturation(cells->naive_blood, half);
    const real born_peripheral = proliferation * real_saturation(cells->naive_peripheral, half);
    const real death_blood = kind->naive_death_rate * cells->naive_blood;
    const real death_peripheral = kind->naive_death_rate * cells->naive_peripheral;
    const real to_peripheral = model->derived.peripheral_entry_per_d * cells->naive_blood;
    const real from_peripheral = kind->peripheral_exit_rate * cells->naive_peripheral;
    const real to_node = p->node_entry_rate * p->blood_volume * cells->naive_blood;
    const real from_node = p->node_exit_rate * cells->naive_node;
    const real recovered = drive->recovery * cells->naive_node;

    rate->naive_blood =
        thymic_output + born_blood - death_blood - to_peripheral + from_peripheral - to_node + from_node;
    rate->naive_peripheral = born_peripheral - death_peripheral + to_peripheral - from_peripheral;
    rate->naive_node = to_node - from_node - drive->activation + recovered;
    const real noted[] = {thymic_output,   born_blood, born_peripheral, death_blood, death_peripheral, to_peripheral,
                          from_peripheral, to_node,    from_node,       recovered,   drive->activation};
    for (int i = 0; i < (int)(sizeof noted / sizeof *noted); i++)
        flux_note(fluxes, i, noted[i]);
}

/* Offspring of activated cells, cell/d. */
static inline real tcell_offspring(const struct tcell_kind *kind, const struct tcell_place *cells,
                                   const struct tcell_drive *drive)
{
    return real_power_of_two(drive->divisions) * kind->proliferation_rate * cells->activated;
}

/* Activated cells divide and leave the node as effectors, which circulate and enter tumours. Fluxes as above. */
static inline void tcell_effector_rates(const struct model *model, const struct tcell_kind *kind,
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
    lesion->volume_rate += body->model->derived.tcell_volume_l *
                           (lesion->rate->dead_tcells + lesion->rate->cd8_cells + lesion->rate->treg_cells);
}

/* All lesions; adds up what blood loses to them. */
static inline void tcell_all_lesions(struct body *body, struct tcell_drive *cd8, struct tcell_drive *treg)
{
    const struct model *model = body->model;
    const struct parameters *p = &model->parameters;
    for (int i = 0; i < body->lesion_count; i++) {
        struct lesion *lesion = &body->lesions[i];
        const real blood_reached = lesion->factors->infiltration * lesion->volume_l;
        const real cd8_entry = model->derived.cd8_tumour_entry_per_l_d * blood_reached *
                               (1 + p->irradiated_cd8_infiltration_gain * lesion->irradiated);
        const real treg_entry = model->derived.treg_tumour_entry_per_l_d * blood_reached *
                                (1 + p->irradiated_treg_infiltration_gain * lesion->irradiated);
        tcell_lesion_rates(body, lesion, cd8_entry, treg_entry);
        cd8->tumour_entry += cd8_entry;
        treg->tumour_entry += treg_entry;
    }
}

/* Interleukin-2 of the node: secreted by dividing CD8 cells, consumed by effectors. Divided by the node's volume here,
 * since the balance is one of amounts. */
static inline void tcell_il2_rates(const struct body *body)
{
    const struct parameters *p = &body->model->parameters;
    const struct shared_states *s = body->state;
    const double node_l = body->model->derived.node_volume_l;
    const real secretion = p->il2_secretion_rate * s->activated_cd8 / node_l;
    const real consumption = p->il2_consumption_rate *
                             (s->cd8_node * real_saturation(s->il2, p->il2_half_cd8) +
                              s->treg_node * real_saturation(s->il2, p->il2_half_treg)) /
                             node_l;
    const real degradation = p->il2_degradation_rate * s->il2;
    body->rate->il2 = secretion - consumption - degradation;
    flux_note(body->fluxes, FLUX_il2_secretion, secretion);
    flux_note(body->fluxes, FLUX_il2_consumption, consumption);
    flux_note(body->fluxes, FLUX_il2_degradation, degradation);
}

/* Shares of the cells that seek an APC that find a place on one: CD8 cells on mature, Tregs on immature APCs. */
static inline void tcell_places(const struct model *model, const struct shared_states *s, real *cd8, real *treg)
{
    const struct parameters *p = &model->parameters;
    const real mature_sites = p->apc_sites * s->mature_apc_node, sites = p->apc_sites * s->apc_node;
    /* As published, all CD8 effectors of the node crowd both kinds of APC. They have no business there: what seeks
     * priming are naive cells of the responding clones, cells still dividing, and memory. */
    real cd8_seekers = s->cd8_node, treg_seekers = s->cd8_node;
    if (model->options.priming_competition) {
        cd8_seekers = p->cd8_clones * s->naive_cd8_node + s->activated_cd8 + s->memory_cd8;
        treg_seekers = p->treg_clones * s->naive_treg_node + s->activated_treg;
    }
    *cd8 = mature_sites / (mature_sites + cd8_seekers + 1);
    *treg = sites / (sites + treg_seekers + 1);
}

/* Memory CD8 cells: a share of the offspring of primed cells; recalled by antigen without being used up. */
static inline void tcell_memory_rates(struct body *body, const struct tcell_kind *kind, const struct tcell_place *cells,
                                      real place, real recall, struct tcell_drive *drive)
{
    const struct parameters *p = &body->model->parameters;
    const real memory = body->state->memory_cd8;
    body->rate->memory_cd8 = 0;
    drive->kept = 1;
    drive->recalled = 0;
    if (!body->model->options.memory)
        return;
    drive->kept = 1 - p->memory_fraction;
    drive->recalled = exp2(p->recall_divisions) * p->recall_rate * place * recall * memory;
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
    const struct tcell_kind cd8 = tcell_cd8(p), treg = tcell_treg(p);
    const struct tcell_place cd8_cells = tcell_cd8_of(s), treg_cells = tcell_treg_of(s);
    real cd8_place, treg_place;
    tcell_places(model, s, &cd8_place, &treg_place);
    /* As published, the divisions of both kinds follow the interleukin-2 constant of CD8 cells. */
    const real divisions = p->divisions_base + p->divisions_il2 * real_saturation(s->il2, p->il2_half_cd8) +
                           costimulation_divisions_gained(model, s, body->drugs);
    const real recovery = p->lymphocyte_recovery_rate * s->depleted_share / (1 - s->depleted_share);
    struct tcell_drive cd8_drive = {.activation = p->cd8_activation_rate * cd8_place * priming.cd8 * s->naive_cd8_node,
                                    .recovery = recovery,
                                    .divisions = divisions};
    struct tcell_drive treg_drive = {.activation =
                                         p->treg_activation_rate * treg_place * priming.treg * s->naive_treg_node,
                                     .recovery = recovery,
                                     .divisions = divisions,
                                     .kept = 1};

    tcell_all_lesions(body, &cd8_drive, &treg_drive);
    tcell_memory_rates(body, &cd8, &cd8_cells, cd8_place, priming.recall, &cd8_drive);
    struct tcell_place cd8_rate, treg_rate;
    real *const cd8_fluxes = body->fluxes != NULL ? body->fluxes + FLUX_cd8_thymic_output : NULL;
    real *const treg_fluxes = body->fluxes != NULL ? body->fluxes + FLUX_treg_thymic_output : NULL;
    tcell_naive_rates(model, &cd8, &cd8_cells, &cd8_drive, &cd8_rate, cd8_fluxes);
    tcell_naive_rates(model, &treg, &treg_cells, &treg_drive, &treg_rate, treg_fluxes);
    tcell_effector_rates(model, &cd8, &cd8_cells, &cd8_drive, &cd8_rate, cd8_fluxes);
    tcell_effector_rates(model, &treg, &treg_cells, &treg_drive, &treg_rate, treg_fluxes);
    tcell_store(&cd8_rate, &treg_rate, body->rate);
    tcell_il2_rates(body);
    const real regained = p->lymphocyte_recovery_rate * s->depleted_share;
    body->rate->depleted_share = -regained;
    flux_note(body->fluxes, FLUX_lymphocyte_recovery, regained);
}

#endif
