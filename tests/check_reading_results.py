"""docs/reading-results.md: its snippets run as they stand, wherever their language is, on a randomised trial and on a
weighted cohort, and what they find is what `abscopal run --json` says (rates, curves, medians) or what numpy makes of the
file (waterfalls, parameters of responders).

What cannot be run is said, section by section. Exit 77 when nothing can."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
except ImportError as error:
    print(f"skipped: {error.name} is not installed (python3-h5py)")
    sys.exit(77)

COMMAND = os.environ["ABSCOPAL_COMMAND"]
ROOT = pathlib.Path(os.environ["ABSCOPAL_SOURCE_DIR"]).resolve()
MANUAL = (ROOT / "docs/reading-results.md").read_text()
TRIAL = """name: t
model: nsclc
cohort: COHORT.yaml
until: 400 d
imaging: {every: 40 d}
response: {confirmation: 4 week}
MORE
arms:
  - name: nivolumab
    treatments: [{drug: nivolumab, dose: 240 mg, start: 0 d, every: 2 week, until: progression}]
  - name: nivolumab and 8 Gy x 3
    treatments:
      - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 2 week, until: progression}
      - {radiotherapy: 8 Gy, fractions: 3, start: 0 d, every: 2 d, lesions: all}
"""
POPULATION = """name: p
cohort: cohort.yaml
patients: 120
seed: 3
trials: {t: weighted.yaml}
match: [{quantity: largest_lesion_diameter, bins: [0 mm, 25 mm, 40 mm, 1000 mm], shares: [20 %, 20 %, 60 %]}]
"""
RANDOMISED = "allocation: {patients: randomised, ratio: [1, 2]}\neligibility: {lesions: {least: 2}}"

# After the snippets of a section, lines of "name: value value ..." with what they found, and where the response rates
# stand in the lines that begin with an arm: which number, and of which unit.
PYTHON = """
print("@pfs:", *[repr(float(value)) for value in summary["PFS at 6 months"]])
print("@patients:", *summary["patients"])
print("@waterfall:", *[repr(float(value)) for value in waterfall])
print("@difference:", *[repr(float(value)) for value in difference])
print("@parameters:", *difference.index)
print("@rows:", len(rows), len(pd.read_csv("rows.csv")))
"""
XARRAY = """
print("@rows:", len(rows))
print("@killing_rate:", *[repr(float(value)) for value in results["parameter_value"].sel(parameter="killing_rate")])
"""
CURVES_IN_R = """
show <- function(name, values) cat(name, sprintf("%.17g", values), "\\n")
show("@pfs:", summary(fit, times = 6 * 30.4375, extend = TRUE)$surv)
show("@median:", summary(fit)$table[, "median"])
"""
R = CURVES_IN_R + """
show("@patients:", table(rows$arm))
show("@waterfall:", waterfall)
show("@difference:", difference)
cat("@parameters:", names(difference), "\\n")
show("@rows:", c(nrow(rows), nrow(read.csv("rows.csv"))))
"""
OCTAVE = """
printf('@pfs: %.17g\\n', survival(find(days <= 6 * 30.4375, 1, 'last')));
printf('@waterfall:'); printf(' %.17g', waterfall); printf('\\n');
varied = spread > 1e-12 * max(abs(value), [], 1);
printf('@difference:'); printf(' %.17g', difference(varied)); printf('\\n');
printf('@parameters:'); printf(' %s', parameter{varied}); printf('\\n');
printf('@sizes:'); printf(' %d', size(diameter)); printf('\\n');
"""
SECTIONS = {
    "Python with h5py and pandas": ("python", ["pandas"], PYTHON, 1, 1),
    "Python with xarray": ("python", ["xarray", "netCDF4"], XARRAY, 0, 1),
    "R with rhdf5": ("r", ["rhdf5", "survival"], R, 1, 1),
    "R with hdf5r": ("r", ["hdf5r"], "", 0, 1),
    "R with ncdf4": ("r", ["ncdf4", "survival"], CURVES_IN_R, 0, 1),
    "Julia with HDF5": ("julia", ["HDF5", "DataFrames"], "", 1, 1),
    "Julia with NCDatasets": ("julia", ["NCDatasets"], "", 0, 1),
    "MATLAB and Octave": ("matlab", [], OCTAVE, 1, 100),
}
problems, skipped, ran = [], [], []


def expect(condition, text):
    if not condition:
        problems.append(text)


def run(folder, *arguments):
    done = subprocess.run([COMMAND, *arguments], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        print(f"abscopal {' '.join(arguments)} ends with {done.returncode}: {done.stderr}")
        sys.exit(1)


def results_make(folder):
    """Folders with outcomes.h5, and what the run says of it."""
    cohort = (ROOT / "cohorts" / "advanced-nsclc.yaml").read_text()
    cohort = cohort.replace("seed: 1\n", "seed: 3\n").replace("patients: 200\n", "patients: 120\n")
    (folder / "cohort.yaml").write_text(cohort)
    (folder / "all.yaml").write_text(cohort + "\npopulation: weights.csv\n")
    (folder / "randomised.yaml").write_text(TRIAL.replace("COHORT", "cohort").replace("MORE", RANDOMISED))
    (folder / "weighted.yaml").write_text(TRIAL.replace("COHORT", "cohort").replace("MORE\n", ""))
    (folder / "population.yaml").write_text(POPULATION)
    run(folder, "calibrate", "population.yaml", "-q", "-o", "weights.csv")
    (folder / "weighted.yaml").write_text(TRIAL.replace("COHORT", "all").replace("MORE\n", ""))
    for name in ("randomised", "weighted"):
        (folder / name).mkdir()
        run(folder, "run", f"{name}.yaml", "-q", "-o", f"{name}/outcomes.h5", "--json", f"{name}/outcomes.json")
        yield folder / name, json.loads((folder / name / "outcomes.json").read_text())


# ---- Running ----------------------------------------------------------------------------------------


def lacks(language, packages):
    """What is missing for a section, or None."""
    if language == "python":
        absent = [name for name in packages
                  if subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True).returncode != 0]
        return ", ".join(absent) or None
    if language == "r" and shutil.which("Rscript"):
        absent = [name for name in packages if subprocess.run(
            ["Rscript", "-e", f"library({name})"], capture_output=True).returncode != 0]
        return ", ".join(absent) or None
    if language == "julia" and shutil.which("julia"):
        absent = [name for name in packages if subprocess.run(
            ["julia", "-e", f"using {name}"], capture_output=True).returncode != 0]
        return ", ".join(absent) or None
    if language == "matlab":
        return None if shutil.which("octave") else "octave (MATLAB's snippets are run in it)"
    return "Rscript" if language == "r" else "julia"


def lacks_for(language, snippet):
    """What is missing for one snippet of a section that runs, or None."""
    if language == "python" and "matplotlib" in snippet:
        return lacks("python", ["matplotlib"])
    if language == "matlab" and re.search(r"\btable\(|^figure", snippet, flags=re.MULTILINE):
        return "a display" if "figure" in snippet else "MATLAB's tables"
    return None


def octave_stand_in(folder):
    """h5read for Octave, which has none: numbers as its load reads them, texts, which it cannot read, by h5py."""
    with h5py.File(folder / "outcomes.h5") as file:
        texts = {name: file[name].asstr()[:] for name in ("arm", "parameter")}
    cells = ", ".join(f"'{name}', {{{{{'; '.join(repr(str(text)) for text in values)}}}}}" for name, values in texts.items())
    (folder / "h5read.m").write_text(
        f"function values = h5read(file, name)\n  texts = struct({cells});\n  name = name(2:end);\n"
        "  if isfield(texts, name)\n    values = texts.(name);\n    return;\n  end\n"
        "  read = load(file, name);\n  values = read.(name);\n"
        "  if rows(values) == 1\n    values = values(:);\n  end\nend\n")


def run_section(folder, heading, language, snippets, epilogue):
    suffix, command = {"python": (".py", [sys.executable]), "r": (".R", ["Rscript"]), "julia": (".jl", ["julia"]),
                       "matlab": (".m", ["octave", "--no-gui", "--quiet"])}[language]
    if language == "matlab":
        octave_stand_in(folder)
    path = folder / ("section" + suffix)
    path.write_text("\n".join(snippets) + epilogue)
    done = subprocess.run([*command, path.name], cwd=folder, capture_output=True, text=True,
                          env={**os.environ, "MPLBACKEND": "Agg", "LC_ALL": "C.UTF-8"})
    expect(done.returncode == 0, f"{heading}, {folder.name}: ends with {done.returncode}:\n{done.stderr}")
    return done.stdout if done.returncode == 0 else None


# ---- What is found ----------------------------------------------------------------------------------


def printed_numbers(text, arm):
    """Numbers of the first line that is the arm's name and numbers."""
    lines = [line[len(arm):] for line in text.splitlines() if re.match(re.escape(arm) + r"\s+[-\d]", line)]
    return re.findall(r"-?\d+\.?\d*(?:e[-+]\d+)?", lines[0]) if lines else []


