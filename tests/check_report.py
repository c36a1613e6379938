"""`abscopal report` and `abscopal plot`: every figure's numbers made again from the result file, with h5py, NumPy and
SciPy alone; the page holds the same numbers, loads nothing, and is the same bytes twice. Exit 77 without them."""

import hashlib
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
    from scipy import stats
except ImportError as error:
    print(f"skipped: {error.name} is not installed (python3-h5py, python3-numpy, python3-scipy)")
    sys.exit(77)

COMMAND = os.environ["ABSCOPAL_COMMAND"]
ROOT = pathlib.Path(os.environ["ABSCOPAL_SOURCE_DIR"]).resolve()
PATIENTS, MANY = 60, 450
RESPONSES = ["complete", "partial", "stable", "progressive", "not evaluable", "neither"]
NIVOLUMAB = "{drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, doses: 18, over: 30 min}"
# In all arms; visits are missed and measured with error, a treatment waits, another ends; what was published is made up.
FIRST = f"""name: three arms
registry: NCT00000000
model: nsclc
cohort: cohort.yaml
until: 380 d
imaging: {{every: 6 week, error: 5 %, missed: 4 %}}
response: {{criteria: recist, minimum_stable: 6 week, confirmation: 4 week}}
arms:
  - name: nivolumab
    treatments: [{NIVOLUMAB}]
  - name: 8 Gy x 3 & <nivolumab>
    treatments:
      - {{id: rt, radiotherapy: 8 Gy, fractions: 3, start: 0 d, every: 2 d, lesions: largest}}
      - {{drug: nivolumab, dose: 240 mg, after: {{block: rt, lag: 7 d}}, every: 14 d, for: 52 week, over: 30 min}}
  - name: salvage
    treatments:
      - {{drug: nivolumab, dose: [120 mg, 240 mg], start: 0 d, every: 14 d, doses: 18, until: confirmed progression}}
      - {{radiotherapy: 8 Gy, fractions: 3, when: {{event: progression, lag: 7 d}}, every: 2 d, lesions: largest}}
observed:
  - {{arm: nivolumab, endpoint: best_response_rate, value: 20 %, interval: [12 %, 31 %], level: 95 %, patients: 80, source: here}}
  - {{arm: nivolumab, endpoint: progression_free_rate, value: 45 %, at: 365.25 d, patients: 80, source: here}}
  - {{arm: salvage, endpoint: disease_control_rate, value: 60 %, at: 84 d, patients: 40, source: there}}
  - {{arm: salvage, endpoint: median_progression_free_survival, value: 150 d, interval: [100 d, 200 d], source: there}}
"""
SECOND = """name: randomised
model: nsclc
cohort: weighted.yaml
until: 250 d
imaging: {every: 40 d}
response: {criteria: recist, irradiated: non-target}
eligibility: {lesions: {least: 2}}
allocation: {patients: randomised, ratio: [2, 1]}
arms:
  - name: 8 Gy x 3
    treatments: [{radiotherapy: 8 Gy, fractions: 3, start: 0 d, every: 2 d, lesions: largest}]
  - name: both
    treatments:
      - {radiotherapy: 8 Gy, fractions: 3, start: 0 d, every: 2 d, lesions: largest}
      - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, until: progression, over: 30 min}
"""
POPULATION = f"""name: p
cohort: cohort.yaml
patients: {MANY}
seed: 4
trials: {{t: small.yaml}}
match:
  - {{quantity: largest_lesion_diameter, bins: [0 mm, 25 mm, 50 mm, 1000 mm], shares: [30 %, 40 %, 30 %]}}
"""
SMALL = """name: small
model: nsclc
cohort: cohort.yaml
until: 10 d
imaging: {every: 10 d}
arms:
  - {name: rt, treatments: [{radiotherapy: 8 Gy, start: 0 d, lesions: largest}]}
"""
problems = []


def expect(condition, text):
    if not condition:
        problems.append(text)


