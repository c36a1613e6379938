"""A second implementation, written from docs/model.md alone, gives the rates and the trajectory of the program.

Only if the document states every equation, event and initial state as the program has it, these can agree.
Exit 77 without NumPy or SciPy."""

import json
import math
import os
import pathlib
import subprocess
import sys

try:
    import numpy as np
    import scipy.integrate  # noqa: F401 (independent_course needs it)
except ImportError as error:
    print(f"skipped: {error.name} is not installed (python3-numpy, python3-scipy)")
    sys.exit(77)

import independent_course
import independent_model

DRIVER = pathlib.Path(os.environ.get("ABSCOPAL_BUILD_DIR", "build")) / "tests/print_rates"
RATE_TOLERANCE = 1e-12  # of the size of a rate's terms: rounding in another order
STATE_TOLERANCE = 1e-5  # of a state, or of LEAST_SHARE of the largest value it has in the course
LEAST_SHARE = 1e-6
SOLVER_TOLERANCE = 1e-9
SHOWN = 10
SEEDED_SIZES = (2000, 500)  # of the driver's treated patient, times seed_cancer_cells
# The document's names of what the driver writes with units.
DRUG_NAMES = {
    "peripheral_flow": "peripheral_flow_l_per_d", "tumour_flow": "tumour_flow_l_per_d",
    "node_flow": "node_flow_l_per_d", "lymphatic_drainage": "lymphatic_drainage_per_d",
    "clearance": "clearance_l_per_d", "saturable_clearance": "saturable_clearance_nmol_per_d",
    "saturable_half": "saturable_half_nanomolar", "gamma_blood": "gamma_blood", "gamma_peripheral": "gamma_peripheral",
    "gamma_tumour": "gamma_tumour", "gamma_node": "gamma_node", "dissociation": "dissociation_nanomolar",
    "cross_arm": "cross_arm_3d", "target": "target"}


class Sized:
    """A number and its size: what it would be if every term were added, none subtracted.

    Rates are sums that nearly cancel. The last digits of such a sum come from its largest terms, and in which order a
    program adds them is its own affair; so a rate can be held to a share of the size of its terms, not of itself. The
    size follows the arithmetic: sums add sizes, products multiply them, a divisor that cancels makes its quotient's
    size grow, and an exponent's size counts in proportion."""

    def __init__(self, value, size=None):
        self.value, self.size = value, abs(value) if size is None else size

    def __float__(self):
        return float(self.value)

    def __lt__(self, other):
        return float(self) < float(other)

    def __gt__(self, other):
        return float(self) > float(other)

    def __neg__(self):
        return Sized(-self.value, self.size)

    def __add__(self, other):
        other = sized(other)
        return Sized(self.value + other.value, self.size + other.size)

    def __sub__(self, other):
        other = sized(other)
        return Sized(self.value - other.value, self.size + other.size)

    def __mul__(self, other):
        other = sized(other)
        return Sized(self.value * other.value, self.size * other.size)

    def __truediv__(self, other):
        other = sized(other)
        return Sized(self.value / other.value, self.size * other.size / other.value**2)

    def __pow__(self, exponent):
        return Sized(self.value**exponent, self.size**exponent)

    def __rsub__(self, other):
        return sized(other) - self

    def __rtruediv__(self, other):
        return sized(other) / self

    def __rpow__(self, base):
        return Sized(base**self.value, base**self.value * self.size / abs(self.value))

    __radd__, __rmul__ = __add__, __mul__


def sized(number):
    return number if isinstance(number, Sized) else Sized(number)


def driver(argument):
    return json.loads(subprocess.run([DRIVER, argument], check=True, capture_output=True, text=True).stdout)


def patient_of(case, errors):
    drugs = []
    for drug in case["drugs"]:
        drugs.append({name: drug[printed] for name, printed in DRUG_NAMES.items()})
        drugs[-1]["on_rate"] = drug["on_rate_per_nanomolar_d"] / 86400 * 1e9
    factors = [{f"{name}_factor": value for name, value in lesion.items()} for lesion in case["lesion_factors"]]
    patient = independent_model.Patient(case["preset"], case["parameters"], case["options"], factors, drugs)
    # The driver prints parameters as they are used: with defaults where an option that is off restores them.
    for name, value in vars(patient.parameters).items():
        if value != case["parameters"][name]:
            errors.append(f"{name} is {value:g} by the document, {case['parameters'][name]:g} in the program")
    for number, lesion in enumerate(patient.lesions):
        if lesion.pdl1_factor != case["lesion_factors"][number]["pdl1"]:
            errors.append(f"pdl1_factor is {lesion.pdl1_factor:g} by the document")
    return patient


