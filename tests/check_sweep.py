"""`abscopal sweep`: every endpoint, interval and paired difference in its file made again from what the file says of the
patients, with NumPy, SciPy and R alone; xarray and `abscopal report` see the same numbers. Exit 77 without h5py, NumPy
and SciPy; R and xarray are used where they are."""

import json
import math
import pathlib
import re
import shutil
import subprocess
import tempfile

from sweep_checks import COHORT, expect, finish, run

import h5py
import numpy as np
from paired_statistics import (Z, curve_difference, mean, median, reading, restricted_mean, share, share_difference,
                               survival_on)

PATIENTS, SEED, UNTIL = 60, 4, 240
RADIATION = "{id: rt, radiotherapy: 8 Gy, fractions: 3, every: 2 d, start: 0 d, lesions: largest}"
DRUG = "{id: drug, drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, for: 240 d}"
TRIAL = f"""name: small
model: nsclc
cohort: {COHORT}
until: {UNTIL} d
imaging: {{every: 40 d, error: 5 %}}
arms:
  - {{name: drug alone, treatments: [{DRUG}]}}
  - name: both
    treatments: [{RADIATION}, {DRUG}]
"""
DAYS = {"response_rate": 120, "progression_free_rate": 160, "mean_progression_free_survival": 165.5, "mean_change": 100,
        "disease_control_rate": 80}
SHARES = ["best_response_rate", "response_rate", "disease_control_rate", "complete_response_rate",
          "abscopal_response_rate", "progressive_disease_rate"]
NAMES = SHARES + ["progression_free_rate", "mean_progression_free_survival", "median_progression_free_survival",
                  "mean_best_change", "mean_change", "hazard_ratio"]
# Each endpoint as it is without a day, and those of DAYS with one.
ENDPOINTS = [(name, None) for name in NAMES] + list(DAYS.items())
SWEEP = f"""name: courses
trial: trial.yaml
patients: {PATIENTS}
seed: {SEED}
arm: both
reference: drug alone
vary:
  - {{name: lag, lag: {{of: drug, after: rt}}, from: -40 d, to: 80 d, step: 40 d}}
  - {{name: dose, set: treatments/rt/radiotherapy, values: [2 Gy, 8 Gy, 20 Gy]}}
  - {{name: lesions, set: treatments/rt/lesions, values: [largest, all]}}
limits:
  - {{bed: rt, alpha_beta: 3 Gy, most: 450 Gy}}
  - {{total_dose: rt, least: 6.1 Gy}}
endpoints: [{', '.join(name if day is None else f'{{endpoint: {name}, at: {day} d}}' for name, day in ENDPOINTS)}]
by: lesions
"""
SHAPE = (4, 3, 2)
COMPLETE, PARTIAL, STABLE, PROGRESSIVE, NEITHER = 0, 1, 2, 3, 5
largest = {}


def close(ours, theirs, what, kind, tolerance=1e-12):
    """Numbers agree, in units of 1 or of their size, whichever is larger; neither is NaN alone."""
    ours, theirs = np.broadcast_arrays(np.asarray(ours, float), np.asarray(theirs, float))
    both = np.isfinite(ours) & np.isfinite(theirs)
    error = float(np.max(np.abs(ours[both] - theirs[both]) / np.maximum(1, np.abs(theirs[both])), initial=0))
    largest[kind] = max(largest.get(kind, 0), error)
    expect(np.array_equal(ours[~both], theirs[~both], equal_nan=True) and error <= tolerance,
           f"{what}: {ours} rather than {theirs}")


# ---- The file against its patients -----------------------------------------------------------------------------------

def label(name, day):
    return name if day is None else f"{name}_day_{day:g}".replace(".", "_")


def progression(file, index, among):
    days = file["patient_progression_free_days" + ("" if index is not None else "_reference")]
    events = file["patient_progressed" + ("" if index is not None else "_reference")]
    days, events = (days[index], events[index]) if index is not None else (days[()], events[()])
    return days[among], events[among] == 1


def column(file, name, index):
    return file[f"patient_{name}"][index] if index is not None else file[f"patient_{name}_reference"][()]


