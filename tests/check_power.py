"""`abscopal power`: from the file of a run, with h5py, NumPy and SciPy alone: shares of the population and of its subgroups,
exact binomial power and type I error of what is drawn from it, and the level of the bounds of looks; the command's files,
threads and refusals. Exit 77 without h5py, NumPy and SciPy."""

import csv
import json
import math
import os
import pathlib
import tempfile

from sweep_checks import ROOT, expect, finish
from sweep_checks import run as run_in

import h5py
import numpy as np
from scipy import stats

COHORT = ROOT / "cohorts/advanced-nsclc.yaml"
DRUG = "{drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, for: 160 d}"
RADIATION = "{radiotherapy: 20 Gy, fractions: 3, every: 2 d, start: 0 d, lesions: {largest: 2}}"
TRIAL = f"""name: small
model: nsclc
cohort: {COHORT}
until: 160 d
imaging: {{every: 40 d}}
eligibility: {{lesions: {{least: 2}}}}
arms:
  - {{name: drug, treatments: [{DRUG}]}}
  - {{name: both, treatments: [{RADIATION}, {DRUG}]}}
  - {{name: radiation, treatments: [{RADIATION}]}}
"""
DESIGN = """name: small
trial: trial.yaml
patients: 150
seed: 2
arms: [drug, both]
endpoint: {endpoint: response_rate, at: 120 d}
patients_per_arm: [20, 60]
simulations: {trials: 2000, null_trials: 4000, seed: 3}
"""
DAY, TRIALS, NULLS = 120, 2000, 4000


def run(*arguments, code=0):
    return run_in(folder, *map(str, arguments), code=code)


def power(text, *options, code=0):
    """The JSON of a design (None where it is refused) and what is printed."""
    (folder / "design.yaml").write_text(text)
    said = run("power", folder / "design.yaml", "-q", "--json", folder / "power.json", "--force", *options, code=code)
    return (json.loads((folder / "power.json").read_text()) if code == 0 else None), said


def near(found, expected, what, trials=None):
    """To rounding or, of a share of trials, within 3.9 standard errors."""
    error = 1e-9 if trials is None else 3.9 * math.sqrt(expected * (1 - expected) / trials) + 1e-12
    expect(found is not None and abs(found - expected) <= error, f"{what}: {found} rather than {expected}")


def exact(n, first, other, alpha, favour):
    """Power of Pearson's test of n and n, of all tables."""
    bound = stats.norm.isf(alpha / 2)
    i, j = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij")
    pooled = (i + j) / (2 * n)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(pooled * (1 - pooled) > 0, (j - i) / n / np.sqrt(pooled * (1 - pooled) * 2 / n), 0)
    chance = np.outer(stats.binom.pmf(np.arange(n + 1), n, first), stats.binom.pmf(np.arange(n + 1), n, other))
    return chance[(z >= bound) if favour else (np.abs(z) >= bound)].sum()


folder_object = tempfile.TemporaryDirectory()
folder = pathlib.Path(folder_object.name)
os.environ["ABSCOPAL_FOLDERS"] = str(ROOT)
(folder / "trial.yaml").write_text(TRIAL)
run("run", folder / "trial.yaml", "-n", 150, "-s", 2, "-q", "-o", folder / "out.h5", "--courses", "off")
results = ("--results", folder / "out.h5")
with h5py.File(folder / "out.h5") as file:
    names = [name.decode() for name in file["arm"][:]]
    completed = (file["status"][:] == 0).all(axis=0)
    visit = np.flatnonzero(file["visit"][:] <= DAY)[-1]
    progressed = (file["progressed"][:] == 1) & (file["progression_day"][:] <= DAY)
    responds = (file["response"][:, :, visit] <= 1) & ~progressed
    pdl1, lesions = file["pdl1_class"][:], file["lesion_count"][:]
    best = (file["best_confirmed_response"][:] <= 1)
    outside = np.isin(file["out_of_field_response"][:], [0, 1])
    has_outside = (file["out_of_field_response"][:] >= 0)
    sums = file["baseline_sum_of_diameters"][:]

# ---- Shares of the population, exact power, threads, files
found, said = power(DESIGN, *results, "-j", 1, "--csv", folder / "power.csv")
first, other = (responds[names.index(name)][completed].mean() for name in ("drug", "both"))
only = found["comparisons"][0]
expect(found["virtual_patients"] == completed.sum() and "Research use only" in said, "patients drawn from")
near(only["population"]["first"], first, "share of the first arm")
near(only["population"]["effect"]["value"], other - first, "difference")
# A patient who responds in one arm alone makes the variance of the difference.
both = responds[names.index("drug")][completed], responds[names.index("both")][completed]
spread = math.sqrt(((both[0] != both[1]).mean() - (other - first) ** 2) / completed.sum())
expect(abs(only["population"]["size_standard_error"] / (2 * spread / abs(other - first)) - 1) < 0.15, "error of sizes")
for point in only["points"]:
    n = point["patients_per_arm"]
    near(point["power"]["value"], exact(n, first, other, 0.05, True), f"power with {n}", TRIALS)
    near(point["rejected"]["value"], exact(n, first, other, 0.05, False), f"rejections with {n}", TRIALS)
    near(point["type_1_error"]["value"], exact(n, first, first, 0.05, False), f"type I error with {n}", NULLS)
