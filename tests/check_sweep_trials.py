"""The trials of protocols/sweeps run, wherever a sweep sets their treatments: the schedules that follow from lag,
fractionation and biologically effective dose, and who is irradiated as consolidation or salvage.

Exit 77 without h5py."""

import csv
import os
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
except ImportError as error:
    print(f"skipped: {error.name} is not installed (python3-h5py)")
    sys.exit(77)

COMMAND = os.environ["ABSCOPAL_COMMAND"]
ROOT = pathlib.Path(os.environ["ABSCOPAL_SOURCE_DIR"]).resolve()
FRACTIONATIONS = [("30 Gy", 1, "1 d", "false"), ("8 Gy", 3, "2 d", "false"), ("10 Gy", 5, "2 d", "true"),
                  ("4 Gy", 15, "1 d", "true"), ("2 Gy", 30, "1 d", "true")]
PATIENTS, UNTIL, LESION_LIMIT_MM = "150", 400, 2
problems, counted = [], 0


def expect(condition, text):
    global counted
    counted += 1
    if not condition:
        problems.append(text)


def run(*arguments):
    done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True)
    expect(done.returncode == 0, f"abscopal {' '.join(map(str, arguments))}: {done.returncode}: {done.stderr}")


def changed(folder, name, **keys):
    """The trial beside the cohorts, with other values of keys of the radiotherapy and of `drug_start` for the drug."""
    text = (ROOT / "protocols" / "sweeps" / name).read_text()
    for key, value in keys.items():
        what = "id: drug" if key == "drug_start" else "id: rt"
        last = text.rfind("{" + what) if what == "id: drug" else text.find("{" + what)
        place = re.compile(rf"\b{key.removeprefix('drug_')}: [^,}}]*").search(text, last)
        text = text[:place.start()] + f"{key.removeprefix('drug_')}: {value}" + text[place.end():]
    path = folder / "protocols" / "sweeps" / name
    path.write_text(text)
    return path


def fractions_and_doses(path, arm):
    """(days, Gy) of fractions and days of doses, as planned."""
    run("export", path, "--nonmem", path.with_suffix(".csv"), "--force")
    fractions, doses = [], []
    with open(path.with_suffix(".csv")) as file:
        for row in csv.DictReader(file):
            if row["ARM"] != arm:
                continue
            time = float(row["TIME"])
            if row["EVID"] == "2":
                fractions.append((time, float(row["GY"])))
            else:
                doses += [time + k * float(row["II"]) for k in range(int(row["ADDL"]) + 1)]
    return fractions, doses


def check_lag(folder):
    name, arm = "lag-trial.yaml", "nivolumab and radiotherapy"
    for lag in range(-60, 121, 30):
        for gray, count, every, weekdays in FRACTIONATIONS:
            path = changed(folder, name, radiotherapy=gray, fractions=count, every=every, weekdays=weekdays,
                           start=f"{max(0, -lag)} d", drug_start=f"{max(0, lag)} d")
            fractions, doses = fractions_and_doses(path, arm)
            where = f"{name}, lag {lag} d, {count} x {gray}"
            expect([dose for _, dose in fractions] == [float(gray.split()[0])] * count, f"{where}: {fractions}")
            first = max(0, -lag)
            monday = first if weekdays == "false" or first % 7 < 5 else first + 7 - first % 7
            expect(abs(fractions[0][0] - monday) < 1e-9, f"{where}: first fraction on day {fractions[0][0]}")
            expect(np.allclose(doses, np.arange(max(0, lag), UNTIL, 14)), f"{where}: doses on days {doses}")
            expect(weekdays == "false" or all(day % 7 < 5 for day, _ in fractions), f"{where}: weekends in {fractions}")


def check_equal_effect(folder):
    name, arm = "equal-bed-trial.yaml", "nivolumab and radiotherapy"
    for bed in (40, 60, 100):
        for count in (1, 2, 3, 5, 10, 15, 30):
            fractions, _ = fractions_and_doses(changed(folder, name, bed=f"{bed} Gy", fractions=count), arm)
            reached = sum(gray * (1 + gray / 10) for _, gray in fractions)
            expect(len(fractions) == count and abs(reached / bed - 1) < 1e-12, f"{name}: {count} fractions: {reached} Gy10")


