/* Constants, and quantities of the whole body. */
#include "results/sbml_formulas.h"

/* clang-format off */
static const struct sbml_formula constants[] = {
    {"cancer_cell_volume_l", "L/cell", NULL, "pi/6 * cancer_cell_diameter^3 * 1e-15 [L/um^3/cell]",
     "volume of a cancer cell"},
    {"tcell_volume_l", "L/cell", NULL, "tcell_volume * 1e-15 [L/um^3]", "volume of a T cell"},
    {"maximum_cancer_cells", "cell", NULL,
     "pi/6 * maximum_tumour_diameter^3 * 1e-6 [L/mm^3] * cancer_cell_density", "carrying capacity of a lesion"},
    {"node_volume_l", "L", NULL, "node_count * pi/6 * node_diameter^3 * 1e-6 [L/mm^3]",
     "volume of all draining lymph nodes"},
    {"tcell_area_um2", "um^2", NULL, "pi * tcell_diameter^2", "surface of a T cell"},
    {"cancer_cell_area_um2", "um^2", NULL, "pi * cancer_cell_diameter^2", "surface of a cancer cell"},
    {"synapse_gap", "molecule/um^2/nM", NULL, "synapse_width * 6.02214076e-4 [molecule/um^2/nM/nm]",
     "molecules on an area of synapse for a concentration in its gap"},

    /* T cells */
    {"%_clone_thymic_output", "cell/d", NULL, "%_thymic_output / %_diversity", "naive cells of one clone"},
    {"%_clone_proliferation", "cell/d", NULL, "naive_%_proliferation / %_diversity", "of one clone, at saturation"},
    {"%_clone_half_proliferation", "cell", NULL, "naive_%_half_proliferation / %_diversity",
     "cells of one clone at half of it"},
    {"node_entry_per_d", "1/d", NULL, "node_entry_rate * blood_volume", "naive T cells, blood to node"},
    {"peripheral_entry_per_d", "1/d", NULL,
     "transmigration_rate * adhesion_site_density * peripheral_vessel_fraction * peripheral_volume",
     "T cells, blood to peripheral tissue"},
    {"%_tumour_entry_per_l_d", "1/d/L", NULL,
     "transmigration_rate * adhesion_site_density * tumour_vessel_fraction * %_infiltration",
     "effectors, blood to a litre of tumour"},
    {"recall_offspring_per_d", "1/d", "memory", "2^recall_divisions * recall_rate",
     "offspring of a memory cell on an antigen-presenting cell with enough antigen"},

    /* Antigen */
    {"endosome_total_area", "um^2", NULL, "endosome_area * endosome_count", "all endosomes of a cell"},
    {"endosome_total_volume", "L", NULL, "endosome_volume * endosome_count", "all endosomes of a cell"},
    {"endosome_to_surface", "1", NULL, "endosome_total_area / apc_surface_area", "areas, of the one over the other"},
    {"surface_to_endosome", "1", NULL, "apc_surface_area / endosome_total_area", "areas, of the one over the other"},
    {"peptide_loading_nanomolar", "nM*um^2/molecule", NULL,
     "endosome_total_area / (endosome_total_volume * 6.02214076e23 [molecule/mol]) * 1e9 [nmol/mol]",
     "concentration in endosomes of what a density on their surface holds"},
    {"self_released_nanomolar", "nM/cell", NULL, "treg_clones * self_antigen_per_cell", "by a dying cell, all clones"},
    {"neo_released_nanomolar", "nM/cell", NULL, "cd8_clones * neo_antigen_per_cell", "by a dying cell, all clones"},
    {"~_off_per_d", "1/d", NULL, "~_peptide_dissociation * mhc_on_rate", "peptide off MHC"},
    {"tcr_per_um2", "molecule/um^2", NULL, "tcr_per_tcell / tcell_area_um2", "T-cell receptors"},
    {"tcr_dissociation_per_um2", "molecule/um^2", NULL, "tcr_off_rate / tcr_on_rate", "receptor and peptide-MHC"},
    {"half_priming_receptors_per_um2", "molecule/um^2", NULL, "half_priming_receptors / synapse_area",
     "signalling receptors at half priming"},
    {"half_recall_receptors_per_um2", "molecule/um^2", "memory",
     "half_priming_receptors_per_um2 / recall_sensitivity", "signalling receptors at half recall of memory cells"},
    {"proofreading_share", "1", NULL,
     "tcr_off_rate / (tcr_off_rate + tcr_signal_loss_rate) * "
     "(tcr_phosphorylation_rate / (tcr_off_rate + tcr_phosphorylation_rate))^tcr_proofreading_steps",
     "share of the bound receptors of CD8 cells that signals"},

    /* Checkpoints */
    {"pdl1_per_um2", "molecule/um^2", NULL, "pdl1_per_cancer_cell / cancer_cell_area_um2",
     "PD-L1 before the lesion's factor"},
    {"pd1_pdl1_on", "um^2/molecule/d", NULL, "pd1_pdl1_on_rate / synapse_gap", "PD-1 on PD-L1"},
    {"pd1_pdl1_off", "1/d", NULL, "pd1_pdl1_on_rate * pd1_pdl1_dissociation", "PD-1 off PD-L1"},
    {"pd1_pdl2_on", "um^2/molecule/d", NULL, "pd1_pdl2_on_rate / synapse_gap", "PD-1 on PD-L2"},
    {"pd1_pdl2_off", "1/d", NULL, "pd1_pdl2_on_rate * pd1_pdl2_dissociation", "PD-1 off PD-L2"},
    {"cd28_per_um2", "molecule/um^2", "costimulation ctla4", "cd28_per_tcell / tcell_area_um2", "CD28 of a T cell"},
    {"ctla4_per_um2", "molecule/um^2", "costimulation ctla4", "ctla4_per_tcell / tcell_area_um2",
     "CTLA-4 of a T cell in the node"},
    {"cd80_to_cd28", "1", "costimulation ctla4", "cd80_per_apc / apc_surface_area / cd28_per_um2",
     "density of CD80 without CTLA-4 over that of CD28"},
    {"cd86_to_cd28", "1", "costimulation ctla4", "cd86_per_apc / apc_surface_area / cd28_per_um2",
     "density of CD86 without CTLA-4 over that of CD28"},
    {"cd28_from_cd80", "1", "costimulation ctla4", "cd28_cd80_dissociation * synapse_gap / cd28_per_um2",
     "dissociation of CD28 and CD80 over the density of CD28"},
    {"cd28_from_cd86", "1", "costimulation ctla4", "cd28_cd86_dissociation * synapse_gap / cd28_per_um2",
     "dissociation of CD28 and CD86 over the density of CD28"},
    {"ctla4_from_cd80", "1", "costimulation ctla4", "ctla4_cd80_dissociation * synapse_gap / cd28_per_um2",
     "dissociation of CTLA-4 and CD80 over the density of CD28"},
    {"ctla4_from_cd86", "1", "costimulation ctla4", "ctla4_cd86_dissociation * synapse_gap / cd28_per_um2",
     "dissociation of CTLA-4 and CD86 over the density of CD28"},
    {"node_cd28_0", "1", "costimulation ctla4", "1", "free share of CD28, first guess"},
    {"node_ctla4_0", "1", "costimulation ctla4", "1", "free share of the CTLA-4 without antibody, first guess"},
    {"treg_ctla4_per_um2", "molecule/um^2", "treg_depletion ctla4", "ctla4_per_tumour_treg / tcell_area_um2",
     "CTLA-4 of a Treg in a tumour"},

    /* Drugs */
    {"#off_per_d", "1/d", "against", "#on_rate * #dissociation", "one arm off its target"},
    {"#cross_on", "um^2/molecule/d", "against", "#cross_arm * #on_rate / synapse_gap", "second arm on its target"},
    {"#ctla4_held_per_nanomolar", "1/nM", "ctla4", "2 / #dissociation", "CTLA-4 held by one arm over free CTLA-4"},
    {"#ctla4_held_twice_um2", "um^2/molecule", "ctla4", "#cross_arm / (synapse_gap * #dissociation)",
     "of that, held by the second arm too, for a density of free CTLA-4"},
    {"reference_tumour_volume_l", "L", "!published", "pi/6 * 30^3 * 1e-6 [L]",
     "a sphere of 3 cm, to which flows of drugs into tumours refer"},
};

