/* The right-hand side of part A. Plain assignments only: bench/mrgsolve_model.py makes the mrgsolve model of them. */
#include "bench/part_a_system.h"

#include <math.h>

/* Passed from one part to the next. */
struct flows {
    double V_T, dV_T, dilution; /* of the tumour: L, L/d, 1/d */
    double killed, dying;       /* cell/d */
    double in1, in0;            /* T cells from blood into the tumour, cell/d */
    double act1, act0;          /* naive cells of one clone activated, cell/d */
};

static inline void rates_tumour(const struct part_a_constants *k, const double *y, double *dydt, struct flows *m)
{
    m->V_T = k->V_Tmin + k->vol_cell * (y[C1] + y[C_x]) + k->vol_Tcell * (y[T_exh] + y[T1_T] + y[T0_T]);
    m->in1 = k->q_T1_T_in * m->V_T * y[T1_C];
    m->in0 = k->q_T0_T_in * m->V_T * y[T0_C];
    const double met = 1 / (y[C1] + y[T1_T] + y[T0_T] + 1);
    const double bound = (y[PD1_PDL1] + y[PD1_PDL2]) / k->PD1_50;
    const double inhibition = bound * bound / (1 + bound * bound);
    m->killed = k->k_kill * y[T1_T] * y[C1] * met * (1 - inhibition);
    m->dying = k->k_C1_death * y[C1] + m->killed;
    const double growth = k->k_growth * y[C1] * (1 - y[C1] / k->C_max);
    const double lost = y[T1_T] * met * (k->k_Treg * y[T0_T] + k->k_exh * y[C1] * inhibition);
    dydt[C1] = growth - m->dying;
    dydt[C_x] = m->dying - k->k_clear * y[C_x];
    dydt[T1_T] = m->in1 - k->k_T1_death * y[T1_T] - lost;
    dydt[T0_T] = m->in0 - k->k_T0_death * y[T0_T];
    dydt[T_exh] = k->k_T1_death * y[T1_T] + k->k_T0_death * y[T0_T] + lost - k->k_clear * y[T_exh];
    /* Cells that die in the tumour keep their volume. */
    m->dV_T = k->vol_cell * (growth - k->k_clear * y[C_x]) + k->vol_Tcell * (m->in1 + m->in0 - k->k_clear * y[T_exh]);
    m->dilution = m->dV_T / m->V_T;
}

static inline void rates_priming(const struct part_a_constants *k, const double *y, double *dydt, struct flows *m)
{
    const double mhc1 = y[Mp1_s] / k->clones1;
    const double mhc0 = y[Mp0_s] / k->clones0;
    const double sum1 = mhc1 + k->tcr + k->K_tcr;
    const double sum0 = mhc0 + k->tcr + k->K_tcr;
    const double bound1 = k->proofreading * 2 * mhc1 * k->tcr / (sum1 + sqrt(sum1 * sum1 - 4 * mhc1 * k->tcr));
    const double bound0 = 2 * mhc0 * k->tcr / (sum0 + sqrt(sum0 * sum0 - 4 * mhc0 * k->tcr));
    const double place1 = k->n_sites * y[mAPC_LN] / (k->n_sites * y[mAPC_LN] + y[T1_LN] + 1);
    const double place0 = k->n_sites * y[APC_LN] / (k->n_sites * y[APC_LN] + y[T1_LN] + 1);
    m->act1 = k->k_T1_act * place1 * bound1 / (bound1 + k->half_priming) * y[nT1_LN];
    m->act0 = k->k_T0_act * place0 * bound0 / (bound0 + k->half_priming) * y[nT0_LN];
    dydt[aT1] = k->clones1 * m->act1 - k->k_T1_pro * y[aT1];
    dydt[aT0] = k->clones0 * m->act0 - k->k_T0_pro * y[aT0];
}

