/* The exact Jacobian of part A, by hand. */
#include "bench/part_a_system.h"

#include <math.h>

/* The states by which the tumour's volume, its dilution and the killing change, and the two bonds of PD-1, which
 * inhibit alike and so share one slope, the last one. */
enum { VOLUME_DRIVERS = 5, DILUTION_DRIVERS = 7, DRIVERS = 8, BONDS = DRIVERS - 1 };
static const int drivers[DILUTION_DRIVERS] = {C1, C_x, T_exh, T1_T, T0_T, T1_C, T0_C};

/* Quantities of the tumour and their slopes in the drivers. */
struct slopes {
    double volume, dilution, kill;
    double by_volume[DRIVERS], by_dilution[DRIVERS], by_kill[DRIVERS], by_lost[DRIVERS];
};

static inline void set(double *jacobian, int row, int column, double value)
{
    jacobian[row + PART_A_STATES * column] = value;
}

static void slopes_of_volume(const struct part_a_constants *k, const double *y, struct slopes *s)
{
    const double entry1 = k->q_T1_T_in * y[T1_C], entry0 = k->q_T0_T_in * y[T0_C]; /* per L */
    const double volumes[DRIVERS] = {k->vol_cell, k->vol_cell, k->vol_Tcell, k->vol_Tcell, k->vol_Tcell};
    s->volume = k->V_Tmin + k->vol_cell * (y[C1] + y[C_x]) + k->vol_Tcell * (y[T_exh] + y[T1_T] + y[T0_T]);
    const double growth = k->k_growth * y[C1] * (1 - y[C1] / k->C_max);
    const double rate = k->vol_cell * (growth - k->k_clear * y[C_x]) +
                        k->vol_Tcell * ((entry1 + entry0) * s->volume - k->k_clear * y[T_exh]);
    s->dilution = rate / s->volume;
    const double direct[DRIVERS] = {k->vol_cell * k->k_growth * (1 - 2 * y[C1] / k->C_max),
                                    -k->vol_cell * k->k_clear,
                                    -k->vol_Tcell * k->k_clear,
                                    0,
                                    0,
                                    k->vol_Tcell * k->q_T1_T_in * s->volume,
                                    k->vol_Tcell * k->q_T0_T_in * s->volume};
    for (int i = 0; i < DRIVERS; i++) {
        s->by_volume[i] = volumes[i];
        const double by_rate = direct[i] + k->vol_Tcell * (entry1 + entry0) * volumes[i];
        s->by_dilution[i] = (by_rate - s->dilution * volumes[i]) / s->volume;
    }
}

static void slopes_of_killing(const struct part_a_constants *k, const double *y, struct slopes *s)
{
    const double met = 1 / (y[C1] + y[T1_T] + y[T0_T] + 1);
    const double bound = (y[PD1_PDL1] + y[PD1_PDL2]) / k->PD1_50;
    const double free = 1 / (1 + bound * bound), inhibition = bound * bound * free;
    const double by_bond = 2 * bound * free * free / k->PD1_50;
    const double kill = k->k_kill * met * free, treg = k->k_Treg * met, exhaustion = k->k_exh * met * inhibition;
    s->kill = kill * y[T1_T] * y[C1];
    const double lost = treg * y[T1_T] * y[T0_T] + exhaustion * y[T1_T] * y[C1];
    for (int i = 0; i < DRIVERS; i++)
        s->by_kill[i] = s->by_lost[i] = 0;
    s->by_kill[0] = kill * y[T1_T] - s->kill * met;
    s->by_kill[3] = kill * y[C1] - s->kill * met;
    s->by_kill[4] = -s->kill * met;
    s->by_kill[BONDS] = -k->k_kill * met * y[T1_T] * y[C1] * by_bond;
    s->by_lost[0] = exhaustion * y[T1_T] - lost * met;
    s->by_lost[3] = treg * y[T0_T] + exhaustion * y[C1] - lost * met;
    s->by_lost[4] = treg * y[T1_T] - lost * met;
    s->by_lost[BONDS] = k->k_exh * met * y[T1_T] * y[C1] * by_bond;
}

/* Rows C1, C_x, T1_T, T0_T, T_exh, and what the tumour's drivers do to other rows. Every entry is written here or in
 * one function below, never in two. */
