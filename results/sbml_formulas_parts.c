/* Quantities of lesions, drugs and fields of radiotherapy; rates. */
#include "results/sbml_formulas.h"

/* clang-format off */
static const struct sbml_formula lesion_quantities[] = {
    {"@volume_l", "L", NULL,
     "minimum_tumour_volume + cancer_cell_volume_l * (@dead_cells{?scar: + @scar_cells} + @cancer_cells"
     "{?resistance: + @resistant_cells} + @doomed_cells) + "
     "tcell_volume_l * (@dead_tcells + @cd8_cells + @treg_cells)", "volume"},
    {"@diameter_mm", "mm", NULL, "2 * root(3, 3 * @volume_l * 1e6 [mm^3/L] / (4 * pi))",
     "of a sphere of that volume"},
    {"@irradiated", "1", NULL, "@irradiated_signal / (1 + @irradiated_signal)",
     "irradiated share of the microenvironment"},
    {"@tumour_cells", "cell", NULL, "@cancer_cells + @doomed_cells{?resistance: + @resistant_cells}",
     "living and doomed cancer cells"},
    {"@all_cells", "cell", "!cell_ratios", "@tumour_cells + @cd8_cells + @treg_cells + 1 [cell]",
     "what T cells meet"},
    {"@pd1_occupied", "1", NULL, "(@pd1_pdl1 + @pd1_pdl2) / pd1_half", "bound PD-1 over that at half inhibition"},
    {"@pd1_raised", "1", NULL, "piecewise(@pd1_occupied^pd1_hill, @pd1_occupied > 0, 0)", "to the Hill exponent"},
    {"@pd1_inhibition", "1", NULL, "@pd1_raised / (1 + @pd1_raised)", "inhibition of T cells by PD-1"},
    {"@uninhibited_killing", "1/d", "!cell_ratios", "killing_rate * @cd8_cells / @all_cells",
     "of each cancer cell where nothing inhibits"},
    {"@uninhibited_killing", "1/d", "cell_ratios",
     "killing_rate * @cd8_cells^2 / ((killing_half_tcells * @tumour_cells + @cd8_cells + 1 [cell]) * "
     "(@cd8_cells + killing_half_tregs * @treg_cells + 1 [cell]))", "of each cancer cell where nothing inhibits"},
    {"@killing_per_d", "1/d", NULL,
     "@uninhibited_killing * (1 - @pd1_inhibition) * (1 + irradiated_killing_gain * @irradiated)",
     "of each cancer cell, by CD8 cells"},

    /* Cancer cells */
    {"@growth_per_d", "1/d", NULL,
     "(cancer_growth_rate * @growth_factor + cancer_turnover_rate) * (1 - @tumour_cells / maximum_cancer_cells)",
     "logistic growth of cancer cells"},
    {"@flux_cancer_growth", NULL, NULL, "@growth_per_d * @cancer_cells", NULL},
    {"@flux_cancer_spontaneous_death", NULL, NULL,
     "(cancer_death_rate + cancer_turnover_rate) * @cancer_cells", NULL},
    {"@flux_cancer_killing", NULL, NULL, "@killing_per_d * @cancer_cells", NULL},
    {"@flux_resistant_growth", NULL, "resistance", "@growth_per_d * @resistant_cells", NULL},
    {"@flux_resistant_death", NULL, "resistance",
     "(cancer_death_rate + cancer_turnover_rate) * @resistant_cells", NULL},
    {"@flux_doomed_death", NULL, NULL, "doomed_death_rate * @doomed_cells", NULL},
    {"@flux_doomed_killing", NULL, NULL, "@killing_per_d * @doomed_cells", NULL},
    {"@flux_dead_clearance", NULL, NULL, "dead_cell_clearance_rate * @dead_cells", NULL},
    {"@flux_scar_formation", NULL, "scar", "scar_fraction * @flux_dead_clearance", NULL},
    {"@flux_scar_resolution", NULL, "scar", "scar_resolution_rate * @scar_cells", NULL},
    {"@dying_cells", "cell/d", NULL,
     "@flux_cancer_spontaneous_death{?resistance: + @flux_resistant_death} + @flux_doomed_death + "
     "@flux_cancer_killing + @flux_doomed_killing", "cancer cells dying"},
    {"@immunogenic_deaths", "cell/d", NULL,
     "@flux_cancer_killing + @flux_doomed_killing + doomed_death_rate * @immunogenic_cells",
     "those that release the maturation signal"},
    {"@volume_rate", "L/d", NULL,
     "cancer_cell_volume_l * (@flux_cancer_growth{?resistance: + @flux_resistant_growth} - @flux_dead_clearance"
     "{?scar: + @flux_scar_formation - @flux_scar_resolution}) + "
     "tcell_volume_l * (@flux_cd8_entry + @flux_treg_entry - @flux_dead_tcell_clearance)", "growth in volume"},

    /* T cells */
    {"@%_entry_per_d", "1/d", NULL,
     "%_tumour_entry_per_l_d * @infiltration_factor * @volume_l * "
     "(1 + irradiated_%_infiltration_gain * @irradiated)", "effectors of the blood that enter"},
    {"@flux_%_entry", NULL, NULL, "@%_entry_per_d * %_blood", NULL},
    {"@flux_%_death", NULL, NULL, "%_death_rate * @%_cells", NULL},
    {"@flux_cd8_treg_inhibition", NULL, NULL,
     "treg_inhibition_rate * @cd8_cells * @treg_cells / "
     "{?cell_ratios:(@cd8_cells + @treg_cells + 1 [cell])}{?!cell_ratios:@all_cells}", NULL},
    {"@flux_cd8_exhaustion", NULL, NULL,
     "exhaustion_rate * @cd8_cells * @tumour_cells / "
     "{?cell_ratios:(@cd8_cells + @tumour_cells + 1 [cell])}{?!cell_ratios:@all_cells} * @pd1_inhibition", NULL},
    {"@flux_dead_tcell_clearance", NULL, NULL, "dead_cell_clearance_rate * @dead_tcells", NULL},
    {"@held_once", "1", "treg_depletion ctla4",
     "{+ctla4:#ctla4_held_per_nanomolar * @#drug_tumour / #gamma_tumour}",
     "CTLA-4 of Tregs held by one arm over free CTLA-4"},
    {"@held_twice", "um^2/molecule", "treg_depletion ctla4",
     "{+ctla4:#ctla4_held_per_nanomolar * @#drug_tumour / #gamma_tumour * #ctla4_held_twice_um2}",
     "held by both arms over free CTLA-4, for a density of it"},
    {"@free_ctla4", "1", "treg_depletion ctla4",
     "2 / (1 + @held_once + sqrt((1 + @held_once)^2 + 4 * @held_twice * treg_ctla4_per_um2))",
     "share of the CTLA-4 of Tregs that no antibody holds"},
    {"@marking", "1", "treg_depletion ctla4", "ctla4_per_tumour_treg * (1 - @free_ctla4) / adcc_half_bound",
     "CTLA-4 held on a Treg over that at half depletion"},
    {"@treg_depletion_per_d", "1/d", "treg_depletion ctla4", "adcc_rate * @marking^2 / (1 + @marking^2)",
     "death of Tregs that antibodies mark"},
    {"@flux_treg_depletion", NULL, "treg_depletion ctla4", "@treg_depletion_per_d * @treg_cells", NULL},

    /* Antigen-presenting cells */
    {"@apc_resting", "cell", NULL, "apc_density_tumour * @volume_l", "immature antigen-presenting cells at rest"},
    {"@flux_apc_renewal", NULL, NULL, "apc_death_rate * (@apc_resting - @apc_cells)", NULL},
    {"@flux_apc_irradiated_influx", NULL, NULL, "irradiated_apc_influx_rate * @irradiated * @apc_resting", NULL},
    {"@flux_apc_maturation", NULL, NULL,
     "apc_maturation_rate * @maturation_signal / (@maturation_signal + maturation_signal_half) * @apc_cells", NULL},
    {"@flux_apc_migration", NULL, NULL, "apc_migration_rate * @mature_apc_cells", NULL},
    {"@flux_apc_mature_death", NULL, NULL, "mature_apc_death_rate * @mature_apc_cells", NULL},
    {"@flux_signal_renewal", NULL, NULL,
     "maturation_signal_turnover * (maturation_signal_baseline - @maturation_signal)", NULL},
    {"@flux_signal_release", NULL, NULL, "@immunogenic_deaths * damps_per_cell / @volume_l", NULL},
    {"@flux_signal_dilution", NULL, NULL, "@maturation_signal * @volume_rate / @volume_l", NULL},

    /* The PD-1 checkpoint, and radiotherapy */
    {"@flux_pd1_binding_pdl1", NULL, NULL, "pd1_pdl1_on * @pd1 * @pdl1 - pd1_pdl1_off * @pd1_pdl1", NULL},
    {"@flux_pd1_binding_pdl2", NULL, NULL, "pd1_pdl2_on * @pd1 * @pdl2 - pd1_pdl2_off * @pd1_pdl2", NULL},
    {"@pdl1_aim", "molecule/um^2", NULL,
     "pdl1_per_um2 * @pdl1_factor * (1 + irradiated_pdl1_gain * @irradiated)", "total PD-L1 aimed at"},
    {"@flux_pdl1_induction", NULL, NULL,
     "pdl1_turnover_rate * (@pdl1_aim - @pdl1 - @pd1_pdl1{-pdl1:(@#bound_once + 2 * @#bound_twice)})", NULL},
    {"@flux_irradiated_fading", NULL, NULL, "microenvironment_decay_rate * @irradiated_signal", NULL},
};

