"""SBML documents that the program writes: libSBML finds nothing wrong with them, their rates are the model's in every
preset and with any options, and their trajectories, events included, are those of the program.

Exit 77 without python3-sbml5 or SciPy, or when the program was built without libSBML."""

import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

try:
    import libsbml
    import numpy as np
    import scipy.integrate  # noqa: F401 (sbml_simulation needs it)
except ImportError as error:
    print(f"skipped: {error.name} is not installed (python3-sbml5, python3-numpy, python3-scipy)")
    sys.exit(77)

from check_independent_model import Sized, sized
from sbml_compiled import CompiledReading
from sbml_reading import Reading
from sbml_simulation import Simulation

COMMAND = os.environ.get("ABSCOPAL_COMMAND", "build/abscopal")
DRIVER = pathlib.Path(os.environ.get("ABSCOPAL_BUILD_DIR", "build")) / "tests/print_sbml"
RATE_TOLERANCE = 1e-12  # of the size of a rate's terms: rounding in another order
EVERY_DAYS = 10
SOLVER_TOLERANCE, SOLVER_ABSOLUTE = 1e-9, 1e-8
COURSE_TOLERANCE = 1e-5  # of a value, or of LEAST_SHARE of the largest that it has in the course
LEAST_SHARE = 1e-6
COURSES = [("protocols/qspio-nsclc-2020.yaml", 1, None),
           ("protocols/nivolumab-rt-six-arms.yaml", 6, "8 Gy x 3 with nivolumab")]
# Columns of the published preset, and their units in those of the document.
PUBLISHED = {"cancer_cells": ("lesion1_cancer_cells", 1), "dead_cells": ("lesion1_dead_cells", 1),
             "tumour_volume_l": ("lesion1_volume_l", 1), "tumour_diameter_cm": ("lesion1_diameter_mm", 10),
             "pd1_occupancy": ("lesion1_pd1_occupancy", 1), "drug_plasma_molar": ("nivolumab_drug_blood", 1e9),
             "drug_tumor_molar": ("lesion1_nivolumab_drug_tumour", 1e9),
             "cd8_tumor_cells": ("lesion1_cd8_cells", 1), "treg_tumor_cells": ("lesion1_treg_cells", 1)}
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


def export(folder, trial, patient, arm, failures, seed=1):
    """The document's reading, and the program's own course of the same patient; both in full precision."""
    paths = {kind: folder / f"model.{kind}" for kind in ("xml", "sedml", "csv")}
    who = ["--patient", str(patient), "--seed", str(seed), "--rtol", "1e-10", "--engine", "cvode"] + \
        (["--arm", arm] if arm else [])
    written = ["--sbml", paths["xml"], "--sedml", paths["sedml"], "--force"]
    said = subprocess.run([COMMAND, "export", trial] + written + who, check=True, capture_output=True, text=True).stdout
    subprocess.run([COMMAND, "simulate", trial, "--every", f"{EVERY_DAYS} d", "--csv", paths["csv"]] + who, check=True)
    if "libSBML: 0 errors, 0 warnings" not in said:
        failures.append(f"{trial}: {said.strip()}")
    document, found = document_of(paths["xml"].read_text())
    failures += [f"{trial}: {' '.join(error.getMessage().split())[:400]}" for error in found]
    return CompiledReading(document), courses_of(paths["csv"]), paths["sedml"].read_text()


def courses_of(path):
    """Columns of the program's CSV by the identifiers of the document."""
    with open(path) as file:
        names = file.readline().strip().split(",")
    table = np.genfromtxt(path, delimiter=",", skip_header=1)
    columns = {}
    for name, values in zip(names, table.T):
        if name in PUBLISHED:
            name, unit = PUBLISHED[name]
            values = values * unit
        name = re.sub("_tumor_cells$", "_cells", name).replace("pd1_occupancy", "pd1_inhibition")
        name = re.sub("^lesion([1-5])_(?!.*_plasma)(.*)_nanomolar$", r"lesion\1_\2_drug_tumour", name)
        columns[name] = values
    return columns


def check_sedml(text, reading, trial, failures):
    """What refers to something refers to something that is there, and the simulation is the trial's."""
    root = xml.etree.ElementTree.fromstring(text)
    names = {element.get("id") for element in root.iter() if element.get("id")}
    for element in root.iter():
        for attribute, value in element.items():
            if attribute.endswith("Reference") and value not in names:
                failures.append(f"{trial}: SED-ML has no {value}")
        target = re.search(r"listOf(Species|Parameters)/sbml:(species|parameter)\[@id='(\w+)'\]",
                           element.get("target", ""))
        if element.get("target") and (not target or target[3] not in reading.values):
            failures.append(f"{trial}: SED-ML shows {element.get('target')}, which is not in the document")
    course = root.find(".//{*}uniformTimeCourse")
    if root.find(".//{*}model").get("source") != "model.xml" or course.get("initialTime") != "0" or \
            root.find(".//{*}algorithm").get("kisaoID") != "KISAO:0000019" or len(root.findall(".//{*}curve")) < 5:
        failures.append(f"{trial}: SED-ML is not what was asked for")


def simulated(reading, days):
    """Courses of the document alone, by its identifiers."""
    found = Simulation(reading, SOLVER_TOLERANCE, SOLVER_ABSOLUTE).run(list(days))
    return {name: np.array([values[name] for values in found]) for name in found[0]
            if isinstance(found[0][name], (int, float))}


def differences(ours, program, days):
    """Of each course that both have: the largest difference as a share, infinite where one is no number, its name and
    its day."""
    found = []
    for name in set(program) & set(ours):
        expected = program[name]
        scale = np.maximum(np.abs(expected), LEAST_SHARE * np.abs(expected).max())
        errors = np.divide(np.abs(ours[name] - expected), scale, out=np.zeros_like(scale), where=scale != 0)
        errors = np.nan_to_num(errors, nan=np.inf, posinf=np.inf)
        found.append((errors.max(), name, days[errors.argmax()]))
    return found


def check_course(folder, trial, patient, arm, failures):
    reading, program, sedml = export(folder, trial, patient, arm, failures)
    check_sedml(sedml, reading, trial, failures)
    days = program["time_days"]
    ours = simulated(reading, days)
    found = differences(ours, program, days)
    worst, name, day = max(found, default=(math.inf, "every course", 0))
    print(f"{pathlib.Path(trial).name}, patient {patient}, arm {arm or 1}: {len(found)} courses over "
          f"{days[-1]:g} d, largest difference {worst:.2g} ({name} on day {day:g})")
    if worst > COURSE_TOLERANCE:
        failures.append(f"{trial}: {name} on day {day:g} differs by {worst:.3g}")


def main():
    failures = []
    if not DRIVER.exists():
        print("skipped: the program was built without libSBML")
        return 77
    check_rates(failures)
    with tempfile.TemporaryDirectory() as folder:
        for trial, patient, arm in COURSES:
            check_course(pathlib.Path(folder), trial, patient, arm, failures)
    for failure in failures[:20]:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
