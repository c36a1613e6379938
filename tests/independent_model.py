"""The model written a second time, from docs/model.md alone and in its order, to hold the program against.

Nothing here was taken from the program. Names and units are those of the document. Rates are plain arithmetic, so that
they work on floats and on any other kind of number that can be added, multiplied and raised to a power."""

import math
import types

AVOGADRO_NM_UM3 = 6.02214076e-4  # molecules of 1 nM in a gap of 1 nm, by um^2
PD1, PDL1, CTLA4 = "PD-1", "PD-L1", "CTLA-4"

# States and the absolute tolerance of each.
SHARED_STATES = {
    "naive_cd8_blood": 1e-6, "naive_cd8_peripheral": 1e-6, "naive_cd8_node": 1e-6, "naive_treg_blood": 1e-6,
    "naive_treg_peripheral": 1e-6, "naive_treg_node": 1e-6, "activated_cd8": 1e-6, "activated_treg": 1e-6,
    "cd8_node": 1e-3, "cd8_blood": 1e-3, "cd8_peripheral": 1e-3, "treg_node": 1e-3, "treg_blood": 1e-3,
    "treg_peripheral": 1e-3, "memory_cd8": 1e-3, "cd8_lymph": 1e-3, "treg_lymph": 1e-3, "il2": 1e-14, "apc_node": 1e-3,
    "mature_apc_node": 1e-3, "mature_apc_lymph": 1e-4, "costimulation_ligand": 1e-9, "self_antigen": 1e-7,
    "self_antigen_endosome": 1e-7, "self_peptide": 1e-8, "neo_antigen": 1e-7, "neo_antigen_endosome": 1e-7,
    "neo_peptide": 1e-8, "mhc_endosome": 1e-7, "self_mhc_endosome": 1e-10, "neo_mhc_endosome": 1e-10,
    "mhc_surface": 1e-8, "self_mhc_surface": 1e-9, "neo_mhc_surface": 1e-9, "depleted_share": 1e-10}
DRUG_STATES = {"drug_blood": 1e-7, "drug_peripheral": 1e-7, "drug_afferent": 1e-7, "drug_efferent": 1e-7,
               "drug_node": 1e-7}
LESION_STATES = {
    "cancer_cells": 1e-3, "resistant_cells": 1e-3, "doomed_cells": 1e-3, "immunogenic_cells": 1e-3,
    "dead_cells": 1e-3, "scar_cells": 1e-3, "dead_tcells": 1e-3, "cd8_cells": 1e-3, "treg_cells": 1e-3,
    "apc_cells": 1e-5, "mature_apc_cells": 1e-5, "maturation_signal": 1e-9, "irradiated_signal": 1e-9, "pd1": 1e-7,
    "pdl1": 1e-7, "pdl2": 1e-8, "pd1_pdl1": 1e-7, "pd1_pdl2": 1e-8}
LESION_DRUG_STATES = {"drug_tumour": 1e-7, "bound_once": 1e-7, "bound_twice": 1e-7}

# What an option that is off puts back to its default in `nsclc`.
RESTORED = {
    "pd1_spread": {"pd1_per_tcell": 60000, "pdl1_per_cancer_cell": 1.6e6, "pdl2_to_pdl1_ratio": 0.025, "pd1_half": 20},
    "maturation": {"damps_per_cell": 1.34e-5, "maturation_signal_baseline": 1, "maturation_signal_half": 1},
    "mature_apc_life": {"mature_apc_death_rate": 0.02},
    "resistance": {"resistant_fraction": 0}, "scar": {"scar_fraction": 0}}


def saturation(x, half):
    return x / (x + half)


def free_share(one, two, total):
    return 2 / (1 + one + ((1 + one)**2 + 4 * two * total)**0.5)


# Presets, options and derived constants