def near(what, ours, theirs, relative=1e-12):
    """Numbers, or lists of them; None stands for NaN and infinity."""
    ours = np.array([math.nan if value is None else value for value in np.atleast_1d(np.array(ours, dtype=object))], dtype=float)
    theirs = np.atleast_1d(np.asarray(theirs, dtype=float))
    theirs = np.where(np.isfinite(theirs), theirs, np.nan)
    good = ours.shape == theirs.shape and np.allclose(ours, theirs, rtol=relative, atol=relative * 1e-2, equal_nan=True)
    expect(good, f"{what}: {ours[:8]} in the report, {theirs[:8]} from the file")


def run(folder, *arguments, code=0):
    done = subprocess.run([COMMAND, *arguments], cwd=folder, capture_output=True, text=True)
    expect(done.returncode == code, f"{' '.join(arguments)}: exit code {done.returncode}, not {code}: {done.stderr}")
    return done.stderr


def texts(values):
    return [value.decode() if isinstance(value, bytes) else str(value) for value in values]


class Arm:
    """What the file has of those who completed an arm."""

    def __init__(self, file, index):
        self.file, self.index = file, index
        self.rows = np.flatnonzero(file["status"][index] == 0)
        self.patients = file["patient"][()][self.rows]
        weights = file["weight"][()]
        completed = file["patient_status"][()] == 0
        self.weighted = len(set(weights[completed])) > 1
        self.weights = weights[self.rows] / weights[completed].mean() if self.weighted else np.ones(len(self.rows))
        self.best = self["best_confirmed_response"]
        self.responds = np.isin(self.best, [0, 1])
        self.day, self.progressed = self["progression_day"], self["progressed"] == 1

    def __getitem__(self, name):
        return self.file[name][self.index][self.rows]


def wilson(has, weights):
    """Share and interval of the effective number of patients."""
    if len(has) == 0:
        return [math.nan] * 3
    n, p, z = weights.sum() ** 2 / (weights**2).sum(), np.average(has, weights=weights), stats.norm.ppf(0.975)
    middle, width = (p + z * z / (2 * n)) / (1 + z * z / n), z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return [p, max(middle - width, 0) if p > 0 else 0, min(middle + width, 1) if p < 1 else 1]


def kaplan_meier(day, event, weights, weighted):
    """Times with somebody on them, survival, log-log limits; by the definitions, row by row."""
    times = np.unique(day)
    survival, logarithm = [], np.zeros((len(times), len(day)))  # what each patient moves log survival by
    greenwood, total, moved, value = [], 0.0, np.zeros(len(day)), 1.0
    for k, time in enumerate(times):
        at_risk, falls = weights[day >= time].sum(), weights[(day == time) & event].sum()
        last = time == times[-1] and not ((day == time) & ~event).any()
        left = 0 if last else at_risk - falls
        if falls > 0:
            value *= left / at_risk
            if left > 0:
                total += falls / (at_risk * left)
                moved = moved + (day >= time) * falls / (at_risk * left) - ((day == time) & event) / left
        survival.append(value)
        greenwood.append(math.sqrt((weights**2 * moved**2).sum()) if weighted else math.sqrt(total))
    survival, error = np.array(survival), np.array(greenwood)
    with np.errstate(divide="ignore", invalid="ignore"):
        width = stats.norm.ppf(0.975) * error / -np.log(survival)
        lower, upper = survival ** np.exp(width), survival ** np.exp(-width)
    none = (survival <= 0) | (survival >= 1)
    return times, survival, np.where(none, np.nan, lower), np.where(none, np.nan, upper)


