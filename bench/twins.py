#!/usr/bin/python3
"""Predicts the later tumour sizes of OAK's patients from their first three by `abscopal twin`, and prints how often they
lie within the bands and how far off the median is, beside two simple references: the last size carried forward, and an
exponential curve through the first three. docs/twin.md quotes it. Research use only, not for treating patients.

Patients on atezolizumab with an even number are predicted. Those with an odd one are what the population was weighed to
and what the error model's settings were chosen on (--half odd shows them). It needs oak_tumour_size.csv of
../shared/trials, python3-numpy, and half an hour; what it runs stays in --folder.
"""
import argparse
import collections
import csv
import math
import os
import pathlib
import subprocess

import numpy

import common

ROOT = pathlib.Path(common.SOURCE).resolve()
USED, LIMIT_MM, FIRST_DAY, LAST_DAY = 3, 5.0, -35, 763
SPANS = ((0, 60), (60, 120), (120, 240), (240, 800))
# Name, cohort file, whether it is weighed to the other half, and what is said of it.
POPULATIONS = {
    "weighed": ("broad-nsclc.yaml", True, "broad cohort, weighed to odd-numbered patients"),
    "broad": ("broad-nsclc.yaml", False, "broad cohort, as it is"),
    "calibrated": ("advanced-nsclc.yaml", False, "calibrated cohort, which has seen all patients' quantiles"),
}


def patients_read(path, half):
    """(day, text of the diameter) of every patient of that half who has a measurement after those used."""
    rows = collections.defaultdict(list)
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            size = row["longest_diameter_mm"]
            if row["arm"] == "atezolizumab" and row["note"] != "not evaluable":
                rows[int(row["patient"])].append((int(row["day"]), size or f"<{LIMIT_MM:g}"))
    chosen, early, late = {}, 0, 0
    for patient, measured in rows.items():
        if (half == "odd") != (patient % 2 == 1):
            continue
        within = [row for row in measured if row[0] <= LAST_DAY]
        late += len(measured) - len(within)
        if len(within) > USED and within[0][0] < FIRST_DAY:
            early += 1
        elif len(within) > USED:
            chosen[patient] = within
    print(f"{len(chosen)} patients of the {half} half with more than {USED} measurements; left out: {early} whose first "
          f"scan was before day {FIRST_DAY}, {late} measurements after day {LAST_DAY}")
    return chosen


def run(command, *words):
    subprocess.run([command, *map(str, words), "--quiet"], check=True, stdout=subprocess.DEVNULL,
                   env={**os.environ, "ABSCOPAL_FOLDERS": str(ROOT)})


def trial_write(command, folder, name):
    """The trial of one arm whose cohort that population is of."""
    cohort, weighed, _ = POPULATIONS[name]
    text = (ROOT / "cohorts" / cohort).read_text()
    if weighed:
        weights = folder / "weights.csv"
        if not weights.exists():
            run(command, "calibrate", ROOT / "cohorts/calibration/broad-population.yaml", "-o", weights)
        text = text.replace("\nseed: 1\n", "\nseed: 1\npopulation: weights.csv\n")
    (folder / f"{name}-cohort.yaml").write_text(text)
    trial = (ROOT / "protocols/oak-twin.yaml").read_text().replace("../cohorts/broad-nsclc.yaml", f"{name}-cohort.yaml")
    path = folder / f"{name}.yaml"
    path.write_text(trial[:trial.index("  - name: atezolizumab with")])
    return path


def predict(command, output, name, patients, words, threads):
    folder, files = output.parent, []
    for patient, measured in sorted(patients.items()):
        files.append(folder / f"patient-{patient}.csv")
        files[-1].write_text("day,longest_diameter_mm\n" + "".join(f"{day},{size}\n" for day, size in measured))
    trial, population = trial_write(command, folder, name), folder / f"{name}.h5"
    count = [] if population.exists() else ["--patients", 20000]
    run(command, "twin", *files, "--trial", trial, "--population", population, *count, "--first", USED, "--threads",
        threads, "--output", output, "--force", *words)