class Patient:
    """Parameters, options, lesion factors and drugs as they are used, and the place of each state."""

    def __init__(self, preset, parameters, options, lesion_factors, drugs):
        self.published_preset = preset == "qspio-nsclc-2020"
        self.options = types.SimpleNamespace(**options)
        parameters = dict(parameters)
        for option, defaults in RESTORED.items():
            if not options[option] and not self.published_preset:
                parameters.update(defaults)
        self.parameters = types.SimpleNamespace(**parameters)
        self.constants = derived_constants(self.parameters)
        self.lesions = [types.SimpleNamespace(**factors) for factors in lesion_factors]
        for factors in self.lesions:
            factors.pdl1_factor = factors.pdl1_factor if options["pd1_spread"] else 1
        self.drugs = [types.SimpleNamespace(**drug, **drug_constants(drug, self.constants)) for drug in drugs]
        self.ctla4_antibody = any(drug["target"] == CTLA4 for drug in drugs)
        drug_numbers = range(len(drugs))
        self.states = [(name, None, None) for name in SHARED_STATES]
        self.states += [(name, None, drug) for drug in drug_numbers for name in DRUG_STATES]
        for lesion in range(len(self.lesions)):
            self.states += [(name, lesion, None) for name in LESION_STATES]
            self.states += [(name, lesion, drug) for drug in drug_numbers for name in LESION_DRUG_STATES]
        tolerances = {**SHARED_STATES, **DRUG_STATES, **LESION_STATES, **LESION_DRUG_STATES}
        self.tolerances = [tolerances[name] for name, _, _ in self.states]
        self.place = {state: number for number, state in enumerate(self.states)}


def derived_constants(p):
    c = types.SimpleNamespace()
    c.gap = AVOGADRO_NM_UM3 * p.synapse_width

    c.cancer_cell_volume_l = math.pi / 6 * p.cancer_cell_diameter**3 * 1e-15
    c.tcell_volume_l = p.tcell_volume * 1e-15
    c.maximum_cancer_cells = math.pi / 6 * p.maximum_tumour_diameter**3 * 1e-6 * p.cancer_cell_density
    c.node_volume_l = p.node_count * math.pi / 6 * p.node_diameter**3 * 1e-6
    c.reference_tumour_volume_l = math.pi / 6 * 30**3 * 1e-6
    tcell_area_um2 = math.pi * p.tcell_diameter**2
    cancer_cell_area_um2 = math.pi * p.cancer_cell_diameter**2

    per_litre_of_blood = p.transmigration_rate * p.adhesion_site_density
    c.peripheral_entry_per_d = per_litre_of_blood * p.peripheral_vessel_fraction * p.peripheral_volume
    c.cd8_tumour_entry_per_l_d = per_litre_of_blood * p.tumour_vessel_fraction * p.cd8_infiltration
    c.treg_tumour_entry_per_l_d = per_litre_of_blood * p.tumour_vessel_fraction * p.treg_infiltration

    c.endosome_area_um2 = p.endosome_area * p.endosome_count
    endosome_volume_l = p.endosome_volume * p.endosome_count
    c.peptide_loading_nanomolar = c.endosome_area_um2 / (endosome_volume_l * 6.02214076e23) * 1e9
    c.mhc_total_per_endosome_um2 = p.mhc_per_apc / (c.endosome_area_um2 + p.apc_surface_area)
    c.tcr_per_um2 = p.tcr_per_tcell / tcell_area_um2
    c.half_priming_receptors_per_um2 = p.half_priming_receptors / p.synapse_area
    c.proofreading = (p.tcr_off_rate / (p.tcr_off_rate + p.tcr_signal_loss_rate)
                      * (p.tcr_phosphorylation_rate / (p.tcr_off_rate + p.tcr_phosphorylation_rate))
                      ** p.tcr_proofreading_steps)

    c.pd1_per_um2 = p.pd1_per_tcell / tcell_area_um2
    c.pdl1_per_um2 = p.pdl1_per_cancer_cell / cancer_cell_area_um2
    c.pdl2_per_um2 = c.pdl1_per_um2 * p.pdl2_to_pdl1_ratio
    c.pd1_pdl1_on = p.pd1_pdl1_on_rate / c.gap
    c.pd1_pdl1_off = p.pd1_pdl1_on_rate * p.pd1_pdl1_dissociation
    c.pd1_pdl2_on = p.pd1_pdl2_on_rate / c.gap
    c.pd1_pdl2_off = p.pd1_pdl2_on_rate * p.pd1_pdl2_dissociation

    c.cd28_per_um2 = p.cd28_per_tcell / tcell_area_um2
    c.ctla4_per_um2 = p.ctla4_per_tcell / tcell_area_um2
    c.cd80_per_um2 = p.cd80_per_apc / p.apc_surface_area
    c.cd86_per_um2 = p.cd86_per_apc / p.apc_surface_area
    c.cd28_cd80_um2 = p.cd28_cd80_dissociation * c.gap
    c.cd28_cd86_um2 = p.cd28_cd86_dissociation * c.gap
    c.ctla4_cd80_um2 = p.ctla4_cd80_dissociation * c.gap
    c.ctla4_cd86_um2 = p.ctla4_cd86_dissociation * c.gap
    c.treg_ctla4_per_um2 = p.ctla4_per_tumour_treg / tcell_area_um2
    c.resting_ligand = p.costimulation_ligand_turnover / (p.costimulation_ligand_turnover + p.transendocytosis_rate)
    c.resting_costimulation = costimulation_signal(p, c, c.resting_ligand, 1)
    return c


