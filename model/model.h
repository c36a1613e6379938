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

#include "model/antibodies.h"
#include "model/options.h"
#include "model/parameters.h"

enum { MODEL_MAX_LESIONS = 5, MODEL_MAX_DRUGS = 4 };

/* qspio-nsclc-2020: Sove 2020 (doi:10.1002/psp4.12546), exactly, one lesion, from its published state.
 * nsclc: several lesions, radiotherapy, population pharmacokinetics; grown from a tumour-free state. */
enum model_preset { PRESET_QSPIO_NSCLC_2020, PRESET_NSCLC };
enum { MODEL_PRESET_COUNT = 2 };

/* The preset's name as written in trial files, or NULL. */
const char *model_preset_name(enum model_preset preset);

/* Drug `index` of the preset's library, or NULL past the last one. */
const struct antibody *model_preset_antibody(enum model_preset preset, size_t index);

/* What a preset has switched on. */
void model_preset_options(enum model_preset preset, struct model_options *options);

/* How one lesion differs from the patient's parameters: factors, 1 for no difference. */
struct lesion_factors {
    double growth, infiltration, pdl1, antigen, radiosensitivity;
};

/* Constants that follow from the parameters, computed once for each patient. */
struct derived_constants {
    double cancer_cell_volume_l; /* of one cell */
    double tcell_volume_l;       /* of one cell */
    double maximum_cancer_cells; /* carrying capacity of a lesion */
    double node_volume_l;        /* all draining nodes */
    double tcell_area_um2, cancer_cell_area_um2;
    double peripheral_entry_per_d;   /* T cells from blood into peripheral tissue */
    double cd8_tumour_entry_per_l_d; /* T cells from blood into a litre of tumour */
    double treg_tumour_entry_per_l_d;
    double endosome_area_um2, endosome_volume_l;
    double peptide_loading_nanomolar;  /* concentration of one molecule/um^2 of endosome surface in its volume */
    double mhc_total_per_endosome_um2; /* all MHC of the cell as if in the endosomes */
    double tcr_per_um2, half_priming_receptors_per_um2, proofreading;
    double pd1_per_um2, pdl1_per_um2, pdl2_per_um2; /* PD-L1 and PD-L2 before the lesion's factor */
    double pd1_pdl1_on, pd1_pdl1_off;               /* um^2/molecule/d, 1/d */
    double pd1_pdl2_on, pd1_pdl2_off;
    double reference_tumour_volume_l; /* a sphere of 3 cm, to which antibodies' tumour flows refer */
    double cd28_per_um2, ctla4_per_um2, cd80_per_um2, cd86_per_um2;
    double cd28_cd80_um2, cd28_cd86_um2, ctla4_cd80_um2, ctla4_cd86_um2; /* dissociation, molecule/um^2 */
    double resting_ligand;        /* share of CD80 and CD86 left where no CTLA-4 is blocked */
    double resting_costimulation; /* co-stimulation there, 0 to 1 */
    double treg_ctla4_per_um2;    /* on Tregs of a tumour */
};

/* One drug in one patient. */
struct drug_constants {
    const struct antibody *antibody;
    double on_per_nanomolar_d, off_per_d; /* first arm */
    double cross_on_um2_per_molecule_d;   /* second arm */
    double infusion_nmol_per_d;           /* running infusions; the solver changes it at events */
};

/* One patient's constants for one set of drugs. Plain data: copy it freely. */
struct model {
    enum model_preset preset;
    int lesion_count, drug_count;
    bool has_ctla4_antibody;
    struct model_options options;
    struct parameters parameters; /* where an option is off, its parameters are the published ones */
    struct lesion_factors factors[MODEL_MAX_LESIONS];
    struct derived_constants derived;
    struct drug_constants drugs[MODEL_MAX_DRUGS];
};

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

/* The same for complex numbers, stored as pairs (real, imaginary): with state + i h seed, h tiny, the imaginary part
 * of the rate is h times the Jacobian times seed, to rounding. */
void model_rates_complex_step(const struct model *model, const double *state_pairs, double *rate_pairs);

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

/* The event by which a lesion's last cell dies: below MODEL_LAST_CELL living cells there are none. */
#define MODEL_LAST_CELL 0.9
double model_cancer_cells(const struct model *model, const double *state, int lesion);

/* Clears every lesion that is below it, or at it as a root found to rounding from either side is; returns how many
 * lesions still have living cells. */
int model_clear_last_cells(const struct model *model, double *state);

/* ---- Outputs ---------------------------------------------------------------------------------------- */

struct lesion_output {
    double volume_l;
    double diameter_mm; /* of a sphere of that volume */
    double cancer_cells, doomed_cells, dead_cells;
    double cd8_cells, treg_cells;
    double cd8_per_ul;     /* CD8 density; T-cell density is that of both */
    double pd1_inhibition; /* 0 to 1 */
    double treg_depletion; /* extra death of Tregs marked by antibodies against CTLA-4, 1/d */
    double drug_nanomolar[MODEL_MAX_DRUGS];
};
void model_lesion_output(const struct model *model, const double *state, int lesion, struct lesion_output *output);
double model_diameter_mm(const struct model *model, const double *state, int lesion);
double model_sum_of_diameters_mm(const struct model *model, const double *state);

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
