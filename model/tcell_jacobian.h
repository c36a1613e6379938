/* The derivatives of T cells' rates (model/tcell.h), in the same order. */
#ifndef ABSCOPAL_MODEL_TCELL_JACOBIAN_H
#define ABSCOPAL_MODEL_TCELL_JACOBIAN_H

#include "model/tcell.h"

/* How what happens on an APC changes with the state: priming of one kind, or recall. */
struct tcell_apc_gradient {
    real naive_node, activated, memory; /* that seek a place; as published, cd8_node */
    real cd8_node, apc, mhc_surface;
};

/* The states of one kind, and what it is primed by. */
struct tcell_states {
    const real *naive_blood, *naive_peripheral, *naive_node, *activated, *node, *lymph, *blood, *peripheral;
    const real *apc, *mhc_surface;
};

/* Of a rate that has `by_place` as its derivative by the share which finds a place. */
static inline struct tcell_apc_gradient tcell_apc_gradient_of(const struct tcell_constants *kind,
                                                              const struct tcell_place_found *place, real by_place,
                                                              real by_mhc_surface)
{
    const real by_seekers = by_place * place->by_seekers;
    return (struct tcell_apc_gradient){.naive_node = by_seekers * kind->clones,
                                       .activated = by_seekers,
                                       .memory = by_seekers,
                                       .cd8_node = by_seekers,
                                       .apc = by_place * place->by_apc,
                                       .mhc_surface = by_mhc_surface};
}

/* Everything that the rows of one kind need. */
struct tcell_slopes {
    struct tcell_states states;
    struct tcell_apc_gradient activation; /* of one clone */
    struct tcell_apc_gradient recall;     /* of memory cells; CD8 cells only */
    real recalled_by_memory;
    real offspring, offspring_by_il2; /* of an activated cell */
    constant kept;
    bool cd8;
};

/* The derivatives of tcell_lesion_entry by the irradiated signal. */
static inline struct tcell_entry tcell_lesion_entry_by_signal(const struct model *model, const struct lesion *lesion)
{
    const struct parameters *p = &model->parameters;
    const real reached = lesion->factors->infiltration * lesion->volume_l * lesion->irradiated_slope;
    return (struct tcell_entry){model->derived.cd8_tumour_entry_per_l_d * reached * p->irradiated_cd8_infiltration_gain,
                                model->derived.treg_tumour_entry_per_l_d * reached *
                                    p->irradiated_treg_infiltration_gain};
}

/* Rows of the naive cells. */
static inline void tcell_naive_jacobian(const struct body *body, const struct tcell_constants *kind,
                                        const struct tcell_slopes *slopes, struct jacobian_sink *sink)
{
    const struct model *model = body->model;
    const struct parameters *p = &model->parameters;
    const struct tcell_states *s = &slopes->states;
    const struct tcell_apc_gradient *activation = &slopes->activation;
    const constant entry = model->derived.peripheral_entry_per_d, node_entry = model->derived.node_entry_per_d;
    const real born_blood =
        kind->naive_proliferation * real_saturation_slope(*s->naive_blood, kind->naive_half_proliferation);
    const real born_peripheral =
        kind->naive_proliferation * real_saturation_slope(*s->naive_peripheral, kind->naive_half_proliferation);
    jacobian_put(sink, s->naive_blood, s->naive_blood, born_blood - kind->naive_death_rate - entry - node_entry);
    jacobian_put(sink, s->naive_blood, s->naive_peripheral, kind->peripheral_exit_rate);
    jacobian_put(sink, s->naive_blood, s->naive_node, p->node_exit_rate);
    jacobian_put(sink, s->naive_peripheral, s->naive_blood, entry);
    jacobian_put(sink, s->naive_peripheral, s->naive_peripheral,
                 born_peripheral - kind->naive_death_rate - kind->peripheral_exit_rate);

    const real missing = body->state->depleted_share, per_present = 1 / (1 - missing);
    const real recovery = p->lymphocyte_recovery_rate * missing * per_present;
    jacobian_put(sink, s->naive_node, s->naive_blood, node_entry);
    jacobian_put(sink, s->naive_node, s->naive_node, recovery - p->node_exit_rate - activation->naive_node);
    jacobian_put(sink, s->naive_node, &body->state->depleted_share,
                 p->lymphocyte_recovery_rate * per_present * per_present * *s->naive_node);
    jacobian_put(sink, s->naive_node, s->apc, -activation->apc);
    jacobian_put(sink, s->naive_node, s->mhc_surface, -activation->mhc_surface);
    if (!model->options.priming_competition) {
        jacobian_put(sink, s->naive_node, &body->state->cd8_node, -activation->cd8_node);
        return;
    }
    jacobian_put(sink, s->naive_node, s->activated, -activation->activated);
    if (slopes->cd8)
        jacobian_put(sink, s->naive_node, &body->state->memory_cd8, -activation->memory);
}