def drug_constants(drug, c):
    on_per_nanomolar_d = drug["on_rate"] * 86400 * 1e-9
    return {"on_per_nanomolar_d": on_per_nanomolar_d, "off_per_d": on_per_nanomolar_d * drug["dissociation"],
            "cross_on_um2_per_molecule_d": drug["cross_arm"] * on_per_nanomolar_d / c.gap}


# Equations. In each function p, c and o are parameters, derived constants and options; x holds the states and
# quantities of the patient, a lesion (or l) those of that lesion, a drug those of that drug; `rate` holds their rates.


class Part:
    """The states of the patient, of a lesion or of a drug, by name; quantities and rates are added to it."""

    def __init__(self, names, values, **more):
        self.__dict__.update(zip(names, values))
        self.__dict__.update(more)
        self.rate = types.SimpleNamespace()


class View(Part):
    """A whole state by names: shared states here, others in `drugs`, `lesions` and, of each lesion, its `drugs`."""

    def __init__(self, patient, state):
        values = iter(state)
        super().__init__(SHARED_STATES, values)
        self.drugs = [Part(DRUG_STATES, values, of=drug) for drug in patient.drugs]
        self.lesions = []
        for factors in patient.lesions:
            lesion = Part(LESION_STATES, values, factors=factors)
            lesion.drugs = [Part(LESION_DRUG_STATES, values, of=drug) for drug in patient.drugs]
            self.lesions.append(lesion)

    def rates(self):
        """In the order of the states. One that has none, or more than these, is an error."""
        parts = [(self, SHARED_STATES)] + [(drug, DRUG_STATES) for drug in self.drugs]
        for lesion in self.lesions:
            parts += [(lesion, LESION_STATES)] + [(drug, LESION_DRUG_STATES) for drug in lesion.drugs]
        for part, names in parts:
            assert vars(part.rate).keys() == names.keys(), vars(part.rate).keys() ^ names.keys()
        return [getattr(part.rate, name) for part, names in parts for name in names]


def rates(patient, state, infusions):
    """Rate of each state, per day; `infusions` are the nmol/d that each drug runs at."""
    p, c, o = patient.parameters, patient.constants, patient.options
    x = View(patient, state)
    for lesion in x.lesions:
        lesion_rates(p, c, o, lesion)
        cancer_rates(p, c, o, lesion)
    priming(p, c, x)
    costimulation(p, c, o, x, patient.ctla4_antibody)
    activation(p, o, x)
    naive_rates(p, c, x)
    division_rates(p, c, o, x)
    for lesion in x.lesions:
        lesion_tcell_rates(p, c, o, lesion, x)
        lesion_apc_rates(p, lesion)
        synapse_rates(p, c, lesion)
        lesion.rate.irradiated_signal = -p.microenvironment_decay_rate * lesion.irradiated_signal
    effector_rates(p, c, o, x)
    apc_rates(p, c, o, x)
    antigen_rates(p, c, x)
    for number, drug in enumerate(x.drugs):
        drug_rates(p, c, o, patient, x, number, drug, infusions[number])
    return x.rates()


