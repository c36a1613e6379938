/* The drug library: pharmacokinetics and binding of checkpoint antibodies. */
#ifndef ABSCOPAL_MODEL_ANTIBODIES_H
#define ABSCOPAL_MODEL_ANTIBODIES_H

#include <stddef.h>

enum antibody_target { TARGET_PD1, TARGET_PDL1, TARGET_CTLA4 };
enum { ANTIBODY_TARGET_COUNT = 3 };

/* One drug. Flows are permeability-surface flows between compartments (L/d); gamma is the share of a compartment's
 * volume that the drug can enter; the target binds one arm, then the second arm of the same antibody binds another
 * molecule on the same cell (chi, bivalency). */
struct antibody {
    const char *name;
    enum antibody_target target;
    double molar_mass_g_per_mol;
    double peripheral_flow_l_per_d;
    double tumour_flow_l_per_d; /* nsclc: into a lesion of the reference volume, a sphere of 3 cm */
    double node_flow_l_per_d;
    double lymphatic_drainage_per_d;
    double clearance_l_per_d;
    double saturable_clearance_nmol_per_d; /* 0: none */
    double saturable_half_nanomolar;
    double gamma_blood, gamma_peripheral, gamma_tumour, gamma_node;
    double on_rate_per_nanomolar_d;
    double dissociation_nanomolar;
    double cross_arm_3d; /* chi before division by the synapse's width; dimensionless */
    const char *source;
};

#endif
