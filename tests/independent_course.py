"""Initial state, events and integration of the independent model; like it from docs/model.md alone."""

import math
import types

import numpy as np
from scipy.integrate import solve_ivp

import independent_model

SAME_TIME_D = 1e-9  # events closer than this happen at once
DETECTABLE_CELLS = 0.9  # living cancer cells; a lesion with fewer has none
# Of the document's absolute tolerances, which go with a relative one of 1e-6.
TOLERANCE_SHARE = 1e-3
# In the order in which events of the same time happen.
KINDS = ("end of infusion", "start of infusion", "bolus", "radiotherapy fraction")

PUBLISHED_NAIVE_CELLS = {
    "naive_cd8_blood": 10917.8462489435, "naive_cd8_peripheral": 631601.565123608, "naive_cd8_node": 3379220.95151892,
    "naive_treg_blood": 21.3582731635232, "naive_treg_peripheral": 76379.7171865414,
    "naive_treg_node": 6308.40363525054}


def tumour_free_state(patient):
    """The body without tumour, before it is left to itself."""
    p, c, place = patient.parameters, patient.constants, patient.place
    state = [0.0] * len(patient.states)

    def start(name, value, lesion=None):
        state[place[name, lesion, None]] = value

    for name, value in PUBLISHED_NAIVE_CELLS.items():
        start(name, value)
    mhc_endosome = c.mhc_total_per_endosome_um2 / (1 + p.mhc_export_rate / p.mhc_internalisation_rate)
    start("apc_node", p.apc_density_node * c.node_volume_l)
    start("costimulation_ligand", c.resting_ligand)
    start("mhc_endosome", mhc_endosome)
    start("mhc_surface", p.mhc_export_rate / p.mhc_internalisation_rate * mhc_endosome * c.endosome_area_um2
          / p.apc_surface_area)
    for number, factors in enumerate(patient.lesions):
        start("apc_cells", p.apc_density_tumour * p.minimum_tumour_volume, number)
        start("maturation_signal", p.maturation_signal_baseline, number)
        start("pd1", c.pd1_per_um2, number)
        start("pdl1", c.pdl1_per_um2 * factors.pdl1_factor, number)
        start("pdl2", c.pdl2_per_um2 * factors.pdl1_factor, number)
    return state


