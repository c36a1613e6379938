"""`abscopal optimize`: with a budget of all points a search finds the best of the grid, points that are run have the numbers
that a sweep has there, the budget and limits are kept, the same search gives the same bytes, and what is said of the
best point and its neighbours on fresh patients is what sweeps with those seeds give. Exit 77 without h5py and NumPy."""

import json
import pathlib
import re
import tempfile

from sweep_checks import COHORT, expect, finish, run

import h5py
import numpy as np
from paired_statistics import mean, share, share_difference

FRESH, SEEDS = 24, (101, 102)
TRIAL = f"""name: small
model: nsclc
cohort: {COHORT}
until: 160 d
imaging: {{every: 40 d}}
arms:
  - {{name: alone, treatments: [{{drug: nivolumab, dose: 240 mg, start: 0 d}}]}}
  - name: both
    treatments:
      - {{id: rt, radiotherapy: 8 Gy, fractions: 1, every: 1 d, start: 0 d, lesions: largest}}
      - {{drug: nivolumab, dose: 240 mg, start: 0 d}}
"""
DOSES, FRACTIONS, LESIONS = [1, 2, 4, 8], [1, 2, 3], ["largest", "all"]
AXES = """vary:
  - {name: dose, set: treatments/rt/radiotherapy, values: [1 Gy, 2 Gy, 4 Gy, 8 Gy]}
  - {name: fractions, set: treatments/rt/fractions, values: [1, 2, 3]}
  - {name: lesions, set: treatments/rt/lesions, values: [largest, all]}
"""
HEAD = "name: s\ntrial: trial.yaml\npatients: 16\nseed: 2\narm: both\nendpoints: [mean_change, {endpoint: best_response_rate, at: 80 d}, hazard_ratio]\n"


def search(folder, how, *arguments, rest=AXES, code=0):
    """What is printed; the points are in search.h5."""
    fresh = f"fresh: {{patients: {FRESH}, seeds: [{', '.join(map(str, SEEDS))}]}}"
    (folder / "search.yaml").write_text(f"{HEAD}{rest}optimize: {{{how}, {fresh}}}\n")
    return run(folder, "optimize", "search.yaml", "--force", "-o", "search.h5", "-q", *arguments, code=code)


def points_of(file):
    """(dose, fractions, lesions) as indices of the grid."""
    return [(DOSES.index(dose), FRACTIONS.index(fractions), LESIONS.index(lesions.decode()))
            for dose, fractions, lesions in zip(file["dose"][()], file["fractions"][()], file["lesions"][()])]


def check_against_grid(folder, grid, how, budget, endpoint, whole):
    """The points run, and the best of them; `whole`: the budget is the whole grid, whose best is to be found."""
    said = search(folder, f"endpoint: {endpoint}, evaluations: {budget}, {how}")
    name = "mean_change" if endpoint == "mean_change" else "best_response_rate_day_80"
    sign = -1 if name == "mean_change" else 1
    with h5py.File(folder / "search.h5") as file:
        points = points_of(file)
        expect(file.attrs["kind"].decode() == "search", f"{how}: kind {file.attrs['kind']}")
        expect(0 < len(points) <= budget and len(set(points)) == len(points), f"{how}: points {points} of {budget}")
        for number, point in enumerate(points):
            for variable in (name, name + "_lower", name + "_difference", "patient_mean_change", "patient_progressed"):
                expect(np.array_equal(file[variable][number], grid[variable][point], equal_nan=True),
                       f"{how}: {variable} at {point} is not that of the sweep")
        values = sign * file[name][()]
        best = points[int(np.argmax(values))]
        limit = re.search(r"(\d+) points run of (\d+) at most", said)
        expect(limit and int(limit[1]) == len(points) and int(limit[2]) == budget, f"{how}: {said}")
        row = re.search(r"Best on the patients of the search\n.*\n +(\d+) Gy +(\d+) +(\w+) ", said)
        printed = row and (DOSES.index(int(row[1])), FRACTIONS.index(int(row[2])), LESIONS.index(row[3]))
        expect(printed == best, f"{how}: best {printed}, {best} of the points run")
        if whole:
            expect(np.max(values) == np.max(sign * grid[name][()]), f"{how}: {best} is not the best of the grid")
    run(folder, "report", "search.h5", "--json", "search.json")
    report = json.loads((folder / "search.json").read_text())["sweep"]
    expect(report["design"] == "search" and len(report["points"]) == len(points), f"{how}: report {report['design']}")
    return said, best


