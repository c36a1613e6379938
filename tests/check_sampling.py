"""Sobol's sequence and Latin hypercubes against SciPy's, and what they are for: less discrepancy than chance."""

import os
import pathlib
import subprocess
import sys

try:
    import numpy as np
    from scipy.stats import qmc
except ImportError as missing:
    print(f"skipped: {missing.name} is not installed, or is too old")
    sys.exit(77)

DRIVER = pathlib.Path(os.environ["ABSCOPAL_BUILD_DIR"]) / "tests" / "driver_sampling"
problems = []


def points(kind, count, dimensions, seed=1):
    text = subprocess.run([DRIVER, kind, str(count), str(dimensions), str(seed)], check=True, capture_output=True).stdout
    return np.array(text.split(), dtype=float).reshape(count, dimensions)


def expect(condition, text):
    if not condition:
        problems.append(text)


# The same points in the same order, to the last digit, in all 256 dimensions.
ours = points("sobol", 4096, 256) / 2.0**32
theirs = qmc.Sobol(256, scramble=False).random(4096)
expect((ours == theirs).all(), f"{(ours != theirs).sum()} of {ours.size} unscrambled coordinates are not SciPy's")

# Discrepancy: that of Sobol's points stays below chance's on every seed, and about as SciPy's scrambled ones have it.
COUNT, DIMENSIONS, SEEDS = 512, 8, range(1, 11)
found = {kind: [qmc.discrepancy(points(kind, COUNT, DIMENSIONS, seed)) for seed in SEEDS]
         for kind in ("scrambled", "latin", "monte-carlo")}
scipy_found = [qmc.discrepancy(qmc.Sobol(DIMENSIONS, seed=seed).random(COUNT)) for seed in SEEDS]
expect(max(found["scrambled"]) < min(found["monte-carlo"]), "Sobol's points are not better than chance")
expect(max(found["latin"]) < min(found["monte-carlo"]), "Latin hypercubes are not better than chance")
expect(0.5 < np.mean(found["scrambled"]) / np.mean(scipy_found) < 2, "scrambled points are not as SciPy's")

# Every projection to one dimension has one point in each stratum; Sobol's are those of powers of two.
for kind, counts in (("latin", (1, 2, 3, 10, 97, 1000)), ("scrambled", (2, 64, 1024))):
    for count in counts:
        strata = np.sort(np.floor(points(kind, count, 256, 7) * count).astype(int), axis=0)
        expect((strata == np.arange(count)[:, None]).all(), f"{kind}: strata of {count} points are not hit once each")

# Scrambled points are uniform over seeds: of 400 seeds the first point's mean is 1/2, and its second moment 1/3.
first = np.array([points("scrambled", 1, 4, seed)[0] for seed in range(1, 401)])
expect((abs(first.mean(axis=0) - 1 / 2) < 4 * np.sqrt(1 / 12 / 400)).all(), "scrambled points are not uniform")
expect((abs((first**2).mean(axis=0) - 1 / 3) < 4 * np.sqrt(4 / 45 / 400)).all(), "scrambled points are not uniform")

# An integral of a smooth function in 6 dimensions, exactly 1: its standard error over seeds.
error = {kind: np.std([np.prod(1 + (points(kind, 1024, 6, seed) - 0.5), axis=1).mean() for seed in SEEDS])
         for kind in ("scrambled", "latin", "monte-carlo")}
expect(error["scrambled"] < 0.2 * error["monte-carlo"], f"standard errors {error}")
expect(error["latin"] < 0.5 * error["monte-carlo"], f"standard errors {error}")

print("\n".join(problems) or f"{ours.size} unscrambled coordinates are SciPy's. Discrepancy of {COUNT} points in {DIMENSIONS} "
      f"dimensions: scrambled {np.mean(found['scrambled']):.2g} (SciPy's {np.mean(scipy_found):.2g}), Latin hypercube "
      f"{np.mean(found['latin']):.2g}, Monte Carlo {np.mean(found['monte-carlo']):.2g}. Standard error of an integral: "
      + ", ".join(f"{kind} {value:.2g}" for kind, value in error.items()))
sys.exit(1 if problems else 0)
