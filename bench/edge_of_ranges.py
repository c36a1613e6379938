#!/usr/bin/python3
"""What becomes of patients who are drawn to the edge of what a cohort file may say, in the six-arm trial.

    bench/edge_of_ranges.py ABSCOPAL FOLDER [--patients N] [--engine ENGINE] [--rtol X] [DRAW...]

ABSCOPAL is the built command. Each DRAW, all three unless named, makes a cohort and a trial file in FOLDER, runs the trial with N
patients (10000 unless said otherwise) and seed 1 and prints what the program says of patients not integrated:

    cohort   what the shipped cohort draws, over the whole range that it may have; the rest as shipped
    ranges   every parameter of the model over its whole range
    bounds   every parameter at one of the two ends of its range, of which a coin decides: a cohort file for every 20 patients

Over a range: uniform, or log-uniform where it spans two powers of ten; one that begins at 0 goes from a millionth of its end (or of
the parameter's default, if that is less), which is as good as 0. Lesions are 1 to 5 and differ as much as they may, and no patient
is refused at baseline (`plausible`) as long as the tumour grows to it. Needs h5py, NumPy and PyYAML for `cohort`.
"""
import argparse
import collections
import json
import os
import random
import subprocess
import sys

import h5py

SOURCE = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
TRIAL = os.path.join(SOURCE, "protocols", "nivolumab-rt-six-arms.yaml")
SHIPPED = os.path.join(SOURCE, "cohorts", "advanced-nsclc.yaml")
PATIENTS_OF_A_CORNER = 20
STATUS = {0: "completed", 1: "not plausible", 2: "not integrated", 3: "not run"}
HEAD = """name: edge of the ranges, {draw}
patients: {patients}
seed: {seed}
lesions: {{1: 20 %, 2: 20 %, 3: 20 %, 4: 20 %, 5: 20 %}}
baseline_sum_of_diameters: {{distribution: loguniform, lower: 1 mm, upper: 1000 mm}}
relative_lesion_size: {{distribution: loguniform, lower: 1e-6, upper: 1}}
lesion_spread: {{growth: 3, infiltration: 3, pdl1: 3, antigen: 3, radiosensitivity: 3}}
body_weight: {{distribution: uniform, lower: 1 kg, upper: 500 kg}}
body_height: {{distribution: uniform, lower: 30 cm, upper: 300 cm}}
new_lesions: {{distribution: loguniform, lower: 1e-6 /d, upper: 1 /d}}
parameters:
"""


def quantity(value, unit):
    return f"{value:.17g}" if unit == "1" else f"{value:.17g} {unit}"


def whole_range(parameter):
    lower, upper, unit = parameter["lower"], parameter["upper"], parameter["unit"]
    if lower == 0:
        lower = 1e-6 * min(upper, parameter["default"] or upper)
    kind = "loguniform" if upper / lower >= 100 else "uniform"
    return f"{{distribution: {kind}, lower: {quantity(lower, unit)}, upper: {quantity(upper, unit)}}}"


def cohort_text(draw, patients, seed, parameters, value):
    lines = [f"  {parameter['name']}: {value(parameter)}\n" for parameter in parameters]
    return HEAD.format(draw=draw, patients=patients, seed=seed) + "".join(lines)


def shipped_text(patients, parameters):
    """The shipped cohort's fixed parameters, and those that it draws over their whole range."""
    import yaml
    with open(SHIPPED, encoding="utf-8") as file:
        shipped = yaml.safe_load(file)["parameters"]
    table = {parameter["name"]: parameter for parameter in parameters}
    return cohort_text("cohort", patients, 1, [table[name] for name in shipped], lambda parameter: whole_range(
        parameter) if isinstance(shipped[parameter["name"]], dict) else shipped[parameter["name"]])


def corner_texts(patients, parameters):
    coin = random.Random(1)
    for first in range(0, patients, PATIENTS_OF_A_CORNER):
        count = min(PATIENTS_OF_A_CORNER, patients - first)
        yield cohort_text("bounds", count, 1 + first // PATIENTS_OF_A_CORNER, parameters, lambda parameter: quantity(
            parameter[coin.choice(("lower", "upper"))], parameter["unit"]))


def run(options, draw, number, text):
    """Runs the trial with that cohort; the results file."""
    stem = os.path.join(options.folder, f"{draw}-{number}" if number else draw)
    with open(f"{stem}-cohort.yaml", "w", encoding="utf-8") as file:
        file.write(text)
    with open(TRIAL, encoding="utf-8") as file:
        trial = file.read().replace("../cohorts/advanced-nsclc.yaml", os.path.basename(f"{stem}-cohort.yaml"))
    with open(f"{stem}.yaml", "w", encoding="utf-8") as file:
        file.write(trial)
    if os.path.exists(f"{stem}.h5"):
        os.remove(f"{stem}.h5")
    result = subprocess.run([options.command, "run", f"{stem}.yaml", "-o", f"{stem}.h5", "--courses", "off", "--quiet",
                             "--max-failures", "100%", "--engine", options.engine, "--rtol", options.rtol],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    with open(f"{stem}.txt", "w", encoding="utf-8") as file:
        file.write(result.stdout)
        file.write(result.stderr)
    # 2: no patient has grown to the baseline, which the results say, too.
    if result.returncode not in (0, 2) or not os.path.exists(f"{stem}.h5"):
        sys.exit(f"{stem}.yaml: exit code {result.returncode}: {result.stderr[-2000:]}")
    return f"{stem}.h5"


def words(values):
    return [value.decode() if isinstance(value, bytes) else value for value in values]


def count(path, patients, failures):
    """Adds up what became of the patients of one file, and their failures by reason and arm, or growth."""
    with h5py.File(path) as file:
        for status in file["patient_status"][...]:
            patients[STATUS.get(int(status), str(status))] += 1
        columns = [words(file[f"failure_{name}"][...]) for name in ("reason", "arm", "state")]
        for code, reason, arm, state in zip(file["failure_code"][...], *columns):
            if code != 0:
                failures[reason, arm or "growth to baseline"][state] += 1


def report(draw, patients, failures):
    total = sum(patients.values())
    print(f"{draw}: {total} patients, " + ", ".join(f"{number} {name}" for name, number in sorted(patients.items())))
    for (reason, where), states in sorted(failures.items()):
        most = ", ".join(f"{state} {number}" for state, number in states.most_common(4))
        print(f"    {reason:24} {where:28} {sum(states.values()):6}   {most}")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    parser.add_argument("folder")
    parser.add_argument("--patients", type=int, default=10000)
    parser.add_argument("--engine", default="batch")
    parser.add_argument("--rtol", default="1e-6")
    parser.add_argument("draws", nargs="*", default=["cohort", "ranges", "bounds"])
    options = parser.parse_intermixed_args()
    os.makedirs(options.folder, exist_ok=True)
    listed = subprocess.run([options.command, "list", "parameters", "--format", "json"], stdout=subprocess.PIPE,
                            text=True, check=True)
    parameters = json.loads(listed.stdout)
    for draw in options.draws:
        if draw == "cohort":
            texts = [shipped_text(options.patients, parameters)]
        elif draw == "ranges":
            texts = [cohort_text("ranges", options.patients, 1, parameters, whole_range)]
        else:
            texts = corner_texts(options.patients, parameters)
        patients, failures = collections.Counter(), collections.defaultdict(collections.Counter)
        for number, text in enumerate(texts):
            count(run(options, draw, number, text), patients, failures)
        report(draw, patients, failures)


if __name__ == "__main__":
    main()
