/* The states and constants of part A by the symbols of its publication (Sove 2020, doi:10.1002/psp4.12546). Rates and
 * Jacobian are written with these; nobody else needs them. Suffixes of states: C blood, P peripheral tissue, LN node, T
 * tumour; e endosome, s surface of an antigen-presenting cell. 1 stands for CD8 cells and neo-antigen, 0 for Tregs and
 * self antigen; n naive, a activated, pep peptide, M MHC, A the antibody. */
#ifndef ABSCOPAL_BENCH_PART_A_SYSTEM_H
#define ABSCOPAL_BENCH_PART_A_SYSTEM_H

#include "bench/part_a.h"

/* X(symbol, name in QSP-IO) */
#define PART_A_STATE_TABLE(X) \
    X(nT1_C, "V_C.nT1")       \
    X(nT1_P, "V_P.nT1")       \
    X(nT1_LN, "V_LN.nT1")     \
    X(nT0_C, "V_C.nT0")       \
    X(nT0_P, "V_P.nT0")       \
    X(nT0_LN, "V_LN.nT0")     \
    X(aT1, "aT1")             \
    X(aT0, "aT0")             \
    X(T1_LN, "V_LN.T1")       \
    X(T1_C, "V_C.T1")         \
    X(T1_P, "V_P.T1")         \
    X(T0_LN, "V_LN.T0")       \
    X(T0_C, "V_C.T0")         \
    X(T0_P, "V_P.T0")         \
    X(IL2, "IL2")             \
    X(APC_LN, "V_LN.APC")     \
    X(mAPC_LN, "V_LN.mAPC")   \
    X(P0, "V_T.P0")           \
    X(P0_e, "V_e.P0")         \
    X(pep0, "p0")             \
    X(P1, "V_T.P1")           \
    X(P1_e, "V_e.P1")         \
    X(pep1, "p1")             \
    X(M_e, "A_e.M1")          \
    X(Mp0_e, "A_e.M1p0")      \
    X(Mp1_e, "A_e.M1p1")      \
    X(M_s, "A_s.M1")          \
    X(Mp0_s, "A_s.M1p0")      \
    X(Mp1_s, "A_s.M1p1")      \
    X(A_C, "V_C.nivolumab")   \
    X(A_P, "V_P.nivolumab")   \
    X(A_LN, "V_LN.nivolumab") \
    X(C1, "C1")               \
    X(C_x, "C_x")             \
    X(T_exh, "T_exh")         \
    X(T1_T, "V_T.T1")         \
    X(T0_T, "V_T.T0")         \
    X(APC_T, "V_T.APC")       \
    X(mAPC_T, "V_T.mAPC")     \
    X(c_T, "c")               \
    X(PD1, "PD1")             \
    X(PDL1, "PDL1")           \
    X(PDL2, "PDL2")           \
    X(PD1_PDL1, "PD1_PDL1")   \
    X(PD1_PDL2, "PD1_PDL2")   \
    X(A_T, "V_T.nivolumab")   \
    X(PD1_A, "PD1_aPD1")      \
    X(PD1_A_PD1, "PD1_aPD1_PD1")

#define PART_A_SYMBOL(symbol, published) symbol,
enum part_a_state { PART_A_STATE_TABLE(PART_A_SYMBOL) };
#undef PART_A_SYMBOL

