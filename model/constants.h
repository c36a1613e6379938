/* One patient's constants: what is the same for all patients of one layout (counts, options, drugs), then numbers. Like
 * the states they are compiled for one patient and for a vector of patients (model/real.h). */
#ifndef ABSCOPAL_MODEL_CONSTANTS_H
#define ABSCOPAL_MODEL_CONSTANTS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/antibodies.h"
#include "model/options.h"
#include "model/parameters.h"
#include "model/real.h"

enum { MODEL_MAX_LESIONS = 5, MODEL_MAX_DRUGS = 4 };

/* Below this number of living cells a lesion has none: its last cell has died. */
#define MODEL_LAST_CELL 0.9

/* qspio-nsclc-2020: Sove 2020 (doi:10.1002/psp4.12546), exactly, one lesion, from its published state.
 * nsclc: several lesions, radiotherapy, population pharmacokinetics; grown from a tumour-free state. */
enum model_preset { PRESET_QSPIO_NSCLC_2020, PRESET_NSCLC };
enum { MODEL_PRESET_COUNT = 2 };

/* How one lesion differs from the patient's parameters: factors, 1 for no difference. */
struct lesion_factors {
    constant growth, infiltration, pdl1, antigen, radiosensitivity;
};

/* The constants of one kind of T cell; naive cells are counted per clone. */
struct tcell_constants {
    constant clones;
    constant thymic_output, naive_proliferation, naive_half_proliferation; /* of one clone */
    constant naive_death_rate, proliferation_rate, death_rate, peripheral_exit_rate;
};

/* The constants of one antigen. */
struct antigen_constants {
    constant released_nanomolar; /* by one dying cell, all clones */
    constant clones;
    constant dissociation_nanomolar, off_per_d;
    constant signalling_share; /* of the receptors that are bound */
};

/* Constants that follow from the parameters, computed once for each patient. Those named per_x are 1/x: the
 * right-hand side multiplies where it would divide, which takes a processor ten times as long. */
struct derived_constants {
    constant cancer_cell_volume_l; /* of one cell */
    constant tcell_volume_l;       /* of one cell */
    constant maximum_cancer_cells; /* carrying capacity of a lesion */
    constant per_maximum_cancer_cells;
    constant node_volume_l; /* all draining nodes */
    constant per_node_volume_l, per_blood_volume_l, per_peripheral_volume_l;
    constant tcell_area_um2, cancer_cell_area_um2;
    struct tcell_constants cd8, treg;
    constant node_entry_per_d;         /* naive T cells from blood into the node */
    constant peripheral_entry_per_d;   /* T cells from blood into peripheral tissue */
    constant cd8_tumour_entry_per_l_d; /* T cells from blood into a litre of tumour */
    constant treg_tumour_entry_per_l_d;
    constant recall_offspring_per_d; /* of a memory cell on an APC with enough antigen */
    struct antigen_constants self, neo;
    constant endosome_area_um2, endosome_volume_l;
    constant endosome_to_surface, surface_to_endosome; /* areas of the one over the other */
    constant peptide_loading_nanomolar;  /* concentration of one molecule/um^2 of endosome surface in its volume */
    constant mhc_total_per_endosome_um2; /* all MHC of the cell as if in the endosomes */
    constant tcr_per_um2, tcr_dissociation_per_um2, half_priming_receptors_per_um2, half_recall_receptors_per_um2;
    constant pd1_per_um2, pdl1_per_um2, pdl2_per_um2; /* PD-L1 and PD-L2 before the lesion's factor */
    constant pd1_pdl1_on, pd1_pdl1_off;               /* um^2/molecule/d, 1/d */
    constant pd1_pdl2_on, pd1_pdl2_off;
    constant per_pd1_half;
    constant reference_tumour_volume_l; /* a sphere of 3 cm, to which antibodies' tumour flows refer */
    constant per_reference_tumour_volume_l;
    constant cd28_per_um2, ctla4_per_um2, cd80_per_um2, cd86_per_um2;
    constant cd28_cd80_um2, cd28_cd86_um2, ctla4_cd80_um2, ctla4_cd86_um2; /* dissociation, molecule/um^2 */
    constant resting_ligand;        /* share of CD80 and CD86 left where no CTLA-4 is blocked */
    constant resting_costimulation; /* co-stimulation there, 0 to 1 */
    constant treg_ctla4_per_um2;    /* on Tregs of a tumour */
};

/* One drug in one patient; flows and clearances as in struct antibody. */
struct drug_constants {
    constant peripheral_flow_l_per_d, tumour_flow_l_per_d, node_flow_l_per_d;
    constant lymphatic_drainage_per_d, clearance_l_per_d;
    constant saturable_clearance_nmol_per_d, saturable_half_nanomolar;
    constant per_gamma_blood, per_gamma_peripheral, per_gamma_tumour, per_gamma_node;
    constant on_per_nanomolar_d, off_per_d; /* first arm */
    constant cross_on_um2_per_molecule_d;   /* second arm */
    constant ctla4_held_per_nanomolar;      /* of free CTLA-4, by one arm, at equilibrium */
    constant ctla4_held_twice_um2;          /* of that, by the second arm, for one molecule/um^2 */
    constant infusion_nmol_per_d;           /* running infusions; the solver changes it at events */
};

/* One patient's constants for one set of drugs. Plain data: copy it freely. The first part is the layout; patients who
 * have it in common can stand side by side in a vector. */
struct model {
    enum model_preset preset;
    int lesion_count, drug_count;
    bool has_ctla4_antibody;
    struct model_options options;
    const struct antibody *antibodies[MODEL_MAX_DRUGS];
    /* From here on numbers alone. Where an option is off, its parameters are the published ones. */
    struct parameters parameters;
    struct lesion_factors factors[MODEL_MAX_LESIONS];
    struct derived_constants derived;
    struct drug_constants drugs[MODEL_MAX_DRUGS];
};

enum { MODEL_NUMBER_COUNT = (sizeof(struct model) - offsetof(struct model, parameters)) / sizeof(constant) };

/* The numbers of a model as an array, [MODEL_NUMBER_COUNT]. */
static inline constant *model_numbers(struct model *model)
{
    return (constant *)((char *)model + offsetof(struct model, parameters));
}

static inline const constant *model_numbers_of(const struct model *model)
{
    return (const constant *)((const char *)model + offsetof(struct model, parameters));
}

#endif