/* Row of the activated cells. */
static inline void tcell_activated_jacobian(const struct body *body, const struct tcell_constants *kind,
                                            const struct tcell_slopes *slopes, struct jacobian_sink *sink)
{
    const bool competition = body->model->options.priming_competition;
    const struct tcell_states *s = &slopes->states;
    const struct tcell_apc_gradient *activation = &slopes->activation;
    const real seeking = competition ? kind->clones * activation->activated : real_of(0);
    jacobian_put(sink, s->activated, s->activated, seeking - kind->proliferation_rate);
    jacobian_put(sink, s->activated, s->naive_node, kind->clones * activation->naive_node);
    jacobian_put(sink, s->activated, s->apc, kind->clones * activation->apc);
    jacobian_put(sink, s->activated, s->mhc_surface, kind->clones * activation->mhc_surface);
    if (!competition)
        jacobian_put(sink, s->activated, &body->state->cd8_node, kind->clones * activation->cd8_node);
    else if (slopes->cd8)
        jacobian_put(sink, s->activated, &body->state->memory_cd8, kind->clones * activation->memory);
}

/* What a rate gains with the offspring of activated cells changes: by interleukin-2 and by co-stimulation. */
static inline void tcell_put_divisions(const struct body *body, const real *rate_of, real offspring,
                                       const struct tcell_slopes *slopes, struct jacobian_sink *sink)
{
    jacobian_put(sink, rate_of, &body->state->il2, offspring * slopes->offspring_by_il2);
    costimulation_put_divisions(body, rate_of, offspring, sink);
}

/* Row of the effectors of the node. */
static inline void tcell_node_jacobian(const struct body *body, const struct tcell_constants *kind,
                                       const struct tcell_slopes *slopes, struct jacobian_sink *sink)
{
    const struct tcell_states *s = &slopes->states;
    const struct tcell_apc_gradient *recall = &slopes->recall;
    const bool recalls = slopes->cd8 && body->model->options.memory;
    const bool competition = body->model->options.priming_competition;
    real by_activated = slopes->kept * slopes->offspring * kind->proliferation_rate;
    const real offspring = by_activated * *s->activated;
    real by_node = -kind->death_rate - body->model->parameters.node_exit_rate;
    if (recalls && competition)
        by_activated += recall->activated;
    else if (recalls)
        by_node += recall->cd8_node;
    jacobian_put(sink, s->node, s->activated, by_activated);
    jacobian_put(sink, s->node, s->node, by_node);
    tcell_put_divisions(body, s->node, offspring, slopes, sink);
    if (!recalls)
        return;
    jacobian_put(sink, s->node, s->apc, recall->apc);
    jacobian_put(sink, s->node, s->mhc_surface, recall->mhc_surface);
    jacobian_put(sink, s->node, &body->state->memory_cd8,
                 slopes->recalled_by_memory + (competition ? recall->memory : real_of(0)));
    if (competition)
        jacobian_put(sink, s->node, s->naive_node, recall->naive_node);
}

/* Rows of lymph, blood and tissue; what lesions draw from blood depends on their size. */
static inline void tcell_circulation_jacobian(const struct body *body, const struct tcell_constants *kind,
                                              const struct tcell_slopes *slopes, struct jacobian_sink *sink)
{
    const struct model *model = body->model;
    const struct tcell_states *s = &slopes->states;
    const constant entry = model->derived.peripheral_entry_per_d;
    jacobian_put(sink, lymphatics_gate(model, s->lymph, s->blood), s->node, model->parameters.node_exit_rate);
    lymphatics_jacobian(model, s->lymph, s->blood, constant_of(1), sink);
    real into_lesions = real_of(0);
    for (int i = 0; i < body->lesion_count; i++) {
        const struct lesion *lesion = &body->lesions[i];
        const struct tcell_entry entries = tcell_lesion_entry(model, lesion);
        const struct tcell_entry entries_by_signal = tcell_lesion_entry_by_signal(model, lesion);
        const real per_d = slopes->cd8 ? entries.cd8 : entries.treg;
        const real by_signal = slopes->cd8 ? entries_by_signal.cd8 : entries_by_signal.treg;
        const real by_volume = -per_d * lesion->per_volume_l * *s->blood;
        struct lesion_gradient gradient = lesion_gradient_none();
        gradient.cancer = gradient.resistant = gradient.doomed = gradient.dead = gradient.scar =
            by_volume * model->derived.cancer_cell_volume_l;
        gradient.dead_tcells = gradient.cd8 = gradient.treg = by_volume * model->derived.tcell_volume_l;
        jacobian_put_volume(sink, lesion, s->blood, &gradient);
        jacobian_put(sink, s->blood, &lesion->state->irradiated_signal, -by_signal * *s->blood);
        into_lesions += per_d;
    }
    jacobian_put(sink, s->blood, s->blood, -into_lesions - kind->death_rate - entry);
    jacobian_put(sink, s->blood, s->peripheral, kind->peripheral_exit_rate);
    jacobian_put(sink, s->peripheral, s->blood, entry);
    jacobian_put(sink, s->peripheral, s->peripheral, -kind->peripheral_exit_rate - kind->death_rate);
}