def pick(count, shown):
    return [i * (count - 1) // (shown - 1) if shown > 1 else 0 for i in range(shown)]


def change_over_time(arm):
    """Of the sum of target lesions, over baseline."""
    target = arm["target"] == 1
    sums = np.where(target[:, None, :], arm["diameter"], 0).sum(axis=2)
    sums[~target.any(axis=1)] = np.nan
    with np.errstate(invalid="ignore", divide="ignore"):
        return sums / sums[:, :1] - 1


# ---- The parts of a run ----------------------------------------------------------------------------------------------


def check_flow(flow, file, arms):
    status = file["patient_status"][()]
    names = {"completed": 0, "not_plausible": 1, "not_integrated": 2, "not_eligible": 4, "not_selected": 6}
    expect(flow["sampled"] == len(status), "flow: sampled")
    for name, value in names.items():
        expect(flow[name] == (status == value).sum(), f"flow: {name}")
    expect(sum(flow[name] for name in names) == flow["sampled"], "flow: statuses do not add up")
    rejected, failed = file["rejected_by"][()], file["rules_failed"][()]
    for index, rule in enumerate(flow["rejections"]):
        first = (rejected == index).sum()
        everybody = first if index == 0 else (failed >> (index - 1) & 1).sum()
        expect((rule["first"], rule["all"]) == (first, everybody), f"flow: {rule}")
    for line, arm in zip(flow["arms"], arms, strict=True):
        expect(line["analysed"] == len(arm.rows) and line["allocated"] == line["analysed"] + line["not_integrated"], f"flow: {line}")
        near("flow: effective", line["effective"], arm.weights.sum() ** 2 / (arm.weights**2).sum())


def check_endpoints(run_data, file, arms):
    lines = {(line["arm"], line["key"]): line for line in run_data["endpoints"]}
    for name, arm in zip(run_data["arms"], arms, strict=True):
        outside = arm["out_of_field_response"]
        horizon = arm["response_at_horizon"]
        shares = {
            "best_response_rate": arm.responds, "complete_response_rate": arm.best == 0,
            "disease_control_rate": np.isin(arm.best, [0, 1, 2, 5]), "progressive_disease_rate": arm.best == 3,
            "response_rate": np.isin(horizon, [0, 1])}
        for key, has in shares.items():
            line = lines[name, key]
            near(f"{name}: {key}", [line["value"], line["lower"], line["upper"]], wilson(has, arm.weights))
            expect(line["n"] == len(arm.rows), f"{name}: {key}: n")
        line = lines[name, "abscopal_response_rate"]
        near(f"{name}: outside", [line["value"], line["lower"], line["upper"]],
             wilson(np.isin(outside[outside >= 0], [0, 1]), arm.weights[outside >= 0]))
        expect(line["n"] == (outside >= 0).sum(), f"{name}: outside: n")
        times, survival, lower, upper = kaplan_meier(arm.day, arm.progressed, arm.weights, arm.weighted)
        last_visit = file["visit"][()][-1]
        for months in (6, 12):
            day = months * 365.25 / 12
            if day > run_data["until_days"]:
                continue
            row = np.searchsorted(times, min(day, last_visit), side="right") - 1
            line = lines[name, f"progression_free_rate_{months}_months"]
            there = min(day, last_visit) <= times[-1] or survival[-1] == 0
            near(f"{name}: PFS at {months} months", [line["value"], line["lower"], line["upper"]],
                 [survival[row], lower[row], upper[row]] if there and row >= 0 else [math.nan] * 3)
        crossed = np.flatnonzero(survival <= 0.5 + 2**-26)
        line = lines[name, "median_progression_free_survival"]
        expect(line["not_reached"] == (len(crossed) == 0), f"{name}: whether the median is reached")
        if len(crossed) and survival[crossed[0]] < 0.5 - 1e-9:
            near(f"{name}: median PFS", line["value"], times[crossed[0]])
    check_observed(run_data, lines)


def check_observed(run_data, lines):
    for line in run_data["observed"]:
        lower, upper, value = line["observed"]["lower"], line["observed"]["upper"], line["predicted"]["value"]
        known = None not in (lower, upper, value)
        expect(line["within"] == (lower <= value <= upper if known else line["within"]) and (known or line["within"] is None),
               f"within: {line}")
    for (arm, key), line in lines.items():
        wanted = [row for row in run_data["observed"] if row["arm"] == arm and
                  (row["endpoint"] == key and row["at_days"] is None or
                   row["endpoint"] == "progression_free_rate" and row["at_days"] is not None and row["at_days"] == line["at_days"])]
        expect([row["value"] for row in line["observed"]] == [row["observed"]["value"] for row in wanted], f"observed of {arm}, {key}")


def check_survival(km, arms):
    for curve, risk, arm in zip(km["curves"], km["risk"]["arms"], arms, strict=True):
        times, survival, lower, upper = kaplan_meier(arm.day, arm.progressed, arm.weights, arm.weighted)
        keep = [k for k, time in enumerate(times) if arm.progressed[arm.day == time].any() or k + 1 == len(times)]
        near("curve: days", curve["days"], [0, *times[keep]])
        near("curve: survival", curve["survival"], [1, *survival[keep]])
        near("curve: lower", curve["lower"], [math.nan, *lower[keep]], 1e-10)
        near("curve: upper", curve["upper"], [math.nan, *upper[keep]], 1e-10)
        censored = [k for k, time in enumerate(times) if (~arm.progressed)[arm.day == time].any()]
        near("curve: censored", curve["censored_days"], times[censored])
        near("curve: survival of the censored", curve["censored_survival"], survival[censored])
        for k, day in enumerate(km["risk"]["days"]):
            counts = [risk[name][k] for name in ("at_risk", "censored", "events")]
            before = arm.day < day
            expect(counts == [(~before).sum(), (before & ~arm.progressed).sum(), (before & arm.progressed).sum()], f"at risk on {day}: {counts}")


def check_patients(run_data, arms):
    """Waterfall, spider and swimmer."""
    for name, arm, bars, lines, lanes in zip(run_data["arms"], arms, *(run_data[figure] for figure in ("waterfall", "spider", "swimmer")), strict=True):
        best = dict(zip(arm.patients, (RESPONSES[index] for index in arm.best)))
        change = arm["best_change"]
        there = np.flatnonzero(~np.isnan(change))
        order = there[np.lexsort((arm.patients[there], -change[there]))]
        expect(bars["total"] == len(order) and bars["shown"] == min(len(order), 400) == len(bars["patients"]), f"{name}: bars")
        chosen = order[pick(len(order), bars["shown"])]
        expect(bars["patients"] == arm.patients[chosen].tolist(), f"{name}: patients of the bars")
        near(f"{name}: bars", bars["change"], change[chosen])
        shown = pick(len(arm.rows), min(len(arm.rows), 60))
        expect(lines["total"] == len(arm.rows) and lines["patients"] == arm.patients[shown].tolist(), f"{name}: patients of the lines")
        changes = change_over_time(arm)[shown]
        for k, line in enumerate(lines["change"]):
            near(f"{name}: line {k}", line, changes[k], 1e-9)
            smallest = min((value for value in line[1:] if value is not None), default=None)
            near(f"{name}: line {k} and its bar", smallest, change[shown[k]], 1e-9)
        near(f"{name}: stops", lines["stops"], np.where(arm.progressed, arm.day, np.nan)[shown])
        order = np.lexsort((arm.patients, -arm.day))
        chosen = order[pick(len(order), min(len(order), 40))]
        expect(lanes["patients"] == arm.patients[chosen].tolist(), f"{name}: patients of the lanes")
        near(f"{name}: ends", lanes["end_days"], arm.day[chosen])
        near(f"{name}: responses", lanes["response_days"], arm["response_day"][chosen])
        near(f"{name}: ends of responses", lanes["response_end_days"], (arm["response_day"] + arm["response_duration"])[chosen])
        expect(lanes["progressed"] == arm.progressed[chosen].tolist(), f"{name}: progressed")
        for figure in (bars, lines, lanes):
            expect(figure["best"] == [best[patient] for patient in figure["patients"]], f"{name}: best responses")


def weighted_quantile(values, weights, part):
    """Akinshin 2023: with equal weights type 7."""
    order = np.argsort(values, kind="stable")
    values, weights = values[order], weights[order] / weights.sum()
    n = 1 / (weights**2).sum()
    edges = np.concatenate([[0], np.cumsum(weights)])
    position = np.clip(edges * n - part * (n - 1), 0, 1)
    return (np.diff(position) * values).sum()


def check_courses(courses, file, arms):
    days = file["course_day"][()]
    near("days of courses", courses["days"], days)
    expect([quantity["key"] for quantity in courses["quantities"]] ==
           ["sum_of_diameters", "lymphocytes", "drug", "pd1_occupancy", "cd8_density"], "quantities of courses")
    for quantity in courses["quantities"]:
        values = file["course_" + quantity["key"]]
        for band, arm in zip(quantity["arms"], arms, strict=True):
            course = values[arm.index][arm.rows].astype(float)
            expect(band["n"] == len(arm.rows), "patients of a band")
            for name, part in {"q05": 0.05, "q25": 0.25, "median": 0.5, "q75": 0.75, "q95": 0.95}.items():
                if arm.weighted:
                    expected = [weighted_quantile(course[:, k], arm.weights, part) for k in range(len(days))]
                else:
                    expected = np.quantile(course, part, axis=0)
                near(f"{quantity['key']}: {name}", band[name], expected, 1e-9 if arm.weighted else 1e-12)


def area_of(values, responds, weights):
    """Every pair, and DeLong's interval from the components of each patient."""
    wins = (values[responds][:, None] > values[~responds]) + (values[responds][:, None] == values[~responds]) / 2
    first, second = weights[responds], weights[~responds]
    of_first, of_second = wins @ second / second.sum(), first @ wins / first.sum()
    area = first @ of_first / first.sum()
    variance = 0
    for weight, component in ((first, of_first), (second, of_second)):
        effective = weight.sum() ** 2 / (weight**2).sum()
        variance += ((weight / weight.sum() * (component - area)) ** 2).sum() * effective / (effective - 1) if effective > 1 else math.nan
    width = stats.norm.ppf(0.975) * math.sqrt(variance)
    return [area, max(area - width, 0), min(area + width, 1)]


def check_separation(separation, file, arms):
    names = texts(file["parameter"][()])
    for line, arm in zip(separation, arms, strict=True):
        values = dict(zip(names, file["parameter_value"][()][arm.rows].T))
        for attribute in ("baseline_sum_of_diameters", "lesion_count", "body_weight"):
            values[attribute] = file[attribute][()][arm.rows].astype(float)
        values = {name: value for name, value in values.items() if len(set(value)) > 1}
        expect((line["responders"], line["others"]) == (arm.responds.sum(), (~arm.responds).sum()), "responders")
        if line["responders"] == 0 or line["others"] == 0:
            expect(line["parameters"] == [], "separation without responders")
            continue
        expect(line["compared"] == len(values), f"{line['compared']} parameters compared, {len(values)} differ")
        areas = {name: area_of(value, arm.responds, arm.weights) for name, value in values.items()}
        distances = sorted((abs(area[0] - 0.5) for area in areas.values()), reverse=True)
        near("areas furthest from a half", [abs(row["auc"] - 0.5) for row in line["parameters"]], distances[:15])
        for row in line["parameters"]:
            if row["lower"] is not None:
                near(f"area of {row['name']}", [row["auc"], row["lower"], row["upper"]], areas[row["name"]])
            value = values[row["name"]]
            if not arm.weighted:
                u = stats.mannwhitneyu(value[arm.responds], value[~arm.responds]).statistic
                near(f"U of {row['name']}", row["auc"], u / (arm.responds.sum() * (~arm.responds).sum()))
                near(f"medians of {row['name']}", [row["responders_median"], row["others_median"]],
                     [np.median(value[arm.responds]), np.median(value[~arm.responds])])


def check_run(run_data, file):
    arms = [Arm(file, index) for index in range(len(file["arm"]))]
    expect(run_data["arms"] == texts(file["arm"][()]), "names of arms")
    near("visits", run_data["visit_days"], file["visit"][()])
    check_flow(run_data["flow"], file, arms)
    check_endpoints(run_data, file, arms)
    check_survival(run_data["km"], arms)
    check_patients(run_data, arms)
    check_courses(run_data["courses"], file, arms)
    check_separation(run_data["separation"], file, arms)
    return arms


# ---- Design, provenance, two runs, one patient -----------------------------------------------------------------------


def check_design(design):
    """Of the first trial, by hand."""
    rows = {(arm["arm"], row["label"]): row for arm in design for row in arm["rows"]}
    near("doses", rows["nivolumab", "nivolumab 240 mg"]["days"], np.arange(18) * 14)
    near("fractions", rows["8 Gy x 3 & <nivolumab>", "3 x 8 Gy"]["days"], [0, 2, 4])
    later = rows["8 Gy x 3 & <nivolumab>", "nivolumab 240 mg"]
    near("doses after radiotherapy", later["days"], np.arange(11, 11 + 52 * 7, 14))
    expect(later["begins"] == "after 3 x 8 Gy, 7 d later", f"begins {later['begins']}")
    waiting = rows["salvage", "3 x 8 Gy"]
    expect(waiting["days"] == [] and waiting["begins"] == "at progression, 7 d later", f"what waits: {waiting}")
    ending = rows["salvage", "nivolumab 120, 240 mg"]
    expect(ending["ends"] == "until confirmed progression" and len(ending["days"]) == 18, f"what ends: {ending}")


def check_provenance(data, file, path):
    rows = {row["what"]: row["value"] for row in data["provenance"]}
    text = file["trial_text"][()]
    expect(rows["SHA-256 of the trial file"] == hashlib.sha256(text).hexdigest(), "digest of the trial")
    expect(rows["SHA-256 of the cohort file"] == hashlib.sha256(file["cohort_text"][()]).hexdigest(), "digest of the cohort")
    attributes = file.attrs
    for what, name in {"seed": "seed", "engine": "engine", "commit": "commit", "compiler": "compiler", "SUNDIALS": "sundials_version",
                       "HDF5": "hdf5_version", "program": "source", "instructions": "instructions"}.items():
        value = attributes.get(name, "")
        value = value.decode() if isinstance(value, bytes) else str(value)
        expect(rows.get(what, "") == value, f"{what}: {rows.get(what)} in the report, {value} in the file")
    expect(float(rows["relative tolerance"]) == attributes["relative_tolerance"], "tolerance")
    expect(rows["virtual patients"] == str(len(file["patient"])) and rows["file"] == path.name, "patients and file")
    expect(data["texts"][0]["text"] == text.decode(), "text of the trial")


def newcombe(first, second, correlation=0.0):
    """Method 10, of two shares with Wilson's intervals."""
    (p, low, high), (q, lowest, highest) = first, second
    a, b, c, d = p - low, high - p, q - lowest, highest - q
    return [p - q, p - q - math.sqrt(a * a - 2 * correlation * a * d + d * d), p - q + math.sqrt(b * b - 2 * correlation * b * c + c * c)]


def correlation_of(x, y):
    """Newcombe's, with his continuity correction."""
    n = len(x)
    both, first, second, neither = (x & y).sum(), (x & ~y).sum(), (~x & y).sum(), (~x & ~y).sum()
    product = float((both + first) * (second + neither) * (both + second) * (first + neither))
    if product == 0:
        return 0.0
    top = float(both * neither - first * second)
    return (max(top - n / 2, 0) if top > 0 else top) / math.sqrt(product)


def check_two(data, files, paired):
    expect(data["compare"]["paired"] == paired, f"paired: {data['compare']['paired']}")
    differs = {row["what"] for row in data["compare"]["differs"]}
    expect(("seed" in differs) != paired and "engine" not in differs, f"what differs: {differs}")
    lines = {(line["arm"], line["key"]): line for line in data["compare"]["endpoints"]}
    compared = 0
    for index, name in enumerate(data["runs"][0]["arms"]):
        if name not in data["runs"][1]["arms"]:
            continue
        other = data["runs"][1]["arms"].index(name)
        a, b = Arm(files[0], index), Arm(files[1], other)
        line = lines[name, "best_response_rate"]
        if paired:
            rows = np.isin(a.patients, b.patients), np.isin(b.patients, a.patients)
            x, y = b.responds[rows[1]], a.responds[rows[0]]
            expected = newcombe(wilson(x, np.ones(len(x))), wilson(y, np.ones(len(y))), correlation_of(x, y))
        else:
            expected = newcombe(wilson(b.responds, b.weights), wilson(a.responds, a.weights))
        near(f"{name}: difference", [line["difference"][member] for member in ("value", "lower", "upper")], expected, 1e-10)
        near(f"{name}: sides", [line["a"]["value"], line["b"]["value"]], [a.responds.mean(), b.responds.mean()])
        compared += 1
    expect(compared > 0, "no arm is in both")
    return len(lines)


def check_patient(data, file, number):
    patient = data["runs"][0]["patient"]
    row = int(np.flatnonzero(file["patient"][()] == number)[0])
    lesions = file["lesion_count"][row]
    expect(patient["number"] == number, "number of the patient")
    for index, arm in enumerate(patient["arms"]):
        if file["status"][index, row] != 0:
            expect(arm["diameters"] == [] and arm["best"] is None, f"{arm['arm']}: an arm that was not completed")
            continue
        diameter = file["diameter"][index, row, :, :lesions]
        for visit, values in enumerate(arm["diameters"]):
            near(f"{arm['arm']}: diameters", values, diameter[visit])
        near(f"{arm['arm']}: sums", arm["sum"], file["sum_of_diameters"][index, row])
        responses = [RESPONSES[value] if value >= 0 else None for value in file["response"][index, row]]
        expect(arm["responses"] == responses, f"{arm['arm']}: responses")
        expect(arm["best"] == RESPONSES[file["best_confirmed_response"][index, row]], f"{arm['arm']}: best response")
        for quantity in arm["courses"]["quantities"]:
            near(f"{arm['arm']}: {quantity['key']}", quantity["values"], file["course_" + quantity["key"]][index, row].astype(float))


# ---- The page --------------------------------------------------------------------------------------------------------


def check_page(path, data):
    text = path.read_text()
    held = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    expect(held and json.loads(held.group(1)) == data, f"{path.name}: the page does not hold the data")
    expect("Research use only. Not for treating patients." in data["research_use"] and data["research_use"] in text, f"{path.name}: research use")
    loads = re.findall(r"""<script[^>]*\bsrc\s*=[^>]*""", text)
    rest = re.sub(r"<script\b.*?</script>", "", text, flags=re.DOTALL) # what scripts load tests/check_report_page.py sees
    loads += re.findall(r"""<[a-z]+[^>]*\b(?:src|href)\s*=\s*["']?(?!["'#]|data:)[^"'>]*""", rest)
    loads += re.findall(r"""(?:@import|url\()\s*["']?(?:https?:)?//[^)]*""", rest)
    expect(not loads, f"{path.name}: loads {loads[:3]}")


def report(folder, name, *arguments):
    """Page and data of a report; the page twice."""
    pages = [folder / f"{name}-{turn}.html" for turn in (1, 2)]
    for page in pages:
        run(folder, *arguments, "-o", page.name, "--json", f"{name}.json")
    if not pages[0].exists():
        return None
    data = json.loads((folder / f"{name}.json").read_text())
    expect(pages[0].read_bytes() == pages[1].read_bytes(), f"{name}: other bytes the second time")
    check_page(pages[0], data)
    return data


def check_refusals(folder):
    before = set(folder.iterdir())
    for arguments, words in (
            (["report", "first.h5"], "--output"), (["report", "first.h5", "second.h5", "-o", "x.html"], "--compare"),
            (["report", "--compare", "first.h5", "-o", "x.html"], "two files"), (["report", "cohort.yaml", "-o", "x.html"], "HDF5"),
            (["report", "first.h5", "-o", "x.html", "--format", "png"], "--figures"),
            (["report", "first.h5", "--figures", "x", "--format", "gif"], "svg or png"),
            (["plot", "first.h5"], "--patient"), (["plot", "first.h5", "-p", "1000"], "no patient 1000")):
        expect(words in run(folder, *arguments, code=2), f"{arguments}: the message has no '{words}'")
    empty = {**os.environ, "PATH": str(folder)}
    done = subprocess.run([COMMAND, "report", "first.h5", "--figures", "x", "-o", "x.html"], cwd=folder, env=empty, capture_output=True, text=True)
    expect(done.returncode == 4 and "nodejs" in done.stderr, f"without node: {done.returncode} {done.stderr}")
    expect(set(folder.iterdir()) == before, f"left behind: {set(folder.iterdir()) - before}")


def write_inputs(folder):
    cohort = (ROOT / "cohorts/advanced-nsclc.yaml").read_text()
    (folder / "cohort.yaml").write_text(cohort)
    weighted = re.sub(r"(?m)^seed: .*$", "seed: 4", re.sub(r"(?m)^patients: .*$", f"patients: {MANY}", cohort))
    (folder / "weighted.yaml").write_text(weighted + "\npopulation: weights.csv\n")
    for name, text in {"first": FIRST, "second": SECOND, "small": SMALL, "population": POPULATION}.items():
        (folder / f"{name}.yaml").write_text(text)
    run(folder, "calibrate", "population.yaml", "-o", "weights.csv", "--quiet")
    run(folder, "run", "first.yaml", "-n", str(PATIENTS), "-o", "first.h5", "--quiet")
    run(folder, "run", "first.yaml", "-n", str(PATIENTS), "-o", "again.h5", "--rtol", "1e-5", "--quiet")
    run(folder, "run", "first.yaml", "-n", str(PATIENTS), "-s", "9", "-o", "other.h5", "--quiet")
    run(folder, "run", "second.yaml", "-o", "second.h5", "--quiet")


def main(folder):
    write_inputs(folder)
    if problems: # without the files there is nothing to compare
        return
    counts = []
    for name in ("first", "second"):
        data = report(folder, name, "report", f"{name}.h5")
        with h5py.File(folder / f"{name}.h5") as file:
            arms = check_run(data["runs"][0], file)
            check_provenance(data, file, folder / f"{name}.h5")
            counts.append([(len(arm.rows), int(arm.responds.sum()), arm.weighted) for arm in arms])
        if name == "first":
            check_design(data["runs"][0]["design"])
    expect(any(counts[1][0][0] > 40 and weighted for _, _, weighted in counts[1]), f"the second trial tests little: {counts[1]}")
    for other, paired in (("again", True), ("other", False)):
        data = report(folder, f"two-{other}", "report", "--compare", "first.h5", f"{other}.h5")
        with h5py.File(folder / "first.h5") as first, h5py.File(folder / f"{other}.h5") as second:
            check_two(data, [first, second], paired)
    for name, number in (("first", 3), ("second", 5)):
        data = report(folder, f"patient-{name}", "plot", f"{name}.h5", "-p", str(number))
        with h5py.File(folder / f"{name}.h5") as file:
            check_patient(data, file, number)
    expect("patient-2.html" in run(folder, "plot", "first.h5", "--patient", "2") and (folder / "patient-2.html").exists(), "usual name")
    check_refusals(folder)
    print("patients, responders and whether weighted, by arm:", counts)


with tempfile.TemporaryDirectory(prefix="abscopal-report-") as temporary:
    main(pathlib.Path(temporary))
for problem in problems[:40]:
    print(problem)
print(f"{len(problems)} problems")
sys.exit(1 if problems else 0)