static const struct sbml_formula drug_quantities[] = {
    {"#plasma_nanomolar", "nM", NULL, "#drug_blood / #gamma_blood", "concentration in plasma"},
    {"#node_free", "nM", NULL, "#drug_node / #gamma_node", "concentration in what the drug can enter of the node"},
    {"flux_#to_peripheral", NULL, NULL,
     "#peripheral_flow * (#plasma_nanomolar - #drug_peripheral / #gamma_peripheral)", NULL},
    {"flux_#to_node", NULL, NULL, "#node_flow * (#plasma_nanomolar - #node_free)", NULL},
    {"flux_#to_lesions", NULL, NULL, "{+lesions:@flux_#to_lesion}", NULL},
    {"flux_#afferent_arrival", NULL, NULL,
     "{?lymphatics:lymphatic_transit_rate * #drug_afferent}{?!lymphatics:{+lesions:@flux_#drainage}}", NULL},
    {"flux_#node_drainage", NULL, NULL, "#lymphatic_drainage * #node_free * node_volume_l", NULL},
    {"flux_#efferent_arrival", NULL, NULL,
     "{?lymphatics:lymphatic_transit_rate * #drug_efferent}{?!lymphatics:flux_#node_drainage}", NULL},
    {"flux_#clearance", NULL, NULL,
     "#clearance * #drug_blood"
     "{?saturates: + #saturable_clearance * #drug_blood / (#drug_blood + #saturable_half)}", NULL},
    {"@#flow", "L/d", NULL, "#tumour_flow{?!published: * @volume_l / reference_tumour_volume_l}",
     "flow of drug into the lesion"},
    {"@#free", "nM", NULL, "@#drug_tumour / #gamma_tumour", "concentration in what the drug can enter of the lesion"},
    {"@flux_#to_lesion", NULL, NULL, "@#flow * (#plasma_nanomolar - @#free)", NULL},
    {"@flux_#drainage", NULL, NULL, "#lymphatic_drainage * @#free * @volume_l", NULL},
    {"@flux_#first_arm", NULL, "pd1",
     "2 * #on_rate * @pd1 * @#drug_tumour / #gamma_blood - #off_per_d * @#bound_once", NULL},
    {"@flux_#first_arm", NULL, "pdl1",
     "2 * #on_rate * @pdl1 * @#drug_tumour / #gamma_blood - #off_per_d * @#bound_once", NULL},
    {"@flux_#second_arm", NULL, "pd1", "#cross_on * @pd1 * @#bound_once - 2 * #off_per_d * @#bound_twice", NULL},
    {"@flux_#second_arm", NULL, "pdl1", "#cross_on * @pdl1 * @#bound_once - 2 * #off_per_d * @#bound_twice", NULL},
};

