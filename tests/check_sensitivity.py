"""`abscopal sensitivity`: what it says patients have is what a run of them has in its file; indices and partial rank
correlations are made again from that with NumPy and SciPy alone; what cannot matter has an index of exactly 0, and what alone
matters one of 1; nothing depends on threads; what cannot be answered is refused.
Exit 77 without h5py, NumPy and SciPy."""

import csv
import json
import math
import pathlib
import tempfile

from sweep_checks import COHORT, expect, finish, run

import h5py
import numpy as np
import scipy.stats

ROWS, PATIENTS, RESAMPLES, SEED, UNTIL = 32, 100, 100, 4, 160
RADIATION = "{radiotherapy: 8 Gy, fractions: 3, every: 2 d, start: 0 d, lesions: largest}"
DRUG = "{drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, for: 160 d}"
TRIAL = """name: small
model: nsclc
cohort: %s
until: 160 d
imaging: {every: 40 d, error: %s}
%sarms:
  - {name: drug alone, treatments: [%s]}
  - name: both
    treatments: [%s, %s]
"""
ENDPOINTS = ["log_change", "log_change@80", "out_of_field_log_change", "sum_of_diameters@120", "mean_best_change",
             "best_response_rate", "abscopal_response_rate", "progression_free_rate@80",
             "mean_progression_free_survival@100", "mean_change@80"]
OF = ["reference", "arm", "difference"]
COMPLETE, PARTIAL = 0, 1


def trial_text(cohort=COHORT, error="5 %", more=""):
    return TRIAL % (cohort, error, more, DRUG, RADIATION, DRUG)


def find(folder, *arguments, code=0):
    return run(folder, "sensitivity", "trial.yaml", "-q", "--rows", str(ROWS), "-n", str(PATIENTS), "--resamples",
               str(RESAMPLES), "--seed", str(SEED), "--force", *arguments, code=code)


def numbers(rows, column):
    return np.array([float(row[column]) if row[column] else math.nan for row in rows])


def close(a, b, within=1e-9):
    return bool(np.all(np.isclose(a, b, rtol=within, atol=within, equal_nan=True)))


# ---- Values


def values_of(file, arm, irradiated):
    """What a run has of every patient in an arm, by endpoint."""
    diameters = file["diameter"][arm]  # [patient, visit, lesion]
    days = file["visit"][:]
    sums = np.nansum(diameters, axis=2)
    floored = np.where(np.isnan(diameters), 0, np.maximum(diameters, 5))
    outside = np.where(irradiated[:, None, :], 0, floored)
    at = {day: np.flatnonzero(days <= day)[-1] for day in (80, 120, UNTIL)}
    best = file["best_confirmed_response"][arm]
    elsewhere = file["out_of_field_response"][arm]
    ended, progressed = file["progression_day"][arm], file["progressed"][arm]
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "log_change": np.log(floored[:, at[UNTIL]].sum(1) / floored[:, 0].sum(1)),
            "log_change@80": np.log(floored[:, at[80]].sum(1) / floored[:, 0].sum(1)),
            "out_of_field_log_change": np.log(outside[:, at[UNTIL]].sum(1) / outside[:, 0].sum(1)),
            "sum_of_diameters@120": sums[:, at[120]],
            "mean_best_change": file["best_change"][arm],
            "best_response_rate": np.isin(best, [COMPLETE, PARTIAL]).astype(float),
            "abscopal_response_rate": np.where(elsewhere < 0, math.nan, np.isin(elsewhere, [COMPLETE, PARTIAL])),
            "progression_free_rate@80": 1.0 - ((progressed == 1) & (ended <= 80)),
            "mean_progression_free_survival@100": np.minimum(ended, 100),
            "mean_change@80": sums[:, at[80]] / sums[:, 0] - 1,
        }