/* Of what CD8 cells lose to Tregs and to exhaustion: products of two numbers over those that meet. */
static inline struct lesion_gradient tcell_inhibition_gradient(const struct model *model, const struct lesion *lesion)
{
    const struct parameters *p = &model->parameters;
    const struct lesion_states *s = lesion->state;
    const bool ratios = model->options.cell_ratios;
    const real per_treg_meeting = 1 / (ratios ? s->cd8_cells + s->treg_cells + 1 : lesion->all_cells);
    const real per_cancer_meeting = 1 / (ratios ? s->cd8_cells + lesion->tumour_cells + 1 : lesion->all_cells);
    const real by_treg_meeting =
        -p->treg_inhibition_rate * s->cd8_cells * s->treg_cells * per_treg_meeting * per_treg_meeting;
    const real uninhibited = p->exhaustion_rate * s->cd8_cells * lesion->tumour_cells * per_cancer_meeting;
    const real by_cancer_meeting = -uninhibited * per_cancer_meeting * lesion->pd1_inhibition;
    struct lesion_gradient lost = lesion_gradient_none();
    lost.cd8 = p->treg_inhibition_rate * s->treg_cells * per_treg_meeting + by_treg_meeting +
               p->exhaustion_rate * lesion->tumour_cells * per_cancer_meeting * lesion->pd1_inhibition +
               by_cancer_meeting;
    lost.treg = p->treg_inhibition_rate * s->cd8_cells * per_treg_meeting + by_treg_meeting;
    lost.cancer = p->exhaustion_rate * s->cd8_cells * per_cancer_meeting * lesion->pd1_inhibition + by_cancer_meeting;
    if (!ratios) {
        lost.cancer += by_treg_meeting;
        lost.treg += by_cancer_meeting;
    }
    lost.resistant = lost.doomed = lost.cancer;
    lost.pd1_bound = uninhibited * lesion->pd1_inhibition_slope;
    return lost;
}

