/* What one fraction of radiotherapy does at once (MODEL.md B5). What follows from it over days is in radiotherapy.h. */
#include <math.h>

#include "model/model.h"
#include "model/states.h"
#include "model/view.h"

double model_surviving_fraction(const struct parameters *parameters, double gray, double unrepaired_gray)
{
    const double alpha = parameters->radiosensitivity_alpha, beta = alpha / parameters->alpha_beta_ratio;
    const double quadratic_gray = fmin(gray, parameters->linear_transition_dose);
    const double slope =
        alpha + 2 * beta * (quadratic_gray + unrepaired_gray); /* of the exponent, where it goes linear */
    const double exponent =
        (alpha + beta * quadratic_gray + 2 * beta * unrepaired_gray) * quadratic_gray + slope * (gray - quadratic_gray);
    return exp(-exponent);
}

double model_immunogenic_weight(const struct parameters *parameters, double gray)
{
    const double rise = pow(gray / parameters->immunogenic_half_dose, parameters->immunogenic_hill);
    const double fall = pow(gray / parameters->immunogenic_falloff_dose, parameters->immunogenic_falloff_hill);
    return rise / (1 + rise) / (1 + fall);
}

/* The lesion's cells: cancer cells are doomed, not dead; T cells and APCs die. Dead T cells keep their room until
 * cleared, so that no volume disappears at a fraction. */
static void irradiate_lesion(const struct parameters *p, double gray, double survival, struct lesion_states *lesion)
{
    const double weight = model_immunogenic_weight(p, gray);
    const double survivors = survival * lesion->cancer_cells; /* not the rest of the doomed, which would cancel */
    const double doomed = lesion->cancer_cells - survivors;
    lesion->cancer_cells = survivors;
    lesion->doomed_cells += doomed;
    lesion->immunogenic_cells += weight * doomed;
    lesion->irradiated_signal += weight;

    const double tcell_loss = -expm1(-p->tumour_tcell_alpha * gray), apc_survival = exp(-p->tumour_apc_alpha * gray);
    lesion->dead_tcells += tcell_loss * (lesion->cd8_cells + lesion->treg_cells);
    lesion->cd8_cells -= tcell_loss * lesion->cd8_cells;
    lesion->treg_cells -= tcell_loss * lesion->treg_cells;
    lesion->apc_cells *= apc_survival;
    lesion->mature_apc_cells *= apc_survival;
}

/* Recirculating lymphocytes pass through the field while it is on. The node's naive cells recirculate too, and blood
 * alone, which holds few and refills in hours, would hide the loss. */
static void irradiate_lymphocytes(const struct parameters *p, double gray, struct shared_states *shared)
{
    const double loss = p->lymphocyte_field_fraction * -expm1(-p->lymphocyte_alpha * gray);
    double *const recirculating[] = {
        &shared->naive_cd8_blood,  &shared->naive_cd8_peripheral,  &shared->naive_cd8_node,
        &shared->naive_treg_blood, &shared->naive_treg_peripheral, &shared->naive_treg_node,
        &shared->cd8_blood,        &shared->cd8_peripheral,        &shared->treg_blood,
        &shared->treg_peripheral,
    };
    for (size_t i = 0; i < sizeof recirculating / sizeof *recirculating; i++)
        *recirculating[i] *= 1 - loss;
    shared->depleted_share += loss * (1 - shared->depleted_share);
}

void model_irradiate(const struct model *model, int lesion, double gray, double day, struct unrepaired_dose *unrepaired,
                     double *state)
{
    const struct parameters *p = &model->parameters;
    /* Unrepaired damage of earlier fractions decays with the half-time of repair; for acute fractions this gives the
     * Lea-Catcheside factor (Oliver 1964). */
    const double left = unrepaired->gray * exp2(-(day - unrepaired->day) / p->repair_half_time);
    irradiate_lesion(p, gray, model_surviving_fraction(p, gray, left),
                     (struct lesion_states *)(state + lesion_offset(model, lesion)));
    irradiate_lymphocytes(p, gray, (struct shared_states *)state);
    unrepaired->gray = left + gray;
    unrepaired->day = day;
}