/* X(symbol, meaning) */
#define PART_A_CONSTANT_TABLE(X)                                           \
    X(V_C, "blood, L")                                                     \
    X(V_P, "peripheral tissue, L")                                         \
    X(V_LN, "lymph nodes, L")                                              \
    X(V_Tmin, "tumour without cells, L")                                   \
    X(vol_cell, "a cancer cell, L")                                        \
    X(vol_Tcell, "a T cell, L")                                            \
    X(k_growth, "cancer cells grow, 1/d")                                  \
    X(C_max, "carrying capacity, cell")                                    \
    X(k_C1_death, "cancer cells die, 1/d")                                 \
    X(k_clear, "dead cells are cleared, 1/d")                              \
    X(k_kill, "CD8 cells kill, 1/d")                                       \
    X(k_T1_death, "CD8 effectors die, 1/d")                                \
    X(k_T0_death, "Tregs die, 1/d")                                        \
    X(k_Treg, "Tregs inhibit CD8 cells, 1/d")                              \
    X(k_exh, "PD-1 exhausts CD8 cells, 1/d")                               \
    X(q_T1_T_in, "CD8 cells enter a litre of tumour, 1/d")                 \
    X(q_T0_T_in, "Tregs enter a litre of tumour, 1/d")                     \
    X(thym1, "naive CD8 cells of a clone from the thymus, cell/d")         \
    X(pro1, "their proliferation, cell/d")                                 \
    X(half1, "and its half-maximum, cell")                                 \
    X(nT1_death, "naive CD8 cells die, 1/d")                               \
    X(thym0, "naive Tregs of a clone from the thymus, cell/d")             \
    X(pro0, "their proliferation, cell/d")                                 \
    X(half0, "and its half-maximum, cell")                                 \
    X(nT0_death, "naive Tregs die, 1/d")                                   \
    X(q_P_in, "T cells from blood to tissue, 1/d")                         \
    X(q_T1_P_out, "CD8 cells back, 1/d")                                   \
    X(q_T0_P_out, "Tregs back, 1/d")                                       \
    X(q_LN_in, "naive cells from blood to nodes, 1/d")                     \
    X(q_LN_out, "T cells from nodes to blood, 1/d")                        \
    X(n_sites, "T cells that an APC serves")                               \
    X(k_T1_act, "naive CD8 cells are activated, 1/d")                      \
    X(k_T0_act, "naive Tregs are activated, 1/d")                          \
    X(k_T1_pro, "activated CD8 cells divide, 1/d")                         \
    X(k_T0_pro, "activated Tregs divide, 1/d")                             \
    X(clones1, "of CD8 cells")                                             \
    X(clones0, "of Tregs")                                                 \
    X(tcr, "T-cell receptors, molecule/um^2")                              \
    X(K_tcr, "their dissociation, molecule/um^2")                          \
    X(proofreading, "share of bound receptors that signals")               \
    X(half_priming, "signalling receptors at half priming, molecule/um^2") \
    X(N_0, "divisions without interleukin-2")                              \
    X(N_IL2, "divisions that it adds")                                     \
    X(IL2_50, "half-maximum for CD8 cells, nM")                            \
    X(IL2_50_Treg, "half-maximum for Tregs, nM")                           \
    X(k_IL2_deg, "interleukin-2 is degraded, 1/d")                         \
    X(k_IL2_cons, "and consumed, nmol/cell/d")                             \
    X(k_IL2_sec, "and secreted, nmol/cell/d")                              \
    X(k_APC_mat, "APCs mature, 1/d")                                       \
    X(k_APC_mig, "mature ones migrate, 1/d")                               \
    X(k_APC_death, "immature ones are renewed, 1/d")                       \
    X(k_mAPC_death, "mature ones die, 1/d")                                \
    X(APC0_T, "at rest in the tumour, cell/L")                             \
    X(APC0_LN, "at rest in the nodes, cell/L")                             \
    X(k_c, "maturation signal turns over, 1/d")                            \
    X(c_0, "without cell death, nM")                                       \
    X(c_50, "at half maturation, nM")                                      \
    X(damps, "released by a killed cell, nmol")                            \
    X(release0, "self antigen of a dying cell, all clones, nM")            \
    X(release1, "neo-antigen of a dying cell, all clones, nM")             \
    X(k_xP_deg, "free antigen is degraded, 1/d")                           \
    X(k_up, "and taken up by a mature APC, 1/d")                           \
    X(k_P_deg, "antigen is cut to peptide, 1/d")                           \
    X(k_p_deg, "peptide is degraded, 1/d")                                 \
    X(on_M, "peptide binds MHC, 1/nM/d")                                   \
    X(off_M0, "self peptide leaves it, 1/d")                               \
    X(off_M1, "neo-peptide leaves it, 1/d")                                \
    X(loading, "nM of peptide for a molecule/um^2 of the endosome")        \
    X(k_in, "MHC is taken in, 1/d")                                        \
    X(k_out, "MHC is exported, 1/d")                                       \
    X(area_ratio, "endosomes over surface")                                \
    X(PD1_50, "bound PD-1 at half inhibition, molecule/um^2")              \
    X(on_PDL1, "PD-1 binds PD-L1, um^2/molecule/d")                        \
    X(off_PDL1, "and leaves it, 1/d")                                      \
    X(on_PDL2, "PD-1 binds PD-L2, um^2/molecule/d")                        \
    X(off_PDL2, "and leaves it, 1/d")                                      \
    X(on_A, "the antibody binds PD-1, 1/nM/d")                             \
    X(off_A, "and leaves it, 1/d")                                         \
    X(cross_A, "its second arm binds, um^2/molecule/d")                    \
    X(gamma_syn, "share of the synapse open to it")                        \
    X(q_P, "antibody to peripheral tissue, L/d")                           \
    X(q_T, "to the tumour, L/d")                                           \
    X(q_LN, "to the nodes, L/d")                                           \
    X(q_LD, "drained by lymph, 1/d")                                       \
    X(k_cl, "cleared, L/d")                                                \
    X(gamma_C, "share of blood open to it")                                \
    X(gamma_P, "of peripheral tissue")                                     \
    X(gamma_T, "of the tumour")                                            \
    X(gamma_LN, "of the nodes")

#define PART_A_MEMBER(symbol, meaning) double symbol;
struct part_a_constants {
    PART_A_CONSTANT_TABLE(PART_A_MEMBER)
};
#undef PART_A_MEMBER

extern struct part_a_constants part_a_constants;

#endif