for need in only["needed"]:
    if need["reached"]:
        n = round(need["patients_per_arm"]["value"])
        near(exact(n + n % 2, first, other, 0.05, True), need["power"], f"power of the number {n}", 400)
four, _ = power(DESIGN, *results, "-j", 4)
expect(four == found, "threads make a difference")
itself, _ = power(DESIGN)
expect(itself == found, "the design's own run differs from the file of one")
with open(folder / "power.csv", newline="") as file:
    rows = list(csv.DictReader(file))
for row, point in zip(rows, only["points"], strict=True):
    near(float(row["power"]), point["power"]["value"], "CSV")
    near(float(row["type_1_error_upper"]), point["type_1_error"]["upper"], "CSV")
expect("there already; add --force" in run("power", folder / "design.yaml", "--csv", folder / "power.csv", code=2), "replaced")

# ---- Other endpoints and arms, subgroups
few = "simulations: {trials: 100, null_trials: 0}\n"
short = DESIGN[:DESIGN.index("simulations")].replace("[20, 60]", "[20]") + "most_patients: 40\n" + few
endpoint = "{endpoint: response_rate, at: 120 d}"
for name, shares, who in (("best_response_rate", best, completed),
                          ("abscopal_response_rate", outside, completed & has_outside[[0, 1]].all(axis=0))):
    other_endpoint, _ = power(short.replace(endpoint, name), *results)
    near(other_endpoint["comparisons"][0]["population"]["first"], shares[0][who].mean(), name)
    near(other_endpoint["comparisons"][0]["population"]["arm"], shares[1][who].mean(), name)
    expect(other_endpoint["virtual_patients"] == who.sum(), f"patients of {name}")
three, said = power(short.replace("[drug, both]", "[radiation, drug, both]"), *results)
expect([c["arm"] for c in three["comparisons"]] == ["drug", "both"] and "at least one comparison" in said, "three arms")
near(three["look_bounds"][0], stats.norm.isf(0.0125), "Bonferroni's bound")
groups, _ = power(short + "subgroups: [{by: pdl1_class}, {by: lesions}, {by: baseline_sum_of_diameters, from: [80 mm]}]\n",
                  *results)
expected = [completed & (pdl1 == k) for k in range(3)] + [completed & (lesions == k) for k in range(2, lesions.max() + 1)]
expected += [completed & (sums < 80), completed & (sums >= 80)]
for group, who in zip(groups["comparisons"][0]["subgroups"], expected, strict=True):
    expect(group["patients"] == who.sum(), f"patients of {group['subgroup']}")
    if group["population"]:
        near(group["population"]["arm"], responds[names.index("both")][who].mean(), group["subgroup"])
missed, _ = power(short + "imaging: {missed: 100 %}\n", *results)
near(missed["comparisons"][0]["points"][0]["power"]["value"], 0, "nobody is ever seen")

# ---- Looks: the bounds have the level, by SciPy's multivariate normal
looks, _ = power(short + "looks: {at: [30 %, 60 %], bounds: obrien-fleming}\n", *results)
share, bound = np.array(looks["look_shares"]), np.array(looks["look_bounds"])
correlation = np.sqrt(np.minimum.outer(share, share) / np.maximum.outer(share, share))
# Inside at all looks, by inclusion and exclusion over the lower bounds.
inside = 0
for corner in range(2 ** len(share)):
    lower = np.array([(corner >> k) & 1 for k in range(len(share))], dtype=bool)
    inside += (-1) ** lower.sum() * stats.multivariate_normal.cdf(
        np.where(lower, -bound, bound), cov=correlation, abseps=1e-7, releps=1e-7)
expect(abs(1 - inside - 0.05) < 1e-4, f"level of the bounds {1 - inside}")

# ---- What is refused
(folder / "two.yaml").write_text(TRIAL[:TRIAL.index("  - {name: radiation")])
run("run", folder / "two.yaml", "-n", 4, "-q", "-o", folder / "two.h5")
said = power(short.replace("[drug, both]", "[drug, radiation]"), "--results", folder / "two.h5", code=2)[1]
expect("have no arm 'radiation'" in said, "an arm that results lack: " + said)
said = power(short, "--results", folder / "absent.h5", code=2)[1]
expect("absent.h5" in said, "no such results: " + said)
(folder / "damaged.h5").write_bytes((folder / "out.h5").read_bytes()[:5000])
power(short, "--results", folder / "damaged.h5", code=2)
finish(f"{completed.sum()} virtual patients", 60)
