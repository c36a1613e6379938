/* What the rest of the program sees of the biology: presets, one patient's constants, the layout of the state, the
 * right-hand side, and what a dose or a fraction does to the state. Nothing here knows files, threads or trials.
 *
 * The state of a patient with L lesions and D drugs is one array of doubles:
 *     shared states | D x drug states outside tumours | L x (lesion states | D x drug states in that lesion)
 * model/states.h names every one of them; model/rates.h is the right-hand side. */
#ifndef ABSCOPAL_MODEL_MODEL_H
#define ABSCOPAL_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/constants.h"

/* The preset's name as written in trial files, or NULL. */
const char *model_preset_name(enum model_preset preset);

/* Drug `index` of the preset's library, or NULL past the last one. */
const struct antibody *model_preset_antibody(enum model_preset preset, size_t index);

/* What a preset has switched on. */
void model_preset_options(enum model_preset preset, struct model_options *options);

/* What a patient's constants are made from. */
struct model_settings {
    enum model_preset preset;
    const struct model_options *options;      /* NULL: the preset's */
    const struct parameters *parameters;      /* the patient's */
    int lesion_count;                         /* 1 to MODEL_MAX_LESIONS */
    const struct lesion_factors *factors;     /* [lesion_count]; NULL: all 1 */
    const struct antibody *const *antibodies; /* [drug_count]; must outlive the model */
    int drug_count;                           /* 0 to MODEL_MAX_DRUGS */
};

/* Fills in a patient's constants. */
void model_prepare(struct model *model, const struct model_settings *settings);

/* Number of states of that layout. */
int model_state_count(const struct model *model);

/* Where the states of a lesion begin, those of its drugs included; one past the last lesion: where all end. */
int model_lesion_offset(const struct model *model, int lesion);

/* Where a state stands and what it is; indices run over model_state_count. */
struct state_description {
    const char *name;
    const char *unit;
    double absolute_tolerance;
    const char *published; /* name in the QSP-IO model, or "" */
    const char *meaning;
    int lesion; /* from 0, or -1 */
    int drug;   /* from 0, or -1 */
};
struct state_description model_state_describe(const struct model *model, int index);

/* The right-hand side: d(state)/dt in units per day, from the state (both model_state_count long). */
void model_rates(const struct model *model, const double *state, double *rate);

/* More entries than the Jacobian of any layout has. */
enum { MODEL_MAX_JACOBIAN_ENTRIES = 4096 };

/* Which rates depend on which states: fills row[k] and column[k], MODEL_MAX_JACOBIAN_ENTRIES long, for every entry k of
 * the Jacobian, and returns how many there are. Their order depends on the layout alone; no entry comes twice. */
int model_jacobian_pattern(const struct model *model, uint16_t *row, uint16_t *column);

/* The Jacobian of the right-hand side, exact to rounding: puts entry k of the pattern, d(rate of row)/d(state of
 * column), per day and per unit of the column's state, into values[place[k]]. */
void model_jacobian(const struct model *model, const double *state, const uint16_t *place, double *values);

/* Whether two models have all but their numbers in common. */
bool model_same_layout(const struct model *one, const struct model *other);

/* Every reaction's flux at a state (tables in model/fluxes.h): fills fluxes[model_flux_count], and the rates as
 * model_rates does. */
void model_fluxes(const struct model *model, const double *state, double *rate, double *fluxes);
int model_flux_count(const struct model *model);

struct flux_description {
    const char *kind; /* of what; together with the name it says which */
    const char *name;
    const char *unit;
    const char *meaning;
    int lesion; /* from 0, or -1 */
    int drug;   /* from 0, or -1 */
};
struct flux_description model_flux_describe(const struct model *model, int index);

/* ---- Initial states --------------------------------------------------------------------------------- */

/* The published state of QSP-IO: a tumour grown to 3 cm, synapse unbound. One lesion; drugs absent. */
void model_published_state(const struct model *model, double *state);

/* A body without tumour, close to its steady state: the naive pools of the published state, no effectors, APCs at
 * rest. To be integrated until it is steady. */
void model_tumour_free_state(const struct model *model, double *state);

