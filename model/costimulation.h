/* The CTLA-4 checkpoint in the lymph node (MODEL.md B3). CD28 of T cells and CTLA-4 compete for CD80 and CD86 of APCs,
 * but competition hardly matters: CTLA-4 acts by removing its ligands from the APC (trans-endocytosis, Qureshi 2011,
 * doi:10.1126/science.1202947). An antibody that holds CTLA-4 stops that. In a tumour it marks Tregs, which are killed.
 *
 * Binding equilibrates within minutes, ligands and drugs change over days, so binding is taken at equilibrium. */
#ifndef ABSCOPAL_MODEL_COSTIMULATION_H
#define ABSCOPAL_MODEL_COSTIMULATION_H

#include "model/view.h"

/* Antibodies on CTLA-4 of one place, as the coefficients of free + one * free + two * free^2 = total: what is free,
 * held by one arm, and held by both arms of an antibody. */
struct ctla4_binding {
    real one, two;
};

static inline void ctla4_add_antibody(struct ctla4_binding *binding, const struct drug_constants *drug, real nanomolar)
{
    const real held = drug->ctla4_held_per_nanomolar * nanomolar;
    binding->one += held;
    binding->two += held * drug->ctla4_held_twice_um2;
}

/* Share of CTLA-4 that no antibody holds; the cancellation-free root of the quadratic. */
static inline real ctla4_free_share(const struct ctla4_binding *binding, constant total_per_um2)
{
    const real sum = 1 + binding->one;
    return 2 / (sum + real_square_root(sum * sum + 4 * binding->two * total_per_um2));
}

/* Its derivative by the concentration of one antibody. */
static inline real ctla4_free_share_slope(const struct ctla4_binding *binding, constant total_per_um2, real share,
                                          const struct drug_constants *drug)
{
    const real doubly = total_per_um2 * share;
    return -drug->ctla4_held_per_nanomolar * share * (1 + drug->ctla4_held_twice_um2 * doubly) /
           (1 + binding->one + 2 * binding->two * doubly);
}

/* CD28 and CTLA-4 on CD80 and CD86 at equilibrium, and the Newton equations for the logarithms of free CD28 and of free
 * CTLA-4. */
struct costimulation_equilibrium {
    real cd28, ctla4_share; /* free CD28 (molecule/um^2); of CTLA-4 without antibody, how much is unbound */
    real load28, load4;     /* all of a kind over its free part */
    real mixed, ctla4;
    real j11, j12, j21, j22;
};

/* One reading of the equations at the current guess. */
static inline void costimulation_read(const struct derived_constants *d, real ligand, real free_ctla4,
                                      struct costimulation_equilibrium *e)
{
    const constant a = d->cd28_cd80_um2, b = d->ctla4_cd80_um2, c = d->cd28_cd86_um2, f = d->ctla4_cd86_um2;
    e->ctla4 = d->ctla4_per_um2 * free_ctla4 * e->ctla4_share;
    const real room80 = 1 + e->cd28 / a + e->ctla4 / b, room86 = 1 + e->cd28 / c + e->ctla4 / f;
    const real cd80 = ligand * d->cd80_per_um2 / room80, cd86 = ligand * d->cd86_per_um2 / room86;
    e->load28 = 1 + cd80 / a + cd86 / c;
    e->load4 = 1 + cd80 / b + cd86 / f;
    const real slope80 = cd80 / room80, slope86 = cd86 / room86;
    e->mixed = slope80 / (a * b) + slope86 / (c * f);
    e->j11 = 1 - e->cd28 * (slope80 / (a * a) + slope86 / (c * c)) / e->load28;
    e->j12 = -e->ctla4 * e->mixed / e->load28;
    e->j21 = -e->cd28 * e->mixed / e->load4;
    e->j22 = 1 - e->ctla4 * (slope80 / (b * b) + slope86 / (f * f)) / e->load4;
}

/* The equilibrium when a share of the ligands is left and a share of CTLA-4 is free of antibody. Newton's method for
 * logarithms, which cannot go negative; five rounds do for the default constants. One round more than the values need
 * makes them exact, the method being quadratic; a patient who has had it keeps what it found. */