def judge(path):
    """One row for each later measurement: patient, days since the last used, in 50 %, in 90 %, errors of three ways."""
    by_patient = collections.defaultdict(list)
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            if row["given"] == "1" and row["observed_mm"]:
                by_patient[row["patient"]].append(row)
    judged, effective = [], []
    for number, rows in enumerate(by_patient.values()):
        used = [row for row in rows if row["used"] == "1"]
        days = [float(row["day"]) for row in used]
        logs = numpy.log([float(row["observed_mm"]) for row in used])
        slope, level = numpy.polyfit(days, logs, 1)
        effective.append(float(used[0]["effective"]))
        for row in rows[len(used):]:
            day, seen, below = float(row["day"]), float(row["observed_mm"]), row["below"] == "1"
            inside = [float(row[f"lower{share}_mm"]) <= seen and (below or seen <= float(row[f"upper{share}_mm"]))
                      for share in (50, 90)]
            guesses = [float(row["median_mm"]), math.exp(logs[-1]), math.exp(min(level + slope * day, 20))]
            # Nothing is wrong with a guess below what could not be measured.
            errors = [max(guess - seen, 0) if below else abs(guess - seen) for guess in guesses]
            judged.append([number, day - days[-1], *inside, *errors])
    return numpy.array(judged, float), effective


def figures_of(rows):
    medians = numpy.median(rows[:, 4:7], 0)
    return numpy.concatenate([100 * rows[:, 2:4].mean(0), medians, medians[0] - medians[1:], rows[:, 4:6].mean(0)])


def intervals_of(rows, draws=2000):
    """95 % intervals by the bootstrap over patients (percentiles)."""
    random = numpy.random.default_rng(1)
    groups = [numpy.flatnonzero(rows[:, 0] == patient) for patient in numpy.unique(rows[:, 0])]
    sample = [figures_of(rows[numpy.concatenate([groups[i] for i in random.integers(len(groups), size=len(groups))])])
              for _ in range(draws)]
    return numpy.percentile(sample, [2.5, 97.5], axis=0)


def row_print(label, rows):
    values = figures_of(rows)
    lower, upper = intervals_of(rows)
    cells = [f"{value:.1f} ({low:.1f} to {high:.1f})" for value, low, high in zip(values, lower, upper)]
    print("| " + " | ".join([label, str(len(numpy.unique(rows[:, 0]))), str(len(rows)), *cells]) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--command", default=ROOT / "build/release/abscopal", type=pathlib.Path)
    parser.add_argument("--sizes", default=ROOT.parent / "shared/trials/oak_tumour_size.csv", type=pathlib.Path)
    parser.add_argument("--folder", default=ROOT / "build/twins", type=pathlib.Path)
    parser.add_argument("--half", choices=["even", "odd"], default="even", help="predicted (default: even)")
    parser.add_argument("--populations", nargs="+", choices=[*POPULATIONS], default=["weighed"])
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--judge", action="store_true", help="judge what an earlier call has left in the folder")
    parser.add_argument("--words", default="", help="further options of abscopal twin, in one argument")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    patients = patients_read(chosen.sizes, chosen.half)
    print("\n| | patients | measurements | in 50 % band, % | in 90 % band, % | median error, mm: twin | last size | "
          "exponential | twin less last size | twin less exponential | mean error, mm: twin | last size |\n| --- " +
          "| ---: " * 11 + "|")
    for name in chosen.populations:
        output = chosen.folder / f"{name}-{chosen.half}.csv"
        if not chosen.judge:
            predict(chosen.command, output, name, patients, chosen.words.split(), chosen.threads)
        rows, effective = judge(output)
        row_print(POPULATIONS[name][2], rows)
        for first, end in SPANS:
            span = rows[(rows[:, 1] > first) & (rows[:, 1] <= end)]
            row_print(f"{first} to {end} days after the third", span)
        print(f"| effective number: median {numpy.median(effective):.0f}, least {min(effective):.1f}; of 200, so refined: "
              f"{effective.count(200)} |", flush=True)


if __name__ == "__main__":
    main()
