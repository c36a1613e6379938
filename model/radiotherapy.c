/* What one fraction of radiotherapy does at once (MODEL.md B5). What follows from it over days is in radiotherapy.h. */
#include <float.h>
#include <math.h>

#include "model/model.h"
#include "model/states.h"
#include "model/view.h"

double model_surviving_fraction(const struct model *model, int lesion, double gray, double unrepaired_gray)
{
    const struct parameters *p = &model->parameters;
    const double alpha = p->radiosensitivity_alpha * model->factors[lesion].radiosensitivity;
    const double beta = alpha / p->alpha_beta_ratio;
    const double quadratic_gray = fmin(gray, p->linear_transition_dose);
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

/* Loses a share of some cells. */
static void lose(double *cells, double share)
{
    *cells -= share * *cells;
}

/* The lesion's cells: cancer cells are doomed, not dead; T cells and APCs die. Dead T cells keep their room until
 * cleared, so that no volume disappears at a fraction. T cells and APCs move about, so that each fraction finds the
 * covered share of them in its field. */
static void irradiate_lesion(const struct parameters *p, const struct fraction *fraction, double survival,
                             struct lesion_states *lesion)
{
    const double weight = model_immunogenic_weight(p, fraction->gray);
    const double survivors = survival * lesion->cancer_cells; /* not the rest of the doomed, which would cancel */
    double resistant_survivors = survival * lesion->resistant_cells;
    /* Nothing else makes them fewer, so that the last one dies here or not at all. */
    if (resistant_survivors < MODEL_LAST_CELL)
        resistant_survivors = 0;
    const double doomed = lesion->cancer_cells - survivors + (lesion->resistant_cells - resistant_survivors);
    lesion->cancer_cells = survivors;
    lesion->resistant_cells = resistant_survivors;
    lesion->doomed_cells += doomed;
    lesion->immunogenic_cells += weight * doomed;
    lesion->irradiated_signal += fraction->coverage * weight;

    const double tcell_loss = -expm1(-p->tumour_tcell_alpha * fraction->gray) * fraction->coverage;
    const double apc_loss = -expm1(-p->tumour_apc_alpha * fraction->gray) * fraction->coverage;
    lesion->dead_tcells += tcell_loss * (lesion->cd8_cells + lesion->treg_cells);
    lose(&lesion->cd8_cells, tcell_loss);
    lose(&lesion->treg_cells, tcell_loss);
    lose(&lesion->apc_cells, apc_loss);
    lose(&lesion->mature_apc_cells, apc_loss);
}

/* Recirculating lymphocytes pass through the field while it is on. The node's naive and memory cells recirculate too,
 * and blood alone, which holds few and refills in hours, would hide the loss. */
static void irradiate_lymphocytes(const struct model *model, double gray, struct shared_states *shared)
{
    const struct parameters *p = &model->parameters;
    const double loss = p->lymphocyte_field_fraction * -expm1(-p->lymphocyte_alpha * gray);
    double *const recirculating[] = {
        &shared->naive_cd8_blood,  &shared->naive_cd8_peripheral,
        &shared->naive_treg_blood, &shared->naive_treg_peripheral,
        &shared->cd8_blood,        &shared->cd8_peripheral,
        &shared->treg_blood,       &shared->treg_peripheral,
        &shared->cd8_lymph,        &shared->treg_lymph,
    };
    for (size_t i = 0; i < sizeof recirculating / sizeof *recirculating; i++)
        lose(recirculating[i], loss);
    if (!model->options.naive_recirculation)
        return;
    lose(&shared->naive_cd8_node, loss);
    lose(&shared->naive_treg_node, loss);
    lose(&shared->memory_cd8, loss);
    /* Never quite all: what is left divides by it. */
    shared->depleted_share = fmin(shared->depleted_share + loss * (1 - shared->depleted_share), 1 - DBL_EPSILON);
}

/* Nodes in the field lose their cells as a lesion does. */
static void irradiate_nodes(const struct parameters *p, double gray, struct shared_states *shared)
{
    const double tcell_loss = -expm1(-p->tumour_tcell_alpha * gray), apc_loss = -expm1(-p->tumour_apc_alpha * gray);
    double *const tcells[] = {&shared->naive_cd8_node, &shared->naive_treg_node, &shared->activated_cd8,
                              &shared->activated_treg, &shared->cd8_node,        &shared->treg_node,
                              &shared->memory_cd8};
    for (size_t i = 0; i < sizeof tcells / sizeof *tcells; i++)
        lose(tcells[i], tcell_loss);
    lose(&shared->apc_node, apc_loss);
    lose(&shared->mature_apc_node, apc_loss);
}

void model_irradiate(const struct model *model, const struct fraction *fraction, double day,
                     struct field_memory *memory, double *state)
{
    const struct parameters *p = &model->parameters;
    struct shared_states *shared = (struct shared_states *)state;
    struct lesion_states *lesion = (struct lesion_states *)(state + lesion_offset(model, fraction->lesion));
    /* Unrepaired damage of earlier fractions decays with the half-time of repair; for acute fractions this gives the
     * Lea-Catcheside factor (Oliver 1964). */
    const double left = memory->unrepaired_gray * exp2(-(day - memory->day) / p->repair_half_time);
    if (memory->course != fraction->course)
        memory->share = fraction->coverage; /* a new field: it covers that share of whatever lives there */
    memory->course = fraction->course;
    /* Cells do not move between inside and outside: of those that live, fewer and fewer lie inside. */
    const double survivors_inside =
        memory->share * model_surviving_fraction(model, fraction->lesion, fraction->gray, left);
    const double survival = survivors_inside + (1 - memory->share);
    memory->share = survival > 0 ? survivors_inside / survival : 0;
    memory->unrepaired_gray = left + fraction->gray;
    memory->day = day;

    irradiate_lesion(p, fraction, survival, lesion);
    irradiate_lymphocytes(model, fraction->gray, shared);
    if (fraction->nodes)
        irradiate_nodes(p, fraction->gray, shared);
}