def check_values(folder, rows):
    run(folder, "run", "trial.yaml", "-q", "-n", str(PATIENTS), "--seed", str(SEED), "-o", "run.h5", "--courses", "off")
    sample = [row for row in rows if row["set"] == "sample"]
    with h5py.File(pathlib.Path(folder) / "run.h5") as file:
        completed = file["patient_status"][:] == 0
        parameters = [name.decode() for name in file["parameter"][:]]
        irradiated = (file["irradiated"][:] == 1).any(0)
        of_arms = [values_of(file, arm, irradiated) for arm in range(2)]
        expect(len(sample) == PATIENTS, "a line for every patient")
        for name in set(parameters) & set(sample[0]):
            expect(close(numbers(sample, name), file["parameter_value"][:, parameters.index(name)]), name)
        growth = np.exp(np.nanmean(np.log(file["lesion_growth"][:]), axis=1))
        expect(close(numbers(sample, "lesion_growth"), growth), "lesion_growth")
        expect(close(numbers(sample, "lesions"), file["lesion_count"][:]), "lesions")
        expect(close(numbers(sample, "body_weight"), file["body_weight"][:]), "body_weight")
    for name in ENDPOINTS:
        expected = {"reference": of_arms[0][name], "arm": of_arms[1][name], "difference": of_arms[1][name] - of_arms[0][name]}
        for of in OF:
            shown = numbers(sample, f"{name} of {of}")
            expect(np.isnan(shown[~completed]).all(), f"{name} of {of}: of patients who did not complete")
            expect(close(shown[completed], expected[of][completed]), f"{name} of {of} is not that of the run")
    expect(len({row["log_change of difference"] for row in sample}) > PATIENTS / 2, "values differ")


# ---- Indices


def sobol(design, factors, column):
    """First and total indices with their mean and variance, from A, B and the mixed samples."""
    values = {member: numbers([row for row in design if row["member"] == member], column)
              for member in ["A", "B", *factors]}
    both = np.concatenate([values["A"], values["B"]])
    mean = np.nanmean(both) if not np.isnan(both).all() else 0
    missing = sum(int(np.isnan(value).sum()) for value in values.values())
    values = {member: np.where(np.isnan(value), mean, value) - mean for member, value in values.items()}
    both = np.concatenate([values["A"], values["B"]])
    variance = np.var(both)
    if variance == 0:
        return {}, mean, variance, missing, values
    indices = {factor: (np.mean(values["B"] * (values[factor] - values["A"])) / variance,
                        np.mean((values["A"] - values[factor]) ** 2) / 2 / variance) for factor in factors}
    # The mean that f is less of is that of A and B with those that were filled in, which is the same.
    return indices, mean, variance, missing, values


def partial(ranks, outcome):
    """Each factor's correlation with the outcome once both are freed of all the others: residuals of least squares."""
    found = []
    for i in range(ranks.shape[1]):
        others = np.column_stack([np.ones(len(outcome)), np.delete(ranks, i, axis=1)])
        residuals = [y - others @ np.linalg.lstsq(others, y, rcond=None)[0] for y in (ranks[:, i], outcome)]
        found.append(np.corrcoef(*residuals)[0, 1])
    return np.array(found)


def check_correlations(sample, factors, column, shown):
    outcome = numbers(sample, column)
    has = ~np.isnan(outcome)
    ranks = np.column_stack([scipy.stats.rankdata(numbers(sample, factor)[has]) for factor in factors])
    if len(set(outcome[has])) < 2:
        expect(all(shown[factor]["prcc"]["value"] is None for factor in factors), f"{column}: nothing varies")
        return
    correlations = partial(ranks, scipy.stats.rankdata(outcome[has]))
    freedom = has.sum() - len(factors) - 1
    t = np.abs(correlations) * np.sqrt(freedom / (1 - correlations**2))
    expect(close([shown[factor]["prcc"]["value"] for factor in factors], correlations, 1e-8), f"{column}: PRCC")
    expect(close([shown[factor]["prcc_p"] for factor in factors], 2 * scipy.stats.t.sf(t, freedom), 1e-7), f"{column}: p")


def bootstrap_limits(values, factor, which, generator):
    """Percentiles of NumPy's own resamples."""
    found = []
    for _ in range(1000):
        rows = generator.integers(0, ROWS, ROWS)
        a, b, mixed = (values[name][rows] for name in ("A", "B", factor))
        variance = np.var(np.concatenate([a, b]))
        mean = np.mean(np.concatenate([a, b]))
        found.append(np.mean((b - mean) * (mixed - a)) / variance if which == 0 else np.mean((a - mixed) ** 2) / 2 / variance)
    return np.percentile(found, [2.5, 97.5])