static inline void rates_naive(const struct part_a_constants *k, const double *y, double *dydt, const struct flows *m)
{
    const double pass1 = k->q_P_in * y[nT1_C] - k->q_T1_P_out * y[nT1_P];
    const double pass0 = k->q_P_in * y[nT0_C] - k->q_T0_P_out * y[nT0_P];
    const double node1 = k->q_LN_in * y[nT1_C] - k->q_LN_out * y[nT1_LN];
    const double node0 = k->q_LN_in * y[nT0_C] - k->q_LN_out * y[nT0_LN];
    dydt[nT1_C] = k->thym1 + k->pro1 * y[nT1_C] / (k->half1 + y[nT1_C]) - k->nT1_death * y[nT1_C] - pass1 - node1;
    dydt[nT1_P] = k->pro1 * y[nT1_P] / (k->half1 + y[nT1_P]) - k->nT1_death * y[nT1_P] + pass1;
    dydt[nT1_LN] = node1 - m->act1;
    dydt[nT0_C] = k->thym0 + k->pro0 * y[nT0_C] / (k->half0 + y[nT0_C]) - k->nT0_death * y[nT0_C] - pass0 - node0;
    dydt[nT0_P] = k->pro0 * y[nT0_P] / (k->half0 + y[nT0_P]) - k->nT0_death * y[nT0_P] + pass0;
    dydt[nT0_LN] = node0 - m->act0;
}

static inline void rates_effector(const struct part_a_constants *k, const double *y, double *dydt,
                                  const struct flows *m)
{
    const double offspring = exp2(k->N_0 + k->N_IL2 * y[IL2] / (k->IL2_50 + y[IL2]));
    dydt[T1_LN] = offspring * k->k_T1_pro * y[aT1] - (k->k_T1_death + k->q_LN_out) * y[T1_LN];
    dydt[T1_C] = k->q_LN_out * y[T1_LN] - (k->k_T1_death + k->q_P_in) * y[T1_C] + k->q_T1_P_out * y[T1_P] - m->in1;
    dydt[T1_P] = k->q_P_in * y[T1_C] - (k->q_T1_P_out + k->k_T1_death) * y[T1_P];
    dydt[T0_LN] = offspring * k->k_T0_pro * y[aT0] - (k->k_T0_death + k->q_LN_out) * y[T0_LN];
    dydt[T0_C] = k->q_LN_out * y[T0_LN] - (k->k_T0_death + k->q_P_in) * y[T0_C] + k->q_T0_P_out * y[T0_P] - m->in0;
    dydt[T0_P] = k->q_P_in * y[T0_C] - (k->q_T0_P_out + k->k_T0_death) * y[T0_P];
    const double consumed =
        k->k_IL2_cons * (y[T1_LN] * y[IL2] / (k->IL2_50 + y[IL2]) + y[T0_LN] * y[IL2] / (k->IL2_50_Treg + y[IL2]));
    dydt[IL2] = (k->k_IL2_sec * y[aT1] - consumed) / k->V_LN - k->k_IL2_deg * y[IL2];
}

static inline void rates_apc(const struct part_a_constants *k, const double *y, double *dydt, const struct flows *m)
{
    const double maturing = k->k_APC_mat * y[c_T] / (y[c_T] + k->c_50) * y[APC_T];
    dydt[APC_T] = k->k_APC_death * (k->APC0_T * m->V_T - y[APC_T]) - maturing;
    dydt[mAPC_T] = maturing - (k->k_APC_mig + k->k_mAPC_death) * y[mAPC_T];
    dydt[APC_LN] = k->k_APC_death * (k->APC0_LN * k->V_LN - y[APC_LN]);
    dydt[mAPC_LN] = k->k_APC_mig * y[mAPC_T] - k->k_mAPC_death * y[mAPC_LN];
    dydt[c_T] = k->k_c * (k->c_0 - y[c_T]) + m->killed * k->damps / m->V_T - y[c_T] * m->dilution;
}