def check_rates(where, text, numbers, place, unit):
    """Printed response rates, to their last digit."""
    for arm in numbers["arms"]:
        printed = printed_numbers(text, arm["name"])
        if len(printed) <= place:
            problems.append(f"{where}: no response rate of '{arm['name']}' in\n{text[:1000]}")
            continue
        decimals = len(printed[place].partition(".")[2].partition("e")[0])
        difference = abs(float(printed[place]) - unit * arm["orr_best"]["fraction"])
        expect(difference <= 0.5000001 * 10.0**-decimals, f"{where}, {arm['name']}: ORR {printed[place]}, not "
               f"{unit * arm['orr_best']['fraction']}")


def separation(file, arm):
    """Of the parameters that vary: difference of weighted means between responders and others over the deviation."""
    among = file["status"][arm] == 0
    responds = np.isin(file["best_confirmed_response"][arm], (0, 1))
    weight, values = file["weight"][:], file["parameter_value"][:]
    mean = {who: np.average(values[among & chosen], axis=0, weights=weight[among & chosen])
            for who, chosen in (("all", among), ("responders", responds), ("others", ~responds))}
    deviation = np.sqrt(np.average((values[among] - mean["all"])**2, axis=0, weights=weight[among]))
    varied = np.ptp(values[among], axis=0) > 0
    names = file["parameter"].asstr()[:][varied]
    return dict(zip(names, ((mean["responders"] - mean["others"])[varied] / deviation[varied])))


