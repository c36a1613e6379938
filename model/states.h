/* The states: one table for each kind, so that name, unit, tolerance and meaning stand once.
 *
 * The absolute tolerance is what the solver may get wrong where a state is next to nothing: at most a ten-millionth of
 * the state's usual size in a patient, and for cells well below one cell. `published` is the name in the QSP-IO model.
 * Naive cells are per clone. The order is the order in the state array. */
#ifndef ABSCOPAL_MODEL_STATES_H
#define ABSCOPAL_MODEL_STATES_H

#include "model/real.h"

/* X(name, unit, absolute tolerance, published, meaning) */
#define SHARED_STATE_TABLE(X)                                                                                     \
    X(naive_cd8_blood, "cell", 1e-6, "V_C.nT1", "naive CD8 cells of one clone in blood")                          \
    X(naive_cd8_peripheral, "cell", 1e-6, "V_P.nT1", "naive CD8 cells of one clone in peripheral tissue")         \
    X(naive_cd8_node, "cell", 1e-6, "V_LN.nT1", "naive CD8 cells of one clone in the lymph node")                 \
    X(naive_treg_blood, "cell", 1e-6, "V_C.nT0", "naive Tregs of one clone in blood")                             \
    X(naive_treg_peripheral, "cell", 1e-6, "V_P.nT0", "naive Tregs of one clone in peripheral tissue")            \
    X(naive_treg_node, "cell", 1e-6, "V_LN.nT0", "naive Tregs of one clone in the lymph node")                    \
    X(activated_cd8, "cell", 1e-6, "aT1", "CD8 cells dividing in the lymph node")                                 \
    X(activated_treg, "cell", 1e-6, "aT0", "Tregs dividing in the lymph node")                                    \
    X(cd8_node, "cell", 1e-3, "V_LN.T1", "effector CD8 cells in the lymph node")                                  \
    X(cd8_blood, "cell", 1e-3, "V_C.T1", "effector CD8 cells in blood")                                           \
    X(cd8_peripheral, "cell", 1e-3, "V_P.T1", "effector CD8 cells in peripheral tissue")                          \
    X(treg_node, "cell", 1e-3, "V_LN.T0", "effector Tregs in the lymph node")                                     \
    X(treg_blood, "cell", 1e-3, "V_C.T0", "effector Tregs in blood")                                              \
    X(treg_peripheral, "cell", 1e-3, "V_P.T0", "effector Tregs in peripheral tissue")                             \
    X(memory_cd8, "cell", 1e-3, "", "memory CD8 cells in the lymph node")                                         \
    X(cd8_lymph, "cell", 1e-3, "", "effector CD8 cells in efferent lymph")                                        \
    X(treg_lymph, "cell", 1e-3, "", "effector Tregs in efferent lymph")                                           \
    X(il2, "nM", 1e-14, "IL2", "interleukin-2 in the lymph node")                                                 \
    X(apc_node, "cell", 1e-3, "V_LN.APC", "immature antigen-presenting cells in the lymph node")                  \
    X(mature_apc_node, "cell", 1e-3, "V_LN.mAPC", "mature antigen-presenting cells in the lymph node")            \
    X(mature_apc_lymph, "cell", 1e-4, "", "mature antigen-presenting cells in afferent lymph")                    \
    X(costimulation_ligand, "1", 1e-9, "", "share of CD80 and CD86 left on antigen-presenting cells of the node") \
    X(self_antigen, "nM", 1e-7, "V_T.P0", "free self antigen")                                                    \
    X(self_antigen_endosome, "nM", 1e-7, "V_e.P0", "self antigen in endosomes")                                   \
    X(self_peptide, "nM", 1e-8, "p0", "self peptide in endosomes")                                                \
    X(neo_antigen, "nM", 1e-7, "V_T.P1", "free neo-antigen")                                                      \
    X(neo_antigen_endosome, "nM", 1e-7, "V_e.P1", "neo-antigen in endosomes")                                     \
    X(neo_peptide, "nM", 1e-8, "p1", "neo-peptide in endosomes")                                                  \
    X(mhc_endosome, "molecule/um^2", 1e-7, "A_e.M1", "free MHC in endosomes")                                     \
    X(self_mhc_endosome, "molecule/um^2", 1e-10, "A_e.M1p0", "MHC with self peptide in endosomes")                \
    X(neo_mhc_endosome, "molecule/um^2", 1e-10, "A_e.M1p1", "MHC with neo-peptide in endosomes")                  \
    X(mhc_surface, "molecule/um^2", 1e-8, "A_s.M1", "free MHC on the surface")                                    \
    X(self_mhc_surface, "molecule/um^2", 1e-9, "A_s.M1p0", "MHC with self peptide on the surface")                \
    X(neo_mhc_surface, "molecule/um^2", 1e-9, "A_s.M1p1", "MHC with neo-peptide on the surface")                  \
    X(depleted_share, "1", 1e-10, "", "recirculating lymphocytes lost to radiotherapy and not yet replaced")

