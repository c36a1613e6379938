/* When a fate is known. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/view.h"
#include "solver/equilibrium.h"
#include "trial/fate.h"

static const double controlled_share = 0.5; /* of the largest number of cells; below it a lesion is controlled */
static const double near_log = 0.25;        /* of cells over those of the equilibrium */
static const double least_days_to_settle = FATE_YEAR_DAYS; /* drugs have left the blood by then */

const char *abscopal_fate_name(enum abscopal_fate fate)
{
    switch (fate) {
    case ABSCOPAL_FATE_TUMOUR_FREE:
        return "tumour-free";
    case ABSCOPAL_FATE_CONTROLLED:
        return "controlled";
    case ABSCOPAL_FATE_MAXIMAL:
        return "maximal";
    case ABSCOPAL_FATE_UNDECIDED:
        return "undecided";
    }
    return NULL;
}

const char *fate_basis_name(enum fate_basis basis)
{
    switch (basis) {
    case FATE_BY_NO_CELLS:
        return "no cells";
    case FATE_BY_RESISTANT_CELLS:
        return "resistant cells";
    case FATE_BY_EQUILIBRIUM:
        return "equilibrium";
    case FATE_BY_NOTHING:
        return "none";
    }
    return NULL;
}

double fate_largest_cells(const struct model *model, int lesion)
{
    const struct parameters *p = &model->parameters;
    const double death = p->cancer_death_rate + p->cancer_turnover_rate;
    const double growth = p->cancer_growth_rate * model->factors[lesion].growth + p->cancer_turnover_rate;
    return growth > death ? model->derived.maximum_cancer_cells * (1 - death / growth) : 0;
}

/* A lesion with a resistant cell, in a tumour not above its largest number of cells: ln(resistant)' = growth (1 - N/K)
 * - death is not negative while N stays there, and the mean of N over time is that number (docs/fate.md). */
static bool resistant_regrow(const struct model *model, const double *state, int lesion)
{
    const struct lesion_states *s = lesion_states_of(model, state, lesion);
    const double cells = s->cancer_cells + s->resistant_cells + s->doomed_cells;
    return model->options.resistance && s->resistant_cells >= MODEL_LAST_CELL &&
           cells <= fate_largest_cells(model, lesion);
}

static int living_lesions(const struct model *model, const double *state)
{
    int living = 0;
    for (int i = 0; i < model->lesion_count; i++)
        living |= (model_living_cells(model, state, i) > 0) << i;
    return living;
}

static bool is_near(const struct model *model, const double *state, const struct fate_equilibrium *equilibrium)
{
    for (int i = 0; i < model->lesion_count; i++)
        if ((equilibrium->living >> i & 1) != 0 &&
            !(fabs(log(model_living_cells(model, state, i) / equilibrium->cells[i])) <= near_log))
            return false;
    return living_lesions(model, state) == equilibrium->living;
}

bool fate_decide(const struct model *model, const double *state, double alone_days, const struct fate_patient *patient,
                 struct fate *fate)
{
    *fate = (struct fate){.fate = ABSCOPAL_FATE_UNDECIDED,
                          .basis = FATE_BY_NOTHING,
                          .after_days = alone_days,
                          .living = living_lesions(model, state)};
    if (fate->living == 0) {
        fate->fate = ABSCOPAL_FATE_TUMOUR_FREE;
        fate->basis = FATE_BY_NO_CELLS;
        return true;
    }
    for (int i = 0; i < model->lesion_count; i++)
        if (resistant_regrow(model, state, i)) {
            fate->fate = ABSCOPAL_FATE_MAXIMAL;
            fate->basis = FATE_BY_RESISTANT_CELLS;
            return true;
        }
    for (int i = 0; alone_days >= least_days_to_settle && i < patient->equilibrium_count; i++)
        if (is_near(model, state, &patient->equilibria[i])) {
            fate->fate = patient->equilibria[i].fate;
            fate->basis = FATE_BY_EQUILIBRIUM;
            return true;
        }
    fate->after_days = NAN;
    return false;
}