def estimate(file, name, day, index, among):
    variable, until = label(name, day), UNTIL if day is None else day
    if name in SHARES or name.endswith("change"):
        values = column(file, variable, index)[among]
        values = values[~np.isnan(values)]
        return share(values == 1) if name in SHARES else mean(values)
    days, progressed = progression(file, index, among)
    days, progressed = days[~np.isnan(days)], progressed[~np.isnan(days)]
    of_curve = {"progression_free_rate": lambda: survival_on(days, progressed, until),
                "mean_progression_free_survival": lambda: restricted_mean(days, progressed, until),
                "median_progression_free_survival": lambda: median(days, progressed)}
    return of_curve[name]()


def difference(file, name, day, index):
    variable, until = label(name, day), UNTIL if day is None else day
    everyone = np.ones(PATIENTS, bool)
    if name in SHARES or name.endswith("change"):
        first, second = column(file, variable, index), column(file, variable, None)
        both = ~np.isnan(first) & ~np.isnan(second)
        if name in SHARES:
            return share_difference(first[both] == 1, second[both] == 1)
        return mean(first[both] - second[both])
    first, second = progression(file, index, everyone), progression(file, None, everyone)
    both = ~np.isnan(first[0]) & ~np.isnan(second[0])
    first, second = [tuple(part[both] for part in one) for one in (first, second)]
    if name == "median_progression_free_survival":
        ours, theirs = median(*first)[0], median(*second)[0]
        return np.array([ours - theirs if math.isfinite(ours + theirs) or ours != theirs else math.nan, math.nan, math.nan])
    return curve_difference(first, second, until, name.startswith("mean"))


def stored(file, name, index=()):
    return np.array([file[name + part][index] for part in ("", "_lower", "_upper")])


def check_endpoints(file):
    allowed, lesions = file["allowed"][()], file["lesion_count"][()]
    everyone = np.ones(PATIENTS, bool)
    for name, day in ENDPOINTS:
        if name == "hazard_ratio":
            continue
        variable = label(name, day)
        close(stored(file, variable + "_reference"), estimate(file, name, day, None, everyone), f"{variable}, reference", name)
        for index in np.ndindex(SHAPE):
            if not allowed[index]:
                parts = [stored(file, variable, index), stored(file, variable + "_difference", index)]
                expect(np.all(np.isnan(parts)), f"{variable} at {index}, left out: {parts}")
                continue
            close(stored(file, variable, index), estimate(file, name, day, index, everyone), f"{variable} at {index}", name)
            close(stored(file, variable + "_difference", index), difference(file, name, day, index),
                  f"{variable}_difference at {index}", name + ", paired")
        for count in range(1, 6):
            for index in ((0, 1, 0), (3, 1, 1)):
                close(stored(file, variable + "_by_lesions", (count - 1, *index)),
                      estimate(file, name, day, index, lesions == count),
                      f"{variable} at {index} with {count} lesions", name)


def check_limits(file):
    """alpha/beta 3 Gy, three fractions: 2 Gy are 6 Gy in all, 20 Gy are 460 Gy3."""
    allowed = np.zeros(SHAPE)
    allowed[:, 1] = 1
    expect(np.array_equal(file["allowed"][()], allowed), f"allowed: {file['allowed'][()]}")


def check_scores(file, folder):
    """Columns of patients against the run of the same trial, its values written by hand."""
    hand = TRIAL.split("arms:")[0] + f"arms:\n  - {{name: drug alone, treatments: [{DRUG}]}}\n  - name: both\n    treatments: [" + \
        RADIATION.replace("largest", "all") + ", " + DRUG.replace("start: 0 d", "start: 80 d") + "]\n"
    (folder / "hand.yaml").write_text(hand)
    run(folder, "run", "hand.yaml", "-n", str(PATIENTS), "-s", str(SEED), "-o", "hand.h5", "--json", "hand.json", "-q")
    index = (3, 1, 1)
    with h5py.File(folder / "hand.h5") as hand:
        there = hand["status"][1] == 0
        visits, diameters, best = hand["visit"][()], hand["diameter"][1], hand["best_confirmed_response"][1]
        sums = np.where(there[:, None], np.nansum(diameters, axis=2), math.nan)
        outside = hand["out_of_field_response"][1]
        expected = {
            "mean_best_change": hand["best_change"][1],
            "mean_change_day_100": sums[:, np.flatnonzero(visits <= 100)[-1]] / sums[:, 0] - 1,
            "best_response_rate": np.isin(best, [COMPLETE, PARTIAL]),
            "complete_response_rate": best == COMPLETE,
            "disease_control_rate": np.isin(best, [COMPLETE, PARTIAL, STABLE, NEITHER]),
            "progressive_disease_rate": best == PROGRESSIVE,
            "response_rate": np.isin(hand["response_at_horizon"][1], [COMPLETE, PARTIAL]),
            "response_rate_day_120": np.isin(response_on(hand, 120), [COMPLETE, PARTIAL]),
            # All lesions are irradiated here, so that there is none outside.
            "abscopal_response_rate": np.full(PATIENTS, math.nan),
            "progression_free_days": hand["progression_day"][1],
            "progressed": hand["progressed"][1],
        }
        expect(np.all(outside[there] == -1), f"responses out of field: {outside}")
        for name, values in expected.items():
            close(column(file, name, index), np.where(there, values, math.nan), f"{name} of patients", "columns")
        expect(np.sum(there) > PATIENTS / 2 and not np.all(there), "who completes")
    return json.loads((folder / "hand.json").read_text())


