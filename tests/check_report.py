"""`abscopal report` and `abscopal plot`: every figure's numbers made again from the result file, with h5py, NumPy and
SciPy alone; the page holds the same numbers, loads nothing, and is the same bytes twice. Exit 77 without them."""

import hashlib
import json
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from xml.etree import ElementTree

try:
    import h5py
    import numpy as np
    from scipy import stats
    from report_statistics import (area_of, correlation_of, curves_difference, effective_number, kaplan_meier,
                                   newcombe, weighted_quantile, wilson)
    from report_trials import FIRST, MANY, POPULATION, SECOND, SMALL
except ImportError as error:
    print(f"skipped: {error.name} is not installed (python3-h5py, python3-numpy, python3-scipy)")
    sys.exit(77)

COMMAND = os.environ["ABSCOPAL_COMMAND"]
ROOT = pathlib.Path(os.environ["ABSCOPAL_SOURCE_DIR"]).resolve()
PATIENTS = 60
RESEARCH_USE = "Research use only. Not for treating patients."
RESPONSES = ["complete", "partial", "stable", "progressive", "not evaluable", "neither"]
problems = []


def expect(condition, text):
    if not condition:
        problems.append(text)


def near(what, ours, theirs, relative=1e-12):
    """Numbers, or lists of them; None stands for NaN and infinity."""
    ours = ours if isinstance(ours, list) else [ours]
    ours = np.array([math.nan if value is None else value for value in ours], dtype=float)
    theirs = np.atleast_1d(np.asarray(theirs, dtype=float))
    theirs = np.where(np.isfinite(theirs), theirs, np.nan)
    good = ours.shape == theirs.shape and np.allclose(ours, theirs, rtol=relative, atol=relative * 1e-2, equal_nan=True)
    expect(good, f"{what}: {ours[:8]} in the report, {theirs[:8]} from the file")