/* ---- Equilibria ------------------------------------------------------------------------------------- */

/* The state without its drugs: what antibodies hold of a target is free again. */
static void drop_drugs(const struct model *model, const double *state, const struct model *without, double *dropped)
{
    memcpy(dropped, state, SHARED_STATE_COUNT * sizeof *dropped);
    for (int i = 0; i < model->lesion_count; i++) {
        struct lesion_states *lesion = (struct lesion_states *)(dropped + model_lesion_offset(without, i));
        *lesion = *lesion_states_of(model, state, i);
        const struct lesion_drug_states *drugs = lesion_drugs_of(model, state, i);
        for (int drug = 0; drug < model->drug_count; drug++) {
            const double held = drugs[drug].bound_once + 2 * drugs[drug].bound_twice;
            if (model->antibodies[drug]->target == TARGET_PD1)
                lesion->pd1 += held;
            else if (model->antibodies[drug]->target == TARGET_PDL1)
                lesion->pdl1 += held;
        }
    }
}

static enum abscopal_fate fate_of_cells(const struct model *model, const struct fate_equilibrium *equilibrium)
{
    for (int i = 0; i < model->lesion_count; i++)
        if ((equilibrium->living >> i & 1) != 0 &&
            equilibrium->cells[i] >= controlled_share * fate_largest_cells(model, i))
            return ABSCOPAL_FATE_MAXIMAL;
    return equilibrium->living != 0 ? ABSCOPAL_FATE_CONTROLLED : ABSCOPAL_FATE_TUMOUR_FREE;
}

static void describe(const struct model *model, const double *state, struct fate_equilibrium *equilibrium)
{
    equilibrium->living = living_lesions(model, state);
    for (int i = 0; i < model->lesion_count; i++)
        equilibrium->cells[i] = model_living_cells(model, state, i);
    equilibrium->sum_of_diameters_mm = model_sum_of_diameters_mm(model, state);
    equilibrium->fate = fate_of_cells(model, equilibrium);
}

/* Cells that are gone stay gone, however a step rounds, and are no direction in which the state could leave. */
static void hold_dead(const struct model *model, const double *before, double *state, bool *held)
{
    memset(held, 0, (size_t)model_state_count(model) * sizeof *held);
    for (int i = 0; i < model->lesion_count; i++) {
        const struct lesion_states *was = lesion_states_of(model, before, i);
        const double *const cells[] = {&was->cancer_cells, &was->resistant_cells};
        for (size_t kind = 0; kind < sizeof cells / sizeof *cells; kind++)
            if (*cells[kind] == 0) {
                state[cells[kind] - before] = 0;
                held[cells[kind] - before] = true;
            }
    }
}

bool fate_find_equilibrium(const struct model *model, const double *state, const struct model *without,
                           struct fate_equilibrium *equilibrium)
{
    double before[MODEL_MAX_STATES], found[MODEL_MAX_STATES], real_parts[MODEL_MAX_STATES], imaginary[MODEL_MAX_STATES];
    bool held[MODEL_MAX_STATES];
    struct equilibrium_model *system_of = equilibrium_model_create(without);
    struct equilibrium_workspace *workspace = equilibrium_workspace_create(model_state_count(without));
    bool good = false;
    if (system_of != NULL && workspace != NULL) {
        const struct equilibrium_system system = equilibrium_model_system(system_of);
        drop_drugs(model, state, without, before);
        memcpy(found, before, sizeof found);
        if (equilibrium_find(&system, workspace, found) == EQUILIBRIUM_FOUND) {
            hold_dead(without, before, found, held);
            describe(without, found, equilibrium);
            good = is_near(model, state, equilibrium) &&
                   equilibrium_eigenvalues(&system, workspace, found, held, real_parts, imaginary) > 0;
        }
    }
    equilibrium_workspace_free(workspace);
    equilibrium_model_free(system_of);
    if (!good)
        return false;
    equilibrium->largest_eigenvalue_per_d = real_parts[0];
    return real_parts[0] <= EQUILIBRIUM_NEUTRAL;
}