def lesion_rates(p, c, o, l):
    l.resistant = l.resistant_cells if o.resistance else 0.0
    l.volume_l = (p.minimum_tumour_volume + c.cancer_cell_volume_l
                  * (l.dead_cells + (l.scar_cells if o.scar else 0.0) + l.cancer_cells + l.resistant + l.doomed_cells)
                  + c.tcell_volume_l * (l.dead_tcells + l.cd8_cells + l.treg_cells))
    l.irradiated = l.irradiated_signal / (1 + l.irradiated_signal)
    l.tumour_cells = l.cancer_cells + l.resistant + l.doomed_cells
    l.all_cells = l.tumour_cells + l.cd8_cells + l.treg_cells + 1
    occupied = max((l.pd1_pdl1 + l.pd1_pdl2) / p.pd1_half, 0)
    l.pd1_inhibition = occupied**p.pd1_hill / (1 + occupied**p.pd1_hill)
    if o.cell_ratios:
        uninhibited = (p.killing_rate * l.cd8_cells / (p.killing_half_tcells * l.tumour_cells + l.cd8_cells + 1)
                       * l.cd8_cells / (l.cd8_cells + p.killing_half_tregs * l.treg_cells + 1))
    else:
        uninhibited = p.killing_rate * l.cd8_cells / l.all_cells
    l.killing_per_d = uninhibited * (1 - l.pd1_inhibition) * (1 + p.irradiated_killing_gain * l.irradiated)


def cancer_rates(p, c, o, l):
    growth = ((p.cancer_growth_rate * l.factors.growth_factor + p.cancer_turnover_rate)
              * (1 - l.tumour_cells / c.maximum_cancer_cells))
    spontaneous = p.cancer_death_rate + p.cancer_turnover_rate
    killed = l.killing_per_d * (l.cancer_cells + l.doomed_cells)
    l.dying_cells = spontaneous * (l.cancer_cells + l.resistant) + p.doomed_death_rate * l.doomed_cells + killed
    l.immunogenic_deaths = killed + p.doomed_death_rate * l.immunogenic_cells
    l.rate.cancer_cells = (growth - spontaneous - l.killing_per_d) * l.cancer_cells
    l.rate.resistant_cells = (growth - spontaneous) * l.resistant
    l.rate.doomed_cells = -(p.doomed_death_rate + l.killing_per_d) * l.doomed_cells
    l.rate.immunogenic_cells = -(p.doomed_death_rate + l.killing_per_d) * l.immunogenic_cells
    cleared = p.dead_cell_clearance_rate * l.dead_cells
    l.rate.dead_cells = l.dying_cells - cleared
    l.rate.scar_cells = p.scar_fraction * cleared - p.scar_resolution_rate * l.scar_cells if o.scar else 0.0


def priming(p, c, x):
    def bound(presented):
        total = presented + c.tcr_per_um2 + p.tcr_off_rate / p.tcr_on_rate
        return 2 * presented * c.tcr_per_um2 / (total + (total**2 - 4 * presented * c.tcr_per_um2)**0.5)

    signalling = c.proofreading * bound(x.neo_mhc_surface / p.cd8_clones)
    x.cd8_priming = saturation(signalling, c.half_priming_receptors_per_um2)
    x.recall = saturation(signalling, c.half_priming_receptors_per_um2 / p.recall_sensitivity)
    x.treg_priming = saturation(bound(x.self_mhc_surface / p.treg_clones), c.half_priming_receptors_per_um2)


# CTLA-4 and co-stimulation


def costimulation_signal(p, c, ligand, free):
    """CD28 and CTLA-4 compete for CD80 and CD86 at equilibrium. With F80 and F86 put in, the equations of F28 and F4
    are solved for their logarithms, in which they are the gradient of a convex function, by Newton's method."""
    ligand, free = float(ligand), float(free)
    cd28_total, ctla4_total = c.cd28_per_um2, c.ctla4_per_um2 * free
    ligands = [(ligand * c.cd80_per_um2, c.cd28_cd80_um2, c.ctla4_cd80_um2),
               (ligand * c.cd86_per_um2, c.cd28_cd86_um2, c.ctla4_cd86_um2)]
    cd28, ctla4 = cd28_total, ctla4_total
    for _ in range(100):
        cd28_excess, ctla4_excess = cd28 - cd28_total, ctla4 - ctla4_total
        slope_cd28, slope_both, slope_ctla4 = cd28, 0, ctla4
        for total, to_cd28, to_ctla4 in ligands:
            held_by_cd28, held_by_ctla4 = cd28 / to_cd28, ctla4 / to_ctla4
            bindings = 1 + held_by_cd28 + held_by_ctla4
            left = total / bindings
            cd28_excess += left * held_by_cd28
            ctla4_excess += left * held_by_ctla4
            slope_cd28 += left * held_by_cd28 * (1 + held_by_ctla4) / bindings
            slope_ctla4 += left * held_by_ctla4 * (1 + held_by_cd28) / bindings
            slope_both -= left * held_by_cd28 * held_by_ctla4 / bindings
        determinant = slope_cd28 * slope_ctla4 - slope_both**2
        cd28_step = (slope_ctla4 * cd28_excess - slope_both * ctla4_excess) / determinant
        ctla4_step = (slope_cd28 * ctla4_excess - slope_both * cd28_excess) / determinant
        cd28 *= math.exp(-cd28_step)
        ctla4 *= math.exp(-ctla4_step)
        if max(abs(cd28_step), abs(ctla4_step)) < 1e-11:
            y = (cd28_total - cd28) / p.costimulation_half
            return y**2 / (1 + y**2)
    raise ArithmeticError("the equilibrium of CD28 and CTLA-4 was not found")