static const struct sbml_formula rates[] = {
    {"naive_%_blood", NULL, NULL,
     "flux_%_thymic_output + flux_%_naive_proliferation_blood - flux_%_naive_death_blood - "
     "flux_%_naive_to_peripheral + flux_%_naive_from_peripheral - flux_%_naive_to_node + flux_%_naive_from_node", NULL},
    {"naive_%_peripheral", NULL, NULL,
     "flux_%_naive_proliferation_peripheral - flux_%_naive_death_peripheral + flux_%_naive_to_peripheral - "
     "flux_%_naive_from_peripheral", NULL},
    {"naive_%_node", NULL, NULL,
     "flux_%_naive_to_node - flux_%_naive_from_node - flux_%_activation + flux_%_naive_recovery", NULL},
    {"activated_%", NULL, NULL, "%_clones * flux_%_activation - flux_%_dividing", NULL},
    {"cd8_node", NULL, NULL,
     "flux_cd8_offspring{?memory: - flux_memory_formation + flux_memory_recall} - flux_cd8_node_death - "
     "flux_cd8_node_exit", NULL},
    {"treg_node", NULL, NULL, "flux_treg_offspring - flux_treg_node_death - flux_treg_node_exit", NULL},
    {"%_lymph", NULL, "lymphatics", "flux_%_node_exit - flux_%_blood_arrival", NULL},
    {"%_blood", NULL, NULL,
     "flux_%_blood_arrival - flux_%_blood_death - flux_%_to_peripheral + flux_%_from_peripheral - "
     "flux_%_lesion_entry", NULL},
    {"%_peripheral", NULL, NULL, "flux_%_to_peripheral - flux_%_from_peripheral - flux_%_peripheral_death", NULL},
    {"memory_cd8", NULL, "memory", "flux_memory_formation + flux_memory_recovery - flux_memory_death", NULL},
    {"il2", NULL, NULL, "flux_il2_secretion - flux_il2_consumption - flux_il2_degradation", NULL},
    {"depleted_share", NULL, NULL, "-flux_lymphocyte_recovery", NULL},
    {"apc_node", NULL, NULL, "flux_apc_node_renewal", NULL},
    {"mature_apc_node", NULL, NULL, "flux_apc_mature_arrival - flux_apc_mature_death", NULL},
    {"mature_apc_lymph", NULL, "lymphatics", "{+lesions:@flux_apc_migration} - flux_apc_mature_arrival", NULL},
    {"costimulation_ligand", NULL, "costimulation ctla4",
     "flux_costimulation_ligand_renewal - flux_costimulation_ligand_removal", NULL},
    {"~_antigen", NULL, NULL,
     "flux_~_antigen_release - flux_~_antigen_degradation - flux_~_antigen_uptake - flux_~_antigen_dilution", NULL},
    {"~_antigen_endosome", NULL, NULL,
     "antigen_uptake_rate * 1 [cell] * ~_antigen - flux_~_endosomal_degradation", NULL},
    {"~_peptide", NULL, NULL,
     "flux_~_endosomal_degradation - flux_~_peptide_degradation - flux_~_mhc_loading * peptide_loading_nanomolar",
     NULL},
    {"~_mhc_endosome", NULL, NULL, "flux_~_mhc_loading - flux_~_mhc_export", NULL},
    {"~_mhc_surface", NULL, NULL, "flux_~_mhc_export * endosome_to_surface - flux_~_mhc_release", NULL},
    {"mhc_endosome", NULL, NULL,
     "flux_mhc_free_internalisation * surface_to_endosome - flux_mhc_free_export - flux_self_mhc_loading - "
     "flux_neo_mhc_loading", NULL},
    {"mhc_surface", NULL, NULL,
     "flux_mhc_free_export * endosome_to_surface - flux_mhc_free_internalisation + flux_self_mhc_release + "
     "flux_neo_mhc_release", NULL},

    /* Lesions */
    {"@cancer_cells", NULL, NULL,
     "@flux_cancer_growth - @flux_cancer_spontaneous_death - @flux_cancer_killing", NULL},
    {"@resistant_cells", NULL, "resistance", "@flux_resistant_growth - @flux_resistant_death", NULL},
    {"@doomed_cells", NULL, NULL, "-@flux_doomed_death - @flux_doomed_killing", NULL},
    {"@immunogenic_cells", NULL, NULL, "-(doomed_death_rate + @killing_per_d) * @immunogenic_cells", NULL},
    {"@dead_cells", NULL, NULL, "@dying_cells - @flux_dead_clearance", NULL},
    {"@scar_cells", NULL, "scar", "@flux_scar_formation - @flux_scar_resolution", NULL},
    {"@dead_tcells", NULL, NULL,
     "@flux_cd8_death + @flux_treg_death{?treg_depletion ctla4: + @flux_treg_depletion} + @flux_cd8_treg_inhibition + "
     "@flux_cd8_exhaustion - @flux_dead_tcell_clearance", NULL},
    {"@cd8_cells", NULL, NULL,
     "@flux_cd8_entry - @flux_cd8_death - @flux_cd8_treg_inhibition - @flux_cd8_exhaustion", NULL},
    {"@treg_cells", NULL, NULL,
     "@flux_treg_entry - @flux_treg_death{?treg_depletion ctla4: - @flux_treg_depletion}", NULL},
    {"@apc_cells", NULL, NULL, "@flux_apc_renewal + @flux_apc_irradiated_influx - @flux_apc_maturation", NULL},
    {"@mature_apc_cells", NULL, NULL, "@flux_apc_maturation - @flux_apc_migration - @flux_apc_mature_death", NULL},
    {"@maturation_signal", NULL, NULL,
     "@flux_signal_renewal + @flux_signal_release - @flux_signal_dilution", NULL},
    {"@irradiated_signal", NULL, NULL, "-@flux_irradiated_fading", NULL},
    {"@pd1", NULL, NULL,
     "-@flux_pd1_binding_pdl1 - @flux_pd1_binding_pdl2{-pd1:(@flux_#first_arm + @flux_#second_arm)}", NULL},
    {"@pdl1", NULL, NULL,
     "@flux_pdl1_induction - @flux_pd1_binding_pdl1{-pdl1:(@flux_#first_arm + @flux_#second_arm)}", NULL},
    {"@pdl2", NULL, NULL, "-@flux_pd1_binding_pdl2", NULL},
    {"@pd1_pdl1", NULL, NULL, "@flux_pd1_binding_pdl1", NULL},
    {"@pd1_pdl2", NULL, NULL, "@flux_pd1_binding_pdl2", NULL},
    {"@unrepaired_gray", "Gy", "radiotherapy", "-ln(2) / repair_half_time * @unrepaired_gray", NULL},

    /* Drugs */
    {"#drug_blood", NULL, NULL,
     "(#infusion - flux_#to_peripheral - flux_#to_node - flux_#to_lesions + flux_#efferent_arrival - "
     "flux_#clearance) / blood_volume", NULL},
    {"#drug_peripheral", NULL, NULL, "flux_#to_peripheral / peripheral_volume", NULL},
    {"#drug_afferent", NULL, "lymphatics", "{+lesions:@flux_#drainage} - flux_#afferent_arrival", NULL},
    {"#drug_efferent", NULL, "lymphatics", "flux_#node_drainage - flux_#efferent_arrival", NULL},
    {"#drug_node", NULL, NULL,
     "(flux_#to_node + flux_#afferent_arrival - flux_#node_drainage) / node_volume_l", NULL},
    {"@#drug_tumour", NULL, NULL,
     "(@flux_#to_lesion - @flux_#drainage - @#drug_tumour * @volume_rate) / @volume_l", NULL},
    {"@#bound_once", NULL, "against", "@flux_#first_arm - @flux_#second_arm", NULL},
    {"@#bound_twice", NULL, "against", "@flux_#second_arm", NULL},
};