def planned(diameters, count):
    """The so many largest that can be seen, or the largest."""
    order = sorted(np.flatnonzero(~np.isnan(diameters)), key=lambda lesion: -diameters[lesion])
    seen = [lesion for lesion in order if diameters[lesion] >= LESION_LIMIT_MM]
    return set((seen or order)[:count])


def check_timing(folder, count):
    path = folder / "protocols" / "sweeps" / "consolidation-trial.yaml"
    text = (ROOT / "protocols/sweeps/consolidation-trial.yaml").read_text()
    path.write_text(text.replace("{largest: 1}", f"{{largest: {count}}}"))
    run("run", path, "-q", "--force", "-n", PATIENTS, "-o", folder / "timing.h5")
    with h5py.File(folder / "timing.h5") as file:
        data = {name: file[name][:] for name in ("status", "irradiated", "diameter", "progression_day", "progressed", "visit",
                                                 "fractions_given", "doses_given", "sum_of_diameters")}
        arms = list(file["arm"].asstr()[:])
    reference, at_once, best, salvage = (arms.index(name) for name in (
        "pembrolizumab", "at once", "at best response", "at progression"))
    done = np.flatnonzero((data["status"] == 0).all(axis=0))
    kinds = {"consolidated": 0, "salvaged": 0}
    for patient in done:
        of = {name: values[:, patient] for name, values in data.items() if values.ndim > 1}
        fields = [set(np.flatnonzero(lesions == 1)) for lesions in of["irradiated"]]
        where = f"patient {patient + 1}, {count} lesions"
        expect(not fields[reference], f"{where}: irradiated in the reference arm")
        expect(fields[at_once] == planned(of["diameter"][at_once][0], count), f"{where}: at once: {fields[at_once]}")
        # Until it comes, radiotherapy that waits has changed nothing, measurements of the same visit included.
        day, progressed = of["progression_day"][reference], of["progressed"][reference] == 1
        visit = int(np.flatnonzero(data["visit"] == day)[0])
        expect(of["progression_day"][salvage] == day and (of["progressed"][salvage] == 1) == progressed
               and np.array_equal(of["diameter"][salvage][:visit + 1], of["diameter"][reference][:visit + 1], equal_nan=True),
               f"{where}: salvage arm differs before progression")
        salvaged = progressed and day + 7 + 4 * 2 < UNTIL
        expect(fields[salvage] == (planned(of["diameter"][salvage][visit], count) if salvaged else set()),
               f"{where}: at progression: {fields[salvage]}")
        expect(of["fractions_given"][salvage] == (5 if salvaged else 0), f"{where}: fractions at progression")
        # Best response: the first visit without progression at which the sum is at least 95 % of that before.
        sums = of["sum_of_diameters"][reference]
        last = visit - 1 if progressed else len(sums) - 1
        at_best = next((k for k in range(1, last + 1) if sums[k] >= 0.95 * sums[k - 1]), None)
        chosen = planned(of["diameter"][best][at_best], count) if at_best and data["visit"][at_best] + 7 < UNTIL else set()
        expect(fields[best] == chosen, f"{where}: at best response: {fields[best]}, not {chosen}")
        kinds["consolidated"] += bool(chosen)
        kinds["salvaged"] += salvaged
    expect(all(20 < number < len(done) - 20 for number in kinds.values()), f"of {len(done)} too few of a kind: {kinds}")
    ratio = data["sum_of_diameters"][:, done, -1] / data["sum_of_diameters"][:, done, 0]
    medians = [float(np.median(of_arm)) for of_arm in ratio]
    print(f"{count} lesions: {len(done)} patients, {kinds}; sum of diameters on day {UNTIL} over baseline, median: "
          + ", ".join(f"{arm} {median:.2f}" for arm, median in zip(arms, medians)))


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    (folder / "cohorts").symlink_to(ROOT / "cohorts")
    (folder / "protocols" / "sweeps").mkdir(parents=True)
    files = sorted((ROOT / "protocols" / "sweeps").glob("*-trial.yaml"))
    expect(len(files) == 3, f"{len(files)} trials")
    for file in files:
        run("run", file, "-q", "-n", PATIENTS)
    check_lag(folder)
    check_equal_effect(folder)
    for count in (1, 3):
        check_timing(folder, count)
print("\n".join(problems[:20]) or f"{counted} expectations hold")
sys.exit(1 if problems else 0)