def antibody_binding(drugs, concentration, gamma):
    """`one` and `two` of free_share, summed over the antibodies against CTLA-4."""
    one = two = 0
    for drug in drugs:
        if drug.of.target == CTLA4:
            term = (2 * drug.of.on_per_nanomolar_d / drug.of.off_per_d * getattr(drug, concentration)
                    / getattr(drug.of, gamma))
            one, two = one + term, two + term * drug.of.cross_on_um2_per_molecule_d / drug.of.off_per_d
    return one, two


def costimulation(p, c, o, x, ctla4_antibody):
    x.divisions_gained, x.rate.costimulation_ligand = 0, 0
    if o.costimulation and ctla4_antibody:
        free_ctla4 = free_share(*antibody_binding(x.drugs, "drug_node", "gamma_node"), c.ctla4_per_um2)
        signal = costimulation_signal(p, c, x.costimulation_ligand, free_ctla4)
        x.divisions_gained = p.costimulation_divisions * (signal - c.resting_costimulation)
        x.rate.costimulation_ligand = (p.costimulation_ligand_turnover * (1 - x.costimulation_ligand)
                                       - p.transendocytosis_rate * free_ctla4 * x.costimulation_ligand)
    for lesion in x.lesions:
        lesion.treg_depletion_per_d = 0
        if o.treg_depletion and ctla4_antibody:
            free = free_share(*antibody_binding(lesion.drugs, "drug_tumour", "gamma_tumour"), c.treg_ctla4_per_um2)
            marked = p.ctla4_per_tumour_treg * (1 - free) / p.adcc_half_bound
            lesion.treg_depletion_per_d = p.adcc_rate * marked**2 / (1 + marked**2)


# T cells


def activation(p, o, x):
    cd8_seekers = treg_seekers = x.cd8_node
    if o.priming_competition:
        cd8_seekers = p.cd8_clones * x.naive_cd8_node + x.activated_cd8 + x.memory_cd8
        treg_seekers = p.treg_clones * x.naive_treg_node + x.activated_treg
    x.cd8_place = p.apc_sites * x.mature_apc_node / (p.apc_sites * x.mature_apc_node + cd8_seekers + 1)
    treg_place = p.apc_sites * x.apc_node / (p.apc_sites * x.apc_node + treg_seekers + 1)
    x.cd8_activation = p.cd8_activation_rate * x.cd8_place * x.cd8_priming * x.naive_cd8_node
    x.treg_activation = p.treg_activation_rate * treg_place * x.treg_priming * x.naive_treg_node


