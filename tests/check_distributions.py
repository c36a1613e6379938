"""Quantiles of the cohorts' distributions against SciPy's."""

import csv
import math
import os
import pathlib
import subprocess
import sys

try:
    from scipy import stats
except ImportError:
    print("skipped: SciPy is not installed")
    sys.exit(77)

DRIVER = pathlib.Path(os.environ["ABSCOPAL_BUILD_DIR"]) / "tests" / "driver_distributions"


def quantile(kind, location, spread, lower, upper, u):
    if kind == "uniform":
        return stats.uniform.ppf(u, lower, upper - lower)
    if kind == "loguniform":
        return stats.loguniform.ppf(u, lower, upper)
    if kind == "triangular":
        return stats.triang.ppf(u, (location - lower) / (upper - lower), lower, upper - lower)
    if kind == "normal":
        return stats.truncnorm.ppf(u, (lower - location) / spread, (upper - location) / spread, location, spread)
    log_lower = math.log(lower) if lower > 0 else -math.inf
    centre = math.log(location)
    bounds = (log_lower - centre) / spread, (math.log(upper) - centre) / spread
    return math.exp(stats.truncnorm.ppf(u, *bounds, centre, spread))


table = subprocess.run([DRIVER], check=True, capture_output=True, text=True).stdout.splitlines()
errors = []
for row in csv.DictReader(table):
    numbers = (float(row[key]) for key in ("location", "spread", "lower", "upper", "u"))
    error = abs(float(row["value"]) / quantile(row["kind"], *numbers) - 1)
    errors.append((error, row["kind"], row["u"]))
error, kind, u = max(errors)
print(f"{len(errors)} quantiles; largest relative error {error:.2g} ({kind} at u = {u})")
sys.exit(0 if len(errors) == 9 * 999 and error < 1e-9 else 1)