/* ---- Radiotherapy ----------------------------------------------------------------------------------- */

static const struct sbml_formula field_constants[] = {
    {"|quadratic_gray", "Gy", NULL,
     "piecewise(|gray, |gray < linear_transition_dose, linear_transition_dose)",
     "dose up to where log survival goes linear"},
    {"|alpha", "1/Gy", NULL, "radiosensitivity_alpha * @radiosensitivity_factor", "linear-quadratic alpha"},
    {"|beta", "1/Gy^2", NULL, "|alpha / alpha_beta_ratio", "linear-quadratic beta"},
    {"|rise", "1", NULL, "(|gray / immunogenic_half_dose)^immunogenic_hill", "of immunogenic death with the dose"},
    {"|fall", "1", NULL, "(|gray / immunogenic_falloff_dose)^immunogenic_falloff_hill", "of it by Trex1"},
    {"|weight", "1", NULL, "|rise / (1 + |rise) / (1 + |fall)", "immunogenic weight of a fraction"},
    {"|tcell_loss", "1", NULL, "(1 - exp(-tumour_tcell_alpha * |gray)) * |coverage", "share of the lesion's T cells"},
    {"|apc_loss", "1", NULL, "(1 - exp(-tumour_apc_alpha * |gray)) * |coverage",
     "share of the lesion's antigen-presenting cells"},
    {"|lymphocyte_loss", "1", NULL, "lymphocyte_field_fraction * (1 - exp(-lymphocyte_alpha * |gray))",
     "share of recirculating lymphocytes"},
    {"|node_tcell_loss", "1", NULL, "1 - exp(-tumour_tcell_alpha * |gray)",
     "share of the T cells of nodes in the field"},
    {"|node_apc_loss", "1", NULL, "1 - exp(-tumour_apc_alpha * |gray)",
     "share of the antigen-presenting cells of nodes in the field"},
};