def naive_rates(p, c, x):
    x.recovery_per_d = p.lymphocyte_recovery_rate * x.depleted_share / (1 - x.depleted_share)
    x.rate.depleted_share = -p.lymphocyte_recovery_rate * x.depleted_share
    for kind in "cd8", "treg":
        blood, peripheral, node = (getattr(x, f"naive_{kind}_{where}") for where in ("blood", "peripheral", "node"))
        diversity, death = getattr(p, f"{kind}_diversity"), getattr(p, f"naive_{kind}_death_rate")
        at_most = getattr(p, f"naive_{kind}_proliferation") / diversity
        half = getattr(p, f"naive_{kind}_half_proliferation") / diversity
        exit_rate = getattr(p, f"{kind}_peripheral_exit_rate")
        into_node = p.node_entry_rate * p.blood_volume * blood - p.node_exit_rate * node
        into_peripheral = c.peripheral_entry_per_d * blood - exit_rate * peripheral
        setattr(x.rate, f"naive_{kind}_blood", getattr(p, f"{kind}_thymic_output") / diversity
                + at_most * saturation(blood, half) - death * blood - into_peripheral - into_node)
        setattr(x.rate, f"naive_{kind}_peripheral",
                at_most * saturation(peripheral, half) - death * peripheral + into_peripheral)
        setattr(x.rate, f"naive_{kind}_node",
                into_node - getattr(x, f"{kind}_activation") + x.recovery_per_d * node)


def division_rates(p, c, o, x):
    divisions = p.divisions_base + p.divisions_il2 * saturation(x.il2, p.il2_half_cd8) + x.divisions_gained
    x.cd8_offspring = 2**divisions * p.cd8_proliferation_rate * x.activated_cd8
    x.treg_offspring = 2**divisions * p.treg_proliferation_rate * x.activated_treg
    x.rate.activated_cd8 = p.cd8_clones * x.cd8_activation - p.cd8_proliferation_rate * x.activated_cd8
    x.rate.activated_treg = p.treg_clones * x.treg_activation - p.treg_proliferation_rate * x.activated_treg
    x.rate.il2 = ((p.il2_secretion_rate * x.activated_cd8
                   - p.il2_consumption_rate * (x.cd8_node * saturation(x.il2, p.il2_half_cd8)
                                               + x.treg_node * saturation(x.il2, p.il2_half_treg)))
                  / c.node_volume_l - p.il2_degradation_rate * x.il2)
    x.recalled, x.kept, x.rate.memory_cd8 = 0, 1, 0
    if o.memory:
        x.recalled = 2**p.recall_divisions * p.recall_rate * x.cd8_place * x.recall * x.memory_cd8
        x.kept = 1 - p.memory_fraction
        x.rate.memory_cd8 = (p.memory_fraction * x.cd8_offspring
                             + (x.recovery_per_d - p.memory_death_rate) * x.memory_cd8)


def lesion_tcell_rates(p, c, o, l, x):
    l.cd8_entry_per_d = (c.cd8_tumour_entry_per_l_d * l.factors.infiltration_factor * l.volume_l
                         * (1 + p.irradiated_cd8_infiltration_gain * l.irradiated))
    l.treg_entry_per_d = (c.treg_tumour_entry_per_l_d * l.factors.infiltration_factor * l.volume_l
                          * (1 + p.irradiated_treg_infiltration_gain * l.irradiated))
    near_tregs = l.cd8_cells + l.treg_cells + 1 if o.cell_ratios else l.all_cells
    near_cancer = l.cd8_cells + l.tumour_cells + 1 if o.cell_ratios else l.all_cells
    inhibited = p.treg_inhibition_rate * l.cd8_cells * l.treg_cells / near_tregs
    exhausted = p.exhaustion_rate * l.cd8_cells * l.tumour_cells / near_cancer * l.pd1_inhibition
    treg_death = (p.treg_death_rate + l.treg_depletion_per_d) * l.treg_cells
    l.rate.cd8_cells = l.cd8_entry_per_d * x.cd8_blood - p.cd8_death_rate * l.cd8_cells - inhibited - exhausted
    l.rate.treg_cells = l.treg_entry_per_d * x.treg_blood - treg_death
    l.rate.dead_tcells = (p.cd8_death_rate * l.cd8_cells + treg_death + inhibited + exhausted
                          - p.dead_cell_clearance_rate * l.dead_tcells)
    l.volume_rate = (c.cancer_cell_volume_l
                     * (l.rate.dead_cells + l.rate.scar_cells + l.rate.cancer_cells + l.rate.resistant_cells
                        + l.rate.doomed_cells)
                     + c.tcell_volume_l * (l.rate.dead_tcells + l.rate.cd8_cells + l.rate.treg_cells))