static void jacobian_tumour(const struct part_a_constants *k, const double *y, const struct slopes *s, double *j)
{
    set(j, C1, C1, k->k_growth * (1 - 2 * y[C1] / k->C_max) - k->k_C1_death - s->by_kill[0]);
    set(j, C_x, C1, k->k_C1_death + s->by_kill[0]);
    set(j, C_x, C_x, -k->k_clear);
    set(j, T_exh, C1, s->by_lost[0]);
    set(j, T_exh, T_exh, -k->k_clear);
    set(j, T_exh, T1_T, k->k_T1_death + s->by_lost[3]);
    set(j, T_exh, T0_T, k->k_T0_death + s->by_lost[4]);
    const int bonds[] = {PD1_PDL1, PD1_PDL2};
    for (int i = 0; i < 2; i++) {
        set(j, C1, bonds[i], -s->by_kill[BONDS]);
        set(j, C_x, bonds[i], s->by_kill[BONDS]);
        set(j, T_exh, bonds[i], s->by_lost[BONDS]);
        set(j, T1_T, bonds[i], -s->by_lost[BONDS]);
        set(j, P0, bonds[i], k->release0 * s->by_kill[BONDS]);
        set(j, P1, bonds[i], k->release1 * s->by_kill[BONDS]);
        set(j, c_T, bonds[i], k->damps / s->volume * s->by_kill[BONDS]);
    }
    for (int i = 3; i < VOLUME_DRIVERS; i++) {
        set(j, C1, drivers[i], -s->by_kill[i]);
        set(j, C_x, drivers[i], s->by_kill[i]);
    }
    const double entry1 = k->q_T1_T_in * y[T1_C], entry0 = k->q_T0_T_in * y[T0_C];
    for (int i = 0; i < VOLUME_DRIVERS; i++) {
        const int death1 = drivers[i] == T1_T, death0 = drivers[i] == T0_T;
        set(j, T1_T, drivers[i], entry1 * s->by_volume[i] - s->by_lost[i] - death1 * k->k_T1_death);
        set(j, T0_T, drivers[i], entry0 * s->by_volume[i] - death0 * k->k_T0_death);
        set(j, T1_C, drivers[i], -entry1 * s->by_volume[i]);
        set(j, T0_C, drivers[i], -entry0 * s->by_volume[i]);
        set(j, APC_T, drivers[i], k->k_APC_death * k->APC0_T * s->by_volume[i]);
        set(j, A_LN, drivers[i], k->q_LD * y[A_T] / k->gamma_T * s->by_volume[i] / k->V_LN);
    }
    set(j, T1_T, T1_C, k->q_T1_T_in * s->volume);
    set(j, T0_T, T0_C, k->q_T0_T_in * s->volume);
    const double to_tumour = k->q_T * (y[A_C] / k->gamma_C - y[A_T] / k->gamma_T);
    for (int i = 0; i < DILUTION_DRIVERS; i++) {
        const double by_dying = s->by_kill[i] + (i == 0) * k->k_C1_death;
        const double by_volume = s->by_volume[i] / s->volume;
        set(j, P0, drivers[i], k->release0 * by_dying - y[P0] * s->by_dilution[i]);
        set(j, P1, drivers[i], k->release1 * by_dying - y[P1] * s->by_dilution[i]);
        set(j, c_T, drivers[i],
            k->damps / s->volume * (s->by_kill[i] - s->kill * by_volume) - y[c_T] * s->by_dilution[i]);
        set(j, A_T, drivers[i], -to_tumour / s->volume * by_volume - y[A_T] * s->by_dilution[i]);
    }
}

/* Activation of naive cells of one kind. */
struct priming {
    int naive, activated, apc, mhc;
    double rate, clones, signalling;
};