static inline struct costimulation_equilibrium costimulation_solve(const struct derived_constants *d, real ligand,
                                                                   real free_ctla4)
{
    const double log2_e = 1.44269504088896340736, largest_step = 2, settled_step = 1e-9;
    struct costimulation_equilibrium e;
    e.cd28 = real_of(0) + d->cd28_per_um2;
    e.ctla4_share = real_of(1);
    real_mask settled = real_mask_none(), done = settled;
    for (int round = 0; round < 60 && !real_mask_all(done); round++) {
        costimulation_read(d, ligand, free_ctla4, &e);
        const real error28 = real_logarithm(e.cd28 / d->cd28_per_um2 * e.load28);
        const real error4 = real_logarithm(e.ctla4_share * e.load4);
        const real determinant = e.j11 * e.j22 - e.j12 * e.j21;
        const real step28 = real_limited((error28 * e.j22 - e.j12 * error4) / determinant, largest_step);
        const real step4 = real_limited((e.j11 * error4 - e.j21 * error28) / determinant, largest_step);
        e.cd28 = real_select(done, e.cd28, e.cd28 * real_power_of_two(-step28 * log2_e));
        e.ctla4_share = real_select(done, e.ctla4_share, e.ctla4_share * real_power_of_two(-step4 * log2_e));
        done = settled;
        settled = real_mask_both(real_is_small(step28, settled_step), real_is_small(step4, settled_step));
    }
    return e;
}

/* Co-stimulation, 0 to 1. */
static inline real costimulation_signal(const struct model *model, real ligand, real free_ctla4)
{
    const struct derived_constants *d = &model->derived;
    const real bound = d->cd28_per_um2 - costimulation_solve(d, ligand, free_ctla4).cd28;
    const real y = bound / model->parameters.costimulation_half;
    return y * y / (1 + y * y);
}

static inline bool costimulation_acts(const struct model *model)
{
    return model->options.costimulation && model->has_ctla4_antibody;
}

/* Antibodies on the CTLA-4 of the node. */
static inline struct ctla4_binding costimulation_node_binding(const struct model *model,
                                                              const struct drug_states *drugs)
{
    struct ctla4_binding binding = {real_of(0), real_of(0)};
    for (int i = 0; i < model->drug_count; i++)
        if (model->antibodies[i]->target == TARGET_CTLA4)
            ctla4_add_antibody(&binding, &model->drugs[i], drugs[i].drug_node * model->drugs[i].per_gamma_node);
    return binding;
}

/* Share of the node's CTLA-4 free of antibody. */
static inline real costimulation_node_free_ctla4(const struct model *model, const struct drug_states *drugs)
{
    const struct ctla4_binding binding = costimulation_node_binding(model, drugs);
    return ctla4_free_share(&binding, model->derived.ctla4_per_um2);
}

/* What of the node several modules need to know; before any of them runs. */
static inline void costimulation_survey(struct body *body)
{
    body->free_ctla4 = real_of(1);
    if (costimulation_acts(body->model))
        body->free_ctla4 = costimulation_node_free_ctla4(body->model, body->drugs);
}

/* Divisions that blocking CTLA-4 adds to those of an untreated patient. Without an antibody there is nothing to add. */
static inline real costimulation_divisions_gained(const struct body *body)
{
    const struct model *model = body->model;
    if (!costimulation_acts(model))
        return real_of(0);
    const real signal = costimulation_signal(model, body->state->costimulation_ligand, body->free_ctla4);
    return model->parameters.costimulation_divisions * (signal - model->derived.resting_costimulation);
}

static inline void costimulation_rates(struct body *body)
{
    const struct parameters *p = &body->model->parameters;
    const real ligand = body->state->costimulation_ligand;
    body->rate->costimulation_ligand = real_of(0);
    if (!costimulation_acts(body->model))
        return;
    const real renewal = p->costimulation_ligand_turnover * (1 - ligand);
    const real removal = p->transendocytosis_rate * body->free_ctla4 * ligand;
    body->rate->costimulation_ligand = renewal - removal;
    flux_note(body->fluxes, FLUX_costimulation_ligand_renewal, renewal);
    flux_note(body->fluxes, FLUX_costimulation_ligand_removal, removal);
}

/* Antibodies on the CTLA-4 of a lesion's Tregs. */
static inline struct ctla4_binding costimulation_lesion_binding(const struct model *model,
                                                                const struct lesion_drug_states *drugs)
{
    struct ctla4_binding binding = {real_of(0), real_of(0)};
    for (int i = 0; i < model->drug_count; i++)
        if (model->antibodies[i]->target == TARGET_CTLA4)
            ctla4_add_antibody(&binding, &model->drugs[i], drugs[i].drug_tumour * model->drugs[i].per_gamma_tumour);
    return binding;
}

/* Extra death of the Tregs of a lesion that antibodies against CTLA-4 mark (antibody-dependent cytotoxicity), 1/d. */
static inline real costimulation_treg_depletion(const struct model *model, const struct lesion_drug_states *drugs)
{
    const struct parameters *p = &model->parameters;
    if (!model->options.treg_depletion || !model->has_ctla4_antibody)
        return real_of(0);
    const struct ctla4_binding binding = costimulation_lesion_binding(model, drugs);
    const real held = 1 - ctla4_free_share(&binding, model->derived.treg_ctla4_per_um2);
    const real z = p->ctla4_per_tumour_treg * held / p->adcc_half_bound;
    return p->adcc_rate * z * z / (1 + z * z);
}

#endif
