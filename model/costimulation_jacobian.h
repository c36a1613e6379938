/* The derivatives of co-stimulation and of Treg depletion (model/costimulation.h). */
#ifndef ABSCOPAL_MODEL_COSTIMULATION_JACOBIAN_H
#define ABSCOPAL_MODEL_COSTIMULATION_JACOBIAN_H

#include "model/costimulation.h"

/* The divisions gained, by the share of ligand left and by the share of CTLA-4 that is free. At the equilibrium both
 * Newton equations stay 0, which gives the derivative of the logarithm of free CD28 (implicit function theorem). */
static inline void costimulation_divisions_slopes(struct body *body)
{
    const struct model *model = body->model;
    if (!costimulation_acts(model))
        return;
    const struct derived_constants *d = &model->derived;
    const real ligand = body->state->costimulation_ligand, free_ctla4 = body->free_ctla4;
    struct costimulation_equilibrium e = costimulation_solve(d, ligand, free_ctla4);
    costimulation_read(d, ligand, free_ctla4, &e);
    const real per_determinant = 1 / (e.j11 * e.j22 - e.j12 * e.j21);
    const real error28_by_ligand = (e.load28 - 1) / (ligand * e.load28);
    const real error4_by_ligand = (e.load4 - 1) / (ligand * e.load4);
    const real error28_by_free = e.j12 / free_ctla4, error4_by_free = (e.j22 - 1) / free_ctla4;
    const real bound = d->cd28_per_um2 - e.cd28;
    const real y = bound / model->parameters.costimulation_half, per_room = 1 / (1 + y * y);
    const real by_bound =
        model->parameters.costimulation_divisions * 2 * y * per_room * per_room / model->parameters.costimulation_half;
    const real by_logarithm = by_bound * e.cd28 * per_determinant;
    body->divisions_by_ligand = by_logarithm * (error28_by_ligand * e.j22 - e.j12 * error4_by_ligand);
    body->divisions_by_free_ctla4 = by_logarithm * (error28_by_free * e.j22 - e.j12 * error4_by_free);
}

/* The share of the node's CTLA-4 that is free, by the concentration of one drug in the node. */
static inline real costimulation_free_by_drug(const struct body *body, int drug)
{
    const struct ctla4_binding binding = costimulation_node_binding(body->model, body->drugs);
    return ctla4_free_share_slope(&binding, body->model->derived.ctla4_per_um2, body->free_ctla4,
                                  &body->model->drugs[drug]) *
           body->model->drugs[drug].per_gamma_node;
}

/* A rate that gains `offspring` (2 to the number of divisions, times something): by what adds divisions. */
static inline void costimulation_put_divisions(const struct body *body, const real *rate_of, real offspring,
                                               struct jacobian_sink *sink)
{
    if (!costimulation_acts(body->model))
        return;
    const real by_division = 0.693147180559945309417 * offspring;
    jacobian_put(sink, rate_of, &body->state->costimulation_ligand, by_division * body->divisions_by_ligand);
    for (int i = 0; i < body->model->drug_count; i++)
        if (body->model->antibodies[i]->target == TARGET_CTLA4)
            jacobian_put(sink, rate_of, &body->drugs[i].drug_node,
                         by_division * body->divisions_by_free_ctla4 * costimulation_free_by_drug(body, i));
}

static inline void costimulation_jacobian(const struct body *body, struct jacobian_sink *sink)
{
    const struct parameters *p = &body->model->parameters;
    const real *ligand = &body->state->costimulation_ligand;
    if (!costimulation_acts(body->model))
        return;
    jacobian_put(sink, ligand, ligand, -p->costimulation_ligand_turnover - p->transendocytosis_rate * body->free_ctla4);
    for (int i = 0; i < body->model->drug_count; i++)
        if (body->model->antibodies[i]->target == TARGET_CTLA4)
            jacobian_put(sink, ligand, &body->drugs[i].drug_node,
                         -p->transendocytosis_rate * *ligand * costimulation_free_by_drug(body, i));
}

/* Rows of a lesion's Tregs and dead T cells, by the drugs that deplete Tregs. */
static inline void costimulation_put_depletion(const struct model *model, const struct lesion *lesion,
                                               struct jacobian_sink *sink)
{
    const struct parameters *p = &model->parameters;
    if (!model->options.treg_depletion || !model->has_ctla4_antibody)
        return;
    const struct ctla4_binding binding = costimulation_lesion_binding(model, lesion->drugs);
    const constant total_per_um2 = model->derived.treg_ctla4_per_um2;
    const real free_share = ctla4_free_share(&binding, total_per_um2);
    const constant per_share = p->ctla4_per_tumour_treg / p->adcc_half_bound;
    const real z = per_share * (1 - free_share), per_room = 1 / (1 + z * z);
    const real by_free = -p->adcc_rate * 2 * z * per_room * per_room * per_share;
    for (int i = 0; i < model->drug_count; i++) {
        if (model->antibodies[i]->target != TARGET_CTLA4)
            continue;
        const real by_drug = by_free * ctla4_free_share_slope(&binding, total_per_um2, free_share, &model->drugs[i]) *
                             model->drugs[i].per_gamma_tumour * lesion->state->treg_cells;
        jacobian_put(sink, &lesion->state->treg_cells, &lesion->drugs[i].drug_tumour, -by_drug);
        jacobian_put(sink, &lesion->state->dead_tcells, &lesion->drugs[i].drug_tumour, by_drug);
    }
}

#endif