/* Puts the first cancer cells into every lesion: relative_size[i] times the parameter seed_cancer_cells. */
void model_seed_lesions(const struct model *model, const double *relative_size, double *state);

/* The state of a model without drugs as the state of one with drugs, not yet given. Lesion counts must be equal. */
void model_add_drugs(const struct model *without, const double *state_without, const struct model *with, double *state);

/* ---- Events ----------------------------------------------------------------------------------------- */

/* A bolus of `amount_nmol` into the blood. */
void model_give_bolus(const struct model *model, int drug, double amount_nmol, double *state);

/* One fraction of radiotherapy to one lesion. */
struct fraction {
    int lesion;
    double gray;
    double coverage; /* share of the lesion in the field, 0 to 1 */
    bool nodes;      /* the draining nodes are in the field too */
    int course;      /* fractions of one course have one field */
};

/* What a lesion remembers between fractions: sublethal damage that is not yet repaired, as the dose that it stands for,
 * at a time; and which share of its living cells lies in the field of the last course. Zero to begin with, with course
 * -1. */
struct field_memory {
    double unrepaired_gray;
    double day;
    int course;
    double share;
};

/* Surviving fraction of cancer cells after one fraction of `gray` on top of `unrepaired_gray`: linear-quadratic with
 * incomplete repair (Oliver 1964), linear beyond the transition dose (Astrahan 2008, doi:10.1118/1.2969065). */
double model_surviving_fraction(const struct model *model, int lesion, double gray, double unrepaired_gray);

/* Immunogenic weight of a fraction, 0 to 1: rises with its dose and falls again when Trex1 degrades the DNA that
 * would alarm (Vanpouille-Box 2017, doi:10.1038/ncomms15618). */
double model_immunogenic_weight(const struct parameters *parameters, double gray);

/* Gives one fraction on `day`; updates what the lesion remembers. */
void model_irradiate(const struct model *model, const struct fraction *fraction, double day,
                     struct field_memory *memory, double *state);

/* Living cells of a lesion, those that CD8 cells do not kill included. */
double model_living_cells(const struct model *model, const double *state, int lesion);

/* Those that CD8 cells kill; the last one dies at MODEL_LAST_CELL. Then a lesion has no resistant cells either unless
 * it has that many. */
double model_cancer_cells(const struct model *model, const double *state, int lesion);

/* Clears them in every lesion that is below it, or at it as a root found to rounding from either side is; returns how
 * many lesions still have living cells. */
int model_clear_last_cells(const struct model *model, double *state);

/* ---- Outputs ---------------------------------------------------------------------------------------- */

struct lesion_output {
    double volume_l;
    double diameter_mm; /* of a sphere of that volume */
    double cancer_cells, resistant_cells, doomed_cells, dead_cells;
    double cd8_cells, treg_cells;
    double cd8_per_ul;     /* CD8 density; T-cell density is that of both */
    double pd1_inhibition; /* 0 to 1 */
    double treg_depletion; /* extra death of Tregs marked by antibodies against CTLA-4, 1/d */
    double drug_nanomolar[MODEL_MAX_DRUGS];
};
void model_lesion_output(const struct model *model, const double *state, int lesion, struct lesion_output *output);
double model_diameter_mm(const struct model *model, const double *state, int lesion);
double model_sum_of_diameters_mm(const struct model *model, const double *state);

/* Rate at which the volume of all lesions together changes, L/d. */
double model_tumour_growth_l_per_d(const struct model *model, const double *state);

/* Lymphocytes in blood per microlitre: naive cells of all clones and effectors, CD8 and Treg. */
double model_lymphocytes_per_ul(const struct model *model, const double *state);

/* Co-stimulation of T cells in the node, 0 to 1, and what it adds to the divisions of an untreated patient. */
double model_costimulation(const struct model *model, const double *state);
double model_divisions_gained(const struct model *model, const double *state);

/* Drug in the blood compartment, nM: as an amount over its whole volume, as the published model counts. Plasma, which
 * the drug can enter, holds it at that over gamma_blood; clearances of the library refer to plasma in this way. */
double model_drug_blood_nanomolar(const double *state, int drug);
double model_drug_plasma_nanomolar(const struct model *model, const double *state, int drug);

#endif