/* X(name, unit, absolute tolerance, published, meaning), for each lesion */
#define LESION_STATE_TABLE(X)                                                                              \
    X(cancer_cells, "cell", 1e-3, "C1", "living cancer cells")                                             \
    X(resistant_cells, "cell", 1e-3, "", "living cancer cells that CD8 cells do not kill")                 \
    X(doomed_cells, "cell", 1e-3, "", "cancer cells lethally hit by radiotherapy, not yet dead")           \
    X(immunogenic_cells, "cell", 1e-3, "", "doomed cells weighted by how immunogenic their death will be") \
    X(dead_cells, "cell", 1e-3, "C_x", "dead cancer cells not yet cleared")                                \
    X(scar_cells, "cell", 1e-3, "", "room that dead cancer cells leave as scar, in cells")                 \
    X(dead_tcells, "cell", 1e-3, "T_exh", "dead and exhausted T cells not yet cleared")                    \
    X(cd8_cells, "cell", 1e-3, "V_T.T1", "effector CD8 cells")                                             \
    X(treg_cells, "cell", 1e-3, "V_T.T0", "Tregs")                                                         \
    X(apc_cells, "cell", 1e-5, "V_T.APC", "immature antigen-presenting cells")                             \
    X(mature_apc_cells, "cell", 1e-5, "V_T.mAPC", "mature antigen-presenting cells")                       \
    X(maturation_signal, "nM", 1e-9, "c", "signal by which antigen-presenting cells mature")               \
    X(irradiated_signal, "1", 1e-9, "", "irradiated state of the microenvironment")                        \
    X(pd1, "molecule/um^2", 1e-7, "PD1", "free PD-1 in the synapse")                                       \
    X(pdl1, "molecule/um^2", 1e-7, "PDL1", "free PD-L1 in the synapse")                                    \
    X(pdl2, "molecule/um^2", 1e-8, "PDL2", "free PD-L2 in the synapse")                                    \
    X(pd1_pdl1, "molecule/um^2", 1e-7, "PD1_PDL1", "PD-1 bound to PD-L1")                                  \
    X(pd1_pdl2, "molecule/um^2", 1e-8, "PD1_PDL2", "PD-1 bound to PD-L2")

/* X(name, unit, absolute tolerance, published, meaning), for each drug */
#define DRUG_STATE_TABLE(X)                                                      \
    X(drug_blood, "nM", 1e-7, "V_C.nivolumab", "drug in blood")                  \
    X(drug_peripheral, "nM", 1e-7, "V_P.nivolumab", "drug in peripheral tissue") \
    X(drug_afferent, "nmol", 1e-7, "", "drug in afferent lymph")                 \
    X(drug_efferent, "nmol", 1e-7, "", "drug in efferent lymph")                 \
    X(drug_node, "nM", 1e-7, "V_LN.nivolumab", "drug in the lymph node")

/* X(name, unit, absolute tolerance, published, meaning), for each drug in each lesion */
#define LESION_DRUG_STATE_TABLE(X)                                                             \
    X(drug_tumour, "nM", 1e-7, "V_T.nivolumab", "drug in the lesion")                          \
    X(bound_once, "molecule/um^2", 1e-7, "PD1_aPD1", "target held by one arm of the antibody") \
    X(bound_twice, "molecule/um^2", 1e-7, "PD1_aPD1_PD1", "pairs of targets held by both arms")

#define STATE_MEMBER(name, unit, tolerance, published, meaning) real name;
struct shared_states {
    SHARED_STATE_TABLE(STATE_MEMBER)
};
struct lesion_states {
    LESION_STATE_TABLE(STATE_MEMBER)
};
struct drug_states {
    DRUG_STATE_TABLE(STATE_MEMBER)
};
struct lesion_drug_states {
    LESION_DRUG_STATE_TABLE(STATE_MEMBER)
};
#undef STATE_MEMBER

enum {
    SHARED_STATE_COUNT = sizeof(struct shared_states) / sizeof(real),
    LESION_STATE_COUNT = sizeof(struct lesion_states) / sizeof(real),
    DRUG_STATE_COUNT = sizeof(struct drug_states) / sizeof(real),
    LESION_DRUG_STATE_COUNT = sizeof(struct lesion_drug_states) / sizeof(real)
};

#endif