static void jacobian_priming(const struct part_a_constants *k, const double *y, const struct priming *kind, double *j)
{
    const double mhc = y[kind->mhc] / kind->clones, sum = mhc + k->tcr + k->K_tcr;
    const double root = sqrt(sum * sum - 4 * mhc * k->tcr), bound = 2 * mhc * k->tcr / (sum + root);
    const double signal = kind->signalling * bound, near_half = signal + k->half_priming;
    const double primed = signal / near_half;
    const double by_mhc =
        kind->signalling * (k->tcr - bound) / root * k->half_priming / (near_half * near_half) / kind->clones;
    const double crowd = k->n_sites * y[kind->apc] + y[T1_LN] + 1, place = k->n_sites * y[kind->apc] / crowd;
    const double by[] = {kind->rate * place * primed, kind->rate * y[kind->naive] * place * by_mhc,
                         kind->rate * y[kind->naive] * primed * k->n_sites * (y[T1_LN] + 1) / (crowd * crowd),
                         -kind->rate * y[kind->naive] * primed * place / crowd};
    const int columns[] = {kind->naive, kind->mhc, kind->apc, T1_LN};
    for (int i = 0; i < 4; i++) {
        const double leaving = columns[i] == kind->naive ? k->q_LN_out : 0;
        set(j, kind->naive, columns[i], -by[i] - leaving);
        set(j, kind->activated, columns[i], kind->clones * by[i]);
    }
}

static double saturation_slope(double x, double half)
{
    return half / ((half + x) * (half + x));
}

static void jacobian_naive(const struct part_a_constants *k, const double *y, double *j)
{
    set(j, nT1_C, nT1_C, k->pro1 * saturation_slope(y[nT1_C], k->half1) - k->nT1_death - k->q_P_in - k->q_LN_in);
    set(j, nT1_C, nT1_P, k->q_T1_P_out);
    set(j, nT1_C, nT1_LN, k->q_LN_out);
    set(j, nT1_P, nT1_C, k->q_P_in);
    set(j, nT1_P, nT1_P, k->pro1 * saturation_slope(y[nT1_P], k->half1) - k->nT1_death - k->q_T1_P_out);
    set(j, nT1_LN, nT1_C, k->q_LN_in);
    set(j, nT0_C, nT0_C, k->pro0 * saturation_slope(y[nT0_C], k->half0) - k->nT0_death - k->q_P_in - k->q_LN_in);
    set(j, nT0_C, nT0_P, k->q_T0_P_out);
    set(j, nT0_C, nT0_LN, k->q_LN_out);
    set(j, nT0_P, nT0_C, k->q_P_in);
    set(j, nT0_P, nT0_P, k->pro0 * saturation_slope(y[nT0_P], k->half0) - k->nT0_death - k->q_T0_P_out);
    set(j, nT0_LN, nT0_C, k->q_LN_in);
    set(j, aT1, aT1, -k->k_T1_pro);
    set(j, aT0, aT0, -k->k_T0_pro);
}

static void jacobian_effector(const struct part_a_constants *k, const double *y, const struct slopes *s, double *j)
{
    const double by_half = saturation_slope(y[IL2], k->IL2_50), by_half_treg = saturation_slope(y[IL2], k->IL2_50_Treg);
    const double offspring = exp2(k->N_0 + k->N_IL2 * y[IL2] / (k->IL2_50 + y[IL2]));
    const double by_il2 = 0.693147180559945309417 * offspring * k->N_IL2 * by_half;
    set(j, T1_LN, aT1, offspring * k->k_T1_pro);
    set(j, T1_LN, IL2, by_il2 * k->k_T1_pro * y[aT1]);
    set(j, T1_LN, T1_LN, -k->k_T1_death - k->q_LN_out);
    set(j, T1_C, T1_LN, k->q_LN_out);
    set(j, T1_C, T1_C, -k->k_T1_death - k->q_P_in - k->q_T1_T_in * s->volume);
    set(j, T1_C, T1_P, k->q_T1_P_out);
    set(j, T1_P, T1_C, k->q_P_in);
    set(j, T1_P, T1_P, -k->q_T1_P_out - k->k_T1_death);
    set(j, T0_LN, aT0, offspring * k->k_T0_pro);
    set(j, T0_LN, IL2, by_il2 * k->k_T0_pro * y[aT0]);
    set(j, T0_LN, T0_LN, -k->k_T0_death - k->q_LN_out);
    set(j, T0_C, T0_LN, k->q_LN_out);
    set(j, T0_C, T0_C, -k->k_T0_death - k->q_P_in - k->q_T0_T_in * s->volume);
    set(j, T0_C, T0_P, k->q_T0_P_out);
    set(j, T0_P, T0_C, k->q_P_in);
    set(j, T0_P, T0_P, -k->q_T0_P_out - k->k_T0_death);
    const double consumption = k->k_IL2_cons / k->V_LN;
    set(j, IL2, aT1, k->k_IL2_sec / k->V_LN);
    set(j, IL2, T1_LN, -consumption * y[IL2] / (k->IL2_50 + y[IL2]));
    set(j, IL2, T0_LN, -consumption * y[IL2] / (k->IL2_50_Treg + y[IL2]));
    set(j, IL2, IL2, -consumption * (y[T1_LN] * by_half + y[T0_LN] * by_half_treg) - k->k_IL2_deg);
}