static const struct sbml_formula quantities[] = {
    /* Antigen and priming */
    {"~_presented", "molecule/um^2", NULL, "~_mhc_surface / %_clones", "peptide-MHC that a clone sees"},
    {"~_receptor_sum", "molecule/um^2", NULL, "~_presented + tcr_per_um2 + tcr_dissociation_per_um2",
     "sum of the quadratic equation of binding"},
    {"~_bound_receptors", "molecule/um^2", NULL,
     "2 * ~_presented * tcr_per_um2 / (~_receptor_sum + sqrt(~_receptor_sum^2 - 4 * ~_presented * tcr_per_um2))",
     "receptors of a clone that bind peptide-MHC, at equilibrium"},
    {"cd8_signalling_receptors", "molecule/um^2", NULL, "neo_bound_receptors * proofreading_share",
     "of CD8 cells"},
    {"treg_signalling_receptors", "molecule/um^2", NULL, "self_bound_receptors", "of Tregs"},
    {"%_priming", "1", NULL,
     "%_signalling_receptors / (%_signalling_receptors + half_priming_receptors_per_um2)",
     "share of naive cells that see enough antigen"},
    {"cd8_recall", "1", "memory",
     "cd8_signalling_receptors / (cd8_signalling_receptors + half_recall_receptors_per_um2)",
     "share of memory cells that see enough antigen"},
    {"cd8_seekers", "cell", NULL,
     "{?priming_competition:cd8_clones * naive_cd8_node + activated_cd8 + memory_cd8}"
     "{?!priming_competition:cd8_node}", "cells that seek a place on a mature antigen-presenting cell"},
    {"treg_seekers", "cell", NULL,
     "{?priming_competition:treg_clones * naive_treg_node + activated_treg}{?!priming_competition:cd8_node}",
     "cells that seek a place on an immature antigen-presenting cell"},
    {"cd8_place", "1", NULL, "apc_sites * mature_apc_node / (apc_sites * mature_apc_node + cd8_seekers + 1 [cell])",
     "share of those that find one"},
    {"treg_place", "1", NULL, "apc_sites * apc_node / (apc_sites * apc_node + treg_seekers + 1 [cell])",
     "share of those that find one"},
    {"flux_%_activation", NULL, NULL, "%_activation_rate * %_place * %_priming * naive_%_node", NULL},

    /* CTLA-4 in the node */
    {"node_held_once", "1", "costimulation ctla4",
     "{+ctla4:#ctla4_held_per_nanomolar * #drug_node / #gamma_node}", "CTLA-4 held by one arm over free CTLA-4"},
    {"node_held_twice", "um^2/molecule", "costimulation ctla4",
     "{+ctla4:#ctla4_held_per_nanomolar * #drug_node / #gamma_node * #ctla4_held_twice_um2}",
     "held by both arms over free CTLA-4, for a density of it"},
    {"node_free_ctla4", "1", "costimulation ctla4",
     "2 / (1 + node_held_once + sqrt((1 + node_held_once)^2 + 4 * node_held_twice * ctla4_per_um2))",
     "share of the node's CTLA-4 that no antibody holds"},
    {"node_cd80_total", "1", "costimulation ctla4", "costimulation_ligand * cd80_to_cd28",
     "density of CD80 that is left, over that of CD28"},
    {"node_cd86_total", "1", "costimulation ctla4", "costimulation_ligand * cd86_to_cd28",
     "density of CD86 that is left, over that of CD28"},
    {"node_ctla4_total", "1", "costimulation ctla4", "ctla4_per_um2 * node_free_ctla4 / cd28_per_um2",
     "density of CTLA-4 that no antibody holds, over that of CD28"},
    {"node_cd28_&", "1", "costimulation ctla4",
     "newton_cd28(node_cd28_$, node_ctla4_$, node_ctla4_total, node_cd80_total, node_cd86_total, cd28_from_cd80, "
     "ctla4_from_cd80, cd28_from_cd86, ctla4_from_cd86)",
     "free share of CD28, round & of Newton's method for the binding equilibrium"},
    {"node_ctla4_&", "1", "costimulation ctla4",
     "newton_ctla4(node_cd28_$, node_ctla4_$, node_ctla4_total, node_cd80_total, node_cd86_total, cd28_from_cd80, "
     "ctla4_from_cd80, cd28_from_cd86, ctla4_from_cd86)",
     "free share of the CTLA-4 without antibody, round &"},
    {"costimulation_bound", "1", "costimulation ctla4",
     "cd28_per_um2 * (1 - node_cd28_$) / costimulation_half", "bound CD28 over that at half co-stimulation"},
    {"costimulation_signal", "1", "costimulation ctla4", "costimulation_bound^2 / (1 + costimulation_bound^2)",
     "co-stimulation of T cells in the node"},
    {"divisions_gained", "1", "costimulation ctla4",
     "costimulation_divisions * (costimulation_signal - resting_costimulation)",
     "divisions that blocking CTLA-4 adds"},

    /* T cells */
    {"lymphocyte_regain_per_d", "1/d", NULL, "lymphocyte_recovery_rate * depleted_share / (1 - depleted_share)",
     "of the cells that are left, after radiotherapy"},
    {"flux_lymphocyte_recovery", NULL, NULL, "lymphocyte_recovery_rate * depleted_share", NULL},
    {"flux_%_thymic_output", NULL, NULL, "%_clone_thymic_output", NULL},
    {"flux_%_naive_proliferation_blood", NULL, NULL,
     "%_clone_proliferation * naive_%_blood / (naive_%_blood + %_clone_half_proliferation)", NULL},
    {"flux_%_naive_proliferation_peripheral", NULL, NULL,
     "%_clone_proliferation * naive_%_peripheral / (naive_%_peripheral + %_clone_half_proliferation)", NULL},
    {"flux_%_naive_death_blood", NULL, NULL, "naive_%_death_rate * naive_%_blood", NULL},
    {"flux_%_naive_death_peripheral", NULL, NULL, "naive_%_death_rate * naive_%_peripheral", NULL},
    {"flux_%_naive_to_peripheral", NULL, NULL, "peripheral_entry_per_d * naive_%_blood", NULL},
    {"flux_%_naive_from_peripheral", NULL, NULL, "%_peripheral_exit_rate * naive_%_peripheral", NULL},
    {"flux_%_naive_to_node", NULL, NULL, "node_entry_per_d * naive_%_blood", NULL},
    {"flux_%_naive_from_node", NULL, NULL, "node_exit_rate * naive_%_node", NULL},
    {"flux_%_naive_recovery", NULL, NULL, "lymphocyte_regain_per_d * naive_%_node", NULL},
    {"flux_%_dividing", NULL, NULL, "%_proliferation_rate * activated_%", NULL},
    {"divisions", "1", NULL,
     "divisions_base + divisions_il2 * il2 / (il2 + il2_half_cd8){?costimulation ctla4: + divisions_gained}",
     "of an activated cell"},
    {"offspring_of_one", "1", NULL, "exp(ln(2) * divisions)", "2 to the number of divisions"},
    {"flux_%_offspring", NULL, NULL, "offspring_of_one * flux_%_dividing", NULL},
    {"flux_%_node_death", NULL, NULL, "%_death_rate * %_node", NULL},
    {"flux_%_node_exit", NULL, NULL, "node_exit_rate * %_node", NULL},
    {"flux_%_blood_arrival", NULL, NULL,
     "{?lymphatics:lymphatic_transit_rate * %_lymph}{?!lymphatics:flux_%_node_exit}", NULL},
    {"flux_%_blood_death", NULL, NULL, "%_death_rate * %_blood", NULL},
    {"flux_%_to_peripheral", NULL, NULL, "peripheral_entry_per_d * %_blood", NULL},
    {"flux_%_from_peripheral", NULL, NULL, "%_peripheral_exit_rate * %_peripheral", NULL},
    {"flux_%_peripheral_death", NULL, NULL, "%_death_rate * %_peripheral", NULL},
    {"flux_%_lesion_entry", NULL, NULL, "{+lesions:@flux_%_entry}", NULL},
    {"flux_memory_formation", NULL, "memory", "memory_fraction * flux_cd8_offspring", NULL},
    {"flux_memory_recall", NULL, "memory", "recall_offspring_per_d * cd8_place * cd8_recall * memory_cd8", NULL},
    {"flux_memory_death", NULL, "memory", "memory_death_rate * memory_cd8", NULL},
    {"flux_memory_recovery", NULL, "memory", "lymphocyte_regain_per_d * memory_cd8", NULL},
    {"flux_il2_secretion", NULL, NULL, "il2_secretion_rate * activated_cd8 / node_volume_l", NULL},
    {"flux_il2_consumption", NULL, NULL,
     "il2_consumption_rate * (cd8_node * il2 / (il2 + il2_half_cd8) + treg_node * il2 / (il2 + il2_half_treg)) / "
     "node_volume_l", NULL},
    {"flux_il2_degradation", NULL, NULL, "il2_degradation_rate * il2", NULL},

    /* Antigen-presenting cells */
    {"flux_apc_node_renewal", NULL, NULL, "apc_death_rate * (apc_density_node * node_volume_l - apc_node)", NULL},
    {"flux_apc_mature_arrival", NULL, NULL,
     "{?lymphatics:lymphatic_transit_rate * mature_apc_lymph}{?!lymphatics:{+lesions:@flux_apc_migration}}", NULL},
    {"flux_apc_mature_death", NULL, NULL, "mature_apc_death_rate * mature_apc_node", NULL},
    {"flux_costimulation_ligand_renewal", NULL, "costimulation ctla4",
     "costimulation_ligand_turnover * (1 - costimulation_ligand)", NULL},
    {"flux_costimulation_ligand_removal", NULL, "costimulation ctla4",
     "transendocytosis_rate * node_free_ctla4 * costimulation_ligand", NULL},

    /* Antigen */
    {"self_dying_cells", "cell/d", NULL, "{+lesions:@dying_cells}", "cancer cells dying in all lesions"},
    {"neo_dying_cells", "cell/d", NULL, "{+lesions:@dying_cells * @antigen_factor}",
     "the same, weighted by each lesion's neo-antigen"},
    {"antigen_dilution_per_d", "1/d", NULL, "({+lesions:@volume_rate}) / ({+lesions:@volume_l})",
     "as all lesions together grow"},
    {"flux_~_antigen_release", NULL, NULL, "~_released_nanomolar * ~_dying_cells", NULL},
    {"flux_~_antigen_degradation", NULL, NULL, "antigen_degradation_rate * ~_antigen", NULL},
    {"flux_~_antigen_uptake", NULL, NULL, "antigen_uptake_rate * ~_antigen * mature_apc_node", NULL},
    {"flux_~_antigen_dilution", NULL, NULL, "~_antigen * antigen_dilution_per_d", NULL},
    {"flux_~_endosomal_degradation", NULL, NULL, "endosomal_degradation_rate * ~_antigen_endosome", NULL},
    {"flux_~_peptide_degradation", NULL, NULL, "peptide_degradation_rate * ~_peptide", NULL},
    {"flux_~_mhc_loading", NULL, NULL,
     "mhc_on_rate * ~_peptide * mhc_endosome - ~_off_per_d * ~_mhc_endosome", NULL},
    {"flux_~_mhc_export", NULL, NULL, "mhc_export_rate * ~_mhc_endosome", NULL},
    {"flux_~_mhc_release", NULL, NULL, "~_off_per_d * ~_mhc_surface", NULL},
    {"flux_mhc_free_export", NULL, NULL, "mhc_export_rate * mhc_endosome", NULL},
    {"flux_mhc_free_internalisation", NULL, NULL, "mhc_internalisation_rate * mhc_surface", NULL},

    /* What is measured */
    {"sum_of_diameters_mm", "mm", NULL, "{+lesions:@diameter_mm}", "over all lesions"},
    {"lymphocytes_per_l", "cell/L", NULL,
     "(naive_cd8_blood * cd8_diversity + naive_treg_blood * treg_diversity + cd8_blood + treg_blood) / blood_volume",
     "lymphocytes in blood"},
};

