/* The fluxes: what every reaction moves, named, so that a user can see why a tumour shrinks. The modules note them as
 * they compute the rates; without a place to note them (the usual case) that compiles to nothing.
 *
 * Cells per clone follow the states they belong to. A flux with two directions is positive in the direction of its
 * name. */
#ifndef ABSCOPAL_MODEL_FLUXES_H
#define ABSCOPAL_MODEL_FLUXES_H

#include <stddef.h>

#include "model/real.h"

/* X(kind, name, unit, meaning): of each kind of T cell */
#define TCELL_FLUX_TABLE(X, kind)                                                              \
    X(kind, thymic_output, "cell/d", "naive cells of one clone from the thymus")               \
    X(kind, naive_proliferation_blood, "cell/d", "of naive cells of one clone in blood")       \
    X(kind, naive_proliferation_peripheral, "cell/d", "of naive cells of one clone in tissue") \
    X(kind, naive_death_blood, "cell/d", "of naive cells of one clone in blood")               \
    X(kind, naive_death_peripheral, "cell/d", "of naive cells of one clone in tissue")         \
    X(kind, naive_to_peripheral, "cell/d", "naive cells of one clone, blood to tissue")        \
    X(kind, naive_from_peripheral, "cell/d", "naive cells of one clone, tissue to blood")      \
    X(kind, naive_to_node, "cell/d", "naive cells of one clone, blood to node")                \
    X(kind, naive_from_node, "cell/d", "naive cells of one clone, node to blood")              \
    X(kind, naive_recovery, "cell/d", "naive cells of one clone regained after radiotherapy")  \
    X(kind, activation, "cell/d", "priming of naive cells of one clone")                       \
    X(kind, dividing, "cell/d", "activated cells that finish their divisions")                 \
    X(kind, offspring, "cell/d", "of those")                                                   \
    X(kind, node_death, "cell/d", "of effectors in the node")                                  \
    X(kind, node_exit, "cell/d", "effectors leaving the node")                                 \
    X(kind, blood_arrival, "cell/d", "effectors reaching the blood from the node")             \
    X(kind, blood_death, "cell/d", "of effectors in blood")                                    \
    X(kind, to_peripheral, "cell/d", "effectors, blood to tissue")                             \
    X(kind, from_peripheral, "cell/d", "effectors, tissue to blood")                           \
    X(kind, peripheral_death, "cell/d", "of effectors in tissue")                              \
    X(kind, lesion_entry, "cell/d", "effectors, blood to all lesions")

/* X(kind, name, unit, meaning): of each antigen */
#define ANTIGEN_FLUX_TABLE(X, kind)                                              \
    X(kind, antigen_release, "nM/d", "by dying cancer cells")                    \
    X(kind, antigen_degradation, "nM/d", "of free antigen")                      \
    X(kind, antigen_uptake, "nM/d", "of free antigen by all mature APCs")        \
    X(kind, antigen_dilution, "nM/d", "of free antigen as tumours grow")         \
    X(kind, endosomal_degradation, "nM/d", "of antigen to peptide")              \
    X(kind, peptide_degradation, "nM/d", "of peptide")                           \
    X(kind, mhc_loading, "molecule/um^2/d", "of endosomal MHC, net")             \
    X(kind, mhc_export, "molecule/um^2/d", "of loaded MHC, by endosome surface") \
    X(kind, mhc_release, "molecule/um^2/d", "of peptide from surface MHC")

/* X(kind, name, unit, meaning) */
#define SHARED_FLUX_TABLE(X)                                                        \
    TCELL_FLUX_TABLE(X, cd8)                                                        \
    TCELL_FLUX_TABLE(X, treg)                                                       \
    ANTIGEN_FLUX_TABLE(X, self)                                                     \
    ANTIGEN_FLUX_TABLE(X, neo)                                                      \
    X(memory, formation, "cell/d", "CD8 cells that become memory")                  \
    X(memory, recall, "cell/d", "effector offspring of recalled memory cells")      \
    X(memory, death, "cell/d", "of memory cells")                                   \
    X(memory, recovery, "cell/d", "memory cells regained after radiotherapy")       \
    X(il2, secretion, "nM/d", "by activated CD8 cells")                             \
    X(il2, consumption, "nM/d", "by effectors")                                     \
    X(il2, degradation, "nM/d", "of interleukin-2")                                 \
    X(apc, node_renewal, "cell/d", "of immature APCs in the node, net")             \
    X(apc, mature_arrival, "cell/d", "of mature APCs in the node")                  \
    X(apc, mature_death, "cell/d", "of mature APCs in the node")                    \
    X(mhc, free_export, "molecule/um^2/d", "of free MHC, by endosome surface")      \
    X(mhc, free_internalisation, "molecule/um^2/d", "of free MHC, by cell surface") \
    X(costimulation, ligand_renewal, "1/d", "of CD80 and CD86")                     \
    X(costimulation, ligand_removal, "1/d", "of CD80 and CD86 by CTLA-4")           \
    X(lymphocyte, recovery, "1/d", "of the share lost to radiotherapy")