static void jacobian_apc(const struct part_a_constants *k, const double *y, const struct slopes *s, double *j)
{
    const double maturing = k->k_APC_mat * y[c_T] / (y[c_T] + k->c_50);
    const double by_signal = k->k_APC_mat * saturation_slope(y[c_T], k->c_50) * y[APC_T];
    set(j, APC_T, APC_T, -k->k_APC_death - maturing);
    set(j, APC_T, c_T, -by_signal);
    set(j, mAPC_T, APC_T, maturing);
    set(j, mAPC_T, c_T, by_signal);
    set(j, mAPC_T, mAPC_T, -k->k_APC_mig - k->k_mAPC_death);
    set(j, APC_LN, APC_LN, -k->k_APC_death);
    set(j, mAPC_LN, mAPC_T, k->k_APC_mig);
    set(j, mAPC_LN, mAPC_LN, -k->k_mAPC_death);
    set(j, c_T, c_T, -k->k_c - s->dilution);
}

/* One antigen, from free to presented. */
struct antigen {
    int free, endosome, peptide, mhc_endosome, mhc_surface;
    double off;
};

static void jacobian_antigen(const struct part_a_constants *k, const double *y, const struct slopes *s,
                             const struct antigen *a, double *j)
{
    const double by_peptide = k->on_M * y[M_e], by_mhc = k->on_M * y[a->peptide];
    set(j, a->free, a->free, -k->k_xP_deg - k->k_up * y[mAPC_LN] - s->dilution);
    set(j, a->free, mAPC_LN, -k->k_up * y[a->free]);
    set(j, a->endosome, a->free, k->k_up);
    set(j, a->endosome, a->endosome, -k->k_P_deg);
    set(j, a->peptide, a->endosome, k->k_P_deg);
    set(j, a->peptide, a->peptide, -k->k_p_deg - by_peptide * k->loading);
    set(j, a->peptide, M_e, -by_mhc * k->loading);
    set(j, a->peptide, a->mhc_endosome, a->off * k->loading);
    set(j, a->mhc_endosome, a->peptide, by_peptide);
    set(j, a->mhc_endosome, M_e, by_mhc);
    set(j, a->mhc_endosome, a->mhc_endosome, -a->off - k->k_out);
    set(j, a->mhc_surface, a->mhc_endosome, k->k_out * k->area_ratio);
    set(j, a->mhc_surface, a->mhc_surface, -a->off);
    set(j, M_e, a->peptide, -by_peptide);
    set(j, M_e, a->mhc_endosome, a->off);
    set(j, M_s, a->mhc_surface, a->off);
}

static void jacobian_mhc(const struct part_a_constants *k, const double *y, double *j)
{
    set(j, M_e, M_e, -k->k_out - k->on_M * (y[pep0] + y[pep1]));
    set(j, M_e, M_s, k->k_in / k->area_ratio);
    set(j, M_s, M_e, k->k_out * k->area_ratio);
    set(j, M_s, M_s, -k->k_in);
}