/* Newton's method for the logarithms of the free shares x of CD28 and s of CTLA-4, of which there is y0 over CD28. Both
 * bind CD80 (b over CD28) and CD86 (c), of which p and q are free, with dissociations k, l for CD80 and m, n for CD86. As
 * costimulation_read and costimulation_solve have it; each function hands what it has found to the next. */
static const struct sbml_formula functions[] = {
    {"limited_step", NULL, "costimulation ctla4", "lambda(step, piecewise(2, step > 2, -2, step < -2, step))",
     "a step of a logarithm, held to 2"},
    {"free_ligand", NULL, "costimulation ctla4", "lambda(b, x, y, k, l, b / (1 + x/k + y/l))", "free CD80 or CD86"},
    {"coupling", NULL, "costimulation ctla4",
     "lambda(x, p, q, b, c, kk, mm, load, x * (p^2 / (b * kk) + q^2 / (c * mm)) / load)", "of the Jacobian"},
    {"solved_first", NULL, "costimulation ctla4",
     "lambda(e, f, j11, j12, j21, j22, (e * j22 - j12 * f) / (j11 * j22 - j12 * j21))",
     "first unknown of two linear equations"},
    {"solved_second", NULL, "costimulation ctla4",
     "lambda(e, f, j11, j12, j21, j22, (j11 * f - j21 * e) / (j11 * j22 - j12 * j21))",
     "second unknown of two linear equations"},
    {"loaded_cd28", NULL, "costimulation ctla4",
     "lambda(x, s, y, p, q, b, c, k, l, m, n, xload, yload, "
     "x * exp(-limited_step(solved_first(ln(x * xload), ln(s * yload), "
     "1 - coupling(x, p, q, b, c, k^2, m^2, xload), -coupling(y, p, q, b, c, k*l, m*n, xload), "
     "-coupling(x, p, q, b, c, k*l, m*n, yload), 1 - coupling(y, p, q, b, c, l^2, n^2, yload)))))",
     "x after a step, with loads known"},
    {"loaded_ctla4", NULL, "costimulation ctla4",
     "lambda(x, s, y, p, q, b, c, k, l, m, n, xload, yload, "
     "s * exp(-limited_step(solved_second(ln(x * xload), ln(s * yload), "
     "1 - coupling(x, p, q, b, c, k^2, m^2, xload), -coupling(y, p, q, b, c, k*l, m*n, xload), "
     "-coupling(x, p, q, b, c, k*l, m*n, yload), 1 - coupling(y, p, q, b, c, l^2, n^2, yload)))))",
     "s after a step, with loads known"},
    {"bound_cd28", NULL, "costimulation ctla4",
     "lambda(x, s, y, p, q, b, c, k, l, m, n, "
     "loaded_cd28(x, s, y, p, q, b, c, k, l, m, n, 1 + p/k + q/m, 1 + p/l + q/n))",
     "the same with free ligands known"},
    {"bound_ctla4", NULL, "costimulation ctla4",
     "lambda(x, s, y, p, q, b, c, k, l, m, n, "
     "loaded_ctla4(x, s, y, p, q, b, c, k, l, m, n, 1 + p/k + q/m, 1 + p/l + q/n))",
     "the same with free ligands known"},
    {"newton_cd28", NULL, "costimulation ctla4",
     "lambda(x, s, y0, b, c, k, l, m, n, bound_cd28(x, s, y0 * s, free_ligand(b, x, y0 * s, k, l), "
     "free_ligand(c, x, y0 * s, m, n), b, c, k, l, m, n))", "x after a step"},
    {"newton_ctla4", NULL, "costimulation ctla4",
     "lambda(x, s, y0, b, c, k, l, m, n, bound_ctla4(x, s, y0 * s, free_ligand(b, x, y0 * s, k, l), "
     "free_ligand(c, x, y0 * s, m, n), b, c, k, l, m, n))", "s after a step"},
};
/* clang-format on */

struct sbml_formula_table sbml_functions(void)
{
    return SBML_TABLE(functions);
}

struct sbml_formula_table sbml_constants(void)
{
    return SBML_TABLE(constants);
}

struct sbml_formula_table sbml_quantities(void)
{
    return SBML_TABLE(quantities);
}