def check_intervals(values, factor, shown):
    """Two sets of resamples: limits agree within a quarter of the interval's width."""
    generator = np.random.default_rng(1)
    for which, name in enumerate(["first", "total"]):
        lower, upper = bootstrap_limits(values, factor, which, generator)
        width = upper - lower
        expect(abs(shown[name]["lower"] - lower) < width / 4 and abs(shown[name]["upper"] - upper) < width / 4,
               f"{factor}: interval of {name}: {shown[name]}, {lower} to {upper}")


def check_indices(rows, said):
    design, sample = ([row for row in rows if row["set"] == name] for name in ("design", "sample"))
    columns = list(rows[0])
    drawn = columns[3:columns.index(f"{ENDPOINTS[0]} of reference")]
    for target in said["targets"]:
        column = f"{target['endpoint']} of {target['of']}"
        shown = {item["factor"]: item for item in target["factors"]}
        factors = list(shown)
        expect(factors == [*drawn, "chance"], "factors")
        indices, mean, variance, missing, values = sobol(design, factors, column)
        expect(close([target["mean"], target["variance"], target["without_a_number"]], [mean, variance, missing]), column)
        for factor in indices:
            expect(close([shown[factor][name]["value"] for name in ("first", "total")], indices[factor]),
                   f"{column}: indices of {factor}")
        check_correlations(sample, drawn, column, shown)
        if target["endpoint"] == "log_change":
            check_intervals(values, "cancer_growth_rate", shown["cancer_growth_rate"])
            check_intervals(values, "killing_rate", shown["killing_rate"])
            # A flat dose; radiosensitivity has nothing to say without radiotherapy; measurements err.
            expect(shown["body_weight"]["total"]["value"] == 0 and shown["body_weight"]["first"]["value"] == 0, "body weight")
            expect((shown["radiosensitivity_alpha"]["total"]["value"] == 0) == (target["of"] == "reference"), "alpha")
            expect(shown["chance"]["total"]["value"] > 0, "chance")


def check_design(rows):
    """A mixed patient has one factor of B and the others of A."""
    design = [row for row in rows if row["set"] == "design"]
    by = {(row["row"], row["member"]): row for row in design}
    for row in range(1, ROWS + 1):
        a, b, mixed = (by[str(row), member] for member in ("A", "B", "killing_rate"))
        expect(mixed["killing_rate"] == b["killing_rate"] != a["killing_rate"], "the factor of B")
        expect(mixed["cd8_clones"] == a["cd8_clones"] != b["cd8_clones"], "the others of A")
        still = by[str(row), "chance"]
        expect(all(still[name] == a[name] for name in ("killing_rate", "cd8_clones", "lesion_growth")), "chance alone")


# ---- Whole analyses


def check_whole(folder):
    arguments = ["--endpoints", ",".join(ENDPOINTS), "--values", "values.csv", "--json", "out.json", "--csv", "out.csv"]
    tables = []
    for threads in (1, 2):
        tables.append(find(folder, "-j", str(threads), *arguments))
        tables.append([(pathlib.Path(folder) / name).read_bytes() for name in ("values.csv", "out.json", "out.csv")])
    expect(tables[:2] == tables[2:], "another number of threads says something else")
    expect("Not for treating patients" in tables[0] and "log_change (1): both less drug alone" in tables[0], "the table")
    said = json.loads((pathlib.Path(folder) / "out.json").read_text())
    with open(pathlib.Path(folder) / "values.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with open(pathlib.Path(folder) / "out.csv", newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    flat = [(target["endpoint"], target["of"], item["factor"], item["total"]["value"], item["first"]["upper"])
            for target in said["targets"] for item in target["factors"]]
    expect([(line["endpoint"], line["of"], line["factor"]) for line in lines] == [item[:3] for item in flat], "CSV")
    expect(close([float(line["total"] or "nan") for line in lines],
                 [math.nan if item[3] is None else item[3] for item in flat]), "totals in the CSV")
    check_values(folder, rows)
    check_design(rows)
    check_indices(rows, said)
    return said


