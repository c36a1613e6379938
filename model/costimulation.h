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
    const real held = 2 * drug->on_per_nanomolar_d / drug->off_per_d * nanomolar;
    binding->one += held;
    binding->two += held * drug->cross_on_um2_per_molecule_d / drug->off_per_d;
}

/* Share of CTLA-4 that no antibody holds; the cancellation-free root of the quadratic. */
static inline real ctla4_free_share(const struct ctla4_binding *binding, double total_per_um2)
{
    const real sum = 1 + binding->one;
    return 2 / (sum + real_square_root(sum * sum + 4 * binding->two * total_per_um2));
}

/* A correction of a logarithm, held to steps that cannot overflow. */
static inline real costimulation_limited(real correction)
{
    const double size = fabs(real_value(correction));
    return size > 2 ? correction * (2 / size) : correction;
}

/* CD28 bound to CD80 and CD86 (molecule/um^2) at equilibrium, when a share of the ligands is left and a share of CTLA-4
 * is free of antibody. Newton's method for the logarithms of free CD28 and free CTLA-4, which cannot go negative; five
 * rounds do for the default constants. One round more than the values need carries the derivative. */
static inline real costimulation_bound(const struct derived_constants *d, real ligand, real free_ctla4)
{
    const double a = d->cd28_cd80_um2, b = d->ctla4_cd80_um2, c = d->cd28_cd86_um2, e = d->ctla4_cd86_um2;
    real cd28 = d->cd28_per_um2, share = 1; /* of CTLA-4 without antibody, how much is unbound */
    int rounds_left = 60;
    while (rounds_left-- > 0) {
        const real ctla4 = d->ctla4_per_um2 * free_ctla4 * share;
        const real room80 = 1 + cd28 / a + ctla4 / b, room86 = 1 + cd28 / c + ctla4 / e;
        const real cd80 = ligand * d->cd80_per_um2 / room80, cd86 = ligand * d->cd86_per_um2 / room86;
        const real load28 = 1 + cd80 / a + cd86 / c, load4 = 1 + cd80 / b + cd86 / e;
        const real error28 = real_logarithm(cd28 / d->cd28_per_um2 * load28), error4 = real_logarithm(share * load4);
        const real slope80 = cd80 / room80, slope86 = cd86 / room86, mixed = slope80 / (a * b) + slope86 / (c * e);
        const real j11 = 1 - cd28 * (slope80 / (a * a) + slope86 / (c * c)) / load28, j12 = -ctla4 * mixed / load28;
        const real j21 = -cd28 * mixed / load4, j22 = 1 - ctla4 * (slope80 / (b * b) + slope86 / (e * e)) / load4;
        const real determinant = j11 * j22 - j12 * j21;
        const real step28 = costimulation_limited((error28 * j22 - j12 * error4) / determinant);
        const real step4 = costimulation_limited((j11 * error4 - j21 * error28) / determinant);
        const double log2_e = 1.44269504088896340736;
        cd28 = cd28 * real_power_of_two(-step28 * log2_e);
        share = share * real_power_of_two(-step4 * log2_e);
        if (rounds_left > 1 && fabs(real_value(step28)) < 1e-9 && fabs(real_value(step4)) < 1e-9)
            rounds_left = 1; /* quadratic: the next round is exact */
    }
    return d->cd28_per_um2 - cd28;
}

/* Co-stimulation, 0 to 1. */
static inline real costimulation_signal(const struct model *model, real ligand, real free_ctla4)
{
    const real y = costimulation_bound(&model->derived, ligand, free_ctla4) / model->parameters.costimulation_half;
    return y * y / (1 + y * y);
}

/* Share of the node's CTLA-4 free of antibody. */
static inline real costimulation_node_free_ctla4(const struct model *model, const struct drug_states *drugs)
{
    struct ctla4_binding binding = {0, 0};
    for (int i = 0; i < model->drug_count; i++)
        if (model->drugs[i].antibody->target == TARGET_CTLA4)
            ctla4_add_antibody(&binding, &model->drugs[i], drugs[i].drug_node / model->drugs[i].antibody->gamma_node);
    return ctla4_free_share(&binding, model->derived.ctla4_per_um2);
}

/* Divisions that blocking CTLA-4 adds to those of an untreated patient. Without an antibody there is nothing to add. */
static inline real costimulation_divisions_gained(const struct model *model, const struct shared_states *state,
                                                  const struct drug_states *drugs)
{
    if (!model->options.costimulation || !model->has_ctla4_antibody)
        return 0;
    const real signal =
        costimulation_signal(model, state->costimulation_ligand, costimulation_node_free_ctla4(model, drugs));
    return model->parameters.costimulation_divisions * (signal - model->derived.resting_costimulation);
}

static inline void costimulation_rates(struct body *body)
{
    const struct parameters *p = &body->model->parameters;
    const real ligand = body->state->costimulation_ligand;
    body->rate->costimulation_ligand = 0;
    if (!body->model->options.costimulation || !body->model->has_ctla4_antibody)
        return;
    const real renewal = p->costimulation_ligand_turnover * (1 - ligand);
    const real removal = p->transendocytosis_rate * costimulation_node_free_ctla4(body->model, body->drugs) * ligand;
    body->rate->costimulation_ligand = renewal - removal;
    flux_note(body->fluxes, FLUX_costimulation_ligand_renewal, renewal);
    flux_note(body->fluxes, FLUX_costimulation_ligand_removal, removal);
}

/* Extra death of the Tregs of a lesion that antibodies against CTLA-4 mark (antibody-dependent cytotoxicity), 1/d. */
static inline real costimulation_treg_depletion(const struct model *model, const struct lesion_drug_states *drugs)
{
    const struct parameters *p = &model->parameters;
    if (!model->options.treg_depletion || !model->has_ctla4_antibody)
        return 0;
    struct ctla4_binding binding = {0, 0};
    for (int i = 0; i < model->drug_count; i++)
        if (model->drugs[i].antibody->target == TARGET_CTLA4)
            ctla4_add_antibody(&binding, &model->drugs[i],
                               drugs[i].drug_tumour / model->drugs[i].antibody->gamma_tumour);
    const real held = 1 - ctla4_free_share(&binding, model->derived.treg_ctla4_per_um2);
    const real z = p->ctla4_per_tumour_treg * held / p->adcc_half_bound;
    return p->adcc_rate * z * z / (1 + z * z);
}

#endif