def response_on(hand, day):
    """Of the last visit until then; progressive from the first progression on."""
    visits = hand["visit"][()]
    then = hand["response"][1][:, np.flatnonzero(visits <= day)[-1]]
    over = (hand["progressed"][1] == 1) & (hand["progression_day"][1] <= day)
    return np.where(over, PROGRESSIVE, then)


def check_hazard_ratio(file, summary):
    index = (3, 1, 1)
    ratio = stored(file, "hazard_ratio", index)
    said = summary["arms"][1]["comparison"]["hazard_ratio"]
    close(ratio, [said["value"], said["lower"], said["upper"]], "hazard ratio of run --json", "run --json")
    script = """if (!requireNamespace("survival", quietly = TRUE)) quit(status = 77)
library(survival)
rows <- read.csv(file("stdin"))
for (set in split(rows, rows$point)) {
  fit <- coxph(Surv(day, event) ~ arm, set, cluster = patient, ties = "efron",
               control = coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 100))
  cat(sprintf("%d %.17g %.17g\\n", set$point[1], coef(fit), sqrt(fit$var[1])))
}"""
    if shutil.which("Rscript") is None:
        return "; no R"
    rows, points = ["point,patient,arm,day,event"], [index for index in np.ndindex(SHAPE) if file["allowed"][index]]
    everyone = np.ones(PATIENTS, bool)
    for number, index in enumerate(points):
        one, other = progression(file, index, everyone), progression(file, None, everyone)
        for patient in np.flatnonzero(~np.isnan(one[0]) & ~np.isnan(other[0])):
            rows += [f"{number},{patient},{arm},{of[0][patient]:.17g},{int(of[1][patient])}" for arm, of in ((1, one), (0, other))]
    done = subprocess.run(["Rscript", "-e", script], input="\n".join(rows) + "\n", capture_output=True, text=True)
    if done.returncode == 77:
        return "; no R package survival"
    expect(done.returncode == 0 and len(done.stdout.splitlines()) == len(points), f"R: {done.stdout} {done.stderr}")
    for line in done.stdout.splitlines():
        number, coefficient, error = line.split()
        index = points[int(number)]
        progressed = [np.nansum(of[1]) for of in (progression(file, index, ...), progression(file, None, ...))]
        if 0 in progressed:
            # Without an end; R goes on until it no longer sees the likelihood rise.
            close(stored(file, "hazard_ratio", index), [0 if progressed[0] == 0 else math.inf, math.nan, math.nan],
                  f"hazard ratio at {index}", "hazard ratio, one arm")
            continue
        theirs = np.exp(float(coefficient) + np.array([0, -1, 1]) * Z * float(error))
        # R stops its iteration where the likelihood rises by less than 1e-14 of itself.
        close(stored(file, "hazard_ratio", index), theirs, f"hazard ratio at {index}", "hazard ratio, R", 1e-8)
    return ""