def check_one_factor(folder):
    """Where a single quantity varies and nothing is left to chance, its indices are 1."""
    cohort = ("name: one\npatients: 10\nseed: 1\nlesions: 2\nbaseline_sum_of_diameters: 50 mm\nrelative_lesion_size: 1\n"
              "parameters:\n  cancer_growth_rate: {distribution: uniform, lower: 0.01 /d, upper: 0.02 /d}\n")
    (pathlib.Path(folder) / "one.yaml").write_text(cohort)
    (pathlib.Path(folder) / "trial.yaml").write_text(trial_text("one.yaml", "0 %"))
    find(folder, "--endpoints", "log_change", "--json", "one.json")
    for target in json.loads((pathlib.Path(folder) / "one.json").read_text())["targets"]:
        alone, chance = target["factors"]
        expect(chance["total"]["value"] == 0 and chance["first"]["value"] == 0, "there is no chance")
        for name in ("first", "total"):
            expect(abs(alone[name]["value"] - 1) < 0.15, f"{target['of']}: {name} of the only factor: {alone[name]}")
        # The difference neither only rises nor only falls.
        expect(target["of"] == "difference" or alone["prcc"]["value"] > 0.99, f"PRCC of the only factor: {alone['prcc']}")


def check_refusals(folder):
    place = pathlib.Path(folder)
    cohort = COHORT.read_text()

    def refused(text, *arguments, trial=None, code=2):
        (place / "trial.yaml").write_text(trial or trial_text())
        said = find(folder, *arguments, "--json", "no.json", code=code)
        expect(text in said, f"{arguments}: '{text}' is not in: {said}")
        expect(not (place / "no.json").exists(), f"{arguments}: something was written")

    (place / "correlated.yaml").write_text(
        cohort + "correlations: [{between: [body_weight, killing_rate], value: 0.5}]\n")
    refused("--independent", trial=trial_text("correlated.yaml"))
    refused("did you mean 'log_change'", "--endpoints", "log_chang")
    refused("of a group of patients", "--endpoints", "hazard_ratio")
    refused("after the end of the trial", "--endpoints", "log_change@200")
    refused("is not of a day", "--endpoints", "mean_best_change@80")
    refused("is no day", "--endpoints", "log_change@x")
    refused("is given twice", "--endpoints", "log_change,log_change")
    refused("did you mean 'both'", "--arm", "bot")
    refused("there is no method", "--method", "morris")
    refused("a power of two", "--rows", "100")
    refused("too few", "-n", "20")
    refused("randomised", trial=trial_text(more="allocation: {patients: randomised}\n"))
    refused("write which one", trial=trial_text() + f"  - {{name: third, treatments: [{DRUG}]}}\n")
    published = trial_text().replace(f"cohort: {COHORT}\n", "").replace("model: nsclc", "model: qspio-nsclc-2020")
    refused("no cohort", trial=published.replace(f"{RADIATION}, ", ""))
    (place / "trial.yaml").write_text(trial_text("correlated.yaml"))
    said = find(folder, "--independent", "--method", "sobol")
    expect("WITHOUT THE CORRELATIONS" in said, "that correlations are left out")
    (place / "there.json").write_text("mine")
    run(folder, "sensitivity", "trial.yaml", "--json", "there.json", "-q", code=2)
    expect((place / "there.json").read_text() == "mine", "a file that was there")


def check_rules(folder):
    """Rules are left out of the design unless asked for; the sample keeps them."""
    place = pathlib.Path(folder)
    (place / "ruled.yaml").write_text(COHORT.read_text() + "plausible: [{output: doubling_time, most: 100 d}]\n")
    (place / "trial.yaml").write_text(trial_text("ruled.yaml"))
    find(folder, "--json", "free.json", "--endpoints", "log_change")
    find(folder, "--json", "ruled.json", "--endpoints", "log_change", "--with-rules")
    free, ruled = (json.loads((place / f"{name}.json").read_text()) for name in ("free", "ruled"))
    expect(free["design"]["not_plausible"] < ruled["design"]["not_plausible"], "rules of the design")
    expect(0 < ruled["sample"]["not_plausible"] == free["sample"]["not_plausible"], "rules of the sample")
    expect(ruled["targets"][0]["without_a_number"] == ruled["design"]["not_plausible"], "who has no number")


with tempfile.TemporaryDirectory() as directory:
    (pathlib.Path(directory) / "trial.yaml").write_text(trial_text())
    check_whole(directory)
    check_one_factor(directory)
    check_rules(directory)
    check_refusals(directory)
finish(f"{len(ENDPOINTS)} endpoints of 3 kinds", 700)