def effector_rates(p, c, o, x):
    for kind in "cd8", "treg":
        node, blood, peripheral, lymph = (getattr(x, f"{kind}_{where}")
                                          for where in ("node", "blood", "peripheral", "lymph"))
        death, exit_rate = getattr(p, f"{kind}_death_rate"), getattr(p, f"{kind}_peripheral_exit_rate")
        born = x.kept * x.cd8_offspring + x.recalled if kind == "cd8" else x.treg_offspring
        leaving = p.node_exit_rate * node
        arriving = p.lymphatic_transit_rate * lymph if o.lymphatics else leaving
        into_peripheral = c.peripheral_entry_per_d * blood - exit_rate * peripheral
        into_lesions = sum(getattr(lesion, f"{kind}_entry_per_d") for lesion in x.lesions) * blood
        setattr(x.rate, f"{kind}_lymph", leaving - arriving if o.lymphatics else 0)
        setattr(x.rate, f"{kind}_node", born - death * node - leaving)
        setattr(x.rate, f"{kind}_blood", arriving - death * blood - into_peripheral - into_lesions)
        setattr(x.rate, f"{kind}_peripheral", into_peripheral - death * peripheral)


# Antigen-presenting cells and antigen


def lesion_apc_rates(p, l):
    resting_apc = p.apc_density_tumour * l.volume_l
    maturing = p.apc_maturation_rate * saturation(l.maturation_signal, p.maturation_signal_half) * l.apc_cells
    l.migrating = p.apc_migration_rate * l.mature_apc_cells
    l.rate.apc_cells = (p.apc_death_rate * (resting_apc - l.apc_cells)
                        + p.irradiated_apc_influx_rate * l.irradiated * resting_apc - maturing)
    l.rate.mature_apc_cells = maturing - l.migrating - p.mature_apc_death_rate * l.mature_apc_cells
    l.rate.maturation_signal = (
        p.maturation_signal_turnover * (p.maturation_signal_baseline - l.maturation_signal)
        + l.immunogenic_deaths * p.damps_per_cell / l.volume_l - l.maturation_signal * l.volume_rate / l.volume_l)


def apc_rates(p, c, o, x):
    migrating = sum(lesion.migrating for lesion in x.lesions)
    arriving = p.lymphatic_transit_rate * x.mature_apc_lymph if o.lymphatics else migrating
    x.rate.mature_apc_lymph = migrating - arriving if o.lymphatics else 0
    x.rate.apc_node = p.apc_death_rate * (p.apc_density_node * c.node_volume_l - x.apc_node)
    x.rate.mature_apc_node = arriving - p.mature_apc_death_rate * x.mature_apc_node


def antigen_rates(p, c, x):
    dilution = sum(l.volume_rate for l in x.lesions) / sum(l.volume_l for l in x.lesions)
    area_ratio = c.endosome_area_um2 / p.apc_surface_area
    dying = sum(l.dying_cells for l in x.lesions)
    dying_neo = sum(l.dying_cells * l.factors.antigen_factor for l in x.lesions)
    released = {"self": p.treg_clones * p.self_antigen_per_cell * dying,
                "neo": p.cd8_clones * p.neo_antigen_per_cell * dying_neo}
    loadings = dissociating = 0
    for kind in "self", "neo":
        antigen, endosome, peptide, held, shown = (
            getattr(x, kind + name)
            for name in ("_antigen", "_antigen_endosome", "_peptide", "_mhc_endosome", "_mhc_surface"))
        off = getattr(p, kind + "_peptide_dissociation") * p.mhc_on_rate
        loading = p.mhc_on_rate * peptide * x.mhc_endosome - off * held
        loadings, dissociating = loadings + loading, dissociating + off * shown
        setattr(x.rate, kind + "_antigen",
                released[kind] - p.antigen_degradation_rate * antigen
                - p.antigen_uptake_rate * antigen * x.mature_apc_node - antigen * dilution)
        setattr(x.rate, kind + "_antigen_endosome",
                p.antigen_uptake_rate * antigen - p.endosomal_degradation_rate * endosome)
        setattr(x.rate, kind + "_peptide",
                p.endosomal_degradation_rate * endosome - p.peptide_degradation_rate * peptide
                - loading * c.peptide_loading_nanomolar)
        setattr(x.rate, kind + "_mhc_endosome", loading - p.mhc_export_rate * held)
        setattr(x.rate, kind + "_mhc_surface", p.mhc_export_rate * held * area_ratio - off * shown)
    x.rate.mhc_endosome = (p.mhc_internalisation_rate * x.mhc_surface / area_ratio
                           - p.mhc_export_rate * x.mhc_endosome - loadings)
    x.rate.mhc_surface = (p.mhc_export_rate * x.mhc_endosome * area_ratio
                          - p.mhc_internalisation_rate * x.mhc_surface + dissociating)