def check_found(where, text, folder, numbers):
    """The lines that the epilogue prints."""
    found = {name: values.split() for name, values in re.findall(r"^@(\w+): ?(.*)$", text, flags=re.MULTILINE)}
    as_numbers = {name: np.array([number.replace("NA", "nan") for number in values], dtype=float)
                  for name, values in found.items() if name != "parameters"}
    arms = numbers["arms"]
    with h5py.File(folder / "outcomes.h5") as file:
        change = file["best_change"][-1]
        differences = separation(file, -1)
        rates = [arm["pfs_rates"][0]["value"] for arm in arms]
        expected = {
            "pfs": rates if len(as_numbers.get("pfs", [])) > 1 else rates[-1:],
            "median": [arm["median_pfs"]["value"] for arm in arms],
            "patients": [arm["n"] for arm in arms],
            "rows": [(file["status"][:] == 0).sum()] * len(as_numbers.get("rows", [])),
            "waterfall": sorted(change[~np.isnan(change) & (file["status"][-1] == 0)], reverse=True),
            "difference": [differences.get(name, np.nan) for name in found.get("parameters", [])],
            "killing_rate": file["parameter_value"][:, list(file["parameter"].asstr()[:]).index("killing_rate")],
            "sizes": file["diameter"].shape[::-1],
        }
    for name, values in as_numbers.items():
        wanted = np.array(expected[name], dtype=float)
        same = values.shape == wanted.shape and np.allclose(values, wanted, rtol=1e-10, atol=1e-10, equal_nan=name == "median")
        expect(same and len(values) > 0, f"{where}, {name}: {values}, not {wanted}")
    if "parameters" in found:
        expect(set(found["parameters"]) == set(differences) and len(differences) > 5, f"{where}: other parameters")
    return len(found)


def check(folder):
    made = list(results_make(folder))
    for results, numbers in made:  # or the comparison says little
        with h5py.File(results / "outcomes.h5") as file:
            different = (file["best_response"][:] != file["best_confirmed_response"][:]).any()
            statuses = set(file["status"][:].ravel())
        rates = [arm["orr_best"]["fraction"] for arm in numbers["arms"]]
        counts = [arm["orr_best"]["count"] / arm["n"] for arm in numbers["arms"]]
        weighted = np.abs(np.subtract(rates, counts)).max() > 0.005
        expect(0 < rates[0] != rates[1] > 0 and different and weighted == (results.name == "weighted")
               and (5 in statuses) == (results.name == "randomised"), f"dull results: {rates}, {counts}, {statuses}")
        expect(any(arm["median_pfs"]["value"] for arm in numbers["arms"]), "no median is reached")
    sections = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", MANUAL, flags=re.DOTALL | re.MULTILINE))
    expect(set(sections) == set(SECTIONS), f"sections of the manual: {sorted(set(sections) ^ set(SECTIONS))}")
    for heading, (language, packages, epilogue, place, unit) in SECTIONS.items():
        snippets = re.findall(rf"^```{language}\n(.*?)^```", sections.get(heading, ""), flags=re.DOTALL | re.MULTILINE)
        expect(snippets and sections[heading].count("```") == 2 * len(snippets), f"{heading}: snippets are missing")
        missing = lacks(language, packages)
        if missing is not None:
            skipped.append(f"{heading}: {missing}")
            continue
        kept = [snippet for snippet in snippets if not lacks_for(language, snippet)]
        if len(kept) < len(snippets):
            skipped.append(f"{heading}: {len(snippets) - len(kept)} of {len(snippets)} snippets, which need "
                           + ", ".join(filter(None, (lacks_for(language, snippet) for snippet in snippets))))
        for results, numbers in made:
            text = run_section(results, heading, language, kept, epilogue)
            if text is not None:
                where = f"{heading}, {results.name}"
                check_rates(where, text, numbers, place, unit)
                expect(check_found(where, text, results, numbers) == epilogue.count("@"), f"{where}: lines are missing")
        ran.append(heading)


with tempfile.TemporaryDirectory() as name:
    check(pathlib.Path(name))
for text in skipped:
    print(f"not run: {text}")
print("\n".join(problems) or f"run: {'; '.join(ran)}")
sys.exit(1 if problems else 0 if ran else 77)
