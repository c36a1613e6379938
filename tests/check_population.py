"""`abscopal calibrate` of a virtual population: bins and weights made again from the result file by raking, weights
honoured by `run` and `export`, the same bytes twice, and what is said of what cannot be had. Exit 77 without h5py."""

import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
except ImportError as error:
    print(f"skipped: {error.name} is not installed (python3-h5py, python3-numpy)")
    sys.exit(77)

COMMAND = os.environ["ABSCOPAL_COMMAND"]
ROOT = pathlib.Path(os.environ["ABSCOPAL_SOURCE_DIR"]).resolve()
PATIENTS, SEED = 160, 3
TRIAL = """name: t
model: nsclc
cohort: weighted.yaml
until: 200 d
imaging: {every: 40 d}
arms:
  - {name: first, treatments: [{radiotherapy: 8 Gy, fractions: 3, every: 2 d, start: 0 d, lesions: largest}]}
  - {name: nivolumab, treatments: [{drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, doses: 14}]}
"""
POPULATION = f"""name: p
cohort: cohort.yaml
patients: {PATIENTS}
seed: {SEED}
trials: {{t: trial.yaml}}
match:
  - {{trial: t, arm: nivolumab, quantity: largest_lesion_change, bins: [-100 %, -30 %, 20 %, 1000 %],
     shares: [20 %, 50 %, 30 %]}}
  - {{quantity: largest_lesion_diameter, bins: [0 mm, 25 mm, 50 mm, 1000 mm], shares: [30 %, 40 %, 30 %]}}
  - {{quantity: [lesions, pdl1_per_cancer_cell], bins: [[1, 3, 5], [0 molecule, 5e4 molecule, 1e9 molecule]],
     shares: [[20 %, 20 %], [30 %, 30 %]]}}
"""
FIT = """name: f
cohort: weighted.yaml
patients: 10
seed: 1
trials: {t: trial.yaml}
targets: [{trial: t, arm: first, endpoint: response_rate, value: 50 %, within: 10 %}]
free: [{name: k, in: cohort, set: parameters/killing_rate/median, lower: 5 /d, upper: 50 /d}]
"""
problems = []


def expect(condition, text):
    if not condition:
        problems.append(text)


def run(folder, *arguments, code=0):
    done = subprocess.run([COMMAND, *arguments], cwd=folder, capture_output=True, text=True)
    expect(done.returncode == code, f"{' '.join(arguments)}: exit code {done.returncode}, not {code}: {done.stderr}")
    return done.stdout + done.stderr


def weights_of(path):
    with open(path) as file:
        return np.array([float(row["weight"]) for row in csv.DictReader(line for line in file if line[0] != "#")])


def bins_of(values, edges):
    """From 0, the last bin with its upper edge; -1 outside."""
    found = np.searchsorted(edges, values, side="right") - 1
    found[values == edges[-1]] = len(edges) - 2
    found[(values < edges[0]) | (values > edges[-1]) | np.isnan(values)] = -1
    return found


def quantities(file):
    """Change of the largest lesion in the second arm, its baseline, lesions, PD-L1, by definitions written anew."""
    diameter, day, progressed = file["diameter"][1], file["progression_day"][1], file["progressed"][1]
    change = np.full(len(diameter), np.nan)
    for patient, table in enumerate(diameter):
        if file["patient_status"][patient] != 0:
            continue
        lesion = np.nanargmax(table[0])
        seen = [visit for visit in range(1, len(table))
                if progressed[patient] != 1 or file["visit"][visit] <= day[patient]]
        change[patient] = min(max(table[visit, lesion], 2) for visit in seen) / table[0, lesion] - 1
    names = [name.decode() for name in file["parameter"][()]]
    largest = np.where(file["patient_status"][()] == 0, np.nanmax(np.nan_to_num(file["diameter"][0, :, 0]), 1), np.nan)
    return change, largest, file["lesion_count"][()], file["parameter_value"][:, names.index("pdl1_per_cancer_cell")]