# PD-1 and antibodies


def synapse_rates(p, c, l):
    to_pdl1 = c.pd1_pdl1_on * l.pd1 * l.pdl1 - c.pd1_pdl1_off * l.pd1_pdl1
    to_pdl2 = c.pd1_pdl2_on * l.pd1 * l.pdl2 - c.pd1_pdl2_off * l.pd1_pdl2
    taken, held = {PD1: 0, PDL1: 0, CTLA4: 0}, {PD1: 0, PDL1: 0, CTLA4: 0}
    for drug in l.drugs:
        antibody = drug.of
        first_arm = second_arm = 0
        if antibody.target in (PD1, PDL1):
            target = l.pd1 if antibody.target == PD1 else l.pdl1
            first_arm = (2 * antibody.on_per_nanomolar_d * target * drug.drug_tumour / antibody.gamma_blood
                         - antibody.off_per_d * drug.bound_once)
            second_arm = (antibody.cross_on_um2_per_molecule_d * target * drug.bound_once
                          - 2 * antibody.off_per_d * drug.bound_twice)
        drug.rate.bound_once, drug.rate.bound_twice = first_arm - second_arm, second_arm
        taken[antibody.target] += first_arm + second_arm
        held[antibody.target] += drug.bound_once + 2 * drug.bound_twice
    pdl1_aim = c.pdl1_per_um2 * l.factors.pdl1_factor * (1 + p.irradiated_pdl1_gain * l.irradiated)
    l.rate.pd1 = -to_pdl1 - to_pdl2 - taken[PD1]
    l.rate.pdl1 = -to_pdl1 - taken[PDL1] + p.pdl1_turnover_rate * (pdl1_aim - l.pdl1 - l.pd1_pdl1 - held[PDL1])
    l.rate.pdl2, l.rate.pd1_pdl1, l.rate.pd1_pdl2 = -to_pdl2, to_pdl1, to_pdl2


def drug_rates(p, c, o, patient, x, number, drug, infusion_nmol_per_d):
    a = drug.of
    in_blood = drug.drug_blood / a.gamma_blood
    drained = to_lesions = 0
    for l in x.lesions:
        local = l.drugs[number]
        size = 1 if patient.published_preset else l.volume_l / c.reference_tumour_volume_l
        to_lesion = a.tumour_flow * size * (in_blood - local.drug_tumour / a.gamma_tumour)
        from_lesion = a.lymphatic_drainage * local.drug_tumour / a.gamma_tumour * l.volume_l
        local.rate.drug_tumour = (to_lesion - from_lesion - local.drug_tumour * l.volume_rate) / l.volume_l
        drained, to_lesions = drained + from_lesion, to_lesions + to_lesion

    to_peripheral = a.peripheral_flow * (in_blood - drug.drug_peripheral / a.gamma_peripheral)
    to_node = a.node_flow * (in_blood - drug.drug_node / a.gamma_node)
    from_node = a.lymphatic_drainage * drug.drug_node / a.gamma_node * c.node_volume_l
    cleared = a.clearance * drug.drug_blood
    if a.saturable_clearance > 0:
        cleared += a.saturable_clearance * saturation(drug.drug_blood, a.saturable_half)
    into_node = p.lymphatic_transit_rate * drug.drug_afferent if o.lymphatics else drained
    into_blood = p.lymphatic_transit_rate * drug.drug_efferent if o.lymphatics else from_node
    drug.rate.drug_afferent = drained - into_node if o.lymphatics else 0
    drug.rate.drug_efferent = from_node - into_blood if o.lymphatics else 0
    drug.rate.drug_blood = (infusion_nmol_per_d - to_peripheral - to_node - to_lesions + into_blood
                            - cleared) / p.blood_volume
    drug.rate.drug_peripheral = to_peripheral / p.peripheral_volume
    drug.rate.drug_node = (to_node + into_node - from_node) / c.node_volume_l
