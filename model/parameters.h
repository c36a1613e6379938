/* The parameters: one table, so that name, unit, default, range and source stand once.
 *
 * Units are the model's own: day (d), cell, litre (L), nanomolar (nM), micrometre (um), molecule/um^2, millimetre,
 * gray. Cohort files may use any unit of the same dimension. `symbol` is the name in the published QSP-IO model (Sove
 * 2020, doi:10.1002/psp4.12546), "" for what that model does not have. The range is what a cohort file may set; it is
 * wider than what is plausible. */
#ifndef ABSCOPAL_MODEL_PARAMETERS_H
#define ABSCOPAL_MODEL_PARAMETERS_H

#include "model/real.h"

/* X(name, symbol, unit, default, lower, upper, meaning, source) */
#define PARAMETER_TABLE(X)                                                                                             \
    /* ---- Volumes and sizes */                                                                                       \
    X(blood_volume, "V_C", "L", 5, 1, 10, "blood", "doi:10.1002/psp4.12040")                                           \
    X(peripheral_volume, "V_P", "L", 60, 10, 120, "peripheral tissue", "estimated (Sove 2020)")                        \
    X(minimum_tumour_volume, "V_Tmin", "L", 1e-9, 1e-12, 1e-6, "a lesion without cells", "estimated (Sove 2020)")      \
    X(node_count, "nLNs", "1", 21, 1, 200, "tumour-draining lymph nodes", "doi:10.1590/s1806-37132007000200006")       \
    X(node_diameter, "D_LN", "mm", 5, 1, 30, "of one lymph node", "doi:10.1590/s1806-37132007000200006")               \
    X(cancer_cell_diameter, "D_cell", "um", 16.9, 5, 40, "of a cancer cell", "doi:10.1371/journal.pone.0067466")       \
    X(tcell_diameter, "D_Tcell", "um", 6.94, 3, 20, "of a T cell", "doi:10.1136/jcp.34.10.1083")                       \
    X(tcell_volume, "vol_Tcell", "um^3/cell", 176, 20, 4000, "of a T cell", "doi:10.1136/jcp.34.10.1083")              \
    /* ---- Cancer */                                                                                                  \
    X(cancer_growth_rate, "k_C1_growth", "1/d", 0.012, 0, 1, "logistic growth", "doi:10.1208/s12248-019-0302-5")       \
    X(cancer_death_rate, "k_C1_death", "1/d", 1e-5, 0, 1, "spontaneous death", "PMID 3156189")                         \
    X(cancer_turnover_rate, "", "1/d", 0, 0, 1, "death made good by as much growth: antigen without shrinkage",        \
      "definition; 0 as published")                                                                                    \
    X(maximum_tumour_diameter, "D_T_max", "mm", 200, 10, 1000, "carrying capacity",                                    \
      "doi:10.1371/journal.pone.0093430")                                                                              \
    X(cancer_cell_density, "rho_cell", "cell/L", 1e12, 1e10, 1e13, "at carrying capacity", "doi:10.4161/cc.8.3.7608")  \
    X(dead_cell_clearance_rate, "k_cell_clear", "1/d", 0.03, 1e-4, 10, "of dead cells", "estimated (Sove 2020)")       \
    X(resistant_fraction, "", "1", 0, 0, 1, "of the cells when lesions are seeded, that CD8 cells do not kill",        \
      "0 as published; subclonal neo-antigens and loss of MHC: McGranahan 2016 doi:10.1126/science.aaf1490")           \
    X(scar_fraction, "", "1", 0, 0, 1, "of the room of cleared cancer cells, stays as scar",                           \
      "0 as published; fibrosis and stroma of regression beds: Cottrell 2018 doi:10.1093/annonc/mdy218")               \
    X(scar_resolution_rate, "", "1/d", 0.003, 1e-5, 10, "of scar",                                                     \
      "assumed: masses of fibrosis stay for a year or more (Huang 2012 doi:10.1016/j.radonc.2011.12.018)")             \
    X(seed_cancer_cells, "", "cell", 1e6, 1, 1e9, "of the first lesion when growth to baseline begins",                \
      "assumed: a lesion of 1.7 mm, below the detection limit")                                                        \
    /* ---- T cells */                                                                                                 \
    X(cd8_diversity, "div_T1", "1", 1.11e6, 1e3, 1e9, "CD8 clonotypes", "doi:10.1182/blood-2009-04-217604")            \
    X(treg_diversity, "div_T0", "1", 1.16e6, 1e3, 1e9, "Treg clonotypes", "doi:10.1182/blood-2009-04-217604")          \
    X(cd8_clones, "n_T1_clones", "1", 100, 1e-3, 1e5, "tumour-specific CD8 clones", "doi:10.1038/psp.2014.30")         \
    X(treg_clones, "n_T0_clones", "1", 1000, 1e-3, 1e5, "self-specific Treg clones", "doi:10.1038/psp.2014.30")        \
    X(node_entry_rate, "q_LN_T1_in", "1/d/L", 70, 0, 1e4, "naive cells from a litre of blood into the nodes",          \
      "doi:10.1038/psp.2014.30")                                                                                       \
    X(node_exit_rate, "q_T1_LN_out", "1/d", 1.13, 0, 100, "T cells from nodes to blood", "doi:10.1038/psp.2014.30")    \
    X(cd8_activation_rate, "k_T1_act", "1/d", 20, 0, 1e3, "priming of naive CD8 cells", "doi:10.1038/psp.2014.30")     \
    X(treg_activation_rate, "k_T0_act", "1/d", 20, 0, 1e3, "priming of naive Tregs", "doi:10.1038/psp.2014.30")        \
    X(cd8_proliferation_rate, "k_T1_pro", "1/d", 1, 0, 10, "of activated CD8 cells", "doi:10.1126/science.1260044")    \
    X(treg_proliferation_rate, "k_T0_pro", "1/d", 1, 0, 10, "of activated Tregs", "doi:10.1126/science.1260044")       \
    X(cd8_death_rate, "k_T1_death", "1/d", 2, 0, 50, "of effector CD8 cells", "doi:10.1038/psp.2014.30")               \
    X(treg_death_rate, "k_T0_death", "1/d", 2, 0, 50, "of effector Tregs", "doi:10.1038/psp.2014.30")                  \
    X(cd8_thymic_output, "Q_nT1_thym", "cell/d", 3.2e9, 0, 1e12, "naive CD8 cells", "doi:10.4049/jimmunol.0900743")    \
    X(treg_thymic_output, "Q_nT0_thym", "cell/d", 5e8, 0, 1e12, "naive Tregs", "doi:10.3389/fimmu.2015.00171")         \
    X(naive_cd8_proliferation, "k_nT1_pro", "cell/d", 3.2e8, 0, 1e12, "homeostatic, at saturation",                    \
      "doi:10.1016/j.immuni.2012.02.006")                                                                              \
    X(naive_treg_proliferation, "k_nT0_pro", "cell/d", 3.2e8, 0, 1e12, "homeostatic, at saturation",                   \
      "doi:10.1016/j.immuni.2012.02.006")                                                                              \
    X(naive_cd8_half_proliferation, "K_nT1_pro", "cell", 1e9, 1, 1e13, "cells at half of it",                          \
      "doi:10.1016/j.immuni.2012.02.006")                                                                              \
    X(naive_treg_half_proliferation, "K_nT0_pro", "cell", 1e9, 1, 1e13, "cells at half of it",                         \
      "doi:10.1016/j.immuni.2012.02.006")                                                                              \
    X(naive_cd8_death_rate, "k_nT1_death", "1/d", 0.002, 0, 1, "naive CD8 cells", "doi:10.1016/j.immuni.2012.02.006")  \
    X(naive_treg_death_rate, "k_nT0_death", "1/d", 0.002, 0, 1, "naive Tregs", "doi:10.1016/j.immuni.2012.02.006")     \
    X(transmigration_rate, "k_mig", "1/d/cell", 1.44e-9, 0, 1e-6, "across the vessel wall, per adhesion site",         \
      "doi:10.1038/psp.2014.30")                                                                                       \
    X(adhesion_site_density, "rho_adh", "cell/L", 1e11, 0, 1e14, "of the vessel wall", "doi:10.1038/psp.2014.30")      \
    X(peripheral_vessel_fraction, "gamma_P", "1", 0.0067, 0, 1, "blood in peripheral tissue", "estimated (Sove 2020)") \
    X(tumour_vessel_fraction, "gamma_T", "1", 0.0067, 0, 1, "blood in a tumour", "estimated (Sove 2020)")              \
    X(cd8_infiltration, "", "1", 1, 0, 100, "transport into tumours over the reference", "definition")                 \
    X(treg_infiltration, "", "1", 1, 0, 100, "transport into tumours over the reference", "definition")                \
    X(cd8_peripheral_exit_rate, "q_T1_P_out", "1/d", 1, 0, 100, "tissue to blood", "doi:10.1038/psp.2014.30")          \
    X(treg_peripheral_exit_rate, "q_T0_P_out", "1/d", 0.015, 0, 100, "tissue to blood", "doi:10.1038/psp.2014.30")     \
    X(killing_rate, "k_C_T1", "1/d", 18, 0, 1e4, "of cancer cells by CD8 cells", "estimated (Sove 2020)")              \
    X(exhaustion_rate, "k_T1", "1/d", 0.1, 0, 100, "of CD8 cells by PD-1", "estimated (Sove 2020)")                    \
    X(treg_inhibition_rate, "k_Treg", "1/d", 0.1, 0, 100, "of CD8 cells by Tregs", "estimated (Sove 2020)")            \
    X(killing_half_tcells, "", "1", 1.2, 0, 1e3, "K_T_C: CD8 cells for each cancer cell at half killing",              \
      "Robertson-Tessi 2012 PMID 22051568")                                                                            \
    X(killing_half_tregs, "", "1", 11, 0, 1e3, "K_T_Treg: CD8 cells for each Treg at half killing",                    \
      "Robertson-Tessi 2012 PMID 22051568")                                                                            \
    X(memory_fraction, "", "1", 1.69e-4, 0, 1, "of the offspring of primed CD8 cells, become memory",                  \
      "prototype set C; order of magnitude Kaech 2002 doi:10.1038/nri778")                                             \
    X(memory_death_rate, "", "1/d", 0.005, 0, 1, "of memory CD8 cells",                                                \
      "prototype set C; faster than the years of vaccination (Akondy 2017 doi:10.1038/nature24633)")                   \
    X(recall_rate, "", "1/d", 0.105, 0, 1e3, "activation of memory CD8 cells", "prototype set C")                      \
    X(recall_divisions, "", "1", 10, 0, 25, "of a recalled memory cell", "prototype set A")                            \
    X(recall_sensitivity, "", "1", 10, 0.1, 1e4, "by which memory needs fewer receptors than naive cells",             \
      "prototype set A; direction: Curtsinger 1998 J Immunol 160:3236")                                                \
    X(il2_degradation_rate, "k_IL2_deg", "1/d", 288, 0, 1e5, "of interleukin-2", "PMID 3871099")                       \
    X(il2_consumption_rate, "k_IL2_cons", "nmol/cell/d", 1.44e-4, 0, 1, "at saturation", "PMID 3871099")               \
    X(il2_secretion_rate, "k_IL2_sec", "nmol/cell/d", 7.2e-4, 0, 1, "by activated CD8 cells",                          \
      "doi:10.1371/journal.pcbi.1004206 doi:10.1073/pnas.1117194109")                                                  \
    X(il2_half_cd8, "IL2_50", "nM", 0.32, 1e-6, 1e3, "half-maximal for CD8 cells", "doi:10.1126/science.1260044")      \
    X(il2_half_treg, "IL2_50_Treg", "nM", 0.0032, 1e-6, 1e3, "half-maximal for Tregs", "doi:10.1084/jem.166.4.1055")   \
    X(divisions_base, "N0", "1", 15, 0, 25, "of an activated cell, without IL-2", "doi:10.1126/science.1260044")       \
    X(divisions_il2, "N_IL2", "1", 2, 0, 10, "added by saturating IL-2", "doi:10.1126/science.1260044")                \
    /* ---- Antigen-presenting cells */                                                                                \
    X(apc_maturation_rate, "k_APC_mat", "1/d", 1.5, 0, 100, "at saturating signal", "doi:10.1038/psp.2014.30")         \
    X(apc_migration_rate, "k_APC_mig", "1/d", 4, 0, 100, "mature, to the node", "doi:10.1016/j.celrep.2016.01.048")    \
    X(apc_death_rate, "k_APC_death", "1/d", 0.01, 0, 10, "immature", "doi:10.1074/jbc.M112.448126")                    \
    X(mature_apc_death_rate, "k_mAPC_death", "1/d", 0.02, 0, 10, "mature", "doi:10.1074/jbc.M112.448126")              \
    X(lymphatic_transit_rate, "", "1/d", 4, 0.01, 1e9, "through afferent or efferent lymphatics", "assumed: hours")    \
    X(apc_density_tumour, "APC0_T", "cell/L", 4e8, 0, 1e12, "immature, at rest", "doi:10.1016/j.cell.2017.04.014")     \
    X(apc_density_node, "APC0_LN", "cell/L", 1.2e9, 0, 1e12, "immature, at rest", "doi:10.1016/j.immuni.2004.08.007")  \
    X(maturation_signal_turnover, "k_c", "1/d", 2, 0, 1e3, "of the maturation signal", "doi:10.1038/psp.2014.30")      \
    X(maturation_signal_baseline, "c0", "nM", 1, 0, 1e3, "without cell death", "doi:10.1038/psp.2014.30")              \
    X(maturation_signal_half, "c50", "nM", 1, 1e-6, 1e6, "half-maximal maturation", "doi:10.1038/psp.2014.30")         \
    X(damps_per_cell, "DAMPs", "nmol/cell", 1.34e-5, 0, 1, "signal released by an immunogenic death",                  \
      "doi:10.1002/bies.201300066 doi:10.1155/2016/7436849")                                                           \
    X(apc_sites, "n_sites_APC", "1", 10, 0, 1e3, "T cells one APC can serve", "doi:10.1038/psp.2014.30")               \
    /* ---- Antigen presentation; self antigen drives Tregs, neo-antigen CD8 cells */                                  \
    X(mhc_per_apc, "", "molecule", 2e6, 0, 1e9,                                                                        \
      "MHC as published: spread over endosomes and surface, started in the "                                           \
      "endosomes alone",                                                                                               \
      "doi:10.1038/psp.2014.30")                                                                                       \
    X(endosome_count, "", "1", 10, 1, 1e4, "per APC", "doi:10.1006/jtbi.1996.0190")                                    \
    X(endosome_volume, "", "L", 4e-17, 1e-20, 1e-12, "of one", "doi:10.1006/jtbi.1996.0190")                           \
    X(endosome_area, "", "um^2", 1.5, 0.01, 1e3, "of one", "doi:10.1006/jtbi.1996.0190")                               \
    X(apc_surface_area, "A_s", "um^2", 900, 10, 1e5, "of an APC", "doi:10.1006/jtbi.1996.0190")                        \
    X(mhc_internalisation_rate, "kin", "1/d", 14.4, 1e-6, 1e4, "surface to endosome", "doi:10.1038/psp.2014.30")       \
    X(mhc_export_rate, "kout", "1/d", 28.8, 0, 1e4, "endosome to surface", "doi:10.1038/psp.2014.30")                  \
    X(antigen_uptake_rate, "k_P1_up", "1/d/cell", 14.4, 0, 1e6, "by one mature APC", "doi:10.1038/psp.2014.30")        \
    X(antigen_degradation_rate, "k_xP1_deg", "1/d", 2, 0, 1e4, "free", "doi:10.1074/jbc.M112.448126")                  \
    X(endosomal_degradation_rate, "k_P1_deg", "1/d", 17.28, 0, 1e5, "antigen to peptide", "doi:10.1038/psp.2014.30")   \
    X(peptide_degradation_rate, "k_p1_deg", "1/d", 144, 0, 1e6, "of peptide", "doi:10.1038/psp.2014.30")               \
    X(mhc_on_rate, "k_P1_on", "1/nM/d", 1.44e-4, 0, 1e3, "peptide on MHC", "doi:10.1006/jtbi.1996.0190")               \
    X(self_peptide_dissociation, "k_P0_d1", "nM", 100, 1e-3, 1e6, "self peptide from MHC", "Sove 2020")                \
    X(neo_peptide_dissociation, "k_P1_d1", "nM", 40, 1e-3, 1e6, "neo-peptide from MHC", "Sove 2020")                   \
    X(self_antigen_per_cell, "P0_C1", "nM/cell", 10, 0, 1e6, "per clone and dying cell", "Sove 2020")                  \
    X(neo_antigen_per_cell, "P1_C1", "nM/cell", 10, 0, 1e6, "per clone and dying cell", "Sove 2020")                   \
    X(tcr_per_tcell, "", "molecule", 15708, 0, 1e7, "T-cell receptors", "doi:10.1038/nri3728")                         \
    X(tcr_on_rate, "k_M1p1_TCR_on", "um^2/molecule/d", 86400, 1e-3, 1e9, "receptor on peptide-MHC",                    \
      "doi:10.1038/nri3728")                                                                                           \
    X(tcr_off_rate, "k_M1p1_TCR_off", "1/d", 86400, 1e-3, 1e9, "receptor off peptide-MHC", "doi:10.1038/nri3728")      \
    X(tcr_phosphorylation_rate, "k_M1p1_TCR_p", "1/d", 86400, 0, 1e9, "a proofreading step", "doi:10.1038/nri3728")    \
    X(tcr_signal_loss_rate, "phi_M1p1_TCR", "1/d", 7776, 0, 1e9, "limited signalling", "doi:10.1038/nri3728")          \
    X(tcr_proofreading_steps, "N_M1p1_TCR", "1", 10, 0, 50, "kinetic proofreading", "doi:10.1038/nri3728")             \
    X(synapse_area, "A_syn", "um^2", 37.8, 1, 1e3, "T cell on APC", "doi:10.4049/jimmunol.175.3.1575")                 \
    X(half_priming_receptors, "", "molecule", 0.001, 1e-9, 1e3, "signalling receptors of a synapse at half priming",   \
      "doi:10.1002/eji.1830271230")                                                                                    \
    /* ---- PD-1 checkpoint */                                                                                         \
    X(pd1_per_tcell, "T_PD1_total", "molecule", 6e4, 0, 1e8, "PD-1", "doi:10.1074/jbc.M112.448126")                    \
    X(pdl1_per_cancer_cell, "C_PDL1_total", "molecule", 1.6e6, 0, 1e9, "PD-L1", "doi:10.1074/jbc.M112.448126")         \
    X(pdl2_to_pdl1_ratio, "", "1", 0.025, 0, 10, "PD-L2 over PD-L1", "doi:10.1074/jbc.M112.448126 (4e4 over 1.6e6)")   \
    X(synapse_width, "", "nm", 3, 0.1, 100, "gap between the cells", "doi:10.4049/jimmunol.175.3.1575")                \
    X(pd1_pdl1_on_rate, "", "1/nM/d", 15.12, 0, 1e6, "in solution", "doi:10.1074/jbc.M112.448126")                     \
    X(pd1_pdl1_dissociation, "", "nM", 8200, 1e-3, 1e9, "in solution", "doi:10.1074/jbc.M112.448126")                  \
    X(pd1_pdl2_on_rate, "", "1/nM/d", 19.872, 0, 1e6, "in solution", "doi:10.1074/jbc.M112.448126")                    \
    X(pd1_pdl2_dissociation, "", "nM", 2300, 1e-3, 1e9, "in solution", "doi:10.1074/jbc.M112.448126")                  \
    X(pd1_half, "PD1_50", "molecule/um^2", 20, 1e-3, 1e5, "bound PD-1 at half inhibition", "estimated (Sove 2020)")    \
    X(pd1_hill, "n_PD1", "1", 2, 0.5, 10, "Hill exponent", "estimated (Sove 2020)")                                    \
    /* ---- CTLA-4 checkpoint */                                                                                       \
    X(cd28_per_tcell, "", "molecule", 184000, 0, 1e8, "CD28", "Jansson 2005 PMID 16034096 (9200, times 20)")           \
    X(ctla4_per_tcell, "", "molecule", 8000, 0, 1e8, "CTLA-4 in the node",                                             \
      "Jansson 2005 PMID 16034096 (400, times 20)")                                                                    \
    X(cd80_per_apc, "", "molecule", 80000, 0, 1e9, "CD80 without CTLA-4",                                              \
      "Jansson 2005 PMID 16034096 (4000, times 20)")                                                                   \
    X(cd86_per_apc, "", "molecule", 860000, 0, 1e9, "CD86 without CTLA-4",                                             \
      "Jansson 2005 PMID 16034096 (43000, times 20)")                                                                  \
    X(cd28_cd80_dissociation, "", "nM", 4000, 1e-3, 1e9, "in solution", "Jansson 2005 PMID 16034096")                  \
    X(cd28_cd86_dissociation, "", "nM", 20000, 1e-3, 1e9, "in solution", "Jansson 2005 PMID 16034096")                 \
    X(ctla4_cd80_dissociation, "", "nM", 420, 1e-3, 1e9, "in solution", "Jansson 2005 PMID 16034096")                  \
    X(ctla4_cd86_dissociation, "", "nM", 2600, 1e-3, 1e9, "in solution", "Jansson 2005 PMID 16034096")                 \
    X(costimulation_half, "", "molecule/um^2", 200, 1e-3, 1e6, "bound CD28 at half co-stimulation", "MODEL.md B3")     \
    X(costimulation_divisions, "", "1", 3, 0, 20, "added by full over no co-stimulation", "MODEL.md B3")               \
    X(costimulation_ligand_turnover, "", "1/d", 1, 1e-3, 1e3, "of CD80 and CD86 on APCs",                              \
      "assumed: a day, the life of B7 on activated dendritic cells")                                                   \
    X(transendocytosis_rate, "", "1/d", 5.7, 0, 1e4, "removal of CD80 and CD86 by CTLA-4, none of it blocked",         \
      "calibrated: 70 % inhibition (Parry 2005 PMID 16227604); mechanism Qureshi 2011 doi:10.1126/science.1202947")    \
    X(ctla4_per_tumour_treg, "", "molecule", 5000, 0, 1e8, "CTLA-4 on a Treg in a tumour", "MODEL.md B3")              \
    X(adcc_half_bound, "", "molecule", 1000, 1e-3, 1e8, "antibody-bound CTLA-4 at half depletion",                     \
      "MODEL.md B3; indirectly Richards 2008 PMID 18723496")                                                           \
    X(adcc_rate, "", "1/d", 0.1, 0, 100, "death of tumour Tregs fully marked by antibody",                             \
      "MODEL.md B3; indirectly Richards 2008 PMID 18723496")                                                           \
    /* ---- Radiotherapy */                                                                                            \
    X(radiosensitivity_alpha, "", "1/Gy", 0.156, 0, 2, "linear-quadratic alpha of cancer cells",                       \
      "prototype set C; lung cancer lines 0.1-0.4")                                                                    \
    X(alpha_beta_ratio, "", "Gy", 10, 0.1, 100, "alpha over beta of cancer cells", "convention for NSCLC")             \
    X(linear_transition_dose, "", "Gy", 20, 0, 1e3, "beyond it log survival is linear in dose",                        \
      "Astrahan 2008 doi:10.1118/1.2969065 (2 alpha/beta)")                                                            \
    X(repair_half_time, "", "d", 0.0625, 1e-4, 10, "of sublethal damage (1.5 h)", "Oliver 1964; 0.5-3 h in tumours")   \
    X(doomed_death_rate, "", "1/d", 0.136, 1e-3, 10, "of lethally hit cancer cells", "prototype set C; about 0.2")     \
    X(immunogenic_half_dose, "", "Gy", 5.725, 0.1, 100, "fraction size of half the immunogenic weight",                \
      "prototype set C; 6-12 Gy: Vanpouille-Box 2017 doi:10.1038/ncomms15618")                                         \
    X(immunogenic_hill, "", "1", 3.196, 0.5, 10, "its Hill exponent", "prototype set C")                               \
    X(immunogenic_falloff_dose, "", "Gy", 18, 1, 1e3, "fraction size at which Trex1 halves the weight",                \
      "Vanpouille-Box 2017 doi:10.1038/ncomms15618 (12-18 Gy)")                                                        \
    X(immunogenic_falloff_hill, "", "1", 4, 0.5, 20, "its exponent", "assumed: steep, as in Vanpouille-Box 2017")      \
    X(microenvironment_decay_rate, "", "1/d", 0.0456, 1e-4, 10, "of the irradiated state", "prototype set C")          \
    X(irradiated_apc_influx_rate, "", "1/d", 0.135, 0, 100, "of resting APC density, at full signal",                  \
      "prototype set C")                                                                                               \
    X(irradiated_cd8_infiltration_gain, "", "1", 0.48, 0, 100, "of CD8 infiltration at full signal",                   \
      "prototype set C; Lugade 2005 doi:10.4049/jimmunol.174.12.7516")                                                 \
    X(irradiated_treg_infiltration_gain, "", "1", 0.5, 0, 100, "of Treg infiltration at full signal",                  \
      "assumed; direction: Kachikwu 2011 doi:10.1016/j.ijrobp.2010.09.034")                                            \
    X(irradiated_pdl1_gain, "", "1", 1, 0, 100, "of PD-L1 at full signal",                                             \
      "prototype set C; direction: Deng 2014 "                                                                         \
      "doi:10.1172/JCI67313")                                                                                          \
    X(irradiated_killing_gain, "", "1", 0.5, 0, 100, "of killing by more MHC-I at full signal",                        \
      "assumed; direction: Reits 2006 doi:10.1084/jem.20052494")                                                       \
    X(pdl1_turnover_rate, "", "1/d", 1, 0, 1e3, "towards the irradiated level", "assumed: hours to a day")             \
    X(tumour_tcell_alpha, "", "1/Gy", 0.09, 0, 5, "loss of T cells in the field", "prototype set C")                   \
    X(tumour_apc_alpha, "", "1/Gy", 0.05, 0, 5, "loss of APCs in the field", "prototype set A")                        \
    X(lymphocyte_field_fraction, "", "1", 0.054, 0, 1, "of recirculating lymphocytes passing the field in a fraction", \
      "calibrated: 19 % lost by 50 Gy in 4, 47 % by 45 Gy in 15 (NCT02444741)")                                        \
    X(lymphocyte_alpha, "", "1/Gy", 0.69, 0, 5, "loss of those", "calibrated with lymphocyte_field_fraction")          \
    X(lymphocyte_recovery_rate, "", "1/d", 0.01, 0, 10, "homeostatic, of the lost share", "prototype set A")

#define PARAMETER_MEMBER(name, symbol, unit, value, lower, upper, meaning, source) constant name;
struct parameters {
    PARAMETER_TABLE(PARAMETER_MEMBER)
};
#undef PARAMETER_MEMBER

enum { PARAMETER_COUNT = sizeof(struct parameters) / sizeof(constant) };

struct parameter_description {
    const char *name;
    const char *symbol; /* in the published model, or "" */
    const char *unit;
    double value; /* default */
    double lower, upper;
    const char *meaning;
    const char *source;
};

/* Row `index` of the table (0 to PARAMETER_COUNT - 1), or NULL. */
const struct parameter_description *parameter_describe(int index);

/* Row of the parameter of that name, or -1. */
int parameter_find(const char *name);

/* The value of row `index`; the index must be valid. */
double parameter_get(const struct parameters *parameters, int index);
void parameter_set(struct parameters *parameters, int index, double value);

/* Every parameter at its default. */
void parameters_default(struct parameters *parameters);

#endif