static void jacobian_synapse(const struct part_a_constants *k, const double *y, double *j)
{
    const double drug = 2 * k->on_A / k->gamma_syn;
    const double by_pd1[] = {k->on_PDL1 * y[PDL1], k->on_PDL2 * y[PDL2], drug * y[A_T], k->cross_A * y[PD1_A]};
    const double second_by_bound = k->cross_A * y[PD1];
    set(j, PD1, PD1, -by_pd1[0] - by_pd1[1] - by_pd1[2] - by_pd1[3]);
    set(j, PD1, PDL1, -k->on_PDL1 * y[PD1]);
    set(j, PD1, PDL2, -k->on_PDL2 * y[PD1]);
    set(j, PD1, PD1_PDL1, k->off_PDL1);
    set(j, PD1, PD1_PDL2, k->off_PDL2);
    set(j, PD1, A_T, -drug * y[PD1]);
    set(j, PD1, PD1_A, k->off_A - second_by_bound);
    set(j, PD1, PD1_A_PD1, 2 * k->off_A);
    set(j, PDL1, PD1, -by_pd1[0]);
    set(j, PDL1, PDL1, -k->on_PDL1 * y[PD1]);
    set(j, PDL1, PD1_PDL1, k->off_PDL1);
    set(j, PD1_PDL1, PD1, by_pd1[0]);
    set(j, PD1_PDL1, PDL1, k->on_PDL1 * y[PD1]);
    set(j, PD1_PDL1, PD1_PDL1, -k->off_PDL1);
    set(j, PDL2, PD1, -by_pd1[1]);
    set(j, PDL2, PDL2, -k->on_PDL2 * y[PD1]);
    set(j, PDL2, PD1_PDL2, k->off_PDL2);
    set(j, PD1_PDL2, PD1, by_pd1[1]);
    set(j, PD1_PDL2, PDL2, k->on_PDL2 * y[PD1]);
    set(j, PD1_PDL2, PD1_PDL2, -k->off_PDL2);
    set(j, PD1_A, PD1, by_pd1[2] - by_pd1[3]);
    set(j, PD1_A, A_T, drug * y[PD1]);
    set(j, PD1_A, PD1_A, -k->off_A - second_by_bound);
    set(j, PD1_A, PD1_A_PD1, 2 * k->off_A);
    set(j, PD1_A_PD1, PD1, by_pd1[3]);
    set(j, PD1_A_PD1, PD1_A, second_by_bound);
    set(j, PD1_A_PD1, PD1_A_PD1, -2 * k->off_A);
}

static void jacobian_drug(const struct part_a_constants *k, const struct slopes *s, double *j)
{
    const double drained = k->q_LD / k->gamma_T, returned = k->q_LD / k->gamma_LN;
    set(j, A_C, A_C, -((k->q_P + k->q_T + k->q_LN) / k->gamma_C + k->k_cl) / k->V_C);
    set(j, A_C, A_P, k->q_P / k->gamma_P / k->V_C);
    set(j, A_C, A_T, k->q_T / k->gamma_T / k->V_C);
    set(j, A_C, A_LN, (k->q_LN / k->gamma_LN + returned * k->V_LN) / k->V_C);
    set(j, A_P, A_C, k->q_P / k->gamma_C / k->V_P);
    set(j, A_P, A_P, -k->q_P / k->gamma_P / k->V_P);
    set(j, A_T, A_C, k->q_T / k->gamma_C / s->volume);
    set(j, A_T, A_T, -k->q_T / k->gamma_T / s->volume - drained - s->dilution);
    set(j, A_LN, A_C, k->q_LN / k->gamma_C / k->V_LN);
    set(j, A_LN, A_T, drained * s->volume / k->V_LN);
    set(j, A_LN, A_LN, -k->q_LN / k->gamma_LN / k->V_LN - returned);
}

void part_a_jacobian(const double *state, double *jacobian)
{
    const struct part_a_constants *k = &part_a_constants;
    const struct priming cd8 = {nT1_LN, aT1, mAPC_LN, Mp1_s, k->k_T1_act, k->clones1, k->proofreading};
    const struct priming treg = {nT0_LN, aT0, APC_LN, Mp0_s, k->k_T0_act, k->clones0, 1};
    const struct antigen self = {P0, P0_e, pep0, Mp0_e, Mp0_s, k->off_M0};
    const struct antigen neo = {P1, P1_e, pep1, Mp1_e, Mp1_s, k->off_M1};
    struct slopes s;
    slopes_of_volume(k, state, &s);
    slopes_of_killing(k, state, &s);
    jacobian_tumour(k, state, &s, jacobian);
    jacobian_priming(k, state, &cd8, jacobian);
    jacobian_priming(k, state, &treg, jacobian);
    jacobian_naive(k, state, jacobian);
    jacobian_effector(k, state, &s, jacobian);
    jacobian_apc(k, state, &s, jacobian);
    jacobian_antigen(k, state, &s, &self, jacobian);
    jacobian_antigen(k, state, &s, &neo, jacobian);
    jacobian_mhc(k, state, jacobian);
    jacobian_synapse(k, state, jacobian);
    jacobian_drug(k, &s, jacobian);
}