def neighbours(point):
    """One value to either side on numbers, every other name."""
    dose, fractions, lesions = point
    found = [(d, fractions, lesions) for d in (dose - 1, dose + 1) if 0 <= d < len(DOSES)]
    found += [(dose, f, lesions) for f in (fractions - 1, fractions + 1) if 0 <= f < len(FRACTIONS)]
    return found + [(dose, fractions, 1 - lesions)]


def text_of(numbers, sign, unit):
    """As it is printed, in per cent."""
    form = "{:+.1f}" if sign else "{:.1f}"
    value, lower, upper = (form.format(100 * number) for number in numbers)
    return f"{value}{unit} ({lower} to {upper})"


def check_fresh(said, best, fresh, is_share):
    """What is said of fresh patients, from sweeps of the whole grid with their seeds."""
    name = "patient_best_response_rate_day_80" if is_share else "patient_mean_change"
    values = {point: np.concatenate([file[name][point] for file in fresh]) for point in [best, *neighbours(best)]}
    reference = np.concatenate([file[name + "_reference"][()] for file in fresh])
    there = ~np.isnan(values[best])

    def estimate(column):
        column = column[~np.isnan(column)]
        return share(column == 1) if is_share else mean(column)

    def difference(one, other):
        both = ~np.isnan(one) & ~np.isnan(other)
        return share_difference(one[both] == 1, other[both] == 1) if is_share else mean(one[both] - other[both])

    part = said.split("On fresh patients")[1]
    statuses = sum(np.sum(file["patient_status"][()] == 0) for file in fresh)
    expect(part.startswith(f" ({statuses} of 2 seeds)") and np.sum(there) > FRESH, f"fresh patients: {part[:40]}")
    expect(f"best: {text_of(estimate(values[best]), False, ' %')}" in part, f"best on fresh patients: {part}")
    for seed, file in zip(SEEDS, fresh):
        expect(f"seed {seed}: {text_of(estimate(file[name][best]), False, ' %')}" in part, f"seed {seed}: {part}")
    expect(f"reference: {text_of(estimate(reference), False, ' %')}" in part, f"reference on fresh patients: {part}")
    expect(f"less reference: {text_of(difference(values[best], reference), True, ' points')}" in part, f"difference: {part}")
    lines, alike, better = re.findall(r"^  than (.*)$", part, re.MULTILINE), 0, 0
    expect(len(lines) == len(neighbours(best)), f"neighbours: {lines}")
    for line, point in zip(lines, neighbours(best)):
        numbers = difference(values[best], values[point])
        told = numbers[1] > 0 or numbers[2] < 0
        alike += not told
        better += numbers[2] < 0 if is_share else numbers[1] > 0
        axis = next(i for i in range(3) if point[i] != best[i])
        place = (f"dose {DOSES[point[0]]} Gy", f"fractions {FRACTIONS[point[1]]}", f"lesions {LESIONS[point[2]]}")[axis]
        expect(line.startswith(place + " ") and text_of(numbers, True, " points") in line
               and ("not to be told apart" in line) == (not told), f"neighbour: {line} rather than {place} {numbers}")
    expect((f"NOT distinguishable from {alike} of its {len(lines)} neighbours" in part) == (alike > 0), f"{alike} alike: {part}")
    expect(("is distinguishable from all of its neighbours" in part) == (alike == 0 and better == 0), f"{alike}: {part}")
    expect(("BETTER on fresh patients" in part) == (better > 0), f"{better} better: {part}")
    return alike, len(lines)