class Course:
    """One patient through events: the state, what the lesions remember and the infusions that run."""

    def __init__(self, patient, state):
        self.patient, self.state = patient, list(state)
        self.infusions = [0] * len(patient.drugs)
        self.memories = [types.SimpleNamespace(unrepaired=0, day=None, course=None, inside=None)
                         for _ in patient.lesions]

    def change(self, name, change, lesion=None, drug=None):
        """Puts change(value) in the place of a state; returns what it was."""
        place = self.patient.place[name, lesion, drug]
        before = self.state[place]
        self.state[place] = change(before)
        return before

    def lose(self, names, share, lesion=None):
        for name in names:
            self.change(name, lambda value: value * (1 - share), lesion)

    def bolus(self, event):
        gain = event["amount_nmol"] / self.patient.parameters.blood_volume
        self.change("drug_blood", lambda value: value + gain, drug=event["drug"])

    def infuse(self, event, sign):
        self.infusions[event["drug"]] += sign * event["nmol_per_d"]

    def surviving_share(self, event, day):
        """Share of the lesion's cancer cells that survive the fraction; the lesion then remembers it."""
        p, memory = self.patient.parameters, self.memories[event["lesion"]]
        d, q = event["gray"], min(event["gray"], p.linear_transition_dose)
        alpha = p.radiosensitivity_alpha * self.patient.lesions[event["lesion"]].radiosensitivity_factor
        beta = alpha / p.alpha_beta_ratio
        if memory.day is not None:
            memory.unrepaired *= 2**(-(day - memory.day) / p.repair_half_time)
        of_field = math.exp(-(alpha * q + beta * q**2 + 2 * beta * q * memory.unrepaired)
                            - (alpha + 2 * beta * (q + memory.unrepaired)) * (d - q))
        if memory.course != event["course"]:
            memory.inside = event["coverage"]
        survival = memory.inside * of_field + (1 - memory.inside)
        memory.inside = memory.inside * of_field / survival if survival > 0 else 0
        memory.unrepaired += d
        memory.day, memory.course = day, event["course"]
        return survival

    def fraction(self, event, day):
        p, lesion = self.patient.parameters, event["lesion"]
        d, coverage = event["gray"], event["coverage"]
        x = (d / p.immunogenic_half_dose)**p.immunogenic_hill
        weight = x / (1 + x) / (1 + (d / p.immunogenic_falloff_dose)**p.immunogenic_falloff_hill)
        survival = self.surviving_share(event, day)
        doomed = (1 - survival) * self.change("cancer_cells", lambda value: value * survival, lesion)

        def resistant_survivors(cells):
            return cells * survival if cells * survival >= DETECTABLE_CELLS else 0.0
        resistant = self.change("resistant_cells", resistant_survivors, lesion)
        doomed += resistant - resistant_survivors(resistant)
        self.change("doomed_cells", lambda value: value + doomed, lesion)
        self.change("immunogenic_cells", lambda value: value + weight * doomed, lesion)
        self.change("irradiated_signal", lambda value: value + coverage * weight, lesion)

        tcell_kill, apc_kill = 1 - math.exp(-p.tumour_tcell_alpha * d), 1 - math.exp(-p.tumour_apc_alpha * d)
        tcells = sum(self.change(name, lambda value: value * (1 - coverage * tcell_kill), lesion)
                     for name in ("cd8_cells", "treg_cells"))
        self.change("dead_tcells", lambda value: value + coverage * tcell_kill * tcells, lesion)
        self.lose(("apc_cells", "mature_apc_cells"), coverage * apc_kill, lesion)

        passing = p.lymphocyte_field_fraction * (1 - math.exp(-p.lymphocyte_alpha * d))
        self.lose(("naive_cd8_blood", "naive_cd8_peripheral", "naive_treg_blood", "naive_treg_peripheral", "cd8_blood",
                   "cd8_peripheral", "treg_blood", "treg_peripheral", "cd8_lymph", "treg_lymph"), passing)
        if self.patient.options.naive_recirculation:
            self.lose(("naive_cd8_node", "naive_treg_node", "memory_cd8"), passing)
            self.change("depleted_share", lambda value: value + passing * (1 - value))
        if event["nodes"]:
            self.lose(("naive_cd8_node", "naive_treg_node", "activated_cd8", "activated_treg", "cd8_node", "treg_node",
                       "memory_cd8"), tcell_kill)
            self.lose(("apc_node", "mature_apc_node"), apc_kill)

    def extinguish(self):
        for lesion in range(len(self.patient.lesions)):
            self.change("cancer_cells", lambda value: value if value >= DETECTABLE_CELLS else 0.0, lesion)

    def happen(self, event, day):
        if event["kind"] == "bolus":
            self.bolus(event)
        elif event["kind"] == "radiotherapy fraction":
            self.fraction(event, day)
        else:
            self.infuse(event, 1 if event["kind"] == "start of infusion" else -1)

    def integrate(self, begin, end, relative_tolerance):
        def rates(_, state):
            return independent_model.rates(self.patient, state.tolist(), self.infusions)

        def jacobian(day, state):
            """By forward differences, which Newton's iteration can do with."""
            here, columns = np.array(rates(day, state)), []
            for place, tolerance in enumerate(self.patient.tolerances):
                moved = state.copy()
                moved[place] += max(1e-8 * abs(state[place]), tolerance)
                columns.append((np.array(rates(day, moved)) - here) / (moved[place] - state[place]))
            return np.array(columns).T

        def extinction(place):
            def excess(_, state):
                return state[place] - DETECTABLE_CELLS
            excess.terminal, excess.direction = True, -1
            return excess

        places = [self.patient.place["cancer_cells", lesion, None] for lesion in range(len(self.patient.lesions))]
        tolerances = [TOLERANCE_SHARE * tolerance for tolerance in self.patient.tolerances]
        while begin < end:
            solution = solve_ivp(rates, (begin, end), self.state, method="Radau", jac=jacobian,
                                 rtol=relative_tolerance, atol=tolerances,
                                 events=[extinction(place) for place in places])
            if solution.status < 0:
                raise ArithmeticError(f"day {solution.t[-1]:g}: {solution.message}")
            begin, self.state = solution.t[-1], solution.y[:, -1].tolist()
            for place, found in zip(places, solution.t_events):
                if len(found) > 0:
                    self.state[place] = 0.0


def trajectory(patient, state, events, days, relative_tolerance):
    """The state of each of these days, after the events of that day."""
    course = Course(patient, state)
    stops = []
    for day in sorted([*days, *(event["day"] for event in events)]):
        if not stops or day - stops[-1] >= SAME_TIME_D:
            stops.append(day)
    now, states = 0, []
    for stop in stops:
        course.integrate(now, stop, relative_tolerance)
        now = stop
        due = [event for event in events if 0 <= event["day"] - stop < SAME_TIME_D]
        for event in sorted(due, key=lambda event: KINDS.index(event["kind"])):
            course.happen(event, stop)
        course.extinguish()
        states += [list(course.state) for day in days if 0 <= day - stop < SAME_TIME_D]
    return states