def numbers(estimate):
    return [estimate[member] for member in ("value", "lower", "upper")]


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
        expect(line["analysed"] == len(arm.rows), f"flow: {line}")
        expect(line["allocated"] == line["analysed"] + line["not_integrated"], f"flow: {line}")
        near("flow: effective", line["effective"], effective_number(arm.weights))


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
            near(f"{name}: {key}", numbers(line), wilson(has, arm.weights))
            expect(line["n"] == len(arm.rows), f"{name}: {key}: n")
        line = lines[name, "abscopal_response_rate"]
        near(f"{name}: outside", numbers(line),
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
            near(f"{name}: PFS at {months} months", numbers(line),
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
        expect(line["within"] == (lower <= value <= upper if known else None), f"within: {line}")
    for (arm, key), line in lines.items():
        endpoint = "progression_free_rate" if line["at_days"] is not None else key
        wanted = [row["observed"]["value"] for row in run_data["observed"]
                  if (row["arm"], row["endpoint"], row["at_days"]) == (arm, endpoint, line["at_days"])]
        expect([row["value"] for row in line["observed"]] == wanted, f"observed of {arm}, {key}")


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
            expected = [(~before).sum(), (before & ~arm.progressed).sum(), (before & arm.progressed).sum()]
            expect(counts == expected, f"at risk on {day}: {counts}, not {expected}")


def check_shown(what, figure, arm, total, chosen):
    """Which patients, and their best responses."""
    expect((figure["total"], figure["shown"]) == (total, len(chosen)), f"{what}: how many")
    expect(figure["patients"] == arm.patients[chosen].tolist(), f"{what}: patients")
    expect(figure["best"] == [RESPONSES[index] for index in arm.best[chosen]], f"{what}: best responses")


def check_waterfall(what, bars, arm):
    change = arm["best_change"]
    there = np.flatnonzero(~np.isnan(change))
    order = there[np.lexsort((arm.patients[there], -change[there]))]
    chosen = order[pick(len(order), min(len(order), 400))]
    check_shown(what, bars, arm, len(order), chosen)
    near(what, bars["change"], change[chosen])


def check_spider(what, lines, arm):
    shown = np.array(pick(len(arm.rows), min(len(arm.rows), 60)))
    check_shown(what, lines, arm, len(arm.rows), shown)
    changes, best = change_over_time(arm)[shown], arm["best_change"][shown]
    for k, line in enumerate(lines["change"]):
        near(f"{what}: line {k}", line, changes[k])
        smallest = min((value for value in line[1:] if value is not None), default=None)
        near(f"{what}: line {k} and its bar", smallest, best[k])
    near(f"{what}: stops", lines["stops"], np.where(arm.progressed, arm.day, np.nan)[shown])


def check_swimmer(what, lanes, arm):
    order = np.lexsort((arm.patients, -arm.day))
    chosen = order[pick(len(order), min(len(order), 40))]
    check_shown(what, lanes, arm, len(order), chosen)
    begins = arm["response_day"][chosen]
    near(f"{what}: ends", lanes["end_days"], arm.day[chosen])
    near(f"{what}: responses", lanes["response_days"], begins)
    near(f"{what}: ends of responses", lanes["response_end_days"], begins + arm["response_duration"][chosen])
    expect(lanes["progressed"] == arm.progressed[chosen].tolist(), f"{what}: progressed")


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


def check_separation(separation, file, arms):
    names = texts(file["parameter"][()])
    for line, arm in zip(separation, arms, strict=True):
        values = dict(zip(names, file["parameter_value"][()][arm.rows].T))
        for attribute in ("baseline_sum_of_diameters", "lesion_count", "body_weight"):
            values[attribute] = file[attribute][()][arm.rows].astype(float)
        values = {name: value for name, value in values.items() if len(set(value)) > 1}
        expect((line["responders"], line["others"]) == (arm.responds.sum(), (~arm.responds).sum()), "responders")
        if 0 in (line["responders"], line["others"]):
            expect(line["parameters"] == [], "separation without responders")
            continue
        expect(line["compared"] == len(values), f"{line['compared']} parameters compared, {len(values)} differ")
        areas = {name: area_of(value, arm.responds, arm.weights) for name, value in values.items()}
        distances = sorted((abs(area[0] - 0.5) for area in areas.values()), reverse=True)
        near("areas furthest from a half", [abs(row["auc"] - 0.5) for row in line["parameters"]], distances[:15])
        for row in line["parameters"]:
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
    for figure, check in {"waterfall": check_waterfall, "spider": check_spider, "swimmer": check_swimmer}.items():
        for part, arm in zip(run_data[figure], arms, strict=True):
            check(f"{figure} of {part['arm']}", part, arm)
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
    cohort = hashlib.sha256(file["cohort_text"][()]).hexdigest()
    expect(rows["SHA-256 of the cohort file"] == cohort, "digest of the cohort")
    attributes = file.attrs
    for what, name in {"seed": "seed", "engine": "engine", "commit": "commit", "compiler": "compiler",
                       "SUNDIALS": "sundials_version", "HDF5": "hdf5_version", "program": "source",
                       "instructions": "instructions"}.items():
        value = attributes.get(name, "")
        value = value.decode() if isinstance(value, bytes) else str(value)
        expect(rows.get(what, "") == value, f"{what}: {rows.get(what)} in the report, {value} in the file")
    expect(float(rows["relative tolerance"]) == attributes["relative_tolerance"], "tolerance")
    expect(rows["virtual patients"] == str(len(file["patient"])) and rows["file"] == path.name, "patients and file")
    expect(data["texts"][0]["text"] == text.decode(), "text of the trial")


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
        near(f"{name}: difference", numbers(line["difference"]), expected)
        near(f"{name}: sides", [line["a"]["value"], line["b"]["value"]], [a.responds.mean(), b.responds.mean()])
        sides = [(arm.patients, arm.day, arm.progressed, arm.weights) for arm in (b, a)]
        last_visit = files[0]["visit"][()][-1]
        for key, until in (("mean_progression_free_survival", last_visit), ("progression_free_rate_6_months", 182.625)):
            expected = curves_difference(*sides, until, key.startswith("mean"), paired)
            near(f"{name}: {key}", numbers(lines[name, key]["difference"]), expected, 1e-9)
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
            course = file["course_" + quantity["key"]][index, row].astype(float)
            near(f"{arm['arm']}: {quantity['key']}", quantity["values"], course)


# ---- The page --------------------------------------------------------------------------------------------------------


def check_page(path, data):
    text = path.read_text()
    held = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    expect(held and json.loads(held.group(1)) == data, f"{path.name}: the page does not hold the data")
    expect(data["research_use"] == RESEARCH_USE and RESEARCH_USE in text, f"{path.name}: research use")
    loads = re.findall(r"""<script[^>]*\bsrc\s*=[^>]*""", text)
    rest = re.sub(r"<script\b.*?</script>", "", text, flags=re.DOTALL)
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
            (["report", "--compare", "first.h5", "-o", "x.html"], "two files"),
            (["report", "cohort.yaml", "-o", "x.html"], "HDF5"),
            (["report", "first.h5", "-o", "x.html", "--format", "png"], "--figures"),
            (["report", "first.h5", "--figures", "x", "--format", "gif"], "svg or png"),
            (["plot", "first.h5"], "--patient"), (["plot", "first.h5", "-p", "1000"], "no patient 1000")):
        expect(words in run(folder, *arguments, code=2), f"{arguments}: the message has no '{words}'")
    empty = {**os.environ, "PATH": str(folder)}
    done = subprocess.run([COMMAND, "report", "first.h5", "--figures", "x", "-o", "x.html"], cwd=folder, env=empty,
                          capture_output=True, text=True)
    expect(done.returncode == 4 and "nodejs" in done.stderr, f"without node: {done.returncode} {done.stderr}")
    expect(set(folder.iterdir()) == before, f"left behind: {set(folder.iterdir()) - before}")


def check_figures(folder):
    """Where the programs are that draw: a file of every figure, and what was there before stays."""
    wanted = {".svg": ["node"], ".png": ["node", "rsvg-convert"]}
    for ending, programs in wanted.items():
        if not all(map(shutil.which, programs)):
            print(f"no figures as {ending}: {' or '.join(programs)} is not installed (nodejs, librsvg2-bin)")
            continue
        drawn = folder / f"figures{ending}"
        for turn in (1, 2):
            run(folder, "report", "first.h5", "--figures", drawn.name, "--format", ending[1:])
            (drawn / "other.txt").touch()
        names = {path.name for path in drawn.iterdir()}
        figures = ["timeline", "endpoints-shares", "km", "waterfall", "spider", "swimmer", "course-drug", "separation"]
        expect(names >= {figure + ending for figure in figures} | {"other.txt"}, f"figures: {sorted(names)}")
        expect(all(name.endswith((ending, ".txt")) for name in names), f"figures and more: {sorted(names)}")
        for path in drawn.glob("*" + ending):
            if ending == ".svg":
                ElementTree.parse(path)
            else:
                expect(path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n"), f"{path.name} is no PNG")
    expect(not list(folder.glob("*partial*")), "partial figures are left")
    if shutil.which("node"): # nobody in any arm: what is planned is drawn all the same
        run(folder, "report", "none.h5", "--figures", "of-nobody", "-o", "none.html")
        run(folder, "plot", "none.h5", "-p", "2", "--figures", "of-nobody")
        names = sorted(path.name for path in (folder / "of-nobody").iterdir())
        expect("timeline.svg" in names and "km.svg" not in names, f"figures of nobody: {names}")


def write_inputs(folder):
    cohort = (ROOT / "cohorts/advanced-nsclc.yaml").read_text()
    (folder / "cohort.yaml").write_text(cohort)
    weighted = re.sub(r"(?m)^seed: .*$", "seed: 4", re.sub(r"(?m)^patients: .*$", f"patients: {MANY}", cohort))
    (folder / "weighted.yaml").write_text(weighted + "\npopulation: weights.csv\n")
    for name, text in {"first": FIRST, "second": SECOND, "small": SMALL, "population": POPULATION}.items():
        (folder / f"{name}.yaml").write_text(text)
    (folder / "nobody.yaml").write_text(re.sub(r"(treg_ratio, most:) \d+", r"\1 1e-9", cohort))
    (folder / "none.yaml").write_text(FIRST.replace("cohort.yaml", "nobody.yaml"))
    run(folder, "run", "none.yaml", "-n", "3", "-o", "none.h5", "--quiet", code=2)
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
    expect(all(patients > 100 and weighted for patients, _, weighted in counts[1]), f"too little to test: {counts[1]}")
    for other, paired in (("again", True), ("other", False)):
        data = report(folder, f"two-{other}", "report", "--compare", "first.h5", f"{other}.h5")
        with h5py.File(folder / "first.h5") as first, h5py.File(folder / f"{other}.h5") as second:
            check_two(data, [first, second], paired)
    for name, number in (("first", 3), ("second", 5)):
        data = report(folder, f"patient-{name}", "plot", f"{name}.h5", "-p", str(number))
        with h5py.File(folder / f"{name}.h5") as file:
            check_patient(data, file, number)
    expect("patient-2.html" in run(folder, "plot", "first.h5", "--patient", "2"), "what was written")
    expect((folder / "patient-2.html").exists(), "the usual name of a patient's page")
    check_refusals(folder)
    check_figures(folder)
    print("patients, responders and whether weighted, by arm:", counts)


with tempfile.TemporaryDirectory(prefix="abscopal-report-") as temporary:
    main(pathlib.Path(temporary))
for problem in problems[:40]:
    print(problem)
print(f"{len(problems)} problems")
sys.exit(1 if problems else 0)