/* Rows of one lesion's T cells; completes the gradient of the volume's rate. */
static inline void tcell_lesion_jacobian(const struct body *body, struct lesion *lesion, struct jacobian_sink *sink)
{
    const struct model *model = body->model;
    const struct parameters *p = &model->parameters;
    const struct lesion_states *s = lesion->state;
    const constant cell_l = model->derived.tcell_volume_l, cancer_cell_l = model->derived.cancer_cell_volume_l;
    const struct tcell_entry entry = tcell_lesion_entry(model, lesion);
    const struct tcell_entry entry_by_signal = tcell_lesion_entry_by_signal(model, lesion);
    const real cd8_per_l = entry.cd8 * lesion->per_volume_l * body->state->cd8_blood;
    const real treg_per_l = entry.treg * lesion->per_volume_l * body->state->treg_blood;
    const real cd8_by_signal = entry_by_signal.cd8 * body->state->cd8_blood;
    const real treg_by_signal = entry_by_signal.treg * body->state->treg_blood;

    const struct lesion_gradient lost = tcell_inhibition_gradient(model, lesion);
    struct lesion_gradient cd8 = lesion_gradient_none();
    cd8.cancer = cd8.resistant = cd8.doomed = cd8_per_l * cancer_cell_l - lost.cancer;
    cd8.dead = cd8.scar = cd8_per_l * cancer_cell_l;
    cd8.dead_tcells = cd8_per_l * cell_l;
    cd8.cd8 = cd8_per_l * cell_l - lost.cd8 - p->cd8_death_rate;
    cd8.treg = cd8_per_l * cell_l - lost.treg;
    jacobian_put_volume(sink, lesion, &s->cd8_cells, &cd8);
    jacobian_put(sink, &s->cd8_cells, &s->irradiated_signal, cd8_by_signal);
    jacobian_put(sink, &s->cd8_cells, &s->pd1_pdl1, -lost.pd1_bound);
    jacobian_put(sink, &s->cd8_cells, &s->pd1_pdl2, -lost.pd1_bound);
    jacobian_put(sink, &s->cd8_cells, &body->state->cd8_blood, entry.cd8);

    const real depletion = costimulation_treg_depletion(model, lesion->drugs);
    struct lesion_gradient treg = lesion_gradient_none();
    treg.cancer = treg.resistant = treg.doomed = treg.dead = treg.scar = treg_per_l * cancer_cell_l;
    treg.dead_tcells = treg.cd8 = treg_per_l * cell_l;
    treg.treg = treg_per_l * cell_l - p->treg_death_rate - depletion;
    jacobian_put_volume(sink, lesion, &s->treg_cells, &treg);
    jacobian_put(sink, &s->treg_cells, &s->irradiated_signal, treg_by_signal);
    jacobian_put(sink, &s->treg_cells, &body->state->treg_blood, entry.treg);

    jacobian_put(sink, &s->dead_tcells, &s->cancer_cells, lost.cancer);
    if (model->options.resistance)
        jacobian_put(sink, &s->dead_tcells, &s->resistant_cells, lost.resistant);
    jacobian_put(sink, &s->dead_tcells, &s->doomed_cells, lost.doomed);
    jacobian_put(sink, &s->dead_tcells, &s->cd8_cells, lost.cd8 + p->cd8_death_rate);
    jacobian_put(sink, &s->dead_tcells, &s->treg_cells, lost.treg + p->treg_death_rate + depletion);
    jacobian_put(sink, &s->dead_tcells, &s->pd1_pdl1, lost.pd1_bound);
    jacobian_put(sink, &s->dead_tcells, &s->pd1_pdl2, lost.pd1_bound);
    jacobian_put(sink, &s->dead_tcells, &s->dead_tcells, -p->dead_cell_clearance_rate);
    costimulation_put_depletion(model, lesion, sink);

    struct lesion_gradient *volume = &lesion->volume_rate_by;
    const real entering = (cd8_per_l + treg_per_l) * cell_l;
    volume->cancer += entering * cancer_cell_l;
    volume->resistant += entering * cancer_cell_l;
    volume->doomed += entering * cancer_cell_l;
    volume->dead += entering * cancer_cell_l;
    volume->scar += entering * cancer_cell_l;
    volume->dead_tcells = entering * cell_l - cell_l * p->dead_cell_clearance_rate;
    volume->cd8 = volume->treg = entering * cell_l;
    volume->irradiated_signal = cell_l * (cd8_by_signal + treg_by_signal);
    volume->cd8_blood = cell_l * entry.cd8;
    volume->treg_blood = cell_l * entry.treg;
}

/* Interleukin-2, memory and the share of lymphocytes to regain. */
static inline void tcell_other_jacobian(const struct body *body, const struct tcell_slopes *cd8,
                                        struct jacobian_sink *sink)
{
    const struct parameters *p = &body->model->parameters;
    const struct shared_states *s = body->state;
    const constant per_node_l = body->model->derived.per_node_volume_l;
    const constant consumption = p->il2_consumption_rate * per_node_l;
    jacobian_put(sink, &s->il2, &s->activated_cd8, p->il2_secretion_rate * per_node_l);
    jacobian_put(sink, &s->il2, &s->cd8_node, -consumption * real_saturation(s->il2, p->il2_half_cd8));
    jacobian_put(sink, &s->il2, &s->treg_node, -consumption * real_saturation(s->il2, p->il2_half_treg));
    jacobian_put(sink, &s->il2, &s->il2,
                 -consumption * (s->cd8_node * real_saturation_slope(s->il2, p->il2_half_cd8) +
                                 s->treg_node * real_saturation_slope(s->il2, p->il2_half_treg)) -
                     p->il2_degradation_rate);
    jacobian_put(sink, &s->depleted_share, &s->depleted_share, -p->lymphocyte_recovery_rate);
    if (!body->model->options.memory)
        return;
    const real missing = s->depleted_share, per_present = 1 / (1 - missing);
    const real by_activated = p->memory_fraction * cd8->offspring * p->cd8_proliferation_rate;
    jacobian_put(sink, &s->memory_cd8, &s->activated_cd8, by_activated);
    tcell_put_divisions(body, &s->memory_cd8, by_activated * s->activated_cd8, cd8, sink);
    jacobian_put(sink, &s->memory_cd8, &s->memory_cd8,
                 p->lymphocyte_recovery_rate * missing * per_present - p->memory_death_rate);
    jacobian_put(sink, &s->memory_cd8, &s->depleted_share,
                 p->lymphocyte_recovery_rate * per_present * per_present * s->memory_cd8);
}