def check_refusals(folder):
    (folder / "without.yaml").write_text(HEAD + AXES)
    expect("says not how to search; add 'optimize: {" in run(folder, "optimize", "without.yaml", "-q", code=2), "no key")
    said = search(folder, "evaluations: 4", "-s", "102", code=2)
    expect("seed 102 is that of the search; fresh patients are of another" in said, said)
    said = search(folder, "evaluations: 4", rest=AXES + "limits: [{total_dose: rt, most: 0.5 Gy}]\n", code=2)
    expect("no point has a value: the limits leave out what was asked for" in said, said)


with tempfile.TemporaryDirectory() as temporary:
    folder = pathlib.Path(temporary)
    (folder / "trial.yaml").write_text(TRIAL)
    (folder / "grid.yaml").write_text(HEAD + AXES)
    run(folder, "sweep", "grid.yaml", "--force", "-o", "grid.h5", "-q")
    for seed in SEEDS:
        run(folder, "sweep", "grid.yaml", "-s", str(seed), "-n", str(FRESH), "--force", "-o", f"{seed}.h5", "-q")
    told = []
    fresh = [h5py.File(folder / f"{seed}.h5") for seed in SEEDS]
    with h5py.File(folder / "grid.h5") as grid:
        rate = "{endpoint: best_response_rate, at: 80 d}"
        for how, budget, endpoint, whole in (
                ("global: direct, local: none", 24, "mean_change", True), ("global: crs2, local: none", 24, rate, True),
                ("global: isres, local: none", 24, "mean_change", True), ("global: direct", 24, rate, True),
                ("global: direct", 5, "mean_change", False), ("global: none, local: nelder-mead", 6, "mean_change", False),
                ("global: none, local: bobyqa", 6, rate, False)):
            said, best = check_against_grid(folder, grid, how, budget, endpoint, whole)
            told.append(check_fresh(said, best, fresh, endpoint == rate))
    once = (search(folder, "evaluations: 7"), (folder / "search.h5").read_bytes())
    expect(once == (search(folder, "evaluations: 7", "-j", "1"), (folder / "search.h5").read_bytes()), "not the same twice")
    # Limits, of points and of neighbours, and ranges without values, which are searched in hundredths.
    said = search(folder, "evaluations: 12", rest="limits: [{total_dose: rt, most: 7 Gy}]\nvary:\n"
                  "  - {name: dose, set: treatments/rt/radiotherapy, from: 1 Gy, to: 11 Gy}\n"
                  "  - {name: fractions, set: treatments/rt/fractions, values: [1, 2, 3]}\n")
    with h5py.File(folder / "search.h5") as file:
        doses, fractions = file["dose"][()], file["fractions"][()]
        expect(len(doses) == 12 and np.all(doses * fractions <= 7 + 1e-9) and np.all(file["allowed"][()] == 1), f"limits: {doses}")
        expect(np.allclose((doses - 1) * 10, np.round((doses - 1) * 10), rtol=0, atol=1e-9), f"steps: {doses}")
        best = int(np.argmin(file["mean_change"][()]))
        beside = [(max(doses[best] - 1, 1), fractions[best]), (min(doses[best] + 1, 11), fractions[best]),
                  (doses[best], fractions[best] - 1), (doses[best], fractions[best] + 1)]
        beside = [(dose, n) for dose, n in beside if dose != doses[best] or n != fractions[best]]
        beside = [(dose, n) for dose, n in beside if 1 <= n <= 3 and dose * n <= 7 + 1e-9]
        expect(len(re.findall(r"^  than ", said, re.MULTILINE)) == len(beside), f"neighbours {beside}: {said}")
    expect(re.search(r"[1-9]\d* times one was asked for that limits leave out", said) is not None, said)
    said = search(folder, "evaluations: 4, endpoint: hazard_ratio")
    expect("Whether it can be told from its neighbours is not known" in said and "istinguishable" not in said, said)
    check_refusals(folder)
    for file in fresh:
        file.close()

finish("neighbours that are like the best, of all: " + ", ".join(f"{alike} of {count}" for alike, count in told), 600)