def check_manual(file):
    """The table of docs/sweeps.md names every variable with its dimensions."""
    manual = (pathlib.Path(__file__).parent.parent / "docs" / "sweeps.md").read_text().split("## The file\n")[1]
    axes, listed = ["lag", "dose", "lesions"], {}
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| (.*?) \|", manual.split("\n## ")[0], re.MULTILINE)
    for names, dimensions in rows:
        dimensions = [part for part in dimensions.replace("*axes*", ", ".join(axes)).split(", ") if part not in ("", "none")]
        for name in re.findall(r"`(\w+)`", names):
            for axis in axes if name == "AXIS" else [None]:
                for endpoint in [label(*endpoint) for endpoint in ENDPOINTS] if "NAME" in name else [None]:
                    listed[axis or name.replace("NAME", endpoint or "")] = [axis] if axis else dimensions
    for name, variable in file.items():
        of = [name] if h5py.h5ds.is_scale(variable.id) else [scale[0].name.strip("/") for scale in variable.dims]
        expect(listed.get(name) == of, f"docs/sweeps.md has {name} as {listed.get(name)}, the file as {of}")
    for name in set(listed) - set(file) - {"point", "weight"}:
        expect("hazard_ratio" in name or name.startswith("patient_"), f"docs/sweeps.md has {name}, which is not there")
    attributes = manual.split("Attributes of the file are ")[1].split("\n`abscopal report")[0]
    expect(set(re.findall(r"`(\w+)`", attributes)) - {"sweep", "search"} == set(file.attrs), f"attributes: {attributes}")
    expect(len(rows) > 15, f"docs/sweeps.md: {rows}")


def check_layout(path):
    with h5py.File(path) as file:
        expect(file.attrs["kind"].decode() == "sweep" and file.attrs["seed"] == SEED, f"kind: {file.attrs['kind']}")
        expect(file["sweep_text"][()].decode() == SWEEP and file["trial_text"][()].decode() == TRIAL, "texts")
        check_manual(file)
        for variable in file.values():
            for dimension in range(variable.ndim):
                expect(len(variable.dims[dimension]) == 1 or h5py.h5ds.is_scale(variable.id), f"{variable.name} lacks a dimension scale")
            expect("units" in variable.attrs and "long_name" in variable.attrs, f"{variable.name} lacks attributes")
    try:
        import xarray
    except ImportError:
        return "; no xarray"
    with xarray.open_dataset(path, engine="h5netcdf" if has("h5netcdf") else "netcdf4") as data:
        expect(dict(zip(data["mean_change"].dims, data["mean_change"].shape)) == dict(zip(("lag", "dose", "lesions"), SHAPE)),
               f"dimensions {data['mean_change'].dims}")
        expect(list(data["lag"].values) == [-40, 0, 40, 80] and data["lag"].attrs["units"] == "d", "lag")
        expect(list(data["dose"].values) == [2, 8, 20] and data["dose"].attrs["units"] == "Gy", "dose")
        expect([str(value) for value in data["lesions"].values] == ["largest", "all"], "lesions")
        chosen = data["mean_change"].sel(lag=40, dose=8, lesions="all")
        with h5py.File(path) as file:
            expect(float(chosen) == file["mean_change"][2, 1, 1], "a point by its coordinates")
        expect(data["patient_mean_change"].dims == ("lag", "dose", "lesions", "patient"), "dimensions of patients")
        expect(data["mean_change_by_lesions"].dims == ("patient_lesions", "lag", "dose", "lesions"), "dimensions by lesions")
    return ""


def has(name):
    try:
        __import__(name)
    except ImportError:
        return False
    return True


def check_report(path, folder):
    """A file read back gives the same numbers."""
    run(folder, "report", path, "--json", "report.json")
    report = json.loads((folder / "report.json").read_text())["sweep"]
    expect([axis["name"] for axis in report["axes"]] == ["lag", "dose", "lesions"] and report["left_out"] == 16, "report: axes")
    with h5py.File(path) as file:
        for endpoint in report["endpoints"]:
            for key, part in (("value", ""), ("lower", "_lower"), ("upper", "_upper"), ("difference", "_difference"),
                              ("difference_lower", "_difference_lower"), ("difference_upper", "_difference_upper")):
                if endpoint["key"] == "hazard_ratio" and key.startswith("difference"):
                    continue
                expected = file[endpoint["key"] + part][()].ravel()
                shown = [math.nan if value is None else value for value in endpoint[key]]
                expected[np.isinf(expected)] = math.nan
                expect(np.array_equal(shown, expected, equal_nan=True), f"report: {endpoint['key']} {key}")
        check_best(file, report["best"])