def values_of(patient, printed, errors):
    """The printed states in their order, which must be that of the document."""
    order = [(state["name"], *(None if state[part] < 0 else state[part] for part in ("lesion", "drug")))
             for state in printed]
    if order != patient.states:
        errors.append("the states or their order are others than the document's")
    return [state["value"] for state in printed]


def label(state):
    name, lesion, drug = state
    return name + (f", lesion {lesion + 1}" if lesion is not None else "") + \
        (f", drug {drug + 1}" if drug is not None else "")


def report(title, found, tolerance):
    """Prints the worst of (error, text) when any is above tolerance; returns whether all are within, and the worst.

    An error that is not a number is the worst of all."""
    found = sorted(((error if error == error else math.inf, text) for error, text in found), reverse=True)
    if found[0][0] > tolerance:
        count = sum(error > tolerance for error, _ in found)
        print(f"{title}: {count} of {len(found)} differ by more than {tolerance:g}")
        for error, text in found[:SHOWN]:
            print(f"  {error:.3g}  {text}")
    return found[0][0] <= tolerance, found[0][0]


def rate_errors(errors):
    found = []
    for number, case in enumerate(driver("rates")):
        patient = patient_of(case, errors)
        infusions = [drug["infusion_nmol_per_d"] for drug in case["drugs"]]
        state = [Sized(value) for value in values_of(patient, case["state"], errors)]
        expected = values_of(patient, case["rate"], errors)
        rates = independent_model.rates(patient, state, infusions)
        for name, rate, program in zip(patient.states, map(sized, rates), expected):
            difference = abs(rate.value - program)
            found.append((difference / rate.size if rate.size > 0 else math.inf if difference > 0 else 0.0,
                          f"{label(name)} of case {number}: {rate.value:.15g}, the program has {program:.15g}"))
    return found


def initial_errors(patient, program):
    """The body without tumour, as the document begins it, with the cancer cells that the driver seeds."""
    ours = independent_course.tumour_free_state(patient)
    for lesion, relative_size in enumerate(SEEDED_SIZES):
        seeded, resistant = patient.parameters.seed_cancer_cells * relative_size, patient.parameters.resistant_fraction
        ours[patient.place["cancer_cells", lesion, None]] = seeded * (1 - resistant)
        ours[patient.place["resistant_cells", lesion, None]] = seeded * resistant
    return [(abs(mine - theirs) / abs(theirs) if theirs else math.inf if mine else 0.0,
             f"{label(state)}: {mine:.15g}, the program has {theirs:.15g}")
            for state, mine, theirs in zip(patient.states, ours, program)]


def course_errors(treated, errors):
    """Of the initial state, and of every state on every day."""
    patient = patient_of(treated, errors)
    initial = values_of(patient, treated["initial_state"], errors)
    days = [day["day"] for day in treated["trajectory"]]
    program = np.array([values_of(patient, day["state"], errors) for day in treated["trajectory"]])
    ours = np.array(independent_course.trajectory(patient, initial, treated["events"], days, SOLVER_TOLERANCE))
    scale = np.maximum(np.abs(program), LEAST_SHARE * np.abs(program).max(axis=0))
    found = []
    for column, state in enumerate(patient.states):
        difference = np.abs(ours[:, column] - program[:, column])
        error = np.divide(difference, scale[:, column], out=np.where(difference == 0, 0.0, np.inf),
                          where=scale[:, column] > 0)
        worst = int(np.argmax(error))
        found.append((error[worst], f"{label(state)} on day {days[worst]:g}: {ours[worst, column]:.9g}, "
                                    f"the program has {program[worst, column]:.9g}"))
    return initial_errors(patient, initial), found


def main():
    errors = []
    rates = rate_errors(errors)
    initial, course = course_errors(driver("trajectory"), errors)
    for error in sorted(set(errors)):
        print(error)
    results = [report("rates", rates, RATE_TOLERANCE), report("initial state", initial, RATE_TOLERANCE),
               report("course", course, STATE_TOLERANCE)]
    if errors or not all(within for within, _ in results):
        return 1
    print(f"largest errors: {results[0][1]:.2g} of {len(rates)} rates, {results[1][1]:.2g} of {len(initial)} initial "
          f"states, {results[2][1]:.2g} of the course of {len(course)} states")
    return 0


if __name__ == "__main__":
    sys.exit(main())