def rake(targets, candidates):
    weights = candidates.astype(float)
    for bins, shares in targets:
        weights[bins < 0] = 0
    for _ in range(20000):
        for bins, shares in targets:
            have = np.bincount(bins[weights > 0], weights[weights > 0], len(shares)) / weights.sum()
            weights[weights > 0] *= (shares / have)[bins[weights > 0]]
    return weights * candidates.sum() / weights.sum()


def check(folder):
    cohort = (ROOT / "cohorts" / "advanced-nsclc.yaml").read_text()
    cohort = cohort.replace("seed: 1\n", f"seed: {SEED}\n").replace("patients: 200\n", f"patients: {PATIENTS}\n")
    if "\npdl1_classes:" not in cohort:
        cohort += "\npdl1_classes: [{name: low, below: 3e4 molecule}, {name: high}]\n"
    (folder / "cohort.yaml").write_text(cohort)
    (folder / "weighted.yaml").write_text(cohort)
    (folder / "trial.yaml").write_text(TRIAL)
    (folder / "population.yaml").write_text(POPULATION)
    run(folder, "check", "population.yaml")
    run(folder, "calibrate", "population.yaml", "-q", "-o", "weights.csv")
    run(folder, "calibrate", "population.yaml", "-q", "-j", "2", "-o", "again.csv")
    expect((folder / "weights.csv").read_bytes() == (folder / "again.csv").read_bytes(), "two runs differ")
    weights = weights_of(folder / "weights.csv")

    run(folder, "run", "trial.yaml", "-q", "-o", "plain.h5")
    with h5py.File(folder / "plain.h5") as file:
        change, largest, lesions, pdl1 = quantities(file)
        candidates = file["patient_status"][()] == 0
        cells = np.where((bins_of(lesions.astype(float), [1, 3, 5]) >= 0) & (bins_of(pdl1, [0, 5e4, 1e9]) >= 0),
                         2 * bins_of(lesions.astype(float), [1, 3, 5]) + bins_of(pdl1, [0, 5e4, 1e9]), -1)
    targets = [(bins_of(change, [-1, -0.3, 0.2, 10]), np.array([0.2, 0.5, 0.3])),
               (bins_of(largest, [0, 25, 50, 1000]), np.array([0.3, 0.4, 0.3])),
               (cells, np.array([0.2, 0.2, 0.3, 0.3]))]
    raked = rake(targets, candidates)
    difference = np.abs(weights - raked).max()
    expect(difference < 1e-6, f"weights are not those of raking: {difference:.1e}")

    # Weights are honoured.
    (folder / "weighted.yaml").write_text(cohort + "\npopulation: weights.csv\n")
    table = run(folder, "run", "trial.yaml", "-q", "-o", "weighted.h5", "--json", "weighted.json")
    numbers = json.loads((folder / "weighted.json").read_text())
    effective = weights.sum()**2 / (weights**2).sum()
    with h5py.File(folder / "weighted.h5") as file, h5py.File(folder / "plain.h5") as plain:
        expect((file["weight"][()] == weights).all(), "weights are not stored as given")
        expect(((file["patient_status"][()] == 6) == (weights == 0)).all(), "who has no weight is not 'not selected'")
        expect(abs(file.attrs["effective_sample_size"] / effective - 1) < 1e-12, "effective sample size")
        responds = np.isin(plain["best_confirmed_response"][1], (0, 1))
        orr = numbers["arms"][1]["orr_best"]["fraction"]
        expect(abs(orr - weights[responds].sum() / weights.sum()) < 1e-12, "weighted response rate")
        for index, entry in enumerate(numbers["arms"][1]["by_pdl1_class"]):
            among = (file["pdl1_class"][()] == index) & (file["status"][1] == 0)
            share = weights[responds & among].sum() / weights[among].sum()
            expect(0 < entry["n"] == among.sum() and abs(entry["orr_best"]["fraction"] - share) < 1e-12,
                   f"weighted response rate of PD-L1 class {entry['class']}")
    expect(numbers["patients"]["not_selected"] == (weights == 0).sum(), "JSON: not selected")
    expect(abs(numbers["patients"]["effective_sample_size"] / effective - 1) < 1e-12, "JSON: effective sample size")
    expect(f"effective sample size {effective:.1f}" in table and " not selected" in table, "table says no weights")
    for name, has in (("weighted", True), ("plain", False)):
        run(folder, "export", f"{name}.h5", "--adam", name)
        with open(folder / name / "adsl.csv") as file:
            rows = list(csv.DictReader(file))
        expect(("WEIGHT" in rows[0]) == has, f"ADSL of {name}: WEIGHT")
        expect(not has or all(float(row["WEIGHT"]) == weights[int(row["PATIENT"]) - 1] for row in rows), "ADSL weights")
    run(folder, "run", "trial.yaml", "-q", "-s", str(SEED + 1), code=2)
    run(folder, "run", "trial.yaml", "-q", "-n", str(PATIENTS + 1), code=2)

    # What is of fits alone, and a fit of a cohort with weights.
    said = run(folder, "calibrate", "population.yaml", "-q", "--resume", "-o", "resumed.csv", code=2)
    expect("--resume is for fits" in said and not (folder / "resumed.csv").exists(), f"of --resume is said: {said}")
    (folder / "fit.yaml").write_text(FIT)
    for command in (["check"], ["calibrate", "-q", "-o", "fit"]):
        said = run(folder, command[0], "fit.yaml", *command[1:], code=2)
        expect("weighted.yaml" in said and "remove population:, fit the cohort" in said, f"of a fit is said: {said}")
    expect(not (folder / "fit").exists(), "a refused fit leaves a folder behind")

    # Acceptance: those are accepted, and all the others not run.
    (folder / "population.yaml").write_text(POPULATION + "method: acceptance\nleast_effective: 100000\n")
    said = run(folder, "calibrate", "population.yaml", "-q", "-o", "accepted.csv", code=5)
    accepted = weights_of(folder / "accepted.csv")
    expect(set(accepted) == {0, 1} and not accepted[weights == 0].any() and accepted[weights.argmax()] == 1, "accepted")
    expected = (weights / weights.max()).sum()
    spread = np.sqrt((weights / weights.max() * (1 - weights / weights.max())).sum())
    expect(abs(accepted.sum() - expected) < 4 * spread, f"{accepted.sum()} accepted, {expected:.1f} expected")
    expect("less than least_effective" in said, "it is not said that the effective sample size is too small")

    # What cannot be had.
    for change_of, into, message in (
            ("bins: [0 mm, 25 mm", "bins: [0 mm, 1 mm", "the bin '0 to 1 mm' of largest_lesion_diameter is to have 30 %"),
            ("quantity: largest_lesion_diameter, bins: [0 mm, 25 mm, 50 mm, 1000 mm]", "trial: t, arm: nivolumab, "
             "quantity: largest_lesion_change, bins: [-100 %, -30 %, 20 %, 1000 %]", "no weights give all bins their"),
            ("arm: nivolumab", "arm: nivo", "the trial 't' has no arm 'nivo'; its first is 'first'")):
        (folder / "population.yaml").write_text(POPULATION.replace(change_of, into))
        said = run(folder, "calibrate", "population.yaml", "-q", "-o", "none.csv", code=2)
        expect(message in said, f"said is: {said}")
    expect(not (folder / "none.csv").exists() and not list(folder.glob("*.partial*")), "a file is left behind")
    print(f"{(weights > 0).sum()} of {PATIENTS} patients weighted, {difference:.1e} from raking, effective sample size "
          f"{effective:.1f}; {int(accepted.sum())} accepted, {expected:.1f} expected")


with tempfile.TemporaryDirectory() as folder:
    check(pathlib.Path(folder))
for problem in problems:
    print(problem)
sys.exit(1 if problems else 0)