static const struct sbml_formula field_quantities[] = {
    {"|share", "1", NULL, "piecewise(@field_share, @field_course == |course, |coverage)",
     "share of the living cells inside the field at the next fraction"},
    {"|survival_inside", "1", NULL,
     "exp(-((|alpha + |beta * |quadratic_gray + 2 * |beta * @unrepaired_gray) * |quadratic_gray + "
     "(|alpha + 2 * |beta * (|quadratic_gray + @unrepaired_gray)) * (|gray - |quadratic_gray)))",
     "of cancer cells in the field, were the next fraction given now"},
    {"|survival", "1", NULL, "|share * |survival_inside + (1 - |share)", "of all cancer cells"},
    {"|resistant_survivors", "cell", NULL,
     "piecewise(0 [cell], |survival * @resistant_cells < 0.9 [cell], |survival * @resistant_cells)",
     "resistant cells left; none where less than one is"},
    {"|doomed", "cell", NULL,
     "(1 - |survival) * @cancer_cells + (@resistant_cells - |resistant_survivors)", "cells lethally hit"},
};

static const struct sbml_formula fraction_changes[] = {
    {"@cancer_cells", NULL, NULL, "|survival * @cancer_cells", NULL},
    {"@resistant_cells", NULL, NULL, "|resistant_survivors", NULL},
    {"@doomed_cells", NULL, NULL, "@doomed_cells + |doomed", NULL},
    {"@immunogenic_cells", NULL, NULL, "@immunogenic_cells + |weight * |doomed", NULL},
    {"@irradiated_signal", NULL, NULL, "@irradiated_signal + |coverage * |weight", NULL},
    {"@dead_tcells", NULL, NULL, "@dead_tcells + |tcell_loss * (@cd8_cells + @treg_cells)", NULL},
    {"@cd8_cells", NULL, NULL, "(1 - |tcell_loss) * @cd8_cells", NULL},
    {"@treg_cells", NULL, NULL, "(1 - |tcell_loss) * @treg_cells", NULL},
    {"@apc_cells", NULL, NULL, "(1 - |apc_loss) * @apc_cells", NULL},
    {"@mature_apc_cells", NULL, NULL, "(1 - |apc_loss) * @mature_apc_cells", NULL},
    {"@unrepaired_gray", NULL, NULL, "@unrepaired_gray + |gray", NULL},
    {"@field_share", NULL, NULL, "piecewise(|share * |survival_inside / |survival, |survival > 0, 0)", NULL},
    {"@field_course", NULL, NULL, "|course", NULL},
};
/* clang-format on */

struct sbml_formula_table sbml_lesion_quantities(void)
{
    return SBML_TABLE(lesion_quantities);
}

struct sbml_formula_table sbml_drug_quantities(void)
{
    return SBML_TABLE(drug_quantities);
}

struct sbml_formula_table sbml_rates(void)
{
    return SBML_TABLE(rates);
}

struct sbml_formula_table sbml_field_constants(void)
{
    return SBML_TABLE(field_constants);
}

struct sbml_formula_table sbml_field_quantities(void)
{
    return SBML_TABLE(field_quantities);
}

struct sbml_formula_table sbml_fraction_changes(void)
{
    return SBML_TABLE(fraction_changes);
}