def check_best(file, shown):
    """Points are like the best where the interval of their paired difference holds 0, or where no patient differs."""
    points = [index for index in np.ndindex(SHAPE) if file["allowed"][index]]
    for key, sign in (("mean_change", -1), ("best_response_rate", 1), ("progression_free_rate", 1)):
        best = next(best for best in shown if best["key"] == key)
        expect(best["index"] == int(np.nanargmax(sign * file[key][()])), f"report: best {best}")
        first, alike = np.unravel_index(best["index"], SHAPE), 0
        for second in points:
            if key == "progression_free_rate":
                one, other = progression(file, first, ...), progression(file, second, ...)
                both = ~np.isnan(one[0]) & ~np.isnan(other[0])
                numbers = curve_difference(*[(days[both], events[both]) for days, events in (one, other)], UNTIL, False)
            else:
                one, other = column(file, key, first), column(file, key, second)
                both = ~np.isnan(one) & ~np.isnan(other)
                numbers = mean(one[both] - other[both]) if sign < 0 else share_difference(one[both] == 1, other[both] == 1)
            alike += second != first and not (numbers[1] > 0 or numbers[2] < 0)
        expect(best["not_distinguishable"] == alike, f"report: {best['not_distinguishable']} like the best in {key}, not {alike}")


# ---- The paired design -----------------------------------------------------------------------------------------------

def check_paired_design(file):
    """Patients drawn anew with replacement, 4000 times: the standard deviation of the difference is the standard error
    that the interval has. That of the bootstrap is 1/sqrt(8000) of it (1.1 %); 4 of these, and what the two differ by
    themselves, sqrt((n - 1)/n) and terms of order 1/n."""
    draws, index, generator = 4000, (3, 1, 1), np.random.default_rng(1)
    first, second = progression(file, index, ...), progression(file, None, ...)
    there = np.flatnonzero(~np.isnan(first[0]) & ~np.isnan(second[0]))
    n, sampled, said = len(there), [], []
    changes = (column(file, "mean_change", index) - column(file, "mean_change", None))[there]
    picks = generator.choice(n, (draws, n))
    compared = {"mean_change": np.mean(changes[picks], axis=1) * math.sqrt(n / (n - 1))}
    day, rates = DAYS["progression_free_rate"], []
    for pick in picks[:, :]:
        rates.append(reading(first[0][there][pick], first[1][there][pick], day, False)
                     - reading(second[0][there][pick], second[1][there][pick], day, False))
    compared["progression_free_rate_day_160"] = np.array(rates)
    responses = (column(file, "best_response_rate", index) - column(file, "best_response_rate", None))[there]
    for name, values in compared.items():
        interval = stored(file, name + "_difference", index)
        said.append((interval[2] - interval[1]) / (2 * Z))
        sampled.append(np.std(values))
        expect(abs(sampled[-1] / said[-1] - 1) < 4 / math.sqrt(2 * draws) + 1 / n,
               f"{name}: standard error {said[-1]}, {sampled[-1]} by the bootstrap")
    # Newcombe's interval is no standard error on either side, but holds 95 % of what is drawn.
    limits = stored(file, "best_response_rate_difference", index)
    inside = np.mean((np.mean(responses[picks], axis=1) >= limits[1]) & (np.mean(responses[picks], axis=1) <= limits[2]))
    expect(0.92 < inside < 0.99, f"best_response_rate: {inside} of the draws within {limits}")
    unpaired = math.sqrt(np.var(column(file, "mean_change", index)[there], ddof=1) / n
                         + np.var(column(file, "mean_change", None)[there], ddof=1) / n)
    return (f"standard errors over those of the bootstrap {said[0] / sampled[0]:.3f}, {said[1] / sampled[1]:.3f}; "
            f"{inside:.3f} of the draws in Newcombe's interval; unpaired over paired {unpaired / said[0]:.2f}")


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    (folder / "trial.yaml").write_text(TRIAL)
    (folder / "sweep.yaml").write_text(SWEEP)
    run(folder, "check", "sweep.yaml")
    run(folder, "sweep", "sweep.yaml", "-o", "sweep.h5", "-q")
    with h5py.File(folder / "sweep.h5") as sweep:
        check_limits(sweep)
        check_endpoints(sweep)
        notes = check_hazard_ratio(sweep, check_scores(sweep, folder))
        paired = check_paired_design(sweep)
    notes += check_layout(folder / "sweep.h5")
    check_report(folder / "sweep.h5", folder)

finish(f"{paired}{notes}; largest relative errors "
       + ", ".join(f"{kind} {error:.1e}" for kind, error in sorted(largest.items())), 1500)