/* What one kind's rows need of CD8 cells. */
static inline struct tcell_slopes tcell_cd8_slopes(const struct body *body, const struct priming *priming,
                                                   const struct priming *by_mhc)
{
    const struct model *model = body->model;
    const struct parameters *p = &model->parameters;
    const struct shared_states *s = body->state;
    const struct tcell_constants *kind = &model->derived.cd8;
    const struct tcell_place_found place = tcell_cd8_place(model, s);
    const real seekers = p->cd8_activation_rate * s->naive_cd8_node;
    struct tcell_slopes slopes = {
        .cd8 = true,
        .states = {&s->naive_cd8_blood, &s->naive_cd8_peripheral, &s->naive_cd8_node, &s->activated_cd8, &s->cd8_node,
                   &s->cd8_lymph, &s->cd8_blood, &s->cd8_peripheral, &s->mature_apc_node, &s->neo_mhc_surface},
        .activation = tcell_apc_gradient_of(kind, &place, seekers * priming->cd8, seekers * place.share * by_mhc->cd8),
        .kept = constant_of(1)};
    if (!model->options.priming_competition)
        slopes.activation.naive_node = real_of(0);
    slopes.activation.naive_node += p->cd8_activation_rate * place.share * priming->cd8;
    if (model->options.memory) {
        const real recalled = model->derived.recall_offspring_per_d * s->memory_cd8;
        slopes.kept = 1 - p->memory_fraction;
        slopes.recall =
            tcell_apc_gradient_of(kind, &place, recalled * priming->recall, recalled * place.share * by_mhc->recall);
        slopes.recalled_by_memory = model->derived.recall_offspring_per_d * place.share * priming->recall;
    }
    return slopes;
}

/* The same of Tregs, which have no memory. */
static inline struct tcell_slopes tcell_treg_slopes(const struct body *body, const struct priming *priming,
                                                    const struct priming *by_mhc)
{
    const struct model *model = body->model;
    const struct parameters *p = &model->parameters;
    const struct shared_states *s = body->state;
    const struct tcell_place_found place = tcell_treg_place(model, s);
    const real seekers = p->treg_activation_rate * s->naive_treg_node;
    struct tcell_slopes slopes = {.states = {&s->naive_treg_blood, &s->naive_treg_peripheral, &s->naive_treg_node,
                                             &s->activated_treg, &s->treg_node, &s->treg_lymph, &s->treg_blood,
                                             &s->treg_peripheral, &s->apc_node, &s->self_mhc_surface},
                                  .activation =
                                      tcell_apc_gradient_of(&model->derived.treg, &place, seekers * priming->treg,
                                                            seekers * place.share * by_mhc->treg),
                                  .kept = constant_of(1)};
    if (!model->options.priming_competition)
        slopes.activation.naive_node = real_of(0);
    slopes.activation.naive_node += p->treg_activation_rate * place.share * priming->treg;
    return slopes;
}

/* All T cells, lesions included: priming and its derivatives by surface MHC come from the antigens. */
static inline void tcell_jacobian(struct body *body, const struct priming *priming, const struct priming *by_mhc,
                                  struct jacobian_sink *sink)
{
    const struct model *model = body->model;
    const struct parameters *p = &model->parameters;
    const double ln_2 = 0.693147180559945309417;
    const real offspring = tcell_offspring_of_one(body);
    const real by_il2 = ln_2 * p->divisions_il2 * real_saturation_slope(body->state->il2, p->il2_half_cd8);
    struct tcell_slopes cd8 = tcell_cd8_slopes(body, priming, by_mhc);
    struct tcell_slopes treg = tcell_treg_slopes(body, priming, by_mhc);
    cd8.offspring = treg.offspring = offspring;
    cd8.offspring_by_il2 = treg.offspring_by_il2 = by_il2;
    const struct tcell_constants *kinds[] = {&model->derived.cd8, &model->derived.treg};
    const struct tcell_slopes *slopes[] = {&cd8, &treg};
    for (int i = 0; i < 2; i++) {
        tcell_naive_jacobian(body, kinds[i], slopes[i], sink);
        tcell_activated_jacobian(body, kinds[i], slopes[i], sink);
        tcell_node_jacobian(body, kinds[i], slopes[i], sink);
        tcell_circulation_jacobian(body, kinds[i], slopes[i], sink);
    }
    tcell_other_jacobian(body, &cd8, sink);
    for (int i = 0; i < body->lesion_count; i++)
        tcell_lesion_jacobian(body, &body->lesions[i], sink);
}

#endif