#define LESION_FLUX_TABLE(X)                                                          \
    X(cancer, growth, "cell/d", "of living cancer cells")                             \
    X(cancer, spontaneous_death, "cell/d", "of living cancer cells")                  \
    X(cancer, killing, "cell/d", "of living cancer cells by CD8 cells")               \
    X(resistant, growth, "cell/d", "of living resistant cancer cells")                \
    X(resistant, death, "cell/d", "of living resistant cancer cells")                 \
    X(doomed, death, "cell/d", "of cells hit by radiotherapy")                        \
    X(doomed, killing, "cell/d", "of cells hit by radiotherapy, by CD8 cells")        \
    X(dead, clearance, "cell/d", "of dead cancer cells")                              \
    X(scar, formation, "cell/d", "room of cleared cancer cells that becomes scar")    \
    X(scar, resolution, "cell/d", "of scar")                                          \
    X(cd8, entry, "cell/d", "from blood")                                             \
    X(cd8, death, "cell/d", "of CD8 cells")                                           \
    X(cd8, treg_inhibition, "cell/d", "of CD8 cells, lost to Tregs")                  \
    X(cd8, exhaustion, "cell/d", "of CD8 cells, by PD-1")                             \
    X(treg, entry, "cell/d", "from blood")                                            \
    X(treg, death, "cell/d", "of Tregs, without antibodies")                          \
    X(treg, depletion, "cell/d", "of Tregs by antibodies against CTLA-4")             \
    X(dead_tcell, clearance, "cell/d", "of dead T cells")                             \
    X(apc, renewal, "cell/d", "of immature APCs, net")                                \
    X(apc, irradiated_influx, "cell/d", "of immature APCs into an irradiated lesion") \
    X(apc, maturation, "cell/d", "of APCs")                                           \
    X(apc, migration, "cell/d", "of mature APCs towards the node")                    \
    X(apc, mature_death, "cell/d", "of mature APCs")                                  \
    X(signal, renewal, "nM/d", "of the maturation signal, net")                       \
    X(signal, release, "nM/d", "of the maturation signal by immunogenic deaths")      \
    X(signal, dilution, "nM/d", "of the maturation signal as the lesion grows")       \
    X(irradiated, fading, "1/d", "of the irradiated signal")                          \
    X(pd1, binding_pdl1, "molecule/um^2/d", "net")                                    \
    X(pd1, binding_pdl2, "molecule/um^2/d", "net")                                    \
    X(pdl1, induction, "molecule/um^2/d", "towards the irradiated level")

#define DRUG_FLUX_TABLE(X)                                     \
    X(drug, infusion, "nmol/d", "running infusions")           \
    X(drug, to_peripheral, "nmol/d", "blood to tissue, net")   \
    X(drug, to_node, "nmol/d", "blood to node, net")           \
    X(drug, to_lesions, "nmol/d", "blood to all lesions, net") \
    X(drug, afferent_arrival, "nmol/d", "lymph to node")       \
    X(drug, node_drainage, "nmol/d", "node to lymph")          \
    X(drug, efferent_arrival, "nmol/d", "lymph to blood")      \
    X(drug, clearance, "nmol/d", "from blood")

#define LESION_DRUG_FLUX_TABLE(X)                                       \
    X(drug, to_lesion, "nmol/d", "from blood, net")                     \
    X(drug, drainage, "nmol/d", "lesion to lymph")                      \
    X(drug, first_arm, "molecule/um^2/d", "binding of the target, net") \
    X(drug, second_arm, "molecule/um^2/d", "binding of a second target, net")

#define FLUX_SHARED(kind, name, unit, meaning) FLUX_##kind##_##name,
enum shared_flux { SHARED_FLUX_TABLE(FLUX_SHARED) SHARED_FLUX_COUNT };
#undef FLUX_SHARED
#define FLUX_LESION(kind, name, unit, meaning) LESION_FLUX_##kind##_##name,
enum lesion_flux { LESION_FLUX_TABLE(FLUX_LESION) LESION_FLUX_COUNT };
#undef FLUX_LESION
#define FLUX_DRUG(kind, name, unit, meaning) DRUG_FLUX_##name,
enum drug_flux { DRUG_FLUX_TABLE(FLUX_DRUG) DRUG_FLUX_COUNT };
#undef FLUX_DRUG
#define FLUX_LESION_DRUG(kind, name, unit, meaning) LESION_DRUG_FLUX_##name,
enum lesion_drug_flux { LESION_DRUG_FLUX_TABLE(FLUX_LESION_DRUG) LESION_DRUG_FLUX_COUNT };
#undef FLUX_LESION_DRUG

/* Both kinds of T cell, and both antigens, have their fluxes in the same order. */
enum { TCELL_FLUX_COUNT = FLUX_treg_thymic_output - FLUX_cd8_thymic_output };
enum { ANTIGEN_FLUX_COUNT = FLUX_neo_antigen_release - FLUX_self_antigen_release };

/* Notes a flux where there is a place for it. */
static inline void flux_note(real *fluxes, int index, real value)
{
    if (fluxes != NULL)
        fluxes[index] = value;
}

#endif