static inline void rates_antigen(const struct part_a_constants *k, const double *y, double *dydt, const struct flows *m)
{
    const double cleared = k->k_xP_deg + k->k_up * y[mAPC_LN] + m->dilution;
    const double loaded0 = k->on_M * y[pep0] * y[M_e] - k->off_M0 * y[Mp0_e];
    const double loaded1 = k->on_M * y[pep1] * y[M_e] - k->off_M1 * y[Mp1_e];
    dydt[P0] = k->release0 * m->dying - cleared * y[P0];
    dydt[P0_e] = k->k_up * y[P0] - k->k_P_deg * y[P0_e];
    dydt[pep0] = k->k_P_deg * y[P0_e] - k->k_p_deg * y[pep0] - loaded0 * k->loading;
    dydt[Mp0_e] = loaded0 - k->k_out * y[Mp0_e];
    dydt[Mp0_s] = k->k_out * y[Mp0_e] * k->area_ratio - k->off_M0 * y[Mp0_s];
    dydt[P1] = k->release1 * m->dying - cleared * y[P1];
    dydt[P1_e] = k->k_up * y[P1] - k->k_P_deg * y[P1_e];
    dydt[pep1] = k->k_P_deg * y[P1_e] - k->k_p_deg * y[pep1] - loaded1 * k->loading;
    dydt[Mp1_e] = loaded1 - k->k_out * y[Mp1_e];
    dydt[Mp1_s] = k->k_out * y[Mp1_e] * k->area_ratio - k->off_M1 * y[Mp1_s];
    dydt[M_e] = k->k_in * y[M_s] / k->area_ratio - k->k_out * y[M_e] - loaded0 - loaded1;
    dydt[M_s] = k->k_out * y[M_e] * k->area_ratio - k->k_in * y[M_s] + k->off_M0 * y[Mp0_s] + k->off_M1 * y[Mp1_s];
}

static inline void rates_synapse(const struct part_a_constants *k, const double *y, double *dydt)
{
    const double bond1 = k->on_PDL1 * y[PD1] * y[PDL1] - k->off_PDL1 * y[PD1_PDL1];
    const double bond2 = k->on_PDL2 * y[PD1] * y[PDL2] - k->off_PDL2 * y[PD1_PDL2];
    const double first = 2 * k->on_A * y[PD1] * y[A_T] / k->gamma_syn - k->off_A * y[PD1_A];
    const double second = k->cross_A * y[PD1] * y[PD1_A] - 2 * k->off_A * y[PD1_A_PD1];
    dydt[PD1] = -bond1 - bond2 - first - second;
    dydt[PDL1] = -bond1;
    dydt[PDL2] = -bond2;
    dydt[PD1_PDL1] = bond1;
    dydt[PD1_PDL2] = bond2;
    dydt[PD1_A] = first - second;
    dydt[PD1_A_PD1] = second;
}

static inline void rates_drug(const struct part_a_constants *k, const double *y, double *dydt, const struct flows *m)
{
    const double plasma = y[A_C] / k->gamma_C;
    const double to_P = k->q_P * (plasma - y[A_P] / k->gamma_P);
    const double to_T = k->q_T * (plasma - y[A_T] / k->gamma_T);
    const double to_LN = k->q_LN * (plasma - y[A_LN] / k->gamma_LN);
    const double drained = k->q_LD * y[A_T] / k->gamma_T * m->V_T;
    const double returned = k->q_LD * y[A_LN] / k->gamma_LN * k->V_LN;
    dydt[A_C] = (returned - to_P - to_T - to_LN - k->k_cl * y[A_C]) / k->V_C;
    dydt[A_P] = to_P / k->V_P;
    dydt[A_T] = (to_T - drained) / m->V_T - y[A_T] * m->dilution;
    dydt[A_LN] = (to_LN + drained - returned) / k->V_LN;
}

void part_a_rates(const double *state, double *rate)
{
    const struct part_a_constants *k = &part_a_constants;
    struct flows m;
    rates_tumour(k, state, rate, &m);
    rates_priming(k, state, rate, &m);
    rates_naive(k, state, rate, &m);
    rates_effector(k, state, rate, &m);
    rates_apc(k, state, rate, &m);
    rates_antigen(k, state, rate, &m);
    rates_synapse(k, state, rate);
    rates_drug(k, state, rate, &m);
}
